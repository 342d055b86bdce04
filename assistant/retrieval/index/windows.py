"""Windows: the runs of sentences that are embedded instead of whole passages.

A model reads some 250 word pieces and silently cuts off the rest; many paragraphs are longer. So each
passage is covered by windows of about two sentences, each short enough for the model to read in full.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.core.essay import Passage, Span
from assistant.retrieval.models.encoder import Encoder, Piece

# Parts of a sentence that is longer than the model reads overlap by this share.
_OVERLAP = 0.25


@dataclass(frozen=True, slots=True)
class Window:
    """A part of a passage's text that the model reads in full.

    Attributes:
        passage: Id of the passage.
        start: Offset into its text.
        end: Offset of the window's end.
        text: The text from start to end.
    """

    passage: str
    start: int
    end: int
    text: str


def windows_of(passage: Passage, encoder: Encoder) -> list[Window]:
    """Cover a passage with windows that stay within it and are never longer than the model reads.

    Returns:
        Every run of two neighbouring sentences; a single sentence where two are too long together or there is
        no second; overlapping parts of a sentence that is too long by itself.
    """
    limit = encoder.info.max_tokens
    pieces = [encoder.pieces(passage.text[start:end]) for start, end in passage.sentences]
    lengths = [len(sentence) for sentence in pieces]
    spans: list[Span] = []
    for number, (start, end) in enumerate(passage.sentences):
        if not lengths[number]:
            continue
        if lengths[number] > limit:
            spans.extend((start + low, start + high) for low, high in _parts(pieces[number], limit))
        elif number + 1 < len(lengths) and lengths[number] + lengths[number + 1] <= limit:
            spans.append((start, passage.sentences[number + 1][1]))
        elif not (spans and spans[-1][0] < start and spans[-1][1] == end):
            spans.append((start, end))
    return [Window(passage.id, start, end, passage.text[start:end]) for start, end in spans]


def _parts(pieces: Sequence[Piece], limit: int) -> list[Span]:
    """Spans of overlapping parts of a sentence, each of at most ``limit`` word pieces."""
    step = max(1, int(limit * (1 - _OVERLAP)))
    firsts = range(0, max(1, len(pieces) - int(limit * _OVERLAP)), step)
    return [(pieces[first].start, pieces[min(first + limit, len(pieces)) - 1].end) for first in firsts]

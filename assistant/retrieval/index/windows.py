"""Windows: the runs of sentences that are embedded in place of whole passages.

A model reads some 250 word pieces and cuts off the rest in silence; paragraphs are longer. So each
passage is covered by windows of about two sentences, every one of which the model reads whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.core.essay import Passage
from assistant.retrieval.models.encoder import Encoder, Piece

# A sentence longer than the model reads is covered by pieces that share this part with the next.
_OVERLAP = 0.25


@dataclass(frozen=True, slots=True)
class Window:
    """A run of a passage's text that the model reads whole.

    Attributes:
        passage: Id of the passage.
        start: Offset into its text.
        end: Offset behind the last character.
        text: The run.
    """

    passage: str
    start: int
    end: int
    text: str


def windows_of(passage: Passage, encoder: Encoder) -> list[Window]:
    """Cover a passage with windows that do not cross it and are never longer than the model reads.

    Args:
        passage: The passage.
        encoder: Tells how long a text is in word pieces.

    Returns:
        Every run of two neighbouring sentences; of one, where two are too long together or there is
        no second; overlapping parts of a sentence that alone is too long.
    """
    limit = encoder.info.max_tokens
    pieces = [encoder.pieces(passage.text[start:end]) for start, end in passage.sentences]
    lengths = [len(found) for found in pieces]
    spans: list[tuple[int, int]] = []
    for at, (start, end) in enumerate(passage.sentences):
        if not lengths[at]:
            continue
        if lengths[at] > limit:
            spans.extend((start + low, start + high) for low, high in _parts(pieces[at], limit))
        elif at + 1 < len(lengths) and lengths[at] + lengths[at + 1] <= limit:
            spans.append((start, passage.sentences[at + 1][1]))
        elif not (spans and spans[-1][0] < start and spans[-1][1] == end):
            spans.append((start, end))
    return [Window(passage.id, start, end, passage.text[start:end]) for start, end in spans]


def _parts(pieces: Sequence[Piece], limit: int) -> list[tuple[int, int]]:
    step = max(1, int(limit * (1 - _OVERLAP)))
    starts = range(0, max(1, len(pieces) - int(limit * _OVERLAP)), step)
    return [(pieces[at].start, pieces[min(at + limit, len(pieces)) - 1].end) for at in starts]

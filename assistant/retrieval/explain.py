"""Explain why a passage was found, word by word, and cut excerpts and highlights out of passages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np

from assistant.core.answer import Match
from assistant.core.essay import Passage, Span, Spans, StoredEssay
from assistant.core.recent import Recent
from assistant.retrieval.index.index import Index
from assistant.retrieval.index.introductions import SHARE, Introduction, introductions_of
from assistant.retrieval.index.ordering import best_first, rounded
from assistant.retrieval.models.encoder import Encoder, Floats, Integers
from assistant.retrieval.passages import Passages
from assistant.retrieval.questions import casefolded_word, only_frames
from assistant.retrieval.ranking import Query, Ranked

# The longest excerpt in word pieces: the sentences around an answer show whom its pronouns mean, but each
# piece takes time to read.
LONGEST_EXCERPT = 80
# Essays whose introductions are kept.
_MOST_INTRODUCED = 500
# Two words with a lower cosine than this have nothing to do with each other.
_MATCHING = 0.3


class Excerpts:
    """Excerpts of ranked passages, for a model that reads them.

    Args:
        essays: The essays, by id; may load each essay when it is looked up.
        encoder: The model whose word pieces are counted.
        window: Says where the best window of a ranked passage is in its text.
    """

    def __init__(
        self, essays: Mapping[str, StoredEssay], encoder: Encoder, window: Callable[[Ranked], Span]
    ) -> None:
        self._essays, self._passages = essays, Passages(essays)
        self._encoder, self._window = encoder, window
        self._introductions: dict[str, dict[str, Introduction]] = Recent(_MOST_INTRODUCED)

    def of(self, ranked: Ranked, longest: int = LONGEST_EXCERPT) -> str:
        """The part of a passage around its best window, after the sentence that introduces the passage."""
        passage = self._passages[ranked.passage]
        pieces = self._encoder.pieces
        lengths = [len(pieces(passage.text[start:end])) for start, end in passage.sentences]
        start, end = excerpt(passage.sentences, lengths, self._window(ranked), longest)
        introduction = self._introductions_in(passage.essay_id).get(ranked.passage)
        if introduction is None:
            return passage.text[start:end]
        introducing = self._passages[introduction.passage].text[introduction.start : introduction.end]
        return f"{introducing} {passage.text[start:end]}"

    def _introductions_in(self, essay_id: str) -> dict[str, Introduction]:
        if essay_id not in self._introductions:
            self._introductions[essay_id] = introductions_of(self._essays[essay_id].passages)
        return self._introductions[essay_id]


def excerpt(
    sentences: Sequence[Span],
    lengths: Sequence[int],
    span: Span,
    longest: int = LONGEST_EXCERPT,
) -> Span:
    """Widen a span of a passage by whole sentences, before and after it in turn.

    The sentence before it is added first, because it is the one that names what pronouns refer to.

    Args:
        sentences: Spans of the passage's sentences.
        lengths: Number of word pieces of each sentence.
        span: What the excerpt must contain.
        longest: Number of word pieces that it may have.
    """
    inside = [number for number, (start, end) in enumerate(sentences) if start < span[1] and span[0] < end]
    if not inside:
        return span
    first, last = inside[0], inside[-1]
    room = longest - sum(lengths[first : last + 1])
    if room < 0:
        return span
    is_wider = True
    while is_wider:
        is_wider = False
        if first > 0 and lengths[first - 1] <= room:
            first, room, is_wider = first - 1, room - lengths[first - 1], True
        if last + 1 < len(sentences) and lengths[last + 1] <= room:
            last, room, is_wider = last + 1, room - lengths[last + 1], True
    return sentences[first][0], sentences[last][1]


def sentences_over(sentences: Sequence[Span], spans: Iterable[Span]) -> Spans:
    """The sentences that some spans of a text touch, in reading order; adjacent sentences are one span."""
    touched = sorted(
        {
            number
            for low, high in spans
            for number, (start, end) in enumerate(sentences)
            if start < high and low < end
        }
    )
    joined: list[Span] = []
    for previous, number in zip([-2, *touched], touched, strict=False):
        start, end = sentences[number]
        if previous == number - 1:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return tuple(joined)


def matches_of(
    query: Query,
    weights: Floats,
    index: Index,
    ranked: Ranked,
    passages: Mapping[str, Passage],
) -> tuple[Match, ...]:
    """Explain the score of a ranked passage, word by word of the question.

    Returns:
        One match for each word of the question that has a weight, those that add most to the score first.
    """
    low, high = index.bounds[ranked.window]
    introduction = np.arange(*index.introductions[index.owners[ranked.window]], dtype=np.int32)
    rows = np.concatenate([np.arange(low, high, dtype=np.int32), introduction])
    shares = np.where(np.arange(len(rows)) < high - low, 1.0, SHARE)
    # Rounded, so that argmax takes the first of words that are equally near.
    cosines = rounded(index.tokens.cosines(rows, query.tokens) * shares[:, None])
    best, nearest = cosines.max(axis=0), cosines.argmax(axis=0)
    introducing = _introducing_passage(index, introduction)
    matches = []
    for start, end in query.question.words:
        pieces = [number for number, piece in enumerate(query.pieces) if start <= piece.start < end]
        weight = float(sum(weights[number] for number in pieces))
        if not pieces or weight <= 0:
            continue
        cosine = float(sum(weights[number] * best[number] for number in pieces)) / weight
        # The piece with the most weight decides which word of the essay is shown.
        heaviest = pieces[int(np.argmax(rounded(weights[pieces])))]
        row = int(rows[nearest[heaviest]])
        passage = passages[ranked.passage if low <= row < high else introducing]
        matches.append(_match(query.text[start:end], weight, cosine, passage, index.spans[row]))
    order = best_first([match.weight * match.cosine for match in matches], range(len(matches)))
    return tuple(matches[number] for number in order)


def _match(word: str, weight: float, cosine: float, passage: Passage, span: Sequence[int]) -> Match:
    start, end = _whole_word(passage.text, int(span[0]), int(span[1]))
    return Match(
        word=word,
        weight=weight,
        cosine=cosine,
        passage=passage.id,
        start=start,
        end=end,
        text=passage.text[start:end],
        met=cosine >= _MATCHING,
        framing=only_frames(casefolded_word(word)),
    )


def _introducing_passage(index: Index, introduction: Integers) -> str:
    """Id of the passage that contains the tokens of an introduction; empty if there are none."""
    if not len(introduction):
        return ""
    return index.windows[int(np.searchsorted(index.bounds[:, 0], introduction[0], "right")) - 1].passage


def _whole_word(text: str, start: int, end: int) -> Span:
    """Span of the word that a word piece belongs to."""
    while start > 0 and text[start - 1].isalnum() and text[start].isalnum():
        start -= 1
    while end < len(text) and text[end].isalnum() and text[end - 1].isalnum():
        end += 1
    return start, end

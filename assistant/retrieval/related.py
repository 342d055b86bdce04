"""Find the passages that are nearest to a passage, by what the index stores; the model is not run.

Each word piece of one passage is compared with its nearest in the other, and the other way round (late
interaction). The cubes of these cosines, for which only near words count, are averaged with their idf as
weights, and both directions must hold: their geometric mean is taken, so that a long passage is not near to
everything. Added is a share of the cosine of both passages' window vectors, less what all passages of their
essay have in common. ``benchmarks/related.py`` measures it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from assistant.core.essay import Passage, Span, Spans
from assistant.retrieval import ranking
from assistant.retrieval.index.bm25 import BM25
from assistant.retrieval.index.index import Index
from assistant.retrieval.index.ordering import best_first, rounded
from assistant.retrieval.index.tokens import runs
from assistant.retrieval.index.vectors import is_searched_in_part
from assistant.retrieval.models.encoder import Floats, Integers
from assistant.retrieval.searching import Near

# Up to this many passages all are compared; of more, only the nearest by vector and by shared words, as many
# as for a question.
COMPARE_ALL = 400
# Word pieces of a very long passage that are compared: the rarest, which tell what it is about.
_MOST_PIECES = 400
# Tokens that are compared at a time.
_BLOCK = 16_384
# The share of the cosine of window vectors; from .1 to .3 it makes little difference.
_BY_WINDOWS = 0.2
# Smaller sums of weights and lengths of vectors are taken for this.
_LEAST = 1e-9


@dataclass(frozen=True, slots=True)
class ComparedPassage:
    """A passage as others are compared with it, also those of another index.

    Attributes:
        passage: The passage.
        ids: Its word pieces.
        vectors: Their token vectors, as the index stores them.
        offsets: Where each begins in the passage's text.
        window: Mean of the vectors of its windows.
        centred: Unit vector of that, less the mean of its essay's.
    """

    passage: Passage
    ids: Integers
    vectors: Floats
    offsets: Integers
    window: Floats
    centred: Floats


class SearchedIndex(Protocol):
    """What is needed of an index and its search; ``search.Searcher`` has it."""

    index: Index

    @property
    def lexical(self) -> BM25:
        """Ranks passages by the words that they share with a text."""

    def numbers(self, essay: str) -> dict[str, int]:
        """Number of each passage of an essay, by id."""

    def rows(self, passages: Collection[str] | None) -> Integers:
        """Windows of some passages, or of all for ``None``."""


class RelatedSearch:
    """Finds the passages of an index that are near to one of them, or to one of another index.

    Args:
        searcher: Searches the index.
        weights: The idf of each word piece, by its vocabulary id; that of this index if ``None``.
    """

    def __init__(self, searcher: SearchedIndex, weights: Floats | None = None) -> None:
        self._searcher = searcher
        self._index: Index = searcher.index
        self._stated_weights = weights
        self._vectors: dict[int, Floats] = {}

    def nearest(self, passage: Passage, among: Collection[str] | None, most: int) -> list[Near]:
        """The nearest passages to a passage, best first; it is not among them.

        Args:
            passage: The passage.
            among: Ids of the passages to compare; ``None`` for all.
            most: How many to return.

        Returns:
            Nothing if the index has no words of the passage.
        """
        compared = self.compared(passage)
        if compared is None:
            return []
        numbers = self._chosen(compared, among)
        scores = self.scores(compared, numbers)
        order = best_first(scores, self._index.places[numbers])[:most]
        return [Near(self._index.passage_id(int(numbers[place])), float(scores[place])) for place in order]

    def most_alike(self, passage: Passage, other: Passage) -> tuple[Span, Span] | None:
        """The sentence of another passage that is most like a passage, and the latter's sentence like it.

        Returns:
            A span of the other passage and one of the passage; ``None`` if either has no words.
        """
        compared = self.compared(passage)
        return None if compared is None else self.most_alike_to(compared, other)

    def compared(self, passage: Passage) -> ComparedPassage | None:
        """A passage of the index as others are compared with it; ``None`` if the index has no words of it."""
        number, index = self._number(passage.id), self._index
        if number is None:
            return None
        rows = self._tokens(number)
        first, last = (int(window) for window in index.first_windows[number : number + 2])
        return ComparedPassage(
            passage,
            index.ids[rows],
            index.tokens.part(rows).vectors,
            index.spans[rows, 0],
            index.vectors.part(first, last).mean(axis=0),
            self._centred(number),
        )

    def scores(self, compared: ComparedPassage, numbers: Integers) -> NDArray[np.float64]:
        """How near each of some passages of the index is, to four decimals."""
        return rounded(np.concatenate([np.zeros(0), *self._scores(compared, numbers)]))

    def most_alike_to(self, compared: ComparedPassage, other: Passage) -> tuple[Span, Span] | None:
        """As ``most_alike``, with the one passage as it is compared; the other one is of this index."""
        number = self._number(other.id)
        if number is None:
            return None
        rows, passage = self._tokens(number), compared.passage
        index, weights = self._index, self._weights
        cosines = index.tokens.cosines(rows, compared.vectors)
        own_weights, other_weights = weights[compared.ids], weights[index.ids[rows]]
        own_sentences = _token_sentences(compared.offsets, passage.sentences)
        other_sentences = _token_sentences(index.spans[rows, 0], other.sentences)
        scored = [
            (_symmetric(cosines[within], other_weights[within], own_weights), place)
            for place, within in other_sentences
        ]
        if not scored:
            return None
        # The first of equal sentences.
        _, best = max(scored, key=lambda entry: (entry[0], -entry[1]))
        chosen = dict(other_sentences)[best]
        likes = [
            (_symmetric(cosines[np.ix_(chosen, within)], other_weights[chosen], own_weights[within]), place)
            for place, within in own_sentences
        ]
        _, like = max(likes, key=lambda entry: (entry[0], -entry[1]))
        return other.sentences[best], passage.sentences[like]

    def piece_counts(self) -> NDArray[np.int64]:
        """Number of passages that contain each word piece, by its vocabulary id."""
        postings, live = self._index.pieces, self._index.live
        counts = np.diff(postings.starts)
        if live is not None:
            counts = np.add.reduceat(live[postings.passages].astype(np.int64), postings.starts[:-1])
        found = np.zeros(int(postings.terms.max(initial=0)) + 1, dtype=np.int64)
        found[postings.terms.astype(np.int64)] = counts
        return found

    def _number(self, passage_id: str) -> int | None:
        """Number of a passage in the index; ``None`` if it has no window."""
        essay = passage_id.rpartition("/")[0]
        return self._searcher.numbers(essay).get(passage_id) if essay in self._index.essays else None

    def _tokens(self, number: int) -> slice:
        """The token rows of a passage."""
        first, last = (int(window) for window in self._index.first_windows[number : number + 2])
        bounds = self._index.bounds[first:last]
        return slice(int(bounds[0, 0]), int(bounds[-1, 1]))

    def _chosen(self, compared: ComparedPassage, among: Collection[str] | None) -> Integers:
        """Numbers of the passages to compare, ascending."""
        index, rows = self._index, self._searcher.rows(among)
        numbers = index.passages_of(rows)
        if len(numbers) > COMPARE_ALL:
            in_part = is_searched_in_part(len(rows), len(index.rows))
            nearest, cosines = self.nearest_windows(compared, rows, in_part=in_part)
            nearest, is_searched = nearest[ranking.first_nearest(cosines)], self.searched(rows)
            text, places = compared.passage.text, index.places
            sharing = self._searcher.lexical.best(text, ranking.BY_WORDS, is_searched, places)
            found = np.union1d(index.owners[nearest], sharing)
            numbers = found[is_searched[found]].astype(np.int32)
        return self.without(compared, numbers)

    def nearest_windows(
        self, compared: ComparedPassage, rows: Integers, *, in_part: bool
    ) -> tuple[Integers, Floats]:
        """The windows nearest to a passage by vector, and their cosines; see ``ranking.nearest_windows``."""
        return ranking.nearest_to(compared.window, self._index, rows, in_part=in_part)

    def searched(self, rows: Integers) -> NDArray[np.bool_]:
        """Which passages have one of some windows."""
        is_searched = np.zeros(len(self._index.lengths), dtype=bool)
        is_searched[self._index.owners[rows]] = True
        return is_searched

    def without(self, compared: ComparedPassage, numbers: Integers) -> Integers:
        """Some passages without the one that they are compared with."""
        others: Integers = numbers[numbers != self._number(compared.passage.id)]
        return others

    @cached_property
    def _weights(self) -> Floats:
        if self._stated_weights is not None:
            return self._stated_weights
        return weights_of(self.piece_counts(), len(self._index.passage_numbers))

    def _scores(self, compared: ComparedPassage, numbers: Integers) -> Iterator[Floats]:
        """How near each of some passages is, block by block."""
        index, weights = self._index, self._weights
        own = np.arange(len(compared.ids))
        if len(own) > _MOST_PIECES:
            own = np.sort(own[np.argsort(-weights[compared.ids], kind="stable")[:_MOST_PIECES]])
        if not len(own):
            return
        vectors, own_weights = compared.vectors[own], weights[compared.ids[own]]
        for block in self._blocks(numbers):
            ranges = [self._tokens(int(each)) for each in block]
            bounds = np.array([(rows.start, rows.stop) for rows in ranges], dtype=np.int64)
            rows = runs(bounds)
            cosines = index.tokens.cosines(rows, vectors)
            ends = np.cumsum(bounds[:, 1] - bounds[:, 0])
            starts = ends - (bounds[:, 1] - bounds[:, 0])
            forward = _cubed(np.maximum.reduceat(cosines, starts, axis=0)) @ own_weights
            other_weights = weights[index.ids[rows]]
            backward = np.add.reduceat(_cubed(cosines.max(axis=1)) * other_weights, starts)
            backward /= np.maximum(np.add.reduceat(other_weights, starts), _LEAST)
            late = np.sqrt(forward / max(float(own_weights.sum()), _LEAST) * backward)
            centred = np.array([self._centred(int(each)) for each in block]) @ compared.centred
            yield (late + _BY_WINDOWS * centred) / (1 + _BY_WINDOWS)

    def _centred(self, number: int) -> Floats:
        """Unit vector of a passage's windows, less the mean of its essay's."""
        if number not in self._vectors:
            essay = self._index.passage_id(number).rpartition("/")[0]
            low, high = self._index.essays[essay].windows
            vectors = self._index.vectors.part(low, high)
            first, last = self._index.essays[essay].passages
            starts = self._index.first_windows[first : last + 1] - low
            means = np.add.reduceat(vectors, starts[:-1], axis=0) / np.diff(starts)[:, None]
            means -= means.mean(axis=0)
            means /= np.maximum(np.linalg.norm(means, axis=1, keepdims=True), _LEAST)
            self._vectors.update(zip(range(first, last), means, strict=True))
        return self._vectors[number]

    def _blocks(self, compared: Integers) -> Iterator[Integers]:
        """The passages in runs that have no more tokens than are compared at a time, or one passage each."""
        first, tokens = 0, 0
        for place, number in enumerate(compared):
            rows = self._tokens(int(number))
            if tokens and tokens + rows.stop - rows.start > _BLOCK:
                yield compared[first:place]
                first, tokens = place, 0
            tokens += rows.stop - rows.start
        if first < len(compared):
            yield compared[first:]


def weights_of(counts: NDArray[np.int64], passages: int) -> Floats:
    """The idf of each word piece, of which so many passages contain it; 0 for one that none contains."""
    weights: Floats = np.where(counts > 0, ranking.idf(counts, passages), np.float32(0))
    return weights


def _cubed(cosines: Floats) -> Floats:
    cubes: Floats = np.maximum(cosines, 0) ** 3
    return cubes


def _token_sentences(starts: Integers, sentences: Spans) -> list[tuple[int, Integers]]:
    """The places among some tokens that belong to each sentence with any, by the sentence's number."""
    found = []
    for number, (start, end) in enumerate(sentences):
        within = np.flatnonzero((starts >= start) & (starts < end)).astype(np.int32)
        if len(within):
            found.append((number, within))
    return found


def _symmetric(cosines: Floats, weights: Floats, other_weights: Floats) -> float:
    """The geometric mean of both directions' weighted means of cubed highest cosines, to four decimals.

    Args:
        cosines: Cosines of the tokens of two texts, shape ``(tokens, others)``.
        weights: Weight of each token.
        other_weights: Weight of each other token.
    """
    one = float(_cubed(cosines.max(axis=1)) @ weights) / max(float(weights.sum()), _LEAST)
    other = float(_cubed(cosines.max(axis=0)) @ other_weights) / max(float(other_weights.sum()), _LEAST)
    return float(rounded(np.sqrt(one * other)))

"""One question against one index, by any of the ranking methods."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import cached_property

import numpy as np

from assistant.retrieval import ranking
from assistant.retrieval.index.bm25 import BM25, words_of
from assistant.retrieval.index.index import Index
from assistant.retrieval.index.introductions import SHARE
from assistant.retrieval.index.ordering import best_first, rounded
from assistant.retrieval.index.tokens import runs
from assistant.retrieval.models.encoder import Encoder, Floats, Integers
from assistant.retrieval.ranking import FRAMING, Query, Ranked, frequency, idf, make_query, rank, shares

# Passages that share words with the question, looked at in large libraries besides the nearest.
_LEXICAL_CANDIDATES = 100
_FAR = -1.0


class Searcher:
    """Ranks the passages of an index.

    Args:
        index: The index.
        encoder: The model that made it.
        unasked: Folded words that name an essay and not what is asked of it.
    """

    def __init__(self, index: Index, encoder: Encoder, unasked: Collection[str] = ()) -> None:
        self.index = index
        self.encoder = encoder
        self._unasked = frozenset(unasked)
        self._names: dict[str, dict[str, int]] = {}
        self._methods: dict[str, Callable[[Query, Integers], Floats]] = {
            "bm25": lambda query, _rows: self.lexical.scores(query.text),
            "windows": self._windows,
            "fusion": self._fusion,
        }

    @cached_property
    def lexical(self) -> BM25:
        """Ranks passages by their words."""
        return BM25(self.index.words, self.index.lengths, self.index.live)

    @property
    def methods(self) -> tuple[str, ...]:
        """Names of the ranking methods, the default first."""
        return ("late", *self._methods)

    def rows(self, passages: Collection[str] | None) -> Integers:
        """Windows of some passages, or of all; in the order of the index."""
        if passages is None:
            return self.index.rows
        found = (self._number(name) for name in passages)
        return self.index.rows_of(np.array(sorted(one for one in found if one is not None), dtype=np.int32))

    def _number(self, passage: str) -> int | None:
        """Number of a passage; ``None`` if no window is its."""
        essay = passage.rpartition("/")[0]
        if essay in self.index.essays:
            return self.numbers(essay).get(passage)
        # Only passages that somebody else has divided are not called after their essay.
        return self._all_numbers.get(passage)

    def numbers(self, essay: str) -> dict[str, int]:
        """Number of each passage of an essay, by id."""
        if essay not in self._names:
            numbers = range(*self.index.essays[essay].passages)
            self._names[essay] = {self.index.passage_id(number): number for number in numbers}
        return self._names[essay]

    @cached_property
    def _all_numbers(self) -> dict[str, int]:
        return {name: at for essay in self.index.essays for name, at in self.numbers(essay).items()}

    def holding(self, phrases: Sequence[str]) -> list[str]:
        """Ids of the passages that may hold one of some phrases, in the order of the index.

        In a large library these are the ones in which all words of a phrase stand.
        """
        numbers = self.index.passage_numbers
        if len(self.index.rows) > ranking.SCORE_ALL:
            held = [self.lexical.holding(words_of(phrase)) for phrase in phrases]
            numbers = np.intersect1d(np.concatenate(held), numbers)
        return [self.index.passage_id(int(number)) for number in numbers]

    def query(self, question: str) -> Query:
        """Encode a question."""
        return make_query(question, self.encoder)

    def weighed(self, query: Query, rows: Integers) -> tuple[Floats, Floats]:
        """Weight of each word piece of a question among some windows, and without words that frame it."""
        often = frequency(self.index, rows, query.ids)
        # An author whom the essays themselves speak of is asked about, not only named.
        spoken_of = {word for word, count in zip(query.words, often, strict=True) if count}
        rarity = idf(often, len(self.index.passages_of(rows)))
        unasked = self._unasked - spoken_of
        whole, bare = (shares(query.words, rarity, unasked, framing) for framing in (FRAMING, 0.0))
        return whole, bare

    def weights(self, query: Query, rows: Integers) -> Floats:
        """Weight of each word piece of a question among some windows; see ``weighting.shares``."""
        return self.weighed(query, rows)[0]

    def late(self, query: Query, weights: Floats, rows: Integers) -> list[Ranked]:
        """Rank passages by late interaction; see ``ranking.rank``."""
        return rank(query, weights, self.index, rows, lambda: self._lexical_rows(query.text, rows), self.lend)

    def lend(self, tokens: Floats, rows: Integers, met: Floats) -> Floats:
        """Best cosines of windows, with those met in their hosts; see ``hosts.lend``."""
        return lend(self.index, tokens, rows, met)

    def ranking(
        self, question: str, method: str, passages: Collection[str] | None = None
    ) -> list[tuple[str, float]]:
        """Rank passages by a method.

        Args:
            question: The question.
            method: One of ``methods``.
            passages: Ids to look among, or ``None`` for all.

        Returns:
            Ids and scores to four decimals, best first; see ``ordering.best_first``.
        """
        rows = self.rows(passages)
        if not len(rows):
            return []
        query = self.query(question)
        if method == "late":
            return [(one.passage, one.score) for one in self.late(query, self.weights(query, rows), rows)]
        scores = rounded(self._methods[method](query, rows))
        searched = self.index.passages_of(rows)
        order = searched[best_first(scores[searched], self.index.places[searched])]
        return [(self.index.passage_id(at), float(scores[at])) for at in order]

    def _lexical_rows(self, question: str, rows: Integers) -> Integers:
        """Windows, among some, of passages that share words with a question."""
        among = None
        if len(rows) < len(self.index.rows):
            among = np.zeros(len(self.index.lengths), dtype=bool)
            among[self.index.owners[rows]] = True
        best = self.lexical.best(question, _LEXICAL_CANDIDATES, among, self.index.places)
        return self.index.rows_of(best)

    def _windows(self, query: Query, rows: Integers) -> Floats:
        """Cosine of each passage's nearest window, shape ``(passages,)``."""
        near, cosines = self.index.vectors.search(query.vector, len(rows), rows)
        scores = np.full(len(self.index.lengths), _FAR, dtype=np.float32)
        np.maximum.at(scores, self.index.owners[near], cosines)
        return scores

    def _fusion(self, query: Query, rows: Integers) -> Floats:
        """Mean of BM25 and window cosines, each scaled from 0 to 1 over the searched passages."""
        searched = self.index.passages_of(rows)
        total = np.zeros(len(self.index.lengths), dtype=np.float32)
        for scores in (self.lexical.scores(query.text), self._windows(query, rows)):
            low, high = scores[searched].min(), scores[searched].max()
            total += (scores - low) / ((high - low) or 1)
        fused: Floats = (total / 2).astype(np.float32)
        return fused


def lend(index: Index, tokens: Floats, rows: Integers, met: Floats) -> Floats:
    """Best cosines of windows, with those met in their hosts.

    Args:
        index: The index.
        tokens: Unit vector of each word piece of the question.
        rows: The windows.
        met: Best cosine of each piece in each window, shape ``(windows, pieces)``.

    Returns:
        The same with a share of the host's cosine where that is higher.
    """
    owners = index.owners[rows]
    guests = np.flatnonzero(index.introductions[owners, 1])
    if not len(guests):
        return met
    # A passage's windows have one host.
    hosted, which = np.unique(owners[guests], return_inverse=True)
    bounds = index.introductions[hosted]
    lengths = bounds[:, 1] - bounds[:, 0]
    cosines = index.tokens.cosines(runs(bounds), tokens)
    lent = SHARE * np.maximum.reduceat(cosines, np.cumsum(lengths) - lengths, axis=0)
    made = met.copy()
    made[guests] = np.maximum(met[guests], lent[which])
    return made

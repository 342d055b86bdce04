"""One question against one index, by any of the ranking methods."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

import numpy as np

from assistant.retrieval.encoder import Encoder, Floats, Integers
from assistant.retrieval.hosts import Host, HostTokens
from assistant.retrieval.index import Index
from assistant.retrieval.lexical import BM25
from assistant.retrieval.ranking import Query, Ranked, make_query, rank
from assistant.retrieval.weighting import FRAMING, Postings, shares, word_at

# Passages that share words with the question, looked at in large libraries besides the nearest.
_LEXICAL_CANDIDATES = 100
_FAR = -1.0


class Searcher:
    """Ranks the passages of an index.

    Args:
        index: The index.
        encoder: The model that made it.
        texts: Gives the text of every passage in the index, by id; asked only for BM25.
        unasked: Folded words that name an essay and not what is asked of it.
        hosts: Sentences that bring in block quotations and notes, by the guest's id.
    """

    def __init__(
        self,
        index: Index,
        encoder: Encoder,
        texts: Callable[[], dict[str, str]],
        unasked: Collection[str] = (),
        hosts: Mapping[str, Host] | None = None,
    ) -> None:
        self.index = index
        self.encoder = encoder
        self._texts = texts
        self._unasked = frozenset(unasked)
        self.hosts = HostTokens(index, hosts or {})
        self._postings = Postings(index)
        self._numbers = self._postings.numbers
        self.passages = self._postings.passages
        self._bm25: BM25 | None = None
        self._methods: dict[str, Callable[[Query, Integers], Floats]] = {
            "bm25": lambda query, _rows: self._lexical(query.text),
            "windows": self._windows,
            "fusion": self._fusion,
        }

    @property
    def methods(self) -> tuple[str, ...]:
        """Names of the ranking methods, the default first."""
        return ("late", *self._methods)

    def rows(self, passages: Collection[str] | None) -> Integers:
        """Windows of some passages, or of all; in the order of the index."""
        if passages is None:
            return np.arange(len(self.index.windows), dtype=np.int32)
        wanted = np.array([name in passages for name in self.passages], dtype=bool)
        return (
            np.flatnonzero(wanted[self._numbers]).astype(np.int32) if len(wanted) else np.zeros(0, np.int32)
        )

    def query(self, question: str) -> Query:
        """Encode a question."""
        return make_query(question, self.encoder)

    def weights(self, query: Query, rows: Integers, framing: float = FRAMING) -> Floats:
        """Weight of each word piece of a question among some windows; see ``weighting.shares``."""
        frequency = self._postings.frequency(rows, query.ids)
        # An author whom the essays themselves speak of is asked about, not only named.
        spoken_of = {
            word_at(query.text, piece) for piece, count in zip(query.pieces, frequency, strict=True) if count
        }
        idf = self._postings.idf(rows, query.ids)
        return shares(query.text, query.pieces, idf, self._unasked - spoken_of, framing)

    def late(self, query: Query, weights: Floats, rows: Integers) -> list[Ranked]:
        """Rank passages by late interaction; see ``ranking.rank``."""
        return rank(
            query, weights, self.index, rows, lambda: self._lexical_rows(query.text, rows), self.hosts.lend
        )

    def ranking(
        self, question: str, method: str, passages: Collection[str] | None = None
    ) -> list[tuple[str, float]]:
        """Rank passages by a method.

        Args:
            question: The question.
            method: One of ``methods``.
            passages: Ids to look among, or ``None`` for all.

        Returns:
            Ids and scores, best first.
        """
        rows = self.rows(passages)
        if not len(rows):
            return []
        query = self.query(question)
        if method == "late":
            return [(one.passage, one.score) for one in self.late(query, self.weights(query, rows), rows)]
        scores = self._methods[method](query, rows)
        searched = np.unique(self._numbers[rows])
        order = searched[np.argsort(-scores[searched], kind="stable")]
        return [(self.passages[at], float(scores[at])) for at in order]

    def _lexical(self, question: str) -> Floats:
        if self._bm25 is None:
            texts = self._texts()
            self._bm25 = BM25([texts[name] for name in self.passages])
        return self._bm25.scores(question)

    def _lexical_rows(self, question: str, rows: Integers) -> Integers:
        scores = self._lexical(question)
        best = np.argsort(-scores, kind="stable")[:_LEXICAL_CANDIDATES]
        found = best[scores[best] > 0]
        return rows[np.isin(self._numbers[rows], found)]

    def _windows(self, query: Query, rows: Integers) -> Floats:
        """Cosine of each passage's nearest window, shape ``(passages,)``."""
        near, cosines = self.index.vectors.search(query.vector, len(rows), rows)
        scores = np.full(len(self.passages), _FAR, dtype=np.float32)
        np.maximum.at(scores, self._numbers[near], cosines)
        return scores

    def _fusion(self, query: Query, rows: Integers) -> Floats:
        """Mean of BM25 and window cosines, each scaled from 0 to 1 over the searched passages."""
        searched = np.unique(self._numbers[rows])
        total = np.zeros(len(self.passages), dtype=np.float32)
        for scores in (self._lexical(query.text), self._windows(query, rows)):
            low, high = scores[searched].min(), scores[searched].max()
            total += (scores - low) / ((high - low) or 1)
        fused: Floats = (total / 2).astype(np.float32)
        return fused

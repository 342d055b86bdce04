"""Search one index for a question, by any of the ranking methods."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping, Sequence, Sized
from functools import cached_property
from typing import TYPE_CHECKING, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from assistant.core.answer import Match
from assistant.core.essay import Passage, Span, Spans
from assistant.retrieval import ranking
from assistant.retrieval.explain import matches_of
from assistant.retrieval.index.bm25 import BM25, term_of, words_of
from assistant.retrieval.index.index import Index, Vocabulary
from assistant.retrieval.index.introductions import SHARE
from assistant.retrieval.index.ordering import best_first, rounded
from assistant.retrieval.index.tokens import runs
from assistant.retrieval.models.encoder import Encoder, Floats, Integers
from assistant.retrieval.passages import SelectedPassages
from assistant.retrieval.questions import Question
from assistant.retrieval.ranking import (
    Query,
    Ranked,
    make_queries,
    make_query,
    passage_frequencies,
    piece_weights,
    rank,
)
from assistant.retrieval.related import RelatedSearch
from assistant.retrieval.searching import RelatedPassages

if TYPE_CHECKING:
    from assistant.retrieval.models.cross_encoder import ReadingModel

# Windows that are searched; only the search that made them can read them.
RowsT = TypeVar("RowsT", bound=Sized)
# The score of passages without a window among those searched: the lowest cosine.
_FAR = -1.0


class QuestionSearch(ABC, Generic[RowsT]):
    """What the search of an index and that of shards have in common: how questions are read and weighed.

    Args:
        encoder: The model that encoded the passages.
        ignored: Casefolded words that name an essay and not what is asked about it, such as its author.
    """

    def __init__(self, encoder: Encoder, ignored: Collection[str]) -> None:
        self.encoder = encoder
        self._ignored = frozenset(ignored)

    @property
    def methods(self) -> tuple[str, ...]:
        """Names of the ranking methods, the default first."""
        return ("late", "bm25", "windows", "fusion")

    def query(self, question: Question) -> Query:
        """Encode a question."""
        return make_query(question, self.encoder)

    def queries(self, questions: Sequence[Question]) -> list[Query]:
        """Encode some questions in one batch."""
        return make_queries(questions, self.encoder)

    def weights(self, query: Query, rows: RowsT) -> Floats:
        """Weight of each word piece of a question among some windows; see ``ranking.shares``."""
        return self.weights_with_content(query, rows)[0]

    def ranking(
        self, question: Question, method: str, passages: Collection[str] | None = None
    ) -> list[tuple[str, float]]:
        """Rank some passages, or all for ``None``, by one of the ``methods``.

        Returns:
            Ids and scores to four decimals, best first; see ``ordering.best_first``.
        """
        rows = self.rows(passages)
        if not len(rows):
            return []
        query = self.query(question)
        if method != "late":
            return self._by_method(method, query, rows)
        ranked = self.rank_by_late_interaction(query, self.weights(query, rows), rows)
        return [(passage.passage, passage.score) for passage in ranked]

    @abstractmethod
    def rows(self, passages: Collection[str] | None) -> RowsT:
        """Windows of some passages, or of all for ``None``."""

    @abstractmethod
    def weights_with_content(self, query: Query, rows: RowsT) -> tuple[Floats, Floats]:
        """The weights for ranking, and weights of content words only; see ``ranking.shares``."""

    @abstractmethod
    def rank_by_late_interaction(self, query: Query, weights: Floats, rows: RowsT) -> list[Ranked]:
        """Passages of some windows by late interaction, best first."""

    @abstractmethod
    def _by_method(self, method: str, query: Query, rows: RowsT) -> list[tuple[str, float]]:
        """As ``ranking``, by another method than late interaction."""


class Searcher(QuestionSearch[Integers]):
    """Ranks the passages of an index.

    Args:
        index: The index.
        encoder: The model that computed it.
        ignored: Casefolded words that name an essay and not what is asked about it, such as its author.
    """

    def __init__(self, index: Index, encoder: Encoder, ignored: Collection[str] = ()) -> None:
        super().__init__(encoder, ignored)
        self.index = index
        self._numbers: dict[str, dict[str, int]] = {}
        self._last_selected: tuple[SelectedPassages, Integers] | None = None
        self._methods: dict[str, Callable[[Query, Integers], Floats]] = {
            "bm25": lambda query, _rows: self.lexical.scores(query.text),
            "windows": self.nearest_cosines,
            "fusion": self._fusion,
        }

    @cached_property
    def lexical(self) -> BM25:
        """Ranks passages by the words that they share with a question."""
        return BM25(self.index.words, self.index.lengths, self.index.live)

    def rows(self, passages: Collection[str] | None) -> Integers:
        """Windows of some passages, or of all for ``None``, in the order of the index."""
        if passages is None:
            return self.index.rows
        if isinstance(passages, SelectedPassages):
            return self._selected_rows(passages)
        numbers = (self._number(passage_id) for passage_id in passages)
        known = sorted(number for number in numbers if number is not None)
        return self.index.rows_of(np.array(known, dtype=np.int32))

    def _selected_rows(self, selected: SelectedPassages) -> Integers:
        """Windows of selected passages; those of the last selection are kept."""
        last = self._last_selected
        if last is None or last[0] != selected:
            essays = (self.index.essays[name] for name in selected.essays if name in self.index.essays)
            ranges = np.array(sorted(segment.windows for segment in essays), dtype=np.int64)
            rows = runs(ranges.reshape(-1, 2))
            if not selected.is_whole:
                numbers = self.index.passages_of(rows).tolist()
                fitting = [number for number in numbers if selected.fits(self.index.passage_id(number))]
                rows = self.index.rows_of(np.array(fitting, dtype=np.int32))
            self._last_selected = last = selected, rows
        return last[1]

    def _number(self, passage_id: str) -> int | None:
        """Number of a passage; ``None`` if it has no window."""
        essay = passage_id.rpartition("/")[0]
        if essay in self.index.essays:
            return self.numbers(essay).get(passage_id)
        # Ids of passages that a question set brings along need not begin with an essay's id.
        return self._all_numbers.get(passage_id)

    def passage_ids(self, essay: str) -> Collection[str]:
        """Ids of the passages of an essay that have a window."""
        return self.numbers(essay)

    def related(self) -> RelatedPassages:
        """What finds the passages that are near to another."""
        return RelatedSearch(self)

    def vocabulary(self) -> Vocabulary:
        """How often the essays print each word."""
        total = Vocabulary()
        for words in self.index.vocabulary().values():
            total.update(words)
        return total

    def numbers(self, essay: str) -> dict[str, int]:
        """Number of each passage of an essay, by id."""
        if essay not in self._numbers:
            numbers = range(*self.index.essays[essay].passages)
            self._numbers[essay] = {self.index.passage_id(number): number for number in numbers}
        return self._numbers[essay]

    @cached_property
    def _all_numbers(self) -> dict[str, int]:
        numbers: dict[str, int] = {}
        for essay in self.index.essays:
            numbers |= self.numbers(essay)
        return numbers

    def passages_containing(self, phrases: Sequence[str]) -> list[str]:
        """Ids of the passages that may contain one of some phrases, in the order of the index.

        In a large library these are the passages that contain all words of a phrase.
        """
        return self.candidates_for(phrases, is_large=len(self.index.rows) > ranking.SCORE_ALL)

    def candidates_for(self, phrases: Sequence[str], *, is_large: bool) -> list[str]:
        """As ``passages_containing``, for an index that is or belongs to a large library, or not."""
        numbers = self.index.passage_numbers
        if is_large:
            candidates = [self.lexical.passages_containing(words_of(phrase)) for phrase in phrases]
            numbers = np.intersect1d(np.concatenate(candidates), numbers)
        return [self.index.passage_id(int(number)) for number in numbers]

    def has_word(self, word: str) -> bool:
        """Whether some form of a word, or of each of its parts, occurs in a passage of the index."""
        postings = self.index.words
        return all((found := postings.of_term(term_of(part))).stop > found.start for part in words_of(word))

    def weights_with_content(self, query: Query, rows: Integers) -> tuple[Floats, Floats]:
        """The weights for ranking, and weights of content words only; see ``ranking.shares``."""
        frequencies = passage_frequencies(self.index, rows, query.ids)
        return piece_weights(query, frequencies, len(self.index.passages_of(rows)), self._ignored)

    def rank_by_late_interaction(self, query: Query, weights: Floats, rows: Integers) -> list[Ranked]:
        """Passages of some windows by late interaction, best first."""
        return rank(
            query,
            weights,
            self.index,
            rows,
            lambda: self._lexical_rows(query.text, rows),
            self.with_introductions,
        )

    def windows_by_nearness(self, query: Query, rows: Integers) -> tuple[Floats, list[Ranked]]:
        """The weights of a query's pieces, and all of some windows by late interaction, best first."""
        weights = self.weights(query, rows)
        return weights, self.scored_windows(query, weights, rows)

    def scored_windows(self, query: Query, weights: Floats, rows: Integers) -> list[Ranked]:
        """All of some windows by late interaction, best first."""
        ranked: list[Ranked] = []
        for first in range(0, len(rows), ranking.SCORE_ALL):
            block = rows[first : first + ranking.SCORE_ALL]
            ranked += ranking.scored_windows(query, weights, self.index, block, self.with_introductions)
        return sorted(ranked, key=lambda window: (-window.score, window.place, window.window))

    def window(self, ranked: Ranked) -> Span:
        """Where the best window of a ranked passage is in its text."""
        window = self.index.windows[ranked.window]
        return window.start, window.end

    def highlight(self, query: Query, weights: Floats, ranked: Ranked, passage: Passage) -> Spans:
        """The sentences of a ranked passage that answer; see ``ranking.highlight``."""
        return ranking.highlight(query, weights, self.index, ranked, passage)

    def nearest_sentence(self, query: Query, weights: Floats, passage: str, sentences: Spans) -> Spans:
        """The nearest of some sentences of a passage, given by its id; see ``ranking.nearest_sentence``."""
        return ranking.nearest_sentence(query, weights, self.index, self.rows([passage]), sentences)

    def matches(
        self, query: Query, weights: Floats, ranked: Ranked, passages: Mapping[str, Passage]
    ) -> tuple[Match, ...]:
        """Why a passage has its rank, word by word of the question; see ``explain.matches_of``."""
        return matches_of(query, weights, self.index, ranked, passages)

    def read(
        self,
        model: ReadingModel,
        question: str,
        ranked: Sequence[Ranked],
        excerpt: Callable[[Ranked], str],
    ) -> list[float]:
        """The logit that each of some ranked passages answers; see ``PassageSearch.read``."""
        return model.read(question, [excerpt(each) for each in ranked])

    def with_introductions(self, tokens: Floats, rows: Integers, cosines: Floats) -> Floats:
        """Raise the cosines of windows to a share of those of the sentences that introduce their passages.

        Args:
            tokens: Unit vector of each word piece of the question.
            rows: The windows.
            cosines: Highest cosine of each piece in each window, shape ``(windows, pieces)``.

        Returns:
            The cosines, raised where a share of the introduction's is higher.
        """
        index, owners = self.index, self.index.owners[rows]
        introduced = np.flatnonzero(index.introductions[owners, 1])
        if not len(introduced):
            return cosines
        # All windows of a passage have the same introduction.
        passages, passage_of = np.unique(owners[introduced], return_inverse=True)
        bounds = index.introductions[passages]
        lengths = bounds[:, 1] - bounds[:, 0]
        tokenwise = index.tokens.cosines(runs(bounds), tokens)
        best = np.maximum.reduceat(tokenwise, np.cumsum(lengths) - lengths, axis=0)
        raised = cosines.copy()
        raised[introduced] = np.maximum(cosines[introduced], SHARE * best[passage_of])
        return raised

    def _by_method(self, method: str, query: Query, rows: Integers) -> list[tuple[str, float]]:
        scores = rounded(self._methods[method](query, rows))
        searched = self.index.passages_of(rows)
        order = searched[best_first(scores[searched], self.index.places[searched])]
        return [(self.index.passage_id(number), float(scores[number])) for number in order]

    def _lexical_rows(self, text: str, rows: Integers) -> Integers:
        """Windows, among some, of passages that share words with a question."""
        best = self.lexical.best(text, ranking.BY_WORDS, self.searched(rows), self.index.places)
        return self.index.rows_of(best)

    def searched(self, rows: Integers) -> NDArray[np.bool_] | None:
        """Which passages have one of some windows; ``None`` if all do."""
        if len(rows) == len(self.index.rows):
            return None
        is_searched = np.zeros(len(self.index.lengths), dtype=bool)
        is_searched[self.index.owners[rows]] = True
        return is_searched

    def nearest_cosines(self, query: Query, rows: Integers) -> Floats:
        """Cosine of each passage's nearest window, shape ``(passages,)``."""
        nearest, cosines = self.index.vectors.search(query.vector, len(rows), rows)
        scores = np.full(len(self.index.lengths), _FAR, dtype=np.float32)
        np.maximum.at(scores, self.index.owners[nearest], cosines)
        return scores

    def _fusion(self, query: Query, rows: Integers) -> Floats:
        """Mean of BM25 and window cosines, each scaled to 0 to 1 over the searched passages."""
        searched = self.index.passages_of(rows)
        fused = np.zeros(len(self.index.lengths), dtype=np.float32)
        each = self.lexical.scores(query.text), self.nearest_cosines(query, rows)
        fused[searched] = mean_of_scaled(*(scores[searched] for scores in each))
        return fused


def mean_of_scaled(*scores: Floats) -> Floats:
    """Mean of two methods' scores of the same passages, each scaled to 0 to 1."""
    total = np.zeros(len(scores[0]), dtype=np.float32)
    for each in scores:
        low, high = each.min(), each.max()
        total += (each - low) / ((high - low) or 1)
    fused: Floats = (total / 2).astype(np.float32)
    return fused

"""The index of one shard, as the others are searched with it: parts of what ``retrieval.search`` does alone.

What is counted is counted here and added up where the question is asked; what is ranked is ranked here with
weights of the whole library. Scores, highlights and explanations are those of one index of all essays.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.core.answer import Match
from assistant.core.errors import LibraryError
from assistant.core.essay import Passage, Span, Spans, StoredEssay
from assistant.core.selection import SelectableKind
from assistant.library.overrides import Overrides
from assistant.library.store import ChunkFile
from assistant.retrieval import ranking
from assistant.retrieval.index.bm25 import BM25, TextCollection, term_of, words_of
from assistant.retrieval.index.index import Index, Vocabulary
from assistant.retrieval.models.encoder import Encoder, Floats, Integers, ModelInfo
from assistant.retrieval.passages import Passages, SelectedPassages
from assistant.retrieval.questions import phrase_pattern
from assistant.retrieval.ranking import Query, Ranked, passage_frequencies
from assistant.retrieval.related import BY_WORDS, ComparedPassage, RelatedSearch
from assistant.retrieval.search import LEXICAL_CANDIDATES, Searcher


class NotOpenError(Exception):
    """A shard does not have the index open that it is asked about; it was started again since."""


# What is stored of an essay, and what the user stated about it.
ReadEssay = tuple[ChunkFile, Overrides]


@dataclass(frozen=True, slots=True)
class ShardSelection:
    """The searched passages of a shard without a list of them; see ``SelectedPassages``.

    Attributes:
        essays: Ids of the essays.
        kinds: Kinds of the passages; all if empty.
        only: Ids of the passages among which they are; ``None`` for all of the essays.
    """

    essays: frozenset[str]
    kinds: frozenset[SelectableKind]
    only: frozenset[str] | None


# The passages of a shard that are searched: their ids, or what selects them; all for ``None``.
Selected = frozenset[str] | ShardSelection | None


@dataclass(frozen=True, slots=True)
class ShardFacts:
    """What is known of a shard whose index is open.

    Attributes:
        key: What identifies the index, its essays included.
        model: The model that encoded it.
        windows: Number of its windows.
        texts: Number of its passages, and of their words.
        passages: Number of passages that have a window in each essay, by id.
    """

    key: str
    model: ModelInfo
    windows: int
    texts: TextCollection
    passages: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class ShardSize:
    """How much a shard has to search, and how it does.

    Attributes:
        windows: Number of its windows.
        lists: Number of the lists of its inverted file; 0 if it compares all windows.
        centres: What identifies their centres; empty if it compares all windows.
        model: Digest of the model; empty if it has no index.
    """

    windows: int
    lists: int
    centres: str
    model: str


@dataclass(frozen=True, slots=True)
class Counts:
    """What a shard counts for a question.

    Attributes:
        frequencies: Number of the searched passages that contain each word piece, shape ``(pieces,)``.
        passages: Number of the searched passages.
        windows: Number of their windows.
        words: Number of all passages that contain each word that BM25 counts.
        has_terms: Whether each word of the question occurs in some form.
    """

    frequencies: NDArray[np.int64]
    passages: int
    windows: int
    words: tuple[int, ...]
    has_terms: list[bool]


@dataclass(frozen=True, slots=True)
class Candidates:
    """The windows and passages of a shard that may be among the nearest of all.

    Attributes:
        rows: The nearest windows.
        cosines: Their cosines.
        passages: Ids of the passages that share most words with the question.
        numbers: Their numbers in the index.
        scores: Their scores by BM25.
    """

    rows: Integers
    cosines: Floats
    passages: tuple[str, ...]
    numbers: Integers
    scores: Floats


@dataclass(frozen=True, slots=True)
class Explained:
    """What is shown of a ranked passage.

    Attributes:
        window: Where its best window is in its text.
        spans: Its answering sentences.
        matches: Why it was found.
    """

    window: Span
    spans: Spans
    matches: tuple[Match, ...]


@dataclass(frozen=True, slots=True)
class ScoredPassages:
    """Ranked passages of a shard, in columns.

    Attributes:
        passages: Their ids.
        scores: Their scores.
        windows: Rows of their best windows.
        cosines: The cosines of these with each word piece.
        places: Position of each passage in its essay.
        spans: Where the windows are in the passages' texts, if all are wanted.
    """

    passages: tuple[str, ...]
    scores: NDArray[np.float64]
    windows: Integers
    cosines: Floats
    places: Integers
    spans: tuple[Span, ...] = field(default=())


# Windows and numbers of passages of a shard that are compared; all of its searched passages for ``None``.
Chosen = tuple[Integers, Integers] | None


@dataclass(frozen=True, slots=True)
class NearPassages:
    """Passages of a shard, in columns.

    Attributes:
        passages: Their ids.
        places: Position of each in its essay.
        scores: How near each is.
    """

    passages: tuple[str, ...]
    places: Integers
    scores: NDArray[np.float64]


class ShardRelated:
    """The part of one shard.

    Args:
        searcher: Searches its index.
        rows: Gives the windows of some of its passages.
        lexical_in: Ranks its passages by words, with the frequencies of all shards.
    """

    def __init__(
        self,
        searcher: Searcher,
        rows: Callable[[Selected], Integers],
        lexical_in: Callable[[TextCollection], BM25],
    ) -> None:
        self._searcher, self._rows, self._lexical_in = searcher, rows, lexical_in
        self._search = RelatedSearch(searcher)

    def piece_counts(self) -> NDArray[np.int64]:
        """Number of passages that contain each word piece; see ``RelatedSearch.piece_counts``."""
        return self._search.piece_counts()

    def compared(self, passage: Passage) -> ComparedPassage | None:
        """A passage of the shard as others are compared with it; ``None`` if the index has no words of it."""
        return self._search.compared(passage)

    def count(self, selected: Selected, text: str) -> tuple[int, int, tuple[int, ...]]:
        """Numbers of some windows and of their passages, and of all passages with each word of a text."""
        rows = self._rows(selected)
        passages = len(self._searcher.index.passages_of(rows))
        return len(rows), passages, self._searcher.lexical.frequencies(text)

    def candidates(
        self,
        selected: Selected,
        compared: ComparedPassage,
        collection: TextCollection,
        words: Sequence[int],
        in_part: bool,  # noqa: FBT001 - called by name of the method
    ) -> Candidates:
        """The windows and passages that may be among the nearest; arguments as for a question's."""
        index, rows = self._searcher.index, self._rows(selected)
        among = None if selected is None else rows
        near, cosines = self._search.nearest_windows(compared, among, in_part=in_part)
        numbers, scores = self._lexical_in(collection).candidates(
            compared.passage.text, BY_WORDS, self._search.searched(rows), words
        )
        passages = tuple(index.passage_id(int(number)) for number in numbers)
        return Candidates(near, cosines, passages, numbers, scores)

    def scores(
        self, selected: Selected, compared: ComparedPassage, weights: Floats, chosen: Chosen
    ) -> NearPassages:
        """How near passages of the shard are.

        Args:
            selected: The passages that are searched.
            compared: What they are compared with.
            weights: The idf of each word piece in the whole library.
            chosen: Which of them to compare.
        """
        index, rows = self._searcher.index, self._rows(selected)
        numbers = index.passages_of(rows)
        if chosen is not None:
            found = np.union1d(index.owners[chosen[0]], chosen[1])
            numbers = found[self._search.searched(rows)[found]].astype(np.int32)
        numbers = self._search.without(compared, numbers)
        names = tuple(index.passage_id(int(number)) for number in numbers)
        starts = [index.essays[name.rpartition("/")[0]].passages[0] for name in names]
        scores = RelatedSearch(self._searcher, weights).scores(compared, numbers)
        return NearPassages(names, numbers - np.array(starts, dtype=np.int32), scores)

    def most_alike(
        self, compared: ComparedPassage, other: Passage, weights: Floats
    ) -> tuple[Span, Span] | None:
        """The sentences of a passage of the shard and of another that are most alike."""
        return RelatedSearch(self._searcher, weights).most_alike_to(compared, other)


class ShardIndex:
    """The index of a shard, restricted to some of its essays.

    Args:
        key: What identifies it.
        index: The index, of these essays alone.
        encoder: The model that encoded it.
        essays: The essays by id, each read when it is looked up.
        files: Gives what is stored of an essay, by its id.
    """

    def __init__(
        self,
        key: str,
        index: Index,
        encoder: Encoder,
        essays: Mapping[str, StoredEssay],
        files: Callable[[str], ReadEssay],
    ) -> None:
        self._index, self._files = index, files
        self._searcher = Searcher(index, encoder)
        self._passages = Passages(essays)
        self._lexical: tuple[TextCollection, BM25] | None = None
        own = self._searcher.lexical.collection
        counts = {name: segment.passages[1] - segment.passages[0] for name, segment in index.essays.items()}
        self.facts = ShardFacts(key, index.model, len(index.rows), own, counts)
        self._rows = lru_cache(64)(self._rows_of)

    def passage_ids(self, essay: str) -> list[str]:
        """Ids of the passages of an essay that have a window."""
        return list(self._searcher.passage_ids(essay))

    @cached_property
    def _vocabulary(self) -> Vocabulary:
        return self._searcher.vocabulary()

    def vocabulary(self) -> Vocabulary:
        """How often the essays print each word."""
        return self._vocabulary

    def has_terms(self, words: Sequence[str]) -> list[bool]:
        """Whether each of some words occurs in some form."""
        found = (self._index.words.of_term(term_of(word)) for word in words)
        return [postings.stop > postings.start for postings in found]

    def containing(self, phrases: Sequence[str], is_large: bool) -> list[str]:  # noqa: FBT001 - called by name of the method
        """Ids of the passages in which one of some phrases occurs.

        Args:
            phrases: The phrases.
            is_large: Whether only passages with all words of a phrase are looked at.
        """
        patterns = [phrase_pattern(phrase) for phrase in phrases]
        candidates = self._searcher.candidates_for(phrases, is_large=is_large)
        texts = ((name, self._passages[name].text) for name in candidates)
        return [name for name, text in texts if any(pattern.search(text) for pattern in patterns)]

    def count(self, selected: Selected) -> int:
        """Number of the windows of some passages."""
        return len(self._rows(selected))

    def counts(self, selected: Selected, query: Query) -> Counts:
        """Count what the weights of a question depend on."""
        rows = self._rows(selected)
        return Counts(
            passage_frequencies(self._index, rows, query.ids),
            len(self._index.passages_of(rows)),
            len(rows),
            self._searcher.lexical.frequencies(query.text),
            self.has_terms(words_of(query.text)),
        )

    def candidates(
        self,
        selected: Selected,
        query: Query,
        collection: TextCollection,
        words: Sequence[int],
        in_part: bool,  # noqa: FBT001 - called by name of the method
    ) -> Candidates:
        """The windows and passages that may be among the nearest of all shards.

        Args:
            selected: The passages that are searched.
            query: The question.
            collection: The passages of all shards.
            words: Number of the passages of all shards that contain each word that BM25 counts.
            in_part: Whether windows may be left out that are far away; see ``VectorIndex.search``.
        """
        index, rows = self._index, self._rows(selected)
        near, cosines = ranking.nearest_windows(query, index, rows, in_part=in_part)
        is_searched = self._searcher.searched(rows)
        lexical = self._lexical_in(collection)
        numbers, scores = lexical.candidates(query.text, LEXICAL_CANDIDATES, is_searched, words)
        passages = tuple(index.passage_id(int(number)) for number in numbers)
        return Candidates(near, cosines, passages, numbers, scores)

    def score(
        self,
        query: Query,
        weights: Floats,
        selected: Selected,
        chosen: tuple[Integers, Integers] | None = None,
    ) -> ScoredPassages:
        """Rank passages by late interaction.

        Args:
            query: The question.
            weights: Weights of its word pieces in the whole library.
            selected: The passages.
            chosen: Windows, and numbers of passages, to score of them; all if ``None``.
        """
        index = self._index
        if chosen is None:
            rows = self._rows(selected)
        else:
            rows = np.unique(np.concatenate([chosen[0], index.rows_of(np.sort(chosen[1]))])).astype(np.int32)
        ranked = ranking.score_passages(query, weights, index, rows, self._searcher.with_introductions)
        return self._columns(ranked)

    def score_windows(self, query: Query, weights: Floats, selected: Selected) -> ScoredPassages:
        """All windows of some passages by late interaction, the nearest first."""
        ranked = self._searcher.scored_windows(query, weights, self._rows(selected))
        return self._columns(ranked, [self._searcher.window(each) for each in ranked])

    def _columns(self, ranked: Sequence[Ranked], spans: Sequence[Span] = ()) -> ScoredPassages:
        index = self._index
        windows = np.array([each.window for each in ranked], dtype=np.int32)
        essays = (each.passage.rpartition("/")[0] for each in ranked)
        starts = np.array([index.essays[essay].passages[0] for essay in essays], dtype=np.int32)
        return ScoredPassages(
            tuple(each.passage for each in ranked),
            np.array([each.score for each in ranked], dtype=np.float64),
            windows,
            np.array([each.cosines for each in ranked], dtype=np.float32),
            index.owners[windows] - starts,
            tuple(spans),
        )

    def window(self, ranked: Ranked) -> Span:
        """Where the best window of a ranked passage is in its text."""
        return self._searcher.window(ranked)

    def explained(self, query: Query, weights: Floats, ranked: Ranked) -> Explained:
        """What is shown of a ranked passage."""
        searcher, passage = self._searcher, self._passages[ranked.passage]
        return Explained(
            searcher.window(ranked),
            searcher.highlight(query, weights, ranked, passage),
            searcher.matches(query, weights, ranked, self._passages),
        )

    def first(
        self, query: Query, weights: Floats, ranked: Sequence[Ranked], wanted: Collection[str]
    ) -> list[tuple[Explained, ReadEssay | None] | None]:
        """What is shown of each of some ranked passages, with its essay if that is one of some by id.

        There is nothing for a passage whose essay cannot be read.
        """
        shown: list[tuple[Explained, ReadEssay | None] | None] = []
        sent = set(wanted)
        for each in ranked:
            essay = each.passage.rpartition("/")[0]
            try:
                files = self._files(essay) if essay in sent else None
                shown.append((self.explained(query, weights, each), files))
            except (LibraryError, KeyError):
                shown.append(None)
            sent.discard(essay)
        return shown

    def related(self, method: str, *arguments: Any) -> Any:
        """What a method of the part that compares passages returns; see ``ShardRelated``."""
        return getattr(self._related, method)(*arguments)

    @cached_property
    def _related(self) -> ShardRelated:
        return ShardRelated(self._searcher, self._rows, self._lexical_in)

    def nearest_sentence(self, query: Query, weights: Floats, passage: str, sentences: Spans) -> Spans:
        """The nearest of some sentences of a passage."""
        return self._searcher.nearest_sentence(query, weights, passage, sentences)

    def by_method(
        self, method: str, query: Query, selected: Selected, collection: TextCollection, words: Sequence[int]
    ) -> tuple[list[str], Integers, Floats]:
        """Scores of some passages by another method, ``bm25`` or ``windows``.

        Returns:
            Ids of the passages, the position of each in its essay, and its score.
        """
        index, rows = self._index, self._rows(selected)
        searched = index.passages_of(rows)
        if method == "bm25":
            scores = self._lexical_in(collection).scores(query.text, words)
        else:
            scores = self._searcher.nearest_cosines(query, rows)
        names = [index.passage_id(int(number)) for number in searched]
        starts = [index.essays[name.rpartition("/")[0]].passages[0] for name in names]
        return names, searched - np.array(starts, dtype=np.int32), scores[searched]

    def _lexical_in(self, collection: TextCollection) -> BM25:
        known = self._lexical
        if known is None or known[0] != collection:
            index = self._index
            self._lexical = known = collection, BM25(index.words, index.lengths, index.live, collection)
        return known[1]

    def _rows_of(self, selected: Selected) -> Integers:
        if isinstance(selected, ShardSelection):
            own = selected.essays, selected.kinds, selected.only
            return self._searcher.rows(SelectedPassages(self._searcher.passage_ids, *own))
        return self._searcher.rows(selected)

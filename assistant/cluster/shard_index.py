"""The index of one shard, as the others are searched with it: parts of what ``retrieval.search`` does alone.

What is counted is counted here and added up where the question is asked; what is ranked is ranked here with
weights of the whole library. Scores, highlights and explanations are those of one index of all essays.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from assistant.cluster.related import ShardRelated
from assistant.cluster.sent import (
    Candidates,
    Counts,
    Explained,
    LibraryFrequencies,
    ReadEssay,
    ScoredPassages,
    Selected,
    SentQuery,
    ShardFacts,
    ShardSelection,
)
from assistant.core.errors import LibraryError
from assistant.core.essay import Span, Spans, StoredEssay
from assistant.retrieval import ranking
from assistant.retrieval.explain import Excerpts
from assistant.retrieval.index.bm25 import BM25, Frequencies, TextCollection, term_of, words_of
from assistant.retrieval.index.index import Index, Vocabulary
from assistant.retrieval.models.encoder import Encoder, Floats, Integers
from assistant.retrieval.passages import Passages, SelectedPassages
from assistant.retrieval.questions import phrase_pattern
from assistant.retrieval.ranking import Ranked, passage_frequencies
from assistant.retrieval.search import Searcher

if TYPE_CHECKING:
    from assistant.retrieval.models.cross_encoder import ReadingModel


class NotOpenError(Exception):
    """A shard does not have the index open that it is asked about; it was started again since."""


class ShardIndex:
    """The index of a shard, restricted to some of its essays.

    Args:
        key: What identifies it.
        index: The index, of these essays alone.
        encoder: The model that encoded it.
        essays: The essays by id, each read when it is looked up.
        files: Gives what is stored of an essay, by its id.
        reading_model: Reads a question and an excerpt together; ``None`` to do without.
    """

    def __init__(
        self,
        key: str,
        index: Index,
        encoder: Encoder,
        essays: Mapping[str, StoredEssay],
        files: Callable[[str], ReadEssay],
        reading_model: ReadingModel | None = None,
    ) -> None:
        self._index, self._files, self._reading_model = index, files, reading_model
        self._searcher = Searcher(index, encoder)
        self._passages = Passages(essays)
        self._excerpts = Excerpts(essays, encoder, self._searcher.window)
        self._lexical: tuple[TextCollection, BM25] | None = None
        own = self._searcher.lexical.collection
        counts = {name: segment.passages[1] - segment.passages[0] for name, segment in index.essays.items()}
        terms = len(index.words.terms)
        self.facts = ShardFacts(key, index.model, len(index.rows), own, counts, terms)
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

    def frequencies(self) -> LibraryFrequencies:
        """In how many passages of the shard each word piece and each word occurs."""
        index = self._index
        return LibraryFrequencies(
            Frequencies.of(index.pieces, index.live),
            Frequencies.of(index.words, index.live),
            len(index.passage_numbers),
        )

    def counts(self, selected: Selected, sent: SentQuery) -> Counts:
        """Count what the weights of a question depend on."""
        rows, query = self._rows(selected), sent.query
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
        sent: SentQuery,
        collection: TextCollection,
        words: Sequence[int],
        in_part: bool,  # noqa: FBT001 - called by name of the method
    ) -> Candidates:
        """The windows and passages that may be among the nearest of all shards.

        Args:
            selected: The passages that are searched.
            sent: The question.
            collection: The passages of all shards.
            words: Number of the passages of all shards that contain each word that BM25 counts.
            in_part: Whether windows may be left out that are far away; see ``VectorIndex.search``.
        """
        index, rows, query = self._index, self._rows(selected), sent.query
        near, cosines = ranking.nearest_windows(query, index, rows, in_part=in_part)
        is_searched = self._searcher.searched(rows)
        lexical = self._lexical_in(collection)
        numbers, scores = lexical.candidates(query.text, ranking.BY_WORDS, is_searched, words)
        passages = tuple(index.passage_id(int(number)) for number in numbers)
        return Candidates(near, cosines, passages, numbers, scores)

    def score(
        self,
        sent: SentQuery,
        weights: Floats,
        selected: Selected,
        chosen: tuple[Integers, Integers] | None = None,
    ) -> ScoredPassages:
        """Rank passages by late interaction.

        Args:
            sent: The question.
            weights: Weights of its word pieces in the whole library.
            selected: The passages.
            chosen: Windows, and numbers of passages, to score of them; all if ``None``.
        """
        index = self._index
        if chosen is None:
            rows = self._rows(selected)
        else:
            rows = np.unique(np.concatenate([chosen[0], index.rows_of(np.sort(chosen[1]))])).astype(np.int32)
        introduced = self._searcher.with_introductions
        ranked = ranking.score_passages(sent.query, weights, index, rows, introduced)
        return self._columns(ranked)

    def score_windows(self, sent: SentQuery, weights: Floats, selected: Selected) -> ScoredPassages:
        """All windows of some passages by late interaction, the nearest first."""
        ranked = self._searcher.scored_windows(sent.query, weights, self._rows(selected))
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

    def explained(self, sent: SentQuery, weights: Floats, ranked: Ranked) -> Explained:
        """What is shown of a ranked passage."""
        searcher, passage, query = self._searcher, self._passages[ranked.passage], sent.query
        return Explained(
            searcher.window(ranked),
            searcher.highlight(query, weights, ranked, passage),
            searcher.matches(query, weights, ranked, self._passages),
        )

    def first(
        self, sent: SentQuery, weights: Floats, ranked: Sequence[Ranked], wanted: Collection[str]
    ) -> list[tuple[Explained, ReadEssay | None] | None]:
        """What is shown of each of some ranked passages, with its essay if that is one of some by id.

        There is nothing for a passage whose essay cannot be read.
        """
        shown: list[tuple[Explained, ReadEssay | None] | None] = []
        missing = set(wanted)
        for each in ranked:
            essay = each.passage.rpartition("/")[0]
            try:
                files = self._files(essay) if essay in missing else None
                shown.append((self.explained(sent, weights, each), files))
            except (LibraryError, KeyError):
                shown.append(None)
            missing.discard(essay)
        return shown

    def read(self, question: str, ranked: Sequence[Ranked]) -> list[float]:
        """The logit that each of some ranked passages answers; an empty list if they cannot be read here."""
        if self._reading_model is None:
            return []
        try:
            return self._reading_model.read(question, [self._excerpts.of(each) for each in ranked])
        except (LibraryError, KeyError):
            return []

    def related(self, method: str, *arguments: Any) -> Any:
        """What a method of the part that compares passages returns; see ``ShardRelated``."""
        return getattr(self._related, method)(*arguments)

    @cached_property
    def _related(self) -> ShardRelated:
        return ShardRelated(self._searcher, self._rows, self._lexical_in)

    def nearest_sentence(self, sent: SentQuery, weights: Floats, passage: str, sentences: Spans) -> Spans:
        """The nearest of some sentences of a passage."""
        return self._searcher.nearest_sentence(sent.query, weights, passage, sentences)

    def by_method(
        self,
        method: str,
        sent: SentQuery,
        selected: Selected,
        collection: TextCollection,
        words: Sequence[int],
    ) -> tuple[list[str], Integers, Floats]:
        """Scores of some passages by another method, ``bm25`` or ``windows``.

        Returns:
            Ids of the passages, the position of each in its essay, and its score.
        """
        index, rows = self._index, self._rows(selected)
        searched = index.passages_of(rows)
        if method == "bm25":
            scores = self._lexical_in(collection).scores(sent.query.text, words)
        else:
            scores = self._searcher.nearest_cosines(sent.query, rows)
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

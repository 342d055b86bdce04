"""The passages of all shards that are nearest to a passage; ``retrieval.related`` finds those of an index.

Each shard compares its own (``ShardRelated``); what they found is put together where it was asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from assistant.cluster.sent import Candidates, Chosen, NearPassages, Selected, ShardFacts
from assistant.core.essay import Passage, Span
from assistant.retrieval import ranking
from assistant.retrieval.index.bm25 import BM25, TextCollection
from assistant.retrieval.index.ordering import best_first
from assistant.retrieval.index.vectors import is_searched_in_part
from assistant.retrieval.models.encoder import Floats, Integers
from assistant.retrieval.related import COMPARE_ALL, ComparedPassage, RelatedSearch, weights_of
from assistant.retrieval.search import Searcher
from assistant.retrieval.searching import Near


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
        near, cosines = self._search.nearest_windows(compared, rows, in_part=in_part)
        numbers, scores = self._lexical_in(collection).candidates(
            compared.passage.text, ranking.BY_WORDS, self._search.searched(rows), words
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


class SelectedRows(Protocol):
    """Some of the passages of the shards; see ``search.ShardRows``."""

    selected: Mapping[str, Selected]


class SearchedShards(Protocol):
    """What is asked of the shards here; ``search.ShardedSearch`` does it."""

    facts: Mapping[str, ShardFacts]
    texts: TextCollection

    def each(self, method: str, arguments: Mapping[str, Sequence[Any]]) -> dict[str, Any]:
        """What a method of the indexes of several shards returns, by shard."""

    def owner_of(self, passage: str) -> str:
        """The shard of a passage."""

    def place_of(self, passage: str, within: int) -> int:
        """Place of a passage among those of all essays."""

    def rows(self, passages: Collection[str] | None) -> SelectedRows:
        """Windows of some passages, or of all for ``None``."""

    def best_by_words(self, found: Sequence[Candidates]) -> Any:
        """Indices of the passages that share most words with a text."""


class ShardedRelated:
    """Finds the passages of all shards that are near to one of them.

    Args:
        shards: The shards.
    """

    def __init__(self, shards: SearchedShards) -> None:
        self._shards = shards
        self._last: ComparedPassage | None = None

    def nearest(self, passage: Passage, among: Collection[str] | None, most: int) -> list[Near]:
        """The nearest passages to a passage, best first; arguments and result as for ``RelatedSearch``."""
        compared = self._compared(passage)
        if compared is None:
            return []
        rows = self._shards.rows(among)
        chosen = self._chosen(compared, rows)
        asked = {
            name: ("scores", selected, compared, self._weights, None if chosen is None else chosen[name])
            for name, selected in rows.selected.items()
            if chosen is None or name in chosen
        }
        found: list[NearPassages] = list(self._shards.each("related", asked).values())
        names = [name for each in found for name in each.passages]
        places = [
            self._shards.place_of(name, int(place))
            for each in found
            for name, place in zip(each.passages, each.places, strict=True)
        ]
        scores = np.concatenate([np.zeros(0), *(each.scores for each in found)])
        return [Near(names[number], float(scores[number])) for number in best_first(scores, places)[:most]]

    def most_alike(self, passage: Passage, other: Passage) -> tuple[Span, Span] | None:
        """The sentences that are most alike; arguments and result as for ``RelatedSearch``."""
        compared = self._compared(passage)
        if compared is None:
            return None
        owner = self._shards.owner_of(other.id)
        alike: tuple[Span, Span] | None = self._shards.each(
            "related", {owner: ("most_alike", compared, other, self._weights)}
        )[owner]
        return alike

    def _compared(self, passage: Passage) -> ComparedPassage | None:
        if self._last is None or self._last.passage != passage:
            owner = self._shards.owner_of(passage.id)
            self._last = self._shards.each("related", {owner: ("compared", passage)})[owner]
        return self._last

    @cached_property
    def _weights(self) -> Floats:
        """The idf of each word piece in the whole library."""
        asked = dict.fromkeys(self._shards.facts, ("piece_counts",))
        counts: list[NDArray[np.int64]] = list(self._shards.each("related", asked).values())
        total = np.zeros(max(map(len, counts)), dtype=np.int64)
        for each in counts:
            total[: len(each)] += each
        return weights_of(total, sum(sum(shard.passages.values()) for shard in self._shards.facts.values()))

    def _chosen(self, compared: ComparedPassage, rows: SelectedRows) -> Mapping[str, Chosen] | None:
        """What is compared of each shard; ``None`` if there are so few passages that all are."""
        text = compared.passage.text
        counts = self._shards.each(
            "related",
            {name: ("count", rows.selected.get(name, frozenset()), text) for name in self._shards.facts},
        ).values()
        if sum(passages for _, passages, _ in counts) <= COMPARE_ALL:
            return None
        words = tuple(map(sum, zip(*(each for _, _, each in counts), strict=True)))
        total = sum(shard.windows for shard in self._shards.facts.values())
        in_part = is_searched_in_part(sum(windows for windows, _, _ in counts), total)
        asked = {
            name: ("candidates", selected, compared, self._shards.texts, words, in_part)
            for name, selected in rows.selected.items()
        }
        found: dict[str, Candidates] = self._shards.each("related", asked)
        owners = np.repeat(np.arange(len(found)), [len(each.rows) for each in found.values()])
        near = np.concatenate([each.rows for each in found.values()])
        cosines = np.concatenate([each.cosines for each in found.values()])
        first = ranking.first_nearest(cosines)
        of_words = np.repeat(np.arange(len(found)), [len(each.numbers) for each in found.values()])
        numbers = np.concatenate([each.numbers for each in found.values()])
        best = self._shards.best_by_words(list(found.values()))
        return {
            name: (near[first[owners[first] == place]], numbers[best[of_words[best] == place]])
            for place, name in enumerate(found)
        }

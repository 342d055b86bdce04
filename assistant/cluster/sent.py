"""What a program that asks sends to shards, what they send back, and what it keeps of that."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.core.answer import Match
from assistant.core.essay import Span, Spans
from assistant.core.recent import Recent
from assistant.core.selection import SelectableKind
from assistant.library.overrides import Overrides
from assistant.library.store import ChunkFile, Stamp
from assistant.retrieval.index.bm25 import Frequencies, TextCollection
from assistant.retrieval.models.encoder import Floats, Integers, ModelInfo
from assistant.retrieval.ranking import Query

# Questions that a process remembers as it received them.
_MOST_RECEIVED = 16
# Essays that are kept as their shards have sent them.
_MOST_SENT = 1_000

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
        terms: Number of its different words.
    """

    key: str
    model: ModelInfo
    windows: int
    texts: TextCollection
    passages: Mapping[str, int]
    terms: int


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


class SentQuery:
    """A question that shards are asked about: written once for all calls, and read once where they are.

    Args:
        query: The question.
    """

    def __init__(self, query: Query) -> None:
        self.query = query
        self._written = b""

    def __reduce__(self) -> tuple[Any, ...]:
        if not self._written:
            self._written = pickle.dumps(self.query, pickle.HIGHEST_PROTOCOL)
        return _received, (self._written,)


@lru_cache(_MOST_RECEIVED)
def _received(written: bytes) -> SentQuery:
    return SentQuery(pickle.loads(written))  # noqa: S301 - from a program of the same cluster


@dataclass(frozen=True, slots=True)
class LibraryFrequencies:
    """In how many passages of all shards, or of one, each word piece and each word occurs.

    Attributes:
        pieces: Those of the word pieces.
        words: Those of the words.
        passages: Number of the passages.
    """

    pieces: Frequencies
    words: Frequencies
    passages: int


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


class SentEssays:
    """Essays that shards have sent, as long as their files do not change."""

    def __init__(self) -> None:
        self._essays: dict[str, tuple[Stamp | None, ReadEssay]] = Recent(_MOST_SENT)

    def get(self, essay_id: str, stamp: Stamp | None) -> ReadEssay | None:
        """What is stored of an essay, if it was sent when its files had a stamp."""
        known = self._essays.get(essay_id)
        return known[1] if known is not None and known[0] == stamp else None

    def add(self, essay_id: str, stamp: Stamp | None, files: ReadEssay) -> None:
        """Keep what a shard has sent of an essay, whose files had a stamp then."""
        self._essays[essay_id] = stamp, files


class FirstEssays:
    """The essays of the first passages, which are sent with what is shown of them.

    Args:
        sent: Where they are kept.
        stamps: Stamps of the files of all essays that are searched, by id.
    """

    def __init__(self, sent: SentEssays, stamps: Mapping[str, Stamp]) -> None:
        self._sent, self._stamps = sent, stamps

    def missing(self, essays: Iterable[str]) -> list[str]:
        """Those of some essays that have not been sent yet."""
        return [essay for essay in essays if self._sent.get(essay, self._stamps.get(essay)) is None]

    def add(self, essay_id: str, files: ReadEssay) -> None:
        """Keep what a shard has sent of an essay, perhaps from a copy, whose files have other stamps."""
        stamp = self._stamps[essay_id]
        self._sent.add(essay_id, stamp, (replace(files[0], stamp=stamp[:2]), files[1]))


class ShardRows:
    """Some of the passages of the shards.

    Args:
        selected: The passages that are searched in each shard, by its name.
        count: Returns the number of their windows.
        are_all: Whether they are all.
    """

    def __init__(
        self,
        selected: Mapping[str, Selected],
        count: Callable[[Mapping[str, Selected]], int],
        *,
        are_all: bool = False,
    ) -> None:
        self.selected, self.are_all = selected, are_all
        self._count = count
        self._windows: int | None = None

    def __len__(self) -> int:
        if self._windows is None:
            self._windows = self._count(self.selected)
        return self._windows

    def counted(self, windows: int) -> None:
        """Remember the number of windows."""
        self._windows = windows

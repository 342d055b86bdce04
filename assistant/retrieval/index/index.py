"""The index of a library in memory: windows, their vectors, their token vectors, and who owns which.

Rows of everything stand in the order of the windows, an essay's next to each other; ``index_files`` says
where they stand on disk.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from assistant.core.essay import SEARCHED_KINDS, Passage
from assistant.retrieval.index.bm25 import Postings, index_words
from assistant.retrieval.index.encoding import Encoding, Encodings, encode
from assistant.retrieval.index.introductions import host_rows, hosts_of
from assistant.retrieval.index.tokens import TokenStore, runs
from assistant.retrieval.index.vectors import VectorIndex
from assistant.retrieval.index.vocabulary import Vocabulary, vocabulary_of
from assistant.retrieval.index.windows import Window, windows_of
from assistant.retrieval.models.encoder import Encoder, Integers, ModelInfo


@dataclass(frozen=True, slots=True)
class IndexSegment:
    """Which rows of an index are an essay's.

    Attributes:
        source: Digest of the essay's chunk file.
        windows: First window and the one behind the last.
        passages: The same of its passages.
        tokens: The same of its tokens.
    """

    source: str
    windows: tuple[int, int]
    passages: tuple[int, int]
    tokens: tuple[int, int]


class Windows(Protocol):
    """Windows by their rows; a tuple of them, or what reads them from disk."""

    def __len__(self) -> int: ...

    def __getitem__(self, row: int, /) -> Window: ...

    def __iter__(self) -> Iterator[Window]: ...


@dataclass(frozen=True)
class Index:
    """Everything that ranking needs, row for row.

    Rows that belong to no essay were those of an essay that has been removed.

    Attributes:
        model: The model that made the vectors.
        essays: Segment of each essay, by id.
        windows: The windows, those of a passage next to each other.
        vectors: A FAISS row a window.
        owners: Number of the passage of each window, shape ``(windows,)``.
        offsets: First token row of each window and, last, the number of tokens; shape ``(windows + 1,)``.
        ids: Vocabulary id of each token, shape ``(tokens,)``.
        spans: Start and end of each token in its passage's text, shape ``(tokens, 2)``.
        tokens: Unit vector of each token.
        hosts: Tokens of the sentence that brings in each passage, first and behind the last, both 0 if
            nothing does; shape ``(passages, 2)``.
        lengths: Number of words of each passage that BM25 looks at, shape ``(passages,)``.
        pieces: In which passages each word piece stands.
        words: In which passages each word stands.
        vocabulary: Gives the words of each essay as they are printed, by its id.
    """

    model: ModelInfo
    essays: Mapping[str, IndexSegment]
    windows: Windows
    vectors: VectorIndex
    owners: Integers
    offsets: Integers
    ids: Integers
    spans: Integers
    tokens: TokenStore
    hosts: Integers
    lengths: Integers
    pieces: Postings
    words: Postings
    vocabulary: Callable[[], Mapping[str, Vocabulary]]

    @property
    def sources(self) -> dict[str, str]:
        """Digest of each essay's chunk file, by essay id."""
        return {essay: segment.source for essay, segment in self.essays.items()}

    @cached_property
    def rows(self) -> Integers:
        """All windows that belong to an essay, ascending."""
        own = sorted(segment.windows for segment in self.essays.values())
        return runs(np.array(own, dtype=np.int64).reshape(-1, 2))

    @cached_property
    def live(self) -> NDArray[np.bool_] | None:
        """Which passages belong to an essay; ``None`` if all do."""
        if len(self.rows) == len(self.windows):
            return None
        made = np.zeros(len(self.first) - 1, dtype=bool)
        for segment in self.essays.values():
            made[slice(*segment.passages)] = True
        return made

    @cached_property
    def first(self) -> Integers:
        """First window of each passage and, last, the number of windows; shape ``(passages + 1,)``."""
        starts = np.flatnonzero(np.diff(self.owners, prepend=-1))
        return np.append(starts, len(self.owners)).astype(np.int32)

    @cached_property
    def numbers(self) -> Integers:
        """Numbers of all passages that belong to an essay, ascending."""
        return self._passages(self.rows)

    @cached_property
    def places(self) -> Integers:
        """Place of each passage: by its essay's id, then as the essay has it; shape ``(passages,)``.

        Where an essay stands in the index tells when it was added; its id does not change.
        """
        made = np.zeros(len(self.first) - 1, dtype=np.int32)
        before = 0
        for _, segment in sorted(self.essays.items(), key=lambda one: one[0]):
            low, high = segment.passages
            made[low:high] = np.arange(before, before + high - low)
            before += high - low
        return made

    def passages_of(self, rows: Integers) -> Integers:
        """Numbers of the passages of some windows, each once.

        Args:
            rows: The windows, ascending.
        """
        return self.numbers if len(rows) == len(self.rows) else self._passages(rows)

    def _passages(self, rows: Integers) -> Integers:
        owners = self.owners[rows]
        return owners[np.flatnonzero(np.diff(owners, prepend=-1))]

    def passage(self, number: int) -> str:
        """Id of a passage by its number."""
        if number not in self._names:
            self._names[number] = self.windows[int(self.first[number])].passage
        return self._names[number]

    @cached_property
    def _names(self) -> dict[int, str]:
        return {}

    def rows_of(self, passages: Integers) -> Integers:
        """Windows of some passages.

        Args:
            passages: Their numbers, ascending.
        """
        return runs(np.stack([self.first[passages], self.first[passages + 1]], axis=1))


def build_index(
    passages: Sequence[Passage],
    sources: Mapping[str, str],
    encoder: Encoder,
    *,
    old: Index | None = None,
    kept: Encodings | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Index:
    """Index passages, encoding only windows that are not known.

    Args:
        passages: All passages of the essays, essay by essay; kinds that questions do not search are passed
            over.
        sources: Digest of each essay's chunk file.
        encoder: The model.
        old: An index whose vectors of the same essays are taken over where model and words are the same.
        kept: Encodings that an interrupted run has left; those that are made are kept there too.
        progress: Called with the number of windows encoded and the number to encode.

    Returns:
        The new index, in memory.
    """
    searched = [passage for passage in passages if passage.kind in SEARCHED_KINDS]
    windows = [window for passage in searched for window in windows_of(passage, encoder)]
    essays = {passage.essay_id for passage in searched}
    known = encodings_of(old, essays) if old is not None and old.model.digest == encoder.info.digest else {}
    texts = [window.text for window in windows]
    missing = [text for text in dict.fromkeys(texts) if text not in known]
    made = known | dict(zip(missing, encode(missing, encoder, kept, progress), strict=True))
    return _assembled(encoder.info, sources, windows, [made[text] for text in texts], passages)


def encodings_of(old: Index, essays: Iterable[str]) -> dict[str, Encoding]:
    """Encodings of the windows of those of some essays that are in an index, by the windows' text."""
    found = {}
    for name in old.essays.keys() & set(essays):
        low, high = old.essays[name].windows
        vectors = old.vectors.part(low, high)
        for row, vector in zip(range(low, high), vectors, strict=True):
            window, own = old.windows[row], slice(old.offsets[row], old.offsets[row + 1])
            spans = old.spans[own] - window.start
            found[window.text] = Encoding(vector, old.ids[own], spans, old.tokens.part(own))
    return found


def _assembled(
    info: ModelInfo,
    sources: Mapping[str, str],
    windows: Sequence[Window],
    rows: Sequence[Encoding],
    passages: Sequence[Passage],
) -> Index:
    spans = [row.spans + window.start for window, row in zip(windows, rows, strict=True)]
    offsets = np.cumsum([0, *(len(row.ids) for row in rows)]).astype(np.int32)
    ids = np.concatenate([np.zeros(0, np.int32), *(row.ids for row in rows)]).astype(np.int32)
    places = np.concatenate([np.zeros((0, 2), np.int32), *spans]).astype(np.int32)
    numbers = {name: at for at, name in enumerate(dict.fromkeys(window.passage for window in windows))}
    owners = np.array([numbers[window.passage] for window in windows], dtype=np.int32)
    texts = {passage.id: passage.text for passage in passages}
    essays = {passage.id: passage.essay_id for passage in passages}
    words, lengths = index_words(texts[name] for name in numbers)
    vectors = np.array([row.vector for row in rows], dtype=np.float32).reshape(-1, info.dimension)
    return Index(
        model=info,
        essays=_segments(sources, [essays[window.passage] for window in windows], owners, offsets),
        windows=tuple(windows),
        vectors=VectorIndex.build(vectors),
        owners=owners,
        offsets=offsets,
        ids=ids,
        spans=places,
        tokens=TokenStore.joined([row.tokens for row in rows], info.dimension),
        hosts=host_rows(hosts_of(passages), windows, numbers, offsets, places),
        lengths=lengths,
        pieces=Postings.of(ids.astype(np.uint64), np.repeat(owners, np.diff(offsets))),
        words=words,
        vocabulary=lambda: _vocabulary(passages),
    )


def _segments(
    sources: Mapping[str, str], essays: Sequence[str], owners: Integers, offsets: Integers
) -> dict[str, IndexSegment]:
    nothing = (0, 0)
    made = {essay: IndexSegment(source, nothing, nothing, nothing) for essay, source in sources.items()}
    low = 0
    for essay, own in groupby(essays):
        high = low + len(list(own))
        made[essay] = IndexSegment(
            sources.get(essay, ""),
            (low, high),
            (int(owners[low]), int(owners[high - 1]) + 1),
            (int(offsets[low]), int(offsets[high])),
        )
        low = high
    return made


def _vocabulary(passages: Sequence[Passage]) -> dict[str, Vocabulary]:
    essays = groupby(passages, lambda passage: passage.essay_id)
    return {essay: vocabulary_of(passage.text for passage in own) for essay, own in essays}

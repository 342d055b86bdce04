"""The index of a library in memory: windows, their vectors and token vectors, and the postings.

Rows are in the order of the windows, those of an essay next to each other. ``storage`` writes them to disk.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby
from types import MappingProxyType
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from assistant.core.essay import SEARCHED_KINDS, Passage
from assistant.retrieval.index.bm25 import Postings, index_words
from assistant.retrieval.index.encoding import Encoding, SavedEncodings, encode, join_windows, passage_key
from assistant.retrieval.index.introductions import introduction_rows, introductions_of
from assistant.retrieval.index.tokens import TokenStore, bits_of, runs
from assistant.retrieval.index.vectors import VectorIndex
from assistant.retrieval.index.windows import Window, windows_of
from assistant.retrieval.models.encoder import Encoder, Integers, ModelInfo

# A run of letters with no letter, digit or underscore next to it.
WORD = re.compile(r"(?<![^\W_])[^\W\d_]+(?![^\W_])")
# How often an essay prints each word.
Vocabulary = Counter[str]


@dataclass(frozen=True, slots=True)
class IndexSegment:
    """The rows of an index that belong to one essay, each range as start and end.

    Attributes:
        chunk_digest: Digest of the essay's chunk file.
        windows: Range of its windows.
        passages: Range of its passages.
        tokens: Range of its tokens.
    """

    chunk_digest: str
    windows: tuple[int, int]
    passages: tuple[int, int]
    tokens: tuple[int, int]


class Windows(Protocol):
    """Windows by row: a tuple of them, or an object that reads them from disk."""

    def __len__(self) -> int: ...

    def __getitem__(self, row: int, /) -> Window: ...

    def __iter__(self) -> Iterator[Window]: ...


@dataclass(frozen=True, kw_only=True)
class Index:
    """Everything that ranking needs.

    Rows that belong to no segment are those of an essay that has been removed.

    Attributes:
        model: The model that computed the vectors.
        essays: Segment of each essay, by id.
        windows: The windows, those of a passage next to each other.
        vectors: A FAISS row for each window.
        owners: Number of the passage of each window, shape ``(windows,)``.
        bounds: First token row of each window and the one after its last, shape ``(windows, 2)``; windows of
            a passage share those of a sentence that is in both.
        ids: Vocabulary id of each token, shape ``(tokens,)``.
        spans: Start and end of each token in its passage's text, shape ``(tokens, 2)``.
        tokens: Unit vector of each token.
        introductions: Range of token rows of the sentence that introduces each passage, start and end; both
            are 0 if no sentence does; shape ``(passages, 2)``.
        lengths: Number of words of each passage that BM25 counts, shape ``(passages,)``.
        pieces: Postings of the word pieces.
        words: Postings of the words.
        vocabulary: Returns the printed words of each essay, by id.
    """

    model: ModelInfo
    essays: Mapping[str, IndexSegment]
    windows: Windows
    vectors: VectorIndex
    owners: Integers
    bounds: Integers
    ids: Integers
    spans: Integers
    tokens: TokenStore
    introductions: Integers
    lengths: Integers
    pieces: Postings
    words: Postings
    vocabulary: Callable[[], Mapping[str, Vocabulary]]

    @property
    def chunk_digests(self) -> dict[str, str]:
        """Digest of each essay's chunk file, by essay id."""
        return {essay: segment.chunk_digest for essay, segment in self.essays.items()}

    def without(self, essays: Collection[str]) -> Index:
        """The index without some essays, whose rows then belong to no segment."""
        left = {name: segment for name, segment in self.essays.items() if name not in essays}
        if len(left) == len(self.essays):
            return self
        return replace(
            self,
            essays=left,
            vocabulary=lambda: {name: words for name, words in self.vocabulary().items() if name in left},
        )

    @cached_property
    def rows(self) -> Integers:
        """All windows that belong to an essay, ascending."""
        ranges = sorted(segment.windows for segment in self.essays.values())
        return runs(np.array(ranges, dtype=np.int64).reshape(-1, 2))

    @cached_property
    def live(self) -> NDArray[np.bool_] | None:
        """Which passages belong to an essay; ``None`` if all do."""
        if len(self.rows) == len(self.windows):
            return None
        live = np.zeros(len(self.first_windows) - 1, dtype=bool)
        for segment in self.essays.values():
            live[slice(*segment.passages)] = True
        return live

    @cached_property
    def first_windows(self) -> Integers:
        """First window of each passage and, last, the number of windows; shape ``(passages + 1,)``."""
        starts = np.flatnonzero(np.diff(self.owners, prepend=-1))
        return np.append(starts, len(self.owners)).astype(np.int32)

    @cached_property
    def passage_numbers(self) -> Integers:
        """Numbers of all passages that belong to an essay, ascending."""
        return self._passages(self.rows)

    @cached_property
    def places(self) -> Integers:
        """Position of each passage in a fixed order: by essay id, then as printed; shape ``(passages,)``.

        The order of the rows depends on when each essay was added; this order does not.
        """
        places = np.zeros(len(self.first_windows) - 1, dtype=np.int32)
        count = 0
        for _, segment in sorted(self.essays.items(), key=lambda item: item[0]):
            start, end = segment.passages
            places[start:end] = np.arange(count, count + end - start)
            count += end - start
        return places

    def passages_of(self, rows: Integers) -> Integers:
        """Numbers of the passages of some windows, given in ascending order; each number once."""
        return self.passage_numbers if len(rows) == len(self.rows) else self._passages(rows)

    def _passages(self, rows: Integers) -> Integers:
        owners = self.owners[rows]
        return owners[np.flatnonzero(np.diff(owners, prepend=-1))]

    def passage_id(self, number: int) -> str:
        """Id of a passage by its number."""
        if number not in self._passage_ids:
            self._passage_ids[number] = self.windows[int(self.first_windows[number])].passage
        return self._passage_ids[number]

    @cached_property
    def _passage_ids(self) -> dict[int, str]:
        return {}

    def rows_of(self, passages: Integers) -> Integers:
        """Windows of some passages, given by their numbers in ascending order."""
        return runs(np.stack([self.first_windows[passages], self.first_windows[passages + 1]], axis=1))


def build_index(
    passages: Sequence[Passage],
    digests: Mapping[str, str],
    encoder: Encoder,
    *,
    previous: Index | None = None,
    saved: SavedEncodings | None = None,
    known: Mapping[str, Encoding] = MappingProxyType({}),
    progress: Callable[[int, int], None] | None = None,
) -> Index:
    """Index passages and encode only the windows whose encodings are not known.

    Args:
        passages: All passages of the essays, essay by essay; kinds that questions do not search are skipped.
        digests: Digest of each essay's chunk file.
        encoder: The model.
        previous: An index whose encodings of the same windows are reused if its model is the same.
        saved: Encodings that an interrupted run left; new ones are added to them.
        known: Encodings that were computed elsewhere, by the ``passage_key`` of their passage.
        progress: Called with the number of windows encoded and the number to encode.

    Returns:
        The new index, in memory.
    """
    groups = _windows_by_passage(passages, encoder)
    keys = [passage_key(windows) for windows in groups]
    found = dict(known)
    if previous is not None and previous.model.digest == encoder.info.digest:
        found |= encodings_of(previous, {passage.essay_id for passage in passages})
    if saved is not None:
        found |= saved.known([key for key in keys if key not in found])
    new = {key: windows for key, windows in zip(keys, groups, strict=True) if key not in found}
    found |= _encoded(new, encoder, saved, progress)
    windows = [window for group in groups for window in group]
    source = None if previous is None else previous.vectors
    return _assemble(encoder.info, digests, windows, [found[key] for key in keys], passages, source)


def encode_essays(essays: Sequence[Sequence[Passage]], encoder: Encoder) -> list[dict[str, Encoding]]:
    """Encodings of the passages of each essay by their ``passage_key``, as ``build_index`` takes them."""
    groups = [
        {passage_key(windows): windows for windows in _windows_by_passage(passages, encoder)}
        for passages in essays
    ]
    encodings = _encoded({key: own[key] for own in groups for key in own}, encoder, None, None)
    return [{key: encodings[key] for key in own} for own in groups]


def _windows_by_passage(passages: Sequence[Passage], encoder: Encoder) -> list[tuple[Window, ...]]:
    """The windows of each passage that questions search."""
    searched = (passage for passage in passages if passage.kind in SEARCHED_KINDS)
    return [group for passage in searched if (group := tuple(windows_of(passage, encoder)))]


def _encoded(
    passages: Mapping[str, Sequence[Window]],
    encoder: Encoder,
    saved: SavedEncodings | None,
    progress: Callable[[int, int], None] | None,
) -> dict[str, Encoding]:
    """Encode the windows of passages, and join those of each."""
    texts = list(dict.fromkeys(window.text for windows in passages.values() for window in windows))
    encodings = dict(zip(texts, encode(texts, encoder, saved, progress), strict=True))
    return {
        key: join_windows(windows, [encodings[window.text] for window in windows])
        for key, windows in passages.items()
    }


def encodings_of(index: Index, essays: Iterable[str]) -> dict[str, Encoding]:
    """Encodings of the passages of some essays, as far as an index has them, by their ``passage_key``."""
    encodings = {}
    for essay in index.essays.keys() & set(essays):
        first, last = index.essays[essay].windows
        vectors, lists = index.vectors.part(first, last), index.vectors.lists(first, last)
        for number in range(*index.essays[essay].passages):
            start, end = (int(row) for row in index.first_windows[number : number + 2])
            bounds = index.bounds[start:end]
            rows = slice(int(bounds[0, 0]), int(bounds[-1, 1]))
            encodings[passage_key([index.windows[row] for row in range(start, end)])] = Encoding(
                vectors[start - first : end - first],
                bounds - bounds[0, 0],
                index.ids[rows],
                index.spans[rows],
                index.tokens.part(rows),
                lists[start - first : end - first],
            )
    return encodings


def _assemble(
    info: ModelInfo,
    digests: Mapping[str, str],
    windows: Sequence[Window],
    encodings: Sequence[Encoding],
    passages: Sequence[Passage],
    source: VectorIndex | None,
) -> Index:
    """Put the windows and the encodings of their passages together, some of which a source has."""
    counts = [len(encoding.ids) for encoding in encodings]
    firsts = np.cumsum([0, *counts])
    shifted = [encoding.bounds + first for encoding, first in zip(encodings, firsts, strict=False)]
    bounds = np.concatenate([np.zeros((0, 2), np.int32), *shifted]).astype(np.int32)
    ids = np.concatenate([np.zeros(0, np.int32), *(encoding.ids for encoding in encodings)]).astype(np.int32)
    spans = np.concatenate([np.zeros((0, 2), np.int32), *(encoding.spans for encoding in encodings)])
    spans = spans.astype(np.int32)
    passage_ids = dict.fromkeys(window.passage for window in windows)
    numbers = {passage_id: number for number, passage_id in enumerate(passage_ids)}
    owners = np.array([numbers[window.passage] for window in windows], dtype=np.int32)
    by_id = {passage.id: passage for passage in passages}
    words, lengths = index_words(by_id[name].text for name in numbers)
    vectors = np.concatenate([np.zeros((0, info.dimension)), *(encoding.vectors for encoding in encodings)])
    lists = [
        np.full(len(encoding.vectors), -1, np.int32) if encoding.lists is None else encoding.lists
        for encoding in encodings
    ]
    stores = [encoding.tokens for encoding in encodings]
    return Index(
        model=info,
        essays=_segments(digests, [by_id[window.passage].essay_id for window in windows], owners, bounds),
        windows=tuple(windows),
        vectors=VectorIndex.build(
            vectors.astype(np.float32), np.concatenate([np.zeros(0, np.int32), *lists]), source
        ),
        owners=owners,
        bounds=bounds,
        ids=ids,
        spans=spans,
        tokens=TokenStore.joined(stores, info.dimension, bits_of(info.dimension)),
        introductions=introduction_rows(introductions_of(passages), windows, numbers, bounds, spans),
        lengths=lengths,
        pieces=Postings.of(ids.astype(np.uint64), np.repeat(np.arange(len(counts), dtype=np.int32), counts)),
        words=words,
        vocabulary=lambda: _vocabularies(passages),
    )


def _segments(
    digests: Mapping[str, str], essays: Sequence[str], owners: Integers, bounds: Integers
) -> dict[str, IndexSegment]:
    """Segment of each essay, from the essay of each window; essays without windows have empty ones."""
    empty = (0, 0)
    segments = {essay: IndexSegment(digest, empty, empty, empty) for essay, digest in digests.items()}
    start = 0
    for essay, group in groupby(essays):
        end = start + len(list(group))
        segments[essay] = IndexSegment(
            digests.get(essay, ""),
            (start, end),
            (int(owners[start]), int(owners[end - 1]) + 1),
            (int(bounds[start, 0]), int(bounds[end - 1, 1])),
        )
        start = end
    return segments


def vocabulary_of(texts: Iterable[str]) -> Vocabulary:
    """How often each word is printed in texts."""
    return Counter(word for text in texts for word in WORD.findall(text))


def _vocabularies(passages: Sequence[Passage]) -> dict[str, Vocabulary]:
    essays = groupby(passages, lambda passage: passage.essay_id)
    return {essay: vocabulary_of(passage.text for passage in group) for essay, group in essays}

"""Nearest windows by the cosine of their vectors; the only module that imports FAISS.

Late interaction needs the windows' own vectors only in large libraries, so FAISS is loaded at first use. Up
to 100,000 windows are all compared. Above that, an inverted file (Sivic and Zisserman 2003) skips those that
are far away, and a component takes one byte.

What an inverted file has learnt, its centres, belongs to a library: its shards have the same. The centres are
learnt from vectors that are chosen by their values, and a vector's list does not depend on what is added with
it, so that the order and the place in which essays are stored make no difference.
"""

from __future__ import annotations

import hashlib
import math
import os
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.retrieval.index.manifest import FLAT
from assistant.retrieval.models.encoder import Floats, Integers

# Up to this number every vector is compared.
MOST_FLAT = 100_000
# The share of the inverted file's lists that is searched; benchmarks/scale.py measures the recall.
_SEARCHED = 1 / 16
# Vectors for each list from which the lists' centres are trained.
_TRAINING_VECTORS = 40
# Vectors that are read at a time.
_AT_ONCE = 16_384
# Products in single precision that differ by less are compared in double precision.
_NEAR = 1e-4


@cache
def _faiss() -> Any:
    # PyTorch and FAISS each bring an OpenMP runtime; on macOS the second one aborts without this.
    os.environ.setdefault("KMP_DUPLICATE_LIB_OK", "TRUE")
    import faiss

    # A question's scan is over before a second thread has started.
    faiss.omp_set_num_threads(1)
    return faiss


def _lists(count: int) -> int:
    """Number of lists of an inverted file: the power of two next to the square root."""
    return 1 << round(math.log2(math.sqrt(count)))


def is_searched_in_part(searched: int, total: int) -> bool:
    """Whether windows may be left out that are far away from a question.

    Args:
        searched: Number of the windows that are searched.
        total: Number of all windows of the library.
    """
    return searched == total and total > MOST_FLAT


@dataclass(frozen=True, eq=False)
class Centres:
    """What an inverted file has learnt.

    Attributes:
        lists: Centre of each list, shape ``(lists, dimension)``.
        ranges: Lowest difference from a centre in each component, and how far they go from there, shape
            ``(2, dimension)``.
    """

    lists: Floats
    ranges: Floats

    @cached_property
    def digest(self) -> str:
        """What identifies them."""
        return hashlib.sha256(self.lists.tobytes() + self.ranges.tobytes()).hexdigest()[:24]

    @property
    def engine(self) -> str:
        """The FAISS factory string of an index that has them."""
        return f"IVF{len(self.lists)},SQ8"


def lists_to_learn(count: int, known: int) -> int:
    """The number of lists for which centres are to be learnt; 0 if those that there are will do.

    Args:
        count: Number of vectors that are searched.
        known: Number of the lists that the index has; 0 if it compares all.
    """
    return _lists(count) if count > MOST_FLAT and _lists(count) >= 2 * known else 0


def lists_of(engine: str) -> int:
    """Number of lists of an index with some FAISS factory string; 0 if it compares all."""
    return 0 if engine == FLAT else int(engine.removeprefix("IVF").partition(",")[0])


def _count(centres: Centres | None) -> int:
    return 0 if centres is None else len(centres.lists)


def _digest(centres: Centres | None) -> str:
    return "" if centres is None else centres.digest


@dataclass(frozen=True, slots=True)
class Sample:
    """Vectors to learn from; the first of all by numbers that depend on their values.

    Attributes:
        keys: The numbers, ascending.
        vectors: The vectors, shape ``(count, dimension)``.
    """

    keys: NDArray[np.uint64]
    vectors: Floats

    def joined(self, other: Sample, lists: int) -> Sample:
        """The first of the vectors of two samples, enough for so many lists."""
        keys = np.concatenate([self.keys, other.keys])
        order = np.argsort(keys, kind="stable")[: lists * _TRAINING_VECTORS]
        return Sample(keys[order], np.concatenate([self.vectors, other.vectors])[order])

    def learn(self, lists: int) -> Centres:
        """The centres of so many lists."""
        faiss, dimension = _faiss(), self.vectors.shape[1]
        index = faiss.index_factory(dimension, f"IVF{lists},SQ8", faiss.METRIC_INNER_PRODUCT)
        faiss.omp_set_num_threads(os.cpu_count() or 1)
        index.train(np.ascontiguousarray(self.vectors))
        faiss.omp_set_num_threads(1)
        return _centres_of(index)


def _keys(vectors: Floats) -> NDArray[np.uint64]:
    """A number for each vector that depends on its values alone."""
    generator = np.random.default_rng(1)
    factors = generator.integers(1 << 63, size=vectors.shape[1], dtype=np.uint64)
    bits = np.ascontiguousarray(vectors, dtype=np.float32).view(np.uint32).astype(np.uint64)
    bits *= factors
    sums = bits.sum(axis=1, dtype=np.uint64)
    # The high bits of a sum of products depend on all of the values.
    keys: NDArray[np.uint64] = sums >> np.uint64(16)
    return keys


@dataclass(frozen=True, slots=True)
class _Unindexed:
    """Vectors that FAISS does not have yet.

    Attributes:
        vectors: The vectors.
        lists: Number of each vector's list in an inverted file that had it; -1 if none had.
        source: The index that had them, if any did.
    """

    vectors: Floats
    lists: Integers
    source: VectorIndex | None

    def lists_in(self, centres: Centres) -> Integers:
        """The lists, as far as they are those of some centres."""
        known = None if self.source is None else self.source.centres
        if _digest(known) == centres.digest:
            return self.lists
        return np.full(len(self.vectors), -1, dtype=np.int32)


class VectorIndex:
    """An index of unit vectors; their inner product is the cosine.

    Args:
        make: Returns the FAISS index; called once, at first use.
    """

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make = make
        self._unindexed: _Unindexed | None = None

    @cached_property
    def _index(self) -> Any:
        return self._make()

    @classmethod
    def build(
        cls, vectors: Floats, lists: Integers | None = None, source: VectorIndex | None = None
    ) -> VectorIndex:
        """Index unit vectors.

        Args:
            vectors: The vectors, shape ``(count, dimension)``.
            lists: For vectors of another index, what its ``lists`` returned; -1 for others.
            source: That index, whose centres are kept.
        """
        known = np.full(len(vectors), -1, dtype=np.int32) if lists is None else lists
        if not (known >= 0).any():
            source = None
        unindexed = _Unindexed(np.ascontiguousarray(vectors, dtype=np.float32), known, source)

        def make() -> Any:
            centres = None if source is None else source.centres
            return _filled(unindexed, centres, np.arange(len(vectors), dtype=np.int32))

        index = cls(make)
        index._unindexed = unindexed
        return index

    @classmethod
    def load(cls, path: Path) -> VectorIndex:
        """Open an index that ``save`` wrote; it is read at first use, even if it has been deleted by then.

        Raises:
            OSError: If it cannot be opened.
            ValueError: If it is empty.
        """
        # FAISS itself cannot open paths with letters outside the system's code page on Windows.
        mapped = np.memmap(path, dtype=np.uint8, mode="r")
        return cls(lambda: _faiss().deserialize_index(mapped))

    @cached_property
    def centres(self) -> Centres | None:
        """What the inverted file has learnt; ``None`` if all vectors are compared."""
        return _centres_of(self._index) if hasattr(self._index, "nlist") else None

    @property
    def digest(self) -> str:
        """What identifies the centres; empty if there are none."""
        return _digest(self.centres)

    @property
    def engine(self) -> str:
        """The FAISS factory string of the index."""
        return FLAT if self.centres is None else self.centres.engine

    def joined(self, other: VectorIndex) -> VectorIndex:
        """Append the vectors of another index; this one must not be used afterwards.

        A trained inverted file keeps its centres; ``fitted`` says whether others are to be learnt.
        """

        def make() -> Any:
            index = self._index
            added = other._unindexed or other._as_unindexed()
            if len(added.vectors):
                _add(index, added, self.centres)
            return index

        return VectorIndex(make)

    def fitted(self, live: Integers, shared: SharedCentres | None = None) -> VectorIndex:
        """The index with the centres that it should have.

        Args:
            live: The rows that are searched.
            shared: The centres of the library of which this is a shard; otherwise its own are learnt when
                there are many rows, and again when there should be twice as many lists.
        """

        def make() -> Any:
            unindexed = self._unindexed
            if shared is None:
                if unindexed is not None or not lists_to_learn(len(live), _count(self.centres)):
                    return self._index
                return _filled(self._as_unindexed(), self.centres, live)
            wanted = shared.centres
            if unindexed is None:
                if _digest(self.centres) == _digest(wanted):
                    return self._index
                unindexed = self._as_unindexed()
            return _indexed(unindexed, wanted)

        return VectorIndex(make)

    def _as_unindexed(self) -> _Unindexed:
        rows = 0, len(self)
        return _Unindexed(self.part(*rows), self.lists(*rows), self)

    def save(self, path: Path) -> None:
        """Write the index to a file."""
        path.write_bytes(memoryview(_faiss().serialize_index(self._index)))

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def part(self, low: int, high: int) -> Floats:
        """Vectors of consecutive rows, shape ``(high - low, dimension)``."""
        rows: Floats
        if hasattr(self._index, "make_direct_map"):
            self._index.make_direct_map()
            rows = self._index.reconstruct_batch(np.arange(low, high, dtype=np.int64))
        else:
            rows = self._index.reconstruct_n(low, high - low)
        return rows

    def lists(self, low: int, high: int) -> Integers:
        """The list of each of some consecutive rows in the inverted file; -1 if it is none."""
        if not hasattr(self._index, "make_direct_map"):
            return np.full(high - low, -1, dtype=np.int32)
        return (self._places[low:high] >> 32).astype(np.int32)

    @cached_property
    def _places(self) -> NDArray[np.int64]:
        """List of each row in its upper half, and place in the list in the lower."""
        self._index.make_direct_map()
        places: NDArray[np.int64] = _faiss().vector_to_array(self._index.direct_map.array)
        return places

    def sample(self, lists: int, live: Integers) -> Sample:
        """Of the vectors of some rows those from which the centres of so many lists are to be learnt."""
        return _sampled(self.part, self._index.d, live, lists)

    def search(
        self, vector: Floats, count: int, allowed: Integers | None = None, *, in_part: bool = False
    ) -> tuple[Integers, Floats]:
        """Find the nearest vectors.

        Args:
            vector: Unit vector of the question, shape ``(dimension,)``.
            count: How many to return at most.
            allowed: Rows to search, or ``None`` for all.
            in_part: Whether an inverted file searches only the nearest of its lists. These may hold none of a
                few allowed rows.

        Returns:
            Rows and their cosines, best first.
        """
        faiss, index = _faiss(), self._index
        selector = {} if allowed is None else {"sel": faiss.IDSelectorBitmap(_bitmap(allowed, len(self)))}
        if hasattr(index, "nlist"):
            share = _SEARCHED if in_part else 1
            parameters = faiss.SearchParametersIVF(nprobe=math.ceil(share * index.nlist), **selector)
        else:
            parameters = faiss.SearchParameters(**selector)
        cosines, rows = index.search(vector[None, :].astype(np.float32), count, params=parameters)
        valid = rows[0] >= 0
        return rows[0][valid].astype(np.int32), cosines[0][valid]


def _bitmap(rows: Integers, count: int) -> NDArray[np.uint8]:
    marked = np.zeros(count, dtype=bool)
    marked[rows] = True
    return np.packbits(marked, bitorder="little")


def _sampled(part: Callable[[int, int], Floats], dimension: int, live: Integers, lists: int) -> Sample:
    """Choose among the vectors of some rows, which ``part`` reads."""
    count = lists * _TRAINING_VECTORS
    sample = Sample(np.zeros(0, np.uint64), np.zeros((0, dimension), np.float32))
    for first in range(0, len(live), _AT_ONCE):
        rows = live[first : first + _AT_ONCE]
        vectors = part(int(rows[0]), int(rows[-1]) + 1)[rows - rows[0]]
        keys = _keys(vectors)
        order = np.argsort(keys, kind="stable")[:count]
        sample = sample.joined(Sample(keys[order], vectors[order]), lists)
    return sample


def _filled(vectors: _Unindexed, centres: Centres | None, live: Integers) -> Any:
    """A FAISS index of some vectors, with centres of its own if there are many and these will not do."""
    if lists := lists_to_learn(len(live), _count(centres)):
        rows = vectors.vectors
        sample = _sampled(lambda low, high: rows[low:high], rows.shape[1], live, lists)
        centres = sample.learn(lists)
    return _indexed(vectors, centres)


def _indexed(vectors: _Unindexed, centres: Centres | None) -> Any:
    faiss, dimension = _faiss(), vectors.vectors.shape[1]
    index = faiss.index_factory(
        dimension, FLAT if centres is None else centres.engine, faiss.METRIC_INNER_PRODUCT
    )
    if centres is not None:
        faiss.downcast_index(index.quantizer).add(centres.lists)
        faiss.copy_array_to_vector(centres.ranges.ravel(), index.sq.trained)
        index.is_trained = True
    _add(index, vectors, centres)
    return index


def _centres_of(index: Any) -> Centres:
    quantizer = _faiss().downcast_index(index.quantizer)
    ranges: Floats = _faiss().vector_to_array(index.sq.trained)
    return Centres(quantizer.reconstruct_n(0, index.nlist), ranges.reshape(2, -1))


def _add(index: Any, added: _Unindexed, centres: Centres | None) -> None:
    """Append vectors to a FAISS index."""
    if centres is None:
        index.add(added.vectors)
        return
    faiss = _faiss()
    known = added.lists_in(centres)
    # What was added before is found without it again.
    index.set_direct_map_type(faiss.DirectMap.NoMap)
    for low in range(0, len(known), _AT_ONCE):
        vectors = np.ascontiguousarray(added.vectors[low : low + _AT_ONCE])
        lists = known[low : low + _AT_ONCE].astype(np.int64)
        new = np.flatnonzero(lists < 0)
        lists[new] = _nearest_lists(index, vectors[new], centres)
        index.add_core(len(vectors), faiss.swig_ptr(vectors), None, faiss.swig_ptr(lists))


def _nearest_lists(index: Any, vectors: Floats, centres: Centres) -> NDArray[np.int64]:
    """The list of each vector, which does not depend on the others.

    The last bits of a product depend on what else is multiplied, so that near ones are compared again.
    """
    if not len(vectors):
        return np.zeros(0, dtype=np.int64)
    products, lists = index.quantizer.search(np.ascontiguousarray(vectors), min(2, len(centres.lists)))
    nearest: NDArray[np.int64] = lists[:, 0].copy()
    near = np.flatnonzero(products[:, 0] - products[:, -1] < _NEAR)
    nearest[near] = np.argmax(vectors[near].astype(np.float64) @ centres.lists.T.astype(np.float64), axis=1)
    return nearest


# The centres of a library in shards.


@dataclass(frozen=True, slots=True)
class SharedCentres:
    """What the inverted files of all shards of a library have learnt together.

    Attributes:
        model: Digest of the model that made the vectors.
        centres: The centres; ``None`` if the shards compare all.
    """

    model: str
    centres: Centres | None

    @property
    def digest(self) -> str:
        """What identifies the centres; empty if there are none."""
        return _digest(self.centres)

    def save(self, path: Path) -> None:
        """Write them to a file, at once and as a whole."""
        new = path.with_name(f".{path.name}.new")
        arrays = {} if self.centres is None else {"lists": self.centres.lists, "ranges": self.centres.ranges}
        with new.open("wb") as file:
            np.savez(file, allow_pickle=False, model=np.array(self.model), **arrays)
        new.replace(path)

    @classmethod
    def load(cls, path: Path, model: str) -> SharedCentres | None:
        """Read what ``save`` wrote; ``None`` if there is no file.

        A file that is damaged or of another model has no centres; the library gives the shard others.
        """
        try:
            with np.load(path, allow_pickle=False) as file:
                if str(file["model"]) != model or "lists" not in file:
                    return cls(model, None)
                return cls(model, Centres(file["lists"], file["ranges"]))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            return cls(model, None)

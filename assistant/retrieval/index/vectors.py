"""Nearest windows by the cosine of their vectors; the only module that imports FAISS.

Late interaction needs the windows' own vectors only in large libraries, so FAISS is loaded at first use. Up
to 100,000 windows are all compared. Above that, an inverted file (Sivic and Zisserman 2003) skips those that
are far away, and a component takes one byte.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.retrieval.models.encoder import Floats, Integers

# Up to this number every vector is compared.
MOST_FLAT = 100_000
FLAT = "Flat"
# The share of the inverted file's lists that is searched; benchmarks/scale.py measures the recall.
_SEARCHED = 1 / 16
# Vectors for each list from which the lists' centres are trained.
_TRAINING_VECTORS = 40


@cache
def _faiss() -> Any:
    # PyTorch and FAISS each bring an OpenMP runtime; on macOS the second one aborts without this.
    os.environ.setdefault("KMP_DUPLICATE_LIB_OK", "TRUE")
    import faiss

    # A question's scan is over before a second thread has started.
    faiss.omp_set_num_threads(1)
    return faiss


def engine_of(count: int) -> str:
    """The FAISS factory string of an index of so many vectors."""
    return FLAT if count <= MOST_FLAT else f"IVF{_lists(count)},SQ8"


def _lists(count: int) -> int:
    """Number of lists of an inverted file: the power of two next to the square root."""
    return 1 << round(math.log2(math.sqrt(count)))


class VectorIndex:
    """An index of unit vectors; their inner product is the cosine.

    Args:
        make: Returns the FAISS index; called once, at first use.
    """

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make = make

    @cached_property
    def _index(self) -> Any:
        return self._make()

    @classmethod
    def build(cls, vectors: Floats) -> VectorIndex:
        """Index unit vectors, shape ``(count, dimension)``."""
        return cls(lambda: _build(vectors))

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

    def joined(self, other: VectorIndex) -> VectorIndex:
        """Append the vectors of another index; this one must not be used afterwards.

        A trained inverted file keeps its centres until so many vectors are added that it should have twice
        as many lists.
        """

        def make() -> Any:
            index, added = self._index, other.part(0, len(other))
            count = len(self) + len(added)
            if count > MOST_FLAT and not 2 * getattr(index, "nlist", 0) > _lists(count):
                return _build(np.concatenate([self.part(0, len(self)), added]))
            index.add(added)
            return index

        return VectorIndex(make)

    def save(self, path: Path) -> None:
        """Write the index to a file."""
        path.write_bytes(memoryview(_faiss().serialize_index(self._index)))

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def part(self, low: int, high: int) -> Floats:
        """Vectors of consecutive rows, shape ``(high - low, dimension)``."""
        if hasattr(self._index, "make_direct_map"):
            self._index.make_direct_map()
        rows: Floats = self._index.reconstruct_n(low, high - low)
        return rows

    def search(self, vector: Floats, count: int, allowed: Integers | None = None) -> tuple[Integers, Floats]:
        """Find the nearest vectors.

        Args:
            vector: Unit vector of the question, shape ``(dimension,)``.
            count: How many to return at most.
            allowed: Rows to search, or ``None`` for all.

        Returns:
            Rows and their cosines, best first.
        """
        faiss, index = _faiss(), self._index
        selector = {} if allowed is None else {"sel": faiss.IDSelectorBitmap(_bitmap(allowed, len(self)))}
        if hasattr(index, "nlist"):
            # The nearest lists may hold none of a few allowed rows, so all lists are searched then.
            share = _SEARCHED if allowed is None else 1
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


def _build(vectors: Floats) -> Any:
    faiss, (count, dimension) = _faiss(), vectors.shape
    vectors = np.ascontiguousarray(vectors, dtype=np.float32)
    index = faiss.index_factory(dimension, engine_of(count), faiss.METRIC_INNER_PRODUCT)
    if not index.is_trained:
        # A sample from all parts of the library.
        step = max(1, count // (_TRAINING_VECTORS * _lists(count)))
        faiss.omp_set_num_threads(os.cpu_count() or 1)
        index.train(np.ascontiguousarray(vectors[::step]))
        faiss.omp_set_num_threads(1)
    index.add(vectors)
    return index

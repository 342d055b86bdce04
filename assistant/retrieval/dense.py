"""Nearest windows by the cosine of their vectors: the only module that speaks to FAISS.

Late interaction needs the windows' own vectors in large libraries only, so FAISS itself is loaded at first
use.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from assistant.retrieval.encoder import Floats, Integers


@cache
def _faiss() -> Any:  # noqa: ANN401 - a module
    # PyTorch and FAISS bring an OpenMP runtime each; on macOS the second one aborts without this.
    os.environ.setdefault("KMP_DUPLICATE_LIB_OK", "TRUE")
    import faiss  # noqa: PLC0415 - a tenth of a second that most questions need not wait

    # A question's scan is over before a second thread has begun.
    faiss.omp_set_num_threads(1)
    return faiss


class VectorIndex:
    """An exact index of unit vectors; their inner product is the cosine.

    Args:
        make: Gives the FAISS index; called once, at first use.
    """

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make = make
        self._made: Any = None

    @property
    def _index(self) -> Any:  # noqa: ANN401 - FAISS has no types
        if self._made is None:
            self._made = self._make()
        return self._made

    @classmethod
    def build(cls, vectors: Floats) -> VectorIndex:
        """Index unit vectors, shape ``(count, dimension)``."""

        def make() -> Any:  # noqa: ANN401 - FAISS has no types
            index = _faiss().IndexFlatIP(vectors.shape[1])
            index.add(np.ascontiguousarray(vectors, dtype=np.float32))
            return index

        return cls(make)

    @classmethod
    def load(cls, path: Path) -> VectorIndex:
        """Open an index that ``save`` wrote; it is read at first use, even if it is deleted until then.

        Raises:
            OSError: If it cannot be opened.
            ValueError: If it is empty.
        """
        # FAISS itself cannot open paths with letters outside the system's code page on Windows.
        mapped = np.memmap(path, dtype=np.uint8, mode="r")
        return cls(lambda: _faiss().deserialize_index(mapped))

    def save(self, path: Path) -> None:
        """Write the index to a file."""
        path.write_bytes(_faiss().serialize_index(self._index).tobytes())

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def vectors(self) -> Floats:
        """All vectors, shape ``(count, dimension)``."""
        rows: Floats = self._index.reconstruct_n(0, len(self))
        return rows

    def search(self, vector: Floats, count: int, allowed: Integers | None = None) -> tuple[Integers, Floats]:
        """Find the nearest vectors.

        Args:
            vector: Unit vector of the question, shape ``(dimension,)``.
            count: How many to find at the most.
            allowed: Rows to look among, or ``None`` for all.

        Returns:
            Rows and their cosines, best first.
        """
        parameters = None
        if allowed is not None:
            faiss = _faiss()
            parameters = faiss.SearchParameters(sel=faiss.IDSelectorBatch(allowed.astype(np.int64)))
        cosines, rows = self._index.search(vector[None, :].astype(np.float32), count, params=parameters)
        found = rows[0] >= 0
        return rows[0][found].astype(np.int32), cosines[0][found]

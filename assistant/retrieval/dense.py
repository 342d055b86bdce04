"""Nearest windows by the cosine of their vectors: the only module that speaks to FAISS."""

from __future__ import annotations

import os
from pathlib import Path

# PyTorch and FAISS bring an OpenMP runtime each; on macOS the second one aborts without this.
os.environ.setdefault("KMP_DUPLICATE_LIB_OK", "TRUE")

import faiss
import numpy as np

from assistant.retrieval.encoder import Floats, Integers

# A question's scan is over before a second thread has begun.
faiss.omp_set_num_threads(1)


class VectorIndex:
    """An exact index of unit vectors; their inner product is the cosine.

    Args:
        index: The FAISS index.
    """

    def __init__(self, index: faiss.Index) -> None:
        self._index = index

    @classmethod
    def build(cls, vectors: Floats) -> VectorIndex:
        """Index unit vectors, shape ``(count, dimension)``."""
        index = faiss.IndexFlatIP(vectors.shape[1])
        index.add(np.ascontiguousarray(vectors, dtype=np.float32))
        return cls(index)

    @classmethod
    def load(cls, path: Path) -> VectorIndex:
        """Read an index that ``save`` wrote."""
        # FAISS itself cannot open paths with letters outside the system's code page on Windows.
        return cls(faiss.deserialize_index(np.frombuffer(path.read_bytes(), dtype=np.uint8)))

    def save(self, path: Path) -> None:
        """Write the index to a file."""
        path.write_bytes(faiss.serialize_index(self._index).tobytes())

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
            parameters = faiss.SearchParameters(sel=faiss.IDSelectorBatch(allowed.astype(np.int64)))  # type: ignore[call-arg]
        cosines, rows = self._index.search(vector[None, :].astype(np.float32), count, params=parameters)
        found = rows[0] >= 0
        return rows[0][found].astype(np.int32), cosines[0][found]

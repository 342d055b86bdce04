"""Token vectors stored as bytes: a quarter of their size in single precision.

The components of a vector are whole numbers from -127 to 127 with one scale for the vector, which preserves
its length, so that no cosine exceeds 1. Bytes are also converted to floats many times faster than half
precision is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.retrieval.models.encoder import Floats, Integers

_LARGEST = 127
# Bytes are converted in blocks that stay in the processor's cache: reading a float copy of 16,000 vectors
# from memory takes longer than converting them. The second figure is the largest product that OpenBLAS
# computes without copying its factors first, which is half as fast again.
_BLOCK_ROWS, _BLOCK_PRODUCT = 256, 1_000_000


@dataclass(frozen=True, slots=True)
class TokenStore:
    """Vectors of tokens, one row for each token.

    Attributes:
        codes: Their components in units of the scale, shape ``(tokens, dimension)``.
        scales: Size of one unit in each row, shape ``(tokens,)``.
    """

    codes: NDArray[np.int8]
    scales: Floats

    def __len__(self) -> int:
        return len(self.codes)

    @classmethod
    def of(cls, vectors: Floats) -> TokenStore:
        """Store vectors, shape ``(tokens, dimension)``."""
        largest = np.abs(vectors).max(axis=1, initial=0)
        codes = np.rint(vectors * (_LARGEST / np.where(largest > 0, largest, 1))[:, None])
        # A vector of zeros stays zero.
        lengths = np.maximum(np.linalg.norm(codes, axis=1), 1)
        return cls(codes.astype(np.int8), (np.linalg.norm(vectors, axis=1) / lengths).astype(np.float32))

    @classmethod
    def joined(cls, stores: Sequence[TokenStore], dimension: int) -> TokenStore:
        """Concatenate stores of vectors of a dimension."""
        return cls(
            np.concatenate([np.zeros((0, dimension), np.int8), *(store.codes for store in stores)]),
            np.concatenate([np.zeros(0, np.float32), *(store.scales for store in stores)]),
        )

    def part(self, rows: slice) -> TokenStore:
        """A store of some consecutive rows."""
        return TokenStore(self.codes[rows], self.scales[rows])

    def cosines(self, rows: slice | Integers, vectors: Floats) -> Floats:
        """Cosines of some stored vectors with others.

        Args:
            rows: The rows of the stored vectors.
            vectors: Unit vectors, shape ``(others, dimension)``.

        Returns:
            Shape ``(rows, others)``.
        """
        columns = np.ascontiguousarray(vectors.T)
        selected = range(len(self))[rows] if isinstance(rows, slice) else rows
        cosines = np.empty((len(selected), len(vectors)), dtype=np.float32)
        height = max(1, min(_BLOCK_ROWS, _BLOCK_PRODUCT // max(1, vectors.size)))
        block = np.empty((height, self.codes.shape[1]), dtype=np.float32)
        for start in range(0, len(selected), height):
            part = selected[start : start + height]
            codes = self.codes[part.start : part.stop] if isinstance(part, range) else self.codes[part]
            np.copyto(block[: len(part)], codes)
            np.matmul(block[: len(part)], columns, out=cosines[start : start + height])
        # Scaled after the product, which has far fewer numbers than the vectors.
        cosines *= self.scales[rows][:, None]
        return cosines


def runs(bounds: NDArray[np.integer]) -> Integers:
    """All numbers of some ranges, concatenated; the ranges as start and end, shape ``(ranges, 2)``."""
    lengths = bounds[:, 1] - bounds[:, 0]
    before = np.cumsum(lengths) - lengths
    numbers: Integers = (np.repeat(bounds[:, 0] - before, lengths) + np.arange(lengths.sum())).astype(
        np.int32
    )
    return numbers

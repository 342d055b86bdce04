"""Token vectors, kept as bytes: a quarter of their size in single precision, half of that in half precision.

Each vector's components are whole numbers from -127 to 127 with one scale for the vector, which keeps its
length, so that no cosine is above 1. Bytes are also widened many times faster than half precision is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.retrieval.models.encoder import Floats, Integers

_MOST = 127
# Bytes are widened into a block that stays in the processor's cache: of 16,000 vectors, their widened
# copy in memory takes longer to read than they take to widen. The second figure is the largest product
# that OpenBLAS computes without copying its factors first, half as fast again.
_WIDEST, _PRODUCT = 256, 1_000_000


@dataclass(frozen=True, slots=True)
class TokenStore:
    """Vectors of tokens, a row a token.

    Attributes:
        codes: Their components in units of the scale, shape ``(tokens, dimension)``.
        scales: What one unit is worth, shape ``(tokens,)``.
    """

    codes: NDArray[np.int8]
    scales: Floats

    def __len__(self) -> int:
        return len(self.codes)

    @classmethod
    def of(cls, vectors: Floats) -> TokenStore:
        """Store vectors, shape ``(tokens, dimension)``."""
        most = np.abs(vectors).max(axis=1, initial=0)
        codes = np.rint(vectors * (_MOST / np.where(most > 0, most, 1))[:, None])
        # A vector of zeros stays one.
        lengths = np.maximum(np.linalg.norm(codes, axis=1), 1)
        return cls(codes.astype(np.int8), (np.linalg.norm(vectors, axis=1) / lengths).astype(np.float32))

    @classmethod
    def joined(cls, stores: Sequence[TokenStore], dimension: int) -> TokenStore:
        """Stores one after the other; an empty one of some dimension if there are none."""
        return cls(
            np.concatenate([np.zeros((0, dimension), np.int8), *(store.codes for store in stores)]),
            np.concatenate([np.zeros(0, np.float32), *(store.scales for store in stores)]),
        )

    def part(self, rows: slice) -> TokenStore:
        """Some rows that stand next to each other."""
        return TokenStore(self.codes[rows], self.scales[rows])

    def cosines(self, rows: slice | Integers, vectors: Floats) -> Floats:
        """Cosine of some stored vectors with others.

        Args:
            rows: Which are meant.
            vectors: Unit vectors, shape ``(others, dimension)``.

        Returns:
            Shape ``(rows, others)``.
        """
        columns = np.ascontiguousarray(vectors.T)
        chosen = range(len(self))[rows] if isinstance(rows, slice) else rows
        made = np.empty((len(chosen), len(vectors)), dtype=np.float32)
        height = max(1, min(_WIDEST, _PRODUCT // max(1, vectors.size)))
        block = np.empty((height, self.codes.shape[1]), dtype=np.float32)
        for low in range(0, len(chosen), height):
            some = chosen[low : low + height]
            codes = self.codes[some.start : some.stop] if isinstance(some, range) else self.codes[some]
            np.copyto(block[: len(some)], codes)
            np.matmul(block[: len(some)], columns, out=made[low : low + height])
        # Scaled after the product, of which there is far less than of components.
        made *= self.scales[rows][:, None]
        return made


def runs(bounds: NDArray[np.integer]) -> Integers:
    """The numbers of runs given by first and behind the last, shape ``(runs, 2)``."""
    lengths = bounds[:, 1] - bounds[:, 0]
    before = np.cumsum(lengths) - lengths
    made: Integers = (np.repeat(bounds[:, 0] - before, lengths) + np.arange(lengths.sum())).astype(np.int32)
    return made

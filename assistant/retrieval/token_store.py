"""Token vectors, kept as bytes: a quarter of their size in single precision, half of that in half precision.

Each vector's components are whole numbers from -127 to 127 with one scale for the vector, which keeps its
length, so that no cosine is above 1. Bytes are also widened many times faster than half precision is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.retrieval.encoder import Floats, Integers

_MOST = 127


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
        # Scaled after the product, of which there is far less than of components.
        made: Floats = np.asarray(self.codes[rows]).astype(np.float32, copy=False) @ vectors.T
        made *= np.asarray(self.scales[rows])[:, None]
        return made

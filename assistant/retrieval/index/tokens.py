"""Token vectors stored in a few bits a component: a tenth of their size in single precision.

A vector is first turned by a fixed rotation, which spreads what is special about a few components over all of
them. Each component is then rounded to one of a few whole numbers, and the vector gets one scale, such that
its product with itself stays what it was (as in RaBitQ, Gao and Long 2024). The rounding of hundreds of
components evens out in a cosine. Nothing is learned from an essay, so that a library of one essay is stored
as well as one of thousands, and a new essay changes no other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from assistant.retrieval.models.encoder import Floats, Integers

# Bits of a component in an index; vectors of few components have too few roundings to even out.
_BITS, _BITS_IF_FEW, _FEW = 3, 8, 256
# Bits of a component where size does not matter.
PRECISE = 8
# Lower bits of a component that are next to each other in a byte.
_LOW = {1: 1, 2: 2, 3: 2, 4: 4, 8: 8}
# The largest component that is told apart, in standard deviations (Max 1960); larger ones count as this one.
# With 8 bits, the largest of the vector.
_LARGEST = {1: 1.6, 2: 1.99, 3: 2.34, 4: 2.68, 8: 1_000}
_SIGNS = b"signs of components"
# Codes are converted to floats in blocks that stay in the processor's cache: reading a float copy of 16,000
# vectors from memory takes longer than converting them. The second figure is the largest product that
# OpenBLAS computes without copying its factors first, which is half as fast again.
_BLOCK_ROWS, _BLOCK_PRODUCT = 240, 1_000_000
# Blocks have a multiple of so many rows. At the end of any other, rows are multiplied in another order, which
# changes the last bits of their cosines: they would depend on what else is in the block.
_ROWS_TOGETHER = 48
# Vectors that are multiplied together if more of them would change the last bits, as with AVX2.
_VECTORS_TOGETHER = 15
# From this call on, the components of a store of at most so many bytes stay unpacked, one in a byte, since
# unpacking takes as long as a product.
_UNPACKED_FROM, _MOST_UNPACKED = 2, 64_000_000


def bits_of(dimension: int) -> int:
    """Bits of a component of vectors of a dimension in an index."""
    return _BITS if dimension >= _FEW else _BITS_IF_FEW


def width_of(dimension: int, bits: int) -> int:
    """Bytes of a vector's components."""
    return -(-dimension // 8) * bits


@lru_cache(4)
def rotation(dimension: int) -> Floats:
    """A fixed orthogonal matrix: a discrete cosine transform of components with random signs.

    It is computed from cosines alone, so that it is the same on every machine.
    """
    numbers = np.arange(dimension)
    cosines = np.cos(np.pi / dimension * np.outer(numbers, numbers + 0.5)) * np.sqrt(2 / dimension)
    cosines[:1] /= np.sqrt(2)
    digest = hashlib.shake_128(_SIGNS).digest(width_of(dimension, 1))
    signs = 1.0 - 2.0 * np.unpackbits(np.frombuffer(digest, np.uint8), count=dimension)
    matrix: Floats = np.ascontiguousarray((cosines * signs).T, dtype=np.float32)
    return matrix


class _Unpacked:
    """The components of a store that was asked more than once; two threads may both unpack them."""

    __slots__ = ("calls", "numbers")

    def __init__(self) -> None:
        self.calls = 0
        self.numbers: NDArray[np.uint8] | None = None


@dataclass(frozen=True, slots=True)
class TokenStore:
    """Vectors of tokens, one row for each token.

    Attributes:
        codes: Their rotated components, several in a byte, shape ``(tokens, width)``: the lowest bits of all
            bytes hold the first components, the next bits those that follow. Of three bits, the uppermost is
            in bytes of its own, after those of the lower two.
        scales: Size of one step in each row, shape ``(tokens,)``.
        dimension: Number of components.
        bits: Bits of a component: 1, 2, 3, 4 or 8.
    """

    codes: NDArray[np.uint8]
    scales: Floats
    dimension: int
    bits: int
    _unpacked: _Unpacked = field(default_factory=_Unpacked, repr=False, compare=False)

    def __len__(self) -> int:
        return len(self.codes)

    @classmethod
    def of(cls, vectors: Floats, bits: int) -> TokenStore:
        """Store vectors, shape ``(tokens, dimension)``."""
        dimension = vectors.shape[1]
        rotated = vectors @ rotation(dimension)
        deviations = np.linalg.norm(rotated, axis=1) / np.sqrt(dimension)
        limits = np.minimum(_LARGEST[bits] * deviations, np.abs(rotated).max(axis=1, initial=0))
        half = 1 << (bits - 1)
        # A vector of zeros gets a scale of zero.
        steps = np.where(limits > 0, limits, 1)[:, None] / half
        numbers = np.clip(np.floor(rotated / steps), -half, half - 1)
        middles = numbers + np.float32(0.5)
        lengths = np.einsum("ij,ij->i", rotated, rotated)
        products = np.einsum("ij,ij->i", rotated, middles)
        scales = (lengths / np.where(products > 0, products, 1)).astype(np.float32)
        codes = np.zeros((len(numbers), 8 * width_of(dimension, 1)), dtype=np.uint8)
        codes[:, :dimension] = numbers + half
        return cls(_packed(codes, bits), scales, dimension, bits)

    @classmethod
    def joined(cls, stores: Sequence[TokenStore], dimension: int, bits: int) -> TokenStore:
        """Concatenate stores of vectors of a dimension."""
        return cls(
            np.concatenate(
                [np.zeros((0, width_of(dimension, bits)), np.uint8), *(store.codes for store in stores)]
            ),
            np.concatenate([np.zeros(0, np.float32), *(store.scales for store in stores)]),
            dimension,
            bits,
        )

    def part(self, rows: slice) -> TokenStore:
        """A store of some consecutive rows."""
        return TokenStore(self.codes[rows], self.scales[rows], self.dimension, self.bits)

    @property
    def vectors(self) -> Floats:
        """The stored vectors, as nearly as they are known, shape ``(tokens, dimension)``."""
        # Not by ``cosines``: these need not have the same bits whatever else is asked for.
        width = 8 * width_of(self.dimension, 1)
        columns = np.zeros((width, self.dimension), dtype=np.float32)
        columns[: self.dimension] = rotation(self.dimension).T
        vectors = np.empty((len(self), self.dimension), dtype=np.float32)
        room = np.empty((2, _BLOCK_ROWS, width * _LOW[self.bits] // 8), dtype=np.uint8)
        block = np.empty((_BLOCK_ROWS, width), dtype=np.float32)
        for start in range(0, len(self), _BLOCK_ROWS):
            codes = self.codes[start : start + _BLOCK_ROWS]
            self._unpack(codes, room[:, : len(codes)], block[: len(codes)])
            np.matmul(block[: len(codes)], columns, out=vectors[start : start + len(codes)])
        vectors -= columns.sum(axis=0) * np.float32(((1 << self.bits) - 1) / 2)
        vectors *= self.scales[:, None]
        return vectors

    def cosines(self, rows: slice | Integers, vectors: Floats) -> Floats:
        """Cosines of some stored vectors with others.

        Args:
            rows: The rows of the stored vectors.
            vectors: Unit vectors, shape ``(others, dimension)``.

        Returns:
            Shape ``(rows, others)``.
        """
        columns = np.zeros((8 * width_of(self.dimension, 1), len(vectors)), dtype=np.float32)
        columns[: self.dimension] = (vectors @ rotation(self.dimension)).T
        selected = range(len(self))[rows] if isinstance(rows, slice) else rows
        products = np.empty((_whole(len(selected)), len(vectors)), dtype=np.float32)
        together = _together(*columns.shape)
        factors = [(part, np.ascontiguousarray(columns[:, part])) for part in together]
        most = min(_BLOCK_ROWS, _BLOCK_PRODUCT // max(1, factors[0][1].size))
        at_once = max(_ROWS_TOGETHER, most // _ROWS_TOGETHER * _ROWS_TOGETHER)
        height = min(_BLOCK_ROWS, max(_ROWS_TOGETHER, _whole(len(selected))))
        block = np.empty((height, len(columns)), dtype=np.float32)
        unpacked = self._numbers()
        room = np.empty((2, height, len(columns) * _LOW[self.bits] // 8), dtype=np.uint8)
        for start in range(0, len(selected), height):
            part = selected[start : start + height]
            where = slice(part.start, part.stop) if isinstance(part, range) else part
            if unpacked is None:
                self._unpack(self.codes[where], room[:, : len(part)], block[: len(part)])
            else:
                np.copyto(block[: len(part)], unpacked[where])
            block[len(part) : _whole(len(part))] = 0
            for low in range(0, len(part), at_once):
                high = low + _whole(min(at_once, len(part) - low))
                for which, factor in factors:
                    np.matmul(block[low:high], factor, out=products[start + low : start + high, which])
        cosines: Floats = products[: len(selected)]
        # The steps were counted from the lowest. Moved and scaled after the product, which has far fewer
        # numbers than the vectors.
        cosines -= columns.sum(axis=0) * np.float32(((1 << self.bits) - 1) / 2)
        cosines *= self.scales[rows][:, None]
        return cosines

    def _numbers(self) -> NDArray[np.uint8] | None:
        """The numbers of all steps, one in a byte, if they are asked for again and again."""
        width = 8 * width_of(self.dimension, 1)
        kept = self._unpacked
        kept.calls += 1
        if kept.numbers is None and kept.calls >= _UNPACKED_FROM and len(self) * width <= _MOST_UNPACKED:
            numbers = np.empty((len(self), width), dtype=np.uint8)
            room = np.empty((2, len(self), width * _LOW[self.bits] // 8), dtype=np.uint8)
            self._unpack(self.codes, room, numbers)
            kept.numbers = numbers
        return kept.numbers

    def _unpack(
        self, codes: NDArray[np.uint8], numbers: NDArray[np.uint8], block: Floats | NDArray[np.uint8]
    ) -> None:
        """Write the numbers of the steps into ``block``; ``numbers`` is overwritten."""
        low, (lower, upper) = _LOW[self.bits], numbers
        width = lower.shape[1]
        # Eight bytes at once where rows consist of such; bits that come from the next byte are masked.
        kind = np.uint64 if width % 16 == 0 else np.uint8
        ones = np.iinfo(kind).max // 255
        mask, one = kind(ones * ((1 << low) - 1)), kind(ones)
        lowest = np.ascontiguousarray(codes[:, :width]).view(kind)
        highest = np.ascontiguousarray(codes[:, width:]).view(kind)
        into, carry = lower.view(kind), upper.view(kind)
        half = into.shape[1] // 2
        for place in range(8 // low):
            np.right_shift(lowest, kind(place * low), out=into)
            np.bitwise_and(into, mask, out=into)
            if self.bits == 3:
                np.right_shift(highest, kind(2 * place), out=carry[:, :half])
                np.right_shift(highest, kind(2 * place + 1), out=carry[:, half:])
                np.bitwise_and(carry, one, out=carry)
                np.left_shift(carry, kind(2), out=carry)
                np.bitwise_or(into, carry, out=into)
            np.copyto(block[:, place * width : (place + 1) * width], lower)


def _whole(rows: int) -> int:
    """A number of rows, rounded up to what a block may have."""
    return -(-rows // _ROWS_TOGETHER) * _ROWS_TOGETHER


@lru_cache(256)
def _together(width: int, vectors: int) -> tuple[slice, ...]:
    """Divide vectors so that each product of a row with them has the same bits wherever the row is.

    Whether that needs a division depends on the processor, so it is tried.
    """
    row, factor = np.cos(np.arange(width)), np.sin(np.arange(width * vectors)).reshape(width, vectors)
    rows = np.repeat(row[None].astype(np.float32), 2 * _ROWS_TOGETHER, axis=0)
    products = rows @ factor.astype(np.float32)
    if vectors <= _VECTORS_TOGETHER or (products == products[0]).all():
        return (slice(0, vectors),)
    parts = -(-vectors // _VECTORS_TOGETHER)
    edges = [number * vectors // parts for number in range(parts + 1)]
    return tuple(slice(first, last) for first, last in pairwise(edges))


def _packed(numbers: NDArray[np.uint8], bits: int) -> NDArray[np.uint8]:
    """Pack numbers of some bits into bytes; see ``TokenStore.codes``."""
    if bits == 3:
        return np.concatenate([_packed(numbers & np.uint8(3), 2), _packed(numbers >> np.uint8(2), 1)], axis=1)
    places = numbers.reshape(len(numbers), 8 // bits, numbers.shape[1] * bits // 8)
    packed = places[:, 0].copy()
    for place in range(1, 8 // bits):
        packed |= places[:, place] << np.uint8(place * bits)
    return packed


def runs(bounds: NDArray[np.integer]) -> Integers:
    """All numbers of some ranges, concatenated; the ranges as start and end, shape ``(ranges, 2)``."""
    lengths = bounds[:, 1] - bounds[:, 0]
    before = np.cumsum(lengths) - lengths
    numbers: Integers = (np.repeat(bounds[:, 0] - before, lengths) + np.arange(lengths.sum())).astype(
        np.int32
    )
    return numbers

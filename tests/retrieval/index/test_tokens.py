"""Token vectors stored as bytes: how near they are to the originals, and that rows are not mixed up."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.retrieval.index.tokens import TokenStore
from assistant.retrieval.models.encoder import Floats, unit

DIMENSION = 48


def vectors(count: int, seed: int = 7) -> Floats:
    """Unit vectors."""
    return unit(np.random.default_rng(seed).standard_normal((count, DIMENSION)).astype(np.float32))


def restored(store: TokenStore) -> Floats:
    """The vectors of a store, as floats."""
    return np.asarray(store.codes, dtype=np.float32) * store.scales[:, None]


@given(st.integers(0, 1_000), st.floats(1e-6, 1e6))
def test_a_vector_keeps_its_length_and_nearly_its_direction(seed: int, length: float) -> None:
    stored = vectors(9, seed) * np.float32(length)
    store = TokenStore.of(stored)
    assert np.abs(store.codes).max(axis=1).tolist() == [127] * 9
    np.testing.assert_allclose(np.linalg.norm(restored(store), axis=1), length, rtol=1e-5)
    # Half a unit of rounding, and as little again for the length.
    assert (np.abs(restored(store) - stored) <= store.scales[:, None]).all()
    cosines = store.cosines(slice(0, 9), vectors(9, seed)).diagonal() / length
    assert (cosines <= 1 + 1e-6).all()
    assert (cosines > 0.999).all()


def test_a_component_takes_a_byte() -> None:
    store = TokenStore.of(vectors(5))
    assert (store.codes.nbytes, store.codes.shape) == (5 * DIMENSION, (5, DIMENSION))
    assert (store.scales.nbytes, store.scales.shape) == (5 * 4, (5,))


@pytest.mark.parametrize("rows", [slice(3, 8), np.array([9, 0, 9, 4], dtype=np.int32)], ids=["run", "some"])
def test_cosines_are_those_of_the_vectors(rows: slice) -> None:
    stored, others = vectors(10), vectors(3, 8)
    cosines = TokenStore.of(stored).cosines(rows, others)
    assert cosines.dtype == np.float32
    np.testing.assert_allclose(cosines, restored(TokenStore.of(stored))[rows] @ others.T, atol=1e-6)
    np.testing.assert_allclose(cosines, stored[rows] @ others.T, atol=0.01)


def test_a_vector_of_zeros_is_like_nothing() -> None:
    cosines = TokenStore.of(np.zeros((2, DIMENSION), dtype=np.float32)).cosines(slice(0, 2), vectors(3))
    assert cosines.tolist() == [[0, 0, 0]] * 2


def test_parts_joined_are_the_whole() -> None:
    whole = TokenStore.of(vectors(10))
    joined = TokenStore.joined([whole.part(slice(0, 4)), whole.part(slice(4, 10))], DIMENSION)
    np.testing.assert_array_equal(joined.codes, whole.codes)
    np.testing.assert_array_equal(joined.scales, whole.scales)
    assert len(joined) == 10


def test_nothing_is_a_store_of_no_rows() -> None:
    for nothing in (TokenStore.joined([], DIMENSION), TokenStore.of(np.zeros((0, DIMENSION), np.float32))):
        assert len(nothing) == 0
        assert nothing.codes.shape == (0, DIMENSION)
        assert nothing.cosines(slice(0, 0), vectors(2)).shape == (0, 2)

"""Token vectors stored in a few bits: how near they are to the originals, and that rows are not mixed up."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

import fake_models
import numpy as np
import pytest
from essay_library import ROOT, Opened
from fake_models import FakeEncoder, word_vector
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.retrieval.index.encoding import Encoding, join_windows
from assistant.retrieval.index.index import Index, build_index
from assistant.retrieval.index.tokens import PRECISE, TokenStore, bits_of, rotation, width_of
from assistant.retrieval.index.windows import Window
from assistant.retrieval.models.encoder import Encoder, Floats, Integers, unit
from assistant.retrieval.models.loading import default_loader
from assistant.retrieval.questions import Question
from assistant.retrieval.search import Searcher

# As the default model has it, and one that fills no byte.
DIMENSION, ODD = 384, 45
BITS = (1, 2, 3, 4, 8)
SIGNS = [False, True, False, False, False]
# Lowest and mean cosine of a vector with what is stored of it, by the bits of a component; the means follow
# from the distortion of a normal distribution (Max 1960): the roots of 1 - 0.363, 1 - 0.119, 1 - 0.037 and
# 1 - 0.012.
LOWEST = {1: 0.74, 2: 0.915, 3: 0.965, 4: 0.98, 8: 0.9999}
MEAN = {1: 0.798, 2: 0.939, 3: 0.981, 4: 0.994, 8: 1.0}


def vectors(count: int, seed: int = 7, dimension: int = DIMENSION) -> Floats:
    """Unit vectors."""
    return unit(np.random.default_rng(seed).standard_normal((count, dimension)).astype(np.float32))


def test_the_rotation_keeps_all_angles() -> None:
    for dimension in (DIMENSION, ODD, 1):
        matrix = rotation(dimension).astype(np.float64)
        np.testing.assert_allclose(matrix @ matrix.T, np.eye(dimension), atol=1e-6)
    # It is part of the format: other numbers would make every index useless.
    assert (rotation(DIMENSION)[:5, 0] > 0).tolist() == SIGNS


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 1_000), st.sampled_from(BITS), st.floats(1e-6, 1e6))
def test_a_vector_keeps_its_product_with_itself_and_nearly_its_direction(
    seed: int, bits: int, length: float
) -> None:
    originals = vectors(9, seed)
    restored = TokenStore.of(originals * np.float32(length), bits).vectors / np.float32(length)
    np.testing.assert_allclose((originals * restored).sum(axis=1), 1, rtol=1e-4)
    cosines = (originals * unit(restored)).sum(axis=1)
    assert cosines.min() > LOWEST[bits]
    assert cosines.mean() == pytest.approx(MEAN[bits], abs=0.015)


@pytest.mark.parametrize("bits", BITS)
def test_the_error_of_a_cosine_is_small_and_has_no_sign(bits: int) -> None:
    stored, others = vectors(400), vectors(30, 8)
    errors = TokenStore.of(stored, bits).cosines(slice(None), others) - stored @ others.T
    tangent = np.sqrt(1 / MEAN[bits] ** 2 - 1)
    assert abs(errors.mean()) < 0.001
    assert errors.std() < 1.1 * tangent / np.sqrt(DIMENSION) + 1e-3


@pytest.mark.parametrize(("dimension", "bits"), [(DIMENSION, 3), (DIMENSION, 8), (32, 8), (ODD, 2)])
def test_a_cosine_has_the_same_bits_whatever_else_is_compared(dimension: int, bits: int) -> None:
    """An essay has the same scores in a library of one and in one of thousands, or in a shard of it."""
    store = TokenStore.of(vectors(900, dimension=dimension), bits)
    for count in (1, 2, 7, 12, 16, 20, 33, 70):
        others = vectors(count, 8, dimension)
        whole = store.cosines(slice(None), others)
        for start, length in ((0, 1), (1, 5), (7, 47), (100, 48), (333, 100), (11, 500)):
            rows = slice(start, start + length)
            np.testing.assert_array_equal(store.cosines(rows, others), whole[rows])
            listed = np.arange(start, start + length, dtype=np.int32)
            np.testing.assert_array_equal(store.cosines(listed, others), whole[rows])
            np.testing.assert_array_equal(store.part(rows).cosines(slice(None), others), whole[rows])


def test_components_that_stand_out_do_no_harm() -> None:
    # As in some models, a few components are much larger than all others.
    stored = vectors(200)
    stored[:, [3, 200]] += 0.5
    stored = unit(stored)
    restored = unit(TokenStore.of(stored, 2).vectors)
    assert (stored * restored).sum(axis=1).min() > LOWEST[2]


@pytest.mark.parametrize(
    ("dimension", "bits", "width"), [(384, 2, 96), (384, 3, 144), (384, 8, 384), (45, 2, 12), (45, 1, 6)]
)
def test_a_component_takes_its_bits(dimension: int, bits: int, width: int) -> None:
    store = TokenStore.of(vectors(5, dimension=dimension), bits)
    assert width_of(dimension, bits) == width
    assert (store.codes.nbytes, store.codes.shape) == (5 * width, (5, width))
    assert (store.scales.nbytes, store.scales.shape) == (5 * 4, (5,))


def test_vectors_of_few_components_are_stored_precisely() -> None:
    assert [bits_of(dimension) for dimension in (32, 255, 256, 384, 1024)] == [8, 8, 3, 3, 3]


@pytest.mark.parametrize("dimension", [DIMENSION, ODD])
@pytest.mark.parametrize("bits", BITS)
@pytest.mark.parametrize("rows", [slice(3, 8), np.array([9, 0, 9, 4], dtype=np.int32)], ids=["run", "some"])
def test_cosines_are_those_of_the_stored_vectors(rows: slice, bits: int, dimension: int) -> None:
    store, others = TokenStore.of(vectors(10, dimension=dimension), bits), vectors(3, 8, dimension)
    cosines = store.cosines(rows, others)
    assert cosines.dtype == np.float32
    np.testing.assert_allclose(cosines, store.vectors[rows] @ others.T, atol=1e-5)


def test_a_vector_of_zeros_is_like_nothing() -> None:
    for bits in BITS:
        store = TokenStore.of(np.zeros((2, DIMENSION), dtype=np.float32), bits)
        assert np.abs(store.cosines(slice(0, 2), vectors(3))).tolist() == [[0, 0, 0]] * 2


@pytest.mark.parametrize("bits", BITS)
def test_parts_joined_are_the_whole(bits: int) -> None:
    whole = TokenStore.of(vectors(10), bits)
    joined = TokenStore.joined([whole.part(slice(0, 4)), whole.part(slice(4, 10))], DIMENSION, bits)
    np.testing.assert_array_equal(joined.codes, whole.codes)
    np.testing.assert_array_equal(joined.scales, whole.scales)
    assert len(joined) == 10


def test_nothing_is_a_store_of_no_rows() -> None:
    nothings = TokenStore.joined([], DIMENSION, 2), TokenStore.of(np.zeros((0, DIMENSION), np.float32), 2)
    for nothing in nothings:
        assert len(nothing) == 0
        assert nothing.codes.shape == (0, 96)
        assert nothing.cosines(slice(0, 0), vectors(2)).shape == (0, 2)


def window_of(start: int, *tokens: tuple[int, int]) -> tuple[Window, Encoding]:
    """A window of tokens two characters apart, each given as its id and the seed of its vector."""
    ids = np.array([number for number, _ in tokens], dtype=np.int32)
    starts = np.arange(len(tokens), dtype=np.int32) * 2
    drawn = np.array([word_vector(seed) for _, seed in tokens], dtype=np.float32)
    return Window("coast/p01", start, start + 2 * len(tokens), "x " * len(tokens)), Encoding(
        vectors=np.ones((1, 32), dtype=np.float32),
        bounds=np.array([[0, len(tokens)]], dtype=np.int32),
        ids=ids,
        spans=np.stack([starts, starts + 1], axis=1),
        tokens=TokenStore.of(drawn, PRECISE),
    )


def joined_windows(*encoded: tuple[Window, Encoding]) -> Encoding:
    """Windows and their encodings, joined."""
    return join_windows([window for window, _ in encoded], [encoding for _, encoding in encoded])


def test_tokens_that_windows_share_are_stored_once_with_the_mean_of_their_vectors() -> None:
    first, second = window_of(0, (1, 1), (2, 2), (3, 3)), window_of(4, (3, 33), (4, 4))
    joined = joined_windows(first, second, window_of(8, (5, 5)))
    assert joined.bounds.tolist() == [[0, 3], [2, 4], [4, 5]]
    assert joined.ids.tolist() == [1, 2, 3, 4, 5]
    assert joined.spans.tolist() == [[0, 1], [2, 3], [4, 5], [6, 7], [8, 9]]
    wanted = np.array([word_vector(seed) for seed in (1, 2, 3, 4, 5)])
    wanted[2] = unit(word_vector(3) + word_vector(33))
    np.testing.assert_allclose(joined.tokens.vectors, wanted, atol=0.02)


@pytest.mark.parametrize(
    "other", [window_of(4, (9, 3), (4, 4)), window_of(2, (3, 3), (4, 4))], ids=["id", "place"]
)
def test_windows_that_are_divided_into_other_tokens_share_none(other: tuple[Window, Encoding]) -> None:
    joined = joined_windows(window_of(0, (1, 1), (2, 2), (3, 3)), other)
    assert joined.bounds.tolist() == [[0, 3], [3, 5]]
    assert joined.ids.tolist() == [1, 2, 3, *other[1].ids.tolist()]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExactTokens(TokenStore):
    """Token vectors in single precision, in the place of stored ones."""

    exact: Floats

    def cosines(self, rows: slice | Integers, vectors: Floats) -> Floats:
        """Cosines of some vectors with others, shape ``(rows, others)``."""
        cosines: Floats = self.exact[rows] @ vectors.T
        return cosines


def with_exact_tokens(index: Index, encoder: Encoder) -> Index:
    """The index with the exact mean of each token's vectors over the windows that it is in."""
    totals = np.zeros((len(index.tokens), encoder.info.dimension), dtype=np.float32)
    encoded = encoder.encode([window.text for window in index.windows])
    for (low, high), window in zip(index.bounds.tolist(), encoded, strict=True):
        totals[low:high] += window.tokens
    store = index.tokens
    exact = ExactTokens(store.codes, store.scales, store.dimension, store.bits, exact=unit(totals))
    return replace(index, tokens=exact)


def sample_questions() -> list[str]:
    """The sample's own questions."""
    lines = (ROOT / "data" / "eval" / "sample" / "queries.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line)["text"] for line in lines]


@pytest.mark.parametrize(
    ("model", "dimension", "bits", "allowed"),
    [
        ("fake", 32, 8, 0.002),
        ("fake", 384, 3, 0.02),
        pytest.param("real", 384, 3, 0.02, marks=pytest.mark.real_model),
    ],
)
def test_passages_rank_as_with_exact_vectors(
    model: str,
    dimension: int,
    bits: int,
    allowed: float,
    opened: Opened,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (essay,) = opened.library.essays()
    monkeypatch.setattr(fake_models, "DIMENSION", dimension)
    encoder: Encoder = FakeEncoder() if model == "fake" else default_loader(None)
    stored = build_index(essay.passages, {"sample": ""}, encoder)
    assert (stored.tokens.dimension, stored.tokens.bits) == (dimension, bits)
    searchers = [Searcher(index, encoder) for index in (stored, with_exact_tokens(stored, encoder))]
    questions = sample_questions()
    assert len(questions) > 30
    for text in questions:
        found, wanted = (searcher.ranking(Question(text), "late") for searcher in searchers)
        assert dict(found) == pytest.approx(dict(wanted), abs=allowed)
        # Another passage is first only if it is nearly as good.
        assert dict(wanted)[found[0][0]] > wanted[0][1] - allowed


def test_a_store_that_is_asked_again_gives_the_same_cosines() -> None:
    vectors = np.random.default_rng(5).standard_normal((600, 384)).astype(np.float32)
    store = TokenStore.of(vectors, 3)
    rows = np.array([599, 0, 257, 3])
    first = store.cosines(slice(None), vectors[:9])
    for _ in range(2):
        assert np.array_equal(store.cosines(slice(None), vectors[:9]), first)
        assert np.allclose(store.cosines(rows, vectors[:9]), first[rows], atol=1e-5)

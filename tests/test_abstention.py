"""Confidence rises with the score, is a probability, and meets its threshold at one score."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from assistant.retrieval.abstention import (
    FAST_THRESHOLD,
    INTERCEPT,
    MET,
    READ_LOGIT,
    THRESHOLD,
    confidence,
    threshold,
)

# A score is a weighted mean of cosines.
SCORES = st.floats(-1, 1)


@given(SCORES)
def test_confidence_is_a_probability(score: float) -> None:
    assert 0 < confidence(score) < 1


@given(SCORES, SCORES)
def test_confidence_rises_with_the_score(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert confidence(low) <= confidence(high)
    if high - low > 1e-6:
        assert confidence(low) < confidence(high)


@given(SCORES)
def test_the_threshold_is_passed_at_one_score(score: float) -> None:
    turn = (math.log(FAST_THRESHOLD / (1 - FAST_THRESHOLD)) - INTERCEPT) / MET
    assert 0 < turn < 1, "some scores must be answers and some not"
    if abs(score - turn) > 1e-9:
        assert (confidence(score) >= threshold(None)) == (score > turn)


def test_nothing_met_is_no_answer_and_all_met_is_one() -> None:
    assert confidence(0) < 0.05
    assert confidence(1) > 0.95


@given(SCORES, st.floats(-15, 15), st.floats(-15, 15))
def test_what_was_read_raises_confidence_or_lowers_it(score: float, one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert READ_LOGIT > 0
    assert 0 < confidence(score, low) <= confidence(score, high) < 1


def test_each_way_has_its_threshold() -> None:
    assert threshold(None) == FAST_THRESHOLD
    assert threshold(0.0) == THRESHOLD

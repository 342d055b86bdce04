"""Confidence is a probability that rises with what is met and read, and falls with what is missing."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.retrieval.confidence import FAST_THRESHOLD, THRESHOLD, Signs, confidence, threshold

# Cosines; counts as ``signs_of`` bounds them; logits.
COSINES, WORDS, MISSING, LOGITS = st.floats(-1, 1), st.integers(0, 12), st.integers(0, 3), st.floats(-15, 15)
READS = st.lists(LOGITS, max_size=3).map(tuple)
SIGNS = st.builds(Signs, COSINES, COSINES, WORDS, MISSING, READS)

NOTHING = Signs(met=0.2, worst=0.1, words=4, missing=2)
EVERYTHING = Signs(met=0.9, worst=0.8, words=4, missing=0)


@given(SIGNS)
def test_confidence_is_a_probability(signs: Signs) -> None:
    assert 0 < confidence(signs) < 1


@given(SIGNS, COSINES)
@pytest.mark.parametrize("name", ["met", "worst"])
def test_confidence_rises_with_what_is_met(name: str, signs: Signs, other: float) -> None:
    low, high = sorted((getattr(signs, name), other))
    less, more = (confidence(replace(signs, **{name: value})) for value in (low, high))
    assert less <= more
    if high - low > 1e-6:
        assert less < more


@given(SIGNS)
def test_a_missing_name_lowers_confidence(signs: Signs) -> None:
    assert confidence(replace(signs, missing=signs.missing + 1)) < confidence(signs)


@given(SIGNS, LOGITS, LOGITS)
def test_what_was_read_raises_confidence_or_lowers_it(signs: Signs, one: float, other: float) -> None:
    low, high = (confidence(replace(signs, reads=(logit,))) for logit in sorted((one, other)))
    assert low <= high


def test_the_best_reading_counts_wherever_it_stands() -> None:
    assert confidence(replace(NOTHING, reads=(-1.0, 3.0))) == confidence(replace(NOTHING, reads=(3.0, -9.0)))


def test_nothing_met_is_no_answer_and_all_met_is_one() -> None:
    assert confidence(NOTHING) < 0.02
    assert confidence(EVERYTHING) > 0.9
    assert confidence(replace(NOTHING, reads=(-4.0,))) < 0.02
    assert confidence(replace(EVERYTHING, reads=(4.0,))) > 0.97


def test_each_way_has_its_threshold() -> None:
    assert threshold(None) == threshold(NOTHING) == FAST_THRESHOLD
    assert threshold(replace(NOTHING, reads=(0.0,))) == THRESHOLD
    assert 0 < THRESHOLD < 1
    assert 0 < FAST_THRESHOLD < 1

"""Confidence is a probability that rises with coverage and logits, and falls with what is missing."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.retrieval.confidence import ANSWERS, NEAR, ConfidenceFeatures, confidence_of, verdict_of

# Cosines; counts as ``features_of`` bounds them; logits.
COSINES, WORDS, MISSING, LOGITS = st.floats(-1, 1), st.integers(0, 12), st.integers(0, 3), st.floats(-15, 15)
LOGIT_LISTS = st.lists(LOGITS, max_size=3).map(tuple)
LEADS = st.floats(-2, 2)
FEATURES = st.builds(
    ConfidenceFeatures,
    coverage=COSINES,
    weakest=COSINES,
    words=WORDS,
    missing=MISSING,
    lead=LEADS,
    logits=LOGIT_LISTS,
)

NOTHING = ConfidenceFeatures(coverage=0.2, weakest=0.1, words=4, missing=2)
EVERYTHING = ConfidenceFeatures(coverage=0.9, weakest=0.8, words=4, missing=0, lead=0.3)


@given(FEATURES)
def test_confidence_is_a_probability(features: ConfidenceFeatures) -> None:
    assert 0 < confidence_of(features) < 1


@given(FEATURES, COSINES)
@pytest.mark.parametrize("name", ["coverage", "weakest"])
def test_confidence_rises_with_coverage(name: str, features: ConfidenceFeatures, other: float) -> None:
    low, high = sorted((getattr(features, name), other))
    less, more = (confidence_of(replace(features, **{name: value})) for value in (low, high))
    assert less <= more
    if high - low > 1e-6:
        assert less < more


@given(FEATURES)
def test_a_missing_name_lowers_confidence(features: ConfidenceFeatures) -> None:
    assert confidence_of(replace(features, missing=features.missing + 1)) < confidence_of(features)


@given(FEATURES, LOGITS, LOGITS)
def test_a_higher_logit_never_lowers_confidence(
    features: ConfidenceFeatures, logit: float, other_logit: float
) -> None:
    low, high = (confidence_of(replace(features, logits=(logit,))) for logit in sorted((logit, other_logit)))
    assert low <= high


def test_the_highest_the_first_and_the_second_logit_count() -> None:
    (*_, best, first, second) = replace(NOTHING, logits=(-1.0, 3.0, -9.0)).values
    assert (best, first, second) == (3.0, -1.0, -1.0)
    assert replace(NOTHING, logits=(2.0,)).values[-3:] == [2.0, 2.0, 2.0]
    # A passage that answers counts more where it is first, and where no other seems to answer as well.
    assert confidence_of(replace(NOTHING, logits=(3.0, -9.0))) > confidence_of(
        replace(NOTHING, logits=(-9.0, 3.0))
    )
    assert confidence_of(replace(NOTHING, logits=(3.0, -9.0))) > confidence_of(
        replace(NOTHING, logits=(3.0, 3.0))
    )


def test_no_coverage_is_no_answer_and_full_coverage_is_one() -> None:
    for nothing, everything in (
        (NOTHING, EVERYTHING),
        (replace(NOTHING, logits=(-4.0,)), replace(EVERYTHING, logits=(4.0,))),
    ):
        assert verdict_of(confidence_of(nothing)) == "none"
        assert confidence_of(nothing) < 0.08
        assert confidence_of(everything) > 0.94


@pytest.mark.parametrize(
    ("confidence", "verdict"),
    [
        (1.0, "answers"),
        (ANSWERS, "answers"),
        (0.3999, "near"),
        (NEAR, "near"),
        (0.1499, "none"),
        (0.0, "none"),
    ],
)
def test_the_three_verdicts_follow_from_the_confidence(confidence: float, verdict: str) -> None:
    assert verdict_of(confidence) == verdict
    assert (ANSWERS, NEAR) == (0.4, 0.15)

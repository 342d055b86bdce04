"""Significance, calibration and the measures between them, on cases small enough to count."""

from __future__ import annotations

import numpy as np
import pytest

from assistant.evaluation.statistics import FLIPS, area, calibrate, contrast, intervals


def test_every_flip_is_tried_where_there_are_few() -> None:
    # Three differences of one sign: of the eight ways to flip them, two are as far from zero.
    result = contrast([1, 1, 1, 0.5], [0, 0, 0, 0.5])
    assert result.difference == pytest.approx(3 / 4)
    assert result.p == pytest.approx(2 / 8)
    low, high = result.interval
    assert 0 <= low < 3 / 4 < high <= 1


def test_differences_that_cancel_are_chance() -> None:
    # Four of eight flips come to one or more; four to minus one or less.
    assert contrast([1, 0, 1], [0, 1, 0]).p == pytest.approx(1)


@pytest.mark.parametrize("values", [[0.2], [0.2, 0.9, 1.0]])
def test_a_method_does_not_differ_from_itself(values: list[float]) -> None:
    result = contrast(values, values)
    assert (result.difference, result.interval, result.p) == (0, (0, 0), 1)


def test_many_differences_are_sampled_with_a_fixed_seed() -> None:
    ours, theirs = np.ones(40), np.zeros(40)
    result = contrast(ours.tolist(), theirs.tolist())
    # No flip of forty equal differences but the two out of 2 ** 40 comes as far.
    assert result.p == pytest.approx(1 / (FLIPS + 1))
    noise = np.random.default_rng(1).normal(0, 1, 60).tolist()
    repeated = [contrast(noise, [0.0] * 60) for _ in range(2)]
    assert repeated[0] == repeated[1]
    # The distribution of the sum is nearly normal: two-sided p of its distance in standard deviations.
    distance = abs(sum(noise)) / np.sqrt(np.sum(np.square(noise)))
    tail = np.mean(abs(np.random.default_rng(2).normal(0, 1, 200_000)) >= distance)
    assert repeated[0].p == pytest.approx(tail, abs=0.03)


def test_the_interval_of_figures_that_are_all_alike_is_a_point() -> None:
    assert intervals([[0.5, 1.0], [0.5, 1.0]]) == [(0.5, 0.5), (1.0, 1.0)]
    assert intervals([]) == []


def test_an_area_needs_both_sides() -> None:
    assert area([0.9, 0.4], [0.5]) == pytest.approx(1 / 2)
    assert area([], [0.5]) is None
    assert area([0.5], []) is None


def test_calibration_by_hand() -> None:
    # Fewer than ten questions: each is a bin of its own.
    calibration = calibrate([0.9, 0.2, 0.6, 0.3], [True, False, False, True])
    assert [group.count for group in calibration.bins] == [1, 1, 1, 1]
    assert [group.confidence for group in calibration.bins] == pytest.approx([0.2, 0.3, 0.6, 0.9])
    assert [group.right for group in calibration.bins] == [0, 1, 0, 1]
    assert calibration.ece == pytest.approx((0.2 + 0.7 + 0.6 + 0.1) / 4)
    assert calibration.brier == pytest.approx((0.2**2 + 0.7**2 + 0.6**2 + 0.1**2) / 4)
    # Most confident first: right, wrong, right, wrong.
    risks = [0, 1 / 2, 1 / 3, 1 / 2]
    assert [coverage for coverage, _ in calibration.curve] == [0.25, 0.5, 0.75, 1]
    assert [risk for _, risk in calibration.curve] == pytest.approx(risks)
    assert calibration.aurc == pytest.approx(sum(risks) / 4)


def test_bins_have_equal_mass() -> None:
    calibration = calibrate([number / 40 for number in range(40)], [number >= 20 for number in range(40)])
    assert [group.count for group in calibration.bins] == [4] * 10
    assert [group.right for group in calibration.bins] == [0] * 5 + [1] * 5
    # The confidence of bin b is its middle, (4 b + 1.5) / 40; five bins are right and five are not.
    middles = [(4 * number + 1.5) / 40 for number in range(10)]
    wanted = (sum(middles[:5]) + sum(1 - middle for middle in middles[5:])) / 10
    assert calibration.ece == pytest.approx(wanted)


@pytest.mark.parametrize("events", [[True, False], [False, True]])
def test_equal_confidences_have_no_order(events: list[bool]) -> None:
    calibration = calibrate([0.5, 0.5], events)
    assert [risk for _, risk in calibration.curve] == [0.5, 0.5]
    assert calibration.ece == 0

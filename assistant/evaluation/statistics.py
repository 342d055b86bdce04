"""How certain the figures are, and how well a confidence separates right from wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

Numbers = NDArray[np.float64]

SEED = 20240607
RESAMPLES = 1_000
FLIPS = 10_000
BINS = 10
# Sums of the same figures in another order differ in their last digits.
_NOISE = 1e-9
# Rows of signs drawn at a time, so that large sets fit into memory.
_BATCH = 1_000


@dataclass(frozen=True, slots=True)
class Contrast:
    """Two methods compared on the same questions.

    Attributes:
        difference: The mean of the first less that of the second.
        interval: Bootstrap 95% interval of the difference, resampling questions.
        p: Probability of a difference at least as large if the two methods were the same.
    """

    difference: float
    interval: tuple[float, float]
    p: float


@dataclass(frozen=True, slots=True)
class Bin:
    """Questions of similar confidence.

    Attributes:
        count: How many.
        confidence: Their mean confidence.
        right: Share of them for which the event occurred.
    """

    count: int
    confidence: float
    right: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """How well confidences agree with events.

    Attributes:
        bins: Bins of equal mass, least confident first.
        ece: Expected calibration error: mean distance between confidence and share over the bins.
        brier: Mean squared distance between confidence and event.
        curve: Coverage and risk (share of wrong ones) of the most confident questions; one point each.
        aurc: Area under that curve; lower is better.
    """

    bins: tuple[Bin, ...]
    ece: float
    brier: float
    curve: tuple[tuple[float, float], ...]
    aurc: float


def intervals(table: Numbers | Sequence[Sequence[float]]) -> list[tuple[float, float]]:
    """Bootstrap 95% interval of the mean of each column; rows are questions."""
    count = len(table)
    if not count:
        return []
    drawn = np.random.default_rng(SEED).multinomial(count, np.full(count, 1 / count), RESAMPLES)
    low, high = np.percentile(drawn @ np.asarray(table) / count, [2.5, 97.5], axis=0)
    return [(float(lower), float(upper)) for lower, upper in zip(low, high, strict=True)]


def contrast(ours: Sequence[float], theirs: Sequence[float]) -> Contrast:
    """Compare two methods question by question.

    Args:
        ours: A measure of each question for the first method.
        theirs: The same for the second, in the same order; at least one.

    Returns:
        The difference, with a two-sided paired randomisation test: the sign of each question's difference
        is flipped at random 10,000 times, or in every possible way if there are fewer.
    """
    differences = np.array(ours, dtype=np.float64) - np.array(theirs, dtype=np.float64)
    (interval,) = intervals(differences[:, None])
    return Contrast(float(differences.mean()), interval, _p_value(differences[differences != 0]))


def _p_value(differences: Numbers) -> float:
    """Share of sign flips whose sum is at least as far from zero as the sum itself."""
    count = len(differences)
    observed = abs(differences.sum()) - _NOISE
    if 2**count <= FLIPS:
        flips = (np.arange(2**count)[:, None] >> np.arange(count)) & 1
        return float(np.mean(abs((2 * flips - 1) @ differences) >= observed))
    random = np.random.default_rng(SEED)
    reached = 0
    for _ in range(0, FLIPS, _BATCH):
        signs = random.integers(0, 2, (_BATCH, count), dtype=np.int8) * 2 - 1
        reached += int(np.sum(abs(signs @ differences) >= observed))
    # The signs observed are one of the possible flips.
    return (reached + 1) / (FLIPS + 1)


def area(known: Sequence[float], unknown: Sequence[float]) -> float | None:
    """Area under the ROC curve: probability that a known question ranks above an unknown one."""
    if not known or not unknown:
        return None
    return float(roc_auc_score([1] * len(known) + [0] * len(unknown), [*known, *unknown]))


def calibrate(confidences: Sequence[float], events: Sequence[bool]) -> Calibration:
    """Compare confidences with events.

    Args:
        confidences: One for each question, from 0 to 1; at least one.
        events: Whether the event of each question occurred.

    Returns:
        The comparison; questions of equal confidence count as if in a random order.
    """
    order = np.argsort(confidences, kind="stable")
    confidence, event = (
        np.array(confidences, dtype=np.float64)[order],
        np.array(events, dtype=np.float64)[order],
    )
    # Questions of equal confidence share their mean, because their order means nothing.
    _, group = np.unique(confidence, return_inverse=True)
    rate = (np.bincount(group, event) / np.bincount(group))[group]
    parts = [part for part in np.array_split(np.arange(len(order)), BINS) if len(part)]
    bins = tuple(Bin(len(part), float(confidence[part].mean()), float(rate[part].mean())) for part in parts)
    ece = sum(group.count * abs(group.confidence - group.right) for group in bins) / len(order)
    covered = np.arange(1, len(order) + 1)
    risks = 1 - np.cumsum(rate[::-1]) / covered
    curve = tuple(zip((covered / len(order)).tolist(), risks.tolist(), strict=True))
    return Calibration(bins, ece, float(np.mean((confidence - event) ** 2)), curve, float(risks.mean()))

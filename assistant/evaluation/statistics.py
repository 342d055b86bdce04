"""How sure the figures are, and how well a confidence tells right from wrong."""

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
# Signs drawn at a time, so that large sets fit into memory.
_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Contrast:
    """A method against another on the same questions.

    Attributes:
        difference: Its mean less the other's.
        interval: Bootstrap 95% interval of the difference, questions being drawn.
        p: Chance of a difference at least as large, were the two methods the same.
    """

    difference: float
    interval: tuple[float, float]
    p: float


@dataclass(frozen=True, slots=True)
class Bin:
    """Questions of like confidence.

    Attributes:
        count: How many.
        confidence: Their mean confidence.
        right: Share of them for which the event came about.
    """

    count: int
    confidence: float
    right: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """How a confidence agrees with what came about.

    Attributes:
        bins: Bins of equal mass, least confident first.
        ece: Expected calibration error: mean distance between confidence and share over the bins.
        brier: Mean squared distance between confidence and event.
        curve: Coverage and risk (share of wrong ones) of the most confident questions, one point a question.
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
    return [(float(one), float(other)) for one, other in zip(low, high, strict=True)]


def contrast(ours: Sequence[float], theirs: Sequence[float]) -> Contrast:
    """Compare two methods question by question.

    Args:
        ours: A measure of each question by the method.
        theirs: The same by the method that it is compared with, in the same order; at least one.

    Returns:
        The difference, with a two-sided paired randomisation test: the sign of each question's difference
        is flipped at random 10,000 times, or in every way there is where these are fewer.
    """
    differences = np.array(ours, dtype=np.float64) - np.array(theirs, dtype=np.float64)
    (interval,) = intervals(differences[:, None])
    return Contrast(float(differences.mean()), interval, _chance(differences[differences != 0]))


def _chance(differences: Numbers) -> float:
    """Share of sign flips whose sum is at least as far from nought as the sum itself."""
    count = len(differences)
    observed = abs(differences.sum()) - _NOISE
    if 2**count <= FLIPS:
        every = (np.arange(2**count)[:, None] >> np.arange(count)) & 1
        return float(np.mean(abs((2 * every - 1) @ differences) >= observed))
    chance = np.random.default_rng(SEED)
    reached = 0
    for _ in range(0, FLIPS, _AT_ONCE):
        signs = chance.integers(0, 2, (_AT_ONCE, count), dtype=np.int8) * 2 - 1
        reached += int(np.sum(abs(signs @ differences) >= observed))
    # The order observed is one of those possible.
    return (reached + 1) / (FLIPS + 1)


def area(known: Sequence[float], unknown: Sequence[float]) -> float | None:
    """Area under the ROC curve: chance that one of the known ranks above one of the unknown."""
    if not known or not unknown:
        return None
    return float(roc_auc_score([1] * len(known) + [0] * len(unknown), [*known, *unknown]))


def calibrate(confidences: Sequence[float], events: Sequence[bool]) -> Calibration:
    """Compare confidences with what came about.

    Args:
        confidences: One a question, 0 to 1; at least one.
        events: Whether what it is the confidence of came about.

    Returns:
        The comparison; questions of equal confidence count as if in a random order.
    """
    order = np.argsort(confidences, kind="stable")
    sure, right = np.array(confidences, dtype=np.float64)[order], np.array(events, dtype=np.float64)[order]
    # Each of equal ones has the mean of them all: their order says nothing.
    _, group = np.unique(sure, return_inverse=True)
    right_on_average = (np.bincount(group, right) / np.bincount(group))[group]
    parts = [part for part in np.array_split(np.arange(len(sure)), BINS) if len(part)]
    bins = tuple(
        Bin(len(part), float(sure[part].mean()), float(right_on_average[part].mean())) for part in parts
    )
    ece = sum(one.count * abs(one.confidence - one.right) for one in bins) / len(sure)
    covered = np.arange(1, len(sure) + 1)
    risks = 1 - np.cumsum(right_on_average[::-1]) / covered
    curve = tuple(zip((covered / len(sure)).tolist(), risks.tolist(), strict=True))
    return Calibration(bins, ece, float(np.mean((sure - right) ** 2)), curve, float(risks.mean()))

"""How sure it is that the passages answer: a first, modest estimate.

A logistic regression on what late interaction leaves unscaled; its weights are remade by
``benchmarks/abstention.py`` on question sets that are kept for tuning.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from assistant.retrieval.encoder import Floats
from assistant.retrieval.ranking import Ranked

# Weights for: intercept, and the features in order.
WEIGHTS = (-10.0, 14.0, 2.0, 2.0)
# The probability from which passages are offered as an answer.
THRESHOLD = 0.5
# A word of the question counts as met when a word of the passage is at least so close to it.
_MET = 0.6


def features(ranked: Sequence[Ranked], weights: Floats) -> tuple[float, float, float]:
    """What is known of an answer before it is read.

    Args:
        ranked: Ranked passages, best first; at least one.
        weights: Weight of each word piece of the question, summing to 1.

    Returns:
        The best passage's score, the share of the question's weight that it meets, and how far it is
        ahead of the tenth passage.
    """
    best = ranked[0]
    met = float(weights[np.asarray(best.met) >= _MET].sum())
    return best.score, met, best.score - ranked[min(9, len(ranked) - 1)].score


def confidence(found: Sequence[float]) -> float:
    """Estimated probability that the passages answer, from their features."""
    return 1 / (1 + math.exp(-sum(w * x for w, x in zip(WEIGHTS, (1.0, *found), strict=True))))

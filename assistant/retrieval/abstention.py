"""How sure it is that the passages answer.

Logistic regressions on signs (``signs``) of the question and the first passages and, where they were read, on
what the model says that reads (``cross_encoder``). ``benchmarks/abstention.py`` remakes the figures from
documents that are kept for it; on them as many questions have an answer as have none.
"""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Signs:
    """What is seen of a question and the first passages.

    Attributes:
        met: How well the best passage meets the words that say what is asked, -1 to 1.
        worst: How well the word is met that is met worst, by whichever passage meets it best, -1 to 1.
        words: How many words say what is asked.
        missing: How many names and numbers of the question are not in the best passage.
        reads: Logit of each passage by the model that reads, best passage first; empty if it did not read.
    """

    met: float
    worst: float
    words: int
    missing: int
    reads: tuple[float, ...] = ()


# Intercept, then the coefficient of each of ``features``: without the model that reads, and with it.
FAST = (-6.95, 8.14, 1.95, 0.20, -0.50)
READ = (-4.28, 4.84, 1.42, 0.21, -0.40, 0.51)
# The share of questions offered an answer that have one. A wrong "no" still shows the passages, a wrong
# "yes" still shows what the essay says; at this share nine of ten answers are offered as such.
PRECISION = 0.7
# The probabilities that reach it: with the model that reads, and without.
THRESHOLD, FAST_THRESHOLD = 0.31, 0.40


def features(signs: Signs) -> list[float]:
    """What a regression sees of the signs; the highest logit too where the passages were read."""
    seen = [signs.met, signs.worst, float(signs.words), float(signs.missing)]
    return [*seen, max(signs.reads)] if signs.reads else seen


def confidence(signs: Signs) -> float:
    """Estimated probability that the passages answer."""
    first, *others = READ if signs.reads else FAST
    total = sum(one * value for one, value in zip(others, features(signs), strict=True))
    return 1 / (1 + math.exp(-first - total))


def threshold(signs: Signs | None) -> float:
    """The probability from which passages are offered as an answer; ``None`` where nothing was found."""
    return THRESHOLD if signs is not None and signs.reads else FAST_THRESHOLD

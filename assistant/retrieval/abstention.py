"""How sure it is that the passages answer.

Logistic regressions on how well the best passage meets the words that say what is asked and, where it was
asked, on the highest logit of the model that reads (``cross_encoder``). Neither is scaled within a question,
so that the level stays which tells an answer from its absence. ``benchmarks/abstention.py`` remakes the
figures from documents that are kept for it; on them as many questions have an answer as have none.
"""

from __future__ import annotations

import math

INTERCEPT, MET = -6.40, 10.31
READ_INTERCEPT, READ_MET, READ_LOGIT = -3.44, 6.30, 0.53
# The share of questions offered an answer that have one. A wrong "no" still shows the passages, a wrong
# "yes" still shows what the essay says; at this share nine of ten answers are offered as such.
PRECISION = 0.7
# The probabilities that reach it: with the model that reads, and without.
THRESHOLD, FAST_THRESHOLD = 0.32, 0.38


def confidence(met: float, read: float | None = None) -> float:
    """Estimated probability that the passages answer.

    Args:
        met: How well the best passage meets what is asked, -1 to 1.
        read: Highest logit of the model that reads; ``None`` if it did not.
    """
    if read is None:
        return 1 / (1 + math.exp(-(INTERCEPT + MET * met)))
    return 1 / (1 + math.exp(-(READ_INTERCEPT + READ_MET * met + READ_LOGIT * read)))


def threshold(read: float | None) -> float:
    """The probability from which passages are offered as an answer; see ``confidence`` for ``read``."""
    return FAST_THRESHOLD if read is None else THRESHOLD

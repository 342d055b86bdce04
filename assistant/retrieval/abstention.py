"""How sure it is that the passages answer: a first, modest estimate.

A logistic regression on how well the best passage meets the words that say what is asked. It is not
scaled within a question and so keeps the level that tells an answer from its absence. The figures
are remade by ``benchmarks/abstention.py`` on question sets that are kept for tuning. The cosine of the
nearest window, the share of words met and the lead over the tenth passage were tried and added nothing.
"""

from __future__ import annotations

import math

INTERCEPT, SLOPE = -6.69, 10.77
READ_INTERCEPT, READ_MET, READ_LOGIT = -4.0, 6.0, 1.0
# The share of questions offered an answer that have one, where as many have one as have none.
PRECISION = 0.8
# The probability from which passages are offered as an answer.
THRESHOLD = 0.29


def confidence(met: float, read: float | None = None) -> float:
    """Estimated probability that the passages answer.

    Args:
        met: How well the best passage meets what is asked, -1 to 1.
        read: Highest logit of the model that reads; ``None`` if it did not.
    """
    if read is None:
        return 1 / (1 + math.exp(-(INTERCEPT + SLOPE * met)))
    return 1 / (1 + math.exp(-(READ_INTERCEPT + READ_MET * met + READ_LOGIT * read)))

"""How sure it is that the passages answer.

Logistic regressions on signs (``signs``) of the question and the first passages and, where they were read, on
what the model says that reads (``cross_encoder``). ``benchmarks/abstention.py`` remakes the figures from
documents that are kept for it; on them as many questions have an answer as have none.

Signs that the first passages answer a question, or that they do not: what ``abstention`` weighs.

Each is taken as it is and not scaled within a question, so that its level stays, which tells an answer from
its absence. A name or a number of the question that the first passage does not have, and a word that none of
them comes near, are what a false premise and a missing answer leave behind.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from assistant.retrieval.models.encoder import Floats
from assistant.retrieval.questions import folded, words
from assistant.retrieval.ranking import Query, Ranked


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


# Passages that are looked at: those that are shown.
_LOOKED_AT = 3
# More words or missing names than these say no more.
_MOST_WORDS, _MOST_MISSING = 12, 3
# A capital within the question, or a figure.
_NAME = re.compile(r"(?<!^)\b(?:[A-Z][\w’']+|\d[\d,.]*)")


def signs_of(query: Query, weights: Floats, ranked: Sequence[Ranked], text: str) -> Signs:
    """Look for signs.

    Args:
        query: The question.
        weights: Weight of each of its word pieces, none for words that only frame it.
        ranked: The passages, best first; one at least.
        text: Text of the best passage.
    """
    pieces: dict[str, list[int]] = {}
    for at, word in enumerate(query.words):
        if weights[at] > 0:
            pieces.setdefault(word, []).append(at)
    best = np.max([one.met for one in ranked[:_LOOKED_AT]], axis=0)
    met = [float(np.average(best[own], weights=weights[own])) for own in pieces.values()]
    names = {folded(found.group()) for found in _NAME.finditer(query.text)} & pieces.keys()
    return Signs(
        float(ranked[0].met @ weights),
        min(met, default=0.0),
        min(len(pieces), _MOST_WORDS),
        min(len(_missing(names, text)), _MOST_MISSING),
    )


def _missing(names: set[str], text: str) -> set[str]:
    """Those of some folded names that a text does not have."""
    # Most questions name nothing, and need not look at every word of the text.
    return names and names - {folded(text[start:end]) for start, end in words(text)}

"""Estimate how likely it is that the first passages answer a question.

Logistic regressions on features of the question and the passages and, if the passages were read, on the
logits of the reading model (``cross_encoder``). ``benchmarks/abstention.py`` computes the coefficients from
documents that are kept for it, for a world in which the first passages answer three questions in four.

Features are absolute and not scaled within a question, because their level is what tells an answer from its
absence. After a false premise or without an answer, the first passage lacks a name or a number of the
question, or one of the words is similar to no passage.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from assistant.core.answer import AnswerVerdict
from assistant.retrieval.models.encoder import Floats
from assistant.retrieval.questions import casefolded_word, words
from assistant.retrieval.ranking import Query, Ranked


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfidenceFeatures:
    """Features of a question and the first passages.

    Attributes:
        coverage: How well the first passage covers the content words of the question, -1 to 1.
        weakest: How well the passages cover the content word that they cover least, -1 to 1.
        words: Number of content words.
        lead: How much better the first passage covers the content words than the second, -2 to 2; 0 if there
            is no second.
        missing: Number of names and numbers of the question that the first passage does not have.
        logits: Logit of each passage by the reading model, first passage first; empty if it did not read
            them.
    """

    coverage: float
    weakest: float
    words: int
    missing: int
    lead: float = 0.0
    logits: tuple[float, ...] = ()

    @property
    def values(self) -> list[float]:
        """What the regression takes: the features and, if the passages were read, three logits.

        These are the highest, that of the first passage and the second highest: where several passages seem
        to answer, each is less sure to.
        """
        values = [self.coverage, self.weakest, math.log1p(self.words), float(self.missing), self.lead]
        if not self.logits:
            return values
        highest = sorted(self.logits, reverse=True)
        return [*values, highest[0], self.logits[0], highest[min(1, len(highest) - 1)]]


# Intercept, then the coefficient of each of the features' ``values``: without the reading model, and with it.
COEFFICIENTS_WITHOUT_READING = (-5.38, 7.00, 0.48, 0.82, -0.41, 3.52)
COEFFICIENTS_WITH_READING = (-2.40, 3.68, 0.42, 0.66, -0.24, 2.38, 0.19, 0.22, -0.04)
# From these probabilities on, passages are offered as an answer, and as coming near; below, nothing seems to
# answer. The first is the lowest at which as many verdicts are right as at any other, to two in a thousand;
# below the second, what is shown answers at most one question in twenty.
ANSWERS, NEAR = 0.4, 0.15

# The passages that are compared with the question: as many as are shown by default.
_FIRST = 3
# More words or missing names than these do not change the probability further.
_MOST_WORDS, _MOST_MISSING = 12, 3
# A capital that does not begin the question, or a figure.
_NAME = re.compile(r"(?<!^)\b(?:[A-Z][\w’']+|\d[\d,.]*)")


def confidence_of(features: ConfidenceFeatures) -> float:
    """Estimated probability that the passages answer."""
    intercept, *coefficients = COEFFICIENTS_WITH_READING if features.logits else COEFFICIENTS_WITHOUT_READING
    products = (weight * value for weight, value in zip(coefficients, features.values, strict=True))
    return 1 / (1 + math.exp(-intercept - sum(products)))


def verdict_of(confidence: float) -> AnswerVerdict:
    """What passages are offered as."""
    return "answers" if confidence >= ANSWERS else "near" if confidence >= NEAR else "none"


def features_of(query: Query, weights: Floats, ranked: Sequence[Ranked], text: str) -> ConfidenceFeatures:
    """Compute the features, without logits.

    Args:
        query: The question.
        weights: Weight of each of its word pieces, 0 for words that only frame it; shape ``(pieces,)``.
        ranked: The passages in the order in which they are shown; at least one.
        text: Text of the first passage.
    """
    pieces_of: dict[str, list[int]] = {}
    for number, word in enumerate(query.words):
        if weights[number] > 0:
            pieces_of.setdefault(word, []).append(number)
    best = np.max([passage.cosines for passage in ranked[:_FIRST]], axis=0)
    covered = [float(np.average(best[pieces], weights=weights[pieces])) for pieces in pieces_of.values()]
    coverages = [float(passage.cosines @ weights) for passage in ranked[:2]]
    names = {casefolded_word(match.group()) for match in _NAME.finditer(query.text)} & pieces_of.keys()
    return ConfidenceFeatures(
        coverage=coverages[0],
        weakest=min(covered, default=0.0),
        words=min(len(pieces_of), _MOST_WORDS),
        missing=min(len(_missing(names, text)), _MOST_MISSING),
        lead=coverages[0] - coverages[-1],
    )


def _missing(names: set[str], text: str) -> set[str]:
    """Those of some casefolded names that a text does not have."""
    # Most questions name nothing, and then the text need not be divided into words.
    return names and names - {casefolded_word(text[start:end]) for start, end in words(text)}

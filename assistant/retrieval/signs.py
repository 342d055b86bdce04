"""Signs that the first passages answer a question, or that they do not: what ``abstention`` weighs.

Each is taken as it is and not scaled within a question, so that its level stays, which tells an answer from
its absence. A name or a number of the question that the first passage does not have, and a word that none of
them comes near, are what a false premise and a missing answer leave behind.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from assistant.retrieval.abstention import Signs
from assistant.retrieval.encoder import Floats
from assistant.retrieval.questions import folded, words
from assistant.retrieval.ranking import Query, Ranked

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

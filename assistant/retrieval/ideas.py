"""Tell which passages bear on an idea of a paragraph, and order them by how many ideas they bear on.

Each sentence has one share to give, divided among its ideas, and the part of each idea among its first
passages by a softmax of their scores; a passage gets the sum. A passage that several sentences point to so
comes before one that a single sentence points to, and a sentence that many passages fit equally well decides
little. Ideas on which nothing seems to bear give little.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from assistant.core.answer import AnswerVerdict
from assistant.retrieval.finder import Ranking
from assistant.retrieval.index.ordering import DECIMALS, best_first
from assistant.retrieval.ranking import Ranked

# Measured on the paragraphs of data/eval for development (benchmarks/paragraphs.py): a smaller temperature
# counts the first passage of each idea only, a larger one every passage on its subject.
_TEMPERATURE = 0.05
_FIRST = 20
# Logistic regression that tells from the score of the first passage whether it bears on a statement, fitted
# to the same paragraphs and to their sentences asked of the other essay. The reading model, trained on
# questions, tells it no better.
_INTERCEPT, _COEFFICIENT = -5.0, 11.7
# From these probabilities on passages bear on an idea, and come near.
_BEARS, _NEAR = 0.5, 0.36
# What an idea on which nothing seems to bear gives, as a share of what others give.
_WEIGHT_OF_NONE = 0.1
# An idea is met by up to so many passages, each with this share of it or more.
_MOST_MET, _LEAST_SHARE = 3, 0.15


@dataclass(frozen=True, slots=True)
class RankedForIdeas:
    """A passage with the ideas that point to it.

    Attributes:
        ranked: The passage as it is ranked for the idea that gives it most; its score is its share of
            all that the ideas have to give.
        ranking: Number of that idea.
    """

    ranked: Ranked
    ranking: int


def fused(rankings: Sequence[Ranking], sentences: Sequence[int]) -> list[RankedForIdeas]:
    """Order the passages of some rankings, one for each idea, best first.

    Args:
        rankings: The rankings.
        sentences: Number of the sentence to which each idea belongs.
    """
    ideas_of_sentence = Counter(sentences)
    weights = [
        (1 if verdict_on_idea(ranking) != "none" else _WEIGHT_OF_NONE) / ideas_of_sentence[sentence]
        for ranking, sentence in zip(rankings, sentences, strict=True)
    ]
    given: dict[str, dict[int, float]] = {}
    known: dict[tuple[str, int], Ranked] = {}
    for number, ranking in enumerate(rankings):
        first = {ranked.passage: ranked for ranked in ranking.ranked[:_FIRST]}
        for passage_id, share in passage_shares(ranking).items():
            given.setdefault(passage_id, {})[number] = weights[number] * share
            known[passage_id, number] = first[passage_id]
    passages = list(given)
    scores = [round(sum(given[passage_id].values()) / sum(weights), DECIMALS) for passage_id in passages]
    in_order = []
    # Equal ones keep the order of the ideas that point to them.
    for number in best_first(scores, range(len(passages))):
        shares = given[passages[number]]
        idea = max(shares, key=shares.__getitem__)
        ranked = replace(known[passages[number], idea], score=scores[number])
        in_order.append(RankedForIdeas(ranked, idea))
    rest = [
        RankedForIdeas(ranked, number)
        for number, ranking in enumerate(rankings)
        for ranked in ranking.ranked[_FIRST:]
    ]
    nearest: dict[str, RankedForIdeas] = {}
    for passage in sorted(rest, key=lambda passage: -passage.ranked.score):
        nearest.setdefault(passage.ranked.passage, passage)
    return [
        *in_order,
        *(
            replace(passage, ranked=replace(passage.ranked, score=0.0))
            for passage_id, passage in nearest.items()
            if passage_id not in given
        ),
    ]


def confidence_in_idea(ranking: Ranking) -> float:
    """Estimated probability that the first passage bears on an idea."""
    if not ranking.ranked:
        return 0.0
    return 1 / (1 + math.exp(-_INTERCEPT - _COEFFICIENT * ranking.ranked[0].score))


def verdict_on_idea(ranking: Ranking) -> AnswerVerdict:
    """Whether passages bear on an idea, come near, or neither."""
    confidence = confidence_in_idea(ranking)
    return "answers" if confidence >= _BEARS else "near" if confidence >= _NEAR else "none"


def passage_shares(ranking: Ranking) -> Mapping[str, float]:
    """How an idea is shared among its first passages, best first; the shares add up to 1."""
    first = ranking.ranked[:_FIRST]
    if not first:
        return {}
    scores = np.array([ranked.score for ranked in first])
    odds = np.exp((scores - scores.max()) / _TEMPERATURE)
    shares = (odds / odds.sum()).tolist()
    return dict(zip((ranked.passage for ranked in first), shares, strict=True))


def passages_met(ranking: Ranking) -> list[str]:
    """Ids of the passages that bear on an idea, best first; none if its verdict is that nothing does."""
    if verdict_on_idea(ranking) == "none":
        return []
    first = list(passage_shares(ranking).items())[:_MOST_MET]
    return [
        passage_id for number, (passage_id, share) in enumerate(first) if not number or share >= _LEAST_SHARE
    ]

"""Runs of ranking methods over a question set, and their measures."""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from time import perf_counter

import ir_measures
import numpy as np
from ir_measures import RR, R, Success, nDCG
from sklearn.metrics import roc_auc_score

from assistant.answering import THRESHOLD, Answerer
from assistant.evaluation.datasets import Dataset, Question

Run = Mapping[str, float]

DEFAULT_METHODS = ("late", "fusion", "windows", "bm25")
CONDITIONS = ("native", "ablated", "foreign")
_DEPTH = 100
_SEED = 20240607
_RESAMPLES = 1_000


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a method did with one question.

    Attributes:
        question: The question.
        run: Scores of the first passages, by id, best first.
        certainty: How sure the method is of an answer: the confidence for the assistant's own method,
            the best score for others.
        answered: Whether the passages would be offered as an answer; ``None`` for a method that cannot tell.
        measures: Each measure of this question; empty if it is not answerable.
        milliseconds: Time to rank.
    """

    question: Question
    run: Run
    certainty: float
    answered: bool | None
    measures: Mapping[str, float]
    milliseconds: float


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A method's figures on a set.

    Attributes:
        method: Name of the method.
        outcomes: One a question, in the set's order.
        means: Mean of each measure over the answerable questions, ``None`` if there are none.
        intervals: Bootstrap 95% interval of each mean.
        auroc: Area under the ROC curve, answerable against each condition's unanswerable questions;
            ``None`` where the set has none.
        p50_ms: Median time to rank, in milliseconds.
    """

    method: str
    outcomes: tuple[Outcome, ...]
    means: Mapping[str, float | None]
    intervals: Mapping[str, tuple[float, float]]
    auroc: Mapping[str, float | None]
    p50_ms: float


def measures_of(dataset: Dataset) -> dict[str, ir_measures.Measure]:
    """The measures by the name they are reported under; recall and success count the best judgement."""
    highest = max((score for judged in dataset.qrels.values() for score in judged.values()), default=1)
    recalls = {f"r@{k}": R(rel=highest) @ k for k in (1, 3, 5, 10)}
    successes = {f"success@{k}": Success(rel=highest) @ k for k in (1, 3)}
    return {"ndcg@10": nDCG @ 10, **recalls, "mrr@10": RR(rel=highest) @ 10, **successes}


def evaluate(
    dataset: Dataset,
    answerer: Answerer,
    passages: Mapping[str, Sequence[str]],
    method: str,
    progress: Callable[[int], None] = lambda _count: None,
) -> Evaluation:
    """Run a method over a set.

    Args:
        dataset: The set.
        answerer: Holds the passages.
        passages: Ids of the passages of each document.
        method: Name of the method.
        progress: Called with the number of questions done since the last call.

    Returns:
        Figures; an answerable question for which nothing was found counts 0.
    """
    ranker = _Ranker(answerer, method)
    outcomes = []
    for question in dataset.questions:
        outcomes.append(_outcome(ranker, question, _candidates(dataset, passages, question)))
        progress(1)
    outcomes = _measured(dataset, outcomes)
    answerable = [one for one in outcomes if one.question.answerable]
    names = list(measures_of(dataset))
    table = np.array([[one.measures[name] for name in names] for one in answerable]).reshape(-1, len(names))
    return Evaluation(
        method,
        tuple(outcomes),
        dict(zip(names, table.mean(axis=0).tolist(), strict=True)) if len(table) else dict.fromkeys(names),
        _intervals(table, names),
        _auroc(dataset, ranker, passages, outcomes),
        float(np.median([one.milliseconds for one in outcomes])),
    )


class _Ranker:
    """A method with its idea of certainty."""

    def __init__(self, answerer: Answerer, method: str) -> None:
        self._answerer = answerer
        self._method = method
        self.can_tell = method == "late"

    def __call__(
        self, question: Question, candidates: Collection[str]
    ) -> tuple[list[tuple[str, float]], float]:
        text = self._answerer.read(question.text, question.history)
        if self.can_tell:
            ranking = self._answerer.ranking(text, candidates)
            return [(one.passage, one.score) for one in ranking.ranked], ranking.confidence
        scored = self._answerer.searcher.ranking(text, self._method, candidates)
        return scored, scored[0][1] if scored else 0.0


def _candidates(
    dataset: Dataset, passages: Mapping[str, Sequence[str]], question: Question, doc: str | None = None
) -> frozenset[str]:
    docs = list(passages) if dataset.whole or not question.doc else [doc or question.doc]
    return frozenset(name for one in docs for name in passages.get(one, ())) - question.exclude


def _outcome(ranker: _Ranker, question: Question, candidates: Collection[str]) -> Outcome:
    start = perf_counter()
    ranking, certainty = ranker(question, candidates)
    answered = bool(ranking) and certainty >= THRESHOLD if ranker.can_tell else None
    milliseconds = 1_000 * (perf_counter() - start)
    return Outcome(question, dict(ranking[:_DEPTH]), certainty, answered, {}, milliseconds)


def _measured(dataset: Dataset, outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Outcomes with the measures of each answerable question; one without a result has 0."""
    named = measures_of(dataset)
    by_measure = {measure: name for name, measure in named.items()}
    answerable = {one.question.id for one in outcomes if one.question.answerable}
    qrels = {key: dict(judged) for key, judged in dataset.qrels.items() if key in answerable}
    # Falling ranks for scores: the measures' own order of equal scores is another than the one shown.
    run = {
        one.question.id: {name: float(-at) for at, name in enumerate(one.run)}
        for one in outcomes
        if one.question.id in answerable and one.run
    }
    values = {key: dict.fromkeys(named, 0.0) for key in answerable}
    if run:
        for metric in ir_measures.iter_calc(list(by_measure), qrels, run):
            values[metric.query_id][by_measure[metric.measure]] = float(metric.value)
    return [replace(one, measures=values.get(one.question.id, {})) for one in outcomes]


def _intervals(table: np.ndarray, names: Sequence[str]) -> dict[str, tuple[float, float]]:
    if not len(table):
        return {}
    chosen = np.random.default_rng(_SEED).integers(0, len(table), (_RESAMPLES, len(table)))
    low, high = np.percentile(table[chosen].mean(axis=1), [2.5, 97.5], axis=0)
    return {name: (float(low[at]), float(high[at])) for at, name in enumerate(names)}


def _auroc(
    dataset: Dataset, ranker: _Ranker, passages: Mapping[str, Sequence[str]], outcomes: Sequence[Outcome]
) -> dict[str, float | None]:
    """How well certainty tells answerable questions from those whose answer is not there."""
    answerable = [one for one in outcomes if one.question.answerable]
    known = [one.certainty for one in answerable]
    native = [one.certainty for one in outcomes if not one.question.answerable]
    ablated, foreign = [], []
    docs = sorted(passages)
    chance = random.Random(_SEED)  # noqa: S311 - chooses documents, guards nothing
    for one in answerable:
        gold = set(dataset.qrels.get(one.question.id, {}))
        ablated.append(ranker(one.question, _candidates(dataset, passages, one.question) - gold)[1])
        if not dataset.whole and one.question.doc and len(docs) > 1:
            other = chance.choice([doc for doc in docs if doc != one.question.doc])
            foreign.append(ranker(one.question, _candidates(dataset, passages, one.question, other))[1])
    return {
        condition: _area(known, unknown)
        for condition, unknown in zip(CONDITIONS, (native, ablated, foreign), strict=True)
    }


def _area(known: Sequence[float], unknown: Sequence[float]) -> float | None:
    if not known or not unknown:
        return None
    return float(roc_auc_score([1] * len(known) + [0] * len(unknown), [*known, *unknown]))

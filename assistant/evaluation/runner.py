"""Runs of ranking methods over a question set, and their measures."""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from time import perf_counter

import ir_measures
import numpy as np
from ir_measures import RR, R, Success, nDCG

from assistant.evaluation.datasets import Dataset, DatasetQuestion
from assistant.evaluation.evidence import HighlightScore, Located, judge, locate
from assistant.evaluation.methods import Corpus, MethodResult, Ranker
from assistant.evaluation.statistics import SEED, area, intervals

Run = Mapping[str, float]

CONDITIONS = ("native", "ablated", "foreign")
# Passages that are shown to who asks, unless more are asked for.
SHOWN = 3
_DEPTH = 100


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a method did with one question.

    Attributes:
        question: The question.
        run: Scores of the first passages, by id, best first.
        certainty: How sure the method is of an answer: the confidence for the assistant's own method,
            the best score for others.
        confidence: The confidence; ``None`` for a method that has none.
        answered: Whether the passages would be offered as an answer; ``None`` for a method that cannot tell.
        measures: Each measure of this question; empty if it is not answerable.
        marks: What the highlights of the first passages are worth, ``None`` for a passage without
            evidence; ``None`` if the evidence is not known or the method highlights nothing.
        paged: Whether the evidence stands on a known page.
        milliseconds: Time to rank.
    """

    question: DatasetQuestion
    run: Run
    certainty: float
    confidence: float | None
    answered: bool | None
    measures: Mapping[str, float]
    marks: tuple[HighlightScore | None, ...] | None
    paged: bool
    milliseconds: float

    @property
    def right(self) -> bool:
        """Whether an answering passage is among those shown."""
        return self.measures.get(f"success@{SHOWN}", 0.0) > 0


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
        auroc_types: The same against the set's own unanswerable questions of each type.
    """

    method: str
    outcomes: tuple[Outcome, ...]
    means: Mapping[str, float | None]
    intervals: Mapping[str, tuple[float, float]]
    auroc: Mapping[str, float | None]
    auroc_types: Mapping[str, float | None]

    @property
    def answerable(self) -> list[Outcome]:
        """Outcomes of the answerable questions."""
        return [one for one in self.outcomes if one.question.answerable]

    def milliseconds(self, percent: float) -> float:
        """Time to rank that so many per cent of the questions do not exceed."""
        return float(np.percentile([one.milliseconds for one in self.outcomes], percent))


def measures_of(dataset: Dataset) -> dict[str, ir_measures.Measure]:
    """The measures by the name they are reported under; recall and success count the best judgement."""
    highest = highest_judgement(dataset)
    recalls = {f"r@{k}": R(rel=highest) @ k for k in (1, 3, 5, 10)}
    successes = {f"success@{k}": Success(rel=highest) @ k for k in (1, SHOWN)}
    return {"ndcg@10": nDCG @ 10, **recalls, "mrr@10": RR(rel=highest) @ 10, **successes}


def highest_judgement(dataset: Dataset) -> int:
    """The judgement of passages that answer alone."""
    return max((score for judged in dataset.qrels.values() for score in judged.values()), default=1)


def answering(dataset: Dataset, question: DatasetQuestion, highest: int) -> list[str]:
    """Ids of the passages that have the highest judgement for a question."""
    return [name for name, score in dataset.qrels.get(question.id, {}).items() if score >= highest]


def evaluate(
    dataset: Dataset,
    ranker: Ranker,
    corpus: Corpus,
    method: str,
    progress: Callable[[int], None] = lambda _count: None,
) -> Evaluation:
    """Run a method over a set.

    Args:
        dataset: The set.
        ranker: The method.
        corpus: The passages of each document.
        method: Name of the method.
        progress: Called with the number of questions done since the last call.

    Returns:
        Figures; an answerable question for which nothing was found counts 0.
    """
    trial = _Trial(dataset, ranker, corpus)
    # What is loaded with the first question is no part of its time.
    ranker(dataset.questions[0], trial.candidates(dataset.questions[0]))
    outcomes = []
    for question in dataset.questions:
        outcomes.append(trial.outcome(question))
        progress(1)
    outcomes = _measured(dataset, outcomes)
    names = list(measures_of(dataset))
    rows = [[one.measures[name] for name in names] for one in outcomes if one.question.answerable]
    table = np.array(rows).reshape(-1, len(names))
    means = dict(zip(names, table.mean(axis=0).tolist(), strict=True)) if rows else dict.fromkeys(names)
    between = dict(zip(names, intervals(table), strict=True)) if rows else {}
    return Evaluation(method, tuple(outcomes), means, between, trial.auroc(outcomes), _auroc_types(outcomes))


class _Trial:
    """A method on a set: which passages each question is asked of, and what is found."""

    def __init__(self, dataset: Dataset, ranker: Ranker, corpus: Corpus) -> None:
        self._dataset, self._ranker, self._corpus = dataset, ranker, corpus
        self._highest = highest_judgement(dataset)
        self._passages = {name: one for passages in corpus.values() for name, one in passages.items()}

    def candidates(self, question: DatasetQuestion, doc: str | None = None) -> frozenset[str]:
        """Passages that a question is asked of, or those of another document in their place."""
        asked_of_all = self._dataset.whole or not question.doc
        docs = list(self._corpus) if asked_of_all else [doc or question.doc]
        return frozenset(name for one in docs for name in self._corpus.get(one, ())) - question.exclude

    def outcome(self, question: DatasetQuestion) -> Outcome:
        """Ask a question."""
        candidates = self.candidates(question)
        start = perf_counter()
        found = self._ranker(question, candidates)
        milliseconds = 1_000 * (perf_counter() - start)
        gold = answering(self._dataset, question, self._highest)
        located = locate(question.evidence, gold, self._passages)
        if found.highlights is None or not question.answerable:
            located = None
        return Outcome(
            question,
            dict(found.scored[:_DEPTH]),
            found.certainty,
            found.confidence,
            found.answered,
            {},
            self._marks(found, located) if located else None,
            located is not None and located.paged,
            milliseconds,
        )

    def _marks(self, found: MethodResult, located: Located) -> tuple[HighlightScore | None, ...]:
        return tuple(
            judge(located, self._passages[name], found.highlights(place))
            if found.highlights is not None and name in located.spans
            else None
            for place, (name, _) in enumerate(found.scored[:SHOWN])
        )

    def auroc(self, outcomes: Sequence[Outcome]) -> dict[str, float | None]:
        """How well certainty tells answerable questions from those whose answer is not there."""
        answerable = [one for one in outcomes if one.question.answerable]
        known = [one.certainty for one in answerable]
        native = [one.certainty for one in outcomes if not one.question.answerable]
        ablated, foreign = [], []
        docs = sorted(self._corpus)
        chance = random.Random(SEED)  # noqa: S311 - chooses documents, guards nothing
        for one in answerable:
            question = one.question
            gold = set(self._dataset.qrels.get(question.id, {}))
            ablated.append(self._certainty(question, self.candidates(question) - gold))
            if not self._dataset.whole and question.doc and len(docs) > 1:
                other = chance.choice([doc for doc in docs if doc != question.doc])
                foreign.append(self._certainty(question, self.candidates(question, other)))
        unknown = dict(zip(CONDITIONS, (native, ablated, foreign), strict=True))
        return {condition: area(known, values) for condition, values in unknown.items()}

    def _certainty(self, question: DatasetQuestion, candidates: Collection[str]) -> float:
        return self._ranker(question, candidates).certainty


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


def _auroc_types(outcomes: Sequence[Outcome]) -> dict[str, float | None]:
    known = [one.certainty for one in outcomes if one.question.answerable]
    unknown: dict[str, list[float]] = {}
    for one in outcomes:
        if not one.question.answerable and one.question.type:
            unknown.setdefault(one.question.type, []).append(one.certainty)
    return {kind: area(known, values) for kind, values in unknown.items()}

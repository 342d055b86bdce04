"""Ranking methods run over a question set: the passages and highlights of each, and how good they are."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from time import perf_counter

import ir_measures
import numpy as np
from ir_measures import RR, R, Success, nDCG

from assistant.core.answer import AnswerVerdict
from assistant.core.essay import Passage, Spans
from assistant.evaluation.datasets import Dataset, DatasetQuestion, Evidence
from assistant.evaluation.methods import MethodResult, PassagesByDocument, Ranker
from assistant.evaluation.statistics import SEED, area, intervals

Run = Mapping[str, float]

CONDITIONS = ("native", "ablated", "foreign")
# Passages that an answer shows unless the user asks for more.
SHOWN = 3
_DEPTH = 100


@dataclass(frozen=True, slots=True)
class LocatedEvidence:
    """Where the evidence of a question is.

    Attributes:
        spans: Its spans in the text of each passage that has it, by the passage's id.
        whole: Whether a highlight must contain a span whole, as with short answers, or only overlap it.
        paged: Whether one of the passages has page numbers.
    """

    spans: Mapping[str, Spans]
    whole: bool
    paged: bool


@dataclass(frozen=True, slots=True)
class HighlightScore:
    """How good the highlight of a passage with evidence is.

    Attributes:
        overlap: Whether it shows evidence.
        page: Whether it shares a page with the evidence; ``None`` without pages.
    """

    overlap: bool
    page: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a method did with one question.

    Attributes:
        question: The question.
        run: Scores of the first passages, by id, best first.
        certainty: How sure the method is of an answer: the confidence for the assistant's own method,
            the best score for others.
        confidence: The confidence; ``None`` for a method that has none.
        verdict: What the passages would be offered as; ``None`` for a method that cannot tell.
        highlights: Scores of the highlights of the first passages, ``None`` for a passage without
            evidence; ``None`` if the evidence is not known or the method highlights nothing.
        paged: Whether the evidence is on a known page.
        milliseconds: Time to rank.
        measures: Each measure of this question; empty if it is not answerable.
    """

    question: DatasetQuestion
    run: Run
    certainty: float
    confidence: float | None
    verdict: AnswerVerdict | None
    highlights: tuple[HighlightScore | None, ...] | None
    paged: bool
    milliseconds: float
    measures: Mapping[str, float] = field(default_factory=dict)

    @property
    def right_first(self) -> bool:
        """Whether the first passage answers."""
        return self.measures.get("success@1", 0.0) > 0

    @property
    def right(self) -> bool:
        """Whether an answering passage is among those shown."""
        return self.measures.get(f"success@{SHOWN}", 0.0) > 0


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A method's figures on a set.

    Attributes:
        method: Name of the method.
        outcomes: One for each question, in the set's order.
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
        return [outcome for outcome in self.outcomes if outcome.question.answerable]

    def milliseconds(self, percent: float) -> float:
        """Time to rank that this percentage of the questions does not exceed."""
        return float(np.percentile([outcome.milliseconds for outcome in self.outcomes], percent))


def measures_of(dataset: Dataset) -> dict[str, ir_measures.Measure]:
    """The measures by their reported name; recall and success count passages with the highest judgement."""
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
    corpus: PassagesByDocument,
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
    # So that the time of the first question does not include loading the model.
    ranker(dataset.questions[0], trial.candidates(dataset.questions[0]))
    outcomes = []
    for question in dataset.questions:
        outcomes.append(trial.outcome(question))
        progress(1)
    outcomes = _with_measures(dataset, outcomes)
    names = list(measures_of(dataset))
    rows = [[outcome.measures[name] for name in names] for outcome in outcomes if outcome.question.answerable]
    table = np.array(rows).reshape(-1, len(names))
    means = dict(zip(names, table.mean(axis=0).tolist(), strict=True)) if rows else dict.fromkeys(names)
    bounds = dict(zip(names, intervals(table), strict=True)) if rows else {}
    return Evaluation(method, tuple(outcomes), means, bounds, trial.auroc(outcomes), _auroc_types(outcomes))


class _Trial:
    """A method on a set: the candidate passages of each question, and what the method finds among them."""

    def __init__(self, dataset: Dataset, ranker: Ranker, corpus: PassagesByDocument) -> None:
        self._dataset, self._ranker, self._corpus = dataset, ranker, corpus
        self._highest = highest_judgement(dataset)
        self._passages = {name: passage for passages in corpus.values() for name, passage in passages.items()}

    def candidates(self, question: DatasetQuestion, doc: str | None = None) -> frozenset[str]:
        """The candidate passages of a question, or those of another document in their place."""
        of_all = self._dataset.whole or not question.doc
        docs = list(self._corpus) if of_all else [doc or question.doc]
        return frozenset(name for doc in docs for name in self._corpus.get(doc, ())) - question.exclude

    def outcome(self, question: DatasetQuestion) -> Outcome:
        """Ask a question."""
        candidates = self.candidates(question)
        start = perf_counter()
        result = self._ranker(question, candidates)
        milliseconds = 1_000 * (perf_counter() - start)
        located = None
        if result.highlights is not None and question.answerable:
            gold = answering(self._dataset, question, self._highest)
            located = locate(question.evidence, gold, self._passages)
        return Outcome(
            question=question,
            run=dict(result.scored[:_DEPTH]),
            certainty=result.certainty,
            confidence=result.confidence,
            verdict=result.verdict,
            highlights=self._highlight_scores(result, located) if located else None,
            paged=located is not None and located.paged,
            milliseconds=milliseconds,
        )

    def _highlight_scores(
        self, result: MethodResult, located: LocatedEvidence
    ) -> tuple[HighlightScore | None, ...]:
        return tuple(
            highlight_score(located, self._passages[name], result.highlights(place))
            if result.highlights is not None and name in located.spans
            else None
            for place, (name, _) in enumerate(result.scored[:SHOWN])
        )

    def auroc(self, outcomes: Sequence[Outcome]) -> dict[str, float | None]:
        """How well certainty separates answerable questions from those without an answer."""
        answerable = [outcome for outcome in outcomes if outcome.question.answerable]
        known = [outcome.certainty for outcome in answerable]
        native = [outcome.certainty for outcome in outcomes if not outcome.question.answerable]
        ablated, foreign = [], []
        docs = sorted(self._corpus)
        chance = random.Random(SEED)  # noqa: S311 - chooses documents, guards nothing
        for question in (outcome.question for outcome in answerable):
            gold = set(self._dataset.qrels.get(question.id, {}))
            ablated.append(self._certainty(question, self.candidates(question) - gold))
            if not self._dataset.whole and question.doc and len(docs) > 1:
                other = chance.choice([doc for doc in docs if doc != question.doc])
                foreign.append(self._certainty(question, self.candidates(question, other)))
        unknown = dict(zip(CONDITIONS, (native, ablated, foreign), strict=True))
        return {condition: area(known, values) for condition, values in unknown.items()}

    def _certainty(self, question: DatasetQuestion, candidates: Collection[str]) -> float:
        return self._ranker(question, candidates).certainty


def locate(
    evidence: Evidence, gold: Collection[str], passages: Mapping[str, Passage]
) -> LocatedEvidence | None:
    """Locate a question's evidence in the passages, by the most exact form that the set uses.

    Args:
        evidence: What the set says.
        gold: Ids of the passages judged to answer.
        passages: All passages by id.

    Returns:
        Its places; ``None`` if none is known.
    """
    whole = False
    if evidence.spans:
        spans = _spans_by_passage(evidence.spans, passages)
    elif evidence.sentences:
        spans = _search(evidence.sentences, gold, passages)
    else:
        spans, whole = _search(evidence.answers, gold, passages), True
    return LocatedEvidence(spans, whole, any(passages[name].pages for name in spans)) if spans else None


def _spans_by_passage(
    evidence: Sequence[tuple[str, int, int]], passages: Mapping[str, Passage]
) -> dict[str, Spans]:
    spans: dict[str, Spans] = {}
    for name, start, end in evidence:
        # A passage that is shorter than the set says is not the one that was marked.
        if name in passages and end <= len(passages[name].text):
            spans[name] = (*spans.get(name, ()), (start, end))
    return spans


def _search(texts: Sequence[str], gold: Collection[str], passages: Mapping[str, Passage]) -> dict[str, Spans]:
    patterns = [_pattern(text) for text in texts]
    spans = {
        name: tuple(match.span() for pattern in patterns for match in pattern.finditer(passages[name].text))
        for name in sorted(gold)
        if name in passages
    }
    return {name: matches for name, matches in spans.items() if matches}


def _pattern(words: str) -> re.Pattern[str]:
    """Whole words with any white space between them; the answer "9" is not found in "1990"."""
    body = r"\s+".join(map(re.escape, words.split()))
    return re.compile(rf"(?<!\w){body}(?!\w)", re.IGNORECASE)


def highlight_score(located: LocatedEvidence, passage: Passage, highlights: Spans) -> HighlightScore | None:
    """Score the highlights of a passage; ``None`` if the passage has no evidence."""
    evidence = located.spans.get(passage.id)
    if not evidence:
        return None
    overlap = any(
        low <= start and end <= high if located.whole else low < end and start < high
        for low, high in highlights
        for start, end in evidence
    )
    evidence_pages, highlight_pages = (
        {label for start, end in spans for label in passage.pages_of(start, end)}
        for spans in (evidence, highlights)
    )
    return HighlightScore(overlap, bool(evidence_pages & highlight_pages) if passage.pages else None)


def _with_measures(dataset: Dataset, outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Outcomes with the measures of each answerable question, which are 0 if nothing was found."""
    named = measures_of(dataset)
    by_measure = {measure: name for name, measure in named.items()}
    answerable = {outcome.question.id for outcome in outcomes if outcome.question.answerable}
    qrels = {key: dict(judged) for key, judged in dataset.qrels.items() if key in answerable}
    # Ranks in place of scores, because the library that measures orders equal scores in its own way.
    run = {
        outcome.question.id: {name: float(-rank) for rank, name in enumerate(outcome.run)}
        for outcome in outcomes
        if outcome.question.id in answerable and outcome.run
    }
    values = {key: dict.fromkeys(named, 0.0) for key in answerable}
    if run:
        for metric in ir_measures.iter_calc(list(by_measure), qrels, run):
            values[metric.query_id][by_measure[metric.measure]] = float(metric.value)
    return [replace(outcome, measures=values.get(outcome.question.id, {})) for outcome in outcomes]


def _auroc_types(outcomes: Sequence[Outcome]) -> dict[str, float | None]:
    known = [outcome.certainty for outcome in outcomes if outcome.question.answerable]
    unknown: dict[str, list[float]] = {}
    for outcome in outcomes:
        if not outcome.question.answerable and outcome.question.type:
            unknown.setdefault(outcome.question.type, []).append(outcome.certainty)
    return {kind: area(known, values) for kind, values in unknown.items()}

"""An evaluation as the JSON contract has it, and the questions that came out worst."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from assistant.evaluation.datasets import Dataset
from assistant.evaluation.methods import Corpus
from assistant.evaluation.runner import SHOWN, Evaluation, Outcome, answering, highest_judgement
from assistant.evaluation.statistics import BINS, calibrate, contrast, intervals

# What methods are compared by.
CONTRASTED = ("ndcg@10", "r@1")
# What is calibrated; said wherever the figures are shown.
EVENT = f"an answering passage is among the first {SHOWN} shown"
BINNING = f"{BINS} bins of equal mass"
# Points of a risk-coverage curve that are kept.
_POINTS = 100
_EXCERPT = 160


def evaluation_object(dataset: Dataset, evaluations: Sequence[Evaluation]) -> dict[str, Any]:
    """Figures of some methods on a set, as the JSON contract has them.

    Args:
        dataset: The set.
        evaluations: The methods; the others are compared with the first.
    """
    return {
        "name": dataset.name,
        "queries": len(dataset.questions),
        "answerable": sum(one.answerable for one in dataset.questions),
        "methods": [_method_object(one, evaluations[0]) for one in evaluations],
    }


def _method_object(one: Evaluation, first: Evaluation) -> dict[str, Any]:
    return {
        "name": one.method,
        **{name: _rounded(value) for name, value in one.means.items()},
        "auroc": {name: _rounded(value) for name, value in one.auroc.items()},
        "auroc_types": {name: _rounded(value) for name, value in one.auroc_types.items()},
        "ci95": {name: _pair(between) for name, between in one.intervals.items()},
        "p50_ms": round(one.milliseconds(50), 2),
        "p95_ms": round(one.milliseconds(95), 2),
        "versus": None if one is first else _versus(one, first),
        "answered": _answered(one),
        "calibration": _calibration(one),
        "highlights": _highlights(one),
        "types": _types(one),
    }


def _versus(one: Evaluation, first: Evaluation) -> dict[str, Any] | None:
    """The method against the first one; ``None`` if no question can be answered."""
    if not one.answerable:
        return None
    made: dict[str, Any] = {"method": first.method}
    for name in CONTRASTED:
        found = contrast(*([each.measures[name] for each in side.answerable] for side in (one, first)))
        made[name] = {
            "difference": round(found.difference, 4),
            "ci95": _pair(found.interval),
            "p": round(found.p, 5),
        }
    return made


def _answered(evaluation: Evaluation) -> dict[str, list[int]] | None:
    """How many questions of each type are offered an answer, and how many there are."""
    counts: dict[str, list[int]] = {}
    for one in evaluation.outcomes:
        if one.answered is None:
            return None
        pair = counts.setdefault(kind_of(one), [0, 0])
        pair[0] += one.answered
        pair[1] += 1
    return counts


def kind_of(outcome: Outcome) -> str:
    """Type of a question, or whether it is answerable where the set tells no type."""
    return outcome.question.type or ("answerable" if outcome.question.answerable else "unanswerable")


def _calibration(evaluation: Evaluation) -> dict[str, Any] | None:
    sure = [one.confidence for one in evaluation.outcomes if one.confidence is not None]
    if len(sure) < len(evaluation.outcomes):
        return None
    right = [one.right for one in evaluation.outcomes]
    found = calibrate(sure, right)
    offered = [one.right for one in evaluation.outcomes if one.answered]
    step = max(1, -(-len(found.curve) // _POINTS))
    # The last point is that of all questions.
    points = found.curve[::-1][::step][::-1]
    return {
        "event": EVENT,
        "binning": BINNING,
        "ece": _rounded(found.ece),
        "brier": _rounded(found.brier),
        "aurc": _rounded(found.aurc),
        "bins": [
            {"count": one.count, "confidence": _rounded(one.confidence), "right": _rounded(one.right)}
            for one in found.bins
        ],
        "risk_coverage": [[_rounded(coverage), _rounded(risk)] for coverage, risk in points],
        "offered": {
            "coverage": _rounded(len(offered) / len(right)),
            "risk": _rounded(1 - sum(offered) / len(offered)) if offered else None,
        },
    }


def _highlights(evaluation: Evaluation) -> dict[str, Any] | None:
    """How often the highlighted words are the answering ones, where these are known."""
    known = [one for one in evaluation.outcomes if one.marks is not None]
    if not known:
        return None
    first = [mark for one in known if one.marks and (mark := one.marks[0]) is not None]
    shown = [[mark for mark in one.marks or () if mark] for one in known]
    paged = [marks for one, marks in zip(known, shown, strict=True) if one.paged]
    return {
        "first": _shares([one.overlap for one in first], [one.page for one in first if one.page is not None]),
        "top3": _shares(
            [any(mark.overlap for mark in marks) for marks in shown],
            [any(mark.page for mark in marks) for marks in paged],
        ),
    }


def _shares(overlaps: Sequence[bool], pages: Sequence[bool]) -> dict[str, Any]:
    def share(found: Sequence[bool]) -> float | None:
        return round(sum(found) / len(found), 4) if found else None

    columns = [[float(one)] for one in overlaps]
    return {
        "questions": len(overlaps),
        "overlap": share(overlaps),
        "ci95": _pair(intervals(columns)[0]) if columns else None,
        "page": share(pages),
    }


def _types(evaluation: Evaluation) -> dict[str, dict[str, Any]]:
    """Figures of each type of answerable question."""
    groups: dict[str, list[Outcome]] = {}
    for one in evaluation.answerable:
        groups.setdefault(kind_of(one), []).append(one)
    return {
        kind: {"questions": len(group)}
        | {name: round(sum(one.measures[name] for one in group) / len(group), 4) for name in CONTRASTED}
        for kind, group in groups.items()
    }


def question_objects(evaluations: Sequence[Evaluation]) -> list[dict[str, Any]]:
    """What became of each question, so that a later report can tell what got worse."""
    rows = zip(*(one.outcomes for one in evaluations), strict=True)
    return [_question_object(row, [one.method for one in evaluations]) for row in rows]


def _question_object(row: Sequence[Outcome], methods: Sequence[str]) -> dict[str, Any]:
    def each(value: Callable[[Outcome], Any]) -> dict[str, Any]:
        return {name: value(one) for name, one in zip(methods, row, strict=True)}

    question = row[0].question
    made = {"id": question.id, "text": question.text, "answerable": question.answerable}
    made["first"] = each(lambda one: next(iter(one.run), None))
    if question.answerable:
        made["right"] = each(lambda one: one.measures["success@1"] > 0)
        made["ndcg@10"] = each(lambda one: _rounded(one.measures["ndcg@10"]))
    return made


def worst_questions(
    evaluation: Evaluation, dataset: Dataset, corpus: Corpus, count: int
) -> list[dict[str, Any]]:
    """The questions that a method did worst.

    Args:
        evaluation: The method's outcomes.
        dataset: The set.
        corpus: Its passages.
        count: How many to name at the most.

    Returns:
        First answerable questions by nDCG@10, lowest first, with what should and what did come first.
    """
    below = [one for one in evaluation.answerable if one.measures["ndcg@10"] < 1]
    worst = sorted(below, key=lambda one: one.measures["ndcg@10"])[:count]
    texts = {name: one.text for passages in corpus.values() for name, one in passages.items()}
    highest = highest_judgement(dataset)
    return [
        {
            "id": one.question.id,
            "text": one.question.text,
            "type": one.question.type,
            "ndcg@10": _rounded(one.measures["ndcg@10"]),
            "wanted": [_excerpt(name, texts) for name in answering(dataset, one.question, highest)],
            "shown": _excerpt(next(iter(one.run)), texts) if one.run else None,
        }
        for one in worst
    ]


def _excerpt(name: str, texts: Mapping[str, str]) -> dict[str, str]:
    text = texts.get(name, "")
    if len(text) > _EXCERPT:
        # Up to the last whole word.
        text = f"{text[:_EXCERPT].rpartition(' ')[0] or text[:_EXCERPT]} …"
    return {"id": name, "text": text}


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _pair(between: tuple[float, float]) -> list[float]:
    return [round(one, 4) for one in between]

"""An evaluation as the JSON contract has it, and the questions that came out worst."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from assistant.evaluation.datasets import Dataset
from assistant.evaluation.runner import Evaluation, Outcome


def evaluation_object(dataset: Dataset, evaluations: Sequence[Evaluation]) -> dict[str, Any]:
    """Figures of some methods on a set, as the JSON contract has them."""
    return {
        "name": dataset.name,
        "queries": len(dataset.questions),
        "methods": [_method_object(one) for one in evaluations],
    }


def _method_object(one: Evaluation) -> dict[str, Any]:
    return {
        "name": one.method,
        **{name: _rounded(value) for name, value in one.means.items()},
        "auroc": {name: _rounded(value) for name, value in one.auroc.items()},
        "ci95": {name: [round(low, 4), round(high, 4)] for name, (low, high) in one.intervals.items()},
        "p50_ms": round(one.p50_ms, 2),
        "answered": _answered(one),
    }


def _answered(evaluation: Evaluation) -> dict[str, list[int]] | None:
    """How many questions of each type are offered an answer, and how many there are."""
    counts: dict[str, list[int]] = {}
    for one in evaluation.outcomes:
        if one.answered is None:
            return None
        pair = counts.setdefault(
            one.question.type or ("answerable" if one.question.answerable else "not"), [0, 0]
        )
        pair[0] += one.answered
        pair[1] += 1
    return counts


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def worst_questions(evaluation: Evaluation, qrels: Mapping[str, Mapping[str, int]], count: int) -> list[str]:
    """The questions that a method did worst, a line each.

    Args:
        evaluation: The method's outcomes.
        qrels: Judgements by question.
        count: How many to name at the most.

    Returns:
        First answerable questions by nDCG@10, lowest first, with what should and what did come first.
    """
    answerable = [
        one for one in evaluation.outcomes if one.question.answerable and one.measures["ndcg@10"] < 1
    ]
    worst = sorted(answerable, key=lambda one: one.measures["ndcg@10"])[:count]
    return [_worst_line(one, qrels.get(one.question.id, {})) for one in worst]


def _worst_line(outcome: Outcome, judged: Mapping[str, int]) -> str:
    wanted = ", ".join(sorted(judged, key=lambda name: -judged[name]))
    first = next(iter(outcome.run), "nothing")
    question = outcome.question
    figure = outcome.measures["ndcg@10"]
    return f"  {figure:.2f}  {question.id}  {question.text}  [{wanted}; first: {first}]"

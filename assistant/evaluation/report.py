"""The figures of an evaluation as the JSON contract has them, its worst questions, and what has changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from assistant.core.answer import VERDICTS
from assistant.evaluation.datasets import Dataset
from assistant.evaluation.methods import PassagesByDocument
from assistant.evaluation.runner import SHOWN, Evaluation, Outcome, answering, highest_judgement
from assistant.evaluation.statistics import BINS, calibrate, contrast, intervals

MEASURES = ("ndcg@10", "r@1", "r@3", "r@5", "mrr@10", "success@1", "success@3")
ERRORS = ("ece", "brier", "aurc")
# The figures' names for readers.
LABELS = {
    "ndcg@10": "nDCG@10", "r@1": "R@1", "r@3": "R@3", "r@5": "R@5", "r@10": "R@10", "mrr@10": "MRR@10",
    "success@1": "Success@1", "success@3": "Success@3", "ece": "ECE", "brier": "Brier score", "aurc": "AURC",
}  # fmt: skip
# What methods are compared by.
CONTRASTED = ("ndcg@10", "r@1")
# The questions whose first passage answers, in the table of verdicts.
RIGHT_FIRST = "right passage first"
# The event whose probability the confidence estimates; it is named wherever the figures are shown.
EVENT = f"an answering passage is among the first {SHOWN} shown"
BINNING = f"{BINS} bins of equal mass"
# Points of a risk-coverage curve that are saved.
_POINTS = 100
_EXCERPT = 160


def evaluation_object(dataset: Dataset, evaluations: Sequence[Evaluation]) -> dict[str, Any]:
    """Figures of methods on a set; all methods are compared with the first."""
    return {
        "name": dataset.name,
        "queries": len(dataset.questions),
        "answerable": sum(question.answerable for question in dataset.questions),
        "methods": [_method_object(evaluation, evaluations[0]) for evaluation in evaluations],
    }


def _method_object(evaluation: Evaluation, first: Evaluation) -> dict[str, Any]:
    return {
        "name": evaluation.method,
        **{name: _rounded(value) for name, value in evaluation.means.items()},
        "auroc": {name: _rounded(value) for name, value in evaluation.auroc.items()},
        "auroc_types": {name: _rounded(value) for name, value in evaluation.auroc_types.items()},
        "ci95": {name: _interval(interval) for name, interval in evaluation.intervals.items()},
        "p50_ms": round(evaluation.milliseconds(50), 2),
        "p95_ms": round(evaluation.milliseconds(95), 2),
        "versus": None if evaluation is first else _versus(evaluation, first),
        "answered": _answered(evaluation),
        "verdicts": _verdicts(evaluation),
        "calibration": _calibration(evaluation),
        "highlights": _highlights(evaluation),
        "types": _types(evaluation),
    }


def _versus(evaluation: Evaluation, first: Evaluation) -> dict[str, Any] | None:
    """The method compared with the first one; ``None`` if no question is answerable."""
    if not evaluation.answerable:
        return None
    result: dict[str, Any] = {"method": first.method}
    for name in CONTRASTED:
        ours, theirs = (
            [outcome.measures[name] for outcome in side.answerable] for side in (evaluation, first)
        )
        difference = contrast(ours, theirs)
        result[name] = {
            "difference": round(difference.difference, 4),
            "ci95": _interval(difference.interval),
            "p": round(difference.p, 5),
        }
    return result


def _answered(evaluation: Evaluation) -> dict[str, list[int]] | None:
    """How many questions of each type are offered an answer, and how many there are."""
    counts: dict[str, list[int]] = {}
    for outcome in evaluation.outcomes:
        if outcome.verdict is None:
            return None
        count = counts.setdefault(_type(outcome), [0, 0])
        count[0] += outcome.verdict == "answers"
        count[1] += 1
    return counts


def _verdicts(evaluation: Evaluation) -> dict[str, list[int]] | None:
    """How many questions of each type get each verdict, and of those whose first passage answers."""
    counts: dict[str, list[int]] = {RIGHT_FIRST: [0] * len(VERDICTS)}
    for outcome in evaluation.outcomes:
        if outcome.verdict is None:
            return None
        number = VERDICTS.index(outcome.verdict)
        counts.setdefault(_type(outcome), [0] * len(VERDICTS))[number] += 1
        counts[RIGHT_FIRST][number] += outcome.right_first
    return counts


def _type(outcome: Outcome) -> str:
    """Type of a question, or whether it is answerable if the set names no type."""
    return outcome.question.type or ("answerable" if outcome.question.answerable else "unanswerable")


def _calibration(evaluation: Evaluation) -> dict[str, Any] | None:
    confidences = [outcome.confidence for outcome in evaluation.outcomes if outcome.confidence is not None]
    if len(confidences) < len(evaluation.outcomes):
        return None
    right = [outcome.right for outcome in evaluation.outcomes]
    calibration = calibrate(confidences, right)
    offered = [outcome.right for outcome in evaluation.outcomes if outcome.verdict == "answers"]
    step = max(1, -(-len(calibration.curve) // _POINTS))
    # Counted from the end, so that the last point, of all questions, is among them.
    points = calibration.curve[::-1][::step][::-1]
    return {
        "event": EVENT,
        "binning": BINNING,
        "ece": _rounded(calibration.ece),
        "brier": _rounded(calibration.brier),
        "aurc": _rounded(calibration.aurc),
        "bins": [
            {"count": group.count, "confidence": _rounded(group.confidence), "right": _rounded(group.right)}
            for group in calibration.bins
        ],
        "risk_coverage": [[_rounded(coverage), _rounded(risk)] for coverage, risk in points],
        "offered": {
            "coverage": _rounded(len(offered) / len(right)),
            "risk": _rounded(1 - sum(offered) / len(offered)) if offered else None,
        },
    }


def _highlights(evaluation: Evaluation) -> dict[str, Any] | None:
    """How often the highlighted words are the answering ones, of questions whose evidence is known."""
    known = [outcome for outcome in evaluation.outcomes if outcome.highlights is not None]
    if not known:
        return None
    first = [
        score for outcome in known if outcome.highlights and (score := outcome.highlights[0]) is not None
    ]
    shown = [[score for score in outcome.highlights or () if score] for outcome in known]
    paged = [scores for outcome, scores in zip(known, shown, strict=True) if outcome.paged]
    return {
        "first": _shares(
            [score.overlap for score in first], [score.page for score in first if score.page is not None]
        ),
        "top3": _shares(
            [any(score.overlap for score in scores) for scores in shown],
            [any(score.page for score in scores) for scores in paged],
        ),
    }


def _shares(overlaps: Sequence[bool], pages: Sequence[bool]) -> dict[str, Any]:
    def share(events: Sequence[bool]) -> float | None:
        return round(sum(events) / len(events), 4) if events else None

    table = [[float(overlap)] for overlap in overlaps]
    return {
        "questions": len(overlaps),
        "overlap": share(overlaps),
        "ci95": _interval(intervals(table)[0]) if table else None,
        "page": share(pages),
    }


def _types(evaluation: Evaluation) -> dict[str, dict[str, Any]]:
    """Figures of each type of answerable question."""
    groups: dict[str, list[Outcome]] = {}
    for outcome in evaluation.answerable:
        groups.setdefault(_type(outcome), []).append(outcome)
    return {
        kind: {"questions": len(group)}
        | {
            name: round(sum(outcome.measures[name] for outcome in group) / len(group), 4)
            for name in CONTRASTED
        }
        for kind, group in groups.items()
    }


def question_objects(evaluations: Sequence[Evaluation]) -> list[dict[str, Any]]:
    """The result of each question, so that a later report can say which ones got worse."""
    methods = [evaluation.method for evaluation in evaluations]
    rows = zip(*(evaluation.outcomes for evaluation in evaluations), strict=True)
    return [_question_object(row, methods) for row in rows]


def _question_object(row: Sequence[Outcome], methods: Sequence[str]) -> dict[str, Any]:
    def by_method(value: Callable[[Outcome], Any]) -> dict[str, Any]:
        return {method: value(outcome) for method, outcome in zip(methods, row, strict=True)}

    question = row[0].question
    result = {"id": question.id, "text": question.text, "answerable": question.answerable}
    result["first"] = by_method(lambda outcome: next(iter(outcome.run), None))
    if question.answerable:
        result["right"] = by_method(lambda outcome: outcome.measures["success@1"] > 0)
        result["ndcg@10"] = by_method(lambda outcome: _rounded(outcome.measures["ndcg@10"]))
    return result


def worst_questions(
    evaluation: Evaluation, dataset: Dataset, corpus: PassagesByDocument, count: int
) -> list[dict[str, Any]]:
    """The answerable questions with the lowest nDCG@10, with the passages that should and did come first.

    Args:
        evaluation: The method's outcomes.
        dataset: The set.
        corpus: Its passages.
        count: How many to name at most; perfect ones are never named.
    """
    imperfect = [outcome for outcome in evaluation.answerable if outcome.measures["ndcg@10"] < 1]
    worst = sorted(imperfect, key=lambda outcome: outcome.measures["ndcg@10"])[:count]
    texts = {name: passage.text for passages in corpus.values() for name, passage in passages.items()}
    highest = highest_judgement(dataset)
    return [
        {
            "id": outcome.question.id,
            "text": outcome.question.text,
            "type": outcome.question.type,
            "ndcg@10": _rounded(outcome.measures["ndcg@10"]),
            "wanted": [_excerpt(name, texts) for name in answering(dataset, outcome.question, highest)],
            "shown": _excerpt(next(iter(outcome.run)), texts) if outcome.run else None,
        }
        for outcome in worst
    ]


def _excerpt(name: str, texts: Mapping[str, str]) -> dict[str, str]:
    text = texts.get(name, "")
    if len(text) > _EXCERPT:
        # Up to the last whole word.
        text = f"{text[:_EXCERPT].rpartition(' ')[0] or text[:_EXCERPT]} …"
    return {"id": name, "text": text}


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _interval(bounds: tuple[float, float]) -> list[float]:
    return [round(bound, 4) for bound in bounds]


# Figures that are better the lower they are; speeds differ from run to run and are not compared.
_LOWER_IS_BETTER = frozenset(ERRORS)
_COMPARED = (*MEASURES, "r@10")

Figures = dict[str, float]


def compare(before: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
    """Compare two reports.

    Args:
        before: The earlier report's data.
        now: The later one's.

    Returns:
        ``fell`` and ``rose``: figures that got worse and better; ``lost`` and ``won``: questions whose
        first passage was right and no longer is, and the reverse; ``only_before`` and ``only_now``: sets
        and methods that one of the two lacks; ``before``: when the earlier one was made.
    """
    changes: dict[str, Any] = {"before": before["made"], "fell": [], "rose": [], "lost": [], "won": []}
    old, new = _methods(before), _methods(now)
    for key in (key for key in new if key in old):
        place = {"dataset": key[0], "method": key[1]}
        for name, change, better in _changed_figures(_figures(old[key]), _figures(new[key])):
            changes["rose" if better else "fell"].append(place | {"measure": name} | change)
    for name in (name for name in _sets(now) if name in _sets(before)):
        for won, question in _changed_questions(_sets(before)[name], _sets(now)[name]):
            changes["won" if won else "lost"].append({"dataset": name, **question})
    changes["only_before"] = [" ".join(key) for key in old if key not in new]
    changes["only_now"] = [" ".join(key) for key in new if key not in old]
    return changes


def _sets(data: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    return {dataset["name"]: dataset for dataset in data["datasets"]}


def _methods(data: Mapping[str, Any]) -> dict[tuple[str, str], Mapping[str, Any]]:
    return {
        (dataset["name"], method["name"]): method
        for dataset in data["datasets"]
        for method in dataset["methods"]
    }


def _figures(method: Mapping[str, Any]) -> Figures:
    """All figures of a method, each under a name that says what it is."""
    calibration = method.get("calibration") or {}
    auroc, auroc_types = method.get("auroc") or {}, method.get("auroc_types") or {}
    figures: dict[str, Any] = {name: method.get(name) for name in _COMPARED}
    figures |= {f"AUROC {name}": value for name, value in auroc.items()}
    figures |= {f"AUROC {name} questions": value for name, value in auroc_types.items()}
    figures |= {name: calibration.get(name) for name in ERRORS}
    for place, shares in (method.get("highlights") or {}).items():
        figures |= {f"highlight {place} {name}": shares.get(name) for name in ("overlap", "page")}
    return {name: value for name, value in figures.items() if value is not None}


def _changed_figures(old: Figures, new: Figures) -> Iterator[tuple[str, dict[str, float], bool]]:
    for name in (name for name in new if name in old and new[name] != old[name]):
        better = (new[name] > old[name]) != (name in _LOWER_IS_BETTER)
        yield name, {"before": old[name], "now": new[name]}, better


def _changed_questions(
    old: Mapping[str, Any], new: Mapping[str, Any]
) -> Iterator[tuple[bool, dict[str, Any]]]:
    """Questions whose first passage is right in only one of two reports, method by method."""
    earlier = {(question["id"], question["text"]): question for question in old.get("questions", ())}
    for question in new.get("questions", ()):
        before = earlier.get((question["id"], question["text"]), {})
        for method, right in question.get("right", {}).items():
            was_right = before.get("right", {}).get(method)
            if was_right is not None and was_right != right:
                change = {"method": method, "id": question["id"], "text": question["text"]}
                change |= {"before": before["first"][method], "now": question["first"][method]}
                yield right, change


def is_report(data: object) -> bool:
    """Whether JSON has what a comparison looks at."""
    if not isinstance(data, dict) or not isinstance(data.get("made"), str):
        return False
    datasets = data.get("datasets")
    return isinstance(datasets, list) and all(
        isinstance(dataset, dict)
        and isinstance(dataset.get("name"), str)
        and _are_objects(dataset.get("methods"), "name")
        and _are_objects(dataset.get("questions"), "id", "text", "first")
        for dataset in datasets
    )


def _are_objects(values: object, *keys: str) -> bool:
    return isinstance(values, list) and all(
        isinstance(value, dict) and {*keys} <= value.keys() for value in values
    )

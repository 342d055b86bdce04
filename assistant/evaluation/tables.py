"""The tables of an evaluation as rows of text, which pages and Markdown show alike.

A report against the one before it: which figures fell, and which questions came out otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.evaluation.report import CONTRASTED
from assistant.evaluation.runner import CONDITIONS, SHOWN
from assistant.evaluation.statistics import FLIPS

MEASURES = ("ndcg@10", "r@1", "r@3", "r@5", "mrr@10", "success@1", "success@3")
# The plots and the data have those of the others; a table with all of them is too wide to read.
_WITH_INTERVALS = ("ndcg@10", "r@1", "mrr@10")
NAMES = {
    "ndcg@10": "nDCG@10", "r@1": "R@1", "r@3": "R@3", "r@5": "R@5", "r@10": "R@10", "mrr@10": "MRR@10",
    "success@1": "Success@1", "success@3": "Success@3", "ece": "ECE", "brier": "Brier score", "aurc": "AURC",
}  # fmt: skip
ERRORS = ("ece", "brier", "aurc")
UNCHANGED = "No figure and no first passage has changed."


@dataclass(frozen=True, slots=True)
class Table:
    """A table.

    Attributes:
        title: What it shows.
        heads: Heads of its columns.
        rows: Its cells, row by row; the first of each row names it.
        note: What one must know to read it, or the empty string.
    """

    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    note: str = ""


def tables_of(data: Mapping[str, Any]) -> list[Table]:
    """The tables of one set's figures; those that would be empty are left out."""
    methods = data["methods"]
    made = [_ranking(methods), _contrasts(methods), _absence(methods), _confidence(methods)]
    made += [_offered(methods), _highlights(methods), *_types(methods)]
    return [table for table in made if table.rows]


def _ranking(methods: Sequence[Mapping[str, Any]]) -> Table:
    rows = [
        [one["name"], *(_with_interval(one, name) for name in MEASURES), _milliseconds(one)]
        for one in methods
    ]
    return Table(
        "Ranking",
        ["method", *(NAMES[name] for name in MEASURES), "p50 / p95 ms"],
        rows,
        "Means over the answerable questions, in brackets the bootstrap 95% interval; recall and success "
        "count passages judged to answer, nDCG also those that help.",
    )


def _with_interval(method: Mapping[str, Any], name: str) -> str:
    between = method["ci95"].get(name) if name in _WITH_INTERVALS else None
    return figure(method[name]) + (f" ({between[0]:.3f}–{between[1]:.3f})" if between else "")


def _milliseconds(method: Mapping[str, Any]) -> str:
    return f"{method['p50_ms']:.1f} / {method['p95_ms']:.1f}"


def _contrasts(methods: Sequence[Mapping[str, Any]]) -> Table:
    rows = [
        [one["name"], *(_contrast(one["versus"][name]) for name in CONTRASTED)]
        for one in methods
        if one["versus"]
    ]
    return Table(
        f"Against {methods[0]['name']}",
        ["method", *(NAMES[name] for name in CONTRASTED)],
        rows,
        "Difference on the same questions, its bootstrap 95% interval, and p of a two-sided paired "
        f"randomisation test ({FLIPS:,} sign flips), not corrected for the number of comparisons.",
    )


def _contrast(found: Mapping[str, Any]) -> str:
    low, high = found["ci95"]
    return f"{found['difference']:+.3f} ({low:+.3f} to {high:+.3f}), p {_p(found['p'])}"


def _p(value: float) -> str:
    return f"= {value:.4f}" if value >= 0.0001 else "< 0.0001"


def _absence(methods: Sequence[Mapping[str, Any]]) -> Table:
    kinds = list(dict.fromkeys(kind for one in methods for kind in one["auroc_types"]))
    rows = [
        [one["name"], *(figure(one["auroc"][name]) for name in CONDITIONS),
         *(figure(one["auroc_types"].get(kind)) for kind in kinds)]
        for one in methods
    ]  # fmt: skip
    return Table(
        "Telling that there is no answer",
        ["method", *CONDITIONS, *kinds],
        rows if any(cell != "–" for row in rows for cell in row[1:]) else [],
        "AUROC of the method's certainty, answerable questions against: the set's unanswerable ones (native; "
        "behind it by type), themselves without their answering passages (ablated), themselves asked of "
        "another document (foreign).",
    )


def _confidence(methods: Sequence[Mapping[str, Any]]) -> Table:
    rows = [
        [one["name"], *(figure(found[name]) for name in ERRORS),
         figure(found["offered"]["coverage"]), figure(found["offered"]["risk"])]
        for one in methods
        if (found := one["calibration"])
    ]  # fmt: skip
    said = next((one["calibration"] for one in methods if one["calibration"]), {"event": "", "binning": ""})
    return Table(
        "Confidence",
        ["method", *(NAMES[name] for name in ERRORS), "offered", "wrong of these"],
        rows,
        f"Of the event that {said['event']}; unanswerable questions count as not. ECE over "
        f"{said['binning']}; AURC is the area under the risk-coverage curve; all three are better the lower. "
        "The last two columns are the share of questions offered an answer, and of these the share without.",
    )


def _offered(methods: Sequence[Mapping[str, Any]]) -> Table:
    counted = [one for one in methods if one["answered"]]
    kinds = list(counted[0]["answered"]) if counted else []
    rows = [
        [kind, *("{} of {}".format(*one["answered"][kind]) for one in counted)]
        for kind in kinds
    ]  # fmt: skip
    return Table("Offered an answer", ["questions", *(one["name"] for one in counted)], rows)


def _highlights(methods: Sequence[Mapping[str, Any]]) -> Table:
    rows = []
    for one in (one for one in methods if one["highlights"]):
        for place, words in (("first", "evidence shown first"), ("top3", f"all, first {SHOWN} shown")):
            found = one["highlights"][place]
            between = found["ci95"]
            share = figure(found["overlap"]) + (f" ({between[0]:.3f}–{between[1]:.3f})" if between else "")
            rows.append([f"{one['name']}, {words}", str(found["questions"]), share, figure(found["page"])])
    return Table(
        "Highlighted words",
        ["questions", "number", "show evidence", "right page"],
        rows,
        "Share of highlights that show the words known to answer, and that stand on their page: of questions "
        "whose passage with the evidence is shown first, and of all whose evidence is known, where a passage "
        f"that is not among the first {SHOWN} counts as a miss.",
    )


def _types(methods: Sequence[Mapping[str, Any]]) -> list[Table]:
    kinds = list(methods[0]["types"])
    if len(kinds) < 2:
        return []
    return [
        Table(
            f"{NAMES[name]} by type of question",
            ["questions", "number", *(one["name"] for one in methods)],
            [
                [kind, str(methods[0]["types"][kind]["questions"]),
                 *(figure(one["types"][kind][name]) for one in methods)]
                for kind in kinds
            ],
        )
        for name in reversed(CONTRASTED)
    ]  # fmt: skip


def figure(value: float | None) -> str:
    """A figure with three decimals, or a dash where a measure does not apply."""
    return "–" if value is None else f"{value:.3f}"


def comparison_tables(comparison: Mapping[str, Any]) -> list[Table]:
    """Tables of what changed; those that would be empty are left out."""
    made = []
    for key, title in (("fell", "Figures that got worse"), ("rose", "Figures that got better")):
        rows = [
            [one["dataset"], one["method"], NAMES.get(one["measure"], one["measure"]), figure4(one["before"]),
             figure4(one["now"])]
            for one in comparison[key]
        ]  # fmt: skip
        made.append(Table(title, ["set", "method", "measure", "before", "now"], rows))
    for key, title in (
        ("lost", "Questions whose first passage was right and no longer is"),
        ("won", "Questions whose first passage is right now and was not"),
    ):
        rows = [
            [one["dataset"], one["method"], f"{one['id']}: {one['text']}", one["before"] or "nothing",
             one["now"] or "nothing"]
            for one in comparison[key]
        ]  # fmt: skip
        made.append(Table(title, ["set", "method", "question", "first before", "first now"], rows))
    for key, title in (("only_before", "Only in the report before"), ("only_now", "Only in this report")):
        made.append(Table(title, ["set and method"], [[one] for one in comparison[key]]))
    return [table for table in made if table.rows]


def figure4(value: float) -> str:
    """A figure with the four decimals that comparisons are made on."""
    return f"{value:.4f}"


# Figures that are better the lower they are; speeds differ from run to run and are not compared.
_LOWER_IS_BETTER = frozenset(ERRORS)
_PLAIN = (*MEASURES, "r@10")

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
    made: dict[str, Any] = {"before": before["made"], "fell": [], "rose": [], "lost": [], "won": []}
    old, new = _methods(before), _methods(now)
    for key in (key for key in new if key in old):
        place = {"dataset": key[0], "method": key[1]}
        for name, change, better in _changes(_figures(old[key]), _figures(new[key])):
            made["rose" if better else "fell"].append(place | {"measure": name} | change)
    for name in (name for name in _sets(now) if name in _sets(before)):
        for won, question in _turned(_sets(before)[name], _sets(now)[name]):
            made["won" if won else "lost"].append({"dataset": name, **question})
    made["only_before"] = [" ".join(key) for key in old if key not in new]
    made["only_now"] = [" ".join(key) for key in new if key not in old]
    return made


def _sets(data: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    return {one["name"]: one for one in data["datasets"]}


def _methods(data: Mapping[str, Any]) -> dict[tuple[str, str], Mapping[str, Any]]:
    return {(one["name"], method["name"]): method for one in data["datasets"] for method in one["methods"]}


def _figures(method: Mapping[str, Any]) -> Figures:
    """All figures of a method by a name that says what they are."""
    calibration = method.get("calibration") or {}
    found: dict[str, Any] = {name: method.get(name) for name in _PLAIN}
    found |= {f"AUROC {name}": value for name, value in (method.get("auroc") or {}).items()}
    found |= {f"AUROC {name} questions": value for name, value in (method.get("auroc_types") or {}).items()}
    found |= {name: calibration.get(name) for name in ERRORS}
    for place, shares in (method.get("highlights") or {}).items():
        found |= {f"highlight {place} {name}": shares.get(name) for name in ("overlap", "page")}
    return {name: value for name, value in found.items() if value is not None}


def _changes(old: Figures, new: Figures) -> Iterator[tuple[str, dict[str, float], bool]]:
    for name in (name for name in new if name in old and new[name] != old[name]):
        better = (new[name] > old[name]) != (name in _LOWER_IS_BETTER)
        yield name, {"before": old[name], "now": new[name]}, better


def _turned(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[tuple[bool, dict[str, Any]]]:
    """Questions whose first passage is right in one report alone, method by method."""
    earlier = {(one["id"], one["text"]): one for one in old.get("questions", ())}
    for one in new.get("questions", ()):
        other = earlier.get((one["id"], one["text"]), {})
        for method, right in one.get("right", {}).items():
            was = other.get("right", {}).get(method)
            if was is not None and was != right:
                question = {"method": method, "id": one["id"], "text": one["text"]}
                yield right, question | {"before": other["first"][method], "now": one["first"][method]}


def is_report(data: object) -> bool:
    """Whether JSON has what a comparison looks at."""
    if not isinstance(data, dict) or not isinstance(data.get("made"), str):
        return False
    sets = data.get("datasets")
    return isinstance(sets, list) and all(
        isinstance(one, dict)
        and isinstance(one.get("name"), str)
        and _are_objects(one.get("methods"), "name")
        and _are_objects(one.get("questions"), "id", "text", "first")
        for one in sets
    )


def _are_objects(found: object, *keys: str) -> bool:
    return isinstance(found, list) and all(isinstance(one, dict) and {*keys} <= one.keys() for one in found)

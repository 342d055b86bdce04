"""An evaluation as a page, as Markdown, for a terminal, as JSON, and as the files that trec_eval reads.

Page and Markdown show the same tables.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from assistant.core.answer import VERDICTS
from assistant.evaluation.datasets import Dataset
from assistant.evaluation.plots import plots_of
from assistant.evaluation.report import CONTRASTED, ERRORS, LABELS, MEASURES
from assistant.evaluation.runner import CONDITIONS, SHOWN, Evaluation
from assistant.evaluation.statistics import FLIPS
from assistant.rendering.templating import Templates

_UNCHANGED = "No figure and no first passage has changed."
# The plots and the data have the intervals of the others too; a table with all of them is too wide to read.
_WITH_INTERVALS = ("ndcg@10", "r@1", "mrr@10")
_IN_TERMINAL = ("ndcg@10", "r@1", "r@3", "r@5", "mrr@10")

_FOLDER = Path(__file__).parent
_TEMPLATES = Templates(_FOLDER / "templates")
_TEMPLATES.define(UNCHANGED=_UNCHANGED)
_STYLE = _FOLDER / "report.css"


@dataclass(frozen=True, slots=True)
class Table:
    """A table of text.

    Attributes:
        title: What it shows.
        heads: Heads of its columns.
        rows: Its cells, row by row; the first of each row names it.
        note: What a reader must know to read it, or the empty string.
    """

    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    note: str = ""


def report_page(fragment: str) -> str:
    """A whole page with the result of ``report_fragment``."""
    return _TEMPLATES.render("report.page", fragment)


def report_fragment(data: Mapping[str, Any]) -> str:
    """A report as an element with its own style, for any page."""
    comparison = data.get("comparison")
    datasets = [
        {"figures": figures, "plots": plots_of(figures, f"s{number}p"), "tables": _tables(figures)}
        for number, figures in enumerate(data["datasets"], 1)
    ]
    return _TEMPLATES.render(
        "report.fragment",
        report=data,
        style=_STYLE.read_text("utf-8"),
        comparison=_comparison_tables(comparison) if comparison else None,
        datasets=datasets,
    )


def report_markdown(data: Mapping[str, Any]) -> str:
    """A report as Markdown."""
    parts = ["# Evaluation", f"Made on {data['made']}."]
    parts += [_comparison_markdown(data["comparison"])] if data.get("comparison") else []
    return "\n\n".join([*parts, *map(set_markdown, data["datasets"])]) + "\n"


def set_markdown(data: Mapping[str, Any]) -> str:
    """One set's figures as Markdown."""
    parts = [f"## {_escaped(data['name'])}", f"{data['queries']} questions, {data['answerable']} answerable."]
    for table in _tables(data):
        parts += [f"### {_escaped(table.title)}", _table_markdown(table)]
        parts += [table.note] if table.note else []
    if data.get("worst"):
        parts += ["### Worst questions", "\n".join(map(_worst_markdown, data["worst"]))]
    return "\n\n".join(parts)


def _table_markdown(table: Table) -> str:
    rows = [table.heads, ["---"] * len(table.heads), *table.rows]
    return "\n".join(
        "| " + " | ".join(cell if cell == "---" else _escaped(cell) for cell in row) + " |" for row in rows
    )


def _worst_markdown(question: Mapping[str, Any]) -> str:
    wanted = ", ".join(passage["id"] for passage in question["wanted"]) or "nothing"
    first = question["shown"]["id"] if question["shown"] else "nothing"
    line = f"{question['ndcg@10']:.2f} {_escaped(question['id'])}: {_escaped(question['text'])}"
    return f"- {line} (wanted {_escaped(wanted)}; first {_escaped(first)})"


def _escaped(text: str) -> str:
    """Text that Markdown and HTML show as written, on one line."""
    line = " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;")
    return "".join(f"\\{character}" if character in "\\`*_[]|#" else character for character in line)


def _comparison_markdown(comparison: Mapping[str, Any]) -> str:
    parts = [f"## Compared with the report of {_escaped(comparison['before'])}"]
    for table in _comparison_tables(comparison):
        parts += [f"### {table.title}", _table_markdown(table)]
    return "\n\n".join(parts if len(parts) > 1 else [*parts, _UNCHANGED])


def _tables(data: Mapping[str, Any]) -> list[Table]:
    """The tables of one set's figures, without those that would be empty."""
    methods = data["methods"]
    tables = [
        _ranking(methods),
        _contrasts(methods),
        _abstention(methods),
        _confidence(methods),
        _offered(methods),
        _highlights(methods),
        *_types(methods),
    ]
    return [table for table in tables if table.rows]


def _ranking(methods: Sequence[Mapping[str, Any]]) -> Table:
    rows = [
        [
            method["name"],
            *(_with_interval(method, name) for name in MEASURES),
            f"{method['p50_ms']:.1f} / {method['p95_ms']:.1f}",
        ]
        for method in methods
    ]
    return Table(
        "Ranking",
        ["method", *(LABELS[name] for name in MEASURES), "p50 / p95 ms"],
        rows,
        "Means over the answerable questions, in brackets the bootstrap 95% interval; recall and success "
        "count passages judged to answer, nDCG also those that help.",
    )


def _with_interval(method: Mapping[str, Any], name: str) -> str:
    bounds = method["ci95"].get(name) if name in _WITH_INTERVALS else None
    return _figure(method[name]) + (f" ({bounds[0]:.3f}–{bounds[1]:.3f})" if bounds else "")


def _contrasts(methods: Sequence[Mapping[str, Any]]) -> Table:
    rows = [
        [method["name"], *(_contrast(method["versus"][name]) for name in CONTRASTED)]
        for method in methods
        if method["versus"]
    ]
    return Table(
        f"Against {methods[0]['name']}",
        ["method", *(LABELS[name] for name in CONTRASTED)],
        rows,
        "Difference on the same questions, its bootstrap 95% interval, and p of a two-sided paired "
        f"randomisation test ({FLIPS:,} sign flips), not corrected for the number of comparisons.",
    )


def _contrast(contrast: Mapping[str, Any]) -> str:
    low, high = contrast["ci95"]
    p = f"= {contrast['p']:.4f}" if contrast["p"] >= 0.0001 else "< 0.0001"
    return f"{contrast['difference']:+.3f} ({low:+.3f} to {high:+.3f}), p {p}"


def _abstention(methods: Sequence[Mapping[str, Any]]) -> Table:
    kinds = list(dict.fromkeys(kind for method in methods for kind in method["auroc_types"]))
    rows = [
        [method["name"], *(_figure(method["auroc"][name]) for name in CONDITIONS),
         *(_figure(method["auroc_types"].get(kind)) for kind in kinds)]
        for method in methods
    ]  # fmt: skip
    return Table(
        "Recognising questions without an answer",
        ["method", *CONDITIONS, *kinds],
        rows if any(cell != "–" for row in rows for cell in row[1:]) else [],
        "AUROC of the method's certainty, answerable questions against: the set's unanswerable ones (native; "
        "in the last columns by type), themselves without their answering passages (ablated), themselves "
        "asked of another document (foreign).",
    )


def _confidence(methods: Sequence[Mapping[str, Any]]) -> Table:
    calibrated = [(method["name"], method["calibration"]) for method in methods if method["calibration"]]
    rows = [
        [name, *(_figure(calibration[error]) for error in ERRORS),
         _figure(calibration["offered"]["coverage"]), _figure(calibration["offered"]["risk"])]
        for name, calibration in calibrated
    ]  # fmt: skip
    event, binning = (calibrated[0][1][key] if calibrated else "" for key in ("event", "binning"))
    return Table(
        "Confidence",
        ["method", *(LABELS[name] for name in ERRORS), "offered", "wrong of these"],
        rows,
        f"Of the event that {event}; unanswerable questions count as not. ECE over "
        f"{binning}; AURC is the area under the risk-coverage curve; all three are better the lower. "
        "The last two columns are the share of questions offered an answer, and of these the share without.",
    )


def _offered(methods: Sequence[Mapping[str, Any]]) -> Table:
    # Reports written before there were three verdicts have none.
    counted = [method for method in methods if method.get("verdicts")]
    rows = [
        [kind, *(" / ".join(map(str, method["verdicts"][kind])) for method in counted)]
        for kind in (counted[0]["verdicts"] if counted else ())
    ]
    title = f"Verdicts: {' / '.join(VERDICTS)}"
    return Table(title, ["questions", *(method["name"] for method in counted)], rows)


def _highlights(methods: Sequence[Mapping[str, Any]]) -> Table:
    rows = []
    for method in (method for method in methods if method["highlights"]):
        for key, words in (("first", "evidence shown first"), ("top3", f"all, first {SHOWN} shown")):
            shares = method["highlights"][key]
            bounds = shares["ci95"]
            overlap = _figure(shares["overlap"])
            overlap += f" ({bounds[0]:.3f}–{bounds[1]:.3f})" if bounds else ""
            rows.append(
                [f"{method['name']}, {words}", str(shares["questions"]), overlap, _figure(shares["page"])]
            )
    return Table(
        "Highlighted words",
        ["questions", "number", "show evidence", "right page"],
        rows,
        "Share of highlights that show the words known to answer, and that are on their page: of questions "
        "whose passage with the evidence is shown first, and of all whose evidence is known, where a passage "
        f"that is not among the first {SHOWN} counts as a miss.",
    )


def _types(methods: Sequence[Mapping[str, Any]]) -> list[Table]:
    types = methods[0]["types"]
    if len(types) < 2:
        return []
    return [
        Table(
            f"{LABELS[name]} by type of question",
            ["questions", "number", *(method["name"] for method in methods)],
            [
                [
                    kind,
                    str(figures["questions"]),
                    *(_figure(method["types"][kind][name]) for method in methods),
                ]
                for kind, figures in types.items()
            ],
        )
        for name in reversed(CONTRASTED)
    ]


def _figure(value: float | None, missing: str = "–") -> str:
    """A figure with three decimals, or a dash where a measure does not apply."""
    return missing if value is None else f"{value:.3f}"


def _comparison_tables(comparison: Mapping[str, Any]) -> list[Table]:
    """Tables of what changed, without those that would be empty."""
    tables = []
    for key, title in (("fell", "Figures that got worse"), ("rose", "Figures that got better")):
        rows = [
            [change["dataset"], change["method"], LABELS.get(change["measure"], change["measure"]),
             f"{change['before']:.4f}", f"{change['now']:.4f}"]
            for change in comparison[key]
        ]  # fmt: skip
        tables.append(Table(title, ["set", "method", "measure", "before", "now"], rows))
    for key, title in (
        ("lost", "Questions whose first passage was right and no longer is"),
        ("won", "Questions whose first passage is right now and was not"),
    ):
        rows = [
            [change["dataset"], change["method"], f"{change['id']}: {change['text']}",
             change["before"] or "nothing", change["now"] or "nothing"]
            for change in comparison[key]
        ]  # fmt: skip
        tables.append(Table(title, ["set", "method", "question", "first before", "first now"], rows))
    for key, title in (("only_before", "Only in the report before"), ("only_now", "Only in this report")):
        tables.append(Table(title, ["set and method"], [[name] for name in comparison[key]]))
    return [table for table in tables if table.rows]


def evaluation_json(data: Mapping[str, Any]) -> dict[str, Any]:
    """An evaluation as the JSON contract has it: its report without the results of each question."""
    datasets = [
        {key: value for key, value in dataset.items() if key != "questions"} for dataset in data["datasets"]
    ]
    result: dict[str, Any] = {"datasets": datasets}
    return result | ({"comparison": data["comparison"]} if data["comparison"] else {})


def evaluation_text(data: Mapping[str, Any]) -> str:
    """One set's figures for a terminal."""
    heads = [*_IN_TERMINAL, *(f"auroc {name}" for name in CONDITIONS), "p50 ms", "p95 ms"]
    lines = [
        f"{data['name']}: {data['queries']} questions",
        f"{'method':<10}" + "".join(f"{head:>15}" for head in heads),
    ]
    methods = data["methods"]
    for method in methods:
        figures = [*(method[name] for name in _IN_TERMINAL), *method["auroc"].values()]
        cells = [*(_figure(figure, "-") for figure in figures)]
        cells += [f"{method['p50_ms']:.1f}", f"{method['p95_ms']:.1f}"]
        lines.append(f"{method['name']:<10}" + "".join(f"{cell:>15}" for cell in cells))
    lines += [_versus_text(method) for method in methods if method["versus"]]
    lines += [line for method in methods for line in _trust_lines(method)]
    if data["worst"]:
        lines += ["worst questions:", *map(_worst_line, data["worst"])]
    return "\n".join(lines)


def _versus_text(method: Mapping[str, Any]) -> str:
    """How a method differs from the first, and whether by more than chance."""
    versus = method["versus"]
    parts = [f"{name} {versus[name]['difference']:+.3f} (p = {versus[name]['p']:.4f})" for name in CONTRASTED]
    return f"{method['name']} against {versus['method']}: {', '.join(parts)}"


def _trust_lines(method: Mapping[str, Any]) -> list[str]:
    """How far a method's confidence and highlights can be trusted, if it has any."""
    lines = []
    if calibration := method["calibration"]:
        figures = [f"{LABELS[name]} {calibration[name]:.3f}" for name in ERRORS]
        lines.append(f"confidence of {method['name']}: {', '.join(figures)}")
    if highlights := method["highlights"]:
        first, shown = highlights["first"], highlights["top3"]
        lines.append(
            f"highlights of {method['name']}: the answering words {_figure(first['overlap'], '-')}, "
            f"their page {_figure(first['page'], '-')} (of {first['questions']} whose passage came first); "
            f"of all {shown['questions']}, among the first {SHOWN}: {_figure(shown['overlap'], '-')}, "
            f"{_figure(shown['page'], '-')}"
        )
    if method["verdicts"]:
        counts = (f"{kind} {' / '.join(map(str, told))}" for kind, told in method["verdicts"].items())
        lines.append(f"{' / '.join(VERDICTS)}: {', '.join(counts)}")
    return lines


def _worst_line(question: Mapping[str, Any]) -> str:
    wanted = ", ".join(passage["id"] for passage in question["wanted"])
    first = question["shown"]["id"] if question["shown"] else "nothing"
    return f"  {question['ndcg@10']:.2f}  {question['id']}  {question['text']}  [{wanted}; first: {first}]"


def comparison_text(comparison: Mapping[str, Any]) -> str:
    """What changed since an earlier report, for a terminal."""
    lines = [f"compared with the report of {comparison['before']}:"]
    for key, words in (("fell", "got worse"), ("rose", "got better")):
        lines += [
            f"  {words}: {change['dataset']} {change['method']} {change['measure']}"
            f" {change['before']:.4f} -> {change['now']:.4f}"
            for change in comparison[key]
        ]
    for key, words in (("lost", "no longer right"), ("won", "right now")):
        lines += [
            f"  {words}: {change['dataset']} {change['method']} {change['id']}  {change['text']}"
            f"  [first: {change['before'] or 'nothing'} -> {change['now'] or 'nothing'}]"
            for change in comparison[key]
        ]
    for key, words in (("only_before", "no longer measured"), ("only_now", "not measured before")):
        lines += [f"  {words}: {', '.join(comparison[key])}"] if comparison[key] else []
    return "\n".join(lines if len(lines) > 1 else [*lines, "  nothing has changed"])


def trec_files(name: str, dataset: Dataset, evaluations: Sequence[Evaluation]) -> dict[str, str]:
    """The TREC files of a set.

    Args:
        name: Name of the set's files; see ``file_names``.
        dataset: The set.
        evaluations: The methods.

    Returns:
        Text of ``NAME.qrels`` and of a ``NAME.METHOD.run`` for each method, by file name. Judgements are
        those of the answerable questions; runs hold the first hundred passages of every question.
    """
    answerable = {question.id for question in dataset.questions if question.answerable}
    qrels = "".join(
        f"{trec_id(question)} 0 {trec_id(passage)} {score}\n"
        for question, judged in dataset.qrels.items()
        if question in answerable
        for passage, score in judged.items()
    )
    runs = {f"{name}.{evaluation.method}.run": _run(evaluation) for evaluation in evaluations}
    return {f"{name}.qrels": qrels, **runs}


def trec_id(name: str) -> str:
    """An id as the formats can hold it: white space, and the sign that escapes it, as ``%20``."""
    return re.sub(r"[\s%]", lambda match: "".join(f"%{byte:02X}" for byte in match[0].encode()), name)


def _run(evaluation: Evaluation) -> str:
    return "".join(
        f"{trec_id(outcome.question.id)} Q0 {trec_id(passage)} {rank} {score:.9g} {evaluation.method}\n"
        for outcome in evaluation.outcomes
        for rank, (passage, score) in enumerate(_falling(outcome.run), 1)
    )


def _falling(run: Mapping[str, float]) -> list[tuple[str, float]]:
    """Scores that fall from each to the next: tools sort by them, and order equal ones in their own way."""
    falling: list[tuple[str, float]] = []
    for name, exact in run.items():
        # trec_eval reads single precision.
        score = np.float32(exact)
        if falling and score >= falling[-1][1]:
            score = np.nextafter(np.float32(falling[-1][1]), np.float32(-np.inf))
        falling.append((name, float(score)))
    return falling


def file_names(names: Sequence[str]) -> list[str]:
    """Names of sets as file names, no two alike even where letter case does not count."""
    result: list[str] = []
    for name in names:
        plain = re.sub(r"[^\w.-]+", "-", name).strip(".-")[:80] or "set"
        numbered = (f"{plain}-{number}" for number in range(2, len(names) + 2))
        taken = {other.casefold() for other in result}
        result.append(next(new for new in (plain, *numbered) if new.casefold() not in taken))
    return result

"""An evaluation as a page, as Markdown, for a terminal, as JSON, and as the files that trec_eval reads."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from assistant.evaluation.datasets import Dataset
from assistant.evaluation.plots import plots_of
from assistant.evaluation.report import CONTRASTED
from assistant.evaluation.runner import CONDITIONS, SHOWN, Evaluation
from assistant.evaluation.tables import ERRORS, NAMES, UNCHANGED, Table, comparison_tables, tables_of
from assistant.rendering.templating import Templates


def report_markdown(data: Mapping[str, Any]) -> str:
    """A whole report."""
    parts = ["# Evaluation", f"Made on {data['made']}."]
    parts += [comparison_markdown(data["comparison"])] if data.get("comparison") else []
    return "\n\n".join([*parts, *(set_markdown(one) for one in data["datasets"])]) + "\n"


def set_markdown(data: Mapping[str, Any]) -> str:
    """One set's figures as Markdown."""
    parts = [f"## {escaped(data['name'])}", f"{data['queries']} questions, {data['answerable']} answerable."]
    for table in tables_of(data):
        parts += [f"### {escaped(table.title)}", table_markdown(table), *([table.note] if table.note else [])]
    if data.get("worst"):
        parts += ["### Worst questions", "\n".join(_worst_markdown(one) for one in data["worst"])]
    return "\n\n".join(parts)


def table_markdown(table: Table) -> str:
    """A table as Markdown."""
    rows = [table.heads, ["---"] * len(table.heads), *table.rows]
    return "\n".join(
        "| " + " | ".join(cell if cell == "---" else escaped(cell) for cell in row) + " |" for row in rows
    )


def _worst_markdown(one: Mapping[str, Any]) -> str:
    wanted = ", ".join(each["id"] for each in one["wanted"]) or "nothing"
    shown = one["shown"]["id"] if one["shown"] else "nothing"
    asked = f"{one['ndcg@10']:.2f} {escaped(one['id'])}: {escaped(one['text'])}"
    return f"- {asked} (wanted {escaped(wanted)}; first {escaped(shown)})"


def escaped(text: str) -> str:
    """Text that Markdown and HTML show as written, on one line."""
    plain = " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;")
    return "".join(f"\\{ch}" if ch in "\\`*_[]|#" else ch for ch in plain)


def comparison_markdown(comparison: Mapping[str, Any]) -> str:
    """What changed since the report before, as Markdown."""
    parts = [f"## Compared with the report of {escaped(comparison['before'])}"]
    for table in comparison_tables(comparison):
        parts += [f"### {table.title}", table_markdown(table)]
    return "\n\n".join(parts if len(parts) > 1 else [*parts, UNCHANGED])


def evaluation_object(data: Mapping[str, Any]) -> dict[str, Any]:
    """An evaluation as the JSON contract has it: its report without what became of each question."""
    datasets = [{key: value for key, value in one.items() if key != "questions"} for one in data["datasets"]]
    made: dict[str, Any] = {"datasets": datasets}
    return made | ({"comparison": data["comparison"]} if data["comparison"] else {})


def evaluation_text(data: Mapping[str, Any]) -> str:
    """One set's figures for a terminal; see ``evaluation.report``."""
    names = ["ndcg@10", "r@1", "r@3", "r@5", "mrr@10"]
    heads = [*names, *(f"auroc {name}" for name in CONDITIONS), "p50 ms", "p95 ms"]
    lines = [
        f"{data['name']}: {data['queries']} questions",
        f"{'method':<10}" + "".join(f"{head:>15}" for head in heads),
    ]
    for row in data["methods"]:
        cells = [_figure(row[name]) for name in names] + [_figure(one) for one in row["auroc"].values()]
        cells += [f"{row['p50_ms']:.1f}", f"{row['p95_ms']:.1f}"]
        lines.append(f"{row['name']:<10}" + "".join(f"{cell:>15}" for cell in cells))
    lines += [_versus_text(row) for row in data["methods"] if row["versus"]]
    lines += [line for row in data["methods"] for line in _trust_lines(row)]
    worst = [_worst_line(one) for one in data["worst"]]
    return "\n".join([*lines, *(["worst questions:"] if worst else []), *worst])


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _versus_text(row: Mapping[str, Any]) -> str:
    """How a method differs from the first, and whether by more than chance."""
    parts = [
        f"{name} {row['versus'][name]['difference']:+.3f} (p = {row['versus'][name]['p']:.4f})"
        for name in CONTRASTED
    ]
    return f"{row['name']} against {row['versus']['method']}: {', '.join(parts)}"


def _trust_lines(row: Mapping[str, Any]) -> list[str]:
    """How far a method's confidence and highlights can be trusted, where it has any."""
    lines = []
    if found := row["calibration"]:
        figures = [f"{NAMES[name]} {found[name]:.3f}" for name in ERRORS]
        lines.append(f"confidence of {row['name']}: {', '.join(figures)}")
    if found := row["highlights"]:
        first, shown = found["first"], found["top3"]
        lines.append(
            f"highlights of {row['name']}: the answering words {_figure(first['overlap'])}, their page "
            f"{_figure(first['page'])} (of {first['questions']} whose passage came first); "
            f"of all {shown['questions']}, among the first {SHOWN}: {_figure(shown['overlap'])}, "
            f"{_figure(shown['page'])}"
        )
    if row["answered"]:
        counts = (f"{kind} {one} of {total}" for kind, (one, total) in row["answered"].items())
        lines.append(f"offered an answer: {', '.join(counts)}")
    return lines


def _worst_line(one: Mapping[str, Any]) -> str:
    wanted = ", ".join(each["id"] for each in one["wanted"])
    first = one["shown"]["id"] if one["shown"] else "nothing"
    return f"  {one['ndcg@10']:.2f}  {one['id']}  {one['text']}  [{wanted}; first: {first}]"


def comparison_text(comparison: Mapping[str, Any]) -> str:
    """What changed since an earlier report, for a terminal; see ``evaluation.comparison``."""
    lines = [f"compared with the report of {comparison['before']}:"]
    for key, words in (("fell", "got worse"), ("rose", "got better")):
        lines += [
            f"  {words}: {one['dataset']} {one['method']} {one['measure']}"
            f" {one['before']:.4f} -> {one['now']:.4f}"
            for one in comparison[key]
        ]
    for key, words in (("lost", "no longer right"), ("won", "right now")):
        lines += [
            f"  {words}: {one['dataset']} {one['method']} {one['id']}  {one['text']}"
            f"  [first: {one['before'] or 'nothing'} -> {one['now'] or 'nothing'}]"
            for one in comparison[key]
        ]
    for key, words in (("only_before", "no longer measured"), ("only_now", "not measured before")):
        lines += [f"  {words}: {', '.join(comparison[key])}"] if comparison[key] else []
    return "\n".join(lines if len(lines) > 1 else [*lines, "  nothing has changed"])


def trec_files(name: str, dataset: Dataset, evaluations: Sequence[Evaluation]) -> dict[str, str]:
    """The files of a set.

    Args:
        name: Name of the set's files; see ``file_names``.
        dataset: The set.
        evaluations: The methods.

    Returns:
        Text of ``NAME.qrels`` and of a ``NAME.METHOD.run`` for each method, by file name. Judgements are
        those of the answerable questions; runs hold the first hundred passages of every question.
    """
    answerable = {one.id for one in dataset.questions if one.answerable}
    qrels = "".join(
        f"{trec_id(question)} 0 {trec_id(passage)} {score}\n"
        for question, judged in dataset.qrels.items()
        if question in answerable
        for passage, score in judged.items()
    )
    runs = {f"{name}.{one.method}.run": _run(one) for one in evaluations}
    return {f"{name}.qrels": qrels, **runs}


def trec_id(name: str) -> str:
    """An id as the formats can hold it: white space, and the sign that escapes it, as ``%20``."""
    return re.sub(r"[\s%]", lambda found: "".join(f"%{byte:02X}" for byte in found.group().encode()), name)


def _run(evaluation: Evaluation) -> str:
    return "".join(
        f"{trec_id(one.question.id)} Q0 {trec_id(passage)} {rank} {score:.9g} {evaluation.method}\n"
        for one in evaluation.outcomes
        for rank, (passage, score) in enumerate(_falling(one.run), 1)
    )


def _falling(run: Mapping[str, float]) -> list[tuple[str, float]]:
    """Scores that fall from each to the next: tools sort by them anew, and order equal ones otherwise."""
    made: list[tuple[str, float]] = []
    for name, exact in run.items():
        # trec_eval reads single precision.
        score = np.float32(exact)
        if made and score >= made[-1][1]:
            score = np.nextafter(np.float32(made[-1][1]), np.float32(-np.inf))
        made.append((name, float(score)))
    return made


def file_names(names: Sequence[str]) -> list[str]:
    """Names of sets as file names, each another one, whatever the letter case."""
    made: list[str] = []
    for name in names:
        plain = re.sub(r"[^\w.-]+", "-", name).strip(".-")[:80] or "set"
        numbers = (f"{plain}-{number}" for number in range(2, len(names) + 2))
        taken = {one.casefold() for one in made}
        made.append(next(one for one in (plain, *numbers) if one.casefold() not in taken))
    return made


_FOLDER = Path(__file__).parent
_TEMPLATES = Templates(_FOLDER / "templates")
_TEMPLATES.define(UNCHANGED=UNCHANGED)
_STYLE = _FOLDER / "report.css"


def report_page(fragment: str) -> str:
    """A whole page around the result of ``report_fragment``."""
    return _TEMPLATES.render("report.page", fragment)


def report_fragment(data: Mapping[str, Any]) -> str:
    """A report as an element with its own style, for any page."""
    comparison = data.get("comparison")
    datasets = [
        {"figures": figures, "plots": plots_of(figures, f"s{number}p"), "tables": tables_of(figures)}
        for number, figures in enumerate(data["datasets"], 1)
    ]
    return _TEMPLATES.render(
        "report.fragment",
        report=data,
        style=_STYLE.read_text("utf-8"),
        comparison=comparison_tables(comparison) if comparison else None,
        datasets=datasets,
    )

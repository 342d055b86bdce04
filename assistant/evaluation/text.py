"""An evaluation for a terminal, and as the JSON object that programs read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assistant.evaluation.report import CONTRASTED
from assistant.evaluation.runner import CONDITIONS, SHOWN
from assistant.evaluation.tables import ERRORS, NAMES


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

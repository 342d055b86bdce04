"""An evaluation as Markdown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assistant.evaluation.tables import UNCHANGED, Table, comparison_tables, tables_of


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
        parts += ["### Worst questions", "\n".join(_worst(one) for one in data["worst"])]
    return "\n\n".join(parts)


def table_markdown(table: Table) -> str:
    """A table as Markdown."""
    rows = [table.heads, ["---"] * len(table.heads), *table.rows]
    return "\n".join(
        "| " + " | ".join(cell if cell == "---" else escaped(cell) for cell in row) + " |" for row in rows
    )


def _worst(one: Mapping[str, Any]) -> str:
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

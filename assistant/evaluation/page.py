"""An evaluation as a page that needs nothing but itself: no script, no request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from assistant.evaluation.plots import plots_of
from assistant.evaluation.tables import UNCHANGED, Table, comparison_tables, tables_of

_CLASS = "evaluation-report"
_STYLE = Path(__file__).with_name("report.css")


def report_page(fragment: str) -> str:
    """A whole page around a report.

    Args:
        fragment: What ``report_fragment`` made.
    """
    # The policy keeps the page from asking for anything, whatever stands in it.
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="color-scheme" content="light dark">
<title>Evaluation</title>
<style>html, body {{ margin: 0; }} .{_CLASS} {{ min-height: 100vh; box-sizing: border-box; }}</style>
</head>
<body>
{fragment}
</body>
</html>
"""


def report_fragment(data: Mapping[str, Any]) -> str:
    """A report as an element with its own style, to stand on any page.

    Args:
        data: The report.
    """
    parts = [f"<style>{_STYLE.read_text('utf-8')}</style>", "<h1>Evaluation</h1>"]
    parts.append(f'<p class="note">Made on {escape(data["made"])}.</p>')
    if data.get("comparison"):
        parts.append(_comparison(data["comparison"]))
    parts += [_set(one, f"s{at}p") for at, one in enumerate(data["datasets"], 1)]
    return f'<div class="{_CLASS}">{"".join(parts)}</div>'


def _comparison(found: Mapping[str, Any]) -> str:
    tables = comparison_tables(found)
    body = "".join(map(_titled, tables)) or f'<p class="note">{UNCHANGED}</p>'
    head = f"<h2>Compared with the report of {escape(found['before'])}</h2>"
    return f"<section>{head}{body}</section>"


def _set(data: Mapping[str, Any], prefix: str) -> str:
    head = (
        f"<h2>{escape(data['name'])}</h2>"
        f'<p class="note">{data["queries"]} questions, {data["answerable"]} answerable.</p>'
    )
    figures = "".join(
        f"<figure><figcaption>{escape(title)}</figcaption>{svg}</figure>"
        for title, svg in plots_of(data, prefix)
    )
    first, *others = tables_of(data)
    worst = _worst(data["worst"], data["methods"][0]["name"]) if data.get("worst") else ""
    return (
        f"<section>{head}{_titled(first)}"
        f'<div class="plots">{figures}</div>{"".join(map(_titled, others))}{worst}</section>'
    )


def _titled(table: Table) -> str:
    note = f'<p class="note">{escape(table.note)}</p>' if table.note else ""
    return f"<h3>{escape(table.title)}</h3>{_table(table)}{note}"


def _table(table: Table) -> str:
    head = "".join(f'<th scope="col">{escape(one)}</th>' for one in table.heads)
    body = "".join(_row(row) for row in table.rows)
    kind = ' class="words"' if "question" in table.heads else ""
    # A table that is wider than the page is scrolled by itself, by keyboard too.
    return (
        f'<div class="wide" tabindex="0" role="group" aria-label="{escape(table.title)}">'
        f"<table{kind}><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _row(row: Sequence[str]) -> str:
    cells = "".join(f"<td>{escape(one)}</td>" for one in row[1:])
    return f'<tr><th scope="row">{escape(row[0])}</th>{cells}</tr>'


def _worst(questions: Sequence[Mapping[str, Any]], method: str) -> str:
    items = "".join(_question(one) for one in questions)
    return f'<h3>Worst questions of {escape(method)}</h3><ol class="worst">{items}</ol>'


def _question(one: Mapping[str, Any]) -> str:
    about = " · ".join(filter(None, [one["id"], one["type"]]))
    asked = (
        f'<p><span class="bar">{one["ndcg@10"]:.2f}</span> {escape(one["text"])} '
        f'<span class="label">{escape(about)}</span></p>'
    )
    wanted = "".join(_passage("Wanted", each) for each in one["wanted"])
    shown = _passage("Shown first", one["shown"]) if one["shown"] else "<p>Nothing was found.</p>"
    return f"<li>{asked}{wanted}{shown}</li>"


def _passage(label: str, one: Mapping[str, str]) -> str:
    return f'<p><span class="label">{label}: {escape(one["id"])}</span> {escape(one["text"])}</p>'

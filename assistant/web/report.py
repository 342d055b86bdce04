"""What became of an uploaded file, in fixed sentences around the counts of its ingest report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.web.markup import escape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assistant.types import IngestReport

_KIND_NAMES = {
    "paragraph": ("paragraph", "paragraphs"),
    "blockquote": ("block quotation", "block quotations"),
    "note": ("note", "notes"),
    "heading": ("heading", "headings"),
    "list": ("list", "lists"),
    "verse": ("piece of verse", "pieces of verse"),
    "reference": ("reference", "references"),
}


def report_html(report: IngestReport, head: str = "Added") -> str:
    """The essentials of an ingest report.

    Args:
        report: The report.
        head: What is said before the title.

    Returns:
        HTML of one ``div.ingest``.
    """
    lines = "".join(f"<li>{line}</li>" for line in _lines(report))
    warnings = "".join(f'<p class="warning">{escape(warning)}</p>' for warning in report.warnings)
    return (
        f'<div class="ingest" role="status" data-essay="{escape(report.essay_id)}">'
        f"<p>{head} <strong>{escape(report.title or report.essay_id)}</strong>.</p>"
        f"{warnings}<ul>{lines}</ul>{_dropped_html(report)}</div>"
    )


def _lines(report: IngestReport) -> Iterator[str]:
    if report.pages:
        span = f"{escape(report.first_page)} to {escape(report.last_page)}" if report.last_page else ""
        yield f"{_count(report.pages, 'page', 'pages')} found{f', {span}' if span else ''}."
    else:
        yield "No pages found; citations will carry no page number."
    if report.page_provenance:
        yield escape(report.page_provenance)
    kinds = [
        _count(number, *_KIND_NAMES[kind])
        for kind, number in report.kinds.items()
        if kind in _KIND_NAMES and number
    ]
    if kinds:
        yield f"Passages: {', '.join(kinds)}."
    undone, kept = len(report.hyphens_joined), len(report.hyphens_kept)
    yield f"{_count(undone, 'line-end hyphen', 'line-end hyphens')} undone, {kept} kept in compounds."
    yield f"{_count(len(report.dropped), 'line', 'lines')} left out."
    for reason, number in report.removed.items():
        yield f"{_count(number, 'character', 'characters')} taken out of the running text: {escape(reason)}."
    if report.unaccounted:
        yield f"{_count(report.unaccounted, 'character stands', 'characters stand')} in no passage."


def _dropped_html(report: IngestReport) -> str:
    if not report.dropped:
        return ""
    rows = "".join(
        f"<li>Line {number}: <q>{escape(text)}</q> ({escape(reason)})</li>"
        for number, text, reason in report.dropped
    )
    return f"<details><summary>Lines left out</summary><ul>{rows}</ul></details>"


def _count(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"

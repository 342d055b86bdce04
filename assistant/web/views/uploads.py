"""Uploaded files as HTML: one line each, which says how far it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from assistant.web.views.answer import fault_html
from assistant.web.views.essays import report_html
from assistant.web.views.passage import escape

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.core.essay import IngestReport

State = Literal["waiting", "working", "added", "there", "changed", "fault"]

_REPORT_HEADS = {"added": "Added", "there": "Already there:", "changed": "Brought up to date:"}
_STATES = {"added": "added", "there": "already there, nothing is changed", "changed": "brought up to date"}
_ACTIONS = (("open", "Open"), ("edit", "Edit"), ("report", "Report"))


@dataclass(slots=True)
class UploadLine:
    """A file and what became of it.

    Attributes:
        name: Its name.
        state: How far it is.
        message: The stage of the work, or what is wrong, in words.
        done: Steps of the stage that are done.
        total: Steps that there are.
        report: Its ingest report, once it is in the library.
    """

    name: str
    state: State = "waiting"
    message: str = ""
    done: int = 0
    total: int = 0
    report: IngestReport | None = None


def lines_html(lines: Sequence[UploadLine]) -> str:
    """HTML of one ``ul.uploads`` with a ``li[data-state]`` for each file, and of a single file the report."""
    items = "".join(map(_line_html, lines))
    report = lines[0].report if len(lines) == 1 else None
    report_part = report_html(report, _REPORT_HEADS[lines[0].state]) if report is not None else ""
    return f'<ul class="uploads" aria-label="Files">{items}</ul>{report_part}'


def _line_html(line: UploadLine) -> str:
    essay = f' data-essay="{escape(line.report.essay_id)}"' if line.report is not None else ""
    name = f'<span class="file">{escape(line.name)}</span>'
    return f'<li data-state="{line.state}"{essay}>{name} {_state_html(line)}</li>'


def _state_html(line: UploadLine) -> str:
    if line.state == "fault":
        return fault_html(line.message)
    if line.report is not None:
        title = escape(line.report.title or line.report.essay_id)
        buttons = "".join(
            f'<button type="button" data-act="{action}">{label}</button>' for action, label in _ACTIONS
        )
        warnings = f" ({len(line.report.warnings)} to note)" if line.report.warnings else ""
        return f'<span class="state">{_STATES[line.state]}: {title}{warnings}</span> {buttons}'
    if line.state == "waiting":
        return '<span class="state">waiting</span>'
    if line.message != "embedding" or not line.total:
        return f'<span class="state">{escape(line.message or "reading")}…</span>'
    return (
        f'<span class="state">embedding {line.done:,} of {line.total:,}</span> '
        f'<progress aria-label="Embedding {escape(line.name)}" value="{line.done}" max="{line.total}">'
        "</progress>"
    )

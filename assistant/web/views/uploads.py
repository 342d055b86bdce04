"""Uploaded files as HTML: one line each, which says how far it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from assistant.web.views import render
from assistant.web.views.essays import report_html

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.core.essay import IngestReport

State = Literal["waiting", "working", "added", "there", "changed", "fault"]

_REPORT_HEADS = {"added": "Added", "there": "Already there:", "changed": "Brought up to date:"}
_STATES = {"added": "added", "there": "already there, nothing is changed", "changed": "brought up to date"}


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
    report = lines[0].report if len(lines) == 1 else None
    report_part = report_html(report, _REPORT_HEADS[lines[0].state]) if report is not None else ""
    return render("uploads.uploads", lines, _STATES, report_part)

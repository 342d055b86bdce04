"""Files that a visitor adds: one after the other, each with a line that says how far it is."""

from __future__ import annotations

import os
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

from assistant.errors import AssistantError
from assistant.web import telling
from assistant.web.cards import fault_html
from assistant.web.markup import escape
from assistant.web.report import report_html

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from assistant.types import IngestReport
    from assistant.web.shelf import About

State = Literal["waiting", "working", "added", "there", "changed", "fault"]

BROKE = "It could not be added; the program's terminal says why."
NO_FILE = "Choose a file first."
ONE_PAGE = "A first page is of one essay; leave it empty to add several, and edit them afterwards."
# How far behind those who ask the work stands in the queue for the processor (``nice``).
_BEHIND = 10
# Seconds between two looks at how far the work is.
_LOOK = 0.2
_HEADS = {"added": "Added", "there": "Already there:", "changed": "Brought up to date:"}
_SAID = {"added": "added", "there": "already there, nothing is changed", "changed": "brought up to date"}


class Library(Protocol):
    """What is asked of a library here; ``assistant.library.Library`` is one."""

    root: Path

    def abouts(self) -> Mapping[str, About]:
        """What is known of each essay."""

    def add(
        self,
        path: Path,
        *,
        first_page: str | None = None,
        progress: Callable[[str, int, int], None] | None = None,
    ) -> IngestReport:
        """Read an essay into the library."""


@dataclass(slots=True)
class Line:
    """A file and what became of it.

    Attributes:
        name: Its name.
        state: How far it is.
        said: The stage of the work, or what is wrong, in words.
        done: Steps of the stage that are done.
        total: Steps that there are.
        report: Its ingest report, once it is in the library.
    """

    name: str
    state: State = "waiting"
    said: str = ""
    done: int = 0
    total: int = 0
    report: IngestReport | None = None


@dataclass(slots=True)
class Uploading:
    """Files on their way into a library; the work goes on where the visitor leaves.

    Attributes:
        library: The library.
        paths: The uploaded copies; each is deleted when it has been looked at.
        first_page: Number of the first page, of a single file alone.
        lines: What became of each, in their order.
    """

    library: Library
    paths: Sequence[Path]
    first_page: str | None = None
    lines: list[Line] = field(default_factory=list)
    _ended: threading.Event = field(default_factory=threading.Event)

    def steps(self) -> Iterator[str]:
        """Begin, and give what is to be seen, as HTML, whenever that has changed; ends when all is done."""
        self.lines = [Line(path.name) for path in self.paths]
        threading.Thread(target=self._work).start()
        shown = ""
        while not self._ended.wait(_LOOK):
            if (now := lines_html(self.lines)) != shown:
                yield now
            shown = now
        yield lines_html(self.lines)

    def _work(self) -> None:
        _give_way()
        try:
            for path, line in zip(self.paths, self.lines, strict=True):
                self._add(path, line)
        finally:
            self._ended.set()

    def _add(self, path: Path, line: Line) -> None:
        def told(stage: str, done: int, total: int) -> None:
            line.said, line.done, line.total = stage, done, total

        line.state = "working"
        try:
            before = dict(self.library.abouts())
            report = self.library.add(path, first_page=self.first_page, progress=told)
            after, known = self.library.abouts()[report.essay_id], before.get(report.essay_id)
            line.report = report
            line.state = "added" if known is None else "changed" if known.sha256 != after.sha256 else "there"
        except AssistantError as fault:
            # Where the upload lay is of no use to its reader.
            sentence = str(fault).replace(str(path), path.name)
            line.state, line.said = "fault", telling.told(sentence, self.library.root)
        except BaseException:
            line.state, line.said = "fault", BROKE
            raise
        finally:
            delete(path)


def delete(path: Path) -> None:
    """Delete an uploaded copy, and the folder that was made for it alone."""
    with suppress(OSError):
        path.unlink(missing_ok=True)
        path.parent.rmdir()


def lines_html(lines: Sequence[Line]) -> str:
    """What became of each of some files.

    Args:
        lines: The files.

    Returns:
        HTML of one ``ul.uploads``, a ``li[data-state]`` each; under a single one its report.
    """
    items = "".join(map(_line_html, lines))
    only = lines[0].report if len(lines) == 1 else None
    below = report_html(only, _HEADS[lines[0].state]) if only is not None else ""
    return f'<ul class="uploads" aria-label="Files">{items}</ul>{below}'


def _line_html(line: Line) -> str:
    name = f'<span class="file">{escape(line.name)}</span>'
    return f'<li data-state="{line.state}"{_essay(line)}>{name} {_state_html(line)}</li>'


def _essay(line: Line) -> str:
    return f' data-essay="{escape(line.report.essay_id)}"' if line.report is not None else ""


def _state_html(line: Line) -> str:
    if line.state == "fault":
        return fault_html(line.said)
    if line.report is not None:
        title = escape(line.report.title or line.report.essay_id)
        acts = "".join(
            f'<button type="button" data-act="{act}">{label}</button>'
            for act, label in (("open", "Open"), ("edit", "Edit"), ("report", "Report"))
        )
        warned = f" ({len(line.report.warnings)} to note)" if line.report.warnings else ""
        return f'<span class="state">{_SAID[line.state]}: {title}{warned}</span> {acts}'
    if line.state == "waiting":
        return '<span class="state">waiting</span>'
    if line.said != "embedding" or not line.total:
        return f'<span class="state">{escape(line.said or "reading")}…</span>'
    return (
        f'<span class="state">embedding {line.done:,} of {line.total:,}</span> '
        f'<progress aria-label="Embedding {escape(line.name)}" value="{line.done}" max="{line.total}">'
        "</progress>"
    )


def _give_way() -> None:
    """Let whoever asks go before this thread, and those that it begins, where threads can be told apart."""
    if sys.platform == "linux":
        behind = max(_BEHIND, os.getpriority(os.PRIO_PROCESS, 0))
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), behind)

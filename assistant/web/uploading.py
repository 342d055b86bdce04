"""Files that a visitor adds: one after the other, each with a line that says how far it is.

What the server fetches for nobody, and how much it is told at once.

What a visitor uploads: taken as a file of the upload folder, of any name and type, and nothing else.

The handlers judge name, type and contents, each with its own sentence. Gradio's component would refuse
types with a fault that its handlers take for one of the program, and leave an empty file for every upload.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from abc import ABCMeta
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import gradio as gr
from gradio.component_meta import ComponentMeta
from starlette.responses import PlainTextResponse

from assistant.core.errors import AssistantError
from assistant.web import messages
from assistant.web.views.uploads import UploadLine, lines_html

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from gradio.data_classes import FileData, ListFiles
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from assistant.core.essay import EssaySummary, IngestReport


_FETCHES_NOTHING = "This server fetches nothing from other addresses; upload the file itself."
_LONG = "This is more than the page ever sends; send less."

# Bytes; the longest conversation that a tab keeps, and some more.
LONGEST_MESSAGE = 20_000_000
# Gradio's ways to pass something from elsewhere on, or to another program.
_PASSED_ON = ("/proxy=", "/file=http", "/process_recording")


class FetchesNothing:
    """Refuses requests that would have the server fetch something, and messages without end.

    Gradio takes an address in place of a file, fetches it and hands it on: whoever may use the page could
    look through it at other machines.

    Args:
        app: What answers the others.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer or refuse one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif any(way in scope["path"].lower() for way in _PASSED_ON):
            await PlainTextResponse(_FETCHES_NOTHING, 403)(scope, receive, send)
        elif scope["method"] != "POST" or _is_upload(scope):
            await self._app(scope, receive, send)
        else:
            await self._message(scope, receive, send)

    async def _message(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = await _whole(receive)
        if body is None:
            await PlainTextResponse(_LONG, 413)(scope, receive, send)
        elif _names_address(body):
            await PlainTextResponse(_FETCHES_NOTHING, 403)(scope, receive, send)
        else:
            await self._app(scope, _again(body, receive), send)


def _is_upload(scope: Scope) -> bool:
    """Whether files come, which are written down part by part and have their own limit."""
    kind = next((value for name, value in scope["headers"] if name == b"content-type"), b"")
    return bool(kind.strip().lower().startswith(b"multipart/"))


async def _whole(receive: Receive) -> bytes | None:
    """The body of a request; ``None`` if it is too long."""
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if len(body) > LONGEST_MESSAGE:
            return None
        if not message.get("more_body", False):
            return bytes(body)


def _again(body: bytes, receive: Receive) -> Receive:
    """What hands a body over that was received already, and then what comes behind it."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def handed() -> Message:
        return waiting.pop() if waiting else await receive()

    return handed


def _names_address(body: bytes) -> bool:
    """Whether a message gives an address where a file belongs."""
    try:
        parts = [json.loads(body)]
    except (ValueError, RecursionError):
        return False
    while parts:
        part = parts.pop()
        if isinstance(part, dict):
            path = part.get("path")
            if "meta" in part and isinstance(path, str) and path.strip().lower().startswith("http"):
                return True
            parts += part.values()
        elif isinstance(part, list):
            parts += part
    return False


class _Unwritten(ComponentMeta):  # type: ignore[misc]  # Gradio has no types here
    """Makes a component without the stub that Gradio would write beside this file."""

    def __new__(cls, name: str, bases: tuple[type, ...], attributes: dict[str, Any]) -> _Unwritten:  # noqa: PYI034 - it makes a class
        """Make the class; its events are those of its base."""
        return ABCMeta.__new__(cls, name, bases, attributes)


class Upload(gr.File, metaclass=_Unwritten):  # type: ignore[misc]  # nor here
    """Files that a visitor uploads, as their paths."""

    # To the browser it is Gradio's own component.
    is_template = True

    def preprocess(self, payload: ListFiles | FileData | None) -> str | list[str] | None:
        """Where the files lie.

        Args:
            payload: What the browser tells; Gradio has checked that it lies among the uploads.

        Returns:
            One path, or a list of them where several files may be chosen; ``None`` where none was.
        """
        if payload is None:
            return None
        files = [payload] if hasattr(payload, "path") else list(payload)
        paths = [file.path for file in files]
        return paths if self.file_count == "multiple" else paths[0] if paths else None


BROKE = "It could not be added; the program's terminal says why."
NO_FILE = "Choose a file first."
ONE_PAGE = "A first page is of one essay; leave it empty to add several, and edit them afterwards."
# How far behind those who ask the work stands in the queue for the processor (``nice``).
_BEHIND = 10
# Seconds between two looks at how far the work is.
_LOOK = 0.2


class Library(Protocol):
    """What is asked of a library here; ``assistant.library.library.Library`` is one."""

    root: Path

    def summaries(self) -> Mapping[str, EssaySummary]:
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
    lines: list[UploadLine] = field(default_factory=list)
    _ended: threading.Event = field(default_factory=threading.Event)

    def steps(self) -> Iterator[str]:
        """Begin, and give what is to be seen, as HTML, whenever that has changed; ends when all is done."""
        self.lines = [UploadLine(path.name) for path in self.paths]
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

    def _add(self, path: Path, line: UploadLine) -> None:
        def told(stage: str, done: int, total: int) -> None:
            line.message, line.done, line.total = stage, done, total

        line.state = "working"
        try:
            before = dict(self.library.summaries())
            report = self.library.add(path, first_page=self.first_page, progress=told)
            after, known = self.library.summaries()[report.essay_id], before.get(report.essay_id)
            line.report = report
            line.state = "added" if known is None else "changed" if known.sha256 != after.sha256 else "there"
        except AssistantError as fault:
            # Where the upload lay is of no use to its reader.
            sentence = str(fault).replace(str(path), path.name)
            line.state, line.message = "fault", messages.told(sentence, self.library.root)
        except BaseException:
            line.state, line.message = "fault", BROKE
            raise
        finally:
            delete(path)


def delete(path: Path) -> None:
    """Delete an uploaded copy, and the folder that was made for it alone."""
    with suppress(OSError):
        path.unlink(missing_ok=True)
        path.parent.rmdir()


def _give_way() -> None:
    """Let whoever asks go before this thread, and those that it begins, where threads can be told apart."""
    if sys.platform == "linux":
        behind = max(_BEHIND, os.getpriority(os.PRIO_PROCESS, 0))
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), behind)

"""Uploaded files on their way into the library, and the guard that accepts no addresses in their place."""

from __future__ import annotations

import json
import os
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from starlette.responses import PlainTextResponse

from assistant.core.errors import AssistantError
from assistant.web.messages import public_message
from assistant.web.views.essays import UploadLine, lines_html

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from assistant.library.library import Library

FAILED = "It could not be added; the program's terminal says why."
NO_FILE = "Choose a file first."
ONE_PAGE = "A first page is for one essay only; leave it empty to add several, and edit them afterwards."

# Added to the work's priority (``nice``), so that questions get the processor first.
_NICENESS = 10
# Seconds between two updates of the progress.
_INTERVAL = 0.2

_FETCHES_NOTHING = "This server fetches nothing from other addresses; upload the file itself."
_TOO_LONG = "This is more than the page ever sends; send less."
# Bytes; the longest conversation that a tab stores, and some more.
LONGEST_MESSAGE = 20_000_000
# Gradio's routes that pass on something from elsewhere, or hand something to another program.
_PASSED_ON = ("/proxy=", "/file=http", "/process_recording")


@dataclass(slots=True)
class UploadJob:
    """Adds files to a library one after the other; it goes on if the visitor leaves.

    Attributes:
        library: The library.
        paths: The uploaded copies; each is deleted after it has been read.
        first_page: Number of the first page, for a single file only.
        lines: What became of each file, in the same order.
    """

    library: Library
    paths: Sequence[Path]
    first_page: str | None = None
    lines: list[UploadLine] = field(default_factory=list)
    _ended: threading.Event = field(default_factory=threading.Event)

    def steps(self) -> Iterator[str]:
        """Start, and yield the progress as HTML whenever it changes, until all files are done."""
        self.lines = [UploadLine(path.name) for path in self.paths]
        threading.Thread(target=self._work).start()
        shown = ""
        while not self._ended.wait(_INTERVAL):
            if (html := lines_html(self.lines)) != shown:
                yield html
            shown = html
        yield lines_html(self.lines)

    def _work(self) -> None:
        _lower_priority()
        try:
            for path, line in zip(self.paths, self.lines, strict=True):
                self._add(path, line)
        finally:
            self._ended.set()

    def _add(self, path: Path, line: UploadLine) -> None:
        def progress(stage: str, done: int, total: int) -> None:
            line.message, line.done, line.total = stage, done, total

        line.state = "working"
        try:
            before = dict(self.library.summaries())
            report = self.library.add(path, first_page=self.first_page, progress=progress)
            added, known = self.library.summaries()[report.essay_id], before.get(report.essay_id)
            line.report = report
            line.state = "added" if known is None else "changed" if known.sha256 != added.sha256 else "there"
        except AssistantError as error:
            line.state, line.message = "fault", public_message(error, self.library.root, path)
        except BaseException:
            line.state, line.message = "fault", FAILED
            raise
        finally:
            _delete(path)


def _delete(path: Path) -> None:
    """Delete an uploaded copy, and the folder that was made for it alone."""
    with suppress(OSError):
        path.unlink(missing_ok=True)
        path.parent.rmdir()


def _lower_priority() -> None:
    """Let questions go before this thread and the threads that it starts, where threads have priorities."""
    if sys.platform == "linux":
        niceness = max(_NICENESS, os.getpriority(os.PRIO_PROCESS, 0))
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), niceness)


class FetchGuard:
    """Refuses requests that would make the server fetch an address, and messages that are too long.

    Gradio takes an address in place of a file, fetches it and returns it: anyone who may use the page could
    look through it at other machines.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer or refuse one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif any(route in scope["path"].lower() for route in _PASSED_ON):
            await PlainTextResponse(_FETCHES_NOTHING, 403)(scope, receive, send)
        elif scope["method"] != "POST" or _is_upload(scope):
            await self._app(scope, receive, send)
        else:
            await self._message(scope, receive, send)

    async def _message(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = await _whole_body(receive)
        if body is None:
            await PlainTextResponse(_TOO_LONG, 413)(scope, receive, send)
        elif _names_address(body):
            await PlainTextResponse(_FETCHES_NOTHING, 403)(scope, receive, send)
        else:
            await self._app(scope, _replay(body, receive), send)


def _is_upload(scope: Scope) -> bool:
    """Whether files are sent: they are written to disk part by part and have a limit of their own."""
    kind = next((value for name, value in scope["headers"] if name == b"content-type"), b"")
    return bool(kind.strip().lower().startswith(b"multipart/"))


async def _whole_body(receive: Receive) -> bytes | None:
    """The body of a request; ``None`` if it is too long."""
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if len(body) > LONGEST_MESSAGE:
            return None
        if not message.get("more_body", False):
            return bytes(body)


def _replay(body: bytes, receive: Receive) -> Receive:
    """Deliver a body that was received already, then what follows it."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replayed() -> Message:
        return waiting.pop() if waiting else await receive()

    return replayed


def _names_address(body: bytes) -> bool:
    """Whether a message has an address where a file belongs."""
    try:
        values = [json.loads(body)]
    except (ValueError, RecursionError):
        return False
    while values:
        value = values.pop()
        if isinstance(value, dict):
            path = value.get("path")
            if "meta" in value and isinstance(path, str) and path.strip().lower().startswith("http"):
                return True
            values += value.values()
        elif isinstance(value, list):
            values += value
    return False

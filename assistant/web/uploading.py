"""Uploaded files: the private folder they are stored in, and how they are added to the library."""

from __future__ import annotations

import atexit
import os
import shutil
import stat
import sys
import tempfile
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.core.errors import AssistantError
from assistant.library.importing import Became
from assistant.library.walking import FileToAdd
from assistant.web.messages import public_message
from assistant.web.views.essays import UploadLine, UploadState, lines_html

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from assistant.library.library import Library

FAILED = "It could not be added; the program's terminal says why; see also: assistant doctor."
NO_FILE = "Choose a file first."
ONE_PAGE = "A first page is for one essay only; leave it empty to add several, and edit them afterwards."

# Name of the folder of uploads, the file in it that is locked as long as its server runs, and the seconds in
# which a server locks it.
_PREFIX, _LOCK, _STARTING = "essay-assistant-", ".lock", 60
# Added to the work's priority (``nice``), so that questions get the processor first.
_NICENESS = 10
# What became of a file, as the page says it.
_STATES: dict[Became, UploadState] = {
    "added": "added",
    "replaced": "changed",
    "unchanged": "there",
    "same": "there",
    "failed": "fault",
    "removed": "fault",
}
# Seconds between two updates of the progress.
_INTERVAL = 0.2


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
        lower_priority()
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
            file = FileToAdd(path=path, first_page=self.first_page)
            # An essay that is there already is read again, for that repairs what was damaged.
            (result,) = self.library.add_files([file], again=True, progress=progress)
            result.raise_error()
            line.report = result.report or self.library.essay(result.essay).report
            line.state = _STATES[result.outcome]
        except AssistantError as error:
            line.state, line.message = "fault", public_message(error, self.library.root, path)
        except BaseException:
            line.state, line.message = "fault", FAILED
            raise
        finally:
            _delete(path)


@cache
def private_folder() -> str:
    """Let Gradio store uploads where no other user of the machine can read them, until the process ends.

    Its own folder in the system's temporary folder may be entered by everyone.

    Returns:
        The folder.
    """
    from filelock import FileLock

    folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=os.environ.get("GRADIO_TEMP_DIR") or None))
    lock = FileLock(folder / _LOCK)
    lock.acquire()
    os.environ["GRADIO_TEMP_DIR"] = str(folder)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    atexit.register(lock.release)
    sweep(folder.parent)
    return str(folder)


def sweep(temporary: Path) -> None:
    """Delete the folders of servers that were killed: nobody holds their locks any more."""
    from filelock import FileLock, Timeout

    for folder in filter(_is_own, temporary.glob(f"{_PREFIX}*")):
        lock = folder / _LOCK
        with suppress(OSError, Timeout):
            # A server that starts now may not hold its lock yet.
            if time.time() - lock.stat().st_mtime > _STARTING:
                with FileLock(lock, timeout=0):
                    shutil.rmtree(folder, ignore_errors=True)


def _is_own(folder: Path) -> bool:
    """Whether a folder is this user's, and no link to one: others may put what they like next to it."""
    with suppress(OSError):
        status = folder.lstat()
        return stat.S_ISDIR(status.st_mode) and (os.name == "nt" or status.st_uid == os.getuid())
    return False


def _delete(path: Path) -> None:
    """Delete an uploaded copy, and the folder that was made for it alone."""
    with suppress(OSError):
        path.unlink(missing_ok=True)
        path.parent.rmdir()


def lower_priority() -> None:
    """Let questions go before this thread and the threads that it starts, where threads have priorities."""
    if sys.platform == "linux":
        niceness = max(_NICENESS, os.getpriority(os.PRIO_PROCESS, 0))
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), niceness)

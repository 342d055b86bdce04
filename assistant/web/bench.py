"""The bench: one evaluation at a time for all visitors, on a thread of its own, so that asking goes on."""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

from assistant.errors import AssistantError
from assistant.types import Progress
from assistant.web.question_sets import unpacked

BROKE = "The measuring broke off; the program's terminal says why."


class Report(Protocol):
    """What an evaluation gives; ``assistant.evaluation.command.Report`` is one."""

    @property
    def html(self) -> str:
        """The report as an element with its own style."""


# Evaluates question sets by ranking methods of some names.
Assess = Callable[[Sequence[Path], Sequence[str], Progress], Report]


class _StoppedError(Exception):
    """Ends an evaluation from within: raised where it tells of its progress."""


@dataclass(slots=True)
class Run:
    """An evaluation, as it stands.

    Attributes:
        stage: What is being done.
        done: Number of its steps done.
        total: Number there are; 0 before the first step.
        html: The report, once it is there.
        fault: One sentence on what went wrong, or the empty string.
        stopping: Set to end it.
        ended: Set once it has ended.
    """

    stage: str = ""
    done: int = 0
    total: int = 0
    html: str = ""
    fault: str = ""
    stopping: threading.Event = field(default_factory=threading.Event)
    ended: threading.Event = field(default_factory=threading.Event)

    def step(self, stage: str, done: int, total: int) -> None:
        """Note progress; this is where a run that is to stop does."""
        if self.stopping.is_set():
            raise _StoppedError
        self.stage, self.done, self.total = stage, done, total


class Bench:
    """Runs evaluations.

    Args:
        assess: Does the work.
    """

    def __init__(self, assess: Assess) -> None:
        self._assess = assess
        self._busy = threading.Lock()

    def start(self, folders: Sequence[Path], files: Sequence[Path], methods: Sequence[str]) -> Run | None:
        """Begin a run.

        Args:
            folders: Question sets of the library.
            files: Uploaded files of one more, or none.
            methods: Names of ranking methods.

        Returns:
            The run, which goes on by itself; ``None`` while another is under way.
        """
        if not self._busy.acquire(blocking=False):
            return None
        run = Run()
        threading.Thread(target=self._work, args=(run, folders, files, methods), daemon=True).start()
        return run

    def _work(self, run: Run, folders: Sequence[Path], files: Sequence[Path], methods: Sequence[str]) -> None:
        try:
            with TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
                self._measure(run, Path(scratch), folders, files, methods)
        except Exception:  # noqa: BLE001 - a bench that stays taken would keep out everyone
            traceback.print_exc()
            run.fault = BROKE
        finally:
            self._busy.release()
            run.ended.set()

    def _measure(
        self, run: Run, scratch: Path, folders: Sequence[Path], files: Sequence[Path], methods: Sequence[str]
    ) -> None:
        try:
            sets = [*folders, *([unpacked(files, scratch)] if files else [])]
            run.html = self._assess(sets, methods, run.step).html
        except _StoppedError:
            pass
        except AssistantError as fault:
            # Where the upload was unpacked is of no use to its reader.
            run.fault = str(fault).replace(f"{scratch}/", "")

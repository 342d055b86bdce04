"""What all commands share: their common options, the library they open, and how they speak.

How the command speaks to a terminal, a file or a pipe.

Files that the command reads besides essays: questions and quotations by the batch, names and passwords.

Progress on stderr.
"""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

import click

from assistant.core.errors import AssistantError

if TYPE_CHECKING:
    from tqdm import tqdm

    from assistant.library.library import Library


# Bold and its end are our own; all else that steers a terminal, or turns the order of reading, is a text's.
_STEERING = re.compile(
    r"\x1b\[[01]m|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]|\r(?!\n)"
)
_OURS = frozenset({"\x1b[0m", "\x1b[1m"})
_SHOWN = "\ufffd"


def speak_utf8() -> None:
    """Read and write UTF-8 whatever the console's own encoding: essays have letters that it may lack.

    A file or a pipe gets every character as it is; what a terminal gets cannot steer it.
    """
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")
    for name, kept in (("stdout", ""), ("stderr", "\r")):
        stream = getattr(sys, name)
        if isinstance(stream, io.TextIOWrapper) and stream.isatty():
            setattr(sys, name, Terminal(stream, kept))


def shown(text: str, kept: str = "") -> str:
    """Text as a terminal may show it: each character that would steer it is seen as a replacement sign.

    Args:
        text: The text.
        kept: Such characters that stay all the same.
    """
    return _STEERING.sub(lambda found: found[0] if found[0] in _OURS or found[0] in kept else _SHOWN, text)


class Terminal(io.TextIOWrapper):
    """A terminal that no essay, draft or name of a file can steer.

    Args:
        stream: Where the terminal was written to before.
        kept: Characters that it may be steered by all the same, as bars of progress do.
    """

    def __init__(self, stream: io.TextIOWrapper, kept: str = "") -> None:
        super().__init__(stream.buffer, encoding="utf-8", errors="replace", line_buffering=True)
        # The buffer would be closed with the stream that it came from.
        self._stream, self._kept = stream, kept

    def write(self, text: str) -> int:
        """Write text; gives its length."""
        super().write(shown(text, self._kept))
        return len(text)


class QuietGroup(click.Group):
    """A group whose commands end quietly when the reader of a pipe has gone."""

    def invoke(self, context: click.Context) -> Any:
        """Run a command."""
        # Click would else take what looks like a colour out of an essay's words on their way into a pipe.
        context.color = True
        try:
            return super().invoke(context)
        except BrokenPipeError:
            # What is still in the buffer has nowhere to go.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise click.exceptions.Exit(0) from None


def read_batch(path: Path) -> list[dict[str, Any]]:
    """Read questions of a batch file; all are checked before the first is asked.

    Args:
        path: JSON Lines: ``{"id", "question", "history": [earlier questions]?}``.

    Raises:
        AssistantError: If the file cannot be read or a line is malformed.
    """
    return [_batch_line(path, number, line) for number, line in _lines(path)]


def read_quotations(path: Path) -> list[dict[str, Any]]:
    """Read quotations of a batch file; all lines are checked before the first is looked up.

    Args:
        path: JSON Lines: ``{"id", "text"}``.

    Raises:
        AssistantError: If the file cannot be read or a line is malformed.
    """
    return [_quotation_line(path, number, line) for number, line in _lines(path)]


def _lines(path: Path) -> list[tuple[int, str]]:
    """Lines of a file that are not empty, with their numbers."""
    try:
        lines = path.read_text("utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise AssistantError(f"{path} cannot be read; give a file of JSON Lines in UTF-8.") from error
    return [(number, line) for number, line in enumerate(lines, 1) if line.strip()]


def _quotation_line(path: Path, number: int, line: str) -> dict[str, Any]:
    fault = AssistantError(f'{path}, line {number}, is not {{"id": ..., "text": "..."}}; mend the line.')
    try:
        found = json.loads(line)
    except ValueError as error:
        raise fault from error
    if not isinstance(found, dict) or "id" not in found or not isinstance(found.get("text"), str):
        raise fault
    return found


def _batch_line(path: Path, number: int, line: str) -> dict[str, Any]:
    fault = AssistantError(
        f'{path}, line {number}, is not {{"id": ..., "question": "...", "history": [...]}}; mend the line.'
    )
    try:
        found = json.loads(line)
    except ValueError as error:
        raise fault from error
    if not isinstance(found, dict) or "id" not in found or not isinstance(found.get("question"), str):
        raise fault
    history = found.get("history", [])
    if (
        not found["question"].strip()
        or not isinstance(history, list)
        or not all(isinstance(one, str) for one in history)
    ):
        raise fault
    return found


def read_accounts(path: Path | None) -> list[tuple[str, str]] | None:
    """Read names and passwords of those who may enter the page; ``None`` if no file is given.

    Raises:
        AssistantError: If the file cannot be read or a line is not ``name:password``.
    """
    if path is None:
        return None
    try:
        lines = [line for line in path.read_text("utf-8-sig").splitlines() if line.strip()]
    except (OSError, UnicodeDecodeError) as error:
        raise AssistantError(f"{path} cannot be read; give a file with lines of name:password.") from error
    parts = (line.partition(":") for line in lines)
    accounts = [(name.strip(), password.strip()) for name, _, password in parts]
    if not accounts or not all(name and password for name, password in accounts):
        raise AssistantError(f"{path} must have lines of name:password and no others; mend it.")
    return accounts


class Bar:
    """A bar for each stage of a job, on stderr and only where somebody looks.

    Args:
        name: What is being worked on.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._bar: tqdm[None] | None = None
        self._stage = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._close()

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Show that ``done`` of ``total`` steps of a stage are done."""
        if total <= 1:
            return
        if self._bar is None or stage != self._stage:
            self._close()
            self._stage = stage
            from tqdm import tqdm

            # ``disable=None`` keeps the bar out of files and pipes.
            self._bar = tqdm(total=total, desc=f"{self._name}: {stage}", leave=False, disable=None)
        self._bar.update(done - self._bar.n)

    def _close(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None


Command = TypeVar("Command", bound=Callable[..., Any])


def common(command: Command) -> Command:
    """Options that every command has."""
    command = click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")(command)
    folder = click.Path(path_type=Path, file_okay=False)
    return click.option("--library", "root", type=folder, help="The library's folder.", metavar="DIR")(
        command
    )


def open_library(root: Path | None) -> Library:
    """The library in a folder that the user names, or in the one that is found without."""
    from assistant.library.files import find_root
    from assistant.library.library import Library

    return Library(find_root(root), notify=say)


def say(sentence: str) -> None:
    """Tell the user something that is no result."""
    click.echo(shown(sentence) if sys.stderr.isatty() else sentence, err=True)


def print_json(made: Any) -> None:
    """Print a result for programs, on a line."""
    click.echo(json.dumps(made, ensure_ascii=False))


def width() -> int:
    """Columns that text may take."""
    return min(shutil.get_terminal_size().columns, 88)

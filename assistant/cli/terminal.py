"""What the commands share: options, the library, output to a terminal or a pipe, progress, input files."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar, get_args

import click

from assistant.core.errors import AssistantError
from assistant.core.selection import SelectableKind

if TYPE_CHECKING:
    from tqdm import tqdm

    from assistant.library.library import Library

Command = TypeVar("Command", bound=Callable[..., Any])

# Control characters, and marks that turn the order of reading. The program itself writes only bold.
_CONTROLS = re.compile(
    r"\x1b\[[01]m|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]|\r(?!\n)"
)
_BOLD = frozenset({"\x1b[0m", "\x1b[1m"})
_REPLACEMENT = "\ufffd"


def common(command: Command) -> Command:
    """Add the options that every command has."""
    command = click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")(command)
    folder = click.Path(path_type=Path, file_okay=False)
    return click.option(
        "--library",
        "root",
        type=folder,
        help="The library's folder, or its name on a cluster: ray:auto or ray://HOST/NAME.",
        metavar="DIR",
    )(command)


def open_library(
    root: Path | None, *, isolates: bool = False, notify: Callable[[str], None] | None = None
) -> Library:
    """The library in the folder that the user names, or in the default one.

    Args:
        root: The folder, or a name on a cluster.
        isolates: Whether files are read in a process of their own, as by a server.
        notify: Receives sentences for the user; otherwise they are printed.
    """
    notify = notify or say
    from assistant.library.files import find_root, is_in_shards

    root = find_root(root)
    if not isolates and (kept := _KEPT_OPEN.get(absolute(root))):
        return kept
    if is_in_shards(root):
        from assistant.cluster.opening import open_cluster

        return open_cluster(root, notify=notify, isolates=isolates)
    from assistant.library.library import Library

    return Library(root, notify=notify, isolates=isolates)


def absolute(root: Path) -> Path:
    """A library's folder from the root of the disk, or its name on a cluster as it is."""
    return root if str(root).startswith("ray:") else root.resolve()


# The library of a warm process by its name, which its commands find open.
_KEPT_OPEN: dict[Path, Library] = {}


def keep_open(name: Path, library: Library) -> None:
    """Have ``open_library`` give this library, named as by ``absolute``, rather than open it again."""
    _KEPT_OPEN.clear()
    _KEPT_OPEN[name] = library
    library.report_again()


_FILTERS = {
    "authors": ("--author", "NAME", "essays of this author"),
    "years": ("--year", "YEARS", "essays of 2014, 2010-2014, 2010- or -2014"),
    "collections": ("--collection", "NAME", "essays of this collection and of those in it"),
    "tags": ("--tag", "T", "essays with this tag"),
    "sections": ("--section", "HEADING", "sections with these words in their heading"),
}


def filtered(*, passages: bool) -> Callable[[Command], Command]:
    """Add the options that select essays and, if ``passages`` are selected too, their kinds and sections."""

    def add(command: Command) -> Command:
        if passages:
            kinds = click.Choice(get_args(SelectableKind))
            what = "Only passages of this kind (may be repeated)."
            command = click.option("--kind", "kinds", multiple=True, type=kinds, help=what)(command)
        for field, (name, metavar, what) in reversed(_FILTERS.items()):
            if field != "sections" or passages:
                option = click.option(
                    name, field, multiple=True, metavar=metavar, help=f"Only {what} (may be repeated)."
                )
                command = option(command)
        return command

    return add


class QuietGroup(click.Group):
    """A group whose commands end quietly when the reader of a pipe has gone."""

    def invoke(self, context: click.Context) -> Any:
        """Run a command."""
        # Otherwise Click removes what looks like a colour from an essay's words when they go into a pipe.
        context.color = True
        try:
            return super().invoke(context)
        except BrokenPipeError:
            # What is still in the buffer has nowhere to go.
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, sys.stdout.fileno())
            os.close(nowhere)
            raise click.exceptions.Exit(0) from None


def speak_utf8() -> None:
    """Read and write UTF-8 whatever the console's encoding: essays have letters that it may lack.

    A file or a pipe gets every character as it is; a terminal gets none that could control it.
    """
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")
    for name, allowed in (("stdout", ""), ("stderr", "\r")):
        stream = getattr(sys, name)
        if isinstance(stream, io.TextIOWrapper) and stream.isatty():
            setattr(sys, name, Terminal(stream, allowed))


class Terminal(io.TextIOWrapper):
    """A terminal that no essay, draft or file name can control.

    Args:
        stream: The stream that was the terminal before.
        allowed: Control characters that are written all the same, for progress bars.
    """

    def __init__(self, stream: io.TextIOWrapper, allowed: str = "") -> None:
        super().__init__(stream.buffer, encoding="utf-8", errors="replace", line_buffering=True)
        # The buffer would be closed together with the stream that it came from.
        self._stream, self._allowed = stream, allowed

    def write(self, text: str) -> int:
        """Write text and return its length."""
        super().write(printable(text, self._allowed))
        return len(text)


def printable(text: str, allowed: str = "") -> str:
    """Text with a replacement character for each control character, except those allowed."""
    return _CONTROLS.sub(
        lambda match: match[0] if match[0] in _BOLD or match[0] in allowed else _REPLACEMENT, text
    )


def say(sentence: str) -> None:
    """Print a sentence that is no result on stderr."""
    click.echo(printable(sentence) if sys.stderr.isatty() else sentence, err=True)


def traceback_file() -> Path:
    """The file with the traceback of the last unexpected error."""
    import platformdirs

    return Path(platformdirs.user_log_dir("essay-assistant", appauthor=False)) / "last-error.txt"


def save_traceback() -> Path | None:
    """Save the traceback of the exception that is being handled; ``None`` if that is impossible."""
    import traceback

    try:
        path = traceback_file()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(traceback.format_exc(), "utf-8", errors="replace")
    except OSError:
        return None
    return path


def print_json(result: Any) -> None:
    """Print a result for programs on one line."""
    click.echo(json.dumps(result, ensure_ascii=False))


def width() -> int:
    """Number of columns that text may take."""
    return min(shutil.get_terminal_size().columns, 88)


class Bar:
    """A progress bar on stderr for each stage of a job; files and pipes get none.

    Args:
        name: What is being worked on.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._bar: tqdm[None] | None = None
        self._stage = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Show that ``done`` of ``total`` steps of a stage are done."""
        if total <= 1:
            return
        if self._bar is None or stage != self._stage:
            self.close()
            self._stage = stage
            from tqdm import tqdm

            # ``disable=None`` keeps the bar out of files and pipes.
            self._bar = tqdm(total=total, desc=f"{self.name}: {stage}", leave=False, disable=None)
        self._bar.update(done - self._bar.n)

    def close(self) -> None:
        """Take the bar away; the next step shows it again."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None


def read_questions(path: Path) -> list[dict[str, Any]]:
    """Read a batch of questions: ``{"id", "question", "history": [earlier questions]?}`` a line.

    Raises:
        AssistantError: If the file cannot be read or a line is malformed; no question has been asked then.
    """
    return list(_read_json_lines(path, '{"id": ..., "question": "...", "history": [...]}', _is_question))


def read_quotations(path: Path) -> list[dict[str, Any]]:
    """Read a batch of quotations: ``{"id", "text"}`` a line.

    Raises:
        AssistantError: If the file cannot be read or a line is malformed; no quotation has been checked then.
    """
    return list(
        _read_json_lines(path, '{"id": ..., "text": "..."}', lambda line: isinstance(line.get("text"), str))
    )


def _is_question(line: dict[str, Any]) -> bool:
    question, history = line.get("question"), line.get("history", [])
    is_history = isinstance(history, list) and all(isinstance(earlier, str) for earlier in history)
    return isinstance(question, str) and bool(question.strip()) and is_history


def _read_json_lines(
    path: Path, form: str, is_valid: Callable[[dict[str, Any]], bool]
) -> Iterator[dict[str, Any]]:
    try:
        lines = path.read_text("utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise AssistantError(f"{path} cannot be read; give a file of JSON Lines in UTF-8.") from error
    for number, text in enumerate(lines, 1):
        if not text.strip():
            continue
        try:
            line = json.loads(text)
        except (ValueError, RecursionError):
            line = None
        if not isinstance(line, dict) or "id" not in line or not is_valid(line):
            raise AssistantError(f"{path}, line {number}, is not {form}; correct the line.")
        yield line


def read_accounts(path: Path | None) -> list[tuple[str, str]] | None:
    """Read the names and passwords of those who may open the page; ``None`` if no file is named.

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
        raise AssistantError(f"{path} must have lines of name:password and no others; correct it.")
    return accounts

"""What all commands share: their common options, the library they open, and how they speak."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from assistant.commands.console import shown

if TYPE_CHECKING:
    from assistant.library import Library

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
    from assistant.keeping.storage import find_root  # noqa: PLC0415 - the same
    from assistant.library import Library  # noqa: PLC0415 - help and faults need no numpy

    return Library(find_root(root), notify=say)


def say(sentence: str) -> None:
    """Tell the user something that is no result."""
    click.echo(shown(sentence) if sys.stderr.isatty() else sentence, err=True)


def print_json(made: Any) -> None:  # noqa: ANN401 - any JSON value
    """Print a result for programs, on a line."""
    click.echo(json.dumps(made, ensure_ascii=False))


def width() -> int:
    """Columns that text may take."""
    return min(shutil.get_terminal_size().columns, 88)

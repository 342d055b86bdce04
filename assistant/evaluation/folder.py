"""Reports and runs in folders of the user's: an earlier report is read, files are whole or not there."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from assistant.errors import AssistantError
from assistant.evaluation.comparison import is_report

DATA = "report.json"


class OutputError(AssistantError):
    """What was asked for cannot be written where it was asked for."""


def prepare(folder: Path) -> None:
    """Make a folder and see that it can be written to, before work is done for it.

    Raises:
        OutputError: If it cannot.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise _output_error(folder, error) from error


def earlier(folder: Path) -> dict[str, Any] | None:
    """The report that a folder holds, or ``None``.

    Raises:
        OutputError: If what stands in its place is none.
    """
    path = folder / DATA
    if not path.exists():
        return None
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise _no_report(path) from error
    if not is_report(found):
        raise _no_report(path)
    return dict(found)


def _no_report(path: Path) -> OutputError:
    return OutputError(f"{path} is no report to compare with; delete it or name another folder.")


def write(folder: Path, files: Mapping[str, str]) -> None:
    """Write files, each in the place of an older one at once and whole.

    Args:
        folder: Where to; it exists.
        files: Text by file name.

    Raises:
        OutputError: If one cannot be written.
    """
    new: dict[str, Path] = {}
    try:
        for name, text in files.items():
            handle, path = tempfile.mkstemp(prefix=f".{name}.", dir=folder)
            new[name] = Path(path)
            with os.fdopen(handle, "wb") as file:
                file.write(text.encode("utf-8", "replace"))
            # Made for this user alone until it is whole; then as any other file is.
            new[name].chmod(0o644)
        for name, one in new.items():
            one.replace(folder / name)
    except OSError as error:
        raise _output_error(folder, error) from error
    finally:
        for one in new.values():
            one.unlink(missing_ok=True)


def _output_error(folder: Path, error: OSError) -> OutputError:
    reason = error.strerror or str(error)
    return OutputError(f"{folder} cannot be written to ({reason}); name a folder that can.")

"""Files that the command reads besides essays: questions and quotations by the batch, names and passwords."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from assistant.errors import AssistantError


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

"""What a browser tab kept of its checking and gives back when it is loaded again.

A tab keeps words alone. What was found in them is found once more, so no HTML is ever taken from a tab.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from assistant.web.kept import values_of

# Characters; a long chapter.
LONGEST = 300_000
# Of all that a tab tells; twice the longest text, its letters as JSON may write them.
_LONGEST_TOLD = 4_000_000
_LONGEST_NAME = 300


@dataclass(frozen=True, slots=True)
class Checked:
    """What was checked last.

    Attributes:
        text: What had been pasted; empty where a file was uploaded.
        file: Name of that file, or the empty string.
        essays: Ids of the essays that it was checked against; all if empty.
        style: Name of the citation style.
    """

    text: str
    file: str
    essays: tuple[str, ...]
    style: str


@dataclass(frozen=True, slots=True)
class KeptCheck:
    """What a tab kept.

    Attributes:
        text: What stands in the box.
        essays: Ids of the essays chosen.
        checked: What was checked last, if anything was.
    """

    text: str = ""
    essays: tuple[str, ...] = ()
    checked: Checked | None = None


def kept_check_of(told: str | None) -> KeptCheck:
    """What a tab kept, from what it tells.

    Args:
        told: JSON of the page's script; anything may stand in it.

    Returns:
        What of it has the right form; the rest is left out.
    """
    values = values_of(told, _LONGEST_TOLD)
    return KeptCheck(_text(values.get("text")), _ids(values.get("essays")), _checked(values.get("checked")))


def _checked(value: object) -> Checked | None:
    if not isinstance(value, dict):
        return None
    text, file = _text(value.get("text")), _text(value.get("file"))[:_LONGEST_NAME]
    if not text and not file:
        return None
    return Checked(text, file, _ids(value.get("essays")), _text(value.get("style")))


def _text(value: Any) -> str:  # noqa: ANN401 - any JSON value
    return value if isinstance(value, str) and len(value) <= LONGEST else ""


def _ids(value: Any) -> tuple[str, ...]:  # noqa: ANN401 - the same
    return tuple(one for one in value if isinstance(one, str)) if isinstance(value, list) else ()

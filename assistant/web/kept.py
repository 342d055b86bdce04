"""What a browser tab kept of its conversation and gives back when it is loaded again.

The server remembers no conversation beyond its own life and the tab's. What a tab gives back is shown to
that tab alone, so it can put nothing before anybody else's eyes.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from assistant.web.cards import Turn

# Characters; the page's script keeps less.
_LONGEST = 5_000_000


@dataclass(frozen=True, slots=True)
class Kept:
    """What a tab kept.

    Attributes:
        turns: Its conversation, oldest first.
        reading: Id of the essay that was read, or the empty string.
        draft: A question that was not asked yet.
        style: Name of the citation style, or the empty string.
    """

    turns: tuple[Turn, ...] = ()
    reading: str = ""
    draft: str = ""
    style: str = ""


def kept_of(told: str | None) -> Kept:
    """What a tab kept, from what it tells.

    Args:
        told: JSON of the page's script; anything may stand in it.

    Returns:
        What of it has the right form; the rest is left out.
    """
    values = values_of(told, _LONGEST)
    turns = values.get("turns")
    return Kept(
        tuple(_turn(one) for one in turns if _is_turn(one)) if isinstance(turns, list) else (),
        _text(values.get("reading")),
        _text(values.get("draft")),
        _text(values.get("style")),
    )


def _is_turn(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(value.get(name), str) for name in ("question", "html"))


def _turn(value: dict[str, Any]) -> Turn:
    return Turn(value["question"], value["html"])


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def values_of(told: str | None, longest: int) -> dict[str, Any]:
    """The JSON object that a script tells; empty where it is none, or too long.

    Args:
        told: Anything.
        longest: Characters that are read.
    """
    if not told or len(told) > longest:
        return {}
    try:
        values = json.loads(told)
    except (ValueError, RecursionError):
        return {}
    return values if isinstance(values, dict) else {}

"""What a browser tab kept of its conversation and gives back when it is loaded again.

The server remembers no conversation beyond its own life and the tab's. What a tab gives back is shown to
that tab alone, so it can put nothing before anybody else's eyes.

What a browser kept in its notebook and of its conversation, and tells when it is to be looked up.

Anything may stand in it: what has the right form is taken, the rest is left out. None of it is kept here, and
what comes of it goes to that browser alone.

What a browser tab kept of its checking and gives back when it is loaded again.

A tab keeps words alone. What was found in them is found once more, so no HTML is ever taken from a tab.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from assistant.core.notebook import Pin, Section
from assistant.web.views.answer import Turn

# Characters; a browser keeps some five million in all.
LONGEST_NOTEBOOK = 5_000_000
_MOST_PINS = 5_000
_TEXTS = ("citation", "title", "reference", "question", "note")
_REQUIRED = ("essay", "passage", "words")


def sections_of(told: object) -> tuple[Section, ...]:
    """Sections with their pins.

    Args:
        told: JSON of the page's script: a list of objects with ``pins``, ``heading`` and ``said``.

    Returns:
        What of it has the right form.
    """
    made, left = [], _MOST_PINS
    for value in _list(_read(told)):
        if isinstance(value, dict):
            pins = [pin for pin in map(_pin, _list(value.get("pins"))) if pin][:left]
            left -= len(pins)
            said = tuple(filter(None, map(_pinned_text, _list(value.get("said")))))
            made.append(Section(tuple(pins), _pinned_text(value.get("heading")), said))
    return tuple(made)


def pins_of(told: object) -> tuple[Pin | None, ...]:
    """Pins, in place of each that has not the right form ``None``.

    Args:
        told: JSON of the page's script, a list of objects.
    """
    return tuple(map(_pin, _list(_read(told))[:_MOST_PINS]))


def _read(told: object) -> object:
    if not isinstance(told, str) or len(told) > LONGEST_NOTEBOOK:
        return None
    try:
        return json.loads(told)
    except (ValueError, RecursionError):
        return None


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _pin(value: object) -> Pin | None:
    if not isinstance(value, dict):
        return None
    essay, passage, words = (_pinned_text(value.get(name)) for name in _REQUIRED)
    span = _span([value.get("start"), value.get("end")])
    if not (essay and passage and words.strip()) or span is None:
        return None
    citation, title, reference, question, note = (_pinned_text(value.get(name)) for name in _TEXTS)
    marked = _marked(value.get("marked"), span)
    return Pin(
        essay, passage, span[0], span[1], words, citation, title, reference, question, note, marked
    )  # fmt: skip


def _marked(value: object, within: tuple[int, int]) -> tuple[tuple[int, int], ...]:
    """Spans within another, in order and apart from each other."""
    made: list[tuple[int, int]] = []
    for span in map(_span, _list(value)):
        if span and (made[-1][1] if made else within[0]) <= span[0] and span[1] <= within[1]:
            made.append(span)
    return tuple(made)


def _span(value: object) -> tuple[int, int] | None:
    # To Python true is a number.
    if not isinstance(value, list) or len(value) != 2 or any(type(each) is not int for each in value):
        return None
    start, end = value
    return (start, end) if 0 <= start < end else None


def _pinned_text(value: object) -> str:
    """A text; half of a character, as scripts can cut it, becomes a question mark."""
    return value.encode("utf-8", errors="replace").decode() if isinstance(value, str) else ""


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


# Characters; a long chapter.
LONGEST_CHECK = 300_000
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
    return KeptCheck(
        _checked_text(values.get("text")), _ids(values.get("essays")), _checked(values.get("checked"))
    )


def _checked(value: object) -> Checked | None:
    if not isinstance(value, dict):
        return None
    text, file = _checked_text(value.get("text")), _checked_text(value.get("file"))[:_LONGEST_NAME]
    if not text and not file:
        return None
    return Checked(text, file, _ids(value.get("essays")), _checked_text(value.get("style")))


def _checked_text(value: Any) -> str:
    return value if isinstance(value, str) and len(value) <= LONGEST_CHECK else ""


def _ids(value: Any) -> tuple[str, ...]:
    return tuple(one for one in value if isinstance(one, str)) if isinstance(value, list) else ()

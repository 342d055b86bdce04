"""What a browser kept in its notebook and of its conversation, and tells when it is to be looked up.

Anything may stand in it: what has the right form is taken, the rest is left out. None of it is kept here, and
what comes of it goes to that browser alone.
"""

from __future__ import annotations

import json
from typing import Any

from assistant.notebook import Pin, Section

# Characters; a browser keeps some five million in all.
LONGEST = 5_000_000
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
            said = tuple(filter(None, map(_text, _list(value.get("said")))))
            made.append(Section(tuple(pins), _text(value.get("heading")), said))
    return tuple(made)


def pins_of(told: object) -> tuple[Pin | None, ...]:
    """Pins, in place of each that has not the right form ``None``.

    Args:
        told: JSON of the page's script, a list of objects.
    """
    return tuple(map(_pin, _list(_read(told))[:_MOST_PINS]))


def _read(told: object) -> object:
    if not isinstance(told, str) or len(told) > LONGEST:
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
    essay, passage, words = (_text(value.get(name)) for name in _REQUIRED)
    span = _span([value.get("start"), value.get("end")])
    if not (essay and passage and words.strip()) or span is None:
        return None
    citation, title, reference, question, note = (_text(value.get(name)) for name in _TEXTS)
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


def _text(value: object) -> str:
    """A text; half of a character, as scripts can cut it, becomes a question mark."""
    return value.encode("utf-8", errors="replace").decode() if isinstance(value, str) else ""

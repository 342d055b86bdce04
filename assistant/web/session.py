"""What a browser stores and sends back: its questions, its check, the essays it chose and its notebook.

The server stores none of it, and shows it to that browser alone. Anything may be sent: what has
the right form is taken, the rest is left out.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, get_args

from assistant.core.notebook import Pin, Section
from assistant.core.selection import EVERYTHING, SelectableKind, Selection

# Characters; a browser stores some five million in all, and the page's script less.
MOST_SESSION_CHARACTERS = 5_000_000
# Characters of a text to check; a long chapter.
LONGEST_CHECK = 300_000
# Characters of all that a tab sends of its check; twice the longest text, its letters as JSON may write them.
_LONGEST_CHECK_SENT = 4_000_000
_LONGEST_FILE_NAME = 300
_MOST_PINS = 5_000
# Earlier questions that help to understand a new one, and characters of all that is sent with a question.
_MOST_EARLIER = 20
_LONGEST_ASKED = 200_000
_MOST_TAGS, _LONGEST_TAG = 20, 60
_MOST_FILTERS, _LONGEST_FILTER = 20, 300
_PIN_TEXTS = ("citation", "title", "reference", "question", "note")


@dataclass(frozen=True, slots=True)
class Session:
    """What a tab sends when the page is loaded again; its conversation stays in the browser.

    Attributes:
        reading: Id of the essay in the reading pane, or the empty string.
        draft: A question that was not asked yet.
        style: Name of the citation style, or the empty string.
    """

    reading: str = ""
    draft: str = ""
    style: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a tab sends with a question.

    Attributes:
        turn: The script's own name for the question, which returns with its answer.
        history: The questions before it, oldest first.
        essays: Ids of the essays to ask; all if empty.
        where: Which of them, and which of their passages.
    """

    turn: str = ""
    history: tuple[str, ...] = ()
    essays: tuple[str, ...] = ()
    where: Selection = EVERYTHING


@dataclass(frozen=True, slots=True)
class LastCheck:
    """The last check of a tab: the words alone, from which the result is found again.

    Attributes:
        text: What was pasted; empty where a file was uploaded.
        file: Name of that file, or the empty string.
        essays: Ids of the essays that it was checked against; all if empty.
        style: Name of the citation style.
    """

    text: str
    file: str
    essays: tuple[str, ...]
    style: str


@dataclass(frozen=True, slots=True)
class CheckSession:
    """The part that checks, as a tab sends it when the page is loaded again.

    Attributes:
        text: What is in the box.
        essays: Ids of the essays chosen.
        checked: The last check, if there was one.
    """

    text: str = ""
    essays: tuple[str, ...] = ()
    checked: LastCheck | None = None


def saved_session(sent: str | None) -> Session:
    """What a tab stored, from JSON of the page's script."""
    values = _object(sent, MOST_SESSION_CHARACTERS)
    return Session(*(_text(values.get(name)) for name in ("reading", "draft", "style")))


def asked_with(sent: str | None) -> Asked:
    """What came with a question, from JSON of the page's script."""
    values = _object(sent, _LONGEST_ASKED)
    history = tuple(filter(None, map(_text, _list(values.get("history")))))
    turn, essays = _text(values.get("turn"), 100), _texts(values.get("essays"))
    return Asked(turn, history[-_MOST_EARLIER:], essays, _where(values.get("filters")))


def _where(sent: object) -> Selection:
    """A selection without ids of essays; kinds that do not exist are left out."""
    values = sent if isinstance(sent, dict) else {}
    names = ("authors", "years", "collections", "tags", "sections", "kinds")
    filters: dict[str, Any] = {
        name: tuple(filter(None, (_text(value, _LONGEST_FILTER) for value in _list(values.get(name)))))
        for name in names
    }
    filters["kinds"] = tuple(kind for kind in filters["kinds"] if kind in get_args(SelectableKind))
    return Selection(**{name: texts[:_MOST_FILTERS] for name, texts in filters.items()})


def saved_check(sent: str | None) -> CheckSession:
    """The check of a tab, from JSON of the page's script."""
    values = _object(sent, _LONGEST_CHECK_SENT)
    text = _text(values.get("text"), LONGEST_CHECK)
    return CheckSession(text, _texts(values.get("essays")), _last_check(values.get("checked")))


def notebook_sections(sent: object) -> tuple[Section, ...]:
    """Sections of a notebook, from a JSON list of objects with ``pins``, ``heading`` and ``said``."""
    sections, left = [], _MOST_PINS
    for value in _list(_parsed(sent, MOST_SESSION_CHARACTERS)):
        if isinstance(value, dict):
            pins = [pin for pin in map(_pin, _list(value.get("pins"))) if pin][:left]
            left -= len(pins)
            said = tuple(filter(None, map(_text, _list(value.get("said")))))
            sections.append(Section(tuple(pins), _text(value.get("heading")), said))
    return tuple(sections)


def notebook_pins(sent: object) -> tuple[Pin | None, ...]:
    """Pins, from a JSON list of the page's script; ``None`` in place of each that has not the right form."""
    return tuple(map(_pin, _list(_parsed(sent, MOST_SESSION_CHARACTERS))[:_MOST_PINS]))


def _parsed(sent: object, longest: int) -> object:
    """The value of some JSON; ``None`` where it is none, or too long."""
    if not isinstance(sent, str) or len(sent) > longest:
        return None
    try:
        return json.loads(sent)
    except (ValueError, RecursionError):
        return None


def _object(sent: object, longest: int) -> dict[str, Any]:
    value = _parsed(sent, longest)
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: object, longest: int = MOST_SESSION_CHARACTERS) -> str:
    """A text that is not too long; half of a character, as scripts can cut it, becomes a question mark."""
    if not isinstance(value, str) or len(value) > longest:
        return ""
    return value.encode("utf-8", errors="replace").decode()


def _texts(value: object) -> tuple[str, ...]:
    return tuple(text for text in _list(value) if isinstance(text, str))


def _last_check(value: object) -> LastCheck | None:
    if not isinstance(value, dict):
        return None
    text, file, style = (_text(value.get(name), LONGEST_CHECK) for name in ("text", "file", "style"))
    if not text and not file:
        return None
    return LastCheck(text, file[:_LONGEST_FILE_NAME], _texts(value.get("essays")), style)


def _pin(value: object) -> Pin | None:
    if not isinstance(value, dict):
        return None
    essay, passage, words = (_text(value.get(name)) for name in ("essay", "passage", "words"))
    span = _span([value.get("start"), value.get("end")])
    if not (essay and passage and words.strip()) or span is None:
        return None
    texts = {name: _text(value.get(name)) for name in _PIN_TEXTS}
    marked = _marked(value.get("marked"), span)
    tags = tuple(
        tag for tag in (_text(each, _LONGEST_TAG) for each in _list(value.get("tags"))) if tag.strip()
    )
    return Pin(essay, passage, span[0], span[1], words, **texts, marked=marked, tags=tags[:_MOST_TAGS])


def _marked(value: object, within: tuple[int, int]) -> tuple[tuple[int, int], ...]:
    """Spans within another, in order and apart from each other."""
    spans: list[tuple[int, int]] = []
    for span in map(_span, _list(value)):
        if span and (spans[-1][1] if spans else within[0]) <= span[0] and span[1] <= within[1]:
            spans.append(span)
    return tuple(spans)


def _span(value: object) -> tuple[int, int] | None:
    # To Python true is a number.
    if not isinstance(value, list) or len(value) != 2 or any(type(offset) is not int for offset in value):
        return None
    start, end = value
    return (start, end) if 0 <= start < end else None

"""The index of essays as JSON, as text for a terminal, as Markdown and as CSV."""

from __future__ import annotations

import csv
import io
import re
import textwrap
from collections.abc import Callable
from typing import Any

from assistant.core.book_index import BookIndex, EntryKind, IndexEntry, IndexPlace, SharedSource

# The heading of each list.
HEADINGS: dict[EntryKind, str] = {
    "names": "Names",
    "works": "Works",
    "quoted": "Quoted authors",
    "terms": "Terms",
}
SHARED_HEADING = "Quoted by several essays"
_SHARED = {
    "work": "the same work",
    "author": "the same author",
    "page": "the same page",
    "words": "the same words",
}
_COLUMNS = ("kind", "entry", "author", "year", "pages", "forms", "passages", "secondhand")
# A spreadsheet runs a cell that begins with one of these as a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|~])")


def index_object(index: BookIndex) -> dict[str, Any]:
    """An index as a JSON object."""
    kinds: dict[str, Any] = {
        kind: [_entry_object(kind, entry) for entry in entries] for kind, entries in index.kinds()
    }
    shared = [_shared_object(source) for source in index.shared]
    return {"essays": list(index.essays), **kinds, "shared": shared}


def _entry_object(kind: str, entry: IndexEntry) -> dict[str, Any]:
    value: dict[str, Any] = {
        "entry": entry.entry,
        "forms": list(entry.forms),
        "pages": list(entry.pages),
        "locators": entry.locators,
        "passages": list(entry.passages),
        "places": [place_object(place) for place in entry.places],
    }
    if kind == "works":
        value |= {"author": entry.author, "year": entry.year}
    if kind == "quoted":
        value["secondhand"] = list(entry.secondhand)
    return value


def place_object(place: IndexPlace) -> dict[str, Any]:
    """A place of an entry as a JSON object; ``locator`` is in it where no page is printed."""
    value: dict[str, Any] = {
        "passage": place.passage,
        "start": place.start,
        "end": place.end,
        "pages": list(place.pages),
    }
    return value | ({"locator": place.locator} if place.locator else {})


def _shared_object(source: SharedSource) -> dict[str, Any]:
    return {
        "kind": source.kind,
        "entry": source.entry,
        "locator": source.locator,
        "text": source.text,
        "essays": list(source.essays),
        "places": [place_object(place) for place in source.places],
    }


def plain_index(index: BookIndex) -> str:
    """An index as plain text, an entry a line."""
    parts = []
    for kind, entries in index.kinds():
        if entries:
            lines = (", ".join(filter(None, (entry.entry, entry.locators))) for entry in entries)
            parts.append("\n".join([f"{HEADINGS[kind]}:", *(f"  {line}" for line in lines)]))
    return "\n\n".join(parts)


def entry_line(kind: str, entry: IndexEntry) -> str:
    """An entry with its locators: ``Daniel Deronda (Eliot, George), 858, 860``."""
    author = f" ({entry.author})" if kind == "works" and entry.author else ""
    locators = entry.locators.replace("-", "–") or ", ".join(
        place.rpartition("/")[2] for place in entry.passages
    )
    second = ", ".join(entry.secondhand)
    also = f" (as quoted by others: {second})" if second else ""
    return f"{entry.entry}{author}, {locators}{also}"


def shared_line(source: SharedSource) -> str:
    """What several essays quote, and which: ``Darwin, Charles 359, the same page: a (p01), b (p07)``."""
    what = f"{source.entry} {source.locator}".strip()
    words = f" “{source.text}”" if source.text else ""
    places = ", ".join(dict.fromkeys(place.passage for place in source.places))
    return f"{what}{words}, {_SHARED[source.kind]}: {places}"


def index_text(index: BookIndex, *, width: int = 80) -> str:
    """An index for a terminal."""
    return _listed(
        index,
        lambda heading: heading,
        lambda line: textwrap.fill(
            line,
            max(40, width),
            initial_indent="  ",
            subsequent_indent="      ",
            break_long_words=False,
            break_on_hyphens=False,
        ),
        gap="",
    )


def index_markdown(index: BookIndex) -> str:
    """An index in Markdown, a list under each heading."""
    return _listed(index, lambda heading: f"## {heading}", lambda line: "- " + _escaped(line), gap="\n")


def _escaped(text: str) -> str:
    return _MARKDOWN.sub(r"\\\1", text)


def _listed(index: BookIndex, head: Callable[[str], str], item: Callable[[str], str], *, gap: str) -> str:
    """Each list of an index under its heading; lists without entries are left out."""
    lists = [
        (HEADINGS[kind], [entry_line(kind, entry) for entry in entries]) for kind, entries in index.kinds()
    ]
    lists.append((SHARED_HEADING, [shared_line(source) for source in index.shared]))
    parts = [f"{head(heading)}\n{gap}" + "\n".join(map(item, lines)) for heading, lines in lists if lines]
    return "\n\n".join(parts) if parts else "There is nothing to list."


def index_csv(index: BookIndex) -> str:
    """An index as CSV, a row for each entry; no cell is a formula for a spreadsheet."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(_COLUMNS)
    for kind, entries in index.kinds():
        for entry in entries:
            cells = (
                str(kind),
                entry.entry,
                entry.author,
                entry.year,
                entry.locators,
                "; ".join(entry.forms),
                " ".join(entry.passages),
                ", ".join(entry.secondhand),
            )
            writer.writerow(map(_cell, cells))
    for source in index.shared:
        places = " ".join(dict.fromkeys(place.passage for place in source.places))
        cells = (f"same {source.kind}", source.entry, "", "", source.locator, source.text, places, "")
        writer.writerow(map(_cell, cells))
    return file.getvalue()


def _cell(text: str) -> str:
    """A cell that a spreadsheet takes for text, whatever it begins with."""
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text

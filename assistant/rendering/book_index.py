"""The index of essays as a JSON object."""

from __future__ import annotations

from typing import Any

from assistant.core.book_index import BookIndex, EntryKind, IndexEntry, IndexPlace, SharedSource

# What the entries of each kind are headed by.
KIND_HEADS: dict[EntryKind, str] = {
    "names": "Names",
    "works": "Works",
    "quoted": "Quoted authors",
    "terms": "Terms",
}


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
            parts.append("\n".join([f"{KIND_HEADS[kind]}:", *(f"  {line}" for line in lines)]))
    return "\n\n".join(parts)

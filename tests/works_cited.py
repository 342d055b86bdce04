"""Invented works of every kind that is cited, and helpers for their records."""

from __future__ import annotations

from typing import Any

from assistant.citations.styles import style_named

MARSH, LEE = {"family": "Marsh", "given": "Ada J."}, {"family": "Lee", "given": "Bo"}
RAY, FOX = {"family": "Ray", "given": "Cy"}, {"family": "Fox", "given": "Di"}
BERG = {"family": "Berg", "given": "Jan-Paul", "non-dropping-particle": "van den"}
GATES = {"family": "Gates", "given": "Henry Louis", "suffix": "Jr."}
GOETHE = {"family": "Goethe", "given": "Johann Wolfgang", "dropping-particle": "von"}
GROUP = {"literal": "The Coast Society"}
SEEN = {"date-parts": [[2020, 1, 2]]}

ARTICLE: dict[str, Any] = {
    "type": "article-journal",
    "title": "Light at Sea: A History of <i>Lamps</i>",
    "author": [MARSH],
    "container-title": "Coast Studies",
    "volume": "60",
    "issue": "4",
    "page": "844-862",
    "issued": {"date-parts": [[2014, 12]]},
    "DOI": "10.1000/lamp",
}
BOOK: dict[str, Any] = {
    "type": "book",
    "title": "The Keeper: A Life",
    "author": [MARSH, LEE],
    "edition": "2",
    "publisher": "Coast University Press",
    "publisher-place": "Hull",
    "issued": {"date-parts": [[1984]]},
}
CHAPTER: dict[str, Any] = {
    "type": "chapter",
    "title": "Who Lit It?",
    "author": [MARSH, LEE, RAY],
    "container-title": "Lamps of the Coast",
    "editor": [RAY, FOX],
    "publisher": "University of Hull Press",
    "publisher-place": "Hull",
    "page": "95-111",
    "issued": {"date-parts": [[2003]]},
}
NEWS: dict[str, Any] = {
    "type": "article-newspaper",
    "title": "Lamp Goes Out",
    "author": [MARSH],
    "container-title": "The Hull Times",
    "page": "4",
    "issued": {"date-parts": [[2014, 12, 5]]},
    "URL": "https://times.example/lamp_1",
}
WEB: dict[str, Any] = {
    "type": "webpage",
    "title": "How to Trim a Wick",
    "author": [GROUP],
    "container-title": "Lamps Online",
    "URL": "https://lamps.example/wick",
    "accessed": SEEN,
}
THESIS: dict[str, Any] = {
    "type": "thesis",
    "title": "A House of Light",
    "author": [GATES],
    "genre": "PhD dissertation",
    "publisher": "University of Hull",
    "issued": {"date-parts": [[2019]]},
}
NOTE: dict[str, Any] = {"type": "document", "title": "A Short Note"}

WORKS = [ARTICLE, BOOK, CHAPTER, NEWS, WEB, THESIS, NOTE]


def without(record: dict[str, Any], *keys: str, **changed: object) -> dict[str, Any]:
    """A record without some fields and with others changed."""
    return {key: value for key, value in record.items() if key not in keys} | changed


def starred(style: str, record: dict[str, Any], records: list[dict[str, Any]]) -> str:
    """A reference with italics between asterisks."""
    runs = style_named(style, records).rich_reference(record).runs
    return "".join(f"*{run.text}*" if run.italic else run.text for run in runs)

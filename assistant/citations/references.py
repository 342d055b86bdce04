"""Bibliographic records (CSL-JSON): read from files, recognised by title, made up from a title page."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from assistant.citations.bibtex import read_bibtex
from assistant.citations.names import family_of
from assistant.citations.record import name_of
from assistant.citations.ris import read_ris
from assistant.citations.titles import title_of
from assistant.core.errors import RecordError
from assistant.core.essay import CSLItem

# A title page lies within the first pages of a source.
_TITLE_PAGE = 4_000
_SHORTEST_TITLE = 12


def load_references(path: Path) -> list[CSLItem]:
    """Read records from a CSL-JSON, BibTeX or RIS file.

    Args:
        path: A file ending in ``.json``, ``.bib`` or ``.ris``.

    Returns:
        Its records as CSL-JSON items, in order.

    Raises:
        RecordError: If the file cannot be read or a record in it has no title.
    """
    form = path.suffix.lower()
    if form not in _READERS:
        raise RecordError(f"{path} is no bibliographic record; give one that ends in {', '.join(_READERS)}.")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise RecordError(
            f"{path} cannot be read as a record; check its name and that it is UTF-8 text."
        ) from error
    return _records_in(text, form, str(path), f"a valid {path.suffix} record")


def pasted_references(text: str) -> list[CSLItem]:
    """Read records that a user has pasted, whichever of the formats they are in.

    Args:
        text: CSL-JSON, BibTeX or RIS.

    Returns:
        The records as CSL-JSON items, in order.

    Raises:
        RecordError: If the text is in none of the formats or a record in it has no title.
    """
    text = text.lstrip("\ufeff")
    form = next((form for form, sign in _SIGNS.items() if sign.search(text)), "")
    if not form:
        raise RecordError("What was pasted is no record; paste CSL-JSON, BibTeX or RIS.")
    return _records_in(text, form, "What was pasted", f"valid {_NAMES[form]}")


def _records_in(text: str, form: str, name: str, valid: str) -> list[CSLItem]:
    try:
        items = _READERS[form](text)
    except Exception as error:  # each format's library raises its own kinds for one fault
        raise RecordError(f"{name} is not {valid}; export it once more.") from error
    refuse_malformed(items, name)
    return items


def refuse_malformed(items: Sequence[CSLItem], name: str) -> None:
    """Refuse records that no citation can be made of.

    Args:
        items: The records.
        name: What they are called in the message.

    Raises:
        RecordError: If there is none, or one has no title, or an author or a date that is none.
    """
    if not items or not all(isinstance(item.get("title"), str) and item["title"].strip() for item in items):
        raise RecordError(f"{name} holds no record with a title; give the record of the essay.")
    if not all(map(_is_well_formed, items)):
        raise RecordError(
            f"{name} has an author or a date that is not as CSL-JSON has it; export it once more."
        )


def _is_well_formed(item: CSLItem) -> bool:
    people = [item.get(role, []) for role in ("author", "editor", "translator")]
    dates = [item.get(key, {}) for key in ("issued", "accessed")]
    return all(map(_are_names, people)) and all(map(_is_date, dates))


def _are_names(names: object) -> bool:
    return isinstance(names, list) and all(
        isinstance(name, dict) and all(map(_is_text, name.values())) for name in names
    )


def _is_date(date: object) -> bool:
    return (
        isinstance(date, dict)
        and isinstance(date.get("date-parts", []), list)
        and all(isinstance(one, list) for one in date.get("date-parts", []))
    )


def _is_text(value: object) -> bool:
    return isinstance(value, (str, bool))


def _from_json(text: str) -> list[CSLItem]:
    found = json.loads(text)
    items = found if isinstance(found, list) else [found]
    return [item for item in items if isinstance(item, dict)]


_READERS: dict[str, Callable[[str], list[CSLItem]]] = {
    ".json": _from_json,
    ".bib": read_bibtex,
    ".ris": read_ris,
}
_NAMES = {".json": "CSL-JSON", ".bib": "BibTeX", ".ris": "RIS"}
# What a text in each format begins with, or has at the beginning of a line.
_SIGNS = {
    ".json": re.compile(r"\A\s*[\[{]"),
    ".ris": re.compile(r"^\s*TY  ?-", re.MULTILINE),
    ".bib": re.compile(r"^\s*@\s*\w+\s*[{(]", re.MULTILINE),
}


def fold(text: str) -> str:
    """Letters and digits only, case folded: for comparing titles."""
    return "".join(ch for ch in text.casefold() if ch.isalnum())


def recognise(source: str, records: Iterable[CSLItem]) -> CSLItem | None:
    """Find the record of an essay by its title.

    Args:
        source: The decoded source.
        records: Records of known essays.

    Returns:
        The record whose title stands on the source's first pages, or whose main title and an author
        do; ``None`` if there is none.
    """
    opening = fold(source[:_TITLE_PAGE])
    for record in records:
        # Markup is no part of what is printed.
        printed = title_of(record).plain()
        title, main = fold(printed), fold(printed.split(":")[0])
        names = [fold(family_of(name)) for name in record.get("author", ())]
        if len(title) >= _SHORTEST_TITLE and title in opening:
            return record
        if (
            len(main) >= _SHORTEST_TITLE
            and main in opening
            and any(name in opening for name in names if name)
        ):
            return record
    return None


def from_title_page(title: str, author: str, file_stem: str) -> CSLItem:
    """A record of what a title page says, or of the file's name if it says nothing.

    Args:
        title: The title as printed, or the empty string.
        author: The author line as printed, or the empty string.
        file_stem: Name of the file without its ending.
    """
    record: dict[str, Any] = {
        "type": "document",
        "title": title or file_stem.replace("_", " ").replace("-", " "),
    }
    names = [name for name in re.split(r"\s*(?:,|;|&|\band\b)\s*", author) if name]
    if names:
        record["author"] = [name_of(name) for name in names]
    return record


def make_id(record: CSLItem, file_stem: str) -> str:
    """Short name of an essay: author and year, else the file's name, in lower-case ASCII letters."""
    names = record.get("author") or [{}]
    dates = record.get("issued", {}).get("date-parts") or [[]]
    year = dates[0][0] if dates[0] else ""
    label = f"{family_of(names[0])}-{year}" if names[0] and year else file_stem
    ascii_label = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", ascii_label.lower()).strip("-") or "essay"

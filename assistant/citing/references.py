"""Bibliographic records (CSL-JSON): read from files, recognised by title, made up from a title page."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from assistant.errors import RecordError
from assistant.types import CSLItem

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
    readers = {".json": _from_json, ".bib": _from_bibtex, ".ris": _from_ris}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise RecordError(f"{path} is no bibliographic record; give one that ends in {', '.join(readers)}.")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise RecordError(
            f"{path} cannot be read as a record; check its name and that it is UTF-8 text."
        ) from error
    try:
        items = reader(text)
    except Exception as error:  # each format's library raises its own kinds for one fault
        raise RecordError(f"{path} is not a valid {path.suffix} record; export it once more.") from error
    if not items or not all(isinstance(item.get("title"), str) and item["title"].strip() for item in items):
        raise RecordError(f"{path} holds no record with a title; give the record of the essay.")
    if not all(map(_is_well_formed, items)):
        raise RecordError(
            f"{path} has an author or a date that is not as CSL-JSON has it; export it once more."
        )
    return items


def _is_well_formed(item: CSLItem) -> bool:
    names, issued = item.get("author", []), item.get("issued", {})
    return (
        isinstance(names, list)
        and all(isinstance(name, dict) and all(map(_is_text, name.values())) for name in names)
        and isinstance(issued, dict)
        and isinstance(issued.get("date-parts", []), list)
        and all(isinstance(date, list) for date in issued.get("date-parts", []))
    )


def _is_text(value: object) -> bool:
    return isinstance(value, (str, bool))


def _from_json(text: str) -> list[CSLItem]:
    found = json.loads(text)
    items = found if isinstance(found, list) else [found]
    return [item for item in items if isinstance(item, dict)]


def _from_bibtex(text: str) -> list[CSLItem]:
    import bibtexparser  # noqa: PLC0415 - only for this format
    from bibtexparser.middlewares import LatexDecodingMiddleware  # noqa: PLC0415 - the same

    library = bibtexparser.parse_string(
        text, append_middleware=[LatexDecodingMiddleware(keep_braced_groups=True)]
    )
    return [
        _csl(
            _bibtex_fields(
                {one.key.lower(): str(one.value) for one in entry.fields}, entry.key, entry.entry_type
            )
        )
        for entry in library.entries
    ]


def _bibtex_fields(entry: Mapping[str, str], key: str, kind: str) -> dict[str, Any]:
    plain = {name: re.sub(r"[{}]", "", value) for name, value in entry.items()}
    names = _bibtex_names(entry.get("author", ""))
    return {
        "id": key,
        "type": "article-journal" if kind == "article" else "document",
        "title": plain.get("title", ""),
        "names": names,
        "container-title": plain.get("journal", plain.get("booktitle", "")),
        "volume": plain.get("volume", ""),
        "issue": plain.get("number", ""),
        "page": re.sub(r"\s*(?:-+|–)\s*", "-", plain.get("pages", "")),
        "year": plain.get("year", plain.get("date", ""))[:4],
        "publisher": plain.get("publisher", ""),
        "DOI": plain.get("doi", ""),
        "language": plain.get("langid", ""),
    }


def _bibtex_names(printed: str) -> list[str | dict[str, str]]:
    """Names divided at "and"; one in braces of its own is a group's and stays whole."""
    parts = re.split(r"\s+and\s+(?![^{}]*\})", printed.strip())
    made: list[str | dict[str, str]] = []
    for part in filter(None, parts):
        plain = re.sub(r"[{}]", "", part)
        made.append({"literal": plain} if re.fullmatch(r"\{.*\}", part) else plain)
    return made


def _from_ris(text: str) -> list[CSLItem]:
    import rispy  # noqa: PLC0415 - only for this format

    return [_csl(_ris_fields(entry)) for entry in rispy.loads(text)]


def _ris_fields(entry: Mapping[str, Any]) -> dict[str, Any]:
    def first(*keys: str) -> str:
        return next((str(entry[key]) for key in keys if entry.get(key)), "")

    pages = "-".join(filter(None, (first("start_page"), first("end_page"))))
    return {
        "id": first("id"),
        "type": "article-journal" if entry.get("type_of_reference") == "JOUR" else "document",
        "title": first("title", "primary_title"),
        "names": entry.get("authors") or entry.get("first_authors") or [],
        "container-title": first("secondary_title", "alternate_title3", "journal_name", "alternate_title1"),
        "volume": first("volume"),
        "issue": first("number"),
        "page": pages,
        "year": first("year", "publication_year")[:4],
        "publisher": first("publisher"),
        "DOI": first("doi"),
        "language": first("language"),
    }


def _csl(fields: dict[str, Any]) -> CSLItem:
    """A CSL-JSON item of fields named alike, empty ones left out."""
    names, year = fields.pop("names"), fields.pop("year")
    item: dict[str, Any] = {key: value for key, value in fields.items() if value}
    if names:
        item["author"] = [name_of(name) if isinstance(name, str) else name for name in names]
    if year.isdecimal():
        item["issued"] = {"date-parts": [[int(year)]]}
    return item


def name_of(printed: str) -> dict[str, str]:
    """A CSL name of a printed one: ``Gill, Josie`` or ``Josie Gill``."""
    if "," in printed:
        family, given = (part.strip() for part in printed.split(",", 1))
        return {"family": family, "given": given}
    words = printed.split()
    if len(words) < 2:
        return {"literal": printed.strip()}
    # "van den Berg" begins with its first small word.
    at = next((at for at, word in enumerate(words[1:-1], 1) if word[0].islower()), len(words) - 1)
    return {"family": " ".join(words[at:]), "given": " ".join(words[:at])}


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
        title = fold(str(record.get("title", "")))
        main = fold(str(record.get("title", "")).split(":")[0])
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


def family_of(name: Mapping[str, str]) -> str:
    """What a name is cited by; an initial article of a group's name is left out."""
    family = " ".join(filter(None, (name.get("non-dropping-particle", ""), name.get("family", ""))))
    return family or re.sub(r"^(?:The|An?)\s+", "", name.get("literal", ""))


def make_id(record: CSLItem, file_stem: str) -> str:
    """Short name of an essay: author and year, else the file's name, in lower-case ASCII letters."""
    names = record.get("author") or [{}]
    dates = record.get("issued", {}).get("date-parts") or [[]]
    year = dates[0][0] if dates[0] else ""
    label = f"{family_of(names[0])}-{year}" if names[0] and year else file_stem
    ascii_label = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", ascii_label.lower()).strip("-") or "essay"

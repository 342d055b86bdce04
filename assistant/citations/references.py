"""Bibliographic records as CSL-JSON: read from files and pasted text, exported, and matched to essays."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from assistant.citations.bibtex import read_bibtex, write_bibtex
from assistant.citations.endnote import read_endnote
from assistant.citations.record import family_of, parse_name, tidy_entities, tidy_pages
from assistant.citations.ris import read_nbib, read_ris, write_ris
from assistant.core.errors import RecordError
from assistant.core.essay import CSLItem, letters_and_digits, plain_title

# Characters at the beginning of a source in which its title page lies.
# Titles that programs put into files: names of files and of empty documents.
_NO_TITLE = re.compile(
    r"^(?:untitled|microsoft word|document\d*$|print|slide|unknown|doi:)"
    r"|\.(?:docx?|pdf|tex|indd|qxd|dvi|rtf)$",
    re.IGNORECASE,
)
_DOI = re.compile(r"\b10\.\d{4,9}/[^\s\"<>]{2,200}")
_TITLE_PAGE = 4_000
_SHORTEST_TITLE = 12
# Types of works as the registry of DOIs names them, and their names in CSL.
_REGISTRY_TYPES = {
    "journal-article": "article-journal",
    "book-chapter": "chapter",
    "book-section": "chapter",
    "proceedings-article": "paper-conference",
    "monograph": "book",
    "edited-book": "book",
    "dissertation": "thesis",
}
_MAY_BE_EMPTY = {"container-title", "ISSN", "subtitle", "issued"}
# Lists and objects within each other; dates have four.
_DEEPEST = 20


def _read_csl_json(text: str) -> list[CSLItem]:
    content = json.loads(text)
    if isinstance(content, dict) and isinstance(content.get("items"), list):
        content = content["items"]
    items = content if isinstance(content, list) else [content]
    return [tidied_csl(item) for item in items if isinstance(item, dict)]


def tidied_csl(item: dict[str, Any]) -> dict[str, Any]:
    """A record as it is, without the labels of pages and the HTML entities of careless exports."""
    item = _without_registry_parts(item)
    texts = {key: tidy_entities(value) for key, value in item.items() if isinstance(value, str)}
    if "page" in texts and tidy_pages(texts["page"]) != texts["page"]:
        texts["page"] = tidy_pages(texts["page"])
    return item | texts


def _without_registry_parts(item: dict[str, Any]) -> dict[str, Any]:
    """A record as CSL has it where the registry of DOIs writes otherwise.

    The registry has lists of titles, its own names of types, affiliations of authors, and dates without
    a year.
    """
    tidy = dict(item)
    for key in ("title", "container-title", "ISSN", "subtitle"):
        if isinstance(values := tidy.get(key), list) and all(isinstance(value, str) for value in values):
            tidy[key] = ", ".join(values) if key == "ISSN" else next(iter(values), "")
    if isinstance(kind := tidy.get("type"), str):
        tidy["type"] = _REGISTRY_TYPES.get(kind, kind)
    for role in ("author", "editor", "translator"):
        if isinstance(names := tidy.get(role), list):
            tidy[role] = [_without_affiliation(name) if isinstance(name, dict) else name for name in names]
    if item.get("issued") == {"date-parts": [[None]]}:
        published = (item.get(f"published{way}") for way in ("", "-print", "-online"))
        tidy["issued"] = next((date for date in published if isinstance(date, dict)), {})
    return {key: value for key, value in tidy.items() if value not in ("", {}) or key not in _MAY_BE_EMPTY}


def _without_affiliation(name: dict[str, Any]) -> dict[str, Any]:
    """A name without what the registry of DOIs says of the person; a group's name as CSL has it."""
    kept = {key: value for key, value in name.items() if key not in {"affiliation", "sequence"}}
    if isinstance(kept.get("name"), str) and not kept.keys() & {"family", "given", "literal"}:
        kept["literal"] = kept.pop("name")
    return kept


def _write_csl_json(record: CSLItem) -> str:
    return json.dumps([dict(record)], ensure_ascii=False, indent=2) + "\n"


_READERS: dict[str, Callable[[str], list[CSLItem]]] = {
    ".json": _read_csl_json,
    ".bib": read_bibtex,
    ".ris": read_ris,
    ".nbib": read_nbib,
    ".xml": read_endnote,
}
_FORMAT_NAMES = {
    ".json": "CSL-JSON",
    ".bib": "BibTeX",
    ".ris": "RIS",
    ".nbib": "a record of PubMed",
    ".xml": "EndNote XML",
}
# What a text in each format begins with, or has at the beginning of a line.
_PATTERNS = {
    ".json": re.compile(r"\A\s*[\[{]"),
    ".xml": re.compile(r"\A\s*<(?:\?xml|xml|records)\b"),
    ".nbib": re.compile(r"^PMID ?-", re.MULTILINE),
    ".ris": re.compile(r"^[^\S\n]{0,20}TY {0,4}-", re.MULTILINE),
    ".bib": re.compile(r"^[^\S\n]*@\s*\w+\s*[{(]", re.MULTILINE),
}
EXPORTS: dict[str, Callable[[CSLItem], str]] = {
    "bibtex": write_bibtex,
    "ris": write_ris,
    "csl-json": _write_csl_json,
}


def load_references(path: Path) -> list[CSLItem]:
    """Read the records of a ``.json`` (CSL-JSON), ``.bib``, ``.ris``, ``.nbib`` or ``.xml`` (EndNote) file.

    Raises:
        RecordError: If the file cannot be read or a record in it has no title.
    """
    suffix = path.suffix.lower()
    if suffix not in _READERS:
        raise RecordError(
            f"{path} is not a bibliographic record; give one that ends in {', '.join(_READERS)}."
        )
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise RecordError(
            f"{path} cannot be read as a record; check its name and that it is UTF-8 text."
        ) from error
    return _records_in(text, suffix, str(path), f"a valid {path.suffix} record")


def pasted_references(text: str) -> list[CSLItem]:
    """Read the records that a user has pasted as CSL-JSON, BibTeX, RIS, PubMed or EndNote XML, in order.

    Raises:
        RecordError: If the text is in none of the formats or a record in it has no title.
    """
    text = text.lstrip("\ufeff")
    suffix = next((suffix for suffix, pattern in _PATTERNS.items() if pattern.search(text)), "")
    if not suffix:
        raise RecordError(
            "What was pasted is not a record; paste CSL-JSON, BibTeX, RIS, PubMed or EndNote XML."
        )
    return _records_in(text, suffix, "What was pasted", f"valid {_FORMAT_NAMES[suffix]}")


def _records_in(text: str, suffix: str, name: str, valid: str) -> list[CSLItem]:
    try:
        items = _READERS[suffix](text)
    except Exception as error:  # every format's library raises its own exceptions
        raise RecordError(f"{name} is not {valid}; export it again.") from error
    refuse_malformed(items, name)
    return items


def refuse_malformed(items: Sequence[CSLItem], name: str) -> None:
    """Refuse records that cannot be cited.

    Args:
        items: The records.
        name: What the message calls them.

    Raises:
        RecordError: If there is no record, or one has no title, a malformed type, author or date, or a value
            that cannot be written as JSON in UTF-8.
    """
    if not items or not all(isinstance(item.get("title"), str) and item["title"].strip() for item in items):
        raise RecordError(f"{name} holds no record with a title; give the record of the essay.")
    if not all(map(_is_well_formed, items)):
        raise RecordError(
            f"{name} has a type, an author or a date that is not valid CSL-JSON; export it again."
        )
    if not all(map(_can_be_written, items)):
        raise RecordError(
            f"{name} has a character, a number or a nesting that no record has; export it again."
        )


def _is_well_formed(item: CSLItem) -> bool:
    people = [item.get(role, []) for role in ("author", "editor", "translator")]
    dates = [item.get(key, {}) for key in ("issued", "accessed")]
    return (
        isinstance(item.get("type", ""), str) and all(map(_are_names, people)) and all(map(_is_date, dates))
    )


def _can_be_written(item: CSLItem) -> bool:
    """Whether a record can be stored; half of a surrogate pair and NaN can be read but not written."""
    if not _is_shallow(dict(item), _DEEPEST):
        return False
    try:
        json.dumps(dict(item), ensure_ascii=False, allow_nan=False).encode()
    except ValueError:
        return False
    return True


def _is_shallow(value: object, levels: int) -> bool:
    """Whether no more than so many lists and objects are within each other."""
    inner = list(value.values()) if isinstance(value, dict) else value
    return not isinstance(inner, list) or (
        levels > 0 and all(_is_shallow(part, levels - 1) for part in inner)
    )


def _are_names(names: object) -> bool:
    return isinstance(names, list) and all(
        isinstance(name, dict) and all(isinstance(part, (str, bool)) for part in name.values())
        for name in names
    )


def _is_date(date: object) -> bool:
    return (
        isinstance(date, dict)
        and isinstance(date.get("date-parts", []), list)
        and all(isinstance(parts, list) for parts in date.get("date-parts", []))
    )


def export_record(record: CSLItem, form: str) -> str:
    """A record in one of the formats of ``EXPORTS``, ending in a line break.

    Raises:
        RecordError: If there is no such format.
    """
    if form not in EXPORTS:
        raise RecordError(f"{form!r} is not a format of records; choose one of {', '.join(EXPORTS)}.")
    return EXPORTS[form](record)


def recognise(source: str, records: Iterable[CSLItem]) -> CSLItem | None:
    """Find the record of an essay by the title on its first pages.

    Args:
        source: The decoded source.
        records: Records of known essays.

    Returns:
        The first record whose title is printed there, or whose main title and one author are;
        ``None`` if there is none.
    """
    opening = letters_and_digits(source[:_TITLE_PAGE])
    for record in records:
        printed = plain_title(record)
        title, main = letters_and_digits(printed), letters_and_digits(printed.split(":")[0])
        if len(title) >= _SHORTEST_TITLE and title in opening:
            return record
        families = [letters_and_digits(family_of(name)) for name in record.get("author", ())]
        if (
            len(main) >= _SHORTEST_TITLE
            and main in opening
            and any(family in opening for family in families if family)
        ):
            return record
    return None


def stated_title(title: str) -> str:
    """The title that a file states of itself; empty if a program made it up of the file's name."""
    return "" if _NO_TITLE.search(title.strip()) else title.strip()


def from_title_page(title: str, author: str, file_stem: str, *, first_page: str = "") -> CSLItem:
    """Make a record of the printed title and author lines.

    Args:
        title: The title; the file's name replaces an empty one.
        author: The names of the authors.
        file_stem: The file's name without its ending.
        first_page: Text in which a DOI is looked for.
    """
    record: dict[str, Any] = {
        "type": "document",
        "title": title or file_stem.replace("_", " ").replace("-", " "),
    }
    if author.isupper():
        # Capitals are how the line is set; a citation has the names as they are written.
        author = _capitalised(author)
    names = [name.strip() for name in re.split(r"[,;&]|\band\b", author) if name.strip()]
    if names:
        record["author"] = [parse_name(name) for name in names]
    if doi := _DOI.search(first_page):
        record["DOI"] = doi[0].rstrip(".,;:)]}")
    return record


def with_stated(made: CSLItem, stated: CSLItem, *, printed_title: str) -> CSLItem:
    """A record made of a title page, with what the file states of itself besides.

    Args:
        made: The record of the title page.
        stated: The record that the file states; names that are not divided are under ``literal``.
        printed_title: The title as printed, which counts before the stated one; empty if none is.
    """
    if not stated:
        return made
    authors = [
        parse_name(str(name["literal"])) if set(name) == {"literal"} else dict(name)
        for name in stated.get("author", ())
    ]
    record = {**made, **stated}
    if authors or "author" in made:
        record["author"] = authors or made["author"]
    if printed_title:
        record["title"] = made["title"]
    return record


def _capitalised(names: str) -> str:
    """Names in capitals with small letters, particles and the word between two names included."""
    words = re.sub(r"[^\W\d_]+", lambda word: word[0].capitalize(), names.lower())
    return re.sub(
        r"\b(?:And|Und|Et|De|Da|Du|Del|Der|Den|Di|La|Le|Van|Von|Zu|Y)\b", lambda word: word[0].lower(), words
    )


def make_id(record: CSLItem, file_stem: str) -> str:
    """Short name of an essay: author and year, else the file's name, in lower-case ASCII letters."""
    names = record.get("author") or [{}]
    dates = record.get("issued", {}).get("date-parts") or [[]]
    year = dates[0][0] if dates[0] else ""
    label = f"{family_of(names[0])}-{year}" if names[0] and year else file_stem
    ascii_label = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", ascii_label.lower()).strip("-") or "essay"

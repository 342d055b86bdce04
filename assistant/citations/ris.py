"""RIS records, read and written with rispy, which no other file imports."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from assistant.citations.record import csl_item, field, iso_date, people_of
from assistant.core.essay import CSLItem

# CSL type of each RIS type; of several RIS types for one CSL type the first is written.
_TYPES = {
    "JOUR": "article-journal",
    "MGZN": "article-magazine",
    "NEWS": "article-newspaper",
    "CHAP": "chapter",
    "BOOK": "book",
    "THES": "thesis",
    "ELEC": "webpage",
    "BLOG": "post-weblog",
    "CPAPER": "paper-conference",
    "RPRT": "report",
    "DICT": "entry-dictionary",
    "ENCYC": "entry-encyclopedia",
    "PAMP": "pamphlet",
    "MANSCPT": "manuscript",
    "GEN": "document",
    "EJOUR": "article-journal",
    "JFULL": "article-journal",
    "ECHAP": "chapter",
    "EBOOK": "book",
    "EDBOOK": "book",
    "CONF": "paper-conference",
    "ICOMM": "webpage",
    "UNPB": "manuscript",
}
_ISBN_TYPES = {"book", "chapter", "thesis", "report", "pamphlet", "paper-conference"}
# Names in rispy of the RIS fields for each CSL field; the first is written.
_FIELDS = {
    "title": ("title", "primary_title"),
    "title-short": ("short_title",),
    "container-title": ("secondary_title", "alternate_title3", "journal_name", "alternate_title1"),
    "volume": ("volume",),
    "issue": ("number",),
    "edition": ("edition",),
    "publisher": ("publisher",),
    "publisher-place": ("place_published",),
    "DOI": ("doi",),
    "language": ("language",),
    "genre": ("type_of_work",),
    "collection-title": ("tertiary_title",),
}
_PEOPLE = {
    "author": ("authors", "first_authors"),
    "editor": ("secondary_authors",),
    "translator": ("subsidiary_authors",),
}


def read_ris(text: str) -> list[CSLItem]:
    """The records of a RIS file, in order."""
    import rispy

    # A blank line says nothing, but rispy would copy the whole field for each one that follows it.
    lines = [line for line in text.splitlines() if line.strip()]
    return [_item(entry) for entry in rispy.loads("\n".join(lines))]


def _item(entry: Mapping[str, Any]) -> CSLItem:
    def first(*names: str) -> str:
        return next((str(entry[name]) for name in names if entry.get(name)), "")

    kind = _TYPES.get(first("type_of_reference"), "document")
    fields = {key: first(*names) for key, names in _FIELDS.items()}
    pages = "-".join(filter(None, (first("start_page"), first("end_page"))))
    return csl_item(
        {
            **fields,
            "id": first("id"),
            "type": kind,
            "page": pages.replace("–", "-"),
            "ISBN" if kind in _ISBN_TYPES else "ISSN": first("issn"),
            "URL": next(iter(entry.get("urls") or ()), ""),
        },
        people={
            role: next((entry[name] for name in names if entry.get(name)), [])
            for role, names in _PEOPLE.items()
        },
        dates={
            "issued": _date(first("date") or first("year", "publication_year")),
            "accessed": _date(first("access_date")),
        },
    )


def _date(printed: str) -> str:
    """``2014/12/05/`` in ISO 8601; words after the third slash are left out."""
    parts = printed.split("/")
    if not re.fullmatch(r"\d{1,4}", parts[0]):
        return printed
    return "-".join([parts[0], *(part.zfill(2) for part in parts[1:3] if part.isdecimal())])


def write_ris(record: CSLItem) -> str:
    """Write a record as a RIS record."""
    import rispy

    kind = str(record.get("type", ""))
    entry: dict[str, Any] = {
        "type_of_reference": next((ris for ris, csl_type in _TYPES.items() if csl_type == kind), "GEN")
    }
    entry |= {fields[0]: field(record, key) for key, fields in _FIELDS.items()}
    first_page, _, last_page = field(record, "page").replace("–", "-").partition("-")
    date = iso_date(record)
    entry |= {
        "id": field(record, "id"),
        "start_page": first_page,
        "end_page": last_page,
        "issn": field(record, "ISBN" if kind in _ISBN_TYPES else "ISSN"),
        "year": date.partition("-")[0] if re.match(r"\d{4}", date) else date,
        "date": _slashed(date) if re.fullmatch(r"\d{4}-.*", date) else "",
        "access_date": _slashed(iso_date(record, "accessed")),
        "urls": [url] if (url := field(record, "URL")) else [],
    }
    entry |= {
        fields[0]: [_written_name(name) for name in people_of(record, role)]
        for role, fields in _PEOPLE.items()
    }
    written = str(rispy.dumps([{name: value for name, value in entry.items() if value}]))
    # rispy numbers the records, which the format does not allow.
    return re.sub(r"^\d+\.\n", "", written).rstrip("\n") + "\n"


def _slashed(date: str) -> str:
    """``2014/12/05/`` for a date in ISO 8601: always three slashes; words remain."""
    if not re.fullmatch(r"\d{4}(?:-\d\d){0,2}", date):
        return date
    return "/".join([*date.split("-"), "", ""][:3]) + "/"


def _written_name(name: Mapping[str, str]) -> str:
    # The comma marks a group's name, which has no parts.
    if "literal" in name:
        return f"{name['literal']},"
    return ", ".join(part for part in (name["family"], name.get("given", ""), name.get("suffix", "")) if part)

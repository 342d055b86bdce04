"""RIS records, read and written; the only file that knows rispy."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from assistant.citations.record import csl_item, field, iso_date, people_of
from assistant.core.essay import CSLItem

# Types of RIS as CSL has them; the first of each is the one written.
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
# Fields of CSL and rispy's names of those that hold them, the one that is written first.
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
    """Records of a RIS file as CSL-JSON items, in order."""
    import rispy

    return [_item(entry) for entry in rispy.loads(text)]


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
    """``2014/12/05/`` as ISO writes it; words behind the third stroke are left out."""
    parts = printed.split("/")
    if not re.fullmatch(r"\d{1,4}", parts[0]):
        return printed
    return "-".join([parts[0], *(part.zfill(2) for part in parts[1:3] if part.isdecimal())])


def write_ris(record: CSLItem) -> str:
    """A record as a RIS record."""
    import rispy

    kind = str(record.get("type", ""))
    entry: dict[str, Any] = {
        "type_of_reference": next((ris for ris, one in _TYPES.items() if one == kind), "GEN")
    }
    entry |= {names[0]: field(record, key) for key, names in _FIELDS.items()}
    first_page, _, last_page = field(record, "page").replace("–", "-").partition("-")
    date = iso_date(record)
    entry |= {
        "id": field(record, "id"),
        "start_page": first_page,
        "end_page": last_page,
        "issn": field(record, "ISBN" if kind in _ISBN_TYPES else "ISSN"),
        "year": date.partition("-")[0] if re.match(r"\d{4}", date) else date,
        "date": _strokes(date) if re.fullmatch(r"\d{4}-.*", date) else "",
        "access_date": _strokes(iso_date(record, "accessed")),
        "urls": [url] if (url := field(record, "URL")) else [],
    }
    entry |= {
        names[0]: [_written_name(one) for one in people_of(record, role)] for role, names in _PEOPLE.items()
    }
    written = str(rispy.dumps([{name: value for name, value in entry.items() if value}]))
    # The writer numbers its records, for which the format has no place.
    return re.sub(r"^\d+\.\n", "", written).rstrip("\n") + "\n"


def _strokes(date: str) -> str:
    """``2014/12/05/`` of an ISO date: three strokes, whatever is missing between them; words stay."""
    if not re.fullmatch(r"\d{4}(?:-\d\d){0,2}", date):
        return date
    return "/".join([*date.split("-"), "", ""][:3]) + "/"


def _written_name(name: Mapping[str, str]) -> str:
    # The comma says that a group's name has no parts.
    if "literal" in name:
        return f"{name['literal']},"
    return ", ".join(part for part in (name["family"], name.get("given", ""), name.get("suffix", "")) if part)

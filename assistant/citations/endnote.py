"""Records of EndNote's XML."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from assistant.citations.dates import understands
from assistant.citations.record import csl_item, parse_listed_name
from assistant.core.essay import CSLItem

_TYPES = {
    "Journal Article": "article-journal",
    "Electronic Article": "article-journal",
    "Magazine Article": "article-magazine",
    "Newspaper Article": "article-newspaper",
    "Book": "book",
    "Edited Book": "book",
    "Electronic Book": "book",
    "Book Section": "chapter",
    "Electronic Book Section": "chapter",
    "Conference Paper": "paper-conference",
    "Conference Proceedings": "paper-conference",
    "Thesis": "thesis",
    "Report": "report",
    "Government Document": "report",
    "Web Page": "webpage",
    "Blog": "post-weblog",
    "Dictionary": "entry-dictionary",
    "Encyclopedia": "entry-encyclopedia",
    "Manuscript": "manuscript",
    "Pamphlet": "pamphlet",
    "Unpublished Work": "manuscript",
}
_TEXTS = {
    "title": ("titles/title",),
    "title-short": ("titles/short-title",),
    "container-title": ("titles/secondary-title", "periodical/full-title", "alt-periodical/full-title"),
    "container-title-short": ("periodical/abbr-1",),
    "collection-title": ("titles/tertiary-title",),
    "volume": ("volume",),
    "edition": ("edition",),
    "publisher": ("publisher",),
    "publisher-place": ("pub-location",),
    "page": ("pages",),
    "language": ("language",),
    "DOI": ("electronic-resource-num",),
    "genre": ("work-type",),
    "URL": ("urls/related-urls/url", "urls/web-urls/url"),
}
_PEOPLE = {"author": "authors", "editor": "secondary-authors", "translator": "subsidiary-authors"}
_ISBN_TYPES = {"book", "chapter", "paper-conference", "report", "thesis", "pamphlet"}


def read_endnote(text: str) -> list[CSLItem]:
    """The records of an XML file that EndNote exported, in order."""
    from lxml import etree

    # Neither entities nor files outside are read.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    root = etree.fromstring(text.encode("utf-8"), parser)
    return [_item(record) for record in root.iter("record")]


def _text(record: Any, *paths: str) -> str:
    """The first text of an element; EndNote divides it into pieces of one font."""
    for path in paths:
        for element in record.iterfind(path):
            pieces = [_piece(piece) for piece in element.iter("style")] or ["".join(element.itertext())]
            if text := " ".join("".join(pieces).split()):
                return text
    return ""


def _piece(style: Any) -> str:
    text = "".join(style.itertext())
    return f"<i>{text}</i>" if "italic" in style.get("face", "") and text.strip() else text


def _item(record: Any) -> CSLItem:
    kind = _TYPES.get(
        record.find("ref-type").get("name", "") if record.find("ref-type") is not None else "", "document"
    )
    fields = {key: _text(record, *paths) for key, paths in _TEXTS.items()}
    fields["DOI"] = re.sub(
        r"^(?:https?://(?:dx\.)?doi\.org/|doi:\s*)", "", fields["DOI"], flags=re.IGNORECASE
    )
    number = _text(record, "number")
    fields |= {"number": number} if kind == "report" else {"issue": number}
    if kind == "book":
        fields |= {
            "collection-title": fields["collection-title"] or fields["container-title"],
            "container-title": "",
        }
    serial = _text(record, "isbn")
    key = _text(record, "label") or _text(record, "rec-number")
    return csl_item(
        {
            **fields,
            "id": f"endnote-{key}" if key.isdecimal() else key,
            "type": kind,
            "ISBN" if kind in _ISBN_TYPES else "ISSN": serial,
        },
        people={role: _people(record, name) for role, name in _PEOPLE.items()},
        dates={"issued": _date(record), "accessed": _text(record, "access-date")},
    )


def _people(record: Any, name: str) -> list[Mapping[str, str]]:
    names = ("".join(author.itertext()).strip() for author in record.iterfind(f"contributors/{name}/author"))
    return [
        {"literal": name[:-1].strip()} if name.endswith(",") else parse_listed_name(name, inverts=True)
        for name in names
        if name
    ]


def _date(record: Any) -> str:
    year, day = _text(record, "dates/year"), _text(record, "dates/pub-dates/date")
    both = next((text for text in (f"{day} {year}", day) if day and understands(text)), "")
    return both if year in both else year

"""BibTeX and biblatex records, read and written with bibtexparser, which no other file imports.

Only its division into entries is used: it neither joins strings with ``#`` within a value nor inherits
fields, and its decoding of LaTeX loses what follows a bare ``%``.
"""

from __future__ import annotations

import logging
import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from typing import Any

from assistant.citations.bibtex_fields import (
    BibTeXEntry,
    decoded,
    escaped,
    escaped_address,
    italics,
    read_entries,
    verbatim,
)
from assistant.citations.dates import MONTHS, date_of, iso_date, understands
from assistant.citations.record import ET_AL, csl_item, field, has_others, parse_listed_name, people_of
from assistant.citations.titles import without_markup
from assistant.core.essay import CSLItem

# CSL type of each type of entry; of several entry types for one CSL type the first is written.
_TYPES = {
    "article": "article-journal",
    "book": "book",
    "incollection": "chapter",
    "inproceedings": "paper-conference",
    "phdthesis": "thesis",
    "techreport": "report",
    "online": "webpage",
    "misc": "document",
    "inbook": "chapter",
    "bookinbook": "chapter",
    "suppbook": "chapter",
    "suppcollection": "chapter",
    "inreference": "entry-encyclopedia",
    "conference": "paper-conference",
    "thesis": "thesis",
    "mastersthesis": "thesis",
    "report": "report",
    "electronic": "webpage",
    "www": "webpage",
    "webpage": "webpage",
    "collection": "book",
    "mvbook": "book",
    "mvcollection": "book",
    "proceedings": "book",
    "mvproceedings": "book",
    "reference": "book",
    "mvreference": "book",
    "manual": "book",
    "booklet": "pamphlet",
    "periodical": "periodical",
    "suppperiodical": "article-journal",
    "unpublished": "manuscript",
    "dataset": "dataset",
    "software": "software",
    "patent": "patent",
    "review": "review",
}
# CSL types that BibTeX expresses by a subtype of an entry type.
_SUBTYPES = {
    "magazine": ("article", "article-magazine"),
    "newspaper": ("article", "article-newspaper"),
    "blog": ("online", "post-weblog"),
    "post": ("online", "post"),
    "preprint": ("article", "article"),
    "entry": ("incollection", "entry"),
    "dictionary": ("incollection", "entry-dictionary"),
    "review": ("article", "review"),
    "bookreview": ("article", "review-book"),
}
_GENRES = {
    "phdthesis": "PhD dissertation",
    "mastersthesis": "Master's thesis",
    "mathesis": "Master's thesis",
    "bathesis": "Bachelor's thesis",
    "techreport": "Technical report",
}
# BibTeX fields for each CSL field; the first is written.
_FIELDS = {
    "title": ("title",),
    "title-short": ("shorttitle",),
    "volume": ("volume",),
    "issue": ("number", "issue"),
    "number": ("eid",),
    "page": ("pages",),
    "edition": ("edition",),
    "publisher": ("publisher", "school", "institution"),
    "publisher-place": ("address", "location"),
    "DOI": ("doi",),
    "URL": ("url",),
    "ISBN": ("isbn",),
    "ISSN": ("issn",),
    "language": ("langid", "language"),
    "genre": ("type",),
    "collection-title": ("series",),
    "container-title-short": ("shortjournal",),
    "number-of-volumes": ("volumes",),
    "number-of-pages": ("pagetotal",),
    "event-title": ("eventtitle",),
    "original-title": ("origtitle",),
    "original-publisher": ("origpublisher",),
}
_ROLES = {
    "author": "author",
    "editor": "editor",
    "translator": "translator",
    "container-author": "bookauthor",
}
_ADDRESSES = {"doi", "url", "eprint"}
_CONTAINERS = ("journal", "journaltitle", "booktitle", "maintitle")
_ARTICLES = {"article", "article-journal", "article-magazine", "article-newspaper", "review", "review-book"}
_PARTS = {"chapter", "paper-conference", "entry", "entry-dictionary", "entry-encyclopedia"}
# A key with another character would end there, or the entry with it.
_KEY = re.compile(r"[^\s{}\",=#%\\()~']{1,200}")
_SEEN = re.compile(
    r"\b(?:accessed|retrieved|visited|checked|consulted|abgerufen|zugriff|consulté|zuletzt geprüft)"
    r"(?: on| am| le)?:? *([^\]);]{1,60})",
    re.IGNORECASE,
)
_LINKED = re.compile(r"\\(?:url|href)\s*\{([^{}\s]+)\}|(https?://[^\s{}]+)")


def read_bibtex(text: str) -> list[CSLItem]:
    """The records of a BibTeX or biblatex file, in order, each with what was lost of it."""
    items = [item for item, _ in read_bibtex_fields(text)]
    titled = [item for item in items if item.get("title")]
    return titled or items


def read_bibtex_fields(text: str) -> list[tuple[CSLItem, Mapping[str, str]]]:
    """The records of a BibTeX or biblatex file, each with the fields of its entry as they are in the file."""
    import bibtexparser

    # What it logs of malformed entries, many lines long, would be printed; the record says what is wrong.
    logging.getLogger("bibtexparser").setLevel(logging.CRITICAL + 1)
    # An entry without a key, as some journals export it.
    text = re.sub(
        r"(@(?!string\b|comment\b|preamble\b)\w{3,20}[ \t]{0,9}\{)(?=\s{0,99}\w{1,30} {0,9}=)",
        r"\1nokey,",
        text,
        flags=re.IGNORECASE,
    )
    entries, losses = read_entries(bibtexparser.parse_string(text, parse_stack=[]).blocks)
    return [(_EntryReader(entry, losses).item(), entry.fields) for entry in entries]


class _EntryReader:
    """Converts one entry."""

    def __init__(self, entry: BibTeXEntry, file_losses: list[str]) -> None:
        self._raw, self._losses = entry.fields, [*file_losses, *entry.losses]
        self._key, self._kind = entry.key, entry.kind
        subtype = _SUBTYPES.get(self._plain("entrysubtype").lower())
        self._type = subtype[1] if subtype else _TYPES.get(entry.kind, "document")

    def _plain(self, name: str) -> str:
        value = self._raw.get(name, "")
        if re.fullmatch(r"[\d/?~%.-]+", value):
            return value  # a date, in which ~ and % mean something else than in LaTeX
        return verbatim(value) if name in _ADDRESSES else re.sub(r"[{}]", "", decoded(value)).strip()

    def _first(self, names: tuple[str, ...]) -> str:
        return next((text for name in names if (text := self._plain(name))), "")

    def item(self) -> CSLItem:
        """The record."""
        fields = {name: self._first(names) for name, names in _FIELDS.items()}
        fields |= self._titles(fields) | self._numbers() | self._imprint(fields)
        fields["genre"] = _GENRES.get(fields["genre"], fields["genre"]) or _GENRES.get(self._kind, "")
        dates = {
            "issued": self._issued(fields),
            "accessed": self._accessed(),
            "original-date": self._first(("origdate", "origyear")),
        }
        return csl_item(
            fields | {"id": self._key, "type": self._type, "URL": fields["URL"] or self._address()},
            people={role: _names(self._raw.get(name, "")) for role, name in _ROLES.items()},
            dates=dates,
            losses=self._losses,
        )

    def _titles(self, fields: Mapping[str, str]) -> dict[str, str]:
        title, subtitle = fields["title"], self._plain("subtitle")
        titles = {"container-title": self._container()}
        if subtitle:
            titles |= {"title": f"{title}: {subtitle}", "title-short": fields["title-short"] or title}
        return titles

    def _container(self) -> str:
        # The book title of a whole book repeats its title, for chapters that inherit it.
        if self._type == "book":
            return ""
        container = self._first(_CONTAINERS)
        if not container and self._type in {"webpage", "post", "post-weblog", "document"}:
            container = self._plain("organization")
        for name in ("journalsubtitle", "booksubtitle"):
            if container and (subtitle := self._plain(name)):
                container = f"{container}: {subtitle}"
        return container

    def _numbers(self) -> dict[str, str]:
        """Issues of journals, numbers of reports and articles, numbers in a series."""
        number, issue = self._plain("number"), self._plain("issue")
        if self._type in _ARTICLES:
            named = understands(f"{issue} 2000")  # "Fall" is a season and not a number
            return {"issue": number or ("" if named else issue)}
        if self._type in _PARTS | {"book"}:
            return {"issue": issue} | (
                {"collection-number": number} if self._plain("series") else {"issue": issue or number}
            )
        return {"issue": issue, "number": number or self._plain("eid")}

    def _imprint(self, fields: Mapping[str, str]) -> dict[str, str]:
        publisher = fields["publisher"]
        if not publisher and self._type not in {"webpage", "post", "post-weblog", "document"}:
            publisher = self._plain("organization")
        published = self._raw.get("howpublished", "")
        if not publisher and published and not _LINKED.search(published):
            publisher = self._plain("howpublished")
        return {"publisher": publisher}

    def _address(self) -> str:
        """The address in ``howpublished`` or ``note``, or that of an archive's number."""
        for name in ("howpublished", "note", "annote"):
            if match := _LINKED.search(self._raw.get(name, "")):
                return verbatim(match[1] or match[2].rstrip(".,;)"))
        archive, number = self._first(("eprinttype", "archiveprefix")).lower(), self._plain("eprint")
        roots = {"arxiv": "https://arxiv.org/abs/", "jstor": "https://www.jstor.org/stable/"}
        return roots[archive] + number if number and archive in roots else ""

    def _accessed(self) -> str:
        if date := self._first(("urldate", "lastchecked", "urlaccessdate", "accessed")):
            return date
        for name in ("note", "howpublished"):
            seen = _SEEN.search(self._plain(name))
            if seen and understands(
                date := re.split(r" from | at |https?:|,? \d\d:", seen[1])[0].strip(" .,")
            ):
                return date
        return ""

    def _issued(self, fields: Mapping[str, str]) -> str:
        """The date in words or ISO 8601."""
        date, month, day = self._first(("date", "year")), self._month(fields), self._plain("day")
        if understands(month) and date in {"", month[-4:]}:
            return month  # the year is in the month too
        if month and not understands(f"{month} 2000"):
            self._losses.append(f"The month “{month}” of the record is none, and is left out.")
            month = ""
        if not re.fullmatch(r"\d{3,4}", date):
            return date or (month if understands(month) else "") or self._plain("pubstate")
        dated = f"{day} {month} {date}" if month and day else ""
        return dated if understands(dated) else f"{month} {date}".strip()

    def _month(self, fields: Mapping[str, str]) -> str:
        month = self._plain("month")
        if month.isdecimal() and 1 <= int(month[:2]) <= len(MONTHS):
            return MONTHS[int(month) - 1]
        if self._type in {"article-journal", "review", "review-book"}:
            # Issues of journals are dated by the month.
            month = re.sub(r"\b\d{1,2}\b", "", month).strip(" ,.")
        issue = self._plain("issue")
        return month or (issue if issue and issue != fields["issue"] and understands(f"{issue} 2000") else "")


# Pieces between commas that no one name has.
_TOO_MANY_PIECES = 4


def _names(printed: str) -> list[str | Mapping[str, str]]:
    """Names separated by "and"; a name in braces is a group's and remains whole."""
    text = decoded(printed)
    parts = [part.strip() for part in _separated(re.sub(r" and (?=and )", " ", text, flags=re.IGNORECASE))]
    if len(parts) == 1 and ";" in text and "{" not in text:
        parts = [part.strip() for part in text.split(";")]
    names: list[str | Mapping[str, str]] = []
    for part in filter(None, (person for several in parts for person in _persons(several))):
        plain, is_cut = _without_et_al(re.sub(r"[{}]", "", part).strip())
        if plain.lower() in {"others", "et al.", "et al"}:
            names.append(ET_AL)
        elif re.fullmatch(r"\{.*\}", part) and _is_one_group(part):
            names.append({"literal": plain})
        elif re.match(r"\w+(?:-i)?\s*=", plain):
            names.append(_extended(plain))
        elif plain:
            names.append(parse_listed_name(_suffix_last(plain)))
        names += [ET_AL] if is_cut else []
    return names


def _persons(part: str) -> list[str]:
    """The names in a part of a list, which "&" or commas divide as in a printed reference.

    "Gill, J., & Reed, P." are two persons; "Farrar, Straus & Giroux" and "Gates, Jr., Henry" are one name.
    """
    if "{" in part or "=" in part:
        return [part]
    sides = [side.strip(" ,") for side in re.split(r"\s&\s", part)]
    if len(sides) > 1 and not all("," in side for side in sides):
        return [part]
    persons: list[str] = []
    for side in sides:
        pieces = [piece.strip() for piece in side.split(",")]
        if len(pieces) < _TOO_MANY_PIECES or len(pieces) % 2:
            persons.append(side)
        elif all(" " in piece for piece in pieces):
            persons += pieces
        else:
            persons += map(", ".join, zip(pieces[::2], pieces[1::2], strict=True))
    return persons


def _without_et_al(name: str) -> tuple[str, bool]:
    """A name, and whether "et al." follows it in the same field."""
    bare = re.sub(r",? et al\.?$", "", name)
    return bare, bare != name


def _is_one_group(part: str) -> bool:
    """Whether the brace that opens a name closes at its end."""
    return "}" not in part[1:-1] or part[1:-1].find("{") < part[1:-1].find("}")


def _extended(name: str) -> dict[str, str]:
    """A name in biblatex's own form: ``family=Berg, given=Jan, prefix=van den``."""
    parts = {
        key.strip().lower(): value.strip()
        for key, _, value in (part.partition("=") for part in name.split(","))
    }
    family = " ".join(filter(None, (parts.get("prefix", ""), parts.get("family", ""))))
    return {
        key: value
        for key, value in (
            ("family", family),
            ("given", parts.get("given", "")),
            ("suffix", parts.get("suffix", "")),
        )
        if value
    }


def _separated(printed: str) -> Iterator[str]:
    """The parts between words "and" that are not in braces."""
    braces = [match.start() for match in re.finditer("[{}]", printed)]
    start = 0
    for conjunction in re.finditer(r" and(?= )", printed, re.IGNORECASE):
        index = bisect_left(braces, conjunction.end())
        if index == len(braces) or printed[braces[index]] == "{":
            yield printed[start : conjunction.start()]
            start = conjunction.end()
    yield printed[start:]


def _suffix_last(name: str) -> str:
    """``Gates, Henry Louis, Jr.`` for ``Gates, Jr., Henry Louis``."""
    parts = [part.strip() for part in name.split(",")]
    return ", ".join([parts[0], parts[2], parts[1]]) if len(parts) == 3 else name


# Fields whose italics are written as LaTeX has them; no other markup is.
_WITH_ITALICS = {"title", "title-short", "container-title"}


def write_bibtex(record: CSLItem) -> str:
    """Write a record as a BibTeX entry."""
    import bibtexparser
    from bibtexparser.model import Entry, Field

    kind, subtype = _entry_type(str(record.get("type", "")))
    container = {"article": "journal", "online": "organization"}.get(kind, "booktitle")
    people = {name: written for role, name in _ROLES.items() if (written := _written_names(record, role))}
    fields = people | {name: _written(record, key, name) for key, (name, *_) in _FIELDS.items()}
    fields |= _written_numbers(record)
    # Braces protect the capitals of a title from the reader's style.
    fields["title"] = f"{{{italics(fields['title'])}}}"
    fields["shorttitle"] = italics(fields["shorttitle"])
    fields["pages"] = fields["pages"].replace("-", "--")
    fields |= {container: italics(_written(record, "container-title", container))}
    fields |= {
        "entrysubtype": subtype,
        "date": _written_date(record),
        "origdate": _written_date(record, "original-date"),
    }
    fields["urldate"] = _written_date(record, "accessed")
    if record.get("type") == "thesis":
        # An entry for doctoral theses would imply the genre.
        kind = kind if fields["type"] else "thesis"
        fields["school"] = fields.pop("publisher")
    if kind == "techreport":
        kind = kind if fields["type"] else "report"
    # Older programs read only years; newer ones prefer the whole date.
    year = re.match(r"\d{4}(?=-|$)", fields["date"])
    fields["year"] = year[0] if year else ""
    fields["date"] = fields["date"] if fields["date"] != fields["year"] else ""
    filled = [Field(name, text) for name, text in fields.items() if text]
    key = field(record, "citation-key") or field(record, "id") or "essay"
    entry = Entry(kind, key if _KEY.fullmatch(key) else "essay", filled)
    return str(bibtexparser.write_string(bibtexparser.Library([entry]))).strip() + "\n"


def _written(record: CSLItem, key: str, name: str) -> str:
    text = field(record, key)
    if name in _ADDRESSES:
        return escaped_address(text)
    return escaped(without_markup(text, italics=key in _WITH_ITALICS))


def _written_numbers(record: CSLItem) -> dict[str, Any]:
    """Issue and number in the fields from which they are read again."""
    issue, number = (escaped(field(record, key)) for key in ("issue", "number"))
    if record.get("type") in _ARTICLES:
        return {"number": issue, "eid": number}
    if record.get("type") in _PARTS | {"book"}:
        series = field(record, "collection-title")
        inner = escaped(field(record, "collection-number")) if series else ""
        return {"number": inner, "issue": issue, "eid": number}
    return {"number": number, "issue": issue, "eid": ""}


def _written_date(record: CSLItem, key: str = "issued") -> str:
    return iso_date(record, key) if date_of(record, key).is_known else escaped(iso_date(record, key))


def _entry_type(kind: str) -> tuple[str, str]:
    """Type and subtype of the entry for a CSL type."""
    for subtype, (entry, csl_type) in _SUBTYPES.items():
        if csl_type == kind:
            return entry, subtype
    return next((entry for entry, csl_type in _TYPES.items() if csl_type == kind), "misc"), ""


def _written_names(record: CSLItem, role: str) -> str:
    names = [*map(_written_name, people_of(record, role)), *(["others"] if has_others(record, role) else [])]
    return " and ".join(names)


def _written_name(name: Mapping[str, str]) -> str:
    if "literal" in name:
        return f"{{{escaped(name['literal'])}}}"
    parts = (name["family"], name.get("suffix", ""), name.get("given", ""))
    return ", ".join(escaped(part) for part in parts if part)

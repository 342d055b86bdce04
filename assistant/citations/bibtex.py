"""BibTeX and BibLaTeX records, read and written with bibtexparser, which no other file imports."""

from __future__ import annotations

import logging
import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping

from assistant.citations.record import csl_item, field, iso_date, people_of
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
    "booklet": "pamphlet",
    "periodical": "periodical",
    "unpublished": "manuscript",
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
_GENRES = {"phdthesis": "PhD dissertation", "mastersthesis": "Master's thesis"}
# BibTeX fields for each CSL field; the first is written.
_FIELDS = {
    "title": ("title",),
    "title-short": ("shorttitle",),
    "volume": ("volume",),
    "issue": ("number", "issue"),
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
}
_CONTAINERS = ("journal", "journaltitle", "booktitle", "organization", "maintitle")
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_IN_BRACES = r"\{((?:[^{}]|\{[^{}]*\})*)\}"
_ITALIC = re.compile(rf"\\(?:emph|textit|textsl|mkbibemph|mkbibitalic){_IN_BRACES}")
_QUOTED = re.compile(rf"\\(?:enquote|mkbibquote)\*?{_IN_BRACES}")
_SPECIAL = re.compile(r"[\\&%$#_~^{}]")
_ESCAPES = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}


def read_bibtex(text: str) -> list[CSLItem]:
    """The records of a BibTeX or BibLaTeX file, in order."""
    import bibtexparser
    from bibtexparser.middlewares import LatexDecodingMiddleware

    # The decoding searches white space from each of its characters, so no run of it may be long.
    text = re.sub(r"(?:[^\S\n]?\n){3,}", "\n\n", re.sub(r"[^\S\n]{2,}", " ", text))
    # Italics and quotation marks are converted to CSL first; decoding alone would lose them.
    marked = _QUOTED.sub(r"“\1”", _ITALIC.sub(r"<i>\1</i>", text))
    # It would be decoded as an accent.
    marked = re.sub(r"\\textasciicircum(?:\{\})?", "^", marked)
    # What it logs of malformed entries, many lines long, would be printed; the caller says what is wrong.
    logging.getLogger("bibtexparser").setLevel(logging.CRITICAL + 1)
    library = bibtexparser.parse_string(
        marked, append_middleware=[LatexDecodingMiddleware(keep_braced_groups=True)]
    )
    return [
        _item(
            {item.key.lower(): str(item.value) for item in entry.fields}, entry.key, entry.entry_type.lower()
        )
        for entry in library.entries
    ]


def _item(entry: Mapping[str, str], key: str, kind: str) -> CSLItem:
    plain = {name: re.sub(r"[{}]", "", value).strip() for name, value in entry.items()}

    def first(names: tuple[str, ...]) -> str:
        return next((plain[name] for name in names if plain.get(name)), "")

    fields = {name: first(names) for name, names in _FIELDS.items()}
    title, subtitle = fields["title"], plain.get("subtitle", "")
    if subtitle:
        fields |= {"title": f"{title}: {subtitle}", "title-short": fields["title-short"] or title}
    subtype = _SUBTYPES.get(plain.get("entrysubtype", "").lower())
    return csl_item(
        fields
        | {
            "id": key,
            "type": subtype[1] if subtype else _TYPES.get(kind, "document"),
            "container-title": first(_CONTAINERS),
            "page": re.sub(r" ?(?:-+|–) ?", "-", " ".join(fields["page"].split())),
            "genre": fields["genre"] or _GENRES.get(kind, ""),
        },
        people={role: _names(entry.get(role, "")) for role in ("author", "editor", "translator")},
        dates={"issued": _date(plain), "accessed": plain.get("urldate", "")},
    )


def _date(plain: Mapping[str, str]) -> str:
    """The date in ISO 8601, or the words that replace it."""
    if plain.get("date"):
        return plain["date"]
    year, month = plain.get("year", ""), plain.get("month", "").lower()
    known = month[:3] in _MONTHS
    number = f"{_MONTHS.index(month[:3]) + 1:02d}" if known else month.zfill(2) if month.isdecimal() else ""
    return f"{year}-{number}" if number and year.isdecimal() else year


def _names(printed: str) -> list[str | dict[str, str]]:
    """Names separated by "and"; a name in braces is a group's and remains whole."""
    names: list[str | dict[str, str]] = []
    for part in filter(None, _separated(" ".join(printed.split()))):
        plain = re.sub(r"[{}]", "", part)
        names.append({"literal": plain} if re.fullmatch(r"\{.*\}", part) else _suffix_last(plain))
    return names


def _separated(printed: str) -> Iterator[str]:
    """The parts between words "and" that are not in braces."""
    braces = [match.start() for match in re.finditer("[{}]", printed)]
    start = 0
    for conjunction in re.finditer(" and ", printed):
        index = bisect_left(braces, conjunction.end())
        if index == len(braces) or printed[braces[index]] == "{":
            yield printed[start : conjunction.start()]
            start = conjunction.end()
    yield printed[start:]


def _suffix_last(name: str) -> str:
    """``Gates, Henry Louis, Jr.`` for ``Gates, Jr., Henry Louis``."""
    parts = [part.strip() for part in name.split(",")]
    return ", ".join([parts[0], parts[2], parts[1]]) if len(parts) == 3 else name


def write_bibtex(record: CSLItem) -> str:
    """Write a record as a BibTeX entry."""
    import bibtexparser
    from bibtexparser.model import Entry, Field

    kind, subtype = _entry_type(str(record.get("type", "")))
    container = {"article": "journal", "online": "organization"}.get(kind, "booktitle")
    people = {
        role: " and ".join(map(_written_name, names))
        for role in ("author", "editor", "translator")
        if (names := people_of(record, role))
    }
    fields = people | {name: _escaped(field(record, key)) for key, (name, *_) in _FIELDS.items()}
    # Braces protect the capitals of a title from the reader's style.
    fields["title"] = f"{{{_italics(fields['title'])}}}"
    fields["shorttitle"] = _italics(fields["shorttitle"])
    fields["pages"] = fields["pages"].replace("-", "--")
    fields |= {container: _italics(_escaped(field(record, "container-title")))}
    fields |= {"entrysubtype": subtype, "date": iso_date(record), "urldate": iso_date(record, "accessed")}
    if record.get("type") == "thesis":
        # An entry for doctoral theses would imply the genre.
        kind = kind if fields["type"] else "thesis"
        fields["school"] = fields.pop("publisher")
    # Older programs read only years; newer ones prefer the whole date.
    year = re.match(r"\d{4}(?=-|$)", fields["date"])
    fields["year"] = year[0] if year else ""
    fields["date"] = fields["date"] if fields["date"] != fields["year"] else ""
    filled = [Field(name, text) for name, text in fields.items() if text]
    entry = Entry(kind, field(record, "id") or "essay", filled)
    return str(bibtexparser.write_string(bibtexparser.Library([entry]))).strip() + "\n"


def _entry_type(kind: str) -> tuple[str, str]:
    """Type and subtype of the entry for a CSL type."""
    for subtype, (entry, csl_type) in _SUBTYPES.items():
        if csl_type == kind:
            return entry, subtype
    return next((entry for entry, csl_type in _TYPES.items() if csl_type == kind), "misc"), ""


def _written_name(name: Mapping[str, str]) -> str:
    if "literal" in name:
        return f"{{{_escaped(name['literal'])}}}"
    parts = (name["family"], name.get("suffix", ""), name.get("given", ""))
    return ", ".join(_escaped(part) for part in parts if part)


def _escaped(text: str) -> str:
    return _SPECIAL.sub(lambda match: _ESCAPES.get(match[0], f"\\{match[0]}"), text)


def _italics(text: str) -> str:
    return re.sub(r"<i>(.*?)</i>", r"\\emph{\1}", text)

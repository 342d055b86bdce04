"""BibTeX and BibLaTeX records, read and written; the only file that knows bibtexparser."""

from __future__ import annotations

import re
from collections.abc import Mapping

from assistant.citations.record import csl_item, field, iso_date, people_of
from assistant.core.essay import CSLItem

# Types of entries as CSL has them; the first of each is the one written.
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
# Kinds that BibTeX tells by a word of their own.
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
# Fields of CSL and those of BibTeX that hold them, the one that is written first.
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
    """Records of a BibTeX or BibLaTeX file as CSL-JSON items, in order."""
    import bibtexparser
    from bibtexparser.middlewares import LatexDecodingMiddleware

    # Italics and quotation marks are kept as CSL has them; decoding alone would lose them.
    marked = _QUOTED.sub(r"“\1”", _ITALIC.sub(r"<i>\1</i>", text))
    # Its decoding is an accent, which the circumflex of computers is not.
    marked = re.sub(r"\\textasciicircum(?:\{\})?", "^", marked)
    library = bibtexparser.parse_string(
        marked, append_middleware=[LatexDecodingMiddleware(keep_braced_groups=True)]
    )
    return [
        _item({one.key.lower(): str(one.value) for one in entry.fields}, entry.key, entry.entry_type.lower())
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
            "page": re.sub(r"\s*(?:-+|–)\s*", "-", fields["page"]),
            "genre": fields["genre"] or _GENRES.get(kind, ""),
        },
        people={role: _names(entry.get(role, "")) for role in ("author", "editor", "translator")},
        dates={"issued": _date(plain), "accessed": plain.get("urldate", "")},
    )


def _date(plain: Mapping[str, str]) -> str:
    """The date as ISO writes it, or the words in its place."""
    if plain.get("date"):
        return plain["date"]
    year, month = plain.get("year", ""), plain.get("month", "").lower()
    known = month[:3] in _MONTHS
    number = f"{_MONTHS.index(month[:3]) + 1:02d}" if known else month.zfill(2) if month.isdecimal() else ""
    return f"{year}-{number}" if number and year.isdecimal() else year


def _names(printed: str) -> list[str | dict[str, str]]:
    """Names divided at "and"; one in braces of its own is a group's and stays whole."""
    made: list[str | dict[str, str]] = []
    for part in filter(None, re.split(r"\s+and\s+(?![^{}]*\})", printed.strip())):
        plain = re.sub(r"[{}]", "", part)
        made.append({"literal": plain} if re.fullmatch(r"\{.*\}", part) else _in_order(plain))
    return made


def _in_order(name: str) -> str:
    """``Gates, Jr., Henry Louis`` with the suffix last, as other formats have it."""
    parts = [part.strip() for part in name.split(",")]
    return ", ".join([parts[0], parts[2], parts[1]]) if len(parts) == 3 else name


def write_bibtex(record: CSLItem) -> str:
    """A record as a BibTeX entry."""
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
    # Braces keep the capitals of a title from a style's own ideas.
    fields["title"] = f"{{{_italics(fields['title'])}}}"
    fields["shorttitle"] = _italics(fields["shorttitle"])
    fields["pages"] = fields["pages"].replace("-", "--")
    fields |= {container: _italics(_escaped(field(record, "container-title")))}
    fields |= {"entrysubtype": subtype, "date": iso_date(record), "urldate": iso_date(record, "accessed")}
    if record.get("type") == "thesis":
        # Of an entry for doctoral theses the genre would be known.
        kind = kind if fields["type"] else "thesis"
        fields["school"] = fields.pop("publisher")
    # Older programs know only years, and newer ones prefer the whole date.
    year = re.match(r"\d{4}(?=-|$)", fields["date"])
    fields["year"] = year[0] if year else ""
    fields["date"] = fields["date"] if fields["date"] != fields["year"] else ""
    entry = Entry(
        kind, field(record, "id") or "essay", [Field(name, one) for name, one in fields.items() if one]
    )
    return str(bibtexparser.write_string(bibtexparser.Library([entry]))).strip() + "\n"


def _entry_type(kind: str) -> tuple[str, str]:
    """Type of entry and its subtype."""
    for subtype, (entry, known) in _SUBTYPES.items():
        if known == kind:
            return entry, subtype
    return next((entry for entry, known in _TYPES.items() if known == kind), "misc"), ""


def _written_name(name: Mapping[str, str]) -> str:
    if "literal" in name:
        return f"{{{_escaped(name['literal'])}}}"
    parts = (name["family"], name.get("suffix", ""), name.get("given", ""))
    return ", ".join(_escaped(part) for part in parts if part)


def _escaped(text: str) -> str:
    return _SPECIAL.sub(lambda found: _ESCAPES.get(found[0], f"\\{found[0]}"), text)


def _italics(text: str) -> str:
    return re.sub(r"<i>(.*?)</i>", r"\\emph{\1}", text)

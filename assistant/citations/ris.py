"""RIS records and PubMed's nbib, read and written: lines that begin with a tag."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from assistant.citations.dates import SEASONS, csl_date, date_of, iso_date, understands
from assistant.citations.record import (
    ET_AL,
    csl_item,
    field,
    has_others,
    parse_listed_name,
    people_of,
    tidy_entities,
)
from assistant.citations.titles import without_markup
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
    "ABST": "article-journal",
    "INPR": "article-journal",
    "ECHAP": "chapter",
    "EBOOK": "book",
    "EDBOOK": "book",
    "CLSWK": "book",
    "CONF": "paper-conference",
    "ICOMM": "webpage",
    "UNPB": "manuscript",
    "GOVDOC": "report",
    "STAND": "report",
    "DATA": "dataset",
}
_ISBN_TYPES = {"book", "chapter", "thesis", "report", "pamphlet", "paper-conference"}
# RIS tags for each CSL field; the first is written.
_FIELDS = {
    "title": ("TI", "T1", "CT"),
    "title-short": ("ST",),
    "container-title": ("T2", "JF", "BT", "JO", "JA", "J2", "J1"),
    "volume": ("VL",),
    "issue": ("IS", "CP"),
    "number": ("C7",),
    "edition": ("ET",),
    "publisher": ("PB",),
    "publisher-place": ("CY", "PP"),
    "DOI": ("DO",),
    "language": ("LA",),
    "genre": ("M3",),
    "collection-title": ("T3",),
    "number-of-volumes": ("NV",),
}
_PEOPLE = {"author": ("AU", "A1"), "editor": ("A2", "ED"), "translator": ("A4",)}
_TAGS = set(
    "TY A1 A2 A3 A4 AB AD AN AU AV BT C1 C2 C3 C4 C5 C6 C7 C8 CA CN CP CT CY DA DB DO DP DS ED EP ER ET ID "
    "IS J1 J2 JA JF JO KW L1 L2 L3 L4 LA LB LK M1 M2 M3 N1 N2 NO NV OP PB PP PY RI RN RP SE SN SP ST T1 T2 "
    "T3 TA TI TT U1 U2 U3 U4 U5 UR VL VO Y1 Y2".split()
)
# Some programs write one space where the format has two.
_TAGGED = re.compile(r"\s{0,20}([A-Z][A-Z0-9])(?:  -| {0,4}-(?: |$))(.*)")
_END = re.compile(r"\s{0,20}ER\s{0,9}-?\s*")
_NBIB = re.compile(r"([A-Z][A-Z0-9]{1,3}) {0,3}- (.*)")
_NBIB_TYPES = {"Book": "book", "Book Chapter": "chapter"}

Tags = dict[str, list[str]]


def read_ris(text: str) -> list[CSLItem]:
    """The records of a RIS file, in order."""
    items = [item for item, _ in read_ris_tags(text)]
    titled = [item for item in items if item.get("title")]
    return titled or items


def read_ris_tags(text: str) -> list[tuple[CSLItem, Tags]]:
    """The records of a RIS file, in order, each with its values by tag."""
    return [(_item(tags), tags) for tags in _records(text)]


def _records(text: str) -> Iterator[Tags]:
    """Values of each record by tag; a record without its end goes on up to the next one."""
    values: list[tuple[str, list[str]]] = []
    for line in text.splitlines():
        tagged = _TAGGED.match(line)
        if _END.fullmatch(line) or (tagged and tagged[1] == "TY"):
            if values:
                yield _by_tag(values)
            values = []
        if tagged and tagged[1] in _TAGS - {"ER"} and (values or tagged[1] == "TY"):
            values.append((tagged[1], [tagged[2]]))
        elif values and line.strip() and not _END.fullmatch(line):
            # A value goes on on the next line.
            values[-1][1].append(line)
    if values:
        yield _by_tag(values)


def _by_tag(values: Iterable[tuple[str, list[str]]]) -> Tags:
    record: Tags = {}
    for tag, lines in values:
        record.setdefault(tag, []).append(" ".join(line.strip() for line in lines).strip())
    return record


def _first(record: Tags, *tags: str) -> str:
    return next((value for tag in tags for value in record.get(tag, ()) if value), "")


def _item(record: Tags) -> CSLItem:
    kind = _TYPES.get(_first(record, "TY").upper(), "document")
    if kind == "book" and not _first(record, "TI", "T1", "CT"):
        record = record | {"TI": record.get("BT", [])}
    fields = {key: _first(record, *tags) for key, tags in _FIELDS.items()}
    if kind == "book":
        # The second title of a book is that of its series.
        fields |= {"collection-title": _first(record, "T3", "T2"), "container-title": ""}
    serial = _first(record, "SN")
    is_book = bool(re.fullmatch(r"(?:[\d-]{9,16}[\dXx])(?:\D.*)?", serial))
    if kind == "report":
        numbers = (fields["number"], fields["issue"], _first(record, "M1"), "" if is_book else serial)
        fields["number"], fields["issue"] = next(filter(None, numbers), ""), ""
    losses: list[str] = []
    start, end = _first(record, "SP"), _first(record, "EP")
    # Some exports write the whole range as the first page.
    pages = (
        start or end
        if not (start and end) or end == start or re.search(r"\d\s*[-–]\s*\d", start)
        else f"{start}-{end}"
    )
    return csl_item(
        {
            **fields,
            "id": _first(record, "ID"),
            "type": kind,
            "page": pages,
            "ISBN" if kind in _ISBN_TYPES else "ISSN": "" if kind == "report" and not is_book else serial,
            "URL": _address(record),
        },
        people={
            role: [parse_listed_name(name, inverts=_inverts(record)) for name in _names(record, tags)]
            for role, tags in _people_tags(record, kind).items()
        },
        dates={
            "issued": _issued(record, losses),
            "accessed": _date(_first(record, "Y2")),
            "original-date": _first(record, "OP") if understands(_first(record, "OP")) else "",
        },
        losses=losses,
    )


def _people_tags(record: Tags, kind: str) -> dict[str, tuple[str, ...]]:
    """Tags of each role. Other tags than the first are synonyms, except those of editors."""
    roles = dict(_PEOPLE)
    roles["author"] = ("AU",) if _first(record, "AU") else ("A1",)
    if kind == "book" and not _first(record, "A2", "ED"):
        roles["editor"] = ("A3",)
    return roles


def _names(record: Tags, tags: tuple[str, ...]) -> list[str]:
    """Names of some tags, those of the first and what others add; "et al." after a name is one of its own."""
    names: list[str] = []
    for tag in tags:
        listed = [
            part.strip(" {}") for name in record.get(tag, ()) for part in tidy_entities(name).split(";")
        ]
        names += [name for name in listed if name and (tag == tags[0] or name not in names)]
    cut = [re.sub(r",? et al\.?$", "", name) for name in names]
    return [*cut, *([ET_AL["literal"]] if cut != names else [])]


def _inverts(record: Tags) -> bool:
    """Whether persons have a comma after their surname; a name of two words without one is a person's."""
    names = [name for tags in _PEOPLE.values() for tag in tags for name in record.get(tag, ())]
    return not any(
        len(name.split()) == 2 and "," not in name and "literal" not in parse_listed_name(name)
        for name in names
    )


def _address(record: Tags) -> str:
    addresses = [
        part for tag in ("UR", "L2", "LK") for value in record.get(tag, ()) for part in value.split()
    ]
    return next(
        (address for address in addresses if re.match(r"(?:https?|ftp)://", address)), _first(record, "UR")
    )


def _issued(record: Tags, losses: list[str]) -> str:
    year, date = _date(_first(record, "PY", "Y1")), _date(_first(record, "DA"))
    if date and understands(date) and (not understands(year) or year[:4] == date[:4] or year[:4] in date):
        return date
    if date and not understands(date):
        both = f"{date} {year}"
        if understands(both):
            return both
        if year:
            losses.append(f"The date “{date}” of the record was not understood; only “{year}” is used.")
    return year or date


def _date(printed: str) -> str:
    """``2014/12/05/`` in ISO 8601, or ``2014/12//Winter`` and other words as they are."""
    parts = [part.strip() for part in printed.split("/")]
    if not re.fullmatch(r"\d{1,4}", parts[0]) or len(parts) < 2:
        return printed.strip("/ ")
    numbers = [part.zfill(2) for part in parts[1:3] if part.isdecimal() and int(part)]
    words = " ".join(part for part in parts[1:] if part and not part.isdecimal())
    if len(parts) == 2 and len(parts[1]) == 4 and parts[1].isdecimal():
        return printed
    named = re.sub(r"(?<=[^\W\d_])(?=\d)", " ", words)  # EBSCO writes Winter2014
    # A season says more of an issue than the month in which a database began it.
    season = next((text for text in (named, f"{named} {parts[0]}") if understands(text)), "")
    if season and (csl_date(season).get("season") or not numbers):
        return season
    return "-".join([parts[0].zfill(4), *numbers])


def write_ris(record: CSLItem) -> str:
    """Write a record as a RIS record."""
    kind = str(record.get("type", ""))
    texts = {tags[0]: field(record, key) for key, tags in _FIELDS.items()}
    if kind == "report":
        texts |= {"IS": texts["C7"], "C7": ""}
    first_page, _, last_page = field(record, "page").replace("–", "-").partition("-")
    lines = [("TY", next((ris for ris, csl_type in _TYPES.items() if csl_type == kind), "GEN"))]
    lines += [("ID", field(record, "id"))]
    lines += [(tags[0], name) for role, tags in _PEOPLE.items() for name in _written_names(record, role)]
    year, date = _written_date(record)
    texts |= {
        "SP": first_page,
        "EP": last_page,
        "SN": field(record, "ISBN" if kind in _ISBN_TYPES else "ISSN"),
        "PY": year,
        "DA": date,
        "Y2": _slashed(iso_date(record, "accessed")),
        "OP": iso_date(record, "original-date"),
        "UR": field(record, "URL"),
    }
    lines += [*texts.items()]
    plain = ((tag, " ".join(without_markup(value).split())) for tag, value in lines)
    written = (f"{tag}  - {value}" for tag, value in plain if value)
    return "\n".join([*written, "ER  - \n"])


def _written_date(record: CSLItem) -> tuple[str, str]:
    """Year, and the date where it says more: words for seasons, periods and uncertain years."""
    date = date_of(record)
    if not date.is_known:
        return date.year, ""
    circa = "c. " if date.circa else ""
    if date.end or date.circa or date.year.endswith("BCE"):
        start, _, end = iso_date(record).rstrip("~").partition("/")
        words = f"{circa}{date.year}" if not end else f"{start}/{end}{'~' if date.circa else ''}"
        return words, ""
    if date.season:
        return date.year, f"{date.year}///{SEASONS[date.season - 1].capitalize()}"
    return date.year.zfill(4), _slashed(iso_date(record)) if date.month else ""


def _slashed(date: str) -> str:
    """``2014/12/05/`` for a date in ISO 8601: always three slashes; words remain."""
    if not re.fullmatch(r"\d{4}(?:-\d\d){0,2}", date):
        return date
    return "/".join([*date.split("-"), "", ""][:3]) + "/"


def _written_names(record: CSLItem, role: str) -> list[str]:
    return [
        *map(_written_name, people_of(record, role)),
        *([ET_AL["literal"]] if has_others(record, role) else []),
    ]


def _written_name(name: Mapping[str, str]) -> str:
    # The comma marks a group's name, which has no parts.
    if "literal" in name:
        return f"{name['literal']},"
    return ", ".join(part for part in (name["family"], name.get("given", ""), name.get("suffix", "")) if part)


def read_nbib(text: str) -> list[CSLItem]:
    """The records of a file of PubMed (MEDLINE format), in order."""
    records: list[list[tuple[str, list[str]]]] = []
    for line in text.splitlines():
        if tagged := _NBIB.match(line):
            if tagged[1] == "PMID" or not records:
                records.append([])
            records[-1].append((tagged[1], [tagged[2]]))
        elif line.startswith(" ") and records:
            records[-1][-1][1].append(line)
    return [_pubmed_item(_by_tag(values)) for values in records]


def _pubmed_item(record: Tags) -> CSLItem:
    kind = next(
        (_NBIB_TYPES[name] for name in record.get("PT", ()) if name in _NBIB_TYPES), "article-journal"
    )
    identifiers = [value.rpartition(" [") for tag in ("LID", "AID") for value in record.get(tag, ())]
    found = {label.rstrip("]"): value for value, _, label in reversed(identifiers)}
    pages = _first(record, "PG")
    return csl_item(
        {
            "id": f"pmid-{_first(record, 'PMID')}",
            "type": kind,
            "title": re.sub(r"(?<=[^.])\.$", "", _first(record, "TI") or _first(record, "BTI")),
            "container-title": (_first(record, "BTI") if kind == "chapter" else "")
            or _first(record, "JT", "TA"),
            "container-title-short": _first(record, "TA") if _first(record, "JT") else "",
            "volume": _first(record, "VI"),
            "issue": _first(record, "IP"),
            "page": pages if re.match(r"\w", pages) and not pages.startswith("e") else "",
            "number": pages if pages.startswith("e") else "",
            "publisher": _first(record, "PB"),
            "publisher-place": _first(record, "PL") if kind != "article-journal" else "",
            "DOI": found.get("doi", ""),
            "ISSN": _first(record, "IS").partition(" ")[0],
            "language": _first(record, "LA"),
        },
        people={
            "author": [
                *(
                    parse_listed_name(name, inverts=True)
                    for name in record.get("FAU") or map(_short, record.get("AU", ()))
                ),
                *({"literal": name} for name in record.get("CN", ())),
            ],
            "editor": [parse_listed_name(name, inverts=True) for name in record.get("FED", ())],
        },
        dates={"issued": _first(record, "DP")},
    )


def _short(name: str) -> str:
    """``Gill, J. M.`` for ``Gill JM``."""
    family, _, initials = name.rpartition(" ")
    return f"{family}, {' '.join(f'{letter}.' for letter in initials)}" if family else name

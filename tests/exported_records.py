"""Two hundred records as Zotero, JSTOR, Project MUSE, Google Scholar and EBSCO write them.

The works are invented. What is copied is how each program writes: which tags it uses, how it dates issues,
what it escapes and what it leaves bare, and what it adds that is no part of a citation.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

_FAMILIES = "Marsh Quill Nash Stone Pike Ibarra Reed Özdemir O’Hara Núñez Sørensen Lefèvre Kowalczyk".split()
_GIVENS = ["Ada J.", "Mara", "Ivy", "Amy", "Rosa", "Luis", "Paul", "Jean-Luc", "Bo", "Zoë"]
_GROUPS = ["Royal Buoy Society", "National Coast Board", "Institute of Harbour Studies"]
_TITLES = [
    "Rope & Tide: A History of Knots",
    "Who Lit the Lamp? Keepers of the Northern Coast",
    "100% Salt: Trade and Taste",
    "The Ferryman’s “Second Letter” and Its Readers",
    "Naïve Charts, Coöperative Pilots",
    "Of Wrecks",
    "Ropes_and_Knots in the Age of Steam",
    "“Call Me a Cab”: Taxis Today",
]
_JOURNALS = ["Sail & Society", "Coast Studies", "J. of Harbour Studies", "Ríos y Mares"]
_PUBLISHERS = ["Hull University Press", "Verso", "Farrar, Straus and Giroux", "Brill"]
_SEASONS = ["Spring", "Summer", "Fall", "Winter"]
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """A file of one record and the record that it holds.

    Attributes:
        program: Whose habits it shows.
        name: A name of the file with its ending.
        text: What the file holds.
        record: The facts of the record, as CSL-JSON.
    """

    program: str
    name: str
    text: str
    record: dict[str, Any] = field(hash=False)


def exports() -> list[Export]:
    """The records, forty of each program, always the same."""
    return [export for write in (_zotero, _jstor, _muse, _scholar, _ebsco) for export in _of_program(write)]


def _of_program(write: Callable[[int, dict[str, Any]], tuple[str, str, dict[str, Any]]]) -> Iterator[Export]:
    program = write.__name__.strip("_")
    for number in range(40):
        chance = random.Random(f"{program} {number}")
        suffix, text, record = write(number, _work(chance, number))
        yield Export(program=program, name=f"{program}-{number}{suffix}", text=text, record=record)


def _work(chance: random.Random, number: int) -> dict[str, Any]:
    """An invented work: mostly an article, every fourth a book or a chapter."""
    people = [
        {"family": chance.choice(_FAMILIES), "given": chance.choice(_GIVENS)} for _ in range(1 + number % 3)
    ]
    first = chance.randint(1, 900)
    record: dict[str, Any] = {
        "type": "article-journal",
        "title": chance.choice(_TITLES),
        "author": people if number % 7 else [{"literal": chance.choice(_GROUPS)}],
        "container-title": chance.choice(_JOURNALS),
        "volume": str(chance.randint(1, 90)),
        "issue": str(chance.randint(1, 4)) if number % 5 else "1-2",
        "page": f"{first}-{first + chance.randint(2, 40)}",
        "issued": {"date-parts": [[chance.randint(1950, 2024)]]},
        "DOI": f"10.1353/cst.{chance.randint(1900, 2024)}.{number:04d}",
        "URL": f"https://coast.example/a%20b/c_{number}?a=1&b=2",
    }
    if number % 4 == 1:
        publisher = {"publisher": chance.choice(_PUBLISHERS), "publisher-place": "Hull"}
        record = {key: record[key] for key in ("title", "author", "issued")} | publisher
        if number % 8 == 1:
            return record | {"type": "book"}
        editor = [{"family": chance.choice(_FAMILIES), "given": chance.choice(_GIVENS)}]
        return record | {
            "type": "chapter",
            "container-title": "Essays on Ebb & Flow",
            "editor": editor,
            "page": f"{first}-{first + 20}",
        }
    return record


def _bibtex_names(people: list[dict[str, str]], *, inverted: bool = True) -> str:
    names = [
        f"{{{name['literal']}}}"
        if "literal" in name
        else f"{name['family']}, {name['given']}"
        if inverted
        else f"{name['given']} {name['family']}"
        for name in people
    ]
    return " and ".join(names)


def _entry(kind: str, key: str, fields: dict[str, str], *, indent: str = "\t") -> str:
    lines = ",\n".join(f"{indent}{name} = {text}" for name, text in fields.items())
    return f"@{kind}{{{key},\n{lines},\n}}\n"


def _year(record: dict[str, Any]) -> int:
    return int(record["issued"]["date-parts"][0][0])


def _latex(text: str) -> str:
    for character in "&%$#_":
        text = text.replace(character, f"\\{character}")
    accents = {
        "ö": '{\\"o}',
        "Ö": '{\\"O}',
        "ñ": "{\\~n}",
        "è": "{\\`e}",
        "ï": '{\\"i}',
        "í": "{\\'i}",
        "ø": "{\\o}",
    }
    for character, command in accents.items():
        text = text.replace(character, command)
    return text.replace("“", "``").replace("”", "''").replace("’", "'")


def _plain_marks(record: dict[str, Any]) -> dict[str, Any]:
    """A record after its apostrophes were written as typewriters have them."""

    def plain(value: Any) -> Any:
        if isinstance(value, str):
            return value.replace("’", "'")
        if isinstance(value, list):
            return [plain(item) for item in value]
        return {key: plain(item) for key, item in value.items()} if isinstance(value, dict) else value

    return {key: plain(value) for key, value in record.items()}


def _container_field(record: dict[str, Any]) -> str:
    return {"chapter": "booktitle"}.get(record["type"], "journal")


def _zotero(number: int, record: dict[str, Any]) -> tuple[str, str, dict[str, Any]]:
    """BibTeX escaped and with braces around capitals, or biblatex by Better BibTeX, or RIS."""
    if number % 3 == 2:
        return ".ris", _zotero_ris(number, record), record
    biblatex = number % 3 == 1
    kind = {"article-journal": "article", "chapter": "incollection"}.get(record["type"], "book")
    month = _MONTHS[number % 12] if record["type"] == "article-journal" else ""
    key = f"marsh_rope_{_year(record)}"
    title = " ".join(
        f"{{{word}}}" if word[:1].isupper() else word for word in _latex(record["title"]).split(" ")
    )
    fields = {"title": f"{{{title}}}", "author": f"{{{_latex(_bibtex_names(record['author']))}}}"}
    if "editor" in record:
        fields["editor"] = f"{{{_latex(_bibtex_names(record['editor']))}}}"
    names = {"volume": "volume", "issue": "number", "publisher": "publisher", "publisher-place": "address"}
    fields |= {name: f"{{{record[key]}}}" for key, name in names.items() if key in record}
    if "container-title" in record:
        name = "journaltitle" if biblatex and kind == "article" else _container_field(record)
        fields[name] = f"{{{_latex(record['container-title'])}}}"
    if "page" in record:
        fields["pages"] = f"{{{record['page'].replace('-', '--')}}}"
    if biblatex:
        fields["date"] = f"{{{_year(record)}{f'-{number % 12 + 1:02d}' if month else ''}}}"
        fields["langid"] = "{english}"
    else:
        fields |= {"year": f"{{{_year(record)}}}"} | ({"month": month} if month else {})
    if "DOI" in record:
        fields |= {
            "doi": f"{{{record['DOI']}}}",
            "url": f"{{{record['URL'].replace('_', chr(92) + '_') if not biblatex else record['URL']}}}",
        }
        fields["urldate"] = "{2023-01-09}"
    fields |= {
        "abstract": "{Half of it, 50\\% \\& more, is about {Hull}.}",
        "keywords": "{coast, \\_unread}",
        "file": "{Full Text PDF:/home/ada/Zotero/storage/AB12/Marsh - 2014.pdf:application/pdf}",
    }
    expected = _plain_marks(record) | {"id": key}
    if month:
        expected["issued"] = {"date-parts": [[_year(record), number % 12 + 1]]}
    if biblatex:
        expected["language"] = "english"
    if "DOI" in record:
        expected["accessed"] = {"date-parts": [[2023, 1, 9]]}
    return ".bib", "\n" + _entry(kind, key, fields), expected


_RIS_TYPES = {"article-journal": "JOUR", "chapter": "CHAP", "book": "BOOK"}


def _ris_name(name: dict[str, str]) -> str:
    return name.get("literal") or f"{name['family']}, {name['given']}"


def _ris(
    lines: list[tuple[str, str]], *, spaces: str = "  ", line_break: str = "\r\n", end: str = "ER  - "
) -> str:
    written = [f"{tag}{spaces}- {value}" for tag, value in lines if value]
    return line_break.join([*written, end, ""])


def _zotero_ris(number: int, record: dict[str, Any]) -> str:
    first, _, last = record.get("page", "").partition("-")
    lines = [("TY", _RIS_TYPES[record["type"]]), ("TI", record["title"])]
    lines += [("AU", _ris_name(name)) for name in record["author"]]
    lines += [("A2" if number % 2 else "ED", _ris_name(name)) for name in record.get("editor", ())]
    lines += [
        ("T2", record.get("container-title", "")),
        ("AB", "On salt.\nIn two paragraphs - the second begins here."),
        ("CY", record.get("publisher-place", "")),
        ("DA", f"{_year(record)}///"),
        ("PY", str(_year(record))),
        ("DO", record.get("DOI", "")),
        ("VL", record.get("volume", "")),
        ("IS", record.get("issue", "")),
        ("SP", first),
        ("EP", last),
        ("PB", record.get("publisher", "")),
        ("UR", record.get("URL", "")),
        ("KW", "coast"),
    ]
    return _ris(lines)


def _jstor(number: int, record: dict[str, Any]) -> tuple[str, str, dict[str, Any]]:
    """BibTeX with everything bare after a heading, or RIS with ``JO`` and a note."""
    url = f"http://www.jstor.org/stable/{26421759 + number}"
    record = {key: value for key, value in record.items() if key != "DOI"} | {"URL": url}
    if number % 2:
        first, _, last = record.get("page", "").partition("-")
        lines = [("TY", _RIS_TYPES[record["type"]]), ("TI", record["title"].replace("&", "&amp;"))]
        lines += [("AU", _ris_name(name)) for name in record["author"]]
        lines += [("A2", _ris_name(name)) for name in record.get("editor", ())]
        lines += [("JO" if record["type"] == "article-journal" else "T2", record.get("container-title", ""))]
        lines += [("VL", record.get("volume", "")), ("IS", record.get("issue", ""))]
        lines += [
            ("SP", first),
            ("EP", last),
            ("PY", f"{_year(record)}///"),
            ("PB", record.get("publisher", "")),
        ]
        lines += [("CY", record.get("publisher-place", "")), ("UR", url), ("Y2", "2023/01/09/")]
        text = "JSTOR CITATION LIST\n\n\n" + _ris(lines, line_break="\n")
        return ".ris", text, record | {"accessed": {"date-parts": [[2023, 1, 9]]}}
    kind = {"article-journal": "article", "chapter": "inbook"}.get(record["type"], "book")
    key = f"10.2307/{26421759 + number}"
    fields = {"ISSN": "{00267724, 1080658X}", "URL": f"{{{url}}}", "abstract": "{Half of it, 50% & more.}"}
    fields["author"] = f"{{{_bibtex_names(record['author'], inverted=False)}}}"
    if "editor" in record:
        fields["editor"] = f"{{{_bibtex_names(record['editor'], inverted=False)}}}"
    if "container-title" in record:
        fields[_container_field(record)] = f"{{{record['container-title']}}}"
    if "page" in record:
        fields["pages"] = f"{{{record['page'].replace('-', '--')}}}"
    names = {"issue": "number", "publisher": "publisher", "publisher-place": "address", "volume": "volume"}
    fields |= {name: f"{{{record[key]}}}" for key, name in names.items() if key in record}
    fields |= {"title": f"{{{record['title']}}}", "urldate": "{2023-01-09}", "year": f"{{{_year(record)}}}"}
    expected = record | {"id": key, "ISSN": "00267724, 1080658X", "accessed": {"date-parts": [[2023, 1, 9]]}}
    return ".bib", "JSTOR CITATION LIST\n\n\n" + _entry(kind, key, fields, indent=" "), expected


def _muse(number: int, record: dict[str, Any]) -> tuple[str, str, dict[str, Any]]:
    """RIS with ``T1``, ``A1`` and ``JF``, or BibTeX with ``pp.`` and a season."""
    season = number % 4 + 1
    quarterly = record["type"] == "article-journal" and number % 3 == 0
    if quarterly:
        record = record | {"issued": {"date-parts": [[_year(record)]], "season": season}}
    if number % 2:
        first, _, last = record.get("page", "").partition("-")
        lines = [("TY", _RIS_TYPES[record["type"]]), ("T1", record["title"])]
        lines += [("A1", _ris_name(name)) for name in record["author"]]
        lines += [("ED", _ris_name(name)) for name in record.get("editor", ())]
        lines += [("JF" if record["type"] == "article-journal" else "T2", record.get("container-title", ""))]
        lines += [
            ("VL", record.get("volume", "")),
            ("IS", record.get("issue", "")),
            ("SP", first),
            ("EP", last),
        ]
        date = f"{_year(record)}///{_SEASONS[season - 1]}" if quarterly else str(_year(record))
        lines += [
            ("Y1", date),
            ("PB", record.get("publisher", "")),
            ("CY", record.get("publisher-place", "")),
        ]
        lines += [("DO", record.get("DOI", "")), ("UR", record.get("URL", ""))]
        lines += [("N1", f"Volume 60, Number 4, {_SEASONS[season - 1]} {_year(record)}")]
        return (
            ".ris",
            _ris(lines, spaces=" " if number % 5 == 0 else "  ", end="ER" if number % 7 == 0 else "ER  - "),
            record,
        )
    kind = {"article-journal": "article", "chapter": "incollection"}.get(record["type"], "book")
    fields = {"author": f"{{{_bibtex_names(record['author'])}}}", "title": f"{{{record['title']}}}"}
    if "editor" in record:
        fields["editor"] = f"{{{_bibtex_names(record['editor'])}}}"
    if "container-title" in record:
        fields[_container_field(record)] = f"{{{record['container-title']}}}"
    if "page" in record:
        fields["pages"] = f"{{pp. {record['page'].replace('-', '–')}}}"
    names = {"volume": "volume", "issue": "number", "publisher": "publisher", "publisher-place": "address"}
    names |= {"DOI": "doi", "URL": "url"}
    fields |= {name: f"{{{record[key]}}}" for key, name in names.items() if key in record}
    if quarterly:
        fields["month"] = f"{{{_SEASONS[season - 1]}}}"
    fields["year"] = f"{{{_year(record)}}}"
    return ".bib", _entry(kind, f"muse{number}", fields, indent=""), record | {"id": f"muse{number}"}


def _scholar(_number: int, record: dict[str, Any]) -> tuple[str, str, dict[str, Any]]:
    """BibTeX without spaces and addresses, with ``and others`` for the later authors."""
    kept = (
        "type",
        "title",
        "author",
        "editor",
        "container-title",
        "volume",
        "issue",
        "page",
        "issued",
        "publisher",
    )
    record = {key: record[key] for key in kept if key in record}
    cut = len(record["author"]) > 2
    authors = record["author"][:2] if cut else record["author"]
    kind = {"article-journal": "article", "chapter": "incollection"}.get(record["type"], "book")
    key = f"marsh{_year(record)}rope"
    fields = {"title": record["title"], "author": _bibtex_names(authors) + (" and others" if cut else "")}
    if "editor" in record:
        fields["editor"] = _bibtex_names(record["editor"])
    if "container-title" in record:
        fields[_container_field(record)] = record["container-title"].replace("&", "\\&")
    names = {"volume": "volume", "issue": "number", "publisher": "publisher"}
    fields |= {name: record[key] for key, name in names.items() if key in record}
    if "page" in record:
        fields["pages"] = record["page"].replace("-", "--")
    fields["year"] = str(_year(record))
    lines = ",\n".join(f"  {name}={{{text}}}" for name, text in fields.items())
    expected = record | {"id": key}
    if cut:
        expected["author"] = [*authors, {"literal": "et al."}]
    return ".bib", f"@{kind}{{{key},\n{lines}\n}}\n", expected


def _ebsco(number: int, record: dict[str, Any]) -> tuple[str, str, dict[str, Any]]:
    """RIS with numbers of its database, entities, blank lines, and issues dated ``2014/12//Winter2014``."""
    first, _, last = record.get("page", "").partition("-")
    season = number % 4 + 1
    quarterly = record["type"] == "article-journal" and number % 2 == 0
    date = (
        f"{_year(record)}/{season * 3:02d}//{_SEASONS[season - 1]}{_year(record)}"
        if quarterly
        else f"{_year(record)}///"
    )
    address = f"https://search.ebscohost.example/login.aspx?direct=true&db=mzh&AN={number}&site=ehost-live"
    lines = [("TY", _RIS_TYPES[record["type"]]), ("ID", str(2014000000 + number))]
    lines += [("T1", record["title"].replace("&", "&amp;"))]
    lines += [("A1", _ris_name(name)) for name in record["author"]]
    lines += [("A2", _ris_name(name)) for name in record.get("editor", ())]
    lines += [("Y1", date), ("N1", f"Accession Number: {2014000000 + number}. Language: English.")]
    if record["type"] == "article-journal":
        lines += [("JF", record["container-title"].replace("&", "&amp;")), ("JO", "Coast St")]
    else:
        lines += [("T2", record.get("container-title", "").replace("&", "&amp;"))]
    lines += [("SP", first), ("EP", last), ("VL", record.get("volume", "")), ("IS", record.get("issue", ""))]
    lines += [("PB", record.get("publisher", "")), ("CY", record.get("publisher-place", ""))]
    lines += [
        ("SN", "00267724" if record["type"] == "article-journal" else ""),
        ("DO", record.get("DOI", "")),
    ]
    lines += [("UR", address), ("DP", "EBSCOhost"), ("DB", "MLA International Bibliography")]
    text = _ris(lines)
    if number % 3 == 0:
        text = text.replace("\r\n", "\r\n\r\n")
    if number % 5 == 0:
        text = text.replace("ER  - \r\n", "")
    expected = record | {"id": str(2014000000 + number), "URL": address}
    if record["type"] == "article-journal":
        expected["ISSN"] = "00267724"
    if quarterly:
        expected["issued"] = {"date-parts": [[_year(record)]], "season": season}
    return ".ris", text, expected

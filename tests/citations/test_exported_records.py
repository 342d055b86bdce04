"""Records as programs really export them: nothing is lost, and what is lost is named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from exported_records import Export, exports

from assistant.citations.dates import Date, date_of
from assistant.citations.record import ET_AL, losses_of, names_of
from assistant.citations.references import EXPORTS, export_record, load_references, pasted_references
from assistant.citations.styles import style_named
from assistant.core.errors import RecordError
from assistant.library.adding import read_essay

if TYPE_CHECKING:
    from assistant.core.essay import CSLItem

RECORDS = Path(__file__).parent.parent / "data" / "records"
SUFFIXES = {"bibtex": ".bib", "ris": ".ris", "csl-json": ".json"}
QUILL, NASH = {"family": "Quill", "given": "Mara"}, {"family": "Nash", "given": "Ivy"}
FALL_2012 = {"date-parts": [[2012]], "season": 3}


def only(text: str) -> dict[str, Any]:
    """The only record of a pasted text."""
    (record,) = pasted_references(text)
    return dict(record)


def entry(*fields: str, kind: str = "article") -> dict[str, Any]:
    """The record of a BibTeX entry with some fields."""
    return only(f"@{kind}{{a, title={{Tides}}, {', '.join(fields)}}}")


def ris(*lines: str, kind: str = "JOUR") -> dict[str, Any]:
    """The record of RIS with some lines."""
    return only("\n".join([f"TY  - {kind}", "TI  - Tides", *lines, "ER  - "]))


@pytest.mark.parametrize("export", exports(), ids=lambda export: export.name)
def test_a_record_is_read_as_its_program_wrote_it_and_comes_back(tmp_path: Path, export: Export) -> None:
    path = tmp_path / export.name
    path.write_text(export.text, "utf-8", newline="")
    (record,) = load_references(path)
    assert record == export.record
    assert not losses_of(record)
    for form in EXPORTS:
        again = tmp_path / f"again{SUFFIXES[form]}"
        again.write_text(export_record(record, form), "utf-8")
        assert load_references(again) == [
            dict(record) if "id" in record or form != "bibtex" else {**record, "id": "essay"}
        ]


def test_there_are_two_hundred_records_of_five_programs() -> None:
    programs = [export.program for export in exports()]
    assert {program: programs.count(program) for program in programs} == dict.fromkeys(
        ("zotero", "jstor", "muse", "scholar", "ebsco"), 40
    )


@pytest.mark.parametrize(
    ("name", "field", "wanted"),
    [
        ("amp_journal.bib", "container-title", "Sail & Society"),
        ("amp_url.bib", "URL", "https://coast.example/chart?a=1&b=2"),
        ("percent_url.bib", "URL", "https://coast.example/a%20b/c"),
        ("and_others.bib", "author", [QUILL, ET_AL]),
        ("pp_pages.bib", "page", "201-219"),
        ("concat.bib", "title", "Tides and Tables"),
        ("concat.bib", "container-title", "J. of Harbour Studies"),
        ("concat.bib", "issued", {"date-parts": [[2012, 1]]}),
        ("howpublished.bib", "URL", "https://coast.example/chart"),
        ("howpublished.bib", "accessed", {"date-parts": [[2023, 1, 9]]}),
        ("origdate.bib", "original-date", {"date-parts": [[1931]]}),
        ("season.bib", "issued", FALL_2012),
        ("wrapped_title.bib", "title", "A Title Over Two Lines"),
        ("no_er.ris", "page", "201-219"),
        ("bare_er.ris", "title", "Tides"),
        ("blank_line.ris", "author", [QUILL]),
        ("ed_only.ris", "editor", [{"family": "Pike", "given": "Rosa"}]),
        ("corporate.ris", "author", [{"literal": "Royal Buoy Society"}]),
    ],
)
def test_a_record_that_lost_something_before(name: str, field: str, wanted: object) -> None:
    (record,) = load_references(RECORDS / name)
    assert record[field] == wanted
    assert not losses_of(record)


def test_a_chapter_takes_from_its_book_what_it_lacks() -> None:
    chapter, book = load_references(RECORDS / "crossref.bib")
    assert chapter["container-title"] == "Essays on Ebb"
    assert chapter["editor"] == [{"family": "Pike", "given": "Rosa"}]
    assert (chapter["publisher"], chapter["page"]) == ("Brill", "33-51")
    assert chapter["issued"] == {"date-parts": [[2010]]}
    assert "container-title" not in book


def test_data_of_other_entries_is_no_record() -> None:
    text = "@article{a, title={Tides}, xdata={j}}\n@xdata{j, journaltitle={Sea}, volume=3, xdata={j, a}}"
    record = only(text)
    assert (record["container-title"], record["volume"]) == ("Sea", "3")
    assert not losses_of(record)


def test_names_that_are_cut_are_cited_with_et_al() -> None:
    record = entry("author={Quill, Mara and others}", "journal={J}", "year={2012}")
    assert [name.family for name in names_of(record)] == ["Quill"]
    style = style_named("mla", [record])
    assert style.in_text(record, "7") == "(Quill et al. 7)"
    assert style.reference(record).startswith("Quill, Mara, et al. ")
    for name in ("apa", "chicago", "chicago-notes", "harvard", "ieee"):
        style = style_named(name, [record])
        assert "Quill" in style.reference(record)
        assert "et al." in style.reference(record)
        assert "et al." in style.in_text(record, "7") or name == "ieee"


@pytest.mark.parametrize(
    ("fields", "name", "wanted"),
    [
        (['author="Quill, Mara" # " and " # "Nash, Ivy"'], "author", [QUILL, NASH]),
        (["author={Quill, Mara; Nash, Ivy}"], "author", [QUILL, NASH]),
        (["author={Quill, Mara et al.}"], "author", [QUILL, ET_AL]),
        (["author={World Health Organization}"], "author", [{"literal": "World Health Organization"}]),
        (
            ["author={family=Berg, given=Jan, prefix=van den}"],
            "author",
            [{"family": "van den Berg", "given": "Jan"}],
        ),
        (["year=2012", "month=jul # {/} # aug"], "issued", {"date-parts": [[2012, 7], [2012, 8]]}),
        (["date={2012-23}"], "issued", FALL_2012),
        (["date={2012}", "issue={Fall}", "number=3"], "issued", FALL_2012),
        (["year=2012", "month={Fall 2012}"], "issued", FALL_2012),
        (["year=2012", "month={Spring/Summer}"], "issued", {"date-parts": [[2012, 21], [2012, 22]]}),
        (["date={1931/1938}"], "issued", {"date-parts": [[1931], [1938]]}),
        (["date={1540~}"], "issued", {"date-parts": [[1540]], "circa": True}),
        (["year={[ca. 1540]}"], "issued", {"date-parts": [[1540]], "circa": True}),
        (["year={380 BC}"], "issued", {"date-parts": [[-380]]}),
        (["date={-0379}"], "issued", {"date-parts": [[-380]]}),
        (["origyear={1651}"], "original-date", {"date-parts": [[1651]]}),
        (["pages={S. 201--19}"], "page", "201-19"),
        (["pages={S12--S18}"], "page", "S12-S18"),
        (["pages={pp.~201\\textendash 219.}"], "page", "201-219"),
        (["eid={e0123}"], "number", "e0123"),
        (["journal={A \\&amp; B}"], "container-title", "A & B"),
        (["journal={Cost: $5, 50% & #1}"], "container-title", "Cost: $5, 50% & #1"),
        (["journal={On {\\em Emma \\& Co}}"], "container-title", "On <i>Emma & Co</i>"),
        (["url={https://x.example/a{\\_}b?d=\\%20\\&e={\\textasciitilde}f}"], "URL", "https://x.example/a_b?d=%20&e=~f"),
        (["doi={10.1000/a%b_c&d}"], "DOI", "10.1000/a%b_c&d"),
        (["note={[Online; accessed 9-January-2023]}"], "accessed", {"date-parts": [[2023, 1, 9]]}),
    ],
)  # fmt: skip
def test_fields_of_bibtex(fields: list[str], name: str, wanted: object) -> None:
    record = entry(*fields)
    assert record[name] == wanted
    assert not losses_of(record)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        (["year=2012", "month={Foo}"], "“Foo”"),
        (["publisher=hup"], "“hup”"),
        (["year=2011", "year=2012"], "“year”"),
        (["crossref={gone}"], "“gone”"),
        (["date=2012", "month={Foo}"], "“Foo”"),
    ],
)
def test_a_record_that_lost_something_says_what(fields: list[str], words: str) -> None:
    (loss,) = losses_of(entry(*fields))
    assert words in loss
    assert loss.endswith(".")


def test_a_damaged_entry_is_named_and_the_others_are_read() -> None:
    record = only("@article{a, title={Bad, year=2012}\n\n@article{b, title={Good}}")
    assert record["title"] == "Good"
    assert losses_of(record) == ["An entry on line 1 of the file is damaged and was not read."]


def test_what_a_record_lost_is_among_the_warnings_of_an_essay(tmp_path: Path) -> None:
    path = tmp_path / "essay.txt"
    path.write_text("Tides\n\n" + "The tide comes in twice a day, and goes out as often. " * 5, "utf-8")
    record = entry("year=2012", "month={Foo}")
    assert any("“Foo”" in warning for warning in read_essay(path, record=record).essay.report.warnings)


@pytest.mark.parametrize(
    ("lines", "name", "wanted"),
    [
        (["AU  - Quill, Mara", "AU  - et al."], "author", [QUILL, ET_AL]),
        (["AU  - Quill, Mara", "AU  - Mary Ann Evans"], "author", [QUILL, {"literal": "Mary Ann Evans"}]),
        (["AU  - Mara Quill"], "author", [QUILL]),
        (["A2  - Pike, Rosa", "ED  - Quill, Mara"], "editor", [{"family": "Pike", "given": "Rosa"}, QUILL]),
        (["AU  - Quill, Mara; Nash, Ivy"], "author", [QUILL, NASH]),
        (["AU  -Quill, Mara"], "author", [QUILL]),
        (["AU  - Smith &amp; Sons"], "author", [{"literal": "Smith & Sons"}]),
        (["AU  - Royal Society, The"], "author", [{"literal": "The Royal Society"}]),
        (["A1  - Quill, Mara", "AU  - Quill, Mara"], "author", [QUILL]),
        (["JA  - J Sea"], "container-title", "J Sea"),
        (["PY  - 2012/Fall"], "issued", FALL_2012),
        (["PY  - 2012", "DA  - Mar 4, 2012"], "issued", {"date-parts": [[2012, 3, 4]]}),
        (["JF  - Sail &amp; Society", "JA  - Sail Soc"], "container-title", "Sail & Society"),
        (["PY  - 2012/09//Fall"], "issued", FALL_2012),
        (["PY  - 2012", "DA  - Fall 2012"], "issued", FALL_2012),
        (["Y1  - 2012/12//Winter2012"], "issued", {"date-parts": [[2012]], "season": 4}),
        (["SP  - pp. 201", "EP  - 219"], "page", "201-219"),
        (["SP  - 201-219"], "page", "201-219"),
        (["UR  - https://x.example/a;b=1?c&d"], "URL", "https://x.example/a;b=1?c&d"),
        (["AB  - Of salt.", "", "Second - paragraph.", "VL  - 3"], "volume", "3"),
        (["  VL - 3"], "volume", "3"),
    ],
)  # fmt: skip
def test_lines_of_ris(lines: list[str], name: str, wanted: object) -> None:
    record = ris(*lines)
    assert record[name] == wanted
    assert not losses_of(record)


def test_a_date_of_ris_that_is_none_is_named() -> None:
    record = ris("PY  - 2011", "DA  - Flood 2012")
    assert record["issued"] == {"date-parts": [[2011]]}
    assert "“Flood 2012”" in losses_of(record)[0]


def test_records_of_ris_without_ends_are_several() -> None:
    text = "TY  - JOUR\nTI  - One\n\nTY  - JOUR\nTI  - Two\nER\n"
    assert [record["title"] for record in pasted_references(text)] == ["One", "Two"]


def test_csl_json_of_a_careless_export() -> None:
    record = only('[{"title": "A &amp; B", "page": "pp. 201-219", "issued": {"raw": "Fall 2012"}}]')
    assert (record["title"], record["page"]) == ("A & B", "201-219")
    assert date_of(record) == Date(year="2012", season=3)


PUBMED = """
PMID- 123
DP  - 2012 Fall
TI  - Tides and tables of the
      northern coast.
PG  - 201-19
LID - 10.1000/x [doi]
FAU - Quill, Mara
AU  - Quill M
CN  - Royal Buoy Society
JT  - Coast studies
TA  - Coast Stud
VI  - 3
IP  - 2
IS  - 0000-0000 (Print)
"""


def test_a_record_of_pubmed() -> None:
    assert only(PUBMED) == {
        "id": "pmid-123",
        "type": "article-journal",
        "title": "Tides and tables of the northern coast",
        "author": [QUILL, {"literal": "Royal Buoy Society"}],
        "container-title": "Coast studies",
        "container-title-short": "Coast Stud",
        "volume": "3",
        "issue": "2",
        "page": "201-19",
        "DOI": "10.1000/x",
        "ISSN": "0000-0000",
        "issued": FALL_2012,
    }


ENDNOTE = """<?xml version="1.0" encoding="UTF-8"?>
<xml><records><record><rec-number>7</rec-number><ref-type name="Journal Article">17</ref-type>
<contributors><authors><author><style face="normal">Quill, Mara</style></author>
<author>Royal Buoy Society,</author></authors></contributors>
<titles><title><style face="normal">On </style><style face="italic">Emma</style></title>
<secondary-title><style>Sail &amp; Society</style></secondary-title></titles>
<pages>201-219</pages><volume>3</volume><number>2</number>
<dates><year>2012</year><pub-dates><date>Fall</date></pub-dates></dates>
<urls><related-urls><url>https://x.example/a</url></related-urls></urls></record></records></xml>
"""


def test_a_record_of_endnote() -> None:
    assert only(ENDNOTE) == {
        "id": "endnote-7",
        "type": "article-journal",
        "title": "On <i>Emma</i>",
        "author": [QUILL, {"literal": "Royal Buoy Society"}],
        "container-title": "Sail & Society",
        "volume": "3",
        "issue": "2",
        "page": "201-219",
        "URL": "https://x.example/a",
        "issued": FALL_2012,
    }


def test_xml_that_refers_to_other_files_reads_none(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("hidden", "utf-8")
    path = tmp_path / "a.xml"
    entity = f'<!DOCTYPE xml [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'
    path.write_text(
        f"{entity}<xml><records><record><titles><title>A&x;</title></titles></record></records></xml>"
    )
    try:
        records: list[CSLItem] = load_references(path)
    except RecordError:
        records = []
    assert "hidden" not in str(records)


def test_a_record_of_the_registry_of_dois() -> None:
    authors = [
        {"given": "Mara", "family": "Quill", "sequence": "first", "affiliation": [{"name": "Hull"}]},
        {"name": "Coast Board", "sequence": "additional", "affiliation": []},
    ]
    exported = {
        "type": "journal-article",
        "title": ["Tides"],
        "container-title": ["Shores"],
        "ISSN": ["1-1", "2-2"],
        "author": authors,
        "subtitle": [],
        "issued": {"date-parts": [[None]]},
        "published-print": {"date-parts": [[2012, 9]]},
    }
    record = only(json.dumps(exported))
    assert record | {"published-print": None} == {
        "type": "article-journal",
        "title": "Tides",
        "container-title": "Shores",
        "ISSN": "1-1, 2-2",
        "author": [QUILL, {"literal": "Coast Board"}],
        "issued": {"date-parts": [[2012, 9]]},
        "published-print": None,
    }


@pytest.mark.parametrize(
    ("printed", "names"),
    [
        ("Quill, Mara & Nash, Ivy", [QUILL, NASH]),
        ("Quill, Mara, & Nash, Ivy", [QUILL, NASH]),
        ("Quill, Mara, Nash, Ivy", [QUILL, NASH]),
        ("Mara Quill, Ivy Nash, Mara Quill, Ivy Nash", [QUILL, NASH, QUILL, NASH]),
        ("{Farrar, Straus & Giroux}", [{"literal": "Farrar, Straus & Giroux"}]),
        ("Quill, Jr., Mara", [QUILL | {"suffix": "Jr."}]),
    ],
)
def test_names_divided_as_in_a_printed_reference(printed: str, names: list[dict[str, str]]) -> None:
    assert entry(f"author={{{printed}}}")["author"] == names


@pytest.mark.parametrize("pages", ["p.201-p.219", "pp. 201–p. 219", "201 - 219"])
def test_a_label_before_the_last_page_is_no_part_of_it(pages: str) -> None:
    assert entry(f"pages={{{pages}}}")["page"] == "201-219"

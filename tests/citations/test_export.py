"""Records exported for reference managers and read back with the same facts."""

from __future__ import annotations

import json
import re
import string
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from works_cited import without

from assistant.citations.record import ET_AL
from assistant.citations.references import EXPORTS, export_record, load_references
from assistant.core.errors import RecordError

if TYPE_CHECKING:
    from pathlib import Path

SUFFIXES = {"bibtex": ".bib", "ris": ".ris", "csl-json": ".json"}
RECORD: dict[str, Any] = {
    "id": "gates-2014",
    "type": "article-journal",
    "title": "Light & <i>Sea</i>: 100% of “Lamps”",
    "author": [
        {"family": "Gates", "given": "Henry Louis", "suffix": "Jr."},
        {"family": "van den Berg", "given": "Jan"},
        {"literal": "The Coast and Harbour Society"},
    ],
    "container-title": "Coast_Studies",
    "volume": "60",
    "issue": "4",
    "page": "844-862",
    "issued": {"date-parts": [[2014, 12, 5]]},
    "DOI": "10.1000/a_b(1)<2>",
    "URL": "https://x.example/~a?b=1&c=%20#d",
    "ISSN": "0026-7724",
    "language": "en",
}


def test_bibtex() -> None:
    assert export_record(RECORD, "bibtex").splitlines() == [
        "@article{gates-2014,",
        "\tauthor = {Gates, Jr., Henry Louis and van den Berg, Jan and {The Coast and Harbour Society}},",
        "\ttitle = {{Light \\& \\emph{Sea}: 100\\% of “Lamps”}},",
        "\tvolume = {60},",
        "\tnumber = {4},",
        "\tpages = {844--862},",
        "\tdoi = {10.1000/a_b(1)<2>},",
        "\turl = {https://x.example/~a?b=1&c=%20#d},",
        "\tissn = {0026-7724},",
        "\tlangid = {en},",
        "\tjournal = {Coast\\_Studies},",
        "\tdate = {2014-12-05},",
        "\tyear = {2014}",
        "}",
    ]


def test_ris() -> None:
    lines = export_record(RECORD, "ris").splitlines()
    assert lines[0] == "TY  - JOUR"
    assert lines[-1] == "ER  - "
    assert {
        "ID  - gates-2014",
        "TI  - Light & Sea: 100% of “Lamps”",
        "AU  - Gates, Henry Louis, Jr.",
        "AU  - van den Berg, Jan",
        "AU  - The Coast and Harbour Society,",
        "T2  - Coast_Studies",
        "VL  - 60",
        "IS  - 4",
        "SP  - 844",
        "EP  - 862",
        "PY  - 2014",
        "DA  - 2014/12/05/",
        "DO  - 10.1000/a_b(1)<2>",
        "UR  - https://x.example/~a?b=1&c=%20#d",
        "SN  - 0026-7724",
        "LA  - en",
    } == set(lines[1:-1])


def test_no_markup_of_a_record_is_in_what_reference_managers_read() -> None:
    title = 'On <i>Lamps</i>, <span class="nocase">iLamp</span> and <b>H<sub>2</sub>O</b>'
    record = RECORD | {
        "title": title,
        "title-short": "On <i>Lamps</i>",
        "container-title": 'The <span style="font-variant: small-caps;">Coast</span> <i>Log</i>',
        "publisher": "<i>Hull</i> <sc>Press</sc>",
    }
    ris = export_record(record, "ris")
    assert "TI  - On Lamps, iLamp and H2O\n" in ris
    assert "T2  - The Coast Log\n" in ris
    assert "PB  - Hull Press\n" in ris
    bibtex = export_record(record, "bibtex")
    assert "title = {{On \\emph{Lamps}, iLamp and H2O}}" in bibtex
    assert "journal = {The Coast \\emph{Log}}" in bibtex
    assert "publisher = {Hull Press}" in bibtex
    # What is no markup stays.
    assert "TI  - If a < b > c: <em>x</em>\n" in export_record(
        RECORD | {"title": "If a < b > c: <em>x</em>"}, "ris"
    )


def test_csl_json_keeps_fields_that_no_other_format_has() -> None:
    record = RECORD | {"custom": {"x": [1]}}
    assert json.loads(export_record(record, "csl-json")) == [record]


def test_an_unknown_format() -> None:
    with pytest.raises(
        RecordError, match=r"^'word' is not a format of records; choose one of bibtex, ris, csl-json\.$"
    ):
        export_record(RECORD, "word")


BIBLATEX = r"""
@incollection{a, title={Who Lit It?}, author={Marsh, Ada}, editor={Ray, Cy and Fox, Di},
  booktitle={Lamps of the \emph{Coast}}, edition={2}, publisher={Hull}, address={Hull}, year=2003,
  pages={95--111}}
@phdthesis{b, title={A House of \textit{Light}}, author={Gates, Jr., Henry}, school={Hull}, year=2019}
@online{c, title={Wick}, subtitle={How to \enquote{Trim} It}, organization={Lamps Online},
  url={https://l.example/a\_b}, date={2014-12}, urldate={2020-01-02}}
@article{d, title={Lamp Goes Out}, entrysubtype={newspaper}, journaltitle={The Times}, year=2014, month=dec}
@patent{e, title={A Lamp}, year={c. 1890}}
"""


def test_kinds_of_bibtex_records(tmp_path: Path) -> None:
    path = tmp_path / "a.bib"
    path.write_text(BIBLATEX, "utf-8")
    assert load_references(path) == [
        {
            "id": "a",
            "type": "chapter",
            "title": "Who Lit It?",
            "author": [{"family": "Marsh", "given": "Ada"}],
            "editor": [{"family": "Ray", "given": "Cy"}, {"family": "Fox", "given": "Di"}],
            "container-title": "Lamps of the <i>Coast</i>",
            "edition": "2",
            "publisher": "Hull",
            "publisher-place": "Hull",
            "issued": {"date-parts": [[2003]]},
            "page": "95-111",
        },
        {
            "id": "b",
            "type": "thesis",
            "title": "A House of <i>Light</i>",
            "author": [{"family": "Gates", "given": "Henry", "suffix": "Jr."}],
            "publisher": "Hull",
            "genre": "PhD dissertation",
            "issued": {"date-parts": [[2019]]},
        },
        {
            "id": "c",
            "type": "webpage",
            "title": "Wick: How to “Trim” It",
            "title-short": "Wick",
            "container-title": "Lamps Online",
            "URL": "https://l.example/a_b",
            "issued": {"date-parts": [[2014, 12]]},
            "accessed": {"date-parts": [[2020, 1, 2]]},
        },
        {
            "id": "d",
            "type": "article-newspaper",
            "title": "Lamp Goes Out",
            "container-title": "The Times",
            "issued": {"date-parts": [[2014, 12]]},
        },
        {"id": "e", "type": "patent", "title": "A Lamp", "issued": {"date-parts": [[1890]], "circa": True}},
    ]


RIS = """TY  - CHAP
ID  - a
AU  - Marsh, Ada
A2  - Ray, Cy
TI  - Who Lit It?
T2  - Lamps of the Coast
ET  - 2
PB  - Hull
CY  - Hull
SN  - 978-0
PY  - 2003
SP  - 95
EP  - 111
UR  - https://l.example/a
Y2  - 2020/01/02/
ER  - 
TY  - THES
TI  - A House
M3  - PhD dissertation
PY  - c. 1890
ER  - 
"""  # noqa: W291 - the format has a blank there


def test_kinds_of_ris_records(tmp_path: Path) -> None:
    path = tmp_path / "a.ris"
    path.write_text(RIS, "utf-8")
    assert load_references(path) == [
        {
            "id": "a",
            "type": "chapter",
            "title": "Who Lit It?",
            "author": [{"family": "Marsh", "given": "Ada"}],
            "editor": [{"family": "Ray", "given": "Cy"}],
            "container-title": "Lamps of the Coast",
            "edition": "2",
            "publisher": "Hull",
            "publisher-place": "Hull",
            "ISBN": "978-0",
            "issued": {"date-parts": [[2003]]},
            "page": "95-111",
            "URL": "https://l.example/a",
            "accessed": {"date-parts": [[2020, 1, 2]]},
        },
        {
            "type": "thesis",
            "title": "A House",
            "genre": "PhD dissertation",
            "issued": {"date-parts": [[1890]], "circa": True},
        },
    ]


LETTERS = string.ascii_letters + string.digits + "äéñøŒßΩж漢"
WORD = st.text(LETTERS, min_size=1, max_size=8)
WORD_AND_SIGN = st.tuples(
    WORD, st.sampled_from(["", "&", "%", "$", "#", "_", "~", "^", "<", ">", ":", "?", "’", "”", "/"])
)
TEXT = st.lists(WORD_AND_SIGN.map("".join), min_size=1, max_size=5).map(" ".join)
TITLE = st.tuples(TEXT, TEXT, st.booleans()).map(
    lambda parts: f"{parts[0]} <i>{parts[1]}</i>" if parts[2] else parts[0]
)
NAME_WORD = st.text(string.ascii_letters + "éßж", min_size=2, max_size=8).map(str.capitalize)
PERSON = st.fixed_dictionaries(
    {
        "family": st.tuples(st.sampled_from(["", "van den ", "O’"]), NAME_WORD).map("".join),
        "given": NAME_WORD,
    },
    optional={"suffix": st.sampled_from(["Jr.", "III"])},
)
GROUP = st.fixed_dictionaries({"literal": st.lists(NAME_WORD, min_size=1, max_size=3).map(" and ".join)})
PEOPLE = st.tuples(st.lists(PERSON | GROUP, min_size=1, max_size=4), st.booleans()).map(
    lambda people: [*people[0], ET_AL] if people[1] else people[0]
)
YEAR = st.sampled_from([{"date-parts": [[1931]]}, {"date-parts": [[1540]], "circa": True}])
DATE = st.sampled_from(
    [
        {"date-parts": [[1931], [1938]]},
        {"date-parts": [[2013, 12], [2014, 1]]},
        {"date-parts": [[2014]], "season": 4},
        {"date-parts": [[1540]], "circa": True},
        {"date-parts": [[-44]]},
        {"date-parts": [[2014]]},
        {"date-parts": [[1066, 3]]},
        {"date-parts": [[2014, 12, 31]]},
        {"literal": "in press"},
    ]
)
NUMBER = st.integers(1, 9999).map(str)
COMMON: dict[str, st.SearchStrategy[Any]] = {
    "author": PEOPLE,
    "editor": PEOPLE,
    "translator": PEOPLE,
    "title-short": TITLE,
    "container-title": TITLE,
    "volume": NUMBER,
    "issue": NUMBER,
    "edition": NUMBER,
    "page": st.sampled_from(["7", "844-862", "xii-xiv"]),
    "publisher": TEXT,
    "publisher-place": TEXT,
    "DOI": st.sampled_from(["10.1000/lamp", "10.1353/mfs.2014.0056", "10.1/a_b(c)<1::2>"]),
    "URL": st.sampled_from(["https://a.example/x_y?b=1&c=%20#d", "https://a.example/~z"]),
    "language": st.sampled_from(["en", "de-AT"]),
    "genre": TEXT,
    "collection-title": TEXT,
    "issued": DATE,
    "accessed": DATE,
    "original-date": YEAR,
}
KINDS = st.sampled_from(
    "article-journal article-magazine article-newspaper chapter book thesis webpage post-weblog "
    "paper-conference report document".split()
)
# What no such work has, and the formats have no place for.
UNUSUAL = {"report": ["issue"], "book": ["container-title"]}
RECORDS = st.fixed_dictionaries(
    {"id": st.from_regex(r"[a-z][a-z0-9-]{0,10}", fullmatch=True), "type": KINDS, "title": TITLE},
    optional=COMMON,
).map(lambda record: without(record, *UNUSUAL.get(record["type"], ())))


@given(RECORDS, st.sampled_from([*EXPORTS]))
def test_a_record_comes_back_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, record: dict[str, Any], form: str
) -> None:
    path = tmp_path_factory.getbasetemp() / f"record{SUFFIXES[form]}"
    path.write_text(export_record(record, form), "utf-8")
    # RIS has no italics.
    kept = record if form != "ris" else json.loads(re.sub("</?i>", "", json.dumps(record)))
    assert load_references(path) == [kept]

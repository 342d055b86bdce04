"""Bibliographic records: read from files, recognised by title, and made from a title page."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from assistant.citations.record import family_of, parse_name
from assistant.citations.references import (
    from_title_page,
    load_references,
    make_id,
    pasted_references,
    recognise,
)
from assistant.core.errors import RecordError

if TYPE_CHECKING:
    from pathlib import Path

BIBTEX = r"""
@article{marsh2014,
  author = {M{\"u}ller, J{\'e}r{\^o}me and von Neumann, Ada and Ludwig van Beethoven},
  title = {The {L}amp of {Ærø}: {A} {H}istory \& More},
  journal = {Coast \& Sea}, volume = 60, number = {4}, pages = {844--862},
  year = 2014, doi = {10.1000/lamp}, langid = {english}
}
@book{second, title = "Two", author = "Lee, Bo", date = {1999-03-04}, publisher = {Coast Press}}
"""
RIS = """TY  - JOUR
ID  - marsh2014
AU  - Marsh, Ada
AU  - Lee, Bo
TI  - The Lamp: A History
T2  - Coast Studies
VL  - 60
IS  - 4
SP  - 844
EP  - 862
PY  - 2014/12/01/
DO  - 10.1000/lamp
LA  - en
ER  - 
"""  # noqa: W291 - the format has a blank there


def loaded(tmp_path: Path, name: str, text: str) -> list[dict[str, Any]]:
    """Records of a file with a text in it."""
    path = tmp_path / name
    path.write_text(text, "utf-8")
    return [dict(item) for item in load_references(path)]


def test_csl_json_is_not_changed(tmp_path: Path) -> None:
    first = {"id": "a", "title": "The Lamp", "author": [{"family": "Brontë"}], "custom": {"x": [1]}}
    second = {"id": "b", "title": "The Bell"}
    assert loaded(tmp_path, "list.json", json.dumps([first, second])) == [first, second]
    assert loaded(tmp_path, "object.json", json.dumps(first)) == [first]
    assert loaded(tmp_path, "marked.JSON", "\ufeff" + json.dumps(first, ensure_ascii=False)) == [first]


def test_bibtex(tmp_path: Path) -> None:
    first, second = loaded(tmp_path, "export.bib", BIBTEX)
    assert first == {
        "id": "marsh2014",
        "type": "article-journal",
        "title": "The Lamp of Ærø: A History & More",
        "author": [
            {"family": "Müller", "given": "Jérôme"},
            {"family": "von Neumann", "given": "Ada"},
            {"family": "van Beethoven", "given": "Ludwig"},
        ],
        "container-title": "Coast & Sea",
        "volume": "60",
        "issue": "4",
        "page": "844-862",
        "issued": {"date-parts": [[2014]]},
        "DOI": "10.1000/lamp",
        "language": "english",
    }
    assert second == {
        "id": "second",
        "type": "book",
        "title": "Two",
        "author": [{"family": "Lee", "given": "Bo"}],
        "publisher": "Coast Press",
        "issued": {"date-parts": [[1999, 3, 4]]},
    }


@pytest.mark.parametrize("pages", ["844-862", "844--862", "844–862", "844 -- 862"])
def test_page_dashes_of_bibtex(tmp_path: Path, pages: str) -> None:
    (item,) = loaded(tmp_path, "a.bib", f"@article{{a, title={{The Lamp}}, pages={{{pages}}}}}")
    assert item["page"] == "844-862"


def test_a_group_in_braces_is_one_name(tmp_path: Path) -> None:
    text = "@book{a, title={The Lamp}, author={{Coast and Harbour Society} and Marsh, Ada}}"
    (item,) = loaded(tmp_path, "a.bib", text)
    assert item["author"] == [
        {"literal": "Coast and Harbour Society"},
        {"family": "Marsh", "given": "Ada"},
    ]


def test_ris(tmp_path: Path) -> None:
    (item,) = loaded(tmp_path, "export.ris", RIS)
    assert item == {
        "id": "marsh2014",
        "type": "article-journal",
        "title": "The Lamp: A History",
        "author": [{"family": "Marsh", "given": "Ada"}, {"family": "Lee", "given": "Bo"}],
        "container-title": "Coast Studies",
        "volume": "60",
        "issue": "4",
        "page": "844-862",
        "issued": {"date-parts": [[2014, 12, 1]]},
        "DOI": "10.1000/lamp",
        "language": "en",
    }


@pytest.mark.parametrize(
    "tags", [("JF",), ("JO",), ("T2",), ("JF", "J2"), ("T2", "JO"), ("JF", "JO")], ids="+".join
)
def test_the_journal_of_ris_is_its_full_name(tmp_path: Path, tags: tuple[str, ...]) -> None:
    names = dict(zip(tags, ("Coast Studies", "Coast St."), strict=False))
    journal = "".join(f"{tag}  - {name}\n" for tag, name in names.items())
    (item,) = loaded(tmp_path, "a.ris", f"TY  - JOUR\nT1  - The Lamp\nA1  - Marsh, Ada\n{journal}ER  - \n")
    assert item["container-title"] == "Coast Studies"
    assert item["author"] == [{"family": "Marsh", "given": "Ada"}]


@pytest.mark.parametrize(
    ("name", "content", "fact"),
    [
        (
            "a.txt",
            b"{}",
            "give one that ends in .json, .bib, .ris, .nbib, .xml.",
        ),
        ("a.json", None, "cannot be read as a record"),
        ("a.json", '{"title": "Caf\u00e9"}'.encode("latin-1"), "cannot be read as a record"),
        ("a.json", b"{", "is not a valid .json record"),
        ("a.json", b"[]", "holds no record with a title"),
        ("a.json", b"3", "holds no record with a title"),
        ("a.json", b'{"id": "a"}', "holds no record with a title"),
        ("a.json", b'{"title": " "}', "holds no record with a title"),
        ("a.json", b'[{"title": "The Lamp"}, {"title": 3}]', "holds no record with a title"),
        ("a.bib", b"no record", "holds no record with a title"),
        ("a.bib", b"@article{a, year = 1999}", "holds no record with a title"),
        ("a.bib", b"@article{a, title = {The Lamp", "a.bib"),
        ("a.ris", b"no record", "holds no record with a title"),
        # Records that cannot be cited.
        ("a.json", b'{"title": "The Lamp", "author": "Ada Marsh"}', "a.json"),
        ("a.json", b'{"title": "The Lamp", "author": ["Ada Marsh"]}', "a.json"),
        ("a.json", b'{"title": "The Lamp", "issued": "2014"}', "a.json"),
    ],
)
def test_a_faulty_record_is_refused_in_one_sentence(
    tmp_path: Path, name: str, content: bytes | None, fact: str
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(RecordError) as caught:
        load_references(path)
    assert str(path) in str(caught.value)
    assert fact in str(caught.value)
    assert str(caught.value).endswith(".")


RECORDS: list[dict[str, Any]] = [
    {"id": "short", "title": "Lamps"},
    {"id": "bell", "title": "A Bell for the Harbour", "author": [{"family": "Lee"}]},
    {
        "id": "lamp",
        "title": "The Keeper’s Old Lamp: A History of Light at Sea",
        "author": [{"family": "Müller", "given": "Ada"}, {"literal": "The Coast Society"}],
    },
]


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("the keeper's old\n  LAMP\n\na history of\nlight at sea\n\nby nobody", "lamp"),
        ("Coast Studies 60\nThe Keeper’s Old Lamp\nAda MÜLLER\nThe lamp burns.", "lamp"),
        ("The Keeper’s Old Lamp\nThe Coast Society\nThe lamp burns.", "lamp"),
        ("The Keeper’s Old Lamp\nSomebody Else\nThe lamp burns.", None),
        ("A Bell for\nthe Harbour\n", "bell"),
        ("Lamps\nThe lamp burns.", None),
        ("x\n" * 3_000 + "A Bell for the Harbour\n", None),
        ("", None),
    ],
)
def test_an_essay_is_recognised_by_its_title(source: str, wanted: str | None) -> None:
    record = recognise(source, RECORDS)
    assert (record and record["id"]) == wanted


def test_without_records_nothing_is_recognised() -> None:
    assert recognise("The Keeper’s Old Lamp", []) is None


def test_markup_of_a_title_is_ignored() -> None:
    record = {"title": "The Keeper’s <i>Old</i> Lamp"}
    assert recognise("The Keeper's Old Lamp\n\nAda Marsh", [record]) is record


@pytest.mark.parametrize(
    ("printed", "wanted"),
    [
        ("Marsh, Ada", {"family": "Marsh", "given": "Ada"}),
        ("Ada Marsh", {"family": "Marsh", "given": "Ada"}),
        ("Ada M. Marsh", {"family": "Marsh", "given": "Ada M."}),
        ("Jan van den Berg", {"family": "van den Berg", "given": "Jan"}),
        ("van den Berg, Jan", {"family": "van den Berg", "given": "Jan"}),
        ("Plato", {"literal": "Plato"}),
        ("The Coast Society,", {"literal": "The Coast Society"}),
        ("Gates, Henry Louis, Jr.", {"family": "Gates", "given": "Henry Louis", "suffix": "Jr."}),
    ],
)
def test_names(printed: str, wanted: dict[str, str]) -> None:
    assert parse_name(printed) == wanted


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ({"family": "Marsh", "given": "Ada"}, "Marsh"),
        ({"family": "Berg", "non-dropping-particle": "van den"}, "van den Berg"),
        ({"family": "Berg", "dropping-particle": "von"}, "Berg"),
        ({"literal": "The Coast Society"}, "Coast Society"),
        ({"literal": "An Anon"}, "Anon"),
        ({"literal": "Andersen Group"}, "Andersen Group"),
        ({}, ""),
    ],
)
def test_what_a_name_is_cited_by(name: dict[str, str], wanted: str) -> None:
    assert family_of(name) == wanted


@pytest.mark.parametrize(
    ("record", "wanted"),
    [
        ({"author": [{"family": "Brontë"}], "issued": {"date-parts": [[1847]]}}, "bronte-1847"),
        ({"author": [{"family": "O’Hara Smith"}], "issued": {"date-parts": [["1999"]]}}, "ohara-smith-1999"),
        (
            {"author": [{"literal": "The Coast Society"}], "issued": {"date-parts": [[2001, 3]]}},
            "coast-society-2001",
        ),
        ({"author": [{"family": "Brontë"}]}, "my-essay-2"),
        ({"author": [{"family": "Brontë"}], "issued": {"date-parts": [[]]}}, "my-essay-2"),
        ({"author": [{"family": "Brontë"}], "issued": {"date-parts": [[None]]}}, "my-essay-2"),
        ({"issued": {"date-parts": [[1847]]}}, "my-essay-2"),
        ({"author": []}, "my-essay-2"),
        ({}, "my-essay-2"),
    ],
)
def test_the_short_name_of_an_essay(record: dict[str, Any], wanted: str) -> None:
    assert make_id(record, "My Éssay_(2)") == wanted


def test_a_file_without_a_latin_name_has_a_short_name_all_the_same() -> None:
    assert make_id({}, "読書") == "essay"


@pytest.mark.parametrize(
    ("title", "author", "wanted"),
    [
        ("The Lamp", "Ada Marsh", {"title": "The Lamp", "author": [{"family": "Marsh", "given": "Ada"}]}),
        (
            "The Lamp",
            "Ada Marsh, Bo Lee and Plato",
            {
                "title": "The Lamp",
                "author": [
                    {"family": "Marsh", "given": "Ada"},
                    {"family": "Lee", "given": "Bo"},
                    {"literal": "Plato"},
                ],
            },
        ),
        ("", "", {"title": "my first essay"}),
        (
            "",
            "Ada Sand & Bo Andrews",
            {
                "title": "my first essay",
                "author": [{"family": "Sand", "given": "Ada"}, {"family": "Andrews", "given": "Bo"}],
            },
        ),
    ],
)
def test_a_record_of_a_title_page(title: str, author: str, wanted: dict[str, Any]) -> None:
    assert from_title_page(title, author, "my_first-essay") == {"type": "document", **wanted}


def test_a_damaged_entry_of_bibtex_is_refused_without_the_parsers_own_report(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "record.bib"
    path.write_text("@article{one,\n title = {Tides},\n" + " x\n" * 50 + "}\n")
    with pytest.raises(RecordError, match=r"record\.bib"):
        load_references(path)
    assert caplog.records == []


def test_blank_lines_within_a_ris_record_say_nothing() -> None:
    text = "TY  - JOUR\n\nTI  - Of Tides\n\n\nAU  - Marsh, Ada\n\nSP  - 3\nEP  - 9\n\nER  - \n"
    (record,) = pasted_references(text)
    assert (record["title"], record["page"]) == ("Of Tides", "3-9")
    assert record["author"] == [{"family": "Marsh", "given": "Ada"}]

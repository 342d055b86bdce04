"""Exports of reference managers: the files that they name, in each dialect, and what comes along."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.citations.attached_files import read_export
from assistant.core.errors import RecordError


def bibtex(folder: Path, field: str, **others: str) -> Path:
    """An export with one entry that has a ``file`` field."""
    extra = "".join(f"  {name} = {{{value}}},\n" for name, value in others.items())
    path = folder / "export.bib"
    own = "  title = {Written},\n  author = {Gill, Josie},\n"
    path.write_text(f"@article{{gill2014written,\n{own}{extra}  file = {{{field}}}\n}}\n", "utf-8")
    return path


def paths(export: Path) -> list[Path | None]:
    (item,) = read_export(export)
    return [attachment.path for attachment in item.attachments]


@pytest.mark.parametrize(
    ("field", "files"),
    [
        ("Full Text PDF:files/12/Gill.pdf:application/pdf", ["files/12/Gill.pdf"]),
        (
            "Full Text:files/12/Gill.pdf:application/pdf;Snapshot:files/13/gill.html:text/html",
            ["files/12/Gill.pdf", "files/13/gill.html"],
        ),
        ("files/12/Gill.pdf", ["files/12/Gill.pdf"]),
        ("files/12/Gill.pdf;files/13/gill.html", ["files/12/Gill.pdf", "files/13/gill.html"]),
        (r"A title\: with a colon:files/12/a\:b\;c.pdf:application/pdf", ["files/12/a:b;c.pdf"]),
        (":Gill.pdf:PDF", ["Gill.pdf"]),
        (":Gill.pdf:PDF;:Other.pdf:PDF", ["Gill.pdf", "Other.pdf"]),
        ("Description:sub/Gill_2014.pdf:PDF", ["sub/Gill_2014.pdf"]),
        (r"Description:sub/Gill\_2014.pdf:PDF", ["sub/Gill_2014.pdf"]),
        ("Müller – Straße.pdf", ["Müller – Straße.pdf"]),
        (r":M{\"{u}}ller.pdf:pdf", ["Müller.pdf"]),
        (r"attachments/{The} file.pdf", ["attachments/{The} file.pdf"]),
    ],
)
def test_files_beside_an_export_are_found(tmp_path: Path, field: str, files: list[str]) -> None:
    for name in files:
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("x", "utf-8")
    assert paths(bibtex(tmp_path, field)) == [tmp_path / name for name in files]


@pytest.mark.parametrize(
    ("field", "path"),
    [
        (r"Gill:C\:\\me\\storage\\ABCD2345\\Gill.pdf:application/pdf", r"C:\me\storage\ABCD2345\Gill.pdf"),
        (r"C\:\\Users\\me\\Gill.pdf", r"C:\Users\me\Gill.pdf"),
        (r":C$\backslash$:/Users/me/Gill.pdf:pdf", "C:/Users/me/Gill.pdf"),
        (r"C:\Users\me\Gill.pdf", r"C:\Users\me\Gill.pdf"),
        ("Gill:C:/Users/me/Gill.pdf:PDF", "C:/Users/me/Gill.pdf"),
        ("Gill:/nowhere/Gill.pdf:application/pdf", "/nowhere/Gill.pdf"),
        ("file:///nowhere/Gill%20x.pdf", "/nowhere/Gill x.pdf"),
        ("file:///C:/Users/me/Gill.pdf", "C:/Users/me/Gill.pdf"),
    ],
)  # fmt: skip
def test_files_of_other_computers_are_named_as_they_were(tmp_path: Path, field: str, path: str) -> None:
    assert paths(bibtex(tmp_path, field)) == [Path(path)]


def test_an_export_that_was_moved_finds_its_files_beside_it(tmp_path: Path) -> None:
    file = tmp_path / "files" / "12" / "Gill.pdf"
    file.parent.mkdir(parents=True)
    file.write_text("x", "utf-8")
    assert paths(bibtex(tmp_path, "Gill:/old/place/files/12/Gill.pdf:application/pdf")) == [file]
    assert paths(bibtex(tmp_path, r"Gill:D\:\\old\\files\\12\\Gill.pdf:application/pdf")) == [file]


def test_a_path_without_its_first_slash_is_found(tmp_path: Path) -> None:
    file = tmp_path / "Gill.pdf"
    file.write_text("x", "utf-8")
    inner = tmp_path / "inner"
    inner.mkdir()
    assert paths(bibtex(inner, f":{str(file).lstrip('/')}:pdf")) == [file]


def test_addresses_are_no_files(tmp_path: Path) -> None:
    (item,) = read_export(bibtex(tmp_path, "https://example.org/gill.pdf"))
    assert [(attachment.path, attachment.missing) for attachment in item.attachments] == [
        (None, "only an address is linked")
    ]


def test_keys_keywords_and_groups_of_bibtex_come_along(tmp_path: Path) -> None:
    export = bibtex(
        tmp_path, "x.pdf", keywords="race, {Science and} fiction; race", groups="Novels > Dystopias"
    )
    (item,) = read_export(export)
    assert item.record is not None
    assert (item.key, item.record["citation-key"]) == ("gill2014written", "gill2014written")
    assert item.tags == ("race", "Science and fiction")
    assert item.collections == ("Novels/Dystopias",)


def test_ris_names_files_in_l1(tmp_path: Path) -> None:
    (tmp_path / "Gill.pdf").write_text("x", "utf-8")
    export = tmp_path / "export.ris"
    export.write_text(
        "TY  - JOUR\nTI  - Written\nAU  - Gill, Josie\nKW  - race\nKW  - fiction\nL1  - Gill.pdf\n"
        "L1  - https://example.org/x.pdf\nL1  - file:///nowhere/a%20b.pdf\nER  - \n",
        "utf-8",
    )
    (item,) = read_export(export)
    assert [attachment.path for attachment in item.attachments] == [
        tmp_path / "Gill.pdf", None, Path("/nowhere/a b.pdf"),
    ]  # fmt: skip
    assert item.tags == ("race", "fiction")


def test_csl_json_keeps_keys_of_zotero_and_of_better_bibtex(tmp_path: Path) -> None:
    export = tmp_path / "export.json"
    export.write_text(
        json.dumps([
            {"id": "gill2014", "type": "book", "title": "One", "file": "a.pdf", "keyword": "x, y"},
            {"id": "http://zotero.org/groups/7/items/ABCD2345", "type": "book", "title": "Two"},
            {
                "id": "http://zotero.org/users/7/items/ABCD2346",
                "title": "Three",
                "attachments": [{"path": "/x/b.pdf", "title": "B"}],
            },
        ]),
        "utf-8",
    )  # fmt: skip
    one, two, three = read_export(export)
    assert one.record is not None
    assert (one.record["id"], one.record["citation-key"]) == ("gill2014", "gill2014")
    assert "file" not in one.record
    assert (one.tags, [attachment.path for attachment in one.attachments]) == (
        ("x", "y"),
        [tmp_path / "a.pdf"],
    )
    assert (two.library, two.key) == ("groups/7", "ABCD2345")
    assert (three.library, three.key) == ("library", "ABCD2346")
    assert [(attachment.path, attachment.title) for attachment in three.attachments] == [
        (Path("/x/b.pdf"), "B")
    ]


def test_the_json_of_better_bibtex_has_the_fields_of_zotero(tmp_path: Path) -> None:
    export = tmp_path / "export.json"
    export.write_text(
        json.dumps({
            "collections": {
                "A": {"key": "A", "name": "Novels", "parent": False, "items": []},
                "B": {"key": "B", "name": "Dystopias", "parent": "A", "items": [12]},
            },
            "items": [
                {
                    "itemID": 12,
                    "itemType": "journalArticle",
                    "citationKey": "gill2014",
                    "title": "One",
                    "date": "2014-12-05",
                    "creators": [{"creatorType": "author", "firstName": "Josie", "lastName": "Gill"}],
                    "tags": [{"tag": "race"}],
                    "uri": "http://zotero.org/users/7/items/ABCD2345",
                    "attachments": [{"path": "/x/storage/EFGH2345/b.pdf", "title": "B"}],
                },
                {"itemType": "note", "note": "x"},
            ],
        }),
        "utf-8",
    )  # fmt: skip
    (item,) = read_export(export)
    assert item.record == {
        "type": "article-journal",
        "title": "One",
        "author": [{"family": "Gill", "given": "Josie"}],
        "issued": {"date-parts": [[2014, 12, 5]]},
        "id": "gill2014",
        "citation-key": "gill2014",
    }
    assert (item.collections, item.tags, item.key) == (("Novels/Dystopias",), ("race",), "ABCD2345")
    assert [attachment.key for attachment in item.attachments] == ["EFGH2345"]


@pytest.mark.parametrize(
    "content", ["{", '{"items": [1, null, {"title": 3, "file": {"a": 1}}]}', "[[[]]]", '"x"', "", "[{}]"]
)
def test_malformed_json_is_refused_or_empty(tmp_path: Path, content: str) -> None:
    export = tmp_path / "export.json"
    export.write_text(content, "utf-8")
    try:
        items = read_export(export)
    except RecordError as error:
        assert str(export) in str(error)  # noqa: PT017 - either is right
    else:
        assert all(item.record is None or item.title for item in items)

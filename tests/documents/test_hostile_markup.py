"""Pages and books made to harm: read in bounded time, refused in one sentence, nothing else read or fetched."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from essay_library import one_sentence
from markup_files import book, page

from assistant.core.errors import ReadingError
from assistant.documents.reading import read_essay_file

PROSE = "<p>The keeper of the light wrote down each ship that passed, and at what hour, and what he thought of it.</p>"
LAUGHS = (
    "<!DOCTYPE html ["
    '<!ENTITY l0 "ha">' + "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12)) + "]>"
)
UNREAD = "the words of a file that nobody may read"

READ = {
    "entities": f"{LAUGHS}<p>&l11;</p>{PROSE}",
    "entities-xhtml": f'<?xml version="1.0"?>{LAUGHS}<html xmlns="http://www.w3.org/1999/xhtml"><p>&l11;</p>{PROSE}</html>',
    "nesting": "<div>" * 50 + PROSE + "</div>" * 50,
    "deep-nesting": "<blockquote>" * 1_500 + PROSE,
    "nested-tables": "<table><tr><td>x</td><td>" * 500 + PROSE,
    "nested-notes": "<p>a" + "<span class=sidenote>b" * 900 + PROSE,
    "pictures": f"{PROSE}<img src='data:image/png;base64,{'A' * 5_000_000}'>{PROSE}",
    "attributes": "<p " + " ".join(f"a{n}=b" for n in range(100_000)) + ">" + PROSE,
    "classes": f"<div class='{'nav ' * 100_000}'>{PROSE}",
    "style": "<style>" + "a," * 500_000 + "{color:red}" + ".a{" * 100_000 + "</style>" + PROSE,
    "links": PROSE + "<a href=#x>1</a>" * 20_000 + "<p id=x>n</p>",
    "scripts": "<script>" + "document.write('<p>x</p>');" * 10_000 + "</script>" + PROSE,
    "linked-data": f'<script type="application/ld+json">{"[" * 100_000}</script>{PROSE}',
    "signs": PROSE + "<" * 100_000 + "&" * 100_000,
    "spaces": PROSE + "<p>" + "&nbsp;" * 200_000,
}
REFUSED = {
    "nesting": "<div>" * 50_000 + PROSE,
    "paragraphs": "<p>word</p>" * 1_000_000,
    "too-many-paragraphs": "<p>word</p>" * 110_000,
}


@pytest.mark.parametrize("name", READ)
def test_a_page_is_read_soon(name: str, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(READ[name], "utf-8")
    start = time.process_time()
    document = read_essay_file(path)
    assert time.process_time() - start < 10
    assert "keeper of the light" in document.text
    assert "hahaha" not in document.text


@pytest.mark.parametrize("name", REFUSED)
def test_a_page_is_refused_in_one_sentence(name: str, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(REFUSED[name], "utf-8")
    with pytest.raises(ReadingError) as error:
        read_essay_file(path)
    assert one_sentence(error.value)


@pytest.mark.parametrize("ending", ["html", "epub"])
def test_no_other_file_is_read(ending: str, tmp_path: Path) -> None:
    secret = tmp_path / "secret.xhtml"
    secret.write_text(page(f"<p>{UNREAD}</p>"), "utf-8")
    head = f'<!DOCTYPE html [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'
    text = f'{page(f"<p>&x;</p>{PROSE}", f"""<link rel="stylesheet" href="{secret.as_uri()}"/>""")}'
    text = text.replace("?>", f"?>{head}", 1)
    path = tmp_path / "folder" / f"essay.{ending}"
    path.parent.mkdir()
    if ending == "epub":
        outside = {"../secret.xhtml": "", "../../secret.xhtml": "", str(secret): ""}
        path.write_bytes(book({**outside, "a.xhtml": text}))
    else:
        path.write_text(text, "utf-8")
    document = read_essay_file(path)
    assert "keeper of the light" in document.text
    assert UNREAD not in document.text


@pytest.mark.parametrize(
    "files",
    [
        {"a.xhtml": "<p>word</p>" * 6_000_000},
        {f"{n}.xhtml": "<p>word</p>" * 400_000 for n in range(10)},
        {f"{n}.xhtml": page(PROSE) for n in range(5_100)},
        {},
    ],
    ids=["one file", "some files", "many files", "no file"],
)
def test_a_book_is_refused_in_one_sentence(files: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / "book.epub"
    path.write_bytes(book(files))
    with pytest.raises(ReadingError) as error:
        read_essay_file(path)
    assert one_sentence(error.value)


@pytest.mark.parametrize(
    "data", [b"no archive", book({"a.xhtml": page(PROSE)})[:700]], ids=["text", "cut off"]
)
def test_what_is_no_book_is_refused_in_one_sentence(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "book.epub"
    path.write_bytes(data)
    with pytest.raises(ReadingError) as error:
        read_essay_file(path)
    assert one_sentence(error.value)


def test_a_package_of_entities_is_no_harm(tmp_path: Path) -> None:
    package = (
        f'<?xml version="1.0"?>{LAUGHS}<package><metadata><title>&l11;</title></metadata><manifest>'
        '<item id="a" href="a.xhtml"/></manifest><spine><itemref idref="a"/></spine></package>'
    )
    path = tmp_path / "book.epub"
    path.write_bytes(book({"a.xhtml": page(PROSE)}, package=package))
    with pytest.raises(ReadingError) as error:
        read_essay_file(path)
    assert one_sentence(error.value)

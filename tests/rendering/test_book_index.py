"""The index as text, Markdown, CSV and HTML."""

from __future__ import annotations

import csv
import io

import pytest

from assistant.core.book_index import BookIndex, IndexEntry, IndexPlace, SharedSource
from assistant.core.essay import Passage, SourceMap
from assistant.rendering.book_index import index_csv, index_markdown, index_object, index_text
from assistant.rendering.book_index_page import index_page


def place(passage: str, start: int, end: int, *pages: str, secondhand: bool = False) -> IndexPlace:
    essay = passage.partition("/")[0]
    return IndexPlace(essay=essay, passage=passage, start=start, end=end, pages=pages, secondhand=secondhand)


def entry(name: str, *places: IndexPlace, locators: str = "8-9", author: str = "") -> IndexEntry:
    return IndexEntry(entry=name, forms=(name,), places=places, locators=locators, author=author)


INDEX = BookIndex(
    essays=("a",),
    names=(entry("Marsh, Ada", place("a/p01", 0, 5, "8", "9")),),
    works=(entry("Lamp, The", place("a/p01", 6, 10, "8"), locators="8", author="Marsh, Ada"),),
    quoted=(entry("Tann, Otto", place("a/n1", 0, 4, "9n1", secondhand=True), locators="9n1"),),
    terms=(entry("*lamp*", place("a/p01", 6, 10, "8"), locators="8"),),
    shared=(
        SharedSource(
            kind="page",
            entry="Tann",
            locator="12",
            text="",
            places=(place("a/p01", 0, 1), place("b/p01", 0, 1)),
        ),
    ),
)


def test_as_text() -> None:
    assert index_text(INDEX) == (
        "Names\n  Marsh, Ada, 8–9\n\n"
        "Works\n  Lamp, The (Marsh, Ada), 8\n\n"
        "Quoted authors\n  Tann, Otto, 9n1 (as quoted by others: 9n1)\n\n"
        "Terms\n  *lamp*, 8\n\n"
        "Quoted by several essays\n  Tann 12, the same page: a/p01, b/p01"
    )


def test_as_markdown_no_word_is_markup() -> None:
    assert r"## Terms" + "\n\n" + r"- \*lamp\*, 8" in index_markdown(INDEX)


def test_an_empty_index_says_so() -> None:
    assert index_text(BookIndex(essays=("a",))) == "There is nothing to list."


@pytest.mark.parametrize("word", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", " =1", "＝1"])
def test_no_cell_is_a_formula(word: str) -> None:
    index = BookIndex(essays=("a",), terms=(entry(word, place("a/p01", 0, 1, "8")),))
    _, row = csv.reader(io.StringIO(index_csv(index), newline=""))
    assert row[1] == row[5] == f"'{word}"


def test_csv_has_a_row_for_each_entry() -> None:
    rows = list(csv.DictReader(io.StringIO(index_csv(INDEX), newline="")))
    assert [row["kind"] for row in rows] == ["names", "works", "quoted", "terms", "same page"]
    assert rows[0] == {
        "kind": "names",
        "entry": "Marsh, Ada",
        "author": "",
        "year": "",
        "pages": "8-9",
        "forms": "Marsh, Ada",
        "passages": "a/p01",
        "secondhand": "",
    }


def test_the_page_links_each_page_number_to_its_passage() -> None:
    text = "Ada <b>Marsh</b> wrote."
    passage = Passage("a/p01", "a", 1, "paragraph", "", text, ((0, len(text)),), (), SourceMap(((0, 0),), 23))
    page = index_page(INDEX, {"a": "Lamps & <Houses>"}, [passage])
    assert '<span class="entry">Marsh, Ada</span>, <a href="#a/p01">8</a>, <a href="#a/p01">9</a>' in page
    assert '<article id="a/p01">' in page
    assert "Ada &lt;b&gt;Marsh&lt;/b&gt; wrote." in page
    assert "Lamps &amp; &lt;Houses&gt;" in page
    assert "http" not in page


def test_as_json() -> None:
    value = index_object(INDEX)
    assert value["names"] == [
        {
            "entry": "Marsh, Ada",
            "forms": ["Marsh, Ada"],
            "pages": ["8", "9"],
            "locators": "8-9",
            "passages": ["a/p01"],
            "places": [{"passage": "a/p01", "start": 0, "end": 5, "pages": ["8", "9"]}],
        }
    ]
    assert value["quoted"][0]["secondhand"] == ["9n1"]
    assert value["works"][0]["author"] == "Marsh, Ada"

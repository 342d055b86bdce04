"""The index of the sample essay: entries, forms, pages and passages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.rendering.book_index import index_object

if TYPE_CHECKING:
    from essay_library import Opened


def test_a_person_has_all_forms_of_the_name_and_all_places(opened: Opened) -> None:
    index = index_object(opened.library.index_of(["sample"]))
    entries = {entry["entry"]: entry for entry in index["names"]}
    eusebius = entries["Eusebius of Caesarea"]
    assert eusebius["forms"] == ["Eusebius of Caesarea", "Eusebius"]
    assert eusebius["pages"] == ["12", "21", "21n2"]
    assert eusebius["locators"] == "12, 21, 21n2"
    assert eusebius["passages"] == ["sample/p07", "sample/p32", "sample/n2"]
    bacon = entries["Bacon, Francis"]
    assert bacon["pages"] == ["16", "17", "20", "21"]
    assert bacon["locators"] == "16-17, 20-21"


def test_persons_of_one_surname_are_kept_apart(opened: Opened) -> None:
    entries = {entry.entry: entry for entry in opened.library.index_of(["sample"]).names}
    assert entries["Estienne, Robert"].pages == ("13",)
    assert entries["Estienne, Henri"].pages == ("13", "15", "21n4")
    assert entries["Estienne, Henri"].forms == ("Henri Estienne", "Henri")


def test_a_work_has_its_author_and_the_year_of_the_works_cited(opened: Opened) -> None:
    entries = {entry.entry: entry for entry in opened.library.index_of(["sample"]).works}
    tub = entries["Tale of a Tub, A"]
    assert (tub.author, tub.year, tub.pages) == ("Swift, Jonathan", "1704", ("17", "18"))
    assert entries["Phaedrus"].passages == ("sample/p15", "sample/p28", "sample/n5")

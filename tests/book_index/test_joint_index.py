"""The index of several essays: joined entries, and what more than one of them quotes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from handmade_essays import essay, passage

from assistant.book_index.making import index_of_essay, joined
from assistant.core.essay import PageStart

if TYPE_CHECKING:
    from assistant.core.book_index import BookIndex
    from assistant.core.essay import StoredEssay


def made(name: str, *texts: str) -> StoredEssay:
    pages = [(PageStart(str(number), 0),) for number in range(1, len(texts) + 1)]
    passages = [
        replace(passage(f"{name}/p{number:02}", text), pages=pages[number - 1])
        for number, text in enumerate(texts, 1)
    ]
    return essay(*passages)


FIRST = made(
    "first",
    'Ada Marsh argues that "the lamp is older than the house around it" (Marsh 12). Marsh lived at sea.',
    'Otto Tann\'s The Keeper of the Lamp says that "no lamp was lit for the keeper alone" (Tann 40–41).',
)
SECOND = made(
    "second",
    'As Marsh writes, "the lamp is older than the house" (Marsh 12). She was a keeper.',
    'In Tann\'s The Keeper of the Lamp, "a keeper sleeps by day and hears the ships" (Tann 41).',
)


def joint(*essays: StoredEssay) -> BookIndex:
    return joined([index_of_essay(each) for each in essays])


def test_a_surname_is_joined_to_the_full_name_of_the_other_essay() -> None:
    marsh, tann = joint(FIRST, SECOND).names
    assert (marsh.entry, marsh.forms) == ("Marsh, Ada", ("Ada Marsh", "Marsh"))
    assert marsh.locators == "first: 1; second: 1"
    assert marsh.essays == ("first", "second")
    assert (tann.entry, tann.locators) == ("Tann, Otto", "first: 2; second: 2")


def test_what_both_essays_quote() -> None:
    shared = [
        (source.kind, source.entry, source.locator, source.text) for source in joint(FIRST, SECOND).shared
    ]
    assert shared == [
        ("author", "Marsh, Ada", "", ""),
        ("work", "Tann, Otto. Keeper of the Lamp, The", "", ""),
        ("page", "Marsh, Ada", "12", ""),
        ("page", "Tann, Otto. Keeper of the Lamp, The", "41", ""),
        ("words", "Marsh, Ada", "", "the lamp is older than the house"),
    ]
    words = joint(FIRST, SECOND).shared[-1]
    assert [place.passage for place in words.places] == ["first/p01", "second/p01"]


def test_one_essay_shares_nothing() -> None:
    assert joint(FIRST).shared == ()


def test_an_essay_without_pages_has_paragraphs() -> None:
    texts = ["Ada Marsh wrote it.", "Marsh wrote more.", "No one did.", "Marsh wrote it all."]
    passages = [
        replace(passage(f"a/p{number:02}", text), locator=f"par. {number}")
        for number, text in enumerate(texts, 1)
    ]
    (marsh,) = joint(essay(*passages)).names
    assert marsh.pages == ()
    assert marsh.locators == "par. 1-2, 4"

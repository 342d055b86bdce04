"""Nothing in an index is anything but a slice of its essay or a page number."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from handmade_essays import essay, passage
from hypothesis import given
from hypothesis import strategies as st

from assistant.book_index.making import index_of_essay, joined
from assistant.core.essay import PageStart

if TYPE_CHECKING:
    from essay_library import Opened

    from assistant.core.book_index import BookIndex
    from assistant.core.essay import StoredEssay

_WORD = re.compile(r"[^\W_]+")
_PIECES = st.sampled_from(
    (
        "Ada Marsh|Marsh|Ada|Mr. Marsh|J. R. Marsh|Marsh’s|Henri d’Alembert|von der Tann|Otto von der Tann|"
        "Kant|the Kant|Smart et al.|(Marsh 12)|(qtd. in Marsh 3)|(“The Lamp” 4)|(Never 5)|“the lamp is old”|"
        '‘lamp’|"lamp and oil"|The Lamp of Memory|Never Let Me Go|_Emma_|(1859)|argues that|writes|in|of|the|'
        "and|,|.|;|—|lamp|lamps|keeper|oil lamp|WAR|BiDil|1001 Nights|漢字|=cmd|\n|\t|'|\"|“|”|(|)|[|]|"
        "O'Brien|St. Paul|Hugh of Cluny|Pliny the Elder|Jr.|I|I’m|Du Bois|12|12-13"
    ).split("|")
)
_TEXTS = st.lists(st.lists(_PIECES, min_size=1, max_size=40).map(" ".join), min_size=1, max_size=5)


def assert_slices(index: BookIndex, *essays: StoredEssay) -> None:
    passages = {each.id: each for one in essays for each in one.passages}
    printed = Counter(word for each in passages.values() for word in _WORD.findall(each.text))
    for kind, entries in index.kinds():
        for entry in entries:
            slices = {passages[place.passage].text[place.start : place.end] for place in entry.places}
            assert kind == "quoted" or set(entry.forms) == slices
            assert not Counter(_WORD.findall(entry.entry)) - printed
            for place in entry.places:
                each = passages[place.passage]
                labels = each.pages_of(place.start, place.end)
                assert tuple(page.partition("n")[0] for page in place.pages) == labels
            assert list(entry.pages) == [
                *dict.fromkeys(page for place in entry.places for page in place.pages)
            ]


def made(texts: list[str], name: str) -> StoredEssay:
    return essay(*(passage(f"{name}/p{number:02}", f"x {text}") for number, text in enumerate(texts, 1)))


@given(_TEXTS)
def test_every_form_is_a_slice(texts: list[str]) -> None:
    one = made(texts, "one")
    assert_slices(index_of_essay(one).index, one)


@given(_TEXTS, _TEXTS)
def test_every_form_of_a_joint_index_is_a_slice(first: list[str], second: list[str]) -> None:
    one, two = made(first, "one"), made(second, "two")
    assert_slices(joined([index_of_essay(one), index_of_essay(two)]), one, two)


def test_every_form_of_the_sample_is_a_slice(opened: Opened) -> None:
    assert_slices(opened.library.index_of(["sample"]), opened.library.essay("sample"))


def test_an_inverted_heading_has_the_words_of_the_name(opened: Opened) -> None:
    index = opened.library.index_of(["sample"])
    inverted = [entry for entry in index.names if "," in entry.entry and entry.entry != "Milton, John"]
    assert inverted
    for entry in inverted:
        words = sorted(_WORD.findall(entry.entry))
        assert words in [sorted(_WORD.findall(form)) for form in entry.forms]


def test_a_page_number_is_of_the_place() -> None:
    text = "Ada Marsh wrote of lamps, and so did Otto Tann. Marsh says more."
    pages = (PageStart("8", 0), PageStart("9", 40))
    one = essay(replace(passage("one/p01", text), pages=pages))
    entries = {entry.entry: entry for entry in index_of_essay(one).index.names}
    assert entries["Marsh, Ada"].pages == ("8", "9")
    assert entries["Tann, Otto"].pages == ("8", "9")
    assert entries["Marsh, Ada"].locators == "8-9"

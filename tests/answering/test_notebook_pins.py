"""Pins: what a browser may tell of them, and the same words looked up again in the library."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from essay_library import QUESTION, Opened
from hypothesis import given, settings
from hypothesis import strategies as st
from page_library import FakeLibrary
from pins import ESSAY, LONG, pin_of

from assistant.citations.styles import STYLES
from assistant.core.errors import AssistantError
from assistant.core.notebook import Entry, Pin, Section
from assistant.web.session import MOST_SESSION_CHARACTERS, notebook_pins, notebook_sections

BLOCK = ESSAY.passages[5]
_WHERE = {"id": "x1", "essay": "log", "passage": "log/p02", "start": 4, "end": 12, "words": "official"}
_CITED = {"citation": "(Marsh 31)", "title": "The Keeper’s Log", "reference": "Marsh, Ada."}
SAVED = _WHERE | _CITED | {"question": "Why?", "note": "Mine.", "marked": [[5, 7], [8, 12]]}
PIN = Pin(
    "log", "log/p02", 4, 12, "official", "(Marsh 31)", "The Keeper’s Log", "Marsh, Ada.", "Why?", "Mine.",
    ((5, 7), (8, 12)),
)  # fmt: skip

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(sorted(SAVED)), inner, max_size=8)
    ),
    max_leaves=20,
)


def looked_up(*pins: Pin, style: str = "mla", library: FakeLibrary | None = None) -> tuple[Entry, ...]:
    return (library or FakeLibrary(ESSAY)).notebook("Notebook", [Section(pins)], style).entries


def test_what_a_browser_tells_is_read() -> None:
    assert notebook_pins(json.dumps([SAVED])) == (PIN,)
    saved = [{"heading": "Why?", "said": ["Likely answer", 7, ""], "pins": [SAVED]}, {"pins": []}]
    assert notebook_sections(json.dumps(saved)) == (Section((PIN,), "Why?", ("Likely answer",)), Section(()))


@pytest.mark.parametrize(
    "saved",
    [*(None, 7, [], "", "null", "{}", "7", "{", "[" * 100_000), " " * MOST_SESSION_CHARACTERS + "[]"],
)
def test_anything_else_is_no_pin(saved: object) -> None:
    assert notebook_pins(saved) == ()
    assert notebook_sections(saved) == ()


@pytest.mark.parametrize(
    "wrong",
    [
        *(
            {"start": -1},
            {"start": 12},
            {"start": True, "end": 12},
            {"start": 4.0},
            {"end": "12"},
            {"end": None},
        ),
        *({"essay": ""}, {"essay": 7}, {"passage": None}, {"words": " \n"}, {"words": ["official"]}),
    ],
)
def test_a_pin_that_is_none_keeps_its_place(wrong: dict[str, Any]) -> None:
    assert notebook_pins(json.dumps([SAVED | wrong, SAVED])) == (None, PIN)
    assert notebook_sections(json.dumps([{"pins": [SAVED | wrong, SAVED]}])) == (Section((PIN,)),)


@pytest.mark.parametrize(
    ("marked", "read"),
    [
        (None, ()),
        ([[4, 12]], ((4, 12),)),
        ([[3, 6]], ()),
        ([[4, 13]], ()),
        ([[4, 8], [7, 9]], ((4, 8),)),
        ([[True, 8], "x", [5], [6, 5], [5, 6]], ((5, 6),)),
    ],
)
def test_marks_lie_within_the_words_apart_and_in_order(marked: object, read: object) -> None:
    (pin,) = notebook_pins(json.dumps([SAVED | {"marked": marked}]))
    assert pin is not None
    assert pin.marked == read


@settings(deadline=None, max_examples=60)
@given(
    st.lists(
        json_values
        | st.builds(
            lambda change: {**SAVED, **change}, st.dictionaries(st.sampled_from(sorted(SAVED)), json_values)
        )
    )
)
def test_whatever_is_saved_becomes_sound_pins_or_none(saved: list[Any]) -> None:
    for pin in notebook_pins(json.dumps(saved)):
        if pin is not None:
            assert 0 <= pin.start < pin.end
            assert all(pin.start <= low < high <= pin.end for low, high in pin.marked)
            assert pin.words.strip()
            f"{pin.essay}{pin.passage}{pin.words}{pin.note}{pin.question}".encode()


def test_half_a_character_is_made_whole() -> None:
    (pin,) = notebook_pins('[{"essay": "log", "passage": "p", "start": 0, "end": 1, "words": "\\ud83d"}]')
    assert pin is not None
    assert pin.words == "?"


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(ESSAY.passages), st.data())
def test_a_slice_that_is_current_is_quoted_as_printed(passage: Any, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(passage.text) - 1))
    end = data.draw(st.integers(start + 1, len(passage.text)))
    (entry,) = looked_up(pin_of(passage, start, end))
    assert entry.current
    assert entry.words in passage.text[start:end]
    letters = [one for one in entry.words if one.isalnum()]
    assert [one for one in entry.quotation.text if one.isalnum()][: len(letters)] == letters
    pages = passage.pages_of(start, end)
    assert entry.quotation.citation.pages == ("-".join(dict.fromkeys([pages[0], pages[-1]])) if pages else "")


@settings(deadline=None, max_examples=60)
@given(st.integers(-2, 900), st.integers(-2, 900), st.text(min_size=1, max_size=30))
def test_words_that_do_not_stand_there_are_as_the_browser_kept_them(
    start: int, length: int, words: str
) -> None:
    pin = Pin("log", "log/p02", start, start + length, words, "(Marsh 31)", "The Log", "Marsh.")
    (entry,) = looked_up(pin)
    is_current = start >= 0 and LONG.text[start : start + length] == words and length == len(words)
    assert entry.current is is_current
    if not is_current:
        assert (entry.words, entry.title.plain(), entry.reference.plain()) == (words, "The Log", "Marsh.")


def test_an_end_after_the_text_is_no_slice() -> None:
    end = len(BLOCK.text)
    assert looked_up(pin_of(BLOCK, 0, end))[0].current
    assert not looked_up(replace(pin_of(BLOCK, 0, end), end=end + 5))[0].current
    assert not looked_up(replace(pin_of(BLOCK, end - 5, end), start=-5))[0].current


def test_an_essay_that_is_gone_or_has_other_words() -> None:
    pin = pin_of(LONG, 0, 36, citation="(Marsh 31)", title="Its title", reference="Its reference.")
    for library in (FakeLibrary(), FakeLibrary(replace(ESSAY, passages=ESSAY.passages[:3]))):
        (entry,) = looked_up(pin, library=library)
        assert not entry.current
        assert entry.quotation.text == "“The official log has no first person” (Marsh 31)."
        assert (entry.title.plain(), entry.reference.plain()) == ("Its title", "Its reference.")
    assert looked_up(Pin("log", "gone", 0, 3, "abc"))[0].quotation.text == "“abc” (log)."


@pytest.mark.parametrize("style", STYLES)
def test_every_style_quotes_short_words_within_marks_and_long_ones_as_a_block(style: str) -> None:
    short, long = looked_up(pin_of(LONG, 0, 36), pin_of(LONG, 0, len(LONG.text)), style=style)
    assert not short.quotation.block
    assert short.quotation.text[0] in "“‘"
    assert long.quotation.block
    assert long.quotation.text.startswith(LONG.text)


def test_marks_are_cited_by_themselves() -> None:
    pin = pin_of(LONG, 0, len(LONG.text), marked=(LONG.sentences[0], LONG.sentences[-1]))
    (entry,) = looked_up(pin)
    assert [(LONG.text[mark.start : mark.end], mark.citation.in_text) for mark in entry.marks] == [
        ("The official log has no first person.", "(Marsh 31)"),
        ("A keeper who understood this wrote as if the sea were a court.", "(Marsh 32)"),
    ]


def test_the_references_stand_once_and_in_alphabetical_order() -> None:
    gone = Pin("gone", "gone/p01", 0, 3, "abc", reference="Abel, Zoe. Zero.")
    notebook = FakeLibrary(ESSAY).notebook(
        "N", [Section((pin_of(LONG, 0, 9), gone, pin_of(BLOCK, 0, 9), gone))]
    )
    assert [one.plain() for one in notebook.references] == [
        "Abel, Zoe. Zero.",
        "Marsh, Ada. “The Keeper’s Log.”",
    ]
    assert notebook.essays == ("log",)


def test_what_an_answer_quotes_is_quoted_alike_when_pinned(opened: Opened) -> None:
    library = opened.library
    for style in STYLES:
        for hit in library.ask(QUESTION, style=style).hits:
            spans = [(one.start, one.end) for one in hit.highlights]
            pins = [pin_of(hit.passage, *span) for span in [*spans, (0, len(hit.passage.text))]]
            entries = library.notebook("N", [Section(tuple(pins))], style).entries
            drafted = [*(one.prepared_quotation for one in hit.highlights), hit.prepared_quotation]
            saved = [(one.text, one.block) for one in drafted]
            plain = [
                (one.quotation.text.replace("“", '"').replace("”", '"'), one.quotation.block)
                for one in entries
            ]
            assert plain == [(text.replace("“", '"').replace("”", '"'), block) for text, block in saved]
            assert {one.reference.plain() for one in entries} == {hit.reference}
    with pytest.raises(AssistantError):
        library.notebook("N", [], "nobody")


def test_records_of_several_essays_are_one_file(opened: Opened) -> None:
    made = opened.library.export_all(["sample", "sample"], "bibtex")
    # An essay named twice has one record, since a bibliography may have each key but once.
    assert made.count("{sample,") == 1
    with pytest.raises(AssistantError):
        opened.library.export_all(["sample", "nobody"], "ris")

"""Notes at the foot of pages come out as notes, linked to their marks, however extraction left them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from extractions import AUTHOR, LONG_NOTES, TITLE, Extraction, extract, with_notes
from fake_models import essay_of

from assistant.chunking.chunk import Chunked, chunk

if TYPE_CHECKING:
    from collections.abc import Callable

VARIANTS = dict(with_notes())


def passages_of(chunked: Chunked) -> list[tuple[str, str, str, list[str]]]:
    """Kind, words, first page and marks of each passage."""
    return [
        (
            passage.kind,
            passage.text,
            passage.pages[0].label if passage.pages else "",
            [mark.mark for mark in passage.notes],
        )
        for passage in chunked.passages
    ]


@pytest.mark.parametrize("name", VARIANTS)
def test_notes_at_the_foot(name: str, frequency: Callable[[str], float]) -> None:
    text, truth = extract(VARIANTS[name])
    chunked = chunk(essay_of(text), frequency)
    page = str(VARIANTS[name].first_page)
    assert passages_of(chunked) == [
        ("title", TITLE, page, []),
        ("author", AUTHOR, page, []),
        *((each.kind, each.text, each.page, each.marks) for each in truth),
    ]
    assert chunked.report.unaccounted == 0
    assert not chunked.report.warnings


@pytest.mark.parametrize("name", VARIANTS)
def test_each_mark_leads_to_the_note_on_its_page(name: str, frequency: Callable[[str], float]) -> None:
    chunked = chunk(essay_of(extract(VARIANTS[name])[0]), frequency)
    notes = {passage.id: passage for passage in chunked.passages if passage.kind == "note"}
    linked = []
    for passage in chunked.passages:
        for mark in passage.notes:
            page = passage.pages_of(max(0, mark.at - 1), mark.at)
            assert page == (notes[mark.passage].pages[0].label,)
            linked.append(mark.passage)
    assert sorted(linked) == sorted(notes)


@pytest.mark.parametrize("cut", [1, 2])
@pytest.mark.parametrize("begin", ["flush", "indented", "blank"])
def test_rest_of_a_note_that_nothing_shows_is_left_with_a_warning(
    begin: str, cut: int, frequency: Callable[[str], float]
) -> None:
    how = Extraction(notes=LONG_NOTES, begin=begin, cut=cut, note_width=72)
    text, truth = extract(replace(how))
    chunked = chunk(essay_of(text), frequency)
    assert any("seems to go on on the next page" in warning for warning in chunked.report.warnings)
    # No word of the text is taken into the note.
    notes = [each.text for each in truth if each.kind == "note"]
    found = [passage.text for passage in chunked.passages if passage.kind == "note"]
    assert all(any(note.startswith(words) for note in notes) for words in found)


FRONT = f"{TITLE}\n\n{AUTHOR}\n\n"
BODY = (
    "The keeper of the old mill kept a ledger in which he wrote down every visitor\n"
    "who came up the lane in winter.1 He did not ask their names, for names seemed\n"
    "to him a kind of debt.2 He described their coats and boots with the patience\n"
    "of a painter.3 When the river froze he counted the days that nobody came.\n"
)
AFTER = "\fReaders of the ledger have mostly looked for facts about the price of flour.\n\n18\n"
ARCHIVE = "For the ruling of the paper see the catalogue of the county archive."
REMARKS = "Compare the remarks of the schoolmaster, printed in the parish\nmagazine."
GAZETTE = "See the gazette of 1902."


@pytest.mark.parametrize(
    ("foot", "numbers"),
    [
        (f"1\n\n{ARCHIVE}\n{REMARKS}\n3\n{GAZETTE}\n2\n", "1.3"),
        (f"1\n{ARCHIVE}\n2\n{REMARKS}\n{GAZETTE}\n3\n", "12."),
        (f"1\n{ARCHIVE}\n{REMARKS}\n{GAZETTE}\n2\n3\n", "1.."),
        (f"1\n2\n3\n\n{ARCHIVE}\n{REMARKS}\n{GAZETTE}\n", "123"),
        (f"1\n2\n{ARCHIVE}\n{REMARKS}\n3\n{GAZETTE}\n", "123"),
    ],
)
def test_numbers_that_are_not_next_to_their_notes(
    foot: str, numbers: str, frequency: Callable[[str], float]
) -> None:
    """A number that is printed after its note's words is left out; the note is linked all the same."""
    chunked = chunk(essay_of(f"{FRONT}{BODY}{foot}\n17\n{AFTER}"), frequency)
    notes = [passage for passage in chunked.passages if passage.kind == "note"]
    words = [" ".join(note.split()) for note in (ARCHIVE, REMARKS, GAZETTE)]
    assert [note.text for note in notes] == [
        note if number == "." else f"{number} {note}" for number, note in zip(numbers, words, strict=True)
    ]
    marks = [mark for passage in chunked.passages for mark in passage.notes]
    assert [(mark.mark, mark.passage) for mark in marks] == [
        (str(number), note.id) for number, note in enumerate(notes, 1)
    ]
    assert chunked.report.unaccounted == 0
    assert not chunked.report.warnings


def test_numbers_that_cannot_be_given_to_notes_are_named(frequency: Callable[[str], float]) -> None:
    """Three sentences end with their lines, so that nothing shows with which of them note 2 begins."""
    foot = f"1\n{ARCHIVE}\nIt is wrongly dated there.\n{REMARKS}\n3\n{GAZETTE}\n2\n"
    chunked = chunk(essay_of(f"{FRONT}{BODY}{foot}\n17\n{AFTER}"), frequency)
    assert [passage.text[0] for passage in chunked.passages if passage.kind == "note"] == ["1", "3"]
    assert any("note 2" in warning for warning in chunked.report.warnings)


SPACED = (
    "The keeper of the old mill kept a ledger in which he wrote down every visitor. 1 He\n"
    "did not ask their names, and he said so on p. 2 of it. He described their coats and\n"
    "boots with the patience of a painter. 2\n"
    "In room 3 there were rooms 2, 3 and 4 of the older mill, which no. 3 Lane Street had.\n"
)


def test_calls_with_a_space_before_them(frequency: Callable[[str], float]) -> None:
    """Only numbers at the end of sentences call notes, and none that count something."""
    foot = f"1 {ARCHIVE}\n2 {REMARKS}\n3 {GAZETTE}\n"
    chunked = chunk(essay_of(f"{FRONT}{SPACED}\n{foot}\n17\n{AFTER}"), frequency)
    marks = [
        (mark.mark, passage.text[mark.at - 8 : mark.at])
        for passage in chunked.passages
        for mark in passage.notes
    ]
    assert marks == [("1", "visitor."), ("2", "painter.")]
    words = " ".join(passage.text for passage in chunked.passages if passage.kind == "paragraph")
    assert "every visitor. He did not" in words
    assert "p. 2 of it." in words
    assert "In room 3 there were rooms 2, 3 and 4 of the older mill, which no. 3 Lane Street had." in words


def test_numbers_with_a_space_before_them_call_no_endnotes(frequency: Callable[[str], float]) -> None:
    text = f"{FRONT}{SPACED}\nNotes\n\n1. {ARCHIVE}\n\n2. {GAZETTE}\n"
    chunked = chunk(essay_of(text), frequency)
    assert not any(passage.notes for passage in chunked.passages)

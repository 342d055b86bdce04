"""Notes, wherever they stand, take no more and no less than their own words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from fake_models import essay_of

from assistant.chunking.chunk import chunk

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from assistant.core.essay import Passage

    Read: TypeAlias = Callable[[str], list[Passage]]

HEAD = "On Tides\n\nAda Marsh\n\n"
FIRST = "The tide came in before noon,{} and the boats that had lain outside the bar came in with it."
PLAIN = FIRST.format("")
SECOND = "Nobody on the quay spoke of them until the evening, when the last one had gone out again."
NOTE = "By the harbour clock."


@pytest.fixture(scope="module")
def passages(frequency: Callable[[str], float]) -> Read:
    """Passages of a text below its title and author."""
    return lambda text: list(chunk(essay_of(HEAD + text), frequency).passages[2:])


@pytest.mark.parametrize("mark", ["1", "[1]", "¹", "[^1]", " ¹", " [^1]"])
def test_mark_leaves_no_trace_in_the_text(mark: str, passages: Read) -> None:
    note = f"[^1]: {NOTE}" if "^" in mark else f"Notes\n\n1. {NOTE}"
    paragraph = passages(f"{FIRST.format(mark)}\n\n{note}\n")[0]
    assert paragraph.text == PLAIN
    assert [(found.mark, found.at, found.passage) for found in paragraph.notes] == [
        ("1", PLAIN.index(",") + 1, "essay/n1")
    ]


@pytest.mark.parametrize("mark", ["1", "[1]", "¹", "[^1]", " ¹", " [^1]"])
def test_mark_at_the_end_of_a_paragraph(mark: str, passages: Read) -> None:
    note = f"[^1]: {NOTE}" if "^" in mark else f"Notes\n\n1. {NOTE}"
    paragraph = passages(f"{PLAIN}{mark}\n\n{note}\n")[0]
    assert paragraph.text == PLAIN
    assert [(found.mark, found.at) for found in paragraph.notes] == [("1", len(PLAIN))]


def test_endnotes_of_a_file_without_pages(passages: Read) -> None:
    made = passages(f"{FIRST.format('1')}\n\n{SECOND}\n\nNotes\n\n1. {NOTE}\n")
    assert _kinds(made) == [
        ("paragraph", PLAIN),
        ("paragraph", SECOND),
        ("heading", "Notes"),
        ("note", f"1. {NOTE}"),
    ]


def test_references_behind_endnotes_are_no_part_of_a_note(passages: Read) -> None:
    entry = "Marsh, Ada. Tides. 1901."
    made = passages(f"{FIRST.format('1')}\n\nNotes\n\n1. {NOTE}\n\nWorks Cited\n\n{entry}\n")
    assert _kinds(made)[1:] == [
        ("heading", "Notes"),
        ("note", f"1. {NOTE}"),
        ("heading", "Works Cited"),
        ("reference", entry),
    ]


def test_markdown_note_between_paragraphs_takes_its_own_paragraph_only(passages: Read) -> None:
    made = passages(f"{FIRST.format('[^1]')}\n\n[^1]: {NOTE}\n\n{SECOND}\n")
    assert _kinds(made) == [("paragraph", PLAIN), ("note", NOTE), ("paragraph", SECOND)]


def test_markdown_note_with_a_name(passages: Read) -> None:
    made = passages(f"{FIRST.format('[^clock]')}\n\n[^clock]: {NOTE}\n")
    assert _kinds(made) == [("paragraph", PLAIN), ("note", NOTE)]
    assert [(mark.mark, mark.passage) for mark in made[0].notes] == [("clock", "essay/n1")]


def test_figures_glued_to_words_are_no_marks_without_a_note(passages: Read) -> None:
    text = "The engine was a Mark2 of 1901, and the tide tables gave 3.5 fathoms at MV1."
    made = passages(f"{text}\n\n{SECOND}\n")
    assert made[0].text == text
    assert made[0].notes == ()


def _kinds(passages: list[Passage]) -> list[tuple[str, str]]:
    return [(passage.kind, passage.text) for passage in passages]

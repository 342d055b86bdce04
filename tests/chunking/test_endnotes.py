"""Notes at the end come out as notes, linked to their marks, with and without a heading of their own."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pytest
from extractions import AUTHOR, ENGLISH, ENGLISH_NOTES, FRENCH, FRENCH_NOTES, GERMAN, GERMAN_NOTES, TITLE
from fake_models import essay_of

from assistant.chunking.chunk import Chunked, chunk

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

FRONT = f"{TITLE}\n\n{AUTHOR}\n\n"
PLAIN = [words.replace("{}", "") for words in ENGLISH]
RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def called(paragraphs: Sequence[str], call: str = "{}", first: int = 1) -> str:
    """Paragraphs in lines, with the calls of their notes."""
    made, number = [], first
    for words in paragraphs:
        for _ in range(words.count("{}")):
            words = words.replace("{}", call.format(number), 1)  # noqa: PLW2901
            number += 1
        made.append(textwrap.fill(words, 70))
    return "\n\n".join(made)


def check(
    text: str,
    frequency: Callable[[str], float],
    paragraphs: Sequence[str],
    notes: Sequence[str],
    marks: Sequence[str] = "123456",
) -> Chunked:
    """Check the words of paragraphs and notes, and that every note is called once, in their order."""
    chunked = chunk(essay_of(text), frequency)
    found = {kind: [each for each in chunked.passages if each.kind == kind] for kind in ("paragraph", "note")}
    assert [passage.text for passage in found["paragraph"]] == list(paragraphs)
    assert [" ".join(passage.text[passage.sentences[0][0] :].split()) for passage in found["note"]] == list(
        notes
    )
    calls = [mark for passage in chunked.passages for mark in passage.notes]
    assert [mark.mark for mark in calls] == list(marks)[: len(notes)]
    assert [mark.passage for mark in calls] == [passage.id for passage in found["note"]]
    assert not chunked.report.warnings
    assert {passage.kind for passage in chunked.passages} <= {
        "title",
        "author",
        "heading",
        "paragraph",
        "note",
        "reference",
    }
    return chunked


@pytest.mark.parametrize("heading", ["Notes", "NOTES", "Endnotes", "Notes to pages 1-20", "Footnotes:"])
@pytest.mark.parametrize(
    ("call", "start"),
    [
        ("{}", "{}. "), ("{}", "{}\n\n"), ("{}", "{}\n"), ("{}", "{}"), ("[{}]", "[{}] "), ("({})", "({}) "),
        (" [{}]", "[{}]\n"),
    ],
)  # fmt: skip
def test_under_a_heading(heading: str, call: str, start: str, frequency: Callable[[str], float]) -> None:
    notes = "\n\n".join(start.format(number) + note for number, note in enumerate(ENGLISH_NOTES, 1))
    check(f"{FRONT}{called(ENGLISH, call)}\n\n{heading}\n\n{notes}\n", frequency, PLAIN, ENGLISH_NOTES)


def test_raised_figures(frequency: Callable[[str], float]) -> None:
    notes = "\n".join(f"{number}{note}" for number, note in zip("¹²³⁴⁵⁶", ENGLISH_NOTES, strict=True))
    text = called(ENGLISH, "<{}>")
    for number in range(1, 7):
        text = text.replace(f"<{number}>", str(number).translate(RAISED))
    check(f"{FRONT}{text}\n\nNotes\n\n{notes}\n", frequency, PLAIN, ENGLISH_NOTES)


@pytest.mark.parametrize(
    ("paragraphs", "notes", "heading", "works"),
    [
        (GERMAN, GERMAN_NOTES, "Anmerkungen", "Literaturverzeichnis"),
        (GERMAN, GERMAN_NOTES, "Fußnoten", "Literatur"),
        (GERMAN, GERMAN_NOTES, "Endnoten", "Bibliographie"),
        (FRENCH, FRENCH_NOTES, "Notes", "Ouvrages cités"),
        (FRENCH, FRENCH_NOTES, "Notes de fin", "Bibliographie"),
        (FRENCH, FRENCH_NOTES, "Notes de l’auteur", "Références"),
    ],
)
@pytest.mark.parametrize(("call", "start"), [("{}", "{} "), ("{})", "{}) ")])
def test_german_and_french_names(
    paragraphs: Sequence[str],
    notes: Sequence[str],
    heading: str,
    works: str,
    call: str,
    start: str,
    frequency: Callable[[str], float],
) -> None:
    listed = "\n\n".join(start.format(number) + note for number, note in enumerate(notes, 1))
    entries = "Alder, Johanna: Mühlen des Nordens. Leipzig 1954.\n\nBrook, Thomas: Ein Mantel. Berlin 1988."
    body = "\n\n".join([called(paragraphs, call), heading, listed, works, entries])
    text = f"Das Buch der Mühle\n\n{AUTHOR}\n\n{body}\n"
    chunked = check(text, frequency, [words.replace("{}", "") for words in paragraphs], notes)
    assert [passage.text for passage in chunked.passages if passage.kind == "heading"] == [heading, works]
    assert sum(passage.kind == "reference" for passage in chunked.passages) == 2


def test_anew_in_each_chapter(frequency: Callable[[str], float]) -> None:
    notes = [
        "\n\n".join(f"{number}. {note}" for number, note in enumerate(part, 1))
        for part in (ENGLISH_NOTES[:4], ENGLISH_NOTES[4:])
    ]
    parts = ["I", called(ENGLISH[:4]), "II", called(ENGLISH[4:]), "Notes", "I", notes[0], "II", notes[1]]
    check(FRONT + "\n\n".join(parts), frequency, PLAIN, ENGLISH_NOTES, "123412")


@pytest.mark.parametrize(("call", "start"), [("{}", "{}. "), ("[{}]", "[{}] "), ("{}", "{}\n")])
def test_without_a_heading(call: str, start: str, frequency: Callable[[str], float]) -> None:
    notes = "\n\n".join(start.format(number) + note for number, note in enumerate(ENGLISH_NOTES, 1))
    check(f"{FRONT}{called(ENGLISH, call)}\n\n{notes}\n", frequency, PLAIN, ENGLISH_NOTES)
    works = "Works Cited\n\nAlder, Jane. Mills of the North. Weir Press, 1954.\n"
    chunked = check(f"{FRONT}{called(ENGLISH, call)}\n\n{notes}\n\n{works}", frequency, PLAIN, ENGLISH_NOTES)
    assert chunked.passages[-1].kind == "reference"


def test_list_that_nothing_calls_is_no_notes(frequency: Callable[[str], float]) -> None:
    items = "\n\n".join(f"{number}. {note}" for number, note in enumerate(ENGLISH_NOTES, 1))
    chunked = chunk(essay_of(f"{FRONT}{called(PLAIN)}\n\n{items}\n"), frequency)
    assert "note" not in {passage.kind for passage in chunked.passages}


@pytest.mark.parametrize("call", ["\n[{}]\n", "\n\n[{}]\n\n"])
@pytest.mark.parametrize("start", ["[{}] ", "[{}]\n"])
def test_marks_alone_on_a_line(call: str, start: str, frequency: Callable[[str], float]) -> None:
    text = "".join(
        textwrap.fill(words, 70) + call.format(number) for number, words in enumerate(PLAIN[:4], 1)
    )
    notes = "\n\n".join(start.format(number) + note for number, note in enumerate(ENGLISH_NOTES[:4], 1))
    check(f"{FRONT}{text}\nNotes\n\n{notes}\n", frequency, PLAIN[:4], ENGLISH_NOTES[:4])


def test_raised_marks_alone_on_a_line(frequency: Callable[[str], float]) -> None:
    text = "".join(
        f"{textwrap.fill(words, 70)}\n{mark}\n" for mark, words in zip("¹²³⁴", PLAIN, strict=False)
    )
    notes = "\n".join(f"{mark} {note}" for mark, note in zip("¹²³⁴", ENGLISH_NOTES, strict=False))
    check(f"{FRONT}{text}\nNotes\n\n{notes}\n", frequency, PLAIN[:4], ENGLISH_NOTES[:4])


@pytest.mark.parametrize(
    ("title", "author"), [(f"{TITLE}*", AUTHOR), (TITLE, f"{AUTHOR}*"), (TITLE, f"{AUTHOR} †")]
)
def test_author_note_beside_endnotes(title: str, author: str, frequency: Callable[[str], float]) -> None:
    symbol = "†" if "†" in author else "*"
    first = f"{title}\n\n{author}\n\n{called(ENGLISH[:4])}\n\n{symbol} Read before the county society.\n\n1\n"
    notes = "\n\n".join(f"{number}. {note}" for number, note in enumerate(ENGLISH_NOTES, 1))
    text = f"{first}\f{called(ENGLISH[4:], first=5)}\n\nNotes\n\n{notes}\n\n2\n"
    chunked = chunk(essay_of(text), frequency)
    assert [(passage.kind, passage.text) for passage in chunked.passages[:2]] == [
        ("title", TITLE),
        ("author", AUTHOR),
    ]
    assert (chunked.title, chunked.author) == (TITLE, AUTHOR)
    assert [mark.mark for passage in chunked.passages for mark in passage.notes] == [symbol, *"123456"]


def test_a_letter_with_a_number_is_a_name_and_no_call(frequency: Callable[[str], float]) -> None:
    text = (
        "The Sheet\n\n"
        "The paper has the size A1 and no other.1 It hangs in the hall, and nobody reads it today.\n\n"
        "Notes\n\n1. Measured in the hall.\n"
    )
    essay = chunk(essay_of(text), frequency)
    paragraph = next(passage for passage in essay.passages if passage.kind == "paragraph")
    assert paragraph.text.startswith("The paper has the size A1 and no other. It hangs")
    assert [mark.mark for mark in paragraph.notes] == ["1"]

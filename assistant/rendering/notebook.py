"""A notebook or a conversation as Markdown; what it says of its entries, for every format."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import count, pairwise

from assistant.core.notebook import Entry, Mark, Notebook, Section
from assistant.core.rich import Rich, joined, rich
from assistant.rendering.clipboard import Divided, divided, markdown_lines, set_off

KEPT = (
    "The essay is no longer in the library, or these words no longer stand there as they did; they and their "
    "citation are given as the browser kept them."
)
ASKED = "Found by asking: "
NOTE = "Note:"
EMPTY = "Nothing is in it."


def notebook_markdown(notebook: Notebook) -> str:
    """A notebook as Markdown; signs of essays and notes that mean something there are escaped.

    Args:
        notebook: The notebook.
    """
    parts = [f"# {_line(rich(notebook.title))}"]
    numbers = count(1)
    for section, entries in notebook.sections:
        if section.heading:
            parts.append(f"## {_line(rich(section.heading))}")
        parts += [f"*{_line(rich(sentence))}*" for sentence in section.said]
        for entry, begins in with_titles(section, entries):
            parts += [f"## {_line(entry.title)}"] if begins else []
            parts += _entry(entry, numbers)
    if not notebook.entries:
        parts.append(EMPTY)
    if notebook.references:
        parts.append(f"## {notebook.list_title}")
        parts += [_line(reference) for reference in notebook.references]
    return "\n\n".join(parts) + "\n"


def with_titles(section: Section, entries: tuple[Entry, ...]) -> Iterator[tuple[Entry, bool]]:
    """Entries, and whether the title of an essay is to stand above each.

    Args:
        section: The section; below a question no titles are needed.
        entries: Its entries.
    """
    titles = [None, *(entry.title for entry in entries)]
    for entry, (last, title) in zip(entries, pairwise(titles), strict=True):
        yield entry, not section.heading and title != last


def faced_words(entry: Entry, words: str) -> list[tuple[str, bool]]:
    """Words of a quotation in pieces, with whether each was marked as answering.

    Args:
        entry: The entry.
        words: Its words as its quotation sets them, within other marks perhaps.
    """
    shift = _first_letter(words) - _first_letter(entry.words)
    pieces, at = [], 0
    for mark in entry.marks:
        start, end = (min(max(one + shift, at), len(words)) for one in (mark.start, mark.end))
        pieces += [(words[at:start], False), (words[start:end], True)]
        at = end
    return [(piece, marked) for piece, marked in [*pieces, (words[at:], False)] if piece]


def cited_marks(marks: tuple[Mark, ...]) -> Rich:
    """Where the words in bold stand.

    Args:
        marks: The marks of an entry; there is one at least.
    """
    each = {mark.citation.in_text: mark.citation.rich for mark in marks}
    return "In bold: " + joined(" ", each.values())


def paragraphs(note: str) -> list[str]:
    """A note's paragraphs: empty lines divide them, other line breaks stay.

    Args:
        note: The note as typed.
    """
    lines = "\n".join(line.strip() for line in note.splitlines())
    return [one.strip("\n") for one in re.split(r"\n{2,}", lines) if one.strip()]


def _entry(entry: Entry, numbers: Iterator[int]) -> Iterator[str]:
    parts = divided(entry.quotation)
    yield from _quoted(entry, parts, numbers)
    if entry.marks:
        yield _line(cited_marks(entry.marks))
    if not entry.current:
        yield f"*{KEPT}*"
    if entry.pin.question:
        yield f"{ASKED}{_line(rich(entry.pin.question))}"
    if entry.pin.note.strip():
        yield f"**{NOTE}** " + "\n\n".join(map(markdown_lines, paragraphs(entry.pin.note)))


def _quoted(entry: Entry, parts: Divided, numbers: Iterator[int]) -> Iterator[str]:
    words = "".join(
        f"**{markdown_lines(piece)}**" if marked else markdown_lines(piece)
        for piece, marked in faced_words(entry, parts.words)
    )
    cited = _line(parts.citation + parts.end)
    number = next(numbers) if parts.noted else 0
    made = f"{words}[^{number}]" if parts.noted else f"{words} {cited}".strip()
    yield set_off(made) if entry.quotation.block else made
    if parts.noted:
        yield f"[^{number}]: {cited}"


def _first_letter(words: str) -> int:
    return next((at for at, character in enumerate(words) if character.isalnum()), 0)


def _line(text: Rich) -> str:
    """Markdown of one line: behind a line break, which a record may hold, signs mean more."""
    return text.rewritten(re.sub(r"\s", " ", text.plain())).markdown()

"""A notebook or a conversation as Markdown, and the sentences that all its formats share."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import count, pairwise

from assistant.core.notebook import Entry, Mark, Notebook, Section
from assistant.core.rich import Rich, joined, rich
from assistant.rendering.clipboard import QuotationParts, block_quotation, markdown_lines, parts_of

OUTDATED = (
    "The essay is no longer in the library, or these words no longer stand there as they did; they and their "
    "citation are given as the browser kept them."
)
ASKED = "Found by asking: "
NOTE = "Note:"
EMPTY = "Nothing is in it."


def notebook_markdown(notebook: Notebook) -> str:
    """A notebook as Markdown; characters of essays and notes with a meaning there are escaped."""
    parts = [f"# {_line(rich(notebook.title))}"]
    numbers = count(1)
    for section, entries in notebook.sections:
        if section.heading:
            parts.append(f"## {_line(rich(section.heading))}")
        parts += [f"*{_line(rich(sentence))}*" for sentence in section.said]
        for entry, is_first in with_titles(section, entries):
            parts += [f"## {_line(entry.title)}"] if is_first else []
            parts += _entry(entry, numbers)
    if not notebook.entries:
        parts.append(EMPTY)
    if notebook.references:
        parts.append(f"## {notebook.list_title}")
        parts += [_line(reference) for reference in notebook.references]
    return "\n\n".join(parts) + "\n"


def with_titles(section: Section, entries: tuple[Entry, ...]) -> Iterator[tuple[Entry, bool]]:
    """Entries, each with whether its essay's title is to be set above it; below a question none is."""
    titles = [None, *(entry.title for entry in entries)]
    for entry, (previous, title) in zip(entries, pairwise(titles), strict=True):
        yield entry, not section.heading and title != previous


def marked_words(entry: Entry, words: str) -> list[tuple[str, bool]]:
    """The words of an entry's quotation in pieces, each with whether it was marked as answering.

    Args:
        entry: The entry.
        words: Its words as the quotation has them, which may be in other quotation marks.
    """
    shift = _first_letter(words) - _first_letter(entry.words)
    pieces, offset = [], 0
    for mark in entry.marks:
        start, end = (min(max(bound + shift, offset), len(words)) for bound in (mark.start, mark.end))
        pieces += [(words[offset:start], False), (words[start:end], True)]
        offset = end
    return [(piece, marked) for piece, marked in [*pieces, (words[offset:], False)] if piece]


def cited_marks(marks: tuple[Mark, ...]) -> Rich:
    """The citations of the words in bold."""
    citations = {mark.citation.in_text: mark.citation.rich for mark in marks}
    return "In bold: " + joined(" ", citations.values())


def paragraphs(note: str) -> list[str]:
    """The paragraphs of a note: empty lines divide them, other line breaks are kept."""
    lines = "\n".join(line.strip() for line in note.splitlines())
    return [paragraph.strip("\n") for paragraph in re.split(r"\n{2,}", lines) if paragraph.strip()]


def _entry(entry: Entry, numbers: Iterator[int]) -> Iterator[str]:
    parts = parts_of(entry.quotation)
    yield from _quoted(entry, parts, numbers)
    if entry.marks:
        yield _line(cited_marks(entry.marks))
    if not entry.current:
        yield f"*{OUTDATED}*"
    if entry.pin.question:
        yield f"{ASKED}{_line(rich(entry.pin.question))}"
    if entry.pin.note.strip():
        yield f"**{NOTE}** " + "\n\n".join(map(markdown_lines, paragraphs(entry.pin.note)))


def _quoted(entry: Entry, parts: QuotationParts, numbers: Iterator[int]) -> Iterator[str]:
    words = "".join(
        f"**{markdown_lines(piece)}**" if marked else markdown_lines(piece)
        for piece, marked in marked_words(entry, parts.words)
    )
    citation = _line(parts.citation + parts.end)
    number = next(numbers) if parts.is_note else 0
    quotation = f"{words}[^{number}]" if parts.is_note else f"{words} {citation}".strip()
    yield block_quotation(quotation) if entry.quotation.block else quotation
    if parts.is_note:
        yield f"[^{number}]: {citation}"


def _first_letter(words: str) -> int:
    return next((offset for offset, character in enumerate(words) if character.isalnum()), 0)


def _line(text: Rich) -> str:
    """Markdown of one line: after a line break, which a record may hold, more characters have a meaning."""
    return text.rewritten(re.sub(r"\s", " ", text.plain())).markdown()

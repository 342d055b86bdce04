"""Notes: at the foot of pages or at the end, and their marks in the text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from assistant.chunking.cleaning import CleanText, Tally
from assistant.chunking.layout import Layout, PrintLine
from assistant.core.essay import NoteMark

NOTES_HEADING = re.compile(r"(?:end|foot)?notes?(?: to .{1,40})?", re.IGNORECASE)
_MARKDOWN_INDENT = 4
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_MARKDOWN = re.compile(r"\[\^(\w+)\]:\s*(?=\S)")
_START = re.compile(
    r"(?:\[(\d{1,3})\]|(\d{1,3})[.)]?|([⁰¹²³⁴⁵⁶⁷⁸⁹]{1,3}))\s+(?=\S)|([⁰¹²³⁴⁵⁶⁷⁸⁹]{1,3})(?=\S)"
)
# A note number glued to a word or its punctuation, and not part of a figure such as 99.9 or (359).
_GLUED = re.compile(
    r"(?<=[^\W\d_.,;:!?)\]\"'”’—])(?P<word>\d{1,3})(?=$|[\s,.;:!?)\]\"'”’—])"
    r"|(?:(?<!\d[.,:])|(?<=\d{4}[.,]))(?<=[.,;:!?)\]\"'”’—])(?P<mark>\d{1,3})(?=$|[\s.;:!?)\]\"'”’—])"
    r"|(?<=\S)\[(?P<bracket>\d{1,3})\]"
    r"|\[\^(?P<markdown>\w+)\](?!:)"
    r"|(?P<raised>[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,3})"
)


@dataclass(frozen=True, slots=True)
class NoteStart:
    """How a note begins.

    Attributes:
        mark: Its number or name.
        length: Characters before its first word.
        is_layout: Whether these are Markdown's and not print's.
    """

    mark: str
    length: int
    is_layout: bool = False


@dataclass(slots=True)
class Note:
    """A note's mark and its lines."""

    mark: str
    lines: list[PrintLine]


def note_start(text: str) -> NoteStart | None:
    """Read the beginning of a line as that of a note."""
    if markdown := _MARKDOWN.match(text):
        return NoteStart(markdown.group(1), markdown.end(), is_layout=True)
    if found := _START.match(text):
        mark = next(filter(None, found.groups())).translate(_SUPERSCRIPTS)
        return NoteStart(mark, found.end())
    return None


def follows(mark: str, before: str | None) -> bool:
    """Whether ``mark`` is the number behind ``before``; any Markdown name follows."""
    if not mark.isdecimal():
        return True
    return int(mark) == (int(before) + 1 if before is not None and before.isdecimal() else 1)


def divide_notes(lines: Sequence[PrintLine], before: str | None = None) -> tuple[list[PrintLine], list[Note]]:
    """Divide lines into notes by numbers that count up by one.

    Args:
        lines: Lines of a notes section or of a page's foot.
        before: Mark of the note before the first line, or ``None``.

    Returns:
        The lines before the first note, and the notes.
    """
    leading: list[PrintLine] = []
    notes: list[Note] = []
    for line in lines:
        start = note_start(line.text)
        last = notes[-1].mark if notes else before
        if start is not None and (follows(start.mark, last) or (not notes and before is None)):
            notes.append(Note(start.mark, [line]))
        elif notes:
            notes[-1].lines.append(line)
        else:
            leading.append(line)
    return leading, notes


def take_footnotes(layout: Layout) -> tuple[Layout, list[Note]]:
    """Take notes that stand at the foot of their page out of the body.

    A line begins the notes of its page when it has the next number and that number stands glued to a
    word further up on the page.
    """
    kept, notes = _take_markdown(layout.lines)
    if kept and kept[-1].page > 0 and not _has_section(kept):
        body: list[PrintLine] = []
        for page in _pages(kept):
            last = notes[-1].mark if notes else None
            at = _foot(page, last)
            body.extend(page[:at])
            notes.extend(divide_notes(page[at:], last)[1])
        kept = body
    return replace(layout, lines=tuple(kept)), notes


def _take_markdown(lines: Sequence[PrintLine]) -> tuple[list[PrintLine], list[Note]]:
    """Take Markdown's definitions of notes out; each goes on to the next blank line."""
    kept: list[PrintLine] = []
    notes: list[Note] = []
    inside = False
    for line in lines:
        if found := _MARKDOWN.match(line.text):
            notes.append(Note(found.group(1), [line]))
            inside = True
        elif inside and (not line.after_blank or line.indent >= _MARKDOWN_INDENT):
            notes[-1].lines.append(line)
        else:
            kept.append(line)
            inside = False
    return kept, notes


def _has_section(lines: Sequence[PrintLine]) -> bool:
    """Whether the notes stand at the end, under a heading of their own."""
    for before, line in pairwise(lines):
        start = note_start(line.text)
        if start is not None and start.mark == "1" and NOTES_HEADING.fullmatch(before.text.strip(" .:")):
            return True
    return False


def _pages(lines: Sequence[PrintLine]) -> Iterator[list[PrintLine]]:
    page: list[PrintLine] = []
    for line in lines:
        if page and line.page != page[0].page:
            yield page
            page = []
        page.append(line)
    yield page


def _foot(page: Sequence[PrintLine], before: str | None) -> int:
    for at, line in enumerate(page):
        start = note_start(line.text)
        if at and start is not None and start.mark.isdecimal() and follows(start.mark, before):
            body = " ".join(above.text for above in page[:at])
            if any(_mark_of(found) == start.mark for found in _GLUED.finditer(body)):
                return at
    return len(page)


def _mark_of(found: re.Match[str]) -> str:
    return str(next(filter(None, found.groups()))).translate(_SUPERSCRIPTS)


class MarkFinder:
    """Takes note marks out of texts given in reading order.

    Args:
        notes: Id of each note's passage by its mark, in order.
    """

    def __init__(self, notes: Mapping[str, str]) -> None:
        self._notes = notes
        self._waiting = list(notes)

    def take(self, made: CleanText, tally: Tally) -> tuple[NoteMark, ...]:
        """Take the marks of the next notes out of a text.

        Args:
            made: The text; the marks are cut out of it.
            tally: Takes up the characters.

        Returns:
            The marks with the offset where they stood.
        """
        marks: list[NoteMark] = []
        removed = 0
        for found in list(_GLUED.finditer(made.text)):
            mark = _mark_of(found)
            # Numbers only count up: "Chapter2" far ahead of note 2 is no mark of note 7.
            if not self._may_be(mark, found):
                continue
            if mark in self._waiting:
                del self._waiting[: self._waiting.index(mark) + 1]
            start, end = found.start() - removed, found.end() - removed
            for offset in made.cut(start, end):
                tally.dropped[offset] = "note number"
            # A mark with a space before it, and none wanted behind it, leaves no space either.
            rest = made.text[start:]
            if made.text[:start].endswith(" ") and (not rest or rest[0] in " .,;:"):
                start -= 1
                made.cut(start, start + 1)
            removed += end - start
            marks.append(NoteMark(mark, start, self._notes[mark]))
        return tuple(marks)

    def _may_be(self, mark: str, found: re.Match[str]) -> bool:
        """Whether a mark is the next one, or the next but one where punctuation makes it sure."""
        if found.group("markdown"):
            return mark in self._notes
        return mark in self._waiting[:1] or (mark in self._waiting[:2] and found.group("word") is None)

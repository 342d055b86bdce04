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
# Longer numbers are no numbers of notes.
_MOST_DIGITS = 9
# A paragraph of a Markdown note is indented by this much.
_MARKDOWN_INDENT = 4
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_MARKDOWN = re.compile(r"\[\^(\w+)\]:\s*(?=\S)")
_START = re.compile(
    r"(?:\[(\d{1,3})\]|(\d{1,3})[.)]?|([⁰¹²³⁴⁵⁶⁷⁸⁹]{1,3}))\s+(?=\S)|([⁰¹²³⁴⁵⁶⁷⁸⁹]{1,3})(?=\S)"
)
# A note number directly after a word or its punctuation, and not part of a figure such as 99.9 or (359).
_MARK = re.compile(
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
        return NoteStart(markdown[1], markdown.end(), is_layout=True)
    if start := _START.match(text):
        return NoteStart(_mark_of(start), start.end())
    return None


def _mark_of(match: re.Match[str]) -> str:
    return str(next(filter(None, match.groups()))).translate(_SUPERSCRIPTS)


def _follows(mark: str, before: str | None) -> bool:
    """Whether ``mark`` is the number after ``before``; any name of a Markdown note follows."""
    if not mark.isdecimal():
        return True
    last = int(before) if before is not None and before.isdecimal() and len(before) <= _MOST_DIGITS else 0
    return len(mark) <= _MOST_DIGITS and int(mark) == last + 1


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
        if start is not None and (_follows(start.mark, last) or (not notes and before is None)):
            notes.append(Note(start.mark, [line]))
        elif notes:
            notes[-1].lines.append(line)
        else:
            leading.append(line)
    return leading, notes


def take_footnotes(layout: Layout) -> tuple[Layout, list[Note]]:
    """Take the notes at the foot of pages, and those of Markdown, out of the body.

    A line begins the notes of its page if it has the next number and that number is the mark of a note
    further up on the page.
    """
    kept, notes = _take_markdown(layout.lines)
    if kept and kept[-1].page > 0 and not _has_section(kept):
        body: list[PrintLine] = []
        for page in _pages(kept):
            last = notes[-1].mark if notes else None
            foot = _foot(page, last)
            body.extend(page[:foot])
            notes.extend(divide_notes(page[foot:], last)[1])
        kept = body
    return replace(layout, lines=tuple(kept)), notes


def _take_markdown(lines: Sequence[PrintLine]) -> tuple[list[PrintLine], list[Note]]:
    """Take Markdown's definitions of notes out; each continues to the next blank line."""
    kept: list[PrintLine] = []
    notes: list[Note] = []
    inside = False
    for line in lines:
        if definition := _MARKDOWN.match(line.text):
            notes.append(Note(definition[1], [line]))
            inside = True
        elif inside and (not line.after_blank or line.indent >= _MARKDOWN_INDENT):
            notes[-1].lines.append(line)
        else:
            kept.append(line)
            inside = False
    return kept, notes


def _has_section(lines: Sequence[PrintLine]) -> bool:
    """Whether the notes are at the end, under a heading of their own."""
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
    """Index of the line that begins the notes of a page; the number of its lines if there are none."""
    marks: set[str] = set()
    for index, line in enumerate(page):
        start = note_start(line.text)
        is_numbered = start is not None and start.mark.isdecimal() and _follows(start.mark, before)
        if start is not None and is_numbered and start.mark in marks:
            return index
        marks.update(map(_mark_of, _MARK.finditer(line.text)))
    return len(page)


class MarkFinder:
    """Takes note marks out of texts, which are given in reading order.

    Args:
        notes: Id of each note's passage by its mark, in order.
    """

    def __init__(self, notes: Mapping[str, str]) -> None:
        self._notes = notes
        self._order = list(notes)
        self._numbers = {mark: number for number, mark in enumerate(notes)}
        self._next = 0

    def take(self, cleaned: CleanText, tally: Tally) -> tuple[NoteMark, ...]:
        """Cut the marks of the next notes out of a text; each mark has the offset where it was.

        Args:
            cleaned: The text.
            tally: Takes up the characters that are cut out.
        """
        text = cleaned.text
        marks: list[NoteMark] = []
        cuts: list[tuple[int, int]] = []
        removed = 0
        for match in _MARK.finditer(text):
            mark = _mark_of(match)
            # Numbers only count up: "Chapter2" far ahead of note 2 is no mark of note 7.
            if not self._may_be(mark, match):
                continue
            self._next = max(self._next, self._numbers[mark] + 1)
            start, end = match.span()
            for index in range(start, end):
                tally.dropped[cleaned.offset(index)] = "note number"
            if cuts and cuts[-1][1] == start:
                start = cuts.pop()[0]
                removed -= match.start() - start
            # A mark with a space before it, and none wanted after it, leaves no space either.
            if text[start - 1 : start] == " " and (end == len(text) or text[end] in " .,;:"):
                start -= 1
            marks.append(NoteMark(mark, start - removed, self._notes[mark]))
            cuts.append((start, end))
            removed += end - start
        cleaned.cut(cuts)
        return tuple(marks)

    def _may_be(self, mark: str, match: re.Match[str]) -> bool:
        """Whether a mark is the next one, or the next but one where punctuation makes it certain."""
        if match["markdown"]:
            return mark in self._notes
        ahead = 1 if match["word"] else 2
        return mark in self._order[self._next : self._next + ahead]

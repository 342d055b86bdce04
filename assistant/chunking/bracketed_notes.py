"""Notes in brackets within the text: ``^[…]`` of Pandoc, and ``[Footnote 3: …]`` of transcribers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from assistant.chunking.cleaning import CleanText, Tally
from assistant.chunking.layout import Layout
from assistant.chunking.matter import DroppedSpan
from assistant.chunking.notes import Note
from assistant.chunking.printed import PrintLine

_FOOTNOTE = re.compile(r"\[(?:Foot)?note\s*(\w{1,4}|\*{1,4}|[†‡§¶])?\s*[:.]\s*(?=\S)", re.IGNORECASE)
_INLINE = re.compile(r"\^\[(?!\^)|\[Footnote\s?(\w{1,4}|\*{1,4}|[†‡§¶])?:\s*(?=\S)")
# A bracket that is not closed within so many lines, or characters, is no note.
_LONGEST_NOTE, _MOST_CHARACTERS = 200, 6_000


def take_bracketed(layout: Layout) -> tuple[Layout, list[Note]]:
    """Take notes in brackets that begin a line out of the body; the brackets are layout marks."""
    kept: list[PrintLine] = []
    notes: list[Note] = []
    dropped: list[DroppedSpan] = []
    index, after_note = 0, False
    while index < len(layout.lines):
        line = layout.lines[index]
        start = _FOOTNOTE.match(line.text)
        end = _last_line(layout.lines, index) if start else None
        if start is None or end is None:
            kept.append(replace(line, after_blank=True) if after_note else line)
            index, after_note = index + 1, False
            continue
        note = list(layout.lines[index : end + 1])
        note[-1] = _shortened(note[-1], 0, len(note[-1].text) - 1)
        dropped.append((note[-1].end, note[-1].end + 1, "layout mark"))
        note[0] = _shortened(note[0], start.end(), len(note[0].text))
        dropped.append((line.start, line.start + start.end(), "layout mark"))
        notes.append(Note(start[1] or "", note))
        index, after_note = end + 1, True
    return replace(layout, lines=tuple(kept), dropped=(*layout.dropped, *dropped)), notes


def _shortened(line: PrintLine, first: int, last: int) -> PrintLine:
    return replace(line, start=line.start + first, end=line.start + last, text=line.text[first:last])


def _last_line(lines: Sequence[PrintLine], first: int) -> int | None:
    """Index of the line that ends with the bracket that closes the one at the beginning of a line."""
    depth = 0
    for index in range(first, min(first + _LONGEST_NOTE, len(lines))):
        text = lines[index].text
        depth += text.count("[") - text.count("]")
        if depth <= 0:
            has_words = index > first or not _FOOTNOTE.fullmatch(text[:-1])
            return index if text.endswith("]") and depth == 0 and has_words else None
    return None


@dataclass(frozen=True, slots=True)
class InlineNote:
    """A note that was cut out of a sentence.

    Attributes:
        mark: Its number as printed, or the empty string.
        clean: Its words.
        before: Source offset of the bracket that opened it.
    """

    mark: str
    clean: CleanText
    before: int


def cut_inline_notes(cleaned: CleanText, tally: Tally) -> list[InlineNote]:
    """Cut notes in brackets out of a text; the brackets are layout marks."""
    text = cleaned.text
    notes: list[InlineNote] = []
    cuts: list[tuple[int, int]] = []
    for start, first, last, mark in _inline_spans(text):
        for index in (*range(start, first), last):
            if not text[index].isspace():
                tally.dropped[cleaned.offset(index)] = "layout mark"
        words = text[first:last].rstrip()
        notes.append(InlineNote(mark, cleaned.part(first, first + len(words)), cleaned.offset(start)))
        # A note with a space before it, and none wanted after it, leaves no space either.
        spaced = text[start - 1 : start] == " " and (last + 1 == len(text) or text[last + 1] in " .,;:")
        cuts.append((start - spaced, last + 1))
    cleaned.cut(cuts)
    return notes


def _inline_spans(text: str) -> Iterator[tuple[int, int, int, str]]:
    """Start of each note, its first character, its closing bracket, and its mark."""
    end = 0
    for opening in _INLINE.finditer(text):
        if opening.start() < end:
            continue
        depth = 1
        for index in range(opening.end(), min(len(text), opening.end() + _MOST_CHARACTERS)):
            depth += (text[index] == "[") - (text[index] == "]")
            if not depth:
                first = index - len(text[opening.end() : index].lstrip())
                if first < index:
                    yield opening.start(), first, index, opening[1] or ""
                end = index + 1
                break
        else:
            # No bracket after this one is closed either, unless it is much further on.
            end = min(len(text), opening.end() + _MOST_CHARACTERS)

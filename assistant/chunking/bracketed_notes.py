"""Notes in brackets within the text: ``^[…]`` of Pandoc, and ``[Footnote 3: …]`` of transcribers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from assistant.chunking.cleaning import CleanText, Tally
from assistant.chunking.headings import NOTES_HEADING, REFERENCES_HEADING
from assistant.chunking.layout import Layout
from assistant.chunking.matter import DroppedSpan
from assistant.chunking.notes import Note
from assistant.chunking.printed import PrintLine

_FOOTNOTE = re.compile(r"\[(?:Foot)?note\s*(\w{1,4}|\*{1,4}|[†‡§¶])?\s*[:.]\s*(?=\S)", re.IGNORECASE)
_INLINE = re.compile(r"\^\[(?!\^)|\[Footnote\s?(\w{1,4}|\*{1,4}|[†‡§¶])?:\s*(?=\S)")
_LABELLED = re.compile(r"\[(\d{1,3}|[A-Z])\]\s+(?=\S)")
_CALLED = re.compile(r"(?<=\S)\[(\d{1,3}|[A-Z])\]")
# A bracket that is not closed within so many lines, or characters, is no note.
_LONGEST_NOTE, _MOST_CHARACTERS = 200, 6_000


def take_bracketed(layout: Layout) -> tuple[Layout, list[Note]]:
    """Take notes out of the body that begin a line with a bracket: ``[Footnote 3: …]``, and ``[3] …``.

    The brackets around a whole note are layout marks. A number in brackets begins a note if it is called
    further up, in a text without pages, before any section of notes or references.
    """
    kept: list[PrintLine] = []
    notes: list[Note] = []
    dropped: list[DroppedSpan] = []
    called: set[str] = set()
    labels = not layout.lines or layout.lines[-1].page == 0
    index, after_note = 0, False
    while index < len(layout.lines):
        line = layout.lines[index]
        name = line.text.strip(" .:*_")
        labels = labels and not (NOTES_HEADING.fullmatch(name) or REFERENCES_HEADING.fullmatch(name))
        if end := _end_of_footnote(layout.lines, index):
            note, marks = _without_brackets(layout.lines[index:end])
            notes.append(note)
            dropped.extend(marks)
        elif labels and (mark := _label(line, called, after_note=after_note)):
            end = next(
                (later for later in range(index + 1, len(layout.lines)) if _ends_label(layout.lines[later])),
                len(layout.lines),
            )
            called.discard(mark)
            notes.append(Note(mark, list(layout.lines[index:end])))
        else:
            kept.append(replace(line, after_blank=True) if after_note else line)
            called.update(_CALLED.findall(line.text))
            end = index + 1
        after_note = not kept or kept[-1].start != line.start
        index = end
    return replace(layout, lines=tuple(kept), dropped=(*layout.dropped, *dropped)), notes


def _label(line: PrintLine, called: set[str], *, after_note: bool) -> str:
    """The number in brackets of a note that a line begins, or the empty string."""
    label = _LABELLED.match(line.text)
    return label[1] if label and label[1] in called and (line.after_blank or after_note) else ""


def _ends_label(line: PrintLine) -> bool:
    return line.after_blank or bool(_LABELLED.match(line.text))


def _end_of_footnote(lines: Sequence[PrintLine], first: int) -> int:
    """Index after the last line of a note that a line begins; 0 if it begins none."""
    last = _last_line(lines, first) if _FOOTNOTE.match(lines[first].text) else None
    return 0 if last is None else last + 1


def _without_brackets(lines: Sequence[PrintLine]) -> tuple[Note, list[DroppedSpan]]:
    """A note without the brackets around it, and the spans of these."""
    note = list(lines)
    note[-1] = _shortened(note[-1], 0, len(note[-1].text) - 1)
    opening = _FOOTNOTE.match(note[0].text)
    length, mark = (opening.end(), opening[1] or "") if opening else (0, "")
    note[0] = _shortened(note[0], length, len(note[0].text))
    start, end = lines[0].start, note[-1].end
    return Note(mark, note), [(start, start + length, "layout mark"), (end, end + 1, "layout mark")]


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

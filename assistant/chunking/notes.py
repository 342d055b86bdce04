"""Notes: at the foot of pages, at the end, or in brackets within the text, and how each begins."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from assistant.chunking.cleaning import CleanText, Tally
from assistant.chunking.headings import NOTES_HEADING, REFERENCES_HEADING
from assistant.chunking.layout import Layout
from assistant.chunking.marks import SUPERSCRIPTS, SYMBOLS, called_marks
from assistant.chunking.matter import DroppedSpan
from assistant.chunking.printed import LineGroup, PrintLine

# Longer numbers are no numbers of notes.
_MOST_DIGITS = 9
# A paragraph of a Markdown note is indented by this much.
_MARKDOWN_INDENT = 4
_MARKDOWN = re.compile(r"\[\^(\w+)\]:\s*(?=\S)")
_RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_START = re.compile(
    rf"(?:\[(\d{{1,3}})\]|\((\d{{1,3}})\)|(\d{{1,3}})(?:\.\)|[.)])?|([{_RAISED}]{{1,3}})\)?"
    rf"|\[?({SYMBOLS})[\])]?)(?:\s+(?=\S)|$)"
    rf"|([{_RAISED}]{{1,3}})(?=\S)|({SYMBOLS})(?=[“\"'‘«„]?[^\W\d_])"
    r"|(\d{1,3})(?!st\b|nd\b|rd\b|th\b)(?=[“\"'‘«„]?[^\W\d_])"
)
_LONE_MARK = re.compile(rf"\[\d{{1,3}}\]|[{_RAISED}]{{1,3}}|{SYMBOLS}")
# Lines from the heading of notes to the first of them.
_NEAR_HEADING = 2
# Notes without a heading: this share of them must be called, and so many beginnings are tried.
_NEARLY_ALL = 0.8
_MOST_FIRSTS = 3


@dataclass(frozen=True, slots=True)
class NoteStart:
    """How a note begins.

    Attributes:
        mark: Its number, symbol or name.
        length: Characters before its first word.
        is_layout: Whether these are Markdown's and not print's.
        is_glued: Whether there is no space between the mark and the first word.
        is_alone: Whether nothing else is on the line.
    """

    mark: str
    length: int
    is_layout: bool = False
    is_glued: bool = False
    is_alone: bool = False


@dataclass(slots=True)
class Note:
    """A note's mark and its lines.

    Attributes:
        mark: Its number, symbol or name.
        lines: Its lines.
        at_foot: Whether it is at the foot of the page on which it is called.
    """

    mark: str
    lines: list[PrintLine]
    at_foot: bool = False


def note_start(text: str) -> NoteStart | None:
    """Read the beginning of a line as that of a note."""
    if markdown := _MARKDOWN.match(text):
        return NoteStart(markdown[1], markdown.end(), is_layout=True)
    start = _START.match(text)
    if start is None:
        return None
    mark = str(next(filter(None, start.groups()))).translate(SUPERSCRIPTS)
    is_glued = start.lastindex is not None and start.lastindex > _LAST_SPACED
    return NoteStart(mark, start.end(), is_glued=is_glued, is_alone=start.end() == len(text))


def has_bracket(text: str) -> bool:
    """Whether a note begins with a mark and a round bracket, as in ``1) See``."""
    start = note_start(text)
    return start is not None and text[: start.length].rstrip().endswith(")")


# The groups of ``_START`` up to this one are divided from the first word by a space.
_LAST_SPACED = 5


def _follows(mark: str, before: str | None) -> bool:
    """Whether ``mark`` is the number after ``before``; any symbol or name of a note follows."""
    if not mark.isdecimal():
        return True
    last = int(before) if before is not None and before.isdecimal() and len(before) <= _MOST_DIGITS else 0
    return len(mark) <= _MOST_DIGITS and int(mark) == last + 1


def divide_notes(lines: Sequence[PrintLine], before: str | None = None) -> tuple[list[PrintLine], list[Note]]:
    """Divide lines into notes by numbers that count up by one.

    Args:
        lines: Lines of a notes section.
        before: Mark of the note before the first line, or ``None``.

    Returns:
        The lines before the first note, and the notes.
    """
    leading: list[PrintLine] = []
    notes: list[Note] = []
    for line in lines:
        start = note_start(line.text)
        last = notes[-1].mark if notes else before
        if start is not None and _begins_endnote(start, last, is_first=not notes and before is None):
            notes.append(Note(start.mark, [line]))
        elif notes:
            notes[-1].lines.append(line)
        else:
            leading.append(line)
    return leading, notes


def begins_notes(blocks: Sequence[LineGroup]) -> bool:
    """Whether the first of some blocks is a note; a number alone needs the next note to be one."""
    notes = divide_notes([line for block in blocks for line in block.lines])[1]
    if not notes or notes[0].lines[0].start > blocks[0].last.start:
        return False
    start = note_start(notes[0].lines[0].text)
    return len(notes) > 1 or (start is not None and not start.is_alone)


def _begins_endnote(start: NoteStart, last: str | None, *, is_first: bool) -> bool:
    if is_first:
        return not start.is_alone or start.mark == "1"
    if not start.mark.isdecimal() and not start.is_layout:
        # A symbol can only be told from a bullet or a mark of emphasis where such notes are the rule.
        return last is not None and not last.isdecimal() and start.mark != last
    return _follows(start.mark, last)


def with_lone_marks(lines: Sequence[PrintLine]) -> list[PrintLine]:
    """Join each mark that is alone on its line to the line before, in the words of which it belongs.

    Such a mark calls a note that begins further down. A note's own mark alone on its line was called before.
    """
    starts = [note_start(line.text) if _LONE_MARK.fullmatch(line.text) else None for line in lines]
    if not any(starts):
        return list(lines)
    last_start = {start.mark: index for index, line in enumerate(lines) if (start := note_start(line.text))}
    joined: list[PrintLine] = []
    called: set[str] = set()
    after_blank = False
    for index, (line, start) in enumerate(zip(lines, starts, strict=True)):
        calls = start is not None and joined and last_start[start.mark] > index and start.mark not in called
        if (
            start is not None
            and calls
            and (start.mark.isdecimal() or _on_same_page(line, lines[last_start[start.mark]]))
        ):
            called.add(start.mark)
            joined[-1] = replace(joined[-1], end=line.end)
            after_blank = after_blank or line.after_blank
            continue
        called.update(called_marks(line.text))
        joined.append(replace(line, after_blank=True) if after_blank else line)
        after_blank = False
    return joined


def _on_same_page(line: PrintLine, other: PrintLine) -> bool:
    return line.page == other.page


def take_markdown(lines: Sequence[PrintLine]) -> tuple[list[PrintLine], list[Note]]:
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


def has_section(lines: Sequence[PrintLine]) -> bool:
    """Whether the notes are at the end, under a heading of their own, and perhaps that of a chapter."""
    heading = -_NEAR_HEADING - 1
    for index, line in enumerate(lines):
        start = note_start(line.text)
        if start is not None and start.mark == "1" and index - heading <= _NEAR_HEADING:
            return True
        if NOTES_HEADING.fullmatch(line.text.strip(" .:")):
            heading = index
    return False


def take_last_notes(lines: list[PrintLine]) -> tuple[list[PrintLine], list[Note]]:
    """Take notes out that are the last lines, without a heading: nearly all are called in the text above."""
    first_call: dict[str, int] = {}
    firsts: list[int] = []
    end = len(lines)
    for index, line in enumerate(lines):
        start = note_start(line.text)
        if start is not None and start.mark == "1" and "1" in first_call:
            firsts.append(index)
        if firsts and end == len(lines) and REFERENCES_HEADING.fullmatch(line.text.strip(" .:")):
            end = index
        for mark in called_marks(line.text):
            first_call.setdefault(mark, index)
    for first in reversed(firsts[-_MOST_FIRSTS:]):
        notes = divide_notes(lines[first:end])[1] if first < end else []
        called = sum(first_call.get(note.mark, first) < first for note in notes)
        if len(notes) > 1 and called >= _NEARLY_ALL * len(notes):
            return [*lines[:first], *lines[end:]], notes
    return lines, []


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

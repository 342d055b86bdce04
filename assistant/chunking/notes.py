"""Notes: at the foot of pages or at the end, and how each begins."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace

from assistant.chunking.headings import NOTES_HEADING, REFERENCES_HEADING
from assistant.chunking.layout import Layout
from assistant.chunking.marks import SUPERSCRIPTS, SYMBOLS, called_marks
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
# Numbers of notes that extraction lost leave gaps of at most so many.
_MOST_LOST = 2
# Lines of a note on the next page; a longer rest is no rest of a note.
_LONGEST_REST = 25
# Lines at the foot that are set in smaller type hold more than a line of the body does.
_SMALLER_TYPE = 1.09
# A line that is cut off by the end of the page is as full as this.
_FULL = 0.9


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


@dataclass(frozen=True, slots=True)
class FoundNotes:
    """What ``take_footnotes`` finds.

    Attributes:
        body: The layout without the lines of notes.
        notes: The notes, in order.
        warnings: Sentences on what is uncertain.
    """

    body: Layout
    notes: list[Note] = field(default_factory=list)
    warnings: tuple[str, ...] = ()


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


def take_footnotes(layout: Layout) -> FoundNotes:
    """Take the notes at the foot of pages, and those of Markdown, out of the body.

    A line begins the notes of its page if it begins with a mark that is called further up on the page, and if
    this mark comes next: after the note before it, or as the first of a page on which marks begin again.
    Lines at the foot before the first mark can be the rest of the last page's note.
    """
    kept, notes = _take_markdown(_with_lone_marks(layout.lines))
    warnings: tuple[str, ...] = ()
    if kept and kept[-1].page > 0:
        feet = _Feet(layout, notes, only_symbols=_has_section(kept))
        pages = list(_pages(kept))
        for page, after in zip(pages, [*pages[1:], []], strict=True):
            feet.take(page, after[0] if after else None)
        kept, warnings = feet.body, tuple(feet.warnings)
    if not notes and not _has_section(kept):
        kept, notes = _take_last_notes(kept)
    return FoundNotes(replace(layout, lines=tuple(kept)), notes, warnings)


def _with_lone_marks(lines: Sequence[PrintLine]) -> list[PrintLine]:
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
    """Whether the notes are at the end, under a heading of their own, and perhaps that of a chapter."""
    heading = -_NEAR_HEADING - 1
    for index, line in enumerate(lines):
        start = note_start(line.text)
        if start is not None and start.mark == "1" and index - heading <= _NEAR_HEADING:
            return True
        if NOTES_HEADING.fullmatch(line.text.strip(" .:")):
            heading = index
    return False


def _take_last_notes(lines: list[PrintLine]) -> tuple[list[PrintLine], list[Note]]:
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


def _pages(lines: Sequence[PrintLine]) -> Iterator[list[PrintLine]]:
    page: list[PrintLine] = []
    for line in lines:
        if page and line.page != page[0].page:
            yield page
            page = []
        page.append(line)
    yield page


class _Feet:
    """Takes the notes at the foot of one page after another.

    Args:
        layout: How the text is set.
        notes: Where the notes go.
        only_symbols: Whether numbers call notes at the end, so that only symbols call footnotes.
    """

    def __init__(self, layout: Layout, notes: list[Note], *, only_symbols: bool) -> None:
        self._layout, self._notes, self._only_symbols = layout, notes, only_symbols
        self._last_number: str | None = None
        self._widest = 0.0
        self.body: list[PrintLine] = []
        self.warnings: list[str] = []

    def take(self, page: Sequence[PrintLine], after: PrintLine | None) -> None:
        """Divide a page into body and notes; ``after`` is the first line of the next page."""
        foot = self._foot(page)
        rest = self._rest(page, foot, after)
        if rest < foot:
            self._notes[-1].lines.extend(page[rest:foot])
        self.body.extend(page[:rest])
        self._divide(page[foot:], {mark for line in page[:foot] for mark in called_marks(line.text)})

    def _foot(self, page: Sequence[PrintLine]) -> int:
        """Index of the line that begins the notes of a page; the number of its lines if there are none."""
        called: set[str] = set()
        for index, line in enumerate(page):
            start = note_start(line.text)
            if (
                start is not None
                and start.mark in called
                and self._may_be_first(start)
                and not (start.is_alone and index + 1 == len(page))
                and _is_set_as_note(line, start, page[index - 1])
            ):
                return index
            called.update(called_marks(line.text))
        return len(page)

    def _may_be_first(self, start: NoteStart) -> bool:
        """Whether a mark can be the first of a page."""
        if not start.mark.isdecimal():
            return not start.is_layout
        if self._only_symbols:
            return False
        if self._last_number is None or start.mark == "1":
            return True
        return 0 < int(start.mark) - int(self._last_number) <= 1 + _MOST_LOST

    def _divide(self, foot: Sequence[PrintLine], called: Collection[str]) -> None:
        """Divide the foot of a page into its notes."""
        on_page: list[Note] = []
        for index, line in enumerate(foot):
            start = note_start(line.text)
            if start is not None and (
                not on_page or _begins_footnote(start, on_page, called, line, foot[index - 1])
            ):
                on_page.append(Note(start.mark, [line], at_foot=True))
            else:
                on_page[-1].lines.append(line)
        self._notes.extend(on_page)
        self._widest = max((self._widest, *(self._layout.measure.share(line.text) for line in foot)))
        numbers = [note.mark for note in on_page if note.mark.isdecimal()]
        self._last_number = numbers[-1] if numbers else self._last_number

    def _rest(self, page: Sequence[PrintLine], foot: int, after: PrintLine | None) -> int:
        """Index of the line that begins the rest of the last page's note; ``foot`` if there is none."""
        note = self._notes[-1] if self._notes else None
        if note is None or not note.at_foot or note.lines[-1].page != page[0].page - 1:
            return foot
        first = max(1, foot - _LONGEST_REST)
        scores = [
            (self._score(note.lines[-1], page, (index, foot), after), index) for index in range(first, foot)
        ]
        score, index = max(scores, default=(0.0, foot))
        if score >= _SURE_REST:
            return index
        if not note.lines[-1].ends_sentence and (
            self._is_full(note.lines[-1]) or (after and not _joins(page[foot - 1], after))
        ):
            self.warnings.append(
                f"Note {note.mark} seems to go on on the next page, but where its rest begins was not found."
            )
        return foot

    def _score(
        self, note: PrintLine, page: Sequence[PrintLine], rest: tuple[int, int], after: PrintLine | None
    ) -> float:
        """How much shows that lines at the foot of a page are the rest of the last page's note.

        Args:
            note: Last line of that note on the last page.
            page: Lines of the page.
            rest: Index of the first line of the supposed rest, and of the line after it.
            after: First line of the next page.
        """
        start, end = rest
        before, first, last = page[start - 1], page[start], page[end - 1]
        if any(line.after_blank for line in page[start + 1 : end]):
            return 0.0
        flows = after is None or _joins(last, after)
        if note.ends_sentence and (flows or after is None or not _joins(before, after)):
            # Only a text that does not flow on without these lines shows that a finished note goes on.
            return 0.0
        score = 1.0 if _joins(note, first) else -1.5
        score += 1.5 if first.after_blank else 0.0
        # In running text, a line after a full stop does not begin in lower case, but others do.
        if not first.starts_sentence:
            score += 1.5 if before.ends_sentence else 0.0 if first.after_blank else -1.5
        if after is not None:
            score += 0.5 * (_joins(before, after) - _joins(last, after))
            score -= 1.5 if _goes_on(last, after) else 0.0
        return score + self._type_score(note, before, page[start:end])

    def _type_score(self, note: PrintLine, before: PrintLine, rest: Sequence[PrintLine]) -> float:
        """How much the width of lines shows that they are set in the type of the notes."""
        if not self._layout.measure.wrapped:
            return 0.0
        if self._widest < _SMALLER_TYPE:
            return 0.5 if self._is_full(note) else -1.0
        if self._is_small(before):
            return -3.0
        if self._is_small(rest[0]):
            return 2.5
        return 0.0 if len(rest) == 1 else -3.0

    def _is_small(self, line: PrintLine) -> bool:
        return self._layout.measure.share(line.text) > _SMALLER_TYPE

    def _is_full(self, line: PrintLine) -> bool:
        return self._layout.measure.share(line.text) > _FULL


# What must at least show that lines are the rest of a note.
_SURE_REST = 2.0


def _joins(before: PrintLine, after: PrintLine) -> bool:
    """Whether one sentence can go on from one line to another, or end with the first one."""
    return before.ends_sentence == after.starts_sentence


def _goes_on(before: PrintLine, after: PrintLine) -> bool:
    """Whether a sentence visibly goes on from one line to another."""
    return not before.ends_sentence and not after.starts_sentence


def _is_set_as_note(line: PrintLine, start: NoteStart, before: PrintLine) -> bool:
    """Whether a line that begins with a number does not only go on with a sentence of the text."""
    word = line.text[start.length : start.length + 1]
    return not word.islower() or before.ends_sentence or line.after_blank or not start.mark.isdecimal()


def _begins_footnote(
    start: NoteStart, on_page: Sequence[Note], called: Collection[str], line: PrintLine, before: PrintLine
) -> bool:
    """Whether a line begins another note of the page."""
    if not start.mark.isdecimal():
        return start.mark in called and all(note.mark != start.mark for note in on_page)
    last = next((note.mark for note in reversed(on_page) if note.mark.isdecimal()), None)
    if last is None:
        return start.mark in called
    lost = int(start.mark) - int(last) - 1
    if lost == 0:
        # A mark that extraction lost is no reason to join two notes.
        return start.mark in called or (before.ends_sentence and line.starts_sentence)
    return 0 < lost <= _MOST_LOST and start.mark in called and before.ends_sentence

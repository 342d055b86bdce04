"""Footnotes of typeset pages: small lines at the foot, lines under a rule or with a called mark."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import fmean

from assistant.chunking.frames import Frames, PlacedLine, named_part
from assistant.chunking.marks import called_marks
from assistant.chunking.notes import Note
from assistant.core.setting import Setting

_SMALL = 0.945
# Notes under a rule take no more of a column than this.
_MOST_OF_COLUMN = 0.85
_SHORT_RULE = 0.62
# First lines of notes are further in than the others by this, in sizes of the body.
_FIRST_INDENT = 0.6
# A raised number of a note may leave out this many, which the extraction lost.
_LOST = 3


@dataclass(slots=True)
class _Column:
    """The lines of a column from top to bottom."""

    lines: list[PlacedLine]
    rules: list[float] = field(default_factory=list)


def take_typeset_notes(
    lines: Sequence[PlacedLine], frames: Frames, setting: Setting
) -> tuple[list[PlacedLine], list[Note]]:
    """Take the notes at the foot of columns out of the body.

    A note that goes on at the next foot is put together; lines before the first mark of a foot continue the
    note before.

    Args:
        lines: All lines but furniture, in reading order.
        frames: Their frames.
        setting: Tells where rules are printed.

    Returns:
        The lines of the body, and the notes in order.
    """
    taker = _Taker(frames, is_recognised=setting.is_recognised)
    notes: set[int] = set()
    for column in _columns(lines, frames, setting):
        foot = taker.take(column)
        notes.update(line.printed.start for line in foot)
    return [line for line in lines if line.printed.start not in notes], taker.notes


def _columns(lines: Sequence[PlacedLine], frames: Frames, setting: Setting) -> list[_Column]:
    columns: dict[tuple[int, int], _Column] = {}
    for line in lines:
        columns.setdefault(line.place, _Column([])).lines.append(line)
    for (page, _), column in columns.items():
        column.lines.sort(key=lambda line: -line.box.bottom)
        frame = frames.of(column.lines[0].box)
        page_width = setting.pages[page].width
        column.rules = sorted(
            height
            for left, right, height in setting.pages[page].rules
            if right - left < _SHORT_RULE * page_width
            and right - left <= 1.05 * frame.width
            and abs(left - frame.left) < 3 * frames.body
        )
    return [columns[place] for place in sorted(columns)]


class _Taker:
    """Takes notes out of one column after the other.

    Args:
        frames: Frames of the lines.
        is_recognised: Whether a machine read the words, so that calls of notes are lost.
    """

    def __init__(self, frames: Frames, *, is_recognised: bool) -> None:
        self._frames, self._is_recognised = frames, is_recognised
        self.notes: list[Note] = []
        self._page = -1
        self._size = 0.0
        self._pending: set[str] = set()
        self._is_listed = False
        self._here: set[str] = set()

    def take(self, column: _Column) -> list[PlacedLine]:
        """Take the notes of a column, and return the lines that belong to them."""
        foot = column.lines[self._foot(column) :]
        above = column.lines[: len(column.lines) - len(foot)]
        self._is_listed |= any(named_part(line.text) for line in above)
        here = _called(above)
        self._pending |= here
        while foot and not self.notes and not self._begins(foot[0]) and not self._is_recognised:
            foot = foot[1:]
        if not foot:
            return []
        if not self._size:
            self._size = foot[0].box.size
        for index, line in enumerate(foot):
            if self._begins(line) or (self._is_recognised and self._is_first_line(foot, index)):
                mark = line.note_mark
                self.notes.append(Note(mark, [line.printed], at_foot=mark in here))
            elif self.notes:
                self.notes[-1].lines.append(line.printed)
        self._page = foot[-1].box.page
        return foot

    def _foot(self, column: _Column) -> int:
        """Index of the first line of the notes; the number of lines if there are none."""
        lines = column.lines
        # Notes at the end are called on earlier pages.
        self._here = _called(lines)
        called = self._here | self._pending
        for rule in column.rules:
            under = next((index for index, line in enumerate(lines) if line.box.bottom < rule), len(lines))
            if 0 < under < len(lines) and self._is_foot(lines[under:], called, under, ruled=True):
                return under
        small = self._recognised_foot(lines) if self._is_recognised else self._small_from(lines)
        # What is listed under a heading of its own is not at the foot.
        self._is_listed |= any(named_part(line.text) for line in lines[:small])
        if self._is_recognised:
            return len(lines) if self._is_listed else small
        if small < len(lines) and (start := self._in_small(lines, small, called)) is not None:
            return start
        marked = (
            index
            for index, line in enumerate(lines)
            if index and self._is_called(line, lines[:index]) and self._reaches_foot(lines[index:])
        )
        return next(marked, len(lines))

    def _reaches_foot(self, foot: Sequence[PlacedLine]) -> bool:
        """Whether nothing set larger or far apart is below, as below the addresses of authors."""
        return all(
            line.box.size < 1.12 * foot[0].box.size
            and before.box.bottom - line.box.bottom < 2 * self._frames.leading
            for before, line in pairwise(foot)
        )

    def _small_from(self, lines: Sequence[PlacedLine]) -> int:
        start = len(lines)
        while start and lines[start - 1].box.size < min(
            _SMALL * self._frames.body, self._frames.body - self._frames.tolerance
        ):
            start -= 1
        return start

    def _recognised_foot(self, lines: Sequence[PlacedLine]) -> int:
        """Index of the first line of the notes on a scanned page: below a gap, set closer and smaller.

        The leading is to be trusted there more than sizes, and the marks are often misread.
        """
        leading, body = self._frames.leading, self._frames.body
        for index in range(len(lines) - 1, max(1, int(0.5 * len(lines))), -1):
            foot = lines[index:]
            gaps = [before.box.bottom - line.box.bottom for before, line in pairwise(foot)]
            close = fmean(gaps) < 0.9 * leading if gaps else True
            smaller = fmean(line.box.size for line in foot) < (0.97 if gaps else _SMALL) * body
            if self._is_apart(lines, index) and close and smaller:
                return index
        return len(lines)

    def _in_small(self, lines: Sequence[PlacedLine], small: int, called: set[str]) -> int | None:
        """Where notes begin among the small lines at the foot."""
        if small == 0:
            return 0 if not self._is_listed and lines[0].note_mark in called else None
        first = next((index for index in range(small, len(lines)) if self._begins(lines[index])), None)
        if first is not None and not self._is_foot(lines[first:], called, first, ruled=False):
            return None
        if not self._goes_on(lines):
            return first
        before = lines[small:first]
        flush = all(self._frames.indent(line.box) < 0.8 for line in before[1:] or before)
        if first is None:
            return small if flush and self._is_apart(lines, small) else None
        inside = not before or before[-1].box.bottom - lines[first].box.bottom < 1.7 * lines[first].box.size
        return small if flush and inside else first

    def _is_apart(self, lines: Sequence[PlacedLine], index: int) -> bool:
        """Whether there is more space above a line than between lines of the body."""
        return lines[index - 1].box.bottom - lines[index].box.bottom > 1.15 * self._frames.leading

    def _is_first_line(self, foot: Sequence[PlacedLine], index: int) -> bool:
        """Whether a line of a scan begins a note whose number was not recognised: it is further in."""
        if not index:
            return not self._goes_on(foot) or self._frames.indent(foot[0].box) > _FIRST_INDENT
        lefts = [line.box.left for line in foot]
        further_in = foot[index].box.left - min(lefts) > _FIRST_INDENT * self._frames.body
        return further_in and foot[index - 1].ends_sentence

    def _is_foot(self, foot: Sequence[PlacedLine], called: set[str], above: int, *, ruled: bool) -> bool:
        if len(foot) > _MOST_OF_COLUMN * (above + len(foot)) and not ruled:
            return False
        marks = {line.note_mark for line in foot if self._begins(line)}
        if not marks:
            same_size = abs(foot[0].box.size - self._size) < 0.5
            return ruled and self._goes_on(foot) and same_size
        if self._is_listed:
            return ruled or (self._raised(foot) and bool(marks & self._here))
        if self._raised(foot) or (ruled and self._goes_on(foot)) or self._is_recognised:
            return True
        return bool(marks & called)

    def _raised(self, foot: Sequence[PlacedLine]) -> bool:
        """Whether a line of the foot begins with a raised mark, which no other list does."""
        return any(self._begins(line) and 0 in line.raised for line in foot)

    def _goes_on(self, lines: Sequence[PlacedLine]) -> bool:
        """Whether the last note can go on in a column: it was on the page before or on this page."""
        return bool(self.notes) and lines[0].box.page - self._page <= 1

    def _begins(self, line: PlacedLine) -> bool:
        """Whether a line begins the next note, by the order of the marks."""
        mark = line.note_mark
        if not mark:
            return False
        if not mark.isdecimal():
            return True
        last = self.notes[-1].mark if self.notes else ""
        raised = 0 in line.raised or self._is_recognised
        if not last.isdecimal():
            return raised or int(mark) == 1 or not self.notes
        number, before = int(mark), int(last)
        if number == before + 1:
            return True
        if number == 1 and line.box.page != self._page:
            return True
        return raised and before < number <= before + _LOST

    def _is_called(self, line: PlacedLine, above: Sequence[PlacedLine]) -> bool:
        """Whether a line of the body's size begins with a raised mark that is called further up."""
        mark = line.note_mark
        called = any(mark in other.raised_marks() for other in above)
        return bool(mark) and 0 in line.raised and called and self._begins(line)


def _called(lines: Sequence[PlacedLine]) -> set[str]:
    """The marks called in lines: raised ones, or all that could be marks where none are raised."""
    raised = {mark for line in lines for mark in line.raised_marks()}
    if raised:
        return raised
    return {mark for line in lines for mark in called_marks(line.text)}

"""Typeset pages: the edges of their text, each line in its place, and how paragraphs are set.

Edges are found for each page and column, since left and right pages may differ and a scan is never straight.
Whether paragraphs are indented, and whether free space at the end of a line means anything, is found for each
essay. All lengths are in points.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from assistant.chunking.headings import NOTES_HEADING, REFERENCES_HEADING, numbering_length
from assistant.chunking.layout import LIST_ITEM
from assistant.chunking.printed import PrintLine
from assistant.core.essay import Kind
from assistant.core.setting import SetLine, Setting

# Lines with fewer characters prove nothing about the edges.
_TELLING = 15
_FEWEST_LINES = 6
# Share of the lines that an edge needs to be the margin although another is more frequent.
_MARGIN_SHARE = 0.15
_SAME_EDGE = 1.5
# Share of the body size by which the sizes of body lines may differ.
_SAME_SIZE, _UNEVEN_SIZE = 0.06, 0.13
# What share of the lines must end at the right edge in justified text.
_JUSTIFIED = 0.4
# Full lines differ in their number of letters by this share.
_UNEVEN_LETTERS = 0.06
# A column that ends so many lines above the foot ends for another reason than want of space.
_FAR_ABOVE = 3.0


@dataclass(frozen=True, slots=True)
class Frame:
    """The edges between which the lines of a column stand."""

    left: float
    right: float

    @property
    def width(self) -> float:
        """Width of a full line."""
        return self.right - self.left


class Frames:
    """The frames of a document.

    Args:
        lines: Its lines without furniture, each with its text.
        is_recognised: Whether a machine guessed the size of each line.
    """

    def __init__(self, lines: Sequence[tuple[SetLine, str]], *, is_recognised: bool = False) -> None:
        self.body = _body_size(lines)
        self.is_recognised = is_recognised
        self.tolerance = (_UNEVEN_SIZE if is_recognised else _SAME_SIZE) * self.body
        self._lines = [line for line, text in lines if self.is_body(line) and len(text) > _TELLING]
        self._known: dict[tuple[int, int], Frame] = {}
        self._by_page: dict[tuple[int, int], list[SetLine]] = {}
        for line in self._lines:
            self._by_page.setdefault((line.page, line.column), []).append(line)
        self._width = self._usual_width()
        lengths = sorted(line.end - line.start for line in self._lines)
        self._full = lengths[int(0.6 * len(lengths))] if lengths else 0
        self.leading = self._find_leading(lines)
        self._feet: dict[tuple[int, int], float] = {}
        for line, _ in lines:
            place = line.page, line.column
            self._feet[place] = min(line.bottom, self._feet.get(place, line.bottom))
        self._foot = median(self._feet.values()) if self._feet else 0.0
        self.justified = self._is_justified()

    def is_body(self, line: SetLine) -> bool:
        """Whether a line has the size of the body."""
        return abs(line.size - self.body) <= self.tolerance

    def of(self, line: SetLine) -> Frame:
        """The frame in which a line is."""
        key = line.page, line.column
        if key not in self._known:
            self._known[key] = self._find(*key)
        return self._known[key]

    def indent(self, line: SetLine) -> float:
        """How far a line begins from the left edge, in sizes of the body."""
        return (line.left - self.of(line).left) / self.body

    def room(self, line: SetLine) -> float:
        """Free space at the end of a line."""
        space = self.of(line).right - line.right
        if not self.is_recognised or not self._full:
            return space
        # The words of a recognised scan are drawn in a stand-in font: letters tell more than right edges.
        letters = (self._full - (line.end - line.start)) / self._full
        return min(space, (letters - _UNEVEN_LETTERS) * self._width)

    def ends_above_foot(self, line: SetLine) -> bool:
        """Whether a line is the last of its column and far above where the others end."""
        last = line.bottom <= self._feet.get((line.page, line.column), line.bottom)
        return last and line.bottom - self._foot > _FAR_ABOVE * self.leading

    def is_centred(self, line: SetLine) -> bool:
        """Whether a line is in the middle of its frame, short of both edges."""
        frame = self.of(line)
        before, after = line.left - frame.left, frame.right - line.right
        return before > 1.5 * self.body and after > 1.5 * self.body and abs(before - after) < 1.5 * self.body

    def _find(self, page: int, column: int) -> Frame:
        own = self._by_page.get((page, column), [])
        alike = [
            line
            for (other, side), lines in self._by_page.items()
            if side == column and other % 2 == page % 2
            for line in lines
        ]
        if len(alike) < _FEWEST_LINES:
            alike = [line for line in self._lines if line.column == column] or self._lines
        usual = _left_edge(alike)
        left = _left_edge(own) if len(own) >= _FEWEST_LINES else usual
        shift = left - usual
        # A page on which most lines are indented, as one of verse or dialogue, has the usual margin.
        at_margin = sum(abs(line.left - usual) < _SAME_EDGE for line in own)
        if _SAME_EDGE < shift < 4 * self.body and at_margin >= 2:
            left = usual
        rights = [line.right for line in own if line.right - line.left > 0.5 * self._width]
        right = _high(rights) if len(rights) >= _FEWEST_LINES else left + self._width
        return Frame(left, max(right, left + 0.8 * self._width))

    def _usual_width(self) -> float:
        widths = [
            _high([line.right for line in lines]) - _left_edge(lines)
            for lines in self._by_page.values()
            if len(lines) >= _FEWEST_LINES
        ]
        if widths:
            return median(widths)
        rights = [line.right for line in self._lines]
        return max(rights, default=400.0) - _left_edge(self._lines)

    def _find_leading(self, lines: Sequence[tuple[SetLine, str]]) -> float:
        gaps = [
            before.bottom - line.bottom
            for (before, _), (line, _) in pairwise(lines)
            if self.is_body(before)
            and self.is_body(line)
            and (before.page, before.column) == (line.page, line.column)
            and 0 < before.bottom - line.bottom < 4 * self.body
        ]
        return median(gaps) if gaps else 1.2 * self.body

    def _is_justified(self) -> bool:
        if not self._lines:
            return False
        full = sum(abs(self.room(line)) < 0.35 * self.body for line in self._lines)
        return full > _JUSTIFIED * len(self._lines)


def _body_size(lines: Sequence[tuple[SetLine, str]]) -> float:
    sizes: Counter[float] = Counter()
    for line, text in lines:
        sizes[round(line.size * 2) / 2] += len(text)
    if not sizes:
        return 10.0
    usual = sizes.most_common(1)[0][0]
    # The exact size, for a half-step may lie between two of them.
    exact: Counter[float] = Counter()
    for line, text in lines:
        if abs(line.size - usual) <= 0.5:
            exact[line.size] += len(text)
    return max(1.0, exact.most_common(1)[0][0])


def _left_edge(lines: Sequence[SetLine]) -> float:
    """The edge at which most lines begin; one further left counts if enough lines begin there."""
    if not lines:
        return 72.0
    edges = Counter(round(line.left) for line in lines)
    usual, _ = edges.most_common(1)[0]
    share = max(2, _MARGIN_SHARE * len(lines))
    further = [
        edge
        for edge in edges
        if edge < usual - _SAME_EDGE and edges[edge] + edges[edge - 1] + edges[edge + 1] >= share
    ]
    edge = min(further, default=usual)
    near = [line.left for line in lines if abs(line.left - edge) <= _SAME_EDGE]
    return median(near) if near else float(edge)


def _high(values: Sequence[float]) -> float:
    """A value that hardly any exceeds: in ragged text few lines reach the margin."""
    ordered = sorted(values)
    return ordered[int(0.97 * (len(ordered) - 1))] if ordered else 0.0


_LONGEST_ITALIC_HEADING = 90
# Sizes in a recognised scan are guesses.
_LARGER, _LARGER_GUESS = 1.08, 1.22
_RAISED_MARK = re.compile(r"[*†‡§¶]{1,4}|\d{1,3}")
# A scan loses the space after a raised number.
_MARK_START = re.compile(r"\[?(\d{1,3}|[*†‡§¶]{1,4})(?:[\].)]?\s+(?=\S)|(?=[“‘\"]?[A-ZÀ-Þ]))")


@dataclass(frozen=True, slots=True)
class PlacedLine:
    """A printed line and where it is printed.

    Attributes:
        printed: The line.
        box: Its place, size and style.
        raised: Offsets in its text of characters that are raised.
    """

    printed: PrintLine
    box: SetLine
    raised: frozenset[int] = frozenset()

    @property
    def text(self) -> str:
        """Its characters."""
        return self.printed.text

    @property
    def place(self) -> tuple[int, int]:
        """Its page and column."""
        return self.box.page, self.box.column

    @property
    def ends_sentence(self) -> bool:
        """Whether it ends as a sentence does, perhaps with a note's number after it."""
        raised = self.raised
        text = self.text
        while text and (len(text) - 1 in raised or text[-1].isspace()):
            text = text[:-1]
        return bool(_ENDS.search(text or self.text))

    @property
    def note_mark(self) -> str:
        """The mark of a note that begins with this line, or the empty string."""
        if 0 in self.raised:
            end = next(index for index in range(len(self.text) + 1) if index not in self.raised)
            match = _RAISED_MARK.fullmatch(self.text[:end].strip())
            return match[0] if match else ""
        match = _MARK_START.match(self.text)
        return match[1] if match else ""

    def raised_marks(self) -> list[str]:
        """The raised figures and signs in it, as those of notes, apart from one that begins it."""
        marks, index = [], 0
        while index < len(self.text):
            if index not in self.raised:
                index += 1
                continue
            end = index
            while end in self.raised and end < len(self.text):
                end += 1
            if index and _RAISED_MARK.fullmatch(self.text[index:end]):
                marks.append(self.text[index:end])
            index = end
        return marks


_ENDS = re.compile(r"[.!?…:][\"'”’)\]»*_]*(?:\s?\([^()]{1,60}\)[.]?)?(?:\s?\d{1,3}|\[\d{1,3}\])?$")


def place_lines(lines: Sequence[PrintLine], setting: Setting) -> list[PlacedLine]:
    """The lines of an essay with their places; lines that the setting does not know are left out."""
    placed = []
    for line in lines:
        if box := setting.line_at(line.start):
            raised = frozenset(
                offset - line.start
                for start, end in setting.raised_in(line.start, line.end)
                for offset in range(start, end)
            )
            placed.append(PlacedLine(line, box, raised))
    return placed


def looks_like_heading(line: PlacedLine, frames: Frames) -> bool:
    """Whether a line is set apart by its size or style, as headings are."""
    box, text = line.box, line.text
    larger = _LARGER_GUESS if frames.is_recognised else _LARGER
    if box.size > larger * frames.body and not frames.is_body(box):
        return True
    if box.bold or box.capitals:
        return True
    if box.italic and len(text) < _LONGEST_ITALIC_HEADING:
        return True
    return text.isupper() and sum(map(str.isalpha, text)) > 3


def named_part(text: str) -> Kind | None:
    """The kind of what follows a line that is the name of a part: works cited, or notes."""
    name = text[numbering_length(text) :].strip(" .:")
    if REFERENCES_HEADING.fullmatch(name):
        return "reference"
    return "note" if NOTES_HEADING.fullmatch(name) else None


# Lengths as shares of the body size, and of the usual leading.
_INDENT = 0.6
_EVEN = 0.5
_SPACE = 0.3
_WIDE_GAP = 1.3
_UNRELIABLE = 0.05


@dataclass(slots=True)
class TypesetBlock:
    """Lines that are set as one.

    Attributes:
        lines: At least one line.
        kind: What they are.
        is_front: Whether they are printed with the title and are no heading of a section.
    """

    lines: list[PlacedLine]
    kind: Kind = "paragraph"
    is_front: bool = False

    @property
    def first(self) -> PlacedLine:
        """Its first line."""
        return self.lines[0]

    @property
    def last(self) -> PlacedLine:
        """Its last line."""
        return self.lines[-1]

    @property
    def text(self) -> str:
        """Its lines joined by spaces: for recognising what it is, not for showing it."""
        return " ".join(line.text for line in self.lines)


class Typesetting:
    """How the paragraphs of an essay are set.

    Args:
        lines: The lines of its body.
        frames: Their frames.
    """

    def __init__(self, lines: Sequence[PlacedLine], frames: Frames) -> None:
        self.frames = frames
        inner = [
            (before, line)
            for before, line in pairwise(lines)
            if before.place == line.place and frames.is_body(before.box) and frames.is_body(line.box)
        ]
        firsts = self._first_indents(inner)
        self.indented = len(firsts) >= max(3, 0.6 * len({line.box.page for line in lines}))
        self._first_indent = median(firsts) if firsts else 0.0
        self.room_proves = self._room_proves(inner)
        self.items = _items(lines)

    def indent(self, line: PlacedLine) -> float:
        """How far a line begins from the left edge, in sizes of the body."""
        return self.frames.indent(line.box)

    def has_room(self, before: PlacedLine, line: PlacedLine) -> bool:
        """Whether the first word of ``line`` would have fitted at the end of ``before``."""
        return self.frames.room(before.box) > self.first_word(line)

    def first_word(self, line: PlacedLine) -> float:
        """Width that the first word of a line takes at the end of another."""
        words = line.box.words
        width = words[1] - words[0] if len(words) > 1 else self.frames.body
        return width + _SPACE * self.frames.body

    def gap(self, before: PlacedLine, line: PlacedLine) -> float:
        """Distance of two lines of one column, as a share of the leading that their sizes have."""
        frames = self.frames
        expected = frames.leading
        if not (frames.is_body(before.box) and frames.is_body(line.box)):
            expected *= max(before.box.size, line.box.size) / frames.body
        return (before.box.bottom - line.box.bottom) / expected

    def is_centred(self, line: PlacedLine) -> bool:
        """Whether a line is centred, and not the first of a paragraph whose other side is free by chance."""
        if self.indented and abs(self.indent(line) - self._first_indent) < _EVEN:
            return False
        return self.frames.is_centred(line.box)

    def is_heading_line(self, line: PlacedLine) -> bool:
        """Whether a line is set as headings are."""
        return looks_like_heading(line, self.frames)

    def _first_indents(self, inner: Sequence[tuple[PlacedLine, PlacedLine]]) -> list[float]:
        """The indents of lines that begin a paragraph after a full stop."""
        return [
            self.indent(line)
            for before, line in inner
            if _INDENT < self.indent(line) < 5 and abs(self.indent(before)) < _EVEN and before.ends_sentence
        ]

    def _room_proves(self, inner: Sequence[tuple[PlacedLine, PlacedLine]]) -> bool:
        """Whether lines inside paragraphs are filled, so that room at a line's end means something."""
        inside = [
            self.has_room(before, line)
            for before, line in inner
            if not before.ends_sentence
            and self.gap(before, line) < _WIDE_GAP
            and abs(self.indent(before)) < _EVEN
            and abs(self.indent(line)) < _EVEN
        ]
        return bool(inside) and sum(inside) <= max(1, _UNRELIABLE * len(inside))


def _items(lines: Sequence[PlacedLine]) -> frozenset[int]:
    """Offsets of lines that begin an item of a list: bullets, or numbers that count up."""
    labelled = [(line, _item_number(match[0])) for line in lines if (match := LIST_ITEM.match(line.text))]
    items: set[int] = set()
    for (line, number), (later, later_number) in pairwise(labelled):
        near = later.box.page - line.box.page <= 1
        if near and 0 not in line.raised and later_number == number + (number > 0):
            items |= {line.printed.start, later.printed.start}
    return frozenset(items)


def _item_number(label: str) -> int:
    inner = label.strip(" \t().")
    if inner.isdecimal():
        return int(inner)
    return ord(inner) - ord("a") + 1 if len(inner) == 1 and inner.isalpha() else 0

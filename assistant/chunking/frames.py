"""Where the text of a typeset page stands: its edges, its leading, and the size of its body.

Edges are found for each page and column, since left and right pages may differ and a scan is never straight.
All lengths are in points.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from assistant.core.setting import SetLine

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
        """The frame in which a line stands."""
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
        """Whether a line stands in the middle of its frame, short of both edges."""
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

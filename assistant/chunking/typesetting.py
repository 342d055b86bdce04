"""How the paragraphs of a typeset essay are set, and blocks of its lines.

Whether paragraphs are indented, and whether free space at a line's end proves anything, is found for each
essay.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from assistant.chunking.frames import Frames
from assistant.chunking.layout import LIST_ITEM
from assistant.chunking.placed import PlacedLine, looks_like_heading
from assistant.core.essay import Kind

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

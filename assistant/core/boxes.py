"""Where words of a text are printed: rectangles on the pages of the file."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.core.setting import SetLine, Setting

_Span = tuple[int, int]
# Left, upper, right and lower edge as shares of a page's width and height, from its upper left corner.
ImageBox = tuple[float, float, float, float]
_WORD = re.compile(r"\S+")
# How far letters reach above and below their baseline, as shares of the font size.
_ABOVE, _BELOW = 0.78, 0.24


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a page.

    Attributes:
        page: Index of the page in the file, from 0.
        left: Its left edge; all edges are in points, counted from the page's lower left corner.
        bottom: Its lower edge.
        right: Its right edge.
        top: Its upper edge.
    """

    page: int
    left: float
    bottom: float
    right: float
    top: float


@dataclass(frozen=True, slots=True)
class PrintedPage:
    """A page of the file.

    Attributes:
        number: Its number in the file, from 1.
        label: The number by which it is cited; empty if it has none.
        width: Its width in points, as it is shown.
        height: Its height.
    """

    number: int
    label: str
    width: float
    height: float

    @property
    def name(self) -> str:
        """What it is called: ``p. 217 (PDF 219)`` if the numbers differ, else ``p. 219`` or ``PDF 219``."""
        file_page = f"PDF {self.number}"
        if not self.label:
            return file_page
        return f"p. {self.label}" + (f" ({file_page})" if self.label != str(self.number) else "")


@dataclass(frozen=True, slots=True)
class MarkedPage:
    """A page on which words are printed.

    Attributes:
        page: The page.
        marks: Rectangles around the words, one for each line: left, upper, right and lower edge as shares of
            the page's width and height, from its upper left corner.
    """

    page: PrintedPage
    marks: tuple[ImageBox, ...]


def boxes_of(setting: Setting, text: str, spans: Sequence[_Span]) -> tuple[Box, ...]:
    """The rectangles in which parts of a text are printed, one for each line of print, in reading order.

    Args:
        setting: How the text is set.
        text: The text.
        spans: The parts, without what is printed between them, such as a running head; in order.
    """
    parts: dict[int, list[_Span]] = {}
    lines: dict[int, SetLine] = {}
    for span in spans:
        for line in setting.lines_of(span):
            start, end = max(span[0], line.start), min(span[1], line.end)
            if text[start:end].strip():
                lines[line.start] = line
                parts.setdefault(line.start, []).append((start - line.start, end - line.start))
    return tuple(_box(lines[at], text[at : lines[at].end], parts[at]) for at in sorted(lines))


def _box(line: SetLine, text: str, parts: Sequence[_Span]) -> Box:
    edges = [edge for part in parts for edge in _edges(line, text, part)]
    return Box(
        line.page, round(min(edges), 1), round(line.bottom - _BELOW * line.size, 1), round(max(edges), 1),
        round(line.bottom + _ABOVE * line.size, 1),
    )  # fmt: skip


def _edges(line: SetLine, text: str, part: _Span) -> list[float]:
    """Left and right edges of the words, or of their letters, in a part of a line."""
    start, end = part
    edges: list[float] = []
    for number, word in enumerate(_WORD.finditer(text)):
        first, last = max(start, word.start()), min(end, word.end())
        if first >= last:
            continue
        left, right = line.words[2 * number : 2 * number + 2] or (line.left, line.right)
        width = (right - left) / (word.end() - word.start())
        # Letters are taken to be of one width: only parts of words are a little off.
        edges += [left + width * (first - word.start()), right - width * (word.end() - last)]
    return edges

"""How a text is set on its pages: where each line and each word is printed, in which size and style.

A PDF says all of this. Chunking goes by it where there is a setting, and guesses from the widths of lines
where there is none. Lengths are in points (1/72 inch), counted from a page's lower left corner.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

# As ``Span`` and ``Spans`` of ``essay``, which uses this module.
_Span = tuple[int, int]
_Spans = tuple[_Span, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SetLine:
    """A printed line of the text.

    Attributes:
        start: Offset of its first character in the text.
        end: Offset after its last one.
        page: Index of its page in the file, from 0.
        left: Left edge of its first character.
        bottom: Its baseline.
        right: Right edge of its last character.
        size: Font size of most of its characters.
        column: 0 or 1 for the left and right column, 0 on a page without columns, -1 across both columns.
        bold: Whether it is set in bold.
        italic: Whether it is set in italics.
        capitals: Whether it is set in small capitals, or in capitals.
        words: Left and right edge of each word, in turn.
    """

    start: int
    end: int
    page: int
    left: float
    bottom: float
    right: float
    size: float
    column: int = 0
    bold: bool = False
    italic: bool = False
    capitals: bool = False
    words: tuple[float, ...] = ()

    @property
    def width(self) -> float:
        """Its width."""
        return self.right - self.left


@dataclass(frozen=True, slots=True, kw_only=True)
class SetPage:
    """A page of the file.

    Attributes:
        width: Its width.
        height: Its height.
        label: Its number by the file's own account, which need not be printed; empty if it states none.
        rules: Horizontal rules as left edge, right edge and height.
        is_cover: Whether it was put before or after the essay by a repository.
    """

    width: float
    height: float
    label: str = ""
    rules: tuple[tuple[float, float, float], ...] = ()
    is_cover: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """How a text is set.

    Attributes:
        pages: The pages of the file, in order.
        lines: All printed lines in reading order, furniture included.
        raised: Spans of small raised characters, such as the numbers of notes, in order.
        italic: Spans set in italics, in order.
        is_recognised: Whether a machine read the words from pictures of pages, so that sizes are guesses and
            raised characters are lost.
    """

    pages: tuple[SetPage, ...]
    lines: tuple[SetLine, ...]
    raised: _Spans = ()
    italic: _Spans = ()
    is_recognised: bool = False

    def declared_labels(self) -> tuple[str, ...]:
        """The page numbers that the file states, covers left out."""
        return tuple(page.label for page in self.pages if not page.is_cover)

    def line_at(self, offset: int) -> SetLine | None:
        """The line in which a character of the text is printed."""
        index = bisect_right(self.lines, offset, key=lambda line: line.start) - 1
        if index < 0 or offset >= self.lines[index].end:
            return None
        return self.lines[index]

    def lines_of(self, span: _Span) -> tuple[SetLine, ...]:
        """The lines on which a span of the text is printed, in order."""
        start, end = span
        first = bisect_right(self.lines, start, key=lambda line: line.end)
        last = bisect_left(self.lines, end, key=lambda line: line.start)
        return self.lines[first:last]

    def raised_offsets(self, text: str) -> frozenset[int]:
        """Offsets of the raised figures and signs in the text; letters such as those of ordinals are not."""
        return frozenset(
            offset for start, end in self.raised for offset in range(start, end) if not text[offset].isalpha()
        )

    def raised_in(self, start: int, end: int) -> _Spans:
        """The raised spans in a part of the text, in order."""
        return _within(self.raised, start, end)

    def italic_in(self, start: int, end: int) -> _Spans:
        """The spans in italics in a part of the text, in order."""
        return _within(self.italic, start, end)


def _within(spans: _Spans, start: int, end: int) -> _Spans:
    first = bisect_right(spans, start, key=lambda span: span[1])
    last = bisect_left(spans, end, key=lambda span: span[0])
    return spans[first:last]


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

"""How a text is set on its pages: where each line is printed, in which size and style.

A PDF says all of this. Chunking goes by it where there is a setting, and guesses from the widths of lines
where there is none. Lengths are in points (1/72 inch), counted from a page's lower left corner.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
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

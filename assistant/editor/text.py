r"""A draft's text as an editor counts it: lines, and columns in the units that client and server agreed on.

A line ends with ``\n``, ``\r\n`` or ``\r`` alone, as the protocol says; form feeds and Unicode's own
separators end none.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import Literal

ColumnUnit = Literal["utf-8", "utf-16", "utf-32"]
# Line and column, both from 0.
Position = tuple[int, int]

_LINE_END = re.compile(r"\r\n|\n|\r")


class EditorText:
    """A text with the places of its lines.

    Args:
        text: The text.
        encoding: The unit in which columns count.
    """

    def __init__(self, text: str, encoding: ColumnUnit = "utf-16") -> None:
        self.text, self._encoding = text, encoding
        self._starts = [0]
        # Where the characters of each line end, without its line break.
        self._ends: list[int] = []
        for match in _LINE_END.finditer(text):
            self._ends.append(match.start())
            self._starts.append(match.end())
        self._ends.append(len(text))

    def position(self, offset: int) -> Position:
        """Line and column of an offset; one within a line break is that of the line's end."""
        offset = min(max(offset, 0), len(self.text))
        line = bisect_right(self._starts, offset) - 1
        words = self.text[self._starts[line] : min(offset, self._ends[line])]
        return line, self._units(words)

    def offset(self, line: int, column: int) -> int:
        """Offset of a line and column; what is after the end of a line or of the text is that end."""
        if line < 0:
            return 0
        if line >= len(self._starts):
            return len(self.text)
        start, end = self._starts[line], self._ends[line]
        if self._encoding == "utf-32" or column <= 0:
            return min(start + max(column, 0), end)
        words = self.text[start:end]
        if words.isascii():
            return start + min(column, len(words))
        # No character has fewer units than one.
        for index, character in enumerate(words):
            if column <= 0:
                return start + index
            column -= self._units(character)
        return end

    def line_start(self, offset: int) -> int:
        """Offset at which the line of an offset begins."""
        return self._starts[bisect_right(self._starts, offset) - 1]

    def line_end(self, offset: int) -> int:
        """Offset at which the line of an offset ends, before its line break."""
        return self._ends[bisect_right(self._starts, offset) - 1]

    def replaced(self, start: Position, end: Position, words: str) -> EditorText:
        """The text with what is between two positions replaced."""
        first, last = self.offset(*start), self.offset(*end)
        if last < first:
            first, last = last, first
        return EditorText(self.text[:first] + words + self.text[last:], self._encoding)

    def with_text(self, text: str) -> EditorText:
        """Another text with the same units."""
        return EditorText(text, self._encoding)

    def _units(self, words: str) -> int:
        if self._encoding == "utf-32" or words.isascii():
            return len(words)
        data = words.encode("utf-8" if self._encoding == "utf-8" else "utf-16-le", "surrogatepass")
        return len(data) if self._encoding == "utf-8" else len(data) // 2

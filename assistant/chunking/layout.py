"""The print layout of a source: its lines, the blocks they form, and which blocks run on.

A block is a run of lines set as one: a paragraph, a heading, a block quotation. Blocks are first
divided wherever print shows a boundary, then put together again where the words run on: over a page
break, and over blank lines that extraction put inside a sentence.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from assistant.chunking.measure import Measure, find_measure
from assistant.lines import Line, split_lines, strip
from assistant.types import Essay

TERMINAL = re.compile(
    r"[.!?…:][\"'”’)\]»*_]*(?:\s?\(.{1,60}\)[.]?)?(?:\d{1,3}|\[\^?\w{1,4}\]|[¹²³⁴⁵⁶⁷⁸⁹⁰]+)?$"
)
LIST_ITEM = re.compile(r"(?:[-*•–+]|\(?(?:\d{1,2}|[a-z])[.)])\s+(?=\S)")
HEADING_MARK = re.compile(r"#{1,6}\s+(?=\S)")
QUOTE_MARK = re.compile(r"(?:>\s?)+")
_OPENERS = "\"'“‘([«"
# Indents and jumps of fewer columns than this are noise of the extraction.
_INDENT = 2
# Items of a list follow each other within so many lines; numbered headings stand further apart.
_LONGEST_ITEM = 12


@dataclass(frozen=True, slots=True)
class PrintLine:
    """A printed line: neither blank nor furniture.

    Attributes:
        number: Line number in the file, from 1.
        start: Source offset of its first printed character, after a mark that was taken off.
        end: Source offset behind its last printed character.
        text: ``source[start:end]``.
        indent: Columns of white space before it.
        page: Number of its page, from 0.
        after_blank: Whether a blank line stands before it.
        opens_page: Whether it is the first printed line of a later page.
        mark: The layout mark taken off it, ``#`` or ``>``, or the empty string.
    """

    number: int
    start: int
    end: int
    text: str
    indent: int
    page: int
    after_blank: bool
    opens_page: bool

    mark: str = ""

    @property
    def ends_sentence(self) -> bool:
        """Whether it ends as a sentence or an introduced quotation does."""
        return bool(TERMINAL.search(self.text))

    @property
    def starts_sentence(self) -> bool:
        """Whether it begins with a capital or a figure, quotation marks set aside."""
        first = self.text.lstrip(_OPENERS)[:1]
        return first.isupper() or first.isdigit()

    @property
    def first_word(self) -> str:
        """Its first word."""
        return self.text.split(maxsplit=1)[0]


@dataclass(slots=True)
class Block:
    """Lines set as one.

    Attributes:
        lines: At least one printed line.
        narrow: Whether it is set to a smaller width or indented as a whole.
        verse: Whether its lines end where the author of the lines wanted.
        item: Whether it is an item of a list.
    """

    lines: list[PrintLine]
    narrow: bool = False
    verse: bool = False
    item: bool = False

    @property
    def first(self) -> PrintLine:
        """Its first line."""
        return self.lines[0]

    @property
    def last(self) -> PrintLine:
        """Its last line."""
        return self.lines[-1]

    @property
    def spans(self) -> list[tuple[int, int]]:
        """Source spans of its lines."""
        return [(line.start, line.end) for line in self.lines]

    @property
    def printed(self) -> str:
        """Its lines joined by spaces, hyphens and all: for looking at, not for showing."""
        return " ".join(line.text for line in self.lines)

    @property
    def characters(self) -> int:
        """Number of printed characters."""
        return sum(len(line.text) for line in self.lines)


@dataclass(frozen=True, slots=True)
class Layout:
    """How a source is set.

    Attributes:
        measure: The width to which it is set.
        indented: Whether paragraphs begin with an indent that the source still shows.
        body_indent: Columns before an ordinary line.
        marks: Source spans of layout marks (``#``, ``>``) taken off.
        items: Source offsets of lines that begin an item of a list.
        lines: All printed lines.
    """

    measure: Measure
    indented: bool
    body_indent: int
    marks: tuple[tuple[int, int], ...]
    items: frozenset[int]
    lines: tuple[PrintLine, ...] = field(repr=False)


def printed_lines(essay: Essay) -> list[PrintLine]:
    """The printed lines of an essay, in order; furniture and blank lines are left out."""
    furniture = {start for start, _, _ in essay.furniture}
    starts = [page.start for page in essay.pages]
    made: list[PrintLine] = []
    after_blank, last_page = False, 0
    for line in split_lines(essay.text):
        if line.blank or line.start in furniture:
            after_blank = after_blank or line.blank
            continue
        page = max(0, bisect_right(starts, line.start) - 1)
        made.append(_printed(line, page, after_blank, opens_page=page != last_page, starts=starts))
        after_blank, last_page = False, page
    return made


def _printed(line: Line, page: int, after_blank: bool, *, opens_page: bool, starts: list[int]) -> PrintLine:  # noqa: FBT001
    text = strip(line.text)
    start = line.start + line.text.index(text)
    # The one space that shows a page break is not an indent.
    indent = 0 if line.indent == 1 and line.start in starts else line.indent
    return PrintLine(line.number, start, start + len(text), text, indent, page, after_blank, opens_page)


def find_layout(essay: Essay) -> Layout:
    """Find how an essay is set: its width, its indents, its marks."""
    lines, marks = _take_marks_off(printed_lines(essay))
    measure = find_measure([[line.text for line in run] for run in runs(lines)])
    inner = [line.indent for run in runs(lines) for line in run[1:]] or [0]
    body = max(set(inner), key=inner.count)
    return Layout(measure, _indented(lines, body), body, tuple(marks), _items(lines), tuple(lines))


def _items(lines: Sequence[PrintLine]) -> frozenset[int]:
    """Lines that begin a list's item: bullets in company, or numbers that count up close together."""
    found = [(line, match) for line in lines if (match := LIST_ITEM.match(line.text))]
    items: set[int] = set()
    for (line, one), (later, other) in pairwise(found):
        close = later.number - line.number <= _LONGEST_ITEM
        if close and _count(other.group()) == _count(one.group()) + (_count(one.group()) > 0):
            items |= {line.start, later.start}
    return frozenset(items)


def _count(label: str) -> int:
    """Number of an item; 0 for a bullet. Letters count from ``a``."""
    inner = label.strip(" \t().")
    if inner.isdecimal():
        return int(inner)
    return ord(inner) - ord("a") + 1 if len(inner) == 1 and inner.isalpha() else 0


def runs(lines: Sequence[PrintLine]) -> list[list[PrintLine]]:
    """Lines with no blank line between them."""
    made: list[list[PrintLine]] = []
    for line in lines:
        if not made or line.after_blank:
            made.append([])
        made[-1].append(line)
    return made


def _indented(lines: Sequence[PrintLine], body: int) -> bool:
    """Whether first lines are indented, none or few blank lines standing between paragraphs."""
    firsts = [
        line
        for before, line in pairwise(lines)
        if not line.after_blank
        and line.indent >= body + _INDENT
        and before.indent <= body + 1
        and before.ends_sentence
        and line.starts_sentence
    ]
    return len(firsts) >= 2


def _take_marks_off(lines: Sequence[PrintLine]) -> tuple[list[PrintLine], list[tuple[int, int]]]:
    """Take Markdown's marks of headings and quotations off their lines, noting where they stood."""
    made, marks = [], []
    for line in lines:
        found = HEADING_MARK.match(line.text) or QUOTE_MARK.match(line.text)
        if found is None or not line.text[found.end() :].strip():
            made.append(line)
            continue
        cut = found.end()
        marks.append((line.start, line.start + cut))
        made.append(replace(line, start=line.start + cut, text=line.text[cut:], mark=line.text[0]))
    return made, marks

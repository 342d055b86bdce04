"""Page furniture: running heads and page numbers at the head and foot of known pages.

Page numbers, arabic and roman, and the lines that carry them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import roman

from assistant.core.lines import Line

_NUMBER = r"(?:\d{1,4}|[ivxlc]{1,8})"
_ALONE = re.compile(
    rf"[-–—\[(|]?\s*(?:page\s+|p\.\s*)?({_NUMBER})(?:\s+of\s+\d+)?\s*[-–—\])|]?", re.IGNORECASE
)
_FIRST = re.compile(rf"({_NUMBER})\s*[|·•–—]?\s+(?=\D)(\S.*)", re.IGNORECASE)
_LAST = re.compile(rf"(\S.*?)(?<!\d)\s+[|·•–—]?\s*({_NUMBER})", re.IGNORECASE)
_SET_APART = re.compile(r"^\s*\S+(?:\s{2,}|\t|\s*[|·•])|(?:\s{2,}|\t|[|·•]\s*)\S+\s*$|^\s*\S+\s*$")
_LAST_ROMAN = 4_999
# A running head is short: a name or a shortened title beside the number.
_LONGEST_HEAD = 80


@dataclass(frozen=True, slots=True)
class NumberLine:
    """A line that may be a page number, alone or in a running head.

    Attributes:
        line: The line.
        number: The number's value.
        is_roman: Whether it is printed as a roman numeral.
        head: What else is printed on the line, folded for comparison; empty if nothing.
        set_apart: Whether the number is set apart from the rest as a page number is.
    """

    line: Line
    number: int
    is_roman: bool
    head: str
    set_apart: bool


def fold(text: str) -> str:
    """Case and spacing folded, for comparing running heads from page to page."""
    return " ".join(text.casefold().split())


def value(label: str) -> tuple[int, bool] | None:
    """Value of a page label and whether it is roman; ``None`` if it is not a page number."""
    if label.isdecimal():
        return int(label), False
    try:
        return roman.fromRoman(label.upper()), True
    except roman.RomanError:
        return None


def label(number: int, *, is_roman: bool) -> str:
    """Label of page ``number``, in lower case if roman; numbers that have no roman form stay arabic."""
    return roman.toRoman(number).lower() if is_roman and 0 < number <= _LAST_ROMAN else str(number)


def number_line(line: Line) -> NumberLine | None:
    """Read a line as a page number or a running head with one; ``None`` if it cannot be either."""
    text = line.text.strip()
    if not text or len(text) > _LONGEST_HEAD:
        return None
    if alone := _ALONE.fullmatch(text):
        return _numbered(line, alone.group(1), "")
    if first := _FIRST.fullmatch(text):
        return _numbered(line, first.group(1), first.group(2))
    if last := _LAST.fullmatch(text):
        return _numbered(line, last.group(2), last.group(1))
    return None


def _numbered(line: Line, digits: str, head: str) -> NumberLine | None:
    found = value(digits)
    if found is None:
        return None
    number, is_roman = found
    return NumberLine(line, number, is_roman, fold(head), bool(_SET_APART.search(line.text)))


Span = tuple[int, int, str]

# Furniture stands on the outermost lines of a page; deeper down a repeated line is the author's.
_OUTERMOST = 2
# A line must come back on so many pages, and on so large a share of them, to be a running head.
_FEWEST_REPEATS = 3
_SHARE = 0.3


@dataclass(frozen=True, slots=True)
class Furniture:
    """Furniture of a source.

    Attributes:
        spans: Source spans with the reason.
        printed_first: Value of the first page's number by the printed numbers, or ``None``.
        is_roman: Whether these numbers are roman.
    """

    spans: tuple[Span, ...]
    printed_first: int | None = None
    is_roman: bool = False


def find_furniture(
    text: str, lines: Sequence[Line], starts: Sequence[int], *, known: Sequence[Span] = ()
) -> Furniture:
    """Find running heads and page numbers.

    A number is taken for a page number when the same distance between number and page holds on
    another page too; a line without a number is a running head when it comes back on page after page.

    Args:
        text: The decoded source.
        lines: Its lines.
        starts: Source offset of each page.
        known: Furniture found already; it is looked past.

    Returns:
        The furniture that is not known yet, and what the printed numbers say of the first page.
    """
    taken = {start for start, _, _ in known}
    edges = [_edge_lines(page, taken) for page in _pages(lines, starts, len(text))]
    numbered = [
        (page, found) for page, edge in enumerate(edges) for line in edge if (found := number_line(line))
    ]
    offset = None if known else _offset(numbered)
    spans = {
        (found.line.start, found.line.end, "running head" if found.head else "page number")
        for page, found in numbered
        if offset is not None
        and (found.number - page, found.is_roman) == offset
        and found.line.start in {edges[page][0].start, edges[page][-1].start}
    }
    spans |= _repeated(edges, {start for start, _, _ in spans})
    if offset is None:
        return Furniture(tuple(sorted(spans)))
    return Furniture(tuple(sorted(spans)), offset[0], offset[1])


def _pages(lines: Sequence[Line], starts: Sequence[int], end: int) -> list[list[Line]]:
    bounds = [*starts, end + 1]
    pages: list[list[Line]] = [[] for _ in starts]
    page = 0
    for line in lines:
        while page + 1 < len(starts) and line.start >= bounds[page + 1]:
            page += 1
        if not line.blank and line.start >= bounds[0]:
            pages[page].append(line)
    return pages


def _edge_lines(page: Sequence[Line], taken: set[int]) -> list[Line]:
    rest = [line for line in page if line.start not in taken]
    if len(rest) <= 2 * _OUTERMOST:
        return rest
    return [*rest[:_OUTERMOST], *rest[-_OUTERMOST:]]


def _offset(numbered: Sequence[tuple[int, NumberLine]]) -> tuple[int, bool] | None:
    """Printed number of the first page by the distance between number and page that most pages show."""
    heads = Counter(found.head for _, found in numbered)
    votes: Counter[tuple[int, bool]] = Counter()
    # A line of running text can begin with a number; only one set as page numbers are may vote.
    for vote in {
        (page, found.number - page, found.is_roman)
        for page, found in numbered
        if not found.head or heads[found.head] > 1 or (found.set_apart and len(heads) > 1)
    }:
        votes[vote[1:]] += 1
    best, count = votes.most_common(1)[0] if votes else ((0, False), 0)
    return best if count > 1 else None


def _repeated(edges: Sequence[Sequence[Line]], taken: set[int]) -> set[Span]:
    """Lines at the edges that come back on many pages, numbers in them set aside."""
    pages_with: Counter[str] = Counter()
    for edge in edges:
        pages_with.update({_shape(line) for line in edge if line.start not in taken})
    needed = max(_FEWEST_REPEATS, _SHARE * len(edges))
    return {
        (line.start, line.end, "running head")
        for edge in edges
        for line in edge
        if line.start not in taken and pages_with[_shape(line)] >= needed
    }


def _shape(line: Line) -> str:
    return re.sub(r"\d+", "#", fold(line.text))

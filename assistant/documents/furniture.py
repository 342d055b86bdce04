"""What pages show besides their text: page numbers, arabic or roman, and running heads, at head or foot."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from assistant.core.lines import Line
from assistant.documents.numbering import NumberCandidate, fit_labels, page_value

_NUMBER = r"(?:\d{1,4}|[ivxlc]{1,8})"
_ALONE = re.compile(
    rf"[-–—\[(|]?\s*(?:page\s+|p\.\s*)?({_NUMBER})(?:\s+of\s+\d+)?\s*[-–—\])|]?", re.IGNORECASE
)
_FIRST = re.compile(rf"({_NUMBER})\s*[|·•–—]?\s+(?=\D)(\S.*)", re.IGNORECASE)
_LAST = re.compile(rf"(\S.*?)(?<!\d)\s+[|·•–—]?\s*({_NUMBER})", re.IGNORECASE)
_SET_APART = re.compile(r"^\s*\S+(?:\s{2,}|\t|\s*[|·•])|(?:\s{2,}|\t|[|·•]\s*)\S+\s*$|^\s*\S+\s*$")
# A running head is short: a name or a shortened title next to the number.
_LONGEST_HEAD = 80
# Furniture is on the outermost lines of a page; further in, a repeated line is the author's.
_OUTERMOST = 2
# A line must recur on so many pages, and on so large a share of them, to be a running head.
_FEWEST_REPEATS = 3
_SHARE = 0.3

# Start and end in the text, and the reason.
FurnitureSpan = tuple[int, int, str]


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

    @property
    def span(self) -> FurnitureSpan:
        """Its span as furniture."""
        return self.line.start, self.line.end, "running head" if self.head else "page number"


def _casefolded_line(text: str) -> str:
    return " ".join(text.casefold().split())


def read_number_line(line: Line) -> NumberLine | None:
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


def _numbered(line: Line, numeral: str, head: str) -> NumberLine | None:
    value = page_value(numeral)
    if value is None:
        return None
    return NumberLine(line, *value, _casefolded_line(head), bool(_SET_APART.search(line.text.strip())))


@dataclass(frozen=True, slots=True)
class Furniture:
    """Furniture of a text.

    Attributes:
        spans: Its spans, in order.
        labels: Label of each page by the numbers printed on the pages; none if there are no such numbers.
    """

    spans: tuple[FurnitureSpan, ...]
    labels: tuple[str, ...] = ()


def find_furniture(
    text: str,
    lines: Sequence[Line],
    starts: Sequence[int],
    *,
    known: Collection[FurnitureSpan] = (),
    with_numbers: bool = True,
) -> Furniture:
    """Find running heads and page numbers.

    A number is taken for a page number if the numbers of other pages agree with it; a
    line without a number is a running head if it recurs on page after page.

    Args:
        text: The decoded text.
        lines: Its lines.
        starts: Offset of each page.
        known: Furniture that was found before, which is not sought again.
        with_numbers: Whether to look for page numbers, and not only for running heads.

    Returns:
        The furniture that is not known yet, and the labels of the pages by the numbers in it.
    """
    taken = {start for start, _, _ in known}
    edges = [_edge_lines(page, taken) for page in _pages(lines, starts, len(text))]
    numbered = [
        (page, number)
        for page, edge in enumerate(edges)
        for line in edge
        if with_numbers and (number := read_number_line(line))
    ]
    labels = _labels(numbered, len(starts))
    spans = {
        number.span
        for page, number in numbered
        if _candidate(page, number).label == labels[page]
        and number.line.start in {edges[page][0].start, edges[page][-1].start}
    }
    spans |= _repeated(edges, {start for start, _, _ in spans})
    return Furniture(tuple(sorted(spans)), labels if any(labels) else ())


def _candidate(page: int, number: NumberLine) -> NumberCandidate:
    return NumberCandidate(page, number.number, number.is_roman)


def _labels(numbered: Sequence[tuple[int, NumberLine]], pages: int) -> tuple[str, ...]:
    """Labels of the pages by the numbers at their edges."""
    heads = Counter(number.head for _, number in numbered)
    # A line of running text can begin with a number; only one that is set as page numbers are has a vote.
    return fit_labels(
        (
            _candidate(page, number)
            for page, number in numbered
            if not number.head or heads[number.head] > 1 or (number.set_apart and len(heads) > 1)
        ),
        pages,
    )


def _pages(lines: Sequence[Line], starts: Sequence[int], end: int) -> list[list[Line]]:
    """The lines of each page that are not blank."""
    bounds = [*starts, end + 1]
    pages: list[list[Line]] = [[] for _ in starts]
    page = 0
    for line in lines:
        while page + 1 < len(starts) and line.start >= bounds[page + 1]:
            page += 1
        if not line.blank and line.start >= bounds[0]:
            pages[page].append(line)
    return pages


def _edge_lines(page: Sequence[Line], taken: Collection[int]) -> list[Line]:
    rest = [line for line in page if line.start not in taken]
    if len(rest) <= 2 * _OUTERMOST:
        return rest
    return [*rest[:_OUTERMOST], *rest[-_OUTERMOST:]]


def _repeated(edges: Sequence[Sequence[Line]], taken: Collection[int]) -> set[FurnitureSpan]:
    """Lines at the edges that recur on many pages, whatever numbers are in them."""
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
    return re.sub(r"\d+", "#", _casefolded_line(line.text))

"""Where the pages of a text begin, what on them is furniture, and how they are numbered.

Pages are recognised by one of four signs, tried from the surest to the faintest: form feeds, a chain of page
numbers or of running heads that count up by one, and lines that begin with one space at a page's length
from each other (what some PDF tools leave). A text with none of them has no pages. Furniture is what a page
shows besides its text: page numbers, arabic or roman, and running heads, at its head or foot.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import attrgetter
from statistics import median

import roman

from assistant.core.errors import ReadingError
from assistant.core.essay import PageStart
from assistant.core.lines import Line, split_lines

_NUMBER = r"(?:\d{1,4}|[ivxlc]{1,8})"
_ALONE = re.compile(
    rf"[-–—\[(|]?\s*(?:page\s+|p\.\s*)?({_NUMBER})(?:\s+of\s+\d+)?\s*[-–—\])|]?", re.IGNORECASE
)
_FIRST = re.compile(rf"({_NUMBER})\s*[|·•–—]?\s+(?=\D)(\S.*)", re.IGNORECASE)
_LAST = re.compile(rf"(\S.*?)(?<!\d)\s+[|·•–—]?\s*({_NUMBER})", re.IGNORECASE)
_SET_APART = re.compile(r"^\s*\S+(?:\s{2,}|\t|\s*[|·•])|(?:\s{2,}|\t|[|·•]\s*)\S+\s*$|^\s*\S+\s*$")
_LAST_ROMAN = 4_999
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


# Digits of the largest page number; Python refuses to read numbers of thousands of digits.
_LONGEST_NUMBER = 9


def page_value(label: str) -> tuple[int, bool] | None:
    """Value of a page label and whether it is roman; ``None`` if it is not a page number."""
    if label.isdecimal():
        return (int(label), False) if len(label) <= _LONGEST_NUMBER else None
    try:
        return roman.fromRoman(label.upper()), True
    except roman.RomanError:
        return None


def page_label(number: int, *, is_roman: bool) -> str:
    """Label of page ``number``, in lower case if roman; numbers that have no roman form stay arabic."""
    return roman.toRoman(number).lower() if is_roman and 0 < number <= _LAST_ROMAN else str(number)


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
        printed_first: Value of the first page's number by the printed numbers, or ``None``.
        is_roman: Whether these numbers are roman.
    """

    spans: tuple[FurnitureSpan, ...]
    printed_first: int | None = None
    is_roman: bool = False


def find_furniture(
    text: str, lines: Sequence[Line], starts: Sequence[int], *, known: Collection[FurnitureSpan] = ()
) -> Furniture:
    """Find running heads and page numbers.

    A number is taken for a page number if another page shows the same distance between number and page; a
    line without a number is a running head if it recurs on page after page.

    Args:
        text: The decoded text.
        lines: Its lines.
        starts: Offset of each page.
        known: Furniture that was found before, page numbers included; only running heads are sought then.

    Returns:
        The furniture that is not known yet, and what the printed numbers say of the first page.
    """
    taken = {start for start, _, _ in known}
    edges = [_edge_lines(page, taken) for page in _pages(lines, starts, len(text))]
    numbered = [
        (page, number)
        for page, edge in enumerate(edges)
        for line in edge
        if (number := read_number_line(line))
    ]
    first = None if known else _first_number(numbered)
    spans = {
        number.span
        for page, number in numbered
        if first is not None
        and (number.number - page, number.is_roman) == first
        and number.line.start in {edges[page][0].start, edges[page][-1].start}
    }
    spans |= _repeated(edges, {start for start, _, _ in spans})
    return Furniture(tuple(sorted(spans)), *(first or ()))


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


def _first_number(numbered: Sequence[tuple[int, NumberLine]]) -> tuple[int, bool] | None:
    """Printed number of the first page, by the distance between number and page that most pages show."""
    heads = Counter(number.head for _, number in numbered)
    # A line of running text can begin with a number; only one that is set as page numbers are has a vote.
    voters = {
        (page, number.number - page, number.is_roman)
        for page, number in numbered
        if not number.head or heads[number.head] > 1 or (number.set_apart and len(heads) > 1)
    }
    votes = Counter((first, is_roman) for _, first, is_roman in voters)
    best, count = votes.most_common(1)[0] if votes else ((0, False), 0)
    return best if count > 1 else None


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


# A page of print has at least this many lines; what counts faster is a list, not page numbers.
_SHORTEST_PAGE = 8
_LONGEST_PAGE = 150
_FEWEST_NUMBERED = 3
# Lines between those that begin with one space, and how much the distance may vary.
_SPACED_PAGE = 15
_MAX_GAP_RATIO = 1.6


@dataclass(frozen=True, slots=True)
class FoundPages:
    """The pages that a text shows.

    Attributes:
        starts: Offset at which each page begins; empty if the text shows no pages.
        sign: What shows the pages, in words.
        printed_first: Value of the first page's number by the numbers printed on the pages, or
            ``None`` if none are printed.
        is_roman: Whether the printed numbers are roman.
        furniture: Spans of running heads and page numbers, with the reason.
    """

    starts: tuple[int, ...]
    sign: str
    printed_first: int | None
    is_roman: bool
    furniture: tuple[FurnitureSpan, ...]


NO_PAGES = FoundPages((), "no sign of pages", None, is_roman=False, furniture=())


def find_pages(text: str) -> FoundPages:
    """Find the pages of a text and the furniture on them."""
    lines = split_lines(text)
    if starts := _by_form_feeds(text):
        return _with_furniture(text, lines, starts, "form feeds")
    if chain := _number_chain(lines):
        return _by_chain(text, lines, chain)
    if starts := _by_leading_spaces(lines):
        return _with_furniture(text, lines, starts, "lines that begin with one space")
    return NO_PAGES


def _by_form_feeds(text: str) -> list[int]:
    starts = [0] + [offset + 1 for offset, ch in enumerate(text) if ch == "\f"]
    if len(starts) == 1:
        return []
    # Blank leaves before the first words are not pages of the essay.
    while len(starts) > 1 and not text[starts[0] : starts[1]].strip():
        del starts[0]
    # Nor is the empty page that a form feed at the very end would make.
    while len(starts) > 1 and not text[starts[-1] :].strip():
        del starts[-1]
    return starts


def _by_leading_spaces(lines: list[Line]) -> list[int]:
    marked = [line for line in lines if line.text.startswith(" ") and line.text[1:2] not in {" ", "\t"}]
    # The empty page that ends some files, a line with nothing but the space, is not a page of the essay.
    printed = [line for line in marked if not line.blank]
    gaps = [after.number - before.number for before, after in pairwise(printed)]
    if len(gaps) < 2 or printed[0].number > _SPACED_PAGE:
        return []
    usual = median(gaps)
    if usual < _SPACED_PAGE or any(
        not usual / _MAX_GAP_RATIO <= gap <= usual * _MAX_GAP_RATIO for gap in gaps
    ):
        return []
    first = [] if printed[0].number == 1 else [0]
    return first + [line.start for line in printed]


def _number_chain(lines: list[Line]) -> list[NumberLine]:
    """Longest run of number lines that count up by one at a page's distance."""
    candidates = [candidate for line in lines if (candidate := read_number_line(line))]
    heads = Counter(candidate.head for candidate in candidates)
    # For each number the lines that print it, with the length of the longest run that each one ends.
    ends: dict[tuple[int, bool], list[_RunEnd]] = defaultdict(list)
    longest: _RunEnd | None = None
    for candidate in candidates:
        if not candidate.set_apart and heads[candidate.head] == 1:
            continue
        earlier, line = ends[candidate.number - 1, candidate.is_roman], candidate.line.number
        first = bisect_left(earlier, line - _LONGEST_PAGE, key=_line_number)
        last = bisect_right(earlier, line - _SHORTEST_PAGE, key=_line_number)
        # A line has one number, so that no more can be within a page, unless they are not lines of an editor.
        near = earlier[max(first, last - _LONGEST_PAGE) : last]
        before = max(near, key=attrgetter("length"), default=None)
        end = _RunEnd(candidate, before, before.length + 1 if before else 1)
        ends[candidate.number, candidate.is_roman].append(end)
        if longest is None or end.length > longest.length:
            longest = end
    return longest.run() if longest and longest.length >= _FEWEST_NUMBERED else []


@dataclass(frozen=True, slots=True)
class _RunEnd:
    """A number line as the end of a run of them."""

    last: NumberLine
    before: _RunEnd | None
    length: int

    def run(self) -> list[NumberLine]:
        """The number lines of the run, in order."""
        lines: list[NumberLine] = []
        end: _RunEnd | None = self
        while end:
            lines.append(end.last)
            end = end.before
        return lines[::-1]


def _line_number(end: _RunEnd) -> int:
    return end.last.line.number


def _by_chain(text: str, lines: list[Line], chain: list[NumberLine]) -> FoundPages:
    first, last = chain[0].line, chain[-1].line
    # A number at the foot has no words of its page after it; one at the head has.
    at_head = bool(text[last.end :].strip()) or not text[: first.start].strip()
    if at_head:
        starts = [number.line.start for number in chain]
        unnumbered = bool(text[: first.start].strip())
        starts = [0, *starts] if unnumbered else starts
        printed_first = chain[0].number - unnumbered
    else:
        next_starts = {line.start: after.start for line, after in pairwise(lines)}
        ends = [next_starts[number.line.start] for number in chain if number.line.start in next_starts]
        starts = [0, *(end for end in ends if text[end:].strip())]
        printed_first = chain[0].number
    furniture = {number.span for number in chain}
    furniture.update(find_furniture(text, lines, starts, known=furniture).spans)
    sign = "page numbers at the head" if at_head else "page numbers at the foot"
    if any(number.head for number in chain):
        sign = "running heads"
    return FoundPages(tuple(starts), sign, printed_first, chain[0].is_roman, tuple(sorted(furniture)))


def _with_furniture(text: str, lines: list[Line], starts: list[int], sign: str) -> FoundPages:
    furniture = find_furniture(text, lines, starts)
    return FoundPages(tuple(starts), sign, furniture.printed_first, furniture.is_roman, furniture.spans)


@dataclass(frozen=True, slots=True)
class Numbering:
    """Numbered pages.

    Attributes:
        pages: Label and offset of each page; empty if the text shows no pages.
        provenance: What shows the pages and where the first number comes from, in words.
        warnings: Sentences that the user should read.
    """

    pages: tuple[PageStart, ...]
    provenance: str
    warnings: tuple[str, ...] = ()


def number_pages(found_pages: FoundPages, *, first_page: str | None, record: str) -> Numbering:
    """Number the pages of a text.

    The user's number counts first. Then the record's page range: printed numbers within it are more
    exact (the file may be an extract), those outside it belong to another printing. With neither, pages
    are counted from 1, with a warning.

    Args:
        found_pages: The pages of the text.
        first_page: The user's number of the first page, arabic or roman, or ``None``.
        record: The record's page range, such as ``844-862``; empty if it has none.

    Returns:
        The labelled pages.

    Raises:
        ReadingError: If ``first_page`` is not a page number.
    """
    wanted = _wanted(first_page)
    if not found_pages.starts:
        return _without_pages(first_page)
    first, is_roman, origin, warnings = _first(found_pages, wanted, record)
    pages = tuple(
        PageStart(page_label(number, is_roman=is_roman), start)
        for number, start in enumerate(found_pages.starts, first)
    )
    count = f"{len(pages)} page{'s' * (len(pages) != 1)} by {found_pages.sign}"
    return Numbering(pages, f"{count}; first page {pages[0].label}, {origin}", warnings)


def _wanted(first_page: str | None) -> tuple[int, bool] | None:
    if first_page is None:
        return None
    wanted = page_value(first_page.strip())
    if wanted is None or wanted[0] < 1:
        raise ReadingError(f"{first_page!r} is not a page number; give one such as 844 or xii.")
    return wanted


def _without_pages(first_page: str | None) -> Numbering:
    reason = "The file shows no page breaks, so"
    warning = f"{reason} the first page {first_page} is not used and citations name no page."
    warnings = () if first_page is None else (warning,)
    return Numbering((), "no page breaks in the file; citations name no page", warnings)


def _first(
    found_pages: FoundPages, wanted: tuple[int, bool] | None, record: str
) -> tuple[int, bool, str, tuple[str, ...]]:
    """Value of the first page's number, whether it is roman, where it comes from, and warnings."""
    printed, span = found_pages.printed_first, _range(record)
    if wanted is not None:
        return *wanted, "as asked for with --first-page", _disagreement(found_pages, wanted, span)
    if span is not None:
        first, last, is_roman = span
        if printed is not None and is_roman == found_pages.is_roman and first <= printed <= last:
            return printed, is_roman, "printed on the pages, within the record's range", ()
        warnings = _disagreement(found_pages, (first, is_roman), None)
        return first, is_roman, "from the reference record's page range", warnings
    if printed is not None:
        return printed, found_pages.is_roman, "printed on the pages", ()
    warning = (
        "Page numbers are counted, not printed ones; give the number of the first page (--first-page N)."
    )
    return 1, False, "counted from 1, as neither the file nor a record tells it", (warning,)


def _disagreement(
    found_pages: FoundPages, used: tuple[int, bool], span: tuple[int, int, bool] | None
) -> tuple[str, ...]:
    """A warning if the first page that is used is not that of the record, or not the printed one."""
    page = page_label(used[0], is_roman=used[1])
    if span is not None and used != (span[0], span[2]):
        first = page_label(span[0], is_roman=span[2])
        return (f"The reference record begins at page {first}; page {page} is used, as asked.",)
    if found_pages.printed_first is not None and used != (found_pages.printed_first, found_pages.is_roman):
        first = page_label(found_pages.printed_first, is_roman=found_pages.is_roman)
        return (f"The numbers printed in the file begin at page {first}; page {page} is used.",)
    return ()


def _range(record: str) -> tuple[int, int, bool] | None:
    """First and last page of a record's range and whether it is roman; a short last number is completed."""
    parts = [part.strip() for part in re.split("[-–—]+", record) if part.strip()]
    values = [page_value(part) for part in parts[:2]]
    if not values or values[0] is None:
        return None
    first, is_roman = values[0]
    if len(values) == 1 or values[1] is None:
        return first, first, is_roman
    last = values[1][0]
    if not is_roman and last < first:
        digits = str(last)
        last = int(str(first)[: -len(digits)] + digits)
    return first, max(first, last), is_roman

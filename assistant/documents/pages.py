"""Where the pages of a text begin.

Pages are recognised by one of these signs, tried from the surest to the faintest: marks of a transcriber,
form feeds, a chain of page numbers or of running heads that count up by one, download stamps, and lines that
begin with one space at a page's length from each other (what some PDF tools leave). A text with none of them
has no pages.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from operator import attrgetter
from statistics import median

from assistant.core.lines import Line, split_lines
from assistant.documents.furniture import (
    FurnitureSpan,
    NumberLine,
    find_furniture,
    pages_of,
    read_number_line,
)
from assistant.documents.margins import find_line_numbers, without_spans
from assistant.documents.numbering import NO_PAGES, FoundPages, NumberCandidate, fit_labels
from assistant.documents.page_marks import MarkedPages, find_marked_pages
from assistant.documents.stamps import find_stamps, is_cover_sheet

# What ends a sentence, and what can be before its first word.
_ENDS, _OPENERS = '.!?"”’»)…', " \t\"'“‘«(["
# A page of print has at least this many lines; what counts faster is a list, not page numbers.
_SHORTEST_PAGE = 8
_LONGEST_PAGE = 150
_FEWEST_NUMBERED = 3
_FEWEST_STAMPED = 2
# Lines between those that begin with one space, and how much the distance may vary.
_SPACED_PAGE = 15
_MAX_GAP_RATIO = 1.6


@dataclass(frozen=True, slots=True)
class _Source:
    """A text whose pages are sought.

    Attributes:
        text: The text.
        lines: Its lines; those known to be furniture are empty, and without the numbers in their margins.
        furniture: Furniture found so far, in order.
        stamps: The lines of download stamps.
    """

    text: str
    lines: list[Line]
    furniture: tuple[FurnitureSpan, ...]
    stamps: list[Line]

    @classmethod
    def of(cls, text: str) -> _Source:
        """Find line numbers and stamps, which hide what else is printed at the edges of a page."""
        lines = split_lines(text)
        numbers = find_line_numbers(lines)
        lines = _without_margins(lines, numbers)
        stamps = find_stamps(lines)
        spans = [*numbers, *((line.start, line.end, "download stamp") for line in stamps)]
        source = cls(text, _emptied(lines, {line.start for line in stamps}), tuple(sorted(spans)), stamps)
        if stamps and "\f" not in text:
            # The cover sheet ends with the first stamp, whatever else shows where pages begin.
            cover = [line for line in source.lines if line.start < stamps[0].start and not line.blank]
            if is_cover_sheet(cover):
                return source.without((line.start, line.end, "cover sheet") for line in cover)
        return source

    def without(self, furniture: Iterable[FurnitureSpan]) -> _Source:
        """The source with lines known to be furniture too."""
        spans = tuple(furniture)
        lines = _emptied(self.lines, {start for start, _, _ in spans})
        return _Source(self.text, lines, tuple(sorted({*self.furniture, *spans})), self.stamps)


def _without_margins(lines: list[Line], numbers: Sequence[FurnitureSpan]) -> list[Line]:
    by_line: dict[int, list[FurnitureSpan]] = defaultdict(list)
    starts = [line.start for line in lines]
    for span in numbers:
        by_line[bisect_right(starts, span[0]) - 1].append(span)
    return [without_spans(line, by_line[at]) if at in by_line else line for at, line in enumerate(lines)]


def _emptied(lines: Iterable[Line], taken: Collection[int]) -> list[Line]:
    return [Line(line.number, line.start, line.end, "") if line.start in taken else line for line in lines]


def find_pages(text: str) -> FoundPages:
    """Find the pages of a text and the furniture on them."""
    source = _Source.of(text)
    if marked := find_marked_pages(text):
        return _by_marks(source, marked)
    if starts := _by_form_feeds(text):
        return _with_furniture(source, starts, "form feeds")
    if (chain := _number_chain(source.lines)) and not _number_sections(source.lines, chain):
        return _by_chain(source, chain)
    if starts := _by_stamps(source):
        return _with_furniture(source, starts, "download stamps")
    if starts := _by_leading_spaces(source.lines):
        return _with_furniture(source, starts, "lines that begin with one space")
    return replace(NO_PAGES, furniture=source.furniture)


def _by_marks(source: _Source, marked: MarkedPages) -> FoundPages:
    spans = [(mark.start, mark.end, "page mark") for mark in marked.marks]
    furniture = tuple(sorted({*source.furniture, *spans}))
    return FoundPages(marked.starts, "page marks", marked.labels, furniture)


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


def _by_stamps(source: _Source) -> list[int]:
    """Pages by the stamps at their foot or at their head."""
    ends = {before.start: after.start for before, after in pairwise(split_lines(source.text))}
    groups: list[list[Line]] = []
    for line in source.stamps:
        if groups and line.number - groups[-1][-1].number <= 2:
            groups[-1].append(line)
        else:
            groups.append([line])
    if len(groups) < _FEWEST_STAMPED:
        return []
    gaps = [after[0].number - before[-1].number for before, after in pairwise(groups)]
    if median(gaps) < _SHORTEST_PAGE:
        return []
    if not any(not line.blank for line in source.lines if line.start < groups[0][0].start):
        return [group[0].start for group in groups]
    starts = [0, *(ends[group[-1].start] for group in groups if group[-1].start in ends)]
    # A cover sheet is no page, nor are empty lines after the last stamp.
    pages = pages_of(source.lines, starts)
    return [start for start, page in zip(starts, pages, strict=True) if page]


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


def _number_sections(lines: Sequence[Line], chain: Sequence[NumberLine]) -> bool:
    """Whether a run of numbers counts sections: each is set apart between two sentences, from 1 on.

    Pages also end in the middle of sentences, and the number of the last page may have no words after it.
    """
    if chain[0].number != 1 or any(number.head for number in chain):
        return False
    starts = {number.line.start for number in chain}
    printed = [line for line in lines if not line.blank]
    between = [
        (before, after)
        for before, line, after in zip(printed, printed[1:], printed[2:], strict=False)
        if line.start in starts
    ]
    if len(between) < len(chain):
        return False
    return all(
        (before.text.rstrip()[-1] in _ENDS or number is chain[0])
        and not after.text.strip(_OPENERS)[:1].islower()
        and number.line.number - before.number > 1
        for number, (before, after) in zip(chain, between, strict=True)
    )


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


def _by_chain(source: _Source, chain: list[NumberLine]) -> FoundPages:
    lines = source.lines
    first, last = chain[0].line, chain[-1].line
    has_before = any(not line.blank for line in lines if line.start < first.start)
    # A number at the foot has no words of its page after it; one at the head has.
    at_head = any(not line.blank for line in lines if line.start > last.start) or not has_before
    if at_head:
        starts = [number.line.start for number in chain]
        starts = [0, *starts] if has_before else starts
    else:
        next_starts = {line.start: after.start for line, after in pairwise(lines)}
        ends = [next_starts[number.line.start] for number in chain if number.line.start in next_starts]
        starts = [0, *(end for end in ends if any(not line.blank for line in lines if line.start >= end))]
    source = source.without(number.span for number in chain)
    found = find_furniture(pages_of(source.lines, starts), with_numbers=False)
    sign = "page numbers at the head" if at_head else "page numbers at the foot"
    if any(number.head for number in chain):
        sign = "running heads"
    first_numbered = len(starts) - len(chain) if at_head else 0
    labels = fit_labels(
        (
            NumberCandidate(page, number.number, number.is_roman)
            for page, number in enumerate(chain, first_numbered)
            if page < len(starts)
        ),
        len(starts),
    )
    return FoundPages(tuple(starts), sign, labels, source.without(found.spans).furniture)


def _with_furniture(source: _Source, starts: Sequence[int], sign: str) -> FoundPages:
    starts, covers = _without_covers(source, starts)
    source = source.without(covers)
    found = find_furniture(pages_of(source.lines, starts))
    furniture = source.without(found.spans).furniture
    return FoundPages(tuple(starts), sign, found.labels, furniture, found.warnings)


def _without_covers(source: _Source, starts: Sequence[int]) -> tuple[list[int], list[FurnitureSpan]]:
    """The pages that are not cover sheets, and the lines of those that are: the first ones or the last."""
    pages = pages_of(source.lines, starts)
    kept = list(zip(starts, pages, strict=True))
    covers: list[list[Line]] = []
    while len(kept) > 1 and is_cover_sheet(kept[0][1]):
        covers.append(kept.pop(0)[1])
    if len(kept) > 1 and is_cover_sheet(kept[-1][1]):
        covers.append(kept.pop()[1])
    spans = [(line.start, line.end, "cover sheet") for cover in covers for line in cover]
    return [start for start, _ in kept], spans

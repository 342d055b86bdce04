"""Where the pages of a text begin.

Pages are recognised by one of these signs, tried from the surest to the faintest: marks of a transcriber,
form feeds, a chain of page numbers or of running heads that count up by one, download stamps, and lines that
begin with one space at a page's length from each other (what some PDF tools leave). A text with none of them
has no pages.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from operator import attrgetter
from statistics import median

from assistant.core.lines import Line, split_lines
from assistant.documents.furniture import (
    FurnitureSpan,
    NumberLine,
    find_furniture,
    find_stamps,
    is_cover_sheet,
    pages_of,
    read_number_line,
)
from assistant.documents.margins import find_line_numbers, without_spans
from assistant.documents.numbering import NO_PAGES, FoundPages, page_label
from assistant.documents.page_marks import MarkedPages, find_marked_pages

# What ends a sentence, and what can be before its first word.
_ENDS, _OPENERS = '.!?"”’»)…', " \t\"'“‘«(["
# A page of print has at least this many lines; what counts faster is a list, not page numbers.
_SHORTEST_PAGE = 8
_LONGEST_PAGE = 150
_FEWEST_NUMBERED = 3
# Pages from one number to the next, where extraction lost those between them.
_LONGEST_STEP = 3
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
    """Longest run of number lines that count up at a page's distance, roman ones before arabic ones.

    Where one number is missing, a lone number between its neighbours is taken for it.
    """
    candidates = [candidate for line in lines if (candidate := read_number_line(line))]
    heads = Counter(candidate.head for candidate in candidates)
    # For each number the lines that print it, with the length of the longest run that each one ends.
    ends: dict[tuple[int, bool], list[_RunEnd]] = defaultdict(list)
    romans: list[_RunEnd] = []
    longest: _RunEnd | None = None
    for candidate in candidates:
        if not candidate.set_apart and heads[candidate.head] == 1:
            continue
        before = _run_before(candidate, ends, romans)
        end = _RunEnd(candidate, before, before.length + 1 if before else 1)
        ends[candidate.number, candidate.is_roman].append(end)
        if candidate.is_roman:
            romans.append(end)
        if longest is None or end.length > longest.length:
            longest = end
    if longest is None or longest.length < _FEWEST_NUMBERED:
        return []
    return _with_misprints(longest.run(), [candidate for candidate in candidates if not candidate.head])


def _run_before(
    candidate: NumberLine, ends: Mapping[tuple[int, bool], Sequence[_RunEnd]], romans: Sequence[_RunEnd]
) -> _RunEnd | None:
    """The longest run that a number line goes on with."""
    number, is_roman, line = candidate.number, candidate.is_roman, candidate.line.number
    near = [
        end
        for pages in range(1, _LONGEST_STEP + 1)
        for end in _near(ends.get((number - pages, is_roman), ()), line, pages)
    ]
    if number == 1 and not is_roman:
        near += _near(romans, line, 1)
    return max(near, key=attrgetter("length"), default=None)


def _near(earlier: Sequence[_RunEnd], line: int, pages: int) -> Sequence[_RunEnd]:
    """Those of some number lines that are so many pages before a line."""
    first = bisect_left(earlier, line - pages * _LONGEST_PAGE, key=_line_number)
    last = bisect_right(earlier, line - pages * _SHORTEST_PAGE, key=_line_number)
    # A line has one number, so that no more can be within a page, unless they are not lines of an editor.
    return earlier[max(first, last - _LONGEST_PAGE) : last]


def _with_misprints(run: Sequence[NumberLine], alone: Sequence[NumberLine]) -> list[NumberLine]:
    """A run with the numbers between its members that are printed wrong, as they should be."""
    full: list[NumberLine] = []
    starts = [number.line.start for number in alone]
    for number in run:
        if full and full[-1].is_roman == number.is_roman and number.number - full[-1].number == 2:
            between = alone[
                bisect_right(starts, full[-1].line.start) : bisect_left(starts, number.line.start)
            ]
            apart = [
                each
                for each in between
                if each.line.number - full[-1].line.number >= _SHORTEST_PAGE
                and number.line.number - each.line.number >= _SHORTEST_PAGE
            ]
            if len(apart) == 1:
                full.append(replace(apart[0], number=number.number - 1, is_roman=number.is_roman))
        full.append(number)
    return full


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
    before = [line for line in lines if line.start < chain[0].line.start and not line.blank]
    after = [line for line in lines if line.start > chain[-1].line.start and not line.blank]
    at_head, doubts = _is_at_head(source.lines, chain, len(before), len(after))
    if at_head:
        starts = [number.line.start for number in chain]
        starts = [0, *starts] if before else starts
    else:
        next_starts = {line.start: following.start for line, following in pairwise(lines)}
        ends = [next_starts[number.line.start] for number in chain if number.line.start in next_starts]
        starts = [0, *ends] if after else [0, *ends[: len(chain) - 1]]
    source = source.without(number.span for number in chain)
    found = find_furniture(pages_of(source.lines, starts), with_numbers=False)
    sign = "page numbers at the head" if at_head else "page numbers at the foot"
    if any(number.head for number in chain):
        sign = "running heads"
    labels, warnings = _chain_labels(
        chain, at_head=at_head, before=at_head and bool(before), after=bool(after)
    )
    furniture = source.without(found.spans).furniture
    return FoundPages(tuple(starts), sign, labels, furniture, (*doubts, *warnings))


def _is_at_head(
    lines: Sequence[Line], chain: Sequence[NumberLine], before: int, after: int
) -> tuple[bool, tuple[str, ...]]:
    """Whether the numbers of a chain are at the head of their pages, and a warning if that is uncertain.

    Args:
        lines: The lines.
        chain: The number lines.
        before: Number of printed lines before the first number.
        after: Number of printed lines after the last one.
    """
    # A number at the foot has no words of its page after it; one at the head has.
    if not before or not after:
        return not before, ()
    if any(number.head for number in chain):
        return True, ()
    # No page is before page 1.
    if chain[0].number == 1 and not chain[0].is_roman and before >= _SHORTEST_PAGE:
        return False, ()
    starts = {number.line.start for number in chain}
    apart = sum(
        line.blank - following.blank
        for line, number, following in zip(lines, lines[1:], lines[2:], strict=False)
        if number.start in starts
    )
    if apart:
        # The number is next to the words of its page.
        return apart > 0, ()
    if before < _SHORTEST_PAGE:
        return True, ()
    number = page_label(chain[0].number, is_roman=chain[0].is_roman)
    return True, (
        f"Whether page {number} begins or ends at its number is not certain; it is taken to begin there.",
    )


def _chain_labels(
    chain: Sequence[NumberLine], *, at_head: bool, before: bool, after: bool
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Label of each page that numbers show, and warnings about pages whose number or end is not printed.

    Args:
        chain: The number lines.
        at_head: Whether the numbers are at the head of their pages.
        before: Whether there is a page before the one with the first number.
        after: Whether there are words after the last number.
    """
    labels = [page_label(number.number, is_roman=number.is_roman) for number in chain]
    warnings = []
    for at, (number, following) in enumerate(pairwise(chain)):
        if following.is_roman == number.is_roman and following.number - number.number > 1:
            # Where one page ends and the next begins is not shown, so that neither can be cited.
            warnings.append(
                f"Where page {labels[at + 1 - at_head]} and the next to it begin or end is not shown between "
                f"{labels[at]} and {labels[at + 1]}; what is printed there is cited without a page."
            )
            labels[at + 1 - at_head] = ""
    if before:
        first = chain[0].number - 1
        labels.insert(0, page_label(first, is_roman=chain[0].is_roman) if first else "")
    if after and not at_head:
        labels.append(page_label(chain[-1].number + 1, is_roman=chain[-1].is_roman))
    return tuple(labels), tuple(warnings)


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

"""Where the pages of a text begin.

Pages are recognised by one of four signs, tried from the surest to the faintest: form feeds, a chain of page
numbers or of running heads that count up by one, and lines that begin with one space at a page's length
from each other (what some PDF tools leave). A text with none of them has no pages.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import pairwise
from operator import attrgetter
from statistics import median

from assistant.core.lines import Line, split_lines
from assistant.documents.furniture import NumberLine, find_furniture, read_number_line
from assistant.documents.numbering import NO_PAGES, FoundPages, NumberCandidate, fit_labels

# A page of print has at least this many lines; what counts faster is a list, not page numbers.
_SHORTEST_PAGE = 8
_LONGEST_PAGE = 150
_FEWEST_NUMBERED = 3
# Lines between those that begin with one space, and how much the distance may vary.
_SPACED_PAGE = 15
_MAX_GAP_RATIO = 1.6


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
        starts = [0, *starts] if text[: first.start].strip() else starts
    else:
        next_starts = {line.start: after.start for line, after in pairwise(lines)}
        ends = [next_starts[number.line.start] for number in chain if number.line.start in next_starts]
        starts = [0, *(end for end in ends if text[end:].strip())]
    furniture = {number.span for number in chain}
    furniture.update(find_furniture(text, lines, starts, known=furniture, with_numbers=False).spans)
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
    return FoundPages(tuple(starts), sign, labels, tuple(sorted(furniture)))


def _with_furniture(text: str, lines: list[Line], starts: list[int], sign: str) -> FoundPages:
    furniture = find_furniture(text, lines, starts)
    return FoundPages(tuple(starts), sign, furniture.labels, furniture.spans)

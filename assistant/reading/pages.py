"""Where the pages of a source begin, and what on them is furniture.

Four signs are known, tried from the surest to the faintest: form feeds, a chain of page numbers or
running heads that count up by one, and lines that begin with one space at a page's length from each
other (what some PDF tools leave). A text with none of them has no pages, and says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from assistant.lines import Line, split_lines
from assistant.reading.furniture import Furniture, find_furniture
from assistant.reading.numbers import NumberLine, number_line

# A page of print has at least this many lines; what counts faster is a list, not page numbers.
_SHORTEST_PAGE = 8
_LONGEST_PAGE = 150
_FEWEST_NUMBERED = 3
# Lone leading spaces must stand at a page's length from each other.
_SPACED_PAGE = 15
_STEADY = 1.6


@dataclass(frozen=True, slots=True)
class FoundPages:
    """The pages that a source shows.

    Attributes:
        starts: Source offset at which each page begins; empty when the source shows no pages.
        sign: What shows the pages, in words.
        printed_first: Value of the first page's number by the numbers printed on the pages, or
            ``None`` when none are printed.
        is_roman: Whether the printed numbers are roman.
        furniture: Spans of running heads and page numbers, with the reason.
    """

    starts: tuple[int, ...]
    sign: str
    printed_first: int | None
    is_roman: bool
    furniture: tuple[tuple[int, int, str], ...]


def find_pages(text: str) -> FoundPages:
    """Find the pages of a decoded source and the furniture on them."""
    lines = split_lines(text)
    if starts := _by_form_feeds(text):
        return _found(text, lines, starts, "form feeds")
    if chain := _number_chain(lines):
        return _by_chain(text, lines, chain)
    if starts := _by_leading_spaces(lines):
        return _found(text, lines, starts, "lines that begin with one space")
    return FoundPages((), "no sign of pages", None, is_roman=False, furniture=())


def _by_form_feeds(text: str) -> list[int]:
    starts = [0] + [at + 1 for at, ch in enumerate(text) if ch == "\f"]
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
    # The empty page that ends some files, a line with nothing but the space, is no page of the essay.
    printed = [line for line in marked if not line.blank]
    gaps = [after.number - before.number for before, after in pairwise(printed)]
    if len(gaps) < 2 or printed[0].number > _SPACED_PAGE:
        return []
    usual = median(gaps)
    if usual < _SPACED_PAGE or any(not usual / _STEADY <= gap <= usual * _STEADY for gap in gaps):
        return []
    first = [] if printed[0].number == 1 else [0]
    return first + [line.start for line in printed]


def _number_chain(lines: list[Line]) -> list[NumberLine]:
    """Longest run of number lines that count up by one at a page's distance."""
    candidates = [found for line in lines if (found := number_line(line))]
    heads = [found.head for found in candidates]
    candidates = [found for found in candidates if found.set_apart or heads.count(found.head) > 1]
    chains: list[list[NumberLine]] = []
    for found in candidates:
        ending = [chain for chain in chains if _follows(chain[-1], found)]
        chains.append([*max(ending, key=len), found] if ending else [found])
    longest = max(chains, key=len, default=[])
    return longest if len(longest) >= _FEWEST_NUMBERED else []


def _follows(before: NumberLine, after: NumberLine) -> bool:
    distance = after.line.number - before.line.number
    return (
        after.number == before.number + 1
        and after.is_roman == before.is_roman
        and _SHORTEST_PAGE <= distance <= _LONGEST_PAGE
    )


def _by_chain(text: str, lines: list[Line], chain: list[NumberLine]) -> FoundPages:
    first, last = chain[0].line, chain[-1].line
    # A number at the foot has no words of its page behind it; one at the head has.
    at_head = bool(text[last.end :].strip()) or not text[: first.start].strip()
    following = {line.start: after for line, after in pairwise(lines)}
    if at_head:
        starts = [found.line.start for found in chain]
        unnumbered = bool(text[: first.start].strip())
        starts = [0, *starts] if unnumbered else starts
        printed_first = chain[0].number - unnumbered
    else:
        ends = [following[found.line.start].start for found in chain if found.line.start in following]
        starts = [0, *(at for at in ends if text[at:].strip())]
        printed_first = chain[0].number
    numbers = tuple((found.line.start, found.line.end, _reason(found)) for found in chain)
    rest = find_furniture(text, lines, starts, known=numbers)
    sign = "page numbers at the head" if at_head else "page numbers at the foot"
    if any(found.head for found in chain):
        sign = "running heads"
    return FoundPages(
        tuple(starts), sign, printed_first, chain[0].is_roman, tuple(sorted({*numbers, *rest.spans}))
    )


def _reason(found: NumberLine) -> str:
    return "running head" if found.head else "page number"


def _found(text: str, lines: list[Line], starts: list[int], sign: str) -> FoundPages:
    furniture: Furniture = find_furniture(text, lines, starts)
    return FoundPages(
        tuple(starts), sign, furniture.printed_first, furniture.is_roman, tuple(sorted(furniture.spans))
    )

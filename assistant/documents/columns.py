"""Two columns that a text shows side by side, put one after the other.

Some tools write a page as it looks, so that each line holds a line of the left column, a gap, and a line of
the right one. Read line by line, such a page has sentences that nobody wrote. The gap is a band of columns
that is blank on nearly all lines; lines that cross it, such as titles, divide the page into regions.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, dropwhile, pairwise, takewhile

# So many lines must have words on both sides of a gap of so many columns, which lies in the middle part.
_FEWEST_LINES, _FEWEST_ELSEWHERE, _NARROWEST, _MIDDLE = 6, 3, 2, (0.25, 0.75)
# Share of the lines with words on both sides that leave a column blank, if it belongs to the gap.
_BLANK = 0.6
_LONGEST_LINE = 250
# Share of lines that begin in lower case, where each side is running text and no table, list or verse.
_PROSE, _FEWEST_WORDS, _FILLED = 0.25, 2.5, 0.7
_GAP = re.compile(r"(?<=\S)[ \t]{2,}(?=\S)")
_PAGE_NUMBER = re.compile(r"[-–—\[(|]?\s?(?:\d{1,4}|[ivxlc]{1,6})\s?[-–—\])|]?")
_FORM_FEED = re.compile(r"(\f)")


@dataclass(frozen=True, slots=True)
class ColumnText:
    """A text whose columns are one after the other.

    Attributes:
        text: The text; but for white space it has all characters of the file.
        warnings: Sentences that the user should read.
    """

    text: str
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Row:
    """A line divided at the gap: words of the left and of the right column; both empty if it crosses it."""

    line: str
    left: str = ""
    right: str = ""

    @property
    def crosses(self) -> bool:
        return bool(self.line.strip()) and not self.left.strip() and not self.right.strip()

    @property
    def both(self) -> bool:
        return bool(self.left.strip()) and bool(self.right.strip())


def undo_columns(text: str) -> ColumnText:
    """Put columns that are side by side one after the other, page by page."""
    if not _GAP.search(text):
        return ColumnText(text)
    pages = _FORM_FEED.split(text)
    rows = [_rows(page, _FEWEST_LINES) for page in pages]
    if any(page and _is_prose(page) for page in rows):
        # Where one page has two columns, fewer lines show that another has.
        rows = [page or _rows(text, _FEWEST_ELSEWHERE) for page, text in zip(rows, pages, strict=True)]
    parts: list[str] = []
    divided: list[int] = []
    doubtful: list[int] = []
    line = 1
    for page, printed in zip(rows, pages, strict=True):
        if page and _is_prose(page):
            parts.append("\n".join(_in_order(page)))
            divided.append(line + _first_both(page))
        else:
            parts.append(printed)
            doubtful.extend([line + _first_both(page)] if page and _has_words(page) else [])
        line += printed.count("\n")
    return ColumnText("".join(parts) if divided else text, _warnings(divided, doubtful))


def _warnings(divided: Sequence[int], doubtful: Sequence[int]) -> tuple[str, ...]:
    """Sentences on the lines from which on columns were divided, or were not though there seem to be some."""
    warnings = []
    if divided:
        warnings.append(
            f"The file shows two columns side by side, from line {divided[0]} on; they were put one after "
            "the other, so check a passage or two."
        )
    if doubtful:
        warnings.append(
            f"From line {doubtful[0]} on, words seem to be set in two columns side by side; they were read "
            "line by line, so check them, or put one column after the other in the file."
        )
    return tuple(warnings)


def _rows(page: str, fewest: int) -> list[_Row]:
    """The lines of a page divided at the gap between columns; empty if there is none."""
    lines = [line.expandtabs(8) if "\t" in line else line for line in page.replace("\r\n", "\n").split("\n")]
    candidates = [line for line in lines if _GAP.search(line) and len(line) <= _LONGEST_LINE]
    if len(candidates) < fewest:
        return []
    band = _band(candidates, fewest)
    if band is None:
        return []
    rows = [_row(line, *band) for line in lines]
    return rows if sum(row.both for row in rows) >= fewest else []


def _band(lines: Sequence[str], fewest: int) -> tuple[int, int] | None:
    """First column of the widest band that is blank on most lines, and the column after it."""
    width = max(map(len, lines))
    steps = [0] * (width + 1)
    extents = [0] * (width + 1)
    for line in lines:
        first = len(line) - len(line.lstrip())
        extents[first] += 1
        extents[len(line.rstrip())] -= 1
        for gap in _GAP.finditer(line):
            steps[gap.start()] += 1
            steps[gap.end()] -= 1
    blank, present = list(accumulate(steps)), list(accumulate(extents))
    least = max(fewest, _BLANK * max(present))
    bands: list[tuple[int, int]] = []
    for column in range(int(_MIDDLE[0] * width), int(_MIDDLE[1] * width)):
        if blank[column] < max(least, _BLANK * present[column]):
            continue
        if bands and bands[-1][1] == column:
            bands[-1] = (bands[-1][0], column + 1)
        else:
            bands.append((column, column + 1))
    widest = max(bands, key=lambda band: band[1] - band[0], default=None)
    return widest if widest and widest[1] - widest[0] >= _NARROWEST else None


def _row(line: str, first: int, last: int) -> _Row:
    if not line.strip() or _PAGE_NUMBER.fullmatch(line.strip()):
        return _Row(line)
    if len(line.rstrip()) <= last:
        return _Row(line, left=line.rstrip())
    if not line[: first + 1].strip():
        return _Row(line, right=line[last:] if not line[:last].strip() else line.lstrip())
    for gap in _GAP.finditer(line):
        if gap.start() < last and gap.end() > first:
            edge = min(last, gap.end())
            return _Row(line, left=line[: gap.start()].rstrip(), right=line[edge:].rstrip())
    return _Row(line)


def _first_both(rows: Sequence[_Row]) -> int:
    return next(index for index, row in enumerate(rows) if row.both)


def _has_words(rows: Sequence[_Row]) -> bool:
    """Whether both sides of a gap hold words, and not only the numbers of a table or of contents."""
    both = [row for row in rows if row.both]
    words = [[re.sub(r"[\W\d_]", "", side) for side in (row.left, row.right)] for row in both]
    return sum(all(len(side) > 8 for side in sides) for sides in words) > len(both) / 2


def _is_prose(rows: Sequence[_Row]) -> bool:
    """Whether each side is running text by itself."""
    if not _has_words(rows):
        return False
    for side in ("left", "right"):
        lines = [words for row in rows if row.both and (words := getattr(row, side).strip())]
        goes_on = sum(after[0].islower() for _, after in pairwise(lines))
        words = sum(len(line.split()) for line in lines) / len(lines)
        widest = max(map(len, lines))
        full = sum(len(line) > _FILLED * widest for line in lines)
        stops = sum(line[-1] in ",;.:" for line in lines)
        if goes_on < _PROSE * len(lines) or words < _FEWEST_WORDS:
            return False
        # The lines of a list of words have different lengths, and many end with a comma.
        if full < len(lines) / 2 or stops > len(lines) / 2:
            return False
    return True


def _in_order(rows: Sequence[_Row]) -> list[str]:
    """The lines of a page, left column before right column in each region."""
    ordered: list[str] = []
    region: list[_Row] = []
    for row in rows:
        begins = region or row.both or (row.right and not row.left)
        if row.crosses or not begins:
            ordered.extend(_columns(region))
            region = []
            ordered.append(row.line)
        else:
            region.append(row)
    return [*ordered, *_columns(region)]


def _columns(region: Sequence[_Row]) -> list[str]:
    """The left column of a region and then the right one, without the blank lines between them."""
    blank = sum(1 for _ in takewhile(lambda row: not row.line.strip(), reversed(region)))
    left = [row.left for row in region]
    while left and not left[-1].strip():
        left.pop()
    right = list(dropwhile(lambda line: not line.strip(), (row.right for row in region)))
    while right and not right[-1].strip():
        right.pop()
    return [*left, *right, *[""] * blank]

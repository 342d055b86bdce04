"""Marks that transcribers set where a page of the print begins: ``[Pg 33]``, ``{32}``, ``<pb n="12"/>``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from assistant.documents.numbering import NumberCandidate, fit_labels, page_label, page_value

_NUMBER = r"(?P<number>\d{1,4}|[ivxlcIVXLC]{1,8})"
# One pattern for each way to mark pages.
_STYLES = (
    # The full text of HathiTrust: each leaf of the scan, with the number printed on it if there is one.
    re.compile(rf"^#+[ \t]*p\.[ \t]*{_NUMBER}?[ \t]*\(#\d{{1,6}}\)[ \t]*#*[ \t]*(?=\r?$)", re.MULTILINE),
    re.compile(rf"\[(?:Pg|pg|PG)[ \t]?{_NUMBER}\]"),
    re.compile(rf"\[(?:[Pp]age|[Pp]\.|S\.|Seite)[ \t]?{_NUMBER}\]"),
    re.compile(rf"\{{(?:(?:Pg|pg|[Pp]age|[Pp]\.|S\.)[ \t]?)?{_NUMBER}\}}"),
    re.compile(
        rf"<pb\b[^<>]{{0,200}}?\bn=[\"'](?:p\.[ \t]?)?{_NUMBER}[\"'][^<>]{{0,200}}>(?:</pb>)?",
        re.IGNORECASE,
    ),
    re.compile(rf"\|(?:[Pp]age|[Pp]\.)[ \t]?{_NUMBER}\|"),
    re.compile(rf"<!--[ \t]?(?:[Pp]age|[Pp]\.|[Pp]g)[ \t]?{_NUMBER}[ \t]?-->"),
)
_LEAVES = 0
# The styles in which an author can also name the pages of another work.
_AMBIGUOUS = frozenset({2, 3, 5})
_FEWEST = 2
# Characters from one mark to the next, in the middle of all; what counts faster marks something else.
_SHORTEST_PAGE = 200
# Share of the marks that must count up, by no more than the leaves that a transcriber leaves out.
_COUNTED_UP = 0.8
_LONGEST_STEP = 5
_POINTS, _CLOSING, _CITED = frozenset(".,;:)"), frozenset('”"’»'), 0.2
# Words before the first mark are on the page before it, unless they are only a title.
_LONGEST_FRONT = 400


@dataclass(frozen=True, slots=True)
class PageMark:
    """A mark, and what it says.

    Attributes:
        start: Its offset.
        end: Offset after it.
        label: Label of the page; empty if the page has no number.
    """

    start: int
    end: int
    label: str


@dataclass(frozen=True, slots=True)
class MarkedPages:
    """Pages that are marked.

    Attributes:
        starts: Offset of each page.
        labels: Label of each page; empty where it has none.
        marks: The marks.
    """

    starts: tuple[int, ...]
    labels: tuple[str, ...]
    marks: tuple[PageMark, ...]


def find_marked_pages(text: str) -> MarkedPages | None:
    """Find pages by the marks of a transcriber; ``None`` if there are no such marks."""
    found = [_marks(text, style) for style in _STYLES]
    best = max(range(len(found)), key=lambda index: len(found[index]))
    marks = found[best]
    if len(marks) < _FEWEST or not (
        best == _LEAVES or _are_pages(text, marks, is_ambiguous=best in _AMBIGUOUS)
    ):
        return None
    labels = [mark.label for mark in marks]
    if best == _LEAVES:
        # Every leaf has a mark, so that numbers follow from those around them.
        labels = list(fit_labels(_candidates(labels), len(labels))) if any(labels) else labels
    before, after = text[: marks[0].start].strip(), text[marks[-1].end :].strip()
    if before and not after:
        starts = [0, *(mark.end for mark in marks[:-1])]
    elif before:
        starts = [0, *(mark.start for mark in marks)]
        labels.insert(0, _label_before(labels[0]) if len(before) > _LONGEST_FRONT else "")
    else:
        starts = [mark.start for mark in marks]
    return MarkedPages(tuple(starts), tuple(labels), tuple(marks))


def _marks(text: str, style: re.Pattern[str]) -> list[PageMark]:
    marks = []
    for match in style.finditer(text):
        value = page_value(match["number"]) if match["number"] else None
        label = page_label(value[0], is_roman=value[1]) if value is not None and value[0] > 0 else ""
        if label or not match["number"]:
            marks.append(PageMark(match.start(), match.end(), label))
    return marks


def _are_pages(text: str, marks: Sequence[PageMark], *, is_ambiguous: bool) -> bool:
    """Whether marks are at a page's length from each other and their numbers count up."""
    if median(after.start - before.end for before, after in pairwise(marks)) < _SHORTEST_PAGE:
        return False
    values = [value for mark in marks if mark.label and (value := page_value(mark.label))]
    if len(values) < _FEWEST:
        return len(values) == len(marks)
    longest = 1 if is_ambiguous else _LONGEST_STEP
    steps = [
        after[1] != before[1] or 0 < after[0] - before[0] <= longest for before, after in pairwise(values)
    ]
    # What an author cites is after a quotation or before a point.
    cited = sum(
        text[mark.end : mark.end + 1] in _POINTS
        or text[max(0, mark.start - 2) : mark.start].rstrip()[-1:] in _CLOSING
        for mark in marks
    )
    return sum(steps) >= _COUNTED_UP * len(steps) and not (is_ambiguous and cited > _CITED * len(marks))


def _candidates(labels: Sequence[str]) -> list[NumberCandidate]:
    values = ((page, page_value(label)) for page, label in enumerate(labels) if label)
    return [NumberCandidate(page, *value) for page, value in values if value is not None]


def _label_before(label: str) -> str:
    value = page_value(label) if label else None
    return page_label(value[0] - 1, is_roman=value[1]) if value is not None and value[0] > 1 else ""

"""How pages are numbered: series of printed numbers, corrections, and the label of each page.

A single number on a page can lie: it may be misprinted, misread, or a number of something else. A steady
distance between numbers and pages does not. Series are therefore fitted over all pages at once, and each page
gets its label from the series that it is in: roman leaves, then arabic pages, with plates between them that
have no number.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from operator import attrgetter

import roman

from assistant.core.errors import ReadingError
from assistant.core.essay import PageStart

_LAST_ROMAN = 4_999
# Digits of the largest page number; Python refuses to read numbers of thousands of digits.
_LONGEST_NUMBER = 9
# A series must be printed on more pages than this to be one, and a break in it must explain as many more.
_NEW_SERIES = 1.5
# An unlikely break, such as a number that falls back, must explain twice as many.
_UNLIKELY = 3.0
# Numbers that start again do so at one of these.
_LAST_RESTART = 3
# A number that is not set as page numbers are counts for so much.
_WEAK = 0.4
_LABEL = re.compile(r"(?P<prefix>[A-Za-z]{1,3})(?P<number>\d{1,9})")


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


# Whether its numbers are roman, and what is printed before each, such as ``S``.
NumberStyle = tuple[bool, str]


@dataclass(frozen=True, slots=True)
class NumberCandidate:
    """A number on a page that may be the page's own.

    Attributes:
        page: Index of the page, from 0.
        value: Its value.
        is_roman: Whether it is a roman numeral.
        prefix: What belongs to the number and is printed before it, such as ``S``.
        is_set_apart: Whether it is set as page numbers are. Other numbers count for less.
    """

    page: int
    value: int
    is_roman: bool = False
    prefix: str = ""
    is_set_apart: bool = True

    @property
    def style(self) -> NumberStyle:
        """Its style."""
        return self.is_roman, self.prefix

    @property
    def label(self) -> str:
        """The label of its page, if it is the page's number."""
        return self.prefix + page_label(self.value, is_roman=self.is_roman)


@dataclass(frozen=True, slots=True)
class _Series:
    """Pages whose numbers count up by one.

    Attributes:
        style: Style of the numbers.
        offset: Distance from the index of a page to its number.
        first: Index of the first page that prints its number.
        last: Index of the last one.
        score: Weight of all numbers up to here, less what the breaks cost.
        before: The series before it.
    """

    style: NumberStyle
    offset: int
    first: int
    last: int
    score: float
    before: _Series | None

    def value(self, page: int) -> int:
        """Number of a page."""
        return page + self.offset

    def label(self, page: int) -> str:
        """Label of a page; empty if its number would be below 1."""
        value, (is_roman, prefix) = self.value(page), self.style
        return prefix + page_label(value, is_roman=is_roman) if value > 0 else ""


def fit_labels(candidates: Iterable[NumberCandidate], pages: int) -> tuple[str, ...]:
    """Find the label of each page by the numbers on all of them.

    The numbers that most pages agree on win over single ones. Pages between them without a number get the one
    that follows from the series; so do those before and after them, down to page 1.

    Args:
        candidates: The numbers, in any order; a page can have several, or none.
        pages: Number of pages.

    Returns:
        One label a page, empty where neither print nor a series tells it; all are empty without a series.
    """
    ordered = sorted((each for each in candidates if each.value > 0), key=attrgetter("page"))
    labels = [""] * pages
    series = _series(ordered)
    for each in series:
        for page in range(each.first, each.last + 1):
            labels[page] = each.label(page)
    if not series:
        return tuple(labels)
    for before, after in pairwise(series):
        _fill_gap(labels, before, after)
    first, last = series[0], series[-1]
    for page in range(first.first):
        labels[page] = first.label(page)
    for page in range(last.last + 1, pages):
        labels[page] = last.label(page)
    _number_leaves(labels, ordered)
    return tuple(labels)


def _series(ordered: Sequence[NumberCandidate]) -> list[_Series]:
    """The series, in order, that explain most numbers with fewest breaks."""
    ends: dict[tuple[NumberStyle, int], _Series] = {}
    best: _Series | None = None
    for page, group in groupby(ordered, key=attrgetter("page")):
        numbers: dict[tuple[NumberStyle, int], float] = {}
        for candidate in group:
            key = candidate.style, candidate.value - page
            numbers[key] = max(numbers.get(key, 0), 1.0 if candidate.is_set_apart else _WEAK)
        new = [_extended(key, weight, page, ends.get(key), best) for key, weight in numbers.items()]
        ends |= {(series.style, series.offset): series for series in new}
        # Of two series that explain as much, the older one stays.
        best = max(filter(None, (best, *new)), key=attrgetter("score"), default=None)
    found: list[_Series] = []
    while best is not None and (found or best.score > 0):
        found.append(best)
        best = best.before
    return found[::-1]


def _extended(
    key: tuple[NumberStyle, int], weight: float, page: int, same: _Series | None, best: _Series | None
) -> _Series:
    """The series of a number on a page: one that goes on, or one that begins after the best so far."""
    style, offset = key
    before = best if best is not None and best.score > 0 else None
    score = (before.score if before else 0.0) - _cost(before, style, page + offset) + weight
    if same is not None and same.score + weight >= score:
        return _Series(style, offset, same.first, page, same.score + weight, same.before)
    return _Series(style, offset, page, page, score, before)


def _cost(before: _Series | None, style: NumberStyle, value: int) -> float:
    """What a new series costs: more if its numbers fall back, or become roman."""
    if before is None:
        return _NEW_SERIES
    if before.style != style:
        return _UNLIKELY if style[0] else _NEW_SERIES
    return _NEW_SERIES if value > before.value(before.last) or value <= _LAST_RESTART else _UNLIKELY


def _fill_gap(labels: list[str], before: _Series, after: _Series) -> None:
    """Label the pages between two series.

    The later series counts back to 1 if its numbers start again, and the earlier one counts on up to there.
    Between series of one count (a plate, or pages that the file lacks) nothing tells their numbers.
    """
    starts_again = before.style != after.style or after.value(after.first) <= before.value(before.last)
    if not starts_again:
        return
    opening = max(before.last + 1, 1 - after.offset)
    for page in range(before.last + 1, after.first):
        labels[page] = before.label(page) if page < opening else after.label(page)


def _number_leaves(labels: list[str], ordered: Sequence[NumberCandidate]) -> None:
    """Number the leaves before page 1 by a roman number that counts the leaves from the first one on."""
    leaves = next((page for page, label in enumerate(labels) if label), 0)
    counts_leaves = any(
        each.page < leaves and each.is_roman and not each.prefix and each.value == each.page + 1 > 1
        for each in ordered
        if each.is_set_apart
    )
    if counts_leaves:
        labels[:leaves] = [page_label(page + 1, is_roman=True) for page in range(leaves)]


@dataclass(frozen=True, slots=True)
class Numbering:
    """Numbered pages.

    Attributes:
        pages: Label and offset of each page; empty if the text shows no pages. A label is empty where the
            page has no number: what is printed there is cited without a page.
        provenance: What shows the pages and where the numbers come from, in words.
        warnings: Sentences that the user should read.
    """

    pages: tuple[PageStart, ...]
    provenance: str
    warnings: tuple[str, ...] = ()


# Where labels come from unless a file says it otherwise.
PRINTED = "printed on the pages"


@dataclass(frozen=True, slots=True)
class FoundPages:
    """The pages that a text shows.

    Attributes:
        starts: Offset at which each page begins; empty if the text shows no pages.
        sign: What shows the pages, in words.
        labels: Label of each page by the numbers printed on the pages (``fit_labels``), empty where a page
            has none; no labels at all if no numbers are printed.
        furniture: Spans of what is printed on pages beside their text, with the reason.
        warnings: Sentences on what is uncertain about them.
        origin: Where the labels come from, in words.
    """

    starts: tuple[int, ...]
    sign: str
    labels: tuple[str, ...] = ()
    furniture: tuple[tuple[int, int, str], ...] = ()
    warnings: tuple[str, ...] = ()
    origin: str = PRINTED


NO_PAGES = FoundPages((), "no sign of pages")


def number_pages(
    found_pages: FoundPages,
    *,
    first_page: str | None,
    record: str,
    declared: Sequence[str] = (),
    is_print: bool = False,
) -> Numbering:
    """Number the pages of a text.

    The user's number counts first. Then the record's page range: printed numbers within it are more
    exact (the file may be an extract), those outside it belong to another printing. With neither, pages
    are counted from 1, with a warning. Where the file shows the pages as they are printed, as a PDF does,
    their own numbers come before the record's.

    An arabic number of the user's is that of the file's first page, from which all pages are numbered;
    printed numbers keep the distances between them. A roman number counts only the leaves before the first
    page with an arabic number, if there are such leaves.

    Args:
        found_pages: The pages of the text.
        first_page: The user's number of the first page, arabic or roman, or ``None``.
        record: The record's page range, such as ``844-862``; empty if it has none.
        declared: Label of each page that the file itself declares, used if the pages print none.
        is_print: Whether the file shows the pages as they are printed.

    Returns:
        The labelled pages.

    Raises:
        ReadingError: If ``first_page`` is not a page number.
    """
    wanted = _wanted(first_page)
    if not found_pages.starts:
        return _without_pages(first_page, found_pages.warnings)
    known, source = _known_labels(found_pages, declared)
    span = _range(record)
    if wanted is not None:
        labels = _asked_for(known, wanted, len(found_pages.starts))
        # Pages of a word processor print no numbers that another number would disagree with.
        printed = known if found_pages.origin == PRINTED else ("",) * len(known)
        origin, warnings = "as asked for with --first-page", _disagreement(printed, labels, span)
    elif is_print and any(known):
        labels, origin, warnings = known, source, _other_pages(known, span)
    elif span is not None:
        labels, origin, warnings = _by_record(known, source, span, len(found_pages.starts))
    elif any(known):
        labels, origin, warnings = known, source, ()
    else:
        labels = _counted(1, is_roman=False, count=len(found_pages.starts))
        origin, warnings = "counted from 1, as neither the file nor a record tells it", (_COUNTED,)
    pages = tuple(map(PageStart, labels, found_pages.starts))
    count = f"{len(pages)} page{'s' * (len(pages) != 1)} by {found_pages.sign}"
    return Numbering(pages, f"{count}; {_in_words(labels, origin)}", (*warnings, *found_pages.warnings))


_COUNTED = "Page numbers are counted, not printed ones; give the number of the first page (--first-page N)."


def _wanted(first_page: str | None) -> tuple[int, bool] | None:
    if first_page is None:
        return None
    wanted = page_value(first_page.strip())
    if wanted is None or wanted[0] < 1:
        raise ReadingError(f"{first_page!r} is not a page number; give one such as 844 or xii.")
    return wanted


def _without_pages(first_page: str | None, found: tuple[str, ...]) -> Numbering:
    reason = "The file shows no page breaks, so"
    warning = f"{reason} the first page {first_page} is not used and citations name paragraphs."
    warnings = () if first_page is None else (warning,)
    return Numbering((), "no page breaks in the file; citations name paragraphs", (*warnings, *found))


def _known_labels(found_pages: FoundPages, declared: Sequence[str]) -> tuple[tuple[str, ...], str]:
    """The labels that the file tells, and how; empty ones if it tells none."""
    count = len(found_pages.starts)
    if any(found_pages.labels):
        return found_pages.labels, found_pages.origin
    labels = tuple(_citable(label) for label in declared)
    # Many programs declare 1, 2, 3 for every file; that says no more than counting does.
    if len(labels) == count and any(labels) and labels != _counted(1, is_roman=False, count=count):
        return labels, "from the file's own page labels"
    return ("",) * count, ""


def _citable(label: str) -> str:
    """A declared label as a citation can give it; empty if it is no number, or one below 1."""
    label = label.strip()
    value = page_value(label)
    if value is not None:
        return page_label(value[0], is_roman=value[1]) if value[0] > 0 else ""
    prefixed = _LABEL.fullmatch(label)
    return label if prefixed and int(prefixed["number"]) > 0 else ""


def _counted(first: int, *, is_roman: bool, count: int) -> tuple[str, ...]:
    return tuple(page_label(number, is_roman=is_roman) for number in range(first, first + count))


def _asked_for(known: Sequence[str], wanted: tuple[int, bool], count: int) -> tuple[str, ...]:
    """Labels that begin with the page that the user asks for."""
    first, is_roman = wanted
    if is_roman:
        arabic = next((page for page, label in enumerate(known) if label and not _is_roman(label)), 0)
        leaves = arabic or count
        return (*_counted(first, is_roman=True, count=leaves), *known[leaves:])
    if known[0].isdecimal():
        return _shifted(known, first - int(known[0]), is_roman=False)
    return _counted(first, is_roman=False, count=count)


def _by_record(
    known: tuple[str, ...], source: str, span: tuple[int, int, bool], count: int
) -> tuple[tuple[str, ...], str, tuple[str, ...]]:
    """Labels within a record's range, where they come from, and warnings."""
    first, last, is_roman = span
    known_first = _first_of_kind(known, is_roman=is_roman)
    if known_first is not None and first <= known_first <= last:
        return known, f"{source}, within the record's range", ()
    labels = (
        _counted(first, is_roman=is_roman, count=count)
        if known_first is None
        else _shifted(known, first - known_first, is_roman=is_roman)
    )
    return labels, "from the reference record's page range", _disagreement(known, labels, None)


def _other_pages(known: Sequence[str], span: tuple[int, int, bool] | None) -> tuple[str, ...]:
    """A warning if the pages of a file are not those of its record, as in a manuscript of an article."""
    first = None if span is None else _first_of_kind(known, is_roman=span[2])
    if span is None or (first is not None and span[0] <= first <= span[1]):
        return ()
    own, record = next(filter(None, known)), page_label(span[0], is_roman=span[2])
    warning = (
        f"The pages of the file begin at {own}, those of the reference record at {record}: it may be another "
        f"version. Its own numbers are cited; --first-page {record} numbers it as the record does."
    )
    return (warning,)


def _is_roman(label: str) -> bool:
    value = page_value(label)
    return value is not None and value[1]


def _first_of_kind(labels: Iterable[str], *, is_roman: bool) -> int | None:
    """Value of the first label that is roman, or that is arabic."""
    values = (page_value(label) for label in labels if label)
    return next((value[0] for value in values if value is not None and value[1] == is_roman), None)


def _shifted(labels: Iterable[str], difference: int, *, is_roman: bool) -> tuple[str, ...]:
    """Labels of one kind with a difference added to each; those of the other kind stay."""
    shifted = []
    for label in labels:
        value = page_value(label) if label else None
        if value is None or value[1] != is_roman:
            shifted.append(label)
        else:
            number = value[0] + difference
            shifted.append(page_label(number, is_roman=is_roman) if number > 0 else "")
    return tuple(shifted)


def _disagreement(
    known: Sequence[str], used: Sequence[str], span: tuple[int, int, bool] | None
) -> tuple[str, ...]:
    """A warning if the pages that are used begin otherwise than the record, or than the numbers printed."""
    page = next(filter(None, used), "")
    if span is not None and _first_of_kind(used, is_roman=span[2]) != span[0]:
        first = page_label(span[0], is_roman=span[2])
        return (f"The reference record begins at page {first}; page {page} is used, as asked.",)
    changed = any(label not in {"", other} for label, other in zip(known, used, strict=True))
    if span is None and changed:
        first = next(filter(None, known))
        return (f"The numbers printed in the file begin at page {first}; page {page} is used.",)
    return ()


def _in_words(labels: Sequence[str], origin: str) -> str:
    """The first page and its origin, the runs of numbers if there are several, and pages without one."""
    first = next(filter(None, labels), "")
    words = f"first page {first}, {origin}" if labels[0] else f"first numbered page {first}, {origin}"
    runs = _label_runs(labels)
    if len(runs) > 1:
        words += f"; numbered {', '.join(runs)}"
    if unnumbered := labels.count(""):
        words += f"; {unnumbered} page{'s' * (unnumbered != 1)} without a number"
    return words


def _label_runs(labels: Sequence[str]) -> list[str]:
    """First and last label of each run that counts up by one, such as ``i–iii``."""
    runs: list[list[str]] = []
    last: tuple[int, bool] | None = None
    for label in labels:
        value = page_value(label) if label else None
        if not label or value is None or last is None or value != (last[0] + 1, last[1]):
            runs.append([])
        runs[-1].append(label)
        last = value
    named = [run for run in runs if run[0]]
    return [run[0] if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in named]


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

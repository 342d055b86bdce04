"""The labels of pages, and where the first one comes from."""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.errors import ReadingError
from assistant.reading.numbers import label, value
from assistant.reading.pages import FoundPages
from assistant.types import PageStart


@dataclass(frozen=True, slots=True)
class Numbering:
    """Numbered pages.

    Attributes:
        pages: Label and source offset of each page; empty when the source shows no pages.
        provenance: What shows the pages and where the first number came from, in words.
        warnings: Sentences that the user should read.
    """

    pages: tuple[PageStart, ...]
    provenance: str
    warnings: tuple[str, ...] = ()


def number_pages(found: FoundPages, *, asked: str | None, record: str) -> Numbering:
    """Number the pages of a source.

    What the user says counts first. Then the record's page range; printed numbers that lie within it
    are more exact (the file may be an extract), those outside it belong to another printing. With
    neither, pages are counted from 1 and said to be counted.

    Args:
        found: The pages of the source.
        asked: Number of the first page as the user gives it, arabic or roman, or ``None``.
        record: The record's page range, such as ``844-862``; empty if it has none.

    Returns:
        Labelled pages, with their provenance.

    Raises:
        ReadingError: If ``asked`` is not a page number.
    """
    wanted = _asked(asked)
    if not found.starts:
        return _unpaged(asked)
    first, is_roman, origin, warnings = _first(found, wanted, record)
    pages = tuple(
        PageStart(label(first + number, is_roman=is_roman), start)
        for number, start in enumerate(found.starts)
    )
    count = f"{len(pages)} page{'s' * (len(pages) != 1)} by {found.sign}"
    return Numbering(pages, f"{count}; first page {pages[0].label}, {origin}", warnings)


def _asked(asked: str | None) -> tuple[int, bool] | None:
    if asked is None:
        return None
    wanted = value(asked.strip())
    if wanted is None or wanted[0] < 1:
        raise ReadingError(f"{asked!r} is not a page number; give one such as 844 or xii.")
    return wanted


def _unpaged(asked: str | None) -> Numbering:
    warning = (
        f"The file shows no page breaks, so the first page {asked} is not used and citations name no page."
    )
    return Numbering(
        (), "no page breaks in the file; citations name no page", (warning,) if asked is not None else ()
    )


def _first(
    found: FoundPages, wanted: tuple[int, bool] | None, record: str
) -> tuple[int, bool, str, tuple[str, ...]]:
    printed, span = found.printed_first, _range(record)
    if wanted is not None:
        return *wanted, "as asked for with --first-page", _disagreement(found, wanted, span)
    if (
        span is not None
        and printed is not None
        and span[2] == found.is_roman
        and span[0] <= printed <= span[1]
    ):
        return printed, found.is_roman, "printed on the pages, within the record's range", ()
    if span is not None:
        return (
            span[0],
            span[2],
            "from the reference record's page range",
            _disagreement(found, (span[0], span[2]), None),
        )
    if printed is not None:
        return printed, found.is_roman, "printed on the pages", ()
    return (
        1,
        False,
        "counted from 1, as neither the file nor a record tells it",
        ("Page numbers are counted, not printed ones; give the number of the first page (--first-page N).",),
    )


def _disagreement(
    found: FoundPages, used: tuple[int, bool], span: tuple[int, int, bool] | None
) -> tuple[str, ...]:
    page = label(used[0], is_roman=used[1])
    if span is not None and used != (span[0], span[2]):
        first = label(span[0], is_roman=span[2])
        return (f"The reference record begins at page {first}; page {page} is used, as asked.",)
    if found.printed_first is not None and used != (found.printed_first, found.is_roman):
        first = label(found.printed_first, is_roman=found.is_roman)
        return (f"The numbers printed in the file begin at page {first}; page {page} is used.",)
    return ()


def _range(record: str) -> tuple[int, int, bool] | None:
    """First and last page of a record's range and whether it is roman; a short last number is completed."""
    parts = [part for part in re.split(r"\s*[-–—]+\s*", record.strip()) if part]
    values = [value(part) for part in parts[:2]]
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

"""Locators: on which pages words stand, written as citations write it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.errors import RecordError
from assistant.types import Passage


def pages_of(passage: Passage, start: int, end: int) -> str:
    """Locator of a span of a passage's text, with a hyphen (``849-50``); empty without pages."""
    return page_range(passage.pages_of(start, end))


def page_range(labels: Sequence[str]) -> str:
    """First to last page, the last number shortened as MLA does.

    The last number keeps two digits, or more where they differ: ``844-45``, ``899-901``, ``103-04``;
    roman numbers are never shortened.
    """
    if not labels:
        return ""
    first, last = labels[0], labels[-1]
    if first == last:
        return first
    if not (first.isdecimal() and last.isdecimal()):
        return f"{first}-{last}"
    return f"{first}-{_shortened(first, last)}"


def _shortened(first: str, last: str) -> str:
    if len(first) != len(last) or int(last) < 100:
        return last
    same = next((at for at, (one, other) in enumerate(zip(first, last, strict=True)) if one != other), 0)
    return last[min(same, len(last) - 2) :]


def locator_of(page: str, labels: Sequence[str], essay_id: str) -> str:
    """Locator of a page or range that a user names.

    Args:
        page: Such as ``849``, ``849-50`` or ``xii-xiv``.
        labels: Labels of the essay's pages in order.
        essay_id: The essay, for the message.

    Raises:
        RecordError: If the essay has no such page.
    """
    first, dash, last = re.sub(r"\s+", "", page).replace("–", "-").partition("-")
    if dash and first.isdecimal() and last.isdecimal() and len(last) < len(first):
        last = first[: -len(last)] + last
    wanted = [first, last] if dash else [first]
    for label in wanted:
        if label not in labels:
            pages = f"its pages are {labels[0]} to {labels[-1]}" if labels else "its file shows no pages"
            raise RecordError(f"{essay_id} has no page {label!r}; {pages}.")
    if labels.index(wanted[-1]) < labels.index(first):
        raise RecordError(f"{page!r} runs backwards; give the first page first.")
    return page_range(wanted)


def in_prose(locator: str) -> str:
    """A locator with the en dash of printed citations."""
    return locator.replace("-", "–")

"""Locators: on which pages words stand, written as citations write it."""

from __future__ import annotations

from collections.abc import Sequence

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


def in_prose(locator: str) -> str:
    """A locator with the en dash of printed citations."""
    return locator.replace("-", "–")

"""Lines for a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

INDENT = "    "


def wrapped(text: str, width: int, first: str, rest: str) -> str:
    """Text in lines of at most ``width`` columns, and never fewer than 40.

    Args:
        text: The text; words are never divided.
        width: Columns.
        first: What the first line begins with.
        rest: What the others begin with.
    """
    return textwrap.fill(
        text, max(40, width), initial_indent=first, subsequent_indent=rest,
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip


def distinct(values: Iterable[str]) -> list[str]:
    """Each value once, in order."""
    return list(dict.fromkeys(values))


def page_words(pages: str) -> str:
    """``p. 849`` or ``pp. 849–50`` of a locator with a hyphen; empty without pages."""
    if not pages:
        return ""
    return f"pp. {pages.replace('-', '–')}" if "-" in pages else f"p. {pages}"

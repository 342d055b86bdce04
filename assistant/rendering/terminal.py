"""Helpers for text that is read on a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

from assistant.core.answer import is_locator

INDENT = "    "
_BOLD, _NOT_BOLD = "\x1b[1m", "\x1b[0m"


def wrapped(text: str, width: int, first: str, rest: str) -> str:
    """Text in lines of ``width`` columns (at least 40), words undivided.

    Args:
        text: The text.
        width: Columns.
        first: Start of the first line.
        rest: Start of all other lines.
    """
    return textwrap.fill(
        text, max(40, width), initial_indent=first, subsequent_indent=rest,
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip


def emphasised(text: str, *, styled: bool) -> str:
    """Text in bold if the terminal shows it, else between ⟦ and ⟧."""
    return f"{_BOLD}{text}{_NOT_BOLD}" if styled else f"⟦{text}⟧"


def distinct(values: Iterable[str]) -> list[str]:
    """Each value once, in order."""
    return list(dict.fromkeys(values))


def page_fields(where: str) -> dict[str, str]:
    """What a citation names, for JSON: its pages, and the locator if the essay has no pages."""
    return {"pages": "", "locator": where} if is_locator(where) else {"pages": where}


def page_words(pages: str) -> str:
    """``p. 849`` or ``pp. 849–50`` for a page range with a hyphen; ``par. 14`` as it is; or empty."""
    if not pages:
        return ""
    if is_locator(pages):
        return pages.replace("-", "–")
    return f"pp. {pages.replace('-', '–')}" if "-" in pages else f"p. {pages}"

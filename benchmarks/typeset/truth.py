"""The pages of passages in a typeset file, and the truth in the form of ``NAME.expected.md``."""

from __future__ import annotations

import re
import subprocess
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path

from typeset.essay import TruePassage

# Letters and digits that identify the start of a passage on a page.
_ENOUGH = (34, 22, 14)
_SHOWN_FIRST, _SHOWN_LAST = 45, 35


def squash(text: str) -> str:
    """The letters and digits of a text in one case."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text)).lower()


def page_texts(pdf: Path) -> list[str]:
    """The squashed text of each page, by poppler."""
    text = subprocess.run(
        ["pdftotext", "-enc", "UTF-8", str(pdf), "-"],  # noqa: S607 - found on the path
        capture_output=True,
        check=True,
    ).stdout.decode("utf-8")
    return [squash(page) for page in text.removesuffix("\f").split("\f")]


def find_pages(
    passages: Sequence[TruePassage], pages: Sequence[str], labels: Sequence[str]
) -> dict[str, str]:
    """The number of the page on which each passage begins, found by its words.

    Args:
        passages: The passages in reading order.
        pages: The squashed text of each page.
        labels: The printed number of each page.

    Returns:
        Numbers by the names of passages that are found.
    """
    found = {}
    before: dict[str, int] = {}
    for passage in passages:
        if passage.kind in {"title", "author", "heading"}:
            continue
        number = _page_of(squash(passage.text), pages, before.get(passage.kind, 0))
        if number is not None and labels[number]:
            found[passage.name] = labels[number]
            before[passage.kind] = number
    return found


def begins_on(text: str, page: str) -> bool:
    """Whether a page's squashed text has the start of a squashed text."""
    return _page_of(text, [page], 0) is not None


def _page_of(text: str, pages: Sequence[str], first: int) -> int | None:
    """The first page from one on that has the start of a text."""
    for length in _ENOUGH:
        # The first letters may be a drop capital or the mark of a note, which extraction sets elsewhere.
        for skipped in (0, 2, 3):
            start = text[skipped : skipped + length]
            for number in range(first, len(pages)):
                if start in pages[number]:
                    return number
    return None


def expected(
    title: str, passages: Sequence[TruePassage], pages: Mapping[str, str], apart: Sequence[str] = ()
) -> str:
    """The truth about a file, as ``score_reading.py`` reads it.

    Args:
        title: What the file is.
        passages: Its passages in reading order.
        pages: The page on which each passage begins, by its name.
        apart: Printed words that belong to no passage.
    """
    lines = [
        f"# {title}",
        "",
        "Right passages, whatever their order (notes may stand behind their page):",
        "",
    ]
    for passage in passages:
        parts = [passage.kind]
        if passage.name in pages and passage.kind not in {"title", "author", "heading"}:
            parts.append(f"p. {pages[passage.name]}")
        parts.append(_shown(passage.text))
        if passage.calls:
            parts.append(f"links note {', '.join(passage.calls)}")
        lines.append("- " + " | ".join(parts))
    if apart:
        lines += ["", "Printed, but in no passage that is searched:", "", *(f"* {words}" for words in apart)]
    return "\n".join(lines) + "\n"


def _shown(text: str) -> str:
    """A text's first and last words."""
    text = text.replace("|", "/")
    if len(text) <= _SHOWN_FIRST + _SHOWN_LAST + 5:
        return text
    return f"{text[:_SHOWN_FIRST]} … {text[-_SHOWN_LAST:]}"

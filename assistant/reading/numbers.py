"""Page numbers, arabic and roman, and the lines that carry them."""

from __future__ import annotations

import re
from dataclasses import dataclass

import roman

from assistant.lines import Line

_NUMBER = r"(?:\d{1,4}|[ivxlc]{1,8})"
_ALONE = re.compile(
    rf"[-–—\[(|]?\s*(?:page\s+|p\.\s*)?({_NUMBER})(?:\s+of\s+\d+)?\s*[-–—\])|]?", re.IGNORECASE
)
_FIRST = re.compile(rf"({_NUMBER})\s*[|·•–—]?\s+(?=\D)(\S.*)", re.IGNORECASE)
_LAST = re.compile(rf"(\S.*?)(?<!\d)\s+[|·•–—]?\s*({_NUMBER})", re.IGNORECASE)
_SET_APART = re.compile(r"^\s*\S+(?:\s{2,}|\t|\s*[|·•])|(?:\s{2,}|\t|[|·•]\s*)\S+\s*$|^\s*\S+\s*$")
_LAST_ROMAN = 4_999
# A running head is short: a name or a shortened title beside the number.
_LONGEST_HEAD = 80


@dataclass(frozen=True, slots=True)
class NumberLine:
    """A line that may be a page number, alone or in a running head.

    Attributes:
        line: The line.
        number: The number's value.
        is_roman: Whether it is printed as a roman numeral.
        head: What else is printed on the line, folded for comparison; empty if nothing.
        set_apart: Whether the number is set apart from the rest as a page number is.
    """

    line: Line
    number: int
    is_roman: bool
    head: str
    set_apart: bool


def fold(text: str) -> str:
    """Case and spacing folded, for comparing running heads from page to page."""
    return " ".join(text.casefold().split())


def value(label: str) -> tuple[int, bool] | None:
    """Value of a page label and whether it is roman; ``None`` if it is not a page number."""
    if label.isdecimal():
        return int(label), False
    try:
        return roman.fromRoman(label.upper()), True
    except roman.RomanError:
        return None


def label(number: int, *, is_roman: bool) -> str:
    """Label of page ``number``, in lower case if roman; numbers that have no roman form stay arabic."""
    return roman.toRoman(number).lower() if is_roman and 0 < number <= _LAST_ROMAN else str(number)


def number_line(line: Line) -> NumberLine | None:
    """Read a line as a page number or a running head with one; ``None`` if it cannot be either."""
    text = line.text.strip()
    if not text or len(text) > _LONGEST_HEAD:
        return None
    if alone := _ALONE.fullmatch(text):
        return _numbered(line, alone.group(1), "")
    if first := _FIRST.fullmatch(text):
        return _numbered(line, first.group(1), first.group(2))
    if last := _LAST.fullmatch(text):
        return _numbered(line, last.group(2), last.group(1))
    return None


def _numbered(line: Line, digits: str, head: str) -> NumberLine | None:
    found = value(digits)
    if found is None:
        return None
    number, is_roman = found
    return NumberLine(line, number, is_roman, fold(head), bool(_SET_APART.search(line.text)))

"""Quoted words found by their marks, where a pair of marks is certain.

Marks that lack their fellow claim nothing, so that no words of the essay's author are taken for quoted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

_DOUBLE = re.compile('[“”"]')
_SINGLE = re.compile("[‘’']")
# Words that begin with an apostrophe, decades among them.
_CLIPPED = re.compile(r"(?:tis|twas|twere|til|till|em|cause|bout|round|n|\d\d(?:\d\d)?s?)\b", re.IGNORECASE)
_FEET = re.compile(r"\d['’′]\s?\d*$")
# What a mark may stand behind and still open a quotation, besides a space.
_BEFORE_OPENING = "([{—–-/‘“'\""
_FIRST_CHARACTERS = "[(‘'“\"$£€"

Spans = list[tuple[int, int]]


def pairs(text: str, *, double: bool) -> tuple[Spans, int | None]:
    """Spans between pairs of marks, outermost ones only.

    Args:
        text: A paragraph.
        double: Whether double marks stand outside, else single ones.

    Returns:
        The spans without their marks, in order and apart; and where words begin whose opening mark is
        the last of the paragraph and has no fellow, or ``None``.
    """
    found: Spans = []
    begun: int | None = None
    for at, opens in _directions(text, double=double):
        if opens(begun is not None):
            # A mark that opens while another is open: the first has lost its fellow.
            begun = at + 1
        elif begun is not None:
            if text[begun:at].strip():
                found.append((begun, at))
            begun = None
    return found, begun


def single_outside(texts: Iterable[str]) -> bool:
    """Whether an essay's quotations stand in single marks, with double ones inside, as in Britain."""
    single = double = 0
    for text in texts:
        in_double, in_single = pairs(text, double=True)[0], pairs(text, double=False)[0]
        single += sum(not _within(span, in_double) for span in in_single)
        double += sum(not _within(span, in_single) for span in in_double)
    return single > double


def _within(span: tuple[int, int], others: Spans) -> bool:
    return any(start <= span[0] and span[1] <= end for start, end in others)


class _Direction:
    """Tells of a mark whether it opens a quotation, given whether one is open."""

    def __init__(self, *, opening: bool, closing: bool) -> None:
        self._opening, self._closing = opening, closing

    def __call__(self, inside: bool) -> bool:  # noqa: FBT001 - a question of one word
        return self._opening and not (inside and self._closing)


def _directions(text: str, *, double: bool) -> Iterator[tuple[int, _Direction]]:
    marks = [found.start() for found in (_DOUBLE if double else _SINGLE).finditer(text)]
    for number, at in enumerate(marks):
        opening, closing = _double(text, at) if double else _single(text, at, marks[number + 1 :])
        if opening or closing:
            yield at, _Direction(opening=opening, closing=closing)


def _double(text: str, at: int) -> tuple[bool, bool]:
    """Whether a double mark may open a quotation, and whether it may close one."""
    if _FEET.search(text, max(0, at - 5), at):
        return False, False
    if text[at] != '"':
        return text[at] == "“", text[at] == "”"
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    if not before or before.isspace():
        # With a space on either side only a mark that closes can be told, by the one that opened.
        return bool(after.strip()), not after.strip()
    opening = before in _BEFORE_OPENING and (after.isalnum() or (after != "" and after in _FIRST_CHARACTERS))
    return opening, True


def _single(text: str, at: int, later: list[int]) -> tuple[bool, bool]:
    """The same of a single mark; an apostrophe may do neither."""
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    starts_word = not before or before.isspace() or before in _BEFORE_OPENING
    if text[at] == "‘" or (text[at] == "'" and starts_word):
        return bool(after.strip()) and not _CLIPPED.match(text, at + 1), False
    if not before or before.isspace() or after.isalnum():
        return False, False
    return False, not _is_plural(text, at, later)


def _is_plural(text: str, at: int, later: list[int]) -> bool:
    """Whether a mark is the apostrophe of a plural (``the keepers' lamp'``): another one closes behind it."""
    if text[at - 1] not in "sS" or not re.match(r"\s\w", text[at + 1 : at + 3]):
        return False
    for place in later:
        before, after = text[place - 1], text[place + 1 : place + 2]
        if not before.isspace() and after.isalnum():
            continue
        return not (text[place] == "‘" or before.isspace() or before in _BEFORE_OPENING)
    return False

"""Quotation marks: found and told from apostrophes, nested anew, supplied where one of a pair is missing."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

_ANY = re.compile(r"""[“”"‘’']""")
_DOUBLE = {"“", "”", '"'}
_BEFORE_OPENING = re.compile(r"[\s(\[{—–\-/“‘\"']")
# Words that begin with an apostrophe.
_CLIPPED = re.compile(r"(?:tis|twas|twere|til|em|cause|n|\d\ds?)\b", re.IGNORECASE)


@dataclass(slots=True)
class _Pair:
    """Two marks that belong together; an offset of ``None`` is a mark that the text lacks."""

    opening: int | None
    closing: int | None
    double: bool
    straight: bool
    depth: int = 0


def nested(text: str, *, double: bool, supplied: bool = False) -> str:
    """A text as it stands within quotation marks: its own marks alternate with those around it.

    Args:
        text: Printed words or a title.
        double: Whether the marks around it are double.
        supplied: Whether a mark is added where one of a pair of double marks is missing; else the text
            keeps its length.

    Returns:
        The text with single for double marks and the other way round where nesting asks for it;
        straight marks stay straight, and apostrophes stay.
    """
    pairs = _pairs(text)
    characters = list(text)
    for pair in pairs:
        opening, closing = mark_pair(double=double == (pair.depth % 2 == 1), straight=pair.straight)
        if pair.opening is not None:
            characters[pair.opening] = opening
        if pair.closing is not None:
            characters[pair.closing] = closing
    made = "".join(characters)
    return _with_fellows(made, pairs, lambda pair: double == (pair.depth % 2 == 1)) if supplied else made


def completed(text: str) -> str:
    """A text with its marks as printed, and those added that a pair of double marks lacks."""
    return _with_fellows(text, _pairs(text), lambda pair: pair.double)


def _with_fellows(text: str, pairs: list[_Pair], is_double: Callable[[_Pair], bool]) -> str:
    """A text with the marks that its pairs lack, the innermost nearest to it."""
    before, behind = "", ""
    for pair in sorted(pairs, key=lambda pair: -pair.depth):
        opening, closing = mark_pair(double=is_double(pair), straight=pair.straight)
        before = (opening if pair.opening is None else "") + before
        behind += closing if pair.closing is None else ""
    return f"{before}{text}{behind}"


def mark_pair(*, double: bool, straight: bool) -> tuple[str, str]:
    """Opening and closing mark."""
    if straight:
        return ('"', '"') if double else ("'", "'")
    return ("“", "”") if double else ("‘", "’")


def is_straight(text: str) -> bool:
    """Whether a text is typed with straight marks and apostrophes, or has none."""
    return not re.search("[“”‘’]", text)


def _pairs(text: str) -> list[_Pair]:
    """All pairs of marks with their depth, from 0; a single mark without its fellow is an apostrophe."""
    found: list[_Pair] = []
    open_pairs: list[_Pair] = []
    for match in _ANY.finditer(text):
        at, mark = match.start(), match[0]
        if mark in _DOUBLE:
            if _opens_double(text, at):
                open_pairs.append(_Pair(at, None, double=True, straight=mark == '"'))
            else:
                _close_double(text, at, open_pairs, found)
        elif _opens_single(text, at):
            open_pairs.append(_Pair(at, None, double=False, straight=mark == "'"))
        elif open_pairs and not open_pairs[-1].double and _closes_single(text, at):
            open_pairs[-1].closing = at
            found.append(open_pairs.pop())
    found += [pair for pair in open_pairs if pair.double]
    reaches = [_reach(pair) for pair in found]
    for pair, (start, end) in zip(found, reaches, strict=True):
        # A pair holds itself, which is no depth.
        pair.depth = sum(first <= start and end <= last for first, last in reaches) - 1
    return found


def _close_double(text: str, at: int, open_pairs: list[_Pair], found: list[_Pair]) -> None:
    """End the double marks that are open; single ones within them were apostrophes."""
    while open_pairs and not open_pairs[-1].double:
        open_pairs.pop()
    if open_pairs:
        open_pairs[-1].closing = at
        found.append(open_pairs.pop())
    elif not (text[at] == '"' and text[at - 1 : at].isdigit()):  # 5" are inches
        found.append(_Pair(None, at, double=True, straight=text[at] == '"'))


def _reach(pair: _Pair) -> tuple[float, float]:
    """Where a pair begins and ends; of two that the text leaves open, the first holds the second."""
    opening = -1.0 if pair.opening is None else float(pair.opening)
    return opening, float("inf") if pair.closing is None else float(pair.closing)


def _opens_double(text: str, at: int) -> bool:
    if text[at] != '"':
        return text[at] == "“"
    return _at_word_start(text, at)


def _at_word_start(text: str, at: int) -> bool:
    before = at == 0 or _BEFORE_OPENING.match(text[at - 1])
    return bool(before) and text[at + 1 : at + 2].strip() != ""


def _opens_single(text: str, at: int) -> bool:
    if text[at] == "‘":
        return not _CLIPPED.match(text, at + 1)
    return text[at] == "'" and _at_word_start(text, at) and not _CLIPPED.match(text, at + 1)


def _closes_single(text: str, at: int) -> bool:
    """Whether a single mark ends a quotation; within a word or before one it is an apostrophe."""
    if text[at + 1 : at + 2].isalnum():
        return False
    # "the keepers’ lamp’": behind a plural, the mark that is followed by another is the apostrophe.
    plural = text[at - 1 : at] in {"s", "S"} and re.match(r"\s[a-z]", text[at + 1 : at + 3])
    return not (plural and re.match("[^“”\"‘]*?[’'](?![A-Za-z0-9])", text[at + 1 :]))

"""Quotation marks: which words stand between a pair, apostrophes told apart."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

# What may close each opening mark.
_CLOSING = {
    "“": "”",
    "„": "“”",
    "«": "»",
    "»": "«",
    '"': '"',
    "‘": "’",
    "‚": "‘’",
    "‹": "›",
    "›": "‹",
    "'": "'",
}
_OPENING = re.compile(f"[{''.join(_CLOSING)}]")
_BEFORE = re.compile(r"[\s(\[{—–\-/“‘„«\"'…\ue0ff]")
# Words that begin with an apostrophe.
_CLIPPED = re.compile(r"(?:tis|twas|twere|til|em|cause|round|n|\d\ds?)\b", re.IGNORECASE)
_SINGLE = "'‘"
# Characters of a quotation in marks, and marks of a paragraph that open and are not closed: more is no prose,
# and looking through it would never end.
_LONGEST = 5_000
_MOST_UNCLOSED = 1_000


@dataclass(frozen=True, slots=True)
class Marked:
    """Words in quotation marks.

    Attributes:
        start: Offset of the first character within the marks.
        end: Offset behind the last one.
        outer: Span with the marks; it ends with the words where a closing mark is left out because the
            quotation goes on in the next paragraph.
    """

    start: int
    end: int
    outer: tuple[int, int]


def find_marked(text: str, start: int, end: int, passed: list[tuple[int, int]]) -> list[Marked]:
    """Words in quotation marks, in order; those within others are not listed.

    Args:
        text: Prose.
        start: Where to begin.
        end: Where to end.
        passed: Spans, in order, in which marks are none of quotations.
    """
    made: list[Marked] = []
    at, unclosed = start, 0
    while unclosed < _MOST_UNCLOSED and (found := _OPENING.search(text, at, end)):
        opening = found.start()
        at = opening + 1
        over = next((span for span in passed if span[0] <= opening < span[1]), None)
        if over:
            at = over[1]
        elif _opens(text, opening, start):
            closing = _closing(text, opening, min(end, opening + _LONGEST), passed)
            unclosed += closing is None
            if closing is not None and text[opening + 1 : closing].strip():
                made.append(Marked(opening + 1, closing, (opening, closing + 1)))
                at = closing + 1
    return made


def left_open(text: str, start: int, end: int) -> Marked | None:
    """Words whose double mark is closed in no place up to the end: they go on in the next paragraph."""
    for found in reversed(list(re.finditer('[“„«"]', text[start:end]))):
        opening = start + found.start()
        if _opens(text, opening, start) and _closing(text, opening, end, []) is None:
            return Marked(opening + 1, end, (opening, end))
    return None


def _opens(text: str, at: int, start: int) -> bool:
    mark, before, behind = text[at], text[at - 1 : at] if at > start else "", text[at + 1 : at + 2]
    if not behind.strip():
        return False
    if mark in "“„«‹‚":
        return True
    if mark in _SINGLE and _CLIPPED.match(text, at + 1):
        return False
    # A straight mark, or one that closes in other countries, opens only where a word may begin.
    return mark == "‘" or not before or bool(_BEFORE.match(before))


def _closing(text: str, opening: int, end: int, passed: list[tuple[int, int]]) -> int | None:
    mark = text[opening]
    if mark in "'‘‚":
        return _closing_single(text, opening, end)
    closing = _nested_closing(text, opening, end, passed) if mark == '"' else None
    if closing is not None:
        return closing
    depth, closers = 1, _CLOSING[mark]
    for at in _unpassed(opening + 1, end, passed):
        character = text[at]
        if character in closers and not (mark == '"' and _nests(text, at, opening)):
            depth -= 1
        elif character == mark and mark != '"':
            depth += 1
        if depth == 0:
            return at
    # Marks of two kinds, as some keyboards leave them.
    return _mixed(text, opening, end) if mark == "“" else None


def _nested_closing(text: str, opening: int, end: int, passed: list[tuple[int, int]]) -> int | None:
    """The mark that closes a straight one, if all that open within it are closed, too."""
    depth = 1
    for at in _unpassed(opening + 1, end, passed):
        if text[at] == '"':
            depth += 1 if _nests(text, at, opening) else -1
        if depth == 0:
            return at
    return None


def _unpassed(start: int, end: int, passed: list[tuple[int, int]]) -> Iterator[int]:
    return (at for at in range(start, end) if not any(first <= at < last for first, last in passed))


def _nests(text: str, at: int, opening: int) -> bool:
    """Whether a straight mark opens again within an open one and closes nothing."""
    begins = at == opening + 1 or text[at - 1].isspace() or text[at - 1] in "([—"
    return begins and (text[at + 1 : at + 2].isalnum() or text[at + 1 : at + 2] in set("['‘…"))


def _mixed(text: str, opening: int, end: int) -> int | None:
    again = text.find("“", opening + 1, end)
    closing = text.find('"', opening + 1, end)
    return closing if closing >= 0 and (again < 0 or closing < again) else None


def _closing_single(text: str, opening: int, end: int) -> int | None:
    """The closing single mark: not one within a word, nor one behind a plural if a better one follows."""
    doubtful = None
    for at in range(opening + 1, end):
        character = text[at]
        if character == "‘" and text[opening] != "‚":
            break
        if character not in _CLOSING[text[opening]] or text[at + 1 : at + 2].isalnum():
            continue
        if text[at - 1].isspace():
            continue
        if not (text[at - 1] in "sS" and re.compile(r"\s+[a-z]").match(text, at + 1)):
            return at
        doubtful = at if doubtful is None else doubtful
    return doubtful

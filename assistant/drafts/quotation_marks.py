"""Quotation marks: which words are between a pair of them; apostrophes are none."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
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
# Words that begin with an apostrophe, and years without their century (but no verse or decimal, as 13:13).
_CLIPPED = re.compile(r"(?:tis|twas|twere|til|em|cause|round|n|\d\ds?(?![:.,]\d))\b", re.IGNORECASE)
_SINGLE = "'‘"
# Characters of a quotation, and marks of a paragraph that are never closed: a text with more is no prose, and
# searching it would take hours.
_LONGEST = 5_000
_MOST_UNCLOSED = 1_000


@dataclass(frozen=True, slots=True)
class MarkedWords:
    """Words in quotation marks.

    Attributes:
        start: Offset of the first character within the marks.
        end: Offset after the last one.
        outer: Span with the marks; it ends with the words if there is no closing mark because the quotation
            continues in the next paragraph.
    """

    start: int
    end: int
    outer: tuple[int, int]


def find_marked(text: str, start: int, end: int, ignored: Sequence[tuple[int, int]]) -> list[MarkedWords]:
    """Words in quotation marks from ``start`` to ``end``; those within others are not listed.

    Args:
        text: Prose.
        start: Where to begin.
        end: Where to end.
        ignored: Spans, in order, in which marks are none of quotations.
    """
    words: list[MarkedWords] = []
    offset, unclosed = start, 0
    while unclosed < _MOST_UNCLOSED and (match := _OPENING.search(text, offset, end)):
        opening = match.start()
        offset = opening + 1
        span = next((span for span in ignored if span[0] <= opening < span[1]), None)
        if span:
            offset = span[1]
        elif _opens(text, opening, start):
            closing = _closing(text, opening, min(end, opening + _LONGEST), ignored)
            unclosed += closing is None
            if closing is not None and text[opening + 1 : closing].strip():
                words.append(MarkedWords(opening + 1, closing, (opening, closing + 1)))
                offset = closing + 1
    return words


def left_open(text: str, start: int, end: int) -> MarkedWords | None:
    """Words whose double mark is not closed up to the end: they continue in the next paragraph."""
    for match in reversed(list(re.finditer('[“„«"]', text[start:end]))):
        opening = start + match.start()
        if _opens(text, opening, start) and _closing(text, opening, end, []) is None:
            return MarkedWords(opening + 1, end, (opening, end))
    return None


def _opens(text: str, offset: int, start: int) -> bool:
    mark, before = text[offset], text[offset - 1 : offset] if offset > start else ""
    if not text[offset + 1 : offset + 2].strip():
        return False
    if mark in "“„«‹‚":
        return True
    if mark in _SINGLE and _CLIPPED.match(text, offset + 1):
        return False
    # A straight mark, or one that closes in other countries, opens only where a word may begin.
    return mark == "‘" or not before or bool(_BEFORE.match(before))


def _closing(text: str, opening: int, end: int, ignored: Sequence[tuple[int, int]]) -> int | None:
    mark = text[opening]
    if mark in "'‘‚":
        return _closing_single(text, opening, end)
    closing = _nested_closing(text, opening, end, ignored) if mark == '"' else None
    if closing is not None:
        return closing
    depth, closers = 1, _CLOSING[mark]
    for offset in _offsets(opening + 1, end, ignored):
        character = text[offset]
        if character in closers and not (mark == '"' and _nests(text, offset, opening)):
            depth -= 1
        elif character == mark and mark != '"':
            depth += 1
        if depth == 0:
            return offset
    # Marks of two kinds, as some keyboards leave them.
    return _mixed(text, opening, end) if mark == "“" else None


def _nested_closing(text: str, opening: int, end: int, ignored: Sequence[tuple[int, int]]) -> int | None:
    """The mark that closes a straight one, if all that open within it are closed too."""
    depth = 1
    for offset in _offsets(opening + 1, end, ignored):
        if text[offset] == '"':
            depth += 1 if _nests(text, offset, opening) else -1
        if depth == 0:
            return offset
    return None


def _offsets(start: int, end: int, ignored: Sequence[tuple[int, int]]) -> Iterator[int]:
    return (
        offset for offset in range(start, end) if not any(first <= offset < last for first, last in ignored)
    )


def _nests(text: str, offset: int, opening: int) -> bool:
    """Whether a straight mark opens again within an open one and closes nothing."""
    begins = offset == opening + 1 or text[offset - 1].isspace() or text[offset - 1] in "([—"
    return begins and (
        text[offset + 1 : offset + 2].isalnum() or text[offset + 1 : offset + 2] in set("['‘…")
    )


def _mixed(text: str, opening: int, end: int) -> int | None:
    next_opening = text.find("“", opening + 1, end)
    closing = text.find('"', opening + 1, end)
    return closing if closing >= 0 and (next_opening < 0 or closing < next_opening) else None


def _closing_single(text: str, opening: int, end: int) -> int | None:
    """The closing single mark: not one within a word, nor one after a plural if a better one follows."""
    doubtful = None
    for offset in range(opening + 1, end):
        character = text[offset]
        if character == "‘" and text[opening] != "‚":
            break
        if character not in _CLOSING[text[opening]] or text[offset + 1 : offset + 2].isalnum():
            continue
        if text[offset - 1].isspace():
            continue
        if not (text[offset - 1] in "sS" and re.compile(r"\s+[a-z]").match(text, offset + 1)):
            return offset
        doubtful = offset if doubtful is None else doubtful
    return doubtful

"""A quotation as a writer sets it: words, and the marks by which the writer owns to a change.

Words and marks, the steps in which a quotation is compared with print.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from assistant.quotations.normalise import MARKS, NormalText, dots_in, normalise, skeleton
from assistant.quotations.printed import Stream

ItemKind = Literal["words", "ellipsis", "sic", "bracket"]

_DOTS = r"(?:[.…](?:\s*[.…])*)"
_EDIT = re.compile(
    rf"(?P<ellipsis>\[\s*{_DOTS}\s*\]|\(\s*{_DOTS}\s*\)|{_DOTS})"
    r"|(?P<sic>\[\s*sic\s*[.!]?\s*\])"
    r"|(?P<bracket>\[[^\[\]]{0,200}\])",
    re.IGNORECASE,
)
_ONE_MARK = re.compile(f"[{''.join(sorted(MARKS))}]")
# The last mark, with a point of the writer's behind it.
_LAST_MARK = re.compile(rf"{_ONE_MARK.pattern}([.,]?)\Z")
_MATES = {'"': '"', "“": "”", "„": "“”", "«": "»", "'": "'", "‘": "’", "‹": "›", "‚": "‘’", "`": "'`´"}


@dataclass(frozen=True, slots=True)
class Item:
    """A part of a quotation.

    Attributes:
        kind: Printed words, or the writer's mark.
        start: Offset in the quotation.
        end: Offset behind it.
        normal: Normal form of the words, mapped to the quotation; of a mark, the mark itself.
        inner: What stands in brackets.
        joined_left: Whether a letter stands directly before a bracket, as in ``know[s]``.
        joined_right: Whether a letter stands directly behind it, as in ``[T]he``.
    """

    kind: ItemKind
    start: int
    end: int
    normal: NormalText
    inner: str = ""
    joined_left: bool = False
    joined_right: bool = False


def parse(text: str) -> list[Item]:
    """Divide a quotation into words and marks.

    White space beside a mark belongs to neither; only behind ``[sic]`` it stays with the words.
    """
    items: list[Item] = []
    at = 0
    for found in _EDIT.finditer(text):
        if found["ellipsis"] and dots_in(found.group()) < 3:
            continue
        items += _words(text, at, found.start(), items)
        items.append(_mark(text, found))
        at = found.end()
    return [*items, *_words(text, at, len(text), items)]


def _words(text: str, start: int, end: int, items: list[Item]) -> list[Item]:
    while start < end and text[end - 1].isspace():
        end -= 1
    while start < end and text[start].isspace() and not (items and items[-1].kind == "sic"):
        start += 1
    return [Item("words", start, end, _normal(text, start, end))] if start < end else []


def _normal(text: str, start: int, end: int) -> NormalText:
    made = normalise(text[start:end])
    return NormalText(
        made.text, tuple(at + start for at in made.starts), tuple(at + start for at in made.ends)
    )


def _mark(text: str, found: re.Match[str]) -> Item:
    start, end = found.span()
    normal = _normal(text, start, end)
    if found["ellipsis"]:
        return Item("ellipsis", start, end, normal)
    if found["sic"]:
        return Item("sic", start, end, normal)
    return Item(
        "bracket",
        start,
        end,
        normal,
        text[start + 1 : end - 1].strip(),
        text[start - 1 : start].isalnum(),
        text[end : end + 1].isalnum(),
    )


def readings(text: str) -> list[str]:
    """What a quotation may be: without its outer quotation marks, and as it was given.

    Two marks at the ends may be a pair, or each belong to words of its own (``"one" and "two"``): both
    are tried in that order. Then a mark at an end is tried as the writer's who begins or ends within words
    that print quotes, and opens or closes them there.
    """
    bare = text.strip()
    made = [bare]
    if len(bare) > 2 and bare[-1] in _MATES.get(bare[0], ""):
        inner = bare[1:-1].strip()
        if inner.strip("".join(MARKS)):
            made.insert(0, inner)
    return [*made, *(one for reading in made for one in _supplied(reading))]


def _supplied(text: str) -> list[str]:
    """A quotation without the inner mark that opens it or closes it, where its fellow is within."""
    begun = text[1:] if text[:1] in MARKS and _unpaired(text[1:])[0] else text
    last = _LAST_MARK.search(text)
    if last is None or not _unpaired(text[: last.start()])[1]:
        return [begun] if begun != text else []
    ended = text[: last.start()] + last[1]
    return [ended] if begun == text else [begun, ended]


def _unpaired(text: str) -> tuple[int, int]:
    """How many quotation marks close none before them, and how many are never closed; no apostrophes."""
    closed = opened = 0
    for found in _ONE_MARK.finditer(text):
        before, behind = text[found.start() - 1 : found.start()], text[found.end() : found.end() + 1]
        if behind.isalnum() and not before.isalnum():
            opened += 1
        elif opened and not behind.isalnum():
            opened -= 1
        elif not behind.isalnum():
            closed += 1
    return closed, opened


# A word with the brackets in it, which may hold spaces; or a dash between two words.
_TOKEN = re.compile(r"(?:\[[^\[\]]{0,200}\]|(?!--)[^\s–—])+|[–—]+|--+")


@dataclass(frozen=True, slots=True)
class Token:
    """A word or a mark.

    Attributes:
        kind: A word, or a mark of the writer's that stands alone.
        start: Offset in its text.
        end: Offset behind it.
        form: Normal form, by which tokens are the same.
        bones: Skeleton of a word; empty for ``ellipsis`` and ``sic``.
    """

    kind: ItemKind
    start: int
    end: int
    form: str
    bones: str


def tokens_of(text: str, items: Sequence[Item]) -> list[Token]:
    """The tokens of a quotation.

    Args:
        text: The quotation.
        items: Its parts.
    """
    alone: dict[tuple[int, int], ItemKind] = {
        (item.start, item.end): item.kind for item in items if item.kind != "words"
    }
    made: list[Token] = []
    at = 0
    for item in items:
        if item.kind == "ellipsis":
            made += _between(text, at, item.start, alone)
            made.append(Token("ellipsis", item.start, item.end, "…", ""))
            at = item.end
    return made + _between(text, at, len(text), alone)


def _between(
    text: str,
    start: int,
    end: int,
    alone: dict[tuple[int, int], ItemKind],
) -> list[Token]:
    made = []
    for found in _TOKEN.finditer(text, start, end):
        kind = alone.get(found.span(), "words")
        bones = "" if kind == "sic" else skeleton(found.group())
        made.append(Token(kind, *found.span(), normalise(found.group()).text, bones))
    return made


def printed_tokens(stream: Stream, start: int, end: int) -> list[Token]:
    """The tokens of a stretch of print, whole words only; offsets are the stream's."""
    text = stream.text
    start, end = max(0, start), min(len(text), end)
    while start and not text[start - 1].isspace():
        start -= 1
    while end < len(text) and not text[end].isspace():
        end += 1
    return [
        Token("words", *found.span(), normalise(found.group()).text, skeleton(found.group()))
        for found in _TOKEN.finditer(text, start, end)
    ]

"""Divides a quotation into words and editing marks, and these into tokens to compare."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from assistant.quotations.normalise import MARKS, NormalText, dots_in, normalise, skeleton
from assistant.quotations.pasted import without_citation, without_markup
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
# The last mark, with a point of the writer's after it.
_LAST_MARK = re.compile(rf"{_ONE_MARK.pattern}([.,]?)\Z")
_MATES = {
    '"': '"', "“": "”", "„": "“”", "«": "»", "»": "«»", "”": "”", "'": "'", "‘": "’", "‹": "›", "›": "‹›",
    "‚": "‘’", "’": "’", "`": "'`´",
}  # fmt: skip


_DOUBLE = frozenset('"“”„«»')


@dataclass(frozen=True, slots=True)
class Reading:
    """One of the things that a quotation as it was given may be.

    Attributes:
        text: The quotation.
        citation: What was taken for the writer's citation after it, or the empty string.
        form: Number of the form that was read so: 0 as given, the last without all that was pasted along.
    """

    text: str
    citation: str = ""
    form: int = 0


@dataclass(frozen=True, slots=True)
class Item:
    """A part of a quotation.

    Attributes:
        kind: Printed words, or the writer's mark.
        start: Offset in the quotation.
        end: offset of its end.
        normal: Normal form of the words, mapped to the quotation; of a mark, the mark itself.
        inner: What is in brackets.
        joined_left: Whether a letter is directly before a bracket, as in ``know[s]``.
        joined_right: Whether a letter is directly after it, as in ``[T]he``.
        lines: Indices of ``normal`` at or before which a line of the quotation ends.
    """

    kind: ItemKind
    start: int
    end: int
    normal: NormalText
    inner: str = ""
    joined_left: bool = False
    joined_right: bool = False
    lines: frozenset[int] = frozenset()


def parse(text: str) -> list[Item]:
    """Divide a quotation into words and marks.

    White space beside a mark belongs to neither; only after ``[sic]`` it stays with the words.
    """
    items: list[Item] = []
    position = 0
    for match in _EDIT.finditer(text):
        if match["ellipsis"] and dots_in(match.group()) < 3:
            continue
        items += _words(text, position, match.start(), items)
        items.append(_mark(text, match))
        position = match.end()
    return [*items, *_words(text, position, len(text), items)]


def _words(text: str, start: int, end: int, items: list[Item]) -> list[Item]:
    while start < end and text[end - 1].isspace():
        end -= 1
    while start < end and text[start].isspace() and not (items and items[-1].kind == "sic"):
        start += 1
    if start >= end:
        return []
    normal = _normal(text, start, end)
    lines = normal.breaks(text) if "\n" in text[start:end] else frozenset[int]()
    return [Item("words", start, end, normal, lines=lines)]


def _normal(text: str, start: int, end: int) -> NormalText:
    result = normalise(text[start:end])
    return NormalText(
        result.text,
        tuple(position + start for position in result.starts),
        tuple(position + start for position in result.ends),
    )


def _mark(text: str, match: re.Match[str]) -> Item:
    start, end = match.span()
    normal = _normal(text, start, end)
    if match["ellipsis"]:
        return Item("ellipsis", start, end, normal)
    if match["sic"]:
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


def readings(text: str) -> list[Reading]:
    """What a quotation may be, as it was given first.

    It is read with its outer quotation marks and without them, with italics of Markdown or HTML as signs and
    as setting, and with a citation at its end as words and as the writer's citation. Then a mark at an end
    is tried as the writer's who begins or ends within words that print quotes, and opens or closes them
    there, or as one that was copied along.
    """
    bare = text.strip()
    forms: dict[str, str] = {}
    for form in (bare, without_markup(bare).strip()):
        forms.setdefault(form, "")
        words, citation = without_citation(form)
        forms.setdefault(words, citation)
    result: dict[str, Reading] = {}
    for number, (form, citation) in enumerate(forms.items()):
        marked = _without_marks(form)
        supplied = [words for reading in marked for words in _supplied(reading)]
        for words in (*marked, *supplied, *(_without_stray_mark(reading) for reading in marked)):
            if words.strip("".join(MARKS)):
                result.setdefault(words, Reading(words, citation, number))
    return list(result.values()) or [Reading(bare)]


def _without_marks(text: str) -> list[str]:
    """A quotation without its outer marks, and as it is.

    Two marks at the ends may be a pair, or each belong to words of its own (``"one" and "two"``): both are
    tried in that order.
    """
    mixed = text[:1] in _DOUBLE and text[-1:] in _DOUBLE  # as keyboards and converters leave them
    if len(text) > 2 and (mixed or text[-1] in _MATES.get(text[0], "")):
        inner = text[1:-1].strip()
        # LaTeX and typewriters write a double mark as two single ones.
        if inner[:1] == text[0] and inner[-1:] == text[-1] and text[0] in "`'‹›":
            inner = inner[1:-1].strip()
        if inner.strip("".join(MARKS)):
            return [inner, text]
    # The writer's own point after the closing mark.
    closed = text.rstrip(" .,;:")
    return [*_without_marks(closed)[:-1], text] if closed != text and closed[-1:] in MARKS else [text]


def _without_stray_mark(text: str) -> str:
    """A quotation without a mark at its beginning or end that has no fellow in it."""
    if text[:1] in MARKS and _unpaired(text)[1]:
        text = text[1:]
    last = _LAST_MARK.search(text)
    if last and _unpaired(text)[0]:
        text = text[: last.start()] + last[1]
    return text.strip()


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
    for match in _ONE_MARK.finditer(text):
        before, following = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
        if following.isalnum() and not before.isalnum():
            opened += 1
        elif opened and not following.isalnum():
            opened -= 1
        elif not following.isalnum():
            closed += 1
    return closed, opened


# A word with the brackets in it, which may hold spaces; or a dash between two words.
_TOKEN = re.compile(r"(?:\[[^\[\]]{0,200}\]|(?!--)[^\s–—])+|[–—]+|--+")


@dataclass(frozen=True, slots=True)
class Token:
    """A word or a mark.

    Attributes:
        kind: A word, or a mark of the writer's that is alone.
        start: Offset in its text.
        end: offset of its end.
        form: Normal form, by which tokens are the same.
        letters: Skeleton of a word; empty for ``ellipsis`` and ``sic``.
    """

    kind: ItemKind
    start: int
    end: int
    form: str
    letters: str


def tokens_of(text: str, items: Sequence[Item]) -> list[Token]:
    """The tokens of a quotation.

    Args:
        text: The quotation.
        items: Its parts.
    """
    alone: dict[tuple[int, int], ItemKind] = {
        (item.start, item.end): item.kind for item in items if item.kind != "words"
    }
    result: list[Token] = []
    position = 0
    for item in items:
        if item.kind == "ellipsis":
            result += _between(text, position, item.start, alone)
            result.append(Token("ellipsis", item.start, item.end, "…", ""))
            position = item.end
    return result + _between(text, position, len(text), alone)


def _between(
    text: str,
    start: int,
    end: int,
    alone: dict[tuple[int, int], ItemKind],
) -> list[Token]:
    result = []
    for match in _TOKEN.finditer(text, start, end):
        kind = alone.get(match.span(), "words")
        letters = "" if kind == "sic" else skeleton(match.group())
        result.append(Token(kind, *match.span(), normalise(match.group()).text, letters))
    return result


def printed_tokens(stream: Stream, start: int, end: int) -> list[Token]:
    """The tokens of a stretch of print, whole words only; offsets are the stream's."""
    text = stream.text
    start, end = max(0, start), min(len(text), end)
    while start and not text[start - 1].isspace():
        start -= 1
    while end < len(text) and not text[end].isspace():
        end += 1
    return [
        Token("words", *match.span(), normalise(match.group()).text, skeleton(match.group()))
        for match in _TOKEN.finditer(text, start, end)
    ]

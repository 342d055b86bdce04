"""Titles: their italics and quotation marks, set within marks or in italics, and cut short.

Quotation marks: found and told from apostrophes, nested anew, supplied where one of a pair is missing.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from assistant.core.essay import CSLItem
from assistant.core.rich import Rich, Text, joined, rich

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


_ITALIC = re.compile(r"</?i>")
# Markup that CSL allows in a title and whose effect is not carried over.
_OTHER_MARKUP = re.compile(r'</?(?:b|sc|sub|sup)>|<span (?:class|style)="[^"<>]*">|</span>')
_CLOSERS = "”’\"'"
_ARTICLE = re.compile(r"(?:The|An?)\s+(?=\w|[“‘\"'])")


def marked_up(text: str) -> Rich:
    """Text of a record, with the italics that CSL marks by ``<i>``.

    Italics that do not pair are no markup: their signs are kept as text.
    """
    plain = _OTHER_MARKUP.sub("", text.strip())
    tags = _ITALIC.findall(plain)
    if not tags or not _pair(tags):
        return rich(plain)
    made, depth, at = Rich(), 0, 0
    for tag in _ITALIC.finditer(plain):
        made += rich(plain[at : tag.start()], italic=depth % 2 == 1)
        depth += 1 if tag[0] == "<i>" else -1
        at = tag.end()
    return made + plain[at:]


def _pair(tags: list[str]) -> bool:
    depth = 0
    for tag in tags:
        depth += 1 if tag == "<i>" else -1
        if depth < 0:
            return False
    return depth == 0


def title_of(record: CSLItem) -> Rich:
    """The title as recorded.

    Capitals stay as they are in every style. Some styles ask for sentence case (APA, IEEE, Harvard), but no
    program can tell "Never Let Me Go" from an ordinary run of words, and a damaged name is a worse
    fault than a capital too many; a record in sentence case is printed in sentence case.
    """
    return marked_up(str(record.get("title") or ""))


def short_title(record: CSLItem, *, article: bool = True) -> Rich:
    """The title as a second or a parenthetical citation has it.

    Args:
        record: The record; its ``title-short`` stands before the part of its title before the colon.
        article: Whether an initial article is kept.
    """
    short = marked_up(str(record.get("title-short") or record.get("shortTitle") or ""))
    made = short or _main(title_of(record))
    found = None if article else _ARTICLE.match(made.plain())
    return made[found.end() :] if found else made


def _main(title: Rich) -> Rich:
    """A title up to its colon, or to the question mark before its subtitle."""
    found = re.search(r"\s*:(?=\s)|(?<=[?!])\s", title.plain())
    return title[: found.start()] if found else title


def in_marks(title: Rich, *, double: bool = True, stop: str = "") -> Rich:
    """A title in quotation marks, its own marks nested.

    Args:
        title: The title.
        double: Whether American double marks stand outside, with the stop inside them; else single
            ones as in Britain, with the stop behind.
        stop: Full stop or comma that follows, or the empty string.
    """
    inner = title.rewritten(nested(title.plain(), double=double))
    if not inner:
        return inner
    return "“" + stopped(inner, stop) + "”" if double else "‘" + inner + "’" + stop


def stopped(text: Text, stop: str = ".") -> Rich:
    """Text with a stop at its end, within quotation marks there as Americans set it.

    A full stop is left out behind a question or exclamation mark, and any stop behind itself.
    """
    made = rich(text)
    plain = made.plain()
    inner = _before_closers(plain)
    silent = ("?", "!", ".") if stop == "." else (stop,)
    if not stop or not inner or inner.endswith(silent):
        return made
    return joined("", [made[: len(inner)], stop, made[len(inner) :]])


def _before_closers(plain: str) -> str:
    """Text without the quotation marks that close at its end; an apostrophe is none."""
    inner = plain.rstrip(_CLOSERS)
    tail = plain[len(inner) :]
    # An apostrophe behind a plural ("the Keepers'") closes no quotation.
    closes = set(tail) & {"”", '"'} or re.search(r"(?:^|[\s(“])['‘]", plain)
    return inner if closes else plain

"""Titles and the marks in them: italics, quotation marks and how they nest, short titles, final stops."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from assistant.core.essay import CSLItem
from assistant.core.lines import CLIPPED_WORDS
from assistant.core.rich import Rich, Text, joined, rich

_QUOTATION_MARK = re.compile(r"""[“”"„‘’'‚]""")
_DOUBLE = {"“", "”", '"', "„"}
# What closes the low marks that open in German, Czech, Polish and other languages.
_LOW = {"„": "“”", "‚": "‘’"}
_BEFORE_OPENING = re.compile(r"[\s(\[{—–\-/“‘\"']")
_CLIPPED = re.compile(rf"(?:{CLIPPED_WORDS}|\d\ds?)\b", re.IGNORECASE)
_LATER_APOSTROPHE = re.compile("[^“”\"‘]*?[’'](?![A-Za-z0-9])")
_ITALIC = re.compile(r"</?i>")
# Markup that CSL allows in a title and that styles here do not reproduce.
_OTHER_MARKUP = re.compile(r'</?(?:b|sc|sub|sup)>|<span (?:class|style)="[^"<>]*">|</span>')
_CLOSERS = "”’\"'"
_ARTICLE = re.compile(r"(?:The|An?)\s+(?=\w|[“‘\"'])")


@dataclass(slots=True)
class MarkPair:
    """Two marks that belong together; the offset of a mark that the text lacks is ``None``.

    Attributes:
        opening: Offset of the first.
        closing: Offset of the second.
        double: Whether they are double.
        straight: Whether they are straight.
        depth: Number of pairs around it.
    """

    opening: int | None
    closing: int | None
    double: bool
    straight: bool
    depth: int = 0


def nested(text: str, *, double: bool, supplied: bool = False) -> str:
    """A text as it appears within quotation marks: its own marks alternate with the outer ones.

    Args:
        text: Printed words or a title.
        double: Whether the outer marks are double.
        supplied: Whether to add the missing mark of an incomplete pair of double marks; otherwise the
            text keeps its length.

    Returns:
        The text with double marks changed to single ones, or the reverse, where nesting requires it;
        straight marks remain straight, and apostrophes do not change.
    """

    def is_double(pair: MarkPair) -> bool:
        return double == (pair.depth % 2 == 1)

    pairs = mark_pairs(text)
    characters = list(text)
    for pair in pairs:
        opening, closing = mark_pair(double=is_double(pair), straight=pair.straight)
        if pair.opening is not None:
            characters[pair.opening] = opening
        if pair.closing is not None:
            characters[pair.closing] = closing
    renested = "".join(characters)
    return _with_missing_marks(renested, pairs, is_double) if supplied else renested


def completed(text: str) -> str:
    """A text with its marks as printed, and the missing marks of pairs of double marks added."""
    return _with_missing_marks(text, mark_pairs(text), lambda pair: pair.double)


def _with_missing_marks(text: str, pairs: list[MarkPair], is_double: Callable[[MarkPair], bool]) -> str:
    """A text with the marks that its pairs lack; those of the innermost pair are closest to the text."""
    before, after = "", ""
    for pair in sorted(pairs, key=lambda pair: -pair.depth):
        opening, closing = mark_pair(double=is_double(pair), straight=pair.straight)
        before = (opening if pair.opening is None else "") + before
        after += closing if pair.closing is None else ""
    return f"{before}{text}{after}"


def mark_pair(*, double: bool, straight: bool) -> tuple[str, str]:
    """Opening and closing mark."""
    if straight:
        return ('"', '"') if double else ("'", "'")
    return ("“", "”") if double else ("‘", "’")


def is_straight(text: str) -> bool:
    """Whether a text has no curly marks or apostrophes."""
    return not re.search("[“”‘’]", text)


def mark_pairs(text: str) -> list[MarkPair]:
    """All pairs of marks with their depth, from 0; an unpaired single mark is an apostrophe."""
    pairs: list[MarkPair] = []
    open_pairs: list[MarkPair] = []
    for match in _QUOTATION_MARK.finditer(text):
        offset, mark = match.start(), match[0]
        if mark in _LOW:
            open_pairs.append(MarkPair(offset, None, double=mark in _DOUBLE, straight=False))
        elif open_pairs and _closes_low(text, offset, open_pairs[-1]):
            open_pairs[-1].closing = offset
            pairs.append(open_pairs.pop())
        elif mark in _DOUBLE:
            if _opens_double(text, offset):
                open_pairs.append(MarkPair(offset, None, double=True, straight=mark == '"'))
            else:
                _close_double(text, offset, open_pairs, pairs)
        elif _opens_single(text, offset):
            open_pairs.append(MarkPair(offset, None, double=False, straight=mark == "'"))
        elif open_pairs and not open_pairs[-1].double and _closes_single(text, offset):
            open_pairs[-1].closing = offset
            pairs.append(open_pairs.pop())
    pairs += [pair for pair in open_pairs if pair.double]
    enclosing: list[float] = []
    # Of two pairs one encloses the other, or they are apart.
    for pair in sorted(pairs, key=lambda pair: (_extent(pair)[0], -_extent(pair)[1])):
        end = _extent(pair)[1]
        while enclosing and enclosing[-1] < end:
            enclosing.pop()
        pair.depth = len(enclosing)
        enclosing.append(end)
    return pairs


def _closes_low(text: str, offset: int, pair: MarkPair) -> bool:
    """Whether a mark closes a pair that a low mark opened; an apostrophe within a word does not."""
    opening = text[pair.opening] if pair.opening is not None else ""
    is_apostrophe = not pair.double and text[offset + 1 : offset + 2].isalnum()
    return text[offset] in _LOW.get(opening, "") and not is_apostrophe


def _close_double(text: str, offset: int, open_pairs: list[MarkPair], pairs: list[MarkPair]) -> None:
    """Close the open double marks; single marks opened within them were apostrophes."""
    while open_pairs and not open_pairs[-1].double:
        open_pairs.pop()
    if open_pairs:
        open_pairs[-1].closing = offset
        pairs.append(open_pairs.pop())
    elif not (text[offset] == '"' and text[offset - 1 : offset].isdigit()):  # 5" are inches
        pairs.append(MarkPair(None, offset, double=True, straight=text[offset] == '"'))


def _extent(pair: MarkPair) -> tuple[float, float]:
    """Where a pair begins and ends; of two unclosed pairs the first encloses the second."""
    opening = -1.0 if pair.opening is None else float(pair.opening)
    return opening, float("inf") if pair.closing is None else float(pair.closing)


def _opens_double(text: str, offset: int) -> bool:
    if text[offset] != '"':
        return text[offset] == "“"
    return _at_word_start(text, offset)


def _at_word_start(text: str, offset: int) -> bool:
    before = offset == 0 or _BEFORE_OPENING.match(text[offset - 1])
    return bool(before) and text[offset + 1 : offset + 2].strip() != ""


def _opens_single(text: str, offset: int) -> bool:
    if text[offset] == "‘":
        return not _CLIPPED.match(text, offset + 1)
    return text[offset] == "'" and _at_word_start(text, offset) and not _CLIPPED.match(text, offset + 1)


def _closes_single(text: str, offset: int) -> bool:
    """Whether a single mark ends a quotation; within or before a word it is an apostrophe."""
    if text[offset + 1 : offset + 2].isalnum():
        return False
    # "the keepers’ lamp’": after a plural, a mark that another one follows is an apostrophe.
    plural = text[offset - 1 : offset] in {"s", "S"} and re.match(r"\s[a-z]", text[offset + 1 : offset + 3])
    return not (plural and _LATER_APOSTROPHE.match(text, offset + 1))


def marked_up(text: str) -> Rich:
    """Text of a record with the italics that CSL marks as ``<i>``; unpaired tags remain as text."""
    plain = _OTHER_MARKUP.sub("", text.strip())
    tags = _ITALIC.findall(plain)
    if not tags or not _are_paired(tags):
        return rich(plain)
    result, depth, offset = Rich(), 0, 0
    for tag in _ITALIC.finditer(plain):
        result += rich(plain[offset : tag.start()], italic=depth % 2 == 1)
        depth += 1 if tag[0] == "<i>" else -1
        offset = tag.end()
    return result + plain[offset:]


def without_markup(text: str, *, italics: bool = False) -> str:
    """Text of a record without CSL's markup, for formats that have none; its italics may stay."""
    plain = _OTHER_MARKUP.sub("", text)
    return plain if italics else _ITALIC.sub("", plain)


def _are_paired(tags: list[str]) -> bool:
    depth = 0
    for tag in tags:
        depth += 1 if tag == "<i>" else -1
        if depth < 0:
            return False
    return depth == 0


def title_of(record: CSLItem) -> Rich:
    """The title as recorded.

    Capitals do not change in any style. Some styles ask for sentence case (APA, IEEE, Harvard), but no
    program can distinguish the name "Never Let Me Go" from ordinary words, and a damaged name is a worse
    error than a capital too many. A record in sentence case is printed in sentence case.
    """
    return _curled(marked_up(str(record.get("title") or "")))


def _curled(title: Rich) -> Rich:
    """A title with the curly marks of print for the straight ones of exports."""
    plain = title.plain()
    if "'" not in plain and '"' not in plain:
        return title
    characters = list(plain)
    for pair in mark_pairs(plain):
        if pair.straight and pair.opening is not None and pair.closing is not None:
            opening, closing = mark_pair(double=pair.double, straight=False)
            characters[pair.opening], characters[pair.closing] = opening, closing
    return title.rewritten("".join("’" if character == "'" else character for character in characters))


def short_title(record: CSLItem, *, article: bool = True) -> Rich:
    """The recorded short title, else the title up to its colon; ``article`` keeps an initial article."""
    short = _curled(marked_up(str(record.get("title-short") or record.get("shortTitle") or "")))
    title = short or _main_title(title_of(record))
    match = None if article else _ARTICLE.match(title.plain())
    return title[match.end() :] if match else title


def _main_title(title: Rich) -> Rich:
    """A title up to its colon, or up to the question or exclamation mark before its subtitle."""
    end = re.search(r"\s*:(?=\s)|(?<=[?!])\s", title.plain())
    return title[: end.start()] if end else title


def in_marks(title: Rich, *, double: bool = True, stop: str = "") -> Rich:
    """A title in quotation marks, its own marks nested.

    Args:
        title: The title.
        double: Whether to use American double marks with the stop inside, or British single ones with
            the stop outside.
        stop: The full stop or comma that follows; may be empty.
    """
    inner = title.rewritten(nested(title.plain(), double=double))
    if not inner:
        return inner
    return "“" + stopped(inner, stop) + "”" if double else "‘" + inner + "’" + stop


def stopped(text: Text, stop: str = ".", *, inside: bool = True) -> Rich:
    """Text with a final stop.

    A full stop is omitted after a question or exclamation mark, and any stop after the same stop.

    Args:
        text: The text.
        stop: The stop.
        inside: Whether closing quotation marks follow the stop, as in American usage.
    """
    result = rich(text)
    plain = result.plain()
    inner = _before_closers(plain)
    silent = ("?", "!", ".") if stop == "." else (stop,)
    if not stop or not inner or inner.endswith(silent):
        return result
    if not inside:
        return result + stop
    before, closers = result[: len(inner)], result[len(inner) :]
    is_italic = bool(closers) and before.runs[-1].italic and closers.runs[0].italic
    return joined("", [before, rich(stop, italic=is_italic), closers])


def _before_closers(plain: str) -> str:
    """Text without the quotation marks that close at its end; an apostrophe is not removed."""
    inner = plain.rstrip(_CLOSERS)
    tail = plain[len(inner) :]
    # An apostrophe after a plural ("the Keepers'") closes no quotation.
    closes = set(tail) & {"”", '"'} or re.search(r"(?:^|[\s(“])['‘]", plain)
    return inner if closes else plain

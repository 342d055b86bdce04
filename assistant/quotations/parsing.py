"""Divides a quotation into words and editing marks, and these into tokens to compare.

What was pasted along with it is left out: italics of Markdown or HTML, and its citation or note.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from assistant.quotations.normalise import MARKS, NormalText, dots_in, normalise, skeleton
from assistant.quotations.printed import Stream

# Tags that set words, and that divide lines.
_SETTING_TAG = re.compile(
    r"</?(?:i|em|b|strong|cite|u|span|small|mark|a|sub|sup|q|blockquote|font|del|ins|s)\b[^<>]{0,300}>",
    re.IGNORECASE,
)
_LINE_TAG = re.compile(r"<(?:br|/?p|/?div|/?li)\b[^<>]{0,300}>", re.IGNORECASE)
_RAISED = re.compile(r"<sup>\s{0,3}(\d{1,4})\s{0,3}</sup>", re.IGNORECASE)
_LATEX = re.compile(r"\\(?:emph|textit|textsl|textbf|textsc|underline|enquote)\{([^{}\\]{0,2000})\}")
_QUOTED_LINE = re.compile(r"^[ ]{0,3}>[ ]?", re.MULTILINE)
_BROKEN_LINE = re.compile(r"\\$", re.MULTILINE)
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+.!<>~|=-])")
_EMPHASIS = re.compile(r"\*{1,3}|_{1,3}|~~|==")
_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
# What an escaped sign is while emphasis is looked for.
_HELD = {sign: chr(0xE100 + number) for number, sign in enumerate("\\`*_{}[]()#+.!<>~|=-")}
_RELEASED = {ord(held): sign for sign, held in _HELD.items()}

# A note below a quotation: its number, then its words.
_NOTE = re.compile(r"\n[^\S\n]{0,8}(?:\[\^?\w{1,40}\]:?|\d{1,3}[.)]?|[⁰¹²³⁴-⁹]{1,3})[^\S\n]{1,8}\S")
_CALL = re.compile(r"(?:[⁰¹²³⁴-⁹]{1,3}|\[\^?\w{1,40}\]|(?<=[^\w\s])\d{1,3})\Z")
# A citation in brackets: pages, a year or names, and what writers add to a citation.
_CITATION = re.compile(
    r"[^\n]*\d|(?:[^\W\d_]*[’'])?[A-ZÀ-ÖØ-Þ\u0370-\uffff]"
    r"|(?i:ibid|ebd|qtd|my |own |emphasis|italics|translat|meine?\b|eig)"
)
_NUMBERED = re.compile(r"\[\d{1,4}(?:[\s,;:–-][^\[\]]{0,80})?\Z")
_LONGEST_CITATION = 400
# LaTeX's citation or note at the end, and the number of a note after a closing mark.
_COMMAND = re.compile(
    r"\\[A-Za-z]{0,20}(?:cite|footnote)[A-Za-z]{0,20}\*?(?:\[[^\[\]]{0,99}\]){0,2}\{[^{}]{0,300}\}[.,;]?\Z"
)
_NUMBER = re.compile(r"(?<=[\"”’»«“‹])(?:[⁰¹²³⁴-⁹]{1,3}|\d{1,3})\Z")
_CLOSING = frozenset("\"'”’»«›‹“‘")
# A note in the line, after words in marks: names, a title, pages.
_IN_LINE = re.compile(r"[.,;]?\s{1,4}(?=[A-ZÀ-ÖØ-Þ])[^\n]{2,400}\d[\d–-]{0,12}[a-z]?[).\]]{0,2}\Z")


def without_markup(text: str) -> str:
    """A quotation without the signs by which Markdown, HTML or LaTeX sets italics, lines and blocks."""
    if "<" in text or "&" in text:
        text = _LINE_TAG.sub("\n", _RAISED.sub(lambda match: match[1].translate(_SUPERSCRIPTS), text))
        text = html.unescape(_SETTING_TAG.sub("", text))
    if "\\" in text:
        text = _BROKEN_LINE.sub("", _LATEX.sub(r"\1", text))
        text = _ESCAPED.sub(lambda match: _HELD[match[1]], text)
    return _without_emphasis(_QUOTED_LINE.sub("", text)).translate(_RELEASED)


def _without_emphasis(text: str) -> str:
    """A text without the signs of Markdown that enclose words."""
    opened: dict[str, list[tuple[int, int]]] = {}
    dropped: list[tuple[int, int]] = []
    for match in _EMPHASIS.finditer(text):
        sign, (start, end) = match.group(), match.span()
        before, after = text[start - 1 : start], text[end : end + 1]
        within_word = sign[0] == "_" and before.isalnum() and after.isalnum()
        if (
            before.strip()
            and opened.get(sign)
            and not within_word
            and not (sign[0] == "_" and after.isalnum())
        ):
            dropped += [opened[sign].pop(), (start, end)]
        elif after.strip() and not within_word and not (sign[0] == "_" and before.isalnum()):
            opened.setdefault(sign, []).append((start, end))
    pieces, position = [], 0
    for start, end in sorted(dropped):
        pieces.append(text[position:start])
        position = end
    return "".join([*pieces, text[position:]])


def without_citation(text: str) -> tuple[str, str]:
    """A quotation and the writer's citation after it, in brackets or as a note; the latter may be empty."""
    note = _NOTE.search(text)
    if note:
        words = text[: note.start()].rstrip()
        called = _CALL.search(words)
        if called:
            return words[: called.start()].rstrip(), text[note.start() :].strip()
    begin = max(0, len(text) - _LONGEST_CITATION)
    command = _COMMAND.search(text, begin)
    if command:
        return text[: command.start()].rstrip(" ~\n"), command.group()
    words = text.rstrip(" .,;:\n")
    number = _NUMBER.search(words, max(0, len(words) - 4))
    if number:
        return words[: number.start()], number.group()
    start = _bracket(words)
    if start is not None:
        before, cited = words[:start].rstrip(), words[start:]
        in_marks = before[-1:] in _CLOSING or before.rstrip(".,;:!?")[-1:] in _CLOSING
        looks_so = (_NUMBERED if cited[0] == "[" else _CITATION).match(cited[cited[0] == "(" : -1])
        if before and (in_marks or looks_so):
            return before, cited
    return _with_note_in_line(text)


def _bracket(words: str) -> int | None:
    """Where the bracket begins that ends a text."""
    if words[-1:] not in {")", "]"}:
        return None
    depth = 0
    for position in range(len(words) - 1, max(-1, len(words) - 1 - _LONGEST_CITATION), -1):
        depth += (words[position] in ")]") - (words[position] in "([")
        if depth == 0:
            return position
    return None


def _with_note_in_line(text: str) -> tuple[str, str]:
    """Words in marks and the note that follows them in the line."""
    if text[:1] not in {"“", '"', "„", "«", "»", "‘"}:
        return text, ""
    closers = {"“": "”", '"': '"', "„": "“”", "«": "»", "»": "«", "‘": "’"}[text[0]]
    for position in range(1, len(text)):
        if text[position] in closers and not text[position + 1 : position + 2].isalnum():
            match = _IN_LINE.match(text, position + 1)
            return (text[: position + 1], match.group().strip()) if match else (text, "")
    return text, ""


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

"""Spans of an essay's quoted words, found by their quotation marks, and the essay's own words around them.

A mark without its counterpart delimits nothing, so that no words of the essay's author count as quoted.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING

from assistant.core.essay import Kind, Passage, Span
from assistant.core.lines import CLIPPED_WORDS

if TYPE_CHECKING:
    from assistant.attribution.parentheticals import Parenthetical

_DOUBLE = re.compile('[“”"]')
_SINGLE = re.compile("[‘’']")
_CLIPPED = re.compile(rf"(?:{CLIPPED_WORDS}|till|bout|round|\d\d(?:\d\d)?s?)\b", re.IGNORECASE)
_FEET = re.compile(r"\d['’′]\s?\d*$")
# Characters other than a space that can precede an opening mark.
_BEFORE_OPENING = "([{—–-/‘“'\""
_FIRST_CHARACTERS = "[(‘'“\"$£€"
# Kinds of passages that are quoted as a whole, without marks.
BLOCKS: frozenset[Kind] = frozenset({"blockquote", "verse"})
# Characters before and after an offset within which its sentence is read; what is longer is no sentence.
_LONGEST_SENTENCE = 2_000
_MARKED: frozenset[Kind] = frozenset({"paragraph", "note", "list"})
_CITATION = re.compile(r"\s*+(?:[,;:—–]\s*+)?(\([^()]*\)|\[[^\[\]]*\])")
_BRACKETS = re.compile(r"\([^()]*\)")


def pairs(text: str, *, double: bool) -> tuple[list[Span], int | None]:
    """Find the outermost spans between pairs of marks in a paragraph.

    Args:
        text: The paragraph.
        double: Whether the outer marks are double.

    Returns:
        The spans without their marks, in order and without overlap; and where words begin whose opening
        mark is the last one of the paragraph and is not closed, or ``None``.
    """
    spans: list[Span] = []
    begin: int | None = None
    for offset, opening, closing in _directions(text, double=double):
        if opening and not (closing and begin is not None):
            # If another mark is open, that one has lost its counterpart.
            begin = offset + 1
        elif begin is not None:
            if text[begin:offset].strip():
                spans.append((begin, offset))
            begin = None
    return spans, begin


def single_outside(texts: Iterable[str]) -> bool:
    """Whether an essay quotes in single marks, with double ones inside, as in Britain."""
    single = double = 0
    for text in texts:
        in_double, in_single = pairs(text, double=True)[0], pairs(text, double=False)[0]
        single += sum(not _within(span, in_double) for span in in_single)
        double += sum(not _within(span, in_single) for span in in_double)
    return single > double


def _within(span: Span, others: Sequence[Span]) -> bool:
    """Whether a span is part of another; the others are in order and do not overlap."""
    number = bisect_right(others, span[0], key=itemgetter(0)) - 1
    return number >= 0 and span[1] <= others[number][1]


def _is_within_span(offset: int, spans: Sequence[QuotedSpan]) -> bool:
    index = bisect_left(spans, offset, key=attrgetter("start")) - 1
    return index >= 0 and offset < spans[index].end


def _directions(text: str, *, double: bool) -> Iterator[tuple[int, bool, bool]]:
    """Offset of each mark, whether it can open a quotation, and whether it can close one."""
    offsets = [match.start() for match in (_DOUBLE if double else _SINGLE).finditer(text)]
    for number, offset in enumerate(offsets):
        opening, closing = (
            _double_direction(text, offset)
            if double
            else _single_direction(
                text, offset, (offsets[index] for index in range(number + 1, len(offsets)))
            )
        )
        if opening or closing:
            yield offset, opening, closing


def _double_direction(text: str, offset: int) -> tuple[bool, bool]:
    """Whether a double mark can open a quotation, and whether it can close one."""
    if _FEET.search(text, max(0, offset - 5), offset):
        return False, False
    if text[offset] != '"':
        return text[offset] == "“", text[offset] == "”"
    before, after = text[offset - 1 : offset], text[offset + 1 : offset + 2]
    if not before or before.isspace():
        # Between two spaces it closes the quotation that is open.
        return bool(after.strip()), not after.strip()
    opening = before in _BEFORE_OPENING and (after.isalnum() or (after != "" and after in _FIRST_CHARACTERS))
    return opening, True


def _single_direction(text: str, offset: int, later: Iterable[int]) -> tuple[bool, bool]:
    """Whether a single mark can open a quotation, and whether it can close one; an apostrophe cannot."""
    before, after = text[offset - 1 : offset], text[offset + 1 : offset + 2]
    starts_word = not before or before.isspace() or before in _BEFORE_OPENING
    if text[offset] == "‘" or (text[offset] == "'" and starts_word):
        return bool(after.strip()) and not _CLIPPED.match(text, offset + 1), False
    if not before or before.isspace() or after.isalnum():
        return False, False
    return False, not _is_plural(text, offset, later)


def _is_plural(text: str, offset: int, later: Iterable[int]) -> bool:
    """Whether a mark is the apostrophe of a plural because a later one closes (``the keepers' lamp'``)."""
    if text[offset - 1] not in "sS" or not re.match(r"\s\w", text[offset + 1 : offset + 3]):
        return False
    for other in later:
        before, after = text[other - 1], text[other + 1 : other + 2]
        if not before.isspace() and after.isalnum():
            continue
        return not (text[other] == "‘" or before.isspace() or before in _BEFORE_OPENING)
    return False


@dataclass(frozen=True, slots=True)
class QuotedSpan:
    """Words between marks; a quotation of several paragraphs has a span in each.

    Attributes:
        start: Offset into the passage's text.
        end: Offset after the last word.
        first: Number of the passage in which the quotation begins, and the offset there.
        last: Number of the passage in which it ends, and the offset there.
    """

    start: int
    end: int
    first: tuple[int, int]
    last: tuple[int, int]


class QuotedSpans:
    """The quoted words of one essay by their marks.

    Args:
        passages: All passages of the essay in reading order.

    Attributes:
        numbers: Number of each passage in that order, from 0, by id.
    """

    def __init__(self, passages: Sequence[Passage]) -> None:
        self._passages = passages
        self.numbers = {passage.id: number for number, passage in enumerate(passages)}
        self._pairs: dict[int, tuple[list[Span], int | None]] = {}
        self._spans: dict[int, list[QuotedSpan]] = {}
        self._starts: dict[int, list[int]] = {}

    @cached_property
    def double(self) -> bool:
        """Whether the outer marks are double and the inner ones single."""
        return not single_outside(passage.text for passage in self._passages if passage.kind in _MARKED)

    def of(self, number: int) -> list[QuotedSpan]:
        """Spans of a passage, in order; none in a block quotation, which needs no marks."""
        if number not in self._spans:
            self._spans[number] = self._find(number) if self._passages[number].kind in _MARKED else []
        return self._spans[number]

    def _find(self, number: int) -> list[QuotedSpan]:
        paired, begin = self._paired(number)
        spans = [QuotedSpan(start, end, self._head(number, start), (number, end)) for start, end in paired]
        tail = self._tail(number) if begin is not None else None
        if begin is not None and tail is not None:
            end = len(self._passages[number].text)
            spans.append(QuotedSpan(begin, end, self._head(number, begin), tail))
        return spans

    def covers(self, passage_id: str, start: int, end: int) -> bool:
        """Whether all words of a span are between marks, in brackets or in a block quotation."""
        number = self.numbers[passage_id]
        return self._passages[number].kind in BLOCKS or not re.search(
            r"\w", self.own_words(number, start, end)
        )

    def sentence(self, number: int, offset: int) -> Span:
        """The sentence at an offset; the ends of sentences within quoted words do not divide it."""
        starts = self._sentence_starts(number)
        index = bisect_right(starts, offset)
        start = starts[index - 1] if index else 0
        end = starts[index] if index < len(starts) else len(self._passages[number].text)
        return max(start, offset - _LONGEST_SENTENCE), min(end, offset + _LONGEST_SENTENCE)

    def own_words(self, number: int, start: int, end: int) -> str:
        """Text of a span without quoted words and without words in brackets."""
        text, own_words = self._passages[number].text, ""
        spans = self.of(number)
        index = bisect_right(spans, start, key=attrgetter("end"))
        while index < len(spans) and spans[index].start < end:
            own_words += text[start : max(start, spans[index].start)]
            start = spans[index].end
            index += 1
        return _BRACKETS.sub("()", own_words + text[start : max(start, end)])

    def following(self, number: int, end: int) -> str:
        """Own words after the closing mark at ``end``, up to the next mark, bracket or sentence."""
        stop = self.sentence(number, end)[1]
        spans = self.of(number)
        index = bisect_right(spans, end, key=attrgetter("start"))
        if index < len(spans):
            stop = min(stop, spans[index].start - 1)
        words = self._passages[number].text[end + 1 : stop]
        return words.partition("(")[0]

    def citation(self, span: QuotedSpan, skipped: str) -> Parenthetical | None:
        """The citation printed after a quotation and after the own words ``skipped`` that follow it."""
        number, end = span.last
        text = self._passages[number].text
        brackets = _CITATION.match(text, end + 1 + len(skipped))
        if brackets is None:
            return None
        start = self.sentence(number, end)[0]
        # Square brackets enclose an editor's words unless they are within round ones.
        if brackets[1][0] == "[" and text.count("(", start, end) <= text.count(")", start, end):
            return None
        return _parsed(brackets[1])

    def _sentence_starts(self, number: int) -> list[int]:
        if number not in self._starts:
            spans = self.of(number)
            self._starts[number] = [
                start for start, _ in self._passages[number].sentences if not _is_within_span(start, spans)
            ]
        return self._starts[number]

    def _paired(self, number: int) -> tuple[list[Span], int | None]:
        if number not in self._pairs:
            text = self._passages[number].text
            spans, begin = pairs(text, double=self.double)
            self._pairs[number] = [span for span in spans if not _is_cited_title(text, *span)], begin
        return self._pairs[number]

    def _head(self, number: int, start: int) -> tuple[int, int]:
        """Where a quotation begins that a passage may resume with a repeated opening mark."""
        if start != 1 or not self._resumes(number):
            return number, start
        begin = self._paired(number - 1)[1]
        return (number, start) if begin is None else self._head(number - 1, begin)

    def _tail(self, number: int) -> tuple[int, int] | None:
        """Where a quotation ends that a passage leaves open and the next ones resume; ``None`` if nowhere."""
        if not self._resumes(number + 1):
            return None
        spans, begin = self._paired(number + 1)
        if spans and spans[0][0] == 1:
            return number + 1, spans[0][1]
        return self._tail(number + 1) if begin == 1 else None

    def _resumes(self, number: int) -> bool:
        """Whether a paragraph begins with an opening mark and continues the section of the one before."""
        if not 0 < number < len(self._passages):
            return False
        before, passage = self._passages[number - 1], self._passages[number]
        alike = passage.kind == before.kind == "paragraph" and passage.section == before.section
        return alike and passage.text[:1] in (("“", '"') if self.double else ("‘", "'"))


def _is_cited_title(text: str, start: int, end: int) -> bool:
    """Whether words between marks are a title within a citation: ``("Of Studies" 12)``."""
    opening, closing = text.rfind("(", 0, start), text.find(")", end)
    if opening <= text.rfind(")", 0, start) or closing < 0:
        return False
    citation = _parsed(text[opening : closing + 1])
    return citation is not None and citation.title != ""


def _parsed(printed: str) -> Parenthetical | None:
    # Most answers need no citation, and compiling the patterns takes time.
    from assistant.attribution.parentheticals import parse

    return parse(printed)

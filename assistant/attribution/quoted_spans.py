"""Where an essay's quoted words stand, and the essay's own words around them.

Quoted words found by their marks, where a pair of marks is certain.

Marks that lack their fellow claim nothing, so that no words of the essay's author are taken for quoted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from assistant.core.essay import Kind, Passage

if TYPE_CHECKING:
    from assistant.attribution.parentheticals import Parenthetical


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


# Quoted as a whole, without marks.
BLOCKS: frozenset[Kind] = frozenset({"blockquote", "verse"})
_MARKED: frozenset[Kind] = frozenset({"paragraph", "note", "list"})
_BEHIND = re.compile(r"\s*[,;:—–]?\s*(\([^()]*\)|\[[^\[\]]*\])")
_ENCLOSED = re.compile(r"\([^()]*\)")


@dataclass(frozen=True, slots=True)
class QuotedSpan:
    """Words between marks; a quotation of several paragraphs has a place in each.

    Attributes:
        start: Offset into the passage's text.
        end: Offset behind the last word.
        first: Passage in which the quotation begins, by its number, and offset there.
        last: Passage in which it ends, and offset there.
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
        numbers: Number of each passage, by id.
    """

    def __init__(self, passages: Sequence[Passage]) -> None:
        self._passages = passages
        self.numbers = {passage.id: at for at, passage in enumerate(passages)}
        self._pairs: dict[int, tuple[Spans, int | None]] = {}
        self._places: dict[int, list[QuotedSpan]] = {}
        self._starts: dict[int, list[int]] = {}

    @cached_property
    def double(self) -> bool:
        """Whether double marks stand outside and single ones inside."""
        return not single_outside(one.text for one in self._passages if one.kind in _MARKED)

    def of(self, at: int) -> list[QuotedSpan]:
        """Places in a passage, in order; none in a block quotation, which needs no marks."""
        if at not in self._places:
            self._places[at] = self._found(at) if self._passages[at].kind in _MARKED else []
        return self._places[at]

    def _found(self, at: int) -> list[QuotedSpan]:
        passage = self._passages[at]
        spans, begun = self._paired(at)
        made = [QuotedSpan(start, end, self._head(at, start), (at, end)) for start, end in spans]
        tail = self._tail(at) if begun is not None else None
        if begun is not None and tail is not None:
            made.append(QuotedSpan(begun, len(passage.text), self._head(at, begun), tail))
        return made

    def covers(self, passage_id: str, start: int, end: int) -> bool:
        """Whether the words of a span stand all between marks, in brackets or in a block quotation."""
        at = self.numbers[passage_id]
        return self._passages[at].kind in BLOCKS or not re.search(r"\w", self.own(at, start, end))

    def sentence(self, at: int, offset: int) -> tuple[int, int]:
        """The sentence that a place stands in; sentences that end within quoted words do not end it."""
        starts = self._sentences(at)
        within = [start for start in starts if start <= offset]
        later = [start for start in starts if start > offset]
        return (within[-1] if within else 0), (later[0] if later else len(self._passages[at].text))

    def own(self, at: int, start: int, end: int) -> str:
        """Words of a span without those that are quoted and those in brackets."""
        text, made = self._passages[at].text, ""
        for place in self.of(at):
            if start < place.end and place.start < end:
                made += text[start : max(start, place.start)]
                start = place.end
        return _ENCLOSED.sub("()", made + text[start : max(start, end)])

    def behind(self, at: int, end: int) -> str:
        """Own words behind a closing mark, up to the next mark, bracket or sentence."""
        stop = self.sentence(at, end)[1]
        later = [place.start - 1 for place in self.of(at) if place.start > end]
        words = self._passages[at].text[end + 1 : min([stop, *later])]
        return words.partition("(")[0]

    def citation(self, place: QuotedSpan, skipped: str) -> Parenthetical | None:
        """The citation printed behind a quotation, or behind the own words that follow it."""
        at, end = place.last
        text = self._passages[at].text
        found = _BEHIND.match(text, end + 1 + len(skipped))
        if found is None:
            return None
        start = self.sentence(at, end)[0]
        # Square brackets are an editor's unless they stand within round ones.
        if found[1][0] == "[" and text.count("(", start, end) <= text.count(")", start, end):
            return None
        return _parsed(found[1])

    def _sentences(self, at: int) -> list[int]:
        if at not in self._starts:
            places = self.of(at)
            self._starts[at] = [
                start
                for start, _ in self._passages[at].sentences
                if not any(place.start < start < place.end for place in places)
            ]
        return self._starts[at]

    def _paired(self, at: int) -> tuple[Spans, int | None]:
        if at not in self._pairs:
            text = self._passages[at].text
            spans, begun = pairs(text, double=self.double)
            self._pairs[at] = [span for span in spans if not _is_cited_title(text, *span)], begun
        return self._pairs[at]

    def _head(self, at: int, start: int) -> tuple[int, int]:
        """Where the quotation begins whose words begin a passage behind a repeated opening mark."""
        if start != 1 or not self._resumes(at):
            return at, start
        begun = self._paired(at - 1)[1]
        return (at, start) if begun is None else self._head(at - 1, begun)

    def _tail(self, at: int) -> tuple[int, int] | None:
        """Where the quotation ends that a passage leaves open and the next ones resume, if it does end."""
        if not self._resumes(at + 1):
            return None
        spans, begun = self._paired(at + 1)
        if spans and spans[0][0] == 1:
            return at + 1, spans[0][1]
        return self._tail(at + 1) if begun == 1 else None

    def _resumes(self, at: int) -> bool:
        if not 0 < at < len(self._passages):
            return False
        before, passage = self._passages[at - 1], self._passages[at]
        alike = passage.kind == before.kind == "paragraph" and passage.section == before.section
        return alike and passage.text[:1] in (("“", '"') if self.double else ("‘", "'"))


def _is_cited_title(text: str, start: int, end: int) -> bool:
    """Whether words between marks are a title within a citation: ``("Of Studies" 12)``."""
    opening, closing = text.rfind("(", 0, start), text.find(")", end)
    if opening <= text.rfind(")", 0, start) or closing < 0:
        return False
    printed = _parsed(text[opening : closing + 1])
    return printed is not None and printed.title != ""


def _parsed(printed: str) -> Parenthetical | None:
    from assistant.attribution.parentheticals import parse

    return parse(printed)

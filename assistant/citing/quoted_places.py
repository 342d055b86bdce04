"""Where an essay's quoted words stand, and the essay's own words around them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from assistant.citing.spans import Spans, pairs, single_outside
from assistant.types import Kind, Passage

if TYPE_CHECKING:
    from assistant.citing.parentheticals import Parenthetical

# Quoted as a whole, without marks.
BLOCKS: frozenset[Kind] = frozenset({"blockquote", "verse"})
_MARKED: frozenset[Kind] = frozenset({"paragraph", "note", "list"})
_BEHIND = re.compile(r"\s*[,;:—–]?\s*(\([^()]*\)|\[[^\[\]]*\])")
_ENCLOSED = re.compile(r"\([^()]*\)")


@dataclass(frozen=True, slots=True)
class Place:
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


class Places:
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
        self._places: dict[int, list[Place]] = {}
        self._starts: dict[int, list[int]] = {}

    @cached_property
    def double(self) -> bool:
        """Whether double marks stand outside and single ones inside."""
        return not single_outside(one.text for one in self._passages if one.kind in _MARKED)

    def of(self, at: int) -> list[Place]:
        """Places in a passage, in order; none in a block quotation, which needs no marks."""
        if at not in self._places:
            self._places[at] = self._found(at) if self._passages[at].kind in _MARKED else []
        return self._places[at]

    def _found(self, at: int) -> list[Place]:
        passage = self._passages[at]
        spans, begun = self._paired(at)
        made = [Place(start, end, self._head(at, start), (at, end)) for start, end in spans]
        tail = self._tail(at) if begun is not None else None
        if begun is not None and tail is not None:
            made.append(Place(begun, len(passage.text), self._head(at, begun), tail))
        return made

    def hold(self, passage_id: str, start: int, end: int) -> bool:
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

    def citation(self, place: Place, skipped: str) -> Parenthetical | None:
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
    from assistant.citing.parentheticals import parse  # noqa: PLC0415 - slow to load; marks alone tell most

    return parse(printed)

"""Matches a quotation with the print, letter by letter.

What a careful writer may do is listed here: the forms that ``normalise`` evens out, line-end hyphens undone
or kept, note marks kept at their place, the marks that ``parsing`` finds, and the writer's own last point.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from assistant.core.quotation import EditKind
from assistant.quotations.normalise import normalise
from assistant.quotations.parsing import Item
from assistant.quotations.printed import Effort, Print

# Words that one ellipsis may leave out: a long paragraph. Two quotations further apart are two.
OMITTED = 200
# Printed words that one bracket may replace: a name or a phrase, not a sentence.
SUBSTITUTED = 5

# What it costs to look whether words after an ellipsis begin at a place, in letters compared.
_SCANNED = 5

_FIRST = 5  # Letters by which a place is told where words cannot begin.
_POINTS = frozenset(".,;:?!…")
# Letters in brackets that are printed so.
_BRACKET = 6
_BRACKET_HERE = re.compile(rf"\[\w{{0,{_BRACKET - 2}}}\]")
_PRINTED_BRACKET = re.compile(_BRACKET_HERE.pattern + r"\Z")
# What may end a quotation: one point, which may be the writer's, and quotation marks.
_TAIL = re.compile(r"(?<!')'*+[.,]?'*+$")


@lru_cache(maxsize=64)
def _bare(inner: str) -> str:
    # The same few brackets are compared at many places.
    return normalise(inner).text


@dataclass(frozen=True, slots=True)
class Step:
    """A part of the quotation and the print that it matches.

    Attributes:
        item: The part.
        start: First normal character of the print.
        end: Normal character after the last.
        kind: Which edit it is; ``None`` for printed words.
        cut: Number of normal characters of the item that are left out at its end, for another step.
    """

    item: Item
    start: int
    end: int
    kind: EditKind | None = None
    cut: int = 0


class Matcher:
    """Matches the parts of a quotation with a stretch of print.

    Args:
        items: The parts.
        printed: The print.
        effort: Counts the letters that are compared.
        whole: Whether the parts end the quotation, so that their last point may be the writer's.
    """

    def __init__(self, items: Sequence[Item], printed: Print, effort: Effort, *, whole: bool = True) -> None:
        self._items, self._printed, self._whole = items, printed, whole
        self._text, self._effort = printed.normal.text, effort
        self._dead: set[tuple[int, int]] = set()

    def matches(self) -> Iterator[tuple[Step, ...]]:
        """Ways to match the quotation with the print, one for each beginning, until the effort is spent."""
        first = self._items[0]
        if first.kind == "sic":
            return
        for start in range(len(self._text)):
            if self._effort.spent:
                return
            if not self._may_begin(first, start):
                continue
            steps = self._from(0, start) if first.kind == "words" else self._opened(first, start)
            if steps is not None:
                yield tuple(steps)

    def _may_begin(self, first: Item, start: int) -> bool:
        if first.kind == "words":
            return self._begins(first.normal.text, start)
        return self._may_follow(0, start) or self._text[start] in "…[("

    def _begins(self, words: str, position: int) -> bool:
        """Whether print may begin with words, by their first letters; it spares trying most places."""
        if words[:1] != self._text[position]:
            return False
        for number in range(1, min(_FIRST, len(words))):
            if not words[number].isalpha() or position + number in self._printed.loose:
                return True
            if words[number] != self._text[position + number : position + number + 1]:
                return False
        return True

    def _opened(self, first: Item, start: int) -> list[Step] | None:
        """Begin with a mark of the writer's; ``start`` is where the printed words after it begin."""
        if first.kind == "ellipsis":
            literal = self._literal(0, start)
            if literal is not None:
                return literal
            before = self._printed.normal.starts[start]
            if self._printed.inside(start) or not re.search(r"[^\W_]", self._printed.stream.text[:before]):
                return None
            return self._then(1, start, Step(first, start, start, "ellipsis"))
        printed = start - len(first.normal.text)
        literal = self._literal(0, printed) if printed >= 0 else None
        if literal is not None:
            return literal
        begin = self._word_before(start) if first.joined_right else self._same_before(first.inner, start)
        return self._then(1, start, self._bracket(first, begin, start))

    def _word_before(self, start: int) -> int:
        """Where the word begins of which ``start`` is a part, a printed bracket in it."""
        match = _PRINTED_BRACKET.search(self._text, max(0, start - _BRACKET), start)
        begin = match.start() if match else start
        while self._printed.inside(begin):
            begin -= 1
        return begin

    def _same_before(self, inner: str, start: int) -> int:
        """Where the words in brackets begin if they are the printed ones but for their case."""
        bare = _bare(inner)
        begin = start - len(bare) - (self._text[start - 1 : start] == " " if start else 0)
        same = begin >= 0 and self._text[begin : begin + len(bare)].casefold() == bare.casefold()
        return begin if same and not self._printed.inside(begin) else start

    def _from(self, number: int, position: int) -> list[Step] | None:
        """Match the parts from ``number`` on the print from ``at``."""
        if (number, position) in self._dead:
            return None
        steps = self._attempt(number, position)
        if steps is None:
            self._dead.add((number, position))
        return steps

    def _attempt(self, number: int, position: int) -> list[Step] | None:
        if number == len(self._items):
            return None if self._printed.inside(position) else []
        item = self._items[number]
        match item.kind:
            case "words":
                return self._words(number, position)
            case "sic":
                if self._printed.inside(position) or not re.search(r"[^\W_]", self._text[:position]):
                    return None
                return self._then(number + 1, position, Step(item, position, position, "sic"))
            case "ellipsis":
                return self._literal(number, position) or self._omission(number, position)
            case _:
                return self._literal(number, position) or self._substitution(number, position)

    def _then(self, number: int, position: int, step: Step) -> list[Step] | None:
        rest = self._from(number, position)
        return None if rest is None else [step, *rest]

    # -- printed words

    def _words(self, number: int, position: int) -> list[Step] | None:
        item = self._items[number]
        words = item.normal.text
        # A word begins where a printed one begins, but after a bracket that is joined to it.
        joined = number > 0 and self._items[number - 1].joined_right
        if not joined and self._printed.inside(position):
            return None
        if number and self._text[position : position + 1] == " ":
            position += words[:1] != " "
        elif words[:1] == " ":
            # After [sic] a space is kept that print sets by a point or not at all.
            words = words if self._text[position - 1 : position].isalnum() else words[1:]
        for end in self._printed.ends(words, position, self._effort, self._lines(item, words)):
            steps = (
                self._then(number + 1, end, Step(item, position, end)) if self._closes(number, end) else None
            )
            if steps is not None:
                return steps
        return self._ended(item, position) if self._whole and number == len(self._items) - 1 else None

    @staticmethod
    def _lines(item: Item, words: str) -> frozenset[int]:
        """Where lines of a part end, of which ``words`` may lack the space at its beginning."""
        cut = len(item.normal.text) - len(words)
        return frozenset(index - cut for index in item.lines) if cut else item.lines

    def _closes(self, number: int, end: int) -> bool:
        following = self._items[number + 1 : number + 2]
        return not self._printed.inside(end) or bool(following and following[0].joined_left)

    def _ended(self, item: Item, position: int) -> list[Step] | None:
        """End the quotation with the writer's own point, or without the printed one before a mark."""
        words = item.normal.text
        body, tail = _TAIL.sub("", words, count=1), "".join(_TAIL.findall(words))
        for end in self._printed.ends(body, position, self._effort, item.lines):
            printed = self._tail(end, tail.count("'"))
            if self._printed.inside(end) or printed is None:
                continue
            own = Step(item, end, printed, "final punctuation", len(body))
            return [Step(item, position, end, None, len(tail)), own]
        return None

    def _tail(self, position: int, marks: int) -> int | None:
        """After ``marks`` quotation marks, one point among them left aside."""
        aside = 0
        while marks:
            ch = self._text[position : position + 1]
            aside += ch in _POINTS
            if not ch or aside > 1 or (ch != "'" and ch not in _POINTS):
                return None
            marks -= ch == "'"
            position += 1
        return position

    # -- marks of the writer's

    def _literal(self, number: int, position: int) -> list[Step] | None:
        """Take a mark as printed, for print has brackets and ellipses of its own."""
        item = self._items[number]
        if self._text[position : position + 1] == " ":
            position += 1
        if not self._text.startswith(item.normal.text, position):
            return None
        end = position + len(item.normal.text)
        return self._then(number + 1, end, Step(item, position, end))

    def _omission(self, number: int, position: int) -> list[Step] | None:
        item = self._items[number]
        if self._printed.inside(position):
            return None
        if number == len(self._items) - 1:
            offset = self._printed.span(position, position)[0]
            more = re.search(r"[^\W_]", self._printed.stream.text[offset:])
            return [Step(item, position, position, "ellipsis")] if more else None
        words = 0
        for end in range(position, len(self._text)):
            if self._effort.spent:
                return None
            self._effort.letters += _SCANNED
            words += self._text[end].isalnum() and not self._printed.inside(end)
            begins = words > 1 or (words == 1 and not self._text[end].isalnum())
            if words - self._text[end].isalnum() > OMITTED:
                break
            if begins and not self._printed.inside(end) and self._may_follow(number, end):
                steps = self._then(number + 1, end, Step(item, position, end, "ellipsis"))
                if steps is not None:
                    return steps
        return None

    def _may_follow(self, number: int, position: int) -> bool:
        following = self._items[number + 1] if number + 1 < len(self._items) else None
        if following is None or following.kind != "words":
            return True
        return following.normal.text[:1].isdigit() or self._begins(following.normal.text, position)

    def _substitution(self, number: int, position: int) -> list[Step] | None:
        item = self._items[number]
        start = position
        if not item.joined_left and self._text[position : position + 1] == " ":
            start += 1
        joined = item.joined_left or item.joined_right
        for end in self._word_parts(item, start) if joined else self._phrases(number, position, start):
            steps = self._then(number + 1, end, self._bracket(item, start, max(start, end)))
            if steps is not None:
                return steps
        return None

    def _word_parts(self, item: Item, start: int) -> Iterator[int]:
        """Ends of what a bracket may replace within one word."""
        end = start
        while True:
            if item.joined_right or not self._printed.inside(end):
                yield end
            bracket = _BRACKET_HERE.match(self._text, end)
            if bracket:
                end = bracket.end()
            elif self._text[end : end + 1].isalnum() or self._printed.inside(end):
                end += 1
            else:
                return

    def _phrases(self, number: int, position: int, start: int) -> Iterator[int]:
        """Ends of what a bracket of its own may replace: nothing, or a few whole words."""
        if self._printed.inside(start):
            return
        bare = _bare(self._items[number].inner)
        if bare and self._text[start : start + len(bare)].casefold() == bare.casefold():
            yield start + len(bare)
        yield position
        if number == len(self._items) - 1:
            return
        words = 0
        for end in range(start, len(self._text)):
            words += self._text[end].isalnum() and not self._printed.inside(end)
            if words - self._text[end].isalnum() > SUBSTITUTED:
                return
            if words and not self._printed.inside(end) and not self._text[end].isalnum():
                yield end

    def _bracket(self, item: Item, start: int, end: int) -> Step:
        printed = self._text[start:end].strip(" '[]")
        inner = _bare(item.inner)
        if not printed:
            return Step(item, start, end, "insertion")
        if inner != printed and inner.casefold() == printed.casefold():
            return Step(item, start, end, "capital")
        return Step(item, start, end, "substitution")

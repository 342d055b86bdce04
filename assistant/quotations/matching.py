"""A quotation laid on print, letter by letter.

What a careful writer may do is listed here: the forms that ``normal`` evens out, line-end hyphens undone
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
# Printed words that one bracket may stand for: a name or a phrase, not a sentence.
SUBSTITUTED = 5

_FIRST = 5  # Letters by which a place is told where words cannot begin.
_POINTS = frozenset(".,;:?!…")
# Letters in brackets that are printed so.
_BRACKET = 6
_BRACKET_HERE = re.compile(rf"\[\w{{0,{_BRACKET - 2}}}\]")
_PRINTED_BRACKET = re.compile(_BRACKET_HERE.pattern + r"\Z")
# What may end a quotation: one point, which may be the writer's, and quotation marks.
_TAIL = re.compile(r"'*[.,]?'*$")


@lru_cache(maxsize=64)
def _bare(inner: str) -> str:
    # The same few brackets are laid on many places.
    return normalise(inner).text


@dataclass(frozen=True, slots=True)
class Step:
    """A part of the quotation and the print it lies on.

    Attributes:
        item: The part.
        start: First normal character of the print.
        end: Behind the last one.
        kind: Which edit it is; ``None`` for printed words.
        cut: Number of normal characters of the item that are left out at its end, for another step.
    """

    item: Item
    start: int
    end: int
    kind: EditKind | None = None
    cut: int = 0


class Matcher:
    """Lays the parts of a quotation on a stretch of print.

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
        """Ways to lay the quotation on print, one for each beginning, in order, until the effort is spent."""
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

    def _begins(self, words: str, at: int) -> bool:
        """Whether print may begin with words, by their first letters; it spares trying most places."""
        if words[:1] != self._text[at]:
            return False
        for number in range(1, min(_FIRST, len(words))):
            if not words[number].isalpha() or at + number in self._printed.loose:
                return True
            if words[number] != self._text[at + number : at + number + 1]:
                return False
        return True

    def _opened(self, first: Item, start: int) -> list[Step] | None:
        """Begin with a mark of the writer's; ``start`` is where the printed words behind it begin."""
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
        found = _PRINTED_BRACKET.search(self._text, max(0, start - _BRACKET), start)
        begin = found.start() if found else start
        while self._printed.inside(begin):
            begin -= 1
        return begin

    def _same_before(self, inner: str, start: int) -> int:
        """Where the words in brackets begin if they are the printed ones but for their case."""
        bare = _bare(inner)
        begin = start - len(bare) - (self._text[start - 1 : start] == " " if start else 0)
        same = begin >= 0 and self._text[begin : begin + len(bare)].casefold() == bare.casefold()
        return begin if same and not self._printed.inside(begin) else start

    def _from(self, number: int, at: int) -> list[Step] | None:
        """Lay the parts from ``number`` on the print from ``at``."""
        if (number, at) in self._dead:
            return None
        steps = self._attempt(number, at)
        if steps is None:
            self._dead.add((number, at))
        return steps

    def _attempt(self, number: int, at: int) -> list[Step] | None:
        if number == len(self._items):
            return None if self._printed.inside(at) else []
        item = self._items[number]
        match item.kind:
            case "words":
                return self._words(number, at)
            case "sic":
                if self._printed.inside(at) or not re.search(r"[^\W_]", self._text[:at]):
                    return None
                return self._then(number + 1, at, Step(item, at, at, "sic"))
            case "ellipsis":
                return self._literal(number, at) or self._omission(number, at)
            case _:
                return self._literal(number, at) or self._substitution(number, at)

    def _then(self, number: int, at: int, step: Step) -> list[Step] | None:
        rest = self._from(number, at)
        return None if rest is None else [step, *rest]

    # -- printed words

    def _words(self, number: int, at: int) -> list[Step] | None:
        item = self._items[number]
        words = item.normal.text
        # A word begins where a printed one begins, but behind a bracket that is joined to it.
        joined = number > 0 and self._items[number - 1].joined_right
        if not joined and self._printed.inside(at):
            return None
        if number and self._text[at : at + 1] == " ":
            at += words[:1] != " "
        elif words[:1] == " ":
            # Behind [sic] a space is kept that print sets by a point or not at all.
            words = words if self._text[at - 1 : at].isalnum() else words[1:]
        for end in self._printed.ends(words, at, self._effort):
            steps = self._then(number + 1, end, Step(item, at, end)) if self._closes(number, end) else None
            if steps is not None:
                return steps
        return self._ended(item, at) if self._whole and number == len(self._items) - 1 else None

    def _closes(self, number: int, end: int) -> bool:
        following = self._items[number + 1 : number + 2]
        return not self._printed.inside(end) or bool(following and following[0].joined_left)

    def _ended(self, item: Item, at: int) -> list[Step] | None:
        """End the quotation with the writer's own point, or without the printed one before a mark."""
        words = item.normal.text
        body, tail = _TAIL.sub("", words, count=1), "".join(_TAIL.findall(words))
        for end in self._printed.ends(body, at, self._effort):
            printed = self._tail(end, tail.count("'"))
            if self._printed.inside(end) or printed is None:
                continue
            own = Step(item, end, printed, "final punctuation", len(body))
            return [Step(item, at, end, None, len(tail)), own]
        return None

    def _tail(self, at: int, marks: int) -> int | None:
        """Behind ``marks`` quotation marks, one point among them left aside."""
        aside = 0
        while marks:
            ch = self._text[at : at + 1]
            aside += ch in _POINTS
            if not ch or aside > 1 or (ch != "'" and ch not in _POINTS):
                return None
            marks -= ch == "'"
            at += 1
        return at

    # -- marks of the writer's

    def _literal(self, number: int, at: int) -> list[Step] | None:
        """Take a mark as printed, for print has brackets and ellipses of its own."""
        item = self._items[number]
        if self._text[at : at + 1] == " ":
            at += 1
        if not self._text.startswith(item.normal.text, at):
            return None
        end = at + len(item.normal.text)
        return self._then(number + 1, end, Step(item, at, end))

    def _omission(self, number: int, at: int) -> list[Step] | None:
        item = self._items[number]
        if self._printed.inside(at):
            return None
        if number == len(self._items) - 1:
            behind = self._printed.span(at, at)[0]
            more = re.search(r"[^\W_]", self._printed.stream.text[behind:])
            return [Step(item, at, at, "ellipsis")] if more else None
        words = 0
        for end in range(at, len(self._text)):
            if self._effort.spent:
                return None
            words += self._text[end].isalnum() and not self._printed.inside(end)
            begins = words > 1 or (words == 1 and not self._text[end].isalnum())
            if words - self._text[end].isalnum() > OMITTED:
                break
            if begins and not self._printed.inside(end) and self._may_follow(number, end):
                steps = self._then(number + 1, end, Step(item, at, end, "ellipsis"))
                if steps is not None:
                    return steps
        return None

    def _may_follow(self, number: int, at: int) -> bool:
        following = self._items[number + 1] if number + 1 < len(self._items) else None
        if following is None or following.kind != "words":
            return True
        return following.normal.text[:1].isdigit() or self._begins(following.normal.text, at)

    def _substitution(self, number: int, at: int) -> list[Step] | None:
        item = self._items[number]
        start = at
        if not item.joined_left and self._text[at : at + 1] == " ":
            start += 1
        joined = item.joined_left or item.joined_right
        for end in self._word_parts(item, start) if joined else self._phrases(number, at, start):
            steps = self._then(number + 1, end, self._bracket(item, start, max(start, end)))
            if steps is not None:
                return steps
        return None

    def _word_parts(self, item: Item, start: int) -> Iterator[int]:
        """Ends of what a bracket may stand for within one word."""
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

    def _phrases(self, number: int, at: int, start: int) -> Iterator[int]:
        """Ends of what a bracket of its own may stand for: nothing, or a few whole words."""
        if self._printed.inside(start):
            return
        bare = _bare(self._items[number].inner)
        if bare and self._text[start : start + len(bare)].casefold() == bare.casefold():
            yield start + len(bare)
        yield at
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

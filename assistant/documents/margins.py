"""Line numbers in the margin: of each line, as in manuscripts, or of each fifth one, as in editions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from assistant.core.lines import Line

_LEFT = re.compile(r"\s*(?P<mark>(?P<number>\d{1,4})[:|]?)(?:[ \t]+(?=\S)|[ \t]*$)")
_RIGHT = re.compile(r"(?<=\S)(?:[ \t]{2,}|\t)(?P<mark>(?P<number>\d{1,4}))[ \t]*$")
# Numbers of every line: so many in a row, and so large a share of all lines.
_SHORTEST_RUN = 5
_FEWEST_NUMBERED = 8
_SHARE = 0.5
_SHARE_BETWEEN = 0.35
# Items of a list begin with a capital; most lines of a text do not.
_LOWER_CASE = 0.25
# Numbers of some lines: so many of them, at one of these steps.
_FEWEST_STEPS = 3
_STEPS = (5, 10, 4, 3)
_LONGEST_BREAK = 3


@dataclass(frozen=True, slots=True)
class _Numbered:
    """A line with a number in its margin.

    Attributes:
        place: Which of the printed lines it is.
        line: The line.
        start: Offset of the number.
        end: Offset after it.
        number: Its value.
    """

    place: int
    line: Line
    start: int
    end: int
    number: int

    @property
    def span(self) -> tuple[int, int, str]:
        """Its span as furniture."""
        return self.start, self.end, "line number"

    @property
    def is_alone(self) -> bool:
        """Whether nothing else is on the line."""
        return not self.line.text[self.end - self.line.start :].strip()

    @property
    def begins_in_lower_case(self) -> bool:
        """Whether the words after the number do."""
        return self.line.text[self.end - self.line.start :].lstrip()[:1].islower()


def find_line_numbers(lines: Sequence[Line]) -> tuple[tuple[int, int, str], ...]:
    """Find the numbers of lines in the margin, as furniture in order."""
    printed = [line for line in lines if not line.blank]
    left = list(_numbered(printed, _LEFT))
    if between := _numbers_between_lines(left, printed):
        return tuple(numbered.span for numbered in between)
    of_each = _numbers_of_each_line(left, len(printed))
    if of_each:
        return tuple(numbered.span for numbered in of_each)
    set_apart = [numbered for numbered in left if _is_set_apart(numbered)]
    of_some = _numbers_of_some_lines(set_apart) or _numbers_of_some_lines(list(_numbered(printed, _RIGHT)))
    return tuple(numbered.span for numbered in of_some)


def without_spans(line: Line, spans: Iterable[tuple[int, int, str]]) -> Line:
    """A line without what is printed in its margins."""
    start, end = line.start, line.end
    for first, last, _ in spans:
        if not line.text[: first - line.start].strip():
            start = last
        else:
            end = first
    return Line(
        line.number, start, max(start, end), line.text[start - line.start : max(start, end) - line.start]
    )


def _numbered(printed: Sequence[Line], margin: re.Pattern[str]) -> Iterable[_Numbered]:
    for place, line in enumerate(printed):
        match = margin.match(line.text) if margin is _LEFT else margin.search(line.text)
        if match:
            start, end = match.span("mark")
            yield _Numbered(place, line, line.start + start, line.start + end, int(match["number"]))


def _numbers_of_each_line(numbered: Sequence[_Numbered], lines: int) -> list[_Numbered]:
    """Numbers that count up by one from line to line, and may begin again at 1."""
    found: list[_Numbered] = []
    run: list[_Numbered] = []
    for each in numbered:
        if run and not _counts_on(run[-1], each):
            found += run if _is_run(run, found) else []
            run = []
        run.append(each)
    found += run if _is_run(run, found) else []
    if len(found) < max(_FEWEST_NUMBERED, _SHARE * lines):
        return []
    return found if sum(each.begins_in_lower_case for each in found) >= _LOWER_CASE * len(found) else []


def _numbers_between_lines(numbered: Sequence[_Numbered], printed: Sequence[Line]) -> list[_Numbered]:
    """Numbers of each line that extraction put on lines of their own, before or after it."""
    alone = [each for each in numbered if each.is_alone]
    if len(alone) < max(_FEWEST_NUMBERED, _SHARE_BETWEEN * len(printed)):
        return []
    found: dict[int, _Numbered] = {}
    run: list[_Numbered] = []
    for each in (*alone, None):
        counts_on = run and each and each.place - run[-1].place <= _LONGEST_BREAK
        if not (counts_on and each and each.number in {run[-1].number + 1, 1}):
            found |= {one.place: one for one in run} if len(run) >= _SHORTEST_RUN else {}
            run = []
        run += [each] if each else []
    words = [line for place, line in enumerate(printed) if place not in found]
    in_lower_case = sum(line.text.lstrip()[:1].islower() for line in words)
    if len(found) < _SHARE_BETWEEN * len(printed) or in_lower_case < _LOWER_CASE * len(words):
        return []
    return list(found.values())


def _is_run(run: Sequence[_Numbered], found: Sequence[_Numbered]) -> bool:
    """Whether numbers are enough to be those of lines; the last page may have fewer lines."""
    if len(run) >= _SHORTEST_RUN:
        return True
    if not run or not found or run[0].number != 1 or run[0].is_alone:
        return False
    return run[0].end - run[0].line.start == found[0].end - found[0].line.start


def _counts_on(before: _Numbered, after: _Numbered) -> bool:
    # A title or a page number can be between two lines that are counted.
    if after.number == before.number + 1:
        return after.place - before.place <= _LONGEST_BREAK
    # A number alone on its line is then that of a page.
    return (
        after.number == 1
        and not (before.is_alone or after.is_alone)
        and before.number >= _SHORTEST_RUN
        and after.place - before.place <= 2 * _LONGEST_BREAK
    )


def _is_set_apart(numbered: _Numbered) -> bool:
    after = numbered.line.text[numbered.end - numbered.line.start :]
    return bool(re.match(r"[ \t]{2,}|\t", after))


def _numbers_of_some_lines(numbered: Sequence[_Numbered]) -> list[_Numbered]:
    """Numbers of every fifth line or so, as many lines apart as they count."""
    for step in _STEPS:
        found: dict[int, _Numbered] = {}
        steps = 0
        multiples = [each for each in numbered if each.number and each.number % step == 0]
        for before, after in pairwise(multiples):
            if after.number - before.number == step and abs(after.place - before.place - step) <= 1:
                found |= {before.place: before, after.place: after}
                steps += 1
        if steps + 1 >= _FEWEST_STEPS and 2 * len(found) > len(numbered):
            return list(found.values())
    return []

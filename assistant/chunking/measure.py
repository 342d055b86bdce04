"""How wide lines are set, so that a line's end or its indent can be told from its words alone.

Text extraction throws the indents of a printed page away. What it cannot hide is that a first line
with an indent holds fewer words, and that a paragraph's last line had room for the next word.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from statistics import fmean, median, pstdev

# Advance widths of a common book face (Times Roman, thousandths of an em), from its font metrics.
_LOWER = "abcdefghijklmnopqrstuvwxyz"
_LOWER_WIDTHS = (
    "444 500 444 500 444 333 500 500 278 278 500 278 778 500 500 500 500 333 389 278 500 500 722 500 500 444"
)
_UPPER_WIDTHS = (
    "722 667 667 722 611 556 722 722 333 389 722 611 889 722 722 556 722 667 556 611 722 722 944 722 722 611"
)
_OTHER = (
    dict.fromkeys(" .,", 250) | dict.fromkeys(":;!'‘’()-", 333) | {'"': 408, "“": 444, "”": 444, "—": 1000}
)
_ADVANCE = (
    _OTHER
    | dict(zip(_LOWER, map(int, _LOWER_WIDTHS.split()), strict=True))
    | dict(zip(_LOWER.upper(), map(int, _UPPER_WIDTHS.split()), strict=True))
)
_USUAL = 500

# Widths of justified lines spread by a few per cent of the measure; these shares of it are well
# outside. Where lines end ragged, fewer are: the shortest lines of the text itself set the limit.
_INDENTED = 0.925
_SHORTEST = 0.03
_NARROW = 0.925
_ROOM = 0.93
# Lines this long are not broken at print width: each is a paragraph.
_UNWRAPPED = 140
_FEW_LINES = 2
_SHORTEST_MEASURE = 30


def set_width(text: str) -> float:
    """Width of a line set in a book face, in ems."""
    return sum(_ADVANCE.get(ch, _USUAL) for ch in text.strip()) / 1000


def character_width(text: str) -> float:
    """Width of a line set in a typewriter face, in characters."""
    return float(len(text.strip()))


@dataclass(frozen=True, slots=True)
class Measure:
    """The width to which a text is set.

    Attributes:
        full: Width of a full line, in the unit of ``width``; 0 when lines are not broken at a width.
        width: How wide a line is.
        shortest: Share of the full width that all but a few lines inside paragraphs reach.
        firsts: Median share of the full width that first lines behind a blank line reach.
    """

    full: float
    width: Callable[[str], float]
    shortest: float = 0.0
    firsts: float = 1.0

    @property
    def wrapped(self) -> bool:
        """Whether lines are broken at print width."""
        return self.full > 0

    def share(self, line: str) -> float:
        """Width of the line as a share of the full width."""
        return self.width(line) / self.full if self.full else 0.0

    def has_room(self, line: str, word: str) -> bool:
        """Whether ``word`` would have fitted behind ``line``: it did not end for lack of space."""
        return self.share(f"{line.strip()} {word}") < _ROOM

    def looks_indented(self, line: str, word: str) -> bool:
        """Whether a full line, followed by ``word``, is short by a first line's indent."""
        return 0.8 < self.share(line) < min(_INDENTED, self.shortest) and not self.has_room(
            line, f"{word} mm"
        )

    def is_narrow(self, lines: Sequence[str]) -> bool:
        """Whether all these lines, the last of their block, are set to a smaller width."""
        if len(lines) < 2 or max(map(self.share, lines)) > 0.97:
            return False
        # The first line of an ordinary paragraph is short by its indent, so it proves less.
        inner = lines[1:-1]
        limit = _NARROW if inner else 0.85
        return median(map(self.share, inner or lines[:-1])) < limit and self.share(lines[0]) < _NARROW + 0.03


def find_measure(runs: Sequence[Sequence[str]]) -> Measure:
    """Find the width to which a text is set.

    Args:
        runs: Lines of the text in runs with no blank line between.

    Returns:
        The measure in the face (book or typewriter) in which full lines differ least.
    """
    lines = [line for run in runs for line in run if line.strip()]
    long = sum(len(line) for line in lines if len(line) > _UNWRAPPED)
    if long > 0.5 * sum(map(len, lines)):
        return Measure(0.0, character_width)
    inner = [line for run in runs for line in run[:-1] if line.strip()]
    if len(inner) < _FEW_LINES or max(map(len, inner)) < _SHORTEST_MEASURE:
        return Measure(0.0, character_width)
    found = (_measured(inner, width) for width in (set_width, character_width))
    measure = min(found, key=lambda pair: pair[0])[1]
    body = [run for run in runs if not measure.is_narrow(run)]
    shares = sorted(measure.share(line) for run in body for line in run[1:-1])
    firsts = [measure.share(run[0]) for run in body if len(run) > 2]
    return replace(
        measure,
        shortest=shares[int(_SHORTEST * len(shares))] if shares else 0.0,
        firsts=median(firsts) if firsts else 1.0,
    )


def _measured(inner: Sequence[str], width: Callable[[str], float]) -> tuple[float, Measure]:
    widths = sorted(map(width, inner))
    # Headings, verse and paragraph ends are short; the upper half of the lines is full.
    body = [one for one in widths if one > 0.85 * widths[int(0.8 * len(widths))]]
    return pstdev(body) / fmean(body), Measure(median(body), width)

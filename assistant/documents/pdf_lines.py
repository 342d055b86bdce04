"""Runs of print put together to lines in reading order: columns, raised marks and drop capitals.

Lines are never read across the gutter between two columns. Where lines across both columns are between
others, they divide the page: what is above them is read before what is below.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from assistant.documents.pdf_glyphs import RAISED, GlyphPage, GlyphRun

# Shares of the page's width between which a gutter is looked for, and the steps in points.
_GUTTER_FROM, _GUTTER_TO, _GUTTER_STEP = 0.3, 0.7, 2.0
# A gutter is wider than twice this, in points; spaces that happen to be above each other are not.
_HALF_GUTTER = 3.0
_FEWEST_COLUMN_LINES = 5
# Share of the lines that may cross a gutter: titles, headings and figures over both columns.
_MOST_CROSSING = 0.3
# A column is at least this share of the page's width; page numbers in a table of contents are narrower.
_NARROWEST_COLUMN = 0.2
# Shares of the font size.
_SAME_LINE = 0.25
_SAME_ROW = 0.45
_LINE_GAP = 1.7
_SPLIT_GAP = 0.75
_MARK_GAP = 0.9
_NUMBER_GAP = 4.0
_DROP_CAPITAL = 1.7
_LARGEST_MARK = 0.87
# A page whose lines are counted has at least so many numbers in its margin.
_FEWEST_LINE_NUMBERS = 4
# A run with more characters is a line of text.
_TEXT = 25
_MARK = re.compile(r"[\d*†‡§¶]{1,4}")


@dataclass(slots=True)
class LaidLine:
    """A printed line.

    Attributes:
        run: Its characters.
        column: 0 or 1 in columns, 0 on a page without, -1 across both.
        left: Left edge; beside a drop capital, the capital's.
        is_margin: Whether it is a number in the margin that counts the lines.
    """

    run: GlyphRun
    column: int
    left: float
    is_margin: bool = False

    @property
    def text(self) -> str:
        """Its characters."""
        return self.run.text

    @property
    def baseline(self) -> float:
        """Its baseline."""
        return self.run.baseline

    @property
    def right(self) -> float:
        """Its right edge."""
        return self.run.right

    @property
    def size(self) -> float:
        """Font size of most of its characters."""
        return self.run.size


def lay_out(pages: Sequence[GlyphPage]) -> list[list[LaidLine]]:
    """The lines of each page in reading order."""
    body, gutters, words = body_size(pages), _gutters(pages), _words(pages)
    return [_lines(page, gutter, body, words) for page, gutter in zip(pages, gutters, strict=True)]


def _words(pages: Sequence[GlyphPage]) -> frozenset[str]:
    """The words of a document in one case: they tell whether a drop capital is a word of its own."""
    return frozenset(
        word for page in pages for run in page.runs for word in re.findall(r"[^\W\d_]+", run.text.casefold())
    )


def body_size(pages: Sequence[GlyphPage]) -> float:
    """Font size of most characters, in steps of half a point."""
    sizes: Counter[float] = Counter()
    for page in pages:
        for run in page.runs:
            sizes[round(run.size * 2) / 2] += len(run.text)
    return sizes.most_common(1)[0][0] if sizes else 10.0


def _gutters(pages: Sequence[GlyphPage]) -> list[float | None]:
    """Where the gutter between two columns is on each page; ``None`` on pages of one column."""
    gutters = [_gutter(page) for page in pages]
    known = [gutter for gutter in gutters if gutter is not None]
    # A page with a few lines, or with an abstract across it, shows no gutter of its own; it has the others'.
    if len(known) >= max(2, len(pages) / 2):
        usual = median(known)
        return [
            usual if gutter is None and _has_columns(page, usual) else gutter
            for page, gutter in zip(pages, gutters, strict=True)
        ]
    return gutters


def _has_columns(page: GlyphPage, x: float) -> bool:
    """Whether a part of a page has columns on both sides of ``x``, or hardly a word is across it."""
    if _crossing(page, x) <= _MOST_CROSSING:
        return True
    crossed: set[int] = set()
    sides: tuple[set[int], set[int]] = (set(), set())
    for word in _words_in_rows(page):
        if word.left < x + _HALF_GUTTER and word.right > x - _HALF_GUTTER:
            crossed.add(word.row)
        else:
            sides[word.left > x].add(word.row)
    longest = beside = 0
    for row in range(max(*crossed, *sides[0], *sides[1], 0) + 1):
        beside = 0 if row in crossed else beside + (row in sides[0] and row in sides[1])
        longest = max(longest, beside)
    return longest >= _FEWEST_COLUMN_LINES


@dataclass(frozen=True, slots=True)
class _Word:
    """Edges of a word, and the number of its row of print, from the top."""

    left: float
    right: float
    row: int


def _words_in_rows(page: GlyphPage) -> list[_Word]:
    """The words of a page; those of one row may be some way off its baseline in a scan."""
    runs = sorted(page.runs, key=lambda run: -run.baseline)
    words: list[_Word] = []
    row, baseline = -1, 0.0
    for run in runs:
        if row < 0 or baseline - run.baseline > _SAME_ROW * run.size:
            row, baseline = row + 1, run.baseline
        for start, end in run.words():
            words.append(_Word(min(run.lefts[start:end]), max(run.rights[start:end]), row))
    return words


def _crossing(page: GlyphPage, x: float) -> float:
    """Share of the page's rows with a word across a vertical line at ``x``."""
    words = _words_in_rows(page)
    crossed = {word.row for word in words if word.left < x + _HALF_GUTTER and word.right > x - _HALF_GUTTER}
    return len(crossed) / max(1, len({word.row for word in words}))


def _gutter(page: GlyphPage) -> float | None:
    """The middle of the widest strip between two columns, if there is one."""
    words = _words_in_rows(page)
    rows = len({word.row for word in words})
    if rows < 2 * _FEWEST_COLUMN_LINES:
        return None
    steps = int(page.width * (_GUTTER_TO - _GUTTER_FROM) / _GUTTER_STEP)
    places = [page.width * _GUTTER_FROM + step * _GUTTER_STEP for step in range(steps)]
    crossed: dict[float, set[int]] = {place: set() for place in places}
    for word in words:
        first = bisect_right(places, word.left - _HALF_GUTTER)
        last = bisect_left(places, word.right + _HALF_GUTTER)
        for place in places[first:last]:
            crossed[place].add(word.row)
    fewest = min(map(len, crossed.values()), default=rows)
    if fewest > _MOST_CROSSING * rows:
        return None
    strip = _longest_strip([place for place in places if len(crossed[place]) <= fewest])
    middle = (strip[0] + strip[-1]) / 2
    return middle if _divides_columns(page, words, middle, rows - fewest) else None


def _longest_strip(places: Sequence[float]) -> list[float]:
    strips: list[list[float]] = [[places[0]]]
    for place in places[1:]:
        if place - strips[-1][-1] > 1.5 * _GUTTER_STEP:
            strips.append([])
        strips[-1].append(place)
    return max(strips, key=len)


def _divides_columns(page: GlyphPage, words: Sequence[_Word], x: float, rows: int) -> bool:
    """Whether full lines of print are on both sides of ``x``, most of them beside each other."""
    sides: list[dict[int, tuple[float, float]]] = [{}, {}]
    for word in words:
        if word.left < x < word.right:
            continue
        side = sides[word.left >= x]
        left, right = side.get(word.row, (word.left, word.right))
        side[word.row] = min(word.left, left), max(word.right, right)
    wide = [
        [row for row, (left, right) in side.items() if right - left >= _NARROWEST_COLUMN * page.width]
        for side in sides
    ]
    if min(map(len, wide)) < _FEWEST_COLUMN_LINES:
        return False
    beside = sum(any(near in sides[1] for near in (row - 1, row, row + 1)) for row in sides[0])
    lefts = Counter(round(sides[1][row][0] / 2) for row in wide[1])
    aligned = max(lefts.values()) >= max(3, 0.3 * len(wide[1]))
    return aligned and beside >= min(_FEWEST_COLUMN_LINES, 0.3 * rows)


def _lines(page: GlyphPage, gutter: float | None, body: float, words: AbstractSet[str]) -> list[LaidLine]:
    numbers, runs = _take_line_numbers(page.runs)
    if gutter is not None:
        runs = [part for run in runs for part in _split(run, gutter)]
    joined = _absorb_marks(_join_runs(runs, gutter))
    lines = [LaidLine(run, _column(run, gutter), run.left) for run in joined]
    margin = [LaidLine(run, _column(run, gutter), run.left, is_margin=True) for run in numbers]
    return _order([*_with_drop_capitals(lines, body, words), *margin])


def _take_line_numbers(runs: Sequence[GlyphRun]) -> tuple[list[GlyphRun], list[GlyphRun]]:
    """Take out the numbers in the margin that count the lines of a page: aligned, and in even steps.

    Returns:
        The numbers, and the other runs.
    """
    lefts = Counter(round(run.lefts[start]) for run in runs for start in _text_start(run))
    left = min((edge for edge, count in lefts.items() if count >= 0.1 * lefts.total()), default=0)
    right = max((run.right for run in runs if len(run.text) > _TEXT), default=0.0)
    first_words = [(run, next(run.words(), (0, 0))) for run in runs]
    numbers = [(run, span) for run, span in first_words if run.text[slice(*span)].isdecimal() and span[1] < 5]
    alone = [
        (run, span)
        for run, span in numbers
        if span[1] == len(run.text) or run.lefts[span[1] + 1] - run.rights[span[1] - 1] > 0.6 * run.size
    ]
    alone.sort(key=lambda pair: -pair[0].baseline)
    for margin in (_aligned(alone, right=True), _aligned(alone, right=False)):
        values = [int(run.text[slice(*span)]) for run, span in margin]
        steps = {later - earlier for earlier, later in pairwise(values)}
        beside = all(run.rights[end - 1] < left or run.lefts[start] > right for run, (start, end) in margin)
        if beside and len(values) >= _FEWEST_LINE_NUMBERS and len(steps) == 1 and steps <= {1, 2, 5, 10}:
            taken = {id(run): span for run, span in margin}
            rest = [
                run.part(taken[id(run)][1] + 1, len(run.text)) if id(run) in taken else run
                for run in runs
                if id(run) not in taken or taken[id(run)][1] < len(run.text)
            ]
            return [run.part(0, span[1]) for run, span in margin], rest
    return [], list(runs)


def _text_start(run: GlyphRun) -> Iterator[int]:
    """Where the text of a long run begins, after a number in the margin that is part of it."""
    if len(run.text) > _TEXT:
        words = list(run.words())
        yield words[1][0] if run.text[slice(*words[0])].isdecimal() and len(words) > 1 else words[0][0]


def _aligned(
    numbers: Sequence[tuple[GlyphRun, tuple[int, int]]], *, right: bool
) -> list[tuple[GlyphRun, tuple[int, int]]]:
    """The numbers that are aligned at the edge at which most are."""
    edges = [run.rights[end - 1] if right else run.lefts[start] for run, (start, end) in numbers]
    if not edges:
        return []
    usual = Counter(round(edge / 2) for edge in edges).most_common(1)[0][0] * 2
    return [pair for pair, edge in zip(numbers, edges, strict=True) if abs(edge - usual) <= 3]


def _split(run: GlyphRun, gutter: float) -> list[GlyphRun]:
    """A run divided at the gutter, if it was written across."""
    words = list(run.words())
    for (_, end), (start, _) in pairwise(words):
        left, right = run.rights[end - 1], run.lefts[start]
        if left <= gutter + 2 and right >= gutter - 2 and right - left > _SPLIT_GAP * run.size:
            return [run.part(0, end), run.part(start, len(run.text))]
    return [run]


def _column(run: GlyphRun, gutter: float | None) -> int:
    if gutter is None or run.right <= gutter + 4:
        return 0
    return 1 if run.left >= gutter - 4 else -1


def _join_runs(runs: Sequence[GlyphRun], gutter: float | None) -> list[GlyphRun]:
    """Join runs on one baseline that are near each other, from left to right."""
    waiting = sorted(runs, key=lambda run: (-run.baseline, run.left))
    taken = [False] * len(waiting)
    lines: list[GlyphRun] = []
    for first, run in enumerate(waiting):
        if taken[first]:
            continue
        line = run
        for index in range(first + 1, len(waiting)):
            other = waiting[index]
            if run.baseline - other.baseline > _SAME_LINE * max(run.size, other.size) + 1:
                break
            if not taken[index] and _on_one_line(line, other, gutter):
                line = _joined(line, other)
                taken[index] = True
        lines.append(line)
    lines.sort(key=lambda line: line.order)
    return lines


def _on_one_line(line: GlyphRun, other: GlyphRun, gutter: float | None) -> bool:
    size = max(line.size, other.size)
    if abs(line.baseline - other.baseline) > _SAME_LINE * size or size > 1.6 * min(line.size, other.size):
        return False
    gap = max(other.left - line.right, line.left - other.right)
    if not -0.3 * size < gap < _LINE_GAP * size:
        return False
    if gutter is None:
        return True
    middle = (min(line.right, other.right) + max(line.left, other.left)) / 2
    return gap < _SPLIT_GAP * size or abs(middle - gutter) > size


def _joined(first: GlyphRun, second: GlyphRun, *, spaced: bool = True) -> GlyphRun:
    """Two runs as one, from left to right."""
    if second.left < first.left:
        first, second = second, first
    gap = second.left - first.right
    size = min(first.size, second.size)
    space = spaced and gap > 0.2 * size and not first.text.endswith(" ") and not second.text.startswith(" ")
    lefts, rights, styles = first.lefts[:], first.rights[:], first.styles[:]
    if space:
        lefts.append(first.right)
        rights.append(second.left)
        styles.append(0)
    main = max(first, second, key=lambda run: len(run.text))
    return GlyphRun(
        first.text + " " * space + second.text, lefts + second.lefts, rights + second.rights,
        styles + second.styles, main.baseline, main.size, min(first.order, second.order),
    )  # fmt: skip


def _absorb_marks(lines: list[GlyphRun]) -> list[GlyphRun]:
    """Join small raised figures that are alone, as before the text of a note, to the line beside them."""
    marks = [line for line in lines if _MARK.fullmatch(line.text.strip())]
    rest = [line for line in lines if not _MARK.fullmatch(line.text.strip())]
    for mark in marks:
        beside = [index for index, line in enumerate(rest) if _is_mark_of(mark, line)]
        if not beside:
            rest.append(mark)
            continue
        index = min(beside, key=lambda index: abs(mark.baseline - rest[index].baseline))
        is_raised = mark.baseline - rest[index].baseline > 0.1 * rest[index].size
        raised = GlyphRun(
            mark.text, mark.lefts, mark.rights,
            bytearray(style | (RAISED if is_raised else 0) for style in mark.styles),
            mark.baseline, mark.size, mark.order,
        )  # fmt: skip
        rest[index] = _with_mark(rest[index], raised)
    rest.sort(key=lambda line: line.order)
    return rest


def _with_mark(line: GlyphRun, mark: GlyphRun) -> GlyphRun:
    """A line with a raised mark before, within or after it."""
    if mark.left < line.left:
        # The number of a note is apart from its first word, however close they are printed.
        return _joined(_with_space(mark, len(mark.text)), line, spaced=False)
    if mark.left >= line.right - 0.2 * line.size:
        return _joined(mark, line, spaced=False)
    index = next(
        (index for index, left in enumerate(line.lefts) if left >= mark.left - 1 and line.text[index] != " "),
        len(line.text),
    )
    # The space before the next word stays after the mark.
    index -= line.text[index - 1] == " "
    before, after = line.part(0, index), line.part(index, len(line.text))
    return GlyphRun(
        before.text + mark.text + after.text, before.lefts + mark.lefts + after.lefts,
        before.rights + mark.rights + after.rights, before.styles + mark.styles + after.styles,
        line.baseline, line.size, line.order,
    )  # fmt: skip


def _is_mark_of(mark: GlyphRun, line: GlyphRun) -> bool:
    rise = (mark.baseline - line.baseline) / line.size
    after, before = mark.left - line.right, line.left - mark.right
    if _is_number_before(mark, line):
        return True
    if mark.size > _LARGEST_MARK * line.size or not 0.05 < rise < 0.8:
        return False
    if line.left < mark.left < line.right and not _has_letter_at(line, mark):
        return True
    return -0.2 * line.size < after < 0.6 * line.size or -0.2 * line.size < before < _MARK_GAP * line.size


def _is_number_before(mark: GlyphRun, line: GlyphRun) -> bool:
    """Whether a mark is the number of a note whose text is set apart from it, perhaps in the same size."""
    rise = (mark.baseline - line.baseline) / line.size
    gap = (line.left - mark.right) / line.size
    return -0.15 < rise < 0.6 and -0.2 < gap < _NUMBER_GAP and len(line.text) > _TEXT


def _has_letter_at(line: GlyphRun, mark: GlyphRun) -> bool:
    """Whether a line prints something where a mark is."""
    middle = (mark.left + mark.right) / 2
    return any(
        left <= middle <= right and letter != " "
        for letter, left, right in zip(line.text, line.lefts, line.rights, strict=True)
    )


def _with_drop_capitals(lines: list[LaidLine], body: float, words: AbstractSet[str]) -> list[LaidLine]:
    """Put each drop capital before the first of the lines beside it, which then all begin where it does."""
    capitals = [line for line in lines if _is_drop_capital(line, body)]
    for capital in capitals:
        beside = [line for line in lines if line is not capital and _is_beside(line, capital, body)]
        if not beside:
            continue
        top = max(beside, key=lambda line: line.baseline)
        size = top.run.size
        letters = GlyphRun(
            capital.text, capital.run.lefts, capital.run.rights, bytearray(len(capital.text)),
            top.baseline, size, top.run.order,
        )  # fmt: skip
        word = re.match(r"[^\W\d_]*", top.text)
        rest = word[0] if word else ""
        whole = (capital.text + rest).casefold()
        alone = len(rest) > 1 and whole not in words and rest.casefold() in words
        top.run = _joined(letters, top.run, spaced=False)
        if alone:
            top.run = _with_space(top.run, len(capital.text))
        for line in beside:
            line.left = capital.left
        lines.remove(capital)
    return lines


def _is_drop_capital(line: LaidLine, body: float) -> bool:
    text = line.text.strip("“‘\"'«")
    return 0 < len(text) <= 2 and text[0].isalpha() and line.size > _DROP_CAPITAL * body


def _is_beside(line: LaidLine, capital: LaidLine, body: float) -> bool:
    gap = line.left - capital.right
    low, high = capital.baseline - 0.3 * body, capital.baseline + 0.9 * capital.size
    return -0.5 * body < gap < 2.5 * body and low <= line.baseline <= high and line.size < 1.5 * body


def _with_space(run: GlyphRun, index: int) -> GlyphRun:
    lefts, rights, styles = run.lefts[:], run.rights[:], run.styles[:]
    edge = rights[index - 1]
    lefts.insert(index, edge)
    rights.insert(index, edge)
    styles.insert(index, 0)
    text = f"{run.text[:index]} {run.text[index:]}"
    return GlyphRun(text, array("f", lefts), array("f", rights), styles, run.baseline, run.size, run.order)


def _order(lines: list[LaidLine]) -> list[LaidLine]:
    """Lines in reading order: from top to bottom, and column by column between lines across the page."""
    ordered: list[LaidLine] = []
    columns: tuple[list[LaidLine], list[LaidLine]] = ([], [])
    for line in sorted(lines, key=lambda line: (-line.baseline, line.left)):
        if line.column < 0:
            ordered += [*columns[0], *columns[1], line]
            columns = ([], [])
        else:
            columns[line.column].append(line)
    return [*ordered, *columns[0], *columns[1]]

"""What is printed between the paragraphs of a typeset essay: captions, words in figures, tables.

It would cut the paragraph beside which it is printed, and is not part of the prose.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from assistant.chunking.placed import PlacedLine
from assistant.chunking.typesetting import TypesetBlock, Typesetting

_LABEL = re.compile(
    r"(?:fig(?:ure|\.)?|table|tab\.|plate|pl\.|illustration|illus?\.|map|chart|abb(?:ildung|\.)|tafel|tabelle"
    r"|planche|tableau|figura|tabla)\s*(?:\d{1,3}(?:\.\d{1,2})?|[ivxlc]{1,6})(?P<stop>\s?[.:—–-]|$)?",
    re.IGNORECASE,
)
# Lines of a caption, and lines of words within a figure above it.
_LONGEST_CAPTION = 9
_MOST_LABELS = 25
# A word in a figure is no wider than this share of a line; nor is a cell of a table.
_NARROW = 0.5
_SMALL = 0.95
_FEWEST_ROWS = 2


def take_figures(
    lines: Sequence[PlacedLine], setting: Typesetting
) -> tuple[list[PlacedLine], list[TypesetBlock]]:
    """Take captions, the words of figures, and tables out of the lines.

    Returns:
        The other lines, and blocks of the kind ``caption``.
    """
    blocks = [*_captions(lines, setting), *_tables(lines, setting)]
    taken: set[int] = set()
    result: list[TypesetBlock] = []
    for block in blocks:
        kept = [line for line in block.lines if line.printed.start not in taken]
        taken.update(line.printed.start for line in kept)
        if kept:
            result.append(TypesetBlock(kept, "caption"))
    return [line for line in lines if line.printed.start not in taken], result


def _captions(lines: Sequence[PlacedLine], setting: Typesetting) -> Iterator[TypesetBlock]:
    for index, line in enumerate(lines):
        label = _LABEL.match(line.text)
        if label is None or not _is_set_apart(lines, index, setting, stop=bool(label["stop"])):
            continue
        caption = [line]
        for before, following in pairwise(lines[index:]):
            if not _goes_on(line, before, following, setting) or len(caption) == _LONGEST_CAPTION:
                break
            caption.append(following)
        yield TypesetBlock(caption, "caption")
        if labels := _words_above(lines, index, setting):
            yield TypesetBlock(labels, "caption")


def _is_set_apart(lines: Sequence[PlacedLine], index: int, setting: Typesetting, *, stop: bool) -> bool:
    """Whether a line is apart from the one above, as a caption is and a sentence is not."""
    line = lines[index]
    before = lines[index - 1] if index else None
    if before is None or before.place != line.place or abs(before.box.size - line.box.size) > 0.4:
        return stop or line.box.size < _SMALL * setting.frames.body
    gap = setting.gap(before, line)
    return gap < 0 or gap > (1.2 if stop else 1.5)


def _goes_on(first: PlacedLine, before: PlacedLine, line: PlacedLine, setting: Typesetting) -> bool:
    if line.place != first.place or abs(line.box.size - first.box.size) > 0.06 * first.box.size:
        return False
    own = (before.box.bottom - line.box.bottom) / first.box.size
    if not 0 < own < 1.6 or setting.gap(before, line) > 1.2:
        return False
    return not (before.ends_sentence and setting.has_room(before, line))


def _words_above(lines: Sequence[PlacedLine], index: int, setting: Typesetting) -> list[PlacedLine]:
    """Short lines right above a caption: words in its figure."""
    words: list[PlacedLine] = []
    for before, line in zip([None, *lines[: index - 1]][::-1], lines[:index][::-1], strict=False):
        frame = setting.frames.of(line.box)
        goes_on = (
            before is not None
            and before.place == line.place
            and 0 < setting.gap(before, line) < 1.15
            and abs(line.box.left - frame.left) < 0.5 * setting.frames.body
            and before.box.width > _NARROW * frame.width
        )
        if (
            line.place != lines[index].place
            or line.box.width > _NARROW * frame.width
            or goes_on
            or line.ends_sentence
            or setting.is_heading_line(line)
            or len(words) == _MOST_LABELS
        ):
            break
        words.append(line)
    return words[::-1]


def _tables(lines: Sequence[PlacedLine], setting: Typesetting) -> Iterator[TypesetBlock]:
    """Lines of which several are on one baseline, row after row, as in a table."""
    rows = list(_rows(lines, setting))
    table: list[list[PlacedLine]] = []
    for row in rows:
        near = bool(table) and _is_next_row(table[-1], row, setting)
        if table and not near:
            yield from _table(table)
            table = []
        if len(row) > 1 or (near and row[0].box.width < _NARROW * setting.frames.of(row[0].box).width):
            table.append(row)
    yield from _table(table)


def _rows(lines: Sequence[PlacedLine], setting: Typesetting) -> Iterator[list[PlacedLine]]:
    """Lines by baseline, from top to bottom of each column."""
    ordered = sorted(lines, key=lambda line: (*line.place, -line.box.bottom, line.box.left))
    row: list[PlacedLine] = []
    for line in ordered:
        if row and (
            line.place != row[0].place or abs(line.box.bottom - row[0].box.bottom) > 0.3 * setting.frames.body
        ):
            yield row
            row = []
        row.append(line)
    if row:
        yield row


def _is_next_row(above: Sequence[PlacedLine], row: Sequence[PlacedLine], setting: Typesetting) -> bool:
    return above[0].place == row[0].place and setting.gap(above[0], row[0]) < 2.5


def _table(rows: Sequence[list[PlacedLine]]) -> Iterator[TypesetBlock]:
    if sum(len(row) > 1 for row in rows) >= _FEWEST_ROWS:
        cells = [line for row in rows for line in row]
        yield TypesetBlock(sorted(cells, key=lambda line: line.printed.start), "caption")

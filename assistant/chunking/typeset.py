"""A typeset essay, such as a PDF, divided by where its lines are printed.

The steps are those of plain text, by other evidence: frames and leading instead of the widths of lines, rules
and sizes instead of numbers alone. Captions and tables, which would cut the paragraph beside which they are
printed, are taken out first. Title and author are found by the record, or by size and place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from assistant.chunking.classify import ClassifiedBlock, author_by_record, is_name, title_by_record
from assistant.chunking.frames import Frames, PlacedLine, TypesetBlock, Typesetting, place_lines
from assistant.chunking.notes import Note, divide_notes
from assistant.chunking.printed import printed_lines
from assistant.chunking.typeset_blocks import resumes, typeset_blocks
from assistant.chunking.typeset_notes import take_typeset_notes
from assistant.core.essay import CSLItem, Essay, Kind, plain_title
from assistant.core.setting import Setting

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


_MOST_BLOCKS = 14
_PROSE = 200
_LARGE, _TITLE = 1.12, 1.35


def typeset_essay(essay: Essay, setting: Setting) -> tuple[list[ClassifiedBlock], tuple[int, ...]]:
    """Divide a typeset essay.

    Returns:
        Its blocks with their kinds, title, author and notes included, in order, and the source offsets at
        which a paragraph may end without anything that shows it.
    """
    lines = place_lines(printed_lines(essay), setting)
    if not lines:
        return [], ()
    frames = Frames([(line.box, line.text) for line in lines], is_recognised=setting.is_recognised)
    # What is beside the prose goes first: it may be printed below the notes.
    lines, figures = take_figures(lines, Typesetting(lines, frames))
    body, notes = take_typeset_notes(lines, frames, setting)
    typesetting = Typesetting(body, frames)
    divided_body, guessed = typeset_blocks(body, typesetting)
    blocks = _mark_front(divided_body, typesetting, essay.reference)
    blocks = _with_notes_after_references(blocks)
    divided = [*_classified([*blocks, *figures], typesetting), *map(_note_block, notes)]
    return sorted(divided, key=lambda block: block.lines[0].start), guessed


def _with_notes_after_references(blocks: Sequence[TypesetBlock]) -> list[TypesetBlock]:
    """Find notes without a heading of their own, which some programs print after the works cited.

    Their numbers count up from 1 and are called by raised numbers in the text, and entries without a number
    are printed before them.
    """
    called = {
        mark
        for block in blocks
        if block.kind != "reference"
        for line in block.lines
        for mark in line.raised_marks()
    }
    entries = [line for block in blocks if block.kind == "reference" for line in block.lines]
    first = next((index for index, line in enumerate(entries) if line.note_mark == "1"), 0)
    if not first or "1" not in called:
        return list(blocks)
    notes = entries[first:]
    if "2" in called and not any(line.note_mark == "2" for line in notes):
        return list(blocks)
    taken = {line.printed.start for line in notes}
    rest = [
        TypesetBlock(kept, block.kind)
        for block in blocks
        if (kept := [line for line in block.lines if line.printed.start not in taken])
    ]
    return [*rest, TypesetBlock(notes, "note")]


def _note_block(note: Note) -> ClassifiedBlock:
    return ClassifiedBlock("note", note.lines, note.mark, at_foot=note.at_foot)


def _classified(blocks: Sequence[TypesetBlock], setting: Typesetting) -> list[ClassifiedBlock]:
    """The blocks with their printed lines; what is under a heading of notes is divided into notes."""
    result: list[ClassifiedBlock] = []
    for block in blocks:
        lines = [line.printed for line in block.lines]
        if block.kind != "note":
            new = block.kind == "paragraph" and not resumes(block, setting)
            resumed = block.kind == "paragraph" and not new
            result.append(ClassifiedBlock(block.kind, lines, resumes=resumed, is_front=block.is_front))
            continue
        last = result[-1] if result and result[-1].kind == "note" else None
        leading, notes = divide_notes(lines, last.mark if last else None)
        if leading and last:
            last.lines.extend(leading)
        elif leading:
            result.append(ClassifiedBlock("paragraph", leading))
        result.extend(map(_note_block, notes))
    return result


def _mark_front(
    blocks: Sequence[TypesetBlock], setting: Typesetting, reference: CSLItem
) -> list[TypesetBlock]:
    """Find title and author among the blocks before the first paragraph.

    The record's title and names are looked for first; otherwise the title is what is set largest, or what is
    centred first. Other short lines, such as a date or a place of work, are headings: they are not searched.

    Returns:
        All blocks, the leading ones perhaps divided.
    """
    leading = _leading(blocks, setting)
    if not leading:
        return list(blocks)
    title = _title_by_record(leading, plain_title(reference)) or _largest(leading, setting)
    lines = [line for block in leading for line in block.lines if line not in title]
    author = _author_by_record(lines, reference) or _author_by_form(leading, title)
    marked: list[TypesetBlock] = []
    for part in (part for block in leading for part in _marked(block, title, author)):
        if marked and part.kind == marked[-1].kind and part.kind in {"title", "author"}:
            marked[-1].lines.extend(part.lines)
        else:
            marked.append(part)
    return [*marked, *blocks[len(leading) :]]


def _leading(blocks: Sequence[TypesetBlock], setting: Typesetting) -> list[TypesetBlock]:
    """The blocks before the first paragraph; a licence above the title is before it too."""
    first_page = [
        block for block in blocks[:_MOST_BLOCKS] if block.first.box.page == blocks[0].first.box.page
    ]
    sizes = [block.first.box.size for block in first_page]
    largest = max(sizes, default=0.0)
    through = sizes.index(largest) if largest > _TITLE * setting.frames.body else -1
    leading: list[TypesetBlock] = []
    for number, block in enumerate(first_page):
        if number > through and _is_prose(block, setting):
            break
        leading.append(block)
    return leading


def _is_prose(block: TypesetBlock, setting: Typesetting) -> bool:
    if block.kind in {"heading", "caption"} or all(setting.is_centred(line) for line in block.lines):
        return False
    if block.kind in {"blockquote", "verse", "note", "reference", "list"}:
        return True
    return len(block.text) > _PROSE or (len(block.lines) > 1 and block.last.ends_sentence)


def _title_by_record(leading: Sequence[TypesetBlock], title: str) -> list[PlacedLine]:
    lines = [line for block in leading for line in block.lines]
    taken = {line.start for line in title_by_record([line.printed for line in lines], title)}
    return [line for line in lines if line.printed.start in taken]


def _largest(leading: Sequence[TypesetBlock], setting: Typesetting) -> list[PlacedLine]:
    """The lines of the block that is set largest, else centred or in bold, with a subtitle set like it."""
    largest = max(line.box.size for block in leading for line in block.lines)
    if largest > _LARGE * setting.frames.body:
        first = next(
            number
            for number, block in enumerate(leading)
            if any(line.box.size == largest for line in block.lines)
        )
    else:
        centred = (
            number
            for number, block in enumerate(leading)
            if all(setting.is_centred(line) for line in block.lines) or block.first.box.bold
        )
        first = next(centred, 0)
    title = list(leading[first].lines)
    for block in leading[first + 1 :]:
        like = abs(block.first.box.size - title[0].box.size) < 0.1 * title[0].box.size
        large = block.first.box.size > _LARGE * setting.frames.body
        if not (large and like) and (not title[-1].text.endswith(":") or is_name(block.text)):
            break
        title += block.lines
    return title


def _author_by_record(lines: Sequence[PlacedLine], reference: CSLItem) -> list[PlacedLine]:
    taken = {line.start for line in author_by_record([line.printed for line in lines], reference)}
    return [line for line in lines if line.printed.start in taken]


def _author_by_form(leading: Sequence[TypesetBlock], title: Sequence[PlacedLine]) -> list[PlacedLine]:
    """The first line after the title, else before it, that reads as a name."""
    lines = [line for block in leading for line in block.lines]
    after = [line for line in lines if line.printed.start > title[-1].printed.start]
    before = [line for line in lines if line.printed.start < title[0].printed.start]
    for line in [*after, *before]:
        name = line.text.removeprefix("by ").removeprefix("By ").removeprefix("BY ").rstrip(" *†‡0123456789")
        if is_name(name):
            return [line]
    return []


def _marked(
    block: TypesetBlock, title: Sequence[PlacedLine], author: Sequence[PlacedLine]
) -> list[TypesetBlock]:
    """A leading block divided into what is title, author, and the rest."""
    parts: list[TypesetBlock] = []
    for line in block.lines:
        rest: Kind = "heading" if block.kind == "paragraph" else block.kind
        kind: Kind = "title" if line in title else "author" if line in author else rest
        if parts and parts[-1].kind == kind:
            parts[-1].lines.append(line)
        else:
            # A number above the title, or a date below it, is no heading of a section.
            above = line.printed.start < title[0].printed.start
            parts.append(TypesetBlock([line], kind, is_front=above or block.kind == "paragraph"))
    return parts

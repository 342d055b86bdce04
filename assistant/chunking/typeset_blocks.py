"""Blocks of a typeset essay: where each begins and what it is, by indents, leading, size and style.

A line ends a paragraph if the next word would have fitted on it, by real widths. Whether that proves
anything, and whether paragraphs are indented or spaced, is found for each essay.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from assistant.chunking.frames import PlacedLine, TypesetBlock, Typesetting, named_part
from assistant.core.essay import Kind

# Lengths as shares of the body size.
_INDENT = 0.6
_QUOTE_INDENT = 0.8
_MOST_INDENT = 9.0
_EVEN = 0.5
# Shares of the usual leading.
_WIDE_GAP = 1.3
_LONGEST_HEADING = 130
_MOST_HEADING_LINES = 4
_SHORT_LINE = 90
# So many full lines that begin with a capital are verse and not prose.
_FEWEST_LONG_VERSES = 4
_NUMBERED_HEADING = re.compile(r"(?:\d{1,2}(?:\.\d{1,2})*[.)]?|[IVXLC]+[.)]|§\s*\d+[.)]?)\s")


def typeset_blocks(
    lines: Sequence[PlacedLine], setting: Typesetting
) -> tuple[list[TypesetBlock], tuple[int, ...]]:
    """Divide the lines of the body into blocks and find what each is, front matter excepted.

    Returns:
        The blocks, and the source offsets at which a paragraph may end without anything that shows it.
    """
    divider = _Divider(setting)
    return _kinds(_divide(lines, divider), setting), tuple(divider.guessed)


class _Divider:
    """Decides between two lines in turn whether a block begins.

    Args:
        setting: How the paragraphs are set.
    """

    def __init__(self, setting: Typesetting) -> None:
        self.setting = setting
        self._frames = setting.frames
        self._body = setting.frames.body
        self.references = False
        self.entries_are_spaced = False
        self.guessed: list[int] = []

    def begins(self, block: Sequence[PlacedLine], line: PlacedLine, following: PlacedLine | None) -> bool:
        """Whether a line begins a block, after the lines of the one before."""
        before = block[-1]
        if before.place == line.place and _divides_word(before, line) and self._follows(before, line):
            return False
        if named_part(line.text) and line.printed.starts_sentence:
            return True
        if not self.references and self._is_plain_heading(before, line, following):
            return True
        if line.printed.start in self.setting.items:
            return True
        if block[0].printed.start in self.setting.items and self._goes_on_item(block[0], line):
            return False
        if before.place == line.place and self.setting.gap(before, line) > 0:
            return self._within(block, line, following)
        return self._elsewhere(block, line)

    def _follows(self, before: PlacedLine, line: PlacedLine) -> bool:
        """Whether a line is right below another."""
        return 0 < self.setting.gap(before, line) < _WIDE_GAP

    def _goes_on_item(self, first: PlacedLine, line: PlacedLine) -> bool:
        hangs = self.setting.indent(line) > self.setting.indent(first) + 0.3
        return hangs and abs(line.box.size - first.box.size) < 0.5

    def _within(self, block: Sequence[PlacedLine], line: PlacedLine, following: PlacedLine | None) -> bool:
        """For a line of the same column."""
        before, setting = block[-1], self.setting
        if self._sizes_differ(before, line):
            return True
        if setting.gap(before, line) > _WIDE_GAP:
            return True
        if self.references:
            # Names in bold or italics begin no other block there.
            return self._begins_entry(block, line)
        if self._style_changes(block, line):
            return True
        indent, last = setting.indent(line), setting.indent(before)
        if self._is_verse(block, line) or self._is_long_verse(block, line):
            return False
        if len(block) > 1 and min(map(setting.indent, block)) > _QUOTE_INDENT and abs(indent - last) < 0.3:
            return False
        if indent - last > _INDENT and not self.setting.is_centred(line):
            return True
        if last - indent > _INDENT:
            return len(block) > 1 or (before.ends_sentence and setting.has_room(before, line))
        return self._ends_early(before, line, following) and not (setting.indented and indent < _EVEN)

    def _elsewhere(self, block: Sequence[PlacedLine], line: PlacedLine) -> bool:
        """For a line of another column or page."""
        before, setting = block[-1], self.setting
        if self._sizes_differ(before, line):
            return True
        if _divides_word(before, line):
            return False
        if self.references:
            return self._begins_entry(block, line)
        if self._heading_changes(before, line):
            return True
        indent, last = setting.indent(line), setting.indent(before)
        short = setting.frames.room(line.box) > 2 * self._body and not setting.is_centred(line)
        if self._is_long_verse(block, line) or (short and self._is_verse(block, line)):
            return False
        if abs(indent - last) > _EVEN and all(map(setting.is_centred, block)):
            return True
        return self._begins_elsewhere(block, line)

    def _begins_elsewhere(self, block: Sequence[PlacedLine], line: PlacedLine) -> bool:
        """For a line of prose in another column or page, by its indent and the end of the line before."""
        before, setting = block[-1], self.setting
        indent, last = setting.indent(line), setting.indent(before)
        begins_low = line.text.lstrip("“\"'‘(")[:1].islower()
        if before.ends_sentence and not begins_low and self._frames.ends_above_foot(before.box):
            return True
        if abs(indent - last) < _EVEN and indent > _INDENT and len(block) > 1:
            if before.ends_sentence:
                return setting.indent(block[0]) > indent + _INDENT
            return line.printed.starts_sentence and setting.has_room(before, line)
        if indent > _INDENT:
            return before.ends_sentence or (indent - last > _INDENT and not begins_low)
        if last - indent > _QUOTE_INDENT and len(block) > 1:
            return True
        if setting.indented or begins_low:
            return False
        ends = self._ends_early(before, line, None)
        if not ends and before.ends_sentence and line.printed.starts_sentence:
            self.guessed.append(before.printed.end)
        return ends

    def _sizes_differ(self, before: PlacedLine, line: PlacedLine) -> bool:
        allowed = max(self._frames.tolerance, 0.07 * self._body)
        if self._frames.is_recognised and line.text[0].islower() and not before.ends_sentence:
            # The sizes in a recognised scan are guesses.
            allowed = 0.25 * self._body
        return abs(before.box.size - line.box.size) > allowed

    def _style_changes(self, block: Sequence[PlacedLine], line: PlacedLine) -> bool:
        before = block[-1]
        if self._heading_changes(before, line):
            return True
        if abs(line.box.left - before.box.left) < 0.3 * self._body:
            return False
        centred, was = self.setting.is_centred(line), self.setting.is_centred(before)
        if centred == was or self.references or len(before.text) >= _SHORT_LINE:
            return False
        # The last line of a paragraph may happen to be in the middle.
        return len(block) == 1 or centred

    def _heading_changes(self, before: PlacedLine, line: PlacedLine) -> bool:
        """Whether one of two lines is a heading by its style and the other is not."""
        is_heading, was = self.setting.is_heading_line(line), self.setting.is_heading_line(before)
        if is_heading == was:
            return False
        if (before.box.bold, before.box.capitals) == (line.box.bold, line.box.capitals):
            return before.box.italic != line.box.italic and self.setting.has_room(before, line) and was
        return len((before if was else line).text) < _SHORT_LINE

    def _begins_entry(self, block: Sequence[PlacedLine], line: PlacedLine) -> bool:
        """Whether a line begins an entry of the works cited."""
        before, setting = block[-1], self.setting
        if self.entries_are_spaced:
            # Within a column the space has decided.
            return before.place != line.place and before.ends_sentence and _begins_as_entry(line.text)
        indent, last = setting.indent(line), setting.indent(before)
        first = setting.indent(block[0])
        if len(block) > 1 and indent > first + _INDENT / 2:
            return False
        if indent - last > _INDENT / 2:
            return False
        hanging = len(block) > 1 and last > first + _INDENT / 2
        if hanging and indent < first + _INDENT / 2:
            return True
        return setting.has_room(before, line) or (before.ends_sentence and _begins_as_entry(line.text))

    def _is_verse(self, block: Sequence[PlacedLine], line: PlacedLine) -> bool:
        """Whether a line continues indented lines that all end before the margin, as in a poem."""
        lines = [*block, line]
        return all_have_room(lines, self.setting) and not any(map(self.setting.is_heading_line, lines))

    def _is_long_verse(self, block: Sequence[PlacedLine], line: PlacedLine) -> bool:
        """Whether a line continues verse too long for lines of print, whose rests are indented further."""
        setting = self.setting
        indent = setting.indent(line)
        base = min(map(setting.indent, block))
        if base < _QUOTE_INDENT or not _begin_high(block, base, setting) or indent < base - 0.3:
            return False
        if indent < base + 0.3:
            return line.printed.starts_sentence and len(block) > 1
        return not line.printed.starts_sentence and not setting.is_heading_line(line)

    def _is_plain_heading(self, before: PlacedLine, line: PlacedLine, following: PlacedLine | None) -> bool:
        """Whether a flush line before an indented one is a heading in the style of the body."""
        setting = self.setting
        if following is None or not setting.indented or not before.ends_sentence:
            return False
        flush = abs(setting.indent(line)) < _EVEN and setting.has_room(line, following)
        indented = following.place != line.place or setting.indent(following) > _INDENT
        begins = following.printed.starts_sentence
        return flush and indented and begins and _may_be_plain_heading(line, setting)

    def _ends_early(self, before: PlacedLine, line: PlacedLine, following: PlacedLine | None) -> bool:
        """Whether a line ends a paragraph by its free space and its full stop."""
        setting = self.setting
        # A colon introduces what follows, in the same paragraph if nothing else shows another.
        if not before.ends_sentence or before.text[-1] == ":" or not line.printed.starts_sentence:
            return False
        if not setting.has_room(before, line):
            return False
        # The first lines of a block quotation are full by its own margin, which the next ones show.
        if (
            setting.indent(before) > _QUOTE_INDENT
            and abs(setting.indent(line) - setting.indent(before)) < 0.3
        ):
            widest = max(line.box.right, following.box.right if following else 0.0)
            return before.box.right + setting.first_word(line) < widest
        wide = setting.frames.room(before.box) > 2.5 * self._body and setting.frames.justified
        return setting.room_proves or wide


def _begins_as_entry(text: str) -> bool:
    """Whether a line begins as entries of the works cited do: a name turned round, a dash, a title."""
    return bool(re.match(r"(?:—|–|_|-){2,}|[^\W\d_][\w'’.-]+(?: [\w'’.-]+)?, [^\W\d_]|[“\"‘«]|\[\d+\]", text))


def _divides_word(before: PlacedLine, line: PlacedLine) -> bool:
    return (
        before.text[-1] in "-\u2010\u2011\u00ad" and before.text[-2:-1].isalpha() and line.text[0].islower()
    )


def _divide(lines: Sequence[PlacedLine], divider: _Divider) -> list[TypesetBlock]:
    blocks: list[TypesetBlock] = []
    is_complete = True
    for index, line in enumerate(lines):
        following = lines[index + 1] if index + 1 < len(lines) else None
        if is_complete or divider.begins(blocks[-1].lines, line, following):
            blocks.append(TypesetBlock([]))
        blocks[-1].lines.append(line)
        part = named_part(line.text) if len(blocks[-1].lines) == 1 else None
        is_complete = part is not None
        if part is not None:
            divider.references = part == "reference"
            divider.entries_are_spaced = _are_entries_spaced(lines[index + 1 :], divider.setting)
    return blocks


def _are_entries_spaced(lines: Sequence[PlacedLine], setting: Typesetting) -> bool:
    """Whether space divides the entries of a list, so that no line begins one without it."""
    pairs = [(before, line) for before, line in pairwise(lines) if before.place == line.place]
    spaced = [line for before, line in pairs if setting.gap(before, line) > _WIDE_GAP]
    hanging = sum(setting.indent(line) > _INDENT / 2 for _, line in pairs)
    entries = sum(_begins_as_entry(line.text) for line in spaced)
    return len(spaced) >= 3 and entries >= 0.6 * len(spaced) and hanging < 0.2 * len(pairs)


def _kinds(blocks: Sequence[TypesetBlock], setting: Typesetting) -> list[TypesetBlock]:
    """Set the kind of each block; ``note`` is what is under a heading of notes, not yet divided."""
    part: Kind = "paragraph"
    for before, block, following in zip([None, *blocks], blocks, [*blocks[1:], None], strict=False):
        named = named_part(block.text) if len(block.lines) == 1 else None
        if named and following is not None:
            block.kind, part = "heading", named
        elif _is_heading(block, before, following, setting, part):
            block.kind = "heading"
            part = "paragraph"
        elif part != "paragraph":
            block.kind = part
        else:
            block.kind = _kind(block, before, setting)
    return list(blocks)


def _is_heading(
    block: TypesetBlock,
    before: TypesetBlock | None,
    following: TypesetBlock | None,
    setting: Typesetting,
    part: Kind,
) -> bool:
    text = block.text
    if (
        len(text) > _LONGEST_HEADING
        or len(block.lines) > _MOST_HEADING_LINES
        or not any(map(str.isalpha, text))
    ):
        return False
    if _goes_on(block, following, setting):
        return False
    large = all(line.box.size > 1.05 * setting.frames.body for line in block.lines)
    if text[-1] in ",;" or (
        text[-1] == "." and not large and not _NUMBERED_HEADING.match(text) and not text.isupper()
    ):
        return False
    styled = all(map(setting.is_heading_line, block.lines))
    if part != "paragraph":
        # Titles in italics or capitals are frequent in notes and works cited.
        apart = (
            before is None
            or before.last.place != block.first.place
            or setting.gap(before.last, block.first) > _WIDE_GAP
        )
        return large or (styled and apart and block.first.box.bold and setting.indent(block.first) < _EVEN)
    if styled:
        return following is None or block.first.box.bold or large or following.first.printed.starts_sentence
    if all(setting.is_centred(line) for line in block.lines) and len(text) < _SHORT_LINE:
        return not block.last.ends_sentence
    return is_plain_heading(block.lines, before.last if before else None, following, setting)


def _goes_on(block: TypesetBlock, following: TypesetBlock | None, setting: Typesetting) -> bool:
    """Whether the words of a block visibly go on in the next: no heading ends so."""
    if block.text[-1] in "-\u2010\u2011\u00ad":
        return True
    if following is None or following.first.place != block.last.place or following.first.text[0].isupper():
        return False
    return following.first.text[0].islower() and 0 < setting.gap(block.last, following.first) < _WIDE_GAP


def is_plain_heading(
    lines: Sequence[PlacedLine],
    before: PlacedLine | None,
    following: TypesetBlock | None,
    setting: Typesetting,
) -> bool:
    """Whether lines in the body's own style are a heading: short, flush, apart, and without a stop."""
    first = lines[0]
    if len(lines) > 1 or not _may_be_plain_heading(first, setting) or following is None:
        return False
    if before is not None and not before.ends_sentence and before.place == first.place:
        return False
    if setting.indented:
        return setting.indent(first) < _EVEN
    apart = before is None or before.place != first.place or setting.gap(before, first) > _WIDE_GAP
    return apart and following.first.printed.starts_sentence and len(following.lines) > 1


def _may_be_plain_heading(line: PlacedLine, setting: Typesetting) -> bool:
    frame = setting.frames.of(line.box)
    return (
        line.printed.starts_sentence
        and line.text[-1] not in ",;—–-"
        and not line.ends_sentence
        and len(line.text) < _SHORT_LINE
        and line.box.width < 0.75 * frame.width
        and any(map(str.isalpha, line.text))
    )


def _kind(block: TypesetBlock, before: TypesetBlock | None, setting: Typesetting) -> Kind:
    if block.first.printed.start in setting.items:
        return "list"
    if is_verse(block.lines, setting):
        return "verse"
    indents = [setting.indent(line) for line in block.lines]
    smaller = block.first.box.size < setting.frames.body and not setting.frames.is_body(block.first.box)
    if len(block.lines) > 1 and min(indents) > _QUOTE_INDENT and max(indents) < _MOST_INDENT:
        return "blockquote"
    if smaller and min(indents) > _EVEN:
        return "blockquote"
    introduced = before is not None and before.kind == "paragraph" and before.last.text[-1] == ":"
    if smaller and (introduced or block.text[0] in "“„»«\"'‘"):
        return "blockquote"
    apart = (
        before is not None
        and before.last.place == block.first.place
        and setting.gap(before.last, block.first) > 1.2
    )
    return "blockquote" if len(block.lines) == 1 and indents[0] > _QUOTE_INDENT and apart else "paragraph"


def is_verse(lines: Sequence[PlacedLine], setting: Typesetting) -> bool:
    """Whether lines are verse: indented, and most end before the margin, which the longest shows."""
    base = min(map(setting.indent, lines))
    at_base = sum(abs(setting.indent(line) - base) < 0.3 for line in lines)
    if base > _QUOTE_INDENT and at_base >= _FEWEST_LONG_VERSES and _begin_high(lines, base, setting):
        return True
    if len(lines) < 2 or not all_have_room(lines, setting):
        return False
    capitals = sum(line.printed.starts_sentence for line in lines)
    return capitals >= 0.75 * len(lines) and (len(lines) > 2 or not lines[0].ends_sentence)


def _begin_high(lines: Sequence[PlacedLine], base: float, setting: Typesetting) -> bool:
    """Whether all lines at an indent begin with a capital, as lines of verse do."""
    return all(
        line.printed.starts_sentence for line in lines if abs(setting.indent(line) - base) < 0.3
    ) and not any(map(setting.is_heading_line, lines))


def all_have_room(lines: Sequence[PlacedLine], setting: Typesetting) -> bool:
    """Whether indented lines end before a margin that is as far in on the right as they are on the left."""
    indent = min(map(setting.indent, lines))
    if indent <= _QUOTE_INDENT:
        return False
    inset = min(indent * setting.frames.body, 0.12 * setting.frames.of(lines[0].box).width)
    if setting.frames.room(lines[-1].box) <= inset or any(line.text[-1] in "-\u2010" for line in lines):
        return False
    return all(
        setting.frames.room(before.box) - inset > setting.first_word(line) for before, line in pairwise(lines)
    )


def resumes(block: TypesetBlock, setting: Typesetting) -> bool:
    """Whether nothing shows that a block begins a new paragraph."""
    if not block.first.printed.starts_sentence:
        return True
    return setting.indented and setting.indent(block.first) < _EVEN

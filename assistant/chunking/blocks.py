"""Lines divided into blocks, and blocks joined where the words continue from one to the next.

A block is a run of lines that are set as one: a paragraph, a heading, a block quotation. Lines are first
divided wherever print shows a boundary. Then blocks are joined over page breaks and over blank lines that
text extraction put into a sentence.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from assistant.chunking.cleaning import HYPHENS
from assistant.chunking.contents import named_heading
from assistant.chunking.headings import (
    is_bare_number,
    is_capitals,
    names_apparatus,
    reads_as_heading,
    speaker_of,
)
from assistant.chunking.layout import Layout, runs
from assistant.chunking.printed import LineGroup, PrintLine
from assistant.chunking.quoted_lines import find_quoted
from assistant.core.lines import INVISIBLE

# Lines of verse leave this share of the measure free.
_VERSE = 0.9
_HEADING = 0.85
# A heading within a run of lines is as short as no line of running text that ends no sentence.
_SHORT_HEADING = 0.7
# Within a run of lines, one width must be enough to recognise an indent. It is only where lines are
# justified: all of them are then of one width, and an indented line is clearly shorter.
_FLUSH = 0.92
_FIRSTS = 0.96
_SURELY_INDENTED = 0.9
_LONGEST_HEADING = 120
# Of so many lines this share is broken early, if they are verse.
_FEWEST_VERSES, _EARLY = 3, 0.5
# Columns by which an indent differs from the next.
_STEP = 2
_VERSE_POINTS = ",;:.!?—"
_CLOSERS = ".,;:!?)]”’"


def divide(layout: Layout) -> list[LineGroup]:
    """Divide the printed lines into blocks wherever print shows a boundary, page breaks included."""
    blocks: list[LineGroup] = []
    for run in _even_runs(layout):
        blocks.extend(_divide_run(run, layout, blocks[-1] if blocks else None))
    if not layout.indented and layout.measure.wrapped:
        for before, block, after in zip([None, *blocks], blocks, [*blocks[1:], None], strict=False):
            if any(other is not None and _is_line_of(block, other, layout) for other in (before, after)):
                block.narrow = True
    return blocks


def _is_line_of(block: LineGroup, quotation: LineGroup, layout: Layout) -> bool:
    """Whether a block is one line, indented as the quotation next to it is."""
    indent = block.first.indent
    return (
        len(block.lines) == 1
        and not (block.narrow or block.verse or block.item or block.first.mark)
        and quotation.narrow
        and len(quotation.lines) > 1
        and indent >= layout.body_indent + _STEP
        and indent in {quotation.first.indent, quotation.last.indent}
        and block.first.ends_sentence
    )


def _even_runs(layout: Layout) -> Iterator[list[PrintLine]]:
    """Runs of lines with no blank line, change of mark or lasting change of indent between them."""
    for run in runs(layout.lines):
        if _is_stanza(run, layout):
            yield run
            continue
        even = [run[0]]
        for line in run[1:]:
            changes = line.mark != even[-1].mark or line.mark == "#"
            if changes or _is_apart(even, line) or _indent_changes(even, line, layout):
                yield even
                even = []
            even.append(line)
        yield even


def _is_apart(run: Sequence[PrintLine], line: PrintLine) -> bool:
    """Whether a line, or the one before it, is the heading of notes or references."""
    if len(run) == 1 and names_apparatus(run[0].text):
        return True
    return run[-1].ends_sentence and names_apparatus(line.text)


def _is_stanza(run: Sequence[PrintLine], layout: Layout) -> bool:
    """Whether a run is verse with some of its lines indented further than others."""
    return (
        len(run) > 2
        and len({line.mark for line in run}) == 1
        and run[0].mark != "#"
        and sum(abs(after.indent - before.indent) >= _STEP for before, after in pairwise(run)) > 1
        and is_verse(run, layout)
    )


def _indent_changes(run: Sequence[PrintLine], line: PrintLine, layout: Layout) -> bool:
    step = line.indent - run[-1].indent
    if step <= -_STEP:
        # The indent of a first line ends after one line; that of a quotation lasts longer.
        # A centred title is above the indented first line of a paragraph.
        is_first = layout.indented and line.starts_sentence and line.indent >= layout.body_indent + _STEP
        return len(run) > 1 or (
            is_first and not run[-1].ends_sentence and layout.measure.has_room(run[-1].text, line.first_word)
        )
    return step >= _STEP and (layout.indented or run[-1].ends_sentence)


def _divide_run(run: list[PrintLine], layout: Layout, before: LineGroup | None = None) -> list[LineGroup]:
    texts = [line.text for line in run]
    if any(line.start in layout.items for line in run):
        return _divide_list(run, layout)
    if not layout.measure.wrapped and layout.body_indent < _STEP:
        return _by_line(run, layout)
    if len(run) == 2 and is_bare_number(run[0].text) and heading_like(LineGroup(run), layout):
        return [LineGroup(run)]
    if is_verse(run, layout):
        return [LineGroup(run, narrow=True, verse=True)]
    quoted = run[0].mark == ">" or _indented_as_whole(run, layout) or _is_quoted_line(run, layout)
    speech = run[0].text in layout.names
    if quoted or (layout.measure.wrapped and not speech and layout.measure.is_narrow(texts)):
        return [LineGroup(run, narrow=True)]
    return [block for part in find_quoted(run, layout, before) for block in _divided(part, layout)]


def _divided(part: LineGroup, layout: Layout) -> list[LineGroup]:
    return [part] if part.narrow else _divide_body(part.lines, layout)


def _divide_list(run: list[PrintLine], layout: Layout) -> list[LineGroup]:
    """Divide a run at its list items; the lines before the first are divided as usual."""
    first = next(index for index, line in enumerate(run) if line.start in layout.items)
    blocks = _divide_run(run[:first], layout) if first else []
    for line in run[first:]:
        if line.start in layout.items:
            blocks.append(LineGroup([], item=True))
        elif blocks[-1].lines and _is_boundary(blocks[-1], blocks[-1].last, line, layout):
            blocks.append(LineGroup([]))
        blocks[-1].lines.append(line)
    return blocks


def _by_line(run: Sequence[PrintLine], layout: Layout) -> list[LineGroup]:
    if run[0].mark == ">":
        return [LineGroup(list(run), narrow=True)]
    blocks: list[LineGroup] = []
    for line in run:
        if blocks and not blocks[-1].last.ends_sentence and line.text[0].islower():
            # A line break within a sentence, which a web page or an editor left.
            blocks[-1].lines.append(line)
        else:
            blocks.append(LineGroup([line], narrow=line.indent >= layout.body_indent + 2 * _STEP))
    return blocks


def _indented_as_whole(run: Sequence[PrintLine], layout: Layout) -> bool:
    indents = [line.indent - layout.body_indent for line in run]
    if len(run) < 2 or min(indents) < _STEP:
        return False
    # Centred lines (titles, ornaments) are indented by different widths.
    return max(indents) - min(indents) <= 2 * _STEP + 1


def _is_quoted_line(run: Sequence[PrintLine], layout: Layout) -> bool:
    """Whether a line alone is indented as a quotation is, where first lines of paragraphs are not."""
    if len(run) > 1 or layout.indented or layout.firsts_indented or not layout.measure.wrapped:
        return False
    line = run[0]
    return line.indent >= layout.body_indent + 2 * _STEP and line.ends_sentence and not is_capitals(line.text)


def is_verse(run: Sequence[PrintLine], layout: Layout) -> bool:
    """Whether the lines end where their author wanted.

    All are short and begin with a capital, or all are indented and most have room for the next word.
    """
    if len(run) < 2 or not layout.measure.wrapped or run[0].text in layout.names:
        return False
    early = _breaks_early(run, layout)
    if not early and not all(line.starts_sentence for line in run):
        return False
    shares = [layout.measure.share(line.text) for line in run]
    if max(shares) >= _VERSE or (len(run) == 2 and run[0].ends_sentence):
        return False
    punctuated = sum(line.text[-1] in _VERSE_POINTS for line in run)
    return early or punctuated >= len(run) / 2


def _breaks_early(run: Sequence[PrintLine], layout: Layout) -> bool:
    """Whether indented lines are broken before the width to which the widest of them is set."""
    if len(run) < _FEWEST_VERSES or min(line.indent for line in run) < layout.body_indent + _STEP:
        return False
    widest = max(line.indent + layout.measure.width(line.text) for line in run)
    early = sum(
        before.indent + layout.measure.width(f"{before.text} {after.first_word}") <= widest
        for before, after in pairwise(run)
    )
    return early >= _EARLY * (len(run) - 1)


def _divide_body(run: Sequence[PrintLine], layout: Layout) -> list[LineGroup]:
    """Divide a run of body lines at indents, at lines that end early, and at page breaks."""
    blocks = [LineGroup([run[0]])]
    for index, (before, line) in enumerate(pairwise(run), 1):
        following = run[index + 1] if index + 1 < len(run) else None
        begins = line.opens_page or _is_boundary(blocks[-1], before, line, layout)
        if (
            begins
            or _begins_indented(before, line, following, layout)
            or _heads(before, line, following, layout)
        ):
            blocks.append(LineGroup([]))
        blocks[-1].lines.append(line)
    return blocks


def _heads(before: PrintLine, line: PrintLine, following: PrintLine | None, layout: Layout) -> bool:
    """Whether a line after a full one is a heading: it ends early, and yet ends no sentence."""
    return (
        following is not None
        and before.ends_sentence
        and not line.ends_sentence
        and following.starts_sentence
        and layout.measure.share(line.text) < _SHORT_HEADING
        and layout.measure.has_room(line.text, following.first_word)
        and heading_like(LineGroup([line]), layout)
    )


def _begins_indented(before: PrintLine, line: PrintLine, following: PrintLine | None, layout: Layout) -> bool:
    """Whether a line after a full stop is so short that only an indent explains it."""
    if following is None or layout.indented or not (before.ends_sentence and line.starts_sentence):
        return False
    measure = layout.measure
    justified = measure.firsts < _FIRSTS and measure.shortest >= _FLUSH
    is_short = justified and measure.share(line.text) < _SURELY_INDENTED
    return is_short and measure.looks_indented(line.text, following.first_word)


def _is_boundary(block: LineGroup, before: PrintLine, line: PrintLine, layout: Layout) -> bool:
    """Whether a line begins another block than the line before it, which is the last of ``block``."""
    heading = len(block.lines) == 1 and heading_like(block, layout)
    if line.indent - before.indent >= _STEP and (before.ends_sentence or heading):
        return True
    if not layout.measure.wrapped:
        return (
            before.ends_sentence and line.starts_sentence and layout.indented and line.indent > before.indent
        )
    indented = len(block.lines) == 1
    if not line.starts_sentence or not layout.measure.has_room(
        before.text, line.first_word, indented=indented
    ):
        return False
    if before.ends_sentence:
        # Where paragraphs are indented, a line that is not can still be a heading.
        return (
            not layout.indented or line.indent > layout.body_indent or heading_like(LineGroup([line]), layout)
        )
    return heading


def heading_like(block: LineGroup, layout: Layout) -> bool:
    """Whether a block is set as a heading: short, with a capital at its beginning, and no sentence."""
    text = block.printed
    if block.first.mark == "#":
        return True
    if len(block.lines) > 2 or len(text) > _LONGEST_HEADING or block.first.mark:
        return False
    if layout.named and block.first.after_blank and named_heading(text) in layout.named:
        return True
    if not block.first.starts_sentence or not any(ch.isalnum() for ch in text):
        return False
    set_apart = block.first.after_blank and not layout.spaced
    if not reads_as_heading(text, set_apart=set_apart):
        return False
    if block.first.text in layout.names or speaker_of(text) in layout.speakers:
        return False
    return not layout.measure.wrapped or layout.measure.share(block.last.text) < _HEADING


def merge(blocks: Sequence[LineGroup], layout: Layout) -> list[LineGroup]:
    """Join blocks where the words continue from one to the next."""
    merged: list[LineGroup] = []
    for block in blocks:
        if merged and _continues(merged[-1], block, layout):
            merged[-1].lines.extend(block.lines)
        else:
            merged.append(block)
    return _with_numbers(merged, layout)


def guessed_ends(blocks: Sequence[LineGroup], layout: Layout) -> tuple[int, ...]:
    """Source offsets at which a paragraph may end, without anything that shows it.

    Args:
        blocks: The blocks, before they are joined over page breaks.
        layout: How the essay is set.
    """
    if layout.indented or not layout.measure.wrapped:
        return ()
    return tuple(
        before.last.end for before, block in pairwise(blocks) if _is_end_guessed(before, block, layout)
    )


def _is_end_guessed(before: LineGroup, block: LineGroup, layout: Layout) -> bool:
    """Whether only the words tell if a paragraph ends between two blocks: the last line of one is full."""
    last, first = before.last, block.first
    prose = not any(
        group.narrow or group.verse or group.item or group.first.mark for group in (before, block)
    )
    return (
        prose
        and (first.opens_page or not first.after_blank)
        and last.ends_sentence
        and first.starts_sentence
        and not layout.measure.has_room(last.text, first.first_word)
        and _is_prose(before, layout)
        and not heading_like(block, layout)
    )


def _with_numbers(blocks: Sequence[LineGroup], layout: Layout) -> list[LineGroup]:
    """Join the number of a section to the heading on the line after it."""
    joined: list[LineGroup] = []
    for index, block in enumerate(blocks):
        before = joined[-1] if joined else None
        if (
            before
            and len(before.lines) == 1
            and is_bare_number(before.first.text)
            and not before.first.mark
            and not is_bare_number(block.first.text)
            and not block.verse
            and index + 1 < len(blocks)
            and heading_like(block, layout)
        ):
            joined[-1] = LineGroup([*before.lines, *block.lines])
        else:
            joined.append(block)
    return joined


def _continues(before: LineGroup, block: LineGroup, layout: Layout) -> bool:
    last, first = before.last, block.first
    if first.mark == "#" or last.mark == "#" or first.mark != last.mark:
        return False
    if _divides_word(last, first):
        return True
    if first.opens_page and last.ends_sentence and len(block.lines) == 1 and names_apparatus(block.printed):
        return False
    if block.item or not _same_setting(before, block):
        return False
    if first.opens_page and last.text[-1] in ",;" and not (before.verse and first.first_word[0].islower()):
        return True
    if before.item:
        return first.opens_page and not last.ends_sentence
    if before.verse or not _is_prose(before, layout):
        return False
    if first.opens_page:
        return _continues_over_page(before, block, layout)
    return first.after_blank and _continues_over_blank(before, block, layout)


def _same_setting(before: LineGroup, block: LineGroup) -> bool:
    # A single line on the next page does not show to which width it is set.
    if before.verse or block.verse:
        return before.verse and block.first.opens_page
    if before.item and block.first.opens_page:
        return True
    return before.narrow == block.narrow or (
        before.narrow and block.first.opens_page and len(block.lines) == 1
    )


def _is_prose(block: LineGroup, layout: Layout) -> bool:
    if len(block.lines) > 1:
        return True
    return block.characters > _LONGEST_HEADING or layout.measure.share(block.last.text) > _HEADING


def _divides_word(last: PrintLine, first: PrintLine) -> bool:
    has_hyphen = last.text[-1] in HYPHENS | INVISIBLE and last.text[-2:-1].isalpha()
    # "Anglo-" at the foot of a page continues with "American"; within a page a capital may begin a list.
    return has_hyphen and (first.text[0].islower() or (first.opens_page and first.text[0].isalpha()))


def _continues_over_page(before: LineGroup, block: LineGroup, layout: Layout) -> bool:
    last, first = before.last, block.first
    if not last.ends_sentence or not first.starts_sentence:
        return not (first.starts_sentence and heading_like(block, layout) and last.text[-1] not in HYPHENS)
    if len(block.lines) == 1 and first.text[-1] not in "?!" and heading_like(block, layout):
        return False
    if layout.indented:
        return first.indent < layout.body_indent + _STEP
    measure = layout.measure
    if not measure.wrapped or measure.has_room(last.text, first.first_word):
        return False
    following = block.lines[1].first_word if len(block.lines) > 1 else ""
    return not (following and measure.looks_indented(first.text, following))


def _continues_over_blank(before: LineGroup, block: LineGroup, layout: Layout) -> bool:
    last, first = before.last, block.first
    if last.ends_sentence and first.text[0] not in _CLOSERS:
        return False
    if not first.starts_sentence:
        return True
    full = layout.measure.wrapped and not layout.measure.has_room(last.text, first.first_word)
    return full and not heading_like(block, layout)

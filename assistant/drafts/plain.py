"""Plain text: paragraphs stand between blank lines, block quotations are indented."""

from __future__ import annotations

import re

from assistant.drafts.draft import Draft, Pen
from assistant.lines import Line, split_lines

# From here on a paragraph is set off and not merely begun with an indent.
_SET_OFF = 3


def read_plain(source: str, name: str) -> Draft:
    """Read plain text.

    Args:
        source: The text.
        name: What it is called.
    """
    pen = Pen()
    lines = split_lines(source)
    paragraphs = _paragraphs(lines)
    usual = min((_least(paragraph) for paragraph in paragraphs), default=0)
    for paragraph in paragraphs:
        for number, line in enumerate(paragraph):
            if number:
                pen.put("\n", paragraph[number - 1].end, line.start)
            pen.copy(line.text, line.start)
        deep = _least(paragraph) - usual >= _SET_OFF
        # A lone indented line is the first of a paragraph whose others are not there, or a heading.
        set_off = deep and (len(paragraph) > 1 or _ends_a_sentence(paragraph[0].text))
        pen.close("quotation" if set_off else "prose")
    return pen.draft(name, source, tuple(line.start for line in lines if _counts(source, line)))


def _counts(source: str, line: Line) -> bool:
    """Whether an editor begins a line here; it does not behind a form feed."""
    return line.start == 0 or source[line.start - 1] not in "\f\v"


def _paragraphs(lines: list[Line]) -> list[list[Line]]:
    made: list[list[Line]] = [[]]
    for line in lines:
        if line.blank:
            made.append([])
            continue
        if made[-1] and _turns(made[-1], line):
            made.append([])
        made[-1].append(line)
    return [paragraph for paragraph in made if paragraph]


def _turns(paragraph: list[Line], line: Line) -> bool:
    """Whether a block quotation begins or ends at a line, without a blank line before it."""
    before = paragraph[-1].indent
    if line.indent - before >= _SET_OFF:
        return True
    # Behind an indented first line the text goes back to the margin, behind several a quotation has ended.
    return before - line.indent >= _SET_OFF and len(paragraph) > 1


def _least(paragraph: list[Line]) -> int:
    return min(line.indent for line in paragraph)


def _ends_a_sentence(text: str) -> bool:
    return bool(re.search(r"[.!?…][\"”’']?$|\)$", text.strip()))

"""Verse and block quotations within running lines, of which extraction left neither indents nor blank lines.

A colon introduces them. Lines of verse are short and begin with a capital; those of a quotation are all
narrower than the lines of the text around it, which can be seen where lines are justified.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from assistant.chunking.layout import Layout
from assistant.chunking.printed import LineGroup, PrintLine

_SHORT, _FEWEST_VERSES = 0.8, 2
# Lines of a quotation reach these shares of the width, and there are so many of them.
_NARROW, _NARROWEST, _FEWEST_LINES = 0.935, 0.6, 3
_VERSE_POINTS = ",;:.!?—"
_CLOSERS = "\"'”’»)"


def find_quoted(run: Sequence[PrintLine], layout: Layout, before: LineGroup | None) -> list[LineGroup]:
    """Divide a run of lines into verse or quotations, and the lines between them, which are not narrow.

    Args:
        run: Lines with no blank line between.
        layout: How the essay is set.
        before: The block before them, whose verse or quotation can go on at the top of a page.
    """
    parts: list[LineGroup] = []
    index, plain = 0, 0
    goes_on = before if before is not None and run[0].opens_page and not before.last.ends_sentence else None
    while index < len(run):
        introduced = index > 0 and run[index - 1].text.rstrip(_CLOSERS).endswith(":")
        verse, lines = 0, 0
        if introduced or (index == 0 and goes_on and goes_on.verse):
            verse = _verses(run, index, layout)
        if introduced or (index == 0 and goes_on and goes_on.narrow):
            lines = _quoted_lines(run, index, layout, _FEWEST_LINES if introduced else 1)
        length = verse or lines
        if length:
            parts += [LineGroup(list(run[plain:index]))] if plain < index else []
            parts.append(LineGroup(list(run[index : index + length]), narrow=True, verse=verse > 0))
            plain = index + length
        index += length or 1
    return [*parts, *([LineGroup(list(run[plain:]))] if plain < len(run) else [])]


def _verses(run: Sequence[PrintLine], start: int, layout: Layout) -> int:
    """Number of lines of verse from one on."""
    if not layout.measure.wrapped:
        return 0
    end = start
    while end < len(run) and run[end].starts_sentence and layout.measure.share(run[end].text) < _SHORT:
        end += 1
    lines = run[start:end]
    punctuated = sum(line.text.rstrip(_CLOSERS)[-1:] in _VERSE_POINTS for line in lines)
    is_prose = len(lines) == _FEWEST_VERSES and lines[0].ends_sentence
    return len(lines) if len(lines) >= _FEWEST_VERSES and punctuated >= len(lines) / 2 and not is_prose else 0


def _quoted_lines(run: Sequence[PrintLine], start: int, layout: Layout, fewest: int) -> int:
    """Number of lines of a block quotation from one on; it may go on after the end of the page."""
    if not layout.justified or layout.indented:
        return 0
    shares = [layout.measure.share(line.text) for line in run[start:]]
    length = next((index for index, share in enumerate(shares) if share >= _NARROW), len(shares))
    while length and length < len(shares) and not run[start + length - 1].ends_sentence:
        length -= 1
    inner = shares[: max(1, length - 1)]
    if length < fewest or (length > 1 and min(inner) < _NARROWEST):
        return 0
    return length if median(inner) < _NARROW - 0.02 else 0

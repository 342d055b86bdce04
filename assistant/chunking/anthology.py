"""Signs that a file holds several essays."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from assistant.chunking.classify import BYLINE, ClassifiedBlock, is_name
from assistant.chunking.printed import PrintLine

_FEWEST = 2
_LONGEST_BYLINE = 80


def essay_starts(blocks: Sequence[ClassifiedBlock]) -> tuple[int, ...]:
    """Line numbers of titles with the name of an author below, if there are several.

    Args:
        blocks: The blocks of a file with their kinds, in reading order.
    """
    starts = [
        block.lines[0].number
        for block, after in pairwise(blocks)
        if block.kind in {"title", "heading"} and _is_byline(after)
    ]
    if blocks and blocks[0].kind == "title" and starts and starts[0] != blocks[0].lines[0].number:
        starts.insert(0, blocks[0].lines[0].number)
    return tuple(starts) if len(starts) >= _FEWEST else ()


def _is_byline(block: ClassifiedBlock) -> bool:
    line: PrintLine = block.lines[0]
    if len(block.lines) > 1 or len(line.text) > _LONGEST_BYLINE:
        return False
    byline = BYLINE.match(line.text)
    name = line.text[byline.end() :] if byline else line.text
    return block.kind == "author" or (is_name(name.strip(" .")) and (bool(byline) or block.kind == "heading"))


def several_essays(starts: Sequence[int]) -> str:
    """A sentence that says where the essays of a file begin, and what to do."""
    listed = ", ".join(map(str, starts[:-1]))
    return (
        f"The file seems to hold {len(starts)} essays, which begin on lines {listed} and {starts[-1]}; save "
        "each in a file of its own, so that each is cited with its own title and author."
    )

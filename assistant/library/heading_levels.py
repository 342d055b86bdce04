"""The levels of an essay's headings, as its file declares, sets, marks or numbers them."""

from __future__ import annotations

import re
from collections.abc import Hashable, Sequence
from itertools import pairwise

from assistant.core.essay import Passage
from assistant.documents.document import Document

# Points by which the sizes of headings of one level may differ.
_SAME_SIZE = 0.5
# The number of a heading: 2, 2.1, Chapter 3; and the marks of Markdown before one.
_NUMBER = re.compile(
    r"^(?:(?:chapter|section|part)\s+)?(?P<number>\d{1,3}(?:\.\d{1,3}){0,5})\.?(?=\s|$)", re.IGNORECASE
)
_HASHES = re.compile(r"(?:^|\n)[ \t]{0,3}(?P<hashes>#{1,6})[ \t]+[^\n]{0,3}$")
# Characters before a heading among which its marks are.
_BEFORE = 20


def heading_levels(headings: Sequence[Passage], document: Document) -> list[int]:
    """The level of each heading of an essay, from 1.

    Args:
        headings: The headings, in reading order.
        document: What was read of the essay's file.

    Returns:
        Levels without a gap: a heading is at most one level below the one before it. All are 1 where nothing
        tells them apart.
    """
    for depths in (
        _declared(headings, document),
        _marked(headings, document),
        _numbered(headings),
        _set(headings, document),
    ):
        if len(set(depths)) > 1:
            return _without_gaps(depths)
    return [1] * len(headings)


def _declared(headings: Sequence[Passage], document: Document) -> list[int]:
    """By the file: the level of the block that each heading is."""
    if document.declared is None:
        return []
    blocks = [block for block in document.declared.blocks if block.kind == "heading"]
    starts = {heading.source[0]: number for number, heading in enumerate(headings)}
    depths = [0] * len(headings)
    for start, number in starts.items():
        depths[number] = next((block.level for block in blocks if block.start <= start < block.end), 0)
    return depths


def _marked(headings: Sequence[Passage], document: Document) -> list[int]:
    """By the marks of Markdown."""
    befores = (document.text[max(0, heading.source[0] - _BEFORE) : heading.source[0]] for heading in headings)
    marks = [_HASHES.search(before) for before in befores]
    return [len(mark["hashes"]) if mark else 0 for mark in marks]


def _numbered(headings: Sequence[Passage]) -> list[int]:
    """By the numbers that are printed: 2 is above 2.1. A heading without a number is above all."""
    numbers = [_NUMBER.match(heading.text) for heading in headings]
    return [number["number"].count(".") + 1 if number else 1 for number in numbers]


def _set(headings: Sequence[Passage], document: Document) -> list[int]:
    """By how they are printed: larger type is above smaller, and capitals and bold above the rest."""
    setting = document.setting
    if setting is None or setting.is_recognised:
        return []
    lines = [setting.line_at(heading.source[0]) for heading in headings]
    sizes = sorted({line.size for line in lines if line}, reverse=True)
    grouped: dict[float, float] = {}
    for size in sizes:
        above = next((other for other in grouped.values() if other - size <= _SAME_SIZE), None)
        grouped[size] = size if above is None else above
    looks = [(-grouped[line.size], not line.capitals, not line.bold) if line else None for line in lines]
    known = sorted({look for look in looks if look is not None})
    ranks: dict[Hashable, int] = {look: number for number, look in enumerate(known, 1)}
    return [ranks.get(look, 1) for look in looks]


def _without_gaps(depths: Sequence[int]) -> list[int]:
    known = sorted({depth for depth in depths if depth})
    levels = [known.index(depth) + 1 if depth else 1 for depth in depths]
    for place, (above, level) in enumerate(pairwise(levels), 1):
        levels[place] = min(level, above + 1)
    # The first heading is on the first level.
    return [min(level, place + 1) for place, level in enumerate(levels)]

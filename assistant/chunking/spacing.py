"""Blank lines between all lines, as in a double-spaced typescript, and those that divide paragraphs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

# So many lines must follow each other at the usual distance, and in such a share of them a sentence goes on.
_FEWEST = 5
_GOES_ON = 0.35


def dividing_blanks(texts: Sequence[str], blanks: Sequence[int]) -> list[bool]:
    """Which lines are set apart from the line before them.

    Args:
        texts: Printed lines, in order.
        blanks: Number of blank lines before each.

    Returns:
        For each line whether the blank lines before it divide. In a double-spaced text these are more blank
        lines than usual, and the ends of a part that is set closer, such as a block quotation.
    """
    usual = _usual_distance(texts, blanks)
    if not usual:
        return [blank > 0 for blank in blanks]
    after = [*blanks[1:], usual]
    before = [usual, *blanks]
    return [
        blank > usual or (blank == usual and (not after[index] or (index > 1 and not before[index])))
        for index, blank in enumerate(blanks)
    ]


def _usual_distance(texts: Sequence[str], blanks: Sequence[int]) -> int:
    """Blank lines between the lines of one paragraph; 0 if blank lines divide paragraphs."""
    usual, count = Counter(blanks[1:]).most_common(1)[0] if len(blanks) > 1 else (0, 0)
    if not usual or count < _FEWEST:
        return 0
    going_on = sum(
        text[0].islower() for text, blank in zip(texts[1:], blanks[1:], strict=True) if blank == usual
    )
    return usual if going_on >= _GOES_ON * count else 0

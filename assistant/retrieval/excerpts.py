"""Excerpts: the part of a passage around its best window that is read together with a question."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

# Word pieces of an excerpt at the most: the sentences around an answer say whom its pronouns mean, and
# each piece costs time.
ROOM = 80


def excerpt(
    sentences: Sequence[tuple[int, int]], lengths: Sequence[int], span: tuple[int, int], room: int = ROOM
) -> tuple[int, int]:
    """Widen a span of a passage by whole sentences, before and behind it in turn.

    Args:
        sentences: Spans of the passage's sentences.
        lengths: Number of word pieces of each.
        span: What must be in the excerpt.
        room: Word pieces that it may have.

    Returns:
        The widened span; the sentence before comes first, for it names what pronouns stand for.
    """
    inside = [at for at, (start, end) in enumerate(sentences) if start < span[1] and span[0] < end]
    if not inside:
        return span
    first, last = inside[0], inside[-1]
    left = room - sum(lengths[first : last + 1])
    if left < 0:
        return span
    grown = True
    while grown:
        grown = False
        if first > 0 and lengths[first - 1] <= left:
            first, left, grown = first - 1, left - lengths[first - 1], True
        if last + 1 < len(sentences) and lengths[last + 1] <= left:
            last, left, grown = last + 1, left - lengths[last + 1], True
    return sentences[first][0], sentences[last][1]


def sentences_over(
    sentences: Sequence[tuple[int, int]], places: Iterable[tuple[int, int]]
) -> tuple[tuple[int, int], ...]:
    """Sentences that hold some places of a text.

    Args:
        sentences: Spans of the text's sentences.
        places: Spans of the places.

    Returns:
        Spans in reading order; sentences that follow on each other are one.
    """
    held = sorted(
        {at for low, high in places for at, one in enumerate(sentences) if one[0] < high and low < one[1]}
    )
    found: list[tuple[int, int]] = []
    for before, at in zip([-2, *held], held, strict=False):
        start, end = sentences[at]
        if before == at - 1:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return tuple(found)

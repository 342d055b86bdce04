"""The sentence that introduces a block quotation, or that bears a note's number.

A quotation seldom says who speaks in it, and a note seldom says what it is about; the sentence that
introduces it does. Words of a question may match that sentence almost as well as the passage itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from assistant.core.essay import Passage
from assistant.retrieval.index.windows import Window
from assistant.retrieval.models.encoder import Integers

# Factor of a cosine with a word of the introduction. Measured on the sample essay: all values from 0.8 to
# 0.95 do as well, and at 1 quotations come before the paragraphs that discuss them.
SHARE = 0.85


@dataclass(frozen=True, slots=True)
class Introduction:
    """A sentence that introduces another passage.

    Attributes:
        passage: Id of the passage that contains the sentence.
        start: Offset into that passage's text.
        end: Offset of the sentence's end.
    """

    passage: str
    start: int
    end: int


def introductions_of(passages: Iterable[Passage]) -> dict[str, Introduction]:
    """The introduction of each block quotation, verse and note, by the id of the passage it introduces."""
    by_id = {passage.id: passage for passage in passages}
    introductions = {}
    for passage in by_id.values():
        before = by_id.get(passage.introduced_by or "")
        if before is not None and before.sentences:
            introductions[passage.id] = Introduction(before.id, *before.sentences[-1])
        for note in passage.notes:
            # A note mark after the full stop belongs to the sentence before it.
            spans = [span for span in passage.sentences if span[0] < max(1, note.at) <= span[1]]
            if spans and note.passage in by_id:
                introductions[note.passage] = Introduction(passage.id, *spans[0])
    return introductions


def introduction_rows(
    introductions: Mapping[str, Introduction],
    windows: Sequence[Window],
    numbers: Mapping[str, int],
    bounds: Integers,
    spans: Integers,
) -> Integers:
    """Find the token rows of each introduction in an index.

    Args:
        introductions: Introductions by the id of the passage that they introduce.
        windows: The windows of the index.
        numbers: Number of each of its passages, by id.
        bounds: First token row of each window and the one after its last, shape ``(windows, 2)``.
        spans: Start and end of each token in its passage's text.

    Returns:
        Start and end of the token rows of each passage's introduction, in the window that holds most of it;
        0 and 0 without an introduction; shape ``(passages, 2)``.
    """
    introducing = {introduction.passage for introduction in introductions.values()}
    rows_by_passage: dict[str, list[int]] = {}
    for row, window in enumerate(windows):
        if window.passage in introducing:
            rows_by_passage.setdefault(window.passage, []).append(row)
    ranges = np.zeros((len(numbers), 2), dtype=np.int32)
    for introduced, introduction in introductions.items():
        if introduced in numbers:
            candidates = [
                _token_rows(introduction, bounds[row], spans)
                for row in rows_by_passage.get(introduction.passage, ())
            ]
            ranges[numbers[introduced]] = max(candidates, key=lambda rows: rows[1] - rows[0], default=(0, 0))
    return ranges


def _token_rows(introduction: Introduction, bounds: Integers, spans: Integers) -> tuple[int, int]:
    """Start and end of an introduction's token rows in one window; 0 and 0 if it has none there."""
    starts = spans[bounds[0] : bounds[1], 0]
    inside = np.flatnonzero((starts >= introduction.start) & (starts < introduction.end))
    return (int(bounds[0] + inside[0]), int(bounds[0] + inside[-1] + 1)) if len(inside) else (0, 0)

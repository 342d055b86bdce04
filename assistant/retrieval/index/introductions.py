"""Hosts: the sentence that brings in a block quotation, or that bears a note's number.

A quotation seldom says who speaks in it, and a note not what it is on; the sentence of the essay that
brings it in does. What a question asks may be met by the host's words almost as well as by its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from assistant.core.essay import Passage
from assistant.retrieval.index.windows import Window
from assistant.retrieval.models.encoder import Integers

# How much a cosine counts that is met in the host. Measured on the sample essay; all from 0.8 to 0.95 do as
# well, and at 1 quotations come before the paragraphs that discuss them.
SHARE = 0.85


@dataclass(frozen=True, slots=True)
class Introduction:
    """A sentence with which another passage is brought in.

    Attributes:
        passage: Id of the passage that it stands in.
        start: Offset into that passage's text.
        end: Offset behind its last character.
    """

    passage: str
    start: int
    end: int


def introductions_of(passages: Iterable[Passage]) -> dict[str, Introduction]:
    """The host of each block quotation, verse and note that has one, by the guest's id."""
    known = {passage.id: passage for passage in passages}
    found = {}
    for passage in known.values():
        outer = known.get(passage.introduced_by or "")
        if outer is not None and outer.sentences:
            found[passage.id] = Introduction(outer.id, *outer.sentences[-1])
        for note in passage.notes:
            # A mark behind the full stop belongs to the sentence before it.
            spans = [span for span in passage.sentences if span[0] < max(1, note.at) <= span[1]]
            if spans and note.passage in known:
                found[note.passage] = Introduction(passage.id, *spans[0])
    return found


def introduction_rows(
    hosts: Mapping[str, Introduction],
    windows: Sequence[Window],
    numbers: Mapping[str, int],
    offsets: Integers,
    spans: Integers,
) -> Integers:
    """Where the words of each host stand in an index.

    Args:
        hosts: Hosts by the guest's id.
        windows: The windows of the index.
        numbers: Number of each of its passages, by id.
        offsets: First token row of each window and, last, the number of tokens.
        spans: Start and end of each token in its passage's text.

    Returns:
        First and behind the last token row of each passage's host, in the window that holds most of it;
        0 and 0 without one; shape ``(passages, 2)``.
    """
    inner = {host.passage for host in hosts.values()}
    rows: dict[str, list[int]] = {}
    for row, window in enumerate(windows):
        if window.passage in inner:
            rows.setdefault(window.passage, []).append(row)
    made = np.zeros((len(numbers), 2), dtype=np.int32)
    for guest, host in hosts.items():
        if guest in numbers:
            runs = [_run(host, offsets[row : row + 2], spans) for row in rows.get(host.passage, ())]
            made[numbers[guest]] = max(runs, key=lambda run: run[1] - run[0], default=(0, 0))
    return made


def _run(host: Introduction, bounds: Integers, spans: Integers) -> tuple[int, int]:
    """Token rows of a host in one window; 0 and 0 if none is there."""
    starts = spans[bounds[0] : bounds[1], 0]
    own = np.flatnonzero((starts >= host.start) & (starts < host.end))
    return (int(bounds[0] + own[0]), int(bounds[0] + own[-1] + 1)) if len(own) else (0, 0)

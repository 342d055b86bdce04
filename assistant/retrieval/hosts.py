"""Hosts: the sentence that brings in a block quotation, or that bears a note's number.

A quotation seldom says who speaks in it, and a note not what it is on; the sentence of the essay that
brings it in does. What a question asks may be met by the host's words almost as well as by its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from assistant.retrieval.encoder import Floats, Integers
from assistant.retrieval.index import Index
from assistant.types import Passage

# How much a cosine counts that is met in the host. Measured on the sample essay; all from 0.8 to 0.95 do as
# well, and at 1 quotations come before the paragraphs that discuss them.
SHARE = 0.85


@dataclass(frozen=True, slots=True)
class Host:
    """A sentence with which another passage is brought in.

    Attributes:
        passage: Id of the passage that it stands in.
        start: Offset into that passage's text.
        end: Offset behind its last character.
    """

    passage: str
    start: int
    end: int


def hosts_of(passages: Iterable[Passage]) -> dict[str, Host]:
    """The host of each block quotation, verse and note that has one, by the guest's id."""
    known = {passage.id: passage for passage in passages}
    found = {}
    for passage in known.values():
        outer = known.get(passage.introduced_by or "")
        if outer is not None and outer.sentences:
            found[passage.id] = Host(outer.id, *outer.sentences[-1])
        for note in passage.notes:
            # A mark behind the full stop belongs to the sentence before it.
            spans = [span for span in passage.sentences if span[0] < max(1, note.at) <= span[1]]
            if spans and note.passage in known:
                found[note.passage] = Host(passage.id, *spans[0])
    return found


class HostTokens:
    """Where the words of each host stand in an index.

    Args:
        index: The index.
        hosts: Hosts by the guest's id.
    """

    def __init__(self, index: Index, hosts: Mapping[str, Host]) -> None:
        self._index = index
        inner = {host.passage for host in hosts.values()}
        windows: dict[str, list[int]] = {}
        for row, window in enumerate(index.windows):
            if window.passage in inner:
                windows.setdefault(window.passage, []).append(row)
        self._tokens = {guest: rows for guest, host in hosts.items() if len(rows := self._of(host, windows))}

    def _of(self, host: Host, windows: Mapping[str, list[int]]) -> Integers:
        """Token rows of a host in the window that holds most of it."""
        best = np.zeros(0, dtype=np.int32)
        for row in windows.get(host.passage, ()):
            low, high = self._index.offsets[row], self._index.offsets[row + 1]
            starts = self._index.spans[low:high, 0]
            own = low + np.flatnonzero((starts >= host.start) & (starts < host.end)).astype(np.int32)
            best = own if len(own) > len(best) else best
        return best

    def rows(self, guest: str) -> Integers:
        """Token rows of a passage's host; none if it has no host."""
        return self._tokens.get(guest, np.zeros(0, dtype=np.int32))

    def lend(self, tokens: Floats, rows: Integers, met: Floats) -> Floats:
        """Best cosines of windows, with those met in their hosts.

        Args:
            tokens: Unit vector of each word piece of the question.
            rows: The windows.
            met: Best cosine of each piece in each window, shape ``(windows, pieces)``.

        Returns:
            The same with a share of the host's cosine where that is higher.
        """
        lent: dict[str, Floats] = {}
        made = met
        for at, row in enumerate(rows) if self._tokens else ():
            guest = self._index.windows[row].passage
            if guest not in self._tokens:
                continue
            if guest not in lent:
                cosines = self._index.tokens.cosines(self._tokens[guest], tokens)
                lent[guest] = SHARE * cosines.max(axis=0)
            made = met.copy() if made is met else made
            made[at] = np.maximum(made[at], lent[guest])
        return made

"""Words of a draft that occur in an essay, found by runs of words that are hashed at once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, islice

import numpy as np
import numpy.typing as npt

from assistant.core.quotation import ReusedWords
from assistant.quotations.normalise import skeletons
from assistant.quotations.printed import Stream

_MARKS = "\u0300-\u036f"
# "don't" and "well-known" are one word, as in print whose line-end hyphens are undone; so is "clo\u00adned".
_WORD = re.compile(rf"[^\W_][\w{_MARKS}]*(?:['’‐‑\u00ad-][^\W_][\w{_MARKS}]*)*")
# Places of the same run of which the longest is chosen.
_PLACES = 50
# Words compared first; then twice as many each time, so that a short run does not compare the whole draft.
_PIECE = 64

_Hashes = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Run:
    """Words from ``first`` of a draft that occur from ``position`` on in the words of all streams."""

    first: int
    position: int
    words: int


class ReuseFinder:
    """Finds runs of words of a draft in running text.

    Args:
        streams: Where to look.
        shortest: Number of words from which a run counts.
    """

    def __init__(self, streams: Sequence[Stream], shortest: int) -> None:
        self._streams, self._shortest = streams, shortest
        # Where the words of each stream begin and end.
        self._spans: list[_Hashes] = []
        hashed = []
        for stream in streams:
            matches = list(_WORD.finditer(stream.text))
            self._spans.append(np.array([match.span() for match in matches], np.int64).reshape(-1, 2))
            hashed.append(_hashes([match.group() for match in matches]))
        self._starts = list(accumulate((len(words) for words in hashed), initial=0))
        self._words: _Hashes = np.concatenate([*hashed, np.empty(0, np.int64)])
        grams = _grams(self._words, shortest)
        # A run that begins in one stream and ends in the next does not count.
        inner = np.ones(len(grams), dtype=bool)
        for start in self._starts[1:]:
            inner[max(0, start - shortest + 1) : start] = False
        places = np.flatnonzero(inner)
        order = np.argsort(grams[places], kind="stable")
        self._places, self._grams = places[order], grams[places][order]

    def runs(self, draft: str) -> list[ReusedWords]:
        """The longest runs of a draft, in order, none overlapping another."""
        matches = list(_WORD.finditer(draft))
        words = _hashes([word.group() for word in matches])
        result = []
        for run in self._longest(words):
            stream, start, end = self._printed(run)
            first, last = matches[run.first], matches[run.first + run.words - 1]
            result.append(ReusedWords(first.start(), last.end(), run.words, stream.place(start, end)))
        return result

    def _longest(self, words: _Hashes) -> Iterator[_Run]:
        grams = _grams(words, self._shortest)
        begins = np.searchsorted(self._grams, grams, "left")
        ends = np.searchsorted(self._grams, grams, "right")
        first = 0
        for number in np.flatnonzero(ends > begins).tolist():
            if number < first:
                continue
            places = self._places[begins[number] : ends[number]]
            runs = [
                _Run(number, position, self._length(words, number, position))
                for position in islice(places.tolist(), _PLACES)
            ]
            best = max(runs, key=lambda run: run.words)
            if best.words >= self._shortest:
                yield best
                first = number + best.words

    def _length(self, words: _Hashes, number: int, position: int) -> int:
        """How many words from ``number`` of the draft are those from ``position`` on of one stream."""
        stop = self._starts[self._stream(position) + 1]
        most = min(len(words) - number, stop - position)
        ours, printed = words[number : number + most], self._words[position : position + most]
        start, piece = 0, _PIECE
        while start < most:
            differ = np.flatnonzero(ours[start : start + piece] != printed[start : start + piece])
            if len(differ):
                return start + int(differ[0])
            start, piece = start + piece, 2 * piece
        return most

    def _stream(self, position: int) -> int:
        return int(np.searchsorted(self._starts, position, "right")) - 1

    def _printed(self, run: _Run) -> tuple[Stream, int, int]:
        number = self._stream(run.position)
        stream = self._streams[number]
        first = run.position - self._starts[number]
        spans = self._spans[number]
        return stream, int(spans[first, 0]), int(spans[first + run.words - 1, 1])


def _hashes(words: Sequence[str]) -> _Hashes:
    """Hashes of the words' skeletons; equal for words that differ in case, accents and marks only."""
    letters = skeletons(words)
    return np.fromiter(map(hash, letters), np.int64, len(letters))


def _grams(words: _Hashes, length: int) -> _Hashes:
    """One number for each run of ``length`` words, equal for equal runs."""
    count = max(0, len(words) - length + 1)
    result = np.zeros(count, np.int64)
    for place in range(length):
        result = result * np.int64(6364136223846793005) + words[place : place + count]
    return result

"""Words of a draft that occur in an essay, found by runs of words that are hashed at once."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, islice
from operator import attrgetter

import numpy as np
import numpy.typing as npt

from assistant.core.essay import StoredEssay
from assistant.core.quotation import ReusedWords
from assistant.quotations.normalise import skeletons
from assistant.quotations.printed import Stream, streams_of

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


@dataclass(frozen=True, slots=True)
class PrintedRun:
    """Words of a draft that occur in an essay.

    Attributes:
        first: Number of the first of them in the draft.
        words: How many there are.
        essay_id: The essay.
        stream: Number of the stream in which they occur.
        position: Number of the first of them in the stream.
    """

    first: int
    words: int
    essay_id: str
    stream: int
    position: int


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

    def all_runs(self, draft: str, essays: Collection[str]) -> list[PrintedRun]:
        """All runs of a draft in some essays, or in all for none; ``longest_runs`` chooses among them."""
        words = _hashes([word.group() for word in _WORD.finditer(draft)])
        allowed = np.array([not essays or stream.essay_id in essays for stream in self._streams], dtype=bool)
        # By how far a run's words in the streams are from those in the draft: where the last run ends.
        ends: dict[int, int] = {}
        runs = []
        for number, found in self._printed_grams(words):
            places = found[allowed[np.searchsorted(self._starts, found, "right") - 1]] if essays else found
            for position in places[:_PLACES].tolist():
                if number < ends.get(position - number, 0):
                    continue
                length = self._length(words, number, position)
                if length >= self._shortest:
                    stream = self._stream(position)
                    printed, place = self._streams[stream], position - self._starts[stream]
                    runs.append(PrintedRun(number, length, printed.essay_id, printed.number, place))
                    ends[position - number] = number + length - self._shortest + 1
        return runs

    def _printed_grams(self, words: _Hashes) -> Iterator[tuple[int, _Hashes]]:
        """The first words of runs that occur in the streams, by their number, and all places of each."""
        grams = _grams(words, self._shortest)
        begins = np.searchsorted(self._grams, grams, "left")
        ends = np.searchsorted(self._grams, grams, "right")
        for number in np.flatnonzero(ends > begins).tolist():
            yield number, self._places[begins[number] : ends[number]]

    def _longest(self, words: _Hashes) -> Iterator[_Run]:
        first = 0
        for number, places in self._printed_grams(words):
            if number < first:
                continue
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


def longest_runs(runs: Iterable[PrintedRun], shortest: int) -> Iterator[PrintedRun]:
    """The longest runs of a draft, in order, none overlapping another, as one finder of all essays has them.

    Args:
        runs: The runs of its words in all essays; see ``ReuseFinder.all_runs``.
        shortest: Number of words from which a run counts.
    """
    waiting = deque(sorted(runs, key=attrgetter("first")))
    number, active = 0, list[PrintedRun]()
    while waiting or active:
        while waiting and waiting[0].first <= number:
            active.append(waiting.popleft())
        active = [run for run in active if run.first + run.words - shortest >= number]
        if not active:
            number = waiting[0].first if waiting else number
            continue
        active.sort(key=_place_of)
        best = max(active[:_PLACES], key=lambda run: run.first + run.words)
        skipped = number - best.first
        yield replace(best, first=number, words=best.words - skipped, position=best.position + skipped)
        number += best.words - skipped


def _place_of(run: PrintedRun) -> tuple[str, int, int]:
    """What orders the runs that have a word of a draft by their places in print."""
    return run.essay_id, run.stream, run.position - run.first


def reused_words(
    draft: str, runs: Iterable[PrintedRun], essays: Mapping[str, StoredEssay]
) -> list[ReusedWords]:
    """Runs of words of a draft with the places where they are printed in essays, which are given by id."""
    matches = list(_WORD.finditer(draft))
    streams: dict[str, list[Stream]] = {}
    result = []
    for run in runs:
        if run.essay_id not in streams:
            streams[run.essay_id] = streams_of(essays[run.essay_id])
        stream = streams[run.essay_id][run.stream]
        printed = list(islice(_WORD.finditer(stream.text), run.position, run.position + run.words))
        start, end = matches[run.first].start(), matches[run.first + run.words - 1].end()
        place = stream.place(printed[0].start(), printed[-1].end())
        result.append(ReusedWords(start, end, run.words, place))
    return result


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

"""All skeletons of a corpus in one string, searched by the interpreter's own substring search."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from itertools import accumulate, pairwise

from assistant.quoting.streams import Stream


class Haystack:
    """Streams to search in.

    Args:
        streams: The streams, those of one essay side by side.
    """

    def __init__(self, streams: Sequence[Stream]) -> None:
        self._streams = streams
        # No skeleton has a line break, so nothing is found across two streams.
        self._text = "\n".join(stream.bones for stream in streams)
        self._starts = list(accumulate((len(stream.bones) + 1 for stream in streams), initial=0))
        self._essays: dict[str, tuple[int, int]] = {}
        for stream, (start, end) in zip(streams, pairwise(self._starts), strict=True):
            first, _ = self._essays.get(stream.essay_id, (start, end))
            self._essays[stream.essay_id] = (first, end - 1)

    def find(self, bones: str, essays: Collection[str]) -> Iterator[tuple[Stream, int]]:
        """Every place of a skeleton.

        Args:
            bones: A skeleton, not empty.
            essays: Essays to search in; all if empty.

        Yields:
            The stream and the offset in its skeleton.
        """
        ranges = [span for essay, span in self._essays.items() if essay in essays]
        for start, end in ranges if essays else [(0, len(self._text))]:
            at = self._text.find(bones, start, end)
            while at >= 0:
                number = bisect_right(self._starts, at) - 1
                yield self._streams[number], at - self._starts[number]
                at = self._text.find(bones, at + 1, end)

"""A stretch of print in its normal form, and where a writer may differ from it."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from assistant.quoting.normal import NormalText, normalise
from assistant.quoting.streams import Stream
from assistant.types import Passage

_HYPHENS = frozenset("-\u2010\u2011")
_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True, slots=True)
class Print:
    """A stretch of a stream.

    Attributes:
        stream: The stream.
        normal: The normal form; its map leads to offsets in the stream.
        loose: Indices of hyphens that stood at a line's end and may belong to the line alone.
        divided: Indices before which a line-end hyphen was undone.
        notes: For an index the note mark that stood before it.
    """

    stream: Stream
    normal: NormalText
    loose: frozenset[int]
    divided: frozenset[int]
    notes: dict[int, str]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Offsets in the stream of normal characters ``start`` to ``end``."""
        if start == end:
            at = self.normal.starts[start] if start < len(self.normal.starts) else self.normal.ends[-1]
            return at, at
        return self.normal.starts[start], self.normal.ends[end - 1]

    def words(self, start: int, end: int) -> str:
        """The printed words of normal characters ``start`` to ``end``."""
        return self.stream.text[slice(*self.span(start, end))].strip()

    def inside(self, at: int) -> bool:
        """Whether normal character ``at`` continues a word or number."""
        text = self.normal.text
        if not 0 < at < len(text):
            return False
        before, after = text[at - 1], text[at]
        if before.isalnum() and after.isalnum():
            return True
        beyond, behind = text[at + 1 : at + 2], text[at - 2 : at - 1] if at > 1 else ""
        if after == "'" or before == "'":
            around = (before, beyond) if after == "'" else (behind, after)
            return all(one.isalnum() for one in around)
        around = (before, beyond) if after in ".," else (behind, after) if before in ".," else ("", "")
        return all(one.isdecimal() for one in around)

    def ends(self, words: str, at: int) -> Iterator[int]:
        """Where words in normal form end if they are printed from ``at``; the plain reading first.

        A hyphen of a line's end may be there or not, and a note mark that the text leaves out may stand
        at its place.
        """
        text = self.normal.text
        trials = [(0, at, False)]
        while trials:
            done, place, noted = trials.pop()
            while done < len(words):
                if not noted and place in self.notes:
                    trials += [(after, place, True) for after in _behind(self.notes[place], words, done)]
                if place < len(text) and words[done] == text[place]:
                    done, place, noted = done + 1, place + 1, False
                elif place in self.loose:
                    place, noted = place + 1, False
                elif words[done] == "-" and place in self.divided:
                    done += 1
                else:
                    break
            else:
                yield place


def print_of(stream: Stream, start: int, end: int) -> Print:
    """The print of a stretch of a stream's text."""
    start, end = max(0, start), min(len(stream.text), end)
    made = normalise(stream.text[start:end])
    starts = tuple(at + start for at in made.starts)
    normal = NormalText(made.text, starts, tuple(at + start for at in made.ends))
    loose, divided, notes = set(), set(), {}
    for number in range(bisect_right(stream.starts, start) - 1, bisect_left(stream.starts, end)):
        passage, base = stream.passages[number], stream.starts[number]
        marked = {note.at for note in passage.notes}
        for at, gap in _jumps(passage):
            if not start < base + at < end:
                continue
            index = bisect_left(starts, base + at)
            before, after = passage.text[at - 1], passage.text[at]
            if before in _HYPHENS and passage.text[at - 2 : at - 1] not in _HYPHENS:
                loose.add(index - 1)
            elif gap > 1 and before.isalnum() and after.isalnum() and at not in marked:
                divided.add(index)
        for note in passage.notes:
            if start <= base + note.at <= end:
                notes[bisect_left(starts, base + note.at)] = note.mark
    return Print(stream, normal, frozenset(loose), frozenset(divided), notes)


def _jumps(passage: Passage) -> Iterator[tuple[int, int]]:
    """Text offsets before which characters of the source were left out, and how many."""
    for (text, source), (next_text, next_source) in pairwise(passage.source_map.runs):
        gap = next_source - source - (next_text - text)
        if gap > 0:
            yield next_text, gap


def _behind(mark: str, words: str, at: int) -> Iterator[int]:
    """Where a note mark that a writer kept may end, with the space around it or without."""
    forms = "|".join(re.escape(form) for form in (mark, mark.translate(_SUPERSCRIPTS), f"({mark})"))
    found = re.compile(f" ?(?:{forms})").match(words, at)
    if found:
        yield found.end()
        if words[found.end() : found.end() + 1] == " ":
            yield found.end() + 1

"""Printed text to compare quotations with.

A ``Stream`` is the text of an essay's passages in reading order. A ``Haystack`` searches the skeletons of
all streams. A ``Print`` is a part of a stream in its normal form, with the places where a writer may differ
from it.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, pairwise

from assistant.core.essay import Kind, Passage, StoredEssay
from assistant.core.quotation import PrintedPlace
from assistant.quotations.normalise import NormalText, normalise, skeleton, skeleton_lengths

_RUNNING: frozenset[Kind] = frozenset({"paragraph", "blockquote", "list", "verse", "heading"})
# What is printed apart from the running text, each by itself.
_APART: frozenset[Kind] = frozenset({"title", "author", "reference", "caption"})


@dataclass(slots=True)
class Stream:
    """Passages of an essay read one after the other.

    Attributes:
        essay_id: Id of the essay.
        passages: The passages.
        running: Whether this is running text, as against titles and lists of works.
        number: Its number among the streams of the essay.
        text: Their texts, joined by a newline.
        starts: Where each passage begins in ``text``.
        letters: Skeleton of ``text``.
        letter_starts: Where each passage begins in ``letters``.
    """

    essay_id: str
    passages: tuple[Passage, ...]
    running: bool
    number: int = 0
    text: str = field(init=False)
    starts: list[int] = field(init=False)
    letters: str = field(init=False)
    letter_starts: list[int] = field(init=False)
    _places: dict[int, list[int]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        texts = [passage.text for passage in self.passages]
        self.text = "\n".join(texts)
        self.starts = list(accumulate((len(text) + 1 for text in texts[:-1]), initial=0))
        letters = [skeleton(text) for text in texts]
        self.letters = "".join(letters)
        self.letter_starts = list(accumulate((len(part) for part in letters[:-1]), initial=0))

    def offset(self, letter_offset: int) -> int:
        """Offset in the text of the character that gave a letter of the skeleton."""
        number = bisect_right(self.letter_starts, letter_offset) - 1
        if number not in self._places:
            lengths = skeleton_lengths(self.passages[number].text)
            self._places[number] = list(accumulate(lengths))
        return self.starts[number] + bisect_right(
            self._places[number], letter_offset - self.letter_starts[number]
        )

    def span(self, first: int, last: int) -> tuple[int, int]:
        """Span of the text for a non-empty span of the skeleton."""
        return self.offset(first), self.offset(last - 1) + 1

    def located(self, position: int) -> tuple[Passage, int]:
        """The passage in which a character of the text is, and its offset there."""
        number = bisect_right(self.starts, position) - 1
        return self.passages[number], position - self.starts[number]

    def is_verse(self, position: int) -> bool:
        """Whether a character of the text is of lines that are printed one below the other."""
        passage, _ = self.located(position)
        return passage.kind == "verse" or "\n" in passage.text

    def place(self, start: int, end: int) -> PrintedPlace:
        """Where a non-empty span of the text is."""
        first = bisect_right(self.starts, start) - 1
        last = bisect_right(self.starts, end - 1) - 1
        begin, finish = start - self.starts[first], end - self.starts[last]
        labels: list[str] = []
        for number in range(first, last + 1):
            passage = self.passages[number]
            span = (begin if number == first else 0, finish if number == last else len(passage.text))
            labels += [label for label in passage.pages_of(*span) if label not in labels]
        ids = tuple(passage.id for passage in self.passages[first : last + 1])
        source = (
            self.passages[first].source_map.source(begin),
            self.passages[last].source_map.source(finish - 1) + 1,
        )
        locators = dict.fromkeys(passage.locator for passage in self.passages[first : last + 1])
        text = self.text[start:end]
        return PrintedPlace(
            ids, self.essay_id, begin, finish, text, tuple(labels), source, tuple(filter(None, locators))
        )


def streams_of(essay: StoredEssay) -> list[Stream]:
    """The orders in which an essay is read.

    The running text comes first, then the notes, then each paragraph with those that resume it
    after a block quotation, then titles, captions and lists of works.
    """
    passages = [passage for passage in essay.passages if passage.text]
    groups = [
        (tuple(passage for passage in passages if passage.kind in _RUNNING), True),
        (tuple(passage for passage in passages if passage.kind == "note"), True),
        *((chain, True) for chain in _chains(passages)),
        *(((passage,), False) for passage in passages if passage.kind in _APART),
    ]
    some = [(group, running) for group, running in groups if group]
    return [Stream(essay.id, group, running, number) for number, (group, running) in enumerate(some)]


def _chains(passages: list[Passage]) -> list[tuple[Passage, ...]]:
    by_id = {passage.id: passage for passage in passages}
    chains: dict[str, list[Passage]] = {}
    for passage in passages:
        if passage.continues in by_id:
            chain = chains.pop(passage.continues, [by_id[passage.continues]])
            chains[passage.id] = [*chain, passage]
    return [tuple(chain) for chain in chains.values()]


class Haystack:
    """Streams to search in.

    Args:
        streams: The streams; those of an essay are neighbours.
    """

    def __init__(self, streams: Sequence[Stream]) -> None:
        self._streams = streams
        # No skeleton has a line break, so nothing is found across two streams.
        self._text = "\n".join(stream.letters for stream in streams)
        self._starts = list(accumulate((len(stream.letters) + 1 for stream in streams), initial=0))
        self._essays: dict[str, tuple[int, int]] = {}
        for stream, (start, end) in zip(streams, pairwise(self._starts), strict=True):
            first, _ = self._essays.get(stream.essay_id, (start, end))
            self._essays[stream.essay_id] = (first, end - 1)

    def stream(self, essay_id: str, number: int) -> Stream:
        """A stream of an essay by its number."""
        start, _ = self._essays[essay_id]
        return self._streams[bisect_right(self._starts, start) - 1 + number]

    def find(self, letters: str, essays: Collection[str]) -> Iterator[tuple[Stream, int]]:
        """Every place of a skeleton.

        Args:
            letters: A skeleton, not empty.
            essays: Essays to search in; all if empty.

        Yields:
            The stream and the offset in its skeleton.
        """
        ranges = sorted(self._essays[essay] for essay in set(essays) if essay in self._essays)
        for start, end in ranges if essays else [(0, len(self._text))]:
            position = self._text.find(letters, start, end)
            while position >= 0:
                number = bisect_right(self._starts, position) - 1
                yield self._streams[number], position - self._starts[number]
                position = self._text.find(letters, position + 1, end)


_HYPHENS = frozenset("-\u2010\u2011")
_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(slots=True)
class Effort:
    """How many letters of a quotation have been compared with print.

    Attributes:
        letters: Their number.
        most: The number from which no other place is tried.
    """

    most: int
    letters: int = 0

    @property
    def spent(self) -> bool:
        """Whether no other place is tried."""
        return self.letters > self.most


@dataclass(frozen=True, slots=True)
class Print:
    """A stretch of a stream.

    Attributes:
        stream: The stream.
        normal: The normal form; its map leads to offsets in the stream.
        loose: Indices of hyphens that were printed at a line's end and may belong to the line alone.
        divided: Indices before which a line-end hyphen was undone.
        notes: For an index the note mark that were printed before it.
        lines: Indices at or before which a line of verse ends.
    """

    stream: Stream
    normal: NormalText
    loose: frozenset[int]
    divided: frozenset[int]
    notes: dict[int, str]
    lines: frozenset[int] = frozenset()

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Offsets in the stream of normal characters ``start`` to ``end``."""
        if start == end:
            position = self.normal.starts[start] if start < len(self.normal.starts) else self.normal.ends[-1]
            return position, position
        return self.normal.starts[start], self.normal.ends[end - 1]

    def words(self, start: int, end: int) -> str:
        """The printed words of normal characters ``start`` to ``end``."""
        return self.stream.text[slice(*self.span(start, end))].strip()

    def inside(self, position: int) -> bool:
        """Whether normal character ``at`` continues a word or number."""
        text = self.normal.text
        if not 0 < position < len(text):
            return False
        before, after = text[position - 1], text[position]
        if before.isalnum() and after.isalnum():
            return True
        beyond, following = (
            text[position + 1 : position + 2],
            text[position - 2 : position - 1] if position > 1 else "",
        )
        if after == "'" or before == "'":
            around = (before, beyond) if after == "'" else (following, after)
            return all(ch.isalnum() for ch in around)
        around = (before, beyond) if after in ".," else (following, after) if before in ".," else ("", "")
        return all(ch.isdecimal() for ch in around)

    def _is_stroke(self, position: int) -> bool:
        """Whether an oblique stroke with space beside it is printed, as between lines of verse."""
        if self.normal.text[position : position + 1] != "/":
            return False
        start, end = self.normal.starts[position], self.normal.ends[position]
        return any(
            near.isspace() for near in (self.stream.text[start - 1 : start], self.stream.text[end : end + 1])
        )

    def _line_end(self, word: str, place: int, *, ends_line: bool) -> tuple[int, int] | None:
        """How many characters of a quotation and of print go on where a line of verse ends in either."""
        if self._is_stroke(place):
            if ends_line:
                return int(word == " "), 1
            return (1, 1) if word == "|" else None
        if word in "/|" and place in self.lines:
            return 1, int(self.normal.text[place : place + 1] == " ")
        return None

    def ends(self, words: str, position: int, effort: Effort, lines: Collection[int] = ()) -> Iterator[int]:
        """Where words in normal form end if they are printed from ``at``; the plain reading first.

        A hyphen of a line's end may be there or not, and a note mark that the text leaves out may be
        at its place. An oblique stroke may stand for the end of a line of verse, and that for a stroke.

        Args:
            words: The words.
            position: Where they begin.
            effort: Counts the letters that are compared.
            lines: Indices of the words at or before which a line of the quotation ends.
        """
        text = self.normal.text
        trials = [(0, position, False)]
        while trials:
            done, place, noted = trials.pop()
            first = done
            while done < len(words):
                if not noted and place in self.notes:
                    trials += [(after, place, True) for after in _behind(self.notes[place], words, done)]
                if place < len(text) and words[done] == text[place]:
                    done, place, noted = done + 1, place + 1, False
                elif place in self.loose:
                    place, noted = place + 1, False
                elif words[done] == "-" and place in self.divided:
                    done += 1
                elif step := self._line_end(words[done], place, ends_line=done in lines):
                    done, place, noted = done + step[0], place + step[1], False
                else:
                    break
            effort.letters += done - first
            if done == len(words):
                yield place


def print_of(stream: Stream, start: int, end: int) -> Print:
    """The print of a stretch of a stream's text."""
    start, end = max(0, start), min(len(stream.text), end)
    result = normalise(stream.text[start:end])
    starts = tuple(position + start for position in result.starts)
    normal = NormalText(result.text, starts, tuple(position + start for position in result.ends))
    loose, divided, notes = set(), set(), {}
    for number in range(bisect_right(stream.starts, start) - 1, bisect_left(stream.starts, end)):
        passage, base = stream.passages[number], stream.starts[number]
        marked = {note.at for note in passage.notes}
        for position, gap in _jumps(passage):
            if not start < base + position < end:
                continue
            index = bisect_left(starts, base + position)
            before, after = passage.text[position - 1], passage.text[position]
            if before in _HYPHENS and passage.text[position - 2 : position - 1] not in _HYPHENS:
                loose.add(index - 1)
            elif gap > 1 and before.isalnum() and after.isalnum() and position not in marked:
                divided.add(index)
        for note in passage.notes:
            if start <= base + note.at <= end:
                notes[bisect_left(starts, base + note.at)] = note.mark
    lines = normal.breaks(stream.text) if "\n" in stream.text[start:end] else frozenset[int]()
    verse = frozenset(index for index in lines if index < len(starts) and stream.is_verse(starts[index]))
    return Print(stream, normal, frozenset(loose), frozenset(divided), notes, verse)


def _jumps(passage: Passage) -> Iterator[tuple[int, int]]:
    """Text offsets before which characters of the source were left out, and how many."""
    for (text, source), (next_text, next_source) in pairwise(passage.source_map.runs):
        gap = next_source - source - (next_text - text)
        if gap > 0:
            yield next_text, gap


def _behind(mark: str, words: str, position: int) -> Iterator[int]:
    """Where a note mark that a writer kept may end, with the space around it or without."""
    forms = "|".join(re.escape(form) for form in (mark, mark.translate(_SUPERSCRIPTS), f"({mark})"))
    match = re.compile(f" ?(?:{forms})").match(words, position)
    if match:
        yield match.end()
        if words[match.end() : match.end() + 1] == " ":
            yield match.end() + 1

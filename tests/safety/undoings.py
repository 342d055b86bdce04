"""Name every difference between the passages of an essay and its source; without a name, it is a mistake."""

from __future__ import annotations

import re
from collections import Counter

from assistant.chunking.chunk import Chunked, kept_offsets
from assistant.chunking.cleaning import HYPHENS
from assistant.core.essay import Essay, Passage
from assistant.core.lines import INVISIBLE, LIGATURES, LINE_BREAK, split_lines

_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_NOTE_MARK = re.compile(r"\[?\^?(\w+)\]?")
_LAYOUT_MARK = re.compile(r"\s*(?:#{1,6}\s+|(?:>\s?)+)?(?:\[\^\w+\]:)?")
# Dashes around which print has no space, be it at a line's end.
_DASHES = ("—", "–", "--", "-", "\u2010", "\u2011", "\u00ad")


class UnnamedError(AssertionError):
    """A passage differs from its source, and no undoing explains it."""


def undoings(essay: Essay, chunked: Chunked) -> Counter[str]:
    """How often each undoing of print occurs in the passages of an essay.

    Raises:
        UnnamedError: If a character is not the source's and none of them explains it.
    """
    named = _Naming(essay, chunked)
    for passage in chunked.passages:
        named.name(passage)
    joined = Counter(printed for printed, _ in chunked.report.hyphens_joined)
    if named.joined != joined:
        raise UnnamedError(f"hyphens undone: {named.joined - joined} and {joined - named.joined}")
    return named.counts


class _Naming:
    """Names the differences of one essay after the other.

    Args:
        essay: The essay.
        chunked: Its passages and the report on them.
    """

    def __init__(self, essay: Essay, chunked: Chunked) -> None:
        self.counts: Counter[str] = Counter()
        self.joined: Counter[str] = Counter()
        self._source = essay.text
        self._kept = kept_offsets(chunked.passages)
        self._furniture = {offset for start, end, _ in essay.furniture for offset in range(start, end)}
        self._marks = {
            offset
            for line in split_lines(essay.text)
            if (mark := _LAYOUT_MARK.match(line.text))
            for offset in range(line.start, line.start + mark.end())
        }

    def name(self, passage: Passage) -> None:
        """Name the differences of a passage."""
        text, source = passage.text, self._source
        offsets = [passage.source_map.source(position) for position in range(len(text))]
        for position, offset in enumerate(offsets):
            self._name_character(passage, position, offset)
            if not position:
                continue
            last = offsets[position - 1]
            if offset < last or (offset == last and source[offset] not in LIGATURES):
                raise UnnamedError(f"{passage.id}, character {position}: the map goes back")
            if offset > last + 1:
                self._name_gap(passage, position, last + 1, offset)
        for number, (position, offset) in enumerate(passage.source_map.runs):
            # A ligature is spelled out as a whole.
            ended = offsets[position - 1] if number else -1
            letters = LIGATURES.get(source[ended], "") if number and offset != ended else ""
            if letters and not text[:position].endswith(letters):
                raise UnnamedError(f"{passage.id}, character {position}: a part of a ligature")

    def _name_character(self, passage: Passage, position: int, offset: int) -> None:
        character, printed = passage.text[position], self._source[offset]
        if character == printed:
            return
        if character == " " and printed.isspace():
            self.counts["line break" if LINE_BREAK.match(printed) else "white space of another kind"] += 1
        elif character in LIGATURES.get(printed, ""):
            self.counts["letter of a ligature"] += 1
        else:
            raise UnnamedError(f"{passage.id}, character {position}: {character!r} for {printed!r}")

    def _name_gap(self, passage: Passage, position: int, start: int, end: int) -> None:
        """Name what is left out before a character of a passage."""
        rest = []
        for offset in range(start, end):
            character = self._source[offset]
            if offset in self._furniture:
                self.counts["page furniture"] += not character.isspace()
            elif offset in self._kept:
                self.counts["words of another passage"] += 1
            elif character in INVISIBLE:
                self.counts["invisible character"] += 1
            elif character.isspace():
                self.counts["white space"] += 1
            else:
                rest.append(offset)
        around = passage.text[position - 1 : position + 1]
        noted = [note.mark for note in passage.notes if note.at == position]
        rest = self._without_hyphen(passage, position, rest, end)
        rest = [offset for offset in rest if noted or not self._is_layout_mark(offset)]
        words = "".join(self._source[offset] for offset in rest)
        if [mark.translate(_SUPERSCRIPTS) for mark in _NOTE_MARK.findall(words)] != noted:
            raise UnnamedError(f"{passage.id}, character {position}: {words!r} is left out")
        self.counts["note number"] += len(noted)
        gap = self._source[start:end]
        if " " not in around and any(map(str.isspace, gap)):
            self._name_closed_gap(passage, position, gap, noted=bool(noted))

    def _is_layout_mark(self, offset: int) -> bool:
        self.counts["layout mark"] += offset in self._marks
        return offset in self._marks

    def _without_hyphen(self, passage: Passage, position: int, rest: list[int], end: int) -> list[int]:
        """What is left out besides a hyphen at a line's end that divides a word."""
        if not rest or self._source[rest[0]] not in HYPHENS:
            return rest
        if not LINE_BREAK.search(self._source, rest[0], end):
            return rest
        if passage.text[position - 1].isspace() or not passage.text[position].isalpha():
            return rest
        self.counts["line-end hyphen"] += 1
        line = next(line for line in reversed(split_lines(self._source)) if line.start <= rest[0])
        following = next(line for line in split_lines(self._source) if line.end > end)
        left = self._source[line.start : rest[0] + 1].split()[-1]
        right = self._source[max(following.start, end) : following.end].split()[0]
        self.joined[f"{left}/{right}"] += 1
        return rest[1:]

    def _name_closed_gap(self, passage: Passage, position: int, gap: str, *, noted: bool) -> None:
        """Name white space of which nothing is left between two characters."""
        before, after = passage.text[:position], passage.text[position:]
        if noted:
            self.counts["space at a note number"] += 1
        elif not LINE_BREAK.search(gap):
            raise UnnamedError(f"{passage.id}, character {position}: a space is left out")
        elif before.endswith(_DASHES) or after.startswith("—") or gap.lstrip(" ")[:1] in {*HYPHENS, "\u00ad"}:
            self.counts["line break at a dash or hyphen"] += 1
        else:
            raise UnnamedError(f"{passage.id}, character {position}: a line break is left out")

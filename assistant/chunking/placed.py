"""Printed lines with their places, and what the look of a line says."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.chunking.frames import Frames
from assistant.chunking.headings import NOTES_HEADING, REFERENCES_HEADING, numbering_length
from assistant.chunking.printed import PrintLine
from assistant.core.essay import Kind
from assistant.core.setting import SetLine, Setting

_LONGEST_ITALIC_HEADING = 90
# Sizes in a recognised scan are guesses.
_LARGER, _LARGER_GUESS = 1.08, 1.22
_RAISED_MARK = re.compile(r"[*†‡§¶]{1,4}|\d{1,3}")
# A scan loses the space after a raised number.
_MARK_START = re.compile(r"\[?(\d{1,3}|[*†‡§¶]{1,4})(?:[\].)]?\s+(?=\S)|(?=[“‘\"]?[A-ZÀ-Þ]))")


@dataclass(frozen=True, slots=True)
class PlacedLine:
    """A printed line and where it is printed.

    Attributes:
        printed: The line.
        box: Its place, size and style.
        raised: Offsets in its text of characters that are raised.
    """

    printed: PrintLine
    box: SetLine
    raised: frozenset[int] = frozenset()

    @property
    def text(self) -> str:
        """Its characters."""
        return self.printed.text

    @property
    def place(self) -> tuple[int, int]:
        """Its page and column."""
        return self.box.page, self.box.column

    @property
    def ends_sentence(self) -> bool:
        """Whether it ends as a sentence does, perhaps with a note's number after it."""
        raised = self.raised
        text = self.text
        while text and (len(text) - 1 in raised or text[-1].isspace()):
            text = text[:-1]
        return bool(_ENDS.search(text or self.text))

    @property
    def note_mark(self) -> str:
        """The mark of a note that begins with this line, or the empty string."""
        if 0 in self.raised:
            end = next(index for index in range(len(self.text) + 1) if index not in self.raised)
            match = _RAISED_MARK.fullmatch(self.text[:end].strip())
            return match[0] if match else ""
        match = _MARK_START.match(self.text)
        return match[1] if match else ""

    def raised_marks(self) -> list[str]:
        """The raised figures and signs in it, as those of notes, apart from one that begins it."""
        marks, index = [], 0
        while index < len(self.text):
            if index not in self.raised:
                index += 1
                continue
            end = index
            while end in self.raised and end < len(self.text):
                end += 1
            if index and _RAISED_MARK.fullmatch(self.text[index:end]):
                marks.append(self.text[index:end])
            index = end
        return marks


_ENDS = re.compile(r"[.!?…:][\"'”’)\]»*_]*(?:\s?\([^()]{1,60}\)[.]?)?(?:\s?\d{1,3}|\[\d{1,3}\])?$")


def place_lines(lines: Sequence[PrintLine], setting: Setting) -> list[PlacedLine]:
    """The lines of an essay with their places; lines that the setting does not know are left out."""
    placed = []
    for line in lines:
        if box := setting.line_at(line.start):
            raised = frozenset(
                offset - line.start
                for start, end in setting.raised_in(line.start, line.end)
                for offset in range(start, end)
            )
            placed.append(PlacedLine(line, box, raised))
    return placed


def looks_like_heading(line: PlacedLine, frames: Frames) -> bool:
    """Whether a line is set apart by its size or style, as headings are."""
    box, text = line.box, line.text
    larger = _LARGER_GUESS if frames.is_recognised else _LARGER
    if box.size > larger * frames.body and not frames.is_body(box):
        return True
    if box.bold or box.capitals:
        return True
    if box.italic and len(text) < _LONGEST_ITALIC_HEADING:
        return True
    return text.isupper() and sum(map(str.isalpha, text)) > 3


def named_part(text: str) -> Kind | None:
    """The kind of what follows a line that is the name of a part: works cited, or notes."""
    name = text[numbering_length(text) :].strip(" .:")
    if REFERENCES_HEADING.fullmatch(name):
        return "reference"
    return "note" if NOTES_HEADING.fullmatch(name) else None

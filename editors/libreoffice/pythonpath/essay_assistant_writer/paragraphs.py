"""The paragraphs of a Writer document as the checker reads them, and ranges in them.

Numbers of notes, comments, hidden words and words that tracked changes delete are not part of their text.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Iterator

_TABLE, _FRAME = "com.sun.star.text.TextTable", "com.sun.star.text.TextFrame"
_WITH_WORDS = {"Text", "TextField", "Ruby", "SoftPageBreak"}


@dataclass
class Paragraph:
    """A paragraph of the document.

    Attributes:
        portions: Text and range of each portion of it with words.
        text_object: The text that it is in: the body, a cell, a frame, a note.
        whole: Its range.
    """

    text_object: Any
    whole: Any
    portions: list[tuple[str, Any]] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Its words."""
        return "".join(words for words, _ in self.portions)

    def range(self, start: int, end: int) -> Any:
        """A cursor over a span of its text; over the whole paragraph if there is none."""
        if not self.portions or start >= end:
            return self.text_object.createTextCursorByRange(self.whole)
        cursor = self._at(start, is_end=False)
        cursor.gotoRange(self._at(end, is_end=True), True)
        return cursor

    def replace(self, start: int, end: int, words: str) -> None:
        """Replace a span of its text, or insert words where it is empty; they look as what was there.

        What is between its portions stays: calls of notes, comments, deletions that are tracked.
        """
        if start == end:
            self._at(start, is_end=True).setString(words)
        for first, last in reversed(self._parts(start, end)):
            cursor = self._at(first, is_end=False)
            cursor.gotoRange(self._at(last, is_end=True), True)
            cursor.setString(words if first == start else "")

    def _parts(self, start: int, end: int) -> list[tuple[int, int]]:
        """A span divided where one portion ends and the next one begins."""
        parts, passed = [], 0
        for words, _ in self.portions:
            first, last = max(start, passed), min(end, passed + len(words))
            passed += len(words)
            if first < last:
                parts.append((first, last))
        return parts

    def _at(self, offset: int, *, is_end: bool) -> Any:
        """A cursor at an offset; the end of a span belongs to the portion before it."""
        passed = 0
        for words, portion in self.portions:
            within = offset - passed
            passed += len(words)
            if within < len(words) or (is_end and within == len(words)):
                cursor = self.text_object.createTextCursorByRange(portion.getStart())
                advance(cursor, within)
                cursor.collapseToEnd()
                return cursor
        return self.text_object.createTextCursorByRange(self.portions[-1][1].getEnd())


def advance(cursor: Any, characters: int) -> None:
    """Extend a collapsed cursor over a number of characters; UNO counts some of them as two."""
    if characters > 0:
        cursor.goRight(characters, True)
    while len(cursor.getString()) < characters and cursor.goRight(1, True):
        pass
    while len(cursor.getString()) > characters and cursor.goLeft(1, True):
        pass


def paragraphs_of(document: Any) -> list[Paragraph]:
    """All paragraphs: those of the body in order, then those of footnotes and endnotes."""
    paragraphs = list(_within(document.getText()))
    for notes in (document.getFootnotes(), document.getEndnotes()):
        for number in range(notes.getCount()):
            paragraphs += _within(notes.getByIndex(number))
    return paragraphs


def _within(text: Any) -> Iterator[Paragraph]:
    """The paragraphs of a text, with those of its tables, and of frames after the paragraph they hang on."""
    reader = _Reader(text)
    for element in _each(text.createEnumeration()):
        if element.supportsService(_TABLE):
            for name in element.getCellNames():
                yield from _within(element.getCellByName(name))
        else:
            yield reader.read(element)
            for content in _each(element.createContentEnumeration("com.sun.star.text.TextContent")):
                if content.supportsService(_FRAME):
                    yield from _within(content)


class _Reader:
    """Reads the paragraphs of one text; a deletion may go on from one to the next."""

    def __init__(self, text: Any) -> None:
        self._text, self._deleting = text, False

    def read(self, element: Any) -> Paragraph:
        paragraph = Paragraph(self._text, element)
        for portion in _each(element.createEnumeration()):
            kind = portion.TextPortionType
            if kind == "Redline" and portion.RedlineType == "Delete" and not portion.IsCollapsed:
                self._deleting = portion.IsStart
            elif kind in _WITH_WORDS and not self._deleting and not portion.CharHidden:
                paragraph.portions.append((portion.getString(), portion))
        return paragraph


def _each(enumeration: Any) -> Iterator[Any]:
    while enumeration.hasMoreElements():
        yield enumeration.nextElement()

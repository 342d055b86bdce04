"""Inserts a quotation at the cursor: in the text, as a block, with its note."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Iterator, Sequence

from com.sun.star.awt.FontSlant import ITALIC
from com.sun.star.text.ControlCharacter import PARAGRAPH_BREAK

from essay_assistant_writer.paragraphs import advance
from essay_assistant_writer.quotation import Quotation, Run, joins_next_word, plain

# Writer's own style of block quotations, by its name in files.
_BLOCK_STYLE = "Quotations"
# Texts that can have no footnotes: notes themselves, heads and feet of pages, frames.
_WITHOUT_NOTES = {"SwXFootnote", "SwXHeadFootText", "SwXTextFrame"}


def language_at(place: Any) -> str:
    """Tag of the language at a place, such as ``de-AT``; empty if none is set."""
    locale = place.CharLocale
    # Words in several languages have none in common.
    if locale is None or locale.Language in {"", "zxx"}:
        return ""
    return "-".join(filter(None, [locale.Language, locale.Country]))


def insert_quotation(document: Any, place: Any, quotation: Quotation) -> Any:
    """Insert a quotation after a place in a document; the place after it is returned.

    Where there can be no footnote, the citation of a note follows in the text.
    """
    text = place.getText()
    cursor = text.createTextCursorByRange(place.getEnd())
    if quotation.note and text.getImplementationName() in _WITHOUT_NOTES:
        quotation = replace(quotation, note=False)
    if quotation.block:
        return _insert_block(document, text, cursor, quotation)
    before, after = _neighbours(text, cursor)
    _insert_runs(text, cursor, quotation.in_text(before, after))
    if quotation.note:
        _insert_note(document, text, cursor, quotation)
    if joins_next_word(after):
        _insert_runs(text, cursor, [Run(" ", italic=False)])
    return cursor.getEnd()


def _insert_block(document: Any, text: Any, cursor: Any, quotation: Quotation) -> Any:
    """Insert a paragraph of its own, and one after it in which the writer goes on."""
    style = cursor.ParaStyleName
    if not cursor.isStartOfParagraph():
        text.insertControlCharacter(cursor, PARAGRAPH_BREAK, False)
        cursor.collapseToEnd()
    text.insertControlCharacter(cursor, PARAGRAPH_BREAK, False)
    cursor.collapseToEnd()
    cursor.ParaStyleName = style
    following = text.createTextCursorByRange(cursor)
    cursor.goLeft(1, False)
    cursor.ParaStyleName = _BLOCK_STYLE
    _insert_runs(text, cursor, quotation.in_text("", ""))
    if quotation.note:
        _insert_note(document, text, cursor, quotation)
    return following.getEnd()


def _insert_note(document: Any, text: Any, cursor: Any, quotation: Quotation) -> None:
    """Insert a footnote at the cursor, which moves after it."""
    earlier = list(_notes_before(document, text, cursor))
    note = document.createInstance("com.sun.star.text.Footnote")
    text.insertTextContent(cursor, note, False)
    cursor.collapseToEnd()
    end = note.createTextCursor()
    end.gotoEnd(False)
    _insert_runs(note, end, quotation.note_text(earlier))


def _notes_before(document: Any, text: Any, cursor: Any) -> Iterator[str]:
    """Texts of the footnotes that are called before the cursor."""
    notes = document.getFootnotes()
    for number in range(notes.getCount()):
        anchor = notes.getByIndex(number).getAnchor()
        if anchor.getText() != text or text.compareRegionStarts(anchor, cursor) > 0:
            yield notes.getByIndex(number).getString()


def _insert_runs(text: Any, cursor: Any, runs: Sequence[Run]) -> None:
    """Insert pieces of text as the text around them looks, those in italics slanted; the cursor moves on."""
    cursor.collapseToEnd()
    cursor.setString(plain(runs))
    offset = 0
    for run in runs:
        if run.italic:
            start = text.createTextCursorByRange(cursor.getStart())
            advance(start, offset)
            start.collapseToEnd()
            advance(start, len(run.text))
            for name in ("CharPosture", "CharPostureAsian", "CharPostureComplex"):
                start.setPropertyValue(name, ITALIC)
        offset += len(run.text)
    cursor.collapseToEnd()


def _neighbours(text: Any, cursor: Any) -> tuple[str, str]:
    """The characters before and after a place; empty at the ends of a text."""
    before = text.createTextCursorByRange(cursor)
    before.goLeft(1, True)
    after = text.createTextCursorByRange(cursor)
    after.goRight(1, True)
    return before.getString()[-1:], after.getString()[:1]

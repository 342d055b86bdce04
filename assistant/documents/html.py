"""HTML: a web page as a browser or a program saved it, and the files of which an EPUB consists.

What is not shown on the page is not read. Style sheets count only where they are in the page itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from assistant.documents.document import Document
from assistant.documents.html_content import find_content, hidden_parts, licence_parts
from assistant.documents.html_notes import PageNotes, find_notes
from assistant.documents.html_record import page_record, stated_of
from assistant.documents.html_tree import StyleSheet, decode_html, find_page_marks, parse_html, words_of
from assistant.documents.html_writer import PageWriter
from assistant.documents.page_marks import find_marked_pages

if TYPE_CHECKING:
    from lxml.etree import _Element


def read_html(data: bytes, name: str) -> Document:
    """Read a page of HTML.

    Raises:
        ReadingError: If it is none, or has more in it than an essay has.
    """
    text, encoding = decode_html(data, name)
    page = parse_html(text, name)
    sheet = StyleSheet(element.text or "" for element in page.iter("style"))
    record = page_record(page)
    document = read_tree(page, sheet, name, title=str(record.get("title", "")))
    if not document.page_breaks and (marked := find_marked_pages(document.text)):
        # A transcriber marked the pages among the words.
        marks = {document.text[mark.start : mark.end]: mark.label for mark in marked.marks}
        page = parse_html(_with_page_breaks(text, marks), name)
        document = read_tree(page, sheet, name, title=str(record.get("title", "")))
    return replace(document, encoding=encoding, metadata=stated_of(record), record=record)


def _with_page_breaks(text: str, marks: Mapping[str, str]) -> str:
    """A page with page breaks in place of a transcriber's marks."""
    breaks = {words: f'<span role="doc-pagebreak" title="{label}"></span>' for words, label in marks.items()}
    found = re.compile("|".join(map(re.escape, breaks)))
    return found.sub(lambda match: breaks[match[0]], text)


def read_tree(
    page: _Element,
    sheet: StyleSheet,
    name: str,
    *,
    reader: str = "html",
    is_page: bool = True,
    title: str = "",
) -> Document:
    """Read a page that was parsed.

    Args:
        page: Its root.
        sheet: Its style sheets.
        name: Name of the file.
        reader: Name of the reader.
        is_page: Whether it is a page of the web, which has more on it than an essay.
        title: The title that it states of itself.
    """
    notes = find_notes(page)
    parts = [page]
    noted = {each for note in (*notes.bodies, *notes.begins) for each in (note, *note.iterancestors())}
    if is_page:
        content = find_content(page, sheet, noted)
        left_out, heading = content.left_out, _title_apart(page, content.root)
        parts = [content.root, *_apart(content.root, notes)]
        parts = parts if heading is None else [heading, *parts]
    else:
        left_out = hidden_parts(page, sheet, noted) | set(page.iter("nav")) | set(licence_parts(page))
    writer = PageWriter(sheet, notes, left_out, find_page_marks(page), name, "" if is_page else title)
    for part in parts:
        writer.read(part)
    return writer.document(reader)


def _apart(root: _Element, notes: PageNotes) -> list[_Element]:
    """Notes that are outside of the element that holds the essay."""
    inside = set(root.iter())
    return [
        element
        for element in notes.bodies
        if element not in inside and element.getparent() not in notes.bodies
    ]


def _title_apart(page: _Element, root: _Element) -> _Element | None:
    """The heading of a page that is above the element that holds the essay."""
    if root.tag == "h1" or root.find(".//h1") is not None:
        return None
    stated = words_of(page.find(".//title")) if page.find(".//title") is not None else ""
    for heading in page.iter("h1"):
        words = words_of(heading)
        if words and (words.casefold() in stated.casefold()):
            return heading
    return None

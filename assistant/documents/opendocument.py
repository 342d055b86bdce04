"""OpenDocument's .odt: paragraphs, headings and notes.

Words that are not in the printed draft are not read: those deleted in tracked changes, and hidden ones.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.core.declared import BlockKind
from assistant.core.errors import ReadingError
from assistant.documents.archive import ParagraphWriter, check_archive, damaged, patched_archive, patched_xml
from assistant.documents.document import Document

if TYPE_CHECKING:
    from lxml.etree import _Element

_URN = "{urn:oasis:names:tc:opendocument:xmlns:"
_TEXT, _STYLE, _OFFICE = f"{_URN}text:1.0}}", f"{_URN}style:1.0}}", f"{_URN}office:1.0}}"
_FO = f"{_URN}xsl-fo-compatible:1.0}}"
# Elements within a paragraph that hold none of its words.
_PASSED_OVER = frozenset(
    {
        f"{_OFFICE}annotation",
        f"{_OFFICE}annotation-end",
        f"{_TEXT}note-citation",
        f"{_TEXT}tracked-changes",
        f"{_TEXT}ruby-text",
        f"{_TEXT}hidden-text",
    }
)
_QUOTATION_STYLES = frozenset({"Quotations", "Quotation", "Quote"})
_CENTIMETRES = {"cm": 1.0, "mm": 0.1, "in": 2.54, "pt": 2.54 / 72, "pc": 2.54 / 6, "px": 2.54 / 96}
# A line of them; no prose has more in a row.
_MOST_SPACES = 100
# In centimetres; a third of an inch, as in Word's documents.
_BLOCK_INDENT = 0.84


def read_opendocument(data: bytes, name: str) -> Document:
    """Read an OpenDocument text.

    Raises:
        ReadingError: If it is none, damaged or encrypted.
    """
    return OpenDocumentFile(data, name).document


@dataclass(frozen=True, slots=True)
class _Style:
    """What a style sets, lengths in centimetres; ``None`` where it leaves that to its parent."""

    parent: str | None
    margin: float | None
    first_line: float | None
    italic: bool | None
    hidden: bool | None


class OpenDocumentFile:
    """An OpenDocument text whose words can be replaced.

    Args:
        data: The file's bytes.
        name: Its name.

    Raises:
        ReadingError: If it is none, damaged or encrypted.
    """

    def __init__(self, data: bytes, name: str) -> None:
        check_archive(data, name, "content.xml")
        from lxml import etree

        self._data, self._writer = data, ParagraphWriter(name)
        parser = etree.XMLParser(resolve_entities=False, no_network=True)
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                self._root = etree.fromstring(archive.read("content.xml"), parser)
                named = archive.read("styles.xml") if "styles.xml" in archive.namelist() else b"<none/>"
                self._styles = _styles(self._root) | _styles(etree.fromstring(named, parser))
        except (etree.XMLSyntaxError, zipfile.BadZipFile, OSError, ValueError) as error:
            raise damaged(name) from error
        body = self._root.find(f"{_OFFICE}body/{_OFFICE}text")
        if body is None:
            raise ReadingError(f"{name} is not a text document; save it as .odt from a word processor.")
        self._paragraphs = 0
        self._notes: list[tuple[str, _Element]] = []
        self._read(body)
        self._writer.end()
        for number, (call, note) in enumerate(self._notes, 1):
            for element in _outermost(note):
                self._writer.begin(f"note {number}", "note")
                self._write(element)
                self._writer.end(call)
        self.document = self._writer.document("opendocument")

    def edited(self, edits: Sequence[tuple[int, int, str]]) -> bytes:
        """The file with spans of the document's text replaced; formatting and all else remain."""
        edited = self._writer.edit(edits)
        with zipfile.ZipFile(io.BytesIO(self._data)) as archive:
            content = patched_xml(archive.read("content.xml"), self._root, edited)
        return patched_archive(self._data, {"content.xml": content})

    def _read(self, element: _Element) -> None:
        for child in element:
            if child.tag == f"{_TEXT}section" and child.get(f"{_TEXT}display") == "none":
                continue
            if child.tag in {f"{_TEXT}p", f"{_TEXT}h"}:
                self._paragraphs += 1
                self._writer.begin(f"¶{self._paragraphs}", self._kind(child))
                self._write(child)
            elif child.tag not in _PASSED_OVER:
                self._read(child)

    def _write(self, element: _Element) -> None:
        self._writer.write(element, element.text)
        for child in element:
            if child.tag == f"{_TEXT}s":
                for _ in range(_spaces(child.get(f"{_TEXT}c", ""))):
                    self._writer.space()
            elif child.tag in {f"{_TEXT}tab", f"{_TEXT}line-break"}:
                self._writer.space()
            elif child.tag == f"{_TEXT}note":
                call = f"note{len(self._notes)}"
                self._notes.append((call, child))
                self._writer.call(call)
            elif child.tag not in _PASSED_OVER and isinstance(child.tag, str) and not self._is_hidden(child):
                start = self._writer.prose.length
                self._write(child)
                if child.tag == f"{_TEXT}span" and self._is_italic(child):
                    self._writer.prose.emphasize(start)
            self._writer.write(child, child.tail, is_tail=True)

    def _ancestry(self, element: _Element, family: str) -> Iterator[tuple[str, _Style | None]]:
        """The style of an element and those that it is based on, each once even if they form a ring."""
        name = element.get(f"{_TEXT}style-name")
        seen: set[str] = set()
        while name and name not in seen:
            seen.add(name)
            style = self._styles.get((family, name))
            yield name, style
            name = style.parent if style else None

    def _is_hidden(self, element: _Element) -> bool:
        if element.tag != f"{_TEXT}span":
            return False
        styles = (style for _, style in self._ancestry(element, "text") if style)
        return next((style.hidden for style in styles if style.hidden is not None), False)

    def _is_italic(self, element: _Element) -> bool:
        styles = (style for _, style in self._ancestry(element, "text") if style)
        return next((style.italic for style in styles if style.italic is not None), False)

    def _kind(self, element: _Element) -> BlockKind:
        if element.tag == f"{_TEXT}h":
            return "heading"
        margin = first_line = None
        for name, style in self._ancestry(element, "paragraph"):
            if name in _QUOTATION_STYLES:
                return "quotation"
            if style:
                margin = style.margin if margin is None else margin
                first_line = style.first_line if first_line is None else first_line
        hanging = (first_line or 0) < 0
        return "quotation" if (margin or 0) >= _BLOCK_INDENT and not hanging else "prose"


def _outermost(note: _Element) -> Iterator[_Element]:
    """The paragraphs of a note that are in no other paragraph of it; damaged files have such."""
    for child in note:
        if child.tag == f"{_TEXT}p":
            yield child
        else:
            yield from _outermost(child)


def _styles(root: _Element) -> dict[tuple[str, str], _Style]:
    """The styles of paragraphs and of text by their family and name."""
    styles = {}
    for style in root.iter(f"{_STYLE}style"):
        paragraph = style.find(f"{_STYLE}paragraph-properties")
        margin, first_line = (
            None if paragraph is None else _centimetres(paragraph.get(f"{_FO}{name}"))
            for name in ("margin-left", "text-indent")
        )
        text = style.find(f"{_STYLE}text-properties")
        slant = None if text is None else text.get(f"{_FO}font-style")
        italic = None if slant is None else slant in {"italic", "oblique"}
        display = None if text is None else text.get(f"{_TEXT}display")
        hidden = None if display is None else display == "none"
        key = style.get(f"{_STYLE}family", ""), style.get(f"{_STYLE}name", "")
        styles[key] = _Style(style.get(f"{_STYLE}parent-style-name"), margin, first_line, italic, hidden)
    return styles


def _spaces(count: str) -> int:
    """How many spaces follow each other; one if the count says nothing."""
    return min(int(count), _MOST_SPACES) if re.fullmatch(r"\d{1,9}", count, re.ASCII) else 1


def _centimetres(length: str | None) -> float | None:
    number = re.fullmatch(r"(-?[\d.]+)(cm|mm|in|pt|pc|px)", length or "")
    return float(number[1]) * _CENTIMETRES[number[2]] if number else None

"""OpenDocument's .odt: paragraphs, headings and notes; deleted words of tracked changes are not read."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.core.errors import DraftError
from assistant.documents.archive import Manuscript, check_archive, replace
from assistant.documents.document import BlockKind, Document

if TYPE_CHECKING:
    from lxml.etree import _Element

_URN = "{urn:oasis:names:tc:opendocument:xmlns:"
_TEXT, _STYLE, _OFFICE = f"{_URN}text:1.0}}", f"{_URN}style:1.0}}", f"{_URN}office:1.0}}"
_FO = f"{_URN}xsl-fo-compatible:1.0}}"
# What stands in a paragraph and is none of its words.
_PASSED_OVER = frozenset(
    {
        f"{_OFFICE}annotation",
        f"{_OFFICE}annotation-end",
        f"{_TEXT}note-citation",
        f"{_TEXT}tracked-changes",
        f"{_TEXT}ruby-text",
    }
)
_CENTIMETRES = {"cm": 1.0, "mm": 0.1, "in": 2.54, "pt": 2.54 / 72, "pc": 2.54 / 6, "px": 2.54 / 96}
# A line of them; more stand in no prose.
_MOST_SPACES = 100
# As in Word's documents a third of an inch.
_SET_OFF = 0.84


def read_opendocument(data: bytes, path: Path) -> Document:
    """Read an OpenDocument text.

    Args:
        data: The file's bytes.
        path: Its name.

    Raises:
        DraftError: If it is none, damaged or encrypted.
    """
    return _Text(data, path).manuscript.draft(str(path))


def write_opendocument(data: bytes, path: Path, mends: list[tuple[int, int, str]]) -> bytes:
    """The document with other words; formatting and all else stay.

    Args:
        data: The bytes of the original.
        path: Its name.
        mends: Source spans with the words that replace them, in order.

    Raises:
        DraftError: As ``read_opendocument``.
    """
    text = _Text(data, path)
    for start, end, words in reversed(mends):
        replace(text.manuscript.slots, start, end, words)
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w") as new:
        for info in old.infolist():
            part = text.content() if info.filename == "content.xml" else old.read(info)
            new.writestr(info, part, compress_type=info.compress_type)
    return made.getvalue()


class _Text:
    """An OpenDocument text with its words written down."""

    def __init__(self, data: bytes, path: Path) -> None:
        check_archive(data, path, "content.xml")
        from lxml import etree

        self.manuscript = Manuscript(path)
        parser = etree.XMLParser(resolve_entities=False, no_network=True)
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                self._root = etree.fromstring(archive.read("content.xml"), parser)
                named = archive.read("styles.xml") if "styles.xml" in archive.namelist() else b"<none/>"
                self._styles = dict(_styles(self._root) | _styles(etree.fromstring(named, parser)))
        except (etree.XMLSyntaxError, zipfile.BadZipFile, OSError, ValueError) as error:
            raise DraftError(f"{path} is no .odt file or is damaged; save it once more.") from error
        body = self._root.find(f"{_OFFICE}body/{_OFFICE}text")
        if body is None:
            raise DraftError(f"{path} is no text document; save it as .odt from a word processor.")
        self._paragraphs = 0
        self._waiting: list[tuple[str, _Element]] = []
        self._read(body)
        self.manuscript.end()
        for number, (name, note) in enumerate(self._waiting, 1):
            for element in note.iter(f"{_TEXT}p"):
                self.manuscript.begin(f"note {number}", "note")
                self._write(element)
                self.manuscript.end(name)

    def content(self) -> bytes:
        """The document's words and all around them as XML."""
        from lxml import etree

        made: bytes = etree.tostring(self._root, xml_declaration=True, encoding="UTF-8")
        return made

    def _read(self, element: _Element) -> None:
        for child in element:
            if child.tag in {f"{_TEXT}p", f"{_TEXT}h"}:
                self._paragraphs += 1
                self.manuscript.begin(f"¶{self._paragraphs}", self._kind(child))
                self._write(child)
            elif child.tag not in _PASSED_OVER:
                self._read(child)

    def _write(self, element: _Element) -> None:
        self.manuscript.text(element, element.text)
        for child in element:
            if child.tag == f"{_TEXT}s":
                for _ in range(_spaces(child.get(f"{_TEXT}c", ""))):
                    self.manuscript.space()
            elif child.tag in {f"{_TEXT}tab", f"{_TEXT}line-break"}:
                self.manuscript.space()
            elif child.tag == f"{_TEXT}note":
                name = f"note{len(self._waiting)}"
                self._waiting.append((name, child))
                self.manuscript.call(name)
            elif child.tag not in _PASSED_OVER and isinstance(child.tag, str):
                self._write(child)
            self.manuscript.text(child, child.tail, tail=True)

    def _kind(self, element: _Element) -> BlockKind:
        if element.tag == f"{_TEXT}h":
            return "heading"
        name: str | None = element.get(f"{_TEXT}style-name")
        seen: set[str] = set()
        margin = first = None
        while name and name not in seen:
            seen.add(name)
            if name in {"Quotations", "Quotation", "Quote"}:
                return "quotation"
            name, own_margin, own_first = self._styles.get(name, (None, None, None))
            margin, first = own_margin if margin is None else margin, own_first if first is None else first
        hanging = (first or 0) < 0
        return "quotation" if (margin or 0) >= _SET_OFF and not hanging else "prose"


def _styles(root: _Element) -> dict[str, tuple[str | None, float | None, float | None]]:
    """The parent, left margin and first line's indent of each style of paragraphs."""
    made = {}
    for style in root.iter(f"{_STYLE}style"):
        form = style.find(f"{_STYLE}paragraph-properties")
        margins = [
            None if form is None else _centimetres(form.get(f"{_FO}{name}"))
            for name in ("margin-left", "text-indent")
        ]
        made[style.get(f"{_STYLE}name")] = (style.get(f"{_STYLE}parent-style-name"), *margins)
    return made


def _spaces(count: str) -> int:
    """How many spaces stand in a row; one where the count says nothing."""
    return min(int(count), _MOST_SPACES) if re.fullmatch(r"\d{1,9}", count, re.ASCII) else 1


def _centimetres(length: str | None) -> float | None:
    found = re.fullmatch(r"(-?[\d.]+)(cm|mm|in|pt|pc|px)", length or "")
    return float(found[1]) * _CENTIMETRES[found[2]] if found else None

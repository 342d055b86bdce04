"""What Word and OpenDocument files share: archives of XML, opened safely and edited in place."""

from __future__ import annotations

import io
import zipfile
import zlib
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.core.errors import ReadingError
from assistant.documents.document import BlockKind, Document, ProseWriter

if TYPE_CHECKING:
    from lxml.etree import _Element

# A thesis with its pictures fits; what unpacks to more was made to fill the memory.
_LARGEST = 200_000_000
# All XML parts together, which take many times the memory once they are parsed: the words of such a thesis
# with their formatting take a fifth of it.
_LARGEST_XML = 30_000_000
# Elements and paragraphs are limited for the same reason: the shortest take a hundred times their letters.
_MOST_ELEMENTS = 1_500_000
_MOST_PARAGRAPHS = 100_000
# Begins an archive of Microsoft's older kind, which an encrypted .docx is.
_OLE = b"\xd0\xcf\x11\xe0"
# What reading a part of a damaged archive raises.
DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
)


def damaged(name: str) -> ReadingError:
    """The error for a file that is not what its suffix says."""
    return ReadingError(f"{name} is not a {Path(name).suffix} file or is damaged; save it once more.")


def check_archive(data: bytes, name: str, part: str) -> None:
    """Refuse a file that cannot be read as a document whose words are in ``part`` of the archive.

    Raises:
        ReadingError: If it is encrypted, no archive of this kind, damaged or far too large.
    """
    suffix = Path(name).suffix
    if data.startswith(_OLE):
        raise ReadingError(
            f"{name} is encrypted or of Word's older kind; save it without a password as {suffix}."
        )
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            sizes = {info.filename: info.file_size for info in archive.infolist()}
            locked = any(info.flag_bits & 1 for info in archive.infolist())
            manifest = sizes.get("META-INF/manifest.xml", 0)
            if 0 < manifest < _LARGEST_XML:
                locked = locked or b"encryption-data" in archive.read("META-INF/manifest.xml")
            xml = [file for file in sizes if file.lower().endswith((".xml", ".rels"))]
            large = sum(sizes.values()) > _LARGEST or sum(map(sizes.__getitem__, xml)) > _LARGEST_XML
            if not locked and not large:
                large = sum(map(_elements, map(archive.read, xml))) > _MOST_ELEMENTS
    except DAMAGE as error:
        raise damaged(name) from error
    if locked:
        raise ReadingError(f"{name} is encrypted; save it without a password.")
    if part not in sizes:
        raise ReadingError(f"{name} is not a {suffix} file, because it has no {part}; save it once more.")
    if large:
        raise ReadingError(f"{name} unpacks to more than a text can be; save it without its pictures.")


def _elements(xml: bytes) -> int:
    """Number of elements, those that are empty and have no end tag included."""
    return xml.count(b"<") - xml.count(b"</")


@dataclass(frozen=True, slots=True)
class _Piece:
    """A piece of the text: that of an element, or (``is_tail``) the text that follows the element."""

    start: int
    length: int
    element: _Element
    is_tail: bool


class ParagraphWriter:
    """Writes the paragraphs of a document, and knows the XML that each character is in.

    Args:
        name: The document's name, for messages.
    """

    def __init__(self, name: str) -> None:
        self.prose = ProseWriter()
        self._name = name
        self._pieces: list[_Piece] = []
        self._texts: list[str] = []
        self._length = 0
        self._units: list[int] = []
        self._labels: list[str] = []
        self._open: BlockKind | None = None

    def begin(self, label: str, kind: BlockKind) -> None:
        """Begin a paragraph; block quotations that follow each other without a citation are one block.

        Raises:
            ReadingError: If there are more paragraphs than a text has.
        """
        if len(self._units) >= _MOST_PARAGRAPHS:
            raise ReadingError(f"{self._name} has too many paragraphs; divide it into chapters.")
        if self._open == kind == "quotation" and not self._ends_with_citation():
            self.prose.put("\n", self._length, self._length)
        else:
            self.end()
        if self._units:
            self._append("\n")
        self._units.append(self._length)
        self._labels.append(label)
        self._open = kind

    def _ends_with_citation(self) -> bool:
        return "".join(self._texts[-3:]).rstrip().endswith((")", "]"))

    def _append(self, text: str) -> None:
        self._texts.append(text)
        self._length += len(text)

    def end(self, note: str | None = None) -> None:
        """End the block; it may be the note of a name."""
        if self._open:
            self.prose.close(self._open, note)
        self._open = None

    def write(self, element: _Element, words: str | None, *, is_tail: bool = False) -> None:
        """Write the text of an element, or the text that follows it."""
        if words:
            self._pieces.append(_Piece(self._length, len(words), element, is_tail))
            self.prose.copy(words, self._length)
            self._append(words)

    def space(self) -> None:
        """Write a space for a tab or a line break."""
        self.prose.put(" ", self._length, self._length + 1)
        self._append(" ")

    def call(self, note: str) -> None:
        """Write the call of a note."""
        self.prose.call(note, self._length, self._length)

    def document(self, reader: str) -> Document:
        """The document that was written."""
        self.end()
        units, labels = tuple(self._units or [0]), tuple(self._labels or ["¶1"])
        return self.prose.document(self._name, reader, "".join(self._texts), units, labels=labels)

    def edit(self, edits: Sequence[tuple[int, int, str]]) -> list[_Element]:
        """Replace spans of the text in the XML; new words take the formatting at the span's beginning.

        Args:
            edits: Start, end and new words of each span, in order, without overlaps; an empty span inserts.

        Returns:
            All elements that have text.
        """
        for start, end, words in reversed(edits):
            self._replace(start, end, words)
        return [piece.element for piece in self._pieces]

    def _replace(self, start: int, end: int, words: str) -> None:
        # An insertion after a piece's last character belongs to that piece.
        offset = start if end > start else max(start - 1, 0)
        first_piece = max(bisect_right(self._pieces, offset, key=lambda piece: piece.start) - 1, 0)
        for piece in self._pieces[first_piece:]:
            if piece.start >= max(end, start + 1):
                break
            text = (piece.element.tail if piece.is_tail else piece.element.text) or ""
            first, last = max(start - piece.start, 0), min(end - piece.start, piece.length)
            edited = text[: min(first, piece.length)] + words + text[max(last, first) :]
            words = ""
            if piece.is_tail:
                piece.element.tail = edited
            else:
                piece.element.text = edited

"""What the formats share that are an archive of XML: safe opening, and words replaced where they stand."""

from __future__ import annotations

import io
import zipfile
import zlib
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.core.errors import DraftError
from assistant.documents.document import BlockKind, Document, ProseWriter

if TYPE_CHECKING:
    from lxml.etree import _Element

# A thesis with its pictures fits; what unpacks to more was made to fill the memory.
_LARGEST = 200_000_000
# All parts that are XML together, which take many times the memory once they are read: the words of such a
# thesis with their formatting take a fifth of it.
_LARGEST_XML = 30_000_000
# Elements, and paragraphs, for the same reason: the shortest take a hundredfold of their letters.
_MOST_ELEMENTS = 1_500_000
_MOST_PARAGRAPHS = 100_000
# Begins an archive of Microsoft's older kind, which an encrypted .docx is.
_OLE = b"\xd0\xcf\x11\xe0"


def check_archive(data: bytes, path: Path, part: str) -> None:
    """Refuse what is no readable document.

    Args:
        data: The file's bytes.
        path: Its name, for the message.
        part: The part of the archive that holds its words.

    Raises:
        DraftError: If it is encrypted, no archive of this kind, damaged or far too large.
    """
    if data.startswith(_OLE):
        raise DraftError(
            f"{path} is encrypted or of Word's older kind; save it without a password as {path.suffix}."
        )
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            sizes = {info.filename: info.file_size for info in archive.infolist()}
            locked = any(info.flag_bits & 1 for info in archive.infolist())
            manifest = sizes.get("META-INF/manifest.xml", 0)
            if 0 < manifest < _LARGEST_XML:
                locked = locked or b"encryption-data" in archive.read("META-INF/manifest.xml")
            named = [name for name in sizes if name.lower().endswith((".xml", ".rels"))]
            large = sum(sizes.values()) > _LARGEST or sum(map(sizes.__getitem__, named)) > _LARGEST_XML
            if not locked and not large:
                large = sum(archive.read(name).count(b"<") // 2 for name in named) > _MOST_ELEMENTS
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        OSError,
        RuntimeError,
        ValueError,
    ) as error:
        raise DraftError(f"{path} is no {path.suffix} file or is damaged; save it once more.") from error
    if locked:
        raise DraftError(f"{path} is encrypted; save it without a password.")
    if part not in sizes:
        raise DraftError(f"{path} is no {path.suffix} file, for it has no {part}; save it once more.")
    if large:
        raise DraftError(f"{path} unpacks to more than a draft can be; give one without its pictures.")


@dataclass(frozen=True, slots=True)
class Slot:
    """A piece of text in the XML.

    Attributes:
        start: Offset of its first character in the draft's source.
        element: The element.
        tail: Whether it stands behind the element and not in it.
        length: Number of its characters.
    """

    start: int
    element: _Element
    tail: bool
    length: int


@dataclass(slots=True)
class Manuscript:
    """Writes the paragraphs of a document down, with the XML that each character stands in.

    Attributes:
        path: The document's name, for messages.
        pen: Writes the prose.
        slots: All pieces of text so far.
    """

    path: Path
    pen: ProseWriter = field(default_factory=ProseWriter)
    slots: list[Slot] = field(default_factory=list)
    _pieces: list[str] = field(default_factory=list)
    _length: int = 0
    _units: list[int] = field(default_factory=list)
    _labels: list[str] = field(default_factory=list)
    _open: tuple[BlockKind, int] | None = None

    def begin(self, label: str, kind: BlockKind) -> None:
        """Begin a paragraph; one set off continues the block quotation that the one before it is.

        Raises:
            DraftError: If there are more than a draft has.
        """
        if len(self._units) >= _MOST_PARAGRAPHS:
            raise DraftError(f"{self.path} has too many paragraphs for a draft; check it chapter by chapter.")
        if self._open:
            if self._open[0] == kind == "quotation" and not self._cited():
                self.pen.put("\n", self._length, self._length)
            else:
                self.end()
        if self._units:
            self._pieces.append("\n")
            self._length += 1
        self._units.append(self._length)
        self._labels.append(label)
        self._open = (kind, self.pen.at)

    def _cited(self) -> bool:
        return "".join(self._pieces[-3:]).rstrip().endswith((")", "]"))

    def end(self, note: str | None = None) -> None:
        """End the block; ``note`` names the note that it is."""
        if self._open:
            self.pen.close(self._open[0], note)
        self._open = None

    def text(self, element: _Element, words: str | None, *, tail: bool = False) -> None:
        """Write the text in an element, or behind it, down."""
        if words:
            self.slots.append(Slot(self._length, element, tail, len(words)))
            self.pen.copy(words, self._length)
            self._pieces.append(words)
            self._length += len(words)

    def space(self) -> None:
        """Write the space down that a tab or a line break makes."""
        self.pen.put(" ", self._length, self._length + 1)
        self._pieces.append(" ")
        self._length += 1

    def call(self, note: str) -> None:
        """Write the call of a note down."""
        self.pen.call(note, self._length, self._length)

    def draft(self, name: str) -> Document:
        """The draft that was written down."""
        self.end()
        units, labels = tuple(self._units or [0]), tuple(self._labels or ["¶1"])
        return self.pen.draft(name, "".join(self._pieces), units, labels=labels)


def replace(slots: Sequence[Slot], start: int, end: int, words: str) -> None:
    """Put words for those of a span of the source; the formatting of its beginning becomes theirs.

    Args:
        slots: All pieces of text, in order. Spans are to be replaced from the last to the first.
        start: Offset of the span in the source.
        end: Offset behind it; an empty span inserts.
        words: What stands there from now on.
    """
    # An insertion behind a piece's last character belongs to that piece.
    at = bisect_right(slots, start if end > start else max(start - 1, 0), key=lambda slot: slot.start) - 1
    for slot in slots[max(at, 0) :]:
        if slot.start >= max(end, start + 1):
            break
        text = (slot.element.tail if slot.tail else slot.element.text) or ""
        first, last = max(start - slot.start, 0), min(end - slot.start, slot.length)
        made = text[: min(first, slot.length)] + words + text[max(last, first) :]
        words = ""
        if slot.tail:
            slot.element.tail = made
        else:
            slot.element.text = made

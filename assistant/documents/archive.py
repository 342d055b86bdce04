"""What Word and OpenDocument files share: archives of XML, opened safely and edited in place."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.core.errors import ReadingError
from assistant.documents.document import Document, ProseWriter
from assistant.documents.looks import Role

if TYPE_CHECKING:
    from lxml.etree import _Element

    # Start and end of a span of bytes, and the bytes to put there.
    _Patch = tuple[int, int, bytes]

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
            many = (
                not locked
                and not large
                and part in sizes
                and _paragraphs(archive.read(part)) > _MOST_PARAGRAPHS
            )
    except DAMAGE as error:
        raise damaged(name) from error
    if locked:
        raise ReadingError(f"{name} is encrypted; save it without a password.")
    if part not in sizes:
        raise ReadingError(f"{name} is not a {suffix} file, because it has no {part}; save it once more.")
    if large:
        raise ReadingError(f"{name} unpacks to more than a text can be; save it without its pictures.")
    if many:
        raise ReadingError(f"{name} has too many paragraphs; divide it into chapters.")


def _elements(xml: bytes) -> int:
    """Number of elements, those that are empty and have no end tag included."""
    return xml.count(b"<") - xml.count(b"</")


def _paragraphs(xml: bytes) -> int:
    """Number of paragraphs, as word processors write them; counted before the tree of so many is made."""
    return sum(map(xml.count, (b"<w:p>", b"<w:p ", b"<w:p/>", b"<text:p>", b"<text:p ", b"<text:p/>")))


# The text of each edited element, and of what follows it (``True``), as they were.
XmlEdits = dict["_Element", dict[bool, str]]


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
        self._open = False
        self._role = Role("prose")

    def admit(self, paragraphs: int) -> None:
        """Refuse more paragraphs than a text has.

        Raises:
            ReadingError: If there are more.
        """
        if paragraphs > _MOST_PARAGRAPHS:
            raise ReadingError(f"{self._name} has too many paragraphs; divide it into chapters.")

    def begin(self, label: str, role: Role, *, goes_on: bool = False) -> None:
        """Begin a paragraph; block quotations that follow each other without a citation are one block.

        Args:
            label: Its name in reports.
            role: What it is.
            goes_on: Whether it goes on with the words of the paragraph before.

        Raises:
            ReadingError: If there are more paragraphs than a text has.
        """
        self.admit(len(self._units) + 1)
        kind = role.kind
        joins = role.joins or (kind == "quotation" and not self._ends_with_citation())
        if goes_on and self._open:
            self._role = role
        elif self._open and self._role.kind == kind and joins:
            self.prose.put("\n", self._length, self._length)
        else:
            self.end()
            self._role = role
        if self._units:
            self._append("\n")
        self._units.append(self._length)
        self._labels.append(label)
        self._open = True

    def _ends_with_citation(self) -> bool:
        return "".join(self._texts[-3:]).rstrip().endswith((")", "]"))

    def _append(self, text: str) -> None:
        self._texts.append(text)
        self._length += len(text)

    def end(self, note: str | None = None, *, at_foot: bool = False) -> None:
        """End the block; it may be the note of a name, at the foot of a page or at the end."""
        if self._open:
            role = self._role
            self.prose.close(role.kind, note, level=role.level, resumes=role.resumes, at_foot=at_foot)
        self._open = False

    def write(self, element: _Element, words: str | None, *, is_tail: bool = False) -> None:
        """Write the text of an element, or the text that follows it."""
        if words:
            self._pieces.append(_Piece(self._length, len(words), element, is_tail))
            self.prose.copy(words, self._length)
            self._append(words)

    def space(self) -> None:
        """Write a space for a tab."""
        self.prose.put(" ", self._length, self._length + 1)
        self._append(" ")

    def line(self) -> None:
        """End a line; the text has a space there, for its lines are paragraphs."""
        self.prose.put("\n", self._length, self._length + 1)
        self._append(" ")

    def put(self, words: str) -> None:
        """Write words that no text of an element has."""
        if words:
            self.prose.copy(words, self._length)
            self._append(words)

    def call(self, note: str, mark: str = "") -> None:
        """Write the call of a note, whose number is counted if no mark is given."""
        self.prose.call(note, self._length, self._length, mark)

    def document(self, reader: str) -> Document:
        """The document that was written."""
        self.end()
        units, labels = tuple(self._units or [0]), tuple(self._labels or ["¶1"])
        return self.prose.document(self._name, reader, "".join(self._texts), units, labels=labels)

    def edit(self, edits: Sequence[tuple[int, int, str]]) -> XmlEdits:
        """Replace spans of the text in the XML; new words take the formatting at the span's beginning.

        Args:
            edits: Start, end and new words of each span, in order, without overlaps; an empty span inserts.

        Returns:
            The text that was edited.
        """
        edited: XmlEdits = {}
        for start, end, words in reversed(edits):
            self._replace(start, end, words, edited)
        return edited

    def _replace(self, start: int, end: int, words: str, edited_texts: XmlEdits) -> None:
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
            edited_texts.setdefault(piece.element, {}).setdefault(piece.is_tail, text)
            if piece.is_tail:
                piece.element.tail = edited
            else:
                piece.element.text = edited


_MARKUP = re.compile(
    r"<!--.*?-->|<\?.*?\?>|<!\[CDATA\[.*?\]\]>|<(?:[^<>\"']|\"[^\"]*\"|'[^']*')*>", re.DOTALL
)
_CHARACTER = re.compile(r"&[^;&]{1,12};|\r\n|.", re.DOTALL)
_OTHER_ENCODING = re.compile(r"<\?xml[^>]*encoding=[\"'](?!utf-?8[\"'])", re.IGNORECASE)
_SPACED = {" ", "\t", "\n", "\r"}


def patched_xml(data: bytes, root: _Element, edits: XmlEdits) -> bytes:
    """An XML file with the text of elements edited, every other byte as it was.

    Args:
        data: The file's bytes.
        root: The tree that was read of them, edited already.
        edits: What was edited, with the text before it.
    """
    from lxml import etree

    elements = [element for element in root.iter() if isinstance(element.tag, str)]
    edited = {number: element for number, element in enumerate(elements) if element in edits}
    simple = not data.startswith((b"\xff\xfe", b"\xfe\xff")) and not _OTHER_ENCODING.match(
        data[:200].decode("latin-1")
    )
    if not edited:
        return data
    patches = list(_patches(data, edited, edits)) if simple else []
    result = data
    for start, end, new in reversed(patches):
        result = result[:start] + new + result[end:]
    if patches and _same_text(result, root):
        return result
    # In an encoding, or with declarations, in which places cannot be told.
    for element in edited.values():
        if _needs_space(element, element.text or ""):
            element.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return written


def _same_text(data: bytes, root: _Element) -> bool:
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    try:
        written = etree.fromstring(data, parser)
    except etree.XMLSyntaxError:
        return False
    # White space between elements may be lost where a tree was read.
    one, other = (etree.tostring(tree, method="text", encoding="unicode") for tree in (written, root))
    return "".join(one.split()) == "".join(other.split())


def _patches(data: bytes, edited: Mapping[int, _Element], edits: XmlEdits) -> Iterator[_Patch]:
    """What to replace in an XML file, in order."""
    open_elements: list[int] = []
    number = -1
    # In this encoding each byte is a character, so that places are the same.
    text = data.decode("latin-1")
    markup = [match for match in _MARKUP.finditer(text) if not match[0].startswith("<![CDATA[")]
    for index, match in enumerate(markup):
        end = markup[index + 1].start() if index + 1 < len(markup) else len(data)
        tag = match[0]
        if tag.startswith(("<!", "<?")):
            continue
        closes, empty = tag.startswith("</"), tag.endswith("/>")
        if not closes:
            number += 1
            open_elements.append(number)
        ended = open_elements.pop() if closes or empty else None
        which, is_tail = (number, False) if ended is None else (ended, True)
        element = edited.get(which)
        if element is None or is_tail not in edits[element]:
            continue
        words = (element.tail if is_tail else element.text) or ""
        if not is_tail and _needs_space(element, words):
            yield match.end() - 1, match.end() - 1, b' xml:space="preserve"'
        yield match.end(), end, _patched(data[match.end() : end], edits[element][is_tail], words)


def _needs_space(element: _Element, text: str) -> bool:
    """Whether Word would drop a space at an end of an element's text."""
    preserved = element.get("{http://www.w3.org/XML/1998/namespace}space") == "preserve"
    word = str(element.tag).startswith("{http://schemas.openxmlformats.org/wordprocessingml/")
    return word and not preserved and bool({text[:1], text[-1:]} & _SPACED)


def _patched(raw: bytes, before: str, after: str) -> bytes:
    """The bytes of a text after an edit; what the edit left is as it was written."""
    written = _CHARACTER.findall(raw.decode())
    first = _in_common(before, after)
    rest = _in_common(before[first:][::-1], after[first:][::-1])
    middle = _escaped(after[first : len(after) - rest])
    if len(written) != len(before) or b"<![CDATA[" in raw:
        return _escaped(after).encode()
    last = "".join(written[len(written) - rest :]) if rest else ""
    return ("".join(written[:first]) + middle + last).encode()


def _in_common(one: str, other: str) -> int:
    """How many characters two texts have in common at their beginning."""
    pairs = zip(one, other, strict=False)
    return next((n for n, (left, right) in enumerate(pairs) if left != right), min(len(one), len(other)))


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def patched_archive(data: bytes, parts: Mapping[str, bytes]) -> bytes:
    """An archive with the contents of some files replaced; all others are copied byte for byte."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(file, "w") as new:
        if old.testzip() is not None:
            raise zipfile.BadZipFile("a part is damaged")
        starts = sorted(info.header_offset for info in old.infolist())
        ends = dict(zip(starts, [*starts[1:], old.start_dir], strict=True))
        for info in old.infolist():
            if info.filename in parts:
                new.writestr(info, parts[info.filename], compress_type=info.compress_type)
                continue
            start = info.header_offset
            position = file.tell()
            file.write(data[start : ends[start]])
            info.header_offset = position
            new.filelist.append(info)
            new.NameToInfo[info.filename] = info
            new.start_dir = file.tell()
        new.comment = old.comment
    return file.getvalue()

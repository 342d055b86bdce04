"""Word's .docx: paragraphs, tables, foot- and endnotes; deleted words of tracked changes are not read."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.core.errors import DraftError
from assistant.documents.archive import Manuscript, check_archive, replace
from assistant.documents.document import BlockKind, Document

if TYPE_CHECKING:
    from docx.document import Document as WordDocument
    from docx.text.paragraph import Paragraph
    from lxml.etree import _Element

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_RELATIONSHIP = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
_QUOTING = frozenset({"quote", "intense quote", "block text", "block quote", "block quotation", "quotations"})
# A third of an inch: less is a first line's indent or an accident. In Word's unit, 914,400 to the inch.
_SET_OFF = 304_800
# Names of a style and of those that it is based on, its left indent, and that of the first line.
_Look = tuple[frozenset[str], int | None, int | None]


def read_word(data: bytes, path: Path) -> Document:
    """Read a Word document.

    Args:
        data: The file's bytes.
        path: Its name.

    Raises:
        DraftError: If it is none, damaged or encrypted.
    """
    return _Word(data, path).manuscript.draft(str(path))


def write_word(data: bytes, path: Path, mends: list[tuple[int, int, str]]) -> bytes:
    """The document with other words; formatting and all else stay.

    Args:
        data: The bytes of the original.
        path: Its name.
        mends: Source spans with the words that replace them, in order.

    Raises:
        DraftError: As ``read_word``.
    """
    word = _Word(data, path)
    for start, end, words in reversed(mends):
        replace(word.manuscript.slots, start, end, words)
    word.keep_spaces()
    made = io.BytesIO()
    word.document.save(made)
    return made.getvalue()


class _Word:
    """A Word document with its text written down."""

    def __init__(self, data: bytes, path: Path) -> None:
        check_archive(data, path, "word/document.xml")
        import docx
        from lxml import etree

        self.manuscript = Manuscript(path)
        self._looks: dict[str | None, _Look] = {}
        try:
            self.document: WordDocument = docx.Document(io.BytesIO(data))
            self._notes = dict(self._note_parts(etree))
            self._read()
        except (
            KeyError,
            ValueError,
            AttributeError,
            etree.XMLSyntaxError,
            docx.exceptions.PythonDocxError,
        ) as error:
            raise DraftError(f"{path} is no .docx file or is damaged; save it once more.") from error

    def keep_spaces(self) -> None:
        """Mark spaces at the ends of changed pieces as meant, and put the notes back."""
        for slot in self.manuscript.slots:
            slot.element.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        from lxml import etree

        for part, root in self._notes.values():
            part._blob = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)  # noqa: SLF001 - python-docx has no other way to write a part that it does not know

    def _note_parts(self, etree: Any) -> Iterator[tuple[str, tuple[Any, _Element]]]:
        parser = etree.XMLParser(resolve_entities=False, no_network=True)
        for relation in self.document.part.rels.values():
            for kind in ("footnote", "endnote"):
                if relation.reltype == f"{_RELATIONSHIP}{kind}s":
                    part = relation.target_part
                    yield kind, (part, etree.fromstring(part.blob, parser))

    def _read(self) -> None:
        from docx.text.paragraph import Paragraph

        for number, element in enumerate(self._paragraphs(self.document.element.body), 1):
            self.manuscript.begin(f"¶{number}", self._kind(Paragraph(element, self.document._body)))  # noqa: SLF001 - paragraphs of tables and text boxes too
            self._write(element)
        self.manuscript.end()
        for kind, (_, root) in self._notes.items():
            for note in root.iter(f"{_W}{kind}"):
                name = f"{kind}{note.get(f'{_W}id')}"
                for element in note.iter(f"{_W}p"):
                    label = f"{'note' if kind == 'footnote' else 'endnote'} {note.get(f'{_W}id')}"
                    self.manuscript.begin(label, "note")
                    self._write(element)
                    self.manuscript.end(name)

    def _paragraphs(self, element: _Element) -> Iterator[_Element]:
        for child in element:
            if child.tag == _FALLBACK:
                # The same words once more, for old programs.
                continue
            if child.tag == f"{_W}p":
                yield child
            yield from self._paragraphs(child)

    def _write(self, element: _Element) -> None:
        for child in element:
            if child.tag == f"{_W}t":
                self.manuscript.text(child, child.text)
            elif child.tag in {f"{_W}tab", f"{_W}br", f"{_W}cr"}:
                self.manuscript.space()
            elif child.tag in {f"{_W}footnoteReference", f"{_W}endnoteReference"}:
                kind = child.tag.removeprefix(_W).removesuffix("Reference")
                self.manuscript.call(f"{kind}{child.get(f'{_W}id')}")
            elif child.tag not in {f"{_W}p", _FALLBACK, f"{_W}pPr", f"{_W}rPr"}:
                # A paragraph within a paragraph is a text box's and has its own turn.
                self._write(child)

    def _kind(self, paragraph: Paragraph) -> BlockKind:
        names, left, first = self._look(paragraph)
        if any(name.startswith(("heading", "title")) for name in names):
            return "heading"
        if _QUOTING & names:
            return "quotation"
        form = paragraph._p.pPr  # noqa: SLF001 - not offered otherwise
        if form is not None:
            if form.numPr is not None:
                return "prose"
            own = paragraph.paragraph_format
            left = left if own.left_indent is None else int(own.left_indent)
            first = first if own.first_line_indent is None else int(own.first_line_indent)
        if any("list" in name for name in names):
            return "prose"
        # A hanging indent is that of lists and works cited.
        return "quotation" if (left or 0) >= _SET_OFF and (first or 0) >= 0 else "prose"

    def _look(self, paragraph: Paragraph) -> _Look:
        """What its style says of a paragraph; looked up once for each style, which takes long."""
        name = paragraph._p.style  # noqa: SLF001 - not offered otherwise
        if name not in self._looks:
            self._looks[name] = _look(paragraph)
        return self._looks[name]


def _look(paragraph: Paragraph) -> _Look:
    """Names of a paragraph's style and of those that it is based on, and the indents that they give."""
    seen: dict[str, Any] = {}
    style: Any = paragraph.style
    # Each once, though they be based on each other in a ring.
    while style is not None and style.style_id not in seen:
        seen[style.style_id] = style
        style = style.base_style
    forms = [one.paragraph_format for one in seen.values()]
    left = next((int(one.left_indent) for one in forms if one.left_indent is not None), None)
    first = next((int(one.first_line_indent) for one in forms if one.first_line_indent is not None), None)
    return frozenset((one.name or "").casefold() for one in seen.values()), left, first

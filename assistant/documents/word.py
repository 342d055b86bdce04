"""Word's .docx: paragraphs, tables, foot- and endnotes.

Words that are not in the printed draft are not read: those deleted or moved away in tracked changes, and
hidden ones.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from assistant.core.declared import BlockKind
from assistant.documents.archive import ParagraphWriter, check_archive, damaged, patched_archive, patched_xml
from assistant.documents.document import Document

if TYPE_CHECKING:
    from docx.document import Document as WordDocument
    from docx.text.paragraph import Paragraph
    from lxml.etree import _Element

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_RELATIONSHIP = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
_QUOTATION_STYLES = frozenset(
    {"quote", "intense quote", "block text", "block quote", "block quotation", "quotations"}
)
# Elements within a paragraph that hold none of its printed words.
_PASSED_OVER = frozenset(
    {f"{_W}{name}" for name in ("p", "pPr", "rPr", "del", "moveFrom", "sdtPr")} | {_FALLBACK}
)
# A third of an inch: less is a first line's indent or an accident. In Word's unit, 914,400 to the inch.
_BLOCK_INDENT = 304_800
# Names of a style and of those that it is based on, its left indent, and that of the first line.
_Look = tuple[frozenset[str], int | None, int | None]


def read_word(data: bytes, name: str) -> Document:
    """Read a Word document.

    Raises:
        ReadingError: If it is none, damaged or encrypted.
    """
    return WordFile(data, name).document


class WordFile:
    """A Word document whose words can be replaced.

    Args:
        data: The file's bytes.
        name: Its name.

    Raises:
        ReadingError: If it is none, damaged or encrypted.
    """

    def __init__(self, data: bytes, name: str) -> None:
        check_archive(data, name, "word/document.xml")
        import docx
        from lxml import etree

        self._data, self._writer = data, ParagraphWriter(name)
        self._looks: dict[str | None, _Look] = {}
        try:
            self._word: WordDocument = docx.Document(io.BytesIO(data))
            styles = self._word.styles.element
            self._italic_styles = _styles_with(styles, "i")
            self._hidden_styles = _styles_with(styles, "vanish")
            self._hidden_paragraphs = _styles_with(styles, "vanish", family="paragraph")
            self._notes = dict(self._note_parts(etree))
            self._read()
        except (
            KeyError,
            ValueError,
            AttributeError,
            etree.XMLSyntaxError,
            docx.exceptions.PythonDocxError,
        ) as error:
            raise damaged(name) from error
        self.document = self._writer.document("word")

    def edited(self, edits: Sequence[tuple[int, int, str]]) -> bytes:
        """The file with spans of the document's text replaced; formatting and all else remain."""
        edited = self._writer.edit(edits)
        main = self._word.part
        roots = {str(main.partname): main.element}
        roots |= {str(part.partname): root for part, root in self._notes.values()}
        parts: dict[str, bytes] = {}
        with zipfile.ZipFile(io.BytesIO(self._data)) as archive:
            for name, root in roots.items():
                old = archive.read(name.lstrip("/"))
                new = patched_xml(old, root, edited)
                if new != old:
                    parts[name.lstrip("/")] = new
        return patched_archive(self._data, parts)

    def _note_parts(self, etree: Any) -> Iterator[tuple[str, tuple[Any, _Element]]]:
        parser = etree.XMLParser(resolve_entities=False, no_network=True)
        for relation in self._word.part.rels.values():
            for kind in ("footnote", "endnote"):
                if relation.reltype == f"{_RELATIONSHIP}{kind}s":
                    part = relation.target_part
                    yield kind, (part, etree.fromstring(part.blob, parser))

    def _read(self) -> None:
        from docx.text.paragraph import Paragraph

        for number, element in enumerate(_paragraphs(self._word.element.body), 1):
            self._writer.begin(f"¶{number}", self._kind(Paragraph(element, self._word._body)))  # noqa: SLF001 - paragraphs of tables and text boxes too
            self._write(element)
        self._writer.end()
        for kind, (_, root) in self._notes.items():
            for note in root.iterchildren(f"{_W}{kind}"):
                number = note.get(f"{_W}id")
                for element in note.iter(f"{_W}p"):
                    self._writer.begin(f"{'note' if kind == 'footnote' else 'endnote'} {number}", "note")
                    self._write(element)
                    self._writer.end(f"{kind}{number}", at_foot=kind == "footnote")

    def _write(self, element: _Element) -> None:
        for child in element:
            if child.tag == f"{_W}r":
                if self._is_hidden(child, element):
                    continue
                start = self._writer.prose.length
                self._write(child)
                if self._is_italic(child):
                    self._writer.prose.emphasize(start)
            elif child.tag == f"{_W}t":
                self._writer.write(child, child.text)
            elif child.tag in {f"{_W}tab", f"{_W}br", f"{_W}cr"}:
                self._writer.space()
            elif child.tag in {f"{_W}footnoteReference", f"{_W}endnoteReference"}:
                kind = child.tag.removeprefix(_W).removesuffix("Reference")
                self._writer.call(f"{kind}{child.get(f'{_W}id')}")
            elif child.tag not in _PASSED_OVER:
                # A paragraph within a paragraph is a text box's and is read in its own turn.
                self._write(child)

    def _is_italic(self, run: _Element) -> bool:
        """Whether a run is set in italics, by its own properties or by its character style."""
        return _has(run, "i", self._italic_styles) or False

    def _is_hidden(self, run: _Element, parent: _Element) -> bool:
        """Whether a run is hidden, by its own properties or its styles."""
        hidden = _has(run, "vanish", self._hidden_styles)
        if hidden is None and self._hidden_paragraphs:
            while parent is not None and parent.tag != f"{_W}p":
                parent = parent.getparent()
            style = None if parent is None else parent.find(f"{_W}pPr/{_W}pStyle")
            return style is not None and style.get(f"{_W}val") in self._hidden_paragraphs
        return hidden or False

    def _kind(self, paragraph: Paragraph) -> BlockKind:
        names, left, first = self._look(paragraph)
        if any(name.startswith(("heading", "title")) for name in names):
            return "heading"
        if _QUOTATION_STYLES & names:
            return "quotation"
        properties = paragraph._p.pPr  # noqa: SLF001 - not offered otherwise
        if properties is not None:
            if properties.numPr is not None:
                return "prose"
            form = paragraph.paragraph_format
            left = left if form.left_indent is None else int(form.left_indent)
            first = first if form.first_line_indent is None else int(form.first_line_indent)
        if any("list" in name for name in names):
            return "prose"
        # A hanging indent is that of lists and works cited.
        return "quotation" if (left or 0) >= _BLOCK_INDENT and (first or 0) >= 0 else "prose"

    def _look(self, paragraph: Paragraph) -> _Look:
        """What its style says of a paragraph; looked up once for each style, which takes long."""
        name = paragraph._p.style  # noqa: SLF001 - not offered otherwise
        if name not in self._looks:
            self._looks[name] = _look(paragraph)
        return self._looks[name]


def _paragraphs(element: _Element) -> Iterator[_Element]:
    for child in element:
        if child.tag == _FALLBACK:
            # The same words once more, for old programs.
            continue
        if child.tag == f"{_W}p":
            yield child
        yield from _paragraphs(child)


def _look(paragraph: Paragraph) -> _Look:
    """Names of a paragraph's style and of those that it is based on, and the indents that they set."""
    styles: dict[str, Any] = {}
    style: Any = paragraph.style
    # Each is read once, even if they are based on each other in a ring.
    while style is not None and style.style_id not in styles:
        styles[style.style_id] = style
        style = style.base_style
    formats = [style.paragraph_format for style in styles.values()]
    left = next((int(form.left_indent) for form in formats if form.left_indent is not None), None)
    first = next(
        (int(form.first_line_indent) for form in formats if form.first_line_indent is not None), None
    )
    return frozenset((style.name or "").casefold() for style in styles.values()), left, first


def _has(run: _Element, name: str, styles: frozenset[str]) -> bool | None:
    """Whether a run has a property itself or by its character style; ``None`` if neither says."""
    declared = _declared(run, name)
    if declared is None:
        style = run.find(f"{_W}rPr/{_W}rStyle")
        return True if style is not None and style.get(f"{_W}val") in styles else None
    return declared


def _declared(element: _Element, name: str) -> bool | None:
    """What a run or a style says of a property such as italics; ``None`` if nothing."""
    declared = element.find(f"{_W}rPr/{_W}{name}")
    return None if declared is None else declared.get(f"{_W}val", "1") not in {"0", "false", "off", "none"}


def _styles_with(root: _Element, name: str, family: str = "character") -> frozenset[str]:
    """Ids of the styles with a property, those included that are based on one."""
    styles = {
        style.get(f"{_W}styleId", ""): style
        for style in root.iter(f"{_W}style")
        if style.get(f"{_W}type") == family
    }
    known: dict[str, bool] = {}
    for style_id in styles:
        current, chain = style_id, set[str]()
        while current in styles and current not in known and current not in chain:
            chain.add(current)
            declared, parent = _declared(styles[current], name), styles[current].find(f"{_W}basedOn")
            if declared is not None:
                known[current] = declared
            else:
                current = "" if parent is None else parent.get(f"{_W}val", "")
        known.update(dict.fromkeys(chain, known.get(current, False)))
    return frozenset(style_id for style_id, has in known.items() if has)

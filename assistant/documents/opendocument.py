"""OpenDocument's .odt: paragraphs and what they are, tables, text boxes, notes, pages.

Words that are not printed are not read: those deleted in tracked changes, hidden ones, comments, tables of
contents, descriptions of pictures.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from assistant.core.errors import ReadingError
from assistant.documents.archive import ParagraphWriter, check_archive, damaged, patched_archive, patched_xml
from assistant.documents.document import Document
from assistant.documents.looks import ParagraphLook, Role, roles_of, with_tables
from assistant.documents.odt_styles import DRAW, OFFICE, SVG, TABLE, TEXT, OdtStyles, first_of, names_of
from assistant.documents.page_breaks import BreakCounter

if TYPE_CHECKING:
    from lxml.etree import _Element

# Elements that hold none of the printed words.
_PASSED_OVER = frozenset(
    {
        f"{OFFICE}annotation",
        f"{OFFICE}annotation-end",
        f"{OFFICE}forms",
        f"{TEXT}note-citation",
        f"{TEXT}tracked-changes",
        f"{TEXT}ruby-text",
        f"{TEXT}hidden-text",
        f"{TEXT}script",
        f"{TEXT}sequence-decls",
        f"{TEXT}variable-decls",
        f"{TEXT}user-field-decls",
        f"{SVG}title",
        f"{SVG}desc",
        f"{OFFICE}binary-data",
    }
)
# Made by the program: tables of contents and indexes. A bibliography is the writer's.
_INDEXES = frozenset(
    f"{TEXT}{name}"
    for name in (
        "table-of-content",
        "illustration-index",
        "table-index",
        "object-index",
        "alphabetical-index",
    )
)
_SOFT_BREAK = f"{TEXT}soft-page-break"
# Elements in which words of a paragraph stand.
_WITH_WORDS = frozenset(
    f"{TEXT}{name}" for name in ("p", "h", "span", "a", "meta", "meta-field", "ruby-base")
)
_PARAGRAPHS = frozenset({f"{TEXT}p", f"{TEXT}h"})
_META = "{urn:oasis:names:tc:opendocument:xmlns:meta:1.0}"
_DC = "{http://purl.org/dc/elements/1.1/}"
# A line of them; no prose has more in a row.
_MOST_SPACES = 100


def read_opendocument(data: bytes, name: str) -> Document:
    """Read an OpenDocument text.

    Raises:
        ReadingError: If it is none, damaged or encrypted.
    """
    return OpenDocumentFile(data, name).document


@dataclass(frozen=True, slots=True)
class _Paragraph:
    """A paragraph and what holds it."""

    element: _Element
    inside: str = ""
    table: int = 0
    is_listed: bool = False
    is_index: bool = False
    begins_page: bool = False


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
                others = [
                    etree.fromstring(archive.read(part), parser) if part in archive.namelist() else None
                    for part in ("styles.xml", "meta.xml")
                ]
        except (etree.XMLSyntaxError, zipfile.BadZipFile, OSError, ValueError) as error:
            raise damaged(name) from error
        self._styles = OdtStyles(self._root, *(root for root in others[:1] if root is not None))
        body = self._root.find(f"{OFFICE}body/{OFFICE}text")
        if body is None:
            raise ReadingError(f"{name} is not a text document; save it as .odt from a word processor.")
        self._notes: list[tuple[str, _Element]] = []
        self._pages = BreakCounter(is_laid_out=next(body.iter(_SOFT_BREAK), None) is not None)
        self._read(body)
        document = self._writer.document("opendocument")
        self.document = replace(
            document,
            metadata=_metadata(others[1]),
            pages=self._pages.found(),
            page_breaks=document.page_breaks if self._pages.are_known else (),
        )

    def edited(self, edits: Sequence[tuple[int, int, str]]) -> bytes:
        """The file with spans of the document's text replaced; formatting and all else remain."""
        edited = self._writer.edit(edits)
        with zipfile.ZipFile(io.BytesIO(self._data)) as archive:
            content = patched_xml(archive.read("content.xml"), self._root, edited)
        return patched_archive(self._data, {"content.xml": content})

    def _read(self, body: _Element) -> None:
        found = _Body()
        found.read(body, _Paragraph(body))
        paragraphs = found.paragraphs
        self._writer.admit(len(paragraphs))
        looks = [self._look(paragraph) for paragraph in paragraphs]
        roles = with_tables([each.table for each in paragraphs], looks, roles_of(looks))
        for number, (paragraph, role) in enumerate(zip(paragraphs, roles, strict=True), 1):
            element = paragraph.element
            chain = self._styles.of(element, "paragraph")
            begins = chain and (chain[0].breaks or first_of(chain, lambda style: style.breaks, default=False))
            page = first_of(chain, lambda style: style.number, default=0)
            begins = bool(begins) or paragraph.begins_page
            self._pages.before(self._writer, begins=begins, number=page)
            self._writer.begin(f"¶{number}", Role("furniture") if paragraph.is_index else role)
            self._write(element)
        self._writer.end()
        self._pages.is_counting = False
        for number, (call, note) in enumerate(self._notes, 1):
            at_foot = note.get(f"{TEXT}note-class", "footnote") == "footnote"
            for element in _outermost(note):
                self._writer.begin(f"note {number}", Role("note"))
                self._write(element)
                self._writer.end(call, at_foot=at_foot)

    def _look(self, paragraph: _Paragraph) -> ParagraphLook:
        element = paragraph.element
        chain = self._styles.of(element, "paragraph")
        level = element.get(f"{TEXT}outline-level", "1") if element.tag == f"{TEXT}h" else ""
        pieces: list[str] = []
        weights = {"bold": 0, "italic": 0}
        size = first_of(chain, lambda style: style.size, default=0.0)
        sizes: dict[float, int] = {}
        bold = first_of(chain, lambda style: style.is_bold, default=False)
        italic = first_of(chain, lambda style: style.is_italic, default=False)
        for words, spans in self._words(element, ()):
            pieces.append(words)
            count = len(words.strip())
            span_chain = tuple(style for span in reversed(spans) for style in self._styles.of(span, "text"))
            weights["bold"] += count * first_of(span_chain, lambda style: style.is_bold, default=bold)
            weights["italic"] += count * first_of(span_chain, lambda style: style.is_italic, default=italic)
            own = first_of(span_chain, lambda style: style.size, default=size)
            sizes[own] = sizes.get(own, 0) + count
        text = "".join(pieces)
        total = sum(sizes.values())
        return ParagraphLook(
            styles=tuple(names_of(chain)),
            level=int(level) if level.isdecimal() and len(level) < 3 else 0,
            left=first_of(chain, lambda style: style.left, default=0.0),
            first=first_of(chain, lambda style: style.first, default=0.0),
            is_centred=first_of(chain, lambda style: style.is_centred, default=False),
            is_bold=0 < total == weights["bold"],
            is_italic=0 < total == weights["italic"],
            size=max(sizes, key=sizes.__getitem__) if sizes else size,
            is_listed=paragraph.is_listed,
            inside=paragraph.inside,
            text=text,
        )

    def _words(
        self, element: _Element, spans: tuple[_Element, ...]
    ) -> Iterator[tuple[str, tuple[_Element, ...]]]:
        """The words of a paragraph, each piece with the spans that hold it."""
        if element.text:
            yield element.text, spans
        for child in element:
            if child.tag == f"{TEXT}line-break":
                yield "\n", spans
            elif child.tag == f"{TEXT}tab":
                yield "\t", spans
            elif child.tag == f"{TEXT}s":
                yield " ", spans
            elif self._is_read_within(child):
                inner = (*spans, child) if child.tag == f"{TEXT}span" else spans
                yield from self._words(child, inner)
            if child.tail:
                yield child.tail, spans

    def _is_read_within(self, child: _Element) -> bool:
        """Whether an element in a paragraph holds words of the paragraph."""
        return (
            isinstance(child.tag, str)
            and child.tag not in _PASSED_OVER
            and not child.tag.startswith((DRAW, TABLE))
            and child.tag != f"{TEXT}note"
            and not (
                child.tag == f"{TEXT}span" and self._styles.has(child, "text", lambda style: style.is_hidden)
            )
        )

    def _write(self, element: _Element) -> None:
        self._writer.write(element, element.text)
        for child in element:
            if child.tag == f"{TEXT}s":
                for _ in range(_spaces(child.get(f"{TEXT}c", ""))):
                    self._writer.space()
            elif child.tag == f"{TEXT}tab":
                self._writer.space()
            elif child.tag == f"{TEXT}line-break":
                self._writer.line()
            elif child.tag == _SOFT_BREAK:
                self._pages.turn(self._writer)
            elif child.tag == f"{TEXT}note":
                call = f"note{len(self._notes)}"
                self._notes.append((call, child))
                citation = child.find(f"{TEXT}note-citation")
                mark = "" if citation is None else "".join(citation.itertext()).strip()
                self._writer.call(call, mark[:20])
            elif self._is_read_within(child):
                self._write_span(child)
            self._writer.write(child, child.tail, is_tail=True)

    def _write_span(self, span: _Element) -> None:
        start = self._writer.prose.length
        self._write(span)
        if span.tag == f"{TEXT}span":
            if self._styles.has(span, "text", lambda style: style.is_italic):
                self._writer.prose.emphasize(start)
            if self._styles.has(span, "text", lambda style: style.is_raised):
                self._writer.prose.superscript(start)


class _Body:
    """The paragraphs of a text, in order; those of a text box follow the paragraph that it hangs on."""

    def __init__(self) -> None:
        self.paragraphs: list[_Paragraph] = []
        self._turns = False

    def read(self, element: _Element, outer: _Paragraph) -> None:
        """Take the paragraphs of an element; ``outer`` says what holds the element."""
        for number, child in enumerate(element, 1):
            tag = child.tag
            if tag in _PASSED_OVER or not isinstance(tag, str) or tag == f"{TEXT}note":
                continue
            if tag == f"{TEXT}section" and child.get(f"{TEXT}display") == "none":
                continue
            within = outer
            if tag in _PARAGRAPHS:
                self.paragraphs.append(replace(outer, element=child, begins_page=self._turns))
                self._turns = False
            elif tag == _SOFT_BREAK and element.tag not in _WITH_WORDS:
                # One within a paragraph is met when its words are written.
                self._turns = True
            elif tag == f"{TABLE}table":
                within = replace(outer, inside=outer.inside or "table", table=outer.table or number)
            elif tag == f"{DRAW}text-box":
                within = replace(outer, inside="box", table=0)
            elif tag == f"{TEXT}list":
                within = replace(outer, is_listed=True)
            elif tag in _INDEXES:
                within = replace(outer, is_index=True)
            self.read(child, within)


def _outermost(note: _Element) -> Iterator[_Element]:
    """The paragraphs of a note that are in no other paragraph of it; damaged files have such."""
    for child in note:
        if child.tag in _PARAGRAPHS:
            yield child
        else:
            yield from _outermost(child)


def _metadata(root: _Element | None) -> dict[str, str]:
    """Title and author as the file has them."""
    if root is None:
        return {}
    found = {
        "Title": root.find(f".//{_DC}title"),
        "Author": root.find(f".//{_META}initial-creator"),
    }
    if found["Author"] is None:
        found["Author"] = root.find(f".//{_DC}creator")
    return {key: element.text for key, element in found.items() if element is not None and element.text}


def _spaces(count: str) -> int:
    """How many spaces follow each other; one if the count says nothing."""
    return min(int(count), _MOST_SPACES) if re.fullmatch(r"\d{1,9}", count, re.ASCII) else 1

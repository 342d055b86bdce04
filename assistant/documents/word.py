"""Word's .docx: paragraphs and what they are, tables, text boxes, foot- and endnotes, pages.

Words that are not printed are not read: those deleted or moved away in tracked changes, hidden ones,
comments, the codes of fields, heads and feet of pages.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from assistant.documents.archive import ParagraphWriter, check_archive, damaged, patched_archive, patched_xml
from assistant.documents.document import Document
from assistant.documents.looks import ParagraphLook, Role, roles_of, with_tables
from assistant.documents.numbering import FoundPages
from assistant.documents.word_pages import BREAKS, NoteNumbers, PageCounter, page_breaks
from assistant.documents.word_styles import W, WordStyles

if TYPE_CHECKING:
    from docx.document import Document as WordDocument
    from lxml.etree import _Element

_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_MATHS = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
_RELATIONSHIP = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
# Elements within a paragraph that hold none of its printed words.
_PASSED_OVER = frozenset(
    {f"{W}{name}" for name in ("p", "pPr", "rPr", "del", "moveFrom", "sdtPr", "rt", "instrText")}
    | {_FALLBACK}
)
# The letters of the font Symbol, by the codes of Latin ones.
_GREEK = dict(
    zip(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
        "ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖαβχδεφγηιϕκλμνοπθρστυϖωξψζ",
        strict=True,
    )
)
_PRIVATE = 0xF000


def read_word(data: bytes, name: str) -> Document:
    """Read a Word document.

    Raises:
        ReadingError: If it is none, damaged or encrypted.
    """
    return WordFile(data, name).document


@dataclass(frozen=True, slots=True)
class _Paragraph:
    """A paragraph, whether it is in a ``table`` or a ``box``, and in which table."""

    element: _Element
    inside: str = ""
    table: int = 0


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
        try:
            self._word: WordDocument = docx.Document(io.BytesIO(data))
            self._styles = WordStyles(self._word.styles.element)
            self._notes = dict(self._note_parts(etree))
            self._numbers = NoteNumbers(self._word.element.body, self._settings(etree))
            breaks = page_breaks(self._word.element.body, self._styles)
            self._pages = PageCounter(self._word.element.body, breaks)
            self._read()
            metadata = _metadata(self._word)
        except (
            KeyError,
            ValueError,
            AttributeError,
            etree.XMLSyntaxError,
            docx.exceptions.PythonDocxError,
        ) as error:
            raise damaged(name) from error
        pages = FoundPages((), self._pages.sign, origin=self._pages.origin, warnings=self._pages.warnings)
        document = self._writer.document("word")
        is_known = self._pages.are_known
        self.document = replace(
            document,
            metadata=metadata,
            pages=pages,
            page_breaks=document.page_breaks if is_known else (),
        )

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

    def _parts(self, etree: Any, *kinds: str) -> Iterator[tuple[str, Any, _Element]]:
        """The parts of some kinds, each with its root."""
        parser = etree.XMLParser(resolve_entities=False, no_network=True)
        for relation in self._word.part.rels.values():
            for kind in kinds:
                if relation.reltype == f"{_RELATIONSHIP}{kind}" and not relation.is_external:
                    part = relation.target_part
                    yield kind, part, etree.fromstring(part.blob, parser)

    def _note_parts(self, etree: Any) -> Iterator[tuple[str, tuple[Any, _Element]]]:
        for kind, part, root in self._parts(etree, "footnotes", "endnotes"):
            yield kind.removesuffix("s"), (part, root)

    def _settings(self, etree: Any) -> _Element | None:
        return next((root for _, _, root in self._parts(etree, "settings")), None)

    def _read(self) -> None:
        body = self._word.element.body
        paragraphs = list(_paragraphs(body))
        self._writer.admit(len(paragraphs))
        looks = [self._look(paragraph) for paragraph in paragraphs]
        roles = with_tables([each.table for each in paragraphs], looks, roles_of(looks))
        joined = False
        for number, (paragraph, look, role) in enumerate(zip(paragraphs, looks, roles, strict=True), 1):
            element = paragraph.element
            self._pages.before(element, self._writer.prose)
            self._writer.begin(f"¶{number}", role, goes_on=joined)
            self._write(element, element)
            # A large initial is a paragraph of its own, and so is what a deleted mark ended.
            joined = (_is_initial(element) and len(look.text) < 4) or _is_mark_deleted(element)
            self._pages.after(element)
        self._writer.end()
        for kind, (_, root) in self._notes.items():
            self._pages.is_counting = kind == "endnote"
            for note in root.iterchildren(f"{W}{kind}"):
                number = note.get(f"{W}id")
                for element in (each.element for each in _paragraphs(note)):
                    self._writer.begin(
                        f"{'note' if kind == 'footnote' else 'endnote'} {number}", Role("note")
                    )
                    self._write(element, element)
                    self._writer.end(f"{kind}{number}", at_foot=kind == "footnote")

    def _look(self, paragraph: _Paragraph) -> ParagraphLook:
        """The look of a paragraph, with what its printed runs have in common."""
        element = paragraph.element
        text: list[str] = []
        bold = italic = True
        sizes: dict[float, int] = {}
        for run in _runs(element):
            if self._is_hidden(run, element):
                continue
            words = _text_of(run)
            text.append(words)
            if words.strip():
                bold = bold and self._styles.run_has(run, "b", element)
                italic = italic and self._styles.run_has(run, "i", element)
                size = self._styles.size_of(run, element)
                sizes[size] = sizes.get(size, 0) + len(words)
        printed = "".join(text)
        has_words = bool(printed.strip())
        return self._styles.look(
            element,
            printed,
            is_bold=bold and has_words,
            is_italic=italic and has_words,
            size=max(sizes, key=sizes.__getitem__) if sizes else 0.0,
            inside=paragraph.inside,
        )

    def _write(self, element: _Element, paragraph: _Element) -> None:
        for child in element:
            if child.tag == f"{W}r":
                self._write_run(child, paragraph)
            elif child.tag in {f"{W}footnoteReference", f"{W}endnoteReference"}:
                if self._call(child, element):
                    # What follows in the run is the note's mark.
                    return
            elif not (self._write_sign(child) or child.tag in _PASSED_OVER or _is_placeholder(child)):
                # A paragraph within a paragraph is a text box's and is read in its own turn.
                self._write(child, paragraph)

    def _write_run(self, run: _Element, paragraph: _Element) -> None:
        if self._is_hidden(run, paragraph):
            return
        start = self._writer.prose.length
        self._write(run, paragraph)
        if self._styles.run_has(run, "i"):
            self._writer.prose.emphasize(start)
        position = run.find(f"{W}rPr/{W}vertAlign")
        if position is not None and position.get(f"{W}val") == "superscript":
            self._writer.prose.superscript(start)

    def _write_sign(self, child: _Element) -> bool:
        """Write words, spaces, line breaks and symbols; whether an element is one of them or a page's end."""
        if child.tag in {f"{W}t", _MATHS}:
            self._writer.write(child, child.text)
        elif child.tag in BREAKS and self._pages.turn(child, self._writer.prose):
            pass
        elif child.tag in {f"{W}tab", f"{W}ptab"}:
            self._writer.space()
        elif child.tag in {f"{W}br", f"{W}cr"}:
            self._writer.line()
        elif child.tag == f"{W}noBreakHyphen":
            self._writer.put("-")
        elif child.tag == f"{W}sym":
            self._writer.put(_symbol(child))
        else:
            return False
        return True

    def _call(self, reference: _Element, run: _Element) -> bool:
        """Write the call of a note; whether the writer's own mark follows it."""
        kind = str(reference.tag).removeprefix(W).removesuffix("Reference")
        own = reference.get(f"{W}customMarkFollows") in {"1", "true", "on"}
        mark = _text_of(run).strip() if own else self._numbers.next(kind, reference)
        self._writer.call(f"{kind}{reference.get(f'{W}id')}", mark)
        return own

    def _is_hidden(self, run: _Element, paragraph: _Element) -> bool:
        """Whether a run is hidden, by its own properties or its styles."""
        return self._styles.run_has(run, "vanish", paragraph)


def _paragraphs(element: _Element, inside: str = "", table: int = 0) -> Iterator[_Paragraph]:
    """The paragraphs in an element, in order; those of a text box follow the paragraph that it hangs on."""
    for number, child in enumerate(element, 1):
        # The same words once more, for old programs.
        if child.tag == _FALLBACK or child.tag in {f"{W}del", f"{W}moveFrom"}:
            continue
        within, of_table = inside, table
        if child.tag == f"{W}p":
            yield _Paragraph(child, inside, table)
        elif child.tag == f"{W}tbl":
            within, of_table = within or "table", table or number
        elif child.tag == f"{W}txbxContent":
            within, of_table = "box", 0
        yield from _paragraphs(child, within, of_table)


def _runs(element: _Element) -> Iterator[_Element]:
    """The runs of a paragraph that are printed, those in its text boxes excepted."""
    for child in element:
        if child.tag == f"{W}r":
            yield child
        elif child.tag not in _PASSED_OVER and not _is_placeholder(child):
            yield from _runs(child)


def _is_placeholder(element: _Element) -> bool:
    """Whether an element holds no printed words: a comment in XML, or a form's "Click here to enter text"."""
    is_form = element.tag == f"{W}sdt"
    return not isinstance(element.tag, str) or (
        is_form and element.find(f"{W}sdtPr/{W}showingPlcHdr") is not None
    )


def _text_of(run: _Element) -> str:
    """The words of a run, with line breaks and tabs."""
    pieces = []
    for child in run:
        if child.tag == f"{W}t":
            pieces.append(child.text or "")
        elif child.tag == f"{W}tab":
            pieces.append("\t")
        elif child.tag in {f"{W}br", f"{W}cr"} and child.get(f"{W}type", "textWrapping") == "textWrapping":
            pieces.append("\n")
        elif child.tag == f"{W}noBreakHyphen":
            pieces.append("-")
        elif child.tag == f"{W}sym":
            pieces.append(_symbol(child))
    return "".join(pieces)


def _symbol(element: _Element) -> str:
    """The character of a symbol, which is given by its code in a font."""
    try:
        code = int(element.get(f"{W}char", ""), 16)
    except ValueError:
        return ""
    code = code - _PRIVATE if _PRIVATE <= code < _PRIVATE + 256 else code
    if not 32 <= code < 0xD800:
        return ""
    character = chr(code)
    font = element.get(f"{W}font", "").casefold()
    if font == "symbol":
        return _GREEK.get(character, character)
    # The signs of such fonts have no letter that represents them.
    return "\N{REPLACEMENT CHARACTER}" if "dings" in font else character


def _is_initial(paragraph: _Element) -> bool:
    frame = paragraph.find(f"{W}pPr/{W}framePr")
    return frame is not None and frame.get(f"{W}dropCap", "none") != "none"


def _is_mark_deleted(paragraph: _Element) -> bool:
    """Whether the end of a paragraph is deleted in tracked changes, so that it goes on with the next one."""
    properties = paragraph.find(f"{W}pPr/{W}rPr")
    return properties is not None and any(
        properties.find(f"{W}{name}") is not None for name in ("del", "moveFrom")
    )


def _metadata(word: WordDocument) -> dict[str, str]:
    """Title and author as the file has them."""
    properties = word.core_properties
    stated = {"Title": properties.title, "Author": properties.author}
    return {key: value for key, value in stated.items() if value}

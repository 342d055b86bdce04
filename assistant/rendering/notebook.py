"""A notebook or a conversation as Markdown, as an outline and as a Word document.

The library that writes Word files is loaded when one is written.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from itertools import count, pairwise
from typing import TYPE_CHECKING

from assistant.core.notebook import Entry, Mark, Notebook, Section
from assistant.core.rich import Rich, joined, rich
from assistant.rendering.clipboard import QuotationParts, block_quotation, markdown_lines, parts_of

if TYPE_CHECKING:
    from docx.document import Document
    from docx.oxml.xmlchemy import BaseOxmlElement
    from docx.styles.style import ParagraphStyle
    from docx.text.paragraph import Paragraph

OUTDATED = (
    "The essay is no longer in the library, or no longer has these words in this place; they and their "
    "citation are shown as the browser saved them."
)
ASKED = "Found by asking: "
NOTE = "Note:"
TAGS = "Tags: "
UNTAGGED = "Without a tag"
EMPTY = "Nothing is in it."

# Characters that XML does not allow; a pasted note may contain them.
_NOT_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_FONT = "Times New Roman"
_OWN_NOTE, _FOOTNOTE, _ABOUT, _LISTED = "Own Note", "Footnote Text", "About", "Reference"
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_NO_FOOTNOTES = (
    f'<w:footnotes xmlns:w="{_W}">'
    '<w:footnote w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>'
    '<w:footnote w:type="continuationSeparator" w:id="0"><w:p><w:r><w:continuationSeparator/></w:r></w:p>'
    "</w:footnote></w:footnotes>"
)


def notebook_markdown(notebook: Notebook) -> str:
    """A notebook as Markdown; characters of essays and notes with a meaning there are escaped."""
    parts = [f"# {_line(rich(notebook.title))}"]
    numbers = count(1)
    for section, entries in notebook.sections:
        if section.heading:
            parts.append(f"## {_line(rich(section.heading))}")
        parts += [f"*{_line(rich(sentence))}*" for sentence in section.said]
        for entry, is_first in with_titles(section, entries):
            parts += [f"## {_line(entry.title)}"] if is_first else []
            parts += _entry(entry, numbers)
    if not notebook.entries:
        parts.append(EMPTY)
    if notebook.references:
        parts.append(f"## {notebook.list_title}")
        parts += [_line(reference) for reference in notebook.references]
    return "\n\n".join(parts) + "\n"


def notebook_outline(notebook: Notebook) -> str:
    """A notebook as one nested list in Markdown, which outliners read.

    Each section is a point, below it each note of the user's own, and below that the quotation with its
    citation.
    """
    parts = [f"# {_line(rich(notebook.title))}"]
    points = []
    for section, entries in notebook.sections:
        if not entries:
            continue
        points.append(f"- **{_line(rich(section.heading or UNTAGGED))}**")
        for entry in entries:
            note = " ".join(entry.pin.note.split())
            points += [f"  - {_line(rich(note))}"] if note else []
            points.append(f"{'    ' if note else '  '}- {_quoted_in_a_line(entry)}")
    parts.append("\n".join(points) or EMPTY)
    if notebook.references:
        parts.append(f"## {notebook.list_title}")
        parts += [_line(reference) for reference in notebook.references]
    return "\n\n".join(parts) + "\n"


def _quoted_in_a_line(entry: Entry) -> str:
    """A quotation with its citation in one line; a block quotation gets quotation marks."""
    parts = parts_of(entry.quotation)
    words = _line(rich(parts.words))
    quoted = f"“{words}”" if entry.quotation.block else words
    return f"{quoted} {_line(parts.citation + parts.end)}".strip()


def with_titles(section: Section, entries: tuple[Entry, ...]) -> Iterator[tuple[Entry, bool]]:
    """Entries, each with whether its essay's title is to be set above it; below a question none is."""
    titles = [None, *(entry.title for entry in entries)]
    for entry, (previous, title) in zip(entries, pairwise(titles), strict=True):
        yield entry, not section.heading and title != previous


def marked_words(entry: Entry, words: str) -> list[tuple[str, bool]]:
    """The words of an entry's quotation in pieces, each with whether it was marked as answering.

    Args:
        entry: The entry.
        words: Its words as the quotation has them, which may be in other quotation marks.
    """
    shift = _first_letter(words) - _first_letter(entry.words)
    pieces, offset = [], 0
    for mark in entry.marks:
        start, end = (min(max(bound + shift, offset), len(words)) for bound in (mark.start, mark.end))
        pieces += [(words[offset:start], False), (words[start:end], True)]
        offset = end
    return [(piece, marked) for piece, marked in [*pieces, (words[offset:], False)] if piece]


def cited_marks(marks: tuple[Mark, ...]) -> Rich:
    """The citations of the words in bold."""
    citations = {mark.citation.in_text: mark.citation.rich for mark in marks}
    return "In bold: " + joined(" ", citations.values())


def paragraphs(note: str) -> list[str]:
    """The paragraphs of a note: empty lines divide them, other line breaks are kept."""
    lines = "\n".join(line.strip() for line in note.splitlines())
    return [paragraph.strip("\n") for paragraph in re.split(r"\n{2,}", lines) if paragraph.strip()]


def _entry(entry: Entry, numbers: Iterator[int]) -> Iterator[str]:
    parts = parts_of(entry.quotation)
    yield from _quoted(entry, parts, numbers)
    if entry.marks:
        yield _line(cited_marks(entry.marks))
    if not entry.current:
        yield f"*{OUTDATED}*"
    if entry.pin.question:
        yield f"{ASKED}{_line(rich(entry.pin.question))}"
    if entry.pin.tags:
        yield f"{TAGS}{_line(rich(', '.join(entry.pin.tags)))}"
    if entry.pin.note.strip():
        yield f"**{NOTE}** " + "\n\n".join(map(markdown_lines, paragraphs(entry.pin.note)))


def _quoted(entry: Entry, parts: QuotationParts, numbers: Iterator[int]) -> Iterator[str]:
    words = "".join(
        f"**{markdown_lines(piece)}**" if marked else markdown_lines(piece)
        for piece, marked in marked_words(entry, parts.words)
    )
    citation = _line(parts.citation + parts.end)
    number = next(numbers) if parts.is_note else 0
    quotation = f"{words}[^{number}]" if parts.is_note else f"{words} {citation}".strip()
    yield block_quotation(quotation) if entry.quotation.block else quotation
    if parts.is_note:
        yield f"[^{number}]: {citation}"


def _first_letter(words: str) -> int:
    return next((offset for offset, character in enumerate(words) if character.isalnum()), 0)


def _line(text: Rich) -> str:
    """Markdown of one line: after a line break, which a record may hold, more characters have a meaning."""
    return text.rewritten(re.sub(r"\s", " ", text.plain())).markdown()


def notebook_word(notebook: Notebook) -> bytes:
    """A notebook as a ``.docx`` file.

    It uses heading styles, the style Quote for block quotations, a style of its own for the user's notes, and
    footnotes for the notes of a citation style.
    """
    import docx

    document = docx.Document()
    _set_styles(document)
    document.core_properties.title = document.core_properties.subject = _clean(notebook.title)
    document.core_properties.author = document.core_properties.comments = ""
    _Writer(document).write(notebook)
    data = io.BytesIO()
    document.save(data)
    return data.getvalue()


class _Writer:
    """Writes a notebook into a document."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._footnotes = _Footnotes(document)

    def write(self, notebook: Notebook) -> None:
        self._document.add_heading(_clean(notebook.title), 1)
        for section, entries in notebook.sections:
            if section.heading:
                self._document.add_heading(_clean(" ".join(section.heading.split())), 2)
            for sentence in section.said:
                self._paragraph(sentence, _ABOUT)
            for entry, is_first in with_titles(section, entries):
                if is_first:
                    _add(self._document.add_heading("", 2), entry.title)
                self._entry(entry)
        if not notebook.entries:
            self._paragraph(EMPTY, _ABOUT)
        if notebook.references:
            self._document.add_heading(notebook.list_title, 2)
        for reference in notebook.references:
            _add(self._document.add_paragraph(style=_LISTED), reference)
        self._footnotes.close()

    def _entry(self, entry: Entry) -> None:
        self._quoted(entry)
        if entry.marks:
            _add(self._document.add_paragraph(style=_ABOUT), cited_marks(entry.marks))
        if not entry.current:
            self._paragraph(OUTDATED, _ABOUT)
        if entry.pin.question:
            self._paragraph(f"{ASKED}{' '.join(entry.pin.question.split())}", _ABOUT)
        if entry.pin.tags:
            self._paragraph(f"{TAGS}{', '.join(entry.pin.tags)}", _ABOUT)
        for number, part in enumerate(paragraphs(entry.pin.note)):
            paragraph = self._document.add_paragraph(style=_OWN_NOTE)
            if not number:
                paragraph.add_run(f"{NOTE} ").bold = True
            paragraph.add_run(_clean(part))

    def _quoted(self, entry: Entry) -> None:
        parts = parts_of(entry.quotation)
        paragraph = self._document.add_paragraph(style="Quote" if entry.quotation.block else "Normal")
        for piece, marked in marked_words(entry, parts.words):
            # None leaves it to the style.
            paragraph.add_run(_clean(piece)).bold = marked or None
        citation = parts.citation + parts.end
        if parts.is_note:
            self._footnotes.add(paragraph, citation)
        else:
            _add(paragraph, " " + citation)

    def _paragraph(self, text: str, style: str) -> None:
        self._document.add_paragraph(_clean(text), style=style)


class _Footnotes:
    """The footnotes of a document, which python-docx itself cannot write."""

    def __init__(self, document: Document) -> None:
        from docx.oxml import parse_xml

        self._document = document
        self._root: BaseOxmlElement = parse_xml(_NO_FOOTNOTES)
        self._number = 0

    def add(self, paragraph: Paragraph, text: Rich) -> None:
        """Add a note: its number at the end of a paragraph, its text to the document's footnotes."""
        self._number += 1
        _add_note_number(paragraph, "w:footnoteReference", {"w:id": str(self._number)})
        note = self._document.add_paragraph(style=_FOOTNOTE)
        _add_note_number(note, "w:footnoteRef", {})
        _add(note, " " + text)
        holder = _element("w:footnote", {"w:id": str(self._number)})
        # This also removes it from the running text.
        holder.append(note._p)  # noqa: SLF001 - not offered otherwise
        self._root.append(holder)

    def close(self) -> None:
        """Add the footnotes to the file, if there are any."""
        from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
        from docx.opc.packuri import PackURI
        from docx.opc.part import XmlPart

        if self._number:
            name, package = PackURI("/word/footnotes.xml"), self._document.part.package
            part = XmlPart(name, CONTENT_TYPE.WML_FOOTNOTES, self._root, package)
            self._document.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)


def _add_note_number(paragraph: Paragraph, element: str, attributes: dict[str, str]) -> None:
    """Add a superscript number, which the word processor counts."""
    run = paragraph.add_run()
    run.font.superscript = True
    run._r.append(_element(element, attributes))  # noqa: SLF001 - not offered otherwise


def _element(name: str, attributes: dict[str, str]) -> BaseOxmlElement:
    from docx.oxml.ns import qn
    from docx.oxml.parser import OxmlElement

    return OxmlElement(name, {qn(key): value for key, value in attributes.items()})


def _add(paragraph: Paragraph, text: Rich) -> None:
    for run in text.runs:
        paragraph.add_run(_clean(run.text)).italic = run.italic or None


def _clean(text: str) -> str:
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)


def _set_styles(document: Document) -> None:
    """Set the styles of a manuscript: one font, quotations upright and indented, notes indented."""
    from docx.enum.style import WD_STYLE_TYPE
    from docx.shared import Inches, Pt, RGBColor

    styles = document.styles
    for name in (_OWN_NOTE, _FOOTNOTE, _ABOUT, _LISTED):
        styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH).base_style = styles["Normal"]
    for style in _paragraph_styles(document):
        style.paragraph_format.space_after = Pt(8)
    styles["Normal"].font.size = Pt(12)
    quote, note, own, about, listed = (
        styles[name].paragraph_format for name in ("Quote", _FOOTNOTE, _OWN_NOTE, _ABOUT, _LISTED)
    )
    quote.left_indent = quote.right_indent = Inches(0.5)
    own.left_indent = own.right_indent = Inches(0.25)
    listed.left_indent, listed.first_line_indent = Inches(0.5), Inches(-0.5)
    note.space_after = about.space_after = Pt(6)
    styles["Quote"].font.italic = False
    for name in ("Heading 1", "Heading 2", "Quote"):
        styles[name].font.color.rgb = RGBColor(0, 0, 0)
    for name in (_FOOTNOTE, _ABOUT):
        styles[name].font.size = Pt(10)


def _paragraph_styles(document: Document) -> Iterator[ParagraphStyle]:
    """The styles that are used, all in one font; heading styles name theirs in four further attributes."""
    from docx.oxml.ns import qn

    for name in ("Normal", "Heading 1", "Heading 2", "Quote", _OWN_NOTE, _FOOTNOTE, _ABOUT, _LISTED):
        style: ParagraphStyle = document.styles[name]
        style.font.name = _FONT
        fonts = style.element.rPr.rFonts
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        yield style

"""Plain text: decoding, and reading it as an essay with pages or as a draft with paragraphs."""

from __future__ import annotations

import codecs
import re
from dataclasses import replace

from assistant.core.errors import ReadingError
from assistant.core.lines import Line, split_lines
from assistant.documents.columns import undo_columns
from assistant.documents.document import Document, ProseWriter, heads_a_list
from assistant.documents.pages import find_pages

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_TEXT_CONTROLS = frozenset("\t\n\r\f\v\x1a\x85")
_TEX_MARKS = re.compile("``|''")
# Columns by which a block quotation is indented; a paragraph's first line may be indented by less.
_BLOCK_INDENT = 3


def decode(data: bytes, name: str) -> tuple[str, str]:
    """Decode a text file: by its byte order mark, else as UTF-8, else as Windows-1252.

    Windows-1252 is the encoding of older Western European files.

    Returns:
        The text with its line breaks as they are in the file, and the encoding's name.

    Raises:
        ReadingError: If the bytes are not text.
    """
    marked = next((encoding for mark, encoding in _BYTE_ORDER_MARKS if data.startswith(mark)), None)
    for encoding in [marked] if marked else ["utf-8", "cp1252"]:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError as error:
            if marked:
                fault = f"begins as {encoding} but is damaged at byte {error.start}"
                raise ReadingError(f"{name} {fault}; save it again as UTF-8.") from error
            continue
        if _is_text(text):
            return text, encoding
        break
    raise ReadingError(f"{name} is not a text file; save it as plain text in UTF-8.")


def byte_order(data: bytes, encoding: str) -> tuple[bytes, str]:
    """The mark with which a file begins, and the encoding of the rest, in which it can be written again."""
    marks = (mark for mark, marked in _BYTE_ORDER_MARKS if marked == encoding and data.startswith(mark))
    mark = next(marks, b"")
    if encoding == "utf-8-sig":
        return mark, "utf-8"
    little = mark in {codecs.BOM_UTF16_LE, codecs.BOM_UTF32_LE}
    return mark, f"{encoding}-{'le' if little else 'be'}" if mark else encoding


def _is_text(text: str) -> bool:
    # Text has next to no control characters; images, archives and word processor files are full of them.
    controls = sum(ch < " " and ch not in _TEXT_CONTROLS for ch in text[:100_000])
    return "\0" not in text and controls <= max(3, len(text[:100_000]) // 200)


def read_pages(text: str, name: str) -> Document:
    """Read a plain text essay; its paragraphs and notes are left to chunking, which goes by the layout.

    Columns side by side are put one after the other, so that the lines of a sentence follow each other.
    """
    columns = undo_columns(text)
    pages = find_pages(columns.text)
    pages = replace(pages, warnings=(*columns.warnings, *pages.warnings))
    return Document(name=name, reader="text", text=columns.text, pages=pages)


def read_text(text: str, name: str) -> Document:
    """Read a plain text draft: blank lines divide paragraphs, and block quotations are indented."""
    writer = ProseWriter()
    paragraphs = _paragraphs(split_lines(text))
    margin = min((_indent(paragraph) for paragraph in paragraphs), default=0)
    for paragraph in paragraphs:
        for number, line in enumerate(paragraph):
            if number:
                writer.put("\n", paragraph[number - 1].end, line.start)
            _write_line(writer, line)
        indented = _indent(paragraph) - margin >= _BLOCK_INDENT
        # A lone indented line is a paragraph's first line or a heading, unless it ends a sentence.
        quotation = indented and (len(paragraph) > 1 or _ends_a_sentence(paragraph[0].text))
        writer.close("quotation" if quotation else "prose")
    return writer.document(name, "text", text, line_starts(text))


def _write_line(writer: ProseWriter, line: Line) -> None:
    """Write a line; quotation marks typed as TeX has them become marks."""
    offset = 0
    for match in _TEX_MARKS.finditer(line.text):
        writer.copy(line.text[offset : match.start()], line.start + offset)
        writer.put("“" if match[0] == "``" else "”", line.start + match.start(), line.start + match.end())
        offset = match.end()
    writer.copy(line.text[offset:], line.start + offset)


def line_starts(text: str) -> tuple[int, ...]:
    """Offset of each line as an editor counts them: a form feed begins none."""
    starts = (line.start for line in split_lines(text))
    return tuple(start for start in starts if start == 0 or text[start - 1] not in "\f\v")


def _paragraphs(lines: list[Line]) -> list[list[Line]]:
    paragraphs: list[list[Line]] = [[]]
    for line in lines:
        if line.blank:
            paragraphs.append([])
            continue
        if paragraphs[-1] and _is_quotation_edge(paragraphs[-1], line):
            paragraphs.append([])
        heads_list = heads_a_list(line.text)
        if heads_list:
            paragraphs.append([])
        paragraphs[-1].append(line)
        if heads_list:
            paragraphs.append([])
    return [paragraph for paragraph in paragraphs if paragraph]


def _is_quotation_edge(paragraph: list[Line], line: Line) -> bool:
    """Whether a block quotation begins or ends at a line, without a blank line before it."""
    before = paragraph[-1].indent
    if line.indent - before >= _BLOCK_INDENT:
        return True
    # After one indented line the text returns to the margin; after several, a quotation has ended.
    return before - line.indent >= _BLOCK_INDENT and len(paragraph) > 1


def _indent(paragraph: list[Line]) -> int:
    return min(line.indent for line in paragraph)


def _ends_a_sentence(text: str) -> bool:
    return bool(re.search(r"[.!?…][\"”’']?$|\)$", text.strip()))

"""The text of a PDF as a document: its lines in reading order, its pages, and how they are set."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from assistant.core.essay import Span
from assistant.core.setting import SetLine, SetPage, Setting
from assistant.documents.document import Document
from assistant.documents.numbering import FoundPages
from assistant.documents.pdf_furniture import PageLines, PdfFurniture, find_pdf_furniture
from assistant.documents.pdf_glyphs import BOLD, CAPITALS, ITALIC, RAISED, GlyphPage
from assistant.documents.pdf_lines import LaidLine, body_size, lay_out

_MOSTLY = 0.8


def pdf_document(name: str, pages: Sequence[GlyphPage]) -> Document:
    """Make a document of what is printed on the pages of a PDF.

    Each page begins after a form feed, each line after a line break. The lines are those of print, furniture
    included, in reading order.

    Args:
        name: The file as the user named it.
        pages: Its pages.
    """
    laid = lay_out(pages)
    furniture = find_pdf_furniture(
        [PageLines(page.height, lines) for page, lines in zip(pages, laid, strict=True)],
        body_size(pages),
    )
    writer = _Writer()
    for number, lines in enumerate(laid):
        writer.page(number)
        for index, line in enumerate(lines):
            writer.line(number, line, furniture.reasons.get((number, index), ""))
    setting = Setting(
        pages=tuple(
            SetPage(
                width=page.width,
                height=page.height,
                label=page.label,
                rules=page.rules,
                is_cover=number in furniture.covers,
            )
            for number, page in enumerate(pages)
        ),
        lines=tuple(writer.lines),
        raised=tuple(writer.raised),
        italic=tuple(writer.italic),
        is_recognised=2 * sum(page.invisible for page in pages) > sum(page.characters for page in pages),
    )
    return Document(
        name=name, reader="pdf", text="".join(writer.pieces), setting=setting,
        pages=_found_pages(writer, furniture),
    )  # fmt: skip


def _found_pages(writer: _Writer, furniture: PdfFurniture) -> FoundPages:
    pages = [number for number in range(len(writer.page_starts)) if number not in furniture.covers]
    return FoundPages(
        starts=tuple(writer.page_starts[number] for number in pages),
        sign="the PDF",
        labels=tuple(furniture.labels[number] for number in pages) if furniture.labels else (),
        furniture=tuple(writer.furniture),
    )


class _Writer:
    """Writes lines to a text, and records how they are set."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.lines: list[SetLine] = []
        self.raised: list[Span] = []
        self.italic: list[Span] = []
        self.furniture: list[tuple[int, int, str]] = []
        self.page_starts: list[int] = []
        self._length = 0
        self._at_start = True

    def page(self, number: int) -> None:
        """Begin a page."""
        if number:
            self._put("\n\f")
        self.page_starts.append(self._length)
        self._at_start = True

    def line(self, page: int, line: LaidLine, reason: str) -> None:
        """Write a line, which is furniture if there is a reason."""
        if not self._at_start:
            self._put("\n")
        self._at_start = False
        start = self._length
        self._put(line.text)
        self._add_styles(line, start)
        if reason:
            self.furniture.append((start, self._length, reason))
        self.lines.append(_set_line(line, page, start))

    def _put(self, text: str) -> None:
        self.pieces.append(text)
        self._length += len(text)

    def _add_styles(self, line: LaidLine, start: int) -> None:
        for flag, spans in ((RAISED, self.raised), (ITALIC, self.italic)):
            for first, last in _flagged(line, flag):
                spans.append((start + first, start + last))


def _flagged(line: LaidLine, flag: int) -> Iterator[Span]:
    """Spans of a line's text whose characters have a style; the spaces between them belong to it."""
    text, styles = line.text, line.run.styles
    index = 0
    while index < len(text):
        if not styles[index] & flag:
            index += 1
            continue
        end = last = index
        while end < len(text) and (styles[end] & flag or (text[end] == " " and flag == ITALIC)):
            end += 1
            if styles[end - 1] & flag:
                last = end
        yield index, last
        index = end


def _set_line(line: LaidLine, page: int, start: int) -> SetLine:
    run = line.run
    printed = [index for index, character in enumerate(run.text) if not character.isspace()]

    def mostly(flag: int) -> bool:
        marked = sum(bool(run.styles[index] & flag) for index in printed if not run.styles[index] & RAISED)
        return marked > _MOSTLY * len(printed)

    words: list[float] = []
    for first, last in run.words():
        words += [round(min(run.lefts[first:last]), 1), round(max(run.rights[first:last]), 1)]
    return SetLine(
        start=start, end=start + len(run.text), page=page, left=round(line.left, 1),
        bottom=round(run.baseline, 1), right=round(run.right, 1), size=run.size, column=line.column,
        bold=mostly(BOLD), italic=mostly(ITALIC), capitals=mostly(CAPITALS), words=tuple(words),
    )  # fmt: skip

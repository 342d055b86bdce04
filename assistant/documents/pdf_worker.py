"""The process that reads a PDF: ``python -m assistant.documents.pdf_worker [LANGUAGE]``.

The file comes on standard input. With a language, scanned pages are recognised (OCR).

A damaged or hostile file can crash PDFium, or make it take all memory or all time. It is therefore read in a
process of its own, with limits that the process sets for itself. The process writes one line of JSON for each
page that it has read, then one with the document, or one with the fault.
"""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pypdfium2 as pdfium

    from assistant.documents.pdf_glyphs import GlyphPage

MEMORY = 1_000 * 1024**2
SECONDS = 20
SECONDS_A_PAGE = 0.2
OCR_SECONDS_A_PAGE = 60
MOST_PAGES = 5_000
# A page with fewer characters, and more of it covered by a picture, is a scan without recognised text.
_FEWEST_CHARACTERS = 20
_PICTURED = 0.5


def main(language: str = "") -> None:
    """Read a PDF from standard input and write what is in it to standard output."""
    _limit(SECONDS)
    try:
        result = _read(sys.stdin.buffer.read(), language)
    except MemoryError:
        result = {"fault": "memory"}
    _write(result)


def _read(data: bytes, language: str) -> dict[str, Any]:
    import pypdfium2 as pdfium
    import pypdfium2.raw as pdfium_c

    from assistant.documents.pdf_ocr import MissingTesseractError
    from assistant.documents.pdf_text import pdf_document
    from assistant.documents.settings import dump_setting

    try:
        file = pdfium.PdfDocument(data)
    except pdfium.PdfiumError:
        password = pdfium_c.FPDF_GetLastError() == pdfium_c.FPDF_ERR_PASSWORD
        return {"fault": "password" if password else "damaged"}
    if len(file) > MOST_PAGES:
        return {"fault": "pages"}
    _limit(SECONDS + int((SECONDS_A_PAGE + (OCR_SECONDS_A_PAGE if language else 0)) * len(file)))
    reading = _Reading()
    try:
        for number in range(len(file)):
            reading.add(file, number, language)
            _write({"page": number + 1, "of": len(file)})
    except MissingTesseractError:
        return {"fault": "tesseract"}
    if fault := reading.fault():
        return {"fault": fault}
    document = pdf_document("", reading.pages)
    return {
        "text": document.text,
        "setting": dump_setting(document.setting) if document.setting else "",
        "starts": document.pages.starts,
        "labels": document.pages.labels,
        "furniture": document.pages.furniture,
        "metadata": {key: value for key, value in file.get_metadata_dict().items() if value},
        "scanned": reading.scanned,
        "unreadable": reading.unreadable,
        "confidences": reading.confidences,
        "sideways": sum(page.sideways for page in reading.pages),
    }


class _Reading:
    """The pages that were read so far, and what was wrong with them; pages are counted from 1."""

    def __init__(self) -> None:
        self.pages: list[GlyphPage] = []
        self.scanned: list[int] = []
        self.unreadable: list[int] = []
        self.confidences: list[float] = []

    def add(self, file: pdfium.PdfDocument, number: int, language: str) -> None:
        """Read a page; with a language, recognise it if it is a scan."""
        import pypdfium2 as pdfium

        from assistant.documents.pdf_glyphs import GlyphPage, read_glyph_page
        from assistant.documents.pdf_ocr import recognise_page

        try:
            page = read_glyph_page(file, number)
        except pdfium.PdfiumError:
            # The places of the other pages in the file stay right.
            page = GlyphPage(612.0, 792.0, "")
            self.unreadable.append(number + 1)
        if page.characters < _FEWEST_CHARACTERS and page.pictured > _PICTURED:
            if language:
                page, confidences = recognise_page(file[number], page.label, language)
                self.confidences += confidences
            else:
                self.scanned.append(number + 1)
        self.pages.append(page)

    def fault(self) -> str:
        """Why the file cannot be read, in a word; the empty string if it can."""
        if len(self.unreadable) == len(self.pages):
            return "damaged"
        if len(self.scanned) > len(self.pages) / 2:
            return "scan"
        return "" if any(page.characters for page in self.pages) else "empty"


def _limit(seconds: int) -> None:
    """Limit memory and processor time where the system can; the parent limits the time on any."""
    with suppress(ImportError, ValueError, OSError):
        import resource

        # Only the limit that ends the process is set: no user may raise the one above it again.
        for limit, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, seconds)):
            _, highest = resource.getrlimit(limit)
            allowed = most if highest == resource.RLIM_INFINITY else min(most, highest)
            resource.setrlimit(limit, (allowed, highest))


def _write(value: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])

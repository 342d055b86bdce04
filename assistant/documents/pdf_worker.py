"""The process that reads a PDF: ``python -m assistant.documents.pdf_worker``, the file on standard input.

A damaged or hostile file can crash PDFium, or make it take all memory or all time. It is therefore read in a
process of its own, with limits that the process sets for itself. The process writes one line of JSON for each
page that it has read, then one with the document, or one with the fault.
"""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from typing import Any

MEMORY = 1_000 * 1024**2
SECONDS = 20
SECONDS_A_PAGE = 0.2
MOST_PAGES = 5_000
# A page with fewer characters, most of which is a picture, is a scan that nobody has recognised.
_FEWEST_CHARACTERS = 20
_PICTURED = 0.5


def main() -> None:
    """Read a PDF from standard input and write what is in it to standard output."""
    _limit(SECONDS)
    try:
        result = _read(sys.stdin.buffer.read())
    except MemoryError:
        result = {"fault": "memory"}
    _write(result)


def _read(data: bytes) -> dict[str, Any]:
    import pypdfium2 as pdfium
    import pypdfium2.raw as pdfium_c

    from assistant.documents.pdf_glyphs import read_glyph_page
    from assistant.documents.pdf_text import pdf_document
    from assistant.documents.settings import dump_setting

    try:
        file = pdfium.PdfDocument(data)
    except pdfium.PdfiumError:
        password = pdfium_c.FPDF_GetLastError() == pdfium_c.FPDF_ERR_PASSWORD
        return {"fault": "password" if password else "damaged"}
    if len(file) > MOST_PAGES:
        return {"fault": "pages", "count": len(file)}
    _limit(SECONDS + int(SECONDS_A_PAGE * len(file)))
    pages, unreadable = [], []
    for number in range(len(file)):
        try:
            pages.append(read_glyph_page(file, number))
        except pdfium.PdfiumError:
            unreadable.append(number + 1)
            continue
        _write({"page": number + 1, "of": len(file)})
    if not pages:
        return {"fault": "damaged"}
    scanned = [
        number
        for number, page in enumerate(pages, 1)
        if page.characters < _FEWEST_CHARACTERS and page.pictured > _PICTURED
    ]
    if len(scanned) > len(pages) / 2:
        return {"fault": "scan", "count": len(pages)}
    if not any(page.characters for page in pages):
        return {"fault": "empty"}
    document = pdf_document("", pages)
    return {
        "text": document.text,
        "setting": dump_setting(document.setting) if document.setting else "",
        "starts": document.pages.starts,
        "labels": document.pages.labels,
        "furniture": document.pages.furniture,
        "metadata": {key: value for key, value in file.get_metadata_dict().items() if value},
        "scanned": scanned,
        "unreadable": unreadable,
        "sideways": sum(page.sideways for page in pages),
    }


def _limit(seconds: int) -> None:
    """Limit memory and processor time where the system can; the parent limits the time on any."""
    with suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))


def _write(value: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()

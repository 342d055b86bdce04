"""Reading a PDF: runs the process that reads it, and says in one sentence why it cannot be read."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from statistics import fmean
from typing import Any

from assistant.core.errors import ReadingError
from assistant.core.setting import Setting
from assistant.documents.document import Document
from assistant.documents.numbering import FoundPages
from assistant.documents.settings import load_setting

# Seconds to wait for the next sign of life of the process, which reports each page that it has read.
_PATIENCE, _OCR_PATIENCE = 60.0, 300.0
# A word of which tesseract is less sure is doubtful, in per cent.
_SURE = 60
_FAULTS = {
    "password": "is locked with a password; save a copy without one and add that",
    "damaged": "is not a PDF or is damaged; fetch it again, or open it in a viewer and print it to a new PDF",
    "memory": "takes more than 1 GB of memory to read; print it to a new PDF from a viewer and add that",
    "time": "takes too long to read; print it to a new PDF from a viewer and add that",
    "empty": "has no text in it; give a PDF with the text of the essay",
    "scan": (
        "is a scan: pictures of pages without text; add it with --ocr, by which tesseract recognises it"
    ),
    "tesseract": (
        "needs tesseract for --ocr, with its data for the language (--ocr-language); install them, for "
        "example with: apt-get install tesseract-ocr tesseract-ocr-eng"
    ),
    "pages": "has more pages than any essay; divide it into files of one essay each",
}
# Signals by which a process ends that has used up its processor time: SIGXCPU, SIGKILL.
_TIME_SIGNALS = frozenset({-24, -9})
PageProgress = Callable[[int, int], None]


def read_pdf(
    data: bytes, name: str, progress: PageProgress | None = None, ocr_language: str = ""
) -> Document:
    """Read a PDF.

    Args:
        data: The file.
        name: What messages call it.
        progress: Called with the number of pages read and the number of all pages.
        ocr_language: Language in which scanned pages are recognised, as tesseract names it; empty for not.

    Raises:
        ReadingError: If it is locked, damaged, a scan without text, or takes too much memory or time.
    """
    result = _run(data, progress or (lambda _done, _all: None), ocr_language)
    if fault := result.get("fault"):
        raise ReadingError(f"{name} {_FAULTS[fault]}.")
    pages = FoundPages(
        starts=tuple(result["starts"]),
        sign="the PDF",
        labels=tuple(result["labels"]),
        furniture=tuple((start, end, reason) for start, end, reason in result["furniture"]),
    )
    setting = load_setting(result["setting"])
    return Document(
        name=name, reader="pdf", text=result["text"], pages=pages, setting=setting,
        metadata=result["metadata"], warnings=tuple(_warnings(result, setting)),
    )  # fmt: skip


def _warnings(result: dict[str, Any], setting: Setting) -> Iterator[str]:
    if setting.is_recognised:
        yield (
            "The words come from a scan whose text was recognised by a machine (OCR); compare what you quote "
            "with the page."
        )
    if confidences := result["confidences"]:
        doubtful = sum(confidence < _SURE for confidence in confidences)
        yield (
            f"Tesseract recognised {len(confidences):,} words, is {fmean(confidences):.0f}% sure of a word "
            f"on average, and doubts {doubtful:,}."
        )
    for key, fault in (("scanned", "only a picture and no text"), ("unreadable", "damaged")):
        if numbers := result[key]:
            noun = "Page" if len(numbers) == 1 else "Pages"
            verb = (
                "is" if key == "unreadable" and len(numbers) == 1 else "are" if key == "unreadable" else "has"
            )
            verb = "have" if verb == "has" and len(numbers) > 1 else verb
            listed = ", ".join(map(str, numbers[:10])) + (" ..." if len(numbers) > 10 else "")
            yield f"{noun} {listed} of the file {verb} {fault}; the words on it are not in the library."
    if result["sideways"]:
        yield f"{result['sideways']} characters are set sideways or upside down and were left out."


def _run(data: bytes, progress: PageProgress, language: str) -> dict[str, Any]:
    """What the process that reads the file writes last."""
    command = [sys.executable, "-m", "assistant.documents.pdf_worker", *filter(None, [language])]
    process = subprocess.Popen(  # noqa: S603 - our own module, and no shell
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    result: dict[str, Any] = {}
    feeder = threading.Thread(target=_feed, args=(process, data), daemon=True)
    feeder.start()
    watch = _Watch(process, _OCR_PATIENCE if language else _PATIENCE)
    try:
        for value in _values(process):
            watch.renew()
            if "page" in value:
                progress(value["page"], value["of"])
            else:
                result = value
        code = process.wait()
    finally:
        watch.stop()
        process.kill()
        process.wait()
        feeder.join()
    if result and code == 0:
        return result
    # The limit of processor time ends the process by a signal, and so does the watch.
    return {"fault": "time" if watch.has_killed or code in _TIME_SIGNALS else "damaged"}


def _feed(process: subprocess.Popen[bytes], data: bytes) -> None:
    """Write the file to the process, which may end before it has read all."""
    if process.stdin is not None:
        with suppress(OSError), process.stdin as pipe:
            pipe.write(data)


def _values(process: subprocess.Popen[bytes]) -> Iterator[dict[str, Any]]:
    if process.stdout is None:
        return
    with process.stdout as lines:
        for line in lines:
            # A process that is killed leaves half a line.
            with suppress(ValueError):
                value = json.loads(line)
                if isinstance(value, dict):
                    yield value


class _Watch:
    """Kills a process that gives no sign of life.

    Args:
        process: The process.
        patience: Seconds to wait for a sign of life.
    """

    def __init__(self, process: subprocess.Popen[bytes], patience: float) -> None:
        self._process, self._patience = process, patience
        self.has_killed = False
        self._timer = self._started()

    def renew(self) -> None:
        """Wait from now on again."""
        self._timer.cancel()
        self._timer = self._started()

    def stop(self) -> None:
        """Wait no longer."""
        self._timer.cancel()

    def _started(self) -> threading.Timer:
        timer = threading.Timer(self._patience, self._kill)
        timer.daemon = True
        timer.start()
        return timer

    def _kill(self) -> None:
        self.has_killed = True
        self._process.kill()

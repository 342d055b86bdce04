"""Text of a scanned page, recognised by tesseract if the user asks for it and has it installed."""

from __future__ import annotations

import shutil
import subprocess
from array import array
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

import pypdfium2 as pdfium

from assistant.documents.pdf_glyphs import GlyphPage, GlyphRun

_DPI = 300
_POINTS = 72 / _DPI
# Seconds for one page; a newspaper page takes less.
_PATIENCE = 240
# Heights of words, as shares of the font size: with and without letters that rise above the others, and what
# letters that descend add.
_HIGH, _LOW, _DESCENT = 0.70, 0.46, 0.21
_DESCENDING = frozenset("gjpqyQ,;()[]")
_RISING = frozenset("bdfhiklt0123456789()[]!?“”‘’\"'")


class MissingTesseractError(Exception):
    """Raised if tesseract, or its data for a language, is not installed."""


@dataclass(frozen=True, slots=True)
class _Word:
    """A recognised word; lengths are in pixels from the upper left corner."""

    text: str
    left: int
    top: int
    width: int
    height: int
    confidence: float

    @property
    def size(self) -> float:
        """The font size that its height shows, in points."""
        rises = any(letter in _RISING or letter.isupper() for letter in self.text)
        descends = any(letter in _DESCENDING for letter in self.text)
        return self.height * _POINTS / ((_HIGH if rises else _LOW) + _DESCENT * descends)

    @property
    def baseline(self) -> float:
        """Pixels from the upper edge to the line on which it stands."""
        descends = any(letter in _DESCENDING for letter in self.text)
        return self.top + self.height - descends * _DESCENT * self.size / _POINTS


def recognise_page(page: pdfium.PdfPage, label: str, language: str) -> tuple[GlyphPage, list[float]]:
    """Recognise the text of a page.

    Args:
        page: The page.
        label: Its number by the file's page labels.
        language: Languages as tesseract names them, such as ``eng`` or ``deu+eng``.

    Returns:
        What is printed on it, and how sure tesseract is of each word, from 0 to 100.

    Raises:
        MissingTesseractError: If tesseract or its data for the language is not installed.
    """
    width, height = page.get_size()
    image = page.render(scale=_DPI / 72, grayscale=True).to_numpy()
    rows, columns = image.shape[:2]
    table = _run_tesseract(b"P5 %d %d 255\n" % (columns, rows) + image.tobytes(), language)
    lines = _lines(table)
    runs = [_run(words, height, order) for order, words in enumerate(lines)]
    characters = sum(len(run.text) for run in runs)
    result = GlyphPage(width, height, label, runs, pictured=1.0, invisible=characters)
    return result, [word.confidence for words in lines for word in words]


def _run_tesseract(image: bytes, language: str) -> str:
    command = shutil.which("tesseract")
    if command is None:
        raise MissingTesseractError
    process = subprocess.run(  # noqa: S603 - the user's own tesseract, and no shell
        [command, "stdin", "stdout", "--dpi", str(_DPI), "-l", language, "tsv"],
        input=image, capture_output=True, timeout=_PATIENCE, check=False,
    )  # fmt: skip
    if process.returncode:
        raise MissingTesseractError
    return process.stdout.decode("utf-8", "replace")


def _lines(table: str) -> list[list[_Word]]:
    """The words of each line, in the order of reading that tesseract finds."""
    lines: dict[tuple[str, ...], list[_Word]] = defaultdict(list)
    for key, word in _words(table):
        lines[key].append(word)
    return list(lines.values())


def _words(table: str) -> Iterator[tuple[tuple[str, ...], _Word]]:
    for row in table.splitlines()[1:]:
        fields = row.split("\t")
        # The rows of level 5 are words: level, page, block, paragraph, line, word, box, confidence, text.
        if len(fields) == 12 and fields[0] == "5" and fields[11].strip():
            left, top, width, height = map(int, fields[6:10])
            yield tuple(fields[1:5]), _Word(fields[11], left, top, width, height, float(fields[10]))


def _run(words: Sequence[_Word], page_height: float, order: int) -> GlyphRun:
    """A line as a run; the letters of a word share its width evenly."""
    text: list[str] = []
    lefts, rights = array("f"), array("f")
    for word in words:
        if text:
            text.append(" ")
            lefts.append(rights[-1])
            rights.append(word.left * _POINTS)
        step = word.width / len(word.text)
        for index, letter in enumerate(word.text):
            text.append(letter)
            lefts.append((word.left + index * step) * _POINTS)
            rights.append((word.left + (index + 1) * step) * _POINTS)
    baseline = page_height - median(word.baseline for word in words) * _POINTS
    size = round(median(word.size for word in words), 1)
    return GlyphRun("".join(text), lefts, rights, bytearray(len(text)), baseline, size, order)

"""The characters of a PDF with their places, as runs of print.

PDFium (through pypdfium2) gives every character its box, origin, font and size. Its own page text is not
used: line breaks vanish there at hyphens, columns run together, and raised numbers of notes look like others.

This module corrects what PDFium gives otherwise than it is printed: a hyphen at the end of a line is U+0002;
word processors set the font size to 1 and the real size in the matrix; fonts of type 3 without a Unicode map
give the codes of old TeX ligatures; one ligature is several characters with one box; lone surrogates occur.
"""

from __future__ import annotations

import ctypes
import re
import unicodedata
from array import array
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

# Codes of ligatures in TeX's two old encodings, which fonts without a Unicode map leave as they are.
_TEX_LIGATURES = {
    0x1B: "ff", 0x1C: "fi", 0x1D: "fl", 0x1E: "ffi", 0x1F: "ffl",
    0x0B: "ff", 0x0C: "fi", 0x0D: "fl", 0x0E: "ffi", 0x0F: "ffl",
}  # fmt: skip
_HYPHEN_CODES = frozenset({0x02, 0x2D, 0xAD, 0xFFFE})
_BOLD = re.compile(r"bold|black|heavy|cmbx|ecbx|sfbx|lmbx|-b$|medi$", re.IGNORECASE)
_ITALIC = re.compile(r"ital|obliq|slant|kursiv|cmti|ecti|sfti|cmsl|ecsl|cmmi|-it\b|-i$", re.IGNORECASE)
_SMALL_CAPITALS = re.compile(r"caps|csc|smcp|smallc|tcsc|ccsc|-sc\b|sc\d*$", re.IGNORECASE)
_SUBSET = re.compile(r"^[A-Z]{6}\+")
_BOLD_WEIGHT = 650
_ITALIC_FLAG = 64
# Objects of a page among which rules are looked for; one with more is a drawing, whose rules divide no text.
_MOST_OBJECTS = 4_000
_THICKEST_RULE = 2.5
_SHORTEST_RULE = 20.0
# The following are shares of the font size. A word space is wider than this.
_WORD_SPACE = 0.24
# A space of less than the first is not printed, where others of the run have at least the second.
_NO_SPACE, _LEAST_SPACE = 0.04, 0.12
# After a small raised or lowered piece, a word is apart by at least this.
_PIECE_SPACE = 0.1
# Characters of one run are no further apart than this.
_RUN_GAP = 1.6
_SAME_BASELINE = 0.2
# A letter this small beside a much larger one is not raised: the larger one is a drop capital.
_RAISED_SMALLEST, _RAISED_SIZE = 0.45, 0.87
_RAISED_LEAST, _RAISED_MOST = 0.1, 0.8

ITALIC, BOLD, RAISED, CAPITALS = 1, 2, 4, 8


@dataclass(frozen=True, slots=True)
class Glyph:
    """A character and where it is printed."""

    text: str
    left: float
    right: float
    baseline: float
    size: float
    style: int
    visible: bool


@dataclass(slots=True)
class GlyphRun:
    """Characters that are printed next to each other on one baseline.

    Attributes:
        text: The characters.
        lefts: Left edge of each.
        rights: Right edge of each.
        styles: Style flags of each.
        baseline: The baseline of most of them.
        size: Font size of most of them.
        order: Place in the file's own order.
    """

    text: str
    lefts: array[float]
    rights: array[float]
    styles: bytearray
    baseline: float
    size: float
    order: int

    @property
    def left(self) -> float:
        """Left edge of the character furthest to the left."""
        return min(self.lefts)

    @property
    def right(self) -> float:
        """Right edge of the character furthest to the right."""
        return max(self.rights)

    def words(self) -> Iterator[tuple[int, int]]:
        """Start and end of each word in the text."""
        for match in re.finditer(r"\S+", self.text):
            yield match.span()

    def part(self, start: int, end: int) -> GlyphRun:
        """A part of the run."""
        return GlyphRun(
            self.text[start:end], self.lefts[start:end], self.rights[start:end], self.styles[start:end],
            self.baseline, self.size, self.order,
        )  # fmt: skip


@dataclass(slots=True)
class GlyphPage:
    """What is printed on a page.

    Attributes:
        width: Its width.
        height: Its height.
        label: Its number by the file's page labels, or the empty string.
        runs: The runs in the file's own order.
        rules: Horizontal rules as left edge, right edge and height.
        pictured: Share of the page that its largest picture covers.
        sideways: Number of characters that are not set upright; they are left out.
        invisible: Number of characters that are drawn without ink, as those of a recognised scan.
    """

    width: float
    height: float
    label: str
    runs: list[GlyphRun] = field(default_factory=list)
    rules: tuple[tuple[float, float, float], ...] = ()
    pictured: float = 0.0
    sideways: int = 0
    invisible: int = 0

    @property
    def characters(self) -> int:
        """Number of printed characters."""
        return sum(len(run.text) for run in self.runs)


def read_glyph_page(document: pdfium.PdfDocument, index: int) -> GlyphPage:
    """Read a page of a PDF."""
    page = document[index]
    try:
        width, height = page.get_size()
        result = GlyphPage(width, height, document.get_page_label(index) or "")
        textpage = page.get_textpage()
        try:
            glyphs = list(_glyphs(textpage, result))
        finally:
            textpage.close()
        result.runs = _runs(glyphs)
        _add_drawings(page, result)
    finally:
        page.close()
    return result


@dataclass(frozen=True, slots=True)
class _Font:
    """What the characters of one text object share."""

    size: float
    style: int
    upright: bool
    visible: bool


_NO_FONT = _Font(0.0, 0, upright=True, visible=True)


def _glyphs(textpage: pdfium.PdfTextPage, page: GlyphPage) -> Iterator[Glyph]:
    raw, fonts = textpage.raw, _Fonts(textpage.raw)
    box, x, y = pdfium_c.FS_RECTF(), ctypes.c_double(), ctypes.c_double()
    for index in range(textpage.count_chars()):
        text = _character(raw, index)
        if not text:
            continue
        font = fonts.of(index)
        if not font.upright:
            page.sideways += 1
            continue
        page.invisible += not font.visible
        pdfium_c.FPDFText_GetLooseCharBox(raw, index, box)
        pdfium_c.FPDFText_GetCharOrigin(raw, index, x, y)
        yield Glyph(text, box.left, box.right, y.value, font.size, font.style, font.visible)


def _character(raw: Any, index: int) -> str:
    """A character as it is printed; the empty string if nothing is."""
    code = pdfium_c.FPDFText_GetUnicode(raw, index)
    if code in _HYPHEN_CODES:
        is_hyphen = code in {0x02, 0xFFFE} or pdfium_c.FPDFText_IsHyphen(raw, index) == 1
        return "-" if is_hyphen else chr(code)
    if code in _TEX_LIGATURES and pdfium_c.FPDFText_HasUnicodeMapError(raw, index) == 1:
        return _TEX_LIGATURES[code]
    if code in {0x09, 0xA0}:
        return " "
    # Line breaks are undone by place; controls and halves of surrogate pairs print nothing.
    return "" if code < 0x20 or 0x7F <= code < 0xA0 or 0xD800 <= code < 0xE000 else chr(code)


class _Fonts:
    """Font, size and direction of characters, read once for each text object."""

    def __init__(self, raw: Any) -> None:
        self._raw = raw
        self._known: dict[int, _Font] = {}
        self._styles: dict[int, int] = {}

    def of(self, index: int) -> _Font:
        """Those of a character; characters that PDFium generated have none."""
        text_object = pdfium_c.FPDFText_GetTextObject(self._raw, index)
        if not text_object:
            return _NO_FONT
        key = ctypes.addressof(text_object.contents)
        if key not in self._known:
            self._known[key] = self._read(text_object, index)
        return self._known[key]

    def _read(self, text_object: Any, index: int) -> _Font:
        matrix = pdfium_c.FS_MATRIX()
        pdfium_c.FPDFText_GetMatrix(self._raw, index, matrix)
        scale = (matrix.c**2 + matrix.d**2) ** 0.5 or 1.0
        size = round(pdfium_c.FPDFText_GetFontSize(self._raw, index) * scale, 1)
        upright = matrix.a >= 0 and abs(matrix.b) <= 0.2 * abs(matrix.a or matrix.d or 1.0)
        visible = (
            pdfium_c.FPDFTextObj_GetTextRenderMode(text_object) != pdfium_c.FPDF_TEXTRENDERMODE_INVISIBLE
        )
        font = pdfium_c.FPDFTextObj_GetFont(text_object)
        return _Font(size, self._style(font) if font else 0, upright, visible)

    def _style(self, font: Any) -> int:
        key = ctypes.addressof(font.contents)
        if key not in self._styles:
            self._styles[key] = _style(font)
        return self._styles[key]


def _style(font: Any) -> int:
    length = pdfium_c.FPDFFont_GetBaseFontName(font, None, 0)
    buffer = ctypes.create_string_buffer(max(1, length))
    pdfium_c.FPDFFont_GetBaseFontName(font, buffer, length)
    name = _SUBSET.sub("", buffer.value.decode("utf-8", "replace"))
    flags = pdfium_c.FPDFFont_GetFlags(font)
    style = ITALIC if _ITALIC.search(name) or (flags > 0 and flags & _ITALIC_FLAG) else 0
    if _BOLD.search(name) or pdfium_c.FPDFFont_GetWeight(font) >= _BOLD_WEIGHT:
        style |= BOLD
    return style | (CAPITALS if _SMALL_CAPITALS.search(name) else 0)


def _runs(glyphs: list[Glyph]) -> list[GlyphRun]:
    """Runs of characters of one printed line, in the file's own order; raised marks remain in them."""
    runs: list[GlyphRun] = []
    current: list[tuple[Glyph, bool]] = []
    base: Glyph | None = None
    before: Glyph | None = None
    for glyph in glyphs:
        if not glyph.text.strip():
            if current:
                current.append((glyph, False))
            continue
        raised = False
        if before is not None and base is not None:
            near = _is_near(before, glyph)
            raised = near and _is_raised(glyph, base)
            level = abs(glyph.baseline - base.baseline) < _SAME_BASELINE * max(base.size, glyph.size, 1.0)
            if _is_overprint(before, glyph):
                continue
            if not (near and (raised or level)):
                _close(current, runs)
                current, base = [], None
        if base is None or not raised:
            base = glyph
        current.append((glyph, raised))
        before = glyph
    _close(current, runs)
    return runs


def _is_near(before: Glyph, glyph: Glyph) -> bool:
    size = max(before.size, glyph.size, 1.0)
    if (
        -0.8 * size < glyph.left - before.right < _RUN_GAP * size
        or abs(glyph.left - before.left) < 0.05 * size
    ):
        return True
    return _is_leftward(glyph.text) and -0.8 * size < before.left - glyph.right < _RUN_GAP * size


def _is_leftward(text: str) -> bool:
    return unicodedata.bidirectional(text[0]) in {"R", "AL"}


def _is_raised(glyph: Glyph, base: Glyph) -> bool:
    rise = glyph.baseline - base.baseline
    small = _RAISED_SMALLEST * base.size < glyph.size < _RAISED_SIZE * base.size
    return small and _RAISED_LEAST * base.size < rise < _RAISED_MOST * base.size


def _is_overprint(before: Glyph, glyph: Glyph) -> bool:
    """Whether a letter is printed over itself, a little to the side, to look bold."""
    shift = glyph.left - before.left
    return before.text == glyph.text and 0 < abs(shift) < 0.1 * glyph.size and before.size == glyph.size


def _close(glyphs: list[tuple[Glyph, bool]], runs: list[GlyphRun]) -> None:
    """Make a run of characters, with the spaces that their distances show."""
    while glyphs and not glyphs[-1][0].text.strip():
        glyphs.pop()
    if not glyphs:
        return
    writer = _RunWriter()
    spaces = _unprinted_spaces(glyphs)
    for index, (glyph, raised) in enumerate(glyphs):
        if index not in spaces:
            writer.add(glyph, raised=raised)
    runs.append(writer.run(len(runs)))


def _unprinted_spaces(glyphs: list[tuple[Glyph, bool]]) -> set[int]:
    """Spaces that some setters put where a word may be divided: the next letter begins where the last ended.

    Boxes of a recognised scan touch by chance; nothing is left out there, nor in a run without real spaces.
    """
    gaps: dict[int, float] = {}
    for index, (glyph, _) in enumerate(glyphs):
        if glyph.text.strip() or not 0 < index < len(glyphs) - 1:
            continue
        before, after = glyphs[index - 1][0], glyphs[index + 1][0]
        printed = before.text.strip() and after.text.strip() and before.visible and after.visible
        if printed and not _is_leftward(after.text):
            gaps[index] = (after.left - before.right) / max(before.size, after.size, 1.0)
    if not any(gap >= _LEAST_SPACE for gap in gaps.values()):
        return set()
    return {index for index, gap in gaps.items() if -0.15 < gap < _NO_SPACE}


class _RunWriter:
    """Writes the characters of a run."""

    def __init__(self) -> None:
        self._text: list[str] = []
        self._lefts, self._rights = array("f"), array("f")
        self._styles = bytearray()
        self._last: Glyph | None = None
        self._sizes: Counter[float] = Counter()
        self._baselines: list[float] = []

    def add(self, glyph: Glyph, *, raised: bool) -> None:
        """Write a character, after a space if it is that far from the last one."""
        last = self._last
        if not glyph.text.strip():
            if last is not None and self._text[-1] != " ":
                self._put(" ", last.right, max(last.right, glyph.right), 0)
            return
        if last is not None and self._text[-1] != " " and _gap(last, glyph) > _least_space(last, glyph):
            self._put(" ", last.right, glyph.left, 0)
        style = glyph.style | (RAISED if raised else 0)
        for letter in glyph.text:
            self._put(letter, glyph.left, glyph.right, style)
        if not raised:
            self._sizes[glyph.size] += 1
            self._baselines.append(glyph.baseline)
        self._last = glyph

    def _put(self, letter: str, left: float, right: float, style: int) -> None:
        self._text.append(letter)
        self._lefts.append(left)
        self._rights.append(max(left, right))
        self._styles.append(style)

    def run(self, order: int) -> GlyphRun:
        """The run that was written."""
        size = self._sizes.most_common(1)[0][0]
        baseline = sorted(self._baselines)[len(self._baselines) // 2]
        run = GlyphRun("".join(self._text), self._lefts, self._rights, self._styles, baseline, size, order)
        return _in_reading_order(run)


def _in_reading_order(run: GlyphRun) -> GlyphRun:
    """A run whose Hebrew or Arabic words, drawn from left to right, are put in the order of reading."""
    if not any(map(_is_leftward, run.text)):
        return run
    order = list(range(len(run.text)))
    for match in _leftward_spans(run.text):
        start, end = match
        if run.lefts[start] <= run.lefts[end - 1]:
            order[start:end] = order[start:end][::-1]
    return GlyphRun(
        "".join(run.text[index] for index in order), array("f", (run.lefts[index] for index in order)),
        array("f", (run.rights[index] for index in order)), bytearray(run.styles[index] for index in order),
        run.baseline, run.size, run.order,
    )  # fmt: skip


def _leftward_spans(text: str) -> Iterator[tuple[int, int]]:
    """Spans of words that are read from right to left, with the spaces and points between them."""
    start: int | None = None
    end = 0
    for index, character in enumerate(text):
        direction = unicodedata.bidirectional(character)
        if direction in {"R", "AL"}:
            start, end = (index if start is None else start), index + 1
        elif direction == "NSM" and start is not None:
            end = index + 1
        elif direction in {"L", "EN"} and start is not None:
            yield start, end
            start = None
    if start is not None:
        yield start, end


def _least_space(last: Glyph, glyph: Glyph) -> float:
    """Least distance of two words; PDFium adds no space where a lowered or raised piece ends."""
    shifted = abs(last.baseline - glyph.baseline) > 0.08 * max(last.size, glyph.size)
    ends_piece = shifted and last.size < 0.9 * glyph.size
    return (_PIECE_SPACE if ends_piece else _WORD_SPACE) * max(glyph.size, last.size)


def _gap(last: Glyph, glyph: Glyph) -> float:
    if _is_leftward(glyph.text) and _is_leftward(last.text):
        return max(last.left - glyph.right, glyph.left - last.right)
    return glyph.left - last.right


def _add_drawings(page: pdfium.PdfPage, result: GlyphPage) -> None:
    """Add the rules of a page and how much of it a picture covers."""
    rules = []
    for number, drawn in enumerate(page.get_objects(max_depth=2)):
        if number >= _MOST_OBJECTS:
            break
        if drawn.type not in {pdfium_c.FPDF_PAGEOBJ_PATH, pdfium_c.FPDF_PAGEOBJ_IMAGE}:
            continue
        left, bottom, right, top = drawn.get_bounds()
        if drawn.type == pdfium_c.FPDF_PAGEOBJ_IMAGE:
            area = result.width * result.height or 1.0
            result.pictured = max(result.pictured, (right - left) * (top - bottom) / area)
        elif top - bottom < _THICKEST_RULE and right - left > _SHORTEST_RULE:
            rules.append((round(left, 1), round(right, 1), round(top, 1)))
    result.rules = tuple(rules)

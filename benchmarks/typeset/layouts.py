"""The layouts, and the files that are made of an essay."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from typeset import latex_layouts as tex
from typeset.browser import BrowserLayout, typeset_by_browser
from typeset.essay import TruePassage, WrittenEssay, true_passages
from typeset.generated import with_foreign_words
from typeset.latex import LatexLayout, Printed, typeset
from typeset.office import OfficeLayout, typeset_by_office
from typeset.other_layouts import WORD_ENDNOTES, WORD_FOOTNOTES, web_columns, web_page
from typeset.truth import begins_on, expected, find_pages, page_texts, squash


@dataclass(frozen=True, slots=True)
class SetEssay:
    """An essay that was set, and the truth about it.

    Attributes:
        printed: The file.
        passages: The passages that a reader should find.
        pages: The page on which each passage begins, by its name.
        apart: Printed words that belong to no passage.
    """

    printed: Printed
    passages: tuple[TruePassage, ...]
    pages: Mapping[str, str]
    apart: tuple[str, ...] = ()


class Press(Protocol):
    """What sets an essay."""

    def passages(self, essay: WrittenEssay) -> tuple[TruePassage, ...]:
        """The passages that a reader should find in the file."""

    def print(self, essay: WrittenEssay, folder: Path) -> SetEssay:
        """Set an essay in a folder.

        Raises:
            RuntimeError: If a program fails, or the page of a passage is not certain.
        """


@dataclass(frozen=True, slots=True)
class Layout:
    """A way to set an essay.

    Attributes:
        name: Its name in file names.
        description: What is particular about it, for the table.
        press: What sets it.
        likeness: Share of a passage's letters that must be right; below 1 where letters are recognised.
    """

    name: str
    description: str
    press: Press
    likeness: float = 1.0


@dataclass(frozen=True, slots=True)
class LatexPress:
    """LaTeX.

    Attributes:
        make: The layout for an essay.
        change: Changes an essay before it is set.
    """

    make: Callable[[WrittenEssay], LatexLayout]
    change: Callable[[WrittenEssay], WrittenEssay] = lambda essay: essay

    def passages(self, essay: WrittenEssay) -> tuple[TruePassage, ...]:
        """The passages that a reader should find in the file."""
        changed = self.change(essay)
        layout = self.make(changed)
        return tuple(true_passages(changed, notes_title="" if layout.footnotes else layout.notes_title))

    def print(self, essay: WrittenEssay, folder: Path) -> SetEssay:
        """Set an essay in a folder."""
        changed, passages = self.change(essay), self.passages(essay)
        layout = self.make(changed)
        printed = typeset(changed, layout, folder)
        return SetEssay(printed, passages, checked_pages(passages, printed), layout.apart)


@dataclass(frozen=True, slots=True)
class ScanPress:
    """A scanner, and a program that recognises the letters of what LaTeX set.

    Attributes:
        latex: What is scanned.
    """

    latex: LatexPress

    def passages(self, essay: WrittenEssay) -> tuple[TruePassage, ...]:
        """The passages that a reader should find in the file."""
        return self.latex.passages(essay)

    def print(self, essay: WrittenEssay, folder: Path) -> SetEssay:
        """Set and scan an essay in a folder."""
        from typeset.scan import scanned

        made = self.latex.print(essay, folder)
        return replace(made, printed=replace(made.printed, pdf=scanned(made.printed.pdf, folder)))


@dataclass(frozen=True, slots=True)
class OfficePress:
    """A word processor. Its endnotes have no heading.

    Attributes:
        layout: The layout.
    """

    layout: OfficeLayout

    def passages(self, essay: WrittenEssay) -> tuple[TruePassage, ...]:
        """The passages that a reader should find in the file."""
        return tuple(true_passages(essay))

    def print(self, essay: WrittenEssay, folder: Path) -> SetEssay:
        """Set an essay in a folder."""
        pdf = typeset_by_office(essay, self.layout, folder)
        return _counted(pdf, self.passages(essay), essay.first_page)


@dataclass(frozen=True, slots=True)
class BrowserPress:
    """A browser, which prints a web page.

    Attributes:
        make: The layout for an essay.
        apart: Printed words that belong to no passage.
        paged: Whether the numbers on the pages are the essay's; else they count the sheets of a print.
    """

    make: Callable[[WrittenEssay], BrowserLayout]
    apart: tuple[str, ...] = ()
    paged: bool = True

    def passages(self, essay: WrittenEssay) -> tuple[TruePassage, ...]:
        """The passages that a reader should find in the file."""
        return tuple(true_passages(essay, notes_title="Notes"))

    def print(self, essay: WrittenEssay, folder: Path) -> SetEssay:
        """Set an essay in a folder."""
        pdf = typeset_by_browser(essay, self.make(essay), folder)
        made = _counted(pdf, self.passages(essay), 1, self.apart)
        return made if self.paged else replace(made, pages={})


def _counted(
    pdf: Path, passages: tuple[TruePassage, ...], first_page: int, apart: tuple[str, ...] = ()
) -> SetEssay:
    """A file whose printed page numbers rise by one from its first page on."""
    count = len(page_texts(pdf))
    printed = Printed(pdf, tuple(str(first_page + number) for number in range(count)), {})
    return SetEssay(printed, passages, checked_pages(passages, printed), apart)


def checked_pages(passages: Sequence[TruePassage], printed: Printed) -> dict[str, str]:
    """The page of each passage: as the engine tells it, and else where its words are found.

    Raises:
        RuntimeError: If its first words are not on that page, or no page is known.
    """
    texts = page_texts(printed.pdf)
    pages = {**find_pages(passages, texts, printed.labels), **printed.places}
    for passage in passages:
        told = [
            text
            for text, label in zip(texts, printed.labels, strict=True)
            if label == pages.get(passage.name)
        ]
        if told and not begins_on(squash(passage.text), told[0]):
            raise RuntimeError(
                f"{passage.name} does not begin on page {pages[passage.name]}: {passage.text[:60]}"
            )
    headed = {"title", "author", "heading"}
    missing = [item.name for item in passages if item.kind not in headed and item.name not in pages]
    if missing:
        raise RuntimeError(f"no page was found for {', '.join(missing)}")
    return pages


_ARROWS = "the arrows behind the notes"
LAYOUTS = (
    Layout(
        "footnotes", "LaTeX, A4, running heads, notes that go on at the next foot", LatexPress(tex.footnotes)
    ),
    Layout("two-columns", "LaTeX, letter, two columns, footnotes", LatexPress(tex.two_columns)),
    Layout(
        "endnotes", "LaTeX, letter, no indents, endnotes, references not hanging", LatexPress(tex.endnotes)
    ),
    Layout(
        "cover-sheet", "LaTeX, A4, cover sheet, stamps, drop capital, footnotes", LatexPress(tex.cover_sheet)
    ),
    Layout("mla", "MLA manuscript: letter, double-spaced, ragged, endnotes", LatexPress(tex.mla)),
    Layout("chicago", "Chicago manuscript: letter, title page, footnotes", LatexPress(tex.chicago)),
    Layout("roman-ragged", "LaTeX, A4, ragged, roman leaves, then arabic", LatexPress(tex.roman_ragged)),
    Layout(
        "chapter",
        "LaTeX book chapter, 6 by 9 inches, heads left and right, endnotes",
        LatexPress(tex.chapter),
    ),
    Layout("figures", "LaTeX, letter, figures and a table cut paragraphs", LatexPress(tex.figures)),
    Layout("line-numbers", "LaTeX, A4, line numbers in the margin, endnotes", LatexPress(tex.line_numbers)),
    Layout(
        "verse-greek",
        "LuaLaTeX, A4, ligatures, long verse, Greek and Hebrew",
        LatexPress(tex.verse_greek, with_foreign_words),
    ),
    Layout("word-footnotes", "LibreOffice, A4, justified, footnotes", OfficePress(WORD_FOOTNOTES)),
    Layout("word-endnotes", "LibreOffice, letter, ragged, no indents, endnotes", OfficePress(WORD_ENDNOTES)),
    Layout(
        "browser",
        "Chromium, A4, web page with header and footer, endnotes",
        BrowserPress(web_page, ("the site's menu", "header and footer", _ARROWS), paged=False),
    ),
    Layout(
        "browser-columns", "Chromium, letter, two columns, endnotes", BrowserPress(web_columns, (_ARROWS,))
    ),
    Layout(
        "scan", "scan at 200 dpi, askew, with OCR text", ScanPress(LatexPress(tex.for_scan)), likeness=0.97
    ),
)


def make(essay: WrittenEssay, layout: Layout, target: Path) -> SetEssay:
    """Set an essay; the PDF and its truth are written to a folder."""
    name = f"{essay.slug}-{layout.name}"
    with tempfile.TemporaryDirectory() as folder:
        made = layout.press.print(essay, Path(folder))
        shutil.copyfile(made.printed.pdf, target / f"{name}.pdf")
    text = expected(f"{name}: {layout.description}", made.passages, made.pages, made.apart)
    (target / f"{name}.expected.md").write_text(text, encoding="utf-8")
    return made

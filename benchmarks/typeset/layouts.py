"""The layouts, and the files that are made of an essay."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from typeset import latex_layouts
from typeset.browser import BrowserLayout, typeset_by_browser
from typeset.essay import TruePassage, WrittenEssay, true_passages
from typeset.generated import with_foreign_words
from typeset.latex import LatexLayout, Printed, typeset
from typeset.office import OfficeLayout, typeset_by_office
from typeset.other_layouts import WORD_ENDNOTES, WORD_FOOTNOTES, web_columns, web_page
from typeset.scan import scanned
from typeset.truth import expected, find_pages, page_texts


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


@dataclass(frozen=True, slots=True)
class Layout:
    """A way to set an essay.

    Attributes:
        name: Its name in file names.
        description: What is particular about it, for the table.
        print: Sets an essay in a folder.
    """

    name: str
    description: str
    print: Callable[[WrittenEssay, Path], SetEssay]


def _latex(
    make: Callable[[WrittenEssay], LatexLayout],
    change: Callable[[WrittenEssay], WrittenEssay] = lambda essay: essay,
) -> Callable[[WrittenEssay, Path], SetEssay]:
    def set_essay(essay: WrittenEssay, folder: Path) -> SetEssay:
        essay = change(essay)
        layout = make(essay)
        printed = typeset(essay, layout, folder)
        passages = tuple(true_passages(essay, notes_title="" if layout.footnotes else layout.notes_title))
        return SetEssay(printed, passages, checked_pages(passages, printed), layout.apart)

    return set_essay


def _scan(essay: WrittenEssay, folder: Path) -> SetEssay:
    made = _latex(latex_layouts.for_scan)(essay, folder)
    return replace(made, printed=replace(made.printed, pdf=scanned(made.printed.pdf, folder)))


def _office(layout: OfficeLayout) -> Callable[[WrittenEssay, Path], SetEssay]:
    def set_essay(essay: WrittenEssay, folder: Path) -> SetEssay:
        pdf = typeset_by_office(essay, layout, folder)
        return _counted(pdf, essay, essay.first_page, "")

    return set_essay


def _browser(
    make: Callable[[WrittenEssay], BrowserLayout], *apart: str
) -> Callable[[WrittenEssay, Path], SetEssay]:
    def set_essay(essay: WrittenEssay, folder: Path) -> SetEssay:
        return _counted(typeset_by_browser(essay, make(essay), folder), essay, 1, "Notes", apart)

    return set_essay


def _counted(
    pdf: Path, essay: WrittenEssay, first_page: int, notes_title: str, apart: tuple[str, ...] = ()
) -> SetEssay:
    """A file whose printed page numbers rise by one from its first page on."""
    count = len(page_texts(pdf))
    printed = Printed(pdf, tuple(str(first_page + number) for number in range(count)), {})
    passages = tuple(true_passages(essay, notes_title=notes_title))
    return SetEssay(printed, passages, checked_pages(passages, printed), apart)


def checked_pages(passages: Sequence[TruePassage], printed: Printed) -> dict[str, str]:
    """The page of each passage, by its words on the page and by what the engine tells.

    Raises:
        RuntimeError: If the two differ, or neither tells the page of a passage that has one.
    """
    by_words = find_pages(passages, page_texts(printed.pdf), printed.labels)
    pages = {**by_words, **printed.places}
    for name, page in by_words.items():
        if pages[name] != page:
            raise RuntimeError(f"{name} is on page {page} by its words, on {pages[name]} by the engine")
    headed = {"title", "author", "heading"}
    missing = [item.name for item in passages if item.kind not in headed and item.name not in pages]
    if missing:
        raise RuntimeError(f"no page was found for {', '.join(missing)}")
    return pages


_TEX = latex_layouts
LAYOUTS = (
    Layout(
        "footnotes", "LaTeX, A4, running heads, footnotes that go on at the next foot", _latex(_TEX.footnotes)
    ),
    Layout("two-columns", "LaTeX, letter, two columns, footnotes", _latex(_TEX.two_columns)),
    Layout("endnotes", "LaTeX, letter, no indents, endnotes, references not hanging", _latex(_TEX.endnotes)),
    Layout(
        "cover-sheet", "LaTeX, A4, cover sheet, stamps, drop capital, footnotes", _latex(_TEX.cover_sheet)
    ),
    Layout("mla", "MLA manuscript: letter, double-spaced, ragged, endnotes", _latex(_TEX.mla)),
    Layout(
        "chicago", "Chicago manuscript: letter, title page, double-spaced, footnotes", _latex(_TEX.chicago)
    ),
    Layout(
        "roman-ragged", "LaTeX, A4, ragged, roman leaves, then arabic, footnotes", _latex(_TEX.roman_ragged)
    ),
    Layout(
        "chapter", "LaTeX book chapter: 6 by 9 inches, heads left and right, endnotes", _latex(_TEX.chapter)
    ),
    Layout("figures", "LaTeX, letter, figures and a table cut paragraphs, footnotes", _latex(_TEX.figures)),
    Layout("line-numbers", "LaTeX, A4, line numbers in the margin, wide leading", _latex(_TEX.line_numbers)),
    Layout(
        "verse-greek",
        "LuaLaTeX, A4, OpenType ligatures, long verse, Greek and Hebrew",
        _latex(_TEX.verse_greek, with_foreign_words),
    ),
    Layout("word-footnotes", "LibreOffice, A4, justified, footnotes", _office(WORD_FOOTNOTES)),
    Layout("word-endnotes", "LibreOffice, letter, ragged, no indents, endnotes last", _office(WORD_ENDNOTES)),
    Layout(
        "browser",
        "Chromium, A4, web page with header and footer, endnotes",
        _browser(web_page, "the site's menu", "header and footer", "the arrows behind the notes"),
    ),
    Layout(
        "browser-columns",
        "Chromium, letter, two columns, endnotes",
        _browser(web_columns, "the arrows behind the notes"),
    ),
    Layout("scan", "scan at 200 dpi, a little askew, with OCR text, footnotes", _scan),
)


def make(essay: WrittenEssay, layout: Layout, target: Path) -> SetEssay:
    """Set an essay; the PDF and its truth are written to a folder."""
    with tempfile.TemporaryDirectory() as folder:
        made = layout.print(essay, Path(folder))
        name = f"{essay.slug}-{layout.name}"
        shutil.copyfile(made.printed.pdf, target / f"{name}.pdf")
    title = f"{name}: {layout.description}"
    (target / f"{name}.expected.md").write_text(
        expected(title, made.passages, made.pages, made.apart), encoding="utf-8"
    )
    return made

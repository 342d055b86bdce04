"""The layouts, and the files that are made of an essay."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from typeset import latex_layouts
from typeset.essay import TruePassage, WrittenEssay, true_passages
from typeset.latex import LatexLayout, Printed, typeset
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


def _latex(make: Callable[[WrittenEssay], LatexLayout]) -> Callable[[WrittenEssay, Path], SetEssay]:
    def set_essay(essay: WrittenEssay, folder: Path) -> SetEssay:
        layout = make(essay)
        printed = typeset(essay, layout, folder)
        passages = tuple(true_passages(essay, notes_title="" if layout.footnotes else layout.notes_title))
        return SetEssay(printed, passages, checked_pages(passages, printed))

    return set_essay


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


LAYOUTS = (
    Layout("footnotes", "LaTeX, A4, running heads, footnotes", _latex(latex_layouts.footnotes)),
    Layout("two-columns", "LaTeX, letter, two columns, footnotes", _latex(latex_layouts.two_columns)),
    Layout(
        "endnotes",
        "LaTeX, letter, no indents, endnotes, references not hanging",
        _latex(latex_layouts.endnotes),
    ),
    Layout(
        "cover-sheet",
        "LaTeX, A4, cover sheet, stamps, drop capital, footnotes",
        _latex(latex_layouts.cover_sheet),
    ),
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

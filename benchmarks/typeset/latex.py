"""Essays set by LaTeX.

What the layouts share is here: words, notes, references and the files that tell on which page each passage
begins. ``latex_layouts.py`` has the layouts.
"""

from __future__ import annotations

import os
import re
import subprocess
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from typeset.essay import Block, Words, WrittenEssay, curled, curled_words

_SPECIAL = {
    **{character: "\\" + character for character in "#$%&_{}"},
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "“": "``",
    "”": "''",
    "‘": "`",
    "’": "'",
    "–": "--",
    "—": "---",
    "\n": r"\\ ",
    '"': r"\textquotedbl{}",
    "'": r"\textquotesingle{}",
}
_GREEK_OR_HEBREW = re.compile(r"[Ͱ-Ͽἀ-῿]+(?:\s[Ͱ-Ͽἀ-῿]+)*|[֐-׿]+(?:\s[֐-׿]+)*")

# The last line of the page is full, and the next page goes on with the paragraph.
_PAGE_END = r"{\parfillskip=0pt\par}\newpage\noindent "

# Each page's number is written as the page is shipped, and \place writes that of a passage's first line.
_PLACES = r"""
\newwrite\pagelog
\immediate\openout\pagelog=\jobname.pages
\AddToHook{shipout/before}{\immediate\write\pagelog{\thepage}}
\newwrite\placelog
\immediate\openout\placelog=\jobname.places
\newcommand{\place}[1]{\write\placelog{#1 \thepage}}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class LatexLayout:
    """How LaTeX sets an essay.

    Attributes:
        document_class: The class and its options.
        preamble: What follows it.
        opening: Sets title and author.
        footnotes: Whether the notes stand at the foot; else they follow the text.
        hanging: Whether references have a hanging indent.
        hang: Its width.
        in_notes: What endnotes are set with.
        in_references: What references are set with.
        notes_title: The heading above endnotes.
        before_notes: What stands before endnotes.
        straight: Whether quotation marks are set as they are typed.
        apart: Printed words that belong to no passage.
        heading: The command of a heading.
        list_heading: The command of the headings above notes and references; empty for that of the others.
        quotation: The environment of a block quotation.
        before_references: What stands before the list of references.
        closing: What stands after everything.
        first_paragraph: Sets the text of the first paragraph; ``None`` for the usual way.
        insert: What stands before the block of a number.
        within: What stands in the middle of the paragraph of a number, between two sentences.
        engine: The program.
    """

    document_class: str
    preamble: str = ""
    opening: Callable[[WrittenEssay], str]
    footnotes: bool = True
    hanging: bool = True
    hang: str = "1.8em"
    in_notes: str = ""
    in_references: str = ""
    straight: bool = False
    apart: tuple[str, ...] = ()
    heading: str = r"\section*"
    list_heading: str = ""
    quotation: str = "quotation"
    notes_title: str = "Notes"
    before_notes: str = ""
    before_references: str = ""
    closing: str = ""
    first_paragraph: Callable[[str], str] | None = None
    insert: Callable[[WrittenEssay, int], str] = lambda _essay, _number: ""
    within: Callable[[WrittenEssay, int], str] = lambda _essay, _number: ""
    engine: str = "pdflatex"


@dataclass(frozen=True, slots=True)
class Printed:
    """A file that was set.

    Attributes:
        pdf: The file.
        labels: The printed number of each of its pages; empty for a page without one.
        places: The number of the page on which a passage begins, by its name, where the engine tells.
    """

    pdf: Path
    labels: tuple[str, ...]
    places: dict[str, str]


def escape(text: str) -> str:
    """Text as LaTeX wants it."""
    text = unicodedata.normalize("NFC", text)
    return _GREEK_OR_HEBREW.sub(_foreign, "".join(_SPECIAL.get(character, character) for character in text))


def _foreign(match: re.Match[str]) -> str:
    name = "hebrewwords" if match[0][0] >= "֐" and match[0][0] <= "׿" else "greekwords"
    return rf"\{name}{{{match[0]}}}"


def set_words(words: Sequence[Words], note: Callable[[str], str], *, straight: bool = False) -> str:
    """Words as LaTeX sets them.

    Args:
        words: The words.
        note: Sets the call of a note.
        straight: Whether quotation marks are set as they are typed.
    """
    made = []
    for part in words if straight else curled_words(tuple(words)):
        if part.style == "call":
            made.append(note(part.text))
        elif part.style == "page":
            made.append(part.text + _PAGE_END)
        elif part.style == "line":
            made.append(part.text + r"\linebreak ")
        elif part.style == "italic":
            made.append(rf"\emph{{{escape(part.text)}}}")
        else:
            made.append(escape(part.text))
    return "".join(made)


def set_title(essay: WrittenEssay, break_after_colon: str = r":\\ ", *, straight: bool = False) -> str:
    """The title, its subtitle on a line of its own."""
    return escape(essay.title if straight else curled(essay.title)).replace(": ", break_after_colon, 1)


def source(essay: WrittenEssay, layout: LatexLayout) -> str:
    """The LaTeX file of an essay."""
    by_mark = {note.mark: note for note in essay.notes}

    def footnote(mark: str) -> str:
        text = set_words(by_mark[mark].words, _no_note, straight=layout.straight)
        return rf"\footnote{{\place{{n{mark}}}{text}}}"

    def raised(mark: str) -> str:
        return rf"\textsuperscript{{{mark}}}"

    note = footnote if layout.footnotes else raised
    parts = [
        layout.document_class,
        _PLACES,
        layout.preamble,
        r"\begin{document}",
        layout.opening(essay),
    ]
    for number, block in enumerate(essay.blocks):
        parts.append(layout.insert(essay, number))
        parts.append(_block(number, block, layout, note, layout.within(essay, number)))
    list_heading = layout.list_heading or layout.heading
    if not layout.footnotes:
        parts += [layout.before_notes, rf"{list_heading}{{{layout.notes_title}}}", "{" + layout.in_notes]
        for item in essay.notes:
            start, words = _page_before(item.words)
            text = set_words(words, _no_note, straight=layout.straight)
            parts.append(rf"{start}\par\leavevmode\place{{n{item.mark}}}{item.mark}. {text}\par")
        parts.append("}")
    if essay.references:
        parts += [layout.before_references, rf"{list_heading}{{{essay.references_title}}}"]
        parts.append("{" + layout.in_references + r"\setlength{\parindent}{0pt}")
        hang = rf"\hangindent={layout.hang}\hangafter=1" if layout.hanging else ""
        for number, entry in enumerate(essay.references):
            start, words = _page_before(entry)
            text = set_words(words, _no_note, straight=layout.straight)
            parts.append(rf"{start}\par{hang}\noindent\leavevmode\place{{r{number:03}}}{text}\par")
        parts.append("}")
    parts += [layout.closing, r"\end{document}"]
    return "\n".join(part for part in parts if part) + "\n"


def _no_note(_mark: str) -> str:
    return ""


def _page_before(words: tuple[Words, ...]) -> tuple[str, tuple[Words, ...]]:
    """What begins a page before the first of the words, and the words."""
    if words and words[0].style == "page":
        return r"\newpage", words[1:]
    return "", words


def _block(number: int, block: Block, layout: LatexLayout, note: Callable[[str], str], within: str) -> str:
    start, words = _page_before(block.words)
    return start + _block_here(number, replace(block, words=words), layout, note, within)


def _block_here(
    number: int, block: Block, layout: LatexLayout, note: Callable[[str], str], within: str
) -> str:
    text = set_words(block.words, note, straight=layout.straight)
    place = rf"\place{{b{number:03}}}"
    if within:
        sentences = re.split(r"(?<=[a-z]{4}[.?!]) (?=[A-Z])", text)
        middle = len(sentences) // 2
        text = " ".join(sentences[:middle]) + "\n" + within.strip() + "\n" + " ".join(sentences[middle:])
    if block.kind == "heading":
        return rf"{layout.heading}{{{text}}}"
    if block.kind == "blockquote":
        name = layout.quotation
        return rf"\begin{{{name}}}\noindent\leavevmode{place}{text}\end{{{name}}}"
    if block.kind == "verse":
        return rf"\begin{{verse}}\leavevmode{place}{text}\end{{verse}}"
    if number == 0 and layout.first_paragraph:
        return layout.first_paragraph(place + text) + r"\par"
    start = r"\noindent" if block.resumes else ""
    return rf"\par{start}\leavevmode{place}{text}\par"


def looseness(folder: Path) -> float:
    """How badly lines are filled that LaTeX set in a folder, by its own measure; the worst count most."""
    log = (folder / "essay.log").read_text("latin-1")
    badness = re.findall(r"^\w+ \\hbox \(badness (\d+)\)", log, re.MULTILINE)
    too_wide = re.findall(r"^Overfull \\hbox \((\d+\.\d+)pt too wide\)", log, re.MULTILINE)
    return sum(float(value) ** 2 for value in badness) + 1e6 * sum(map(float, too_wide))


def typeset(essay: WrittenEssay, layout: LatexLayout, folder: Path) -> Printed:
    """Set an essay.

    Args:
        essay: The essay.
        layout: The layout.
        folder: Working folder; the PDF is there.

    Raises:
        RuntimeError: If LaTeX fails.
    """
    (folder / "essay.tex").write_text(source(essay, layout), encoding="utf-8")
    for _ in range(2):
        run = subprocess.run(
            [layout.engine, "-interaction=nonstopmode", "-halt-on-error", "essay.tex"],
            cwd=folder,
            env=os.environ | {"SOURCE_DATE_EPOCH": "1767225600", "FORCE_SOURCE_DATE": "1"},
            capture_output=True,
            check=False,
        )
        if run.returncode:
            raise RuntimeError(run.stdout.decode("utf-8", "replace")[-2000:])
    pages = (folder / "essay.pages").read_text("utf-8").splitlines()
    lines = (folder / "essay.places").read_text("utf-8").splitlines()
    labels = tuple("" if page == "-" else page for page in pages)
    return Printed(folder / "essay.pdf", labels, dict(_pair(line) for line in lines))


def _pair(line: str) -> tuple[str, str]:
    """A passage's name and its page."""
    name, _, page = line.partition(" ")
    return name, page

"""Essays in the formats of word processors and other markup, made by several writers.

Each file has the structure of the essay, said in the way of its writer: by styles, by nothing but indents and
bold print, by real notes or by numbers typed by hand.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from typeset.essay import Block, TruePassage, Words, WrittenEssay, curled, curled_words, true_passages
from typeset.office import OfficeLayout, flat_document

_SECONDS = 180


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkupWriter:
    """A program, and the way in which it writes an essay.

    Attributes:
        name: Short name in file names.
        suffix: Ending of its files.
        description: What the table calls it.
        write: Writes an essay to a path.
        notes_title: The heading above notes that stand at the end; empty for notes of the format.
    """

    name: str
    suffix: str
    description: str
    write: Callable[[WrittenEssay, Path], None]
    notes_title: str = ""

    def passages(self, essay: WrittenEssay) -> list[TruePassage]:
        """The passages that a reader should find."""
        return list(true_passages(essay, notes_title=self.notes_title))

    def file(self, essay: WrittenEssay, folder: Path) -> Path:
        """Where the file of an essay is."""
        return folder / f"{essay.slug}-{self.name}{self.suffix}"


def _word(essay: WrittenEssay, path: Path, *, styled: bool) -> None:
    """A Word document by python-docx, which writes no notes: their numbers are typed, as are their texts."""
    import docx

    document = docx.Document()
    _word_front(document, essay, styled=styled)
    for block in essay.blocks:
        _word_block(document, block, styled=styled)
    _word_heading(document, "Notes", styled=styled)
    for note in essay.notes:
        words = (Words(f"{note.mark}. "), *curled_words(note.words))
        _word_words(document.add_paragraph(), words)
    _word_heading(document, essay.references_title, styled=styled)
    for entry in essay.references:
        paragraph = document.add_paragraph(style="Bibliography" if styled and _has(document) else None)
        if not styled:
            paragraph.paragraph_format.left_indent = docx.shared.Inches(0.5)
            paragraph.paragraph_format.first_line_indent = docx.shared.Inches(-0.5)
        _word_words(paragraph, curled_words(entry))
    document.core_properties.title = essay.title
    document.core_properties.author = ""
    document.save(str(path))


def _has(document: Any) -> bool:
    return any(style.name == "Bibliography" for style in document.styles)


def _word_front(document: Any, essay: WrittenEssay, *, styled: bool) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    for text, style in ((curled(essay.title), "Title"), (curled(essay.author), "Subtitle")):
        paragraph = document.add_paragraph(text, style=style if styled else None)
        if not styled:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER


def _word_heading(document: Any, text: str, *, styled: bool) -> None:
    if styled:
        document.add_heading(text, 1)
    else:
        document.add_paragraph().add_run(text).bold = True


def _word_block(document: Any, block: Block, *, styled: bool) -> None:
    from docx.shared import Inches

    if block.kind == "heading":
        _word_heading(document, "".join(part.text for part in curled_words(block.words)), styled=styled)
        return
    quoted = block.kind in {"blockquote", "verse"}
    paragraph = document.add_paragraph(style="Quote" if quoted and styled else None)
    if quoted and not styled:
        paragraph.paragraph_format.left_indent = Inches(0.5)
    elif not quoted and not block.resumes and not styled:
        paragraph.paragraph_format.first_line_indent = Inches(0.5)
    _word_words(paragraph, curled_words(block.words))


def _word_words(paragraph: Any, words: tuple[Words, ...]) -> None:
    for part in words:
        lines = part.text.split("\n")
        for number, line in enumerate(lines):
            run = paragraph.add_run(line)
            run.italic = True if part.style == "italic" else None
            run.font.superscript = True if part.style == "call" else None
            if number + 1 < len(lines):
                run.add_break()


def _office(form: str, *, endnotes: bool) -> Callable[[WrittenEssay, Path], None]:
    layout = OfficeLayout(
        font="Liberation Serif", size=11, width="21cm", height="29.7cm", leading=115, indent="0.6cm",
        below="0cm", align="justify", endnotes=endnotes, hanging="0.8cm",
    )  # fmt: skip

    def write(essay: WrittenEssay, path: Path) -> None:
        source = path.with_suffix(".fodt")
        source.write_text(flat_document(essay, layout), encoding="utf-8")
        office_convert(source, form, path)
        source.unlink()

    return write


def office_convert(source: Path, form: str, path: Path) -> None:
    """Have LibreOffice save a file in another format.

    Raises:
        RuntimeError: If it makes no file.
    """
    folder = path.parent / f".office-{path.stem}"
    folder.mkdir(exist_ok=True)
    run = subprocess.run(
        [  # noqa: S607 - found on the path
            "soffice",
            "--headless",
            f"-env:UserInstallation={(folder / 'profile').resolve().as_uri()}",
            *("--convert-to", form, "--outdir", str(folder), str(source)),
        ],
        capture_output=True,
        timeout=_SECONDS,
        check=False,
    )
    made = folder / f"{source.stem}.{form.partition(':')[0]}"
    if not made.exists():
        raise RuntimeError(run.stderr.decode("utf-8", "replace")[-2000:])
    made.replace(path)
    subprocess.run(["rm", "-r", str(folder)], check=True)  # noqa: S607 - found on the path


def markdown_of(essay: WrittenEssay) -> str:
    """An essay in pandoc's Markdown."""
    parts = [f"---\ntitle: '{curled(essay.title)}'\nauthor: {curled(essay.author)}\n---"]
    for block in essay.blocks:
        words = _markdown_words(block.words)
        if block.kind == "heading":
            words = f"# {words}"
        elif block.kind == "blockquote":
            words = f"> {words}"
        elif block.kind == "verse":
            words = "\n".join(f"> | {line}" for line in words.split("\n"))
        parts.append(words)
    parts.append(f"# {essay.references_title}")
    parts += [_markdown_words(entry) for entry in essay.references]
    parts += [f"[^{note.mark}]: {_markdown_words(note.words)}" for note in essay.notes]
    return "\n\n".join(parts) + "\n"


def _markdown_words(words: tuple[Words, ...]) -> str:
    made = []
    for part in curled_words(words):
        text = part.text.replace("[", "\\[").replace("]", "\\]")
        made.append(f"*{text}*" if part.style == "italic" else f"[^{text}]" if part.style == "call" else text)
    return "".join(made)


def pandoc_convert(essay: WrittenEssay, path: Path) -> None:
    """Have pandoc write an essay in the format of a path's ending."""
    subprocess.run(
        ["pandoc", "--from", "markdown-smart", "--standalone", "--output", str(path)],  # noqa: S607 - found on the path
        input=markdown_of(essay),
        text=True,
        timeout=_SECONDS,
        check=True,
    )


WRITERS: tuple[MarkupWriter, ...] = (
    MarkupWriter(
        name="word-styled",
        suffix=".docx",
        description="Word file with styles, notes typed by hand (python-docx)",
        write=lambda essay, path: _word(essay, path, styled=True),
        notes_title="Notes",
    ),
    MarkupWriter(
        name="word-plain",
        suffix=".docx",
        description="Word file without styles: indents, bold headings, notes typed by hand (python-docx)",
        write=lambda essay, path: _word(essay, path, styled=False),
        notes_title="Notes",
    ),
    MarkupWriter(
        name="office",
        suffix=".docx",
        description="Word file, footnotes (LibreOffice)",
        write=_office("docx", endnotes=False),
    ),
    MarkupWriter(
        name="office",
        suffix=".odt",
        description="OpenDocument, endnotes (LibreOffice)",
        write=_office("odt", endnotes=True),
    ),
    MarkupWriter(
        name="office",
        suffix=".rtf",
        description="RTF, footnotes (LibreOffice)",
        write=_office("rtf", endnotes=False),
    ),
    MarkupWriter(
        name="pandoc", suffix=".docx", description="Word file, footnotes (pandoc)", write=pandoc_convert
    ),
    MarkupWriter(
        name="pandoc", suffix=".odt", description="OpenDocument, footnotes (pandoc)", write=pandoc_convert
    ),
)

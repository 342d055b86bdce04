"""Essays set by a word processor, LibreOffice, from a flat OpenDocument file."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

from typeset.essay import Block, Words, WrittenEssay, curled, curled_words

_NAMESPACES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in {
        "office": "office",
        "style": "style",
        "text": "text",
        "fo": "xsl-fo-compatible",
        "svg": "svg-compatible",
    }.items()
)
_SECONDS = 180


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeLayout:
    """How a word processor sets an essay.

    Attributes:
        font: The typeface.
        size: Its size, in points.
        width: Width of the paper.
        height: Height of the paper.
        leading: Distance of lines, in per cent of the usual one.
        indent: Indent of paragraphs.
        below: Space below paragraphs.
        align: ``justify`` or ``start``.
        endnotes: Whether the notes stand at the end; else at the foot.
        hanging: Hanging indent of references.
        head: What stands before the number at a page's head; ``None`` for a number in the middle of the foot.
    """

    font: str
    size: int
    width: str
    height: str
    leading: int
    indent: str
    below: str
    align: str
    endnotes: bool
    hanging: str
    head: str | None = None


def flat_document(essay: WrittenEssay, layout: OfficeLayout) -> str:
    """An essay as a flat OpenDocument file."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<office:document {_NAMESPACES} office:version="1.3" '
        'office:mimetype="application/vnd.oasis.opendocument.text">'
        f"{_styles(essay, layout)}<office:body><office:text>{_body(essay, layout)}</office:text>"
        "</office:body></office:document>\n"
    )


def _styles(essay: WrittenEssay, layout: OfficeLayout) -> str:
    small = f'fo:font-size="{layout.size - 2}pt"'
    body = f'fo:text-align="{layout.align}" fo:line-height="{layout.leading}%" fo:orphans="2" fo:widows="2"'
    below = f'fo:margin-bottom="{layout.below}" {body}'
    inset = 'fo:margin-left="1.2cm" fo:margin-right="1.2cm" fo:margin-bottom="0.3cm" fo:margin-top="0.2cm"'
    centred = 'fo:text-align="center" fo:margin-bottom="0.5cm"'
    hanging = f'fo:margin-left="{layout.hanging}" fo:text-indent="-{layout.hanging}"'
    first = _paragraph_style(
        "First", f'{centred} style:page-number="{essay.first_page}"', 'fo:font-size="18pt"'
    )
    styles = [
        first.replace(">", ' style:master-page-name="Standard">', 1),
        _paragraph_style("Author", centred),
        _paragraph_style("Body", f'fo:text-indent="{layout.indent}" {below}'),
        _paragraph_style("Resumed", below),
        _paragraph_style("Quoted", f"{inset} {body}"),
        _paragraph_style("Verse", f"{inset} {body}".replace(layout.align, "start")),
        _paragraph_style(
            "Heading", 'fo:margin-top="0.5cm" fo:margin-bottom="0.2cm"', 'fo:font-weight="bold"'
        ),
        _paragraph_style("Entry", f'{hanging} fo:margin-bottom="0.15cm"'),
        _paragraph_style("Note", 'fo:margin-left="0cm"', small),
        _paragraph_style("Head", 'fo:text-align="end"', small),
        _paragraph_style("Foot", 'fo:text-align="center"', small),
        _text_style("Emphasis", 'fo:font-style="italic"'),
        _text_style("Raised", 'style:text-position="super 58%"'),
        _notes("footnote", ""),
        _notes("endnote", 'text:master-page-name="Endnotes"'),
    ]
    default = (
        '<style:default-style style:family="paragraph"><style:text-properties '
        f'style:font-name="Serif" fo:font-size="{layout.size}pt" fo:language="en" fo:country="GB"/>'
        "</style:default-style>"
    )
    return (
        f'<office:font-face-decls><style:font-face style:name="Serif" svg:font-family="{layout.font}"/>'
        f"</office:font-face-decls><office:styles>{default}{''.join(styles)}</office:styles>{_pages(layout)}"
    )


def _pages(layout: OfficeLayout) -> str:
    """The paper, and what each page has at its head or foot."""
    at_head = layout.head is not None
    where, style = ("header", "Head") if at_head else ("footer", "Foot")
    words = f"{escape(layout.head or '')} ".lstrip()
    number = f'<text:p text:style-name="{style}">{words}<text:page-number/></text:p>'
    masters = "".join(
        f'<style:master-page style:name="{name}" style:page-layout-name="Paper">'
        f"<style:{where}>{number}</style:{where}></style:master-page>"
        for name in ("Standard", "Endnotes")
    )
    margins = 'fo:margin-top="2cm" fo:margin-bottom="2cm" fo:margin-left="2.6cm" fo:margin-right="2.6cm"'
    gap = 'fo:min-height="0.9cm" fo:margin-bottom="0.4cm" fo:margin-top="0.4cm"'
    return (
        '<office:automatic-styles><style:page-layout style:name="Paper"><style:page-layout-properties '
        f'fo:page-width="{layout.width}" fo:page-height="{layout.height}" {margins}/><style:{where}-style>'
        f"<style:header-footer-properties {gap}/></style:{where}-style></style:page-layout>"
        f"</office:automatic-styles><office:master-styles>{masters}</office:master-styles>"
    )


def _notes(kind: str, more: str) -> str:
    """How notes are numbered."""
    return (
        f'<text:notes-configuration text:note-class="{kind}" text:citation-style-name="Raised" '
        'text:citation-body-style-name="Raised" style:num-format="1" text:start-value="0" '
        f'text:start-numbering-at="document" {more}/>'
    )


def _text_style(name: str, text: str) -> str:
    return (
        f'<style:style style:name="{name}" style:family="text"><style:text-properties {text}/></style:style>'
    )


def _paragraph_style(name: str, paragraph: str, text: str = "") -> str:
    letters = f"<style:text-properties {text}/>" if text else ""
    return (
        f'<style:style style:name="{name}" style:family="paragraph">'
        f"<style:paragraph-properties {paragraph}/>{letters}</style:style>"
    )


def _body(essay: WrittenEssay, layout: OfficeLayout) -> str:
    parts = [_paragraph("First", escape(curled(essay.title))), _paragraph("Author", escape(essay.author))]
    parts += [_block(block, essay, layout) for block in essay.blocks]
    if essay.references:
        parts.append(_paragraph("Heading", escape(essay.references_title)))
        parts += [_paragraph("Entry", _words(entry, essay, layout)) for entry in essay.references]
    return "\n".join(parts)


def _block(block: Block, essay: WrittenEssay, layout: OfficeLayout) -> str:
    style = {"heading": "Heading", "blockquote": "Quoted", "verse": "Verse"}.get(block.kind, "Body")
    if block.resumes:
        style = "Resumed"
    return _paragraph(style, _words(block.words, essay, layout))


def _paragraph(style: str, content: str) -> str:
    return f'<text:p text:style-name="{style}">{content}</text:p>'


def _words(words: tuple[Words, ...], essay: WrittenEssay, layout: OfficeLayout) -> str:
    made = []
    for part in curled_words(words):
        if part.style == "call":
            note = next(note for note in essay.notes if note.mark == part.text)
            body = _paragraph("Note", "<text:s/>" + _words(note.words, essay, layout))
            made.append(
                f'<text:note text:note-class="{"endnote" if layout.endnotes else "footnote"}">'
                f"<text:note-citation>{part.text}</text:note-citation>"
                f"<text:note-body>{body}</text:note-body></text:note>"
            )
        elif part.style == "italic":
            made.append(f'<text:span text:style-name="Emphasis">{escape(part.text)}</text:span>')
        else:
            made.append(escape(part.text).replace("\n", "<text:line-break/>"))
    return "".join(made)


def typeset_by_office(essay: WrittenEssay, layout: OfficeLayout, folder: Path) -> Path:
    """Set an essay.

    Args:
        essay: The essay.
        layout: The layout.
        folder: Working folder; the PDF is there.

    Raises:
        RuntimeError: If the word processor makes no file.
    """
    source = folder / "essay.fodt"
    source.write_text(flat_document(essay, layout), encoding="utf-8")
    run = subprocess.run(
        [  # noqa: S607 - found on the path
            "soffice",
            "--headless",
            f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            *("--convert-to", "pdf", "--outdir", str(folder), str(source)),
        ],
        capture_output=True,
        timeout=_SECONDS,
        check=False,
    )
    pdf = folder / "essay.pdf"
    if not pdf.exists():
        raise RuntimeError(run.stderr.decode("utf-8", "replace")[-2000:])
    return pdf

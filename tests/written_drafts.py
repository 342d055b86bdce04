"""Twelve drafts as students and scholars write them, with the faults that were planted in them.

The drafts are in ``tests/data/drafts``, each beside a list of its faults: the kind, and words by which the
fault is recognised. Word's and LibreOffice's are kept as text and made into files here. In that text
``{+ +}`` holds inserted words, ``{- -}`` deleted ones, ``{< <}`` those moved away, ``{> >}`` those moved
there, ``{~ ~}`` hidden ones, ``{# #}`` a comment, ``{^ ^}`` a note, and ``* *`` italics.
"""

from __future__ import annotations

import re
import shutil
import zipfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from assistant.library.adding import read_essay
from assistant.library.records import known_records

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from assistant.core.draft_report import DraftReport, Problem
    from assistant.core.essay import StoredEssay
    from assistant.library.library import Library

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "tests" / "data" / "drafts"
# Name of each draft's file, and what it is.
DRAFTS = {
    "student.md": "a student's paper (MLA)",
    "thesis.md": "a thesis chapter (Markdown, Better BibTeX)",
    "german.md": "a German paper",
    "french.md": "a French paper",
    "biblatex.tex": "LaTeX with biblatex and csquotes",
    "natbib.tex": "LaTeX with natbib",
    "word.docx": "Word: tracked changes, moves, hidden text, footnotes",
    "libreoffice.odt": "LibreOffice: tracked changes, footnotes",
    "google-docs.txt": "a Google Docs export with notes",
    "obsidian.md": "Obsidian notes",
    "ibid.txt": "plain text with endnotes and Ibid.",
    "review.md": "a review with HTML quotations",
}
_LAYOUTS = ROOT / "tests" / "layouts"
_RECORDS = {
    "wexcombe": (
        "running_heads.txt",
        {
            "type": "article-journal",
            "title": "Ten Minutes Behind London",
            "author": [{"family": "Wexcombe", "given": "Tobias"}],
            "container-title": "Harbour Quarterly",
            "volume": "12",
            # One more than the file has.
            "page": "33-37",
            "issued": {"date-parts": [[2011]]},
        },
    ),
    "brass": (
        "footnotes.txt",
        {
            "type": "article-journal",
            "title": "Old Brass Brains",
            "author": [{"family": "Lindqvist-Moor", "given": "Petra"}],
            "container-title": "Tidal Notes",
            "page": "87-89",
            "issued": {"date-parts": [[2018]]},
        },
    ),
}


@dataclass(frozen=True, slots=True)
class Truth:
    """What is known of a draft: the number of its quotations, and kind and words of each fault."""

    quotations: int
    faults: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Score:
    """The faults that a check found, those that it missed, and its false alarms."""

    found: tuple[tuple[str, str], ...]
    missed: tuple[tuple[str, str], ...]
    false: tuple[Problem, ...]


@cache
def written_about() -> tuple[StoredEssay, ...]:
    """The essays that the drafts are about: the sample and two of the tests' own."""
    sample = read_essay(ROOT / "data" / "sample" / "essay.txt", known_records(ROOT)).essay
    others = [
        read_essay(_LAYOUTS / file, record=record, essay_id=name).essay
        for name, (file, record) in _RECORDS.items()
    ]
    return (sample, *others)


def add_written_about(library: Library) -> None:
    """Add the essays that the drafts are about to a library."""
    library.add(ROOT / "data" / "sample" / "essay.txt")
    for name, (file, record) in _RECORDS.items():
        library.add(_LAYOUTS / file, essay_id=name)
        library.edit(name, reference=record)


def truth_of(name: str) -> Truth:
    """The quotations and faults of a draft, by the name of its file."""
    first, *lines = (FOLDER / name).with_suffix(".faults").read_text("utf-8").splitlines()
    faults = [tuple(line.split("\t")) for line in lines]
    return Truth(int(first.split()[1]), tuple((kind, words) for kind, words in faults))


def written_draft(name: str, folder: Path) -> Path:
    """Put a draft's file, and its bibliography, into a folder."""
    path, source = folder / name, FOLDER / name
    if path.suffix in {".docx", ".odt"}:
        write = write_word if path.suffix == ".docx" else _write_opendocument
        write(path, source.with_suffix(".txt").read_text("utf-8"))
        return path
    for file in (source, source.with_suffix(".bib")):
        if file.exists():
            shutil.copy(file, folder)
    return path


def score(report: DraftReport, truth: Truth) -> Score:
    """Compare the report on a draft with what is known of it; each fault counts once."""
    left, found, false = list(truth.faults), [], []
    for problem in report.problems:
        fault = next((fault for fault in left if _is_fault(problem, *fault)), None)
        if fault is None:
            false.append(problem)
        else:
            left.remove(fault)
            found.append(fault)
    return Score(tuple(found), tuple(left), tuple(false))


def _is_fault(problem: Problem, kind: str, words: str) -> bool:
    quoted, known = (" ".join(re.findall(r"\w+", text)) for text in (problem.quoted, words))
    return problem.kind == kind and known in quoted


_MARKED = re.compile(r"\{([-+<>~#^])(.*?)\1\}", re.DOTALL)
_STYLED = re.compile(r"(Quote|Heading1): ")


def _paragraphs(source: str) -> Iterator[tuple[str, str]]:
    """Style and text of each paragraph; tracked changes that enclose whole paragraphs are not used."""
    for paragraph in source.strip().split("\n\n"):
        style = _STYLED.match(paragraph)
        yield (style[1] if style else "", paragraph[style.end() if style else 0 :])


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    """The mark of each piece of a paragraph, or the empty string, and its text."""
    offset = 0
    for match in _MARKED.finditer(text):
        yield "", text[offset : match.start()]
        yield match[1], match[2]
        offset = match.end()
    yield "", text[offset:]


def _italics(text: str) -> Iterator[tuple[bool, str]]:
    return ((number % 2 == 1, part) for number, part in enumerate(text.split("*")) if part)


_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_DECLARED = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_RELATIONSHIPS = f"{_PACKAGE}/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_TRACKED = 'w:id="{}" w:author="A" w:date="2026-01-01T00:00:00Z"'
_WRAPPED = {"-": "del", "+": "ins", "<": "moveFrom", ">": "moveTo"}


def write_word(path: Path, source: str) -> None:
    """Write a file of Word from paragraphs in the notation of these drafts."""
    notes: list[str] = []
    comments: list[str] = []
    body = "".join(_word_paragraph(*paragraph, notes, comments) for paragraph in _paragraphs(source))
    footnotes = "".join(
        f'<w:footnote w:id="{number}">{_word_paragraph("", f" {note}", [], [])}</w:footnote>'
        for number, note in enumerate(notes, 2)
    )
    remarks = "".join(
        f'<w:comment w:id="{number}" w:author="B">{_word_paragraph("", remark, [], [])}</w:comment>'
        for number, remark in enumerate(comments)
    )
    styles = "".join(
        f'<w:style w:type="paragraph" w:styleId="{name}"><w:name w:val="{label}"/></w:style>'
        for name, label in (("Normal", "Normal"), ("Quote", "Quote"), ("Heading1", "heading 1"))
    )
    parts = ("document", "styles", "footnotes", "comments")
    types = "".join(
        f'<Override PartName="/word/{part}.xml" ContentType="{_TYPE}.'
        f'{"document.main" if part == "document" else part}+xml"/>'
        for part in parts
    )
    links = "".join(
        f'<Relationship Id="r{part}" Type="{_OFFICE}/{part}" Target="{part}.xml"/>' for part in parts[1:]
    )
    _write_archive(
        path,
        {
            "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
            f'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>{types}</Types>',
            "_rels/.rels": f'<Relationships xmlns="{_RELATIONSHIPS}"><Relationship Id="r1" '
            f'Type="{_OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>',
            "word/_rels/document.xml.rels": f'<Relationships xmlns="{_RELATIONSHIPS}">{links}'
            "</Relationships>",
            "word/document.xml": f"<w:document {_W}><w:body>{body}<w:sectPr/></w:body></w:document>",
            "word/styles.xml": f"<w:styles {_W}>{styles}</w:styles>",
            "word/footnotes.xml": f'<w:footnotes {_W}><w:footnote w:type="separator" w:id="0"><w:p/>'
            f"</w:footnote>{footnotes}</w:footnotes>",
            "word/comments.xml": f"<w:comments {_W}>{remarks}</w:comments>",
        },
    )


def _word_paragraph(style: str, text: str, notes: list[str], comments: list[str]) -> str:
    runs = []
    for mark, words in _pieces(text):
        if mark == "^":
            notes.append(words)
            runs.append(f'<w:r><w:footnoteReference w:id="{len(notes) + 1}"/></w:r>')
        elif mark == "#":
            runs.append(f'<w:r><w:commentReference w:id="{len(comments)}"/></w:r>')
            comments.append(words)
        elif mark in _WRAPPED:
            tag, tracked = _WRAPPED[mark], _TRACKED.format(len(runs))
            runs.append(f"<w:{tag} {tracked}>{_word_runs(words, deleted=mark == '-')}</w:{tag}>")
        else:
            runs.append(_word_runs(words, hidden=mark == "~"))
    properties = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f'<w:p w:rsidR="00A1">{properties}{"".join(runs)}</w:p>'


def _word_runs(words: str, *, deleted: bool = False, hidden: bool = False) -> str:
    """Runs of a few words each, as Word leaves them after editing."""
    tag, runs = "delText" if deleted else "t", []
    for italic, part in _italics(words):
        properties = f"{'<w:i/>' * italic}{'<w:vanish/>' * hidden}"
        runs += [
            f"<w:r>{f'<w:rPr>{properties}</w:rPr>' * bool(properties)}"
            f'<w:{tag} xml:space="preserve">{escape(piece)}</w:{tag}></w:r>'
            for piece in re.findall(r".{1,37}", part, re.DOTALL)
        ]
    return "".join(runs)


_ODF = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{full}:1.0"'
    for name, full in (
        ("office", "office"), ("text", "text"), ("style", "style"), ("fo", "xsl-fo-compatible"),
        ("manifest", "manifest"),
    )
) + ' xmlns:dc="http://purl.org/dc/elements/1.1/"'  # fmt: skip


def _write_opendocument(path: Path, source: str) -> None:
    deleted: list[str] = []
    calls: list[str] = []
    body = "".join(_odf_paragraph(*paragraph, deleted, calls) for paragraph in _paragraphs(source))
    changes = "".join(
        f'<text:changed-region xml:id="ct{number}" text:id="ct{number}"><text:deletion><office:change-info>'
        "<dc:creator>A</dc:creator><dc:date>2026-01-01T00:00:00</dc:date></office:change-info>"
        f"<text:p>{escape(words)}</text:p>"
        "</text:deletion></text:changed-region>"
        for number, words in enumerate(deleted)
    )
    _write_archive(
        path,
        {
            "mimetype": "application/vnd.oasis.opendocument.text",
            "content.xml": f"<office:document-content {_ODF}><office:automatic-styles>"
            '<style:style style:name="T1" style:family="text"><style:text-properties fo:font-style="italic"/>'
            '</style:style><style:style style:name="T2" style:family="text"><style:text-properties '
            'text:display="none"/>'
            f"</style:style></office:automatic-styles><office:body><office:text><text:tracked-changes>{changes}"
            f"</text:tracked-changes>{body}</office:text></office:body></office:document-content>",
            "styles.xml": f"<office:document-styles {_ODF}/>",
            "META-INF/manifest.xml": f'<manifest:manifest {_ODF}><manifest:file-entry manifest:full-path="/" '
            'manifest:media-type="application/vnd.oasis.opendocument.text"/><manifest:file-entry '
            'manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>',
        },
    )


def _odf_paragraph(style: str, text: str, deleted: list[str], calls: list[str]) -> str:
    pieces = []
    for mark, words in _pieces(text):
        if mark == "^":
            calls.append(words)
            pieces.append(
                f'<text:note text:note-class="footnote"><text:note-citation>{len(calls)}</text:note-citation>'
                f"<text:note-body><text:p>{_odf_spans(words)}</text:p></text:note-body></text:note>"
            )
        elif mark == "#":
            pieces.append(f"<office:annotation><text:p>{escape(words)}</text:p></office:annotation>")
        elif mark == "-":
            pieces.append(f'<text:change text:change-id="ct{len(deleted)}"/>')
            deleted.append(words)
        elif mark == "~":
            pieces.append(f'<text:span text:style-name="T2">{escape(words)}</text:span>')
        else:
            pieces.append(_odf_spans(words))
    tag, name = ("h", "Heading_20_1") if style == "Heading1" else ("p", "Quotations" if style else "Standard")
    return f'<text:{tag} text:style-name="{name}">{"".join(pieces)}</text:{tag}>'


def _odf_spans(words: str) -> str:
    return "".join(
        f'<text:span text:style-name="T1">{escape(part)}</text:span>' if italic else escape(part)
        for italic, part in _italics(words)
    )


def _write_archive(path: Path, parts: dict[str, str]) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            data = content if name == "mimetype" else _DECLARED + content
            kind = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(zipfile.ZipInfo(name), data.encode(), compress_type=kind)


def rates(scores: Sequence[tuple[Truth, Score]]) -> tuple[int, int, int, int]:
    """Quotations, planted faults, faults found and false alarms of several drafts."""
    return (
        sum(truth.quotations for truth, _ in scores),
        sum(len(truth.faults) for truth, _ in scores),
        sum(len(each.found) for _, each in scores),
        sum(len(each.false) for _, each in scores),
    )

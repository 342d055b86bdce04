"""Drafts in every format: quotations, their places, and corrected copies that keep all else."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import docx
import pytest
from docx.shared import Inches
from hypothesis import given
from hypothesis import strategies as st

from assistant.citations.styles import style_named
from assistant.core.draft_report import DraftReport, Fix, Problem
from assistant.core.errors import DraftError
from assistant.documents.latex import read_latex
from assistant.documents.reading import read_draft_file, read_draft_text
from assistant.documents.text import read_text
from assistant.drafts.check import Checker
from assistant.drafts.files import write_corrected_copy
from assistant.drafts.quotations import find_quotations
from assistant.library.adding import read_essay
from assistant.library.records import known_records
from assistant.quotations.essays import SourceEssays

if TYPE_CHECKING:
    from collections.abc import Callable

    from assistant.documents.document import Document

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        (
            'It says "a "valuable thing" (Kahn 46) for all" (Gill 845).',
            ['a "valuable thing" (Kahn 46) for all'],
        ),
        ('It says ""Race" is ours" (Gill 845).', ['"Race" is ours']),
        ('It says "this is "ours."" (Gill 845).', ['this is "ours."']),
        ('Both "race" and "class" are words.', ["race", "class"]),
        ('"One," he said, "and ("two") more."', ["One,", 'and ("two") more.']),
        ('A "lone "mark" is left. Then "others" come.', ['lone "mark', "others"]),
        ('He has "[t]wo "[s]orts" of marks" (Gill 845).', ['[t]wo "[s]orts" of marks']),
    ],
)
def test_straight_marks_within_straight_marks(text: str, quoted: list[str]) -> None:
    draft = read_draft_text(text)
    assert [
        draft.prose[quotation.start : quotation.end] for quotation in find_quotations(draft).quotations
    ] == quoted


NAME = "Essay Assistant Authors"
WRONG, RIGHT = "broke the text into short numbred pieces", "broke the text into short numbered pieces"
BLOCK = "The verse is the youngest of these divisions. In 1551 Robert Estienne,"

MARKDOWN = f"""# A “heading”

They say *“{WRONG}”* ({NAME} 13).[^a]

> {BLOCK}
> a printer ({NAME} 14)

[^a]: See “a promise that can be tested” ({NAME} 12).
"""
PLAIN = f"""They say ‘{WRONG}’ ({NAME} 13), and the writers’ own signs.

    {BLOCK}
    a printer ({NAME} 14)
"""
LATEX = rf"""\documentclass{{article}} % “{WRONG}”
\begin{{document}}
They say \enquote{{broke the text into \emph{{short}} numbred pieces}} \autocite[13]{{sample}}.\footnote{{See
``a promise that can be tested''~\cite[12]{{sample}}.}}
\begin{{quote}}
{BLOCK} a printer \parencite[14]{{sample}}
\end{{quote}}
\end{{document}}
"""
ODT = """<?xml version="1.0" encoding="UTF-8"?>
<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:automatic-styles><style:style
 style:name="P1" style:family="paragraph" style:parent-style-name="Quotations"/></office:automatic-styles>
<office:body><office:text><text:p>They say “broke the <text:span>text into short numb</text:span>red pieces”
<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>{name}, “Where,” 13.</text:p>
</text:note-body></text:note>.</text:p><text:p text:style-name="P1">{block}<text:s/>a printer
({name} 14)</text:p></office:text></office:body></office:document-content>"""


@pytest.fixture(scope="module")
def check() -> Callable[[Document], DraftReport]:
    path = ROOT / "data" / "sample" / "essay.txt"
    essay = read_essay(path, known_records(ROOT)).essay
    return Checker(SourceEssays.of([essay]), style_named("mla", [essay.reference])).check


def problems_in(report: DraftReport) -> list[tuple[str, int, int, str | None]]:
    return [(problem.kind, problem.line, problem.column, problem.replacement) for problem in report.problems]


def corrected(path: Path, report: DraftReport) -> Path:
    target = path.with_name(f"fixed-{path.name}")
    write_corrected_copy(target, path, report)
    return target


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("d.md", MARKDOWN, [("misquoted", 3, 11), ("wrong page", 6, 38), ("wrong page", 8, 67)]),
        ("d.txt", PLAIN, [("misquoted", 1, 10), ("wrong page", 4, 40)]),
        ("d.tex", LATEX, [("misquoted", 3, 10), ("wrong page", 4, 40), ("wrong page", 6, 93)]),
    ],
)
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_text_formats(
    name: str, text: str, expected: list[tuple[str, int, int]], ends: str, tmp_path: Path,
    check: Callable[[Document], DraftReport],
) -> None:  # fmt: skip
    path = tmp_path / name
    path.write_bytes(text.replace("\n", ends).encode("utf-8"))
    report = check(read_draft_file(path))
    assert [problem[:3] for problem in problems_in(report)] == expected
    copy = corrected(path, report)
    assert path.read_bytes() == text.replace("\n", ends).encode("utf-8")
    assert check(read_draft_file(copy)).problems == ()
    assert copy.read_bytes().count(ends.encode()) == text.count("\n")


def test_word(tmp_path: Path, check: Callable[[Document], DraftReport]) -> None:
    path, word = tmp_path / "d.docx", docx.Document()
    word.add_heading("A “heading”", 1)
    paragraph = word.add_paragraph("They say “broke the te")
    paragraph.add_run("xt into short numb").italic = True
    paragraph.add_run(f"red pieces” ({NAME} 13) and more.")
    word.add_paragraph(f"{BLOCK} a printer ({NAME} 14)", style="Quote")
    set_off = word.add_paragraph(f"A finger was all that Augustine had. ({NAME} 12)")
    set_off.paragraph_format.left_indent = Inches(0.5)
    word.save(str(path))
    report = check(read_draft_file(path))
    assert [(kind, line, column) for kind, line, column, _ in problems_in(report)] == [
        ("misquoted", 2, 10), ("wrong page", 3, 107), ("wrong page", 4, 63),
    ]  # fmt: skip
    assert report.labels == ("¶1", "¶2", "¶3", "¶4")
    copy = corrected(path, report)
    assert check(read_draft_file(copy)).problems == ()
    runs = docx.Document(str(copy)).paragraphs[1].runs
    assert [(run.text, bool(run.italic)) for run in runs] == [
        ("They say “broke the te", False), ("xt into short numbered", True),
        (f" pieces” ({NAME} 13) and more.", False),
    ]  # fmt: skip


def test_opendocument(tmp_path: Path, check: Callable[[Document], DraftReport]) -> None:
    path = tmp_path / "d.odt"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("content.xml", ODT.format(name=NAME, block=BLOCK))
        archive.writestr("Pictures/a.png", b"\x00\x01")
    report = check(read_draft_file(path))
    assert [(kind, fix) for kind, _, _, fix in problems_in(report)] == [
        ("misquoted", f"“{RIGHT}”"),
        ("wrong page", "13"),
    ]
    assert report.labels == ("¶1", "¶2", "note 1")
    copy = corrected(path, report)
    assert check(read_draft_file(copy)).problems == ()
    with zipfile.ZipFile(copy) as archive:
        assert archive.namelist() == ["mimetype", "content.xml", "Pictures/a.png"]
        assert b"<text:span>text into short numbered</text:span> pieces" in archive.read("content.xml")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('“one two” and "three four"', ["one two", "three four"]),
        ("«one» and „two“ and »three«", ["one", "two", "three"]),
        ("He said ‘the writers’ own words’, there", ["the writers’ own words"]),
        ("'Tis the writers' own; don't 'go away' now", ["go away"]),
        ("“outer ‘inner’ words” end", ["outer ‘inner’ words"]),
        ("\"outer 'inner' words\" end", ["outer 'inner' words"]),
        ('5" and 6" pipes, the ’90s', []),
        ("The ‘90s, '68 and ‘13:13 of it’", ["13:13 of it"]),
        ("“never closed", []),
        ("“open at the end\n\n“and closed here” done", ["open at the end", "and closed here"]),
        ("\\enquote{one} ``two'' `three' \\textquote[x]{four}", ["one", "two", "three", "four"]),
    ],
)
def test_marks(text: str, words: list[str]) -> None:
    draft = read_latex(text, "d.tex") if "\\" in text else read_text(text, "d.txt")
    assert [
        draft.prose[quotation.start : quotation.end] for quotation in find_quotations(draft).quotations
    ] == words


@given(
    st.text(
        alphabet=st.sampled_from(list("ab “”\"‘’'«»()[]{}\\*_`>#|-&;@^~$%.:1\n\r\f\t\ue0ff🙂")), max_size=80
    )
)
def test_any_text_is_read_and_every_character_has_its_place(text: str) -> None:
    for read in (read_text, read_latex, lambda words, _name: read_draft_text(f"{words}\nx")):
        draft = read(text, "d")
        assert len(draft.prose) == len(draft.starts) == len(draft.ends)
        assert all(
            0 <= first <= last <= len(draft.text)
            for first, last in zip(draft.starts, draft.ends, strict=True)
        )
        for quotation in find_quotations(draft).quotations:
            start, end = draft.span(*quotation.outer)
            assert start < end
            line, column = draft.position(start)
            assert draft.units[line - 1] + column - 1 == start


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("d.md", b"", "is empty"), ("d.md", b" \n ", "is empty"), ("d.txt", b"a\0b", "is not a text file"),
        ("d.pdf", b"%PDF", "unknown ending '.pdf'"), ("d.docx", b"not a zip", "not a .docx file"),
        ("d.docx", b"\xd0\xcf\x11\xe0rest", "encrypted"), ("d.odt", b"PK\x03\x04rest", "not a .odt file"),
        ("d.md", None, "does not exist"),
    ],
)  # fmt: skip
def test_bad_files_get_one_sentence(name: str, data: bytes | None, reason: str, tmp_path: Path) -> None:
    path = tmp_path / name
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(DraftError, match=reason) as caught:
        read_draft_file(path)
    assert name in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize(
    ("part", "reason"), [("word/other.xml", "has no word/document.xml"), ("word/document.xml", "unpacks")]
)
def test_archives_that_are_no_documents(part: str, reason: str, tmp_path: Path) -> None:
    path = tmp_path / "d.docx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(part, b" " * 61_000_000)
    with pytest.raises(DraftError, match=reason):
        read_draft_file(path)


def report_of(draft: Document, *fix: Fix) -> DraftReport:
    """A report whose one problem is corrected by a fix."""
    problem = Problem("misquoted", 0, 1, 1, 1, "", "", "", "", "essay", (), "", fixes=fix)
    return DraftReport(draft.name, draft.text, draft.units, draft.labels, 1, 0, 0, (problem,))


def test_no_file_is_written_over(tmp_path: Path) -> None:
    path = tmp_path / "d.md"
    path.write_text("old words")
    with pytest.raises(DraftError, match="is there already"):
        write_corrected_copy(path, None, report_of(read_draft_text("old words"), Fix(0, 3, "new")))
    assert path.read_text() == "old words"
    assert list(tmp_path.iterdir()) == [path]


def test_windows_text_keeps_its_encoding(tmp_path: Path) -> None:
    path, target = tmp_path / "d.txt", tmp_path / "new.txt"
    path.write_bytes("“caf\u00e9”".encode("cp1252"))
    write_corrected_copy(target, path, report_of(read_draft_file(path), Fix(1, 5, "th\u00e9")))
    assert target.read_bytes().decode("cp1252") == "“th\u00e9”"


@pytest.mark.parametrize("suffix", [".md", ".docx"])
def test_a_draft_that_has_changed_since_is_not_corrected(suffix: str, tmp_path: Path) -> None:
    path, target = tmp_path / f"d{suffix}", tmp_path / f"new{suffix}"
    reports = []
    for words in ("Old words.", "Other words."):
        if suffix == ".md":
            path.write_text(words)
        else:
            word = docx.Document()
            word.add_paragraph(words)
            word.save(str(path))
        reports.append(report_of(read_draft_file(path), Fix(0, 5, "New")))
    with pytest.raises(DraftError, match="has changed while it was checked"):
        write_corrected_copy(target, path, reports[0])
    write_corrected_copy(target, path, reports[1])
    assert read_draft_file(target).prose.strip() == "New words."

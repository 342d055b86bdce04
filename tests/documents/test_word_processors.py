"""Files of word processors as essays: what is printed, what it is, notes, pages."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import docx
import pytest

from assistant.core.essay import Passage, StoredEssay
from assistant.library.adding import read_essay

WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
MARKUP = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
OPEN = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in {
        "office": "office", "style": "style", "text": "text", "fo": "xsl-fo-compatible", "table": "table",
        "draw": "drawing", "svg": "svg-compatible", "meta": "meta",
    }.items()
)  # fmt: skip
LONG = (
    "The keeper of the light wrote down each ship that passed, at what hour it passed and what he thought of "
    "it, and nobody asked him to."
)


def p(*runs: str, style: str = "", properties: str = "") -> str:
    """A paragraph of Word; runs that are no XML are plain words."""
    named = f'<w:pStyle w:val="{style}"/>' if style else ""
    inner = "".join(run if run.startswith("<") else r(run) for run in runs)
    return f"<w:p><w:pPr>{named}{properties}</w:pPr>{inner}</w:p>"


def r(words: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{words}</w:t></w:r>'


def word(folder: Path, body: str, *, notes: dict[str, str] | None = None, styles: str = "") -> Path:
    """A Word file with this body; notes by ``footnotes`` and ``endnotes``."""
    blank = io.BytesIO()
    docx.Document().save(blank)
    path = folder / "essay.docx"
    types, relations = "", ""
    for number, kind in enumerate(notes or {}):
        types += (
            f'<Override PartName="/word/{kind}.xml" ContentType="application/vnd.openxmlformats-'
            f'officedocument.wordprocessingml.{kind}+xml"/>'
        )
        relations += f'<Relationship Id="n{number}" Type="{RELATIONS}/{kind}" Target="{kind}.xml"/>'
    with zipfile.ZipFile(blank) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            text = old.read(info)
            if info.filename == "word/document.xml":
                text = f"<w:document {WORD} {MARKUP}><w:body>{body}</w:body></w:document>".encode()
            elif info.filename == "[Content_Types].xml":
                text = text.replace(b"</Types>", f"{types}</Types>".encode())
            elif info.filename == "word/_rels/document.xml.rels":
                text = text.replace(b"</Relationships>", f"{relations}</Relationships>".encode())
            elif info.filename == "word/styles.xml":
                text = text.replace(b"</w:styles>", f"{styles}</w:styles>".encode())
            new.writestr(info.filename, text)
        for kind, inner in (notes or {}).items():
            new.writestr(f"word/{kind}.xml", f"<w:{kind} {WORD}>{inner}</w:{kind}>")
    return path


def odt(folder: Path, body: str, *, automatic: str = "", meta: str = "") -> Path:
    path = folder / "essay.odt"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        file.writestr(
            "content.xml",
            f"<office:document-content {OPEN}><office:automatic-styles>{automatic}</office:automatic-styles>"
            f"<office:body><office:text>{body}</office:text></office:body></office:document-content>",
        )
        file.writestr(
            "meta.xml",
            f'<office:document-meta {OPEN} xmlns:dc="http://purl.org/dc/elements/1.1/"><office:meta>{meta}'
            "</office:meta></office:document-meta>",
        )
    return path


def rtf(folder: Path, body: str) -> Path:
    path = folder / "essay.rtf"
    head = (
        r"{\rtf1\ansi\ansicpg1252\uc1{\fonttbl{\f0 Times;}{\f1\fcharset204 Times;}}"
        r"{\stylesheet{\s0 Normal;}{\s1\sbasedon0 heading 1;}{\s2\sbasedon0 Block Text;}}"
    )
    path.write_bytes(f"{head}{body}}}".encode("latin-1"))
    return path


def shown(essay: StoredEssay) -> list[tuple[str, str]]:
    return [(passage.kind, passage.text) for passage in essay.passages]


def read(path: Path) -> StoredEssay:
    essay = read_essay(path)
    assert essay.essay.report.unaccounted == 0
    return essay.essay


def test_only_printed_words_are_read(tmp_path: Path) -> None:
    body = p(
        "The mill",
        '<w:del w:id="1" w:author="x"><w:r><w:delText> was</w:delText></w:r></w:del>',
        '<w:ins w:id="2" w:author="x"><w:r><w:t xml:space="preserve"> is</w:t></w:r></w:ins>',
        r(" secretly", "<w:vanish/>"),
        " by the river",
        '<w:moveFrom w:id="3" w:author="x"><w:r><w:t> of old</w:t></w:r></w:moveFrom>',
        '<w:commentRangeStart w:id="0"/>',
        '<w:r><w:fldChar w:fldCharType="begin"/><w:instrText> PAGEREF x </w:instrText>'
        '<w:fldChar w:fldCharType="separate"/><w:t xml:space="preserve"> and</w:t>'
        '<w:fldChar w:fldCharType="end"/></w:r>',
        "<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent><w:r><w:t>Click here</w:t></w:r>"
        "</w:sdtContent></w:sdt>",
        '<w:smartTag w:element="x"><w:r><w:t xml:space="preserve"> its co</w:t></w:r></w:smartTag>',
        "<w:r><w:noBreakHyphen/><w:t>ope</w:t><w:softHyphen/><w:t>rative</w:t></w:r>",
        '<w:hyperlink><w:r><w:t xml:space="preserve"> owners.</w:t></w:r></w:hyperlink>',
        '<w:r><w:sym w:font="Symbol" w:char="F061"/></w:r>',
    )
    essay = read(word(tmp_path, body + p(LONG)))
    assert essay.passages[0].text == "The mill is by the river and its co-operative owners.α"


def test_a_deleted_paragraph_mark_joins_two_paragraphs(tmp_path: Path) -> None:
    deleted = '<w:rPr><w:del w:id="1" w:author="x"/></w:rPr>'
    body = p("The mill stood ", properties=deleted) + p("by the river, where nobody asked for it.") + p(LONG)
    assert shown(read(word(tmp_path, body)))[0] == (
        "paragraph",
        "The mill stood by the river, where nobody asked for it.",
    )


def test_a_large_initial_belongs_to_its_word(tmp_path: Path) -> None:
    frame = '<w:framePr w:dropCap="drop" w:lines="3"/>'
    body = p(r("T", '<w:sz w:val="90"/>'), properties=frame) + p("he mill stood by the river. " + LONG)
    assert shown(read(word(tmp_path, body)))[0] == ("paragraph", f"The mill stood by the river. {LONG}")


@pytest.mark.parametrize("name", ["Zitat", "Citation", "Cita destacada", "Block Quotation", "Quotations"])
def test_quotations_by_the_name_of_a_style_or_of_its_parent(tmp_path: Path, name: str) -> None:
    styles = (
        f'<w:style w:type="paragraph" w:styleId="A1"><w:name w:val="{name}"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="A2"><w:name w:val="Mine"/><w:basedOn w:val="A1"/></w:style>'
    )
    body = p(LONG) + p("Words of another, at length.", style="A2") + p(f"And {LONG}")
    assert [kind for kind, _ in shown(read(word(tmp_path, body, styles=styles)))] == [
        "paragraph",
        "blockquote",
        "paragraph",
    ]


def test_without_styles_looks_tell(tmp_path: Path) -> None:
    indent, block = '<w:ind w:firstLine="720"/>', '<w:ind w:left="720"/>'
    centred = '<w:jc w:val="center"/>'
    body = (
        p("On Lights", properties=centred)
        + p("Ann Keeper", properties=centred)
        + p(LONG, properties=indent)
        + p("Words of another, at some length.", properties=block)
        + p("so that the paragraph goes on. " + LONG)
        + p(r("The Second Part", "<w:b/>"))
        + p(LONG, properties=indent)
        + p("Soft falls the snow", "<w:r><w:br/></w:r>", "Soft on the finished page", properties=block)
        + p("Another paragraph begins. " + LONG, properties=indent)
        + p("* * *", properties=centred)
        + p(LONG, properties=indent)
        + p("Works Cited", properties=centred)
        + p(
            "Alder, Jane. The Mill. 1999.",
            properties='<w:ind w:left="720" w:hanging="720"/>',
        )
    )
    essay = read(word(tmp_path, body))
    assert [kind for kind, _ in shown(essay)] == (
        "title author paragraph blockquote paragraph heading paragraph verse paragraph paragraph heading "
        "reference"
    ).split()
    by_name = {passage.id.split("/")[1]: passage for passage in essay.passages}
    assert by_name["p02"].continues == by_name["p01"].id
    assert by_name["p04"].continues is None
    assert by_name["p03"].section == "The Second Part"


def test_tables_and_text_boxes_are_captions(tmp_path: Path) -> None:
    cell = "<w:tc>" + p("Ships") + "</w:tc><w:tc>" + p("12") + "</w:tc>"
    box = (
        "<w:r><mc:AlternateContent><mc:Choice><w:txbxContent>"
        + p("A remark in a box")
        + "</w:txbxContent></mc:Choice><mc:Fallback><w:pict><w:txbxContent>"
        + p("A remark in a box")
        + "</w:txbxContent></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )
    body = p(LONG, box) + f"<w:tbl><w:tr>{cell}</w:tr><w:tr>{cell}</w:tr></w:tbl>" + p(f"And {LONG}")
    assert shown(read(word(tmp_path, body))) == [
        ("paragraph", LONG),
        ("caption", "A remark in a box"),
        ("caption", "Ships 12 Ships 12"),
        ("paragraph", f"And {LONG}"),
    ]


def test_a_table_that_places_text_is_text(tmp_path: Path) -> None:
    body = "<w:tbl><w:tr><w:tc>" + p(LONG + LONG) + "</w:tc></w:tr></w:tbl>" + p(LONG)
    assert [kind for kind, _ in shown(read(word(tmp_path, body)))] == ["paragraph", "paragraph"]


def _call(kind: str, number: int, own: str = "") -> str:
    mark = f"<w:t>{own}</w:t>" if own else ""
    follows = ' w:customMarkFollows="1"' if own else ""
    return f'<w:r><w:{kind}Reference w:id="{number}"{follows}/>{mark}</w:r>'


def _note(kind: str, number: int, *paragraphs: str) -> str:
    return f'<w:{kind} w:id="{number}">{"".join(map(p, paragraphs))}</w:{kind}>'


def test_notes_are_linked_by_the_file(tmp_path: Path) -> None:
    notes = {
        "footnotes": _note("footnote", 7, "First note.", "Its second paragraph.")
        + _note("footnote", 3, "* With a mark of its own."),
        "endnotes": _note("endnote", 1, "An endnote."),
    }
    body = (
        p(LONG, _call("footnote", 7), " More words.")
        + p(LONG, _call("footnote", 3, "*"), _call("endnote", 1))
        + p(f"And {LONG}")
    )
    essay = read(word(tmp_path, body, notes=notes))
    assert [(passage.id, passage.text) for passage in essay.passages if passage.kind == "note"] == [
        ("essay/n1", "1. First note. Its second paragraph."),
        ("essay/n2", "* With a mark of its own."),
        ("essay/n3", "i. An endnote."),
    ]
    first, second = essay.passages[0], essay.passages[2]
    assert [(mark.mark, mark.at, mark.passage) for mark in first.notes] == [("1", len(LONG), "essay/n1")]
    assert [(mark.mark, mark.passage) for mark in second.notes] == [("*", "essay/n2"), ("i", "essay/n3")]
    assert first.text == f"{LONG} More words."
    assert [passage.kind for passage in essay.passages] == [
        "paragraph", "note", "paragraph", "note", "paragraph", "note",
    ]  # fmt: skip


def test_pages_are_those_of_the_last_layout(tmp_path: Path) -> None:
    rendered = "<w:r><w:lastRenderedPageBreak/></w:r>"
    notes = {"footnotes": _note("footnote", 1, "A note at the foot.")}
    section = '<w:sectPr><w:pgNumType w:start="7"/></w:sectPr>'
    body = p(LONG, _call("footnote", 1), rendered, " On the next page.") + p(rendered, LONG) + section
    essay = read(word(tmp_path, body, notes=notes))
    pages = {passage.id: [(page.label, page.start) for page in passage.pages] for passage in essay.passages}
    assert pages == {
        "essay/p01": [("7", 0), ("8", len(LONG) + 1)],
        "essay/n1": [("7", 0)],
        "essay/p02": [("9", 0)],
    }
    assert essay.report.page_provenance == (
        "3 pages by page breaks as Word last laid the text out; first page 7, counted as the file says"
    )
    asked = read_essay(tmp_path / "essay.docx", first_page="20").essay
    assert asked.passages[0].pages[0].label == "20"


def test_breaks_that_leave_a_longer_page_than_there_can_be_are_no_pages(tmp_path: Path) -> None:
    turn = '<w:r><w:br w:type="page"/></w:r>'
    short = read(word(tmp_path, p(LONG, turn, LONG) + p(LONG)))
    assert [page.label for page in short.passages[0].pages] == ["1", "2"]
    assert short.passages[0].locator == ""
    long = read(word(tmp_path, p(LONG * 60, turn, LONG) + p(LONG)))
    assert long.report.pages == 0
    assert [passage.locator for passage in long.passages] == ["par. 1", "par. 2"]
    assert any("Not all page breaks" in warning for warning in long.report.warnings)


def test_paragraphs_are_counted_as_a_reader_does(tmp_path: Path) -> None:
    indent, block = '<w:ind w:firstLine="720"/>', '<w:ind w:left="720"/>'
    notes = {"footnotes": _note("footnote", 1, "A note.")}
    body = (
        p("A Heading", style="Heading1")
        + p(LONG, properties=indent)
        + p("Words of another, at some length.", properties=block)
        + p("which goes on. ", LONG, _call("footnote", 1))
        + p(LONG, properties=indent)
    )
    essay = read(word(tmp_path, body, notes=notes))
    assert {passage.id.split("/")[1]: passage.locator for passage in essay.passages} == {
        "title": "", "p01": "par. 1", "b01": "par. 1", "p02": "par. 1", "n1": "n. 1", "p03": "par. 2",
    }  # fmt: skip


def test_open_document(tmp_path: Path) -> None:
    automatic = (
        '<style:style style:name="P1" style:family="paragraph" style:parent-style-name="Quotations"/>'
        '<style:style style:name="T1" style:family="text"><style:text-properties fo:font-style="italic"/>'
        '</style:style><style:style style:name="T2" style:family="text"><style:text-properties '
        'text:display="none"/></style:style>'
    )
    note = (
        '<text:note text:note-class="footnote"><text:note-citation>a</text:note-citation><text:note-body>'
        "<text:p>Its text.</text:p></text:note-body></text:note>"
    )
    box = (
        "<draw:frame><draw:text-box><text:p>A remark in a box</text:p></draw:text-box><svg:desc>A picture "
        "of a mill</svg:desc></draw:frame>"
    )
    cells = "<table:table-cell><text:p>Ships</text:p></table:table-cell>" * 2
    body = (
        "<text:table-of-content><text:index-body><text:p>Contents 1</text:p></text:index-body>"
        f'</text:table-of-content><text:h text:outline-level="1">On Lights</text:h><text:p>{LONG}{note} '
        '<text:span text:style-name="T1">Italic</text:span>'
        '<text:span text:style-name="T2"> hidden</text:span>'
        f"{box} words.</text:p>"
        '<text:p text:style-name="P1">Soft falls the snow<text:line-break/>Soft on the page</text:p>'
        f"<text:p>and on it goes.<text:soft-page-break/> {LONG}</text:p>"
        f"<table:table><table:table-row>{cells}</table:table-row></table:table><text:p>{LONG}</text:p>"
    )
    essay = read(odt(tmp_path, body, automatic=automatic, meta="<dc:title>x</dc:title>"))
    assert shown(essay) == [
        ("title", "On Lights"),
        ("paragraph", f"{LONG} Italic words."),
        ("note", "a. Its text."),
        ("caption", "A remark in a box"),
        ("verse", "Soft falls the snow Soft on the page"),
        ("paragraph", f"and on it goes. {LONG}"),
        ("caption", "Ships Ships"),
        ("paragraph", LONG),
    ]
    first = essay.passages[1]
    assert [first.text[start:end] for start, end in first.emphasis] == ["Italic"]
    assert [(mark.mark, mark.passage) for mark in first.notes] == [("a", "essay/n1")]
    assert [page.label for page in essay.passages[-1].pages] == ["2"]
    assert "\n" in essay_source(tmp_path / "essay.odt", essay.passages[4])


def essay_source(path: Path, passage: Passage) -> str:
    """What the source has where a passage is."""
    return read_essay(path).source[slice(*passage.source)]


def test_rich_text(tmp_path: Path) -> None:
    body = (
        r"{\info{\title On Lights}{\author Ann Keeper}}{\header A running head\par}"
        r"\pard\s1\b On Lights\b0\par"
        rf"\pard\fi720 {LONG}"
        r"{\super 1{\footnote\pard\plain {\super 1} A note, with {\i italics}.}} After it\'2e "
        r"\u8220?Said\u8221? {\f1 \'e4\'e0}\par"
        r"\pard\li720 Soft falls the snow\line Soft on the page\par"
        r"{\pard\s2 Words of another, at length.}\par"
        r"\pard\fi720 {\v hidden}{\deleted deleted}{\*\unknown left out}Next "
        r"{\field{\*\fldinst PAGE}{\fldrslt field}} "
        r"{\pict 0a0b0c}" + LONG + r"\par"
    )
    essay = read(rtf(tmp_path, body))
    assert [kind for kind, _ in shown(essay)] == [
        "title", "paragraph", "note", "verse", "blockquote", "paragraph",
    ]  # fmt: skip
    assert essay.passages[1].text == f"{LONG} After it. “Said” да"
    assert [(mark.mark, mark.passage) for mark in essay.passages[1].notes] == [("1", "essay/n1")]
    assert essay.passages[2].text == "1 A note, with italics."
    assert essay.passages[5].text == f"Next field {LONG}"
    assert essay.reference["title"] == "On Lights"

"""What the formats declare beyond words: italics, pages, and where every character comes from."""

from __future__ import annotations

import io
import zipfile

import docx
import pytest
from docx.enum.style import WD_STYLE_TYPE

from assistant.documents.document import Document
from assistant.documents.latex import read_latex
from assistant.documents.markdown import read_markdown
from assistant.documents.opendocument import read_opendocument
from assistant.documents.text import read_pages
from assistant.documents.word import read_word

ODT = """<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"
 xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:automatic-styles>{styles}
</office:automatic-styles><office:body><office:text><text:p>{body}</text:p></office:text></office:body>
</office:document-content>"""
STYLE = '<style:style style:name="{}" style:family="text" {}>{}</style:style>'
ITALIC = '<style:text-properties fo:font-style="italic"/>'
UPRIGHT = '<style:text-properties fo:font-style="normal"/>'


def emphasized(document: Document) -> list[str]:
    return [document.prose[start:end] for start, end in document.emphasis]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Of *Middlemarch* and _Emma_, **not** this.", ["Middlemarch", "Emma"]),
        ("In *two\nlines* and ***both*** ways.", ["two\nlines", "both"]),
        ("> A *quoted* word[^1]\n\n[^1]: In *Emma* too.", ["quoted", "Emma"]),
        ("By <i>tag</i> and <EM>tag</EM>, </i> never.", ["tag", "tag"]),
        ("snake_case_words and 2 * 3 * 4", []),
        (r"An \*escaped\* word", []),
    ],
)
def test_emphasis_of_markdown(text: str, words: list[str]) -> None:
    assert emphasized(read_markdown(text, "d.md")) == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (r"Of \emph{Middlemarch} and \textit {Emma}, \textbf{not} this.", ["Middlemarch", "Emma"]),
        (r"Of {\em Emma}, {see \it Emma} too, {\bf not} this.", ["Emma", "Emma"]),
        (r"\emph{Of \emph{Emma} and {more}} here", ["Of Emma and more"]),
        (r"\enquote{In \emph{Emma}}\footnote{And \emph{Persuasion}.} \section{On \emph{Emma}}",
         ["Emma", "Persuasion", "Emma"]),
        (r"\emph{} and } a bracket {\itshape}", []),
        (r"\emph{never closed", []),
    ],
)  # fmt: skip
def test_emphasis_of_latex(text: str, words: list[str]) -> None:
    assert emphasized(read_latex(text, "d.tex")) == words


def test_emphasis_of_word() -> None:
    file, word = io.BytesIO(), docx.Document()
    base = word.styles.add_style("Work", WD_STYLE_TYPE.CHARACTER)
    base.font.italic = True
    word.styles.add_style("Book", WD_STYLE_TYPE.CHARACTER).base_style = base
    paragraph = word.add_paragraph("Of ")
    for words, italic, style in [
        ("Middle", True, None), ("march", True, None), (", ", None, None), ("Emma", None, "Book"),
        (" and ", False, "Book"), ("Persuasion", None, "Work"),
    ]:  # fmt: skip
        paragraph.add_run(words, style).italic = italic
    word.save(file)
    document = read_word(file.getvalue(), "d.docx")
    assert emphasized(document) == ["Middlemarch", "Emma", "Persuasion"]


def test_emphasis_of_opendocument() -> None:
    styles = "".join(
        [
            STYLE.format("T1", "", ITALIC),
            STYLE.format("T2", 'style:parent-style-name="T1"', ""),
            STYLE.format("T3", 'style:parent-style-name="T2"', UPRIGHT),
            STYLE.format("T4", 'style:parent-style-name="T4"', ""),
        ]
    )
    body = "Of " + ", ".join(f'<text:span text:style-name="T{n}">word {n}</text:span>' for n in range(1, 6))
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("content.xml", ODT.format(styles=styles, body=body))
    document = read_opendocument(file.getvalue(), "d.odt")
    assert document.prose.strip() == "Of word 1, word 2, word 3, word 4, word 5"
    assert emphasized(document) == ["word 1", "word 2"]


def test_a_plain_text_essay_has_pages_and_leaves_its_blocks_to_chunking() -> None:
    document = read_pages("One.\n\fTwo.\n", "essay.txt")
    assert [document.text[start:] for start in document.pages.starts] == ["One.\n\fTwo.\n", "Two.\n"]
    assert (document.prose, document.blocks, document.setting) == ("", (), None)

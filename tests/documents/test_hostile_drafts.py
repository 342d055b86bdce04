"""Drafts made to harm: archives and XML that would fill the memory, never end, or read other files."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
import pytest
from essay_library import one_sentence

from assistant.core.draft_report import DraftReport, Fix, Problem
from assistant.core.errors import DraftError
from assistant.documents import archive
from assistant.documents.reading import read_draft_file, read_draft_text
from assistant.drafts.files import write_corrected_copy
from assistant.drafts.quotations import find_quotations

WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
OPEN = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
)
LAUGHS = (
    "<!DOCTYPE a ["
    '<!ENTITY l0 "ha">' + "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10)) + "]>"
)
HIDDEN = "the words of a file that nobody may read"


def word(tmp_path: Path, body: str, *, head: str = "", **parts: str) -> Path:
    """A .docx with this body; other parts by their names in ``word/``."""
    blank = io.BytesIO()
    docx.Document().save(blank)
    path = tmp_path / "draft.docx"
    own = {f"word/{name}.xml": text for name, text in parts.items()}
    own["word/document.xml"] = f"{head}<w:document {WORD}><w:body>{body}</w:body></w:document>"
    with zipfile.ZipFile(blank) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            new.writestr(info.filename, own.get(info.filename, old.read(info)))
    return path


def text_document(tmp_path: Path, body: str, head: str = "") -> Path:
    """An .odt with this body."""
    path = tmp_path / "draft.odt"
    content = f"<office:document-content {OPEN}><office:body><office:text>{body}"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("content.xml", f"{head}{content}</office:text></office:body></office:document-content>")
    return path


def paragraph(words: str) -> str:
    return f"<w:p><w:r><w:t>{words}</w:t></w:r></w:p>"


MAKERS: list[Callable[[Path, str, str], Path]] = [
    lambda folder, words, head: word(folder, paragraph(f"Some {words} words."), head=head),
    lambda folder, words, head: text_document(folder, f"<text:p>Some {words} words.</text:p>", head),
]


def _read(path: Path) -> str:
    """The prose of a draft, or the sentence that refuses it."""
    try:
        return read_draft_file(path).prose
    except DraftError as error:
        return one_sentence(error).replace(str(path), path.name)


@pytest.mark.parametrize("make", MAKERS)
def test_entities_are_neither_multiplied_nor_fetched(
    tmp_path: Path, make: Callable[[Path, str, str], Path]
) -> None:
    (tmp_path / "secret.txt").write_text(HIDDEN)
    heads = [
        ("&l9;", LAUGHS),
        ("&x;", f'<!DOCTYPE a [<!ENTITY x SYSTEM "file://{tmp_path}/secret.txt">]>'),
        ("&x;", '<!DOCTYPE a [<!ENTITY x "inner words">]>'),
        ("%x;", f'<!DOCTYPE a [<!ENTITY % x SYSTEM "file://{tmp_path}/secret.txt"> %x;]>'),
    ]
    for words, head in heads:
        path = make(tmp_path, words, head)
        prose = _read(path)
        assert len(prose) < 200
        assert HIDDEN not in prose


def test_entities_in_attributes_do_not_multiply_either(tmp_path: Path) -> None:
    path = word(tmp_path, f'<w:p w:rsidR="&l9;"/>{paragraph("Words.")}', head=LAUGHS)
    with pytest.raises(DraftError, match="damaged"):
        read_draft_file(path)


@pytest.mark.parametrize(
    ("name", "size"), [("word/more.xml", 31_000_000), ("word/media/picture.png", 210_000_000)]
)
def test_a_document_that_unpacks_to_far_more_is_refused_unread(tmp_path: Path, name: str, size: int) -> None:
    path = word(tmp_path, paragraph("Words."))
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as file:
        file.writestr(name, b" " * size)
    assert path.stat().st_size < 400_000
    with pytest.raises(DraftError, match="unpacks to more than a text can be"):
        read_draft_file(path)


def test_a_size_that_lies_is_found_out(tmp_path: Path) -> None:
    path = text_document(tmp_path, f"<text:p>{'word ' * 100_000}</text:p>")
    data = path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        true = archive.getinfo("content.xml").file_size.to_bytes(4, "little")
    assert data.count(true) == 2
    path.write_bytes(data.replace(true, (100).to_bytes(4, "little")))
    with pytest.raises(DraftError, match="damaged"):
        read_draft_file(path)


@pytest.mark.parametrize("make", [word, text_document])
def test_more_elements_or_paragraphs_than_a_draft_has(
    tmp_path: Path, make: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    element = "<w:p/>" if make is word else "<text:p/>"
    path = make(tmp_path, element * 2_000)
    monkeypatch.setattr(archive, "_MOST_PARAGRAPHS", 1_000)
    with pytest.raises(DraftError, match=r"draft\.\w+ has too many paragraphs"):
        read_draft_file(path)
    monkeypatch.setattr(archive, "_MOST_ELEMENTS", 900)
    with pytest.raises(DraftError, match="unpacks to more"):
        read_draft_file(path)


def test_elements_without_an_end_tag_count_as_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = text_document(tmp_path, "<text:p>Words.<text:tab/></text:p>" * 300)
    monkeypatch.setattr(archive, "_MOST_ELEMENTS", 620)
    assert read_draft_file(path).prose.split() == ["Words."] * 300
    monkeypatch.setattr(archive, "_MOST_ELEMENTS", 590)
    with pytest.raises(DraftError, match="unpacks to more"):
        read_draft_file(path)


def test_styles_that_are_based_on_each_other_in_a_ring_end(tmp_path: Path) -> None:
    ring = "".join(
        f'<w:style w:type="paragraph" w:styleId="{style}"><w:name w:val="{style}"/>'
        f'<w:basedOn w:val="{base}"/></w:style>'
        for style, base in (("A", "B"), ("B", "A"), ("C", "C"))
    )
    styled = "".join(f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr></w:p>' for style in "ABC")
    path = word(tmp_path, styled + paragraph("Words."), styles=f"<w:styles {WORD}>{ring}</w:styles>")
    assert read_draft_file(path).prose.strip() == "Words."


@pytest.mark.parametrize("count", ["2000000000", "9" * 5000, "-1", "x", "²", ""])
def test_a_count_of_spaces_is_limited(tmp_path: Path, count: str) -> None:
    path = text_document(tmp_path, f'<text:p>One<text:s text:c="{count}"/>two.</text:p>')
    assert len(read_draft_file(path).prose) < 200
    assert read_draft_file(path).prose.split() == ["One", "two."]


@pytest.mark.parametrize("make", [word, text_document])
def test_elements_within_elements_without_end(tmp_path: Path, make: Callable[..., Path]) -> None:
    element = "w:p" if make is word else "text:section"
    with pytest.raises(DraftError, match="damaged"):
        read_draft_file(make(tmp_path, f"<{element}>" * 50_000 + f"</{element}>" * 50_000))


@pytest.mark.parametrize("words", ["“", "“word ", "‘", "‘word ", "“a ‘b "])
def test_marks_that_open_without_end_are_given_up(words: str) -> None:
    # Looked through to its end for each mark, this would take hours.
    draft = read_draft_text(words * (200_000 // len(words)) + "”")
    assert find_quotations(draft).quotations == ()


def test_a_draft_whose_picture_is_damaged_is_read_but_not_copied(tmp_path: Path) -> None:
    path, target = text_document(tmp_path, "<text:p>Old words.</text:p>"), tmp_path / "new.odt"
    with zipfile.ZipFile(path, "a") as file:
        file.writestr("Pictures/1.png", b"of a harbour")
    path.write_bytes(path.read_bytes().replace(b"of a harbour", b"of an island"))
    draft = read_draft_file(path)
    fixes = (Fix(0, 3, "New"),)
    problem = Problem("misquoted", 0, 1, 1, 1, "", "", "", "", "essay", (), "", fixes=fixes)
    report = DraftReport(draft.name, draft.text, draft.units, draft.labels, 1, 0, 0, (problem,))
    with pytest.raises(DraftError, match=r"draft\.odt is damaged"):
        write_corrected_copy(target, path, report)
    assert list(tmp_path.iterdir()) == [path]


def test_notes_and_paragraphs_within_each_other_are_read_once(tmp_path: Path) -> None:
    note, end = "<text:p>one <text:note><text:note-body>", "</text:note-body></text:note></text:p>"
    path = text_document(tmp_path, note * 50 + "<text:p>last</text:p>" + end * 50)
    assert read_draft_file(path).text.split() == ["one"] * 50 + ["last"]
    body = "<text:p>one " * 100 + "</text:p>" * 100
    path = text_document(tmp_path, note + body + end)
    assert read_draft_file(path).text.split() == ["one"] * 101

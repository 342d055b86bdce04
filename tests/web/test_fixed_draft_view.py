"""The corrected copy of a draft as the page offers it, and printed words to copy."""

from __future__ import annotations

import io
import shutil
from base64 import b64decode
from pathlib import Path

import docx
import pytest
from check_part import DRAFT, EXACT, LIFTED, checked_html
from page_library import FakeLibrary, Tags, keepers_log, words_of

from assistant.drafts.files import write_corrected_copy


def test_a_corrected_copy_is_offered_with_what_it_changes_and_what_not(tmp_path: Path) -> None:
    path = tmp_path / "essay.md"
    path.write_bytes(f"{DRAFT}\r\n\r\n{LIFTED}\r\n".encode())
    mended = f"{DRAFT}\r\n\r\n{LIFTED}\r\n".replace("something", "nothing").replace("33", "31")
    html = checked_html("", path)
    (download,) = [attributes for attributes, _ in Tags(html).of("download")]
    assert download["data-name"] == "essay.fixed.md"
    assert b64decode(download["data-bytes"] or "").decode() == mended
    (copy,) = [attributes for attributes, _ in Tags(html).of("copy-mended")]
    assert copy["data-copy"] == mended
    assert "2 of 3 problems corrected" in words_of(html, "mended")
    assert words_of(html, "changed") == (
        "1: misquoted, paragraph 1 something, nothing,2: wrong page, paragraph 1 33 31"
    )
    assert words_of(html, "left") == "3: unmarked, paragraph 2 quote it or reword it yourself"
    assert [*tmp_path.iterdir()] == []


def test_the_copy_is_what_the_command_writes(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph(DRAFT)
    path, other = tmp_path / "my essay.docx", tmp_path / "other.docx"
    document.save(str(path))
    shutil.copy(path, other)
    tags = Tags(checked_html("", path))
    assert not tags.of("copy-mended")
    (download,) = [attributes for attributes, _ in tags.of("download")]
    assert download["data-name"] == "my essay.fixed.docx"
    downloaded = docx.Document(io.BytesIO(b64decode(download["data-bytes"] or "")))
    assert downloaded.paragraphs[0].text == DRAFT.replace("something", "nothing").replace("33", "31")
    audit = FakeLibrary(keepers_log()).check_draft(other)
    write_corrected_copy(tmp_path / "copy.docx", other, audit)
    written = docx.Document(str(tmp_path / "copy.docx"))
    assert [paragraph.text for paragraph in written.paragraphs] == [
        paragraph.text for paragraph in downloaded.paragraphs
    ]


def test_where_nothing_can_be_corrected_no_copy_is_offered() -> None:
    html = checked_html(f"{LIFTED} So it was.\n\nAnd so on.")
    assert words_of(html, "mended").startswith("None of this can be corrected for certain")
    assert not Tags(html).of("download")
    assert not Tags(checked_html(f"As Marsh says, “{EXACT[:-1]}” (Marsh 31).")).of("mended")


def test_a_copy_that_is_too_large_is_left_to_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.web.views.draft.LARGEST", 10)
    html = checked_html(DRAFT)
    assert "assistant check DRAFT --fix" in words_of(html, "mended-actions")
    assert not Tags(html).of("download")


def test_what_is_printed_can_be_copied_with_its_citation_from_each_problem() -> None:
    tags = Tags(checked_html(DRAFT))
    assert [attributes["data-copy"] for attributes, _ in tags.of("copy-quotation")] == [
        f'"{EXACT[:-1]}" (Marsh 31).'
    ]

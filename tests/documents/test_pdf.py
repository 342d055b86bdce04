"""Reading PDFs: what is printed, in the order of reading, with its places; or one sentence why not."""

from __future__ import annotations

import re
import resource
import subprocess
import sys
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from assistant.core.errors import ReadingError
from assistant.documents import pdf, pdf_worker
from assistant.documents.reading import read_essay_file
from assistant.documents.settings import dump_setting, load_setting

if TYPE_CHECKING:
    from assistant.documents.document import Document

DATA = Path(__file__).parent.parent / "data" / "pdf"
ODD = Path(__file__).parents[3] / "shared" / "cases" / "pdf-odd"


def read(name: str) -> Document:
    return read_essay_file(DATA / f"{name}.pdf")


def pages_of(document: Document) -> list[list[str]]:
    return [page.split("\n") for page in document.text.split("\f")]


def test_each_page_begins_after_a_form_feed_and_each_line_is_one_of_print() -> None:
    document = read("sample-footnotes")
    assert document.setting is not None
    lines = [document.text[line.start : line.end] for line in document.setting.lines]
    assert [line for page in pages_of(document) for line in page if line] == lines
    assert document.text.count("\f") == len(document.setting.pages) - 1
    assert all(before.end < line.start for before, line in pairwise(document.setting.lines))


def test_each_word_has_its_edges_within_its_line() -> None:
    document = read("sample-two-columns")
    assert document.setting is not None
    for line in document.setting.lines:
        words = document.text[line.start : line.end].split()
        assert len(line.words) == 2 * len(words)
        edges = list(pairwise(line.words))
        assert all(left <= right for left, right in edges[::2])
        assert max(line.words) == pytest.approx(line.right, abs=0.2)


def test_columns_are_read_one_after_the_other() -> None:
    document = read("sample-two-columns")
    assert document.setting is not None
    for number in range(len(document.setting.pages)):
        prose = [line for line in document.setting.lines if line.page == number and line.width > 100]
        columns = [line.column for line in prose if line.column >= 0]
        assert columns == sorted(columns)
        assert set(columns) == {0, 1}


def test_raised_numbers_and_italics_are_kept() -> None:
    document = read("sample-footnotes")
    assert document.setting is not None
    raised = [document.text[start:end] for start, end in document.setting.raised]
    # Each number is raised in the text and before its note.
    assert Counter(mark for mark in raised if mark.isdecimal()) == dict.fromkeys("1234567", 2)
    italic = [document.text[start:end] for start, end in document.setting.italic]
    assert "Confessions" in italic


def test_furniture_is_named() -> None:
    document = read("sample-cover-sheet")
    reasons = {reason for _, _, reason in document.pages.furniture}
    assert {"cover sheet", "stamp"} <= reasons
    assert document.setting is not None
    assert [page.is_cover for page in document.setting.pages][:2] == [True, False]
    assert len(document.pages.starts) == len(document.setting.pages) - 1


def test_numbers_of_lines_are_furniture() -> None:
    document = read("sample-line-numbers")
    numbers = [
        document.text[start:end] for start, end, reason in document.pages.furniture if reason == "line number"
    ]
    assert len(numbers) > 100
    assert numbers[:4] == ["1", "2", "3", "4"]


@pytest.mark.parametrize("path", sorted(DATA.glob("*.pdf")), ids=lambda path: path.stem)
def test_a_setting_survives_being_stored(path: Path) -> None:
    document = read_essay_file(path)
    assert document.setting is not None
    assert load_setting(dump_setting(document.setting)) == document.setting


def test_a_setting_of_another_version_is_refused() -> None:
    with pytest.raises(ValueError, match="2"):
        load_setting('{"schema": 2}')
    with pytest.raises(ValueError, match="pages"):
        load_setting('{"schema": 1}')


def test_the_pages_are_counted_while_they_are_read() -> None:
    seen: list[tuple[int, int]] = []
    document = read_essay_file(DATA / "sample-footnotes.pdf", lambda done, pages: seen.append((done, pages)))
    assert document.setting is not None
    count = len(document.setting.pages)
    assert seen == [(number, count) for number in range(1, count + 1)]


ODD_FILES = {
    "pm-aes256.pdf": "is locked with a password",
    "pypdf-password.pdf": "is locked with a password",
    "un-password.pdf": "is locked with a password",
    "ocr-invalid.pdf": "is not a PDF or is damaged",
    "poppler-395-0-fuzzed.pdf": "is not a PDF or is damaged",
    "ocr-skew.pdf": "is a scan",
    "PDFBOX-3148-2-fuzzed.pdf": "has no text in it",
    "pm-corrupted.pdf": "has no text in it",
}


@pytest.mark.parametrize("name", ODD_FILES)
def test_a_file_that_cannot_be_read_is_one_sentence_with_a_cure(name: str) -> None:
    with pytest.raises(ReadingError, match=re.escape(ODD_FILES[name])) as caught:
        read_essay_file(ODD / name)
    sentence = str(caught.value)
    assert sentence.startswith(str(ODD / name))
    assert "; " in sentence
    assert sentence.endswith(".")


def test_the_other_odd_files_are_read() -> None:
    names = {path.name for path in ODD.glob("*.pdf")} - ODD_FILES.keys()
    assert len(names) == 10
    texts = {name: read_essay_file(ODD / name).text for name in names}
    assert texts["french_diacritics.pdf"].startswith("à À â Â ä Ä ç Ç é É")
    assert texts["copy_paste_ligatures.pdf"].startswith("abcdef")
    assert read_essay_file(ODD / "pm-pagelabels.pdf").pages.labels == ("iii", "iv", "1", "2", "3")


def test_a_crash_of_the_process_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(ReadingError, match=r"^essay.pdf is not a PDF or is damaged"):
        pdf.read_pdf(b"%PDF-1.7", "essay.pdf")


def test_a_process_that_gives_no_sign_of_life_is_ended(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    sleeper = tmp_path / "sleeper"
    sleeper.write_text("#!/bin/sh\nexec sleep 60\n", "utf-8")
    sleeper.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(sleeper))
    monkeypatch.setattr(pdf, "_PATIENCE", 0.5)
    with pytest.raises(ReadingError, match="takes too long to read"):
        pdf.read_pdf(b"%PDF-1.7", "essay.pdf")


def test_what_the_process_may_use_is_bounded() -> None:
    assert pdf_worker.MEMORY <= 1_024**3
    assert pdf_worker.SECONDS <= 20


def test_the_limit_of_time_grows_with_the_pages_for_every_user() -> None:
    # A limit that was lowered for good cannot be raised again by anyone but root.
    code = (
        "import resource; from assistant.documents.pdf_worker import _limit; _limit(20); _limit(50);"
        "print(resource.getrlimit(resource.RLIMIT_CPU), resource.getrlimit(resource.RLIMIT_AS)[0])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == f"(50, {resource.getrlimit(resource.RLIMIT_CPU)[1]}) {pdf_worker.MEMORY}"

"""Corrected copies of the written drafts: byte for byte the draft, but for the places that are mended."""

from __future__ import annotations

import codecs
import io
import re
import zipfile
from difflib import SequenceMatcher
from pathlib import Path

import pytest
from written_drafts import DRAFTS, written_about, written_draft

from assistant.citations.styles import style_named
from assistant.documents.reading import read_draft_file
from assistant.drafts.check import Checker
from assistant.drafts.files import corrected_copy
from assistant.quotations.essays import SourceEssays

MARKUP = re.compile(rb"<[^>]*>")
WRONG, RIGHT = "broke the text into short numbred pieces", "broke the text into short numbered pieces"


@pytest.fixture(scope="module")
def checker() -> Checker:
    essays = written_about()
    return Checker(SourceEssays.of(essays), style_named("mla", [essay.reference for essay in essays]))


def parts_of(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {info.filename: archive.read(info) for info in archive.infolist()}


@pytest.mark.parametrize("name", DRAFTS)
def test_only_the_mended_places_change(name: str, checker: Checker, tmp_path: Path) -> None:
    path = written_draft(name, tmp_path)
    report = checker.check(read_draft_file(path), ())
    assert report.fixes
    old, new = path.read_bytes(), corrected_copy(report, path)
    if path.suffix in {".docx", ".odt"}:
        before, after = parts_of(old), parts_of(new)
        assert list(before) == list(after)
        changed = [part for part in before if before[part] != after[part]]
        assert set(changed) <= {"word/document.xml", "word/footnotes.xml", "content.xml"}
        differences = 0
        for part in changed:
            assert MARKUP.findall(before[part]) == MARKUP.findall(after[part])
            texts = zip(MARKUP.split(before[part]), MARKUP.split(after[part]), strict=True)
            differences += sum(one != other for one, other in texts)
        # A fix may reach over several runs.
        assert len(report.fixes) <= differences + 2
        assert differences <= 3 * len(report.fixes)
    else:
        expected = report.text
        for fix in reversed(report.fixes):
            expected = expected[: fix.start] + fix.text + expected[fix.end :]
        mark = codecs.BOM_UTF8 if old.startswith(codecs.BOM_UTF8) else b""
        assert new == mark + expected.encode()
        kept = SequenceMatcher(None, old.decode(), new.decode(), autojunk=False)
        assert len([step for step in kept.get_opcodes() if step[0] != "equal"]) < 6 * len(report.fixes)


@pytest.mark.parametrize("name", DRAFTS)
def test_what_is_mended_is_no_problem_any_more(name: str, checker: Checker, tmp_path: Path) -> None:
    path = written_draft(name, tmp_path)
    report = checker.check(read_draft_file(path), ())
    left = [(problem.kind, problem.quoted) for problem in report.problems if not problem.fixes]
    path.write_bytes(corrected_copy(report, path))
    again = checker.check(read_draft_file(path), ())
    assert again.text == report.fixed_text
    assert [(problem.kind, problem.quoted) for problem in again.problems if not problem.fixes] == left
    assert [problem.kind for problem in again.problems if problem.fixes] == []


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"]
)
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends_stay(encoding: str, newline: str, checker: Checker, tmp_path: Path) -> None:
    marks = {
        "utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE,
        "utf-32-le": codecs.BOM_UTF32_LE, "utf-32-be": codecs.BOM_UTF32_BE,
    }  # fmt: skip
    text = f"Äh.{newline}{newline}They “{WRONG}” (Essay Assistant Authors 13).{newline}"
    path = tmp_path / "draft.txt"
    path.write_bytes(marks.get(encoding, b"") + text.encode(encoding))
    report = checker.check(read_draft_file(path))
    right = marks.get(encoding, b"") + text.replace(WRONG, RIGHT).encode(encoding)
    assert corrected_copy(report, path) == right


def test_xml_is_patched_where_it_is_mended(checker: Checker, tmp_path: Path) -> None:
    """Entities, CDATA, quotes in attributes and white space between elements stay as they are written."""
    path = written_draft("word.docx", tmp_path)
    parts = parts_of(path.read_bytes())
    odd = (
        "<w:p w:rsidR='a>b' >\n <w:r><w:t xml:space=\"preserve\">They &quot;br</w:t></w:r><!-- <w:t> -->"
        "<w:r><w:t>oke the text into short numbred pieces&#34; &amp;c. (Essay Assistant Authors &#49;3)</w:t>"
        "</w:r><w:r><w:t><![CDATA[ & so on <x>]]></w:t></w:r></w:p>"
    )
    document = parts["word/document.xml"].decode()
    head, tail = document[: document.index("<w:p")], document[document.index("<w:sectPr/>") :]
    parts["word/document.xml"] = (head + odd + tail).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    report = checker.check(read_draft_file(path))
    assert [problem.kind for problem in report.problems if problem.line == 1] == ["misquoted"]
    fixed = parts_of(corrected_copy(report, path))["word/document.xml"].decode()
    assert fixed == head + odd.replace("numbred", "numbered") + tail

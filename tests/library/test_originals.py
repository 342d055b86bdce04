"""The PDF of an essay and how it is set are stored with the essay: edited, removed, restored, checked."""

from __future__ import annotations

import hashlib
import json
import shutil
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from essay_library import ROOT, SAMPLE, Opened, file_digests, interrupt_replace, one_sentence

from assistant.core.errors import LibraryError
from assistant.documents import pdf, settings
from assistant.library.store import EssayStore

if TYPE_CHECKING:
    from assistant.documents.document import Document

PDF = ROOT / "tests" / "data" / "pdf" / "sample-footnotes.pdf"
_ENDINGS = (".given.json", ".jsonl", ".pdf", ".setting.json", ".source.txt")


@cache
def _document() -> Document:
    return pdf.read_pdf(PDF.read_bytes(), PDF.name)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library with the sample essay as a PDF."""
    root = tmp_path_factory.mktemp("originals") / "library"
    Opened(root).library.add(PDF, essay_id="sample")
    return root


@pytest.fixture
def printed(template: Path, tmp_path: Path) -> Opened:
    """A library of one's own with the sample essay as a PDF."""
    shutil.copytree(template, tmp_path / "library")
    return Opened(tmp_path / "library")


def _file(opened: Opened, ending: str) -> Path:
    return opened.root / "data" / "chunks" / f"sample{ending}"


def _no_pdf_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "_run", None)


def test_the_file_and_how_it_is_set_are_stored(printed: Opened) -> None:
    assert [path.name for path in sorted(_file(printed, "").parent.iterdir())] == [
        f"sample{ending}" for ending in _ENDINGS
    ]
    assert _file(printed, ".pdf").read_bytes() == PDF.read_bytes()
    essay, document = printed.library.essay("sample"), _document()
    stored = EssayStore(printed.root).document(essay)
    assert (stored.text, stored.reader) == (document.text, "pdf")
    assert stored.setting == document.setting
    assert stored.pages == document.pages
    assert (stored.metadata, stored.warnings) == (document.metadata, document.warnings)
    stated = json.loads(_file(printed, ".given.json").read_text("utf-8"))
    setting = _file(printed, ".setting.json").read_bytes()
    assert stated["setting_sha256"] == hashlib.sha256(setting).hexdigest()
    assert essay.source_sha256 == hashlib.sha256(PDF.read_bytes()).hexdigest()


@pytest.mark.parametrize("path", sorted(PDF.parent.glob("*.pdf"))[::5], ids=lambda path: path.stem)
def test_what_was_read_is_read_again_from_its_setting(path: Path) -> None:
    document = pdf.read_pdf(path.read_bytes(), path.name)
    text = settings.dump_reading(document)
    again = settings.load_reading(path.name, "pdf", document.text, text)
    assert (again.setting, again.pages) == (document.setting, document.pages)
    assert settings.dump_reading(again) == text


def test_another_first_page_changes_page_numbers_only_and_reads_no_pdf(
    printed: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    _no_pdf_is_read(monkeypatch)
    before, chunks = printed.library.essay("sample"), _file(printed, ".jsonl").read_bytes()
    files = {ending: _file(printed, ending).stat().st_mtime_ns for ending in (".pdf", ".setting.json")}
    printed.encoder.encoded.clear()
    report = printed.library.edit("sample", first_page="844")
    after = printed.library.essay("sample")
    assert (report.first_page, printed.encoder.encoded) == ("844", [])
    first = int(before.report.first_page)
    for old, new in zip(before.passages, after.passages, strict=True):
        assert (new.id, new.kind, new.text, new.source) == (old.id, old.kind, old.text, old.source)
        assert (new.section, new.notes, new.continues) == (old.section, old.notes, old.continues)
        assert [int(page.label) - 844 for page in new.pages] == [
            int(page.label) - first for page in old.pages
        ]
        assert [page.start for page in new.pages] == [page.start for page in old.pages]
    printed.library.edit("sample", first_page="")
    assert _file(printed, ".jsonl").read_bytes() == chunks
    assert files == {ending: _file(printed, ending).stat().st_mtime_ns for ending in files}


def test_another_record_reads_no_pdf(printed: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    _no_pdf_is_read(monkeypatch)
    before = printed.library.essay("sample").passages
    printed.library.edit("sample", reference={"type": "book", "title": "Of Pointing"})
    assert printed.library.essay("sample").reference["title"] == "Of Pointing"
    assert printed.library.essay("sample").passages == before


def test_removed_and_restored_as_it_was(printed: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    _no_pdf_is_read(monkeypatch)
    before = {name: digest for name, digest in file_digests(printed.root).items() if name.startswith("data")}
    printed.library.remove("sample")
    assert list(_file(printed, "").parent.iterdir()) == []
    printed.library.restore("sample")
    after = {name: digest for name, digest in file_digests(printed.root).items() if name.startswith("data")}
    assert after == before
    printed.library.edit("sample", first_page="3")


def test_removed_for_good_leaves_nothing(printed: Opened) -> None:
    printed.library.remove("sample")
    printed.library.remove("sample", for_good=True)
    assert [*(printed.root / "removed").iterdir(), *_file(printed, "").parent.iterdir()] == []


@pytest.mark.parametrize("ending", [".pdf", ".setting.json"])
def test_a_file_that_is_left_alone_is_named_and_can_be_deleted(printed: Opened, ending: str) -> None:
    for other in _ENDINGS:
        if other != ending:
            _file(printed, other).unlink()
    library = Opened(printed.root).library
    (trouble,) = [trouble for trouble in library.diagnosis().damaged if trouble.what == "sample"]
    assert "--for-good" in trouble.problem
    library.remove("sample", for_good=True)
    assert list(_file(printed, "").parent.iterdir()) == []


@pytest.mark.parametrize("harm", ["deleted", "cut short", "changed", "not UTF-8", "another schema"])
def test_a_damaged_setting_is_named_and_never_used(printed: Opened, harm: str) -> None:
    path = _file(printed, ".setting.json")
    whole = path.read_bytes()
    harmed = {
        "cut short": whole[: len(whole) // 2],
        "changed": whole.replace(b'"cover":false', b'"cover":true', 1),
        "not UTF-8": b"\xff" + whole,
        "another schema": whole.replace(b'"schema":1', b'"schema":9', 1),
    }
    path.unlink() if harm == "deleted" else path.write_bytes(harmed[harm])
    before = file_digests(printed.root)
    with pytest.raises(LibraryError, match=r"sample\.setting\.json .*assistant add FILE") as raised:
        printed.library.edit("sample", first_page="844")
    one_sentence(raised.value)
    assert file_digests(printed.root) == before
    (trouble,) = printed.library.diagnosis().damaged
    assert (trouble.what, "sample.setting.json" in trouble.problem) == ("sample", True)
    # The passages are whole, and are asked and quoted as before.
    assert printed.library.damaged() == {}
    assert printed.hit_scores()
    printed.library.add(PDF, essay_id="sample")
    assert path.read_bytes() == whole


@pytest.mark.parametrize("harm", ["deleted", "changed"])
def test_a_damaged_pdf_is_named(printed: Opened, harm: str) -> None:
    path = _file(printed, ".pdf")
    path.unlink() if harm == "deleted" else path.write_bytes(path.read_bytes()[:-1] + b"x")
    (trouble,) = printed.library.diagnosis().damaged
    assert (trouble.what, "sample.pdf" in trouble.problem) == ("sample", True)
    printed.library.edit("sample", first_page="844")
    printed.library.remove("sample")
    with pytest.raises(LibraryError, match=r"sample\.pdf"):
        printed.library.restore("sample")
    assert printed.library.ids() == []


def test_without_its_digest_a_setting_must_fit_the_text(printed: Opened) -> None:
    """As when the file with the digests was lost; the next change stores them again."""
    stated, setting = _file(printed, ".given.json"), _file(printed, ".setting.json")
    stated.unlink()
    whole = setting.read_text("utf-8")
    value: dict[str, Any] = json.loads(whole)
    value["setting"]["lines"][-1][1] += 1_000
    setting.write_text(json.dumps(value), "utf-8")
    with pytest.raises(LibraryError, match=r"sample\.setting\.json is damaged"):
        printed.library.edit("sample", first_page="844")
    setting.write_text(whole, "utf-8")
    printed.library.add(ROOT / "tests" / "layouts" / "running_heads.txt")
    assert (
        json.loads(stated.read_text("utf-8"))["setting_sha256"] == hashlib.sha256(whole.encode()).hexdigest()
    )


def test_an_essay_of_a_pdf_that_was_not_stored_is_asked_but_not_edited(printed: Opened) -> None:
    for ending in (".pdf", ".setting.json"):
        _file(printed, ending).unlink()
    assert printed.hit_scores()
    with pytest.raises(LibraryError, match="assistant add FILE"):
        printed.library.edit("sample", first_page="844")


def test_a_text_that_repairs_a_pdf_takes_its_place(printed: Opened) -> None:
    """A damaged chunk file is repaired by adding its essay again, from whatever file."""
    _file(printed, ".jsonl").write_bytes(b"")
    printed.library.add(SAMPLE, essay_id="sample")
    assert [path.name for path in sorted(_file(printed, "").parent.iterdir())] == [
        "sample.given.json", "sample.jsonl", "sample.source.txt",
    ]  # fmt: skip
    assert "setting_sha256" not in json.loads(_file(printed, ".given.json").read_text("utf-8"))


@pytest.mark.parametrize("call", [1, 2, 3, 4])
def test_a_crash_leaves_pdf_and_setting_as_they_were(
    printed: Opened, monkeypatch: pytest.MonkeyPatch, call: int
) -> None:
    _file(printed, ".jsonl").write_bytes(b"")
    before = file_digests(printed.root)
    with monkeypatch.context() as patched:
        interrupt_replace(patched, call)
        with pytest.raises(KeyboardInterrupt):
            printed.library.add(SAMPLE, essay_id="sample")
    assert file_digests(printed.root) == before

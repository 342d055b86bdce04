"""A removed essay can be restored as it was while the trash keeps it; what is removed for good is gone."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from essay_library import QUESTION, SAMPLE, SECOND, Opened, file_digests, interrupt_replace, one_sentence
from fake_models import FakeEncoder

from assistant.core.errors import LibraryError
from assistant.library import trash

if TYPE_CHECKING:
    from pathlib import Path


def _kept(opened: Opened) -> list[Path]:
    return sorted((opened.root / "removed").glob("*"))


def _library_files(opened: Opened) -> dict[str, str]:
    """Digests of all files except those of the index, which is rebuilt, and of removed essays."""
    result = file_digests(opened.root)
    return {name: digest for name, digest in result.items() if name.startswith("data")}


def test_what_is_put_back_is_what_was_there_and_nothing_is_embedded(opened: Opened) -> None:
    opened.library.add(SECOND)
    opened.library.edit("sample", first_page="844")
    files, answers, about = _library_files(opened), opened.hit_scores(), opened.library.summaries()["sample"]
    opened.library.remove("sample")
    assert "sample" not in opened.library.ids()
    assert {name for name, _ in opened.hit_scores()} & {"sample/p07"} == set()
    opened.encoder.encoded.clear()
    report = opened.library.restore("sample")
    assert opened.encoder.encoded == []
    assert (report.essay_id, report.first_page) == ("sample", "844")
    assert _library_files(opened) == files
    assert opened.library.summaries()["sample"] == about
    assert opened.hit_scores() == answers
    assert opened.encoder.encoded == [QUESTION]
    assert opened.notices == []
    assert _kept(opened) == []


def test_the_only_essay_of_a_library_comes_back(opened: Opened) -> None:
    answers = opened.hit_scores()
    opened.library.remove("sample")
    assert [*opened.library.removed()] == ["sample"]
    assert opened.library.removed()["sample"].title.startswith("Where the Words Stand")
    Opened(opened.root).library.restore("sample")
    assert Opened(opened.root).hit_scores() == answers
    assert opened.library.removed() == {}


def test_another_model_embeds_anew(opened: Opened) -> None:
    """What was kept is of no use to it, and in no way wrongly used."""
    opened.library.remove("sample")
    other = Opened(opened.root, FakeEncoder(name="other", digest="other-1"))
    other.library.restore("sample")
    assert len(other.encoder.encoded) > 100


def test_an_essay_of_that_id_added_since_is_not_replaced(opened: Opened) -> None:
    opened.library.remove("sample")
    opened.library.add(SECOND, essay_id="sample")
    before = file_digests(opened.root)
    with pytest.raises(LibraryError, match="'sample' is in the library") as raised:
        opened.library.restore("sample")
    one_sentence(raised.value)
    assert file_digests(opened.root) == before


def test_the_last_of_two_with_one_id_comes_back_first(opened: Opened) -> None:
    opened.library.remove("sample")
    opened.library.add(SECOND, essay_id="sample")
    opened.library.remove("sample")
    assert opened.library.restore("sample").title != "Where the Words Stand"
    opened.library.remove("sample", for_good=True)
    assert opened.library.removed() == {}


@pytest.mark.parametrize("essay_id", ["nobody", "", "../sample", "sample/p01", "*", "20261123"])
def test_what_is_not_kept_cannot_come_back(opened: Opened, essay_id: str) -> None:
    opened.library.add(SECOND)
    opened.library.remove("sample")
    with pytest.raises(LibraryError, match="can be restored: sample") as raised:
        opened.library.restore(essay_id)
    one_sentence(raised.value)


def test_kept_files_that_are_damaged_are_not_put_back(opened: Opened) -> None:
    opened.library.remove("sample")
    (folder,) = _kept(opened)
    whole = (folder / "sample.jsonl").read_text("utf-8")
    (folder / "sample.jsonl").write_text(whole.replace("Augustine hears", "Augustine heard"), "utf-8")
    with pytest.raises(LibraryError, match="changed by hand"):
        opened.library.restore("sample")
    (folder / "sample.jsonl").write_text(whole, "utf-8")
    (folder / "sample.source.txt").write_bytes(b"\xff")
    with pytest.raises(LibraryError, match="from its own file"):
        opened.library.restore("sample")
    assert opened.library.ids() == []
    assert _kept(opened) == [folder]


def test_without_kept_encodings_it_comes_back_all_the_same(opened: Opened) -> None:
    answers = opened.hit_scores()
    opened.library.remove("sample")
    (folder,) = _kept(opened)
    for path in folder.glob("encodings-*"):
        path.unlink()
    opened.library.restore("sample")
    assert opened.hit_scores() == answers


def test_old_ones_and_too_many_are_swept(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    now = datetime(2026, 11, 23, 12, tzinfo=UTC)

    class Clock(datetime):
        @classmethod
        def now(cls, _zone: Any = None) -> datetime:  # type: ignore[override]
            return now

    monkeypatch.setattr(trash, "datetime", Clock)
    opened.library.remove("sample")
    (first,) = _kept(opened)
    mine = opened.root / "removed" / "my-notes"
    mine.mkdir()
    now += timedelta(days=29)
    opened.library.add(SAMPLE)
    assert first.exists()
    now += timedelta(days=2)
    opened.library.add(SECOND)
    assert _kept(opened) == [mine]
    monkeypatch.setattr(trash, "MOST_KEPT", 2)
    for _ in range(4):
        now += timedelta(seconds=1)
        opened.library.remove("sample")
        opened.library.add(SAMPLE)
    assert len(_kept(opened)) == 3
    assert mine.exists()


def test_for_good_keeps_no_word(opened: Opened) -> None:
    second = opened.library.add(SECOND).essay_id
    opened.library.remove("sample")
    opened.library.restore("sample")
    opened.encoder.encoded.clear()
    opened.library.remove(second, for_good=True)
    assert opened.encoder.encoded == []
    assert _kept(opened) == []
    for path in opened.root.rglob("*"):
        if path.is_file():
            assert b"Bristol" not in path.read_bytes(), path
    assert opened.library.ask(QUESTION).hits[0].passage.id == "sample/p07"
    opened.library.remove("sample", for_good=True)
    assert [
        path for path in opened.root.rglob("*") if path.is_file() and b"Augustine" in path.read_bytes()
    ] == []
    with pytest.raises(LibraryError, match="can be restored: none"):
        opened.library.restore("sample")


def test_what_was_removed_before_can_be_deleted_for_good(opened: Opened) -> None:
    opened.library.remove("sample")
    with pytest.raises(LibraryError, match="no essay 'sample'"):
        opened.library.remove("sample")
    opened.library.remove("sample", for_good=True)
    assert opened.library.removed() == {}
    with pytest.raises(LibraryError, match="no essay 'sample'"):
        opened.library.remove("sample", for_good=True)


def test_a_removal_that_is_cut_off_removes_nothing(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    answers, before = opened.hit_scores(), file_digests(opened.root)

    def broken(*_args: object, **_options: object) -> None:
        raise KeyboardInterrupt

    for name in ("shutil.copystat", "pathlib.Path.rename", "pathlib.Path.unlink"):
        with monkeypatch.context() as patched:
            patched.setattr(name, broken)
            with pytest.raises(KeyboardInterrupt):
                opened.library.remove("sample")
        assert opened.library.ids() == ["sample"]
        assert {name: one for name, one in file_digests(opened.root).items() if name != "removed"} == before
        assert opened.hit_scores() == answers
        assert opened.library.removed() == {}


@pytest.mark.parametrize("call", [1, 2, 3, 4])
def test_a_return_that_is_cut_off_keeps_what_can_be_put_back(
    opened: Opened, monkeypatch: pytest.MonkeyPatch, call: int
) -> None:
    opened.library.add(SECOND)
    answers = opened.hit_scores()
    opened.library.remove("sample")
    opened.hit_scores()
    before = file_digests(opened.root)
    with monkeypatch.context() as patched:
        interrupt_replace(patched, call)
        with pytest.raises(KeyboardInterrupt):
            opened.library.restore("sample")
    assert file_digests(opened.root) == before
    opened.encoder.encoded.clear()
    opened.library.restore("sample")
    assert opened.encoder.encoded == []
    assert opened.hit_scores() == answers


def test_a_stranger_in_the_folder_is_left_alone(opened: Opened) -> None:
    folder = opened.root / "removed" / "20261399T999999999999-sample"
    folder.mkdir(parents=True)
    (opened.root / "removed" / ".new-left").mkdir()
    assert opened.library.removed() == {}
    opened.library.remove("sample")
    assert folder.exists()
    assert not (opened.root / "removed" / ".new-left").exists()
    assert [*opened.library.removed()] == ["sample"]


def test_the_title_of_one_that_is_kept_may_be_damaged(opened: Opened) -> None:
    opened.library.remove("sample")
    (folder,) = _kept(opened)
    (folder / "sample.jsonl").write_text(json.dumps([]), "utf-8")
    assert opened.library.removed()["sample"].title == "sample"

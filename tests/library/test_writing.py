"""Full disks, crashes, Ctrl-C and two writers at once: a change is made whole or not at all."""

from __future__ import annotations

import errno
import json
import os
import shutil
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from essay_library import FOUND, QUESTION, SAMPLE, SECOND, Opened, file_digests, loader, one_sentence
from fake_models import FakeEncoder

from assistant.core.errors import LibraryError, ModelError, ReadingError
from assistant.library import files
from assistant.library.library import Library

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from assistant.retrieval.models.encoder import Encoded


def _chunks(root: Path) -> Path:
    return root / "data" / "chunks" / "sample.jsonl"


_FULL = OSError(errno.ENOSPC, "No space left on device")
_READ_ONLY = OSError(errno.EROFS, "Read-only file system")
_BARRED = PermissionError(errno.EACCES, "Permission denied")

_WRITES: Mapping[str, Callable[..., object]] = {
    "tempfile.mkdtemp": tempfile.mkdtemp,
    "numpy.save": np.save,
    "pathlib.Path.write_bytes": Path.write_bytes,
    "pathlib.Path.write_text": Path.write_text,
    "os.replace": os.replace,
}


class _Faulty:
    """A function that works until some call of it, and then fails: once, or ever after.

    Args:
        name: Its name in ``_WRITES``.
        fault: What it raises.
        call: Number of the call that fails, from 1.
        lasting: Whether all calls behind it fail as well.
    """

    def __init__(self, name: str, fault: BaseException, call: int, *, lasting: bool) -> None:
        self._name, self._fault, self._call, self._lasting = name, fault, call, lasting
        self.calls = 0

    def __call__(self, *args: object, **options: object) -> object:
        self.calls += 1
        if self.calls == self._call or (self._lasting and self.calls > self._call):
            raise self._fault
        return _WRITES[self._name](*args, **options)

    def __get__(self, instance: object, _owner: type) -> Callable[..., object]:
        return lambda *args, **options: self(instance, *args, **options)


def _add(opened: Opened, path: Path, faulty: _Faulty, name: str) -> BaseException | None:
    """What is raised when a file is added while a function is faulty."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(name, faulty)
        try:
            opened.library.add(path)
        except (LibraryError, KeyboardInterrupt) as error:
            return error
    return None


def _fill_the_disk(opened: Opened, path: Path, name: str) -> list[str]:
    """Let each call of a writing function fail in turn; what is wrong afterwards, in words.

    On a full disk every later write fails as well, but files can still be renamed.
    """
    before, answer = file_digests(opened.root), opened.hit_scores()
    keep = opened.root.with_name("before")
    shutil.copytree(opened.root, keep)
    wrong: list[str] = []
    for call in range(1, 99):
        faulty = _Faulty(name, _FULL, call, lasting=name != "os.replace")
        error = _add(opened, path, faulty, name)
        if faulty.calls < call:
            # It is called no more often, so the essay was added.
            assert error is None
            return wrong
        if error is None or "no room on the disk" not in one_sentence(error):
            wrong.append(f"call {call}: {error}")
        changed = {one for one, _ in file_digests(opened.root).items() ^ before.items()}
        if changed:
            wrong.append(f"call {call} left {len(changed)} files changed: {sorted(changed)[:3]}")
        if Opened(opened.root).hit_scores() != answer:
            wrong.append(f"call {call} changed the answers")
        shutil.rmtree(opened.root)
        shutil.copytree(keep, opened.root)
    return wrong


@pytest.mark.parametrize("name", _WRITES)
def test_disk_full_while_a_new_essay_is_added(opened: Opened, name: str) -> None:
    assert _fill_the_disk(opened, SECOND, name) == []
    assert len(opened.library.ids()) == 2


@pytest.mark.parametrize("name", _WRITES)
def test_disk_full_while_an_essay_is_brought_up_to_date(opened: Opened, tmp_path: Path, name: str) -> None:
    changed = tmp_path / "essay.txt"
    changed.write_bytes(SAMPLE.read_bytes().replace(b"an intervention", b"an act"))
    assert _fill_the_disk(opened, changed, name) == []


@pytest.mark.parametrize("name", _WRITES)
def test_disk_full_while_a_question_has_the_index_made_again(
    opened: Opened, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    answer = opened.hit_scores()
    shutil.rmtree(next((opened.root / "index").glob("build-*")))
    before = file_digests(opened.root)
    with monkeypatch.context() as patched:
        patched.setattr(name, _Faulty(name, _FULL, 1, lasting=True))
        with pytest.raises(LibraryError, match="no room on the disk"):
            Opened(opened.root).hit_scores()
    assert file_digests(opened.root) == before
    assert Opened(opened.root).hit_scores() == answer


def test_disk_full_says_so_where_numpy_does_not(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    """NumPy's own message on a full disk has no error number."""
    fault = OSError("5571 requested and 1024 written")
    monkeypatch.setattr("numpy.save", _Faulty("numpy.save", fault, 1, lasting=True))
    before = file_digests(opened.root)
    with pytest.raises(LibraryError, match="5571 requested") as raised:
        opened.library.add(SECOND)
    one_sentence(raised.value)
    assert file_digests(opened.root) == before


@pytest.mark.parametrize("name", ["pathlib.Path.mkdir", "tempfile.mkdtemp", "os.replace"])
@pytest.mark.parametrize("fault", [_READ_ONLY, _BARRED], ids=["read-only", "barred"])
def test_library_that_cannot_be_written_to(
    opened: Opened, monkeypatch: pytest.MonkeyPatch, name: str, fault: OSError
) -> None:
    def barred(*_args: object, **_options: object) -> None:
        raise fault

    before = file_digests(opened.root)
    with monkeypatch.context() as patched:
        patched.setattr(name, barred)
        with pytest.raises(LibraryError, match="cannot be written to") as raised:
            opened.library.add(SECOND)
    assert "--library" in one_sentence(raised.value)
    assert file_digests(opened.root) == before


def test_read_only_library_answers_while_its_index_is_current(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    def barred(*_args: object, **_options: object) -> None:
        raise _READ_ONLY

    for name in (*_WRITES, "pathlib.Path.mkdir", "pathlib.Path.unlink"):
        monkeypatch.setattr(name, barred)
    assert opened.hit_scores()[0][0] == FOUND
    with pytest.raises(LibraryError, match="cannot be written to"):
        opened.library.remove("sample")
    with pytest.raises(LibraryError, match="cannot be written to"):
        opened.library.add(SECOND)
    assert opened.library.ids() == ["sample"]


def test_library_that_is_a_file(tmp_path: Path) -> None:
    path = tmp_path / "library"
    path.write_text("words")
    with pytest.raises(LibraryError, match="cannot be used") as raised:
        Opened(path).library.add(SAMPLE)
    assert str(path) in one_sentence(raised.value)
    assert path.read_text() == "words"


class _Interrupted(FakeEncoder):
    """An encoder at whose tenth text the user presses Ctrl-C."""

    def encode(
        self, texts: Sequence[str], *, query: bool = False, progress: Callable[[int], None] | None = None
    ) -> list[Encoded]:
        """Encode nine texts and no more."""
        super().encode(texts[:9], query=query, progress=progress)
        raise KeyboardInterrupt


def test_interrupted_add_leaves_the_library_as_it_was(opened: Opened) -> None:
    before = file_digests(opened.root)
    broken = Opened(opened.root, _Interrupted())
    with pytest.raises(KeyboardInterrupt):
        broken.library.add(SECOND)
    assert file_digests(opened.root) == before
    opened.library.add(SECOND)
    assert opened.notices == []


def test_first_add_interrupted_leaves_no_essay(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        Opened(tmp_path, _Interrupted()).library.add(SAMPLE)
    assert [name for name, digest in file_digests(tmp_path).items() if digest] == []
    assert Opened(tmp_path).library.add(SAMPLE).essay_id == "sample"


@pytest.mark.parametrize("call", [1, 2, 3])
def test_interrupted_between_files(opened: Opened, call: int) -> None:
    """Whatever has been renamed by then, essays and index agree after the next question."""
    faulty = _Faulty("os.replace", KeyboardInterrupt(), call, lasting=False)
    assert isinstance(_add(opened, SECOND, faulty, "os.replace"), KeyboardInterrupt)
    other = Opened(opened.root)
    assert other.hit_scores()[0][0] == FOUND
    manifest = json.loads((opened.root / "index" / "manifest.json").read_text("utf-8"))
    assert set(manifest["essays"]) == set(other.library.ids())
    opened.library.add(SECOND)
    assert len(list((opened.root / "index").glob("build-*"))) == 1


def test_crash_between_passages_and_manifest(opened: Opened, tmp_path: Path) -> None:
    source = Opened(tmp_path / "other")
    second = source.library.add(SECOND).essay_id
    for path in (source.root / "data" / "chunks").iterdir():
        shutil.copy(path, _chunks(opened.root).parent)
    other = Opened(opened.root)
    answer = other.library.ask("At how many minutes after noon in London did noon in Bristol fall?")
    assert answer.hits[0].passage.essay_id == second
    (notice,) = other.notices
    assert "does not agree with the essays" in notice
    assert other.library.ask(QUESTION).hits[0].passage.id == FOUND
    assert len(other.notices) == 1


class _Slow(FakeEncoder):
    """An encoder that takes its time, so that two writers meet."""

    def encode(
        self, texts: Sequence[str], *, query: bool = False, progress: Callable[[int], None] | None = None
    ) -> list[Encoded]:
        """Encode after a while."""
        time.sleep(0.5)
        return super().encode(texts, query=query, progress=progress)


def test_two_writers_at_once_wait_for_each_other(tmp_path: Path) -> None:
    notices: list[str] = []
    failed: list[BaseException] = []

    def add(path: Path) -> None:
        try:
            Library(tmp_path, load_encoder=loader(_Slow()), notify=notices.append).add(path)
        except BaseException as error:  # noqa: BLE001 - a thread's fault must reach the test
            failed.append(error)

    threads = [threading.Thread(target=add, args=(path,)) for path in (SAMPLE, SECOND)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert notices == [f"Another program writes to {tmp_path}; waiting for it."]
    opened = Opened(tmp_path)
    assert len(opened.library.ids()) == 2
    assert opened.hit_scores()[0][0] == FOUND
    assert opened.notices == []
    assert opened.encoder.encoded == [QUESTION]


def test_reader_keeps_its_index_while_another_writes(opened: Opened) -> None:
    reader = Opened(opened.root)
    answer = reader.hit_scores()
    second = opened.library.add(SECOND).essay_id
    assert reader.hit_scores()[0][0] == answer[0][0]
    assert reader.library.ask(QUESTION, essays=[second]).hits[0].passage.essay_id == second
    assert reader.notices == []


def test_bad_input_leaves_no_folder_of_a_new_library(tmp_path: Path) -> None:
    empty, root = tmp_path / "empty.txt", tmp_path / "new"
    empty.write_text("17\n\n18\n")
    with pytest.raises(ReadingError, match="no paragraph"):
        Opened(root).library.add(empty)
    assert not root.exists()


def test_a_model_that_cannot_be_used_leaves_no_folder_of_a_new_library(tmp_path: Path) -> None:
    def no_model(name: str | None) -> FakeEncoder:
        raise ModelError(f"There is no model {name!r}.")

    library = Library(tmp_path / "new", load_encoder=no_model)
    with pytest.raises(ModelError):
        library.add(SAMPLE, model="nonsense")
    assert not library.root.exists()


@pytest.mark.parametrize(
    "text", ["", "{", '{"undo": {"sample.js', "[]", "null", '{"delete": 7}', '{"undo": []}']
)
def test_a_journal_that_was_not_written_to_its_end_began_nothing(opened: Opened, text: str) -> None:
    before = file_digests(opened.root)
    journal = opened.root / "data" / "chunks" / ".unfinished.json"
    journal.write_text(text)
    assert opened.library.ids() == ["sample"]
    assert file_digests(opened.root) == before


def test_a_journal_names_no_file_elsewhere(opened: Opened, tmp_path: Path) -> None:
    outside = [tmp_path / "mine.jsonl", opened.root / "mine.jsonl"]
    for path in outside:
        path.write_text("words")
    journal = opened.root / "data" / "chunks" / ".unfinished.json"
    for entry in (
        {"delete": "../../mine", "saved": None},
        {"delete": str(tmp_path / "mine"), "saved": None},
        {"undo": {"../../mine.jsonl": False, str(outside[0]): False}},
    ):
        journal.write_text(json.dumps(entry))
        assert opened.library.ids() == ["sample"]
        assert not journal.exists()
    assert all(path.exists() for path in outside)


def test_a_change_that_another_program_is_making_is_left_alone(opened: Opened) -> None:
    journal = opened.root / "data" / "chunks" / ".unfinished.json"
    with files.writing(opened.root, lambda _sentence: None):
        journal.write_text(json.dumps({"delete": "sample", "saved": None}))
        assert opened.library.ids() == ["sample"]
        assert journal.exists()
    assert opened.library.ids() == []

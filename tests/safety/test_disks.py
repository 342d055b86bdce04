"""Real disks: full, read-only, moved, linked to; many programs that add at once; a clock that jumps."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from essay_library import FOUND, QUESTION, SAMPLE, SECOND, Opened, file_digests, one_sentence
from kills import faults_of

from assistant.core.errors import AssistantError, LibraryError
from assistant.library import trash


def _in_child(action: Callable[[], str]) -> str:
    """Run an action in a child process; what it returns, or its error in words."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        try:
            result = action()
        except AssistantError as error:
            result = f"refused: {one_sentence(error)}"
        except BaseException as error:  # noqa: BLE001 - the child must end here
            result = f"{type(error).__name__}: {error}"
        os.write(writing, result.encode()[:4_000])
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as results:
        text = results.read()
    os.waitpid(child, 0)
    return text


def _add(root: Path, path: Path) -> str:
    return f"added {Opened(root).library.add(path).essay_id}"


@pytest.mark.parametrize("kilobytes", [0, 4, 40, 400, 2_000])
def test_files_may_not_be_larger(opened: Opened, kilobytes: int) -> None:
    before = file_digests(opened.root)

    def limited() -> str:
        resource.setrlimit(resource.RLIMIT_FSIZE, (kilobytes * 1_000, kilobytes * 1_000))
        return _add(opened.root, SECOND)

    result = _in_child(limited)
    if result.startswith("refused"):
        assert "cannot be used" in result
        assert file_digests(opened.root) == before
    else:
        assert result == "added running-heads"
    assert Opened(opened.root).hit_scores()[0][0] == FOUND
    assert faults_of(Opened(opened.root).library) == []


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """Mounts a disk in memory with some options; skips the test where that is not allowed."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = []

    def mount(options: str) -> Path:
        command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
        if (
            shutil.which("mount") is None
            or subprocess.run(command, capture_output=True, check=False).returncode
        ):
            pytest.skip("no disk can be mounted here")
        mounted.append(folder)
        return folder

    yield mount
    for disk in mounted:
        subprocess.run(["umount", "-l", str(disk)], check=True)  # noqa: S607 - found on the path


@pytest.mark.parametrize("kilobytes", [4, 100, 500, 1_000, 10_000])
def test_disk_is_full(opened: Opened, small_disk: Callable[[str], Path], kilobytes: int) -> None:
    used = sum(path.stat().st_size // 4096 + 1 for path in opened.root.rglob("*")) * 4
    disk = small_disk(f"size={used + kilobytes}k")
    root = shutil.copytree(opened.root, disk / "library")
    before = file_digests(root)
    result = _in_child(lambda: _add(root, SECOND))
    if result.startswith("refused"):
        assert "no room on the disk" in result or "cannot be used" in result
        assert file_digests(root) == before
    else:
        assert result == "added running-heads"
    assert Opened(root).hit_scores()[0][0] == FOUND
    for change in (
        lambda: Opened(root).library.remove("sample"),
        lambda: Opened(root).library.restore("sample"),
    ):
        result = _in_child(lambda change=change: f"{change()}")  # type: ignore[misc]
        assert result.partition(":")[0] in {"None", "refused"} or "IngestReport" in result
    assert "sample" in {*Opened(root).library.ids(), *Opened(root).library.removed()}


def test_disk_is_read_only(opened: Opened, small_disk: Callable[[str], Path]) -> None:
    disk = small_disk("size=20m")
    root = shutil.copytree(opened.root, disk / "library")
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)  # noqa: S607 - found on the path
    answer = opened.hit_scores()
    library = Opened(root).library
    assert Opened(root).hit_scores() == answer
    assert library.quote("broke the text into short numbered pieces").verdict == "exact"
    assert library.cite("sample")
    for change in (
        lambda: library.add(SECOND),
        lambda: library.edit("sample", first_page="7"),
        lambda: library.remove("sample"),
    ):
        with pytest.raises(LibraryError, match="cannot be written to") as raised:
            change()
        one_sentence(raised.value)


def test_moved_library_is_used_as_it_is(opened: Opened, tmp_path: Path) -> None:
    answer = opened.hit_scores()
    moved = Opened(Path(shutil.move(opened.root, tmp_path / "moved")))
    assert moved.hit_scores() == answer
    assert moved.encoder.encoded == [QUESTION]
    moved.library.add(SECOND)
    assert faults_of(moved.library) == []


@pytest.mark.parametrize("part", [".", "data", "data/chunks", "index", "removed"])
def test_folder_that_is_a_link(opened: Opened, tmp_path: Path, part: str) -> None:
    opened.library.add(SECOND)
    opened.library.remove("running-heads")
    folder = opened.root / part
    elsewhere = shutil.move(folder, tmp_path / "elsewhere")
    folder.symlink_to(elsewhere)
    linked = Opened(opened.root)
    assert linked.hit_scores()[0][0] == FOUND
    assert linked.library.restore("running-heads")
    linked.library.edit("sample", first_page="7")
    linked.library.remove("sample")
    linked.library.restore("sample")
    assert folder.is_symlink()
    assert linked.library.ids() == ["running-heads", "sample"]
    assert faults_of(linked.library) == []


def test_essay_file_that_is_a_link_is_replaced_and_its_target_left_alone(
    opened: Opened, tmp_path: Path
) -> None:
    path = opened.root / "data" / "chunks" / "sample.jsonl"
    target = Path(shutil.move(path, tmp_path / "sample.jsonl"))
    path.symlink_to(target)
    before = target.read_bytes()
    linked = Opened(opened.root)
    assert linked.hit_scores()[0][0] == FOUND
    linked.library.edit("sample", first_page="7")
    assert target.read_bytes() == before
    assert faults_of(Opened(opened.root).library) == []


def test_ten_programs_add_at_once(tmp_path: Path) -> None:
    root = tmp_path / "library"
    children = []
    for number in range(10):
        path = tmp_path / f"essay{number}.txt"
        words = SECOND.read_text("utf-8").replace("Ten Minutes Behind London", f"Ten Minutes {number}")
        path.write_text(words + f"\n\nThe last words of essay {number}.\n", "utf-8")
        if not (child := os.fork()):
            try:
                Opened(root).library.add(path, essay_id=f"essay-{number}")
            except BaseException as error:  # noqa: BLE001 - the child must end here
                os.write(2, f"{type(error).__name__}: {error}\n".encode())
                os._exit(1)
            os._exit(0)
        children.append(child)
    assert [os.waitpid(child, 0)[1] for child in children] == [0] * 10
    library = Opened(root).library
    assert library.ids() == [f"essay-{number}" for number in range(10)]
    assert faults_of(library) == []
    assert len(list((root / "index").glob("build-*"))) == 1


class _Clock(datetime):
    """A clock that is wrong by some days."""

    days = 0

    @classmethod
    def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
        """The wrong time."""
        del tz
        return datetime.now(UTC) + timedelta(days=cls.days)


def test_clock_that_jumps_back_loses_no_removed_essay(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trash, "datetime", _Clock)
    opened.library.edit("sample", first_page="7")
    monkeypatch.setattr(_Clock, "days", 20)
    opened.library.remove("sample")
    opened.library.add(SAMPLE, first_page="9")
    monkeypatch.setattr(_Clock, "days", -400)
    opened.library.remove("sample")
    opened.library.add(SECOND)
    report = opened.library.restore("sample")
    assert report.first_page == "9"


@pytest.mark.parametrize("year", [1980, 2001, 2090])
def test_files_of_any_time_are_read(opened: Opened, year: int) -> None:
    moment = datetime(year, 1, 1, tzinfo=UTC).timestamp()
    for path in opened.root.rglob("*"):
        os.utime(path, (moment, moment))
    other = Opened(opened.root)
    assert other.hit_scores()[0][0] == FOUND
    assert other.notices == []
    other.library.edit("sample", first_page="7")
    assert other.library.ask(QUESTION).hits[0].citation.pages

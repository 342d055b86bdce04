"""Files that belong together are changed together, and none is ever away."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from assistant.library.files import replace_together


def test_program_killed_between_two_files_leaves_every_file_in_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At no moment is a file away: what a killed program leaves is the old text or the new one."""
    files = {tmp_path / name: "new" for name in ("one.txt", "two.txt")}
    for path in files:
        path.write_text("old", "utf-8")
    seen: list[list[str]] = []
    replace = os.replace

    def watched(source: Path, target: Path) -> None:
        seen.append([path.read_text("utf-8") for path in files])
        replace(source, target)

    monkeypatch.setattr(os, "replace", watched)
    replace_together(files, lambda: seen.append([path.read_text("utf-8") for path in files]))
    assert seen == [["old", "old"], ["new", "old"], ["new", "new"]]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one.txt", "two.txt"]


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="tells no names of open files")
def test_files_are_on_the_disk_before_they_take_their_places(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A power cut leaves the old text or the new one, and what is needed to undo a change half made."""
    (tmp_path / "one.txt").write_text("old", "utf-8")
    steps: list[str] = []
    sync, replace, unlink = os.fsync, os.replace, os.unlink

    def name_of(path: str | Path) -> str:
        return Path(path).name if Path(path) != tmp_path else "folder"

    def synced(handle: int) -> None:
        sync(handle)
        steps.append(f"sync {name_of(Path(f'/proc/self/fd/{handle}').readlink())}")

    def replaced(source: Path, target: Path) -> None:
        replace(source, target)
        steps.append(f"replace {name_of(target)}")

    def deleted(path: Path) -> None:
        unlink(path)
        steps.append(f"delete {name_of(path)}")

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(os, "replace", replaced)
    monkeypatch.setattr(os, "unlink", deleted)
    replace_together({tmp_path / "one.txt": "new"}, lambda: steps.append("then"))
    assert steps[:4] == ["sync .one.txt.old", "sync .one.txt.new", "sync .unfinished.json", "sync folder"]
    assert steps[4:9] == [
        "replace one.txt", "then", "sync folder", "delete .unfinished.json", "sync folder",
    ]  # fmt: skip
    assert set(steps[9:]) <= {"delete .one.txt.new", "delete .one.txt.old"}

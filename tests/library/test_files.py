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

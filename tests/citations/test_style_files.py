"""The same name of a style is another style in another folder, and after its file was changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from essay_library import Opened

from assistant.library import snapshot

if TYPE_CHECKING:
    from pathlib import Path


def test_a_style_file_is_read_where_the_command_is_given_and_after_a_change(
    opened: Opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What the style would be, so that the test needs no extra: the words of the file.
    monkeypatch.setattr(snapshot, "style_named", lambda name, _records: (name, open(name).read()))  # noqa: SIM115, PTH123
    current = opened.library.snapshot()
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "my.csl").write_text(f"style {folder}")
        monkeypatch.chdir(tmp_path / folder)
        assert current.style("my.csl") == ("my.csl", f"style {folder}")
    assert current.style("my.csl") is current.style("my.csl")
    (tmp_path / "b" / "my.csl").write_text("style b, edited")
    assert current.style("my.csl") == ("my.csl", "style b, edited")

"""``assistant doctor``: what a report of a bug needs, what is damaged with the cure, and nothing private."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from essay_library import SECOND, Command, file_digests

from assistant import __version__
from assistant.cli import cli

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def root() -> Path:
    """The folder of the command's library."""
    return Path(os.environ["ASSISTANT_LIBRARY"])


@pytest.fixture(autouse=True)
def log(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The file of the last unexpected error, which is not the user's own in a test."""
    path = tmp_path / "log" / "last-error.txt"
    monkeypatch.setattr("assistant.cli.terminal.traceback_file", lambda: path)
    monkeypatch.setattr("assistant.cli.doctor.traceback_file", lambda: path)
    return path


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> None:
    """The default model is installed, whatever is on this machine."""
    facts = {"name": "all-MiniLM-L6-v2", "sha256": "53aa", "right": True}
    monkeypatch.setattr("assistant.library.diagnosis._model", lambda: (facts, []))


@pytest.mark.usefixtures("model")
def test_what_a_report_of_a_bug_needs(command: Command, root: Path) -> None:
    command("add", SECOND)
    before = file_digests(root)
    assert command("doctor", "--json") == 0
    result = command.json()
    assert result["version"] == __version__
    assert result["python"].startswith("3.")
    assert result["packages"]["numpy"]
    assert result["library"]["essays"] == 2
    assert result["index"]["windows"] > 0
    assert result["index"]["model"] == "fake"
    assert result["model"]["sha256"] == "53aa"
    assert "browser" in result
    assert result["damaged"] == []
    assert command("doctor") == 0
    assert __version__ in command.out
    assert "Nothing is damaged." in command.out
    assert file_digests(root) == before


def _damage_passages(root: Path) -> None:
    path = root / "data" / "chunks" / "sample.jsonl"
    path.write_text(path.read_text("utf-8").replace("Augustine hears", "Augustine heard"), "utf-8")


def _damage_source(root: Path) -> None:
    path = root / "data" / "chunks" / "sample.source.txt"
    path.write_text(path.read_text("utf-8").replace("Augustine hears", "Augustine fears"), "utf-8")


def _damage_index(root: Path) -> None:
    (path,) = (root / "index").glob("*/windows.jsonl")
    path.write_bytes(b"")


def _leave_orphan(root: Path) -> None:
    (root / "data" / "chunks" / "lost.source.txt").write_text("words", "utf-8")


def _interrupt(root: Path) -> None:
    (root / "data" / "chunks" / ".unfinished.json").write_text(json.dumps({"undo": {}}), "utf-8")


@pytest.mark.usefixtures("model")
@pytest.mark.parametrize(
    ("harm", "what", "cure"),
    [
        (_damage_passages, "sample", "assistant add FILE"),
        (_damage_source, "sample", "assistant add FILE"),
        (_damage_index, "index", "next question"),
        (_leave_orphan, "lost", "assistant remove lost --for-good"),
        (_interrupt, "library", "finishes"),
    ],
)
def test_what_is_damaged_is_named_with_the_cure(
    command: Command, root: Path, harm: Callable[[Path], None], what: str, cure: str
) -> None:
    harm(root)
    before = file_digests(root)
    assert command("doctor", "--json") == 1
    (trouble,) = command.json()["damaged"]
    assert trouble["what"] == what
    assert cure in trouble["problem"]
    assert file_digests(root) == before
    assert command("doctor") == 1
    assert trouble["problem"] in command.out


@pytest.mark.usefixtures("model")
def test_files_without_passages_are_deleted_for_good(command: Command, root: Path) -> None:
    _leave_orphan(root)
    assert command("remove", "lost", "--for-good") == 0
    assert command("doctor") == 0


@pytest.mark.usefixtures("model")
def test_nothing_private_is_said(
    command: Command, root: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    _damage_source(root)
    for words in (["doctor"], ["doctor", "--json"]):
        command(*words)
        assert str(tmp_path) not in command.out
        assert "~" in command.out
        for private in ("Augustine", "Where the Words Stand", "essay.txt"):
            assert private not in command.out


def test_a_missing_model_is_named(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    assert command("doctor", "--json") == 1
    (trouble,) = command.json()["damaged"]
    assert trouble["what"] == "model"
    assert "pip install" in trouble["problem"]


@pytest.mark.usefixtures("model")
def test_a_library_that_cannot_be_read_is_named(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def barred(_path: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("assistant.library.store.os.scandir", barred)
    assert command("doctor", "--json") == 1
    (trouble,) = command.json()["damaged"]
    assert (trouble["what"], "cannot be read" in trouble["problem"]) == ("library", True)


def test_an_unexpected_error_names_doctor(
    command: Command, monkeypatch: pytest.MonkeyPatch, log: Path
) -> None:
    def broken(*_args: object, **_options: object) -> None:
        raise ZeroDivisionError("secret words")

    monkeypatch.setattr(cli.commands["list"], "callback", broken)
    assert command("list") == 2
    assert command.out == ""
    assert len(command.err.splitlines()) == 1
    assert "ZeroDivisionError" in command.err
    assert "assistant doctor" in command.err
    assert "secret" not in command.err
    assert "Traceback" in log.read_text("utf-8")
    monkeypatch.setenv("ASSISTANT_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        command("list")

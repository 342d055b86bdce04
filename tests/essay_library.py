"""A library on a shelf: one to start from, a model to open it with, and the command to use it by."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fake_models import FakeEncoder

from assistant.cli import main
from assistant.library.library import Library

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    from assistant.core.answer import Answer
    from assistant.retrieval.models.encoder import Encoder

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "data" / "sample" / "essay.txt"
SECOND = ROOT / "tests" / "layouts" / "running_heads.txt"

# A question with the sample's own words, which no passage but one has.
QUESTION = "Who divided the four Gospels into numbered sections and arranged the numbers in ten tables?"
FOUND = "sample/p07"


class Near(float):
    """A score that equals one worked out on another processor, or among other passages."""

    __slots__ = ()
    __hash__ = float.__hash__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, float) and abs(self - other) < 2e-4

    def __ne__(self, other: object) -> bool:
        return not self == other


class Opened:
    """A library with the model it was opened with and what it told the user.

    Args:
        root: The library's folder.
        encoder: Its model; a new fake one if none is given.
    """

    def __init__(self, root: Path, encoder: FakeEncoder | None = None) -> None:
        self.root = root
        self.encoder = encoder or FakeEncoder()
        self.notices: list[str] = []
        self.library = Library(root, load_encoder=loader(self.encoder), notify=self.notices.append)

    def found(self, question: str = QUESTION) -> list[tuple[str, Near]]:
        """Ids and scores of the passages found for a question, best first."""
        return scored(self.library.ask(question))


def scored(answer: Answer) -> list[tuple[str, Near]]:
    """Ids and scores of an answer's passages, best first."""
    return [(hit.passage.id, Near(hit.score)) for hit in answer.hits]


@cache
def _ready() -> tempfile.TemporaryDirectory[str]:
    """A library with the sample essay, made once."""
    folder = tempfile.TemporaryDirectory(prefix="shelf-")
    Opened(Path(folder.name)).library.add(SAMPLE)
    return folder


def a_library(at: Path) -> Path:
    """Put a library that holds the sample essay into a new folder."""
    shutil.copytree(_ready().name, at)
    return at


def loader(encoder: FakeEncoder) -> Callable[..., Encoder]:
    """A loader that knows one model, whatever name it is asked for, and has nothing to tell the user."""
    return lambda _name, _notify=None: encoder


def snapshot(root: Path) -> dict[str, str]:
    """Digest of every file in a folder but what is kept for convenience; folders stand with an empty one."""
    return {
        str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
        for path in sorted(root.rglob("*"))
        if path.name not in {".lock", "catalogue.json"} and not path.name.startswith("encodings-")
    }


def one_sentence(error: BaseException) -> str:
    """The message of an error, which must be one line that says something and ends as a sentence does."""
    said = str(error)
    assert said.strip(), "the message is empty"
    assert len(said.splitlines()) == 1, said
    assert "Traceback" not in said, said
    # A sentence ends with a full stop, but for a command or an id that the user is to type.
    assert said.endswith(".") or ": " in said or "--" in said, said
    return said


class Command:
    """The command, run in this process with a fake model; what the last run printed is kept."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        monkeypatch.setattr("assistant.library.library.default_loader", loader(FakeEncoder()))
        self._monkeypatch, self._capsys = monkeypatch, capsys
        self.out = self.err = ""

    def __call__(self, *words: str | Path, stdin: str = "") -> int:
        """Run ``assistant`` with some words behind it; its exit code."""
        self._monkeypatch.setattr("sys.argv", ["assistant", *map(str, words)])
        self._monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
        code: object = 0
        try:
            main()
        except SystemExit as done:
            code = done.code
        self.out, self.err = self._capsys.readouterr()
        assert "Traceback" not in self.err
        return int(code) if isinstance(code, int) else 0

    def json(self) -> Any:
        """What the last run printed, which must be one line of JSON."""
        assert self.out.count("\n") == 1
        return json.loads(self.out)


def cut_off(monkeypatch: pytest.MonkeyPatch, call: int) -> None:
    """Let a call of ``os.replace`` be the moment at which the program is interrupted."""
    replace, calls = os.replace, 0

    def failing(*args: Any) -> None:
        nonlocal calls
        calls += 1
        if calls == call:
            raise KeyboardInterrupt
        replace(*args)

    monkeypatch.setattr("os.replace", failing)

"""A library with the sample essay, a fake model to open it with, and the command to use it with."""

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
    """A score that equals one calculated on another processor, or among other passages."""

    __slots__ = ()
    __hash__ = float.__hash__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, float) and abs(self - other) < 2e-4

    def __ne__(self, other: object) -> bool:
        return not self == other


class Opened:
    """A library, the model with which it was opened, and the notices that the user got.

    Args:
        root: The library's folder.
        encoder: Its model; a new fake one if none is given.
    """

    def __init__(self, root: Path, encoder: FakeEncoder | None = None) -> None:
        self.root = root
        self.encoder = encoder or FakeEncoder()
        self.notices: list[str] = []
        self.library = Library(root, load_encoder=loader(self.encoder), notify=self.notices.append)

    def hit_scores(self, question: str = QUESTION) -> list[tuple[str, Near]]:
        """Ids and scores of the passages found for a question, best first."""
        return hit_scores_of(self.library.ask(question))


def hit_scores_of(answer: Answer) -> list[tuple[str, Near]]:
    """Ids and scores of an answer's passages, best first."""
    return [(hit.passage.id, Near(hit.score)) for hit in answer.hits]


@cache
def _template() -> tempfile.TemporaryDirectory[str]:
    """A library with the sample essay, built once."""
    folder = tempfile.TemporaryDirectory(prefix="library-")
    Opened(Path(folder.name)).library.add(SAMPLE)
    return folder


def sample_library(folder: Path) -> Path:
    """Copy a library with the sample essay to a new folder."""
    shutil.copytree(_template().name, folder)
    return folder


def loader(encoder: FakeEncoder) -> Callable[..., Encoder]:
    """A loader that gives one model for every name."""
    return lambda _name, _notify=None: encoder


def file_digests(root: Path) -> dict[str, str]:
    """Digest of every file in a folder, except caches and locks; an empty one for folders."""
    return {
        str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
        for path in sorted(root.rglob("*"))
        if path.name not in {".lock", "catalogue.json"} and not path.name.startswith("encodings-")
    }


def one_sentence(error: BaseException) -> str:
    """The message of an error, which must be one line and end like a sentence."""
    message = str(error)
    assert message.strip(), "the message is empty"
    assert len(message.splitlines()) == 1, message
    assert "Traceback" not in message, message
    # A sentence ends with a full stop, unless it ends with a command or an id that the user is to type.
    assert message.endswith(".") or ": " in message or "--" in message, message
    return message


class Command:
    """The command, run in this process with a fake model, and what its last run printed."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        monkeypatch.setattr("assistant.library.holdings.default_loader", loader(FakeEncoder()))
        self._monkeypatch, self._capsys = monkeypatch, capsys
        self.out = self.err = ""

    def __call__(self, *words: str | Path, stdin: str = "") -> int:
        """Run ``assistant`` with some arguments and return its exit code."""
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


def interrupt_replace(monkeypatch: pytest.MonkeyPatch, call: int) -> None:
    """Interrupt the program at a call of ``os.replace``, counted from 1."""
    replace, calls = os.replace, 0

    def failing(*args: Any) -> None:
        nonlocal calls
        calls += 1
        if calls == call:
            raise KeyboardInterrupt
        replace(*args)

    monkeypatch.setattr("os.replace", failing)

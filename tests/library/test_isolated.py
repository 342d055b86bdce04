"""Reading an essay in a process of its own."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from essay_library import loader
from fake_models import FakeEncoder

from assistant.core.errors import LibraryError, ReadingError, data_file
from assistant.library import isolated as module
from assistant.library.isolated import isolated
from assistant.library.library import Library
from assistant.library.originals import read_file
from assistant.library.store import load

DATA = Path(__file__).parent.parent / "data"


def test_a_call_returns_what_it_would_here_from_another_process() -> None:
    assert isolated("essay.txt", divmod, 7, 2) == (3, 1)
    assert isolated("essay.txt", sorted, [1, 2], reverse=True) == [2, 1]
    assert isolated("essay.txt", os.getpid) != os.getpid()


def test_its_errors_are_raised_here(tmp_path: Path) -> None:
    with pytest.raises(ReadingError, match=r"missing\.txt does not exist"):
        isolated("missing.txt", read_file, tmp_path / "missing.txt")
    with pytest.raises(LibraryError, match=r"p\.jsonl cannot be read"):
        isolated("p", load, tmp_path / "p.jsonl")
    with pytest.raises(ZeroDivisionError):
        isolated("essay.txt", divmod, 7, 0)


def test_too_much_memory_is_one_sentence() -> None:
    with pytest.raises(ReadingError, match=r"^essay.txt takes more than .* of memory to read; divide it"):
        isolated("essay.txt", bytearray, 8_000 * 1024**2)


def test_too_much_time_is_one_sentence_and_ends_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SECONDS", 1)
    begun = time.monotonic()
    with pytest.raises(ReadingError, match=r"^essay.txt takes more than 1 seconds"):
        isolated("essay.txt", time.sleep, 300)
    assert time.monotonic() - begun < 60


@pytest.mark.parametrize("name", ["sample/essay.txt", "pdf/sample-footnotes.pdf"])
def test_a_server_reads_an_essay_as_the_command_does(name: str, tmp_path: Path) -> None:
    path = data_file(name) if name.endswith(".txt") else DATA / name
    here = Library(tmp_path / "here", load_encoder=loader(FakeEncoder()))
    server = Library(tmp_path / "server", load_encoder=loader(FakeEncoder()), isolates=True)
    assert here.add(path) == server.add(path)
    assert here.essay("sample").passages == server.essay("sample").passages

"""Reading an essay in a process of its own."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from essay_library import loader
from fake_models import FakeEncoder

from assistant.core.errors import DamagedEssayError, LibraryError, ReadingError, data_file
from assistant.library import isolated as module
from assistant.library.isolated import isolated
from assistant.library.library import Library
from assistant.library.originals import read_file

DATA = Path(__file__).parent.parent / "data"


def _process_and_sum(first: int, second: int, *, third: int = 0) -> tuple[int, int]:
    return os.getpid(), first + second + third


def _raise_damaged(path: Path) -> None:
    raise DamagedEssayError(path, "is damaged")


def _fill_memory() -> int:
    return len(bytearray(8_000 * 1024**2))


def _work_forever() -> None:
    while True:
        pass


def test_a_call_returns_what_it_would_here_from_another_process() -> None:
    process, total = isolated("essay.txt", _process_and_sum, 1, 2, third=4)
    assert total == 7
    assert process != os.getpid()


def test_its_errors_are_raised_here(tmp_path: Path) -> None:
    with pytest.raises(ReadingError, match=r"missing\.txt does not exist"):
        isolated("missing.txt", read_file, tmp_path / "missing.txt")
    with pytest.raises(LibraryError, match=r"p\.jsonl is damaged"):
        isolated("p", _raise_damaged, tmp_path / "p.jsonl")


def test_too_much_memory_is_one_sentence() -> None:
    with pytest.raises(ReadingError, match=r"^essay.txt takes more than .* of memory to read; divide it"):
        isolated("essay.txt", _fill_memory)


def test_too_much_time_is_one_sentence_and_ends_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SECONDS", 1)
    begun = time.monotonic()
    with pytest.raises(ReadingError, match=r"^essay.txt takes more than 1 seconds"):
        isolated("essay.txt", _work_forever)
    assert time.monotonic() - begun < 60


@pytest.mark.parametrize("name", ["sample/essay.txt", "pdf/sample-footnotes.pdf"])
def test_a_server_reads_an_essay_as_the_command_does(name: str, tmp_path: Path) -> None:
    path = data_file(name) if name.endswith(".txt") else DATA / name
    here = Library(tmp_path / "here", load_encoder=loader(FakeEncoder()))
    server = Library(tmp_path / "server", load_encoder=loader(FakeEncoder()), isolates=True)
    assert here.add(path) == server.add(path)
    assert here.essay("sample").passages == server.essay("sample").passages

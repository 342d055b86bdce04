"""The command as a process of its own: pipes, signals, encodings and two at once."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from essay_library import FOUND, QUESTION, ROOT, SAMPLE, SECOND, Opened, file_digests, sample_library

_PATIENCE = 60
# The command with the fake model; with SLOW in the environment it takes its time over the essay.
_START = """
import os, sys, time
import assistant.library.library
from fake_models import FakeEncoder

class Slow(FakeEncoder):
    def encode(self, texts, **options):
        if os.environ.get("SLOW"):
            open(os.environ["SLOW"], "a").close()
            time.sleep(float(os.environ["SECONDS"]))
        return super().encode(texts, **options)

assistant.library.holdings.default_loader = lambda name, notify: Slow()
from assistant.cli import main
main()
"""


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    """A library with the sample essay."""
    return sample_library(tmp_path / "shelf")


def _start(shelf: Path, *words: str | bytes | Path, **environment: str) -> subprocess.Popen[bytes]:
    paths = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
    return subprocess.Popen(
        [sys.executable, "-c", _START, *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "ASSISTANT_LIBRARY": str(shelf), "PYTHONPATH": paths, **environment},
    )


def _run(
    shelf: Path, *words: str | bytes | Path, stdin: bytes = b"", **environment: str
) -> tuple[int, bytes, str]:
    """Exit code, stdout and stderr."""
    process = _start(shelf, *words, **environment)
    out, err = process.communicate(stdin, timeout=_PATIENCE)
    assert b"Traceback" not in err, err.decode(errors="replace")
    return process.returncode, out, err.decode()


@pytest.mark.parametrize(
    ("words", "code", "out", "err"),
    [
        (["ask", QUESTION, "--json"], 0, b"{", ""),
        (["ask", "Does photosynthesis need magnesium?", "--json"], 1, b"{", ""),
        (["ask", QUESTION, "--top", "0"], 2, b"", "assistant: 0 passages"),
        (["add", "missing.txt"], 2, b"", "assistant: missing.txt does not exist"),
        (["ask", QUESTION, "--nonsense"], 2, b"", "Usage: "),
    ],
)
def test_results_messages_and_exit_code(
    shelf: Path, words: list[str], code: int, out: bytes, err: str
) -> None:
    found = _run(shelf, *words)
    assert found[0] == code
    assert found[1].startswith(out)
    assert bool(found[1]) == bool(out)
    assert found[2].startswith(err)
    assert bool(found[2]) == bool(err)


def test_question_through_a_pipe_is_utf8(shelf: Path) -> None:
    question = f"{QUESTION} Estienne’s Niccolò—why?"
    code, out, _ = _run(shelf, "ask", "-", "--json", stdin=question.encode())
    assert code == 0
    answer = json.loads(out.decode("utf-8"))
    assert answer["question"].strip() == question
    assert answer["passages"][0]["id"] == FOUND


def test_bytes_that_are_no_text(shelf: Path) -> None:
    """In a question, from the terminal or a pipe: it is asked or refused, without a traceback."""
    for words in ([QUESTION.encode() + b" \xff"], ["-"]):
        code, out, err = _run(shelf, "ask", *words, "--json", stdin=QUESTION.encode() + b" \xff")
        assert code in {0, 2}
        assert bool(out) == (code == 0)
        assert bool(err) == (code == 2)


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "latin-1"])
def test_terminal_that_cannot_show_every_character(shelf: Path, encoding: str) -> None:
    """Windows gives such a one to a program whose output goes to a file."""
    for words in (["ask", QUESTION], ["ask", QUESTION, "--json"], ["list"]):
        code, out, _ = _run(shelf, *words, PYTHONIOENCODING=encoding, PYTHONUTF8="0")
        assert code == 0
        assert b"sample" in out


@pytest.mark.parametrize("words", [["show", "sample", "--source"], ["show", "sample", "--json"], ["list"]])
def test_reader_of_the_pipe_has_gone(shelf: Path, words: list[str]) -> None:
    process = _start(shelf, *words)
    assert process.stdout is not None
    process.stdout.close()
    process.stdout = None
    _, err = process.communicate(timeout=_PATIENCE)
    assert err == b""
    assert process.returncode == 0


def test_control_c_while_an_essay_is_added(shelf: Path, tmp_path: Path) -> None:
    before = file_digests(shelf)
    begun = tmp_path / "begun"
    process = _start(shelf, "add", SECOND, SLOW=str(begun), SECONDS="30")
    until = time.monotonic() + _PATIENCE
    while not begun.exists():
        assert time.monotonic() < until
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=_PATIENCE)
    assert (process.returncode, out) == (130, b"")
    assert err.decode().strip().startswith("assistant: interrupted; each change was made whole or not at all")
    assert file_digests(shelf) == before
    assert _run(shelf, "add", SECOND)[0] == 0


def test_killed_while_an_essay_is_added(shelf: Path, tmp_path: Path) -> None:
    """The lock of a program that is no more keeps nobody out."""
    begun = tmp_path / "begun"
    process = _start(shelf, "add", SECOND, SLOW=str(begun), SECONDS="30")
    until = time.monotonic() + _PATIENCE
    while not begun.exists():
        assert time.monotonic() < until
        time.sleep(0.05)
    process.kill()
    process.communicate(timeout=_PATIENCE)
    code, out, err = _run(shelf, "add", SECOND)
    assert (code, err) == (0, "")
    assert b"running-heads" in out


def test_two_programs_add_at_once(tmp_path: Path) -> None:
    root = tmp_path / "new"
    both = [_start(root, "add", path, SLOW=str(tmp_path / "begun"), SECONDS="1") for path in (SAMPLE, SECOND)]
    for process in both:
        _, err = process.communicate(timeout=_PATIENCE)
        assert process.returncode == 0, err
    opened = Opened(root)
    assert opened.library.ids() == ["running-heads", "sample"]
    assert opened.hit_scores()[0][0] == FOUND
    assert opened.encoder.encoded == [QUESTION]
    assert opened.notices == []

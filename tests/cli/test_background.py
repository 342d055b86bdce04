"""The warm process answers as the command does by itself, only sooner."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from essay_library import QUESTION, ROOT, SAMPLE, SECOND

from assistant.core import handover
from assistant.library.library import Library

pytestmark = [
    pytest.mark.real_model,
    pytest.mark.skipif(os.name != "posix", reason="it listens on a Unix socket"),
]
_PATIENCE_S = 90
_COMMANDS = {
    "ask": ("ask", QUESTION),
    "ask in JSON": ("ask", QUESTION, "--json", "--top", "2"),
    "ask what is not answered": ("ask", "Who won the football match in Madrid?"),
    "quote": ("quote", "a sentence that is nowhere"),
    "quote from a pipe": ("quote", "-"),
    "list": ("list",),
    "show": ("show", "sample/p07"),
    "cite": ("cite", "sample", "--page", "18"),
    "an unknown essay": ("show", "nobody-1900"),
    "an unknown option": ("ask", QUESTION, "--unknown"),
    "help": ("ask", "--help"),
    "check": ("check", "draft.md"),
    "check a pipe": ("check", "-", "--json"),
    "check a draft that is not there": ("check", "nowhere.md"),
    "compare": ("compare", QUESTION, "--fast"),
    "index": ("index", "sample"),
    "outline": ("outline", "sample", "--json"),
    "related": ("related", "sample/p07"),
    "a library in the folder": ("list", "--library", "shelf"),
    "a folder without a library": ("list", "--library", "draft.md"),
}


class Home:
    """A library and the place of a warm process, for commands that run in a folder of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.library = folder, folder / "shelf"
        # A socket's address must be short.
        self.runtime = Path(f"/tmp/ea-{os.getpid()}")  # noqa: S108
        self.runtime.mkdir(mode=0o700, exist_ok=True)
        Library(self.library).add(SAMPLE)
        (folder / "draft.md").write_text("They hold that “the tool cannot tell them appart”.\n", "utf-8")

    @property
    def places(self) -> dict[str, str]:
        """Where commands find the library and the warm process."""
        return {"ASSISTANT_LIBRARY": str(self.library), "XDG_RUNTIME_DIR": str(self.runtime)}

    def start(self, *words: str, **more: str) -> subprocess.Popen[bytes]:
        """Start a command."""
        return subprocess.Popen(
            [sys.executable, "-m", "assistant", *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": str(ROOT), **self.places, **more},
        )

    def run(self, *words: str, **more: str) -> tuple[int, bytes, bytes]:
        """Exit code, stdout and stderr of a command."""
        process = self.start(*words, **more)
        out, err = process.communicate(b"numbered sections", timeout=_PATIENCE_S)
        return process.returncode, out, err


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    home = Home(tmp_path_factory.mktemp("home"))
    code, _, err = home.run("serve", "--background", "--idle", "5")
    assert code == 0, err
    yield home
    home.run("serve", "--stop")
    shutil.rmtree(home.runtime)


@pytest.mark.parametrize("words", _COMMANDS.values(), ids=_COMMANDS)
def test_a_command_prints_what_it_prints_by_itself(home: Home, words: tuple[str, ...]) -> None:
    assert home.run(*words) == home.run(*words, ASSISTANT_COLD="1")


def test_it_is_sooner(home: Home) -> None:
    def seconds(**more: str) -> float:
        start = time.monotonic()
        home.run("quote", "numbered sections", **more)
        return time.monotonic() - start

    warm = min(seconds() for _ in range(4))
    cold = min(seconds(ASSISTANT_COLD="1") for _ in range(2))
    assert warm < cold / 2


def test_it_prints_for_the_terminal_and_into_the_pipe_of_the_program_that_asks(home: Home) -> None:
    columns = {"COLUMNS": "40"}
    assert home.run("ask", QUESTION, **columns) == home.run("ask", QUESTION, **columns, ASSISTANT_COLD="1")
    reading = home.start("ask", QUESTION)
    assert reading.stdout is not None
    # As ``head`` does that has read enough.
    reading.stdout.close()
    assert reading.wait(_PATIENCE_S) == 0
    assert home.run("list")[0] == 0


def test_files_are_written_into_the_folder_of_the_program_that_asks(home: Home) -> None:
    assert home.run("check", "draft.md", "--fix", "--html", "page.html")[0] == 1
    assert b"tell them apart" in (home.folder / "draft.fixed.md").read_bytes()
    assert (home.folder / "page.html").exists()


def test_a_second_start_says_that_one_is_running(home: Home) -> None:
    code, _, err = home.run("serve", "--background")
    assert code == 0
    assert b"already" in err


def test_a_new_essay_is_found_at_once(home: Home) -> None:
    assert home.run("add", str(SECOND), "--id", "second")[0] == 0
    try:
        assert b"second" in home.run("list")[1]
    finally:
        home.run("remove", "second")
    assert b"second" not in home.run("list")[1]


def test_an_interrupted_command_ends_and_the_process_goes_on(home: Home) -> None:
    reading = home.start("quote", "-")
    time.sleep(2)
    reading.send_signal(signal.SIGINT)
    assert reading.wait(_PATIENCE_S) == 130
    assert home.run("quote", "-") == home.run("quote", "-", ASSISTANT_COLD="1")


def test_a_command_runs_by_itself_while_another_is_in_the_way(home: Home) -> None:
    waiting = home.start("quote", "-")
    time.sleep(2)
    assert home.run("list") == home.run("list", ASSISTANT_COLD="1")
    waiting.communicate(b"numbered sections", timeout=_PATIENCE_S)
    assert waiting.returncode == 0


def test_another_program_at_the_same_address_is_refused(
    home: Home, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(home.runtime))
    monkeypatch.setattr(handover, "program_stamp", lambda: "another:program:0")
    assert handover.answer(["list"]) is None
    assert capfd.readouterr().out == ""


def test_a_folder_that_others_may_enter_is_not_used(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(home.runtime))
    folder = Path(handover.socket_path()).parent
    folder.chmod(0o755)
    try:
        assert handover.answer(["list"]) is None
    finally:
        folder.chmod(0o700)


def test_commands_that_change_or_last_are_not_handed_over(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(home.runtime))
    batches = (["ask", "--batch", "x"], ["quote", "--batch=x"])
    for words in (["add", "x.txt"], ["remove", "sample"], ["serve"], *batches, []):
        assert handover.answer(words) is None


def test_it_ends_when_another_version_was_installed_in_its_place(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(home.runtime))
    address = Path(handover.socket_path())
    assert (address.stat().st_mode & 0o777, address.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    monkeypatch.setattr(handover, "program_stamp", lambda: f"{handover.program_place()}0")
    assert handover.answer(["list"]) is None
    until_gone(address)


def until_gone(address: Path) -> None:
    """Wait until a process has ended and taken its address away."""
    deadline = time.monotonic() + _PATIENCE_S
    while address.exists() and time.monotonic() < deadline:
        time.sleep(0.2)
    assert not address.exists()


def test_what_a_killed_process_leaves_is_in_no_way(home: Home) -> None:
    home.run("serve", "--background")
    address = home.runtime / "essay-assistant" / "commands.sock"
    # Nobody listens at an address whose process was killed.
    address.unlink()
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(address))
    assert home.run("list") == home.run("list", ASSISTANT_COLD="1")
    assert home.run("serve", "--background", "--idle", "5")[0] == 0
    assert home.run("list") == home.run("list", ASSISTANT_COLD="1")


def test_it_ends_by_itself_and_leaves_no_address(home: Home) -> None:
    home.run("serve", "--stop")
    home.run("serve", "--background", "--idle", "0.05")
    address = home.runtime / "essay-assistant" / "commands.sock"
    assert address.exists()
    until_gone(address)
    assert home.run("serve", "--stop")[2] == b"No warm process is running.\n"


def test_a_page_cannot_be_asked_for_at_the_same_time(home: Home) -> None:
    code, _, err = home.run("serve", "--background", "--port", "7999")
    assert code == 2
    assert err.startswith(b"assistant: --background serves no page")

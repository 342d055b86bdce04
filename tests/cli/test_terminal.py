"""What the command prints where an essay, a draft or its name would steer the terminal or the report."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from essay_library import ROOT, Command, loader, sample_library
from fake_models import FakeEncoder
from hypothesis import given
from hypothesis import strategies as st
from page_library import Tags

from assistant.cli.terminal import absolute, keep_open, open_library, printable
from assistant.cluster.opening import models_of
from assistant.cluster.splitting import split
from assistant.library.library import Library

HOSTILE = (
    '<script>alert(1)</script><img src=x onerror=alert(2)> <a href="javascript:alert(3)">x</a> '
    "\u202eevil\u202c"
)
STEERS = "\x1b]0;taken\x07\x1b[31mred\x9b5m\u202eback\u202c"


def test_what_steers_a_terminal_is_seen_and_all_else_stays() -> None:
    assert printable("a\x1b[2Jb\u202ec\x9bd\re") == "a\ufffd[2Jb\ufffdc\ufffdd\ufffde"
    assert printable("\x1b[1mbold\x1b[0m\tand\r\nmore – “é” 📚") == "\x1b[1mbold\x1b[0m\tand\r\nmore – “é” 📚"
    assert printable("10%\r20%", "\r") == "10%\r20%"


@given(st.text())
def test_no_text_steers_a_terminal(text: str) -> None:
    result = printable(text).replace("\x1b[0m", "").replace("\x1b[1m", "").replace("\r\n", "\n")
    assert not set(result) & {*map(chr, {*range(32), *range(127, 160)} - {9, 10}), "\u202e", "\u2066"}
    assert len(printable(text)) == len(text)


def _hostile_library(tmp_path: Path) -> Path:
    """A library with an essay that would steer a terminal."""
    essay = tmp_path / "evil.txt"
    essay.write_text(
        f"A Title\n\nThe keeper wrote {STEERS} two books at once. {'He lit the lamp. ' * 60}\n", "utf-8"
    )
    root = tmp_path / "lib"
    Library(root, load_encoder=loader(FakeEncoder())).add(essay)
    return root


# Runs commands one after the other, each in a child of this process, and ends what each sends with a mark.
_IN_CHILDREN = """
import json, os, sys
from assistant.cli import main
import assistant.library.library
for words in json.loads(sys.argv[1]):
    child = os.fork()
    if not child:
        sys.argv = ["assistant", *words]
        sys.exit(main())
    os.waitpid(child, 0)
    os.write(1, b"\\x1e")
"""


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm"}


def _on_a_terminal(runs: Sequence[Sequence[str]]) -> list[str]:
    """What a terminal is sent by each of some commands."""
    master, slave = pty.openpty()
    command = [sys.executable, "-c", _IN_CHILDREN, json.dumps(runs)]
    with subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave, env=_environment()) as process:
        os.close(slave)
        result = b""
        while part := _read(master):
            result += part
        process.wait(60)
    os.close(master)
    *sent, rest = result.decode().split("\x1e")
    assert (process.returncode, len(sent), rest) == (0, len(runs), "")
    return sent


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:
        # The other end is closed.
        return b""


def test_an_essay_cannot_steer_the_terminal_and_a_pipe_gets_it_as_it_is(tmp_path: Path) -> None:
    root = _hostile_library(tmp_path)
    shown = ["show", "evil", "--source", "--library", str(root)]
    runs = [["show", "evil", "--library", str(root)], shown, ["list", "--library", str(root)]]
    for words, sent in zip(runs, _on_a_terminal(runs), strict=True):
        assert sent.strip()
        assert not set(sent) & set("\x1b\x07\x9b\x00\u202e"), words
    command = [sys.executable, "-m", "assistant", *shown]
    piped = subprocess.run(command, capture_output=True, check=True, env=_environment()).stdout
    assert piped == (tmp_path / "evil.txt").read_bytes()


def test_a_draft_and_its_name_cannot_steer_the_terminal(tmp_path: Path) -> None:
    root = sample_library(tmp_path / "lib")
    draft = tmp_path / "\x1b[2Jname\r.md"
    draft.write_text("He says “no words \x1b[31mof this \u202eessay” (Essay Assistant Authors 12).", "utf-8")
    drafts = (str(draft), str(tmp_path / "\x1b]0;none\x07.md"))
    for sent in _on_a_terminal([["check", path, "--library", str(root)] for path in drafts]):
        assert "\ufffd" in sent
        assert not set(sent) & set("\x1b\x07\u202e")


def test_a_hostile_draft_injects_nothing_into_its_report(command: Command, tmp_path: Path) -> None:
    name = "<img src=x onerror=alert(1)>.md"
    (tmp_path / name).write_text(
        f"He says “{HOSTILE} was never printed at all here” (Essay Assistant Authors 12).\n\n{HOSTILE}\n",
        "utf-8",
    )
    assert command("check", name, "--html", "report.html") in {0, 1}
    tags = Tags((tmp_path / "report.html").read_text("utf-8"))
    harmless = set("html head meta title style body header main h1 h2 p nav ul li a b div span mark".split())
    harmless |= set("aside section small dl dt dd ins del".split())
    assert {tag for tag, _, _ in tags.found} <= harmless
    for _, named, _ in tags.found:
        assert not any(one.startswith("on") for one in named)
        assert (named.get("href") or "#").startswith("#")


def test_a_record_and_a_file_name_cannot_steer_the_terminal(tmp_path: Path) -> None:
    root = sample_library(tmp_path / "lib")
    record = {
        "title": f"A {STEERS} title",
        "author": [{"family": f"Marsh{STEERS}", "given": "Ada"}],
        "container-title": STEERS,
        "type": "article-journal",
    }
    Library(root, load_encoder=loader(FakeEncoder())).edit("sample", reference=record)
    runs: list[list[str]] = [["list"], ["list", "--json"], ["show", f"sample/{STEERS}"], ["cite", STEERS]]
    runs += [["cite", "sample", "--format", form] for form in ("text", "markdown", "html", "bibtex", "ris")]
    runs += [["cite", "sample", "--style", style] for style in ("apa", "chicago-notes", "ieee", STEERS)]
    runs += [["add", f"{tmp_path}/{STEERS}.txt"], ["quote", STEERS], [f"--{STEERS}"], [STEERS]]
    runs += [["ask", STEERS], ["show", "sample", "--json"], ["cite", "sample", "--format", "csl-json"]]
    runs += [["doctor"], ["remove", STEERS], ["remove", "sample"], ["restore", "--json"], ["restore"]]
    runs = [words + ([] if words[0] == f"--{STEERS}" else ["--library", str(root)]) for words in runs]
    for words, sent in zip(runs, _on_a_terminal(runs), strict=True):
        assert sent.strip()
        assert not set(sent.replace("\x1b[1m", "").replace("\x1b[0m", "")) & set("\x1b\x07\x9b\u202e"), words


def test_a_warm_process_finds_its_library_open_also_one_in_shards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.cli.terminal._KEPT_OPEN", {})
    shards, folder = tmp_path / "shards", tmp_path / "folder"
    shards.joinpath("data", "chunks").mkdir(parents=True)
    split(shards, 2, models_of(print), print)
    monkeypatch.chdir(tmp_path)
    for root in (shards, folder):
        kept = open_library(root)
        keep_open(absolute(root), kept)
        assert open_library(Path(root.name)) is kept
        # A server reads files in other processes.
        assert open_library(root, isolates=True) is not kept
    assert open_library(shards) is not kept
    assert absolute(Path("ray:auto/archive")) == Path("ray:auto/archive")

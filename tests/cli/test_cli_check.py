"""``assistant check`` as a user runs it."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from essay_library import ROOT, Command, sample_library

if TYPE_CHECKING:
    from pathlib import Path

NAME = "Essay Assistant Authors"
DRAFT = f"""One reads
there “broke the text into short numbred pieces” ({NAME} 13) & <b>.

“A finger was all that Augustine had.” So it is.
"""


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Command:
    monkeypatch.setenv("ASSISTANT_LIBRARY", str(sample_library(tmp_path / "library")))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "d.md").write_text(DRAFT, "utf-8")
    return Command(monkeypatch, capsys)


def test_faults_are_lines(command: Command) -> None:
    assert command("check", "d.md") == 1
    wrong, right = "broke the text into short numbred pieces", "broke the text into short numbered pieces"
    assert command.out.splitlines() == [
        f'd.md:2:7 misquoted: "{wrong}" printed "{right}" ({NAME} 13)',
        f'd.md:4:1 uncited: "A finger was all that Augustine had." has no citation ({NAME} 11)',
    ]
    summary = "d.md: 2 quotations, 1 as printed, 0 not checkable; 2 problems (1 misquoted, 1 uncited)."
    assert command.err.strip() == summary


def test_json_has_every_fault(command: Command) -> None:
    assert command("check", "d.md", "--json") == 1
    result = command.json()
    assert {key: result[key] for key in ("draft", "unit", "quotations", "exact", "not_checked")} == {
        "draft": "d.md", "unit": "line", "quotations": 2, "exact": 1, "not_checked": 0,
    }  # fmt: skip
    fault = result["faults"][0]
    assert DRAFT[fault["start"] : fault["end"]] == "“broke the text into short numbred pieces”"
    assert fault["fix"] == "“broke the text into short numbered pieces”"
    assert (fault["line"], fault["column"], fault["passage"], fault["pages"]) == (2, 7, "sample/p10", "13")


def test_a_copy_is_corrected_and_nothing_is_written_over(command: Command, tmp_path: Path) -> None:
    assert command("check", "d.md", "--fix") == 1
    assert (tmp_path / "d.md").read_text("utf-8") == DRAFT
    assert command("check", "d.fixed.md") == 0
    assert command.out == ""
    assert command("check", "d.md", "--fix") == 2
    assert "is there already" in command.err
    assert command("check", "d.md", "--fix", "d.md") == 2
    assert "is the draft itself" in command.err
    assert command("check", "d.md", "--fix", "other.md") == 1
    assert (tmp_path / "other.md").read_bytes() == (tmp_path / "d.fixed.md").read_bytes()


def test_the_report_needs_nothing_from_outside(command: Command, tmp_path: Path) -> None:
    assert command("check", "d.md", "--html", "report.html") == 1
    page = (tmp_path / "report.html").read_text("utf-8")
    assert "<del>numbred</del><ins>numbered</ins>" in page
    assert "&lt;b&gt;" in page
    assert not re.search(r"https?:|src=|@import|url\(", page)
    assert command("check", "d.md", "--html", "d.md") == 2


def test_standard_input(command: Command) -> None:
    assert command("check", "-", stdin=DRAFT) == 1
    assert command.out.startswith("-:2:7 misquoted")
    assert command("check", "-", "--fix", stdin=DRAFT) == 2
    assert command("check", "-", stdin=" ") == 2


def test_essays_and_styles_are_chosen(command: Command) -> None:
    assert command("check", "d.md", "--essay", "sample", "--style", "apa") == 1
    assert "p. 13)" in command.out
    assert command("check", "d.md", "--essay", "none") == 2
    assert command("check", "absent.md") == 2


def test_no_model_is_loaded(command: Command, tmp_path: Path) -> None:
    assert command("check", "d.md") == 1
    code = (
        "import sys; from pathlib import Path; from assistant.library.library import Library; "
        "Library(Path('library')).check_draft(Path('d.md')); print(*sorted(sys.modules))"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, check=True,
        env={"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    heavy = {"torch", "faiss", "gradio", "transformers", "onnxruntime", "docx", "lxml", "sklearn"}
    assert set(result.stdout.split()) & heavy == set()

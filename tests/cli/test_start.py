"""The quick path: what the commands that one waits for must not load."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from essay_library import ROOT, SAMPLE

from assistant.library.library import Library

QUESTION = "What was printed from 1974 onwards?"
# Each takes from a tenth of a second to some seconds to load.
SLOW = set(
    "torch transformers sentence_transformers gradio scipy sklearn onnx bm25s Stemmer faiss wordfreq "
    "bibtexparser pylatexenc tqdm asyncio pandas matplotlib ir_measures".split()
)
# The command, and then the modules that it loaded, behind its own output.
_RUN = """
import sys
from assistant.cli import main
try:
    main()
finally:
    print("\\nLOADED", *sys.modules)
"""


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library with the sample essay and the real model's index."""
    root = tmp_path_factory.mktemp("shelf")
    Library(root).add(SAMPLE)
    return root


def run(*words: str | Path) -> tuple[str, set[str]]:
    """Run the command as a process of its own: what it printed, and the modules that it loaded."""
    result = subprocess.run(
        [sys.executable, "-c", _RUN, *map(str, words)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONUTF8": "1"},
    )
    assert result.stderr == ""
    output, _, loaded = result.stdout.rpartition("\nLOADED ")
    return output, set(loaded.split())


def test_a_question_loads_no_more_than_it_needs(shelf: Path) -> None:
    output, loaded = run("ask", QUESTION, "--library", shelf)
    assert "sample/p24" in output
    assert "onnxruntime" in loaded
    assert loaded & SLOW == set()


@pytest.mark.parametrize(
    "words", [("list",), ("show", "sample/p24"), ("cite", "sample", "--page", "18")], ids=" ".join
)
def test_what_asks_nothing_loads_no_model(shelf: Path, words: tuple[str, ...]) -> None:
    output, loaded = run(*words, "--library", shelf)
    assert output
    assert loaded & {*SLOW, "onnxruntime", "tokenizers"} == set()


def test_a_question_leaves_no_file_behind(
    shelf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # ONNX Runtime would keep a session file for its reports on use.
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    run("ask", QUESTION, "--library", shelf)
    assert list(tmp_path.iterdir()) == []

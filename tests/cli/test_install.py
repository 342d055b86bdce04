"""Setting up: a sentence for each thing that can go wrong, and what is fetched is said before."""

from __future__ import annotations

import ast
import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest
from essay_library import ROOT

SCRIPT = ROOT / "tools" / "install.py"


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script, as if the project were in an empty folder."""
    specification = importlib.util.spec_from_file_location("install", SCRIPT)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    monkeypatch.chdir(tmp_path)
    return module


def test_the_script_is_read_by_the_pythons_that_it_refuses() -> None:
    ast.parse(SCRIPT.read_text("utf-8"), feature_version=(3, 6))


def test_a_python_that_is_too_old_is_named_with_the_one_that_is_needed(
    script: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 18))
    with pytest.raises(script.InstallError, match=r"Python 3\.11 or newer .* 3\.9\.18"):
        script.check_python()


@pytest.mark.parametrize(
    ("output", "words"),
    [
        ("ERROR: Could not install packages: [Errno 28] No space left on device", "disk is full"),
        ("31.4/31.4 MB eta 0:00:01ERROR: [Errno 28] No space left on device", "free some space"),
        ("WARNING: Retrying: Failed to establish a new connection\nERROR: No matching", "check the network"),
        ("ERROR: No matching distribution found for faiss-cpu==1.15.1\n", "faiss-cpu==1.15.1"),
        ("ERROR: Cannot install torch because these versions conflict.", "TORCH"),
        ("ERROR: torch.whl is not a valid wheel filename.", "torch.whl is not a valid wheel filename."),
    ],
)
def test_what_pip_prints_becomes_one_sentence(script: ModuleType, output: str, words: str) -> None:
    sentence = script.explain(output)
    assert words in sentence
    assert "\n" not in sentence


def test_what_is_fetched_is_said_in_one_line(script: ModuleType) -> None:
    fresh = script.announcement({}, "")
    assert f"{script.FETCHED_MB} MB" in fresh
    assert f"torch is {script.TORCH_MB} MB" in fresh
    assert "torch 2.9.1 is there and is left alone" in script.announcement({"torch": "2.9.1"}, "")
    assert "torch==2.9.1" in script.announcement({}, "torch==2.9.1")


def test_pip_is_run_again_only_for_new_requirements_or_another_torch(script: ModuleType) -> None:
    Path("pyproject.toml").touch()
    Path("constraints.txt").touch()
    assert not script.is_installed("")
    script.VENV_PYTHON.parent.mkdir(parents=True)
    script.VENV_PYTHON.touch()
    script.STAMP.write_text(script.fingerprint() + "\ntorch==2.9.1")
    assert script.is_installed("")
    assert script.is_installed("torch==2.9.1")
    assert not script.is_installed("torch==2.13.0")
    Path("constraints.txt").write_text("torch==2.13.0")
    assert not script.is_installed("")


def test_progress_names_large_files_and_warns_of_cuda(
    script: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    progress = script.Progress("torch")
    for line in (
        "Collecting torch==2.13.0",
        "  Downloading torch-2.13.0-cp311-cp311-manylinux_2_28_x86_64.whl (858.1 MB)",
        "Collecting nvidia-cublas==13.0 (from torch)",
        "Collecting nvidia-cudnn==9.0 (from torch)",
        "Installing collected packages: nvidia-cublas, nvidia-cudnn, torch",
    ):
        assert progress.read(line)
    assert not progress.read("     ━━━━━━━ 222.0/858.1 MB 26.4 MB/s eta 0:00:20")
    output = capsys.readouterr().out
    assert "torch-2.13.0 (858 MB)" in output
    assert output.count("CUDA") == 1
    assert "Installing torch (3)" in output

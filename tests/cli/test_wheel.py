"""The wheel has every file that the program reads, so that it works outside the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from essay_library import ROOT
from hatchling.builders.wheel import WheelBuilder


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The content of the wheel, as pip would lay it into site-packages."""
    folder = tmp_path_factory.mktemp("wheel")
    (wheel,) = WheelBuilder(str(ROOT)).build(directory=str(folder), versions=["standard"])
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def files_of(folder: Path) -> set[str]:
    """The files of a folder, by their paths within it."""
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_no_file_of_the_package_is_left_out(site: Path) -> None:
    package = files_of(ROOT / "assistant")
    assert {Path(name).suffix for name in package} >= {".py", ".html", ".css", ".js", ".onnx"}
    assert package - files_of(site / "assistant") == set()


def test_the_sample_and_the_references_are_in_the_wheel(site: Path) -> None:
    data = site / "assistant" / "data"
    assert files_of(data) == {
        "references.json",
        *(f"sample/{name}" for name in files_of(ROOT / "data/sample")),
    }


def test_the_manual_pages_are_laid_where_man_looks(site: Path) -> None:
    (shared,) = site.glob("*.data/data/share/man/man1")
    assert files_of(shared) == files_of(ROOT / "docs" / "man")


@pytest.mark.real_model
def test_the_wheel_adds_and_answers_outside_the_checkout(site: Path, tmp_path: Path) -> None:
    def run(*words: str | Path) -> str:
        return subprocess.run(
            [sys.executable, "-m", "assistant", *map(str, words), "--library", str(tmp_path / "library")],
            capture_output=True,
            encoding="utf-8",
            check=True,
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(site), "PYTHONUTF8": "1"},
        ).stdout

    assert "7 of 7" in run("add", site / "assistant" / "data" / "sample" / "essay.txt")
    assert "sample/p24" in run("ask", "What was printed from 1974 onwards?")
    draft = tmp_path / "draft.md"
    draft.write_text("“Hardly anyone now reads Plato in that edition” (Essay Assistant Authors 15).", "utf-8")
    run("check", draft, "--html", tmp_path / "draft.html")
    assert "Hardly anyone" in (tmp_path / "draft.html").read_text("utf-8")

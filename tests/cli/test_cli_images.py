"""``assistant show`` of an essay from a PDF: both page numbers, and images with the passage marked."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from essay_library import ROOT, Opened, sample_library

if TYPE_CHECKING:
    from pathlib import Path

    from essay_library import Command

CHAPTER = ROOT / "tests" / "data" / "pdf" / "sample-chapter.pdf"


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library with the sample, and with it again as a chapter that begins on page 217."""
    root = sample_library(tmp_path_factory.mktemp("chapter") / "library")
    Opened(root).library.add(CHAPTER, essay_id="chapter")
    return root


@pytest.fixture
def chapter(command: Command, template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """The command with a copy of that library."""
    monkeypatch.setenv("ASSISTANT_LIBRARY", str(shutil.copytree(template, tmp_path / "chapter")))
    return command


def test_both_page_numbers_are_shown(chapter: Command) -> None:
    assert chapter("show", "chapter/p09") == 0
    assert chapter.out.splitlines()[0] == "chapter/p09 · paragraph · p. 219 (PDF 3)"
    assert chapter("show", "chapter") == 0
    assert "[p. 218 (PDF 2)] " in chapter.out
    assert chapter("show", "chapter/p09", "--json") == 0
    assert chapter.json()["pages"] == [{"label": "219", "start": 0, "file": 3}]
    # Only the printed number is cited.
    assert chapter("cite", "chapter", "--page", "219") == 0
    assert "PDF" not in chapter.out
    assert chapter("show", "sample/p09", "--json") == 0
    assert all(set(page) == {"label", "start"} for page in chapter.json()["pages"])


def test_a_passage_is_drawn_on_its_page(chapter: Command, tmp_path: Path) -> None:
    assert chapter("show", "chapter/p09", "--image", tmp_path / "out.png") == 0
    assert chapter.err == f"chapter/p09 is marked on p. 219 (PDF 3): {tmp_path / 'out.png'}\n"
    assert chapter.out == ""
    assert (tmp_path / "out.png").read_bytes().startswith(b"\x89PNG\r\n")


def test_a_passage_over_a_page_break_is_drawn_on_both(chapter: Command, tmp_path: Path) -> None:
    assert chapter("show", "chapter", "--json") == 0
    long = next(each for each in chapter.json()["passages"] if len(each["pages"]) == 2)
    assert chapter("show", long["id"], "--json", "--image", tmp_path / "out.png") == 0
    images = chapter.json()["images"]
    assert [image["image"] for image in images] == [str(tmp_path / "out.png"), str(tmp_path / "out-2.png")]
    assert [(image["page"], image["file"]) for image in images] == [
        (page["label"], page["file"]) for page in long["pages"]
    ]
    assert all(path.read_bytes() for path in tmp_path.glob("out*.png"))


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("sample/p09", "sample was read from essay.txt"),
        ("chapter", "An image shows the page of one passage"),
        ("chapter/p99", "no passage 'p99'"),
        ("nobody/p01", "no essay 'nobody'"),
    ],
)
def test_what_cannot_be_drawn_is_one_sentence(chapter: Command, tmp_path: Path, name: str, said: str) -> None:
    assert chapter("show", name, "--image", tmp_path / "out.png") == 2
    assert said in chapter.err
    assert chapter.err.count("\n") == 1
    assert not (tmp_path / "out.png").exists()


def test_an_image_that_cannot_be_written_is_one_sentence(chapter: Command, tmp_path: Path) -> None:
    assert chapter("show", "chapter/p09", "--image", tmp_path / "none" / "out.png") == 2
    assert "cannot be written" in chapter.err
    assert chapter.err.count("\n") == 1

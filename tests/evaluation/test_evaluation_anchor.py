"""The anchor of the figures: it passes near what was published and fails elsewhere."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from essay_library import ROOT, loader
from fake_models import FakeEncoder
from handmade_question_sets import written

from assistant.library.library import Library

if TYPE_CHECKING:
    from types import ModuleType

_SCRIPT = ROOT / "benchmarks" / "retrieval.py"


@pytest.fixture
def script() -> ModuleType:
    """The benchmark, which is no part of the package."""
    spec = importlib.util.spec_from_file_location("retrieval_benchmark", _SCRIPT)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A set whose one question finds its passage first: nDCG@10 is 1."""
    texts = {"": {"d1": "Fog came.", "d2": "Gulls slept."}}
    return written(tmp_path / "scifact", texts, [{"_id": "q1", "text": "fog came"}], {"q1": "d1"})


@pytest.mark.parametrize(("published", "code"), [(0.992, 0), (0.98, 1)])
def test_the_anchor_holds_within_a_hundredth(
    script: ModuleType,
    folder: Path,
    published: float,
    code: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(script, "PUBLISHED", published)
    library = Library(folder / "none", load_encoder=loader(FakeEncoder()))
    assert script.anchored(library, folder) == code
    first, figures, verdict = capsys.readouterr().out.splitlines()
    assert first.endswith("1 questions, one vector per passage (fake):")
    assert figures == f"nDCG@10 1.00000, published {published:.5f}, difference {1 - published:+.5f}"
    assert verdict.startswith("pass" if code == 0 else "fail: more than 0.01 apart")


def test_the_tables_are_markdown(script: ModuleType, folder: Path) -> None:
    library = Library(folder / "none", load_encoder=loader(FakeEncoder()))
    (measured,) = script.measured(library, [folder], ["late", "rrf"])
    markdown = script.set_markdown(measured.data)
    assert "| method | nDCG@10 | R@1 | R@3 |" in markdown
    assert "### Against late" in markdown
    assert "### Worst questions" not in markdown

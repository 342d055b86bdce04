"""From a question to its answer: what counts of it, and what came before it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from essay_library import a_library, loader
from fake_models import FakeEncoder

from assistant.library.adding import essay_of_passages
from assistant.library.library import Library
from assistant.retrieval.finder import Finder
from assistant.retrieval.index.index import build_index


def test_a_name_that_the_essay_speaks_of_counts() -> None:
    encoder = FakeEncoder()
    essay = essay_of_passages("coast", "Coast", {"p01": "Marsh lit the lamp.", "p02": "Fog came."})
    essay = replace(essay, reference={"title": "Coast", "author": [{"family": "Marsh", "given": "Ada"}]})
    finder = Finder(build_index(essay.passages, {}, encoder), encoder, {"coast": essay})
    assert finder.find("Marsh lamp").weights.tolist() == pytest.approx([0.5, 0.5])


def test_earlier_questions_of_any_length_and_bytes_are_read(tmp_path: Path) -> None:
    long = "Who numbered the leaves? " * 1_000
    assert (
        Library(a_library(tmp_path / "shelf"), load_encoder=loader(FakeEncoder()))
        .ask("And why?", history=["Who is \udcff?", long])
        .hits
    )

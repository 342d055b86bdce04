"""Every character of a passage is its source's, or an undoing of print has a name for the difference."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from essay_library import ROOT, SAMPLE
from fake_models import essay_of
from hypothesis import given, settings
from mutated_inputs import mutated_essay
from typesetter import Setting, print_essay, settings_of_type
from undoings import UnnamedError, undoings

from assistant.chunking.chunk import chunk
from assistant.documents.reading import read_essay_file

_LAYOUTS = sorted((ROOT / "tests" / "layouts").glob("*.txt"))


@pytest.mark.parametrize("path", [SAMPLE, *_LAYOUTS], ids=lambda path: path.stem)
def test_layouts_have_named_undoings_only(path: Path, frequency: Callable[[str], float]) -> None:
    essay = essay_of(read_essay_file(path).text)
    undoings(essay, chunk(essay, frequency))


@pytest.mark.real_essay
def test_real_essay_has_named_undoings_only(real_essay: Path, frequency: Callable[[str], float]) -> None:
    essay = essay_of(read_essay_file(real_essay).text)
    assert undoings(essay, chunk(essay, frequency))


@settings(deadline=None, max_examples=30)
@given(setting=settings_of_type())
def test_printed_essays_have_named_undoings_only(setting: Setting, frequency: Callable[[str], float]) -> None:
    essay = essay_of(print_essay(setting).source)
    undoings(essay, chunk(essay, frequency))


def test_mutated_essays_have_named_undoings_only(frequency: Callable[[str], float]) -> None:
    for number in range(40):
        text = mutated_essay(random.Random(number)).decode("utf-8", "replace")
        essay = essay_of(text)
        undoings(essay, chunk(essay, frequency))


@pytest.mark.parametrize("change", ["letter", "space", "gap", "hyphen"])
def test_other_differences_have_no_name(change: str, frequency: Callable[[str], float]) -> None:
    words = "The tide came in over the sand and went out again before the even-\ning, as it does every day."
    essay = essay_of(f"On Tides\n\nAda Marsh\n\n{words}\n")
    chunked = chunk(essay, frequency)
    passage = chunked.passages[-1]
    assert undoings(essay, chunked)["line-end hyphen"] == 1
    runs, length = passage.source_map.runs, passage.source_map.length
    if change == "gap":
        # The letter d of "tide" is left out.
        (_, start), later = runs[0], runs[1:]
        shifted = ((0, start), (6, start + 7), *((at - 1, offset) for at, offset in later))
        source_map = replace(passage.source_map, runs=shifted, length=length - 1)
        changed = replace(passage, text=passage.text.replace("tide", "tie"), source_map=source_map)
    else:
        old, new = {"letter": ("tide", "tile"), "space": ("The tide", "The_tide"), "hyphen": ("", "")}[change]
        changed = replace(passage, text=passage.text.replace(old, new) if old else passage.text)
    report = replace(chunked.report, hyphens_joined=()) if change == "hyphen" else chunked.report
    with pytest.raises(UnnamedError):
        undoings(essay, replace(chunked, passages=(*chunked.passages[:-1], changed), report=report))

"""Essays in markup formats, as several programs write them: every passage, and that it is a slice."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_cases import FOLDER, problems

from assistant.library.adding import read_essay
from assistant.library.records import known_records

DATA = Path(__file__).parent.parent / "data" / "markup"
PATHS = sorted(path.with_name(path.name.removesuffix(".expected.md")) for path in DATA.glob("*.expected.md"))


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.name)
def test_every_passage_is_right(path: Path) -> None:
    truth = path.with_name(f"{path.name}.expected.md")
    assert problems(path, read_essay(path, known_records(FOLDER)).essay, truth) == []


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.name)
def test_every_passage_is_a_slice_of_the_text(path: Path) -> None:
    read = read_essay(path)
    assert read.essay.report.unaccounted == 0
    for passage in read.essay.passages:
        for index, letter in enumerate(passage.text):
            printed = read.source[passage.source_map.source(index)]
            assert letter == printed or (letter == " " and printed.isspace())

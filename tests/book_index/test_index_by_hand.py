"""The index of each essay agrees with the one made by hand."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from essay_library import ROOT, Opened

from assistant.evaluation.book_index import load_index, score

if TYPE_CHECKING:
    from pathlib import Path

# Precision and recall, of entries and of places, at least.
_FLOORS = {"names": 0.97, "works": 0.95, "quoted": 0.95}


def assert_agrees(library: Opened, name: str) -> None:
    by_hand = load_index(ROOT / "data" / "eval" / name / "index.json")
    for found in score(library.library.index_of([name]), by_hand):
        least = min(found.precision, found.recall, found.place_precision, found.place_recall)
        assert least >= _FLOORS[found.kind], (found.kind, found.problems)


def test_the_index_of_the_sample(opened: Opened) -> None:
    assert_agrees(opened, "sample")


@pytest.mark.real_essay
def test_the_index_of_the_real_essay(opened: Opened, real_essay: Path) -> None:
    opened.library.add(real_essay)
    assert_agrees(opened, "gill-2014")


def test_a_missing_and_a_wrong_entry_count(opened: Opened) -> None:
    by_hand = json.loads((ROOT / "data" / "eval" / "sample" / "index.json").read_text("utf-8"))
    index = opened.library.index_of(["sample"])
    names = {item["entry"]: item for item in by_hand["names"]}
    names["Alypius"]["entry"] = "Nobody"
    names["Ammonius of Alexandria"]["pages"] = ["12"]
    found, works, _ = score(index, by_hand)
    assert (found.entries, found.found, found.wanted) == (39, 40, 40)
    assert found.problems == (
        "Alypius: not in the index made by hand",
        "Ammonius of Alexandria: 21n2 is wrong",
        "Ammonius of Alexandria: 12 is missing",
        "Nobody: missing",
    )
    assert works.precision == works.recall == 1

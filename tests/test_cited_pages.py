"""The comparison with dsearch: its pieces of a page stand for the essay's passages, and pages are judged."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from handmade_essays import passage

from assistant.core.essay import PageStart
from assistant.evaluation.datasets import Dataset, DatasetQuestion, Evidence

ROOT = Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT / "benchmarks"))
from cited_pages import Asked, Words, figures  # noqa: E402 - in benchmarks/

FIRST = "The printer numbers every leaf of the book. The binder trusts him."
SECOND = "A reader points at a line, and the finger says where it stands."


def test_a_piece_stands_for_the_passage_with_which_it_has_most_in_common() -> None:
    words = Words({"e/p01": FIRST, "e/p02": SECOND})
    assert words.passage("The binder trusts him. A reader points at a line, and the finger") == "e/p02"
    assert words.passage("every leaf of\nthe book. The binder trusts him. A reader points") == "e/p01"
    assert words.passage("Works Cited") == "Works Cited"


def test_a_page_is_right_if_the_evidence_is_printed_on_it() -> None:
    pages = (PageStart("8", 0), PageStart("9", FIRST.index("The binder")))
    passages = {
        "e/p01": replace(passage("e/p01", FIRST), pages=pages),
        "e/p02": replace(passage("e/p02", SECOND), pages=(PageStart("9", 0),)),
    }
    start = FIRST.index("The binder")
    evidence = Evidence(spans=(("e/p01", start, len(FIRST)),))
    questions = tuple(
        DatasetQuestion(name, "Who?", "e", answerable=True, evidence=evidence) for name in ("q1", "q2")
    )
    dataset = Dataset("made", questions, {name: {"e/p01": 2} for name in ("q1", "q2")}, None, whole=False)
    found = {"q1": Asked(("e/p01",), "8", 0.01), "q2": Asked(("e/p02", "e/p01"), "9", 0.03)}
    right, recall, ndcg, times = figures(dataset, passages, found)
    assert right == "1 of 2 (0.500)"
    assert recall.startswith("0.500 (")
    assert ndcg.startswith("0.815 (")
    assert times == "20 / 29"

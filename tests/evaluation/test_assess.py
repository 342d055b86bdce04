"""Whole evaluations of small sets that bring passages of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from essay_library import loader
from fake_models import FakeEncoder
from handmade_question_sets import Texts, written

from assistant.core.errors import DatasetError
from assistant.evaluation.assess import assess, measure
from assistant.evaluation.methods import METHODS
from assistant.library.library import Library
from assistant.library.models import no_progress

if TYPE_CHECKING:
    from pathlib import Path

MEASURES = ["ndcg@10", "r@1", "r@3", "r@5", "mrr@10"]
CORPUS = {
    "oil": {"a1": "The lamp burns whale oil. It smokes.", "a2": "The keeper sleeps by day."},
    "fog": {"b1": "Fog horns frighten gulls.", "b2": "Pilots fear shallow sand."},
}
ASKED = [
    {"_id": "q1", "text": "lamp burns whale oil", "doc": "oil"},
    {"_id": "q2", "text": "horns frighten gulls", "doc": "fog"},
    {"_id": "u1", "text": "zebra quartz violin", "doc": "oil"},
]


def toy(root: Path, corpus: Texts = CORPUS) -> Path:
    """A question set that brings its own passages."""
    return written(root / "toy", corpus, ASKED, {"q1": "a1", "q2": "b1"})


def library(root: Path) -> Library:
    return Library(root, load_encoder=loader(FakeEncoder()))


def test_all_methods_are_measured_on_a_set_with_passages_of_its_own(tmp_path: Path) -> None:
    (measured,) = measure(library(tmp_path), [toy(tmp_path)], [], no_progress)
    data = measured.data
    assert (data["name"], data["queries"], data["model"]) == ("toy", 3, "fake")
    assert [method["name"] for method in data["methods"]] == list(METHODS)
    assert data["worst"] == []
    for method in data["methods"]:
        assert [method[name] for name in MEASURES] == [1] * 5, method["name"]
        assert method["auroc_types"] == {}
    late = data["methods"][0]
    assert late["auroc"] == {"native": 1, "ablated": 1, "foreign": 1}
    assert late["versus"] is None
    assert data["methods"][1]["versus"]["ndcg@10"] == {"difference": 0, "ci95": [0, 0], "p": 1}


def test_a_report_has_data_and_an_element_for_a_page(tmp_path: Path) -> None:
    report = assess(library(tmp_path), [toy(tmp_path)], ["late", "bm25"], no_progress)
    assert [dataset["name"] for dataset in report.data["datasets"]] == ["toy"]
    assert report.comparison is None
    assert report.html.startswith('<div class="evaluation-report"><style>')
    assert report.html.endswith("</div>")


@pytest.mark.parametrize("method", METHODS)
def test_a_document_of_one_passage_is_nothing_without_it(tmp_path: Path, method: str) -> None:
    folder = toy(tmp_path, CORPUS | {"fog": {"b1": CORPUS["fog"]["b1"]}})
    (measured,) = measure(library(tmp_path), [folder], [method], no_progress)
    assert measured.data["methods"][0]["r@1"] == 1


def test_an_unknown_method_is_refused(tmp_path: Path) -> None:
    folder = toy(tmp_path)
    with pytest.raises(DatasetError, match=r"'nearest' is no ranking method; choose among late, .*bm25"):
        list(measure(library(tmp_path), [folder], ["late", "nearest"], no_progress))


def test_a_set_on_an_essay_that_is_not_there_is_refused(tmp_path: Path) -> None:
    folder = toy(tmp_path)
    (folder / "corpus.jsonl").unlink()
    with pytest.raises(
        DatasetError, match=r"toy asks about 'fog', which is not in .*; add that essay first\."
    ):
        list(measure(library(tmp_path), [folder], [], no_progress))


def test_an_error_in_a_later_set_is_reported_before_anything_is_measured(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="is no question set"):
        next(measure(library(tmp_path), [toy(tmp_path), tmp_path / "none"], [], no_progress))

"""Figures of an evaluation, each worked out by hand from a ranking that is given."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from math import log2
from typing import TYPE_CHECKING, cast

import pytest
from fakes import FakeEncoder

from assistant.answering import Answerer
from assistant.errors import DatasetError
from assistant.evaluation.command import evaluate_folders
from assistant.evaluation.datasets import Dataset, Question
from assistant.evaluation.report import evaluation_object, worst_questions
from assistant.evaluation.runner import DEFAULT_METHODS, Evaluation, evaluate
from assistant.library import Library
from assistant.rendering import evaluation_text

if TYPE_CHECKING:
    from pathlib import Path

MEASURES = ["ndcg@10", "r@1", "r@3", "r@5", "mrr@10"]
# Passages p01 to p12 of one document.
PASSAGES = {"coast": [f"p{number:02}" for number in range(1, 13)]}


class Given:
    """An answerer whose rankings are given: ids by question, best first."""

    def __init__(self, rankings: Mapping[str, Sequence[tuple[str, float]]]) -> None:
        self.searcher = self
        self._rankings = rankings

    def read(self, question: str, _history: Sequence[str]) -> str:
        """The question as it is."""
        return question

    def ranking(self, question: str, _method: str, among: Collection[str]) -> list[tuple[str, float]]:
        """What was given, without what is not to be looked at."""
        return [(name, score) for name, score in self._rankings[question] if name in among]


def question(name: str, *, doc: str = "coast", answerable: bool = True, exclude: str = "") -> Question:
    """A question whose words are its id."""
    return Question(name, name, doc, answerable, "", (), frozenset(exclude.split()))


def ranked(names: str) -> list[tuple[str, float]]:
    """A ranking with falling scores of some passages."""
    return [(name, 1 - at / 100) for at, name in enumerate(names.split())]


def dataset_of(
    questions: Sequence[Question], qrels: Mapping[str, Mapping[str, int]], *, whole: bool = False
) -> Dataset:
    return Dataset("coast", tuple(questions), qrels, None, whole)


def evaluated(
    dataset: Dataset,
    rankings: Mapping[str, Sequence[tuple[str, float]]],
    passages: Mapping[str, Sequence[str]] = PASSAGES,
) -> Evaluation:
    return evaluate(dataset, cast("Answerer", Given(rankings)), passages, "given")


QRELS = {
    "helped": {"p01": 2, "p02": 1},
    "first": {"p04": 2},
    "two": {"p05": 2, "p06": 2},
    "deep": {"p11": 2},
    "lost": {"p07": 2},
}
RANKINGS = {
    "helped": ranked("p03 p01 p02"),
    "first": ranked("p04 p01"),
    "two": ranked("p01 p05 p02 p03 p06"),
    "deep": ranked(" ".join(PASSAGES["coast"])),
    "lost": [],
    "none": ranked("p09"),
}
# Discounted gain by hand: the judgement over log2(rank + 1), over that of the best order.
NDCG = {
    # Ranks 2 and 3 have judgements 2 and 1; the best order has them on ranks 1 and 2.
    "helped": (2 / log2(3) + 1 / log2(4)) / (2 / log2(2) + 1 / log2(3)),
    "first": 1.0,
    # Ranks 2 and 5 instead of 1 and 2.
    "two": (2 / log2(3) + 2 / log2(6)) / (2 / log2(2) + 2 / log2(3)),
    # Rank 11 is behind the tenth.
    "deep": 0.0,
    "lost": 0.0,
}
RECALL = {
    # Only passages with the best judgement, 2, count: p01 on rank 2.
    "helped": (0.0, 1.0, 1.0),
    "first": (1.0, 1.0, 1.0),
    # One of the two by rank 3, both by rank 5.
    "two": (0.0, 0.5, 1.0),
    "deep": (0.0, 0.0, 0.0),
    "lost": (0.0, 0.0, 0.0),
}
RANK = {"helped": 1 / 2, "first": 1.0, "two": 1 / 2, "deep": 0.0, "lost": 0.0}
SET = dataset_of([*map(question, QRELS), question("none", answerable=False)], QRELS)


def test_measures_of_each_question_are_those_worked_out_by_hand() -> None:
    outcomes = {one.question.id: one for one in evaluated(SET, RANKINGS).outcomes}
    assert list(outcomes) == [*QRELS, "none"]
    for name in QRELS:
        wanted = [NDCG[name], *RECALL[name], RANK[name]]
        assert [outcomes[name].measures[one] for one in MEASURES] == pytest.approx(wanted), name
    assert outcomes["none"].measures == {}


def test_means_are_over_all_answerable_questions_those_without_a_result_too() -> None:
    means = evaluated(SET, RANKINGS).means
    # Five questions are answerable; "lost" found nothing and counts 0.
    assert means["ndcg@10"] == pytest.approx(sum(NDCG.values()) / 5)
    assert means["r@1"] == pytest.approx(1 / 5)
    assert means["r@3"] == pytest.approx(2.5 / 5)
    assert means["r@5"] == pytest.approx(3 / 5)
    assert means["mrr@10"] == pytest.approx(2 / 5)


def test_where_nothing_at_all_is_found_the_means_are_nought() -> None:
    means = evaluated(SET, dict.fromkeys(RANKINGS, ())).means
    assert [means[name] for name in MEASURES] == [0] * 5


def test_an_answerable_question_that_nobody_judged_counts_nought() -> None:
    dataset = dataset_of([question("first"), question("none")], {"first": {"p04": 2}})
    assert evaluated(dataset, RANKINGS).means["mrr@10"] == pytest.approx(1 / 2)


@pytest.mark.parametrize("gold", ["p01", "p02"])
def test_equal_scores_count_in_the_order_shown(gold: str) -> None:
    dataset = dataset_of([question("tie")], {"tie": {gold: 1}})
    means = evaluated(dataset, {"tie": [("p01", 0.5), ("p02", 0.5)]}).means
    assert means["r@1"] == (1 if gold == "p01" else 0)
    assert means["mrr@10"] == (1 if gold == "p01" else 1 / 2)


def test_passages_left_out_of_a_question_are_no_candidates() -> None:
    dataset = dataset_of([question("helped", exclude="p03 p09")], {"helped": QRELS["helped"]})
    (outcome,) = evaluated(dataset, RANKINGS).outcomes
    assert list(outcome.run) == ["p01", "p02"]
    assert outcome.measures["ndcg@10"] == pytest.approx(1)


def test_the_interval_holds_the_mean() -> None:
    one = evaluated(SET, RANKINGS)
    for name in MEASURES:
        low, high = one.intervals[name]
        mean = one.means[name]
        assert mean is not None
        assert 0 <= low <= mean <= high <= 1
    assert one.intervals == evaluated(SET, RANKINGS).intervals


def test_areas_are_those_worked_out_by_hand() -> None:
    rankings = {
        "a": [("p01", 0.9), ("p02", 0.6)],
        "b": [("p03", 0.4), ("p04", 0.3)],
        "c": [("p05", 0.5)],
    }
    dataset = dataset_of(
        [question("a"), question("b"), question("c", answerable=False)], {"a": {"p01": 2}, "b": {"p03": 2}}
    )
    auroc = evaluated(dataset, rankings).auroc
    # Known .9 and .4 against .5: the first of two pairs is in order.
    assert auroc["native"] == pytest.approx(1 / 2)
    # Without their answers .6 and .3: .9 is above both, .4 above one.
    assert auroc["ablated"] == pytest.approx(3 / 4)
    # There is no other document.
    assert auroc["foreign"] is None


def test_the_foreign_document_is_another_one() -> None:
    rankings = {"a": [("p01", 0.5), ("x01", 0.2)], "b": [("p02", 0.4), ("x02", 0.45)]}
    dataset = dataset_of([question("a"), question("b")], {"a": {"p01": 1}, "b": {"p02": 1}})
    passages = {"coast": ["p01", "p02"], "xenia": ["x01", "x02"]}
    auroc = evaluated(dataset, rankings, passages).auroc
    # Known .5 and .4 against .2 and .45: three of four pairs are in order.
    assert auroc == {"native": None, "ablated": pytest.approx(1), "foreign": pytest.approx(3 / 4)}


@pytest.mark.parametrize(("whole", "doc"), [(True, "coast"), (False, "")])
def test_a_question_asked_of_everything_has_no_foreign_document(*, whole: bool, doc: str) -> None:
    dataset = dataset_of([question("first", doc=doc)], {"first": {"p04": 2}}, whole=whole)
    auroc = evaluated(dataset, RANKINGS, PASSAGES | {"other": ["x01"]}).auroc
    assert auroc["foreign"] is None


def test_the_object_is_that_of_the_contract() -> None:
    made = evaluation_object(SET, [evaluated(SET, RANKINGS)])
    assert json.loads(json.dumps(made, allow_nan=False)) == made
    assert list(made) == ["name", "queries", "methods"]
    assert (made["name"], made["queries"]) == ("coast", 6)
    (method,) = made["methods"]
    assert {"name", *MEASURES, "auroc", "ci95", "p50_ms"} <= set(method)
    assert method["name"] == "given"
    assert method["ndcg@10"] == round(sum(NDCG.values()) / 5, 4)
    assert set(method["auroc"]) == {"native", "ablated", "foreign"}
    assert method["auroc"]["foreign"] is None
    assert set(MEASURES) <= set(method["ci95"])
    assert all(low <= method[name] <= high for name, (low, high) in method["ci95"].items())
    assert method["p50_ms"] >= 0


def test_measures_of_a_set_without_answers_are_null() -> None:
    dataset = dataset_of([question("none", answerable=False)], {})
    (method,) = evaluation_object(dataset, [evaluated(dataset, RANKINGS)])["methods"]
    assert [method[name] for name in MEASURES] == [None] * 5
    assert method["auroc"] == dict.fromkeys(("native", "ablated", "foreign"))


def test_the_worst_questions_come_first_and_perfect_ones_not_at_all() -> None:
    one = evaluated(SET, RANKINGS)
    lines = worst_questions(one, QRELS, 9)
    # Of equal ones the first asked; "first" is perfect.
    assert [line.split()[1] for line in lines] == ["deep", "lost", "two", "helped"]
    assert lines[1] == "  0.00  lost  lost  [p07; first: nothing]"
    assert lines[3] == "  0.67  helped  helped  [p01, p02; first: p03]"
    assert worst_questions(one, QRELS, 2) == lines[:2]
    assert worst_questions(one, QRELS, 0) == []


CORPUS = {
    "oil": {"a1": "The lamp burns whale oil. It smokes.", "a2": "The keeper sleeps by day."},
    "fog": {"b1": "Fog horns frighten gulls.", "b2": "Pilots fear shallow sand."},
}
ASKED = [
    {"_id": "q1", "text": "lamp burns whale oil", "doc": "oil"},
    {"_id": "q2", "text": "horns frighten gulls", "doc": "fog"},
    {"_id": "u1", "text": "zebra quartz violin", "doc": "oil"},
]


def written(folder: Path, corpus: Mapping[str, Mapping[str, str]] = CORPUS) -> Path:
    """A question set that brings its own passages."""
    folder.mkdir()
    lines = [{"_id": name, "doc": doc, "text": text} for doc in corpus for name, text in corpus[doc].items()]
    (folder / "corpus.jsonl").write_text("\n".join(map(json.dumps, lines)), "utf-8")
    (folder / "queries.jsonl").write_text("\n".join(map(json.dumps, ASKED)), "utf-8")
    (folder / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\nq1\ta1\t1\nq2\tb1\t1\n", "utf-8")
    return folder


def library(root: Path) -> Library:
    return Library(root, load_encoder=lambda _name: FakeEncoder())


def test_all_methods_are_measured_on_a_set_with_passages_of_its_own(tmp_path: Path) -> None:
    ((made, worst),) = evaluate_folders(
        library(tmp_path), [written(tmp_path / "toy")], [], 3, lambda *_: None
    )
    assert (made["name"], made["queries"]) == ("toy", 3)
    assert [method["name"] for method in made["methods"]] == list(DEFAULT_METHODS)
    assert worst == []
    for method in made["methods"]:
        assert [method[name] for name in MEASURES] == [1] * 5, method["name"]
    late = made["methods"][0]
    assert late["auroc"] == {"native": 1, "ablated": 1, "foreign": 1}


@pytest.mark.parametrize("method", DEFAULT_METHODS)
def test_a_document_of_one_passage_is_nothing_without_it(tmp_path: Path, method: str) -> None:
    folder = written(tmp_path / "toy", CORPUS | {"fog": {"b1": CORPUS["fog"]["b1"]}})
    ((made, _),) = evaluate_folders(library(tmp_path), [folder], [method], 3, lambda *_: None)
    assert made["methods"][0]["r@1"] == 1


def test_an_unknown_method_is_refused(tmp_path: Path) -> None:
    folder = written(tmp_path / "toy")
    with pytest.raises(DatasetError, match=r"'nearest' is no ranking method; choose among late, .*bm25"):
        list(evaluate_folders(library(tmp_path), [folder], ["late", "nearest"], 3, lambda *_: None))


def test_a_set_on_an_essay_that_is_not_there_is_refused(tmp_path: Path) -> None:
    folder = written(tmp_path / "toy")
    (folder / "corpus.jsonl").unlink()
    with pytest.raises(
        DatasetError, match=r"toy asks about 'fog', which is not in .*; add that essay first\."
    ):
        list(evaluate_folders(library(tmp_path), [folder], [], 3, lambda *_: None))


def test_an_evaluation_for_a_terminal() -> None:
    figures = {"ndcg@10": 0.9, "r@1": 0.8, "r@3": 1.0, "r@5": 1.0, "mrr@10": None}
    auroc = {"native": 0.75, "ablated": None, "foreign": 1.0}
    row = {"name": "late", **figures, "auroc": auroc, "ci95": {}, "p50_ms": 1.26}
    lines = evaluation_text({"name": "toy", "queries": 3, "methods": [row]}, ["  0.00  q1"]).splitlines()
    assert lines[0] == "toy: 3 questions"
    assert lines[1].split()[:3] == ["method", "ndcg@10", "r@1"]
    assert lines[2].split() == ["late", "0.900", "0.800", "1.000", "1.000", "-", "0.750", "-", "1.000", "1.3"]
    assert lines[3:] == ["worst questions:", "  0.00  q1"]
    assert len(lines[1]) == len(lines[2])

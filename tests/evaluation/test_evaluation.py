"""Figures of an evaluation, each worked out by hand from a fixed ranking."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from math import log2

import pytest
from handmade_question_sets import corpus_of

from assistant.evaluation.datasets import Dataset, DatasetQuestion
from assistant.evaluation.methods import MethodResult, PassagesByDocument
from assistant.evaluation.render import evaluation_text
from assistant.evaluation.report import evaluation_object, worst_questions
from assistant.evaluation.runner import Evaluation, evaluate

MEASURES = ["ndcg@10", "r@1", "r@3", "r@5", "mrr@10"]


def named(**names: str) -> PassagesByDocument:
    """Passages by document; the text of each is its id."""
    return corpus_of({doc: {name: name for name in ids.split()} for doc, ids in names.items()})


# Passages p01 to p12 of one document.
NUMBERED = " ".join(f"p{number:02}" for number in range(1, 13))
PASSAGES = named(coast=NUMBERED)


class FixedRankings:
    """A method with fixed rankings: ids by question, best first."""

    def __init__(self, rankings: Mapping[str, Sequence[tuple[str, float]]]) -> None:
        self._rankings = rankings

    def __call__(self, question: DatasetQuestion, candidates: Collection[str]) -> MethodResult:
        """The ranking of the candidates."""
        ranking = self._rankings[question.text]
        return MethodResult([(name, score) for name, score in ranking if name in candidates])


def question(name: str, *, doc: str = "coast", answerable: bool = True, exclude: str = "") -> DatasetQuestion:
    """A question whose words are its id."""
    return DatasetQuestion(name, name, doc, answerable, exclude=frozenset(exclude.split()))


def ranked(names: str) -> list[tuple[str, float]]:
    """A ranking with falling scores of some passages."""
    return [(name, 1 - rank / 100) for rank, name in enumerate(names.split())]


def dataset_of(
    questions: Sequence[DatasetQuestion], qrels: Mapping[str, Mapping[str, int]], *, whole: bool = False
) -> Dataset:
    return Dataset("coast", tuple(questions), qrels, None, whole)


def evaluated(
    dataset: Dataset,
    rankings: Mapping[str, Sequence[tuple[str, float]]],
    passages: PassagesByDocument = PASSAGES,
) -> Evaluation:
    return evaluate(dataset, FixedRankings(rankings), passages, "given")


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
    "deep": ranked(NUMBERED),
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
    # Rank 11 is after the tenth.
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
    outcomes = {outcome.question.id: outcome for outcome in evaluated(SET, RANKINGS).outcomes}
    assert list(outcomes) == [*QRELS, "none"]
    for name in QRELS:
        wanted = [NDCG[name], *RECALL[name], RANK[name]]
        assert [outcomes[name].measures[measure] for measure in MEASURES] == pytest.approx(wanted), name
    assert outcomes["none"].measures == {}


def test_means_are_over_all_answerable_questions_those_without_a_result_too() -> None:
    means = evaluated(SET, RANKINGS).means
    # Five questions are answerable; "lost" found nothing and counts 0.
    assert means["ndcg@10"] == pytest.approx(sum(NDCG.values()) / 5)
    assert means["r@1"] == pytest.approx(1 / 5)
    assert means["r@3"] == pytest.approx(2.5 / 5)
    assert means["r@5"] == pytest.approx(3 / 5)
    assert means["mrr@10"] == pytest.approx(2 / 5)


def test_where_nothing_at_all_is_found_the_means_are_zero() -> None:
    means = evaluated(SET, dict.fromkeys(RANKINGS, ())).means
    assert [means[name] for name in MEASURES] == [0] * 5


def test_an_answerable_question_that_nobody_judged_counts_zero() -> None:
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
    evaluation = evaluated(SET, RANKINGS)
    for name in MEASURES:
        low, high = evaluation.intervals[name]
        mean = evaluation.means[name]
        assert mean is not None
        assert 0 <= low <= mean <= high <= 1
    assert evaluation.intervals == evaluated(SET, RANKINGS).intervals


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
    passages = named(coast="p01 p02", xenia="x01 x02")
    auroc = evaluated(dataset, rankings, passages).auroc
    # Known .5 and .4 against .2 and .45: three of four pairs are in order.
    assert auroc == {"native": None, "ablated": pytest.approx(1), "foreign": pytest.approx(3 / 4)}


@pytest.mark.parametrize(("whole", "doc"), [(True, "coast"), (False, "")])
def test_a_question_asked_of_everything_has_no_foreign_document(*, whole: bool, doc: str) -> None:
    dataset = dataset_of([question("first", doc=doc)], {"first": {"p04": 2}}, whole=whole)
    auroc = evaluated(dataset, RANKINGS, named(coast=NUMBERED, other="x01")).auroc
    assert auroc["foreign"] is None


def test_the_object_is_that_of_the_contract() -> None:
    data = evaluation_object(SET, [evaluated(SET, RANKINGS)])
    assert json.loads(json.dumps(data, allow_nan=False)) == data
    assert list(data) == ["name", "queries", "answerable", "methods"]
    assert (data["name"], data["queries"], data["answerable"]) == ("coast", 6, 5)
    (method,) = data["methods"]
    assert {"name", *MEASURES, "auroc", "ci95", "p50_ms"} <= set(method)
    assert method["name"] == "given"
    assert method["ndcg@10"] == round(sum(NDCG.values()) / 5, 4)
    assert set(method["auroc"]) == {"native", "ablated", "foreign"}
    assert method["auroc"]["foreign"] is None
    assert set(MEASURES) <= set(method["ci95"])
    assert all(low <= method[name] <= high for name, (low, high) in method["ci95"].items())
    assert 0 <= method["p50_ms"] <= method["p95_ms"]


def test_measures_of_a_set_without_answers_are_null() -> None:
    dataset = dataset_of([question("none", answerable=False)], {})
    (method,) = evaluation_object(dataset, [evaluated(dataset, RANKINGS)])["methods"]
    assert [method[name] for name in MEASURES] == [None] * 5
    assert method["auroc"] == dict.fromkeys(("native", "ablated", "foreign"))


def test_the_worst_questions_come_first_and_perfect_ones_not_at_all() -> None:
    evaluation = evaluated(SET, RANKINGS)
    worst = worst_questions(evaluation, SET, PASSAGES, 9)
    # Of equal ones the first asked; "first" is perfect.
    assert [line["id"] for line in worst] == ["deep", "lost", "two", "helped"]
    assert worst[1] == {
        "id": "lost",
        "text": "lost",
        "type": "",
        "ndcg@10": 0,
        "wanted": [{"id": "p07", "text": "p07"}],
        "shown": None,
    }
    assert worst[3]["ndcg@10"] == pytest.approx(0.6697, abs=1e-4)
    # p02 only helps.
    assert [passage["id"] for passage in worst[3]["wanted"]] == ["p01"]
    assert worst[3]["shown"] == {"id": "p03", "text": "p03"}
    assert worst_questions(evaluation, SET, PASSAGES, 2) == worst[:2]
    assert worst_questions(evaluation, SET, PASSAGES, 0) == []


def test_a_long_passage_is_shortened() -> None:
    corpus = corpus_of({"coast": {"p01": "word " * 100, "p02": "Short."}})
    dataset = dataset_of([question("q")], {"q": {"p01": 1}})
    evaluation = evaluated(dataset, {"q": ranked("p02 p01")}, corpus)
    (worst,) = worst_questions(evaluation, dataset, corpus, 1)
    assert worst["shown"]["text"] == "Short."
    assert worst["wanted"][0]["text"].endswith("word …")
    assert len(worst["wanted"][0]["text"]) <= 162


def test_an_evaluation_for_a_terminal() -> None:
    data = evaluation_object(SET, [evaluated(SET, RANKINGS)]) | {"worst": []}
    (row,) = data["methods"]
    row |= {"name": "late", "ndcg@10": 0.9, "mrr@10": None, "p50_ms": 1.26, "p95_ms": 3}
    row["auroc"] = {"native": 0.75, "ablated": None, "foreign": 1.0}
    lines = evaluation_text(data).splitlines()
    assert lines[0] == "coast: 6 questions"
    assert lines[1].split()[:3] == ["method", "ndcg@10", "r@1"]
    words = "late 0.900 0.200 0.500 0.600 - 0.750 - 1.000 1.3 3.0"
    assert lines[2].split() == words.split()
    assert len(lines[1]) == len(lines[2])
    assert len(lines) == 3
    shown = {"id": "q1", "text": "Who?", "ndcg@10": 0.0, "wanted": [{"id": "p1"}], "shown": None}
    assert evaluation_text(data | {"worst": [shown]}).splitlines()[3:] == [
        "worst questions:",
        "  0.00  q1  Who?  [p1; first: nothing]",
    ]

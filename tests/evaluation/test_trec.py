"""Run files and judgements are read by other tools, which get the same figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ir_measures
import pytest
from handmade_question_sets import corpus_of
from ir_measures import RR, R, nDCG

from assistant.evaluation.datasets import Dataset, DatasetQuestion
from assistant.evaluation.methods import MethodResult
from assistant.evaluation.render import file_names, trec_files, trec_id
from assistant.evaluation.runner import Evaluation, evaluate

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

QRELS = {"q 1": {"War and Peace#3": 2, "b": 1}, "q%202": {"c": 2}, "q3": {"e": 2}}
RANKINGS = {
    # Equal scores, as BM25 gives them to passages without a word of the question.
    "q 1": [("b", 0.0), ("War and Peace#3", 0.0), ("a", 0.0)],
    "q%202": [("a", 0.123456789123), ("c", 0.123456789), ("b", 1e-30), ("e", -2.0)],
    "q3": [("a", 5.0), ("b", 4.0), ("c", 4.0), ("e", 4.0)],
    "none": [("a", 5.0)],
}


def _evaluated() -> tuple[Dataset, Evaluation]:
    questions = tuple(DatasetQuestion(name, name, "", name in QRELS) for name in RANKINGS)
    dataset = Dataset("Coast", questions, QRELS, None, whole=True)
    corpus = corpus_of({"d": {name: name for name in ["a", "b", "c", "e", "War and Peace#3"]}})

    def ranker(question: DatasetQuestion, candidates: Collection[str]) -> MethodResult:
        return MethodResult([scored for scored in RANKINGS[question.id] if scored[0] in candidates])

    return dataset, evaluate(dataset, ranker, corpus, "given")


def test_other_tools_get_the_same_figures(tmp_path: Path) -> None:
    dataset, evaluation = _evaluated()
    for name, text in trec_files("Coast", dataset, [evaluation]).items():
        (tmp_path / name).write_text(text, "utf-8")
    assert {path.name for path in tmp_path.iterdir()} == {"Coast.qrels", "Coast.given.run"}
    qrels = list(ir_measures.read_trec_qrels(str(tmp_path / "Coast.qrels")))
    run = list(ir_measures.read_trec_run(str(tmp_path / "Coast.given.run")))
    assert len(qrels) == 4
    assert len({line.query_id for line in run}) == 4
    measures = {"ndcg@10": nDCG @ 10, "r@1": R(rel=2) @ 1, "r@3": R(rel=2) @ 3, "mrr@10": RR(rel=2) @ 10}
    figures = ir_measures.calc_aggregate(list(measures.values()), qrels, run)
    for name, measure in measures.items():
        assert figures[measure] == pytest.approx(evaluation.means[name]), name


def test_lines_have_six_columns_and_scores_that_fall() -> None:
    dataset, evaluation = _evaluated()
    lines = trec_files("x", dataset, [evaluation])["x.given.run"].splitlines()
    rows = [line.split(" ") for line in lines]
    assert {len(row) for row in rows} == {6}
    assert rows[1][:4] == ["q%201", "Q0", "War%20and%20Peace#3", "2"]
    assert {row[5] for row in rows} == {"given"}
    for question in {row[0] for row in rows}:
        scores = [float(row[4]) for row in rows if row[0] == question]
        assert scores == sorted(set(scores), reverse=True)


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("a b", "a%20b"),
        ("a%20b", "a%2520b"),
        ("a\tb\n", "a%09b%0A"),
        ("a\u2003b", "a%E2%80%83b"),
        ("é/1#2", "é/1#2"),
    ],
)
def test_ids_have_no_white_space_and_stay_apart(name: str, written: str) -> None:
    assert trec_id(name) == written


def test_names_of_files_lead_nowhere_else_and_are_all_different() -> None:
    names = ["fairytaleqa/train", "../../etc", "fairytaleqa train", "", "Fairytaleqa-Train"]
    assert file_names(names) == [
        "fairytaleqa-train", "etc", "fairytaleqa-train-2", "set", "Fairytaleqa-Train-3"
    ]  # fmt: skip

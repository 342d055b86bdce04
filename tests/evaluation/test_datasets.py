"""Question sets are read whole or refused; those of the project are as large and as judged as they say."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from essay_library import ROOT

from assistant.core.errors import DatasetError
from assistant.evaluation.datasets import load_dataset

SETS = ROOT / "data" / "eval"
JUDGED = "query-id\tcorpus-id\tscore\nq1\te/p01\t2\nq1\te/p02\t1\n"
QUERIES: list[dict[str, Any]] = [
    {"_id": "q1", "text": "Who lit it?", "doc": "e", "type": "factual"},
    {"_id": "q2", "text": "And why?", "doc": "e", "history": ["Who lit it?"], "exclude": ["e/p03"]},
    {"_id": 3, "text": "Why a violin?", "answerable": False, "exclude": None},
]


def written(
    folder: Path, *, queries: str | None = None, qrels: str | None = JUDGED, judgements: str = "qrels.tsv"
) -> Path:
    """A question set in a folder."""
    text = "\n".join(map(json.dumps, QUERIES)) if queries is None else queries
    (folder / "queries.jsonl").write_text(text, "utf-8")
    if qrels is not None:
        (folder / judgements).parent.mkdir(exist_ok=True)
        (folder / judgements).write_text(qrels, "utf-8")
    return folder


@pytest.mark.parametrize("judgements", ["qrels.tsv", "qrels/test.tsv"])
def test_a_set_is_read(tmp_path: Path, judgements: str) -> None:
    dataset = load_dataset(written(tmp_path, judgements=judgements))
    assert (dataset.name, dataset.corpus, dataset.whole) == (tmp_path.name, None, False)
    assert dataset.qrels == {"q1": {"e/p01": 2, "e/p02": 1}}
    first, second, third = dataset.questions
    assert (first.id, first.text, first.doc, first.type) == ("q1", "Who lit it?", "e", "factual")
    assert (first.history, first.exclude) == ((), frozenset())
    # By default a question with judgements is answerable.
    assert [question.answerable for question in dataset.questions] == [True, False, False]
    assert (second.history, second.exclude) == (("Who lit it?",), frozenset({"e/p03"}))
    assert (third.id, third.doc, third.exclude) == ("3", "", frozenset())


def test_meta_json_sets_name_titles_and_scope(tmp_path: Path) -> None:
    folder = written(tmp_path)
    meta = {"name": "Coast", "use_title": True, "scope": "library"}
    (folder / "meta.json").write_text(json.dumps(meta), "utf-8")
    corpus = [
        {"_id": "c1", "doc": "d", "title": "Bells", "text": "A bell rang."},
        {"_id": "c2", "doc": "d", "text": "Fog came."},
        {"_id": "c3", "text": "No document."},
    ]
    (folder / "corpus.jsonl").write_text("\n".join(map(json.dumps, corpus)), "utf-8")
    dataset = load_dataset(folder)
    assert (dataset.name, dataset.whole) == ("Coast", True)
    assert dataset.corpus == {
        "d": {"c1": "Bells. A bell rang.", "c2": "Fog came."},
        "": {"c3": "No document."},
    }


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Bells", "Bells. Fog."),
        ("Bells.", "Bells. Fog."),
        ("Bells? ", "Bells? Fog."),
        (" ", "Fog."),
        (None, "Fog."),
    ],
)
def test_a_title_is_a_sentence_before_its_passage(tmp_path: Path, title: str | None, text: str) -> None:
    folder = written(tmp_path)
    (folder / "meta.json").write_text('{"use_title": true}', "utf-8")
    (folder / "corpus.jsonl").write_text(json.dumps({"_id": 7, "doc": None, "title": title, "text": "Fog."}))
    assert load_dataset(folder).corpus == {"": {"7": text}}


def test_null_means_absent_and_numbers_are_ids(tmp_path: Path) -> None:
    line = {"_id": 1, "text": "Who?", "doc": None, "type": None, "history": None}
    dataset = load_dataset(written(tmp_path, queries=json.dumps(line), qrels="h\n1\te/p01\t1\n"))
    (question,) = dataset.questions
    assert (question.id, question.doc, question.type, question.answerable) == ("1", "", "", True)


def test_evidence_of_a_question_is_read(tmp_path: Path) -> None:
    line = {"_id": "q1", "text": "Who?", "evidence": [{"passage": "e/p01", "start": 3, "end": 9}]}
    dataset = load_dataset(written(tmp_path, queries=json.dumps(line)))
    assert dataset.questions[0].evidence.spans == (("e/p01", 3, 9),)


def test_blank_lines_and_other_line_ends_are_accepted(tmp_path: Path) -> None:
    queries = '\r\n{"_id": "q1", "text": "Who lit it?"}\r\n\r\n'
    dataset = load_dataset(written(tmp_path, queries=queries, qrels=JUDGED.replace("\n", "\r\n") + "\r\n"))
    assert [question.text for question in dataset.questions] == ["Who lit it?"]
    assert dataset.qrels == {"q1": {"e/p01": 2, "e/p02": 1}}


@pytest.mark.parametrize("char", ["\u2028", "\x85", "\u2029"])
def test_a_line_of_json_ends_at_a_line_feed_only(tmp_path: Path, char: str) -> None:
    text = f"Who lit{char}it?"
    queries = json.dumps({"_id": "q1", "text": text}, ensure_ascii=False)
    assert load_dataset(written(tmp_path, queries=queries)).questions[0].text == text


GOOD = '{"_id": "q1", "text": "Who?"}\n'


@pytest.mark.parametrize(
    ("queries", "qrels", "message"),
    [
        (f"{GOOD}\n{{", JUDGED, r"queries\.jsonl, line 3, is not JSON; correct the line\."),
        # Half of a surrogate pair, and more lists within each other than Python reads.
        ('{"_id": "\\ud800", "text": "Who?"}', JUDGED, r"queries\.jsonl, line 1, is not JSON"),
        (f"{GOOD}{'[' * 100_000}", JUDGED, r"queries\.jsonl, line 2, is not JSON"),
        (f'{GOOD}{{"_id": "q2"}}', JUDGED, r"queries\.jsonl, line 2, lacks _id or text; correct the line\."),
        (f"{GOOD}[]", JUDGED, r"queries\.jsonl, line 2, lacks _id or text"),
        (
            GOOD,
            "h\nq1\te/p01\n",
            r"qrels\.tsv, line 2, is not question, passage and score; correct",
        ),
        (GOOD, "h\nq1\tp\t1\nq1\tp\thigh\n", r"qrels\.tsv, line 3, is not question, passage and score"),
        (GOOD, "h\nq1\t0\tp\t1\n", r"qrels\.tsv, line 2, is not question"),
        (GOOD, None, r"has no qrels\.tsv or qrels/test\.tsv"),
        ("", JUDGED, r"queries"),
        (f'{GOOD}{{"_id": "q2", "text": "And?", "history": "Who?"}}', JUDGED, r"queries\.jsonl"),
        (f'{GOOD}{{"_id": "q2", "text": "And?", "history": [1]}}', JUDGED, r"queries\.jsonl"),
    ],
)
def test_a_faulty_set_is_refused_with_the_line(
    tmp_path: Path, queries: str, qrels: str | None, message: str
) -> None:
    with pytest.raises(DatasetError, match=message):
        load_dataset(written(tmp_path, queries=queries, qrels=qrels))


def test_a_question_without_history_may_say_so(tmp_path: Path) -> None:
    queries = '{"_id": "q1", "text": "Who?", "history": null}'
    assert load_dataset(written(tmp_path, queries=queries)).questions[0].history == ()


@pytest.mark.parametrize("text", ["{", "[]", "[" * 100_000])
def test_a_malformed_meta_json_is_refused(tmp_path: Path, text: str) -> None:
    (written(tmp_path) / "meta.json").write_text(text, "utf-8")
    with pytest.raises(DatasetError, match=r"meta\.json"):
        load_dataset(tmp_path)


@pytest.mark.parametrize("name", ["queries.jsonl", "qrels.tsv"])
def test_a_file_that_is_no_utf_8_is_refused(tmp_path: Path, name: str) -> None:
    (written(tmp_path) / name).write_bytes(b"h\nCaf\xe9\tp\t1\n")
    with pytest.raises(DatasetError, match=name):
        load_dataset(tmp_path)


def test_a_folder_that_is_no_set_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"is no question set: it has no queries\.jsonl"):
        load_dataset(tmp_path / "nowhere")


@pytest.mark.parametrize(("name", "answerable", "unanswerable"), [("gill-2014", 80, 30), ("sample", 30, 12)])
def test_our_own_sets_hold_enough_questions(name: str, answerable: int, unanswerable: int) -> None:
    questions = load_dataset(SETS / name).questions
    counts = Counter(question.answerable for question in questions)
    assert counts[True] >= answerable
    assert counts[False] >= unanswerable
    assert len({question.id for question in questions}) == len(questions)
    assert len({(question.text.casefold(), question.history) for question in questions}) == len(questions)
    assert {question.doc for question in questions} == {name}


@pytest.mark.parametrize("name", ["gill-2014", "sample"])
def test_what_is_judged_in_our_own_sets_is_there(name: str) -> None:
    structure = json.loads((SETS / name / "structure.json").read_text("utf-8"))
    known = {segment["id"] for segment in structure["segments"]}
    dataset = load_dataset(SETS / name)
    assert {passage for judged in dataset.qrels.values() for passage in judged} <= known
    assert set(dataset.qrels) <= {question.id for question in dataset.questions}


@pytest.mark.parametrize("name", ["gill-2014", "sample"])
def test_answerable_questions_of_our_own_sets_alone_are_judged(name: str) -> None:
    dataset = load_dataset(SETS / name)
    for question in dataset.questions:
        scores = set(dataset.qrels.get(question.id, {}).values())
        assert scores <= {1, 2}
        # An answer is a passage that answers alone; one that only helps is none.
        assert (2 in scores) == question.answerable, question.id
        assert bool(scores) == question.answerable, question.id

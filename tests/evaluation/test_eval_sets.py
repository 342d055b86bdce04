"""The evidence that our own question sets name is whole sentences of passages judged to answer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from essay_library import ROOT

from assistant.citations.references import load_references
from assistant.evaluation.datasets import load_dataset
from assistant.library.adding import read_essay

if TYPE_CHECKING:
    from pathlib import Path

SETS = ROOT / "data" / "eval"
our_sets = pytest.mark.parametrize("name", ["gill-2014", "sample"])


@our_sets
def test_evidence_is_in_judged_passages(name: str) -> None:
    qrels = load_dataset(SETS / name).qrels
    for line in _lines(name):
        judged = qrels.get(line["_id"], {})
        named = {span["passage"] for span in line.get("evidence", [])}
        assert named <= set(judged), line["_id"]
        # A passage that answers does so in some sentence; one that only helps may have none.
        assert {passage for passage, score in judged.items() if score == 2} <= named, line["_id"]


@our_sets
def test_answerable_questions_alone_have_evidence(name: str) -> None:
    for line in _lines(name):
        assert line["answerable"] == ("evidence" in line), line["_id"]
        assert line["answerable"] == bool(line.get("evidence")), line["_id"]


@our_sets
def test_evidence_is_offsets_only_and_each_once(name: str) -> None:
    for line in _lines(name):
        evidence = line.get("evidence", [])
        # There must be no words of a copyrighted essay next to the offsets.
        assert all(list(span) == ["passage", "start", "end"] for span in evidence), line["_id"]
        assert len({tuple(span.values()) for span in evidence}) == len(evidence), line["_id"]


@our_sets
def test_readme_counts_judgements_and_evidence(name: str) -> None:
    readme = (SETS / name / "README.md").read_text("utf-8")
    dataset = load_dataset(SETS / name)
    judgements = sum(map(len, dataset.qrels.values()))
    spans = [(line["_id"], span["passage"]) for line in _lines(name) for span in line.get("evidence", [])]
    assert f" {len(dataset.questions)} questions" in readme
    assert f" {judgements} judgements" in readme
    assert f"{len(spans)} sentences in {len(set(spans))} judged passages" in readme


def test_evidence_in_the_sample_is_whole_sentences(sample_path: Path) -> None:
    _assert_whole_sentences("sample", sample_path)


@pytest.mark.real_essay
def test_evidence_in_the_real_essay_is_whole_sentences(real_essay: Path) -> None:
    _assert_whole_sentences("gill-2014", real_essay)


def _assert_whole_sentences(name: str, essay: Path) -> None:
    data = ROOT / "data"
    records = load_references(data / "references.json") + load_references(data / "sample" / "reference.json")
    passages = {passage.id: passage for passage in read_essay(essay, records).essay.passages}
    for line in _lines(name):
        spans = [(passages[span["passage"]], span["start"], span["end"]) for span in line.get("evidence", [])]
        places = [(passage.ordinal, start) for passage, start, _ in spans]
        assert places == sorted(places), line["_id"]
        # Only whether they are whole: showing the passages would print an essay in copyright.
        whole = [(start, end) in passage.sentences for passage, start, end in spans]
        assert all(whole), (line["_id"], whole)


def _lines(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (SETS / name / "queries.jsonl").read_text("utf-8").splitlines()]

"""Highlights compared with the words that are known to answer."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from handmade_question_sets import corpus_of

from assistant.core.essay import PageStart, Spans
from assistant.evaluation.datasets import NO_EVIDENCE, Dataset, DatasetQuestion, Evidence, read_evidence
from assistant.evaluation.methods import MethodResult
from assistant.evaluation.report import evaluation_object
from assistant.evaluation.runner import HighlightScore, evaluate, locate
from assistant.evaluation.runner import highlight_score as score

if TYPE_CHECKING:
    from collections.abc import Collection

    from assistant.core.essay import Passage

TEXT = "Marsh lit  the lamp. Fog came in 1990. It was 9 o'clock."
SENTENCES: Spans = ((0, 20), (21, 38), (39, 56))
PAGES = (PageStart("7", 0), PageStart("8", 39))


def passages(*, paged: bool = True) -> dict[str, Passage]:
    """Two passages; the first turns the page before its last sentence."""
    texts = corpus_of({"coast": {"p01": TEXT, "p02": "Gulls slept."}})["coast"]
    return {**texts, "p01": replace(texts["p01"], pages=PAGES if paged else ())}


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ({"evidence": [{"passage": "p01", "start": 0, "end": 5}]}, Evidence(spans=(("p01", 0, 5),))),
        ({"evidence_sentences": ["Fog came."]}, Evidence(sentences=("Fog came.",))),
        ({"answers": ["9", "9", " "]}, Evidence(answers=("9",))),
        ({"evidence": [{"doc": "14717500", "label": "SUPPORT", "sentences": [2, 5]}]}, Evidence()),
        ({"evidence": [{"passage": "p01", "start": 5, "end": 5}, 7, None]}, Evidence()),
        ({"evidence": [{"passage": "p01", "start": True, "end": 5}]}, Evidence()),
        ({"evidence": "p01", "answers": "9", "evidence_sentences": [7]}, Evidence()),
        ({}, Evidence()),
    ],
)
def test_evidence_is_read_in_the_forms_that_are_known(line: dict[str, Any], wanted: Evidence) -> None:
    assert read_evidence(line) == wanted


@pytest.mark.parametrize(
    ("evidence", "spans"),
    [
        (Evidence(spans=(("p01", 21, 38),), answers=("lamp",)), {"p01": ((21, 38),)}),
        # Any white space matches; a passage that does not answer is not searched.
        (Evidence(sentences=("Marsh lit the\nlamp.", "Gulls slept.")), {"p01": ((0, 20),)}),
        (Evidence(answers=("9",)), {"p01": ((46, 47),)}),
        (Evidence(answers=("FOG",)), {"p01": ((21, 24),)}),
        (Evidence(spans=(("p01", 50, 500), ("p99", 0, 1))), None),
        (Evidence(answers=("the whole coast",)), None),
        (Evidence(), None),
    ],
)
def test_evidence_is_found_in_the_passages(evidence: Evidence, spans: dict[str, Spans] | None) -> None:
    located = locate(evidence, ["p01"], passages())
    assert (located and located.spans) == spans


def test_a_highlight_that_meets_the_evidence_shows_it() -> None:
    located = locate(Evidence(spans=(("p01", 30, 45),)), [], passages())
    assert located
    first, second, third = SENTENCES
    assert score(located, passages()["p01"], (first,)) == HighlightScore(overlap=False, page=True)
    assert score(located, passages()["p01"], (second,)) == HighlightScore(overlap=True, page=True)
    assert score(located, passages()["p01"], (third,)) == HighlightScore(overlap=True, page=True)
    assert score(located, passages()["p01"], ()) == HighlightScore(overlap=False, page=False)
    assert score(located, passages()["p02"], ((0, 5),)) is None
    assert score(located, passages(paged=False)["p01"], (second,)) == HighlightScore(overlap=True, page=None)


def test_a_short_answer_must_be_in_the_highlight_whole() -> None:
    located = locate(Evidence(answers=("in 1990",)), ["p01"], passages())
    assert located
    assert score(located, passages()["p01"], ((21, 34),)) == HighlightScore(overlap=False, page=True)
    assert score(located, passages()["p01"], ((21, 38),)) == HighlightScore(overlap=True, page=True)
    assert score(located, passages()["p01"], ((39, 56),)) == HighlightScore(overlap=False, page=False)


def test_shares_of_highlights() -> None:
    """Four questions: shown first and met, first and missed, second and met, not among the first three."""
    texts = corpus_of({"coast": {f"p{number:02}": TEXT for number in range(1, 6)}})["coast"]
    corpus = {"coast": {name: replace(passage, pages=PAGES) for name, passage in texts.items()}}
    rankings = {"a": "p01", "b": "p02", "c": "p05 p03", "d": "p01 p02 p03 p04", "e": "p01", "f": "p01"}
    evidence = {
        name: Evidence(spans=((f"p{number:02}", *span),))
        for number, (name, span) in enumerate(
            [("a", (0, 5)), ("b", (40, 45)), ("c", (0, 5)), ("d", (0, 5))], 1
        )
    }
    # "e" has no evidence, and "f" no answer.
    questions = tuple(
        DatasetQuestion(name, name, "coast", name != "f", evidence=evidence.get(name, NO_EVIDENCE))
        for name in rankings
    )
    qrels = {name: {f"p{number:02}": 1} for number, name in enumerate("abcde", 1)}

    def ranker(question: DatasetQuestion, candidates: Collection[str]) -> MethodResult:
        scored = [(name, 1.0) for name in rankings[question.text].split() if name in candidates]
        return MethodResult(scored, 0.5, lambda _place: (SENTENCES[0],))

    dataset = Dataset("coast", questions, qrels, None, whole=False)
    (method,) = evaluation_object(dataset, [evaluate(dataset, ranker, corpus, "late")])["methods"]
    first, shown = method["highlights"]["first"], method["highlights"]["top3"]
    assert (first["questions"], first["overlap"], first["page"]) == (2, 0.5, 0.5)
    assert (shown["questions"], shown["overlap"], shown["page"]) == (4, 0.5, 0.5)
    low, high = shown["ci95"]
    assert 0 <= low <= 0.5 <= high <= 1


def test_a_method_without_highlights_has_no_shares() -> None:
    question = DatasetQuestion("a", "a", "coast", answerable=True, evidence=Evidence(answers=("9",)))
    dataset = Dataset("coast", (question,), {"a": {"p01": 1}}, None, whole=False)
    evaluation = evaluate(dataset, lambda *_: MethodResult([("p01", 1.0)]), {"coast": passages()}, "bm25")
    (method,) = evaluation_object(dataset, [evaluation])["methods"]
    assert method["highlights"] is None
    assert method["calibration"] is None

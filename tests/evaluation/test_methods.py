"""The methods that are compared: simple ones rank as they should and build no more than they need."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from essay_library import loader
from fake_models import FakeEncoder
from handmade_question_sets import corpus_of, written

from assistant.evaluation.assess import measure
from assistant.evaluation.datasets import DatasetQuestion
from assistant.evaluation.methods import (
    METHODS,
    Dense,
    Lexical,
    Methods,
    chosen_methods,
    needs_index,
    reciprocal_ranks,
)
from assistant.library.adding import essay_of_passages
from assistant.library.library import Library
from assistant.library.models import no_progress

if TYPE_CHECKING:
    from pathlib import Path

TEXTS = {
    "p01": "The lamp burns oil.",
    "p02": "The keeper sleeps. " * 30 + "Gulls frighten pilots.",
    "p03": "Gulls frighten pilots near the sand.",
}


def test_reciprocal_ranks_are_added() -> None:
    lexical = [("a", 3.0), ("b", 2.0), ("c", 0.0)]
    dense = [("b", 0.9), ("c", 0.8), ("a", 0.1)]
    fused = reciprocal_ranks([lexical, dense])
    # "c" shares no word with the question, so BM25 has not found it.
    assert [name for name, _ in fused] == ["b", "a", "c"]
    assert [score for _, score in fused] == pytest.approx([1 / 62 + 1 / 61, 1 / 61 + 1 / 63, 1 / 62])


def test_a_whole_passage_is_cut_where_the_model_stops_reading() -> None:
    encoder = FakeEncoder(max_tokens=8)
    dense = Dense(TEXTS, encoder, no_progress)
    assert encoder.encoded == [
        TEXTS["p01"],
        "The keeper sleeps. The keeper sleeps.",
        "Gulls frighten pilots near the sand.",
    ]
    # The last sentence of p02 is cut off, so p03 is nearer.
    assert [name for name, _ in dense("Gulls frighten pilots", {"p02", "p03"})] == ["p03", "p02"]
    (name, score), *_ = dense(TEXTS["p01"], TEXTS)
    assert name == "p01"
    assert score == pytest.approx(1)


def test_passages_without_a_word_of_the_question_come_last_in_their_own_order() -> None:
    ranked = Lexical(TEXTS)("burning oil", TEXTS)
    assert [name for name, _ in ranked] == ["p01", "p02", "p03"]
    assert ranked[0][1] > 0
    assert [score for _, score in ranked[1:]] == [0, 0]


@pytest.mark.parametrize("method", METHODS)
def test_every_method_ranks_all_candidates_best_first(tmp_path: Path, method: str) -> None:
    library = Library(tmp_path, load_encoder=loader(FakeEncoder()))
    finder = library.finder_of([essay_of_passages("coast", "Coast", TEXTS)], no_progress)
    rank = Methods(finder, corpus_of({"coast": TEXTS}), no_progress).ranker(method)
    result = rank(DatasetQuestion("q", "lamp burns oil", "coast", answerable=True), set(TEXTS))
    assert result.scored[0][0] == "p01"
    scores = [score for _, score in result.scored]
    assert scores == sorted(scores, reverse=True)
    assert (result.confidence is None) == (method != "late")
    assert (result.highlights and result.highlights(0)) == (((0, 19),) if method == "late" else None)
    assert rank(DatasetQuestion("q", "lamp", "coast", answerable=True), set()).scored == []


@pytest.mark.parametrize(("names", "needed"), [(["dense", "bm25"], False), (["bm25", "rrf"], True)])
def test_which_methods_need_an_index(names: list[str], *, needed: bool) -> None:
    assert needs_index(names) == needed


def test_methods_are_named_once() -> None:
    assert chosen_methods(["dense", "late", "dense"]) == ["dense", "late"]
    assert chosen_methods([]) == list(METHODS)


@pytest.mark.parametrize(
    ("methods", "encoded"), [(["bm25"], []), (["dense", "bm25"], ["Fog came. Gulls slept. Pilots woke."])]
)
def test_a_set_is_indexed_only_for_methods_that_need_it(
    tmp_path: Path, methods: list[str], encoded: list[str]
) -> None:
    texts = {"": {"d1": "Fog came. Gulls slept. Pilots woke."}}
    folder = written(tmp_path / "toy", texts, [{"_id": "q1", "text": "who woke?"}], {"q1": "d1"})
    encoder = FakeEncoder()
    library = Library(tmp_path / "none", load_encoder=loader(encoder))
    (measured,) = measure(library, [folder], methods, no_progress)
    assert [figures["ndcg@10"] for figures in measured.data["methods"]] == [1] * len(methods)
    assert [text for text in encoder.encoded if text != "who woke?"] == encoded

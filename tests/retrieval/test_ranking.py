"""Ranking by late interaction equals its definition, worked out here in plain Python."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from fake_models import FakeEncoder

from assistant.core.essay import Passage
from assistant.library.adding import essay_of_passages
from assistant.retrieval import ranking
from assistant.retrieval.finder import Finder
from assistant.retrieval.index.bm25 import BM25
from assistant.retrieval.index.index import Index, build_index
from assistant.retrieval.models.encoder import Floats, Piece
from assistant.retrieval.questions import Question
from assistant.retrieval.ranking import (
    Query,
    Ranked,
    highlight,
    idf,
    make_query,
    passage_frequencies,
    shares,
    word_at,
)
from assistant.retrieval.search import Searcher

TEXTS = {
    "coast/p01": "The lamp burns all night. The keeper sleeps by day. Ships pass far out at sea.",
    "coast/p02": "A harbour needs a bell. Nobody rang the bell, the pilot wrote.",
    "coast/p03": "Fog came. The keeper lit the lamp before dusk.",
    "coast/p04": "Letters from the harbour took nine days.",
}
QUESTIONS = [
    "Who lit the lamp?",
    "When did the keeper sleep, and where?",
    "Which bell rang in the harbour?",
    "nine days of fog at sea",
    "Something else entirely: zebras!",
]


def passages_of(texts: dict[str, str]) -> tuple[Passage, ...]:
    return essay_of_passages("coast", "Coast", texts).passages


def searcher_of(texts: dict[str, str], encoder: FakeEncoder | None = None) -> Searcher:
    """A searcher of passages given by id and text."""
    encoder = encoder or FakeEncoder()
    return Searcher(build_index(passages_of(texts), {}, encoder), encoder)


def late(
    searcher: Searcher, question: str, passages: set[str] | None = None
) -> tuple[Query, Floats, list[Ranked]]:
    """A question's query, weights and ranking."""
    rows, query = searcher.rows(passages), searcher.query(Question(question))
    weights = searcher.weights(query, rows)
    return query, weights, searcher.rank_by_late_interaction(query, weights, rows)


def plain_idf(index: Index, among: set[str], piece: int) -> float:
    """Inverse document passage_frequencies of a word piece, by its definition."""
    holds = {
        name
        for name in among
        for at, window in enumerate(index.windows)
        if window.passage == name and piece in index.ids[slice(*index.bounds[at])]
    }
    return math.log(1 + (len(among) - len(holds) + 0.5) / (len(holds) + 0.5))


def plain_ranking(
    index: Index, question: str, weights: list[float], among: set[str]
) -> list[tuple[str, float]]:
    """Late interaction by its definition: best window of each passage, best first."""
    encoder = FakeEncoder()
    question_tokens = encoder.encode([question])[0].tokens.tolist()
    best: dict[str, float] = {}
    for window in index.windows:
        if window.passage not in among:
            continue
        window_tokens = encoder.encode([window.text])[0].tokens.tolist()
        score = sum(
            weight * max(sum(a * b for a, b in zip(word, other, strict=True)) for other in window_tokens)
            for weight, word in zip(weights, question_tokens, strict=True)
        )
        best[window.passage] = max(score, best.get(window.passage, -2.0))
    return sorted(best.items(), key=lambda result: -result[1])


@pytest.mark.parametrize("among", [set(TEXTS), {"coast/p02", "coast/p03"}, {"coast/p04"}], ids=len)
def test_idf_counts_passages_and_not_windows(among: set[str]) -> None:
    searcher = searcher_of(TEXTS)
    pieces = FakeEncoder().pieces("the lamp bell keeper . zebra")
    ids = np.array([piece.id for piece in pieces], dtype=np.int32)
    results = idf(passage_frequencies(searcher.index, searcher.rows(among), ids), len(among))
    wanted = [plain_idf(searcher.index, among, piece.id) for piece in pieces]
    np.testing.assert_allclose(results, wanted, rtol=1e-5)


def shares_of(
    question: str, idf: list[float] | None = None, ignored: tuple[str, ...] = ()
) -> dict[str, float]:
    """Weight of each word or mark of a question."""
    pieces = FakeEncoder().pieces(question)
    words = [word_at(question, piece) for piece in pieces]
    weights_of_words = shares(words, np.array(idf or [1.0] * len(pieces), dtype=np.float32), ignored)
    assert weights_of_words.sum() == pytest.approx(1)
    return {
        question[piece.start : piece.end]: float(result)
        for piece, result in zip(pieces, weights_of_words, strict=True)
    }


def test_punctuation_does_not_count_and_framing_words_count_half() -> None:
    assert shares_of("lamp, mentioned?") == pytest.approx({"lamp": 2 / 3, ",": 0, "mentioned": 1 / 3, "?": 0})
    assert shares_of("the lamp") == pytest.approx({"the": 1 / 3, "lamp": 2 / 3})


def test_idf_sets_the_shares() -> None:
    assert shares_of("lamp bell!", [1.0, 3.0, 9.0]) == pytest.approx({"lamp": 0.25, "bell": 0.75, "!": 0})


@pytest.mark.parametrize("question", ["Marsh lamp", "marsh's lamp", "Marsh’s lamp", "lamp (MARSH)"])
def test_names_that_are_not_asked_for_do_not_count(question: str) -> None:
    assert shares_of(question, ignored=("marsh",))["lamp"] == pytest.approx(1)


@pytest.mark.parametrize("question", ["Dickens’ lamp", "'Dickens' lamp", "“Dickens”: lamp"])
def test_names_are_known_with_marks_around_them(question: str) -> None:
    assert shares_of(question, ignored=("dickens",))["lamp"] == pytest.approx(1)


@pytest.mark.parametrize("family", ["Marsh", "Ash-Lewis", "van den Berg", "O’Hara"])
def test_the_authors_names_do_not_count(family: str) -> None:
    encoder = FakeEncoder()
    essay = essay_of_passages("coast", "Coast", TEXTS)
    essay = replace(essay, reference={"title": "Coast", "author": [{"family": family, "given": "Ada"}]})
    finder = Finder(build_index(essay.passages, {}, encoder), encoder, {"coast": essay})
    results = finder.find(Question(f"{family} lamp"))
    assert results.weights[-1] == pytest.approx(1), results.weights


def test_each_piece_of_a_word_counts_as_the_word() -> None:
    # A model may divide "mentioned" into pieces, none of which is a framing word.
    question = "mentioned lamp"
    pieces = [Piece(1, 0, 7), Piece(2, 7, 9), Piece(3, 10, 14)]
    words = [word_at(question, piece) for piece in pieces]
    assert words == ["mentioned", "mentioned", "lamp"]
    weights_of_words = shares(words, np.ones(3, dtype=np.float32), ())
    assert weights_of_words.tolist() == pytest.approx([0.25, 0.25, 0.5])


def test_where_nothing_is_left_plain_shares_count() -> None:
    assert shares_of("Marsh?", [1.0, 3.0], ("marsh",)) == pytest.approx({"Marsh": 0.25, "?": 0.75})
    assert shares_of("?!") == pytest.approx({"?": 0.5, "!": 0.5})
    assert shares([], np.zeros(0, dtype=np.float32), ()).tolist() == []


@pytest.mark.parametrize("among", [None, {"coast/p02", "coast/p03", "coast/p04"}], ids=["all", "some"])
@pytest.mark.parametrize("question", QUESTIONS)
def test_ranking_is_late_interaction(question: str, among: set[str] | None) -> None:
    searcher = searcher_of(TEXTS)
    query, weights, results = late(searcher, question, among)
    assert query.text == question
    wanted = plain_ranking(searcher.index, question, weights.tolist(), among or set(TEXTS))
    assert [result.passage for result in results] == [name for name, _ in wanted]
    assert [result.score for result in results] == pytest.approx([score for _, score in wanted], abs=2e-3)
    for result in results:
        assert searcher.index.windows[result.window].passage == result.passage
        assert float(result.cosines @ weights) == pytest.approx(result.score, abs=1e-4)


def test_words_of_the_question_that_are_all_met_score_one() -> None:
    _, _, results = late(searcher_of(TEXTS), "keeper lit lamp dusk")
    assert results[0].passage == "coast/p03"
    assert results[0].score == pytest.approx(1, abs=1e-3)


def test_ties_stand_in_the_order_of_the_essay() -> None:
    texts = {f"coast/p0{number}": "Fog came." for number in (3, 1, 2)}
    _, _, results = late(searcher_of(texts), "Did fog come?")
    assert [result.passage for result in results] == ["coast/p03", "coast/p01", "coast/p02"]


def test_an_empty_question_finds_nothing() -> None:
    searcher = searcher_of(TEXTS)
    assert searcher.ranking(Question(""), "late") == []
    assert late(searcher, "   ")[2] == []


def test_every_method_ranks_all_passages_and_the_right_one_first() -> None:
    searcher = searcher_of(TEXTS)
    assert searcher.methods[0] == "late"
    for method in searcher.methods:
        results = searcher.ranking(Question("When was the keeper's lamp lit before dusk?"), method)
        assert {name for name, _ in results} == set(TEXTS), method
        assert results[0][0] == "coast/p03", method
        assert all(result >= other for (_, result), (_, other) in pairwise(results)), method
        few = searcher.ranking(Question("When was the lamp lit?"), method, {"coast/p01", "coast/p04"})
        assert {name for name, _ in few} == {"coast/p01", "coast/p04"}, method


@pytest.mark.parametrize("method", ["late", "bm25", "windows", "fusion"])
def test_where_there_is_nothing_to_look_among_nothing_is_found(method: str) -> None:
    assert searcher_of(TEXTS).ranking(Question("Who lit the lamp?"), method, set()) == []


@pytest.mark.parametrize("question", QUESTIONS)
def test_highlights_are_sentences_of_the_passage(question: str) -> None:
    searcher = searcher_of(TEXTS)
    query, weights, results = late(searcher, question)
    passages = {result.id: result for result in passages_of(TEXTS)}
    for result in results:
        passage = passages[result.passage]
        spans = highlight(query, weights, searcher.index, result, passage)
        assert spans
        starts, ends = {start for start, _ in passage.sentences}, {end for _, end in passage.sentences}
        for start, end in spans:
            assert start in starts
            assert end in ends
            assert start < end


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("Who lit the lamp before dusk?", "The keeper lit the lamp before dusk."),
        ("fog lamp", "Fog came. The keeper lit the lamp before dusk."),
    ],
)
def test_a_second_sentence_is_marked_only_where_it_adds_something(question: str, wanted: str) -> None:
    searcher = searcher_of(TEXTS)
    query, weights, results = late(searcher, question)
    passage = next(result for result in passages_of(TEXTS) if result.id == "coast/p03")
    ranked = next(result for result in results if result.passage == "coast/p03")
    ((start, end),) = highlight(query, weights, searcher.index, ranked, passage)
    assert passage.text[start:end] == wanted


def test_of_a_sentence_that_is_cut_up_the_whole_is_marked() -> None:
    text = " ".join(f"w{number}" for number in range(40)) + "."
    searcher = searcher_of({"coast/p01": text}, FakeEncoder(max_tokens=10))
    query, weights, results = late(searcher, "w31")
    assert results[0].score == pytest.approx(1, abs=1e-3)
    assert highlight(query, weights, searcher.index, results[0], passages_of({"coast/p01": text})[0]) == (
        (0, len(text)),
    )


def test_a_question_longer_than_the_model_reads_keeps_all_its_words() -> None:
    encoder = FakeEncoder(max_tokens=8)
    question = " ".join(f"w{number}" for number in range(21)) + "?"
    query = make_query(Question(question), encoder)
    assert all(len(encoder.pieces(text)) <= 8 for text in encoder.encoded)
    assert query.ids.tolist() == [piece.id for piece in encoder.pieces(question)]
    assert query.tokens.shape[0] == len(query.pieces) == 22
    assert float(np.linalg.norm(query.vector)) == pytest.approx(1, abs=1e-5)


def test_a_large_library_gives_the_same_first_passage(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = {
        f"coast/p{number:03}": f"Keeper {number} of tower t{number}. Nothing else." for number in range(80)
    }
    texts |= TEXTS
    searcher = searcher_of(texts)
    whole = {question: searcher.ranking(Question(question), "late") for question in [*QUESTIONS, "tower t57"]}
    monkeypatch.setattr(ranking, "SCORE_ALL", 10)
    monkeypatch.setattr(ranking, "BY_VECTOR", 12)
    for question, wanted in whole.items():
        results = searcher.ranking(Question(question), "late")
        assert results[0] == pytest.approx(wanted[0]), question
        assert len(results) < len(wanted)
        # What is not looked at is left out; what is has the score that it had.
        scores = dict(wanted)
        assert all(score == pytest.approx(scores[name], abs=1e-4) for name, score in results)


def test_words_find_in_a_large_library_what_lies_far_by_vector(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ranking, "SCORE_ALL", 1)
    monkeypatch.setattr(ranking, "BY_VECTOR", 1)
    results = {name for name, _ in searcher_of(TEXTS).ranking(Question("keeper harbour"), "late")}
    assert results == {"coast/p01", "coast/p02", "coast/p03", "coast/p04"}


def test_bm25_knows_stems_and_passes_over_stop_words() -> None:
    results = BM25.of(["The keepers were sleeping.", "A bell rang.", "The the the of of."])
    scores = results.scores("The keeper sleeps, of course")
    assert scores.tolist() == results.scores("keepers sleeping course").tolist()
    assert scores[0] > 0
    assert scores[1:].tolist() == [0, 0]


def test_bm25_prefers_the_rarer_word_and_the_shorter_text() -> None:
    scores = BM25.of(["lamp bell", "lamp fog", "lamp fog rain snow wind hail"]).scores("lamp bell")
    assert scores[0] > scores[1] > scores[2] > 0


@pytest.mark.parametrize("texts", [[], [""], ["the of and"], ["lamp", "bell"]], ids=str)
@pytest.mark.parametrize("question", ["zebra", "the", "", "?"])
def test_bm25_without_a_shared_word_is_nought(texts: list[str], question: str) -> None:
    assert BM25.of(texts).scores(question).tolist() == [0] * len(texts)

"""From a question to ranked passages: what is named comes first, slips are mended, marks are whole."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pytest
from handmade_essays import COAST, TEXTS, finder_of, marked, order, paragraphs, scores, two
from hypothesis import given
from hypothesis import strategies as st

from assistant.core.essay import StoredEssay
from assistant.retrieval import ranking as ranks
from assistant.retrieval.finder import Finder
from assistant.retrieval.questions import Question

LIKE = "Where did ships lay off the rock, keeper and lamp lost, and who says {}?"


def places_of(phrase: str) -> list[str]:
    """Passages that come first for a phrase, though a question's other words are another's."""
    ranking = finder_of(COAST).find(Question(LIKE.format(phrase)))
    return [ranked.passage for ranked in ranking.ranked if ranked.score > 1.0]


# Phrases.


@pytest.mark.parametrize(
    ("phrase", "wanted"),
    [
        ("“lit the lamp before dusk”", ["coast/p02"]),
        ('"LIT THE LAMP, before dusk"', ["coast/p02"]),
        ("'lit the lamp before'", ["coast/p02"]),
        ("“Kathy's diary”", ["coast/p02"]),
        ("“says so - twice”", ["coast/p02"]),
        # Across the end of a sentence.
        ("“keeper awake? The lamp”", ["coast/p03"]),
        # Signs that mean something in patterns.
        ("“bell (C++ [sic])”", ["coast/p03"]),
        ("“b.ll”", []),
        ("“(b|B)ell”", []),
        # Inside a longer word.
        ("“usk”", []),
        ("“amp before dus”", []),
    ],
)
def test_a_passage_that_holds_a_quoted_phrase_comes_first(phrase: str, wanted: list[str]) -> None:
    assert places_of(phrase) == wanted


def test_a_passage_with_more_of_the_phrases_comes_before_one_with_fewer() -> None:
    ranking = finder_of(COAST).find(Question(LIKE.format("“keeper”, “the lamp” or “before dusk”")))
    assert order(ranking)[:3] == ["coast/p02", "coast/p03", "coast/p04"]


@pytest.mark.parametrize("phrase", ["zebra crossing", "dusk before"])
def test_a_phrase_that_occurs_nowhere_changes_nothing(phrase: str) -> None:
    finder = finder_of(COAST)
    quoted, plain = (finder.find(Question(LIKE.format(words))) for words in (f"“{phrase}”", phrase))
    assert order(quoted) == order(plain)
    assert [ranked.score for ranked in quoted.ranked] == pytest.approx(
        [ranked.score for ranked in plain.ranked], abs=1e-4
    )
    assert quoted.confidence == pytest.approx(plain.confidence, abs=1e-4)
    assert quoted.spans == plain.spans == {}


def test_of_several_phrases_those_that_occur_count() -> None:
    finder = finder_of(COAST)
    ranking = finder.find(Question("Who says “zebra crossing” and “before dusk”?"))
    assert order(ranking)[0] == "coast/p02"
    assert marked(finder, ranking, "coast/p02") == ["The keeper lit the lamp before dusk."]


@pytest.mark.parametrize(
    ("phrase", "name", "wanted"),
    [
        ("before dusk", "coast/p02", ["The keeper lit the lamp before dusk."]),
        ("keeper awake? The lamp", "coast/p03", ["Was the keeper awake? The lamp was."]),
        ("[sic]", "coast/p03", ["Nobody saw the bell (C++ [sic]) ring."]),
    ],
)
def test_the_sentences_that_hold_the_phrase_are_marked(phrase: str, name: str, wanted: list[str]) -> None:
    finder = finder_of(COAST)
    ranking = finder.find(Question(f"Who says “{phrase}”?"))
    assert order(ranking)[0] == name
    assert marked(finder, ranking, name) == wanted


def test_phrases_in_sentences_apart_are_marked_apart() -> None:
    finder = finder_of(COAST)
    ranking = finder.find(Question("Where are “keeper awake” and “the bell”?"))
    assert marked(finder, ranking, "coast/p03") == [
        "Was the keeper awake?",
        "Nobody saw the bell (C++ [sic]) ring.",
    ]


def test_phrases_in_neighbouring_sentences_are_marked_as_one() -> None:
    finder = finder_of(COAST)
    ranking = finder.find(Question("Where are “keeper awake” and “lamp was”?"))
    assert marked(finder, ranking, "coast/p03") == ["Was the keeper awake? The lamp was."]


def test_every_sentence_that_holds_the_phrase_is_marked() -> None:
    finder = finder_of(paragraphs({"coast/p01": "A bell rang. Fog came. No bell rang. Ships lay."}))
    ranking = finder.find(Question("Where is “bell rang”?"))
    assert marked(finder, ranking, "coast/p01") == ["A bell rang.", "No bell rang."]


def test_where_only_the_phrase_is_asked_for_its_place_is_the_answer() -> None:
    finder = finder_of(COAST)
    assert finder.find(Question("Who says “before dusk”?")).confidence == 1
    assert finder.find(Question("Who says “zebra crossing”?")).confidence < 1
    more = "Which zebra painted “before dusk” in Venice?"
    assert finder.find(Question(more)).confidence == pytest.approx(
        finder.find(Question(more.replace("“", "").replace("”", ""))).confidence, abs=1e-4
    )


def test_phrases_are_looked_for_only_where_they_may_be_found() -> None:
    ranking = finder_of(COAST).find(Question("Who says “before dusk”?"), {"coast/p01", "coast/p04"})
    assert set(order(ranking)) == {"coast/p01", "coast/p04"}
    assert ranking.spans == {}


@pytest.mark.parametrize("question", ["What does “…” mean?", "Who says “.*”?"])
def test_marks_around_no_word_are_no_phrase(question: str) -> None:
    finder = finder_of(COAST)
    ranking = finder.find(Question(question))
    assert ranking.confidence < 1
    assert all(start < end for ranked in ranking.ranked for start, end in finder.highlights(ranking, ranked))


def test_a_phrase_is_found_in_a_large_library_too(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = {f"coast/p{at:03}": f"Guns and guns by tower t{at}. Nothing else." for at in range(200)}
    # A search by words passes over these, and guns are nearer.
    texts["coast/p999"] = "Letters say: not as it was. So be it."
    monkeypatch.setattr(ranks, "SCORE_ALL", 10)
    monkeypatch.setattr(ranks, "BY_VECTOR", 5)
    assert (
        order(
            finder_of(paragraphs(texts)).find(
                Question(f"Nothing else: {'guns and guns by a tower ' * 4}, “not as it was”?")
            )
        )[0]
        == "coast/p999"
    )


class Fond:
    """A model that re-ranks, fond of fog, with scores of its own scale."""

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        """A high score for each text with fog in it."""
        del question
        return [50.0 if "Fog" in text else -float(at) for at, text in enumerate(texts)]


def test_a_model_that_re_ranks_puts_passages_in_its_own_order() -> None:
    finder = finder_of(COAST)
    plain = order(finder.find(Question("Who lit the lamp before dusk?")))
    assert plain[0] == "coast/p02"
    ranking = finder.find(Question("Who lit the lamp before dusk?"), reranker=Fond())
    assert order(ranking) == ["coast/p04", *(name for name in plain if name != "coast/p04")]


@pytest.mark.parametrize(
    ("question", "name"), [("Who says “before dusk”?", "coast/p02"), ("How does the essay end?", "coast/p05")]
)
def test_what_is_named_comes_first_whatever_a_model_that_re_ranks_says(question: str, name: str) -> None:
    assert order(finder_of(COAST).find(Question(question), reranker=Fond()))[0] == name


# What holds for every question.


@pytest.mark.parametrize("among", [None, set()], ids=["all", "none"])
@pytest.mark.parametrize("essays", [(), (COAST,)], ids=["empty", "coast"])
def test_where_nothing_can_be_found_nothing_is(
    essays: tuple[StoredEssay, ...], among: set[str] | None
) -> None:
    if essays and among is None:
        questions = [""]
    else:
        questions = ["", "Who says “the lamp”?", "What is the thesis?", "What is in the section on fog?"]
    for question in questions:
        ranking = finder_of(*essays).find(Question(question), among)
        assert (ranking.ranked, ranking.confidence, dict(ranking.spans)) == ([], 0.0, {})


@pytest.fixture(scope="module")
def finder() -> Finder:
    return finder_of(*two())


_WORDS = " ".join(TEXTS.values()).split()
_RUNS = st.builds(
    lambda at, length: " ".join(_WORDS[at : at + length]), st.integers(0, 60), st.integers(1, 6)
)
_PARTS = st.one_of(
    _RUNS,
    _RUNS.map(lambda run: f"“{run}”"),
    st.sampled_from(
        ["What is the thesis", "How does it end", "Which note", "the section on the lamp", "zebra"]
    ),
)


@given(st.lists(_PARTS, min_size=1, max_size=3).map(" ".join), st.sampled_from([None, set(list(TEXTS)[1:4])]))
def test_ranking_and_marks_are_sound(finder: Finder, question: str, among: set[str] | None) -> None:
    ranking = finder.find(Question(question), among)
    names = order(ranking)
    assert len(set(names)) == len(names)
    assert set(names) <= (among or set(finder.passages))
    assert [ranked.score for ranked in ranking.ranked] == sorted(scores(ranking).values(), reverse=True)
    assert 0 <= ranking.confidence <= 1
    for ranked in ranking.ranked:
        sentences = finder.passages[ranked.passage].sentences
        spans = finder.highlights(ranking, ranked)
        assert spans
        assert all(start < end for start, end in spans)
        assert {start for start, _ in spans} <= {start for start, _ in sentences}
        assert {end for _, end in spans} <= {end for _, end in sentences}
        assert all(span[1] <= following[0] for span, following in pairwise(spans))

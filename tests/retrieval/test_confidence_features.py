"""Features of a question and the passages that are first, exact on passages made by hand."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from handmade_essays import finder_of, paragraphs

from assistant.retrieval.confidence import ConfidenceFeatures, confidence_of, features_of
from assistant.retrieval.questions import Question

TEXTS = {
    "p01": "Marsh lit the lamp at dusk in 1854.",
    "p02": "Oil was dear. Nobody slept in Oban.",
    "p03": "Gulls cried.",
    "p04": "The keeper rang a bell.",
}


def features(question: str) -> ConfidenceFeatures:
    ranking = finder_of(paragraphs(TEXTS)).find(Question(question), fast=True)
    assert ranking.features is not None
    return ranking.features


def test_a_question_in_the_passages_own_words_is_met_whole() -> None:
    seen = features("Did Marsh light the lamp at dusk in 1854?")
    assert (seen.words, seen.missing, seen.logits) == (5, 0, ())
    # "light" is not "lit", and the fake model knows no likeness.
    assert seen.weakest < 0.5 < seen.coverage
    whole = features("Where in 1854 is the lamp that Marsh lit?")
    assert whole.weakest == pytest.approx(1, abs=1e-3)
    assert whole.coverage == pytest.approx(1, abs=1e-3)


def test_a_word_counts_as_met_by_whichever_passage_meets_it_best() -> None:
    both = features("lamp Gulls")
    assert both.words == 2
    assert both.weakest == pytest.approx(1, abs=1e-3)
    assert both.coverage < 0.7


@pytest.mark.parametrize(
    ("question", "missing"),
    [
        ("Who lit the lamp for Marsh?", 0),
        ("Who lit Marsh’s lamp?", 0),
        ("Who lit the lamp for Stevenson?", 1),
        ("Who lit the lamp in 1855?", 1),
        ("Was the lamp that Marsh lit in Oban?", 1),
        ("Stevenson lit the lamp?", 0),  # a capital at the beginning may be no name
        ("Who lit the lamp: Ann, Bea, Cat, Dee or Eve?", 3),
    ],
)
def test_names_and_numbers_that_the_best_passage_does_not_have(question: str, missing: int) -> None:
    assert features(question).missing == missing


def test_a_question_as_long_as_a_page_says_no_more_than_twelve_words() -> None:
    assert features(" ".join(f"word{at}" for at in range(60))).words == 12


# Of passages that a quoted phrase or a re-ranking model puts first, and not of those most like the question.
ASKED = "Did the keeper Marsh, who lit the lamp at dusk in Oban, write “oil came by boat”?"
SHOWN_FIRST, MOST_ALIKE = "Oil came by boat.", "The keeper Marsh lit the lamp at dusk in Oban."
REORDERED = paragraphs({"coast/p01": MOST_ALIKE, "coast/p02": SHOWN_FIRST, "coast/p03": "Gulls cried."})


class PreferringBoats:
    """A re-ranking model that puts texts about boats first."""

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        """1 for each text about a boat, else 0."""
        del question
        return [float("boat" in text) for text in texts]


@pytest.mark.parametrize(
    ("question", "reranker"), [(ASKED, None), (ASKED.replace("“", "").replace("”", ""), PreferringBoats())]
)
def test_features_are_those_of_the_passages_shown_first(
    question: str, reranker: PreferringBoats | None
) -> None:
    finder = finder_of(REORDERED)
    plain = finder.find(Question(ASKED.replace("“", "").replace("”", "")), fast=True)
    assert [passage.passage for passage in plain.ranked][:2] == ["coast/p01", "coast/p02"]
    assert plain.features is not None
    assert plain.features.missing == 0
    ranking = finder.find(Question(question), fast=True, reranker=reranker)
    assert (ranking.ranked[0].passage, ranking.basis) == ("coast/p02", "likeness")
    assert ranking.features is not None
    # Of the two names of the question the passage shown first has none.
    assert ranking.features.missing == 2
    assert ranking.features.coverage < plain.features.coverage
    _, weights = finder.searcher.weights_with_content(ranking.query, finder.searcher.rows(None))
    assert ranking.features == features_of(ranking.query, weights, ranking.ranked, SHOWN_FIRST)
    assert ranking.confidence == confidence_of(ranking.features) < plain.confidence


def test_the_lead_is_what_the_first_passage_covers_more_than_the_second() -> None:
    seen = features("Where in 1854 is the lamp that Marsh lit?")
    assert seen.lead == pytest.approx(seen.coverage, abs=0.35)
    assert seen.lead > 0.6
    alone = finder_of(paragraphs({"p01": TEXTS["p01"]})).find(Question("Where is the lamp?"), fast=True)
    assert alone.features is not None
    assert alone.features.lead == 0


def test_where_nothing_is_found_nothing_is_seen() -> None:
    ranking = finder_of(paragraphs(TEXTS)).find(Question("Who lit the lamp?"), set())
    assert (ranking.ranked, ranking.features, ranking.confidence) == ([], None, 0.0)
    assert ranking.verdict == "none"

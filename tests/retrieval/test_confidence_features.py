"""What is seen of a question and the first passages: exact signs on passages made by hand."""

from __future__ import annotations

import pytest
from handmade_essays import finder_of, paragraphs

from assistant.retrieval.confidence import Signs

TEXTS = {
    "p01": "Marsh lit the lamp at dusk in 1854.",
    "p02": "Oil was dear. Nobody slept in Oban.",
    "p03": "Gulls cried.",
    "p04": "The keeper rang a bell.",
}


def signs(question: str) -> Signs:
    found = finder_of(paragraphs(TEXTS)).find(question, fast=True).signs
    assert found is not None
    return found


def test_a_question_in_the_passages_own_words_is_met_whole() -> None:
    seen = signs("Did Marsh light the lamp at dusk in 1854?")
    assert (seen.words, seen.missing, seen.reads) == (5, 0, ())
    # "light" is not "lit", and the fake model knows no likeness.
    assert seen.worst < 0.5 < seen.met
    whole = signs("Where in 1854 is the lamp that Marsh lit?")
    assert whole.worst == pytest.approx(1, abs=1e-3)
    assert whole.met == pytest.approx(1, abs=1e-3)


def test_a_word_counts_as_met_by_whichever_passage_meets_it_best() -> None:
    both = signs("lamp Gulls")
    assert both.words == 2
    assert both.worst == pytest.approx(1, abs=1e-3)
    assert both.met < 0.7


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
    assert signs(question).missing == missing


def test_a_question_as_long_as_a_page_says_no_more_than_twelve_words() -> None:
    assert signs(" ".join(f"word{at}" for at in range(60))).words == 12


def test_where_nothing_is_found_nothing_is_seen() -> None:
    found = finder_of(paragraphs(TEXTS)).find("Who lit the lamp?", set())
    assert (found.ranked, found.signs, found.confidence) == ([], None, 0.0)
    assert found.threshold > 0

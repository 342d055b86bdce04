"""A question is searched as it is asked, unless it leans on the one before it."""

from __future__ import annotations

import pytest
from essay_library import ROOT

from assistant.evaluation.datasets import Dataset, load_dataset
from assistant.retrieval.questions import (
    FRAMING_WORDS,
    FUNCTION_WORDS,
    content_words,
    folded,
    in_context,
    is_elliptical,
    quoted_phrases,
    without_quoted,
)

OURS = [load_dataset(folder) for folder in sorted((ROOT / "data" / "eval").iterdir())]

LEANING = [
    # They resume.
    "And why?",
    "But what of the bell?",
    "So who rang it?",
    "What about the pilot?",
    "how about Marsh",
    "Why?",
    "Why not?",
    "Who?",
    "Go on",
    "Tell me more about that",
    "For example?",
    "In what way?",
    "Which one?",
    # They point back with a pronoun and say little else.
    "What did he do there?",
    "Does she say so?",
    "Is it a symbol?",
    "Who wrote these?",
    "Where was it published?",
    "What is their purpose?",
    "Is that true?",
    "Does the latter agree?",
    # They have no word of their own.
    "What else?",
    "And?",
    "?",
    "",
]
STANDING = [
    "What does Marsh say about the harbour bell?",
    "Who lit the lamp at Dunmore Point?",
    "lighthouse keepers' pay",
    "When was the tower built?",
    "Is there a chapter on fog signals?",
    "Are there letters from the pilot?",
    "Which evidence is there of a second lamp?",
    "What is the claim that fog deadens sound?",
    "Is it true that the keeper slept by day?",
    "What is it that the pilot fears?",
    "How does the essay treat the idea that towers are lonely?",
    "Where does the author describe the old harbour wall and its builders?",
    "How did Fresnel's lens change what sailors saw at night and how they steered?",
]
# A pronoun that refers to a name or noun of the same question points back to nothing before it.
OF_ITS_OWN = [
    "Does Ruth lose her temper?",
    "How did Marsh get his post?",
    "What did keepers do with their oil?",
    "Why did the pilot leave after he saw the fog?",
    "Where was Marsh born, and when did his family move to Leith?",
]


@pytest.mark.parametrize("question", LEANING)
def test_questions_that_lean_on_the_one_before(question: str) -> None:
    assert is_elliptical(question)


@pytest.mark.parametrize("question", STANDING)
def test_questions_that_stand_alone(question: str) -> None:
    assert not is_elliptical(question)


@pytest.mark.parametrize("question", OF_ITS_OWN)
def test_questions_whose_pronoun_refers_to_their_own_subject_stand_alone(question: str) -> None:
    assert not is_elliptical(question)


@pytest.mark.parametrize("dataset", OURS, ids=lambda dataset: dataset.name)
def test_follow_ups_of_the_question_sets_lean_on_the_one_before(dataset: Dataset) -> None:
    follow_ups = [question for question in dataset.questions if question.history]
    assert len(follow_ups) >= 3
    # A question may name somebody and still mean another by "his": one of ten may be missed.
    missed = [question.id for question in follow_ups if not is_elliptical(question.text)]
    assert len(missed) <= len(follow_ups) / 10, missed


@pytest.mark.parametrize("dataset", OURS, ids=lambda dataset: dataset.name)
def test_few_other_questions_of_the_sets_do(dataset: Dataset) -> None:
    alone = [question for question in dataset.questions if not question.history]
    taken = [question.id for question in alone if is_elliptical(question.text)]
    assert len(taken) <= len(alone) / 10, taken


def test_content_words_are_folded_and_without_function_words() -> None:
    asked = "What does Marsh’s diary say about the TOWER's well-kept lamp?"
    assert content_words(asked) == ["marsh", "diary", "tower", "well-kept", "lamp"]
    assert content_words("What is it, and why?") == []
    assert content_words("") == []
    assert content_words("Brontë, naïveté & 1847") == ["brontë", "naïveté", "1847"]


@pytest.mark.parametrize(
    ("word", "wanted"), [("Marsh’s", "marsh"), ("Marsh's", "marsh"), ("STRASSE", "strasse"), ("its", "its")]
)
def test_folding_takes_case_and_possessive_away(word: str, wanted: str) -> None:
    assert folded(word) == wanted


def test_the_lists_hold_folded_words() -> None:
    assert all(word == folded(word) for word in FUNCTION_WORDS | FRAMING_WORDS)
    assert not FUNCTION_WORDS & FRAMING_WORDS


def test_phrases_in_quotation_marks_are_found() -> None:
    asked = 'What do “The Old Lamp” and " Fog " say, and “”?'
    assert quoted_phrases(asked) == ["The Old Lamp", "Fog"]
    assert content_words(without_quoted('What does “The Old Lamp” say about "Fog"?')) == []
    assert quoted_phrases("the keeper's lamp's oil") == []


STANDS, LEANS, LEANS_TOO = "Who lit the lamp at Dunmore Point?", "And why?", "What about the pilot?"


@pytest.mark.parametrize(
    ("question", "history", "wanted"),
    [
        (STANDS, [], STANDS),
        (LEANS, [], LEANS),
        (LEANS, [STANDS], f"{STANDS} {LEANS}"),
        # A chain goes back to the last question that stands alone, and no further.
        (LEANS, ["Is there fog?", STANDS, LEANS_TOO], f"{STANDS} {LEANS_TOO} {LEANS}"),
        (LEANS, [LEANS_TOO, LEANS_TOO], f"{LEANS_TOO} {LEANS_TOO} {LEANS}"),
        # A fresh question is not pulled back into the talk before it.
        (STANDS, ["When was the tower built?", LEANS_TOO], STANDS),
        # Entries without words are passed over.
        (LEANS, [STANDS, "", "  \n"], f"{STANDS} {LEANS}"),
        (LEANS, ["", " "], LEANS),
        (LEANS, [f"  {STANDS}\n"], f"{STANDS} {LEANS}"),
    ],
)
def test_what_a_question_leans_on_is_put_before_it(question: str, history: list[str], wanted: str) -> None:
    assert in_context(question, history) == wanted

"""A question is parsed once, and searched by itself unless it refers to the one before it."""

from __future__ import annotations

import pytest
from essay_library import ROOT
from handmade_essays import finder_of, paragraphs
from hypothesis import given
from hypothesis import strategies as st

from assistant.answering.answer import Answerer
from assistant.attribution.voices import LibraryVoices
from assistant.citations.styles import style_named
from assistant.core.essay import Spans
from assistant.evaluation.datasets import Dataset, load_dataset
from assistant.retrieval import questions
from assistant.retrieval.questions import (
    FRAMING_WORDS,
    FUNCTION_WORDS,
    MOST_QUESTION_CHARACTERS,
    Question,
    casefolded_word,
    content_words,
    words,
)

OURS = [load_dataset(folder) for folder in sorted((ROOT / "data" / "eval").iterdir())]

REFERRING = [
    # They continue it.
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
INDEPENDENT = [
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
INTERNAL = [
    "Does Ruth lose her temper?",
    "How did Marsh get his post?",
    "What did keepers do with their oil?",
    "Why did the pilot leave after he saw the fog?",
    "Where was Marsh born, and when did his family move to Leith?",
]


@pytest.mark.parametrize("question", REFERRING)
def test_questions_that_refer_to_the_one_before(question: str) -> None:
    assert Question(question).is_elliptical


@pytest.mark.parametrize("question", INDEPENDENT)
def test_questions_that_refer_to_no_other(question: str) -> None:
    assert not Question(question).is_elliptical


@pytest.mark.parametrize("question", INTERNAL)
def test_questions_whose_pronoun_refers_to_their_own_subject_refer_to_no_other(question: str) -> None:
    assert not Question(question).is_elliptical


@pytest.mark.parametrize("dataset", OURS, ids=lambda dataset: dataset.name)
def test_follow_ups_of_the_question_sets_refer_to_the_one_before(dataset: Dataset) -> None:
    follow_ups = [question for question in dataset.questions if question.history]
    assert len(follow_ups) >= 3
    # A question may name somebody and still mean another by "his": one of ten may be missed.
    missed = [question.id for question in follow_ups if not Question(question.text).is_elliptical]
    assert len(missed) <= len(follow_ups) / 10, missed


@pytest.mark.parametrize("dataset", OURS, ids=lambda dataset: dataset.name)
def test_few_other_questions_of_the_sets_do(dataset: Dataset) -> None:
    alone = [question for question in dataset.questions if not question.history]
    taken = [question.id for question in alone if Question(question.text).is_elliptical]
    assert len(taken) <= len(alone) / 10, taken


def test_content_words_are_folded_and_without_function_words() -> None:
    question = "What does Marsh’s diary say about the TOWER's well-kept lamp?"
    assert content_words(question) == ["marsh", "diary", "tower", "well-kept", "lamp"]
    assert content_words("What is it, and why?") == []
    assert content_words("") == []
    assert content_words("Brontë, naïveté & 1847") == ["brontë", "naïveté", "1847"]


@pytest.mark.parametrize(
    ("word", "wanted"), [("Marsh’s", "marsh"), ("Marsh's", "marsh"), ("STRASSE", "strasse"), ("its", "its")]
)
def test_folding_takes_case_and_possessive_away(word: str, wanted: str) -> None:
    assert casefolded_word(word) == wanted


def test_the_lists_hold_folded_words() -> None:
    assert all(word == casefolded_word(word) for word in FUNCTION_WORDS | FRAMING_WORDS)
    assert not FUNCTION_WORDS & FRAMING_WORDS


def test_phrases_in_quotation_marks_are_found() -> None:
    question = 'What do “The Old Lamp” and " Fog " say, and “”?'
    assert Question(question).quoted_phrases == ["The Old Lamp", "Fog"]
    assert Question('What does “The Old Lamp” say about "Fog"?').unquoted_content_words == []
    assert Question("the keeper's lamp's oil").quoted_phrases == []


WHOLE = "Who lit the lamp at Dunmore Point?"


def test_what_is_cut_off_a_long_question_is_known() -> None:
    question = Question.of("fog " * MOST_QUESTION_CHARACTERS)
    assert (len(question.text), question.is_cut) == (MOST_QUESTION_CHARACTERS, True)
    assert not Question.of("fog".ljust(MOST_QUESTION_CHARACTERS + 1)).is_cut


def test_lone_surrogates_are_replaced() -> None:
    assert Question.of("And \udcff?").text == "And ??"


_PARTS = st.sampled_from(
    ["the lamp", "Fog", "keepers'", "“", "”", "'", "‘", "’", '"', " ", "-", "who", "Ruth’s", "90s", "_", ", "]
)


@given(st.lists(_PARTS, max_size=12).map("".join))
def test_words_outside_quoted_phrases_are_those_of_the_text_without_them(text: str) -> None:
    question = Question(text)
    assert question.content_words == content_words(text)
    assert question.unquoted_content_words == content_words(question.unquoted)


def texts_divided(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A list to which every text is added that is divided into words for a question."""
    divided: list[str] = []

    def counted(text: str) -> Spans:
        divided.append(text)
        return words(text)

    monkeypatch.setattr(questions, "words", counted)
    return divided


TWO = paragraphs({"coast/p01": "The keeper lit the lamp.", "coast/p02": "Fog came over the rock."})


@pytest.mark.parametrize(
    "text",
    [
        "Who lit the lamp?",
        "Which keeper says “over the rock”?",
        "Who says “the lamp”?",
        "How does the essay begin?",
        "Which note mentions fog?",
    ],
)
def test_a_question_is_divided_into_words_once(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    divided = texts_divided(monkeypatch)
    finder = finder_of(TWO)
    answerer = Answerer(finder, LibraryVoices(finder.essays))
    *_, answer = answerer.answers(text, top=3, essays=(), style=style_named("mla", []), history=())
    assert answer.hits
    assert divided == [text]


def test_a_question_that_refers_to_no_other_is_not_divided_again_for_its_history(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    divided = texts_divided(monkeypatch)
    question = finder_of(TWO).understood(WHOLE, ["Is there fog?"])
    assert (question.text, question.content_words[0]) == (WHOLE, "lit")
    assert set(divided) == {WHOLE}

"""Typos are corrected by the words of the essays, and nothing else is changed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.retrieval.index.index import vocabulary_of
from assistant.retrieval.spelling import Speller

TEXTS = (
    "Dunmore Point had a lighthouse before Skerryvore. Kathy’s lanterns were lit by keepers.",
    "The keepers slept. Marsh calls the parergon an ornament.",
    "Fresnel's lenses, Brontë’s moor, the well-known fog-signals of Łódź.",
)
WORDS = sorted({word.strip(".;,") for text in TEXTS for word in text.split()})


def corrected(question: str) -> str:
    return Speller(vocabulary_of(TEXTS)).corrected(question)[0]


@pytest.mark.parametrize(
    ("typo", "wanted"),
    [
        # Letters exchanged, left out, doubled, mistyped.
        ("Kahty", "Kathy"),
        ("Skeryvore", "Skerryvore"),
        ("Skerryvorre", "Skerryvore"),
        ("Skerrivore", "Skerryvore"),
        ("parergom", "parergon"),
        # Two typos in a long word.
        ("Skeryvoer", "Skerryvore"),
        ("lihgthuose", "lighthouse"),
        # The first letter, where nothing else is wrong.
        ("Akthy", "Kathy"),
    ],
)
def test_a_typo_is_corrected(typo: str, wanted: str) -> None:
    question = f"What does {typo} mean here?"
    assert Speller(vocabulary_of(TEXTS)).corrected(question) == (
        f"What does {wanted} mean here?",
        {typo: wanted},
    )


@pytest.mark.parametrize("question", ["what of skerryvore", "WHAT OF SKERRYVORE", "Łódź and brontë"])
def test_the_case_of_a_word_is_no_typo(question: str) -> None:
    assert Speller(vocabulary_of(TEXTS)).corrected(question) == (question, {})


@pytest.mark.parametrize(
    "word",
    # Each is near to a word of the essays and a word of its own.
    [
        "keeper",
        "kept",
        "Cathy",
        "lantern",
        "ornaments",
        "lighthouses",
        "ornamental",
        "sleep",
        "March",
        "lenders",
    ],
)
def test_a_word_of_the_language_is_left_alone(word: str) -> None:
    assert Speller(vocabulary_of(TEXTS)).corrected(f"Is {word} there?") == (f"Is {word} there?", {})


@pytest.mark.parametrize("word", ["fgo", "mrsh", "lit", "Pnt"])
def test_short_words_are_left_alone(word: str) -> None:
    assert corrected(f"Is {word} there?") == f"Is {word} there?"


@pytest.mark.parametrize("word", ["Qwzyxv", "Zzzkerryvore", "Xathi", "Bkerrivore"])
def test_what_is_like_no_word_of_the_essays_is_left_alone(word: str) -> None:
    assert corrected(f"Is {word} there?") == f"Is {word} there?"


def test_the_nearest_word_is_taken_and_of_two_the_more_frequent() -> None:
    assert Speller(vocabulary_of(["Brannock Brannack Brannack"])).corrected("Brannick") == (
        "Brannack",
        {"Brannick": "Brannack"},
    )
    assert Speller(vocabulary_of(["Brannockes Brannockes Brannock"])).corrected("Branock")[0] == "Brannock"


def test_every_typo_of_a_question_is_corrected_wherever_it_occurs() -> None:
    assert Speller(vocabulary_of(TEXTS)).corrected("Kahty? Kahty’s parergom, “Kahty”-like") == (
        "Kathy? Kathy’s parergon, “Kathy”-like",
        {"Kahty": "Kathy", "parergom": "parergon"},
    )


def test_a_typo_inside_a_longer_word_is_not_changed() -> None:
    assert corrected("Kahty and Kahtyana") == "Kathy and Kahtyana"


def test_the_text_around_a_typo_is_kept() -> None:
    assert corrected("  Who —\tKahty's  (Skeryvore)?\n") == "  Who —\tKathy's  (Skerryvore)?\n"


@pytest.mark.parametrize("texts", [(), ("",), ("1847 — 3.5!",)], ids=["none", "empty", "no word"])
def test_essays_without_words_correct_nothing(texts: tuple[str, ...]) -> None:
    assert Speller(vocabulary_of(texts)).corrected("Who is Kahty?") == ("Who is Kahty?", {})


@pytest.mark.parametrize("question", ["", " ", "?!", "1847", "a(b[c*", "\\d+ $1"])
def test_a_question_without_typos_is_the_same(question: str) -> None:
    assert Speller(vocabulary_of(TEXTS)).corrected(question) == (question, {})


def test_a_word_that_is_not_replaced_is_not_reported() -> None:
    assert Speller(vocabulary_of(TEXTS)).corrected("What is 3Kahty?") == ("What is 3Kahty?", {})


@given(
    st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from(("", "upper", "lower", "title"))), max_size=8)
)
def test_a_question_of_the_essays_own_words_is_never_changed(drawn: list[tuple[str, str]]) -> None:
    question = " ".join(str(getattr(word, how)()) if how else word for word, how in drawn) + "?"
    assert Speller(vocabulary_of(TEXTS)).corrected(question) == (question, {})


@given(st.text(max_size=60))
def test_only_the_words_that_are_named_change_and_become_words_of_the_essays(question: str) -> None:
    corrected_question, changes = Speller(vocabulary_of(TEXTS)).corrected(question)
    assert changes or corrected_question == question
    assert all(any(new in text for text in TEXTS) for new in changes.values())

"""What a question names in so many words: phrases in quotation marks, kinds of passages, headings."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typesetter import Setting, print_essay

from assistant.retrieval.questions import Question, phrase_pattern, readable


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("Who says “the lamp”?", ["the lamp"]),
        ('Who says "the lamp"?', ["the lamp"]),
        ('What is "fog"?', ["fog"]),
        # British usage.
        ("Who says 'the old lamp'?", ["the old lamp"]),
        ("Who says ‘the old lamp’?", ["the old lamp"]),
        ("Who says 'the old lamp,' and when?", ["the old lamp,"]),
        ("('the old lamp')", ["the old lamp"]),
        ("'Never let the lamp out.' Who says so?", ["Never let the lamp out."]),
        # An apostrophe inside does not end it.
        ("What is 'the author's aim' here?", ["the author's aim"]),
        ("What is ‘the author’s aim’ here?", ["the author’s aim"]),
        ("What is meant by 'you can't see it'?", ["you can't see it"]),
        # Several, of both sorts.
        ("Where are “fog”, 'the old lamp' and \"the bell\"?", ["fog", "the old lamp", "the bell"]),
        ("Are 'the fog' and 'the bell' one?", ["the fog", "the bell"]),
        # One within the other is part of it.
        ("Who wrote “he said ‘light it’ twice”?", ["he said ‘light it’ twice"]),
        ("Where is “the lamp", []),
        ("What does “” mean?", []),
        ("What do “…” and '? !' mean?", []),
        ("", []),
    ],
)
def test_phrases_in_quotation_marks(question: str, wanted: list[str]) -> None:
    assert Question(question).quoted_phrases == wanted


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("What is 'Madame's gallery'?", ["Madame's gallery"]),
        ("Who says 'don't go out'?", ["don't go out"]),
        ("Who says ‘I’ll light it’?", ["I’ll light it"]),
    ],
)
def test_an_apostrophe_in_the_first_word_does_not_hide_a_phrase(question: str, wanted: list[str]) -> None:
    assert Question(question).quoted_phrases == wanted


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("Where is 'the keepers' lamp' lit?", ["the keepers' lamp"]),
        ("Where is ‘the keepers’ old lamp’ lit?", ["the keepers’ old lamp"]),
    ],
)
def test_the_apostrophe_of_a_plural_does_not_end_a_phrase(question: str, wanted: list[str]) -> None:
    assert Question(question).quoted_phrases == wanted


@pytest.mark.parametrize(
    "question",
    [
        "Where are Kathy's and Ruth's rooms?",
        "What of the keepers' pay and the pilots' letters?",
        "Where are Kathy’s and the keepers’ rooms?",
        "What's the author's view of the '90s and the '80s?",
        "'Tis said that 'twas dark",
        "Is it rock 'n' roll?",
        "What are the 'special' friends?",
        "keepers' and pilots'",
    ],
)
def test_apostrophes_are_no_quotation_marks(question: str) -> None:
    assert Question(question).quoted_phrases == []
    assert Question(question).unquoted == question


def test_what_is_left_of_a_question_without_its_phrases() -> None:
    assert Question("Who says “the lamp” and 'the old bell'?").unquoted.split() == ["Who", "says", "and", "?"]


TEXT = (
    "He wrote “The Lamp—burning”: the keepers’ well-known oil. It burns by Gladys’s door (C++ [sic]). Łódź!"
)


@pytest.mark.parametrize(
    ("phrase", "wanted"),
    [
        ("the lamp burning", "The Lamp—burning"),
        ("the lamp - burning", "The Lamp—burning"),
        ("THE   LAMP\nBURNING", "The Lamp—burning"),
        ("keepers' well-known oil", "keepers’ well-known oil"),
        ("keepers’ well known oil", "keepers’ well-known oil"),
        ("'lamp–burning': the", "Lamp—burning”: the"),
        # Across the end of a sentence.
        ("oil. It burns", "oil. It burns"),
        ("oil it burns", "oil. It burns"),
        ("(C++ [sic])", "C++ [sic"),
        ("łódź", "Łódź"),
    ],
)
def test_a_phrase_is_found_whatever_its_marks(phrase: str, wanted: str) -> None:
    found = phrase_pattern(phrase).search(TEXT)
    assert found
    assert found.group() == wanted


@pytest.mark.parametrize(
    "phrase", ["lam", "amp", "urns", "oil it burn", "he lamp", "glady", "burns oil", "zebra"]
)
def test_a_phrase_is_not_found_inside_longer_words_or_out_of_order(phrase: str) -> None:
    assert phrase_pattern(phrase).search(TEXT) is None


@pytest.mark.parametrize(
    ("phrase", "text"),
    # Each phrase, were it a pattern, would be found in its text.
    [("lamp.burning", "lampxburning"), ("l?mp", "mp"), ("a|b", "b"), ("[x-z]+", "zz"), ("z{2}", "zz")]
    + [(phrase, "zzz") for phrase in (".*", "\\w+", "(z)?", "^", "(?:")],
)
def test_signs_of_patterns_are_signs_of_a_phrase(phrase: str, text: str) -> None:
    assert phrase_pattern(phrase).search(text) is None


@pytest.mark.parametrize("phrase", ["…", "?!", "—", "_", " "])
def test_a_phrase_without_a_word_is_found_nowhere(phrase: str) -> None:
    assert phrase_pattern(phrase).search(TEXT) is None


def varied(text: str, chance: st.DataObject) -> str:
    """A text with other quotation marks, dashes, spaces and case."""
    marks = {"’": "'", "'": "’", "“": '"', "”": "’", "‘": "“", "—": " - ", "-": "–", " ": "  "}
    variant = "".join(marks[ch] if ch in marks and chance.draw(st.booleans()) else ch for ch in text)
    return chance.draw(st.sampled_from([variant, variant.upper(), variant.lower(), f"“{variant}”"]))


@given(st.data(), st.integers(0, 50))
def test_any_run_of_words_is_found_where_it_occurs(data: st.DataObject, seed: int) -> None:
    printed = print_essay(Setting(width=70, page_lines=30, pages="none", seed=seed))
    # What capitals cannot be taken back from is another word to a reader too.
    plain_words = [
        word for word in printed.paragraphs[2] if word.upper().lower() == word.lower() and word.isascii()
    ]
    text = " ".join(plain_words)
    first = data.draw(st.integers(0, len(plain_words) - 1))
    run = plain_words[first : data.draw(st.integers(first + 1, len(plain_words)))]
    found = [match.span() for match in phrase_pattern(varied(" ".join(run), data)).finditer(text)]
    start = len(" ".join(plain_words[:first])) + bool(first)
    letters = [match.span() for match in re.finditer(r"[^\W_]+", text)]
    inside = [(low, high) for low, high in letters if start <= low and high <= start + len(" ".join(run))]
    # A run that repeats itself may be found one turn earlier.
    assert any(low <= inside[0][0] < high for low, high in found)
    # What is found begins and ends with whole words.
    assert {low for low, _ in found} <= {low for low, _ in letters}
    assert {high for _, high in found} <= {high for _, high in letters}


@given(st.text(max_size=30))
def test_any_phrase_makes_a_pattern_that_finds_it(phrase: str) -> None:
    found = phrase_pattern(phrase).search(phrase)
    if re.search(r"[^\W_]", phrase):
        assert found
        assert found.group() in phrase


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("Which note mentions Marsh?", "note"),
        ("What does note 3 say?", "note"),
        ("Which footnote cites Ash?", "note"),
        ("Is there an endnote on guns?", "note"),
        ("Is there a note on guns?", "note"),
        ("What do the notes say about guns?", "note"),
        ("What is said in a note?", "note"),
        ("What does the essay note about guns?", None),
        ("What does the author note that Marsh says?", None),
        ("What does Marsh note on page 844?", None),
        ("Who takes note of the fog?", None),
        ("On what note does the essay end?", None),
        ("Which quotation mentions the bell?", "blockquote"),
        ("Which block quotation is about fog?", "blockquote"),
        ("Show the block quote on fog", "blockquote"),
        ("What does the long quotation from Ash say?", "blockquote"),
        ("What does the author quote from Ash?", None),
        ("Who quotes Ash at length?", None),
        ("Who says “in the quotation”?", None),
        ("Who lit the lamp?", None),
        ("", None),
    ],
)
def test_the_kind_of_passage_that_a_question_asks_for(question: str, wanted: str | None) -> None:
    assert Question(question).kind_asked == wanted


@pytest.mark.parametrize(
    "question", ["Who says “in a note”?", "Where is the passage that notes that fog deadens sound?"]
)
def test_no_note_is_asked_for_in_a_phrase_or_by_a_verb(question: str) -> None:
    assert Question(question).kind_asked is None


HEADINGS = {"The Keepers", "Fog and the Bell", "Conclusion: After the Lamp", "Notes on Oil"}


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("What does the section on the keepers say?", "The Keepers"),
        ("What does the section about fog say?", "Fog and the Bell"),
        ("What is in the part called “Fog and the Bell”?", "Fog and the Bell"),
        ("What does “the keepers” hold?", "The Keepers"),
        ("What is in 'Fog and the Bell'?", "Fog and the Bell"),
        ("What is in “CONCLUSION – after the lamp”?", "Conclusion: After the Lamp"),
        # Words of a heading name no section unless the question asks for one.
        ("What do the keepers say?", None),
        ("What do fog and bell say?", None),
        ("What does the section on zebras say?", None),
        # Two headings named alike are none.
        ("What does the section on keepers, fog and bell say?", None),
        ("", None),
    ],
)
def test_the_heading_that_a_question_names(question: str, wanted: str | None) -> None:
    assert Question(question).heading_named(HEADINGS) == wanted


@pytest.mark.parametrize("headings", [set(), {""}, {"—"}, {"Of the"}])
def test_headings_without_words_are_never_named(headings: set[str]) -> None:
    assert Question("What does the section on fog say? And “”, “—”?").heading_named(headings) is None


def test_a_word_that_does_not_name_the_section_names_none() -> None:
    assert Question("In the part about storms, who are the keepers?").heading_named(HEADINGS) is None


def test_a_question_is_made_readable() -> None:
    assert readable("Who is Łódź’s 🜁?") == "Who is Łódź’s 🜁?"
    assert readable("Who is \udcff?") == "Who is ??"


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        (
            "Who lit Marsh’s well-known lamp, in 1847?",
            ["Who", "lit", "Marsh’s", "well-known", "lamp", "in", "1847"],
        ),
        ("the keepers' (oil)", ["the", "keepers", "oil"]),
        ("?! — …", []),
        ("", []),
    ],
)
def test_the_words_of_a_question(question: str, wanted: list[str]) -> None:
    assert [question[start:end] for start, end in Question(question).words] == wanted

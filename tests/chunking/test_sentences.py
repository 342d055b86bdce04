"""Sentences end where a reader would end them: the unit that is highlighted and cited."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.chunking.sentences import split_sentences

# Each case is the list of a text's sentences, which a space parts in the text.
CASES = {
    "initials": ["The essay quotes W. E. B. Du Bois twice.", "It does not quote him again."],
    "initial and surname": ["A letter from J. Marsh was found.", "Nobody had opened it."],
    "initial that ends a sentence": ["We know her only as Kathy H.", "I'm told that this is enough."],
    "pronoun at the end": ["So did I.", "The others waited at the gate."],
    "ellipsis of three dots": ["The keeper wrote of wind . . . Rain came later in his book.", "It was thin."],
    "ellipsis inside": ["She left . . . and nobody saw where she went.", "The door stood open."],
    "ellipsis of four dots": ["The keeper wrote of wind. . . .", "Rain came later in his book."],
    "closed up ellipsis of four dots": ["The keeper wrote of wind....", "Rain came later in his book."],
    "ellipsis character": ["He wrote … And then he stopped.", "The pen lay there."],
    "citation behind a quotation": ['He calls the sea "a grey wall" (Marsh 12).', "Nobody else does."],
    "citation behind a stop in quotation marks": ['He asks "Who is there?" (12).', "Nobody replies."],
    "citation behind a block quotation": ["The light went out at last. (Marsh 144)"],
    "citation in the midst of a block quotation": ["The light went out. (144)", "Then it was lit again."],
    "number in brackets": ["The tower is old [143].", "Its lamp is new."],
    "bracketed opening": ["The tower was sold.", "[I]ts lamp was not."],
    "junior": ["Martin Luther King Jr. Day falls in January.", "The library is closed."],
    "junior inside": ["Henry Louis Gates, Jr. has written on it.", "So have others."],
    "junior at the end": ["The book is by Thomas Marsh Jr.", "He never saw it printed."],
    "et alii": ["The tests of Marsh et al. Nobody has repeated."],
    "et alii inside": ["As Marsh et al. have shown, salt spoils the lens.", "It must be wiped."],
    "pages": ["The passage stands on pp. 3 and 4 of the log.", "It was torn out."],
    "page": ["See p. 12 for the drawing.", "It is not to scale."],
    "volume and number": ["It came out in vol. 3, no. 4 of the journal.", "Few read it."],
    "question mark in quotation marks": ['"Who lit it?" she asked.', "He said nothing."],
    "question mark that ends a sentence": ['He asked, "Who lit it?"', "She did not know."],
    "exclamation mark in quotation marks": ['"Land!" cried the boy, and was wrong.', "It was fog."],
    "curly quotation marks": ["He wrote, “The oil is low.”", "“So am I,” he added.", "Then he slept."],
    "single curly quotation marks": ["He wrote ‘the oil is low.’", "That was in March."],
    "nested quotation marks": ["“She said, ‘Come in.’”", "“I did not.”"],
    "sentence in brackets": ["The lamp was lit.", "(Nobody knows by whom.)", "It burned all night."],
    "brackets inside": ["The lamp (was it lit?) could be seen.", "It burned all night."],
    "abbreviation at the end": ["They sold oil, rope, tar, etc.", "The shop did well."],
    "abbreviation inside": ["Rope, tar, etc. were sold there.", "The shop did well."],
    "for example": ["Some lamps, e.g. Argand lamps, need a chimney.", "Others do not."],
    "country at the end": ["The lens was sent to the U.S.", "It never came back."],
    "country inside": ["The U.S. Lighthouse Board bought it.", "It never came back."],
    "titles": ["Dr. Marsh met Mrs. Oakhurst and St. John there.", "They spoke of salt."],
    "decimals": ["The lens weighs 3.5 tons.", "It floats on mercury."],
    "number at the end": ["The log ends in 1847.", "Its keeper did not."],
    "number at the beginning": ["The log is short.", "12 pages are left of it."],
    "question and exclamation": ["Was it lit?!", "Nobody knew."],
    "accents": ["The lamp went out.", "Émile lit it again."],
    "non-Latin capitals": ["Лампа погасла.", "Её зажгли снова."],
    "no full stop": ["A heading without one"],
}  # fmt: skip


@pytest.mark.parametrize("sentences", CASES.values(), ids=CASES.keys())
def test_sentences(sentences: list[str]) -> None:
    text = " ".join(sentences)
    assert [text[start:end] for start, end in split_sentences(text)] == sentences


def test_note_number_is_no_part_of_the_first_sentence() -> None:
    text = "1. The log was rebound in 1901. Two leaves were lost."
    assert [text[start:end] for start, end in split_sentences(text, 3)] == [
        "The log was rebound in 1901.",
        "Two leaves were lost.",
    ]


def test_nothing_printed_has_no_sentence() -> None:
    assert split_sentences("") == ()
    assert split_sentences("1. ", 3) == ()


WORDS = (
    "The",
    "tide",
    "J.",
    "etc.",
    "et al.",
    ". . .",
    "“So?”",
    "(12).",
    "(Marsh 3)",
    "[4]",
    "p.",
    "3.5",
    "end.",
    "!",
    "’",
)


@settings(deadline=None, max_examples=200)
@given(
    text=st.one_of(
        st.lists(st.sampled_from(WORDS), min_size=1, max_size=30).map(" ".join),
        st.text(min_size=1, max_size=80).map(lambda text: " ".join(text.split())),
    )
)
def test_sentences_cover_all_that_is_printed(text: str) -> None:
    spans = split_sentences(text)
    assert all(start < end for start, end in spans)
    assert all(end <= start for (_, end), (start, _) in pairwise(spans))
    assert all(text[start:end] == text[start:end].strip() for start, end in spans)
    assert "".join("".join(text[start:end].split()) for start, end in spans) == "".join(text.split())

"""Everyday wordings are searched as an essay would put them; words and notes that discuss come first."""

from __future__ import annotations

import pytest
from handmade_essays import essay, finder_of, order, passage

from assistant.core.essay import NoteMark
from assistant.retrieval.discussed import discussions
from assistant.retrieval.questions import Question, phrase_pattern
from assistant.retrieval.wording import asks_for_qualification, plainly_put


@pytest.mark.parametrize(
    ("asked", "searched"),
    [
        ("What does Madame look like?", "How is Madame described?"),
        ("what did Ramelli's wheel look like", "How is Ramelli's wheel described?"),
        ("What is the keeper like to look at?", "How is the keeper described?"),
        ("How does the novel end?", "at the end of the novel"),
        (
            "How does the story of Augustine and his friend end?",
            "at the end of the story of Augustine and his friend",
        ),
        ("How did the film open?", "at the beginning of the film"),
        # The essay itself is looked up by its structure; other questions say what they ask.
        ("How does the essay end?", None),
        ("How does it end?", None),
        ("What does it look like?", None),
        ("Why does the novel end as it does?", None),
        ("What would a fair trial look like, and who says so?", None),
        ("Who looks like Kathy?", None),
    ],
)
def test_everyday_wordings(asked: str, searched: str | None) -> None:
    assert plainly_put(Question.of(asked)).text == (searched or asked)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Is there any critic who disagrees?", True),
        ("Was Langton the first?", True),
        ("Who else says so?", True),
        ("What does Langton say?", False),
        ("Where is “the only lamp”?", False),
    ],
)
def test_what_asks_for_a_qualification(question: str, expected: bool) -> None:  # noqa: FBT001 - a parameter
    assert asks_for_qualification(Question.of(question)) is expected


def discussed(*texts: str) -> list[float]:
    """What the passages' scores rise by for discussing the word "slip"."""
    pattern = phrase_pattern("slip")
    coast = essay(*(passage(f"coast/p{number}", text) for number, text in enumerate(texts)))
    return [round(addition, 2) for addition in discussions(pattern, coast.passages).values()]


def test_a_word_is_discussed_where_it_is_defined_marked_or_repeated() -> None:
    assert discussed("The slip lay there.", "A slip is a note.", "Such a note is called a slip.") == [
        0,
        0.12,
        0.06,
    ]
    assert discussed("His “slip” lay there.", "A slip. Mark wrote.") == [0.03, 0]
    assert discussed("Slip upon slip upon slip.", "No slip.") == [0.04, 0]


def test_the_passage_that_discusses_a_quoted_word_comes_first() -> None:
    finder = finder_of(
        essay(
            passage("coast/p01", "The slip of the keeper lay in the tower."),
            passage("coast/p02", "Mary wrote that a slip is a line cut out of a longer letter."),
            passage("coast/p03", "Another slip of paper was lost."),
        )
    )
    assert order(finder.find(Question.of("What is a “slip”?")))[0] == "coast/p02"


def test_the_note_to_the_first_passage_rises() -> None:
    note = passage("coast/n1", "Fishermen at the harbour disagree.", "note")
    mark = NoteMark("1", 10, "coast/n1")
    texts = {
        "coast/p01": "The keeper lit the lamp every night.",
        "coast/p02": "Every night they sailed.",
        "coast/p03": "Letters came by boat.",
    }

    def place_of_note(notes: tuple[NoteMark, ...]) -> int:
        first, *others = (
            passage(name, text, notes=notes if name == "coast/p01" else ()) for name, text in texts.items()
        )
        ranking = finder_of(essay(first, *others, note)).find(Question.of("Who lit the lamp every night?"))
        assert order(ranking)[0] == "coast/p01"
        return order(ranking).index("coast/n1")

    assert place_of_note((mark,)) == 1
    assert place_of_note(()) > 1

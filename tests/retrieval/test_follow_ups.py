"""Follow-ups: what is read for them, which passages they prefer, and which questions stand alone."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from essay_library import SAMPLE
from handmade_essays import finder_of, order, paragraphs
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.core.essay import Passage
from assistant.library.library import Library
from assistant.retrieval.conversations import Conversations
from assistant.retrieval.finder import Finder
from assistant.retrieval.follow_ups import Turn, understood
from assistant.retrieval.models.loading import default_loader
from assistant.retrieval.names import Names
from assistant.retrieval.questions import Question

ROOT = Path(__file__).resolve().parent.parent.parent
DIALOGUES = ROOT / "data" / "dialogues"

COAST = paragraphs(
    {
        "coast/p01": "At the Point, Ann Marsh kept the lamp. She wrote that oil was dear. "
        "Her brother was away.",
        "coast/p02": "In her diary Marsh says that the pilot, Tom Gray, feared fog. He steered by the bell.",
        "coast/p03": "Critics differ. As Ruth Cole argues, towers are lonely; so does John Fane, "
        "who never saw one.",
        "coast/p04": "The harbour at Leith was dredged in 1840, and again when Gray had left it.",
    }
)
NAMES = Names(COAST.passages)


def passage(number: int) -> Passage:
    return COAST.passages[number - 1]


def turn(question: str, number: int, *words: str) -> Turn:
    """An earlier question, the passage shown for it, and its sentences that have one of some words."""
    shown = passage(number)
    spans = [span for span in shown.sentences if any(word in shown.text[slice(*span)] for word in words)]
    return Turn(Question(question), (shown,), tuple(spans))


def read(text: str, *turns: Turn) -> str:
    return understood(text, turns, NAMES).read_as


KEPT = turn("Who kept the lamp?", 1, "Marsh")
FEARED = turn("What does Marsh say of the pilot?", 2, "Gray")
LONELY = turn("Which critics call towers lonely?", 3, "Cole", "Fane")


def test_a_new_name_after_a_turn_that_names_nobody_is_asked_what_the_named_one_was() -> None:
    why = Turn(understood("Why?", [FEARED], NAMES), (passage(2),))
    assert read("And what about Gray?", FEARED, why) == "What does Gray say of the pilot?"
    assert read("No, I meant Gray.", FEARED, why) == "What does Gray say of the pilot?"
    # A question between that stands alone is the one that is gone on from.
    alone = turn("How lonely are towers?", 3)
    assert read("And Gray?", FEARED, alone) == "How lonely are towers? Gray?"


@pytest.mark.parametrize(
    ("text", "turns", "wanted"),
    [
        # Somebody who was shown, not asked about.
        ("What did she write?", [KEPT], "Who kept the lamp? What did Ann Marsh write?"),
        # Of two, the one whom the pronoun fits.
        ("What did he fear?", [FEARED], "What does Marsh say of the pilot? What did Tom Gray fear?"),
        ("Where was her brother?", [KEPT], "Who kept the lamp? Where was Ann Marsh’s brother?"),
        ("Why did she write about him?", [KEPT, FEARED], "Why did Marsh write about Tom Gray?"),
        # Somebody two turns back.
        (
            "And what did she pay for oil?",
            [KEPT, turn("When was Leith dredged?", 4, "1840")],
            "Ann Marsh pay",
        ),
        # A thing is said by the question before.
        ("Was it ever lit?", [KEPT], "Who kept the lamp? Was it ever lit?"),
        # Bare.
        ("Why?", [KEPT], "Who kept the lamp? Why?"),
        ("Who disagrees?", [LONELY], "Which critics call towers lonely? Who disagrees?"),
        # A new name in the question before.
        ("And Gray?", [FEARED], "What does Gray say of the pilot?"),
        ("what about fane?", [FEARED], "What does fane say of the pilot?"),
        ("And oil?", [KEPT], "Who kept the lamp? Oil?"),
        ("What about at Leith?", [FEARED], "What does Marsh say of the pilot? At Leith?"),
        # Counted.
        ("What does the second critic say?", [LONELY], "What does John Fane say?"),
        ("And the former?", [LONELY], "Ruth Cole"),
        # Somebody by what he is.
        (
            "What else does that critic say?",
            [turn("What does Fane argue?", 3, "Fane")],
            "What else does Fane say?",
        ),
        # Taken back.
        ("No, I meant Gray.", [FEARED], "What does Gray say of the pilot?"),
    ],
)
def test_what_a_follow_up_is_read_as(text: str, turns: list[Turn], wanted: str) -> None:
    assert wanted in read(text, *turns)


@pytest.mark.parametrize(
    "text",
    [
        "When was Leith dredged?",
        "And when was the harbour at Leith dredged?",
        "What does Fane argue?",
        "But which towers are lonely according to critics?",
        "Who paid for the oil of the lamp?",
    ],
)
def test_a_question_that_stands_alone_is_read_as_it_is(text: str) -> None:
    assert understood(text, [KEPT, FEARED], NAMES) == Question(text)
    assert finder_of(COAST).understood(text, ["Who kept the lamp?"]) == Question(text)


def test_without_earlier_questions_nothing_is_read_into_one() -> None:
    finder = finder_of(COAST)
    assert finder.understood("Why did she?") == Question("Why did she?")
    assert finder.understood("Why did she?", ["", "  "]) == Question("Why did she?")


def test_the_place_that_an_earlier_question_asked_for_is_not_asked_for_again() -> None:
    earlier = turn("What stands on page 12?", 2, "Gray")
    assert "12" not in read("And what of the pilot’s fear?", earlier)
    assert read("Why?", earlier) == "What stands on page 12? Why?"


def test_what_an_earlier_question_quoted_is_not_looked_for_again() -> None:
    earlier = turn("Who says “oil was dear”?", 1, "oil")
    assert understood("Where was her brother?", [earlier], NAMES).quoted_phrases == []
    assert understood("Why?", [earlier], NAMES).quoted_phrases == ["oil was dear"]


def test_passages_shown_before_step_back_where_others_are_asked_for() -> None:
    finder = finder_of(COAST)
    first = order(finder.find(finder.understood("Where does Gray occur?"), fast=True))[0]
    again = finder.understood("Where else does he occur?", ["Where does Gray occur?"])
    assert again.follows is not None
    assert again.follows.seeks == "others"
    assert order(finder.find(again, fast=True)).index(first) == 2


def test_a_typo_of_an_earlier_question_is_not_carried_along() -> None:
    def corrected(question: Question) -> Question:
        return Question(question.text.replace("lampp", "lamp"))

    essays = {COAST.id: COAST}
    passages = {each.id: each for each in COAST.passages}
    conversations = Conversations(essays, passages, corrected, lambda _question, _among: ([], ()))
    assert conversations.understood("Why?", ["Who kept the lampp?"]).text == "Who kept the lamp? Why?"


_WORDS = re.compile(r"[^\W_]+")
_TURNS = st.lists(
    st.sampled_from(
        [
            "Who kept the lamp?",
            "And Gray?",
            "Why?",
            "What does the second critic say?",
            "No, I meant Fane.",
            "Where was her brother?",
            "Did he ever see it again?",
            "And what about fog?",
            "Who else?",
            "What stands on page 3?",
            "the former",
            "When was Leith dredged?",
            "and for that",
            "",
        ]
    ),
    min_size=1,
    max_size=6,
)
_FINDER = finder_of(COAST)
_ESSAY = {word.casefold() for each in COAST.passages for word in _WORDS.findall(each.text)}


@settings(max_examples=60, deadline=None)
@given(_TURNS)
def test_every_word_that_is_read_is_of_the_conversation_or_the_essay(turns: list[str]) -> None:
    *history, text = turns
    said = {word.casefold() for each in turns for word in _WORDS.findall(each)}
    # A possessive ending is added to a name where "his" or "her" is taken away.
    words = {word.casefold() for word in _WORDS.findall(_FINDER.understood(text, history).read_as)}
    assert words <= said | _ESSAY | {"s"}


@pytest.mark.parametrize("name", ["gill-2014", "sample"])
def test_the_dialogues_are_whole(name: str) -> None:
    lines = (DIALOGUES / name / "queries.jsonl").read_text("utf-8").splitlines()
    dialogues: dict[str, list[str]] = {}
    for question in map(json.loads, lines):
        earlier = dialogues.setdefault(question["dialogue"], [])
        assert question.get("history", []) == earlier
        assert question["_id"].startswith(f"{question['half']}-{question['dialogue']}.")
        earlier.append(question["text"])
    assert all(3 <= len(turns) <= 4 for turns in dialogues.values())


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Finder:
    library = Library(tmp_path_factory.mktemp("sample"), load_encoder=default_loader)
    library.add(SAMPLE)
    return library.finder()


@pytest.mark.real_model
@pytest.mark.parametrize(
    ("turns", "wanted"),
    [
        (
            [
                "Who cut the Gospels up into numbered sections?",
                "And who is credited with the chapters of the Bible?",
            ],
            "p08",
        ),
        (["What did Aldus number?", "No, I meant Bekker."], "p16"),
        (["Which philosopher was unhappy with the verses in Paul's letters?", "Why?"], "p11"),
        (["How does Augustine mark the place in his book?", "Do he and his friend come up again?"], "p32"),
        (["And who is credited with the chapters of the Bible?", "How much of it was his own work?"], "p08"),
        (["What does Swift say about indexes?", "And Pope?"], "p23"),
    ],
)
def test_the_sample_answers_follow_ups(sample: Finder, turns: list[str], wanted: str) -> None:
    *history, text = turns
    assert order(sample.find(sample.understood(text, history), fast=True))[0] == f"sample/{wanted}"


@pytest.mark.parametrize(
    ("text", "before", "expected"),
    [
        # The essay's author is not named in it, and is not the one who is replaced.
        ("And Gray?", "What does Hale say about Marsh?", "What does Hale say about Gray?"),
        ("What about Gray?", "What does Hale say about Marsh?", "What does Hale say about Gray?"),
        ("And what about Fane?", "What does Marsh say about Gray?", "What does Marsh say about Fane?"),
        ("And Cole?", "What does Marsh say about fog?", "What does Cole say about fog?"),
        ("And Cole?", "What does Hale argue?", "What does Cole argue?"),
    ],
)
def test_a_new_name_takes_the_place_of_its_counterpart(text: str, before: str, expected: str) -> None:
    assert read(text, turn(before, 2, "Gray")) == expected

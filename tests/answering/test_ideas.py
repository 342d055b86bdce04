"""A paragraph of a draft: which are its ideas, what is found for each, and what is said of it."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import pytest
from essay_library import ROOT, SAMPLE
from handmade_essays import COAST, Halving, finder_of
from hypothesis import given
from hypothesis import strategies as st

from assistant.answering.answer import TOP_OF_PARAGRAPH, Answerer
from assistant.answering.ideas import (
    CUT_PARAGRAPH,
    MOST_PARAGRAPH_CHARACTERS,
    ideas_of,
    remark_of_ideas,
    searched_text,
    verdict_of_ideas,
)
from assistant.attribution.voices import LibraryVoices
from assistant.citations.styles import style_named
from assistant.core.answer import Answer, AnswerVerdict, Idea
from assistant.library.library import Library
from assistant.retrieval.models.loading import default_loader

# Eight words that say something, so that the text is long enough to be a paragraph.
FILLER = " The keeper wrote grey letters about the harbour."
LONG = FILLER * 6
TWO_CLAUSES = (
    "The lamp of the old tower failed twice in the storm of that long winter, but the keeper rowed out alone "
    "every night to warn the herring boats; nobody thanked him."
)


def texts(paragraph: str) -> list[str]:
    return [paragraph[idea.start : idea.end] for idea in ideas_of(paragraph)]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("However, and more importantly, the lamp failed twice.", ["the lamp failed twice."]),
        ("On the other hand, the fog lifted early.", ["the fog lifted early."]),
        ("Let me now turn to a second point.", []),
        ("There is, however, more to say.", []),
        ("So much for George.", []),
        ("I now come to my conclusion.", []),
        ("“Fog came,” she wrote (Marsh 12).", ["“Fog came,” she wrote (Marsh 12)."]),
        (
            TWO_CLAUSES,
            [
                "The lamp of the old tower failed twice in the storm of that long winter",
                "the keeper rowed out alone every night to warn the herring boats; nobody thanked him.",
            ],
        ),
    ],
)
def test_ideas_are_sentences_and_clauses_of_content(sentence: str, expected: list[str]) -> None:
    assert texts(sentence + LONG)[: len(expected)] == expected
    assert len(texts(sentence + LONG)) == (len(expected) + 1 if expected else 0) or expected


def test_sentences_are_counted_with_those_that_are_left_out_and_a_repeated_one_is_one_idea() -> None:
    paragraph = "The lamp failed twice. Consider the following.\n\nFog came to the bay" + "." + LONG
    assert [idea.sentence for idea in ideas_of(paragraph)] == [1, 3, 4]


@pytest.mark.parametrize(
    "text",
    [
        "Who numbered the leaves? Who lit the lamp?",
        "The keeper wrote letters. " * 2,
        FILLER * 20,
        "word " * 200,
        "",
    ],
)
def test_a_question_or_a_single_idea_is_no_paragraph(text: str) -> None:
    assert ideas_of(text) == []


@given(st.text(alphabet='abc .,;:?!()“”"—\n12', max_size=400))
def test_ideas_are_slices_in_order(text: str) -> None:
    paragraph = text + LONG + " Fog came to the bay."
    ideas = ideas_of(paragraph)
    assert all(low.end <= high.start for low, high in pairwise(ideas))
    assert all(0 <= idea.start < idea.end <= len(paragraph) for idea in ideas)
    assert [idea.sentence for idea in ideas] == sorted(idea.sentence for idea in ideas)


@pytest.mark.parametrize(
    ("idea", "searched"),
    [
        ("She dims “the old lamp” (Marsh 12).", f"She dims “the old lamp” {' ' * 10}."),
        ("A “possible” fog (at last).", "A  possible  fog (at last)."),
    ],
)
def test_citations_and_marks_of_single_words_are_not_searched(idea: str, searched: str) -> None:
    assert searched_text(idea) == searched


def idea_of(sentence: int, verdict: AnswerVerdict) -> Idea:
    return Idea(start=0, end=1, text="x", sentence=sentence, verdict=verdict, passages=())


def test_what_is_said_of_a_paragraph() -> None:
    ideas = [
        idea_of(1, "answers"),
        idea_of(1, "none"),
        idea_of(2, "near"),
        idea_of(4, "none"),
        idea_of(5, "none"),
    ]
    assert remark_of_ideas("x", ideas) == (
        "Looked up sentence by sentence: passages bear on sentence 1; some come near sentence 2 without "
        "saying it outright; nothing seems to bear on sentences 4 and 5."
    )
    assert verdict_of_ideas(ideas) == "near"
    assert verdict_of_ideas(ideas[:3]) == "answers"
    assert verdict_of_ideas(ideas[3:]) == "none"
    assert remark_of_ideas("x" * (MOST_PARAGRAPH_CHARACTERS + 1), ideas).endswith(CUT_PARAGRAPH)


def answers_to(paragraph: str, **options: Any) -> list[Answer]:
    finder = finder_of(COAST, encoder=Halving(paragraph))
    arguments: dict[str, Any] = {
        "top": None,
        "essays": (),
        "style": style_named("mla", []),
        "history": ["Who is he?"],
    }
    return list(Answerer(finder, LibraryVoices(finder.essays)).answers(paragraph, **{**arguments, **options}))


def test_passages_met_and_ideas_agree() -> None:
    paragraph = "Kathy wrote a diary. " + LONG + " Fog came to the bay."
    for answer in answers_to(paragraph):
        assert [answer.question[idea.start : idea.end] for idea in answer.ideas] == texts(paragraph)
        assert len(answer.hits) <= TOP_OF_PARAGRAPH
        for hit in answer.hits:
            met = [number for number, idea in enumerate(answer.ideas) if hit.passage.id in idea.passages]
            assert list(hit.meets) == met
            assert all(hit.passage.text[mark.start : mark.end] == mark.text for mark in hit.highlights)
        assert all((idea.verdict == "none") == (not idea.passages) for idea in answer.ideas)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Library:
    library = Library(tmp_path_factory.mktemp("sample"), load_encoder=default_loader)
    library.add(SAMPLE)
    return library


@pytest.mark.real_model
def test_evidence_is_found_for_each_sentence_of_a_draft(sample: Library) -> None:
    lines = (ROOT / "data" / "eval" / "sample" / "paragraphs.jsonl").read_text("utf-8").splitlines()
    paragraph = next(entry for entry in map(json.loads, lines) if entry["_id"] == "s2")
    foreign = " The striker scored three goals in the second half of the cup final."
    answer = sample.ask(paragraph["text"] + foreign)
    assert answer.hits[0].passage.id in {"sample/p13", "sample/p14"}
    named = {
        number: {passage for idea in answer.ideas if idea.sentence == number for passage in idea.passages}
        for number in range(1, 8)
    }
    assert "sample/p13" in named[3]
    assert "sample/p14" in named[4]
    assert "sample/p14" in named[5]
    assert named[7] == set()
    assert "nothing seems to bear on" in answer.remark

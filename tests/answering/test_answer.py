"""From a question to its answer: what counts in it, what came before it, and what is noted about it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from essay_library import loader, sample_library
from fake_models import FakeEncoder
from handmade_essays import COAST, TEXTS, Halving, finder_of

from assistant.answering.answer import CUT, NO_WORDS, Answerer
from assistant.attribution.voices import LibraryVoices
from assistant.citations.styles import style_named
from assistant.library.adding import essay_of_passages
from assistant.library.library import Library
from assistant.retrieval.finder import Finder
from assistant.retrieval.index.index import build_index
from assistant.retrieval.questions import MOST_QUESTION_CHARACTERS, Question


def test_a_name_that_the_essay_speaks_of_counts() -> None:
    encoder = FakeEncoder()
    essay = essay_of_passages("coast", "Coast", {"p01": "Marsh lit the lamp.", "p02": "Fog came."})
    essay = replace(essay, reference={"title": "Coast", "author": [{"family": "Marsh", "given": "Ada"}]})
    finder = Finder(build_index(essay.passages, {}, encoder), encoder, {"coast": essay})
    assert finder.find(Question("Marsh lamp")).weights.tolist() == pytest.approx([0.5, 0.5])


def test_earlier_questions_of_any_length_and_bytes_are_read(tmp_path: Path) -> None:
    long = "Who numbered the leaves? " * 1_000
    assert (
        Library(sample_library(tmp_path / "shelf"), load_encoder=loader(FakeEncoder()))
        .ask("And why?", history=["Who is \udcff?", long])
        .hits
    )


KNOWN = " ".join(TEXTS.values()).replace("Kathy’s", "") + " where is who"


@pytest.mark.parametrize(
    ("question", "note"),
    [
        ("Where is Kahty’s diary?", "Read “Kahty” as “Kathy”."),
        ("Where is Kahty’s diayr?", "Read “Kahty” as “Kathy”; “diayr” as “diary”."),
        ("Where is Kathy’s diary?", ""),
        ("?!", NO_WORDS),
        ("Who is it?", NO_WORDS),
        ("Where is “so it is”?", NO_WORDS),
        # A phrase of function words only can be looked for.
        ("Where is “says so”?", ""),
        (f"Where is Kahty’s diary? {'Who is it? ' * MOST_QUESTION_CHARACTERS}", CUT),
    ],
)
def test_what_is_noted_about_a_question(question: str, note: str) -> None:
    finder = finder_of(COAST, encoder=Halving(KNOWN))
    answers = Answerer(finder, LibraryVoices(finder.essays)).answers(
        question, top=3, essays=(), style=style_named("mla", []), history=()
    )
    for answer in answers:
        assert (answer.question, answer.remark) == (question, note)
        assert answer.answered <= (note != NO_WORDS)

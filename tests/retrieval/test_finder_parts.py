"""What a question names of an essay, its sections, parts, notes and quotations; slips are mended."""

from __future__ import annotations

import pytest
from fake_models import FakeEncoder
from handmade_essays import (
    COAST,
    TEXTS,
    Halving,
    essay,
    finder_of,
    marked,
    order,
    paragraphs,
    passage,
    scores,
    two,
)

from assistant.retrieval import ranking as ranks
from assistant.retrieval.confidence import ANSWERS
from assistant.retrieval.questions import Question

# Sections.


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("What does the section on the lamp say of Kathy?", {"coast/p02", "coast/p03"}),
        ("What is in “Fog at Sea”?", {"coast/p04"}),
        ("What does the chapter about moors say?", set(TEXTS)),
        ("What do lamp and fog do at sea?", set(TEXTS)),
    ],
)
def test_a_section_that_is_named_is_the_one_searched(question: str, wanted: set[str]) -> None:
    assert set(order(finder_of(COAST).find(Question(question)))) == wanted


def test_a_section_is_named_among_what_is_searched() -> None:
    ranking = finder_of(COAST).find(
        Question("What does the section on the lamp say?"), {"coast/p03", "coast/p04"}
    )
    assert order(ranking) == ["coast/p03"]


def test_who_asks_for_a_section_by_its_name_is_answered() -> None:
    assert finder_of(COAST).find(Question("What is in “Fog at Sea”?")).confidence == 1


def test_a_phrase_that_is_also_a_heading_is_found_elsewhere_too() -> None:
    texts = {"coast/p01": "Guns were first.", "coast/p02": "Nobody feared the bell then."}
    essay_with_headings = paragraphs(texts, sections=("The Bell", "Guns"))
    assert "coast/p02" in order(
        finder_of(essay_with_headings).find(Question("Where does the author say “the bell”?"))
    )


# The parts of the essay.


@pytest.mark.parametrize(
    ("question", "name", "wanted"),
    [
        ("What is this essay about?", "coast/p01", ["This essay argues that bells are kinder than guns."]),
        ("How is the essay organised?", "coast/p01", ["I begin with guns."]),
        (
            "How does the essay begin?",
            "coast/p01",
            ["This essay argues that bells are kinder than guns.", "I begin with guns."],
        ),
        ("What does the author conclude?", "coast/p05", ["In conclusion bells are kind.", "Let them ring."]),
    ],
)
def test_the_part_that_is_asked_for_comes_first(question: str, name: str, wanted: list[str]) -> None:
    finder = finder_of(COAST)
    ranking = finder.find(Question(question))
    assert order(ranking)[0] == name
    assert marked(finder, ranking, name) == wanted
    assert ranking.confidence >= ANSWERS


@pytest.mark.parametrize("question", ["What does Darwin conclude?", "How does the novel begin?"])
def test_other_beginnings_and_ends_are_ranked_by_likeness(question: str) -> None:
    ranking = finder_of(COAST).find(Question(question))
    assert ranking.spans == {}
    assert max(scores(ranking).values()) <= 1


def test_the_author_may_be_named_for_the_essay() -> None:
    record = {"title": "Coast", "author": [{"family": "Marsh", "given": "Ada"}]}
    finder = finder_of(essay(*COAST.passages, reference=record))
    assert order(finder.find(Question("What does Ada Marsh conclude?")))[0] == "coast/p05"
    assert finder.find(Question("What does Ash conclude?")).spans == {}


def test_a_part_of_a_section_is_looked_for_in_it() -> None:
    finder = finder_of(COAST)
    ranking = finder.find(Question("How does the section on fog begin?"))
    assert order(ranking) == ["coast/p04"]
    assert marked(finder, ranking, "coast/p04")[0] == "Fog came."


def test_what_only_its_place_tells_is_less_sure() -> None:
    plain = finder_of(
        paragraphs({f"coast/p{at}": f"Bells rang {at} times. So it went." for at in range(1, 9)})
    )
    announced = finder_of(COAST).find(Question("What is the thesis?"))
    assert plain.find(Question("What is the thesis?")).confidence < announced.confidence


def test_where_no_part_is_found_nothing_is_claimed() -> None:
    finder = finder_of(essay(passage("coast/b01", "No bell rang.", "blockquote")))
    assert finder.find(Question("What is the thesis?")).confidence < ANSWERS


def test_what_is_argued_about_a_phrase_is_found_where_the_phrase_is() -> None:
    assert (
        order(finder_of(COAST).find(Question("What does the author argue about “the lamp before dusk”?")))[0]
        == "coast/p02"
    )


def test_an_essay_begins_with_its_first_paragraph_in_a_large_library_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    texts = {f"coast/p{at:03}": f"Essay {at} how does it begin. Nothing else." for at in range(1, 200)}
    monkeypatch.setattr(ranks, "SCORE_ALL", 10)
    monkeypatch.setattr(ranks, "BY_VECTOR", 5)
    finder = finder_of(paragraphs({"coast/p000": "Guns. Bells.", **texts}))
    assert order(finder.find(Question("How does the essay begin?")))[0] == "coast/p000"


# Two essays.


def test_a_phrase_is_found_in_every_essay() -> None:
    ranking = finder_of(*two()).find(Question("Who says “lit the lamp before dusk”?"))
    assert set(order(ranking)[:2]) == {"coast/p02", "moor/p02"}
    assert set(ranking.spans) == {"coast/p02", "moor/p02"}


def test_a_section_is_found_in_every_essay_that_has_it() -> None:
    ranking = finder_of(*two()).find(Question("What does the section on the lamp say?"))
    assert set(order(ranking)) == {"coast/p02", "coast/p03", "moor/p02"}


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("How does the essay begin?", {"coast/p01", "moor/p01"}),
        ("How does it end?", {"coast/p05", "moor/p03"}),
    ],
)
def test_each_essay_has_its_own_part(question: str, wanted: set[str]) -> None:
    assert set(order(finder_of(*two()).find(Question(question)))[:2]) == wanted


def test_among_the_passages_of_one_essay_its_part_is_found() -> None:
    moor = {"moor/p01", "moor/p02", "moor/p03"}
    ranking = finder_of(*two()).find(Question("What does the author conclude?"), moor)
    assert order(ranking)[0] == "moor/p03"
    assert set(order(ranking)) == moor


def test_the_best_place_of_each_essay_comes_before_the_second_best() -> None:
    coast, moor = two()
    ranking = finder_of(moor, coast).find(Question("What is the thesis?"))
    assert set(order(ranking)[:2]) == {"moor/p01", "coast/p01"}


@pytest.mark.parametrize("question", ["What does Ash conclude?", "What is the conclusion of “Moor”?"])
def test_the_essay_that_is_named_comes_first(question: str) -> None:
    assert order(finder_of(*two()).find(Question(question)))[0] == "moor/p03"


# Kinds.

NOTED = essay(
    passage("coast/p01", "Marsh lists guns and their keepers."),
    passage("coast/n01", "On guns and keepers see Ash.", "note"),
    passage("coast/b01", "Of guns and keepers much.", "blockquote"),
)


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("Which note mentions guns and keepers?", "coast/n01"),
        ("Which quotation mentions guns and keepers?", "coast/b01"),
    ],
)
def test_of_passages_that_meet_a_question_alike_the_kind_asked_for_comes_first(
    question: str, wanted: str
) -> None:
    assert order(finder_of(NOTED).find(Question(question)))[0] == wanted


def test_a_paragraph_that_meets_the_question_far_better_stays_first() -> None:
    assert order(finder_of(NOTED).find(Question("Which note lists Marsh?")))[0] == "coast/p01"


def test_a_verb_asks_for_no_kind() -> None:
    noting, saying = (
        finder_of(NOTED).find(Question(f"What does Marsh {verb} about guns?")) for verb in ("note", "say")
    )
    assert max(scores(noting).values()) < 1
    assert order(noting)[0] == order(saying)[0] == "coast/p01"


# Typos.

KNOWN = " ".join(TEXTS.values()).replace("Kathy’s", "") + " who what is the diary of does say in a moor"


def test_a_typo_is_corrected_and_reported() -> None:
    ranking = finder_of(COAST, encoder=Halving(KNOWN)).find(Question("Where is Kahty’s diary?"))
    assert ranking.query.text == "Where is Kathy’s diary?"
    assert ranking.query.question.corrections == (("Kahty", "Kathy"),)
    assert order(ranking)[0] == "coast/p02"


def test_every_corrected_typo_is_reported() -> None:
    ranking = finder_of(COAST, encoder=Halving(KNOWN)).find(Question("Is Kahty’s diayr kinder?"))
    assert ranking.query.question.corrections == (("Kahty", "Kathy"), ("diayr", "diary"))


@pytest.mark.parametrize("question", ["Where is Kathy’s diary?", "Who is Cathy?", "Qwzyxv", ""])
def test_nothing_is_reported_if_nothing_is_corrected(question: str) -> None:
    ranking = finder_of(COAST, encoder=Halving(KNOWN)).find(Question(question))
    assert (ranking.query.text, ranking.query.question.corrections) == (question, ())


def test_a_word_that_the_model_knows_whole_is_no_typo() -> None:
    ranking = finder_of(COAST, encoder=FakeEncoder()).find(Question("Where is Kahty?"))
    assert (ranking.query.text, ranking.query.question.corrections) == ("Where is Kahty?", ())


def test_a_corrected_phrase_is_found() -> None:
    ranking = finder_of(COAST, encoder=Halving(KNOWN)).find(Question("Where is “Kahty’s diary”?"))
    assert (order(ranking)[0], ranking.confidence) == ("coast/p02", 1.0)

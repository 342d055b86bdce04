"""A page, a note, a paragraph or a sentence that a question names is looked up by its place."""

from __future__ import annotations

from dataclasses import replace

import pytest
from handmade_essays import essay, finder_of, marked, order, passage

from assistant.core.essay import NoteMark, PageStart, Passage, StoredEssay
from assistant.retrieval.finder import Finder
from assistant.retrieval.places import places_in, without_places
from assistant.retrieval.questions import Question


def on_pages(passage_: Passage, *pages: tuple[str, int]) -> Passage:
    """A passage printed on some pages, each with the offset at which it begins."""
    return replace(passage_, pages=tuple(PageStart(label, start) for label, start in pages))


def coast() -> StoredEssay:
    """Three pages, two sections, two notes, an epigraph."""
    return essay(
        on_pages(passage("coast/b01", "Ring, or be lost.", "blockquote"), ("49", 0)),
        on_pages(
            passage(
                "coast/p01",
                "Fog came. Nobody saw it.",
                section="On Fog",
                notes=(NoteMark("1", 9, "coast/n1"),),
            ),
            ("49", 0),
            ("50", 10),
        ),
        on_pages(
            passage("coast/p02", "Bells rang.", section="On Fog", notes=(NoteMark("2", 11, "coast/n2"),)),
            ("50", 0),
        ),
        on_pages(passage("coast/p03", "Oil burns. Lamps smoke.", section="Of Lamps"), ("50", 0), ("51", 11)),
        on_pages(passage("coast/p04", "Let them ring. So it ends.", section="Of Lamps"), ("51", 0)),
        on_pages(passage("coast/n1", "1. Marsh says so.", "note", section="Notes"), ("51", 0)),
        on_pages(passage("coast/n2", "2. Others doubt it.", "note", section="Notes"), ("51", 0)),
    )


@pytest.fixture
def finder() -> Finder:
    return finder_of(coast())


@pytest.mark.parametrize(
    ("question", "passages", "sentences"),
    [
        ("What stands on page 50?", ["p01", "p02", "p03"], ["Nobody saw it."]),
        ("page 50", ["p01", "p02", "p03"], ["Nobody saw it."]),
        ("What is printed on p. 51?", ["p03", "p04", "n1", "n2"], ["Lamps smoke."]),
        ("What does the essay say on pages 49-50?", ["b01", "p01", "p02", "p03"], ["Ring, or be lost."]),
        ("What is on pp. 50 to 51?", ["p01", "p02", "p03", "p04", "n1", "n2"], ["Nobody saw it."]),
        ("What is on the last page?", ["p03", "p04", "n1", "n2"], ["Lamps smoke."]),
        ("What does note 2 say?", ["n2"], ["2. Others doubt it."]),
        ("footnote one", ["n1"], ["1. Marsh says so."]),
        ("Show me the last note.", ["n2"], ["2. Others doubt it."]),
        ("What is the epigraph?", ["b01"], ["Ring, or be lost."]),
        ("What does the third paragraph say?", ["p03"], ["Oil burns.", "Lamps smoke."]),
        ("paragraph 2", ["p02"], ["Bells rang."]),
        ("the last paragraph", ["p04"], ["Let them ring.", "So it ends."]),
        ("What is the first paragraph of the section on lamps?", ["p03"], ["Oil burns.", "Lamps smoke."]),
        ("What is the first paragraph of “Of Lamps”?", ["p03"], ["Oil burns.", "Lamps smoke."]),
        ("What is the last paragraph of On Fog?", ["p02"], ["Bells rang."]),
        ("the last sentence", ["p04"], ["So it ends."]),
        ("What is the first sentence of the third paragraph?", ["p03"], ["Oil burns."]),
        ("What is the first sentence of note 2?", ["n2"], ["2. Others doubt it."]),
        ("the first sentence on page 50", ["p01"], ["Nobody saw it."]),
        ("I want to see the second paragraph on page 50.", ["p02"], ["Bells rang."]),
        ("What does section 2 say?", ["p03", "p04"], ["Oil burns."]),
        ("What does the first section say?", ["p01", "p02"], ["Fog came."]),
        ("What is the last section about?", ["p03", "p04"], ["Oil burns."]),
    ],
)
def test_a_place_is_looked_up(
    finder: Finder, question: str, passages: list[str], sentences: list[str]
) -> None:
    ranking = finder.find(Question(question))
    assert order(ranking)[: len(passages)] == [f"coast/{name}" for name in passages]
    # Everything else follows, so that no fewer passages are shown than are asked for.
    assert len(order(ranking)) == 7 or "section" in question or "“" in question
    assert marked(finder, ranking, f"coast/{passages[0]}") == sentences
    assert (ranking.basis, ranking.confidence, ranking.verdict) == ("place", 1.0, "answers")
    assert ranking.absence is None


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("What stands on page 850?", "The essay has no page 850; its pages are 49 to 51."),
        ("page 0", "The essay has no page 0; its pages are 49 to 51."),
        ("What is on page iv?", "The essay has no page iv; its pages are 49 to 51."),
        ("pages 50-52", "The essay has no page 52; its pages are 49 to 51."),
        ("What does note 12 say?", "The essay has no note 12; it has 2 notes."),
        ("paragraph 40", "The essay has no paragraph 40; it has 4 paragraphs."),
        ("What does section 9 say?", "The essay has no section 9; it has 2 sections."),
        ("What is the first sentence of note 40?", "There is no such sentence in that part of the essay."),
        (
            "What is the ninth paragraph of the section on lamps?",
            "There is no such paragraph in that part of the essay.",
        ),
    ],
)
def test_a_place_that_does_not_exist_is_said_not_to(finder: Finder, question: str, sentence: str) -> None:
    ranking = finder.find(Question(question))
    assert (ranking.basis, ranking.confidence, ranking.verdict) == ("place", 0.0, "none")
    assert ranking.absence is not None
    assert (ranking.absence.reason, ranking.absence.sentence) == ("no-such-place", sentence)
    # The nearest passages are shown all the same.
    assert ranking.ranked


def test_an_essay_without_pages_notes_or_epigraph_says_so() -> None:
    finder = finder_of(essay(passage("coast/p01", "Fog came.")))
    sentences = []
    for question in (
        "What stands on page 1?",
        "note 1",
        "the last note",
        "What is the epigraph?",
        "section 1",
    ):
        absence = finder.find(Question(question)).absence
        assert absence is not None
        sentences.append(absence.sentence)
    assert sentences == [
        "The essay shows no page numbers.",
        "The essay has no notes.",
        "The essay has no notes.",
        "No epigraph was found: no quotation stands before the essay’s first paragraph.",
        "The essay has no sections.",
    ]


def test_a_page_of_works_cited_is_not_said_to_be_missing() -> None:
    cited = on_pages(passage("coast/r01", "Ash, Ada. Fog. 1999.", "reference"), ("52", 0))
    finder = finder_of(essay(*coast().passages, cited))
    absence = finder.find(Question("page 52")).absence
    assert absence is not None
    assert absence.sentence == "No passage that questions search stands on page 52."


def test_where_more_is_asked_the_place_comes_first_and_likeness_decides(finder: Finder) -> None:
    ranking = finder.find(Question("What is said on page 51 about lamps that smoke?"))
    assert order(ranking)[0] == "coast/p03"
    assert set(order(ranking)[:4]) == {"coast/p03", "coast/p04", "coast/n1", "coast/n2"}
    assert (ranking.basis, ranking.query.text) == ("likeness", "What is said about lamps that smoke?")
    absent = finder.find(Question("What is said on page 99 about lamps that smoke?"))
    assert order(absent)[0] == "coast/p03"
    assert absent.absence is not None
    assert absent.absence.sentence == "The essay has no page 99; its pages are 49 to 51."
    assert absent.verdict != "answers"


@pytest.mark.parametrize(
    "question",
    [
        "What does page 12 of the Virgil say?",
        "Who rang on page 50 of the log?",
        "Who noted the bells?",
        "What is the first bell like?",
        "Does she note that two bells rang?",
        "What does the section on bells say of page numbers?",
        "Why does the author turn the page I gave him?",
    ],
)
def test_a_place_in_passing_is_no_place_to_look_up(finder: Finder, question: str) -> None:
    ranking = finder.find(Question(question))
    assert ranking.basis != "place"
    assert ranking.absence is None


def test_the_essay_that_is_named_is_the_one_looked_up_in() -> None:
    other = replace(
        essay(on_pages(passage("tower/p01", "Stones fell."), ("50", 0))),
        reference={"title": "Tower", "author": [{"family": "Marsh", "given": "Ada"}]},
    )
    finder = finder_of(coast(), other)
    assert order(finder.find(Question("What does Marsh say on page 50?")))[0] == "tower/p01"
    both = finder.find(Question("page 50"))
    assert set(order(both)[:4]) == {"coast/p01", "coast/p02", "coast/p03", "tower/p01"}
    absence = finder.find(Question("page 77")).absence
    assert absence is not None
    assert absence.sentence == "None of the 2 essays has such a page."
    among = finder.among(["tower"])
    assert order(finder.find(Question("page 50"), among)) == ["tower/p01"]


def test_notes_without_marks_are_counted() -> None:
    notes = essay(
        passage("coast/p01", "Fog came."),
        passage("coast/n1", "Marsh says so.", "note"),
        passage("coast/n2", "Others doubt it.", "note"),
    )
    assert order(finder_of(notes).find(Question("What does note 2 say?")))[0] == "coast/n2"


def test_places_are_read_from_words_and_figures() -> None:
    (place,) = places_in("What is on pp. 849–50?")
    assert (place.unit, place.first, place.last, place.within) == ("page", "849", "850", True)
    assert [place.unit for place in places_in("the last sentence of the second paragraph")] == [
        "sentence",
        "paragraph",
    ]
    assert places_in("Who turned the pages?") == []


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("What is said on page 51 about lamps?", "What is said about lamps?"),
        ("In note 3, who is cited on Paris?", " , who is cited on Paris?"),
        ("What stands on page 51?", "What stands on page 51?"),
        ("What is said on page 51 of the Virgil?", "What is said on page 51 of the Virgil?"),
    ],
)
def test_what_is_searched_is_the_question_without_its_place(text: str, wanted: str) -> None:
    assert without_places(Question(text)).text == wanted

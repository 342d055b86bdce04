"""Questions about an essay's own structure are known by their words and answered by place and phrase."""

from __future__ import annotations

import pytest
from handmade_essays import essay, paragraphs, passage

from assistant.core.essay import StoredEssay
from assistant.retrieval.questions import Question
from assistant.retrieval.structure import Part, StructureMatch, part_asked, structure_matches


@pytest.mark.parametrize(
    ("part", "question"),
    [
        ("thesis", "What is this essay about?"),
        ("thesis", "What is the essay's main argument?"),
        ("thesis", "What’s the essay’s main claim?"),
        ("thesis", "Summarise the essay"),
        ("thesis", "Summarize this paper in one sentence, please."),
        ("thesis", "What is the thesis?"),
        ("thesis", "What does the author argue?"),
        ("thesis", "What does the essay set out to show?"),
        ("thesis", "What is the purpose of the article?"),
        ("thesis", "What is the author's main point?"),
        ("thesis", "Give me the gist"),
        ("thesis", "What is the essay's central research question?"),
        ("plan", "How is the essay organised?"),
        ("plan", "How is this article structured?"),
        ("plan", "What is the plan of the essay?"),
        ("plan", "How is the argument about fog and bells organized?"),
        ("plan", "What are the parts of the essay?"),
        ("opening", "How does the essay begin?"),
        ("opening", "How does the author open the essay?"),
        ("opening", "Where does this paper start?"),
        ("opening", "What does the introduction say?"),
        ("opening", "What does the first paragraph say?"),
        ("opening", "What is the first sentence of the essay?"),
        ("conclusion", "What does the author conclude?"),
        ("conclusion", "What is the conclusion of the essay?"),
        ("conclusion", "How does the essay end?"),
        ("conclusion", "How does the writer sum up?"),
        ("conclusion", "What does the last paragraph say?"),
        ("conclusion", "What is the last sentence of the essay?"),
        ("announced end", "How does the essay say it will end?"),
        ("announced end", "What is the essay going to close with?"),
        ("announced end", "What does the author promise to look at last?"),
        ("announced end", "What does the introduction say about the conclusion?"),
        ("announced end", "What is planned for the final section?"),
    ],
)
def test_the_part_that_a_question_asks_for(part: Part, question: str) -> None:
    assert part_asked(Question(question)) == part


@pytest.mark.parametrize(
    "question",
    [
        # Others begin, end, argue and conclude besides the essay.
        "What does Darwin conclude?",
        "What does Darwin argue?",
        "How does the novel begin?",
        "How does the novel end?",
        "How is the novel structured?",
        "What is the novel about?",
        "Summarise the novel",
        # A matter of their own.
        "What is the essay about trees about?",
        "What does the author conclude about empathy?",
        "What is the argument about clones?",
        "Why does the author begin with Darwin?",
        "What is the point of the fog bell?",
        # Of the essay, but of none of these parts.
        "Who is the author?",
        "What is the essay called?",
        "When was the essay published?",
        "Who lit the lamp?",
        "",
        "?",
    ],
)
def test_questions_that_name_a_matter_of_their_own(question: str) -> None:
    assert part_asked(Question(question)) is None


@pytest.mark.parametrize("question", ["What does Marsh conclude?", "What is Marsh’s conclusion?"])
def test_the_authors_name_is_no_matter_of_its_own(question: str) -> None:
    assert part_asked(Question(question), {"marsh"}) == "conclusion"
    assert part_asked(Question(question)) is None


@pytest.mark.parametrize(
    "question",
    [
        "What does the essay argue about “moral progress”?",
        "What does the author conclude about 'the old lamp'?",
        "How does “The Old Lamp” begin?",
        "What is “Never Let Me Go” about?",
    ],
)
def test_a_quoted_phrase_is_a_matter_of_its_own(question: str) -> None:
    assert part_asked(Question(question)) is None


TEXTS = {
    "coast/p01": "Fog is old. Ships fear it. Few have asked why.",
    "coast/p02": "This essay argues that bells are kinder than guns. I begin with guns and turn to bells.",
    "coast/p03": "Guns were first. I argue elsewhere that guns were cheap.",
    "coast/p04": "Bells came next. The bell of Leith was cast twice.",
    "coast/p05": "Lamps burn by night. Keepers sleep by day.",
    "coast/p06": "Therefore guns fell silent. Nobody wept.",
    "coast/p07": "Bells outlast fog. Thus a bell is kind. Let it ring.",
}
HEADED = ("", "", "Guns", "Bells", "Bells", "Conclusion", "Conclusion")


def matches_in(part: Part, stored: StoredEssay) -> list[tuple[str, str, bool]]:
    """Each place as its passage, its marked words, and whether it is announced."""
    text = {passage.id: passage.text for passage in stored.passages}
    return [
        (
            match.passage,
            " | ".join(text[match.passage][low:high] for low, high in match.spans),
            match.announced,
        )
        for match in structure_matches(part, stored.passages)
    ]


THESIS = ("coast/p02", "This essay argues that bells are kinder than guns.", True)


def test_the_thesis_is_announced_in_the_introduction() -> None:
    # A claim that is announced further on comes after it.
    assert matches_in("thesis", paragraphs(TEXTS, sections=HEADED)) == [
        THESIS,
        ("coast/p03", "I argue elsewhere that guns were cheap.", False),
    ]


def test_the_plan_is_announced_in_the_introduction() -> None:
    assert matches_in("plan", paragraphs(TEXTS, sections=HEADED)) == [
        ("coast/p02", "I begin with guns and turn to bells.", True)
    ]


@pytest.mark.parametrize("sections", [HEADED, ()], ids=["headings", "none"])
def test_an_essay_opens_with_its_first_sentences(sections: tuple[str, ...]) -> None:
    (place,) = matches_in("opening", paragraphs(TEXTS, sections=sections))
    assert place == ("coast/p01", "Fog is old. | Ships fear it.", True)


def test_an_essay_concludes_with_its_last_paragraph() -> None:
    # The conclusion is longer than the last fifth, which ends the essay.
    assert matches_in("conclusion", paragraphs(TEXTS, sections=HEADED)) == [
        ("coast/p07", "Thus a bell is kind. | Let it ring.", True)
    ]


def test_without_headings_the_first_and_last_fifth_are_the_edges() -> None:
    texts = {f"coast/p{at:02}": f"Bells ring {at} times. Guns do not." for at in range(1, 21)}
    texts["coast/p04"] = "In this essay nothing is said. This essay argues that bells are kind. So be it."
    texts["coast/p10"] = "I argue that guns are cheap. I claim much else. I contend for more."
    texts["coast/p17"] = "In conclusion bells are kind."
    assert matches_in("thesis", paragraphs(texts))[0] == (
        "coast/p04",
        "This essay argues that bells are kind.",
        True,
    )
    assert [name for name, _, _ in matches_in("conclusion", paragraphs(texts))] == ["coast/p20", "coast/p17"]


@pytest.mark.parametrize("part", ["thesis", "plan"])
def test_what_is_not_announced_is_found_by_its_position_alone(part: Part) -> None:
    plain = {f"coast/p{at:02}": f"Bells ring {at} times. Guns do not." for at in range(1, 11)}
    # The thesis is at the end of an introduction.
    assert matches_in(part, paragraphs(plain)) == [
        ("coast/p02", "Guns do not.", False),
        ("coast/p01", "Guns do not.", False),
    ]


@pytest.mark.parametrize(
    ("part", "wanted"),
    [
        ("thesis", "This essay argues that bells are kind."),
        ("plan", "I begin with guns."),
        ("opening", "Fog is old. | This essay argues that bells are kind."),
        ("conclusion", "I begin with guns. | Bells outlast fog."),
    ],
)
def test_an_essay_of_one_paragraph_has_every_part(part: Part, wanted: str) -> None:
    text = "Fog is old. This essay argues that bells are kind. I begin with guns. Bells outlast fog."
    assert matches_in(part, paragraphs({"coast/p01": text})) == [("coast/p01", wanted, True)]


@pytest.mark.parametrize("part", ["thesis", "plan", "opening", "conclusion"])
def test_an_essay_of_one_sentence_is_all_its_parts(part: Part) -> None:
    ((name, marked, _),) = matches_in(part, paragraphs({"coast/p01": "Bells are kinder than guns."}))
    assert (name, marked) == ("coast/p01", "Bells are kinder than guns.")


@pytest.mark.parametrize("part", ["thesis", "plan", "opening", "conclusion"])
def test_quotations_and_notes_are_no_part_of_the_argument(part: Part) -> None:
    stored = essay(
        passage("coast/b01", "This essay argues that I begin, thus.", "blockquote"),
        passage("coast/p01", "Bells are kinder than guns."),
        passage("coast/n01", "In conclusion I argue and I begin.", "note"),
    )
    assert [match.passage for match in structure_matches(part, stored.passages)] == ["coast/p01"]
    assert structure_matches(part, [stored.passages[0], stored.passages[2]]) == []
    assert structure_matches(part, []) == []


def test_thanks_after_the_conclusion_do_not_conclude() -> None:
    texts = {**TEXTS, "coast/p08": "Ash read a draft. The board of Leith let me look at its letters."}
    stored = paragraphs(texts, sections=(*HEADED, "Acknowledgements"))
    assert matches_in("conclusion", stored)[0][0] == "coast/p07"


@pytest.mark.parametrize("part", ["thesis", "plan", "opening", "conclusion"])
@pytest.mark.parametrize("sections", [HEADED, ()], ids=["headings", "none"])
def test_places_are_whole_sentences_of_different_passages(part: Part, sections: tuple[str, ...]) -> None:
    stored = paragraphs(TEXTS, sections=sections)
    known = {passage.id: passage.sentences for passage in stored.passages}
    matches: list[StructureMatch] = structure_matches(part, stored.passages)
    assert len({match.passage for match in matches}) == len(matches) > 0
    assert all(span in known[match.passage] for match in matches for span in match.spans)
    assert all(match.spans and list(match.spans) == sorted(match.spans) for match in matches)


def test_what_the_introduction_announces_for_the_end_is_found_before_the_end_itself() -> None:
    texts = {
        "coast/p01": "The essay begins with guns. This essay ends with bells.",
        "coast/p02": "We close with a look at the fog. The tower stood.",
        "coast/p03": "Guns were loud.",
        "coast/p04": "Bells outlast fog. The coast is quiet.",
    }
    sections = ("", "", "Guns", "Bells")
    found = structure_matches("announced end", paragraphs(texts, sections=sections).passages)
    assert [match.passage for match in found] == ["coast/p02", "coast/p01", "coast/p04"]
    assert found[0].spans == ((0, 32),)
    ended = structure_matches("conclusion", paragraphs(texts, sections=sections).passages)
    assert [match.passage for match in ended][:2] == ["coast/p04", "coast/p02"]

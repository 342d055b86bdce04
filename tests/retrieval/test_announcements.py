"""Sentences in which an essay says what it does are found by their phrases and by where they stand."""

from __future__ import annotations

import pytest
from handmade_essays import paragraphs
from hypothesis import given
from hypothesis import strategies as st

from assistant.core.essay import StoredEssay
from assistant.retrieval.announcements import Announced, announcements_of

FILLER = ("The lamp was lit at dusk.", "Ships lay off the rock all night.", "The keeper wrote it down.")


def found(essay: StoredEssay, *quoted: str) -> list[tuple[str, str, str]]:
    """Kind, passage and words of each announcement; ``quoted`` are words that the essay quotes."""

    def is_quoted(passage: object, start: int, end: int) -> bool:
        text = getattr(passage, "text")  # noqa: B009
        return any(text.find(words) <= start and end <= text.find(words) + len(words) for words in quoted)

    return [
        (each.kind, each.passage.id, words_of(each)) for each in announcements_of(essay.passages, is_quoted)
    ]


def words_of(announced: Announced) -> str:
    """The words of an announcement."""
    return announced.passage.text[slice(*announced.span)]


def opening_with(sentence: str) -> StoredEssay:
    """An essay of eight paragraphs whose first one ends in a sentence."""
    texts = {"e/p1": f"The coast is dark. {sentence}"}
    return paragraphs(texts | {f"e/p{number}": " ".join(FILLER) for number in range(2, 9)})


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("thesis", "This essay argues that bells are kinder than guns."),
        ("thesis", "I want to suggest that bells are kinder than guns."),
        ("thesis", "We shall argue, against Reade, that bells are kinder than guns."),
        ("thesis", "My central claim here is that bells are kinder than guns."),
        ("thesis", "The object of this Essay is to assert one simple principle."),
        ("thesis", "It is my contention that bells are kind."),
        ("thesis", "What I hope to show in these pages is how bells were heard."),
        ("thesis", "This article explores how bells were heard at sea."),
        ("thesis", "I wish to speak a word for bells."),
        ("plan", "I begin with guns and turn to bells."),
        ("plan", "The first section deals with guns, the second with bells."),
        ("plan", "The essay then turns to bells."),
        ("plan", "In what follows guns come first."),
        ("plan", "This chapter falls into three parts."),
        ("plan", "Section 2 considers bells."),
        ("plan", "The conclusion asks what a bell is for."),
    ],
)
def test_thesis_and_plan_are_found_in_the_introduction(kind: str, sentence: str) -> None:
    assert (kind, "e/p1", sentence) in found(opening_with(sentence))


@pytest.mark.parametrize(
    "sentence",
    [
        "I do not argue that bells are kind.",
        "Reade argues that bells are kind.",
        "The first part of the novel is about guns.",
        "The first considers guns a blessing.",
        "I turn to him and say nothing.",
        "We hold these truths to be old.",
        "This bell shows no crack.",
    ],
)
def test_what_only_looks_like_an_announcement_is_none(sentence: str) -> None:
    assert [entry for entry in found(opening_with(sentence)) if entry[0] in {"thesis", "plan"}] == []


def test_what_the_essay_quotes_announces_nothing() -> None:
    sentence = "Reade writes, “This essay argues that guns are kind.”"
    essay = opening_with(sentence)
    assert ("thesis", "e/p1", sentence) in found(essay)
    assert [entry[0] for entry in found(essay, "This essay argues that guns are kind.")] == ["conclusion"] * 2


@pytest.mark.parametrize(
    "sentence",
    [
        "Yet the lamp is not all.",
        "However, the bell was heard.",
        "But the argument about bells is older.",
        "The implications of this do not end, however, with bells.",
        "It may be objected that bells are loud.",
        "Let us now turn to guns.",
        "So far I have spoken of lamps.",
    ],
)
def test_a_turn_begins_a_paragraph(sentence: str) -> None:
    texts = {f"e/p{number}": " ".join(FILLER) for number in range(1, 9)}
    turned = paragraphs(texts | {"e/p4": f"{sentence} {FILLER[0]}"})
    assert [entry for entry in found(turned) if entry[0] == "turn"] == [("turn", "e/p4", sentence)]
    inside = paragraphs(texts | {"e/p4": f"{FILLER[0]} {sentence}"})
    assert [entry for entry in found(inside) if entry[0] == "turn"] == []


def test_a_conclusion_is_said_or_is_where_the_essay_ends() -> None:
    texts = {f"e/p{number}": " ".join(FILLER) for number in range(1, 9)}
    essay = paragraphs(
        texts | {"e/p8": f"{FILLER[0]} In conclusion, bells are kind. {FILLER[1]} {FILLER[2]}"}
    )
    announced = announcements_of(essay.passages, lambda *_: False)
    assert [(each.kind, each.worded, words_of(each)) for each in announced] == [
        ("conclusion", True, "In conclusion, bells are kind."),
        ("conclusion", False, FILLER[1]),
        ("conclusion", False, FILLER[2]),
    ]


def test_a_short_essay_has_no_end_that_is_apart() -> None:
    assert found(paragraphs({"e/p1": " ".join(FILLER)})) == []
    assert found(paragraphs({"e/p1": "This essay argues that bells are kind. Therefore ring them."})) == [
        ("thesis", "e/p1", "This essay argues that bells are kind."),
        ("conclusion", "e/p1", "Therefore ring them."),
    ]
    assert announcements_of((), lambda *_: False) == []


def test_of_a_book_only_a_few_of_each_kind_are_kept_from_all_parts() -> None:
    texts = {f"e/p{number:03}": f"But it is {number}. {FILLER[0]}" for number in range(1, 401)}
    texts |= {f"e/p{number:03}": f"I argue that it is {number}." for number in range(2, 40)}
    announced = found(paragraphs(texts))
    kinds = [kind for kind, _, _ in announced]
    assert {kind: kinds.count(kind) for kind in dict.fromkeys(kinds)} == {
        "thesis": 3,
        "turn": 8,
        "conclusion": 2,
    }
    turns = [int(name[-3:]) for kind, name, _ in announced if kind == "turn"]
    assert turns == sorted(turns)
    assert turns[-1] > 300


WORDS = st.sampled_from(
    [*FILLER, "This essay argues that x.", "But no.", "I turn to bells.", "Thus it ends.", "“Yet"]
)


@given(st.lists(st.lists(WORDS, min_size=1, max_size=4), max_size=12))
def test_every_announcement_is_a_whole_sentence_once_and_in_order(texts: list[list[str]]) -> None:
    essay = (
        paragraphs({f"e/p{number:02}": " ".join(words) for number, words in enumerate(texts)})
        if texts
        else None
    )
    passages = essay.passages if essay else ()
    announced = announcements_of(passages, lambda *_: False)
    assert all(each.span in each.passage.sentences for each in announced)
    places = [(each.passage.ordinal, each.span) for each in announced]
    assert places == sorted(set(places))

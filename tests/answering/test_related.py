"""Related passages are others, nearest first, with the sentences that are most alike."""

from __future__ import annotations

from pathlib import Path

import pytest
from essay_library import SAMPLE
from fake_models import FakeEncoder
from handmade_essays import essay, finder_of, paragraphs, passage

from assistant.answering.quotable import HitMaker
from assistant.answering.related import related_passages, relation_of
from assistant.attribution.voices import LibraryVoices
from assistant.citations.styles import style_named
from assistant.core.errors import AssistantError
from assistant.core.essay import NoteMark, StoredEssay
from assistant.core.related import Related
from assistant.library.library import Library
from assistant.rendering.related import comparison_object, comparison_text, related_object, related_text

COAST = paragraphs(
    {
        "coast/p1": "Bells ring in fog. Guns are louder than bells.",
        "coast/p2": "Salt is dear this year. Here guns are no louder than bells.",
        "coast/p3": "The baker sold bread. Nobody came.",
        "coast/p4": "Bells ring in fog. Guns are louder than bells.",
    }
)
MOOR = paragraphs({"moor/p1": "Fog lies over heather. Bells ring for sheep."})


def related(*essays: StoredEssay, of: str, among: set[str] | None = None, top: int = 5) -> Related:
    """Related passages by a fake model, for which the same words are alike and others are not."""
    finder = finder_of(*essays)
    by_id = {each.id: each for each in essays}
    hits = HitMaker(by_id, LibraryVoices(by_id), style_named("mla"))
    return related_passages(finder, finder.passages[of], among, top, hits)


def names(found: Related) -> list[str]:
    """Ids of the related passages."""
    return [each.hit.passage.id for each in found.passages]


def test_the_nearest_come_first_and_the_passage_itself_never() -> None:
    found = related(COAST, of="coast/p1")
    assert names(found) == ["coast/p4", "coast/p2", "coast/p3"]
    assert found.of.passage.id == "coast/p1"
    assert found.passages[0].hit.score > found.passages[1].hit.score > found.passages[2].hit.score


def test_nearness_is_the_same_in_both_directions() -> None:
    def score(one: str, other: str) -> float:
        return next(
            each.hit.score for each in related(COAST, of=one).passages if each.hit.passage.id == other
        )

    for one, other in (("coast/p1", "coast/p2"), ("coast/p2", "coast/p3"), ("coast/p1", "coast/p4")):
        assert score(one, other) == pytest.approx(score(other, one), abs=2e-4)


def test_the_most_alike_sentences_are_marked_in_both() -> None:
    second = related(COAST, of="coast/p1").passages[1]
    (highlight,) = second.hit.highlights
    assert highlight.text == "Here guns are no louder than bells."
    assert second.like is not None
    assert second.like.text == "Guns are louder than bells."


def test_only_the_passages_asked_for_are_compared() -> None:
    assert names(related(COAST, MOOR, of="coast/p1", among={"moor/p1"})) == ["moor/p1"]
    assert len(names(related(COAST, MOOR, of="coast/p1", top=2))) == 2
    assert names(related(MOOR, of="moor/p1")) == []


def test_what_the_layout_joins_is_said() -> None:
    first = passage("e/p1", "Before it.", notes=(NoteMark("1", 3, "e/n1"),))
    quotation = passage("e/b1", "Quoted words.", "blockquote", introduced_by="e/p1")
    note = passage("e/n1", "1. A note.", "note")
    assert relation_of(quotation, first) == "quoted-in"
    assert relation_of(first, quotation) == "quotes"
    assert relation_of(note, first) == "note-to"
    assert relation_of(first, note) == "has-note"
    assert relation_of(note, quotation) is None


def test_a_paragraph_that_resumes_another_is_said(real_essay: Path, tmp_path: Path) -> None:
    library = Library(tmp_path)
    library.add(real_essay)
    found = library.related("gill-2014/p17", top=30)
    relations = {each.hit.passage.id: each.relation for each in found.passages if each.relation}
    assert relations["gill-2014/p16"] == "continued-by"
    assert "gill-2014/p17" not in names(found)
    assert names(library.related("gill-2014/p25"))[:2] == ["gill-2014/p05", "gill-2014/p02"]


def test_related_passages_of_the_sample(tmp_path: Path) -> None:
    library = Library(tmp_path)
    library.add(SAMPLE)
    found = library.related("sample/p15", top=2)
    assert names(found) == ["sample/p10", "sample/p14"]
    value = related_object(found)
    assert value["passage"]["id"] == "sample/p15"
    assert [each["id"] for each in value["related"]] == names(found)
    assert value["related"][0]["relation"] is None
    assert value["related"][0]["like"]["text"] in value["passage"]["text"]
    assert value["related"][0]["highlights"][0]["text"] in related_text(found, width=10_000)
    for wrong, says in (
        ("sample/p99", "has no passage"),
        ("sample/h1", "is a heading"),
        ("x/p01", "no essay 'x'"),
    ):
        with pytest.raises(AssistantError, match=says):
            library.related(wrong)
    with pytest.raises(AssistantError, match="no essay besides sample"):
        library.related("sample/p15", others=True)
    with pytest.raises(AssistantError, match="0 passages"):
        library.related("sample/p15", top=0)


def shelf(tmp_path: Path, number: int) -> Library:
    """A library of short essays, each about one thing."""
    library = Library(tmp_path / "shelf", load_encoder=lambda _name: FakeEncoder())
    things = "bells guns lamps ships ropes masts sails oars docks piers nets hooks boats tides".split()
    for thing in things[:number]:
        file = tmp_path / f"{thing}.txt"
        file.write_text(
            f"On {thing}\n\nMany {thing} were counted here.\n\nNobody lost any {thing} at sea.\n", "utf-8"
        )
        library.add(file)
    return library


def test_each_essay_answers_for_itself(tmp_path: Path) -> None:
    library = shelf(tmp_path, 2)
    compared = library.compare("Were bells lost?", fast=True)
    assert list(compared.answers) == ["bells", "guns"]
    assert [len(answer.hits) for answer in compared.answers.values()] == [1, 1]
    assert {answer.hits[0].passage.essay_id for answer in compared.answers.values()} == {"bells", "guns"}
    titles = {"bells": "On bells", "guns": "On guns"}
    value = comparison_object(compared, titles)
    assert [(each["essay"], each["title"], len(each["passages"])) for each in value["answers"]] == [
        ("bells", "On bells", 1),
        ("guns", "On guns", 1),
    ]
    assert value["left_out"] == []
    wide = comparison_text(compared, titles, columns=140).split("\n")[0]
    assert wide.split() == ["On", "bells", "On", "guns"]
    narrow = comparison_text(compared, titles, columns=60).split("\n")[0]
    assert narrow == "On bells"


def test_of_many_essays_the_nearest_are_asked_and_the_others_named(tmp_path: Path) -> None:
    library = shelf(tmp_path, 14)
    compared = library.compare("Were tides lost at sea?", fast=True)
    assert len(compared.answers) == 12
    assert "tides" in compared.answers
    assert len(compared.left_out) == 2
    assert sorted([*compared.answers, *compared.left_out]) == library.ids()
    assert "2 more essays" in comparison_text(compared, dict.fromkeys(library.ids(), ""), columns=60)
    named = library.compare("Were tides lost?", essays=["oars", "bells"], fast=True)
    assert list(named.answers) == ["oars", "bells"]
    with pytest.raises(AssistantError, match="no essay 'x'"):
        library.compare("Were tides lost?", essays=["x"])


def test_a_passage_of_no_words_has_no_relatives() -> None:
    odd = essay(passage("e/p1", "Bells ring."), passage("e/p2", "* * *"))
    assert names(related(odd, of="e/p1")) in (["e/p2"], [])

"""The sentence that brings in a block quotation, or bears a note's number, lends it its words."""

from __future__ import annotations

from pathlib import Path

import pytest
from essay_library import Opened, a_library
from fake_models import FakeEncoder
from handmade_essays import essay, finder_of, order, passage, scores

from assistant.core.essay import Kind, NoteMark, Passage
from assistant.retrieval.index.introductions import SHARE, introductions_of
from assistant.retrieval.questions import Question

GUEST = "coast/b01"


def host_words(passages: list[Passage], guest: str) -> str:
    """The words of a passage's host."""
    host = introductions_of(passages)[guest]
    text = next(one.text for one in passages if one.id == host.passage)
    return text[host.start : host.end]


@pytest.mark.parametrize("kind", ["blockquote", "verse"])
def test_the_last_sentence_before_a_quotation_is_its_host(kind: Kind) -> None:
    outer = passage("coast/p01", "Fog came. The pilot writes to Leith:")
    inner = passage(GUEST, "No bell rang.", kind, introduced_by="coast/p01")
    assert host_words([outer, inner], GUEST) == "The pilot writes to Leith:"
    assert introductions_of([outer, inner])[GUEST].passage == "coast/p01"


@pytest.mark.parametrize(
    ("at", "wanted"),
    [
        # Behind the full stop, the place where English prints it.
        (9, "Fog came."),
        (32, "The keeper lit the lamp."),
        # Within a sentence, and behind its last word.
        (14, "The keeper lit the lamp."),
        (33 + 8, "It burned."),
        (len("Fog came. The keeper lit the lamp. It burned."), "It burned."),
        (0, "Fog came."),
    ],
)
def test_the_sentence_that_bears_the_mark_is_the_host_of_its_note(at: int, wanted: str) -> None:
    text = "Fog came. The keeper lit the lamp. It burned."
    bears = passage("coast/p01", text, notes=(NoteMark("1", at, "coast/n01"),))
    assert host_words([bears, passage("coast/n01", "See Marsh.", "note")], "coast/n01") == wanted


def test_each_note_has_the_host_that_bears_its_own_number() -> None:
    text = "Fog came. The bell rang."
    marks = (NoteMark("1", 9, "coast/n01"), NoteMark("2", len(text), "coast/n02"))
    passages = [
        passage("coast/p01", text, notes=marks),
        passage("coast/n01", "See Marsh.", "note"),
        passage("coast/n02", "See Ash.", "note"),
    ]
    assert host_words(passages, "coast/n01") == "Fog came."
    assert host_words(passages, "coast/n02") == "The bell rang."


def test_a_quotation_may_be_the_host_of_a_note() -> None:
    inner = passage(GUEST, "No bell rang.", "blockquote", notes=(NoteMark("1", 13, "coast/n01"),))
    assert host_words([inner, passage("coast/n01", "Marsh 4.", "note")], "coast/n01") == "No bell rang."


@pytest.mark.parametrize(
    "passages",
    [
        [],
        [passage("coast/p01", "Fog came.")],
        # Neither who brings it in nor the note of a mark must be among the passages.
        [passage(GUEST, "No bell rang.", "blockquote", introduced_by="coast/p99")],
        [passage("coast/p01", "Fog came.", notes=(NoteMark("1", 9, "coast/n99"),))],
        [passage(GUEST, "No bell rang.", "blockquote")],
    ],
)
def test_what_nothing_brings_in_has_no_host(passages: list[Passage]) -> None:
    assert introductions_of(passages) == {}


def test_every_quotation_and_note_of_an_essay_as_it_is_read_has_its_host(tmp_path: Path) -> None:
    passages = list(Opened(a_library(tmp_path / "shelf")).library.essay("sample").passages)
    guests = {one.id for one in passages if one.kind in {"blockquote", "note"}}
    assert len(guests) > 5
    assert set(introductions_of(passages)) == guests
    assert host_words(passages, "sample/b01").endswith("essay on studies, published in 1625:")
    # The second note's mark stands between two sentences.
    assert host_words(passages, "sample/n2").endswith("with another Gospel began or ceased.")


COAST = essay(
    passage("coast/p01", "Ships pass far out. The pilot complains bitterly:"),
    passage(GUEST, "No bell rang.", "blockquote", introduced_by="coast/p01"),
    passage("coast/p02", "Letters took nine days."),
)


def test_what_the_host_meets_counts_a_share_in_the_quotation() -> None:
    found = finder_of(COAST).find(Question("pilot complains"))
    assert order(found)[:2] == ["coast/p01", GUEST]
    assert scores(found)["coast/p01"] == pytest.approx(1, abs=2e-3)
    assert scores(found)[GUEST] == pytest.approx(SHARE, abs=2e-3)


def test_the_words_of_host_and_quotation_are_met_together() -> None:
    found = finder_of(COAST).find(Question("pilot bell"))
    assert order(found)[0] == GUEST


def test_a_sentence_beside_the_host_lends_nothing() -> None:
    alone = essay(
        passage("coast/p01", "Ships pass far out. The pilot complains bitterly:"),
        passage(GUEST, "No bell rang.", "blockquote"),
        passage("coast/p02", "Letters took nine days."),
    )
    with_host, without = (
        scores(finder_of(one).find(Question("ships pass")))[GUEST] for one in (COAST, alone)
    )
    low, high = (scores(finder_of(one).find(Question("pilot complains")))[GUEST] for one in (alone, COAST))
    assert high > low
    assert with_host < SHARE - 0.1
    assert without < SHARE - 0.1


def test_what_has_no_host_is_scored_as_ever() -> None:
    found, bare = (
        scores(finder_of(one).find(Question("pilot of the nine letters")))
        for one in (COAST, essay(*(one for one in COAST.passages if one.id != GUEST)))
    )
    # One passage fewer changes idf a little, not what is met.
    assert found["coast/p02"] == pytest.approx(bare["coast/p02"], abs=0.1)
    assert GUEST not in bare


def test_a_quotation_keeps_what_its_own_words_meet() -> None:
    found = finder_of(COAST).find(Question("bell rang"))
    assert order(found)[0] == GUEST
    assert scores(found)[GUEST] == pytest.approx(1, abs=2e-3)


def test_the_host_lends_its_words_though_it_is_not_looked_among() -> None:
    found = finder_of(COAST).find(Question("pilot complains"), {GUEST, "coast/p02"})
    assert order(found)[0] == GUEST
    assert scores(found)[GUEST] == pytest.approx(SHARE, abs=2e-3)


def test_a_host_longer_than_the_model_reads_lends_what_one_window_holds() -> None:
    long = "The pilot " + " ".join(f"w{number}" for number in range(30)) + " complains:"
    made = essay(
        passage("coast/p01", long),
        passage(GUEST, "No bell rang.", "blockquote", introduced_by="coast/p01"),
    )
    finder = finder_of(made, encoder=FakeEncoder(max_tokens=20))
    index = finder.searcher.index
    numbers = finder.searcher.numbers("coast")
    low, high = index.introductions[numbers[GUEST]]
    assert 0 < high - low <= 20
    assert {
        window.passage
        for at, window in enumerate(index.windows)
        if index.offsets[at] <= low < high <= index.offsets[at + 1]
    } == {"coast/p01"}
    assert index.introductions[numbers["coast/p01"]].tolist() == [0, 0]

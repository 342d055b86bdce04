"""The sentence that introduces a block quotation, or bears a note's number, counts in its score."""

from __future__ import annotations

from pathlib import Path

import pytest
from essay_library import Opened, sample_library
from fake_models import FakeEncoder
from handmade_essays import essay, finder_of, order, passage, scores

from assistant.core.essay import Kind, NoteMark, Passage
from assistant.retrieval.index.introductions import SHARE, introductions_of
from assistant.retrieval.questions import Question
from assistant.retrieval.search import Searcher

QUOTATION = "coast/b01"


def introduction(passages: list[Passage], name: str) -> str:
    """The sentence that introduces a passage."""
    found = introductions_of(passages)[name]
    text = next(passage.text for passage in passages if passage.id == found.passage)
    return text[found.start : found.end]


@pytest.mark.parametrize("kind", ["blockquote", "verse"])
def test_the_last_sentence_before_a_quotation_introduces_it(kind: Kind) -> None:
    outer = passage("coast/p01", "Fog came. The pilot writes to Leith:")
    inner = passage(QUOTATION, "No bell rang.", kind, introduced_by="coast/p01")
    assert introduction([outer, inner], QUOTATION) == "The pilot writes to Leith:"
    assert introductions_of([outer, inner])[QUOTATION].passage == "coast/p01"


@pytest.mark.parametrize(
    ("at", "wanted"),
    [
        # After the full stop, where English prints it.
        (9, "Fog came."),
        (32, "The keeper lit the lamp."),
        # Within a sentence, and after its last word.
        (14, "The keeper lit the lamp."),
        (33 + 8, "It burned."),
        (len("Fog came. The keeper lit the lamp. It burned."), "It burned."),
        (0, "Fog came."),
    ],
)
def test_the_sentence_that_bears_the_mark_introduces_its_note(at: int, wanted: str) -> None:
    text = "Fog came. The keeper lit the lamp. It burned."
    bears = passage("coast/p01", text, notes=(NoteMark("1", at, "coast/n01"),))
    assert introduction([bears, passage("coast/n01", "See Marsh.", "note")], "coast/n01") == wanted


def test_each_note_is_introduced_by_the_sentence_with_its_number() -> None:
    text = "Fog came. The bell rang."
    marks = (NoteMark("1", 9, "coast/n01"), NoteMark("2", len(text), "coast/n02"))
    passages = [
        passage("coast/p01", text, notes=marks),
        passage("coast/n01", "See Marsh.", "note"),
        passage("coast/n02", "See Ash.", "note"),
    ]
    assert introduction(passages, "coast/n01") == "Fog came."
    assert introduction(passages, "coast/n02") == "The bell rang."


def test_a_quotation_may_introduce_a_note() -> None:
    inner = passage(QUOTATION, "No bell rang.", "blockquote", notes=(NoteMark("1", 13, "coast/n01"),))
    assert introduction([inner, passage("coast/n01", "Marsh 4.", "note")], "coast/n01") == "No bell rang."


@pytest.mark.parametrize(
    "passages",
    [
        [],
        [passage("coast/p01", "Fog came.")],
        # The introducing passage, or the note of a mark, may be missing.
        [passage(QUOTATION, "No bell rang.", "blockquote", introduced_by="coast/p99")],
        [passage("coast/p01", "Fog came.", notes=(NoteMark("1", 9, "coast/n99"),))],
        [passage(QUOTATION, "No bell rang.", "blockquote")],
    ],
)
def test_other_passages_have_no_introduction(passages: list[Passage]) -> None:
    assert introductions_of(passages) == {}


def test_every_quotation_and_note_of_a_real_essay_has_an_introduction(tmp_path: Path) -> None:
    passages = list(Opened(sample_library(tmp_path / "shelf")).library.essay("sample").passages)
    introduced = {passage.id for passage in passages if passage.kind in {"blockquote", "note"}}
    assert len(introduced) > 5
    assert set(introductions_of(passages)) == introduced
    assert introduction(passages, "sample/b01").endswith("essay on studies, published in 1625:")
    # The second note's mark is between two sentences.
    assert introduction(passages, "sample/n2").endswith("with another Gospel began or ceased.")


COAST = essay(
    passage("coast/p01", "Ships pass far out. The pilot complains bitterly:"),
    passage(QUOTATION, "No bell rang.", "blockquote", introduced_by="coast/p01"),
    passage("coast/p02", "Letters took nine days."),
)


def test_words_of_the_introduction_count_a_share_in_the_quotation() -> None:
    found = finder_of(COAST).find(Question("pilot complains"))
    assert order(found)[:2] == ["coast/p01", QUOTATION]
    assert scores(found)["coast/p01"] == pytest.approx(1, abs=2e-3)
    assert scores(found)[QUOTATION] == pytest.approx(SHARE, abs=2e-3)


def test_words_of_introduction_and_quotation_count_together() -> None:
    found = finder_of(COAST).find(Question("pilot bell"))
    assert order(found)[0] == QUOTATION


def test_a_sentence_next_to_the_introduction_counts_nothing() -> None:
    alone = essay(
        passage("coast/p01", "Ships pass far out. The pilot complains bitterly:"),
        passage(QUOTATION, "No bell rang.", "blockquote"),
        passage("coast/p02", "Letters took nine days."),
    )
    introduced, without = (
        scores(finder_of(searched).find(Question("ships pass")))[QUOTATION] for searched in (COAST, alone)
    )
    low, high = (
        scores(finder_of(searched).find(Question("pilot complains")))[QUOTATION]
        for searched in (alone, COAST)
    )
    assert high > low
    assert introduced < SHARE - 0.1
    assert without < SHARE - 0.1


def test_a_passage_without_introduction_is_scored_as_before() -> None:
    found, bare = (
        scores(finder_of(searched).find(Question("pilot of the nine letters")))
        for searched in (COAST, essay(*(other for other in COAST.passages if other.id != QUOTATION)))
    )
    # One passage fewer changes idf a little, not the matches.
    assert found["coast/p02"] == pytest.approx(bare["coast/p02"], abs=0.1)
    assert QUOTATION not in bare


def test_a_quotation_keeps_the_score_of_its_own_words() -> None:
    found = finder_of(COAST).find(Question("bell rang"))
    assert order(found)[0] == QUOTATION
    assert scores(found)[QUOTATION] == pytest.approx(1, abs=2e-3)


def test_the_introduction_counts_even_if_its_passage_is_not_searched() -> None:
    found = finder_of(COAST).find(Question("pilot complains"), {QUOTATION, "coast/p02"})
    assert order(found)[0] == QUOTATION
    assert scores(found)[QUOTATION] == pytest.approx(SHARE, abs=2e-3)


def test_of_an_introduction_longer_than_the_model_reads_one_window_counts() -> None:
    long = "The pilot " + " ".join(f"w{number}" for number in range(30)) + " complains:"
    searched = essay(
        passage("coast/p01", long),
        passage(QUOTATION, "No bell rang.", "blockquote", introduced_by="coast/p01"),
    )
    finder = finder_of(searched, encoder=FakeEncoder(max_tokens=20))
    assert isinstance(finder.searcher, Searcher)
    index = finder.searcher.index
    numbers = finder.searcher.numbers("coast")
    low, high = index.introductions[numbers[QUOTATION]]
    assert 0 < high - low <= 20
    assert {
        window.passage
        for at, window in enumerate(index.windows)
        if index.bounds[at, 0] <= low < high <= index.bounds[at, 1]
    } == {"coast/p01"}
    assert index.introductions[numbers["coast/p01"]].tolist() == [0, 0]

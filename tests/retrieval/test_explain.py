"""Why a passage was found: each word of the question, and the word of the essay that meets it best."""

from __future__ import annotations

from pathlib import Path

import pytest
from essay_library import FOUND, QUESTION, Command
from fake_models import FakeEncoder
from handmade_essays import Halving, essay, finder_of, paragraphs, passage

from assistant.core.answer import Match
from assistant.retrieval.finder import Finder
from assistant.retrieval.index.introductions import SHARE
from assistant.retrieval.questions import Question

TEXTS = {
    "coast/p01": "The lamp burns all night. The keeper sleeps by day.",
    "coast/p02": "A harbour needs a bell, the pilot wrote.",
    "coast/p03": "Fog came. The keeper lit the lamp before dusk.",
}


def matches(finder: Finder, question: str, name: str) -> tuple[Match, ...]:
    """Why a passage was ranked where it is."""
    ranking = finder.find(Question(question))
    return finder.matches(ranking, next(ranked for ranked in ranking.ranked if ranked.passage == name))


def test_each_word_that_counts_has_the_word_that_meets_it() -> None:
    explanation = {
        match.word: match for match in matches(finder_of(paragraphs(TEXTS)), "Who lit the LAMP?", "coast/p03")
    }
    assert set(explanation) == {"Who", "lit", "the", "LAMP"}
    for word, met in (("lit", "lit"), ("LAMP", "lamp")):
        match = explanation[word]
        assert (match.text, match.passage, match.met) == (met, "coast/p03", True)
        assert TEXTS[match.passage][match.start : match.end] == met
        assert match.cosine == pytest.approx(1, abs=2e-3)


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize(
    "question", ["Who lit the lamp?", "Which keeper’s well-known bell rang?", "nine zebras"]
)
def test_matches_account_for_the_score(question: str, name: str) -> None:
    finder = finder_of(paragraphs(TEXTS))
    ranking = finder.find(Question(question))
    ranked = next(ranked for ranked in ranking.ranked if ranked.passage == name)
    explanation = finder.matches(ranking, ranked)
    assert sum(match.weight for match in explanation) == pytest.approx(1, abs=1e-4)
    assert sum(match.weight * match.cosine for match in explanation) == pytest.approx(ranked.score, abs=5e-3)
    shares = [match.weight * match.cosine for match in explanation]
    assert shares == sorted(shares, reverse=True)
    assert all(0 < match.weight <= 1 and -1.01 <= match.cosine <= 1.01 for match in explanation)
    assert all(
        finder.passages[match.passage].text[match.start : match.end] == match.text for match in explanation
    )


def test_a_word_that_nothing_is_near_to_is_not_met() -> None:
    finder = finder_of(paragraphs(TEXTS))
    explanation = [match for match in matches(finder, "lamp zebra", "coast/p03") if match.word == "zebra"]
    assert [match.met for match in explanation] == [False]
    assert explanation[0].cosine < 0.3


def test_words_that_do_not_count_are_not_accounted_for() -> None:
    explanation = essay(
        *paragraphs(TEXTS).passages, reference={"title": "Coast", "author": [{"family": "Marsh"}]}
    )
    assert [match.word for match in matches(finder_of(explanation), "Marsh’s lamp?!", "coast/p01")] == [
        "lamp"
    ]


def test_a_word_of_several_pieces_is_one_word_and_is_met_by_a_whole_one() -> None:
    finder = finder_of(paragraphs(TEXTS), encoder=Halving("the who by"))
    (match, *_) = matches(finder, "harbour", "coast/p02")
    assert (match.word, match.text) == ("harbour", "harbour")
    assert match.weight == pytest.approx(1, abs=1e-5)


def test_a_word_that_occurs_twice_is_accounted_for_twice() -> None:
    explanation = matches(finder_of(paragraphs(TEXTS)), "lamp and lamp", "coast/p01")
    assert [match.word for match in explanation].count("lamp") == 2


def test_what_the_host_meets_is_found_in_the_host() -> None:
    finder = finder_of(
        essay(
            passage("coast/p01", "Ships pass. The pilot complains bitterly:"),
            passage("coast/b01", "No bell rang.", "blockquote", introduced_by="coast/p01"),
        )
    )
    explanation = {match.word: match for match in matches(finder, "pilot bell", "coast/b01")}
    assert (explanation["bell"].passage, explanation["bell"].text) == ("coast/b01", "bell")
    assert (explanation["pilot"].passage, explanation["pilot"].text) == ("coast/p01", "pilot")
    assert explanation["pilot"].cosine == pytest.approx(SHARE, abs=2e-3)
    assert finder.passages["coast/p01"].text[explanation["pilot"].start : explanation["pilot"].end] == "pilot"
    assert {match.passage for match in matches(finder, "pilot bell", "coast/p01")} == {"coast/p01"}


def test_of_a_passage_found_by_a_phrase_all_words_are_accounted_for() -> None:
    explanation = matches(
        finder_of(paragraphs(TEXTS), encoder=FakeEncoder()), "Who says “keeper lit”?", "coast/p03"
    )
    assert {match.word for match in explanation} == {"Who", "says", "keeper", "lit"}


def test_the_command_explains_in_json(command: Command) -> None:
    assert command("ask", QUESTION, "--explain", "--json") == 0
    first, *_ = explained = command.json()["passages"]
    assert first["id"] == FOUND
    keys = ["word", "weight", "cosine", "passage", "start", "end", "text", "met", "framing"]
    assert all(list(match) == keys for hit in explained for match in hit["matches"])
    own = [match for match in first["matches"] if match["passage"] == FOUND]
    assert [first["text"][match["start"] : match["end"]] for match in own] == [match["text"] for match in own]
    met = {match["word"]: match["text"] for match in own if match["met"]}
    assert met["Gospels"] == "Gospels"
    assert met["tables"] == "tables"


def test_the_command_explains_nothing_unasked(command: Command) -> None:
    assert command("ask", QUESTION, "--json") == 0
    plain = command.json()
    assert command("ask", QUESTION, "--json", "--explain") == 0
    explained = command.json()
    assert all("matches" not in hit for hit in plain["passages"])
    assert all(hit.pop("matches") for hit in explained["passages"])
    assert explained == plain
    assert command("ask", QUESTION) == 0
    assert "Why:" not in command.out


def test_the_command_explains_in_text(command: Command) -> None:
    assert command("ask", QUESTION, "--explain", "--top", "2") == 0
    assert command.out.count("Why: ") == 2
    lines = [line.split() for line in command.out.splitlines()]
    row = next(line for line in lines if line and line[0] == "Gospels")
    assert row[1].endswith("%")
    assert row[2:] == ["1.00", "“Gospels”"]


def test_the_command_names_the_passage_that_introduces_a_quotation(command: Command) -> None:
    assert command("ask", "Whose essay on studies, published in 1625, tasted books?", "--explain") in {0, 1}
    assert "(sample/p20, which introduces it)" in command.out


def test_the_command_explains_each_answer_of_a_batch(command: Command, tmp_path: Path) -> None:
    (tmp_path / "asked.jsonl").write_text('{"id": "q1", "question": "Who numbered the leaves?"}\n', "utf-8")
    assert command("ask", "--batch", tmp_path / "asked.jsonl", "--explain") == 0
    assert all(hit["matches"] for hit in command.json()["passages"])
    assert command("ask", "--batch", tmp_path / "asked.jsonl") == 0
    assert all("matches" not in hit for hit in command.json()["passages"])

"""Why a passage was found is explained in words, and only with words that matter."""

from __future__ import annotations

import dataclasses
import re

import pytest
from page_library import Tags, answer, hit, passage, words_of

from assistant.core.answer import Hit, Match
from assistant.web.views.answer import answer_html, nearness, why_html

HOSTILE = "<script>alert('x')</script> & \"q\" ${1+1} {{value}} </td></table>"


def match(word: str, text: str, cosine: float, *, weight: float = 0.2, where: str = "log/p01") -> Match:
    """A match of two words, at the beginning of a passage."""
    return Match(word, weight, cosine, where, 0, len(text), text, met=cosine >= 0.3, framing=word == "who")


def hit_with(*matches: Match) -> Hit:
    """A hit on one sentence with the given matches."""
    return dataclasses.replace(hit(passage("The lamp was lit at dusk.")), matches=matches)


def rows(html: str) -> list[list[str]]:
    """Words of each row's cells, of the table's body."""
    body = html.partition("<tbody>")[2].partition("</tbody>")[0]
    return [
        [words_of(cell) for cell in re.findall(r"<t[hd].*?</t[hd]>", row)]
        for row in re.findall("<tr.*?</tr>", body)
    ]


def test_each_word_is_shown_with_the_essays_word_and_their_nearness() -> None:
    html = why_html(
        hit_with(match("lamp", "lamp", 0.97), match("burning", "lit", 0.6), match("night", "dusk", 0.31))
    )
    assert html.startswith('<details class="why"><summary>Why this passage?</summary>')
    assert rows(html) == [["lamp", "lamp", "the same"], ["burning", "lit", "near"], ["night", "dusk", "far"]]


@pytest.mark.parametrize(
    ("cosine", "words"),
    [(1.0, "the same"), (0.85, "the same"), (0.849, "near"), (0.5, "near"), (0.499, "far"), (-1, "far")],
)
def test_nearness_is_given_in_words(cosine: float, words: str) -> None:
    assert nearness(cosine) == words


def test_the_figures_are_left_to_the_title_and_the_bar() -> None:
    html = why_html(hit_with(match("lamp", "lamp", 0.731)))
    assert re.search(r"\d", words_of(html)) is None
    assert 'style="width: 73%"' in html
    assert "the same: likeness of 0.85 or more, 1 being full; near: 0.5 or more; far: less" in html


@pytest.mark.parametrize(("cosine", "width"), [(-0.2, 0), (1.02, 100)])
def test_a_bar_stays_in_its_place(cosine: float, width: int) -> None:
    stretched = dataclasses.replace(match("lamp", "lamp", cosine), met=True)
    assert f"width: {width}%" in why_html(hit_with(stretched))


def test_words_that_only_frame_the_question_are_left_out() -> None:
    html = why_html(hit_with(match("who", "the", 0.9, weight=0.4), match("lit", "lit", 0.9, weight=0.04)))
    assert [row[0] for row in rows(html)] == ["lit"]
    # What is said to be left out is left out of a question without any other word, too.
    assert why_html(hit_with(match("who", "who", 0.9))) == ""


def test_words_of_little_weight_are_left_out_of_a_long_question() -> None:
    html = why_html(hit_with(match("oil", "oil", 0.9, weight=0.039), match("lit", "lit", 0.9, weight=0.04)))
    assert [row[0] for row in rows(html)] == ["lit"]


def test_a_long_question_shows_its_heaviest_words() -> None:
    many = [match(f"w{at}", "lit", 0.9, weight=at / 1000) for at in range(30)]
    assert [row[0] for row in rows(why_html(hit_with(*many)))] == ["w29", "w28", "w27", "w26", "w25"]


def test_a_word_that_met_nothing_is_named() -> None:
    assert rows(why_html(hit_with(match("helium", "dusk", 0.1)))) == [["helium", "met nothing here"]]


def test_a_word_that_is_asked_twice_is_shown_once() -> None:
    html = why_html(hit_with(match("Lamp", "lamp", 0.9), match("lamp", "lamp", 0.9)))
    assert len(rows(html)) == 1


def test_a_match_in_the_sentence_that_introduces_the_passage_says_so() -> None:
    html = why_html(hit_with(match("log", "log", 0.9, where="log/p20")))
    assert rows(html) == [["log", "log in p20, which introduces it", "the same"]]
    assert '<button type="button" data-note="log/p20">p20</button>' in html


def test_without_matches_there_is_nothing_to_unfold() -> None:
    assert why_html(hit_with()) == ""
    assert "Why this passage?" not in answer_html(answer(hit_with()))


def test_hostile_words_are_shown_as_written() -> None:
    html = why_html(hit_with(match(HOSTILE, HOSTILE, 0.9, where=f'log/"><img src=x>{HOSTILE}')))
    assert rows(html)[0][0] == HOSTILE
    assert words_of(html, "essay-word") == HOSTILE
    tags = set(re.findall(r"<(\w+)", html))
    assert tags == set("details summary table thead tbody tr th td span button p".split())
    assert Tags(html).of("button")[0][0]["data-note"] == f'log/"><img src=x>{HOSTILE}'


def test_every_card_has_its_own_explanation() -> None:
    html = answer_html(answer(hit_with(match("lamp", "lamp", 0.9)), hit_with(match("lamp", "lit", 0.6))))
    assert html.count('<details class="why">') == 2

"""Before the first question: the record, the outline and the thesis of the essay, or the shelf."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from page_library import FakeLibrary, Tags, keepers_log, passage, renamed, stored, words_of

from assistant.core.essay import StoredEssay
from assistant.library.introducing import announced_thesis, frequent_names, opening_questions
from assistant.web.ask import selection_quotation, welcome_html_of
from assistant.web.views.welcome import facts_of, outline_of

HOSTILE = '<script>alert("x")</script> & ${1}'


def _named(name: str, times: int) -> StoredEssay:
    texts = [f"Here the log of {name} is read. Oil burns." for _ in range(times)]
    return stored([passage(text, name=f"log/p{number}") for number, text in enumerate(texts)])


def test_one_essay_is_introduced_by_its_own_words() -> None:
    html = welcome_html_of(FakeLibrary(keepers_log()))
    assert words_of(html, "record-title") == "The Keeper’s Log"
    assert words_of(html, "record-authors") == "Ada Marsh"
    assert words_of(html, "record-facts") == "pages 31–33"
    announced = words_of(html, "announced")
    assert "This essay reads the two together." in announced
    assert "p. 31" in announced
    tags = Tags(html)
    opened = [button["data-note"] for button, _ in tags.of("button") if "data-note" in button]
    assert opened == ["log/p01", "log/h01", "log/h02"]


def test_what_is_announced_is_a_slice_of_its_passage() -> None:
    found = announced_thesis(keepers_log())
    assert found is not None
    where, (start, end) = found
    assert (where.id, where.text[start:end]) == ("log/p01", "This essay reads the two together.")
    assert announced_thesis(stored([passage("Oil burns. It is dear.")])) is None


def test_the_outline_has_the_page_of_each_heading() -> None:
    headings = [(heading.text, heading.page) for heading in outline_of(keepers_log())]
    assert headings == [("Oil, Weather, Ships", "31"), ("The Second Book", "32")]


def test_questions_are_made_of_author_names_and_headings() -> None:
    assert opening_questions(keepers_log()) == [
        "What does Marsh argue?",
        "What is said under “Oil, Weather, Ships”?",
        "What is said under “The Second Book”?",
    ]
    assert opening_questions(_named("Petrus", 3))[1] == "What is said about Petrus?"
    nameless = replace(keepers_log(), reference={})
    assert opening_questions(nameless)[0] == "What does this essay argue?"
    assert len(opening_questions(stored([passage("Words.")]))) == 3


@pytest.mark.parametrize(
    ("essay", "names"),
    [
        (_named("Petrus", 3), ["Petrus"]),
        (_named("Petrus", 2), []),
        (_named("Marsh", 9), []),
        (_named("oil", 9), []),
    ],
)
def test_names_stand_in_several_paragraphs_and_are_not_the_author(
    essay: StoredEssay, names: list[str]
) -> None:
    assert frequent_names(essay) == names


def test_several_essays_are_a_shelf_that_is_not_longer_than_the_column() -> None:
    essays = [renamed(keepers_log(), f"log{number}") for number in range(12)]
    html = welcome_html_of(FakeLibrary(*essays))
    assert len(Tags(html).of("shelf-title")) == 8
    assert "All 12 in the library" in words_of(html)
    assert len(Tags(html).of("ask-this")) == 3
    assert "No essay yet." in words_of(welcome_html_of(FakeLibrary()))


def test_a_record_is_shown_as_text() -> None:
    record = {"title": HOSTILE, "author": [{"literal": HOSTILE}], "container-title": HOSTILE}
    html = welcome_html_of(FakeLibrary(replace(keepers_log(), reference=record)))
    assert words_of(html, "record-title") == words_of(html, "record-authors") == HOSTILE
    assert not Tags(html).of("script")


def test_facts_are_those_that_the_record_has() -> None:
    record = {
        "container-title": "Journal",
        "volume": "60",
        "issue": "4",
        "issued": {"date-parts": [[2014, 12]]},
    }
    assert facts_of(record, "844", "861") == ["Journal 60.4", "2014", "pages 844–861"]
    assert facts_of({"publisher": "Press"}, "5", "5") == ["Press", "page 5"]
    assert facts_of({"issued": {"date-parts": [[]]}}, "", "") == []


# -- words that are selected


def _pin(name: str, start: int, end: int, words: str = "") -> dict[str, Any]:
    text = next(each.text for each in keepers_log().passages if each.id == name)
    return {"essay": "log", "passage": name, "start": start, "end": end, "words": words or text[start:end]}


def _quoted(*pins: dict[str, Any], style: str = "mla") -> dict[str, str]:
    return selection_quotation(FakeLibrary(keepers_log()))([json.dumps(pins), style])


def test_selected_words_are_quoted_with_exactly_their_pages() -> None:
    assert _quoted(_pin("log/p02", 0, 36)) == {
        "text": '"The official log has no first person" (Marsh 31).',
        "citation": "(Marsh 31)",
    }
    turn = next(each for each in keepers_log().passages if each.id == "log/p02").pages[1].start
    assert _quoted(_pin("log/p02", turn - 12, turn + 10))["citation"] == "(Marsh 31–32)"


def test_a_sentence_whose_end_is_not_selected_is_marked_where_the_style_wants_it() -> None:
    whole, middle = _pin("log/p01", 0, 27), _pin("log/p01", 2, 19)
    assert _quoted(whole)["text"] == '"A lighthouse keeper wrote t . . ." (Marsh 31).'
    assert _quoted(middle)["text"] == '"lighthouse keeper" (Marsh 31).'
    assert " . . ." not in _quoted(whole, style="apa")["text"]


def test_words_of_several_paragraphs_are_a_block_with_one_citation() -> None:
    first, second = _pin("log/p02", 0, 36), _pin("log/b01", 0, 14)
    quoted = _quoted(first, second)
    assert quoted["text"] == "The official log has no first person\nWind NW, hard. (Marsh 31–32)"
    assert quoted["html"].startswith("<blockquote>")
    cut = _quoted(first, _pin("log/b01", 0, 24))["text"]
    assert cut == "The official log has no first person\nWind NW, hard. Glass fal . . . (Marsh 31–32)"


@pytest.mark.parametrize(
    "sent",
    [
        *(None, 7, [], ["[]"], ["[]", "mla"], ["{", "mla"], [json.dumps([_pin("log/p01", 0, 5)]), "nobody"]),
        [json.dumps([_pin("log/p01", 0, 5, "other")]), "mla"],
        [json.dumps([{**_pin("log/p01", 0, 5), "passage": "log/p99"}]), "mla"],
        [json.dumps([{**_pin("log/p01", 0, 5), "end": 99_999}]), "mla"],
        [json.dumps([_pin("log/p01", 0, 5), {**_pin("log/p02", 0, 5), "essay": "other"}]), "mla"],
    ],
)
def test_anything_else_that_is_sent_is_no_quotation(sent: Any) -> None:
    assert selection_quotation(FakeLibrary(keepers_log()))(sent) == {}

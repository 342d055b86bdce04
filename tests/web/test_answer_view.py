"""The cards show the passages' own characters, and nothing in them is taken for markup."""

from __future__ import annotations

import dataclasses
from typing import get_args

import pytest
from page_library import Tags, answer, hit, keepers_log, passage, words_of

from assistant.core.answer import AnswerVerdict, Idea, Reason
from assistant.core.rich import rich
from assistant.rendering.answers import answer_text
from assistant.web.views.answer import (
    EVIDENCE,
    NEAR,
    NOT_ANSWERED,
    PENDING,
    answer_html,
    conversation_html,
    error_html,
)
from assistant.web.views.essays import report_html
from assistant.web.views.passage import browser_spans, marked_text

HOSTILE = "<script>alert('x')</script> & \"q\" **bold** $x^2$ ${1+1} {{value}} `code` </blockquote><mark>\r\n"


def test_a_card_holds_exactly_the_passage() -> None:
    for each in keepers_log().passages:
        html = answer_html(answer(hit(each, *each.sentences[-1:])))
        assert words_of(html, "passage-text") == each.text


@pytest.mark.parametrize("fold", [True, False])
def test_folding_neither_adds_nor_loses_a_character(fold: bool) -> None:  # noqa: FBT001 - a parameter of the test
    long = keepers_log().passages[4]
    result = hit(long, long.sentences[0], long.sentences[8])
    html = marked_text(long, result.highlights, fold=fold)
    assert words_of(html) == long.text
    assert ("folded" in html) is fold


def test_a_card_says_which_sentences_of_a_paragraph_it_meets() -> None:
    first, second, *_ = keepers_log().passages
    verdicts: tuple[AnswerVerdict, ...] = ("answers", "near", "none")
    ideas = tuple(
        Idea(start=0, end=3, text=f"<{verdict}>", sentence=number, verdict=verdict, passages=())
        for number, verdict in enumerate(verdicts, 2)
    )
    hits = [dataclasses.replace(hit(first), meets=(0, 1)), hit(second)]
    html = answer_html(dataclasses.replace(answer(*hits), ideas=ideas))
    assert words_of(html, "meets") == "Meets sentence 2: «<answers>»"
    assert "Comes near sentence 3: «&lt;near&gt;»" in html
    assert "nothing seems to bear on it" in words_of(html, "unmet-ideas")
    assert EVIDENCE in words_of(html, "verdict")


def test_a_follow_up_that_is_read_word_for_word_is_said_to_go_on() -> None:
    plain = dataclasses.replace(answer(hit(keepers_log().passages[0])), read_as="")
    same = dataclasses.replace(plain, read_as=plain.question)
    assert "read-as" not in answer_html(plain)
    said = "Read as going on from the question before"
    assert " ".join(words_of(answer_html(same), "read-as").split()).startswith(said)
    assert answer_text(same).startswith(f"{said}.\n")
    other = dataclasses.replace(plain, read_as="What of the lamp?")
    assert words_of(answer_html(other), "read-as-text") == "What of the lamp?"


def test_hostile_text_is_shown_as_written() -> None:
    nasty = passage(HOSTILE, name='log/"><img src=x>', section=HOSTILE, page="<b>9</b>")
    result = hit(nasty, (3, 20))
    html = answer_html(answer(dataclasses.replace(result, reference=HOSTILE), remark=HOSTILE))
    tags = Tags(html)
    assert words_of(html, "passage-text") == HOSTILE
    assert words_of(html, "section") == words_of(html, "reference") == HOSTILE
    assert {tag for tag, _, _ in tags.found} <= {
        *("div", "p", "article", "header", "span", "blockquote", "mark", "footer", "button"),
        *("details", "summary", "dl", "dt", "dd", "label", "input"),
    }
    assert len(tags.of("mark")) == 1
    assert words_of(error_html(HOSTILE)) == HOSTILE


def test_each_highlight_is_one_mark_at_its_place() -> None:
    long = keepers_log().passages[4]
    spans = (long.sentences[1], long.sentences[5])
    html = marked_text(long, hit(long, *spans).highlights, fold=True)
    assert [at for _, at in Tags(html).of("mark")] == [start for start, _ in spans]
    assert words_of(html, "") == long.text


def test_a_mark_across_a_page_turn_stays_whole() -> None:
    crossing = passage("One. Two goes ‖32‖over. Three.")
    html = marked_text(crossing, hit(crossing, (5, 19)).highlights)
    turn = '<span class="page-turn" role="separator" aria-label="page 32" data-page="32"></span>'
    assert html == f"One. <mark>Two goes {turn}over.</mark> Three."


def test_overlapping_highlights_lose_no_words() -> None:
    text = passage("Abcdefghij.")
    html = marked_text(text, hit(text, (0, 6), (4, 9)).highlights)
    assert html == "<mark>Abcdef</mark><mark>ghi</mark>j."


def test_page_turns_and_note_numbers_are_at_the_exact_character() -> None:
    for each in keepers_log().passages:
        tags = Tags(marked_text(each, hit(each, *each.sentences[:1]).highlights, fold=True))
        turns = [(attributes["data-page"], at) for attributes, at in tags.of("page-turn")]
        notes = [(attributes["data-mark"], at) for attributes, at in tags.of("note-mark")]
        assert turns == [(page.label, page.start) for page in each.pages if page.start]
        assert notes == [(note.mark, note.at) for note in each.notes]


def test_copy_buttons_hold_the_quotations() -> None:
    result = hit(keepers_log().passages[4], (0, 36))
    tags = Tags(answer_html(answer(result)))
    assert [attributes["data-copy"] for attributes, _ in tags.of("copy-quotation")] == [
        result.highlights[0].quotation
    ]
    assert [attributes["data-copy"] for attributes, _ in tags.of("copy-passage")] == [result.quotation]


def test_pin_buttons_hold_the_offsets_of_the_words() -> None:
    long = keepers_log().passages[4]
    tags = Tags(answer_html(answer(hit(long, (0, 36), (40, 50)))))
    pins = [(pin["data-start"], pin["data-end"], pin["aria-label"]) for pin, _ in tags.of("pin")]
    assert pins == [
        ("0", "36", "Pin quotation 1"),
        ("40", "50", "Pin quotation 2"),
        ("0", str(len(long.text)), "Pin passage"),
    ]


def test_copy_buttons_have_other_forms_where_they_say_more() -> None:
    result = hit(keepers_log().passages[5])
    entry = rich("Marsh, ") + rich("Log", italic=True)
    result = dataclasses.replace(result, block=True, reference=entry.plain(), reference_rich=entry)
    tags = Tags(answer_html(answer(result)))
    ((block, _),), ((reference, _),) = tags.of("copy-passage"), tags.of("copy-reference")
    assert block["data-html"] == f"<blockquote>{block['data-copy']}</blockquote>"
    assert block["data-markdown"] == f"> {block['data-copy']}"
    copied = [reference[f"data-{form}"] for form in ("copy", "html", "markdown")]
    assert copied == ["Marsh, Log", "Marsh, <i>Log</i>", "Marsh, *Log*"]


def test_the_form_of_a_turn_has_what_the_script_fills() -> None:
    tags = Tags(conversation_html())
    assert {name for name in ("asked", "edit", "link-question", "forget", "again") if tags.of(name)} == {
        *("asked", "edit", "link-question", "forget", "again")
    }
    assert PENDING in words_of(conversation_html())


def test_a_card_names_section_pages_kind_and_citation() -> None:
    essay = keepers_log()
    html = answer_html(answer(hit(essay.passages[4], (0, 36))), {"log": "The Keeper’s Log"})
    assert words_of(html, "section") == "Oil, Weather, Ships"
    assert words_of(html, "pages") == "pp. 31–32"
    assert words_of(html, "citation") == "(Marsh 31)"
    assert words_of(html, "passage-citation") == "(Marsh 31–32)"
    assert words_of(html, "essay") == "The Keeper’s Log"
    assert words_of(answer_html(answer(hit(essay.passages[5]))), "kind") == "Block quotation"
    assert words_of(answer_html(answer(hit(essay.passages[-1]))), "kind") == "Note"


def test_a_source_without_pages_says_so() -> None:
    assert words_of(answer_html(answer(hit(passage("Words.", page="")))), "pages") == "no page numbers"


def test_each_reference_is_shown_once() -> None:
    first, second = keepers_log().passages[2], keepers_log().passages[4]
    html = answer_html(answer(hit(first), hit(second)))
    assert len(Tags(html).of("reference")) == 1


def test_unanswered_questions_are_marked_as_such() -> None:
    html = answer_html(answer(hit(keepers_log().passages[2]), verdict="none", confidence=0.2))
    assert words_of(html, "verdict") == NOT_ANSWERED == "The essay does not seem to answer this."
    assert words_of(html, "nearest") == "Nearest passages"
    assert Tags(html).of("not-answered")


@pytest.mark.parametrize("reason", get_args(Reason))
def test_each_kind_of_none_has_its_words(reason: Reason) -> None:
    found = dataclasses.replace(answer(hit(keepers_log().passages[2]), verdict="none"), reason=reason)
    html = answer_html(found)
    assert words_of(html, "verdict").startswith("Not answered: ")
    assert Tags(html).of("not-answered")[0][0]["data-reason"] == reason
    # Before the passages are read nothing is said of it.
    assert "data-reason" not in answer_html(found, reading=True)
    near = dataclasses.replace(found, verdict="near")
    assert words_of(answer_html(near), "verdict") == NEAR


@pytest.mark.parametrize(
    ("confidence", "words"), [(0.93, "Likely answer"), (0.75, "Likely answer"), (0.74, "Possible answer")]
)
def test_confidence_is_said_in_words(confidence: float, words: str) -> None:
    html = answer_html(answer(hit(keepers_log().passages[2]), confidence=confidence))
    assert words_of(html, "verdict") == words
    assert str(confidence) not in words_of(html)


@pytest.mark.parametrize(
    ("verdict", "confidence"), [("answers", 0.9), ("answers", 0.5), ("near", 0.4), ("none", 0.1)]
)
def test_every_verdict_has_a_legend_in_words(verdict: AnswerVerdict, confidence: float) -> None:
    html = answer_html(answer(hit(keepers_log().passages[2]), verdict=verdict, confidence=confidence))
    legend = words_of(html, "legend")
    for term in ("Likely answer", "Possible answer", "These come nearest", "Nearest passages"):
        assert term in legend
    assert not any(character.isdigit() for character in legend)
    assert '<details class="legend"><summary aria-label=' in html


def test_there_is_no_legend_before_the_verdict_and_without_passages() -> None:
    result = hit(keepers_log().passages[2])
    assert "legend" not in answer_html(answer(result), reading=True)
    assert "legend" not in answer_html(answer(verdict="none", remark="Type a question first."))


def test_passages_that_come_near_are_not_greyed() -> None:
    html = answer_html(answer(hit(keepers_log().passages[2]), verdict="near", confidence=0.3))
    assert words_of(html, "verdict") == NEAR == "No passage says this outright; these come nearest."
    assert Tags(html).of("comes-near")
    assert Tags(html).of("not-answered-text")
    assert not Tags(html).of("not-answered")
    assert not Tags(html).of("nearest")


def test_a_note_on_the_question_is_shown_even_without_passages() -> None:
    html = answer_html(answer(verdict="none", remark="Type a question first."))
    assert words_of(html) == "Type a question first."


def test_spans_are_counted_as_the_browser_counts() -> None:
    astral = passage("𝔄 word. Then.")
    assert browser_spans(astral.text, hit(astral, (2, 7)).highlights) == "3-8"


def test_the_report_of_an_upload_has_the_essentials() -> None:
    report = dataclasses.replace(keepers_log().report, title=HOSTILE, warnings=("Page 32 is missing.",))
    words = words_of(report_html(report))
    for essential in (HOSTILE, "3 pages found, 31 to 33", "4 paragraphs", "1 line-end hyphen undone"):
        assert essential in words
    assert "Page 32 is missing." in words
    assert "No pages found" in words_of(report_html(dataclasses.replace(report, pages=0)))

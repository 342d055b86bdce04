"""A question is answered in steps: its passages, then their verdict, each sent once."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import gradio as gr
import pytest
from hypothesis import given
from hypothesis import strategies as st
from page_library import FakeLibrary, keepers_log, page_widgets, renamed, words_of

from assistant.core.answer import Answer
from assistant.core.errors import LibraryError
from assistant.web.ask import CHOSEN_GONE, FAILED, AskHandlers, essay_finder, sentence_quotations
from assistant.web.views.answer import NOT_ANSWERED, READING, sent_answer

QUESTION = "Why are the shortest entries the proudest?"


class _Slow(FakeLibrary):
    """Answers at once what a second reading takes back; records how it was asked."""

    def __init__(self) -> None:
        super().__init__(keepers_log())
        self.asked: list[tuple[str, bool, list[str]]] = []
        self.styles_asked: list[str] = []
        self.error = ""

    def answers(
        self, question: str, *, style: str = "mla", history: Sequence[str] = (), **options: Any
    ) -> Iterator[Answer]:
        """Answer, and when reading closely say that nothing answers."""
        self.styles_asked.append(style)
        answers = super().answers(question, style=style, history=history, **options)
        for answer, fast in zip(answers, (True, False), strict=False):
            self.asked.append((question, fast, [*history]))
            if self.error and not fast:
                raise LibraryError(self.error)
            yield dataclasses.replace(
                answer, verdict="answers" if fast else "none", confidence=0.9 if fast else 0.2
            )


@pytest.fixture
def library() -> _Slow:
    return _Slow()


@pytest.fixture
def handlers(library: _Slow) -> AskHandlers:
    return AskHandlers(library, page_widgets())


def _sent(handlers: AskHandlers, question: str, asked: str | None = None) -> list[dict[str, Any]]:
    """What is sent of an answer step by step."""
    steps = [*handlers.ask(question, asked, "apa")]
    # Gradio repeats the last values.
    assert steps.pop() == {handlers.widgets.arrived: gr.skip()}
    values = [updates[handlers.widgets.arrived] for updates in steps]
    # Gradio sends only what comes after the value before.
    assert all(now.startswith(before) for before, now in pairwise(values))
    return [json.loads(line) for line in values[-1].splitlines()]


def _shown(first: str, sent: Any) -> str:
    """The HTML that the page's script makes of what is sent first and now."""
    start, end, words = sent["change"]
    units = first.encode("utf-16-le")
    return str((units[: 2 * start] + words.encode("utf-16-le") + units[2 * end :]).decode("utf-16-le"))


def _steps(handlers: AskHandlers, question: str, asked: str | None = None) -> list[str]:
    """What is shown of an answer step by step."""
    first, *later = _sent(handlers, question, asked)
    html = _shown("", first)
    return [html, *(_shown(html, sent) for sent in later)]


def test_passages_come_before_their_verdict(handlers: AskHandlers, library: _Slow) -> None:
    reading, done = _steps(handlers, QUESTION)
    assert [fast for _, fast, _ in library.asked] == [True, False]
    assert words_of(reading, "verdict") == READING
    assert 'class="answer reading"' in reading
    assert words_of(done, "verdict") == NOT_ANSWERED
    assert 'class="answer not-answered"' in done


def test_both_steps_and_the_cards_are_in_the_chosen_style(handlers: AskHandlers, library: _Slow) -> None:
    reading, done = _steps(handlers, QUESTION)
    assert library.styles_asked == ["apa"]
    assert [words_of(html, "citation") for html in (reading, done)] == ["(Marsh, in apa)"] * 2


def test_the_verdict_leaves_the_cards_as_they_are(handlers: AskHandlers) -> None:
    reading, done = _steps(handlers, QUESTION)
    first = reading.index("<article")
    assert reading[first:] == done[done.index("<article") :]
    # The same elements before the cards, so that the browser does not draw again what follows them.
    assert reading[:first].count('<div class="') == done[: done.index("<article")].count('<div class="') == 2


def test_passages_are_sent_once_and_then_what_changes(handlers: AskHandlers) -> None:
    reading, done = _sent(handlers, QUESTION, '{"turn": "t7"}')
    assert (reading["turn"], reading["done"]) == ("t7", False)
    assert (done["turn"], done["done"]) == ("t7", True)
    assert "<article" in reading["change"][2]
    assert "<article" not in done["change"][2]


@given(st.text(), st.text(), st.text(), st.text())
def test_a_change_leads_from_one_html_to_the_other(head: str, before: str, now: str, tail: str) -> None:
    first, last = (head + words + tail for words in (before, now))
    assert _shown(first, json.loads(sent_answer("t", first, last, done=True))) == last


def test_earlier_questions_come_with_a_new_one(handlers: AskHandlers, library: _Slow) -> None:
    _steps(handlers, "And the second book?", json.dumps({"history": [QUESTION, "", 7, None]}))
    assert library.asked[-1] == ("And the second book?", False, [QUESTION])
    _steps(handlers, "And?", json.dumps({"history": [str(number) for number in range(50)]}))
    assert library.asked[-1][2] == [str(number) for number in range(30, 50)]


def test_an_error_in_the_second_step_is_one_sentence(handlers: AskHandlers, library: _Slow) -> None:
    library.error = "The index is gone; add the essay again."
    *_, done = _steps(handlers, QUESTION)
    assert words_of(done) == library.error
    assert READING not in done


def test_a_failure_of_the_program_is_said_in_place_of_the_pending_question(handlers: AskHandlers) -> None:
    sent = json.loads(handlers.fail()[handlers.widgets.arrived])
    assert (sent["turn"], words_of(_shown("", sent)), sent["done"]) == ("", FAILED, True)


def test_the_script_may_send_anything_to_find_essays_by(library: _Slow) -> None:
    find = essay_finder(library)
    (essay,) = library.ids()
    assert f'value="{essay}"' in find("")["choices"]
    nothing = {"rows": "", "choices": ""}
    for words in ("no such words", "log " * 100, None, 7, ["log"], {"words": "log"}):
        found = find(words)
        assert {name: html.strip() for name, html in found.items()} == nothing


def test_the_script_is_given_the_sentence_quotations_an_essay_that_is_there(library: _Slow) -> None:
    quotations = sentence_quotations(library)
    assert quotations.__name__ == "quotations"
    sentences = quotations(["log", "mla"])
    assert {passage_id: len(quoted) for passage_id, quoted in sentences.items()} == {
        passage.id: len(passage.sentences) for passage in keepers_log().passages
    }
    assert quotations(["log", "apa"])["log/b01"][0]["text"].endswith(" (Marsh, in apa)")
    names = ["nobody", "", "../log", "log\0", None, 7, ["log"], {"log": 1}]
    sent: list[Any] = [*names, *([name, "mla"] for name in names), *(["log", name] for name in names)]
    assert [quotations(value) for value in sent] == [{}] * len(sent)


def test_a_question_without_passages_is_not_read(handlers: AskHandlers, library: _Slow) -> None:
    (done,) = _steps(handlers, " ")
    assert [fast for _, fast, _ in library.asked] == [True]
    assert "Type a question first." in done
    assert READING not in done


def test_only_the_chosen_essays_are_asked_and_those_that_left_drop_out() -> None:
    log = keepers_log()
    asked: list[list[str]] = []

    class Asked(FakeLibrary):
        def answers(self, question: str, *, essays: Any = (), **rest: Any) -> Any:
            asked.append([*essays])
            return super().answers(question, essays=essays, **rest)

    library = Asked(log, renamed(log, "zeta"), renamed(log, "eta"))
    handlers = AskHandlers(library, page_widgets())

    def conversation(chosen: str) -> str:
        return _steps(handlers, "What of the lamp?", f'{{"essays": {chosen}}}')[-1]

    conversation('["zeta", "log", "gone"]')
    conversation("[]")
    assert asked == [["zeta", "log"], []]
    assert CHOSEN_GONE in words_of(conversation('["gone"]'))
    assert len(asked) == 2

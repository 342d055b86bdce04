"""A question is answered in steps: shown, its passages, their verdict."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from page_library import FakeLibrary, keepers_log, page_widgets, renamed, words_of

from assistant.core.answer import Answer
from assistant.core.errors import LibraryError
from assistant.web.ask import CHOSEN_GONE, AskHandlers, sentence_quotations
from assistant.web.views.answer import NOT_ANSWERED, PENDING, READING, Turn

QUESTION = "Why are the shortest entries the proudest?"


class _Slow(FakeLibrary):
    """Answers at once what a second reading takes back; records how it was asked."""

    def __init__(self) -> None:
        super().__init__(keepers_log())
        self.asked: list[tuple[str, bool, list[str]]] = []
        self.styles_asked: list[str] = []
        self.error = ""

    def answers(
        self, question: str, *, essays: Sequence[str] = (), style: str = "mla", history: Sequence[str] = ()
    ) -> Iterator[Answer]:
        """Answer, and when reading closely say that nothing answers."""
        self.styles_asked.append(style)
        answers = super().answers(question, essays=essays, style=style, history=history)
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


def _steps(
    handlers: AskHandlers, question: str, turns: tuple[Turn, ...] = ()
) -> tuple[list[str], tuple[Turn, ...]]:
    """What the conversation shows step by step, and the turns remembered."""
    widgets = handlers.widgets
    steps: list[dict[Any, Any]] = list(handlers.ask(question, turns, None, "apa"))
    assert [widgets.turns in updates for updates in steps] == [False] * (len(steps) - 1) + [True]
    shown = [updates[widgets.conversation] for updates in steps if widgets.conversation in updates]
    return shown, steps[-1][widgets.turns]


def test_passages_come_before_their_verdict(handlers: AskHandlers, library: _Slow) -> None:
    (waiting, reading, done), _ = _steps(handlers, QUESTION)
    assert [fast for _, fast, _ in library.asked] == [True, False]
    assert PENDING in waiting
    assert words_of(reading, "verdict") == READING
    assert 'class="answer reading"' in reading
    assert words_of(done, "verdict") == NOT_ANSWERED
    assert 'class="answer not-answered"' in done


def test_both_steps_and_the_cards_are_in_the_chosen_style(handlers: AskHandlers, library: _Slow) -> None:
    (_, reading, done), _ = _steps(handlers, QUESTION)
    assert library.styles_asked == ["apa"]
    assert [words_of(html, "citation") for html in (reading, done)] == ["(Marsh, in apa)"] * 2


def test_the_verdict_leaves_the_cards_as_they_are(handlers: AskHandlers) -> None:
    (_, reading, done), _ = _steps(handlers, QUESTION)
    first = reading.index("<article")
    assert reading[first:] == done[done.index("<article") :]
    # The same elements before the cards, so that the browser does not draw again what follows them.
    assert reading[:first].count('<div class="') == done[: done.index("<article")].count('<div class="') == 3


def test_what_is_remembered_is_the_end(handlers: AskHandlers, library: _Slow) -> None:
    _, turns = _steps(handlers, QUESTION)
    assert [turn.question for turn in turns] == [QUESTION]
    assert READING not in turns[0].html
    _, turns = _steps(handlers, "And the second book?", turns)
    assert library.asked[-1] == ("And the second book?", False, [QUESTION])
    assert len(turns) == 2


def test_an_error_in_the_second_step_is_one_sentence(handlers: AskHandlers, library: _Slow) -> None:
    library.error = "The index is gone; add the essay again."
    (*_, done), turns = _steps(handlers, QUESTION)
    assert words_of(turns[0].html) == library.error
    assert READING not in done


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
    (_, done), _ = _steps(handlers, " ")
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
        shown = handlers.widgets.conversation
        *_, last = (
            updates for updates in handlers.ask("What of the lamp?", (), chosen, "mla") if shown in updates
        )
        return str(last[shown])

    conversation('["zeta", "log", "gone"]')
    conversation("[]")
    assert asked == [["zeta", "log"], []]
    assert CHOSEN_GONE in words_of(conversation('["gone"]'))
    assert len(asked) == 2

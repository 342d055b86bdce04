"""A question is answered in steps: shown, its passages, their verdict."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from page_library import FakeLibrary, keepers_log, page_widgets, words_of

from assistant.core.answer import Answer
from assistant.core.errors import LibraryError
from assistant.web.ask import Desk, quotations_of
from assistant.web.views.answer import NOT_ANSWERED, PENDING, READING, Turn

QUESTION = "Why are the shortest entries the proudest?"


class _Slow(FakeLibrary):
    """Answers at once what a second reading takes back; notes how it was asked."""

    def __init__(self) -> None:
        super().__init__(keepers_log())
        self.asked: list[tuple[str, bool, list[str]]] = []
        self.styles_asked: list[str] = []
        self.fault = ""

    def answers(
        self, question: str, *, essays: Sequence[str] = (), style: str = "mla", history: Sequence[str] = ()
    ) -> Iterator[Answer]:
        """Answer, and when reading closely say that nothing answers."""
        self.styles_asked.append(style)
        made = super().answers(question, essays=essays, style=style, history=history)
        for found, fast in zip(made, (True, False), strict=False):
            self.asked.append((question, fast, [*history]))
            if self.fault and not fast:
                raise LibraryError(self.fault)
            yield dataclasses.replace(found, answered=fast, confidence=0.9 if fast else 0.2)


@pytest.fixture
def library() -> _Slow:
    return _Slow()


@pytest.fixture
def desk(library: _Slow) -> Desk:
    return Desk(library, page_widgets())


def _steps(desk: Desk, question: str, turns: tuple[Turn, ...] = ()) -> tuple[list[str], tuple[Turn, ...]]:
    """What the conversation shows step by step, and the turns remembered."""
    widgets = desk._widgets  # noqa: SLF001 - the page's components are the handler's output
    made: list[dict[Any, Any]] = list(desk.ask(question, turns, None, "apa"))
    assert [widgets.turns in one for one in made] == [False] * (len(made) - 1) + [True]
    return [one[widgets.conversation] for one in made if widgets.conversation in one], made[-1][widgets.turns]


def test_passages_come_before_their_verdict(desk: Desk, library: _Slow) -> None:
    (waiting, reading, done), _ = _steps(desk, QUESTION)
    assert [fast for _, fast, _ in library.asked] == [True, False]
    assert PENDING in waiting
    assert words_of(reading, "verdict") == READING
    assert 'class="answer reading"' in reading
    assert words_of(done, "verdict") == NOT_ANSWERED
    assert 'class="answer not-answered"' in done


def test_both_steps_and_the_cards_are_in_the_chosen_style(desk: Desk, library: _Slow) -> None:
    (_, reading, done), _ = _steps(desk, QUESTION)
    assert library.styles_asked == ["apa"]
    assert [words_of(html, "citation") for html in (reading, done)] == ["(Marsh, in apa)"] * 2


def test_the_verdict_leaves_the_cards_as_they_are(desk: Desk) -> None:
    (_, reading, done), _ = _steps(desk, QUESTION)
    first = reading.index("<article")
    assert reading[first:] == done[done.index("<article") :]
    # The same elements before the cards: what is behind them is not drawn anew.
    assert reading[:first].count('<div class="') == done[: done.index("<article")].count('<div class="') == 3


def test_what_is_remembered_is_the_end(desk: Desk, library: _Slow) -> None:
    _, turns = _steps(desk, QUESTION)
    assert [turn.question for turn in turns] == [QUESTION]
    assert READING not in turns[0].html
    _, turns = _steps(desk, "And the second book?", turns)
    assert library.asked[-1] == ("And the second book?", False, [QUESTION])
    assert len(turns) == 2


def test_a_fault_of_the_second_step_is_one_sentence(desk: Desk, library: _Slow) -> None:
    library.fault = "The index is gone; add the essay again."
    (*_, done), turns = _steps(desk, QUESTION)
    assert words_of(turns[0].html) == library.fault
    assert READING not in done


def test_the_script_is_given_the_quotations_of_an_essay_that_is_there(library: _Slow) -> None:
    quotations = quotations_of(library)
    assert quotations.__name__ == "quotations"
    given = quotations(["log", "mla"])
    assert {name: len(each) for name, each in given.items()} == {
        each.id: len(each.sentences) for each in keepers_log().passages
    }
    assert quotations(["log", "apa"])["log/b01"][0]["text"].endswith(" (Marsh, in apa)")
    names = ["nobody", "", "../log", "log\0", None, 7, ["log"], {"log": 1}]
    asked: list[Any] = [*names, *([one, "mla"] for one in names), *(["log", one] for one in names)]
    assert [quotations(one) for one in asked] == [{}] * len(asked)


def test_a_question_without_passages_is_not_read(desk: Desk, library: _Slow) -> None:
    (_, done), _ = _steps(desk, " ")
    assert [fast for _, fast, _ in library.asked] == [True]
    assert "Type a question first." in done
    assert READING not in done

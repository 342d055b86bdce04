"""Choosing a passage while typing, with keys sent as a terminal sends them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from essay_library import FOUND, QUESTION, Command, Opened
from hypothesis import given
from hypothesis import strategies as st
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from assistant.cli.clipboard import copy
from assistant.cli.pick import Picker, broken
from assistant.core.answer import Answer, Hit
from assistant.core.errors import AssistantError

_DOWN, _TAB, _ENTER, _ESCAPE, _BACKSPACE = "\x1b[B", "\t", "\r", "\x1b", "\x7f"


def picked(opened: Opened, keys: str, question: str = "") -> tuple[Hit | None, str, list[str]]:
    """What keys choose, its words, and the questions that were asked."""
    asked: list[str] = []

    def ask(text: str) -> Answer:
        asked.append(text)
        if text == "!":
            raise AssistantError("The question has no words.")
        return opened.library.ask(text, top=9, fast=True)

    with create_pipe_input() as source:
        source.send_text(keys)
        hit, words, _ = Picker(ask, question).run(source, DummyOutput())
    return hit, words, asked


def test_enter_takes_the_marked_words_of_the_first_passage(opened: Opened) -> None:
    hit, words, _ = picked(opened, _ENTER, QUESTION)
    assert hit is not None
    assert hit.passage.id == FOUND
    assert words == hit.highlights[0].quotation


def test_tab_takes_the_whole_passage(opened: Opened) -> None:
    hit, words, _ = picked(opened, _TAB + _ENTER, QUESTION)
    assert hit is not None
    assert words == hit.quotation != hit.highlights[0].quotation


def test_arrows_choose_and_stop_at_the_end(opened: Opened) -> None:
    hits = opened.library.ask(QUESTION, top=9, fast=True).hits
    assert picked(opened, _DOWN + _ENTER, QUESTION)[0] == hits[1]
    assert picked(opened, _DOWN * 20 + _ENTER, QUESTION)[0] == hits[-1]


def test_keys_typed_ahead_are_asked_once(opened: Opened) -> None:
    hit, _, asked = picked(opened, "ten tabble" + _BACKSPACE * 3 + "les" + _ENTER)
    assert hit is not None
    assert asked == ["ten tables"]
    assert picked(opened, "ten" + _DOWN + " tables" + _ENTER)[2] == ["ten", "ten tables"]


def test_leaving_takes_nothing(opened: Opened) -> None:
    for key in (_ESCAPE, "\x03", "\x04"):
        assert picked(opened, key, QUESTION)[:2] == (None, "")


def test_enter_without_a_passage_waits(opened: Opened) -> None:
    assert picked(opened, _ENTER + _ESCAPE)[0] is None


def test_a_question_that_cannot_be_asked_ends_nothing(opened: Opened) -> None:
    hit, _, asked = picked(opened, "!" + _DOWN + _BACKSPACE + "ten tables" + _ENTER)
    assert hit is not None
    assert asked[0] == "!"


def test_an_unexpected_error_ends_the_list() -> None:
    def ask(_text: str) -> Answer:
        raise ZeroDivisionError

    with create_pipe_input() as source:
        source.send_text("a")
        with pytest.raises(ZeroDivisionError):
            Picker(ask).run(source, DummyOutput())


def test_a_new_question_begins_with_its_first_passage(opened: Opened) -> None:
    hit, _, _ = picked(opened, _DOWN * 3 + "?" + _ENTER, QUESTION[:-1])
    assert hit is not None
    assert hit.passage.id == FOUND


def test_without_a_terminal_one_sentence_tells_what_to_use(command: Command) -> None:
    assert command("pick") == 2
    assert command.err == (
        "assistant: pick needs a terminal to type in; without one use: assistant ask QUESTION\n"
    )


class Desktop:
    """A clipboard; one that is gone takes words in silence."""

    def __init__(self, *, is_gone: bool = False) -> None:
        self.held, self._is_gone = "", is_gone

    def chosen(self) -> tuple[Callable[[str], None], Callable[[], str]]:
        """As ``pyperclip.determine_clipboard``."""
        return self.put, lambda: self.held

    def put(self, text: str) -> None:
        """Take a text."""
        # As Windows ends lines.
        self.held = "" if self._is_gone else text.replace("\n", "\r\n")


def test_words_are_put_on_the_clipboard(monkeypatch: pytest.MonkeyPatch) -> None:
    desktop = Desktop()
    monkeypatch.setattr("pyperclip.determine_clipboard", desktop.chosen)
    copy("“naïve”\nwords")
    assert desktop.held == "“naïve”\r\nwords"


def test_a_clipboard_that_is_gone_is_told(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("pyperclip.determine_clipboard", Desktop(is_gone=True).chosen)
    with pytest.raises(AssistantError, match="No clipboard can be reached; install xclip"):
        copy("words")
    assert capfd.readouterr() == ("", "")


def test_a_terminal_takes_words_to_the_clipboard_of_the_machine_that_it_is_on(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("pyperclip.determine_clipboard", Desktop(is_gone=True).chosen)
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    copy("words")
    assert capfd.readouterr() == ("", "\x1b]52;c;d29yZHM=\x07")
    with pytest.raises(AssistantError):
        copy("words " * 20_000)


@given(st.text(st.sampled_from("ab \n")), st.integers(1, 12))
def test_breaking_a_text_into_lines_changes_spaces_alone(text: str, columns: int) -> None:
    lines = broken(text, columns)
    assert len(lines) == len(text)
    assert all(new == old or (old, new) == (" ", "\n") for old, new in zip(text, lines, strict=True))
    for line in lines.split("\n"):
        assert len(line) <= columns or " " not in line[: columns + 1]


@pytest.mark.parametrize("columns", [10, 40])
def test_words_stay_whole(columns: int) -> None:
    text = "a word after another until the line is full " * 3
    assert broken(text, columns).split() == text.split()

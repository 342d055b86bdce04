"""What a tab sends after a reload is shown again; anything else that it sends is left out."""

from __future__ import annotations

import json
from typing import Any

import gradio as gr
import pytest
from page_library import FakeLibrary, keepers_log, page_widgets, renamed, words_of

from assistant.web.ask import AskHandlers, AskWidgets
from assistant.web.session import Asked, Session, asked_with, saved_session


def _load(
    session: dict[str, Any] | None, library: FakeLibrary | None = None
) -> tuple[dict[Any, Any], AskWidgets]:
    widgets = page_widgets()
    return AskHandlers(library or FakeLibrary(keepers_log()), widgets).load(json.dumps(session)), widgets


def test_a_session_is_read() -> None:
    sent = {"reading": "log", "draft": "And why?", "style": "apa"}
    assert saved_session(json.dumps(sent)) == Session("log", "And why?", "apa")


@pytest.mark.parametrize(
    "sent",
    [
        *(None, "", "null", "[]", "7", '"x"', "{", "[" * 100_000),
        '{"reading": {}, "draft": null, "style": 7}',
        json.dumps({"draft": "x" * 5_000_001}),
    ],
)
def test_anything_else_is_left_out(sent: str | None) -> None:
    assert saved_session(sent) == Session()


def test_a_question_not_yet_asked_is_shown_again() -> None:
    updates, widgets = _load({"draft": "And why?"})
    assert updates[widgets.question] == "And why?"


@pytest.mark.parametrize("style", ["nobody", "", "/etc/hosts.csl", "../x.csl"])
def test_an_unknown_style_is_not_chosen_again(style: str) -> None:
    updates, widgets = _load({"style": "ieee"})
    assert updates[widgets.style] == "ieee"
    updates, widgets = _load({"style": style})
    assert updates[widgets.style] == gr.skip()


def test_a_new_tab_is_welcomed() -> None:
    updates, widgets = _load(None)
    assert words_of(updates[widgets.conversation], "record-title") == "The Keeper’s Log"


@pytest.mark.parametrize(("reading", "shown"), [("zeta", "zeta"), ("gone", "log"), ("", "log")])
def test_an_essay_that_has_left_the_library_is_not_chosen_again(reading: str, shown: str) -> None:
    log = keepers_log()
    library = FakeLibrary(log, renamed(log, "zeta"))
    updates, widgets = _load({"reading": reading}, library)
    assert updates[widgets.reading]["value"] == shown


@pytest.mark.parametrize(
    ("sent", "asked"),
    [
        *((sent, Asked()) for sent in (None, "", "[]", "{", "7", '{"a": 1}', "[" * 100_000)),
        ('{"essays": ["a", 7, null, ["b"]]}', Asked(essays=("a",))),
        ('{"turn": 7, "history": 7, "essays": 7}', Asked()),
        ('{"turn": "t", "history": ["x", 7, ""], "essays": []}', Asked("t", ("x",))),
        (json.dumps({"turn": "x" * 101}), Asked()),
        (json.dumps({"turn": "t", "history": ["x" * 200_000]}), Asked()),
    ],
)
def test_what_comes_with_a_question_is_read_from_anything(sent: str | None, asked: Asked) -> None:
    assert asked_with(sent) == asked

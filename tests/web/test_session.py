"""What a tab sends after a reload is shown again; anything else that it sends is left out."""

from __future__ import annotations

import json
from typing import Any

import gradio as gr
import pytest
from page_library import FakeLibrary, keepers_log, page_widgets, renamed

from assistant.web.ask import AskHandlers, AskWidgets
from assistant.web.session import Session, chosen_essays, saved_session
from assistant.web.views.answer import Turn, welcome_html

TURN = {"question": "Who <b>lit</b> it?", "html": "<p>The keeper.</p>"}


def _load(
    session: dict[str, Any] | None, library: FakeLibrary | None = None
) -> tuple[dict[Any, Any], AskWidgets]:
    widgets = page_widgets()
    return AskHandlers(library or FakeLibrary(keepers_log()), widgets).load(json.dumps(session)), widgets


def test_a_session_is_read() -> None:
    sent = {"turns": [TURN], "reading": "log", "draft": "And why?", "style": "apa"}
    assert saved_session(json.dumps(sent)) == Session((Turn(**TURN),), "log", "And why?", "apa")


@pytest.mark.parametrize(
    "sent",
    [
        *(None, "", "null", "[]", "7", '"x"', "{", "[" * 100_000),
        '{"turns": 7, "reading": {}, "draft": null, "style": 7}',
        '{"turns": [null, 7, {"question": "x"}, {"question": 1, "html": "y"}]}',
        json.dumps({"draft": "x" * 5_000_001}),
    ],
)
def test_anything_else_is_left_out(sent: str | None) -> None:
    assert saved_session(sent) == Session()


def test_the_conversation_is_shown_again_and_goes_on() -> None:
    updates, widgets = _load({"turns": [TURN], "draft": "And why?"})
    assert updates[widgets.turns] == (Turn(**TURN),)
    assert "&lt;b&gt;lit&lt;/b&gt;" in updates[widgets.conversation]
    assert "<p>The keeper.</p>" in updates[widgets.conversation]
    assert updates[widgets.question] == "And why?"
    assert not any(updates[button]["visible"] for button in widgets.examples)


@pytest.mark.parametrize("style", ["nobody", "", "/etc/hosts.csl", "../x.csl"])
def test_an_unknown_style_is_not_chosen_again(style: str) -> None:
    updates, widgets = _load({"style": "ieee"})
    assert updates[widgets.style] == "ieee"
    updates, widgets = _load({"style": style})
    assert updates[widgets.style] == gr.skip()


def test_a_new_tab_is_welcomed() -> None:
    updates, widgets = _load(None)
    assert updates[widgets.turns] == ()
    assert updates[widgets.conversation] == welcome_html(has_essay=True)


@pytest.mark.parametrize(("reading", "shown"), [("zeta", "zeta"), ("gone", "log"), ("", "log")])
def test_an_essay_that_has_left_the_library_is_not_chosen_again(reading: str, shown: str) -> None:
    log = keepers_log()
    library = FakeLibrary(log, renamed(log, "zeta"))
    updates, widgets = _load({"reading": reading}, library)
    assert updates[widgets.reading]["value"] == shown


@pytest.mark.parametrize(
    ("sent", "chosen"),
    [
        *((None, []), ("", []), ("[]", []), ("{", []), ("7", []), ('{"a": 1}', []), ("[" * 100_000, [])),
        *(('["a", "b"]', ["a", "b"]), ('["a", 7, null, ["b"]]', ["a"])),
    ],
)
def test_chosen_essays_are_read_from_anything(sent: str | None, chosen: list[str]) -> None:
    assert chosen_essays(sent) == chosen

"""What a tab gives back after a reload is drawn again; whatever else it tells is left out."""

from __future__ import annotations

import json
from typing import Any

import gradio as gr
import pytest
from page_library import FakeLibrary, keepers_log, page_widgets, renamed

from assistant.web.ask import AskWidgets, Desk
from assistant.web.session import Kept, kept_of
from assistant.web.views.answer import Turn, welcome_html

TURN = {"question": "Who <b>lit</b> it?", "html": "<p>The keeper.</p>"}


def _opened(
    told: dict[str, Any] | None, library: FakeLibrary | None = None
) -> tuple[dict[Any, Any], AskWidgets]:
    widgets = page_widgets()
    return Desk(library or FakeLibrary(keepers_log()), widgets).opened(json.dumps(told)), widgets


def test_what_was_kept_is_read() -> None:
    told = {"turns": [TURN], "reading": "log", "draft": "And why?", "style": "apa"}
    assert kept_of(json.dumps(told)) == Kept((Turn(**TURN),), "log", "And why?", "apa")


@pytest.mark.parametrize(
    "told",
    [
        *(None, "", "null", "[]", "7", '"x"', "{", "[" * 100_000),
        '{"turns": 7, "reading": {}, "draft": null, "style": 7}',
        '{"turns": [null, 7, {"question": "x"}, {"question": 1, "html": "y"}]}',
        json.dumps({"draft": "x" * 5_000_001}),
    ],
)
def test_anything_else_is_left_out(told: str | None) -> None:
    assert kept_of(told) == Kept()


def test_the_conversation_is_drawn_again_and_goes_on() -> None:
    updates, widgets = _opened({"turns": [TURN], "draft": "And why?"})
    assert updates[widgets.turns] == (Turn(**TURN),)
    assert "&lt;b&gt;lit&lt;/b&gt;" in updates[widgets.conversation]
    assert "<p>The keeper.</p>" in updates[widgets.conversation]
    assert updates[widgets.question] == "And why?"
    assert not any(updates[button]["visible"] for button in widgets.examples)


@pytest.mark.parametrize("style", ["nobody", "", "/etc/hosts.csl", "../x.csl"])
def test_a_style_that_there_is_not_is_not_chosen_again(style: str) -> None:
    updates, widgets = _opened({"style": "ieee"})
    assert updates[widgets.style] == "ieee"
    updates, widgets = _opened({"style": style})
    assert updates[widgets.style] == gr.skip()


def test_a_new_tab_is_welcomed() -> None:
    updates, widgets = _opened(None)
    assert updates[widgets.turns] == ()
    assert updates[widgets.conversation] == welcome_html(has_essay=True)


@pytest.mark.parametrize(("kept", "shown"), [("zeta", "zeta"), ("gone", "log"), ("", "log")])
def test_an_essay_that_has_left_the_library_is_not_chosen_again(kept: str, shown: str) -> None:
    log = keepers_log()
    library = FakeLibrary(log, renamed(log, "zeta"))
    updates, widgets = _opened({"reading": kept}, library)
    assert updates[widgets.reading]["value"] == shown

"""What a tab stores of a check: words, from which the result is found again, and nothing else."""

from __future__ import annotations

import json

import gradio as gr
import pytest
from check_part import ALTERED, EXACT, check_handlers, checked_html
from page_library import FakeLibrary, keepers_log, renamed, words_of

from assistant.web.session import LONGEST_CHECK, CheckSession, LastCheck, saved_check


def test_a_check_is_repeated_from_the_words_alone() -> None:
    session = {
        "text": "typed",
        "essays": ["zeta"],
        "checked": {"text": ALTERED, "file": "", "essays": ["log"], "style": "apa"},
    }
    library = FakeLibrary(keepers_log(), renamed(keepers_log(), "zeta"))
    handlers = check_handlers(library)
    loaded = handlers.load(json.dumps(session))
    assert loaded[handlers.widgets.text] == "typed"
    assert loaded[handlers.widgets.essays]["value"] == ["zeta"]
    *_, ended = handlers.repeat(json.dumps(session))
    assert str(ended[handlers.widgets.checked]) == checked_html(
        ALTERED, style="apa", library=library, essays=["log"]
    )


def test_an_uploaded_draft_is_not_stored_and_the_page_says_so() -> None:
    handlers = check_handlers()
    sent = {"checked": {"text": "", "file": "<b>my</b> essay.docx", "essays": [], "style": "mla"}}
    (ended,) = handlers.repeat(json.dumps(sent))
    html = str(ended[handlers.widgets.checked])
    assert words_of(html, "was").startswith(
        "<b>my</b> essay.docx was checked before this page was loaded again."
    )
    assert "<b>" not in html


SCRIPT = "<script>alert(1)</script>"
TOO_LONG = "x" * (LONGEST_CHECK + 1)


@pytest.mark.parametrize(
    "sent",
    [
        *(None, "", "no json", "[]", "3", "[" * 100_000, "x" * 5_000_000),
        *('{"checked": []}', '{"essays": {"a": 1}}'),
        json.dumps({"text": TOO_LONG, "checked": {"text": TOO_LONG}}),
        json.dumps({"html": SCRIPT, "checked": {"text": 3, "html": SCRIPT}}),
    ],
)
def test_what_has_not_the_right_form_is_left_out(sent: str | None) -> None:
    assert saved_check(sent) == CheckSession()
    handlers = check_handlers()
    assert [*handlers.repeat(sent)] == [{handlers.widgets.checked: gr.skip()}]
    assert handlers.load(sent)[handlers.widgets.text] == ""


def test_an_unknown_style_is_the_first_and_hostile_names_are_names() -> None:
    sent = {"essays": ["<b>", 3], "checked": {"text": EXACT, "essays": ["..", "log"], "style": "/etc/passwd"}}
    assert saved_check(json.dumps(sent)) == CheckSession(
        "", ("<b>",), LastCheck(EXACT, "", ("..", "log"), "/etc/passwd")
    )
    handlers = check_handlers()
    *_, ended = handlers.repeat(json.dumps(sent))
    assert words_of(str(ended[handlers.widgets.checked]), "citation") == "(Marsh 31)"

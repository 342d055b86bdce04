"""What a tab keeps of its checking: words, from which all is found again, and nothing else."""

from __future__ import annotations

import json

import gradio as gr
import pytest
from check_part import ALTERED, EXACT, found, part
from page_library import FakeLibrary, keepers_log, renamed, words_of

from assistant.web.session import LONGEST_CHECK, Checked, KeptCheck, kept_check_of


def test_what_was_found_is_found_again_from_the_words_alone() -> None:
    kept = {
        "text": "typed",
        "essays": ["zeta"],
        "checked": {"text": ALTERED, "file": "", "essays": ["log"], "style": "apa"},
    }
    library = FakeLibrary(keepers_log(), renamed(keepers_log(), "zeta"))
    check = part(library)
    opened = check.opened(json.dumps(kept))
    assert opened[check.widgets.text] == "typed"
    assert opened[check.widgets.essays]["value"] == ["zeta"]
    *_, ended = check.again(json.dumps(kept))
    assert str(ended[check.widgets.checked]) == found(ALTERED, style="apa", library=library, essays=["log"])


def test_an_uploaded_draft_is_not_kept_and_that_is_said() -> None:
    check = part()
    told = {"checked": {"text": "", "file": "<b>my</b> essay.docx", "essays": [], "style": "mla"}}
    (ended,) = check.again(json.dumps(told))
    html = str(ended[check.widgets.checked])
    assert words_of(html, "was").startswith(
        "<b>my</b> essay.docx was checked before this page was loaded again."
    )
    assert "<b>" not in html


SCRIPT = "<script>alert(1)</script>"
TOO_LONG = "x" * (LONGEST_CHECK + 1)


@pytest.mark.parametrize(
    "told",
    [
        *(None, "", "no json", "[]", "3", "[" * 100_000, "x" * 5_000_000),
        *('{"checked": []}', '{"essays": {"a": 1}}'),
        json.dumps({"text": TOO_LONG, "checked": {"text": TOO_LONG}}),
        json.dumps({"html": SCRIPT, "checked": {"text": 3, "html": SCRIPT}}),
    ],
)
def test_what_a_tab_may_not_have_kept_is_left_out(told: str | None) -> None:
    assert kept_check_of(told) == KeptCheck()
    check = part()
    assert [*check.again(told)] == [{check.widgets.checked: gr.skip()}]
    assert check.opened(told)[check.widgets.text] == ""


def test_an_unknown_style_is_the_first_and_hostile_names_are_names() -> None:
    told = {"essays": ["<b>", 3], "checked": {"text": EXACT, "essays": ["..", "log"], "style": "/etc/passwd"}}
    assert kept_check_of(json.dumps(told)) == KeptCheck(
        "", ("<b>",), Checked(EXACT, "", ("..", "log"), "/etc/passwd")
    )
    check = part()
    *_, ended = check.again(json.dumps(told))
    assert words_of(str(ended[check.widgets.checked]), "citation") == "(Marsh 31)"

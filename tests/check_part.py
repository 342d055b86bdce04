"""The part of the page that checks, without a page: its handlers, and what they show."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import gradio as gr
from page_library import FakeLibrary, keepers_log

from assistant.web.check import Check, CheckWidgets

EXACT = "The keeper swears nothing, yet each line is signed by the light that others saw."
ALTERED = EXACT.replace("nothing", "something")
DRAFT = f"As Marsh has it, “{ALTERED[:-1]}” (Marsh 33). I agree."
LIFTED = "The log was kept for that night, and every other night was practice."


def part(library: FakeLibrary | None = None) -> Check:
    """The handlers, of a library with the short essay if none is given."""
    with gr.Blocks():
        made = CheckWidgets(
            kept=gr.Textbox(),
            text=gr.Textbox(),
            file=gr.File(),
            essays=gr.Dropdown(multiselect=True),
            go=gr.Button(),
            checked=gr.HTML(),
        )
    return Check(library or FakeLibrary(keepers_log()), made)


def found(
    text: str,
    file: Path | None = None,
    style: str = "mla",
    library: FakeLibrary | None = None,
    essays: Sequence[str] = (),
) -> str:
    """What a check shows at its end; before that it shows that it goes on, with the button off."""
    check = part(library)
    begun, ended = [
        dict[Any, Any](one) for one in check.check(text, str(file) if file else None, essays, style)
    ]
    assert begun[check.widgets.go]["interactive"] is False
    assert 'class="wait"' in begun[check.widgets.checked]
    assert ended[check.widgets.go]["interactive"] is True
    assert ended[check.widgets.file] is None
    return str(ended[check.widgets.checked])

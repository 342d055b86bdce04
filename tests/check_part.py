"""The handlers of the part of the page that checks, and the HTML that they show."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import gradio as gr
from page_library import FakeLibrary, keepers_log

from assistant.web.check import CheckHandlers, layout

EXACT = "The keeper swears nothing, yet each line is signed by the light that others saw."
ALTERED = EXACT.replace("nothing", "something")
DRAFT = f"As Marsh has it, “{ALTERED[:-1]}” (Marsh 33). I agree."
LIFTED = "The log was kept for that night, and every other night was practice."


def check_handlers(library: FakeLibrary | None = None) -> CheckHandlers:
    """The handlers, for a library with the short essay if none is given."""
    with gr.Blocks():
        return CheckHandlers(library or FakeLibrary(keepers_log()), layout())


def checked_html(
    text: str,
    file: Path | None = None,
    style: str = "mla",
    library: FakeLibrary | None = None,
    essays: Sequence[str] = (),
) -> str:
    """The result of a check; before it the page says that the check is under way, with the button off."""
    handlers = check_handlers(library)
    started, ended = [
        dict[Any, Any](updates)
        for updates in handlers.check(text, str(file) if file else None, essays, style)
    ]
    assert started[handlers.widgets.go]["interactive"] is False
    assert 'class="wait"' in started[handlers.widgets.checked]
    assert ended[handlers.widgets.go]["interactive"] is True
    assert ended[handlers.widgets.file] is None
    return str(ended[handlers.widgets.checked])

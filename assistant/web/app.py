"""The page itself: its layout, which event calls which handler, and the server."""

from __future__ import annotations

import os
import sys
import threading
import time
from importlib import resources
from typing import TYPE_CHECKING, Any, Protocol

import gradio as gr

from assistant.errors import AssistantError
from assistant.web import desk, measure
from assistant.web.bench import Assess, Bench
from assistant.web.desk import EXAMPLES, Desk, Widgets
from assistant.web.reader import nothing_to_read_html

if TYPE_CHECKING:
    from collections.abc import Sequence

# Gradio's own default of 1 would make every reader wait for every other.
_CONCURRENT = 8
_WAITING = 64
_MAX_UPLOAD = "50mb"
# Seconds between sweeps of uploads that were never added, and the age they may reach.
_SWEEP = (3600, 3600)

# Seconds; short enough that Ctrl-C is heard at once where waiting cannot be interrupted.
_HEARTBEAT = 0.2
_PROXIES = ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY")

# Plain strings name fonts of the reader's own machine; gradio fetches none for them.
_SANS = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "sans-serif"]
_MONO = ["ui-monospace", "Consolas", "monospace"]

_HEADER = (
    '<header class="masthead"><h1>Essay Assistant</h1>'
    "<p>The essay’s own words, with the page they stand on.</p></header>"
)


class Library(desk.Library, measure.Library, Protocol):
    """What the whole page asks of a library; ``assistant.library.Library`` is one."""

    def warm(self) -> None:
        """Load what a question needs."""


# The page's script tells the conversation that a card of another essay was opened.
_ON_LOAD = "element.addEventListener('open-essay', (event) => trigger('click', event.detail));"


def build(library: Library, *, focus: Sequence[str] = (), assess: Assess | None = None) -> gr.Blocks:
    """The page, not yet served; launch it with ``launch_options()``.

    Args:
        library: The library that is asked.
        focus: Ids of essays preselected for asking; the first is opened for reading.
        assess: Evaluates question sets; without it the page has no part that measures.

    Returns:
        The page.
    """
    page = gr.Blocks(title="Essay Assistant", analytics_enabled=False, fill_width=True, delete_cache=_SWEEP)
    with page:
        if assess is None:
            _asking_part(library, focus, page)
        else:
            with gr.Tabs(elem_id="parts"):
                with gr.Tab("Ask", elem_id="asking"):
                    _asking_part(library, focus, page)
                with gr.Tab("Measure", elem_id="measure") as tab:
                    measure.measuring_part(library, Bench(assess), page, tab)
    page.queue(default_concurrency_limit=_CONCURRENT, max_size=_WAITING)
    return page


def _asking_part(library: Library, focus: Sequence[str], page: gr.Blocks) -> None:
    with gr.Row(elem_id="desk"):
        with gr.Column(elem_id="chat", min_width=300):
            chat = _chat_column()
        with gr.Column(elem_id="reading-side", min_width=300):
            side = _reading_column()
    widgets = Widgets(turns=gr.State(()), **chat["widgets"], **side["widgets"])
    _wire(page, Desk(library, widgets, focus), widgets, chat["buttons"] | side["buttons"])


def launch_options() -> dict[str, Any]:
    """What ``launch`` must be told so that the page looks right and stays private.

    Returns:
        Keyword arguments of ``gradio.Blocks.launch``.
    """
    files = resources.files("assistant.web")
    styles = "".join(files.joinpath(name).read_text("utf-8") for name in ("style.css", "measure.css"))
    return {
        # In the head, for gradio's own `css` option loses every shorthand that holds a variable.
        "head": f"<style>{styles}</style><script>{files.joinpath('page.js').read_text('utf-8')}</script>",
        "theme": _theme(),
        "max_file_size": _MAX_UPLOAD,
        "footer_links": [],
        "run_history": False,
        "enable_monitoring": False,
        "share": False,
        "pwa": False,
        "ssr_mode": False,
        "quiet": True,
    }


def serve(
    library: Library,
    *,
    host: str,
    port: int,
    open_browser: bool,
    auth: list[tuple[str, str]] | None,
    focus: Sequence[str],
    assess: Assess | None = None,
) -> None:
    """Serve the page until interrupted.

    Args:
        library: The library that is asked.
        host: Address to listen on.
        port: Port to listen on.
        open_browser: Whether to open the page in the user's browser.
        auth: Names and passwords of those who may enter, or nothing for everyone.
        focus: Ids of essays preselected for asking.
        assess: Evaluates question sets; without it the page has no part that measures.

    Raises:
        AssistantError: If the port cannot be listened on.
    """
    page = build(library, focus=focus, assess=assess)
    _spare_the_proxy(host)
    try:
        _, address, _ = page.launch(
            server_name=host,
            server_port=port,
            inbrowser=open_browser,
            auth=auth,
            prevent_thread_lock=True,
            **launch_options(),
        )
    except OSError as fault:
        raise AssistantError(
            f"The page cannot be served at {host}:{port}, which is in use or barred; choose another --port."
        ) from fault
    # The page is open at once; whoever asks before the model is loaded waits for it.
    threading.Thread(target=_warm, args=(library,), daemon=True).start()
    sys.stderr.write(f"Essay Assistant is open at {address} (Ctrl-C ends it).\n")
    try:
        while page.is_running:
            time.sleep(_HEARTBEAT)
    finally:
        page.close(verbose=False)


def _warm(library: Library) -> None:
    """Load model and index; a fault is said here and once more to whoever asks."""
    try:
        library.warm()
    except AssistantError as fault:
        sys.stderr.write(f"assistant: {fault}\n")


def _spare_the_proxy(host: str) -> None:
    """Gradio calls its own page once at the start; no proxy can pass that call on."""
    if not any(os.environ.get(name) for name in _PROXIES):
        return
    for name in ("no_proxy", "NO_PROXY"):
        spared = [os.environ.get(name, ""), "localhost", "127.0.0.1", host]
        os.environ[name] = ",".join(filter(None, spared))


def _chat_column() -> dict[str, Any]:
    with gr.Row(elem_id="top"):
        gr.HTML(_HEADER, apply_default_css=False, elem_id="masthead")
        new = gr.Button("New conversation", size="sm", scale=0, min_width=140, elem_id="new-conversation")
    conversation = gr.HTML("", apply_default_css=False, elem_id="conversation", js_on_load=_ON_LOAD)
    with gr.Row(elem_id="examples"):
        examples = [gr.Button("", size="sm", visible=False, elem_classes="example") for _ in range(EXAMPLES)]
    scope = gr.Dropdown([], label="Ask", elem_id="scope", visible=False, interactive=True)
    with gr.Row(elem_id="ask-row"):
        question = gr.Textbox(
            label="Question",
            placeholder="Ask the essay a question…",
            lines=1,
            max_lines=5,
            scale=6,
            container=False,
            autofocus=True,
            elem_id="question",
            html_attributes=gr.InputHTMLAttributes(enterkeyhint="send", autocomplete="off"),
        )
        ask = gr.Button("Ask", variant="primary", scale=1, min_width=80, elem_id="ask")
    return {
        "widgets": {"conversation": conversation, "examples": examples, "question": question, "scope": scope},
        "buttons": {"ask": ask, "new": new},
    }


def _reading_column() -> dict[str, Any]:
    with gr.Accordion("Add an essay", open=False, elem_id="upload") as upload:
        file = gr.File(
            label="Essay as text (.txt, .text, .md)",
            file_types=[".txt", ".text", ".md"],
            height=130,
            elem_id="essay-file",
        )
        with gr.Row(elem_id="add-row"):
            first_page = gr.Textbox(
                label="Number of the first page (if you know it)", max_lines=1, scale=3, elem_id="first-page"
            )
            add = gr.Button("Add essay", variant="primary", scale=1, min_width=110, elem_id="add-essay")
        report = gr.HTML("", apply_default_css=False, elem_id="report")
    reading = gr.Dropdown([], label="Read", elem_id="reading", visible=False, interactive=True)
    pane = gr.HTML(nothing_to_read_html(), apply_default_css=False, elem_id="pane")
    return {
        "widgets": {
            "reading": reading,
            "pane": pane,
            "report": report,
            "file": file,
            "first_page": first_page,
            "upload": upload,
        },
        "buttons": {"add": add},
    }


def _wire(page: gr.Blocks, desk: Desk, widgets: Widgets, buttons: dict[str, gr.Button]) -> None:
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    everything = widgets.everything()
    page.load(desk.opened, None, everything, **quiet)
    asked = [
        gr.on(
            [widgets.question.submit, buttons["ask"].click],
            desk.ask,
            [widgets.question, widgets.turns, widgets.scope],
            everything,
            **quiet,
        ),
        *(
            button.click(desk.ask, [button, widgets.turns, widgets.scope], everything, **quiet)
            for button in widgets.examples
        ),
    ]
    for event in asked:
        event.failure(desk.broke, widgets.turns, everything, **quiet)
    buttons["new"].click(desk.restart, widgets.reading, everything, cancels=asked, **quiet)
    widgets.reading.change(desk.read, [widgets.reading, widgets.turns], everything, **quiet)
    widgets.scope.input(desk.scoped, widgets.scope, everything, **quiet)
    widgets.conversation.click(desk.follow, None, everything, **quiet)
    buttons["add"].click(
        desk.add,
        [widgets.file, widgets.first_page, widgets.turns],
        everything,
        show_progress_on=widgets.report,
        api_visibility="private",
    )


def _theme() -> gr.themes.Base:
    return gr.themes.Base(font=_SANS, font_mono=_MONO, primary_hue="teal", neutral_hue="stone").set(
        body_background_fill="#f7f4ee",
        body_background_fill_dark="#171614",
        body_text_color="#24211c",
        body_text_color_dark="#e9e4da",
        block_background_fill="#fffdf9",
        block_background_fill_dark="#201e1b",
        block_border_color="#ddd6c8",
        block_border_color_dark="#3a362f",
        button_primary_background_fill="#1d5b63",
        button_primary_background_fill_hover="#174a51",
        button_primary_background_fill_dark="#2b7780",
        button_primary_background_fill_hover_dark="#348a94",
        button_primary_text_color="#ffffff",
    )

"""The page itself: its layout, which event calls which handler, and the server.

What is served beside the page: the plain route and MCP, and who is kept out of all of it.
"""

from __future__ import annotations

import os
import sys
import time
from importlib import resources
from typing import TYPE_CHECKING, Any, Protocol

import gradio as gr
from starlette.middleware import Middleware

from assistant.api.http import AccessGuard, HttpApi, LoopbackOnly, SameOriginOnly, is_loopback
from assistant.api.mcp_route import McpRoute
from assistant.api.service import ApiService
from assistant.core.errors import AssistantError
from assistant.web import ask, check, measure, notebook
from assistant.web.ask import AskWidgets, Desk, chat_column, reading_column
from assistant.web.gradio_api import add_endpoints
from assistant.web.library import PART as LIBRARY_PART
from assistant.web.library import Library as LibraryPart
from assistant.web.library import library_part
from assistant.web.measure import Assess, Bench
from assistant.web.uploading import FetchesNothing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.library.library import Library as EssayLibrary


def beside(service: ApiService, host: str, accounts: Sequence[tuple[str, str]] | None) -> dict[str, Any]:
    """What the page's application is made with, so that programs are answered too and strangers are not.

    Args:
        service: Answers other programs.
        host: Address that is listened on.
        accounts: Names and passwords of those who may enter, or nothing for everyone.

    Returns:
        Keyword arguments of ``fastapi.FastAPI``.
    """
    door = AccessGuard(accounts)
    mcp = McpRoute(service, door)
    guards = [Middleware(LoopbackOnly)] if is_loopback(host) else []
    return {
        "routes": [*HttpApi(service, door).routes(), *mcp.routes()],
        "middleware": [*guards, Middleware(SameOriginOnly), Middleware(FetchesNothing)],
        "lifespan": mcp.lifespan,
    }


# Gradio's own default of 1 would make every reader wait for every other. Many may be asking at once, for most
# of the time each waits for the model that reads, which takes no more at once than there are cores.
_CONCURRENT = 48
_THREADS = 64
_WAITING = 256
# Conversations that the server remembers; Gradio's own default of 10,000 would take hundreds of megabytes.
_CONVERSATIONS = 500
_MAX_UPLOAD = "50mb"
_STYLES = tuple(f"{name}.css" for name in "style cards reader measure check library notebook print".split())
# The first makes what the others share; the last sets them to work.
_SCRIPTS = tuple(
    f"{name}.js"
    for name in (
        "page copying opening hits finding sentences keys keeping "
        "choosing library checking notebook pinning pins saving arriving"
    ).split()
)
# Seconds between sweeps of uploads that were never added, and the age they may reach.
_SWEEP = (3600, 3600)

# Seconds; short enough that Ctrl-C is heard at once where waiting cannot be interrupted.
_HEARTBEAT = 0.2
_PROXIES = ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY")

# Plain strings name fonts of the reader's own machine; gradio fetches none for them.
_SANS = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "sans-serif"]
_MONO = ["ui-monospace", "Consolas", "monospace"]


class Library(ask.Library, notebook.Library, check.Library, measure.Library, LibraryPart, Protocol):
    """What the whole page asks of a library; ``assistant.library.library.Library`` is one."""


def build(
    library: Library,
    *,
    focus: Sequence[str] = (),
    assess: Assess | None = None,
    service: ApiService | None = None,
) -> gr.Blocks:
    """The page, not yet served; launch it with ``launch_options()``.

    Args:
        library: The library that is asked.
        focus: Ids of essays preselected for asking; the first is opened for reading.
        assess: Evaluates question sets; without it the page has no part that measures.
        service: Answers other programs; without it the page has no API.

    Returns:
        The page.
    """
    page = gr.Blocks(title="Essay Assistant", analytics_enabled=False, fill_width=True, delete_cache=_SWEEP)
    if service is not None:
        # Before all else: names are given to the first who want them, be they the page's own events.
        with page:
            add_endpoints(service)
    with page, gr.Tabs(elem_id="parts") as parts:
        with gr.Tab("Ask", elem_id="asking"):
            style, asking = _asking_part(library, focus, page)
        with gr.Tab("Notebook", elem_id="notebook"):
            notebook.notebook_part()
        with gr.Tab("Check", elem_id="check") as checking:
            check.checking_part(library, style, page, checking)
        with gr.Tab("Library", elem_id="library", id=LIBRARY_PART) as shelves:
            library_part(library, asking, page, parts, shelves)
        if assess is not None:
            with gr.Tab("Measure", elem_id="measure") as tab:
                measure.measuring_part(library, Bench(assess), page, tab)
    page.queue(default_concurrency_limit=_CONCURRENT, max_size=_WAITING)
    return page


def _asking_part(library: Library, focus: Sequence[str], page: gr.Blocks) -> tuple[gr.Dropdown, Desk]:
    """Lay out the part that asks; gives where the citation style is chosen, and the part's handlers."""
    with gr.Row(elem_id="desk"):
        with gr.Column(elem_id="chat", min_width=300):
            chat = chat_column(library.styles(), lambda: notebook.copying_part(library))
        with gr.Column(elem_id="reading-side", min_width=300):
            side = reading_column(ask.quotations_of(library))
    widgets = AskWidgets(turns=gr.State(()), **chat["widgets"], **side["widgets"])
    asking = Desk(library, widgets, focus)
    _wire(page, asking, widgets, chat["buttons"] | side["buttons"])
    notebook.forgetting(chat["copying"], widgets)
    return widgets.style, asking


def launch_options() -> dict[str, Any]:
    """What ``launch`` must be told so that the page looks right and stays private.

    Returns:
        Keyword arguments of ``gradio.Blocks.launch``.
    """
    files = resources.files("assistant.web").joinpath("static")
    styles, scripts = (
        "".join(files.joinpath(name).read_text("utf-8") for name in names) for names in (_STYLES, _SCRIPTS)
    )
    return {
        # In the head, for gradio's own `css` option loses every shorthand that holds a variable.
        "head": f"<style>{styles}</style><script>{scripts}</script>",
        "theme": _theme(),
        "max_file_size": _MAX_UPLOAD,
        "max_threads": _THREADS,
        "state_session_capacity": _CONVERSATIONS,
        "footer_links": [],
        "run_history": False,
        "enable_monitoring": False,
        "share": False,
        "pwa": False,
        "ssr_mode": False,
        "mcp_server": False,
        "quiet": True,
    }


def serve(
    library: EssayLibrary,
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
    service = ApiService(library)
    page = build(library, focus=focus, assess=assess, service=service)
    _spare_the_proxy(host)
    try:
        _, address, _ = page.launch(
            server_name=host,
            server_port=port,
            inbrowser=open_browser,
            auth=auth,
            prevent_thread_lock=True,
            **launch_options(),
            app_kwargs=beside(service, host, auth),
        )
    except OSError as fault:
        raise AssistantError(
            f"The page cannot be served at {host}:{port}, which is in use or barred; choose another --port."
        ) from fault
    # The page is open at once; whoever asks before the model is loaded waits for it.
    service.warm_in_background()
    sys.stderr.write(f"Essay Assistant is open at {address} (Ctrl-C ends it).\n")
    try:
        while page.is_running:
            time.sleep(_HEARTBEAT)
    finally:
        page.close(verbose=False)


def _spare_the_proxy(host: str) -> None:
    """Gradio calls its own page once at the start; no proxy can pass that call on."""
    if not any(os.environ.get(name) for name in _PROXIES):
        return
    for name in ("no_proxy", "NO_PROXY"):
        spared = [os.environ.get(name, ""), "localhost", "127.0.0.1", host]
        os.environ[name] = ",".join(filter(None, spared))


def _wire(page: gr.Blocks, desk: Desk, widgets: AskWidgets, buttons: dict[str, gr.Button]) -> None:
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    everything, answering = widgets.everything(), widgets.answering()
    cite = {"inputs": widgets.style, "js": "(style) => window.desk.keepStyle(style)", **quiet}
    opened = page.load(desk.opened, widgets.kept, everything, js="() => window.desk.kept()", **quiet)
    opened.then(None, **cite)
    widgets.style.change(None, **cite)
    rest = [widgets.turns, widgets.chosen, widgets.style]
    # The browser alone knows which essays are chosen.
    told: dict[str, Any] = {"js": "(...given) => window.desk.asking(...given)", **quiet}
    asked = [
        gr.on(
            [widgets.question.submit, buttons["ask"].click],
            desk.ask,
            [widgets.question, *rest],
            answering,
            **told,
        ),
        *(button.click(desk.ask, [button, *rest], answering, **told) for button in widgets.examples),
    ]
    for event in asked:
        event.failure(desk.broke, widgets.turns, widgets.conversation, **quiet)
    buttons["new"].click(desk.restart, widgets.reading, everything, cancels=asked, **quiet)
    widgets.reading.change(desk.read, [widgets.reading, widgets.turns], everything, **quiet)
    widgets.conversation.click(desk.follow, None, everything, **quiet)


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
        button_primary_background_fill_hover_dark="#236870",
        button_primary_text_color="#ffffff",
    )

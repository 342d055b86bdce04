"""The page: its parts, its settings, and the server that also answers programs.

Programs are answered at ``/api`` and ``/mcp``; guards keep strangers out of all of it.
"""

from __future__ import annotations

import os
import signal
import ssl
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import gradio as gr
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Mount

from assistant.api.http import AccessGuard, HttpApi, LoopbackOnly, SameOriginOnly, is_loopback
from assistant.api.mcp_route import McpRoute
from assistant.api.service import ApiService
from assistant.core.errors import AssistantError
from assistant.web.ask import ask_part
from assistant.web.check import check_part
from assistant.web.components import plain_html
from assistant.web.delivery import FirstPaint, page_routes
from assistant.web.gradio_api import add_endpoints
from assistant.web.library import PART as LIBRARY_PART
from assistant.web.library import library_part
from assistant.web.limits import RequestLimits, limit_connections
from assistant.web.measure import measure_part
from assistant.web.notebook import notebook_part
from assistant.web.replicated import Logouts, SessionCookie, SharedLogins, SharedSecret
from assistant.web.uploading import private_folder
from assistant.web.views import frame
from assistant.web.word import office_js_folder, word_routes

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from assistant.library.library import Library
    from assistant.web.measure import Assess

# Gradio's default of 1 would make every reader wait for every other. Many may ask at once: most of the time
# each waits for the model that reads, which takes no more at once than there are cores.
_CONCURRENT = 48
_THREADS = 64
_WAITING = 256
# Conversations that the server remembers; Gradio's default of 10,000 would take hundreds of megabytes.
_CONVERSATIONS = 500
_MAX_UPLOAD = "50mb"
# Seconds between sweeps of uploads that were never added, and the age they may reach.
_SWEEP = (3600, 3600)

# Seconds; short enough that Ctrl-C works at once where waiting cannot be interrupted.
_HEARTBEAT = 0.2
# Those of ``launch_options`` that a page mounted in another server takes.
_MOUNTED = frozenset(
    "theme max_file_size footer_links run_history enable_monitoring pwa ssr_mode mcp_server".split()
)
_PROXIES = ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY")

# Plain strings name fonts of the reader's own machine; gradio fetches none for them.
_SANS = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "sans-serif"]
_MONO = ["ui-monospace", "Consolas", "monospace"]


def build(
    library: Library,
    *,
    focus: Sequence[str] = (),
    assess: Assess | None = None,
    service: ApiService | None = None,
    zotero: Path | None = None,
) -> gr.Blocks:
    """Lay out the page; launch it with ``launch_options()``.

    Args:
        library: The library that is asked.
        focus: Ids of essays preselected for asking; the first is opened for reading.
        assess: Evaluates question sets; without it the page has no part that measures.
        service: Answers other programs; without it the page has no API.
        zotero: Zotero's data folder, if its library may be added.
    """
    # Gradio makes a folder there that it would otherwise leave in the system's temporary folder.
    gr.routes.DEFAULT_TEMP_DIR = private_folder()
    page = gr.Blocks(title="Essay Assistant", analytics_enabled=False, fill_width=True, delete_cache=_SWEEP)
    if service is not None:
        # First of all: Gradio gives a name to the first that asks for it, even to an event of the page.
        with page:
            add_endpoints(service)
    with page:
        plain_html(frame.HEADER + frame.keys_html() + frame.COMPARISON_DIALOG, elem_id="masthead")
    with page, gr.Tabs(elem_id="parts") as parts:
        with gr.Tab("Ask", elem_id="asking"):
            asking = ask_part(library, page, focus)
        with gr.Tab("Notebook", elem_id="notebook"):
            notebook_part()
        with gr.Tab("Check", elem_id="check") as tab:
            check_part(library, asking.widgets.style, page, tab)
        with gr.Tab("Library", elem_id="library", id=LIBRARY_PART) as tab:
            library_part(library, asking, page, tabs=parts, tab=tab, zotero=zotero)
        if assess is not None:
            with gr.Tab("Measure", elem_id="measure") as tab:
                measure_part(library, assess, page, tab)
    page.max_threads, page.state_session_capacity = _THREADS, _CONVERSATIONS
    # No program calls functions outside the queue, where nothing limits how many run at once.
    page.queue(default_concurrency_limit=_CONCURRENT, max_size=_WAITING, api_open=False)
    return page


def launch_options() -> dict[str, Any]:
    """Arguments of ``gradio.Blocks.launch`` that make the page look right and stay private."""
    return {
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


def server_routes(
    service: ApiService,
    host: str,
    accounts: Sequence[tuple[str, str]] | None,
    office_js: Path | None = None,
    sessions: Sequence[Middleware] = (),
) -> dict[str, Any]:
    """Arguments of ``fastapi.FastAPI`` that answer programs and keep strangers out.

    Args:
        service: Answers other programs.
        host: Address that is listened on.
        accounts: Names and passwords of those who may enter, or nothing for everyone.
        office_js: The folder of Microsoft's office.js for the add-in for Word.
        sessions: What keeps sessions where there are several servers; before a login is asked for.
    """
    guard = AccessGuard(accounts)
    mcp = McpRoute(service, guard)
    loopback = [Middleware(LoopbackOnly)] if is_loopback(host) else []
    return {
        "routes": [
            *page_routes(),
            *word_routes(office_js),
            *HttpApi(service, guard).routes(),
            *mcp.routes(),
        ],
        "middleware": [
            *loopback,
            Middleware(SameOriginOnly),
            *sessions,
            Middleware(RequestLimits, guard=guard),
            Middleware(FirstPaint),
        ],
        "lifespan": mcp.lifespan,
    }


def replica(
    library: Library,
    *,
    host: str,
    auth: Sequence[tuple[str, str]] | None,
    secret: SharedSecret,
    logouts: Logouts,
    name: str,
    assess: Assess | None = None,
) -> Starlette:
    """The page as an application for another server, which runs several of it.

    Args:
        library: The library that is asked.
        host: Address that the other server listens on.
        auth: Names and passwords of those who may enter, or nothing for everyone.
        secret: What the replicas have in common.
        logouts: Who has logged out at any of them.
        name: Name of this replica, by which the other server finds it again.
        assess: Evaluates question sets; without it the page has no part that measures.
    """
    service = ApiService(library)
    page = build(library, assess=assess, service=service)
    accounts = None if auth is None else list(auth)
    logins = Middleware(SharedLogins, secret, dict(accounts or ()), logouts)
    routes = server_routes(service, host, auth, sessions=[logins, Middleware(SessionCookie, name)])
    options = {name: value for name, value in launch_options().items() if name in _MOUNTED}
    server = Starlette()
    gr.mount_gradio_app(server, page, "/", host, auth=accounts, app_kwargs=routes, **options)
    for route in server.routes:
        if isinstance(route, Mount) and isinstance(route.app, gr.routes.App):
            route.app.cookie_id = secret.name("cookie")
    service.warm_in_background()
    return server


def serve(  # noqa: PLR0913 - the options of the command
    library: Library,
    *,
    host: str,
    port: int,
    open_browser: bool,
    auth: list[tuple[str, str]] | None,
    focus: Sequence[str],
    assess: Assess | None = None,
    zotero: Path | None = None,
    office_js: Path | None = None,
    certificate: tuple[Path, Path] | None = None,
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
        zotero: Zotero's data folder, if its library may be added.
        office_js: The folder of Microsoft's office.js for the add-in for Word.
        certificate: The files of a certificate and its key, to serve the page over https.

    Raises:
        AssistantError: If the port cannot be listened on, or the files are no certificate and key.
    """
    office_js = office_js_folder(office_js)
    service = ApiService(library)
    page = build(library, focus=focus, assess=assess, service=service, zotero=zotero)
    _bypass_proxies(host)
    try:
        _, address, _ = page.launch(
            server_name=host,
            server_port=port,
            inbrowser=open_browser,
            auth=auth,
            prevent_thread_lock=True,
            **launch_options(),
            **encryption(certificate),
            app_kwargs=server_routes(service, host, auth, office_js),
        )
    except OSError as error:
        raise AssistantError(
            f"The page cannot be served at {host}:{port}, which is in use or barred; choose another --port."
        ) from error
    limit_connections(page.server)
    # The page opens at once; a question asked before the model is loaded waits for it.
    service.warm_in_background()
    sys.stderr.write(f"Essay Assistant is open at {address} (Ctrl-C ends it).\n")
    with suppress(ValueError):
        # What stops a service ends the page like Ctrl-C, so that uploads are deleted; only a main thread may.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        while page.is_running:
            time.sleep(_HEARTBEAT)
    finally:
        page.close(verbose=False)


def encryption(certificate: tuple[Path, Path] | None) -> dict[str, Any]:
    """Arguments of ``gradio.Blocks.launch`` that serve the page over https."""
    if certificate is None:
        return {}
    chain, key = map(str, certificate)
    try:
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(chain, key, password=lambda: b"")
    except (OSError, ValueError) as error:
        raise AssistantError(
            f"{chain} and {key} cannot be read as a certificate and its key without a password, in PEM "
            "format."
        ) from error
    # Gradio calls its own page once at the start, by an address that the certificate need not name.
    return {"ssl_certfile": chain, "ssl_keyfile": key, "ssl_verify": False}


def _bypass_proxies(host: str) -> None:
    """Let Gradio reach its own page, which it calls once at the start and no proxy can reach."""
    if not any(os.environ.get(name) for name in _PROXIES):
        return
    for name in ("no_proxy", "NO_PROXY"):
        hosts = [os.environ.get(name, ""), "localhost", "127.0.0.1", host]
        os.environ[name] = ",".join(filter(None, hosts))


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

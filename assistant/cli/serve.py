"""The commands that serve: ``serve`` the page, ``lsp`` an editor."""

from __future__ import annotations

import os
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from assistant.cli import evaluate
from assistant.cli.completion import essays_option, style_option
from assistant.cli.terminal import Bar, common, open_library, read_accounts, say
from assistant.core.errors import AssistantError, data_file
from assistant.rendering.essays import report_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from assistant.library.library import Library

# Where the value of an option comes from if the user stated it.
_STATED = {ParameterSource.COMMANDLINE, ParameterSource.ENVIRONMENT}
# Addresses that only this computer reaches.
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


@click.command(short_help="Open the web page, adding essays first if any are named.")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", type=click.IntRange(1, 65535), default=7860, show_default=True, help="Port to listen on."
)
@click.option("--open/--no-open", "open_browser", default=False, help="Open the page in the browser.")
@click.option(
    "--auth-file", type=click.Path(path_type=Path), help="Lines of name:password; only these may enter."
)
@click.option(
    "--zotero",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Zotero's data folder, whose library the page then offers to add; looked for by default.",
)
@click.option(
    "--office-js",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Microsoft's script library, for the add-in for Word at /word/ (docs/editors.md).",
)
@click.option(
    "--certificate",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Serve the page over https with this certificate, in PEM format; needs --key.",
)
@click.option("--key", type=click.Path(path_type=Path), metavar="FILE", help="Key of the certificate.")
@click.option(
    "--mcp",
    is_flag=True,
    help="Serve no page: answer a writing assistant that speaks MCP over standard input and output.",
)
@click.option(
    "--background",
    is_flag=True,
    help="Serve no page: keep a process warm that answers the other commands at once, and return.",
)
@click.option(
    "--idle",
    "idle_minutes",
    type=click.FloatRange(min=0, min_open=True),
    default=30,
    show_default=True,
    metavar="MINUTES",
    help="With --background: time without a command after which that process ends.",
)
@click.option("--stop", is_flag=True, help="End the process that --background started.")
@common
@click.pass_context
def serve(  # noqa: PLR0913, PLR0917 - the options of the command
    context: click.Context,
    paths: tuple[Path, ...],
    host: str,
    port: int,
    open_browser: bool,
    auth_file: Path | None,
    zotero: Path | None,
    office_js: Path | None,
    certificate: Path | None,
    key: Path | None,
    mcp: bool,
    background: bool,
    idle_minutes: float,
    stop: bool,
    root: Path | None,
    as_json: bool,  # noqa: ARG001 - every command takes --json; a page has no results to print
) -> None:
    """Open the web page, adding the essays PATH ... first.

    The server also answers programs, at /api and, in MCP, at /mcp.

    After assistant serve --background, commands such as ask and quote are answered by a process that has
    everything loaded. It listens on a socket of this user alone and ends by itself.
    """
    if background or stop:
        if paths or mcp or (background and stop):
            raise AssistantError(
                "--background and --stop serve no page and add nothing; give one of them alone."
            )
        _refuse_page_options(context, "--background" if background else "--stop")
        from assistant.cli import background as warm

        say(warm.start(root, idle_minutes) if background else warm.stop())
        return
    if mcp:
        _refuse_page_options(context, "--mcp")
        _serve_mcp(open_library(root, isolates=True), paths)
        return
    if (certificate is None) != (key is None):
        raise AssistantError("--certificate and --key go together; name both files.")
    library = open_library(root, isolates=True)
    auth = read_accounts(auth_file)
    folder = _zotero_folder(zotero, host)
    focus = [_add(library, path) for path in paths]
    if not library.ids():
        say("The library is empty; the sample essay is added.")
        _add(library, data_file("sample/essay.txt"))
    say_who_may_read(host, auth)
    from assistant.web.app import serve as serve_page

    assess = partial(evaluate.report_html, library)
    options: dict[str, Any] = {"open_browser": open_browser, "auth": auth, "focus": focus, "assess": assess}
    options["certificate"] = (certificate, key) if certificate and key else None
    serve_page(library, host=host, port=port, zotero=folder, office_js=office_js, **options)


def say_who_may_read(host: str, accounts: Sequence[tuple[str, str]] | None) -> None:
    """Say so if anybody who can reach an address can read what is served there."""
    if host not in _LOOPBACK and accounts is None:
        say(f"Everyone who can reach {host} can read the library; --auth-file FILE asks for a password.")


def _zotero_folder(given: Path | None, host: str) -> Path | None:
    """Zotero's data folder, if the page may offer what is in it: only to the user of this computer."""
    from assistant.library.item_files import zotero_folder

    if host in _LOOPBACK:
        return zotero_folder(given)
    if given is not None:
        raise AssistantError("--zotero goes with a page for this computer alone; leave out --host.")
    return None


def _refuse_page_options(context: click.Context, flag: str) -> None:
    names = {"host": "--host", "port": "--port", "open_browser": "--open", "auth_file": "--auth-file"}
    names |= {
        "zotero": "--zotero",
        "office_js": "--office-js",
        "certificate": "--certificate",
        "key": "--key",
    }
    stated = [option for name, option in names.items() if context.get_parameter_source(name) in _STATED]
    if stated:
        raise AssistantError(f"{flag} serves no page; leave out {' and '.join(stated)}, or {flag}.")


def _serve_mcp(library: Library, paths: tuple[Path, ...]) -> None:
    """Answer on standard input and output until the input ends."""
    for path in paths:
        _add(library, path)
    from assistant.api import mcp as mcp_server
    from assistant.api.service import ApiService

    if sys.stdin.isatty():
        say("Programs speak MCP here; write messages, or end with Ctrl-D.")
    service = ApiService(library)
    service.warm_in_background()
    mcp_server.serve_stdio(service)
    # The model may still be loading in the background; native code that is cut off at exit aborts.
    os._exit(0)


def _add(library: Library, path: Path) -> str:
    with Bar(path.name) as bar:
        report = library.add(path, progress=bar)
    say(report_text(report))
    return report.essay_id


@click.command(short_help="Check drafts in an editor while they are written.")
@style_option("Citation style of drafts that name none.")
@essays_option("Use this essay only")
@click.option("--stdio", is_flag=True, help="Speak over standard input and output, as always.")
@common
def lsp(
    root: Path | None,
    style: str,
    essays: tuple[str, ...],
    stdio: bool,  # noqa: ARG001 - editors state it
    as_json: bool,  # noqa: ARG001 - every command takes --json; an editor is spoken to in JSON
) -> None:
    """Check drafts in an editor while they are written: a language server for Markdown, LaTeX, Typst and Org.

    It shows misquoted words, wrong pages and missing citations, corrects them, shows the passage of a
    quotation, completes quotations and finds evidence. An editor starts it; docs/editors.md says how.
    """
    try:
        from assistant.editor.handlers import serve
    except ImportError as error:
        raise AssistantError(
            "The language server needs the package pygls; install it with: "
            "pip install 'essay-assistant[editor]'"
        ) from error
    from assistant.editor.settings import EditorSettings

    if sys.stdin.isatty():
        say("An editor speaks here; docs/editors.md says how to set it up. End with Ctrl-D.")

    def opened(folder: Path, notify: Callable[[str], None]) -> Library:
        return open_library(folder, isolates=True, notify=notify)

    serve(root, EditorSettings(style=style, essays=essays), opened)

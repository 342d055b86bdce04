"""The command ``assistant serve``."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from assistant.commands import evaluating, inputs
from assistant.commands.common import common, open_library, say
from assistant.commands.progress import Bar
from assistant.rendering.essays import report_text
from assistant.resources import data_file

if TYPE_CHECKING:
    from assistant.library import Library


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
@common
def serve(
    paths: tuple[Path, ...],
    host: str,
    port: int,
    open_browser: bool,  # noqa: FBT001
    auth_file: Path | None,
    root: Path | None,
    as_json: bool,  # noqa: ARG001, FBT001 - every command takes --json; a page has no results to print
) -> None:
    """Open the web page, adding the essays PATH ... first."""
    library = open_library(root)
    auth = inputs.read_accounts(auth_file)
    focus = [_added(library, path) for path in paths]
    if not library.ids():
        say("The library is empty; the sample essay is added.")
        _added(library, data_file("sample/essay.txt"))
    if host not in {"127.0.0.1", "localhost", "::1"} and auth is None:
        say(f"Everyone who can reach {host} can read the library; --auth-file FILE asks for a password.")
    from assistant.web.app import serve as serve_page  # noqa: PLC0415 - gradio takes seconds to import

    assess = partial(evaluating.assess, library)
    serve_page(
        library, host=host, port=port, open_browser=open_browser, auth=auth, focus=focus, assess=assess
    )


def _added(library: Library, path: Path) -> str:
    with Bar(path.name) as bar:
        report = library.add(path, progress=bar)
    say(report_text(report))
    return report.essay_id

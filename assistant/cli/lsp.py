"""The command ``assistant lsp``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from assistant.cli.completion import essays_option, style_option
from assistant.cli.terminal import common, say
from assistant.core.errors import AssistantError


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
    serve(root, EditorSettings(style=style, essays=essays))

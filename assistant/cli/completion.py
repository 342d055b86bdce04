"""Completion in the shell, and the options whose words it knows: ids of essays and citation styles."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click
from click.shell_completion import CompletionItem, get_completion_class

from assistant.core.errors import AssistantError

_PROGRAM = "assistant"
_Command = TypeVar("_Command", bound=Callable[..., Any])


@click.command(short_help="Print the script that completes words in your shell.")
@click.argument("shell", type=click.Choice(("bash", "zsh", "fish")))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print the script with which SHELL completes commands, options, ids of essays and citation styles.

    Put it into a file where SHELL looks for completions, and open a new shell.
    """
    kind = get_completion_class(shell)
    if kind is None:
        raise AssistantError(f"Completion is not known for {shell}.")
    root = context.find_root().command
    click.echo(kind(root, {}, _PROGRAM, "_ASSISTANT_COMPLETE").source().strip())


def complete_essays(context: click.Context, _parameter: click.Parameter, start: str) -> list[CompletionItem]:
    """Ids of the library's essays that begin so; none if the library cannot be read."""
    from assistant.library.files import find_root

    try:
        folder = find_root(context.params.get("root")) / "data" / "chunks"
        ids = sorted(file.name.removesuffix(".jsonl") for file in folder.glob("*.jsonl"))
    except OSError:
        return []
    return [CompletionItem(essay_id) for essay_id in ids if essay_id.startswith(start)]


def complete_styles(_context: click.Context, _parameter: click.Parameter, start: str) -> list[CompletionItem]:
    """Names of the citation styles that begin so."""
    from assistant.library.library import Library

    titles = Library.styles().items()
    # The script of fish takes what is after a comma for something else.
    return [
        CompletionItem(name, help=title.replace(",", ";")) for name, title in titles if name.startswith(start)
    ]


def essays_option(what: str) -> Callable[[_Command], _Command]:
    """The option ``--essay``, which says what is done with one essay only; it may be given several times."""
    return click.option(
        "--essay",
        "essays",
        multiple=True,
        metavar="ID",
        shell_complete=complete_essays,
        help=f"{what} (may be repeated).",
    )


def style_option(
    what: str = "Citation style.", *, default: str | None = "mla"
) -> Callable[[_Command], _Command]:
    """The option ``--style``; a default that is ``None`` is told by its help."""
    return click.option(
        "--style",
        default=default,
        show_default=default is not None,
        shell_complete=complete_styles,
        help=what,
    )

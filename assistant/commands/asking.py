"""The command ``assistant ask``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from assistant.commands import inputs
from assistant.commands.common import common, open_library, print_json, width
from assistant.errors import AssistantError
from assistant.rendering.answers import answer_object, answer_text


@click.command(short_help="Show the passages that answer a question.")
@click.argument("question", required=False)
@click.option("--top", default=3, show_default=True, help="Number of passages.")
@click.option("--essay", "essays", multiple=True, metavar="ID", help="Ask this essay only (may be repeated).")
@click.option("--style", default="mla", show_default=True, help="Citation style.")
@click.option("--explain", is_flag=True, help="Say which words of the question met which of the essay.")
@click.option(
    "--fast", is_flag=True, help="Do not read the passages; how sure the answer is, is told by likeness."
)
@click.option(
    "--voice",
    type=click.Choice(["author", "quoted"]),
    help="Mark only sentences with words of the essay's author, or only those with words quoted in it.",
)
@click.option("--reranker", metavar="MODEL", help="Put the first passages in order anew: a folder or a name.")
@click.option(
    "--batch",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Questions as JSON Lines: id, question, history.",
)
@common
def ask(
    question: str | None,
    batch: Path | None,
    explain: bool,  # noqa: FBT001 - click passes options by name
    root: Path | None,
    as_json: bool,  # noqa: FBT001 - the same
    **how: Any,  # noqa: ANN401 - the options of Library.ask, by their names
) -> None:
    """Show the passages that answer QUESTION (- reads it from standard input)."""
    if (question is None) == (batch is None):
        raise AssistantError("Give either one question or --batch FILE.")
    library = open_library(root)
    if batch is not None:
        for line in inputs.read_batch(batch):
            answer = library.ask(line["question"], history=line.get("history", ()), explained=explain, **how)
            print_json({"id": line["id"], **answer_object(answer, explained=explain)})
        return
    asked = sys.stdin.read().strip() if question == "-" else str(question)
    answer = library.ask(asked, explained=explain, **how)
    if as_json:
        print_json(answer_object(answer, explained=explain))
    else:
        styled = sys.stdout.isatty()
        click.echo(answer_text(answer, width=width(), styled=styled, explained=explain))
    if not answer.answered:
        sys.exit(1)

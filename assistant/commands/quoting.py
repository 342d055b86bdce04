"""The command ``assistant quote``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from assistant.commands import inputs
from assistant.commands.common import common, open_library, print_json, width
from assistant.errors import AssistantError, QuotationError
from assistant.rendering.quotations import verdict_object, verdict_text

if TYPE_CHECKING:
    from assistant.library import Library


@click.command(short_help="Check whether a quotation is exact.")
@click.argument("text", required=False)
@click.option("--essay", "essays", multiple=True, metavar="ID", help="Look in it only (may be repeated).")
@click.option("--style", default="mla", show_default=True, help="Citation style.")
@click.option(
    "--batch", type=click.Path(path_type=Path), metavar="FILE", help="Quotations as JSON Lines: id, text."
)
@common
def quote(
    text: str | None,
    batch: Path | None,
    root: Path | None,
    as_json: bool,  # noqa: FBT001 - click passes options by name
    **how: Any,  # noqa: ANN401 - the options of Library.quote, by their names
) -> None:
    """Say whether TEXT (- reads it from standard input) is printed so, and where.

    A quotation is exact when it differs from print only as a careful writer may: in the forms of quotation
    marks, dashes and spaces, by [brackets], by an ellipsis for words left out, by [sic], by the last point.
    """
    if (text is None) == (batch is None):
        raise AssistantError("Give either one quotation or --batch FILE.")
    library = open_library(root)
    if batch is not None:
        for line in inputs.read_quotations(batch):
            print_json({"id": line["id"], **_judged(library, line["text"], how)})
        return
    verdict = library.quote(sys.stdin.read().strip() if text == "-" else str(text), **how)
    if as_json:
        print_json(verdict_object(verdict))
    else:
        click.echo(verdict_text(verdict, width(), styled=sys.stdout.isatty()))
    if verdict.verdict != "exact":
        sys.exit(1)


def _judged(library: Library, text: str, how: dict[str, Any]) -> dict[str, Any]:
    """One quotation of many; one that cannot be checked does not keep the others from being so."""
    try:
        return verdict_object(library.quote(text, **how))
    except QuotationError as error:
        return {"text": text, "verdict": "absent", "matches": [], "places": 0, "note": str(error)}

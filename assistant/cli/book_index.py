"""The command ``index``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from assistant.cli.terminal import common, open_library, print_json, width
from assistant.rendering.book_index import index_csv, index_markdown, index_object, index_text

if TYPE_CHECKING:
    from assistant.core.book_index import BookIndex
    from assistant.library.library import Library


@click.command(short_help="Print the index of essays: names, works, authors quoted, terms.")
@click.argument("essays", metavar="[ID]...", nargs=-1)
@click.option("--markdown", "form", flag_value="markdown", help="Print it as Markdown.")
@click.option("--csv", "form", flag_value="csv", help="Print it as CSV for a spreadsheet.")
@click.option(
    "--html", "form", flag_value="html", help="Print it as an HTML page that holds the passages too."
)
@common
def index(essays: tuple[str, ...], form: str | None, root: Path | None, as_json: bool) -> None:
    """Print the index of an essay (ID) as the back of a book has it; of several, or of all, a joint one.

    It lists the persons named, the works named by title, the authors whose words are quoted, and the terms
    that the essay uses far more than other texts do. Each entry has its pages; 860n3 is note 3 on page 860.
    A joint index also lists what several of the essays quote: the same work, the same page, the same words.
    """
    library = open_library(root)
    found = library.index_of(essays)
    if as_json:
        print_json(index_object(found))
    elif form == "markdown":
        click.echo(index_markdown(found))
    elif form == "csv":
        click.echo(index_csv(found), nl=False)
    elif form == "html":
        click.echo(_page(library, found), nl=False)
    else:
        click.echo(index_text(found, width=width()))


def _page(library: Library, found: BookIndex) -> str:
    from assistant.rendering.book_index_page import index_page

    essays = [library.essay(essay_id) for essay_id in found.essays]
    titles = {essay.id: essay.report.title for essay in essays}
    return index_page(found, titles, [passage for essay in essays for passage in essay.passages])

"""The commands that show what essays have before they are asked.

They are ``outline``, ``related``, ``compare`` and ``index``.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from assistant.cli.completion import complete_essays, essays_option, style_option
from assistant.cli.terminal import common, open_library, print_json, width
from assistant.rendering.book_index import index_csv, index_markdown, index_object, index_text
from assistant.rendering.outlines import outline_object, outline_text
from assistant.rendering.related import comparison_object, comparison_text, related_object, related_text

if TYPE_CHECKING:
    from assistant.core.book_index import BookIndex
    from assistant.library.library import Library


@click.command(short_help="Show an essay's sections and what it announces of its argument.")
@click.argument("essay_id", metavar="ID", shell_complete=complete_essays)
@style_option()
@common
def outline(essay_id: str, style: str, root: Path | None, as_json: bool) -> None:
    """Show the sections of the essay ID with pages and lengths, and the sentences that announce its argument.

    These are sentences in which the essay itself says what it argues, how it proceeds, where its argument
    turns and what it comes to, in its own words. Where it says nothing of the kind, nothing is shown.
    """
    shown = open_library(root).outline(essay_id, style)
    if as_json:
        print_json(outline_object(shown))
    else:
        click.echo(outline_text(shown, width=width()))


@click.command(short_help="Show the passages nearest to a passage.")
@click.argument("passage", metavar="PASSAGE")
@click.option("--top", type=int, help="Number of passages.  [default: 5]")
@essays_option("Look in it only")
@click.option("--other-essays", "others", is_flag=True, help="Leave out the passage's own essay.")
@style_option()
@common
def related(
    *,
    passage: str,
    top: int | None,
    essays: tuple[str, ...],
    others: bool,
    style: str,
    root: Path | None,
    as_json: bool,
) -> None:
    """Show the passages nearest to PASSAGE (such as gill-2014/p09), of its own essay and of others.

    Of each the sentence that is most like PASSAGE is marked.
    """
    library = open_library(root)
    found = library.related(passage, top=top, essays=essays, others=others, style=style)
    if as_json:
        print_json(related_object(found))
    else:
        click.echo(related_text(found, width=width(), styled=sys.stdout.isatty()))


@click.command(short_help="Put one question to several essays and show their answers side by side.")
@click.argument("question")
@essays_option("Ask it")
@style_option()
@click.option(
    "--fast", is_flag=True, help="Do not read the passages; the verdicts follow from likeness alone."
)
@common
def compare(
    *, question: str, essays: tuple[str, ...], style: str, fast: bool, root: Path | None, as_json: bool
) -> None:
    """Put QUESTION (- reads it from standard input) to each essay and show the best passage of each.

    Essays that do not answer are said not to. Of more than 12 essays, the 12 with the nearest passages are
    asked unless others are named. In a terminal of 100 columns or more the essays are side by side.
    """
    library = open_library(root)
    text = sys.stdin.read().strip() if question == "-" else question
    compared = library.compare(text, essays=essays, style=style, fast=fast)
    titles = titles_of(library)
    if as_json:
        print_json(comparison_object(compared, titles))
    else:
        columns = shutil.get_terminal_size().columns
        styled = sys.stdout.isatty()
        click.echo(comparison_text(compared, titles, width=width(), columns=columns, styled=styled))
    if not compared.answered:
        sys.exit(1)


def titles_of(library: Library) -> dict[str, str]:
    """Title of each essay, by id."""
    return {essay_id: summary.title for essay_id, summary in library.summaries().items()}


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

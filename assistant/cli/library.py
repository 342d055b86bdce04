"""The commands for the essays of the library, from ``list`` to ``cite``; ``add`` is in ``adding.py``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from assistant.cli.completion import complete_essays, style_option
from assistant.cli.terminal import Bar, common, filtered, open_library, print_json, say, width
from assistant.core.errors import AssistantError, DamagedEssayError
from assistant.core.selection import LabelChanges, Selection
from assistant.rendering.answers import hyphenated_citation, zotero_lines, zotero_object
from assistant.rendering.essays import (
    damaged_objects,
    essay_object,
    essays_text,
    passage_object,
    passages_text,
    report_object,
    report_text,
    summary_object,
)

if TYPE_CHECKING:
    from assistant.core.essay import Passage, StoredEssay
    from assistant.library.library import Library

# Pixels; at a hand's distance a page of this width is as sharp as print.
_IMAGE_WIDTH = 1200
_TEXT_FORMS, _RECORD_FORMS = ("text", "markdown", "html"), ("bibtex", "ris", "csl-json")
_AUTO = "auto"


@click.command(name="list")
@filtered(passages=False)
@common
def list_(root: Path | None, as_json: bool, **options: Any) -> None:
    """List the essays of the library; damaged ones come last, with what to do about them."""
    library, where = open_library(root), Selection.of(options)
    summaries = library.selected(where) if where else library.summaries()
    damaged = {} if where else library.damaged()
    if as_json:
        objects = [summary_object(*essay) for essay in summaries.items()]
        print_json([*objects, *damaged_objects(damaged)])
    elif summaries or damaged:
        click.echo(essays_text(summaries, damaged))
        if not where and (engine := library.engine()):
            click.echo(engine)
    else:
        say(f"The library {library.root.resolve()} holds no essay yet; add one with: assistant add FILE")


@click.command(short_help="Print an essay or one passage of it as it was read.")
@click.argument("name", metavar="ID")
@click.option("--source", is_flag=True, help="Print the source text that offsets count in.")
@click.option(
    "--image",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the passage's page as it is printed, the passage marked, to this PNG file.",
)
@common
def show(name: str, source: bool, image: Path | None, root: Path | None, as_json: bool) -> None:
    """Print an essay (gill-2014) or one passage of it (gill-2014/p09) as it was read.

    With --image, draw the page of a PDF on which the passage is printed; if there are several, the others go
    to files with -2, -3 and so on in their names.
    """
    library = open_library(root)
    essay_id, _, place = name.partition("/")
    if image is not None:
        _draw(library, name, image, as_json=as_json)
        return
    if source:
        text = library.source_text(essay_id)
        if as_json:
            print_json({"id": essay_id, "source": text})
        else:
            click.echo(text, nl=False)
        return
    essay = library.essay(essay_id)
    passages = [passage for passage in essay.passages if not place or passage.id == name]
    if not passages:
        raise AssistantError(f"{essay_id} has no passage {place!r}; see all with: assistant show {essay_id}")
    file_pages = _file_pages(library, essay, passages)
    if as_json:
        quoted = library.quoted(essay_id)
        print_json(
            passage_object(passages[0], quoted[name], file_pages.get(name, ()))
            if place
            else essay_object(essay, library.summaries().get(essay_id), quoted=quoted, file_pages=file_pages)
        )
    else:
        click.echo(passages_text(passages, width=width(), file_pages=file_pages))


def _file_pages(
    library: Library, essay: StoredEssay, passages: Sequence[Passage]
) -> dict[str, tuple[int, ...]]:
    """The number in the PDF of each page of each passage; none for essays of other formats."""
    if not essay.is_pdf:
        return {}
    try:
        pages = library.printed_pages(essay.id)
    except DamagedEssayError as error:
        # The words are whole, and shown without it.
        say(f"assistant: {error}")
        return {}
    return {passage.id: pages.file_pages(passage) for passage in passages}


def _draw(library: Library, name: str, image: Path, *, as_json: bool) -> None:
    """Write the pages on which a passage is printed to files, and say which page is in which."""
    essay_id, _, place = name.partition("/")
    essay = library.essay(essay_id)
    passage = next((each for each in essay.passages if each.id == name), None)
    if passage is None:
        what = f"{essay_id} has no passage {place!r}" if place else "An image shows the page of one passage"
        raise AssistantError(f"{what}; see all with: assistant show {essay_id}")
    pages = library.printed_pages(essay_id)
    written = []
    for number, marked in enumerate(pages.marked(passage), 1):
        file = image if number == 1 else image.with_stem(f"{image.stem}-{number}")
        library.write_file(file, pages.png(marked.page.number, _IMAGE_WIDTH, marked.marks))
        written.append((file, marked.page))
    if as_json:
        images = [{"image": str(file), "page": page.label, "file": page.number} for file, page in written]
        print_json({"id": name, "images": images})
    else:
        for file, page in written:
            say(f"{name} is marked on {page.name}: {file}")


@click.command(short_help="Change the record, first page, tags or collections of an essay.")
@click.argument("essay_id", metavar="ID", shell_complete=complete_essays)
@click.option(
    "--reference",
    type=click.Path(path_type=Path),
    help="New record of the essay: CSL-JSON, BibTeX, RIS, PubMed (.nbib) or EndNote XML.",
)
@click.option(
    "--first-page",
    metavar="N",
    help="Number of the first page, such as 844 or xii; auto finds it again in the record or the print.",
)
@click.option("--tag", "tags", multiple=True, metavar="T", help="Tag to give it (may be repeated).")
@click.option("--untag", multiple=True, metavar="T", help="Tag to take away (may be repeated).")
@click.option(
    "--collection",
    "collections",
    multiple=True,
    metavar="NAME",
    help="Collection to put it into, such as Novels or Novels/Dystopias (may be repeated).",
)
@click.option(
    "--uncollect", multiple=True, metavar="NAME", help="Collection to take it out of (may be repeated)."
)
@common
def edit(  # noqa: PLR0913, PLR0917 - the options of the command
    essay_id: str,
    reference: Path | None,
    first_page: str | None,
    tags: tuple[str, ...],
    untag: tuple[str, ...],
    collections: tuple[str, ...],
    uncollect: tuple[str, ...],
    root: Path | None,
    as_json: bool,
) -> None:
    """Change the record, first page, tags or collections of an essay, and print what became of it.

    Nothing is embedded again. All of it is kept when the essay's file is added again.
    """
    labels = LabelChanges(tags=tags, untag=untag, collections=collections, uncollect=uncollect)
    if reference is None and first_page is None and not labels:
        raise AssistantError(
            "There is nothing to change; give --reference FILE, --first-page N, --tag T or --collection NAME."
        )
    library = open_library(root)
    number = "" if first_page == _AUTO else first_page
    with Bar(essay_id) as bar:
        report = library.edit(essay_id, reference=reference, first_page=number, labels=labels, progress=bar)
    print_json(report_object(report)) if as_json else click.echo(report_text(report))


@click.command(short_help="Remove an essay from the library.")
@click.argument("essay_id", metavar="ID", shell_complete=complete_essays)
@click.option("--for-good", is_flag=True, help="Delete it for good; it cannot be restored.")
@common
def remove(essay_id: str, for_good: bool, root: Path | None, as_json: bool) -> None:
    """Remove an essay from the library; for 30 days it can be restored.

    The last 20 removed essays are kept in the library's folder removed/. With --for-good nothing is kept, not
    even of an essay of that name that was removed before.
    """
    open_library(root).remove(essay_id, for_good=for_good)
    if as_json:
        print_json({"removed": essay_id})
    elif for_good:
        say(f"{essay_id} is removed for good.")
    else:
        say(f"{essay_id} is removed; to restore it: assistant restore {essay_id}")


@click.command(short_help="Restore a removed essay as it was.")
@click.argument("essay_id", metavar="ID", shell_complete=complete_essays, required=False)
@common
def restore(essay_id: str | None, root: Path | None, as_json: bool) -> None:
    """Restore the removed essay ID as it was; without ID, list what can be restored."""
    library = open_library(root)
    if essay_id is not None:
        report = library.restore(essay_id)
        print_json({"restored": essay_id}) if as_json else say(f"{report.title} is back as {essay_id}.")
        return
    removed = list(library.removed().values())
    if as_json:
        print_json([asdict(essay) for essay in removed])
    elif removed:
        click.echo("\n".join(f"{essay.at[:10]}  {essay.id}  {essay.title}" for essay in removed))
    else:
        say("No removed essay is kept.")


@click.command(short_help="Print citation and reference of an essay, or its record.")
@click.argument("essay_id", metavar="ID", shell_complete=complete_essays)
@style_option("mla, chicago, chicago-notes, apa, harvard, ieee, a .csl file or a style of the CSL package.")
@click.option("--page", metavar="P", help="Page to cite, such as 849 or 849-50.")
@click.option(
    "--format",
    "form",
    type=click.Choice([*_TEXT_FORMS, *_RECORD_FORMS]),
    default="text",
    show_default=True,
    help="How to write it; the last three are the essay's record.",
)
@click.option("--links", is_flag=True, help="Add links that open Zotero at the page.")
@common
def cite(
    essay_id: str,
    style: str,
    page: str | None,
    form: str,
    links: bool,
    root: Path | None,
    as_json: bool,
) -> None:
    """Print citation and full reference of an essay (with both notes in a style of notes), or its record."""
    library = open_library(root)
    if form in _RECORD_FORMS:
        record = library.export(essay_id, form)
        if as_json:
            print_json({"id": essay_id, "format": form, "record": record})
        else:
            click.echo(record, nl=False)
        return
    citation, reference = library.cite(essay_id, style=style, page=page, form=form)
    again, _ = library.cite(essay_id, style=style, page=page, form=form, again=True)
    if as_json:
        result = {
            "id": essay_id,
            "style": style,
            "citation": hyphenated_citation(citation),
            "reference": reference,
        }
        repeated = {"again": hyphenated_citation(again)} if again != citation else {}
        print_json(result | repeated | zotero_object(library.links(essay_id, citation.pages)))
    else:
        addresses = zotero_lines([library.links(essay_id, citation.pages)]) if links else []
        click.echo("\n".join(dict.fromkeys((citation.in_text, again.in_text, reference, *addresses))))

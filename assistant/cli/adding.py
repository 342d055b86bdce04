"""The commands ``add`` (a file, several, folders, or a library of Zotero) and ``watch`` (a folder)."""

from __future__ import annotations

import glob
import sys
import threading
from collections import Counter
from collections.abc import Sequence
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from assistant.cli.terminal import Bar, common, open_library, print_json, say
from assistant.core.errors import AssistantError
from assistant.core.selection import LabelChanges
from assistant.rendering.essays import report_object, report_text
from assistant.rendering.items import item_line, item_object, items_summary

if TYPE_CHECKING:
    from assistant.core.items import ItemOutcome
    from assistant.library.importing import Became, FileOutcome
    from assistant.library.library import Library
    from assistant.library.walking import FileToAdd

# What is said of a file, and how many files of a summary became so.
_WORDS: dict[Became, str] = {
    "added": "added",
    "replaced": "replaced",
    "unchanged": "unchanged",
    "same": "the same as another",
    "removed": "removed",
    "failed": "failed",
}


@click.command(short_help="Add essays and print what became of every character.")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--reference",
    type=click.Path(path_type=Path),
    help="Record of the essay: CSL-JSON, BibTeX, RIS, PubMed (.nbib) or EndNote XML.",
)
@click.option("--first-page", metavar="N", help="Number of the first page, such as 844 or xii.")
@click.option("--id", "essay_id", help="Short name of the essay, such as gill-2014.")
@click.option("--model", help="Embedding model of the whole library: a folder or a name.")
@click.option("--ocr", is_flag=True, help="Have tesseract recognise the words of a scanned PDF.")
@click.option(
    "--ocr-language",
    metavar="LANG",
    default="eng",
    show_default=True,
    help="Languages of the scan as tesseract names them, such as deu+eng.",
)
@click.option("--tag", "tags", multiple=True, metavar="T", help="Tag for the essays (may be repeated).")
@click.option(
    "--collection",
    "collections",
    multiple=True,
    metavar="NAME",
    help="Collection to put the essays into, such as Novels or Novels/Dystopias (may be repeated).",
)
@click.option(
    "--replace", is_flag=True, help="Let a file take the place of the same essay from another file."
)
@click.option("--again", is_flag=True, help="Read files again that have not changed.")
@click.option(
    "--zotero",
    is_flag=False,
    flag_value="",
    metavar="[SOURCE]",
    help=(
        "Add what Zotero holds: SOURCE is its data folder, which is looked for by default, or an export with "
        "files (.bib, .json, .ris). --collection and --tag then choose what to add."
    ),
)
@click.option("--dry-run", is_flag=True, help="With --zotero: only print what would be added.")
@click.option("--prune", is_flag=True, help="With --zotero: remove essays whose items Zotero no longer has.")
@common
def add(  # noqa: PLR0913 - the options of the command
    *,
    paths: tuple[Path, ...],
    reference: Path | None,
    first_page: str | None,
    essay_id: str | None,
    tags: tuple[str, ...],
    collections: tuple[str, ...],
    ocr: bool,
    ocr_language: str,
    zotero: str | None,
    dry_run: bool,
    prune: bool,
    root: Path | None,
    as_json: bool,
    **options: Any,
) -> None:
    """Add essays (PATH ...) to the library and print what became of every character.

    PATH ends in .pdf, .docx, .odt, .rtf, .epub, .html, .md or .txt, or is a folder or a pattern such as
    'texts/**/*.pdf'. Of a folder all such files are added, also those in its folders, without hidden ones.
    Several files get a line each; one that fails stops no other. The next run leaves out what has not
    changed.
    """
    from assistant.library.walking import FileToAdd

    options["ocr_language"] = ocr_language if ocr else ""
    if zotero is not None:
        if paths or reference or first_page or essay_id or len(collections) > 1:
            raise AssistantError(
                "--zotero takes no PATH, --reference, --first-page or --id, and at most one --collection."
            )
        collection = next(iter(collections), "")
        choice: dict[str, Any] = {"collection": collection, "tags": tags, "dry_run": dry_run, "prune": prune}
        add_zotero(open_library(root), zotero, as_json=as_json, **choice, **options)
        return
    if dry_run or prune:
        raise AssistantError("--dry-run and --prune go with --zotero.")
    if not paths:
        raise AssistantError("There is nothing to add; give a file or a folder, or --zotero.")
    (first, *more), is_pattern = paths, glob.has_magic(str(paths[0]))
    is_one = not more and not first.is_dir() and (first.exists() or not is_pattern)
    if not is_one and (reference or first_page or essay_id):
        raise AssistantError(
            "--reference, --first-page and --id belong to one essay; add the files one by one."
        )
    library, labels = open_library(root), LabelChanges(tags=tags, collections=collections)
    if not is_one:
        add_many(library, paths, labels, as_json=as_json, **options)
        return
    item = FileToAdd(path=first, reference=reference, first_page=first_page, essay_id=essay_id, labels=labels)
    with Bar(first.name) as bar:
        # The one file that is named is read even if it has not changed, which repairs what was damaged.
        outcomes = list(library.add_files([item], progress=bar, **(options | {"again": True})))
    for outcome in outcomes:
        outcome.raise_error()
        if as_json:
            print_json(_object(library, outcome))
        else:
            click.echo(outcome.message if outcome.report is None else report_text(outcome.report))


def add_many(
    library: Library,
    paths: Sequence[Path],
    labels: LabelChanges,
    *,
    as_json: bool,
    **options: Any,
) -> None:
    """Add files and folders, print a line for each file and a summary, and exit with 2 if some failed."""
    from assistant.library.walking import FileToAdd, essay_files

    files = [FileToAdd(path=path, labels=labels) for path in essay_files(paths, library.root)]
    # Programs that name files have got an object for each that was added, and a sentence for each other.
    is_named = all(path.is_file() or not path.exists() for path in paths)
    print_outcomes(library, files, as_json=as_json, failures=not is_named, **options)


def print_outcomes(
    library: Library, files: Sequence[FileToAdd], *, as_json: bool, failures: bool = True, **options: Any
) -> None:
    """Add files, print a line for each and a summary, and exit with 2 if some failed.

    Args:
        library: The library.
        files: The files.
        as_json: Whether each line is a JSON object.
        failures: Whether there is an object for a file that failed too.
        options: As for ``Library.add_files``.
    """
    outcomes: list[FileOutcome] = []
    numbers = count(1)
    with Bar("") as bar:

        def started(file: FileToAdd) -> None:
            number = next(numbers)
            bar.name = f"{number}/{len(files)} {file.path.name}"
            bar("file", number - 1, len(files))

        try:
            for outcome in library.add_files(files, progress=bar, started=started, **options):
                outcomes.append(outcome)
                bar.close()
                if failures or outcome.essay or not as_json:
                    number = f"{len(outcomes):>{len(str(len(files)))}}/{len(files)}"
                    print_outcome(library, outcome, as_json=as_json, number=number)
        except KeyboardInterrupt:
            bar.close()
            say(f"Interrupted. {summary_of_outcomes(outcomes)} The same command goes on with the others.")
            raise
    if not as_json:
        say(summary_of_outcomes(outcomes))
    failed = [outcome for outcome in outcomes if outcome.outcome == "failed"]
    for outcome in failed:
        say(f"assistant: {outcome.message}")
    if failed:
        sys.exit(2)


def print_outcome(library: Library, outcome: FileOutcome, *, as_json: bool, number: str = "") -> None:
    """Print what became of a file as a line, or as a JSON object on one."""
    if as_json:
        print_json(_object(library, outcome))
        return
    parts = [number, f"{outcome.outcome:<9}", outcome.essay, str(outcome.path), outcome.message]
    click.echo("  ".join(filter(None, parts)))


def summary_of_outcomes(outcomes: Sequence[FileOutcome]) -> str:
    """A sentence on how many files became what."""
    counts = Counter(outcome.outcome for outcome in outcomes)
    parts = [f"{counts[name]:,} {words}" for name, words in _WORDS.items() if counts[name]]
    return f"{len(outcomes):,} file{'s' * (len(outcomes) != 1)}: {', '.join(parts) or 'none done'}."


def _object(library: Library, outcome: FileOutcome) -> dict[str, Any]:
    """An outcome as a JSON object: the ingest report of the essay, with the file and what became of it."""
    about = {"file": str(outcome.path), "outcome": outcome.outcome}
    if outcome.message:
        about["message"] = outcome.message
    if not outcome.essay or outcome.outcome == "removed":
        return about | ({"essay_id": outcome.essay} if outcome.essay else {})
    report = outcome.report or library.essay(outcome.essay).report
    return report_object(report) | about


def add_zotero(
    library: Library,
    source: str,
    *,
    collection: str,
    tags: Sequence[str],
    as_json: bool,
    dry_run: bool,
    prune: bool,
    **options: Any,
) -> None:
    """Add items, print a line for each that is not unchanged and a summary; exit with 2 if some failed.

    Args:
        library: The library.
        source: Zotero's data folder or an export; empty to look for the data folder.
        collection: The only collection to add, with those in it; all if empty.
        tags: Tags that items must have.
        as_json: Whether to print an object a line.
        dry_run: Whether only to say what would be done.
        prune: Whether to remove essays whose items Zotero no longer has.
        options: As for ``importing.Importer``.
    """
    from assistant.library.item_files import find_items

    outcomes: list[ItemOutcome] = []
    with Bar("Zotero") as bar:
        found = find_items(Path(source).expanduser() if source else None, collection, tags)
        if not as_json:
            say(found.sentence)
        try:
            for outcome in library.add_items(found, dry_run=dry_run, prune=prune, progress=bar, **options):
                outcomes.append(outcome)
                bar.close()
                bar.name = f"{len(outcomes)}/{len(found.items)}"
                if as_json:
                    print_json(item_object(outcome))
                elif outcome.outcome != "unchanged":
                    click.echo(item_line(outcome, dry_run=dry_run))
        except KeyboardInterrupt:
            bar.close()
            say(f"Interrupted. {items_summary(outcomes, dry_run=dry_run)} The same command goes on.")
            raise
    say(items_summary(outcomes, dry_run=dry_run))
    if Counter(outcome.outcome for outcome in outcomes)["failed"]:
        sys.exit(2)


@click.command(short_help="Keep the library in step with a folder.")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--tag", "tags", multiple=True, metavar="T", help="Tag for the essays (may be repeated).")
@click.option(
    "--collection",
    "collections",
    multiple=True,
    metavar="NAME",
    help="Collection to put the essays into (may be repeated).",
)
@common
def watch(
    folder: Path, tags: tuple[str, ...], collections: tuple[str, ...], root: Path | None, as_json: bool
) -> None:
    """Keep the library in step with FOLDER until Ctrl-C is pressed, also while a server shows it.

    Files that are new or have changed are added once they are written, as by the command add. The essay of a
    renamed file stays; that of a deleted file goes to the trash, from which assistant restore brings it back.
    """
    from assistant.library.watching import FolderWatch

    library = open_library(root)
    outcomes = []
    with Bar(folder.name) as bar:
        watched = FolderWatch(library, folder, LabelChanges(tags=tags, collections=collections), progress=bar)
        try:
            for outcome in watched.start():
                outcomes.append(outcome)
                bar.close()
                if outcome.outcome != "unchanged":
                    print_outcome(library, outcome, as_json=as_json)
            say(f"{summary_of_outcomes(outcomes)} Watching {folder}; Ctrl-C ends it.")
            for outcome in watched.follow(threading.Event()):
                bar.close()
                print_outcome(library, outcome, as_json=as_json)
        except KeyboardInterrupt:
            bar.close()
            say(f"{folder} is no longer watched; what was reported is in the library.")

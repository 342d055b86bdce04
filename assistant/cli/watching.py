"""The command ``watch``: a library that follows a folder."""

from __future__ import annotations

import threading
from pathlib import Path

import click

from assistant.cli.adding import print_outcome, summary_of_outcomes
from assistant.cli.terminal import Bar, common, open_library, say
from assistant.core.selection import LabelChanges


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

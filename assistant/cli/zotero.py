"""``add --zotero``: the library of Zotero, or an export of a reference manager."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from assistant.cli.terminal import Bar, print_json, say
from assistant.rendering.items import item_line, item_object, items_summary

if TYPE_CHECKING:
    from assistant.core.items import ItemOutcome
    from assistant.library.library import Library


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

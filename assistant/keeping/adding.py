"""An essay that was read is put on the shelf together with the index that knows it."""

from __future__ import annotations

import hashlib
from pathlib import Path

from assistant.chunking import store
from assistant.errors import LibraryError
from assistant.keeping.indexing import IndexKeeper
from assistant.keeping.ingest import Ingested
from assistant.keeping.shelf import Shelf, Snapshot
from assistant.keeping.storage import replace_together
from assistant.types import Progress, StoredEssay


def refuse_other(essay: StoredEssay, path: Path, shelf: Shelf) -> None:
    """Refuse an essay that would take the place of another work.

    Args:
        essay: The new essay.
        path: The file that it was read from, for the message.
        shelf: The essays there are.

    Raises:
        LibraryError: If its id is that of another work.
    """
    if essay.id not in shelf.ids():
        return
    try:
        known = shelf.load(essay.id)[1]
    except LibraryError:
        return  # a damaged file is mended by adding its essay again
    same_work = known.source_name == essay.source_name and known.report.title == essay.report.title
    if known.source_sha256 != essay.source_sha256 and not same_work:
        raise LibraryError(
            f"{path} would take the id {essay.id!r} of another essay ({known.source_name}); give it its "
            f"own with --id, or remove the other with: assistant remove {essay.id}"
        )


def commit(made: Ingested, model: str | None, shelf: Shelf, keeper: IndexKeeper, step: Progress) -> None:
    """Build the index with an essay new or changed, then make files and index current together.

    Args:
        made: The essay and its source.
        model: Embedding model for the whole library; else the one it has.
        shelf: The essays there are.
        keeper: Keeps their index.
        step: Told how far the work is.

    Raises:
        AssistantError: If the index cannot be made or the files cannot be written.
    """
    essay, text = made.essay, store.dump(made.essay)
    abouts = shelf.abouts(but=essay.id)
    sources = {name: about.sha256 for name, about in abouts.items()}
    sources[essay.id] = hashlib.sha256(text.encode()).hexdigest()
    essays = Snapshot(shelf, abouts, essay)
    build = keeper.build(essays, sources, model, step)
    try:
        replace_together(shelf.files(essay.id, text, made.source), build.make_current if build else _nothing)
    except BaseException:
        if build:
            build.discard()
        raise


def _nothing() -> None:
    """What is done where the index is right already."""

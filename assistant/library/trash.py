"""Removed essays, saved in ``removed/`` for some time so that each can be restored as it was."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from assistant.core.errors import LibraryError
from assistant.core.essay import RemovedEssay
from assistant.library.indexing import LibraryIndex
from assistant.library.store import (
    EssayStore,
    PendingEssay,
    load_overrides,
    read_chunk_file,
    read_source,
    timestamp,
)

# How long removed essays are kept, and how many; whichever ends first.
KEPT_FOR = timedelta(days=30)
MOST_KEPT = 20
_STAMP = "%Y%m%dT%H%M%S%f"
_UNFINISHED = ".new-"


class Trash:
    """The removed essays of a library, a folder each; all changes need the library's lock.

    Args:
        store: The essays that are in the library.
        index: Their index, whose encodings are saved with a removed essay.
    """

    def __init__(self, store: EssayStore, index: LibraryIndex) -> None:
        self._folder, self._store, self._index = store.root / "removed", store, index

    def removed(self) -> dict[str, RemovedEssay]:
        """Essays that can be restored by id, the most recent first; only the most recent of each id."""
        removed: dict[str, RemovedEssay] = {}
        for moment, essay_id, folder in self._folders():
            if essay_id not in removed:
                title = _title(folder / f"{essay_id}.jsonl") or essay_id
                removed[essay_id] = RemovedEssay(essay_id, title, timestamp(moment.timestamp()))
        return removed

    def remove(self, essay_id: str) -> None:
        """Move an essay from the library to the trash; until its chunk file is deleted, nothing has changed.

        Raises:
            OSError: If it cannot be saved or deleted.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=_UNFINISHED, dir=self._folder))
        try:
            self._index.save_encodings(essay_id, folder)
            chunks, source, overrides = self._store.paths(essay_id)
            for path in filter(Path.exists, (chunks, source)):
                shutil.copy2(path, folder / path.name)
            (folder / overrides.name).write_text(self._store.overrides(essay_id).dump(), "utf-8")
            folder = folder.rename(self._folder / f"{datetime.now(UTC):{_STAMP}}-{essay_id}")
            self._store.remove(essay_id)
        except BaseException:
            if self._store.path(essay_id).exists():
                shutil.rmtree(folder, ignore_errors=True)
            raise
        self.sweep()

    def delete(self, essay_id: str) -> None:
        """Delete all that was saved of essays with an id."""
        for _, removed_id, folder in self._folders():
            if removed_id == essay_id:
                shutil.rmtree(folder, ignore_errors=True)
        self.sweep()

    def pending(self, essay_id: str) -> PendingEssay:
        """A removed essay, byte for byte as it was, to be written to the library again.

        Raises:
            LibraryError: If none of that id was saved, its files are damaged, or another is in the library.
        """
        if essay_id in self._store.stamps():
            raise LibraryError(
                f"An essay {essay_id!r} is in the library; remove it before you restore the other one."
            )
        folder = next((folder for _, removed_id, folder in self._folders() if removed_id == essay_id), None)
        if folder is None:
            ids = ", ".join(self.removed()) or "none"
            raise LibraryError(f"No removed essay {essay_id!r} is saved; these can be restored: {ids}.")
        chunks, source, overrides = (folder / path.name for path in self._store.paths(essay_id))
        essay = read_chunk_file(chunks).essay
        return PendingEssay(
            essay,
            chunks.read_bytes().decode("utf-8"),
            read_source(source),
            load_overrides(overrides, chunks),
            encodings=folder,
        )

    def forget(self, pending: PendingEssay) -> None:
        """Delete what was saved of an essay that has been restored."""
        if pending.encodings is not None:
            shutil.rmtree(pending.encodings, ignore_errors=True)
        self.sweep()

    def sweep(self) -> None:
        """Delete what is too old, what is too much, and what an interruption has left."""
        oldest = datetime.now(UTC) - KEPT_FOR
        for number, (moment, _, folder) in enumerate(self._folders()):
            if number >= MOST_KEPT or moment < oldest:
                shutil.rmtree(folder, ignore_errors=True)
        for folder in self._folder.glob(f"{_UNFINISHED}*"):
            shutil.rmtree(folder, ignore_errors=True)

    def _folders(self) -> Iterator[tuple[datetime, str, Path]]:
        """When each essay was removed, its id and its folder; the most recent first."""
        for folder in sorted(self._folder.glob("*-*"), reverse=True):
            stamp, _, essay_id = folder.name.partition("-")
            try:
                moment = datetime.strptime(stamp, _STAMP).replace(tzinfo=UTC)
            except ValueError:
                continue  # a folder of the user's own
            yield moment, essay_id, folder


def _title(path: Path) -> str:
    try:
        with path.open(encoding="utf-8") as file:
            return str(json.loads(file.readline())["title"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""

"""Removed essays, saved in ``removed/`` for some time so that each can be restored as it was."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from assistant.core.disk import copy_durably, sync_folder, write_durably
from assistant.core.errors import LibraryError
from assistant.core.essay import RemovedEssay
from assistant.library.files import rename_once
from assistant.library.indexing import LibraryIndex
from assistant.library.originals import read_original
from assistant.library.overrides import Overrides, load_overrides, timestamp
from assistant.library.snapshot import Snapshot
from assistant.library.store import EssayStore, PendingEssay, read_chunk_file, read_source

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

    def overrides(self) -> Iterator[Overrides]:
        """What the user stated about each removed essay."""
        for _, essay_id, folder in self._folders():
            yield load_overrides(folder / f"{essay_id}.given.json", folder / f"{essay_id}.jsonl")

    def save(self, essay_id: str) -> list[str]:
        """Copy an essay of the library to a folder that is not yet part of the trash.

        Returns:
            The name of the folder, and the one with which it becomes part of the trash: see ``accept``.

        Raises:
            OSError: If it cannot be saved.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=_UNFINISHED, dir=self._folder))
        try:
            self._index.save_encodings(essay_id, folder)
            *files, overrides = self._store.paths(essay_id)
            for path in filter(Path.exists, (*files, *self._store.stored_files(essay_id))):
                copy_durably(path, folder / path.name)
            write_durably(folder / overrides.name, self._store.overrides(essay_id).dump().encode())
            sync_folder(folder)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        return [folder.name, f"{self._next_moment():{_STAMP}}-{essay_id}"]

    def _next_moment(self) -> datetime:
        """The current time, or if the clock has been put back, the moment after the last removal."""
        now = datetime.now(UTC)
        last = next((moment for moment, _, _ in self._folders()), now)
        return now if last is now or last < now else last + timedelta(microseconds=1)

    def accept(self, saved: Sequence[str]) -> None:
        """Make a saved copy part of the trash; may be repeated after an interruption."""
        folder, final = (self._folder / Path(name).name for name in saved)
        rename_once(folder, final)
        sync_folder(self._folder)

    def discard(self, saved: Sequence[str]) -> None:
        """Delete a saved copy."""
        for name in saved:
            shutil.rmtree(self._folder / name, ignore_errors=True)

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
        chunks, source, setting, overrides = (folder / path.name for path in self._store.paths(essay_id))
        essay, stated = read_chunk_file(chunks).essay, load_overrides(overrides, chunks)
        text, file = read_source(source, essay, stated), folder / self._store.stored_file(essay).name
        return PendingEssay(
            essay,
            chunks.read_bytes().decode("utf-8"),
            text,
            stated,
            original=read_original(setting, file, essay, text, stated.setting_sha256),
            encodings=folder,
        )

    def leaving(self, folder: Path) -> tuple[Path, Path]:
        """A folder of the trash, and the path to which it is moved so that ``sweep`` deletes it."""
        return folder, self._folder / f"{_UNFINISHED}{folder.name}"

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


class Deletion:
    """Deletes an essay, or moves it to the trash, in steps that the next command can finish; needs the lock.

    Args:
        store: The files of the essays.
        index: Their index.
        trash: The removed essays.
        snapshot: Gives the essays as they are on disk now.
    """

    def __init__(
        self, store: EssayStore, index: LibraryIndex, trash: Trash, snapshot: Callable[[], Snapshot]
    ) -> None:
        self._store, self._index, self._trash, self._snapshot = store, index, trash, snapshot

    def run(self, essay_id: str, *, for_good: bool) -> None:
        """Delete an essay, ``for_good`` with all that was saved of it; otherwise save it in the trash."""
        saved = None if for_good else self._trash.save(essay_id)
        entry = {"delete": essay_id, "saved": saved}
        try:
            self._store.journal.write(entry)
            self._delete(entry)
        except BaseException:
            if self._store.path(essay_id).exists():
                # Nothing has been deleted yet.
                self._store.journal.clear()
                self._trash.discard(saved or ())
            raise

    def finish(self) -> None:
        """Undo or finish a change during which the program was killed."""
        journal = self._store.journal
        if not journal.exists():
            return
        entry = journal.read()
        if "undo" in entry:
            journal.undo(entry)
        elif "delete" in entry:
            self._delete(entry)
        else:
            journal.clear()

    def _delete(self, entry: Mapping[str, Any]) -> None:
        essay_id, saved = Path(entry["delete"]).name, entry.get("saved")
        if saved is not None:
            self._trash.accept(saved)
        self._store.remove(essay_id)
        if saved is None:
            self._trash.delete(essay_id)
            others = self._snapshot()
            others.forget_summaries()
            self._index.rewrite(others.essays.__getitem__, others.chunk_digests)
        self._store.journal.clear()


def _title(path: Path) -> str:
    try:
        with path.open(encoding="utf-8") as file:
            return str(json.loads(file.readline())["title"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""

"""Changes of a library in shards: each is made in the shards that it touches, and then shown at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, cast

from assistant.cluster.fleet import Fleet
from assistant.cluster.manifest import ManifestFile
from assistant.cluster.store import ShardedIndex, ShardedStore
from assistant.core.errors import LibraryError
from assistant.core.essay import IngestReport, Progress, RemovedEssay
from assistant.documents.pdf_image import PageImages
from assistant.library.adding import LibraryWriter
from assistant.library.indexing import no_progress
from assistant.library.snapshot import Snapshot
from assistant.library.store import PendingEssay


class ShardedWriter(LibraryWriter):
    """Changes a library in shards, one writer at a time.

    A shard changes its own folder as a whole or not at all. Then the manifest is replaced, and all that was
    changed is seen together. If the program is killed in between, the next command adopts what the shards
    have.

    Args:
        store: The files of the essays.
        index: Their index.
        manifest: The manifest.
        fleet: The shards.
        snapshot: Gives the essays as they are now.
        notify: Receives a sentence for the user when another writer must be waited for.
        isolates: Whether files are read in a process of their own, as a server must.
    """

    def __init__(
        self,
        store: ShardedStore,
        index: ShardedIndex,
        manifest: ManifestFile,
        fleet: Fleet,
        snapshot: Callable[[], Snapshot],
        notify: Callable[[str], None],
        *,
        isolates: bool = False,
    ) -> None:
        # What the folder's own writer does with its files and its trash is done in the shards.
        self._isolates = isolates
        self._store, self._index = cast("Any", store), cast("Any", index)
        self._snapshot, self._notify = snapshot, notify
        self._manifest, self._fleet, self._sharded = manifest, fleet, store

    def remove(self, essay_id: str, *, for_good: bool) -> None:
        """Remove an essay; arguments as for ``Library.remove``."""
        owner = self._manifest.read().owners.get(essay_id)
        if owner is None and for_good:
            owner = self._shard_with_removed(essay_id)
        if owner is None:
            self._snapshot().require_file(essay_id)
        owner = owner or self._sharded.owner(essay_id)
        with self._writing(), self._sharded.changing([owner]):
            self._fleet.call(owner, "remove", essay_id, for_good)
            if for_good:
                self._snapshot().forget_summaries()
        if for_good:
            PageImages().clear()

    def restore(self, essay_id: str) -> IngestReport:
        """Restore a removed essay; arguments as for ``Library.restore``."""
        owner = self._manifest.read().owners.get(essay_id) or self._shard_with_removed(essay_id)
        if owner is None:
            ids = ", ".join(self.removed()) or "none"
            raise LibraryError(f"No removed essay {essay_id!r} is saved; these can be restored: {ids}.")
        with self._writing(), self._sharded.changing([owner]):
            report: IngestReport = self._fleet.call(owner, "restore", essay_id)
        return report

    def removed(self) -> dict[str, RemovedEssay]:
        """Essays that can be restored, by id; the most recently removed comes first."""
        shards = dict.fromkeys(self._manifest.read().shards, ())
        found: list[dict[str, RemovedEssay]] = list(self._fleet.call_each("removed", shards).values())
        entries = [entry for essays in found for entry in essays.items()]
        return dict(sorted(entries, key=lambda entry: entry[1].at, reverse=True))

    def _shard_with_removed(self, essay_id: str) -> str | None:
        shards = dict.fromkeys(self._manifest.read().shards, ())
        found = self._fleet.call_each("removed", shards)
        owners = [name for name, essays in found.items() if essay_id in essays]
        return max(owners, key=lambda name: str(found[name][essay_id].at), default=None)

    def finish_interrupted(self) -> None:
        """Adopt what a killed program has changed in the shards, unless another program is still writing.

        Raises:
            LibraryError: If another program is writing, or the library cannot be written to.
        """
        with self._manifest.locked(self._notify, wait=False):
            self._finish()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Keep other writers out."""
        with self._manifest.locked(self._notify):
            self._finish()
            yield

    def _finish(self) -> None:
        begun = self._manifest.begun()
        if begun is not None:
            self._sharded.adopt(begun or self._manifest.read().shards)

    def _commit(
        self,
        pending: Sequence[PendingEssay],
        snapshot: Snapshot,
        *,
        model: str | None = None,
        progress: Progress = no_progress,
    ) -> None:
        """Write new or changed essays, each in its shard; errors as for the folder's."""
        del snapshot
        essays: dict[str, list[PendingEssay]] = {}
        for each in pending:
            essays.setdefault(self._sharded.owner(each.essay.id), []).append(each)
        shards = list(self._manifest.read().shards) if model else list(essays)
        with self._sharded.changing(shards):
            self._fleet.write(essays, model, progress)
            if model:
                others = {name: (model,) for name in shards if name not in essays}
                self._fleet.call_each("rebuild", others)

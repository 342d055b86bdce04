"""Changes of a library in shards: each is made in the shards that it touches, and then shown at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from assistant.cluster.building import ClusterReader
from assistant.cluster.fleet import Fleet
from assistant.cluster.manifest import ManifestFile
from assistant.cluster.store import ShardedStore
from assistant.core.errors import AssistantError, LibraryError
from assistant.core.essay import IngestReport, Progress, RemovedEssay
from assistant.library.models import no_progress
from assistant.library.overrides import Overrides
from assistant.library.snapshot import Snapshot
from assistant.library.store import PendingEssay


class ShardedChanges:
    """Changes the essays of a library in shards; see ``library.changes.EssayChanges``.

    A shard changes its own folder as a whole or not at all. Then the manifest is replaced, and all that was
    changed is seen together. If the program is killed in between, the next command adopts what the shards
    have.

    Args:
        store: The files of the essays.
        manifest: The manifest.
        fleet: The shards.
        reader: Has the encodings of essays that were read on the cluster.
        snapshot: Gives the essays as they are now.
        notify: Receives a sentence for the user when another writer must be waited for.
    """

    def __init__(
        self,
        store: ShardedStore,
        manifest: ManifestFile,
        fleet: Fleet,
        reader: ClusterReader,
        snapshot: Callable[[], Snapshot],
        notify: Callable[[str], None],
    ) -> None:
        self._store, self._manifest, self._fleet, self._reader = store, manifest, fleet, reader
        self._snapshot, self._notify = snapshot, notify

    @property
    def parts(self) -> int:
        """Number of shards."""
        return len(self._manifest.read().shards)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Keep other writers out, and adopt what a killed program has changed in the shards."""
        with self._manifest.locked(self._notify):
            self._finish()
            yield

    def finish_interrupted(self) -> None:
        """Adopt what a killed program has changed in the shards, unless another program is still writing.

        Raises:
            LibraryError: If another program is writing, or the library cannot be written to.
        """
        with self._manifest.locked(self._notify, wait=False):
            self._finish()

    def _finish(self) -> None:
        begun = self._manifest.begun()
        if begun is not None:
            if self._manifest.is_moving():
                # Before anything is changed: a copy in another shard would outlive its essay.
                self._manifest.tidy()
            self._store.adopt(begun or self._manifest.read().shards)

    def commit(
        self,
        pending: Sequence[PendingEssay],
        snapshot: Snapshot,
        *,
        model: str | None = None,
        progress: Progress = no_progress,
    ) -> dict[str, AssistantError]:
        """Write new or changed essays, each in its shard; see ``EssayChanges.commit``."""
        del snapshot
        essays: dict[str, list[PendingEssay]] = {}
        for each in pending:
            essays.setdefault(self._store.owner(each.essay.id), []).append(each)
        shards = list(self._manifest.read().shards) if model else list(essays)
        with self._store.changing(shards):
            failed = self._fleet.write(essays, self._reader.take_encodings(pending), model, progress)
            if model and not failed:
                others = {name: (model,) for name in shards if name not in essays}
                self._fleet.call_each("rebuild", others)
        if failed.keys() == essays.keys():
            raise next(iter(failed.values()))
        return {each.essay.id: error for name, error in failed.items() for each in essays[name]}

    def store_overrides(self, essay_id: str, overrides: Overrides) -> None:
        """Replace what the user stated about an essay, and nothing else."""
        owner = self._store.owner(essay_id)
        with self._store.changing([owner]):
            self._fleet.call(owner, "store_overrides", essay_id, overrides)

    def remove(self, essay_id: str, *, for_good: bool) -> None:
        """Remove an essay; arguments as for ``Library.remove``."""
        if not self._manifest.is_pending():
            self._require(essay_id, removed=for_good)  # an error need not wait for another writer
        with self.writing():
            owner = self._require(essay_id, removed=for_good)
            with self._store.changing([owner]):
                if for_good:
                    # No shard may have it still: a copy of another time, or what was saved of it.
                    others = [name for name in self._manifest.read().shards if name != owner]
                    self._fleet.call_each("forget", dict.fromkeys(others, (essay_id,)))
                self._fleet.call(owner, "remove", essay_id, for_good)
                if for_good:
                    self._snapshot().forget_summaries()

    def restore(self, essay_id: str) -> IngestReport:
        """Restore a removed essay; arguments as for ``Library.restore``."""
        if not self._manifest.is_pending():
            self._require_removed(essay_id)
        with self.writing():
            owner = self._require_removed(essay_id)
            with self._store.changing([owner]):
                report: IngestReport = self._fleet.call(owner, "restore", essay_id)
        return report

    def _require(self, essay_id: str, *, removed: bool) -> str:
        """The shard of an essay that is in the library, or also of one that was ``removed``.

        Raises:
            LibraryError: If there is none.
        """
        owner = self._manifest.read().owners.get(essay_id)
        if owner is None and removed:
            owner = self._shard_with_removed(essay_id)
        if owner is None:
            self._snapshot().require_file(essay_id)
        return owner or self._store.owner(essay_id)

    def _require_removed(self, essay_id: str) -> str:
        """The shard that has an essay that was removed; one that has another essay of that id says so.

        Raises:
            LibraryError: If none has.
        """
        owner = self._manifest.read().owners.get(essay_id) or self._shard_with_removed(essay_id)
        if owner is None:
            ids = ", ".join(removed_essays(self._manifest, self._fleet)) or "none"
            raise LibraryError(f"No removed essay {essay_id!r} is saved; these can be restored: {ids}.")
        return owner

    def removed_overrides(self) -> Iterator[Overrides]:
        """What the user stated about each essay that was removed."""
        for stated in _of_all(self._manifest, self._fleet, "removed_overrides").values():
            yield from stated

    def _shard_with_removed(self, essay_id: str) -> str | None:
        found = _of_all(self._manifest, self._fleet, "removed")
        owners = [name for name, essays in found.items() if essay_id in essays]
        return max(owners, key=lambda name: str(found[name][essay_id].at), default=None)


def removed_essays(manifest: ManifestFile, fleet: Fleet) -> dict[str, RemovedEssay]:
    """Essays that can be restored, by id; the most recently removed comes first."""
    found: list[dict[str, RemovedEssay]] = list(_of_all(manifest, fleet, "removed").values())
    entries = [entry for essays in found for entry in essays.items()]
    return dict(sorted(entries, key=lambda entry: entry[1].at, reverse=True))


def _of_all(manifest: ManifestFile, fleet: Fleet, method: str) -> dict[str, Any]:
    """What a method without arguments returns for each shard."""
    return fleet.call_each(method, dict.fromkeys(manifest.read().shards, ()))

"""A library in shards as a ``Library`` asks for it, and how one is opened."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.cluster.fleet import Fleet, LocalFleet
from assistant.cluster.manifest import ManifestFile, Settings
from assistant.cluster.placement import shard_folder
from assistant.cluster.shard import Shard
from assistant.cluster.store import ShardedIndex, ShardedStore
from assistant.core.essay import RemovedEssay
from assistant.library.models import Models
from assistant.library.snapshot import Snapshot
from assistant.retrieval.index.manifest import how_searched

if TYPE_CHECKING:
    from assistant.library.adding import LibraryWriter
    from assistant.library.diagnosis import Diagnosis


class ShardedBackend:
    """A library in shards.

    Args:
        manifest: Its manifest.
        fleet: Its shards.
        models: The models with which questions are encoded and passages are read.
        notify: Receives sentences for the user.
    """

    def __init__(
        self, manifest: ManifestFile, fleet: Fleet, models: Models, notify: Callable[[str], None]
    ) -> None:
        self._manifest, self._fleet, self._notify = manifest, fleet, notify
        self.files = ShardedStore(manifest, fleet, notify)
        self.index = ShardedIndex(manifest, fleet, models, self.files.sent, notify)

    def engine(self) -> str:
        """A sentence on how the windows are searched; empty if there is no index."""
        shards = self._manifest.read().shards
        found = self._fleet.call_each("engine", dict.fromkeys(shards, ())).values()
        engines = sorted({engine for _, engine in found if engine})
        return how_searched(sum(windows for windows, _ in found), engines, f" in {len(shards)} shards")

    def removed(self) -> dict[str, RemovedEssay]:
        """Essays that can be restored, by id; the most recently removed comes first."""
        from assistant.cluster.writer import removed_essays

        return removed_essays(self._manifest, self._fleet)

    def is_interrupted(self) -> bool:
        """Whether a change is being made, or was interrupted."""
        return self._manifest.is_pending()

    def writer(self, snapshot: Callable[[], Snapshot], *, isolates: bool) -> LibraryWriter:
        """What changes the library; arguments as for ``Backend.writer``."""
        from assistant.cluster.building import ClusterReader
        from assistant.cluster.writer import ShardedChanges
        from assistant.library.adding import LibraryWriter

        reader = ClusterReader(
            self._fleet.workers, lambda name: self.index.encoder(name).info.name, isolates=isolates
        )
        changes = ShardedChanges(self.files, self._manifest, self._fleet, reader, snapshot, self._notify)
        return LibraryWriter(self.files, self.index, changes, reader, snapshot)

    def diagnosis(self, snapshot: Snapshot) -> Diagnosis:
        """The state of all shards together, for ``assistant doctor``; nothing is changed."""
        del snapshot
        from assistant.library.diagnosis import without_home

        shards = self._manifest.read().shards
        found: list[Diagnosis] = list(self._fleet.call_each("diagnosis", dict.fromkeys(shards, ())).values())
        facts = [each.index for each in found if each.index]
        index = {**facts[0], "windows": sum(each["windows"] for each in facts)} if facts else {}
        return replace(
            found[0],
            folder=without_home(str(self.files.root.resolve())),
            essays=sum(each.essays for each in found),
            removed=sum(each.removed for each in found),
            index=index | {"shards": len(shards)},
            damaged=tuple(dict.fromkeys(trouble for each in found for trouble in each.damaged)),
        )


def local_fleet(root: Path, settings: Settings, models: Models, notify: Callable[[str], None]) -> LocalFleet:
    """The shards of a library, opened in this process."""
    return LocalFleet(
        lambda name: Shard(shard_folder(root, name), models, notify, settings.local_folder(name))
    )

"""One shard of a library: an ordinary library folder, opened where it is."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.cluster.local_copy import LocalCopy
from assistant.cluster.manifest import EssayList, ListedEssay
from assistant.cluster.quotations import CorpusPart, key_of
from assistant.cluster.sent import ReadEssay, ShardFacts, ShardSize
from assistant.cluster.shard_index import NotOpenError, ShardIndex
from assistant.core.errors import LibraryError
from assistant.core.essay import EssaySummary, IngestReport, Progress, RemovedEssay, StoredEssay
from assistant.library.backend import Made
from assistant.library.files import writing
from assistant.library.folder import FolderBackend
from assistant.library.library import Library
from assistant.library.models import Models, OutdatedError, no_progress
from assistant.library.overrides import Overrides
from assistant.library.store import PendingEssay, Stamp
from assistant.retrieval.index.index import Index, build_index
from assistant.retrieval.index.manifest import read_manifest, windows_and_engine
from assistant.retrieval.index.storage import CENTRES, load_index, save_index
from assistant.retrieval.index.vectors import Sample, SharedCentres, lists_of

if TYPE_CHECKING:
    from assistant.documents.document import Document
    from assistant.library.adding import LibraryWriter
    from assistant.library.diagnosis import Diagnosis
    from assistant.library.snapshot import Snapshot
    from assistant.quotations.corpus import Corpus

# Versions of a shard that are open at the same time: that of the newest manifest, and the one before it.
_MOST_OPEN = 2


class Shard:
    """One shard.

    Args:
        folder: Its folder.
        models: The models; those of other shards in the same process, if there are any.
        notify: Receives sentences for the user.
        local: The folder of a copy on this machine that is searched; the shard's own if ``None``.
    """

    def __init__(
        self, folder: Path, models: Models, notify: Callable[[str], None], local: Path | None = None
    ) -> None:
        self._copy = None if local is None else LocalCopy(folder, local, notify)
        self._searched = self if local is None else Shard(local, models, notify)
        self.folder, self._models, self._notify = folder, models, notify
        self._index_folder = folder / "index"
        self._backend = FolderBackend(folder, models, notify)
        # Of a copy, too, they are read in the library's folder: nothing tells that those of a copy are old.
        self._stated = self._backend.files.overrides
        if self._searched is not self:
            self._searched._stated = self._stated  # noqa: SLF001 - of the same class
        self._library = Library(folder, notify=notify, backend=lambda _models: self._backend)
        # By the key of what was opened: the state of the index on disk then, and the index.
        self._open: dict[str, tuple[object, ShardIndex]] = {}
        self._opening = threading.Lock()
        # The state of the index and the essays whose size was counted.
        self._size: tuple[object, ShardSize] | None = None
        # The essays in which quotations are looked up, by key, and all essays of the last snapshots.
        self._quotable: dict[str, CorpusPart] = {}
        self._corpora: list[tuple[Snapshot, Corpus]] = []
        self._preparing = threading.Lock()

    # The essays' files.

    def listing(self) -> EssayList:
        """All essays in the folder, damaged ones too, with what identifies them."""
        snapshot = self._library.snapshot()
        digests = snapshot.chunk_digests
        return {
            essay_id: ListedEssay(stamp, digests.get(essay_id) or _digest(self._backend.files.path(essay_id)))
            for essay_id, stamp in snapshot.stamps.items()
        }

    def summaries(self, stamps: Mapping[str, Stamp]) -> dict[str, EssaySummary]:
        """Summaries of those of some essays that still have these stamps and are not damaged."""
        snapshot = self._library.snapshot()
        summaries = snapshot.summaries
        return {
            essay_id: summaries[essay_id]
            for essay_id, stamp in stamps.items()
            if essay_id in summaries and snapshot.stamps[essay_id] == stamp
        }

    def read(self, essay_id: str) -> ReadEssay:
        """An essay, and what the user stated about it; errors as for ``EssayStore.load``."""
        files = self._backend.files
        return files.load(essay_id), files.overrides(essay_id)

    def is_readable(self, essay_id: str) -> bool:
        """Whether an essay's chunk file can be opened."""
        return self._backend.files.is_readable(essay_id)

    def overrides(self, essay_id: str) -> Overrides:
        """What the user stated about an essay, which need not be there."""
        return self._backend.files.overrides(essay_id)

    def source_text(self, essay_id: str) -> str:
        """The decoded source of an essay; errors as for ``EssayStore.source_text``."""
        return self._backend.files.source_text(self._backend.files.load(essay_id).essay)

    def document(self, essay_id: str) -> Document:
        """An essay's file as it was read when it was added; errors as for ``EssayStore.document``."""
        return self._backend.files.document(self._backend.files.load(essay_id).essay)

    def file(self, essay_id: str) -> bytes:
        """The file that an essay was read from; errors as for ``EssayStore.file``."""
        return self._backend.files.file(self._backend.files.load(essay_id).essay)

    def store_overrides(self, essay_id: str, overrides: Overrides) -> None:
        """Replace what the user stated about an essay."""
        self._backend.files.store_overrides(essay_id, overrides)

    def of_each(self, digests: Mapping[str, str], make: Callable[[StoredEssay], Made]) -> dict[str, Made]:
        """What a function makes of each of some essays, by id.

        Args:
            digests: Digest of the chunk file of each, by id.
            make: The function.

        Raises:
            LibraryError: If one is damaged or has just been changed.
        """
        snapshot = self._library.snapshot()
        for essay_id, digest in digests.items():
            if snapshot.chunk_digests.get(essay_id) != digest:
                raise LibraryError(f"The essay {essay_id!r} has just been changed; try again.")
        return self._backend.files.of_each(snapshot.essays, digests, make)

    # Quotations.

    def quotable(self, key: str, digests: Mapping[str, str] | None) -> list[str] | None:
        """Prepare essays in which quotations are to be looked up.

        Args:
            key: What ``quotations`` names them by; see ``quotations.key_of``.
            digests: Digest of the chunk file of each by id; ``None`` if they are all essays of the shard.

        Returns:
            Ids of those that the shard has no more, has otherwise, or cannot read; nothing is prepared then.
            It is ``None`` if the shard has other essays than those of the key, and they are not named.
        """
        snapshot = self._library.snapshot()
        corpus = self._corpus_of(snapshot)
        own = {
            essay_id: digest
            for essay_id, digest in snapshot.chunk_digests.items()
            if essay_id not in snapshot.essays.damaged
        }
        if digests is None and key_of(own) != key:
            return None
        digests = own if digests is None else digests
        lacking = [essay_id for essay_id, digest in digests.items() if own.get(essay_id) != digest]
        if not lacking:
            among = () if len(digests) == len(own) else frozenset(digests)
            self._quotable[key] = CorpusPart(corpus, among)
        return lacking

    def _corpus_of(self, snapshot: Snapshot) -> Corpus:
        """The essays of a snapshot, prepared once; reading them finds those that are damaged."""
        with self._preparing:
            known = next((corpus for other, corpus in self._corpora if other is snapshot), None)
            if known is None:
                known = self._backend.files.corpus(snapshot.essays, snapshot.chunk_digests, is_whole=True)
                self._corpora = [*self._corpora[1 - _MOST_OPEN :], (snapshot, known)]
                kept = [corpus for _, corpus in self._corpora]
                self._quotable = {key: part for key, part in self._quotable.items() if part.corpus in kept}
            return known

    def quotations(self, key: str, method: str, *arguments: Any) -> Any:
        """What a method of ``CorpusPart`` returns for essays that ``quotable`` has prepared.

        Raises:
            OutdatedError: If they are not prepared.
        """
        part = self._quotable.get(key)
        if part is None:
            raise OutdatedError
        return getattr(part, method)(*arguments)

    # The search.

    def open(self, digests: Mapping[str, str], damaged: Sequence[str]) -> ShardFacts:
        """Open the index of some essays, building what is missing of it.

        Args:
            digests: Digest of the chunk file of each essay, by id.
            damaged: Ids of damaged essays, which are not searched.

        Raises:
            OutdatedError: If the folder has other essays.
            LibraryError: If the index cannot be built.
        """
        if self._copy is not None:
            self._current(digests, damaged)
            self._copy.refresh()
            return self._searched.open(digests, damaged)
        with self._opening:
            return self._opened(key_of(digests), digests, damaged)

    def _opened(self, key: str, digests: Mapping[str, str], damaged: Sequence[str]) -> ShardFacts:
        known = self._open.get(key)
        # Another model makes another index of the same essays.
        if known is None or known[0] != self._backend.index.state():
            snapshot, index = self._current(digests, damaged)
            index = index.without(index.essays.keys() - digests.keys())
            encoder = self._models.encoder(index.model.name)
            while len(self._open) >= _MOST_OPEN:
                self._open.pop(next(iter(self._open)), None)

            def files(essay_id: str) -> ReadEssay:
                return snapshot.essays.chunk_file(essay_id), self._stated(essay_id)

            shard = ShardIndex(key, index, encoder, snapshot.essays, files, self._models.reading_model)
            self._open[key] = known = self._backend.index.state(), shard
        return known[1].facts

    def _current(self, digests: Mapping[str, str], damaged: Sequence[str]) -> tuple[Snapshot, Index]:
        """The essays and their index, built if it does not agree with them; errors as for ``open``."""
        snapshot = self._library.snapshot()
        if not digests.items() <= snapshot.chunk_digests.items():
            raise OutdatedError
        index = self._backend.index.current(
            snapshot.essays.__getitem__,
            snapshot.chunk_digests,
            snapshot.is_current,
            {*snapshot.damaged, *damaged},
        )
        return snapshot, index

    def search(self, key: str, method: str, *arguments: Any) -> Any:
        """What a method of the index returns that ``open`` has opened.

        Raises:
            NotOpenError: If it is not open.
        """
        known = self._searched._open.get(key)  # noqa: SLF001 - of the same class
        if known is None:
            raise NotOpenError
        return getattr(known[1], method)(*arguments)

    def model(self) -> str | None:
        """Name of the model that the index was made with; ``None`` if there is no index."""
        return self._backend.index.model()

    def engine(self) -> tuple[int, str]:
        """Number of the windows, and how they are searched."""
        return windows_and_engine(self._index_folder)

    # The centres that the shards of a library have in common.

    def size(self) -> ShardSize:
        """How much the shard has to search, and how."""
        snapshot = self._library.snapshot()
        key = self._backend.index.state(), snapshot
        if self._size is None or self._size[0] != key:
            self._size = key, self._counted(snapshot.chunk_digests)
        return self._size[1]

    def _counted(self, digests: Mapping[str, str]) -> ShardSize:
        """The size of what the index has of essays with these digests."""
        manifest = read_manifest(self._index_folder)
        if manifest is None:
            return ShardSize(0, 0, "", "")
        windows = (
            manifest["segments"][name]["windows"]
            for name, digest in manifest["essays"].items()
            if digests.get(name) == digest
        )
        return ShardSize(
            sum(high - low for low, high in windows),
            lists_of(str(manifest["engine"])),
            str(manifest.get("centres", "")),
            str(manifest["model"]["sha256"]),
        )

    def sample(self, lists: int) -> Sample:
        """Of the vectors of its windows those from which the centres of so many lists are to be learnt.

        Raises:
            LibraryError: If it has no index.
        """
        index = self._current_index()
        return index.vectors.sample(lists, index.rows)

    def centres(self) -> SharedCentres:
        """The centres that it has; errors as for ``sample``."""
        index = self._current_index()
        return SharedCentres(index.model.digest, index.vectors.centres)

    def share(self, shared: SharedCentres) -> None:
        """Search by some centres from now on."""
        with writing(self.folder, self._notify):
            shared.save(self._index_folder / CENTRES)
            if read_manifest(self._index_folder) is not None:
                index = self._current_index()
                nothing = build_index([], {}, self._models.encoder(index.model.name))
                save_index(nothing, self._index_folder, index, index.essays).make_current()

    def _current_index(self) -> Index:
        """The index of the essays that it has as they are now."""
        index = load_index(self._index_folder)
        if index is None:
            raise LibraryError(
                f"The index of {self.folder} is damaged; delete {self._index_folder}, and the next question "
                "rebuilds it."
            )
        digests = self._library.snapshot().chunk_digests
        return index.without(
            {name for name, digest in index.chunk_digests.items() if digests.get(name) != digest}
        )

    # Changes.

    def commit(
        self, pending: Sequence[PendingEssay], model: str | None, progress: Progress = no_progress
    ) -> None:
        """Write new or changed essays; errors as for ``LibraryWriter.commit``."""
        before = self._library.snapshot()
        for error in self._writer.commit(pending, before, model=model, progress=progress).values():
            raise error

    @cached_property
    def _writer(self) -> LibraryWriter:
        return self._backend.writer(self._library.snapshot, isolates=False)

    def rebuild(self, model: str | None) -> None:
        """Make the index agree with the essays, with the model of a name or the one that it has."""
        snapshot = self._library.snapshot()
        build = self._backend.index.build(
            snapshot.essays.__getitem__, snapshot.chunk_digests, damaged=snapshot.damaged, model=model
        )
        if build is not None:
            build.make_current()

    def diagnosis(self) -> Diagnosis:
        """The state of the shard, for ``assistant doctor``."""
        return self._library.diagnosis()

    def remove(self, essay_id: str, for_good: bool) -> None:  # noqa: FBT001 - called by name of the method
        """Remove an essay; see ``Library.remove``."""
        self._library.remove(essay_id, for_good=for_good)
        if for_good and self._copy is not None:
            # A shard that has lost its last essay is not opened again.
            with suppress(OutdatedError):
                self._copy.refresh()

    def forget(self, essay_id: str) -> None:
        """Delete what there is of an essay that another shard has: a copy, what was saved, its rows."""
        files, index = self._backend.files, self._backend.index
        if essay_id in {*files.stamps(), *files.orphans(), *self._library.removed()}:
            self.remove(essay_id, for_good=True)
        elif (manifest := read_manifest(self._index_folder)) is not None:
            # Rows that no essay has any more may be those of one that was moved to another shard.
            windows, _ = self.engine()
            if essay_id in manifest["essays"] or manifest["counts"]["windows"] > windows:
                with writing(self.folder, self._notify):
                    snapshot = self._library.snapshot()
                    index.rewrite(snapshot.essays.__getitem__, snapshot.chunk_digests)

    def removed(self) -> dict[str, RemovedEssay]:
        """Essays that can be restored, by id."""
        return self._library.removed()

    def removed_overrides(self) -> list[Overrides]:
        """What the user stated about each essay that was removed."""
        return list(self._writer.removed_overrides())

    def restore(self, essay_id: str) -> IngestReport:
        """Restore a removed essay; see ``Library.restore``."""
        return self._library.restore(essay_id)


def _digest(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""

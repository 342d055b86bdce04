"""What changes the essays of a library, and how those in a folder are changed: together, or not at all."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import Protocol

from assistant.core.errors import AssistantError, LibraryError
from assistant.core.essay import IngestReport, Progress
from assistant.library.files import replace_together, writing
from assistant.library.indexing import LibraryIndex
from assistant.library.models import no_progress
from assistant.library.overrides import Overrides
from assistant.library.snapshot import Snapshot
from assistant.library.store import EssayStore, PendingEssay
from assistant.library.trash import Deletion, Trash


class EssayChanges(Protocol):
    """What changes the essays of a library together with their index, one program at a time.

    Each essay is changed as a whole or not at all.
    """

    @property
    def parts(self) -> int:
        """Number of parts of the library that are written at the same time, each with an index of its own."""

    def writing(self) -> AbstractContextManager[None]:
        """Keep other writers out, and finish or undo what a killed one has begun.

        Raises:
            LibraryError: If the library cannot be written to, or another writer does not finish.
        """

    def commit(
        self,
        pending: Sequence[PendingEssay],
        snapshot: Snapshot,
        *,
        model: str | None = None,
        progress: Progress = no_progress,
    ) -> dict[str, AssistantError]:
        """Write new or changed essays and an index with all of them, while others are kept out.

        Args:
            pending: The essays, each of another id.
            snapshot: The essays as they are now.
            model: Embedding model for the whole library; otherwise the one it has.
            progress: Called with the stage, the number of steps done and the number there are.

        Returns:
            Why some essays were not written although others were, by id. A folder writes all or none.

        Raises:
            AssistantError: If none was written.
        """

    def store_overrides(self, essay_id: str, overrides: Overrides) -> None:
        """Replace what the user stated about an essay, and nothing else, while others are kept out."""

    def remove(self, essay_id: str, *, for_good: bool) -> None:
        """Remove an essay; arguments and errors as for ``Library.remove``."""

    def restore(self, essay_id: str) -> IngestReport:
        """Restore a removed essay; errors as for ``Library.restore``."""

    def removed_overrides(self) -> Iterator[Overrides]:
        """What the user stated about each essay that was removed."""

    def finish_interrupted(self) -> None:
        """Undo or finish a change during which the program was killed, unless another program is making it.

        Raises:
            LibraryError: If another program is writing, or the library cannot be written to.
        """


class FolderChanges:
    """Changes the essays in a folder; see ``EssayChanges``.

    Args:
        store: The files of the essays.
        index: Their index.
        trash: The removed essays.
        snapshot: Gives the essays as they are on disk now.
        notify: Receives a sentence for the user when another writer must be waited for.
    """

    parts = 1

    def __init__(
        self,
        store: EssayStore,
        index: LibraryIndex,
        trash: Trash,
        snapshot: Callable[[], Snapshot],
        notify: Callable[[str], None],
    ) -> None:
        self._store, self._index, self._trash = store, index, trash
        self._snapshot, self._notify = snapshot, notify
        self._deletion = Deletion(store, index, trash, snapshot)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Keep other writers out, and tidy up before and after a change."""
        with writing(self._store.root, self._notify):
            self._deletion.finish()
            self._store.journal.sweep()
            self._index.sweep()
            self._trash.sweep()
            yield
            self._trash.sweep()
            self._store_digests()

    def _store_digests(self) -> None:
        """Store the digests of sources that earlier versions of the program stored without one."""
        snapshot = self._snapshot()
        for essay_id, summary in snapshot.summaries.items():
            if not summary.sealed:
                # A source that is damaged gets no digest; whoever needs it is told what to do.
                with suppress(LibraryError, OSError):
                    self._store.store_digest(snapshot.essay(essay_id))

    def commit(
        self,
        pending: Sequence[PendingEssay],
        snapshot: Snapshot,
        *,
        model: str | None = None,
        progress: Progress = no_progress,
    ) -> dict[str, AssistantError]:
        """Build an index that contains new or changed essays, then replace files and index together.

        Returns:
            Nothing: all are written or none.

        Raises:
            AssistantError: If the index cannot be built or the files cannot be written.
        """
        new = {each.essay.id: each.essay for each in pending}
        digests = {each.essay.id: hashlib.sha256(each.chunks.encode()).hexdigest() for each in pending}
        restored = next((each.encodings for each in pending if each.encodings is not None), None)
        build = self._index.build(
            lambda name: new[name] if name in new else snapshot.essays[name],
            snapshot.chunk_digests | digests,
            damaged=snapshot.damaged.keys() - new.keys(),
            model=model,
            progress=progress,
            encodings=restored,
            encoded=[each.encoded for each in pending if each.encoded is not None],
        )
        files = [self._store.files(each) for each in pending]
        try:
            replace_together(
                {path: content for essay_files in files for path, content in essay_files.items()},
                build.make_current if build else lambda: None,
                None if restored is None else self._trash.leaving(restored),
            )
        except BaseException:
            if build:
                build.discard()
            raise
        return {}

    def store_overrides(self, essay_id: str, overrides: Overrides) -> None:
        """Replace what the user stated about an essay, and nothing else."""
        self._store.store_overrides(essay_id, overrides)

    def remove(self, essay_id: str, *, for_good: bool) -> None:
        """Remove an essay; arguments as for ``Library.remove``."""
        if not (for_good and essay_id in {*self._trash.removed(), *self._store.orphans()}):
            self._snapshot().require_file(essay_id)
        with self.writing():
            self._deletion.run(essay_id, for_good=for_good)

    def restore(self, essay_id: str) -> IngestReport:
        """Restore a removed essay; arguments as for ``Library.restore``."""
        self._trash.pending(essay_id)  # an error need not wait for another writer
        with self.writing():
            pending = self._trash.pending(essay_id)
            self.commit([pending], self._snapshot())
        return pending.essay.report

    def removed_overrides(self) -> Iterator[Overrides]:
        """What the user stated about each essay that was removed."""
        return self._trash.overrides()

    def finish_interrupted(self) -> None:
        """Undo or finish a change during which the program was killed, unless another program is making it.

        Raises:
            LibraryError: If another program is writing, or the library cannot be written to.
        """
        with writing(self._store.root, self._notify, wait=False):
            self._deletion.finish()

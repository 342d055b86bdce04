"""Where the essays of a library are: in one folder, or wherever else what has the same methods puts them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from assistant.core.essay import RemovedEssay
from assistant.library.backend import EssayFiles, SearchIndex
from assistant.library.models import Models
from assistant.library.store import EssayStore

if TYPE_CHECKING:
    from assistant.library.adding import LibraryWriter
    from assistant.library.diagnosis import Diagnosis
    from assistant.library.indexing import LibraryIndex
    from assistant.library.snapshot import Snapshot
    from assistant.library.trash import Trash


class Backend(Protocol):
    """Where the essays of a library are."""

    @property
    def files(self) -> EssayFiles:
        """Their files."""

    @property
    def index(self) -> SearchIndex:
        """Their index."""

    def engine(self) -> str:
        """A sentence on how the windows are searched; empty if there is no index."""

    def removed(self) -> dict[str, RemovedEssay]:
        """Essays that can be restored, by id; the most recently removed comes first."""

    def is_interrupted(self) -> bool:
        """Whether a change is being made, or was interrupted."""

    def writer(self, snapshot: Callable[[], Snapshot], *, isolates: bool) -> LibraryWriter:
        """What changes the library.

        Args:
            snapshot: Gives the essays as they are now.
            isolates: Whether files are read in a process of their own, as a server must.
        """

    def diagnosis(self, snapshot: Snapshot) -> Diagnosis:
        """The state of the library, for ``assistant doctor``; nothing is changed."""


class FolderBackend:
    """A library in one folder.

    Args:
        root: The folder.
        models: The models.
        notify: Receives sentences for the user about what is being done.
    """

    def __init__(self, root: Path, models: Models, notify: Callable[[str], None]) -> None:
        self._root, self._models, self._notify = root, models, notify
        self.files = EssayStore(root)

    @cached_property
    def index(self) -> LibraryIndex:
        """The index of the essays."""
        from assistant.library.indexing import LibraryIndex

        return LibraryIndex(self._root, self._models, self._notify)

    def engine(self) -> str:
        """A sentence on how the windows are searched; empty if there is no index."""
        from assistant.retrieval.index.manifest import how_searched, windows_and_engine

        windows, engine = windows_and_engine(self._root / "index")
        return how_searched(windows, [engine] if engine else [])

    @cached_property
    def trash(self) -> Trash:
        """The essays that were removed and can be restored."""
        from assistant.library.trash import Trash

        return Trash(self.files, self.index)

    def removed(self) -> dict[str, RemovedEssay]:
        """Essays that can be restored, by id; the most recently removed comes first."""
        return self.trash.removed()

    def is_interrupted(self) -> bool:
        """Whether a change is being made, or was interrupted."""
        return self.files.journal.exists()

    def writer(self, snapshot: Callable[[], Snapshot], *, isolates: bool) -> LibraryWriter:
        """What changes the library; arguments as for ``Backend.writer``."""
        from assistant.library.adding import FileReader, LibraryWriter
        from assistant.library.changes import FolderChanges

        changes = FolderChanges(self.files, self.index, self.trash, snapshot, self._notify)
        return LibraryWriter(self.files, self.index, changes, FileReader(isolates=isolates), snapshot)

    def diagnosis(self, snapshot: Snapshot) -> Diagnosis:
        """The state of the library, for ``assistant doctor``; nothing is changed."""
        from assistant.library.diagnosis import diagnose

        return diagnose(self.files, snapshot)

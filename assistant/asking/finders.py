"""What finds passages in a library, kept in step with the essays on disk."""

from __future__ import annotations

import threading
from functools import partial
from typing import TYPE_CHECKING

from assistant.asking.finding import Finder
from assistant.keeping.shelf import Shelf, Snapshot
from assistant.retrieval.index import build_index

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.keeping.indexing import IndexKeeper
    from assistant.retrieval.cross_encoder import Judge
    from assistant.types import Progress, StoredEssay


class Finders:
    """Gives what finds passages.

    Args:
        shelf: The essays.
        keeper: Their index.
        judge: Reads questions and excerpts together; ``None`` to do without.
    """

    def __init__(self, shelf: Shelf, keeper: IndexKeeper, judge: Judge | None) -> None:
        self._shelf, self._keeper, self._judge = shelf, keeper, judge
        self._opened: tuple[object, Finder] | None = None
        # The page asks from several threads; one of them loads the model and the others wait for it.
        self._guard = threading.Lock()

    @property
    def state(self) -> object:
        """What changes with the essays that are found; ``None`` before the first question."""
        return self._opened and self._opened[0]

    def current(self) -> Finder:
        """The one whose index agrees with the essays on disk.

        Raises:
            LibraryError: If an index cannot be made.
        """
        with self._guard:
            abouts = self._shelf.abouts()
            sources = {essay_id: about.sha256 for essay_id, about in abouts.items()}
            if self._opened is None or self._opened[0] != (self._keeper.state(), sources):
                essays = Snapshot(self._shelf, abouts)
                index = self._keeper.current(essays, sources)
                found = Finder(index, self._keeper.encoder(index.model.name), essays, self._judge, abouts)
                self._opened = ((self._keeper.state(), sources), found)
            return self._opened[1]

    def warm(self) -> None:
        """Load models and index.

        Raises:
            LibraryError: If an index cannot be made.
        """
        self.current().searcher.encoder.encode(["?", "?"], query=True)
        if self._judge is not None:
            # The second time weights are laid out for the processor.
            for _ in range(2):
                self._judge.read("?", ["."])

    def of(self, essays: Sequence[StoredEssay], progress: Progress) -> Finder:
        """What finds passages of essays that are in no library.

        Args:
            essays: The essays.
            progress: Called with the stage, the number of steps done and the number there are.
        """
        encoder = self._keeper.encoder(None)
        passages = [passage for essay in essays for passage in essay.passages]
        index = build_index(passages, {}, encoder, progress=partial(progress, "embedding"))
        return Finder(index, encoder, {essay.id: essay for essay in essays}, self._judge)

"""What the library shows of essays before they are asked anything: their index."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.core.book_index import BookIndex
    from assistant.library.snapshot import Snapshot


class Glances:
    """The part of the facade that shows essays at a glance."""

    def snapshot(self) -> Snapshot:
        """The essays as they are on disk."""
        raise NotImplementedError

    def index_of(self, essays: Sequence[str] = ()) -> BookIndex:
        """The index of some essays, or of all: their names, works, quoted authors and terms.

        Raises:
            LibraryError: If there is no such essay, or none at all, or one that is named is damaged.
        """
        snapshot = self.snapshot()
        for essay_id in essays:
            snapshot.require(essay_id)
        if not essays:
            snapshot.require_any()
        return snapshot.indexes.of(list(dict.fromkeys(essays)) or list(snapshot.summaries))

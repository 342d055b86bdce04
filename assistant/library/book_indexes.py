"""The indexes of a snapshot's essays, each made when it is first needed."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence

from assistant.book_index.making import IndexedEssay, index_of_essay, joined
from assistant.core.book_index import BookIndex
from assistant.core.essay import StoredEssay

# Essays whose index is kept in memory.
_MOST_KEPT = 100


class BookIndexes:
    """Indexes of essays.

    Args:
        essays: The essays by id.
    """

    def __init__(self, essays: Mapping[str, StoredEssay]) -> None:
        self._essays = essays
        self._made: dict[str, IndexedEssay] = {}
        self._lock = threading.Lock()

    def of(self, essay_ids: Sequence[str]) -> BookIndex:
        """The index of one essay, or the joint one of several.

        Raises:
            DamagedEssayError: If the chunk file of one is damaged.
        """
        return joined([self._one(essay_id) for essay_id in essay_ids])

    def _one(self, essay_id: str) -> IndexedEssay:
        with self._lock:
            made = self._made.get(essay_id)
            if made is None:
                made = index_of_essay(self._essays[essay_id])
                if len(self._made) >= _MOST_KEPT:
                    self._made.clear()
                self._made[essay_id] = made
            return made

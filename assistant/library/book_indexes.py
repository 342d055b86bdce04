"""The indexes of a snapshot's essays, each made when it is first needed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence

from assistant.book_index.making import IndexedEssay, joined
from assistant.core.book_index import BookIndex

# Essays whose index is kept in memory.
_MOST_KEPT = 100


class BookIndexes:
    """Indexes of essays.

    Args:
        make: Makes the indexes of some essays, each given by its id.
    """

    def __init__(self, make: Callable[[Sequence[str]], Mapping[str, IndexedEssay]]) -> None:
        self._make = make
        self._made: dict[str, IndexedEssay] = {}
        self._lock = threading.Lock()

    def of(self, essay_ids: Sequence[str]) -> BookIndex:
        """The index of one essay, or the joint one of several.

        Raises:
            DamagedEssayError: If the chunk file of one is damaged.
        """
        made = self.of_each(essay_ids)
        return joined([made[essay_id] for essay_id in essay_ids])

    def of_each(self, essay_ids: Sequence[str]) -> dict[str, IndexedEssay]:
        """The index of each of some essays by id; errors as for ``of``."""
        with self._lock:
            known = {name: self._made[name] for name in essay_ids if name in self._made}
            new = self._make([essay_id for essay_id in essay_ids if essay_id not in known])
            if len(self._made) + len(new) > _MOST_KEPT:
                self._made.clear()
            self._made.update(list(new.items())[:_MOST_KEPT])
            return {**known, **new}

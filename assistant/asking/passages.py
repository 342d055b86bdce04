"""The passages of some essays by id, an essay's read when one of them is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property

from assistant.types import Passage, StoredEssay


class Passages(Mapping[str, Passage]):
    """Passages by id.

    Args:
        essays: The essays, by id; may read each only when it is asked for.
    """

    def __init__(self, essays: Mapping[str, StoredEssay]) -> None:
        self._essays = essays
        self._read: dict[str, dict[str, Passage]] = {}

    def _of(self, essay: str) -> dict[str, Passage]:
        if essay not in self._read:
            self._read[essay] = {passage.id: passage for passage in self._essays[essay].passages}
        return self._read[essay]

    @cached_property
    def _all(self) -> dict[str, Passage]:
        return {name: passage for essay in self._essays for name, passage in self._of(essay).items()}

    def __getitem__(self, name: str) -> Passage:
        essay = name.rpartition("/")[0]
        # Only passages that somebody else has divided are not called after their essay.
        return self._of(essay)[name] if essay in self._essays else self._all[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)

"""Passages by id, each essay read when one of its passages is first looked up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property

from assistant.core.essay import Passage, StoredEssay
from assistant.core.recent import Recent

# Essays whose passages are kept.
_MOST_LOADED = 500


class Passages(Mapping[str, Passage]):
    """Passages by id.

    Args:
        essays: The essays, by id; may load each essay when it is looked up.
    """

    def __init__(self, essays: Mapping[str, StoredEssay]) -> None:
        self._essays = essays
        self._loaded: dict[str, dict[str, Passage]] = Recent(_MOST_LOADED)

    def _of_essay(self, essay_id: str) -> dict[str, Passage]:
        passages = self._loaded.get(essay_id)
        if passages is None:
            passages = {passage.id: passage for passage in self._essays[essay_id].passages}
            self._loaded[essay_id] = passages
        return passages

    @cached_property
    def _all(self) -> dict[str, Passage]:
        passages: dict[str, Passage] = {}
        for essay_id in self._essays:
            passages |= self._of_essay(essay_id)
        return passages

    def __getitem__(self, passage_id: str) -> Passage:
        essay_id = passage_id.rpartition("/")[0]
        # Ids of passages that a question set brings along need not begin with an essay's id.
        return self._of_essay(essay_id)[passage_id] if essay_id in self._essays else self._all[passage_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)

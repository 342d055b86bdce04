"""Passages by id, each essay read when one is looked up, and those that a question searches."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from assistant.core.essay import Passage, StoredEssay
from assistant.core.recent import Recent
from assistant.core.selection import SelectableKind

# The letter of a kind in the ids of its passages.
KIND_LETTERS: dict[SelectableKind, str] = {
    "paragraph": "p",
    "blockquote": "b",
    "note": "n",
    "list": "l",
    "verse": "v",
}


@dataclass(frozen=True, slots=True)
class SelectedPassages(Collection[str]):
    """Ids of the searched passages of some essays. Equal ones have the same passages in the same library.

    Attributes:
        passage_ids: Gives the ids of an essay's passages that are searched, by the essay's id.
        essays: Ids of the essays.
        kinds: Kinds of the passages; all if empty.
        only: Ids of the passages among which they are; ``None`` for all of the essays.
    """

    passage_ids: Callable[[str], Collection[str]] = field(compare=False, repr=False)
    essays: frozenset[str]
    kinds: frozenset[SelectableKind] = frozenset()
    only: frozenset[str] | None = None

    def __contains__(self, passage_id: object) -> bool:
        """Whether a passage is selected, by its id."""
        return str(passage_id).rpartition("/")[0] in self.essays and self.fits(str(passage_id))

    def __iter__(self) -> Iterator[str]:
        """The ids, essay by essay."""
        return (
            passage_id
            for essay_id in sorted(self.essays)
            for passage_id in self.passage_ids(essay_id)
            if self.fits(passage_id)
        )

    def __len__(self) -> int:
        """The number of passages."""
        return sum(1 for _ in self)

    def __bool__(self) -> bool:
        """Whether there are any."""
        return any(True for _ in self)

    @property
    def is_whole(self) -> bool:
        """Whether all passages of the essays are meant."""
        return not self.kinds and self.only is None

    def fits(self, passage_id: str) -> bool:
        """Whether a passage of one of the essays is selected."""
        letter = passage_id.rpartition("/")[2][:1]
        is_of_kind = not self.kinds or any(KIND_LETTERS[kind] == letter for kind in self.kinds)
        return is_of_kind and (self.only is None or passage_id in self.only)


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

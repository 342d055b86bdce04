"""Passages in the order in which they are read, as one text in which words are found."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from itertools import accumulate

from assistant.quoting.normal import skeleton, skeleton_lengths
from assistant.types import Kind, Passage, StoredEssay
from assistant.verdicts import Place

_RUNNING: frozenset[Kind] = frozenset({"paragraph", "blockquote", "list", "verse", "heading"})


@dataclass(slots=True)
class Stream:
    """Passages of an essay read one after the other.

    Attributes:
        essay_id: Id of the essay.
        passages: The passages.
        running: Whether this is running text, as against titles and lists of works.
        text: Their texts, joined by a newline.
        starts: Where each passage begins in ``text``.
        bones: Skeleton of ``text``.
        bone_starts: Where each passage begins in ``bones``.
    """

    essay_id: str
    passages: tuple[Passage, ...]
    running: bool
    text: str = field(init=False)
    starts: list[int] = field(init=False)
    bones: str = field(init=False)
    bone_starts: list[int] = field(init=False)
    _places: dict[int, list[int]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        texts = [passage.text for passage in self.passages]
        self.text = "\n".join(texts)
        self.starts = list(accumulate((len(text) + 1 for text in texts[:-1]), initial=0))
        bones = [skeleton(text) for text in texts]
        self.bones = "".join(bones)
        self.bone_starts = list(accumulate((len(one) for one in bones[:-1]), initial=0))

    def offset(self, bone: int) -> int:
        """Offset in the text of the character that left a bone."""
        number = bisect_right(self.bone_starts, bone) - 1
        if number not in self._places:
            lengths = skeleton_lengths(self.passages[number].text)
            self._places[number] = list(accumulate(lengths))
        return self.starts[number] + bisect_right(self._places[number], bone - self.bone_starts[number])

    def span(self, bone_start: int, bone_end: int) -> tuple[int, int]:
        """Span of the text for a non-empty span of the skeleton."""
        return self.offset(bone_start), self.offset(bone_end - 1) + 1

    def located(self, at: int) -> tuple[Passage, int]:
        """The passage in which a character of the text stands, and its offset there."""
        number = bisect_right(self.starts, at) - 1
        return self.passages[number], at - self.starts[number]

    def place(self, start: int, end: int) -> Place:
        """Where a non-empty span of the text stands."""
        first = bisect_right(self.starts, start) - 1
        last = bisect_right(self.starts, end - 1) - 1
        begin, finish = start - self.starts[first], end - self.starts[last]
        labels: list[str] = []
        for number in range(first, last + 1):
            passage = self.passages[number]
            span = (begin if number == first else 0, finish if number == last else len(passage.text))
            labels += [label for label in passage.pages_of(*span) if label not in labels]
        ids = tuple(passage.id for passage in self.passages[first : last + 1])
        source = (
            self.passages[first].source_map.source(begin),
            self.passages[last].source_map.source(finish - 1) + 1,
        )
        return Place(ids, self.essay_id, begin, finish, self.text[start:end], tuple(labels), source)


def streams_of(essay: StoredEssay) -> list[Stream]:
    """The orders in which an essay is read.

    The running text comes first, then the notes, then each paragraph with those that resume it
    behind a block quotation, then titles and lists of works.
    """
    passages = [passage for passage in essay.passages if passage.text]
    groups = [
        (tuple(one for one in passages if one.kind in _RUNNING), True),
        (tuple(one for one in passages if one.kind == "note"), True),
        *((chain, True) for chain in _chains(passages)),
        *(((one,), False) for one in passages if one.kind in {"title", "author", "reference"}),
    ]
    return [Stream(essay.id, group, running) for group, running in groups if group]


def _chains(passages: list[Passage]) -> list[tuple[Passage, ...]]:
    by_id = {passage.id: passage for passage in passages}
    chains: dict[str, list[Passage]] = {}
    for passage in passages:
        if passage.continues in by_id:
            chain = chains.pop(passage.continues, [by_id[passage.continues]])
            chains[passage.id] = [*chain, passage]
    return [tuple(chain) for chain in chains.values()]

"""What the library shows of essays at a glance: outlines, indexes, related passages, the answer of each."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from assistant.core.answer import EssayAnswers
from assistant.core.errors import AssistantError
from assistant.core.essay import SEARCHED_KINDS, Passage

if TYPE_CHECKING:
    from assistant.core.answer import Answer
    from assistant.core.book_index import BookIndex
    from assistant.core.outline import Outline
    from assistant.core.related import Related
    from assistant.documents.document import Document
    from assistant.library.snapshot import Snapshot
    from assistant.retrieval.finder import Finder

# Points by which the sizes of headings of one level may differ.
_SAME_SIZE = 0.5
# The number of a heading: 2, 2.1, Chapter 3; and the marks of Markdown before one.
_NUMBER = re.compile(
    r"^(?:(?:chapter|section|part)\s+)?(?P<number>\d{1,3}(?:\.\d{1,3}){0,5})\.?(?=\s|$)", re.IGNORECASE
)
_HASHES = re.compile(r"(?:^|\n)[ \t]{0,3}(?P<hashes>#{1,6})[ \t]+[^\n]{0,3}$")
# Characters before a heading among which its marks are.
_BEFORE = 20


def heading_levels(headings: Sequence[Passage], document: Document) -> list[int]:
    """The level of each heading of an essay, from 1.

    Args:
        headings: The headings, in reading order.
        document: What was read of the essay's file.

    Returns:
        Levels without a gap: a heading is at most one level below the one before it. All are 1 where nothing
        tells them apart.
    """
    for depths in (
        _declared(headings, document),
        _marked(headings, document),
        _numbered(headings),
        _set(headings, document),
    ):
        if len(set(depths)) > 1:
            return _without_gaps(depths)
    return [1] * len(headings)


def _declared(headings: Sequence[Passage], document: Document) -> list[int]:
    """By the file: the level of the block that each heading is."""
    if document.declared is None:
        return []
    blocks = [block for block in document.declared.blocks if block.kind == "heading"]
    starts = {heading.source[0]: number for number, heading in enumerate(headings)}
    depths = [0] * len(headings)
    for start, number in starts.items():
        depths[number] = next((block.level for block in blocks if block.start <= start < block.end), 0)
    return depths


def _marked(headings: Sequence[Passage], document: Document) -> list[int]:
    """By the marks of Markdown."""
    befores = (document.text[max(0, heading.source[0] - _BEFORE) : heading.source[0]] for heading in headings)
    marks = [_HASHES.search(before) for before in befores]
    return [len(mark["hashes"]) if mark else 0 for mark in marks]


def _numbered(headings: Sequence[Passage]) -> list[int]:
    """By the numbers that are printed: 2 is above 2.1. A heading without a number is above all."""
    numbers = [_NUMBER.match(heading.text) for heading in headings]
    return [number["number"].count(".") + 1 if number else 1 for number in numbers]


def _set(headings: Sequence[Passage], document: Document) -> list[int]:
    """By how they are printed: larger type is above smaller, and capitals and bold above the rest."""
    setting = document.setting
    if setting is None or setting.is_recognised:
        return []
    lines = [setting.line_at(heading.source[0]) for heading in headings]
    sizes = sorted({line.size for line in lines if line}, reverse=True)
    grouped: dict[float, float] = {}
    for size in sizes:
        above = next((other for other in grouped.values() if other - size <= _SAME_SIZE), None)
        grouped[size] = size if above is None else above
    looks = [(-grouped[line.size], not line.capitals, not line.bold) if line else None for line in lines]
    known = sorted({look for look in looks if look is not None})
    ranks: dict[Hashable, int] = {look: number for number, look in enumerate(known, 1)}
    return [ranks.get(look, 1) for look in looks]


def _without_gaps(depths: Sequence[int]) -> list[int]:
    known = sorted({depth for depth in depths if depth})
    levels = [known.index(depth) + 1 if depth else 1 for depth in depths]
    for place, (above, level) in enumerate(pairwise(levels), 1):
        levels[place] = min(level, above + 1)
    # The first heading is on the first level.
    return [min(level, place + 1) for place, level in enumerate(levels)]


# Passages that are shown as related, unless more or fewer are asked for.
TOP_RELATED = 5
# Essays that one question is put to, unless they are named: more do not fit side by side, and each is read.
MOST_COMPARED = 12


class Glances:
    """The part of the facade that shows essays at a glance."""

    def snapshot(self) -> Snapshot:
        """The essays as they are on disk."""
        raise NotImplementedError

    def searchable(self, essays: Sequence[str] = ()) -> tuple[Snapshot, Finder]:
        """The essays and their finder, if the library holds some essays, or any at all."""
        raise NotImplementedError

    if TYPE_CHECKING:
        ask: Callable[..., Answer]

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

    def outline(self, essay_id: str, style: str = "mla") -> Outline:
        """The outline of an essay; see ``answering.outline``.

        Raises:
            AssistantError: If there is no such essay or style, or the essay is damaged.
        """
        from assistant.answering.outline import outline_of

        snapshot = self.snapshot()
        essay = snapshot.essay(essay_id)
        headings = [passage for passage in essay.passages if passage.kind == "heading"]
        levels = heading_levels(headings, snapshot.document(essay_id)) if headings else []
        return outline_of(essay, levels, snapshot.style(style))

    def related(
        self,
        passage_id: str,
        *,
        top: int | None = None,
        essays: Sequence[str] = (),
        others: bool = False,
        style: str = "mla",
    ) -> Related:
        """The passages nearest to a passage, of the same essay and of others.

        Args:
            passage_id: Id of the passage.
            top: Number of passages; 5 by default.
            essays: Ids of the essays whose passages are compared; all if empty.
            others: Whether to leave out the passage's own essay.
            style: Citation style.

        Raises:
            AssistantError: If there is no such passage, essay or style, or nothing to compare it with.
        """
        from assistant.answering.quotable import HitMaker
        from assistant.answering.related import related_passages

        if top is not None and top < 1:
            raise AssistantError(f"{top} passages cannot be shown; ask for 1 or more.")
        snapshot, finder = self.searchable([passage_id.partition("/")[0], *essays])
        essay = snapshot.essay(passage_id.partition("/")[0])
        passage = next((each for each in essay.passages if each.id == passage_id), None)
        if passage is None:
            name = passage_id.partition("/")[2]
            raise AssistantError(
                f"{essay.id} has no passage {name!r}; see all with: assistant show {essay.id}"
            )
        if passage.kind not in SEARCHED_KINDS:
            raise AssistantError(
                f"{passage_id} is a {passage.kind}; name a paragraph, a quotation or a note of {essay.id}."
            )
        compared = list(essays)
        if others:
            compared = [name for name in essays or snapshot.summaries if name != essay.id]
            if not compared:
                raise AssistantError(
                    f"There is no essay besides {essay.id} to look in; add one with: assistant add FILE"
                )
        hits = HitMaker(snapshot.essays, snapshot.voices, snapshot.style(style))
        related = related_passages(finder, passage, finder.among(compared), top or TOP_RELATED, hits)
        linked = [replace(each, hit=snapshot.linked.hit(each.hit)) for each in related.passages]
        return replace(related, of=snapshot.linked.hit(related.of), passages=tuple(linked))

    def compare(
        self, question: str, *, essays: Sequence[str] = (), style: str = "mla", fast: bool = False
    ) -> EssayAnswers:
        """Put one question to each essay, which answers with its best passage, or not at all.

        Args:
            question: The question.
            essays: Ids of the essays; if empty all, or in a large library those with the nearest passages.
            style: Citation style.
            fast: As for ``Library.ask``.

        Raises:
            AssistantError: If the question is empty, there is no such essay or style, or no essay at all.
        """
        asked, left_out = list(dict.fromkeys(essays)), []
        if not asked:
            known = list(self.snapshot().summaries)
            asked = known if len(known) <= MOST_COMPARED else self._nearest(question, known)
            left_out = [name for name in known if name not in asked]
        answers = {
            name: self.ask(question, top=1, essays=[name], style=style, fast=fast, explained=False)
            for name in asked
        }
        if not answers:
            # Says that there is no essay yet, or why none can be read.
            self.searchable(())
        return EssayAnswers(question, answers, tuple(left_out))

    def _nearest(self, question: str, known: Sequence[str]) -> list[str]:
        """The essays whose passages are nearest to a question, in the library's order."""
        top = MOST_COMPARED * MOST_COMPARED
        answer = self.ask(question, top=top, fast=True, explained=False)
        found = dict.fromkeys(hit.passage.essay_id for hit in answer.hits)
        nearest = list(found)[:MOST_COMPARED]
        return [name for name in known if name in nearest] or list(known[:MOST_COMPARED])

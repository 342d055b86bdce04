"""What the library shows of essays at a glance: outlines, indexes, related passages, the answer of each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from assistant.core.answer import EssayAnswers
from assistant.core.errors import AssistantError
from assistant.core.essay import SEARCHED_KINDS

if TYPE_CHECKING:
    from assistant.core.answer import Answer
    from assistant.core.book_index import BookIndex
    from assistant.core.outline import Outline
    from assistant.core.related import Related
    from assistant.library.snapshot import Snapshot
    from assistant.retrieval.finder import Finder

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
        from assistant.library.heading_levels import heading_levels

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
        from assistant.answering.hits import HitMaker
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

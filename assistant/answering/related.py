"""The passages nearest to a passage, cited, with the sentences that are most alike."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from assistant.answering.quotable import HitMaker
from assistant.core.related import Related, RelatedPassage, Relation

if TYPE_CHECKING:
    from assistant.core.essay import Passage
    from assistant.retrieval.finder import Finder
    from assistant.retrieval.searching import Near


def related_passages(
    finder: Finder, passage: Passage, among: Collection[str] | None, top: int, hits: HitMaker
) -> Related:
    """The passages nearest to a passage.

    Args:
        finder: Finds passages of the essays.
        passage: The passage.
        among: Ids of the passages to compare; ``None`` for all.
        top: How many to return.
        hits: Makes hits in a citation style.
    """
    search = finder.searcher.related()

    def related(near: Near) -> RelatedPassage:
        other = finder.passages[near.passage]
        alike = search.most_alike(passage, other)
        spans, like = ((alike[0],), hits.highlight(passage, *alike[1])) if alike else ((), None)
        return RelatedPassage(
            hit=hits.hit(other, near.score, spans), like=like, relation=relation_of(other, passage)
        )

    nearest = search.nearest(passage, among, top)
    return Related(hits.hit(passage, 1.0, ()), tuple(map(related, nearest)))


def relation_of(passage: Passage, other: Passage) -> Relation | None:
    """What a passage has to do with another one by the essay's layout; ``None`` if nothing."""
    cases: tuple[tuple[bool, Relation], ...] = (
        (passage.continues == other.id, "continues"),
        (other.continues == passage.id, "continued-by"),
        (passage.introduced_by == other.id, "quoted-in"),
        (other.introduced_by == passage.id, "quotes"),
        (any(note.passage == passage.id for note in other.notes), "note-to"),
        (any(note.passage == other.id for note in passage.notes), "has-note"),
    )
    return next((relation for holds, relation in cases if holds), None)

"""All citations of a draft: those of its blocks, each "ibid." with the source that it means."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby
from operator import attrgetter

from assistant.documents.document import NOTE_CALL, Block, Document
from assistant.drafts.citations import DraftCitation, citations_of_block

# Paragraphs of which the citations are kept.
_MOST_KNOWN = 5_000


class KnownCitations:
    """The citations of paragraphs that were read before: while a draft is written, most stay as they are."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], tuple[int, list[DraftCitation]]] = {}

    def of_block(
        self, draft: Document, block: Block, notes: dict[int, list[DraftCitation]]
    ) -> list[DraftCitation]:
        """As ``citations_of_block``."""
        words = draft.prose[block.start : block.end]
        if NOTE_CALL in words or draft.entries:
            return citations_of_block(draft, block, notes)
        key = block.kind, words
        if key not in self._known:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            self._known[key] = block.start, citations_of_block(draft, block, notes)
        start, citations = self._known[key]
        distance = block.start - start
        return [_moved(citation, distance) for citation in citations] if distance else citations


def _moved(citation: DraftCitation, distance: int) -> DraftCitation:
    locator = citation.locator and (citation.locator[0] + distance, citation.locator[1] + distance)
    return replace(citation, start=citation.start + distance, end=citation.end + distance, locator=locator)


def find_citations(
    draft: Document, known: KnownCitations | None = None
) -> tuple[tuple[DraftCitation, ...], ...]:
    """All citations of each block, in order; those of its notes are where the note is called."""
    notes: dict[int, list[DraftCitation]] = {}
    read = known.of_block if known else citations_of_block
    found = [[] if block.kind == "reference" else read(draft, block, notes) for block in draft.blocks]
    return tuple(map(tuple, _with_ibid(draft, found)))


def _with_ibid(draft: Document, found: list[list[DraftCitation]]) -> list[list[DraftCitation]]:
    """The citations, each "ibid." with the source before it, in the order in which a reader meets them."""
    resolved = [list(citations) for citations in found]
    in_notes: dict[int, DraftCitation | None] = {}
    before: DraftCitation | None = None
    for index, block in enumerate(draft.blocks):
        if block.kind == "note":
            continue
        resolved[index] = []
        for start, several in groupby(found[index], key=attrgetter("start")):
            in_notes.setdefault(draft.notes.get(start, -1), before)
            group = [_same_source(citation, before) for citation in several]
            resolved[index] += group
            before = _first_source(group, before)
    before = None
    for index, block in enumerate(draft.blocks):
        if block.kind == "note":
            before = in_notes.get(index, before)
            resolved[index] = [_same_source(citation, before) for citation in found[index]]
    return resolved


def _same_source(citation: DraftCitation, before: DraftCitation | None) -> DraftCitation:
    """A citation; if it is "ibid.", that of the source before."""
    if not citation.ibid or before is None:
        return citation
    named = replace(citation, who=before.who, key=before.key, year=before.year)
    if citation.pages:
        return named
    origin = before.origin or before.locator or (before.start, before.end)
    return replace(named, pages=before.pages, origin=origin)


def _first_source(group: list[DraftCitation], before: DraftCitation | None) -> DraftCitation | None:
    """The source that "ibid." means after these citations of one place."""
    named = next((citation for citation in group if citation.who or citation.key), None)
    if named is not None:
        return before if named.remark else named
    if before is None:
        return None
    return replace(before, pages=group[0].pages, locator=group[0].locator, origin=None)

"""The quotations of a draft, inline and block, each with the citations that belong to it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.documents.document import NOTE_CALL, Document
from assistant.drafts.citations import Cited, find_citations
from assistant.drafts.quotation_marks import Marked, find_marked, left_open

_SENTENCE_END = re.compile(r"[.!?…][\"”’'»)\]\ue0ff]*\s+[“\"'‘«(\[]{0,3}[A-ZÀ-ÖØ-Þ]")
_ABBREVIATED = re.compile(
    r"(?:\b(?:pp?|qtd|vol|no|ed|eds|Dr|Mr|Mrs|Ms|St|cf|e\.g|i\.e|al|ch|fig|ca|vs|trans|[A-Z])\.|\.\s?\.\s?\.)$"
)
# Ends a sentence that brings a block quotation in.
_INTRODUCING = re.compile(r"[:,]\s*$")


@dataclass(frozen=True, slots=True)
class DraftQuotation:
    """Words that a draft gives as somebody else's.

    Attributes:
        start: Offset in the prose of the first word, behind the quotation mark.
        end: Offset behind the last word.
        outer: Span with the quotation marks; that of the words for a block quotation.
        block: Index of the block that it stands in.
        set_off: Whether it is a block quotation.
        cited: The citations that may belong to it, the likeliest first.
        firm: Whether the first of them can belong to no other quotation.
    """

    start: int
    end: int
    outer: tuple[int, int]
    block: int
    set_off: bool
    cited: tuple[Cited, ...]
    firm: bool


@dataclass(frozen=True, slots=True)
class DraftContents:
    """A draft's quotations and citations.

    Attributes:
        quotations: In the order of the prose.
        citations: All citations of each block, in order.
    """

    quotations: tuple[DraftQuotation, ...]
    citations: tuple[tuple[Cited, ...], ...]


def find_quotations(draft: Document) -> DraftContents:
    """Find the quotations of a draft, and their citations."""
    citations = tuple(
        () if block.kind == "reference" else tuple(find_citations(draft, block)) for block in draft.blocks
    )
    made: list[DraftQuotation] = []
    for number, block in enumerate(draft.blocks):
        if block.kind == "quotation":
            made += _set_off(draft, number, citations)
        elif block.kind != "reference":
            made += _inline(draft, number, citations[number])
    return DraftContents(tuple(made), citations)


def _inline(draft: Document, number: int, cited: Sequence[Cited]) -> list[DraftQuotation]:
    block, prose = draft.blocks[number], draft.prose
    passed = [(one.start, one.end) for one in cited if one.bracketed and prose[one.start] in "([^"]
    marked = find_marked(prose, block.start, block.end, passed)
    if rest := _going_on(draft, number, marked):
        marked.append(rest)
    return [_bound(prose, number, marked, at, cited) for at in range(len(marked))]


def _going_on(draft: Document, number: int, marked: Sequence[Marked]) -> Marked | None:
    """A quotation that is not closed because the next paragraph opens it again."""
    block = draft.blocks[number]
    following = next((one for one in draft.blocks[number + 1 :] if one.kind == block.kind), None)
    if following is None or draft.prose[following.start : following.start + 1] not in set('“„«"'):
        return None
    return left_open(draft.prose, marked[-1].outer[1] if marked else block.start, block.end)


def _bound(
    prose: str, block: int, marked: Sequence[Marked], at: int, cited: Sequence[Cited]
) -> DraftQuotation:
    """A quotation with the citations of its sentence: that behind it, then that before it."""
    own = marked[at]
    after = [one for one in cited if one.start >= own.end and _one_sentence(prose, own.end - 1, one.start)]
    before = [
        one for one in cited if one.end <= own.outer[0] and _one_sentence(prose, one.end, own.start + 1)
    ]
    next_start = marked[at + 1].outer[0] if at + 1 < len(marked) else None
    firm = bool(after) and (next_start is None or after[0].start < next_start)
    # A citation directly behind another quotation is that one's.
    before = [one for one in before if not _taken(prose, one, marked[:at])]
    nearest = [one for one in after if one.start == after[0].start]
    earlier = [one for one in before if one.start == before[-1].start]
    return DraftQuotation(
        own.start,
        own.end,
        own.outer,
        block,
        set_off=False,
        cited=(*nearest, *earlier),
        firm=firm or not after,
    )


def _taken(prose: str, cited: Cited, earlier: Sequence[Marked]) -> bool:
    return any(
        one.outer[1] <= cited.start and not prose[one.outer[1] : cited.start].strip(" \n.,;:!?" + NOTE_CALL)
        for one in earlier
    )


def _one_sentence(prose: str, start: int, end: int) -> bool:
    """Whether no sentence ends between two places."""
    return not any(
        not _ABBREVIATED.search(prose[max(start, found.start() - 6) : found.start() + 1])
        for found in _SENTENCE_END.finditer(prose, start, end)
    )


def last_sentence(prose: str, start: int, end: int) -> str:
    """What stands before a place in its sentence."""
    begun = start
    for found in _SENTENCE_END.finditer(prose, start, end):
        if not _ABBREVIATED.search(prose[max(start, found.start() - 6) : found.start() + 1]):
            begun = found.start() + 1
    return prose[begun:end]


def _set_off(draft: Document, number: int, citations: Sequence[Sequence[Cited]]) -> list[DraftQuotation]:
    """The quotation that a block is, without its citation; none if nothing is left."""
    block, prose = draft.blocks[number], draft.prose
    start, end = block.start, block.end
    own = [one for one in citations[number] if one.bracketed]
    last = [one for one in own if not prose[one.end : end].strip(" \n.,;:" + NOTE_CALL)]
    first = [one for one in own if not prose[start : one.start].strip()]
    if last:
        end = last[0].start
    elif first:
        start = first[-1].end
    attribution = re.search(r"\n\s*[—–-]{1,3}\s?[^\n]*$", prose[start:end])
    if attribution and len(attribution[0]) < 120:
        end = start + attribution.start()
    start, end = _trimmed(prose, start, end)
    if start >= end:
        return []
    marks = find_marked(prose, start, end, [])
    if len(marks) == 1 and marks[0].outer == (start, end):
        start, end = marks[0].start, marks[0].end
    cited = tuple(last or first) or _introduction(draft, number, citations)
    return [DraftQuotation(start, end, (start, end), number, True, cited, bool(cited))]  # noqa: FBT003 - as above


def _trimmed(prose: str, start: int, end: int) -> tuple[int, int]:
    while start < end and (prose[start].isspace() or prose[start] == NOTE_CALL):
        start += 1
    while end > start and (prose[end - 1].isspace() or prose[end - 1] == NOTE_CALL):
        end -= 1
    return start, end


def _introduction(draft: Document, number: int, citations: Sequence[Sequence[Cited]]) -> tuple[Cited, ...]:
    """The citation of the sentence that brings a block quotation in."""
    before = number - 1
    while before >= 0 and draft.blocks[before].kind == "note":
        before -= 1
    if before < 0 or draft.blocks[before].kind != "prose":
        return ()
    block = draft.blocks[before]
    end = block.start + len(draft.prose[block.start : block.end].rstrip())
    if not _INTRODUCING.search(draft.prose, block.start, end) or not citations[before]:
        return ()
    last = citations[before][-1]
    return (last,) if _one_sentence(draft.prose, last.end, end) else ()

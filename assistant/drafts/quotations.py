"""The quotations of a draft, inline and block, each with the citations that belong to it.

Inline quotations are the words between a pair of quotation marks, which are told apart from apostrophes.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from operator import attrgetter, itemgetter

from assistant.core.essay import Span
from assistant.core.lines import CLIPPED_WORDS
from assistant.documents.document import NOTE_CALL, Document
from assistant.drafts.all_citations import KnownCitations, find_citations
from assistant.drafts.citations import LONGEST_SIGNATURE, SIGNATURE, DraftCitation
from assistant.drafts.wording import COMPARED

# What may close each opening mark.
_CLOSING = {
    "“": "”",
    # As Swedish and Finnish set it.
    "”": "”",
    "„": "“”",
    "«": "»",
    "»": "«",
    '"': '"',
    "‘": "’",
    "‚": "‘’",
    "‹": "›",
    "›": "‹",
    "'": "'",
}
_OPENING = re.compile(f"[{''.join(_CLOSING)}]")
_DOUBLE_OPENING = re.compile('[“„«"]')
_BEFORE = re.compile(r"[\s(\[{—–\-/“‘„«\"'…\ue0ff]")
# A number is a year without its century, but not a verse or a decimal, as 13:13.
_CLIPPED = re.compile(rf"(?:{CLIPPED_WORDS}|round|\d\ds?(?![:.,]\d))\b", re.IGNORECASE)
_INNER_SPACES = frozenset(" \u00a0\u202f\u2009")
_SMALL_WORD = re.compile(r"\s+[a-z]")
_SINGLE = "'‘"
# Characters of a quotation, and marks of a paragraph that are never closed: a text with more is not prose,
# and searching it would take hours.
_LONGEST = 5_000
_MOST_UNCLOSED = 1_000


@dataclass(frozen=True, slots=True)
class MarkedWords:
    """Words in quotation marks.

    Attributes:
        start: Offset of the first character within the marks.
        end: Offset after the last one.
        outer: Span with the marks; it ends with the words if there is no closing mark because the quotation
            continues in the next paragraph.
    """

    start: int
    end: int
    outer: Span


def find_marked(text: str, start: int, end: int, ignored: Sequence[Span]) -> list[MarkedWords]:
    """Words in quotation marks from ``start`` to ``end``; those within others are not listed.

    Args:
        text: Prose.
        start: Where to begin.
        end: Where to end.
        ignored: Spans, in order, in which marks do not delimit quotations.
    """
    words: list[MarkedWords] = []
    offset, unclosed = start, 0
    while unclosed < _MOST_UNCLOSED and (match := _OPENING.search(text, offset, end)):
        opening = match.start()
        offset = opening + 1
        before = bisect_right(ignored, opening, key=itemgetter(0)) - 1
        if before >= 0 and opening < ignored[before][1]:
            offset = ignored[before][1]
        elif _opens(text, opening, start):
            closing = _closing(text, opening, min(end, opening + _LONGEST), ignored)
            unclosed += closing is None
            if closing is not None and text[opening + 1 : closing].strip():
                first, last = _trimmed(text, opening + 1, closing)
                words.append(MarkedWords(first, last, (opening, closing + 1)))
                offset = closing + 1
    return words


def left_open(text: str, start: int, end: int) -> MarkedWords | None:
    """Words whose double mark is not closed up to the end: they continue in the next paragraph."""
    marks = [match.start() for match in _DOUBLE_OPENING.finditer(text, start, end)]
    for opening in islice(reversed(marks), _MOST_UNCLOSED):
        if _opens(text, opening, start) and _closing(text, opening, end, []) is None:
            return MarkedWords(opening + 1, end, (opening, end))
    return None


def _opens(text: str, offset: int, start: int) -> bool:
    mark, before = text[offset], text[offset - 1 : offset] if offset > start else ""
    following = text[offset + 1 : offset + 2]
    if mark == "«" and following in _INNER_SPACES and (not before or _BEFORE.match(before)):
        # As French sets it; words that end with this mark have none of these before it.
        return True
    if not following.strip():
        return False
    if mark in "“„«‹‚":
        return True
    if mark in _SINGLE and _CLIPPED.match(text, offset + 1):
        return False
    # A straight mark, or one that closes in other countries, opens only where a word may begin.
    return mark == "‘" or not before or bool(_BEFORE.match(before))


def _closing(text: str, opening: int, end: int, ignored: Sequence[Span]) -> int | None:
    mark = text[opening]
    if mark in "'‘‚":
        return _closing_single(text, opening, end)
    closing = _nested_closing(text, opening, end, ignored) if mark == '"' else None
    if closing is not None:
        return closing
    depth, closers = 1, _CLOSING[mark]
    for offset in _offsets(opening + 1, end, ignored):
        character = text[offset]
        if character in closers and not (mark == '"' and _nests(text, offset, opening)):
            depth -= 1
        elif character == mark and mark != '"':
            depth += 1
        if depth == 0:
            return offset
    # Marks of two kinds, as some keyboards leave them.
    return _mixed(text, opening, end) if mark in "“„" else None


def _nested_closing(text: str, opening: int, end: int, ignored: Sequence[Span]) -> int | None:
    """The mark that closes a straight one, if all that open within it are closed too."""
    depth = 1
    for offset in _offsets(opening + 1, end, ignored):
        if text[offset] == '"':
            depth += 1 if _nests(text, offset, opening) else -1
        if depth == 0:
            return offset
    return None


def _offsets(start: int, end: int, ignored: Sequence[Span]) -> Iterator[int]:
    """Offsets from ``start`` to ``end`` that are in none of the ignored spans, which are in order."""
    index = max(0, bisect_right(ignored, start, key=itemgetter(0)) - 1)
    while start < end and index < len(ignored):
        first, last = ignored[index]
        yield from range(start, min(first, end))
        start, index = max(start, last), index + 1
    yield from range(start, end)


def _nests(text: str, offset: int, opening: int) -> bool:
    """Whether a straight mark opens again within an open one and closes nothing."""
    begins = offset == opening + 1 or text[offset - 1].isspace() or text[offset - 1] in "([—"
    return begins and (
        text[offset + 1 : offset + 2].isalnum() or text[offset + 1 : offset + 2] in set("['‘…")
    )


def _mixed(text: str, opening: int, end: int) -> int | None:
    next_opening = text.find(text[opening], opening + 1, end)
    closing = text.find('"', opening + 1, end)
    return closing if closing >= 0 and (next_opening < 0 or closing < next_opening) else None


def _closing_single(text: str, opening: int, end: int) -> int | None:
    """The closing single mark: not one within a word, nor one after a plural if a better one follows."""
    doubtful = None
    for offset in range(opening + 1, end):
        character = text[offset]
        if character == "‘" and text[opening] != "‚":
            break
        if character not in _CLOSING[text[opening]] or text[offset + 1 : offset + 2].isalnum():
            continue
        if text[offset - 1].isspace():
            continue
        if not (text[offset - 1] in "sS" and _SMALL_WORD.match(text, offset + 1)):
            return offset
        doubtful = offset if doubtful is None else doubtful
    return doubtful


_SENTENCE_END = re.compile(
    r"[.!?…](?:[ \u00a0\u202f]?[\"”“’'»«)\]\ue0ff])*\s+[“\"'‘«»„(\[\s]{0,4}[A-ZÀ-ÖØ-Þ]"
)
_ABBREVIATED = re.compile(
    r"(?:\b(?:pp?|qtd|vol|no|ed|eds|Dr|Mr|Mrs|Ms|St|cf|e\.g|i\.e|al|ch|fig|ca|vs|trans|vgl|Vgl|zit|Bd|Nr|Hg|Hrsg|bzw|z\.\s?B|u\.\s?a|ebd|Ebd|Übers|Verf|n|d|[A-Z])\.|\.\s?\.\s?\.)$"
)
# Ends a sentence that introduces a block quotation.
_INTRODUCING = re.compile(r"[:,]\s*$")
# Follows a quotation without dividing it from its citation.
_PUNCTUATION = re.compile(rf"[ \n.,;:!?{NOTE_CALL}]*")
_FINAL_PUNCTUATION = re.compile(rf"[ \n.,;:{NOTE_CALL}]*")
_SPACE = re.compile(r"\s*")
_START = attrgetter("start")
# Characters before a full stop by which an abbreviation is recognised.
_LONGEST_ABBREVIATION = 6
# Characters of a sentence, and of the punctuation between a quotation and its citation; with more a text is
# not prose.
_LONGEST_SENTENCE = 3_000
_FARTHEST = 100
_ADJACENT = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftQuotation:
    """Words that a draft gives as somebody else's.

    Attributes:
        start: Offset in the prose of the first word, after the quotation mark.
        end: Offset after the last word.
        outer: Span with the quotation marks; that of the words for a block quotation.
        block: Index of the block that it is in.
        set_off: Whether it is a block quotation.
        citations: The citations that may belong to it, the likeliest first.
        is_unambiguous: Whether the first of them can belong to no other quotation.
    """

    start: int
    end: int
    outer: Span
    block: int
    set_off: bool
    citations: tuple[DraftCitation, ...]
    is_unambiguous: bool


@dataclass(frozen=True, slots=True)
class DraftContents:
    """A draft's quotations and citations.

    Attributes:
        quotations: In the order of the prose.
        citations: All citations of each block, in order.
        sentences: Where its sentences end.
    """

    quotations: tuple[DraftQuotation, ...]
    citations: tuple[tuple[DraftCitation, ...], ...]
    sentences: Sentences


def find_quotations(draft: Document, known: KnownCitations | None = None) -> DraftContents:
    """Find the quotations of a draft, and their citations; ``known`` has those of paragraphs read before."""
    citations = find_citations(draft, known)
    quotations: list[DraftQuotation] = []
    sentences = Sentences(draft.prose)
    for index, block in enumerate(draft.blocks):
        if block.is_quotation:
            quotations += _set_off(draft, index, citations, sentences)
        elif block.kind != "reference":
            quotations += _inline(draft, index, citations[index], sentences)
    return DraftContents(tuple(quotations), citations, sentences)


def _inline(
    draft: Document, index: int, citations: Sequence[DraftCitation], sentences: Sentences
) -> list[DraftQuotation]:
    block, prose = draft.blocks[index], draft.prose
    ignored = [
        (citation.start, citation.end)
        for citation in citations
        if citation.bracketed and prose[citation.start] in "([^"
    ]
    marked = find_marked(prose, block.start, block.end, ignored)
    if last := _continued(draft, index, marked):
        marked.append(last)
    unclaimed = [citation for citation in citations if not _follows_quotation(prose, citation, marked)]
    return [
        _with_citations(index, marked, number, citations, unclaimed, sentences)
        for number in range(len(marked))
    ]


def _continued(draft: Document, index: int, marked: Sequence[MarkedWords]) -> MarkedWords | None:
    """A quotation that is not closed because the next paragraph opens it again."""
    block = draft.blocks[index]
    following = next(
        (
            draft.blocks[later]
            for later in range(index + 1, len(draft.blocks))
            if draft.blocks[later].kind == block.kind
        ),
        None,
    )
    if following is None or draft.prose[following.start : following.start + 1] not in set('“„«"'):
        return None
    return left_open(draft.prose, marked[-1].outer[1] if marked else block.start, block.end)


def _with_citations(
    block: int,
    marked: Sequence[MarkedWords],
    number: int,
    citations: Sequence[DraftCitation],
    unclaimed: Sequence[DraftCitation],
    sentences: Sentences,
) -> DraftQuotation:
    """A quotation with the citations of its sentence: the one after it, then the one before it."""
    words = marked[number]
    nearest = _beginning_with(citations, bisect_left(citations, words.end, key=_START))
    if nearest and all(COMPARED.match(citation.text) for citation in nearest):
        # A note that only compares is between the words and their source.
        following = _beginning_with(citations, bisect_right(citations, nearest[0].start, key=_START))
        near = following and following[0].start - nearest[0].end <= _ADJACENT
        nearest = [*following, *nearest] if near else nearest
    if nearest and not sentences.has_both(words.end - 1, nearest[0].start):
        nearest = []
    last = bisect_right(unclaimed, words.outer[0], key=_START) - 1
    while last >= 0 and unclaimed[last].end > words.outer[0]:
        last -= 1
    earlier: list[DraftCitation] = []
    if (
        last >= 0
        and not sentences.ends_before(unclaimed[last])
        and sentences.has_both(unclaimed[last].end, words.start + 1)
    ):
        first = bisect_left(unclaimed, unclaimed[last].start, key=_START)
        earlier = [
            citation for citation in _beginning_with(unclaimed, first) if citation.end <= words.outer[0]
        ]
    next_start = marked[number + 1].outer[0] if number + 1 < len(marked) else None
    return DraftQuotation(
        start=words.start,
        end=words.end,
        outer=words.outer,
        block=block,
        set_off=False,
        citations=(*nearest, *earlier),
        is_unambiguous=not nearest or next_start is None or nearest[0].start < next_start,
    )


def _beginning_with(citations: Sequence[DraftCitation], first: int) -> list[DraftCitation]:
    """The citations that are in the same place as one of them, given by its index; none after the last."""
    if first == len(citations):
        return []
    return list(citations[first : bisect_right(citations, citations[first].start, key=_START)])


def _follows_quotation(prose: str, citation: DraftCitation, marked: Sequence[MarkedWords]) -> bool:
    """Whether a citation directly follows a quotation, to which it then belongs."""
    before = bisect_right(marked, citation.start, key=lambda words: words.outer[1]) - 1
    if before < 0 or citation.start - marked[before].outer[1] > _FARTHEST:
        return False
    return bool(_PUNCTUATION.fullmatch(prose, marked[before].outer[1], citation.start))


def _is_abbreviation(prose: str, start: int, stop: int) -> bool:
    """Whether the full stop at an offset is that of an abbreviation, from ``start`` on at most."""
    return bool(_ABBREVIATED.search(prose[max(start, stop - _LONGEST_ABBREVIATION) : stop + 1]))


class Sentences:
    """The sentences of a draft, divided once for all its quotations.

    Args:
        prose: The draft's words.
    """

    def __init__(self, prose: str) -> None:
        self._prose = prose
        self._stops = [match.span() for match in _SENTENCE_END.finditer(prose)]
        self._ends = [span for span in self._stops if not _is_abbreviation(prose, 0, span[0])]

    def before(self, start: int, end: int) -> str:
        """What precedes the offset ``end`` in its sentence, from ``start`` on at most.

        Of a sentence that has no end it is the last part.
        """
        index = bisect_right(self._ends, end, key=itemgetter(1)) - 1
        begin = self._ends[index][0] + 1 if index >= 0 else start
        return self._prose[max(start, begin, end - _LONGEST_SENTENCE) : end]

    def around(self, offset: int, start: int, end: int) -> Span:
        """The sentence in which an offset is, of a paragraph that is ``start`` to ``end``."""
        index = bisect_right(self._ends, offset, key=itemgetter(0)) - 1
        while index >= 0 and self._ends[index][1] - 1 > offset:
            index -= 1
        begin = self._ends[index][0] + 1 if index >= 0 else start
        last = self._ends[index + 1][0] + 1 if index + 1 < len(self._ends) else end
        return max(start, begin), min(end, last)

    def ends_before(self, citation: DraftCitation) -> bool:
        """Whether a note is called after the end of a sentence, to which its citation then belongs."""
        start = citation.start
        if self._prose[start : start + 1] != NOTE_CALL:
            return False
        before = self._prose[max(0, start - _LONGEST_ABBREVIATION) : start].rstrip("\"”“’'»«)] \u00a0\u202f")
        return before.endswith((".", "!", "?", "…"))

    def belongs(self, citation: DraftCitation, start: int) -> bool:
        """Whether a citation is in the sentence that has words from an offset on."""
        return not self.ends_before(citation) and self.has_both(citation.end, start + 1)

    def has_both(self, start: int, end: int) -> bool:
        """Whether no sentence ends between two offsets."""
        index = bisect_left(self._stops, start, key=itemgetter(0))
        # An abbreviation of which ``start`` cuts a part off is none.
        far = start + _LONGEST_ABBREVIATION
        while index < len(self._stops) and self._stops[index][0] < far and self._stops[index][1] <= end:
            if not _is_abbreviation(self._prose, start, self._stops[index][0]):
                return False
            index += 1
        later = bisect_left(self._ends, far, key=itemgetter(0))
        return later == len(self._ends) or self._ends[later][1] > end


def _set_off(
    draft: Document, index: int, citations: Sequence[Sequence[DraftCitation]], sentences: Sentences
) -> list[DraftQuotation]:
    """The quotation that a block is, without its citation; none if nothing is left."""
    block, prose = draft.blocks[index], draft.prose
    start, end = block.start, block.end
    bracketed = [citation for citation in citations[index] if citation.bracketed]
    last = [citation for citation in bracketed if _FINAL_PUNCTUATION.fullmatch(prose, citation.end, end)]
    first = [citation for citation in bracketed if _SPACE.fullmatch(prose, start, citation.start)]
    if last:
        end = last[0].start
    elif first:
        start = first[-1].end
    tail = max(start, end - LONGEST_SIGNATURE)
    if signature := SIGNATURE.search(prose[tail:end]):
        end = tail + signature.start()
    start, end = _trimmed(prose, start, end)
    if start >= end:
        return []
    marks = find_marked(prose, start, end, [])
    if len(marks) == 1 and marks[0].outer == (start, end):
        start, end = marks[0].start, marks[0].end
    belonging = (
        tuple(last or first)
        or _alone_after(draft, index, citations)
        or _introduction(draft, index, citations, sentences)
    )
    return [
        DraftQuotation(
            start=start,
            end=end,
            outer=(start, end),
            block=index,
            set_off=True,
            citations=belonging,
            is_unambiguous=bool(belonging),
        )
    ]


def _trimmed(prose: str, start: int, end: int) -> Span:
    while start < end and (prose[start].isspace() or prose[start] == NOTE_CALL):
        start += 1
    while end > start and (prose[end - 1].isspace() or prose[end - 1] == NOTE_CALL):
        end -= 1
    return start, end


def _alone_after(
    draft: Document, index: int, citations: Sequence[Sequence[DraftCitation]]
) -> tuple[DraftCitation, ...]:
    """The citation of a block quotation that is a paragraph of its own after it."""
    if index + 1 == len(draft.blocks) or not draft.blocks[index + 1].is_text or not citations[index + 1]:
        return ()
    block, prose = draft.blocks[index + 1], draft.prose
    several = _beginning_with(citations[index + 1], 0)
    is_alone = (
        len(several) == len(citations[index + 1])
        and block.end - block.start <= LONGEST_SIGNATURE
        and bool(_SPACE.fullmatch(prose, block.start, several[0].start))
        and bool(_FINAL_PUNCTUATION.fullmatch(prose, several[-1].end, block.end))
    )
    return tuple(several) if is_alone else ()


def _introduction(
    draft: Document, index: int, citations: Sequence[Sequence[DraftCitation]], sentences: Sentences
) -> tuple[DraftCitation, ...]:
    """The citation of the sentence that introduces a block quotation."""
    before = index - 1
    while before >= 0 and draft.blocks[before].kind == "note":
        before -= 1
    if before < 0 or not draft.blocks[before].is_text:
        return ()
    block = draft.blocks[before]
    end = block.start + len(draft.prose[block.start : block.end].rstrip())
    if not _INTRODUCING.search(draft.prose, block.start, end) or not citations[before]:
        return ()
    last = citations[before][-1]
    return (last,) if sentences.has_both(last.end, end) else ()

"""A draft that is checked again and again while it is written.

What has not changed since the last check is not looked up again: the words of quotations, the citations of
paragraphs. The report is the one that ``Checker`` gives.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from assistant.citations.styles import Style
from assistant.core.draft_report import DraftReport
from assistant.core.essay import Span
from assistant.core.quotation import QuotationLookup
from assistant.documents.document import NOTE_CALL, Document
from assistant.drafts.all_citations import KnownCitations
from assistant.drafts.check import Checker, DraftCheck
from assistant.drafts.citations import DraftCitation
from assistant.drafts.quotations import DraftQuotation
from assistant.drafts.sources import Meaning
from assistant.quotations.corpus import LookUp
from assistant.quotations.essays import SourceEssays

# Quotations of which it is remembered where they are printed.
_MOST_REMEMBERED = 10_000


class LiveChecker(Checker):
    """A checker that remembers what it looked up; arguments as for ``check_draft``."""

    def __init__(self, essays: SourceEssays, style: Style) -> None:
        super().__init__(essays, style)
        self.known_citations = KnownCitations()
        self._remembered: dict[tuple[str, frozenset[str]], QuotationLookup] = {}

    def check_live(self, draft: Document, bibliographies: Sequence[Path] | None = None) -> CheckedDraft:
        """Check a draft; arguments as for ``check_draft``."""
        check = self.begin(draft, bibliographies)
        return CheckedDraft(draft, check, check.report())

    def expect(self, asked: Iterable[LookUp]) -> None:
        """As ``Checker.expect``."""
        super().expect((words, essays) for words, essays in asked if (words, essays) not in self._remembered)

    def look_up(self, words: str, essays: frozenset[str] = frozenset()) -> QuotationLookup:
        """As ``Checker.look_up``."""
        key = words, essays
        if key not in self._remembered:
            if len(self._remembered) >= _MOST_REMEMBERED:
                self._remembered.clear()
            self._remembered[key] = super().look_up(words, essays)
        return self._remembered[key]


@dataclass(frozen=True, slots=True)
class WrittenQuotation:
    """A quotation of a draft.

    Attributes:
        start: Offset in the draft's text, with its marks.
        end: Offset after it.
        words: The words, on one line.
        lookup: Where they are printed, in the essays cited or else in any.
        essays: The essays that its citation may mean; empty if it is another work's, ``None`` if it has none
            or that cannot be told.
        cited: The citation as the draft has it; empty without one.
        citation: Where its citation is; ``None`` without one.
    """

    start: int
    end: int
    words: str
    lookup: QuotationLookup
    essays: frozenset[str] | None
    cited: str
    citation: Span | None


@dataclass(frozen=True, slots=True)
class WrittenCitation:
    """A citation of a draft.

    Attributes:
        start: Offset in the draft's text.
        end: Offset after it.
        essays: The essays that it may mean; as for a quotation.
        key: Its key, if it is by one; else empty.
        pages: First and last page of each range that it names.
    """

    start: int
    end: int
    essays: frozenset[str] | None
    key: str
    pages: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class WrittenSentence:
    """A sentence of a draft.

    Attributes:
        start: Offset in the draft's text.
        end: Offset after it.
        words: Its words, on one line.
        paragraph_end: Offset after its paragraph.
    """

    start: int
    end: int
    words: str
    paragraph_end: int


class CheckedDraft:
    """A draft that has been checked, with what it quotes and cites.

    Args:
        document: The draft.
        check: Its check.
        report: The report.
    """

    def __init__(self, document: Document, check: DraftCheck, report: DraftReport) -> None:
        self.document, self.report = document, report
        self._check = check

    @cached_property
    def quotations(self) -> tuple[WrittenQuotation, ...]:
        """Its quotations, in order."""
        pairs = zip(self._check.contents.quotations, self._check.meanings, strict=True)
        return tuple(self._quotation(*pair) for pair in pairs)

    def quotation_at(self, offset: int) -> WrittenQuotation | None:
        """The quotation in which an offset of the text is."""
        for quotation, meaning in zip(self._check.contents.quotations, self._check.meanings, strict=True):
            start, end = self.document.span(*quotation.outer)
            if start <= offset < end:
                return self._quotation(quotation, meaning)
        return None

    @cached_property
    def citations(self) -> tuple[WrittenCitation, ...]:
        """Its citations, in order of their blocks."""
        return tuple(self._citations())

    def citation_at(self, offset: int) -> WrittenCitation | None:
        """The citation in which an offset of the text is; in a bracket of several, the one that is there."""
        there = [each for each in self.citations if each.start <= offset < each.end]
        return min(there, key=lambda each: each.end - each.start, default=None)

    @cached_property
    def keys(self) -> dict[str, str]:
        """The key by which the draft cites each essay that it cites by one."""
        keys: dict[str, str] = {}
        for citation in self.citations:
            if citation.key and citation.essays and len(citation.essays) == 1:
                keys.setdefault(min(citation.essays), citation.key)
        return keys

    def sentence_at(self, offset: int) -> WrittenSentence | None:
        """The sentence in which an offset of the text is, or that ends there; ``None`` between paragraphs."""
        document = self.document
        for block in document.blocks:
            if block.start == block.end or block.kind == "reference":
                continue
            start, end = document.span(block.start, block.end)
            if start <= offset <= end:
                at = min(bisect_left(document.starts, offset, block.start, block.end), block.end - 1)
                first, last = self._check.contents.sentences.around(at, block.start, block.end)
                words = document.prose[first:last].replace(NOTE_CALL, "").strip()
                first += len(document.prose[first:last]) - len(document.prose[first:last].lstrip())
                if not any(map(str.isalnum, words)):
                    return None
                inner = document.span(first, max(last, first + 1))
                return WrittenSentence(*inner, " ".join(words.split()), end)
        return None

    def _quotation(self, quotation: DraftQuotation, meaning: Meaning) -> WrittenQuotation:
        words, check = self._check.words(quotation), self._check
        lookup = check.look_up(words, meaning.essays or frozenset())
        if not lookup.comparisons and meaning.essays:
            lookup = check.look_up(words)
        citation = meaning.citation
        cited = " ".join(citation.text.split()) if citation else ""
        start, end = self.document.span(*quotation.outer)
        span = self.document.span(citation.start, citation.end) if citation else None
        return WrittenQuotation(start, end, words, lookup, meaning.essays, cited, span)

    def _citations(self) -> Iterator[WrittenCitation]:
        for block, several in enumerate(self._check.contents.citations):
            for citation in several:
                start, end = self._span_of(citation, several)
                essays = self._check.resolver.essays_cited(citation, block)
                yield WrittenCitation(start, end, essays, citation.key, citation.pages)

    def _span_of(self, citation: DraftCitation, several: Sequence[DraftCitation]) -> Span:
        """Where a citation is; of several in one bracket, each has a part of it."""
        start, end = citation.start, citation.end
        beside = [each for each in several if (each.start, each.end) == (start, end)]
        if len(beside) > 1:
            found = self.document.prose.find(citation.text[:200], start, end) if citation.text else -1
            start, end = (found, found + len(citation.text)) if found >= 0 else (start, end)
        return self.document.span(start, min(end, len(self.document.prose)))

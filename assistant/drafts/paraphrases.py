"""Citations of sentences that quote nothing: are the pages cited those that are nearest to the sentence?

Nothing here judges what a sentence claims. Its words are compared with those of all pages, and where another
page is clearly nearer, the words printed there are shown.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from operator import attrgetter

from assistant.citations.locators import page_range
from assistant.core.draft_report import Hint, NearWords
from assistant.core.essay import Span
from assistant.core.quotation import PrintedPlace
from assistant.documents.document import NOTE_CALL, Document
from assistant.drafts.citations import DraftCitation
from assistant.drafts.pages import EssayPages, PageRange
from assistant.drafts.quotations import DraftContents
from assistant.drafts.sources import CitationResolver, Sources

# Ranks the words of an essay, given by its id, by their nearness to a sentence; the nearest come first.
Nearest = Callable[[str, str], Sequence[NearWords]]

# How much nearer than the pages cited other words must be, and how near at least; measured by
# benchmarks/quotations.py on paraphrases of its own.
_MARGIN, _NEAR = 0.08, 0.4
# Words of a sentence that say enough to be compared, and quoted words that are only a term.
_FEWEST_WORDS, _TERM = 6, 3
# Sentences of a draft that are compared; a book has fewer.
_MOST = 500


class ParaphraseCheck:
    """Compares sentences that cite an essay without quoting it with all pages of the essay.

    Args:
        draft: The draft.
        contents: Its quotations, citations and sentences.
        resolver: Tells which essay a citation means.
        sources: The essays.
        pages: Their pages.
        cite: In-text citation of the words of a place.
    """

    def __init__(
        self,
        draft: Document,
        contents: DraftContents,
        resolver: CitationResolver,
        sources: Sources,
        pages: EssayPages,
        cite: Callable[[str, PrintedPlace | None], str],
    ) -> None:
        self._draft, self._contents, self._resolver = draft, contents, resolver
        self._sources, self._pages, self._cite = sources, pages, cite
        self._quoting = {quotation.block for quotation in contents.quotations}
        self._quoted = sorted(contents.quotations, key=attrgetter("end"))

    def hints(self, load: Callable[[], Nearest]) -> tuple[Hint, ...]:
        """The citations whose pages are farther from their sentence than others, in order.

        Args:
            load: Called once, if there is anything to compare, for it may load a model.
        """
        hints: list[Hint] = []
        nearest: Nearest | None = None
        for number, (citation, essay_id, group, span) in enumerate(self._paraphrases()):
            if number == _MOST:
                break
            nearest = nearest or load()
            words = nearest(self._sentence(span), essay_id)
            covered = self._pages.covered(group, essay_id)
            if words and _is_elsewhere(words, covered):
                hints.append(self._hint(citation, span, words[0].nearest or words[0].place))
        return tuple(sorted(hints, key=attrgetter("start", "end")))

    def _paraphrases(self) -> Iterator[tuple[DraftCitation, str, list[PageRange], Span]]:
        """Citations with pages that an essay has, the pages in their bracket, and the words before them."""
        for index, block in enumerate(self._draft.blocks):
            if block.kind != "note" and not block.is_text:
                continue
            earlier = block.start
            places: dict[int, list[DraftCitation]] = {}
            for citation in self._contents.citations[index]:
                places.setdefault(citation.start, []).append(citation)
            for start, together in places.items():
                paged = [citation for citation in together if citation.pages and citation.locator]
                essay_id = self._essay_of(paged, index) if len(paged) == len(together) else None
                span = self._span(earlier, block.start, start)
                earlier = max(citation.end for citation in together)
                if essay_id is None or self._quotes(span) or self._is_of_quoting_note(paged[0], index):
                    continue
                year = self._sources.year(essay_id)
                named = [
                    pages for citation in paged for pages in self._pages.pages_named(citation, essay_id, year)
                ]
                if named and self._pages.labels(essay_id) and not self._pages.missing(named, essay_id):
                    yield paged[0], essay_id, named, span

    def _essay_of(self, citations: Sequence[DraftCitation], block: int) -> str | None:
        """The one essay that all citations in a place mean; ``None`` if another work is among them."""
        meant = {self._resolver.essays_cited(citation, block) for citation in citations}
        essays = meant.pop() if len(meant) == 1 else None
        return next(iter(essays)) if essays and len(essays) == 1 else None

    def _span(self, earlier: int, block_start: int, end: int) -> Span:
        """The words of a sentence before a citation, from the last citation in it on."""
        before = self._contents.sentences.before(block_start, end)
        return max(earlier, end - len(before)), end

    def _quotes(self, span: Span) -> bool:
        """Whether words are quoted in a span, or are too few."""
        if len(self._sentence(span).split()) < _FEWEST_WORDS:
            return True
        first = bisect_right(self._quoted, span[0], key=attrgetter("end"))
        prose = self._draft.prose
        while first < len(self._quoted) and self._quoted[first].start < span[1]:
            quoted = self._quoted[first]
            if len(prose[quoted.start : quoted.end].split()) > _TERM:
                return True
            first += 1
        return False

    def _is_of_quoting_note(self, citation: DraftCitation, block: int) -> bool:
        """Whether a citation is in another block, a note, which has quotations that it may belong to."""
        blocks = self._draft.blocks
        note = (
            bisect_right(blocks, citation.locator[0], key=attrgetter("start")) - 1
            if citation.locator
            else block
        )
        return note != block and note in self._quoting

    def _sentence(self, span: Span) -> str:
        return " ".join(self._draft.prose[slice(*span)].replace(NOTE_CALL, " ").split())

    def _hint(self, citation: DraftCitation, span: Span, place: PrintedPlace) -> Hint:
        locator = citation.locator or (citation.start, citation.end)
        start, end = self._draft.span(*locator)
        line, column = self._draft.position(start)
        return Hint(
            start=start, end=end, line=line, column=column, sentence=self._sentence(span).lstrip(" ,;.)"),
            cited=" ".join(citation.text.split()), named=" ".join(self._draft.prose[slice(*locator)].split()),
            citation=self._cite(place.essay_id, place), place=place, pages=page_range(place.where),
        )  # fmt: skip


def _is_elsewhere(words: Sequence[NearWords], covered: set[str]) -> bool:
    """Whether the nearest words are on none of the pages cited, and those on them are clearly farther."""
    nearest = words[0]
    if not covered or nearest.score < _NEAR or not nearest.place.where:
        return False
    on_pages = max((near.score for near in words if not covered.isdisjoint(near.place.where)), default=-1.0)
    return covered.isdisjoint(nearest.place.where) and nearest.score - on_pages > _MARGIN

"""Links from citations back to Zotero, for essays that were added from there."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from assistant.core.answer import Answer, Hit, ZoteroLinks
from assistant.core.errors import LibraryError
from assistant.core.essay import Passage, StoredEssay
from assistant.core.quotation import CitedComparison, Verdict

if TYPE_CHECKING:
    from assistant.library.printed_pages import PrintedPages

# What the library stores of Zotero with an essay.
FACTS = "zotero"
# Nothing else gets into an address.
_LIBRARY = re.compile(r"library|groups/[0-9]{1,12}")
_KEY = re.compile(r"[A-Z0-9]{8}")


def zotero_links(facts: object, page: int = 0, *, is_pdf: bool = False) -> ZoteroLinks | None:
    """The links of an essay; ``None`` if it was not added from Zotero.

    Args:
        facts: What the library stores of Zotero with the essay.
        page: Number of the page in the PDF, from 1; 0 if it is not known.
        is_pdf: Whether the essay was read from a PDF.
    """
    known: Mapping[str, Any] = facts if isinstance(facts, dict) else {}
    library, item, attachment = (str(known.get(name, "")) for name in ("library", "item", "attachment"))
    if not _LIBRARY.fullmatch(library) or not _KEY.fullmatch(item):
        return None
    address = ""
    if is_pdf and _KEY.fullmatch(attachment):
        address = f"zotero://open-pdf/{library}/items/{attachment}{f'?page={page}' if page else ''}"
    return ZoteroLinks(f"zotero://select/{library}/items/{item}", address)


class LinkedEssays:
    """Adds links to what is shown of essays.

    Args:
        facts: What is stored of Zotero with an essay, by its id.
        essay: An essay, by its id.
        printed_pages: The pages of an essay's PDF, by its id.
    """

    def __init__(
        self,
        facts: Callable[[str], object],
        essay: Callable[[str], StoredEssay],
        printed_pages: Callable[[str], PrintedPages],
    ) -> None:
        self._facts, self._essay, self._printed_pages = facts, essay, printed_pages

    def links(self, passage: Passage, offset: int = 0) -> ZoteroLinks | None:
        """Links to the essay of a passage, and to the page on which the character at an offset is printed."""
        facts = self._facts(passage.essay_id)
        if zotero_links(facts) is None:
            return None
        essay = self._essay(passage.essay_id)
        page = self._file_page(passage, offset) if essay.is_pdf else 0
        return zotero_links(facts, page, is_pdf=essay.is_pdf)

    def of_essay(self, essay_id: str, label: str = "") -> ZoteroLinks | None:
        """Links to an essay, and to the first of some pages, such as ``849-50``."""
        facts = self._facts(essay_id)
        if zotero_links(facts) is None:
            return None
        essay = self._essay(essay_id)
        page = 0
        if essay.is_pdf and label:
            labels = {label, re.split(r"[-–,]", label)[0].strip()}
            starts = (
                (passage, start.start)
                for passage in essay.passages
                for start in passage.pages
                if start.label in labels
            )
            passage, offset = next(starts, (None, 0))
            page = 0 if passage is None else self._file_page(passage, offset)
        return zotero_links(facts, page, is_pdf=essay.is_pdf)

    def _file_page(self, passage: Passage, offset: int) -> int:
        """Number in the PDF of the page of a character; 0 if it is not known."""
        try:
            numbers = self._printed_pages(passage.essay_id).file_pages(passage)
        except LibraryError:
            return 0  # the stored pages are damaged; the words are whole
        known = [number for page, number in zip(passage.pages, numbers, strict=True) if page.start <= offset]
        return known[-1] if known else 0

    def answer(self, answer: Answer) -> Answer:
        """An answer with the links of its passages and highlights."""
        return replace(answer, hits=tuple(map(self.hit, answer.hits)))

    def verdict(self, verdict: Verdict) -> Verdict:
        """A checked quotation with the links of its places."""
        return replace(verdict, matches=tuple(map(self._place, verdict.matches)))

    def _place(self, match: CitedComparison) -> CitedComparison:
        place = match.place
        if zotero_links(self._facts(place.essay_id)) is None:
            return match
        passages = self._essay(place.essay_id).passages
        passage = next(each for each in passages if each.id == place.passages[0])
        return replace(match, zotero=self.links(passage, place.start))

    def hit(self, hit: Hit) -> Hit:
        """A passage with the links of it and of its highlights."""
        links = self.links(hit.passage)
        if links is None:
            return hit
        highlights = tuple(
            replace(highlight, zotero=self.links(hit.passage, highlight.start))
            for highlight in hit.highlights
        )
        return replace(hit, zotero=links, highlights=highlights)

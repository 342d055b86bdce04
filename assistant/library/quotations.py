"""Checking quotations against the essays of a library."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.citations.locators import page_range
from assistant.citations.styles import Style
from assistant.core.answer import Citation
from assistant.core.essay import StoredEssay
from assistant.core.quotation import CitedComparison, Comparison, Verdict
from assistant.drafts.secondhand import SecondHand
from assistant.quotations.corpus import Corpus


class QuotationChecker:
    """Essays prepared for checking quotations.

    Args:
        essays: The essays, in the order in which places are listed.
    """

    def __init__(self, essays: Sequence[StoredEssay]) -> None:
        self.corpus = Corpus(essays)
        self._records = {essay.id: essay.reference for essay in essays}
        self._second_hand = SecondHand(essays)

    def verdict(self, text: str, style: Style, essays: Sequence[str] = ()) -> Verdict:
        """Judge a quotation.

        Args:
            text: The quotation, with or without its outer quotation marks.
            style: Citation style.
            essays: Ids of the only essays to look in; all if empty.

        Raises:
            AssistantError: If the text holds no words or is too long.
        """
        result = self.corpus.look_up(text, essays)
        matches = tuple(self._cited(comparison, style) for comparison in result.comparisons)
        return Verdict(text, result.verdict, matches, result.places)

    def _cited(self, comparison: Comparison, style: Style) -> CitedComparison:
        place = comparison.place
        pages = page_range(place.labels)
        quoted = self._second_hand.quotation_of(place)
        author = None if quoted is None else quoted.author
        citation = Citation(pages, style.in_text(self._records[place.essay_id], pages, quoting=author))
        return CitedComparison(comparison, citation, quoted)

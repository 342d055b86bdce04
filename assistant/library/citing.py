"""What goes from the essays into a draft: citations, records, and quotations that are checked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from assistant.citations.locators import locator_of, page_range
from assistant.citations.references import export_record
from assistant.citations.styles import Style, format_citation
from assistant.core.answer import Citation
from assistant.core.essay import StoredEssay
from assistant.core.quotation import CitedComparison, Comparison, Verdict
from assistant.drafts.secondhand import SecondHand
from assistant.quotations.corpus import Corpus


def cite_essay(
    essay: StoredEssay, style: Style, page: str | None, form: str, *, again: bool
) -> tuple[Citation, str]:
    """In-text citation and full reference of an essay.

    Args:
        essay: The essay.
        style: Citation style.
        page: Page or pages to cite, or ``None``.
        form: ``text``, ``markdown`` or ``html``.
        again: Whether the essay was cited before; only styles of notes distinguish it.

    Raises:
        AssistantError: If there is no such format, or the essay has no such page.
    """
    labels = list(
        dict.fromkeys(start.label for passage in essay.passages for start in passage.pages if start.label)
    )
    locator = "" if page is None else locator_of(page, labels, essay.id)
    in_text = (style.cached_again if again else style.cached_in_text)(essay.reference, locator)
    reference = format_citation(style.cached_reference(essay.reference), form)
    return Citation(locator, format_citation(in_text, form)), reference


def export_records(essays: Iterable[StoredEssay], form: str) -> str:
    """The records of several essays in one text: ``bibtex``, ``ris`` or ``csl-json``.

    Each record has its essay's id, so that no two have the same.

    Raises:
        AssistantError: If there is no such format.
    """
    return "\n".join(export_record(dict(essay.reference) | {"id": essay.id}, form) for essay in essays)


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
        return Verdict(text, result.verdict, matches, result.places, result.warnings)

    def _cited(self, comparison: Comparison, style: Style) -> CitedComparison:
        place = comparison.place
        pages = page_range(place.labels)
        quoted = self._second_hand.quotation_of(place)
        author = None if quoted is None else quoted.author
        citation = Citation(pages, style.in_text(self._records[place.essay_id], pages, quoting=author))
        return CitedComparison(comparison, citation, quoted)

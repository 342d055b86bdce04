"""Words of an essay as they go into a draft: in quotation marks, with the citation of exactly these words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.attribution.voices import Voicing
from assistant.citations.locators import pages_of
from assistant.citations.setting import is_set_off
from assistant.core.answer import Citation, PreparedQuotation, QuotedWords

if TYPE_CHECKING:
    from assistant.citations.styles.base import Style
    from assistant.core.essay import CSLItem, Passage, StoredEssay


def cited(
    passage: Passage, start: int, end: int, record: CSLItem, style: Style, voicing: Voicing
) -> tuple[Citation, QuotedWords | None]:
    """The citation of a span of a passage, by way of the essay if the span is quoted in it.

    Args:
        passage: The passage.
        start: Offset into its text.
        end: Offset behind the last character.
        record: Record of the essay.
        style: The citation style.
        voicing: Tells quoted words from the essay's own.

    Returns:
        The citation, and the quotation that all words of the span belong to, or ``None``.
    """
    pages = pages_of(passage, start, end)
    quoted = voicing.source(passage, start, end)
    author = None if quoted is None else quoted.author
    made = style.cited(record, pages, quoting=author)
    return Citation(pages, made.plain(), made), quoted


def drafted(
    passage: Passage, start: int, end: int, citation: Citation, quoted: QuotedWords | None, style: Style
) -> PreparedQuotation:
    """A span of a passage with its citation, set as the style sets quotations.

    Of words that the essay quotes, its own quotation marks and the citation behind them are left out: in the
    draft the style's marks and the citation by way of the essay stand in their place.
    """
    if quoted is not None:
        start, end = max(start, quoted.start), min(end, quoted.end)
    words = passage.text[start:end]
    made = style.quotation(words, citation.in_text)
    return PreparedQuotation(made, citation, is_set_off(words, made))


def quotable_sentences(essay: StoredEssay, style: Style) -> dict[str, list[PreparedQuotation]]:
    """Each sentence in quotation marks with the citation of exactly its words.

    Args:
        essay: The essay.
        style: The citation style.

    Returns:
        By passage id, one quotation for each of the passage's ``sentences``.
    """
    voicing = Voicing({essay.id: essay})

    def quotation(passage: Passage, start: int, end: int) -> PreparedQuotation:
        citation, quoted = cited(passage, start, end, essay.reference, style, voicing)
        return drafted(passage, start, end, citation, quoted, style)

    return {
        passage.id: [quotation(passage, start, end) for start, end in passage.sentences]
        for passage in essay.passages
    }

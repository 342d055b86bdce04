"""Words of an essay as they go into a draft: in quotation marks, with the citation of exactly these words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.answers import Citation, Quotation, Quoted
from assistant.asking.voicing import Voicing
from assistant.citing.locators import pages_of
from assistant.citing.quotations import is_set_off

if TYPE_CHECKING:
    from assistant.citing.style import Style
    from assistant.types import CSLItem, Passage, StoredEssay


def cited(
    passage: Passage, start: int, end: int, record: CSLItem, style: Style, voicing: Voicing
) -> tuple[Citation, Quoted | None]:
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
    passage: Passage, start: int, end: int, citation: Citation, quoted: Quoted | None, style: Style
) -> Quotation:
    """A span of a passage with its citation, set as the style sets quotations.

    Of words that the essay quotes, its own quotation marks and the citation behind them are left out: in the
    draft the style's marks and the citation by way of the essay stand in their place.
    """
    if quoted is not None:
        start, end = max(start, quoted.start), min(end, quoted.end)
    words = passage.text[start:end]
    made = style.quotation(words, citation.in_text)
    return Quotation(made, citation, is_set_off(words, made))


def quotable_sentences(essay: StoredEssay, style: Style) -> dict[str, list[Quotation]]:
    """Each sentence in quotation marks with the citation of exactly its words.

    Args:
        essay: The essay.
        style: The citation style.

    Returns:
        By passage id, one quotation for each of the passage's ``sentences``.
    """
    voicing = Voicing({essay.id: essay})

    def quotation(passage: Passage, start: int, end: int) -> Quotation:
        citation, quoted = cited(passage, start, end, essay.reference, style, voicing)
        return drafted(passage, start, end, citation, quoted, style)

    return {
        passage.id: [quotation(passage, start, end) for start, end in passage.sentences]
        for passage in essay.passages
    }

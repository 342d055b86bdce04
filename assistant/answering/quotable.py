"""Passages and words made ready to quote: a hit with its citation and reference, words in quotation marks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.attribution.voices import LibraryVoices
from assistant.citations.locators import place_of
from assistant.citations.setting import closing_marks, is_set_off
from assistant.core.answer import Citation, Highlight, Hit, Match, PreparedQuotation, QuotedWords

if TYPE_CHECKING:
    from collections.abc import Mapping

    from assistant.citations.styles import Style
    from assistant.core.essay import CSLItem, Passage, Spans, StoredEssay


def cite_span(
    passage: Passage, start: int, end: int, record: CSLItem, style: Style, voices: LibraryVoices
) -> tuple[Citation, QuotedWords | None]:
    """Cite a span of a passage; if the essay quotes the span, its source is cited by way of the essay.

    Args:
        passage: The passage.
        start: Offset into its text.
        end: Offset after the last character.
        record: Record of the essay.
        style: The citation style.
        voices: Distinguishes quoted words from the essay's own.

    Returns:
        The citation, and the quotation that all words of the span belong to, or ``None``.
    """
    where = place_of(passage, start, end)
    quoted = voices.quotation_of(passage, start, end)
    author = None if quoted is None else quoted.author
    citation = style.cached_in_text(record, where, quoting=author)
    return Citation.at(where, citation.plain(), citation), quoted


def prepare_quotation(
    passage: Passage, start: int, end: int, citation: Citation, quoted: QuotedWords | None, style: Style
) -> PreparedQuotation:
    """Set a span of a passage and its citation as the style sets quotations.

    If the essay quotes the words, its own quotation marks and the citation after them are left out: the draft
    has the style's marks and the citation by way of the essay instead.
    """
    if quoted is not None:
        start, end = max(start, quoted.start), min(end, quoted.end)
    words = passage.text[start:end]
    text = style.quotation(words, citation.in_text)
    set_off = is_set_off(words, text)
    if marks := closing_marks(words):
        before, _, after = text.rpartition(citation.in_text)
        text = f"{before}{marks}{citation.in_text}{after}"
    emphasis = tuple(
        passage.text[max(low, start) : min(high, end)]
        for low, high in passage.emphasis
        if low < end and start < high
    )
    return PreparedQuotation(text, citation, set_off, emphasis)


def quotable_sentences(essay: StoredEssay, style: Style) -> dict[str, list[PreparedQuotation]]:
    """Prepare every sentence of an essay, each with the citation of exactly its words.

    Returns:
        By passage id, a quotation for each of the passage's ``sentences``.
    """
    voices = LibraryVoices({essay.id: essay})

    def quotation(passage: Passage, start: int, end: int) -> PreparedQuotation:
        citation, quoted = cite_span(passage, start, end, essay.reference, style, voices)
        return prepare_quotation(passage, start, end, citation, quoted, style)

    return {
        passage.id: [quotation(passage, start, end) for start, end in passage.sentences]
        for passage in essay.passages
    }


@dataclass(frozen=True, slots=True)
class HitMaker:
    """Makes hits in one citation style.

    Attributes:
        essays: The essays, by id.
        voices: Distinguishes quoted words from the essays' own.
        style: The citation style.
    """

    essays: Mapping[str, StoredEssay]
    voices: LibraryVoices
    style: Style

    def hit(self, passage: Passage, score: float, spans: Spans, matches: tuple[Match, ...] = ()) -> Hit:
        """A passage as a hit; ``spans`` are those of its highlights."""
        record = self.essays[passage.essay_id].reference
        citation, quoted = cite_span(passage, 0, len(passage.text), record, self.style, self.voices)
        quotation = prepare_quotation(passage, 0, len(passage.text), citation, quoted, self.style)
        reference = self.style.cached_reference(record)
        return Hit(
            passage=passage,
            score=score,
            highlights=tuple(self.highlight(passage, start, end) for start, end in spans),
            citation=citation,
            reference=reference.plain(),
            quotation=quotation.text,
            matches=matches,
            quoted=quoted,
            block=quotation.block,
            reference_rich=reference,
            emphasis=quotation.emphasis,
        )

    def highlight(self, passage: Passage, start: int, end: int) -> Highlight:
        """A span of a passage, cited and prepared for a draft."""
        record = self.essays[passage.essay_id].reference
        citation, quoted = cite_span(passage, start, end, record, self.style, self.voices)
        quotation = prepare_quotation(passage, start, end, citation, quoted, self.style)
        return Highlight(
            start=start,
            end=end,
            text=passage.text[start:end],
            citation=citation,
            quotation=quotation.text,
            quoted=quoted,
            block=quotation.block,
            emphasis=quotation.emphasis,
        )

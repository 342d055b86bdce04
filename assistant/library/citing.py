"""What goes from the essays into a draft: citations, records, and quotations that are checked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from assistant.answering.quotable import cite_span, prepare_quotation
from assistant.attribution.voices import LibraryVoices
from assistant.citations.language_marks import with_marks_of
from assistant.citations.locators import locator_of, page_range
from assistant.citations.record import field
from assistant.citations.references import export_record
from assistant.citations.setting import NOTE_CALL, is_set_off, set_as_block, set_as_block_with_note
from assistant.citations.styles import Style, format_citation
from assistant.core.answer import Citation, InsertableQuotation, PreparedQuotation
from assistant.core.errors import AssistantError
from assistant.core.essay import CSLItem, Passage, Span, StoredEssay
from assistant.core.quotation import CitedComparison, Comparison, Verdict
from assistant.drafts.secondhand import SecondHand
from assistant.quotations.essays import SourceEssays

# For the rest of a sentence.
_CUT = " . . ."


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
    pages = [start.label for passage in essay.passages for start in passage.pages if start.label]
    labels = list(dict.fromkeys(pages or [each.locator for each in essay.passages if each.locator]))
    locator = "" if page is None else locator_of(page, labels, essay.id)
    in_text = (style.cached_again if again else style.cached_in_text)(essay.reference, locator)
    reference = format_citation(style.cached_reference(essay.reference), form)
    return Citation.at(locator, format_citation(in_text, form)), reference


def quote_words(essay: StoredEssay, words: Sequence[tuple[str, Span]], style: Style) -> PreparedQuotation:
    """Words that a reader selected, with the citation of exactly these words, as they go into a draft.

    Args:
        essay: The essay.
        words: Passage ids and spans of their texts, in reading order. Words of several passages become a
            block with one paragraph each, whatever the style does with so many words.
        style: The citation style.

    Raises:
        AssistantError: If a passage is not in the essay, or a span not in its passage.
    """
    passages = {passage.id: passage for passage in essay.passages}
    for passage_id, (start, end) in words:
        if passage_id not in passages or not 0 <= start < end <= len(passages[passage_id].text):
            raise AssistantError(f"The essay {essay.id} does not have these words; load the page again.")
    if len(words) == 1:
        ((passage_id, (start, end)),) = words
        passage = passages[passage_id]
        voices = LibraryVoices({essay.id: essay})
        citation, quoted = cite_span(passage, start, end, essay.reference, style, voices)
        prepared = prepare_quotation(passage, start, end, citation, quoted, style)
        if quoted is not None or not style.marks_cut_sentences or not _is_cut_at_end(passage, start, end):
            return prepared
        text = style.quotation(passage.text[start:end].rstrip(",;: ") + _CUT, citation.in_text)
        return replace(prepared, text=text)
    slices = [(passages[passage_id], *span) for passage_id, span in words]
    where = page_range([label for passage, start, end in slices for label in passage.places_of(start, end)])
    in_text = style.cached_in_text(essay.reference, where)
    block = "\n".join(passage.text[start:end] for passage, start, end in slices)
    if style.marks_cut_sentences and _is_cut_at_end(*slices[-1]):
        block = block.rstrip(",;: ") + _CUT
    text = style.quotation(block, in_text.plain())
    if not is_set_off(block, text):
        set_off = set_as_block_with_note if text.endswith(f"\n\n1. {in_text.plain()}") else set_as_block
        text = set_off(block, in_text.plain())
    emphasis = tuple(
        passage.text[max(low, start) : min(high, end)]
        for passage, start, end in slices
        for low, high in passage.emphasis
        if low < end and start < high
    )
    return PreparedQuotation(
        text, Citation.at(where, in_text.plain(), in_text), block=True, emphasis=emphasis
    )


def insertable_quotation(
    essay: StoredEssay, passage_id: str, start: int, end: int | None, style: Style, language: str
) -> InsertableQuotation:
    """Words of a passage with all that a word processor needs to insert them.

    Args:
        essay: The essay.
        passage_id: The passage.
        start: Offset into its text.
        end: Offset after the last character; ``None`` for the end of the text.
        style: The citation style.
        language: Tag of the draft's language, whose quotation marks are used; empty for the style's own.

    Raises:
        AssistantError: As for ``quote_words``.
    """
    passage = next((passage for passage in essay.passages if passage.id == passage_id), None)
    if passage is None:
        raise AssistantError(f"{essay.id} has no passage {passage_id!r}; ask once more.")
    end = len(passage.text) if end is None else end
    if not 0 <= start < end <= len(passage.text):
        raise AssistantError(f"{passage_id} has {len(passage.text)} characters; ask once more.")
    prepared = quote_words(essay, [(passage_id, (start, end))], style)
    if language:
        cited = prepared.text.rfind(prepared.citation.in_text)
        words = prepared.text[:cited].removesuffix(NOTE_CALL).rstrip()
        translated = with_marks_of(words, language, in_marks=not prepared.block)
        prepared = replace(prepared, text=translated + prepared.text[len(words) :])
    quoted = LibraryVoices({essay.id: essay}).quotation_of(passage, start, end)
    author = None if quoted is None else quoted.author
    return InsertableQuotation(
        passage=passage,
        start=start,
        end=end,
        quotation=prepared,
        quoted=quoted,
        again=style.cached_again(essay.reference, prepared.citation.where, quoting=author),
        reference=style.cached_reference(essay.reference),
    )


def _is_cut_at_end(passage: Passage, start: int, end: int) -> bool:
    """Whether words look like whole sentences, but the last sentence goes on in print."""
    begins = any(first >= start for first, last in passage.sentences if first < end)
    rest = next((passage.text[end:last] for first, last in passage.sentences if first < end < last), "")
    goes_on = any(character.isalnum() for character in rest)
    return begins and goes_on


def export_records(essays: Mapping[str, CSLItem], form: str) -> str:
    """The records of several essays, by their ids, in one text: ``bibtex``, ``ris`` or ``csl-json``.

    Each record has its citation key, or its essay's id, so that no two have the same.

    Raises:
        AssistantError: If there is no such format.
    """
    keys = Counter(field(record, "citation-key") for record in essays.values())
    records = []
    for essay_id, whole in essays.items():
        key = field(whole, "citation-key")
        own = key if key and keys[key] == 1 else essay_id
        record = {name: value for name, value in whole.items() if name != "citation-key"}
        stated = {"citation-key": own} if key else {}
        records.append(export_record({**record, **stated, "id": own}, form))
    return "\n".join(records)


class QuotationChecker:
    """Checks quotations.

    Args:
        sources: The essays in which they are looked up.
    """

    def __init__(self, sources: SourceEssays) -> None:
        self._sources = sources
        self._second_hand = SecondHand(sources)

    def verdict(self, text: str, style: Style, essays: Sequence[str] = ()) -> Verdict:
        """Judge a quotation.

        Args:
            text: The quotation, with or without its outer quotation marks.
            style: Citation style.
            essays: Ids of the only essays to look in; all if empty.

        Raises:
            AssistantError: If the text holds no words or is too long.
        """
        result = self._sources.corpus.look_up(text, essays)
        matches = tuple(self._cited(comparison, style) for comparison in result.comparisons)
        return Verdict(text, result.verdict, matches, result.places, result.warnings)

    def _cited(self, comparison: Comparison, style: Style) -> CitedComparison:
        place = comparison.place
        where = page_range(place.where)
        quoted = self._second_hand.quotation_of(place)
        author = None if quoted is None else quoted.author
        citation = Citation.at(
            where, style.in_text(self._sources.records[place.essay_id], where, quoting=author)
        )
        return CitedComparison(comparison, citation, quoted)

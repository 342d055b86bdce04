"""Look pinned words up in the library again: the same slice of the same passage, as it is cited now."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from assistant.answering.quotable import cite_span, prepare_quotation
from assistant.attribution.voices import LibraryVoices
from assistant.citations.setting import is_set_off
from assistant.citations.titles import title_of
from assistant.core.answer import Citation, PreparedQuotation
from assistant.core.errors import AssistantError
from assistant.core.notebook import Entry, Mark, Notebook, Pin, Section
from assistant.core.rich import rich

if TYPE_CHECKING:
    from assistant.citations.styles import Style
    from assistant.core.essay import Passage, StoredEssay


def notebook_of(
    title: str,
    sections: Sequence[Section],
    essay: Callable[[str], StoredEssay],
    style: Style,
    list_title: str,
) -> Notebook:
    """Make a notebook of pins, with their present quotations and citations.

    Args:
        title: Title of the notebook.
        sections: What a browser saved; it may name essays and passages that do not exist any more.
        essay: Returns the essay of an id, or raises an ``AssistantError``.
        style: The citation style.
        list_title: The style's title for the list of references.
    """
    lookup = _PinLookup(essay, style)
    entries = tuple((section, tuple(map(lookup.entry, section.pins))) for section in sections)
    return Notebook(title, entries, list_title)


class _PinLookup:
    """Looks pins up; each essay is loaded once."""

    def __init__(self, essay: Callable[[str], StoredEssay], style: Style) -> None:
        self._load = essay
        self._style = style
        self._essays: dict[str, _LoadedEssay | None] = {}

    def entry(self, pin: Pin) -> Entry:
        essay = self._essay(pin.essay)
        passage = essay.passages.get(pin.passage) if essay else None
        if essay is None or passage is None or not _is_current(pin, passage):
            return self._saved_entry(pin)
        return self._current_entry(pin, essay, passage)

    def _essay(self, essay_id: str) -> _LoadedEssay | None:
        if essay_id not in self._essays:
            try:
                self._essays[essay_id] = _LoadedEssay(self._load(essay_id))
            except AssistantError:
                self._essays[essay_id] = None
        return self._essays[essay_id]

    def _current_entry(self, pin: Pin, essay: _LoadedEssay, passage: Passage) -> Entry:
        record = essay.stored.reference

        def citation(start: int, end: int) -> Citation:
            return cite_span(passage, start, end, record, self._style, essay.voices)[0]

        whole, quoted = cite_span(passage, pin.start, pin.end, record, self._style, essay.voices)
        start, end = pin.start, pin.end
        if quoted:
            start, end = max(start, quoted.start), min(end, quoted.end)
        quotation = _curled(prepare_quotation(passage, pin.start, pin.end, whole, quoted, self._style))
        marks = tuple(
            Mark(max(low, start) - start, min(high, end) - start, citation(low, high))
            for low, high in pin.marked
            if low < end and start < high
        )
        title = title_of(record) or rich(essay.stored.report.title)
        reference = self._style.cached_reference(record)
        return Entry(pin, True, passage.text[start:end], quotation, title, reference, marks)  # noqa: FBT003 - ``current``

    def _saved_entry(self, pin: Pin) -> Entry:
        """An entry with the words and the citation that the browser saved."""
        title, reference = pin.title or pin.essay, rich(pin.reference)
        citation = Citation("", pin.citation or f"({title})")
        text = self._style.quotation(pin.words, citation.in_text)
        quotation = _curled(PreparedQuotation(text, citation, is_set_off(pin.words, text)))
        return Entry(pin, False, pin.words, quotation, rich(title), reference)  # noqa: FBT003 - ``current``


def _is_current(pin: Pin, passage: Passage) -> bool:
    """Whether a passage still has a pin's words where they were pinned."""
    # With an end after the end of the text the slice alone would be equal.
    return passage.text[pin.start : pin.end] == pin.words and pin.end - pin.start == len(pin.words)


def _curled(quotation: PreparedQuotation) -> PreparedQuotation:
    """Use typographic quotation marks, unless the words have straight marks or apostrophes."""
    _, *inner = quotation.text.split('"', 2)
    if quotation.block or len(inner) < 2 or "'" in inner[0]:
        return quotation
    return replace(quotation, text=f"“{inner[0]}”{inner[1]}")


class _LoadedEssay:
    """An essay with its passages by id, and whose words they are."""

    def __init__(self, stored: StoredEssay) -> None:
        self.stored = stored
        self.passages: Mapping[str, Passage] = {passage.id: passage for passage in stored.passages}
        self.voices = LibraryVoices({stored.id: stored})

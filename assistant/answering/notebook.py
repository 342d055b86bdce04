"""Pinned words looked up in the library again: the same slice of the same passage, cited as it now is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from assistant.answering.quotable import cited, drafted
from assistant.attribution.voices import Voicing
from assistant.citations.setting import is_set_off
from assistant.citations.titles import title_of
from assistant.core.answer import Citation, PreparedQuotation
from assistant.core.errors import AssistantError
from assistant.core.notebook import Entry, Mark, Notebook, Pin, Section
from assistant.core.rich import rich

if TYPE_CHECKING:
    from assistant.citations.styles.base import Style
    from assistant.core.essay import Passage, StoredEssay


def notebook_of(
    title: str,
    sections: Sequence[Section],
    essay: Callable[[str], StoredEssay],
    style: Style,
    list_title: str,
) -> Notebook:
    """Pins with their quotations and citations as they are now.

    Args:
        title: What stands above them.
        sections: What a browser kept; it may name essays and passages that are not there.
        essay: Gives the essay of an id, or raises an ``AssistantError``.
        style: The citation style.
        list_title: What the style calls the list of references.
    """
    entries = _Entries(essay, style)
    made = tuple((section, tuple(map(entries.of, section.pins))) for section in sections)
    return Notebook(title, made, list_title)


class _Entries:
    """Looks pins up, each essay being read once."""

    def __init__(self, essay: Callable[[str], StoredEssay], style: Style) -> None:
        self._read = essay
        self._style = style
        self._held: dict[str, _Held | None] = {}

    def of(self, pin: Pin) -> Entry:
        held = self._of(pin.essay)
        passage = held.passages.get(pin.passage) if held else None
        # An end behind the text would give a slice all the same.
        stands = passage is not None and passage.text[pin.start : pin.end] == pin.words
        if held is None or passage is None or not stands or pin.end - pin.start != len(pin.words):
            return self._as_kept(pin)
        return self._now(pin, held, passage)

    def _of(self, essay_id: str) -> _Held | None:
        if essay_id not in self._held:
            try:
                self._held[essay_id] = _Held(self._read(essay_id))
            except AssistantError:
                self._held[essay_id] = None
        return self._held[essay_id]

    def _now(self, pin: Pin, held: _Held, passage: Passage) -> Entry:
        record, voicing = held.essay.reference, held.voicing

        def citation(start: int, end: int) -> Citation:
            return cited(passage, start, end, record, self._style, voicing)[0]

        whole, quoted = cited(passage, pin.start, pin.end, record, self._style, voicing)
        start, end = (
            (max(pin.start, quoted.start), min(pin.end, quoted.end)) if quoted else (pin.start, pin.end)
        )
        quotation = _curled(drafted(passage, pin.start, pin.end, whole, quoted, self._style))
        marks = tuple(
            Mark(max(low, start) - start, min(high, end) - start, citation(low, high))
            for low, high in pin.marked
            if low < end and start < high
        )
        title = title_of(record) or rich(held.essay.report.title)
        reference = self._style.listed(record)
        return Entry(pin, True, passage.text[start:end], quotation, title, reference, marks)  # noqa: FBT003 - the noun's second

    def _as_kept(self, pin: Pin) -> Entry:
        title, reference = pin.title or pin.essay, rich(pin.reference)
        citation = Citation("", pin.citation or f"({title})")
        made = self._style.quotation(pin.words, citation.in_text)
        quotation = _curled(PreparedQuotation(made, citation, is_set_off(pin.words, made)))
        return Entry(pin, False, pin.words, quotation, rich(title), reference)  # noqa: FBT003 - the noun's second


def _curled(quotation: PreparedQuotation) -> PreparedQuotation:
    """A quotation within typographic marks, unless its words are typed with straight marks or apostrophes."""
    _, *inner = quotation.text.split('"', 2)
    if quotation.block or len(inner) < 2 or "'" in inner[0]:
        return quotation
    return replace(quotation, text=f"“{inner[0]}”{inner[1]}")


class _Held:
    """An essay of the library, its passages by id, and whose words they are."""

    def __init__(self, essay: StoredEssay) -> None:
        self.essay = essay
        self.passages: Mapping[str, Passage] = {passage.id: passage for passage in essay.passages}
        self.voicing = Voicing({essay.id: essay})

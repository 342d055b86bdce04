"""Make a passage that was found into a hit: cited, with its reference, and prepared for a draft."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.answering.quotable import cite_span, prepare_quotation
from assistant.core.answer import Highlight, Hit, Match

if TYPE_CHECKING:
    from collections.abc import Mapping

    from assistant.attribution.library_voices import LibraryVoices
    from assistant.citations.styles import Style
    from assistant.core.essay import Passage, Spans, StoredEssay


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

"""Whose words the passages of a library hold. An essay is analysed when it is first asked about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from assistant.attribution.quoted_spans import QuotedSpans
from assistant.core.answer import QuotedWords, Voice
from assistant.core.essay import Passage, Span, Spans, StoredEssay
from assistant.core.recent import Recent

if TYPE_CHECKING:
    from assistant.attribution.voices import EssayVoices

# Essays whose analysis is kept.
_MOST_KEPT = 500


class LibraryVoices:
    """Distinguishes quoted words from the essays' own, for essays by id."""

    def __init__(self, essays: Mapping[str, StoredEssay]) -> None:
        self._essays = essays
        self._spans: dict[str, QuotedSpans] = Recent(_MOST_KEPT)
        self._voices: dict[str, EssayVoices] = Recent(_MOST_KEPT)

    def quotation_of(self, passage: Passage, start: int, end: int) -> QuotedWords | None:
        """The quotation that contains all words of a span; ``None`` if some are the essay's own."""
        if not self._spans_of(passage).covers(passage.id, start, end):
            # The marks alone decide nearly every case, so that the rest of this room is rarely loaded.
            return None
        return self._of(passage).quotation_of(passage.id, start, end)

    def phrase_of(self, passage: Passage, start: int, end: int) -> QuotedWords | None:
        """The phrase in marks that contains all words of a span; as ``EssayVoices.phrase_of``."""
        if not self._spans_of(passage).covers(passage.id, start, end):
            return None
        return self._of(passage).phrase_of(passage.id, start, end)

    def quoted(self, passage: Passage) -> tuple[QuotedWords, ...]:
        """All quoted words of a passage."""
        return self._of(passage).of(passage.id)

    def sentences(self, passage: Passage, voice: Voice) -> Spans:
        """Sentences of a passage with words of a voice."""
        voices = self._of(passage)
        other = "quoted" if voice == "author" else "author"
        return tuple(span for span in passage.sentences if voices.voice(passage.id, *span) != other)

    def _spans_of(self, passage: Passage) -> QuotedSpans:
        essay = passage.essay_id
        spans = self._spans.get(essay)
        if spans is None:
            self._spans[essay] = spans = QuotedSpans(self._essays[essay].passages)
        return spans

    def _of(self, passage: Passage) -> EssayVoices:
        from assistant.attribution.voices import EssayVoices

        essay = passage.essay_id
        voices = self._voices.get(essay)
        if voices is None:
            voices = EssayVoices(self._essays[essay].passages, self._spans_of(passage))
            self._voices[essay] = voices
        return voices


def touched_sentences(spans: Spans, sentences: Spans, passage: Passage) -> Spans:
    """Those of ``sentences`` that overlap spans of a passage; adjacent ones become one span."""
    touched: list[Span] = []
    for number, (start, end) in enumerate(passage.sentences):
        if (start, end) not in sentences or not any(low < end and start < high for low, high in spans):
            continue
        if touched and number and touched[-1][1] == passage.sentences[number - 1][1]:
            touched[-1] = (touched[-1][0], end)
        else:
            touched.append((start, end))
    return tuple(touched)

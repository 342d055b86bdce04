"""Whose words the passages of a library hold; an essay is looked through when first asked about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from assistant.answers import Quoted, Wanted
from assistant.citing.quoted_places import Places
from assistant.retrieval.ranking import Spans
from assistant.types import Passage, StoredEssay

if TYPE_CHECKING:
    from assistant.citing.voices import Voices


class Voicing:
    """Tells quoted words from the essays' own.

    Args:
        essays: The essays, by id.
    """

    def __init__(self, essays: Mapping[str, StoredEssay]) -> None:
        self._essays = essays
        self._places: dict[str, Places] = {}
        self._voices: dict[str, Voices] = {}

    def source(self, passage: Passage, start: int, end: int) -> Quoted | None:
        """The quotation that all words of a span belong to, or ``None`` if the essay's own are among them."""
        if not self._marks(passage).hold(passage.id, start, end):
            # Nearly every answer ends here, where the marks alone tell.
            return None
        return self._of(passage).source(passage.id, start, end)

    def quoted(self, passage: Passage) -> tuple[Quoted, ...]:
        """All quoted words of a passage."""
        return self._of(passage).of(passage.id)

    def sentences(self, passage: Passage, wanted: Wanted) -> Spans:
        """Sentences of a passage in which words of its author, or quoted ones, stand."""
        voices = self._of(passage)
        other = "quoted" if wanted == "author" else "author"
        return tuple(span for span in passage.sentences if voices.voice(passage.id, *span) != other)

    def _marks(self, passage: Passage) -> Places:
        essay = passage.essay_id
        if essay not in self._places:
            self._places[essay] = Places(self._essays[essay].passages)
        return self._places[essay]

    def _of(self, passage: Passage) -> Voices:
        from assistant.citing.voices import Voices  # noqa: PLC0415 - seldom needed, and slow to load

        essay = passage.essay_id
        if essay not in self._voices:
            self._voices[essay] = Voices(self._essays[essay].passages, self._marks(passage))
        return self._voices[essay]


def within(spans: Spans, sentences: Spans, passage: Passage) -> Spans:
    """The sentences among some that spans of a passage touch; neighbours become one span."""
    made: list[tuple[int, int]] = []
    for number, (start, end) in enumerate(passage.sentences):
        if (start, end) not in sentences or not any(low < end and start < high for low, high in spans):
            continue
        if made and number and made[-1][1] == passage.sentences[number - 1][1]:
            made[-1] = (made[-1][0], end)
        else:
            made.append((start, end))
    return tuple(made)

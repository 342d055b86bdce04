"""From a question to an answer: ranked passages, their answering sentences, and citations of both."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from assistant.answers import Answer, Citation, Highlight, Hit
from assistant.citing.locators import pages_of
from assistant.citing.styles import Style
from assistant.errors import AssistantError
from assistant.finding import Finder
from assistant.retrieval import questions
from assistant.retrieval.ranking import Ranked, Ranking
from assistant.types import Passage

if TYPE_CHECKING:
    from assistant.retrieval.sentence_reranker import Reranker

NO_WORDS = "The question has no word to look for; name what you are looking for."
CUT = f"Only the first {questions.LONGEST:,} characters of the question were read."


class Answerer:
    """Answers questions with what a finder finds.

    Args:
        finder: Finds passages in the essays.
    """

    def __init__(self, finder: Finder) -> None:
        self._finder = finder

    def answer(
        self,
        question: str,
        *,
        top: int,
        essays: Sequence[str],
        style: Style,
        history: Sequence[str],
        fast: bool = False,
        reranker: Reranker | None = None,
    ) -> Answer:
        """Answer a question; see ``Library.ask``."""
        question = questions.readable(question)
        asked = question.strip()
        if not asked:
            raise AssistantError("The question is empty; ask it in words.")
        if top < 1:
            raise AssistantError(f"{top} passages cannot be shown; ask for 1 or more.")
        read = self._finder.read(asked[: questions.LONGEST], history)
        names = (
            {name for name, one in self._finder.passages.items() if one.essay_id in essays}
            if essays
            else None
        )
        ranking = self._finder.find(read, names, fast=fast, reranker=reranker)
        searchable = bool(questions.words(read)) and (
            bool(questions.content_words(read)) or bool(ranking.spans) or ranking.confidence == 1
        )
        hits = tuple(self._hit(one, ranking, style) for one in ranking.ranked[:top])
        confidence = ranking.confidence if searchable else 0.0
        return Answer(
            question=question,
            answered=bool(hits) and confidence >= ranking.threshold,
            confidence=confidence,
            hits=hits,
            note=NO_WORDS if not searchable else CUT if len(asked) > questions.LONGEST else ranking.note,
        )

    def _among(self, essays: Sequence[str]) -> set[str] | None:
        """Ids of the passages of some essays; ``None`` for all of them."""
        if not essays:
            return None
        return {name for name, one in self._finder.passages.items() if one.essay_id in essays}

    def _hit(self, ranked: Ranked, ranking: Ranking, style: Style) -> Hit:
        passage = self._finder.passages[ranked.passage]
        spans = self._finder.highlights(ranking, ranked)
        record = self._finder.essays[passage.essay_id].reference
        citation = self._citation(passage, 0, len(passage.text), style)
        return Hit(
            passage,
            ranked.score,
            tuple(self._highlight(passage, start, end, style) for start, end in spans),
            citation,
            style.reference(record),
            style.quotation(passage.text, citation.in_text),
            self._finder.matches(ranking, ranked),
        )

    def _citation(self, passage: Passage, start: int, end: int, style: Style) -> Citation:
        pages = pages_of(passage, start, end)
        return Citation(pages, style.in_text(self._finder.essays[passage.essay_id].reference, pages))

    def _highlight(self, passage: Passage, start: int, end: int, style: Style) -> Highlight:
        citation = self._citation(passage, start, end, style)
        words = passage.text[start:end]
        return Highlight(start, end, words, citation, style.quotation(words, citation.in_text))

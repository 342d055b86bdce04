"""From a question to an answer: ranked passages, their answering sentences, and citations of both."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from assistant.answers import Answer, Citation, Highlight, Hit
from assistant.citing.locators import pages_of
from assistant.citing.styles import Style
from assistant.errors import AssistantError
from assistant.finding import Finder
from assistant.retrieval import questions
from assistant.retrieval.encoder import Encoder
from assistant.retrieval.index import Index
from assistant.retrieval.ranking import Ranked, Ranking, Spans
from assistant.types import Passage, StoredEssay

if TYPE_CHECKING:
    from assistant.retrieval.cross_encoder import Judge
    from assistant.retrieval.sentence_reranker import Reranker

NO_WORDS = "The question has no word to look for; name what you are looking for."
CUT = f"Only the first {questions.LONGEST:,} characters of the question were read."


class Answerer:
    """Answers questions from an index and its essays.

    Args:
        index: The index.
        encoder: The model that made it.
        essays: The essays in it, by id.
        judge: Reads a question and an excerpt together; ``None`` to do without.
    """

    def __init__(
        self,
        index: Index,
        encoder: Encoder,
        essays: Mapping[str, StoredEssay],
        judge: Judge | None = None,
    ) -> None:
        self._essays = essays
        self._finder = Finder(index, encoder, essays, judge)
        self._passages = self._finder.passages
        self.searcher = self._finder.searcher

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
        read = self.read(asked[: questions.LONGEST], history)
        names = {name for name, one in self._passages.items() if one.essay_id in essays} if essays else None
        ranking = self.ranking(read, names, fast=fast, reranker=reranker)
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

    def read(self, question: str, history: Sequence[str]) -> str:
        """The question as it is searched: with the earlier ones before it that it leans on."""
        return self._finder.read(question, history)

    def ranking(
        self,
        question: str,
        passages: Collection[str] | None = None,
        *,
        fast: bool = False,
        reranker: Reranker | None = None,
    ) -> Ranking:
        """Rank some passages, or all; see ``Finder.find``."""
        return self._finder.find(question, passages, fast=fast, reranker=reranker)

    def highlights(self, ranking: Ranking, ranked: Ranked) -> Spans:
        """Spans of the sentences of a ranked passage that answer, in reading order."""
        return self._finder.highlights(ranking, ranked)

    def _hit(self, ranked: Ranked, ranking: Ranking, style: Style) -> Hit:
        passage = self._passages[ranked.passage]
        spans = self.highlights(ranking, ranked)
        record = self._essays[passage.essay_id].reference
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
        return Citation(pages, style.in_text(self._essays[passage.essay_id].reference, pages))

    def _highlight(self, passage: Passage, start: int, end: int, style: Style) -> Highlight:
        citation = self._citation(passage, start, end, style)
        words = passage.text[start:end]
        return Highlight(start, end, words, citation, style.quotation(words, citation.in_text))

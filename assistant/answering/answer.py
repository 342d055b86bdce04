"""From a question to an answer: ranked passages, their answering sentences, and citations of both."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING

from assistant.answering.quotable import cited, drafted
from assistant.attribution.voices import within
from assistant.citations.styles import Style
from assistant.core.answer import Answer, Citation, Highlight, Hit, QuotedWords, Wanted
from assistant.core.errors import AssistantError
from assistant.core.essay import Passage, Spans
from assistant.retrieval import questions
from assistant.retrieval.finder import Finder, Ranking
from assistant.retrieval.ranking import Ranked, nearest

if TYPE_CHECKING:
    from assistant.retrieval.models.sentence_transformers import Reranker

NO_WORDS = "The question has no word to look for; name what you are looking for."
CUT = f"Only the first {questions.LONGEST:,} characters of the question were read."
NO_VOICE: dict[Wanted, str] = {
    "author": "No passage that was looked through holds words of an essay's own author.",
    "quoted": "No passage that was looked through holds words quoted from somebody.",
}
# Passages that are looked at when one voice alone is asked for: the nearest that have it.
_VOICED = 100


class Answerer:
    """Answers questions with what a finder finds.

    Args:
        finder: Finds passages in the essays.
        explained: Whether to say why each was found.
    """

    def __init__(self, finder: Finder, *, explained: bool = True) -> None:
        self._finder = finder
        self._explained = explained

    def answers(
        self,
        question: str,
        *,
        top: int,
        essays: Sequence[str],
        style: Style,
        history: Sequence[str],
        fast: bool = False,
        reranker: Reranker | None = None,
        voice: Wanted | None = None,
    ) -> Iterator[Answer]:
        """Answer a question as soon as passages are found and, unless ``fast``, when they have been read.

        The last answer is the one that ``Library.ask`` gives, where the arguments are told; the one before it
        differs in how sure it is.
        """
        question = questions.readable(question)
        asked = question.strip()
        if not asked:
            raise AssistantError("The question is empty; ask it in words.")
        if top < 1:
            raise AssistantError(f"{top} passages cannot be shown; ask for 1 or more.")
        read = self._finder.read(asked[: questions.LONGEST], history)
        among: Collection[str] | None = self._finder.among(essays)
        if voice is not None:
            among = self._voiced(read, among, voice)
            if not among:
                note = NO_VOICE[voice] if questions.words(read) else NO_WORDS
                yield Answer(question, answered=False, confidence=0.0, hits=(), note=note)
                return
        ranking = self._finder.find(read, among, fast=True, reranker=reranker)
        searchable = bool(questions.words(read)) and (
            bool(questions.content_words(read)) or bool(ranking.spans) or ranking.confidence == 1
        )
        hits = tuple(self._hit(one, ranking, style, voice) for one in ranking.ranked[:top])
        note = NO_WORDS if not searchable else CUT if len(asked) > questions.LONGEST else ranking.note
        yield _answer(question, ranking if searchable else None, hits, note)
        if not fast:
            judged = self._finder.judged(ranking)
            yield _answer(question, judged if searchable else None, hits, note)

    def _voiced(self, question: str, among: Collection[str] | None, voice: Wanted) -> set[str]:
        """Ids of the passages nearest to a question in which a voice speaks."""
        found: set[str] = set()
        for one in self._finder.find(question, among, fast=True).ranked:
            if self._finder.voicing.sentences(self._finder.passages[one.passage], voice):
                found.add(one.passage)
            if len(found) == _VOICED:
                break
        return found

    def _hit(self, ranked: Ranked, ranking: Ranking, style: Style, voice: Wanted | None) -> Hit:
        passage = self._finder.passages[ranked.passage]
        spans = self._spans(ranked, ranking, voice)
        record = self._finder.essays[passage.essay_id].reference
        citation, quoted = self._citation(passage, 0, len(passage.text), style)
        quotation = drafted(passage, 0, len(passage.text), citation, quoted, style)
        listed = style.listed(record)
        return Hit(
            passage,
            ranked.score,
            tuple(self._highlight(passage, start, end, style) for start, end in spans),
            citation,
            listed.plain(),
            quotation.text,
            self._finder.matches(ranking, ranked) if self._explained else (),
            quoted,
            quotation.block,
            listed,
        )

    def _spans(self, ranked: Ranked, ranking: Ranking, voice: Wanted | None) -> Spans:
        """Answering sentences, all of them with the voice that is asked for."""
        spans = self._finder.highlights(ranking, ranked)
        if voice is None:
            return spans
        passage = self._finder.passages[ranked.passage]
        sentences = self._finder.voicing.sentences(passage, voice)
        if kept := within(spans, sentences, passage):
            return kept
        searcher = self._finder.searcher
        rows = searcher.rows([passage.id])
        return nearest(ranking.query, ranking.weights, searcher.index, rows, sentences)

    def _citation(
        self, passage: Passage, start: int, end: int, style: Style
    ) -> tuple[Citation, QuotedWords | None]:
        record = self._finder.essays[passage.essay_id].reference
        return cited(passage, start, end, record, style, self._finder.voicing)

    def _highlight(self, passage: Passage, start: int, end: int, style: Style) -> Highlight:
        citation, quoted = self._citation(passage, start, end, style)
        quotation = drafted(passage, start, end, citation, quoted, style)
        words = passage.text[start:end]
        return Highlight(start, end, words, citation, quotation.text, quoted, quotation.block)


def _answer(question: str, ranking: Ranking | None, hits: tuple[Hit, ...], note: str) -> Answer:
    """An answer that is as sure as a ranking is; not at all without one."""
    confidence = 0.0 if ranking is None else ranking.confidence
    answered = ranking is not None and bool(hits) and confidence >= ranking.threshold
    return Answer(question=question, answered=answered, confidence=confidence, hits=hits, note=note)

"""Answer a question with passages of the essays, their answering sentences, and citations of both."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING

from assistant.answering.quotable import cite_span, prepare_quotation
from assistant.attribution.library_voices import LibraryVoices, touched_sentences
from assistant.citations.styles import Style
from assistant.core.answer import Answer, Citation, Highlight, Hit, QuotedWords, Voice
from assistant.core.errors import AssistantError
from assistant.core.essay import Passage, Spans
from assistant.retrieval.finder import Finder, Ranking
from assistant.retrieval.questions import MOST_QUESTION_CHARACTERS, Question, readable
from assistant.retrieval.ranking import Ranked, nearest_sentence

if TYPE_CHECKING:
    from assistant.retrieval.models.sentence_transformers import Reranker

NO_WORDS = "The question has no word to look for; name what you are looking for."
CUT = f"Only the first {MOST_QUESTION_CHARACTERS:,} characters of the question were read."
NO_VOICE: dict[Voice, str] = {
    "author": "No passage that was searched has words of an essay's own author.",
    "quoted": "No passage that was searched has words quoted from somebody.",
}
# The number of passages that are ranked if only one voice is asked for: the nearest in which it speaks.
_MOST_VOICED = 100


class Answerer:
    """Answers questions with what a finder finds.

    Args:
        finder: Finds passages in the essays.
        voices: Distinguishes quoted words from the essays' own.
        explained: Whether to explain why each passage was found.
    """

    def __init__(self, finder: Finder, voices: LibraryVoices, *, explained: bool = True) -> None:
        self._finder = finder
        self._voices = voices
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
        voice: Voice | None = None,
    ) -> Iterator[Answer]:
        """Answer as soon as passages are found and, unless ``fast``, again when they have been read.

        The last answer is the one that ``Library.ask`` returns, where the arguments are described. The one
        before it differs only in its confidence.
        """
        question = readable(question)
        if not question.strip():
            raise AssistantError("The question is empty; ask it in words.")
        if top < 1:
            raise AssistantError(f"{top} passages cannot be shown; ask for 1 or more.")
        parsed = Question.of(question, history)
        among: Collection[str] | None = self._finder.among(essays)
        if voice is not None:
            among = self._voiced(parsed, among, voice)
            if not among:
                remark = NO_VOICE[voice] if parsed.words else NO_WORDS
                yield Answer(question=question, verdict="none", confidence=0.0, hits=(), remark=remark)
                return
        ranking = self._finder.find(parsed, among, fast=True, reranker=reranker)
        hits = tuple(self._hit(ranked, ranking, style, voice) for ranked in ranking.ranked[:top])
        if not fast:
            yield _answer(question, parsed, ranking, hits)
            ranking = self._finder.with_confidence(ranking)
        yield _answer(question, parsed, self._finder.with_reason(ranking, among), hits)

    def _voiced(self, question: Question, among: Collection[str] | None, voice: Voice) -> set[str]:
        """Ids of the passages nearest to a question in which a voice speaks."""
        voiced: set[str] = set()
        for ranked in self._finder.find(question, among, fast=True).ranked:
            if self._voices.sentences(self._finder.passages[ranked.passage], voice):
                voiced.add(ranked.passage)
            if len(voiced) == _MOST_VOICED:
                break
        return voiced

    def _hit(self, ranked: Ranked, ranking: Ranking, style: Style, voice: Voice | None) -> Hit:
        passage = self._finder.passages[ranked.passage]
        spans = self._spans(ranked, ranking, voice)
        citation, quoted = self._citation(passage, 0, len(passage.text), style)
        quotation = prepare_quotation(passage, 0, len(passage.text), citation, quoted, style)
        reference = style.cached_reference(self._finder.essays[passage.essay_id].reference)
        return Hit(
            passage=passage,
            score=ranked.score,
            highlights=tuple(self._highlight(passage, start, end, style) for start, end in spans),
            citation=citation,
            reference=reference.plain(),
            quotation=quotation.text,
            matches=self._finder.matches(ranking, ranked) if self._explained else (),
            quoted=quoted,
            block=quotation.block,
            reference_rich=reference,
            emphasis=quotation.emphasis,
        )

    def _spans(self, ranked: Ranked, ranking: Ranking, voice: Voice | None) -> Spans:
        """The answering sentences; if one voice is asked for, only sentences in which it speaks."""
        spans = self._finder.highlights(ranking, ranked)
        if voice is None:
            return spans
        passage = self._finder.passages[ranked.passage]
        sentences = self._voices.sentences(passage, voice)
        if voiced := touched_sentences(spans, sentences, passage):
            return voiced
        searcher = self._finder.searcher
        rows = searcher.rows([passage.id])
        return nearest_sentence(ranking.query, ranking.weights, searcher.index, rows, sentences)

    def _citation(
        self, passage: Passage, start: int, end: int, style: Style
    ) -> tuple[Citation, QuotedWords | None]:
        record = self._finder.essays[passage.essay_id].reference
        return cite_span(passage, start, end, record, style, self._voices)

    def _highlight(self, passage: Passage, start: int, end: int, style: Style) -> Highlight:
        citation, quoted = self._citation(passage, start, end, style)
        quotation = prepare_quotation(passage, start, end, citation, quoted, style)
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


def _answer(text: str, question: Question, ranking: Ranking, hits: tuple[Hit, ...]) -> Answer:
    """An answer with a ranking's confidence, or with none if the question has no word to search for."""
    is_searchable = bool(question.words) and (
        bool(question.content_words) or bool(ranking.spans) or ranking.basis != "likeness"
    )
    if not is_searchable:
        return Answer(
            question=text, verdict="none", confidence=0.0, hits=hits, remark=NO_WORDS, reason="no-question"
        )
    corrections = "; ".join(f"“{typo}” as “{word}”" for typo, word in ranking.query.question.corrections)
    remarks = [CUT if question.is_cut else f"Read {corrections}." if corrections else ""]
    if ranking.absence is not None:
        remarks.append(ranking.absence.sentence)
    return Answer(
        question=text,
        verdict=ranking.verdict if hits else "none",
        confidence=ranking.confidence,
        hits=hits,
        remark=" ".join(filter(None, remarks)),
        reason=ranking.absence.reason if ranking.absence is not None else None,
        basis=ranking.basis,
    )

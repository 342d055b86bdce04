"""Answer a question with passages of the essays, their answering sentences, and citations of both."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from assistant.answering.ideas import IdeaSpan, ideas_of, remark_of_ideas, searched_text, verdict_of_ideas
from assistant.answering.quotable import HitMaker
from assistant.attribution.voices import LibraryVoices, touched_sentences
from assistant.citations.styles import Style
from assistant.core.answer import Answer, Hit, Idea, Voice
from assistant.core.errors import AssistantError
from assistant.core.essay import Spans
from assistant.core.selection import SelectableKind
from assistant.retrieval.explain import sentences_over
from assistant.retrieval.finder import Finder, Ranking
from assistant.retrieval.ideas import RankedForIdeas, confidence_in_idea, fused, passages_met, verdict_on_idea
from assistant.retrieval.questions import MOST_QUESTION_CHARACTERS, Question, readable
from assistant.retrieval.ranking import Ranked

if TYPE_CHECKING:
    from assistant.retrieval.models.sentence_transformers import Reranker

_Found = TypeVar("_Found")
NO_WORDS = "The question has no word to look for; name what you are looking for."
CUT = f"Only the first {MOST_QUESTION_CHARACTERS:,} characters of the question were read."
NO_VOICE: dict[Voice, str] = {
    "author": "No passage that was searched has words of an essay's own author.",
    "quoted": "No passage that was searched has words quoted from somebody.",
}
NOTHING_SELECTED = "No passage that questions search is of that kind or in that section; ask without it."
# Passages that are shown for a question and for a paragraph, unless more or fewer are asked for.
TOP, TOP_OF_PARAGRAPH = 3, 5
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

    def answers(  # noqa: PLR0913 - the options of a question
        self,
        question: str,
        *,
        top: int | None,
        essays: Sequence[str],
        style: Style,
        history: Sequence[str],
        fast: bool = False,
        reranker: Reranker | None = None,
        voice: Voice | None = None,
        kinds: Collection[SelectableKind] = (),
        only: Collection[str] | None = None,
        per_essay: int | None = None,
    ) -> Iterator[Answer]:
        """Answer as soon as passages are found and, unless ``fast``, again when they have been read.

        The last answer is the one that ``Library.ask`` returns, where the arguments are described. The one
        before it differs only in its confidence and what follows from it. A text that is a paragraph and no
        question is divided into its ideas; see ``ideas_of``.
        """
        question = readable(question)
        if not question.strip():
            raise AssistantError("The question is empty; ask it in words.")
        if top is not None and top < 1:
            raise AssistantError(f"{top} passages cannot be shown; ask for 1 or more.")
        if per_essay is not None and per_essay < 1:
            raise AssistantError(f"{per_essay} passages of an essay cannot be shown; ask for 1 or more.")
        ideas = ideas_of(question)
        among: Collection[str] | None = self._finder.among(essays, kinds, only)
        if among is not None and not among:
            yield Answer(question=question, verdict="none", confidence=0.0, hits=(), remark=NOTHING_SELECTED)
            return
        # A paragraph stands alone, whatever was asked before it.
        parsed = self._finder.understood(question, () if ideas else history, among)
        if voice is not None:
            among = self._voiced(parsed, among, voice)
            if not among:
                remark = NO_VOICE[voice] if parsed.words else NO_WORDS
                yield Answer(question=question, verdict="none", confidence=0.0, hits=(), remark=remark)
                return
        if ideas:
            most = top or TOP_OF_PARAGRAPH, per_essay
            answer = self._of_paragraph(question, ideas, among, most, style, voice)
            # The reading model, trained on questions, tells nothing more of it.
            yield from [answer] if fast else [answer, answer]
            return
        ranking = self._finder.find(parsed, among, fast=True, reranker=reranker)
        hits = tuple(
            self._hit(ranked, ranking, style, self._spans(ranked, ranking, voice))
            for ranked in _first(ranking.ranked, top or TOP, per_essay, _essay_of)
        )
        if not fast:
            yield _answer(question, parsed, ranking, hits)
            ranking = self._finder.with_confidence(ranking)
        yield _answer(question, parsed, self._finder.with_reason(ranking, among), hits)

    def _of_paragraph(
        self,
        paragraph: str,
        spans: Sequence[IdeaSpan],
        among: Collection[str] | None,
        most: tuple[int, int | None],
        style: Style,
        voice: Voice | None,
    ) -> Answer:
        """Look up each idea of a paragraph; passages that bear on several come first."""
        questions = [Question.of(searched_text(paragraph[span.start : span.end])) for span in spans]
        rankings = self._finder.find_each(questions, among)
        ranked = fused(rankings, [span.sentence for span in spans])
        first = _first(ranked, *most, lambda passage: _essay_of(passage.ranked))
        return self._paragraph_answer(paragraph, spans, rankings, first, style, voice)

    def _paragraph_answer(
        self,
        paragraph: str,
        spans: Sequence[IdeaSpan],
        rankings: Sequence[Ranking],
        first: Sequence[RankedForIdeas],
        style: Style,
        voice: Voice | None,
    ) -> Answer:
        ideas = tuple(
            Idea(
                start=span.start,
                end=span.end,
                text=paragraph[span.start : span.end],
                sentence=span.sentence,
                verdict=verdict_on_idea(ranking),
                passages=tuple(passages_met(ranking)),
            )
            for span, ranking in zip(spans, rankings, strict=True)
        )
        hits = []
        for passage in first:
            name = passage.ranked.passage
            meets = tuple(number for number, idea in enumerate(ideas) if name in idea.passages)
            met_by = [
                (rankings[number], ranked)
                for number in meets
                for ranked in rankings[number].ranked
                if ranked.passage == name
            ]
            best = rankings[passage.ranking]
            found = met_by or [(best, passage.ranked)]
            spans_found = [span for ranking, ranked in found for span in self._spans(ranked, ranking, voice)]
            sentences = self._finder.passages[name].sentences
            hit = self._hit(passage.ranked, best, style, sentences_over(sentences, spans_found))
            hits.append(replace(hit, meets=meets))
        return Answer(
            question=paragraph,
            verdict=verdict_of_ideas(ideas),
            confidence=sum(map(confidence_in_idea, rankings)) / len(rankings),
            hits=tuple(hits),
            remark=remark_of_ideas(paragraph, ideas),
            ideas=ideas,
        )

    def _voiced(self, question: Question, among: Collection[str] | None, voice: Voice) -> set[str]:
        """Ids of the passages nearest to a question in which a voice speaks."""
        voiced: set[str] = set()
        for ranked in self._finder.find(question, among, fast=True).ranked:
            if self._voices.sentences(self._finder.passages[ranked.passage], voice):
                voiced.add(ranked.passage)
            if len(voiced) == _MOST_VOICED:
                break
        return voiced

    def _hit(self, ranked: Ranked, ranking: Ranking, style: Style, spans: Spans) -> Hit:
        passage = self._finder.passages[ranked.passage]
        matches = self._finder.matches(ranking, ranked) if self._explained else ()
        return HitMaker(self._finder.essays, self._voices, style).hit(passage, ranked.score, spans, matches)

    def _spans(self, ranked: Ranked, ranking: Ranking, voice: Voice | None) -> Spans:
        """The answering sentences; if one voice is asked for, only sentences in which it speaks."""
        spans = self._finder.highlights(ranking, ranked)
        if voice is None:
            return spans
        passage = self._finder.passages[ranked.passage]
        sentences = self._voices.sentences(passage, voice)
        if voiced := touched_sentences(spans, sentences, passage):
            return voiced
        return self._finder.searcher.nearest_sentence(ranking.query, ranking.weights, passage.id, sentences)


def _essay_of(ranked: Ranked) -> str:
    return ranked.passage.rpartition("/")[0]


def _first(
    ranked: Sequence[_Found], top: int, per_essay: int | None, essay_of: Callable[[_Found], str]
) -> list[_Found]:
    """The first passages, of each essay no more than ``per_essay``."""
    if per_essay is None:
        return list(ranked[:top])
    taken: Counter[str] = Counter()
    first: list[_Found] = []
    for passage in ranked:
        if len(first) == top:
            break
        if taken[essay := essay_of(passage)] < per_essay:
            taken[essay] += 1
            first.append(passage)
    return first


def _answer(text: str, question: Question, ranking: Ranking, hits: tuple[Hit, ...]) -> Answer:
    """An answer with a ranking's confidence, or with none if the question has no word to search for."""
    is_searchable = bool(question.words) and (
        bool(question.content_words) or bool(ranking.spans) or ranking.basis != "likeness"
    )
    if not is_searchable:
        return Answer(
            question=text,
            verdict="none",
            confidence=0.0,
            hits=hits,
            remark=NO_WORDS,
            reason="no-question",
            read_as=question.read_as,
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
        read_as=question.read_as,
    )

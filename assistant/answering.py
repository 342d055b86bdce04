"""From a question to an answer: ranked passages, their answering sentences, and citations of both."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from assistant.citing.locators import pages_of
from assistant.citing.references import fold
from assistant.citing.styles import Style
from assistant.errors import AssistantError
from assistant.retrieval import abstention, questions
from assistant.retrieval.encoder import Encoder, Floats
from assistant.retrieval.index import Index
from assistant.retrieval.ranking import Query, Ranked, highlight
from assistant.retrieval.search import Searcher
from assistant.types import Answer, Citation, Highlight, Hit, Passage, StoredEssay

# The confidence from which passages are offered as an answer.
THRESHOLD = abstention.THRESHOLD
NO_WORDS = "The question has no word to look for; name what you are looking for."
CUT = f"Only the first {questions.LONGEST:,} characters of the question were read."


@dataclass(frozen=True, slots=True)
class Ranking:
    """Ranked passages and what was found on the way.

    Attributes:
        ranked: Passages, best first.
        query: The encoded question.
        weights: Weight of each of its word pieces.
        met: How well the best passage meets the words that say what is asked, -1 to 1.
    """

    ranked: list[Ranked]
    query: Query
    weights: Floats
    met: float

    @property
    def confidence(self) -> float:
        """Estimated probability that the first passages answer."""
        return abstention.confidence(self.met) if self.ranked else 0.0


class Answerer:
    """Answers questions from an index and its essays.

    Args:
        index: The index.
        encoder: The model that made it.
        essays: The essays in it, by id.
    """

    def __init__(self, index: Index, encoder: Encoder, essays: Mapping[str, StoredEssay]) -> None:
        self._essays = essays
        self._passages = {passage.id: passage for essay in essays.values() for passage in essay.passages}
        self.searcher = Searcher(
            index,
            encoder,
            lambda: {name: passage.text for name, passage in self._passages.items()},
            _names(essays.values()),
        )

    def answer(
        self, question: str, *, top: int, essays: Sequence[str], style: Style, history: Sequence[str]
    ) -> Answer:
        """Answer a question; see ``Library.ask``."""
        question = _readable(question)
        asked = question.strip()
        if not asked:
            raise AssistantError("The question is empty; ask it in words.")
        if top < 1:
            raise AssistantError(f"{top} passages cannot be shown; ask for 1 or more.")
        read = self.read(asked[: questions.LONGEST], history)
        names = {name for name, one in self._passages.items() if one.essay_id in essays} if essays else None
        section = self._section_named(read, names)
        ranking = self.ranking(read, section or names)
        searchable = bool(questions.content_words(read))
        hits = tuple(self._hit(one, ranking, style) for one in ranking.ranked[:top])
        # Whoever asks what a section says, by its heading, is answered by the section.
        by_name = section is not None and not questions.content_words(questions.without_quoted(read))
        confidence = 1.0 if by_name else ranking.confidence
        return Answer(
            question=question,
            answered=bool(hits) and searchable and confidence >= THRESHOLD,
            confidence=confidence if searchable else 0.0,
            hits=hits,
            note=NO_WORDS if not searchable else CUT if len(asked) > questions.LONGEST else "",
        )

    def read(self, question: str, history: Sequence[str]) -> str:
        """The question as it is searched: with the earlier ones before it that it leans on."""
        return questions.in_context(question, [_readable(one)[: questions.LONGEST] for one in history])

    def _section_named(self, question: str, names: Collection[str] | None) -> set[str] | None:
        """Passages of the section whose heading the question quotes, or ``None`` if it quotes none."""
        phrases = {fold(phrase) for phrase in questions.quoted_phrases(question)}
        found = {
            name
            for name, passage in self._passages.items()
            if passage.section and fold(passage.section) in phrases and (names is None or name in names)
        }
        return found or None

    def ranking(self, question: str, passages: Collection[str] | None = None) -> Ranking:
        """Rank some passages, or all.

        Args:
            question: The question as it is searched.
            passages: Ids to look among, or ``None`` for all.
        """
        searcher = self.searcher
        rows = searcher.rows(passages)
        query = searcher.query(question)
        weights = searcher.weights(query, rows)
        ranked = searcher.late(query, weights, rows)
        # How well the best passage meets what is asked, the words that frame the question left out.
        met = float(ranked[0].met @ searcher.weights(query, rows, framing=0.0)) if ranked else 0.0
        return Ranking(ranked, query, weights, met)

    def _hit(self, ranked: Ranked, ranking: Ranking, style: Style) -> Hit:
        passage = self._passages[ranked.passage]
        spans = highlight(ranking.query, ranking.weights, self.searcher.index, ranked, passage)
        record = self._essays[passage.essay_id].reference
        citation = self._citation(passage, 0, len(passage.text), style)
        return Hit(
            passage,
            ranked.score,
            tuple(self._highlight(passage, start, end, style) for start, end in spans),
            citation,
            style.reference(record),
            style.quotation(passage.text, citation.in_text),
        )

    def _citation(self, passage: Passage, start: int, end: int, style: Style) -> Citation:
        pages = pages_of(passage, start, end)
        return Citation(pages, style.in_text(self._essays[passage.essay_id].reference, pages))

    def _highlight(self, passage: Passage, start: int, end: int, style: Style) -> Highlight:
        citation = self._citation(passage, start, end, style)
        words = passage.text[start:end]
        return Highlight(start, end, words, citation, style.quotation(words, citation.in_text))


def _readable(question: str) -> str:
    """A question without what is no text: terminals and JSON can pass it on, no tokenizer reads it."""
    return question.encode("utf-8", "replace").decode("utf-8")


def _names(essays: Iterable[StoredEssay]) -> set[str]:
    """Names of the essays' authors: questions name them, the essays themselves do not."""
    names = [name for essay in essays for name in essay.reference.get("author", ())]
    printed = " ".join(f"{name.get('given', '')} {name.get('family', '')}" for name in names)
    # The parts of a hyphenated name stand as words of their own in a question.
    return {questions.folded(word) for word in re.findall(r"[^\W\d_]+(?:['’][^\W\d_]+)*", printed)}

"""From a question to ranked passages, the sentences that answer, and how sure it is that they do.

The passages of some essays by id, an essay's read when one of them is asked for.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from assistant.attribution.voices import Voicing
from assistant.core.answer import Match
from assistant.core.essay import EssaySummary, Passage, Spans, StoredEssay
from assistant.retrieval import confidence as abstention
from assistant.retrieval import questions
from assistant.retrieval.confidence import Signs, signs_of
from assistant.retrieval.explain import ROOM, excerpt, matches_of, sentences_over
from assistant.retrieval.index.index import Index, Vocabulary
from assistant.retrieval.index.introductions import introductions_of
from assistant.retrieval.index.ordering import DECIMALS, best_first, rounded
from assistant.retrieval.models.encoder import Encoder, Floats
from assistant.retrieval.ranking import Query, Ranked, highlight, in_order
from assistant.retrieval.search import Searcher
from assistant.retrieval.spelling import Speller
from assistant.retrieval.structure import Parts

if TYPE_CHECKING:
    from assistant.retrieval.models.cross_encoder import ReadingModel
    from assistant.retrieval.models.sentence_transformers import Reranker


@dataclass(frozen=True, slots=True)
class Ranking:
    """Ranked passages and what was found on the way.

    Attributes:
        ranked: Passages, best first.
        query: The encoded question.
        weights: Weight of each of its word pieces.
        signs: What was seen of the question and the first passages; ``None`` where nothing was found.
        confidence: Estimated probability that the first passages answer.
        spans: Answering sentences of passages that were found by their words or their place.
        note: A fixed interface sentence on the question, or the empty string.
    """

    ranked: list[Ranked]
    query: Query
    weights: Floats
    signs: Signs | None = None
    confidence: float = 0.0
    spans: Mapping[str, Spans] = field(default_factory=dict)
    note: str = ""

    @property
    def threshold(self) -> float:
        """The confidence from which the passages are offered as an answer."""
        return abstention.threshold(self.signs)


class Passages(Mapping[str, Passage]):
    """Passages by id.

    Args:
        essays: The essays, by id; may read each only when it is asked for.
    """

    def __init__(self, essays: Mapping[str, StoredEssay]) -> None:
        self._essays = essays
        self._read: dict[str, dict[str, Passage]] = {}

    def _of(self, essay: str) -> dict[str, Passage]:
        if essay not in self._read:
            self._read[essay] = {passage.id: passage for passage in self._essays[essay].passages}
        return self._read[essay]

    @cached_property
    def _all(self) -> dict[str, Passage]:
        return {name: passage for essay in self._essays for name, passage in self._of(essay).items()}

    def __getitem__(self, name: str) -> Passage:
        essay = name.rpartition("/")[0]
        # Only passages that somebody else has divided are not called after their essay.
        return self._of(essay)[name] if essay in self._essays else self._all[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)


# Whoever asks for a note or a quotation prefers one to a paragraph that meets the question a little better.
_PREFERRED = 0.2
# Passages that are read together with the question, and those that a re-ranking model puts in order.
READ, RERANKED = 3, 20
# Word pieces of an excerpt for a re-ranking model.
_LONG_EXCERPT = 220
# Questions looked up at once; more than there are cores would only take the processor from each other.
_AT_ONCE = os.cpu_count() or 1
# Confidence where the essay announces what is asked in so many words, and where only its place tells.
_ANNOUNCED, _PLACED = 0.9, 0.5


class Finder:
    """Finds passages in an index.

    Args:
        index: The index.
        encoder: The model that made it.
        essays: The essays in it, by id.
        reading_model: Reads a question and an excerpt together; ``None`` to do without.
        abouts: What is known of each essay, so that only those found are read; ``None`` if all are read
            already.
    """

    def __init__(
        self,
        index: Index,
        encoder: Encoder,
        essays: Mapping[str, StoredEssay],
        reading_model: ReadingModel | None = None,
        abouts: Mapping[str, EssaySummary] | None = None,
    ) -> None:
        self._reading_model = reading_model
        self.essays = essays
        self.passages = Passages(essays)
        self.voicing = Voicing(essays)
        self._parts = Parts(
            essays,
            self.passages,
            {name: EssaySummary.of(essay) for name, essay in essays.items()} if abouts is None else abouts,
            lambda phrases: self.searcher.holding(phrases),  # noqa: PLW0108 - there is no searcher yet
        )
        self.searcher = Searcher(index, encoder, self._parts.authors)
        self._turns = threading.BoundedSemaphore(_AT_ONCE)

    @cached_property
    def _speller(self) -> Speller:
        return Speller(sum(self.searcher.index.vocabulary().values(), Vocabulary()))

    def among(self, essays: Collection[str]) -> set[str] | None:
        """Ids of the passages of some essays; ``None`` if none are named, for all."""
        return {name for essay in essays for name in self.searcher.numbers(essay)} if essays else None

    def read(self, question: str, history: Sequence[str]) -> str:
        """The question as it is searched: with the earlier ones before it that it leans on."""
        return questions.in_context(
            question, [questions.readable(one)[: questions.LONGEST] for one in history]
        )

    def find(
        self,
        question: str,
        among: Collection[str] | None = None,
        *,
        fast: bool = False,
        reranker: Reranker | None = None,
    ) -> Ranking:
        """Rank some passages, or all.

        Args:
            question: The question as it is searched.
            among: Ids to look among, or ``None`` for all.
            fast: Whether to leave out the model that reads.
            reranker: Puts the first passages in order anew.
        """
        with self._turns:
            ranking = self._found(question, among, reranker)
        return ranking if fast else self.judged(ranking)

    def _found(self, question: str, among: Collection[str] | None, reranker: Reranker | None) -> Ranking:
        question, mended = self._mended(question)
        headed = self._parts.section_named(question, among)
        ranking = self._by_likeness(question, headed or among)
        if reranker is not None:
            ranking = self._by_reranker(question, ranking, reranker)
        ranking = self._by_phrases(question, ranking, headed or among)
        ranking = self._by_structure(question, ranking, among, headed)
        slips = "; ".join(f"“{old}” as “{new}”" for old, new in mended.items())
        return replace(ranking, note=f"Read {slips}.") if slips and not ranking.note else ranking

    def judged(self, ranking: Ranking) -> Ranking:
        """How sure it is that the first passages answer, told by reading them.

        Args:
            ranking: What ``find`` found with ``fast``.
        """
        signs = ranking.signs
        # What was found by its words or its place needs no reading to be sure of.
        if self._reading_model is None or signs is None or ranking.confidence != abstention.confidence(signs):
            return ranking
        excerpts = [self._excerpt(one) for one in ranking.ranked[:READ]]
        readings = self._reading_model.read(ranking.query.text, excerpts)
        if not readings:
            return ranking
        signs = replace(signs, reads=tuple(one.answers for one in readings))
        return replace(ranking, signs=signs, confidence=abstention.confidence(signs))

    def highlights(self, ranking: Ranking, ranked: Ranked) -> Spans:
        """Spans of the sentences of a ranked passage that answer, in reading order."""
        if ranked.passage in ranking.spans:
            return ranking.spans[ranked.passage]
        passage = self.passages[ranked.passage]
        return highlight(ranking.query, ranking.weights, self.searcher.index, ranked, passage)

    def matches(self, ranking: Ranking, ranked: Ranked) -> tuple[Match, ...]:
        """Why a passage was ranked where it is, word by word of the question."""
        return matches_of(
            ranking.query,
            ranking.weights,
            self.searcher.index,
            ranked,
            self.passages,
        )

    def _mended(self, question: str) -> tuple[str, dict[str, str]]:
        # A word that the model knows whole is no slip; others are looked for among the essays' words.
        starts = [piece.start for piece in self.searcher.encoder.pieces(question)]
        spans = questions.words(question)
        if all(sum(start <= at < end for at in starts) <= 1 for start, end in spans):
            return question, {}
        return self._speller.mended(question)

    def _by_likeness(self, question: str, among: Collection[str] | None) -> Ranking:
        searcher = self.searcher
        rows = searcher.rows(among)
        query = searcher.query(question)
        weights, bare = searcher.weighed(query, rows)
        ranked = self._preferred(question, searcher.late(query, weights, rows))
        if not ranked:
            return Ranking([], query, weights)
        signs = signs_of(query, bare, ranked, self.passages[ranked[0].passage].text)
        return Ranking(ranked, query, weights, signs, abstention.confidence(signs))

    def _preferred(self, question: str, ranked: list[Ranked]) -> list[Ranked]:
        kind = questions.kind_asked(question)
        if kind is None:
            return ranked
        raised = (
            replace(one, score=round(one.score + _PREFERRED, DECIMALS))
            if self.passages[one.passage].kind == kind
            else one
            for one in ranked
        )
        return in_order(raised, self.searcher.index)

    def _by_reranker(self, question: str, ranking: Ranking, reranker: Reranker) -> Ranking:
        first, rest = ranking.ranked[:RERANKED], ranking.ranked[RERANKED:]
        scores = reranker.scores(question, [self._excerpt(one, _LONG_EXCERPT) for one in first])
        low = min(scores, default=0.0)
        # Models have scales of their own, some with all scores near 0, so shares of the range are rounded.
        width = (max(scores, default=0.0) - low) or 1.0
        shares = rounded([(score - low) / width for score in scores])
        # Equal ones keep the order they had.
        order = best_first(shares, range(len(first)))
        reordered = [replace(first[number], score=low + float(shares[number]) * width) for number in order]
        # The rest keep their order, below all that were scored again.
        following = [replace(ranked, score=low - distance) for distance, ranked in enumerate(rest, 1)]
        return replace(ranking, ranked=[*reordered, *following])

    def _excerpt(self, ranked: Ranked, room: int = ROOM) -> str:
        """The part of a passage around its best window, after the sentence that brings the passage in."""
        passage, window = self.passages[ranked.passage], self.searcher.index.windows[ranked.window]
        pieces = self.searcher.encoder.pieces
        lengths = [len(pieces(passage.text[start:end])) for start, end in passage.sentences]
        start, end = excerpt(passage.sentences, lengths, (window.start, window.end), room)
        host = introductions_of(self.essays[passage.essay_id].passages).get(ranked.passage)
        before = self.passages[host.passage].text[host.start : host.end] + " " if host else ""
        return before + passage.text[start:end]

    def _by_phrases(self, question: str, ranking: Ranking, among: Collection[str] | None) -> Ranking:
        """Passages that hold the quoted phrases of a question come first."""
        phrases = questions.quoted_phrases(question)
        if not phrases:
            return ranking
        patterns = [questions.phrase_pattern(phrase) for phrase in phrases]
        found: dict[str, list[tuple[int, int]]] = {}
        counts: dict[str, int] = {}
        for name in self.searcher.holding(phrases) if among is None else among:
            text = self.passages[name].text
            places = [[match.span() for match in pattern.finditer(text)] for pattern in patterns]
            if any(places):
                found[name] = [span for spans in places for span in spans]
                counts[name] = sum(map(bool, places))
        if not found:
            return ranking
        spans = {
            name: sentences_over(self.passages[name].sentences, places) for name, places in found.items()
        }
        ranked = _lifted(self._with(found, ranking), counts)
        # Who asks only where a phrase stands is answered by the passage that it stands in.
        alone = not questions.content_words(questions.without_quoted(question))
        confidence = 1.0 if alone else ranking.confidence
        return replace(ranking, ranked=ranked, spans=spans, confidence=confidence)

    def _with(self, names: Collection[str], ranking: Ranking) -> list[Ranked]:
        """The ranked passages and some others, which in a large library may be none of the candidates."""
        known = {one.passage for one in ranking.ranked}
        if known.issuperset(names):
            return ranking.ranked
        rows = self.searcher.rows(set(names) - known)
        others = self.searcher.late(ranking.query, ranking.weights, rows)
        return in_order([*ranking.ranked, *others], self.searcher.index)

    def _by_structure(
        self, question: str, ranking: Ranking, among: Collection[str] | None, headed: Collection[str] | None
    ) -> Ranking:
        """Passages that hold the asked part of an essay's argument come first."""
        if headed and not questions.content_words(questions.without_quoted(question)):
            # Whoever asks what a section says, by its heading, is answered by the section.
            ranking = replace(ranking, confidence=1.0)
        places = self._parts.places(question, among, headed, [one.passage for one in ranking.ranked])
        if not places:
            return ranking
        tiers = {place.passage: len(places) - at for at, place in enumerate(places)}
        ranked = _lifted(self._with(tiers, ranking), tiers)
        spans = {place.passage: place.spans for place in places}
        confidence = _ANNOUNCED if any(place.announced for place in places) else _PLACED
        return replace(ranking, ranked=ranked, spans=spans, confidence=confidence)


def _lifted(ranked: Sequence[Ranked], tiers: Mapping[str, int]) -> list[Ranked]:
    """Ranked passages, those of a tier before all others and higher tiers first, whatever scores mean."""
    scores = [one.score for one in ranked]
    low, width = min(scores, default=0.0), max(scores, default=0.0) - min(scores, default=0.0)
    lifted = [
        replace(one, score=low + width + tiers[one.passage] + 0.5 * (one.score - low) / (width or 1))
        for one in ranked
        if one.passage in tiers
    ]
    # Within a tier they keep their order.
    lifted.sort(key=lambda one: -tiers[one.passage])
    return [*lifted, *(one for one in ranked if one.passage not in tiers)]

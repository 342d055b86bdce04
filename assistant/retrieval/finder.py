"""Find passages for a question, their answering sentences, and how likely it is that they answer."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING

from assistant.core.answer import VERDICTS, AnswerVerdict, Basis, Match
from assistant.core.draft_report import NearWords
from assistant.core.essay import EssaySummary, Spans, StoredEssay
from assistant.core.quotation import PrintedPlace
from assistant.core.selection import SelectableKind
from assistant.retrieval.absence import Absence, AbsenceSearch
from assistant.retrieval.confidence import ConfidenceFeatures, confidence_of, features_of, verdict_of
from assistant.retrieval.conversations import Conversations
from assistant.retrieval.discussed import discussions, of_notes
from assistant.retrieval.explain import Excerpts, sentences_over
from assistant.retrieval.index.index import Index
from assistant.retrieval.index.ordering import best_first, rounded
from assistant.retrieval.models.encoder import Encoder, Floats
from assistant.retrieval.passages import Passages, SelectedPassages
from assistant.retrieval.places import PlaceMatch, PlaceSearch, places_in, without_places
from assistant.retrieval.questions import Question, words
from assistant.retrieval.ranking import Query, Ranked, by_tiers, in_order, with_additions
from assistant.retrieval.search import Searcher
from assistant.retrieval.searching import PassageSearch, Rows
from assistant.retrieval.spelling import Speller
from assistant.retrieval.structure import StructureSearch
from assistant.retrieval.wording import plainly_put

if TYPE_CHECKING:
    from assistant.retrieval.models.cross_encoder import ReadingModel
    from assistant.retrieval.models.sentence_transformers import Reranker

# Added to the score of notes or quotations if the question asks for one, so that they are preferred to a
# paragraph that is a little more like the question.
_PREFERRED = 0.2
# Passages that the reading model reads, and passages that a re-ranking model puts in order.
PASSAGES_READ, RERANKED = 3, 20
# Word pieces of an excerpt for a re-ranking model.
_LONG_EXCERPT = 220
# Questions searched at the same time; with more than there are cores, each would only take longer.
_AT_ONCE = os.cpu_count() or 1
# Confidence in a passage that contains all that is asked for, in a part that the essay announces in so many
# words, and in a part that only its position indicates.
_CONFIDENCE_EXACT, _CONFIDENCE_ANNOUNCED, _CONFIDENCE_BY_POSITION = 1.0, 0.9, 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """Passages ranked for a question.

    Attributes:
        query: The encoded question.
        weights: Weight of each of its word pieces.
        ranked: The passages, best first.
        spans: Answering sentences of passages that were found by a phrase, structure or place, by passage id.
        basis: What the confidence is based on.
        confidence: Estimated probability that the first passages answer.
        features: What the confidence is computed from if its basis is likeness; ``None`` if nothing was
            found.
        absence: Why nothing answers, where a fact tells it.
        original: The question as it is read, if it is searched in another wording.
    """

    query: Query
    weights: Floats
    ranked: list[Ranked]
    spans: Mapping[str, Spans] = field(default_factory=dict)
    basis: Basis = "likeness"
    confidence: float = 0.0
    features: ConfidenceFeatures | None = None
    absence: Absence | None = None
    original: str = ""

    @property
    def verdict(self) -> AnswerVerdict:
        """What the passages are offered as."""
        verdicts: list[AnswerVerdict] = ["none"]
        if self.ranked:
            verdicts = [verdict_of(self.confidence)]
        if self.absence is not None:
            verdicts.append(self.absence.most)
        return max(verdicts, key=VERDICTS.index)


class Finder:
    """Finds passages in an index.

    Args:
        index: The index; or what makes a search of several, given the casefolded words that name an essay and
            not what is asked about it.
        encoder: The model that computed it.
        essays: The indexed essays, by id; may load each essay when it is looked up.
        reading_model: Reads a question and an excerpt together; ``None`` to do without.
        summaries: Summary of each essay, by id; ``None`` to compute them from the essays.
    """

    def __init__(
        self,
        index: Index | Callable[[Collection[str]], PassageSearch],
        encoder: Encoder,
        essays: Mapping[str, StoredEssay],
        reading_model: ReadingModel | None = None,
        summaries: Mapping[str, EssaySummary] | None = None,
    ) -> None:
        self._reading_model = reading_model
        self.essays = essays
        self.passages = Passages(essays)
        if summaries is None:
            summaries = {essay_id: EssaySummary.of(essay) for essay_id, essay in essays.items()}
        self._structure = StructureSearch(
            essays,
            self.passages,
            summaries,
            lambda phrases: self.searcher.passages_containing(phrases),  # noqa: PLW0108 - there is no searcher yet
        )
        authors = self._structure.authors
        self.searcher: PassageSearch = (
            Searcher(index, encoder, authors) if isinstance(index, Index) else index(authors)
        )
        self._places = PlaceSearch(essays, self._structure.authors)
        # The model has one piece for each word that is common in English.
        self._absence = AbsenceSearch(
            essays,
            self._structure.authors,
            lambda word: len(encoder.pieces(word)) <= 1,
            lambda word: self.searcher.has_word(word),  # noqa: PLW0108 - as above
        )
        self._excerpts = Excerpts(essays, encoder, self.searcher.window)
        self._conversations = Conversations(essays, self.passages, self._corrected, self._shown)
        self._slots = threading.BoundedSemaphore(_AT_ONCE)

    @cached_property
    def _speller(self) -> Speller:
        return Speller(self.searcher.vocabulary())

    def among(
        self,
        essays: Collection[str],
        kinds: Collection[SelectableKind] = (),
        only: Collection[str] | None = None,
    ) -> SelectedPassages | None:
        """The passages of some essays, or of all if none is named; ``None`` if all passages are meant.

        Args:
            essays: Ids of the essays.
            kinds: Kinds of the passages; all if empty.
            only: Ids of passages to which the search is restricted.
        """
        if not essays and not kinds and only is None:
            return None
        return SelectedPassages(
            self.searcher.passage_ids,
            frozenset(essays or self.essays),
            frozenset(kinds),
            None if only is None else frozenset(only),
        )

    def understood(
        self, text: str, history: Sequence[str] = (), among: Collection[str] | None = None
    ) -> Question:
        """Read a question as the conversation before it makes it understood.

        Args:
            text: The question as the user typed it.
            history: Earlier questions of the conversation, oldest first.
            among: Ids of the passages that are searched; ``None`` for all.
        """
        return self._conversations.understood(text, history, among)

    def _shown(self, question: Question, among: Collection[str] | None) -> tuple[list[Ranked], Spans]:
        """The passages shown for a question, and the answering sentences of the first."""
        ranking = self.find(question, among, fast=True)
        shown = ranking.ranked[:PASSAGES_READ]
        return shown, self.highlights(ranking, shown[0]) if shown else ()

    def find(
        self,
        question: Question,
        among: Collection[str] | None = None,
        *,
        fast: bool = False,
        reranker: Reranker | None = None,
    ) -> Ranking:
        """Rank passages for a question.

        Args:
            question: The question.
            among: Ids of the passages to search; ``None`` for all.
            fast: Whether to estimate the confidence without the reading model.
            reranker: Puts the first passages in a new order.
        """
        with self._slots:
            ranking = self._rank(question, among, reranker)
        return ranking if fast else self.with_confidence(ranking)

    def with_confidence(self, ranking: Ranking) -> Ranking:
        """Estimate the confidence of a ranking with the reading model, which reads the first passages.

        Args:
            ranking: What ``find`` returned for ``fast``. It is returned as it is if its basis is not
                likeness, because then its confidence is fixed already, or if the passages cannot be read.
        """
        if self._reading_model is None or ranking.features is None:
            return ranking
        question, first = ranking.original or ranking.query.text, ranking.ranked[:PASSAGES_READ]
        logits = self.searcher.read(self._reading_model, question, first, self._excerpts.of)
        if not logits:
            return ranking
        features = replace(ranking.features, logits=tuple(logits))
        return replace(ranking, features=features, confidence=confidence_of(features))

    def find_each(self, questions: Sequence[Question], among: Collection[str] | None = None) -> list[Ranking]:
        """Rank passages for each of some statements; ``retrieval.ideas`` tells whether they bear on it.

        The statements are encoded together. What only a question can ask for, a part of the essay or a place
        in it, is not looked for; quoted phrases are.

        Args:
            questions: The statements.
            among: Ids of the passages to search; ``None`` for all.
        """
        with self._slots:
            corrected = [self._corrected(question) for question in questions]
            rows = self.searcher.rows(among)
            return [self._rank_statement(query, rows, among) for query in self.searcher.queries(corrected)]

    def _rank_statement(self, query: Query, rows: Rows, among: Collection[str] | None) -> Ranking:
        weights = self.searcher.weights(query, rows)
        ranked = self.searcher.rank_by_late_interaction(query, weights, rows)
        return self._by_phrases(Ranking(query=query, weights=weights, ranked=ranked), among)

    def with_reason(self, ranking: Ranking, among: Collection[str] | None = None) -> Ranking:
        """Look for a fact that explains why nothing answers.

        Args:
            ranking: What ``find`` or ``with_confidence`` returned.
            among: Ids of the passages that were searched; ``None`` for all.
        """
        if ranking.absence is not None or ranking.basis != "likeness":
            return ranking
        essays = self._searched_essays(among)
        return replace(
            ranking, absence=self._absence.of_answer(ranking.query.question, essays, ranking.verdict)
        )

    def _searched_essays(self, among: Collection[str] | None) -> list[str]:
        """Ids of the essays of some passages, or of all for ``None``, in the order of the library."""
        if among is None:
            return list(self.essays)
        if isinstance(among, SelectedPassages):
            return [essay_id for essay_id in self.essays if essay_id in among.essays]
        owners = {passage_id.rpartition("/")[0] for passage_id in among}
        if not owners <= self.essays.keys():
            # Ids of passages that a question set brings along need not begin with an essay's id.
            owners = {self.passages[passage_id].essay_id for passage_id in among}
        return [essay_id for essay_id in self.essays if essay_id in owners]

    def highlights(self, ranking: Ranking, ranked: Ranked) -> Spans:
        """Spans of the answering sentences of a ranked passage, in reading order."""
        if ranked.passage in ranking.spans:
            return ranking.spans[ranked.passage]
        passage = self.passages[ranked.passage]
        return self.searcher.highlight(ranking.query, ranking.weights, ranked, passage)

    def matches(self, ranking: Ranking, ranked: Ranked) -> tuple[Match, ...]:
        """Explain why a passage has its rank, word by word of the question."""
        matches = self.searcher.matches(ranking.query, ranking.weights, ranked, self.passages)
        # Of a question that is searched in another wording, only the user's own words are explained.
        return tuple(match for match in matches if match.word in (ranking.original or match.word))

    def nearest_words(self, text: str, essay_id: str) -> list[NearWords]:
        """Rank the windows of an essay by their nearness to a sentence, the nearest first."""
        with self._slots:
            query = self.searcher.query(Question.of(text))
            rows = self.searcher.rows(self.among([essay_id]))
            if not len(rows) or not len(query.ids):
                return []
            weights, ranked = self.searcher.windows_by_nearness(query, rows)
            passage = self.passages[ranked[0].passage]
            (span,) = self.searcher.highlight(query, weights, ranked[0], passage)
        words = [
            NearWords(
                PrintedPlace.within(self.passages[each.passage], *self.searcher.window(each)), each.score
            )
            for each in ranked
        ]
        return [replace(words[0], nearest=PrintedPlace.within(passage, *span)), *words[1:]]

    def _rank(self, question: Question, among: Collection[str] | None, reranker: Reranker | None) -> Ranking:
        asked = self._corrected(question)
        original = without_places(asked)
        question = plainly_put(original)
        section = self._structure.section_named(question, among)
        searched = section or among
        rows, query = self.searcher.rows(searched), self.searcher.query(question)
        weights, content_weights = self.searcher.weights_with_content(query, rows)
        ranked = self.searcher.rank_by_late_interaction(query, weights, rows)
        ranked = with_additions(ranked, of_notes(question, ranked, self.passages))
        ranked = self._preferring_kind(question, ranked)
        ranked = self._conversations.preferring(question, ranked)
        if reranker is not None:
            ranked = self._reranked(question, ranked, reranker)
        ranking = self._by_phrases(
            Ranking(query=query, weights=weights, ranked=ranked, original=original.text), searched
        )
        if section and not question.unquoted_content_words:
            # The question asks what a section says and nothing else.
            ranking = replace(ranking, basis="heading", confidence=_CONFIDENCE_EXACT)
        ranking = self._by_structure(ranking, among, section)
        ranking = self._by_place(asked, ranking, among)
        # Only now is it known which passages are shown first.
        return self._by_likeness(ranking, content_weights) if ranking.basis == "likeness" else ranking

    def _corrected(self, question: Question) -> Question:
        """Correct typos, unless the model knows every word as one piece."""
        if question.follows is not None:
            return question
        starts = [piece.start for piece in self.searcher.encoder.pieces(question.text)]
        if all(sum(low <= start < high for start in starts) <= 1 for low, high in question.words):
            return question
        text, corrections = self._speller.corrected(question.text)
        return (
            replace(question, text=text, corrections=tuple(corrections.items())) if corrections else question
        )

    def _preferring_kind(self, question: Question, ranked: list[Ranked]) -> list[Ranked]:
        """Raise the scores of notes or block quotations if the question asks for one."""
        if question.kind_asked is None:
            return ranked
        preferred = {
            passage.passage: _PREFERRED
            for passage in ranked
            if self.passages[passage.passage].kind == question.kind_asked
        }
        return with_additions(ranked, preferred)

    def _reranked(self, question: Question, ranked: list[Ranked], reranker: Reranker) -> list[Ranked]:
        first, rest = ranked[:RERANKED], ranked[RERANKED:]
        scores = reranker.scores(
            question.text, [self._excerpts.of(passage, _LONG_EXCERPT) for passage in first]
        )
        low = min(scores, default=0.0)
        # Models have scales of their own, some with all scores near 0, so shares of the range are rounded.
        width = (max(scores, default=0.0) - low) or 1.0
        shares = rounded([(score - low) / width for score in scores])
        # Equal ones keep the order they had.
        order = best_first(shares, range(len(first)))
        reordered = [replace(first[number], score=low + float(shares[number]) * width) for number in order]
        # The rest keep their order, below all that were scored again.
        following = [replace(passage, score=low - distance) for distance, passage in enumerate(rest, 1)]
        return [*reordered, *following]

    def _by_phrases(self, ranking: Ranking, searched: Collection[str] | None) -> Ranking:
        """Put the passages first that contain the quoted phrases of the question."""
        question = ranking.query.question
        if not question.quoted_phrases:
            return ranking
        spans: dict[str, Spans] = {}
        phrases_in: dict[str, int] = {}
        for passage_id in self._phrase_candidates(question, searched):
            passage = self.passages[passage_id]
            occurrences = [
                [match.span() for match in pattern.finditer(passage.text)]
                for pattern in question.phrase_patterns
            ]
            if any(occurrences):
                spans[passage_id] = sentences_over(passage.sentences, chain.from_iterable(occurrences))
                phrases_in[passage_id] = sum(map(bool, occurrences))
        if not spans:
            return ranking
        ranked = self._including(phrases_in, ranking)
        if len(question.quoted_phrases) == len(words(question.quoted_phrases[0])) == 1:
            passages = [self.passages[passage_id] for passage_id in phrases_in]
            additions = discussions(question.phrase_patterns[0], passages)
            ranked = with_additions(ranked, additions)
        ranked = by_tiers(ranked, phrases_in)
        ranking = replace(ranking, ranked=ranked, spans=spans)
        if question.unquoted_content_words:
            return ranking
        # The question asks where a phrase occurs and nothing else.
        return replace(ranking, basis="phrase", confidence=_CONFIDENCE_EXACT)

    def _phrase_candidates(self, question: Question, searched: Collection[str] | None) -> Iterable[str]:
        """Ids of searched passages that may contain a quoted phrase."""
        if searched is not None and not isinstance(searched, SelectedPassages):
            return searched
        candidates = self.searcher.passages_containing(question.quoted_phrases)
        return candidates if searched is None else [name for name in candidates if name in searched]

    def _by_structure(
        self, ranking: Ranking, among: Collection[str] | None, section: Collection[str] | None
    ) -> Ranking:
        """Put the passages first that contain the part of an essay's argument which the question asks for."""
        matches = self._structure.matches(
            ranking.query.question, among, section, [passage.passage for passage in ranking.ranked]
        )
        if not matches:
            return ranking
        tiers = {match.passage: len(matches) - number for number, match in enumerate(matches)}
        return replace(
            ranking,
            ranked=by_tiers(self._including(tiers, ranking), tiers),
            spans={match.passage: match.spans for match in matches},
            basis="structure",
            confidence=_CONFIDENCE_ANNOUNCED
            if any(match.announced for match in matches)
            else _CONFIDENCE_BY_POSITION,
        )

    def _by_place(self, question: Question, ranking: Ranking, among: Collection[str] | None) -> Ranking:
        """Put the passages first that are where the question asks, or note that there is no such place."""
        if not places_in(question.unquoted):
            return ranking
        searched = self._searched_essays(among)
        named = [essay_id for essay_id in self._structure.named_essays(question) if essay_id in searched]
        essays = named or [essay_id for essay_id in _essays_of(ranking.ranked) if essay_id in searched]
        place = self._places.match(question, essays, is_all=bool(named) or len(essays) == len(searched))
        if place is None:
            return ranking
        if not place.passages:
            absence = Absence("no-such-place", place.sentence, "none" if place.decisive else "near")
            basis: Basis = "place" if place.decisive else ranking.basis
            return replace(ranking, absence=absence, basis=basis, confidence=0.0)
        return self._at_place(ranking, place, among)

    def _at_place(self, ranking: Ranking, place: PlaceMatch, among: Collection[str] | None) -> Ranking:
        """Put the passages of a place first: in reading order, or by likeness if more is asked of them."""
        passages = [name for name in place.passages if among is None or name in among]
        tiers = {name: len(passages) - number for number, name in enumerate(passages)}
        if not place.decisive:
            return replace(ranking, ranked=by_tiers(self._including(tiers, ranking), dict.fromkeys(tiers, 1)))
        return replace(
            ranking,
            ranked=by_tiers(self._including(tiers, ranking), tiers),
            spans=place.passages,
            basis="place",
            confidence=_CONFIDENCE_EXACT,
        )

    def _by_likeness(self, ranking: Ranking, content_weights: Floats) -> Ranking:
        """Estimate the confidence from features of the passages that are first."""
        if not ranking.ranked:
            return ranking
        text = self.passages[ranking.ranked[0].passage].text
        features = features_of(ranking.query, content_weights, ranking.ranked, text)
        first = [essay for essay in _essays_of(ranking.ranked[:PASSAGES_READ]) if essay in self.essays]
        return replace(
            ranking,
            features=features,
            confidence=confidence_of(features),
            absence=ranking.absence or self._absence.of_question(ranking.query.question, first),
        )

    def _including(self, passage_ids: Collection[str], ranking: Ranking) -> list[Ranked]:
        """The ranked passages and some others; in a large library not all passages have been ranked."""
        known = {passage.passage for passage in ranking.ranked}
        if known.issuperset(passage_ids):
            return ranking.ranked
        rows = self.searcher.rows(set(passage_ids) - known)
        others = self.searcher.rank_by_late_interaction(ranking.query, ranking.weights, rows)
        return in_order([*ranking.ranked, *others])


def _essays_of(ranked: Iterable[Ranked]) -> list[str]:
    """Ids of the essays of some passages, each once, in the passages' order."""
    return list(dict.fromkeys(passage.passage.rpartition("/")[0] for passage in ranked))

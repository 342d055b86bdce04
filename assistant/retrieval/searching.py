"""What a finder needs of the passages that it searches, be they in one index or in those of many shards."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence, Sized
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from assistant.core.answer import Match
from assistant.core.essay import Passage, Span, Spans
from assistant.retrieval.index.index import Vocabulary
from assistant.retrieval.models.encoder import Encoder, Floats
from assistant.retrieval.questions import Question
from assistant.retrieval.ranking import Query, Ranked

if TYPE_CHECKING:
    from assistant.retrieval.models.cross_encoder import ReadingModel


class Rows(Sized, Protocol):
    """Some of the windows that are searched; only what made them can read them."""


@dataclass(frozen=True, slots=True)
class Near:
    """A passage that is near to another one.

    Attributes:
        passage: Its id.
        score: How near it is, -1 to 1, to four decimals; the same whichever of the two is asked about.
    """

    passage: str
    score: float


class RelatedPassages(Protocol):
    """Finds passages that are near to another; ``related.RelatedSearch`` does in one index."""

    def nearest(self, passage: Passage, among: Collection[str] | None, most: int) -> list[Near]:
        """The nearest passages to a passage, best first; it is not among them."""

    def most_alike(self, passage: Passage, other: Passage) -> tuple[Span, Span] | None:
        """The sentence of another passage that is most like a passage, and the latter's sentence like it."""


class PassageSearch(Protocol):
    """Ranks passages, and says what is needed of the windows of those that it has ranked.

    Both implementations give the same values to the last bit: ``search.Searcher`` for one index, and that of
    a cluster for the indexes of its shards.
    """

    @property
    def encoder(self) -> Encoder:
        """The model that encoded the windows."""

    @property
    def methods(self) -> tuple[str, ...]:
        """Names of the ranking methods, the default first."""

    def passage_ids(self, essay: str) -> Collection[str]:
        """Ids of the passages of an essay that have a window."""

    def related(self) -> RelatedPassages:
        """What finds the passages that are near to another."""

    def vocabulary(self) -> Vocabulary:
        """How often the essays print each word."""

    def has_word(self, word: str) -> bool:
        """Whether some form of a word, or of each of its parts, occurs in a passage."""

    def passages_containing(self, phrases: Sequence[str]) -> list[str]:
        """Ids of the passages that may contain one of some phrases."""

    def rows(self, passages: Collection[str] | None) -> Any:
        """Windows of some passages, or of all for ``None``: ``Rows``."""

    def query(self, question: Question) -> Query:
        """Encode a question."""

    def queries(self, questions: Sequence[Question]) -> list[Query]:
        """Encode some questions in one batch."""

    def weights(self, query: Query, rows: Any) -> Floats:
        """Weight of each word piece of a question among some windows; see ``ranking.shares``."""

    def weights_with_content(self, query: Query, rows: Any) -> tuple[Floats, Floats]:
        """The weights for ranking, and weights of content words only; see ``ranking.shares``."""

    def rank_by_late_interaction(self, query: Query, weights: Floats, rows: Any) -> list[Ranked]:
        """Passages of some windows by late interaction, best first."""

    def windows_by_nearness(self, query: Query, rows: Any) -> tuple[Floats, list[Ranked]]:
        """The weights of a query's pieces, and all of some windows by late interaction, best first."""

    def window(self, ranked: Ranked) -> Span:
        """Where the best window of a ranked passage is in its text."""

    def highlight(self, query: Query, weights: Floats, ranked: Ranked, passage: Passage) -> Spans:
        """The sentences of a ranked passage that answer; see ``ranking.highlight``."""

    def nearest_sentence(self, query: Query, weights: Floats, passage: str, sentences: Spans) -> Spans:
        """The nearest of some sentences of a passage, given by its id; see ``ranking.nearest_sentence``."""

    def matches(
        self, query: Query, weights: Floats, ranked: Ranked, passages: Mapping[str, Passage]
    ) -> tuple[Match, ...]:
        """Why a passage has its rank, word by word of the question; see ``explain.matches_of``."""

    def read(
        self,
        model: ReadingModel,
        question: str,
        ranked: Sequence[Ranked],
        excerpt: Callable[[Ranked], str],
    ) -> list[float]:
        """The logit that each of some ranked passages answers, as a reading model reads its excerpt.

        Args:
            model: The model; the passages may be read elsewhere, by one like it.
            question: The text of the question.
            ranked: The passages.
            excerpt: Gives the excerpt of each.

        Returns:
            A logit for each passage, in order; an empty list if the model cannot run.
        """

    def ranking(
        self, question: Question, method: str, passages: Collection[str] | None = None
    ) -> list[tuple[str, float]]:
        """Ids and scores of some passages, or all for ``None``, by one of the ``methods``, best first."""

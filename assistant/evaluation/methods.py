"""The ranking methods by name: the assistant's own, and simpler ones to compare it with.

Only what the chosen methods need is built; BM25 and one vector for each passage need no index of windows.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from assistant.core.answer import AnswerVerdict
from assistant.core.errors import DatasetError
from assistant.core.essay import Passage, Progress, Spans
from assistant.evaluation.datasets import DatasetQuestion
from assistant.retrieval.finder import Finder
from assistant.retrieval.index.bm25 import BM25
from assistant.retrieval.index.ordering import best_first
from assistant.retrieval.models.encoder import Encoder, Floats
from assistant.retrieval.questions import Question

Scored = list[tuple[str, float]]

# As in Cormack, Clarke and Buettcher (2009).
_RRF = 60
# Passages encoded at a time.
_BATCH = 256


class Dense:
    """One vector for each whole passage, cut where the model stops reading: what most tools do.

    Args:
        texts: Text of each passage by id.
        encoder: The model.
        progress: Called as passages are encoded.
    """

    def __init__(self, texts: Mapping[str, str], encoder: Encoder, progress: Progress) -> None:
        self._names = list(texts)
        self._encoder = encoder
        done = 0

        def count(more: int) -> None:
            nonlocal done
            done += more
            progress("whole passages", done, len(texts))

        cut = [self._cut(text) for text in texts.values()]
        # In batches: the vectors of all word pieces, which are not needed, would fill the memory.
        vectors = [
            encoded.vector
            for start in range(0, len(cut), _BATCH)
            for encoded in encoder.encode(cut[start : start + _BATCH], progress=count)
        ]
        self._vectors = np.array(vectors, dtype=np.float32).reshape(len(cut), encoder.info.dimension)

    def _cut(self, text: str) -> str:
        """As much of a text as the model reads."""
        pieces = self._encoder.pieces(text)
        limit = self._encoder.info.max_tokens
        return text if len(pieces) <= limit else text[: pieces[limit - 1].end]

    def __call__(self, question: str, candidates: Collection[str]) -> Scored:
        """Rank passages by the cosine of their vector and the question's."""
        (encoded,) = self._encoder.encode([self._cut(question)], query=True)
        return _best_first(self._names, self._vectors @ encoded.vector, candidates)


class Lexical:
    """BM25 over whole passages.

    Args:
        texts: Text of each passage by id.
    """

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._names = list(texts)
        self._index = BM25.of(list(texts.values()))

    def __call__(self, question: str, candidates: Collection[str]) -> Scored:
        """Rank passages; those that share no word with the question come last, in their own order."""
        return _best_first(self._names, self._index.scores(question), candidates)


def _best_first(names: Sequence[str], scores: Floats, candidates: Collection[str]) -> Scored:
    wanted = np.flatnonzero([name in candidates for name in names])
    order = wanted[best_first(scores[wanted], wanted)]
    return [(names[number], float(scores[number])) for number in order]


def reciprocal_ranks(rankings: Sequence[Scored]) -> Scored:
    """Fuse rankings: a passage has the sum of ``1 / (60 + rank)`` over those that found it.

    Args:
        rankings: Passages and scores, best first; a passage whose score is not above 0 was not found.

    Returns:
        All passages that a ranking found, best first; the sums come from ranks alone, and equal ones keep the
        order of the first ranking.
    """
    fused: dict[str, float] = {}
    for ranking in rankings:
        for rank, (name, score) in enumerate(ranking, 1):
            if score > 0:
                fused[name] = fused.get(name, 0.0) + 1 / (_RRF + rank)
    return sorted(fused.items(), key=lambda item: -item[1])


# Passages of each document, by id.
PassagesByDocument = Mapping[str, Mapping[str, Passage]]

# The assistant's own first; the others are compared with it.
METHODS = ("late", "fusion", "rrf", "windows", "bm25", "dense")
_INDEXED = frozenset({"late", "fusion", "rrf", "windows"})


@dataclass(frozen=True, slots=True)
class MethodResult:
    """What a method finds for a question.

    Attributes:
        scored: Passages and scores, best first.
        confidence: Estimated probability that the first ones answer; ``None`` for a method that has none.
        highlights: Returns the answering words of the passage of a rank, from 0; ``None`` for a method that
            marks none.
        verdict: What the passages would be offered as; ``None`` for a method that cannot tell.
    """

    scored: Scored
    confidence: float | None = None
    highlights: Callable[[int], Spans] | None = None
    verdict: AnswerVerdict | None = None

    @property
    def certainty(self) -> float:
        """How sure the method is of an answer: its confidence, or the best score."""
        if self.confidence is not None:
            return self.confidence
        return self.scored[0][1] if self.scored else 0.0


# Ranks some passages for a question.
Ranker = Callable[[DatasetQuestion, Collection[str]], MethodResult]


def chosen_methods(names: Sequence[str]) -> list[str]:
    """Names of methods, each once; all if none is named.

    Raises:
        DatasetError: If there is no such method.
    """
    if unknown := [name for name in names if name not in METHODS]:
        raise DatasetError(f"{unknown[0]!r} is no ranking method; choose among {', '.join(METHODS)}.")
    return list(dict.fromkeys(names)) or list(METHODS)


def needs_index(names: Collection[str]) -> bool:
    """Whether one of these methods needs the index of windows."""
    return not _INDEXED.isdisjoint(names)


class Methods:
    """Builds the methods for some passages.

    Args:
        finder: Holds the model and, where a method needs it, the index.
        corpus: The passages.
        progress: Called as passages are encoded.
    """

    def __init__(self, finder: Finder, corpus: PassagesByDocument, progress: Progress) -> None:
        self._finder = finder
        self._texts = {
            name: passage.text for passages in corpus.values() for name, passage in passages.items()
        }
        self._progress = progress

    def ranker(self, name: str) -> Ranker:
        """The method of a name, ready to rank."""
        if name == "late":
            return self._late
        plain = self._plain(name)
        return lambda question, candidates: MethodResult(
            plain(self._understood(question, candidates), candidates)
        )

    def _understood(self, question: DatasetQuestion, candidates: Collection[str]) -> Question:
        if not question.history:
            return Question.of(question.text)
        return self._finder.understood(question.text, question.history, candidates)

    def _plain(self, name: str) -> Callable[[Question, Collection[str]], Scored]:
        match name:
            case "rrf":
                return self._fused
            case "bm25" | "dense":
                method = self._lexical if name == "bm25" else self._dense
                return lambda question, candidates: method(question.text, candidates)
            case _:
                return lambda question, candidates: self._finder.searcher.ranking(question, name, candidates)

    def _late(self, question: DatasetQuestion, candidates: Collection[str]) -> MethodResult:
        ranking = self._finder.with_reason(
            self._finder.find(self._understood(question, candidates), candidates), candidates
        )
        return MethodResult(
            [(ranked.passage, ranked.score) for ranked in ranking.ranked],
            ranking.confidence,
            lambda rank: self._finder.highlights(ranking, ranking.ranked[rank]),
            ranking.verdict,
        )

    def _fused(self, question: Question, candidates: Collection[str]) -> Scored:
        windows = self._finder.searcher.ranking(question, "windows", candidates)
        return reciprocal_ranks([self._lexical(question.text, candidates), windows])

    @cached_property
    def _lexical(self) -> Lexical:
        return Lexical(self._texts)

    @cached_property
    def _dense(self) -> Dense:
        return Dense(self._texts, self._finder.searcher.encoder, self._progress)

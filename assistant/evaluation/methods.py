"""The ranking methods by name; only what the asked ones need is built.

Plain ways to rank passages, to compare with: they need no index of windows.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from assistant.core.errors import DatasetError
from assistant.core.essay import Passage, Progress
from assistant.evaluation.datasets import DatasetQuestion
from assistant.evaluation.evidence import Spans
from assistant.retrieval.finder import Finder
from assistant.retrieval.index.bm25 import BM25
from assistant.retrieval.index.ordering import best_first
from assistant.retrieval.models.encoder import Encoder, Floats
from assistant.retrieval.questions import Question

Scored = list[tuple[str, float]]

# As in Cormack, Clarke and Buettcher (2009).
_RRF = 60
# Passages encoded at a time.
_AT_ONCE = 256


class Dense:
    """One vector for each whole passage, cut where the model stops reading: what most tools do.

    Args:
        texts: Text of each passage by id.
        encoder: The model.
        progress: Told about passages encoded.
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
        # By parts: the vectors of all their word pieces, which are not needed, would fill the memory.
        vectors = [
            one.vector
            for start in range(0, len(cut), _AT_ONCE)
            for one in encoder.encode(cut[start : start + _AT_ONCE], progress=count)
        ]
        self._vectors = np.array(vectors, dtype=np.float32).reshape(len(cut), encoder.info.dimension)

    def _cut(self, text: str) -> str:
        """As much of a text as the model reads."""
        pieces = self._encoder.pieces(text)
        limit = self._encoder.info.max_tokens
        return text if len(pieces) <= limit else text[: pieces[limit - 1].end]

    def __call__(self, question: str, candidates: Collection[str]) -> Scored:
        """Rank passages by the cosine of their vector and the question's."""
        (asked,) = self._encoder.encode([self._cut(question)], query=True)
        return _best_first(self._names, self._vectors @ asked.vector, candidates)


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
        rankings: Passages and scores, best first; what is not above 0 was not found.

    Returns:
        All passages that one of them found, best first; the sums come from ranks alone, and equal ones stand
        in the order of the first ranking.
    """
    fused: dict[str, float] = {}
    for ranking in rankings:
        for rank, (name, score) in enumerate(ranking, 1):
            if score > 0:
                fused[name] = fused.get(name, 0.0) + 1 / (_RRF + rank)
    return sorted(fused.items(), key=lambda one: -one[1])


# Passages of each document, by id.
Corpus = Mapping[str, Mapping[str, Passage]]

# The assistant's own first; the others are compared with it.
METHODS = ("late", "fusion", "rrf", "windows", "bm25", "dense")
_INDEXED = frozenset({"late", "fusion", "rrf", "windows"})


@dataclass(frozen=True, slots=True)
class MethodResult:
    """What a method finds for a question.

    Attributes:
        scored: Passages and scores, best first.
        confidence: Estimated probability that the first ones answer; ``None`` for a method that has none.
        highlights: Gives the answering words of the passage on a place from 0; ``None`` for a method that
            marks none.
        threshold: The confidence from which the passages are offered as an answer.
    """

    scored: Scored
    confidence: float | None = None
    highlights: Callable[[int], Spans] | None = None
    threshold: float = 0.0

    @property
    def certainty(self) -> float:
        """How sure the method is of an answer: its confidence, or the best score."""
        if self.confidence is not None:
            return self.confidence
        return self.scored[0][1] if self.scored else 0.0

    @property
    def answered(self) -> bool | None:
        """Whether the passages would be offered as an answer; ``None`` for a method that cannot tell."""
        return None if self.confidence is None else bool(self.scored) and self.confidence >= self.threshold


# Ranks some passages for a question.
Ranker = Callable[[DatasetQuestion, Collection[str]], MethodResult]


def chosen(names: Sequence[str]) -> list[str]:
    """Names of methods, each once; all if none is named.

    Raises:
        DatasetError: If there is no such method.
    """
    if unknown := [name for name in names if name not in METHODS]:
        raise DatasetError(f"{unknown[0]!r} is no ranking method; choose among {', '.join(METHODS)}.")
    return list(dict.fromkeys(names)) or list(METHODS)


def needs_index(names: Collection[str]) -> bool:
    """Whether one of some methods looks at the index of windows."""
    return not _INDEXED.isdisjoint(names)


def _parsed(question: DatasetQuestion) -> Question:
    return Question.of(question.text, question.history)


class Methods:
    """The methods on some passages.

    Args:
        finder: Holds the model and, where a method needs it, the index.
        corpus: The passages.
        progress: Told about passages encoded.
    """

    def __init__(self, finder: Finder, corpus: Corpus, progress: Progress) -> None:
        self._finder = finder
        self._texts = {name: one.text for passages in corpus.values() for name, one in passages.items()}
        self._progress = progress

    def ranker(self, name: str) -> Ranker:
        """The method of a name, ready to rank."""
        if name == "late":
            return self._late
        plain = self._plain(name)
        return lambda question, candidates: MethodResult(plain(_parsed(question), candidates))

    def _plain(self, name: str) -> Callable[[Question, Collection[str]], Scored]:
        match name:
            case "rrf":
                return self._fused
            case "bm25" | "dense":
                method = self._lexical if name == "bm25" else self._dense
                return lambda question, among: method(question.text, among)
            case _:
                return lambda question, among: self._finder.searcher.ranking(question, name, among)

    def _late(self, question: DatasetQuestion, candidates: Collection[str]) -> MethodResult:
        ranking = self._finder.find(_parsed(question), candidates)
        return MethodResult(
            [(one.passage, one.score) for one in ranking.ranked],
            ranking.confidence,
            lambda at: self._finder.highlights(ranking, ranking.ranked[at]),
            ranking.threshold,
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

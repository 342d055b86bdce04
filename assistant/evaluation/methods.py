"""The ranking methods by name; only what the asked ones need is built."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from assistant.asking.finding import Finder
from assistant.errors import DatasetError
from assistant.evaluation.baselines import Dense, Lexical, Scored, reciprocal_ranks
from assistant.evaluation.datasets import Question
from assistant.evaluation.evidence import Spans
from assistant.types import Passage, Progress

# Passages of each document, by id.
Corpus = Mapping[str, Mapping[str, Passage]]

# The assistant's own first; the others are compared with it.
METHODS = ("late", "fusion", "rrf", "windows", "bm25", "dense")
_INDEXED = frozenset({"late", "fusion", "rrf", "windows"})


@dataclass(frozen=True, slots=True)
class Found:
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
Ranker = Callable[[Question, Collection[str]], Found]


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
        return lambda question, candidates: Found(plain(self._read(question), candidates))

    def _plain(self, name: str) -> Callable[[str, Collection[str]], Scored]:
        match name:
            case "rrf":
                return self._fused
            case "bm25":
                return self._lexical
            case "dense":
                return self._dense
            case _:
                return lambda question, among: self._finder.searcher.ranking(question, name, among)

    def _read(self, question: Question) -> str:
        return self._finder.read(question.text, question.history)

    def _late(self, question: Question, candidates: Collection[str]) -> Found:
        ranking = self._finder.find(self._read(question), candidates)
        return Found(
            [(one.passage, one.score) for one in ranking.ranked],
            ranking.confidence,
            lambda at: self._finder.highlights(ranking, ranking.ranked[at]),
            ranking.threshold,
        )

    def _fused(self, question: str, candidates: Collection[str]) -> Scored:
        windows = self._finder.searcher.ranking(question, "windows", candidates)
        return reciprocal_ranks([self._lexical(question, candidates), windows])

    @cached_property
    def _lexical(self) -> Lexical:
        return Lexical(self._texts)

    @cached_property
    def _dense(self) -> Dense:
        return Dense(self._texts, self._finder.searcher.encoder, self._progress)

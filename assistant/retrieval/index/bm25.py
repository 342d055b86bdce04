"""BM25 over passages; the only module that imports the stemmer.

Robertson's BM25 with Lucene's idf and stop words. The tests compare the scores with those of bm25s, whose
import alone takes longer than a question.

Postings list the passages of each term and how often it occurs there. A term is a number: the id of a word
piece, or a digest of a stem. The passages of a term are next to each other, as in the columns of a sparse
matrix, so that a question reads only its own terms from disk.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from functools import cache, reduce
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.retrieval.index.ordering import best_first
from assistant.retrieval.models.encoder import Floats, Integers

Terms = NDArray[np.uint64]
_LARGEST_COUNT = np.iinfo(np.uint16).max

_LANGUAGE = "english"
_SATURATION, _LENGTH = 1.5, 0.75
# Finding one text among those that contain a word takes as long as reading this many of them in sequence.
_LOOKUP_COST = 16
_WORD = re.compile(r"\w+")
STOP_WORDS = frozenset(
    (
        "a an and are as at be but by for if in into is it no not of on or such that the their then there "
        "these they this to was will with"
    ).split()
)


@dataclass(frozen=True, slots=True)
class Postings:
    """Postings of numbered passages.

    Attributes:
        terms: Each term once, ascending; shape ``(terms,)``.
        starts: First posting of each term and, last, the number of postings; shape ``(terms + 1,)``.
        passages: Passage of each posting, ascending within a term; shape ``(postings,)``.
        counts: How often the term occurs in that passage, shape ``(postings,)``.
    """

    terms: Terms
    starts: NDArray[np.int64]
    passages: Integers
    counts: NDArray[np.uint16]

    @classmethod
    def of(cls, terms: Terms, passages: Integers) -> Postings:
        """Count occurrences, each given by its term and the number of its passage."""
        order = np.lexsort((passages, terms))
        terms, passages = terms[order], passages[order]
        first = np.flatnonzero(_changes(terms) | _changes(passages))
        counts = np.minimum(np.diff(first, append=len(terms)), _LARGEST_COUNT).astype(np.uint16)
        terms, passages = terms[first], passages[first]
        starts = np.flatnonzero(_changes(terms))
        return cls(
            terms[starts].astype(np.uint64), np.append(starts, len(terms)), passages.astype(np.int32), counts
        )

    def joined(self, other: Postings, shift: int) -> Postings:
        """Append the postings of further passages.

        Args:
            other: Postings of these passages.
            shift: Added to their numbers; greater than every number in ``self``.
        """
        terms = np.union1d(self.terms, other.terms)
        columns = [np.searchsorted(terms, postings.terms) for postings in (self, other)]
        sizes = np.zeros(len(terms), dtype=np.int64)
        sizes[columns[0]] = np.diff(self.starts)
        preceding = sizes[columns[1]]
        sizes[columns[1]] += np.diff(other.starts)
        starts = np.append(0, np.cumsum(sizes))
        passages = np.empty(starts[-1], dtype=np.int32)
        counts = np.empty(starts[-1], dtype=np.uint16)
        targets = (starts[columns[0]], starts[columns[1]] + preceding)
        for postings, target, added in zip((self, other), targets, (0, shift), strict=True):
            moved = np.repeat(target - postings.starts[:-1], np.diff(postings.starts))
            positions = moved + np.arange(len(postings.passages))
            passages[positions] = postings.passages + np.int32(added)
            counts[positions] = postings.counts
        return Postings(terms, starts, passages, counts)

    def of_term(self, term: int) -> slice:
        """The postings of a term; an empty slice if it does not occur."""
        column = int(np.searchsorted(self.terms, np.uint64(term)))
        if column == len(self.terms) or self.terms[column] != term:
            return slice(0, 0)
        return slice(int(self.starts[column]), int(self.starts[column + 1]))

    def save(self, folder: Path, name: str) -> None:
        """Write the arrays as ``NAME.FIELD.npy``."""
        for field in fields(self):
            np.save(folder / f"{name}.{field.name}.npy", getattr(self, field.name), allow_pickle=False)

    @classmethod
    def load(cls, folder: Path, name: str) -> Postings:
        """Map the files that ``save`` wrote.

        Raises:
            OSError: If a file cannot be opened.
            ValueError: If a file is damaged.
        """
        terms, starts, passages, counts = (
            np.asarray(np.load(folder / f"{name}.{field.name}.npy", mmap_mode="r", allow_pickle=False))
            for field in fields(cls)
        )
        if not (len(starts) == len(terms) + 1 and len(passages) == len(counts) == starts[-1]):
            raise ValueError(name)
        return cls(terms, starts, passages, counts)

    @property
    def nbytes(self) -> int:
        """Size of the arrays in bytes."""
        return sum(getattr(self, field.name).nbytes for field in fields(self))


@dataclass(frozen=True, slots=True)
class Frequencies:
    """In how many passages each term occurs.

    Attributes:
        terms: The terms, ascending; some may be of removed passages alone.
        counts: Number of searched passages that contain each.
    """

    terms: Terms
    counts: NDArray[np.int64]

    @classmethod
    def of(cls, postings: Postings, live: NDArray[np.bool_] | None) -> Frequencies:
        """Those of postings, among the passages that are searched; all if ``None``."""
        if live is None or not len(postings.terms):
            counts = np.diff(postings.starts)
        else:
            counts = np.add.reduceat(live[postings.passages], postings.starts[:-1], dtype=np.int64)
        return cls(np.asarray(postings.terms), np.asarray(counts, dtype=np.int64))

    @classmethod
    def total(cls, parts: Sequence[Frequencies]) -> Frequencies:
        """Those of several collections together."""
        terms, columns = np.unique(np.concatenate([part.terms for part in parts]), return_inverse=True)
        counts = np.zeros(len(terms), dtype=np.int64)
        np.add.at(counts, columns, np.concatenate([part.counts for part in parts]))
        return cls(terms, counts)

    def of_terms(self, terms: Sequence[int]) -> NDArray[np.int64]:
        """Number of passages that contain each of some terms."""
        columns, is_known = self._columns(terms)
        return np.where(is_known, self.counts[columns], 0) if len(self.terms) else np.zeros(len(terms), int)

    def have(self, terms: Sequence[int]) -> list[bool]:
        """Whether each of some terms has postings."""
        found: list[bool] = self._columns(terms)[1].tolist()
        return found

    def _columns(self, terms: Sequence[int]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        wanted = np.array(terms, dtype=np.uint64)
        columns = np.minimum(np.searchsorted(self.terms, wanted), max(0, len(self.terms) - 1))
        is_known = self.terms[columns] == wanted if len(self.terms) else np.zeros(len(wanted), dtype=bool)
        return columns, is_known


def _changes(values: NDArray[np.generic]) -> NDArray[np.bool_]:
    """Where a value differs from the one before it; true for the first."""
    changes = np.ones(len(values), dtype=bool)
    np.not_equal(values[1:], values[:-1], out=changes[1:])
    return changes


def words_of(text: str) -> list[str]:
    """Words of a text in lower case."""
    return _WORD.findall(text.lower())


def _is_indexed(word: str) -> bool:
    """Whether BM25 counts a word."""
    return len(word) > 1 and word not in STOP_WORDS


def counted_words(text: str) -> list[str]:
    """Words of a text that BM25 counts, in order."""
    return [word for word in words_of(text) if _is_indexed(word)]


@cache
def _stemmer() -> Callable[[str], str]:
    import Stemmer

    stem: Callable[[str], str] = Stemmer.Stemmer(_LANGUAGE).stemWord
    return stem


def term_of(word: str) -> int:
    """The term of a lower-case word in the postings: that of its stem.

    Words that BM25 does not count have terms of their own, so that phrases can be looked up.
    """
    name = _stemmer()(word) if _is_indexed(word) else f"={word}"
    return int.from_bytes(hashlib.blake2b(name.encode("utf-8", "replace"), digest_size=8).digest())


def index_words(texts: Iterable[str]) -> tuple[Postings, Integers]:
    """Index the words of texts, which are numbered from 0.

    Returns:
        Their postings, and the number of words in each text that BM25 counts.
    """
    known: dict[str, int] = {}
    terms: list[int] = []
    owners: list[int] = []
    lengths: list[int] = []
    for number, text in enumerate(texts):
        words = words_of(text)
        for word in words:
            if word not in known:
                known[word] = term_of(word)
        terms.extend(known[word] for word in words)
        owners.extend([number] * len(words))
        lengths.append(sum(map(_is_indexed, words)))
    occurrences: Terms = np.array(terms, dtype=np.uint64)
    return Postings.of(occurrences, np.array(owners, dtype=np.int32)), np.array(lengths, dtype=np.int32)


@dataclass(frozen=True, slots=True)
class TextCollection:
    """The texts among which a word is rare or common, if they are more than those that are scored.

    Attributes:
        texts: Number of texts.
        words: Number of their words that BM25 counts.
    """

    texts: int
    words: int


@dataclass(frozen=True, slots=True)
class _QueryTerm:
    """A word of a question.

    Attributes:
        texts: Numbers of the texts that contain it, ascending.
        counts: How often it occurs in each of them.
        frequency: Number of the texts of the whole collection that contain it.
        idf: Its idf, which is more than it adds to any score.
    """

    texts: Integers
    counts: NDArray[np.uint16]
    frequency: int
    idf: float


class BM25:
    """BM25 scores of a question for each text.

    Args:
        postings: Postings of the words.
        lengths: Number of words in each text.
        live: Which texts are searched; all if ``None``.
        collection: The texts of which these are a part; only these if ``None``.
    """

    def __init__(
        self,
        postings: Postings,
        lengths: Integers,
        live: NDArray[np.bool_] | None = None,
        collection: TextCollection | None = None,
    ) -> None:
        self._postings = postings
        self._live = live
        searched = lengths if live is None else lengths[live]
        own = TextCollection(len(searched), int(searched.sum(dtype=np.int64)))
        self.collection = collection or own
        mean = self.collection.words / self.collection.texts if self.collection.texts else 0.0
        relative = lengths / (mean or 1)
        self._lengths: Floats = (_SATURATION * (1 - _LENGTH + _LENGTH * relative)).astype(np.float32)

    @classmethod
    def of(cls, texts: Sequence[str]) -> BM25:
        """BM25 of some texts."""
        return cls(*index_words(texts))

    def frequencies(self, question: str) -> tuple[int, ...]:
        """Number of the searched texts that contain each word of a question that BM25 counts, in order."""
        return tuple(len(self._texts_with(word)[0]) for word in counted_words(question))

    def scores(self, question: str, frequencies: Sequence[int] | None = None) -> Floats:
        """Score of every text, shape ``(texts,)``; 0 for texts that contain no word of the question.

        Args:
            question: The question.
            frequencies: Those of its words in the whole collection, if that has more texts.
        """
        scores = np.zeros(len(self._lengths), dtype=np.float32)
        for term in self._query_terms(question, frequencies):
            scores[term.texts] += self._contributions(term.idf, term.texts, term.counts)
        return scores

    def best(
        self,
        question: str,
        count: int,
        among: NDArray[np.bool_] | None = None,
        places: Integers | None = None,
    ) -> Integers:
        """The texts with the highest scores.

        The rarest words are scored first. Texts that can no longer be among the best, whatever the commoner
        words add, are dropped (MaxScore, Turtle and Flood 1995).

        Args:
            question: The question.
            count: How many texts to return at most.
            among: Which texts to search; all if ``None``.
            places: Position of each text, which decides between equal scores; its number if ``None``.

        Returns:
            Their numbers, ascending; no text whose score is 0.
        """
        candidates, scores = self.candidates(question, count, among)
        if len(candidates) > count:
            order = best_first(scores, candidates if places is None else places[candidates])
            candidates = np.sort(candidates[order[:count]])
        return candidates

    def candidates(
        self,
        question: str,
        count: int,
        among: NDArray[np.bool_] | None = None,
        frequencies: Sequence[int] | None = None,
    ) -> tuple[Integers, Floats]:
        """All texts whose score is at least the ``count``-th highest, in ascending order, and their scores.

        Args:
            question: The question.
            count: How many texts are wanted at least.
            among: Which texts to search; all if ``None``.
            frequencies: As for ``scores``.
        """
        terms = sorted(self._query_terms(question, frequencies), key=lambda term: term.frequency)
        scores = np.zeros(len(self._lengths), dtype=np.float32)
        candidates: Integers | None = None
        for number, term in enumerate(terms, 1):
            texts, counts = term.texts, term.counts
            if candidates is not None and _LOOKUP_COST * len(candidates) < len(texts):
                texts, counts = _common(candidates, term)
            scores[texts] += self._contributions(term.idf, texts, counts)
            remaining = sum(later.idf for later in terms[number:])
            # A word adds less than its idf: until then a text without a score may still be among the best.
            if number == len(terms) or sum(scored.idf for scored in terms[:number]) > remaining:
                candidates = _candidates(scores, candidates, count, remaining, among)
        if candidates is None:
            candidates = np.zeros(0, dtype=np.int32)
        return candidates, scores[candidates]

    def _texts_with(self, word: str) -> tuple[Integers, NDArray[np.uint16]]:
        """The searched texts that contain a word, and how often they do."""
        postings = self._postings.of_term(term_of(word))
        texts, counts = self._postings.passages[postings], self._postings.counts[postings]
        if self._live is not None:
            texts, counts = texts[self._live[texts]], counts[self._live[texts]]
        return texts, counts

    def _query_terms(self, question: str, frequencies: Sequence[int] | None) -> list[_QueryTerm]:
        """The words of a question, repeated ones repeatedly."""
        terms = []
        for number, word in enumerate(counted_words(question)):
            texts, counts = self._texts_with(word)
            frequency = len(texts) if frequencies is None else frequencies[number]
            idf = math.log(1 + (self.collection.texts - frequency + 0.5) / (frequency + 0.5))
            terms.append(_QueryTerm(texts, counts, frequency, idf))
        return terms

    def _contributions(self, idf: float, texts: Integers, counts: NDArray[np.uint16]) -> Floats:
        """What a word adds to the scores of some texts, given how often it occurs in each."""
        often = counts.astype(np.float32)
        contributions: Floats = np.float32(idf) * often / (often + self._lengths[texts])
        return contributions

    def passages_containing(self, words: Iterable[str]) -> Integers:
        """Numbers of the texts that contain all of some lower-case words, or others with the same stems."""
        texts = [
            self._postings.passages[self._postings.of_term(term_of(word))] for word in dict.fromkeys(words)
        ]
        if not texts:
            return np.zeros(0, dtype=np.int32)
        return reduce(lambda texts, others: np.intersect1d(texts, others, assume_unique=True), texts)


def _common(texts: Integers, term: _QueryTerm) -> tuple[Integers, NDArray[np.uint16]]:
    """Those of some texts, ascending, that contain a word, and how often they do."""
    positions = np.searchsorted(term.texts, texts)
    positions = positions[positions < len(term.texts)] if len(term.texts) else positions[:0]
    texts = texts[: len(positions)]
    contained = term.texts[positions] == texts
    return texts[contained], term.counts[positions[contained]]


def _candidates(
    scores: Floats,
    candidates: Integers | None,
    count: int,
    remaining: float,
    among: NDArray[np.bool_] | None,
) -> Integers | None:
    """Texts that may be among the ``count`` best if at most ``remaining`` is added to any score.

    ``None`` means all texts, as long as one without a score may be among the best.
    """
    if candidates is None:
        scored = np.flatnonzero(scores).astype(np.int32)
        scored = scored if among is None else scored[among[scored]]
    else:
        scored = candidates
    candidate_scores = scores[scored]
    lowest = _nth_highest(candidate_scores, count) if len(candidate_scores) > count else 0.0
    if candidates is None and lowest <= remaining and remaining > 0:
        return None
    return scored[candidate_scores + np.float32(remaining) >= lowest]


def _nth_highest(scores: Floats, count: int) -> float:
    """The ``count``-th highest of more scores than that.

    That of some of them is a lower bound, below which most are dropped first.
    """
    some = scores[:: max(1, len(scores) // max(count, math.isqrt(len(scores) * count)))]
    if count < len(some) < len(scores):
        scores = scores[scores >= np.partition(some, len(some) - count)[len(some) - count]]
    return float(np.partition(scores, len(scores) - count)[len(scores) - count])

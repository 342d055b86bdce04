"""BM25 over passages: the only module that speaks to the stemmer.

Robertson's BM25 with Lucene's idf and stop words. The tests hold the scores against those of bm25s, whose
import alone takes longer than a question.

Postings: in which passages each term stands, and how often.

Terms are numbers (the id of a word piece, or a digest of a stem). Passages of a term stand next to each
other in the order of their numbers, as in the columns of a sparse matrix, so that a question reads of the
arrays on disk no more than its own terms.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.retrieval.index.ordering import best_first
from assistant.retrieval.models.encoder import Floats, Integers

Terms = NDArray[np.uint64]
_MOST = np.iinfo(np.uint16).max


@dataclass(frozen=True, slots=True)
class Postings:
    """Postings of some passages, which are numbered.

    Attributes:
        terms: Each term once, ascending; shape ``(terms,)``.
        starts: First posting of each term and, last, the number of postings; shape ``(terms + 1,)``.
        passages: Passage of each posting, ascending within a term; shape ``(postings,)``.
        counts: How often the term stands in it, shape ``(postings,)``.
    """

    terms: Terms
    starts: NDArray[np.int64]
    passages: Integers
    counts: NDArray[np.uint16]

    @classmethod
    def of(cls, terms: Terms, passages: Integers) -> Postings:
        """Count occurrences.

        Args:
            terms: The term of each.
            passages: Number of the passage in which it stands.
        """
        order = np.lexsort((passages, terms))
        terms, passages = terms[order], passages[order]
        first = np.flatnonzero(_changes(terms) | _changes(passages))
        counts = np.minimum(np.diff(first, append=len(terms)), _MOST).astype(np.uint16)
        terms, passages = terms[first], passages[first]
        starts = np.flatnonzero(_changes(terms))
        return cls(
            terms[starts].astype(np.uint64), np.append(starts, len(terms)), passages.astype(np.int32), counts
        )

    def joined(self, other: Postings, shift: int) -> Postings:
        """These postings with those of further passages behind them.

        Args:
            other: Postings of the others.
            shift: What is added to the numbers of their passages; none of these is as high.
        """
        terms = np.union1d(self.terms, other.terms)
        counts = np.zeros(len(terms), dtype=np.int64)
        places = [np.searchsorted(terms, one.terms) for one in (self, other)]
        own = np.diff(self.starts)
        counts[places[0]] = own
        behind = counts[places[1]]
        counts[places[1]] += np.diff(other.starts)
        starts = np.append(0, np.cumsum(counts))
        passages = np.empty(starts[-1], dtype=np.int32)
        numbers = np.empty(starts[-1], dtype=np.uint16)
        shifts = (starts[places[0]], starts[places[1]] + behind)
        for one, at, more in zip((self, other), shifts, (0, shift), strict=True):
            to = np.repeat(at - one.starts[:-1], np.diff(one.starts)) + np.arange(len(one.passages))
            passages[to] = one.passages + np.int32(more)
            numbers[to] = one.counts
        return Postings(terms, starts, passages, numbers)

    def of_term(self, term: int) -> slice:
        """The postings of a term; an empty slice if it stands nowhere."""
        at = int(np.searchsorted(self.terms, np.uint64(term)))
        if at == len(self.terms) or self.terms[at] != term:
            return slice(0, 0)
        return slice(int(self.starts[at]), int(self.starts[at + 1]))

    def save(self, folder: Path, name: str) -> None:
        """Write the arrays as ``NAME.FIELD.npy``."""
        for field in fields(self):
            np.save(folder / f"{name}.{field.name}.npy", getattr(self, field.name), allow_pickle=False)

    @classmethod
    def load(cls, folder: Path, name: str) -> Postings:
        """Map what ``save`` wrote.

        Raises:
            OSError: If a file cannot be opened.
            ValueError: If one is not what it should be.
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
        """Bytes that the arrays take."""
        return sum(array.nbytes for array in self._arrays())

    def _arrays(self) -> Iterator[NDArray[np.generic]]:
        return (getattr(self, field.name) for field in fields(self))


def _changes(values: NDArray[np.generic]) -> NDArray[np.bool_]:
    """Where a value is another than the one before it; the first is."""
    changes = np.ones(len(values), dtype=bool)
    np.not_equal(values[1:], values[:-1], out=changes[1:])
    return changes


_LANGUAGE = "english"
_SATURATION, _LENGTH = 1.5, 0.75
# Looking a few texts up among those that hold a word takes as long for each as reading so many in turn.
_FEW = 16
_WORD = re.compile(r"\w+")
STOP_WORDS = frozenset(
    (
        "a an and are as at be but by for if in into is it no not of on or such that the their then there "
        "these they this to was will with"
    ).split()
)


def words_of(text: str) -> list[str]:
    """Words of a text in lower case."""
    return _WORD.findall(text.lower())


def _counts(word: str) -> bool:
    """Whether BM25 looks at a word."""
    return len(word) > 1 and word not in STOP_WORDS


@cache
def _stemmer() -> Callable[[str], str]:
    import Stemmer

    stem: Callable[[str], str] = Stemmer.Stemmer(_LANGUAGE).stemWord
    return stem


def term_of(word: str) -> int:
    """The term that a lower-case word is in the postings: that of its stem.

    Words that BM25 does not look at are terms of their own, so that phrases can be looked for.
    """
    name = _stemmer()(word) if _counts(word) else f"={word}"
    return int.from_bytes(hashlib.blake2b(name.encode("utf-8", "replace"), digest_size=8).digest())


def index_words(texts: Iterable[str]) -> tuple[Postings, Integers]:
    """Index the words of texts, which are numbered from 0.

    Returns:
        Their postings, and the number of words of each text that BM25 looks at.
    """
    known: dict[str, int] = {}
    terms: list[int] = []
    owners: list[int] = []
    lengths: list[int] = []
    for at, text in enumerate(texts):
        words = words_of(text)
        for word in words:
            if word not in known:
                known[word] = term_of(word)
        terms.extend(known[word] for word in words)
        owners.extend([at] * len(words))
        lengths.append(sum(map(_counts, words)))
    found: Terms = np.array(terms, dtype=np.uint64)
    return Postings.of(found, np.array(owners, dtype=np.int32)), np.array(lengths, dtype=np.int32)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A word of a question.

    Attributes:
        texts: Numbers of the texts that hold it, ascending.
        counts: How often each of them does.
        most: More than it adds to any score: its idf.
    """

    texts: Integers
    counts: NDArray[np.uint16]
    most: float


class BM25:
    """BM25 scores of a question for each of some texts.

    Args:
        postings: Postings of their words.
        lengths: Number of words of each text.
        live: Which texts count; all if ``None``.
    """

    def __init__(self, postings: Postings, lengths: Integers, live: NDArray[np.bool_] | None = None) -> None:
        self._postings = postings
        self._live = live
        own = lengths if live is None else lengths[live]
        self._texts = len(own)
        mean = float(own.mean(dtype=np.float64)) if len(own) else 0.0
        relative = lengths / (mean or 1)
        self._lengths: Floats = (_SATURATION * (1 - _LENGTH + _LENGTH * relative)).astype(np.float32)

    @classmethod
    def of(cls, texts: Sequence[str]) -> BM25:
        """BM25 of some texts."""
        return cls(*index_words(texts))

    def scores(self, question: str) -> Floats:
        """Score of every text, shape ``(texts,)``; 0 where no word of the question stands."""
        scores = np.zeros(len(self._lengths), dtype=np.float32)
        for one in self._asked(question):
            scores[one.texts] += self._shares(one, one.texts, one.counts)
        return scores

    def best(
        self,
        question: str,
        count: int,
        among: NDArray[np.bool_] | None = None,
        places: Integers | None = None,
    ) -> Integers:
        """The texts with the highest scores.

        The rarest words are looked at first. Texts that can no longer come among the best, whatever the
        commoner words add, are left out (MaxScore, Turtle and Flood 1995).

        Args:
            question: The question.
            count: How many to find at the most.
            among: Which texts to look among; all if ``None``.
            places: Place of each text, which decides between equal scores; its number if ``None``.

        Returns:
            Their numbers, ascending; none whose score is 0.
        """
        asked = sorted(self._asked(question), key=lambda one: len(one.texts))
        scores = np.zeros(len(self._lengths), dtype=np.float32)
        found: Integers | None = None
        for at, one in enumerate(asked, 1):
            few = found is not None and _FEW * len(found) < len(one.texts)
            texts, counts = _common(found, one) if found is not None and few else (one.texts, one.counts)
            scores[texts] += self._shares(one, texts, counts)
            left = sum(later.most for later in asked[at:])
            found = _hopeful(scores, found, count, left, among)
        if found is None:
            return np.zeros(0, dtype=np.int32)
        if len(found) > count:
            order = best_first(scores[found], found if places is None else places[found])
            found = np.sort(found[order[:count]])
        return found

    def _asked(self, question: str) -> list[_Asked]:
        """The words of a question that stand in a text, each as often as it is asked."""
        made = []
        for word in filter(_counts, words_of(question)):
            own = self._postings.of_term(term_of(word))
            texts, counts = self._postings.passages[own], self._postings.counts[own]
            if self._live is not None:
                texts, counts = texts[self._live[texts]], counts[self._live[texts]]
            idf = math.log(1 + (self._texts - len(texts) + 0.5) / (len(texts) + 0.5))
            made.append(_Asked(texts, counts, idf))
        return made

    def _shares(self, one: _Asked, texts: Integers, counts: NDArray[np.uint16]) -> Floats:
        """What a word adds to the scores of some texts that hold it so many times."""
        often = counts.astype(np.float32)
        shares: Floats = np.float32(one.most) * often / (often + self._lengths[texts])
        return shares

    def holding(self, words: Iterable[str]) -> Integers:
        """Numbers of the texts that hold all of some lower-case words, or others with their stems."""
        found: Any = None
        for word in dict.fromkeys(words):
            own = self._postings.passages[self._postings.of_term(term_of(word))]
            found = own if found is None else np.intersect1d(found, own, assume_unique=True)
        none: Integers = np.zeros(0, dtype=np.int32)
        return none if found is None else found


def _common(found: Integers, one: _Asked) -> tuple[Integers, NDArray[np.uint16]]:
    """Those of some texts, ascending, that hold a word, and how often they do."""
    at = np.searchsorted(one.texts, found)
    at = at[at < len(one.texts)] if len(one.texts) else at[:0]
    held = one.texts[at] == found[: len(at)]
    return found[: len(at)][held], one.counts[at[held]]


def _hopeful(
    scores: Floats, found: Integers | None, count: int, left: float, among: NDArray[np.bool_] | None
) -> Integers | None:
    """Texts that may come among so many best when no more than ``left`` is added to any score.

    ``None`` stands for all, as long as a text without a score may be one of them.
    """
    if found is None:
        seen = np.flatnonzero(scores).astype(np.int32)
        seen = seen if among is None else seen[among[seen]]
    else:
        seen = found
    own = scores[seen]
    lowest = float(np.partition(own, len(own) - count)[len(own) - count]) if len(own) > count else 0.0
    if found is None and lowest <= left and left > 0:
        return None
    return seen[own + np.float32(left) >= lowest]

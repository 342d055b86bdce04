"""Postings: in which passages each term stands, and how often.

Terms are numbers (the id of a word piece, or a digest of a stem). Passages of a term stand next to each
other in the order of their numbers, as in the columns of a sparse matrix, so that a question reads of the
arrays on disk no more than its own terms.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.retrieval.encoder import Integers

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

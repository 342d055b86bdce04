"""How much each word piece of a question counts: its idf among the passages searched.

Marks of punctuation and words that only frame a question ("where does ... bring in") are rare in
essays, so their idf would be high; they say nothing of what is asked and count next to nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray

from assistant.retrieval.encoder import Floats, Integers, Piece
from assistant.retrieval.index import Index
from assistant.retrieval.questions import FRAMING_WORDS, FUNCTION_WORDS, folded

# Share of its idf that a word counts which frames a question rather than names what is asked.
FRAMING = 0.5


class Postings:
    """Which passages each word piece stands in.

    Args:
        index: The index.
    """

    def __init__(self, index: Index) -> None:
        names = [window.passage for window in index.windows]
        starts = [at == 0 or names[at] != names[at - 1] for at in range(len(names))]
        self.numbers: Integers = (np.cumsum(starts) - 1).astype(np.int32)
        self.passages: list[str] = [name for name, first in zip(names, starts, strict=True) if first]
        owners = np.repeat(self.numbers, np.diff(index.offsets)).astype(np.int64)
        pairs = np.unique(np.asarray(index.ids).astype(np.int64) * max(1, len(self.passages)) + owners)
        self._ids: NDArray[np.int64] = pairs // max(1, len(self.passages))
        self._owners: NDArray[np.int64] = pairs % max(1, len(self.passages))

    def frequency(self, rows: Integers, ids: Integers) -> Floats:
        """In how many of the passages of some windows each word piece stands.

        Args:
            rows: The windows.
            ids: Vocabulary ids.
        """
        searched = np.zeros(len(self.passages), dtype=bool)
        searched[self.numbers[rows]] = True
        low, high = np.searchsorted(self._ids, ids, "left"), np.searchsorted(self._ids, ids, "right")
        counts = [searched[self._owners[start:end]].sum() for start, end in zip(low, high, strict=True)]
        return np.array(counts, dtype=np.float32)

    def idf(self, rows: Integers, ids: Integers) -> Floats:
        """Inverse document frequency of word pieces among the passages of some windows.

        Args:
            rows: The windows.
            ids: Vocabulary ids.

        Returns:
            ``log(1 + (N - n + 0.5) / (n + 0.5))`` of each id, N passages, n of them with the piece.
        """
        frequency = self.frequency(rows, ids)
        count = len(np.unique(self.numbers[rows]))
        values: Floats = np.log1p((count - frequency + 0.5) / (frequency + 0.5)).astype(np.float32)
        return values


def shares(
    question: str, pieces: Sequence[Piece], idf: Floats, unasked: Collection[str], framing: float = FRAMING
) -> Floats:
    """Weight of each word piece of a question; they sum to 1.

    Args:
        question: The question.
        pieces: Its word pieces.
        idf: Their idf.
        unasked: Folded words that name the essay and not what is asked of it, such as its author.
        framing: Factor of words that only frame a question.

    Returns:
        Shares of idf: none for punctuation and ``unasked``, ``framing`` for framing words; if nothing
        is left, plain shares.
    """
    factors = np.array(
        [_factor(word_at(question, piece), unasked, framing) for piece in pieces], dtype=np.float32
    )
    weights = idf * factors
    weights = weights if weights.sum() > 0 else idf
    made: Floats = weights / weights.sum()
    return made


def word_at(question: str, piece: Piece) -> str:
    """The folded word of a question that a word piece belongs to; a mark of punctuation is its own."""
    start, end = piece.start, piece.end
    if not any(ch.isalnum() for ch in question[start:end]):
        return question[start:end]
    while start > 0 and _in_word(question[start - 1]):
        start -= 1
    while end < len(question) and _in_word(question[end]):
        end += 1
    return folded(question[start:end])


def _in_word(ch: str) -> bool:
    return ch.isalnum() or ch in "'’"


def _factor(word: str, unasked: Collection[str], framing: float) -> float:
    if word in unasked or not any(ch.isalnum() for ch in word):
        return 0.0
    return framing if word in FUNCTION_WORDS or word in FRAMING_WORDS else 1.0

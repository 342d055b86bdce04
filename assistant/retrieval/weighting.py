"""How much each word piece of a question counts: its idf among the passages searched.

Marks of punctuation and words that only frame a question ("where does ... bring in") are rare in
essays, so their idf would be high; they say nothing of what is asked and count next to nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from assistant.retrieval.encoder import Floats, Integers, Piece
from assistant.retrieval.index import Index
from assistant.retrieval.questions import FRAMING_WORDS, FUNCTION_WORDS, folded

# Share of its idf that a word counts which frames a question rather than names what is asked.
FRAMING = 0.5


def frequency(index: Index, rows: Integers, ids: Integers) -> Floats:
    """In how many of the passages of some windows each word piece stands.

    Args:
        index: The index.
        rows: The windows.
        ids: Vocabulary ids.
    """
    searched = None
    if len(rows) < len(index.windows):
        searched = np.zeros(len(index.lengths), dtype=bool)
        searched[index.passages_of(rows)] = True
    counts = []
    for term in ids:
        own = index.pieces.of_term(int(term))
        whole = own.stop - own.start
        counts.append(whole if searched is None else int(searched[index.pieces.passages[own]].sum()))
    return np.array(counts, dtype=np.float32)


def idf(frequencies: Floats, passages: int) -> Floats:
    """Inverse document frequency: ``log(1 + (N - n + 0.5) / (n + 0.5))``.

    Args:
        frequencies: In how many passages each word piece stands.
        passages: How many there are.
    """
    values: Floats = np.log1p((passages - frequencies + 0.5) / (frequencies + 0.5)).astype(np.float32)
    return values


def shares(
    words: Sequence[str], rarity: Floats, unasked: Collection[str], framing: float = FRAMING
) -> Floats:
    """Weight of each word piece of a question; they sum to 1.

    Args:
        words: The folded word that each belongs to; see ``word_at``.
        rarity: Their idf.
        unasked: Folded words that name the essay and not what is asked of it, such as its author.
        framing: Factor of words that only frame a question.

    Returns:
        Shares of idf: none for punctuation and ``unasked``, ``framing`` for framing words; if nothing
        is left, plain shares.
    """
    factors = np.array([_factor(word, unasked, framing) for word in words], dtype=np.float32)
    weights = rarity * factors
    weights = weights if weights.sum() > 0 else rarity
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

"""Ways of storing token vectors smaller, each told by what ranking would get back from store."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from sklearn.cluster import AgglomerativeClustering

from assistant.retrieval.index.index import Index
from assistant.retrieval.index.tokens import TokenStore
from assistant.retrieval.models.encoder import Floats, Integers, Piece, unit
from assistant.retrieval.questions import FUNCTION_WORDS
from assistant.retrieval.ranking import word_at

NUMBERS = {"fp32": 4, "fp16": 2, "int8, a scale a token": 1, "int8, one scale": 1}
_BYTES = "int8, a scale a token"
_SCALE = 4


@dataclass(frozen=True, slots=True)
class Variant:
    """A way of storing token vectors.

    Attributes:
        rows: Which are stored; a key of ``ROWS``.
        numbers: How a component is stored; a key of ``NUMBERS``.
        axes: Number of principal axes they are projected on; 0 for none.
        brought: Whether the axes are those of the other sets.
    """

    rows: str
    numbers: str
    axes: int = 0
    brought: bool = False

    @property
    def name(self) -> str:
        """What it is called in the table."""
        axes = f"{self.axes} {'others’ ' if self.brought else ''}axes" if self.axes else ""
        return ", ".join(filter(None, (self.rows, axes, self.numbers)))

    def stored(self, index: Index, tokens: Floats, axes: Floats) -> tuple[Floats, int]:
        """Store token vectors.

        Args:
            index: An index.
            tokens: Unit vector of each of its tokens.
            axes: Principal axes, the strongest first, a column each.

        Returns:
            The vectors as they come back from store, a row a token, and the number of bytes stored.
        """
        vectors, row_of = ROWS[self.rows](index, tokens)
        chosen = axes[:, : self.axes] if self.axes else None
        kept = rounded(vectors if chosen is None else vectors @ chosen, self.numbers)
        size = kept.size * NUMBERS[self.numbers] + (len(kept) * _SCALE if self.numbers == _BYTES else 0)
        return (kept if chosen is None else kept @ chosen.T)[row_of], size


def rounded(vectors: Floats, numbers: str) -> Floats:
    """Vectors after they were stored in some kind of number."""
    if not numbers.startswith("int8"):
        return vectors.astype(np.float16 if numbers == "fp16" else np.float32).astype(np.float32)
    if numbers == _BYTES:
        store = TokenStore.of(vectors)
        return store.codes.astype(np.float32) * store.scales[:, None]
    scale = np.abs(vectors).max() / 127
    made: Floats = (np.rint(vectors / scale) * scale).astype(np.float32)
    return made


Rows = tuple[Floats, Integers]


def every(_index: Index, tokens: Floats) -> Rows:
    """Every word piece."""
    return tokens, np.arange(len(tokens), dtype=np.int32)


def pooled(tokens: Floats, groups: Integers) -> Rows:
    """One vector a group of tokens: the direction of their mean."""
    _, row_of = np.unique(groups, return_inverse=True)
    sums = np.zeros((row_of.max(initial=-1) + 1, tokens.shape[1]), dtype=np.float32)
    np.add.at(sums, row_of, tokens)
    return unit(sums), row_of.astype(np.int32)


def words(index: Index, tokens: Floats) -> Rows:
    """One vector a word of a window, whatever pieces it falls into."""
    first = np.ones(len(tokens), dtype=bool)
    for at, window in enumerate(index.windows):
        low, high = index.offsets[at], index.offsets[at + 1]
        for row in range(low + 1, high):
            start = int(index.spans[row, 0]) - window.start
            joined = index.spans[row - 1, 1] == index.spans[row, 0]
            first[row] = not (joined and window.text[start].isalnum() and window.text[start - 1].isalnum())
    return pooled(tokens, np.cumsum(first).astype(np.int32))


def halves(index: Index, tokens: Floats) -> Rows:
    """Half as many vectors as tokens: those of a window that are most alike put together (Ward)."""
    groups = np.zeros(len(tokens), dtype=np.int32)
    for low, high in zip(index.offsets[:-1], index.offsets[1:], strict=True):
        made = AgglomerativeClustering((high - low + 1) // 2) if high - low > 1 else None
        groups[low:high] = low + (made.fit_predict(tokens[low:high]) if made else 0)
    return pooled(tokens, groups)


def places(index: Index, tokens: Floats) -> Rows:
    """One vector a word piece of a passage: the mean over the windows that it stands in."""
    numbers = {window.passage: at for at, window in enumerate(index.windows)}
    owners = np.repeat([numbers[window.passage] for window in index.windows], np.diff(index.offsets))
    keys = np.column_stack([owners, index.spans])
    return pooled(tokens, np.unique(keys, axis=0, return_inverse=True)[1].ravel().astype(np.int32))


def without(index: Index, tokens: Floats, left_out: Callable[[str], bool]) -> Rows:
    """Tokens of a window but those of some words; what is left out counts as the token before it."""
    row_of = np.arange(len(tokens), dtype=np.int32)
    for at, window in enumerate(index.windows):
        low, high = int(index.offsets[at]), int(index.offsets[at + 1])
        spans = (index.spans[low:high] - window.start).tolist()
        out = [left_out(word_at(window.text, Piece(0, start, end))) for start, end in spans]
        kept = [row for row, gone in zip(range(low, high), out, strict=True) if not gone] or [low]
        before = np.searchsorted(kept, np.arange(low, high), "right") - 1
        row_of[low:high] = np.array(kept, dtype=np.int32)[np.maximum(before, 0)]
    rows, places_of = np.unique(row_of, return_inverse=True)
    return tokens[rows], places_of.astype(np.int32)


def _mark(word: str) -> bool:
    return not any(ch.isalnum() for ch in word)


ROWS: dict[str, Callable[[Index, Floats], Rows]] = {
    "": every,
    "words": words,
    "halves": halves,
    "places": places,
    "no punctuation": lambda index, tokens: without(index, tokens, _mark),
    "no punctuation, no stopwords": lambda index, tokens: without(
        index, tokens, lambda word: _mark(word) or word in FUNCTION_WORDS
    ),
}
VARIANTS = (
    *(Variant("", numbers) for numbers in NUMBERS),
    *(
        Variant("", numbers, axes, brought)
        for axes in (192, 128, 96, 64)
        for brought in (False, True)
        for numbers in ("fp16", _BYTES)
    ),
    *(Variant(rows, "fp16") for rows in ROWS if rows),
    *(
        Variant(rows, _BYTES, axes)
        for rows in ("words", "places", "no punctuation")
        for axes in (0, 192, 128)
    ),
)

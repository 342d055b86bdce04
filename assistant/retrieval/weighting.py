"""How much each word piece of a question counts: its idf among the passages searched.

Marks of punctuation and words that only frame a question ("where does ... bring in") are rare in
essays, so their idf would be high; they say nothing of what is asked and count next to nothing.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from assistant.retrieval.encoder import Floats, Integers
from assistant.retrieval.index import Index


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

    def idf(self, rows: Integers, ids: Integers) -> Floats:
        """Inverse document frequency of word pieces among the passages of some windows.

        Args:
            rows: The windows.
            ids: Vocabulary ids.

        Returns:
            ``log(1 + (N - n + 0.5) / (n + 0.5))`` of each id, N passages, n of them with the piece.
        """
        searched = np.zeros(len(self.passages), dtype=bool)
        searched[self.numbers[rows]] = True
        low, high = np.searchsorted(self._ids, ids, "left"), np.searchsorted(self._ids, ids, "right")
        frequency = np.array(
            [searched[self._owners[start:end]].sum() for start, end in zip(low, high, strict=True)], dtype=float
        )
        count = float(searched.sum())
        values: Floats = np.log1p((count - frequency + 0.5) / (frequency + 0.5)).astype(np.float32)
        return values

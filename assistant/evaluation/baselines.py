"""Plain ways to rank passages, to compare with: they need no index of windows."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np

from assistant.retrieval.encoder import Encoder, Floats
from assistant.retrieval.lexical import BM25
from assistant.types import Progress

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
    order = wanted[np.argsort(-scores[wanted], kind="stable")]
    return [(names[at], float(scores[at])) for at in order]


def reciprocal_ranks(rankings: Sequence[Scored]) -> Scored:
    """Fuse rankings: a passage has the sum of ``1 / (60 + rank)`` over those that found it.

    Args:
        rankings: Passages and scores, best first; what is not above 0 was not found.

    Returns:
        All passages that one of them found, best first.
    """
    fused: dict[str, float] = {}
    for ranking in rankings:
        for rank, (name, score) in enumerate(ranking, 1):
            if score > 0:
                fused[name] = fused.get(name, 0.0) + 1 / (_RRF + rank)
    return sorted(fused.items(), key=lambda one: -one[1])

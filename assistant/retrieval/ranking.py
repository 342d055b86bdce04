"""From a question to ranked passages and their answering sentences: late interaction.

For each word piece of the question the best cosine among a window's word pieces is taken (MaxSim,
Khattab and Zaharia 2020), averaged with the pieces' idf in the searched essays as weights. A passage
has the score of its best window.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from assistant.retrieval.encoder import Encoder, Floats, Integers, Piece
from assistant.retrieval.index import Index
from assistant.types import Passage

# Up to here every window is scored; above, the nearest by vector and by words are.
_SCORE_ALL = 5_000
_CANDIDATES = 300
# A second sentence is highlighted too when the question's words are that much better met with it.
_GAIN = 0.06


@dataclass(frozen=True, slots=True)
class Query:
    """A question as ranking sees it.

    Attributes:
        text: Its words.
        pieces: Its word pieces.
        vector: Unit vector of the question.
        tokens: Unit vector of each of its word pieces, shape ``(pieces, dimension)``.
        ids: Their vocabulary ids.
    """

    text: str
    pieces: Sequence[Piece]
    vector: Floats
    tokens: Floats
    ids: Integers


@dataclass(frozen=True, slots=True)
class Ranked:
    """A passage with its score.

    Attributes:
        passage: Id of the passage.
        score: Weighted mean of the best cosines in its best window, -1 to 1.
        window: Row of that window.
        met: Best cosine in that window for each word piece of the question.
    """

    passage: str
    score: float
    window: int
    met: Floats


def make_query(question: str, encoder: Encoder) -> Query:
    """Encode a question of any length; one longer than the model reads is read in parts."""
    pieces = encoder.pieces(question)
    limit = encoder.info.max_tokens
    cuts = range(0, max(1, len(pieces)), limit)
    parts = [
        question[pieces[at].start : pieces[min(at + limit, len(pieces)) - 1].end] if pieces else question
        for at in cuts
    ]
    encoded = encoder.encode(parts, query=True)
    vector = np.mean([one.vector for one in encoded], axis=0)
    return Query(
        question,
        pieces,
        vector / (np.linalg.norm(vector) or 1),
        np.concatenate([one.tokens for one in encoded]),
        np.concatenate([one.ids for one in encoded]),
    )


def rank(
    query: Query, weights: Floats, index: Index, rows: Integers, lexical_rows: Callable[[], Integers]
) -> list[Ranked]:
    """Rank the passages of some windows for a question.

    Args:
        query: The question.
        weights: Weight of each of its word pieces.
        index: The index.
        rows: Windows to look among.
        lexical_rows: Gives windows that share words with the question; asked only where there are too
            many windows to score all, and looked at besides the nearest ones.

    Returns:
        Every passage that was scored, best first; ties in the order of the index.
    """
    if not len(rows) or not len(query.ids):
        return []
    if len(rows) > _SCORE_ALL:
        nearest, _ = index.vectors.search(query.vector, _CANDIDATES, rows)
        rows = np.unique(np.concatenate([nearest, lexical_rows()]))
    met = _best_cosines(query.tokens, index, rows)
    scores = met @ weights
    best: dict[str, int] = {}
    for at, row in enumerate(rows):
        name = index.windows[row].passage
        if name not in best or scores[at] > scores[best[name]]:
            best[name] = at
    ranked = [Ranked(name, float(scores[at]), int(rows[at]), met[at]) for name, at in best.items()]
    return sorted(ranked, key=lambda one: -one.score)


def _best_cosines(tokens: Floats, index: Index, rows: Integers) -> Floats:
    """Best cosine of each question piece in each window, shape ``(windows, pieces)``."""
    starts, ends = index.offsets[rows], index.offsets[rows + 1]
    lengths = ends - starts
    if len(rows) == len(index.windows):
        wanted = np.asarray(index.tokens)
    else:
        at = np.concatenate([np.arange(start, end) for start, end in zip(starts, ends, strict=True)])
        wanted = np.asarray(index.tokens[at])
    cosines = wanted.astype(np.float32) @ tokens.T
    first = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    best: Floats = np.maximum.reduceat(cosines, first, axis=0)
    return best


def highlight(
    query: Query, weights: Floats, index: Index, found: Ranked, passage: Passage
) -> tuple[tuple[int, int], ...]:
    """Find the sentences of a ranked passage that carry its score.

    Returns:
        Spans of the passage's text: the sentence of the best window that meets the question's words
        best, with its neighbour when the two together meet them clearly better.
    """
    window = index.windows[found.window]
    own = slice(index.offsets[found.window], index.offsets[found.window + 1])
    cosines = np.asarray(index.tokens[own]).astype(np.float32) @ query.tokens.T
    starts = index.spans[own, 0]
    sentences = [span for span in passage.sentences if span[0] < window.end and window.start < span[1]]
    scored: list[tuple[float, tuple[int, int]]] = []
    for start, end in sentences:
        inside = (starts >= start) & (starts < end)
        if inside.any():
            scored.append((float(cosines[inside].max(axis=0) @ weights), (start, end)))
    if not scored:
        return ((window.start, window.end),)
    best = max(scored, key=lambda one: one[0])
    if len(scored) > 1 and found.score - best[0] > _GAIN:
        return ((scored[0][1][0], scored[-1][1][1]),)
    return (best[1],)

"""From a question to ranked passages and their answering sentences: late interaction.

For each word piece of the question the best cosine among a window's word pieces is taken (MaxSim,
Khattab and Zaharia 2020), averaged with the pieces' idf in the searched essays as weights. A passage
has the score of its best window.

How much each word piece of a question counts: its idf among the passages searched.

Marks of punctuation and words that only frame a question ("where does ... bring in") are rare in
essays, so their idf would be high; they say nothing of what is asked and count next to nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from assistant.core.essay import Passage, Spans
from assistant.retrieval.index.index import Index
from assistant.retrieval.index.ordering import best_first, rounded
from assistant.retrieval.index.tokens import runs
from assistant.retrieval.models.encoder import Encoder, Floats, Integers, Piece
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


# Up to here every window is scored; above, the nearest by vector and by words are.
SCORE_ALL = 5_000
_CANDIDATES = 300
# A second sentence is highlighted too when the question's words are that much better met with it.
_GAIN = 0.06


@dataclass(frozen=True, slots=True)
class Query:
    """A question as ranking sees it.

    Attributes:
        text: Its words.
        pieces: Its word pieces.
        words: The folded word of the question that each of them belongs to.
        vector: Unit vector of the question.
        tokens: Unit vector of each of its word pieces, shape ``(pieces, dimension)``.
        ids: Their vocabulary ids.
    """

    text: str
    pieces: Sequence[Piece]
    words: Sequence[str]
    vector: Floats
    tokens: Floats
    ids: Integers


@dataclass(frozen=True, slots=True)
class Ranked:
    """A passage with its score.

    Attributes:
        passage: Id of the passage.
        score: Weighted mean of the best cosines in its best window, -1 to 1, to four decimals.
        window: Row of that window.
        met: Best cosine in that window or its host for each word piece of the question.
    """

    passage: str
    score: float
    window: int
    met: Floats


def make_query(question: str, encoder: Encoder) -> Query:
    """Encode a question of any length; one longer than the model reads is read in parts."""
    spans = _parts(question, encoder)
    encoded = encoder.encode([question[start:end] for start, end in spans], query=True)
    vector = np.mean([one.vector for one in encoded], axis=0)
    # A part may fall into other pieces than the whole did, so that only its own are those of its vectors.
    pieces = [
        Piece(piece.id, piece.start + start, piece.end + start)
        for (start, end), one in zip(spans, encoded, strict=True)
        for piece in encoder.pieces(question[start:end])[: len(one.ids)]
    ]
    return Query(
        question,
        pieces,
        [word_at(question, piece) for piece in pieces],
        vector / (np.linalg.norm(vector) or 1),
        np.concatenate([one.tokens for one in encoded]),
        np.concatenate([one.ids for one in encoded]),
    )


def _parts(question: str, encoder: Encoder) -> list[tuple[int, int]]:
    """Spans of a question that the model reads whole, divided between words where that can be."""
    pieces, limit = encoder.pieces(question), encoder.info.max_tokens
    if len(pieces) <= limit:
        return [(0, len(question))]
    spans, first = [], 0
    while first < len(pieces):
        last = min(first + limit, len(pieces))
        between = [
            at for at in range(last, first, -1) if at == len(pieces) or pieces[at].start > pieces[at - 1].end
        ]
        last = between[0] if between else last
        spans.append((pieces[first].start, pieces[last - 1].end))
        first = last
    return spans


def rank(
    query: Query,
    weights: Floats,
    index: Index,
    rows: Integers,
    lexical_rows: Callable[[], Integers],
    lend: Callable[[Floats, Integers, Floats], Floats] = lambda _tokens, _rows, met: met,
) -> list[Ranked]:
    """Rank the passages of some windows for a question.

    Args:
        query: The question.
        weights: Weight of each of its word pieces.
        index: The index.
        rows: Windows to look among, ascending.
        lexical_rows: Gives windows that share words with the question; asked only where there are too
            many windows to score all, and looked at besides the nearest ones.
        lend: Gives the best cosines of windows together with those met in their hosts.

    Returns:
        Every passage that was scored, best first; see ``ordering.best_first``.
    """
    if not len(rows) or not len(query.ids):
        return []
    if len(rows) > SCORE_ALL:
        # Of windows that are equally near at the cut, some may be left out: those that stand behind.
        among = None if len(rows) == len(index.windows) else rows
        nearest, _ = index.vectors.search(query.vector, _CANDIDATES, among)
        rows = np.unique(np.concatenate([nearest, lexical_rows()]))
    met = lend(query.tokens, rows, _best_cosines(query.tokens, index, rows))
    scores = rounded(met @ weights)
    # The best window of each passage: by passage, then by score, the first of equal ones.
    owners = index.owners[rows]
    order = np.lexsort((-scores, owners))
    best = order[np.flatnonzero(np.diff(owners[order], prepend=-1))]
    best = best[best_first(scores[best], index.places[owners[best]])]
    found = zip(owners[best].tolist(), scores[best].tolist(), rows[best].tolist(), met[best], strict=True)
    return [Ranked(index.passage_id(number), score, row, own) for number, score, row, own in found]


def in_order(ranked: Iterable[Ranked], index: Index) -> list[Ranked]:
    """Passages whose scores have changed, best first; see ``ordering.best_first``."""
    found = list(ranked)
    windows = np.array([one.window for one in found], dtype=np.int32)
    order = best_first([one.score for one in found], index.places[index.owners[windows]])
    return [found[at] for at in order]


def _best_cosines(tokens: Floats, index: Index, rows: Integers) -> Floats:
    """Best cosine of each question piece in each window, shape ``(windows, pieces)``."""
    bounds = np.stack([index.offsets[rows], index.offsets[rows + 1]], axis=1)
    lengths = bounds[:, 1] - bounds[:, 0]
    alone = lengths.sum() == bounds[-1, 1] - bounds[0, 0]
    cosines = index.tokens.cosines(slice(bounds[0, 0], bounds[-1, 1]) if alone else runs(bounds), tokens)
    best: Floats = np.maximum.reduceat(cosines, np.cumsum(lengths) - lengths, axis=0)
    return best


def highlight(query: Query, weights: Floats, index: Index, found: Ranked, passage: Passage) -> Spans:
    """Find the sentences of a ranked passage that carry its score.

    Returns:
        Spans of the passage's text: the sentence of the best window that meets the question's words
        best, with its neighbour when the two together meet them clearly better.
    """
    window = index.windows[found.window]
    sentences = [span for span in passage.sentences if span[0] < window.end and window.start < span[1]]
    scored = _scored(query, weights, index, found.window, sentences)
    if not scored:
        return ((window.start, window.end),)
    # The first of equal ones.
    best = max(scored, key=lambda one: one[0])
    if len(scored) > 1 and found.score - best[0] > _GAIN:
        return ((scored[0][1][0], scored[-1][1][1]),)
    return (best[1],)


def nearest(query: Query, weights: Floats, index: Index, rows: Integers, sentences: Spans) -> Spans:
    """Find the one among some sentences of a passage that meets the question's words best.

    Args:
        query: The question.
        weights: Weight of each of its word pieces.
        index: The index.
        rows: Windows of the passage.
        sentences: The sentences to choose from.

    Returns:
        The sentence, or nothing if none of them stands in a window.
    """
    scored = [one for row in rows for one in _scored(query, weights, index, int(row), sentences)]
    return (max(scored, key=lambda one: one[0])[1],) if scored else ()


def _scored(
    query: Query, weights: Floats, index: Index, row: int, sentences: Sequence[tuple[int, int]]
) -> list[tuple[float, tuple[int, int]]]:
    """Score, to four decimals, of each sentence of which words stand in a window."""
    own = slice(index.offsets[row], index.offsets[row + 1])
    cosines = index.tokens.cosines(own, query.tokens)
    starts = index.spans[own, 0]
    scored: list[tuple[float, tuple[int, int]]] = []
    for start, end in sentences:
        inside = (starts >= start) & (starts < end)
        if inside.any():
            scored.append((float(rounded(cosines[inside].max(axis=0) @ weights)), (start, end)))
    return scored

"""Rank passages for a question by late interaction, and find the sentences that answer it.

For each word piece of the question the highest cosine among a window's word pieces is taken (MaxSim, Khattab
and Zaharia 2020). Their mean, weighted by the pieces' idf in the searched passages, is the window's score,
and the score of a passage is that of its best window.

Punctuation and words that only frame a question ("where does ... discuss") are rare in essays, so that their
idf is high; but they do not say what is asked, and weigh nothing or little.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from assistant.core.essay import Passage, Span, Spans
from assistant.retrieval.index.index import Index
from assistant.retrieval.index.ordering import DECIMALS, best_first, rounded
from assistant.retrieval.index.tokens import runs
from assistant.retrieval.index.vectors import is_searched_in_part
from assistant.retrieval.models.encoder import Encoded, Encoder, Floats, Integers, Piece
from assistant.retrieval.questions import Question, casefolded_word, only_frames

# The share of their idf that words weigh which frame a question rather than say what is asked.
FRAMING = 0.5
# The share of their weight that words of earlier questions keep in a follow-up, by how many of its own words
# say what is asked.
LIGHT = (1.0, 0.6, 0.4, 0.15)
# The same where a new name is put into an earlier question: the name is what is asked.
FRAME = 0.35
# The same where a question is taken back.
CORRECTED = 0.1
# Up to this many windows all are scored; among more, only the nearest by vector and by shared words.
SCORE_ALL = 5_000
BY_VECTOR, BY_WORDS = 300, 100
# A second sentence is highlighted too if it raises the score by this much.
_GAIN = 0.06


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A question encoded for ranking.

    Attributes:
        question: The question.
        pieces: Its word pieces.
        words: The casefolded word of the question that each piece belongs to.
        vector: Unit vector of the question.
        tokens: Unit vector of each piece, shape ``(pieces, dimension)``.
        ids: Vocabulary id of each piece, shape ``(pieces,)``.
    """

    question: Question
    pieces: Sequence[Piece]
    words: Sequence[str]
    vector: Floats
    tokens: Floats
    ids: Integers

    @property
    def text(self) -> str:
        """The text of the question."""
        return self.question.text


@dataclass(frozen=True, slots=True)
class Ranked:
    """A passage with its score.

    Attributes:
        passage: Id of the passage.
        score: Weighted mean of ``cosines``, -1 to 1, to four decimals.
        window: Row of its best window.
        cosines: Highest cosine of each word piece of the question with a piece of that window or of the
            sentence that introduces the passage, shape ``(pieces,)``.
        place: Position of the passage in the fixed order, which decides between equal scores.
    """

    passage: str
    score: float
    window: int
    cosines: Floats
    place: int


def make_query(question: Question, encoder: Encoder) -> Query:
    """Encode a question; one that is longer than the model's input is encoded in parts."""
    return make_queries([question], encoder)[0]


def make_queries(questions: Sequence[Question], encoder: Encoder) -> list[Query]:
    """Encode some questions in one batch, each as ``make_query`` does."""
    spans = [_parts(question.text, encoder) for question in questions]
    parts = [
        question.text[start:end]
        for question, spans_of_question in zip(questions, spans, strict=True)
        for start, end in spans_of_question
    ]
    encoded = iter(encoder.encode(parts, query=True))
    return [
        _query(question, spans_of_question, list(islice(encoded, len(spans_of_question))), encoder)
        for question, spans_of_question in zip(questions, spans, strict=True)
    ]


def _query(question: Question, spans: Sequence[Span], encoded: Sequence[Encoded], encoder: Encoder) -> Query:
    """A question whose parts are encoded."""
    text = question.text
    vector = np.mean([part.vector for part in encoded], axis=0)
    # A part may be divided into other pieces than the same words of the whole question; the vectors are the
    # part's.
    pieces = [
        Piece(piece.id, piece.start + start, piece.end + start)
        for (start, end), part in zip(spans, encoded, strict=True)
        for piece in encoder.pieces(text[start:end])[: len(part.ids)]
    ]
    return Query(
        question=question,
        pieces=pieces,
        words=[word_at(text, piece) for piece in pieces],
        vector=vector / (np.linalg.norm(vector) or 1),
        tokens=np.concatenate([part.tokens for part in encoded]),
        ids=np.concatenate([part.ids for part in encoded]),
    )


def _parts(text: str, encoder: Encoder) -> list[Span]:
    """Divide a text into spans that the model encodes whole, between words where possible."""
    pieces, limit = encoder.pieces(text), encoder.info.max_tokens
    if len(pieces) <= limit:
        return [(0, len(text))]
    spans, first = [], 0
    while first < len(pieces):
        end = min(first + limit, len(pieces))
        word_ends = (
            number
            for number in range(end, first, -1)
            if number == len(pieces) or pieces[number].start > pieces[number - 1].end
        )
        end = next(word_ends, end)
        spans.append((pieces[first].start, pieces[end - 1].end))
        first = end
    return spans


def passage_frequencies(index: Index, rows: Integers, ids: Integers) -> NDArray[np.int64]:
    """Count the passages of some windows that contain each word piece, given by its vocabulary id."""
    searched = None
    if len(rows) < len(index.windows):
        searched = np.zeros(len(index.lengths), dtype=bool)
        searched[index.passages_of(rows)] = True
    counts = []
    for piece_id in ids:
        postings = index.pieces.of_term(int(piece_id))
        total = postings.stop - postings.start
        counts.append(total if searched is None else int(searched[index.pieces.passages[postings]].sum()))
    return np.array(counts, dtype=np.int64)


def idf(frequencies: NDArray[np.int64], passages: int) -> Floats:
    """Inverse document frequency ``log(1 + (N - n + 0.5) / (n + 0.5))`` in ``N`` passages."""
    counts = frequencies.astype(np.float32)
    values: Floats = np.log1p((passages - counts + 0.5) / (counts + 0.5)).astype(np.float32)
    return values


def piece_weights(
    query: Query, frequencies: NDArray[np.int64], passages: int, ignored: Collection[str]
) -> tuple[Floats, Floats]:
    """The weights of a question's word pieces for ranking, and weights of content words only; see ``shares``.

    Args:
        query: The question.
        frequencies: Number of the searched passages that contain each piece.
        passages: Number of the searched passages.
        ignored: Casefolded words that name an essay and not what is asked about it, such as its author.
    """
    # An author whom the essays themselves mention may be what is asked about.
    mentioned = {word for word, count in zip(query.words, frequencies, strict=True) if count}
    rarity, ignored = idf(frequencies, passages), frozenset(ignored) - mentioned
    ranking_weights, content_weights = (
        lightened(query, shares(query.words, rarity, ignored, framing)) for framing in (FRAMING, 0.0)
    )
    return ranking_weights, content_weights


def shares(
    words: Sequence[str], rarity: Floats, ignored: Collection[str], framing: float = FRAMING
) -> Floats:
    """Weight of each word piece of a question; the weights add up to 1.

    Args:
        words: The casefolded word that each piece belongs to; see ``word_at``.
        rarity: The idf of each piece.
        ignored: Casefolded words that name the essay and not what is asked about it, such as its author.
        framing: Factor of words that only frame a question.

    Returns:
        Shares of the idf: none for punctuation and ``ignored`` words, less for framing words. If nothing else
        is left, every piece has its plain share.
    """
    factors = np.array([_factor(word, ignored, framing) for word in words], dtype=np.float32)
    weights = rarity * factors
    weights = weights if weights.sum() > 0 else rarity
    normalised: Floats = weights / weights.sum()
    return normalised


def lightened(query: Query, weights: Floats) -> Floats:
    """Weights of the pieces of a question, with less for words of earlier questions in it.

    Args:
        query: The question.
        weights: Weight of each of its pieces; they add up to 1.
    """
    follows = query.question.follows
    if follows is None or not follows.light:
        return weights
    is_light = np.array(
        [any(start <= piece.start < end for start, end in follows.light) for piece in query.pieces],
        dtype=bool,
    )
    if not weights[~is_light].sum() > 0:
        return weights
    said = {
        word
        for word, of_before in zip(query.words, is_light, strict=True)
        if not of_before and not only_frames(word) and any(map(str.isalnum, word))
    }
    factor = (
        FRAME
        if follows.in_frame
        else CORRECTED
        if follows.corrects
        else LIGHT[min(len(said), len(LIGHT) - 1)]
    )
    lightened_weights = weights * np.where(is_light, factor, 1.0)
    normalised: Floats = (lightened_weights / lightened_weights.sum()).astype(np.float32)
    return normalised


def word_at(question: str, piece: Piece) -> str:
    """The casefolded word of a question that a word piece belongs to; a punctuation mark is a word too."""
    start, end = piece.start, piece.end
    if not any(ch.isalnum() for ch in question[start:end]):
        return question[start:end]
    while start > 0 and _is_in_word(question[start - 1]):
        start -= 1
    while end < len(question) and _is_in_word(question[end]):
        end += 1
    return casefolded_word(question[start:end])


def _is_in_word(ch: str) -> bool:
    return ch.isalnum() or ch in "'’"


def _factor(word: str, ignored: Collection[str], framing: float) -> float:
    if word in ignored or not any(ch.isalnum() for ch in word):
        return 0.0
    return framing if only_frames(word) else 1.0


def rank(
    query: Query,
    weights: Floats,
    index: Index,
    rows: Integers,
    lexical_rows: Callable[[], Integers],
    with_introductions: Callable[[Floats, Integers, Floats], Floats] = lambda _tokens, _rows, cosines: (
        cosines
    ),
) -> list[Ranked]:
    """Rank the passages of some windows.

    Args:
        query: The question.
        weights: Weight of each of its word pieces.
        index: The index.
        rows: The windows, ascending.
        lexical_rows: Returns windows that share words with the question. It is called only if there are too
            many windows to score all; then these are scored besides the nearest by vector.
        with_introductions: Raises the best cosines of windows to those of the sentences that introduce them;
            see ``Searcher.with_introductions``.

    Returns:
        Every passage that was scored, best first; see ``ordering.best_first``.
    """
    if not len(rows) or not len(query.ids):
        return []
    if len(rows) > SCORE_ALL:
        in_part = is_searched_in_part(len(rows), len(index.rows))
        near, cosines = nearest_windows(query, index, rows, in_part=in_part)
        rows = np.unique(np.concatenate([near[first_nearest(cosines)], lexical_rows()]))
    return score_passages(query, weights, index, rows, with_introductions)


def nearest_windows(query: Query, index: Index, rows: Integers, *, in_part: bool) -> tuple[Integers, Floats]:
    """The windows nearest to a question by vector among some, and their cosines, the nearest first.

    Args:
        query: The question.
        index: The index.
        rows: The windows.
        in_part: Whether windows may be left out that are far away; see ``VectorIndex.search``.
    """
    return nearest_to(query.vector, index, rows, in_part=in_part)


def nearest_to(vector: Floats, index: Index, rows: Integers, *, in_part: bool) -> tuple[Integers, Floats]:
    """The windows that ``first_nearest`` chooses from; arguments and result as for ``nearest_windows``.

    It is one more than are wanted; if these are all equally near, it is all that are.
    """
    among, most = None if len(rows) == len(index.windows) else rows, BY_VECTOR + 1
    while True:
        near, cosines = index.vectors.search(vector, most, among, in_part=in_part)
        if len(near) < most or cosines[-1] < cosines[0]:
            return near, cosines
        most *= 4


def first_nearest(cosines: Floats) -> NDArray[np.int64]:
    """Indices of the highest of some cosines, which are those of all nearest windows.

    Of windows that are equally near, all are chosen or none is, so that the order in which the essays were
    added, or on which machine each is, makes no difference.
    """
    order = np.argsort(-cosines, kind="stable")
    if len(order) <= BY_VECTOR:
        return order
    nearest, next_one = cosines[order[0]], cosines[order[BY_VECTOR]]
    chosen = cosines > next_one if nearest > next_one else cosines == nearest
    first: NDArray[np.int64] = order[chosen[order]]
    return first


def score_passages(
    query: Query,
    weights: Floats,
    index: Index,
    rows: Integers,
    with_introductions: Callable[[Floats, Integers, Floats], Floats],
) -> list[Ranked]:
    """The passages of some windows, all of which are scored; arguments and result as for ``rank``."""
    if not len(rows):
        return []
    cosines = with_introductions(query.tokens, rows, _best_cosines(query.tokens, index, rows))
    scores = rounded(_weighted(cosines, weights))
    # The best window of each passage: sorted by passage, then by score, the first of equal windows.
    owners = index.owners[rows]
    order = np.lexsort((-scores, owners))
    best = order[np.flatnonzero(np.diff(owners[order], prepend=-1))]
    places = index.places[owners[best]]
    order = best_first(scores[best], places)
    best, places = best[order], places[order]
    columns = (
        owners[best].tolist(),
        scores[best].tolist(),
        rows[best].tolist(),
        cosines[best],
        places.tolist(),
    )
    return [Ranked(index.passage_id(number), *values) for number, *values in zip(*columns, strict=True)]


def _weighted(cosines: Floats, weights: Floats) -> Floats:
    """Sum of the weighted cosines of each window; its bits do not depend on the other windows."""
    sums: Floats = (cosines * weights).sum(axis=1)
    return sums


def scored_windows(
    query: Query,
    weights: Floats,
    index: Index,
    rows: Integers,
    with_introductions: Callable[[Floats, Integers, Floats], Floats],
) -> list[Ranked]:
    """Each of some windows with its score; arguments as for ``rank``."""
    cosines = with_introductions(query.tokens, rows, _best_cosines(query.tokens, index, rows))
    owners, scores = index.owners[rows], rounded(_weighted(cosines, weights))
    columns = owners.tolist(), scores.tolist(), rows.tolist(), cosines, index.places[owners].tolist()
    return [Ranked(index.passage_id(number), *values) for number, *values in zip(*columns, strict=True)]


def in_order(ranked: Iterable[Ranked]) -> list[Ranked]:
    """Sort passages again, best first, after their scores have changed; see ``ordering.best_first``."""
    passages = list(ranked)
    order = best_first([passage.score for passage in passages], [passage.place for passage in passages])
    return [passages[number] for number in order]


def with_additions(ranked: list[Ranked], additions: Mapping[str, float]) -> list[Ranked]:
    """Raise the scores of some passages, given by id, and sort all again."""
    if not any(additions.values()):
        return ranked
    raised = (
        replace(passage, score=round(passage.score + additions[passage.passage], DECIMALS))
        if passage.passage in additions
        else passage
        for passage in ranked
    )
    return in_order(raised)


def by_tiers(ranked: Sequence[Ranked], tiers: Mapping[str, int]) -> list[Ranked]:
    """Put passages that have a tier before all others, higher tiers first; scores are raised to agree."""
    scores = [passage.score for passage in ranked]
    low, high = min(scores, default=0.0), max(scores, default=0.0)
    width = (high - low) or 1
    raised = [
        replace(passage, score=high + tiers[passage.passage] + 0.5 * (passage.score - low) / width)
        for passage in ranked
        if passage.passage in tiers
    ]
    # The sort is stable: within a tier the passages keep their order.
    raised.sort(key=lambda passage: -tiers[passage.passage])
    return [*raised, *(passage for passage in ranked if passage.passage not in tiers)]


def _best_cosines(tokens: Floats, index: Index, rows: Integers) -> Floats:
    """Highest cosine of each word piece of the question in each window, shape ``(windows, pieces)``."""
    bounds = index.bounds[rows]
    if rows[-1] - rows[0] + 1 == len(rows) and (bounds[:-1, 1] < bounds[-1, 1]).all():
        # Tokens that neighbouring windows share are compared once.
        cosines = index.tokens.cosines(slice(bounds[0, 0], bounds[-1, 1]), tokens)
        # Where a range ends and the next begins is of no interest; the last range ends with the tokens.
        ranges = (bounds - bounds[0, 0]).ravel()[:-1]
        best: Floats = np.maximum.reduceat(cosines, ranges, axis=0)[::2]
    else:
        lengths = bounds[:, 1] - bounds[:, 0]
        cosines = index.tokens.cosines(runs(bounds), tokens)
        best = np.maximum.reduceat(cosines, np.cumsum(lengths) - lengths, axis=0)
    return best


def highlight(query: Query, weights: Floats, index: Index, ranked: Ranked, passage: Passage) -> Spans:
    """Find the sentences of a ranked passage that answer.

    Returns:
        One span of the passage's text: the sentence of its best window with the highest score, or the
        window's sentences together if they score clearly better than that one.
    """
    window = index.windows[ranked.window]
    sentences = [span for span in passage.sentences if span[0] < window.end and window.start < span[1]]
    scored = _scored_sentences(query, weights, index, ranked.window, sentences)
    if not scored:
        return ((window.start, window.end),)
    # The first of equal sentences.
    score, span = max(scored, key=lambda sentence: sentence[0])
    if len(scored) > 1 and ranked.score - score > _GAIN:
        return ((scored[0][1][0], scored[-1][1][1]),)
    return (span,)


def nearest_sentence(query: Query, weights: Floats, index: Index, rows: Integers, sentences: Spans) -> Spans:
    """Find the sentence with the highest score among some sentences of a passage; ``rows`` are its windows.

    Returns:
        The sentence as the only span; no span if none of the sentences is in a window.
    """
    scored = [
        sentence for row in rows for sentence in _scored_sentences(query, weights, index, int(row), sentences)
    ]
    return (max(scored, key=lambda sentence: sentence[0])[1],) if scored else ()


def _scored_sentences(
    query: Query, weights: Floats, index: Index, row: int, sentences: Sequence[Span]
) -> list[tuple[float, Span]]:
    """Score, to four decimals, and span of each sentence that has words in a window."""
    tokens = slice(*index.bounds[row])
    cosines = index.tokens.cosines(tokens, query.tokens)
    starts = index.spans[tokens, 0]
    scored: list[tuple[float, Span]] = []
    for start, end in sentences:
        is_inside = (starts >= start) & (starts < end)
        if is_inside.any():
            scored.append((float(rounded(cosines[is_inside].max(axis=0) @ weights)), (start, end)))
    return scored

"""Why a passage was found: which words of the question met which words of the essay.

Excerpts: the part of a passage around its best window that is read together with a question.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from assistant.core.answer import Match
from assistant.core.essay import Passage
from assistant.retrieval.index.index import Index
from assistant.retrieval.index.introductions import SHARE
from assistant.retrieval.index.ordering import best_first, rounded
from assistant.retrieval.models.encoder import Floats, Integers
from assistant.retrieval.questions import words
from assistant.retrieval.ranking import Query, Ranked

# Word pieces of an excerpt at the most: the sentences around an answer say whom its pronouns mean, and
# each piece costs time.
ROOM = 80


def excerpt(
    sentences: Sequence[tuple[int, int]], lengths: Sequence[int], span: tuple[int, int], room: int = ROOM
) -> tuple[int, int]:
    """Widen a span of a passage by whole sentences, before and behind it in turn.

    Args:
        sentences: Spans of the passage's sentences.
        lengths: Number of word pieces of each.
        span: What must be in the excerpt.
        room: Word pieces that it may have.

    Returns:
        The widened span; the sentence before comes first, for it names what pronouns stand for.
    """
    inside = [at for at, (start, end) in enumerate(sentences) if start < span[1] and span[0] < end]
    if not inside:
        return span
    first, last = inside[0], inside[-1]
    left = room - sum(lengths[first : last + 1])
    if left < 0:
        return span
    grown = True
    while grown:
        grown = False
        if first > 0 and lengths[first - 1] <= left:
            first, left, grown = first - 1, left - lengths[first - 1], True
        if last + 1 < len(sentences) and lengths[last + 1] <= left:
            last, left, grown = last + 1, left - lengths[last + 1], True
    return sentences[first][0], sentences[last][1]


def sentences_over(
    sentences: Sequence[tuple[int, int]], places: Iterable[tuple[int, int]]
) -> tuple[tuple[int, int], ...]:
    """Sentences that hold some places of a text.

    Args:
        sentences: Spans of the text's sentences.
        places: Spans of the places.

    Returns:
        Spans in reading order; sentences that follow on each other are one.
    """
    held = sorted(
        {at for low, high in places for at, one in enumerate(sentences) if one[0] < high and low < one[1]}
    )
    found: list[tuple[int, int]] = []
    for before, at in zip([-2, *held], held, strict=False):
        start, end = sentences[at]
        if before == at - 1:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return tuple(found)


# Below this cosine two words have nothing to do with each other.
_MET = 0.3


def matches_of(
    query: Query,
    weights: Floats,
    index: Index,
    ranked: Ranked,
    passages: Mapping[str, Passage],
) -> tuple[Match, ...]:
    """Account for the score of a ranked passage, word by word of the question.

    Args:
        query: The question.
        weights: Weight of each of its word pieces.
        index: The index.
        ranked: The passage.
        passages: Passages by id.

    Returns:
        One match for each word of the question that counts, those that add most to the score first.
    """
    low, high = index.offsets[ranked.window], index.offsets[ranked.window + 1]
    host = np.arange(*index.introductions[index.owners[ranked.window]], dtype=np.int32)
    rows = np.concatenate([np.arange(low, high, dtype=np.int32), host])
    shares = np.where(np.arange(len(rows)) < high - low, 1.0, SHARE)
    # The first of words that are equally near.
    cosines = rounded(index.tokens.cosines(rows, query.tokens) * shares[:, None])
    best, places = cosines.max(axis=0), cosines.argmax(axis=0)
    owner = _owner(index, ranked.passage, host)
    made = []
    for start, end in words(query.text):
        own = [at for at, piece in enumerate(query.pieces) if start <= piece.start < end]
        weight = float(sum(weights[at] for at in own))
        if not own or weight <= 0:
            continue
        value = float(sum(weights[at] * best[at] for at in own)) / weight
        # The piece that counts most says which word of the essay is meant.
        piece = own[int(np.argmax(rounded(weights[own])))]
        row = int(rows[places[piece]])
        passage = passages[ranked.passage if low <= row < high else owner]
        made.append(_match(query.text[start:end], weight, value, passage, index.spans[row]))
    order = best_first([one.weight * one.cosine for one in made], range(len(made)))
    return tuple(made[at] for at in order)


def _match(word: str, weight: float, value: float, passage: Passage, span: Sequence[int]) -> Match:
    low, high = _whole(passage.text, int(span[0]), int(span[1]))
    return Match(word, weight, value, passage.id, low, high, passage.text[low:high], value >= _MET)


def _owner(index: Index, guest: str, host: Integers) -> str:
    """The passage that a host's tokens stand in."""
    if not len(host):
        return guest
    return index.windows[int(np.searchsorted(index.offsets, host[0], "right")) - 1].passage


def _whole(text: str, start: int, end: int) -> tuple[int, int]:
    """The word that a word piece belongs to."""
    while start > 0 and text[start - 1].isalnum() and text[start].isalnum():
        start -= 1
    while end < len(text) and text[end].isalnum() and text[end - 1].isalnum():
        end += 1
    return start, end

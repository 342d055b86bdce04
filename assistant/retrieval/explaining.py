"""Why a passage was found: which words of the question met which words of the essay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from assistant.answers import Match
from assistant.retrieval.encoder import Floats, Integers
from assistant.retrieval.hosts import SHARE
from assistant.retrieval.index import Index
from assistant.retrieval.questions import words
from assistant.retrieval.ranking import Query, Ranked
from assistant.types import Passage

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
    host = np.arange(*index.hosts[index.owners[ranked.window]], dtype=np.int32)
    rows = np.concatenate([np.arange(low, high, dtype=np.int32), host])
    shares = np.where(np.arange(len(rows)) < high - low, 1.0, SHARE)
    cosines = index.tokens.cosines(rows, query.tokens) * shares[:, None]
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
        piece = max(own, key=lambda at: weights[at])
        row = int(rows[places[piece]])
        passage = passages[ranked.passage if low <= row < high else owner]
        made.append(_match(query.text[start:end], weight, value, passage, index.spans[row]))
    return tuple(sorted(made, key=lambda one: -one.weight * one.cosine))


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

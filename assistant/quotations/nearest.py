"""The printed words nearest to a quotation that is not exact, or none if none are near."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from itertools import islice

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from assistant.core.quotation import Comparison
from assistant.quotations.aligning import align
from assistant.quotations.matching import OMITTED
from assistant.quotations.normalise import skeleton
from assistant.quotations.parsing import Item, Token, tokens_of
from assistant.quotations.printed import Haystack, Stream

# Likeness from which words are an altered quotation and not other words, by the number of words up to
# which it holds; measured by benchmarks/quotations.py. The fewer the words, the more they are like others
# by chance; one or two are altered by a letter or so only.
LIKE = ((2, 0.8), (5, 0.7), (9, 0.6))
_LIKE_LONG = 0.5
# Likeness from which no other area is compared.
_SURE = 0.9

# Characters of print looked through for an ellipsis: twice the words that it may leave out, so that the
# words after it are found where too many are left out.
_GAP = 2 * 7 * OMITTED

# Pieces of a quotation that are looked for, their letters, places of each, and areas compared.
_SEEDS = 24
_PIECE_LENGTH = 12
PLACES = 200
_AREAS = 5
# Letters from which the window in which a quotation lies is not narrowed.
_WHOLE = 1_000


# Where a quotation may be printed: the essay, the number of its stream, and a place in the stream's letters.
PrintedAt = tuple[str, int, int]


class NearestPrint:
    """A quotation for which the nearest print is looked for.

    Args:
        text: The quotation.
        items: Its parts.
    """

    def __init__(self, text: str, items: Sequence[Item]) -> None:
        self._text, self._tokens = text, tokens_of(text, items)
        self._part = _longest_part(self._tokens)
        self._letters = "".join(token.letters for token in self._part)

    def find(self, haystack: Haystack, essays: Collection[str]) -> Comparison | None:
        """The comparison with the nearest print in some essays, or in all for none; ``None`` without any."""
        areas = self.areas(self.pieces_printed(haystack, essays))
        return self.nearest(self.compared(haystack, area) for area in areas)

    def pieces_printed(self, haystack: Haystack, essays: Collection[str]) -> list[list[PrintedAt]]:
        """The first places of each piece, in the order of essays."""
        return [
            [
                (stream.essay_id, stream.number, place)
                for stream, place in islice(haystack.find(piece, essays), PLACES)
            ]
            for _, piece in _pieces(self._letters)
        ]

    def areas(self, printed: Sequence[Sequence[PrintedAt]]) -> list[PrintedAt]:
        """Where the quotation may begin, by votes of its pieces, of which the first places are given."""
        votes: Counter[PrintedAt] = Counter()
        width = max(16, len(self._letters) // 8)
        for (position, _), places in zip(_pieces(self._letters), printed, strict=True):
            votes.update((essay, number, (place - position) // width) for essay, number, place in places)
        return [(essay, number, part * width) for (essay, number, part), _ in votes.most_common(_AREAS)]

    def compared(self, haystack: Haystack, area: PrintedAt) -> Comparison | None:
        """The comparison with the words printed in an area; ``None`` if they cannot be compared."""
        essay_id, number, start = area
        stream = haystack.stream(essay_id, number)
        span = _area(self._letters, stream, start, self._tokens, self._part)
        return _compared(self._text, self._tokens, stream, span)

    def nearest(self, comparisons: Iterable[Comparison | None]) -> Comparison | None:
        """The best of the comparisons with some areas; ``None`` if none is near."""
        best: Comparison | None = None
        for result in comparisons:
            if result and (best is None or result.likeness > best.likeness):
                best = result
            if best and best.likeness >= _SURE:
                break
        words = sum(bool(token.letters) for token in self._tokens)
        least = next((likeness for most, likeness in LIKE if words <= most), _LIKE_LONG)
        return best if best and best.likeness >= least else None


def _longest_part(tokens: Sequence[Token]) -> list[Token]:
    """The most words in an unbroken run, no ellipsis between them."""
    parts: list[list[Token]] = [[]]
    for token in tokens:
        if token.kind == "ellipsis":
            parts.append([])
        else:
            parts[-1].append(token)
    return max(parts, key=lambda part: sum(len(token.letters) for token in part))


def _pieces(letters: str) -> list[tuple[int, str]]:
    """Pieces of a skeleton, with where they begin in it."""
    piece_length = min(len(letters), max(4, min(_PIECE_LENGTH, len(letters) // 3)))
    last = len(letters) - piece_length
    step = max(piece_length // 2, -(-last // (_SEEDS - 1)), 1)
    positions = sorted({*range(0, last, step), last})
    return [(position, letters[position : position + piece_length]) for position in positions]


def _area(
    letters: str, stream: Stream, start: int, tokens: Sequence[Token], part: Sequence[Token]
) -> tuple[int, int]:
    """Span of the text in which a quotation lies whose longest part begins near ``start``."""
    slack = 24 + len(letters) // 3
    window_start = max(0, start - slack)
    window = stream.letters[window_start : start + len(letters) + 2 * slack]
    # The time of this search grows with the cube of the length; print beside a long quotation is short
    # in comparison: all of it is aligned.
    narrow = len(letters) <= min(len(window), _WHOLE)
    match = fuzz.partial_ratio_alignment(letters, window) if narrow else None
    begin, end = (match.dest_start, match.dest_end) if match else (0, len(window))
    first, last = stream.span(window_start + begin, window_start + max(end, begin + 1))
    number = tokens.index(part[0]) if part else 0
    before = tokens[:number]
    after = tokens[number + len(part) :]
    beside = 24 + len(letters) // 2
    return first - beside - _reach(before), last + beside + _reach(after)


def _reach(tokens: Sequence[Token]) -> int:
    """Characters of print beside the longest part that the rest of a quotation may match."""
    gaps = sum(token.kind == "ellipsis" for token in tokens)
    return 2 * sum(token.end - token.start for token in tokens) + gaps * _GAP


def _compared(text: str, tokens: Sequence[Token], stream: Stream, area: tuple[int, int]) -> Comparison | None:
    aligned = align(text, tokens, stream, area)
    if aligned is None:
        return None
    return Comparison(
        stream.place(*aligned.span),
        aligned.diff,
        aligned.edits,
        Levenshtein.normalized_similarity(skeleton(aligned.quoted), skeleton(aligned.printed)),
    )

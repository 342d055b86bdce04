"""Printed sentences that begin with given words, or go on with them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from itertools import islice
from operator import itemgetter

from assistant.core.essay import SEARCHED_KINDS, Passage
from assistant.core.quotation import PrintedPlace
from assistant.quotations.normalise import skeleton
from assistant.quotations.printed import Haystack, Stream

# Places looked at: a short word is printed very often.
_LOOKED_AT = 20_000
# Letters from which words may be some within a sentence, and not only its beginning.
_WITHIN = 10


def sentences_beginning(haystack: Haystack, words: str, most: int) -> list[PrintedPlace]:
    """Sentences that begin so; then the rest of those that have the words within them.

    Args:
        haystack: Where to look.
        words: The words; the last one may be cut off.
        most: How many to give at most.

    Returns:
        Each place from the words on to the end of the sentence, in the order of print.
    """
    letters = skeleton(words)
    if not letters:
        return []
    first: dict[tuple[str, int], PrintedPlace] = {}
    within: dict[tuple[str, int], PrintedPlace] = {}
    for passage, start in _places(haystack, letters):
        begin, end = _sentence(passage, start)
        if passage.kind not in SEARCHED_KINDS or end <= start:
            continue
        begins = not any(map(str.isalnum, passage.text[begin:start]))
        if begins:
            first.setdefault((passage.id, begin), PrintedPlace.within(passage, begin, end))
        elif len(letters) >= _WITHIN:
            within.setdefault((passage.id, start), PrintedPlace.within(passage, start, end))
        if len(first) >= most:
            break
    return [*first.values(), *within.values()][:most]


def _places(haystack: Haystack, letters: str) -> Iterator[tuple[Passage, int]]:
    """Passages in which letters begin at the beginning of a word, and the offset there."""
    found: Iterator[tuple[Stream, int]] = haystack.find(letters, ())
    for stream, letter_offset in islice(found, _LOOKED_AT):
        if not stream.running:
            continue
        passage, offset = stream.located(stream.offset(letter_offset))
        if not passage.text[offset - 1 : offset].isalnum() or not offset:
            yield passage, offset


def _sentence(passage: Passage, offset: int) -> tuple[int, int]:
    """The sentence in which an offset is; an empty span if it is in none."""
    number = bisect_right(passage.sentences, offset, key=itemgetter(0)) - 1
    if number < 0 or passage.sentences[number][1] <= offset:
        return offset, offset
    return passage.sentences[number]

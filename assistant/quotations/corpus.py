"""Essays prepared once, in which quotations are looked up, and the beginnings of sentences."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby, islice
from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING

from assistant.core.errors import QuotationError
from assistant.core.essay import SEARCHED_KINDS, Passage, StoredEssay
from assistant.core.quotation import Comparison, PrintedPlace, QuotationLookup, ReusedWords
from assistant.quotations.matches import exact_lookup, matches_in, trials_of
from assistant.quotations.nearest import NearestPrint
from assistant.quotations.normalise import skeleton
from assistant.quotations.parsing import Item, Reading, parse, readings
from assistant.quotations.printed import Haystack, Stream, streams_of

if TYPE_CHECKING:
    from assistant.quotations.reuse import ReuseFinder

# Characters of the longest quotation: some ten pages of print.
MOST_QUOTATION_CHARACTERS = 20_000
# Places looked at: a short word is printed very often.
MOST_BEGINNINGS = 20_000
# Letters from which words may be some within a sentence, and not only its beginning.
_WITHIN = 10
# A quotation, and the ids of the only essays to look in; all if empty.
LookUp = tuple[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class EssayBeginnings:
    """Sentences of an essay that begin with some words, or have them within.

    Attributes:
        essay_id: The essay.
        places: Number of places of the words that were looked at.
        first: Where sentences begin with them, from there to the end of the sentence.
        within: Where sentences have them within, from there to the end of the sentence.
    """

    essay_id: str
    places: int
    first: tuple[PrintedPlace, ...]
    within: tuple[PrintedPlace, ...]


def beginnings_in(
    haystack: Haystack, words: str, most: int, places: int, essays: Collection[str] = ()
) -> list[EssayBeginnings]:
    """What is found of words in each of some essays, in their order; see ``sentences_beginning``.

    Args:
        haystack: Where to look.
        words: The words; the last one may be cut off.
        most: How many beginnings of sentences are enough.
        places: How many places of the words to look at.
        essays: Ids of the only essays to look in; all if empty.
    """
    letters = skeleton(words)
    if not letters:
        return []
    result: list[EssayBeginnings] = []
    count = 0
    found = islice(haystack.find(letters, essays), places)
    for essay_id, printed in groupby(found, key=lambda place: place[0].essay_id):
        first: dict[tuple[str, int], PrintedPlace] = {}
        within: dict[tuple[str, int], PrintedPlace] = {}
        looked_at = 0
        for stream, letter_offset in printed:
            looked_at += 1
            _add_sentence(stream, letter_offset, letters, first, within)
            if count + len(first) >= most:
                break
        count += len(first)
        places_of = tuple(first.values()), tuple(within.values())[:most]
        result.append(EssayBeginnings(essay_id, looked_at, *places_of))
        if count >= most:
            break
    return result


def sentences_beginning(
    found: Iterable[EssayBeginnings], most: int, again: Callable[[str, int], Sequence[EssayBeginnings]]
) -> list[PrintedPlace]:
    """Sentences that begin with words; then the rest of those that have the words within them.

    Args:
        found: What is found of the words in each essay; see ``beginnings_in``.
        most: How many to give at most.
        again: Looks in one essay again, at fewer places.

    Returns:
        Each place from the words on to the end of the sentence, in the order of print.
    """
    first: list[PrintedPlace] = []
    within: list[PrintedPlace] = []
    left = MOST_BEGINNINGS
    for each in sorted(found, key=attrgetter("essay_id")):
        for essay in [each] if each.places <= left else again(each.essay_id, left):
            first += essay.first
            within += essay.within
            left -= essay.places
        if len(first) >= most or left <= 0:
            break
    return [*first, *within][:most]


def _add_sentence(
    stream: Stream,
    letter_offset: int,
    letters: str,
    first: dict[tuple[str, int], PrintedPlace],
    within: dict[tuple[str, int], PrintedPlace],
) -> None:
    """Add the sentence of a place to those that begin with some letters, or that have them within."""
    if not stream.running:
        return
    passage, start = stream.located(stream.offset(letter_offset))
    if start and passage.text[start - 1 : start].isalnum():
        # They are not the beginning of a word.
        return
    begin, end = _sentence(passage, start)
    if passage.kind not in SEARCHED_KINDS or end <= start:
        return
    if not any(map(str.isalnum, passage.text[begin:start])):
        first.setdefault((passage.id, begin), PrintedPlace.within(passage, begin, end))
    elif len(letters) >= _WITHIN:
        within.setdefault((passage.id, start), PrintedPlace.within(passage, start, end))


def _sentence(passage: Passage, offset: int) -> tuple[int, int]:
    """The sentence in which an offset is; an empty span if it is in none."""
    number = bisect_right(passage.sentences, offset, key=itemgetter(0)) - 1
    if number < 0 or passage.sentences[number][1] <= offset:
        return offset, offset
    return passage.sentences[number]


class Corpus:
    """Essays in which words can be looked up.

    Args:
        essays: The essays, in the order in which places are to be listed.
    """

    def __init__(self, essays: Sequence[StoredEssay]) -> None:
        self._streams = [stream for essay in essays for stream in streams_of(essay)]
        self.haystack = Haystack(self._streams)
        self._reuse_finders: dict[int, ReuseFinder] = {}

    def expect(self, asked: Iterable[LookUp]) -> None:
        """Nothing need be prepared of what will be looked up."""

    def look_up(self, text: str, essays: Collection[str] = ()) -> QuotationLookup:
        """Judge a quotation.

        Args:
            text: The quotation, with or without its outer quotation marks.
            essays: Ids of the only essays to look in; all if empty.

        Raises:
            QuotationError: If the text holds no words or is too long for a quotation.
        """
        refuse(text)
        return self._exact(text, essays) or nearest_lookup(
            near.find(self.haystack, essays) for near in near_forms(text)
        )

    def is_exact(self, text: str) -> bool:
        """Whether a quotation is exact. Nothing near is looked for, which takes far longer."""
        try:
            refuse(text)
        except QuotationError:
            return False
        return self._exact(text, ()) is not None

    def _exact(self, text: str, essays: Collection[str]) -> QuotationLookup | None:
        return exact_lookup(
            trials_of(text), lambda _, trial, limits: matches_in(self.haystack, trial, essays, limits)
        )

    def sentences_beginning(self, words: str, most: int) -> list[PrintedPlace]:
        """Sentences that begin with words, as the function of this name finds them."""
        found = beginnings_in(self.haystack, words, most, MOST_BEGINNINGS)
        return sentences_beginning(found, most, lambda *_: ())

    def reused(self, draft: str, shortest: int = 8) -> list[ReusedWords]:
        """Find runs of words of a draft that occur in an essay.

        Args:
            draft: Any text; letter case, punctuation and spacing make no difference.
            shortest: Number of words from which a run counts.

        Returns:
            The longest runs, in order, none overlapping another.
        """
        return self.reuse_finder(shortest).runs(draft)

    def reuse_finder(self, shortest: int) -> ReuseFinder:
        """What finds runs of so many words or more."""
        # Runs are hashed with numpy, which a single quotation need not wait for.
        from assistant.quotations.reuse import ReuseFinder

        if shortest not in self._reuse_finders:
            running = [stream for stream in self._streams if stream.running]
            self._reuse_finders[shortest] = ReuseFinder(running, shortest)
        return self._reuse_finders[shortest]


def near_forms(text: str) -> list[NearestPrint]:
    """What to look for near a quotation: first without all that was pasted along, then as it was given."""
    quotations = [(reading, parse(reading.text)) for reading in readings(text)]
    return [NearestPrint(reading.text, items) for reading, items in _apart(quotations)]


def nearest_lookup(nearest: Iterable[Comparison | None]) -> QuotationLookup:
    """The result for a quotation that is printed nowhere, by the nearest print to each of its forms."""
    near = max(filter(None, nearest), key=lambda comparison: comparison.likeness, default=None)
    return QuotationLookup("altered", (near,), 1) if near else QuotationLookup("absent", (), 0)


def _apart(quotations: Sequence[tuple[Reading, list[Item]]]) -> list[tuple[Reading, list[Item]]]:
    """The readings to look for near words: first those without all that was pasted along, then as given."""
    first, last = quotations[0][0].form, quotations[-1][0].form
    return [
        quotation
        for form in dict.fromkeys((last, first))
        for quotation in quotations
        if quotation[0].form == form
    ]


def refuse(text: str) -> None:
    """Raise a ``QuotationError`` if a text holds no words or is too long for a quotation."""
    if len(text) > MOST_QUOTATION_CHARACTERS:
        raise QuotationError(
            f"The quotation has {len(text):,} characters and at most "
            f"{MOST_QUOTATION_CHARACTERS:,} can be checked; check it in parts."
        )
    if not any(item.kind == "words" and skeleton(item.normal.text) for item in parse(text)):
        raise QuotationError("The quotation has no words of print in it; give the words as quoted.")

"""Essays prepared once, in which quotations are looked up, and the beginnings of sentences."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from operator import itemgetter
from typing import TYPE_CHECKING

from rapidfuzz.distance import Levenshtein

from assistant.core.errors import QuotationError
from assistant.core.essay import SEARCHED_KINDS, Passage, StoredEssay
from assistant.core.quotation import PrintedPlace, QuotationLookup, ReusedWords
from assistant.quotations.aligning import exact, span_of
from assistant.quotations.matching import OMITTED, SUBSTITUTED, Matcher, Step
from assistant.quotations.nearest import PLACES, nearest, pieces_of
from assistant.quotations.normalise import skeleton
from assistant.quotations.parsing import Item, Reading, parse, readings
from assistant.quotations.printed import Effort, Haystack, Print, Stream, print_of, streams_of
from assistant.quotations.sense import warnings_of

if TYPE_CHECKING:
    from assistant.quotations.reuse import ReuseFinder

# Places looked at: a short word is printed very often.
_MOST_BEGINNINGS = 20_000
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
    for stream, letter_offset in islice(found, _MOST_BEGINNINGS):
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


# Characters of the longest quotation: some ten pages of print.
MOST_QUOTATION_CHARACTERS = 20_000
# Places listed at most, and places counted at most.
LISTED = 20
COUNTED = 1_000
# Places tried for words in an unbroken run, and for words with gaps between them.
_LOOKED_AT = 5_000
_LOOKED_AT_GAPS = 20_000
# Parts of a quotation between its marks; one with more is put together by its writer, and not exact.
_MOST_PARTS = 120
# Letters compared for a reading of a quotation: a second or two, which only words such as "a a a a" take in
# print that repeats them. All readings together may take twice as many.
_MOST_LETTERS = 10_000_000
# Characters of print searched next to the letters found, and for each word that a gap may hold.
_MARGIN = 40
_WORD = 10
# A citation that is printed at most so many characters after the words, and how like it another may be.
_PRINTED_CITATION = re.compile(r"[(\[][^()\[\]]{1,400}[)\]]")
_PRINTED_HERE = re.compile(r"[.,;:!?\"'”’»]{0,4}\s{0,4}[(\[]")
_CITED_WITHIN = 1_500
_SAME_CITATION = 0.7
_UNNUMBERED = re.compile(r"[^\d⁰¹²³⁴-⁹]+")


@dataclass(frozen=True, slots=True)
class _Anchor:
    """Letters of a quotation by which it is found.

    Attributes:
        letters: Their skeleton.
        before: Characters of print that may be before them.
        after: Characters of print that may be after them.
        left: Skeletons of the words before them, the nearest first.
        right: Skeletons of the words after them, the nearest first.
    """

    letters: str
    before: int
    after: int
    left: tuple[str, ...]
    right: tuple[str, ...]

    def lacks_neighbours(self, stream: Stream, letter_offset: int) -> bool:
        """Whether the other words are missing near the letters found; quicker than matching them."""
        start, position = max(0, letter_offset - self.before), letter_offset
        for words in self.left:
            position = stream.letters.rfind(words, start, position)
            if position < 0:
                return True
        end, position = letter_offset + len(self.letters) + self.after, letter_offset + len(self.letters)
        for words in self.right:
            match = stream.letters.find(words, position, end)
            if match < 0:
                return True
            position = match + len(words)
        return False


@dataclass(frozen=True, slots=True)
class _Match:
    """A quotation matched with the print."""

    text: str
    steps: tuple[Step, ...]
    printed: Print
    span: tuple[int, int]

    def has_printed(self, citation: str) -> bool:
        """Whether what was taken for the writer's citation is printed after the words, or one like it is."""
        letters, end = skeleton(citation), self.span[1]
        stream = self.printed.stream
        if letters.isdecimal() and _PRINTED_HERE.match(stream.text, end):
            # A page alone is the writer's citation if it is one of the essay's pages.
            pages = {page.label for passage in stream.passages for page in passage.pages}
            return pages.isdisjoint(re.findall(r"\d+", citation))
        return bool(letters) and any(
            Levenshtein.normalized_similarity(letters, skeleton(match[0])) >= _SAME_CITATION
            for match in _PRINTED_CITATION.finditer(self.printed.stream.text, end, end + _CITED_WITHIN)
        )

    def key(self, order: dict[str, int]) -> tuple[int, ...]:
        """Place in the order of essays and print; the same words in two streams have the same key."""
        stream = self.printed.stream
        ends = [stream.located(position) for position in (self.span[0], self.span[1] - 1)]
        return order[stream.essay_id], *(
            part for passage, position in ends for part in (passage.ordinal, position)
        )


class Corpus:
    """Essays in which words can be looked up.

    Args:
        essays: The essays, in the order in which places are to be listed.
    """

    def __init__(self, essays: Sequence[StoredEssay]) -> None:
        self._order = {essay.id: number for number, essay in enumerate(essays)}
        self._streams = [stream for essay in essays for stream in streams_of(essay)]
        self._haystack = Haystack(self._streams)
        self._reuse_finders: dict[int, ReuseFinder] = {}

    def look_up(self, text: str, essays: Collection[str] = ()) -> QuotationLookup:
        """Judge a quotation.

        Args:
            text: The quotation, with or without its outer quotation marks.
            essays: Ids of the only essays to look in; all if empty.

        Raises:
            QuotationError: If the text holds no words or is too long for a quotation.
        """
        _refuse(text)
        quotations = [(reading, parse(reading.text)) for reading in readings(text)]
        spent = 0
        for reading, items in quotations:
            effort = Effort(min(_MOST_LETTERS, 2 * _MOST_LETTERS - spent))
            places = self._exact(reading, items, essays, effort)
            spent += effort.letters
            if places:
                listed = [
                    replace(
                        exact(match.text, match.steps, match.printed),
                        warnings=warnings_of(match.steps, match.printed, match.text),
                    )
                    for match in places[:LISTED]
                ]
                return QuotationLookup("exact", tuple(listed), len(places))
        nearest_places = [
            nearest(reading.text, items, self._haystack, essays) for reading, items in _apart(quotations)
        ]
        near = max(filter(None, nearest_places), key=lambda comparison: comparison.likeness, default=None)
        return QuotationLookup("altered", (near,), 1) if near else QuotationLookup("absent", (), 0)

    def is_exact(self, text: str) -> bool:
        """Whether a quotation is exact. Nothing near is looked for, which takes far longer."""
        try:
            _refuse(text)
        except QuotationError:
            return False
        return any(
            self._exact(reading, parse(reading.text), (), Effort(_MOST_LETTERS)) for reading in readings(text)
        )

    def _exact(
        self, reading: Reading, items: Sequence[Item], essays: Collection[str], effort: Effort
    ) -> list[_Match]:
        if not _can_be_exact(items):
            return []
        for anchor in _anchors(items):
            matches: dict[tuple[int, ...], _Match] = {}
            for stream, letter_offset in islice(
                self._haystack.find(anchor.letters, essays), _most_looked_at(items)
            ):
                match = _matched(reading.text, items, stream, letter_offset, anchor, effort)
                if match is not None and match.has_printed(reading.citation):
                    return []
                if match is not None:
                    matches.setdefault(match.key(self._order), match)
                if len(matches) == COUNTED or effort.spent:
                    break
            if matches:
                return [matches[key] for key in sorted(matches)]
        return []

    def occurrences(self, letters: Mapping[str, int], essays: Collection[str]) -> dict[str, dict[str, int]]:
        """How often some skeletons are printed in each essay, in the order of the essays.

        Args:
            letters: For each skeleton, the number of places from which no more are counted.
            essays: Ids of the essays to look in.
        """
        among = frozenset(essays)
        return {
            each: Counter(stream.essay_id for stream, _ in islice(self._haystack.find(each, among), most))
            for each, most in letters.items()
        }

    def sentences_beginning(self, words: str, most: int) -> list[PrintedPlace]:
        """Sentences that begin with words, as the function of this name finds them."""
        return sentences_beginning(self._haystack, words, most)

    def reused(self, draft: str, shortest: int = 8) -> list[ReusedWords]:
        """Find runs of words of a draft that occur in an essay.

        Args:
            draft: Any text; letter case, punctuation and spacing make no difference.
            shortest: Number of words from which a run counts.

        Returns:
            The longest runs, in order, none overlapping another.
        """
        # Runs are hashed with numpy, which a single quotation need not wait for.
        from assistant.quotations.reuse import ReuseFinder

        if shortest not in self._reuse_finders:
            running = [stream for stream in self._streams if stream.running]
            self._reuse_finders[shortest] = ReuseFinder(running, shortest)
        return self._reuse_finders[shortest].runs(draft)


def letters_looked_up(text: str) -> dict[str, int]:
    """The skeletons by which ``Corpus.look_up`` finds a quotation, with the most places of each to look at.

    Essays that have none of these places make no difference to its result.

    Raises:
        QuotationError: As for ``look_up``.
    """
    _refuse(text)
    found: dict[str, int] = {}
    for reading in readings(text):
        items = parse(reading.text)
        if _can_be_exact(items):
            for anchor in _anchors(items):
                found[anchor.letters] = max(found.get(anchor.letters, 0), _most_looked_at(items))
        for piece in filter(None, pieces_of(reading.text, items)):
            found[piece] = max(found.get(piece, 0), PLACES)
    return found


def essays_looked_at(
    letters: Mapping[str, int], occurrences: Sequence[Mapping[str, Mapping[str, int]]]
) -> list[str]:
    """Ids of the essays, in order, whose places are looked at, of those of several corpora.

    Args:
        letters: What is looked for; see ``letters_looked_up``.
        occurrences: What each corpus counted; see ``Corpus.occurrences``.
    """
    essays: set[str] = set()
    for each, most in letters.items():
        counts = sorted(chain.from_iterable(found[each].items() for found in occurrences))
        counted = 0
        for essay_id, places in counts:
            if counted >= most:
                break
            essays.add(essay_id)
            counted += places
    return sorted(essays)


def _can_be_exact(items: Sequence[Item]) -> bool:
    has_words = any(item.kind == "words" and skeleton(item.normal.text) for item in items)
    return has_words and len(items) <= _MOST_PARTS


def _most_looked_at(items: Sequence[Item]) -> int:
    return _LOOKED_AT if len(items) == 1 else _LOOKED_AT_GAPS


def _apart(quotations: Sequence[tuple[Reading, list[Item]]]) -> list[tuple[Reading, list[Item]]]:
    """The readings to look for near words: first those without all that was pasted along, then as given."""
    first, last = quotations[0][0].form, quotations[-1][0].form
    return [
        quotation
        for form in dict.fromkeys((last, first))
        for quotation in quotations
        if quotation[0].form == form
    ]


def _refuse(text: str) -> None:
    if len(text) > MOST_QUOTATION_CHARACTERS:
        raise QuotationError(
            f"The quotation has {len(text):,} characters and at most "
            f"{MOST_QUOTATION_CHARACTERS:,} can be checked; check it in parts."
        )
    if not any(item.kind == "words" and skeleton(item.normal.text) for item in parse(text)):
        raise QuotationError("The quotation has no words of print in it; give the words as quoted.")


def _matched(
    text: str, items: Sequence[Item], stream: Stream, letter_offset: int, anchor: _Anchor, effort: Effort
) -> _Match | None:
    if anchor.lacks_neighbours(stream, letter_offset):
        return None
    start, end = stream.span(letter_offset, letter_offset + len(anchor.letters))
    printed = print_of(stream, start - anchor.before, end + anchor.after)
    effort.letters += len(printed.normal.text)
    match: _Match | None = None
    for steps in Matcher(items, printed, effort).matches():
        span = span_of(steps, printed)
        if span[0] <= start and end <= span[1]:
            # The last beginning omits the fewest words.
            match = _Match(text, steps, printed, span)
    return match


def _anchors(items: Sequence[Item]) -> Iterator[_Anchor]:
    """Letters to find a quotation by: the most of them first, then without figures.

    Figures may be note marks that the writer kept and that are not in the text of a passage.
    """
    words = [number for number, item in enumerate(items) if item.kind == "words"]
    longest = max(words, key=lambda number: len(skeleton(items[number].normal.text)))
    # What is left out at either end is no part of the quotation.
    ends = [item.kind == "ellipsis" and number in {0, len(items) - 1} for number, item in enumerate(items)]
    reaches = [_reach(item, gap=not end) for item, end in zip(items, ends, strict=True)]
    before, after = _MARGIN + sum(reaches[:longest]), _MARGIN + sum(reaches[longest + 1 :])
    parts = [(number, _unnumbered(items[number])[0]) for number in words]
    left = tuple(letters for number, letters in reversed(parts) if number < longest)
    right = tuple(letters for number, letters in parts if number > longest)
    whole = skeleton(items[longest].normal.text)
    yield _Anchor(whole, before, after, left, right)
    letters, start, end = _unnumbered(items[longest])
    if letters and letters != whole:
        yield _Anchor(letters, before + start, after + end, left, right)


def _unnumbered(item: Item) -> tuple[str, int, int]:
    """Skeleton of the most letters in an unbroken run, and characters of print before and after them."""
    text = item.normal.text
    parts = [(skeleton(match.group()), match.span()) for match in _UNNUMBERED.finditer(text)]
    letters, (start, end) = max(parts, key=lambda part: len(part[0]), default=("", (0, 0)))
    return letters, 2 * start, 2 * (len(text) - end)


def _reach(item: Item, *, gap: bool) -> int:
    """Characters of print that an item may match, with those that it leaves out."""
    words = {"ellipsis": OMITTED, "bracket": SUBSTITUTED}.get(item.kind, 0) if gap else 0
    return _WORD * words + 2 * (item.end - item.start)

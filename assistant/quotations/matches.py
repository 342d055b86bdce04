"""The places at which a quotation is printed letter by letter.

Essays may be in several corpora. Each tells what it has found of each of its essays, and ``joined`` puts that
together as one corpus of all essays has it: places are looked at in the order of the essays, up to limits.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from rapidfuzz.distance import Levenshtein

from assistant.core.quotation import Comparison, QuotationLookup
from assistant.quotations.aligning import exact, span_of
from assistant.quotations.matching import OMITTED, SUBSTITUTED, Matcher, Step
from assistant.quotations.normalise import skeleton
from assistant.quotations.parsing import Item, Reading, parse, readings
from assistant.quotations.printed import Effort, Haystack, Print, Stream, print_of
from assistant.quotations.sense import warnings_of

# Places listed at most, and places counted at most.
LISTED = 20
COUNTED = 1_000
# Places tried for words in an unbroken run, and for words with gaps between them.
LOOKED_AT = 5_000
LOOKED_AT_GAPS = 20_000
# Parts of a quotation between its marks; one with more is put together by its writer, and not exact.
_MOST_PARTS = 120
# Letters compared for a reading of a quotation: a second or two, which only words such as "a a a a" take in
# print that repeats them. All readings together may take twice as many.
MOST_LETTERS = 10_000_000
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
class Limits:
    """How far a quotation is looked for.

    Attributes:
        places: Places that are looked at.
        matches: Matches that are counted.
        letters: Letters that are compared.
    """

    places: int
    matches: int
    letters: int


@dataclass(frozen=True, slots=True)
class EssayMatches:
    """What is found of a quotation in one essay.

    Attributes:
        essay_id: The essay.
        places: Number of places that were looked at.
        letters: Number of letters that were compared.
        count: Number of places at which the quotation is printed.
        refuses: Whether what was taken for the writer's citation is printed after the words, so that the
            quotation must be read in another way; nothing after that place was looked at.
        comparisons: Comparisons with the first of the places, as many as are listed.
    """

    essay_id: str
    places: int
    letters: int
    count: int
    refuses: bool
    comparisons: tuple[Comparison, ...]

    def is_within(self, limits: Limits) -> bool:
        """Whether all of this is found, be these the limits."""
        fewer = self.places <= limits.places and self.letters <= limits.letters
        return fewer and self.count < limits.matches


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

    def key(self) -> tuple[int, ...]:
        """Place in the order of print of its essay; the same words in two streams have the same key."""
        stream = self.printed.stream
        ends = [stream.located(position) for position in (self.span[0], self.span[1] - 1)]
        return tuple(part for passage, position in ends for part in (passage.ordinal, position))

    def compared(self) -> Comparison:
        """The quotation compared with the print."""
        comparison = exact(self.text, self.steps, self.printed)
        return replace(comparison, warnings=warnings_of(self.steps, self.printed, self.text))


@dataclass(frozen=True, slots=True)
class Trial:
    """One way in which a quotation may be printed.

    Attributes:
        reading: What is taken for the quotation.
        items: Its parts.
        anchor: The letters by which it is looked for.
    """

    reading: Reading
    items: Sequence[Item]
    anchor: _Anchor

    @property
    def most_places(self) -> int:
        """Places that are looked at."""
        return LOOKED_AT if len(self.items) == 1 else LOOKED_AT_GAPS


def trials_of(text: str) -> Iterator[Trial]:
    """All ways in which a quotation may be printed, in the order in which they are tried."""
    for reading in readings(text):
        items = parse(reading.text)
        if _can_be_exact(items):
            for anchor in _anchors(items):
                yield Trial(reading, items, anchor)


@dataclass(slots=True)
class _Looked:
    """What is found in an essay while its places are looked at; see ``EssayMatches``."""

    essay_id: str
    places: int = 0
    letters: int = 0
    refuses: bool = False
    matches: dict[tuple[int, ...], _Match] = field(default_factory=dict)


def matches_in(
    haystack: Haystack, trial: Trial, essays: Collection[str], limits: Limits
) -> list[EssayMatches]:
    """What is found of a quotation in each of some essays, in their order.

    Args:
        haystack: Where to look.
        trial: How the quotation is looked for.
        essays: Ids of the only essays to look in; all if empty.
        limits: How far to look.
    """
    listed, result = LISTED, []
    for looked in _looked_at(haystack, trial, essays, limits):
        first = [looked.matches[key] for key in sorted(looked.matches)][:listed]
        listed -= len(first)
        found = looked.places, looked.letters, len(looked.matches), looked.refuses
        result.append(EssayMatches(looked.essay_id, *found, tuple(match.compared() for match in first)))
    return result


def _looked_at(haystack: Haystack, trial: Trial, essays: Collection[str], limits: Limits) -> list[_Looked]:
    found: list[_Looked] = []
    effort, count = Effort(limits.letters), 0
    if effort.spent:
        return found
    for stream, letter_offset in islice(haystack.find(trial.anchor.letters, essays), limits.places):
        if not found or found[-1].essay_id != stream.essay_id:
            found.append(_Looked(stream.essay_id))
        looked, before = found[-1], effort.letters
        match = _matched(trial, stream, letter_offset, effort)
        looked.places += 1
        looked.letters += effort.letters - before
        if match is not None:
            looked.refuses = match.has_printed(trial.reading.citation)
            count += not looked.refuses and looked.matches.setdefault(match.key(), match) is match
        if looked.refuses or count == limits.matches or effort.spent:
            break
    return found


def joined(
    found: Iterable[EssayMatches], limits: Limits, again: Callable[[str, Limits], Sequence[EssayMatches]]
) -> list[EssayMatches]:
    """What one corpus finds in all essays.

    Args:
        found: What is found in each essay by the corpus that has it, with no narrower limits.
        limits: How far one corpus looks.
        again: Looks in one essay again with narrower limits.
    """
    result: list[EssayMatches] = []
    for each in sorted(found, key=lambda each: each.essay_id):
        if limits.places <= 0 or limits.matches <= 0 or limits.letters < 0:
            break
        for essay in [each] if each.is_within(limits) else again(each.essay_id, limits):
            result.append(essay)
            limits = Limits(
                limits.places - essay.places, limits.matches - essay.count, limits.letters - essay.letters
            )
        if result and result[-1].refuses:
            break
    return result


def exact_lookup(
    trials: Iterable[Trial], look: Callable[[int, Trial, Limits], Sequence[EssayMatches]]
) -> QuotationLookup | None:
    """The places at which a quotation is printed; ``None`` if there are none.

    Args:
        trials: The ways in which it may be printed.
        look: Finds it in all essays by a trial, of which the number is given, within limits.
    """
    reading: Reading | None = None
    refuses, spent, letters = False, 0, 0
    for number, trial in enumerate(trials):
        if trial.reading is not reading:
            reading, refuses, spent, letters = trial.reading, False, spent + letters, 0
        if refuses:
            continue
        most = min(MOST_LETTERS, 2 * MOST_LETTERS - spent) - letters
        found = look(number, trial, Limits(trial.most_places, COUNTED, most))
        letters += sum(essay.letters for essay in found)
        refuses = bool(found) and found[-1].refuses
        count = sum(essay.count for essay in found)
        if count and not refuses:
            listed = [comparison for essay in found for comparison in essay.comparisons]
            return QuotationLookup("exact", tuple(listed[:LISTED]), count)
    return None


def _can_be_exact(items: Sequence[Item]) -> bool:
    has_words = any(item.kind == "words" and skeleton(item.normal.text) for item in items)
    return has_words and len(items) <= _MOST_PARTS


def _matched(trial: Trial, stream: Stream, letter_offset: int, effort: Effort) -> _Match | None:
    anchor = trial.anchor
    if anchor.lacks_neighbours(stream, letter_offset):
        return None
    start, end = stream.span(letter_offset, letter_offset + len(anchor.letters))
    printed = print_of(stream, start - anchor.before, end + anchor.after)
    effort.letters += len(printed.normal.text)
    match: _Match | None = None
    for steps in Matcher(trial.items, printed, effort).matches():
        span = span_of(steps, printed)
        if span[0] <= start and end <= span[1]:
            # The last beginning omits the fewest words.
            match = _Match(trial.reading.text, steps, printed, span)
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

"""Essays prepared once, in which quotations are looked up."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from assistant.core.errors import QuotationError
from assistant.core.essay import StoredEssay
from assistant.core.quotation import QuotationLookup, ReusedWords
from assistant.quotations.aligning import exact, span_of
from assistant.quotations.matching import OMITTED, SUBSTITUTED, Matcher, Step
from assistant.quotations.nearest import nearest
from assistant.quotations.normalise import skeleton
from assistant.quotations.parsing import Item, parse, readings
from assistant.quotations.printed import Effort, Haystack, Print, Stream, print_of, streams_of

if TYPE_CHECKING:
    from assistant.quotations.reuse import Lifting

# Characters of the longest quotation: some ten pages of print.
MOST_QUOTATION_CHARACTERS = 20_000
# Places listed at most, and places counted at most.
LISTED = 20
COUNTED = 1_000
# Places looked at for words that stand together, and for words with gaps between them.
_LOOKED_AT = 5_000
_LOOKED_AT_GAPS = 20_000
# Letters compared for a quotation: a second or two, which only words such as "a a a a" take in print that
# repeats them.
_MOST_LETTERS = 10_000_000
# Print looked at beside a find, and for each word that a gap may hold.
_MARGIN = 40
_WORD = 10
_UNNUMBERED = re.compile(r"[^\d⁰¹²³⁴-⁹]+")


@dataclass(frozen=True, slots=True)
class _Anchor:
    """Letters of a quotation by which it is found.

    Attributes:
        bones: Their skeleton.
        before: Characters of print that may stand before them.
        after: Characters of print that may stand behind them.
        left: Skeletons of the words before them, the nearest first.
        right: Skeletons of the words behind them, the nearest first.
    """

    bones: str
    before: int
    after: int
    left: tuple[str, ...]
    right: tuple[str, ...]

    def alone(self, stream: Stream, bone: int) -> bool:
        """Whether the other words are missing beside a find; far quicker than laying them on print."""
        start, at = max(0, bone - self.before), bone
        for words in self.left:
            at = stream.bones.rfind(words, start, at)
            if at < 0:
                return True
        end, at = bone + len(self.bones) + self.after, bone + len(self.bones)
        for words in self.right:
            found = stream.bones.find(words, at, end)
            if found < 0:
                return True
            at = found + len(words)
        return False


@dataclass(frozen=True, slots=True)
class _Laid:
    """A quotation laid on print."""

    text: str
    steps: tuple[Step, ...]
    printed: Print
    span: tuple[int, int]

    def key(self, order: dict[str, int]) -> tuple[int, ...]:
        """Place in the order of essays and print; the same words in two streams have the same key."""
        stream = self.printed.stream
        ends = [stream.located(at) for at in (self.span[0], self.span[1] - 1)]
        return order[stream.essay_id], *(part for passage, at in ends for part in (passage.ordinal, at))


class Corpus:
    """Essays in which words can be looked up.

    Args:
        essays: The essays, in the order in which places are to be listed.
    """

    def __init__(self, essays: Sequence[StoredEssay]) -> None:
        self._order = {essay.id: number for number, essay in enumerate(essays)}
        self._streams = [stream for essay in essays for stream in streams_of(essay)]
        self._haystack = Haystack(self._streams)
        self._lifting: dict[int, Lifting] = {}

    def look_up(self, text: str, essays: Collection[str] = ()) -> QuotationLookup:
        """Judge a quotation.

        Args:
            text: The quotation, with or without its outer quotation marks.
            essays: Ids of the only essays to look in; all if empty.

        Raises:
            QuotationError: If the text holds no words or is too long for a quotation.
        """
        _refuse(text)
        quotations = [(reading, parse(reading)) for reading in readings(text)]
        for reading, items in quotations:
            places = self._exact(reading, items, essays)
            if places:
                listed = [exact(one.text, one.steps, one.printed) for one in places[:LISTED]]
                return QuotationLookup("exact", tuple(listed), len(places))
        found = [nearest(reading, items, self._haystack, essays) for reading, items in quotations]
        near = max((one for one in found if one), key=lambda one: one.likeness, default=None)
        return QuotationLookup("altered", (near,), 1) if near else QuotationLookup("absent", (), 0)

    def _exact(self, text: str, items: Sequence[Item], essays: Collection[str]) -> list[_Laid]:
        effort = Effort(_MOST_LETTERS)
        for anchor in _anchors(items):
            laid: dict[tuple[int, ...], _Laid] = {}
            most = _LOOKED_AT if len(items) == 1 else _LOOKED_AT_GAPS
            for stream, bone in islice(self._haystack.find(anchor.bones, essays), most):
                one = _lay(text, items, stream, bone, anchor, effort)
                if one is not None:
                    laid.setdefault(one.key(self._order), one)
                if len(laid) == COUNTED or effort.spent:
                    break
            if laid:
                return [laid[key] for key in sorted(laid)]
        return []

    def lifted(self, draft: str, shortest: int = 8) -> list[ReusedWords]:
        """Find runs of words of a draft that stand in an essay.

        Args:
            draft: Any text; letter case, punctuation and spacing make no difference.
            shortest: Number of words from which a run counts.

        Returns:
            The longest runs, in order, none overlapping another.
        """
        # Runs are hashed with numpy, which a single quotation need not wait for.
        from assistant.quotations.reuse import Lifting

        if shortest not in self._lifting:
            running = [stream for stream in self._streams if stream.running]
            self._lifting[shortest] = Lifting(running, shortest)
        return self._lifting[shortest].runs(draft)


def _refuse(text: str) -> None:
    if len(text) > MOST_QUOTATION_CHARACTERS:
        raise QuotationError(
            f"The quotation has {len(text):,} characters and at most "
            f"{MOST_QUOTATION_CHARACTERS:,} can be checked; check it in parts."
        )
    if not any(item.kind == "words" and skeleton(item.normal.text) for item in parse(text)):
        raise QuotationError("The quotation has no words of print in it; give the words as quoted.")


def _lay(
    text: str, items: Sequence[Item], stream: Stream, bone: int, anchor: _Anchor, effort: Effort
) -> _Laid | None:
    if anchor.alone(stream, bone):
        return None
    start, end = stream.span(bone, bone + len(anchor.bones))
    printed = print_of(stream, start - anchor.before, end + anchor.after)
    found: _Laid | None = None
    for steps in Matcher(items, printed, effort).matches():
        span = span_of(steps, printed)
        if span[0] <= start and end <= span[1]:
            # The last beginning omits the fewest words.
            found = _Laid(text, steps, printed, span)
    return found


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
    left = tuple(bones for number, bones in reversed(parts) if number < longest)
    right = tuple(bones for number, bones in parts if number > longest)
    whole = skeleton(items[longest].normal.text)
    yield _Anchor(whole, before, after, left, right)
    bones, start, end = _unnumbered(items[longest])
    if bones and bones != whole:
        yield _Anchor(bones, before + start, after + end, left, right)


def _unnumbered(item: Item) -> tuple[str, int, int]:
    """Skeleton of the most letters that stand together, and characters of print before and behind them."""
    text = item.normal.text
    parts = [(skeleton(found.group()), found.span()) for found in _UNNUMBERED.finditer(text)]
    bones, (start, end) = max(parts, key=lambda part: len(part[0]), default=("", (0, 0)))
    return bones, 2 * start, 2 * (len(text) - end)


def _reach(item: Item, *, gap: bool) -> int:
    """Characters of print that an item may lie on, with those that it leaves out."""
    words = {"ellipsis": OMITTED, "bracket": SUBSTITUTED}.get(item.kind, 0) if gap else 0
    return _WORD * words + 2 * (item.end - item.start)

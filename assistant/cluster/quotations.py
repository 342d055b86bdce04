"""Find quoted words in the essays of all shards, with the result of one corpus of all essays.

Each shard looks in its own essays (``CorpusPart``), and what it finds is put together here by the rules that
hold for one corpus. No essay is read here but those whose words a draft has without quotation marks.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any, Protocol

from assistant.core.errors import DamagedEssayError, LibraryError, QuotationError
from assistant.core.essay import StoredEssay
from assistant.core.quotation import Comparison, PrintedPlace, QuotationLookup, ReusedWords
from assistant.core.recent import Recent
from assistant.library.models import OutdatedError
from assistant.quotations.corpus import (
    MOST_BEGINNINGS,
    Corpus,
    EssayBeginnings,
    LookUp,
    beginnings_in,
    near_forms,
    nearest_lookup,
    refuse,
    sentences_beginning,
)
from assistant.quotations.matches import (
    EssayMatches,
    Limits,
    Trial,
    exact_lookup,
    joined,
    matches_in,
    trials_of,
)
from assistant.quotations.nearest import PLACES, PrintedAt

if TYPE_CHECKING:
    from assistant.quotations.reuse import PrintedRun

# Quotations of which it is remembered where they are printed.
_MOST_KNOWN = 5_000
_CHANGED = "The library has just been changed; ask again."


def key_of(digests: Mapping[str, str]) -> str:
    """What tells some essays from others.

    Args:
        digests: Digest of the chunk file of each essay, by id.
    """
    lines = [f"{essay_id} {digest}" for essay_id, digest in sorted(digests.items())]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


class CorpusPart:
    """Some of the essays of a shard, in which quoted words are found.

    Args:
        corpus: The shard's essays.
        among: Ids of those in which to look; all if empty.
    """

    def __init__(self, corpus: Corpus, among: Collection[str]) -> None:
        self.corpus, self._among = corpus, among

    def exact(self, asked: Sequence[tuple[LookUp, int]]) -> list[dict[int, list[EssayMatches]]]:
        """What is found of quotations by each trial, from one on until they are found; see ``Trial``."""
        return [self._exact(text, essays, first) for (text, essays), first in asked]

    def _exact(self, text: str, essays: Collection[str], first: int) -> dict[int, list[EssayMatches]]:
        found: dict[int, list[EssayMatches]] = {}

        def look(number: int, trial: Trial, limits: Limits) -> list[EssayMatches]:
            found[first + number] = matches = self._matches(trial, essays, limits)
            return matches

        exact_lookup(list(trials_of(text))[first:], look)
        return found

    def matches(self, text: str, trial: int, essay_id: str, limits: Limits) -> list[EssayMatches]:
        """What is found of a quotation in one essay by a trial, of which the number is given."""
        return self._matches(list(trials_of(text))[trial], [essay_id], limits)

    def _matches(self, trial: Trial, essays: Collection[str], limits: Limits) -> list[EssayMatches]:
        return matches_in(self.corpus.haystack, trial, essays or self._among, limits)

    def pieces_printed(self, asked: Sequence[LookUp]) -> list[list[list[list[PrintedAt]]]]:
        """For each quotation, and each of its forms, the first places of each of its pieces."""
        haystack = self.corpus.haystack
        return [
            [near.pieces_printed(haystack, essays or self._among) for near in near_forms(text)]
            for text, essays in asked
        ]

    def compared(self, asked: Sequence[tuple[str, int, PrintedAt]]) -> list[Comparison | None]:
        """Comparisons of quotations, each in the form of a number, with the words printed in an area."""
        forms = {text: near_forms(text) for text, _, _ in asked}
        return [forms[text][form].compared(self.corpus.haystack, area) for text, form, area in asked]

    def beginnings(
        self, words: str, most: int, places: int, essays: Collection[str] = ()
    ) -> list[EssayBeginnings]:
        """Sentences of each essay that begin with words; see ``corpus.beginnings_in``."""
        return beginnings_in(self.corpus.haystack, words, most, places, essays or self._among)

    def runs(self, draft: str, shortest: int) -> list[PrintedRun]:
        """All runs of words of a draft; see ``ReuseFinder.all_runs``."""
        return self.corpus.reuse_finder(shortest).all_runs(draft, self._among)


class QuotedShards(Protocol):
    """What is asked of the shards here; ``fleet.Fleet`` does it."""

    def call_each(self, method: str, arguments: Mapping[str, Sequence[Any]]) -> dict[str, Any]:
        """What a method of several shards returns, by shard."""


class ShardedCorpus:
    """Essays of all shards, in which words can be looked up as in a ``Corpus``.

    Args:
        fleet: The shards.
        digests: Digest of the chunk file of each essay, by shard and by id.
        essays: The essays by id, each read when it is looked up.
        is_whole: Whether these are all essays of the shards, which then need not be told their ids.

    Raises:
        LibraryError: If a shard has other essays.
    """

    def __init__(
        self,
        fleet: QuotedShards,
        digests: Mapping[str, Mapping[str, str]],
        essays: Mapping[str, StoredEssay],
        *,
        is_whole: bool,
    ) -> None:
        self._fleet, self._essays = fleet, essays
        self._digests = {name: dict(own) for name, own in digests.items()}
        self._owners = {essay_id: name for name, own in self._digests.items() for essay_id in own}
        self._keys: dict[str, str] = {}
        self._known: dict[LookUp, QuotationLookup] = Recent(_MOST_KNOWN)
        self._open(is_whole=is_whole)

    # Calls of shards.

    def _open(self, *, is_whole: bool) -> None:
        """Have the shards prepare the essays; those that turn out to be damaged are left out."""
        asked = [name for name, own in self._digests.items() if own]
        if is_whole:
            self._keys = {name: key_of(own) for name, own in self._digests.items()}
            opened = self._fleet.call_each("quotable", {name: (self._keys[name], None) for name in asked})
            asked = [name for name, lacking in opened.items() if lacking is None]
        while asked:
            self._keys |= {name: key_of(self._digests[name]) for name in asked}
            opened = self._fleet.call_each(
                "quotable", {name: (self._keys[name], self._digests[name]) for name in asked}
            )
            for name, lacking in opened.items():
                self._leave_out(name, lacking)
            asked = [name for name, lacking in opened.items() if lacking and self._digests[name]]
        self._digests = {name: own for name, own in self._digests.items() if own}

    def _leave_out(self, shard: str, lacking: Iterable[str]) -> None:
        """Leave out damaged essays; a ``LibraryError`` is raised if others have been changed."""
        for essay_id in lacking:
            try:
                self._essays[essay_id]
            except DamagedEssayError:
                del self._digests[shard][essay_id], self._owners[essay_id]
            else:
                raise LibraryError(_CHANGED)

    def _ask(self, method: str, arguments: Mapping[str, Sequence[Any]]) -> dict[str, Any]:
        """What a method of ``CorpusPart`` returns, by shard."""
        asked = {name: (self._keys[name], method, *own) for name, own in arguments.items()}
        with suppress(OutdatedError):
            return self._fleet.call_each("quotations", asked)
        # A shard may have been started again, or another replica asked.
        keys = dict(self._keys)
        self._open(is_whole=True)
        if keys == self._keys:
            with suppress(OutdatedError):
                return self._fleet.call_each("quotations", asked)
        raise LibraryError(_CHANGED)

    def _ask_owner(self, essay_id: str, method: str, *arguments: Any) -> Any:
        """What a method of ``CorpusPart`` returns in the shard of an essay."""
        owner = self._owners[essay_id]
        return self._ask(method, {owner: arguments})[owner]

    def _all(self, method: str, *arguments: Any) -> dict[str, Any]:
        return self._ask(method, dict.fromkeys(self._digests, arguments))

    def _each(self, method: str, asked: Sequence[tuple[LookUp, Any]]) -> list[dict[str, Any]]:
        """What shards find of each of some quotations, by shard, if they have essays to look in.

        Args:
            method: The method of ``CorpusPart``, which gets the quotations and returns as many results.
            asked: The quotations, each with what else the method needs, or with nothing for ``None``.
        """
        wanted: dict[str, list[tuple[int, Any]]] = {}
        for number, ((text, essays), more) in enumerate(asked):
            own: dict[str, list[str]] = {}
            for essay_id in essays:
                if essay_id in self._owners:
                    own.setdefault(self._owners[essay_id], []).append(essay_id)
            for name in own if essays else self._digests:
                look_up = text, tuple(own.get(name, ()))
                wanted.setdefault(name, []).append((number, look_up if more is None else (look_up, more)))
        found = self._ask(method, {name: ([ask for _, ask in own],) for name, own in wanted.items()})
        results: list[dict[str, Any]] = [{} for _ in asked]
        for name, values in found.items():
            for (number, _), value in zip(wanted[name], values, strict=True):
                results[number][name] = value
        return results

    # Quotations.

    def expect(self, asked: Iterable[LookUp]) -> None:
        """Look quotations up together; those that cannot be checked are left to ``look_up``."""
        new = []
        for text, essays in asked:
            with suppress(QuotationError):
                refuse(text)
                new.append((text, frozenset(essays)))
        self._find([ask for ask in dict.fromkeys(new) if ask not in self._known])

    def look_up(self, text: str, essays: Collection[str] = ()) -> QuotationLookup:
        """Judge a quotation; arguments and errors as for ``Corpus.look_up``."""
        refuse(text)
        ask = text, frozenset(essays)
        known = self._known.get(ask)
        return known if known is not None else self._find([ask])[ask]

    def is_exact(self, text: str) -> bool:
        """Whether a quotation is exact."""
        try:
            refuse(text)
        except QuotationError:
            return False
        return self._exact([(text, frozenset())])[0] is not None

    def _find(self, asked: Sequence[LookUp]) -> dict[LookUp, QuotationLookup]:
        if not asked:
            return {}
        exact = dict(zip(asked, self._exact(asked), strict=True))
        near = [ask for ask, lookup in exact.items() if lookup is None]
        found = {ask: lookup for ask, lookup in exact.items() if lookup is not None}
        found |= dict(zip(near, self._nearest(near), strict=True))
        self._known.update(found)
        return found

    def _exact(self, asked: Sequence[LookUp]) -> list[QuotationLookup | None]:
        found = self._each("exact", [(ask, 0) for ask in asked])
        return [
            exact_lookup(trials_of(ask[0]), partial(self._joined, ask, own))
            for ask, own in zip(asked, found, strict=True)
        ]

    def _joined(
        self,
        ask: LookUp,
        found: dict[str, dict[int, list[EssayMatches]]],
        number: int,
        trial: Trial,
        limits: Limits,
    ) -> list[EssayMatches]:
        """What all shards find of a quotation by a trial, within the limits for one corpus."""
        del trial
        if not all(number in own for own in found.values()):
            # A shard found it by an earlier trial, at places that do not count.
            (more,) = self._each("exact", [(ask, number)])
            found.update(more)

        def again(essay_id: str, left: Limits) -> list[EssayMatches]:
            matches: list[EssayMatches] = self._ask_owner(essay_id, "matches", ask[0], number, essay_id, left)
            return matches

        return joined(chain.from_iterable(own[number] for own in found.values()), limits, again)

    def _nearest(self, asked: Sequence[LookUp]) -> list[QuotationLookup]:
        """The results for quotations that are printed nowhere."""
        if not asked:
            return []
        areas = self._areas(asked)
        compared = self._compared(
            (text, form, area)
            for (text, _), of_forms in zip(asked, areas, strict=True)
            for form, own in enumerate(of_forms)
            for area in own
        )
        return [
            nearest_lookup(
                near.nearest(compared[text, form, area] for area in of_forms[form])
                for form, near in enumerate(near_forms(text))
            )
            for (text, _), of_forms in zip(asked, areas, strict=True)
        ]

    def _areas(self, asked: Sequence[LookUp]) -> list[list[list[PrintedAt]]]:
        """Where each form of each quotation may be printed."""
        found = self._each("pieces_printed", [(ask, None) for ask in asked])
        return [
            [
                near.areas(_places(own.values(), form)) if own else []
                for form, near in enumerate(near_forms(text))
            ]
            for (text, _), own in zip(asked, found, strict=True)
        ]

    def _compared(
        self, asked: Iterable[tuple[str, int, PrintedAt]]
    ) -> dict[tuple[str, int, PrintedAt], Comparison | None]:
        """Comparisons of quotations with the words printed in areas, by the shards that have them."""
        wanted: dict[str, list[tuple[str, int, PrintedAt]]] = {}
        for each in dict.fromkeys(asked):
            wanted.setdefault(self._owners[each[2][0]], []).append(each)
        found = self._ask("compared", {name: (own,) for name, own in wanted.items()})
        return {
            each: comparison
            for name, own in wanted.items()
            for each, comparison in zip(own, found[name], strict=True)
        }

    # What else is looked for.

    def sentences_beginning(self, words: str, most: int) -> list[PrintedPlace]:
        """Sentences that begin with words; see ``corpus.sentences_beginning``."""

        def again(essay_id: str, places: int) -> list[EssayBeginnings]:
            own: list[EssayBeginnings] = self._ask_owner(
                essay_id, "beginnings", words, most, places, [essay_id]
            )
            return own

        found = self._all("beginnings", words, most, MOST_BEGINNINGS).values()
        return sentences_beginning(chain.from_iterable(found), most, again)

    def reused(self, draft: str, shortest: int = 8) -> list[ReusedWords]:
        """Find runs of words of a draft that occur in an essay; see ``Corpus.reused``."""
        from assistant.quotations.reuse import longest_runs, reused_words

        runs = chain.from_iterable(self._all("runs", draft, shortest).values())
        return reused_words(draft, longest_runs(runs, shortest), self._essays)


def _places(found: Iterable[list[list[list[PrintedAt]]]], form: int) -> list[list[PrintedAt]]:
    """The first places of each piece of a form of a quotation, of those that shards have found."""
    pieces = zip(*(of_forms[form] for of_forms in found), strict=True)
    return [sorted(chain(*places), key=lambda place: place[0])[:PLACES] for places in pieces]

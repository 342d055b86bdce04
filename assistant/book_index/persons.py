"""The persons of an essay, each with all forms of the name and all places."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from assistant.book_index.capitals import WordUse
from assistant.book_index.mentions import PersonMention, mentions_of
from assistant.core.essay import Passage, Span

# The author at the head of an entry of a list of works cited.
_REFERENCE_AUTHOR = re.compile(
    r"\W*(?:\d+\.\s+)?(?P<family>[A-ZÀ-Þ][^,.;:()]{1,40}),\s+"
    r"(?P<given>(?:[A-ZÀ-Þ][\w'’-]+|[A-ZÀ-Þ]\.)(?:[ -](?:[A-ZÀ-Þ][\w'’-]+|[A-ZÀ-Þ]\.|de|van|von|der|den|"
    r"du|la))*)"
)
_LOWER_PARTICLE = re.compile(
    r"^(?:(?:de|der|den|van|von|vom|zu|du|di|da|del|des|ter|ther|te|ten|af|av)\s+)+(?=\S)"
)
# Places of a name that count at most.
_ENOUGH = 4
# What divides names in a list; what a person beside a name counts; names of the longest list.
_LISTED = frozenset({", ", " and ", ", and ", " or ", ", or ", " & ", " und ", " et ", " oder ", " ou "})
_BESIDE, _LONGEST_LIST = 2.0, 10
# Below this, the words around a known surname show that it is not the person who is meant.
_AGAINST = -3.0


@dataclass(eq=False, slots=True)
class Person:
    """A person whom an essay names.

    Attributes:
        family: Family name, or the only name.
        given: Given names, the fullest that the essay prints.
        honorific: A title, where no given name is known.
        suffix: ``Jr.``, ``the Elder``, ``of Caesarea``.
        mentions: Where the person is named, in reading order.
    """

    family: str
    given: tuple[str, ...]
    honorific: str = ""
    suffix: str = ""
    mentions: list[PersonMention] = field(default_factory=list)

    @property
    def heading(self) -> str:
        """The name as an index has it: ``Gates, Henry Louis, Jr.``."""
        if not self.given:
            name = f"{self.family} {self.suffix}".strip()
            return f"{name}, {self.honorific}" if self.honorific else name
        if len(self.family) <= 2 and self.family.endswith("."):
            return " ".join((*self.given, self.family))
        particle = _LOWER_PARTICLE.match(self.family)
        family = self.family[particle.end() :] if particle else self.family
        given = " ".join((*self.given, particle[0].strip() if particle else "")).strip()
        if self.suffix.startswith(("of ", "the ")):
            return f"{family}, {given} {self.suffix}"
        return ", ".join(filter(None, (family, given, self.suffix)))


class Persons:
    """The persons of an essay.

    Args:
        passages: The passages that are indexed, in reading order.
        references: The entries of the list of works cited.
        titles: Spans of titles by passage number, in order.
        use: How the essay writes its words.
    """

    def __init__(
        self,
        passages: Sequence[Passage],
        references: Sequence[str],
        titles: Sequence[Sequence[Span]],
        use: WordUse,
    ) -> None:
        self._passages, self._titles = passages, titles
        self._use = use
        self.listed = _listed_authors(references)
        mentions = self._mentions(frozenset())
        common = {
            mention.family
            for mention in mentions
            if mention.is_full and self._use.is_common(mention.family) and mention.prior + mention.context > 0
        }
        self._all = self._mentions(frozenset(common)) if common else mentions
        self._listed_with = self._neighbours()
        self.people = self._joined()

    def _mentions(self, surnames: frozenset[str]) -> list[PersonMention]:
        return [
            mention
            for number, (passage, titles) in enumerate(zip(self._passages, self._titles, strict=True))
            for mention in mentions_of(number, passage, self._use, titles, surnames)
        ]

    def _joined(self) -> list[Person]:
        alone = Counter(mention.family for mention in self._all if not mention.is_full)
        full = self._full(alone)
        by_family: defaultdict[str, list[Person]] = defaultdict(list)
        by_given: defaultdict[str, list[Person]] = defaultdict(list)
        for person in full:
            by_family[_last(person.family)].append(person)
            by_given[person.given[0]].append(person)
        singles: dict[str, list[PersonMention]] = {}
        of_mention = {id(mention): person for person in full for mention in person.mentions}
        latest: dict[str, Person] = {}
        for mention in self._all:
            if mention.is_full:
                if full_name := of_mention.get(id(mention)):
                    latest[_last(full_name.family)] = full_name
                continue
            meant = self._person_of(mention, by_family, by_given, latest, alone)
            if meant is None:
                singles.setdefault(mention.family, []).append(mention)
            elif not self._is_other(mention):
                meant.mentions.append(mention)
                latest[_last(meant.family)] = meant
        for person in full:
            person.mentions.sort(key=_place)
        return [*full, *self._single(singles, {person.family for person in full})]

    def _neighbours(self) -> dict[str, set[str]]:
        """The other names of each list of names: ``Gabriel, Vesey, and Turner``."""
        beside: defaultdict[str, set[str]] = defaultdict(set)
        for first, second in pairwise(self._all):
            if first.number == second.number:
                between = self._passages[first.number].text[first.end : second.start]
                if between in _LISTED:
                    beside[first.family].add(second.family)
                    beside[second.family].add(first.family)
        return beside

    def _full(self, alone: Counter[str]) -> list[Person]:
        """Persons with given and family name."""
        keys: dict[tuple[tuple[str, ...], str], list[PersonMention]] = {}
        for mention in self._all:
            if mention.is_full:
                keys.setdefault((mention.given, mention.family), []).append(mention)
        people: list[Person] = []
        for (given, family), mentions in sorted(keys.items(), key=lambda item: -len(" ".join(item[0][0]))):
            known = next(
                (person for person in people if person.family == family and _are_alike(person.given, given)),
                None,
            )
            if known is not None:
                known.mentions += mentions
            elif self._is_person(family, mentions, alone):
                suffix = next((mention.suffix for mention in mentions if mention.suffix), "")
                people.append(Person(family, given, suffix=suffix, mentions=list(mentions)))
        return people

    def _is_person(self, family: str, mentions: Sequence[PersonMention], alone: Counter[str]) -> bool:
        value = mentions[0].prior + _together(mentions)
        value += 5 * (family in self.listed)
        value += 2 * bool(alone[_last(family)])
        value += 3 * any(mention.cited for mention in self._all if mention.family == family)
        return value > 0

    def _person_of(
        self,
        mention: PersonMention,
        by_family: dict[str, list[Person]],
        by_given: dict[str, list[Person]],
        latest: dict[str, Person],
        alone: Counter[str],
    ) -> Person | None:
        """The person with a full name whom a single name means, if there is one."""
        people = by_family.get(_last(mention.family), [])
        if people:
            if len(people) == 1:
                return people[0]
            return latest.get(_last(mention.family)) or min(
                people, key=lambda person: abs(person.mentions[0].number - mention.number)
            )
        named = by_given.get(mention.family, [])
        if len(named) != 1 or mention.honorific:
            return None
        person = named[0]
        if len(person.family) <= 2:
            return person
        first = person.mentions[0]
        near = any(other.given == () and other.family == mention.family for other in person.mentions) or any(
            other.number == mention.number and _last(other.family) == _last(person.family)
            for other in self._all
        )
        before = _place(first) < _place(mention) and not alone[_last(person.family)]
        return person if near or before else None

    def _is_other(self, mention: PersonMention) -> bool:
        """Whether a surname means something else here: ``a Bekker number``, ``Black workers``."""
        if mention.cited:
            return False
        return mention.context <= _AGAINST or (mention.opens_common and mention.context <= 0)

    def _single(self, singles: dict[str, list[PersonMention]], known: Collection[str]) -> list[Person]:
        """Persons of one name. One who is listed beside a person is likelier a person too."""
        values = {
            name: max(mention.prior for mention in mentions) + _together(mentions) + 5 * (name in self.listed)
            for name, mentions in singles.items()
        }
        accepted = {name for name, value in values.items() if value > 0}
        for _ in range(_LONGEST_LIST):
            beside = {
                name
                for name, value in values.items()
                if name not in accepted and value > -_BESIDE and self._listed_with[name] & {*accepted, *known}
            }
            if not beside:
                break
            accepted |= beside
        return [
            person for name in singles if name in accepted and (person := self._person(name, singles[name]))
        ]

    def _person(self, name: str, mentions: Sequence[PersonMention]) -> Person | None:
        honorific = Counter(mention.honorific for mention in mentions).most_common(1)[0][0]
        suffix = next((mention.suffix for mention in mentions if mention.suffix), "")
        kept = [mention for mention in mentions if not self._is_other(mention)]
        given = self.listed.get(name, "") if not suffix and not honorific else ""
        return Person(name, (given,) if given else (), honorific, suffix, kept) if kept else None


def _together(mentions: Sequence[PersonMention]) -> float:
    """What the words around all places of a name say; many weak signs are no strong one."""
    values = [mention.context for mention in mentions]
    return sum(values) / len(values) * min(len(values), _ENOUGH)


def _listed_authors(references: Iterable[str]) -> dict[str, str]:
    """Given names of the authors in the list of works cited, by family name; empty where several share it."""
    authors: dict[str, str] = {}
    for reference in references:
        if author := _REFERENCE_AUTHOR.match(reference):
            family, given = author["family"], author["given"]
            authors[family] = given if authors.get(family, given) == given else ""
    return authors


def _are_alike(given: Sequence[str], other: Sequence[str]) -> bool:
    """Whether given names can be those of one person: ``J.`` and ``John``, ``David`` and ``David Theo``."""
    return all(
        first == second or ((first.endswith(".") or second.endswith(".")) and first[0] == second[0])
        for first, second in zip(given, other, strict=False)
    )


def _last(family: str) -> str:
    return family.rsplit(" ", 1)[-1]


def _place(mention: PersonMention) -> tuple[int, int]:
    return mention.number, mention.start

"""How a citation distinguishes a work from others: initials, titles, letters after the year, numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from assistant.citations.dates import date_of
from assistant.citations.record import Name, cited_name, creators_are_cut, creators_of, field, series
from assistant.citations.titles import title_of
from assistant.core.essay import CSLItem
from assistant.core.rich import Rich, rich

_Person = tuple[str, str]
_Key = tuple[tuple[_Person, ...], str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """How a style names the authors of a work in the text.

    Attributes:
        most: If a work has more authors than this, only the first is named.
        conjunction: The word before the last of several names.
        serial_comma: Whether a comma precedes the conjunction of three or more names.
        et_al: What replaces the authors who are not named.
        given_names: Returns the given names or initials that precede a surname, from the name and the
            names of others who share the surname.
        adds_names: Whether more names are written for works that ``et al.`` would make look the same.
        first_only: Whether only the first author is distinguished from others of the same surname.
    """

    most: int
    conjunction: str
    serial_comma: bool
    et_al: Rich
    given_names: Callable[[Name, Sequence[Name]], str]
    adds_names: bool = False
    first_only: bool = False


class CitedWorks:
    """The records of a library; a cited record need not be among them."""

    def __init__(self, records: Sequence[CSLItem] = ()) -> None:
        self._records = records
        self._similar: dict[frozenset[str], _SimilarWorks] = {}

    def number(self, record: CSLItem) -> int:
        """Position of a record among all, from 1; a record that is not among them follows the last."""
        return self._numbers.get(_key(record), len(self._numbers) + 1)

    def label(self, record: CSLItem, naming: Naming) -> Rich:
        """The authors as the text names them; empty for a work without authors."""
        return self._similar_to(record).label(record, naming)

    def same_label(self, record: CSLItem, naming: Naming) -> bool:
        """Whether another work has the same label."""
        return self._similar_to(record).same_label(record, naming)

    def year(self, record: CSLItem, unknown: str, before_letter: str, written: str = "") -> str:
        """The year, with a letter if the authors have several works of that year: ``2014a``.

        Args:
            record: The work.
            unknown: Replaces an unknown year.
            before_letter: Separates ``unknown`` from the letter.
            written: The year as the style writes it, if that is not the record's first year.
        """
        year, letter = written or date_of(record).year, self._similar_to(record).letter(record)
        return f"{year}{letter}" if year else f"{unknown}{before_letter if letter else ''}{letter}"

    @cached_property
    def _numbers(self) -> dict[_Key, int]:
        return {key: number for number, key in enumerate(dict.fromkeys(map(_key, self._records)), 1)}

    @cached_property
    def _by_surname(self) -> dict[str, list[int]]:
        """Positions of the records with a surname in any role."""
        positions: dict[str, list[int]] = {}
        for position, record in enumerate(self._records):
            for surname in _surnames(record):
                positions.setdefault(surname, []).append(position)
        return positions

    def _similar_to(self, record: CSLItem) -> _SimilarWorks:
        surnames = _surnames(record)
        if surnames not in self._similar:
            positions = {position for surname in surnames for position in self._by_surname.get(surname, ())}
            self._similar[surnames] = _SimilarWorks([self._records[place] for place in sorted(positions)])
        return self._similar[surnames]


class _SimilarWorks:
    """Records that share surnames: only these can be confused with a work that has one of them."""

    def __init__(self, records: Sequence[CSLItem]) -> None:
        self._records = records
        self._labels: dict[Naming, dict[str, set[_Key]]] = {}

    @cached_property
    def _keyed(self) -> dict[_Key, CSLItem]:
        return {_key(record): record for record in reversed(self._records)}

    @cached_property
    def _by_family(self) -> dict[str, list[Name]]:
        """All persons by their surname."""
        persons: dict[str, dict[_Person, Name]] = {}
        for record in self._records:
            for name in creators_of(record)[0]:
                if not name.group:
                    persons.setdefault(name.family.casefold(), {})[_person(name)] = name
        return {family: list(names.values()) for family, names in persons.items()}

    @cached_property
    def _by_authors(self) -> dict[tuple[tuple[_Person, ...], str], list[_Key]]:
        """Works of the same authors and year, in the order of their titles."""
        return {pair: list(keys) for pair, keys in groupby(sorted(self._keyed), key=lambda key: key[:2])}

    @cached_property
    def _by_first_author(self) -> dict[tuple[_Person, str], list[tuple[_Person, ...]]]:
        """Authors of the works of one first author and year."""
        works: dict[tuple[_Person, str], list[tuple[_Person, ...]]] = {}
        for authors, year, _ in self._keyed:
            if authors:
                works.setdefault((authors[0], year), []).append(authors)
        return works

    def label(self, record: CSLItem, naming: Naming) -> Rich:
        """The authors as the text names them; empty for a work without authors."""
        names = creators_of(record)[0]
        shown = self._shown(record, naming)
        written = [
            cited_name(name) if position and naming.first_only else self._distinguished(name, naming)
            for position, name in enumerate(names[:shown])
        ]
        if shown == len(names) and not creators_are_cut(record):
            return rich(series(written, naming.conjunction, serial_comma=naming.serial_comma))
        comma = "," if shown > 1 else ""
        return ", ".join(written) + rich(f"{comma} ") + naming.et_al

    def _distinguished(self, name: Name, naming: Naming) -> str:
        given = naming.given_names(name, self._namesakes(name))
        return " ".join(filter(None, (given, cited_name(name))))

    def _namesakes(self, name: Name) -> list[Name]:
        """Other persons of the same surname; ``J.`` and ``Josie`` count as one person."""
        others = () if name.group else self._by_family.get(name.family.casefold(), ())
        return [other for other in others if not _may_be_same(name.given, other.given)]

    def _shown(self, record: CSLItem, naming: Naming) -> int:
        """How many of the authors are named."""
        authors, year, _ = _key(record)
        if len(authors) <= naming.most and not creators_are_cut(record):
            return len(authors)
        if not naming.adds_names:
            return 1
        others = [
            other
            for other in self._by_first_author.get((authors[0], year), ())
            if len(other) > naming.most and other != authors
        ]
        shown = 1
        while any(other[:shown] == authors[:shown] for other in others):
            shown += 1
        if creators_are_cut(record):
            return min(shown, len(authors))
        # Once names are added, "et al." must replace at least two.
        return len(authors) if shown > 1 and shown >= len(authors) - 1 else shown

    def same_label(self, record: CSLItem, naming: Naming) -> bool:
        """Whether another work has the same label."""
        if naming not in self._labels:
            labels: dict[str, set[_Key]] = {}
            for key, other in self._keyed.items():
                labels.setdefault(self.label(other, naming).plain(), set()).add(key)
            self._labels[naming] = labels
        return bool(self._labels[naming].get(self.label(record, naming).plain(), set()) - {_key(record)})

    def letter(self, record: CSLItem) -> str:
        """``a``, ``b`` ... by title for works of the same authors and year; empty for the only one."""
        key = _key(record)
        keys = self._by_authors.get(key[:2], [])
        if not key[0] or len(keys) < 2 or key not in keys:
            return ""
        return _letters(keys.index(key))


def _surnames(record: CSLItem) -> frozenset[str]:
    """Surnames of a record exactly as recorded, which is quick to compare."""
    return frozenset(
        str(name.get("family") or name.get("literal") or name.get("given")).casefold()
        for role in ("author", "editor", "translator")
        for name in record.get(role) or ()
        if isinstance(name, Mapping)
    )


def _letters(index: int) -> str:
    """``a`` to ``z``, then ``aa``."""
    return (_letters(index // 26 - 1) if index >= 26 else "") + chr(ord("a") + index % 26)


def _key(record: CSLItem) -> _Key:
    """What identifies a work: its authors, year and title without an initial article."""
    authors = tuple(map(_person, creators_of(record)[0]))
    title = title_of(record).plain().casefold()
    for article in ("the ", "an ", "a "):
        if title.startswith(article):
            title = title.removeprefix(article)
            break
    return authors, date_of(record).year, f"{title} {field(record, 'volume')}"


def _person(name: Name) -> _Person:
    return name.family.casefold(), f"{name.given} {name.suffix}".casefold().strip()


def _may_be_same(given: str, other: str) -> bool:
    """Whether given names may be one person's: each pair is equal, or one is the initial of the other."""
    pairs = zip(_words(given), _words(other), strict=False)
    return all(
        first == second or (1 in {len(first), len(second)} and first[:1] == second[:1])
        for first, second in pairs
    )


def _words(given: str) -> list[str]:
    return given.casefold().replace(".", " ").replace("-", " ").split()


def by_initial(name: Name, others: Sequence[Name]) -> str:
    """An initial if others share the surname; the given names if they share the initial too."""
    if not others:
        return ""
    same = any(other.given[:1] == name.given[:1] for other in others)
    return name.given if same else name.initials().split(" ")[0]


def by_initials(name: Name, others: Sequence[Name]) -> str:
    """All initials if others share the surname, unless they share the initials too."""
    initials = name.initials()
    return initials if any(other.initials() != initials for other in others) else ""

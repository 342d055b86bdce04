"""What tells a work from the others of a library: initials, titles, letters behind the year, numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from assistant.citations.names import Name, cited_name, creators_of, series
from assistant.citations.record import date_of, field
from assistant.citations.titles import title_of
from assistant.core.essay import CSLItem
from assistant.core.rich import Rich, rich

_Key = tuple[tuple[tuple[str, str], ...], str, str]


@dataclass(frozen=True, slots=True)
class Naming:
    """How a style names the authors of a work in the text.

    Attributes:
        most: Of more authors than these only the first is named.
        conjunction: Stands before the last of several.
        serial_comma: Whether a comma stands before it where there are three or more.
        et_al: Stands for the others.
        told_apart: Given names written before a surname that others share, from the name and theirs.
        adds_names: Whether further names tell works apart that would be one ``et al.``.
        first_apart: Whether only the first author is told from others of the surname.
    """

    most: int
    conjunction: str
    serial_comma: bool
    et_al: Rich
    told_apart: Callable[[Name, Sequence[Name]], str]
    adds_names: bool = False
    first_apart: bool = False


class _Circle:
    """Records of people who share surnames: the only ones that a citation of one must be told from.

    Args:
        records: The records.
    """

    def __init__(self, records: Sequence[CSLItem]) -> None:
        self._records = records
        self._labels: dict[Naming, dict[str, set[_Key]]] = {}

    @cached_property
    def _keyed(self) -> dict[_Key, CSLItem]:
        return {_key(record): record for record in reversed(self._records)}

    @cached_property
    def _by_family(self) -> dict[str, list[Name]]:
        """All persons by the surname that they share."""
        made: dict[str, dict[tuple[str, str], Name]] = {}
        for record in self._records:
            for name in creators_of(record)[0]:
                if not name.group:
                    made.setdefault(name.family.casefold(), {})[_person(name)] = name
        return {family: list(names.values()) for family, names in made.items()}

    @cached_property
    def _by_authors(self) -> dict[tuple[tuple[tuple[str, str], ...], str], list[_Key]]:
        """Works of the same authors and year, in the order of their titles."""
        ordered = sorted(self._keyed, key=lambda key: (key[0], key[1], key[2]))
        return {pair: list(keys) for pair, keys in groupby(ordered, key=lambda key: (key[0], key[1]))}

    @cached_property
    def _by_first(self) -> dict[tuple[tuple[str, str], str], list[tuple[tuple[str, str], ...]]]:
        """Authors of the works of one year whose first author is the same."""
        made: dict[tuple[tuple[str, str], str], list[tuple[tuple[str, str], ...]]] = {}
        for people, year, _ in self._keyed:
            if people:
                made.setdefault((people[0], year), []).append(people)
        return made

    def namesakes(self, name: Name) -> list[Name]:
        """Other persons of the same surname; ``J.`` and ``Josie`` are taken for one."""
        others = () if name.group else self._by_family.get(name.family.casefold(), ())
        return [other for other in others if not _may_be_same(name.given, other.given)]

    def label(self, record: CSLItem, naming: Naming) -> Rich:
        """The authors as the text names them; nothing where a work has none."""
        names = creators_of(record)[0]
        shown = self._shown(record, naming)
        written = [
            self._told_apart(name, naming) if at == 0 or not naming.first_apart else cited_name(name)
            for at, name in enumerate(names[:shown])
        ]
        if shown == len(names):
            return rich(series(written, naming.conjunction, serial_comma=naming.serial_comma))
        comma = "," if shown > 1 else ""
        return ", ".join(written) + rich(f"{comma} ") + naming.et_al

    def _told_apart(self, name: Name, naming: Naming) -> str:
        return " ".join(filter(None, (naming.told_apart(name, self.namesakes(name)), cited_name(name))))

    def _shown(self, record: CSLItem, naming: Naming) -> int:
        """How many of the authors are named."""
        people, year, _ = _key(record)
        if len(people) <= naming.most:
            return len(people)
        others = (
            [other for other in self._by_first.get((people[0], year), ()) if len(other) > naming.most]
            if naming.adds_names
            else []
        )
        shown = 1
        while any(other != people and other[:shown] == people[:shown] for other in others):
            shown += 1
        # "et al." stands for two or more where names had to be added.
        return len(people) if shown > 1 and shown >= len(people) - 1 else shown

    def same_label(self, record: CSLItem, naming: Naming) -> bool:
        """Whether another work is cited by the same names."""
        if naming not in self._labels:
            labels: dict[str, set[_Key]] = {}
            for key, other in self._keyed.items():
                labels.setdefault(self.label(other, naming).plain(), set()).add(key)
            self._labels[naming] = labels
        return bool(self._labels[naming].get(self.label(record, naming).plain(), set()) - {_key(record)})

    def letter(self, record: CSLItem) -> str:
        """``a``, ``b`` ... by title for works of the same authors and year; empty for the only one."""
        key = _key(record)
        keys = self._by_authors.get((key[0], key[1]), [])
        if not key[0] or len(keys) < 2 or key not in keys:
            return ""
        return _letters(keys.index(key))


class Works:
    """The records of a library.

    Args:
        records: All of them; one that is cited need not be among them.
    """

    def __init__(self, records: Sequence[CSLItem] = ()) -> None:
        self._records = records
        self._circles: dict[frozenset[str], _Circle] = {}

    @cached_property
    def _numbers(self) -> dict[_Key, int]:
        return {key: number for number, key in enumerate(dict.fromkeys(map(_key, self._records)), 1)}

    def number(self, record: CSLItem) -> int:
        """Place of a record among all, from 1; one that is not among them comes after the last."""
        return self._numbers.get(_key(record), len(self._numbers) + 1)

    def label(self, record: CSLItem, naming: Naming) -> Rich:
        """The authors as the text names them; nothing where a work has none."""
        return self._around(record).label(record, naming)

    def same_label(self, record: CSLItem, naming: Naming) -> bool:
        """Whether another work is cited by the same names."""
        return self._around(record).same_label(record, naming)

    def year(self, record: CSLItem, unknown: str, before_letter: str) -> str:
        """The year with its letter: ``2014a``, by title for works of the same authors and year.

        Args:
            record: The work.
            unknown: Stands for a year that is not known.
            before_letter: Stands between that and the letter.
        """
        year, letter = date_of(record).year, self._around(record).letter(record)
        return f"{year}{letter}" if year else f"{unknown}{before_letter if letter else ''}{letter}"

    @cached_property
    def _by_surname(self) -> dict[str, list[int]]:
        """Places of records by the surnames in them, whatever the role."""
        made: dict[str, list[int]] = {}
        for at, record in enumerate(self._records):
            for surname in _surnames(record):
                made.setdefault(surname, []).append(at)
        return made

    def _around(self, record: CSLItem) -> _Circle:
        surnames = _surnames(record)
        if surnames not in self._circles:
            places = {at for surname in surnames for at in self._by_surname.get(surname, ())}
            self._circles[surnames] = _Circle([self._records[at] for at in sorted(places)])
        return self._circles[surnames]


def _surnames(record: CSLItem) -> frozenset[str]:
    """Surnames in a record as it has them, quick to compare."""
    return frozenset(
        str(name.get("family") or name.get("literal") or name.get("given")).casefold()
        for role in ("author", "editor", "translator")
        for name in record.get(role) or ()
        if isinstance(name, Mapping)
    )


def _letters(at: int) -> str:
    """``a`` to ``z``, then ``aa``."""
    return (_letters(at // 26 - 1) if at >= 26 else "") + chr(ord("a") + at % 26)


def _key(record: CSLItem) -> _Key:
    """What makes a work: its authors, year and title, an initial article left out."""
    people = tuple(map(_person, creators_of(record)[0]))
    title = title_of(record).plain().casefold()
    for article in ("the ", "an ", "a "):
        if title.startswith(article):
            title = title.removeprefix(article)
            break
    return people, date_of(record).year, f"{title} {field(record, 'volume')}"


def _person(name: Name) -> tuple[str, str]:
    return name.family.casefold(), f"{name.given} {name.suffix}".casefold().strip()


def _may_be_same(given: str, other: str) -> bool:
    """Whether two given names may be one person's: equal as far as both go, or one an initial."""
    pairs = zip(_words(given), _words(other), strict=False)
    return all(one == two or (1 in {len(one), len(two)} and one[:1] == two[:1]) for one, two in pairs)


def _words(given: str) -> list[str]:
    return given.casefold().replace(".", ". ").replace(".", "").replace("-", " ").split()


def by_initial(name: Name, others: Sequence[Name]) -> str:
    """An initial before a surname that others share; the whole name where they share that too."""
    if not others:
        return ""
    same = any(other.given[:1] == name.given[:1] for other in others)
    return name.given if same else name.initials().split(" ")[0]


def by_initials(name: Name, others: Sequence[Name]) -> str:
    """All initials before a surname that others share, unless they share these as well."""
    initials = name.initials()
    return initials if any(other.initials() != initials for other in others) else ""

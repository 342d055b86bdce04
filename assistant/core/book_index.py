"""The index of one or several essays, as the back of a book has it: entries, and the places that each names.

Each form of an entry is a slice of an essay. An entry has the words of one of its forms, perhaps inverted
(``Darwin, Charles``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

EntryKind = Literal["names", "works", "quoted", "terms"]
SharedKind = Literal["work", "author", "page", "words"]


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexPlace:
    """A place that an entry names.

    Attributes:
        essay: Id of the essay.
        passage: Id of the passage.
        start: Offset of the first character in the passage's text.
        end: Offset after the last one.
        pages: Each printed page of the place, that of a note as ``860n3``; empty if none is printed.
        locator: Where the place is if no page is printed, such as ``par. 14``; otherwise empty.
        secondhand: Whether the words at the place are quoted as somebody else quotes them.
    """

    essay: str
    passage: str
    start: int
    end: int
    pages: tuple[str, ...]
    locator: str = ""
    secondhand: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexEntry:
    """An entry of an index.

    Attributes:
        entry: The heading, such as ``Darwin, Charles``.
        forms: What the essays print for it, the fullest first; for quoted authors the forms of the name.
        places: Its places, by essay in the order of the index, and in reading order.
        locators: Its pages as an index prints them, ``844-45, 860n3``; several essays each after its id.
        author: The heading of the person who wrote a work, or the empty string.
        year: Year of a work as the essay prints it, or the empty string.
    """

    entry: str
    forms: tuple[str, ...]
    places: tuple[IndexPlace, ...]
    locators: str
    author: str = ""
    year: str = ""

    @property
    def pages(self) -> tuple[str, ...]:
        """Each printed page once, in reading order; those of several essays one after another."""
        return tuple(page for _, places in self.by_essay() for page in _pages(places))

    @property
    def passages(self) -> tuple[str, ...]:
        """Id of each passage once, in reading order."""
        return tuple(dict.fromkeys(place.passage for place in self.places))

    @property
    def essays(self) -> tuple[str, ...]:
        """Id of each essay with a place."""
        return tuple(essay for essay, _ in self.by_essay())

    @property
    def secondhand(self) -> tuple[str, ...]:
        """Pages, each once, on which words stand that somebody else is quoted as quoting."""
        return _pages(place for place in self.places if place.secondhand)

    def by_essay(self) -> list[tuple[str, tuple[IndexPlace, ...]]]:
        """The places of each essay, in order."""
        return [
            (essay, tuple(places)) for essay, places in groupby(self.places, key=lambda place: place.essay)
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedSource:
    """What several essays quote: the same work, an author without a work, the same page, or the same words.

    Attributes:
        kind: What they share.
        entry: Heading of the work, or of the author where the essays name no work.
        locator: The page of the work that the essays cite, if they share it; otherwise empty.
        text: The words as the first essay prints them, if they share these; otherwise empty.
        places: Where each essay quotes it.
    """

    kind: SharedKind
    entry: str
    locator: str
    text: str
    places: tuple[IndexPlace, ...]

    @property
    def essays(self) -> tuple[str, ...]:
        """Ids of the essays, in order."""
        return tuple(dict.fromkeys(place.essay for place in self.places))


@dataclass(frozen=True, slots=True, kw_only=True)
class BookIndex:
    """The index of one or several essays; the entries of each kind are in alphabetical order.

    Attributes:
        essays: Ids of the essays, in order.
        names: Persons, also those of fiction.
        works: Works that the essays name by their titles.
        quoted: Authors whose words the essays quote, with the places of these words.
        terms: Words and phrases that the essays, or sections of them, use far more than English does.
        shared: What several of the essays quote; empty for one essay.
    """

    essays: tuple[str, ...]
    names: tuple[IndexEntry, ...] = ()
    works: tuple[IndexEntry, ...] = ()
    quoted: tuple[IndexEntry, ...] = ()
    terms: tuple[IndexEntry, ...] = ()
    shared: tuple[SharedSource, ...] = ()

    def kinds(self) -> Iterator[tuple[EntryKind, tuple[IndexEntry, ...]]]:
        """The four lists of entries with their kinds."""
        yield "names", self.names
        yield "works", self.works
        yield "quoted", self.quoted
        yield "terms", self.terms


def _pages(places: Iterable[IndexPlace]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(page for place in places for page in place.pages))

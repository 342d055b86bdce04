"""Which essays and passages are meant: labels of essays, and filters by record, labels and place."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Literal

# The kinds of passages that a search can be restricted to.
SelectableKind = Literal["paragraph", "blockquote", "note", "list", "verse"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelChanges:
    """Tags and collections that an essay gets or loses.

    A collection is named by its path: ``Novels/Dystopias`` is the collection ``Dystopias`` in ``Novels``. Two
    labels that differ only in case or white space are the same.

    Attributes:
        tags: Tags to add.
        untag: Tags to take away.
        collections: Collections to put the essay into.
        uncollect: Collections to take it out of.
        exactly: Whether the tags and collections to add replace all that it has.
    """

    tags: Sequence[str] = ()
    untag: Sequence[str] = ()
    collections: Sequence[str] = ()
    uncollect: Sequence[str] = ()
    exactly: bool = False

    def __bool__(self) -> bool:
        """Whether anything may change."""
        return self.exactly or any((self.tags, self.untag, self.collections, self.uncollect))


def spaced_label(label: str) -> str:
    """A tag or collection without superfluous white space."""
    return " ".join(unicodedata.normalize("NFC", label).split())


def label_key(label: str) -> str:
    """What two labels have in common that differ only in case or white space."""
    parts = (part.strip() for part in spaced_label(label).split("/"))
    return "/".join(parts).casefold()


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which essays of a library, and which of their passages, are meant.

    Each attribute has alternatives, and nothing restricts nothing: an essay is selected if it has one of the
    authors, one of the years, and so on.

    Attributes:
        essays: Ids of essays.
        authors: Names of authors or, of works without one, of editors: family names or parts of names.
        years: Years in which essays came out: ``2014``, ``2010-2014``, ``2010-`` or ``-2014``.
        collections: Paths of collections, with those in them.
        tags: Tags.
        kinds: Kinds of passages.
        sections: Headings of sections, or words of them.
    """

    essays: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    years: tuple[str, ...] = ()
    collections: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    kinds: tuple[SelectableKind, ...] = ()
    sections: tuple[str, ...] = ()

    @classmethod
    def of(cls, values: dict[str, Any]) -> Selection:
        """Take the fields of a selection out of a command's or a request's options."""
        names = [field.name for field in fields(cls)]
        return cls(**{name: tuple(values.pop(name, None) or ()) for name in names})

    def __bool__(self) -> bool:
        """Whether it restricts anything."""
        return any(getattr(self, field.name) for field in fields(self))

    @property
    def of_passages(self) -> bool:
        """Whether it restricts the passages of essays."""
        return bool(self.kinds or self.sections)


EVERYTHING = Selection()


@dataclass(frozen=True, slots=True)
class Years:
    """Years from the first to the last; ``None`` is open."""

    first: int | None
    last: int | None

    def __contains__(self, year: object) -> bool:
        """Whether a year is among them."""
        first, last = self.first, self.last
        return isinstance(year, int) and (first is None or first <= year) and (last is None or year <= last)


_YEARS = re.compile(r"(?P<first>[0-9]{1,4})?\s*(?P<to>-|–|\.\.)?\s*(?P<last>[0-9]{1,4})?", re.ASCII)


def parse_years(text: str) -> Years | None:
    """Read ``2014``, ``2010-2014``, ``2010-`` or ``-2014``; ``None`` for anything else."""
    match = _YEARS.fullmatch(text.strip())
    if match is None or not (match["first"] or match["last"]) or (not match["to"] and match["last"]):
        return None
    first, last = (int(match[name]) if match[name] else None for name in ("first", "last"))
    years = Years(first, last if match["to"] else first)
    return None if first is not None and last is not None and last < first else years

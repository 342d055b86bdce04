"""Names of authors and editors as citation styles write them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.core.essay import CSLItem

_ROMAN_SUFFIX = re.compile(r"[IVX]+\.?")


@dataclass(frozen=True, slots=True)
class Name:
    """A person's name, or a group's.

    Attributes:
        family: What the person is cited by, with a particle that belongs to it ("van den Berg"); all of a
            group's name.
        given: Given names or initials, as recorded; empty for a group.
        dropping: A particle left out in citations ("von" of Goethe).
        suffix: Such as "Jr." or "III".
        group: Whether it is the name of a group, or one that has no parts.
    """

    family: str
    given: str = ""
    dropping: str = ""
    suffix: str = ""
    group: bool = False

    def direct(self, given: str | None = None, *, comma: bool = False) -> str:
        """``Josie Gill``.

        Args:
            given: Given names or initials to write; by default those recorded.
            comma: Whether a comma precedes "Jr."; a roman number never has one.
        """
        front = self.given if given is None else given
        name = " ".join(filter(None, (front, self.dropping, self.family)))
        if not self.suffix:
            return name
        return f"{name}{',' if comma and not _ROMAN_SUFFIX.fullmatch(self.suffix) else ''} {self.suffix}"

    def inverted(self, given: str | None = None) -> str:
        """``Gill, Josie``, or other given names or initials; a group loses its initial article."""
        if self.group:
            return cited_name(self)
        front = " ".join(filter(None, (self.given if given is None else given, self.dropping)))
        return ", ".join(filter(None, (self.family, front, self.suffix)))

    def initials(self, between: str = " ") -> str:
        """Initials of the given names, separated by ``between``: ``J. R.``; a hyphen remains: ``J.-P.``."""
        words = re.sub(r"\.(?=\w)", ". ", self.given).split()
        return between.join(filter(None, ("-".join(map(_initial, word.split("-"))) for word in words)))


def _initial(word: str) -> str:
    """``J.`` for Josie; words in lower case ("van") and scripts without capitals remain whole."""
    first = word[:1]
    return f"{first}." if first.isupper() else word


def name_from(item: Mapping[str, Any]) -> Name:
    """The name in a CSL name variable."""
    parts = {key: str(value).strip() for key, value in item.items() if isinstance(value, str)}
    if not parts.get("family"):
        return Name(parts.get("literal") or parts.get("given", ""), group=True)
    family = " ".join(filter(None, (parts.get("non-dropping-particle", ""), parts["family"])))
    return Name(family, parts.get("given", ""), parts.get("dropping-particle", ""), parts.get("suffix", ""))


def names_of(record: CSLItem, role: str = "author") -> list[Name]:
    """Names in a role of a record, without empty ones."""
    names = (name_from(item) for item in record.get(role) or () if isinstance(item, Mapping))
    return [name for name in names if name.family]


def creators_of(record: CSLItem) -> tuple[list[Name], str]:
    """Names that a work is cited by, and their role: authors, else editors or translators of a whole work.

    A work that is cited by its title has no names and the role ``author``.
    """
    in_book = record.get("type") in {"chapter", "paper-conference"}
    for role in ("author",) if in_book else ("author", "editor", "translator"):
        if names := names_of(record, role):
            return names, role
    return [], "author"


def cited_name(name: Name) -> str:
    """What a name is cited by; a group's name loses its initial article."""
    return re.sub(r"^(?:The|An?)\s+", "", name.family) if name.group else name.family


def family_of(item: Mapping[str, str]) -> str:
    """What a CSL name is cited by."""
    return cited_name(name_from(item))


def series(names: Sequence[str], conjunction: str, *, serial_comma: bool) -> str:
    """``A, B, and C``; with ``serial_comma``, a comma precedes the conjunction of three or more names."""
    if len(names) < 2:
        return "".join(names)
    comma = "," if serial_comma and len(names) > 2 else ""
    return f"{', '.join(names[:-1])}{comma} {conjunction} {names[-1]}"


def bylined(
    names: Sequence[Name], write: Callable[[Name], str], conjunction: str, *, comma_of_two: bool = False
) -> str:
    """Names of a list entry: ``Marsh, Ada, and Bo Lee``.

    Args:
        names: One or more names.
        write: Writes the first name; the others are not inverted.
        conjunction: Such as ``and``.
        comma_of_two: Whether a comma separates two names, as it always separates three or more.
    """
    written = [write(names[0]), *(name.direct() for name in names[1:])]
    if len(written) == 2:
        return f"{written[0]}{',' if comma_of_two else ''} {conjunction} {written[1]}"
    return series(written, conjunction, serial_comma=True)

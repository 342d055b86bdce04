"""CSL-JSON records: names, dates and other fields as styles print them and as exchange formats have them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import quote, unquote

from assistant.core.essay import CSLItem

WorkKind = Literal["article", "periodical", "chapter", "book", "web", "thesis", "document"]
_KINDS: dict[str, WorkKind] = {
    "article": "article",
    "article-journal": "article",
    "review": "article",
    "review-book": "article",
    "article-magazine": "periodical",
    "article-newspaper": "periodical",
    "chapter": "chapter",
    "paper-conference": "chapter",
    "entry": "chapter",
    "entry-dictionary": "chapter",
    "entry-encyclopedia": "chapter",
    "book": "book",
    "report": "book",
    "pamphlet": "book",
    "webpage": "web",
    "post": "web",
    "post-weblog": "web",
    "thesis": "thesis",
}
MONTHS = "January February March April May June July August September October November December".split()
_IN_DOI = "/:;().,_-+~!$&'*@=[]"
_ISO = re.compile(r"(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?(?:[T/].*)?")
# Digits of a number that can be an edition's.
_LONGEST_NUMBER = 9
_ENDINGS = {1: "st", 2: "nd", 3: "rd"}
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


@dataclass(frozen=True, slots=True)
class Date:
    """A date of a record.

    Attributes:
        year: As printed ("2014", "44 BCE", or words such as "in press"); empty if unknown.
        month: 1 to 12, or 0 if unknown.
        day: 1 to 31, or 0 if unknown.
    """

    year: str = ""
    month: int = 0
    day: int = 0

    def __bool__(self) -> bool:
        return bool(self.year)


def kind_of(record: CSLItem) -> WorkKind:
    """What kind of work a record describes.

    A work of unknown type with a container is an article, and an article without a container is a document.
    """
    kind = _KINDS.get(str(record.get("type", "")))
    if kind is None or kind in {"article", "periodical"}:
        return (kind or "article") if field(record, "container-title") else "document"
    return kind


def field(record: CSLItem, key: str) -> str:
    """A field as text; empty if the record has none."""
    value = record.get(key)
    return str(value).strip() if isinstance(value, (str, int, float)) else ""


def date_of(record: CSLItem, key: str = "issued") -> Date:
    """A date of a record; the beginning of a period."""
    value = record.get(key)
    date = value if isinstance(value, dict) else {}
    first = next((parts for parts in date.get("date-parts") or () if isinstance(parts, (list, tuple))), ())
    parts = [int(part) for part in first if re.fullmatch(r"-?\d{1,4}", str(part))]
    if not parts:
        return Date(str(date.get("literal") or date.get("raw") or "").strip())
    year = str(parts[0]) if parts[0] > 0 else f"{-parts[0]} BCE"
    month = parts[1] if len(parts) > 1 and 1 <= parts[1] <= 12 else 0
    return Date(year, month, parts[2] if month and len(parts) > 2 and 1 <= parts[2] <= 31 else 0)


def doi_url(record: CSLItem) -> str:
    """The address of a DOI, however it is recorded; empty without one."""
    match = re.fullmatch(
        r"(https?://(?:dx\.)?doi\.org/)?(?:doi:\s*)?(.*)", field(record, "DOI"), re.IGNORECASE | re.DOTALL
    )
    if not match or not match[2]:
        return ""
    bare = unquote(match[2]) if match[1] else match[2]
    return f"https://doi.org/{quote(bare, safe=_IN_DOI)}"


def link_of(record: CSLItem) -> str:
    """Address of a work: that of its DOI, else its URL."""
    return doi_url(record) or field(record, "URL")


def _ordinal(number: str) -> str:
    """``2nd`` for 2; words remain."""
    if not number.isdecimal() or len(number) > _LONGEST_NUMBER:
        return number
    value = int(number)
    return f"{value}{'th' if value % 100 in {11, 12, 13} else _ENDINGS.get(value % 10, 'th')}"


def _is_first_edition(number: str) -> bool:
    """Whether an edition is the first, which is not printed."""
    return number.casefold() in {"", "1", "1st", "first", "first edition"}


def edition_of(record: CSLItem, word: str) -> str:
    """``2nd ed.``, with the style's word for edition; empty for a first edition."""
    edition = field(record, "edition")
    if _is_first_edition(edition):
        return ""
    bare = re.sub(r"(?:ed\.?|edn\.?|edition)$", "", edition, flags=re.IGNORECASE).rstrip()
    return f"{_ordinal(bare)} {word}"


def csl_item(
    fields: Mapping[str, str],
    *,
    people: Mapping[str, Sequence[str | dict[str, str]]],
    dates: Mapping[str, str],
) -> CSLItem:
    """Make a CSL-JSON item.

    Args:
        fields: Texts by CSL field; empty ones are left out.
        people: Names by role, as printed or as CSL names.
        dates: Dates by CSL field, in ISO 8601 or in words.
    """
    item: dict[str, Any] = {key: value for key, value in fields.items() if value}
    for role, names in people.items():
        if names:
            item[role] = [parse_name(name) if isinstance(name, str) else name for name in names]
    for key, printed in dates.items():
        if date := date_parts(printed):
            item[key] = date
    return item


def parse_name(printed: str) -> dict[str, str]:
    """A printed name as a CSL name: ``Gill, Josie``, ``Gates, Henry Louis, Jr.`` or ``Josie Gill``."""
    if "," in printed:
        family, given, *suffix = (part.strip() for part in printed.split(",", 2))
        if not given:
            return {"literal": family}
        return {"family": family, "given": given} | ({"suffix": suffix[0]} if suffix and suffix[0] else {})
    words = printed.split()
    if len(words) < 2:
        return {"literal": printed.strip()}
    # "van den Berg" begins with its first small word.
    small = (index for index, word in enumerate(words[1:-1], 1) if word[0].islower())
    split = next(small, len(words) - 1)
    return {"family": " ".join(words[split:]), "given": " ".join(words[:split])}


def date_parts(printed: str) -> dict[str, Any]:
    """A date in ISO 8601 (``2014-12-05``) or in words as a CSL date; empty for an empty text."""
    if match := _ISO.fullmatch(printed.strip()):
        return {"date-parts": [[int(part) for part in match.groups() if part]]}
    return {"literal": printed.strip()} if printed.strip() else {}


def iso_date(record: CSLItem, key: str = "issued") -> str:
    """A date of a record in ISO 8601, or its words; empty without one."""
    date = date_of(record, key)
    if not date.year.isdecimal():
        return date.year
    parts = [date.year.zfill(4), *(f"{part:02d}" for part in (date.month, date.day) if part)]
    return "-".join(parts)


def people_of(record: CSLItem, role: str) -> list[dict[str, str]]:
    """Names in a role as exchange formats have them: family, given and suffix, or one undivided name."""
    people = []
    for name in names_of(record, role):
        given = " ".join(filter(None, (name.given, name.dropping)))
        parts = {"family": name.family, "given": given, "suffix": name.suffix}
        undivided = name.group or not given
        people.append(
            {"literal": name.family} if undivided else {key: part for key, part in parts.items() if part}
        )
    return people

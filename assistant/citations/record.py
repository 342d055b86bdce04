"""Facts of a record as styles print them: what kind of work, when, where, on which pages.

Between CSL-JSON items and the flat fields of exchange formats: names, dates, empty fields.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import quote, unquote

from assistant.citations.names import names_of
from assistant.core.essay import CSLItem

Work = Literal["article", "periodical", "chapter", "book", "web", "thesis", "document"]
_WORKS: dict[str, Work] = {
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
_ENDINGS = {1: "st", 2: "nd", 3: "rd"}


@dataclass(frozen=True, slots=True)
class Date:
    """When something appeared.

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


def work_of(record: CSLItem) -> Work:
    """What kind of work a record is of.

    One of unknown kind that stands in another is an article, and an article that stands in none a document.
    """
    known = _WORKS.get(str(record.get("type", "")))
    if known is None or known in {"article", "periodical"}:
        return (known or "article") if field(record, "container-title") else "document"
    return known


def field(record: CSLItem, key: str) -> str:
    """A field as text; empty where there is none."""
    value = record.get(key)
    return str(value).strip() if isinstance(value, (str, int, float)) else ""


def date_of(record: CSLItem, key: str = "issued") -> Date:
    """The date in a record; of a period its beginning."""
    given = record.get(key)
    given = given if isinstance(given, dict) else {}
    first = next((one for one in given.get("date-parts") or () if isinstance(one, (list, tuple))), ())
    parts = [int(part) for part in first if re.fullmatch(r"-?\d{1,4}", str(part))]
    if not parts:
        return Date(str(given.get("literal") or given.get("raw") or "").strip())
    year = str(parts[0]) if parts[0] > 0 else f"{-parts[0]} BCE"
    month = parts[1] if len(parts) > 1 and 1 <= parts[1] <= 12 else 0
    return Date(year, month, parts[2] if month and len(parts) > 2 and 1 <= parts[2] <= 31 else 0)


def doi_url(record: CSLItem) -> str:
    """The address of a DOI, however it is recorded; the empty string without one."""
    found = re.fullmatch(
        r"(https?://(?:dx\.)?doi\.org/)?(?:doi:\s*)?(.*)", field(record, "DOI"), re.IGNORECASE | re.DOTALL
    )
    if not found or not found[2]:
        return ""
    bare = unquote(found[2]) if found[1] else found[2]
    return f"https://doi.org/{quote(bare, safe=_IN_DOI)}"


def link_of(record: CSLItem) -> str:
    """Address of a work: its DOI's, else the one recorded."""
    return doi_url(record) or field(record, "URL")


def ordinal(number: str) -> str:
    """``2nd`` of 2; words stay."""
    if not number.isdecimal():
        return number
    value = int(number)
    return f"{value}{'th' if value % 100 in {11, 12, 13} else _ENDINGS.get(value % 10, 'th')}"


def is_first_edition(number: str) -> bool:
    """Whether an edition goes without saying."""
    return number.casefold() in {"", "1", "1st", "first", "first edition"}


def edition_of(record: CSLItem, word: str) -> str:
    """``2nd ed.``, with the style's word for it; empty for a first edition."""
    given = field(record, "edition")
    if is_first_edition(given):
        return ""
    bare = re.sub(r"\s*(?:ed\.?|edn\.?|edition)$", "", given, flags=re.IGNORECASE)
    return f"{ordinal(bare)} {word}"


_ISO = re.compile(r"(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?(?:[T/].*)?")


def csl_item(
    fields: Mapping[str, str],
    *,
    people: Mapping[str, Sequence[str | dict[str, str]]],
    dates: Mapping[str, str],
) -> CSLItem:
    """A CSL-JSON item.

    Args:
        fields: Texts by CSL's names; empty ones are left out.
        people: Names by role, printed or as CSL has them.
        dates: Dates by CSL's names, as ISO 8601 writes them or in words.
    """
    item: dict[str, Any] = {key: value for key, value in fields.items() if value}
    for role, names in people.items():
        if names:
            item[role] = [name_of(name) if isinstance(name, str) else name for name in names]
    for key, printed in dates.items():
        if date := date_parts(printed):
            item[key] = date
    return item


def name_of(printed: str) -> dict[str, str]:
    """A CSL name of a printed one: ``Gill, Josie``, ``Gates, Henry Louis, Jr.`` or ``Josie Gill``."""
    if "," in printed:
        family, given, *suffix = (part.strip() for part in printed.split(",", 2))
        if not given:
            return {"literal": family}
        return {"family": family, "given": given} | ({"suffix": suffix[0]} if suffix and suffix[0] else {})
    words = printed.split()
    if len(words) < 2:
        return {"literal": printed.strip()}
    # "van den Berg" begins with its first small word.
    at = next((at for at, word in enumerate(words[1:-1], 1) if word[0].islower()), len(words) - 1)
    return {"family": " ".join(words[at:]), "given": " ".join(words[:at])}


def date_parts(printed: str) -> dict[str, Any]:
    """A CSL date of an ISO one (``2014-12-05``) or of words; nothing of nothing."""
    found = _ISO.fullmatch(printed.strip())
    if found:
        return {"date-parts": [[int(part) for part in found.groups() if part]]}
    return {"literal": printed.strip()} if printed.strip() else {}


def iso_date(record: CSLItem, key: str = "issued") -> str:
    """A date of a record as ISO writes it, or the words in its place; empty without one."""
    date = date_of(record, key)
    if not date.year.isdecimal():
        return date.year
    parts = [date.year.zfill(4), *(f"{part:02d}" for part in (date.month, date.day) if part)]
    return "-".join(parts)


def people_of(record: CSLItem, role: str) -> list[dict[str, str]]:
    """Names in a role with only what exchange formats can hold: family, given and suffix, or all in one."""
    made = []
    for name in names_of(record, role):
        given = " ".join(filter(None, (name.given, name.dropping)))
        parts = {"family": name.family, "given": given, "suffix": name.suffix}
        one_part = name.group or not given
        made.append({"literal": name.family} if one_part else {key: one for key, one in parts.items() if one})
    return made

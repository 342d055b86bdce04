"""Between CSL-JSON items and the flat fields of exchange formats: names, dates, empty fields."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from assistant.citing.fields import date_of
from assistant.citing.names import names_of
from assistant.types import CSLItem

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

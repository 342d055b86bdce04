"""A bibliographic record as the fields of a form, and back."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from assistant.citations.dates import csl_date, date_in_words
from assistant.citations.record import ET_AL, field, name_from, names_of, parse_name, without_losses
from assistant.core.errors import RecordError
from assistant.core.essay import CSLItem

# CSL types of works that an essay can be.
TYPES = (
    "article-journal article-magazine article-newspaper book chapter document entry-encyclopedia manuscript "
    "pamphlet paper-conference post-weblog report review review-book speech thesis webpage"
).split()
_PEOPLE = ("author", "editor", "translator")
_TEXTS = "title container-title volume issue page edition publisher publisher-place DOI URL language".split()
FIELDS = ("type", *_PEOPLE, "issued", *_TEXTS)
_LABELS = {
    "container-title": "journal or book",
    "issued": "date",
    "page": "page range",
    "publisher-place": "place",
}
# Characters of a field; a title page holds less.
_LONGEST = 2_000
_DOI_PREFIX = re.compile(r"^(?:https?://(?:dx\.)?doi\.org/|doi:\s*)", re.IGNORECASE)
_PAGES = re.compile(r"\w+(?:-\w+)?(?:, ?\w+(?:-\w+)?)*")


def form_of(record: CSLItem) -> dict[str, str]:
    """The text of each of ``FIELDS``.

    Names are one a line, ``Family, Given``, with a group's name in braces; dates are in ISO 8601 or in words.
    """
    people = {role: "\n".join(map(_printed, _names(record, role))) for role in _PEOPLE}
    texts = {key: field(record, key) for key in ("type", *_TEXTS)}
    return texts | people | {"issued": date_in_words(record)}


def record_of(form: Mapping[str, str], base: CSLItem) -> CSLItem:
    """The record that a user entered in a form.

    Args:
        form: Texts of some of ``FIELDS``.
        base: The record that the form showed. Values that no field shows, and fields that the user did
            not change, are taken from it exactly as they are.

    Raises:
        RecordError: If a field has an invalid value, or there is no title.
    """
    record, shown = dict(base), form_of(base)
    for key in FIELDS:
        text = _cleaned(form.get(key, shown[key]), lines=key in _PEOPLE)
        if text == shown[key]:
            continue
        if len(text) > _LONGEST:
            raise RecordError(
                f"The {_LABELS.get(key, key)} is too long; {_LONGEST:,} characters are the most."
            )
        record.pop(key, None)
        if text:
            record[key] = _people(text, base, key) if key in _PEOPLE else _PARSERS.get(key, str)(text)
    if not field(record, "title"):
        raise RecordError("The record has no title; fill one in.")
    return record if record == base else without_losses(record)


def _cleaned(text: str, *, lines: bool) -> str:
    """Text with single spaces and without characters that are not printed; ``lines`` keeps line breaks."""
    printable = (
        "".join(character for character in line if character.isprintable() or character.isspace())
        for line in text.splitlines()
    )
    spaced = [" ".join(line.split()) for line in printable]
    return ("\n" if lines else " ").join(filter(None, spaced))


def _names(record: CSLItem, role: str) -> list[Mapping[str, Any]]:
    return [name for name in record.get(role) or () if isinstance(name, Mapping) and name_from(name).family]


def _printed(item: Mapping[str, Any]) -> str:
    name = name_from(item)
    if name.group:
        return f"{{{name.family}}}" if " " in name.family or "," in name.family else name.family
    given = " ".join(filter(None, (name.given, name.dropping)))
    return ", ".join(filter(None, (name.family, given or "-" * bool(name.suffix), name.suffix)))


def _people(text: str, base: CSLItem, role: str) -> list[Mapping[str, Any]]:
    """Names of lines; names that the base has keep their parts."""
    known = {_printed(name): name for name in _names(base, role)}
    return [known.get(line) or _name(line) for line in text.split("\n")]


def _name(line: str) -> Mapping[str, Any]:
    group = re.fullmatch(r"\{(.+)\}", line)
    name = {"literal": group[1].strip()} if group else parse_name(line)
    if line == ET_AL["literal"]:
        return ET_AL
    if not names_of({"author": [name]}) or not re.search(r"\w", line):
        raise RecordError(f"“{line}” is not a name; write it as Family, Given.")
    return name


def _type(text: str) -> str:
    if text not in TYPES:
        raise RecordError(f"“{text}” is not a kind of work; choose one of: {', '.join(TYPES)}.")
    return text


def _date(text: str) -> dict[str, Any]:
    """``2014``, ``2014-12-05``, ``Fall 2014``, ``1931/1938``, ``c. 1540`` or other words as a CSL date."""
    if re.fullmatch(r"-?\d{1,4}", text):
        return {"date-parts": [[int(text)]]}
    date = csl_date(text)
    if all(map(_is_possible, date.get("date-parts", ()))) and (
        "date-parts" in date or not re.fullmatch(r"[\d\s/.:~?-]+", text)
    ):
        return date or {"literal": text}
    raise RecordError(f"“{text}” is not a date; write 2014, 2014-12, 2014-12-05, or words such as in press.")


def _is_possible(parts: list[int]) -> bool:
    """Whether month and day exist; 21 to 24 are seasons."""
    month, day = [*parts[1:], 1, 1][:2]
    return (1 <= month <= 12 or 21 <= month <= 24) and 1 <= day <= 31


def _page(text: str) -> str:
    pages = re.sub(r" ?(?:-+|–|—) ?", "-", " ".join(text.split()))
    if not _PAGES.fullmatch(pages):
        raise RecordError(f"“{text}” is not a page range; write it as 844-62.")
    return pages


def _doi(text: str) -> str:
    bare = _DOI_PREFIX.sub("", text)
    if not re.fullmatch(r"10\.\d{3,9}(?:\.\d+)*/\S+", bare):
        raise RecordError(f"“{text}” is not a DOI; one looks like 10.1353/mfs.2014.0056.")
    return bare


def _url(text: str) -> str:
    if not re.fullmatch(r"https?://[^\s/]+\S*", text, re.IGNORECASE):
        raise RecordError(f"“{text}” is not a web address; write it with https:// before it.")
    return text


_PARSERS: Mapping[str, Callable[[str], Any]] = {
    "type": _type,
    "issued": _date,
    "page": _page,
    "DOI": _doi,
    "URL": _url,
}

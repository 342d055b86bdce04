"""Citation styles: in-text citation, full reference, and words set as a quotation."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from assistant.citing.locators import in_prose, page_range
from assistant.citing.references import family_of
from assistant.errors import RecordError
from assistant.types import CSLItem

_MONTHS = ("", "Jan.", "Feb.", "Mar.", "Apr.", "May", "June", "July", "Aug.", "Sept.", "Oct.", "Nov.", "Dec.")
# More than four lines of prose are set off as a block: some 85 characters a line.
_BLOCK = 340
_SINGLE = str.maketrans({'"': "'", "“": "‘", "”": "’"})


@dataclass(frozen=True, slots=True)
class Style:
    """A citation style.

    Attributes:
        in_text: From a record and a locator (empty without pages) to the in-text citation.
        reference: From a record to the full reference as plain text.
        quotation: From printed words and their in-text citation to what goes into a draft.
    """

    in_text: Callable[[CSLItem, str], str]
    reference: Callable[[CSLItem], str]
    quotation: Callable[[str, str], str]


def style_named(name: str) -> Style:
    """A style by name.

    Raises:
        RecordError: If there is none of that name.
    """
    if name not in STYLES:
        raise RecordError(f"{name!r} is no citation style known here; choose one of {', '.join(STYLES)}.")
    return STYLES[name]


def mla_in_text(record: CSLItem, locator: str) -> str:
    """``(Gill 849–50)``; without an author the title stands in its place, without pages only the name."""
    names = [family_of(name) for name in record.get("author", ())]
    if not names:
        named = f"“{_short_title(record).translate(_SINGLE)}”"
    elif len(names) == 1:
        named = names[0]
    elif len(names) == 2:
        named = f"{names[0]} and {names[1]}"
    else:
        named = f"{names[0]} et al."
    return f"({named} {in_prose(locator)})" if locator else f"({named})"


def _short_title(record: CSLItem) -> str:
    return str(record.get("title", "")).split(":")[0].strip()


def mla_reference(record: CSLItem) -> str:
    """An entry of a list of works cited after the MLA Handbook (9th edition), as plain text."""
    title = str(record.get("title", "")).strip().translate(_SINGLE)
    parts = [_authors(record), f"“{_closed(title)}”", _container(record)]
    return " ".join(part for part in parts if part)


def _closed(title: str) -> str:
    """A title with the full stop that American usage puts inside all quotation marks."""
    inner = title.rstrip("'’")
    if inner.endswith(("?", "!", ".")):
        return title
    # An apostrophe behind a plural ("the Keepers'") closes no quotation.
    quoted = len(title) - len(inner) == 1 and re.search(r"(?:^|[\s(])['‘]", title)
    return f"{inner}.{title[len(inner) :]}" if quoted else f"{title}."


def _authors(record: CSLItem) -> str:
    names = list(record.get("author", ()))
    if not names:
        return ""
    first = names[0]
    inverted = f"{family_of(first)}, {first['given']}" if first.get("given") else family_of(first)
    if len(names) > 2:
        return f"{inverted}, et al."
    both = inverted if len(names) == 1 else f"{inverted}, and {_full_name(names[1])}"
    return both if both.endswith(".") else f"{both}."


def _full_name(name: Mapping[str, str]) -> str:
    return " ".join(filter(None, (name.get("given", ""), family_of(name))))


def _container(record: CSLItem) -> str:
    volume, issue, page = (str(record.get(key, "")) for key in ("volume", "issue", "page"))
    journal = record.get("container-title")
    parts = [
        str(journal or ""),
        f"vol. {volume}" if volume else "",
        f"no. {issue}" if issue else "",
        str(record.get("publisher", "")) if not journal else "",
        _date(record),
        _record_pages(page),
        _doi(str(record.get("DOI", ""))),
    ]
    joined = ", ".join(part for part in parts if part)
    return f"{joined}." if joined else ""


def _doi(doi: str) -> str:
    bare = re.sub(r"^(?:https?://(?:dx\.)?doi\.org/|doi:\s*)", "", doi.strip(), flags=re.IGNORECASE)
    return f"https://doi.org/{bare}" if bare else ""


def _date(record: CSLItem) -> str:
    date = [
        int(part) for part in (record.get("issued", {}).get("date-parts") or [[]])[0] if str(part).isdecimal()
    ]
    if not date:
        return str(record.get("issued", {}).get("literal", ""))
    month = _MONTHS[date[1]] if len(date) > 1 and 1 <= date[1] <= 12 else ""
    return f"{month} {date[0]}".strip()


def _record_pages(page: str) -> str:
    if not page:
        return ""
    first, dash, last = page.replace("–", "-").partition("-")
    if dash and first.isdecimal() and last.isdecimal() and len(first) == len(last):
        page = page_range((first, last))
    return f"pp. {in_prose(page)}" if dash else f"p. {page}"


def mla_quotation(words: str, citation: str) -> str:
    """Words as MLA sets them in a draft.

    Up to four lines stand in double quotation marks, marks inside become single, a final full stop
    moves behind the citation. Longer words are set off as a block without marks of their own.
    """
    if len(words) > _BLOCK:
        return f"{words} {citation}"
    opening, closing = ("“", "”") if re.search("[“”‘’]", words) else ('"', '"')
    inner = words.translate(_SINGLE)
    # A full stop or comma before the citation is the sentence's, which now ends behind it.
    inner = re.sub(r"(?<![.!?\s])[.,;:](['’]*)$", r"\1", inner)
    return f"{opening}{inner}{closing} {citation}."


STYLES: dict[str, Style] = {"mla": Style(mla_in_text, mla_reference, mla_quotation)}

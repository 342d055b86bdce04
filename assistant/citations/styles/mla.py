"""MLA Handbook, 9th edition."""

from __future__ import annotations

import re

from assistant.citations.dates import SEASONS, Date, date_of, printed_date, printed_years
from assistant.citations.disambiguation import Naming, by_initial
from assistant.citations.locators import in_prose, is_several, mla_range
from assistant.citations.record import (
    Name,
    article_number,
    bylined,
    creators_are_cut,
    creators_of,
    doi_url,
    edition_of,
    field,
    has_others,
    kind_of,
    names_of,
    numbered_issue,
    report_of,
)
from assistant.citations.setting import more_lines_than, set_as_block, set_inline
from assistant.citations.styles import Style, secondary_prefix
from assistant.citations.titles import in_marks, marked_up, short_title, stopped, title_of
from assistant.core.answer import is_locator
from assistant.core.essay import CSLItem
from assistant.core.rich import Rich, Text, joined, rich

_MONTHS = ("", "Jan.", "Feb.", "Mar.", "Apr.", "May", "June", "July", "Aug.", "Sept.", "Oct.", "Nov.", "Dec.")
_NAMING = Naming(most=2, conjunction="and", serial_comma=False, et_al=rich("et al."), given_names=by_initial)
_BLOCK_LINES = 4
# Words that begin an element; a capital begins a sentence. An address or "n.d." has none.
_ABBREVIATED = re.compile(
    rf"(?:edited|translated|vol\.|nos?\.|pp?\.|article|circa|{'|'.join(SEASONS)})(?=[ \d])"
)


class MLA(Style):
    """MLA 9: author and page in the text, works cited at the end."""

    marks_cut_sentences = True

    def rich_in_text(self, record: CSLItem, locator: str, *, quoting: str | None = None) -> Rich:
        """``(Gill 849–50)``, with a short title if another work has the same author."""
        named = self.works.label(record, _NAMING)
        if not named:
            named = _short(record)
        elif self.works.same_label(record, _NAMING):
            named = named + ", " + _short(record)
        cited = joined(", " if is_locator(locator) else " ", [named, in_prose(mla_range(locator))])
        return "(" + secondary_prefix(quoting, "qtd. in") + cited + ")"

    def rich_reference(self, record: CSLItem) -> Rich:
        """An entry of a list of works cited."""
        return joined(" ", [stopped(_byline(record)), _title(record), _container(record)])

    def quotation(self, words: str, citation: str) -> str:
        """In double quotation marks, or as a block if it fills more than four lines."""
        if more_lines_than(words, _BLOCK_LINES):
            return set_as_block(words, citation)
        return set_inline(words, citation)


def _is_whole(record: CSLItem) -> bool:
    return kind_of(record) in {"book", "thesis"}


def _short(record: CSLItem) -> Rich:
    short = short_title(record, article=False)
    return short.italic() if _is_whole(record) else in_marks(short)


def _byline(record: CSLItem) -> str:
    names, role = creators_of(record)
    if not names:
        return ""
    listed = (
        f"{names[0].inverted()}, et al."
        if len(names) > 2 or creators_are_cut(record)
        else bylined(names, Name.inverted, "and", comma_of_two=True)
    )
    several = len(names) > 1 or creators_are_cut(record)
    return listed if role == "author" else f"{listed}, {role}{'s' if several else ''}"


def _title(record: CSLItem) -> Rich:
    title = title_of(record)
    return stopped(title.italic()) if _is_whole(record) else in_marks(title, stop=".")


def _container(record: CSLItem) -> Rich:
    """Everything after the title: container, publisher, date, pages and address."""
    kind = kind_of(record)
    if kind == "thesis":
        genre = field(record, "genre") or "thesis"
        facts = joined(", ", [_publisher(record), genre, _address(record)])
        return joined(" ", [stopped(_date(date_of(record))), stopped(facts)])
    report = report_of(record)
    genre = "" if field(record, "number") else report
    volume, number = field(record, "volume"), article_number(record)
    container = marked_up(field(record, "container-title"))
    parts: list[Text] = [
        container.italic(),
        _helpers(record),
        edition_of(record, "ed."),
        f"vol. {volume}" if volume else "",
        numbered_issue(record),
        "" if genre else report,
        _publisher(record) if kind in {"book", "chapter", "web"} or not container else "",
        _date(date_of(record)),
        _pages(field(record, "page")) or (f"article {number}" if number else ""),
        _address(record),
    ]
    original = _date(date_of(record, "original-date")) if kind == "book" else ""
    if not container:
        parts = _capitalised(parts)
    facts = joined(", ", dict.fromkeys(rich(part) for part in parts))
    if facts and not facts.plain().endswith("."):
        # Unlike a title, a container that ends in a question mark does not replace the full stop.
        facts += "."
    return joined(" ", [stopped(original), stopped(genre), facts, _accessed(record)])


def _capitalised(parts: list[Text]) -> list[Text]:
    """The elements after a title, of which the first begins a sentence."""
    first = next((index for index, part in enumerate(parts) if part), len(parts))
    part = parts[first] if first < len(parts) else ""
    if not isinstance(part, str) or not _ABBREVIATED.match(part):
        return parts
    return [*parts[:first], f"{part[0].upper()}{part[1:]}", *parts[first + 1 :]]


def _helpers(record: CSLItem) -> str:
    """Editors and translators whom the byline does not name."""
    byline_role = creators_of(record)[1]
    verbs = {"editor": "edited by", "translator": "translated by"}
    return ", ".join(
        f"{verb} {_direct(names_of(record, role), cut=has_others(record, role))}"
        for role, verb in verbs.items()
        if role != byline_role and names_of(record, role)
    )


def _direct(names: list[Name], *, cut: bool) -> str:
    written = [name.direct() for name in names]
    return f"{written[0]} et al." if cut or len(written) > 2 else " and ".join(written)


def _publisher(record: CSLItem) -> str:
    """The publisher, with a university press shortened: ``Oxford UP``, ``U of Chicago P``."""
    name = field(record, "publisher")
    if re.search(r"\bUniversity\b", name) and (re.search(r"\bPress\b", name) or kind_of(record) == "thesis"):
        name = re.sub(r"\bUniversity\b", "U", re.sub(r"\bUniversity Press\b", "UP", name))
        name = re.sub(r"\bPress\b", "P", name)
    return name


def _date(date: Date) -> str:
    years = printed_years(date, mla_range)
    return printed_date(date, _day, f"circa {years}" if date.circa else years)


def _day(date: Date) -> str:
    """``5 Dec.`` or ``fall``."""
    season = SEASONS[date.season - 1] if date.season else ""
    return " ".join(filter(None, (str(date.day or ""), _MONTHS[date.month] or season)))


def _pages(page: str) -> str:
    if not page:
        return ""
    return f"pp. {in_prose(mla_range(page))}" if is_several(page) else f"p. {page}"


def _address(record: CSLItem) -> str:
    return doi_url(record) or re.sub(r"^https?://", "", field(record, "URL"))


def _accessed(record: CSLItem) -> str:
    """When a web page without a date of its own was seen."""
    seen = _date(date_of(record, "accessed"))
    return f"Accessed {seen}." if seen and not date_of(record) and field(record, "URL") else ""

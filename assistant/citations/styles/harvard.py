"""Harvard according to Cite Them Right, 12th edition."""

from __future__ import annotations

from collections.abc import Mapping

from assistant.citations.dates import MONTHS, SEASONS, Date, date_of, printed_days, printed_years
from assistant.citations.disambiguation import Naming, by_initials
from assistant.citations.locators import labelled_pages
from assistant.citations.record import (
    Name,
    article_number,
    creators_are_cut,
    creators_of,
    edition_of,
    field,
    issue_of,
    kind_of,
    link_of,
    names_of,
    report_of,
    series,
    series_in,
)
from assistant.citations.setting import more_lines_than, set_as_block, set_inline
from assistant.citations.styles import Style, secondary_prefix
from assistant.citations.titles import in_marks, marked_up, short_title, stopped, title_of
from assistant.core.essay import CSLItem
from assistant.core.rich import Rich, Text, joined, rich

_ET_AL = rich("et al.", italic=True)
_NAMING = Naming(
    most=3, conjunction="and", serial_comma=False, et_al=_ET_AL, given_names=by_initials, adds_names=True
)
_BLOCK_LINES = 3
_ROLES = {"editor": ("ed.", "eds"), "translator": ("trans.", "trans.")}


class Harvard(Style):
    """Cite Them Right: author, year and page in the text, a list of references at the end."""

    def rich_in_text(self, record: CSLItem, locator: str, *, quoting: str | None = None) -> Rich:
        """``(Gill, 2014, p. 849)``; the title replaces a missing author."""
        named = self.works.label(record, _NAMING) or _paper(record) or _titled(record, short_title(record))
        parts: list[Text] = [named, self._year(record), labelled_pages(locator)]
        return "(" + secondary_prefix(quoting, "quoted in") + joined(", ", parts) + ")"

    def rich_reference(self, record: CSLItem) -> Rich:
        """An entry of a list of references."""
        date = f"({self._year(record)})"
        title, byline = _titled(record, title_of(record)), _byline(record)
        is_part = kind_of(record) in {"article", "periodical", "chapter"}
        facts = _part_of(record) if is_part else _facts(record)
        if not byline:
            # The title comes first, and the facts after the year begin no new sentence.
            entry = joined(" ", [title, date, facts])
        elif is_part:
            entry = joined(", ", [joined(" ", [byline, date, title]), facts])
        else:
            entry = joined(" ", [stopped(joined(" ", [byline, date, title]), inside=False), facts])
        return joined(" ", [stopped(entry, inside=False), _address(record)])

    def _year(self, record: CSLItem) -> str:
        date = date_of(record)
        years = f"{'c.' if date.circa else ''}{printed_years(date)}"
        return self.works.year(record, "no date", " ", years)

    def quotation(self, words: str, citation: str) -> str:
        """In quotation marks, or as a block if it fills more than three lines.

        Cite Them Right prints titles in single marks and lets the writer choose those of quotations, if they
        are used consistently: here single ones with double ones inside, as is usual in Britain.
        """
        if more_lines_than(words, _BLOCK_LINES):
            return set_as_block(words, citation)
        return set_inline(words, citation, double=False)


def _titled(record: CSLItem, title: Rich) -> Rich:
    return title.italic() if kind_of(record) in {"book", "thesis", "web"} else in_marks(title, double=False)


def _inverted(name: Name) -> str:
    return name.inverted(name.initials(""))


def _direct(name: Name) -> str:
    return name.direct(name.initials(""))


def _paper(record: CSLItem) -> Rich:
    """The newspaper or magazine of an unsigned article, which replaces the author."""
    if kind_of(record) != "periodical" or creators_of(record)[0]:
        return Rich()
    return marked_up(field(record, "container-title")).italic()


def _byline(record: CSLItem) -> Rich:
    names, role = creators_of(record)
    if not names:
        return _paper(record)
    if len(names) > _NAMING.most or creators_are_cut(record):
        listed = f"{_inverted(names[0])} " + _ET_AL
    else:
        listed = rich(series([_inverted(name) for name in names], "and", serial_comma=False))
    return listed if role == "author" else listed + f" ({_ROLES[role][len(names) > 1]})"


def _part_of(record: CSLItem) -> Rich:
    """The journal, newspaper or book that contains the work, with volume, day and pages."""
    kind, volume, issue = kind_of(record), field(record, "volume"), issue_of(record)
    container = marked_up(field(record, "container-title")).italic()
    pages = labelled_pages(field(record, "page"))
    if kind != "chapter":
        numbers = volume + (f"({issue})" if issue else "")
        day = printed_days(date_of(record), _day) if kind == "periodical" else ""
        number = article_number(record)
        located = pages or (f"article {number}" if number else "")
        return joined(", ", ["" if _paper(record) else container, numbers, day, located])
    editors = names_of(record, "editor")
    by = series_in(record, "editor", _direct, "and", serial_comma=False)
    book = joined(" ", [f"{by} ({_ROLES['editor'][len(editors) > 1]})" if by else "", container])
    facts = joined(
        ". ",
        [
            "in " + book if book else "",
            edition_of(record, "edn"),
            *_helping(record, {"translator": "Translated by"}),
            f"Vol. {volume}" if volume else "",
            field(record, "publisher"),
        ],
    )
    return joined(", ", [facts, pages])


def _facts(record: CSLItem) -> Rich:
    """Edition, editors and publisher of a work that was published by itself."""
    helpers = _helping(record, {"editor": "Edited by", "translator": "Translated by"})
    volume = field(record, "volume") if kind_of(record) == "book" else ""
    thesis = kind_of(record) == "thesis"
    genre = (field(record, "genre") or "Thesis") if thesis else ""
    authors = {name.family for name in creators_of(record)[0]}
    publisher = field(record, "publisher")
    parts = [
        edition_of(record, "edn"),
        *helpers,
        f"Vol. {volume}" if volume else "",
        report_of(record),
        genre,
        publisher if publisher not in authors else "",
    ]
    return joined(" ", [stopped(part) for part in parts if part])


def _helping(record: CSLItem, verbs: Mapping[str, str]) -> list[str]:
    """Editors and translators whom the byline does not name, each after the verb of the role."""
    byline_role = creators_of(record)[1]
    return [
        f"{verb} {series_in(record, role, _direct, 'and', serial_comma=False)}"
        for role, verb in verbs.items()
        if names_of(record, role) and role != byline_role
    ]


def _day(date: Date) -> str:
    if date.season:
        return SEASONS[date.season - 1].replace("fall", "autumn").capitalize()
    return f"{date.day or ''} {MONTHS[date.month - 1]}".strip() if date.month else ""


def _address(record: CSLItem) -> str:
    link = link_of(record)
    if not link:
        return ""
    seen = date_of(record, "accessed")
    accessed = f" (Accessed: {_day(seen)} {seen.year})" if seen.month and not field(record, "DOI") else ""
    return f"Available at: {link}{accessed}."

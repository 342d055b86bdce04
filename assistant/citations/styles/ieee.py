"""IEEE Reference Guide (2023)."""

from __future__ import annotations

from assistant.citations.dates import SEASONS, Date, date_of, printed_date, printed_years
from assistant.citations.disambiguation import Naming, by_initials
from assistant.citations.locators import labelled_pages
from assistant.citations.record import (
    Name,
    article_number,
    creators_are_cut,
    creators_of,
    doi_url,
    edition_of,
    field,
    issue_of,
    kind_of,
    names_of,
    report_of,
    series,
    series_in,
)
from assistant.citations.setting import count_words, set_as_block, set_inline
from assistant.citations.styles import Style, secondary_prefix
from assistant.citations.titles import in_marks, marked_up, short_title, stopped, title_of
from assistant.core.essay import CSLItem
from assistant.core.rich import Rich, Text, joined, rich

_MONTHS = ("", *"Jan. Feb. Mar. Apr. May June July Aug. Sep. Oct. Nov. Dec.".split())
_NAMING = Naming(most=2, conjunction="and", serial_comma=False, et_al=rich("et al."), given_names=by_initials)
# Of more than six authors only the first is listed.
_MOST_LISTED = 6
_BLOCK_WORDS = 100


class IEEE(Style):
    """IEEE: numbers in brackets, in the order of the library's records."""

    def rich_in_text(self, record: CSLItem, locator: str, *, quoting: str | None = None) -> Rich:
        """``[1, p. 849]``; for words that the work quotes, both authors precede the number."""
        number = "[" + joined(", ", [str(self.works.number(record)), labelled_pages(locator)]) + "]"
        if quoting is None:
            return number
        named = self.works.label(record, _NAMING) or in_marks(short_title(record))
        return "(" + secondary_prefix(quoting, "cited in") + joined(" ", [named, number]) + ")"

    def rich_reference(self, record: CSLItem) -> Rich:
        """An entry of a list of references."""
        facts = _web(record) if kind_of(record) == "web" else _facts(record)
        return joined(" ", [f"[{self.works.number(record)}]", joined(", ", [_byline(record), facts])])

    def quotation(self, words: str, citation: str) -> str:
        """In double quotation marks, or as a block from 100 words; IEEE itself sets no limit."""
        if count_words(words) >= _BLOCK_WORDS:
            return set_as_block(words, citation)
        return set_inline(words, citation)


def _direct(name: Name) -> str:
    return name.direct(name.initials())


def _byline(record: CSLItem) -> Rich:
    names, role = creators_of(record)
    if not names:
        return Rich()
    listed = (
        f"{_direct(names[0])} " + rich("et al.", italic=True)
        if len(names) > _MOST_LISTED or creators_are_cut(record)
        else rich(series([_direct(name) for name in names], "and", serial_comma=True))
    )
    marks = {"editor": ("Ed.", "Eds."), "translator": ("Trans.", "Trans.")}
    return listed if role == "author" else listed + f", {marks[role][len(names) > 1]}"


def _facts(record: CSLItem) -> Rich:
    """Everything after the authors."""
    kind, title = kind_of(record), title_of(record)
    if kind in {"book", "chapter"} and record.get("type") != "report":
        return _book(record, title)
    facts = [_date(date_of(record), short=kind in {"article", "thesis", "document", "book"}), _doi(record)]
    publisher = field(record, "publisher")
    if kind == "thesis":
        facts = [field(record, "genre") or "thesis", publisher, field(record, "publisher-place"), *facts]
    elif kind == "book":
        facts = [publisher, report_of(record), facts[0]]
        report = _sentence(joined(", ", facts), record)
        return _title_and_facts(title, joined(" ", [report, stopped(_doi(record))]))
    elif kind == "document":
        facts = [publisher, *facts, _pages(record)]
    else:
        volume, issue, number = field(record, "volume"), issue_of(record), article_number(record)
        journal = field(record, "container-title-short") or field(record, "journalAbbreviation")
        name = marked_up(journal or field(record, "container-title")).italic()
        numbers = [
            f"vol. {volume}" if volume else "",
            f"no. {issue}" if issue else "",
            _pages(record) or (f"Art. no. {number}" if number else ""),
        ]
        return _title_and_facts(title, _sentence(joined(", ", [name, *numbers, *facts]), record))
    return _title_and_facts(title, _sentence(joined(", ", facts), record))


def _title_and_facts(title: Rich, facts: Rich) -> Rich:
    """A title in quotation marks and the facts; a question mark replaces the comma between them."""
    stop = "" if title.plain().endswith(("?", "!")) else ","
    return joined(" ", [in_marks(title, stop=stop if facts else "."), facts])


def _book(record: CSLItem, title: Rich) -> Rich:
    in_book = kind_of(record) == "chapter"
    volume, container = field(record, "volume"), marked_up(field(record, "container-title"))
    book = "in " + container.italic() if in_book and container else Rich()
    parts: list[Text] = [
        book if in_book else title.italic(),
        f"vol. {volume}" if volume else "",
        edition_of(record, "ed."),
        *_helpers(record),
    ]
    place = joined(": ", [field(record, "publisher-place"), field(record, "publisher")])
    facts = joined(", ", [place, _date(date_of(record), short=True), _pages(record) if in_book else ""])
    # A full stop separates the book from its imprint, and the imprint from a DOI.
    first, *others = [part for part in parts if part] or [""]
    named = joined(" ", [stopped(first, ","), joined(", ", others)]) if others else rich(first)
    entry = joined(" ", [stopped(named), _sentence(facts, record), stopped(_doi(record))])
    return _title_and_facts(title, entry) if in_book else entry


def _helpers(record: CSLItem) -> list[str]:
    """Editors and translators whom the byline does not name."""
    return [
        f"{series_in(record, role, _direct, 'and', serial_comma=True)}, {mark[len(names) > 1]}"
        for role, mark in (("editor", ("Ed.", "Eds.")), ("translator", ("Trans.", "Trans.")))
        if (names := names_of(record, role)) and creators_of(record)[1] != role
    ]


def _web(record: CSLItem) -> Rich:
    seen = _date(date_of(record, "accessed"))
    site = field(record, "container-title") or field(record, "publisher")
    parts: list[Text] = [
        in_marks(title_of(record), stop="."),
        stopped(site),
        f"Accessed: {seen}." if seen else "",
    ]
    return joined(" ", [*parts, _online(record)])


def _sentence(text: Rich, record: CSLItem) -> Rich:
    return joined(" ", [stopped(text), "" if field(record, "DOI") else _online(record)])


def _online(record: CSLItem) -> str:
    address = field(record, "URL") or doi_url(record)
    return f"[Online]. Available: {address}" if address else ""


def _doi(record: CSLItem) -> str:
    return f"doi: {doi_url(record).removeprefix('https://doi.org/')}" if field(record, "DOI") else ""


def _pages(record: CSLItem) -> str:
    return labelled_pages(field(record, "page"))


def _date(date: Date, *, short: bool = False) -> str:
    """``Dec. 5, 2014``, or ``Dec. 2014`` if ``short`` or without a day."""
    years = f"{'ca. ' if date.circa else ''}{printed_years(date)}"

    def day(part: Date) -> str:
        month = SEASONS[part.season - 1].capitalize() if part.season else _MONTHS[part.month]
        return month if short or not part.day else f"{month} {part.day}"

    return printed_date(date, day, years, before_year="," if date.day and not short else "")

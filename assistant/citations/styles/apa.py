"""Publication Manual of the American Psychological Association, 7th edition."""

from __future__ import annotations

from assistant.citations.dates import MONTHS, SEASONS, Date, date_of, printed_days, printed_years
from assistant.citations.disambiguation import Naming, by_initials
from assistant.citations.locators import full_range, in_prose, labelled_pages
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
    series_in,
)
from assistant.citations.setting import count_words, set_as_block, set_inline
from assistant.citations.styles import Style, secondary_prefix
from assistant.citations.titles import in_marks, marked_up, short_title, stopped, title_of
from assistant.core.essay import CSLItem
from assistant.core.rich import Rich, Text, joined, rich

_NAMING = Naming(
    most=2,
    conjunction="&",
    serial_comma=True,
    et_al=rich("et al."),
    given_names=by_initials,
    adds_names=True,
    first_only=True,
)
_BLOCK_WORDS = 40
# Of more than twenty authors, the first nineteen and the last are listed.
_MOST_LISTED = 20
_ROLES = {"editor": ("Ed.", "Eds."), "translator": ("Trans.", "Trans.")}


class APA(Style):
    """APA 7: author, year and page in the text, a list of references at the end."""

    def rich_in_text(self, record: CSLItem, locator: str, *, quoting: str | None = None) -> Rich:
        """``(Gill, 2014, p. 849)``; the title replaces a missing author."""
        original = _years(date_of(record, "original-date"))
        years = _years(date_of(record))
        years = f"{original}/{years or 'n.d.'}" if original else years
        parts = [self.works.year(record, "n.d.", "-", years), labelled_pages(locator)]
        prefix = "(" + secondary_prefix(quoting, "as cited in")
        named = self.works.label(record, _NAMING)
        if named or _is_whole(record):
            return prefix + joined(", ", [named or short_title(record).italic(), *parts]) + ")"
        # The comma after a title is placed within its quotation marks.
        return prefix + joined(" ", [in_marks(short_title(record), stop=","), joined(", ", parts)]) + ")"

    def rich_reference(self, record: CSLItem) -> Rich:
        """An entry of a list of references."""
        byline, date = stopped(_byline(record)), f"({self._date(record)})."
        title = stopped(joined(" ", [_title(record), _in_brackets(record)]))
        head: list[Text] = [byline, date, title] if byline else [title, date]
        parts: list[Text] = [*head, stopped(_place(record)), _address(record)]
        original = _years(date_of(record, "original-date"))
        return joined(" ", [*parts, f"(Original work published {original})" if original else ""])

    def quotation(self, words: str, citation: str) -> str:
        """In double quotation marks, or as a block from 40 words."""
        if count_words(words) >= _BLOCK_WORDS:
            return set_as_block(words, citation)
        return set_inline(words, citation)

    def _date(self, record: CSLItem) -> str:
        date = date_of(record)
        day = printed_days(date, _month_and_day) if kind_of(record) in {"periodical", "web"} else ""
        return ", ".join(filter(None, (self.works.year(record, "n.d.", "-", _years(date)), day)))


def _is_whole(record: CSLItem) -> bool:
    return kind_of(record) in {"book", "thesis", "web", "document"}


def _title(record: CSLItem) -> Rich:
    return title_of(record).italic() if _is_whole(record) else title_of(record)


def _years(date: Date) -> str:
    """``ca. 1540``, ``1931–1938`` or ``44 B.C.E.``."""
    years = printed_years(date).replace(" BCE", " B.C.E.")
    return f"ca. {years}" if date.circa else years


def _month_and_day(date: Date) -> str:
    if date.season:
        return SEASONS[date.season - 1].capitalize()
    return f"{MONTHS[date.month - 1]} {date.day or ''}".strip() if date.month else ""


def _inverted(name: Name) -> str:
    return name.inverted(name.initials())


def _direct(name: Name) -> str:
    return name.direct(name.initials())


def _byline(record: CSLItem) -> str:
    names, role = creators_of(record)
    written = [_inverted(name) for name in names]
    if len(written) > _MOST_LISTED:
        listed = f"{', '.join(written[: _MOST_LISTED - 1])}, . . . {written[-1]}"
    elif creators_are_cut(record):
        listed = f"{', '.join(written)}, et al."
    elif len(written) > 1:
        listed = f"{', '.join(written[:-1])}, & {written[-1]}"
    else:
        listed = "".join(written)
    return listed if role == "author" else f"{listed} ({_ROLES[role][len(names) > 1]})"


def _in_brackets(record: CSLItem) -> str:
    """What follows the title: editors, edition and volume of a book, genre and school of a thesis."""
    kind = kind_of(record)
    if kind == "thesis":
        genre = field(record, "genre") or "Thesis"
        # The school of an unpublished thesis follows as a publisher does.
        school = field(record, "publisher") if link_of(record) else ""
        return f"[{', '.join(filter(None, (genre, school)))}]"
    if kind == "chapter":
        translators = _helpers(record, "translator")
        return f"({translators})" if translators else ""
    if record.get("type") == "report":
        report = report_of(record, capitals=True)
        return f"({report})" if field(record, "number") else f"[{report}]" if report else ""
    if kind != "book":
        return ""
    facts = [*(_helpers(record, role) for role in _ROLES), _edition_and_volume(record)]
    inner = "; ".join(filter(None, facts))
    return f"({inner})" if inner else ""


def _edition_and_volume(record: CSLItem, pages: str = "") -> str:
    volume = field(record, "volume")
    return ", ".join(
        filter(None, (edition_of(record, "ed."), f"Vol. {volume}" if volume else "", labelled_pages(pages)))
    )


def _helpers(record: CSLItem, role: str) -> str:
    names = names_of(record, role)
    if not names or creators_of(record)[1] == role:
        return ""
    written = series_in(record, role, _direct, "&", serial_comma=True)
    return f"{written}, {_ROLES[role][len(names) > 1]}"


def _place(record: CSLItem) -> Rich:
    """Where the work appeared: its journal, book, site or publisher."""
    kind, container = kind_of(record), marked_up(field(record, "container-title")).italic()
    publisher = field(record, "publisher")
    if kind == "chapter":
        return _book_of_chapter(record, container, publisher)
    if kind in {"article", "periodical"}:
        issue, number = issue_of(record), article_number(record)
        numbers = rich(field(record, "volume"), italic=True) + (f"({issue})" if issue else "")
        pages = in_prose(full_range(field(record, "page")))
        return joined(", ", [container, numbers, pages or (f"Article {number}" if number else "")])
    if kind == "thesis":
        return rich("" if link_of(record) else publisher)
    authors = {name.family for name in creators_of(record)[0]}
    # The author is not repeated as site or publisher.
    places: list[Text] = [container.italic() if kind == "web" else "", publisher]
    return joined(". ", [place for place in places if rich(place).plain() not in authors])


def _book_of_chapter(record: CSLItem, container: Rich, publisher: str) -> Rich:
    editors = names_of(record, "editor")
    by = series_in(record, "editor", _direct, "&", serial_comma=True)
    role = f" ({_ROLES['editor'][len(editors) > 1]})" if editors else ""
    inner = _edition_and_volume(record, field(record, "page"))
    book = joined(" ", [joined(", ", [by + role, container]), f"({inner})" if inner else ""])
    return joined(". ", ["In " + book if book else "", publisher])


def _address(record: CSLItem) -> str:
    link = link_of(record)
    seen = date_of(record, "accessed")
    if link and seen.month and kind_of(record) == "web" and not date_of(record):
        return f"Retrieved {_month_and_day(seen)}, {seen.year}, from {link}"
    return link

"""Chicago Manual of Style, 18th edition: author and date, and notes with a bibliography."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assistant.citations.dates import (
    MONTHS,
    SEASONS,
    Date,
    date_of,
    printed_date,
    printed_days,
    printed_years,
)
from assistant.citations.disambiguation import Naming, by_initial
from assistant.citations.locators import chicago_range, in_prose
from assistant.citations.record import (
    Name,
    article_number,
    bylined,
    creators_are_cut,
    creators_of,
    edition_of,
    field,
    has_others,
    issue_of,
    kind_of,
    link_of,
    names_of,
    numbered_issue,
    report_of,
    series,
)
from assistant.citations.setting import (
    count_words,
    set_as_block,
    set_as_block_with_note,
    set_inline,
    set_with_note,
)
from assistant.citations.styles import Style, secondary_prefix
from assistant.citations.titles import in_marks, marked_up, short_title, stopped, title_of
from assistant.core.essay import CSLItem
from assistant.core.rich import Rich, Text, joined, rich

_NAMING = Naming(
    most=2,
    conjunction="and",
    serial_comma=True,
    et_al=rich("et al."),
    given_names=by_initial,
    adds_names=True,
)
_BLOCK_WORDS = 100
# Of more authors than six the first three are listed.
_MOST_LISTED, _FIRST_LISTED = 6, 3
_ROLES = {"editor": ("ed.", "eds."), "translator": ("trans.", "trans.")}


class ChicagoAuthorDate(Style):
    """Chicago 18: author, year and page in the text, a list of references at the end."""

    def rich_in_text(self, record: CSLItem, locator: str, *, quoting: str | None = None) -> Rich:
        """``(Gill 2014, 849–50)``; the title replaces a missing author."""
        named = self.works.label(record, _NAMING) or _periodical(record) or _short_form(record)
        original = _years(date_of(record, "original-date"))
        year = " ".join(filter(None, (f"[{original}]" if original else "", self._year(record))))
        # Without the comma "n.d." would be taken for a part of the name.
        cited = joined(" " if date_of(record) else ", ", [named, year])
        prefix = "(" + secondary_prefix(quoting, "quoted in")
        return prefix + joined(", ", [cited, _pages(locator)]) + ")"

    def rich_reference(self, record: CSLItem) -> Rich:
        """An entry of a list of references."""
        byline, title = stopped(_byline(record) or _periodical(record)), _titled(record, stop=".")
        original = _years(date_of(record, "original-date"))
        date = stopped(" ".join(filter(None, (f"({original})" if original else "", self._year(record)))))
        head: list[Text] = [byline, date, title] if byline else [title, date]
        return joined(" ", [*head, _facts(record), stopped(link_of(record))])

    def quotation(self, words: str, citation: str) -> str:
        """In double quotation marks, or as a block from 100 words."""
        if count_words(words) >= _BLOCK_WORDS:
            return set_as_block(words, citation)
        return set_inline(words, citation)

    def _year(self, record: CSLItem) -> str:
        return self.works.year(record, "n.d.", "-", _years(date_of(record)))


class ChicagoNotes(Style):
    """Chicago 18: a full note at the first citation of a work, then short notes; a bibliography."""

    def rich_in_text(self, record: CSLItem, locator: str, *, quoting: str | None = None) -> Rich:
        """The full note, without its number."""
        facts = _note_facts(record, _pages(locator))
        title = _titled(record, stop="" if facts.plain().startswith("(") else "," if facts else ".")
        return _note(quoting, joined(" ", [joined(", ", [_note_names(record), title]), facts]))

    def rich_again(self, record: CSLItem, locator: str, *, quoting: str | None = None) -> Rich:
        """The short note, such as ``Gill, “Written on the Face,” 849–50.``."""
        pages = _in_volume(record, _pages(locator))
        title = _short_form(record, stop="," if pages else ".")
        named = self.works.label(record, _NAMING)
        return _note(quoting, joined(" ", [joined(", ", [named, title]), pages]))

    def rich_reference(self, record: CSLItem) -> Rich:
        """An entry of a bibliography."""
        byline = stopped(_byline(record) or _periodical(record))
        parts = [byline, _titled(record, stop="."), _bibliography_facts(record)]
        return joined(" ", [*parts, stopped(link_of(record))])

    def quotation(self, words: str, citation: str) -> str:
        """In double quotation marks, or as a block from 100 words, with the note's number and the note."""
        if count_words(words) >= _BLOCK_WORDS:
            return set_as_block_with_note(words, citation)
        return set_with_note(words, citation)


def _pages(pages: str) -> str:
    return in_prose(chicago_range(pages))


def _in_volume(record: CSLItem, pages: str) -> str:
    """Pages of a book after the number of its volume: ``3:17``."""
    volume = field(record, "volume") if kind_of(record) in {"book", "chapter"} else ""
    return f"{volume}:{pages}" if volume and pages else pages


def _short_form(record: CSLItem, *, stop: str = "") -> Rich:
    """The short title in italics or quotation marks, followed by the stop."""
    short = short_title(record, article=False)
    return stopped(short.italic(), stop) if kind_of(record) == "book" else in_marks(short, stop=stop)


def _titled(record: CSLItem, *, stop: str) -> Rich:
    """The title in italics or quotation marks, followed by the stop."""
    title = title_of(record)
    return stopped(title.italic(), stop) if kind_of(record) == "book" else in_marks(title, stop=stop)


def _byline(record: CSLItem) -> str:
    """Authors or editors of a list entry, the first inverted."""
    names, role = creators_of(record)
    if not names:
        return ""
    if len(names) > _MOST_LISTED or creators_are_cut(record):
        listed = ", ".join([names[0].inverted(), *(name.direct() for name in names[1:_FIRST_LISTED])])
        return _with_role(f"{listed}, et al.", role, len(names))
    return _with_role(bylined(names, Name.inverted, "and", comma_of_two=True), role, len(names))


def _note_names(record: CSLItem) -> str:
    names, role = creators_of(record)
    if not names:
        return ""
    written = [name.direct() for name in names]
    cut = len(written) > 2 or creators_are_cut(record)
    listed = f"{written[0]} et al." if cut else " and ".join(written)
    return _with_role(listed, role, len(names))


def _with_role(names: str, role: str, count: int) -> str:
    return names if role == "author" else f"{names}, {_ROLES[role][count > 1]}"


def _periodical(record: CSLItem) -> Rich:
    """The newspaper, magazine or site of an unsigned article, which replaces the author."""
    kind = kind_of(record)
    if kind not in {"periodical", "web"} or creators_of(record)[0]:
        return Rich()
    container = marked_up(field(record, "container-title"))
    return container.italic() if kind == "periodical" else container


def _years(date: Date) -> str:
    """``1931–38``; an uncertain year is in brackets: ``[1540?]``."""
    years = printed_years(date, chicago_range)
    return f"[{years}?]" if date.circa else years


def _helpers(record: CSLItem, editor: str, translator: str, *, most: int = 100) -> list[str]:
    """Editors and translators whom the byline does not name, each after the verb of the role.

    Of more than ``most`` in a role only the first is named.
    """
    byline_role = creators_of(record)[1]

    def listed(names: Sequence[Name], role: str) -> str:
        if len(names) > most or has_others(record, role):
            return f"{names[0].direct()} et al."
        return series([name.direct() for name in names], "and", serial_comma=True)

    return [
        f"{verb} {listed(names, role)}"
        for role, verb in (("editor", editor), ("translator", translator))
        if (names := names_of(record, role)) and role != byline_role
    ]


def _book_of_chapter(record: CSLItem, helpers: Sequence[str], volume: str) -> Rich:
    """The book that contains a chapter: title, edition, editors and volume."""
    container = marked_up(field(record, "container-title")).italic()
    return joined(", ", [container, edition_of(record, "ed."), *helpers, f"vol. {volume}" if volume else ""])


def _day(date: Date) -> str:
    """``December 5``, ``December`` or ``Fall``."""
    if date.season:
        return SEASONS[date.season - 1].capitalize()
    return f"{MONTHS[date.month - 1]} {date.day or ''}".strip() if date.month else ""


def _book_facts(record: CSLItem) -> list[Text]:
    """Edition, volume, editors and translators of a book, each a sentence."""
    volume = field(record, "volume")
    parts = [
        edition_of(record, "ed."),
        report_of(record, capitals=True),
        *_helpers(record, "Edited by", "Translated by"),
        f"Vol. {volume}" if volume else "",
    ]
    return [stopped(part) for part in parts if part]


def _thesis(record: CSLItem) -> str:
    """``PhD diss., University of Chicago``."""
    genre = field(record, "genre") or "thesis"
    genre = genre.replace("dissertation", "diss.")
    return ", ".join(filter(None, (genre, field(record, "publisher"))))


def _site(record: CSLItem) -> list[Rich]:
    """Title and owner of a site, without a name that is already the author's."""
    authors = {name.family for name in creators_of(record)[0]}
    names = [field(record, "container-title"), field(record, "publisher")]
    return [marked_up(name) for name in dict.fromkeys(names) if name and name not in authors]


def _accessed(record: CSLItem, word: str) -> str:
    """When a web page without a date of its own was seen."""
    seen = date_of(record, "accessed")
    return f"{word} {_day(seen)}, {seen.year}" if seen.month and not date_of(record) else ""


def _facts(record: CSLItem) -> Rich:
    """What an entry of author and date has between title and address."""
    kind, publisher = kind_of(record), field(record, "publisher")
    if kind == "article":
        return stopped(_journal(record))
    if kind == "periodical":
        container = marked_up(field(record, "container-title")).italic()
        day = printed_days(date_of(record), _day)
        return stopped(joined(", ", ["" if _periodical(record) else container, day]))
    if kind == "chapter":
        return _in_book(record, publisher)
    if kind == "book":
        return joined(" ", [*_book_facts(record), stopped(publisher)])
    if kind == "web":
        day = printed_days(date_of(record), _day)
        return _of_site(record, day, _accessed(record, "Accessed"))
    return stopped(_thesis(record) if kind == "thesis" else publisher)


def _in_book(record: CSLItem, imprint: str) -> Rich:
    book = _book_of_chapter(record, _helpers(record, "edited by", "translated by"), field(record, "volume"))
    return joined(" ", [stopped("In " + book) if book else "", stopped(imprint)])


def _journal(record: CSLItem) -> Rich:
    """``Journal 60 (4): 844–62``; without an issue ``60:844–62``, without a volume ``, no. 4: 844–62``."""
    volume, issue = field(record, "volume"), issue_of(record)
    pages = _pages(field(record, "page")) or article_number(record)
    month = printed_days(date_of(record), _month)
    name = marked_up(field(record, "container-title")).italic()
    if not volume:
        when = f"({month})" if issue and month else month
        numbered = joined(", ", [name, joined(" ", [numbered_issue(record), when])])
        return joined(": " if issue else ", ", [numbered, pages])
    if number := issue or month:
        return joined(": ", [joined(" ", [name, volume, f"({number})"]), pages])
    return joined(":", [joined(" ", [name, volume]), pages])


def _note(quoting: str | None, note: Rich) -> Rich:
    # A note is a sentence.
    return stopped(secondary_prefix(quoting, "quoted in" if quoting else "Quoted in") + note)


def _imprint(record: CSLItem) -> str:
    """``(Publisher, 1984)``, without what the record lacks."""
    inner = _publication(record)
    return f"({inner})" if inner else ""


def _publication(record: CSLItem) -> str:
    """``1651; Verso, 1985``, or ``Verso, n.d.``."""
    kind = kind_of(record)
    publisher = _thesis(record) if kind == "thesis" else field(record, "publisher")
    years = _years(date_of(record)) or ("n.d." if publisher or kind == "chapter" else "")
    original = _years(date_of(record, "original-date"))
    return "; ".join(filter(None, (original, ", ".join(filter(None, (publisher, years))))))


def _note_facts(record: CSLItem, pages: str) -> Rich:
    """What a full note has after the title."""
    kind, link = kind_of(record), link_of(record)
    if kind == "article":
        number = article_number(record)
        cited = ", ".join(filter(None, (pages or _pages(field(record, "page")), number)))
        return joined(", ", [joined(": ", [_note_journal(record), cited]), link])
    if kind == "periodical":
        return joined(", ", [*_place_and_day(record), pages, link])
    if kind == "web":
        site, when = _place_and_day(record)
        return joined(", ", [site, *((when, pages) if date_of(record) else (pages, when)), link])
    volume, cited = field(record, "volume"), _in_volume(record, pages)
    helpers = _helpers(record, "ed.", "trans.", most=2)
    if kind == "chapter":
        book = _book_of_chapter(record, helpers, "" if pages else volume)
        return joined(", ", [joined(" ", ["in " + book if book else "", _imprint(record)]), cited, link])
    facts = rich(_imprint(record))
    if kind == "book":
        edition = [edition_of(record, "ed."), *helpers, report_of(record)]
        edition += [f"vol. {volume}"] if volume and not pages else []
        facts = joined(" ", [joined(", ", edition), facts])
    return joined(", ", [facts, cited, link])


def _note_journal(record: CSLItem) -> Rich:
    """``Journal 60, no. 4 (2014)``; the month too if volume or issue is missing."""
    volume, issue, date = field(record, "volume"), numbered_issue(record), date_of(record)
    name = joined(" ", [marked_up(field(record, "container-title")).italic(), volume])
    when = _years(date) if issue and volume else printed_date(date, _month, _years(date))
    return joined(" ", [joined(", ", [name, issue]), f"({when or 'n.d.'})"])


def _month(date: Date) -> str:
    return _day(replace(date, day=0))


def _of_site(record: CSLItem, when: str, accessed: str) -> Rich:
    """Site and date of a web page: ``Lamps Online, December 2.``."""
    site = joined(". ", [name for name in _site(record) if name != _periodical(record)])
    return joined(" ", [stopped(joined(", ", [site, when])), stopped("" if when else accessed)])


def _place_and_day(record: CSLItem) -> tuple[Text, str]:
    date = date_of(record)
    day = f"{printed_days(date, _day)}{',' if date.day else ''}"
    when = f"{day} {_years(date)}".strip()
    if kind_of(record) == "web":
        # Notes print the names of a site without italics.
        site = joined(", ", [part for name in _site(record) for part in name.plain().split(". ") if part])
        return site, when or _accessed(record, "accessed")
    return marked_up(field(record, "container-title")).italic(), when


def _bibliography_facts(record: CSLItem) -> Rich:
    """What an entry of a bibliography has after the title."""
    kind = kind_of(record)
    if kind == "article":
        pages = _pages(field(record, "page")) or article_number(record)
        return stopped(joined(": ", [_note_journal(record), pages]))
    if kind in {"periodical", "web"}:
        place, when = _place_and_day(record)
        if kind == "periodical":
            return stopped(joined(", ", ["" if _periodical(record) else place, when]))
        return _of_site(record, when if date_of(record) else "", _accessed(record, "Accessed"))
    imprint = _publication(record)
    if kind == "chapter":
        return _in_book(record, imprint)
    return joined(" ", [*(_book_facts(record) if kind == "book" else ()), stopped(imprint)])

"""Chicago Manual of Style, 18th edition: author and date, and notes with a bibliography."""

from __future__ import annotations

from assistant.citations.dates import MONTHS, Date, date_of
from assistant.citations.disambiguation import Naming, by_initial
from assistant.citations.locators import chicago_range, in_prose
from assistant.citations.record import (
    Name,
    bylined,
    creators_are_cut,
    creators_of,
    edition_of,
    field,
    kind_of,
    link_of,
    names_of,
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
        named = self.works.label(record, _NAMING) or _short_form(record)
        year = self.works.year(record, "n.d.", "-")
        # Without the comma "n.d." would be taken for a part of the name.
        cited = joined(" " if date_of(record) else ", ", [named, year])
        prefix = "(" + secondary_prefix(quoting, "quoted in")
        return prefix + joined(", ", [cited, _pages(locator)]) + ")"

    def rich_reference(self, record: CSLItem) -> Rich:
        """An entry of a list of references."""
        byline, title = stopped(_byline(record)), _titled(record, stop=".")
        date = stopped(self.works.year(record, "n.d.", "-"))
        head: list[Text] = [byline, date, title] if byline else [title, date]
        return joined(" ", [*head, _facts(record), stopped(link_of(record))])

    def quotation(self, words: str, citation: str) -> str:
        """In double quotation marks, or as a block from 100 words."""
        if count_words(words) >= _BLOCK_WORDS:
            return set_as_block(words, citation)
        return set_inline(words, citation)


class ChicagoNotes(Style):
    """Chicago 18: a full note at the first citation of a work, then short notes; a bibliography."""

    def rich_in_text(self, record: CSLItem, locator: str, *, quoting: str | None = None) -> Rich:
        """The full note, without its number."""
        facts = _note_facts(record, _pages(locator))
        title = _titled(record, stop="" if _opens_bracket(record) else "," if facts else ".")
        return _note(quoting, joined(" ", [joined(", ", [_note_names(record), title]), facts]))

    def rich_again(self, record: CSLItem, locator: str, *, quoting: str | None = None) -> Rich:
        """The short note, such as ``Gill, “Written on the Face,” 849–50.``."""
        pages = _pages(locator)
        title = _short_form(record, stop="," if pages else ".")
        named = self.works.label(record, _NAMING)
        return _note(quoting, joined(" ", [joined(", ", [named, title]), pages]))

    def rich_reference(self, record: CSLItem) -> Rich:
        """An entry of a bibliography."""
        parts = [stopped(_byline(record)), _titled(record, stop="."), _bibliography_facts(record)]
        return joined(" ", [*parts, stopped(link_of(record))])

    def quotation(self, words: str, citation: str) -> str:
        """In double quotation marks, or as a block from 100 words, with the note's number and the note."""
        if count_words(words) >= _BLOCK_WORDS:
            return set_as_block_with_note(words, citation)
        return set_with_note(words, citation)


def _pages(pages: str) -> str:
    return in_prose(chicago_range(pages))


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


def _helpers(record: CSLItem, editor: str, translator: str) -> list[str]:
    """Editors and translators whom the byline does not name, each after the verb of the role."""
    byline_role = creators_of(record)[1]
    return [
        f"{verb} {series([name.direct() for name in names], 'and', serial_comma=True)}"
        for role, verb in (("editor", editor), ("translator", translator))
        if (names := names_of(record, role)) and role != byline_role
    ]


def _book_of_chapter(record: CSLItem, editor: str, translator: str) -> Rich:
    """The book that contains a chapter: title, edition, volume and editors."""
    volume = field(record, "volume")
    return joined(
        ", ",
        [
            marked_up(field(record, "container-title")).italic(),
            edition_of(record, "ed."),
            f"vol. {volume}" if volume else "",
            *_helpers(record, editor, translator),
        ],
    )


def _day(date: Date) -> str:
    """``December 5`` or ``December``."""
    return f"{MONTHS[date.month - 1]} {date.day or ''}".strip() if date.month else ""


def _book_facts(record: CSLItem) -> list[Text]:
    """Edition, volume, editors and translators of a book, each a sentence."""
    volume = field(record, "volume")
    parts = [
        edition_of(record, "ed."),
        f"Vol. {volume}" if volume else "",
        *_helpers(record, "Edited by", "Translated by"),
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
        return stopped(joined(", ", [container, _day(date_of(record))]))
    if kind == "chapter":
        return _in_book(record, publisher)
    if kind == "book":
        return joined(" ", [*_book_facts(record), stopped(publisher)])
    if kind == "web":
        day = _day(date_of(record)) or _accessed(record, "Accessed")
        return joined(" ", [stopped(joined(". ", _site(record))), stopped(day)])
    return stopped(_thesis(record) if kind == "thesis" else publisher)


def _in_book(record: CSLItem, imprint: str) -> Rich:
    book = _book_of_chapter(record, "edited by", "translated by")
    return joined(" ", [stopped("In " + book) if book else "", stopped(imprint)])


def _journal(record: CSLItem) -> Rich:
    """``Journal 60 (4): 844–62``; without an issue ``60:844–62``, without a volume ``, no. 4``."""
    volume, issue = field(record, "volume"), field(record, "issue")
    pages, month = _pages(field(record, "page")), _day(Date(month=date_of(record).month))
    name = marked_up(field(record, "container-title")).italic()
    if not volume:
        return joined(", ", [name, f"no. {issue}" if issue else month, pages])
    if number := issue or month:
        return joined(": ", [joined(" ", [name, volume, f"({number})"]), pages])
    return joined(":", [joined(" ", [name, volume]), pages])


def _note(quoting: str | None, note: Rich) -> Rich:
    # A note is a sentence.
    return stopped(secondary_prefix(quoting, "quoted in" if quoting else "Quoted in") + note)


def _opens_bracket(record: CSLItem) -> bool:
    """Whether facts in brackets follow the title, which then needs no comma."""
    kind = kind_of(record)
    if kind == "book":
        return not (_helpers(record, "", "") or edition_of(record, "")) and bool(_imprint(record))
    return kind == "thesis" or (kind == "document" and bool(_imprint(record)))


def _imprint(record: CSLItem) -> str:
    """``(Publisher, 1984)``, without what the record lacks."""
    publisher = _thesis(record) if kind_of(record) == "thesis" else field(record, "publisher")
    inner = ", ".join(filter(None, (publisher, date_of(record).year)))
    return f"({inner})" if inner else ""


def _note_facts(record: CSLItem, pages: str) -> Rich:
    """What a full note has after the title."""
    kind, link = kind_of(record), link_of(record)
    if kind == "article":
        return joined(", ", [joined(": ", [_note_journal(record), pages]), link])
    if kind in {"periodical", "web"}:
        return joined(", ", [*_place_and_day(record), pages, link])
    if kind == "chapter":
        book = _book_of_chapter(record, "ed.", "trans.")
        return joined(", ", [joined(" ", ["in " + book if book else "", _imprint(record)]), pages, link])
    facts = rich(_imprint(record))
    if kind == "book":
        volume = field(record, "volume")
        edition = [edition_of(record, "ed."), *_helpers(record, "ed.", "trans.")]
        facts = joined(" ", [joined(", ", edition), facts])
        facts = joined(", ", [facts, f"vol. {volume}" if volume else ""])
    return joined(", ", [facts, pages, link])


def _note_journal(record: CSLItem) -> Rich:
    """``Journal 60, no. 4 (2014)``; the month if there is no issue."""
    volume, issue, date = field(record, "volume"), field(record, "issue"), date_of(record)
    name = joined(" ", [marked_up(field(record, "container-title")).italic(), volume])
    when = date.year if issue else f"{_day(Date(month=date.month))} {date.year}".strip()
    return joined(" ", [joined(", ", [name, f"no. {issue}" if issue else ""]), f"({when})" if when else ""])


def _place_and_day(record: CSLItem) -> list[Text]:
    date = date_of(record)
    when = f"{_day(date)}{',' if date.day else ''} {date.year}".strip()
    if kind_of(record) == "web":
        # Notes print the names of a site without italics.
        site = joined(", ", [part for name in _site(record) for part in name.plain().split(". ") if part])
        return [site, when or _accessed(record, "accessed")]
    return [marked_up(field(record, "container-title")).italic(), when]


def _bibliography_facts(record: CSLItem) -> Rich:
    """What an entry of a bibliography has after the title."""
    kind, year = kind_of(record), date_of(record).year
    imprint = ", ".join(filter(None, (field(record, "publisher"), year)))
    if kind == "article":
        return stopped(joined(": ", [_note_journal(record), _pages(field(record, "page"))]))
    if kind in {"periodical", "web"}:
        place, when = _place_and_day(record)
        if kind == "periodical":
            return stopped(joined(", ", [place, when]))
        seen = when if date_of(record) else _accessed(record, "Accessed")
        return joined(" ", [stopped(joined(". ", _site(record))), stopped(seen)])
    if kind == "chapter":
        return _in_book(record, imprint)
    if kind == "thesis":
        return stopped(", ".join(filter(None, (_thesis(record), year))))
    return joined(" ", [*(_book_facts(record) if kind == "book" else ()), stopped(imprint)])

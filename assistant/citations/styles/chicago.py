"""Chicago Manual of Style, 18th edition: author and date; and what its notes share with it."""

from __future__ import annotations

from assistant.citations.disambiguation import Naming, by_initial
from assistant.citations.locators import chicago_range, in_prose
from assistant.citations.names import Name, bylined, creators_of, names_of, series
from assistant.citations.record import MONTHS, Date, date_of, edition_of, field, link_of, work_of
from assistant.citations.setting import count_words, set_as_block, set_inline
from assistant.citations.styles.base import Style, relayed
from assistant.citations.titles import in_marks, marked_up, short_title, stopped, title_of
from assistant.core.essay import CSLItem
from assistant.core.rich import Rich, Text, joined, rich

NAMING = Naming(2, "and", serial_comma=True, et_al=rich("et al."), told_apart=by_initial, adds_names=True)
BLOCK_WORDS = 100
# Of more authors than six the first three are listed.
_MOST_LISTED, _FIRST_LISTED = 6, 3


class ChicagoAuthorDate(Style):
    """Chicago 18: author, year and page in the text, a list of references at the end."""

    def rich_in_text(self, record: CSLItem, locator: str, *, quoting: str | None = None) -> Rich:
        """``(Gill 2014, 849–50)``; without an author the title stands in its place."""
        named = self.works.label(record, NAMING) or short_form(record)
        year = self.works.year(record, "n.d.", "-")
        # Without the comma "n.d." would be taken for a part of the name.
        cited = joined(" " if date_of(record) else ", ", [named, year])
        before = "(" + relayed(quoting, "quoted in")
        return before + joined(", ", [cited, pages_of_chicago(locator)]) + ")"

    def rich_reference(self, record: CSLItem) -> Rich:
        """An entry of a list of references."""
        byline, title = stopped(byline_of(record)), titled(record, stop=".")
        date = stopped(self.works.year(record, "n.d.", "-"))
        head: list[Text] = [byline, date, title] if byline else [title, date]
        return joined(" ", [*head, _facts(record), stopped(link_of(record))])

    def quotation(self, words: str, citation: str) -> str:
        """In double quotation marks, or as a block from 100 words."""
        if count_words(words) >= BLOCK_WORDS:
            return set_as_block(words, citation)
        return set_inline(words, citation)


def pages_of_chicago(pages: str) -> str:
    """Pages of a locator or a record, ranges shortened as Chicago does."""
    return in_prose(chicago_range(pages))


def short_form(record: CSLItem, *, stop: str = "") -> Rich:
    """The short title with a stop behind it, in italics or marks."""
    short = short_title(record, article=False)
    return stopped(short.italic(), stop) if work_of(record) == "book" else in_marks(short, stop=stop)


def titled(record: CSLItem, *, stop: str) -> Rich:
    """The title with the stop behind it, in italics or marks.

    Args:
        record: The record.
        stop: Full stop, comma, or the empty string.
    """
    title = title_of(record)
    if work_of(record) == "book":
        return stopped(title.italic(), stop)
    return in_marks(title, stop=stop)


def byline_of(record: CSLItem) -> str:
    """Authors or editors of a list entry, the first inverted."""
    names, role = creators_of(record)
    if not names:
        return ""
    if len(names) > _MOST_LISTED:
        made = (
            f"{', '.join([names[0].inverted(), *(one.direct() for one in names[1:_FIRST_LISTED])])}, et al."
        )
    else:
        made = bylined(names, Name.inverted, "and", comma_of_two=True)
    marks = {"editor": ("ed.", "eds."), "translator": ("trans.", "trans.")}
    return made if role == "author" else f"{made}, {marks[role][len(names) > 1]}"


def helpers_of(record: CSLItem, editor: str, translator: str) -> list[str]:
    """Editors and translators by whom the work does not go, each behind its verb."""
    role_of_work = creators_of(record)[1]
    return [
        f"{verb} {series([name.direct() for name in names], 'and', serial_comma=True)}"
        for role, verb in (("editor", editor), ("translator", translator))
        if (names := names_of(record, role)) and role != role_of_work
    ]


def book_of_chapter(record: CSLItem, editor: str, translator: str) -> Rich:
    """The book that a chapter stands in: title, volume, edition and editors."""
    volume = field(record, "volume")
    return joined(
        ", ",
        [
            marked_up(field(record, "container-title")).italic(),
            edition_of(record, "ed."),
            f"vol. {volume}" if volume else "",
            *helpers_of(record, editor, translator),
        ],
    )


def day_of(date: Date) -> str:
    """``December 5`` or ``December``."""
    return f"{MONTHS[date.month - 1]} {date.day or ''}".strip() if date.month else ""


def facts_of_book(record: CSLItem) -> list[Text]:
    """Edition, editors and translators of a book, each a sentence."""
    volume = field(record, "volume")
    parts = [
        edition_of(record, "ed."),
        f"Vol. {volume}" if volume else "",
        *helpers_of(record, "Edited by", "Translated by"),
    ]
    return [stopped(part) for part in parts if part]


def thesis_of(record: CSLItem) -> str:
    """``PhD diss., University of Chicago``."""
    genre = field(record, "genre") or "thesis"
    genre = genre.replace("dissertation", "diss.")
    return ", ".join(filter(None, (genre, field(record, "publisher"))))


def site_of(record: CSLItem) -> Rich:
    """Title of a site and who keeps it, if that is not its author."""
    own = {name.family for name in creators_of(record)[0]}
    names = [field(record, "container-title"), field(record, "publisher")]
    return joined(". ", [marked_up(name) for name in dict.fromkeys(names) if name and name not in own])


def seen_on(record: CSLItem, word: str) -> str:
    """When a page of the web was seen, where it has no date of its own."""
    seen = date_of(record, "accessed")
    return f"{word} {day_of(seen)}, {seen.year}" if seen.month and not date_of(record) else ""


def _facts(record: CSLItem) -> Rich:
    """What stands between title and address."""
    kind, publisher = work_of(record), field(record, "publisher")
    if kind == "article":
        return stopped(_journal(record))
    if kind == "periodical":
        container = marked_up(field(record, "container-title")).italic()
        return stopped(joined(", ", [container, day_of(date_of(record))]))
    if kind == "chapter":
        book = book_of_chapter(record, "edited by", "translated by")
        return joined(" ", [stopped("In " + book) if book else "", stopped(publisher)])
    if kind == "book":
        return joined(" ", [*facts_of_book(record), stopped(publisher)])
    if kind == "web":
        day = day_of(date_of(record)) or seen_on(record, "Accessed")
        return joined(" ", [stopped(site_of(record)), stopped(day)])
    made = thesis_of(record) if kind == "thesis" else publisher
    return stopped(made)


def _journal(record: CSLItem) -> Rich:
    """``Journal 60 (4): 844–62``; without an issue ``60:844–62``, without a volume ``, no. 4``."""
    volume, issue = field(record, "volume"), field(record, "issue")
    pages, month = pages_of_chicago(field(record, "page")), day_of(Date("", date_of(record).month))
    made = marked_up(field(record, "container-title")).italic()
    if not volume:
        return joined(", ", [made, f"no. {issue}" if issue else month, pages])
    inner = issue or month
    if inner:
        return joined(": ", [joined(" ", [made, volume, f"({inner})"]), pages])
    return joined(":", [joined(" ", [made, volume]), pages])

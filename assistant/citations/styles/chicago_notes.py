"""Chicago Manual of Style, 18th edition: notes and bibliography."""

from __future__ import annotations

from assistant.citations.names import creators_of
from assistant.citations.record import Date, date_of, edition_of, field, link_of, work_of
from assistant.citations.setting import count_words, set_as_block_with_note, set_with_note
from assistant.citations.styles.base import Style, relayed
from assistant.citations.styles.chicago import (
    BLOCK_WORDS,
    NAMING,
    book_of_chapter,
    byline_of,
    day_of,
    facts_of_book,
    helpers_of,
    pages_of_chicago,
    seen_on,
    short_form,
    site_of,
    thesis_of,
    titled,
)
from assistant.citations.titles import marked_up, stopped
from assistant.core.essay import CSLItem
from assistant.core.rich import Rich, Text, joined, rich


class ChicagoNotes(Style):
    """Chicago 18: a full note where a work is first cited, then short ones; a bibliography."""

    def rich_in_text(self, record: CSLItem, locator: str, *, quoting: str | None = None) -> Rich:
        """The full note, without its number."""
        facts = _facts(record, pages_of_chicago(locator))
        title = titled(record, stop="" if _opens_bracket(record) else "," if facts else ".")
        return _noted(quoting, joined(" ", [joined(", ", [_noted_names(record), title]), facts]))

    def rich_again(self, record: CSLItem, locator: str, *, quoting: str | None = None) -> Rich:
        """The short note, such as ``Gill, “Written on the Face,” 849–50.``."""
        pages = pages_of_chicago(locator)
        title = short_form(record, stop="," if pages else ".")
        named = self.works.label(record, NAMING)
        return _noted(quoting, joined(" ", [joined(", ", [named, title]), pages]))

    def rich_reference(self, record: CSLItem) -> Rich:
        """An entry of a bibliography."""
        parts = [stopped(byline_of(record)), titled(record, stop="."), _listed(record)]
        return joined(" ", [*parts, stopped(link_of(record))])

    def quotation(self, words: str, citation: str) -> str:
        """In double quotation marks, or as a block from 100 words; a note's call behind, the note below."""
        if count_words(words) >= BLOCK_WORDS:
            return set_as_block_with_note(words, citation)
        return set_with_note(words, citation)


def _noted(quoting: str | None, note: Rich) -> Rich:
    # A note is a sentence.
    before = relayed(quoting, "quoted in" if quoting else "Quoted in")
    return stopped(before + note)


def _noted_names(record: CSLItem) -> str:
    names, role = creators_of(record)
    if not names:
        return ""
    written = [name.direct() for name in names]
    made = f"{written[0]} et al." if len(written) > 2 else " and ".join(written)
    marks = {"editor": ("ed.", "eds."), "translator": ("trans.", "trans.")}
    return made if role == "author" else f"{made}, {marks[role][len(names) > 1]}"


def _opens_bracket(record: CSLItem) -> bool:
    """Whether facts in brackets follow the title, which then needs no comma."""
    kind = work_of(record)
    if kind == "book":
        return not (helpers_of(record, "", "") or edition_of(record, "")) and bool(_imprint(record))
    return kind == "thesis" or (kind == "document" and bool(_imprint(record)))


def _imprint(record: CSLItem) -> str:
    """``(Publisher, 1984)`` with what there is of it."""
    kind = work_of(record)
    maker = thesis_of(record) if kind == "thesis" else field(record, "publisher")
    inner = ", ".join(filter(None, (maker, date_of(record).year)))
    return f"({inner})" if inner else ""


def _facts(record: CSLItem, pages: str) -> Rich:
    """What stands behind the title in a full note."""
    kind, link = work_of(record), link_of(record)
    if kind == "article":
        return joined(", ", [joined(": ", [_journal(record), pages]), link])
    if kind in {"periodical", "web"}:
        return joined(", ", [*_place_and_day(record), pages, link])
    if kind == "chapter":
        book = book_of_chapter(record, "ed.", "trans.")
        return joined(", ", [joined(" ", ["in " + book if book else "", _imprint(record)]), pages, link])
    made = rich(_imprint(record))
    if kind == "book":
        volume = field(record, "volume")
        before = [edition_of(record, "ed."), *helpers_of(record, "ed.", "trans.")]
        made = joined(" ", [joined(", ", before), made])
        made = joined(", ", [made, f"vol. {volume}" if volume else ""])
    return joined(", ", [made, pages, link])


def _journal(record: CSLItem) -> Rich:
    """``Journal 60, no. 4 (2014)``; the month where there is no issue."""
    volume, issue, date = field(record, "volume"), field(record, "issue"), date_of(record)
    name = joined(" ", [marked_up(field(record, "container-title")).italic(), volume])
    when = date.year if issue else f"{day_of(Date('', date.month))} {date.year}".strip()
    return joined(" ", [joined(", ", [name, f"no. {issue}" if issue else ""]), f"({when})" if when else ""])


def _place_and_day(record: CSLItem) -> list[Text]:
    date = date_of(record)
    day = day_of(date)
    when = f"{day}{',' if date.day else ''} {date.year}".strip()
    if work_of(record) == "web":
        site = joined(", ", [one for one in site_of(record).plain().split(". ") if one])
        return [site, when or seen_on(record, "accessed")]
    return [marked_up(field(record, "container-title")).italic(), when]


def _listed(record: CSLItem) -> Rich:
    """What stands behind the title in a bibliography."""
    kind, year = work_of(record), date_of(record).year
    imprint = ", ".join(filter(None, (field(record, "publisher"), year)))
    if kind == "article":
        return stopped(joined(": ", [_journal(record), pages_of_chicago(field(record, "page"))]))
    if kind in {"periodical", "web"}:
        place, when = _place_and_day(record)
        if kind == "periodical":
            return stopped(joined(", ", [place, when]))
        seen = when if date_of(record) else seen_on(record, "Accessed")
        return joined(" ", [stopped(site_of(record)), stopped(seen)])
    if kind == "chapter":
        book = book_of_chapter(record, "edited by", "translated by")
        return joined(" ", [stopped("In " + book) if book else "", stopped(imprint)])
    if kind == "thesis":
        return stopped(", ".join(filter(None, (thesis_of(record), year))))
    return joined(" ", [*(facts_of_book(record) if kind == "book" else ()), stopped(imprint)])

"""The pages of a Word document as Word last laid them out, and the numbers of its notes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import roman

from assistant.documents.page_breaks import UNSURE, are_whole, lengths_of
from assistant.documents.word_styles import W, WordStyles, number_of

if TYPE_CHECKING:
    from lxml.etree import _Element

    from assistant.documents.document import ProseWriter

RENDERED, _BREAK = f"{W}lastRenderedPageBreak", f"{W}br"
BREAKS = frozenset({RENDERED, _BREAK})
_SYMBOLS = "*†‡§"
_REFERENCES = f"{W}footnoteReference", f"{W}endnoteReference"
_ON = frozenset({"1", "true", "on"})


def page_breaks(body: _Element, styles: WordStyles) -> dict[_Element, str]:
    """What begins a page: breaks by their element, paragraphs that begin one, sections by their paragraph.

    Word marks where it broke pages when it last laid the text out. Where it marked none, only the breaks
    that the writer made are known.
    """
    found: dict[_Element, str] = {each: "rendered" for each in body.iter(RENDERED) if not _is_deleted(each)}
    if found:
        return found
    for element in body.iter(_BREAK, f"{W}p"):
        if element.tag == _BREAK:
            if element.get(f"{W}type") == "page" and not _is_deleted(element):
                found[element] = "made"
        elif _begins_page(element, styles):
            found[element] = "before"
    return found


def _is_deleted(element: _Element) -> bool:
    return any(True for _ in element.iterancestors(f"{W}del", f"{W}moveFrom"))


def _begins_page(paragraph: _Element, styles: WordStyles) -> bool:
    own = paragraph.find(f"{W}pPr/{W}pageBreakBefore")
    declared = [own] if own is not None else []
    declared += [
        each
        for style in styles.of_paragraph(paragraph)
        if (each := style.find(f"{W}pPr/{W}pageBreakBefore")) is not None
    ]
    return bool(declared) and declared[0].get(f"{W}val", "1") in _ON


class PageCounter:
    """Counts the pages while a document is written.

    Args:
        body: The document's body.
        breaks: What begins a page, as ``page_breaks`` gives it.
    """

    def __init__(self, body: _Element, breaks: dict[_Element, str]) -> None:
        self._breaks = breaks
        self._is_rendered = "rendered" in breaks.values()
        self._sections = list(_sections(body))
        self._section = 0
        self._number, self._format = 1, "decimal"
        self._begun = self._section_begins = self._pending = False
        self._starts: list[int] = []
        self._turned_at = -1
        self.is_counting = True
        self.origin = "counted from 1"
        self._length = 0
        self._begin_section()

    @property
    def sign(self) -> str:
        """What shows the pages, in words."""
        return (
            "page breaks as Word last laid the text out"
            if self._is_rendered
            else "the breaks that the writer made"
        )

    @property
    def are_known(self) -> bool:
        """Whether the pages can be cited."""
        return are_whole(lengths_of(self._starts, self._length), is_laid_out=self._is_rendered)

    @property
    def warnings(self) -> tuple[str, ...]:
        """A sentence if pages are marked, but not all of them."""
        return () if self.are_known or len(self._starts) < 2 else (UNSURE,)

    def before(self, paragraph: _Element, prose: ProseWriter) -> None:
        """Begin the page that a paragraph begins."""
        if not self._begun:
            self._begun = True
            self._begin(prose)
        elif (self._breaks.get(paragraph) == "before" and not self._has_just_turned(prose)) or (
            self._section_begins and not self._is_rendered and not self._has_just_turned(prose)
        ):
            self._turn(prose)
        self._section_begins = False
        self._length = prose.length

    def after(self, paragraph: _Element) -> None:
        """Begin the section after a paragraph that ends one."""
        end = paragraph.find(f"{W}pPr/{W}sectPr")
        if end is not None:
            self._section += 1
            following = self._sections[self._section] if self._section < len(self._sections) else None
            self._section_begins = _kind(following) not in {"continuous", "nextColumn"}
            self._pending = self._section_begins

    def turn(self, element: _Element, prose: ProseWriter) -> bool:
        """Begin a page at a break; whether it is one and not a line's end."""
        kind = self._breaks.get(element)
        if kind and self.is_counting:
            self._turn(prose)
        self._length = prose.length
        return kind is not None or element.tag == RENDERED or element.get(f"{W}type") in {"page", "column"}

    def _has_just_turned(self, prose: ProseWriter) -> bool:
        # Between them is at most the end of a paragraph.
        return prose.length - self._turned_at <= 1

    def _turn(self, prose: ProseWriter) -> None:
        self._number += 1
        if self._pending:
            self._pending = False
            self._begin_section()
        self._begin(prose)

    def _begin_section(self) -> None:
        section = self._sections[self._section] if self._section < len(self._sections) else None
        numbering = None if section is None else section.find(f"{W}pgNumType")
        if numbering is not None:
            self._format = numbering.get(f"{W}fmt", "decimal")
            if numbering.get(f"{W}start") is not None:
                self._number = int(number_of(numbering, "start"))
                if self._number != 1:
                    self.origin = "counted as the file says"
        if (_kind(section) == "oddPage" and self._number % 2 == 0) or (
            _kind(section) == "evenPage" and self._number % 2
        ):
            self._number += 1

    def _begin(self, prose: ProseWriter) -> None:
        self._starts.append(prose.length)
        self._turned_at = prose.length
        prose.page(written_number(self._number, self._format) if self._number > 0 else "")


def _sections(body: _Element) -> Iterator[_Element]:
    """The properties of the sections, in order."""
    for paragraph in body.iter(f"{W}p"):
        section = paragraph.find(f"{W}pPr/{W}sectPr")
        if section is not None:
            yield section
    last = body.find(f"{W}sectPr")
    if last is not None:
        yield last


def _kind(section: _Element | None) -> str:
    kind = None if section is None else section.find(f"{W}type")
    return "nextPage" if kind is None else kind.get(f"{W}val", "nextPage")


class NoteNumbers:
    """The numbers of notes as they are printed where the notes are called.

    Args:
        body: The document's body.
        settings: The document's settings, if it has some.
    """

    def __init__(self, body: _Element, settings: _Element | None) -> None:
        roots = [*([settings] if settings is not None else []), *_sections(body)]
        self._formats, self._counts, self._restarts = {}, {}, {}
        for kind, usual in (("footnote", "decimal"), ("endnote", "lowerRoman")):
            stated = [each for root in roots if (each := root.find(f"{W}{kind}Pr")) is not None]
            formats = [each for root in stated if (each := root.find(f"{W}numFmt")) is not None]
            starts = [each for root in stated if (each := root.find(f"{W}numStart")) is not None]
            restarts = [each for root in stated if (each := root.find(f"{W}numRestart")) is not None]
            self._formats[kind] = formats[-1].get(f"{W}val", usual) if formats else usual
            self._counts[kind] = int(number_of(starts[-1], "val")) if starts else 1
            self._restarts[kind] = restarts[-1].get(f"{W}val", "") == "eachSect" if restarts else False
        self._starts = dict(self._counts)
        self._section: dict[str, int] = {}
        self._section_of: dict[_Element, int] = {}
        if any(self._restarts.values()):
            section = 0
            for block in body:
                self._section_of |= dict.fromkeys(block.iter(*_REFERENCES), section)
                section += block.find(f"{W}pPr/{W}sectPr") is not None

    def next(self, kind: str, reference: _Element) -> str:
        """The number of the next note of a kind."""
        if self._restarts[kind]:
            section = self._section_of.get(reference, 0)
            if self._section.get(kind, section) != section:
                self._counts[kind] = self._starts[kind]
            self._section[kind] = section
        number = self._counts[kind]
        self._counts[kind] += 1
        return written_number(number, self._formats[kind])


def written_number(number: int, form: str) -> str:
    """A number in one of Word's forms; figures for forms that are not known."""
    if number <= 0:
        return str(number)
    if form in {"lowerRoman", "upperRoman"} and number < 5_000:
        written = roman.toRoman(number)
        return written.lower() if form == "lowerRoman" else written
    if form in {"lowerLetter", "upperLetter"}:
        letter = chr(ord("a") + (number - 1) % 26) * min((number - 1) // 26 + 1, 10)
        return letter if form == "lowerLetter" else letter.upper()
    if form == "chicago":
        return _SYMBOLS[(number - 1) % 4] * min((number - 1) // 4 + 1, 10)
    return str(number)

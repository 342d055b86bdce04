"""Essays, their passages and their bibliographic records.

Spans are half-open character offsets into Python strings, as in slices. *Source* is the decoded text of the
user's file; *text* of a passage is the source with its print layout undone.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from assistant.core.declared import Declaration
from assistant.core.setting import Setting

Kind = Literal[
    "paragraph", "blockquote", "note", "heading", "title", "author", "list", "verse", "reference", "caption"
]

SEARCHED_KINDS: frozenset[Kind] = frozenset({"paragraph", "blockquote", "note", "list", "verse"})

# Start and end of a part of a text, and several parts in reading order.
Span = tuple[int, int]
Spans = tuple[Span, ...]

# Called with the stage of a job, the number of steps done, and the number of all steps.
Progress = Callable[[str, int, int], None]

# A bibliographic record as CSL-JSON, the usual interchange format.
CSLItem = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PageStart:
    """A page and its start.

    Attributes:
        label: The page number as printed, such as ``"849"`` or ``"xii"``; empty if the page has none.
        start: Offset of its first character, in the source (essay) or in the text (passage).
    """

    label: str
    start: int


@dataclass(frozen=True, slots=True)
class NoteMark:
    """A note number that was removed from a passage's text.

    Attributes:
        mark: The number as printed.
        at: Offset in the passage's text at which the mark was.
        passage: Id of the note's own passage.
    """

    mark: str
    at: int
    passage: str


@dataclass(frozen=True, slots=True)
class SourceMap:
    """Maps each character of a cleaned text to its source.

    Attributes:
        runs: ``(text offset, source offset)`` pairs, ascending in text offset. From one pair to the
            next, both offsets rise by one a character.
        length: Number of characters of the cleaned text.
    """

    runs: tuple[tuple[int, int], ...]
    length: int

    def source(self, offset: int) -> int:
        """Source offset of the character at a text offset.

        Raises:
            IndexError: If there is no character at the offset.
        """
        if not 0 <= offset < self.length:
            raise IndexError(offset)
        text_start, source_start = self.runs[bisect_right(self.runs, offset, key=lambda run: run[0]) - 1]
        return source_start + offset - text_start

    def span(self, start: int, end: int) -> Span:
        """Source span from the first to the last character of the non-empty text span."""
        return self.source(start), self.source(end - 1) + 1

    def spans(self, start: int, end: int) -> Spans:
        """Source spans of the characters of a text span, without what was left out between them."""
        spans = []
        ends = [*(text_start for text_start, _ in self.runs[1:]), self.length]
        for (text_start, source_start), text_end in zip(self.runs, ends, strict=True):
            first, last = max(start, text_start), min(end, text_end)
            if first < last:
                spans.append((source_start + first - text_start, source_start + last - text_start))
        return tuple(spans)


@dataclass(frozen=True, slots=True)
class Passage:
    """One paragraph, block quotation, note or other part of an essay.

    Attributes:
        id: ``ESSAY/p09``; the letter is the kind, the number counts that kind in reading order.
        essay_id: Id of the essay.
        ordinal: Position among all passages of the essay, from 1.
        kind: What the passage is.
        section: The heading above it, or the empty string.
        text: The printed words, with line breaks, line-end hyphens and page furniture undone.
        sentences: Spans of ``text``.
        pages: Each page that the passage is printed on, ``start`` being an offset into ``text``; empty
            if the source shows no pages.
        source_map: From ``text`` to the source.
        continues: Id of the paragraph that this one resumes after a block quotation.
        introduced_by: Id of the paragraph that a block quotation or verse interrupts.
        notes: Note marks removed from the text.
        emphasis: Spans of ``text`` that are set in italics, if the source tells it and the rest is upright.
        locator: Where it is in an essay without pages, as a citation names it: ``par. 14``, or ``n. 3``
            of a note; empty in an essay with pages.
    """

    id: str
    essay_id: str
    ordinal: int
    kind: Kind
    section: str
    text: str
    sentences: Spans
    pages: tuple[PageStart, ...]
    source_map: SourceMap
    continues: str | None = None
    introduced_by: str | None = None
    notes: tuple[NoteMark, ...] = ()
    emphasis: Spans = ()
    locator: str = ""

    @property
    def source(self) -> Span:
        """Source span from the first to the last character of the passage."""
        return self.source_map.span(0, len(self.text))

    def pages_of(self, start: int, end: int) -> tuple[str, ...]:
        """Labels of the pages on which the non-empty text span is printed, in order.

        Pages without a number have no label, and are left out.
        """
        labels = []
        for number, page in enumerate(self.pages):
            page_end = self.pages[number + 1].start if number + 1 < len(self.pages) else len(self.text)
            if page.label and page.start < end and start < page_end:
                labels.append(page.label)
        return tuple(labels)

    def places_of(self, start: int, end: int) -> tuple[str, ...]:
        """``pages_of``, or the locator in an essay without pages."""
        return self.pages_of(start, end) or ((self.locator,) if self.locator else ())


@dataclass(frozen=True, slots=True)
class Essay:
    """An essay as it was read, before it is divided into passages.

    Attributes:
        id: Short name, such as ``gill-2014``.
        reference: Its CSL-JSON record.
        text: The decoded source, untouched.
        pages: Each page, ``start`` being a source offset; empty if the source shows no pages.
        page_provenance: One sentence on where the pages and the first page's number came from.
        furniture: Source spans that are page furniture (running heads, page numbers), with the reason.
        setting: How the source is set on its pages, if the file tells it.
        declared: What the file declares about the source, if it is in a markup format.
    """

    id: str
    reference: CSLItem
    text: str
    pages: tuple[PageStart, ...]
    page_provenance: str
    furniture: tuple[tuple[int, int, str], ...] = ()
    setting: Setting | None = None
    declared: Declaration | None = None


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What became of every character of a source.

    Attributes:
        essay_id: Id of the essay.
        title: Its title.
        characters: Number of characters of the source.
        kept: Characters that are in a passage.
        layout: Characters of white space and line breaks undone.
        hyphens_joined: Line-end hyphens removed, as ``(printed, joined)``.
        hyphens_kept: Line-end hyphens that belong to a compound.
        dropped: Lines left out, as ``(line number from 1, text, reason)``.
        removed: Number of characters removed from the running text, by reason.
        unaccounted: Printed characters that are in none of these; 0 unless a layout rule failed.
        note_marks: Note marks linked to their notes.
        kinds: Number of passages of each kind.
        pages: Number of pages, 0 when the source shows none.
        first_page: Label of the first page, or the empty string.
        last_page: Label of the last page with words on it, or the empty string.
        page_provenance: Where the pages and the first number came from.
        warnings: Sentences that the user should read.
        guessed_ends: Id of each paragraph in or after which another one may begin, without anything that
            shows it, and the offset in its text.
    """

    essay_id: str
    title: str
    characters: int
    kept: int
    layout: int
    hyphens_joined: tuple[tuple[str, str], ...]
    hyphens_kept: tuple[str, ...]
    dropped: tuple[tuple[int, str, str], ...]
    removed: Mapping[str, int]
    unaccounted: int
    note_marks: int
    kinds: Mapping[str, int]
    pages: int
    first_page: str
    last_page: str
    page_provenance: str
    warnings: tuple[str, ...] = ()
    guessed_ends: tuple[tuple[str, int], ...] = ()


# The readers whose files a library stores beside the text, and the ending with which it does.
STORED_ENDINGS: Mapping[str, str] = {
    "pdf": ".pdf",
    "word": ".docx",
    "opendocument": ".odt",
    "rtf": ".rtf",
    "epub": ".epub",
    "html": ".html",
    "markdown": ".markdown",
    "latex": ".tex",
}


@dataclass(frozen=True, slots=True)
class StoredEssay:
    """An essay as the library holds it.

    Attributes:
        id: Short name.
        reference: Its CSL-JSON record.
        source_name: File name it was read from.
        source_sha256: Digest of that file.
        reader: Reader that read it.
        report: Its ingest report.
        passages: All passages in reading order.
    """

    id: str
    reference: CSLItem
    source_name: str
    source_sha256: str
    reader: str
    report: IngestReport
    passages: tuple[Passage, ...] = field(repr=False)

    @property
    def is_pdf(self) -> bool:
        """Whether it was read from a PDF, the pages of which can be shown."""
        return self.reader == "pdf"

    @property
    def stored_ending(self) -> str:
        """Ending of its file as the library stores it; empty if it stores only the text."""
        return STORED_ENDINGS.get(self.reader, "")


# What CSL allows in a title: italics, bold, small capitals, raised and lowered letters, spans.
_MARKUP = re.compile(r'</?(?:i|b|sc|sub|sup)>|<span (?:class|style)="[^"<>]*">|</span>')


def plain_title(record: CSLItem) -> str:
    """Title of a record without the markup that CSL allows in it; empty if it has none."""
    return _MARKUP.sub("", str(record.get("title") or ""))


def letters_and_digits(text: str) -> str:
    """The letters and digits of a text in one case, for comparing titles and names."""
    return "".join(filter(str.isalnum, text.casefold()))


@dataclass(frozen=True, slots=True)
class EssaySummary:
    """What the library knows of an essay without reading its passages.

    Attributes:
        sha256: Digest of its chunk file.
        reference: Its CSL-JSON record.
        sections: The headings above its passages, in order.
        title: Its title.
        source: Digest of the file that it was read from.
        source_name: Name of that file.
        reader: Reader that read it.
        pages: Number of its pages, 0 if the file shows none.
        first_page: Label of the first page, or the empty string.
        last_page: Label of the last page with words on it, or the empty string.
        passages: Number of passages that questions search.
        added: When it was added, as ISO 8601 writes it.
        tags: Tags that the user gave it.
        collections: Collections that the user put it into, each a path such as ``Novels/Dystopias``.
        file: Path of the file that it was read from, or the empty string if that is not stored.
        also: Digests of other files that have the same essay.
        sketch: By which the same essay is recognised in another file; see ``library.duplicates``.
        sealed: Whether the digest of its source is stored.
    """

    sha256: str
    reference: CSLItem
    sections: tuple[str, ...]
    title: str
    source: str
    source_name: str
    reader: str
    pages: int
    first_page: str
    last_page: str
    passages: int
    added: str
    tags: tuple[str, ...] = ()
    collections: tuple[str, ...] = ()
    file: str = ""
    also: tuple[str, ...] = ()
    sketch: str = ""
    sealed: bool = False

    @classmethod
    def of(cls, essay: StoredEssay, sha256: str = "", added: str = "") -> EssaySummary:
        """The summary of an essay that has been read."""
        searched = [passage for passage in essay.passages if passage.kind in SEARCHED_KINDS]
        sections, report = dict.fromkeys(passage.section for passage in searched), essay.report
        return cls(
            sha256,
            essay.reference,
            tuple(filter(None, sections)),
            report.title,
            essay.source_sha256,
            essay.source_name,
            essay.reader,
            report.pages,
            report.first_page,
            report.last_page,
            len(searched),
            added,
        )


@dataclass(frozen=True, slots=True)
class RemovedEssay:
    """A removed essay that can be put back.

    Attributes:
        id: Its id.
        title: Its title.
        at: When it was removed, as ISO 8601 writes it.
    """

    id: str
    title: str
    at: str

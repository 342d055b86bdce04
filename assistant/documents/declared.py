"""A document in a markup format as an essay: its words without markup, and what the format declares of them.

The text has one block a paragraph with a blank line between, the lines of verse as lines, the numbers of
notes where they are called and before each note, and a form feed where a page begins. A note at the foot of
a page follows the block that calls it.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from assistant.core.declared import Declaration, DeclaredBlock, DeclaredCall
from assistant.core.essay import Span, Spans
from assistant.core.lines import strip
from assistant.documents.document import NOTE_CALL, Block, Document
from assistant.documents.numbering import NO_PAGES, FoundPages

_BLOCK_BREAK = "\n\n"


def essay_reader(parse: Callable[[bytes, str], Document]) -> Callable[[bytes, str], Document]:
    """A parser of essays made of one of drafts, whose format declares what its blocks are."""

    def parser(data: bytes, name: str) -> Document:
        return as_essay(parse(data, name))

    return parser


def as_essay(document: Document) -> Document:
    """A document that declares its blocks, as an essay; ``pages`` and ``text`` are those of its words."""
    return _EssayWriter(document).essay()


@dataclass(slots=True)
class _Part:
    """Blocks of a document that are one block of the essay, as the paragraphs of a note are."""

    blocks: list[Block]
    index: int

    @property
    def first(self) -> Block:
        return self.blocks[0]


class _EssayWriter:
    """Writes the words of a document as an essay's text.

    Args:
        document: The document.
    """

    def __init__(self, document: Document) -> None:
        self._document = document
        self._marks = _marks(document)
        self._pieces: list[str] = []
        self._length = 0
        # Where slices of the prose are in the text: offset in the prose, in the text, length.
        self._copied: list[tuple[int, int, int]] = []
        self._blocks: list[DeclaredBlock] = []
        self._numbers: dict[int, int] = {}
        self._calls: list[tuple[int, int, int]] = []
        self._page_starts: list[int] = []
        self._page_labels: list[str] = []
        self._next_page = 0
        # Pages of calls, by the index of the note's first block in the document.
        self._called_on: dict[int, int] = {}

    def essay(self) -> Document:
        """The essay."""
        for part in _in_reading_order(self._document):
            self._write(part)
        text = "".join(self._pieces)
        calls = tuple(
            DeclaredCall(start, end, self._numbers[note])
            for start, end, note in self._calls
            if note in self._numbers
        )
        italic, raised = (
            tuple(self._in_text(spans)) for spans in (self._document.emphasis, self._document.raised)
        )
        declared = Declaration(tuple(self._blocks), calls, italic, raised)
        return replace(
            self._document, text=text, pages=self._pages(), declared=declared, prose="", blocks=(), notes={},
            marks={}, emphasis=(), raised=(), page_breaks=(), units=(), labels=(), starts=_NOTHING.starts,
            ends=_NOTHING.ends,
        )  # fmt: skip

    def _write(self, part: _Part) -> None:
        prose, first = self._document.prose, part.first
        spans = [span for block in part.blocks if (span := _trimmed(prose, block.start, block.end))]
        if not spans:
            return
        if self._pieces:
            self._append(_BLOCK_BREAK)
        is_note = first.kind == "note"
        if not (is_note and first.at_foot):
            self._begin_pages(spans[0][0])
        mark = self._marks.get(part.index, "") if is_note else ""
        start = self._length
        if mark and not _begins_with(prose[slice(*spans[0])], mark):
            self._append(f"{mark}. " if mark.isalnum() else f"{mark} ")
        for number, span in enumerate(spans):
            if number:
                self._append("\n")
            self._copy(*span, with_pages=not (is_note and first.at_foot))
        self._numbers[part.index] = len(self._blocks)
        page = self._called_on.get(part.index, -1) if is_note and first.at_foot else -1
        self._blocks.append(
            DeclaredBlock(
                start=start, end=self._length, kind=first.kind, level=first.level, mark=mark, page=page,
                label=first.label, resumes=first.resumes,
            )
        )  # fmt: skip

    def _begin_pages(self, offset: int) -> None:
        """Begin the pages that begin before an offset of the prose; those without words have no form feed."""
        breaks = self._document.page_breaks
        last = bisect_right(breaks, offset, key=lambda each: each[0])
        for _, label in breaks[self._next_page : last]:
            self._begin_page(label)
        self._next_page = max(last, self._next_page)

    def _begin_page(self, label: str) -> None:
        if not self._page_starts and self._length:
            # What is before the first break is on a page that the format gives no number.
            self._page_starts.append(0)
            self._page_labels.append("")
        is_blank = self._page_starts[-1:] == [self._length]
        # No form feed divides a word that two pages share.
        if self._length and (is_blank or self._pieces[-1][-1:].isspace()):
            self._append("\f")
        self._page_starts.append(self._length)
        self._page_labels.append(label)

    def _copy(self, start: int, end: int, *, with_pages: bool) -> None:
        """Write a span of the prose, with the numbers of notes and where pages begin."""
        prose, breaks = self._document.prose, self._document.page_breaks
        at = start
        while at < end:
            call = prose.find(NOTE_CALL, at, end)
            stop = call if call >= 0 else end
            page = breaks[self._next_page] if with_pages and self._next_page < len(breaks) else None
            if page is not None and page[0] <= stop and page[0] < end:
                # A page begins after the space between two words.
                turn = page[0]
                while turn < stop and prose[turn].isspace():
                    turn += 1
                self._slice(at, turn)
                at = turn
                self._begin_page(page[1])
                self._next_page += 1
                continue
            self._slice(at, stop)
            at = stop
            if call >= 0:
                self._call(call)
                at += 1

    def _slice(self, start: int, end: int) -> None:
        if start < end:
            self._copied.append((start, self._length, end - start))
            self._append(self._document.prose[start:end])

    def _call(self, offset: int) -> None:
        note = self._document.notes.get(offset)
        mark = self._document.marks.get(offset) or (self._marks.get(note, "") if note is not None else "")
        start = self._length
        self._append(mark)
        if note is not None:
            self._calls.append((start, self._length, note))
            self._called_on.setdefault(note, len(self._page_starts) - 1)

    def _append(self, text: str) -> None:
        self._pieces.append(text)
        self._length += len(text)

    def _in_text(self, prose_spans: Spans) -> Iterator[Span]:
        """Spans of the prose as spans of the text."""
        copied = sorted(self._copied)
        spans: list[Span] = []
        for start, end in prose_spans:
            first = max(bisect_right(copied, start, key=lambda each: each[0]) - 1, 0)
            last = bisect_left(copied, end, key=lambda each: each[0])
            for prose_start, text_start, length in copied[first:last]:
                low, high = max(start, prose_start), min(end, prose_start + length)
                if low < high:
                    spans.append((text_start + low - prose_start, text_start + high - prose_start))
        yield from sorted(spans)

    def _pages(self) -> FoundPages:
        """The pages, if the format declares any."""
        given = self._document.pages
        if not self._page_starts:
            return replace(given, starts=(), labels=()) if given.warnings else NO_PAGES
        if not any(self._page_labels) and not given.sign:
            return NO_PAGES
        return FoundPages(
            tuple(self._page_starts),
            given.sign,
            tuple(self._page_labels) if any(self._page_labels) else (),
            warnings=given.warnings,
            origin=given.origin,
        )


_NOTHING = Document(name="", reader="", text="")


def _marks(document: Document) -> dict[int, str]:
    """Number of each note by the index of its first block: as its first call prints it, else counted."""
    marks: dict[int, str] = {}
    count = 0
    for offset, note in sorted(document.notes.items()):
        if note in marks:
            continue
        mark = strip(document.marks.get(offset, ""))
        if not mark:
            count += 1
            mark = str(count)
        marks[note] = mark
    return marks


def _in_reading_order(document: Document) -> list[_Part]:
    """The blocks of the essay: paragraphs of a note joined, notes at the foot after what calls them."""
    parts: list[_Part] = []
    for index, block in enumerate(document.blocks):
        if block.kind == "furniture":
            continue
        before = parts[-1].first if parts else None
        if block.kind == "note" and block.note and before and before.note == block.note:
            parts[-1].blocks.append(block)
        else:
            parts.append(_Part([block], index))
    at_foot = {part.index: part for part in parts if part.first.kind == "note" and part.first.at_foot}
    ordered: list[_Part] = []
    calls = sorted(document.notes.items())
    placed: set[int] = set()
    for part in parts:
        if part.index in at_foot:
            continue
        ordered.append(part)
        for block in part.blocks:
            first = bisect_left(calls, (block.start, -1))
            for offset, note in calls[first:]:
                if offset >= block.end:
                    break
                if note in at_foot and note not in placed:
                    placed.add(note)
                    ordered.append(at_foot[note])
    # Notes that nothing calls, or that are called in notes only.
    return [*ordered, *(part for index, part in at_foot.items() if index not in placed)]


def _trimmed(prose: str, start: int, end: int) -> Span | None:
    """A span without white space at its ends; ``None`` if nothing is printed in it."""
    words = prose[start:end]
    if not strip(words.replace(NOTE_CALL, "")):
        return None
    start += len(words) - len(words.lstrip())
    return start, end - (len(words) - len(words.rstrip()))


def _begins_with(words: str, mark: str) -> bool:
    """Whether the words of a note begin with its number, as a writer may type it."""
    return bool(re.match(rf"[\[(^]?{re.escape(mark)}(?:[\]).:^]|\s)", words[: len(mark) + 4]))

"""A document as it was read, and the writer with which every reader records it."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from assistant.core.declared import BlockKind, Declaration
from assistant.core.essay import Span, Spans
from assistant.core.setting import Setting
from assistant.documents.numbering import NO_PAGES, FoundPages

# Represents a note's number in the prose; a private-use character that no writer types.
NOTE_CALL = "\ue0ff"


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph or another part of a document in which sentences belong together.

    Attributes:
        start: Offset in the prose.
        end: Offset after the last character.
        kind: What the format declares it to be: ``quotation`` is a block quotation, ``verse`` one whose lines
            (divided by line breaks) are those of a poem, ``reference`` an entry of the works cited,
            ``caption`` the words of a figure or a table, ``furniture`` a running head or a page number.
        level: Level of a heading, from 1; 0 if it has none.
        label: Number printed beside a paragraph, as some journals on the web do; empty if none is.
        resumes: Whether it goes on with the paragraph before a block quotation, as a first line without the
            usual indent shows; ``None`` if the format does not tell.
        note: Name of the note that it is a part of; empty if it is part of none, or of one without a name.
        at_foot: Whether it is a note at the foot of the page on which it is called.
    """

    start: int
    end: int
    kind: BlockKind
    level: int = 0
    label: str = ""
    resumes: bool | None = None
    note: str = ""
    at_foot: bool = False

    @property
    def is_quotation(self) -> bool:
        """Whether it is a block quotation, in prose or in verse."""
        return self.kind in {"quotation", "verse"}

    @property
    def is_heading(self) -> bool:
        """Whether it is a title, an author or a heading."""
        return self.kind in {"heading", "title", "author"}

    @property
    def is_text(self) -> bool:
        """Whether it is text of the writer's own: a paragraph, an item of a list, words of a table."""
        return self.kind in {"prose", "list", "caption"}


def _no_offsets() -> array[int]:
    return array("Q")


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A file as it was read: its text, and what its format declares about parts of it.

    ``text`` is what the file holds, and what offsets outside this package refer to. ``prose`` is its words
    without markup, each character with the span of the text that it represents. An essay in plain text
    declares nothing: it has pages, but neither prose nor blocks, which chunking finds by layout.

    Attributes:
        name: The file as the user named it; ``-`` for text that came in no file.
        reader: Name of the reader: ``text``, ``markdown``, ``latex``, ``word`` or ``opendocument``.
        text: The decoded text; for ``.docx`` and ``.odt`` the paragraphs, divided by line breaks, with the
            notes after the others.
        encoding: Name of the text's encoding; empty for ``.docx`` and ``.odt``.
        pages: Where the pages begin, and what the numbers printed on them say.
        units: Offset in the text of each line, or of each paragraph if the format has no lines.
        labels: Name of each paragraph in reports (``¶12``, ``note 3``); empty if the format has lines.
        prose: The words without markup; ``NOTE_CALL`` represents the number of a note.
        starts: For each character of the prose, the offset in the text of what it represents.
        ends: The offset after that.
        blocks: The blocks, in order.
        notes: Index of the first block of each note, by the offset of its call in the prose.
        marks: Number of each note as its call prints it, by the offset of the call; calls that are not in it
            are counted.
        page_breaks: Offset in the prose at which each page begins, and the number that the format gives it,
            or the empty string. They show no page in ``pages``, which count in the text.
        declared: What a file in a markup format declares, if it was read as an essay.
        emphasis: Spans of the prose in italics, in order.
        raised: Spans of the prose that are raised, in order.
        bibliographies: Files that it names as its bibliography.
        style: Citation style that it names: a ``.csl`` file or a name; empty if it names none.
        entries: Text of each entry of the works cited that it prints with a key.
        setting: How the text is set on its pages; only a PDF tells it.
        metadata: What the file says of itself, such as ``Title`` and ``Author``.
        record: The CSL-JSON record that it states of itself, as web pages and books do; names are those of
            persons if they are divided, and as printed under ``literal``.
        warnings: Sentences on the reading that the user should see.
        escape: Writes words as a text of this format has them.
    """

    name: str
    reader: str
    text: str
    encoding: str = ""
    pages: FoundPages = NO_PAGES
    units: tuple[int, ...] = ()
    labels: tuple[str, ...] = ()
    prose: str = field(default="", repr=False)
    starts: array[int] = field(default_factory=_no_offsets, repr=False)
    ends: array[int] = field(default_factory=_no_offsets, repr=False)
    blocks: tuple[Block, ...] = field(default=(), repr=False)
    notes: Mapping[int, int] = field(default_factory=dict, repr=False)
    marks: Mapping[int, str] = field(default_factory=dict, repr=False)
    page_breaks: tuple[tuple[int, str], ...] = field(default=(), repr=False)
    declared: Declaration | None = field(default=None, repr=False)
    emphasis: Spans = field(default=(), repr=False)
    raised: Spans = field(default=(), repr=False)
    bibliographies: tuple[str, ...] = ()
    style: str = ""
    entries: Mapping[str, str] = field(default_factory=dict, repr=False)
    setting: Setting | None = field(default=None, repr=False)
    metadata: Mapping[str, str] = field(default_factory=dict)
    record: Mapping[str, Any] = field(default_factory=dict, repr=False)
    warnings: tuple[str, ...] = ()
    escape: Callable[[str], str] = str

    def span(self, start: int, end: int) -> Span:
        """Span of the text that a non-empty span of the prose represents."""
        return min(self.starts[start:end]), max(self.ends[start:end])

    def position(self, offset: int) -> tuple[int, int]:
        """Line (or paragraph) and column of an offset in the text, both from 1."""
        line = bisect_right(self.units, offset)
        return line, offset - self.units[line - 1] + 1


class ProseWriter:
    """Writes prose character by character, with the text that each represents, and divides it into blocks."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._starts, self._ends = array("Q"), array("Q")
        self._blocks: list[Block] = []
        self._block_start = 0
        self._calls: dict[int, str] = {}
        self._marks: dict[int, str] = {}
        self._pages: list[tuple[int, str]] = []
        self._before_page = 0
        self._notes: dict[str, int] = {}
        self._emphasis: list[Span] = []
        self._raised: list[Span] = []

    @property
    def length(self) -> int:
        """Number of characters written."""
        return len(self._starts)

    def written(self, start: int) -> str:
        """What was written from an offset on, which must be in the block that is being written."""
        pieces: list[str] = []
        length = self.length
        for piece in reversed(self._pieces):
            if length <= start:
                break
            pieces.append(piece)
            length -= len(piece)
        return "".join(reversed(pieces))

    def copy(self, text: str, start: int) -> None:
        """Write a slice of the text that begins at the offset ``start``."""
        self._pieces.append(text.replace(NOTE_CALL, " ").replace("\r", " "))
        self._starts.extend(range(start, start + len(text)))
        self._ends.extend(range(start + 1, start + len(text) + 1))

    def put(self, words: str, start: int, end: int) -> None:
        """Write what represents a span of the text: the first character all of it, the others nothing."""
        if not words:
            return
        self._pieces.append(words)
        self._starts.extend([start] + [end] * (len(words) - 1))
        self._ends.extend([end] * len(words))

    def call(self, note: str, start: int, end: int, mark: str = "") -> None:
        """Write the call of the note of that name; without a mark, its number is counted."""
        self._calls[self.length] = note
        if mark:
            self._marks[self.length] = mark
        self.put(NOTE_CALL, start, end)

    def page(self, label: str = "") -> None:
        """Begin a page, of which the format may give the number; breaks without words between are one."""
        if self._pages and not "".join(self._pieces[self._before_page :]).strip():
            before = self._pages.pop()[1]
            label = label or before
        self._before_page = len(self._pieces)
        self._pages.append((self.length, label))

    def emphasize(self, start: int) -> None:
        """Mark what was written from an offset in the prose on as set in italics."""
        self._mark(self._emphasis, start)

    def superscript(self, start: int) -> None:
        """Mark what was written from an offset in the prose on as raised."""
        self._mark(self._raised, start)

    def _mark(self, spans: list[Span], start: int) -> None:
        if spans and start <= spans[-1][1]:
            start = min(start, spans.pop()[0])
        if start < self.length:
            spans.append((start, self.length))

    def close(
        self,
        kind: BlockKind,
        note: str | None = None,
        *,
        level: int = 0,
        label: str = "",
        resumes: bool | None = None,
        at_foot: bool = False,
    ) -> None:
        """End a block, which is all that was written since the last one.

        Args:
            kind: What it is.
            note: Name of the note that it begins or goes on with.
            level: Level of a heading.
            label: Number printed beside a paragraph.
            resumes: Whether it goes on with the paragraph before a quotation, if the format tells.
            at_foot: Whether the note is printed at the foot of the page on which it is called.
        """
        if note is not None:
            self._notes.setdefault(note, len(self._blocks))
        start, end = self._block_start, self.length
        self._blocks.append(Block(start, end, kind, level, label, resumes, note or "", at_foot))
        # A line break that represents nothing keeps the words of two blocks apart.
        end = self._ends[-1] if self._ends else 0
        self.put("\n", end, end)
        self._block_start = self.length

    def document(
        self,
        name: str,
        reader: str,
        text: str,
        units: tuple[int, ...],
        *,
        labels: tuple[str, ...] = (),
        escape: Callable[[str], str] = str,
    ) -> Document:
        """The document that was written."""
        prose = "".join(self._pieces)
        return Document(
            name=name, reader=reader, text=text, units=units, labels=labels, prose=prose, starts=self._starts,
            ends=self._ends, blocks=_with_references(prose, self._blocks), emphasis=tuple(self._emphasis),
            raised=tuple(self._raised),
            notes={offset: self._notes[note] for offset, note in self._calls.items() if note in self._notes},
            marks=self._marks, page_breaks=tuple(self._pages), escape=escape,
        )  # fmt: skip


# Headings of lists of works.
WORKS_CITED = frozenset(
    """works cited|works consulted|works cited and consulted|cited works|references|references cited
    reference list|literature cited|bibliography|select bibliography|selected bibliography
    primary sources|secondary sources|sources|literature|literatur|literaturverzeichnis|literaturliste
    quellen|quellenverzeichnis|quellen- und literaturverzeichnis|primärliteratur|sekundärliteratur|siglen
    bibliographie|bibliographie sélective|ouvrages cités|œuvres citées|références
    références bibliographiques|sources primaires|sources secondaires""".replace("\n    ", "|").split("|")
)


# Headings of lists of notes.
NOTES = frozenset(
    """notes|endnotes|footnotes|anmerkungen|fußnoten|fussnoten|endnoten|notes de bas de page|notes de fin
    notes et références|notes and references|noten""".replace("\n    ", "|").split("|")
)
# A line that divides notes from the text, as Google Docs puts it.
_RULE = re.compile(r"\s*[_—–=*-]{3,}\s*")
_LONGEST_HEADING = 40


def heads_a_list(line: str) -> bool:
    """Whether a line is the heading of a list of works or of notes, or a rule."""
    return heads_notes(line) or _bare(line) in WORKS_CITED


def heads_notes(line: str) -> bool:
    """Whether a line is the heading of a list of notes, or a rule that divides them from the text."""
    return _bare(line) in NOTES or (len(line) < 500 and _RULE.fullmatch(line) is not None)


def _bare(line: str) -> str:
    return line.strip().strip(":.*_#= ").casefold() if len(line) <= _LONGEST_HEADING else ""


def _with_references(prose: str, blocks: list[Block]) -> tuple[Block, ...]:
    """The blocks, those under a heading such as "Works Cited" as references; notes remain notes."""
    result, listed = [], False
    for block in blocks:
        words = prose[block.start : block.end].strip().strip(":.*_ ").casefold()
        if words in WORKS_CITED and block.kind in {"heading", "prose"}:
            listed = True
            result.append(replace(block, kind="heading"))
            continue
        listed = listed and block.kind != "heading"
        entry = listed and block.kind in {"prose", "quotation", "list"}
        result.append(replace(block, kind="reference") if entry else block)
    return tuple(result)

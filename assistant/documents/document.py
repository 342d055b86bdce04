"""A document as it was read, and the writer with which every reader records it."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from assistant.core.essay import Span, Spans
from assistant.core.setting import Setting
from assistant.documents.numbering import NO_PAGES, FoundPages

# Represents a note's number in the prose; a private-use character that no writer types.
NOTE_CALL = "\ue0ff"

BlockKind = Literal["prose", "quotation", "note", "heading", "reference", "caption", "verse", "furniture"]


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph or another part of a document in which sentences belong together.

    Attributes:
        start: Offset in the prose.
        end: Offset after the last character.
        kind: What the format declares it to be: ``quotation`` is a block quotation, ``reference`` an entry
            of the works cited, ``furniture`` a running head or a page number.
    """

    start: int
    end: int
    kind: BlockKind


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
        emphasis: Spans of the prose in italics, in order.
        bibliographies: Files that it names as its bibliography.
        entries: Text of each entry of the works cited that it prints with a key.
        setting: How the text is set on its pages; only a PDF tells it.
        metadata: What the file says of itself, such as ``Title`` and ``Author``.
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
    emphasis: Spans = field(default=(), repr=False)
    bibliographies: tuple[str, ...] = ()
    entries: Mapping[str, str] = field(default_factory=dict, repr=False)
    setting: Setting | None = field(default=None, repr=False)
    metadata: Mapping[str, str] = field(default_factory=dict)
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
        self._notes: dict[str, int] = {}
        self._emphasis: list[Span] = []

    @property
    def length(self) -> int:
        """Number of characters written."""
        return len(self._starts)

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

    def call(self, note: str, start: int, end: int) -> None:
        """Write the call of the note of that name."""
        self._calls[self.length] = note
        self.put(NOTE_CALL, start, end)

    def emphasize(self, start: int) -> None:
        """Mark what was written from an offset in the prose on as set in italics."""
        if self._emphasis and start <= self._emphasis[-1][1]:
            start = min(start, self._emphasis.pop()[0])
        if start < self.length:
            self._emphasis.append((start, self.length))

    def close(self, kind: BlockKind, note: str | None = None) -> None:
        """End a block, which is all that was written since the last one; it may begin the note of a name."""
        if note is not None:
            self._notes.setdefault(note, len(self._blocks))
        self._blocks.append(Block(self._block_start, self.length, kind))
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
            notes={offset: self._notes[note] for offset, note in self._calls.items() if note in self._notes},
            escape=escape,
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
            result.append(Block(block.start, block.end, "heading"))
            continue
        listed = listed and block.kind != "heading"
        entry = listed and block.kind in {"prose", "quotation"}
        result.append(Block(block.start, block.end, "reference") if entry else block)
    return tuple(result)

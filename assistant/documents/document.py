"""The nouns of a draft, and the pen that writes its prose down with the place of every character."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

# Stands in prose for the call of a note; a private-use character that no writer types.
CALL = "\ue0ff"

BlockKind = Literal["prose", "quotation", "note", "heading", "reference"]


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph or another part of a draft in which sentences hang together.

    Attributes:
        start: Offset in the prose.
        end: Offset behind the last character.
        kind: What it is; ``quotation`` is set off from the text, ``reference`` an entry of the works cited.
    """

    start: int
    end: int
    kind: BlockKind


@dataclass(frozen=True, slots=True)
class Document:
    """A draft as it was read.

    Attributes:
        name: Its file as the writer named it; ``-`` for one that came in no file.
        source: The decoded text of the file; for ``.docx`` and ``.odt`` its paragraphs, divided by line
            breaks, notes behind the others.
        units: Source offset of each line, or of each paragraph where a file has no lines.
        labels: What each paragraph is called in a report (``¶12``, ``note 3``); empty for lines.
        prose: The words without their mark-up; ``CALL`` stands for a note call.
        starts: For each character of the prose the source offset of what it stands for.
        ends: The source offset behind that.
        blocks: Its blocks in order.
        notes: Index of the block of each note by the offset of its call in the prose.
        escape: Gives words the form that they have in a source of this format.
    """

    name: str
    source: str
    units: tuple[int, ...]
    labels: tuple[str, ...]
    prose: str = field(repr=False)
    starts: array[int] = field(repr=False)
    ends: array[int] = field(repr=False)
    blocks: tuple[Block, ...] = field(repr=False)
    notes: Mapping[int, int] = field(repr=False)
    escape: Callable[[str], str] = str

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Source span of the non-empty span of the prose."""
        return min(self.starts[start:end]), max(self.ends[start:end])

    def spot(self, at: int) -> tuple[int, int]:
        """Line (or paragraph) and column of a source offset, both from 1."""
        line = bisect_right(self.units, at)
        return line, at - self.units[line - 1] + 1


class ProseWriter:
    """Writes prose down, character by character with its place, and keeps its blocks."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._starts, self._ends = array("Q"), array("Q")
        self._blocks: list[Block] = []
        self._begun = 0
        self._calls: dict[int, str] = {}
        self._notes: dict[str, int] = {}

    @property
    def at(self) -> int:
        """Number of characters written."""
        return len(self._starts)

    def copy(self, text: str, start: int) -> None:
        """Write a slice of the source that begins at the offset ``start``."""
        self._pieces.append(text.replace(CALL, " ").replace("\r", " "))
        self._starts.extend(range(start, start + len(text)))
        self._ends.extend(range(start + 1, start + len(text) + 1))

    def put(self, text: str, start: int, end: int) -> None:
        """Write what stands for the source span: its first character for all, the others for nothing."""
        if not text:
            return
        self._pieces.append(text)
        self._starts.extend([start] + [end] * (len(text) - 1))
        self._ends.extend([end] * len(text))

    def call(self, note: str, start: int, end: int) -> None:
        """Write the call of the note of that name."""
        self._calls[self.at] = note
        self.put(CALL, start, end)

    def close(self, kind: BlockKind, note: str | None = None) -> None:
        """End a block; what was written since the last one is it.

        Args:
            kind: What it is.
            note: Name of the note that it begins, if it does.
        """
        if note is not None:
            self._notes.setdefault(note, len(self._blocks))
        self._blocks.append(Block(self._begun, self.at, kind))
        # A line break that stands for nothing keeps the words of two blocks apart.
        end = self._ends[-1] if self._ends else 0
        self.put("\n", end, end)
        self._begun = self.at

    def draft(
        self,
        name: str,
        source: str,
        units: tuple[int, ...],
        escape: Callable[[str], str] = str,
        labels: tuple[str, ...] = (),
    ) -> Document:
        """The draft that was written down."""
        notes = {at: self._notes[note] for at, note in self._calls.items() if note in self._notes}
        prose = "".join(self._pieces)
        blocks = with_references(prose, self._blocks)
        return Document(name, source, units, labels, prose, self._starts, self._ends, blocks, notes, escape)


_WORKS_CITED = frozenset(
    "works cited|works consulted|references|reference list|bibliography|select bibliography|"
    "primary sources|secondary sources|sources|literature|literatur|literaturverzeichnis".split("|")
)


def with_references(prose: str, blocks: list[Block]) -> tuple[Block, ...]:
    """The blocks, those under a heading such as "Works Cited" as references; notes stay notes."""
    made, listed = [], False
    for block in blocks:
        words = prose[block.start : block.end].strip().strip(":.*_ ").casefold()
        if words in _WORKS_CITED and block.kind in {"heading", "prose"}:
            listed = True
            made.append(Block(block.start, block.end, "heading"))
            continue
        listed = listed and block.kind != "heading"
        entry = listed and block.kind in {"prose", "quotation"}
        made.append(Block(block.start, block.end, "reference") if entry else block)
    return tuple(made)

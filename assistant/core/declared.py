"""What a file in a markup format declares about its words: blocks and their kinds, note calls, italics.

Word, HTML and the like say all of this. Chunking divides by it where it is declared, and guesses from layout
where it is not.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import Literal

# As ``Span`` and ``Spans`` of ``essay``, which uses this module.
_Span = tuple[int, int]
_Spans = tuple[_Span, ...]

BlockKind = Literal[
    "prose",
    "quotation",
    "verse",
    "list",
    "note",
    "title",
    "author",
    "heading",
    "reference",
    "caption",
    "furniture",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredBlock:
    """A block of an essay's text.

    Attributes:
        start: Offset of its first character in the text.
        end: Offset after its last one.
        kind: What it is declared to be.
        level: Level of a heading, from 1; 0 if it has none.
        mark: A note's number, with which its text begins; empty if it has none.
        label: Number of the paragraph as printed beside it; empty if none is printed.
        resumes: Whether it goes on with the paragraph before a quotation; ``None`` if that is not declared.
        page: Index of the page on which it is printed; -1 if its place in the text tells that.
    """

    start: int
    end: int
    kind: BlockKind
    level: int = 0
    mark: str = ""
    label: str = ""
    resumes: bool | None = None
    page: int = -1


@dataclass(frozen=True, slots=True)
class DeclaredCall:
    """A note's number in the text.

    Attributes:
        start: Its offset in the text.
        end: Offset after it.
        note: Index of the note's block.
    """

    start: int
    end: int
    note: int


@dataclass(frozen=True, slots=True)
class Declaration:
    """What a file declares about an essay's text.

    Attributes:
        blocks: All blocks, in order; no word is in none of them.
        calls: The calls of notes, in order.
        italic: Spans set in italics, in order.
        raised: Spans of raised characters, in order, which may be numbers of notes that a writer typed.
    """

    blocks: tuple[DeclaredBlock, ...]
    calls: tuple[DeclaredCall, ...] = ()
    italic: _Spans = ()
    raised: _Spans = ()

    def raised_offsets(self, text: str) -> frozenset[int]:
        """Offsets of the raised figures and signs in the text; letters such as those of ordinals are not."""
        return frozenset(
            offset for start, end in self.raised for offset in range(start, end) if not text[offset].isalpha()
        )

    def calls_in(self, start: int, end: int) -> tuple[DeclaredCall, ...]:
        """The calls in a part of the text, in order."""
        first = bisect_left(self.calls, start, key=lambda call: call.start)
        last = bisect_left(self.calls, end, key=lambda call: call.start)
        return self.calls[first:last]

    def italic_in(self, start: int, end: int) -> _Spans:
        """The spans in italics in a part of the text, in order."""
        first = bisect_right(self.italic, start, key=lambda span: span[1])
        last = bisect_left(self.italic, end, key=lambda span: span[0])
        return self.italic[first:last]

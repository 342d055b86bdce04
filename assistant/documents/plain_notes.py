"""Notes that a writer numbers by hand: ``[1]``, ``1`` or ``¹`` in the text, and a list at its end."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from assistant.core.essay import Span
from assistant.documents.document import NOTE_CALL, WORKS_CITED, Block, Document

_HEADINGS = frozenset(
    """notes|endnotes|footnotes|anmerkungen|fußnoten|fussnoten|endnoten|notes de bas de page|notes de fin|
    notes et références|notes and references|noten""".replace("\n", "")
    .replace("  ", "")
    .split("|")
)
# A line that divides the notes from the text, as Google Docs puts it.
_RULE = re.compile(r"\s*[_—–=*-]{3,}\s*")
_SUPERSCRIPT = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_RAISED = "[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,3}"
_LABEL = re.compile(
    rf"[^\S\n]*(?:\[(?P<bracketed>\d{{1,3}})\][.:]?|(?P<raised>{_RAISED})|(?P<plain>\d{{1,3}})[.)]?)[^\S\n]*(?=[^\s\d])"
)
_CALL = re.compile(rf"\[(?P<bracketed>\d{{1,3}})\](?![(:])|(?P<raised>{_RAISED})")
# A number without any mark is a call only directly after the end of words or of a sentence.
_BARE_CALL = re.compile(r"(?<=[.,;:!?”\"’'»“)])(?P<bracketed>\d{1,3})(?=\s|$)")
_LONGEST_HEADING = 40


@dataclass(frozen=True, slots=True)
class _Note:
    """A note in the list: its number, and the span of its words in the prose, without the number."""

    number: int
    start: int
    end: int


def with_plain_notes(document: Document) -> Document:
    """A draft in which notes numbered by hand are notes, as those of its format are."""
    found = _listed(document)
    if found is None:
        return document
    first, last, notes = found
    numbers = {note.number for note in notes}
    calls = _calls(document, first, numbers)
    if not calls:
        return document
    return _rewritten(document, first, last, notes, calls)


def _listed(document: Document) -> tuple[int, int, list[_Note]] | None:
    """First block and last block of the list, and its notes; ``None`` if there is none."""
    blocks, prose = document.blocks, document.prose
    for index, block in enumerate(blocks):
        if block.end - block.start > _LONGEST_HEADING or block.kind == "note":
            continue
        words = prose[block.start : block.end]
        is_heading = words.strip().strip(":.*_#= ").casefold() in _HEADINGS
        if is_heading or _RULE.fullmatch(words):
            last = _list_end(document, index + 1)
            notes = list(_notes(document, index + 1, last, counted=is_heading))
            if notes:
                return index, last, notes
    # Without a heading, a list of marked numbers ends the text.
    for index, block in enumerate(blocks):
        label = _LABEL.match(prose, block.start, block.end)
        if label and not label["plain"] and _number(label) == 1 and block.kind in {"prose", "quotation"}:
            last = _list_end(document, index)
            notes = list(_notes(document, index, last, counted=False))
            return (index - 1, last, notes) if notes else None
    return None


def _list_end(document: Document, first: int) -> int:
    """The block after a list of notes: a heading, the works cited, or the end."""
    prose = document.prose
    for index in range(first, len(document.blocks)):
        block = document.blocks[index]
        words = prose[block.start : min(block.end, block.start + _LONGEST_HEADING)]
        titled = words.strip().strip(":.*_#= ").casefold() in WORKS_CITED
        if block.kind in {"heading", "reference", "note"} or titled:
            return index
    return len(document.blocks)


def _notes(document: Document, first: int, last: int, *, counted: bool) -> Iterator[_Note]:
    """The notes in some blocks.

    Args:
        document: The draft.
        first: Index of the first block.
        last: Index after the last one.
        counted: Whether each block is a note if none has a number, as in a list that the format numbers.
    """
    labels = list(_labels(document, first, last))
    blocks = document.blocks[first:last]
    if not labels:
        if counted:
            yield from (_Note(number, block.start, block.end) for number, block in enumerate(blocks, 1))
        return
    for index, (number, _, end) in enumerate(labels):
        following = labels[index + 1][1] if index + 1 < len(labels) else blocks[-1].end
        # The last block that begins before the next note.
        within = bisect_right(blocks, following - 1, key=lambda block: block.start) - 1
        yield _Note(number, end, min(following, blocks[within].end))


def _labels(document: Document, first: int, last: int) -> Iterator[tuple[int, int, int]]:
    """Number, start and end of each label that begins a line and follows the one before it."""
    expected, form = 1, ""
    for block in document.blocks[first:last]:
        offset = block.start
        while 0 <= offset < block.end:
            label = _LABEL.match(document.prose, offset, block.end)
            if label and _number(label) == expected and form in {"", label.lastgroup}:
                yield expected, offset, label.end()
                expected, form = expected + 1, label.lastgroup or ""
            newline = document.prose.find("\n", offset, block.end)
            offset = newline + 1 if newline >= 0 else -1


def _number(match: re.Match[str]) -> int:
    digits = next(filter(None, match.groups()))
    return int(digits.translate(_SUPERSCRIPT))


def _calls(document: Document, last: int, numbers: set[int]) -> dict[Span, int]:
    """The number of each call before the list, by its span in the prose."""
    if last < 0:
        return {}
    end = document.blocks[last].start if last < len(document.blocks) else len(document.prose)
    if last < len(document.blocks) and not _is_divider(document, document.blocks[last]):
        end = document.blocks[last].end
    calls = {
        match.span(): _number(match)
        for match in _CALL.finditer(document.prose, 0, end)
        if _number(match) in numbers
    }
    if calls:
        return calls
    expected = 1
    for match in _BARE_CALL.finditer(document.prose, 0, end):
        if _number(match) == expected:
            calls[match.span()] = expected
            expected += 1
    return calls if len(calls) == len(numbers) else {}


def _is_divider(document: Document, block: Block) -> bool:
    words = document.prose[block.start : block.end]
    return bool(_RULE.fullmatch(words)) or words.strip().strip(":.*_#= ").casefold() in _HEADINGS


def _rewritten(
    document: Document, divider: int, last: int, notes: Sequence[_Note], calls: Mapping[Span, int]
) -> Document:
    """The draft with a note's call for each number in its text, and with its notes as blocks."""
    pieces: list[str] = []
    starts, ends = array("Q"), array("Q")
    # For each call, by how much the offsets after it are shifted.
    shifts: list[tuple[int, int]] = []
    offset = shift = 0
    called: dict[int, int] = {}
    for (start, end), number in calls.items():
        pieces += [document.prose[offset:start], NOTE_CALL]
        starts.extend(document.starts[offset:start])
        ends.extend(document.ends[offset:start])
        called[start - shift] = number
        starts.append(document.starts[start])
        ends.append(document.ends[end - 1])
        shift += end - start - 1
        shifts.append((end, shift))
        offset = end
    pieces.append(document.prose[offset:])
    starts.extend(document.starts[offset:])
    ends.extend(document.ends[offset:])

    def moved(place: int) -> int:
        index = bisect_right(shifts, place, key=lambda each: each[0]) - 1
        return place - (shifts[index][1] if index >= 0 else 0)

    before = document.blocks[: divider + 1]
    blocks = [Block(moved(block.start), moved(block.end), block.kind) for block in before]
    index_of: dict[int, int] = {}
    for note in notes:
        index_of[note.number] = len(blocks)
        blocks.append(Block(moved(note.start), moved(note.end), "note"))
    blocks += [Block(moved(each.start), moved(each.end), each.kind) for each in document.blocks[last:]]
    shifted = len(notes) - (last - divider - 1)
    own = {
        moved(place): index if index <= divider else index + shifted
        for place, index in document.notes.items()
        if index <= divider or index >= last
    }
    return replace(
        document,
        prose="".join(pieces),
        starts=starts,
        ends=ends,
        blocks=tuple(blocks),
        notes=own | {place: index_of[number] for place, number in called.items()},
        emphasis=tuple((moved(start), moved(end)) for start, end in document.emphasis),
    )

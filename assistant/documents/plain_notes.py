"""Notes that a writer numbers by hand: ``[1]``, ``1`` or ``¹`` in the text, and a list at its end."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from assistant.core.essay import Span
from assistant.documents.document import NOTE_CALL, Block, Document, heads_a_list, heads_notes

_SUPERSCRIPT = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_RAISED = "[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,3}"
_LABEL = re.compile(
    rf"[^\S\n]*\^?(?:\[(?P<bracketed>\d{{1,3}})\][.:]?|\((?P<round>\d{{1,3}})\)|(?P<raised>{_RAISED})"
    r"|(?P<plain>\d{1,3})[.)]?)[^\S\n]*(?=[^\s\d])"
)
_CALL = re.compile(
    rf"\[(?P<bracketed>\d{{1,3}})\](?![(:])|(?P<raised>{_RAISED})|(?<=\S)\^(?P<plain>\d{{1,3}})\^?"
)
# Only where the list has this form: elsewhere such a number is a page's.
_ROUND_CALL = re.compile(r"\((?P<round>\d{1,3})\)")
# A number without any mark is a call only directly after the end of words or of a sentence; the stop of the
# sentence may follow it.
_BARE_CALL = re.compile(r"(?<=[.,;:!?”\"’'»“)])(?P<plain>\d{1,3})(?=[.,;:]?(?:\s|$))")
# Remarks of reviewers, which Google Docs puts after the notes.
_REMARK = re.compile(r"\[(?P<letter>[a-z]{1,2})\](?=\S)")
_REMARK_CALL = re.compile(r"(?<=\S)\[(?P<letter>[a-z]{1,2})\]")
_LONGEST_HEADING = 40
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class _Note:
    """A note in the list: its number, the span of its words in the prose, and the form of the number."""

    number: int
    start: int
    end: int
    form: str


def with_plain_notes(document: Document) -> Document:
    """A draft in which notes numbered by hand are notes, as those of its format are.

    Remarks of reviewers that were exported with the text are left out.
    """
    document = _with_numbered_works(_without_remarks(document))
    found = _listed(document)
    if found is None:
        return document
    first, last, notes = found
    calls = _calls(document, first, notes)
    return _with_notes(document, first, last, notes, calls) if calls else document


def _with_numbered_works(document: Document) -> Document:
    """A draft with the entries of its works cited that have numbers in brackets, which are their keys."""
    entries = dict(document.entries)
    for block in document.blocks:
        labels = list(_bracketed(document.prose, block)) if block.kind == "reference" else []
        ends = [label.start() for label in labels[1:]] + [block.end]
        for label, end in zip(labels, ends, strict=False):
            entries.setdefault(label["bracketed"], document.prose[label.end() : end].strip())
    return replace(document, entries=entries) if len(entries) > len(document.entries) else document


def _bracketed(prose: str, block: Block) -> Iterator[re.Match[str]]:
    """The numbers in brackets at the beginning of the lines of a block."""
    offset = block.start
    while 0 <= offset < block.end:
        label = _LABEL.match(prose, offset, block.end)
        if label and label["bracketed"]:
            yield label
        newline = prose.find("\n", offset, block.end)
        offset = newline + 1 if newline >= 0 else -1


def _without_remarks(document: Document) -> Document:
    """A draft without the remarks that a list of lettered lines at its end has, and without their calls."""
    prose, blocks = document.prose, document.blocks
    found: list[tuple[int, int]] = []
    for index, block in enumerate(blocks):
        offset = block.start
        while 0 <= offset < block.end:
            label = _REMARK.match(prose, offset, block.end)
            if label and label["letter"] == _letters(len(found)):
                found.append((index, offset))
            newline = prose.find("\n", offset, block.end)
            offset = newline + 1 if newline >= 0 else -1
    if not found:
        return document
    first, start = found[0]
    known = {_letters(number) for number in range(len(found))}
    calls = {match.span(): "" for match in _REMARK_CALL.finditer(prose, 0, start) if match["letter"] in known}
    if not calls:
        return document
    kept = [Block(blocks[first].start, start, blocks[first].kind)] if start > blocks[first].start else []
    rest = [Block(start, blocks[first].end, "reference"), *blocks[first + 1 :]]
    remarks = [Block(block.start, block.end, "reference") for block in rest]
    notes = {place: index for place, index in document.notes.items() if index < first}
    return _spliced(replace(document, notes=notes), calls, [*blocks[:first], *kept, *remarks])


def _letters(number: int) -> str:
    """The label of a remark: a to z, then aa to az and so on."""
    high, low = divmod(number, len(_LETTERS))
    return (_LETTERS[high - 1] if high else "") + _LETTERS[low] if high <= len(_LETTERS) else ""


def _listed(document: Document) -> tuple[int, int, list[_Note]] | None:
    """First block and last block of the list, and its notes; ``None`` if there is none."""
    blocks, prose = document.blocks, document.prose
    for index, block in enumerate(blocks):
        if block.end - block.start > _LONGEST_HEADING or block.kind == "note":
            continue
        words = prose[block.start : block.end]
        if heads_notes(words):
            last = _list_end(document, index + 1)
            notes = list(_notes(document, index + 1, last, counted=any(map(str.isalpha, words))))
            if notes:
                return index, _after(document, notes, last), notes
    # Without a heading, a list of marked numbers ends the text.
    for index, block in enumerate(blocks):
        label = _LABEL.match(prose, block.start, block.end)
        if label and not label["plain"] and _number(label) == 1 and (block.is_text or block.is_quotation):
            last = _list_end(document, index)
            notes = list(_notes(document, index, last, counted=False))
            return (index - 1, _after(document, notes, last), notes) if notes and index else None
    return None


def _after(document: Document, notes: Sequence[_Note], last: int) -> int:
    """The block after the last note; what follows it is no note."""
    ends = [block.end for block in document.blocks[:last]]
    return bisect_right(ends, notes[-1].end - 1) + 1


def _list_end(document: Document, first: int) -> int:
    """The block after a list of notes: a heading, the works cited, or the end."""
    prose = document.prose
    for index in range(first, len(document.blocks)):
        block = document.blocks[index]
        if (
            block.is_heading
            or block.kind in {"reference", "note"}
            or heads_a_list(prose[block.start : block.end])
        ):
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
            yield from (_Note(number, block.start, block.end, "") for number, block in enumerate(blocks, 1))
        return
    for index, (number, _, end, form) in enumerate(labels):
        # A note goes on to the last block before the next one; the last note ends with its own block.
        before = labels[index + 1][1] - 1 if index + 1 < len(labels) else end
        within = blocks[bisect_right(blocks, before, key=lambda block: block.start) - 1]
        yield _Note(number, end, min(before + 1, within.end) if before > end else within.end, form)


def _labels(document: Document, first: int, last: int) -> Iterator[tuple[int, int, int, str]]:
    """Number, start, end and form of each label that begins a line and follows the one before it."""
    expected, form = 1, ""
    for block in document.blocks[first:last]:
        offset = block.start
        while 0 <= offset < block.end:
            label = _LABEL.match(document.prose, offset, block.end)
            if label and _number(label) == expected and form in {"", label.lastgroup}:
                yield expected, offset, label.end(), label.lastgroup or ""
                expected, form = expected + 1, label.lastgroup or ""
            newline = document.prose.find("\n", offset, block.end)
            offset = newline + 1 if newline >= 0 else -1


def _number(match: re.Match[str]) -> int:
    digits = next(filter(None, match.groups()))
    return int(digits.translate(_SUPERSCRIPT))


def _calls(document: Document, divider: int, notes: Sequence[_Note]) -> dict[Span, int]:
    """The number of each call before the list, by its span in the prose."""
    numbers, block = {note.number for note in notes}, document.blocks[divider]
    end = block.start if heads_notes(document.prose[block.start : block.end]) else block.end
    pattern = _ROUND_CALL if notes[0].form == "round" else _CALL
    calls = {
        match.span(): _number(match)
        for match in pattern.finditer(document.prose, 0, end)
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


def _with_notes(
    document: Document, divider: int, last: int, notes: Sequence[_Note], calls: Mapping[Span, int]
) -> Document:
    """The draft with a note's call for each number in its text, and with its notes as blocks."""
    blocks = [*document.blocks[: divider + 1]]
    index_of = {note.number: len(blocks) + number for number, note in enumerate(notes)}
    blocks += [Block(note.start, note.end, "note") for note in notes]
    blocks += document.blocks[last:]
    shifted = len(notes) - (last - divider - 1)
    own = {
        place: index if index <= divider else index + shifted
        for place, index in document.notes.items()
        if index <= divider or index >= last
    }
    called = {start: index_of[number] for (start, _), number in calls.items()}
    return _spliced(replace(document, notes=own | called), dict.fromkeys(calls, NOTE_CALL), blocks)


def _spliced(document: Document, replaced: Mapping[Span, str], blocks: Sequence[Block]) -> Document:
    """The draft with spans of its prose, in order, replaced by one character or none; offsets follow."""
    pieces: list[str] = []
    starts, ends = array("Q"), array("Q")
    # For each span, by how much the offsets after it are less.
    shifts: list[tuple[int, int]] = []
    offset = shift = 0
    for (start, end), words in replaced.items():
        pieces += [document.prose[offset:start], words]
        starts.extend(document.starts[offset:start])
        ends.extend(document.ends[offset:start])
        starts.extend([document.starts[start]] * len(words))
        ends.extend([document.ends[end - 1]] * len(words))
        shift += end - start - len(words)
        shifts.append((end, shift))
        offset = end
    pieces.append(document.prose[offset:])
    starts.extend(document.starts[offset:])
    ends.extend(document.ends[offset:])

    def moved(place: int) -> int:
        index = bisect_right(shifts, place, key=lambda each: each[0]) - 1
        return place - (shifts[index][1] if index >= 0 else 0)

    return replace(
        document,
        prose="".join(pieces),
        starts=starts,
        ends=ends,
        blocks=tuple(Block(moved(each.start), moved(each.end), each.kind) for each in blocks),
        notes={moved(place): index for place, index in document.notes.items()},
        emphasis=tuple((moved(start), moved(end)) for start, end in document.emphasis),
    )

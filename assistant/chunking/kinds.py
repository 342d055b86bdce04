"""What each block is: heading, paragraph, block quotation, verse, list, note, reference."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.chunking.blocks import heading_like
from assistant.chunking.layout import Block, Layout, PrintLine
from assistant.chunking.notes import NOTES_HEADING, divide_notes
from assistant.types import Kind

_REFERENCES = re.compile(
    r"(?:works? (?:cited|consulted)|references?|bibliography|sources|literature(?: cited)?|further reading)",
    re.IGNORECASE,
)
_NUMBERING = re.compile(r"^(?:\d+(?:\.\d+)*|[IVXLC]+)[.)]?\s+")
_KNOWN = re.compile(
    r"(?:abstract|introduction|conclusions?|epilogue|prologue|preface|afterword|acknowledge?ments?|appendix\b.*)",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Segment:
    """A block with what it is.

    Attributes:
        kind: Its kind.
        lines: Its lines.
        mark: A note's mark, or the empty string.
        resumes: Whether it visibly goes on with the paragraph before the quotation.
    """

    kind: Kind
    lines: list[PrintLine]
    mark: str = ""
    resumes: bool = False


def classify(blocks: Sequence[Block], layout: Layout) -> list[Segment]:
    """Tell what each block is.

    Args:
        blocks: Blocks in order, title and author taken off.
        layout: How the source is set.

    Returns:
        Segments in reading order.
    """
    segments: list[Segment] = []
    part: Kind = "paragraph"
    for at, block in enumerate(blocks):
        following = blocks[at + 1] if at + 1 < len(blocks) else None
        if _is_heading(segments, block, following, layout, part):
            segments.append(Segment("heading", block.lines))
            part = _part(block, blocks[at + 1 :])
        elif part == "note":
            _add_notes(segments, block)
        elif part == "reference":
            _add_entries(segments, block)
        else:
            segments.append(_body(block, layout))
    return segments


def _part(heading: Block, rest: Sequence[Block]) -> Kind:
    """The kind of what stands under a heading."""
    name = _NUMBERING.sub("", heading.printed).strip(" .:")
    if NOTES_HEADING.fullmatch(name) and rest and divide_notes(rest[0].lines)[1]:
        return "note"
    return "reference" if _REFERENCES.fullmatch(name) and rest else "paragraph"


def _is_heading(
    segments: Sequence[Segment], block: Block, following: Block | None, layout: Layout, part: Kind
) -> bool:
    if block.first.mark == "#":
        return True
    name = _NUMBERING.sub("", block.printed).strip(" .:")
    if len(block.lines) == 1 and any(known.fullmatch(name) for known in (NOTES_HEADING, _REFERENCES, _KNOWN)):
        return following is not None
    if part != "paragraph" or not heading_like(block, layout) or following is None or block.verse:
        return False
    if segments and segments[-1].kind == "paragraph" and not segments[-1].lines[-1].ends_sentence:
        return False
    if block.item:
        return False
    return following.first.starts_sentence and not (block.narrow and len(block.lines) > 1)


def _body(block: Block, layout: Layout) -> Segment:
    if block.verse:
        return Segment("verse", block.lines)
    if block.item:
        return Segment("list", block.lines)
    if block.narrow:
        return Segment("blockquote", block.lines)
    return Segment("paragraph", block.lines, resumes=_resumes(block, layout))


def _resumes(block: Block, layout: Layout) -> bool:
    """Whether nothing shows that the block begins a new paragraph: no indent, seen or inferred."""
    if not block.first.starts_sentence:
        return True
    if layout.indented and block.first.indent > layout.body_indent + 1:
        return False
    following = block.lines[1].first_word if len(block.lines) > 1 else ""
    return not (
        following and layout.measure.wrapped and layout.measure.looks_indented(block.first.text, following)
    )


def _add_notes(segments: list[Segment], block: Block) -> None:
    last = segments[-1] if segments[-1].kind == "note" else None
    leading, notes = divide_notes(block.lines, last.mark if last else None)
    if leading and last:
        last.lines.extend(leading)
    elif leading:
        segments.append(Segment("paragraph", leading))
    segments.extend(Segment("note", note.lines, note.mark) for note in notes)


def _add_entries(segments: list[Segment], block: Block) -> None:
    """Divide references: an indented line hangs on the entry before it, any other block is an entry."""
    for at, line in enumerate(block.lines):
        last = segments[-1]
        begun = last.kind == "reference"
        hangs = begun and line.indent > last.lines[0].indent + 1
        unhung = at > 0 and not any(one.indent > block.first.indent + 1 for one in block.lines)
        if hangs or (begun and unhung) or (begun and not last.lines[-1].ends_sentence and not at):
            last.lines.append(line)
        else:
            segments.append(Segment("reference", [line]))

"""Divide an essay whose file declares its blocks: by what is declared, not by layout.

What a writer left undeclared is found by words: the title and the author above the first paragraph, notes
numbered by hand under a heading of their own, and entries under a heading such as "Works Cited".
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.chunking.classify import (
    BYLINE,
    ClassifiedBlock,
    author_by_record,
    is_name,
    manuscript_head,
    names_known_part,
    title_by_record,
)
from assistant.chunking.headings import NOTES_HEADING, REFERENCES_HEADING, numbering_length
from assistant.chunking.notes import divide_notes
from assistant.chunking.printed import PrintLine
from assistant.core.declared import BlockKind, Declaration, DeclaredBlock
from assistant.core.essay import CSLItem, Essay, Kind, plain_title
from assistant.core.lines import LINE_BREAK, strip

_KINDS: dict[BlockKind, Kind] = {
    "prose": "paragraph",
    "quotation": "blockquote",
    "verse": "verse",
    "list": "list",
    "note": "note",
    "title": "title",
    "author": "author",
    "heading": "heading",
    "reference": "reference",
    "caption": "caption",
    "furniture": "caption",
}
_MOST_LEADING = 14
# A line of a title page is shorter, and ends without a stop.
_LONGEST_LEADING = 150
_LONGEST_HEADING = 80


@dataclass(slots=True)
class _Found:
    """A declared block with its printed lines, and what it was found to be."""

    declared: DeclaredBlock
    lines: list[PrintLine]
    kind: Kind
    index: int
    mark: str = ""
    is_front: bool = False

    @property
    def text(self) -> str:
        return " ".join(line.text for line in self.lines)

    @property
    def bare(self) -> str:
        """Its words as those of a heading without number and stops."""
        text = self.text[: 2 * _LONGEST_HEADING]
        return text[numbering_length(text) :].strip(" .:*_")


def declared_essay(essay: Essay, declared: Declaration) -> list[ClassifiedBlock]:
    """The blocks of an essay with their kinds, title, author and notes included, in order."""
    found = _found(essay, declared)
    _mark_front(found, essay.reference)
    _mark_lists(found)
    blocks: list[ClassifiedBlock] = []
    for each in found:
        block = each.declared
        resumes = block.resumes if block.resumes is not None else not each.lines[0].starts_sentence
        blocks.append(
            ClassifiedBlock(
                each.kind,
                each.lines,
                each.mark,
                resumes=each.kind == "paragraph" and resumes,
                is_front=each.is_front,
                page=block.page,
                index=each.index,
                label=block.label,
            )
        )
    return _with_manual_notes(blocks) if not any(block.kind == "note" for block in blocks) else blocks


def _found(essay: Essay, declared: Declaration) -> list[_Found]:
    found = []
    pages = [page.start for page in essay.pages]
    for index, block in enumerate(declared.blocks):
        calls = [(call.start, call.end) for call in declared.calls_in(block.start, block.end)]
        if lines := _lines(essay.text, block, calls, pages):
            kind = _KINDS[block.kind]
            mark = block.mark if kind == "note" else ""
            found.append(_Found(block, lines, kind, index, mark))
    return found


def _lines(
    text: str, block: DeclaredBlock, calls: Sequence[tuple[int, int]], pages: Sequence[int]
) -> list[PrintLine]:
    """The lines of a block, without the numbers of notes."""
    breaks = LINE_BREAK.finditer(text, block.start, block.end)
    spans = [(match.start(), match.end()) for match in breaks]
    starts = [block.start, *(end for _, end in spans)]
    ends = [*(start for start, _ in spans), block.end]
    lines: list[PrintLine] = []
    for start, end in zip(starts, ends, strict=True):
        if not (words := strip(text[start:end])):
            continue
        first = text.index(words, start, end)
        last = first + len(words)
        cuts = tuple((max(low, first), min(high, last)) for low, high in calls if low < last and first < high)
        printed = _without(text, first, last, cuts)
        if printed.strip():
            lines.append(
                PrintLine(
                    number=0, start=first, end=last, text=printed, indent=0, page=_page_of(first, pages),
                    after_blank=not lines, opens_page=False, cuts=cuts,
                )
            )  # fmt: skip
    return lines


def _page_of(offset: int, pages: Sequence[int]) -> int:
    return max(0, bisect_right(pages, offset) - 1)


def _without(text: str, start: int, end: int, cuts: Sequence[tuple[int, int]]) -> str:
    pieces = []
    for low, high in cuts:
        pieces.append(text[start:low])
        start = high
    return "".join([*pieces, text[start:end]])


def _mark_front(found: Sequence[_Found], reference: CSLItem) -> None:
    """Find title and author: as declared, else by the record, else by their form."""
    leading = _leading(found)
    titles = [each for each in found[:_MOST_LEADING] if each.kind == "title"]
    for each in found[_MOST_LEADING:]:
        if each.kind == "title":
            each.kind = "heading"
    authors = [each for each in found if each.kind == "author"]
    if not authors:
        # Many writers set their name in the style of a subtitle.
        authors = _names_among(titles[1:], reference)
        titles = [each for each in titles if each not in authors]
    is_whole = bool(titles and authors)
    head = None if is_whole or not leading else manuscript_head(_lines_of(leading))
    titles = titles or _by_record(leading, title_by_record(_lines_of(leading), plain_title(reference)))
    if head is not None:
        titles, authors = titles or _by_record(leading, head[0]), authors or _by_record(leading, head[1])
    rest = [each for each in leading if each not in titles]
    authors = authors or _by_record(rest, author_by_record(_lines_of(rest), reference))
    titles = titles or _title_by_form(found, [each for each in leading if each not in authors])
    authors = authors or _author_by_form([each for each in leading if each not in titles], titles)
    for each in titles:
        each.kind = "title"
    for each in authors:
        each.kind = "author"
    if titles or authors:
        _mark_rest_of_front(leading, titles)


def _names_among(subtitles: Sequence[_Found], reference: CSLItem) -> list[_Found]:
    """The first of the subtitles that is the name of an author."""
    by_record = _by_record(subtitles, author_by_record(_lines_of(subtitles), reference))
    named = (each for each in subtitles if BYLINE.match(each.text) or is_name(each.text))
    return by_record or list(named)[:1]


def _mark_rest_of_front(leading: Sequence[_Found], titles: Sequence[_Found]) -> None:
    """Mark what else a title page says, such as a date: it is no paragraph and heads no section."""
    first = titles[0].index if titles else 0
    for each in leading:
        if each.kind == "paragraph":
            each.kind, each.is_front = "heading", True
        elif each.kind == "heading" and each.index < first:
            each.is_front = True


def _leading(found: Sequence[_Found]) -> list[_Found]:
    """The blocks before the first paragraph."""
    leading: list[_Found] = []
    for each in found[:_MOST_LEADING]:
        if each.kind in {"title", "author", "heading"}:
            if each.kind == "heading" and names_known_part(each.bare) and leading:
                break
            leading.append(each)
            continue
        text = each.text
        stops = each.lines[-1].ends_sentence and not text.endswith(":")
        if each.kind != "paragraph" or len(text) > _LONGEST_LEADING or (stops and not BYLINE.match(text)):
            break
        leading.append(each)
    return leading


def _lines_of(blocks: Sequence[_Found]) -> list[PrintLine]:
    return [line for each in blocks for line in each.lines]


def _by_record(blocks: Sequence[_Found], lines: Sequence[PrintLine]) -> list[_Found]:
    """The blocks whose lines are among those that were found."""
    starts = {line.start for line in lines}
    return [each for each in blocks if starts and any(line.start in starts for line in each.lines)]


def _title_by_form(found: Sequence[_Found], leading: Sequence[_Found]) -> list[_Found]:
    """A heading above the first paragraph, or else the first short line."""
    if not leading:
        return []
    headings = [each for each in leading if each.kind == "heading"]
    if headings and names_known_part(headings[0].bare):
        headings = []
    first = headings[0] if headings else leading[0]
    if first.kind != "heading" and (len(found) <= len(leading) or names_known_part(first.bare)):
        return []
    title = [first]
    if first.text.rstrip().endswith(":"):
        title += [each for each in leading if each.index == first.index + 1]
    return title


def _author_by_form(leading: Sequence[_Found], titles: Sequence[_Found]) -> list[_Found]:
    """The first line after the title, else before it, that reads as a name or is called a byline."""
    if not titles:
        return []
    after = [each for each in leading if each.index > titles[-1].index]
    before = [each for each in leading if each.index < titles[0].index]
    for each in (*after, *before):
        text = each.text
        byline = BYLINE.match(text)
        is_open = each.kind != "heading" or each.declared.level == 0 or byline
        if is_open and is_name(text[byline.end() :] if byline else text):
            return [each]
    return []


def _mark_lists(found: Sequence[_Found]) -> None:
    """Find the entries of lists of works under their headings, which need not be declared as headings."""
    listed: _Found | None = None
    for each in found:
        heads = (
            each.kind in {"heading", "paragraph"}
            and len(each.text) <= _LONGEST_HEADING
            and REFERENCES_HEADING.fullmatch(each.bare)
        )
        if heads:
            each.kind, listed = "heading", listed if listed and _is_below(each, listed) else each
        elif each.kind == "heading":
            listed = listed if listed and _is_below(each, listed) else None
        elif listed and each.kind in {"paragraph", "blockquote", "list"}:
            each.kind = "reference"


def _is_below(heading: _Found, above: _Found) -> bool:
    """Whether a heading divides what is under another one."""
    return heading.declared.level > above.declared.level > 0


def _with_manual_notes(blocks: list[ClassifiedBlock]) -> list[ClassifiedBlock]:
    """Divide what is under a heading of notes into notes, if the file declares none."""
    result: list[ClassifiedBlock] = []
    inside = False
    for block in blocks:
        text = " ".join(line.text for line in block.lines)
        bare = text[numbering_length(text) :].strip(" .:*_") if len(text) <= _LONGEST_HEADING else ""
        if block.kind in {"heading", "paragraph"} and NOTES_HEADING.fullmatch(bare):
            inside = True
            result.append(replace(block, kind="heading", resumes=False))
        elif block.kind == "heading":
            inside = False
            result.append(block)
        elif inside and block.kind in {"paragraph", "list", "reference", "blockquote"}:
            last = result[-1] if result and result[-1].kind == "note" else None
            leading, notes = divide_notes(block.lines, last.mark if last else None)
            if leading and last:
                last.lines.extend(leading)
            elif leading:
                result.append(replace(block, lines=leading))
            result.extend(ClassifiedBlock("note", note.lines, note.mark) for note in notes)
        else:
            result.append(block)
    return result

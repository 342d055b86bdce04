"""The printed lines of a source: what is on them, and where.

Whatever surrounds the words of an essay in its file, or is printed on its pages beside them, is left out.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from assistant.chunking.headings import lower_numbering_length
from assistant.chunking.matter import NO_MATTER, DroppedSpan, Matter
from assistant.core.essay import Essay, Span
from assistant.core.lines import Line, split_lines, strip

# So many lines must follow each other at the usual distance, and in such a share of them a sentence goes on.
_FEWEST = 5
_GOES_ON = 0.35


def dividing_blanks(texts: Sequence[str], blanks: Sequence[int]) -> list[bool]:
    """Which lines are set apart from the line before them.

    Args:
        texts: Printed lines, in order.
        blanks: Number of blank lines before each.

    Returns:
        For each line whether the blank lines before it divide. In a double-spaced text these are more blank
        lines than usual, and the ends of a part that is set closer, such as a block quotation.
    """
    usual = _usual_distance(texts, blanks)
    if not usual:
        return [blank > 0 for blank in blanks]
    after = [*blanks[1:], usual]
    before = [usual, *blanks]
    return [
        blank > usual or (blank == usual and (not after[index] or (index > 1 and not before[index])))
        for index, blank in enumerate(blanks)
    ]


def _usual_distance(texts: Sequence[str], blanks: Sequence[int]) -> int:
    """Blank lines between the lines of one paragraph; 0 if blank lines divide paragraphs."""
    usual, count = Counter(blanks[1:]).most_common(1)[0] if len(blanks) > 1 else (0, 0)
    if not usual or count < _FEWEST:
        return 0
    going_on = sum(
        text[0].islower() for text, blank in zip(texts[1:], blanks[1:], strict=True) if blank == usual
    )
    return usual if going_on >= _GOES_ON * count else 0


_SENTENCE_END = re.compile(
    r"[.!?…:][\"'”’)\]»*_]*(?:\s?\(.{1,60}\)[.]?)?(?:\d{1,3}|\[\^?\w{1,4}\]|[¹²³⁴⁵⁶⁷⁸⁹⁰]+)?$"
)
# A dash begins a speech in many languages.
_SPEECH_DASHES = "—–"
_OPENERS = "\"'“‘([«„»_*"
# What is printed on a page beside its text, and divides nothing.
_PAGE_FURNITURE = frozenset(
    {"page number", "running head", "download stamp", "cover sheet", "imprint", "page mark"}
)


@dataclass(frozen=True, slots=True)
class PrintLine:
    """A printed line: neither blank nor furniture.

    Attributes:
        number: Line number in the file, from 1.
        start: Source offset of its first printed character, after a mark that was taken off.
        end: Source offset after its last printed character.
        text: ``source[start:end]``, without the cuts.
        indent: Columns of white space before it.
        page: Number of its page, from 0.
        after_blank: Whether a blank line precedes it.
        opens_page: Whether it is the first printed line of a later page.
        mark: The layout mark taken off it, ``#`` or ``>``, or the empty string.
        cuts: Source spans within it that are no words of it, such as a page mark.
        lead: Page marks on the line before it, or between them, which took room there.
    """

    number: int
    start: int
    end: int
    text: str
    indent: int
    page: int
    after_blank: bool
    opens_page: bool
    mark: str = ""
    cuts: tuple[Span, ...] = ()
    lead: str = ""

    @property
    def spans(self) -> list[Span]:
        """Source spans of its words."""
        spans, start = [], self.start
        for first, last in [*self.cuts, (self.end, self.end)]:
            spans.append((start, first))
            start = last
        return spans

    @property
    def ends_sentence(self) -> bool:
        """Whether it ends as a sentence or an introduced quotation does."""
        return bool(_SENTENCE_END.search(self.text))

    @property
    def starts_sentence(self) -> bool:
        """Whether it begins with a capital or a figure, apart from quotation marks, brackets and a number."""
        printed = self.text
        if printed[0] in _SPEECH_DASHES:
            printed = printed[1:].lstrip() or printed
        text = printed[lower_numbering_length(printed) :]
        first = (text if text[:1].isupper() else printed).lstrip(_OPENERS)[:1]
        return first.isupper() or first.isdigit()

    @property
    def first_word(self) -> str:
        """Its first word, which is printed as one with a page mark before it."""
        return self.lead + self.text.split(maxsplit=1)[0]


@dataclass(slots=True)
class LineGroup:
    """Lines set as one.

    Attributes:
        lines: At least one printed line.
        narrow: Whether it is set to a smaller width or indented as a whole.
        verse: Whether its lines end where their author wanted, as in a poem.
        item: Whether it is an item of a list.
        front: Whether it is on a title page, besides title and author.
    """

    lines: list[PrintLine]
    narrow: bool = False
    verse: bool = False
    item: bool = False
    front: bool = False

    @property
    def first(self) -> PrintLine:
        """Its first line."""
        return self.lines[0]

    @property
    def last(self) -> PrintLine:
        """Its last line."""
        return self.lines[-1]

    @property
    def printed(self) -> str:
        """Its lines joined by spaces, with all hyphens: for recognising what it is, not for showing it."""
        return " ".join(line.text for line in self.lines)

    @property
    def characters(self) -> int:
        """Number of printed characters."""
        return sum(len(line.text) for line in self.lines)


def printed_lines(essay: Essay, matter: Matter = NO_MATTER) -> list[PrintLine]:
    """The printed lines of an essay, in order; furniture, matter and blank lines are left out."""
    starts = [page.start for page in essay.pages]
    page_starts = frozenset(starts)
    printed: list[PrintLine] = []
    blanks: list[int] = []
    blank, last_page, tail = 0, 0, ""
    dropped = sorted((*essay.furniture, *matter.spans))
    for line, spans in _with_dropped(split_lines(essay.text), dropped):
        pieces = list(_pieces(line, spans))
        if not pieces:
            # A rule, a comment or a number in the margin keeps its neighbours apart as a blank line does.
            blank += not any(reason in _PAGE_FURNITURE for _, _, reason in spans)
            continue
        start, end = pieces[0][0], pieces[-1][1]
        page = max(0, bisect_right(starts, start) - 1)
        # The text flows on where a transcriber marks a page within a paragraph.
        marks = [span for span in spans if span[2] == "page mark"]
        lead = (
            "" if blank else tail + "".join(essay.text[slice(*mark[:2])] for mark in marks if mark[0] < start)
        )
        tail = "".join(f"{essay.text[slice(*mark[:2])]} " for mark in marks if mark[0] >= start)
        cuts = tuple((before[1], after[0]) for before, after in pairwise(pieces))
        # A number in the margin is part of the indent. The one space that shows a page break is not.
        numbered = bool(spans) and spans[0][2] == "line number" and spans[0][0] < start
        margin = line.text[: start - line.start].replace("\t", "    ") if numbered else " " * line.indent
        printed.append(
            PrintLine(
                number=line.number,
                start=start,
                end=end,
                text=_without(essay.text, start, end, cuts) if cuts else essay.text[start:end],
                indent=0 if margin == " " and line.start in page_starts else len(margin),
                page=page,
                after_blank=blank > 0,
                opens_page=page != last_page and not lead,
                mark="#" if line.start in matter.underlined else "",
                cuts=cuts,
                lead=lead,
            )
        )
        blanks.append(blank)
        # A page can begin within a line.
        blank, last_page = 0, max(0, bisect_right(starts, end - 1) - 1)
    divides = dividing_blanks([line.text for line in printed], blanks)
    return [replace(line, after_blank=after) for line, after in zip(printed, divides, strict=True)]


def _with_dropped(
    lines: Sequence[Line], dropped: Sequence[DroppedSpan]
) -> Iterator[tuple[Line, Sequence[DroppedSpan]]]:
    """Each line with the spans on it that are dropped."""
    first = 0
    for line in lines:
        while first < len(dropped) and dropped[first][1] <= line.start:
            first += 1
        last = first
        while last < len(dropped) and dropped[last][0] < line.end:
            last += 1
        yield line, dropped[first:last]


def _pieces(line: Line, dropped: Sequence[DroppedSpan]) -> Iterator[Span]:
    """Source spans of what a line prints besides the spans dropped, without the white space around them."""
    position = line.start
    for start, end, _ in (*dropped, (line.end, line.end, "")):
        if start >= position:
            part = line.text[position - line.start : start - line.start]
            if text := strip(part):
                inner = position + part.index(text)
                yield inner, inner + len(text)
        position = max(position, end)


def _without(source: str, start: int, end: int, cuts: Sequence[Span]) -> str:
    """A slice of the source without spans of it, and without a second space where one was."""
    text = ""
    for first, last in [*cuts, (end, end)]:
        text += source[start:first]
        text += " " if first < end and any(map(str.isspace, source[first:last])) else ""
        start = last
    return text

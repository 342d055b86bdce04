"""How a source is set in print: its lines, their width, its indents and lists.

Text extraction loses the indents of a printed page. But a first line with an indent has fewer words, and the
last line of a paragraph has room for the next word. The width of lines therefore shows where paragraphs begin
and end.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise, zip_longest
from operator import itemgetter
from statistics import fmean, median, pstdev

from assistant.chunking.contents import find_contents, index_start, named_heading
from assistant.chunking.headings import find_names, find_speakers
from assistant.chunking.matter import DroppedSpan, find_matter
from assistant.chunking.printed import PrintLine, printed_lines
from assistant.core.essay import Essay, Span

# Advance widths of a common book face (Times Roman, thousandths of an em), from its font metrics.
_LOWER = "abcdefghijklmnopqrstuvwxyz"
_LOWER_WIDTHS = (
    "444 500 444 500 444 333 500 500 278 278 500 278 778 500 500 500 500 333 389 278 500 500 722 500 500 444"
)
_UPPER_WIDTHS = (
    "722 667 667 722 611 556 722 722 333 389 722 611 889 722 722 556 722 667 556 611 722 722 944 722 722 611"
)
_OTHER = (
    dict.fromkeys(" .,", 250) | dict.fromkeys(":;!'‘’()-", 333) | {'"': 408, "“": 444, "”": 444, "—": 1000}
)
_ADVANCE = (
    _OTHER
    | dict(zip(_LOWER, map(int, _LOWER_WIDTHS.split()), strict=True))
    | dict(zip(_LOWER.upper(), map(int, _UPPER_WIDTHS.split()), strict=True))
)
_USUAL = 500

# Justified lines differ in width by a few per cent of the measure; these shares of it are well outside that.
# Where lines end ragged, the shortest lines of the text itself set the limit.
_INDENTED = 0.925
_SHORTEST = 0.03
_NARROW = 0.925
_ROOM = 0.93
# Of so many lines within paragraphs, nearly all reach more with the next word; but widths are estimates.
_FEWEST_NEEDED, _NEEDED_SHARE, _MOST_ROOM = 40, 0.04, 0.985
# Lines as long as this are not broken at print width: each is a paragraph.
_UNWRAPPED = 140
_FEW_LINES = 2
# So many of the lines within paragraphs reach this share of the width where lines are justified.
_NARROW_LINE, _MOSTLY_FULL = 0.935, 0.7
_FULL, _FULL_LINE = 0.8, 0.9
# So many lines show that all are filled up to a number of characters; of so many, one may be an exception.
_FEWEST_FILLED, _FILLED_EXCEPTIONS = 8, 50
_SHORTEST_MEASURE = 30


def set_width(text: str) -> float:
    """Width of a line set in a book face, in ems."""
    return sum(_ADVANCE.get(ch, _USUAL) for ch in text.strip()) / 1000


def character_width(text: str) -> float:
    """Width of a line set in a typewriter face, in characters."""
    return float(len(text.strip()))


@dataclass(frozen=True, slots=True)
class LineMeasure:
    """The width to which a text is set.

    Attributes:
        full: Width of a full line, in the unit of ``width``; 0 when lines are not broken at a width.
        width: How wide a line is.
        shortest: Share of the full width that all but a few lines inside paragraphs reach.
        firsts: Median share of the full width that first lines after a blank line reach.
        room: Share of the full width that a line and the word after it reach, if the word has no room.
        limit: Most characters of a line, where every line is filled up to it; 0 where that is not known.
    """

    full: float
    width: Callable[[str], float]
    shortest: float = 0.0
    firsts: float = 1.0
    limit: int = 0
    room: float = _ROOM

    @property
    def wrapped(self) -> bool:
        """Whether lines are broken at print width."""
        return self.full > 0

    def share(self, line: str) -> float:
        """Width of the line as a share of the full width."""
        return self.width(line) / self.full if self.full else 0.0

    def has_room(self, line: str, word: str, *, indented: bool = True) -> bool:
        """Whether ``word`` would have fitted at the end of ``line``, which thus ends for another reason.

        Args:
            line: The line.
            word: The first word of the next line.
            indented: Whether the line may have an indent that extraction lost.
        """
        if self.limit:
            return len(line.strip()) + 1 + len(word) <= self.limit
        return self.share(f"{line.strip()} {word}") < (_ROOM if indented else self.room)

    def looks_indented(self, line: str, word: str) -> bool:
        """Whether a full line, followed by ``word``, is short by a first line's indent."""
        if self.limit or not 0.8 < self.share(line) < min(_INDENTED, self.shortest):
            return False
        return not self.has_room(line, f"{word} mm")

    def is_narrow(self, lines: Sequence[str]) -> bool:
        """Whether all these lines, the last of their block, are set to a smaller width."""
        if len(lines) < 2 or max(map(self.share, lines)) > 0.97:
            return False
        # The first line of an ordinary paragraph is short by its indent, so it proves less.
        inner = lines[1:-1]
        limit = _NARROW if inner else 0.85
        return median(map(self.share, inner or lines[:-1])) < limit and self.share(lines[0]) < _NARROW + 0.03


def find_measure(runs: Sequence[Sequence[str]]) -> LineMeasure:
    """Find the width to which a text is set.

    It is measured in the face (book or typewriter) in which full lines differ least.

    Args:
        runs: Lines of the text in runs with no blank line between.
    """
    lines = [line for run in runs for line in run if line.strip()]
    long = sum(len(line) for line in lines if len(line) > _UNWRAPPED)
    if long > 0.5 * sum(map(len, lines)):
        return LineMeasure(0.0, character_width)
    inner = [line for run in runs for line in run[:-1] if line.strip()]
    if len(inner) < _FEW_LINES or max(map(len, inner)) < _SHORTEST_MEASURE:
        return LineMeasure(0.0, character_width)
    spreads = (_measured(inner, width) for width in (set_width, character_width))
    measure = min(spreads, key=itemgetter(0))[1]
    body = [run for run in runs if not measure.is_narrow(run)]
    shares = sorted(measure.share(line) for run in body for line in run[1:-1])
    firsts = [measure.share(run[0]) for run in body if len(run) > 2]
    return replace(
        measure,
        shortest=shares[int(_SHORTEST * len(shares))] if shares else 0.0,
        firsts=median(firsts) if firsts else 1.0,
    )


def _measured(inner: Sequence[str], line_width: Callable[[str], float]) -> tuple[float, LineMeasure]:
    """By how much full lines differ in a face, as a share of their width, and the measure in it."""
    widths = sorted(map(line_width, inner))
    # Headings, verse and paragraph ends are short; the upper half of the lines is full.
    full = [width for width in widths if width > 0.85 * widths[int(0.8 * len(widths))]]
    return pstdev(full) / fmean(full), LineMeasure(median(full), line_width)


def _with_room(measure: LineMeasure, lines: Sequence[PrintLine]) -> LineMeasure:
    """The measure with what a line and the word after it reach within paragraphs, where that is known."""
    needed = sorted(
        measure.share(f"{before.text} {line.first_word}")
        for before, line in pairwise(lines)
        if not line.after_blank
        and not before.ends_sentence
        and not line.starts_sentence
        and measure.share(before.text) > _FULL_LINE
    )
    if len(needed) < _FEWEST_NEEDED:
        return measure
    usual = needed[int(_NEEDED_SHARE * len(needed))]
    return replace(measure, room=min(max(_ROOM, usual), _MOST_ROOM))


def _with_limit(measure: LineMeasure, lines: Sequence[PrintLine], body: int) -> LineMeasure:
    """The measure with the most characters of a line, if a program broke the lines at a number of characters.

    Then a line ends in the middle of a sentence only where the next word had no room.
    """
    pairs = [
        (len(before.text), len(before.text) + 1 + len(line.first_word))
        for before, line in pairwise(lines)
        if not line.after_blank
        and before.indent <= body + 1
        and line.indent <= body + 1
        and not before.ends_sentence
        and (not line.starts_sentence or measure.share(before.text) > _FULL)
    ]
    if measure.width is not character_width or len(pairs) < _FEWEST_FILLED:
        return measure
    exceptions = len(pairs) // _FILLED_EXCEPTIONS
    longest = sorted(length for length, _ in pairs)[-1 - exceptions]
    too_long = sorted(needed for _, needed in pairs)[exceptions]
    return replace(measure, limit=longest) if longest < too_long else measure


LIST_ITEM = re.compile(r"(?:[-*•–+]|\(?(?:\d{1,2}|[a-z])[.)])\s+(?=\S)")
_HEADING_MARK = re.compile(r"#{1,6}\s+(?=\S)")
_QUOTE_MARK = re.compile(r"(?:>\s?)+(?:\[![\w-]+\][+-]?\s*)?")
# Indents and jumps of fewer columns than this are noise of the extraction.
_INDENT = 2
# Items of a list follow each other within this many lines; numbered headings are further apart.
_LONGEST_ITEM = 12


@dataclass(frozen=True, slots=True)
class Layout:
    """How a source is set.

    Attributes:
        measure: The width to which it is set.
        indented: Whether paragraphs begin with an indent that the source still shows.
        firsts_indented: Whether some first line after a blank line is indented.
        body_indent: Columns before an ordinary line.
        spaced: Whether blank lines divide the paragraphs.
        justified: Whether nearly all lines within paragraphs are full.
        named: Headings that a table of contents names, as ``named_heading`` makes them comparable.
        speakers: Names before speeches, on the same line.
        names: Lines that have nothing but the name of a speaker.
        dropped: Source spans that are no words of the essay, with the reason: what surrounds them in the
            file, and layout marks (``#``, ``>``) that were taken off.
        items: Source offsets of lines that begin an item of a list.
        lines: All printed lines.
        title: The title that is stated for the file, which may be printed again.
        author: The author who is stated for the file.
    """

    measure: LineMeasure
    indented: bool
    firsts_indented: bool
    body_indent: int
    spaced: bool
    justified: bool
    named: frozenset[str]
    speakers: frozenset[str]
    names: frozenset[str]
    dropped: tuple[DroppedSpan, ...]
    items: frozenset[int]
    lines: tuple[PrintLine, ...] = field(repr=False)
    title: tuple[PrintLine, ...] = ()
    author: tuple[PrintLine, ...] = ()


def find_layout(essay: Essay) -> Layout:
    """Find how an essay is set."""
    matter = find_matter(essay.text)
    lines, marks = _take_marks_off(printed_lines(essay, matter))
    lines, contents = _take_contents_out(lines)
    entries = (essay.text[start:end] for start, end, reason in contents if reason == "table of contents")
    measure = find_measure([[line.text for line in run] for run in runs(lines)])
    inner = [line.indent for run in runs(lines) for line in run[1:]] or [0]
    body = max(set(inner), key=inner.count)
    indented = _indented(lines, body)
    firsts_indented = any(
        run[0].indent >= body + _INDENT and run[1].indent <= body + 1 for run in runs(lines) if len(run) > 1
    )
    if not indented and not firsts_indented:
        measure = _with_limit(measure, lines, body)
    measure = _with_room(measure, lines)
    return Layout(
        measure=measure,
        indented=indented,
        firsts_indented=firsts_indented,
        body_indent=body,
        spaced=_spaced(lines, measure),
        justified=_justified(lines, measure),
        named=frozenset(filter(None, map(named_heading, entries))),
        speakers=find_speakers([line.text for line in lines]),
        names=find_names([line.text for line in lines], [line.after_blank for line in lines]),
        dropped=(*matter.spans, *((start, end, "layout mark") for start, end in marks), *contents),
        items=_items(lines, measure),
        lines=tuple(lines),
        title=_stated(essay.text, matter.title),
        author=_stated(essay.text, matter.author),
    )


def _take_contents_out(lines: Sequence[PrintLine]) -> tuple[list[PrintLine], list[DroppedSpan]]:
    """Take tables of contents out; the other lines, and spans of the contents."""
    texts = [line.text for line in lines]
    index_at = index_start(texts)
    contents = find_contents(texts, [line.after_blank for line in lines]) | set(range(index_at, len(lines)))
    kept: list[PrintLine] = []
    opens_page, after_contents = False, False
    for index, line in enumerate(lines):
        if index in contents:
            opens_page, after_contents = opens_page or line.opens_page, True
            continue
        opens = line.opens_page or (opens_page and bool(kept))
        kept.append(replace(line, after_blank=line.after_blank or after_contents, opens_page=opens))
        opens_page, after_contents = False, False
    dropped = [
        (lines[index].start, lines[index].end, "index" if index >= index_at else "table of contents")
        for index in sorted(contents)
    ]
    return kept, dropped


def _justified(lines: Sequence[PrintLine], measure: LineMeasure) -> bool:
    """Whether nearly all lines within paragraphs are full."""
    inner = [
        measure.share(before.text) > _NARROW_LINE
        for before, line in pairwise(lines)
        if not line.after_blank and not before.ends_sentence and not line.starts_sentence
    ]
    return measure.wrapped and sum(inner) >= _MOSTLY_FULL * len(inner) > 0


def _spaced(lines: Sequence[PrintLine], measure: LineMeasure) -> bool:
    """Whether blank lines divide the paragraphs, as far as ends of sentences show it."""
    divided = runs(lines)
    blank = sum(
        len(before) > 1
        and before[-1].ends_sentence
        and run[0].starts_sentence
        and (len(run) > 1 or run[0].ends_sentence)
        for before, run in pairwise(divided)
    )
    inner = 0
    for run in divided:
        begins = True  # a paragraph of one line, such as an entry of a list, proves nothing
        for before, line in pairwise(run):
            ends = before.ends_sentence and line.starts_sentence
            ends = ends and measure.has_room(before.text, line.first_word)
            inner += ends and not begins
            begins = ends
    return blank >= inner


def _stated(text: str, spans: Sequence[Span]) -> tuple[PrintLine, ...]:
    """Lines of a title or an author that are stated for the file, before its pages."""
    return tuple(
        PrintLine(
            number=text.count("\n", 0, start) + 1,
            start=start,
            end=end,
            text=text[start:end],
            indent=0,
            page=0,
            after_blank=True,
            opens_page=False,
        )
        for start, end in spans
    )


def _items(lines: Sequence[PrintLine], measure: LineMeasure) -> frozenset[int]:
    """Offsets of lines that begin an item: several bullets, or numbers that count up, close together."""
    labelled = [
        (line, after, _number(match[0]))
        for line, after in zip_longest(lines, lines[1:])
        if (match := LIST_ITEM.match(line.text))
    ]
    items: set[int] = set()
    for (line, after, number), (later, _, later_number) in pairwise(labelled):
        is_close = later.number - line.number <= _LONGEST_ITEM
        if is_close and later_number == number + (number > 0) and not _heads(line, after, measure):
            items |= {line.start, later.start}
    return frozenset(items)


def _heads(line: PrintLine, after: PrintLine | None, measure: LineMeasure) -> bool:
    """Whether a numbered line is followed by words of their own, and thus a heading and no item."""
    return (
        after is not None
        and line.starts_sentence
        and not line.ends_sentence
        and after.starts_sentence
        and not LIST_ITEM.match(after.text)
        and measure.has_room(line.text, after.first_word)
    )


def _number(label: str) -> int:
    """Number of an item; 0 for a bullet. Letters count from ``a``."""
    inner = label.strip(" \t().")
    if inner.isdecimal():
        return int(inner)
    return ord(inner) - ord("a") + 1 if len(inner) == 1 and inner.isalpha() else 0


def runs(lines: Sequence[PrintLine]) -> list[list[PrintLine]]:
    """Runs of lines with no blank line between them."""
    divided: list[list[PrintLine]] = []
    for line in lines:
        if not divided or line.after_blank:
            divided.append([])
        divided[-1].append(line)
    return divided


def _indented(lines: Sequence[PrintLine], body: int) -> bool:
    """Whether first lines of paragraphs are indented, without a blank line before them."""
    firsts = [
        line
        for before, line in pairwise(lines)
        if not line.after_blank
        and line.indent >= body + _INDENT
        and before.indent <= body + 1
        and before.ends_sentence
        and line.starts_sentence
    ]
    return len(firsts) >= 2


def _is_lazy(before: Sequence[PrintLine], line: PrintLine) -> bool:
    """Whether a line goes on with a quotation that is marked, and whose sentence has not ended."""
    return (
        bool(before) and before[-1].mark == ">" and not before[-1].ends_sentence and not line.starts_sentence
    )


def _take_marks_off(lines: Sequence[PrintLine]) -> tuple[list[PrintLine], list[Span]]:
    """Take Markdown's marks of headings and quotations off their lines; the lines, and spans of the marks.

    A mark of a quotation with nothing after it is a blank line in it.
    """
    bare: list[PrintLine] = []
    marks: list[Span] = []
    blank = False
    for line in lines:
        mark = _HEADING_MARK.match(line.text) or _QUOTE_MARK.match(line.text)
        if mark and line.text[0] == ">" and mark.end() == len(line.text):
            marks.append((line.start, line.end))
            blank = True
            continue
        if mark is None and not blank and not line.after_blank and _is_lazy(bare, line):
            # In Markdown, a paragraph of a quotation goes on without its mark.
            bare.append(replace(line, mark=">"))
        elif mark and line.text[mark.end() :].strip():
            start = line.start + mark.end()
            marks.append((line.start, start))
            bare.append(replace(line, start=start, text=line.text[mark.end() :], mark=line.text[0]))
        else:
            bare.append(line)
        if blank:
            bare[-1] = replace(bare[-1], after_blank=True)
        blank = False
    return bare, marks

"""An essay divided into passages that are true to print.

Runs the steps of reading print in order: layout, blocks, what each block is, clean text, note marks,
sentences, pages. The ingest report accounts for every character of the source: it is kept in a passage, or
the report names the reason why it is not.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from itertools import count, dropwhile, pairwise

from assistant.chunking.anthology import essay_starts, several_essays
from assistant.chunking.blocks import divide, guessed_ends, merge
from assistant.chunking.classify import ClassifiedBlock, byline_length, classify, title_and_author
from assistant.chunking.cleaning import CleanText, Hyphenation, Tally, clean
from assistant.chunking.declared import declared_essay
from assistant.chunking.footnotes import take_footnotes
from assistant.chunking.layout import LIST_ITEM, Layout, find_layout
from assistant.chunking.marks import MarkFinder, NoteTarget
from assistant.chunking.matter import DroppedSpan
from assistant.chunking.notes import cut_inline_notes, has_bracket, note_start, take_bracketed
from assistant.chunking.printed import PrintLine
from assistant.chunking.sentences import split_sentences
from assistant.chunking.typeset import typeset_essay
from assistant.core.declared import Declaration
from assistant.core.essay import (
    Essay,
    IngestReport,
    Kind,
    NoteMark,
    PageStart,
    Passage,
    Span,
    Spans,
    plain_title,
)
from assistant.core.lines import INVISIBLE

_NUMBER = re.compile(r"\w{1,12}")
_OF_PARAGRAPH = frozenset({"paragraph", "blockquote", "verse", "list"})


class LocatorCounter:
    """Counts the paragraphs of an essay as a reader does, or takes the numbers that it prints beside them.

    What resumes a paragraph after a block quotation, and the quotation itself, is part of that paragraph.

    Args:
        labels: The number printed beside each block, in order; empty where none is printed.
    """

    def __init__(self, labels: Sequence[str]) -> None:
        self._are_printed = any(map(_NUMBER.fullmatch, labels))
        self._count = 0
        self._last = ""

    def of(self, block: ClassifiedBlock, *, is_new: bool) -> str:
        """Locator of the next block; empty if a citation can name none.

        Args:
            block: The block.
            is_new: Whether it begins a paragraph, if it is one.
        """
        if block.kind == "note":
            return f"n. {block.mark}" if _NUMBER.fullmatch(block.mark) else ""
        if block.kind not in _OF_PARAGRAPH:
            return ""
        if block.kind == "paragraph" and is_new:
            self._count += 1
            self._last = f"par. {self._count}" if not self._are_printed else ""
        if _NUMBER.fullmatch(block.label):
            self._last = f"par. {block.label}"
        return self._last


# The letter of an id, and the least number of digits after it.
_LETTERS: dict[Kind, tuple[str, int]] = {
    "paragraph": ("p", 2),
    "blockquote": ("b", 2),
    "list": ("l", 2),
    "verse": ("v", 2),
    "reference": ("r", 2),
    "heading": ("h", 1),
    "note": ("n", 1),
    "caption": ("c", 2),
}
_QUOTED: frozenset[Kind] = frozenset({"blockquote", "verse"})
# A passage of which more is set in italics has them for its style, not for emphasis.
_ALL_ITALIC = 0.8
_INTERRUPTS: frozenset[Kind] = frozenset({"blockquote", "verse", "list"})
_WITH_NOTE_MARKS: frozenset[Kind] = frozenset(
    {"title", "author", "paragraph", "blockquote", "list", "verse", "heading"}
)


@dataclass(frozen=True, slots=True)
class Chunked:
    """An essay divided into passages.

    Attributes:
        passages: All passages in reading order.
        title: The title as printed, or the empty string.
        author: The author line as printed, without "by", or the empty string.
        report: What became of every character.
    """

    passages: tuple[Passage, ...]
    title: str
    author: str
    report: IngestReport


@dataclass(slots=True)
class _Draft:
    """A block that becomes a passage."""

    block: ClassifiedBlock
    clean: CleanText
    name: str = ""
    notes: tuple[NoteMark, ...] = ()
    inline: list[tuple[str, int, int]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Reading:
    """How an essay was read.

    Attributes:
        blocks: Its blocks with their kinds, in reading order.
        uncertain: Sentences on what is uncertain.
        guessed: Source offsets at which a paragraph may end, without anything that shows it.
    """

    blocks: list[ClassifiedBlock]
    uncertain: tuple[str, ...] = ()
    guessed: tuple[int, ...] = ()


def chunk(essay: Essay, frequency: Callable[[str], float]) -> Chunked:
    """Divide an essay into passages.

    Args:
        essay: The essay, with its pages and furniture.
        frequency: Zipf frequency of a word in the essay's language, 0 if unknown; decides on line-end
            hyphens where the essay's own vocabulary does not.
    """
    tally = Tally()
    for start, end, reason in essay.furniture:
        tally.drop(essay.text, start, end, reason)
    dropped: Sequence[DroppedSpan] = ()
    if essay.setting is not None:
        blocks, guessed = typeset_essay(essay, essay.setting)
        reading = _Reading(blocks, guessed=guessed)
    elif essay.declared is not None:
        for call in essay.declared.calls:
            tally.drop(essay.text, call.start, call.end, "note mark")
        reading = _Reading(declared_essay(essay, essay.declared))
    else:
        layout = find_layout(essay)
        dropped = layout.dropped
        reading = _blocks(essay, layout, tally)
    drafts = _drafts(essay, reading.blocks, Hyphenation(essay.text, frequency), tally)
    passages = _passages(essay, drafts)
    printed = {passage.kind: passage.text for passage in passages if passage.kind in {"title", "author"}}
    title = printed.get("title", "")
    author = printed.get("author", "").strip("*_")
    author = author.removeprefix("by ").removeprefix("By ").removeprefix("BY ")
    return Chunked(passages, title, author, _report(essay, dropped, passages, tally, title, reading))


def kept_offsets(passages: Sequence[Passage]) -> set[int]:
    """Source offsets of all characters that are in a passage."""
    kept: set[int] = set()
    for passage in passages:
        runs = [*passage.source_map.runs, (passage.source_map.length, 0)]
        for (start, offset), (end, _) in pairwise(runs):
            kept.update(range(offset, offset + end - start))
    return kept


def _blocks(essay: Essay, layout: Layout, tally: Tally) -> _Reading:
    """The essay's blocks with their kinds, in reading order, and what is uncertain."""
    layout, bracketed = take_bracketed(layout)
    for start, end, reason in layout.dropped:
        tally.drop(essay.text, start, end, reason)
    found = take_footnotes(layout)
    for start, end in found.numbers:
        tally.drop(essay.text, start, end, "note number")
    body = found.body
    divided = divide(body)
    guessed = guessed_ends(divided, body)
    title, author, blocks = title_and_author(merge(divided, body), body, essay.reference)
    for line in (*title, *author):
        tally.keep(line.start, line.end)
    front: dict[Kind, list[PrintLine]] = {"title": title, "author": author}
    classified = [
        *(ClassifiedBlock(kind, lines) for kind, lines in front.items() if lines),
        *classify(blocks, body),
        *(
            ClassifiedBlock("note", note.lines, note.mark, at_foot=note.at_foot)
            for note in (*bracketed, *found.notes)
        ),
    ]
    # An author who is stated above the text, but not printed in it, follows a title that is.
    first = title[0].start if title and author == list(layout.author) else 0

    # Stable: a note at a page's foot follows the paragraph that began above it.
    def position(block: ClassifiedBlock) -> int:
        return max(first, block.lines[0].start)

    ordered = sorted(classified, key=position)
    if [block.kind for block in ordered[:2]] == ["author", "title"]:
        # Some journals print the author above the title, which an essay begins with all the same.
        ordered[:2] = ordered[1::-1]
    starts = essay_starts(ordered)
    anthology = (several_essays(starts),) if starts else ()
    return _Reading(ordered, (*found.warnings, *anthology), guessed)


def _drafts(
    essay: Essay, blocks: Sequence[ClassifiedBlock], hyphenation: Hyphenation, tally: Tally
) -> list[_Draft]:
    drafts: list[_Draft] = []
    inline: list[_Draft] = []
    printed = {block.mark for block in blocks}
    numbers = map(str, count(1))
    for block in blocks:
        spans = [span for line in block.lines for span in line.spans]
        if length := _left_out(block):
            first, end = spans[0]
            reason = "byline" if block.kind == "author" else "layout mark"
            tally.drop(essay.text, first, first + length, reason)
            spans[0] = (first + length, end)
        draft = _Draft(block, clean(essay.text, spans, hyphenation, tally))
        drafts.append(draft)
        if block.kind in _WITH_NOTE_MARKS and essay.declared is None:
            for note in cut_inline_notes(draft.clean, tally):
                mark = note.mark or next(number for number in numbers if number not in printed)
                draft.inline.append((mark, note.before, len(inline)))
                inline.append(_Draft(ClassifiedBlock("note", block.lines, mark), note.clean))
    # As where they are printed, these notes follow the text.
    _link(essay, drafts, inline, tally)
    return [draft for draft in (*drafts, *inline) if len(draft.clean)]


def _left_out(block: ClassifiedBlock) -> int:
    """Characters at the beginning of a block that are no words of it."""
    if block.kind == "author":
        return byline_length(block.lines[0].text)
    start = note_start(block.lines[0].text) if block.kind == "note" else None
    return start.length if start is not None and start.is_layout else 0


def _link(essay: Essay, drafts: Sequence[_Draft], inline: Sequence[_Draft], tally: Tally) -> None:
    """Name all drafts, and link the marks in their texts to the notes."""
    everything = (*drafts, *inline)
    for draft, name in zip(everything, _names([draft.block for draft in everything]), strict=True):
        draft.name = name
    if essay.declared is not None and essay.declared.calls:
        _link_declared(essay, essay.declared, drafts)
        return
    notes = [
        NoteTarget(
            draft.block.mark,
            f"{essay.id}/{draft.name}",
            draft.block.lines[0].page if draft.block.at_foot else None,
            has_bracket=has_bracket(draft.block.lines[0].text),
        )
        for draft in drafts
        if draft.block.mark
    ]
    page_starts = [page.start for page in essay.pages]
    setting, declared = essay.setting, essay.declared
    # A machine that reads a scan loses what is raised.
    known = setting is not None and not setting.is_recognised
    raised = setting.raised_offsets(essay.text) if setting and known else frozenset()
    raised = declared.raised_offsets(essay.text) if declared else raised
    finder = MarkFinder(notes, lambda offset: max(0, bisect_right(page_starts, offset) - 1), raised)
    for draft in drafts:
        if draft.block.kind in _WITH_NOTE_MARKS:
            marks = finder.take(draft.clean, tally)
            own = (
                NoteMark(mark, draft.clean.index(before), f"{essay.id}/{inline[number].name}")
                for mark, before, number in draft.inline
            )
            draft.notes = tuple(sorted((*marks, *own), key=lambda mark: mark.at))


def _link_declared(essay: Essay, declared: Declaration, drafts: Sequence[_Draft]) -> None:
    """Link the calls of notes as the file does."""
    names = {draft.block.index: f"{essay.id}/{draft.name}" for draft in drafts if draft.block.kind == "note"}
    for draft in drafts:
        if not len(draft.clean):
            continue
        block = declared.blocks[draft.block.index]
        draft.notes = tuple(
            NoteMark(essay.text[call.start : call.end], draft.clean.index(call.start), names[call.note])
            for call in declared.calls_in(block.start, block.end)
            if call.note in names and draft.block.kind in _WITH_NOTE_MARKS
        )


def _names(blocks: Sequence[ClassifiedBlock]) -> list[str]:
    counts: Counter[Kind] = Counter()
    names: list[str] = []
    for block in blocks:
        if block.kind in {"title", "author"}:
            names.append(block.kind)
            continue
        counts[block.kind] += 1
        letter, digits = _LETTERS[block.kind]
        names.append(f"{letter}{counts[block.kind]:0{digits}d}")
    return names


def _passages(essay: Essay, drafts: Sequence[_Draft]) -> tuple[Passage, ...]:
    passages: list[Passage] = []
    page_starts = [page.start for page in essay.pages]
    section = ""
    paragraph: str | None = None  # the paragraph that a quotation would interrupt
    interrupted = False
    counter = LocatorCounter([draft.block.label for draft in drafts]) if not essay.pages else None
    for ordinal, draft in enumerate(drafts, 1):
        kind, text = draft.block.kind, draft.clean.text
        continues = paragraph if kind == "paragraph" and interrupted and draft.block.resumes else None
        passage_id = f"{essay.id}/{draft.name}"
        if kind == "heading" and not draft.block.is_front:
            section, paragraph, interrupted = text, None, False
        passages.append(
            Passage(
                id=passage_id,
                essay_id=essay.id,
                ordinal=ordinal,
                kind=kind,
                section="" if kind in {"heading", "title", "author"} else section,
                text=text,
                sentences=split_sentences(text, _label_length(draft.block, text)),
                pages=_pages(essay, page_starts, draft),
                source_map=draft.clean.source_map(),
                continues=continues,
                introduced_by=paragraph if kind in _QUOTED else None,
                notes=draft.notes,
                emphasis=_emphasis(essay, draft.clean),
                locator=counter.of(draft.block, is_new=continues is None) if counter else "",
            )
        )
        if kind == "paragraph":
            paragraph, interrupted = passage_id, False
        elif kind in _INTERRUPTS:
            interrupted = paragraph is not None
    return tuple(passages)


def _emphasis(essay: Essay, clean_text: CleanText) -> Spans:
    """What is set in italics in a text; nothing if nearly all of it is."""
    set_as = essay.setting or essay.declared
    if set_as is None or not len(clean_text):
        return ()
    indices = range(len(clean_text))
    first, last = clean_text.offset(0), clean_text.offset(len(clean_text) - 1)
    spans: list[Span] = []
    for start, end in set_as.italic_in(first, last + 1):
        low = bisect_left(indices, start, key=clean_text.offset)
        high = bisect_left(indices, end, key=clean_text.offset)
        # Italics go on over the end of a line.
        if spans and not clean_text.text[spans[-1][1] : low].strip():
            low = spans.pop()[0]
        if low < high:
            spans.append((low, high))
    whole = sum(high - low for low, high in spans) > _ALL_ITALIC * len(clean_text)
    return () if whole else tuple(spans)


def _label_length(block: ClassifiedBlock, text: str) -> int:
    """Characters of a note's number or a list's bullet, which belong to no sentence."""
    if block.kind == "note" and (start := note_start(text)) and start.mark == block.mark:
        return start.length
    if block.kind == "list" and (item := LIST_ITEM.match(text)):
        return item.end()
    return 0


def _pages(essay: Essay, page_starts: Sequence[int], draft: _Draft) -> tuple[PageStart, ...]:
    """The pages on which a text is printed, each with the offset in the text where it begins.

    Pages without a number before the first one with a number are left out: nothing can be cited there.
    """
    if not essay.pages:
        return ()
    clean_text = draft.clean
    length = len(clean_text)
    if draft.block.page >= 0:
        label = essay.pages[draft.block.page].label
        return (PageStart(label, 0),) if label else ()
    # Words before the first page's start can only be its own.
    first = max(0, bisect_right(page_starts, clean_text.offset(0)) - 1)
    last = max(0, bisect_right(page_starts, clean_text.offset(length - 1)) - 1)
    starts = [PageStart(essay.pages[first].label, 0)]
    for number in range(first + 1, last + 1):
        begins = bisect_left(range(length), page_starts[number], key=clean_text.offset)
        if number == last or clean_text.offset(begins) < page_starts[number + 1]:
            starts.append(PageStart(essay.pages[number].label, begins))
    return tuple(dropwhile(lambda page: not page.label, starts))


def _report(
    essay: Essay,
    dropped: Sequence[DroppedSpan],
    passages: Sequence[Passage],
    tally: Tally,
    title: str,
    reading: _Reading,
) -> IngestReport:
    """Account for every character; ``unaccounted`` counts printed ones that are neither kept nor named."""
    kept = kept_offsets(passages)
    rest = [offset for offset in range(len(essay.text)) if offset not in kept]
    blank = {offset for offset in rest if essay.text[offset].isspace() or essay.text[offset] in INVISIBLE}
    lost = [offset for offset in rest if offset not in blank and offset not in tally.dropped]
    labels = {page.label for passage in passages for page in passage.pages} - {""}
    return IngestReport(
        essay_id=essay.id,
        title=plain_title(essay.reference) or title,
        characters=len(essay.text),
        kept=len(kept),
        layout=len(blank - tally.dropped.keys()),
        hyphens_joined=tuple(tally.joined),
        hyphens_kept=tuple(tally.kept),
        dropped=_dropped_lines(essay, dropped, kept),
        removed=dict(tally.reasons()),
        unaccounted=len(lost),
        note_marks=sum(len(passage.notes) for passage in passages),
        kinds=dict(Counter(passage.kind for passage in passages)),
        pages=len(essay.pages),
        first_page=next((page.label for page in essay.pages if page.label), ""),
        last_page=next((page.label for page in reversed(essay.pages) if page.label in labels), ""),
        page_provenance=essay.page_provenance,
        warnings=(*_warnings(essay, passages, lost), *reading.uncertain),
        guessed_ends=_guessed_ends(passages, reading.guessed),
    )


def _guessed_ends(passages: Sequence[Passage], guessed: Sequence[int]) -> tuple[tuple[str, int], ...]:
    """The passages in or after which a paragraph may end, with the offset in their text."""
    ends: list[tuple[str, int]] = []
    for passage in passages if guessed else ():
        start, end = passage.source
        for offset in guessed[bisect_left(guessed, start) : bisect_right(guessed, end)]:
            if passage.kind == "paragraph":
                before = bisect_left(range(len(passage.text)), offset, key=passage.source_map.source)
                ends.append((passage.id, before))
    return tuple(ends)


def _dropped_lines(
    essay: Essay, dropped: Sequence[DroppedSpan], kept: Collection[int]
) -> tuple[tuple[int, str, str], ...]:
    """The lines that are left out as a whole: line number from 1, text, reason."""
    known = {start for start, _, _ in essay.furniture}
    matter = [
        span for span in dropped if span[2] != "layout mark" and span[0] not in kept and span[0] not in known
    ]
    lines = []
    line, counted = 1, 0
    for start, end, reason in sorted((*essay.furniture, *matter)):
        line, counted = line + essay.text.count("\n", counted, start), start
        lines.append((line, essay.text[start:end].strip(), reason))
    return tuple(lines)


def _warnings(essay: Essay, passages: Sequence[Passage], lost: Sequence[int]) -> tuple[str, ...]:
    warnings = []
    if lost:
        line = essay.text.count("\n", 0, lost[0]) + 1
        warnings.append(f"{len(lost)} printed characters are in no passage, the first on line {line}.")
    notes = {passage.id for passage in passages if passage.kind == "note"}
    linked = {mark.passage for passage in passages for mark in passage.notes}
    if missing := sorted(notes - linked):
        names = ", ".join(name.split("/")[1] for name in missing)
        warnings.append(f"No mark in the text was found for the notes {names}.")
    return tuple(warnings)

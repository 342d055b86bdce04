"""From an essay to its passages: every step of reading print, in order."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from assistant.chunking.accounts import make_report
from assistant.chunking.blocks import divide, merge
from assistant.chunking.cleaning import CleanText, Tally, clean, dropped_lines
from assistant.chunking.front import title_and_author
from assistant.chunking.hyphens import Hyphenation
from assistant.chunking.kinds import Segment, classify
from assistant.chunking.layout import LIST_ITEM, find_layout
from assistant.chunking.notes import MarkFinder, note_start, take_footnotes
from assistant.chunking.sentences import split_sentences
from assistant.types import Essay, IngestReport, Kind, NoteMark, PageStart, Passage

# The letter of an id, and whether its number has two digits.
_LETTERS: dict[Kind, tuple[str, int]] = {
    "paragraph": ("p", 2),
    "blockquote": ("b", 2),
    "list": ("l", 2),
    "verse": ("v", 2),
    "reference": ("r", 2),
    "heading": ("h", 1),
    "note": ("n", 1),
}
_QUOTED: frozenset[Kind] = frozenset({"blockquote", "verse"})
_INTERRUPTS: frozenset[Kind] = frozenset({"blockquote", "verse", "list"})
_MARKED: frozenset[Kind] = frozenset({"paragraph", "blockquote", "list", "verse", "heading"})


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
    """A segment on its way to becoming a passage."""

    segment: Segment
    name: str
    made: CleanText
    notes: tuple[NoteMark, ...] = ()


def chunk(essay: Essay, frequency: Callable[[str], float]) -> Chunked:
    """Divide an essay into passages true to print.

    Args:
        essay: The essay, its pages and furniture found.
        frequency: Zipf frequency of a word in the essay's language, 0 if unknown; decides on
            line-end hyphens where the essay's own vocabulary does not.

    Returns:
        The passages and the report.
    """
    tally = Tally()
    segments = _segments(essay, tally)
    drafts = _drafts(essay, segments, Hyphenation(essay.text, frequency), tally)
    passages = _passages(essay, drafts)
    texts: dict[str, str] = dict.fromkeys(("title", "author"), "")
    texts.update({passage.kind: passage.text for passage in passages if passage.kind in texts})
    title = texts["title"]
    author = texts["author"].removeprefix("by ").removeprefix("By ").removeprefix("BY ")
    return Chunked(passages, title, author, make_report(essay, passages, tally, title))


def _segments(essay: Essay, tally: Tally) -> list[Segment]:
    layout = find_layout(essay)
    for start, end in layout.marks:
        tally.drop(essay.text, start, end, "layout mark")
    dropped_lines(essay.text, essay.furniture, tally)
    body, footnotes = take_footnotes(layout)
    title, author, blocks = title_and_author(merge(divide(body), body), body, essay.reference)
    front = [Segment("title", title)] * bool(title) + [Segment("author", author)] * bool(author)
    foot = [Segment("note", note.lines, note.mark) for note in footnotes]
    # Stable: a note at a page's foot comes behind the paragraph that began above it.
    return sorted([*front, *classify(blocks, body), *foot], key=lambda segment: segment.lines[0].start)


def _drafts(
    essay: Essay, segments: Sequence[Segment], hyphenation: Hyphenation, tally: Tally
) -> list[_Draft]:
    names = _names(segments)
    drafts = []
    for segment, name in zip(segments, names, strict=True):
        spans = [(line.start, line.end) for line in segment.lines]
        start = note_start(segment.lines[0].text) if segment.kind == "note" else None
        if start is not None and start.is_layout:
            tally.drop(essay.text, spans[0][0], spans[0][0] + start.length, "layout mark")
            spans[0] = (spans[0][0] + start.length, spans[0][1])
        drafts.append(_Draft(segment, name, clean(essay.text, spans, hyphenation, tally)))
    marks = {draft.segment.mark: f"{essay.id}/{draft.name}" for draft in drafts if draft.segment.mark}
    finder = MarkFinder(marks)
    for draft in drafts:
        if draft.segment.kind in _MARKED:
            draft.notes = finder.take(draft.made, tally)
    return [draft for draft in drafts if len(draft.made)]


def _names(segments: Sequence[Segment]) -> list[str]:
    counts: Counter[Kind] = Counter()
    names: list[str] = []
    for segment in segments:
        if segment.kind in {"title", "author"}:
            names.append(segment.kind)
            continue
        counts[segment.kind] += 1
        letter, digits = _LETTERS[segment.kind]
        names.append(f"{letter}{counts[segment.kind]:0{digits}d}")
    return names


def _passages(essay: Essay, drafts: Sequence[_Draft]) -> tuple[Passage, ...]:
    passages: list[Passage] = []
    section = ""
    paragraph: str | None = None  # the paragraph that a quotation would interrupt
    interrupted = False
    for ordinal, draft in enumerate(drafts, 1):
        kind = draft.segment.kind
        own_id = f"{essay.id}/{draft.name}"
        text = draft.made.text
        if kind == "heading":
            section, paragraph, interrupted = text, None, False
        continues = paragraph if kind == "paragraph" and interrupted and draft.segment.resumes else None
        introduced_by = paragraph if kind in _QUOTED else None
        passages.append(
            Passage(
                id=own_id,
                essay_id=essay.id,
                ordinal=ordinal,
                kind=kind,
                section="" if kind in {"heading", "title", "author"} else section,
                text=text,
                sentences=split_sentences(text, _label_length(draft.segment, text)),
                pages=_pages(essay, draft.made),
                source_map=draft.made.source_map(),
                continues=continues,
                introduced_by=introduced_by,
                notes=draft.notes,
            )
        )
        if kind == "paragraph":
            paragraph, interrupted = own_id, False
        elif kind in _INTERRUPTS:
            interrupted = paragraph is not None
    return tuple(passages)


def _label_length(segment: Segment, text: str) -> int:
    """Characters of a note's number or a list's bullet, which belong to no sentence."""
    if segment.kind == "note" and (start := note_start(text)) and start.mark == segment.mark:
        return start.length
    if segment.kind == "list" and (item := LIST_ITEM.match(text)):
        return item.end()
    return 0


def _pages(essay: Essay, made: CleanText) -> tuple[PageStart, ...]:
    if not essay.pages:
        return ()
    pages: list[PageStart] = []
    at = range(len(made))
    for number, page in enumerate(essay.pages):
        following = essay.pages[number + 1].start if number + 1 < len(essay.pages) else len(essay.text) + 1
        # Words before the first page's start can only be its own.
        begins = 0 if number == 0 else bisect_left(at, page.start, key=made.offset)
        if begins < len(made) and made.offset(begins) < following:
            pages.append(PageStart(page.label, begins))
    return tuple(pages)

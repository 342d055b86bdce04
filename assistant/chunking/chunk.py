"""From an essay to its passages: every step of reading print, in order.

The account of an essay's characters: kept, joined, or named in the ingest report.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from assistant.chunking.blocks import divide, merge
from assistant.chunking.classify import ClassifiedBlock, classify, title_and_author
from assistant.chunking.cleaning import CleanText, Hyphenation, Tally, clean, dropped_lines
from assistant.chunking.layout import LIST_ITEM, find_layout
from assistant.chunking.notes import MarkFinder, note_start, take_footnotes
from assistant.chunking.sentences import split_sentences
from assistant.core.essay import Essay, IngestReport, Kind, NoteMark, PageStart, Passage, plain_title
from assistant.core.lines import INVISIBLE


def make_report(essay: Essay, passages: Sequence[Passage], tally: Tally, title: str) -> IngestReport:
    """Account for every character of an essay.

    Args:
        essay: The essay.
        passages: Its passages.
        tally: What was taken out while cleaning.
        title: The title as printed.

    Returns:
        The report; ``unaccounted`` counts printed characters that are neither kept nor named.
    """
    kept = kept_offsets(passages)
    rest = [at for at in range(len(essay.text)) if at not in kept]
    blank = {at for at in rest if essay.text[at].isspace() or essay.text[at] in INVISIBLE}
    lost = [at for at in rest if at not in blank and at not in tally.dropped]
    labels = [page.label for passage in passages for page in passage.pages]
    return IngestReport(
        essay_id=essay.id,
        title=plain_title(essay.reference) or title,
        characters=len(essay.text),
        kept=len(kept),
        layout=len(blank - tally.dropped.keys()),
        hyphens_joined=tuple(tally.joined),
        hyphens_kept=tuple(tally.kept),
        dropped=_lines(essay),
        removed=dict(tally.reasons()),
        unaccounted=len(lost),
        note_marks=sum(len(passage.notes) for passage in passages),
        kinds=dict(Counter(passage.kind for passage in passages)),
        pages=len(essay.pages),
        first_page=essay.pages[0].label if essay.pages else "",
        last_page=_last(labels, essay),
        page_provenance=essay.page_provenance,
        warnings=_warnings(essay, passages, lost),
    )


def kept_offsets(passages: Sequence[Passage]) -> set[int]:
    """Source offsets of all characters that stand in a passage."""
    kept: set[int] = set()
    for passage in passages:
        runs = passage.source_map.runs
        for number, (at, offset) in enumerate(runs):
            end = runs[number + 1][0] if number + 1 < len(runs) else passage.source_map.length
            kept.update(range(offset, offset + end - at))
    return kept


def _last(labels: Sequence[str], essay: Essay) -> str:
    seen = set(labels)
    return next((page.label for page in reversed(essay.pages) if page.label in seen), "")


def _lines(essay: Essay) -> tuple[tuple[int, str, str], ...]:
    return tuple(
        (essay.text.count("\n", 0, start) + 1, essay.text[start:end].strip(), reason)
        for start, end, reason in essay.furniture
    )


def _warnings(essay: Essay, passages: Sequence[Passage], lost: Sequence[int]) -> tuple[str, ...]:
    warnings = []
    if lost:
        line = essay.text.count("\n", 0, lost[0]) + 1
        warnings.append(f"{len(lost)} printed characters stand in no passage, the first on line {line}.")
    notes = {passage.id for passage in passages if passage.kind == "note"}
    linked = {mark.passage for passage in passages for mark in passage.notes}
    if missing := sorted(notes - linked):
        names = ", ".join(name.split("/")[1] for name in missing)
        warnings.append(f"No mark in the text was found for the notes {names}.")
    return tuple(warnings)


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

    segment: ClassifiedBlock
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


def _segments(essay: Essay, tally: Tally) -> list[ClassifiedBlock]:
    layout = find_layout(essay)
    for start, end in layout.marks:
        tally.drop(essay.text, start, end, "layout mark")
    dropped_lines(essay.text, essay.furniture, tally)
    body, footnotes = take_footnotes(layout)
    title, author, blocks = title_and_author(merge(divide(body), body), body, essay.reference)
    front = [ClassifiedBlock("title", title)] * bool(title) + [ClassifiedBlock("author", author)] * bool(
        author
    )
    foot = [ClassifiedBlock("note", note.lines, note.mark) for note in footnotes]
    # Stable: a note at a page's foot comes behind the paragraph that began above it.
    return sorted([*front, *classify(blocks, body), *foot], key=lambda segment: segment.lines[0].start)


def _drafts(
    essay: Essay, segments: Sequence[ClassifiedBlock], hyphenation: Hyphenation, tally: Tally
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


def _names(segments: Sequence[ClassifiedBlock]) -> list[str]:
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


def _label_length(segment: ClassifiedBlock, text: str) -> int:
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

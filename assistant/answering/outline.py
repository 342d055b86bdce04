"""The outline of an essay: its sections, and the sentences in which it announces its argument."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.answering.quotable import cite_span
from assistant.attribution.quoted_spans import QuotedSpans
from assistant.attribution.voices import LibraryVoices
from assistant.citations.locators import page_range
from assistant.citations.styles import Style
from assistant.core.answer import Citation
from assistant.core.essay import Kind, Passage, StoredEssay
from assistant.core.outline import Announcement, Outline, OutlineSection
from assistant.retrieval.announcements import Announced, announcements_of

_WORD = re.compile(r"\w+(?:['’.-]\w+)*")
# What has words of its own; a note only where the essay prints a heading for its notes.
_COUNTED: frozenset[Kind] = frozenset({"paragraph", "blockquote", "verse", "list"})
_NOTES = re.compile(r"^\W*(?:end|foot)?notes?\W*$", re.IGNORECASE)


def outline_of(essay: StoredEssay, levels: Sequence[int], style: Style) -> Outline:
    """The outline of an essay.

    Args:
        essay: The essay.
        levels: Level of each of its headings, from 1.
        style: The citation style.
    """
    reference = style.cached_reference(essay.reference)
    in_text = style.cached_in_text(essay.reference, "")
    return Outline(
        essay=essay,
        citation=Citation("", in_text.plain(), in_text),
        reference=reference.plain(),
        sections=tuple(sections_of(essay.passages, levels)),
        announcements=tuple(announced_in(essay, style)),
        words=sum(_words(passage) for passage in essay.passages if passage.kind in _COUNTED),
        paragraphs=_paragraphs(essay.passages),
    )


def announced_in(essay: StoredEssay, style: Style) -> list[Announcement]:
    """The sentences in which an essay announces its argument, cited, in reading order."""
    spans, voices = QuotedSpans(essay.passages), LibraryVoices({essay.id: essay})

    def is_quoted(passage: Passage, start: int, end: int) -> bool:
        return spans.covers(passage.id, start, end)

    def cited(announced: Announced) -> Announcement:
        (start, end), passage = announced.span, announced.passage
        citation, quoted = cite_span(passage, start, end, essay.reference, style, voices)
        return Announcement(
            kind=announced.kind,
            passage=passage,
            start=start,
            end=end,
            worded=announced.worded,
            citation=citation,
            quoted=quoted,
        )

    return [cited(announced) for announced in announcements_of(essay.passages, is_quoted)]


def sections_of(passages: Sequence[Passage], levels: Sequence[int]) -> list[OutlineSection]:
    """The sections of an essay, in reading order; each counts the sections below it too."""
    body = [passage for passage in passages if passage.kind not in {"title", "author"}]
    starts = [number for number, passage in enumerate(body) if passage.kind == "heading"]
    sections = []
    if not starts or starts[0] > 0:
        before = body[: starts[0]] if starts else body
        if before:
            sections.append(_section(None, 1, before))
    for place, (start, level) in enumerate(zip(starts, levels, strict=True)):
        following = zip(starts[place + 1 :], levels[place + 1 :], strict=True)
        end = next((number for number, other in following if other <= level), len(body))
        sections.append(_section(body[start], level, body[start + 1 : end]))
    return sections


def _section(heading: Passage | None, level: int, passages: Sequence[Passage]) -> OutlineSection:
    counted = [passage for passage in passages if passage.kind in _COUNTED]
    if heading is not None and not counted:
        # Notes and works cited, under a heading of their own.
        is_notes = bool(_NOTES.match(heading.text))
        counted = [passage for passage in passages if passage.kind != "note" or is_notes]
        counted = [passage for passage in counted if passage.kind != "heading"]
    placed = [*filter(None, [heading]), *counted]
    labels = [label for passage in placed for label in passage.pages_of(0, len(passage.text))]
    return OutlineSection(
        heading=heading,
        level=level,
        pages=page_range(labels),
        first=passages[0].id if passages else "",
        words=sum(map(_words, counted)),
        paragraphs=_paragraphs(passages),
    )


def _paragraphs(passages: Sequence[Passage]) -> int:
    return sum(passage.kind == "paragraph" and not passage.continues for passage in passages)


def _words(passage: Passage) -> int:
    return sum(1 for _ in _WORD.finditer(passage.text))

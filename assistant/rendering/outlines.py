"""Outlines of essays as JSON objects and as text: the essay's own words, and numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from assistant.core.essay import EssaySummary
from assistant.core.outline import ANNOUNCEMENT_KINDS, Announcement, AnnouncementKind, Outline, OutlineSection
from assistant.rendering.answers import hyphenated_citation, quoted_object, span_object
from assistant.rendering.essays import essay_pages
from assistant.rendering.terminal import INDENT, page_fields, page_words, wrapped

# What sentences of each kind are headed by.
KIND_HEADS: dict[AnnouncementKind, str] = {
    "thesis": "Thesis",
    "plan": "Plan",
    "turn": "Turns",
    "conclusion": "Conclusion",
}
_NOTHING = "The essay announces neither thesis nor plan, turns or conclusion in so many words."
_NO_HEADING = "(no heading)"


def outline_object(outline: Outline) -> dict[str, Any]:
    """An outline as a JSON object."""
    essay = outline.essay
    return {
        "id": essay.id,
        "title": essay.report.title,
        "record": dict(essay.reference),
        "reference": outline.reference,
        "citation": hyphenated_citation(outline.citation),
        "pages": [essay.report.first_page, essay.report.last_page] if essay.report.pages else [],
        "words": outline.words,
        "paragraphs": outline.paragraphs,
        "sections": [_section_object(section) for section in outline.sections],
        "announcements": [_announcement_object(announced) for announced in outline.announcements],
    }


def _section_object(section: OutlineSection) -> dict[str, Any]:
    heading = section.heading
    return {
        "heading": heading.text if heading else "",
        "passage": heading.id if heading else None,
        "level": section.level,
        "pages": section.pages,
        "first": section.first or None,
        "words": section.words,
        "paragraphs": section.paragraphs,
    }


def _announcement_object(announced: Announcement) -> dict[str, Any]:
    passage = announced.passage
    return {
        "kind": announced.kind,
        "basis": "words" if announced.worded else "place",
        "passage": passage.id,
        "section": passage.section,
        "start": announced.start,
        "end": announced.end,
        "text": announced.text,
        **page_fields(announced.citation.where),
        "source": span_object(passage.source_map.span(announced.start, announced.end)),
        "citation": hyphenated_citation(announced.citation),
        "quoted": quoted_object(announced.quoted),
    }


def outline_text(outline: Outline, *, width: int = 80) -> str:
    """An outline for a terminal."""
    essay = outline.essay
    pages = essay_pages(EssaySummary.of(essay))
    length = " · ".join([pages, counted_words(outline.words), counted_paragraphs(outline.paragraphs)])
    parts = [wrapped(outline.reference, width, "", INDENT), f"{essay.id} · {length}"]
    if outline.sections:
        parts.append("\n".join(_section_line(section, width) for section in outline.sections))
    if not outline.announcements:
        return "\n\n".join([*parts, _NOTHING])
    for kind, sentences in by_kind(outline.announcements).items():
        lines = [wrapped(_quoted(each), width, INDENT, INDENT) for each in sentences]
        parts.append("\n".join([KIND_HEADS[kind], *lines]))
    return "\n\n".join(parts)


def by_kind(announcements: Sequence[Announcement]) -> dict[AnnouncementKind, list[Announcement]]:
    """Announcements of each kind of which there are some, in reading order."""
    kinds = {kind: [each for each in announcements if each.kind == kind] for kind in ANNOUNCEMENT_KINDS}
    return {kind: found for kind, found in kinds.items() if found}


def _quoted(announced: Announcement) -> str:
    place = "" if announced.worded else ", its last words"
    return f"«{announced.text}» {announced.citation.in_text} · {announced.passage.id}{place}"


def counted_words(number: int) -> str:
    """A number of words in words."""
    return f"{number:,} word{'s' * (number != 1)}"


def counted_paragraphs(number: int) -> str:
    """A number of paragraphs in words."""
    return f"{number:,} paragraph{'s' * (number != 1)}"


def section_facts(section: OutlineSection) -> list[str]:
    """Pages and length of a section, each in a few words."""
    facts = [page_words(section.pages), counted_words(section.words) if section.words else ""]
    return [
        fact
        for fact in [*facts, counted_paragraphs(section.paragraphs) if section.paragraphs else ""]
        if fact
    ]


def _section_line(section: OutlineSection, width: int) -> str:
    indent = INDENT * section.level
    heading = section.heading.text if section.heading else _NO_HEADING
    facts = section_facts(section)
    return wrapped(" · ".join([heading, *facts]), width, indent, indent + "  ")


def plain_outline(outline: Outline) -> str:
    """An outline as plain text, one section or sentence a line."""
    essay = outline.essay
    lines = [
        outline.reference,
        " · ".join([essay.id, essay_pages(EssaySummary.of(essay)), counted_words(outline.words)]),
    ]
    for section in outline.sections:
        heading = section.heading.text if section.heading else _NO_HEADING
        lines.append(f"{'  ' * section.level}{' · '.join([heading, *section_facts(section)])}")
    if not outline.announcements:
        lines.append(_NOTHING)
    for kind, sentences in by_kind(outline.announcements).items():
        lines += [f"{KIND_HEADS[kind]}:", *(f"  {_quoted(each)}" for each in sentences)]
    return "\n".join(lines)

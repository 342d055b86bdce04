"""Quotations and references as they are copied, in three formats, or inserted into a word processor."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from assistant.core.answer import InsertableQuotation, PreparedQuotation
from assistant.core.rich import Rich, Text, rich
from assistant.rendering.answers import quoted_object
from assistant.rendering.terminal import page_fields

# A quotation with a note ends with the note's number, and the note follows below.
_CALL, _NOTE = "¹", "\n\n1. "
# Marks that a style or a language may change, with the space of French.
_MARK = re.compile("[\"'“”„‘’‚«»‹›]")
_ANY_MARK = "\u00a0?[\"'“”„‘’‚«»‹›]\u00a0?"


@dataclass(frozen=True, slots=True)
class Forms:
    """The same words in three formats.

    Attributes:
        text: Plain text.
        markdown: Markdown.
        html: HTML for a clipboard, not for a page.
    """

    text: str
    markdown: str
    html: str


@dataclass(frozen=True, slots=True)
class QuotationParts:
    """The parts of a quotation.

    Attributes:
        words: The words, in quotation marks or as a block.
        citation: Their citation, or their note.
        end: The text after the citation.
        is_note: Whether the citation is a note.
    """

    words: str
    citation: Rich
    end: str
    is_note: bool


def parts_of(quotation: PreparedQuotation) -> QuotationParts:
    """Divide a quotation into its words and its citation."""
    plain = quotation.citation.rich.plain()
    words, citation, end = quotation.text.rpartition(plain) if plain else ("", "", "")
    if not citation:
        return QuotationParts(quotation.text, rich(""), "", is_note=False)
    if words.endswith(_CALL + _NOTE):
        return QuotationParts(words.removesuffix(_CALL + _NOTE), quotation.citation.rich, end, is_note=True)
    return QuotationParts(words.rstrip(), quotation.citation.rich, end, is_note=False)


def quotation_forms(quotation: PreparedQuotation) -> Forms:
    """A quotation with its citation."""
    parts = parts_of(quotation)
    after = parts.citation + parts.end
    words = _with_emphasis(parts.words, quotation.emphasis)
    if parts.is_note:
        markdown = f"{markdown_lines(words)}[^1]"
        html = f"{_html_lines(words)}<sup>1</sup>"
    else:
        gap = " " if after else ""
        markdown = f"{markdown_lines(words)}{gap}{after.markdown()}"
        html = f"{_html_lines(words)}{gap}{after.html()}"
    if quotation.block:
        markdown, html = block_quotation(markdown), f"<blockquote>{html}</blockquote>"
    if parts.is_note:
        markdown += f"\n\n[^1]: {after.markdown()}"
        html = html if quotation.block else f"<p>{html}</p>"
        html += f"<p><sup>1</sup> {after.html()}</p>"
    return Forms(quotation.text, markdown, html)


def reference_forms(reference: Rich) -> Forms:
    """A reference."""
    return Forms(reference.plain(), reference.markdown(), reference.html())


def markdown_lines(text: Text) -> str:
    """Markdown that shows exactly this text, with its line breaks."""
    lines = []
    for line in _lines(rich(text)):
        plain = line.plain()
        indent = len(plain) - len(plain.lstrip())
        lines.append(plain[:indent] + line[indent:].markdown())
    return "\\\n".join(lines)


def block_quotation(markdown: str) -> str:
    """Markdown as a block quotation."""
    return "\n".join(f"> {line}".rstrip() for line in markdown.split("\n"))


def _html_lines(text: Rich) -> str:
    return "<br>".join(line.html() for line in _lines(text))


def _lines(text: Rich) -> list[Rich]:
    """The lines of a text."""
    lines, start = [], 0
    for line in text.plain().split("\n"):
        lines.append(text[start : start + len(line)])
        start += len(line) + 1
    return lines


def _with_emphasis(words: str, emphasis: Sequence[str]) -> Rich:
    """Words with those in italics that are so in print; a style may have changed marks within them."""
    text, cursor = Rich(), 0
    for piece in emphasis:
        match = _anywhere(piece).search(words, cursor) if piece else None
        if match:
            text = text + words[cursor : match.start()] + rich(match[0], italic=True)
            cursor = match.end()
    return text + words[cursor:]


def _anywhere(piece: str) -> re.Pattern[str]:
    """Matches printed words whatever their quotation marks have become."""
    return re.compile(_ANY_MARK.join(map(re.escape, _MARK.split(piece))))


def insertion_object(insertable: InsertableQuotation) -> dict[str, Any]:
    """A quotation for a word processor as a JSON object."""
    quotation, passage = insertable.quotation, insertable.passage
    parts = parts_of(quotation)
    value = {
        "passage": passage.id,
        "essay": passage.essay_id,
        "start": insertable.start,
        "end": insertable.end,
        "text": passage.text[insertable.start : insertable.end],
        **page_fields(quotation.citation.where),
        "quotation": quotation.text,
        "words": _runs(_with_emphasis(parts.words, quotation.emphasis)),
        "citation": _runs(parts.citation),
        "stop": parts.end,
        "note": parts.is_note,
        "block": quotation.block,
        "quoted": quoted_object(insertable.quoted),
        "reference": _runs(insertable.reference),
        "sentences": [
            {"start": start, "end": end, "text": passage.text[start:end]} for start, end in passage.sentences
        ],
    }
    again = _runs(insertable.again)
    return value | ({"again": again} if again != value["citation"] else {})


def _runs(text: Rich) -> list[dict[str, Any]]:
    return [asdict(run) for run in text.runs]

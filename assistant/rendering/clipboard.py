"""Quotations and references in the forms that are copied: plain text, Markdown, HTML."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from assistant.core.answer import PreparedQuotation
from assistant.core.rich import Rich, rich

# How a quotation with a note ends: the note's call, and the note below.
_CALL, _NOTE = "¹", "\n\n1. "


@dataclass(frozen=True, slots=True)
class Forms:
    """The same words, written in three ways.

    Attributes:
        text: Plain text.
        markdown: Markdown.
        html: HTML to be put on a clipboard, not into a page.
    """

    text: str
    markdown: str
    html: str


@dataclass(frozen=True, slots=True)
class Divided:
    """A quotation's parts.

    Attributes:
        words: The words, within marks or as a block.
        citation: Their citation, or their note.
        end: What stands behind the citation.
        noted: Whether the citation is a note.
    """

    words: str
    citation: Rich
    end: str
    noted: bool


def divided(quotation: PreparedQuotation) -> Divided:
    """A quotation's words and its citation.

    Args:
        quotation: The quotation.
    """
    plain = quotation.citation.rich.plain()
    words, found, end = quotation.text.rpartition(plain) if plain else ("", "", quotation.text)
    if not found:
        return Divided(quotation.text, rich(""), "", noted=False)
    if words.endswith(_CALL + _NOTE):
        return Divided(words.removesuffix(_CALL + _NOTE), quotation.citation.rich, end, noted=True)
    return Divided(words.rstrip(), quotation.citation.rich, end, noted=False)


def quotation_forms(quotation: PreparedQuotation) -> Forms:
    """A quotation with its citation, to be copied.

    Args:
        quotation: The quotation.
    """
    parts = divided(quotation)
    after = parts.citation + parts.end
    if parts.noted:
        markdown = f"{markdown_lines(parts.words)}[^1]"
        html = f"{_html_lines(parts.words)}<sup>1</sup>"
    else:
        gap = " " if after else ""
        markdown = f"{markdown_lines(parts.words)}{gap}{after.markdown()}"
        html = f"{_html_lines(parts.words)}{gap}{after.html()}"
    if quotation.block:
        markdown, html = set_off(markdown), f"<blockquote>{html}</blockquote>"
    if parts.noted:
        markdown += f"\n\n[^1]: {after.markdown()}"
        html = html if quotation.block else f"<p>{html}</p>"
        html += f"<p><sup>1</sup> {after.html()}</p>"
    return Forms(quotation.text, markdown, html)


def reference_forms(reference: Rich) -> Forms:
    """A reference, to be copied.

    Args:
        reference: The reference.
    """
    return Forms(reference.plain(), reference.markdown(), reference.html())


def markdown_lines(text: str) -> str:
    """Text as Markdown that shows exactly it, a line of verse a line.

    Args:
        text: Any text.
    """
    lines = [(line[: len(line) - len(line.lstrip())], line.lstrip()) for line in text.split("\n")]
    return "\\\n".join(f"{indent}{rich(rest).markdown()}" for indent, rest in lines)


def set_off(markdown: str) -> str:
    """Markdown as a block quotation.

    Args:
        markdown: Markdown.
    """
    return "\n".join(f"> {line}".rstrip() for line in markdown.split("\n"))


def _html_lines(text: str) -> str:
    return "<br>".join(escape(line, quote=False) for line in text.split("\n"))

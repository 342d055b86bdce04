"""Essays in Markdown, with what pandoc, Quarto and Obsidian add to it.

Markdown is written as HTML, which the reader of pages reads. A file with that ending may be plain text all
the same, as extraction leaves it: it is read as such unless headings, quotations or notes are marked in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from html import escape
from typing import Any

from assistant.core.errors import ReadingError
from assistant.documents.declared import as_essay
from assistant.documents.document import Document
from assistant.documents.front_matter import take_front_matter
from assistant.documents.html import read_tree
from assistant.documents.html_record import stated_of
from assistant.documents.html_style import StyleSheet
from assistant.documents.html_tree import parse_html
from assistant.documents.markdown import essay_html
from assistant.documents.page_marks import find_marked_pages
from assistant.documents.pages import find_pages
from assistant.documents.text import read_pages

# Of the longest book; the shortest paragraphs take a thousand times their letters in memory.
_MOST_LINES = 200_000
_HEADING = re.compile(r"^ {0,3}#{1,6}[ \t]+\S", re.MULTILINE)
_UNDERLINED = re.compile(r"^[^\W_][^\n]{0,200}\n(?:={3,}|-{3,})[ \t]*$", re.MULTILINE)
_QUOTATION = re.compile(r"^ {0,3}>[ \t]?\S", re.MULTILINE)
_NOTE = re.compile(r"^\[\^[^\]\s]{1,40}\]:", re.MULTILINE)
_INLINE_NOTE = re.compile(r"\^\[[^\]\n]")
_LINK = re.compile(r"\[[^\]\n]{1,200}\]\([^)\s]{1,500}\)")
_INDENTED = re.compile(r"^(?: {4}|\t)\S", re.MULTILINE)
_DIVISION = re.compile(r"^ {0,3}(?P<sign>:{3,})[ \t]*(?P<words>[^\n]{0,300})$")
_CLASS = re.compile(r"[.\s{]([A-Za-z][\w-]{0,60})")
_ATTRIBUTES = re.compile(r"(?<![:\s])[ \t]*\{[#.:-][^{}\n]{0,300}\}[ \t]*$", re.MULTILINE)
_SPAN = re.compile(r"\[([^\[\]\n]{1,500})\]\{[#.][^{}\n]{0,300}\}")
_SHORTCODE = re.compile(r"\{\{[<%][^{}\n]{0,300}[>%]\}\}")
# Commands of LaTeX that pandoc passes on, and that print nothing.
_LAYOUT = re.compile(
    r"\\(?:newpage|pagebreak|clearpage|cleardoublepage|noindent|indent|medskip|bigskip|smallskip|centering|vfill"
    r"|hfill|par|(?:vspace|hspace)\*?\{[^{}\n]{0,40}\}|(?:begin|end)\{(?:center|flushright|flushleft)\})"
    r"(?![A-Za-z])[ \t]?"
)
_REMARK = re.compile(r"%%(?:(?!%%).){0,5000}%%", re.DOTALL)
_EMBEDDED = re.compile(r"!\[\[[^\[\]\n]{0,300}\]\]")
_WIKI_LINK = re.compile(r"\[\[(?:[^\[\]|\n]{0,300}\|)?([^\[\]|\n]{1,300})\]\]")
_HIGHLIGHT = re.compile(r"==(?=\S)([^=\n]{1,500})(?<=\S)==")
_LINE_OF_VERSE = re.compile(r"(?: {0,3}>[ \t]?)*\| ?(?P<words>[^\n]*)")
_FENCE = re.compile(r" {0,3}(?:```|~~~)")


def read_markdown_essay(text: str, name: str) -> Document:
    """Read an essay in a file that is named as Markdown.

    Raises:
        ReadingError: If it has more in it than an essay has.
    """
    if text.count("\n") > _MOST_LINES:
        raise ReadingError(f"{name} has more lines than an essay has; divide it into chapters.")
    if not is_markdown(text):
        return read_pages(text, name)
    record, body = take_front_matter(text)
    page = parse_html(_as_html(body, record), name)
    document = read_tree(page, StyleSheet(()), name, reader="markdown", is_page=False)
    return as_essay(replace(document, record=record if len(record) > 1 else {}, metadata=stated_of(record)))


def is_markdown(text: str) -> bool:
    """Whether a text marks headings, quotations or notes as Markdown does, and shows no print layout."""
    record, body = take_front_matter(text)
    marked = sum(
        bool(rule.search(body)) for rule in (_HEADING, _UNDERLINED, _QUOTATION, _NOTE, _INLINE_NOTE, _LINK)
    )
    if "\f" in body or not (record or marked):
        return False
    # Lines indented as those of a typescript are no code.
    if len(_INDENTED.findall(body)) > 0.1 * body.count("\n\n") + 10:
        return False
    pages = find_pages(body)
    return not pages.starts or find_marked_pages(body) is not None


def _as_html(body: str, record: dict[str, Any]) -> str:
    """A page of the text, with the title above it."""
    body = body.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    if marked := find_marked_pages(body):
        body = _with_page_breaks(body, marked)
    body = _EMBEDDED.sub("", _REMARK.sub("", _LAYOUT.sub("", body)))
    body = _SPAN.sub(r"\1", _SHORTCODE.sub("", _ATTRIBUTES.sub("", body)))
    body = _HIGHLIGHT.sub(r"\1", _WIKI_LINK.sub(r"\1", body))
    stated = stated_of(record)
    head = f"<h1>{escape(stated['Title'], quote=False)}</h1>\n" if stated.get("Title") else ""
    if head and stated.get("Author"):
        head += f'<p class="author">{escape(stated["Author"], quote=False)}</p>\n'
    return f"<html><body>{head}{essay_html(chr(10).join(_lines(body)))}</body></html>"


def _with_page_breaks(body: str, marked: Any) -> str:
    """A text with page breaks of HTML in place of a transcriber's marks."""
    pieces, at = [], 0
    for mark in marked.marks:
        pieces += [body[at : mark.start], f'<span role="doc-pagebreak" title="{escape(mark.label)}"></span>']
        at = mark.end
    return "".join([*pieces, body[at:]])


def _lines(body: str) -> Iterator[str]:
    """The lines of a text; divisions of pandoc and lines of verse are those of HTML."""
    verse: list[str] = []
    fenced = False
    for line in body.split("\n"):
        if _FENCE.match(line):
            fenced = not fenced
        match = None if fenced else _LINE_OF_VERSE.fullmatch(line)
        bare = line.strip()
        if match and not bare.endswith("|"):
            verse.append(match["words"])
            continue
        if verse and line.startswith(" ") and bare:
            verse[-1] += f" {bare}"
            continue
        if verse:
            yield from _verse(verse)
            verse = []
        division = None if fenced else _DIVISION.match(line)
        if division:
            yield from ("", _division(division["words"]), "")
        else:
            yield line
    if verse:
        yield from _verse(verse)


def _verse(lines: list[str]) -> Iterator[str]:
    yield from ("", '<div class="verse">', "")
    for line, after in zip(lines, [*lines[1:], ""], strict=True):
        # A backslash breaks the line; an empty line divides stanzas.
        yield line.strip() + "\\" * bool(line.strip() and after.strip())
    yield from ("", "</div>", "")


def _division(words: str) -> str:
    """The tag of a division that is opened with these words, or closed."""
    words = words.strip().rstrip(":").strip()
    if not words:
        return "</div>"
    names = " ".join(_CLASS.findall(f" {words}"))
    return f'<div class="{escape(names)}">'

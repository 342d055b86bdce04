"""Essays in Markdown, with what pandoc, Quarto and Obsidian add to it, and their front matter as a record.

Markdown is written as HTML, which the reader of pages reads. A file with that ending may be plain text all
the same, as extraction leaves it: it is read as such unless headings, quotations or notes are marked in it.
Of the YAML of front matter, only the simple forms are read that writers use.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from html import escape
from typing import Any

from assistant.core.errors import ReadingError
from assistant.documents.declared import as_essay
from assistant.documents.document import Document
from assistant.documents.html import read_tree
from assistant.documents.html_record import stated_of
from assistant.documents.html_tree import StyleSheet, parse_html
from assistant.documents.markdown import essay_html
from assistant.documents.page_marks import find_marked_pages
from assistant.documents.pages import find_pages
from assistant.documents.text import read_pages

_BLOCK = re.compile(
    r"\ufeff?---[ \t]*\r?\n(?P<body>(?:(?!(?:---|\.\.\.)[ \t]*\r?$)[^\n]*\n){1,400})(?:---|\.\.\.)[ \t]*"
    r"(?:\r?\n|\Z)",
    re.MULTILINE,
)
_MORE = r"[^\n]*(?:\n[ \t]+[^\n]*)*"
_TITLE_BLOCK = re.compile(
    rf"\ufeff?%[ \t]*(?P<title>{_MORE})\n(?:%[ \t]*(?P<author>{_MORE})\n)?(?:%[ \t]*(?P<date>[^\n]*)\n)?"
)
_KEY = re.compile(r"(?P<key>[A-Za-z][\w-]{0,40})[ \t]*:[ \t]*(?P<value>[^\n]*)")
_ITEM = re.compile(r"[ \t]*-[ \t]+(?:(?P<key>name|literal)[ \t]*:[ \t]*)?(?P<value>[^\n]*)")
_NAME = re.compile(r"[ \t]+(?P<key>name|literal|family|given)[ \t]*:[ \t]*(?P<value>[^\n]*)")
_PARTS = re.compile(r"\s*(\"[^\"]{0,300}\"|'[^']{0,300}'|[^,]+)")
_DATE = re.compile(r"(?P<year>\d{4})(?:-(?P<month>\d{2})(?:-(?P<day>\d{2}))?)?")
_FIELDS: Mapping[str, str] = {
    "title": "title", "journal": "container-title", "container-title": "container-title",
    "publication": "container-title", "volume": "volume", "issue": "issue", "number": "issue", "page": "page",
    "pages": "page", "publisher": "publisher", "doi": "DOI", "url": "URL", "lang": "language",
    "language": "language",
}  # fmt: skip


def take_front_matter(text: str) -> tuple[dict[str, Any], str]:
    """The record that is above a text, and the text after it."""
    if block := _BLOCK.match(text):
        record = _record(block["body"])
        # A rule above the first paragraph looks like it, and says nothing.
        return (record, text[block.end() :]) if _KEY.search(block["body"]) else ({}, text)
    if text.startswith(("%", "\ufeff%")) and (block := _TITLE_BLOCK.match(text)):
        fields = {"title": [" ".join(block["title"].split())]}
        names = re.split(r";|\n", block["author"] or "")
        fields["author"] = [" ".join(name.split()) for name in names if name.strip()]
        fields["date"] = [block["date"] or ""]
        return _of_fields(fields), text[block.end() :]
    return {}, text


def _record(body: str) -> dict[str, Any]:
    fields: dict[str, list[str]] = {}
    key = ""
    folded = False
    for line in body.splitlines():
        if match := _KEY.match(line):
            key, value = match["key"].lower(), _plain(match["value"])
            folded = value in {"|", ">", "|-", ">-"}
            fields[key] = [] if folded or not value else _listed(match["value"].strip())
        elif match := _ITEM.match(line):
            fields.setdefault(key, []).append(_plain(match["value"]))
        elif match := _NAME.match(line):
            values = fields.setdefault(key, [])
            if match["key"] == "given" and values:
                values[-1] = f"{values[-1]}, {_plain(match['value'])}"
            else:
                values.append(_plain(match["value"]))
        elif folded and line.startswith((" ", "\t")) and key:
            fields[key] = [" ".join([*fields[key], line.strip()])]
    return _of_fields(fields)


def _of_fields(fields: Mapping[str, list[str]]) -> dict[str, Any]:
    """A record of what front matter states."""
    record: dict[str, Any] = {"type": "document"}
    for key, field in _FIELDS.items():
        value = next(iter(fields.get(key, [])), "")
        if value:
            record.setdefault(field, value)
    subtitle = next(iter(fields.get("subtitle", [])), "")
    if subtitle and record.get("title"):
        record["title"] = f"{record['title']}: {subtitle}"
    authors = [name for key in ("author", "authors", "by") for name in fields.get(key, []) if name]
    if authors:
        record["author"] = [_person(name) for name in authors]
    dates = (fields.get(key, []) for key in ("date", "year", "published"))
    date = _DATE.search(next((values[0] for values in dates if values), ""))
    if date:
        record["issued"] = {"date-parts": [[int(part) for part in date.groups() if part]]}
    if "container-title" in record and "volume" in record:
        record["type"] = "article-journal"
    return record if record.get("title") else {}


def _person(name: str) -> dict[str, str]:
    family, comma, given = (part.strip() for part in name.partition(","))
    return {"family": family, "given": given} if comma and given else {"literal": name}


def _listed(value: str) -> list[str]:
    if value.startswith("[") and value.endswith("]"):
        return [_plain(part) for part in _PARTS.findall(value[1:-1]) if part.strip()]
    return [_plain(value)]


def _plain(value: str) -> str:
    """A value without quotation marks and without the emphasis of Markdown."""
    value = value.strip()
    if len(value) >= 2 and value[0] == value[-1] and value[0] in "\"'":
        quoted = value[1:-1]
        single = value[0] == "'"
        value = quoted.replace("''", "'") if single else quoted.replace('\\"', '"').replace("\\\\", "\\")
    return re.sub(r"\*([^*]{1,200})\*", r"\1", value)


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

"""Markdown, in CommonMark's form with front matter, tables and pandoc's footnotes.

Plain text: paragraphs stand between blank lines, block quotations are indented.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from assistant.core.lines import Line, split_lines
from assistant.documents.document import BlockKind, Document, ProseWriter

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token


# From here on a paragraph is set off and not merely begun with an indent.
_SET_OFF = 3


def read_plain(source: str, name: str) -> Document:
    """Read plain text.

    Args:
        source: The text.
        name: What it is called.
    """
    pen = ProseWriter()
    lines = split_lines(source)
    paragraphs = _paragraphs(lines)
    usual = min((_least(paragraph) for paragraph in paragraphs), default=0)
    for paragraph in paragraphs:
        for number, line in enumerate(paragraph):
            if number:
                pen.put("\n", paragraph[number - 1].end, line.start)
            pen.copy(line.text, line.start)
        deep = _least(paragraph) - usual >= _SET_OFF
        # A lone indented line is the first of a paragraph whose others are not there, or a heading.
        set_off = deep and (len(paragraph) > 1 or _ends_a_sentence(paragraph[0].text))
        pen.close("quotation" if set_off else "prose")
    return pen.draft(name, source, tuple(line.start for line in lines if _counts(source, line)))


def _counts(source: str, line: Line) -> bool:
    """Whether an editor begins a line here; it does not behind a form feed."""
    return line.start == 0 or source[line.start - 1] not in "\f\v"


def _paragraphs(lines: list[Line]) -> list[list[Line]]:
    made: list[list[Line]] = [[]]
    for line in lines:
        if line.blank:
            made.append([])
            continue
        if made[-1] and _turns(made[-1], line):
            made.append([])
        made[-1].append(line)
    return [paragraph for paragraph in made if paragraph]


def _turns(paragraph: list[Line], line: Line) -> bool:
    """Whether a block quotation begins or ends at a line, without a blank line before it."""
    before = paragraph[-1].indent
    if line.indent - before >= _SET_OFF:
        return True
    # Behind an indented first line the text goes back to the margin, behind several a quotation has ended.
    return before - line.indent >= _SET_OFF and len(paragraph) > 1


def _least(paragraph: list[Line]) -> int:
    return min(line.indent for line in paragraph)


def _ends_a_sentence(text: str) -> bool:
    return bool(re.search(r"[.!?…][\"”’']?$|\)$", text.strip()))


_SPECIAL = re.compile(r"([\\`*_\[\]<>#])")
# An underscore within a word is none of emphasis.
_INNER = re.compile(r"(?<=\w)\\_(?=\w)")


def escape(words: str) -> str:
    """Words as they are written in Markdown."""
    return _INNER.sub("_", _SPECIAL.sub(r"\\\1", words))


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt
    from mdit_py_plugins.footnote import footnote_plugin
    from mdit_py_plugins.front_matter import front_matter_plugin

    parser = MarkdownIt("commonmark").enable("table").use(footnote_plugin).use(front_matter_plugin)
    # Notes stay where they are defined, and what is escaped keeps the form that it has in the source.
    return parser.disable(["text_join", "footnote_tail", "footnote_inline"])


def read_markdown(source: str, name: str) -> Document:
    """Read Markdown.

    Args:
        source: The text.
        name: What it is called.
    """
    lines = split_lines(source)
    # The parser knows three line breaks; to it every other one is a space, as form feeds are to writers.
    normal = re.sub("[\f\v\x85\u2028\u2029]", " ", source)
    reader = _Reader(source, split_lines(normal))
    reader.read(_parser().parse(normal))
    units = [line.start for line in lines if line.start == 0 or source[line.start - 1] not in "\f\v"]
    return reader.pen.draft(name, source, tuple(units), escape)


class _Reader:
    """Writes down what the parser found."""

    def __init__(self, source: str, lines: Sequence[Line]) -> None:
        self.pen = ProseWriter()
        self._source, self._lines = source, lines
        # The line that was read last, and the column behind what was read of it.
        self._behind = (-1, 0)

    def read(self, tokens: Sequence[Token]) -> None:
        """Write down all blocks."""
        quoted = heading = False
        note: str | None = None
        kind: BlockKind = "prose"
        depth = 0
        for token in tokens:
            if token.type == "footnote_reference_open":
                note, kind = str(token.meta["label"]), "note"
            elif token.type == "footnote_reference_close":
                note, kind = None, "prose"
            elif token.type == "blockquote_open":
                depth += 1
            elif token.type == "blockquote_close":
                depth -= 1
                if depth == 0 and quoted:
                    self.pen.close("quotation")
                    quoted = False
            elif token.type in {"heading_open", "heading_close"}:
                heading = token.type == "heading_open"
            elif token.type == "inline":
                self._inline(token, joined=quoted)
                quoted = depth > 0
                if not quoted:
                    self.pen.close("heading" if heading else kind, note)
                    note = None

    def _inline(self, token: Token, *, joined: bool) -> None:
        if not token.map or not token.children:
            return
        places = self._places(token)
        if joined:
            self.pen.put("\n", places[0], places[0])
        _Inline(self.pen, token.content, places).write(token.children)

    def _places(self, token: Token) -> list[int]:
        """Source offset of every character of an inline token's content, and of its end."""
        first = token.map[0] if token.map else 0
        places: list[int] = []
        for row, content in enumerate(token.content.split("\n"), first):
            line = self._lines[min(row, len(self._lines) - 1)]
            if places:
                places.append(places[-1] + 1)
            start = line.start + self._column_of(content, line.text, row)
            places.extend(range(start, start + len(content)))
        places.append(places[-1] + 1 if places else self._lines[first].start)
        return places

    def _column_of(self, content: str, line: str, row: int) -> int:
        """Where a line of content begins in its line of the source, behind marks of lists and quotations."""
        # The cells of a table share a line and follow each other in it.
        begin = self._behind[1] if row == self._behind[0] else 0
        bare, kept = content.strip(), line.rstrip()
        if not begin and kept.endswith(bare):
            column = len(kept) - len(bare)
        else:
            column = max(line.find(bare, begin), 0)
        self._behind = (row, column + len(bare))
        return max(column - (len(content) - len(content.lstrip())), 0)


class _Inline:
    """Writes down the words of a paragraph, its mark-up left out."""

    def __init__(self, pen: ProseWriter, content: str, places: Sequence[int]) -> None:
        self._pen, self._content, self._places = pen, content, places
        self._at = 0

    def write(self, children: Sequence[Token]) -> None:
        for child in children:
            if child.type in {"text", "text_special"}:
                self._text(child)
            elif child.type in {"softbreak", "hardbreak"}:
                self._skip_to("\n")
                self._put("\n", self._at, self._at + 1)
            elif child.type == "footnote_ref":
                self._note(str(child.meta["label"]))
            elif child.type in {"code_inline", "html_inline", "image"}:
                self._mark_up(child)
            elif child.type == "link_close" and self._content.startswith("](", self._at):
                self._at = self._closing(self._at + 2)
            elif child.markup:
                self._skip_to(child.markup)
                self._at += len(child.markup)

    def _text(self, child: Token) -> None:
        printed = child.markup if child.type == "text_special" else child.content
        if not printed:
            return
        self._skip_to(printed)
        if child.type == "text":
            for offset, character in enumerate(printed):
                self._pen.copy(character, self._places[self._at + offset])
            self._at += len(printed)
        else:
            self._put(child.content, self._at, self._at + len(printed))

    def _put(self, text: str, start: int, end: int) -> None:
        self._pen.put(text, self._places[start], self._places[end - 1] + 1)
        self._at = end

    def _skip_to(self, printed: str) -> None:
        found = self._content.find(printed, self._at)
        self._at = self._at if found < 0 else found

    def _note(self, label: str) -> None:
        self._skip_to(f"[^{label}]")
        end = min(self._at + len(label) + 3, len(self._content))
        self._pen.call(label, self._places[self._at], self._places[end - 1] + 1)
        self._at = end

    def _mark_up(self, child: Token) -> None:
        """Pass over what holds no words of the writer; a space keeps its neighbours apart."""
        start = self._at
        if child.type == "image":
            self._skip_to("](")
            self._at = self._closing(self._at + 2)
        else:
            self._skip_to(f"{child.markup}{child.content}{child.markup}" if child.markup else child.content)
            self._at += len(child.content) + 2 * len(child.markup)
        self._at = min(max(self._at, start + 1), len(self._content))
        if child.type != "html_inline":
            self._put(" ", start, self._at)

    def _closing(self, at: int) -> int:
        """Offset behind the bracket that ends a link's address."""
        depth = 1
        while at < len(self._content) and depth:
            depth += {"(": 1, ")": -1}.get(self._content[at], 0)
            at += 1
        return at

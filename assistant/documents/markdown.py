"""Markdown: CommonMark with front matter, tables and pandoc's footnotes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from assistant.core.lines import Line, split_lines
from assistant.documents.document import BlockKind, Document, ProseWriter
from assistant.documents.text import line_starts

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_SPECIAL = re.compile(r"([\\`*_\[\]<>#])")
# An underscore within a word emphasizes nothing.
_WITHIN_WORD = re.compile(r"(?<=\w)\\_(?=\w)")
_ITALICS_OPEN, _ITALICS_CLOSE = {"<i>", "<em>", "<cite>"}, {"</i>", "</em>", "</cite>"}


def escape(words: str) -> str:
    """Words as they are written in Markdown."""
    return _WITHIN_WORD.sub("_", _SPECIAL.sub(r"\\\1", words))


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt
    from mdit_py_plugins.footnote import footnote_plugin
    from mdit_py_plugins.front_matter import front_matter_plugin

    parser = MarkdownIt("commonmark").enable("table").use(footnote_plugin).use(front_matter_plugin)
    # Notes remain where they are defined, and what is escaped keeps the form that it has in the text.
    return parser.disable(["text_join", "footnote_tail", "footnote_inline"])


def read_markdown(text: str, name: str) -> Document:
    """Read Markdown."""
    # The parser knows three line breaks; to it every other one is a space, as form feeds are to writers.
    normal = re.sub("[\f\v\x85\u2028\u2029]", " ", text)
    reader = _Reader(split_lines(normal))
    reader.read(_parser().parse(normal))
    return reader.writer.document(name, "markdown", text, line_starts(text), escape=escape)


class _Reader:
    """Writes the blocks that the parser found."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self.writer = ProseWriter()
        self._lines = lines
        # The line that was read last, and the column after what was read of it.
        self._last_read = (-1, 0)

    def read(self, tokens: Sequence[Token]) -> None:
        """Write all blocks."""
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
                    self.writer.close("quotation")
                    quoted = False
            elif token.type in {"heading_open", "heading_close"}:
                heading = token.type == "heading_open"
            elif token.type == "inline":
                self._inline(token, joined=quoted)
                quoted = depth > 0
                if not quoted:
                    self.writer.close("heading" if heading else kind, note)
                    note = None

    def _inline(self, token: Token, *, joined: bool) -> None:
        if not token.map or not token.children:
            return
        offsets = self._offsets(token)
        if joined:
            self.writer.put("\n", offsets[0], offsets[0])
        _Inline(self.writer, token.content, offsets).write(token.children)

    def _offsets(self, token: Token) -> list[int]:
        """Offset in the text of every character of an inline token's content, and of its end."""
        first = token.map[0] if token.map else 0
        offsets: list[int] = []
        for row, content in enumerate(token.content.split("\n"), first):
            line = self._lines[min(row, len(self._lines) - 1)]
            if offsets:
                offsets.append(offsets[-1] + 1)
            start = line.start + self._column(content, line.text, row)
            offsets.extend(range(start, start + len(content)))
        offsets.append(offsets[-1] + 1 if offsets else self._lines[first].start)
        return offsets

    def _column(self, content: str, line: str, row: int) -> int:
        """Where a line of content begins in its line of the text, after marks of lists and quotations."""
        # The cells of a table share a line and follow each other in it.
        begin = self._last_read[1] if row == self._last_read[0] else 0
        bare, whole = content.strip(), line.rstrip()
        if not begin and whole.endswith(bare):
            column = len(whole) - len(bare)
        else:
            column = max(line.find(bare, begin), 0)
        self._last_read = (row, column + len(bare))
        return max(column - (len(content) - len(content.lstrip())), 0)


class _Inline:
    """Writes the words of a paragraph without their markup.

    Args:
        writer: Writes the prose.
        content: The paragraph with its markup.
        offsets: Offset in the text of each of its characters, and of its end.
    """

    def __init__(self, writer: ProseWriter, content: str, offsets: Sequence[int]) -> None:
        self._writer, self._content, self._offsets = writer, content, offsets
        # How much of the content has been read.
        self._index = 0
        # Where in the prose the emphasis begins that is open.
        self._emphasis: list[int] = []

    def write(self, children: Sequence[Token]) -> None:
        for child in children:
            if child.type in {"text", "text_special"}:
                self._text(child)
            elif child.type in {"softbreak", "hardbreak"}:
                self._skip_to("\n")
                self._put("\n", self._index, self._index + 1)
            elif child.type == "footnote_ref":
                self._note(str(child.meta["label"]))
            elif child.type in {"code_inline", "html_inline", "image"}:
                self._skip_markup(child)
            elif child.type == "link_close" and self._content.startswith("](", self._index):
                self._index = self._closing_bracket(self._index + 2)
            elif child.markup:
                self._skip_to(child.markup)
                self._index += len(child.markup)
            self._mark_emphasis(child)

    def _mark_emphasis(self, child: Token) -> None:
        tag = child.content.casefold() if child.type == "html_inline" else ""
        if child.type == "em_open" or tag in _ITALICS_OPEN:
            self._emphasis.append(self._writer.length)
        elif self._emphasis and (child.type == "em_close" or tag in _ITALICS_CLOSE):
            self._writer.emphasize(self._emphasis.pop())

    def _text(self, child: Token) -> None:
        printed = child.markup if child.type == "text_special" else child.content
        if not printed:
            return
        self._skip_to(printed)
        if child.type == "text":
            for index, character in enumerate(printed, self._index):
                self._writer.copy(character, self._offsets[index])
            self._index += len(printed)
        else:
            self._put(child.content, self._index, self._index + len(printed))

    def _put(self, words: str, start: int, end: int) -> None:
        self._writer.put(words, self._offsets[start], self._offsets[end - 1] + 1)
        self._index = end

    def _skip_to(self, printed: str) -> None:
        index = self._content.find(printed, self._index)
        self._index = self._index if index < 0 else index

    def _note(self, label: str) -> None:
        self._skip_to(f"[^{label}]")
        end = min(self._index + len(label) + 3, len(self._content))
        self._writer.call(label, self._offsets[self._index], self._offsets[end - 1] + 1)
        self._index = end

    def _skip_markup(self, child: Token) -> None:
        """Pass over what holds no words of the writer; a space keeps its neighbours apart."""
        start = self._index
        if child.type == "image":
            self._skip_to("](")
            self._index = self._closing_bracket(self._index + 2)
        else:
            self._skip_to(f"{child.markup}{child.content}{child.markup}" if child.markup else child.content)
            self._index += len(child.content) + 2 * len(child.markup)
        self._index = min(max(self._index, start + 1), len(self._content))
        if child.type != "html_inline":
            self._put(" ", start, self._index)

    def _closing_bracket(self, index: int) -> int:
        """Index after the bracket that ends a link's address."""
        depth = 1
        while index < len(self._content) and depth:
            depth += {"(": 1, ")": -1}.get(self._content[index], 0)
            index += 1
        return index

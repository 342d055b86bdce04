"""Markdown: CommonMark with front matter, tables, pandoc's footnotes, HTML's and Obsidian's quotations."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from assistant.core.declared import BlockKind
from assistant.core.lines import Line, split_lines
from assistant.documents.document import Document, ProseWriter
from assistant.documents.text import line_starts

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_SPECIAL = re.compile(r"([\\`*_\[\]<>#])")
# An underscore within a word emphasizes nothing.
_WITHIN_WORD = re.compile(r"(?<=\w)\\_(?=\w)")
# HTML that quotes: within a paragraph, and as a block.
_QUOTES = {"q": ("“", "”"), "blockquote": ("“", "”")}
_TAG = re.compile(r"<(?P<close>/?)(?P<name>[A-Za-z][A-Za-z0-9]*)\b[^<>]*>")
_HTML = re.compile(
    r"(?P<comment><!--(?:(?!-->).)*(?:-->|\Z))|(?P<tag></?[A-Za-z][^<>]*>)|(?P<entity>&#?\w{1,30};)|(?P<text>[^<&]+|[<&])",
    re.DOTALL,
)
# Elements without words of the writer.
_NO_WORDS = frozenset("script style pre textarea code".split())
_SOURCES = frozenset({"footer", "cite", "figcaption"})
_DIVIDING = frozenset("p div li ul ol tr td th table section article br hr".split())
# Obsidian: %%a remark%%, ==words==, and the first line of a quotation that is boxed.
_REMARK = re.compile(r"%%(?:(?!%%).)*%%", re.DOTALL)
_MASK = "\ue0fe"
_CALLOUT = re.compile(r"\[!\w+\][+-]?[ \t]*(?P<title>[^\n]*)\n?")
_NAMED = re.compile(
    r"^(?:bibliography|references)[ \t]*:[ \t]*(?P<one>[^\n]*)(?P<more>(?:\n[ \t]*-[^\n]*)*)", re.MULTILINE
)
_STYLE = re.compile(r"^(?:csl|citation-style)[ \t]*:[ \t]*(?P<name>[^\n]*)", re.MULTILINE)
_ITALICS_OPEN, _ITALICS_CLOSE = {"<i>", "<em>", "<cite>"}, {"</i>", "</em>", "</cite>"}


def escape(words: str) -> str:
    """Words as they are written in Markdown."""
    return _WITHIN_WORD.sub("_", _SPECIAL.sub(r"\\\1", words))


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt
    from mdit_py_plugins.footnote import footnote_plugin
    from mdit_py_plugins.front_matter import front_matter_plugin

    parser = (
        MarkdownIt("commonmark")
        .enable(["table", "strikethrough"])
        .use(footnote_plugin)
        .use(front_matter_plugin)
    )
    # Notes remain where they are defined, and what is escaped keeps the form that it has in the text.
    return parser.disable(["text_join", "footnote_tail", "footnote_inline"])


def essay_html(text: str) -> str:
    """An essay as HTML: notes at its end, HTML as it is, indented lines as a quotation."""
    return str(_essay_parser().render(text))


@cache
def _essay_parser() -> MarkdownIt:
    from markdown_it import MarkdownIt
    from mdit_py_plugins.deflist import deflist_plugin
    from mdit_py_plugins.footnote import footnote_plugin

    parser = MarkdownIt("commonmark", {"html": True})
    parser.enable(["table", "strikethrough"]).use(footnote_plugin).use(deflist_plugin)
    parser.add_render_rule("code_block", _quoted_lines)
    parser.add_render_rule("fence", _fenced_lines)
    return parser


def _quoted_lines(_self: object, tokens: Sequence[Token], index: int, _options: object, _env: object) -> str:
    return f"<blockquote><pre>{html.escape(tokens[index].content, quote=False)}</pre></blockquote>\n"


def _fenced_lines(_self: object, tokens: Sequence[Token], index: int, _options: object, _env: object) -> str:
    """Lines between fences, which belong to a figure."""
    return f'<div class="figcaption"><pre>{html.escape(tokens[index].content, quote=False)}</pre></div>\n'


def read_markdown(text: str, name: str) -> Document:
    """Read Markdown."""
    # The parser knows three line breaks; to it every other one is a space, as form feeds are to writers.
    normal = re.sub("[\f\v\x85\u2028\u2029]", " ", text)
    normal = _REMARK.sub(lambda remark: re.sub(r"[^\r\n]", _MASK, remark[0]), normal)
    tokens = _parser().parse(normal)
    reader = _Reader(split_lines(normal))
    reader.read(tokens)
    document = reader.writer.document(name, "markdown", text, line_starts(text), escape=escape)
    front = next((token.content for token in tokens if token.type == "front_matter"), "")
    style = _STYLE.search(front)
    return replace(
        document,
        bibliographies=_bibliographies(front),
        style=style["name"].strip().strip("\"'") if style else "",
    )


def _bibliographies(front: str) -> tuple[str, ...]:
    """The files that the front matter names as the bibliography."""
    names: list[str] = []
    for match in _NAMED.finditer(front):
        names += match["one"].strip().strip("[]").split(",")
        names += [line.strip().removeprefix("-") for line in match["more"].split("\n")]
    return tuple(bare for name in names if (bare := name.strip().strip("\"'")))


class _Reader:
    """Writes the blocks that the parser found."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self.writer = ProseWriter()
        self._lines = lines
        # The line that was read last, and the column after what was read of it.
        self._last_read = (-1, 0)
        # How many of HTML's block quotations are open.
        self._html_quotations = 0
        # What paragraphs are where they stand.
        self._kind: BlockKind = "prose"

    def read(self, tokens: Sequence[Token]) -> None:
        """Write all blocks."""
        quoted = heading = boxed = False
        note: str | None = None
        depth = 0
        for token in tokens:
            if token.type == "footnote_reference_open":
                note, self._kind = str(token.meta["label"]), "note"
            elif token.type == "footnote_reference_close":
                note, self._kind = None, "prose"
            elif token.type in {"blockquote_open", "blockquote_close"}:
                # The first line of a quotation may be the title of its box.
                boxed = token.type == "blockquote_open"
                depth += token.nesting
                quoted = self._quoted(depth, quoted=quoted)
            elif token.type in {"heading_open", "heading_close"}:
                heading = token.type == "heading_open"
            elif token.type == "html_block":
                self._html(token)
            elif token.type == "inline":
                self._inline(token, joined=quoted, boxed=boxed)
                quoted, boxed = depth > 0, False
                if not quoted:
                    self.writer.close("heading" if heading else self._kind, note)
                    note = None

    def _quoted(self, depth: int, *, quoted: bool) -> bool:
        """End a block quotation that is closed; returns whether one goes on."""
        if quoted and depth == 0:
            self.writer.close("quotation")
            return False
        return quoted

    def _inline(self, token: Token, *, joined: bool, boxed: bool) -> None:
        if not token.map or not token.children:
            return
        offsets = self._offsets(token)
        if joined:
            self.writer.put("\n", offsets[0], offsets[0])
        inline = _Inline(self.writer, token.content, offsets)
        title = _CALLOUT.match(token.content) if boxed else None
        if title:
            inline.skip_title(title)
        inline.write(token.children)

    def _html(self, token: Token) -> None:
        """Write the words of HTML that is a block of its own."""
        if not token.map:
            return
        lines = self._lines[token.map[0] : token.map[1]]
        skipped = ""
        start = self.writer.length
        text = "\n".join(line.text for line in lines)
        offsets = [offset for line in lines for offset in range(line.start, line.start + len(line.text) + 1)]
        for match in _HTML.finditer(text):
            if match["tag"]:
                tag = _TAG.match(match[0])
                name = tag["name"].lower() if tag else ""
                closes = bool(tag and tag["close"])
                if name in _NO_WORDS:
                    skipped = "" if closes and name == skipped else skipped or ("" if closes else name)
                elif not skipped:
                    start = self._html_tag(name, closes=closes, at=offsets[match.start()], start=start)
            elif skipped or match["comment"]:
                continue
            elif match["entity"]:
                words = html.unescape(match[0])
                self.writer.put(words, offsets[match.start()], offsets[match.end() - 1] + 1)
            else:
                for index, character in enumerate(match[0], match.start()):
                    self.writer.copy(character, offsets[index])
        self._end_html(start, quoted=self._html_quotations > 0)

    def _html_tag(self, name: str, *, closes: bool, at: int, start: int) -> int:
        """Read a tag; returns where in the prose the block that is being written begins."""
        if name == "blockquote":
            start = self._end_html(start, quoted=self._html_quotations > 0)
            self._html_quotations = max(0, self._html_quotations + (-1 if closes else 1))
            if self._kind != "note":
                self._kind = "quotation" if self._html_quotations else "prose"
        elif name in _QUOTES:
            self.writer.put(_QUOTES[name][closes], at, at + (4 if closes else 3))
        elif name in _SOURCES and self._html_quotations and not closes:
            self.writer.put("\n— ", at, at)
        elif name in _DIVIDING and not self._html_quotations:
            start = self._end_html(start, quoted=False)
        elif name in _DIVIDING:
            self.writer.put(" ", at, at)
        return start

    def _end_html(self, start: int, *, quoted: bool) -> int:
        """End a block of HTML, if anything was written; returns where the next one begins."""
        if self.writer.length > start:
            self.writer.close("quotation" if quoted else "prose")
        return self.writer.length

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
        # Index in the content after the title of a box, which is not written again.
        self._title_end = 0
        # Whether words are struck out, which are the draft's no more.
        self._struck = False

    def skip_title(self, title: re.Match[str]) -> None:
        """Pass over the title of a box; one that names a page is the source of what it quotes."""
        if any(map(str.isdigit, title["title"])):
            start, end = title.span("title")
            self._writer.put("(", self._offsets[0], self._offsets[start])
            for index in range(start, end):
                self._writer.copy(self._content[index], self._offsets[index])
            self._writer.put(")\n", self._offsets[end], self._offsets[end])
        self._title_end = title.end()

    def write(self, children: Sequence[Token]) -> None:
        for child in children:
            if child.type in {"text", "text_special"}:
                self._text(child)
            elif child.type in {"softbreak", "hardbreak"}:
                self._skip_to("\n")
                if self._index < self._title_end:
                    self._index += 1
                else:
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
            if child.type in {"s_open", "s_close"}:
                self._struck = child.type == "s_open"

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
            self._copy(printed)
            self._index += len(printed)
        else:
            self._put(child.content, self._index, self._index + len(printed))

    def _copy(self, printed: str) -> None:
        """Write words, without the marks of a highlight and without remarks."""
        if "=" not in printed and _MASK not in printed and self._index >= self._title_end:
            # A line's characters follow each other in the text too.
            if not self._struck:
                self._writer.copy(printed, self._offsets[self._index])
            return
        for index, character in enumerate(printed, self._index):
            near = self._content[index - 1 : index], self._content[index + 1 : index + 2]
            highlight = character == "=" and "=" in near
            if index >= self._title_end and character != _MASK and not highlight and not self._struck:
                self._writer.copy(character, self._offsets[index])

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
            if child.type == "html_inline" and (tag := _TAG.fullmatch(child.content)):
                self._quotation_mark(tag)
            self._index += len(child.content) + 2 * len(child.markup)
        self._index = min(max(self._index, start + 1), len(self._content))
        if child.type != "html_inline":
            self._put(" ", start, self._index)

    def _quotation_mark(self, tag: re.Match[str]) -> None:
        """Write the mark that a tag of a quotation stands for."""
        if marks := _QUOTES.get(tag["name"].lower()):
            start, end = self._offsets[self._index], self._offsets[self._index + len(tag[0]) - 1] + 1
            self._writer.put(marks[bool(tag["close"])], start, end)

    def _closing_bracket(self, index: int) -> int:
        """Index after the bracket that ends a link's address."""
        depth = 1
        while index < len(self._content) and depth:
            depth += {"(": 1, ")": -1}.get(self._content[index], 0)
            index += 1
        return index

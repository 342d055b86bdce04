"""Org: headings, quote blocks, footnotes, org-cite's citations, links and emphasis, as Emacs writes them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from assistant.core.lines import Line, split_lines
from assistant.documents.document import Document, ProseWriter
from assistant.documents.text import line_starts

_HEADING = re.compile(r"(?P<stars>\*+)[ \t]+(?:(?:TODO|DONE|NEXT|WAIT)[ \t]+)?(?P<words>\S.*)")
_TAGS = re.compile(r"(?<=[ \t]):[\w@#%:]{1,200}:[ \t]*$")
_BLOCK = re.compile(r"[ \t]*#\+(?P<edge>begin|end)_(?P<name>\w+)", re.IGNORECASE)
_KEYWORD = re.compile(r"[ \t]*#\+(?P<name>[\w-]+)(?:\[[^\[\]\n]*\])?:[ \t]*(?P<value>.*)")
_COMMENT = re.compile(r"[ \t]*#(?:[ \t]|$)")
_DRAWER = re.compile(r"[ \t]*:[\w-]+:[ \t]*$")
_DRAWER_END = re.compile(r"[ \t]*:END:[ \t]*$", re.IGNORECASE)
_RULE = re.compile(r"[ \t]*-{5,}[ \t]*$")
_ITEM = re.compile(r"[ \t]*(?:[-+]|\d{1,3}[.)])[ \t]+(?:\[[ X-]\][ \t]+)?")
_NOTE = re.compile(r"\[fn:(?P<name>[\w-]+)\][ \t]*")
_QUOTES = frozenset({"quote", "verse"})
# Blocks whose lines are the writer's words.
_WORDS = frozenset({"center", "abstract"})
_TOKEN = re.compile(
    r"(?P<call>\[fn:(?P<note>[\w-]*)(?P<inline>:)?)"
    r"|(?P<cite>\[cite(?:/[\w/-]+)?:)"
    r"|(?P<link>\[\[(?P<target>[^\[\]\n]*)\](?P<described>\[)?)"
    r"|(?P<close>\])|(?P<open>\[)"
    r"|(?P<dash>---?)"
    r"|(?P<export>@@[^@\n]*@@|\{\{\{[^{}\n]*\}\}\}|<<[^<>\n]*>>)"
    r"|(?P<mark>[*/_+=~])"
    r"|(?P<words>[^\[\]*/_+=~@{<-]+|.)",
    re.DOTALL,
)
# What may be before and after a mark of emphasis, as Org has it; lines of a marked stretch.
_BEFORE = frozenset(" \t\n-–—({'\"“‘„«")
_AFTER = frozenset(" \t\n-–—.,;:!?'\")}[]”’“»\\")
_LONGEST_MARKED = 1_000
_CLOSING = {
    mark: re.compile(rf"(?<=\S){re.escape(mark)}(?=[ \t\n\-–—.,;:!?'\")}}\[\]”’“»\\]|\Z)")
    for mark in "*/_+=~"
}


def read_org(text: str, name: str) -> Document:
    """Read Org."""
    reader = _Reader(text)
    reader.read(split_lines(text))
    document = reader.writer.document(name, "org", text, line_starts(text))
    return replace(document, bibliographies=tuple(reader.bibliographies), style=reader.style)


class _Reader:
    """Writes the blocks of a text.

    Args:
        text: The text.
    """

    def __init__(self, text: str) -> None:
        self.writer = ProseWriter()
        self.bibliographies: list[str] = []
        self.style = ""
        self._text = text
        # The lines of the block that is being read, each from where its words begin.
        self._lines: list[tuple[int, int]] = []
        self._kind = "prose"
        # Name of the block whose lines are left out, and whether a drawer is open.
        self._skipped = ""
        self._in_drawer = False
        self._note: str | None = None
        # Names and spans of the notes that the paragraph has within it.
        self._inline_notes: list[tuple[str, int, int]] = []

    def read(self, lines: Sequence[Line]) -> None:
        """Write all blocks."""
        for line in lines:
            self._line(line.text, line.start)
        self._finish()

    def _line(self, words: str, start: int) -> None:
        if self._is_left_out(words):
            return
        if edge := _BLOCK.match(words):
            self._edge(edge)
        elif heading := _HEADING.match(words):
            self._finish()
            tags = _TAGS.search(words)
            end = start + len(words[: tags.start() if tags else len(words)].rstrip())
            self._heading(start + heading.start("words"), end, len(heading["stars"]))
        elif note := _NOTE.match(words):
            self._finish()
            self._note = note["name"]
            self._lines.append((start + note.end(), start + len(words)))
        elif not words.strip():
            if self._kind == "quotation" and self._lines:
                self._lines.append((start, start))
            else:
                self._finish()
        elif not self._keyword(words, start):
            self._words(words, start)

    def _edge(self, edge: re.Match[str]) -> None:
        """Begin or end a block."""
        self._finish()
        name = edge["name"].lower()
        if edge["edge"].lower() == "end":
            self._kind = "prose"
        elif name in _QUOTES:
            self._kind = "quotation"
        elif name not in _WORDS:
            self._skipped = name

    def _words(self, words: str, start: int) -> None:
        """Read a line of a paragraph, an item of a list or a row of a table."""
        item = _ITEM.match(words) if self._kind == "prose" and self._note is None else None
        if item or words.lstrip().startswith("|"):
            self._finish()
        self._lines.append((start + (item.end() if item else 0), start + len(words)))

    def _is_left_out(self, words: str) -> bool:
        if self._skipped:
            edge = _BLOCK.match(words)
            if edge and edge["edge"].lower() == "end" and edge["name"].lower() == self._skipped:
                self._skipped = ""
            return True
        if self._in_drawer:
            self._in_drawer = not _DRAWER_END.match(words)
            return True
        self._in_drawer = bool(_DRAWER.match(words)) and not _DRAWER_END.match(words)
        return self._in_drawer or bool(_COMMENT.match(words) or _RULE.match(words))

    def _keyword(self, words: str, start: int) -> bool:
        """Read a line of settings; returns whether it is one."""
        match = _KEYWORD.match(words)
        if match is None:
            return False
        self._finish()
        name, value = match["name"].lower(), match["value"].strip()
        if name == "bibliography":
            self.bibliographies.append(value.strip("\"'"))
        elif name == "cite_export" and value.startswith("csl"):
            self.style = " ".join(value.split()[1:2]).strip("\"'")
        elif name == "title":
            self._heading(start + match.start("value"), start + len(words), 1)
        return True

    def _heading(self, start: int, end: int, level: int) -> None:
        self._write(start, end)
        self.writer.close("heading", level=level)

    def _finish(self) -> None:
        """End a paragraph, and write the notes within it."""
        lines, self._lines = self._lines, []
        while lines and lines[-1][0] == lines[-1][1]:
            lines.pop()
        if not lines:
            return
        note, self._note = self._note, None
        for number, (start, end) in enumerate(lines):
            if number:
                self.writer.put("\n", lines[number - 1][1], start)
            if start == end:
                continue
            self._write(start, end)
        if note is not None:
            self.writer.close("note", note)
        else:
            self.writer.close("quotation" if self._kind == "quotation" else "prose")
        notes, self._inline_notes = self._inline_notes, []
        for name, start, end in notes:
            self._write(start, end)
            self.writer.close("note", name)

    def _write(self, start: int, end: int) -> None:
        """Write a line without its markup."""
        offset = start
        marked: list[tuple[str, int, int]] = []
        cites = 0
        while offset < end and (token := _TOKEN.match(self._text, offset, end)):
            offset = token.end()
            if token["call"]:
                offset = self._call(token, end)
            elif token["cite"]:
                self.writer.put("[", token.start(), token.end())
                cites += 1
            elif token["link"]:
                if token["described"]:
                    marked.append(("]]", offset, self.writer.length))
                else:
                    offset = token.end() + 1 if self._text.startswith("]", token.end()) else token.end()
                    self.writer.put(" ", token.start(), offset)
            elif (
                token["close"]
                and marked
                and marked[-1][0] == "]]"
                and self._text.startswith("]]", token.start())
            ):
                marked.pop()
                offset = token.start() + 2
            elif token["dash"]:
                self.writer.put("—" if len(token["dash"]) > 2 else "–", token.start(), offset)
            elif token["export"]:
                continue
            elif token["mark"]:
                offset = self._mark(token, end, marked)
            else:
                self.writer.copy(token[0], token.start())

    def _mark(self, token: re.Match[str], end: int, marked: list[tuple[str, int, int]]) -> int:
        """Begin or end emphasis; code is no word of the writer's, nor is what is struck out."""
        mark, start = token[0], token.start()
        if marked and marked[-1][0] == mark and self._ends(start):
            begun = marked.pop()[2]
            if mark == "/":
                self.writer.emphasize(begun)
            return token.end()
        closing = self._closing(mark, start, end) if self._begins(start) else -1
        if closing < 0:
            self.writer.copy(mark, start)
            return token.end()
        if mark in "=~+":
            self.writer.put(" ", start, closing + 1)
            return closing + 1
        marked.append((mark, start, self.writer.length))
        return token.end()

    def _begins(self, offset: int) -> bool:
        before = self._text[offset - 1 : offset]
        return (not before or before in _BEFORE) and not self._text[offset + 1 : offset + 2].isspace()

    def _ends(self, offset: int) -> bool:
        after = self._text[offset + 1 : offset + 2]
        return (not after or after in _AFTER) and not self._text[offset - 1].isspace()

    def _closing(self, mark: str, start: int, end: int) -> int:
        match = _CLOSING[mark].search(self._text, start + 2, min(end, start + _LONGEST_MARKED))
        return match.start() if match else -1

    def _call(self, token: re.Match[str], end: int) -> int:
        """A note's call; one that is written within the sentence is read after the paragraph."""
        start = token.start()
        if not token["inline"]:
            closes = self._text.startswith("]", token.end())
            if closes:
                self.writer.call(token["note"], start, token.end() + 1)
            else:
                self.writer.copy(token[0], start)
            return token.end() + closes
        depth, offset = 1, token.end()
        while offset < end and depth:
            depth += {"[": 1, "]": -1}.get(self._text[offset], 0)
            offset += 1
        name = token["note"] or f"{start}"
        self.writer.call(name, start, offset)
        self._inline_notes.append((name, token.end(), offset - 1 if depth == 0 else offset))
        return offset

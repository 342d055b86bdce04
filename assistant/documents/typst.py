"""Typst: headings, quotations, footnotes, citations by keys, emphasis; code is left out."""

from __future__ import annotations

import re
from dataclasses import replace

from assistant.core.essay import Span
from assistant.documents.document import Document, ProseWriter
from assistant.documents.text import line_starts

_ESCAPED = re.compile(r"([\\*_`$#@<>~\[\]])")
_BRACKETS = re.compile(
    r"\\.|//[^\n]*|/\*|\*/|(?P<raw>`{3,}|`)|(?P<string>\"(?:[^\"\\\n]|\\.)*\")|(?P<open>[(\[{])|(?P<close>[)\]}])",
    re.DOTALL,
)
_PAIRS = {")": "(", "]": "[", "}": "{"}
_TOKEN = re.compile(
    r"(?P<unicode>\\u\{(?P<code>[0-9A-Fa-f]{1,6})\})"
    r"|\\(?P<escaped>.)"
    r"|(?P<comment>(?<!:)//[^\n]*|/\*)"
    r"|(?P<raw>`{3,}|`)"
    r"|(?P<math>\$)"
    r"|#(?P<name>[A-Za-z_][\w-]*(?:\.[A-Za-z][\w-]*)*)"
    r"|(?P<code_open>#[\[{(])"
    r"|@(?P<key>[\w][\w.:-]*[\w]|[\w])"
    r"|<(?P<label>[\w.:-]+)>"
    r"|(?P<heading>(?:(?<=\n)|\A)[ \t]*={1,6}[ \t]+)"
    r"|(?P<item>(?:(?<=\n)|\A)[ \t]*(?:[-+]|\d{1,3}\.)[ \t]+|(?:(?<=\n)|\A)[ \t]*/[ \t]+)"
    r"|(?P<blank>\n[ \t\r]*\n\s*)"
    r"|(?P<dash>---?)"
    r"|(?P<mark>[_*~\[\]])"
    r"|(?P<words>[^\\/`$#@<\n_*~\[\]=-]+|.)",
    re.DOTALL,
)
# Functions within functions.
_DEEPEST = 40
# Statements that go on to the end of their line, or of the brackets that they open.
_STATEMENTS = frozenset("let set show import include".split())
_EMPHASIS = frozenset({"emph"})
_NO_WORDS = frozenset("raw image figure table grid line rect box_ strike label ref metadata hide".split())
_CITE_KEY = re.compile(r"\s*(?:<(?P<key>[\w.:-]+)>|label\(\"(?P<named>[^\"\n]*)\"\))")
_SUPPLEMENT = re.compile(r"supplement[ \t]*:[ \t]*\[")
_ATTRIBUTION = re.compile(
    r"attribution[ \t]*:[ \t]*(?:<(?P<key>[\w.:-]+)>|(?P<words>\[)|\"(?P<string>[^\"\n]*)\")"
)
_IS_BLOCK = re.compile(r"block[ \t]*:[ \t]*true\b")
_BIBLIOGRAPHY = re.compile(r"#bibliography\([^()]{0,1000}\)")
_STRING = re.compile(r"(?P<style>style[ \t]*:[ \t]*)?\"(?P<value>[^\"\n]*)\"")
_LABELS = re.compile(r"<([\w.:-]+)>")
_STYLES = {
    "mla": "mla", "modern-language-association": "mla", "apa": "apa", "ieee": "ieee",
    "american-psychological-association": "apa", "chicago-author-date": "chicago",
    "chicago-notes": "chicago-notes", "harvard-cite-them-right": "harvard",
}  # fmt: skip


def escape(words: str) -> str:
    """Words as they are written in Typst."""
    return _ESCAPED.sub(r"\\\1", words)


def read_typst(text: str, name: str) -> Document:
    """Read Typst."""
    scanner = _Scanner(text)
    scanner.scan(0, len(text))
    scanner.finish()
    document = scanner.writer.document(name, "typst", text, line_starts(text), escape=escape)
    files, style = _bibliography(text)
    return replace(document, bibliographies=files, style=style)


def _bibliography(text: str) -> tuple[tuple[str, ...], str]:
    """The files that a text names as its bibliography, and its style if it is one of ours or a file."""
    files, style = list[str](), ""
    for call in _BIBLIOGRAPHY.finditer(text):
        for string in _STRING.finditer(call[0]):
            if not string["style"]:
                files.append(string["value"])
            elif string["value"].endswith(".csl"):
                style = string["value"]
            else:
                style = _STYLES.get(string["value"], "")
    return tuple(files), style


def _closings(text: str) -> tuple[dict[int, int], dict[int, int]]:
    """Where each bracket is closed, by where it opens; and where comments and code that are open end."""
    closings: dict[int, int] = {}
    ends: dict[int, int] = {}
    opened: list[tuple[str, int]] = []
    offset = 0
    while match := _BRACKETS.search(text, offset):
        offset = match.end()
        if match[0] == "/*" or match["raw"]:
            end = text.find("*/" if match[0] == "/*" else match["raw"], offset)
            offset = len(text) if end < 0 else end + len(match[0])
            ends[match.start()] = offset
        elif match["string"] and not (opened and opened[-1][0] == "("):
            # In prose the mark opens a quotation, in which brackets count.
            offset = match.start() + 1
        elif match["open"]:
            opened.append((match[0], match.start()))
        elif match["close"]:
            # A bracket of prose that is left open closes with the one around it.
            kinds = [kind for kind, _ in opened[-3:]]
            if _PAIRS[match[0]] in kinds:
                while opened[-1][0] != _PAIRS[match[0]]:
                    opened.pop()
                closings[opened.pop()[1]] = match.start()
    return closings, ends


class _Scanner:
    """Writes the prose of Typst.

    Args:
        text: The text.
    """

    def __init__(self, text: str) -> None:
        self.writer = ProseWriter()
        self._text = text
        self._closings, self._ends = _closings(text)
        # Labels of the text's own parts, which are not those in the arguments of functions.
        self._labels = frozenset(
            match[1]
            for match in _LABELS.finditer(text)
            if text[max(0, match.start() - 2) : match.start()].rstrip()[-1:] not in {"(", ",", ":"}
        )
        self._kinds: list[str] = ["prose"]
        self._finished = 0
        # Names and spans of the paragraph's notes, which are written after it.
        self._notes: list[tuple[str, int, int]] = []
        self._note_name: str | None = None
        self._emphasis: list[int] = []
        self._depth = 0

    def finish(self) -> None:
        """End the paragraph, and write its notes."""
        if self.writer.length > self._finished:
            kind = self._kinds[-1]
            if kind == "note":
                self.writer.close("note", self._note_name)
            else:
                self.writer.close("quotation" if kind == "quotation" else "prose")
            self._note_name = None
        self._finished = self.writer.length
        self._emphasis.clear()
        notes, self._notes = self._notes, []
        for note, start, end in notes:
            self._note_name = note
            self._within("note", start, end)

    def _within(self, kind: str, start: int, end: int) -> None:
        self._kinds.append(kind)
        self.scan(start, end)
        self.finish()
        self._kinds.pop()

    def scan(self, offset: int, end: int) -> None:
        """Read a span of the text; what is nested deeper than anybody writes is left out."""
        self._depth += 1
        while self._depth <= _DEEPEST and offset < end and (token := _TOKEN.match(self._text, offset, end)):
            offset = self._read(token, end)
        self._depth -= 1

    def _read(self, token: re.Match[str], end: int) -> int:
        """Read a token; returns where the next one begins."""
        start, after = token.span()
        if token["name"]:
            return self._function(token["name"], start, after, end)
        if token["key"]:
            return self._citation(token["key"], start, after)
        if token["heading"] or token["item"]:
            self.finish()
            return self._heading(after, end) if token["heading"] else after
        if token["blank"]:
            if self._kinds[-1] == "quotation":
                self.writer.put("\n", start, after)
            else:
                self.finish()
        elif token["raw"] or token["comment"] or token["math"] or token["code_open"]:
            return self._skipped(token, end)
        else:
            self._character(token)
        return after

    def _character(self, token: re.Match[str]) -> None:
        """Write what a token represents that is no function."""
        start, after = token.span()
        if token["unicode"] or token["escaped"]:
            self._escaped(token)
        elif mark := token["mark"]:
            self._mark(mark, start)
        elif token["dash"]:
            self.writer.put({2: "–", 3: "—"}[len(token[0])], start, after)
        elif token["label"] is None and (token[0] != "\n" or self.writer.length > self._finished):
            self.writer.copy(token[0], start)

    def _escaped(self, token: re.Match[str]) -> None:
        if token["unicode"]:
            code = int(token["code"], 16)
            words = chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"
        else:
            words = " " if token["escaped"].isspace() else token["escaped"]
        self.writer.put(words, *token.span())

    def _mark(self, mark: str, start: int) -> None:
        if mark == "~":
            self.writer.put(" ", start, start + 1)
        elif mark == "_":
            before, after = self._text[start - 1 : start], self._text[start + 1 : start + 2]
            if before.isalnum() and after.isalnum():
                self.writer.copy(mark, start)
            elif self._emphasis:
                self.writer.emphasize(self._emphasis.pop())
            else:
                self._emphasis.append(self.writer.length)
        elif mark in "[]":
            self.writer.copy(mark, start)

    def _skipped(self, token: re.Match[str], end: int) -> int:
        """Pass over comments, code and formulas; a space keeps what is around code apart."""
        start, after = token.span()
        if token["comment"] and token[0] != "/*":
            return after
        if token["code_open"]:
            closing = self._closings.get(after - 1)
            if token[0] == "#[":
                self.scan(after, end if closing is None else closing)
            return after if closing is None else closing + 1
        if token["math"]:
            closing = self._text.find("$", after, min(end, after + 2_000))
            return after if closing < 0 else closing + 1
        stop = min(self._ends.get(start, after), end)
        if token["raw"]:
            self.writer.put(" ", start, stop)
        return stop

    def _heading(self, start: int, end: int) -> int:
        line = self._text.find("\n", start, end)
        stop = end if line < 0 else line
        self.scan(start, stop)
        self.writer.close("heading")
        self._finished = self.writer.length
        return stop

    def _group(self, offset: int, opening: str) -> Span | None:
        """Span within the brackets that open at an offset, if any do."""
        closing = self._closings.get(offset) if self._text.startswith(opening, offset) else None
        return None if closing is None else (offset + 1, closing)

    def _function(self, name: str, start: int, offset: int, end: int) -> int:
        if name in _STATEMENTS:
            return self._after_statement(offset, end)
        arguments = self._group(offset, "(")
        after = arguments[1] + 1 if arguments else offset
        bodies: list[Span] = []
        while body := self._group(after, "["):
            bodies.append(body)
            after = body[1] + 1
        if name == "cite" and arguments:
            self._cite(arguments, start, after)
        elif name == "footnote" and bodies:
            self.writer.call(str(start), start, after)
            self._notes.append((str(start), *bodies[0]))
        elif name == "quote" and bodies:
            self._quote(arguments, bodies[0], start, after)
        elif name == "heading" and bodies:
            self.finish()
            self.scan(*bodies[0])
            self.writer.close("heading")
            self._finished = self.writer.length
        elif name not in _NO_WORDS:
            begun = self.writer.length
            for body in bodies:
                self.scan(*body)
            if name in _EMPHASIS:
                self.writer.emphasize(begun)
        return after

    def _after_statement(self, offset: int, end: int) -> int:
        """Offset after a statement: its line ends outside of brackets."""
        while offset < end and self._text[offset] != "\n":
            closing = self._closings.get(offset)
            offset = closing + 1 if closing is not None else offset + 1
        return offset

    def _citation(self, key: str, start: int, after: int) -> int:
        supplement = self._group(after, "[")
        if key in self._labels:
            return after
        stop = supplement[1] + 1 if supplement else after
        self.writer.put("[", start, start)
        self.writer.copy(f"@{key}", start)
        if supplement:
            self.writer.put(", ", after, after + 1)
            self.scan(*supplement)
        self.writer.put("]", max(stop - 1, after), stop)
        return stop

    def _cite(self, arguments: Span, start: int, after: int) -> None:
        """A citation as a function: ``#cite(<key>, supplement: [p. 7])``."""
        key = _CITE_KEY.match(self._text, *arguments)
        if key is None:
            return
        name = "key" if key["key"] else "named"
        self.writer.put("[@", start, key.start(name))
        self.writer.copy(key[name], key.start(name))
        supplement = _SUPPLEMENT.search(self._text, *arguments)
        if supplement and (words := self._group(supplement.end() - 1, "[")):
            self.writer.put(", ", key.end(), words[0])
            self.scan(*words)
        self.writer.put("]", after - 1, after)

    def _quote(self, arguments: Span | None, body: Span, start: int, after: int) -> None:
        block = arguments is not None and _IS_BLOCK.search(self._text, *arguments) is not None
        if block:
            self.finish()
            self._kinds.append("quotation")
        else:
            self.writer.put("“", start, body[0])
        first = body[0] + len(self._text[slice(*body)]) - len(self._text[slice(*body)].lstrip())
        last = body[0] + len(self._text[slice(*body)].rstrip())
        self.scan(first, max(first, last))
        if not block:
            self.writer.put("”", body[1], after)
        if arguments and (source := _ATTRIBUTION.search(self._text, *arguments)):
            self._attribution(source)
        if block:
            self.finish()
            self._kinds.pop()

    def _attribution(self, source: re.Match[str]) -> None:
        """Write who a quotation is from, which its arguments say before its words."""
        at = source.start()
        name = "key" if source["key"] else "string"
        words = self._group(source.start("words"), "[") if source["words"] else source.span(name)
        if words is None:
            return
        self.writer.put(" [@" if source["key"] else " (", at, words[0])
        self.scan(*words) if source["words"] else self.writer.copy(source[name], words[0])
        self.writer.put("]" if source["key"] else ")", words[1], words[1])

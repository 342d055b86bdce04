"""LaTeX: the commands that writers of essays use, and a scanner that reads the prose around them.

The scanner is our own: pylatexenc's parser needs seconds for a draft of ten thousand words.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from itertools import zip_longest

from assistant.core.declared import BlockKind
from assistant.core.essay import Span
from assistant.documents.document import Document, ProseWriter
from assistant.documents.text import line_starts

_MARKS = {"``": "“", "''": "”", "`": "‘", "'": "’", "---": "—", "--": "–", "~": " "}
# Characters of the commands, those for spaces separately.
_SYMBOLS = dict(
    pair.split("=", 1)
    for pair in r"""
    textquotedblleft=“ textquotedblright=” textquoteleft=‘ textquoteright=’ lq=‘ rq=’
    guillemotleft=« guillemotright=» glqq=„ grqq=“ flqq=« frqq=» ldots=… dots=… textellipsis=…
    textendash=– textemdash=— ss=ß ae=æ AE=Æ oe=œ OE=Œ o=ø O=Ø aa=å AA=Å l=ł L=Ł i=ı S=§ P=¶
    textbackslash=\ textasciitilde=~ slash=/ og=« fg=»
    """.split()
) | dict.fromkeys("space quad newline linebreak".split(), " ")
# Combining characters of the accents.
_ACCENTS = dict(
    zip(
        "'`^\"~=.cvuHrk",
        "\u0301\u0300\u0302\u0308\u0303\u0304\u0307\u0327\u030c\u0306\u030b\u030a\u0328",
        strict=True,
    )
)
_QUOTES = frozenset(
    """enquote textquote foreignquote hyphenquote foreigntextquote hyphentextquote textcquote
    foreigntextcquote hyphentextcquote frquote""".split()
)
_BLOCK_QUOTES = frozenset(
    "blockquote blockcquote foreignblockquote hyphenblockquote foreignblockcquote hyphenblockcquote".split()
)
# Their first argument names a language.
_WITH_LANGUAGE = frozenset(name for name in _QUOTES | _BLOCK_QUOTES if name.startswith(("foreign", "hyphen")))
_QUOTE_ENVIRONMENTS = frozenset(
    """quote quotation displayquote displaycquote blockquote verse foreigndisplayquote hyphendisplayquote
    foreigndisplaycquote hyphendisplaycquote""".split()
)
_SKIPPED_ENVIRONMENTS = frozenset(
    """verbatim Verbatim alltt lstlisting minted comment filecontents thebibliography tikzpicture
    equation align gather eqnarray math displaymath""".split()
)
# The first kind has the words as its argument; the second applies to the rest of the group around it.
_EMPHASIS = frozenset("emph textit textsl mkbibemph mkbibitalic".split())
_EMPHASIS_SWITCHES = frozenset("em it itshape sl slshape".split())
_HEADINGS = frozenset("part chapter section subsection subsubsection paragraph title".split())
_NOTES = frozenset("footnote endnote footnotetext marginpar thanks".split())
# Their arguments are not the writer's prose.
_SKIPPED_COMMANDS = frozenset(
    """label ref pageref autoref cref includegraphics input include usepackage documentclass bibliography
    bibliographystyle addbibresource nocite vspace hspace url setlength pagestyle thispagestyle newcommand
    renewcommand selectlanguage setcounter addtocounter hypersetup index verb lstinline author date geometry
    DeclareUnicodeCharacter fontsize color printbibliography todo missingfigure sout st deleted""".split()
)
_CITATION = re.compile(
    r"(?:[Aa]uto|[Pp]aren|[Ff]oot|[Tt]ext|[Ss]mart|[Ss]uper|full|footfull)?[Cc]ite"
    r"(?:s|p|t|alp|alt|text|author|yearpar|year|title|num)?"
)

_TOKEN = re.compile(
    r"(?P<german>\"[`'<>])"
    r"|(?P<comment>%[^\n]*(?:\n[ \t]*)?)"
    r"|\\(?P<name>[A-Za-z@]+)\*?[ \t]*"
    r"|\\(?P<symbol>.)"
    r"|(?P<blank>\n[ \t\r]*\n\s*)"
    r"|(?P<mark>``|''|`|'|---?|~|\$\$?|[{}\"\n])"
    r"|(?P<words>[^\\%`'\-~$\"{}\n]+|-)",
    re.DOTALL,
)
# Quotation marks of babel's German: "` "' "< ">
_SHORTHANDS = {'"`': "„", "\"'": "“", '"<': "«", '">': "»"}
_GERMAN = re.compile(r"german|austrian|ngerman|swissgerman")
_BIBLIOGRAPHY = re.compile(r"\\(?:addbibresource|bibliography)(?:\[[^\]\n]*\])?\{([^{}]*)\}")
_BIBLATEX = re.compile(
    r"\\usepackage\s*\[[^\[\]]{0,1000}?(?<![a-z])style\s*=\s*(?P<name>[\w-]+)[^\[\]]{0,1000}\]\s*\{biblatex\}"
)
# Names of biblatex's styles, and the style that each is.
_BIBLATEX_STYLES = {
    "mla": "mla", "mla-new": "mla", "apa": "apa", "ieee": "ieee", "chicago-authordate": "chicago",
    "chicago-notes": "chicago-notes", "authoryear": "harvard",
}  # fmt: skip
_COMMENT = re.compile(r"(?<!\\)%[^\n]*")
_BIBITEM = re.compile(r"\\bibitem\s*(?:\[(?:[^\[\]{}]|\{[^{}]*\})*\])?\s*\{(?P<key>[^{}]*)\}")
_MARKUP = re.compile(r"\\[A-Za-z]+\*?|[{}]")
# Characters of an entry that are read: its author, title and year are among the first.
_LONGEST_ENTRY = 1_000
_UNESCAPED = re.compile(r"([&%$#_{}])")


def escape(words: str) -> str:
    """Words as they are written in LaTeX."""
    escaped = re.sub(r"\\", r"\\textbackslash{}", words)
    escaped = _UNESCAPED.sub(r"\\\1", escaped) if "\\" not in words else escaped
    return escaped.replace("~", r"\textasciitilde{}").replace("^", r"\textasciicircum{}").replace("–", "--")


def read_latex(text: str, name: str) -> Document:
    """Read LaTeX."""
    scanner = LatexScanner(text)
    begin = re.search(r"\\begin\s*\{document\}", text)
    end = text.find(r"\end{document}")
    start = begin.end() if begin else 0
    scanner.has_shorthands = bool(_GERMAN.search(text, 0, start))
    scanner.scan(start, end if end >= 0 else len(text))
    scanner.finish()
    document = scanner.writer.document(name, "latex", text, line_starts(text), escape=escape)
    return replace(
        document, bibliographies=_bibliographies(text), entries=_entries(text), style=_style(text, start)
    )


def _style(text: str, end: int) -> str:
    """The style that biblatex is loaded with, if it is one of ours."""
    match = _BIBLATEX.search(_COMMENT.sub("", text[:end]))
    return _BIBLATEX_STYLES.get(match["name"].lower(), "") if match else ""


def _bibliographies(text: str) -> tuple[str, ...]:
    """The files that a text names as its bibliography."""
    names = [
        name.strip()
        for match in _BIBLIOGRAPHY.finditer(_COMMENT.sub("", text))
        for name in match[1].split(",")
    ]
    return tuple(name for name in names if name)


def _entries(text: str) -> dict[str, str]:
    """The entries of a bibliography that a text prints, by their keys."""
    entries: dict[str, str] = {}
    items = list(_BIBITEM.finditer(text))
    for item, following in zip_longest(items, items[1:]):
        end = following.start() if following else text.find(r"\end{thebibliography}", item.end())
        words = text[item.end() : end if end >= 0 else len(text)][:_LONGEST_ENTRY]
        entries.setdefault(item["key"].strip(), " ".join(_MARKUP.sub("", words.replace("~", " ")).split()))
    return entries


def _closings(text: str, brackets: str) -> dict[int, int]:
    """Where each group of a text ends, by where it opens; braces within square brackets are in pairs too."""
    closings: dict[int, int] = {}
    opened: list[int] = []
    for match in re.finditer(rf"\\.|[{{}}{re.escape(brackets)}]", text, re.DOTALL):
        if match[0] in "{[":
            opened.append(match.start())
        elif match[0] in "}]" and opened:
            closings[opened.pop()] = match.start()
    return closings


class _Arguments:
    """Finds the arguments of commands."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._closings: dict[str, dict[int, int]] = {}

    def group(self, offset: int, brackets: str = "{}") -> Span:
        """Start of the words in the group that opens at an offset, after white space, and the group's end.

        Both are the offset itself if no group opens there.
        """
        space = re.compile(r"[ \t]*\n?[ \t]*").match(self._text, offset)
        opening = space.end() if space else offset
        if not self._text.startswith(brackets[0], opening):
            return offset, offset
        if brackets not in self._closings:
            self._closings[brackets] = _closings(self._text, brackets)
        closing = self._closings[brackets].get(opening)
        return (offset, opening + 1) if closing is None else (opening + 1, closing + 1)

    def options(self, offset: int) -> tuple[list[Span], int]:
        """Spans of the words of the optional arguments from an offset on, and where the last one ends."""
        spans = []
        while self._text.startswith("[", offset):
            inner, end = self.group(offset, "[]")
            if inner == offset:
                break
            spans.append((inner, end - 1))
            offset = end
        return spans, offset

    def after_options(self, offset: int) -> int:
        """Offset after the optional arguments."""
        return self.options(offset)[1]

    def after_all(self, offset: int) -> int:
        """Offset after all arguments."""
        while True:
            offset = self.after_options(offset)
            inner, end = self.group(offset)
            if inner == offset:
                return offset
            offset = end


class LatexScanner:
    """Writes the prose of LaTeX."""

    def __init__(self, text: str) -> None:
        self.writer = ProseWriter()
        self._text = text
        self._arguments = _Arguments(text)
        self._kinds: list[BlockKind] = ["prose"]
        # Length of the prose when the last block ended.
        self._finished = 0
        # Names and spans of the paragraph's notes, which are written after it.
        self._notes: list[tuple[str, int, int]] = []
        # Name of the note whose first paragraph is being written.
        self._note_name: str | None = None
        # For each open group, where in the prose its emphasis begins, if it has any.
        self._groups: list[int | None] = []
        # Offset in the text of the bracket after the last command that emphasizes its argument.
        self._emphasis_bracket = -1
        # Whether quotation marks are written as German ones are.
        self.has_shorthands = False

    def finish(self) -> None:
        """End the paragraph and write its notes."""
        if self.writer.length > self._finished:
            self._end_block(self._kinds[-1], self._note_name)
            self._note_name = None
        self._finished = self.writer.length
        notes, self._notes = self._notes, []
        for note, start, end in notes:
            self._note_name = note
            self._block("note", start, end)

    def _end_block(self, kind: BlockKind, note: str | None) -> None:
        """End a block, which may begin the note of a name."""
        self.writer.close(kind, note)

    def _block(self, kind: BlockKind, start: int, end: int) -> None:
        """Write a span of the text as a block."""
        self._kinds.append(kind)
        self.scan(start, end)
        self.finish()
        self._kinds.pop()

    def scan(self, offset: int, end: int) -> None:
        """Read a span of the text."""
        while offset < end and (token := _TOKEN.match(self._text, offset, end)):
            offset = self._read(token)

    def _read(self, token: re.Match[str]) -> int:
        """Read a token, and its arguments if it is a command; returns where the next token begins."""
        start, end = token.span()
        if token["name"]:
            return self._command(token["name"], start, end)
        if token["german"]:
            self._shorthand(token["german"], start)
            return end
        if token["symbol"]:
            return self._symbol(token["symbol"], start, end)
        if token["blank"]:
            if self._kinds[-1] in {"quotation", "verse"}:
                self.writer.put("\n", start, end)
            else:
                self.finish()
        elif mark := token["mark"]:
            return self._mark(mark, start, end)
        elif not token["comment"]:
            self.writer.copy(token[0], start)
        return end

    def _shorthand(self, pair: str, start: int) -> None:
        if self.has_shorthands:
            self.writer.put(_SHORTHANDS[pair], start, start + 2)
        else:
            self.writer.copy(pair.replace("'", "’").replace("`", "‘"), start)

    def _mark(self, mark: str, start: int, end: int) -> int:
        if mark in {"$", "$$"}:
            closing = self._text.find(mark, end)
            return end if closing < 0 else closing + len(mark)
        if mark == "\n":
            self.writer.copy("\n", start)
        elif mark == "{":
            self._groups.append(self.writer.length if start == self._emphasis_bracket else None)
        elif mark == "}":
            emphasis = self._groups.pop() if self._groups else None
            if emphasis is not None:
                self.writer.emphasize(emphasis)
        else:
            self.writer.put(_MARKS.get(mark, mark), start, end)
        return end

    def _symbol(self, symbol: str, start: int, end: int) -> int:
        if symbol in _ACCENTS and (letter := re.compile(r"\{?\\?([A-Za-z])\}?").match(self._text, end)):
            self._accented(symbol, letter, start)
            return letter.end()
        if symbol in "([":
            closing = self._text.find("\\" + {"(": ")", "[": "]"}[symbol], end)
            return end if closing < 0 else closing + 2
        self.writer.put(" " if symbol in "\\, ;:\n" else symbol if symbol in "&%$#_{}" else "", start, end)
        return end

    def _accented(self, accent: str, letter: re.Match[str], start: int) -> None:
        self.writer.put(unicodedata.normalize("NFC", letter[1] + _ACCENTS[accent]), start, letter.end())

    def _command(self, name: str, start: int, end: int) -> int:
        if _CITATION.fullmatch(name):
            return self._citation(name, start, end)
        if name in _QUOTES | _BLOCK_QUOTES:
            return self._quotation(name, start, end)
        if name in {"begin", "end"}:
            return self._environment(end, begins=name == "begin")
        if name in _NOTES:
            return self._note(start, end)
        if name in _HEADINGS:
            return self._heading(end)
        if name == "iffalse":
            closing = self._text.find("\\fi", end)
            return end if closing < 0 else closing + 3
        if name in _SKIPPED_COMMANDS:
            return self._arguments.after_all(end)
        if name in _EMPHASIS:
            self._emphasis_bracket = end
        elif name in _EMPHASIS_SWITCHES and self._groups and self._groups[-1] is None:
            self._groups[-1] = self.writer.length
        return self._word(name, start, end)

    def _word(self, name: str, start: int, end: int) -> int:
        """A command that represents letters or nothing; the words of its groups are prose."""
        if name in _SYMBOLS:
            # An empty group that ends the command's name belongs to it.
            end += 2 if self._text.startswith("{}", end) else 0
            # A space follows this mark although it ends the command.
            spaced = name == "fg" and self._text[end - 1].isspace() and self._text[end : end + 1].isalnum()
            self.writer.put(_SYMBOLS[name] + " " * spaced, start, end)
            return end
        if name in _ACCENTS and (letter := re.compile(r"\{([A-Za-z])\}").match(self._text, end)):
            self._accented(name, letter, start)
            return letter.end()
        if name in {"item", "par"}:
            self.finish()
        offset = self._arguments.after_options(end)
        return self._arguments.group(offset)[1] if name == "href" else offset

    def _citation(self, name: str, start: int, end: int) -> int:
        """Write a citation as pandoc does: ``[@gill2014, 848]``."""
        while True:
            options, offset = self._arguments.options(end)
            inner, after = self._arguments.group(offset)
            if inner == offset:
                return max(offset, end)
            if not name.lower().startswith("text"):
                self.writer.put(" ", start, start)
            self.writer.put("[@", start, inner)
            self._keys(inner, after - 1)
            if options and options[-1][0] < options[-1][1]:
                self._page(options[-1])
            self.writer.put("]", after - 1, after)
            if not name.endswith("s"):
                return after
            start = end = after
            if not re.compile(r"[\[{]").match(self._text, end):
                return end

    def _keys(self, start: int, end: int) -> None:
        """Write keys, each as a source of its own."""
        for number, key in enumerate(self._text[start:end].split(",")):
            if number:
                self.writer.put("; @", start - 1, start)
            self.writer.copy(key.strip().replace("~", " "), start + len(key) - len(key.lstrip()))
            start += len(key) + 1

    def _page(self, option: Span) -> None:
        self.writer.put(", ", option[0], option[0])
        self._plain(*option)

    def _plain(self, start: int, end: int) -> None:
        """Write an argument in which only spaces may be marked up."""
        self.writer.copy(self._text[start:end].replace("~", " "), start)

    def _quotation(self, name: str, start: int, end: int) -> int:
        if name in _WITH_LANGUAGE:
            end = self._arguments.group(end)[1]
        options, offset = self._arguments.options(end)
        cites: list[Span] = options[:1]
        if "cquote" in name:
            inner, after = self._arguments.group(offset)
            # Punctuation in brackets may precede the words.
            cites, offset = [(inner, after - 1), *options[-1:]], self._arguments.after_options(after)
        inner, after = self._arguments.group(offset)
        if inner == offset:
            return offset
        block = name in _BLOCK_QUOTES
        if block:
            self.finish()
            self._kinds.append("quotation")
        else:
            self.writer.put("“", start, inner)
        self.scan(inner, after - 1)
        if not block:
            self.writer.put("”", after - 1, after)
        self._quotation_source(name, cites, start)
        if block:
            self.finish()
            self._kinds.pop()
        return after

    def _quotation_source(self, name: str, cites: list[Span], start: int) -> None:
        """Write the citation that a quotation has as its arguments; its command begins at ``start``."""
        if "cquote" in name:
            self.writer.put(" [@", start, start)
            self._keys(*cites[0])
            for option in cites[1:]:
                self._page(option)
            self.writer.put("]", cites[0][1], cites[0][1] + 1)
        elif cites and cites[0][0] < cites[0][1]:
            self.writer.put(" ", cites[0][0], cites[0][0])
            self.scan(*cites[0])

    def _note(self, start: int, end: int) -> int:
        offset = self._arguments.after_options(end)
        inner, after = self._arguments.group(offset)
        if inner == offset:
            return offset
        self.writer.call(str(start), start, after)
        self._notes.append((str(start), inner, after - 1))
        return after

    def _heading(self, end: int) -> int:
        offset = self._arguments.after_options(end)
        inner, after = self._arguments.group(offset)
        if inner == offset:
            return offset
        self.finish()
        self._block("heading", inner, after - 1)
        return after

    def _environment(self, end: int, *, begins: bool) -> int:
        inner, after = self._arguments.group(end)
        full_name = self._text[inner : after - 1]
        name = full_name.rstrip("*")
        self.finish()
        if name in _SKIPPED_ENVIRONMENTS and begins:
            closing = self._text.find(f"\\end{{{full_name}}}", after)
            return after if closing < 0 else closing
        if name in _QUOTE_ENVIRONMENTS:
            if begins:
                return self._begin_quotation(name, end, after)
            if len(self._kinds) > 1:
                self._kinds.pop()
        return self._arguments.after_options(after)

    def _begin_quotation(self, name: str, start: int, offset: int) -> int:
        """Begin a block quotation; the source that its arguments name is written before its words."""
        self._kinds.append("quotation")
        if name.startswith(("foreign", "hyphen")):
            offset = self._arguments.group(offset)[1]
        options, offset = self._arguments.options(offset)
        if name.endswith("displaycquote"):
            inner, after = self._arguments.group(offset)
            self._quotation_source("cquote", [(inner, after - 1), *options[-1:]], start)
            return self._arguments.after_options(after)
        if name.endswith("displayquote"):
            self._quotation_source(name, options[:1], start)
        return offset

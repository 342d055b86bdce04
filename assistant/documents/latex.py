"""LaTeX: what a writer of essays uses of it.

Read by a scanner of our own: pylatexenc's parser needs seconds for a draft of ten thousand words.

What the commands of LaTeX mean to a reader of prose, and where their arguments begin and end.
"""

from __future__ import annotations

import re

from assistant.core.lines import split_lines
from assistant.documents.document import BlockKind, Document, ProseWriter

MARKS = {"``": "“", "''": "”", "`": "‘", "'": "’", "---": "—", "--": "–", "~": " "}
# What commands stand for; those for spaces apart.
SYMBOLS = dict(
    pair.split("=", 1)
    for pair in r"""
    textquotedblleft=“ textquotedblright=” textquoteleft=‘ textquoteright=’ lq=‘ rq=’
    guillemotleft=« guillemotright=» glqq=„ grqq=“ flqq=« frqq=» ldots=… dots=… textellipsis=…
    textendash=– textemdash=— ss=ß ae=æ AE=Æ oe=œ OE=Œ o=ø O=Ø aa=å AA=Å l=ł L=Ł i=ı S=§ P=¶
    textbackslash=\ textasciitilde=~ slash=/
    """.split()
) | dict.fromkeys("space quad newline linebreak".split(), " ")
# Combining characters of the accents.
ACCENTS = dict(
    zip(
        "'`^\"~=.cvuHrk",
        "\u0301\u0300\u0302\u0308\u0303\u0304\u0307\u0327\u030c\u0306\u030b\u030a\u0328",
        strict=True,
    )
)
QUOTING = frozenset("enquote textquote foreignquote hyphenquote foreigntextquote textcquote".split())
BLOCK_QUOTING = frozenset("blockquote blockcquote foreignblockquote".split())
# Their first argument names a language.
FOREIGN = frozenset("foreignquote hyphenquote foreigntextquote foreignblockquote".split())
QUOTE_BLOCKS = frozenset(
    "quote quotation displayquote displaycquote blockquote verse foreigndisplayquote".split()
)
NO_PROSE = frozenset(
    """verbatim Verbatim alltt lstlisting minted comment filecontents thebibliography tikzpicture
    equation align gather eqnarray math displaymath""".split()
)
HEADINGS = frozenset("part chapter section subsection subsubsection paragraph title".split())
NOTES = frozenset("footnote endnote footnotetext marginpar thanks".split())
# Their arguments are no prose of the writer's.
ARGUMENTS = frozenset(
    """label ref pageref autoref cref includegraphics input include usepackage documentclass bibliography
    bibliographystyle addbibresource nocite vspace hspace url setlength pagestyle thispagestyle newcommand
    renewcommand selectlanguage setcounter addtocounter hypersetup index verb lstinline author date geometry
    DeclareUnicodeCharacter fontsize color printbibliography""".split()
)
CITING = re.compile(
    r"(?:[Aa]uto|[Pp]aren|[Ff]oot|[Tt]ext|[Ss]mart|[Ss]uper|full|footfull)?[Cc]ite"
    r"(?:s|p|t|alp|alt|text|author|year)?"
)


class Groups:
    """Finds the arguments of commands.

    Args:
        source: The LaTeX.
    """

    def __init__(self, source: str) -> None:
        self._source = source

    def group(self, at: int, brackets: str) -> tuple[int, int]:
        """Span within the brackets that open at ``at``, white space passed over, and the end behind them.

        The start is the end if there is no group.
        """
        begin = re.compile(r"[ \t]*\n?[ \t]*").match(self._source, at)
        opening = begin.end() if begin else at
        if not self._source.startswith(brackets[0], opening):
            return at, at
        depth, here = 0, opening
        while here < len(self._source):
            character = self._source[here]
            if character == "\\":
                here += 1
            elif character in "{}" or character in brackets:
                depth += 1 if character in "{[" else -1
                if depth == 0:
                    return opening + 1, here + 1
            here += 1
        # A group that nobody closes ends with its line.
        line = self._source.find("\n", opening)
        return at, opening + 1 if line < 0 else min(opening + 1, line)

    def behind_options(self, at: int) -> int:
        """Offset behind the optional arguments from ``at``."""
        while self._source.startswith("[", at):
            inner, end = self.group(at, "[]")
            if inner == at:
                return at
            at = end
        return at

    def behind_arguments(self, at: int) -> int:
        """Offset behind all arguments from ``at``."""
        while True:
            at = self.behind_options(at)
            inner, end = self.group(at, "{}")
            if inner == at:
                return at
            at = end

    def options(self, at: int) -> tuple[list[tuple[int, int]], int]:
        """Spans of the optional arguments from ``at``, and where they end."""
        made = []
        while self._source.startswith("[", at):
            inner, end = self.group(at, "[]")
            if inner == at:
                break
            made.append((inner, end - 1))
            at = end
        return made, at


_TOKEN = re.compile(
    r"(?P<comment>%[^\n]*(?:\n[ \t]*)?)"
    r"|\\(?P<name>[A-Za-z@]+)\*?[ \t]*"
    r"|\\(?P<symbol>.)"
    r"|(?P<blank>\n[ \t\r]*\n\s*)"
    r"|(?P<mark>``|''|`|'|---?|~|\$\$?|[{}\"\n])"
    r"|(?P<words>[^\\%`'\-~$\"{}\n]+|-)",
    re.DOTALL,
)
_UNESCAPED = re.compile(r"([&%$#_{}])")


def escape(words: str) -> str:
    """Words as they are written in LaTeX."""
    made = re.sub(r"\\", r"\\textbackslash{}", words)
    made = _UNESCAPED.sub(r"\\\1", made) if "\\" not in words else made
    return made.replace("~", r"\textasciitilde{}").replace("^", r"\textasciicircum{}").replace("–", "--")


def read_latex(source: str, name: str) -> Document:
    """Read LaTeX.

    Args:
        source: The text.
        name: What it is called.
    """
    scanner = _Scanner(source)
    begin = re.search(r"\\begin\s*\{document\}", source)
    end = source.find(r"\end{document}")
    scanner.scan(begin.end() if begin else 0, end if end >= 0 else len(source))
    scanner.finish()
    units = [
        line.start for line in split_lines(source) if line.start == 0 or source[line.start - 1] not in "\f\v"
    ]
    return scanner.pen.draft(name, source, tuple(units), escape)


class _Scanner:
    """Writes the prose of LaTeX down, from one end to the other."""

    def __init__(self, source: str) -> None:
        self.pen = ProseWriter()
        self._source = source
        self._groups = Groups(source)
        self._kinds: list[BlockKind] = ["prose"]
        self._written = 0
        # Spans of the notes of the paragraph, which are written down behind it.
        self._waiting: list[tuple[str, int, int]] = []
        # Name of the note whose first paragraph is being written.
        self._begun: str | None = None

    def finish(self) -> None:
        """End the paragraph and write its notes down."""
        if self.pen.at > self._written:
            self.pen.close(self._kinds[-1], self._begun)
            self._begun = None
        self._written = self.pen.at
        waiting, self._waiting = self._waiting, []
        for note, start, end in waiting:
            self._begun = note
            self._kinds.append("note")
            self.scan(start, end)
            self.finish()
            self._kinds.pop()

    def scan(self, at: int, end: int) -> None:
        """Read a span of the source."""
        while at < end and (found := _TOKEN.match(self._source, at, end)):
            at = self._token(found)

    def _token(self, found: re.Match[str]) -> int:
        start, end = found.span()
        if found["name"]:
            return self._command(found["name"], start, end)
        if found["symbol"]:
            return self._symbol(found["symbol"], start, end)
        if found["blank"]:
            if self._kinds[-1] == "quotation":
                self.pen.put("\n", start, end)
            else:
                self.finish()
        elif mark := found["mark"]:
            return self._mark(mark, start, end)
        elif not found["comment"]:
            self.pen.copy(found[0], start)
        return end

    def _mark(self, mark: str, start: int, end: int) -> int:
        if mark in {"$", "$$"}:
            closing = self._source.find(mark, end)
            return end if closing < 0 else closing + len(mark)
        if mark == "\n":
            self.pen.copy("\n", start)
        elif mark not in "{}":
            self.pen.put(MARKS.get(mark, mark), start, end)
        return end

    def _symbol(self, symbol: str, start: int, end: int) -> int:
        if symbol in ACCENTS and (letter := re.compile(r"\{?\\?([A-Za-z])\}?").match(self._source, end)):
            self._accented(symbol, letter, start)
            return letter.end()
        if symbol in "([":
            closing = self._source.find("\\" + {"(": ")", "[": "]"}[symbol], end)
            return end if closing < 0 else closing + 2
        self.pen.put(" " if symbol in "\\, ;:\n" else symbol if symbol in "&%$#_{}" else "", start, end)
        return end

    def _accented(self, accent: str, letter: re.Match[str], start: int) -> None:
        from unicodedata import normalize

        self.pen.put(normalize("NFC", letter[1] + ACCENTS[accent]), start, letter.end())

    def _command(self, name: str, start: int, end: int) -> int:
        if CITING.fullmatch(name):
            return self._citation(name, start, end)
        if name in QUOTING | BLOCK_QUOTING:
            return self._quotation(name, start, end)
        if name in {"begin", "end"}:
            return self._environment(end, begins=name == "begin")
        if name in NOTES:
            return self._note(start, end)
        if name in HEADINGS:
            return self._heading(end)
        if name in ARGUMENTS:
            return self._groups.behind_arguments(end)
        return self._word(name, start, end)

    def _word(self, name: str, start: int, end: int) -> int:
        """A command that stands for letters or for nothing; the words of its groups are prose."""
        if name in SYMBOLS:
            # An empty group that ends the command's name goes with it.
            end += 2 if self._source.startswith("{}", end) else 0
            self.pen.put(SYMBOLS[name], start, end)
            return end
        if name in ACCENTS and (letter := re.compile(r"\{([A-Za-z])\}").match(self._source, end)):
            self._accented(name, letter, start)
            return letter.end()
        if name in {"item", "par"}:
            self.finish()
        at = self._groups.behind_options(end)
        return self._groups.group(at, "{}")[1] if name == "href" else at

    def _citation(self, name: str, start: int, end: int) -> int:
        """Write a citation as pandoc does: ``[@gill2014, 848]``."""
        while True:
            options, at = self._groups.options(end)
            inner, behind = self._groups.group(at, "{}")
            if inner == at:
                return max(at, end)
            if not name.lower().startswith("text"):
                self.pen.put(" ", start, start)
            self.pen.put("[@", start, inner)
            self._plain(inner, behind - 1)
            if options and options[-1][0] < options[-1][1]:
                self.pen.put(", ", options[-1][0], options[-1][0])
                self._plain(*options[-1])
            self.pen.put("]", behind - 1, behind)
            if not name.endswith("s"):
                return behind
            start = end = behind
            if not re.compile(r"[\[{]").match(self._source, end):
                return end

    def _plain(self, start: int, end: int) -> None:
        """Write an argument down in which only spaces may be marked up."""
        self.pen.copy(self._source[start:end].replace("~", " "), start)

    def _quotation(self, name: str, start: int, end: int) -> int:
        if name in FOREIGN:
            end = self._groups.group(end, "{}")[1]
        options, at = self._groups.options(end)
        cites: list[tuple[int, int]] = options[:1]
        if "cquote" in name:
            inner, behind = self._groups.group(at, "{}")
            cites, at = [(inner, behind - 1), *options[-1:]], behind
        inner, behind = self._groups.group(at, "{}")
        if inner == at:
            return at
        block = name in BLOCK_QUOTING
        if block:
            self.finish()
            self._kinds.append("quotation")
        else:
            self.pen.put("“", start, inner)
        self.scan(inner, behind - 1)
        if not block:
            self.pen.put("”", behind - 1, behind)
        self._quoted_from(name, cites)
        if block:
            self.finish()
            self._kinds.pop()
        return behind

    def _quoted_from(self, name: str, cites: list[tuple[int, int]]) -> None:
        if "cquote" in name:
            self.pen.put(" [@", cites[0][0], cites[0][0])
            self._plain(*cites[0])
            for option in cites[1:]:
                self.pen.put(", ", option[0], option[0])
                self._plain(*option)
            self.pen.put("]", cites[0][1], cites[0][1])
        elif cites and cites[0][0] < cites[0][1]:
            self.pen.put(" ", cites[0][0], cites[0][0])
            self.scan(*cites[0])

    def _note(self, start: int, end: int) -> int:
        at = self._groups.behind_options(end)
        inner, behind = self._groups.group(at, "{}")
        if inner == at:
            return at
        self.pen.call(str(start), start, behind)
        self._waiting.append((str(start), inner, behind - 1))
        return behind

    def _heading(self, end: int) -> int:
        at = self._groups.behind_options(end)
        inner, behind = self._groups.group(at, "{}")
        if inner == at:
            return at
        self.finish()
        self._kinds.append("heading")
        self.scan(inner, behind - 1)
        self.finish()
        self._kinds.pop()
        return behind

    def _environment(self, end: int, *, begins: bool) -> int:
        inner, behind = self._groups.group(end, "{}")
        name = self._source[inner : behind - 1].rstrip("*")
        if name in NO_PROSE and begins:
            self.finish()
            closing = self._source.find(f"\\end{{{self._source[inner : behind - 1]}}}", behind)
            return behind if closing < 0 else closing
        self.finish()
        if name in QUOTE_BLOCKS:
            if begins:
                return self._quote_block(name, behind)
            if len(self._kinds) > 1:
                self._kinds.pop()
        return self._groups.behind_options(behind)

    def _quote_block(self, name: str, at: int) -> int:
        """Begin a block quotation; the source that its arguments name is written before its words."""
        self._kinds.append("quotation")
        options, at = self._groups.options(at)
        if name == "displaycquote":
            inner, behind = self._groups.group(at, "{}")
            self._quoted_from("cquote", [(inner, behind - 1), *options[-1:]])
            return behind
        if name == "displayquote":
            self._quoted_from(name, options[:1])
        return at

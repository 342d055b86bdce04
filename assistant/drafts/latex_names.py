"""What the commands of LaTeX mean to a reader of prose, and where their arguments begin and end."""

from __future__ import annotations

import re

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

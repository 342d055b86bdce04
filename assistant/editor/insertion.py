"""How quotations and citations are written into a draft: in its format, with its marks and its citations."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from assistant.core.answer import PreparedQuotation
from assistant.core.rich import Rich
from assistant.rendering.clipboard import block_quotation, parts_of

# What closes each opening mark; a command of LaTeX is closed by its brace.
CLOSING = {
    "“": "”",
    "„": "“",
    "«": "»",
    "»": "«",
    "‘": "’",
    "‚": "‘",
    "‹": "›",
    "›": "‹",
    '"': '"',
    "'": "'",
    "``": "''",
    '"`': "\"'",
    r"\glqq": r"\grqq{}",
    r"\og": r"\fg{}",
    "{": "}",
}
# Marks that straight ones would not be told from.
_STRAIGHT = frozenset(('"', "``", "{", '"`'))
# Printed marks within marks, as a quotation has them that is in double ones.
_INNER_SINGLE = re.compile(r"‘((?:[^‘’]|(?<=\w)’(?=\w))*)’(?!\w)")
_INNER_DOUBLE = re.compile('[“”"]')
_CITE_COMMAND = re.compile(r"\\([A-Za-z]*[cC]ite[A-Za-z]*)\*?\s*[\[{]")
_NOTE_COMMANDS = frozenset({"nocite", "citeauthor", "citeyear", "citetitle", "citeyearpar"})
_NATBIB = re.compile(r"\\usepackage\s*(?:\[[^\[\]]*\])?\s*\{natbib\}")
_ITALICS = {".md": "*{}*", ".tex": r"\emph{{{}}}", ".typ": "_{}_", ".org": "/{}/", ".txt": "{}"}
_BLOCKS = {
    ".tex": "\\begin{{quote}}\n{}\n\\end{{quote}}",
    ".typ": "#quote(block: true)[\n{}\n]",
    ".org": "#+begin_quote\n{}\n#+end_quote",
}
_NOTES = {
    ".md": "^[{}]",
    ".tex": r"\footnote{{{}}}",
    ".typ": "#footnote[{}]",
    ".org": "[fn:: {}]",
    ".txt": " ({})",
}


@dataclass(frozen=True, slots=True)
class Insertion:
    """A quotation as it goes into a draft, in parts.

    Attributes:
        words: The words, without the marks around them.
        citation: The citation or note after the closing mark, with the space before it.
        stop: The full stop after it; empty if the sentence ends before.
        block: Whether the style sets the words off.
    """

    words: str
    citation: str
    stop: str
    block: bool


@dataclass(frozen=True, slots=True)
class WritingForm:
    """The form of one draft.

    Attributes:
        suffix: Suffix of its format.
        escape: Writes words as a text of this format has them.
        keyed: Whether it cites by keys.
        command: LaTeX's command for citations.
    """

    suffix: str
    escape: Callable[[str], str] = str
    keyed: bool = False
    command: str = "autocite"

    def by_key(self, key: str, pages: str, quoting: str | None = None) -> str:
        """A citation by a key, with pages.

        Args:
            key: The key.
            pages: The pages; empty for none.
            quoting: Whom the words quote, if they are not the author's own; empty if that is not known.
        """
        dash = pages.replace("-", "–")
        named = f"{'pp.' if '-' in pages or ',' in pages else 'p.'} {dash}" if pages else ""
        before = "" if quoting is None else f"{quoting}, qtd. in ".removeprefix(", ")
        if self.suffix == ".tex":
            lead = f"[{before.strip()}]" if before else ""
            locator = f"[{dash.replace('–', '--')}]" if pages or lead else ""
            return f"\\{self.command}{lead}{locator}{{{key}}}"
        if self.suffix == ".typ":
            return f"@{key}" + (f"[{named}]" if named else "")
        if self.suffix == ".org":
            return f"[cite:{before}@{key}{' ' + named if named else ''}]"
        return f"[{before}@{key}{', ' + named if named else ''}]"

    def rich(self, text: Rich) -> str:
        """Text with its italics."""
        if self.suffix == ".md":
            return text.markdown()
        italics = _ITALICS[self.suffix]
        return "".join(
            italics.format(self.escape(run.text))
            if run.italic and run.text.strip()
            else self.escape(run.text)
            for run in text.runs
        )

    def insertion(
        self, quotation: PreparedQuotation, opening: str, key: str = "", quoting: str | None = None
    ) -> Insertion:
        """A quotation in parts.

        Args:
            quotation: The quotation.
            opening: The mark before the words, one of ``CLOSING``.
            key: The key of its essay, by which it is cited; empty for the style's own citation.
            quoting: As for ``by_key``.
        """
        parts = parts_of(quotation)
        words = parts.words if quotation.block else _without_marks(parts.words)
        words = " ".join(words.split()) if "\n" not in words.strip() else words.strip()
        if opening in {"‘", "'"} and not quotation.block:
            words = _INNER_SINGLE.sub(r"“\1”", words)
        if opening in _STRAIGHT or quotation.block:
            words = words if quotation.block or opening == "{" else _INNER_DOUBLE.sub("'", words)
        if opening in {'"', "'"}:
            words = words.replace("‘", "'").replace("’", "'")
        if key:
            cited = self.by_key(key, quotation.citation.pages, quoting)
            ends_with_stop = parts.is_note and words.endswith(".") and not quotation.block
            words = words[:-1] if ends_with_stop else words
            tie = "~" if self.suffix == ".tex" and not self.command.startswith(("foot", "auto")) else " "
            return Insertion(
                self.escape(words), f"{tie}{cited}", "" if quotation.block else ".", quotation.block
            )
        citation = self.rich(parts.citation)
        if parts.is_note:
            return Insertion(self.escape(words), _NOTES[self.suffix].format(citation), "", quotation.block)
        cited = f" {citation}" if citation else ""
        return Insertion(self.escape(words), cited, parts.end, quotation.block)

    def whole(self, insertion: Insertion, opening: str) -> str:
        """A quotation with its marks or as a block."""
        if not insertion.block:
            closing = CLOSING[opening]
            start = r"\enquote{" if opening == "{" else opening
            return f"{start}{insertion.words}{closing}{insertion.citation}{insertion.stop}"
        words = f"{insertion.words}{insertion.citation}"
        if self.suffix == ".md":
            return block_quotation(words)
        if self.suffix == ".txt":
            return "\n".join(f"    {line}" for line in words.split("\n"))
        return _BLOCKS[self.suffix].format(words)


def latex_command(text: str) -> str:
    """The command by which a LaTeX draft cites most."""
    counts: dict[str, int] = {}
    for match in _CITE_COMMAND.finditer(text):
        if match[1] not in _NOTE_COMMANDS:
            counts[match[1]] = counts.get(match[1], 0) + 1
    if counts:
        return max(counts, key=lambda name: counts[name])
    return "citep" if _NATBIB.search(text) else "autocite"


def opening_mark(text: str, suffix: str) -> str:
    """The opening mark that a draft uses most; curly ones, or LaTeX's, if it has none."""
    if suffix == ".tex":
        counted = {"{": len(re.findall(r"\\(?:enquote|textquote)\b", text)), "``": text.count("``")}
        curly = text.count("“")
        if curly > max(counted.values()):
            return "“"
        return max(counted, key=lambda mark: counted[mark]) if any(counted.values()) else "``"
    counts = {"“": text.count("“"), '"': text.count('"') // 2, "„": text.count("„")}
    counts |= {mark: len(re.findall(rf"{mark}[ \u00a0\u202f]?\w", text)) for mark in "«»"}
    # In German the mark that closes is the one that opens in English.
    counts["“"] -= counts["„"]
    best = max(counts, key=lambda mark: counts[mark])
    return best if counts[best] > 0 else ('"' if suffix in {".typ", ".org"} else "“")


def _without_marks(words: str) -> str:
    """Words without the quotation marks around them."""
    words = words.strip()
    return words[1:-1] if words[:1] in {"“", '"', "‘", "'"} and len(words) > 1 else words

"""Essays in LaTeX: title and author, levels of headings, verse, lists, works cited, and citations as printed.

Files that the essay inputs are read from its own folder and those below it. Citations are printed where the
bibliography is there, in the file or as the .bbl beside it; elsewhere they keep their keys.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from assistant.core.declared import BlockKind
from assistant.core.errors import ReadingError
from assistant.core.essay import Span
from assistant.documents.declared import as_essay
from assistant.documents.document import NOTE_CALL, Document
from assistant.documents.html_kinds import are_verse
from assistant.documents.latex import LatexScanner
from assistant.documents.text import decode, line_starts

_INPUT = re.compile(r"\\(?:input|include|subfile)[ \t]*\{(?P<name>[^{}\n]{1,200})\}")
_BIBLIOGRAPHY = re.compile(
    r"\\(?:bibliography[ \t]*\{[^{}\n]{0,300}\}|printbibliography(?:\[[^\]\n]{0,300}\])?)"
)
_COMMENT = re.compile(r"(?<!\\)%[^\n]*")
_MOST_INPUTS, _DEEPEST, _LARGEST = 200, 8, 12_000_000
_LEVELS: Mapping[str, int] = {
    "part": 1, "chapter": 1, "section": 2, "subsection": 3, "subsubsection": 4, "paragraph": 5,
}  # fmt: skip
_LISTS = frozenset("itemize enumerate description compactitem compactenum".split())
_TABLES = frozenset("tabular tabularx tabulary longtable array".split())
# Their first argument is no printed word, or is one that the second one replaces.
_FIRST_SKIPPED = frozenset(
    """hypertarget texorpdfstring textcolor colorbox raisebox parbox hyperlink foreignlanguage
    pdfstringdefDisableCommands""".split()
)
_SKIPPED = frozenset(
    """phantomsection addcontentsline fancyhead fancyfoot lhead rhead chead lfoot rfoot cfoot markboth
    markright setstretch linespread hyphenation newlength addtolength enlargethispage providecommand
    DeclareRobustCommand newtheorem newenvironment renewenvironment setmainfont title date linenumbers
    doublespacing onehalfspacing singlespacing maketitle tableofcontents def let""".split()
)
_BIBITEM = re.compile(
    r"\\bibitem[ \t\n%]{0,9}"
    r"(?:\[(?P<label>(?:[^\[\]{}]|\{(?:[^{}]|\{[^{}]{0,200}\}){0,200}\}){0,300})\])?"
    r"[ \t\n%]{0,9}\{(?P<key>[^{}\n]{1,100})\}"
)
_AUTHOR_YEAR = re.compile(r"(?P<author>.{1,200}?)\((?P<year>[^()]{1,20})\)")
_ENTRY = re.compile(r"\\entry\{(?P<key>[^{}\n]{1,100})\}")
_FAMILY = re.compile(r"family=\{(?P<name>[^{}\n]{1,100})\}")
_YEAR = re.compile(r"\\field\{(?:year|labelyear)\}\{(?P<year>[^{}\n]{1,20})\}")
_TEXTUAL = frozenset({"citet", "textcite", "Textcite", "Citet", "citealt", "citealp"})


@dataclass(frozen=True, slots=True)
class _Label:
    """How a work is cited: author and year, or a number."""

    author: str
    year: str
    number: int


def read_latex_essay(text: str, name: str) -> Document:
    """Read an essay in LaTeX.

    Raises:
        ReadingError: If it inputs more than an essay has.
    """
    text = _whole(text, Path(name))
    scanner = _EssayScanner(text, _labels(text))
    begin = re.search(r"\\begin[ \t]*\{document\}", text)
    start = begin.end() if begin else 0
    end = text.find(r"\end{document}")
    scanner.has_shorthands = bool(re.search(r"german|austrian", text[:start]))
    scanner.write_title()
    scanner.scan(start, end if end >= 0 else len(text))
    scanner.finish()
    document = scanner.writer.document(name, "latex", text, line_starts(text))
    stated = {
        key: document.prose[slice(*span)].replace(NOTE_CALL, "") for key, span in scanner.stated.items()
    }
    return as_essay(
        replace(
            document,
            metadata={key: words for key, value in stated.items() if (words := " ".join(value.split()))},
        )
    )


def _whole(text: str, path: Path) -> str:
    """A text with the files that it inputs, and with its printed bibliography."""
    folder = path.resolve().parent
    pieces: list[str] = []
    size = count = 0

    def write(part: str, depth: int, within: frozenset[str]) -> None:
        nonlocal size, count
        part = _COMMENT.sub("", part)
        at = 0
        for match in _INPUT.finditer(part):
            named = match["name"].strip()
            inner = _inside(folder, named, ".tex") if depth < _DEEPEST and named not in within else None
            if inner is None:
                continue
            count += 1
            if count > _MOST_INPUTS:
                raise ReadingError(f"{path} inputs more files than an essay has; put its text in one file.")
            pieces.append(part[at : match.start()])
            size += match.start() - at
            write(inner, depth + 1, within | {named})
            at = match.end()
        pieces.append(part[at:])
        size += len(part) - at
        if size > _LARGEST:
            raise ReadingError(f"{path} inputs more text than an essay has; put its text in one file.")

    write(text, 0, frozenset({path.stem, path.name}))
    whole = "".join(pieces)
    if "\\bibitem" in whole or not _BIBLIOGRAPHY.search(whole):
        return whole
    printed = _inside(folder, path.stem, ".bbl")
    return whole if printed is None else _BIBLIOGRAPHY.sub(lambda _: printed, whole, count=1)


def _inside(folder: Path, name: str, ending: str) -> str | None:
    """The text of a file below a folder; ``None`` if there is none, or it is elsewhere."""
    try:
        for candidate in (folder / f"{name}{ending}", folder / name):
            found = candidate.resolve()
            named = found.is_relative_to(folder) and found.suffix in {".tex", ".bbl", ".ltx", ".latex"}
            if named and found.is_file() and found.stat().st_size <= _LARGEST:
                return decode(found.read_bytes(), str(found))[0]
    except (OSError, ValueError, ReadingError):
        return None
    return None


def _labels(text: str) -> dict[str, _Label]:
    """How each work of a printed bibliography is cited."""
    labels: dict[str, _Label] = {}
    for number, item in enumerate(_BIBITEM.finditer(text), 1):
        match = _AUTHOR_YEAR.match(_bare(item["label"] or ""))
        author, year = (match["author"].strip(), match["year"]) if match else ("", "")
        labels.setdefault(item["key"].strip(), _Label(author, year, number))
    entries = list(_ENTRY.finditer(text))
    for number, entry in enumerate(entries):
        end = entries[number + 1].start() if number + 1 < len(entries) else len(text)
        family = _FAMILY.search(text, entry.end(), min(end, entry.end() + 5_000))
        year = _YEAR.search(text, entry.end(), min(end, entry.end() + 20_000))
        if family and year:
            labels.setdefault(entry["key"], _Label(_bare(family["name"]), year["year"], number + 1))
    return labels


def _bare(words: str) -> str:
    return " ".join(re.sub(r"\\[A-Za-z]+|[{}]", "", words.replace("~", " ")).split())


class _EssayScanner(LatexScanner):
    """Writes the words of an essay.

    Args:
        text: The essay with all that it inputs.
        labels: How its works are cited.
    """

    def __init__(self, text: str, labels: Mapping[str, _Label]) -> None:
        super().__init__(text)
        self._labels = labels
        self._heading_level = 0
        # Whether a line of the block was ended.
        self._broken = False
        # Spans of title and author in the prose.
        self.stated: dict[str, Span] = {}

    def write_title(self) -> None:
        """Write title and author as blocks of their own."""
        for command, kind in (("title", "title"), ("author", "author")):
            match = re.search(rf"\\{command}(?![A-Za-z])", self._text)
            if match is None:
                continue
            offset = self._arguments.after_options(match.end())
            inner, after = self._arguments.group(offset)
            if inner == offset:
                continue
            start = self.writer.length
            block: BlockKind = "title" if kind == "title" else "author"
            self._kinds.append(block)
            at = inner
            for part in re.compile(r"\s{0,9}\\and(?![A-Za-z])\s{0,9}").finditer(self._text, inner, after - 1):
                self.scan(at, part.start())
                self.writer.put(", ", part.start(), part.end())
                at = part.end()
            self.scan(at, after - 1)
            end = self.writer.length
            self.finish()
            self._kinds.pop()
            self.stated["Title" if kind == "title" else "Author"] = start, end

    def _end_block(self, kind: BlockKind, note: str | None) -> None:
        is_broken = kind == "quotation" and self._broken
        lines = self.writer.written(self._finished).split("\n") if is_broken else []
        self._broken = False
        kind = "verse" if are_verse([line.strip() for line in lines if line.strip()], "quotation") else kind
        self.writer.close(kind, note, level=self._heading_level if kind == "heading" else 0)

    def _command(self, name: str, start: int, end: int) -> int:
        if name in _LEVELS:
            self._heading_level = _LEVELS[name]
        if name == "thanks":
            return self._thanks(start, end)
        if name == "bibitem":
            self.finish()
            item = _BIBITEM.match(self._text, start)
            return item.end() if item else self._arguments.after_all(end)
        if name in {"caption", "captionof"}:
            return self._caption(name, end)
        if name in _SKIPPED or name == "author":
            return self._arguments.after_all(end)
        if name in _FIRST_SKIPPED:
            inner, after = self._arguments.group(self._arguments.after_options(end))
            return after if inner < after else end
        if name in {"verb", "lstinline"}:
            return self._verbatim(end)
        if name in {"newline", "linebreak"} and self._kinds[-1] == "verse":
            self.writer.put("\n", start, end)
            return end
        return super()._command(name, start, end)

    def _thanks(self, start: int, end: int) -> int:
        """Write the call of a note on the title or the author, which is not counted."""
        inner, after = self._arguments.group(end)
        if inner == end:
            return end
        self.writer.call(str(start), start, after, "*")
        self._notes.append((str(start), inner, after - 1))
        return after

    def _verbatim(self, offset: int) -> int:
        """Write words between two equal signs as they are."""
        sign = self._text[offset : offset + 1]
        closing = self._text.find(sign, offset + 1, offset + 1_000) if sign else -1
        if closing < 0:
            return offset
        self.writer.copy(self._text[offset + 1 : closing], offset + 1)
        return closing + 1

    def _caption(self, name: str, end: int) -> int:
        offset = self._arguments.after_options(end)
        if name == "captionof":
            offset = self._arguments.group(offset)[1]
        inner, after = self._arguments.group(offset)
        if inner == offset:
            return offset
        self.finish()
        self._block("caption", inner, after - 1)
        return after

    def _symbol(self, symbol: str, start: int, end: int) -> int:
        if symbol == "\\":
            # The line may be followed by a distance in brackets.
            self._broken = True
            self.writer.put("\n" if self._kinds[-1] in {"verse", "quotation"} else " ", start, end)
            after = self._arguments.after_options(end + self._text.startswith("*", end))
            space = re.compile(r"[ \t]*\n?[ \t]*(?!\n)").match(self._text, after)
            return space.end() if space else after
        return super()._symbol(symbol, start, end)

    def _mark(self, mark: str, start: int, end: int) -> int:
        if mark == "\n":
            self.writer.put(" ", start, end)
            return end
        if mark in {"$", "$$"}:
            closing = self._text.find(mark, end)
            if closing < 0:
                return end
            # Formulas keep their letters as they are typed: they are words of the essay.
            self.writer.copy(self._text[end:closing], end)
            return closing + len(mark)
        return super()._mark(mark, start, end)

    def _environment(self, end: int, *, begins: bool) -> int:
        inner, after = self._arguments.group(end)
        name = self._text[inner : after - 1].rstrip("*")
        kind: BlockKind | None = None
        if name in _LISTS:
            kind = "list"
        elif name == "verse":
            kind = "verse"
        elif name == "thebibliography":
            kind = "reference"
        elif name in _TABLES:
            kind = "caption"
        if kind is None:
            return super()._environment(end, begins=begins)
        self.finish()
        if begins:
            self._kinds.append(kind)
            return self._arguments.after_all(after)
        if len(self._kinds) > 1:
            self._kinds.pop()
        return after

    def _citation(self, name: str, start: int, end: int) -> int:
        options, offset = self._arguments.options(end)
        inner, after = self._arguments.group(offset)
        keys = [key.strip() for key in self._text[inner : after - 1].split(",")] if inner < after else []
        if not keys or name.endswith("s") or any(key not in self._labels for key in keys):
            return super()._citation(name, start, end)
        words = list(self._printed(name, [self._labels[key] for key in keys]))
        before = options[0] if len(options) > 1 else None
        page = options[-1] if options and options[-1][0] < options[-1][1] else None
        opening, closing = (
            ("", "") if name.startswith(("citealt", "citealp", "citeauthor", "citeyear")) else ("(", ")")
        )
        numbered = not self._labels[keys[0]].author
        if numbered:
            opening, closing = "[", "]"
        textual = name in _TEXTUAL and len(keys) == 1 and not numbered
        if textual:
            author, year = self._labels[keys[0]].author, self._labels[keys[0]].year
            self.writer.put(f"{author} {opening}{year}", start, inner)
        else:
            self.writer.put(opening, start, start)
            if before:
                self._plain(*before)
                self.writer.put(" ", before[1], before[1])
            self.writer.put("; ".join(words) if not numbered else ", ".join(words), inner, after)
        if page:
            self._page(page)
        self.writer.put(closing, after, after)
        return after

    def _printed(self, name: str, labels: list[_Label]) -> Iterator[str]:
        for label in labels:
            if not label.author:
                yield str(label.number)
            elif name.lower().startswith("citeauthor"):
                yield label.author
            elif name.lower().startswith("citeyear"):
                yield label.year
            else:
                yield f"{label.author}, {label.year}"

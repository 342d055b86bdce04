"""The styles of a Word document: what they set, with what they are based on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from assistant.documents.looks import ParagraphLook

if TYPE_CHECKING:
    from lxml.etree import _Element

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
# Styles of which one is based on the next; programs allow about ten.
_MOST_STYLES = 50
_OFF = frozenset({"0", "false", "off", "none"})
# Twentieths of a point, and half points.
_TWENTIETHS, _HALVES = 20, 2
_NUMBER = re.compile(r"-?\d{1,7}(?:\.\d{1,3})?")


class WordStyles:
    """The styles of a document.

    Args:
        root: The root of its styles.
    """

    def __init__(self, root: _Element) -> None:
        self._styles = {
            (style.get(f"{W}type", ""), style.get(f"{W}styleId", "")): style
            for style in root.iterchildren(f"{W}style")
        }
        default = (
            style
            for (kind, _), style in self._styles.items()
            if kind == "paragraph" and style.get(f"{W}default") in {"1", "true", "on"}
        )
        self._default = next((style.get(f"{W}styleId", "") for style in default), "")
        size = root.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr/{W}sz")
        self._size = number_of(size, "val") / _HALVES
        self._chains: dict[tuple[str, str], tuple[_Element, ...]] = {}
        self._last: tuple[_Element, tuple[_Element, ...]] | None = None
        self._looks: dict[str, tuple[tuple[str, ...], float, float, bool, int, bool]] = {}

    def _chain(self, kind: str, style_id: str) -> tuple[_Element, ...]:
        """A style and those that it is based on, each once even if they are based on each other in a ring."""
        key = kind, style_id
        if key not in self._chains:
            chain: dict[str, _Element] = {}
            while (kind, style_id) in self._styles and style_id not in chain and len(chain) < _MOST_STYLES:
                chain[style_id] = self._styles[kind, style_id]
                parent = chain[style_id].find(f"{W}basedOn")
                style_id = "" if parent is None else parent.get(f"{W}val", "")
            self._chains[key] = tuple(chain.values())
        return self._chains[key]

    def of_paragraph(self, paragraph: _Element) -> tuple[_Element, ...]:
        """The styles of a paragraph, nearest first."""
        # Asked for each run of a paragraph, which may have very many.
        if self._last is None or self._last[0] is not paragraph:
            style = paragraph.find(f"{W}pPr/{W}pStyle")
            style_id = self._default if style is None else style.get(f"{W}val", "")
            self._last = paragraph, self._chain("paragraph", style_id)
        return self._last[1]

    def run_has(self, run: _Element, name: str, paragraph: _Element | None = None) -> bool:
        """Whether a run has a property such as italics: itself, by its style, or by its paragraph's style."""
        if (declared := _declared(run, name)) is not None:
            return declared
        style = run.find(f"{W}rPr/{W}rStyle")
        chains = [self._chain("character", style.get(f"{W}val", ""))] if style is not None else []
        chains += [self.of_paragraph(paragraph)] if paragraph is not None else []
        found = (_declared(each, name) for chain in chains for each in chain)
        return next((value for value in found if value is not None), False)

    def size_of(self, run: _Element, paragraph: _Element) -> float:
        """Font size of a run in points; 0 if none is declared."""
        style = run.find(f"{W}rPr/{W}rStyle")
        character = () if style is None else self._chain("character", style.get(f"{W}val", ""))
        for element in (run, *character, *self.of_paragraph(paragraph)):
            size = element.find(f"{W}rPr/{W}sz")
            if size is not None:
                return number_of(size, "val") / _HALVES
        return self._size

    def look(self, paragraph: _Element, text: str, *, is_bold: bool, is_italic: bool, size: float,
             inside: str) -> ParagraphLook:  # fmt: skip
        """The look of a paragraph, with what its runs say given."""
        style = paragraph.find(f"{W}pPr/{W}pStyle")
        style_id = self._default if style is None else style.get(f"{W}val", "")
        if style_id not in self._looks:
            self._looks[style_id] = _set_by(self._chain("paragraph", style_id))
        names, left, first, centred, level, listed = self._looks[style_id]
        own = paragraph.find(f"{W}pPr")
        if own is not None:
            _, left, first, centred, level, listed = _set_by(
                (_Own(own),), left, first, centred, level, listed
            )
        return ParagraphLook(
            styles=names, level=level, left=left, first=first, is_centred=centred, is_bold=is_bold,
            is_italic=is_italic, size=size, is_listed=listed, inside=inside, text=text,
        )  # fmt: skip


class _Own:
    """A paragraph's own properties, which are looked up as those of a style are."""

    def __init__(self, properties: _Element) -> None:
        self._properties = properties

    def find(self, path: str) -> _Element | None:
        """What the properties have at a path that begins at a style."""
        return self._properties.find(path.removeprefix(f"{W}pPr/")) if path.startswith(f"{W}pPr/") else None


def _set_by(
    chain: tuple[_Element | _Own, ...],
    left: float = 0.0,
    first: float = 0.0,
    centred: bool = False,  # noqa: FBT001, FBT002 - what is inherited, in the order in which it is returned
    level: int = 0,
    listed: bool = False,  # noqa: FBT001, FBT002
) -> tuple[tuple[str, ...], float, float, bool, int, bool]:
    """Names, left indent, indent of the first line, centred, outline level, in a list."""
    names: list[str] = []
    for style in chain:
        name = style.find(f"{W}name")
        if name is not None:
            names.append(" ".join(name.get(f"{W}val", "").casefold().replace("_", " ").split()))
    indents = list(_found(chain, "ind"))
    left = next((value for each in indents for value in _lengths(each, "left", "start")), left)
    hanging = (
        value
        for each in indents
        for value in (*(-length for length in _lengths(each, "hanging")), *_lengths(each, "firstLine"))
    )
    first = next(hanging, first)
    alignment = next(_found(chain, "jc"), None)
    centred = centred if alignment is None else alignment.get(f"{W}val") == "center"
    outline = next(_found(chain, "outlineLvl"), None)
    if outline is not None:
        value = int(number_of(outline, "val"))
        level = value + 1 if 0 <= value < 9 else 0
    number = next(_found(chain, "numPr"), None)
    if number is not None:
        chosen = number.find(f"{W}numId")
        listed = chosen is None or chosen.get(f"{W}val") != "0"
    return tuple(names), left, first, centred, level, listed


def _found(chain: tuple[_Element | _Own, ...], name: str) -> Iterator[_Element]:
    for style in chain:
        found = style.find(f"{W}pPr/{W}{name}")
        if found is not None:
            yield found


def _lengths(element: _Element, *names: str) -> Iterator[float]:
    for name in names:
        value = element.get(f"{W}{name}")
        if value is not None:
            yield _points(value)


def _points(value: str) -> float:
    match = _NUMBER.match(value)
    return float(match[0]) / _TWENTIETHS if match else 0.0


def number_of(element: _Element | None, name: str) -> float:
    """A number among an element's attributes; 0 if there is none."""
    match = _NUMBER.match(element.get(f"{W}{name}", "")) if element is not None else None
    return float(match[0]) if match else 0.0


def _declared(element: _Element, name: str) -> bool | None:
    """What a run or a style says of a property such as italics; ``None`` if nothing."""
    declared = element.find(f"{W}rPr/{W}{name}")
    return None if declared is None else declared.get(f"{W}val", "1") not in _OFF

"""The styles of an OpenDocument text: what they set, with what they are based on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from lxml.etree import _Element

_URN = "{urn:oasis:names:tc:opendocument:xmlns:"
TEXT, STYLE, OFFICE = f"{_URN}text:1.0}}", f"{_URN}style:1.0}}", f"{_URN}office:1.0}}"
TABLE, DRAW, SVG = f"{_URN}table:1.0}}", f"{_URN}drawing:1.0}}", f"{_URN}svg-compatible:1.0}}"
_FO = f"{_URN}xsl-fo-compatible:1.0}}"
_POINTS = {"cm": 72 / 2.54, "mm": 7.2 / 2.54, "in": 72.0, "pt": 1.0, "pc": 12.0, "px": 0.75}
_LENGTH = re.compile(r"(-?[\d.]{1,12})(cm|mm|in|pt|pc|px)")
# A style's name escapes what XML does not allow in names: ``Text_20_body``.
_ESCAPE = re.compile(r"_([0-9a-f]{2,4})_")
# Styles of which one is based on the next; no program makes as many.
_MOST_STYLES = 50
_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class OdtStyle:
    """What a style sets, lengths in points; ``None`` where it leaves that to its parent.

    Attributes:
        name: Its name as users see it, casefolded.
        parent: Internal name of the style that it is based on.
        left: Left margin.
        first: Indent of the first line.
        is_centred: Whether it is centred.
        is_bold: Whether it is bold.
        is_italic: Whether it is in italics.
        is_raised: Whether it is raised.
        is_hidden: Whether it is hidden.
        size: Font size.
        level: Level of a heading.
        page: ``page`` if a page begins before it.
        number: Number of the page that it begins.
    """

    name: str
    parent: str | None = None
    left: float | None = None
    first: float | None = None
    is_centred: bool | None = None
    is_bold: bool | None = None
    is_italic: bool | None = None
    is_raised: bool | None = None
    is_hidden: bool | None = None
    size: float | None = None
    level: int | None = None
    breaks: bool | None = None
    number: int | None = None


class OdtStyles:
    """The styles of a text.

    Args:
        roots: The roots with styles; the first one that has a style counts.
    """

    def __init__(self, *roots: _Element) -> None:
        self._styles: dict[tuple[str, str], OdtStyle] = {}
        for root in roots:
            for style in root.iter(f"{STYLE}style", f"{STYLE}default-style"):
                key = style.get(f"{STYLE}family", ""), style.get(f"{STYLE}name", "")
                self._styles.setdefault(key, _read(style))
        self._chains: dict[tuple[str, str], tuple[OdtStyle, ...]] = {}

    def chain(self, family: str, name: str) -> tuple[OdtStyle, ...]:
        """A style and those that it is based on, each once even if they form a ring; defaults come last."""
        key = family, name
        if key not in self._chains:
            chain: dict[str, OdtStyle] = {}
            current: str | None = name
            while current and current not in chain and len(chain) < _MOST_STYLES:
                style = self._styles.get((family, current))
                # A style that the file does not define still has a name.
                chain[current] = style or OdtStyle(name=_shown(current))
                current = style.parent if style else None
            default = self._styles.get((family, ""))
            self._chains[key] = (*chain.values(), *([default] if default else []))
        return self._chains[key]

    def of(self, element: _Element, family: str) -> tuple[OdtStyle, ...]:
        """The styles of a paragraph or a span."""
        return self.chain(family, element.get(f"{TEXT}style-name", ""))

    def has(self, element: _Element, family: str, value: Callable[[OdtStyle], bool | None]) -> bool:
        """Whether a paragraph or a span has a property by its styles."""
        return first_of(self.of(element, family), value, default=False)


def first_of(
    chain: tuple[OdtStyle, ...], value: Callable[[OdtStyle], _Value | None], *, default: _Value
) -> _Value:
    """The value that the nearest style sets."""
    found = (value(style) for style in chain)
    return next((each for each in found if each is not None), default)


def _read(style: _Element) -> OdtStyle:
    paragraph, text = style.find(f"{STYLE}paragraph-properties"), style.find(f"{STYLE}text-properties")
    align, slant = _get(paragraph, f"{_FO}text-align"), _get(text, f"{_FO}font-style")
    weight, display = _get(text, f"{_FO}font-weight"), _get(text, f"{TEXT}display")
    position, size = _get(text, f"{STYLE}text-position"), _get(text, f"{_FO}font-size")
    breaks = _get(paragraph, f"{_FO}break-before")
    master, number = style.get(f"{STYLE}master-page-name"), _get(paragraph, f"{STYLE}page-number")
    level = style.get(f"{STYLE}default-outline-level")
    return OdtStyle(
        name=_shown(style.get(f"{STYLE}display-name") or style.get(f"{STYLE}name", "")),
        parent=style.get(f"{STYLE}parent-style-name"),
        left=points(_get(paragraph, f"{_FO}margin-left")),
        first=points(_get(paragraph, f"{_FO}text-indent")),
        is_centred=None if align is None else align == "center",
        is_bold=None if weight is None else weight in {"bold", "600", "700", "800", "900"},
        is_italic=None if slant is None else slant in {"italic", "oblique"},
        is_raised=None if position is None else position.startswith("super") or _is_above(position),
        is_hidden=None if display is None else display == "none",
        size=points(size),
        level=int(level) if level and level.isdecimal() and len(level) < 3 else None,
        breaks=True if master or breaks == "page" else None if breaks is None else False,
        number=int(number) if number and number.isdecimal() and len(number) < 6 else None,
    )


def _get(element: _Element | None, name: str) -> str | None:
    return None if element is None else element.get(name)


def _is_above(position: str) -> bool:
    """Whether a position in per cent is above the line."""
    first = position.split("%", maxsplit=1)[0].strip()
    return first.isdecimal() and first != "0"


def points(length: str | None) -> float | None:
    """A length in points; ``None`` if it is none."""
    match = _LENGTH.fullmatch(length or "")
    try:
        return float(match[1]) * _POINTS[match[2]] if match else None
    except ValueError:
        return None


def _shown(name: str) -> str:
    """A style's name as users see it, casefolded."""
    shown = _ESCAPE.sub(lambda match: chr(int(match[1], 16)), name)
    return " ".join(shown.casefold().replace("_", " ").split())


def names_of(chain: tuple[OdtStyle, ...]) -> Iterator[str]:
    """The names of styles, nearest first."""
    return (style.name for style in chain if style.name)

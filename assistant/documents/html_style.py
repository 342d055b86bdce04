"""What a page's style sheets say of its words: italics, indents, what is not shown.

Only rules for elements and classes are read, which is what word processors write.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.etree import _Element

_LARGEST_SHEET = 2_000_000
_COMMENT = re.compile(r"/\*(?:[^*]|\*(?!/))*(?:\*/|\Z)")
_LONGEST_SELECTOR = 2_000
_SELECTOR = re.compile(r"(?P<tag>[a-z][a-z0-9]{0,20})?(?:\.(?P<name>[A-Za-z0-9_-]{1,100}))?", re.IGNORECASE)
_LENGTH = re.compile(r"(-?\d{0,6}\.?\d{1,6})(pt|px|em|rem|in|cm|mm|pc|%)?", re.IGNORECASE)
_POINTS = {
    "pt": 1,
    "px": 0.75,
    "em": 12,
    "rem": 12,
    "in": 72,
    "cm": 28.35,
    "mm": 2.835,
    "pc": 12,
    "%": 4,
    None: 0.75,
}
# Less than in Word's documents: programs round what they convert.
_BLOCK_INDENT = 20.0
_BOLD = frozenset("bold bolder 600 700 800 900".split())
Properties = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Look:
    """How an element is set; ``None`` where it leaves that to what is around it."""

    italic: bool | None = None
    bold: bool | None = None
    centred: bool | None = None
    hidden: bool = False
    left: float | None = None
    first_line: float = 0.0
    raised: bool = False

    @property
    def is_indented(self) -> bool:
        """Whether it is set as a block quotation is: moved to the right, its first line too."""
        return (self.left or 0.0) >= _BLOCK_INDENT and self.first_line >= 0.0


class StyleSheet:
    """The rules of a page's style sheets.

    Args:
        sheets: The text of each.
    """

    def __init__(self, sheets: Iterable[str]) -> None:
        self._rules: dict[tuple[str, str], dict[str, str]] = {}
        self._looks: dict[tuple[str, str, str], Look] = {}
        for sheet in sheets:
            self._read(_without_groups(_COMMENT.sub("", sheet[:_LARGEST_SHEET])))

    def _read(self, sheet: str) -> None:
        for rule in sheet.split("}"):
            selectors, _, body = rule.partition("{")
            properties = _properties(body) if len(selectors) <= _LONGEST_SELECTOR else {}
            for selector in selectors.split(","):
                match = _SELECTOR.fullmatch(selector.strip())
                if match and properties and (match["tag"] or match["name"]):
                    key = (match["tag"] or "").lower(), match["name"] or ""
                    self._rules.setdefault(key, {}).update(properties)

    def look(self, element: _Element) -> Look:
        """How an element is set by the style sheets and its own style."""
        tag, names, own = str(element.tag), element.get("class") or "", element.get("style") or ""
        key = tag, names[:300], own[:1000]
        if key not in self._looks:
            merged: dict[str, str] = dict(self._rules.get((tag, ""), {}))
            for name in names.split()[:20]:
                merged.update(self._rules.get(("", name), {}))
                merged.update(self._rules.get((tag, name), {}))
            merged.update(_properties(own[:1000]))
            self._looks[key] = _look(merged)
        return self._looks[key]


def _without_groups(sheet: str) -> str:
    """A style sheet without what holds for some media only."""
    if "@" not in sheet:
        return sheet
    kept, depth, skipped, start = [], 0, False, 0
    for match in re.finditer(r"[@{};]", sheet):
        sign = match[0]
        if sign == "@" and depth == 0 and not skipped:
            kept.append(sheet[start : match.start()])
            skipped = True
        elif sign == "{":
            depth += 1
        elif sign == "}":
            depth = max(0, depth - 1)
            if depth == 0 and skipped:
                skipped, start = False, match.end()
        elif sign == ";" and depth == 0 and skipped:
            skipped, start = False, match.end()
    return "".join(kept) + ("" if skipped else sheet[start:])


def _properties(body: str) -> dict[str, str]:
    pairs = (declaration.partition(":") for declaration in body.split(";"))
    return {
        name.strip().lower(): value.strip().lower().removesuffix("!important").strip()
        for name, _, value in pairs
        if value.strip()
    }


def _look(properties: Properties) -> Look:
    style, weight = properties.get("font-style", ""), properties.get("font-weight", "")
    align = properties.get("text-align", "")
    return Look(
        italic=None if not style or style == "inherit" else style.startswith(("italic", "oblique")),
        bold=None if not weight or weight == "inherit" else weight in _BOLD,
        centred=None if not align else align == "center",
        hidden=properties.get("display") == "none" or properties.get("visibility") == "hidden",
        left=_left(properties),
        first_line=_points(properties.get("text-indent", "0")) or 0.0,
        raised=properties.get("vertical-align", "") in {"super", "text-top"},
    )  # fmt: skip


def _left(properties: Properties) -> float | None:
    left = (
        properties.get("margin-left")
        or properties.get("padding-left")
        or properties.get("margin-inline-start")
    )
    if left is None and "margin" in properties:
        values = properties["margin"].split()
        left = {1: None, 2: None, 3: None, 4: values[-1]}.get(len(values))
    return None if left is None else _points(left)


def _points(length: str) -> float | None:
    match = _LENGTH.fullmatch(length.strip())
    return None if match is None else float(match[1]) * _POINTS[match[2].lower() if match[2] else None]

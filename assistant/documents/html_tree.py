"""HTML as a tree: decoded and parsed with limits, what its styles say of words, where printed pages begin.

Nothing that a page names is fetched or run.
"""

from __future__ import annotations

import codecs
import html
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from assistant.core.errors import ReadingError
from assistant.documents.text import decode

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


# More than a book has; each takes a hundred times its letters in memory.
MOST_TAGS = 1_000_000
_LARGEST_TEXT = 30_000_000
# Pictures and fonts that a program saved within the page.
_EMBEDDED = re.compile(r"data:[a-z]{1,20}/[^\"'<>()\s]*", re.IGNORECASE)
# An element with more attributes was made to take time.
_LONG_TAG = re.compile(r"<([A-Za-z][A-Za-z0-9]{0,40})([^<>]{2000,})")
_MOST_ATTRIBUTES = 400
# Where a page states its encoding, among its first bytes.
_HEAD = 4_096
_STATED = re.compile(
    r"(?:charset|encoding)\s{0,9}=\s{0,9}[\"']?\s{0,9}([A-Za-z0-9_.:-]{2,40})", re.IGNORECASE
)
_XHTML = re.compile(r"<\?xml|http://www\.w3\.org/1999/xhtml")
_DECLARATION = re.compile(r"<\?[^<>]{0,2000}\?>")
# Every rule for names of its own; a page needs none, and some were made to fill the memory.
_DOCTYPE = re.compile(r"<!DOCTYPE[^\[<>]{0,2000}(?:\[(?:[^\]]|\][^>])*\]\s{0,99})?>", re.IGNORECASE)
_CLOSED = re.compile(r"<([A-Za-z][A-Za-z0-9:]{0,40})((?:\s[^<>]{0,4000})?)/>")
_NONE: frozenset[str] = frozenset()
_EMPTY = frozenset("area base br col embed hr img input link meta param source track wbr".split())


def decode_html(data: bytes, name: str) -> tuple[str, str]:
    """Decode a page: by its byte order mark, the encoding that it states, or as plain text.

    Returns:
        The text and the name of its encoding.

    Raises:
        ReadingError: If the bytes are not text.
    """
    marked = data.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    stated = None if marked else _STATED.search(data[:_HEAD].decode("latin-1"))
    encoding = stated[1].lower() if stated else ""
    # Browsers read these as Windows-1252, which has what writers mean by the characters between.
    encoding = "cp1252" if encoding in {"iso-8859-1", "latin1", "latin-1", "us-ascii", "ascii"} else encoding
    if encoding and not encoding.startswith(("utf-16", "utf-32")):
        try:
            text = data.decode(encoding)
        except (LookupError, ValueError):
            # A page that was saved again, or that states a wrong encoding.
            return decode(data, name)
        if "\0" not in text:
            return text, encoding
    return decode(data, name)


def parse_html(text: str, name: str) -> _Element:
    """Parse a page.

    Raises:
        ReadingError: If it has no elements, more than a text has, or more within each other.
    """
    from lxml import etree

    text = _EMBEDDED.sub("", text)
    if text.count("<") > MOST_TAGS or len(text) > _LARGEST_TEXT:
        raise ReadingError(f"{name} has more elements than a text can have; save the essay alone.")
    text = _LONG_TAG.sub(_with_few_attributes, text)
    text = _DOCTYPE.sub("", text, count=1) if "<!" in text[:_HEAD] else text
    if _XHTML.search(text[:_HEAD]):
        text = _CLOSED.sub(_opened_and_closed, text)
    # It states an encoding that the text no longer has.
    text = _DECLARATION.sub("", text)
    parser = etree.HTMLParser(
        encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, huge_tree=True
    )
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise ReadingError(f"{name} is not a page of HTML; save it once more from the browser.") from error
    if any("RESOURCE" in str(fault.type_name) for fault in parser.error_log):
        raise ReadingError(
            f"{name} nests more elements than a page can have; save its text in another format."
        )
    if root is None:
        raise ReadingError(f"{name} is not a page of HTML; save it once more from the browser.")
    return root


def _with_few_attributes(match: re.Match[str]) -> str:
    attributes = match[2]
    many = max(attributes.count("="), attributes.count("/"), len(attributes.split())) > _MOST_ATTRIBUTES
    return f"<{match[1]}" if many else match[0]


def _opened_and_closed(match: re.Match[str]) -> str:
    """An XHTML element without content, as HTML has it."""
    tag, attributes = match[1], match[2]
    if tag.lower() in _EMPTY:
        return match[0]
    return f"<{tag}{attributes}></{tag}>"


def tokens_of(element: _Element) -> frozenset[str]:
    """The class names and the id of an element, and the words that they consist of, in small letters."""
    if not element.attrib:
        return _NONE
    named = f"{element.get('class') or ''} {element.get('id') or ''}"[:500].lower()
    whole = named.split()
    return frozenset([*whole, *(part for token in whole for part in re.split(r"[-_:]+", token))])


def types_of(element: _Element) -> frozenset[str]:
    """What an element says that it is, as a role or a type of EPUB, in small letters."""
    if not element.attrib:
        return _NONE
    said = f"{element.get('role') or ''} {element.get('epub:type') or ''} {element.get('type') or ''}"
    return frozenset(said.lower().replace("doc-", "").split())


def words_of(element: _Element) -> str:
    """All words in an element, with single spaces."""
    return " ".join("".join(element.itertext()).split())


def attribute_text(value: str | None) -> str:
    """The words of an attribute, with single spaces."""
    return " ".join(html.unescape(value or "").split())


_NUMBER = r"(?P<number>[A-Za-z]?-?\d{1,5}|[ivxlcdmIVXLCDM]{1,9})"
_LABEL = re.compile(
    rf"[\[({{|]{{0,2}}\s?(?:page|pages|pg|pp?|s|seite)?\.?\s?{_NUMBER}\s?[\])}}|]{{0,2}}", re.IGNORECASE
)
_NAMED = re.compile(rf"(?:.{{0,60}}[#/])?(?:page|pg|pagebreak|pb|p)[-_.]?{_NUMBER}", re.IGNORECASE)
_PAGE_NAMES = frozenset(
    "pagenum pagenumber pageno page-number page_number pagebreak page-break pb ws-pagenum pagestart".split()
)
# What some archives of journals print where a page ends.
_END = re.compile(r"\[?\s?End Page (?P<number>\d{1,5})\s?\]?", re.IGNORECASE)
_FEWEST = 2


@dataclass(slots=True)
class PageMarks:
    """Where pages begin.

    Attributes:
        labels: Number of the page that begins at an element; empty if it states none.
        around: Those of the elements that have words of the essay in them.
    """

    labels: dict[_Element, str] = field(default_factory=dict)
    around: set[_Element] = field(default_factory=set)


def find_page_marks(page: _Element) -> PageMarks:
    """Find where pages begin."""
    stated, anchors = PageMarks(), PageMarks()
    for element in page.iter("span", "a", "div", "hr", "p", "small", "sup", "section", "b", "i"):
        is_stated = "pagebreak" in types_of(element) or bool(
            element.get("class") and _PAGE_NAMES & frozenset(element.get("class", "").lower().split())
        )
        ends = _END.match((element.text or "").strip()[:40])
        if ends and (whole := _END.fullmatch(words_of(element)[:40])):
            stated.labels[element] = str(int(whole["number"]) + 1)
        elif is_stated:
            _mark(stated, element)
        elif element.tag in {"a", "span", "div"} and element.get("href") is None:
            name = element.get("id") or element.get("name") or ""
            match = _NAMED.fullmatch(name[:80]) if name else None
            if match and len(element) == 0 and not (element.text or "").strip(" []0123456789ivxlcIVXLCpP."):
                anchors.labels[element] = match["number"]
    if stated.labels:
        return stated
    numbers = [label for label in anchors.labels.values() if label.isdecimal()]
    ascending = all(int(a) < int(b) for a, b in pairwise(numbers))
    return anchors if len(anchors.labels) >= _FEWEST and ascending else PageMarks()


def _mark(found: PageMarks, element: _Element) -> None:
    if any(ancestor in found.labels for ancestor in element.iterancestors()):
        return
    words = words_of(element)
    for said in (
        element.get("data-page-number"), element.get("title"), element.get("aria-label"),
        element.get("value"), words,
    ):  # fmt: skip
        match = _LABEL.fullmatch(attribute_text(said)[:40])
        if match:
            found.labels[element] = match["number"]
            break
    else:
        match = _NAMED.fullmatch((element.get("id") or "")[:80])
        found.labels[element] = match["number"] if match else ""
    if words and not _LABEL.fullmatch(words[:40]):
        # The element is around words of the page, or has the class by chance.
        if len(words) > 40 and "pagebreak" not in types_of(element):
            del found.labels[element]
        else:
            found.around.add(element)

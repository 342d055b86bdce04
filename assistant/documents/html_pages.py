"""Where the pages of a printed edition begin in HTML: by page breaks, page numbers, and anchors of pages."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from assistant.documents.html_tree import attribute_text, types_of, words_of

if TYPE_CHECKING:
    from lxml.etree import _Element

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

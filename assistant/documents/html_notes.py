"""The notes of a page by their links: which words are a note's number, and which elements a note consists of.

A call is a link whose words are a number or a sign and that leads to a later place of the page; what is
there, up to the next note, is the note. A page that links nothing has notes if it lists them under a heading.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from assistant.documents.document import NOTES, WORKS_CITED
from assistant.documents.html_tree import tokens_of, types_of, words_of

if TYPE_CHECKING:
    from lxml.etree import _Element

_HEADINGS = frozenset("h1 h2 h3 h4 h5 h6".split())
_INLINE = frozenset("a span sup sub b strong em i small font big u cite bdi tt code".split())
_CONTAINERS = frozenset("li div aside section dd td tr blockquote footer".split())
_MARK = re.compile(
    r"(?:note |fn\.? ?)?[\[({^]{0,2}\s?"
    r"(?P<mark>\d{1,4}[a-z]?|[*∗†‡§¶‖#]{1,4}|[ivxlc]{1,7}|[a-z])\s?[\])}^.:]{0,2}",
    re.IGNORECASE,
)
_NOTE_ID = re.compile(
    r"(?:^|[-_#.:])(?:fn|ftn|edn|en|note|notes|foot|footnote|endnote|sdfootnote|sdendnote|cite[-_]note|rearnote"
    r"|linknote|n)"
    r"(?:[-_.:]?[a-z]{0,12})?[-_.:]{0,2}\w{0,20}$",
    re.IGNORECASE,
)
_WORK_ID = re.compile(
    r"(?:^|[-_#.:])(?:bib|bibr|ref|cr|cit|b|citation|r)[-_.:]{0,3}(?:[a-z]{0,3})\d{1,4}$", re.IGNORECASE
)
_CALL_NAMES = frozenset(
    """noteref fnref footnote-ref footnoteref footnote-anchor fnanchor footnotecall footnote-reference
    footnote-link endnote-ref sidenote-ref easy-footnote footnote_referrer modern-footnotes-footnote
    simple-footnote msofootnotereference msoendnotereference sdfootnoteanc sdendnoteanc xref-fn""".split()
)
_CALL_TYPES = frozenset({"noteref"})
_BACK_NAMES = frozenset(
    """footnote-back footnote-backref footnote-return backlink reversefootnote mw-cite-backlink
    footnote_backlink footnotebackref fn-back sdfootnotesym-back footnote-backlink""".split()
)
_INLINE_NOTES = frozenset(
    "sidenote marginnote footnote-content footnotecontent inline-footnote fn-content".split()
)
_RETURNS = re.compile(r"(?:back|return|jump|go back|zurück|retour|top)\b", re.IGNORECASE)
_SIGNS = frozenset("* ** *** † ‡ § ¶".split())
_NUMBERED = re.compile(r"[\[(]?(?P<mark>\d{1,3})[\])]?[.)]?\s")
_FEWEST_CALLED = 0.6


@dataclass(slots=True)
class PageNotes:
    """The notes of a page.

    Attributes:
        calls: Name of the note and mark, by the element that calls it.
        bodies: Name of the note by each element that is a part of it.
        begins: Name of the note that begins at an element within a paragraph of several notes.
        inline: Elements that are notes where they are called, in the middle of a paragraph.
        left_out: Links back to where notes are called.
        labels: Those of the links back that are the number of their note.
    """

    calls: dict[_Element, tuple[str, str]] = field(default_factory=dict)
    bodies: dict[_Element, str] = field(default_factory=dict)
    begins: dict[_Element, str] = field(default_factory=dict)
    inline: set[_Element] = field(default_factory=set)
    left_out: set[_Element] = field(default_factory=set)
    labels: set[_Element] = field(default_factory=set)


def find_notes(page: _Element) -> PageNotes:
    """Find the notes of a page."""
    return _Finder(page).notes()


def is_mark(words: str) -> bool:
    """Whether words are a note's number or sign."""
    return len(words) <= 16 and _MARK.fullmatch(words) is not None


class _Finder:
    """Finds notes.

    Args:
        page: The root of the page.
    """

    def __init__(self, page: _Element) -> None:
        self._page = page
        self._found = PageNotes()
        self._calls_of: dict[str, list[_Element]] = {}
        self._places: dict[_Element, int] = {}
        self._anchors: dict[str, _Element] = {}
        for place, element in enumerate(page.iter()):
            self._places[element] = place
            for key in ("id", "name"):
                if (name := element.get(key)) and (key == "id" or element.tag == "a"):
                    self._anchors.setdefault(name, element)
        self._links = [
            (link, target)
            for link in page.iter("a")
            if (href := link.get("href") or "").startswith("#")
            and (target := self._target(href[1:])) is not None
        ]

    def _target(self, name: str) -> _Element | None:
        from urllib.parse import unquote

        found = self._anchors.get(name)
        return self._anchors.get(unquote(name)) if found is None and "%" in name else found

    def notes(self) -> PageNotes:
        found = self._found
        targets: dict[_Element, str] = {}
        for link, target in self._links:
            if self._calls(link, target):
                name = targets.setdefault(target, f"note{len(targets) + 1}")
                found.calls[self._whole_call(link)] = (name, _mark(words_of(link)))
        for call, (name, _) in found.calls.items():
            self._calls_of.setdefault(name, []).append(call)
        self._find_bodies(targets)
        self._find_back_links()
        for element in self._page.iter("d-footnote", "span", "aside", "small"):
            named = element.tag == "d-footnote" or _INLINE_NOTES & tokens_of(element)
            if (
                named
                and element not in targets
                and not any(a in found.bodies for a in element.iterancestors())
            ):
                found.inline.add(element)
        if not found.calls and not found.inline:
            self._listed()
        return found

    def _calls(self, link: _Element, target: _Element) -> bool:
        """Whether a link calls a note."""
        words, href = words_of(link), link.get("href") or ""
        tokens = frozenset().union(tokens_of(link), *(tokens_of(a) for a in _near(link)))
        types = types_of(link).union(*(types_of(a) for a in _near(link)))
        if str(target.tag) in _HEADINGS or types & {"backlink", "pagebreak"} or tokens & _BACK_NAMES:
            return False
        stated = bool(types & _CALL_TYPES or tokens & _CALL_NAMES)
        if not (is_mark(words) or (stated and len(words) <= 16)):
            return False
        if self._places[target] <= self._places[link] and not types & _CALL_TYPES:
            return False
        if any(a is target for a in link.iterancestors()):
            return False
        if _is_work(target, href) and not types & _CALL_TYPES:
            return False
        raised = any(a.tag == "sup" for a in _near(link)) or link.find(".//sup") is not None
        bracketed = words[:1] in "[(" or _brackets_around(link)
        return stated or raised or bracketed or bool(_NOTE_ID.search(href[1:]))

    def _whole_call(self, link: _Element) -> _Element:
        """The call with what is printed around its number, such as brackets."""
        element = link
        while True:
            parent = element.getparent()
            if parent is None or str(parent.tag) not in {"sup", "span", "small"}:
                return element
            inner, outer = words_of(element), words_of(parent)
            if outer.strip("[](){} ") != inner.strip("[](){} ") or len(outer) > 18:
                return element
            element = parent

    def _find_bodies(self, targets: dict[_Element, str]) -> None:
        found = self._found
        ordered = sorted(targets, key=self._places.__getitem__)
        for target in ordered:
            name = targets[target]
            body = self._body(target, targets)
            if body is None:
                found.begins[target] = name
                continue
            for element in body:
                found.bodies.setdefault(element, name)
        self._continue_notes(ordered, targets)

    def _body(self, target: _Element, targets: dict[_Element, str]) -> list[_Element] | None:
        """The elements that a note consists of; ``None`` if it shares its paragraph with others."""
        element = target
        while str(element.tag) in _INLINE and (parent := element.getparent()) is not None:
            if parent.tag in {"body", "html"} or _has_other(parent, target, targets):
                break
            if self._has_call_of(parent, targets[target]):
                break
            element = parent
        tag = str(element.tag)
        if tag in _INLINE:
            parent = element.getparent()
            following = element.getnext()
            flat = parent is not None and str(parent.tag) not in {"p", "td", "li", "dd"}
            alone = not (element.tail or "").strip() and len(words_of(element)) <= 8
            if parent is not None and self._is_whole(parent, target, targets):
                return [self._outermost(parent, target, targets)]
            if (
                flat
                and alone
                and following is not None
                and str(following.tag) in {"p", "div", "dd", "blockquote"}
            ):
                return [element, following]
            return None
        if _has_other(element, target, targets):
            return None
        if tag == "dt":
            return [element, *_definitions(element)]
        return [self._outermost(element, target, targets)]

    def _outermost(self, element: _Element, target: _Element, targets: dict[_Element, str]) -> _Element:
        """The largest element around a part of a note that holds nothing else."""
        while (parent := element.getparent()) is not None and self._is_whole(parent, target, targets):
            element = parent
        return element

    def _is_whole(self, element: _Element, target: _Element, targets: dict[_Element, str]) -> bool:
        """Whether an element holds a note, and nothing but it."""
        if str(element.tag) not in _CONTAINERS or len(element) > 12 or _names_all(element):
            return False
        if _has_other(element, target, targets) or self._has_call_of(element, targets[target]):
            return False
        return not _HEADINGS & {str(child.tag) for child in element} and element.find("article") is None

    def _has_call_of(self, element: _Element, name: str) -> bool:
        """Whether a note is called within an element, which is not a part of the note then."""
        calls = self._calls_of.get(name, ())
        return any(ancestor is element for call in calls for ancestor in call.iterancestors())

    def _continue_notes(self, ordered: list[_Element], targets: dict[_Element, str]) -> None:
        """Add paragraphs between two notes of a list to the first of them."""
        bodies = self._found.bodies
        calls: dict[str, int] = {}
        for call, (name, _) in self._found.calls.items():
            calls.setdefault(name, self._places[call])
        outermost = {name: element for element, name in reversed(bodies.items())}
        for before, after in pairwise(ordered):
            first, last = outermost.get(targets[before]), outermost.get(targets[after])
            if first is None or last is None or first.getparent() is not last.getparent():
                continue
            if calls.get(targets[after], 0) > self._places[first]:
                continue
            sibling = first.getnext()
            between = []
            while sibling is not None and sibling is not last:
                between.append(sibling)
                sibling = sibling.getnext()
            if sibling is last and not any(str(each.tag) in _HEADINGS | {"hr", "table"} for each in between):
                for each in between:
                    bodies.setdefault(each, targets[before])

    def _find_back_links(self) -> None:
        found = self._found
        for element in self._page.iter("a", "span", "sup"):
            if tokens_of(element) & _BACK_NAMES or "backlink" in types_of(element):
                found.left_out.add(element)
        for link, target in self._links:
            inside = any(a in found.bodies or a in found.begins for a in (link, *link.iterancestors()))
            shared = (
                self._places[target] < self._places[link]
                and any(begin.getparent() is link.getparent() for begin in found.begins)
                if found.begins and len(found.begins) < 500
                else False
            )
            if not (inside or shared) or self._places[target] >= self._places[link] or link in found.calls:
                continue
            words, first = words_of(link), _at_start(link)
            returns = len(words) <= 40 and _RETURNS.match(words) is not None
            if (
                (not any(map(str.isalnum, words)) and not (first and words.strip("[]()") in _SIGNS))
                or returns
                or (re.fullmatch(r"[a-z]", words) and not first)
            ):
                found.left_out.add(link)
            elif first and is_mark(words):
                found.labels.add(link)

    def _listed(self) -> None:
        """Find notes that are listed under a heading and called by raised numbers without a link."""
        heading = next(
            (e for e in self._page.iter(*_HEADINGS) if words_of(e).strip(" :").casefold() in NOTES), None
        )
        if heading is None:
            return
        items = list(_items_after(heading))
        raised: dict[str, _Element] = {}
        for element in self._page.iter("sup"):
            words = words_of(element).strip("[]() ")
            if words.isdigit() and self._places[element] < self._places[heading]:
                raised.setdefault(words, element)
        called = [mark for mark, _ in items if mark in raised]
        if not items or len(called) < _FEWEST_CALLED * len(items):
            return
        for mark, element in items:
            self._found.bodies[element] = f"note{mark}"
            if mark in raised:
                self._found.calls[raised[mark]] = (f"note{mark}", mark)


def _mark(words: str) -> str:
    match = _MARK.fullmatch(words)
    return match["mark"] if match else words.strip("[](){} .")


def _near(link: _Element) -> list[_Element]:
    """The inline elements around a link that hold little else."""
    near = []
    for ancestor in link.iterancestors():
        if (
            str(ancestor.tag) not in {"sup", "span", "small", "b", "i", "em", "strong", "font"}
            or len(words_of(ancestor)) > 20
        ):
            break
        near.append(ancestor)
    return near


def _brackets_around(link: _Element) -> bool:
    before = link.getprevious()
    text = (
        before.tail if before is not None else link.getparent().text if link.getparent() is not None else ""
    ) or ""
    return text.endswith(("[", "(")) and (link.tail or "").startswith(("]", ")"))


def _is_work(target: _Element, href: str) -> bool:
    """Whether the target of a link is an entry of the works cited."""
    if _NOTE_ID.search(href[1:]) and not _WORK_ID.search(href[1:]):
        return False
    holders = [target, *list(target.iterancestors())[:4]]
    for holder in holders:
        types, tokens = types_of(holder), tokens_of(holder)
        if types & {"biblioentry", "bibliography"} or tokens & {
            "csl-entry",
            "csl-bib-body",
            "bibliography",
            "ref-list",
            "biblist",
        }:
            return True
        if types & {"footnote", "footnotes", "endnote", "endnotes", "rearnote", "rearnotes"} or tokens & {
            "footnotes",
            "endnotes",
            "notes",
        }:
            return False
    if not _WORK_ID.search(href[1:]):
        return False
    for holder in holders:
        sibling = holder.getprevious()
        while sibling is not None:
            if str(sibling.tag) in _HEADINGS:
                return words_of(sibling).strip(" :").casefold() in WORKS_CITED
            sibling = sibling.getprevious()
    return False


def _has_other(element: _Element, target: _Element, targets: dict[_Element, str]) -> bool:
    return any(each in targets and each is not target for each in element.iter())


def _names_all(element: _Element) -> bool:
    return bool(tokens_of(element) & {"footnotes", "endnotes", "notes"}) and str(element.tag) != "li"


def _definitions(term: _Element) -> Iterator[_Element]:
    sibling = term.getnext()
    while sibling is not None and sibling.tag == "dd":
        yield sibling
        sibling = sibling.getnext()


def _at_start(link: _Element) -> bool:
    """Whether nothing is printed before a link in its paragraph."""
    element = link
    while True:
        before = element.getprevious()
        if before is not None and (words_of(before) or (before.tail or "").strip()):
            return False
        parent = element.getparent()
        if parent is None or (parent.text or "").strip():
            return parent is None
        if str(parent.tag) not in _INLINE:
            return True
        element = parent


def _items_after(heading: _Element) -> Iterator[tuple[str, _Element]]:
    """The numbered items after a heading, up to the next one, with their numbers."""
    start = heading
    parent = start.getparent()
    while parent is not None and start.getnext() is None and parent.tag not in {"body", "html", "article"}:
        start, parent = parent, parent.getparent()
    sibling = start.getnext()
    while sibling is not None and str(sibling.tag) not in _HEADINGS:
        if sibling.tag == "ol":
            first = sibling.get("start") or "1"
            for number, item in enumerate(sibling.iterchildren("li"), int(first) if first.isdecimal() else 1):
                yield str(number), item
        elif sibling.tag == "p":
            match = _NUMBERED.match(words_of(sibling)[:8] + " ")
            if match:
                yield match["mark"], sibling
        elif sibling.tag == "div":
            for child in sibling.iter("p", "li"):
                match = _NUMBERED.match(words_of(child)[:8] + " ")
                if match:
                    yield match["mark"], child
        sibling = sibling.getnext()

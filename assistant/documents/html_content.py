"""The essay in a saved web page, without navigation, banners, forms, links to other pages, and comments.

It goes by what elements say that they are, by the share of their words that are links, and by where the prose
stands. When in doubt words stay: a menu too many can be seen, a paragraph too few cannot.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from assistant.documents.html_tree import StyleSheet, tokens_of, types_of, words_of

if TYPE_CHECKING:
    from lxml.etree import _Element

# Elements without printed words of the essay.
_NO_WORDS = frozenset(
    """script style template noscript head iframe object embed applet audio video canvas map select option
    button input textarea datalist dialog frameset noframes svg link meta base progress meter output
    annotation annotation-xml rp rt""".split()
)
# Elements, roles and names that are parts of a site rather than of an essay.
_SITE_TAGS = frozenset("nav form menu".split())
_SITE_ROLES = frozenset(
    """navigation banner search contentinfo dialog alertdialog menu menubar toolbar tablist toc
    landmarks page-list pagelist loi lot""".split()
)
_SITE_NAMES = frozenset(
    """nav navbar navigation navbox navmenu menu menubar breadcrumb breadcrumbs sidebar sidenav widget widgets
    cookie cookies consent gdpr cookiebanner ad ads advert adverts advertisement adsbygoogle promo promotion
    sponsor sponsored share sharing sharedaddy sharebar social socials follow related recirc recirculation
    recommended recommendations newsletter subscribe subscription signup paywall comments commentlist respond
    disqus pagination pager masthead toolbar catlinks printfooter editsection noprint toc tocs skip skiplink
    modal popup popover overlay lightbox breadcrumbtrail colophon authorbox bio aboutauthor trending
    button-wrapper button buttons btn cta popular outbrain taboola donate donation login loginform
    headerlicense pubflag
    jump-link siteSub contentSub p-lang-btn vector-header mw-navigation mw-head mw-panel""".lower().split()
)
_HIDDEN_NAMES = frozenset(
    "visually-hidden visuallyhidden sr-only screen-reader-text screenreader hidden-accessible".split()
)
_FOOT_NAMES = frozenset(
    "footnotes footnote endnotes endnote notes reflist references bibliography ref-list".split()
)
_NOTE_TYPES = frozenset("footnote footnotes endnote endnotes rearnote rearnotes noteref bibliography".split())
# Names of the element that holds a page's essay, on sites without <article> and <main>.
_BODY_NAMES = frozenset(
    """entry-content post-content article-body article-content articlebody post-body story-body
    available-content mw-parser-output mw-content-text page-content main-content content-body""".split()
)
_PROSE_TAGS = frozenset("p blockquote pre dd li td font center div section article body span".split())
# A block of so many letters is prose, if less than half of them are links.
_PROSE, _MOST_LINKED = 60, 0.5
# An article has most of the words of its page; if not, the page is something else.
_MOST = 0.5
_BEGINS = re.compile(r"\*\*\*\s{0,9}START OF (?:THE|THIS) PROJECT GUTENBERG", re.IGNORECASE)
_ENDS = re.compile(r"\*\*\*\s{0,9}END OF (?:THE|THIS) PROJECT GUTENBERG", re.IGNORECASE)
# Licences are set as one element, which begins with such a line.
_LONGEST_RULE = 40_000


@dataclass(slots=True)
class Content:
    """Which elements of a page are read.

    Attributes:
        root: The element that holds the essay.
        left_out: Elements within it that do not belong to it.
    """

    root: _Element
    left_out: set[_Element] = field(default_factory=set)


@dataclass(slots=True)
class _Mass:
    """Letters within an element: all of them, those of links, and those of blocks of prose."""

    letters: int = 0
    linked: int = 0
    prose: int = 0
    links: int = 0

    def add(self, other: _Mass) -> None:
        self.letters += other.letters
        self.linked += other.linked
        self.prose += other.prose
        self.links += other.links


def find_content(page: _Element, sheet: StyleSheet, kept: Collection[_Element]) -> Content:
    """Find the essay in a page.

    Args:
        page: The root of the page.
        sheet: Its style sheets.
        kept: Notes, and what is around them, which are read wherever they are.
    """
    body = page.find("body")
    body = page if body is None else body
    left_out = hidden_parts(body, sheet, kept)
    left_out |= set(licence_parts(body))
    masses = _masses(body, left_out)
    total = masses[body].prose
    for element in _of_the_site(body, left_out):
        mass = masses.get(element)
        if element in kept or mass is None:
            continue
        # What holds most of the page's prose is the essay, whatever its name.
        if mass.prose <= 0.3 * total or (element.tag == "nav" and mass.linked > _MOST_LINKED * mass.letters):
            left_out.add(element)
    masses = _masses(body, left_out)
    root = _root(body, masses)
    left_out |= set(_link_lists(root, masses, kept, left_out))
    return Content(root, left_out)


def is_wordless(element: _Element) -> bool:
    """Whether an element never holds words of an essay."""
    return str(element.tag) in _NO_WORDS


def hidden_parts(body: _Element, sheet: StyleSheet, kept: Collection[_Element] = ()) -> set[_Element]:
    """Elements that a page does not show, but for notes that it shows when they are called."""
    hidden = set()
    for element in body.iter():
        names = frozenset((element.get("class") or "").lower().split())
        if is_wordless(element):
            hidden.add(element)
        elif element in kept:
            continue
        elif (
            (element.get("hidden") is not None and element.get("hidden") != "until-found")
            or sheet.look(element).hidden
            or (element.get("aria-hidden") == "true" and len(words_of(element)) < _PROSE)
            or names & _HIDDEN_NAMES
        ):
            hidden.add(element)
    return hidden


def licence_parts(body: _Element) -> Iterator[_Element]:
    """What Project Gutenberg sets before and after a text: its header and its licence."""
    for element in body.iter("section", "div"):
        if element.get("id") in {"pg-header", "pg-footer"} or "pg-boilerplate" in (
            element.get("class") or ""
        ):
            yield element
    for rule, step in ((_BEGINS, "getprevious"), (_ENDS, "getnext")):
        found = next(
            (each for each in body.iter("p", "pre", "h1", "h2", "h3", "div", "span") if _says(each, rule)),
            None,
        )
        while found is not None and found is not body:
            sibling = found
            while sibling is not None:
                if sibling is not found or _says(sibling, rule):
                    yield sibling
                sibling = getattr(sibling, step)()
            found = found.getparent()


def _says(element: _Element, rule: re.Pattern[str]) -> bool:
    """Whether an element consists of a line of Project Gutenberg."""
    text = element.text or ""
    return "***" in text and len(text) < _LONGEST_RULE and rule.search(text) is not None


def _of_the_site(body: _Element, left_out: Collection[_Element]) -> Iterator[_Element]:
    for element in body.iter():
        if element in left_out or element is body:
            continue
        tag = str(element.tag)
        types = types_of(element)
        if types & _NOTE_TYPES or (element.tag == "blockquote"):
            continue
        if (
            tag in _SITE_TAGS
            or types & _SITE_ROLES
            or (tag in {"footer", "header", "aside"} and _is_outside(element))
        ):
            yield element
        elif tag in {"p", "a"}:
            if _is_named(element) and _is_linked(element):
                yield element
        elif tag not in {"html", "main", "article", "h1", "em", "i", "cite"} and _is_named(element):
            yield element


def _is_named(element: _Element) -> bool:
    """Whether an element has the name of a part of a site."""
    tokens = tokens_of(element)
    if not tokens & _SITE_NAMES or tokens & _FOOT_NAMES:
        return False
    # A body that says which parts a page has, and wrappers around everything, are judged by their words.
    return len(tokens) <= 25


def _is_linked(element: _Element) -> bool:
    """Whether all words of a paragraph are those of links."""
    linked = sum(len(words_of(link)) for link in ([element] if element.tag == "a" else element.iter("a")))
    return 0 < len(words_of(element)) <= _PROSE and linked >= len(words_of(element)) - 2


def _is_outside(element: _Element) -> bool:
    """Whether a header, footer or aside is the page's own, and not that of an article or a quotation."""
    if tokens_of(element) & _FOOT_NAMES:
        return False
    heading = element.find(".//h1") if element.tag == "header" else None
    if heading is not None and _is_title(heading):
        return False
    inside = any(
        a.tag in {"article", "main", "blockquote", "section", "figure"} for a in element.iterancestors()
    )
    return not inside


def _is_title(heading: _Element) -> bool:
    """Whether a heading has the words with which the title of its page begins."""
    stated = heading.getroottree().find(".//title")
    words = words_of(heading)
    return stated is not None and bool(words) and words_of(stated).casefold().startswith(words.casefold())


def _masses(body: _Element, left_out: Collection[_Element]) -> dict[_Element, _Mass]:
    """The letters within each element."""
    masses: dict[_Element, _Mass] = {}
    from lxml import etree

    walker = etree.iterwalk(body, events=("start", "end"))
    open_masses: list[_Mass] = []
    in_link = 0
    own: list[int] = []
    own_linked: list[int] = []
    for event, element in walker:
        if event == "start":
            if element in left_out:
                walker.skip_subtree()
                open_masses.append(_Mass())
                own.append(0)
                own_linked.append(0)
                continue
            in_link += element.tag == "a"
            mass = _Mass()
            mass.links += element.tag == "a"
            open_masses.append(mass)
            count = _letters(element.text)
            own.append(count)
            own_linked.append(count if in_link else 0)
            continue
        mass, letters, linked = open_masses.pop(), own.pop(), own_linked.pop()
        if element not in left_out:
            in_link -= element.tag == "a"
            mass.letters += letters
            mass.linked += linked
            inline = str(element.tag) not in _PROSE_TAGS or element.tag in {"span", "font"}
            if not inline and letters >= _PROSE and linked <= _MOST_LINKED * letters:
                mass.prose += letters
            elif inline and own:
                # Words in italics or in a link are those of the paragraph around them.
                own[-1] += letters
                own_linked[-1] += linked
                mass.letters -= letters
                mass.linked -= linked
            masses[element] = mass
        if open_masses:
            open_masses[-1].add(mass)
            tail = _letters(element.tail)
            own[-1] += tail
            own_linked[-1] += tail if in_link else 0
    return masses


def _letters(text: str | None) -> int:
    return 0 if not text else len("".join(text.split()))


def _root(body: _Element, masses: dict[_Element, _Mass]) -> _Element:
    """The element that holds the essay and as little else as possible."""
    total = masses[body].prose
    article = _largest(masses, lambda element: element.tag == "article")
    main = _largest(masses, lambda e: e.tag == "main" or e.get("role") == "main")
    named = _largest(masses, lambda e: bool(_BODY_NAMES & tokens_of(e)))
    for candidate in (article, main):
        if candidate is not None and masses[candidate].prose >= _MOST * total:
            return _without_siblings(candidate, masses)
    if named is not None and masses[named].prose >= _MOST * total and main is None and article is None:
        parent = named.getparent()
        # Its title is beside it.
        if parent is not None and parent is not body and parent.find(".//h1") is not None:
            return parent
        return named
    root = body
    # Down to the element beside which there is no prose at all.
    while True:
        inner = next((c for c in root if c in masses and masses[c].prose == masses[root].prose > 0), None)
        if (
            inner is None
            or inner.tag in {"p", "font", "pre", "blockquote"}
            or _has_heading_beside(root, inner)
        ):
            return root
        root = inner


def _without_siblings(candidate: _Element, masses: dict[_Element, _Mass]) -> _Element:
    """The element that holds all articles, if an essay is divided into several."""
    parent = candidate.getparent()
    while parent is not None and parent.tag not in {"body", "html"}:
        beside = [e for e in parent if e.tag in {"article", "section"} and e is not candidate]
        if (
            sum(masses[e].prose for e in beside if e in masses and e.tag == "article")
            > 0.2 * masses[candidate].prose
        ):
            return parent
        parent = parent.getparent() if parent.tag != "main" else None
    return candidate


def _largest(masses: dict[_Element, _Mass], wanted: Callable[[_Element], bool]) -> _Element | None:
    found = [element for element in masses if wanted(element)]
    return max(found, key=lambda element: masses[element].prose, default=None)


def _has_heading_beside(root: _Element, inner: _Element) -> bool:
    return any(
        child is not inner and (child.tag in {"h1", "h2"} or child.find(".//h1") is not None)
        for child in root
    )


def _link_lists(
    root: _Element, masses: dict[_Element, _Mass], kept: Collection[_Element], left_out: Collection[_Element]
) -> Iterator[_Element]:
    """Lists of links: tables of contents, other pages, tags."""
    for element in root.iter("ul", "ol", "div", "dl", "table", "section", "aside", "footer"):
        mass = masses.get(element)
        if mass is None or element in kept or element in left_out or element is root:
            continue
        if tokens_of(element) & _FOOT_NAMES or types_of(element) & _NOTE_TYPES:
            continue
        if (
            mass.links >= 3
            and mass.prose == 0
            and mass.linked > 0.75 * mass.letters
            and not _after_heading(element)
        ):
            yield element


def _after_heading(element: _Element) -> bool:
    """Whether a list is under a heading of works cited, where each entry may be a link."""
    from assistant.documents.document import NOTES, WORKS_CITED

    before = element
    for _ in range(4):
        sibling = before.getprevious()
        while sibling is not None:
            if (
                str(sibling.tag) in {"h1", "h2", "h3", "h4", "h5", "h6", "p"}
                or sibling.find(".//h2") is not None
            ):
                return words_of(sibling).strip(" :").casefold() in WORKS_CITED | NOTES
            sibling = sibling.getprevious()
        parent = before.getparent()
        if parent is None:
            return False
        before = parent
    return False

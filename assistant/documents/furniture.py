"""What pages show besides their text: page numbers, running heads, download stamps and cover sheets.

Numbers are arabic or roman, at head or foot; stamps and cover sheets are those of archives and publishers.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import sub
from statistics import median

from assistant.core.lines import Line
from assistant.documents.numbering import NumberCandidate, fit_labels, page_value

# Stamps are told by these words. A line with them is one if it recurs; sure ones need not.
_STAMP = re.compile(
    r"\bdownload(?:ed)?\b|\baccess provided\b|\bterms (?:and|&) conditions\b"
    r"|\bterms of use\b"
    r"|\ball use subject to\b|\blicen[sc]ed (?:to|use)\b|\bauthenticated\b|\bdigiti[sz]ed by\b"
    r"|\bgenerated (?:for|on|at|through)\b|\breproduced with permission\b"
    r"|\belectronic copy available\b"
    r"|\bproject muse\b|\bfor personal use only\b|\ball rights reserved\b|\boriginal from\b"
    r"|\bheruntergeladen\b|\bbereitgestellt von\b|\bt[ée]l[ée]charg[ée] (?:depuis|sur|le|par)\b"
    r"|\bdescargado\b"
    r"|\bpublic domain\b.*\bdigiti[sz]ed\b",
    re.IGNORECASE,
)
_SURE = re.compile(
    r"(?:this (?:content|article|document|pdf)(?: was)? )?downloaded (?:from|by|on|at)\b.*"
    r"(?:https?:|www\.|\d{1,2}:\d\d|\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}|\b(?:19|20)\d\d\b)"
    r"|all use subject to (?:jstor|https?:|the )"
    r"|digiti[sz]ed by (?:google|the internet archive|microsoft|\w+ library)\b.{0,80}"
    r"|reproduced with permission of (?:the )?copyright owner\b"
    r"|authorized licensed use limited to\b|electronic copy available at:? https?:"
    r"|(?:document )?t[ée]l[ée]charg[ée] (?:depuis|sur|le|par)\b.*(?:https?:|www\.|\b(?:19|20)\d\d\b)"
    r"|heruntergeladen (?:von|am|durch)\b.*(?:https?:|www\.|\b(?:19|20)\d\d\b)"
    r"|descargado (?:de|desde|por|el)\b.*(?:https?:|www\.|\b(?:19|20)\d\d\b)"
    r"|brought to you by \||access provided (?:by|at)\b.*\b(?:19|20)\d\d\b",
    re.IGNORECASE,
)
_LONGEST_STAMP = 300
# Lines of a stamp, and lines from one stamp to the next.
_MOST_LINES = 4
_SHORTEST_PAGE = 8
_NEARLY_ALL = 0.8
# What cover sheets say, each line of a kind that no page of an essay has.
_COVER = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\b(?:stable|persistent) (?:url|link)\b|\bpersistenter link\b|\bpermalink\b|\bhandle\.net\b",
        r"^(?:author|autor)(?:\(s\)|\(en\)|s)?:",
        r"^(?:source|zeitschrift|quelle|review by|reviewed work\(s\)):",
        r"^published by\b|^(?:publisher|herausgeber|verlag):",
        r"^(?:(?:date )?accessed|download(?:ed| date)|pdf erstellt am|abgerufen)\b|\bpdf généré le\b",
        r"\byour use of the .{1,40} (?:archive|database) indicates\b|\bacceptance of the terms\b",
        r"\bterms (?:and|&) conditions of (?:use|access)\b|\bfull terms\b|\bterms of use\b",
        r"\bnutzungsbedingungen\b",
        r"\bnot-for-profit (?:service|organization)\b|\bservice that helps scholars\b",
        r"\bfor more information about\b.*\bcontact\b|\bplease contact\b|\bcontact the publisher\b",
        r"^(?:(?:how )?to cite|(?:recommended )?citation|(?:please )?cite this)\b",
        r"^(?:citer ce document|pour citer|zitiervorschlag)\b|\bcitation for published version\b",
        r"\bdownloaded (?:from|by)\b|\bthis (?:article|content) (?:was )?downloaded\b|\bheruntergeladen\b",
        r"\bplease scroll down for article\b|\barticle views\b",
        r"\bview related articles\b|\bsubmit your article\b|\bview crossmark data\b|\bciting articles\b",
        r"\blink to publication\b|\bpublisher(?:'s|’s)? version\b|\bpeer reviewed version\b",
        r"\bdocument version\b|\bgeneral rights\b|\btake ?down policy\b",
        r"\bhaftungsausschluss\b|\btous droits réservés\b|\bfor additional information about this article\b",
        r"\bfor free and open access\b",
        r"\bfollow this and additional works\b|\bpart of the\b.*\bcommons\b",
        r"\baccess provided (?:at|by)\b",
        r"^(?:e-?)?issn\b|^(?:doi|isbn)\b|\bhttps?://(?:dx\.)?doi\.org/",
        r"\b(?:archive|digiti[sz]e)\b.*\bpreserv|\bdigiti[sz]ed, preserved\b",
        r"^(?:objekttyp|band \(jahr\)|heft)\b",
    )
)
_SURELY_COVER = 3
# A cover sheet is one page, and no longer than this.
_LONGEST_COVER = 90
_LONGEST_LABELLED = 250
_LINES_FOR_MORE = 25


def shape(text: str) -> str:
    """A line in which all numbers look the same, as they differ from one copy of it to the next."""
    return re.sub(r"\d+", "#", " ".join(text.casefold().split()))


def find_stamps(lines: Sequence[Line]) -> list[Line]:
    """Find the lines of download stamps, in order."""
    printed = [line for line in lines if not line.blank and len(line.text) <= _LONGEST_STAMP]
    places: dict[str, list[int]] = {}
    for line in printed:
        places.setdefault(shape(line.text), []).append(line.number)
    # A line of a list of works can recur too, but sooner than a stamp.
    recurring = {
        text
        for text, numbers in places.items()
        if len(numbers) > 1 and median(map(sub, numbers[1:], numbers)) >= _SHORTEST_PAGE
    }
    stamps = {line.start for line in printed if shape(line.text) in recurring and _STAMP.search(line.text)}
    stamps |= {
        line.start
        for before, line, after in zip([None, *lines[:-1]], lines, [*lines[1:], None], strict=True)
        if _SURE.match(line.text.strip())
        and (
            shape(line.text) in recurring
            or (not line.text.strip()[0].islower() and (_is_apart(before, line) or _is_apart(line, after)))
        )
    }
    # A stamp of several lines: those that recur, and only next to lines that are known to be stamps.
    counts = {text: len(numbers) for text, numbers in places.items()}
    stamped = max((counts[shape(line.text)] for line in printed if line.start in stamps), default=0)
    for _ in range(_MOST_LINES - 1 if stamped > 1 else 0):
        stamps |= _next_to(lines, stamps, counts, round(_NEARLY_ALL * stamped))
    return [line for line in printed if line.start in stamps]


def _is_apart(before: Line | None, after: Line | None) -> bool:
    """Whether two lines that follow each other are not of one paragraph: one is blank, or on another page."""
    if before is None or after is None or before.blank or after.blank:
        return True
    # A form feed begins no line of an editor's.
    return before.number == after.number


def _next_to(
    lines: Sequence[Line], stamps: Collection[int], counts: Mapping[str, int], fewest: int
) -> set[int]:
    """Lines that are next to a stamp whenever they occur, which is as often as the stamps do.

    Args:
        lines: All lines.
        stamps: Offsets of the lines known to be stamps.
        counts: How often each line occurs.
        fewest: How often such a line must occur.
    """
    near: dict[str, set[int]] = {}
    for before, line in pairwise(lines):
        if before.blank or line.blank:
            continue
        for each, other in ((before, line), (line, before)):
            if other.start in stamps and each.start not in stamps:
                near.setdefault(shape(each.text), set()).add(each.start)
    return {
        start
        for text, starts in near.items()
        if len(starts) >= max(2, fewest) and len(starts) == counts.get(text) and any(map(str.isalpha, text))
        for start in starts
    }


def is_cover_sheet(page: Sequence[Line]) -> bool:
    """Whether the lines of a page are those of a cover sheet, which archives put before or after an essay."""
    printed = [line.text.strip() for line in page if not line.blank]
    if not printed or len(printed) > _LONGEST_COVER:
        return False
    short = [text[:_LONGEST_LABELLED] for text in printed]
    found = sum(any(pattern.search(text) for text in short) for pattern in _COVER)
    # The first page of an essay can say something of the kind, above or below its text.
    return found >= _SURELY_COVER + len(printed) // _LINES_FOR_MORE


_NUMBER = r"(?:\d{1,4}|[ivxlc]{1,8})"
_ALONE = re.compile(
    rf"[-–—\[(|]?\s*(?:page\s+|p\.\s*)?({_NUMBER})(?:\s+of\s+\d+)?\s*[-–—\])|]?", re.IGNORECASE
)
_FIRST = re.compile(rf"({_NUMBER})\s*[|·•–—]?\s+(?=\D)(\S.*)", re.IGNORECASE)
_LAST = re.compile(rf"(\S.*?)(?<!\d)\s+[|·•–—]?\s*({_NUMBER})", re.IGNORECASE)
_SET_APART = re.compile(r"^\s*\S+(?:\s{2,}|\t|\s*[|·•])|(?:\s{2,}|\t|[|·•]\s*)\S+\s*$|^\s*\S+\s*$")
# A running head is short: a name or a shortened title next to the number.
_LONGEST_HEAD = 80
_WIDEST = 250
# Furniture is on the outermost lines of a page; further in, a repeated line is the author's.
_OUTERMOST = 2
# Lines at the beginning that may be the title and the author, which running heads repeat.
_TITLE_LINES = 6
# A line that ends so is one of the text, and no running head.
_SENTENCE_ENDS = frozenset(".,;:!?")
# A page number that is misprinted or misread has these characters.
_MISREAD = re.compile(r"(?=[^\d]{0,3}\d)[\dIlOoSBZ|]{1,4}|[ivxlcIVXLC]{1,8}")
_AROUND_NUMBER = " \t-–—[]()|"
_COPYRIGHT = re.compile(r"(?:©|\(c\) ?\d{4}|copyright (?:©|\(c\)|\d{4}))", re.IGNORECASE)
_ISSUE = re.compile(
    r"\b(?:vol(?:ume)?|nos?|issue|bd|band|heft|jg|jahrgang|tome|nr|nro)\b\.? ?\d|\bn° ?\d"
    r"|\b\d{1,4} ?[.:/] ?\d{1,4}\b|\b\d{1,4} ?\(\d{1,2}\)",
    re.IGNORECASE,
)
# A line that names an issue has hardly any words in lower case but short ones.
_SHORT_WORD = 3
_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")
# A line must recur on so many pages, and on so large a share of them, to be a running head.
_FEWEST_REPEATS = 3
_SHARE = 0.3

# Start and end in the text, and the reason.
FurnitureSpan = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class NumberLine:
    """A line that may be a page number, alone or in a running head.

    Attributes:
        line: The line.
        number: The number's value.
        is_roman: Whether it is printed as a roman numeral.
        head: What else is printed on the line, folded for comparison; empty if nothing.
        set_apart: Whether the number is set apart from the rest as a page number is.
    """

    line: Line
    number: int
    is_roman: bool
    head: str
    set_apart: bool

    @property
    def span(self) -> FurnitureSpan:
        """Its span as furniture."""
        return self.line.start, self.line.end, "running head" if self.head else "page number"


def _casefolded_line(text: str) -> str:
    return " ".join(text.casefold().split())


def read_number_line(line: Line) -> NumberLine | None:
    """Read a line as a page number or a running head with one; ``None`` if it cannot be either."""
    # Between head and number there can be as much space as the page is wide.
    text = " ".join(line.text.split()) if len(line.text) <= _WIDEST else ""
    if not text or len(text) > _LONGEST_HEAD:
        return None
    if alone := _ALONE.fullmatch(text):
        return _numbered(line, alone.group(1), "")
    if first := _FIRST.fullmatch(text):
        return _numbered(line, first.group(1), first.group(2))
    if last := _LAST.fullmatch(text):
        return _numbered(line, last.group(2), last.group(1))
    return None


def _numbered(line: Line, numeral: str, head: str) -> NumberLine | None:
    value = page_value(numeral)
    if value is None:
        return None
    return NumberLine(line, *value, _casefolded_line(head), bool(_SET_APART.search(line.text.strip())))


@dataclass(frozen=True, slots=True)
class Furniture:
    """Furniture of a text.

    Attributes:
        spans: Its spans, in order.
        labels: Label of each page by the numbers printed on the pages; none if there are no such numbers.
        warnings: Sentences on numbers that are not those of their pages.
    """

    spans: tuple[FurnitureSpan, ...]
    labels: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def find_furniture(pages: Sequence[Sequence[Line]], *, with_numbers: bool = True) -> Furniture:
    """Find running heads and page numbers.

    A number is taken for a page number if the numbers of other pages agree with it; a line without a number
    is a running head if it recurs on page after page.

    Args:
        pages: The lines of each page, without blank ones and without furniture that is known already.
        with_numbers: Whether to look for page numbers, and not only for running heads.

    Returns:
        The furniture, and the labels of the pages by the numbers in it.
    """
    edges = [_edge_lines(page) for page in pages]
    numbered = [
        (page, number)
        for page, edge in enumerate(edges)
        for line in edge
        if with_numbers and (number := read_number_line(line))
    ]
    voters = _voters(numbered)
    labels = fit_labels((_candidate(page, number) for page, number in voters), len(pages))
    heads = _Heads(pages, edges)
    own = {
        (page, number)
        for page, number in numbered
        if _candidate(page, number).label == labels[page]
        and heads.is_outermost(page, number)
        and ((page, number) in voters or number.head[-1:] not in _SENTENCE_ENDS)
    }
    misprints = _misprints(edges, labels, own)
    spans = {number.span for _, number in own}
    spans |= {(line.start, line.end, "page number") for line in misprints.values()}
    spans |= {
        (line.start, line.end, "running head") for page, number in own for line in heads.next_to(page, number)
    }
    numbered_pages = {page for page, _ in own} | misprints.keys()
    spans |= _repeated(edges, {start for start, _, _ in spans}, numbered_pages)
    spans |= _imprint(pages[0], edges[0], {start for start, _, _ in spans}) if edges else set()
    warnings = (
        f"The number printed on page {labels[page]} is {line.text.strip()}; the pages around it tell its own."
        for page, line in misprints.items()
    )
    return Furniture(tuple(sorted(spans)), labels if any(labels) else (), tuple(warnings))


def pages_of(lines: Sequence[Line], starts: Sequence[int]) -> list[list[Line]]:
    """The lines of each page that are not blank."""
    pages: list[list[Line]] = [[] for _ in starts]
    page = 0
    for line in lines:
        while page + 1 < len(starts) and line.start >= starts[page + 1]:
            page += 1
        if starts and not line.blank and line.start >= starts[0]:
            pages[page].append(line)
    return pages


def _candidate(page: int, number: NumberLine) -> NumberCandidate:
    return NumberCandidate(page, number.number, number.is_roman)


def _voters(numbered: Sequence[tuple[int, NumberLine]]) -> set[tuple[int, NumberLine]]:
    """Numbers that are set as page numbers are; a line of running text can begin with a number too."""
    heads = Counter(number.head for _, number in numbered)
    return {
        (page, number)
        for page, number in numbered
        if not number.head or heads[number.head] > 1 or (number.set_apart and len(heads) > 1)
    }


def _edge_lines(page: Sequence[Line]) -> list[Line]:
    if len(page) <= 2 * _OUTERMOST:
        return list(page)
    return [*page[:_OUTERMOST], *page[-_OUTERMOST:]]


def _misprints(
    edges: Sequence[Sequence[Line]], labels: Sequence[str], own: Collection[tuple[int, NumberLine]]
) -> dict[int, Line]:
    """Numbers that are printed where page numbers are, but are not those of their pages."""
    alone = {page: number.line for page, number in own if not number.head}
    at_foot = sum(line.start == edges[page][-1].start for page, line in alone.items())
    if 2 * len(alone) < len(own) or len(alone) < _FEWEST_REPEATS:
        return {}
    if at_foot not in {0, len(alone)}:
        return {}
    misprints = {}
    numbered = {page for page, _ in own}
    for page in range(min(alone), max(alone)):
        if page in numbered or not labels[page] or not edges[page]:
            continue
        line = edges[page][-1 if at_foot else 0]
        if _MISREAD.fullmatch(line.text.strip(_AROUND_NUMBER)):
            misprints[page] = line
    return misprints


def _imprint(page: Sequence[Line], edge: Sequence[Line], taken: Collection[int]) -> set[FurnitureSpan]:
    """A line at the edge of the first page that names the journal's issue, or who has the copyright."""
    rest = [line for line in edge if line.start not in taken]
    numbers = {line.number for line in page}
    outermost = [
        line
        for line, inward in zip((*rest[:1], *rest[-1:]), (1, -1), strict=False)
        # It is set apart from the text, by a blank line that is not among these.
        if line.number + inward not in numbers
    ]
    return {
        (line.start, line.end, "imprint")
        for line in outermost
        if len(line.text.strip()) <= _LONGEST_HEAD and _is_imprint(line.text.strip())
    }


def _is_imprint(text: str) -> bool:
    if _COPYRIGHT.match(text):
        return True
    in_lower_case = sum(word[0].islower() and len(word) > _SHORT_WORD for word in text.split())
    names_issue = text[-1] not in _SENTENCE_ENDS and _ISSUE.search(text) and _YEAR.search(text)
    return bool(names_issue) and in_lower_case <= 1


class _Heads:
    """Lines that look like running heads: they recur at the edges of pages, or repeat title or author.

    Args:
        pages: The lines of each page.
        edges: The outermost lines of each page.
    """

    def __init__(self, pages: Sequence[Sequence[Line]], edges: Sequence[Sequence[Line]]) -> None:
        self._edges = edges
        self._pages_with: Counter[str] = Counter()
        for edge in edges:
            self._pages_with.update({_shape(line) for line in edge})
        first = pages[0][:_TITLE_LINES] if pages else ()
        self._front = {_letters(line) for line in first}

    def is_outermost(self, page: int, number: NumberLine) -> bool:
        """Whether nothing is further out on the page than a number, or only a running head."""
        edge = self._edges[page]
        if number.line.start in {edge[0].start, edge[-1].start}:
            return True
        if number.head or number.line is not edge[1]:
            return False
        return self._is_head(page, edge[0])

    def next_to(self, page: int, number: NumberLine) -> list[Line]:
        """The running head on the line before or after a number at the head of a page."""
        edge = self._edges[page]
        if number.head or len(edge) < 2 * _OUTERMOST or number.line not in edge[:2]:
            return []
        other = edge[1] if number.line is edge[0] else edge[0]
        return [other] if self._is_head(page, other) else []

    def _is_head(self, page: int, line: Line) -> bool:
        text = " ".join(line.text.split())
        if (
            not page
            or not text
            or len(text) > _LONGEST_HEAD
            or text[-1] in _SENTENCE_ENDS
            or not _letters(line)
        ):
            return False
        return self._pages_with[_shape(line)] > 1 or _letters(line) in self._front


def _letters(line: Line) -> str:
    return "".join(filter(str.isalpha, line.text.casefold()))


def _repeated(
    edges: Sequence[Sequence[Line]], taken: Collection[int], numbered: Collection[int]
) -> set[FurnitureSpan]:
    """Lines at the edges that recur on many pages, whatever numbers are in them.

    A number alone is none of these on a page that has its own: it can be that of a note.
    """
    pages_with: Counter[str] = Counter()
    for edge in edges:
        pages_with.update({_shape(line) for line in edge if line.start not in taken})
    needed = max(_FEWEST_REPEATS, _SHARE * len(edges))
    return {
        (line.start, line.end, "running head")
        for page, edge in enumerate(edges)
        for line in edge
        if line.start not in taken
        and pages_with[_shape(line)] >= needed
        and (page not in numbered or any(map(str.isalpha, line.text)))
    }


def _shape(line: Line) -> str:
    return re.sub(r"\d+", "#", _casefolded_line(line.text))

"""What is printed on the pages of a PDF besides the essay: heads, page numbers, stamps, line numbers, covers.

Everything here goes by place as well as by words: a running head is a line at the edge of many pages, at one
height, and a page number is one of a series.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from assistant.documents.numbering import NumberCandidate, fit_labels, page_value
from assistant.documents.pdf_lines import LaidLine

# Furniture is within these shares of a page's height from its edges, and among so many outermost lines.
_EDGE = 0.2
_OUTERMOST = 3
_STAMP_LINES = 6
# Lines whose baselines differ by less are in one row.
_SAME_ROW = 2.5
# A stamp is longer than a running head with one word, and the same on nearly all pages.
_SHORTEST_STAMP = 12
_STAMP_SHARE = 0.8
_HEAD_SHARE = 0.3
_LONGEST_HEAD = 120
_STAMP = re.compile(
    r"this content downloaded (?:from|on)|all use subject to"
    r"|downloaded (?:from|by|on)\b.{0,80}\b(?:\d{4}|user|http)"
    r"|^\s*accessed (?:on )?\d|terms and conditions of use|jstor\.org/(?:stable|terms)|about\.jstor\.org"
    r"|published online by cambridge|https?://doi\.org/\S+\s+published|project\s*muse|muse\.jhu\.edu"
    r"|electronic copy available at|authori[sz]ed licensed use|^\s*file:///|^\s*https?://\S+\s*$",
    re.IGNORECASE,
)
_PRINT_DATE = re.compile(r"\d{1,2}[./]\d{1,2}[./]\d{2,4},? \d{1,2}[:.]\d{2}(?: ?[AP]M)?.*", re.IGNORECASE)
_OF_PAGES = re.compile(r"(?:page |p\. ?|seite )?(\d{1,4}) ?(?:/|of|von|sur) ?(\d{1,4})", re.IGNORECASE)
_PAGE_WORD = re.compile(r"\b(?:page|seite|p\.)\s?(\d{1,4}|[ivxlc]{1,7})\b", re.IGNORECASE)
_NUMBER = re.compile(r"(?P<prefix>[A-Z]{0,2})(?P<number>\d{1,4}|[ivxlc]{1,7}|[IVXLC]{1,7})")
_COVER_SIGNS = tuple(
    re.compile(sign, re.IGNORECASE)
    for sign in (
        r"stable url", r"downloaded (?:from|on|by)", r"accepted (?:version|manuscript)|author'?s? accepted",
        r"please (?:cite|scroll)|to cite this|citation for published|how to cite",
        r"version of (?:record|the article)", r"jstor is a not-for-profit|your use of the jstor",
        r"terms (?:of|and conditions of) use|terms and conditions",
        r"repository|repositor|open research|deposited", r"peer.reviewed version",
        r"re-?use|copyright|rights? reserved|licen[cs]e",
        r"white rose|core\.ac\.uk|researchgate|academia\.edu",
        r"for additional information|access(?:ed)? (?:provided )?(?:by|at|on)\b", r"doi(?:\.org|:| )",
        r"published (?:by|in|version)|publisher",
        r"view (?:the )?(?:article|related)|article views",
    )
)  # fmt: skip
# The end of an entry of a table of contents: dots that lead to a number.
_LEADER = re.compile(r"(?:[.·…]\s?){4}$")
_LAST_NUMBER = re.compile(r"(?:\d{1,4}|[ivxlc]{1,7})$")
_ORNAMENT = re.compile(r"[\W_]*")

LineKey = tuple[int, int]


@dataclass(slots=True)
class PdfFurniture:
    """Furniture of a PDF.

    Attributes:
        reasons: What each line is that is furniture, by page and place among its lines.
        labels: Printed number of each page, as far as print tells it; empty if no page prints one.
        covers: Indices of pages that are no pages of the essay.
    """

    reasons: dict[LineKey, str] = field(default_factory=dict)
    labels: tuple[str, ...] = ()
    covers: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class PageLines:
    """The lines of a page with its height."""

    height: float
    lines: Sequence[LaidLine]


@dataclass(frozen=True, slots=True)
class _EdgeLine:
    """A line near the upper or lower edge of a page.

    Attributes:
        key: Its page and place among the lines.
        line: The line.
        at_head: Whether it is at the upper edge.
        rank: Number of lines between it and the edge.
    """

    key: LineKey
    line: LaidLine
    at_head: bool
    rank: int

    @property
    def shape(self) -> tuple[str, bool, int]:
        """Its words without figures, the edge, and its size: a title is no running head, but set larger."""
        return _shape(self.line.text), self.at_head, round(self.line.size)


def find_pdf_furniture(pages: Sequence[PageLines], body: float) -> PdfFurniture:
    """Find what is printed besides the essay.

    Args:
        pages: The pages.
        body: Font size of most characters.
    """
    found = PdfFurniture()
    found.covers = _covers(pages, body)
    for page in found.covers:
        found.reasons |= {(page, index): "cover sheet" for index in range(len(pages[page].lines))}
    found.reasons |= _stamps(pages, found)
    found.reasons |= {
        (page, index): "line number"
        for page, content in enumerate(pages)
        for index, line in enumerate(content.lines)
        if line.is_margin
    }
    edges = [line for page in range(len(pages)) for line in _edge_lines(pages, page, found)]
    _add_page_numbers(pages, edges, found)
    _add_running_heads(pages, edges, found)
    for page, content in enumerate(pages):
        for index, line in enumerate(content.lines):
            if _ORNAMENT.fullmatch(line.text):
                found.reasons.setdefault((page, index), "ornament")
            elif _has_leader(line.text):
                found.reasons.setdefault((page, index), "contents")
    return found


def _has_leader(text: str) -> bool:
    """Whether dots lead to a number at the end of a line, as in a table of contents."""
    number = _LAST_NUMBER.search(text.rstrip())
    return number is not None and bool(_LEADER.search(text[: number.start()].rstrip()))


def _covers(pages: Sequence[PageLines], body: float) -> frozenset[int]:
    """Pages that a repository put before the essay, or after it."""
    if len(pages) < 3:
        return frozenset()
    covers: list[int] = []
    for page in (0, 1):
        if page == len(covers) and _is_cover(pages[page], body):
            covers.append(page)
    last = len(pages) - 1
    if _is_cover(pages[last], body, signs=5):
        covers.append(last)
    return frozenset(covers)


def _is_cover(page: PageLines, body: float, signs: int = 4) -> bool:
    text = " ".join(line.text for line in page.lines)
    seen = sum(bool(sign.search(text)) for sign in _COVER_SIGNS)
    in_body = sum(len(line.text) for line in page.lines if abs(line.size - body) < 0.6)
    # The first page of an essay with a long imprint is mostly body; a cover sheet is not.
    sentences = len(re.findall(r"[a-z]{3}[.?!] [A-Z]", text))
    if seen >= signs:
        return in_body < 0.75 * max(1, len(text)) or sentences < 12
    return seen >= 2 and signs == 4 and in_body < 0.5 * max(1, len(text)) and len(text) < 1500


def _stamps(pages: Sequence[PageLines], found: PdfFurniture) -> dict[LineKey, str]:
    """Lines that a provider printed on each page, by their words or because they are the same on all."""
    recurring: Counter[tuple[str, int]] = Counter()
    outermost: dict[int, list[tuple[int, LaidLine]]] = {}
    for page, content in enumerate(pages):
        ordered = sorted(enumerate(content.lines), key=lambda pair: pair[1].baseline)
        outermost[page] = [*ordered[:_STAMP_LINES], *ordered[-_STAMP_LINES:]]
        recurring.update({(line.text[:60], round(line.size)) for _, line in outermost[page]})
    count = len(pages) - len(found.covers)
    stamps: dict[LineKey, str] = {}
    for page, lines in outermost.items():
        for index, line in lines:
            if (page, index) in found.reasons:
                continue
            same = recurring[line.text[:60], round(line.size)] >= max(3, _STAMP_SHARE * count)
            if _STAMP.search(line.text) and (same or _is_small_edge(line, pages[page])):
                stamps[page, index] = "stamp"
            elif same and len(line.text) > _SHORTEST_STAMP and not _numbers(line.text, page):
                stamps[page, index] = "running head"
            elif _PRINT_DATE.fullmatch(line.text.strip()) or _counts_pages(line.text, page, len(pages)):
                stamps[page, index] = "stamp"
    return stamps


def _counts_pages(text: str, page: int, pages: int) -> bool:
    """Whether a line counts the pages of the file, as browsers print it: ``3/7``."""
    match = _OF_PAGES.fullmatch(text.strip())
    return match is not None and (int(match[1]), int(match[2])) == (page + 1, pages)


def _is_small_edge(line: LaidLine, page: PageLines) -> bool:
    return line.baseline < 0.1 * page.height or line.baseline > 0.93 * page.height


def _edge_lines(pages: Sequence[PageLines], page: int, found: PdfFurniture) -> Iterator[_EdgeLine]:
    content = pages[page]
    rest = [
        (index, line)
        for index, line in enumerate(content.lines)
        if (page, index) not in found.reasons and line.text.strip()
    ]
    rest.sort(key=lambda pair: -pair[1].baseline)
    for rank, index, line in _by_row(rest):
        if rank < _OUTERMOST and line.baseline > (1 - _EDGE) * content.height:
            yield _EdgeLine((page, index), line, at_head=True, rank=rank)
    for rank, index, line in _by_row(rest[::-1]):
        if rank < _OUTERMOST and line.baseline < _EDGE * content.height:
            yield _EdgeLine((page, index), line, at_head=False, rank=rank)


def _by_row(lines: Sequence[tuple[int, LaidLine]]) -> Iterator[tuple[int, int, LaidLine]]:
    """Lines with the number of their row; several are in one row of a running head."""
    rank, baseline = -1, 0.0
    for index, line in lines:
        if rank < 0 or abs(line.baseline - baseline) > _SAME_ROW:
            rank, baseline = rank + 1, line.baseline
        yield rank, index, line


def _numbers(text: str, page: int) -> list[tuple[NumberCandidate, bool]]:
    """The numbers at the ends of a line, each with whether nothing else is printed on it."""
    stripped = text.strip()
    if whole := _OF_PAGES.fullmatch(stripped):
        return [(NumberCandidate(page, int(whole[1])), True)]
    numbers = []
    if named := _PAGE_WORD.search(stripped):
        value = page_value(named[1])
        if value is not None:
            numbers.append((NumberCandidate(page, value[0], value[1]), True))
    tokens = stripped.strip("|[](){}<>.,-–—•·~* ").split()
    for token in {0: tokens[0], len(tokens) - 1: tokens[-1]}.values() if tokens else ():
        match = _NUMBER.fullmatch(token.strip("|[](){}<>.,-–—•·~*"))
        value = page_value(match["number"]) if match else None
        if match is None or value is None or (value[1] and len(tokens) > 1 and not token.islower()):
            continue
        alone = len(tokens) == 1 or len(stripped.strip("|[]().,-–—•·~* ")) == len(match[0])
        prefix = match["prefix"] if not value[1] else ""
        numbers.append((NumberCandidate(page, value[0], value[1], prefix, is_set_apart=alone), alone))
    return numbers


_Candidates = list[tuple[NumberCandidate, _EdgeLine]]


def _add_page_numbers(pages: Sequence[PageLines], edges: Sequence[_EdgeLine], found: PdfFurniture) -> None:
    """Find the printed page numbers, and the lines that print them."""
    candidates = _candidates(edges)
    places = {page: place for place, page in enumerate(_essay_pages(pages, found))}
    moved = [replace(number, page=places[number.page]) for number, _ in candidates if number.page in places]
    fitted = fit_labels(moved, len(places))
    labels = [fitted[places[page]] if page in places else "" for page in range(len(pages))]
    printing = [
        (number, edge)
        for number, edge in candidates
        if labels[number.page] and number.label == labels[number.page]
    ]
    lines = _number_lines(printing)
    for edge in lines:
        text = edge.line.text.strip()
        alone = len(text.split()) == 1 or _OF_PAGES.fullmatch(text)
        found.reasons[edge.key] = "page number" if alone else "running head"
    if len({edge.key[0] for edge in lines}) > 1:
        found.labels = tuple(labels)


def _number_lines(printing: _Candidates) -> list[_EdgeLine]:
    """The lines that print the number of their page: one a page.

    A note or a sentence can begin with the number that the page happens to have. A line with other words
    counts only where the page has no better one, and at the height of those on other pages.
    """
    best: dict[int, _EdgeLine] = {}
    # A printer's slug can repeat the number.
    alone = [edge for _, edge in printing if edge.line.text.strip().isalnum()]
    for number, edge in printing:
        if number.is_set_apart:
            best.setdefault(number.page, edge)
    heights = Counter((edge.at_head, round(edge.line.baseline / 3)) for edge in best.values())
    loose = [(number, edge) for number, edge in printing if number.page not in best]
    if not heights:
        heights = Counter((edge.at_head, round(edge.line.baseline / 3)) for _, edge in loose)
    for number, edge in loose:
        height = round(edge.line.baseline / 3)
        near = sum(heights[edge.at_head, height + step] for step in (-1, 0, 1))
        if near > 1:
            best.setdefault(number.page, edge)
    return list({edge.key: edge for edge in (*best.values(), *alone)}.values())


def _essay_pages(pages: Sequence[PageLines], found: PdfFurniture) -> list[int]:
    return [page for page in range(len(pages)) if page not in found.covers]


def _candidates(edges: Sequence[_EdgeLine]) -> _Candidates:
    """Numbers at the edges that may be those of their pages; those in a line of words count for less."""
    heads = Counter(edge.shape for edge in edges)
    candidates = []
    for edge in edges:
        if len(edge.line.text) > _LONGEST_HEAD:
            continue
        recurs = heads[edge.shape] > 1
        for number, alone in _numbers(edge.line.text, edge.key[0]):
            if alone or recurs or edge.rank == 0:
                apart = alone or (recurs and bool(edge.shape[0]))
                candidates.append((replace(number, is_set_apart=apart), edge))
    return candidates


def _add_running_heads(pages: Sequence[PageLines], edges: Sequence[_EdgeLine], found: PdfFurniture) -> None:
    """Find lines at the edge that recur, and those at the height where others recur."""
    count = len(pages) - len(found.covers)
    shapes = Counter(shape for shape, _page in {(edge.shape, edge.key[0]) for edge in edges})
    needed = 2 if count <= 3 else max(2, min(3, _HEAD_SHARE * count))
    rest = [edge for edge in edges if edge.key not in found.reasons]
    levels = {
        (edge.key[0], round(edge.line.baseline))
        for edge in edges
        if found.reasons.get(edge.key) == "page number"
    }
    for edge in rest:
        if any((edge.key[0], round(edge.line.baseline) + step) in levels for step in (-1, 0, 1)):
            found.reasons[edge.key] = "running head"
        if len(edge.shape[0]) > 2 and shapes[edge.shape] >= needed and edge.rank < 2:
            found.reasons[edge.key] = "running head"
    heights = Counter(
        round(edge.line.baseline / 3) for edge in edges if edge.at_head and edge.key in found.reasons
    )
    for edge in rest:
        if not edge.at_head or edge.key in found.reasons or len(edge.line.text) > _LONGEST_HEAD:
            continue
        # A head whose words change from chapter to chapter is at the height of the others.
        near = sum(heights[round(edge.line.baseline / 3) + step] for step in (-1, 0, 1))
        if count > 2 and near >= max(2, _HEAD_SHARE * count):
            found.reasons[edge.key] = "running head"


def _shape(text: str) -> str:
    return re.sub(r"[\W_]+", " ", re.sub(r"\d+", "#", text)).strip().casefold()

"""Tables of contents: their entries name headings and pages, and are no words of the essay's prose."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from assistant.core.essay import letters_and_digits

_HEADING = re.compile(
    r"(?:table of )?contents|list of (?:contents|figures|tables|illustrations)|inhalt|inhaltsverzeichnis|"
    r"inhaltsübersicht|table des mati[èe]res|sommaire|[íi]ndice(?: general| generale)?|contenido|sommario|"
    r"inhoud|inhoudsopgave|index",
    re.IGNORECASE,
)
_PAGE = re.compile(r"\d{1,4}|(?=[ivxlc])c{0,3}(?:xc|xl|l?x{0,3})(?:ix|iv|v?i{0,3})")
_LEADERS = frozenset(".·…_‥")
_FEWEST_LEADERS = 3
_INDEX = re.compile(
    r"(?:general )?index(?: of [\w ]{1,30})?|(?:personen|namen|namens|sach|orts)?register|index des noms",
    re.IGNORECASE,
)
# An index ends the book; so many of its lines end with a number.
_INDEXED, _SHORTEST_INDEX = 0.6, 10
# An entry is one to three lines long; a longer line is prose.
_LONGEST_ENTRY = 3
_LONGEST_LINE = 110
_LONGEST_NAME, _SHORTEST_NAMED = 40, 4
# So many lines with leaders, so close together, are contents without a heading.
_FEWEST_LED, _NEAR = 3, 4


def find_contents(texts: Sequence[str], after_blank: Sequence[bool]) -> frozenset[int]:
    """Find the lines of tables of contents.

    Args:
        texts: Printed lines, in order.
        after_blank: For each line whether a blank line precedes it.

    Returns:
        Indices of the lines that are contents, with their heading.
    """
    keys = [_key(text) for text in texts]
    uses = Counter(keys)
    found: set[int] = set()
    for index, text in enumerate(texts):
        if index not in found and len(text) < _LONGEST_NAME and _HEADING.fullmatch(text.strip(" .:*_#")):
            end = max(
                _end_of_numbered(texts, after_blank, index + 1),
                _end_of_repeated(keys, uses, texts, index + 1),
            )
            found.update(range(index, end) if end > index + 1 else ())
    led = [index for index, text in enumerate(texts) if index not in found and _has_leaders(text)]
    for position in range(len(led) - _FEWEST_LED + 1):
        near = led[position : position + _FEWEST_LED]
        if near[-1] - near[0] <= _NEAR * (_FEWEST_LED - 1):
            found.update(range(near[0], near[-1] + 1))
    return frozenset(found)


def index_start(texts: Sequence[str]) -> int:
    """Position of the line that begins an index at a book's end; the number of lines if there is none."""
    for position in range(len(texts) - _SHORTEST_INDEX - 1, -1, -1):
        text = texts[position]
        if len(text) < _LONGEST_NAME and _INDEX.fullmatch(text.strip(" .:*_#")):
            rest = texts[position + 1 :]
            numbered = sum(entry.rstrip(" .")[-1:].isdigit() for entry in rest)
            return position if numbered >= _INDEXED * len(rest) else len(texts)
    return len(texts)


def named_heading(entry: str) -> str:
    """The heading that an entry names, or a heading itself, for comparing them; empty if it is too short."""
    rest = _split_page(entry)[0].rstrip(" .·…_‥\t")
    key = _key(rest) if rest else ""
    return key if len(key) >= _SHORTEST_NAMED else ""


def _key(text: str) -> str:
    """An entry, or the heading that it names, without its number, leaders and page."""
    return letters_and_digits(re.sub(r"^[\divxlcIVXLC.]{1,8}[.)]?\s+", "", text[:_LONGEST_LINE]))


def _split_page(text: str) -> tuple[str, str]:
    """A line without the page number at its end, and that number."""
    start = len(text)
    while start and text[start - 1].isalnum():
        start -= 1
    leaders = text[max(0, start - _FEWEST_LEADERS) : start]
    is_apart = (
        not leaders
        or leaders[-1].isspace()
        or (len(leaders) == _FEWEST_LEADERS and all(character in _LEADERS for character in leaders))
    )
    if is_apart and _PAGE.fullmatch(text[start:]):
        return text[:start], text[start:]
    return text, ""


def _has_leaders(text: str) -> bool:
    rest, page = _split_page(text)
    rest = rest.rstrip()
    tail = rest[len(rest.rstrip(" .·…_‥")) :]
    return bool(page) and sum(character in _LEADERS for character in tail) >= _FEWEST_LEADERS


def _end_of_numbered(texts: Sequence[str], after_blank: Sequence[bool], start: int) -> int:
    """Index after the last entry with a page number; the first may be at ``start``."""
    end, waiting, last_page, entries = start, 0, 0, 0
    for index in range(start, len(texts)):
        text = texts[index]
        page = _split_page(text)[1]
        goes_on = index + 1 < len(texts) and not after_blank[index + 1] and texts[index + 1][0].islower()
        is_prose = goes_on and len(text) > _LONGEST_LINE // 2 and not _has_leaders(text)
        number = int(page) if page.isdecimal() else 0
        if page and not is_prose and (number >= last_page or not number):
            end, waiting, last_page, entries = index + 1, 0, max(number, last_page), entries + 1
            continue
        waiting += 1
        if waiting > _LONGEST_ENTRY or is_prose or len(text) > _LONGEST_LINE or (page and not is_prose):
            break
    return end if entries > 1 else start


def _end_of_repeated(keys: Sequence[str], uses: Counter[str], texts: Sequence[str], start: int) -> int:
    """Index after the last entry that is printed again as a heading; the first may be at ``start``."""
    end, waiting, seen = start, 0, set[str]()
    for index in range(start, len(texts)):
        key = keys[index]
        if key in seen or len(texts[index]) > _LONGEST_LINE:
            break
        if key and uses[key] > 1:
            seen.add(key)
            end, waiting = index + 1, 0
            continue
        waiting += 1
        if waiting > _LONGEST_ENTRY:
            break
    return end if len(seen) > 1 else start

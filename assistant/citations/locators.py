"""Locators: pages, or paragraphs of an essay without pages, written as citations write them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from assistant.core.answer import is_locator
from assistant.core.errors import RecordError
from assistant.core.essay import Passage

_RANGE = re.compile(r"(?<![\w-])(?P<first>\d{1,9})-(?P<last>\d{1,9})(?![\w-])")


# Paragraphs, notes and sections by the words that name one of them and several.
_OTHER = re.compile(r"(?P<word>par|n|sec)\. (?P<number>\S+)")
_PLURAL = {"par": "pars.", "n": "nn.", "sec": "secs."}
_SINGULAR = {form: word for word, plural in _PLURAL.items() for form in (plural, f"{word}.")}
_NOUNS = {"par": "paragraph", "n": "note", "sec": "section"}
# The words of styles that have others.
_PARAGRAPHS = re.compile(r"\bpar(s?)\. ")
# How users name a paragraph or a note.
_NAMED = re.compile(
    r"(?P<word>par(?:a|agraph)?s?\.?|¶{1,2}|abs(?:atz|\.)?|nn?\.?|(?:foot|end)?notes?)?"
    r"\s*(?P<first>\w{1,12})(?:\s?[-–]\s?(?P<last>\w{1,12}))?",
    re.IGNORECASE,
)


def place_of(passage: Passage, start: int, end: int) -> str:
    """Locator of a span of a passage's text, with a hyphen (``849-50``), or ``par. 14`` without pages."""
    return page_range(passage.places_of(start, end))


def page_range(labels: Sequence[str]) -> str:
    """First to last page, the last number shortened as MLA does.

    The last number keeps two digits, or more where they differ: ``844-45``, ``899-901``, ``103-04``;
    roman numbers are never shortened.
    """
    if not labels:
        return ""
    first, last = labels[0], labels[-1]
    if first == last:
        return first
    one, other = _OTHER.fullmatch(first), _OTHER.fullmatch(last)
    if one and other:
        same = one["word"] == other["word"]
        return f"{_PLURAL[one['word']]} {one['number']}-{other['number']}" if same else first
    if not (first.isdecimal() and last.isdecimal()):
        return f"{first}-{last}"
    return f"{first}-{_shortened(first, last)}"


def _shortened(first: str, last: str) -> str:
    if len(first) != len(last) or int(last) < 100:
        return last
    return last[min(_first_difference(first, last), len(last) - 2) :]


def _first_difference(first: str, last: str) -> int:
    """Position of the first digit that differs between two numbers; 0 if they are equal."""
    pairs = enumerate(zip(first, last, strict=True))
    return next((position for position, (digit, other) in pairs if digit != other), 0)


def locator_of(page: str, labels: Sequence[str], essay_id: str) -> str:
    """Locator of a page or range that a user names.

    Args:
        page: Such as ``849``, ``849-50`` or ``xii-xiv``.
        labels: Labels of the essay's pages in order.
        essay_id: The essay, for the message.

    Raises:
        RecordError: If the essay has no such page.
    """
    if labels and is_locator(labels[0]):
        return _other_locator(page, labels, essay_id)
    first, dash, last = re.sub(r"\s+", "", page).replace("–", "-").partition("-")
    if dash and first.isdecimal() and last.isdecimal():
        last = _completed(first, last)
    wanted = [first, last] if dash else [first]
    for label in wanted:
        if label not in labels:
            pages = f"its pages are {labels[0]} to {labels[-1]}" if labels else "its file shows no pages"
            raise RecordError(f"{essay_id} has no page {label!r}; {pages}.")
    if labels.index(wanted[-1]) < labels.index(first):
        raise RecordError(f"{page!r} runs backwards; give the first page first.")
    return page_range(wanted)


def _other_locator(page: str, labels: Sequence[str], essay_id: str) -> str:
    """Locator of a paragraph or a note that a user names in an essay without pages."""
    named = _NAMED.fullmatch(page.strip())
    word = "n" if named and (named["word"] or "").casefold().startswith(("n", "foot", "end")) else "par"
    wanted = [f"{word}. {number}" for number in (named["first"], named["last"]) if number] if named else []
    if not wanted or not set(wanted) <= set(labels):
        known = [label for label in labels if label.startswith(f"{word}. ")]
        noun = _NOUNS[word]
        numbers = [label.partition(" ")[2] for label in (known[:1] + known[-1:])]
        has = f"it has the {noun}s {numbers[0]} to {numbers[-1]}" if known else f"it has no {noun}s"
        missing = next((each for each in wanted if each not in labels), page).removeprefix(f"{word}. ")
        raise RecordError(f"{essay_id} shows no pages, and no {noun} {missing!r}; {has}.")
    if labels.index(wanted[-1]) < labels.index(wanted[0]):
        raise RecordError(f"{page!r} runs backwards; give the first {_NOUNS[word]} first.")
    return page_range(wanted)


def _completed(first: str, last: str) -> str:
    """The last number of a range with the digits that it shares with the first: ``850`` of ``849-50``."""
    return first[: -len(last)] + last if len(last) < len(first) else last


def full_range(locator: str) -> str:
    """A locator or a record's pages with every number in full: ``849-50`` becomes ``849-850``."""
    return _rewrite_ranges(locator, lambda _first, last: last)


def mla_range(locator: str) -> str:
    """A locator or a record's pages shortened as MLA does: ``844-862`` becomes ``844-62``."""
    return _rewrite_ranges(locator, lambda first, last: page_range((first, last)).partition("-")[2])


def chicago_range(locator: str) -> str:
    """A locator or a record's pages shortened as Chicago does: ``103-104`` becomes ``103-4``."""
    return _rewrite_ranges(locator, _chicago_last)


def _chicago_last(first: str, last: str) -> str:
    """The end of a range: only the changed digits after 101-109 and the like, else at least two digits."""
    remainder = int(first) % 100
    if len(first) != len(last) or len(first) < 3 or remainder == 0:
        return last
    changed = _first_difference(first, last)
    return last[changed if remainder < 10 else min(changed, len(last) - 2) :]


def _rewrite_ranges(pages: str, end: Callable[[str, str], str]) -> str:
    """Pages in which ``end`` writes the last number of each ascending range of numbers."""

    def rewritten(match: re.Match[str]) -> str:
        first, last = match["first"], _completed(match["first"], match["last"])
        return match[0] if int(last) <= int(first) else f"{first}-{end(first, last)}"

    return _RANGE.sub(rewritten, re.sub(r" ?(?:–|--+|-) ?", "-", " ".join(pages.split())))


def locator_kind(locator: str) -> tuple[str, str]:
    """What a locator names, in the words of CSL, and the numbers."""
    if not is_locator(locator):
        return "page", locator
    word, _, numbers = locator.partition(" ")
    return _NOUNS[_SINGULAR[word]], numbers


def is_several(locator: str) -> bool:
    """Whether a locator names more than one page."""
    return bool(re.search(r"[-–,&]", locator))


def in_prose(locator: str) -> str:
    """A locator with the en dash of printed citations."""
    return locator.replace("-", "–")


def labelled_pages(pages: str) -> str:
    """``p. 849`` or ``pp. 849–850``, ``para. 14``; empty without a locator."""
    if not pages:
        return ""
    if is_locator(pages):
        return _PARAGRAPHS.sub(r"para\1. ", in_prose(full_range(pages)))
    return f"{'pp.' if is_several(pages) else 'p.'} {in_prose(full_range(pages))}"

"""What several essays quote: the same work or author, the same page, the same words."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from assistant.core.book_index import IndexPlace, SharedKind, SharedSource
from assistant.core.essay import letters_and_digits
from assistant.quotations.normalise import skeletons

# Quotations of fewer words can be the same by chance.
_FEWEST_WORDS = 5
_WORD = re.compile(r"[^\W_]+")
_PAGES = re.compile(r"(?<!\d)(?P<first>\d{1,5})(?:\s?[-–]\s?(?P<last>\d{1,5}))?(?!\d)")
# Pages of the longest range that is taken page by page.
_LONGEST_RANGE = 50


@dataclass(frozen=True, slots=True)
class QuotedWordsAt:
    """Words that an essay quotes.

    Attributes:
        place: Where they stand.
        text: The words as they are printed.
        author: Heading of their author.
        work: Heading of their work, or the empty string if the essay leaves it open.
        locator: The page of the work that the essay cites, or the empty string.
    """

    place: IndexPlace
    text: str
    author: str
    work: str
    locator: str


def shared_sources(quoted: Iterable[QuotedWordsAt], people: Mapping[str, str]) -> Iterator[SharedSource]:
    """Find what more than one essay quotes: all works, then pages, then words, each by author.

    Args:
        quoted: What the essays quote, one after another and in reading order.
        people: Heading in the joint index of each heading of a person.
    """
    by_author: defaultdict[str, list[QuotedWordsAt]] = defaultdict(list)
    for words in quoted:
        by_author[people.get(words.author, words.author)].append(words)
    shared = {author: each for author, each in sorted(by_author.items()) if _is_shared(each)}
    for author, each in shared.items():
        works = [*_same_works(author, each)]
        yield from works or [_source("author", author, each)]
    for author, each in shared.items():
        yield from _same_pages(author, each)
    for author, each in shared.items():
        yield from _same_words(author, each)


def _by_work(quoted: Sequence[QuotedWordsAt]) -> dict[str, list[QuotedWordsAt]]:
    works: defaultdict[str, list[QuotedWordsAt]] = defaultdict(list)
    for words in quoted:
        works[letters_and_digits(words.work)].append(words)
    return works


def _same_works(author: str, quoted: Sequence[QuotedWordsAt]) -> Iterator[SharedSource]:
    for work, each in sorted(_by_work(quoted).items()):
        if work and _is_shared(each):
            yield _source("work", f"{author}. {each[0].work}", each)


def _same_pages(author: str, quoted: Sequence[QuotedWordsAt]) -> Iterator[SharedSource]:
    for _, of_work in sorted(_by_work(quoted).items()):
        by_page: defaultdict[int, list[QuotedWordsAt]] = defaultdict(list)
        for words in of_work:
            for page in _pages(words.locator):
                by_page[page].append(words)
        for page, each in sorted(by_page.items()):
            if _is_shared(each):
                entry = f"{author}. {each[0].work}" if each[0].work else author
                yield _source("page", entry, each, locator=str(page))


def _same_words(author: str, quoted: Sequence[QuotedWordsAt]) -> Iterator[SharedSource]:
    """Quotations of which one has all words of the other, in different essays."""
    forms = [tuple(filter(None, skeletons(_WORD.findall(words.text)))) for words in quoted]
    by_words: defaultdict[tuple[str, ...], set[int]] = defaultdict(set)
    for number, form in enumerate(forms):
        for start in range(len(form) - _FEWEST_WORDS + 1):
            by_words[form[start : start + _FEWEST_WORDS]].add(number)
    told: set[tuple[str, ...]] = set()
    for number, form in enumerate(forms):
        if len(form) < _FEWEST_WORDS or form in told:
            continue
        told.add(form)
        beside = by_words[form[:_FEWEST_WORDS]]
        whole = f" {' '.join(form)} "
        same = [quoted[other] for other in sorted(beside) if whole in f" {' '.join(forms[other])} "]
        if _is_shared(same):
            yield _source("words", author, same, text=quoted[number].text)


def _pages(locator: str) -> set[int]:
    """The pages that a locator names: 358 and 359 for ``358–59``."""
    pages: set[int] = set()
    for match in _PAGES.finditer(locator):
        first, last = match["first"], match["last"] or match["first"]
        if len(last) < len(first):
            last = first[: len(first) - len(last)] + last
        if int(first) <= int(last) <= int(first) + _LONGEST_RANGE:
            pages |= {*range(int(first), int(last) + 1)}
    return pages


def _is_shared(quoted: Sequence[QuotedWordsAt]) -> bool:
    return len({words.place.essay for words in quoted}) > 1


def _source(
    kind: SharedKind, entry: str, quoted: Sequence[QuotedWordsAt], *, locator: str = "", text: str = ""
) -> SharedSource:
    places = tuple(words.place for words in quoted)
    return SharedSource(kind=kind, entry=entry, locator=locator, text=text, places=places)

"""Join the indexes of several essays: one entry for each person, work and term."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from assistant.book_index.making import IndexedEssay, entry_of, sort_key
from assistant.book_index.shared import shared_sources
from assistant.core.book_index import BookIndex, IndexEntry, SharedSource
from assistant.core.essay import letters_and_digits

# Terms of a joint index at most, and sources that several essays share.
_MOST_TERMS, _MOST_SHARED = 200, 500


def joined(essays: Sequence[IndexedEssay]) -> BookIndex:
    """One index of several essays; that of a single essay is returned as it is."""
    indexes = [essay.index for essay in essays]
    if len(indexes) == 1:
        return indexes[0]
    people = _same_people([entry for index in indexes for entry in (*index.names, *index.quoted)])
    quotations = (words for essay in essays for words in essay.quotations)
    return BookIndex(
        essays=tuple(essay for index in indexes for essay in index.essays),
        names=_merged(
            (entry for index in indexes for entry in index.names), lambda entry: people[entry.entry]
        ),
        works=_merged(
            (entry for index in indexes for entry in index.works),
            lambda entry: entry.entry,
            author=lambda entry: people.get(entry.author, entry.author),
        ),
        quoted=_merged(
            (entry for index in indexes for entry in index.quoted), lambda entry: people[entry.entry]
        ),
        terms=_shared_terms(
            _merged((entry for index in indexes for entry in index.terms), lambda entry: entry.entry)
        ),
        shared=_most_shared(shared_sources(quotations, people)),
    )


def _most_shared(sources: Iterable[SharedSource]) -> tuple[SharedSource, ...]:
    """What the most essays share, in the order in which it was found."""
    found = list(sources)
    most = sorted(range(len(found)), key=lambda number: (-len(found[number].essays), number))[:_MOST_SHARED]
    return tuple(found[number] for number in sorted(most))


def _shared_terms(terms: Sequence[IndexEntry]) -> tuple[IndexEntry, ...]:
    """The terms of the most essays; of a few essays all."""
    kept = sorted(terms, key=lambda entry: -len(entry.essays))[:_MOST_TERMS]
    return tuple(sorted(kept, key=lambda entry: sort_key(entry.entry)))


def _same_people(entries: Iterable[IndexEntry]) -> dict[str, str]:
    """The fullest heading of each person by each heading: ``Darwin, Charles`` of ``Darwin, C.``.

    A name that several persons share stays apart.
    """
    headings = sorted({entry.entry for entry in entries}, key=lambda heading: (-len(heading), heading))
    by_family: defaultdict[str, list[str]] = defaultdict(list)
    same: dict[str, str] = {}
    for heading in headings:
        family, comma, given = heading.partition(", ")
        fuller = [other for other in by_family[family] if _is_same(given if comma else "", other)]
        same[heading] = fuller[0] if len(fuller) == 1 else heading
        if len(fuller) != 1:
            by_family[family].append(heading)
    return same


def _is_same(given: str, fuller: str) -> bool:
    """Whether given names, or none, can be those of a fuller heading."""
    names, others = given.split(), fuller.partition(", ")[2].split()
    if not others:
        return False
    return all(
        first == second or (first.endswith(".") and second.startswith(first[0]))
        for first, second in zip(names, others, strict=False)
    )


def _merged(
    entries: Iterable[IndexEntry],
    heading: Callable[[IndexEntry], str],
    author: Callable[[IndexEntry], str] = lambda entry: entry.author,
) -> tuple[IndexEntry, ...]:
    """Entries of one heading as one, in alphabetical order."""
    groups: defaultdict[str, list[IndexEntry]] = defaultdict(list)
    for entry in entries:
        groups[letters_and_digits(heading(entry))].append(entry)
    merged = []
    for group in groups.values():
        forms = dict.fromkeys(form for entry in group for form in entry.forms)
        merged.append(
            entry_of(
                max((entry.entry for entry in group), key=len),
                sorted(forms, key=lambda form: -len(form)),
                [place for entry in group for place in entry.places],
                author=next(filter(None, map(author, group)), ""),
                year=next((entry.year for entry in group if entry.year), ""),
                is_joint=True,
            )
        )
    return tuple(sorted(merged, key=lambda entry: sort_key(entry.entry)))

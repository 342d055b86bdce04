"""Make the index of one essay, and join those of several."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from assistant.attribution.people import EssayNames, PrimaryWork
from assistant.attribution.quoted_spans import QuotedSpans
from assistant.attribution.voices import EssayVoices
from assistant.book_index.capitals import INDEXED_KINDS, WordUse
from assistant.book_index.persons import Person, Persons
from assistant.book_index.quoted import (
    Attribution,
    NamedPerson,
    QuotedAuthors,
    QuotedPlace,
    WorkOfPerson,
    authors_of,
)
from assistant.book_index.shared import QuotedWordsAt, shared_sources
from assistant.book_index.terms import EssayTerms, Term
from assistant.book_index.works import Work, Works
from assistant.citations.locators import page_range
from assistant.core.answer import QuotedWords
from assistant.core.book_index import BookIndex, IndexEntry, IndexPlace, SharedSource
from assistant.core.essay import Passage, StoredEssay, letters_and_digits

# A person named in more passages than this, and never cited, may be a character.
_FEW = 3
_PARAGRAPH = "par. "
_RECORD_TITLE = re.compile(r"<i>([^<]+)</i>")


@dataclass(frozen=True, slots=True)
class IndexedEssay:
    """An essay's index, and what a joint index needs besides.

    Attributes:
        index: The index.
        quotations: The words that the essay quotes from an author whom it names, in reading order.
    """

    index: BookIndex
    quotations: tuple[QuotedWordsAt, ...]


def index_of_essay(essay: StoredEssay) -> IndexedEssay:
    """The index of one essay."""
    return _EssayIndex(essay).indexed()


class _EssayIndex:
    """What an essay's index is made from."""

    def __init__(self, essay: StoredEssay) -> None:
        self._essay = essay
        self._passages = [passage for passage in essay.passages if passage.kind in INDEXED_KINDS]
        self._order = {passage.id: passage.ordinal for passage in self._passages}
        self._texts = {passage.id: passage.text for passage in self._passages}
        self._marks = {note.passage: note.mark for passage in essay.passages for note in passage.notes}

    def indexed(self) -> IndexedEssay:
        """The index, with the quotations."""
        essay, passages = self._essay, self._passages
        spans = QuotedSpans(essay.passages)
        voices = EssayVoices(essay.passages, spans)
        quoted = {passage.id: voices.of(passage.id) for passage in passages}
        references = [passage.text for passage in essay.passages if passage.kind == "reference"]
        in_title = _RECORD_TITLE.findall(str(essay.reference.get("title") or ""))
        use = WordUse(passages)
        works = Works(passages, references, in_title, quoted, use)
        persons = Persons(passages, references, works.spans(), use)
        listed = set(persons.listed)
        named = _named(len(passages), persons.people, listed, quoted)
        titled = self._titled(works.works, persons.people)
        primary = PrimaryWork(essay.passages, EssayNames(essay.passages)).author
        attribution = Attribution(passages, named, titled, primary)
        cited = [*QuotedAuthors(passages, quoted, spans, named, attribution).places()]
        for place in cited:
            # "Ishiguro himself claims that" ("I'm Sorry" 124)
            for work in works.works if place.title else ():
                if not work.authors and place.title in {self._printed(*mention) for mention in work.mentions}:
                    work.authors.append(place.family)
        index = BookIndex(
            essays=(essay.id,),
            names=_sorted(map(self._name, persons.people)),
            works=_sorted(self._work(work, persons.people) for work in works.works),
            quoted=_sorted(self._quoted(cited, persons.people)),
            terms=_sorted(map(self._term, self._terms(named, works))),
        )
        return IndexedEssay(index, tuple(self._quotations(cited, works.works, persons.people)))

    def _quotations(
        self, cited: Sequence[QuotedPlace], works: Sequence[Work], people: Sequence[Person]
    ) -> Iterator[QuotedWordsAt]:
        """The quotations with the headings of author and work."""
        by_form = {self._printed(*mention): work.heading for work in works for mention in work.mentions}
        of_author: dict[str, Counter[str]] = {}
        for work in works:
            for name in work.authors[:1]:
                author = _heading_of(name, people)
                of_author.setdefault(author, Counter())[work.heading] += len(work.mentions)
        for quoted in cited:
            person = _person_of(quoted.family, people)
            author = person.heading if person else quoted.family
            title = by_form.get(quoted.title) or _main_work(of_author.get(author, Counter()))
            place = self._place(quoted.number, quoted.start, quoted.end, secondhand=quoted.secondhand)
            text = self._printed(quoted.number, quoted.start, quoted.end)
            yield QuotedWordsAt(place, text, author, title, quoted.locator)

    def _printed(self, number: int, start: int, end: int) -> str:
        return self._passages[number].text[start:end]

    def _terms(self, named: Sequence[Sequence[NamedPerson]], works: Works) -> list[Term]:
        taken = [
            sorted([*titles, *((person.start, person.end) for person in persons)])
            for titles, persons in zip(works.spans(), named, strict=True)
        ]
        language = str(self._essay.reference.get("language") or "en").split("-", maxsplit=1)[0].lower()
        return EssayTerms(self._passages, taken, language).find()

    def _term(self, term: Term) -> IndexEntry:
        places = [self._place(*place) for place in term.places]
        forms = [term.text, *(form for form in self._forms(places) if form != term.text)]
        return entry_of(term.text, forms, places)

    def _titled(self, works: Sequence[Work], people: Sequence[Person]) -> list[list[WorkOfPerson]]:
        """The works with a known author that each passage names."""
        titled: list[list[WorkOfPerson]] = [[] for _ in self._passages]
        for work in works:
            author = next(filter(None, (_person_of(name, people) for name in work.authors)), None)
            if author is not None:
                for number, start, end in work.mentions:
                    titled[number].append(WorkOfPerson(start, end, author.family))
        return titled

    def _name(self, person: Person) -> IndexEntry:
        places = [self._place(mention.number, mention.start, mention.end) for mention in person.mentions]
        return entry_of(person.heading, self._forms(places), places)

    def _work(self, work: Work, people: Sequence[Person]) -> IndexEntry:
        places = [self._place(*mention) for mention in work.mentions]
        author = next(filter(None, (_heading_of(name, people) for name in work.authors)), "")
        return entry_of(work.heading, self._forms(places), places, author=author, year=work.year)

    def _quoted(self, cited: Sequence[QuotedPlace], people: Sequence[Person]) -> Iterable[IndexEntry]:
        by_heading: dict[str, list[IndexPlace]] = {}
        forms: dict[str, list[str]] = {}
        for quoted in cited:
            person = _person_of(quoted.family, people)
            heading = person.heading if person else quoted.family
            place = self._place(quoted.number, quoted.start, quoted.end, secondhand=quoted.secondhand)
            by_heading.setdefault(heading, []).append(place)
            if heading not in forms:
                forms[heading] = list(self._name(person).forms) if person else [quoted.family]
        for heading, places in by_heading.items():
            places.sort(key=lambda place: (self._order[place.passage], place.start))
            yield entry_of(heading, forms[heading], places)

    def _forms(self, places: Sequence[IndexPlace]) -> list[str]:
        """What is printed at some places, the fullest form first."""
        counts = Counter(self._texts[place.passage][place.start : place.end] for place in places)
        return sorted(counts, key=lambda form: (-len(form), form))

    def _place(self, number: int, start: int, end: int, *, secondhand: bool = False) -> IndexPlace:
        passage = self._passages[number]
        labels = passage.pages_of(start, end)
        return IndexPlace(
            essay=self._essay.id,
            passage=passage.id,
            start=start,
            end=end,
            pages=tuple(page + self._note(passage) for page in labels),
            locator="" if labels else passage.locator,
            secondhand=secondhand,
        )

    def _note(self, passage: Passage) -> str:
        """``n3`` of a note, which an index names after its page."""
        if passage.kind != "note":
            return ""
        number = passage.id.rpartition("/")[2].lstrip("n")
        mark = self._marks.get(passage.id, number)
        return f"n{mark}" if mark.isalnum() else "n"


def entry_of(
    heading: str,
    forms: Sequence[str],
    places: Sequence[IndexPlace],
    *,
    author: str = "",
    year: str = "",
    is_joint: bool = False,
) -> IndexEntry:
    """An entry with its locators, each after the id of its essay in a joint index."""
    by_essay: dict[str, list[IndexPlace]] = {}
    for place in places:
        by_essay.setdefault(place.essay, []).append(place)
    parts = {essay: locators_of(each) for essay, each in by_essay.items()}
    named = [f"{essay}: {locators}" if locators else essay for essay, locators in parts.items()]
    locators = "; ".join(named if is_joint else parts.values())
    return IndexEntry(
        entry=heading, forms=tuple(forms), places=tuple(places), locators=locators, author=author, year=year
    )


def locators_of(places: Iterable[IndexPlace]) -> str:
    """Pages of one essay as an index prints them: ``844-45, 860n3``; without pages ``par. 3-5, 14``."""
    places = tuple(places)
    pages = [*dict.fromkeys(page for place in places for page in place.pages)]
    runs = _runs(pages)
    others = [*dict.fromkeys(place.locator for place in places if place.locator)]
    paragraphs = [other.removeprefix(_PARAGRAPH) for other in others if other.startswith(_PARAGRAPH)]
    numbered = _PARAGRAPH + ", ".join(map(page_range, _runs(paragraphs))) if paragraphs else ""
    rest = [other for other in others if not other.startswith(_PARAGRAPH)]
    return ", ".join(filter(None, [*map(page_range, runs), numbered, *rest]))


def _runs(pages: Sequence[str]) -> list[list[str]]:
    """Pages with each run of consecutive numbers together."""
    runs: list[list[str]] = []
    for page in pages:
        if runs and page.isdecimal() and runs[-1][-1].isdecimal() and int(page) == int(runs[-1][-1]) + 1:
            runs[-1].append(page)
        else:
            runs.append([page])
    return runs


def _named(
    count: int, people: Sequence[Person], listed: Collection[str], quoted: Mapping[str, Sequence[QuotedWords]]
) -> list[list[NamedPerson]]:
    """The persons whom each passage names, in order."""
    attributed = {name for each in quoted.values() for words in each for name in authors_of(words.author)}
    named: list[list[NamedPerson]] = [[] for _ in range(count)]
    for person in people:
        is_source = (
            person.family in listed
            or person.family in attributed
            or any(mention.cited for mention in person.mentions)
            or _is_local(person)
        )
        for mention in person.mentions:
            named[mention.number].append(NamedPerson(mention.start, mention.end, person.family, is_source))
    return [sorted(each, key=lambda person: person.start) for each in named]


def _is_local(person: Person) -> bool:
    """Whether a person is named in full and in few passages, as critics are and characters seldom."""
    passages = {mention.number for mention in person.mentions}
    by_given_name = any(not mention.given and mention.family != person.family for mention in person.mentions)
    return bool(person.given) and len(passages) <= _FEW and not by_given_name


def _main_work(mentions: Counter[str]) -> str:
    """The work of an author that the essay names far more than the others; empty if there is none."""
    (first, most), *others = mentions.most_common(2) or [("", 0)]
    return first if not others or most > 2 * others[0][1] else ""


def _person_of(family: str, people: Sequence[Person]) -> Person | None:
    """The person whom an attribution names: the one of that name who is named most."""
    last = family.rsplit(" ", 1)[-1]
    named = [person for person in people if last == person.family.rsplit(" ", 1)[-1]]
    return max(named, key=lambda person: len(person.mentions), default=None)


def _heading_of(name: str, people: Sequence[Person]) -> str:
    """Heading of the person whom a citation or the words before a title name."""
    person = _person_of(name, people) or next(
        (person for person in people if name in {person.heading, f"{person.family} {person.suffix}".strip()}),
        None,
    )
    return person.heading if person else ""


def _sorted(entries: Iterable[IndexEntry]) -> tuple[IndexEntry, ...]:
    return tuple(sorted(entries, key=lambda entry: sort_key(entry.entry)))


def sort_key(heading: str) -> tuple[str, str]:
    """Alphabetical order, letter by letter, without case, accents and marks."""
    plain = unicodedata.normalize("NFKD", heading.casefold())
    return "".join(character for character in plain if character.isalnum() or character == ","), heading


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

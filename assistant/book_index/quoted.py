"""The authors whose words an essay quotes, with the places of these words.

Where the marks and the citation alone leave it open, the words around a quotation tell whose it is.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from assistant.attribution.parentheticals import BRACKETS, Parenthetical, parse
from assistant.attribution.quoted_spans import BLOCKS, QuotedSpans, pairs
from assistant.book_index.lexicon import PERSON_VERBS
from assistant.core.answer import QuotedWords
from assistant.core.essay import Passage, Span

# "Darwin reflects", "Haraway imagines", "Gates, Jr. writes".
_SUBJECT = re.compile(
    r"(?:,?\s+[JS]r\.)?,?\s+(?:\([^()]{0,60}\)\s+)?(?:(?:has|had|have|also|once|then|himself|herself|\w+ly)\s+){0,3}"
    r"(?P<verb>[^\W\d_]+)"
)
_CALLED_ON = re.compile(r"\b(?:[Ff]or|[Aa]ccording to|in the words of|[Aa]s)\s+$")
_OWN_WORDS = re.compile(
    r"['’]s?\s+(?:\w+\s+)?(?:words|phrase|term|formulation|claim|argument|point|account)\b"
)
_LETTER = re.compile(r"\((?P<name>[A-ZÀ-Þ][\w’'-]+)\s+to\s+[A-ZÀ-Þ]")
_NOT_VERBS = frozenset("like as use point work walk name call mean list note record study doubt".split())


@dataclass(frozen=True, slots=True)
class NamedPerson:
    """A person at a place in a passage.

    Attributes:
        start: Offset of the name.
        end: Offset after it.
        family: The family name.
        is_source: Whether the essay cites the person anywhere.
    """

    start: int
    end: int
    family: str
    is_source: bool


@dataclass(frozen=True, slots=True)
class WorkOfPerson:
    """A title whose author is known, at a place in a passage."""

    start: int
    end: int
    family: str


class Attribution:
    """Attributes quoted words by the persons and works that a sentence names.

    Args:
        passages: The passages that are indexed.
        persons: The persons named in each, in order.
        works: The works with a known author in each, in order.
        primary: Family name of the author of the work that the essay is about, or the empty string.
    """

    def __init__(
        self,
        passages: Sequence[Passage],
        persons: Sequence[Sequence[NamedPerson]],
        works: Sequence[Sequence[WorkOfPerson]],
        primary: str,
    ) -> None:
        self._passages, self._persons, self._works, self._primary = passages, persons, works, primary
        self._families = {person.family for each in persons for person in each}
        # The source whose words each passage quoted last, as the quotations are looked through in order.
        self._latest: tuple[int, str] | None = None

    def note(self, number: int, family: str) -> None:
        """Take down that a passage has quoted an author."""
        self._latest = number, family

    def author(self, number: int, citation: Parenthetical | None, own: Sequence[Span]) -> list[str]:
        """Family names of the authors of quoted words; none where it stays open.

        Args:
            number: The passage.
            citation: Their citation.
            own: The parts of the sentence that introduces them that are the essay's own words.
        """
        if citation is None:
            return []
        if citation.form == "named" and all(self._family(name) in self._families for name in citation.names):
            return [self._family(name) for name in citation.names]
        if citation.form not in {"page", "title"}:
            return []
        said = self._signalled(number, own)
        if said:
            return [said]
        people = [person for person in self._persons[number] if _is_within(person.start, own)]
        sources = {person.family for person in people if person.is_source}
        if citation.form == "title":
            return [*sources] if len(sources) == 1 else []
        if sources - {self._primary}:
            return []
        if people and self._primary:
            return [self._primary]
        if self._latest is not None and self._latest[0] == number:
            return [self._latest[1]]
        return [self._primary] if self._primary else []

    def _signalled(self, number: int, own: Sequence[Span]) -> str:
        """The last source that a sentence names as one who says something, or as the author of a title."""
        text = self._passages[number].text
        subjects: list[tuple[int, str]] = []
        owners = [(work.start, work.family) for work in self._works[number] if _is_within(work.start, own)]
        for person in self._persons[number]:
            if not person.is_source or not _is_within(person.start, own):
                continue
            verb = _SUBJECT.match(text, person.end, person.end + 80)
            says = verb is not None and verb["verb"] in PERSON_VERBS - _NOT_VERBS
            if says or _CALLED_ON.search(text, max(0, person.start - 20), person.start):
                subjects.append((person.start, person.family))
            elif _OWN_WORDS.match(text, person.end, person.end + 60):
                owners.append((person.start, person.family))
        places = subjects or owners
        return max(places)[1] if places else ""

    @staticmethod
    def _family(name: str) -> str:
        return re.sub(r"^(?:[A-Z]\.[\s-]?)+", "", name)


def letter_writer(brackets: str) -> str:
    """Who wrote a letter that brackets cite: Hume for ``(Hume to Strahan, 8 April 1776)``."""
    letter = _LETTER.match(brackets)
    return letter["name"] if letter else ""


def _is_within(offset: int, spans: Sequence[Span]) -> bool:
    return any(start <= offset < end for start, end in spans)


_OTHERS = re.compile(r",?\s+(?:et\s+al\.?|and\s+others)$")
_AND = re.compile(r",?\s+(?:and|&)\s+|,\s+(?![JS]r\.)")
_WORD = re.compile(r"[^\W_]+")
_OWNED = re.compile(r"['’]s?\s+(?:\w+\s+){0,2}$|['’]s?\s+(?:\w+\s+){1,3}(?:that|is|was|as|of)\s+$")
_SAYING = re.compile(
    r",?\s+(?:(?:has|had|have|also|\w+ly)\s+)?(?P<verb>\w+)(?:\s+(?:it|out))?(?:\s+that)?,?:?\s+$"
)
_DIVIDING = re.compile(r"[;:]|\b(?:while|whereas|but|although)\b")
# Characters between a person's name and the words that somebody else quotes from that person.
_REACH = 60
# Words that an echo of quoted words has at least.
_ECHO = 3


@dataclass(frozen=True, slots=True)
class QuotedPlace:
    """Words that an essay quotes from somebody.

    Attributes:
        number: Number of the passage.
        start: Offset of the first word.
        end: Offset after the last word.
        family: Family name of the author, as the essay prints it.
        locator: The page or other place that the essay cites for them, or the empty string.
        secondhand: Whether the essay quotes them as somebody else does.
        title: The title in their citation, or the empty string.
    """

    number: int
    start: int
    end: int
    family: str
    locator: str
    secondhand: bool
    title: str = ""


class QuotedAuthors:
    """Finds the words that an essay quotes and whose author it names.

    Args:
        passages: The passages that are indexed, in reading order.
        quoted: The words that each passage quotes, by passage id.
        spans: The quoted spans of the essay.
        persons: The persons whom each passage names, in order.
        attribution: Attributes words whose author is left open.
    """

    def __init__(
        self,
        passages: Sequence[Passage],
        quoted: Mapping[str, Sequence[QuotedWords]],
        spans: QuotedSpans,
        persons: Sequence[Sequence[NamedPerson]],
        attribution: Attribution,
    ) -> None:
        self._passages, self._quoted, self._spans = passages, quoted, spans
        self._persons, self._attribution = persons, attribution
        self._families = {person.family for each in persons for person in each}
        self._numbers = {passage.id: number for number, passage in enumerate(passages)}
        # Words that were quoted so far, normalised, with their authors.
        self._said: list[tuple[str, str]] = []

    def places(self) -> Iterator[QuotedPlace]:
        """The places of quoted words, in reading order but for phrases, which come last in each passage."""
        for number, passage in enumerate(self._passages):
            covered: list[Span] = []
            for words in self._quoted.get(passage.id, ()):
                covered.append((words.start, words.end))
                yield from self._quotation(number, passage, words)
                yield from self._nested(number, passage, words)
            if passage.kind not in BLOCKS:
                yield from self._phrases(number, passage, covered)

    def _quotation(self, number: int, passage: Passage, words: QuotedWords) -> Iterator[QuotedPlace]:
        citation = parse(words.citation) if words.citation else None
        text = passage.text[words.start : words.end]
        cited = citation.names if citation else ()
        families = [name for name in authors_of(words.author) if name in self._families or name in cited]
        families = families or self._echoed(text, citation) or self._inferred(number, words, citation)
        secondhand = citation is not None and citation.form == "secondary"
        for family in families:
            self._said.append((_plain(text), family))
            self._attribution.note(number, family)
            title = citation.title if citation else ""
            yield QuotedPlace(number, words.start, words.end, family, words.locator, secondhand, title)

    def _echoed(self, text: str, citation: Parenthetical | None) -> list[str]:
        """The author of words without citation that repeat a part of words quoted before."""
        plain = _plain(text)
        if citation is not None or len(plain.split()) < _ECHO:
            return []
        return [family for said, family in reversed(self._said) if f" {plain} " in f" {said} "][:1]

    def _inferred(self, number: int, words: QuotedWords, citation: Parenthetical | None) -> list[str]:
        passage = self._passages[number]
        if passage.kind not in BLOCKS:
            start, end = _sentence(passage, words.start)
            while end < words.end:
                end = _sentence(passage, end)[1] if end < len(passage.text) else words.end
            return self._attribution.author(number, citation, self._own(number, start, end))
        before = self._numbers.get(passage.introduced_by or "", number - 1)
        if before < 0 or self._passages[before].kind in BLOCKS:
            return []
        length = len(self._passages[before].text)
        start, end = _sentence(self._passages[before], length - 1)
        return self._attribution.author(before, citation, self._own(before, start, end))

    def _own(self, number: int, start: int, end: int) -> list[Span]:
        """The parts of a sentence that are the essay's own words."""
        quoted = self._spans.of(self._spans.numbers[self._passages[number].id])
        own, offset = [], start
        for span in quoted:
            if span.start < end and start < span.end:
                own.append((offset, span.start))
                offset = span.end
        return [*own, (offset, end)]

    def _phrases(self, number: int, passage: Passage, covered: Sequence[Span]) -> Iterator[QuotedPlace]:
        """Phrases of a few words whose author the citation of their sentence, or an echo, tells."""
        text = passage.text
        for span in self._spans.of(self._spans.numbers[passage.id]):
            words = text[span.start : span.end]
            if any(low <= span.start < high for low, high in covered) or not _WORD.search(words):
                continue
            start, end = _sentence(passage, span.start)
            family, locator = self._cited(number, start, end, (span.start, span.end))
            if not family:
                family = next(iter(self._echoed(words, None)), "")
            if family:
                yield QuotedPlace(number, span.start, span.end, family, locator, secondhand=False)

    def _cited(self, number: int, start: int, end: int, phrase: Span) -> tuple[str, str]:
        """Author and page of a phrase by the only citation of its sentence; empty if that is open."""
        text = self._passages[number].text
        brackets = [*BRACKETS.finditer(text, start, end)]
        cited = [match for match in brackets if parse(match[0]) or letter_writer(match[0])]
        if len(cited) != 1 or cited[0].start() < phrase[1]:
            return "", ""
        match = cited[0]
        if writer := letter_writer(match[0]):
            return writer, ""
        citation = parse(match[0])
        if citation is None or _DIVIDING.search(text[phrase[1] : match.start()]):
            return "", ""
        if citation.form == "named" and len(citation.names) == 1:
            return citation.names[0], citation.locator
        named = {person.family for person in self._persons[number] if start <= person.start < phrase[0]}
        if citation.form != "page" or len(named) != 1:
            return "", ""
        found = self._attribution.author(number, citation, [(start, phrase[0])])
        return (found[0], citation.locator) if set(found) == named else ("", "")

    def _nested(self, number: int, passage: Passage, words: QuotedWords) -> Iterator[QuotedPlace]:
        """Words within quoted ones that these quote from somebody whom they name."""
        text = passage.text[words.start : words.end]
        persons = self._persons[number]
        starts = [person.start for person in persons]
        for low, high in pairs(text, double=(passage.kind in BLOCKS) == self._spans.double)[0]:
            at = words.start + low
            index = bisect_right(starts, at) - 1
            if len(_WORD.findall(text[low:high])) < _ECHO or index < 0 or persons[index].start < words.start:
                continue
            person = persons[index]
            between = passage.text[person.end : at - 1]
            if len(between) > _REACH or re.search(r"[.;]", between):
                continue
            said = _SAYING.match(between)
            if _OWNED.match(between) or (said and said["verb"] in PERSON_VERBS):
                yield QuotedPlace(number, at, words.start + high, person.family, "", secondhand=True)


def authors_of(author: str) -> list[str]:
    """Each family name of an attribution: ``Essed and Goldberg``, ``Smart et al.``."""
    return [name for name in _AND.split(_OTHERS.sub("", author)) if name]


def _sentence(passage: Passage, offset: int) -> Span:
    return next((span for span in passage.sentences if span[0] <= offset < span[1]), (0, len(passage.text)))


def _plain(text: str) -> str:
    return " ".join(_WORD.findall(text.casefold()))

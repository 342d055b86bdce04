"""Whose words are quoted where the marks and the citation alone leave it open.

A page without a name is that of the source whose words the paragraph quotes, or of the work that the essay
is about. Which of them is read off the persons whom the sentence names: those who are cited somewhere are
sources, the others may be characters.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.attribution.parentheticals import Parenthetical
from assistant.book_index.lexicon import PERSON_VERBS
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

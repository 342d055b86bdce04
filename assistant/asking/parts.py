"""Which essays and which section a question names, and where they answer questions about their structure."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from itertools import zip_longest

from assistant.keeping.catalogue import About
from assistant.records import plain_title
from assistant.retrieval import questions, structure
from assistant.types import SEARCHED_KINDS, CSLItem, Passage, StoredEssay


class Parts:
    """The parts of some essays.

    Args:
        essays: The essays, by id; may read each only when it is asked for.
        passages: Their passages, by id.
        abouts: What is known of each essay without reading it.
        holding: Gives the ids of passages that may hold one of some phrases.
    """

    def __init__(
        self,
        essays: Mapping[str, StoredEssay],
        passages: Mapping[str, Passage],
        abouts: Mapping[str, About],
        holding: Callable[[Sequence[str]], Collection[str]],
    ) -> None:
        self._essays = essays
        self._by_id = passages
        self._holding = holding
        self._passages: dict[str, list[Passage]] = {}
        self._authors: dict[str, list[str]] = {}
        self._titles: dict[str, list[str]] = {}
        self._sections: dict[str, list[str]] = {}
        self._order = {essay_id: at for at, essay_id in enumerate(abouts)}
        for essay_id, about in abouts.items():
            for known, names in (
                (self._authors, _authors(about.reference)),
                (self._titles, _titles(about.reference)),
                (self._sections, about.sections),
            ):
                for name in names:
                    known.setdefault(name, []).append(essay_id)
        # Questions name the authors; the essays themselves do not.
        self.authors = frozenset(self._authors)

    def section_named(self, question: str, among: Collection[str] | None) -> set[str] | None:
        """Passages of the section that a question names, or ``None`` if it names none.

        Args:
            question: The question.
            among: Ids of passages to look among, or ``None`` for all.
        """
        phrases = questions.quoted_phrases(question)
        if not phrases and not questions.names_section(question):
            return None
        searched = None if among is None else self._searched(among)
        sections = self._sections if searched is None else {one.section for one in searched if one.section}
        heading = questions.heading_named(question, sections)
        if heading is None:
            return None
        # A quoted phrase that is a heading, and stands in the essay's text too, need not be meant as one.
        if not questions.names_section(question) and self._printed(phrases, searched):
            return None
        if searched is None:
            searched = [one for essay_id in self._sections[heading] for one in self._of(essay_id, None)]
        return {one.id for one in searched if one.section == heading}

    def _printed(self, phrases: Sequence[str], searched: Iterable[Passage] | None) -> bool:
        """Whether one of some phrases stands in some passages, or in any."""
        patterns = [questions.phrase_pattern(phrase) for phrase in phrases]
        passages = (self._by_id[name] for name in self._holding(phrases)) if searched is None else searched
        return any(pattern.search(one.text) for one in passages for pattern in patterns)

    def places(
        self,
        question: str,
        among: Collection[str] | None,
        headed: Collection[str] | None,
        found: Iterable[str],
    ) -> list[structure.Place] | None:
        """Where the essays answer a question about their structure, best first.

        Args:
            question: The question.
            among: Ids of passages to look among, or ``None`` for all.
            headed: Passages of the section that the question names, or ``None``.
            found: Ids of passages that are like the question; their essays are looked at.

        Returns:
            The places, those of essays that the question names first and else the best of each essay
            before the second best; ``None`` if the question asks for no part of an essay.
        """
        named = self._named(question)
        known = {word for essay_id in named for word in self._quoted_title(question, essay_id)}
        sections = {one.section for one in self._searched(headed)} if headed else set()
        known.update(word for section in sections for word in questions.content_words(section))
        part = structure.part_asked(question, self.authors | known)
        if part is None:
            return None
        owners = dict.fromkeys([*named, *(name.rpartition("/")[0] for name in found)])
        groups = [
            (essay_id in named, structure.places(part, passages))
            for essay_id in owners
            if (passages := self._of(essay_id, headed or among))
        ]
        first = _woven([places for is_named, places in groups if is_named])
        return first + _woven([places for is_named, places in groups if not is_named])

    def _of(self, essay_id: str, among: Collection[str] | None) -> list[Passage]:
        if essay_id not in self._passages and essay_id in self._essays:
            passages = self._essays[essay_id].passages
            self._passages[essay_id] = [one for one in passages if one.kind in SEARCHED_KINDS]
        return [one for one in self._passages.get(essay_id, ()) if among is None or one.id in among]

    def _searched(self, among: Collection[str]) -> list[Passage]:
        """Passages of some ids, in reading order."""
        owners = {name.rpartition("/")[0] for name in among}
        # Only passages that somebody else has divided are not called after their essay.
        essays = sorted(owners, key=self._order.__getitem__) if owners <= self._order.keys() else self._order
        return [one for essay_id in essays for one in self._of(essay_id, among)]

    def _named(self, question: str) -> list[str]:
        """Essays of which a question names an author, or quotes the title."""
        words = questions.content_words(question)
        titles = map(_letters, questions.quoted_phrases(question))
        found = {essay_id for word in words for essay_id in self._authors.get(word, ())}
        found.update(essay_id for title in titles for essay_id in self._titles.get(title, ()))
        return sorted(found, key=self._order.__getitem__)

    def _quoted_title(self, question: str, essay_id: str) -> set[str]:
        """Words of quoted phrases that are an essay's title, or its title without the subtitle."""
        phrases = questions.quoted_phrases(question)
        titles = [phrase for phrase in phrases if essay_id in self._titles.get(_letters(phrase), ())]
        return {word for phrase in titles for word in questions.content_words(phrase)}


def _woven(groups: Sequence[Sequence[structure.Place]]) -> list[structure.Place]:
    """The first of each group, the second of each, and so on."""
    return [place for row in zip_longest(*groups) for place in row if place is not None]


def _authors(reference: CSLItem) -> set[str]:
    printed = " ".join(
        f"{name.get('given', '')} {name.get('family', '')}" for name in reference.get("author", ())
    )
    # The parts of a hyphenated name stand as words of their own in a question.
    return {questions.folded(word) for word in re.findall(r"[^\W\d_]+(?:['’][^\W\d_]+)*", printed)}


def _titles(reference: CSLItem) -> set[str]:
    title = plain_title(reference)
    return {_letters(part) for part in (title, title.partition(":")[0])} - {""}


def _letters(text: str) -> str:
    """A text without all that is no letter, for comparison."""
    return "".join(re.findall(r"\w", text.casefold()))

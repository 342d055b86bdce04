"""Which essays and which section a question names, and where they answer questions about their structure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import zip_longest

from assistant.retrieval import questions, structure
from assistant.types import SEARCHED_KINDS, Passage, StoredEssay


class Parts:
    """The parts of some essays.

    Args:
        essays: The essays, by id.
    """

    def __init__(self, essays: Mapping[str, StoredEssay]) -> None:
        self._passages = {
            essay_id: [passage for passage in essay.passages if passage.kind in SEARCHED_KINDS]
            for essay_id, essay in essays.items()
        }
        self._authors = {essay_id: _authors(essay) for essay_id, essay in essays.items()}
        self._titles = {essay_id: _titles(essay) for essay_id, essay in essays.items()}
        # Questions name the authors; the essays themselves do not.
        self.authors = frozenset(word for names in self._authors.values() for word in names)

    def section_named(self, question: str, among: Collection[str] | None) -> set[str] | None:
        """Passages of the section that a question names, or ``None`` if it names none.

        Args:
            question: The question.
            among: Ids of passages to look among, or ``None`` for all.
        """
        searched = self._searched(among)
        heading = questions.heading_named(question, {one.section for one in searched if one.section})
        if heading is None:
            return None
        phrases = [questions.phrase_pattern(phrase) for phrase in questions.quoted_phrases(question)]
        # A quoted phrase that is a heading, and stands in the essay's text too, need not be meant as one.
        if not questions.names_section(question) and any(
            pattern.search(one.text) for pattern in phrases for one in searched
        ):
            return None
        return {one.id for one in searched if one.section == heading}

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
        named = [essay_id for essay_id in self._passages if self._names(question, essay_id)]
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
        return [one for one in self._passages.get(essay_id, ()) if among is None or one.id in among]

    def _searched(self, among: Collection[str] | None) -> list[Passage]:
        return [one for essay_id in self._passages for one in self._of(essay_id, among)]

    def _names(self, question: str, essay_id: str) -> bool:
        words = set(questions.content_words(question))
        return bool(words & self._authors[essay_id]) or bool(self._quoted_title(question, essay_id))

    def _quoted_title(self, question: str, essay_id: str) -> set[str]:
        """Words of quoted phrases that are an essay's title, or its title without the subtitle."""
        phrases = questions.quoted_phrases(question)
        titles = [phrase for phrase in phrases if _letters(phrase) in self._titles[essay_id]]
        return {word for phrase in titles for word in questions.content_words(phrase)}


def _woven(groups: Sequence[Sequence[structure.Place]]) -> list[structure.Place]:
    """The first of each group, the second of each, and so on."""
    return [place for row in zip_longest(*groups) for place in row if place is not None]


def _authors(essay: StoredEssay) -> set[str]:
    printed = " ".join(
        f"{name.get('given', '')} {name.get('family', '')}" for name in essay.reference.get("author", ())
    )
    # The parts of a hyphenated name stand as words of their own in a question.
    return {questions.folded(word) for word in re.findall(r"[^\W\d_]+(?:['’][^\W\d_]+)*", printed)}


def _titles(essay: StoredEssay) -> set[str]:
    title = str(essay.reference.get("title", ""))
    return {_letters(part) for part in (title, title.partition(":")[0])} - {""}


def _letters(text: str) -> str:
    """A text without all that is no letter, for comparison."""
    return "".join(re.findall(r"\w", text.casefold()))

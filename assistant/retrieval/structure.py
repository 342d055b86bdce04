"""Questions about an essay's own structure: its thesis, its plan, how it opens and how it ends.

Such a question shares no word with its answer ("What is the thesis?"), so no measure of likeness finds
it. What answers is told by where it stands and by the phrases with which writers of English announce
what they do ("this essay argues", "I begin by", "in conclusion"), as studies of argumentative zoning
and of metadiscourse describe them (Teufel and Moens 2002; Hyland 2005).

Which essays and which section a question names, and where they answer questions about their structure.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Literal

from assistant.core.essay import SEARCHED_KINDS, CSLItem, EssaySummary, Passage, StoredEssay, plain_title
from assistant.retrieval import questions
from assistant.retrieval.questions import content_words, without_quoted

Part = Literal["thesis", "plan", "opening", "conclusion"]


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE)


_ENDS = (
    r"conclusions?|concludes?|concluded|concluding|(?<!^)sums? up|summing[- ]up|ends?|ending|closes|closing"
    r"|final (?:point|thoughts?|words?|paragraph|section)|last (?:point|words?|paragraph|sentence)"
)
_BUILDS = (
    r"plan|organi[sz]ed|organi[sz]ation|structured?|outline|roadmap|divided|arranged|order of|parts"
    r"|proceeds?"
)
_OPENS = (
    r"open|opens|opening|begins?|beginning|starts?|starting|introduction|introduces?"
    r"|first (?:paragraph|sentence|words?)"
)
_ARGUES = (
    r"sets? out to|thesis|aims?|purpose|goal|subject|topic|gist|summary|summari[sz]e|sum up|about|argues?"
    r"|argument|claims?|contribution|point"
    r"|(?:main|central|key|overall|principal|core) (?:\w+ )?(?:argument|claim|point|idea|thesis|question|aim"
    r"|concern|message|topic|theme|subject)s?"
)
# In this order: who asks how an argument ends asks for the end.
_PARTS: tuple[tuple[Part, re.Pattern[str]], ...] = (
    ("conclusion", _words(_ENDS)),
    ("plan", _words(_BUILDS)),
    ("opening", _words(_OPENS)),
    ("thesis", _words(_ARGUES)),
)
# Words that speak of the essay or of these parts, and so do not say what else is asked.
_OWN = frozenset(
    (
        "abstract aim aims arrange arranged argue argued argues arguing argument arguments article "
        "author begin beginning begins beginnings chapter claim claims close closes closing come comes "
        "conclude concluded concludes concluding conclusion conclusions contribution core central "
        "divided end ending ends essay essays final first follow following follows general gist goal "
        "goals idea ideas introduce introduces introduction key last main message open opening opens "
        "order organisation organised organization organized outline overall paper paragraph part parts "
        "piece plan point points principal proceed proceeds purpose question research roadmap section "
        "sections sentence set short show start starting starts structure structured subject sum "
        "summarise summarize summary summing text theme theses thesis thought thoughts topic word words "
        "work writer"
    ).split()
)
_ANNOUNCES = re.compile(
    r"\b(?:(?:this|the present) (?:essay|article|paper|chapter|study|piece)(?:'s|’s)?\s+(?:\w+\s+){0,2}?"
    r"(?:argu|suggest|contend|propos|claim|show|demonstrat|maintain|explor|examin|consider|ask|address|aim|seek"
    r"|attempt|tr(?:y|ies)|reads?\b|investigat|trac|offer)\w*"
    r"|I\s+(?:\w+\s+){0,3}?(?:argue|suggest|contend|propose|claim|show|demonstrate|maintain|explore|examine"
    r"|want to|wish to|aim to|seek to|hope to)\b"
    r"|my (?:\w+ )?(?:argument|claim|contention|aim|purpose|thesis|concern|point|interest)\b"
    r"|(?:argument|aim|purpose|thesis|contention|subject) of this (?:essay|article|paper|chapter|study))",
    re.IGNORECASE,
)
_PLANS = re.compile(
    r"\b(?:I (?:\w+ )?(?:begin|start|open|turn|move|return|proceed|conclude|end|close|look|consider|examine"
    r"|discuss)\b"
    r"|(?:this|the) (?:essay|article|paper|chapter) (?:\w+ )?(?:begins|opens|starts|turns|moves|proceeds"
    r"|falls|is divided|is in|has)\b"
    r"|in (?:what follows|the (?:first|second|third|next|last|final|following) (?:part|section|place|half))"
    r"|the (?:first|second|third|next|last|final|following) (?:part|section)s?\b)",
    re.IGNORECASE,
)
_CONCLUDES = re.compile(
    r"\b(?:in conclusion|to conclude|I conclude|in sum|to sum up|in the end|ultimately|finally|in closing"
    r"|then,|thus|therefore|hence|this (?:essay|article|paper) has|I have (?:argued|suggested|shown|tried))",
    re.IGNORECASE,
)
_CUES = {"thesis": _ANNOUNCES, "plan": _PLANS, "conclusion": _CONCLUDES}
# A question on how the whole is built may name what stands in it.
_BUILT = re.compile(
    r"\b(?:essay|article|paper|chapter|argument)\b[^?.]*\b"
    r"(?:organi[sz]ed|structured|divided|arranged|laid out)\b"
    r"|\b(?:structure|plan|outline|organi[sz]ation) of (?:the|this|that|her|his|their) "
    r"(?:essay|article|paper|chapter|argument)\b",
    re.IGNORECASE,
)
# Sections that stand behind an essay's end or before its beginning.
_APPENDED = re.compile(
    r"^\W*(?:acknowledge?ments?|thanks|notes?|appendi\w+|abstract|keywords|about the authors?|funding)\W*$",
    re.IGNORECASE,
)
# The share of an essay without headings that counts as its introduction, or as its end.
_EDGE = 0.2


@dataclass(frozen=True, slots=True)
class StructureMatch:
    """Where an essay answers a question about its structure.

    Attributes:
        passage: Id of the passage.
        spans: Sentences that answer.
        announced: Whether the essay announces it in so many words, or only its position tells.
    """

    passage: str
    spans: tuple[tuple[int, int], ...]
    announced: bool


def part_asked(question: str, unasked: Collection[str] = ()) -> Part | None:
    """The part of an essay that a question asks for and nothing else.

    Args:
        question: The question.
        unasked: Folded words that name the essay, such as its author.

    Returns:
        The part; ``None`` for a question that names a matter of its own.
    """
    if _BUILT.search(without_quoted(question)):
        return "plan"
    # What is quoted is a matter of its own, unless it names the essay or a section of it.
    if any(word not in _OWN and word not in unasked for word in content_words(question)):
        return None
    return next((part for part, pattern in _PARTS if pattern.search(without_quoted(question))), None)


def places(part: Part, passages: Sequence[Passage]) -> list[StructureMatch]:
    """Where an essay answers a question about its structure, best first.

    Args:
        part: What is asked for.
        passages: Searched passages of one essay, in reading order.
    """
    body = [
        passage
        for passage in passages
        if passage.kind == "paragraph" and passage.sentences and not _APPENDED.search(passage.section)
    ]
    if not body:
        return []
    first, last = _introduction(body), _ending(body)
    if part == "opening":
        return [StructureMatch(body[0].id, body[0].sentences[:2], announced=True)]
    found: list[tuple[float, StructureMatch]] = []
    for at, passage in enumerate(body):
        cued = [span for span in passage.sentences if _CUES[part].search(passage.text[span[0] : span[1]])]
        edge = (at >= last) if part == "conclusion" else (at < first)
        if part == "conclusion" and at == len(body) - 1:
            found.append((4.0, StructureMatch(passage.id, passage.sentences[-2:], announced=True)))
        elif cued and (edge or part == "thesis"):
            # Of several sentences those that announce most come first; two are enough to see.
            value = min(len(cued), 3) / 3 + 2 * edge + (at == first - 1) * 0.5
            found.append((value, StructureMatch(passage.id, tuple(cued[:2]), announced=edge)))
    if not found:
        edges = body[last:] if part == "conclusion" else body[:first]
        found = [
            (0.0, StructureMatch(one.id, one.sentences[-1:], announced=False)) for one in reversed(edges)
        ]
    return [place for _, place in sorted(found, key=lambda one: -one[0])]


def _introduction(body: Sequence[Passage]) -> int:
    """Number of paragraphs before the essay's second section, or of its first fifth."""
    sections = list(dict.fromkeys(passage.section for passage in body))
    share = max(1, round(len(body) * _EDGE))
    if len(sections) < 2:
        return share
    return next(at for at, passage in enumerate(body) if passage.section == sections[1])


def _ending(body: Sequence[Passage]) -> int:
    """First paragraph of the essay's last section, or of its last fifth where that is shorter."""
    share = len(body) - max(1, round(len(body) * _EDGE))
    sections = list(dict.fromkeys(passage.section for passage in body))
    if len(sections) < 2:
        return share
    own = next(at for at, passage in enumerate(body) if passage.section == sections[-1])
    return max(own, share)


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
        abouts: Mapping[str, EssaySummary],
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
    ) -> list[StructureMatch] | None:
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
        part = part_asked(question, self.authors | known)
        if part is None:
            return None
        owners = dict.fromkeys([*named, *(name.rpartition("/")[0] for name in found)])
        groups = [
            (essay_id in named, places(part, passages))
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


def _woven(groups: Sequence[Sequence[StructureMatch]]) -> list[StructureMatch]:
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

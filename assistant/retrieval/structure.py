"""Answer questions about an essay's own structure: its thesis, its plan, how it opens and how it ends.

Such a question ("What is the thesis?") shares no word with its answer, so that no measure of likeness finds
it. The answer is recognised by its position and by the phrases with which writers of English announce what
they do ("this essay argues", "I begin by", "in conclusion"), as studies of argumentative zoning and of
metadiscourse describe them (Teufel and Moens 2002; Hyland 2005).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Literal

from assistant.core.essay import (
    SEARCHED_KINDS,
    CSLItem,
    EssaySummary,
    Passage,
    Spans,
    StoredEssay,
    letters_and_digits,
    plain_title,
)
from assistant.core.recent import Recent
from assistant.retrieval.passages import SelectedPassages
from assistant.retrieval.questions import Question, casefolded_word, content_words

Part = Literal["thesis", "plan", "opening", "conclusion", "announced end"]


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE)


_ENDS = (
    r"conclusions?|concludes?|concluded|concluding|(?<!^)sums? up|summing[- ]up|ends?|ending|closes?|closing"
    r"|final (?:point|thoughts?|words?|paragraph|section|part|pages?)"
    r"|last (?:point|words?|paragraph|sentence|section|part|pages?)"
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
# That the essay says beforehand what it will do.
_FORETELLS = (
    r"will|going to|promis(?:es?|ed)|announc(?:es?|ed)|plan(?:s|ned)?|intend(?:s|ed)?|introduction|outlines?"
    r"|roadmap|beforehand|in advance|sets? out"
)
# Tried in this order: "How does the argument end?" asks for the conclusion.
_PARTS: tuple[tuple[Part, re.Pattern[str]], ...] = (
    ("conclusion", _words(_ENDS)),
    ("plan", _words(_BUILDS)),
    ("opening", _words(_OPENS)),
    ("thesis", _words(_ARGUES)),
)
_FORETOLD, _AT_LAST = _words(_FORETELLS), _words(rf"{_ENDS}|last|finally|lastly")
# Words for the essay or its parts, which therefore do not name a subject of the question.
_STRUCTURE_WORDS = frozenset(
    (
        "abstract advance aim aims announce announced announces argue argued argues arguing argument "
        "arguments arrange arranged article author beforehand begin beginning beginnings begins central "
        "chapter claim claims close closes closing come comes conclude concluded concludes concluding "
        "conclusion conclusions consider contribution core cover covers deal deals divided end ending ends "
        "essay essays far final first follow following follows general gist goal goals going idea ideas "
        "intend intended intends introduce introduces introduction key last look looks main message open "
        "opening opens order organisation organised organization organized outline overall paper paragraph "
        "part parts piece plan planned plans point points principal proceed proceeds promise promised "
        "promises purpose question research roadmap section sections sentence set short show start starting "
        "starts structure structured subject sum summarise summarize summary summing tells text theme "
        "theses thesis thought thoughts topic treat treats word words work writer"
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
_ANNOUNCES_END = re.compile(
    r"\b(?:(?:this|the|my) (?:essay|article|paper|chapter|study|argument|discussion) (?:\w+ ){0,2}?"
    r"(?:concludes?|closes?|ends?|finish(?:es)?)\b"
    r"|(?:I|we) (?:\w+ ){0,2}?(?:conclude|close|end|finish)\b(?! that)"
    r"|(?:the|my|a) (?:brief |short )?(?:conclusion|coda|(?:last|final|closing|concluding) "
    r"(?:part|section|pages|paragraphs?|chapter))\b"
    r"|(?:finally|lastly|in closing|by way of conclusion),? (?:I|we|the|this|it)\b)",
    re.IGNORECASE,
)
_CUES = {
    "thesis": _ANNOUNCES,
    "plan": _PLANS,
    "conclusion": _CONCLUDES,
    "announced end": _ANNOUNCES_END,
}
# A question about how the whole is organised may name subjects of the essay.
_BUILT = re.compile(
    r"\b(?:essay|article|paper|chapter|argument)\b[^?.]*\b"
    r"(?:organi[sz]ed|structured|divided|arranged|laid out)\b"
    r"|\b(?:structure|plan|outline|organi[sz]ation) of (?:the|this|that|her|his|their) "
    r"(?:essay|article|paper|chapter|argument)\b",
    re.IGNORECASE,
)
# Sections before the beginning or after the end of the essay proper.
_APPENDED = re.compile(
    r"^\W*(?:acknowledge?ments?|thanks|notes?|appendi\w+|abstract|keywords|about the authors?|funding)\W*$",
    re.IGNORECASE,
)
# Essays whose passages are kept.
_MOST_SEARCHED = 500
# The share of an essay without headings that counts as its introduction or its ending.
_EDGE = 0.2


@dataclass(frozen=True, slots=True)
class StructureMatch:
    """A passage that answers a question about the structure of its essay.

    Attributes:
        passage: Id of the passage.
        spans: Sentences that answer.
        announced: Whether the essay announces it in so many words, or only its position indicates it.
    """

    passage: str
    spans: Spans
    announced: bool


def part_asked(question: Question, ignored: Collection[str] = ()) -> Part | None:
    """The part of an essay that a question asks for; ``None`` if the question has a subject of its own.

    ``ignored`` are casefolded words that name the essay, such as its author.
    """
    if _BUILT.search(question.unquoted):
        return "plan"
    # A quoted phrase is a subject of its own, unless it names the essay or a section of it.
    if any(word not in _STRUCTURE_WORDS and word not in ignored for word in question.content_words):
        return None
    if _FORETOLD.search(question.unquoted) and _AT_LAST.search(question.unquoted):
        return "announced end"
    return next((part for part, pattern in _PARTS if pattern.search(question.unquoted)), None)


def body_of(passages: Iterable[Passage]) -> list[Passage]:
    """The paragraphs of the essay proper, without acknowledgements and the like."""
    return [
        passage
        for passage in passages
        if passage.kind == "paragraph" and passage.sentences and not _APPENDED.search(passage.section)
    ]


def structure_matches(part: Part, passages: Sequence[Passage]) -> list[StructureMatch]:
    """Find a part of one essay, given its searched passages in reading order; the best match is first."""
    body = body_of(passages)
    if not body:
        return []
    if part == "opening":
        return [StructureMatch(body[0].id, body[0].sentences[:2], announced=True)]
    introduction, ending = introduction_length(body), ending_start(body)
    if part == "announced end":
        announced = _announced_end(body[:introduction])
        return [*announced, *_without(structure_matches("conclusion", passages), announced)]
    scored: list[tuple[float, StructureMatch]] = []
    for number, passage in enumerate(body):
        cued = [span for span in passage.sentences if _CUES[part].search(passage.text[span[0] : span[1]])]
        is_at_edge = number >= ending if part == "conclusion" else number < introduction
        if part == "conclusion" and number == len(body) - 1:
            scored.append((4.0, StructureMatch(passage.id, passage.sentences[-2:], announced=True)))
        elif cued and (is_at_edge or part == "thesis"):
            # Passages that announce most come first; two sentences of each are enough to see it.
            score = min(len(cued), 3) / 3 + 2 * is_at_edge + (number == introduction - 1) * 0.5
            scored.append((score, StructureMatch(passage.id, tuple(cued[:2]), announced=is_at_edge)))
    if not scored:
        edge = body[ending:] if part == "conclusion" else body[:introduction]
        return [
            StructureMatch(passage.id, passage.sentences[-1:], announced=False) for passage in reversed(edge)
        ]
    matches = [match for _, match in sorted(scored, key=lambda entry: -entry[0])]
    if part == "conclusion":
        # What the introduction announces for the end is asked for in the same words.
        announced = _without(_announced_end(body[:introduction]), matches)
        return [*matches[:1], *announced[:1], *matches[1:]]
    return matches


def _announced_end(introduction: Sequence[Passage]) -> list[StructureMatch]:
    """Where the introduction says how the essay will end; what it says last comes first."""
    found = []
    for passage in reversed(introduction):
        spans = tuple(
            span for span in passage.sentences if _ANNOUNCES_END.search(passage.text[span[0] : span[1]])
        )
        if spans:
            found.append(StructureMatch(passage.id, spans[-2:], announced=True))
    return found


def _without(matches: Iterable[StructureMatch], others: Iterable[StructureMatch]) -> list[StructureMatch]:
    """Those of some matches whose passage is in none of the others."""
    passages = {match.passage for match in others}
    return [match for match in matches if match.passage not in passages]


def introduction_length(body: Sequence[Passage]) -> int:
    """Number of paragraphs before the essay's second section, or in its first fifth."""
    sections = list(dict.fromkeys(passage.section for passage in body))
    if len(sections) < 2:
        return max(1, round(len(body) * _EDGE))
    return next(number for number, passage in enumerate(body) if passage.section == sections[1])


def ending_start(body: Sequence[Passage]) -> int:
    """Number of the first paragraph of the essay's last section, or of its last fifth if that is shorter."""
    fifth = len(body) - max(1, round(len(body) * _EDGE))
    sections = list(dict.fromkeys(passage.section for passage in body))
    if len(sections) < 2:
        return fifth
    last_section = next(number for number, passage in enumerate(body) if passage.section == sections[-1])
    return max(last_section, fifth)


class StructureSearch:
    """Finds the essays, sections and parts of essays that questions name.

    Args:
        essays: The essays, by id; may load each essay when it is looked up.
        passages: Their passages, by id.
        summaries: Summary of each essay, by id.
        passages_containing: Returns the ids of passages that may contain one of some phrases.
    """

    def __init__(
        self,
        essays: Mapping[str, StoredEssay],
        passages: Mapping[str, Passage],
        summaries: Mapping[str, EssaySummary],
        passages_containing: Callable[[Sequence[str]], Collection[str]],
    ) -> None:
        self._essays = essays
        self._by_id = passages
        self._passages_containing = passages_containing
        self._searched: dict[str, list[Passage]] = Recent(_MOST_SEARCHED)
        self._by_author: dict[str, list[str]] = {}
        self._by_title: dict[str, list[str]] = {}
        self._by_section: dict[str, list[str]] = {}
        self._order = {essay_id: number for number, essay_id in enumerate(summaries)}
        for essay_id, summary in summaries.items():
            for essays_by_name, names in (
                (self._by_author, _authors(summary.reference)),
                (self._by_title, _titles(summary.reference)),
                (self._by_section, summary.sections),
            ):
                for name in names:
                    essays_by_name.setdefault(name, []).append(essay_id)
        # Casefolded parts of the authors' names: questions contain them, the essays themselves do not.
        self.authors = frozenset(self._by_author)

    def section_named(self, question: Question, among: Collection[str] | None) -> set[str] | None:
        """Ids of the passages of the section that a question names; ``None`` if it names none."""
        if not question.quoted_phrases and not question.mentions_section:
            return None
        selected = among if isinstance(among, SelectedPassages) else None
        passages = None if among is None or selected is not None else self._passages_among(among)
        sections: Collection[str] = self._by_section
        if passages is not None:
            sections = {passage.section for passage in passages if passage.section}
        elif selected is not None:
            sections = [
                section
                for section, essays in self._by_section.items()
                if not selected.essays.isdisjoint(essays)
            ]
        heading = question.heading_named(sections)
        if heading is None:
            return None
        # A quoted heading that the text contains as well may be meant as a phrase of the text.
        if not question.mentions_section and self._is_printed(question, passages, selected):
            return None
        if passages is None:
            passages = [
                passage
                for essay_id in self._by_section[heading]
                if selected is None or essay_id in selected.essays
                for passage in self._searched_passages(essay_id, selected)
            ]
        return {passage.id for passage in passages if passage.section == heading}

    def _is_printed(
        self, question: Question, passages: Iterable[Passage] | None, selected: SelectedPassages | None
    ) -> bool:
        """Whether some passages, or any selected one for ``None``, contain one of the quoted phrases."""
        if passages is None:
            passages = (
                self._by_id[passage_id]
                for passage_id in self._passages_containing(question.quoted_phrases)
                if selected is None or passage_id in selected
            )
        return any(
            pattern.search(passage.text) for passage in passages for pattern in question.phrase_patterns
        )

    def matches(
        self,
        question: Question,
        among: Collection[str] | None,
        section: Collection[str] | None,
        ranked: Iterable[str],
    ) -> list[StructureMatch]:
        """Find the part of the essays that a question asks for.

        Args:
            question: The question.
            among: Ids of the passages to search; ``None`` for all.
            section: Ids of the passages of the section that the question names, or ``None``.
            ranked: Ids of passages ranked for the question; their essays are searched.

        Returns:
            Matches in the essays that the question names, then in the others, both with the best match of
            each essay before the second best of any; empty if the question asks for no part.
        """
        named = self.named_essays(question)
        ignored = {word for essay_id in named for word in self._quoted_title(question, essay_id)}
        headings = {passage.section for passage in self._passages_among(section)} if section else set()
        ignored.update(word for heading in headings for word in content_words(heading))
        part = part_asked(question, self.authors | ignored)
        if part is None:
            return []
        others = dict.fromkeys(passage_id.rpartition("/")[0] for passage_id in ranked)
        return [
            match
            for essays in (named, [essay_id for essay_id in others if essay_id not in named])
            for match in _interleaved(
                [
                    structure_matches(part, self._searched_passages(essay_id, section or among))
                    for essay_id in essays
                ]
            )
        ]

    def _searched_passages(self, essay_id: str, among: Collection[str] | None) -> list[Passage]:
        if essay_id not in self._searched and essay_id in self._essays:
            passages = self._essays[essay_id].passages
            self._searched[essay_id] = [passage for passage in passages if passage.kind in SEARCHED_KINDS]
        passages_of_essay = self._searched.get(essay_id, [])
        if among is None:
            return passages_of_essay
        return [passage for passage in passages_of_essay if passage.id in among]

    def _passages_among(self, among: Collection[str]) -> list[Passage]:
        """Passages of some ids, in reading order."""
        owners = {passage_id.rpartition("/")[0] for passage_id in among}
        # Ids of passages that a question set brings along need not begin with an essay's id.
        essays = sorted(owners, key=self._order.__getitem__) if owners <= self._order.keys() else self._order
        return [passage for essay_id in essays for passage in self._searched_passages(essay_id, among)]

    def named_essays(self, question: Question) -> list[str]:
        """Essays of which a question names an author, or quotes the title."""
        named = {essay_id for word in question.content_words for essay_id in self._by_author.get(word, ())}
        for phrase in question.quoted_phrases:
            named.update(self._by_title.get(letters_and_digits(phrase), ()))
        return sorted(named, key=self._order.__getitem__)

    def _quoted_title(self, question: Question, essay_id: str) -> set[str]:
        """Content words of the quoted phrases that are an essay's title, with or without its subtitle."""
        titles = [
            phrase
            for phrase in question.quoted_phrases
            if essay_id in self._by_title.get(letters_and_digits(phrase), ())
        ]
        return {word for title in titles for word in content_words(title)}


def _interleaved(groups: Sequence[Sequence[StructureMatch]]) -> list[StructureMatch]:
    """The first of each group, then the second of each, and so on."""
    return [match for row in zip_longest(*groups) for match in row if match is not None]


def _authors(reference: CSLItem) -> set[str]:
    names = " ".join(
        f"{name.get('given', '')} {name.get('family', '')}" for name in reference.get("author", ())
    )
    # A question may have one part of a hyphenated name.
    return {casefolded_word(word) for word in re.findall(r"[^\W\d_]+(?:['’][^\W\d_]+)*", names)}


def _titles(reference: CSLItem) -> set[str]:
    title = plain_title(reference)
    return {letters_and_digits(part) for part in (title, title.partition(":")[0])} - {""}

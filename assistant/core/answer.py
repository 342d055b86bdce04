"""The nouns of an answer: citations, quotations, highlights, matches and hits."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from assistant.core.essay import Passage
from assistant.core.rich import Rich, rich

# Whose words a question may ask for: those of the essay's author, or those that the essay quotes.
Voice = Literal["author", "quoted"]
# What is offered: passages that answer, passages that come near without saying it outright, or only the
# nearest that there are.
AnswerVerdict = Literal["answers", "near", "none"]
VERDICTS: tuple[AnswerVerdict, ...] = ("answers", "near", "none")
# Why nothing answers, where a fact about the question or the essays tells it.
Reason = Literal["absent-word", "absent-phrase", "language", "no-such-place", "outside", "no-question"]
# What a ranking is decided by: how much passages are like the question; or the question asks for nothing but
# a phrase that they contain, a section by its heading, a part of an essay's argument, or a page, note or
# paragraph by its place.
Basis = Literal["likeness", "phrase", "heading", "structure", "place"]


# What a citation names in an essay without pages: paragraphs, notes or sections.
_LOCATOR = re.compile(r"(?:pars?|nn?|secs?)\. ")


def is_locator(where: str) -> bool:
    """Whether a citation names this in place of a page: ``par. 14``, ``n. 3``."""
    return _LOCATOR.match(where) is not None


@dataclass(frozen=True, slots=True)
class Citation:
    """What a citation of some words says.

    Attributes:
        pages: Locator with a hyphen, last number shortened (``849-50``); empty when the source
            shows no pages.
        in_text: In-text citation in the chosen style, such as ``(Gill 849–50)``.
        in_text_rich: The same with its italics; empty where it has none.
        locator: What is cited in an essay without pages, such as ``par. 14``; else empty.
    """

    pages: str
    in_text: str
    in_text_rich: Rich = field(default_factory=Rich)
    locator: str = ""

    @classmethod
    def at(cls, where: str, in_text: str, in_text_rich: Rich | None = None) -> Citation:
        """A citation of a page, or of a place in an essay without pages."""
        pages, locator = ("", where) if is_locator(where) else (where, "")
        return cls(pages, in_text, in_text_rich or Rich(), locator)

    @property
    def where(self) -> str:
        """The pages, or what is cited in their place."""
        return self.pages or self.locator

    @property
    def rich(self) -> Rich:
        """The in-text citation with its italics."""
        return self.in_text_rich or rich(self.in_text)


@dataclass(frozen=True, slots=True)
class ZoteroLinks:
    """Addresses that open Zotero at an essay.

    Attributes:
        select: Shows its item in the library.
        open: Opens its PDF at the page of the cited words; empty if it was not read from a PDF.
    """

    select: str
    open: str = ""


@dataclass(frozen=True, slots=True)
class PreparedQuotation:
    """Words of a passage, prepared for a draft.

    Attributes:
        text: The words in quotation marks or as a block, with their citation, as plain text.
        citation: The citation in it.
        block: Whether the style sets the words off as a block.
        emphasis: The words in it that are set in italics, in order.
    """

    text: str
    citation: Citation
    block: bool
    emphasis: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class QuotedWords:
    """Words of a passage that its author quotes.

    Attributes:
        start: Offset into the passage's text, after the opening mark.
        end: Offset of the closing mark; of a block quotation, after its last word.
        citation: The citation printed for them, verbatim (``(Weinbaum 217)``, ``(797)``), or the empty
            string.
        author: Family names of their authors (``Weinbaum``, ``Essed and Goldberg``); empty if the essay
            leaves any doubt.
        locator: Page or other locator in the printed citation, or the empty string.
    """

    start: int
    end: int
    citation: str
    author: str
    locator: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InsertableQuotation:
    """Words of a passage with all that a word processor needs to insert them.

    Attributes:
        passage: The passage.
        start: Offset into its text.
        end: Offset after the last character.
        quotation: The words prepared for a draft.
        quoted: The quotation that all these words belong to, or ``None``.
        again: The citation for a draft that has cited the essay before.
        reference: Full bibliographic reference.
    """

    passage: Passage
    start: int
    end: int
    quotation: PreparedQuotation
    quoted: QuotedWords | None
    again: Rich
    reference: Rich


@dataclass(frozen=True, slots=True)
class Highlight:
    """Sentences of a passage that answer the question.

    Attributes:
        start: Offset into the passage's text.
        end: Offset after the last character.
        text: ``passage.text[start:end]``.
        citation: Of exactly these words.
        quotation: The words prepared for a draft: quotation marks and citation in the style.
        quoted: The quotation that all these words belong to; ``None`` if the essay's own are among them.
        block: Whether the style sets the quotation off as a block.
        emphasis: The words in it that are set in italics, in order.
        zotero: Links to the essay in Zotero, if it was added from there.
    """

    start: int
    end: int
    text: str
    citation: Citation
    quotation: str
    quoted: QuotedWords | None = None
    block: bool = False
    emphasis: tuple[str, ...] = ()
    zotero: ZoteroLinks | None = None

    @property
    def prepared_quotation(self) -> PreparedQuotation:
        """The quotation with what is needed to set it."""
        return PreparedQuotation(self.quotation, self.citation, self.block, self.emphasis)


@dataclass(frozen=True, slots=True)
class Match:
    """A word of the question and the most similar word of a passage.

    Attributes:
        word: The question's word.
        weight: Its share in the score, 0 to 1.
        cosine: How similar the two are in their contexts, -1 to 1.
        passage: Id of the passage with the essay's word: the passage found, or the one that introduces it.
        start: Offset into that passage's text.
        end: Offset after the last character.
        text: ``text[start:end]`` of that passage.
        met: Whether the two are similar enough to count as a match; named as in JSON.
        framing: Whether the word only frames the question ("who", "the", "argue").
    """

    word: str
    weight: float
    cosine: float
    passage: str
    start: int
    end: int
    text: str
    met: bool
    framing: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage offered for a question.

    Attributes:
        passage: The passage.
        score: Relevance by the ranking method; higher is better.
        highlights: The answering sentences, in reading order.
        citation: Of the whole passage.
        reference: Full bibliographic reference as plain text.
        quotation: The whole passage prepared for a draft.
        matches: Why it was found, word by word of the question; empty unless asked for.
        quoted: The quotation that the whole passage is, as block quotations are; else ``None``.
        block: Whether the style sets the quotation off as a block.
        reference_rich: ``reference`` with its italics; empty where it has none.
        emphasis: The words in the quotation that are set in italics, in order.
        meets: Indices of the paragraph's ideas on which the passage bears or to which it comes near.
        zotero: Links to the essay in Zotero, if it was added from there.
    """

    passage: Passage
    score: float
    highlights: tuple[Highlight, ...]
    citation: Citation
    reference: str
    quotation: str
    matches: tuple[Match, ...] = ()
    quoted: QuotedWords | None = None
    block: bool = False
    reference_rich: Rich = field(default_factory=Rich)
    emphasis: tuple[str, ...] = ()
    meets: tuple[int, ...] = ()
    zotero: ZoteroLinks | None = None

    @property
    def prepared_quotation(self) -> PreparedQuotation:
        """The quotation with what is needed to set it."""
        return PreparedQuotation(self.quotation, self.citation, self.block, self.emphasis)


@dataclass(frozen=True, slots=True, kw_only=True)
class Idea:
    """A sentence or clause of a paragraph that was looked up.

    Attributes:
        start: Offset into the paragraph.
        end: Offset after the last character.
        text: The paragraph's words between them.
        sentence: Number of its sentence in the paragraph, from 1.
        verdict: Whether its passages bear on it, come near, or there are none.
        passages: Ids of the passages that bear on it or come near, best first.
    """

    start: int
    end: int
    text: str
    sentence: int
    verdict: AnswerVerdict
    passages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """Passages found for a question.

    Attributes:
        question: As asked.
        verdict: Whether the passages answer, come near, or are only the nearest.
        confidence: Estimated probability that the passages answer the question, 0 to 1.
        hits: Best first; ``passages`` in JSON.
        remark: Sentences about the question itself (no words, too long, typos corrected, a word that does not
            occur), or the empty string; ``note`` in JSON.
        reason: Why nothing answers, where that is known; else ``None``.
        basis: What the passages were found by.
        ideas: The ideas of a paragraph, each looked up, in order; empty for a question.
        read_as: What a follow-up was read as, in words of the conversation and the essays; empty for a
            question that stands alone.
    """

    question: str
    verdict: AnswerVerdict
    confidence: float
    hits: tuple[Hit, ...]
    remark: str = ""
    reason: Reason | None = None
    basis: Basis = "likeness"
    ideas: tuple[Idea, ...] = ()
    read_as: str = ""

    @property
    def answered(self) -> bool:
        """Whether the passages are offered as an answer."""
        return self.verdict == "answers"


@dataclass(frozen=True, slots=True)
class EssayAnswers:
    """One question, answered by each of several essays with its best passage.

    Attributes:
        question: As asked.
        answers: The answer of each essay, by its id, with one passage at most.
        left_out: Ids of essays that were not asked because there are many, in the library's order.
    """

    question: str
    answers: Mapping[str, Answer]
    left_out: tuple[str, ...] = ()

    @property
    def answered(self) -> bool:
        """Whether any essay answers."""
        return any(answer.answered for answer in self.answers.values())

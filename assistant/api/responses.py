"""What the calls of the API return, as pydantic models."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from assistant.api.requests import ABSENT
from assistant.core.answer import AnswerVerdict, Basis, Reason
from assistant.core.quotation import WarningKind

EssayId = Annotated[str, Field(description="The essay's id.")]
PassageId = Annotated[str, Field(description="The passage's id, such as gill-2014/p09.")]
Start = Annotated[int, Field(description="Offset of the first character.")]
End = Annotated[int, Field(description="Offset after the last character.")]
Pages = Annotated[str, Field(description="Pages, such as 849-50; empty where the source shows none.")]
LOCATOR = Field(ABSENT, description="Given without pages: what is cited in their place, such as par. 14.")
InText = Annotated[str, Field(description="In-text citation in the style asked for.")]
Reference = Annotated[str, Field(description="Full bibliographic reference.")]
Printed = Annotated[str, Field(description="The printed words, not to be altered.")]
Quotation = Annotated[
    str, Field(description="The words with quotation marks and citation, as they go into a draft.")
]


class SourceObject(BaseModel):
    """Where it is in the essay's source."""

    start: Start
    end: End


class QuotedObject(BaseModel):
    """Whose words they are, if the essay quotes them, and the citation printed there."""

    author: str = Field(description="May be empty.")
    citation: str = Field(description="May be empty.")


class ZoteroObject(BaseModel):
    """Addresses that open Zotero at an essay that was added from there."""

    select: str = Field(description="Shows its item in Zotero's library.")
    open: str = Field(ABSENT, description="Opens its PDF at the page of the cited words.")


_Zotero = Annotated[ZoteroObject, Field(description="Given if the essay was added from Zotero.")]


class HighlightObject(BaseModel):
    """Sentences that answer."""

    start: Start
    end: End
    text: Printed
    pages: Pages
    locator: str = LOCATOR
    citation: InText
    quotation: Quotation
    quoted: QuotedObject | None
    zotero: _Zotero = ABSENT


class MatchObject(BaseModel):
    """A word of the question and the most similar word of the essay."""

    word: str = Field(description="The question's word.")
    weight: float
    cosine: float
    passage: PassageId
    start: Start
    end: End
    text: str = Field(description="The essay's word.")
    met: bool
    framing: bool = Field(description="Whether the word only frames the question.")


class HitObject(BaseModel):
    """A passage."""

    id: PassageId
    essay: EssayId
    kind: str = Field(description="Such as paragraph, blockquote or note.")
    section: str = Field(description="The heading above it, or empty.")
    text: Printed
    pages: Pages
    locator: str = LOCATOR
    score: float
    source: SourceObject
    highlights: list[HighlightObject] = Field(description="The sentences that answer, in reading order.")
    citation: InText
    reference: Reference
    quotation: Quotation
    quoted: QuotedObject | None
    zotero: _Zotero = ABSENT
    matches: list[MatchObject] = Field(ABSENT, description="Why it was found; given if `explain`.")
    meets: list[int] = Field(ABSENT, description="Indices of the `ideas` it bears on or comes near.")


class IdeaObject(BaseModel):
    """A sentence or clause of a paragraph that was looked up."""

    start: Start
    end: End
    text: str = Field(description="The paragraph's words from `start` to `end`.")
    sentence: int = Field(description="Number of its sentence in the paragraph, from 1.")
    verdict: AnswerVerdict = Field(description="answers: passages bear on it; near: some come near; or none.")
    passages: list[PassageId] = Field(description="Best first; empty if the verdict is `none`.")


class AskResponse(BaseModel):
    """The passages that answer a question, or the nearest."""

    question: str = Field(description="As asked.")
    answered: bool = Field(description="Whether the verdict is `answers`.")
    verdict: AnswerVerdict = Field(
        description="answers; near: no passage says it outright, these come nearest; none: the essays do not "
        "seem to answer, the passages are the nearest only."
    )
    confidence: float = Field(description="How probably the passages answer, 0 to 1.")
    basis: Basis = Field(description="What the passages were found by.")
    passages: list[HitObject] = Field(description="Best first.")
    ideas: list[IdeaObject] = Field(ABSENT, description="For a paragraph: what it says, each looked up.")
    read_as: str = Field(
        ABSENT,
        description="What a question was read as that leans on its history, in words of the conversation and "
        "the essays; absent if it stands alone.",
    )
    reason: Reason = Field(ABSENT, description="Why nothing answers, where it is known; `note` says it.")
    note: str = Field(ABSENT, description="A remark on the question itself, if there is one.")


class DifferenceObject(BaseModel):
    """A step of the comparison."""

    op: Literal["equal", "replace", "insert", "delete"]
    quoted: str = Field(description="As the writer has it.")
    printed: str = Field(description="As the essay has it.")


_Diff = Annotated[list[DifferenceObject], Field(description="Quotation and print compared, step by step.")]


class EditObject(BaseModel):
    """A change that the writer marked."""

    kind: str = Field(description="Such as ellipsis.")
    quoted: str = Field(description="The mark.")
    printed: str = Field(description="The printed words that it replaces.")


class PlaceObject(BaseModel):
    """A place where the words are printed, or words near them."""

    passage: PassageId
    passages: list[PassageId] = Field(description="All passages that contain the words.")
    essay: EssayId
    start: Start
    end: End
    text: Printed
    pages: Pages
    locator: str = LOCATOR
    source: SourceObject
    citation: InText
    quoted: QuotedObject | None
    diff: _Diff
    edits: list[EditObject] = Field(description="Changes that the writer marked as their own.")
    zotero: _Zotero = ABSENT


class WarningObject(BaseModel):
    """What the writer's marks may do to the sense of a quotation whose words are exact."""

    kind: WarningKind
    text: str = Field(description="One sentence.")


class QuoteResponse(BaseModel):
    """A verdict on a quotation."""

    text: str = Field(description="As given.")
    verdict: Literal["exact", "altered", "absent"]
    matches: list[PlaceObject] = Field(description="Where they are printed, or the nearest words.")
    places: int = Field(description="Number of places, including those not listed.")
    warnings: list[WarningObject] = Field(
        description="What an omission or a bracket may do to the sense of exact words; else empty."
    )


class RunObject(BaseModel):
    """A piece of text, all of it in italics or all upright."""

    text: str
    italic: bool


class SentenceObject(BaseModel):
    """A sentence of a passage."""

    start: Start
    end: End
    text: Printed


class InsertResponse(BaseModel):
    """A quotation in the parts that a word processor inserts."""

    passage: PassageId
    essay: EssayId
    start: Start
    end: End
    text: Printed
    pages: Pages
    locator: str = LOCATOR
    quotation: Quotation
    words: list[RunObject] = Field(
        description="The words, in quotation marks unless `block`; line breaks are those of verse or between "
        "paragraphs."
    )
    citation: list[RunObject] = Field(
        description="The citation: the text of a note if `note`, else what follows the words after a space."
    )
    again: list[RunObject] = Field(
        ABSENT, description="The citation where the essay has been cited before, if it differs."
    )
    stop: str = Field(description="What follows the citation, such as a full stop; may be empty.")
    note: bool = Field(description="Whether the style cites in notes, called directly after the words.")
    block: bool = Field(description="Whether the style sets the words off as a paragraph of their own.")
    quoted: QuotedObject | None
    reference: list[RunObject] = Field(description="The entry in the list of works cited.")
    sentences: list[SentenceObject] = Field(description="All sentences of the passage, to choose from.")


class StyleObject(BaseModel):
    """A citation style."""

    name: str = Field(description="What the field `style` of the other calls takes.")
    title: str


class StylesResponse(BaseModel):
    """The citation styles that have names of their own; names of CSL styles can be used besides."""

    styles: list[StyleObject]


class _InDraft(BaseModel):
    place: str = Field(description="Line and column.")
    line: int = Field(description="From 1.")
    column: int = Field(description="From 1.")
    start: Start
    end: End


class ProblemObject(_InDraft):
    """A problem; what does not apply is null."""

    kind: str = Field(
        description="misquoted, changed sense, not found, wrong page, no such page, wrong source, "
        "second-hand, uncited, unmarked."
    )
    quoted: str | None = Field(description="The draft's words.")
    printed: str | None = Field(description="The essay's words, not to be altered.")
    cited: str | None = Field(description="The draft's citation.")
    citation: InText
    essay: EssayId
    passage: PassageId | None
    pages: Pages | None
    locator: str = LOCATOR
    message: str = Field(description="What is wrong, on one line.")
    diff: _Diff
    warnings: list[WarningObject] = Field(description="What may change the sense; else empty.")
    fix: str | None = Field(
        description="What to put from `start` to `end`, exactly so; null if that is not certain."
    )


class HintObject(_InDraft):
    """A page cited for a sentence without a quotation, where other pages are nearer; no problem."""

    sentence: str = Field(description="The draft's sentence, up to the citation.")
    cited: str = Field(description="The draft's citation.")
    citation: InText
    essay: EssayId
    passage: PassageId
    printed: str = Field(description="The nearest words of the essay, not to be altered.")
    pages: Pages
    locator: str = LOCATOR
    message: str = Field(description="Which page is nearer, on one line.")


class CheckResponse(BaseModel):
    """A checked draft."""

    draft: str = Field(description="A hyphen: it came in no file.")
    unit: str = Field(description="What places count: `line`, or `paragraph` in files without lines.")
    quotations: int = Field(description="Quotations found in it.")
    exact: int = Field(description="Of these, as printed.")
    not_checked: int = Field(description="Of these, cited to works that the library does not have.")
    # "faults" and not "problems", because programs that were written for earlier versions read it.
    faults: list[ProblemObject] = Field(description="In the order of the draft.")
    hints: list[HintObject] = Field(description="Where `paraphrases` asks for them; for the writer to judge.")
    paragraphs: list[str] = Field(
        ABSENT,
        description="Given for files: the texts in which `line` and `column` count; notes come last.",
    )


class CiteResponse(BaseModel):
    """How an essay is cited."""

    id: EssayId
    style: str = Field(description="The style.")
    citation: InText
    reference: Reference
    again: str = Field(
        ABSENT, description="The citation where the essay has been cited before, if it differs."
    )
    zotero: _Zotero = ABSENT


class EssayObject(BaseModel):
    """An essay."""

    id: EssayId
    title: str = Field(description="Its title.")
    reference: dict[str, Any] = Field(description="Its CSL-JSON record.")
    source: str = Field(description="Name of the file that it was read from.")
    pages: list[str] = Field(description="First and last page; empty without pages.")
    passages: int = Field(description="Passages that questions search.")
    tags: list[str] = Field(description="Tags that the user gave it.")
    collections: list[str] = Field(description="Paths of the collections that it is in.")
    damaged: str = Field(
        ABSENT,
        description="Given if its file is damaged, so that it is left out: what is wrong and what to do.",
    )


class ListResponse(BaseModel):
    """The library."""

    # MCP sends the list within an object, since not every client accepts a bare list.
    essays: list[EssayObject] = Field(description="All essays.")

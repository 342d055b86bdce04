"""The five calls of the API: what each takes, what it returns, and which requests are refused.

The JSON shapes are defined here once, as pydantic models. HTTP, MCP and Gradio check their requests with them
and describe themselves by their JSON schemas. The objects themselves are built in ``assistant.rendering``,
which ``assistant ask`` uses too and which therefore does not import pydantic; ``tests/api/test_schema.py``
proves that both agree.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, ValidationError
from pydantic_core import ErrorDetails

from assistant.api.requests import (
    ABSENT,
    MAX_BYTES,
    MAX_PASSAGES,
    AskRequest,
    CheckRequest,
    CiteRequest,
    ListRequest,
    QuoteRequest,
)
from assistant.core.answer import AnswerVerdict, Basis, Reason
from assistant.core.quotation import WarningKind


class RefusedError(Exception):
    """A request that is refused.

    Args:
        status: The HTTP status.
        sentence: What is wrong with the request, and what to do about it.
    """

    def __init__(self, status: HTTPStatus, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


_EssayId = Annotated[str, Field(description="The essay's id.")]
_PassageId = Annotated[str, Field(description="The passage's id, such as gill-2014/p09.")]
_Start = Annotated[int, Field(description="Offset of the first character.")]
_End = Annotated[int, Field(description="Offset after the last character.")]
_Pages = Annotated[str, Field(description="Pages, such as 849-50; empty where the source shows none.")]
_LOCATOR = Field(ABSENT, description="Given without pages: what is cited in their place, such as par. 14.")
_Citation = Annotated[str, Field(description="In-text citation in the style asked for.")]
_Reference = Annotated[str, Field(description="Full bibliographic reference.")]
_Printed = Annotated[str, Field(description="The printed words, not to be altered.")]
_Quotation = Annotated[
    str, Field(description="The words with quotation marks and citation, as they go into a draft.")
]


class SourceObject(BaseModel):
    """Where it is in the essay's source."""

    start: _Start
    end: _End


class QuotedObject(BaseModel):
    """Whose words they are, if the essay quotes them, and the citation printed there."""

    author: str = Field(description="May be empty.")
    citation: str = Field(description="May be empty.")


class HighlightObject(BaseModel):
    """Sentences that answer."""

    start: _Start
    end: _End
    text: _Printed
    pages: _Pages
    locator: str = _LOCATOR
    citation: _Citation
    quotation: _Quotation
    quoted: QuotedObject | None


class MatchObject(BaseModel):
    """A word of the question and the most similar word of the essay."""

    word: str = Field(description="The question's word.")
    weight: float
    cosine: float
    passage: _PassageId
    start: _Start
    end: _End
    text: str = Field(description="The essay's word.")
    met: bool
    framing: bool = Field(description="Whether the word only frames the question.")


class HitObject(BaseModel):
    """A passage."""

    id: _PassageId
    essay: _EssayId
    kind: str = Field(description="Such as paragraph, blockquote or note.")
    section: str = Field(description="The heading above it, or empty.")
    text: _Printed
    pages: _Pages
    locator: str = _LOCATOR
    score: float
    source: SourceObject
    highlights: list[HighlightObject] = Field(description="The sentences that answer, in reading order.")
    citation: _Citation
    reference: _Reference
    quotation: _Quotation
    quoted: QuotedObject | None
    matches: list[MatchObject] = Field(ABSENT, description="Why it was found; given if `explain`.")
    meets: list[int] = Field(ABSENT, description="Indices of the `ideas` it bears on or comes near.")


class IdeaObject(BaseModel):
    """A sentence or clause of a paragraph that was looked up."""

    start: _Start
    end: _End
    text: str = Field(description="The paragraph's words from `start` to `end`.")
    sentence: int = Field(description="Number of its sentence in the paragraph, from 1.")
    verdict: AnswerVerdict = Field(description="answers: passages bear on it; near: some come near; or none.")
    passages: list[_PassageId] = Field(description="Best first; empty if the verdict is `none`.")


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

    passage: _PassageId
    passages: list[_PassageId] = Field(description="All passages that contain the words.")
    essay: _EssayId
    start: _Start
    end: _End
    text: _Printed
    pages: _Pages
    locator: str = _LOCATOR
    source: SourceObject
    citation: _Citation
    quoted: QuotedObject | None
    diff: _Diff
    edits: list[EditObject] = Field(description="Changes that the writer marked as their own.")


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


class _InDraft(BaseModel):
    place: str = Field(description="Line and column.")
    line: int = Field(description="From 1.")
    column: int = Field(description="From 1.")
    start: _Start
    end: _End


class ProblemObject(_InDraft):
    """A problem; what does not apply is null."""

    kind: str = Field(
        description="misquoted, changed sense, not found, wrong page, no such page, wrong source, "
        "second-hand, uncited, unmarked."
    )
    quoted: str | None = Field(description="The draft's words.")
    printed: str | None = Field(description="The essay's words, not to be altered.")
    cited: str | None = Field(description="The draft's citation.")
    citation: _Citation
    essay: _EssayId
    passage: _PassageId | None
    pages: _Pages | None
    locator: str = _LOCATOR
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
    citation: _Citation
    essay: _EssayId
    passage: _PassageId
    printed: str = Field(description="The nearest words of the essay, not to be altered.")
    pages: _Pages
    locator: str = _LOCATOR
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


class CiteResponse(BaseModel):
    """How an essay is cited."""

    id: _EssayId
    style: str = Field(description="The style.")
    citation: _Citation
    reference: _Reference
    again: str = Field(
        ABSENT, description="The citation where the essay has been cited before, if it differs."
    )


class EssayObject(BaseModel):
    """An essay."""

    id: _EssayId
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


@dataclass(frozen=True, slots=True)
class Call:
    """A call of the API.

    Attributes:
        title: What it does, in two or three words.
        description: What it returns, and what a program that writes with it must observe.
        request: Its fields.
        response: What it returns; for ``list`` as MCP sends it.
    """

    title: str
    description: str
    request: type[BaseModel]
    response: type[BaseModel]


CALLS: Mapping[str, Call] = {
    "ask": Call(
        "Find passages",
        "Find the passages of the library's essays that answer a question, word for word, with page and "
        "citation. Quote them exactly as given: change no letter of the words, and cite as given; "
        "`quotation` has the words, their quotation marks and the citation as they go into a draft. "
        "`answered: false` means that the essays do not seem to answer the question: say so, for the "
        "passages are then the nearest only and no answer; `note` says why, where that is known. "
        "Given a paragraph of a draft, it finds evidence for each sentence: `ideas` says which passages bear "
        "on which, and on which nothing does. "
        "Where `quoted` is given, the words are not the "
        "essay's author's but quoted there from another, and `citation` says so.",
        AskRequest,
        AskResponse,
    ),
    "quote": Call(
        "Check a quotation",
        "Say whether words are printed so in an essay, and where: `exact`, `altered` (with the printed words "
        "and every difference) or `absent`. Check every quotation before it goes into a draft. Where it is "
        "altered, take the printed words as they are; where it is absent, do not quote it. Where `warnings` "
        "are given, an omission or a bracket changes the sense: quote more of the words.",
        QuoteRequest,
        QuoteResponse,
    ),
    "check": Call(
        "Check a draft",
        "Check every quotation and citation of a draft against the essays: misquoted words, omissions that "
        "change the sense, wrong pages or sources, words without quotation marks or citation. Each problem "
        "has its place and, where it is certain, `fix`: the words to put there, exactly so.",
        CheckRequest,
        CheckResponse,
    ),
    "cite": Call(
        "Cite an essay",
        "Give the in-text citation and the full bibliographic reference of an essay. Use both as given.",
        CiteRequest,
        CiteResponse,
    ),
    "list": Call(
        "List the essays",
        "List the essays of the library, with their ids and references.",
        ListRequest,
        ListResponse,
    ),
}


def check_request(call: Call, fields: Mapping[str, Any]) -> None:
    """Check the fields of a request.

    Raises:
        RefusedError: If fields are unknown, missing, of another type, out of bounds or too long.
    """
    try:
        call.request.model_validate(dict(fields))
    except ValidationError as error:
        sentence = _refusal(call, error.errors(include_url=False, include_input=False)[0])
        raise RefusedError(HTTPStatus.BAD_REQUEST, sentence) from None
    if sum(len(text.encode("utf-8", "surrogatepass")) for text in _texts(fields)) > MAX_BYTES:
        raise RefusedError(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            f"The fields are longer than {MAX_BYTES:,} bytes together; send less.",
        )


# What a field must be, by the type of pydantic's error.
_MUST_BE = {
    "string_type": "a text",
    "int_type": "a whole number",
    "bool_type": "true or false",
    "list_type": "a list of texts",
    "greater_than_equal": f"from 1 to {MAX_PASSAGES}",
    "less_than_equal": f"from 1 to {MAX_PASSAGES}",
    "string_pattern_mismatch": "the name of a style, such as mla",
}


def _refusal(call: Call, error: ErrorDetails) -> str:
    """The sentence that tells a program what is wrong with its request."""
    name, *within = error["loc"]
    if error["type"] == "missing":
        return f"The field {name!r} is missing."
    if error["type"] == "extra_forbidden":
        return f"There is no field {name!r}; there is: {', '.join(call.request.model_fields) or 'none'}."
    if error["type"] == "literal_error":
        expected = error["ctx"]["expected"].replace("'", "")
        return f"The field {name!r} must be {expected}."
    return f"The field {name!r} must be {_MUST_BE['list_type' if within else error['type']]}."


def _texts(fields: Mapping[str, Any]) -> Iterator[str]:
    for value in fields.values():
        yield from (value if isinstance(value, list) else [value] if isinstance(value, str) else [])

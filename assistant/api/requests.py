"""What each call of the API takes, as pydantic models."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from assistant.core.selection import SelectableKind

# Size of all texts of a request together; a long question with its conversation takes a hundredth of it.
MAX_BYTES = 1_000_000
MAX_PASSAGES = 100
# Size of a draft that is sent as a file, and what messages call it, by the media type. Drafts have pictures.
MAX_FILE_BYTES = 50_000_000
DRAFT_FILES = {
    "application/vnd.oasis.opendocument.text": "draft.odt",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "draft.docx",
}

# The default of a field that may be left out but has no value then. It is not part of the JSON.
ABSENT: Any = None


class _Request(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")


# An empty text is refused by the library, which says what it needs instead.
_NOT_EMPTY: dict[str, Any] = {"minLength": 1}

_Essays = Annotated[
    list[str], Field(description="Ids of the essays to look in, as `list` gives them; all if left out.")
]
# A style may also be a file, and other programs may not read files.
_Style = Annotated[
    str,
    Field(
        pattern="^[A-Za-z0-9-]+$",
        description="Citation style: mla, chicago, chicago-notes, apa, harvard, ieee, or the name of a CSL "
        "style.",
    ),
]

_Authors = Annotated[
    list[str], Field(description="Only essays of one of these authors: family names or whole names.")
]
_Years = Annotated[
    list[str],
    Field(description="Only essays of these years: 2014, 2010-2014, 2010- (since) or -2014 (until)."),
]
_Collections = Annotated[
    list[str],
    Field(description="Only essays of one of these collections, or of one in it, as `list` has them."),
]
_Tags = Annotated[list[str], Field(description="Only essays with one of these tags.")]


class AskRequest(_Request):
    """A question."""

    question: str = Field(
        description="The question, as one would put it to a reader of the essays; or a draft's paragraph.",
        json_schema_extra=_NOT_EMPTY,
    )
    top: Annotated[int, Field(ge=1, le=MAX_PASSAGES)] = Field(
        ABSENT, description="Number of passages, best first; if left out 3, or 5 for a paragraph."
    )
    essays: _Essays = ABSENT
    style: _Style = "mla"
    history: list[str] = Field(ABSENT, description="Earlier questions of the conversation, oldest first.")
    fast: bool = Field(
        default=False, description="Leave out the model that reads passages: quicker, but less sure."
    )
    explain: bool = Field(
        default=False, description="Say which words of the question are like which of the essay."
    )
    voice: Literal["author", "quoted"] = Field(
        ABSENT,
        description="Mark only sentences with words of the essay's author, or with words quoted in it.",
    )
    on_its_own: bool = Field(
        default=False, description="Ask the question without its history, as if it were the first."
    )
    authors: _Authors = ABSENT
    years: _Years = ABSENT
    collections: _Collections = ABSENT
    tags: _Tags = ABSENT
    kinds: list[SelectableKind] = Field(ABSENT, description="Only passages of these kinds.")
    sections: list[str] = Field(
        ABSENT, description="Only passages under headings with the words of one of these."
    )
    per_essay: Annotated[int, Field(ge=1, le=MAX_PASSAGES)] = Field(
        ABSENT, description="Number of passages of one essay at most."
    )


class QuoteRequest(_Request):
    """A quotation to be judged."""

    text: str = Field(
        description="The quotation, without the quotation marks around it.", json_schema_extra=_NOT_EMPTY
    )
    essays: _Essays = ABSENT
    style: _Style = "mla"
    authors: _Authors = ABSENT
    years: _Years = ABSENT
    collections: _Collections = ABSENT
    tags: _Tags = ABSENT


class CheckRequest(_Request):
    """A draft to be checked."""

    draft: str = Field(
        description="The draft's own text, Markdown or plain; not a file's name.",
        json_schema_extra=_NOT_EMPTY,
    )
    essays: _Essays = ABSENT
    style: _Style = "mla"
    paraphrases: bool = Field(
        default=False,
        description="Also hint at pages cited for sentences that quote nothing, where others are nearer.",
    )
    authors: _Authors = ABSENT
    years: _Years = ABSENT
    collections: _Collections = ABSENT
    tags: _Tags = ABSENT


class InsertRequest(_Request):
    """Words of a passage to be inserted into a draft."""

    passage: str = Field(
        description="The passage's id, such as gill-2014/p09, as `ask` gives it.",
        json_schema_extra=_NOT_EMPTY,
    )
    start: int = Field(
        ABSENT, description="Offset of the first character in the passage's text; 0 if left out."
    )
    end: int = Field(ABSENT, description="Offset after the last character; the passage's end if left out.")
    style: _Style = "mla"
    language: str = Field(
        ABSENT,
        description="Language of the draft, such as de or fr-CH, whose quotation marks are used; if left out "
        "the style's own.",
    )


class StylesRequest(_Request):
    """No field."""


class CiteRequest(_Request):
    """An essay to be cited."""

    id: str = Field(description="The essay's id, as `list` gives it.", json_schema_extra=_NOT_EMPTY)
    style: _Style = "mla"
    page: str = Field(
        ABSENT, description="Page to cite, such as 849 or 849-50; the essay as a whole if left out."
    )


class ListRequest(_Request):
    """Essays to be listed."""

    authors: _Authors = ABSENT
    years: _Years = ABSENT
    collections: _Collections = ABSENT
    tags: _Tags = ABSENT


_Id = Annotated[str, Field(description="The essay's id, as `list` gives it.", json_schema_extra=_NOT_EMPTY)]


class OutlineRequest(_Request):
    """An essay to be outlined."""

    id: _Id
    style: _Style = "mla"


class IndexRequest(_Request):
    """Essays to be indexed."""

    essays: _Essays = ABSENT


class RelatedRequest(_Request):
    """A passage whose nearest passages are wanted."""

    passage: str = Field(description="The passage's id, such as gill-2014/p09.", json_schema_extra=_NOT_EMPTY)
    top: Annotated[int, Field(ge=1, le=MAX_PASSAGES)] = Field(
        ABSENT, description="Number of passages, nearest first; 5 if left out."
    )
    essays: _Essays = ABSENT
    other_essays: bool = Field(default=False, description="Leave out the passage's own essay.")
    style: _Style = "mla"


class CompareRequest(_Request):
    """A question to several essays."""

    question: str = Field(
        description="The question, as one would put it to a reader of the essays.",
        json_schema_extra=_NOT_EMPTY,
    )
    essays: Annotated[
        list[str],
        Field(description="Ids of the essays to ask; if left out all, or the 12 with the nearest passages."),
    ] = ABSENT
    style: _Style = "mla"
    fast: bool = Field(
        default=False, description="Leave out the model that reads passages: quicker, but less sure."
    )

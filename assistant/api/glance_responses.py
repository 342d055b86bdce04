"""What the calls return that show essays at a glance, as pydantic models."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field

from assistant.api.requests import ABSENT
from assistant.api.responses import (
    LOCATOR,
    End,
    EssayId,
    HighlightObject,
    HitObject,
    InText,
    Pages,
    PassageId,
    Printed,
    Quotation,
    QuotedObject,
    Reference,
    SourceObject,
    Start,
)
from assistant.core.answer import AnswerVerdict, Basis, Reason
from assistant.core.book_index import SharedKind
from assistant.core.outline import AnnouncementKind
from assistant.core.related import Relation


class SectionObject(BaseModel):
    """A section, with the sections below it."""

    heading: str = Field(description="Its heading as printed; empty before the first heading.")
    passage: PassageId | None = Field(description="The heading's passage; null without a heading.")
    level: int = Field(description="Depth of the heading, from 1.")
    pages: Pages
    first: PassageId | None = Field(description="Its first passage; null if it has none.")
    words: int
    paragraphs: int


class AnnouncementObject(BaseModel):
    """A sentence in which the essay says what it does."""

    kind: AnnouncementKind
    basis: Literal["words", "place"] = Field(
        description="words: it says so in so many words; place: it is one of the essay's last sentences."
    )
    passage: PassageId
    section: str = Field(description="The heading above it, or empty.")
    start: Start
    end: End
    text: Printed
    pages: Pages
    locator: str = LOCATOR
    source: SourceObject
    citation: InText
    quoted: QuotedObject | None


class OutlineResponse(BaseModel):
    """What an essay shows of itself."""

    id: EssayId
    title: str = Field(description="Its title.")
    record: dict[str, Any] = Field(description="Its CSL-JSON record.")
    reference: Reference
    citation: InText
    pages: list[str] = Field(description="First and last page; empty without pages.")
    words: int
    paragraphs: int
    sections: list[SectionObject] = Field(description="In reading order.")
    announcements: list[AnnouncementObject] = Field(description="In reading order; may be empty.")


class IndexPlaceObject(BaseModel):
    """A place that an entry names."""

    passage: PassageId
    start: Start
    end: End
    pages: list[str] = Field(description="Its printed pages, that of a note as 860n3.")
    locator: str = LOCATOR


class IndexEntryObject(BaseModel):
    """An entry of an index."""

    entry: str = Field(description="The heading, such as Darwin, Charles.")
    forms: list[str] = Field(description="What the essays print for it.")
    pages: list[str] = Field(description="Every printed page by itself, a note's as 860n3.")
    locators: str = Field(description="Its pages as an index prints them, such as 844-45, 860n3.")
    passages: list[PassageId]
    places: list[IndexPlaceObject]
    author: str = Field(ABSENT, description="Of a work: who wrote it, or empty.")
    year: str = Field(ABSENT, description="Of a work: its year, or empty.")
    secondhand: list[str] = Field(
        ABSENT, description="Of quoted authors: pages with words quoted by another."
    )


class SharedObject(BaseModel):
    """What several essays quote."""

    kind: SharedKind
    entry: str = Field(description="The work, or the author.")
    locator: str = Field(description="The page that they share, or empty.")
    text: str = Field(description="The words that they share, or empty.")
    essays: list[EssayId]
    places: list[IndexPlaceObject]


class IndexResponse(BaseModel):
    """The index of one or several essays."""

    essays: list[EssayId]
    names: list[IndexEntryObject] = Field(description="Persons.")
    works: list[IndexEntryObject]
    quoted: list[IndexEntryObject] = Field(description="Authors whose words are quoted, with their places.")
    terms: list[IndexEntryObject]
    shared: list[SharedObject] = Field(description="Who quotes what others quote; empty for one essay.")


class AskedPassageObject(BaseModel):
    """The passage whose nearest passages are shown."""

    id: PassageId
    essay: EssayId
    kind: str
    section: str
    text: Printed
    pages: Pages
    locator: str = LOCATOR
    source: SourceObject
    citation: InText
    reference: Reference
    quotation: Quotation
    quoted: QuotedObject | None


class RelatedHitObject(HitObject):
    """A near passage; its only highlight is the sentence that is most alike."""

    relation: Relation | None = Field(description="What the layout says of both; null if nothing.")
    like: HighlightObject | None = Field(
        description="The sentence of the passage asked about that it is like."
    )


class RelatedResponse(BaseModel):
    """The passages nearest to a passage."""

    passage: AskedPassageObject
    related: list[RelatedHitObject] = Field(description="Nearest first.")


class EssayAnswerObject(BaseModel):
    """What one essay answers."""

    essay: EssayId
    title: str
    answered: bool
    verdict: AnswerVerdict
    confidence: float
    basis: Basis
    passages: list[HitObject] = Field(description="Its best passage, or none.")
    reason: Reason = Field(ABSENT, description="Why it does not answer, where it is known.")
    note: str = Field(ABSENT, description="A remark on the question itself, if there is one.")


class CompareResponse(BaseModel):
    """What each essay answers."""

    question: str = Field(description="As asked.")
    answered: bool = Field(description="Whether any essay answers.")
    answers: list[EssayAnswerObject]
    left_out: list[EssayId] = Field(description="Essays that were not asked, because there are many.")

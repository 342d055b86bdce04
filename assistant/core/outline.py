"""The nouns of an essay's outline: its sections, and the sentences in which it says what it does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from assistant.core.answer import Citation, QuotedWords
from assistant.core.essay import Passage, StoredEssay

# What a sentence announces: what the essay argues, how it proceeds, where its argument turns, what it
# comes to.
AnnouncementKind = Literal["thesis", "plan", "turn", "conclusion"]
ANNOUNCEMENT_KINDS: tuple[AnnouncementKind, ...] = ("thesis", "plan", "turn", "conclusion")


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """A sentence in which an essay says what it does.

    Attributes:
        kind: What it announces.
        passage: Its passage.
        start: Offset into the passage's text.
        end: Offset after the last character.
        worded: Whether the essay announces it in so many words; otherwise the sentence is only the place
            where an essay comes to its end.
        citation: Of exactly these words.
        quoted: The quotation that all these words belong to; ``None`` if the essay's own are among them.
    """

    kind: AnnouncementKind
    passage: Passage
    start: int
    end: int
    worded: bool
    citation: Citation
    quoted: QuotedWords | None = None

    @property
    def text(self) -> str:
        """The sentence."""
        return self.passage.text[self.start : self.end]


@dataclass(frozen=True, slots=True, kw_only=True)
class OutlineSection:
    """A section of an essay, with the sections below it.

    Attributes:
        heading: Its heading; ``None`` for what comes before the first heading, and for an essay without any.
        level: Depth of its heading, from 1.
        pages: Its pages with a hyphen (``846-52``), or the empty string.
        first: Id of its first passage after the heading; the empty string if there is none.
        words: Number of its words; notes count only under the heading that the essay prints for them.
        paragraphs: Number of its paragraphs; one that resumes after a block quotation is no new one.
    """

    heading: Passage | None
    level: int
    pages: str
    first: str
    words: int
    paragraphs: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """What an essay shows of itself before it is asked anything.

    Attributes:
        essay: The essay.
        citation: Of the essay as a whole.
        reference: Its full bibliographic reference.
        sections: Its sections, in reading order.
        announcements: Sentences in which it says what it does, in reading order.
        words: Number of its words, in paragraphs, quotations, verse and lists.
        paragraphs: Number of its paragraphs.
    """

    essay: StoredEssay
    citation: Citation
    reference: str
    sections: tuple[OutlineSection, ...]
    announcements: tuple[Announcement, ...]
    words: int
    paragraphs: int

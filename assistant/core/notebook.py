"""A notebook: pinned words of essays, and the notebook or conversation that is exported from them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from assistant.core.answer import Citation, PreparedQuotation
from assistant.core.essay import Spans
from assistant.core.rich import Rich


@dataclass(frozen=True, slots=True)
class Pin:
    """Words of an essay as a browser saved them.

    Attributes:
        essay: Id of the essay.
        passage: Id of the passage.
        start: Offset into the passage's text.
        end: Offset after the last character.
        words: ``text[start:end]`` of the passage when it was pinned.
        citation: Its in-text citation at that time.
        title: The essay's title at that time.
        reference: The essay's reference at that time.
        question: The question that found it, or the empty string.
        note: The user's note on it.
        marked: Spans of the passage's text, within these words, that were marked as answering.
        tags: The user's tags, in their order.
    """

    essay: str
    passage: str
    start: int
    end: int
    words: str
    citation: str = ""
    title: str = ""
    reference: str = ""
    question: str = ""
    note: str = ""
    marked: Spans = ()
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """Pins that belong together.

    Attributes:
        pins: The pins, in the user's order.
        heading: The question of a conversation that they answer; empty in a notebook.
        said: The page's remarks on them, such as ``Likely answer``.
    """

    pins: tuple[Pin, ...]
    heading: str = ""
    said: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mark:
    """Words within an entry that were marked as answering.

    Attributes:
        start: Offset into the entry's words.
        end: Offset after the last character.
        citation: Of exactly these words.
    """

    start: int
    end: int
    citation: Citation


@dataclass(frozen=True, slots=True)
class Entry:
    """A pin, looked up in the library again.

    Attributes:
        pin: The pin.
        current: Whether the passage still has these words; if not, all is as the browser saved it.
        words: The words that ``quotation`` quotes: the pin's, or those of them that the essay itself
            quotes.
        quotation: The quotation as it goes into a draft.
        title: The essay's title.
        reference: The essay's reference.
        marks: The words that were marked as answering, in reading order.
    """

    pin: Pin
    current: bool
    words: str
    quotation: PreparedQuotation
    title: Rich
    reference: Rich
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True)
class Notebook:
    """A notebook or conversation to be exported.

    Attributes:
        title: Its heading.
        sections: Its sections, each with its entries.
        list_title: The style's heading for the list of references.
    """

    title: str
    sections: tuple[tuple[Section, tuple[Entry, ...]], ...]
    list_title: str

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """All entries, in order."""
        return tuple(entry for _, entries in self.sections for entry in entries)

    @cached_property
    def references(self) -> tuple[Rich, ...]:
        """Each reference once, in alphabetical order."""
        each = {entry.reference.plain(): entry.reference for entry in self.entries if entry.reference}
        return tuple(each[plain] for plain in sorted(each, key=str.casefold))

    @cached_property
    def essays(self) -> tuple[str, ...]:
        """Ids of the essays that are still in the library, each once, in order."""
        return tuple(dict.fromkeys(entry.pin.essay for entry in self.entries if entry.current))

"""The nouns of a notebook: pinned words, and what they and a conversation become when they are exported.

Beside ``types`` on the lowest floor.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from assistant.core.answer import Citation, PreparedQuotation
from assistant.core.rich import Rich


@dataclass(frozen=True, slots=True)
class Pin:
    """Words of an essay as a browser kept them.

    Attributes:
        essay: Id of the essay.
        passage: Id of the passage.
        start: Offset into the passage's text.
        end: Offset behind the last character.
        words: ``text[start:end]`` of the passage when it was pinned.
        citation: Its in-text citation then.
        title: The essay's title then.
        reference: The essay's reference then.
        question: The question that it was found by, or the empty string.
        note: What its reader wrote about it.
        marked: Spans of the passage's text that were marked as answering, within these words.
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
    marked: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """Pins that belong together.

    Attributes:
        pins: The pins, in their reader's order.
        heading: The question of a conversation that they answer; empty in a notebook.
        said: What the page said of them, such as ``Likely answer``.
    """

    pins: tuple[Pin, ...]
    heading: str = ""
    said: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mark:
    """Words within an entry that were marked as answering.

    Attributes:
        start: Offset into the entry's words.
        end: Offset behind the last character.
        citation: Of exactly these words.
    """

    start: int
    end: int
    citation: Citation


@dataclass(frozen=True, slots=True)
class Entry:
    """A pin that was looked up in the library again.

    Attributes:
        pin: The pin.
        current: Whether its words still stand where they were pinned; else all is as the browser kept it.
        words: Words that ``quotation`` sets within marks or as a block: the pin's, or those of them that the
            essay quotes.
        quotation: The words as they go into a draft.
        title: The essay's title.
        reference: The essay's reference.
        marks: What was marked as answering, in reading order.
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
    """What is exported.

    Attributes:
        title: What stands above it.
        sections: Its sections, each with its pins as they are now.
        list_title: What the style calls the list of references.
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

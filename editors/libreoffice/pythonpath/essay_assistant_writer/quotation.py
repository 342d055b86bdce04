"""A quotation as the server sets it, and what of it depends on the place where it is inserted."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Iterable

# Pages and other locators at the end of a note.
_LOCATOR = re.compile(r"[\s,:]*(?:(?:pp?|paras?)\.\s*)?[\divxlc][\divxlc\s,–-]*\)?\.?$", re.IGNORECASE)
_STOPS = ".,;:?!…"
_BEFORE_WORDS = " \t\n(\\[{“„«‘‚\u00a0—–/"


@dataclass(frozen=True)
class Run:
    """A piece of text, all of it in italics or all upright."""

    text: str
    italic: bool


@dataclass(frozen=True)
class Quotation:
    """A quotation for a document.

    Attributes:
        words: The words, in their marks unless they are a block.
        citation: The citation, or the text of the note.
        again: The same where the essay has been cited before.
        stop: What follows the citation in the text.
        note: Whether the citation is a note.
        block: Whether the words are a paragraph of their own.
    """

    words: tuple[Run, ...]
    citation: tuple[Run, ...]
    again: tuple[Run, ...]
    stop: str
    note: bool
    block: bool

    @classmethod
    def of(cls, answer: dict[str, Any]) -> Quotation:
        """The quotation in an answer of ``/api/insert``."""
        citation = _runs(answer["citation"])
        again = _runs(answer["again"]) if "again" in answer else citation
        return cls(_runs(answer["words"]), citation, again, answer["stop"], answer["note"], answer["block"])

    def note_text(self, notes_before: Iterable[str]) -> tuple[Run, ...]:
        """The text of the note: a short one if an earlier note of the document cites the essay in full."""
        full = _LOCATOR.sub("", plain(self.citation))
        return self.again if any(full in note for note in notes_before) else self.citation

    def in_text(self, before: str, after: str) -> tuple[Run, ...]:
        """What goes into the text, between the character before it and the one after it.

        The citation is part of it, except where it is a note.
        """
        runs = list(self.words)
        if before and before not in _BEFORE_WORDS and not self.block:
            runs.insert(0, Run(" ", italic=False))
        if not self.note and self.citation:
            runs += [Run(" ", italic=False), *self.citation]
            if self.stop and not (after and after in _STOPS):
                runs.append(Run(self.stop, italic=False))
        return tuple(runs)

    @property
    def preview(self) -> str:
        """The whole as text, as a dialog shows it."""
        if self.note:
            return f"{plain(self.words)}¹\n\n¹ {plain(self.citation)}"
        return f"{plain(self.words)} {plain(self.citation)}{self.stop}"


def plain(runs: Iterable[Run]) -> str:
    """Text without its italics."""
    return "".join(run.text for run in runs)


def joins_next_word(after: str) -> bool:
    """Whether a space must follow, because a word does."""
    return after.isalnum()


def _runs(pieces: list[dict[str, Any]]) -> tuple[Run, ...]:
    return tuple(Run(piece["text"], bool(piece["italic"])) for piece in pieces)

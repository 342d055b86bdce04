"""What every citation style can do."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

from assistant.citations.disambiguation import Works
from assistant.core.essay import CSLItem
from assistant.core.rich import Rich

# Citations and references that are kept; more than an answer, a page or a draft has.
_KEPT = 4096


class Style(ABC):
    """A citation style.

    Args:
        records: Records of all works that are cited beside each other: a style tells a work from the
            others of its author, year or surname.
    """

    def __init__(self, records: Sequence[CSLItem] = ()) -> None:
        self.works = Works(records)
        # Answers cite the same few works again and again; each entry holds the record that it is of.
        self._cited: dict[tuple[int, str, str | None], tuple[CSLItem, Rich]] = {}
        self._listed: dict[int, tuple[CSLItem, Rich]] = {}

    @abstractmethod
    def rich_in_text(self, record: CSLItem, locator: str, *, quoting: str | None = None) -> Rich:
        """The in-text citation, or the full note in a style of notes.

        Args:
            record: The work.
            locator: Its pages (``849-50``); empty without pages.
            quoting: Whom the work quotes, if the words are not its author's own; the empty string where
                it is not known whose they are.
        """

    @abstractmethod
    def rich_reference(self, record: CSLItem) -> Rich:
        """The entry in the list of works cited."""

    @abstractmethod
    def quotation(self, words: str, citation: str) -> str:
        """Printed words as they go into a draft.

        Args:
            words: The words, whose letters stay as they are.
            citation: Their in-text citation.
        """

    def rich_again(self, record: CSLItem, locator: str, *, quoting: str | None = None) -> Rich:
        """How a work that was cited before is cited again: as ever, but for styles of notes."""
        return self.rich_in_text(record, locator, quoting=quoting)

    def in_text(self, record: CSLItem, locator: str, *, quoting: str | None = None) -> str:
        """``rich_in_text`` as plain text."""
        return self.cited(record, locator, quoting=quoting).plain()

    def cited(self, record: CSLItem, locator: str, *, quoting: str | None = None) -> Rich:
        """``rich_in_text``, kept for the next time."""
        key = (id(record), locator, quoting)
        if key not in self._cited:
            if len(self._cited) >= _KEPT:
                self._cited.clear()
            self._cited[key] = (record, self.rich_in_text(record, locator, quoting=quoting))
        return self._cited[key][1]

    def again(self, record: CSLItem, locator: str, *, quoting: str | None = None) -> str:
        """``rich_again`` as plain text."""
        return self.rich_again(record, locator, quoting=quoting).plain()

    def reference(self, record: CSLItem) -> str:
        """``rich_reference`` as plain text."""
        return self.listed(record).plain()

    def listed(self, record: CSLItem) -> Rich:
        """``rich_reference``, kept for the next time."""
        if id(record) not in self._listed:
            if len(self._listed) >= _KEPT:
                self._listed.clear()
            self._listed[id(record)] = (record, self.rich_reference(record))
        return self._listed[id(record)][1]


def relayed(quoting: str | None, through: str) -> str:
    """The beginning of a citation of words that a work quotes.

    Args:
        quoting: Whom it quotes; empty where that is not known, ``None`` for the work's own words.
        through: What the style has between the two, such as ``qtd. in``.

    Returns:
        ``Weinbaum, qtd. in``, or ``qtd. in``, with a space behind it; nothing for the work's own words.
    """
    if quoting is None:
        return ""
    return f"{quoting}, {through} " if quoting else f"{through} "

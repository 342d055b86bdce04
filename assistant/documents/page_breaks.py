"""Pages counted by the breaks in a word processor's file."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from assistant.documents.numbering import FoundPages

if TYPE_CHECKING:
    from assistant.documents.archive import ParagraphWriter

# Characters of a page: with more between two breaks, not all breaks are known.
_LARGEST_PAGE, _LARGEST_BROKEN = 6_500, 5_000
# Of so many pages none is so much longer than the longer half of them, unless a break between is missing.
_FEWEST_PAGES, _LONGER = 5, 1.8
UNSURE = (
    "Not all page breaks of the file are known; citations name paragraphs. To cite pages, save the file once "
    "more in its word processor, or add it as PDF."
)


def are_whole(lengths: Sequence[int], *, is_laid_out: bool) -> bool:
    """Whether pages of these lengths can be all pages of a text, so that they can be cited.

    Args:
        lengths: Characters of each page.
        is_laid_out: Whether a program marked the breaks when it laid the text out; else the writer made them.
    """
    if len(lengths) < 2:
        return False
    ordered = sorted(lengths)
    if not is_laid_out:
        return ordered[-1] <= _LARGEST_BROKEN
    usual = ordered[3 * len(ordered) // 4]
    is_even = len(lengths) < _FEWEST_PAGES or ordered[-1] <= _LONGER * usual
    return ordered[-1] <= _LARGEST_PAGE and is_even


def lengths_of(starts: Sequence[int], length: int) -> list[int]:
    """Characters of each page by the starts of all and the length of the text."""
    return [end - start for start, end in pairwise([*starts, max(length, *starts, 0)])]


class BreakCounter:
    """Counts the pages while a text is written.

    Args:
        is_laid_out: Whether the file has the breaks of the program that last laid it out, and not only those
            that the writer made.
    """

    def __init__(self, *, is_laid_out: bool) -> None:
        self._is_laid_out = is_laid_out
        self._number = 0
        self._starts: list[int] = []
        self._length = 0
        self.is_counting = True

    @property
    def sign(self) -> str:
        """What shows the pages, in words."""
        laid_out = "page breaks as the word processor last laid the text out"
        return laid_out if self._is_laid_out else "the breaks that the writer made"

    @property
    def are_known(self) -> bool:
        """Whether the pages can be cited."""
        return are_whole(lengths_of(self._starts, self._length), is_laid_out=self._is_laid_out)

    @property
    def warnings(self) -> tuple[str, ...]:
        """A sentence if pages are marked, but not all of them."""
        return () if self.are_known or len(self._starts) < 2 else (UNSURE,)

    def found(self) -> FoundPages:
        """What shows the pages, and where their numbers come from."""
        return FoundPages((), self.sign, origin="counted from the first page", warnings=self.warnings)

    def before(self, writer: ParagraphWriter, *, begins: bool, number: int) -> None:
        """Begin the page that a paragraph begins, perhaps with a number of its own."""
        if not self._starts:
            self._number = number or 1
            self._begin(writer)
        elif begins and writer.prose.length - self._starts[-1] > 1:
            self.turn(writer, number)
        self._length = writer.prose.length

    def turn(self, writer: ParagraphWriter, number: int = 0) -> None:
        """Begin a page."""
        if self.is_counting:
            self._number = number or self._number + 1
            self._begin(writer)
        self._length = writer.prose.length

    def _begin(self, writer: ParagraphWriter) -> None:
        self._starts.append(writer.prose.length)
        writer.prose.page(str(self._number))

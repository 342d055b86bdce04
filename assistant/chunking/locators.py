"""What citations name in an essay without pages: paragraphs by their number, notes by theirs."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.chunking.classify import ClassifiedBlock

_NUMBER = re.compile(r"\w{1,12}")
_OF_PARAGRAPH = frozenset({"paragraph", "blockquote", "verse", "list"})


class LocatorCounter:
    """Counts the paragraphs of an essay as a reader does, or takes the numbers that it prints beside them.

    What resumes a paragraph after a block quotation, and the quotation itself, is part of that paragraph.

    Args:
        labels: The number printed beside each block, in order; empty where none is printed.
    """

    def __init__(self, labels: Sequence[str]) -> None:
        self._are_printed = any(map(_NUMBER.fullmatch, labels))
        self._count = 0
        self._last = ""

    def of(self, block: ClassifiedBlock, *, is_new: bool) -> str:
        """Locator of the next block; empty if a citation can name none.

        Args:
            block: The block.
            is_new: Whether it begins a paragraph, if it is one.
        """
        if block.kind == "note":
            return f"n. {block.mark}" if _NUMBER.fullmatch(block.mark) else ""
        if block.kind not in _OF_PARAGRAPH:
            return ""
        if block.kind == "paragraph" and is_new:
            self._count += 1
            self._last = f"par. {self._count}" if not self._are_printed else ""
        if _NUMBER.fullmatch(block.label):
            self._last = f"par. {block.label}"
        return self._last

"""Printed words as they go into a draft: within marks or set off as a block, with their citation."""

from __future__ import annotations

import re

from assistant.citations.titles import completed, is_straight, mark_pair, nested, stopped

# Characters of a line of a typed page; styles that count lines mean a page's.
_LINE = 85
# A stop at the end, marks that close behind it left aside. That of an abbreviation belongs to the word, and
# the dots of an ellipsis to the words left out.
_LAST_STOP = re.compile(r"(?<![.!?\s])[.,;:](?=[\"'”’]*$)")
_ABBREVIATION = re.compile(
    r"(?:\b(?:[A-Za-z]\.)+[A-Za-z]|\b(?:etc|al|Jr|Sr|Inc|Ltd|Co|Corp|Dr|Mr|Mrs|Ms|St|vs|ca|cf|ed|eds|vol|pp?))$"
)


def more_lines_than(words: str, lines: int) -> bool:
    """Whether words fill more lines than these on a typed page."""
    return len(words) > lines * _LINE


def count_words(words: str) -> int:
    """Number of words, as a writer counts them."""
    return sum(any(ch.isalnum() for ch in word) for word in words.split())


def set_inline(words: str, citation: str, *, double: bool = True) -> str:
    """Words in quotation marks: the full stop moves behind the citation.

    Args:
        words: Printed words.
        citation: Their in-text citation.
        double: Whether double marks stand outside; else single ones do.
    """
    return f"{_in_marks(without_last_stop(words.strip()), double=double)} {citation}."


def set_with_note(words: str, note: str) -> str:
    """Words in double quotation marks that end a sentence, a note's call behind them and the note below."""
    marked = _in_marks(without_last_stop(words.strip()), double=True, stop=".")
    return f"{marked}¹\n\n1. {note}"


def set_as_block(words: str, citation: str) -> str:
    """Words set off as a block: no marks of its own, the citation behind the final punctuation."""
    return f"{ended(words)} {citation}"


def set_as_block_with_note(words: str, note: str) -> str:
    """Words set off as a block, a note's call behind them and the note below."""
    return f"{ended(words)}¹\n\n1. {note}"


def is_set_off(words: str, quotation: str) -> bool:
    """Whether a style set words off as a block: their quotation then begins with them, not with a mark."""
    return quotation.startswith(ended(words))


def ended(words: str) -> str:
    """A block's words: its marks as printed, each with its fellow, and punctuation that ends it."""
    text = words.strip()
    return completed(stopped(re.sub(r"(?<=[^\s.,;:!?])[,;:](?=[\"'”’]*$)", "", text)).plain())


def without_last_stop(words: str) -> str:
    """Words without the full stop, comma or colon that they end with."""
    found = _LAST_STOP.search(words)
    if not found or (found[0] == "." and _ABBREVIATION.search(words[: found.start()])):
        return words
    return words[: found.start()] + words[found.end() :]


def _in_marks(words: str, *, double: bool, stop: str = "") -> str:
    # A straight single mark would be taken for an apostrophe.
    opening, closing = mark_pair(double=double, straight=double and is_straight(words))
    inner = nested(words, double=double, supplied=True)
    return f"{opening}{stopped(inner, stop).plain()}{closing}"

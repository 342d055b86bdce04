"""Quotations in a draft: printed words in quotation marks or as a block, with their citation."""

from __future__ import annotations

import re

from assistant.citations.titles import completed, is_straight, mark_pair, nested, stopped

# Characters of a line of a typed page, for styles that count lines.
_LINE = 85
# What calls a note after the words, and begins it below them.
NOTE_CALL = "¹\n\n1. "
# Marks that turn the order of reading, and those that end it.
_EMBEDDING, _END_EMBEDDING = "\u202a\u202b\u202d\u202e", "\u202c"
_ISOLATING, _END_ISOLATING = "\u2066\u2067\u2068", "\u2069"
# A stop at the end, before closing marks. The stop of an abbreviation belongs to the word, and the dots of
# an ellipsis replace omitted words.
_LAST_STOP = re.compile(r"(?<![.!?\s])[.,;:](?=[\"'”’]*$)")
_ABBREVIATION = re.compile(
    r"(?:\b(?<!\b[A-Za-z]\.)(?:[A-Za-z]\.)+[A-Za-z]|\b(?:etc|al|Jr|Sr|Inc|Ltd|Co|Corp|Dr|Mr|Mrs|Ms|St|vs|ca|cf|ed|eds|vol|pp?))$"
)


def more_lines_than(words: str, lines: int) -> bool:
    """Whether words fill more than ``lines`` lines of a typed page."""
    return len(words) > lines * _LINE


def count_words(words: str) -> int:
    """Number of words, as a writer counts them."""
    return sum(any(character.isalnum() for character in word) for word in words.split())


def set_inline(words: str, citation: str, *, double: bool = True) -> str:
    """Words in double or single quotation marks; the full stop follows the citation."""
    return f"{_in_marks(_without_last_stop(words.strip()), double=double)} {citation}."


def set_with_note(words: str, note: str) -> str:
    """Words in double quotation marks that end a sentence, with a note's number and the note below."""
    marked = _in_marks(_without_last_stop(words.strip()), double=True, stop=".")
    return f"{marked}{NOTE_CALL}{note}"


def set_as_block(words: str, citation: str) -> str:
    """Words as a block without quotation marks; the citation follows the final punctuation."""
    return f"{_ended(words)} {citation}"


def set_as_block_with_note(words: str, note: str) -> str:
    """Words as a block, with a note's number and the note below."""
    return f"{_ended(words)}{NOTE_CALL}{note}"


def is_set_off(words: str, quotation: str) -> bool:
    """Whether a style set words off as a block: the quotation then begins with the words, not with a mark."""
    return quotation.startswith(_ended(words))


def closing_marks(words: str) -> str:
    """The invisible marks that end an order of reading that words begin and their citation does not have."""
    missing, isolates = list[str](), 0
    for character in words:
        if character in _EMBEDDING:
            missing.append(_END_EMBEDDING)
        elif character in _ISOLATING:
            missing.append(_END_ISOLATING)
            isolates += 1
        elif character == _END_ISOLATING and isolates:
            isolates -= 1
            # What was begun within it ends with it.
            while missing.pop() != _END_ISOLATING:
                pass
        elif character == _END_EMBEDDING and missing[-1:] == [character]:
            missing.pop()
    return "".join(reversed(missing))


def _ended(words: str) -> str:
    """The words of a block: marks as printed, each pair complete, and final punctuation."""
    text = words.strip()
    return completed(stopped(re.sub(r"(?<=[^\s.,;:!?])[,;:](?=[\"'”’]*$)", "", text)).plain())


def _without_last_stop(words: str) -> str:
    """Words without the full stop, comma or colon that they end with."""
    stop = _LAST_STOP.search(words)
    if not stop or (stop[0] == "." and _ABBREVIATION.search(words[: stop.start()])):
        return words
    return words[: stop.start()] + words[stop.end() :]


def _in_marks(words: str, *, double: bool, stop: str = "") -> str:
    # A straight single mark would be taken for an apostrophe.
    opening, closing = mark_pair(double=double, straight=double and is_straight(words))
    inner = nested(words, double=double, supplied=True)
    return f"{opening}{stopped(inner, stop).plain()}{closing}"

"""Hyphens at the ends of lines: undone where the word is one word, kept where it is a compound."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

HYPHENS = frozenset("-\u2010\u2011")
_WORD = re.compile(r"[^\W\d_]+(?:[-\u2010\u2011'’][^\W\d_]+)*")
_EDGE = re.compile(r"^[^\w]+|[^\w]+$")

# Behind a suspended hyphen stands one of these.
_CONJUNCTIONS = frozenset({"and", "or", "to", "und", "oder", "et", "ou"})

# Prefixes that are written closed up, so that even a rare word with one is a word.
_PREFIXES = frozenset(
    (
        "anti bio co counter dis fore inter micro mid mis multi non out over post pre re sub super trans "
        "un under"
    ).split()
)

# Zipf frequency (log10 of uses in 10^9 words) from which a dictionary's word is a word; the
# dictionary also knows careless spellings such as "wellknown" (1.6), so a word of two everyday words
# must be a frequent one to count.
_A_WORD = 1.2
_SURE = 2.0
_EVERYDAY = 3.2


@dataclass(frozen=True, slots=True)
class Joined:
    """A word put together again.

    Attributes:
        word: The whole word, without punctuation around it.
        joined: Whether the hyphen was one of line division only.
        suspended: Whether the hyphen waits for a later part ("pre- and postwar"), so that a space follows.
    """

    word: str
    joined: bool
    suspended: bool = False


class Hyphenation:
    """Decides on line-end hyphens by the document's own vocabulary, then by a dictionary.

    Args:
        source: The document, whose words in mid-line are the first authority.
        frequency: Zipf frequency of a word in its language, 0 if unknown.
    """

    def __init__(self, source: str, frequency: Callable[[str], float]) -> None:
        self._frequency = frequency
        self._uses = Counter(_plain(word) for word in _inner_words(source))

    def join(self, left: str, right: str) -> Joined:
        """Put a divided word together.

        Args:
            left: The last word of a line, ending in a hyphen.
            right: The first word of the next line.

        Returns:
            The whole word and whether its hyphen went.
        """
        first = _EDGE.sub("", left[:-1])
        second = _EDGE.sub("", right)
        if second in _CONJUNCTIONS and self._frequency(first + second) < _EVERYDAY:
            return Joined(f"{first}- {second}", joined=False, suspended=True)
        if self._is_one(first, second):
            return Joined(first + second, joined=True)
        return Joined(f"{first}-{second}", joined=False)

    def _is_one(self, first: str, second: str) -> bool:
        # In "able-bod-/ied" only what stands next to the break was divided.
        head, tail = re.split(r"[-\u2010\u2011]", first)[-1], re.split(r"[-\u2010\u2011'’]", second)[0]
        # A capital or a figure behind the hyphen begins a word of its own: Anglo-/American, 1914-/18.
        # Nor is a word divided behind its first letter: X-/ray, T-/shirt.
        if not head.isalpha() or len(head) < 2 or not tail[:1].islower():
            return False
        as_one, as_two = self._uses[_plain(head + tail)], self._uses[_plain(f"{head}-{tail}")]
        if as_one != as_two:
            return as_one > as_two
        known = max(self._frequency(head + tail), self._frequency(_stem(head + tail)))
        parts = min(self._frequency(head), self._frequency(tail))
        if head != first and parts >= _EVERYDAY:
            return known >= _EVERYDAY
        if known >= (_A_WORD if parts < _EVERYDAY or head.casefold() in _PREFIXES else _SURE):
            return True
        # Neither form is known: two everyday words make a compound, a syllable does not.
        return parts < _EVERYDAY or len(head) < 3 or len(tail) < 3


def _inner_words(source: str) -> list[str]:
    """Words that do not touch a line's end or beginning by a hyphen."""
    return _WORD.findall(re.sub(r"[^\s]+[-\u2010\u2011\u00ad]\s*[\r\n\f]+\s*[^\s]+", " ", source))


def _plain(word: str) -> str:
    return re.sub("[\u2010\u2011]", "-", word.casefold())


def _stem(word: str) -> str:
    return re.sub(r"(?:s|ed|ly|ness|ing)$", "", word)

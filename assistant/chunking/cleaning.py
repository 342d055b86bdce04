"""Lines of print joined to a running text, each of whose characters has its place in the source.

Only these characters are left out: line breaks and runs of white space (one space remains), hyphens at the
end of a line where they divide one word, soft hyphens and other invisible characters, and marks that the
caller cuts out. Ligatures are spelled out. Everything else remains as printed, misprints included.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from assistant.core.essay import SourceMap, Span
from assistant.core.lines import INVISIBLE, LIGATURES

HYPHENS = frozenset("-\u2010\u2011")

_WORD = re.compile(r"[^\W\d_]+(?:[-\u2010\u2011'’][^\W\d_]+)*")
# A word with a hyphen at a line's end, and the word after it. Each word is read only once, from its first
# character: a file need not have any space in it.
_DIVIDED = re.compile(r"(?<!\S)\S++(?<=\S[-\u2010\u2011\u00ad])(?=\s*[\r\n\f])\s++\S++")
_EDGE = re.compile(r"^\W+|(?<!\W)\W+$")
_SUFFIX = re.compile(r"(?:s|ed|ly|ness|ing)$")
# These follow a suspended hyphen, as in "pre- and postwar".
_CONJUNCTIONS = frozenset({"and", "or", "to", "und", "oder", "et", "ou"})
# Prefixes that are written without a hyphen, so that even a rare word with one of them is one word.
_PREFIXES = frozenset(
    (
        "anti bio co counter dis fore inter micro mid mis multi non out over post pre re sub super trans "
        "un under"
    ).split()
)
# Zipf frequency (log10 of uses in 10^9 words) from which a word of the dictionary counts. The dictionary also
# has careless spellings such as "wellknown" (1.6), so a word of two everyday words must be a frequent one.
_A_WORD = 1.2
_SURE = 2.0
_EVERYDAY = 3.2


@dataclass(frozen=True, slots=True)
class Joined:
    """A word put together from two lines.

    Attributes:
        word: The whole word, without punctuation around it.
        joined: Whether the hyphen only divided the word and is left out.
        suspended: Whether the hyphen stands for a later part ("pre- and postwar"), so that a space follows.
    """

    word: str
    joined: bool
    suspended: bool = False


class Hyphenation:
    """Decides on line-end hyphens by the essay's own vocabulary, then by a dictionary.

    Args:
        source: The essay, whose words within lines are the first authority.
        frequency: Zipf frequency of a word in its language, 0 if unknown.
    """

    def __init__(self, source: str, frequency: Callable[[str], float]) -> None:
        self._frequency = frequency
        self._uses = Counter(map(_plain, _WORD.findall(_DIVIDED.sub(" ", source))))

    def join(self, left: str, right: str) -> Joined:
        """Put a divided word together.

        Args:
            left: The last word of a line, ending in a hyphen.
            right: The first word of the next line.
        """
        first = _EDGE.sub("", left[:-1])
        second = _EDGE.sub("", right)
        if second in _CONJUNCTIONS and self._frequency(first + second) < _EVERYDAY:
            return Joined(f"{first}- {second}", joined=False, suspended=True)
        if self._is_one(first, second):
            return Joined(first + second, joined=True)
        return Joined(f"{first}-{second}", joined=False)

    def _is_one(self, first: str, second: str) -> bool:
        # In "able-bod-/ied" only what is next to the break was divided.
        head, tail = re.split(r"[-\u2010\u2011]", first)[-1], re.split(r"[-\u2010\u2011'’]", second)[0]
        # A capital or a figure after the hyphen begins a word of its own: Anglo-/American, 1914-/18.
        # Nor is a word divided after its first letter: X-/ray, T-/shirt.
        if not head.isalpha() or len(head) < 2 or not tail[:1].islower():
            return False
        as_one, as_two = self._uses[_plain(head + tail)], self._uses[_plain(f"{head}-{tail}")]
        if as_one != as_two:
            return as_one > as_two
        known = max(self._frequency(head + tail), self._frequency(_SUFFIX.sub("", head + tail)))
        parts = min(self._frequency(head), self._frequency(tail))
        if head != first and parts >= _EVERYDAY:
            return known >= _EVERYDAY
        if known >= (_A_WORD if parts < _EVERYDAY or head.casefold() in _PREFIXES else _SURE):
            return True
        # Neither form is known: two everyday words make a compound, a syllable does not.
        return parts < _EVERYDAY or len(head) < 3 or len(tail) < 3


def _plain(word: str) -> str:
    return re.sub("[\u2010\u2011]", "-", word.casefold())


@dataclass(slots=True)
class Tally:
    """What became of characters of the source, counted for a whole essay.

    Attributes:
        joined: Line-end hyphens left out, as ``(printed, joined)``.
        kept: Compounds that were divided at their hyphen.
        dropped: Source offsets of characters that are in no text, with the reason.
    """

    joined: list[tuple[str, str]] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    dropped: dict[int, str] = field(default_factory=dict)

    def drop(self, source: str, start: int, end: int, reason: str) -> None:
        """Record the printed characters of a source span as dropped."""
        for offset in range(start, end):
            if not source[offset].isspace():
                self.dropped[offset] = reason

    def keep(self, start: int, end: int) -> None:
        """Undo that the characters of a source span were dropped."""
        for offset in range(start, end):
            self.dropped.pop(offset, None)

    def reasons(self) -> Counter[str]:
        """Number of dropped characters by reason."""
        return Counter(self.dropped.values())


class CleanText:
    """A text under construction: characters, each with its source offset."""

    def __init__(self) -> None:
        self._characters: list[str] = []
        self._offsets: list[int] = []

    def __len__(self) -> int:
        return len(self._characters)

    @property
    def text(self) -> str:
        """The text so far."""
        return "".join(self._characters)

    @property
    def ends_in_space(self) -> bool:
        """Whether the last character is a space."""
        return bool(self._characters) and self._characters[-1] == " "

    def add(self, character: str, offset: int) -> None:
        """Append a character whose offset in the source is ``offset``."""
        self._characters.append(character)
        self._offsets.append(offset)

    def pop(self) -> int:
        """Remove the last character; its source offset."""
        self._characters.pop()
        return self._offsets.pop()

    def cut(self, spans: Iterable[Span]) -> None:
        """Remove spans of the text, which are in order."""
        kept, end = [], 0
        for start, stop in spans:
            kept.append(slice(end, start))
            end = stop
        kept.append(slice(end, None))
        self._characters = [character for part in kept for character in self._characters[part]]
        self._offsets = [offset for part in kept for offset in self._offsets[part]]

    def part(self, start: int, end: int) -> CleanText:
        """A copy of a part of the text."""
        part = CleanText()
        part._characters = self._characters[start:end]
        part._offsets = self._offsets[start:end]
        return part

    def index(self, offset: int) -> int:
        """Number of characters before a source offset."""
        return bisect_left(self._offsets, offset)

    def offset(self, index: int) -> int:
        """Source offset of a character."""
        return self._offsets[index]

    def source_map(self) -> SourceMap:
        """The map from the text to the source."""
        runs = []
        for index, offset in enumerate(self._offsets):
            if not index or offset != self._offsets[index - 1] + 1:
                runs.append((index, offset))
        return SourceMap(tuple(runs), len(self._offsets))


def clean(source: str, spans: Sequence[Span], hyphenation: Hyphenation, tally: Tally) -> CleanText:
    """Join lines to a running text.

    Args:
        source: The decoded source.
        spans: Non-empty lines as source spans, in order.
        hyphenation: Decides on hyphens at line ends.
        tally: Takes up what became of the characters.
    """
    text = CleanText()
    for number, (start, end) in enumerate(spans):
        if number:
            _join(source, text, spans[number - 1], (start, end), hyphenation, tally)
        _add_line(source, text, start, end, tally)
    while text.ends_in_space:
        text.pop()
    return text


def _add_line(source: str, text: CleanText, start: int, end: int, tally: Tally) -> None:
    for offset in range(start, end):
        character = source[offset]
        if character in INVISIBLE:
            tally.dropped[offset] = "invisible character"
        elif character.isspace():
            if len(text) and not text.ends_in_space:
                text.add(" ", offset)
        else:
            for letter in LIGATURES.get(character, character):
                text.add(letter, offset)


def _join(
    source: str, text: CleanText, before: Span, after: Span, hyphenation: Hyphenation, tally: Tally
) -> None:
    """Undo the line break between two lines: a space, or nothing where a word was divided."""
    if text.ends_in_space:
        text.pop()
    if not any(map(str.isspace, source[before[1] : after[0]])):
        return  # a mark was cut out of the middle of a word
    left, right = _edge_word(source, before, -1), _edge_word(source, after, 0)
    if left.endswith("\u00ad") or _has_unspaced_dash(left, right):
        return
    if len(left) < 2 or left[-1] not in HYPHENS or not right[:1].isalnum():
        text.add(" ", _break(source, before, after))
        return
    word = hyphenation.join(left, right)
    if word.joined:
        tally.dropped[text.pop()] = "line-end hyphen"
        tally.joined.append((f"{left}/{right}", word.word))
        return
    tally.kept.append(word.word)
    if word.suspended:
        text.add(" ", _break(source, before, after))


def _break(source: str, before: Span, after: Span) -> int:
    """Offset of the white space that a line break leaves in the text."""
    between = range(before[1], after[0])
    return next((offset for offset in between if source[offset].isspace()), before[1])


def _has_unspaced_dash(left: str, right: str) -> bool:
    """Whether a dash is printed at the line break without a space around it."""
    ends = left.endswith(("—", "–", "--")) and left not in {"—", "–", "--"}
    # A row of dashes at the beginning of a line stands for a name.
    return ends or (right.startswith("—") and right != "—" and not right.startswith("——"))


def _edge_word(source: str, span: Span, which: int) -> str:
    words = source[slice(*span)].split()
    return words[which] if words else ""

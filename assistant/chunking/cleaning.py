"""Print layout undone: from lines of the source to a running text and its map.

Only these characters go: line breaks and runs of white space (one space stays), hyphens at a line's
end, soft hyphens and zero-width characters, and marks that the caller takes out. Ligatures are
spelled out. All else stays as printed, slips included.

Hyphens at the ends of lines: undone where the word is one word, kept where it is a compound.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from assistant.core.essay import SourceMap, Span
from assistant.core.lines import INVISIBLE, LIGATURES

HYPHENS = frozenset("-\u2010\u2011")
_WORD = re.compile(r"[^\W\d_]+(?:[-\u2010\u2011'’][^\W\d_]+)*")
# A word with a hyphen at a line's end, and the word that follows; read once from the start of a word.
_DIVIDED = re.compile(r"(?<!\S)\S++(?<=\S[-\u2010\u2011\u00ad])(?=\s*[\r\n\f])\s++\S++")
_EDGE = re.compile(r"^\W+|(?<!\W)\W+$")

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
    return _WORD.findall(_DIVIDED.sub(" ", source))


def _plain(word: str) -> str:
    return re.sub("[\u2010\u2011]", "-", word.casefold())


def _stem(word: str) -> str:
    return re.sub(r"(?:s|ed|ly|ness|ing)$", "", word)


@dataclass(slots=True)
class Tally:
    """What became of characters of the source, counted over a whole essay.

    Attributes:
        joined: Line-end hyphens undone, as ``(printed, joined)``.
        kept: Compounds broken at their hyphen.
        dropped: Source offsets of characters that do not stand in a text, with the reason.
    """

    joined: list[tuple[str, str]] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    dropped: dict[int, str] = field(default_factory=dict)

    def drop(self, source: str, start: int, end: int, reason: str) -> None:
        """Note the printed characters of a source span as dropped."""
        for offset in range(start, end):
            if not source[offset].isspace():
                self.dropped[offset] = reason

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

    def add(self, ch: str, offset: int) -> None:
        """Append one character that stands at ``offset`` in the source."""
        self._characters.append(ch)
        self._offsets.append(offset)

    @property
    def ends_in_space(self) -> bool:
        """Whether the last character is a space."""
        return bool(self._characters) and self._characters[-1] == " "

    def pop(self) -> int:
        """Take the last character off again; its source offset."""
        self._characters.pop()
        return self._offsets.pop()

    def cut(self, start: int, end: int) -> list[int]:
        """Take the text span out; the source offsets that stood in it."""
        offsets = self._offsets[start:end]
        del self._characters[start:end]
        del self._offsets[start:end]
        return offsets

    @property
    def text(self) -> str:
        """The text so far."""
        return "".join(self._characters)

    def offset(self, at: int) -> int:
        """Source offset of the character at ``at``."""
        return self._offsets[at]

    def source_map(self) -> SourceMap:
        """The map from the text to the source."""
        runs = []
        for at, offset in enumerate(self._offsets):
            if not at or offset != self._offsets[at - 1] + 1:
                runs.append((at, offset))
        return SourceMap(tuple(runs), len(self._offsets))


def clean(source: str, spans: Sequence[Span], hyphenation: Hyphenation, tally: Tally) -> CleanText:
    """Join lines to a running text.

    Args:
        source: The decoded source.
        spans: Non-empty lines as source spans, in order.
        hyphenation: Decides on hyphens at line ends.
        tally: Takes up what became of the characters.

    Returns:
        The text with the source offset of every character.
    """
    made = CleanText()
    for number, (start, end) in enumerate(spans):
        if number:
            _join(source, made, spans[number - 1], (start, end), hyphenation, tally)
        _add_line(source, made, start, end, tally)
    while made.ends_in_space:
        made.pop()
    return made


def _add_line(source: str, made: CleanText, start: int, end: int, tally: Tally) -> None:
    for offset in range(start, end):
        ch = source[offset]
        if ch in INVISIBLE:
            tally.dropped[offset] = "invisible character"
        elif ch.isspace():
            if len(made) and not made.ends_in_space:
                made.add(" ", offset)
        else:
            for letter in LIGATURES.get(ch, ch):
                made.add(letter, offset)


def _join(
    source: str, made: CleanText, before: Span, after: Span, hyphenation: Hyphenation, tally: Tally
) -> None:
    """Undo the line break between two lines: a space, or nothing where a word was divided."""
    if made.ends_in_space:
        made.pop()
    left, right = _edge_word(source, before, -1), _edge_word(source, after, 0)
    if left.endswith("\u00ad") or _closed_up(left, right):
        return
    if len(left) < 2 or left[-1] not in HYPHENS or not right[:1].isalnum():
        made.add(" ", _break(source, before, after))
        return
    decided = hyphenation.join(left, right)
    if decided.joined:
        tally.dropped[made.pop()] = "line-end hyphen"
        tally.joined.append((f"{left}/{right}", decided.word))
        return
    tally.kept.append(decided.word)
    if decided.suspended:
        made.add(" ", _break(source, before, after))


def _break(source: str, before: Span, after: Span) -> int:
    """Offset of the white space that a line break leaves in the text."""
    return next((at for at in range(before[1], after[0]) if source[at].isspace()), before[1])


def _closed_up(left: str, right: str) -> bool:
    """Whether a dash stands at the line break with no space around it in print."""
    ends = left.endswith(("—", "–", "--")) and left not in {"—", "–", "--"}
    return ends or (right.startswith("—") and right != "—")


def _edge_word(source: str, span: Span, which: int) -> str:
    words = source[slice(*span)].split()
    return words[which] if words else ""


def dropped_lines(source: str, furniture: Iterable[tuple[int, int, str]], tally: Tally) -> None:
    """Note the characters of page furniture as dropped."""
    for start, end, reason in furniture:
        tally.drop(source, start, end, reason)

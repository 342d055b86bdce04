"""Print layout undone: from lines of the source to a running text and its map.

Only these characters go: line breaks and runs of white space (one space stays), hyphens at a line's
end, soft hyphens and zero-width characters, and marks that the caller takes out. Ligatures are
spelled out. All else stays as printed, slips included.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from assistant.chunking.hyphens import HYPHENS, Hyphenation
from assistant.lines import INVISIBLE
from assistant.types import SourceMap

LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}

# A slice of the source to be read: start and end offset, without the line break.
Span = tuple[int, int]


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

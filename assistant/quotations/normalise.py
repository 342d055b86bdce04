"""Texts reduced to what a writer must not change, each character with its place in the original.

The *normal form* keeps every letter, figure and point and lets go of how they are set: forms of
quotation marks, dashes and ellipses, spacing, ligatures. The *skeleton* keeps letters and figures
only, without case and accents, so that even altered words are found by it.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.core.lines import INVISIBLE, LIGATURES

MARKS = frozenset("\"'“”„‟‘’‚‛«»‹›`´ʼ′″")
# A space after the first and before the second is one of setting: « mot ».
_OPENING, _CLOSING = frozenset("“„‘‚«‹"), frozenset("”»›")
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2e3a\u2e3b-"

_SPECIAL = re.compile(
    rf"(?P<space>[\s{''.join(sorted(INVISIBLE))}]+)"
    rf"|(?P<dash>[{_DASHES}](?:\s*[{_DASHES}])*)"
    r"|(?P<dots>[.…](?:\s*[.…])*)"
    rf"|(?P<mark>''|``|[{''.join(sorted(MARKS))}])"
    r"|(?P<accented>[^\W_][\u0300-\u036f]+)"
    rf"|(?P<ligature>[{''.join(LIGATURES)}])"
)


@dataclass(frozen=True, slots=True)
class NormalText:
    """The normal form of a text.

    Attributes:
        text: The normal form.
        starts: For each of its characters the offset in the original where it begins.
        ends: For each of its characters the offset in the original after it.
    """

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def breaks(self, original: str) -> frozenset[int]:
        """Indices at or before which a line of the original ends."""
        if "\n" not in original:
            return frozenset()
        found: set[int] = set()
        line = original.find("\n", self.starts[0] if self.starts else len(original))
        while line >= 0 and self.ends and line < self.ends[-1]:
            index = bisect_right(self.ends, line)
            found.add(index)
            if self.starts[index] <= line:
                # The line's end is a space of its own, after which the next line begins.
                found.add(index + 1)
            line = original.find("\n", line + 1)
        return frozenset(found)


# A normal character with the original it is for.
_Piece = tuple[str, int, int]


def normalise(text: str) -> NormalText:
    """The normal form of ``text``, with its map."""
    if text.isascii() and text.isalnum():
        # As most words are that are compared one by one.
        return NormalText(text, tuple(range(len(text))), tuple(range(1, len(text) + 1)))
    pieces: list[_Piece] = []
    position = 0
    for match in _SPECIAL.finditer(text):
        pieces += [(text[place], place, place + 1) for place in range(position, match.start())]
        pieces += _special(match)
        position = match.end()
    pieces += [(text[place], place, place + 1) for place in range(position, len(text))]
    kept = [piece for number, piece in enumerate(pieces) if not _is_setting(text, pieces, number)]
    return NormalText(
        "".join(piece[0] for piece in kept),
        tuple(piece[1] for piece in kept),
        tuple(piece[2] for piece in kept),
    )


def _special(match: re.Match[str]) -> list[_Piece]:
    words, (start, end) = match.group(), match.span()
    match match.lastgroup:
        case "space":
            # Invisible characters alone separate nothing.
            return [(" ", start, end)] if any(ch.isspace() for ch in words) else []
        case "dash":
            return [("-", start, end)]
        case "mark":
            return [("'", start, end)]
        case "dots":
            if dots_in(words) >= 3:
                return [("…", start, end)]
            return [
                (".", start + position, start + position + 1)
                for position, ch in enumerate(words)
                if ch == "."
            ]
        case "ligature":
            return [(letter, start, end) for letter in LIGATURES[words]]
        case _:
            return [(ch, start, end) for ch in unicodedata.normalize("NFC", words)]


def dots_in(words: str) -> int:
    """Number of points, an ellipsis character being three."""
    return words.count(".") + 3 * words.count("…")


def _is_setting(text: str, pieces: list[_Piece], number: int) -> bool:
    """Whether a space is one that typesetters put or leave out, next to a point, a dash or a bracket."""
    if pieces[number][0] != " ":
        return False
    before = pieces[number - 1] if number else None
    after = pieces[number + 1] if number + 1 < len(pieces) else None
    if any(near is not None and not near[0].isalnum() and near[0] != "'" for near in (before, after)):
        return True
    if before is not None and before[0] == "'":
        # A mark directly after a letter closes, as in „Wort“ and »Wort«.
        opens = text[before[1]] in _OPENING and not text[before[1] - 1 : before[1]].isalnum()
        return opens or (after is not None and after[0] == "'")
    return after is not None and text[after[1]] in _CLOSING and not text[after[2] : after[2] + 1].isalnum()


class _LetterTable(dict[int, str]):
    """What stays of each character in a skeleton."""

    def __missing__(self, code: int) -> str:
        ch = chr(code)
        letters = unicodedata.normalize("NFKD", ch).casefold() if ch.isalnum() else ""
        self[code] = "".join(letter_offset for letter_offset in letters if letter_offset.isalnum())
        return self[code]


_LETTERS_OF = _LetterTable()
_LETTERS_OF_WORDS = _LetterTable({ord("\n"): "\n"})


def skeleton(text: str) -> str:
    """Letters and figures of ``text`` without case and accents."""
    return text.translate(_LETTERS_OF)


def skeletons(words: Sequence[str]) -> list[str]:
    """Skeletons of words without white space, many at once."""
    return "\n".join(words).translate(_LETTERS_OF_WORDS).split("\n") if words else []


def skeleton_lengths(text: str) -> list[int]:
    """For each character of ``text`` the number of characters that it leaves in the skeleton."""
    return [len(_LETTERS_OF[ord(ch)]) for ch in text]

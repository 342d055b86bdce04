"""Where the entries of a list of references begin when nothing but their words shows it."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Sequence

_DASH = re.compile(r"(?:[—–―_-]{2,}|―|—)")
_LABEL = re.compile(r"(?:\[\d{1,3}\]|\d{1,3}[.)])\s+(?=\S)")
# A name as lists of references invert it: "Alder, Jane", "Du Bois, W. E. B.", "ARNAUD, Paul", "Alder J".
_NAME = re.compile(
    r"(?:(?:von|van|de[nrls]?|d[aiou]|la|le|ter|ten|zu[rm]?|af|av|el|al) |d['’]){0,3}"
    r"[^\W\d_a-zß-öø-ÿ][\w'’.-]*(?:\s[^\W\d_a-zß-öø-ÿ][\w'’-]+){0,2}"
    r"(?:,\s(?:[^\W\d_a-zß-öø-ÿ]|(?:e|É)d)|\s[A-Z]{1,3}[,.:]|\s\([^\W\d_a-z])"
)
_LAST = re.compile(r"[.!?)\]>”’»\d/]$|(?:https?:|www\.|doi)\S*$")
_LETTERS = 3
# If so many of the lines that can begin an entry are in alphabetical order, the list is.
_SORTED = 0.75


def begins_entry(line: str) -> bool:
    """Whether a line begins as entries do: with a name, a dash in place of a name, or a number."""
    return bool(_DASH.match(line) or _LABEL.match(line) or _NAME.match(line))


def ends_entry(line: str) -> bool:
    """Whether a line can be the last of an entry."""
    return bool(_LAST.search(line[-200:]))


def entry_starts(lines: Sequence[str], has_room: Sequence[bool]) -> list[int]:
    """Find the lines that begin an entry.

    In an alphabetical list, a line that begins with a name but breaks the order, such as a place of
    publication, begins none.

    Args:
        lines: Lines with neither indents nor blank lines between them.
        has_room: For each line whether its first word would have fitted on the line before it.

    Returns:
        Their indices, the first line's included.
    """
    if not lines:
        return []
    labelled = [index for index, line in enumerate(lines) if _LABEL.match(line)]
    if len(labelled) > 1 and labelled[0] == 0:
        return labelled
    candidates = [0]
    for index in range(1, len(lines)):
        line = lines[index]
        if not ends_entry(lines[index - 1]) or (line[0].islower() and not begins_entry(line)):
            continue
        if has_room[index] or begins_entry(line):
            candidates.append(index)
    dashes = {index for index in candidates if _DASH.match(lines[index])}
    named = [index for index in candidates if index not in dashes]
    ordered = _longest_ascent([_sort_key(lines[index]) for index in named])
    in_order = {named[position] for position in ordered}
    if len(in_order) < _SORTED * len(named):
        in_order = {index for index in named if has_room[index] or not index}
    return sorted({0} | dashes | in_order)


def _sort_key(line: str) -> str:
    letters = (
        character for character in unicodedata.normalize("NFKD", line[:40].casefold()) if character.isalpha()
    )
    return "".join(letters)[:_LETTERS]


def _longest_ascent(keys: Sequence[str]) -> list[int]:
    """Positions of a longest part of the keys that never descends."""
    tails: list[int] = []
    before: list[int] = []
    for position, key in enumerate(keys):
        length = bisect_right(tails, key, key=lambda tail: keys[tail])
        before.append(tails[length - 1] if length else -1)
        tails[length : length + 1] = [position]
    ascent: list[int] = []
    position = tails[-1] if tails else -1
    while position >= 0:
        ascent.append(position)
        position = before[position]
    return ascent[::-1]

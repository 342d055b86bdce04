"""Where the problems of a checked file are in the document: paragraphs compared, characters counted."""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Sequence

# Characters by which a place is known again in a paragraph that differs; a page number alone is anywhere.
_ENOUGH = 20


@dataclass(frozen=True)
class Problem:
    """A problem in a paragraph of the document.

    Attributes:
        paragraph: Index of the document's paragraph.
        start: Offset into its text.
        end: Offset after the last character.
        kind: Such as ``misquoted``.
        message: What is wrong.
        fix: What to put there; ``None`` if that is not certain.
    """

    paragraph: int
    start: int
    end: int
    kind: str
    message: str
    fix: str | None

    @property
    def comment(self) -> str:
        """The comment on it."""
        correction = "" if self.fix is None else f"\n\nCorrection: {self.fix}"
        return f"{self.kind[:1].upper()}{self.kind[1:]}: {self.message}{correction}"


def find_problems(checked: dict[str, Any], paragraphs: Sequence[str]) -> list[Problem]:
    """The problems of a checked file, each at its place in the document.

    Args:
        checked: The answer of ``/api/check-file``.
        paragraphs: Texts of the document's paragraphs, in the order of the file as far as possible.
    """
    texts = checked["paragraphs"]
    matches = match_paragraphs(texts, paragraphs)
    return [_placed(fault, texts, paragraphs, matches) for fault in checked["faults"]]


def _placed(
    fault: dict[str, Any], texts: Sequence[str], paragraphs: Sequence[str], matches: dict[int, int]
) -> Problem:
    line = fault["line"] - 1
    first = fault["column"] - 1
    last = min(first + fault["end"] - fault["start"], len(texts[line]))
    paragraph = matches.get(line)
    whole = first + fault["end"] - fault["start"] == last
    if paragraph is None:
        paragraph = next(
            (number for number, own in enumerate(paragraphs) if _found(texts[line], own, first, last)), None
        )
    if paragraph is None:
        return Problem(0, 0, len(paragraphs[0]), fault["kind"], fault["message"], None)
    start, end, exact = _span(texts[line], paragraphs[paragraph], first, last)
    # A correction is offered only where the document has exactly the words that were checked.
    fix = fault["fix"] if exact and whole else None
    return Problem(paragraph, start, end, fault["kind"], fault["message"], fix)


def match_paragraphs(texts: Sequence[str], paragraphs: Sequence[str]) -> dict[int, int]:
    """Which of the document's paragraphs is which of the file's.

    Equal ones are matched in their order, then equal ones that have moved, then those that differ and stand
    between the same neighbours.
    """
    file, document = [_even(text) for text in texts], [_even(text) for text in paragraphs]
    steps = SequenceMatcher(None, file, document, autojunk=False).get_opcodes()
    matches: dict[int, int] = {}
    for tag, low, high, first, last in steps:
        if tag == "equal":
            matches.update(zip(range(low, high), range(first, last)))
    _match_moved(file, document, matches)
    taken = set(matches.values())
    for tag, low, high, first, last in steps:
        if tag == "replace" and high - low == last - first:
            for number, other in zip(range(low, high), range(first, last)):
                if number not in matches and other not in taken:
                    matches[number] = other
    return matches


def _match_moved(file: Sequence[str], document: Sequence[str], matches: dict[int, int]) -> None:
    """Match paragraphs that have no match yet with equal ones, in order."""
    taken = set(matches.values())
    places: defaultdict[str, deque[int]] = defaultdict(deque)
    for number, text in enumerate(document):
        if number not in taken:
            places[text].append(number)
    for number, text in enumerate(file):
        if number not in matches and places[text]:
            matches[number] = places[text].popleft()


def _span(text: str, own: str, first: int, last: int) -> tuple[int, int, bool]:
    """A span of the file's paragraph in the document's, and whether the words are the same there."""
    words, even = _even(text)[first:last], _even(own)
    if even[first:last] == words and len(even) == len(text):
        return first, last, True
    found = _found(text, own, first, last)
    if found:
        start = min(found, key=lambda start: abs(start - first))
        return start, start + len(words), True
    return 0, len(own), False


def _found(text: str, own: str, first: int, last: int) -> list[int]:
    """Where words of the file's paragraph begin in another, with what is around them if they are few."""
    more = max(0, _ENOUGH - (last - first))
    before, after = min(first, more), min(len(text) - last, more)
    around, even = _even(text)[first - before : last + after], _even(own)
    if first >= last:
        return []
    return [start + before for start in range(len(even)) if even.startswith(around, start)]


def _even(text: str) -> str:
    """A text with a space for each kind of white space, of the same length."""
    return "".join(" " if character.isspace() else character for character in text)


def smallest_edits(before: str, after: str) -> list[tuple[int, int, str]]:
    """What to replace to make one text of another, last place first; the rest keeps its formatting."""
    steps = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    edits = [(low, high, after[first:last]) for tag, low, high, first, last in steps if tag != "equal"]
    return edits[::-1]

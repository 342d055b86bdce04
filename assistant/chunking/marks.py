"""Note marks: the numbers and symbols in a text that call its notes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from assistant.chunking.cleaning import CleanText, Tally
from assistant.core.essay import NoteMark

SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
# Symbols that call notes, the first ones also doubled.
SYMBOLS = r"\*{1,3}|†{1,3}|‡{1,3}|§{1,2}|‖|\|\||¶"
# A note number directly after a word or its punctuation, and not part of a figure such as 99.9 or (359).
_MARK = re.compile(
    r"(?<=[^\W\d_.,;:!?)\]\"'”’—])(?P<word>\d{1,3})(?=$|[\s,.;:!?)\]\"'”’—])"
    r"|(?:(?<!\d[.,:])|(?<=\d{4}[.,]))(?<=[.,;:!?)\]\"'”’»—])"
    r"(?P<mark>\d{1,3})(?=$|[\s.;:!?)\]\"'”’»—])"
    r"|(?:(?<=\S)|(?<=\S\s))\[(?P<bracket>\d{1,3}|[A-Z])\]"
    r"|\[\^(?P<markdown>\w+)\](?!:)"
    r"|(?P<raised>[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,3})"
    r"|(?<=[\w.,;:!?\"'”’»—])\((?P<parenthesis>\d{1,2})\)"
    r"|(?<=[.!?;,”’»\")\]]\s)(?P<spaced>\d{1,3})(?=$|\s)"
    r"|(?:(?<=[\w.,;:!?)\]\"'”’»—])|(?<=[\w.,;:!?)\]\"'”’»—]\s))"
    rf"(?P<symbol>{SYMBOLS})(?![\w*†‡§‖¶|])"
)
# Where a closing bracket belongs to a mark, as in "mill.1)", no bracket opens so many characters before it.
_LONGEST_PARENTHESIS = 300
# A raised figure is surely a call; so many notes before it may have lost theirs.
_RAISED_AHEAD = 4


# Before a number with a space before it, these abbreviate what the number counts.
_COUNTED = frozenset(
    (
        "abb abt act anm art bd bk bks c ca cap cf ch chap col cols d ed fasc fig figs fol fols h jg kap "
        "l ll n nn no nos nr p par para pl pls pp pt q r s sc sec st sz t taf v vers vgl vol vols vv z"
    ).split()
)
_LAST_WORD = re.compile(r"(?<!\w)(\w{1,20})\W{1,3}$")


def _may_call(match: re.Match[str]) -> bool:
    """Whether a number may be a mark.

    With a space before it, it ends a sentence and does not count pages. After a single letter it belongs to a
    name, as in A1.
    """
    text = match.string
    if match["word"]:
        start = match.start()
        return start < 2 or text[start - 2].isalnum() or not text[start - 1].isupper()
    if not match["spaced"]:
        return True
    following = text[match.end() : match.end() + 4].strip(' "“‘«„(')
    if following and not following[0].isupper():
        return False
    word = _LAST_WORD.search(text, max(0, match.start() - 24), match.start())
    return word is None or word[1].casefold() not in _COUNTED


def _mark_of(match: re.Match[str]) -> str:
    return str(next(filter(None, match.groups()))).translate(SUPERSCRIPTS)


def _closes_no_bracket(text: str, at: int) -> bool:
    """Whether a character is a closing bracket that no bracket of the text opens."""
    if text[at : at + 1] != ")":
        return False
    before = text[max(0, at - _LONGEST_PARENTHESIS) : at]
    return before.count("(") <= before.count(")")


def called_marks(text: str) -> Iterator[str]:
    """The marks in a line that may call notes."""
    return map(_mark_of, filter(_may_call, _MARK.finditer(text)))


@dataclass(frozen=True, slots=True)
class _Call:
    """What may call a note.

    Attributes:
        mark: The mark.
        start: Offset in the text.
        end: Offset after it.
        ahead: How many notes ahead it may call: a figure glued to a word only the next one.
        is_named: Whether it gives the name of its note, as in Markdown.
        in_brackets: Whether it is a number in round brackets, as few calls are.
        is_spaced: Whether a space is before it, so that only a note on its page makes it a call.
    """

    mark: str
    start: int
    end: int
    ahead: int
    is_named: bool = False
    in_brackets: bool = False
    is_spaced: bool = False


_RAISED = re.compile(rf"\d{{1,3}}|{SYMBOLS}|[⁰¹²³⁴⁵⁶⁷⁸⁹]{{1,3}}")


def _calls(text: CleanText, raised: AbstractSet[int]) -> Iterator[_Call]:
    """The calls in a text: only what is raised, if the source tells what is."""
    if not raised:
        for match in filter(_may_call, _MARK.finditer(text.text)):
            ahead = 1 if match["word"] or match["spaced"] else 2
            yield _Call(
                _mark_of(match),
                *match.span(),
                ahead,
                is_named=bool(match["markdown"]),
                in_brackets=bool(match["parenthesis"]),
                is_spaced=bool(match["spaced"]),
            )
        return
    for match in _RAISED.finditer(text.text):
        start, end = match.span()
        if start and all(text.offset(index) in raised for index in range(start, end)):
            yield _Call(match[0].translate(SUPERSCRIPTS), start, end, _RAISED_AHEAD)


@dataclass(frozen=True, slots=True)
class NoteTarget:
    """A note as marks link to it.

    Attributes:
        mark: Its mark.
        passage: Id of its passage.
        page: Index of its page if it is at the foot of the page that calls it, else ``None``.
        has_bracket: Whether a bracket belongs to its mark, as in ``1)``.
    """

    mark: str
    passage: str
    page: int | None = None
    has_bracket: bool = False


class MarkFinder:
    """Takes note marks out of texts, which are given in reading order.

    Args:
        notes: The notes, in order.
        page_of: Index of the page of a source offset.
        raised: Source offsets of raised figures and symbols; empty if the source does not tell.
    """

    def __init__(
        self,
        notes: Sequence[NoteTarget],
        page_of: Callable[[int], int],
        raised: AbstractSet[int] = frozenset(),
    ) -> None:
        self._notes, self._page_of, self._raised = notes, page_of, raised
        self._named = {note.mark: number for number, note in enumerate(notes)}
        self._next = 0

    def take(self, cleaned: CleanText, tally: Tally) -> tuple[NoteMark, ...]:
        """Cut the marks of the next notes out of a text; each mark has the offset where it was.

        Args:
            cleaned: The text.
            tally: Takes up the characters that are cut out.
        """
        text = cleaned.text
        marks: list[NoteMark] = []
        cuts: list[tuple[int, int]] = []
        removed = 0
        for call in _calls(cleaned, self._raised):
            start, end = call.start, call.end
            number = self._find(call, self._page_of(cleaned.offset(start)))
            if number is None:
                continue
            self._next = max(self._next, number + 1)
            end += self._notes[number].has_bracket and _closes_no_bracket(text, end)
            for index in range(start, end):
                tally.dropped[cleaned.offset(index)] = "note number"
            if cuts and cuts[-1][1] == start:
                start = cuts.pop()[0]
                removed -= call.start - start
            # A mark with a space before it, and none wanted after it, leaves no space either.
            if text[start - 1 : start] == " " and (end == len(text) or text[end] in " .,;:"):
                start -= 1
            note = self._notes[number]
            marks.append(NoteMark(note.mark, start - removed, note.passage))
            cuts.append((start, end))
            removed += end - start
        cleaned.cut(cuts)
        return tuple(marks)

    def _find(self, call: _Call, page: int) -> int | None:
        """Number of the note that a mark calls: the next one, or the next but one where that is certain.

        Numbers only count up: "Chapter2" far before note 2 is not a mark of it.
        """
        if call.is_named:
            return self._named.get(call.mark)
        while self._next < len(self._notes) and self._is_before(self._next, page):
            self._next += 1
        for number in range(self._next, min(self._next + call.ahead, len(self._notes))):
            note = self._notes[number]
            if note.page is not None and note.page > page:
                break
            is_possible = (note.has_bracket or not call.in_brackets) and (
                note.page is not None or not call.is_spaced
            )
            if note.mark == call.mark and is_possible:
                return number
        return None

    def _is_before(self, number: int, page: int) -> bool:
        """Whether a note is at the foot of an earlier page, so that its mark was not found."""
        note_page = self._notes[number].page
        return note_page is not None and note_page < page

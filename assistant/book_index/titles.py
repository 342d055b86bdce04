"""Titles in plain text, which has no italics: known by capitals and by the words around them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.attribution.parentheticals import BRACKETS
from assistant.book_index.capitals import FUNCTION_WORDS, WordUse, begins
from assistant.book_index.lexicon import (
    CALENDAR,
    GIVEN_NAMES,
    HONORIFICS,
    NO_PERSONS,
    PEOPLES,
    PLACES,
    SINGLE_NAMES,
    WORK_NOUNS,
)
from assistant.core.essay import Passage, Span

# Small words that a title has in lower case.
_JOINED = (
    "a an the and or but nor of in on at to for from by with without into upon as is vs de la le les du "
    "des d l et en "
    "der die das des dem den und von vom zu zur im am ein eine eines auf über aus di del della il lo i "
    "gli e y el los las"
).split()
SMALL_IN_TITLES = (
    frozenset(_JOINED)
    | frozenset("near that than if after before between through under over against about among".split())
) - {"is"}
_PART = r"(?:[A-ZÀ-ÖØ-Þ][^\W_]*|\d+(?:st|nd|rd|th)?(?= [A-ZÀ-Þ]))(?:['’‐-][^\W_]+)*"
_RUN = re.compile(rf"(?<![\w'’-]){_PART}(?: (?:(?:{'|'.join(_JOINED)}) ){{0,3}}{_PART})*")
WORD = re.compile(r"[^\W_]+(?:['’‐-][^\W_]+)*")
ARTICLE = re.compile(
    r"^(?:The|An?|Der|Die|Das|Ein|Eine|Le|La|Les|L['’]|Il|El|Los|Las)(?:\s+|(?<=['’]))(?=\S)"
)
# Function words whose capital within a sentence shows a title; others have capitals in names too.
_TELLING = FUNCTION_WORDS - frozenset(
    (
        "first second third one two three four five six seven eight nine ten forty half few many less "
        "least most more "
        "same several back past still like late later latter early near last next further o oh ah sorry "
        "hello alas "
        "may will might can must even so van von de du la le les des der den del di da i down saint over "
        "under both"
    ).split()
)
_DATED = re.compile(
    r"[\"”’']?\s+\((?:c\.\s?)?(?:1[0-9]|20)\d\d(?:[-–]\d{2,4})?[a-z]?\)|,?\s+(?:first\s+)?published\s+in\b"
)
_OWNED = re.compile(
    r"(?P<owner>[A-ZÀ-Þ][\w’'-]*?)['’]s?\s+(?:(?:own|great|famous|later|early|first|last|\d{4})\s+)*$"
)
_NOUN = re.compile(rf"\b(?:{WORK_NOUNS}),?\s+(?:\(\d{{4}}\)\s+)?$")
_WITHIN = re.compile(
    r"\b(?:[Ee]arly in|[Ll]ate in|[Ll]ater in|[Ee]lsewhere in|[Mm]idway through|[Aa]uthor of|"
    r"[Hh]eroe?s? of|[Hh]eroine of|"
    r"[Pp]rotagonist of|[Nn]arrator of|[Rr]eader of|[Rr]eaders of)\s+$"
)
_READ = re.compile(r"\b(?:[Rr]eading|[Rr]ereading|[Rr]e-reading)(?: of)?\s+$")
_THE = re.compile(r"\b[Tt]he\s+$")
_IN_THE = re.compile(r"\b[Ii]n the\s+$")
_HIS = re.compile(r"\b(?:his|her)\s+$")
_OF_PERSON = re.compile(r"\s+of\s+(?P<name>[A-ZÀ-Þ][\w’'-]*\.?(?:\s[A-ZÀ-Þ][\w’'-]*\.?){0,3})")
_BEGINS = re.compile(r"\s+(?:begins|opens|ends|closes|concludes)\s+(?:with|at|by|in|on)\b")
_FOLLOWING = re.compile(r"\s+(?P<word>[a-zß-ÿ]+(?<![ds]))\b")
_JOINING = frozenset("in on at to from by with into upon for".split())
# Words of names of institutions that begin or end titles as often.
_IN_TITLES = frozenset(
    "Books Papers Studies Prayer Revolution Empire Book Love Art Arts Nature Reason Truth Beauty "
    "Justice Liberty Fate Fortune "
    "Wisdom Virtue Soul Mind Spirit Modern New Old High Black White East West North South First "
    "Second Third American African "
    "Great Essay Theory History Sonnet Psalm Gospel World Room Village River Road Street Tower "
    "Temple Hill House Heaven Hell "
    "Island Sea Mountain Lake Holy Middle Declaration Culture Science Research Today".split()
)
_INSTITUTIONS = NO_PERSONS - _IN_TITLES
_NO_TITLES = PLACES | PEOPLES | GIVEN_NAMES | HONORIFICS
_KNOWN_NAMES = GIVEN_NAMES | SINGLE_NAMES
_NO_NAMES = PLACES | NO_PERSONS | PEOPLES | CALENDAR
# A word with a capital more often than this, after a possessive, is a title only if it shortens one.
_OFTEN = 3
# Words of the longest title.
_LONGEST = 25


@dataclass(frozen=True, slots=True)
class TitleInText:
    """A title, or what may be one.

    Attributes:
        number: Number of the passage.
        start: Offset of its first word.
        end: Offset after its last word.
        text: Its words.
        author: Name of the person whose work the text around it says it is, or the empty string.
        short: Whether it may be a short form of another title.
        weak: Whether it is a title only if it is a short form of another.
    """

    number: int
    start: int
    end: int
    text: str
    author: str = ""
    short: bool = False
    weak: bool = False


class CapitalTitles:
    """Finds titles by their capitals.

    Args:
        passages: The passages that are indexed.
        use: How the essay writes its words.
        known: Titles of the list of works cited.
    """

    def __init__(self, passages: Sequence[Passage], use: WordUse, known: Sequence[str]) -> None:
        self._passages, self._use, self._known = passages, use, frozenset(known)
        self._whole = "\n".join(passage.text for passage in passages)

    def find(self, number: int) -> Iterator[TitleInText]:
        """The titles of a passage, in order."""
        passage = self._passages[number]
        if passage.kind == "verse":
            # Its lines begin with capitals.
            return
        text = passage.text
        starts = {start for start, _ in passage.sentences}
        found: list[TitleInText] = []
        others: list[Span] = []
        brackets = [match.span() for match in BRACKETS.finditer(text)]
        for match in _RUN.finditer(text):
            if any(low <= match.start() < high for low, high in brackets):
                continue
            for start, end in self._parts(text, match.start(), match.end(), starts):
                title = self._title(number, text, start, end, starts)
                if title is None and found and _is_listed_after(text, found[-1].end, start, end):
                    title = TitleInText(number, start, end, text[start:end])
                if title is not None:
                    found.append(title)
                else:
                    others.append((start, end))
        yield from found
        yield from self._beside(number, passage, found, others)

    def _parts(self, text: str, start: int, end: int, starts: set[int]) -> list[Span]:
        """The parts of a run that may be titles: without the name of an owner and without a first word."""
        start = self._without_lead(text, start, end, starts)
        words = [match.span() for match in WORD.finditer(text, start, end)]
        if not words:
            return []
        for index in range(len(words) - 1, 0, -1):
            owner = text[slice(*words[index - 1])]
            if re.search(r"['’]s?$", owner) and self._owns(text, words, index):
                return [(words[index][0], end)]
        whole = [(start, self._cut(text, words, end))]
        return whole if whole[0][1] == end else [*whole, (self._next_capital(text, whole[0][1], end), end)]

    def _next_capital(self, text: str, start: int, end: int) -> int:
        following = next((match for match in WORD.finditer(text, start, end) if match[0][0].isupper()), None)
        return following.start() if following else end

    def _owns(self, text: str, words: Sequence[Span], index: int) -> bool:
        """Whether the possessive before a word is of a person, and a work follows: ``Eliot's Romola``."""
        owner = re.sub(r"['’]s?$", "", text[slice(*words[index - 1])])
        if any(text[slice(*span)].casefold() in _TELLING for span in words[: index - 1]) or owner in PEOPLES:
            return False
        if owner in PLACES or owner in NO_PERSONS or owner.casefold() in FUNCTION_WORDS:
            return True
        return len(words) - index > 1 or self._use.inner(owner) > 1

    def _cut(self, text: str, words: Sequence[Span], end: int) -> int:
        """Where a run ends as a title: before ``of Pierre Bayle`` and before ``at the Cottages``."""
        for index in range(1, len(words)):
            word = text[slice(*words[index])]
            head = text[words[0][0] : words[index - 1][1]]
            if word == "of" and index + 1 < len(words):
                name = text[slice(*words[index + 1])]
                if name in GIVEN_NAMES or name in SINGLE_NAMES:
                    return words[index - 1][1]
                if (
                    index + 2 == len(words) - 1
                    and index == 1
                    and not self._is_telling(text[slice(*words[0])])
                ):
                    return words[index - 1][1]
            elif word in _JOINING:
                capitals = [text[slice(*span)] for span in words]
                if self._occurs_without(head, text[words[0][0] : words[index][1]]) or not any(
                    map(self._is_telling, capitals)
                ):
                    return words[index - 1][1]
        return end

    def _occurs_without(self, head: str, longer: str) -> bool:
        """Whether the essay has the beginning of a run elsewhere without what follows here."""
        return self._whole.count(head) > self._whole.count(longer)

    def _without_lead(self, text: str, start: int, end: int, starts: set[int]) -> int:
        """Start of a run without the words that only begin a sentence: ``Although``, ``In the``."""
        words = [match.span() for match in WORD.finditer(text, start, end)]
        while len(words) > 1 and begins(text, start, starts):
            first, second = text[slice(*words[0])], text[slice(*words[1])]
            if first in {"The", "A", "An"}:
                # An article at the start of a sentence is the title's if it is so elsewhere.
                rest = text[words[1][0] : end]
                elsewhere = len(re.findall(rf"(?<=[a-z,] ){re.escape(first)} {re.escape(rest)}", self._whole))
                return start if elsewhere else words[1][0]
            if first.casefold() not in FUNCTION_WORDS:
                break
            if second[0].islower() and second in {"the", "a", "an", "his", "her"} and len(words) > 2:
                return words[2][0]
            is_longer = self._whole.count(text[words[1][0] : end]) > self._whole.count(text[start:end])
            if second[0].isupper() and (
                is_longer or not self._is_telling(second) or second in {"The", "A", "An"}
            ):
                start, words = words[1][0], words[1:]
                continue
            break
        return start

    def _is_telling(self, word: str) -> bool:
        return word.casefold() in _TELLING and word[0].isupper() and len(word) > (word not in {"A", "I"})

    def _title(self, number: int, text: str, start: int, end: int, starts: set[int]) -> TitleInText | None:
        words = WORD.findall(text[start:end])
        if (
            not words
            or len(words) > _LONGEST
            or re.search(r"['’]s?$", words[-1])
            or any(len(word) > 1 and word.isupper() for word in words)
        ):
            return None
        if all(len(word) == 1 or word[0].islower() for word in words):
            return None
        before, after = text[max(0, start - 60) : start], text[end : end + 60]
        opens = begins(text, start, starts)
        if text[start:end] in self._known:
            return TitleInText(number, start, end, text[start:end])
        owner = self._owner(before)
        if not self._is_title(words, before, after, owner=owner, opens=opens):
            return None
        author = owner
        if not author and (named := _OF_PERSON.match(after)):
            author = named["name"]
        is_short = bool(owner) and len(words) == 1
        weak = is_short and self._use.inner(words[0]) > _OFTEN
        return TitleInText(number, start, end, text[start:end], author, is_short, weak)

    def _is_title(self, words: Sequence[str], before: str, after: str, *, owner: str, opens: bool) -> bool:
        rest = words[1:] if opens else words
        if words[0].rstrip(".") in HONORIFICS:
            return False
        if len(words) > 1 and any(map(self._is_telling, rest)) and not self._is_place(words):
            # After "times: The present", one capital is not enough.
            return words[0] != "I" and len(rest) > 1
        if words[0] in PEOPLES or not words[0][0].isupper():
            return False
        if self._is_institution(words):
            return False
        if _THE.search(before) and self._of_person(after):
            return True
        if _noun_follows(after):
            return len(words) > 1 and bool(_DATED.match(after)) and not _looks_like_name(words)
        if _WITHIN.search(before):
            return len(words) > 1 or words[0] not in _NO_NAMES
        if owner:
            return len(words) > 1 or words[0] not in _NO_TITLES
        return len(words) > 1 and _is_introduced(words, before, after)

    def _owner(self, before: str) -> str:
        """The person in the possessive directly before: ``Eliot's Daniel Deronda``."""
        owner = _OWNED.search(before)
        if owner is None:
            return ""
        name = owner["owner"]
        if name in PLACES or name in NO_PERSONS or name.casefold() in FUNCTION_WORDS or self._use.lower(name):
            return ""
        return name

    def _of_person(self, after: str) -> bool:
        named = _OF_PERSON.match(after)
        words = named["name"].split() if named else []
        if not words:
            return False
        return words[0] in _KNOWN_NAMES or (len(words) > 1 and words[0] not in _NO_NAMES)

    def _is_place(self, words: Sequence[str]) -> bool:
        """Whether an article before a name shows no title: ``The Hague``, ``Los Angeles``."""
        return len(words) == 2 and (words[1] in PLACES or words[1] in PEOPLES or words[1] in _NO_NAMES)

    def _is_institution(self, words: Sequence[str]) -> bool:
        singular = words[-1].removesuffix("s")
        if (
            len(words) == 1
            and words[0].endswith("s")
            and (self._use.inner(singular) or self._use.lower(singular))
        ):
            return True
        # "Gray's Inn", "the Human Genome Project"; but "Decline and Fall of the Roman Empire".
        return words[0] in _INSTITUTIONS or (words[-1] in _INSTITUTIONS and len(words) < 4)

    def _beside(
        self, number: int, passage: Passage, found: Sequence[TitleInText], others: Sequence[Span]
    ) -> Iterator[TitleInText]:
        """Words printed as the titles of their sentence: ``in the Euthydemus and in the Phaedrus``."""
        text = passage.text
        framed = [title for title in found if _IN_THE.search(text, max(0, title.start - 8), title.start)]
        for start, end in others:
            words = WORD.findall(text[start:end])
            if len(words) != 1 or not _IN_THE.search(text, max(0, start - 8), start):
                continue
            if words[0] in _NO_NAMES or words[0].isupper() or self._is_institution(words):
                continue
            sentence = next((span for span in passage.sentences if span[0] <= start < span[1]), None)
            if sentence and any(sentence[0] <= title.start < sentence[1] for title in framed):
                yield TitleInText(number, start, end, words[0])


def _noun_follows(after: str) -> bool:
    """Whether a noun follows, as in ``First World economies``; a word that ends as verbs do may be one."""
    following = _FOLLOWING.match(after)
    return following is not None and following["word"] not in FUNCTION_WORDS


def _is_introduced(words: Sequence[str], before: str, after: str) -> bool:
    """Whether a date, a noun (``the novel``) or a verb (``begins with``) shows that words are a title."""
    if _READ.search(before):
        return True
    around = _DATED.match(after) or _BEGINS.match(after) or _NOUN.search(before) or _HIS.search(before)
    return bool(around) and not _looks_like_name(words)


def _looks_like_name(words: Sequence[str]) -> bool:
    return words[0] in GIVEN_NAMES or words[0] in HONORIFICS or any(len(word) == 1 for word in words)


def _is_listed_after(text: str, last_end: int, start: int, end: int) -> bool:
    """Whether a number and a noun follow a title in one list: ``The Odyssey, 1001 Nights, and``."""
    return text[last_end:start] in {", ", " and ", ", and "} and bool(
        re.match(r"\d+ [A-ZÀ-Þ]", text[start:end])
    )

"""The names that an essay uses, and what its pronouns tell about each.

Follow-ups mean people by "he" or "the second critic". Who that can be is read off the essay: which words with
capitals are names, which of them are places, and by which pronouns the essay goes on to speak of them.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from assistant.core.essay import SEARCHED_KINDS, Passage, Span
from assistant.retrieval.questions import FUNCTION_WORDS

Gender = Literal["he", "she"]

_HONORIFIC = r"(?:Mr|Mrs|Ms|Dr|Miss|Madame|Madam|Sir|Lady|Lord|King|Queen|Prince|Princess|Saint)\b\.?"
_HER_TITLES = {"Miss", "Mrs", "Ms", "Madame", "Madam", "Lady", "Queen", "Princess"}
_HIS_TITLES = {"Mr", "Sir", "Lord", "King", "Prince"}
# What a title counts, in pronouns.
_CERTAIN = 5
_PARTICLE = r"(?:de|der|den|van|von|du|di|da|la|le|ter|ther|ibn|of)"
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_POSSESSIVE = re.compile(r"(?:['’]s|(?<=s)['’])$")
_SENTENCE_START = re.compile(r"(?:^|[.?!:]['\"”’)]*\s+\d*|[\"“‘'\[]\s*)$")
_GENDERED = re.compile(r"\b(?:(?P<he>he|him|his|himself)|(?P<she>she|her|hers|herself))\b", re.IGNORECASE)
_PLACED = re.compile(r"\b(?:in|at|near|outside|across|into|throughout) (?:the )?(?:\w+ )?$")
_VERB = re.compile(
    r",? (?:who|has|had|have|is|was|were|\w+ed|\w{2,}[^s\W]s|wrote|made|came|told|saw|took|gave|found)\b"
)
_DATES = frozenset(
    (
        "january february march april may june july august september october november december "
        "monday tuesday wednesday thursday friday saturday sunday"
    ).split()
)
_NEXT_CAPITAL = re.compile(r" ([A-ZÀ-ÖØ-Þ][^\W\d_]*(?:['’-][^\W\d_]+)*)")
_SHORTENED = {"Mr", "Mrs", "Ms", "Dr", "St"}
# A title goes on in capitals, and no person has an article.
_TITLED = re.compile(r" (?!I\b)[A-Z][a-z]*\b")
_DEFINITE = re.compile(r"\b[Tt]he $")
# Peoples and languages, which essays put before nouns.
_PEOPLE = re.compile(
    r"(?:\w+(?:ican|opean|ian|ish|ese)|african|latin|greek|hebrew|arabic|french|german|swiss|dutch|roman)s?"
)
# How far before a name the preposition is looked for.
_PLACED_WITHIN = 30
# How far after a name a pronoun is taken to mean it.
_REACH = 160
# A name in this share of the passages belongs to the subject of the essay: it is no critic's.
_OFTEN = 1 / 8


@dataclass(frozen=True, slots=True)
class NameInText:
    """A name in a text.

    Attributes:
        start: Offset of its first word.
        end: Offset after its last word, without a possessive ending.
        text: The words.
        key: Its family name, casefolded and without accents.
        is_possessive: Whether a possessive ending follows.
        acts: Whether a verb follows, or "who", or "by" precedes.
    """

    start: int
    end: int
    text: str
    key: str
    is_possessive: bool = False
    acts: bool = False


class Names:
    """The names of some passages.

    Args:
        passages: The passages of an essay, or of several.
    """

    def __init__(self, passages: Iterable[Passage]) -> None:
        self._texts = [passage.text for passage in passages if passage.kind in SEARCHED_KINDS]

    @cached_property
    def _counts(self) -> tuple[Counter[str], Counter[str]]:
        """How often each folded word has a capital within a sentence, and how often it has none."""
        capital: Counter[str] = Counter()
        lower: Counter[str] = Counter()
        for text in self._texts:
            for match in _WORD.finditer(text):
                word = _POSSESSIVE.sub("", match[0])
                if word[0].islower():
                    lower[_folded(word)] += 1
                elif len(word) > 1 and not word.startswith(("I'", "I’")):
                    before = text[max(0, match.start() - 6) : match.start()]
                    capital[_folded(word)] += not _SENTENCE_START.search(before)
        return capital, lower

    @cached_property
    def _words(self) -> frozenset[str]:
        """Folded words that have a capital more often than not."""
        capital, lower = self._counts
        often = {word for word, count in capital.items() if count > lower[word]}
        return frozenset(often - FUNCTION_WORDS - _DATES)

    def in_text(self, text: str, *, typed: bool = False) -> list[NameInText]:
        """The names in a text, in order.

        Args:
            text: A passage's text, or a question.
            typed: Whether the text is a question, in which capital letters may be missing, and which may use
                names that the essay does not.
        """
        return list(self._names(text, typed=typed))

    def _names(self, text: str, *, typed: bool) -> Iterator[NameInText]:
        run: list[Span] = []
        words = [match.span() for match in _WORD.finditer(text)]
        for number, (start, end) in enumerate(words):
            word = text[start:end]
            bare = _POSSESSIVE.sub("", word)
            stop = start + len(bare)
            if run and not _is_joined(text, run, start):
                yield _name(text, run)
                run = []
            if self._is_name(text, start, bare, typed=typed) or (not run and re.fullmatch(_HONORIFIC, bare)):
                run.append((start, stop))
                if stop != end:
                    yield _name(text, run)
                    run = []
            elif run and re.fullmatch(_PARTICLE, word) and self._goes_on(text, words, number + 1):
                run.append((start, stop))
            elif run:
                yield _name(text, run)
                run = []
        if run:
            yield _name(text, run)

    def _goes_on(self, text: str, words: Sequence[Span], number: int) -> bool:
        """Whether a word with a capital, which is a name, has a number among some words."""
        if number >= len(words):
            return False
        start, end = words[number]
        word = _POSSESSIVE.sub("", text[start:end])
        return word[0].isupper() and self._is_name(text, start, word, typed=False)

    def _is_name(self, text: str, start: int, word: str, *, typed: bool) -> bool:
        folded, end = _folded(word), start + len(word)
        is_lower = self._counts[1][folded] > 0
        if folded in self._words:
            return word[0].isupper() or (typed and not is_lower)
        if not word[0].isupper() or folded in FUNCTION_WORDS:
            return False
        if len(word) == 1:
            return word != "I" and text.startswith(".", end)
        if typed:
            # A name that the essay does not use.
            return bool(text[:start].strip())
        # A first name where a sentence begins.
        after = _NEXT_CAPITAL.match(text, end)
        return after is not None and not is_lower and _folded(_POSSESSIVE.sub("", after[1])) in self._words

    @cached_property
    def _mentions(self) -> list[tuple[str, list[NameInText]]]:
        return [(text, self.in_text(text)) for text in self._texts]

    @cached_property
    def _evidence(self) -> dict[str, Counter[str]]:
        """How often each name is followed by which pronoun, is where something is, and is there at all."""
        evidence: dict[str, Counter[str]] = {}
        for text, names in self._mentions:
            for number, name in enumerate(names):
                counts = evidence.setdefault(name.key, Counter())
                counts["all"] += 1
                counts["thing"] += bool(
                    _TITLED.match(text, name.end)
                    or _DEFINITE.search(text, max(0, name.start - 5), name.start)
                )
                counts["place"] += bool(_PLACED.search(text, max(0, name.start - _PLACED_WITHIN), name.start))
                end = names[number + 1].start if number + 1 < len(names) else len(text)
                pronoun = _GENDERED.search(text, name.end, min(end, name.end + _REACH))
                if pronoun is not None:
                    # A subject goes on from the name more surely than "his" or "her" does.
                    is_subject = pronoun[0][0].isupper() or pronoun[0] in {"he", "she"}
                    counts[str(pronoun.lastgroup)] += 1 + is_subject
                title = name.text.split()[0].rstrip(".")
                counts["she"] += _CERTAIN * (title in _HER_TITLES)
                counts["he"] += _CERTAIN * (title in _HIS_TITLES)
        return evidence

    @cached_property
    def _passages_with(self) -> Counter[str]:
        return Counter(key for _, names in self._mentions for key in {name.key for name in names})

    def gender(self, name: NameInText) -> Gender | None:
        """The pronoun by which the essay speaks of a name; ``None`` if that is open."""
        counts = self._evidence.get(name.key, Counter())
        he, she = counts["he"], counts["she"]
        if he > 1 and he > 2 * she:
            return "he"
        return "she" if she > 1 and she > 2 * he else None

    def is_person(self, name: NameInText) -> bool:
        """Whether a name can be a person's: the essay places nothing in or at it more often than not."""
        counts = self._evidence.get(name.key)
        if counts is None:
            return True
        gendered = counts["he"] + counts["she"]
        if _PEOPLE.fullmatch(name.key) and not gendered:
            return False
        if counts["thing"] * 2 >= counts["all"]:
            return False
        return counts["place"] * 4 < counts["all"] or gendered > 3 * counts["place"]

    def occurs(self, name: NameInText) -> bool:
        """Whether the essays name somebody or something; an essay seldom names its own author."""
        return self._passages_with[name.key] > 0

    def is_subject(self, name: NameInText) -> bool:
        """Whether a name is all over the essay, as those of the work are that it is about."""
        return self._passages_with[name.key] >= max(3, _OFTEN * len(self._texts))


def family(name: str) -> str:
    """The word of a name by which it is likeliest named again: "Eusebius" of "Eusebius of Caesarea"."""
    return name.partition(" of ")[0].split()[-1]


def _folded(word: str) -> str:
    """A word in lower case and without accents, which are often left out when names are typed."""
    plain = unicodedata.normalize("NFD", word.casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def _is_joined(text: str, run: Sequence[Span], start: int) -> bool:
    """Whether a word at an offset can belong to the name before it, after an initial or "Mr."."""
    between = text[run[-1][1] : start]
    last = text[slice(*run[-1])]
    return between == " " or (between in {". ", "."} and (len(last) == 1 or last in _SHORTENED))


def _name(text: str, run: Sequence[Span]) -> NameInText:
    start, end = run[0][0], run[-1][1]
    words = text[start:end]
    is_possessive = text[end : end + 2] in {"'s", "’s"} or (
        words.endswith("s") and text[end : end + 1] in {"'", "’"}
    )
    return NameInText(start, end, words, _folded(family(words)), is_possessive, _acts(text, start, end))


def _acts(text: str, start: int, end: int) -> bool:
    return bool(_VERB.match(text, end) or text.endswith(" by ", 0, start))

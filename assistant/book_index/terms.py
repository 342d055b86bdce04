"""The terms of an essay: words and phrases that it, or a section of it, uses far more than other texts do."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from math import log

from assistant.book_index.capitals import FUNCTION_WORDS, frequency
from assistant.book_index.lexicon import CALENDAR, PERSON_VERBS
from assistant.core.essay import Passage, Span

_WORD = re.compile(r"[^\W\d_]+(?:['’‐-][^\W\d_]+)*")
_POSSESSIVE = re.compile(r"(?:['’]s|(?<=s)['’])$")
_STEMMERS = {
    "de": "german",
    "fr": "french",
    "es": "spanish",
    "it": "italian",
    "nl": "dutch",
    "pt": "portuguese",
}
# Terms of an essay at most, and of an index of several.
MOST_TERMS = 40
# A term occurs this often, and its words this much more often than in the language.
_FEWEST, _FEWEST_OF_PHRASE, _TIMES = 3, 2, 4.0
# Log-likelihood at which a difference is chance in one of a thousand texts.
_SIGNIFICANT = 10.83
# Share of the places of a word at which no other content word follows, as after a noun.
_NOUN_SHARE = 0.4
# Share of the places of a word in a longer term from which it is no term by itself.
_COVERED = 0.7
# Words of the longest term; letters of the shortest word.
_LONGEST, _SHORTEST = 3, 3
# Frequency of a word that is in no list: it is rarer than all that are.
_RARE = 1e-7
# Words that speak of any essay's argument or of any text.
_FRAMING = frozenset(
    (
        "different similar according account aim appear appears appeared appearing seem seems interpret "
        "interprets remain remains become  analysis approach argument article aspect attempt author basis "
        "book "
        "books case cases chapter claim "
        "conclusion context course critic critics debate degree detail difference discussion effect "
        "emphasis end essay example "
        "examples extent fact focus form forms idea ideas importance instance interest kind kinds "
        "language level life lot man "
        "manner matter meaning means moment nature need notion number order page pages paper part "
        "parts passage people period "
        "person perspective place point points position possibility problem process purpose question "
        "questions reader readers "
        "reading reason relation relations relationship rest result role scene section sense sentence "
        "series set side "
        "significance situation sort sorts statement story subject system task term terms text texts "
        "thing things time times "
        "topic turn type understanding use version view views way ways woman word words work works "
        "world writer writers writing "
        "year years"
    ).split()
)


@dataclass(frozen=True, slots=True)
class Term:
    """A term and its places.

    Attributes:
        text: Its form that the essay uses most.
        places: Passage number, start and end of each place, in reading order.
        score: How much more the essay uses it than other texts do.
    """

    text: str
    places: tuple[tuple[int, int, int], ...]
    score: float


@dataclass(frozen=True, slots=True)
class _Token:
    number: int
    start: int
    end: int
    word: str
    stem: str
    content: bool


class EssayTerms:
    """The terms of an essay.

    Args:
        passages: The passages that are indexed, in reading order.
        taken: Spans of persons' names and of titles in each passage, in order.
        language: Code of the essay's language.
    """

    def __init__(self, passages: Sequence[Passage], taken: Sequence[Sequence[Span]], language: str) -> None:
        self._passages, self._taken, self._language = passages, taken, language
        self._stem = _stemmer(language)
        self._sections: Counter[str] = Counter()
        # What each word is, as far as it has been looked at.
        self._known: dict[str, tuple[str, str, bool]] = {}

    def find(self) -> list[Term]:
        """The terms, the most telling first."""
        uses: defaultdict[tuple[str, ...], list[tuple[_Token, ...]]] = defaultdict(list)
        followed: Counter[tuple[str, ...]] = Counter()
        total = 0
        for clause in self._clauses():
            total += len(clause)
            for start, token in enumerate(clause):
                self._sections[self._passages[token.number].section] += 1
                for size in range(1, _LONGEST + 1):
                    phrase = tuple(clause[start : start + size])
                    if len(phrase) < size or not all(each.content for each in phrase):
                        break
                    key = tuple(each.stem for each in phrase)
                    uses[key].append(phrase)
                    following = clause[start + size : start + size + 1]
                    followed[key] += bool(following and following[0].content)
        scored = [
            (score, key)
            for key, phrases in uses.items()
            if (score := self._score(key, phrases, followed[key], total)) > 0
        ]
        return list(self._chosen(sorted(scored, reverse=True), uses))

    def _clauses(self) -> Iterator[list[_Token]]:
        """Words in a row without a mark, a name or a title between them."""
        for number, passage in enumerate(self._passages):
            text, taken = passage.text, self._taken[number]
            ends = [end for _, end in taken]
            clause: list[_Token] = []
            for match in _WORD.finditer(text):
                index = bisect_right(ends, match.start())
                is_taken = index < len(taken) and taken[index][0] < match.end()
                last = clause[-1].end if clause else match.start()
                if clause and (is_taken or text[last : match.start()].strip() or clause[-1].start < 0):
                    yield clause
                    clause = []
                if not is_taken:
                    clause.append(self._token(number, match))
            if clause:
                yield clause

    def _token(self, number: int, match: re.Match[str]) -> _Token:
        known = self._known.get(match[0])
        word = _POSSESSIVE.sub("", match[0])
        if known is None:
            folded = word.casefold().replace("’", "'")
            is_content = (
                len(word) >= _SHORTEST
                and folded not in FUNCTION_WORDS
                and folded not in _VERBS
                and word not in CALENDAR
                and "'" not in folded
                and not folded.endswith("ly")
            )
            self._known[match[0]] = known = folded, self._stem(folded), is_content
        return _Token(number, match.start(), match.start() + len(word), *known)

    def _score(
        self, key: tuple[str, ...], phrases: Sequence[tuple[_Token, ...]], followed: int, total: int
    ) -> float:
        """How telling a word or phrase is; 0 if it is no term."""
        count, size = len(phrases), len(key)
        passages = {phrase[0].number for phrase in phrases}
        if count < (_FEWEST if size == 1 else _FEWEST_OF_PHRASE) or len(passages) < 2:
            return 0
        words = Counter(phrase[-1].word for phrase in phrases)
        common = words.most_common(1)[0][0]
        if size == 1 and common in _FRAMING:
            return 0
        if size > 1 and all(token.word in _FRAMING for token in phrases[0]):
            return 0
        if (
            count - followed < _NOUN_SHARE * count
            or common.endswith("ed")
            or (size > 1 and common.endswith("ing"))
        ):
            return 0
        if (size > 1 and phrases[0][0].word.endswith("ing")) or (size == _LONGEST and count < _FEWEST):
            return 0
        expected = total * self._share(phrases)
        if count < _TIMES * expected:
            return 0
        value = _likelihood(count, expected) + self._by_section(phrases, total)
        return value * (1 + 0.5 * (size - 1)) if value >= _SIGNIFICANT else 0

    def _share(self, phrases: Sequence[tuple[_Token, ...]]) -> float:
        """How often a text of the language has a word, or a phrase at most."""
        shares = []
        for index in range(len(phrases[0])):
            forms = {phrase[index].word for phrase in phrases}
            shares.append(sum(frequency(form, self._language) for form in forms) or _RARE)
        if len(shares) == 1:
            return shares[0]
        # Words of a phrase attract each other: they meet more often than by chance.
        return float(min(shares) * max(shares) ** 0.5)

    def _by_section(self, phrases: Sequence[tuple[_Token, ...]], total: int) -> float:
        """By how much one section uses a term more than the rest of the essay."""
        counts = Counter(self._passages[phrase[0].number].section for phrase in phrases)
        section, count = counts.most_common(1)[0]
        size = self._sections[section]
        expected = len(phrases) * size / max(1, total)
        return _likelihood(count, expected) if count > expected else 0.0

    def _chosen(
        self,
        scored: Sequence[tuple[float, tuple[str, ...]]],
        uses: dict[tuple[str, ...], list[tuple[_Token, ...]]],
    ) -> Iterator[Term]:
        """The best terms; of a word and a phrase with it, the one that is used by itself."""
        keys = {key for _, key in scored}
        chosen = 0
        for score, key in scored:
            longer = [other for other in keys if len(other) > len(key) and _contains(other, key)]
            covered = sum(len(uses[other]) for other in longer)
            if covered >= _COVERED * len(uses[key]):
                continue
            yield self._term(score, uses[key])
            chosen += 1
            if chosen == MOST_TERMS:
                return

    def _term(self, score: float, phrases: Sequence[tuple[_Token, ...]]) -> Term:
        places = [(phrase[0].number, phrase[0].start, phrase[-1].end) for phrase in phrases]
        forms = Counter(self._passages[number].text[start:end] for number, start, end in places)
        lower = Counter({form: count for form, count in forms.items() if form[:1].islower()})
        best = (lower if 2 * lower.total() >= forms.total() else forms).most_common(1)[0][0]
        return Term(best, tuple(places), score)


# Forms of verbs that are nouns as well, and terms often enough.
_BOTH = frozenset(
    "attack call challenge claim conclusion copy cry define demand design dream echo fear hope label "
    "laugh love name need note "
    "offer paint place point praise quote record report respect speculate state stress study talk "
    "teach thought thoughts treat "
    "use value visit walk watch wish wonder work works attacks calls copies demands designs dreams "
    "echoes fears hopes labels names "
    "notes records reports states studies values quotes points".split()
)
_VERBS = PERSON_VERBS - _BOTH


def _contains(phrase: tuple[str, ...], part: tuple[str, ...]) -> bool:
    size = len(part)
    return any(phrase[index : index + size] == part for index in range(len(phrase) - size + 1))


def _likelihood(count: float, expected: float) -> float:
    """Log-likelihood ratio of a count against what is expected."""
    return 2 * (count * log(count / expected) - (count - expected)) if expected > 0 else 0.0


@cache
def _stemmer(language: str) -> Callable[[str], str]:
    if language not in _STEMMERS:
        return _uninflected
    import Stemmer

    stem: Callable[[str], str] = Stemmer.Stemmer(_STEMMERS[language]).stemWord
    return stem


def _uninflected(word: str) -> str:
    """An English word without the ending of a plural or of a verb; derived words are terms of their own."""
    for ending, left in (("ies", "y"), ("sses", "ss"), ("ing", ""), ("ed", ""), ("es", ""), ("s", "")):
        if (
            word.endswith(ending)
            and len(word) - len(ending) >= _SHORTEST
            and not word.endswith(("ss", "us", "is"))
        ):
            word = word.removesuffix(ending) + left
            break
    return word.removesuffix("e")

"""Runs of capitalised words in the passages of an essay, and how the essay writes each word otherwise."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from math import log10

from assistant.core.essay import Kind, Passage

# What an index covers: not the title page, the headings and the list of works cited.
INDEXED_KINDS: frozenset[Kind] = frozenset({"paragraph", "blockquote", "note", "list", "verse", "caption"})
_WORD = re.compile(r"[^\W\d_]+(?:['’‐-][^\W\d_]+)*")
_POSSESSIVE = re.compile(r"(?:['’]s|(?<=[sxz])['’])$")
# What is before the first word of a sentence, of quoted words, or of what follows a colon.
_OPENING = re.compile(
    r"(?:^|\n\s*|_|[.?!:]['\"”’)\]]*\s+|[\"“‘\[«»„(]\s*|(?<![\w\"”’])['‘]|[—–/…]\s*|\. \. \.\s+)$"
)
SMALL_WORDS = frozenset(
    "de der den van von vom zu du di da del della des la le les ter ther ibn bin ben al el af av y of "
    "the".split()
)
# Abbreviations that keep their stop within a name.
_SHORTENED = frozenset(
    "Mr Mrs Ms Dr St Ste Mme Mlle Messrs Prof Rev Hon Sr Fr Jr Hr Capt Col Gen Sen Gov Lt Sgt".split()
)
FUNCTION_WORDS = frozenset(
    (
        "a about above across after again against ago all almost along already also although always am "
        "amid among "
        "amongst an and another any anybody anyone anything apart are around as at away back be because "
        "been before "
        "behind being below beneath beside besides between beyond both but by can cannot could despite "
        "did do does "
        "doing done down during each early either else elsewhere enough even ever every everybody everyone "
        "everything except few finally first five for forty four from further given had half hardly has "
        "have having "
        "he hence her here hers herself him himself his how however i if in indeed instead into is it its "
        "itself "
        "just last late later latter least less let like likewise many may me meanwhile might mine more "
        "moreover "
        "most much must my myself namely near nearly neither never nevertheless next nine no nobody none "
        "nonetheless "
        "nor not nothing now nowhere of off often on once one only onto or other others otherwise our "
        "ours out "
        "outside over own past per perhaps put quite rather recently said same say says second see seem "
        "seven "
        "several shall she should similarly since six so some somebody somehow someone something "
        "sometimes soon "
        "still such ten than that the their theirs them themselves then thence there thereby therefore "
        "these they "
        "third this those though three through throughout thus till to today together too toward towards "
        "twice two "
        "under unless unlike until up upon us usually very was we well were what whatever when whence "
        "whenever where "
        "whereas whereby wherever whether which whichever while whilst who whoever whole whom whose why "
        "will with "
        "within without would yes yet you your yours yourself oh ah o alas hello sorry "
        "der die das den dem des ein eine einer eines einem einen und oder aber auch auf aus bei bis "
        "durch für gegen "
        "im in ist mit nach nicht noch nur ob ohne sich sie sind so über um unter von vor war was weil "
        "wenn wer wie "
        "wir wird zu zum zur er es ich ihr sein seine dieser diese dieses als an am hier dort da dann "
        "doch denn "
        "le la les un une des du de et ou mais où donc or ni car ce cet cette ces il elle ils elles on "
        "nous vous je "
        "tu que qui quoi dont dans par pour sur sous avec sans entre chez vers ne pas plus moins très si "
        "son sa ses "
        "leur leurs au aux est sont comme quand aussi ainsi alors puis enfin selon laut"
    ).split()
)
# Zipf frequencies from which a word counts as common in English, and by which it is commoner there than in
# German, French and Spanish, through which names go unchanged.
_COMMON, _COMMONER = 3.3, 1.0


@dataclass(frozen=True, slots=True)
class CapitalWord:
    """A word of a run.

    Attributes:
        start: Offset into the passage's text.
        end: Offset after its last letter, or after the stop of an abbreviation; without a possessive ending.
        text: The word, without a possessive ending.
    """

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class CapitalRun:
    """Capitalised words in a row, with the small words between them.

    Attributes:
        words: The words.
        opens: Whether it begins a sentence, quoted words or the like, where any word is capitalised.
        possessive: Whether a possessive ending follows.
        end: Offset after its last word and a possessive ending.
    """

    words: tuple[CapitalWord, ...]
    opens: bool
    possessive: bool
    end: int

    @property
    def start(self) -> int:
        """Offset of the first word."""
        return self.words[0].start


class WordUse:
    """How an essay writes its words.

    Args:
        passages: The passages that are indexed.
    """

    def __init__(self, passages: Sequence[Passage]) -> None:
        self._passages = passages

    @cached_property
    def _counts(self) -> tuple[Counter[str], Counter[str], Counter[str]]:
        """How often each word is in lower case, capitalised in a sentence, and capitalised at its start."""
        lower: Counter[str] = Counter()
        inner: Counter[str] = Counter()
        first: Counter[str] = Counter()
        for passage in self._passages:
            text, starts = passage.text, {start for start, _ in passage.sentences}
            for match in _WORD.finditer(text):
                word = bare(match[0])
                if word[0].islower():
                    lower[word.casefold()] += 1
                elif begins(text, match.start(), starts):
                    first[word.casefold()] += 1
                else:
                    inner[word.casefold()] += 1
        return lower, inner, first

    def lower(self, word: str) -> int:
        """How often a word is in lower case."""
        return self._counts[0][word.casefold()]

    def inner(self, word: str) -> int:
        """How often a word is capitalised where no sentence begins."""
        return self._counts[1][word.casefold()]

    def is_common(self, word: str) -> bool:
        """Whether a capitalised word may be capitalised only because a sentence begins."""
        folded = word.casefold()
        if folded in FUNCTION_WORDS:
            return True
        lower, inner = self.lower(word), self.inner(word)
        if lower:
            return inner <= 2 * lower
        return inner == 0 and is_english(word)


def bare(word: str) -> str:
    """A word without a possessive ending."""
    return _POSSESSIVE.sub("", word)


def begins(text: str, offset: int, sentence_starts: frozenset[int] | set[int]) -> bool:
    """Whether a word at an offset is the first of a sentence or of something like it."""
    return offset in sentence_starts or bool(_OPENING.search(text, max(0, offset - 8), offset))


@cache
def is_english(word: str) -> bool:
    """Whether a word is a common one of English; names are as common in other languages."""
    english, *others = (_zipf(word.casefold(), language) for language in ("en", "de", "fr", "es"))
    return english >= _COMMON and english - max(others) >= _COMMONER


def _zipf(word: str, language: str) -> float:
    share = frequency(word, language)
    return log10(share) + 9 if share else 0.0


def frequency(word: str, language: str) -> float:
    """Share of a word, in lower case, among the words of a language; 0 if it is rare."""
    return _frequencies(language).get(word, 0.0)


@cache
def _frequencies(language: str) -> dict[str, float]:
    # Its small lists load in a hundredth of a second.
    from wordfreq import available_languages, get_frequency_dict

    known = language if language in available_languages("small") else "en"
    shares: dict[str, float] = get_frequency_dict(known, "small")
    return shares


def runs_of(passage: Passage, masked: Sequence[tuple[int, int]] = ()) -> list[CapitalRun]:
    """The runs of capitalised words in a passage, in order.

    Args:
        passage: The passage.
        masked: Spans in which no word belongs to a run, in order.
    """
    text, starts = passage.text, {start for start, _ in passage.sentences}
    blocked = [end for _, end in masked]
    runs: list[CapitalRun] = []
    words: list[CapitalWord] = []
    small: list[CapitalWord] = []
    end, possessive = 0, False

    def close() -> None:
        if words:
            opens = begins(text, words[0].start, starts)
            runs.append(CapitalRun(tuple(words), opens, possessive, end))
        words.clear()
        small.clear()

    for match in _WORD.finditer(text):
        index = bisect_right(blocked, match.start())
        if index < len(masked) and masked[index][0] < match.end():
            close()
            possessive = False
            continue
        word = bare(match[0])
        stop = match.start() + len(word)
        is_short = len(word) == 1 or word in _SHORTENED
        if is_short and text.startswith(".", stop) and word[0].isupper():
            stop += 1
        item = CapitalWord(match.start(), stop, text[match.start() : stop])
        last = (small or words)[-1].end if words else 0
        if words and (possessive or match.start() in starts or not _is_joined(text, last, match.start())):
            close()
            possessive = False
        possessive_now = len(word) != len(match[0])
        if word[0].isupper() or _capital_after_prefix(word):
            words += [*small, item]
            small.clear()
            end, possessive = match.end() if possessive_now else stop, possessive_now
        elif words and word in SMALL_WORDS and not possessive:
            small.append(item)
        else:
            close()
            possessive = False
    close()
    return runs


def _capital_after_prefix(word: str) -> bool:
    """``d'Alembert``, ``l'Hôpital``, ``al-Ghazali``."""
    return (
        bool(re.match(r"(?:[dl]['’]|al[-‐]|el[-‐])[^\W\d_]", word))
        and word[-1].islower()
        and any(map(str.isupper, word))
    )


def _is_joined(text: str, end: int, start: int) -> bool:
    """Whether two words belong together: a blank divides them, or nothing after an initial."""
    between = text[end:start]
    return between in {" ", "\u00a0"} or (between == "" and text[end - 1] == ".")

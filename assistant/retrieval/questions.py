"""Parse a question: its words, the phrases that it quotes, and what kind of passage or section it asks for.

What a question means that refers to those before it ("And why?") is worked out in ``follow_ups``.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Literal

from assistant.core.essay import Kind, Spans

# The rest of a longer question is not searched: the model encodes it in parts, and each takes time.
MOST_QUESTION_CHARACTERS = 2_000
# A question with more content words than this is searched by itself, whatever its pronouns.
_FEW_WORDS = 5
# The share of a heading's words that a question must use to name its section.
_NAMED_SHARE = 0.5

FUNCTION_WORDS = frozenset(
    (
        "a about above after again against all also although always am an and any anybody anyone anything "
        "are as ask at be because been before being below between both but by can could did do does doing "
        "done down during each either else ever every everybody everyone everything few for from further "
        "give had has have having he her here hers herself him himself his how however i if in into is it "
        "its itself just less let like made make makes many may me mean means might mine more most much "
        "must my myself neither no nobody none nor not nothing now of off often on once one only or other "
        "others our ours out over own please rather really said same say says shall she should show so "
        "some somebody someone something still such tell than that the their theirs them themselves then "
        "there these they thing things this those though through thus to too under until up upon us very "
        "was we well were what whatever when where whether which while who whom whose why will with "
        "within without would yes yet you your yours"
    ).split()
)
# Words that refer to the essay as an essay rather than to its subject.
FRAMING_WORDS = frozenset(
    (
        "according argue argued argues argument article author bring brings brought chapter cite cites "
        "claim claimed claims describe described describes discuss discussed discusses essay explain "
        "explained explains invoke invokes mention mentioned mentions paper passage quote quotes refer "
        "refers section speak speaks text turn turns use used uses writer"
    ).split()
)
_PRONOUN = re.compile(
    r"\b(?:he|she|it|they|him|her|them|his|hers|its|their|theirs|this|that|these|those|there|then"
    r"|the former|the latter|same)\b",
    re.IGNORECASE,
)
_CONTINUES = re.compile(
    r"^(?:and|but|so|or|then|also)\b|^(?:what|how) about\b"
    r"|^(?:why(?: not| so| is that)?|who|where|when|how|in what way|how so|which ones?)\s*\?*$"
    r"|^(?:go on|more|tell me more|say more|for example|such as)\b",
    re.IGNORECASE,
)
# "It", "that" and "there" that refer to something within the question, or to nothing.
_INTERNAL_REFERENCE = re.compile(
    r"\b(?:is it (?:\w+ )?that|there (?:is|are|was|were)|(?:is|are|was|were) there|\w+ that \w+ \w+)\b",
    re.IGNORECASE,
)
_ENDS_WITH_PRONOUN = re.compile(r"\b(?:that|this|it|there|then)\W*$", re.IGNORECASE)
_SUBJECT = re.compile(
    r"\b(?:do|does|did|is|are|was|were|has|have|had|can|could|will|would|should|must|may|might)\s+(\w+)",
    re.IGNORECASE,
)
_QUOTED = re.compile(
    r"[“\"](?P<double>[^“”\"]+)[”\"]"
    # Single marks: an apostrophe is within a word, or follows an s where the phrase continues.
    r"|(?<![^\W_])['‘](?=\w)(?P<single>(?:[^'‘’“”\"]|(?<=\w)['’](?=\w)|(?<=s)['’](?=\s))+)"
    r"(?<=[\w.,!?…])['’](?!\w)"
)
_NOTE = re.compile(
    r"\b(?:foot|end)notes?\b|\bin (?:a|the|which|what) notes?\b|\bnote \d+\b"
    r"|\b(?:a|any|the|this|which|what|that) note (?:about|on|that|with|number|lists|says|explains|mentions"
    r"|cites|gives)\b"
    r"|\b(?:any|the|these|which|what) notes (?:about|on|with|list|say|explain|mention|cite|give)\b",
    re.IGNORECASE,
)
_QUOTATION = re.compile(
    r"\b(?:block[- ]?quot(?:e|ation)s?|quoted (?:passage|extract|lines)|(?:the|a|which|what|that) (?:long )?"
    r"(?:quotation|quote|extract|excerpt)s?)\b",
    re.IGNORECASE,
)
_SECTION = re.compile(
    r"\b(?:section|part|chapter|heading)s? (?:on|about|called|titled|entitled|named|headed|under)\b",
    re.IGNORECASE,
)
_CLAUSE = re.compile(
    r"[;:?]|,\s+(?=(?:who|what|why|how|where|when|which|is|are|was|were|do|does|did)\b)", re.IGNORECASE
)
_UNDER = re.compile(r"\bunder\W*[“\"‘']|\b(?:section|part|chapter|heading)\b", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")


# Which passages a follow-up asks for, judged by those shown before.
Seeks = Literal["any", "else", "others"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """How a question goes on from those before it.

    Attributes:
        light: Spans of its text with words of earlier questions, which weigh less than its own.
        prefix: Length of the earlier question at the start of its text.
        shown: Ids of the passages shown for the question before, best first.
        earlier: Ids of the passages shown first for each earlier question.
        names: The names that it means or brings.
        seeks: Whether any passage may answer it, or somebody or something else is sought than was shown
            (``else``), or other passages.
        in_frame: Whether it asks of a new name what was asked of another.
        corrects: Whether it takes back the question before.
        asks_why: Whether it asks for a reason and says little else.
    """

    light: Spans = ()
    prefix: int = 0
    shown: tuple[str, ...] = ()
    earlier: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    seeks: Seeks = "any"
    in_frame: bool = False
    corrects: bool = False
    asks_why: bool = False


@dataclass(frozen=True)
class Question:
    """A question as it is searched. Everything derived from its text is computed once, when first used.

    Attributes:
        text: The question; a follow-up as it was read.
        is_cut: Whether the user's question was longer than ``MOST_QUESTION_CHARACTERS``.
        corrections: Pairs of a misspelt word and the word that replaces it in ``text``.
        follows: How it goes on from earlier questions; ``None`` if it stands alone.
    """

    text: str
    is_cut: bool = False
    corrections: tuple[tuple[str, str], ...] = ()
    follows: FollowUp | None = None

    @classmethod
    def of(cls, text: str) -> Question:
        """Build a question from what the user typed."""
        return cls(cleaned(text), len(text.strip()) > MOST_QUESTION_CHARACTERS)

    def __getstate__(self) -> dict[str, object]:
        """What goes to another process: not what was computed, which not all can be sent."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @property
    def core(self) -> str:
        """The text without an earlier question before it."""
        return self.text[self.follows.prefix :] if self.follows else self.text

    @property
    def read_as(self) -> str:
        """What a follow-up was read as; empty for a question that stands alone."""
        return self.text if self.follows else ""

    @cached_property
    def words(self) -> Spans:
        """Spans of the words."""
        return words(self.text)

    @cached_property
    def content_words(self) -> list[str]:
        """Words that say what the question is about, casefolded."""
        return _without_function_words(self.text[start:end] for start, end in self.words)

    @cached_property
    def unquoted_content_words(self) -> list[str]:
        """Content words outside quoted phrases."""
        quoted = [match.span() for match in self._quoted]
        return _without_function_words(
            self.text[start:end]
            for start, end in self.words
            if not any(low <= start < high for low, high in quoted)
        )

    @cached_property
    def quoted_phrases(self) -> list[str]:
        """Phrases in quotation marks, in order; a phrase in single marks has two words or more."""
        return [(match["double"] or match["single"]).strip() for match in self._quoted]

    @cached_property
    def phrase_patterns(self) -> list[re.Pattern[str]]:
        """A pattern for each quoted phrase; see ``phrase_pattern``."""
        return list(map(phrase_pattern, self.quoted_phrases))

    @cached_property
    def unquoted(self) -> str:
        """The text without its quoted phrases."""
        text = self.text
        for match in reversed(self._quoted):
            text = f"{text[: match.start()]} {text[match.end() :]}"
        return text

    @cached_property
    def _quoted(self) -> list[re.Match[str]]:
        # What an earlier question quoted is asked about still if this one names nothing ("Why?").
        start = len(self.text) - len(self.core) if content_words(self.core) else 0
        # Single marks around one word may be apostrophes.
        return [
            match
            for match in _QUOTED.finditer(self.text, start)
            if len(_WORD.findall(match["double"] or match["single"])) > (match["double"] is None)
        ]

    @cached_property
    def kind_asked(self) -> Kind | None:
        """The kind of passage that the question asks for: a note, a block quotation or ``None``."""
        if _NOTE.search(self.unquoted):
            return "note"
        return "blockquote" if _QUOTATION.search(self.unquoted) else None

    @cached_property
    def mentions_section(self) -> bool:
        """Whether the question mentions a section of an essay."""
        return _SECTION.search(self.text) is not None or _UNDER.search(self.text) is not None

    def heading_named(self, headings: Collection[str]) -> str | None:
        """The heading that the question quotes, or whose words it gives as the name of a section.

        ``None`` also if it names several headings equally well.
        """
        for phrase in map(_tokens, self.quoted_phrases):
            for heading in headings:
                if phrase and phrase == _tokens(heading):
                    return heading
        section = _SECTION.search(self.text)
        if section is None:
            return None
        # The name ends where the clause does.
        return heading_of(content_words(_CLAUSE.split(self.text[section.end() :])[0]), headings)

    @cached_property
    def is_elliptical(self) -> bool:
        """Whether the question refers to the one before it.

        It does if it continues that question ("And why?", "What about Ruth?"), or if it says little and has a
        pronoun that refers to no name or subject of its own.
        """
        if _CONTINUES.search(self.text.strip()) or not self.content_words:
            return True
        text = _INTERNAL_REFERENCE.sub(" ", self.text)
        pronoun = _PRONOUN.search(text)
        if pronoun is None or len(self.content_words) > _FEW_WORDS:
            return False
        return bool(_ENDS_WITH_PRONOUN.search(text)) or not _has_subject(text[: pronoun.start()])


def readable(text: str) -> str:
    """Replace lone surrogates, which terminals and JSON can pass on but no tokenizer accepts."""
    return text.encode("utf-8", "replace").decode("utf-8")


def cleaned(text: str) -> str:
    """As much of a question as is read."""
    return readable(text).strip()[:MOST_QUESTION_CHARACTERS]


def words(text: str) -> Spans:
    """Spans of the words of a text."""
    return tuple(match.span() for match in _WORD.finditer(text))


def content_words(text: str) -> list[str]:
    """Words of a text that say what it is about, casefolded."""
    return _without_function_words(_WORD.findall(text))


def _without_function_words(words_of_text: Iterable[str]) -> list[str]:
    return [word for word in map(casefolded_word, words_of_text) if word not in FUNCTION_WORDS]


def casefolded_word(word: str) -> str:
    """A word in lower case, without quotation marks around it and without a possessive ending."""
    return word.casefold().replace("’", "'").strip("'").removesuffix("'s")


def only_frames(word: str) -> bool:
    """Whether a casefolded word frames a question rather than say what it is about."""
    return word in FUNCTION_WORDS or word in FRAMING_WORDS


def _tokens(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def _has_subject(text: str) -> bool:
    """Whether a pronoun that follows a text can refer to something in it."""
    if any(word[0].isupper() and casefolded_word(word) not in FUNCTION_WORDS for word in _WORD.findall(text)):
        return True
    if re.search(r"\bthe\s+\w+", text, re.IGNORECASE):
        return True
    return any(casefolded_word(subject) not in FUNCTION_WORDS for subject in _SUBJECT.findall(text))


def phrase_pattern(phrase: str) -> re.Pattern[str]:
    """Match a phrase whatever its quotation marks, hyphens, dashes, spaces and case in the text."""
    parts = [re.escape(part) for part in re.findall(r"[^\W_]+", phrase)]
    if not parts:
        return re.compile(r"(?!)")
    between = r"[\W_]*".join(parts)
    return re.compile(rf"(?<![^\W_]){between}(?![^\W_])", re.IGNORECASE)


def heading_of(name: Collection[str], headings: Collection[str]) -> str | None:
    """The heading that has most of some casefolded words; ``None`` if none has half, or two have as many."""
    shares = sorted(((_share_named(heading, name), heading) for heading in headings), reverse=True)
    is_only_one = len(shares) == 1 or (len(shares) > 1 and shares[0][0] > shares[1][0])
    return shares[0][1] if is_only_one and shares[0][0] >= _NAMED_SHARE else None


def _share_named(heading: str, name: Collection[str]) -> float:
    """The share of a heading's content words that a section's name has."""
    heading_words = set(content_words(heading))
    return len(heading_words.intersection(name)) / len(heading_words) if heading_words else 0.0

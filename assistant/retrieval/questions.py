"""What a question needs before it is searched: its own words, or those of the question before it."""

from __future__ import annotations

import re
from collections.abc import Sequence

# What is longer is no question; the model reads it in parts, so this is a limit of patience.
LONGEST = 2_000
# A question of more words of its own says enough to be searched by itself.
_SAYS_LITTLE = 5

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
# Words with which questions speak of the essay as an essay.
FRAMING_WORDS = frozenset(
    (
        "according argue argued argues argument article author bring brings brought chapter cite cites "
        "claim claimed claims describe described describes discuss discussed discusses essay explain "
        "explained explains invoke invokes mention mentioned mentions paper passage quote quotes refer "
        "refers section speak speaks text turn turns use used uses writer"
    ).split()
)
_POINTING = re.compile(
    r"\b(?:he|she|it|they|him|her|them|his|hers|its|their|theirs|this|that|these|those|there|then"
    r"|the former|the latter|same)\b",
    re.IGNORECASE,
)
_RESUMING = re.compile(
    r"^(?:and|but|so|or|then|also)\b|^(?:what|how) about\b"
    r"|^(?:why(?: not| so| is that)?|who|where|when|how|in what way|how so|which ones?)\s*\?*$"
    r"|^(?:go on|more|tell me more|say more|for example|such as)\b",
    re.IGNORECASE,
)
# "It", "that" and "there" that refer within the question itself or to nothing at all.
_OWN = re.compile(
    r"\b(?:is it (?:\w+ )?that|there (?:is|are|was|were)|(?:is|are|was|were) there|\w+ that \w+ \w+)\b",
    re.IGNORECASE,
)
_ENDS_POINTING = re.compile(r"\b(?:that|this|it|there|then)\W*$", re.IGNORECASE)
_SUBJECT = re.compile(
    r"\b(?:do|does|did|is|are|was|were|has|have|had|can|could|will|would|should|must|may|might)\s+(\w+)",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"[“\"]([^“”\"]+)[”\"]")
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")


def content_words(question: str) -> list[str]:
    """Words of a question that say what it is about, folded."""
    return [word for word in map(folded, _WORD.findall(question)) if word not in FUNCTION_WORDS]


def folded(word: str) -> str:
    """A word in lower case, without quotation marks around it and its possessive ending."""
    return word.casefold().replace("’", "'").strip("'").removesuffix("'s")


def is_elliptical(question: str) -> bool:
    """Whether a question leans on the one before it.

    It does when it resumes ("And why?", "What about Ruth?"), or says little itself and points back
    with a pronoun for which it has no name or subject of its own.
    """
    words = content_words(question)
    if _RESUMING.search(question.strip()) or not words:
        return True
    text = _OWN.sub(" ", question)
    points = _POINTING.search(text)
    if points is None or len(words) > _SAYS_LITTLE:
        return False
    return bool(_ENDS_POINTING.search(text)) or not _has_subject(text[: points.start()])


def _has_subject(before: str) -> bool:
    """Whether a pronoun can refer to what stands before it in its own question."""
    words = _WORD.findall(before)
    if any(word[0].isupper() and folded(word) not in FUNCTION_WORDS for word in words):
        return True
    if re.search(r"\bthe\s+\w+", before, re.IGNORECASE):
        return True
    return any(folded(found) not in FUNCTION_WORDS for found in _SUBJECT.findall(before))


def quoted_phrases(question: str) -> list[str]:
    """Phrases of a question that stand in double quotation marks, in order."""
    return [phrase.strip() for phrase in _QUOTED.findall(question) if phrase.strip()]


def without_quoted(question: str) -> str:
    """A question without its phrases in double quotation marks."""
    return _QUOTED.sub(" ", question)


def in_context(question: str, history: Sequence[str]) -> str:
    """The question with what it leans on put before it.

    Args:
        question: The question as asked.
        history: Earlier questions of the conversation, oldest first.

    Returns:
        The question itself when it stands alone, else the earlier questions back to the last one
        that does, and then the question.
    """
    parts = [question]
    for earlier in reversed([one for one in history if one.strip()]):
        if not is_elliptical(parts[0]):
            break
        parts.insert(0, earlier.strip())
    return " ".join(parts)

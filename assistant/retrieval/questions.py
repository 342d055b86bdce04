"""What a question needs before it is searched: its own words, or those of the question before it."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from assistant.core.essay import Kind

# What is longer is no question; the model reads it in parts, so this is a limit of patience.
LONGEST = 2_000
# A question of more words of its own says enough to be searched by itself.
_SAYS_LITTLE = 5
# The share of a heading's words that names its section.
_NAMED = 0.5

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
_QUOTED = re.compile(
    r"[“\"](?P<double>[^“”\"]+)[”\"]"
    # Single marks: apostrophes stand within words, or behind an s where the phrase goes on.
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


def readable(question: str) -> str:
    """A question without what is no text: terminals and JSON can pass it on, no tokenizer reads it."""
    return question.encode("utf-8", "replace").decode("utf-8")


def words(question: str) -> list[tuple[int, int]]:
    """Spans of the words of a question."""
    return [match.span() for match in _WORD.finditer(question)]


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
    """Phrases of a question that stand in quotation marks, in order.

    Single marks hold a phrase of two words at the least: around one they may be apostrophes.
    """
    return [(match["double"] or match["single"]).strip() for match in _quoted(question)]


def without_quoted(question: str) -> str:
    """A question without its phrases in quotation marks."""
    for match in reversed(_quoted(question)):
        question = f"{question[: match.start()]} {question[match.end() :]}"
    return question


def _quoted(question: str) -> list[re.Match[str]]:
    return [
        match
        for match in _QUOTED.finditer(question)
        if len(_WORD.findall(match["double"] or match["single"])) > (match["double"] is None)
    ]


def phrase_pattern(phrase: str) -> re.Pattern[str]:
    """What finds a phrase in a text whatever its quotation marks, hyphens, dashes, spaces and case."""
    parts = [re.escape(part) for part in re.findall(r"[^\W_]+", phrase)]
    if not parts:
        return re.compile(r"(?!)")
    between = r"[\W_]*".join(parts)
    return re.compile(rf"(?<![^\W_]){between}(?![^\W_])", re.IGNORECASE)


def kind_asked(question: str) -> Kind | None:
    """The kind of passage that a question asks for by name: a note, a block quotation or none."""
    question = without_quoted(question)
    if _NOTE.search(question):
        return "note"
    return "blockquote" if _QUOTATION.search(question) else None


def heading_named(question: str, headings: Collection[str]) -> str | None:
    """The heading that a question quotes, or whose words it names as those of a section.

    Args:
        question: The question.
        headings: Headings of the essays.

    Returns:
        The heading; ``None`` if none is named, or no one more than the others.
    """
    letters = {heading: re.findall(r"\w+", heading.casefold()) for heading in headings}
    for phrase in quoted_phrases(question):
        for heading, own in letters.items():
            if own and own == re.findall(r"\w+", phrase.casefold()):
                return heading
    named = _SECTION.search(question)
    if named is None:
        return None
    # The name ends where the clause does.
    asked = set(content_words(_CLAUSE.split(question[named.end() :])[0]))
    shares = sorted(((_share(heading, asked), heading) for heading in headings), reverse=True)
    alone = len(shares) == 1 or (len(shares) > 1 and shares[0][0] > shares[1][0])
    return shares[0][1] if shares and alone and shares[0][0] >= _NAMED else None


def names_section(question: str) -> bool:
    """Whether a question speaks of a section."""
    return _SECTION.search(question) is not None or _UNDER.search(question) is not None


def _share(heading: str, asked: Collection[str]) -> float:
    """The share of a heading's words that a question names."""
    own = set(content_words(heading))
    return len(own.intersection(asked)) / len(own) if own else 0.0


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

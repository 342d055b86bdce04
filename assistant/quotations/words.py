"""Words that decide what a sentence says: negations, figures and names.

The lists are English first; negations and figures of a few other languages follow.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")

_NEGATIONS = frozenset(
    "not no never none nobody nothing nowhere neither nor cannot without hardly scarcely barely seldom "
    "rarely unless deny denies denied denying refuse refuses refused refusing fail fails failed "
    "falsely nicht kein keine keinen keinem keiner keines nie niemals nichts niemand nirgends weder "
    "ohne kaum jamais aucun aucune rien guère nullement sans nunca jamás nadie ningún ninguna ninguno "
    "tampoco nessun nessuno nessuna niente nulla mai".split()
)
# Negations that are other words in English.
_FOREIGN_NEGATIONS = frozenset("pas ne ni non sin nada nec neque haud nihil né".split())
_ENGLISH = re.compile(r"\b(?:the|of|and|is|was|that|with)\b")
_NO_NUMBER = re.compile(r"\b[Nn]o\.?\s*(?=\d)")
_NEGATING = ("un", "in", "im", "il", "ir", "dis", "non", "mis")
_PAIRS = (
    "true false|more less|more fewer|most least|all none|all some|always never|always sometimes|"
    "always ever|always often|often never|often seldom|often rarely|best worst|better worse|good bad|"
    "right wrong|many few|with without|before after|increase decrease|increased decreased|rise fall|"
    "rises falls|rose fell|above below|ever never|everybody nobody|everyone nobody|everything nothing|"
    "everywhere nowhere|somebody nobody|something nothing|accept reject|accepts rejects|"
    "accepted rejected|affirms denies|supports opposes|supported opposed|allow forbid|allows forbids|"
    "allowed forbade|strong weak|stronger weaker|easy hard|easier harder|early late|earlier later|"
    "old new|older younger|first last|same different|like unlike|larger smaller|greater smaller|"
    "greater lesser|higher lower|shallow deep|exact coarse|immer nie|mehr weniger|wahr falsch|"
    "toujours jamais|plus moins|vrai faux"
)
OPPOSITES: dict[str, set[str]] = {}
for _pair in _PAIRS.split("|"):
    _one, _other = _pair.split()
    OPPOSITES.setdefault(_one, set()).add(_other)
    OPPOSITES.setdefault(_other, set()).add(_one)
QUANTIFIERS = frozenset(
    "many few several some most all numerous countless hundreds thousands dozens scores no half twice".split()
)

_UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen".split()
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_NUMBERS = {word: number for number, word in enumerate(_UNITS)} | {
    word: 20 + 10 * number for number, word in enumerate(_TENS)
}
_NUMBERS |= {
    word: number
    for number, words in enumerate(
        "|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth dozen".split("|")
    )
    for word in words.split()
}
_NUMBERS |= {
    word: number
    for number, words in enumerate(
        "|||drei trois|vier quatre|fünf cinq|sechs six|sieben sept|acht huit|neun neuf|zehn dix".split("|")
    )
    for word in words.split()
}
_NUMBERS |= {f"{word}th": number for number, word in enumerate(_UNITS) if number > 12}
_NUMBERS |= {"twentieth": 20, "zwei": 2, "deux": 2, "twice": 2}
MULTIPLES = {"hundred": 100, "thousand": 1_000, "million": 10**6, "billion": 10**9} | {
    "hundert": 100, "tausend": 1_000, "cent": 100, "mille": 1_000
}  # fmt: skip
# They are often no figures: "one does not", "the first", "a second time".
_UNCERTAIN = frozenset("one first second third a twice".split())
_DIGITS = re.compile(r"\d+(?:[.,:]\d+)*")
_LIMITS = frozenset(
    "nearly almost about roughly approximately around over under than least most half twice only to".split()
)
_LIMIT_PAIRS = {
    "than": {"more", "less", "fewer", "later", "earlier"},
    "least": {"at"},
    "most": {"at"},
    "to": {"up"},
}

_BEGINS_SENTENCE = re.compile(r"(?:[.!?:\n][\"”’»)\]]{0,4}\s{0,9}|\A\s{0,9})[\"“‘«(\[]{0,4}\Z")
# Words with a capital at the beginning of a sentence or always, and no names.
_NO_NAMES = frozenset(
    "I Mr Mrs Ms Dr Sir Lady Lord St Saint Professor Prof The A An Whoever Whatever Whether Nowhere "
    "These Those This That When Where What Which While Such Some Many Most Once Since Yet But And For "
    "If In On At It He She They We Our His Her Their Its There Here Then Thus Hence However Although "
    "Though Among Against Even Only Nor Another Each Every Both Either Neither You Your My".split()
)
_GERMAN = re.compile(r"\b(?:der|die|das|und|nicht|ist)\b")


def words_of(text: str) -> list[str]:
    """Words and figures of a text."""
    return _WORD.findall(text)


def is_negation(word: str) -> bool:
    """Whether a word denies, in the languages whose negations are known."""
    folded = word.casefold().replace("’", "'")
    return folded in _NEGATIONS or folded.endswith("n't")


def negations_in(text: str, around: str = "") -> list[str]:
    """The words of a text that deny, in order; what is around it tells its language."""
    words = words_of(_NO_NUMBER.sub("", text))
    foreign = not _ENGLISH.search(around or text)
    return [
        word for word in words if is_negation(word) or (foreign and word.casefold() in _FOREIGN_NEGATIONS)
    ]


def is_opposite_form(one: str, other: str) -> bool:
    """Whether two words differ by a syllable that denies: ``able``, ``unable``; ``useful``, ``useless``."""
    first, second = sorted((one.casefold(), other.casefold()), key=len)
    if len(first) > 3 and second.endswith(first) and second[: len(second) - len(first)] in _NEGATING:
        return True
    stems = {word.removesuffix("ful") for word in (first, second) if word.endswith("ful")}
    less = {word.removesuffix("less") for word in (first, second) if word.endswith("less")}
    plain = {word for word in (first, second) if not word.endswith(("ful", "less"))}
    return bool(less & (stems | plain))


def is_number_word(word: str) -> bool:
    """Whether a word is a figure, in digits or letters."""
    folded = word.casefold()
    return word[:1].isdecimal() or folded in MULTIPLES or (folded in _NUMBERS and folded not in _UNCERTAIN)


def figures_in(text: str, *, uncertain: bool = False) -> list[str]:
    """The figures of a text, in digits: "three hundred and fifty-five" is 355.

    Args:
        text: The text.
        uncertain: Whether words count that are figures only sometimes, such as "one".
    """
    figures: list[str] = []
    total = current = 0
    inside = certain = False
    for word in [
        *words_of(_DIGITS.sub(lambda match: f" {match[0].replace(',', '').replace('.', 'p')} ", text)),
        "",
    ]:
        folded = word.casefold()
        if folded in _NUMBERS:
            current += _NUMBERS[folded]
            certain = certain or folded not in _UNCERTAIN
            inside = True
        elif folded in MULTIPLES:
            current = max(current, 1) * MULTIPLES[folded]
            if MULTIPLES[folded] > 100:
                total, current = total + current, 0
            inside = certain = True
        elif not (folded == "and" and inside):
            if inside and (certain or uncertain):
                figures.append(str(total + current))
            total = current = 0
            inside = certain = False
            if folded[:1].isdecimal():
                figures.append(re.sub(r"(?<=\d)(?:st|nd|rd|th)\Z", "", folded))
    return figures


def limits_figure(words: Sequence[str]) -> bool:
    """Whether words end with one that sets a limit to the figure after them: "at least", "nearly"."""
    last = words[-1].casefold()
    if last not in _LIMITS:
        return False
    pairs = _LIMIT_PAIRS.get(last)
    return pairs is None or (len(words) > 1 and words[-2].casefold() in pairs)


def names_in(text: str, essay: str, before: str = "a ") -> list[str]:
    """Names in a text, without their genitive: words with a capital that no sentence gives them.

    Args:
        text: The text.
        essay: What it is from, by which its language is told, and whether a first word has a capital always.
        before: What precedes the text.
    """
    if _GERMAN.search(essay[:2_000]):
        return []  # where every noun has a capital, names cannot be told
    names = []
    for match in _WORD.finditer(text):
        bare = re.sub(r"['’]s\Z", "", match[0])
        if not bare[:1].isupper() or bare in _NO_NAMES or is_negation(bare) or is_number_word(bare):
            continue
        preceding = f"{before[-20:]}{text[max(0, match.start() - 20) : match.start()]}"
        small = rf"(?<![^\W_]){re.escape(bare.lower())}(?![^\W_])"
        if not _BEGINS_SENTENCE.search(preceding) or not re.search(small, essay):
            names.append(bare)
    return names

"""Sentences of a passage, as spans of its text."""

from __future__ import annotations

import re

from assistant.core.essay import Span

# Abbreviations that a name, a figure or a title follows; the full stop behind them ends no sentence.
_BEFORE_NAMES = frozenset(
    ("mr mrs ms dr prof st sr fr rev hon gen col capt lt sgt messrs mme mlle m mm gov sen rep pres").split()
)
_BEFORE_FIGURES = frozenset(
    ("p pp vol vols no nos ch chs sec fig figs ed eds trans l ll n nn art par c ca fol fols").split()
)
_NEVER_LAST = frozenset(["e.g", "i.e", "cf", "viz", "vs", "v", "al.cf", "qtd"])
# These may end a sentence: it ends when the next word begins one that a name would not.
_MAYBE_LAST = frozenset(
    ("jr sr etc al inc ltd co ibid bros u.s u.k a.m p.m b.c a.d ph.d jan feb aug sept oct nov dec").split()
)
# Words that begin a sentence far more often than they are a surname behind an initial.
_OPENING_WORDS = frozenset(
    (
        "a all although an and as at because both but by each even every few finally first for from "
        "having he her here his how however i i'd i'll i'm i've if in indeed instead it its like many "
        "more moreover most my nevertheless no not now of on once one only or our perhaps she similarly "
        "since so some still such that the their then there these they this those though through thus to "
        "we what when where whether which while who why with yet you your"
    ).split()
)
_FINAL_MARKS = re.compile(r"(?<![^\w'’])[^\w'’]+$")
_PRINTED = re.compile(r"\S")
# Abbreviations and initials are told from so many characters before a full stop.
_NEAR = 120
_CANDIDATE = re.compile(
    r"(?P<dots>(?:\.\s){2,}\.(?:\s?\.)?|…\s?\.?|(?<![.!?])[.!?]++)"  # an ellipsis, spaced or not, or a mark
    r"(?P<close>[\"'”’)\]»]*)"
    r"(?P<cited>\s\((?=[^()]*\d|[^()]{1,40}\)(?:\s|$))[^()]{1,60}\)[.]?)?"  # a block quotation's citation
    r"(?=(?P<space>\s+)(?P<open>[\"'“‘(\[«¿¡]*)(?P<next>\S+)|\s*$)"
)


def split_sentences(text: str, start: int = 0) -> tuple[Span, ...]:
    """Divide a passage into sentences.

    Initials (``W. E. B. Du Bois``), abbreviations, spaced ellipses and numbers in brackets do not end
    a sentence; a parenthetical citation belongs to the sentence before it.

    Args:
        text: The passage's text.
        start: Offset to begin at, behind a note's number.

    Returns:
        Ascending spans; what lies between them is white space only.
    """
    spans: list[Span] = []
    at = position = start
    while found := _CANDIDATE.search(text, position):
        cited = bool(found.group("cited")) and _cites(found)
        # Brackets that are no citation hold a sentence of their own, which is looked at next.
        end = found.end("cited") if cited else found.end("close")
        position = max(end, found.start() + 1)
        if found.group("next") is not None and _ends(text, found) and end > at:
            spans.append((at, end))
            at = _next_word(text, end)
    if text[at:].strip():
        spans.append((at, len(text.rstrip())))
    return tuple(spans)


def _next_word(text: str, start: int) -> int:
    found = _PRINTED.search(text, start)
    return found.start() if found else len(text)


def _cites(found: re.Match[str]) -> bool:
    """Whether the bracket behind the full stop is a citation and no sentence of its own."""
    cited = found.group("cited").strip()
    inner = cited.strip("().")
    return bool(re.search(r"\d", inner)) and len(inner.split()) <= 8 and not inner.endswith(("!", "?"))


def _ends(text: str, found: re.Match[str]) -> bool:
    following = found.group("next")
    if found.group("cited") and not _cites(found):
        following = found.group("cited").strip().lstrip("(")
    first = following.lstrip("*_")[:1]
    starts = (
        first.isupper()
        or first.isdigit()
        or (bool(found.group("open")) and first.isalpha() and first.isupper())
    )
    if not starts:
        return False
    dots = found.group("dots")
    if dots.replace(" ", "") in {"...", "…"}:
        # Three dots stand for words left out; only a fourth is a full stop. A closing mark decides too.
        return bool(found.group("close"))
    if dots != "." or found.group("close"):
        return not _inside_brackets(text, found) or found.group("close") != ""
    return _full_stop(text[max(0, found.start() - _NEAR) : found.start()], following, first)


def _inside_brackets(text: str, found: re.Match[str]) -> bool:
    sentence = text[max(0, found.start() - 300) : found.start()]
    return sentence.count("(") > sentence.count(")") and ")" in text[found.end() : found.end() + 80]


def _full_stop(before: str, following: str, first: str) -> bool:
    words = before.split()
    word = words[-1].lstrip("\"'“‘([*_") if words else ""
    low = word.casefold()
    opens_anew = _FINAL_MARKS.sub("", following).replace("’", "'").casefold() in _OPENING_WORDS
    if len(word) == 1 and word.isalpha() and word.isupper():
        # "Kathy H. I'm thirty-one" ends; "W. E. B. Du Bois" and the pronoun "I." are told by what follows.
        return opens_anew and len(words) > 1
    if low in _BEFORE_NAMES or low in _NEVER_LAST:
        return False
    if low in _BEFORE_FIGURES:
        return not first.isdigit()
    if low in _MAYBE_LAST or re.fullmatch(r"(?:\w\.)+\w", low):
        return opens_anew
    if word.isdecimal() and len(words) == 1:
        return False
    return not (first.isdigit() and _enumerates(word))


def _enumerates(word: str) -> bool:
    return word.casefold() in {"p", "pp", "no", "nr"}

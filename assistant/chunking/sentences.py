"""Sentences of a passage, as spans of its text."""

from __future__ import annotations

import re

from assistant.core.essay import Span

# Abbreviations that a name or a figure follows; their full stop ends no sentence.
_BEFORE_NAMES = frozenset(
    ("mr mrs ms dr prof st sr fr rev hon gen col capt lt sgt messrs mme mlle m mm gov sen rep pres").split()
)
_BEFORE_FIGURES = frozenset(
    ("p pp vol vols no nos ch chs sec fig figs ed eds trans l ll n nn art par c ca fol fols").split()
)
_NEVER_LAST = frozenset(["e.g", "i.e", "cf", "viz", "vs", "v", "al.cf", "qtd"])
# These may end a sentence: it ends if the next word is one that begins sentences and no name.
_MAYBE_LAST = frozenset(
    ("jr sr etc al inc ltd co ibid bros u.s u.k a.m p.m b.c a.d ph.d jan feb aug sept oct nov dec").split()
)
# Words that begin a sentence far more often than they are a surname after an initial.
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
# Characters before a full stop by which abbreviations and initials are recognised.
_NEAR = 120
# Characters before and after a mark within which brackets are looked for.
_BRACKETED_BEFORE, _BRACKETED_AFTER = 300, 80
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
        start: Offset to begin at, after a note's number.

    Returns:
        Ascending spans, with nothing but white space between them.
    """
    spans: list[Span] = []
    begin = position = start
    while mark := _CANDIDATE.search(text, position):
        # Brackets that are no citation contain a sentence of their own, which is examined next.
        end = mark.end("cited") if mark["cited"] and _is_citation(mark["cited"]) else mark.end("close")
        position = max(end, mark.start() + 1)
        if mark["next"] is not None and end > begin and _ends_sentence(text, mark):
            spans.append((begin, end))
            word = _PRINTED.search(text, end)
            begin = word.start() if word else len(text)
    if text[begin:].strip():
        spans.append((begin, len(text.rstrip())))
    return tuple(spans)


def _is_citation(bracket: str) -> bool:
    """Whether the bracket after a full stop is a citation and no sentence of its own."""
    inner = bracket.strip().strip("().")
    return bool(re.search(r"\d", inner)) and len(inner.split()) <= 8 and not inner.endswith(("!", "?"))


def _ends_sentence(text: str, mark: re.Match[str]) -> bool:
    following = mark["next"]
    if mark["cited"] and not _is_citation(mark["cited"]):
        following = mark["cited"].strip().lstrip("(")
    first = following.lstrip("*_")[:1]
    if not (first.isupper() or first.isdigit()):
        return False
    dots = mark["dots"]
    if dots.replace(" ", "") in {"...", "…"}:
        # Three dots mark words left out; only a fourth is a full stop. A closing mark decides too.
        return bool(mark["close"])
    if dots != "." or mark["close"]:
        return bool(mark["close"]) or not _is_inside_brackets(text, mark)
    return _is_full_stop(text[max(0, mark.start() - _NEAR) : mark.start()], following, first)


def _is_inside_brackets(text: str, mark: re.Match[str]) -> bool:
    before = text[max(0, mark.start() - _BRACKETED_BEFORE) : mark.start()]
    return before.count("(") > before.count(")") and ")" in text[mark.end() : mark.end() + _BRACKETED_AFTER]


def _is_full_stop(before: str, following: str, first: str) -> bool:
    """Whether a single point ends a sentence and no abbreviation, by the words before and after it."""
    words = before.split()
    word = words[-1].lstrip("\"'“‘([*_") if words else ""
    low = word.casefold()
    begins_sentence = _FINAL_MARKS.sub("", following).replace("’", "'").casefold() in _OPENING_WORDS
    if len(word) == 1 and word.isalpha() and word.isupper():
        # "Kathy H. I'm thirty-one" ends; for "W. E. B. Du Bois" and the pronoun "I." the next word decides.
        return begins_sentence and len(words) > 1
    if low in _BEFORE_NAMES or low in _NEVER_LAST:
        return False
    if low in _BEFORE_FIGURES:
        return not first.isdigit()
    if low in _MAYBE_LAST or re.fullmatch(r"(?:\w\.)+\w", low):
        return begins_sentence
    if word.isdecimal() and len(words) == 1:
        return False
    return not (first.isdigit() and low == "nr")

"""The clauses around an omission: what it takes out of them, and what it joins."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from assistant.quotations.words import (
    MULTIPLES,
    QUANTIFIERS,
    is_negation,
    is_number_word,
    limits_figure,
    negations_in,
    words_of,
)

# Words of an omitted clause that is all negation: "or hardly ever".
SHORT_CLAUSE = 3
# Words between a negation and those that stay, with which it then has nothing to do.
_REACH = 9
CLAUSE = re.compile(r"[.;:!?—–()\n]|,|--")
_STRONG = re.compile(r"[.;:!?\n](?=\s|[\"”’)]|$)|—")
# Words that begin a clause of their own, of which the negation within it is a part.
_SUBORDINATING = frozenset(
    "who whom whose which that although though because while whereas if when where since unless as "
    "der die das dem den welche welcher welches weil obwohl wenn qui que dont où parce quand".split()
)
# After a negation they decide what is denied: "not only", "not always".
_SCOPED = frozenset(
    "only merely just simply solely alone always all every quite yet entirely necessarily nur immer".split()
)
_ADDING = frozenset("also even rather instead auch aussi también anche".split())
_TURNING = frozenset("but sondern mais sino ma".split())


def last_word(text: str) -> str:
    """The last word of a text, or the empty string."""
    words = words_of(text)
    return words[-1] if words else ""


def lost_negations(before: str, taken: str, after: str) -> list[str]:
    """Negations that an omission takes out of clauses of which other words stay.

    A clause that is left out whole takes its negation along, unless it is a mere "never" between commas; and
    so does "not this but".
    """
    clauses = CLAUSE.split(taken)
    last = len(clauses) - 1
    begins = bool(CLAUSE.search(before.rstrip()[-1:])) or not before.strip()
    ends = not clauses[last].strip() or bool(CLAUSE.search(after.lstrip()[:1]))
    found: list[str] = []
    for number, clause in enumerate(clauses):
        words = words_of(clause)
        negations = negations_in(clause, f"{before}{taken}{after}")
        if not negations:
            continue
        is_left = number == 0 and not begins
        is_right = number == last and not ends
        if not (is_left or is_right):
            found += negations if len(words) <= SHORT_CLAUSE and not _is_sentence(taken, number) else []
        elif (
            _turns(taken)
            or not _is_beside(words, negations, left=is_left, right=is_right)
            or (is_left and _is_own_clause(words, negations[-1], is_whole=not is_right))
        ):
            continue
        else:
            found += negations
    return found


def _is_sentence(taken: str, number: int) -> bool:
    """Whether a clause of an omission is a sentence of its own, such as "Not so."."""
    ends = list(CLAUSE.finditer(taken))
    stops = {".", "!", "?", "\n", ";", ":"}
    follows = ends[number - 1].group() in stops if 0 < number <= len(ends) else False
    return follows and (number == len(ends) or ends[number].group() in stops)


def _turns(taken: str) -> bool:
    """Whether an omission ends with "but", "but also" or the like, which end what it denies."""
    words = [word.casefold() for word in words_of(taken)]
    return words[-1] in _TURNING or (words[-1] in _ADDING and words[-2:-1] != [] and words[-2] in _TURNING)


def _is_beside(words: Sequence[str], negations: Sequence[str], *, left: bool, right: bool) -> bool:
    """Whether a negation is near the words that stay before or after an omitted clause."""
    first, last = words.index(negations[0]), len(words) - 1 - words[::-1].index(negations[-1])
    return (left and first < _REACH) or (right and len(words) - 1 - last < _REACH)


def _is_own_clause(words: Sequence[str], negation: str, *, is_whole: bool) -> bool:
    """Whether omitted words begin a clause that has its own negation and what it denies."""
    return words[0].casefold() in _SUBORDINATING and (is_whole or len(words) - 1 - words.index(negation) >= 2)


def moved_negation(before: str, taken: str, after: str) -> str:
    """A negation that stays, but with other words than it denies in print; or the empty string."""
    kept, omitted = words_of(before), words_of(taken)
    is_open = bool(kept) and not CLAUSE.search(before.rstrip()[-1:])
    if is_open and omitted and omitted[0].casefold() in _SCOPED:
        denying = [word for word in last_clause(before)[:SHORT_CLAUSE] if is_negation(word)]
        if denying:
            return denying[0]
    if is_open and is_negation(kept[-1]) and omitted:
        turns = any(word.casefold() in _TURNING for word in omitted)
        if turns or _STRONG.search(taken):
            return kept[-1]
    following = [word for word in words_of(after)[:3] if is_negation(word)]
    ends_open = bool(taken.strip()) and not CLAUSE.search(taken.rstrip()[-1:])
    if is_open and ends_open and following and _STRONG.search(taken):
        return following[0]
    return ""


def figures_joined(before: str, taken: str, after: str) -> Iterator[str]:
    """A figure of which an omission takes a part, or the limit that print sets to it."""
    omitted = words_of(taken)
    left, right = last_word(before), next(iter(words_of(after)), "")
    if not omitted:
        return
    core = [word for word in omitted if word.casefold() not in {"and", "und", "et", "point"}]
    is_left = (
        bool(left)
        and is_number_word(left)
        and bool(core)
        and is_number_word(core[0])
        and not _cut(before, taken)
    )
    is_right = (
        bool(right)
        and is_number_word(right)
        and bool(core)
        and is_number_word(core[-1])
        and not _cut(taken, after)
    )
    if is_left or is_right:
        yield f"The omission takes “{(core[0] if is_left else core[-1])}” out of a figure."
    elif right.casefold() in MULTIPLES and omitted[-1].casefold() in QUANTIFIERS:
        yield f"The omission takes “{omitted[-1]}” out of a figure."
    elif right and is_number_word(right) and limits_figure(omitted):
        yield f"The omission takes out “{omitted[-1]}” before “{right}”."
    elif left and right and is_number_word(left) and is_number_word(right) and not CLAUSE.search(taken):
        yield f"The omission makes one figure of “{left}” and “{right}”."


def last_clause(text: str) -> list[str]:
    """The words of a text's last clause, the last of them first."""
    return words_of(CLAUSE.split(text.rstrip())[-1])[::-1]


def first_clause(text: str) -> list[str]:
    """The words of a text's first clause."""
    return words_of(CLAUSE.split(text.lstrip())[0])


def _cut(left: str, right: str) -> bool:
    """Whether a clause ends between two texts."""
    return bool(CLAUSE.search(left.rstrip()[-1:]) or CLAUSE.search(right.lstrip()[:1]))

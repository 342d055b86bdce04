"""Signal phrases: whose words a sentence says that it quotes (``As Weinbaum argues``)."""

from __future__ import annotations

import re

from assistant.attribution.parentheticals import together
from assistant.attribution.people import EssayNames, NameMention

# Verbs by which essays bring in words of their sources.
_STEMS = (
    "argue assert claim comment conclude contend declare define demonstrate describe explain identify "
    "insist maintain note observe posit propose reflect remark say show speculate state stress suggest "
    "theorize theorise urge warn write call term add"
)
_IRREGULAR = "said shown wrote written identified identifies says puts put points pointed makes made"


def _forms(stem: str) -> set[str]:
    return {stem, f"{stem}s", f"{stem}d" if stem.endswith("e") else f"{stem}ed"}


_VERBS = frozenset(form for stem in _STEMS.split() for form in _forms(stem)) | frozenset(_IRREGULAR.split())
# Verbs that cite only together with the words behind them.
_COMPLEMENTS = {
    "put": "it",
    "puts": "it",
    "point": "out",
    "points": "out",
    "pointed": "out",
    "makes": "a",
    "made": "a",
}
_ADVERB = (
    r"(?:\w+ly|also|has|have|had|was|were|is|able|to|once|then|further|himself|herself|themselves|elsewhere|"
    r"later|now|here|goes|on|would|will|both|again|too|rather)"
)
_SUBJECT = re.compile(
    rf"(?:\s+\(\))?,?\s+(?P<adverbs>(?:{_ADVERB}\s+)*)(?P<verb>[a-z]+)\b(?:\s+(?P<complement>[a-z]+))?"
)
_INVERTED = re.compile(rf"\W*(?:as\s+)?(?:{_ADVERB}\s+)*(?P<verb>[a-z]+)\s+")
# Verbs that characters of a story are as often the subject of.
_SPEECH = re.compile(
    r"sa(?:ys?|id)|explain|claim|remark|observ|insist|add|declar|describ|call|writ|wrote|state|warn|reflect"
)
_PERFECT = re.compile(r"\b(?:has|have)\b")
_PRONOUN = re.compile(r"\b(?:[Hh]e|[Ss]he|[Tt]hey)(?=\s)")
_POSSESSED = re.compile(
    r"\b(?:[Hh]is|[Hh]er|[Tt]heir)\s+(?:own\s+)?(?:words|phrase|term|article|essay|book|study|formulation)\b"
)
_FIRST_PRONOUN = re.compile(r"\W*(?:(?:However|Thus|Indeed|Moreover|Similarly|As|Yet|And|But),?\s+)?$")
_PARTICIPLE = re.compile(
    r",\s+(?:arguing|claiming|suggesting|noting|writing|observing|contending|asserting)\b"
)
_TOLD = re.compile(
    r",?\s+(?:who\s+)?(?:\w+ly\s+)?(?:says?|said|tells?|told|asks?|asked|thinks?|thought|replie[sd]|reply|"
    r"explains?|explained|recalls?|recalled|remembers?|remembered|cries|cried|whispers?|shouts?|describes?|"
    r"calls?|writes|wrote)\b"
)
# Behind a signal phrase these bring in words of a work that the source speaks of, or of those it opposes.
_ANOTHERS = re.compile(
    r"\b(?:against|(?:novel|text|poem|play|story|film|line|narrator|character|passage|scene|opening|title)"
    r"(?:s|['’]s)?)\b"
)
_FOR = re.compile(r"(?:\bFor|\b[Aa]ccording\s+to|\bin\s+the\s+words\s+of)\s+$")
_IN = re.compile(r"\b[Ii]n\s+(?:[A-Z][\w'’.-]*\s+(?:[A-Z][\w'’.-]*\s+)*and\s+)?$")
_OWN_WORDS = re.compile(r"\s+(?:own\s+)?(?:words|phrase|phrasing|term|formulation)\b")
_JOINED = re.compile(r"\s+(?:and|&)\s+")


def speaker(own: str, before: str, behind: str, people: EssayNames) -> str:
    """Whose words are quoted, where the essay's own words around them say so of one source alone.

    Args:
        own: The sentence's own words up to the opening mark, without words quoted and citations.
        before: The sentence before, in the same way.
        behind: The own words behind the closing mark.
        people: The names of the essay.

    Returns:
        Family names as a citation gives them, or the empty string where it cannot be told.
    """
    named = _behind(behind, people)
    if named:
        return named
    clause = own[own.rfind(";") + 1 :]
    names = list(people.names(clause))
    if _borrowed(clause, names):
        return ""
    return _subject(clause, names, people) or _pronoun(clause, names, before, people)


def _borrowed(clause: str, names: list[NameMention]) -> bool:
    """Whether the words just before the mark give what is quoted to somebody (``Benjamin's idea of``)."""
    if not names or not names[-1].possessive:
        return False
    between = clause[names[-1].end :]
    return len(between.split()) <= 2 and not _OWN_WORDS.match(between)


def _behind(behind: str, people: EssayNames) -> str:
    """The subject of a verb behind the closing mark: ``argues Weinbaum``, ``as Weinbaum puts it``."""
    names = list(people.names(behind))
    if not names:
        return ""
    lead, name = behind[: names[0].start], names[0]
    group, last = _group(behind, names, 0)
    verb = _verb(behind, last.end)
    if (
        re.fullmatch(r"\W*(?:as\s+)?", lead)
        and verb
        and people.is_source(name, cautious=_is_speech(verb, behind))
    ):
        return group
    inverted = _INVERTED.fullmatch(lead)
    if (
        inverted
        and inverted["verb"] in _VERBS
        and people.is_source(name, cautious=bool(_SPEECH.search(lead)))
    ):
        return group
    return ""


def _group(text: str, names: list[NameMention], at: int) -> tuple[str, NameMention]:
    """A name and the one joined to it by "and", and the last of them."""
    if at + 1 < len(names) and _JOINED.fullmatch(text, names[at].end, names[at + 1].start):
        return together((names[at].family, names[at + 1].family)), names[at + 1]
    return names[at].family, names[at]


def _subject(clause: str, names: list[NameMention], people: EssayNames) -> str:
    """Whom a signal phrase names last before the mark, if nobody else who may be quoted stands between."""
    for at in reversed(range(len(names))):
        told = _signal(clause, names[at], people)
        if told is not None:
            first = at - 1 if at and _JOINED.fullmatch(clause, names[at - 1].end, names[at].start) else at
            listed = (
                first < at and first and not clause[names[first - 1].end : names[first].start].strip(", ")
            )
            return "" if listed or _is_anothers(clause, told) else _group(clause, names, first)[0]
        if people.is_source(names[at]) or _TOLD.match(clause, names[at].end):
            return ""
    return ""


def _signal(clause: str, name: NameMention, people: EssayNames) -> int | None:
    """Where a signal phrase ends that names a source, or ``None`` if a name is in none."""
    if _told_by(clause, name):
        return name.end if people.is_source(name) else None
    verb = _verb(clause, name.end)
    if verb is None or name.possessive or not people.is_source(name, cautious=_is_speech(verb, clause)):
        return None
    return verb.end()


def _told_by(clause: str, name: NameMention) -> bool:
    """``For Winter,`` before the mark, ``according to Winter``, ``in Winter's words``."""
    rest = clause[name.end :]
    if name.possessive:
        return bool(_OWN_WORDS.match(rest)) and bool(_IN.search(clause[: name.start]))
    return bool(_FOR.search(clause[: name.start])) and bool(re.fullmatch(r",?\s*", rest))


def _is_speech(verb: re.Match[str], text: str) -> bool:
    """Whether a verb is one of telling rather than of argument; "As Gates explains" and the perfect argue."""
    if _PERFECT.search(verb["adverbs"]) or not _SPEECH.match(verb["verb"]):
        return False
    return not re.search(
        r"\b[Aa]s\s+(?:[A-Z][\w'’.-]*\s+){0,3}[A-Z][\w'’.-]*(?:,\s+[JS]r\.)?$", text[: verb.start()]
    )


def _verb(text: str, at: int) -> re.Match[str] | None:
    """The citing verb of a subject that ends at a place."""
    found = _SUBJECT.match(text, at)
    if found is None or found["verb"] not in _VERBS:
        return None
    return found if _COMPLEMENTS.get(found["verb"], found["complement"]) == found["complement"] else None


def _pronoun_at(clause: str, start: int = 0) -> int | None:
    """Where a pronoun stands for somebody quoted ("she argues", "in his words")."""
    found = [one.start() for one in _PRONOUN.finditer(clause, start) if _verb(clause, one.end())]
    found += [one.start() for one in _POSSESSED.finditer(clause, start)]
    return min(found, default=None)


def _is_anothers(clause: str, start: int) -> bool:
    """Whether somebody unnamed may speak behind a signal phrase, or a work that its source speaks of."""
    # "Black has noted the novel's silence, arguing that": the participle takes the subject up again.
    start = max([start, *(one.end() for one in _PARTICIPLE.finditer(clause, start))])
    for one in _PRONOUN.finditer(clause, start):
        if _verb(clause, one.end()) or _TOLD.match(clause, one.end()):
            return True
    return bool(_POSSESSED.search(clause, start) or _ANOTHERS.search(clause, start))


def _pronoun(clause: str, names: list[NameMention], before: str, people: EssayNames) -> str:
    """The one person whom "she writes" or a participle can stand for."""
    pronoun = _pronoun_at(clause)
    if pronoun is None and not _PARTICIPLE.search(clause):
        return ""
    if pronoun is not None and not names and _FIRST_PRONOUN.fullmatch(clause[:pronoun]):
        names = list(people.names(before))
    if len({name.family for name in names}) != 1 or _ANOTHERS.search(clause, pronoun or 0):
        return ""
    return names[0].family if people.is_source(names[0]) else ""

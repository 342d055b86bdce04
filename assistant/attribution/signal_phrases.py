"""Signal phrases (``As Weinbaum argues``): to whom a sentence attributes the words that it quotes."""

from __future__ import annotations

import re

from assistant.attribution.parentheticals import together
from assistant.attribution.people import EssayNames, NameMention

# Verbs that introduce the words of a source.
_STEMS = (
    "argue assert claim comment conclude contend declare define demonstrate describe explain identify "
    "insist maintain note observe posit propose reflect remark say show speculate state stress suggest "
    "theorize theorise urge warn write call term add"
)
_IRREGULAR = "said shown wrote written identified identifies says puts put points pointed makes made"


def _forms(stem: str) -> set[str]:
    return {stem, f"{stem}s", f"{stem}d" if stem.endswith("e") else f"{stem}ed"}


_VERBS = frozenset(form for stem in _STEMS.split() for form in _forms(stem)) | frozenset(_IRREGULAR.split())
# Verbs that introduce words only together with the next word.
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
# Verbs whose subject is as often a character of a story.
_SPEECH = re.compile(
    r"sa(?:ys?|id)|explain|claim|remark|observ|insist|add|declar|describ|call|writ|wrote|state|warn|reflect"
)
_PERFECT = re.compile(r"\b(?:has|have)\b")
_SUBJECT_PRONOUN = re.compile(r"\b(?:[Hh]e|[Ss]he|[Tt]hey)(?=\s)")
_POSSESSED = re.compile(
    r"\b(?:[Hh]is|[Hh]er|[Tt]heir)\s+(?:own\s+)?(?:words|phrase|term|article|essay|book|study|formulation)\b"
)
_BEFORE_PRONOUN = re.compile(r"\W*(?:(?:However|Thus|Indeed|Moreover|Similarly|As|Yet|And|But),?\s+)?$")
_PARTICIPLE = re.compile(
    r",\s+(?:arguing|claiming|suggesting|noting|writing|observing|contending|asserting)\b"
)
_CHARACTER_SPEECH = re.compile(
    r",?\s+(?:who\s+)?(?:\w+ly\s+)?(?:says?|said|tells?|told|asks?|asked|thinks?|thought|replie[sd]|reply|"
    r"explains?|explained|recalls?|recalled|remembers?|remembered|cries|cried|whispers?|shouts?|describes?|"
    r"calls?|writes|wrote)\b"
)
# After a signal phrase these introduce words of a work that the source discusses, or of its opponents.
_OTHER_SPEAKER = re.compile(
    r"\b(?:against|(?:novel|text|poem|play|story|film|line|narrator|character|passage|scene|opening|title)"
    r"(?:s|['’]s)?)\b"
)
_FOR = re.compile(r"(?:\bFor|\b[Aa]ccording\s+to|\bin\s+the\s+words\s+of)\s+$")
_IN = re.compile(r"\b[Ii]n\s+(?:[A-Z][\w'’.-]*\s+(?:[A-Z][\w'’.-]*\s+)*and\s+)?$")
_OWN_WORDS = re.compile(r"\s+(?:own\s+)?(?:words|phrase|phrasing|term|formulation)\b")
_JOINED = re.compile(r"\s+(?:and|&)\s+")


def speaker(own_words: str, before: str, after: str, essay: EssayNames) -> str:
    """Whose words are quoted, if the essay's own words around them name exactly one source.

    Args:
        own_words: The sentence's own words up to the opening mark, without quoted words and citations.
        before: The own words of the sentence before.
        after: The own words after the closing mark.
        essay: The names of the essay.

    Returns:
        Family names as a citation has them, or the empty string if it cannot be known.
    """
    if named_after := _subject_after(after, essay):
        return named_after
    clause = own_words[own_words.rfind(";") + 1 :]
    names = list(essay.names(clause))
    if _ends_with_owner(clause, names):
        return ""
    return _subject_before(clause, names, essay) or _pronoun(clause, names, before, essay)


def _ends_with_owner(clause: str, names: list[NameMention]) -> bool:
    """Whether the last words attribute the quoted words to another owner (``Benjamin's idea of``)."""
    if not names or not names[-1].possessive:
        return False
    between = clause[names[-1].end :]
    return len(between.split()) <= 2 and not _OWN_WORDS.match(between)


def _subject_after(after: str, essay: EssayNames) -> str:
    """The subject of a verb after the closing mark: ``argues Weinbaum``, ``as Weinbaum puts it``."""
    names = list(essay.names(after))
    if not names:
        return ""
    lead, name = after[: names[0].start], names[0]
    group, last = _group(after, names, 0)
    verb = _verb(after, last.end)
    if (
        verb
        and re.fullmatch(r"\W*(?:as\s+)?", lead)
        and essay.is_source(name, cautious=_is_speech(verb, after))
    ):
        return group
    inverted = _INVERTED.fullmatch(lead)
    if inverted and inverted["verb"] in _VERBS and essay.is_source(name, cautious=bool(_SPEECH.search(lead))):
        return group
    return ""


def _group(text: str, names: list[NameMention], index: int) -> tuple[str, NameMention]:
    """A name together with the one that "and" joins to it, and the last of them."""
    name = names[index]
    if index + 1 < len(names) and _JOINED.fullmatch(text, name.end, names[index + 1].start):
        return together((name.family, names[index + 1].family)), names[index + 1]
    return name.family, name


def _subject_before(clause: str, names: list[NameMention], essay: EssayNames) -> str:
    """Subject of the last signal phrase before the mark, unless another possible source follows it."""
    for index in reversed(range(len(names))):
        name = names[index]
        end = _signal_end(clause, name, essay)
        if end is None:
            if essay.is_source(name) or _CHARACTER_SPEECH.match(clause, name.end):
                return ""
            continue
        joined = index and _JOINED.fullmatch(clause, names[index - 1].end, name.start)
        first = index - 1 if joined else index
        # Of three or more names only the last two would be taken.
        listed = joined and first and not clause[names[first - 1].end : names[first].start].strip(", ")
        return "" if listed or _has_other_speaker(clause, end) else _group(clause, names, first)[0]
    return ""


def _signal_end(clause: str, name: NameMention, essay: EssayNames) -> int | None:
    """Where the signal phrase of a source ends; ``None`` if the name is in no such phrase."""
    if _is_named_owner(clause, name):
        return name.end if essay.is_source(name) else None
    verb = _verb(clause, name.end)
    if verb is None or name.possessive or not essay.is_source(name, cautious=_is_speech(verb, clause)):
        return None
    return verb.end()


def _is_named_owner(clause: str, name: NameMention) -> bool:
    """``For Winter,`` before the mark, ``according to Winter``, ``in Winter's words``."""
    rest = clause[name.end :]
    if name.possessive:
        return bool(_OWN_WORDS.match(rest)) and bool(_IN.search(clause[: name.start]))
    return bool(_FOR.search(clause[: name.start])) and bool(re.fullmatch(r",?\s*", rest))


def _is_speech(verb: re.Match[str], text: str) -> bool:
    """Whether a verb reports speech; in "As Gates explains" and in the perfect it introduces an argument."""
    if _PERFECT.search(verb["adverbs"]) or not _SPEECH.match(verb["verb"]):
        return False
    return not re.search(
        r"\b[Aa]s\s+(?:[A-Z][\w'’.-]*\s+){0,3}[A-Z][\w'’.-]*(?:,\s+[JS]r\.)?$", text[: verb.start()]
    )


def _verb(text: str, end: int) -> re.Match[str] | None:
    """The verb that introduces words, of a subject that ends at ``end``."""
    verb = _SUBJECT.match(text, end)
    if verb is None or verb["verb"] not in _VERBS:
        return None
    return verb if _COMPLEMENTS.get(verb["verb"], verb["complement"]) == verb["complement"] else None


def _speaking_pronoun(clause: str) -> int | None:
    """Offset of the first pronoun for someone quoted ("she argues", "in his words")."""
    offsets = [
        pronoun.start() for pronoun in _SUBJECT_PRONOUN.finditer(clause) if _verb(clause, pronoun.end())
    ]
    offsets += [possessed.start() for possessed in _POSSESSED.finditer(clause)]
    return min(offsets, default=None)


def _has_other_speaker(clause: str, start: int) -> bool:
    """Whether someone unnamed, or a work that the source discusses, can speak after a signal phrase."""
    # "Black has noted the novel's silence, arguing that": the participle resumes the subject.
    start = max([start, *(participle.end() for participle in _PARTICIPLE.finditer(clause, start))])
    return (
        any(
            _verb(clause, pronoun.end()) or _CHARACTER_SPEECH.match(clause, pronoun.end())
            for pronoun in _SUBJECT_PRONOUN.finditer(clause, start)
        )
        or bool(_POSSESSED.search(clause, start))
        or bool(_OTHER_SPEAKER.search(clause, start))
    )


def _pronoun(clause: str, names: list[NameMention], before: str, essay: EssayNames) -> str:
    """The only person to whom "she writes" or a participle can refer."""
    pronoun = _speaking_pronoun(clause)
    if pronoun is None and not _PARTICIPLE.search(clause):
        return ""
    if pronoun is not None and not names and _BEFORE_PRONOUN.fullmatch(clause[:pronoun]):
        names = list(essay.names(before))
    if len({name.family for name in names}) != 1 or _OTHER_SPEAKER.search(clause, pronoun or 0):
        return ""
    return names[0].family if essay.is_source(names[0]) else ""

"""Which words can be a heading, by numbers, capitals and the stops that only sentences have."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

NOTES_HEADING = re.compile(
    r"(?:(?:end|foot)?notes?(?: to .{1,40}| and references)?"
    r"|anmerkung(?:en)?(?: zu .{1,40})?|(?:fu(?:ß|ss)|end)noten"
    r"|notes (?:de (?:fin|bas de page)|de l[’'].{1,40}|et références)"
    r"|notas(?: al pie| finales| de rodapé)?|note al testo"
    r"|(?:eind|voet)?noten|(?:slutt?|fot)?noter|przypisy)",
    re.IGNORECASE,
)
REFERENCES_HEADING = re.compile(
    r"(?:list of )?(?:works? (?:cited|consulted)|references?(?: cited)?|bibliogra(?:ph|f)(?:y|ie|ía|ia)|"
    r"sources|"
    r"(?:primary|secondary) (?:sources|literature)|literature(?: cited)?|further reading|"
    r"select(?:ed)? bibliography|"
    r"literatur(?:verzeichnis|hinweise|nachweise?)?|quellen(?:verzeichnis|nachweise?)?|"
    r"quellen- und literaturverzeichnis|verwendete literatur|siglen(?: und literatur)?|"
    r"(?:ouvrages|œuvres|oeuvres|travaux) cit[ée]e?s|références(?: bibliographiques)?|"
    r"sources (?:citées|et bibliographie)|"
    r"orientations? bibliographiques?|obras citadas|referencias(?: bibliográficas)?|opere citate|"
    r"riferimenti bibliografici|literatuur(?:lijst)?)",
    re.IGNORECASE,
)
# The number before a heading. A letter or a roman numeral needs a stop: "A mill" and "I went" have none.
_NUMBERING = re.compile(
    r"(?:§+\s*)?\d{1,3}(?:\.\d{1,3})*[a-z]?[.):]?\s+(?=\S)|(?:[IVXLC]{1,7}|[ivxlc]{1,7}|[A-Za-z])[.):]\s+(?=\S)"
    r"|\((?:\d{1,2}|[ivxlc]{1,7}|[a-z])\)\s+(?=\S)"
)
_NUMBER = re.compile(
    r"(?:(?:chapter|part|book|section|canto|act|scene|essay|letter|lecture|kapitel|teil|abschnitt|chapitre|partie|"
    r"livre|capítulo|parte|capitolo)\s+)?(?:§+\s*)?(?:\d{1,3}(?:\.\d{1,3})*|[IVXLC]{1,7}|[ivxlc]{1,7})[.):]?",
    re.IGNORECASE,
)
_BARE_NUMBER = re.compile(r"(?:§+\s*)?(?:\d{1,2}(?:\.\d{1,2}){0,3}|[IVXLC]{1,7}|[A-Z](?=[.)]))[.)]?")
_LOWER_NUMBERING = re.compile(
    r"(?:§+(?:\s*\d{1,3}[a-z]?[.)]?)?|(?:[ivxlc]{1,7}|[a-z])[.)]|\((?:[ivxlc]{1,7}|[a-z])\))\s+(?=\S)"
)
_LETTER = re.compile(r"(?![IVX])[A-Za-z][.)]\s")
# The mark of a note after a stop.
_MARK_AT_END = re.compile(r"(?<=[.!?…\"'”’)])(?:\d{1,3}|\[\^?\w{1,4}\]|[¹²³⁴⁵⁶⁷⁸⁹⁰]{1,3}|[*†‡]{1,2})$")
_NOT_LAST = ",;:—-–…"
_CLOSERS = "\"'”’“»«)]*_"
_OPENERS = "\"'“‘«»„‚—–-"
_INNER_STOP = re.compile(r"\w{3}[.!?]\s")
# Words of fewer letters than this are not set with a capital in a title.
_LONG_WORD = 4
# A name before a speech, and how often the names of a dialogue recur.
_SPEAKER = re.compile(r"([^\W\d_][^.:!?;,]{0,30})[.:](?:\s|[—–-])")
_FEWEST_SPEECHES, _FEWEST_NAMES, _LONGEST_NAME = 2, 3, 40
_WORD = re.compile(r"[^\W\d_]+")


def numbering_length(text: str) -> int:
    """Characters of the number before a heading's words."""
    match = _NUMBERING.match(text)
    return match.end() if match else 0


def names_apparatus(text: str) -> bool:
    """Whether a line is nothing but the heading of notes or references."""
    if len(text) > _LONGEST_NAME:
        return False
    name = text[numbering_length(text) :].strip(" .:*_")
    return bool(NOTES_HEADING.fullmatch(name) or REFERENCES_HEADING.fullmatch(name))


def lower_numbering_length(text: str) -> int:
    """Characters of a number in lower case, such as ``ii.`` or ``a)``, or of a section sign."""
    match = _LOWER_NUMBERING.match(text)
    return match.end() if match else 0


def is_bare_number(text: str) -> bool:
    """Whether a line has nothing but the number of a section."""
    return bool(_BARE_NUMBER.fullmatch(text))


def is_capitals(text: str) -> bool:
    """Whether all letters are capitals, and there is a word of some length."""
    return text.upper() == text and any(len(word) > 2 for word in _WORD.findall(text))


def reads_as_heading(text: str, *, set_apart: bool) -> bool:
    """Whether the words of a short line can be a heading.

    A heading ends without a stop, unless it is in capitals or a number. A question or an exclamation is a
    heading only if something sets it off from speech.

    Args:
        text: The line.
        set_apart: Whether blank lines are around the line but not between paragraphs.
    """
    text = _MARK_AT_END.sub("", text)
    words = text[numbering_length(text) :]
    # "Q." and "A." are no numbers of headings that ask.
    numbered = len(words) < len(text) and not _LETTER.match(text)
    printed = text.rstrip(_CLOSERS) or text
    if text[-1] in _NOT_LAST or printed[-1] in _NOT_LAST or (text[0] == "[" and text[-1] == "]"):
        return False
    closed = len(printed) < len(text) and any(mark in text[len(printed) :] for mark in "\"'”’“»«")
    if printed[-1] == ".":
        return not closed and (is_capitals(words) or bool(_NUMBER.fullmatch(text)))
    if printed[-1] not in "?!":
        return True
    if closed or text[0] in _OPENERS or _INNER_STOP.search(words):
        return False
    return numbered or is_capitals(words) or set_apart or _is_title_case(words)


def introduces(text: str) -> bool:
    """Whether a line above a quotation reads as the beginning of a sentence and not as a heading."""
    words = text[numbering_length(text) :]
    last = words.split()[-1].strip(_CLOSERS)
    return len(words) == len(text) and " " in words and last[:1].islower() and not _is_title_case(text)


def _is_title_case(text: str) -> bool:
    long = [word for word in _WORD.findall(text) if len(word) >= _LONG_WORD]
    return len(long) > 1 and "," not in text and all(word[0].isupper() for word in long)


def speaker_of(text: str) -> str:
    """The name before a speech, if a line begins as one does; otherwise the empty string."""
    match = _SPEAKER.match(text)
    return match[1] if match and match[1][0].isupper() else ""


def find_speakers(texts: Sequence[str]) -> frozenset[str]:
    """Names that begin several lines."""
    uses = Counter(map(speaker_of, texts))
    return frozenset(name for name, count in uses.items() if name and count >= _FEWEST_SPEECHES)


def find_names(texts: Sequence[str], after_blank: Sequence[bool]) -> frozenset[str]:
    """Lines that recur with a speech right below them, as the names in a play do."""
    above = (
        text
        for (text, _), (_, divided) in pairwise(zip(texts, after_blank, strict=True))
        if not divided and len(text) <= _LONGEST_NAME and text[0].isupper()
    )
    return frozenset(text for text, count in Counter(above).items() if count >= _FEWEST_NAMES)

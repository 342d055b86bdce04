"""Citations printed in an essay, such as ``(Weinbaum 217)``, distinguished from other words in brackets."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

# What a citation names: author and place; the place alone; a title and a place; who quoted the words; the
# same source as before; several sources; or further reading.
Form = Literal["named", "page", "title", "secondary", "same", "several", "consult"]

BRACKETS = re.compile(r"\([^()]*\)")

_UNIT = (
    r"(?:pp?\.|pages?|ll?\.|lines?|vv?\.|verses?|ch(?:ap)?s?\.|chapters?|secs?\.|sections?|§+|books?|bk\.|acts?"
    r"|scenes?|parts?|pts?\.|vols?\.|cantos?|stanzas?|paras?\.|fols?\.|location|loc\.)"
)
_NUMBER = r"(?:\d++(?:,+\d++)*+(?:[.:]\d+)*(?:[a-f]\d*)?(?:ff?\.)?|[ivxlc]+\b)"
_PART = rf"(?:{_UNIT}\s*)?{_NUMBER}(?:\s*[-–—]\s*(?:\d[\d.]*|[ivxlc]+|[a-f])\b)?"
_YEAR = r"(?:1[5-9]|20)\d\d[a-z]?\b"
# A place at the end of a citation; a year is not a place.
_LOCATOR = re.compile(
    rf"(?:^|[,:]\s*|\s)(?!{_YEAR})"
    rf"(?P<locator>{_PART}(?:\s*(?:,|;|and|&)\s*{_PART})*,*|preface|introduction|foreword|epigraph|n\.\s?p\.)$"
)
# Characters of a citation; what is longer in brackets is a remark.
_LONGEST = 1_000
_ROMAN = re.compile(r"c{0,3}(?:xc|xl|l?x{0,3})(?:ix|iv|v?i{0,3})")
_WORD = r"[A-ZÀ-ÖØ-Þ][\w'’]*(?:[-‐][\w'’]+)*"
_PARTICLE = r"(?:[Dd]e|[Vv][ao]n|[Dd]e[rnl]|[Dd][uia]|[Ll][ae]|[Tt]er|[Ii]bn|[Bb]in|St\.|Saint)"
_NAME = rf"(?:[A-Z]\.[\s-]?)*(?:{_PARTICLE}\s+)*{_WORD}(?:,?\s+[JS]r\.)?"
_OTHERS = r",?\s+(?:et\s+al\.?|and\s+others)"
_NAMES = re.compile(rf"{_NAME}(?:(?:,\s+{_NAME})*,?\s+(?:and|&)\s+{_NAME})?(?P<others>{_OTHERS})?")
_DATE = re.compile(rf",?\s+(?:{_YEAR}|n\.d\.)")
_TITLE = re.compile(r",\s+(?P<title>[\"“‘'].+[\"”’']|[A-Z][^,;]*)$")
_MARKED = re.compile(r"[\"“‘'](?P<title>.+)[\"”’'],?$")
_SECONDARY = re.compile(
    r"(?:(?P<who>[^;]+?),?\s+)?(?:as\s+)?(?:qtd\.|quoted|cited)\s+in\s+(?P<rest>.+)", re.IGNORECASE
)
_SAME = re.compile(r"(?:ibid|id)\.?,?", re.IGNORECASE)
_CONSULT = re.compile(r"(?:see(?:\s+also)?|cf\.?|compare|e\.g\.,?)\s+(?P<rest>.+)", re.IGNORECASE)
_ADDED = re.compile(
    r"[;,]\s*(?:(?:my|our|original|author[’']s)\s+(?:emphas[ie]s|italics|translations?)|"
    r"(?:emphas[ie]s|italics|trans)\b[^;]*)$"
)
_DIVIDED = re.compile(r",?\s+(?:and|&)\s+|,\s+(?![JS]r\.)")


@dataclass(frozen=True, slots=True)
class Parenthetical:
    """A printed citation.

    Attributes:
        printed: Verbatim, with its brackets.
        form: What it names.
        names: Authors as printed, without ``et al.``; in a secondary citation, whose words are quoted.
        others: Whether ``et al.`` follows the names.
        title: The title, or the empty string.
        locator: Page or other place, or the empty string.
        quoted_by: In a secondary citation, the authors who quote the words.
    """

    printed: str
    form: Form
    names: tuple[str, ...] = ()
    others: bool = False
    title: str = ""
    locator: str = ""
    quoted_by: tuple[str, ...] = ()


@lru_cache(maxsize=4096)
def parse(printed: str) -> Parenthetical | None:
    """Read a citation from words in brackets, including the brackets; ``None`` if they are not a citation."""
    if len(printed) > _LONGEST:
        return None
    inner = _ADDED.sub("", " ".join(printed[1:-1].split()))
    citation = _parsed(inner)
    return replace(citation, printed=printed) if citation is not None else None


def _parsed(inner: str) -> Parenthetical | None:
    if secondary := _SECONDARY.fullmatch(inner):
        return _secondary(secondary)
    if consult := _CONSULT.fullmatch(inner):
        return Parenthetical("", "consult") if _parsed(consult["rest"]) else None
    if ";" in inner and not inner[0].isdigit():
        return _several([_parsed(part.strip()) for part in inner.split(";")])
    named, locator = _split_locator(inner)
    if not named:
        return Parenthetical("", "page", locator=locator) if locator else None
    if _SAME.fullmatch(named):
        return Parenthetical("", "same", locator=locator)
    if marked := _MARKED.match(named):
        return Parenthetical("", "title", title=marked["title"], locator=locator)
    return _named(named, locator)


def _split_locator(inner: str) -> tuple[str, str]:
    """The citation up to its locator, and the locator."""
    match = _LOCATOR.search(inner)
    if match is None:
        return inner, ""
    roman = re.findall(r"(?<![\w.])[ivxlc]+(?![\w.])", match["locator"])
    if not all(_ROMAN.fullmatch(number) for number in roman):
        return inner, ""
    return inner[: match.start()], match["locator"]


def _several(parts: list[Parenthetical | None]) -> Parenthetical | None:
    citations = [part for part in parts if part is not None]
    if len(citations) < len(parts):
        return None
    first, *rest = citations
    if all(part.form == "page" for part in rest):
        return replace(first, locator="; ".join([first.locator, *(part.locator for part in rest)]))
    return Parenthetical("", "several")


def _secondary(match: re.Match[str]) -> Parenthetical | None:
    source = _parsed(match["rest"])
    who = _NAMES.fullmatch(match["who"] or "")
    if source is None or (match["who"] and who is None):
        return None
    names, others = (_each(who), bool(who["others"])) if who else ((), False)
    quoted_by = source.names or (match["rest"],)
    return Parenthetical("", "secondary", names, others, locator=source.locator, quoted_by=quoted_by)


def _named(named: str, locator: str) -> Parenthetical | None:
    """A citation that begins with names; a year and a title may follow."""
    names = _NAMES.match(named)
    if names is None:
        return None
    date = _DATE.match(named, names.end())
    rest = named[(date or names).end() :]
    title = _TITLE.fullmatch(rest)
    if rest and title is None:
        return None
    return Parenthetical(
        "", "named", _each(names), bool(names["others"]), title["title"] if title else "", locator
    )


def _each(names: re.Match[str]) -> tuple[str, ...]:
    return tuple(_DIVIDED.split(names[0].removesuffix(names["others"] or "")))


def together(names: tuple[str, ...], *, others: bool = False) -> str:
    """Names as citations join them: ``Essed and Goldberg``, ``A, B, and C``, ``Smart et al.``."""
    if others:
        return f"{', '.join(names)} et al."
    if len(names) < 3:
        return " and ".join(names)
    return f"{', '.join(names[:-1])}, and {names[-1]}"

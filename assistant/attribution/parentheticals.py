"""Citations printed in an essay, such as ``(Weinbaum 217)``: told from other words in brackets, and read."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

# What a citation says: whose words and where; the place alone; a title and a place; who quoted them; the
# same source as before; several sources; or where the reader may look besides.
Form = Literal["named", "page", "title", "secondary", "same", "several", "consult"]

_UNIT = (
    r"(?:pp?\.|pages?|ll?\.|lines?|vv?\.|verses?|ch(?:ap)?s?\.|chapters?|secs?\.|sections?|§+|books?|bk\.|acts?"
    r"|scenes?|parts?|pts?\.|vols?\.|cantos?|stanzas?|paras?\.|fols?\.|location|loc\.)"
)
_NUMBER = r"(?:\d[\d,]*(?:[.:]\d+)*[a-f]?\d*(?:ff?\.)?|[ivxlc]+\b)"
_PART = rf"(?:{_UNIT}\s*)?{_NUMBER}(?:\s*[-–—]\s*(?:\d[\d.]*|[ivxlc]+|[a-f])\b)?"
_YEAR = r"(?:1[5-9]|20)\d\d[a-z]?\b"
# A place at the end of a citation; a year is none.
_LOCATOR = re.compile(
    rf"(?:^|[,:]\s*|\s)(?!{_YEAR})"
    rf"(?P<locator>{_PART}(?:\s*(?:,|;|and|&)\s*{_PART})*|preface|introduction|foreword|epigraph|n\.\s?p\.)$"
)
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
        form: What it says.
        names: Whom it names, as printed, ``et al.`` left out; of a secondary citation, whose words they are.
        others: Whether it adds ``et al.``.
        title: The work that it names, or the empty string.
        dated: Whether it gives a year.
        locator: Page or other place, or the empty string.
        by_way_of: Of a secondary citation, whom it names as quoting.
    """

    printed: str
    form: Form
    names: tuple[str, ...] = ()
    others: bool = False
    title: str = ""
    dated: bool = False
    locator: str = ""
    by_way_of: tuple[str, ...] = ()


@lru_cache(maxsize=4096)
def parse(printed: str) -> Parenthetical | None:
    """Read a citation.

    Args:
        printed: Words in brackets, brackets included.

    Returns:
        What it says, or ``None`` if they are no citation.
    """
    inner = _ADDED.sub("", " ".join(printed[1:-1].split()))
    made = _parsed(inner)
    return replace(made, printed=printed) if made is not None else None


def _parsed(inner: str) -> Parenthetical | None:
    if found := _SECONDARY.fullmatch(inner):
        return _secondary(found)
    if found := _CONSULT.fullmatch(inner):
        return Parenthetical("", "consult") if _parsed(found["rest"]) else None
    if ";" in inner and not inner[0].isdigit():
        return _several([_parsed(part.strip()) for part in inner.split(";")])
    named, locator = _divided_locator(inner)
    if not named:
        return Parenthetical("", "page", locator=locator) if locator else None
    if _SAME.fullmatch(named):
        return Parenthetical("", "same", locator=locator)
    if found := _MARKED.match(named):
        return Parenthetical("", "title", title=found["title"], locator=locator)
    return _named(named, locator)


def _divided_locator(inner: str) -> tuple[str, str]:
    """What a citation says before its locator, and the locator."""
    found = _LOCATOR.search(inner)
    if found is None:
        return inner, ""
    small = re.findall(r"(?<![\w.])[ivxlc]+(?![\w.])", found["locator"])
    if not all(_ROMAN.fullmatch(number) for number in small):
        return inner, ""
    return inner[: found.start()], found["locator"]


def _several(parts: list[Parenthetical | None]) -> Parenthetical | None:
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return None
    first, *rest = known
    if all(part.form == "page" for part in rest):
        return replace(first, locator="; ".join([first.locator, *(part.locator for part in rest)]))
    return Parenthetical("", "several")


def _secondary(found: re.Match[str]) -> Parenthetical | None:
    source = _parsed(found["rest"])
    who = _NAMES.fullmatch(found["who"] or "")
    if source is None or (found["who"] and who is None):
        return None
    names, others = (_each(who), bool(who["others"])) if who else ((), False)
    by_way_of = source.names or (found["rest"],)
    return Parenthetical("", "secondary", names, others, locator=source.locator, by_way_of=by_way_of)


def _named(named: str, locator: str) -> Parenthetical | None:
    """A citation that begins with names, which a year and a title may follow."""
    names = _NAMES.match(named)
    if names is None:
        return None
    date = _DATE.match(named, names.end())
    rest = named[(date or names).end() :]
    title = _TITLE.fullmatch(rest)
    if rest and title is None:
        return None
    return Parenthetical(
        "", "named", _each(names), bool(names["others"]), title["title"] if title else "", bool(date), locator
    )


def _each(names: re.Match[str]) -> tuple[str, ...]:
    return tuple(_DIVIDED.split(names[0].removesuffix(names["others"] or "")))


def together(names: tuple[str, ...], *, others: bool = False) -> str:
    """Names as one: ``Weinbaum``, ``Essed and Goldberg``, ``A, B, and C``, ``Smart et al.``."""
    if others:
        return f"{', '.join(names)} et al."
    if len(names) < 3:
        return " and ".join(names)
    return f"{', '.join(names[:-1])}, and {names[-1]}"

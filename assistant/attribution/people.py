"""Who in an essay is a source of words, told from characters and titles by how the essay speaks of them.

The work that an essay is about, which it quotes by page alone without naming it again.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from assistant.attribution.parentheticals import parse
from assistant.core.essay import Passage

_WORD = r"(?:[A-ZÀ-ÖØ-Þ]\.(?:\s?[A-Z]\.)*|[A-ZÀ-ÖØ-Þ][\w'’]*(?:[-‐][\w'’]+)*)"
_SMALL = r"(?:de|v[ao]n|de[rnl]|d[uia]|l[ae]|ter|ibn|bin)"
_RUN = re.compile(rf"{_WORD}(?:\s+(?:{_SMALL}\s+){{0,2}}{_WORD})*(?:,\s+[JS]r\.)?")
_LEAD = re.compile(rf"(?:{_WORD}\s+(?:{_SMALL}\s+)*)+$")
_PARTICLES = frozenset(
    "De Van Von Der Den Del Du Di Da La Le Ter Ibn Bin St. Saint "
    "de van von der den del du di da la le ter ibn bin".split()
)
_POSSESSIVE = re.compile(r"(?:['’]s|(?<=s)['’])$")
HONORIFICS = frozenset(
    "Mr Mr. Mrs Mrs. Ms Ms. Miss Madame Madam Mme Mlle Monsieur M. Sir Lady Lord Aunt Uncle Captain Colonel "
    "Major King Queen Prince Princess Duke Father Mother Brother Sister Nurse".split()
)
# Words that begin sentences and clauses, for essays too short to show them in small letters.
_COMMON = frozenset(
    "A After Again All Also Although An And Another As At Because Before Both But By Contrary Despite "
    "Each Elsewhere Even Every Finally First For From He Hence Her Here His How However I If In Indeed "
    "Instead It Its Just Later Like Likewise Many Meanwhile Moreover More Most My Nevertheless No Nor "
    "Not Now Of Often On Once One Only Or Other Our Perhaps Rather Recently Recalling Reading Second "
    "She Similarly Since So Some Still Such That The Their Then There Therefore These They This Those "
    "Though Through Thus To Too Under Unlike Until Upon We What When Where Whereas Whether Which While "
    "Who Why With Within Without Yet You".split()
)

# What stands before a title rather than a name: a possessive, or what the work is.
_BEFORE_TITLE = re.compile(r"(?:['’]s|s['’]|\b(?:[Ii]n|of|novel|poem|play|film|story|book|epic|reading))\s+$")
_BEHIND_OWNER = re.compile(r"(?:['’]s|s['’])\s+$")
_CITES = re.compile(
    r"(?:,\s+[JS]r\.)?\s+(?:(?:has|have|had)\s+(?:\w+ly\s+)?"
    r"(?:argued|suggested|noted|observed|claimed|shown|written|contended)"
    r"|argue[sd]?|contend(?:s|ed)?|writes?|wrote|suggest(?:s|ed)?|posits?|theori[sz]e[sd]?|maintains?)\b"
)
_WRITINGS = re.compile(
    r"['’]s?\s+(?:\w+\s+)?"
    r"(?:words|phrase|term|formulation|account|analysis|argument|essay|article|study|reading|claim|view)\b"
)
_WORKS = re.compile(
    r"['’]s?\s+(?:(?:1[5-9]|20)\d\d\s+)?"
    r"(?:essay|article|study|book|novel|monograph|lecture|treatise|poem|play|interview)\b"
)
_PUBLISHED = re.compile(r"\s+(?:first\s+|had\s+)?published\b")
_DATED = re.compile(r"\s\((?:1[5-9]|20)\d\d[a-z]?\)")
# Passages in which somebody may be named and still be cited there alone.
_FEW, _VERY_FEW = 3, 2


@dataclass(frozen=True, slots=True)
class NameMention:
    """A name as it stands in a text.

    Attributes:
        start: Offset of its first word.
        end: Offset behind it.
        family: Last name, with its particles and without the mark of the possessive.
        given: What stands before the last name.
        possessive: Whether it stands in the possessive.
    """

    start: int
    end: int
    family: str
    given: tuple[str, ...]
    possessive: bool


class _Text:
    """A text whose words are looked up by place."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._offsets: dict[str, list[int]] = {}

    def offsets(self, words: str) -> list[int]:
        """Where some words stand whole."""
        if words not in self._offsets:
            found, at = [], self.text.find(words)
            while at >= 0:
                around = self.text[at - 1 : at] + self.text[at + len(words) : at + len(words) + 1]
                if not any(one.isalnum() for one in around):
                    found.append(at)
                at = self.text.find(words, at + 1)
            self._offsets[words] = found
        return self._offsets[words]

    def followed(self, words: str, pattern: re.Pattern[str]) -> bool:
        """Whether a pattern stands behind some words."""
        return any(pattern.match(self.text, at + len(words)) for at in self.offsets(words))


class EssayNames:
    """The names of one essay.

    Args:
        passages: Its passages in reading order.
    """

    def __init__(self, passages: Sequence[Passage]) -> None:
        self._texts = [one.text for one in passages if one.kind not in ("reference", "title", "author")]
        self._entries = [one.text for one in passages if one.kind == "reference"]
        self._persons: dict[str, bool] = {}
        self._sources: dict[tuple[str, bool], bool] = {}
        self._surnames: dict[str, bool] = {}
        self._shares: dict[str, int] = {}

    @cached_property
    def _printed(self) -> _Text:
        return _Text("\n".join(self._texts))

    @cached_property
    def _prose(self) -> _Text:
        """The essay without what stands in brackets, where citations name titles as they name people."""
        return _Text(re.sub(r"\([^()]*\)", "()", self._printed.text))

    @cached_property
    def _folded(self) -> _Text:
        return _Text(self._prose.text.lower())

    @cached_property
    def _small(self) -> frozenset[str]:
        """Words that the essay has in small letters."""
        return frozenset(re.findall(r"\b[a-zß-ÿ][^\W\d_]*", self._prose.text))

    def names(self, text: str) -> Iterator[NameMention]:
        """Names in a text, in order; words that are capital only at a sentence's start are left out."""
        for found in _RUN.finditer(text):
            words = [(part.start(), part[0].rstrip(",")) for part in re.finditer(r"\S+", found[0])]
            while words:
                # "Eliot's Daniel Deronda" is two names.
                many = next(
                    (at for at, (_, word) in enumerate(words, 1) if _POSSESSIVE.search(word)), len(words)
                )
                name = self._name(words[:many], found.start())
                words = words[many:]
                if name is not None:
                    yield name

    def _name(self, words: list[tuple[int, str]], start: int) -> NameMention | None:
        end = start + words[-1][0] + len(words[-1][1])
        words = [(at, word) for at, word in words if word not in ("Jr.", "Sr.")]
        while words and self._is_common(words[0][1]) and not self._is_surname(words):
            words = words[1:]
        if not words or all(map(_is_letters, (word for _, word in words))):
            return None
        plain = [_POSSESSIVE.sub("", word) for _, word in words]
        first = len(plain) - 1
        while first > 0 and plain[first - 1] in _PARTICLES:
            first -= 1
        return NameMention(
            start + words[0][0], end, " ".join(plain[first:]), tuple(plain[:first]), plain[-1] != words[-1][1]
        )

    def is_person(self, family: str) -> bool:
        """Whether a name is a person's, by the list of works cited or the essay's own way to speak of it."""
        if family not in self._persons:
            self._persons[family] = self._has_entry(family) or self._is_spoken_of(family)
        return self._persons[family]

    def is_unknown(self, family: str) -> bool:
        """Whether the essay has a name in citations only, so that nothing speaks for or against it."""
        return not self._folded.offsets(family.lower()) and not self._entries and not family.isupper()

    def is_source(self, name: NameMention, *, cautious: bool = False) -> bool:
        """Whether words that the essay says a person wrote may be taken for that person's.

        Args:
            name: The person.
            cautious: Whether characters are often the subject of the verb used (``says``, ``writes``).
        """
        if HONORIFICS.intersection(name.given):
            return False
        key = (name.family, cautious)
        if key not in self._sources:
            self._sources[key] = self.is_person(name.family) and (
                self._is_cited(name.family) or self._is_local(name.family, cautious=cautious)
            )
        return self._sources[key]

    def share(self, family: str) -> float:
        """Share of the essay's passages in which a name stands, 0 to 1; 0 if they are fewer than three."""
        places = self._places(family)
        return places / len(self._texts) if places >= _FEW else 0.0

    def wrote(self, family: str, title: str) -> bool:
        """Whether an entry of the works cited has a single name and that title behind it."""
        pattern = re.compile(rf"\W*{re.escape(family)}[^.,]*[.,]\s+[\"“‘']?{re.escape(title.strip('“”‘’'))}")
        return any(pattern.match(entry) for entry in self._entries)

    def _is_common(self, word: str) -> bool:
        """Whether a capital word is known to the essay in small letters too."""
        word = _POSSESSIVE.sub("", word)
        return word in _COMMON or (word.lower() in self._small and word not in _PARTICLES)

    def _is_surname(self, words: Sequence[tuple[int, str]]) -> bool:
        """Whether a common word stands alone that the essay has as a family name (``Shameem Black``)."""
        if len(words) > 1:
            return False
        word = _POSSESSIVE.sub("", words[0][1])
        if word not in self._surnames:
            leads = [self._lead(at) for at in self._prose.offsets(word) if word not in _COMMON]
            self._surnames[word] = any(lead and not self._is_common(lead.split()[-1]) for lead in leads)
        return self._surnames[word]

    def _lead(self, at: int) -> str:
        """The capital words just before a place."""
        found = _LEAD.search(self._prose.text[max(0, at - 60) : at])
        return found[0] if found else ""

    def _has_entry(self, family: str) -> bool:
        """Whether an entry of the works cited begins with the family name and a given one."""
        pattern = re.compile(rf"\W*{re.escape(family)},\s+[A-ZÀ-Þ]")
        return any(pattern.match(entry) for entry in self._entries)

    def _is_spoken_of(self, family: str) -> bool:
        prose, full = self._prose, self._full(family)
        before = [prose.text[max(0, start - 12) : start] for _, start in full]
        if any(given and _BEHIND_OWNER.search(text) for (given, _), text in zip(full, before, strict=True)):
            return False
        if any(given for given, _ in full):
            return True
        for at in prose.offsets(family):
            owner = _BEFORE_TITLE.search(prose.text, max(0, at - 12), at)
            if owner and prose.text[at + len(family) : at + len(family) + 1] not in ("'", "’"):
                return False
        return (
            prose.followed(family, _CITES)
            or prose.followed(family, _WRITINGS)
            or self._printed.followed(family, _DATED)
        )

    def _full(self, family: str) -> list[tuple[tuple[str, ...], int]]:
        """Given names before a family name wherever it ends a name, and where they begin."""
        made = []
        for at in self._prose.offsets(family):
            lead, behind = self._lead(at), self._prose.text[at + len(family) :][:2]
            names = list(self.names(lead + family))
            if not names or names[-1].family != family or re.match(r"\s[A-ZÀ-Þ]", behind):
                continue
            given = names[-1].given
            if not HONORIFICS.intersection(given) and not any(map(_is_letters, given)):
                made.append((given, at - len(lead) + names[-1].start))
        return made

    def _is_cited(self, family: str) -> bool:
        """Whether a citation names a person, or the essay names a work of theirs."""
        return (
            self._has_entry(family)
            or self._prose.followed(family, _WORKS)
            or self._prose.followed(family, _PUBLISHED)
            or self._printed.followed(family, _DATED)
            or any(self._is_in_citation(family, at) for at in self._printed.offsets(family))
        )

    def _is_in_citation(self, family: str, at: int) -> bool:
        text = self._printed.text
        opening, closing = text.rfind("(", max(0, at - 80), at), text.find(")", at)
        if opening < 0 or text.find(")", opening, at) >= 0:
            return False
        printed = parse(text[opening : closing + 1])
        return printed is not None and (family in printed.names or printed.form == "several")

    def _is_local(self, family: str, *, cautious: bool) -> bool:
        """Whether somebody is named in few passages and by the family name, as characters seldom are."""
        text, places = self._prose.text, self._places(family)
        firsts = {given[0] for given, _ in self._full(family) if given}
        if not firsts:
            return not cautious and places <= _VERY_FEW
        more = re.compile(r"\.?\s+(?:\w\.\s)?[A-ZÀ-Þ]|\s+(?:de|van|von)\b")
        alone = any(not more.match(text, at + len(one)) for one in firsts for at in self._prose.offsets(one))
        return places <= _FEW and not alone

    def _places(self, family: str) -> int:
        """Number of passages that a name stands in."""
        if family not in self._shares:
            at = self._prose.offsets(family)
            self._shares[family] = len({bisect_right(self._ends, place) for place in at})
        return self._shares[family]

    @cached_property
    def _ends(self) -> list[int]:
        return [found.start() for found in re.finditer("\n", self._prose.text)]


def _is_letters(word: str) -> bool:
    """Whether a word is an abbreviation of capital letters, such as ``UK``."""
    return len(word) > 1 and word.isupper() and "." not in word


_BRACKETS = re.compile(r"\([^()]*\)")
# "The Cottages", "their Guardians": a name with an article is nobody's.
_ARTICLE = re.compile(r"\b(?:the|an?|its|his|her|their|our|these|those)\s+$")
# Named in this share of the passages, somebody is of the work; the smaller will do for whom nothing
# shows to be a writer.
_OFTEN, _ALWAYS = 1 / 8, 1 / 4


class PrimaryWork:
    """Tells quotations of the work that an essay is about.

    Args:
        passages: All passages of the essay in reading order.
        people: Its names.
    """

    def __init__(self, passages: Sequence[Passage], people: EssayNames) -> None:
        self._passages = passages
        self._people = people

    @cached_property
    def author(self) -> str:
        """The one author of a cited work who stands in the essay's title too, or the empty string."""
        title = " ".join(one.text for one in self._passages if one.kind == "title").casefold()
        named = {
            printed.names[0]
            for passage in self._passages
            for found in _BRACKETS.finditer(passage.text)
            if (printed := parse(found[0])) and printed.form == "named" and len(printed.names) == 1
        }
        known = {name for name in named if re.search(rf"\b{re.escape(name.casefold())}\b", title)}
        return known.pop() if len(known) == 1 and self._people.is_person(min(known)) else ""

    def speaks(self, text: str, own: str) -> bool:
        """Whether a page alone behind quoted words can only be the work's.

        Args:
            text: The passage as printed up to the quoted words.
            own: The essay's own words in it.

        Returns:
            True if people and places of the work, or its author, are named there and nobody else is.
        """
        if not self.author or self._cites_others(text):
            return False
        names = [one for one in self._people.names(own) if not _ARTICLE.search(own[: one.start])]
        return bool(names) and all(one.family == self.author or self._is_of_work(one) for one in names)

    def _cites_others(self, text: str) -> bool:
        cited = [parse(found[0]) for found in _BRACKETS.finditer(text)]
        return any(one and one.form != "page" and one.names != (self.author,) for one in cited)

    def _is_of_work(self, name: NameMention) -> bool:
        if HONORIFICS.intersection((*name.given, name.family)):
            return True
        if self._people.is_source(name) or (name.given and self._people.is_person(name.family)):
            return False
        share = self._people.share(name.family)
        return share >= _ALWAYS or (share >= _OFTEN and not self._people.is_person(name.family))

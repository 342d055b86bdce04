"""Which names in an essay are sources rather than characters or titles, and which work it is about.

Essays cite people in the same way as they mention characters, so the rules look at how the whole essay
speaks of a name. Quotations of the work that an essay is about often have only a page.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from assistant.attribution.parentheticals import BRACKETS, Parenthetical, parse
from assistant.core.essay import Passage

_WORD = r"(?:[A-ZÀ-ÖØ-Þ]\.(?:\s?[A-Z]\.)*+|[A-ZÀ-ÖØ-Þ][\w'’]*(?:[-‐][\w'’]+)*)"
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
# Words that begin sentences and clauses; a short essay may not contain them in lower case.
_COMMON = frozenset(
    "A After Again All Also Although An And Another As At Because Before Both But By Contrary Despite "
    "Each Elsewhere Even Every Finally First For From He Hence Her Here His How However I If In Indeed "
    "Instead It Its Just Later Like Likewise Many Meanwhile Moreover More Most My Nevertheless No Nor "
    "Not Now Of Often On Once One Only Or Other Our Perhaps Rather Recently Recalling Reading Second "
    "She Similarly Since So Some Still Such That The Their Then There Therefore These They This Those "
    "Though Through Thus To Too Under Unlike Until Upon We What When Where Whereas Whether Which While "
    "Who Why With Within Without Yet You".split()
)
# What precedes a title rather than a name: a possessive, or the kind of work.
_BEFORE_TITLE = re.compile(r"(?:['’]s|s['’]|\b(?:[Ii]n|of|novel|poem|play|film|story|book|epic|reading))\s+$")
_AFTER_POSSESSIVE = re.compile(r"(?:['’]s|s['’])\s+$")
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
# Someone named in no more passages than this can be a source that is cited only there.
_FEW, _VERY_FEW = 3, 2
# "The Cottages", "their Guardians": a name with an article is not a person's.
_ARTICLE = re.compile(r"\b(?:the|an?|its|his|her|their|our|these|those)\s+$")
# A name in this share of the passages belongs to the work that the essay is about; the smaller share is
# enough for a name that is not shown to be a writer's.
_OFTEN, _ALWAYS = 1 / 8, 1 / 4


@dataclass(frozen=True, slots=True, kw_only=True)
class NameMention:
    """A name at a place in a text.

    Attributes:
        start: Offset of its first word.
        end: Offset after its last word.
        family: Last name with its particles, without a possessive ending.
        given: The words before the last name.
        possessive: Whether it has a possessive ending.
    """

    start: int
    end: int
    family: str
    given: tuple[str, ...]
    possessive: bool


class _Text:
    """A text in which the offsets of words are cached."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._offsets: dict[str, list[int]] = {}

    def offsets(self, words: str) -> list[int]:
        """Where words occur that are not part of longer words."""
        if words not in self._offsets:
            offsets, offset = [], self.text.find(words)
            while offset >= 0:
                end = offset + len(words)
                around = self.text[offset - 1 : offset] + self.text[end : end + 1]
                if not any(character.isalnum() for character in around):
                    offsets.append(offset)
                offset = self.text.find(words, offset + 1)
            self._offsets[words] = offsets
        return self._offsets[words]

    def followed(self, words: str, pattern: re.Pattern[str]) -> bool:
        """Whether a pattern follows the words anywhere."""
        return any(pattern.match(self.text, offset + len(words)) for offset in self.offsets(words))


class EssayNames:
    """The names of one essay, from its passages in reading order."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        self._texts = [
            passage.text for passage in passages if passage.kind not in ("reference", "title", "author")
        ]
        self._references = [passage.text for passage in passages if passage.kind == "reference"]
        self._persons: dict[str, bool] = {}
        self._sources: dict[tuple[str, bool], bool] = {}
        self._surnames: dict[str, bool] = {}
        self._passage_counts: dict[str, int] = {}

    @cached_property
    def _printed(self) -> _Text:
        return _Text("\n".join(self._texts))

    @cached_property
    def _prose(self) -> _Text:
        """The essay without words in brackets, where citations name titles in the same way as people."""
        return _Text(BRACKETS.sub("()", self._printed.text))

    @cached_property
    def _lower(self) -> _Text:
        return _Text(self._prose.text.lower())

    @cached_property
    def _lower_case_words(self) -> frozenset[str]:
        """Words that occur in lower case."""
        return frozenset(re.findall(r"\b[a-zß-ÿ][^\W\d_]*", self._prose.text))

    def names(self, text: str) -> Iterator[NameMention]:
        """Names in a text, in order, without words that are capital only at the start of a sentence."""
        for run in _RUN.finditer(text):
            words = [(part.start(), part[0].rstrip(",")) for part in re.finditer(r"\S+", run[0])]
            while words:
                # "Eliot's Daniel Deronda" is two names.
                ends = (count for count, (_, word) in enumerate(words, 1) if _POSSESSIVE.search(word))
                length = next(ends, len(words))
                name = self._name(words[:length], run.start())
                words = words[length:]
                if name is not None:
                    yield name

    def _name(self, words: list[tuple[int, str]], start: int) -> NameMention | None:
        end = start + words[-1][0] + len(words[-1][1])
        words = [(offset, word) for offset, word in words if word not in ("Jr.", "Sr.")]
        while words and self._is_common(words[0][1]) and not self._is_surname(words):
            words = words[1:]
        if not words or all(map(_is_abbreviation, (word for _, word in words))):
            return None
        plain = [_POSSESSIVE.sub("", word) for _, word in words]
        first = len(plain) - 1
        while first > 0 and plain[first - 1] in _PARTICLES:
            first -= 1
        return NameMention(
            start=start + words[0][0],
            end=end,
            family=" ".join(plain[first:]),
            given=tuple(plain[:first]),
            possessive=plain[-1] != words[-1][1],
        )

    def is_person(self, family: str) -> bool:
        """Whether the list of works cited or the essay's prose shows that a name is a person's."""
        if family not in self._persons:
            self._persons[family] = self._has_reference(family) or self._is_used_as_person(family)
        return self._persons[family]

    def is_unknown(self, family: str) -> bool:
        """Whether a name occurs only in citations, so that nothing shows whether it is a person's."""
        return not self._lower.offsets(family.lower()) and not self._references and not family.isupper()

    def is_source(self, name: NameMention, *, cautious: bool = False) -> bool:
        """Whether words that the essay attributes to a person can be attributed to that person.

        Args:
            name: The person.
            cautious: Whether characters are often the subject of the verb (``says``, ``writes``).
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
        """Share of the essay's passages that contain a name, 0 to 1; 0 for fewer than three passages."""
        count = self._passage_count(family)
        return count / len(self._texts) if count >= _FEW else 0.0

    def wrote(self, family: str, title: str) -> bool:
        """Whether a reference consists of a single name followed by the title."""
        pattern = re.compile(rf"\W*{re.escape(family)}[^.,]*[.,]\s+[\"“‘']?{re.escape(title.strip('“”‘’'))}")
        return any(pattern.match(reference) for reference in self._references)

    def _is_common(self, word: str) -> bool:
        """Whether a capitalised word is a common one or occurs in lower case too."""
        word = _POSSESSIVE.sub("", word)
        return word in _COMMON or (word.lower() in self._lower_case_words and word not in _PARTICLES)

    def _is_surname(self, words: Sequence[tuple[int, str]]) -> bool:
        """Whether a single common word is a family name elsewhere in the essay (``Shameem Black``)."""
        if len(words) > 1:
            return False
        word = _POSSESSIVE.sub("", words[0][1])
        if word not in self._surnames:
            leads = [self._lead(offset) for offset in self._prose.offsets(word) if word not in _COMMON]
            self._surnames[word] = any(lead and not self._is_common(lead.split()[-1]) for lead in leads)
        return self._surnames[word]

    def _lead(self, offset: int) -> str:
        """The capitalised words directly before an offset."""
        lead = _LEAD.search(self._prose.text[max(0, offset - 60) : offset])
        return lead[0] if lead else ""

    def _has_reference(self, family: str) -> bool:
        """Whether an entry of the works cited begins with the family name and a given name."""
        pattern = re.compile(rf"\W*{re.escape(family)},\s+[A-ZÀ-Þ]")
        return any(pattern.match(reference) for reference in self._references)

    def _is_used_as_person(self, family: str) -> bool:
        prose, full_names = self._prose, self._full_names(family)
        for given, start in full_names:
            if given and _AFTER_POSSESSIVE.search(prose.text[max(0, start - 12) : start]):
                return False
        if any(given for given, _ in full_names):
            return True
        for offset in prose.offsets(family):
            end = offset + len(family)
            before_title = _BEFORE_TITLE.search(prose.text, max(0, offset - 12), offset)
            if before_title and prose.text[end : end + 1] not in ("'", "’"):
                return False
        return (
            prose.followed(family, _CITES)
            or prose.followed(family, _WRITINGS)
            or self._printed.followed(family, _DATED)
        )

    def _full_names(self, family: str) -> list[tuple[tuple[str, ...], int]]:
        """Given names before each occurrence of a family name, and where the full name begins."""
        full_names = []
        for offset in self._prose.offsets(family):
            lead, after = self._lead(offset), self._prose.text[offset + len(family) :][:2]
            names = list(self.names(lead + family))
            if not names or names[-1].family != family or re.match(r"\s[A-ZÀ-Þ]", after):
                continue
            given = names[-1].given
            if not HONORIFICS.intersection(given) and not any(map(_is_abbreviation, given)):
                full_names.append((given, offset - len(lead) + names[-1].start))
        return full_names

    def _is_cited(self, family: str) -> bool:
        """Whether a citation names a person, or the essay names a work by that person."""
        return (
            self._has_reference(family)
            or self._prose.followed(family, _WORKS)
            or self._prose.followed(family, _PUBLISHED)
            or self._printed.followed(family, _DATED)
            or any(self._is_in_citation(family, offset) for offset in self._printed.offsets(family))
        )

    def _is_in_citation(self, family: str, offset: int) -> bool:
        text = self._printed.text
        opening, closing = text.rfind("(", max(0, offset - 80), offset), text.find(")", offset)
        if opening < 0 or text.find(")", opening, offset) >= 0:
            return False
        citation = parse(text[opening : closing + 1])
        return citation is not None and (family in citation.names or citation.form == "several")

    def _is_local(self, family: str, *, cautious: bool) -> bool:
        """Whether a person is named in few passages and by the family name, unlike most characters."""
        text, count = self._prose.text, self._passage_count(family)
        first_names = {given[0] for given, _ in self._full_names(family) if given}
        if not first_names:
            return not cautious and count <= _VERY_FEW
        surname = re.compile(r"\.?\s+(?:\w\.\s)?[A-ZÀ-Þ]|\s+(?:de|van|von)\b")
        by_first_name = any(
            not surname.match(text, offset + len(first))
            for first in first_names
            for offset in self._prose.offsets(first)
        )
        return count <= _FEW and not by_first_name

    def _passage_count(self, family: str) -> int:
        """Number of passages that contain a name."""
        if family not in self._passage_counts:
            offsets = self._prose.offsets(family)
            passages = {bisect_right(self._passage_ends, offset) for offset in offsets}
            self._passage_counts[family] = len(passages)
        return self._passage_counts[family]

    @cached_property
    def _passage_ends(self) -> list[int]:
        return [match.start() for match in re.finditer("\n", self._prose.text)]


def _is_abbreviation(word: str) -> bool:
    """Whether a word is an abbreviation in capital letters, such as ``UK``."""
    return len(word) > 1 and word.isupper() and "." not in word


class PrimaryWork:
    """The work that an essay is about, and its quotations.

    Args:
        passages: All passages of the essay in reading order.
        names: Its names.
    """

    def __init__(self, passages: Sequence[Passage], names: EssayNames) -> None:
        self._passages = passages
        self._names = names

    @cached_property
    def author(self) -> str:
        """The only author of a cited work whom the essay's title names, or the empty string."""
        title = " ".join(passage.text for passage in self._passages if passage.kind == "title").casefold()
        cited = {
            citation.names[0]
            for passage in self._passages
            for citation in _citations(passage.text)
            if citation.form == "named" and len(citation.names) == 1
        }
        in_title = {name for name in cited if re.search(rf"\b{re.escape(name.casefold())}\b", title)}
        return in_title.pop() if len(in_title) == 1 and self._names.is_person(min(in_title)) else ""

    def is_quoted(self, text: str, own_words: str) -> bool:
        """Whether quoted words with only a page must be from the work.

        Args:
            text: The printed passage up to the quoted words.
            own_words: The essay's own words in it.

        Returns:
            True if they name the author, people or places of the work, and no one else.
        """
        if not self.author or self._cites_others(text):
            return False
        names = [
            name for name in self._names.names(own_words) if not _ARTICLE.search(own_words[: name.start])
        ]
        return bool(names) and all(name.family == self.author or self._is_in_work(name) for name in names)

    def _cites_others(self, text: str) -> bool:
        return any(
            citation.form != "page" and citation.names != (self.author,) for citation in _citations(text)
        )

    def _is_in_work(self, name: NameMention) -> bool:
        if HONORIFICS.intersection((*name.given, name.family)):
            return True
        if self._names.is_source(name) or (name.given and self._names.is_person(name.family)):
            return False
        share = self._names.share(name.family)
        return share >= _ALWAYS or (share >= _OFTEN and not self._names.is_person(name.family))


def _citations(text: str) -> list[Parenthetical]:
    """Citations in round brackets, in order."""
    parsed = [parse(brackets[0]) for brackets in BRACKETS.finditer(text)]
    return [citation for citation in parsed if citation is not None]

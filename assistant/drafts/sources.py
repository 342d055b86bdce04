"""Which essay of the library a draft's citation means."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter, itemgetter
from weakref import WeakKeyDictionary

from assistant.citations.record import family_of
from assistant.core.essay import CSLItem, letters_and_digits, plain_title
from assistant.documents.document import Document
from assistant.drafts.citations import DraftCitation
from assistant.drafts.keys import CitationKeys, WorkEntry, by_acronym
from assistant.drafts.quotations import DraftContents, DraftQuotation
from assistant.drafts.wording import HEREAFTER, without_case_and_accents
from assistant.quotations.essays import SourceEssays

_FEWEST_LETTERS = 8
# Words of a title up to this length may begin with a small letter: and, of, from.
_SMALL_WORD = 4
# But at least half of all words have a capital: "Aquinas, in the 1940s, he came to see that the" is not a
# title.
_CAPITALISED = 0.5
# A name to which a sentence gives the words that follow. "As far as Dover" names nobody.
_SPEAKER = re.compile(
    r"(?P<name>[A-ZÀ-ÖØ-Þ][\w'’-]{1,60})(?:\s+\(\d{4}\w?\))?,?\s+(?:\w+ly\s+)?(?:argues|argued|writes|wrote|notes|noted|says|"
    r"said|claims|claimed|states|stated|observes|observed|suggests|suggested|insists|insisted|calls|called|"
    r"describes|described|asks|asked|concludes|concluded|remarks|remarked|explains|explained|puts|"
    r"schreibt|schrieb|meint|meinte|behauptet|bemerkt|nennt|nannte|sagt|sagte|betont|argumentiert|"
    r"écrit|écrivait|affirme|affirmait|dit|disait|note|remarque|soutient|estime|appelle|explique)\b"
    r"|\b(?:[Aa]ccording to|[Ii]n the words of|[Ll]aut|[Ss]elon|[Dd][’']après)\s+"
    r"(?:\w+\s+)?(?P<other>[A-ZÀ-ÖØ-Þ][\w'’-]+)"
    r"|\b[Aa]s\s+(?P<third>[A-ZÀ-ÖØ-Þ][\w'’-]+)\s+has\s+it\b"
)
# The short form of a work: capitals, as EAA or WotF.
_SHORT_FORM = re.compile(r"[A-ZÀ-ÖØ-Þ][A-Za-zÀ-ÖØ-öø-ÿ&]{0,6}[A-ZÀ-ÖØ-Þ]|[A-ZÀ-ÖØ-Þ]{2,8}")
_NAME_AND_YEAR = re.compile(r"^[^\W\d_]{3}.*(?:1[5-9]|20)\d\d")
# A sentence may name what it quotes in such words.
_THE_ESSAY = re.compile(
    r"\b(?:[Tt]h(?:e|is|at)\s+(?:essay|article|authors?|paper|piece)|[Dd](?:er|ie|ieser|as)\s+(?:Aufsatz|Essay|Autor\w*)|"
    r"[Ll][’'](?:essai|article|auteure?)|[Ll]es\s+auteure?s)\b"
)
# Characters before a short form in which the work that it is for is named.
_NAMED_WITHIN = 400
# Letters of a title's first words by which it is cited.
_FEWEST_LETTERS_CITED = 4
# The first letters of a word, and what divides the words of a title.
_FIRST_WORD = re.compile(r"\b[^\W_]+")
_WORDS_APART = "[^a-z0-9]{1,3}"
# Names and years of which it is remembered what they mean.
_MOST_NAMED = 10_000
# Words that may be where a speaker's name is.
_NO_NAMES = frozenset("he she it they we i one this that who which the essay author article".split())


def is_titled(text: str) -> bool:
    """Whether a text is written as titles are: all long words capitalised, and half of all words."""
    words = re.findall(r"[\w'’-]+", text)
    capitalised = [word for word in words if word[0].isupper() or word[0].isdecimal()]
    long, long_capitalised = (
        sum(len(word) > _SMALL_WORD for word in several) for several in (words, capitalised)
    )
    begins = bool(words) and words[0] in capitalised
    return begins and long > 1 and long_capitalised == long and len(capitalised) >= _CAPITALISED * len(words)


@dataclass(frozen=True, slots=True)
class Meaning:
    """What the citation of a quotation means.

    Attributes:
        essays: Ids of the essays that it may mean; empty if it means another work; ``None`` if it names no
            source, and none is named before it.
        citation: The citation, with its pages if one has any; ``None`` if the quotation has none.
        distant: Whether the essay was named in another paragraph only.
        carried: Whether the citation names no source, and the one named before it is meant.
        shared: Whether it is beside that of another work.
        opaque: Whether it names a source by a key or a short form that does not show which.
    """

    essays: frozenset[str] | None
    citation: DraftCitation | None
    distant: bool = False
    carried: bool = False
    shared: bool = False
    opaque: bool = False


@dataclass(frozen=True, slots=True)
class Mention:
    """A name in a text that is that of an author of the library.

    Attributes:
        start: Where the name begins.
        end: Where it ends.
        essays: Ids of the author's essays.
    """

    start: int
    end: int
    essays: frozenset[str]


class Sources:
    """Tells which essays are meant by names, titles, years and keys."""

    def __init__(self, records: Mapping[str, CSLItem]) -> None:
        self._records = records
        self._names = {essay_id: _family_name(record) for essay_id, record in records.items()}
        by_name: dict[str, list[str]] = {}
        for essay_id, name in self._names.items():
            if name:
                by_name.setdefault(name, []).append(essay_id)
        # German has the genitive without an apostrophe.
        authors = [(rf"\b{re.escape(name)}s?\b", frozenset(ids)) for name, ids in by_name.items()]
        titles = {essay_id: plain_title(record) for essay_id, record in records.items()}
        self._titles = {essay_id: letters_and_digits(title) for essay_id, title in titles.items()}
        self._title_words = {
            essay_id: _title_words(without_case_and_accents(title)) for essay_id, title in titles.items()
        }
        named = [
            (words, frozenset({name}))
            for name, words in self._title_words.items()
            if len(words) > 1 and sum(map(len, words)) >= _FEWEST_LETTERS
        ]
        # Patterns of each author and each main title that may be named in a sentence, with the essays.
        self._in_text = [
            *authors,
            *((rf"\b{_WORDS_APART.join(map(re.escape, words))}\b", ids) for words, ids in named),
        ]
        self._count_of_authors = len(authors)
        names = [_FIRST_WORD.search(name) for name in by_name]
        firsts = [*(name[0] if name else "" for name in names), *(words[0] for words, _ in named)]
        # Names that do not begin with a word are sought everywhere.
        self._signed = [number for number, name in enumerate(names) if name is None or name.start()]
        # The patterns that were needed, by number: to compile all takes long.
        self._compiled: dict[int, re.Pattern[str]] = {}
        self.keys = CitationKeys(records)
        # Which of them begin with a word: a text is searched for words, and not for each name in turn.
        self._by_first_word: dict[str, list[int]] = {}
        for number, first in enumerate(firsts):
            self._by_first_word.setdefault(first, []).append(number)
        # What names meant: a draft has each many times.
        self._named: dict[tuple[str, str], frozenset[str]] = {}
        # The mentions of the last text, which are asked for twice.
        self._last_mentions: tuple[str, list[Mention]] = ("", [])

    def named(self, who: str, year: str = "") -> frozenset[str]:
        """Ids of the essays that names and titles, and a year, may mean."""
        key = who, year
        if key not in self._named:
            if len(self._named) >= _MOST_NAMED:
                self._named.clear()
            self._named[key] = self._find_named(who, year)
        return self._named[key]

    def _find_named(self, who: str, year: str) -> frozenset[str]:
        named = self._by_name(who) or self._by_title(who) or self._by_part_of_name(who)
        if not named and _SHORT_FORM.fullmatch(who):
            named = by_acronym(who, self._records)
        return frozenset(essay_id for essay_id in named if self._is_year(year, essay_id))

    def mentions(self, text: str) -> list[Mention]:
        """Where a text names authors of the library, in order."""
        if text == self._last_mentions[0]:
            return self._last_mentions[1]
        words, offsets = _folded(text)
        mentions: list[Mention] = []
        ends: dict[int, int] = {}
        for token in _FIRST_WORD.finditer(words):
            for number in self._beginning_with(token[0]):
                essays, match = self._in_text[number][1], self._pattern(number).match(words, token.start())
                if match and match.start() >= ends.get(number, 0):
                    ends[number] = match.end()
                    first, last = offsets[match.start()], offsets[match.end() - 1] + 1
                    mentions.append(Mention(first, last, essays))
        self._last_mentions = text, mentions
        return mentions

    def _pattern(self, number: int) -> re.Pattern[str]:
        pattern = self._compiled.get(number)
        if pattern is None:
            self._compiled[number] = pattern = re.compile(self._in_text[number][0])
        return pattern

    def _beginning_with(self, word: str) -> Sequence[int]:
        """Numbers of the names and titles of which a word may be the first; a genitive's too."""
        numbers = self._by_first_word.get(word, ())
        return [*numbers, *self._by_first_word.get(word[:-1], ())] if word.endswith("s") else numbers

    def has_other_speaker(self, sentence: str) -> bool:
        """Whether a sentence names speakers, none of whom is an author of the library."""
        speakers = [
            match["name"] or match["other"] or match["third"] for match in _SPEAKER.finditer(sentence)
        ]
        return bool(speakers) and not any(
            without_case_and_accents(speaker) in _NO_NAMES or self._named_in(speaker) for speaker in speakers
        )

    def _named_in(self, text: str) -> frozenset[str]:
        """The essays whose authors a text names."""
        words = without_case_and_accents(text)
        named = {
            number
            for token in _FIRST_WORD.finditer(words)
            for number in self._beginning_with(token[0])
            if number < self._count_of_authors and self._pattern(number).match(words, token.start())
        }
        named.update(number for number in self._signed if self._pattern(number).search(words))
        return frozenset[str]().union(*(self._in_text[number][1] for number in named))

    def year(self, essay_id: str) -> str:
        """Year of an essay, or the empty string."""
        dates = self._records[essay_id].get("issued", {}).get("date-parts") or [[]]
        return str(dates[0][0]) if dates[0] else ""

    def is_title(self, words: str) -> bool:
        """Whether words are an essay's title, the beginning of it, or the part of it after its colon."""
        letters = letters_and_digits(words)
        if len(letters) < _FEWEST_LETTERS and not words.lstrip("“\"‘'")[:1].isupper():
            return False
        return any(title.startswith(letters) or title.endswith(letters) for title in self._titles.values())

    def _is_year(self, year: str, essay_id: str) -> bool:
        known = self.year(essay_id)
        return not year or not known or not year[:4].isdecimal() or year[:4] == known

    def _by_name(self, who: str) -> frozenset[str]:
        # Names come before the title, which may have an author's name in it.
        before = re.split(r"[“\"‘«]", who)[0]
        named = self._named_in(before) if before.strip(" ,") else frozenset[str]()
        titled = frozenset(essay_id for essay_id in named if self._has_title(who, essay_id))
        return titled or named

    def _has_title(self, who: str, essay_id: str) -> bool:
        """Whether a title follows the name and begins as the essay's does."""
        title = re.search(r"[“\"‘«]([^”\"’»]+)", who)
        return title is not None and self._titles[essay_id].startswith(letters_and_digits(title[1]))

    def _by_title(self, who: str) -> frozenset[str]:
        title = letters_and_digits(who)
        words = _title_words(without_case_and_accents(who))
        if len(title) < _FEWEST_LETTERS_CITED or not who.lstrip("“\"‘'«*_ ")[:1].isupper():
            return frozenset()
        return frozenset(
            essay_id
            for essay_id, known in self._titles.items()
            if (len(title) >= _FEWEST_LETTERS and known.startswith(title))
            or self._title_words[essay_id][: len(words)] == words
            or (len(words) > 1 and _is_run(words, self._title_words[essay_id]))
        )

    def _by_part_of_name(self, who: str) -> frozenset[str]:
        """The essays of institutions whose name has all these words."""
        words = set(_title_words(without_case_and_accents(who)))
        return frozenset(
            essay_id
            for essay_id, name in self._names.items()
            if len(name.split()) > 1 and words and words <= set(name.split())
        )


def _folded(text: str) -> tuple[str, Sequence[int]]:
    """A text without case and accents, and the offset in the text of each of its characters."""
    if text.isascii():
        return text.lower(), range(len(text))
    table = {ord(character): _fold(character) for character in set(text)}
    if all(len(letters) == 1 for letters in table.values()):
        return text.translate(table), range(len(text))
    folded = [table[ord(character)] for character in text]
    return "".join(folded), [offset for offset, letters in enumerate(folded) for _ in letters]


@lru_cache(4096)
def _fold(character: str) -> str:
    return without_case_and_accents(character)


def _title_words(title: str) -> tuple[str, ...]:
    """The words of a title before its colon, without an article at its beginning."""
    words = re.findall(r"[^\W_]+", re.sub(r"[’']", "", re.split(r"[:.?!]", title)[0]))
    return tuple(words[1:] if words[:1] in (["the"], ["a"], ["an"]) else words)


def _is_run(words: tuple[str, ...], title: tuple[str, ...]) -> bool:
    """Whether words follow each other in a title."""
    return any(title[start : start + len(words)] == words for start in range(len(title)))


def _family_name(record: CSLItem) -> str:
    """Family name of the first author: sentences and citations that name the others name the first too."""
    authors = record.get("author", ())
    return without_case_and_accents(family_of(authors[0])) if authors else ""


_prepared: WeakKeyDictionary[SourceEssays, Sources] = WeakKeyDictionary()


def sources_of(essays: SourceEssays) -> Sources:
    """What tells which of some essays are meant; it is prepared once for them."""
    sources = _prepared.get(essays)
    if sources is None:
        _prepared[essays] = sources = Sources(essays.records)
    return sources


class DraftSources:
    """Tells which essays the citations of one draft mean, by its bibliography and its short forms too.

    Args:
        draft: The draft.
        sources: The essays.
        entries: The entries of its bibliography by their keys.
    """

    def __init__(self, draft: Document, sources: Sources, entries: Mapping[str, WorkEntry]) -> None:
        self._sources, self._entries = sources, entries
        self._short = self._short_forms(draft)
        # What keys and short forms mean that do not show it themselves.
        self._learned: dict[str, frozenset[str]] = {}

    def _short_forms(self, draft: Document) -> dict[str, frozenset[str]]:
        """The essays that a draft says it will cite by a short form."""
        forms: dict[str, frozenset[str]] = {}
        mentions = self._sources.mentions(draft.prose)
        for match in HEREAFTER.finditer(draft.prose):
            last = bisect_left(mentions, match.start(), key=attrgetter("start")) - 1
            named = last >= 0 and match.start() - mentions[last].end <= _NAMED_WITHIN
            forms.setdefault(match["short"].rstrip(".’'"), mentions[last].essays if named else frozenset())
        return forms

    def meant(self, citation: DraftCitation) -> frozenset[str] | None:
        """Ids of the essays that a citation may mean.

        Returns:
            ``None`` if it names no source, or one that cannot be told; an empty set if it names a work that
            the library does not have.
        """
        if citation.key:
            meant = self._sources.keys.essays(citation.key, self._entries.get(citation.key))
            return self._learned.get(citation.key, meant)
        if not citation.who:
            return None
        if citation.who in self._short:
            return self._short[citation.who]
        named = self._sources.named(citation.who, citation.year)
        if named or not (citation.remark or _SHORT_FORM.fullmatch(citation.who)):
            return named
        return self._learned.get(citation.who)

    def is_opaque(self, citation: DraftCitation) -> bool:
        """Whether a citation names a source that cannot be told."""
        named = citation.key or (citation.who and not citation.remark)
        return bool(named) and self.meant(citation) is None

    def learn(self, evidence: Iterable[tuple[DraftCitation, str]]) -> None:
        """Learn what keys and short forms mean that do not show it.

        Args:
            evidence: Citations of words that an essay has on the very pages cited, and the essay's id.
        """
        known: dict[str, list[str]] = {}
        for citation, essay_id in evidence:
            known.setdefault(citation.key or citation.who, []).append(essay_id)
        for name, essays in known.items():
            # A key with a name and a year is more likely that of a work which has the words too.
            if len(set(essays)) == 1 and len(essays) >= (2 if _NAME_AND_YEAR.search(name) else 1):
                self._learned[name] = frozenset(essays)


class CitationResolver:
    """Tells what the citations of a draft mean, by what was named before.

    Args:
        draft: The draft.
        contents: Its quotations, citations and sentences.
        sources: The essays.
        meant: Which of them its citations mean.
    """

    def __init__(
        self, draft: Document, contents: DraftContents, sources: Sources, meant: DraftSources
    ) -> None:
        self._draft, self._sentences, self._sources = draft, contents.sentences, sources
        self._meant = meant
        # Where citations name their source, and which essays they mean, in order.
        self._cited = [
            (citation.start, essays)
            for block in contents.citations
            for citation in block
            if (essays := meant.meant(citation)) is not None
        ]
        self._cited.sort(key=itemgetter(0))
        self._mentions = sources.mentions(draft.prose)

    def meaning(self, quotation: DraftQuotation) -> Meaning:
        """What the citation of a quotation means."""
        if not quotation.citations:
            return Meaning(None, None)
        citations = [(citation, self._meant.meant(citation)) for citation in quotation.citations]
        start = quotation.citations[0].start
        nearest = [meant for citation, meant in citations if citation.start == start and meant]
        named = [meant for _, meant in citations if meant is not None]
        opaque = [each for each in quotation.citations if each.start == start and self._meant.is_opaque(each)]
        if opaque and not any(meant is not None for each, meant in citations if each.start == start):
            return Meaning(None, opaque[0], opaque=True)
        bare = all(meant is None for each, meant in citations if each.start == start)
        if bare and quotation.citations[0].pages:
            # A page alone after the quotation: what was named last before it is meant.
            return self._named_before(quotation.citations[0], min(start, quotation.outer[0]), quotation.block)
        essays = next(iter([*nearest, *named]), None)
        fitting = [citation for citation, meant in citations if meant is None or meant == essays]
        fitting = fitting or list(quotation.citations)
        citation = next((citation for citation in fitting if citation.pages or citation.year), fitting[0])
        if essays is not None:
            beside = [meant for each, meant in citations if each.start == citation.start and meant != essays]
            shared = any(meant is not None for meant in beside) and len(essays) > 0
            return Meaning(essays, citation, shared=shared)
        return self._named_before(citation, min(citation.start, quotation.outer[0]), quotation.block)

    def essays_cited(self, citation: DraftCitation, block_index: int) -> frozenset[str] | None:
        """The essays that a citation may mean, by its own names or by those in its paragraph before it."""
        named = self._meant.meant(citation)
        if named is not None:
            return named
        meaning = self._named_before(citation, citation.start, block_index)
        return None if meaning.distant else meaning.essays

    def _named_before(self, citation: DraftCitation, offset: int, block_index: int) -> Meaning:
        """What a citation without a name means, by the names before an offset or in its own sentence."""
        block = self._draft.blocks[block_index]
        end = max(citation.start, offset)
        before = self._sentences.before(block.start, offset)
        if self._sources.has_other_speaker(before):
            return Meaning(frozenset(), citation, carried=True)
        near = self._last(block.start, end, end if citation.start < block.end else offset)
        if near == frozenset() and _THE_ESSAY.search(before):
            return Meaning(None, citation, carried=True)
        if near is not None:
            return Meaning(near, citation, carried=True)
        return Meaning(self._last(0, block.start, block.start), citation, distant=True, carried=True)

    def _last(self, start: int, end: int, words_end: int) -> frozenset[str] | None:
        """The essays that were named last: by a citation up to ``end``, or in words up to ``words_end``."""
        index = bisect_left(self._cited, end, key=itemgetter(0)) - 1
        cited = self._cited[index] if index >= 0 and self._cited[index][0] >= start else None
        named = self._last_mention(start, words_end)
        if named and (cited is None or named.start > cited[0]):
            return named.essays
        return cited[1] if cited else None

    def _last_mention(self, start: int, end: int) -> Mention | None:
        index = bisect_left(self._mentions, end, key=attrgetter("start")) - 1
        # A name that is cut off is none.
        while index >= 0 and self._mentions[index].end > end:
            index -= 1
        return self._mentions[index] if index >= 0 and self._mentions[index].start >= start else None

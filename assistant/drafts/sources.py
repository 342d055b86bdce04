"""Which essay of the library a draft's citation means."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter, itemgetter

from assistant.citations.record import family_of
from assistant.core.essay import StoredEssay, letters_and_digits, plain_title
from assistant.documents.document import Document
from assistant.drafts.citations import DraftCitation
from assistant.drafts.quotations import DraftContents, DraftQuotation

_FEWEST_LETTERS = 8
# Words of a title up to this length may begin with a small letter: and, of, from.
_SMALL_WORD = 4
# But at least half of all words have a capital: "Aquinas, in the 1940s, he came to see that the" is not a
# title.
_CAPITALISED = 0.5
# A name to which a sentence gives the words that follow.
_SPEAKER = re.compile(
    r"(?P<name>[A-ZÀ-ÖØ-Þ][\w'’-]{1,60})(?:\s+\(\d{4}\w?\))?,?\s+(?:\w+ly\s+)?(?:argues|argued|writes|wrote|notes|noted|says|"
    r"said|claims|claimed|states|stated|observes|observed|suggests|suggested|insists|insisted|calls|called|"
    r"describes|described|asks|asked|concludes|concluded|remarks|remarked|explains|explained|puts)\b"
    r"|\b(?:[Aa]ccording to|[Ii]n the words of|[Aa]s)\s+(?:\w+\s+)?(?P<other>[A-ZÀ-ÖØ-Þ][\w'’-]+)"
)
# Words that may be where a speaker's name is.
_NO_NAMES = frozenset("he she it they we i one this that who which the essay author article".split())


def without_case_and_accents(text: str) -> str:
    """A text without case and accents."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def is_titled(text: str) -> bool:
    """Whether a text is written as titles are: all long words capitalised, and half of all words."""
    words = re.findall(r"[\w'’-]+", text)
    capitalised = [word for word in words if word[0].isupper() or word[0].isdecimal()]
    long, long_capitalised = (
        sum(len(word) > _SMALL_WORD for word in several) for several in (words, capitalised)
    )
    return long > 1 and long_capitalised == long and len(capitalised) >= _CAPITALISED * len(words)


@dataclass(frozen=True, slots=True)
class Meaning:
    """What the citation of a quotation means.

    Attributes:
        essays: Ids of the essays that it may mean; empty if it means another work; ``None`` if it names no
            source, and none is named before it.
        citation: The citation, with its pages if one has any; ``None`` if the quotation has none.
        distant: Whether the essay was named in another paragraph only.
    """

    essays: frozenset[str] | None
    citation: DraftCitation | None
    distant: bool = False


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

    def __init__(self, essays: Sequence[StoredEssay]) -> None:
        self._essays = {essay.id: essay for essay in essays}
        self._names = {essay.id: _family_name(essay) for essay in essays}
        by_name: dict[str, list[str]] = {}
        for essay_id, name in self._names.items():
            if name:
                by_name.setdefault(name, []).append(essay_id)
        # Each author's name, with the essays.
        self._authors = [
            (re.compile(rf"\b{re.escape(name)}\b"), frozenset(ids)) for name, ids in by_name.items()
        ]
        self._titles = {essay.id: letters_and_digits(plain_title(essay.reference)) for essay in essays}

    def meant(self, citation: DraftCitation) -> frozenset[str] | None:
        """Ids of the essays that a citation may mean.

        Returns:
            ``None`` if it names no source; an empty set if it names a work that the library does not have.
        """
        if citation.key:
            return frozenset(essay_id for essay_id in self._essays if self._is_key(citation.key, essay_id))
        if not citation.who:
            return None
        named = self._by_name(citation.who) or self._by_title(citation.who)
        return frozenset(essay_id for essay_id in named if self._is_year(citation.year, essay_id))

    def mentions(self, text: str) -> list[Mention]:
        """Where a text names authors of the library, in order."""
        folded = [without_case_and_accents(character) for character in text]
        words = "".join(folded)
        offsets = [offset for offset, letters in enumerate(folded) for _ in letters]
        return sorted(
            (
                Mention(offsets[match.start()], offsets[match.end() - 1] + 1, essays)
                for pattern, essays in self._authors
                for match in pattern.finditer(words)
            ),
            key=attrgetter("start"),
        )

    def has_other_speaker(self, sentence: str) -> bool:
        """Whether a sentence names speakers, none of whom is an author of the library."""
        speakers = [match["name"] or match["other"] for match in _SPEAKER.finditer(sentence)]
        return bool(speakers) and not any(
            without_case_and_accents(speaker) in _NO_NAMES or self._named_in(speaker) for speaker in speakers
        )

    def _named_in(self, text: str) -> frozenset[str]:
        """The essays whose authors a text names."""
        words = without_case_and_accents(text)
        return frozenset[str]().union(*(essays for pattern, essays in self._authors if pattern.search(words)))

    def year(self, essay_id: str) -> str:
        """Year of an essay, or the empty string."""
        dates = self._essays[essay_id].reference.get("issued", {}).get("date-parts") or [[]]
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

    def _is_key(self, key: str, essay_id: str) -> bool:
        letters = letters_and_digits(without_case_and_accents(key))
        if letters in {
            letters_and_digits(essay_id),
            letters_and_digits(str(self._essays[essay_id].reference.get("id", ""))),
        }:
            return True
        name = letters_and_digits(self._names[essay_id])
        year = re.search(r"(?:1[5-9]|20)\d\d", key)
        return (
            bool(name)
            and letters.startswith(name)
            and not letters[len(name) : len(name) + 1].isalpha()
            and self._is_year(year[0] if year else "", essay_id)
        )

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
        if len(title) < _FEWEST_LETTERS:
            return frozenset()
        return frozenset(essay_id for essay_id, known in self._titles.items() if known.startswith(title))


def _family_name(essay: StoredEssay) -> str:
    """Family name of the first author: sentences and citations that name the others name the first too."""
    authors = essay.reference.get("author", ())
    return without_case_and_accents(family_of(authors[0])) if authors else ""


class CitationResolver:
    """Tells what the citations of a draft mean, by what was named before.

    Args:
        draft: The draft.
        contents: Its quotations, citations and sentences.
        sources: The essays.
    """

    def __init__(self, draft: Document, contents: DraftContents, sources: Sources) -> None:
        self._draft, self._sentences, self._sources = draft, contents.sentences, sources
        # Where citations name their source, and which essays they mean, in order.
        self._cited = [
            (citation.start, meant)
            for block in contents.citations
            for citation in block
            if (meant := sources.meant(citation)) is not None
        ]
        self._cited.sort(key=itemgetter(0))
        self._mentions = sources.mentions(draft.prose)

    def meaning(self, quotation: DraftQuotation) -> Meaning:
        """What the citation of a quotation means."""
        if not quotation.citations:
            return Meaning(None, None)
        citations = [(citation, self._sources.meant(citation)) for citation in quotation.citations]
        start = quotation.citations[0].start
        nearest = [meant for citation, meant in citations if citation.start == start and meant]
        named = [meant for _, meant in citations if meant is not None]
        essays = next(iter([*nearest, *named]), None)
        fitting = [citation for citation, meant in citations if meant is None or meant == essays]
        fitting = fitting or list(quotation.citations)
        citation = next((citation for citation in fitting if citation.pages or citation.year), fitting[0])
        if essays is not None:
            return Meaning(essays, citation)
        return self._named_before(citation, min(citation.start, quotation.outer[0]), quotation.block)

    def _named_before(self, citation: DraftCitation, offset: int, block_index: int) -> Meaning:
        """What a citation without a name means, by the names before an offset or in its own sentence."""
        block = self._draft.blocks[block_index]
        end = max(citation.start, offset)
        if self._sources.has_other_speaker(self._sentences.before(block.start, offset)):
            return Meaning(frozenset(), citation)
        near = self._last(block.start, end, end if citation.start < block.end else offset)
        if near is not None:
            return Meaning(near, citation)
        return Meaning(self._last(0, block.start, block.start), citation, distant=True)

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

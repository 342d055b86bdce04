"""Which essay of the library a draft's citation means."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.citations.names import family_of
from assistant.citations.references import fold
from assistant.core.essay import StoredEssay, plain_title
from assistant.documents.document import Document
from assistant.drafts.citations import Cited
from assistant.drafts.quotations import DraftQuotation, last_sentence

_FEWEST_LETTERS = 8
# Words of a title up to this length may begin with a small letter: and, of, from.
_SMALL_WORD = 4
# A name that brings words in, in the sentence before them.
_SPEAKER = re.compile(
    r"(?P<name>[A-ZÀ-ÖØ-Þ][\w'’-]+)(?:\s+\(\d{4}\w?\))?,?\s+(?:\w+ly\s+)?(?:argues|argued|writes|wrote|notes|noted|says|"
    r"said|claims|claimed|states|stated|observes|observed|suggests|suggested|insists|insisted|calls|called|"
    r"describes|described|asks|asked|concludes|concluded|remarks|remarked|explains|explained|puts)\b"
    r"|\b(?:[Aa]ccording to|[Ii]n the words of|[Aa]s)\s+(?:\w+\s+)?(?P<other>[A-ZÀ-ÖØ-Þ][\w'’-]+)"
)
# They stand where a speaker's name may, and are none.
_NO_NAMES = frozenset("he she it they we i one this that who which the essay author article".split())


def plain(text: str) -> str:
    """Letters without case and accents, and all else as it is."""
    made = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in made if not unicodedata.combining(character))


def is_titled(words: str) -> bool:
    """Whether words are written as titles are: all long ones capitalised."""
    long = [word for word in re.findall(r"[\w'’-]+", words) if len(word) > _SMALL_WORD]
    return len(long) > 1 and all(word[0].isupper() or word[0].isdecimal() for word in long)


@dataclass(frozen=True, slots=True)
class Meaning:
    """What the citation of a quotation means.

    Attributes:
        essays: Ids of the essays that it may mean; empty if another work; None if it cannot be told.
        cited: The citation, with its pages if one has any; None if the quotation has none.
        distant: Whether the essay was named in another paragraph only.
    """

    essays: frozenset[str] | None
    cited: Cited | None
    distant: bool = False


class Sources:
    """Tells which essays names, titles, years and keys mean.

    Args:
        essays: The essays.
    """

    def __init__(self, essays: Sequence[StoredEssay]) -> None:
        self._essays = {essay.id: essay for essay in essays}
        self._names = {essay.id: _family(essay) for essay in essays}
        patterns = {essay_id: rf"\b{re.escape(name)}\b" for essay_id, name in self._names.items() if name}
        self._named = {essay_id: re.compile(pattern) for essay_id, pattern in patterns.items()}
        self._titles = {essay.id: fold(plain_title(essay.reference)) for essay in essays}

    def meant(self, cited: Cited) -> frozenset[str] | None:
        """Ids of the essays that a citation may mean.

        Returns:
            None if it names no source; an empty set if it names another work than the library's.
        """
        if cited.key:
            return frozenset(one for one in self._essays if self._is_key(cited.key, one))
        if not cited.who:
            return None
        named = self._by_name(cited.who) or self._by_title(cited.who)
        return frozenset(one for one in named if self._is_year(cited.year, one))

    def last_named(self, text: str) -> tuple[int, frozenset[str]] | None:
        """Where in a text an author of the library is named last, and their essays."""
        words = plain(text)
        found = [
            (match.start(), essay_id)
            for essay_id, pattern in self._named.items()
            for match in pattern.finditer(words)
        ]
        if not found:
            return None
        last = max(at for at, _ in found)
        return last, frozenset(essay_id for at, essay_id in found if at == last)

    def stranger(self, sentence: str) -> bool:
        """Whether a sentence lets somebody speak who is no author of the library."""
        speakers = [found["name"] or found["other"] for found in _SPEAKER.finditer(sentence)]
        strange = [one for one in speakers if plain(one) not in _NO_NAMES and not self.last_named(one)]
        return bool(strange) and len(strange) == len(speakers)

    def year(self, essay_id: str) -> str:
        """Year of an essay, or the empty string."""
        dates = self._essays[essay_id].reference.get("issued", {}).get("date-parts") or [[]]
        return str(dates[0][0]) if dates[0] else ""

    def is_title(self, words: str) -> bool:
        """Whether words are an essay's title, a short form of it, or the part of it behind its colon."""
        folded = fold(words)
        if len(folded) < _FEWEST_LETTERS and not words.lstrip("“\"‘'")[:1].isupper():
            return False
        return any(title.startswith(folded) or title.endswith(folded) for title in self._titles.values())

    def _is_year(self, year: str, essay_id: str) -> bool:
        known = self.year(essay_id)
        return not year or not known or not year[:4].isdecimal() or year[:4] == known

    def _is_key(self, key: str, essay_id: str) -> bool:
        folded = fold(plain(key))
        if folded in {fold(essay_id), fold(str(self._essays[essay_id].reference.get("id", "")))}:
            return True
        name = fold(self._names[essay_id])
        year = re.search(r"(?:1[5-9]|20)\d\d", key)
        return (
            bool(name)
            and folded.startswith(name)
            and not folded[len(name) : len(name) + 1].isalpha()
            and self._is_year(year[0] if year else "", essay_id)
        )

    def _by_name(self, who: str) -> frozenset[str]:
        # The names stand before the title; a title may have an author's name in it.
        before = re.split(r"[“\"‘«]", who)[0]
        words = plain(before if before.strip(" ,") else "")
        named = [one for one, pattern in self._named.items() if pattern.search(words)]
        titled = [one for one in named if self._title_fits(who, one)]
        return frozenset(titled or named)

    def _title_fits(self, who: str, essay_id: str) -> bool:
        """Whether a title stands with the name and begins as the essay's does."""
        title = re.search(r"[“\"‘«]([^”\"’»]+)", who)
        return bool(title) and self._titles[essay_id].startswith(fold(title[1]))  # type: ignore[index]

    def _by_title(self, who: str) -> frozenset[str]:
        title = fold(who)
        if len(title) < _FEWEST_LETTERS:
            return frozenset()
        return frozenset(one for one, known in self._titles.items() if known.startswith(title))


def _family(essay: StoredEssay) -> str:
    authors = essay.reference.get("author", ())
    return plain(family_of(authors[0])) if authors else ""


class Attribution:
    """Tells what the citations of a draft mean by what was named before.

    Args:
        draft: The draft.
        citations: The citations of each of its blocks.
        sources: The essays.
    """

    def __init__(self, draft: Document, citations: Sequence[Sequence[Cited]], sources: Sources) -> None:
        self._draft, self._sources = draft, sources
        # Where a citation names its source, and which essays it means, in order.
        self._named = [
            (one.start, meant)
            for cited in citations
            for one in cited
            if (meant := sources.meant(one)) is not None
        ]

    def meaning(self, quotation: DraftQuotation) -> Meaning:
        """What the citation of a quotation means."""
        if not quotation.cited:
            return Meaning(None, None)
        meant = [self._sources.meant(one) for one in quotation.cited]
        first = [
            one
            for one, cited in zip(meant, quotation.cited, strict=True)
            if cited.start == quotation.cited[0].start
        ]
        own = next((one for one in first if one), None)
        if own is None:
            own = next((one for one in meant if one is not None), None)
        fitting = [
            cited for one, cited in zip(meant, quotation.cited, strict=True) if one is None or one == own
        ]
        chosen = next((one for one in fitting if one.pages or one.year), (fitting or quotation.cited)[0])
        if own is not None:
            return Meaning(own, chosen)
        return self.told_before(chosen, min(chosen.start, quotation.outer[0]), quotation.block)

    def told_before(self, cited: Cited, at: int, block: int) -> Meaning:
        """What a citation without a name means, by the names before it.

        Args:
            cited: The citation.
            at: Offset in the prose up to which names count, but for those of its own sentence.
            block: Index of the block that it stands in.
        """
        prose, start = self._draft.prose, self._draft.blocks[block].start
        before = (
            prose[start : max(cited.start, at)]
            if cited.start < self._draft.blocks[block].end
            else prose[start:at]
        )
        if self._sources.stranger(last_sentence(prose, start, at)):
            return Meaning(frozenset(), cited)
        near = self._last(start, max(cited.start, at), before)
        if near is not None:
            return Meaning(near, cited)
        far = self._last(0, start, prose[:start])
        return Meaning(far, cited, distant=True)

    def _last(self, start: int, end: int, text: str) -> frozenset[str] | None:
        """The essays named last from ``start`` to ``end``, be it in the text or by a citation."""
        cited = [one for one in self._named if start <= one[0] < end][-1:]
        named = self._sources.last_named(text)
        if named and (not cited or start + named[0] > cited[0][0]):
            return named[1]
        return cited[0][1] if cited else None

"""Whose words: within an essay's passages, the words that its author quotes, and from whom.

Whose words the passages of a library hold; an essay is looked through when first asked about.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Literal

from assistant.attribution.parentheticals import Parenthetical, parse, together
from assistant.attribution.people import EssayNames, PrimaryWork
from assistant.attribution.quoted_spans import BLOCKS, QuotedSpan, QuotedSpans, pairs
from assistant.attribution.signal_phrases import speaker
from assistant.core.answer import QuotedWords, Wanted
from assistant.core.essay import Passage, Spans, StoredEssay

Voice = Literal["author", "quoted", "mixed"]
# Quoted words and the citation printed for them.
_Words = tuple[QuotedSpan, Parenthetical | None]

# Fewer quoted words than this without a citation are a word spoken of, not somebody's words.
_FEWEST = 4
# Quotations with so few words of the author between them share the citation behind the last.
_APART = 8
_WORD = re.compile(r"\w+(?:['’-]\w+)*")
_BRACKETS = re.compile(r"\([^()]*\)")
_LAST_BRACKETS = re.compile(r"\s*(\([^()]*\))[.,;:]?\s*$")
_DIVIDING = re.compile(r"[;:()\[\]]|\b(?:when|while|whereas|where|but|though|although|because|as|until)\b")
_PRONOUN = re.compile(r"\b(?:[Hh]e|[Ss]he|[Hh]is)\b")
_APPENDED = re.compile(r"^(?:[A-Z]\.[\s-]?)+|,?\s+[JS]r\.$")


class EssayVoices:
    """The quoted words of one essay, found passage by passage as they are asked for.

    Args:
        passages: All passages of the essay in reading order.
        places: Their quoted words by the marks.
    """

    def __init__(self, passages: Sequence[Passage], places: QuotedSpans) -> None:
        self._passages = passages
        self._places = places
        self._at = places.numbers
        self._people = EssayNames(passages)
        self._primary = PrimaryWork(passages, self._people)
        self._words: dict[int, list[_Words]] = {}
        self._found: dict[int, tuple[QuotedWords, ...]] = {}

    def of(self, passage_id: str) -> tuple[QuotedWords, ...]:
        """Quoted words of a passage, in order and apart."""
        at = self._at[passage_id]
        if at not in self._found:
            made: list[QuotedWords] = []
            for place, printed in self._quoted(at):
                block = self._passages[at].kind in BLOCKS
                author = self._introduced(at, printed) if block else self._attributed(place, printed, made)
                cited, locator = (printed.printed, printed.locator) if printed else ("", "")
                made.append(QuotedWords(place.start, place.end, cited, author, locator))
            self._found[at] = tuple(made)
        return self._found[at]

    def voice(self, passage_id: str, start: int, end: int) -> Voice:
        """Whose words a span of a passage holds: its author's, one quoted source's, or several's."""
        at = self._at[passage_id]
        inside = self._inside(at, start, end)
        if not inside:
            return "author"
        return "quoted" if self._cover(at, inside, start, end) else "mixed"

    def source(self, passage_id: str, start: int, end: int) -> QuotedWords | None:
        """The quotation that every word of a span belongs to.

        Returns:
            The quotation, without an author where the span is quoted once more within it; ``None``
            where words of the essay's author or of several sources stand in the span.
        """
        at = self._at[passage_id]
        inside = self._inside(at, start, end)
        if not self._cover(at, inside, start, end):
            return None
        found = next(one for one in self.of(passage_id) if one.start == inside[0][0].start)
        passage = self._passages[at]
        words = passage.text[found.start : found.end]
        inner = pairs(words, double=(passage.kind in BLOCKS) == self._places.double)[0]
        nested = any(_holds(words, span, start - found.start, end - found.start) for span in inner)
        return replace(found, author="") if nested else found

    def _quoted(self, at: int) -> list[_Words]:
        if at not in self._words:
            block = self._passages[at].kind in BLOCKS
            self._words[at] = self._block(at) if block else self._inline(at)
        return self._words[at]

    def _inside(self, at: int, start: int, end: int) -> list[_Words]:
        return [one for one in self._quoted(at) if one[0].start < end and start < one[0].end]

    def _cover(self, at: int, inside: Sequence[_Words], start: int, end: int) -> bool:
        """Whether quotations with one citation hold all words of a span but those of the citation."""
        text = self._passages[at].text
        return len({printed for _, printed in inside}) == 1 and not _WORD.search(
            _outside(text, inside, start, end)
        )

    def _block(self, at: int) -> list[_Words]:
        """All words of a block quotation but the citation behind them."""
        text = self._passages[at].text
        found = _LAST_BRACKETS.search(text)
        printed = parse(found[1]) if found else None
        start, end = 0, found.start() if found and printed else len(text)
        enclosed = pairs(text[:end], double=self._places.double)[0]
        if len(enclosed) == 1 and not _WORD.search(text[: enclosed[0][0]] + text[enclosed[0][1] : end]):
            start, end = enclosed[0]
        if not _WORD.search(text[start:end]):
            return []
        return [(QuotedSpan(start, end, (at, start), (at, end)), printed)]

    def _introduced(self, at: int, printed: Parenthetical | None) -> str:
        """Author of a block quotation, by its citation and the sentence that brings it in."""
        host = self._at.get(self._passages[at].introduced_by or "")
        if host is None:
            return self._author(printed, "", "")
        end = len(self._passages[host].text)
        start = self._places.sentence(host, end)[0]
        own = self._places.own(host, start, end)
        told = speaker(own, self._before(host, start), "", self._people)
        return self._author(printed, told, own) or self._by_page(host, end, printed, told)

    def _before(self, at: int, start: int) -> str:
        return self._places.own(at, self._places.sentence(at, start - 1)[0], start) if start else ""

    def _inline(self, at: int) -> list[_Words]:
        places, text = self._places.of(at), self._passages[at].text
        made: list[_Words] = []
        for number, place in enumerate(places):
            printed = self._printed(place)
            if place.first[0] == place.last[0] and _is_mention(text[place.start : place.end], printed):
                continue
            shared = printed is None and place.last[0] == at
            made.append((place, self._shared(at, places[number:]) if shared else printed))
        return made

    def _printed(self, place: QuotedSpan) -> Parenthetical | None:
        """The citation behind a quotation, or behind the signal phrase that follows it."""
        behind = self._places.behind(*place.last)
        named = speaker("", "", behind, self._people)
        return self._places.citation(place, behind.rstrip() if named else "")

    def _shared(self, at: int, places: Sequence[QuotedSpan]) -> Parenthetical | None:
        """The citation behind the last of several quotations that few own words divide."""
        for one, other in pairwise(places):
            if other.last[0] != at or not self._together(at, one.end, other.start, ""):
                return None
            printed = self._printed(other)
            if printed is not None:
                return printed
        return None

    def _together(self, at: int, end: int, start: int, author: str) -> bool:
        """Whether two quotations are of one breath: few words between them, and nobody else named there."""
        between = self._passages[at].text[end + 1 : start - 1]
        if start > self._places.sentence(at, end)[1] or len(between.split()) > _APART:
            return False
        between = _BRACKETS.sub(" ", between) if author else between
        named = {name.family for name in self._people.names(between)}
        return not _DIVIDING.search(between) and named <= set(author.split())

    def _attributed(
        self, place: QuotedSpan, printed: Parenthetical | None, earlier: Sequence[QuotedWords]
    ) -> str:
        at, offset = place.first
        start = self._places.sentence(at, offset)[0]
        own = self._places.own(at, start, offset - 1)
        behind = self._places.behind(*place.last)
        told = speaker(own, self._before(at, start), behind, self._people)
        author = self._author(printed, told, own)
        if author or printed is None:
            return author
        if earlier and at == place.last[0]:
            last = earlier[-1]
            if printed.form == "same" and self._is_last_citation(at, last, offset):
                return last.author
            if printed.form == "page" and not told and self._together(at, last.end, offset, last.author):
                return last.author
        return self._by_page(at, offset - 1, printed, told)

    def _by_page(self, at: int, end: int, printed: Parenthetical | None, told: str) -> str:
        """Author of the work that the essay is about, where a page alone can mean no other."""
        if told or printed is None or printed.form != "page":
            return ""
        text, own = self._passages[at].text[:end], self._places.own(at, 0, end)
        before = self._at.get(self._passages[at].continues or "")
        if before is not None:
            whole = self._passages[before].text
            text, own = f"{whole}\n{text}", f"{self._places.own(before, 0, len(whole))}\n{own}"
        return self._primary.author if self._primary.speaks(text, own) else ""

    def _is_last_citation(self, at: int, quoted: QuotedWords, offset: int) -> bool:
        """Whether no citation stands between a quotation's own and an offset."""
        between = self._passages[at].text[quoted.end : offset]
        cited = [found[0] for found in _BRACKETS.finditer(between) if parse(found[0])]
        return cited == [quoted.citation]

    def _author(self, printed: Parenthetical | None, told: str, own: str) -> str:
        """Author by citation and signal phrase; nobody where the two disagree."""
        if printed is None or printed.form in ("page", "title"):
            return told
        if printed.form == "named":
            return self._named(printed, told, own)
        if printed.form == "secondary":
            if any(map(self._people.is_person, printed.names)):
                return together(printed.names, others=printed.others)
            return "" if set(told.split()) & set(printed.by_way_of) else told
        return ""

    def _named(self, printed: Parenthetical, told: str, own: str) -> str:
        families = tuple(_APPENDED.sub("", name) for name in printed.names)
        known = (
            printed.others
            or any(map(self._people.is_person, families))
            or (printed.title != "" and self._people.wrote(families[0], printed.title))
        )
        if not known and (told or not self._is_new(printed, families, own)):
            # What stands in the place of a name is a title.
            return told
        agreed = not told or bool(set(told.split()) & set(families))
        return together(families, others=printed.others) if agreed else ""

    def _is_new(self, printed: Parenthetical, families: Sequence[str], own: str) -> bool:
        """Whether a name that only citations have is an author's rather than a title's.

        Beside a title stands somebody whom the sentence speaks of.
        """
        return (
            bool(printed.locator)
            and "." not in printed.locator.removeprefix("pp.").removeprefix("p.")
            and all(map(self._people.is_unknown, families))
            and not _PRONOUN.search(own)
            and not any(self._people.is_source(name) for name in self._people.names(own))
        )


def voices_of(passages: Sequence[Passage]) -> Mapping[str, tuple[QuotedWords, ...]]:
    """Quoted words of all passages of an essay.

    Args:
        passages: The passages in reading order.

    Returns:
        By passage id, its quoted words in order and apart; empty where all words are the author's.
    """
    voices = EssayVoices(passages, QuotedSpans(passages))
    return {passage.id: voices.of(passage.id) for passage in passages}


def _is_mention(words: str, printed: Parenthetical | None) -> bool:
    """Whether words between marks are a title or a word spoken of, and not somebody's words."""
    found = _WORD.findall(words)
    if not found or (printed is None and len(found) < _FEWEST):
        return True
    capital = [word for word in found if word[0].isupper()]
    headline = found[0] in capital and 1 < len(capital) >= len(found) / 2
    small = all(len(word) < 4 for word in found if word not in capital)
    return headline and small and not words.rstrip("'’” ").endswith(("!", "?", "."))


def _outside(text: str, inside: Sequence[_Words], start: int, end: int) -> str:
    """What of a span stands outside quotations and their citations."""
    made = ""
    for place, printed in inside:
        made += text[start : max(start, place.start)] + " "
        start = place.end
        at = text.find(printed.printed, start, end) if printed else -1
        if printed and at >= 0 and not _WORD.search(text[start:at]):
            start = at + len(printed.printed)
    return made + text[start : max(start, end)]


def _holds(words: str, span: tuple[int, int], start: int, end: int) -> bool:
    """Whether a span and no word outside it holds what stands between two offsets."""
    low, high = span
    return not _WORD.search(words[max(0, start) : low]) and not _WORD.search(words[high : max(high, end)])


class LibraryVoices:
    """Tells quoted words from the essays' own.

    Args:
        essays: The essays, by id.
    """

    def __init__(self, essays: Mapping[str, StoredEssay]) -> None:
        self._essays = essays
        self._places: dict[str, QuotedSpans] = {}
        self._voices: dict[str, EssayVoices] = {}

    def source(self, passage: Passage, start: int, end: int) -> QuotedWords | None:
        """The quotation that all words of a span belong to, or ``None`` if the essay's own are among them."""
        if not self._marks(passage).covers(passage.id, start, end):
            # Nearly every answer ends here, where the marks alone tell.
            return None
        return self._of(passage).source(passage.id, start, end)

    def quoted(self, passage: Passage) -> tuple[QuotedWords, ...]:
        """All quoted words of a passage."""
        return self._of(passage).of(passage.id)

    def sentences(self, passage: Passage, wanted: Wanted) -> Spans:
        """Sentences of a passage in which words of its author, or quoted ones, stand."""
        voices = self._of(passage)
        other = "quoted" if wanted == "author" else "author"
        return tuple(span for span in passage.sentences if voices.voice(passage.id, *span) != other)

    def _marks(self, passage: Passage) -> QuotedSpans:
        essay = passage.essay_id
        if essay not in self._places:
            self._places[essay] = QuotedSpans(self._essays[essay].passages)
        return self._places[essay]

    def _of(self, passage: Passage) -> EssayVoices:

        essay = passage.essay_id
        if essay not in self._voices:
            self._voices[essay] = EssayVoices(self._essays[essay].passages, self._marks(passage))
        return self._voices[essay]


def touched_sentences(spans: Spans, sentences: Spans, passage: Passage) -> Spans:
    """The sentences among some that spans of a passage touch; neighbours become one span."""
    made: list[tuple[int, int]] = []
    for number, (start, end) in enumerate(passage.sentences):
        if (start, end) not in sentences or not any(low < end and start < high for low, high in spans):
            continue
        if made and number and made[-1][1] == passage.sentences[number - 1][1]:
            made[-1] = (made[-1][0], end)
        else:
            made.append((start, end))
    return tuple(made)

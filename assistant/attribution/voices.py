"""Whose words the passages of an essay hold: the author's, or words that the author quotes, and from whom.

An essay is analysed passage by passage, each when it is first asked about.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Literal

from assistant.attribution.parentheticals import BRACKETS, Parenthetical, parse, together
from assistant.attribution.people import EssayNames, PrimaryWork
from assistant.attribution.quoted_spans import BLOCKS, QuotedSpan, QuotedSpans, pairs
from assistant.attribution.signal_phrases import speaker
from assistant.core.answer import QuotedWords, Voice
from assistant.core.essay import Passage, Span, Spans, StoredEssay
from assistant.core.recent import Recent

# Essays whose analysis is kept.
_MOST_KEPT = 500


class LibraryVoices:
    """Distinguishes quoted words from the essays' own, for essays by id."""

    def __init__(self, essays: Mapping[str, StoredEssay]) -> None:
        self._essays = essays
        self._spans: dict[str, QuotedSpans] = Recent(_MOST_KEPT)
        self._voices: dict[str, EssayVoices] = Recent(_MOST_KEPT)

    def quotation_of(self, passage: Passage, start: int, end: int) -> QuotedWords | None:
        """The quotation that contains all words of a span; ``None`` if some are the essay's own."""
        if not self._spans_of(passage).covers(passage.id, start, end):
            # The marks alone decide nearly every case, so that the rest of this room is rarely loaded.
            return None
        return self._of(passage).quotation_of(passage.id, start, end)

    def phrase_of(self, passage: Passage, start: int, end: int) -> QuotedWords | None:
        """The phrase in marks that contains all words of a span; as ``EssayVoices.phrase_of``."""
        if not self._spans_of(passage).covers(passage.id, start, end):
            return None
        return self._of(passage).phrase_of(passage.id, start, end)

    def quoted(self, passage: Passage) -> tuple[QuotedWords, ...]:
        """All quoted words of a passage."""
        return self._of(passage).of(passage.id)

    def sentences(self, passage: Passage, voice: Voice) -> Spans:
        """Sentences of a passage with words of a voice."""
        voices = self._of(passage)
        other = "quoted" if voice == "author" else "author"
        return tuple(span for span in passage.sentences if voices.voice(passage.id, *span) != other)

    def _spans_of(self, passage: Passage) -> QuotedSpans:
        essay = passage.essay_id
        spans = self._spans.get(essay)
        if spans is None:
            self._spans[essay] = spans = QuotedSpans(self._essays[essay].passages)
        return spans

    def _of(self, passage: Passage) -> EssayVoices:
        from assistant.attribution.voices import EssayVoices

        essay = passage.essay_id
        voices = self._voices.get(essay)
        if voices is None:
            voices = EssayVoices(self._essays[essay].passages, self._spans_of(passage))
            self._voices[essay] = voices
        return voices


def touched_sentences(spans: Spans, sentences: Spans, passage: Passage) -> Spans:
    """Those of ``sentences`` that overlap spans of a passage; adjacent ones become one span."""
    touched: list[Span] = []
    for number, (start, end) in enumerate(passage.sentences):
        if (start, end) not in sentences or not any(low < end and start < high for low, high in spans):
            continue
        if touched and number and touched[-1][1] == passage.sentences[number - 1][1]:
            touched[-1] = (touched[-1][0], end)
        else:
            touched.append((start, end))
    return tuple(touched)


_Quotation = tuple[QuotedSpan, Parenthetical | None]

# Fewer quoted words than this without a citation are mentioned, not quoted from someone.
_FEWEST = 4
# Quotations with no more of the author's words than this between them share the citation after the last.
_MOST_BETWEEN = 8
_WORD = re.compile(r"\w+(?:['’-]\w+)*")
_LAST_BRACKETS = re.compile(r"(?<!\s)\s*+(\([^()]*\))[.,;:]?\s*$")
_DIVIDING = re.compile(r"[;:()\[\]]|\b(?:when|while|whereas|where|but|though|although|because|as|until)\b")
_PRONOUN = re.compile(r"\b(?:[Hh]e|[Ss]he|[Hh]is)\b")
_INITIALS_OR_SUFFIX = re.compile(r"^(?:[A-Z]\.[\s-]?)+|,?\s+[JS]r\.$")


class EssayVoices:
    """The quoted words of one essay.

    Args:
        passages: All passages of the essay in reading order.
        spans: Their quoted words by the marks.
    """

    def __init__(self, passages: Sequence[Passage], spans: QuotedSpans) -> None:
        self._passages = passages
        self._spans = spans
        self._numbers = spans.numbers
        self._names = EssayNames(passages)
        self._primary = PrimaryWork(passages, self._names)
        self._quotations: dict[int, list[_Quotation]] = {}
        self._quoted: dict[int, tuple[QuotedWords, ...]] = {}

    def of(self, passage_id: str) -> tuple[QuotedWords, ...]:
        """Quoted words of a passage, in order and without overlap."""
        number = self._numbers[passage_id]
        if number not in self._quoted:
            quoted: list[QuotedWords] = []
            for span, citation in self._quotations_of(number):
                block = self._passages[number].kind in BLOCKS
                author = (
                    self._block_author(number, citation)
                    if block
                    else self._inline_author(span, citation, quoted)
                )
                printed, locator = (citation.printed, citation.locator) if citation else ("", "")
                quoted.append(QuotedWords(span.start, span.end, printed, author, locator))
            self._quoted[number] = tuple(quoted)
        return self._quoted[number]

    def voice(self, passage_id: str, start: int, end: int) -> Voice | Literal["mixed"]:
        """Whose words a span of a passage holds: its author's, those of one quoted source, or several's."""
        number = self._numbers[passage_id]
        inside = self._inside(number, start, end)
        if not inside:
            return "author"
        return "quoted" if self._cover(number, inside, start, end) else "mixed"

    def quotation_of(self, passage_id: str, start: int, end: int) -> QuotedWords | None:
        """The quotation that contains every word of a span.

        Returns:
            The quotation, without an author if the span is a quotation within it; ``None`` if the span
            has words of the essay's author or of several sources.
        """
        number = self._numbers[passage_id]
        inside = self._inside(number, start, end)
        if not self._cover(number, inside, start, end):
            return None
        quotation = next(quoted for quoted in self.of(passage_id) if quoted.start == inside[0][0].start)
        passage = self._passages[number]
        words = passage.text[quotation.start : quotation.end]
        inner = pairs(words, double=(passage.kind in BLOCKS) == self._spans.double)[0]
        nested = any(_contains(words, span, start - quotation.start, end - quotation.start) for span in inner)
        return replace(quotation, author="") if nested else quotation

    def phrase_of(self, passage_id: str, start: int, end: int) -> QuotedWords | None:
        """The phrase in marks that contains every word of a span, by the one citation that ends its sentence.

        Such words are too few to be taken for a quotation wherever they are shown; but whose they are can be
        told where somebody cites them.
        """
        number = self._numbers[passage_id]
        spans, text = self._spans.of(number), self._passages[number].text
        index = next((n for n, span in enumerate(spans) if span.start <= start and end <= span.end), None)
        if index is None or spans[index].first[0] != spans[index].last[0]:
            return None
        span, sentence = spans[index], self._spans.sentence(number, spans[index].end)
        cited = _LAST_BRACKETS.search(text, span.end, sentence[1])
        between = text[span.end : cited.start(1)] if cited else "("
        alone = index + 1 == len(spans) or spans[index + 1].start >= sentence[1]
        if not cited or "(" in between or not alone:
            return None
        citation = parse(cited[1])
        if citation is None or citation.form != "named":
            return None
        own_words = self._spans.own_words(number, sentence[0], span.start - 1)
        signalled = speaker(own_words, self._sentence_before(number, sentence[0]), "", self._names)
        author = self._named_author(citation, signalled, own_words)
        return QuotedWords(span.start, span.end, citation.printed, author, citation.locator)

    def _quotations_of(self, number: int) -> list[_Quotation]:
        if number not in self._quotations:
            block = self._passages[number].kind in BLOCKS
            self._quotations[number] = self._block(number) if block else self._inline(number)
        return self._quotations[number]

    def _inside(self, number: int, start: int, end: int) -> list[_Quotation]:
        quotations = self._quotations_of(number)
        return [
            quotation for quotation in quotations if quotation[0].start < end and start < quotation[0].end
        ]

    def _cover(self, number: int, inside: Sequence[_Quotation], start: int, end: int) -> bool:
        """Whether quotations with a common citation contain all words of a span except that citation."""
        text = self._passages[number].text
        return len({citation for _, citation in inside}) == 1 and not _WORD.search(
            _outside(text, inside, start, end)
        )

    def _block(self, number: int) -> list[_Quotation]:
        """All words of a block quotation except the citation after them."""
        text = self._passages[number].text
        brackets = _LAST_BRACKETS.search(text)
        citation = parse(brackets[1]) if brackets else None
        start, end = 0, brackets.start() if brackets and citation else len(text)
        marked = pairs(text[:end], double=self._spans.double)[0]
        if len(marked) == 1 and not _WORD.search(text[: marked[0][0]] + text[marked[0][1] : end]):
            start, end = marked[0]
        if not _WORD.search(text[start:end]):
            return []
        return [(QuotedSpan(start, end, (number, start), (number, end)), citation)]

    def _block_author(self, number: int, citation: Parenthetical | None) -> str:
        """Author of a block quotation, by its citation and the sentence that introduces it."""
        introduction = self._numbers.get(self._passages[number].introduced_by or "")
        if introduction is None:
            return self._author(citation, "", "")
        end = len(self._passages[introduction].text)
        start = self._spans.sentence(introduction, end)[0]
        own_words = self._spans.own_words(introduction, start, end)
        signalled = speaker(own_words, self._sentence_before(introduction, start), "", self._names)
        author = self._author(citation, signalled, own_words)
        return author or self._primary_author(introduction, end, citation, signalled)

    def _sentence_before(self, number: int, start: int) -> str:
        if not start:
            return ""
        return self._spans.own_words(number, self._spans.sentence(number, start - 1)[0], start)

    def _inline(self, number: int) -> list[_Quotation]:
        spans, text = self._spans.of(number), self._passages[number].text
        quotations: list[_Quotation] = []
        for index, span in enumerate(spans):
            citation = self._citation(span)
            if span.first[0] == span.last[0] and _is_mention(text[span.start : span.end], citation):
                continue
            if citation is None and span.last[0] == number:
                citation = self._shared_citation(number, spans[index:])
            quotations.append((span, citation))
        return quotations

    def _citation(self, span: QuotedSpan) -> Parenthetical | None:
        """The citation after a quotation, or after the signal phrase that follows it."""
        following = self._spans.following(*span.last)
        signalled = speaker("", "", following, self._names)
        return self._spans.citation(span, following.rstrip() if signalled else "")

    def _shared_citation(self, number: int, spans: Sequence[QuotedSpan]) -> Parenthetical | None:
        """The citation after the last of several quotations with few own words between them."""
        for span, following in pairwise(spans):
            if following.last[0] != number or not self._are_close(number, span.end, following.start, ""):
                return None
            citation = self._citation(following)
            if citation is not None:
                return citation
        return None

    def _are_close(self, number: int, end: int, start: int, author: str) -> bool:
        """Whether few words of one clause separate two quotations and name no one but ``author``."""
        between = self._passages[number].text[end + 1 : start - 1]
        if start > self._spans.sentence(number, end)[1] or len(between.split()) > _MOST_BETWEEN:
            return False
        between = BRACKETS.sub(" ", between) if author else between
        families = {name.family for name in self._names.names(between)}
        return not _DIVIDING.search(between) and families <= set(author.split())

    def _inline_author(
        self, span: QuotedSpan, citation: Parenthetical | None, earlier: Sequence[QuotedWords]
    ) -> str:
        number, offset = span.first
        start = self._spans.sentence(number, offset)[0]
        own_words = self._spans.own_words(number, start, offset - 1)
        following = self._spans.following(*span.last)
        signalled = speaker(own_words, self._sentence_before(number, start), following, self._names)
        author = self._author(citation, signalled, own_words)
        if author or citation is None:
            return author
        if earlier and number == span.last[0]:
            last = earlier[-1]
            if citation.form == "same" and self._is_last_citation(number, last, offset):
                return last.author
            if (
                citation.form == "page"
                and not signalled
                and self._are_close(number, last.end, offset, last.author)
            ):
                return last.author
        return self._primary_author(number, offset - 1, citation, signalled)

    def _primary_author(self, number: int, end: int, citation: Parenthetical | None, signalled: str) -> str:
        """Author of the work that the essay is about, if a page alone can refer to no other."""
        if signalled or citation is None or citation.form != "page":
            return ""
        text, own_words = self._passages[number].text[:end], self._spans.own_words(number, 0, end)
        before = self._numbers.get(self._passages[number].continues or "")
        if before is not None:
            whole = self._passages[before].text
            text = f"{whole}\n{text}"
            own_words = f"{self._spans.own_words(before, 0, len(whole))}\n{own_words}"
        return self._primary.author if self._primary.is_quoted(text, own_words) else ""

    def _is_last_citation(self, number: int, quoted: QuotedWords, offset: int) -> bool:
        """Whether the citation of a quotation is the only one between it and an offset."""
        between = self._passages[number].text[quoted.end : offset]
        cited = [brackets[0] for brackets in BRACKETS.finditer(between) if parse(brackets[0])]
        return cited == [quoted.citation]

    def _author(self, citation: Parenthetical | None, signalled: str, own_words: str) -> str:
        """Author by citation and signal phrase; empty if they disagree."""
        if citation is None or citation.form in ("page", "title"):
            return signalled
        if citation.form == "named":
            return self._named_author(citation, signalled, own_words)
        if citation.form == "secondary":
            if any(map(self._names.is_person, citation.names)):
                return together(citation.names, others=citation.others)
            return "" if set(signalled.split()) & set(citation.quoted_by) else signalled
        return ""

    def _named_author(self, citation: Parenthetical, signalled: str, own_words: str) -> str:
        families = tuple(_INITIALS_OR_SUFFIX.sub("", name) for name in citation.names)
        known = (
            citation.others
            or any(map(self._names.is_person, families))
            or (citation.title != "" and self._names.wrote(families[0], citation.title))
        )
        if not known and (signalled or not self._is_new_author(citation, families, own_words)):
            # What looks like a name is a title.
            return signalled
        agreed = not signalled or bool(set(signalled.split()) & set(families))
        return together(families, others=citation.others) if agreed else ""

    def _is_new_author(self, citation: Parenthetical, families: Sequence[str], own_words: str) -> bool:
        """Whether a name that occurs only in citations is an author's and not a title.

        A title is cited where the sentence speaks of someone.
        """
        return (
            bool(citation.locator)
            and "." not in citation.locator.removeprefix("pp.").removeprefix("p.")
            and all(map(self._names.is_unknown, families))
            and not _PRONOUN.search(own_words)
            and not any(self._names.is_source(name) for name in self._names.names(own_words))
        )


def voices_of(passages: Sequence[Passage]) -> Mapping[str, tuple[QuotedWords, ...]]:
    """Quoted words of every passage of an essay, by passage id, in order and without overlap.

    Args:
        passages: The passages in reading order.
    """
    voices = EssayVoices(passages, QuotedSpans(passages))
    return {passage.id: voices.of(passage.id) for passage in passages}


def _is_mention(text: str, citation: Parenthetical | None) -> bool:
    """Whether text between marks is a title or a mentioned word, and not someone's words."""
    words = _WORD.findall(text)
    if not words or (citation is None and len(words) < _FEWEST):
        return True
    capital = [word for word in words if word[0].isupper()]
    headline = words[0] in capital and 1 < len(capital) >= len(words) / 2
    rest_is_short = all(len(word) < 4 for word in words if word not in capital)
    return headline and rest_is_short and not text.rstrip("'’” ").endswith(("!", "?", "."))


def _outside(text: str, inside: Sequence[_Quotation], start: int, end: int) -> str:
    """The part of a span that is outside quotations and their citations."""
    outside = ""
    for span, citation in inside:
        outside += text[start : max(start, span.start)] + " "
        start = span.end
        offset = text.find(citation.printed, start, end) if citation else -1
        if citation and offset >= 0 and not _WORD.search(text[start:offset]):
            start = offset + len(citation.printed)
    return outside + text[start : max(start, end)]


def _contains(text: str, span: Span, start: int, end: int) -> bool:
    """Whether a span contains all words between two offsets."""
    low, high = span
    return not _WORD.search(text[max(0, start) : low]) and not _WORD.search(text[high : max(high, end)])

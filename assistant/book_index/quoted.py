"""The authors whose words an essay quotes, with the places of these words."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from assistant.attribution.parentheticals import BRACKETS, parse
from assistant.attribution.quoted_spans import BLOCKS, QuotedSpans, pairs
from assistant.book_index.lexicon import PERSON_VERBS
from assistant.core.answer import QuotedWords
from assistant.core.essay import Passage, Span

_OTHERS = re.compile(r",?\s+(?:et\s+al\.?|and\s+others)$")
_AND = re.compile(r",?\s+(?:and|&)\s+|,\s+(?![JS]r\.)")
_WORD = re.compile(r"[^\W_]+")
_OWNED = re.compile(r"['’]s?\s+(?:\w+\s+){0,2}$|['’]s?\s+(?:\w+\s+){1,3}(?:that|is|was|as|of)\s+$")
_SAYING = re.compile(
    r",?\s+(?:(?:has|had|have|also|\w+ly)\s+)?(?P<verb>\w+)(?:\s+(?:it|out))?(?:\s+that)?,?:?\s+$"
)
# Characters between a person's name and the words that somebody else quotes from that person.
_REACH = 60


@dataclass(frozen=True, slots=True)
class QuotedPlace:
    """Words that an essay quotes from somebody.

    Attributes:
        number: Number of the passage.
        start: Offset of the first word.
        end: Offset after the last word.
        family: Family name of the author, as the essay prints it.
        locator: The page or other place that the essay cites for them, or the empty string.
        secondhand: Whether the essay quotes them as somebody else does.
    """

    number: int
    start: int
    end: int
    family: str
    locator: str
    secondhand: bool


def quoted_places(
    passages: Sequence[Passage],
    quoted: Mapping[str, Sequence[QuotedWords]],
    spans: QuotedSpans,
    persons: Sequence[Sequence[tuple[int, int, str]]],
) -> Iterator[QuotedPlace]:
    """Find the words that an essay quotes and whose author it names, in reading order.

    Args:
        passages: The passages that are indexed, in reading order.
        quoted: The words that each passage quotes, by passage id.
        spans: The quoted spans of the essay.
        persons: Where each passage names whom: start, end and family name, in order.
    """
    for number, passage in enumerate(passages):
        covered: list[Span] = []
        for words in quoted.get(passage.id, ()):
            covered.append((words.start, words.end))
            citation = parse(words.citation) if words.citation else None
            secondhand = citation is not None and citation.form == "secondary"
            for family in authors_of(words.author):
                yield QuotedPlace(number, words.start, words.end, family, words.locator, secondhand)
            yield from _nested(number, passage, words, spans, persons[number])
        if passage.kind not in BLOCKS:
            yield from _phrases(number, passage, covered, spans, persons[number])


def authors_of(author: str) -> list[str]:
    """Each family name of an attribution: ``Essed and Goldberg``, ``Smart et al.``."""
    return [name for name in _AND.split(_OTHERS.sub("", author)) if name]


def _phrases(
    number: int,
    passage: Passage,
    covered: Sequence[Span],
    spans: QuotedSpans,
    persons: Sequence[tuple[int, int, str]],
) -> Iterator[QuotedPlace]:
    """Phrases of a few words whose author the only citation of their sentence tells."""
    text = passage.text
    for span in spans.of(spans.numbers[passage.id]):
        if any(low <= span.start < high for low, high in covered) or not _WORD.search(
            text[span.start : span.end]
        ):
            continue
        start, end = next(
            ((low, high) for low, high in passage.sentences if low <= span.start < high), (0, len(text))
        )
        cited = [
            (match, citation)
            for match in BRACKETS.finditer(text, start, end)
            if (citation := parse(match[0]))
        ]
        if len(cited) != 1 or cited[0][0].start() < span.end:
            continue
        match, citation = cited[0]
        if re.search(r"[;:]|\b(?:while|whereas|but|although)\b", text[span.end : match.start()]):
            continue
        family = ""
        if citation.form == "named" and len(citation.names) == 1:
            family = citation.names[0]
        elif citation.form == "page":
            named = {name for low, _, name in persons if start <= low < span.start}
            family = named.pop() if len(named) == 1 and _is_subject(text, persons, start, span.start) else ""
        if family:
            yield QuotedPlace(number, span.start, span.end, family, citation.locator, secondhand=False)


def _is_subject(text: str, persons: Sequence[tuple[int, int, str]], start: int, end: int) -> bool:
    """Whether the person named in a stretch is the subject of a verb of saying or thinking."""
    for low, high, _ in persons:
        if start <= low < end:
            verb = re.match(r",?\s+(?:(?:has|had|have|also|\w+ly)\s+)*(?P<verb>\w+)", text[high : high + 40])
            return verb is not None and verb["verb"] in PERSON_VERBS
    return False


def _nested(
    number: int,
    passage: Passage,
    words: QuotedWords,
    spans: QuotedSpans,
    persons: Sequence[tuple[int, int, str]],
) -> Iterator[QuotedPlace]:
    """Words within quoted ones that these quote from somebody whom they name."""
    text = passage.text[words.start : words.end]
    double = (passage.kind in BLOCKS) == spans.double
    starts = [low for low, _, _ in persons]
    for low, high in pairs(text, double=double)[0]:
        if len(_WORD.findall(text[low:high])) < 3:
            continue
        at = words.start + low
        index = bisect_right(starts, at) - 1
        if index < 0 or persons[index][0] < words.start:
            continue
        _, end, family = persons[index]
        between = passage.text[end : at - 1]
        if len(between) > _REACH or re.search(r"[.;]", between):
            continue
        said = _SAYING.match(between)
        if _OWNED.match(between) or (said and said["verb"] in PERSON_VERBS):
            yield QuotedPlace(number, at, words.start + high, family, "", secondhand=True)

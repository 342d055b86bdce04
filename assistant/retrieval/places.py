"""Look up what a question asks for by its place: a page, a note, a paragraph, a sentence, the epigraph.

"What stands on page 850?" shares no word with that page. The passages there are known with certainty, and so
is that an essay has no such page.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from assistant.core.essay import SEARCHED_KINDS, Passage, Spans, StoredEssay
from assistant.retrieval.questions import FRAMING_WORDS, FUNCTION_WORDS, Question, content_words, heading_of
from assistant.retrieval.structure import body_of

Unit = Literal["page", "note", "paragraph", "sentence", "section", "epigraph"]

# The last of all, counted from the end.
_LAST = -1
_ORDINALS = {
    word: number
    for number, word in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split(), 1
    )
} | {"last": _LAST, "final": _LAST, "closing": _LAST, "opening": 1, "penultimate": -2}
_NUMBERS = {
    word: number
    for number, word in enumerate("one two three four five six seven eight nine ten eleven twelve".split(), 1)
}
_UNITS: dict[str, Unit] = {
    "page": "page",
    "pages": "page",
    "p": "page",
    "pp": "page",
    "note": "note",
    "notes": "note",
    "footnote": "note",
    "footnotes": "note",
    "endnote": "note",
    "endnotes": "note",
    "paragraph": "paragraph",
    "paragraphs": "paragraph",
    "par": "paragraph",
    "sentence": "sentence",
    "section": "section",
    "sections": "section",
}
_UNIT = "|".join(sorted(_UNITS, key=len, reverse=True))
_BY_ORDINAL = re.compile(
    rf"\b(?P<ordinal>{'|'.join(_ORDINALS)}|\d{{1,4}}(?:st|nd|rd|th)) (?P<unit>{_UNIT})\b", re.IGNORECASE
)
_FIGURE = rf"\d{{1,6}}|{'|'.join(_NUMBERS)}"
_BY_NUMBER = re.compile(
    rf"\b(?P<within>(?:on|in|at|to|from|under) )?(?P<unit>{_UNIT})\b\.? ?(?:number |no\. ?|nr\. ?|#)?"
    # A roman page number is written in small letters; a capital I is a pronoun.
    rf"(?P<first>(?i:{_FIGURE})|(?-i:[ivxlc]{{1,8}}))\b(?! of\b(?! (?:the|this|that|her|his|their|your) "
    rf"(?:essay|article|paper|chapter|text)\b))"
    rf"(?: ?(?:-|–|to|and) ?(?P<last>\d{{1,6}}|(?-i:[ivxlc]{{1,8}}))\b)?",
    re.IGNORECASE,
)
# What follows may be the heading of a section.
_PART = re.compile(r"\b(?:of|in|from|under)(?: the| its)?(?: section| chapter| part)?\b", re.IGNORECASE)
_EPIGRAPH = re.compile(r"\bepigraphs?\b", re.IGNORECASE)
_SPACES = re.compile(r"\s+")
# Words that ask what is in a place, and so name no subject of their own.
_LOOKUP_WORDS = frozenset(
    (
        "appear appears beginning contain contains content contents end exact exactly find found full happen "
        "happens line lines look number open opens printed read reading reads stand standing stands stood "
        "see start starts top want whole word words written"
    ).split()
)
# A library of more essays is not read through for a page.
_MOST_ESSAYS = 20


@dataclass(frozen=True, slots=True)
class Place:
    """A place that a question names.

    Attributes:
        unit: What kind of place.
        first: Its label or number, as typed; counted from the end if negative.
        last: The last label of a range, else the same as ``first``.
        within: Whether it only says where to look ("on page 850").
        counted: Whether ``first`` counts places rather than being printed as their label.
    """

    unit: Unit
    first: str
    last: str
    within: bool
    counted: bool


@dataclass(frozen=True, slots=True)
class PlaceMatch:
    """What stands in the place that a question names.

    Attributes:
        passages: Its passages in reading order, each with the sentences that are there; empty if there is
            no such place.
        decisive: Whether the question asks for nothing but the place.
        sentence: Says that there is no such place; empty if there is one.
    """

    passages: Mapping[str, Spans]
    decisive: bool
    sentence: str = ""


def places_in(text: str) -> list[Place]:
    """The places that a text names."""
    text = _SPACES.sub(" ", text)
    places = [
        Place(_UNITS[match["unit"].casefold()], ordinal, ordinal, within=False, counted=True)
        for match in _BY_ORDINAL.finditer(text)
        for ordinal in [str(_ORDINALS.get(match["ordinal"].casefold()) or match["ordinal"][:-2])]
    ]
    for match in _BY_NUMBER.finditer(text):
        first = str(_NUMBERS.get(match["first"].casefold(), match["first"]))
        unit = _UNITS[match["unit"].casefold()]
        if unit == "sentence" or (unit != "page" and not first.isdecimal()):
            continue
        last = _unshortened(first, match["last"] or first)
        places.append(Place(unit, first, last, within=bool(match["within"]), counted=False))
    if _EPIGRAPH.search(text):
        places.append(Place("epigraph", "1", "1", within=False, counted=True))
    return places


def without_places(question: Question) -> Question:
    """A question without the places that only say where to look ("on page 850"), if other words are left."""
    text = question.text
    for match in reversed([match for match in _BY_NUMBER.finditer(text) if match["within"]]):
        text = f"{text[: match.start()].rstrip()} {text[match.end() :].lstrip()}"
    if text == question.text or not (content := content_words(text)):
        return question
    known = FRAMING_WORDS | _LOOKUP_WORDS | _UNITS.keys()
    return question if known.issuperset(content) else replace(question, text=text)


def _unshortened(first: str, last: str) -> str:
    """The last page of a range in full: 849-50 ends with 850."""
    if first.isdecimal() and last.isdecimal() and len(last) < len(first):
        return first[: len(first) - len(last)] + last
    return last


class PlaceSearch:
    """Finds the passages in a place that a question names.

    Args:
        essays: The essays, by id; may load each essay when it is looked up.
        authors: Casefolded parts of their authors' names.
    """

    def __init__(self, essays: Mapping[str, StoredEssay], authors: Collection[str]) -> None:
        self._essays = essays
        self._authors = frozenset(authors)

    def match(self, question: Question, essay_ids: Sequence[str], *, is_all: bool) -> PlaceMatch | None:
        """Look a place up.

        Args:
            question: The question.
            essay_ids: The essays to look in, in the order in which their passages are to be shown.
            is_all: Whether these are all essays that are searched.

        Returns:
            What is there; ``None`` if the question names no place, or names one only in passing.
        """
        places = places_in(question.unquoted)
        if not places:
            return None
        essays = [self._essays[essay_id] for essay_id in essay_ids[:_MOST_ESSAYS]]
        place, within = _innermost(places)
        headings = dict.fromkeys(passage.section for essay in essays for passage in essay.passages)
        heading = _heading(question, list(filter(None, headings))) if within is None else None
        decisive = not self._other_words(question, heading)
        if not decisive and not place.within:
            return None
        found: dict[str, Spans] = {}
        for essay in essays:
            found |= _passages_at(place, within, _searched(essay, heading))
        if found:
            return PlaceMatch(found, decisive)
        if not is_all or len(essay_ids) > _MOST_ESSAYS:
            return None
        return PlaceMatch({}, decisive, _absence(place, within, heading, essays))

    def _other_words(self, question: Question, heading: str | None) -> set[str]:
        """Words of a question that are neither about a place nor name the essay."""
        known = FRAMING_WORDS | FUNCTION_WORDS | _LOOKUP_WORDS | self._authors | _ORDINALS.keys()
        known |= {*_UNITS, *_NUMBERS, "epigraph", "epigraphs", "essay's", *content_words(heading or "")}
        return {
            word
            for word in question.content_words
            if word not in known and not re.fullmatch(r"\d+(?:st|nd|rd|th)?|[ivxlc]+|\d+-\d+", word)
        }


def _heading(question: Question, headings: Collection[str]) -> str | None:
    """The heading of the section that a place is in ("the first paragraph of the introduction")."""
    if (heading := question.heading_named(headings)) is not None:
        return heading
    parts = _PART.split(question.text)[1:]
    return next(filter(None, (heading_of(content_words(part), headings) for part in parts)), None)


def _innermost(places: Sequence[Place]) -> tuple[Place, Place | None]:
    """The smallest place that is named, and a larger one that it is part of."""
    sizes: tuple[Unit, ...] = ("sentence", "paragraph", "epigraph", "note", "section", "page")
    ordered = sorted(places, key=lambda place: sizes.index(place.unit))
    others = [place for place in ordered if place.unit != ordered[0].unit]
    return ordered[0], others[0] if others else None


def _searched(essay: StoredEssay, heading: str | None) -> list[Passage]:
    return [
        passage
        for passage in essay.passages
        if passage.kind in SEARCHED_KINDS and (heading is None or passage.section == heading)
    ]


def _passages_at(place: Place, within: Place | None, passages: Sequence[Passage]) -> dict[str, Spans]:
    """Passages of one essay, and their sentences, in a place that may be within another."""
    outer = _passages_at(within, None, passages) if within is not None else None
    if outer is not None:
        passages = [passage for passage in passages if passage.id in outer]
    match place.unit:
        case "page":
            labels = _labels(passages)
            return _on_pages(passages, {labels[number] for number in _page_numbers(place, labels)})
        case "note":
            return {passage.id: passage.sentences for passage in _notes(place, passages)}
        case "section":
            sections = _sections(passages)
            chosen = [sections[number] for number in _numbers(place, len(sections))]
            return {passage.id: passage.sentences[:1] for passage in passages if passage.section in chosen}
        case "epigraph":
            return {passage.id: passage.sentences for passage in _epigraphs(passages)}
        case "paragraph":
            return {each.id: each.sentences for each in _paragraphs(place, body_of(passages))}
        case "sentence":
            # Of a place that is named, or of the essay's paragraphs.
            spans = outer
            if spans is None:
                spans = {passage.id: passage.sentences for passage in body_of(passages)}
            sentences = [(passage_id, span) for passage_id, those in spans.items() for span in those]
            chosen_sentences = [sentences[number] for number in _numbers(place, len(sentences))]
            return {passage_id: (span,) for passage_id, span in chosen_sentences}


def _numbers(place: Place, length: int) -> range:
    """Indices of the places that are counted, among ``length``; empty if there are not so many."""
    first, last = int(place.first), int(place.last)
    if first < 0:
        return range(max(length + first, 0), length + last + 1) if -first <= length else range(0)
    return range(first - 1, last) if 0 < first <= last <= length else range(0)


def _sections(passages: Iterable[Passage]) -> list[str]:
    """Headings of the sections of the essay proper, without one of notes."""
    return list(dict.fromkeys(passage.section for passage in body_of(passages) if passage.section))


def _labels(passages: Iterable[Passage]) -> list[str]:
    """Labels of the pages in reading order."""
    return list(dict.fromkeys(page.label for passage in passages for page in passage.pages))


def _page_numbers(place: Place, labels: Sequence[str]) -> range:
    """Indices of the pages asked for among some labels; empty if one of them is missing."""
    if place.counted:
        return _numbers(place, len(labels))
    if place.first not in labels or place.last not in labels:
        return range(0)
    return range(labels.index(place.first), labels.index(place.last) + 1)


def _on_pages(passages: Iterable[Passage], labels: set[str]) -> dict[str, Spans]:
    """Passages printed on some pages, with the sentences of each that are."""
    found: dict[str, Spans] = {}
    for passage in passages:
        spans = tuple(span for span in passage.sentences if not labels.isdisjoint(passage.pages_of(*span)))
        if spans and labels:
            found[passage.id] = spans
    return found


def _notes(place: Place, passages: Sequence[Passage]) -> list[Passage]:
    """Notes by their printed mark, or by their number where none has that mark."""
    notes = [passage for passage in passages if passage.kind == "note"]
    if not place.counted:
        marks = {mark.passage: mark.mark for passage in passages for mark in passage.notes}
        wanted = {str(number) for number in range(int(place.first), int(place.last) + 1)}
        if marks:
            return [note for note in notes if marks.get(note.id) in wanted]
    return [notes[number] for number in _numbers(place, len(notes))]


def _paragraphs(place: Place, body: Sequence[Passage]) -> list[Passage]:
    """Paragraphs by their number, as citations name them in an essay without pages."""
    if place.counted or not any(passage.locator for passage in body):
        return [body[number] for number in _numbers(place, len(body))]
    wanted = {f"par. {number}" for number in range(int(place.first), int(place.last) + 1)}
    return [passage for passage in body if passage.locator in wanted]


def _epigraphs(passages: Sequence[Passage]) -> list[Passage]:
    """Quotations before the first paragraph."""
    found = []
    for passage in passages:
        if passage.kind == "paragraph":
            break
        if passage.kind in {"blockquote", "verse"}:
            found.append(passage)
    return found


def _absence(place: Place, within: Place | None, heading: str | None, essays: Sequence[StoredEssay]) -> str:
    """One sentence that says that there is no such place."""
    if len(essays) != 1:
        return f"None of the {len(essays)} essays has such a {place.unit}." if essays else ""
    if place.unit == "epigraph":
        return "No epigraph was found: no quotation stands before the essay’s first paragraph."
    if within is not None or heading is not None:
        return f"There is no such {place.unit} in that part of the essay."
    passages = _searched(essays[0], None)
    if place.unit == "page":
        return _absent_page(place, _labels(essays[0].passages))
    counts = {
        "note": len([passage for passage in passages if passage.kind == "note"]),
        "section": len(_sections(passages)),
        "paragraph": len(body_of(passages)),
        "sentence": sum(len(passage.sentences) for passage in body_of(passages)),
    }
    count = _counted(counts[place.unit], place.unit)
    if counts[place.unit] == 0 or int(place.first) < 0:
        return f"The essay has {count}."
    return f"The essay has no {place.unit} {place.first}; it has {count}."


def _absent_page(place: Place, labels: Sequence[str]) -> str:
    """One sentence on a page on which no passage stands that questions search."""
    if not labels:
        return "The essay shows no page numbers."
    missing = next((label for label in (place.first, place.last) if label not in labels), None)
    if missing is None:
        return f"No passage that questions search stands on page {place.first}."
    return f"The essay has no page {missing}; its pages are {labels[0]} to {labels[-1]}."


def _counted(count: int, unit: str) -> str:
    return f"no {unit}s" if not count else f"1 {unit}" if count == 1 else f"{count} {unit}s"

"""Outlines, indexes, related passages and comparisons as HTML: the essays' own words, pages, and fixed text.

Hooks that ``glance.js`` and the browser tests rely on (keep them stable):

- ``.announced-list li button[data-passage][data-sentence]``: a sentence that announces something; on the
  list ``[data-lengths]``: JSON of the length of each section in words, by the passage of its heading;
- ``.book-index section[data-kind]``, in it ``li[data-words]`` with ``button.entry[data-places]`` (JSON of
  passage, start and end of each place, in UTF-16 units) and ``button.ask-entry[data-question]``; a joint
  index has ``button[data-note]`` for each essay instead of places;
- ``.related-list button[data-note]``, ``.comparison .compared[data-essay]``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assistant.core.answer import EssayAnswers
from assistant.core.book_index import BookIndex, EntryKind, IndexEntry, IndexPlace
from assistant.core.outline import Outline
from assistant.core.related import Related
from assistant.rendering.book_index import HEADINGS
from assistant.rendering.outlines import KIND_HEADS, by_kind, counted_words
from assistant.rendering.related import RELATIONS, VERDICT_WORDS
from assistant.web.views import PAGE, render
from assistant.web.views.answer import pages_text
from assistant.web.views.passage import utf16_length

PAGE.filter(pages_text)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownEntry:
    """An entry of an index as the page shows it.

    Attributes:
        heading: The entry.
        pages: Its pages or other locators, with en dashes.
        places: JSON of its places; empty in a joint index.
        essays: Of a joint index: title, first passage and pages of each essay.
        question: What asks about it.
        words: What it is filtered by.
    """

    heading: str
    pages: str
    places: str
    essays: Sequence[tuple[str, str, str]]
    question: str
    words: str


def outline_html(outline: Outline) -> str:
    """What an essay announces, for the panel of its contents, and the lengths of its sections."""
    lengths = {
        section.heading.id: counted_words(section.words)
        for section in outline.sections
        if section.heading is not None and section.words
    }
    groups = [
        (
            KIND_HEADS[kind],
            [(each, each.passage.sentences.index((each.start, each.end))) for each in announced],
        )
        for kind, announced in by_kind(outline.announcements).items()
    ]
    return render("glance.outline", groups, json.dumps(lengths))


def index_html(index: BookIndex, texts: Mapping[str, str], titles: Mapping[str, str]) -> str:
    """An index, of one essay or of several.

    Args:
        index: The index.
        texts: Text of each passage, by id.
        titles: Title of each essay, by id.
    """
    is_joint = len(index.essays) > 1
    kinds = [
        (
            kind,
            HEADINGS[kind],
            [_shown(kind, entry, texts, titles if is_joint else None) for entry in entries],
        )
        for kind, entries in index.kinds()
        if entries
    ]
    shared = [
        (
            source.text or source.entry,
            source.locator,
            [(titles[place.essay], place.passage) for place in _firsts(source.places)],
        )
        for source in index.shared
    ]
    return render("glance.index", kinds, shared, is_joint)


def _shown(
    kind: EntryKind, entry: IndexEntry, texts: Mapping[str, str], titles: Mapping[str, str] | None
) -> ShownEntry:
    name = entry.forms[0] if entry.forms else entry.entry
    question = f"What is quoted from {name}?" if kind == "quoted" else f"What is said about “{name}”?"
    places = [_browser_place(place, texts[place.passage]) for place in entry.places]
    essays = (
        [
            (titles[essay], essay_places[0].passage, ", ".join(_where(essay_places)))
            for essay, essay_places in entry.by_essay()
        ]
        if titles is not None
        else []
    )
    return ShownEntry(
        heading=entry.entry,
        pages="" if titles is not None else entry.locators.replace("-", "–"),
        places="" if titles is not None else json.dumps(places),
        essays=essays,
        question=question,
        words=" ".join([entry.entry, *entry.forms]).casefold(),
    )


def _where(places: Sequence[IndexPlace]) -> list[str]:
    """Pages of places, or their locators where no page is printed, each once."""
    return list(
        dict.fromkeys(where for place in places for where in place.pages or (place.locator,) if where)
    )


def _firsts(places: Sequence[IndexPlace]) -> list[IndexPlace]:
    return list({place.essay: place for place in reversed(places)}.values())[::-1]


def _browser_place(place: IndexPlace, text: str) -> tuple[str, int, int]:
    return place.passage, utf16_length(text[: place.start]), utf16_length(text[: place.end])


def related_html(related: Related, titles: Mapping[str, str]) -> str:
    """Related passages, each with its sentence that is most alike; ``titles`` if there are several essays."""
    return render("glance.related", related.passages, titles, RELATIONS)


def comparison_html(compared: EssayAnswers, titles: Mapping[str, str]) -> str:
    """The best passage of each essay, side by side."""
    return render("glance.comparison", compared, titles, VERDICT_WORDS)

"""The index of essays as one HTML page that needs no other file.

Each page number leads to the passage, which is printed below the index; an address that ends in
``#gill-2014/p01`` leads there as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.core.book_index import BookIndex, IndexEntry, IndexPlace
from assistant.core.essay import Passage
from assistant.rendering.book_index import HEADINGS, SHARED_HEADING, shared_line
from assistant.rendering.templating import Templates

_FOLDER = Path(__file__).parent
_TEMPLATES = Templates(_FOLDER / "templates")
_STYLE = _FOLDER / "book_index_page.css"


@dataclass(frozen=True, slots=True)
class _Link:
    text: str
    passage: str
    secondhand: bool


def index_page(index: BookIndex, titles: Mapping[str, str], passages: Sequence[Passage]) -> str:
    """An index as an HTML page.

    Args:
        index: The index.
        titles: Titles of the essays by id.
        passages: The passages that the index names, in reading order.
    """
    named = {place.passage for _, entries in index.kinds() for entry in entries for place in entry.places}
    named |= {place.passage for source in index.shared for place in source.places}
    lists = [
        (
            kind,
            HEADINGS[kind],
            [(entry, [*_links(entry, is_joint=len(index.essays) > 1)]) for entry in entries],
        )
        for kind, entries in index.kinds()
        if entries
    ]
    return _TEMPLATES.render(
        "book_index.page",
        _STYLE.read_text("utf-8"),
        [(essay, titles.get(essay, essay)) for essay in index.essays],
        lists,
        [(SHARED_HEADING, [(shared_line(source), source.places) for source in index.shared])]
        if index.shared
        else [],
        [passage for passage in passages if passage.id in named],
    )


def _links(entry: IndexEntry, *, is_joint: bool) -> Iterator[tuple[str, list[_Link]]]:
    """The essays of an entry, each with a link for each page of each passage."""
    for essay, places in entry.by_essay():
        links: dict[str, _Link] = {}
        for place in places:
            for name in _names(place):
                links.setdefault(name, _Link(name, place.passage, place.secondhand))
        yield (essay if is_joint else ""), list(links.values())


def _names(place: IndexPlace) -> Sequence[str]:
    """The pages of a place, or what names it where no page is printed."""
    return place.pages or (place.locator or place.passage.rpartition("/")[2],)

"""An essay as HTML for the reading pane: every passage in order, pages in the margin, notes at the end.

Each passage is an element with ``data-passage="ID"`` whose text content is exactly the passage's
text, each sentence of it in a ``span.s``; the pane itself is ``.reader[data-essay="ESSAY"]``. Where a
page begins stands an empty ``.page-start[data-page]`` (before a passage) or ``.page-turn[data-page]``
(inside one). An empty ``a.anchor`` in a passage is the link to it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from assistant.records import plain_title
from assistant.web.markup import authors_of, escape, page_break, sentence_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from assistant.types import Kind, Passage, StoredEssay

_TAGS: dict[Kind, str] = {
    "title": "h2",
    "author": "p",
    "heading": "h3",
    "paragraph": "p",
    "blockquote": "blockquote",
    "note": "div",
    "list": "div",
    "verse": "div",
    "reference": "p",
}

# What essays print above their notes.
_NOTES = {"notes", "note", "endnotes", "footnotes"}


def reader_html(essay: StoredEssay) -> str:
    """The essay, set for reading.

    Args:
        essay: The essay.

    Returns:
        HTML of one ``article.reader``.
    """
    body = [passage for passage in essay.passages if passage.kind != "note"]
    notes = [passage for passage in essay.passages if passage.kind == "note"]
    numbers = {mark.passage: mark.mark for passage in essay.passages for mark in passage.notes}
    # Under the heading that the essay prints for them, or at its end under one of ours.
    printed = next((place for place, passage in enumerate(body, start=1) if _heads_notes(passage)), None)
    place = len(body) if printed is None else printed
    head = '<h3 class="notes-head">Notes</h3>' if printed is None else ""
    parts = [*_front(essay, {passage.kind for passage in body}), *_flow(body[:place], numbers)]
    if notes:
        parts += [f'<section class="notes">{head}', *_flow(notes, numbers), "</section>"]
    parts += _flow(body[place:], numbers)
    essay_id = escape(essay.id)
    return (
        f'<article class="reader" aria-label="The essay" data-essay="{essay_id}">{"".join(parts)}</article>'
    )


def nothing_to_read_html() -> str:
    """What the reading pane shows while the library is empty."""
    return '<div class="reader empty"><p>The essay will stand here, with its pages in the margin.</p></div>'


def _heads_notes(passage: Passage) -> bool:
    return passage.kind == "heading" and passage.text.strip(" .:").casefold() in _NOTES


def _front(essay: StoredEssay, kinds: set[Kind]) -> Iterator[str]:
    """Title and author from the record, where the text itself does not print them."""
    title = plain_title(essay.reference) or essay.report.title
    authors = authors_of(essay.reference)
    if "title" not in kinds and title:
        yield f'<h2 class="part-title">{escape(title)}</h2>'
    if "author" not in kinds and authors:
        yield f'<p class="part-author">{escape(authors)}</p>'


def _flow(passages: Iterable[Passage], numbers: dict[str, str]) -> Iterator[str]:
    """The passages, with a page number wherever a page begins."""
    shown = ""
    for passage in passages:
        begins = passage.pages and passage.pages[0].label != shown
        yield _passage_html(
            passage, numbers.get(passage.id, ""), page=passage.pages[0].label if begins else ""
        )
        if passage.pages:
            shown = passage.pages[-1].label


def _passage_html(passage: Passage, number: str, *, page: str) -> str:
    tag = _TAGS[passage.kind]
    continued = " continues" if passage.continues else ""
    start = page_break("page-start", page) if page else ""
    # The note's own number is added by the style sheet, unless the note's text prints it.
    label = f' data-mark="{escape(number)}"' if number and not passage.text.startswith(number) else ""
    # Behind a heading's words, so that a list of headings begins each with its own.
    link = _link_html(passage.id)
    before, behind = ("", link) if passage.kind == "heading" else (link, "")
    return (
        f'<{tag} class="part-{passage.kind}{continued}" data-passage="{escape(passage.id)}"{label} '
        f'tabindex="-1">'
        f"{start}{before}{sentence_text(passage)}{behind}</{tag}>"
    )


def _link_html(passage_id: str) -> str:
    """The link that opens the page at a passage; the style sheet gives it its sign."""
    name = escape(passage_id.rpartition("/")[2])
    return f'<a class="anchor" href="#{quote(passage_id)}" aria-label="Link to {name}"></a>'

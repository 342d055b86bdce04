"""An essay as HTML for the reading pane: every passage in order, pages in the margin, notes at the end.

Each passage is an element with ``data-passage="ID"`` whose text content is exactly the passage's
text; the pane itself is ``.reader[data-essay="ESSAY"]``. Where a page begins stands an empty
``.page-start[data-page]`` (before a passage) or ``.page-turn[data-page]`` (inside one).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.web.markup import authors_of, escape, marked_text, page_break, title_of

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
    parts = [*_front(essay, {passage.kind for passage in body}), *_flow(body, numbers)]
    if notes:
        parts += [
            '<section class="notes"><h3 class="notes-head">Notes</h3>',
            *_flow(notes, numbers),
            "</section>",
        ]
    essay_id = escape(essay.id)
    return (
        f'<article class="reader" aria-label="The essay" data-essay="{essay_id}">{"".join(parts)}</article>'
    )


def nothing_to_read_html() -> str:
    """What the reading pane shows while the library is empty."""
    return '<div class="reader empty"><p>The essay will stand here, with its pages in the margin.</p></div>'


def essay_label(essay: StoredEssay) -> str:
    """Name of an essay in the choosers: authors and title, or its id."""
    title = title_of(essay.reference) or essay.report.title
    return ", ".join(filter(None, [authors_of(essay.reference), title])) or essay.id


def _front(essay: StoredEssay, kinds: set[Kind]) -> Iterator[str]:
    """Title and author from the record, where the text itself does not print them."""
    title = title_of(essay.reference) or essay.report.title
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
    return (
        f'<{tag} class="part-{passage.kind}{continued}" data-passage="{escape(passage.id)}"{label} '
        f'tabindex="-1">'
        f"{start}{marked_text(passage)}</{tag}>"
    )

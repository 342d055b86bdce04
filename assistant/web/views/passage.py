"""A passage's words as HTML, not one character added or lost.

Everything the page adds to the words (page turns, note numbers, the sign for a folded part) is an
empty element that the style sheet fills, so the text nodes stay the printed words: they can be
selected, copied and compared as they are.

An essay as HTML for the reading pane: every passage in order, pages in the margin, notes at the end.

Each passage is an element with ``data-passage="ID"`` whose text content is exactly the passage's
text, each sentence of it in a ``span.s``; the pane itself is ``.reader[data-essay="ESSAY"]``. Where a
page begins stands an empty ``.page-start[data-page]`` (before a passage) or ``.page-turn[data-page]``
(inside one). An empty ``a.anchor`` in a passage is the link to it.
"""

from __future__ import annotations

import html
from typing import TYPE_CHECKING
from urllib.parse import quote

from assistant.core.essay import plain_title

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from assistant.core.answer import Highlight
    from assistant.core.essay import CSLItem, Kind, Passage, StoredEssay
    from assistant.rendering.clipboard import Forms


# A passage shorter than this is shown whole; about ten lines of a card.
_LONG = 900
# Less than this is not worth a fold: the fold's own sign and the click cost more than they spare.
_WORTH_FOLDING = 240
# Sentences shown of a passage that has no highlight.
_OPENING_SENTENCES = 3

_Span = tuple[int, int]


def escape(text: str) -> str:
    """Text as HTML, for element content and for double-quoted attributes.

    Args:
        text: Any text, hostile text included.

    Returns:
        HTML that shows and, read back, yields exactly ``text``.
    """
    # A parser turns a bare carriage return into a line feed; the reference keeps it.
    return html.escape(text, quote=True).replace("\r", "&#13;")


def marked_text(passage: Passage, highlights: Sequence[Highlight] = (), *, fold: bool = False) -> str:
    """The words of a passage with highlights, page turns and note numbers in place.

    Args:
        passage: The passage.
        highlights: Sentences to set in ``<mark>``, one element each.
        fold: Whether parts far from the highlights of a long passage are folded away (they stay in
            the document, in ``span.folded``).

    Returns:
        HTML whose text content equals ``passage.text``.
    """
    marks = _disjoint(highlights)
    parts: list[str] = []
    cursor = 0
    for start, end in [*marks, (len(passage.text), len(passage.text))]:
        parts.extend(_plain(passage, (cursor, start), marks, fold=fold and len(passage.text) > _LONG))
        if start < end:
            parts.append(f"<mark>{_words(passage, start, end)}</mark>")
        cursor = end
    return "".join(parts)


def sentence_text(passage: Passage) -> str:
    """The words of a passage with its sentences told apart, page turns and note numbers in place.

    Args:
        passage: The passage.

    Returns:
        HTML with one ``span.s`` a sentence, whose text content equals ``passage.text``.
    """
    parts: list[str] = []
    cursor = 0
    for start, end in passage.sentences:
        parts += [_words(passage, cursor, start), f'<span class="s">{_words(passage, start, end)}</span>']
        cursor = end
    return "".join([*parts, _words(passage, cursor, len(passage.text))])


def browser_spans(text: str, highlights: Sequence[Highlight]) -> str:
    """Spans of the highlights as the browser counts them.

    Args:
        text: The passage's text.
        highlights: The highlights.

    Returns:
        ``START-END`` pairs with a space between, in UTF-16 units: scripts count a character
        outside the basic plane as two.
    """
    return " ".join(f"{_utf16(text[:start])}-{_utf16(text[:end])}" for start, end in _disjoint(highlights))


def copied(forms: Forms) -> dict[str, str]:
    """What a script needs to copy something: the text, and the other forms where they say more.

    Args:
        forms: The forms.

    Returns:
        ``text``, and of ``html`` and ``markdown`` those that differ from the text, escaped as HTML is.
    """
    made = {"text": forms.text}
    if forms.html != html.escape(forms.text, quote=False):
        made["html"] = forms.html
    if forms.markdown != forms.text:
        made["markdown"] = forms.markdown
    return made


def copy_button(name: str, forms: Forms, label: str) -> str:
    """A button that copies.

    Args:
        name: Its class.
        forms: What is copied.
        label: What stands on it.

    Returns:
        HTML; ``data-copy`` is the plain text, ``data-html`` and ``data-markdown`` the other forms.
    """
    given = copied(forms)
    text = given.pop("text")
    others = "".join(f' data-{form}="{escape(value)}"' for form, value in given.items())
    return f'<button type="button" class="copy {name}" data-copy="{escape(text)}"{others}>{label}</button>'


def page_break(name: str, label: str) -> str:
    """The empty element that stands where a page begins.

    Args:
        name: Its class.
        label: What is printed on the page.

    Returns:
        HTML without text, so that copied words stay the essay's.
    """
    page = escape(label)
    return f'<span class="{name}" role="separator" aria-label="page {page}" data-page="{page}"></span>'


def authors_of(record: CSLItem) -> str:
    """Authors of a CSL-JSON record as ``Given Family, Given Family``, or the empty string."""
    names = []
    for author in record.get("author") or ():
        parts = (author.get("given"), author.get("family"))
        names.append(str(author.get("literal") or " ".join(part for part in parts if part)))
    return ", ".join(name for name in names if name)


def _utf16(text: str) -> int:
    return len(text.encode("utf-16-le", errors="surrogatepass")) // 2


def _disjoint(highlights: Sequence[Highlight]) -> list[_Span]:
    """Spans in reading order, an overlap being given to the earlier one."""
    spans: list[_Span] = []
    cursor = 0
    for highlight in sorted(highlights, key=lambda each: (each.start, each.end)):
        start = max(cursor, highlight.start)
        if start < highlight.end:
            spans.append((start, highlight.end))
            cursor = highlight.end
    return spans


def _plain(passage: Passage, stretch: _Span, marks: Sequence[_Span], *, fold: bool) -> Iterator[str]:
    """The words between two highlights, those far from both in a fold."""
    start, end = stretch
    hidden = _far_part(passage, stretch, marks) if fold else None
    if hidden is None:
        yield _words(passage, start, end)
        return
    yield _words(passage, start, hidden[0])
    folded = _words(passage, *hidden)
    yield f'<span class="gap" aria-hidden="true"></span><span class="folded">{folded}</span>'
    yield _words(passage, hidden[1], end)


def _far_part(passage: Passage, stretch: _Span, marks: Sequence[_Span]) -> _Span | None:
    """The sentences of a stretch that touch no highlight's neighbour, if they are worth a fold."""
    inside = [span for span in passage.sentences if stretch[0] <= span[0] and span[1] <= stretch[1]]
    behind_mark = 1 if marks and stretch[0] > 0 else 0
    before_mark = 1 if marks and stretch[1] < len(passage.text) else 0
    if not marks:
        behind_mark = _OPENING_SENTENCES
    far = inside[behind_mark : len(inside) - before_mark]
    if not far or far[-1][1] - far[0][0] < _WORTH_FOLDING:
        return None
    return far[0][0], far[-1][1]


def _words(passage: Passage, start: int, end: int) -> str:
    """Escaped words of a span, with empty elements where a page turns or a note number stood.

    A page turn belongs to the character behind it, a note number to the one before it, so that
    each is emitted once, by the span that holds that character.
    """
    inserts = [
        (page.start, page_break("page-turn", page.label))
        for page in passage.pages
        if page.start > 0 and start <= page.start < end
    ]
    inserts += [
        (note.at, _note_mark(note.mark, note.passage)) for note in passage.notes if start < note.at <= end
    ]
    parts: list[str] = []
    cursor = start
    for at, element in sorted(inserts, key=lambda insert: insert[0]):
        parts += [escape(passage.text[cursor:at]), element]
        cursor = at
    return "".join([*parts, escape(passage.text[cursor:end])])


def _note_mark(mark: str, note: str) -> str:
    number = escape(mark)
    return (
        f'<button type="button" class="note-mark" data-note="{escape(note)}" data-mark="{number}" '
        f'aria-label="Note {number}"></button>'
    )


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


def label_of(essay_id: str, record: CSLItem) -> str:
    """Name of an essay in choosers: authors and title, or its id.

    Args:
        essay_id: The id.
        record: The bibliographic record.
    """
    return ", ".join(filter(None, [authors_of(record), plain_title(record)])) or essay_id

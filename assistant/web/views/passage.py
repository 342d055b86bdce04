"""A passage's words as HTML, and an essay for the reading pane: not one character added or lost.

Everything the page adds to the words (page turns, note numbers, the sign for a folded part) is an empty
element that the style sheet fills, so the text nodes are the printed words: they can be selected, copied
and compared.

Hooks: the pane is ``.reader[data-essay="ESSAY"]``; in it each passage is ``[data-passage="ID"]``, whose text
content is exactly the passage's text, each sentence of it a ``span.s``. Where a page begins there is an empty
``.page-start[data-page]`` (before a passage) or ``.page-turn[data-page]`` (inside one); an empty ``a.anchor``
is the link to the passage.
"""

from __future__ import annotations

import html
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from assistant.core.answer import Highlight
from assistant.core.essay import (
    CSLItem,
    Kind,
    NoteMark,
    PageStart,
    Passage,
    Span,
    StoredEssay,
    letters_and_digits,
    plain_title,
)
from assistant.core.setting import PrintedPage
from assistant.rendering.clipboard import Forms
from assistant.web.views import PAGE, render

# A passage shorter than this is shown whole; about five lines of a card.
_LONG = 400
# A shorter stretch is not worth folding: the fold's own sign and the click cost more than they spare.
_WORTH_FOLDING = 80
# Of longer highlights with the sentences next to them, a card shows the highlights alone; twelve lines or so.
_MOST_SHOWN = 800
# Sentences shown of a passage that has no highlight.
_OPENING_SENTENCES = 3

# Heading levels and tags of an essay's parts.
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
    "caption": "p",
}
# What essays print above their notes.
_NOTES = {"notes", "note", "endnotes", "footnotes"}


@dataclass(frozen=True, slots=True)
class EmphasizedWords:
    """Words that are set in italics."""

    emphasized: str


@dataclass(frozen=True, slots=True)
class GuessedEnd:
    """A place where a paragraph may end, without anything that shows it."""

    guess: str = "A paragraph may end here: nothing in print shows it."


# A text, or what is shown at a place between two characters: a page turn or a note number.
_Piece = str | EmphasizedWords | GuessedEnd | PageStart | NoteMark


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a passage's text that is shown in one way."""

    pieces: Sequence[_Piece]
    state: Literal["plain", "marked", "near", "folded", "sentence"] = "plain"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderPart:
    """A passage in the reading pane.

    Attributes:
        passage: The passage.
        tag: Its HTML element.
        sentences: Its text.
        number: The number of a note that does not print it itself.
        page: Label of the page that begins with the passage, or the empty string.
        shown: A title as the record writes it, where print has the same letters in another case.
    """

    passage: Passage
    tag: str
    sentences: Sequence[Stretch]
    number: str
    page: str
    shown: str = ""


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
    return render("passage.stretches", marked_stretches(passage, highlights, fold=fold))


@PAGE.filter
def marked_stretches(
    passage: Passage, highlights: Sequence[Highlight] = (), *, fold: bool = False
) -> list[Stretch]:
    """The stretches of ``marked_text``."""
    marks = _disjoint(highlights)
    length = len(passage.text)
    stretches: list[Stretch] = []
    cursor = 0
    for start, end in [*marks, (length, length)]:
        unmarked = _unmarked(passage, (cursor, start), marks, fold=fold and length > _LONG)
        stretches += [
            replace(each, state="near") if _is_next(each, marks, fold) else each for each in unmarked
        ]
        if start < end:
            stretches.append(Stretch(_pieces(passage, start, end), "marked"))
        cursor = end
    return stretches


def sentence_text(passage: Passage) -> str:
    """The words of a passage with one ``span.s`` a sentence, page turns and note numbers in place.

    Its text content equals ``passage.text``.
    """
    return render("passage.stretches", _sentences(passage))


@PAGE.filter
def browser_spans(text: str, highlights: Sequence[Highlight]) -> str:
    """Spans of the highlights as the browser counts them.

    Returns:
        ``START-END`` pairs with a space between, in UTF-16 units: scripts count a character
        outside the basic plane as two.
    """
    return " ".join(
        f"{utf16_length(text[:start])}-{utf16_length(text[:end])}" for start, end in _disjoint(highlights)
    )


@PAGE.filter
def copied(forms: Forms) -> dict[str, str]:
    """What a script needs to copy something.

    Returns:
        ``text``, and of ``html`` and ``markdown`` those that say more than the escaped text.
    """
    result = {"text": forms.text}
    if forms.html != html.escape(forms.text, quote=False):
        result["html"] = forms.html
    if forms.markdown != forms.text:
        result["markdown"] = forms.markdown
    return result


def copy_button(name: str, forms: Forms, label: str) -> str:
    """A button of the class ``name`` that copies the forms; ``label`` is written on it."""
    return render("passage.copy_button", name, forms, label)


@PAGE.filter
def authors_of(record: CSLItem) -> str:
    """Authors of a CSL-JSON record as ``Given Family, Given Family``, or the empty string."""
    names = []
    for author in record.get("author") or ():
        parts = (author.get("given"), author.get("family"))
        names.append(str(author.get("literal") or " ".join(part for part in parts if part)))
    return ", ".join(name for name in names if name)


def label_of(essay_id: str, record: CSLItem) -> str:
    """Name of an essay in lists to choose from: authors and title, or its id."""
    return ", ".join(filter(None, [authors_of(record), plain_title(record)])) or essay_id


def reader_html(essay: StoredEssay, pages: Sequence[PrintedPage] = ()) -> str:
    """The essay, set for reading, as one ``article.reader``.

    Args:
        essay: The essay.
        pages: The pages of its PDF, if it has one; they follow in a ``section.print``, and above both is what
            switches between them.
    """
    body = [passage for passage in essay.passages if passage.kind != "note"]
    notes = [passage for passage in essay.passages if passage.kind == "note"]
    kinds = {passage.kind for passage in body}
    numbers = {mark.passage: mark.mark for passage in essay.passages for mark in passage.notes}
    guesses: dict[str, list[int]] = defaultdict(list)
    for passage_id, offset in essay.report.guessed_ends:
        guesses[passage_id].append(offset)
    # The notes follow the heading that the essay prints for them, or come last, under a heading of ours.
    printed = next((place for place, passage in enumerate(body, start=1) if _heads_notes(passage)), None)
    before, after = body[:printed], body[printed:] if printed else []
    recorded = plain_title(essay.reference)
    return render(
        "reader.reader",
        essay=essay,
        # From the record, where the text itself does not print them.
        title="" if "title" in kinds else plain_title(essay.reference) or essay.report.title,
        authors="" if "author" in kinds else authors_of(essay.reference),
        before=[_as_recorded(part, recorded) for part in _parts(before, numbers, guesses)],
        notes=_parts(notes, numbers, guesses),
        after=_parts(after, numbers, guesses),
        notes_head=printed is None,
        pages=pages,
    )


def _as_recorded(part: ReaderPart, title: str) -> ReaderPart:
    """A title with the record's capitals, where it has the printed letters."""
    text = part.passage.text
    is_same = part.passage.kind == "title" and letters_and_digits(text) == letters_and_digits(title) != ""
    return replace(part, shown=title) if is_same and text != title else part


def nothing_to_read_html() -> str:
    """What the reading pane shows while the library is empty."""
    return render("reader.empty")


def utf16_length(text: str) -> int:
    """The length of a text as scripts count it."""
    return len(text.encode("utf-16-le", errors="surrogatepass")) // 2


def _disjoint(highlights: Sequence[Highlight]) -> list[Span]:
    """Spans in reading order; an overlap goes to the earlier one."""
    spans: list[Span] = []
    cursor = 0
    for highlight in sorted(highlights, key=lambda each: (each.start, each.end)):
        start = max(cursor, highlight.start)
        if start < highlight.end:
            spans.append((start, highlight.end))
            cursor = highlight.end
    return spans


def _unmarked(passage: Passage, span: Span, marks: Sequence[Span], *, fold: bool) -> Iterator[Stretch]:
    """The words between two highlights, those far from both folded."""
    start, end = span
    hidden = _far_part(passage, span, marks) if fold else None
    if hidden is None:
        yield Stretch(_pieces(passage, start, end))
        return
    yield Stretch(_pieces(passage, start, hidden[0]))
    yield Stretch(_pieces(passage, *hidden), "folded")
    yield Stretch(_pieces(passage, hidden[1], end))


def _is_next(stretch: Stretch, marks: Sequence[Span], fold: bool) -> bool:  # noqa: FBT001 - as its caller has it
    """Whether a stretch of a card is next to a highlight, so that it can be hidden without it."""
    return fold and bool(marks) and stretch.state == "plain" and any(stretch.pieces)


def _far_part(passage: Passage, span: Span, marks: Sequence[Span]) -> Span | None:
    """The sentences of a span that are not next to a highlight, if they are worth a fold."""
    inside = [sentence for sentence in passage.sentences if span[0] <= sentence[0] and sentence[1] <= span[1]]
    if marks and _with_neighbours(passage, marks) > _MOST_SHOWN:
        first, last = 0, len(inside)
    elif marks:
        first, last = int(span[0] > 0), len(inside) - int(span[1] < len(passage.text))
    else:
        first, last = _OPENING_SENTENCES, len(inside)
    far = inside[first:last]
    if not far or far[-1][1] - far[0][0] < _WORTH_FOLDING:
        return None
    return far[0][0], far[-1][1]


def _with_neighbours(passage: Passage, marks: Sequence[Span]) -> int:
    """Characters from the sentence before each highlight to the one after it, highlights that meet once."""
    shown: set[int] = set()
    for number, (start, end) in enumerate(passage.sentences):
        if any(start < high and low < end for low, high in marks):
            shown |= {number - 1, number, number + 1}
    return sum(end - start for number, (start, end) in enumerate(passage.sentences) if number in shown)


def _sentences(passage: Passage, guesses: Collection[int] = ()) -> list[Stretch]:
    """All sentences, and the plain text between them; ``guesses`` are offsets of guessed ends."""
    stretches: list[Stretch] = []
    cursor = 0
    for start, end in passage.sentences:
        if cursor < start:
            stretches.append(Stretch(_pieces(passage, cursor, start, guesses)))
        stretches.append(Stretch(_pieces(passage, start, end, guesses), "sentence"))
        cursor = end
    return [*stretches, Stretch(_pieces(passage, cursor, len(passage.text), guesses))]


def _pieces(passage: Passage, start: int, end: int, guesses: Collection[int] = ()) -> list[_Piece]:
    """The words of a span, with the page turns and note numbers between them.

    A page turn belongs to the character after it, a note number to the one before it, so that
    each is in exactly one of two neighbouring spans.
    """
    inserts: list[tuple[int, PageStart | NoteMark | GuessedEnd]] = [
        *(
            (page.start, page)
            for page in passage.pages
            if page.label and page.start > 0 and start <= page.start < end
        ),
        *((note.at, note) for note in passage.notes if start < note.at <= end),
        *((offset, GuessedEnd()) for offset in guesses if start < offset <= end),
    ]
    pieces: list[_Piece] = []
    cursor = start
    for offset, insert in sorted(inserts, key=lambda each: each[0]):
        pieces += [*_words(passage, cursor, offset), insert]
        cursor = offset
    return [*pieces, *_words(passage, cursor, end)]


def _words(passage: Passage, start: int, end: int) -> Iterator[_Piece]:
    """The words of a span, divided where italics begin and end."""
    cursor = start
    for first, last in passage.emphasis:
        low, high = max(first, cursor), min(last, end)
        if low < high:
            yield passage.text[cursor:low]
            yield EmphasizedWords(passage.text[low:high])
            cursor = high
    yield passage.text[cursor:end]


def _heads_notes(passage: Passage) -> bool:
    return passage.kind == "heading" and passage.text.strip(" .:").casefold() in _NOTES


def _parts(
    passages: Iterable[Passage], numbers: dict[str, str], guesses: Mapping[str, Collection[int]]
) -> list[ReaderPart]:
    """The passages, with a page number wherever a page begins."""
    parts = []
    shown = ""
    for passage in passages:
        number = numbers.get(passage.id, "")
        first = next(iter(passage.pages), None)
        label = first.label if first and not first.start else ""
        parts.append(
            ReaderPart(
                passage=passage,
                tag=_TAGS[passage.kind],
                sentences=_sentences(passage, guesses.get(passage.id, ())),
                number="" if passage.text.startswith(number) else number,
                page="" if label == shown else label,
            )
        )
        shown = next((page.label for page in reversed(passage.pages) if page.label), shown)
    return parts

"""An essay as its author wrote it: blocks of styled words, notes with their calls, references."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Style = Literal["plain", "italic", "call", "line", "page"]
BlockKind = Literal["paragraph", "heading", "blockquote", "verse"]

# ``*words*`` are emphasised and ``^3^`` calls note 3.
_MARKUP = re.compile(r"\*(?P<italic>[^*]+)\*|\^(?P<call>[^^]+)\^")


@dataclass(frozen=True, slots=True)
class Words:
    """Words of one style.

    Attributes:
        text: The words, or the mark of a note; a line break ends a line of verse. A line or a page
            ends at ``line`` and ``page``, whose text is the hyphen of a word that is divided there, or empty.
        style: How they are set.
    """

    text: str
    style: Style = "plain"


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A part of the running text.

    Attributes:
        kind: What it is.
        words: Its words.
        resumes: Whether a paragraph goes on after a block quotation, and so has no indent.
    """

    kind: BlockKind
    words: tuple[Words, ...]
    resumes: bool = False


@dataclass(frozen=True, slots=True)
class Note:
    """A note.

    Attributes:
        mark: Its number.
        words: Its words, without the number.
    """

    mark: str
    words: tuple[Words, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenEssay:
    """An essay before it is set.

    Attributes:
        slug: Short name in file names.
        title: Its title; a subtitle follows a colon.
        author: Its author.
        short: The title in running heads.
        blocks: The running text.
        notes: The notes, in the order of their calls.
        references: The entries of the list of references.
        references_title: The heading above them.
        notes_title: The heading above endnotes.
        new_pages: Of ``notes`` and ``references``, which begin a page.
        first_page: The number of its first page in print.
    """

    slug: str
    title: str
    author: str
    short: str
    blocks: tuple[Block, ...]
    notes: tuple[Note, ...]
    references: tuple[tuple[Words, ...], ...]
    references_title: str = "Works Cited"
    notes_title: str = "Notes"
    new_pages: frozenset[str] = frozenset()
    first_page: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class TruePassage:
    """A passage that a reader should find.

    Attributes:
        name: Its name within the essay, such as ``b007``.
        kind: Its kind, in the words of ``assistant.core.essay``.
        text: Its words without note calls.
        calls: Marks of the notes that it calls.
    """

    name: str
    kind: str
    text: str
    calls: tuple[str, ...] = ()


def words_of(markup: str) -> tuple[Words, ...]:
    """Words written as ``plain *emphasised* plain^1^``."""
    found: list[Words] = []
    end = 0
    for match in _MARKUP.finditer(markup):
        if match.start() > end:
            found.append(Words(markup[end : match.start()]))
        italic = match["italic"]
        found.append(Words(italic, "italic") if italic else Words(match["call"], "call"))
        end = match.end()
    if end < len(markup):
        found.append(Words(markup[end:]))
    return tuple(found)


def plain(words: tuple[Words, ...]) -> str:
    """The text without note calls and without lines of verse."""
    return "".join(part.text for part in words if part.style in {"plain", "italic"}).replace("\n", " ")


def calls_of(words: tuple[Words, ...]) -> tuple[str, ...]:
    """Marks of the notes that are called."""
    return tuple(part.text for part in words if part.style == "call")


def curled(text: str, before: str = " ") -> str:
    """Text with typographic quotation marks and dashes in ranges of numbers.

    Args:
        text: The text.
        before: The character before it.
    """
    made: list[str] = []
    for character in text:
        opening = not before.strip() or before in "([—“‘"
        if character == '"':
            made.append("“" if opening else "”")
        elif character == "'":
            made.append("‘" if opening else "’")
        else:
            made.append(character)
        before = made[-1]
    return re.sub(r"(?<=\d)-(?=\d)", "–", "".join(made))


def curled_words(words: tuple[Words, ...]) -> tuple[Words, ...]:
    """Words with typographic quotation marks."""
    made: list[Words] = []
    before = " "
    for part in words:
        if part.style in {"call", "line", "page"}:
            made.append(part)
            continue
        text = curled(part.text, before)
        made.append(Words(text, part.style))
        before = text[-1:]
    return tuple(made)


def true_passages(essay: WrittenEssay, *, notes_title: str = "") -> Iterator[TruePassage]:
    """The passages of an essay; notes stand before the references.

    Args:
        essay: The essay.
        notes_title: The heading above the notes; empty for footnotes.
    """
    yield TruePassage(name="title", kind="title", text=curled(essay.title))
    yield TruePassage(name="author", kind="author", text=curled(essay.author))
    for number, block in enumerate(essay.blocks):
        words = curled_words(block.words)
        yield TruePassage(
            name=f"b{number:03}", kind=block.kind, text=plain(words), calls=calls_of(block.words)
        )
    if notes_title:
        yield TruePassage(name="notes", kind="heading", text=notes_title)
    for note in essay.notes:
        text = f"{note.mark}. {plain(curled_words(note.words))}"
        yield TruePassage(name=f"n{note.mark}", kind="note", text=text)
    if essay.references:
        yield TruePassage(name="references", kind="heading", text=essay.references_title)
    for number, entry in enumerate(essay.references):
        yield TruePassage(name=f"r{number:03}", kind="reference", text=plain(curled_words(entry)))

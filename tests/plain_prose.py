"""Paragraphs of our own making, and how plain text sets them: the words of the tests of layouts."""

from __future__ import annotations

import textwrap
from functools import cache
from typing import TYPE_CHECKING

from fake_models import essay_of
from wordfreq import zipf_frequency

from assistant.chunking.chunk import Chunked, chunk
from assistant.documents.text import read_pages

if TYPE_CHECKING:
    from collections.abc import Sequence

ENGLISH = (
    (
        "A lighthouse keeper is paid to repeat himself. Every evening he climbs the same stairs, trims the "
        "same wick, and writes the same three words into a book that nobody will read. The tower on the "
        "north rock was no exception, and yet its books were kept, because the company that owned it kept "
        "everything."
    ),
    (
        "What strikes the reader first is the weather. It fills the left page of each opening, in a hand so "
        "small that the clerk in town used a glass to copy it. Wind, cloud and visibility have a column "
        "each. There is a fourth column without a name, and in it stand words like “better” and “as "
        "before.”"
    ),
    (
        "Later keepers gave the fourth column up. They were practical men, and a column without a name is "
        "hard to fill. One of them drew a line through it from top to bottom in 1871, and after that the "
        "books are what the company wanted them to be. They are also much shorter."
    ),
    (
        "It would be easy to laugh at the first keeper and his nameless column. But a record that leaves "
        "room for what its maker cannot name is a rare thing. Most of our own forms have a box for "
        "everything, and so they find out nothing that their printer did not know before."
    ),
    (
        "The books went to the county library when the light was made electric. They were bound in green "
        "cloth and put on a shelf behind the map room, where a student of ferns found them by mistake. She "
        "read for three days and missed her train twice, as she says in her preface."
    ),
    (
        "I have seen the tower once, from a boat, on a day without wind. It is smaller than its books. A "
        "gull stood on the rail where the lamp had been, and the man at the oars said that the stairs were "
        "gone. Somebody had needed the iron."
    ),
)
GERMAN = (
    (
        "Der Wärter auf dem Felsen schrieb jeden Abend drei Wörter in ein Buch, das niemand lesen sollte. "
        "Er tat es vierzig Jahre lang, und die Gesellschaft, der das Licht gehörte, hob die Bücher auf, "
        "weil sie alles aufhob. Heute liegen sie in einem Schrank der Bibliothek."
    ),
    (
        "Auf der linken Seite steht das Wetter. Wind, Wolken und Sicht haben je eine Spalte, und daneben "
        "gibt es eine vierte, die keinen Namen trägt. Dort finden sich Wörter wie „besser“ oder „wie "
        "zuvor“, und niemand weiß, was damit gemeint war."
    ),
    (
        "Spätere Wärter haben die vierte Spalte aufgegeben. Sie waren praktische Leute, und eine Spalte "
        "ohne Namen läßt sich schwer füllen. Einer von ihnen zog 1871 einen Strich von oben bis unten "
        "hindurch."
    ),
    (
        "Man kann über den ersten Wärter leicht lachen. Aber ein Verzeichnis, das Platz läßt für das, was "
        "sein Urheber nicht benennen kann, ist eine seltene Sache. Unsere eigenen Formulare haben für alles "
        "ein Feld."
    ),
)
FRENCH = (
    (
        "Le gardien du phare écrivait chaque soir trois mots dans un livre que personne ne devait lire. Il "
        "le fit pendant quarante ans, et la compagnie conserva les livres, parce qu’elle conservait tout. "
        "Ils sont aujourd’hui dans une armoire de la bibliothèque."
    ),
    (
        "La page de gauche est celle du temps. Le vent, les nuages et la visibilité ont chacun une colonne, "
        "et il y en a une quatrième qui ne porte pas de nom. On y trouve des mots comme « mieux » ou « "
        "comme avant »."
    ),
    (
        "Les gardiens suivants abandonnèrent la quatrième colonne. C’étaient des hommes pratiques, et une "
        "colonne sans nom se remplit mal. L’un d’eux la barra de haut en bas en 1871."
    ),
)
TITLE = "The Book of the Light"
AUTHOR = "Mary Holm"
HEAD = f"{TITLE}\n\n{AUTHOR}\n\n"

# The kind of a passage and its words.
Passages = list[tuple[str, str]]
FRONT: Passages = [("title", TITLE), ("author", AUTHOR)]


@cache
def _frequency(word: str) -> float:
    return float(zipf_frequency(word, "en"))


def read(text: str) -> Chunked:
    """An essay in plain text as the program divides it."""
    return chunk(essay_of(read_pages(text, "essay.txt").text), _frequency)


def passages(text: str) -> Passages:
    """Kind and words of each passage; no character may be lost."""
    chunked = read(text)
    assert chunked.report.unaccounted == 0
    return [(passage.kind, passage.text) for passage in chunked.passages]


def paragraphs(*texts: str) -> Passages:
    """The passages that paragraphs are."""
    return [("paragraph", " ".join(text.split())) for text in texts]


def under(*headings: str, texts: Sequence[str] = ENGLISH) -> Passages:
    """The passages of headings with two paragraphs under each."""
    made: Passages = []
    for number, heading in enumerate(headings):
        made += [("heading", heading), *paragraphs(*texts[2 * number : 2 * number + 2])]
    return made


def wrap(paragraph: str, width: int = 72, *, first: int = 0, rest: int = 0) -> str:
    """A paragraph broken into lines, its first line and the others indented by so many columns."""
    return textwrap.fill(
        paragraph, width, initial_indent=" " * first, subsequent_indent=" " * rest, break_on_hyphens=False
    )


def wrapped(texts: Sequence[str], width: int = 72, *, first: int = 0) -> list[str]:
    """Paragraphs broken into lines."""
    return [wrap(text, width, first=first) for text in texts]


def spaced(*parts: str) -> str:
    """Parts of a text with a blank line between them."""
    return "\n\n".join(parts)


def double_spaced(text: str) -> str:
    """A text with a blank line after each of its lines."""
    return text.replace("\n", "\n\n")


def side_by_side(left: Sequence[str], right: Sequence[str], gap: int) -> str:
    """Two columns of lines with a gap of so many spaces between them."""
    width = max(map(len, left)) + gap
    rows = max(len(left), len(right))
    filled = [*left, *[""] * (rows - len(left))]
    other = [*right, *[""] * (rows - len(right))]
    return "\n".join(f"{one:<{width}}{two}".rstrip() for one, two in zip(filled, other, strict=True))

"""Essays of generated prose, so that layouts are tried on words, lengths and structures of many kinds.

A seeded grammar writes them; no sentence is another author's. The vocabulary has ligatures, compounds with
hyphens, accents, years and page numbers, and the notes are short and long.
"""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from typeset.essay import Block, BlockKind, Note, Words, WrittenEssay, words_of
from typeset.truth import squash

# Letters and digits within which the starts of sentences differ, and how often one is drawn again.
_START, _TRIES = 30, 60

_GRAMMAR = tomllib.loads(Path(__file__).with_name("grammar.toml").read_text("utf-8"))


def _words(name: str) -> list[str]:
    """A list of words of the grammar."""
    return str(_GRAMMAR[name]).split()


def _sentences(name: str) -> list[str]:
    """A list of sentences, titles or poems of the grammar."""
    return [str(sentence) for sentence in _GRAMMAR[name]]


_NOUNS, _PLURALS, _ADJECTIVES = _words("nouns"), _words("plurals"), _words("adjectives")
_VERBS, _ADVERBS = _words("verbs"), _words("adverbs")
_PLACES, _FAMILIES, _GIVEN = _words("places"), _words("families"), _words("given")
_WORKS, _QUOTED, _VERSES = _sentences("works"), _sentences("quoted"), _sentences("verses")
_SCHOLARLY, _SOURCES, _HEADS = _sentences("scholarly"), _sentences("sources"), _sentences("heads")
_REFERENCES = _sentences("references")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """What a generated essay has.

    Attributes:
        slug: Its short name.
        title: Its title.
        author: Its author.
        seed: Seed of its words.
        sections: Number of its sections.
        paragraphs: Paragraphs of a section.
        notes: Number of its notes.
        references: Number of its references.
        first_page: Its first page in print.
        references_title: The heading above the references.
    """

    slug: str
    title: str
    author: str
    seed: int
    sections: int
    paragraphs: int
    notes: int
    references: int
    first_page: int
    references_title: str = "Works Cited"


RECIPES = (
    Recipe(
        slug="ledger",
        title="The Unofficial Ledger: Filing, Floods, and Fiction",
        author="Philippa Fiddler-Moss",
        seed=14,
        sections=3,
        paragraphs=4,
        notes=9,
        references=9,
        first_page=217,
    ),
    Recipe(
        slug="ferry",
        title="What the Ferryman Filed",
        author="Wilfred Ó Faoláin",
        seed=29,
        sections=0,
        paragraphs=7,
        notes=3,
        references=5,
        first_page=3,
        references_title="References",
    ),
    Recipe(
        slug="atlas",
        title="An Atlas of Half-Truths: Surveyors, Copyists, and the Definition of a Cliff",
        author="Léonie Engelhardt",
        seed=53,
        sections=6,
        paragraphs=9,
        notes=34,
        references=24,
        first_page=96,
        references_title="Bibliography",
    ),
)

# About 400 pages, for times and memory; made only if it is named.
BOOK = Recipe(
    slug="book",
    title="The Whole Archive: A Long History of Filing",
    author="Ignaz Wielinski",
    seed=97,
    sections=90,
    paragraphs=16,
    notes=700,
    references=150,
    first_page=1,
    references_title="Bibliography",
)


class _Writer:
    """Writes sentences by a seed."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        self._starts: set[str] = set()
        self._verses = self._chance.sample(_VERSES, len(_VERSES))

    def fill(self, template: str) -> str:
        """A sentence by a template; it begins as no other does, so that its words tell its page."""
        for _ in range(_TRIES):
            text = self._draw(template)
            start = squash(text)[:_START]
            if start not in self._starts:
                break
        self._starts.add(start)
        return text

    def _draw(self, template: str) -> str:
        pick = self._chance.choice
        year = self._chance.randint(1611, 1897)
        page = self._chance.randint(2, 380)
        noun, plural, adjective = pick(_NOUNS), pick(_PLURALS), pick(_ADJECTIVES)
        family, quoted = pick(_FAMILIES), pick(_QUOTED)
        text = template.format(
            noun=noun,
            noun2=pick(_NOUNS),
            plural=plural,
            adjective=adjective,
            Noun=noun.title(),
            Plural=plural.title(),
            Adjective=adjective.title(),
            adjective2=pick(_ADJECTIVES),
            verb=pick(_VERBS),
            adverb=pick(_ADVERBS),
            place=pick(_PLACES),
            place2=pick(_PLACES),
            family=family,
            Family=family,
            family2=pick(_FAMILIES),
            Given=pick(_GIVEN),
            work=pick(_WORKS),
            quoted=quoted,
            Quoted=quoted.capitalize(),
            year=year,
            later=year + self._chance.randint(3, 60),
            number=pick(["forty-one", "nineteen", "sixty-six", "a dozen", "217", "1,204"]),
            few=pick(["three", "five", "seven", "eleven"]),
            page=page,
            page2=page + self._chance.randint(1, 9),
        )
        text = text.replace("_", " ")
        text = re.sub(r"\b([Aa]) (?=[aeiouAEIOU])", r"\1n ", text)
        return text[0].upper() + text[1:]

    def paragraph(self, sentences: int) -> list[str]:
        """The sentences of a paragraph."""
        return [self.fill(template) for template in self._chance.sample(_SCHOLARLY, sentences)]

    def length(self, fewest: int, most: int) -> int:
        """A number between two."""
        return self._chance.randint(fewest, most)

    def verse(self) -> str:
        """A poem that was not drawn before, while there is one."""
        return self._verses.pop() if self._verses else self._chance.choice(_VERSES)

    def choice(self, choices: Sequence[str]) -> str:
        """One of several."""
        return self._chance.choice(choices)

    def places(self, number: int, among: int) -> list[int]:
        """Places of notes among the paragraphs, in order."""
        return sorted(self._chance.choices(range(among), k=number))


def generated_essay(recipe: Recipe) -> WrittenEssay:
    """The essay of a recipe."""
    writer = _Writer(recipe.seed)
    paragraphs: list[tuple[BlockKind, list[str], bool]] = []
    for section in range(recipe.sections + 1):
        if section:
            paragraphs.append(("heading", [_HEADS[(section - 1) % len(_HEADS)]], False))
        for number in range(recipe.paragraphs):
            paragraphs.extend(_passage(writer, section, number))
    calls = _calls(writer, recipe.notes, paragraphs)
    blocks = tuple(
        Block(kind=kind, words=words_of(_with_calls(kind, sentences, calls.get(number, []))), resumes=resumes)
        for number, (kind, sentences, resumes) in enumerate(paragraphs)
    )
    return WrittenEssay(
        slug=recipe.slug,
        title=recipe.title,
        author=recipe.author,
        short=recipe.title.partition(":")[0],
        blocks=blocks,
        notes=tuple(_note(writer, number) for number in range(1, recipe.notes + 1)),
        references=_references(writer, recipe.references),
        references_title=recipe.references_title,
        first_page=recipe.first_page,
    )


def _passage(writer: _Writer, section: int, number: int) -> list[tuple[BlockKind, list[str], bool]]:
    """A paragraph, and a quotation that interrupts it where the section has one."""
    sentences = writer.paragraph(writer.length(3, 8))
    if number == 1 and section % 2 == 1:
        sentences[-1] = writer.fill("As {Family} puts it in *{work}*, with {adjective} candour:")
        quotation = writer.paragraph(writer.length(3, 5))
        quotation[-1] += f" ({writer.length(12, 340)})"
        after = writer.paragraph(writer.length(3, 5))
        after[0] = _lowered(
            writer.fill("Which is to say that the {adjective} {noun} of {place} was settled in {year}.")
        )
        return [("paragraph", sentences, False), ("blockquote", quotation, False), ("paragraph", after, True)]
    if number == 2 and section % 2 == 0:
        sentences[-1] = writer.fill("The {noun} of {place} had its song as well:")
        verse = writer.verse()
        after = writer.paragraph(writer.length(3, 6))
        return [("paragraph", sentences, False), ("verse", [verse], False), ("paragraph", after, False)]
    return [("paragraph", sentences, False)]


def _lowered(text: str) -> str:
    """Text with a small first letter."""
    return text[0].lower() + text[1:]


def _calls(
    writer: _Writer, notes: int, paragraphs: Sequence[tuple[BlockKind, list[str], bool]]
) -> dict[int, list[int]]:
    """The numbers of the notes that each paragraph calls."""
    callers = [number for number, (kind, _, _) in enumerate(paragraphs) if kind == "paragraph"]
    found: dict[int, list[int]] = {}
    for note, place in enumerate(writer.places(notes, len(callers)), 1):
        found.setdefault(callers[place], []).append(note)
    return found


def _with_calls(kind: BlockKind, sentences: Sequence[str], notes: Sequence[int]) -> str:
    """Sentences with their calls, each behind a sentence of its own where there are enough."""
    made = list(sentences)
    last = len(made) - 1
    for number, note in enumerate(notes):
        made[min(number, last)] += f"^{note}^"
    return "".join(made) if kind == "verse" else " ".join(made)


def _note(writer: _Writer, number: int) -> Note:
    """A note; every fifth is long."""
    text = writer.fill(writer.choice(_SOURCES))
    if number % 5 == 0:
        text += " " + " ".join(writer.paragraph(writer.length(5, 8)))
    elif number % 3 == 0:
        text += " " + " ".join(writer.paragraph(2))
    return Note(str(number), words_of(text))


def _references(writer: _Writer, number: int) -> tuple[tuple[Words, ...], ...]:
    """A list of references in alphabetical order; a dash stands for an author who is listed again."""
    entries = sorted({writer.fill(_REFERENCES[k % len(_REFERENCES)]) for k in range(number)})
    made: list[str] = []
    before = ""
    for entry in entries:
        family = entry.partition(",")[0]
        made.append(entry if family != before else "———. " + entry.partition(". ")[2])
        before = family
    return tuple(words_of(entry) for entry in made)


def generated_essays() -> tuple[WrittenEssay, ...]:
    """The generated essays."""
    return tuple(generated_essay(recipe) for recipe in RECIPES)


def with_foreign_words(essay: WrittenEssay) -> WrittenEssay:
    """An essay with Greek and Hebrew words in its paragraphs, and a long poem."""
    foreign = ("λόγος", "μῆνιν ἄειδε θεά", "דבר", "ספר הזכרונות", "ψυχή", "ἀρετή")
    blocks = []
    paragraph = poem = 0
    for block in essay.blocks:
        if block.kind == "paragraph" and not block.resumes:
            word = foreign[paragraph % len(foreign)]
            added = Words(f" The scribe wrote {word} in the margin, and nobody has asked why.")
            blocks.append(replace(block, words=(*block.words, added)))
            paragraph += 1
        elif block.kind == "verse":
            blocks.append(replace(block, words=words_of("\n".join(_long_poem(poem)))))
            poem += 1
        else:
            blocks.append(block)
    return replace(essay, blocks=tuple(blocks))


def _long_poem(seed: int) -> list[str]:
    """A poem that is longer than what is left of a page, some of its lines longer than the measure."""
    return [
        f"{line} and the {noun} of the {_NOUNS[(number * 7) % len(_NOUNS)]} is {adjective},"
        + (" and nobody, not the clerk nor the ferryman, is there to see it" if number % 9 == 4 else "")
        for number, (line, noun, adjective) in enumerate(
            zip(
                ["Slow is the water", "Cold is the office", "Stiff is the flyleaf", "Soft is the field"] * 9,
                _NOUNS[seed * 5 :],
                _ADJECTIVES[seed * 5 :],
                strict=False,
            )
        )
    ]

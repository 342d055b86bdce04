"""Measure the index of essays: against indexes made by hand, and the time and memory that it takes.

    python benchmarks/book_index.py score [--library DIR] [DATASET_DIR ...]
    python benchmarks/book_index.py many [--essays 1000] [--paragraphs 60]

``score`` prints a table of precision and recall for each data set with an ``index.json``, and what is wrong.
``many`` makes essays, and prints the time and memory for the index of one and for the joint index of all.
"""

from __future__ import annotations

import argparse
import random
import resource
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from assistant.book_index.making import index_of_essay, joined
from assistant.core.essay import IngestReport, PageStart, Passage, SourceMap, StoredEssay
from assistant.evaluation.book_index import load_index, score
from assistant.library.files import find_root
from assistant.library.library import Library

_SETS = (Path("data/eval/gill-2014"), Path("data/eval/sample"))
_FAMILIES = (
    "Marsh Lowell Quint Ashby Verne Holt Tamm Brandt Orsini Keller Dupont Vidal Novak Strand Hale".split()
)
_GIVEN = "Ada Bruno Clara Denis Elsa Felix Greta Hugo Irene Jonas Karin Louis Marta Nils Olga".split()
_NOUNS = (
    "lamp ledger harbour mirror orchard signal theatre archive compass bridge market lantern canal".split()
)
_TITLES = "The Lamp and the Ledger;A History of Harbours;The Mirror of the Sea;When We Were Sailors".split(
    ";"
)


def main(arguments: Sequence[str]) -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description=str(__doc__).split("\n", maxsplit=1)[0])
    commands = parser.add_subparsers(dest="command", required=True)
    scoring = commands.add_parser("score")
    scoring.add_argument("--library", type=Path)
    scoring.add_argument("sets", nargs="*", type=Path, default=_SETS)
    many = commands.add_parser("many")
    many.add_argument("--essays", type=int, default=1000)
    many.add_argument("--paragraphs", type=int, default=60)
    options = parser.parse_args(arguments)
    if options.command == "score":
        print_scores(Library(find_root(options.library)), options.sets)
    else:
        print_many(options.essays, options.paragraphs)


def print_scores(library: Library, sets: Sequence[Path]) -> None:
    """Print a table for some data sets whose essays are in a library."""
    print("| essay | list | entries | precision | recall | places | precision | recall |")
    print("|---|---|---|---|---|---|---|---|")
    problems = []
    for folder in sets:
        by_hand = load_index(folder / "index.json")
        for item in score(library.index_of([by_hand["essay"]]), by_hand):
            print(
                f"| {by_hand['essay']} | {item.kind} "
                f"| {item.wanted} | {item.precision:.3f} | {item.recall:.3f} "
                f"| {item.wanted_places} | {item.place_precision:.3f} | {item.place_recall:.3f} |"
            )
            problems += [f"{by_hand['essay']}, {item.kind}: {line}" for line in item.problems]
    print("", *problems, sep="\n")


def print_many(count: int, paragraphs: int) -> None:
    """Print times and memory for generated essays."""
    first = next(made_essays(1, paragraphs))
    index_of_essay(first)
    start = time.process_time()
    index_of_essay(first)
    words = sum(len(passage.text.split()) for passage in first.passages)
    print("| essays | words | s | joined in s | entries | places | peak MB |")
    print("| ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    print(f"| 1 | {words:,} | {time.process_time() - start:.2f} | | | | {_megabytes():.0f} |")
    start = time.process_time()
    indexes = [index_of_essay(essay) for essay in made_essays(count, paragraphs)]
    made = time.process_time() - start
    index = joined(indexes)
    places = sum(len(entry.places) for _, entries in index.kinds() for entry in entries)
    entries = sum(len(entries) for _, entries in index.kinds())
    print(
        f"| {count:,} | {words * count:,} | {made:.0f} | {time.process_time() - start - made:.1f} "
        f"| {entries:,} | {places:,} | {_megabytes():.0f} |"
    )


def _megabytes() -> float:
    size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return size / (1024 * 1024 if sys.platform == "darwin" else 1024)


def made_essays(count: int, paragraphs: int) -> Iterator[StoredEssay]:
    """Essays that name, quote and repeat, each with words of its own; the same at each call."""
    for number in range(count):
        yield _essay(f"made-{number:04}", paragraphs, random.Random(number))


def _essay(name: str, paragraphs: int, chance: random.Random) -> StoredEssay:
    people = [f"{chance.choice(_GIVEN)} {family}" for family in chance.sample(_FAMILIES, 6)]
    passages, offset = [], 0
    for ordinal in range(1, paragraphs + 1):
        text = " ".join(_sentences(people, chance))
        ends = [
            place
            for place, sign in enumerate(text, 1)
            if sign == "." and text[place : place + 1] in {" ", ""}
        ]
        starts = [0, *(end + 1 for end in ends[:-1])]
        passages.append(
            Passage(
                id=f"{name}/p{ordinal:02}",
                essay_id=name,
                ordinal=ordinal,
                kind="paragraph",
                section=f"Part {ordinal // 12 + 1}",
                text=text,
                sentences=tuple(zip(starts, ends, strict=True)),
                pages=(PageStart(str(ordinal // 3 + 1), 0),),
                source_map=SourceMap(((0, offset),), len(text)),
            )
        )
        offset += len(text) + 1
    report = IngestReport(
        name, name, offset, offset, 0, (), (), (), {}, 0, 0, {"paragraph": paragraphs}, 1, "1", "1", "made"
    )
    return StoredEssay(name, {"id": name, "title": name}, f"{name}.txt", "", "text", report, tuple(passages))


def _sentences(people: Sequence[str], chance: random.Random) -> Iterator[str]:
    for _ in range(5):
        person = chance.choice(people)
        family = person.split()[-1]
        first, second = chance.sample(_NOUNS, 2)
        page, title = chance.randint(1, 90), chance.choice(_TITLES)
        yield chance.choice(
            [
                f"{person} argues that every {first} needs a {second}, and that the {first} keeper knew.",
                f'As {family} writes, "the {first} is older than the {second} beside it" ({family} {page}).',
                f"In {title}, {family} returns to the {first} trade and to its {second} houses.",
                f"The {first} keeper of the {second} was seldom asked what the {first} had cost.",
            ]
        )


if __name__ == "__main__":
    main(sys.argv[1:])

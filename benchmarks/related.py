"""Measure whether passages that belong together find each other: the two halves of divided paragraphs.

    python benchmarks/related.py                       the sample and the generated essays
    python benchmarks/related.py FILE ...              essays of yours, read from their files

Every paragraph of at least four sentences is divided in two; each half is asked for its nearest passage among
all halves and undivided passages. The generated essays are made of sentences drawn by chance, which share a
section's subject and no thought: they show how little there is to find in such prose. Lexical search (BM25)
and the vectors of windows are measured for comparison.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from itertools import chain, pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from typeset.generated import generated_essays

from assistant.core.essay import SEARCHED_KINDS, Passage, StoredEssay
from assistant.library.adding import essay_of_passages
from assistant.library.library import Library
from assistant.library.models import Models, no_progress
from assistant.retrieval.finder import Finder
from assistant.retrieval.models.loading import default_loader
from assistant.retrieval.related import RelatedSearch
from assistant.retrieval.search import Searcher

ROOT = Path(__file__).resolve().parent.parent
FEWEST_SENTENCES = 4


def divided(texts: Sequence[str], name: str) -> tuple[StoredEssay, dict[str, str]]:
    """An essay with its longer paragraphs divided in two, and the other half of each half by its id."""
    parts: dict[str, str] = {}
    partners: dict[str, str] = {}
    for number, text in enumerate(texts, 1):
        whole = essay_of_passages(name, name, {f"{name}/x": text}).passages[0]
        if len(whole.sentences) < FEWEST_SENTENCES:
            parts[f"{name}/p{number:03}"] = text
            continue
        middle = whole.sentences[len(whole.sentences) // 2][0]
        first, second = f"{name}/p{number:03}a", f"{name}/p{number:03}b"
        parts[first], parts[second] = text[:middle].strip(), text[middle:]
        partners |= {first: second, second: first}
    return essay_of_passages(name, name, parts), partners


def written(passages: Sequence[Passage]) -> list[str]:
    """The texts of the paragraphs, block quotations and notes of an essay."""
    return [passage.text for passage in passages if passage.kind in SEARCHED_KINDS]


def generated() -> dict[str, list[str]]:
    """The running text of each generated essay."""
    return {
        essay.slug: [
            "".join(words.text for words in block.words if words.style != "call")
            for block in essay.blocks
            if block.kind in SEARCHED_KINDS
        ]
        for essay in generated_essays()
    }


def ways(finder: Finder) -> dict[str, Callable[[Passage], list[str]]]:
    """Each way of ranking, by its name."""
    searcher = finder.searcher
    if not isinstance(searcher, Searcher):
        raise TypeError(searcher)
    related = RelatedSearch(searcher)
    index = searcher.index

    def late(passage: Passage) -> list[str]:
        return [near.passage for near in related.nearest(passage, None, 5)]

    def by_scores(scores: np.ndarray, passage: Passage) -> list[str]:
        order = [index.passage_id(int(number)) for number in np.argsort(-scores, kind="stable")]
        return [name for name in order if name != passage.id][:5]

    def words(passage: Passage) -> list[str]:
        return by_scores(searcher.lexical.scores(passage.text), passage)

    def windows(passage: Passage) -> list[str]:
        number = searcher.numbers(passage.essay_id)[passage.id]
        first = index.first_windows
        vectors = index.vectors.part(0, len(index.windows))
        means = np.array([vectors[low:high].mean(axis=0) for low, high in pairwise(first)])
        means /= np.linalg.norm(means, axis=1, keepdims=True)
        return by_scores(means @ means[number], passage)

    return {"`related`": late, "window vectors": windows, "BM25": words}


def measure(essays: Mapping[str, Sequence[str]], models: Models) -> list[str]:
    """A row of the table for each way; the passages of several essays are searched together."""
    parts = [divided(texts, name) for name, texts in essays.items()]
    partners = dict(chain.from_iterable(others.items() for _, others in parts))
    finder = models.finder_of([essay for essay, _ in parts], no_progress)
    passages = [passage for essay, _ in parts for passage in essay.passages]
    halves = [passage for passage in passages if passage.id in partners]
    name = " and ".join(essays) if len(essays) < 3 else f"these {len(essays)} together"
    rows = []
    for way, rank in ways(finder).items():
        ranked = [[*rank(passage), partners[passage.id]] for passage in halves]
        found = [names.index(partners[passage.id]) for names, passage in zip(ranked, halves, strict=True)]
        first, fifth = (sum(place < most for place in found) / len(found) for most in (1, 5))
        rows.append(f"| {name} | {len(halves)} of {len(passages)} | {way} | {first:.2f} | {fifth:.2f} |")
    return rows


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", nargs="*", type=Path)
    files = parser.parse_args().files
    models = Models(default_loader, None)
    if files:
        with TemporaryDirectory() as folder:
            library = Library(Path(folder))
            for file in files:
                library.add(file)
            essays = {essay.id: written(essay.passages) for essay in library.essays()}
    else:
        essays = {"sample": written(Library(ROOT).essay("sample").passages)} | generated()
    print("| essay | halves among passages | ranked by | recall@1 | recall@5 |\n|---|---|---|---|---|")
    pools = [{name: texts} for name, texts in essays.items()]
    for pool in [*pools, *([essays] if len(essays) > 1 else [])]:
        print("\n".join(measure(pool, models)), flush=True)


if __name__ == "__main__":
    main()

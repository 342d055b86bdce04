"""What smaller token vectors cost in ranking, as Markdown tables on stdout.

    python benchmarks/vectors.py ../shared/bench/squad2-train ../shared/bench/fairytaleqa-train
    python benchmarks/vectors.py --library DIR --variant "int8, a scale a token" data/eval/sample

Each way of storing is simulated: vectors are shortened, rounded and put together or left out as it would
store them, widened again, and ranked by the assistant's own code without the model that reads. Sets that
bring no passages of their own are asked of the essays in the library. Where several sets are named,
"others' axes" are principal axes of the other sets' tokens, which a program could bring along. The first
passage, and with it the marked sentences, are compared with those of the vectors as the model gives them.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter
from typing import Any

import ir_measures
import numpy as np
from ir_measures import R, nDCG
from numpy.typing import NDArray
from token_variants import VARIANTS, Variant

from assistant.core.errors import AssistantError
from assistant.core.essay import SEARCHED_KINDS, Spans, StoredEssay
from assistant.evaluation.datasets import Dataset, DatasetQuestion, load_dataset
from assistant.evaluation.runner import highest_judgement
from assistant.library.adding import given_passages
from assistant.library.files import find_root
from assistant.library.indexing import no_step
from assistant.library.library import Library
from assistant.retrieval.finder import Finder
from assistant.retrieval.index.index import Index
from assistant.retrieval.index.tokens import TokenStore
from assistant.retrieval.models.encoder import Encoded, Encoder, Floats, ModelInfo, Piece
from assistant.retrieval.models.loading import default_loader

SEED = 7
TIMED = 100
HEADS = ("tokens stored as", "nDCG@10", "R@1", "same first", "same marks", "bytes a passage", "axes, bytes")

# A passage and the sentences marked in it.
First = tuple[str, Spans]


class Remembering:
    """An encoder that keeps what it has encoded, so that every variant is made of the same vectors.

    Args:
        encoder: The encoder.
    """

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._known: dict[tuple[str, bool], Encoded] = {}

    @property
    def info(self) -> ModelInfo:
        """What identifies the model."""
        return self._encoder.info

    def pieces(self, text: str) -> list[Piece]:
        """All word pieces of a text."""
        return self._encoder.pieces(text)

    def encode(
        self, texts: Sequence[str], *, query: bool = False, progress: Callable[[int], None] | None = None
    ) -> list[Encoded]:
        """Encode texts that are new."""
        new = list(dict.fromkeys(text for text in texts if (text, query) not in self._known))
        found = self._encoder.encode(new, query=query, progress=progress)
        self._known.update({(text, query): one for text, one in zip(new, found, strict=True)})
        return [self._known[text, query] for text in texts]


@dataclass(frozen=True, slots=True)
class Trial:
    """A question set, ready to be asked.

    Attributes:
        dataset: The set.
        questions: Those of its answerable questions that are asked.
        essays: The essays asked, by id.
        index: Their index.
        encoder: The model.
        tokens: Unit vector of each token of the index, as the model gave it.
    """

    dataset: Dataset
    questions: Sequence[DatasetQuestion]
    essays: dict[str, StoredEssay]
    index: Index
    encoder: Encoder
    tokens: Floats

    def among(self, question: DatasetQuestion) -> frozenset[str]:
        """Passages that a question is asked of."""
        whole = self.dataset.whole or not question.doc
        docs = self.essays.values() if whole else [self.essays[question.doc]]
        searched = (one.id for doc in docs for one in doc.passages if one.kind in SEARCHED_KINDS)
        return frozenset(searched) - question.exclude


def main() -> None:
    """Print a table for each set, and how long ranking takes as it is stored and in half precision."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", nargs="+", type=Path, metavar="DATASET")
    parser.add_argument("--library", type=Path, metavar="DIR")
    parser.add_argument("--questions", type=int, default=600, help="questions of each set")
    parser.add_argument("--documents", type=int, default=40, help="documents of each set")
    parser.add_argument("--variant", action="append", choices=[one.name for one in VARIANTS])
    options = parser.parse_args()
    encoder = Remembering(default_loader(None))
    library = Library(find_root(options.library), load_encoder=lambda _name: encoder)
    chosen = [one for one in VARIANTS if one.name in (options.variant or [one.name]) or one == VARIANTS[0]]
    try:
        trials = [
            opened(folder, library, encoder, options.questions, options.documents)
            for folder in options.folders
        ]
    except AssistantError as error:
        sys.exit(f"{error}")
    shapes = [one.tokens.T @ one.tokens for one in trials]
    for trial, shape in zip(trials, shapes, strict=True):
        print(f"\n{headline(trial)}\n\n| {' | '.join(HEADS)} |\n|{' --- |' * len(HEADS)}", flush=True)
        table(trial, chosen, principal(shape), principal(sum(shapes) - shape) if len(shapes) > 1 else None)
        print(f"\n{times(trial)}", flush=True)


def principal(shape: Floats) -> Floats:
    """Principal axes, the strongest first, from the products of the vectors' components."""
    axes: Floats = np.linalg.eigh(shape)[1][:, ::-1].astype(np.float32)
    return axes


def opened(folder: Path, library: Library, encoder: Remembering, questions: int, documents: int) -> Trial:
    """Read a set and index what it is asked of."""
    dataset = load_dataset(folder)
    if dataset.corpus is None:
        essays, finder = library.essays(), library.finder()
    else:
        docs = list(dataset.corpus.items())[:documents]
        essays = [given_passages(doc, doc, texts) for doc, texts in docs]
        finder = library.finder_of(essays, no_step)
    index, known = finder.searcher.index, {essay.id for essay in essays}
    asked = [one for one in dataset.questions if one.answerable and (not one.doc or one.doc in known)]
    chance = random.Random(SEED)
    tokens = np.concatenate([one.tokens for one in encoder.encode([one.text for one in index.windows])])
    return Trial(
        dataset,
        chance.sample(asked, min(questions, len(asked))),
        {essay.id: essay for essay in essays},
        index,
        encoder,
        tokens,
    )


def finder(trial: Trial, tokens: TokenStore) -> Finder:
    """What finds passages by some token vectors."""
    return Finder(replace(trial.index, tokens=tokens), trial.encoder, trial.essays)


def plain(vectors: NDArray[Any]) -> TokenStore:
    """Vectors as they are: components of any kind are multiplied as bytes are."""
    return TokenStore(vectors, np.ones(len(vectors), dtype=np.float32))


def headline(trial: Trial) -> str:
    """What is asked of what."""
    passages = len({window.passage for window in trial.index.windows})
    return f"{trial.dataset.name}: {len(trial.questions)} questions, {passages} passages"


def table(trial: Trial, variants: Sequence[Variant], own: Floats, others: Floats | None) -> None:
    """Print a row a variant."""
    passages = len({window.passage for window in trial.index.windows})
    first: list[First] = []
    for variant in variants:
        if variant.brought and others is None:
            continue
        axes = others if variant.brought and others is not None else own
        vectors, size = variant.stored(trial.index, trial.tokens, axes)
        ndcg, recall, found = measured(trial, vectors)
        first = first or found
        same = np.mean([one[0] == other[0] for one, other in zip(found, first, strict=True)])
        marks = np.mean([one == other for one, other in zip(found, first, strict=True)])
        sizes = f"{size / passages:,.0f} | {len(axes) * variant.axes * 4:,}"
        print(
            f"| {variant.name} | {ndcg:.4f} | {recall:.4f} | {same:.1%} | {marks:.1%} | {sizes} |", flush=True
        )


def measured(trial: Trial, vectors: Floats) -> tuple[float, float, list[First]]:
    """nDCG@10, R@1, and what each question is shown first."""
    asked, first = finder(trial, plain(vectors)), []
    run: dict[str, dict[str, float]] = {}
    for question in trial.questions:
        read = asked.read(question.text, question.history)
        found = asked.find(read, trial.among(question), fast=True)
        # Falling ranks for scores, as in the evaluation.
        run[question.id] = {one.passage: float(-at) for at, one in enumerate(found.ranked[:100])}
        first.append((found.ranked[0].passage, asked.highlights(found, found.ranked[0])))
    qrels = {one.id: dict(trial.dataset.qrels.get(one.id, {})) for one in trial.questions}
    measures = (nDCG @ 10, R(rel=highest_judgement(trial.dataset)) @ 1)
    means = ir_measures.calc_aggregate(measures, qrels, run)
    return float(means[measures[0]]), float(means[measures[1]]), first


def times(trial: Trial) -> str:
    """How long late interaction takes with the vectors in half precision and as the index has them."""
    stores = (plain(trial.tokens.astype(np.float16)), TokenStore.of(trial.tokens))
    searchers = [finder(trial, store).searcher for store in stores]
    took: list[list[float]] = [[], []]
    for question in trial.questions[:TIMED]:
        rows = searchers[0].rows(trial.among(question))
        query = searchers[0].query(question.text)
        weights = searchers[0].weights(query, rows)
        for one, times_of in zip(searchers * 2, took * 2, strict=True):
            start = perf_counter()
            one.late(query, weights, rows)
            times_of.append(1_000 * (perf_counter() - start))
    # Of the two runs of each question the quicker: the first may have met a cold cache.
    half, byte = (float(np.median(np.minimum(one[::2], one[1::2]))) for one in took)
    return f"Ranking, median: fp16 {half:.2f} ms, as stored {byte:.2f} ms, ratio {byte / half:.2f}"


if __name__ == "__main__":
    main()

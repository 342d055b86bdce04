"""Measure recall, speed and size of the index from a thousand windows to a million.

    OPENBLAS_NUM_THREADS=1 python benchmarks/scale.py [--most 1000000] [--plot docs/scale.png]

The libraries are synthetic. Window vectors form clusters of about a hundred, whose centres vary in a tenth as
many directions as there are components. A window has four token vectors (an essay's has about 90, which would
take 30 GB), a passage three windows and 60 words of a vocabulary of 50,000 by Zipf's law, an essay a thousand
windows. A question has twelve token vectors near those of a window and three of its passage's words. The
program itself writes, reads and searches the index.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from assistant.retrieval import ranking
from assistant.retrieval.index.bm25 import Postings, term_of
from assistant.retrieval.index.index import Index, IndexSegment
from assistant.retrieval.index.manifest import FLAT
from assistant.retrieval.index.storage import load_index, save_index
from assistant.retrieval.index.tokens import TokenStore, bits_of
from assistant.retrieval.index.vectors import VectorIndex
from assistant.retrieval.index.windows import Window
from assistant.retrieval.models.encoder import Floats, ModelInfo, Piece, unit
from assistant.retrieval.questions import Question
from assistant.retrieval.ranking import Query, word_at
from assistant.retrieval.search import Searcher

SEED, DIMENSION = 7, 384
BITS = bits_of(DIMENSION)
SIZES = (1_000, 10_000, 100_000, 1_000_000)
TOKENS, WINDOWS, WORDS, ESSAY = 4, 3, 60, 1_000
VOCABULARY, PIECES, ASKED = 50_000, 30_000, 12
QUESTIONS, COMPARED, BEST = 60, 20, 10
INFO = ModelInfo("synthetic", "synthetic", DIMENSION, 254)
HEADS = (
    "windows", "engine", "recall@10 of the nearest windows", "recall@10 of late interaction",
    "nearest, ms", "words, ms", "late interaction, ms", "question, p50 ms", "p95 ms", "limit of the scan, ms",
    "opened in s", "an essay more in s", "bytes a passage: vectors", "tokens", "words and pieces", "texts",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SyntheticLibrary:
    """A synthetic library.

    Attributes:
        index: Its index, in memory.
        vectors: Vector of each window.
        words: Words of each passage, shape ``(passages, 60)``.
    """

    index: Index
    vectors: Floats
    words: np.ndarray[Any, np.dtype[np.int64]]


def main() -> None:
    """Print a table with a row for each size, and plot it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--most", type=int, default=SIZES[-1], help="windows of the largest library")
    parser.add_argument("--plot", type=Path, metavar="FILE")
    options = parser.parse_args()
    speed = bandwidth()
    print(f"Memory is read at {speed / 1e9:.1f} GB/s.\n\n| {' | '.join(HEADS)} |\n|{' ---: |' * len(HEADS)}")
    rows = []
    for count in (size for size in SIZES if size <= options.most):
        rows.append(measured(count, speed))
        print(f"| {' | '.join(map(shown, rows[-1]))} |", flush=True)
    if options.plot:
        plot(rows, options.plot)


def shown(value: float | str) -> str:
    """A figure as the table shows it."""
    if isinstance(value, str):
        return value
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def bandwidth() -> float:
    """Bytes per second that one thread reads from memory."""
    block = np.ones(64 * 2**20, dtype=np.float32)
    took = []
    for _ in range(5):
        start = perf_counter()
        block.max()
        took.append(perf_counter() - start)
    return block.nbytes / min(took)


def perturbed(vectors: Floats, spread: float, generator: np.random.Generator) -> Floats:
    """Unit vectors near others: noise of ``spread`` times their length is added."""
    noise = generator.standard_normal(vectors.shape, dtype=np.float32) * np.float32(spread / DIMENSION**0.5)
    return unit(vectors + noise)


def synthetic(count: int) -> SyntheticLibrary:
    """A synthetic library of ``count`` windows."""
    generator = np.random.default_rng(SEED)
    directions = generator.standard_normal((DIMENSION // 10, DIMENSION), dtype=np.float32)
    clusters = max(1, count // 100)
    centres = unit(generator.standard_normal((clusters, len(directions)), dtype=np.float32) @ directions)
    vectors = np.empty((count, DIMENSION), dtype=np.float32)
    stores = []
    for low in range(0, count, 50_000):
        part = slice(low, min(low + 50_000, count))
        members = generator.integers(clusters, size=part.stop - low)
        vectors[part] = perturbed(centres[members], 0.7, generator)
        stores.append(
            TokenStore.of(perturbed(np.repeat(vectors[part], TOKENS, axis=0), 0.9, generator), BITS)
        )
    owners = (np.arange(count) // WINDOWS).astype(np.int32)
    passages = int(owners[-1]) + 1
    words = np.minimum(generator.zipf(1.2, (passages, WORDS)), VOCABULARY) - 1
    terms = np.array([term_of(f"w{number}") for number in range(VOCABULARY)], dtype=np.uint64)
    ids = generator.integers(PIECES, size=count * TOKENS).astype(np.int32)
    starts = np.tile(np.arange(TOKENS, dtype=np.int32) * 6, count)
    token_owners = np.repeat(owners, TOKENS)
    index = Index(
        model=INFO,
        essays=segments(count, owners),
        windows=tuple(
            Window(f"{row // ESSAY}/p{owners[row]}", 0, 24, "word " * 4 + f"{row:09}") for row in range(count)
        ),
        vectors=VectorIndex.build(vectors),
        owners=owners,
        bounds=np.arange(count, dtype=np.int32)[:, None] * TOKENS + np.array([0, TOKENS], dtype=np.int32),
        ids=ids,
        spans=np.stack([starts, starts + 5], axis=1),
        tokens=TokenStore.joined(stores, DIMENSION, BITS),
        introductions=np.zeros((passages, 2), dtype=np.int32),
        lengths=np.full(passages, WORDS, dtype=np.int32),
        pieces=Postings.of(ids.astype(np.uint64), token_owners),
        words=Postings.of(terms[words].ravel(), np.repeat(np.arange(passages, dtype=np.int32), WORDS)),
        vocabulary=dict,
    )
    return SyntheticLibrary(index, vectors, words)


def segments(count: int, owners: np.ndarray[Any, Any]) -> dict[str, IndexSegment]:
    """Segments of essays of a thousand windows."""
    by_essay = {}
    for low in range(0, count, ESSAY):
        high = min(low + ESSAY, count)
        passages = (int(owners[low]), int(owners[high - 1]) + 1)
        by_essay[str(low // ESSAY)] = IndexSegment("", (low, high), passages, (low * TOKENS, high * TOKENS))
    return by_essay


def questions_for(library: SyntheticLibrary) -> list[Query]:
    """Questions, each near a random window."""
    generator = np.random.default_rng(SEED + 1)
    queries: list[Query] = []
    for row in generator.integers(len(library.vectors), size=QUESTIONS):
        text = " ".join(f"w{word}" for word in library.words[library.index.owners[row]][:3])
        vector = perturbed(library.vectors[row : row + 1], 0.9, generator)
        tokens = perturbed(np.repeat(vector, ASKED, axis=0), 0.9, generator)
        ids = generator.integers(PIECES, size=ASKED).astype(np.int32)
        pieces = [Piece(int(piece), at % len(text), at % len(text) + 1) for at, piece in enumerate(ids)]
        words = [word_at(text, piece) for piece in pieces]
        queries.append(
            Query(
                question=Question(text),
                pieces=pieces,
                words=words,
                vector=vector[0],
                tokens=tokens,
                ids=ids,
            )
        )
    return queries


class NoModel:
    """Stands for the encoder: the questions are encoded already."""

    info = INFO


def measured(count: int, speed: float) -> list[float | str]:
    """A row of the table."""
    library = synthetic(count)
    with tempfile.TemporaryDirectory(prefix="scale-") as name:
        folder = Path(name)
        save_index(library.index, folder).make_current()
        start = perf_counter()
        index = load_index(folder)
        assert index is not None  # noqa: S101 - it was just written
        assert len(index.rows) == count  # noqa: S101 - the same
        opened = perf_counter() - start
        encoder: Any = NoModel()
        searcher, questions = Searcher(index, encoder), questions_for(library)
        for query in questions:
            ranked(searcher, query)
        nearest = times(questions, lambda query: index.vectors.search(query.vector, 300, in_part=True))
        words = times(questions, lambda query: searcher.lexical.best(query.text, 100))
        whole = times(questions, lambda query: ranked(searcher, query))
        preceding = times(questions, lambda query: candidates(searcher, query))
        late = (
            np.median(np.array(whole) - np.array(preceding))
            if count > ranking.SCORE_ALL
            else np.median(whole)
        )
        sizes = bytes_of(folder, index)
        more = synthetic(ESSAY)
        start = perf_counter()
        save_index(more.index, folder, load_index(folder), list(index.essays)).make_current()
        added = perf_counter() - start
        return [
            f"{count:,}",
            index.vectors.engine,
            recall_nearest(library, searcher, questions),
            recall_late(searcher, questions),
            float(np.median(nearest)),
            float(np.median(words)),
            float(late),
            float(np.median(whole)),
            float(np.percentile(whole, 95)),
            1e3 * (count * DIMENSION * (4 if index.vectors.engine == FLAT else 1 / 16)) / speed,
            opened,
            added,
            *(size / len(index.lengths) for size in sizes),
        ]


def ranked(searcher: Searcher, query: Query) -> list[ranking.Ranked]:
    """The passages that a question finds."""
    rows = searcher.rows(None)
    return searcher.rank_by_late_interaction(query, searcher.weights(query, rows), rows)


def candidates(searcher: Searcher, query: Query) -> None:
    """Everything that a question in a large library needs before late interaction."""
    searcher.weights(query, searcher.rows(None))
    searcher.index.vectors.search(query.vector, 300, in_part=True)
    searcher.lexical.best(query.text, 100)


def times(questions: Sequence[Query], ask: Callable[[Query], object]) -> list[float]:
    """Milliseconds of each question, the best of three runs, as other programs may be running."""
    took: list[list[float]] = []
    for _ in range(3):
        took.append([])
        for query in questions:
            start = perf_counter()
            ask(query)
            took[-1].append(1e3 * (perf_counter() - start))
    return [min(runs) for runs in zip(*took, strict=True)]


def recall_nearest(library: SyntheticLibrary, searcher: Searcher, questions: Sequence[Query]) -> float:
    """Share of the ten nearest windows, determined by comparing all, among the first ten found."""
    found = 0
    for query in questions:
        true = np.argpartition(-(library.vectors @ query.vector), BEST)[:BEST]
        found += len(
            {*true.tolist()} & {*searcher.index.vectors.search(query.vector, BEST, in_part=True)[0].tolist()}
        )
    return found / (BEST * len(questions))


def recall_late(searcher: Searcher, questions: Sequence[Query]) -> float:
    """Share of the ten best passages, by late interaction over all windows, among the first ten found."""
    found, most = 0, ranking.SCORE_ALL
    for query in questions[:COMPARED]:
        first = {result.passage for result in ranked(searcher, query)[:BEST]}
        rows = searcher.rows(None)
        ranking.SCORE_ALL = len(rows)
        exhaustive = searcher.rank_by_late_interaction(query, searcher.weights(query, rows), rows)
        ranking.SCORE_ALL = most
        found += len(first & {result.passage for result in exhaustive[:BEST]})
    return found / (BEST * COMPARED)


def bytes_of(folder: Path, index: Index) -> list[float]:
    """Size of vectors, tokens, words and pieces, and texts."""
    vectors = sum(path.stat().st_size for path in folder.glob("build-*/windows.faiss"))
    names = ("tokens", "scales", "ids", "spans")
    tokens = sum(path.stat().st_size for name in names for path in folder.glob(f"rows-*/{name}.bin"))
    texts = sum(path.stat().st_size for path in folder.glob("rows-*/*.jsonl"))
    return [vectors, tokens, index.pieces.nbytes + index.words.nbytes, texts]


def plot(rows: Sequence[Sequence[float | str]], path: Path) -> None:
    """Plot the times of a question's parts against the number of windows."""
    import matplotlib as mpl

    mpl.use("agg")
    from matplotlib import pyplot as plt

    counts = [float(str(row[0]).replace(",", "")) for row in rows]
    figure, axes = plt.subplots(figsize=(6, 3.6))
    for column, name in ((7, "question"), (4, "nearest windows"), (5, "words"), (6, "late interaction")):
        axes.loglog(counts, [float(row[column]) for row in rows], marker="o", label=name)
    limits = [float(row[9]) for row in rows]
    axes.loglog(counts, limits, linestyle=":", color="grey", label="limit of the scan")
    axes.set(xlabel="windows", ylabel="ms, median")
    axes.legend(frameon=False, fontsize=8)
    figure.tight_layout()
    figure.savefig(path, dpi=90)


if __name__ == "__main__":
    main()

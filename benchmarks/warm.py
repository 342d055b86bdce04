"""Time a question to a program that is running, and its parts, against the peers; prints Markdown.

    python benchmarks/warm.py [--rounds 3] [--work DIR]

Asks the questions of ``data/eval/sample``: the assistant, with and without the reading model, and the peers,
in turn for each question, so that no program finds its model in the processor's cache; then the assistant
alone. The last column is the time that the machine needs for the same work by itself, measured between the
rounds: multiplying the questions' word pieces with matrices of the model's shapes that are read from memory,
and reading the token vectors from memory once.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

# Set before numpy is imported: a question uses one thread, in the assistant and in the reference products.
os.environ["OPENBLAS_NUM_THREADS"] = "1"

import numpy as np
import peers
from measuring import QUERIES, SAMPLE, spread, table, tail

from assistant.core.answer import Answer
from assistant.core.essay import SEARCHED_KINDS
from assistant.library.library import Library
from assistant.rendering.answers import answer_object, answer_text
from assistant.retrieval.finder import Finder
from assistant.retrieval.models.cross_encoder import EXCERPT, DefaultReadingModel
from assistant.retrieval.models.encoder import Encoded, Encoder
from assistant.retrieval.models.loading import default_loader
from assistant.retrieval.models.onnx import tokenizer_in
from assistant.retrieval.models.weights import default_folder

# Shapes of the matrices in a layer of the model, and the number of layers.
SHAPES = ((384, 384),) * 4 + ((384, 1536), (1536, 384))
LAYERS = 6

PARTS = ("encoding", "search and late interaction", "reading", "citing", "files unchanged?", "rendering")


class Clock:
    """Seconds spent in each part of a question, and word pieces encoded and read."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = defaultdict(float)
        self.pieces = self.read = 0

    def timed(self, part: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """A function that adds its time to a part."""

        def run(*arguments: Any, **options: Any) -> Any:
            start = perf_counter()
            try:
                return function(*arguments, **options)
            finally:
                self.spent[part] += perf_counter() - start

        return run


class TimedReadingModel:
    """The reading model, timed.

    Args:
        clock: The clock.
    """

    def __init__(self, clock: Clock) -> None:
        self._reading_model, self._clock = DefaultReadingModel(sys.exit), clock
        self._read = clock.timed("reading", self._reading_model.read)

    def read(self, question: str, excerpts: Sequence[str]) -> list[float]:
        """Read, and count the word pieces."""
        logits: list[float] = self._read(question, excerpts)
        pieces = tokenizer_in(default_folder()).of
        self._clock.read += sum(len(pieces(excerpt).ids[:EXCERPT]) for excerpt in excerpts)
        return logits


class Assistant:
    """The assistant with the sample essay, its parts timed.

    Args:
        root: Folder of its library.
    """

    def __init__(self, root: Path) -> None:
        self.clock = Clock()
        library = Library(root, load_encoder=self._loaded, reading_model=TimedReadingModel(self.clock))
        library.add(SAMPLE)
        self.stored = sum(path.stat().st_size for path in (root / "index").rglob("tokens*"))
        library.warm()
        Finder.find = self.clock.timed("finding", Finder.find)  # type: ignore[method-assign]
        library.finder = self.clock.timed("files unchanged?", library.finder)  # type: ignore[method-assign]
        self.library = library

    def _loaded(self, name: str | None) -> Encoder:
        encoder = default_loader(name)
        timed = self.clock.timed("encoding", encoder.encode)

        def encode(texts: Sequence[str], **options: Any) -> list[Encoded]:
            encodings: list[Encoded] = timed(texts, **options)
            self.clock.pieces += sum(len(encoding.ids) + 2 for encoding in encodings)
            return encodings

        encoder.encode = encode  # type: ignore[method-assign]
        return encoder

    def ask(self, question: str, *, fast: bool) -> dict[str, float]:
        """Seconds that a question takes in all, and in each part."""
        spent = self.clock.spent
        spent.clear()
        start = perf_counter()
        answer = self.library.ask(question, fast=fast, explained=False)
        answered = perf_counter()
        rendered(answer)
        took = perf_counter()
        return {
            "in all": took - start,
            "encoding": spent["encoding"],
            "search and late interaction": spent["finding"] - spent["encoding"] - spent["reading"],
            "reading": spent["reading"],
            "citing": answered - start - spent["finding"] - spent["files unchanged?"],
            "files unchanged?": spent["files unchanged?"],
            "rendering": took - answered,
        }


def rendered(answer: Answer) -> str:
    """An answer as the command prints it, as text and as JSON."""
    return answer_text(answer) + json.dumps(answer_object(answer), ensure_ascii=False)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--work", type=Path, metavar="DIR", help="environments of the peers; without it, none"
    )
    options = parser.parse_args()
    questions = [json.loads(line)["text"] for line in QUERIES.read_text("utf-8").splitlines()]
    available = peers.prepare_peers(options.work)[0] if options.work else []
    with TemporaryDirectory() as name:
        assistant = Assistant(Path(name) / "library")
        essay = assistant.library.essay("sample")
        texts = [passage.text for passage in essay.passages if passage.kind in SEARCHED_KINDS]
        peers.write_files(Path(name), texts)
        for peer in available:
            peers.run(peer.command(options.work, "make"), Path(name))
        with peers.running(available, options.work, Path(name)) as waiting:
            print(measured(assistant, waiting, questions, options.rounds))


def measured(
    assistant: Assistant, waiting: dict[str, peers.Running], questions: Sequence[str], rounds: int
) -> str:
    """Ask every program in turn; the tables."""
    fast, full, seconds = [], [], defaultdict[str, list[float]](list)
    limits: dict[str, list[float]] = defaultdict(list)
    for number in range(rounds + 1):
        assistant.clock.pieces = assistant.clock.read = 0
        for question in questions:
            quick, whole = assistant.ask(question, fast=True), assistant.ask(question, fast=False)
            peer_seconds = {name: peer.ask(question)[0] for name, peer in waiting.items()}
            if number:  # the first round warms up
                fast.append(quick)
                full.append(whole)
                for name, took in peer_seconds.items():
                    seconds[name].append(took)
        pieces = assistant.clock.pieces // (2 * len(questions))
        read = assistant.clock.read // len(questions)
        limits["encoding"].append(products(pieces))
        limits["reading"].append(products(read))
        limits["search and late interaction"].append(scanned(assistant.stored))
    alone = [assistant.ask(question, fast=True) for _ in range(rounds) for question in questions]
    sizes = {"encoding": f"{pieces} word pieces", "reading": f"{read} word pieces on average"}
    rows = []
    for part in PARTS:
        times = [1000 * question[part] for question in (fast if part != "reading" else full)]
        limit = f"{1000 * min(limits[part]):.1f}" if limits[part] else ""
        rows.append([part + (f" ({sizes[part]})" if part in sizes else ""), *tail(times, 1), limit])
    parts = table(("part of a question", "p50, ms", "p95, ms", "p99, ms", "the machine itself, ms"), rows)
    seconds |= {
        "the assistant, `--fast`": [question["in all"] for question in fast],
        "the assistant, `--fast`, the peers at rest": [question["in all"] for question in alone],
        "the assistant": [question["in all"] for question in full],
    }
    first = np.median(seconds["the assistant, `--fast`"])
    compared = [
        [
            name,
            spread([1000 * second for second in took], 1),
            *tail([1000 * second for second in took], 1)[1:],
            f"{np.median(took) / first:.1f}",
        ]
        for name, took in sorted(seconds.items(), key=lambda item: float(np.median(item[1])))
    ]
    head = ("one question, warm", "median (quartiles), ms", "p95, ms", "p99, ms", "ratio of medians")
    return f"{table(head, compared)}\n\n{parts}"


def products(pieces: int) -> float:
    """Seconds for the model's matrix products of some word pieces, with matrices read from memory."""
    generator = np.random.default_rng(1)
    layers = [[generator.standard_normal(shape, dtype=np.float32) for shape in SHAPES] for _ in range(LAYERS)]
    narrow, wide = (np.ones((max(pieces, 1), size), dtype=np.float32) for size in (384, 1536))
    took = []
    for _ in range(5):
        start = perf_counter()
        for layer in layers:
            for matrix in layer:
                (narrow if len(matrix) == narrow.shape[1] else wide) @ matrix
        took.append(perf_counter() - start)
    return min(took)


def scanned(size: int) -> float:
    """Seconds to read some bytes from memory, at the rate of a large array."""
    block = np.ones(2**25, dtype=np.uint64)
    took = []
    for _ in range(5):
        start = perf_counter()
        block.sum()
        took.append(perf_counter() - start)
    return min(took) * size / block.nbytes


if __name__ == "__main__":
    main()

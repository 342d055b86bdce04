"""A question asked of a program that is running: its parts, and how it compares, as Markdown on stdout.

    python benchmarks/warm.py [--rounds 3] [--work DIR]

Asks the questions of ``data/eval/sample`` of the sample essay: of the assistant, with and without the model
that reads, and of the peers, question by question in turn, so that each finds its model out of the
processor's cache; then of the assistant alone, question after question. Beside the parts stands what the
machine itself takes for the same work, measured between the rounds: multiplying the questions' word pieces
with matrices of the model's shapes that come from memory, and reading the token vectors from memory once.
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

# Before numpy: one question is multiplied by one thread, in the assistant and in the yardstick.
os.environ["OPENBLAS_NUM_THREADS"] = "1"

import numpy as np
import peers as others
from measuring import QUERIES, SAMPLE, spread, table, tail

from assistant.core.answer import Answer
from assistant.core.essay import SEARCHED_KINDS
from assistant.library.library import Library
from assistant.rendering.answers import answer_object, answer_text
from assistant.retrieval.finder import Finder
from assistant.retrieval.models.cross_encoder import DefaultReadingModel, Reading
from assistant.retrieval.models.encoder import Encoded, Encoder
from assistant.retrieval.models.loading import default_loader

# Matrices of a layer of the model, and its layers: what each word piece is multiplied with.
SHAPES = ((384, 384),) * 4 + ((384, 1536), (1536, 384))
LAYERS = 6

PARTS = ("encoding", "search and late interaction", "reading", "citing", "files unchanged?", "rendering")


class Clock:
    """Seconds spent in parts of one question."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = defaultdict(float)
        self.pieces = self.read = 0

    def timed(self, part: str, job: Callable[..., Any]) -> Callable[..., Any]:
        """A function that notes what it takes."""

        def run(*words: Any, **how: Any) -> Any:
            begun = perf_counter()
            try:
                return job(*words, **how)
            finally:
                self.spent[part] += perf_counter() - begun

        return run


class TimedReadingModel:
    """The model that reads, with a clock.

    Args:
        clock: The clock.
    """

    def __init__(self, clock: Clock) -> None:
        self._reading_model, self._clock = DefaultReadingModel(sys.exit), clock
        self._read = clock.timed("reading", self._reading_model.read)

    def read(self, question: str, excerpts: Sequence[str]) -> list[Reading]:
        """Read, and count what is read."""
        made: list[Reading] = self._read(question, excerpts)
        self._clock.read += sum(len(one.spans) for one in made)
        return made


class Assistant:
    """The assistant on the sample essay, with clocks in it.

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

        def encode(texts: Sequence[str], **how: Any) -> list[Encoded]:
            made: list[Encoded] = timed(texts, **how)
            self.clock.pieces += sum(len(one.ids) + 2 for one in made)
            return made

        encoder.encode = encode  # type: ignore[method-assign]
        return encoder

    def ask(self, question: str, *, fast: bool) -> dict[str, float]:
        """Seconds of a question: in all, and in each part."""
        spent = self.clock.spent
        spent.clear()
        begun = perf_counter()
        answer = self.library.ask(question, fast=fast, explained=False)
        answered = perf_counter()
        rendered(answer)
        took = perf_counter()
        return {
            "in all": took - begun,
            "encoding": spent["encoding"],
            "search and late interaction": spent["finding"] - spent["encoding"] - spent["reading"],
            "reading": spent["reading"],
            "citing": answered - begun - spent["finding"] - spent["files unchanged?"],
            "files unchanged?": spent["files unchanged?"],
            "rendering": took - answered,
        }


def rendered(answer: Answer) -> str:
    """An answer as the command prints it, both ways."""
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
    there = others.prepared(options.work)[0] if options.work else []
    with TemporaryDirectory() as name:
        assistant = Assistant(Path(name) / "library")
        essay = assistant.library.essay("sample")
        texts = [one.text for one in essay.passages if one.kind in SEARCHED_KINDS]
        (Path(name) / "passages").write_text("\0".join(texts), encoding="utf-8")
        for peer in there:
            others.run(peer.command(options.work, "make"), Path(name))
        with others.running(there, options.work, Path(name)) as peers:
            print(measured(assistant, peers, questions, options.rounds))


def measured(
    assistant: Assistant, peers: dict[str, others.Running], questions: Sequence[str], rounds: int
) -> str:
    """Ask everything in turn, and tell the times."""
    fast, full, seconds = [], [], defaultdict[str, list[float]](list)
    limits: dict[str, list[float]] = defaultdict(list)
    for number in range(rounds + 1):
        assistant.clock.pieces = assistant.clock.read = 0
        for question in questions:
            quick, whole = assistant.ask(question, fast=True), assistant.ask(question, fast=False)
            found = {name: peer.ask(question)[0] for name, peer in peers.items()}
            if number:  # in the first round everything is touched for the first time
                fast.append(quick)
                full.append(whole)
                for name, took in found.items():
                    seconds[name].append(took)
        pieces = assistant.clock.pieces // (2 * len(questions))
        read = assistant.clock.read // len(questions)
        limits["encoding"].append(products(pieces))
        limits["reading"].append(products(read))
        limits["search and late interaction"].append(scanned(assistant.stored))
    alone = [assistant.ask(question, fast=True) for _ in range(rounds) for question in questions]
    known = {"encoding": f"{pieces} word pieces", "reading": f"{read} word pieces on average"}
    rows = []
    for part in PARTS:
        times = [1000 * one[part] for one in (fast if part != "reading" else full)]
        limit = f"{1000 * min(limits[part]):.1f}" if limits[part] else ""
        rows.append([part + (f" ({known[part]})" if part in known else ""), *tail(times, 1), limit])
    parts = table(("part of a question", "p50, ms", "p95, ms", "p99, ms", "the machine itself, ms"), rows)
    seconds |= {
        "the assistant, `--fast`": [one["in all"] for one in fast],
        "the assistant, `--fast`, the peers at rest": [one["in all"] for one in alone],
        "the assistant": [one["in all"] for one in full],
    }
    first = np.median(seconds["the assistant, `--fast`"])
    compared = [
        [
            name,
            spread([1000 * one for one in took], 1),
            *tail([1000 * one for one in took], 1)[1:],
            f"{np.median(took) / first:.1f}",
        ]
        for name, took in sorted(seconds.items(), key=lambda item: float(np.median(item[1])))
    ]
    head = ("one question, warm", "median (quartiles), ms", "p95, ms", "p99, ms", "ratio of medians")
    return f"{table(head, compared)}\n\n{parts}"


def products(pieces: int) -> float:
    """Seconds for the model's matrix products of some word pieces, its matrices coming from memory."""
    chance = np.random.default_rng(1)
    layers = [[chance.standard_normal(shape, dtype=np.float32) for shape in SHAPES] for _ in range(LAYERS)]
    narrow, wide = (np.ones((max(pieces, 1), size), dtype=np.float32) for size in (384, 1536))
    took = []
    for _ in range(5):
        begun = perf_counter()
        for layer in layers:
            for matrix in layer:
                (narrow if len(matrix) == narrow.shape[1] else wide) @ matrix
        took.append(perf_counter() - begun)
    return min(took)


def scanned(size: int) -> float:
    """Seconds to read some bytes from memory, by the rate at which many are read."""
    block = np.ones(2**25, dtype=np.uint64)
    took = []
    for _ in range(5):
        begun = perf_counter()
        block.sum()
        took.append(perf_counter() - begun)
    return min(took) * size / block.nbytes


if __name__ == "__main__":
    main()

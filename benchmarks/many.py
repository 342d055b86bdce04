"""Measure a library of many essays: adding, listing, filtering, asking, changing it, and the server's memory.

    OPENBLAS_NUM_THREADS=1 python benchmarks/many.py [--essays 10000] [--work DIR]

The essays are generated: words of English by Zipf's law, with some sixty that are an essay's own, in
sentences, paragraphs and sections; 200 to 4,000 words long, 500 in the median. To embed them all with the
model takes hours, so vectors of word pieces are drawn from a pool of those that the model gave to the same
pieces in other sentences; a window's vector is their mean, as the model's. Questions are encoded by the
model. Everything else is the program: the commands are processes of their own, and so is ``assistant serve``.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from time import perf_counter, sleep
from typing import Any
from urllib.parse import urlencode

import numpy as np
from measuring import ROOT, environment, resident, table
from wordfreq import top_n_list

from assistant.core.selection import LabelChanges
from assistant.library.library import Library
from assistant.library.walking import FileToAdd
from assistant.retrieval.models.encoder import Encoded, Encoder, Floats, ModelInfo, Piece, unit
from assistant.retrieval.models.loading import default_loader

SEED, POOLED, VARIANTS = 11, 1_500, 6
# Words of an essay in the median; fewest and most sentences of a paragraph, also of an essay of few words.
MEDIAN, SHORT = 500, 100
PARAGRAPH, PARAGRAPH_OF_SHORT = (3, 7), (1, 3)
WORDS = [word for word in top_n_list("en", 24_000) if word.isascii() and word.isalpha() and len(word) > 1]
COMMON, RARE = WORDS[:600], WORDS[1_500:]
FAMILIES = [word.capitalize() for word in RARE[3_000:3_700]]
HEADINGS = [" ".join(pair).title() for pair in zip(RARE[5_000:5_060], RARE[6_000:6_060], strict=True)]
COLLECTIONS = [f"{RARE[8_000 + n].title()}/{RARE[8_100 + n].title()}" for n in range(24)]
TAGS = [RARE[9_000 + n] for n in range(40)]
QUESTIONS, RUNS, TIMEOUT = 60, 3, 600


class PooledEncoder:
    """The model for questions; for essays, vectors that it gave to the same word pieces elsewhere."""

    def __init__(self, model: Encoder) -> None:
        self._model = model
        by_id: dict[int, list[Floats]] = defaultdict(list)
        chance = random.Random(SEED)
        for encoded in model.encode([sentence(chance, RARE) for _ in range(POOLED)]):
            for piece, vector in zip(encoded.ids.tolist(), encoded.tokens, strict=True):
                if len(by_id[piece]) < VARIANTS:
                    by_id[piece].append(vector)
        self._pool = {piece: np.array(vectors) for piece, vectors in by_id.items()}
        self._others = np.concatenate(list(self._pool.values()))

    def __getstate__(self) -> tuple[dict[int, Floats], Floats]:
        """The pool, which another process need not make again."""
        return self._pool, self._others

    def __setstate__(self, state: tuple[dict[int, Floats], Floats]) -> None:
        self._pool, self._others = state
        self._model = default_loader(None)

    @property
    def info(self) -> ModelInfo:
        """The model's, so that the program takes the index for its own."""
        return self._model.info

    def pieces(self, text: str) -> list[Piece]:
        """Word pieces of a text."""
        return self._model.pieces(text)

    def encode(
        self, texts: Sequence[str], *, query: bool = False, progress: Callable[[int], None] | None = None
    ) -> list[Encoded]:
        """Encode texts from the pool, and questions by the model."""
        if query:
            return self._model.encode(texts, query=True, progress=progress)
        if progress is not None:
            progress(len(texts))
        return [self._encoded(text) for text in texts]

    def _encoded(self, text: str) -> Encoded:
        ids = np.array([piece.id for piece in self.pieces(text)[: self.info.max_tokens]], dtype=np.int32)
        rows = []
        for place, piece in enumerate(ids.tolist()):
            variants = self._pool.get(piece)
            rows.append(
                self._others[piece * 7 % len(self._others)]
                if variants is None
                else variants[place % len(variants)]
            )
        tokens = np.array(rows, dtype=np.float32)
        return Encoded(unit(tokens.mean(axis=0)), tokens, ids)


def sentence(chance: random.Random, own: Sequence[str]) -> str:
    """A sentence of common words and of some that are an essay's own."""
    words = [
        chance.choice(own) if chance.random() < 0.3 else COMMON[min(int(chance.paretovariate(0.6)), 599)]
        for _ in range(chance.randint(8, 26))
    ]
    return f"{words[0].capitalize()} {' '.join(words[1:])}."


def essays(folder: Path, count: int, words: int = MEDIAN) -> Iterator[FileToAdd]:
    """Write so many essays of about so many words as files; each with its record, collection and tags."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        chance = random.Random(SEED * 1_000_003 + number)
        own = chance.sample(RARE, 60)
        author, year = chance.choice(FAMILIES), chance.randint(1900, 2024)
        title = f"{own[0].title()} and {own[1].title()} in {own[2].title()}"
        length = min(4_000, max(200, int(chance.lognormvariate(6.2, 0.6)))) * words // MEDIAN
        parts, written = [title, f"by Ada {author}"], 0
        while written < length:
            if written == 0 or chance.random() < 0.2:
                parts.append(chance.choice(HEADINGS))
            sentences = chance.randint(*(PARAGRAPH if words >= SHORT else PARAGRAPH_OF_SHORT))
            paragraph = " ".join(sentence(chance, own) for _ in range(sentences))
            written += paragraph.count(" ") + 1
            parts.append(paragraph)
        path = folder / f"e{number:05}.txt"
        path.write_text("\n\n".join(parts) + "\n", encoding="utf-8")
        record: dict[str, Any] = {
            "type": "chapter",
            "id": f"{author.lower()}-{year}-{number}",
            "title": title,
            "author": [{"family": author, "given": "Ada"}],
            "issued": {"date-parts": [[year]]},
        }
        labels = LabelChanges(collections=[chance.choice(COLLECTIONS)], tags=chance.sample(TAGS, 2))
        yield FileToAdd(path=path, reference=record, labels=labels)


def build(root: Path, texts: Path, count: int) -> list[tuple[int, float]]:
    """Add the essays; seconds at each tenth of them."""
    encoder = PooledEncoder(default_loader(None))
    library = Library(root, load_encoder=lambda _name: encoder)
    start, marks = perf_counter(), []
    for done, result in enumerate(library.add_files(essays(texts, count)), 1):
        if result.outcome not in {"added", "unchanged"}:
            raise SystemExit(f"{result.path}: {result.outcome} {result.message}")
        if done % max(1, count // 10) == 0:
            marks.append((done, perf_counter() - start))
            print(f"{done:,} added, {marks[-1][1]:.0f} s", file=sys.stderr, flush=True)
    return marks


def command(root: Path, *words: str) -> tuple[float, float, int]:
    """Run a command; seconds, seconds of the processor, and megabytes of its peak."""
    library = [str(root)] if words[0] == "cluster" else ["--library", str(root)]
    start = perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "assistant", *words, *library],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment() | {"PYTHONPATH": str(ROOT)},
    )
    _, status, usage = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status) not in {0, 1}:
        raise SystemExit(f"failed: assistant {' '.join(words)}")
    return perf_counter() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss // 1024


def commands(root: Path, work: Path, count: int) -> list[list[str]]:
    """Rows of the commands: the median of some runs, and the peak."""
    summaries = Library(root).summaries()
    some, record = [*summaries][count // 2], next(iter(summaries.values())).reference
    extra = next(iter(essays(work / "extra", 1))).path
    extra.write_text(extra.read_text("utf-8").replace("and", "beyond"), encoding="utf-8")
    collection, author = COLLECTIONS[0], record["author"][0]["family"]
    question = asked(1)[0]
    cases: list[tuple[str, list[str]]] = [
        ("list", ["list"]),
        ("list --author --year", ["list", "--author", author, "--year", "1950-2024"]),
        ("ask --fast, cold", ["ask", question, "--fast"]),
        ("ask, cold", ["ask", question]),
        ("ask --fast --collection, cold", ["ask", question, "--fast", "--collection", collection]),
        ("ask --fast --kind, cold", ["ask", question, "--fast", "--kind", "paragraph"]),
        ("quote, cold", ["quote", "a sentence that nobody has printed here"]),
        ("cite", ["cite", some]),
        ("edit --tag", ["edit", some, "--tag", "seen"]),
        ("edit --first-page", ["edit", some, "--first-page", "7"]),
        ("add one more", ["add", str(extra), "--id", "one-more"]),
        ("remove", ["remove", "one-more"]),
        ("restore", ["restore", "one-more"]),
    ]
    rows = []
    for name, words in cases:
        runs = [command(root, *words) for _ in range(RUNS if words[0] in {"list", "ask", "cite"} else 1)]
        medians = [f"{np.median([run[column] for run in runs]):.2f}" for column in (0, 1)]
        rows.append([name, *medians, str(max(peak for _, _, peak in runs))])
        print(rows[-1], file=sys.stderr, flush=True)
    return rows


def asked(count: int) -> list[str]:
    """Questions with words of the essays."""
    chance = random.Random(SEED + 1)
    return [
        f"What does {chance.choice(FAMILIES)} say about {' and '.join(chance.sample(RARE, 2))}?"
        for _ in range(count)
    ]


def server(root: Path) -> list[list[str]]:
    """Rows of a running server."""
    port = 7_000 + os.getpid() % 2_000
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "assistant",
            "serve",
            "--library",
            str(root),
            "--port",
            str(port),
            "--no-open",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment() | {"PYTHONPATH": str(ROOT)},
    )
    try:
        start = perf_counter()
        while True:
            try:
                get(port, "/api/ask", q=asked(1)[0], fast=1)
                break
            except OSError:
                if perf_counter() - start > TIMEOUT:
                    raise
                sleep(0.2)
        rows = [
            [
                "first answer after the start, s",
                f"{perf_counter() - start:.1f}",
                "",
                f"{processor(process.pid):.1f}",
            ]
        ]
        for name, path, fields in (
            ("ask, fast", "/api/ask", {"fast": 1}),
            ("ask", "/api/ask", {}),
            ("ask, fast, a collection", "/api/ask", {"fast": 1, "collection": COLLECTIONS[1]}),
            ("list, a year", "/api/list", {"year": "1999"}),
            ("list", "/api/list", {}),
        ):
            questions = asked(QUESTIONS if path == "/api/ask" else 8)
            sent = [{**fields, "q": question} if path == "/api/ask" else fields for question in questions]
            for each in sent[:3]:
                get(port, path, **each)
            before = processor(process.pid)
            took = [timed(partial(get, port, path, **each)) for each in sent]
            busy = f"{(processor(process.pid) - before) / len(sent) * 1e3:.0f}"
            rows.append([f"{name}, ms", f"{np.median(took):.0f}", f"{np.percentile(took, 95):.0f}", busy])
            print(rows[-1], file=sys.stderr, flush=True)
        rows.append(["memory, MB", f"{resident(process.pid):.0f}", "", ""])
        first, later = (
            timed(partial(get, port, "/api/quote", text=f"{word} sentence that nobody has printed here"))
            for word in ("a", "another")
        )
        rows += [
            ["first quotation, s", f"{first / 1e3:.1f}", "", ""],
            ["next quotation, ms", f"{later:.0f}", "", ""],
        ]
        rows.append(["memory after quotations, MB", f"{resident(process.pid):.0f}", "", ""])
    finally:
        process.kill()
        process.wait()
    return rows


def processor(process: int) -> float:
    """Seconds of the processor that a process has used."""
    fields = Path(f"/proc/{process}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def get(port: int, path: str, **fields: object) -> Any:
    """Ask the server."""
    connection = http.client.HTTPConnection("localhost", port, timeout=TIMEOUT)
    connection.request("GET", f"{path}?{urlencode(fields)}")
    response = connection.getresponse()
    value = json.loads(response.read())
    if response.status != 200:
        raise SystemExit(f"{path}: {value}")
    return value


def timed(work: Callable[[], object]) -> float:
    """Milliseconds of some work."""
    start = perf_counter()
    work()
    return 1e3 * (perf_counter() - start)


def main() -> None:
    """Build the library, unless it is there, and print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--essays", type=int, default=10_000)
    parser.add_argument("--work", type=Path, metavar="DIR", help="a folder for the library, used again")
    parser.add_argument("--only", choices=("build", "commands", "server"), nargs="*")
    options = parser.parse_args()
    only = options.only or ("build", "commands", "server")
    with tempfile.TemporaryDirectory(prefix="many-") as name:
        work = options.work or Path(name)
        root = work / "library"
        if "build" in only:
            marks = build(root, work / "texts", options.essays)
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
            rows = [[f"{done:,}", f"{took:.0f}", f"{took / done * 1e3:.0f}"] for done, took in marks]
            print(table(["essays added", "s", "ms an essay"], rows), f"\nPeak {peak} MB.\n", flush=True)
        if "commands" in only:
            rows = commands(root, work, options.essays)
            print(table(["command", "s, median", "s of the processor", "peak MB"], rows), flush=True)
        if "server" in only:
            print(table(["the server", "p50", "p95", "processor"], server(root)), flush=True)


if __name__ == "__main__":
    main()

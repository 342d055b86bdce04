"""Time a question to a program that is not running yet, and building an index; prints Markdown.

    python benchmarks/start.py [--runs 7] [--minutes 5] [--work DIR]

Asks the sample essay one question, each time in a new process: with ``assistant ask``, with and without the
reading model; with the same command without ONNX Runtime, so that sentence-transformers runs the model; and
with the peers (``benchmarks/peers.py``), which have indexed the same passages, or the essay as a PDF, before.
Then times building the assistant's and the peers' indexes, and encoding one question and the essay's
sentences with both runtimes. All take turns, so that other work on the machine slows them alike.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import monotonic, perf_counter
from typing import TYPE_CHECKING

import peers
from measuring import SAMPLE, Process, environment, in_turn, spread, table

from assistant.core.essay import SEARCHED_KINDS
from assistant.library import store

if TYPE_CHECKING:
    from assistant.retrieval.models.encoder import Encoder

QUESTION = "What was printed from 1974 onwards?"
# Shares of the time after which no further turn of a part starts.
ASKING, BUILDING = 0.6, 0.8
BUILDS = 3

_FALLBACK = """
import sys
sys.modules["onnxruntime"] = None
from assistant.cli import main
main()
"""


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument(
        "--work",
        type=Path,
        metavar="DIR",
        help="environments of the peers; without it, only the first peer runs",
    )
    options = parser.parse_args()
    start, seconds = monotonic(), 60 * options.minutes
    available = peers.prepare_peers(options.work)[0] if options.work else list(peers.PEERS[:1])
    work = options.work or Path()
    with TemporaryDirectory() as name:
        folder = Path(name)
        sentences = prepare(folder, available, work)
        asking = ways_to_ask(folder, available, work)
        for way in asking:
            way.run()  # compiles modules and reads files into memory
            way.seconds.clear()
            way.megabytes.clear()
        in_turn([way.run for way in asking], options.runs, start + ASKING * seconds)
        print(process_table("a question, cold", asking))
        building = ways_to_build(folder, available, work)
        in_turn([way.run for way in building], min(BUILDS, options.runs), start + BUILDING * seconds)
        sizes = [size_of(folder / library / "index") for library in ("built", "built-pdf")]
        sizes += [int(peers.run(peer.command(work, "size"), folder)) for peer in available]
        print(f"\n{process_table('the index made, cold', building, sizes)}")
        print(f"\n{model(sentences, options.runs, start + seconds)}")


def prepare(folder: Path, available: Sequence[peers.Peer], work: Path) -> list[str]:
    """Build a library and the peers' indexes; return the essay's sentences."""
    # In separate processes: a process inherits the peak memory of the one that started it, which must
    # therefore not have loaded a model.
    subprocess.run(add(folder), check=True, stdout=subprocess.DEVNULL, env=environment())
    essay = store.load(folder / "library" / "data" / "chunks" / "sample.jsonl")
    searched = [passage for passage in essay.passages if passage.kind in SEARCHED_KINDS]
    peers.write_files(folder, [passage.text for passage in searched])
    for peer in available:
        peers.run(peer.command(work, "make"), folder)
    return [passage.text[start:end] for passage in searched for start, end in passage.sentences]


def add(folder: Path, library: str = "library", essay: Path = SAMPLE) -> list[str]:
    """The command that adds an essay to a library."""
    return [sys.executable, "-m", "assistant", "add", str(essay), "--library", str(folder / library)]


def ways_to_ask(folder: Path, available: Sequence[peers.Peer], work: Path) -> list[Process]:
    """The ways to ask a question, the assistant first."""
    ask = ("ask", QUESTION, "--library", str(folder / "library"))
    program = (sys.executable, "-m", "assistant")
    return [
        Process("`assistant ask --fast`", (*program, *ask, "--fast")),
        Process("`assistant ask`", (*program, *ask)),
        Process("the same without ONNX Runtime", (sys.executable, "-c", _FALLBACK, *ask)),
        *(Process(peer.name, peer.command(work, "ask", QUESTION), folder) for peer in available),
    ]


def ways_to_build(folder: Path, available: Sequence[peers.Peer], work: Path) -> list[Process]:
    """The ways to build a new index."""
    return [
        Process("`assistant add`", afresh(add(folder, "built"))),
        Process("`assistant add`, the PDF", afresh(add(folder, "built-pdf", folder / "essay.pdf"))),
        *(Process(peer.name, peer.command(work, "make"), folder) for peer in available),
    ]


def afresh(command: Sequence[str]) -> list[str]:
    """A command of the assistant in a process that empties the library first, the command's last word."""
    code = "import shutil, sys; shutil.rmtree(sys.argv[-1], True); from assistant.cli import main; main()"
    return [sys.executable, "-c", code, *command[3:]]


def process_table(title: str, ways: Sequence[Process], sizes: Sequence[int] = ()) -> str:
    """A table of processes, with ratios to the first."""
    first = ways[0]
    rows = [
        [
            way.name,
            str(len(way.seconds)),
            spread(way.seconds, 2),
            f"{median(way.seconds) / median(first.seconds):.1f}",
            f"{median(way.megabytes):.0f}",
            f"{median(way.megabytes) / median(first.megabytes):.1f}",
        ]
        for way in ways
    ]
    head = [title, "runs", "median (quartiles), s", "ratio", "peak MB", "ratio"]
    if sizes:
        head.append("on disk, KB")
        rows = [[*row, f"{size / 1024:,.0f}"] for row, size in zip(rows, sizes, strict=True)]
    return table(head, rows)


def size_of(folder: Path) -> int:
    """Bytes of a folder's files."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def model(texts: Sequence[str], runs: int, end: float) -> str:
    """A table of encoding times once the model is loaded."""
    # Imported last: the measured processes inherit this one's peak memory.
    from assistant.retrieval.models.onnx import OnnxEncoder
    from assistant.retrieval.models.sentence_transformers import SentenceTransformerEncoder

    timed: dict[str, tuple[list[float], list[float]]] = {}
    ways = []
    for name, encoder in (
        ("ONNX Runtime", OnnxEncoder()),
        ("sentence-transformers", SentenceTransformerEncoder()),
    ):
        timed[name] = ([], [])
        encoder.encode(texts[:1])
        ways.append(lambda encoder=encoder, name=name: time_encoder(encoder, texts, *timed[name]))
    in_turn(ways, runs, end)
    rows = [
        [name, spread([1000 * seconds for seconds in asking], 1), f"{len(texts) / median(building):.0f}"]
        for name, (asking, building) in timed.items()
    ]
    return table(("the model, warm", "one question, ms", "sentences a second"), rows)


def time_encoder(encoder: Encoder, texts: Sequence[str], asking: list[float], building: list[float]) -> None:
    """Append the seconds that five questions and all texts take."""
    for _ in range(5):
        start = perf_counter()
        encoder.encode([QUESTION], query=True)
        asking.append(perf_counter() - start)
    start = perf_counter()
    encoder.encode(texts)
    building.append(perf_counter() - start)


if __name__ == "__main__":
    main()

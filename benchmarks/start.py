"""A question asked of a program that is not running yet, and an index made, as Markdown on stdout.

    python benchmarks/start.py [--runs 7] [--minutes 5] [--work DIR]

Asks one question of the sample essay, each time by a process of its own: with ``assistant ask``, with and
without the model that reads; with the same command where ONNX Runtime is missing, so that
sentence-transformers takes over; and with the peers (``benchmarks/peers.py``), whose indexes of the same
passages were made before. Then lets the assistant and the peers make their indexes, and encodes one question
and the essay's sentences in both ways of running the model. Ways take turns, so that other work on the
machine slows all of them.
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

import peers as others
from measuring import SAMPLE, Process, environment, in_turn, spread, table

from assistant.core.essay import SEARCHED_KINDS
from assistant.library import store

if TYPE_CHECKING:
    from assistant.retrieval.models.encoder import Encoder

QUESTION = "What was printed from 1974 onwards?"
# Shares of the time, at the end of which no further turn of a part is begun.
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
        "--work", type=Path, metavar="DIR", help="environments of the peers; else the first only"
    )
    options = parser.parse_args()
    begun, seconds = monotonic(), 60 * options.minutes
    there = others.prepared(options.work)[0] if options.work else list(others.PEERS[:1])
    work = options.work or Path()
    with TemporaryDirectory() as name:
        folder = Path(name)
        passages = prepare(folder, there, work)
        asking = ways_to_ask(folder, there, work)
        for way in asking:
            way.run()  # compiles modules, and brings files into memory
            way.seconds.clear()
            way.megabytes.clear()
        in_turn([way.run for way in asking], options.runs, begun + ASKING * seconds)
        print(told("a question, cold", asking))
        building = ways_to_build(folder, there, work)
        in_turn([way.run for way in building], min(BUILDS, options.runs), begun + BUILDING * seconds)
        sizes = [size_of(folder / "library" / "index")]
        sizes += [int(others.run(peer.command(work, "size"), folder)) for peer in there]
        print(f"\n{told('the index made, cold', building, sizes)}")
        print(f"\n{model(passages, options.runs, begun + seconds)}")


def prepare(folder: Path, there: Sequence[others.Peer], work: Path) -> list[str]:
    """Make a library and the peers' indexes; the passages."""
    # By processes of their own: one that has loaded a model hands its peak of memory down to those that it
    # starts, as the system counts.
    subprocess.run(add(folder), check=True, stdout=subprocess.DEVNULL, env=environment())
    essay = store.load(folder / "library" / "data" / "chunks" / "sample.jsonl")
    passages = [one.text for one in essay.passages if one.kind in SEARCHED_KINDS]
    (folder / "passages").write_text("\0".join(passages), encoding="utf-8")
    for peer in there:
        others.run(peer.command(work, "make"), folder)
    return [
        one.text[start:end]
        for one in essay.passages
        if one.kind in SEARCHED_KINDS
        for start, end in one.sentences
    ]


def add(folder: Path, library: str = "library") -> list[str]:
    """The command that makes the library."""
    return [sys.executable, "-m", "assistant", "add", str(SAMPLE), "--library", str(folder / library)]


def ways_to_ask(folder: Path, there: Sequence[others.Peer], work: Path) -> list[Process]:
    """The ways to ask, the assistant's own first."""
    ask = ("ask", QUESTION, "--library", str(folder / "library"))
    program = (sys.executable, "-m", "assistant")
    return [
        Process("`assistant ask --fast`", (*program, *ask, "--fast")),
        Process("`assistant ask`", (*program, *ask)),
        Process("the same without ONNX Runtime", (sys.executable, "-c", _FALLBACK, *ask)),
        *(Process(one.name, one.command(work, "ask", QUESTION), folder) for one in there),
    ]


def ways_to_build(folder: Path, there: Sequence[others.Peer], work: Path) -> list[Process]:
    """The ways to make an index, each time a new one."""
    library = folder / "built"
    # Emptied by the same process, for a library that has the essay already is not built again.
    code = "import shutil, sys; shutil.rmtree(sys.argv.pop(), True); from assistant.cli import main; main()"
    command = (sys.executable, "-c", code, *add(folder, "built")[3:], str(library))
    return [
        Process("`assistant add`", command),
        *(Process(one.name, one.command(work, "make"), folder) for one in there),
    ]


def told(what: str, ways: Sequence[Process], sizes: Sequence[int] = ()) -> str:
    """A table of processes, with ratios to the first of them."""
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
    head = [what, "runs", "median (quartiles), s", "ratio", "MB at the most", "ratio"]
    if sizes:
        head.append("on disk, KB")
        rows = [[*row, f"{size / 1024:,.0f}"] for row, size in zip(rows, sizes, strict=True)]
    return table(head, rows)


def size_of(folder: Path) -> int:
    """Bytes of a folder's files."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def model(texts: Sequence[str], runs: int, end: float) -> str:
    """What encoding takes once the model is loaded."""
    # Only now, for the memory of the processes before.
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
        [name, spread([1000 * one for one in asking], 1), f"{len(texts) / median(building):.0f}"]
        for name, (asking, building) in timed.items()
    ]
    return table(("the model, warm", "one question, ms", "sentences a second"), rows)


def time_encoder(encoder: Encoder, texts: Sequence[str], asking: list[float], building: list[float]) -> None:
    """Add the seconds that some questions and all texts take."""
    for _ in range(5):
        begun = perf_counter()
        encoder.encode([QUESTION], query=True)
        asking.append(perf_counter() - begun)
    begun = perf_counter()
    encoder.encode(texts)
    building.append(perf_counter() - begun)


if __name__ == "__main__":
    main()

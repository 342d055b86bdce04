"""Measure how a library in shards is built on a Ray cluster by 1, 2 and 4 workers; prints Markdown.

    OPENBLAS_NUM_THREADS=1 python benchmarks/cluster_build.py [--essays 150] [--words 500] [--workers 1 2 4] \
        [--pooled] [--growth] [--ask]

The essays are generated as by ``benchmarks/many.py``, in files written before. Each number of workers
is a cluster of one node on this machine, which has so many processors for tasks; the library has four shards,
whose actors are processes of their own. With ``--pooled``, vectors of word pieces are drawn from a pool, as
in ``benchmarks/many.py``; otherwise the model embeds. At the end all libraries must have the same files.
``--growth`` says for each tenth what it took; ``--ask`` asks each library when it is there. No workers,
``--workers 0``, means that this process does everything, without Ray.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import pickle
import shutil
import subprocess
import sys
import tempfile
import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter

# Set before numpy is imported, and before the nodes are started.
os.environ["OPENBLAS_NUM_THREADS"] = "1"

from many import MEDIAN, PooledEncoder, asked, command, essays, processor
from measuring import ROOT, resident, table

from assistant.cluster import ray_connection
from assistant.cluster.manifest import Settings
from assistant.cluster.opening import models_of, open_cluster
from assistant.cluster.splitting import split
from assistant.library.walking import FileToAdd
from assistant.retrieval.models.encoder import Encoder
from assistant.retrieval.models.loading import default_loader

SHARDS, PARTS, RUNS = 4, 10, 4
# The program that adds, the tasks that read and embed, the actors that write.
KINDS = ("adding", "tasks", "shards")
# Memory of a node for objects, and seconds between two looks at the memory of its processes.
OBJECTS, INTERVAL = 800_000_000, 2.0


@dataclass(frozen=True, slots=True)
class Run:
    """A library that was built.

    Attributes:
        workers: Number of processors for tasks.
        marks: Number of essays that were added after so many seconds.
        work: Seconds of the processor that those of each kind had used at each mark.
        megabytes: Peak of resident memory of all processes of each kind, and their number then.
        processor: Seconds of the processor that those of each kind used.
        size: Size of the library, in megabytes.
        files: Digest of each file of an essay, by its name.
        answers: Rows on commands that were run on it.
    """

    workers: int
    marks: Sequence[tuple[int, float]]
    work: Sequence[Mapping[str, float]]
    megabytes: Mapping[str, tuple[int, float]]
    processor: Mapping[str, float]
    size: float
    files: Mapping[str, str]
    answers: Sequence[Sequence[str]]


def load_pooled(path: Path, _name: str | None) -> Encoder:
    """The encoder with its pool that was written to a file."""
    encoder: PooledEncoder = pickle.loads(path.read_bytes())  # noqa: S301 - of this program
    return encoder


@contextmanager
def cluster(processors: int) -> Iterator[str]:
    """A cluster of one node with so many processors for tasks, if there are any; its address, or nothing."""
    if not processors:
        yield ""
        return
    paths = (str(ROOT), str(ROOT / "benchmarks"), os.environ.get("PYTHONPATH", ""))
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, paths))
    import ray
    from ray.cluster_utils import Cluster

    node = {"num_cpus": processors, "object_store_memory": OBJECTS, "include_dashboard": False}
    nodes = Cluster(initialize_head=True, head_node_args=node)
    try:
        ray_connection.connect(nodes.address)
        yield nodes.address
    finally:
        ray.shutdown()
        nodes.shutdown()


class Watched:
    """Memory and work of this process and of those that it has started, looked at again and again."""

    def __init__(self) -> None:
        self.peaks: dict[str, tuple[int, float]] = {}
        self._first: dict[tuple[str, int], float] = {}
        self._last: dict[tuple[str, int], float] = {}
        self._is_done = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    @contextmanager
    def looked_at(self) -> Iterator[None]:
        """Look from now on until the end."""
        self._look(is_first=True)
        self._thread.start()
        try:
            yield
        finally:
            self._is_done.set()
            self._thread.join()
            self._look()

    def _run(self) -> None:
        while not self._is_done.wait(INTERVAL):
            self._look()

    def _look(self, *, is_first: bool = False) -> None:
        counts: Counter[str] = Counter()
        sizes: dict[str, float] = defaultdict(float)
        for process, kind in processes():
            try:
                size, used = resident(process), processor(process)
            except (OSError, subprocess.CalledProcessError):
                continue  # it has ended meanwhile
            counts[kind] += 1
            sizes[kind] += size
            self._last[kind, process] = used
            self._first.setdefault((kind, process), used if is_first else 0.0)
        for kind, size in sizes.items():
            if size > self.peaks.get(kind, (0, 0.0))[1]:
                self.peaks[kind] = counts[kind], size

    def processor(self) -> dict[str, float]:
        """Seconds of the processor that the processes of each kind used since the first look."""
        used: dict[str, float] = defaultdict(float)
        for (kind, process), seconds in self._last.items():
            used[kind] += seconds - self._first[kind, process]
        return dict(used)


def processes() -> Iterator[tuple[int, str]]:
    """This process and those of Ray that it has started, each with its kind."""
    yield os.getpid(), "adding"
    parents, names = {}, {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = folder.joinpath("stat").read_text("ascii").rpartition(")")[2].split()
            names[int(folder.name)] = folder.joinpath("cmdline").read_bytes().decode("utf-8", "replace")
        except OSError:
            continue
        parents[int(folder.name)] = int(fields[1])
    for process, name in names.items():
        above = process
        while above in parents and above != os.getpid():
            above = parents[above]
        if above == os.getpid() and name.startswith("ray::"):
            yield process, "shards" if "ShardActor" in name else "tasks"


def build(
    root: Path,
    files: Sequence[FileToAdd],
    workers: int,
    load: Callable[[str | None], Encoder],
    *,
    asks: bool,
) -> Run:
    """Add files to a new library in shards."""
    root.joinpath("data", "chunks").mkdir(parents=True)
    marks, work = [], []
    with cluster(workers) as address:
        settings = Settings(f"built-{workers}", address)
        split(root, SHARDS, models_of(print), print, settings=settings)
        library = open_cluster(root, load_encoder=load)
        # The processes are started and have loaded the model before time is taken.
        list(library.add_files(files[: 2 * workers]))
        start = perf_counter()
        watched = Watched()
        with watched.looked_at():
            rest = files[2 * workers :]
            for done, outcome in enumerate(library.add_files(rest), 1):
                if outcome.outcome != "added":
                    raise SystemExit(f"{outcome.path}: {outcome.outcome} {outcome.message}")
                if done % max(1, len(rest) // PARTS) == 0 or done == len(rest):
                    marks.append((done, perf_counter() - start))
                    work.append(watched.processor())
                    print(f"{workers} workers: {done:,}, {marks[-1][1]:.0f} s {work[-1]}", file=sys.stderr)
        answers = ask(root) if asks else []
    paths = [path for path in root.glob("shards/*/data/chunks/*") if not path.name.endswith(".given.json")]
    digests = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}
    size = sum(path.stat().st_size for path in root.rglob("*") if path.is_file()) / 1e6
    return Run(workers, marks, work, watched.peaks, watched.processor(), size, digests, answers)


def ask(root: Path) -> list[list[str]]:
    """Rows of commands that ask a library: the median of some runs, and the peak of the program's memory."""
    rows = []
    for words in (
        ["ask", asked(1)[0], "--fast"],
        ["ask", asked(1)[0]],
        ["quote", "a sentence that nobody has printed here"],
        ["list"],
        ["cluster", "status"],
    ):
        # The first of them may start what the others find.
        runs = [command(root, *words) for _ in range(RUNS)][1:]
        seconds, work = (f"{median(run[column] for run in runs):.1f}" for column in (0, 1))
        rows.append([" ".join(word for word in words if " " not in word), seconds, work, str(runs[-1][2])])
        print(rows[-1], file=sys.stderr, flush=True)
    return rows


def growth(run: Run) -> Iterator[list[str]]:
    """A row for each tenth of a library."""
    before, seconds, used = 0, 0.0, dict.fromkeys(KINDS, 0.0)
    for (done, took), work in zip(run.marks, run.work, strict=True):
        count, now = done - before, {kind: work.get(kind, 0.0) for kind in KINDS}
        each = [f"{1e3 * (now[kind] - used[kind]) / count:.1f}" for kind in KINDS]
        yield [str(run.workers), f"{done:,}", f"{60 * count / (took - seconds):,.0f}", *each]
        before, seconds, used = done, took, now


def row_of(run: Run, first: Run) -> list[str]:
    """The row of a library that was built."""
    (half, took), (done, whole) = run.marks[(len(run.marks) - 1) // 2], run.marks[-1]
    growth = f"{took / half * 1e3:.0f} → {(whole - took) / (done - half) * 1e3:.0f}"
    rates = [count / seconds for count, seconds in (run.marks[-1], first.marks[-1])]
    work = [f"{run.processor.get(kind, 0.0) / done * 1e3:.0f}" for kind in KINDS]
    peaks = [run.megabytes.get(kind, (0, 0.0)) for kind in KINDS]
    memory = [f"{size:.0f} ({count})" for count, size in peaks]
    speed = [f"{rates[0] * 60:.0f}", f"{rates[0] / rates[1]:.2f}"]
    return [str(run.workers), f"{done:,}", *speed, growth, *work, *memory]


def main() -> None:
    """Build the libraries and print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--essays", type=int, default=150)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--words", type=int, default=MEDIAN, help="words of an essay in the median")
    parser.add_argument("--pooled", action="store_true", help="draw vectors from a pool")
    parser.add_argument("--growth", action="store_true", help="say for each tenth what it took")
    parser.add_argument("--ask", action="store_true", help="ask each library when it is there")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="cluster-build-") as name:
        work = Path(name)
        files = list(essays(work / "texts", options.essays, options.words))
        load: Callable[[str | None], Encoder] = default_loader
        if options.pooled:
            path = work / "pool"
            path.write_bytes(pickle.dumps(PooledEncoder(default_loader(None))))
            load = partial(load_pooled, path)
        listed, runs = resident(os.getpid()), []
        for workers in options.workers:
            runs.append(build(work / "library", files, workers, load, asks=options.ask))
            shutil.rmtree(work / "library")
    head = ["workers", "essays", "essays/min", "over the first", "ms an essay, first → second half"]
    work_heads = [f"processor ms an essay, {kind}" for kind in KINDS]
    heads = [*head, *work_heads, *(f"MB, {kind}" for kind in KINDS)]
    print(table(heads, [row_of(run, runs[0]) for run in runs]))
    print(f"\nThe list of files and the pool had {listed:.0f} MB in the program that adds.")
    if options.growth:
        heads = ["workers", "essays", "essays/min of this tenth", *work_heads]
        print("", table(heads, [row for run in runs for row in growth(run)]), sep="\n")
    for run in runs if options.ask else ():
        print("", table(["command", "s", "s of the processor", "MB"], run.answers), sep="\n")
    same = all(run.files == runs[0].files for run in runs)
    print(f"\n{runs[0].size:.0f} MB on disk. {'All have the same files.' if same else 'THE FILES DIFFER.'}")


if __name__ == "__main__":
    main()

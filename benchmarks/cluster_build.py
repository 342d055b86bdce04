"""Measure how a library in shards is built on a Ray cluster by 1, 2 and 4 workers; prints Markdown.

    OPENBLAS_NUM_THREADS=1 python benchmarks/cluster_build.py [--essays 150] [--workers 1 2 4] [--pooled]

The essays are generated as by ``benchmarks/many.py``, in files written before. Each number of workers
is a cluster of one node on this machine, which has so many processors for tasks; the library has four shards,
whose actors are processes of their own. With ``--pooled``, vectors of word pieces are drawn from a pool, as
in ``benchmarks/many.py``; otherwise the model embeds. At the end all libraries must have the same files.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import pickle
import shutil
import sys
import tempfile
import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import perf_counter

# Set before numpy is imported, and before the nodes are started.
os.environ["OPENBLAS_NUM_THREADS"] = "1"

from many import PooledEncoder, essays
from measuring import ROOT, resident, table

from assistant.cluster import ray_fleet
from assistant.cluster.manifest import Settings
from assistant.cluster.opening import models_of, open_cluster
from assistant.cluster.splitting import split
from assistant.library.walking import FileToAdd
from assistant.retrieval.models.encoder import Encoder
from assistant.retrieval.models.loading import default_loader

SHARDS, PARTS = 4, 10
# Memory of a node for objects, and seconds between two looks at the memory of its processes.
OBJECTS, INTERVAL = 400_000_000, 2.0


@dataclass(frozen=True, slots=True)
class Run:
    """A library that was built.

    Attributes:
        workers: Number of processors for tasks.
        marks: Number of essays that were added after so many seconds.
        megabytes: Peak of resident memory of all processes of each kind, and their number then.
        size: Size of the library, in megabytes.
        files: Digest of each file of an essay, by its name.
    """

    workers: int
    marks: Sequence[tuple[int, float]]
    megabytes: Mapping[str, tuple[int, float]]
    size: float
    files: Mapping[str, str]


def load_pooled(path: Path, _name: str | None) -> Encoder:
    """The encoder with its pool that was written to a file."""
    encoder: PooledEncoder = pickle.loads(path.read_bytes())  # noqa: S301 - of this program
    return encoder


@contextmanager
def cluster(processors: int) -> Iterator[str]:
    """A cluster of one node with so many processors for tasks; its address."""
    paths = (str(ROOT), str(ROOT / "benchmarks"), os.environ.get("PYTHONPATH", ""))
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, paths))
    import ray
    from ray.cluster_utils import Cluster

    node = {"num_cpus": processors, "object_store_memory": OBJECTS, "include_dashboard": False}
    nodes = Cluster(initialize_head=True, head_node_args=node)
    try:
        ray_fleet.connect(nodes.address)
        yield nodes.address
    finally:
        ray.shutdown()
        nodes.shutdown()


class Watched:
    """The memory of this process and of those that it has started, looked at again and again."""

    def __init__(self) -> None:
        self.peaks: dict[str, tuple[int, float]] = {}
        self._is_done = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    @contextmanager
    def looked_at(self) -> Iterator[None]:
        """Look from now on until the end."""
        self._thread.start()
        try:
            yield
        finally:
            self._is_done.set()
            self._thread.join()

    def _run(self) -> None:
        while not self._is_done.wait(INTERVAL):
            counts: Counter[str] = Counter()
            sizes: dict[str, float] = defaultdict(float)
            for process, kind in processes():
                counts[kind] += 1
                sizes[kind] += resident(process)
            for kind, size in sizes.items():
                self.peaks[kind] = max(
                    self.peaks.get(kind, (0, 0.0)), (counts[kind], size), key=lambda x: x[1]
                )


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


def build(root: Path, files: Sequence[FileToAdd], workers: int, load: Callable[[str | None], Encoder]) -> Run:
    """Add files to a new library in shards."""
    root.joinpath("data", "chunks").mkdir(parents=True)
    marks = []
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
                    took = f"{workers} workers: {done:,}, {marks[-1][1]:.0f} s"
                    print(took, file=sys.stderr, flush=True)
    paths = [path for path in root.glob("shards/*/data/chunks/*") if not path.name.endswith(".given.json")]
    digests = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}
    size = sum(path.stat().st_size for path in root.rglob("*") if path.is_file()) / 1e6
    return Run(workers, marks, watched.peaks, size, digests)


def main() -> None:
    """Build the libraries and print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--essays", type=int, default=150)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--pooled", action="store_true", help="draw vectors from a pool")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="cluster-build-") as name:
        work = Path(name)
        files = list(essays(work / "texts", options.essays))
        load: Callable[[str | None], Encoder] = default_loader
        if options.pooled:
            path = work / "pool"
            path.write_bytes(pickle.dumps(PooledEncoder(default_loader(None))))
            load = partial(load_pooled, path)
        runs = []
        for workers in options.workers:
            runs.append(build(work / "library", files, workers, load))
            shutil.rmtree(work / "library")
    rows = []
    for run in runs:
        (first, took), (done, whole) = run.marks[0], run.marks[-1]
        (before, until) = run.marks[-2]
        peaks = [run.megabytes.get(kind, (0, 0.0)) for kind in KINDS]
        memory = [f"{size:.0f} ({count})" for count, size in peaks]
        growth = f"{took / first * 1e3:.0f} → {(whole - until) / (done - before) * 1e3:.0f}"
        speedup = whole / done / (runs[0].marks[-1][1] / runs[0].marks[-1][0])
        rows.append(
            [str(run.workers), f"{done:,}", f"{done / whole * 60:.0f}", f"{1 / speedup:.2f}", growth, *memory]
        )
    head = ["workers", "essays", "essays/min", "over the first", "ms an essay, first → last tenth"]
    print(table([*head, *(f"MB of {kind}" for kind in KINDS)], rows))
    same = all(run.files == runs[0].files for run in runs)
    print(f"\n{runs[0].size:.0f} MB on disk. {'All have the same files.' if same else 'THE FILES DIFFER.'}")


KINDS = ("adding", "tasks", "shards")


if __name__ == "__main__":
    main()

"""Measure a question to a library whose shards are actors of a Ray cluster; prints Markdown.

    OPENBLAS_NUM_THREADS=1 python benchmarks/cluster_ask.py [--essays 400] [--shards 1 2 4] [--nodes 1 2 3]

The essays are generated as by ``benchmarks/many.py``. The nodes are of one machine, as ``ray.cluster_utils``
starts them. A round is what the asking process sends to one or more shards at once and waits for; each actor
measures its own work. *Fan-out* is the time of all rounds of a question less, in each, the work of the
slowest shard: what the cluster costs. The questions of the first table are asked without the reading model.

A worker of the second table is a replica of the only shard and an asking process, and has a core for itself.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, process_time, thread_time
from typing import TYPE_CHECKING, Any, ClassVar

# Set before numpy is imported: a question uses one thread of each process.
os.environ["OPENBLAS_NUM_THREADS"] = "1"

import numpy as np
from many import asked, build
from measuring import ROOT, table

from assistant.cluster import ray_connection, ray_fleet
from assistant.cluster.manifest import Settings
from assistant.cluster.opening import models_of, open_cluster
from assistant.cluster.splitting import split
from assistant.library.library import Library

if TYPE_CHECKING:
    from multiprocessing.queues import Queue
    from multiprocessing.synchronize import Barrier

# Questions, those before them that warm up, and how often they are asked for a rate.
QUESTIONS, WARM, AGAIN = 40, 8, 3
# Memory of a node for objects; what is sent here is small.
OBJECTS = 100_000_000


@dataclass(frozen=True, slots=True)
class Round:
    """What was asked of some shards at once.

    Attributes:
        shards: Number of the shards.
        seconds: Time until all had answered.
        slowest: Time of the slowest for its own work.
        work: Time of the processor that all took for it.
    """

    shards: int
    seconds: float
    slowest: float
    work: float


class TimedActor(ray_fleet.ShardActor):
    """A shard that tells how long it worked."""

    def ask(self, method: str, arguments: Sequence[Any], *rest: Any) -> tuple[bool, Any, int]:
        """What a method of the shard returns, with the time that it took, and the processor's time."""
        start, work = perf_counter(), thread_time()
        is_value, value, busy = super().ask(method, arguments, *rest)
        took = perf_counter() - start, thread_time() - work
        return is_value, (took, value) if is_value else value, busy


class TimedFleet(ray_fleet.RayFleet):
    """The shards, and what was asked of them."""

    rounds: ClassVar[list[Round]] = []

    def call_each(self, method: str, arguments: Mapping[str, Sequence[Any]], *rest: Any) -> dict[str, Any]:
        """What a method of several shards returns, by shard."""
        start = perf_counter()
        timed = super().call_each(method, arguments, *rest)
        if timed:
            took = [took for took, _ in timed.values()]
            slowest, work = max(seconds for seconds, _ in took), sum(work for _, work in took)
            self.rounds.append(Round(len(timed), perf_counter() - start, slowest, work))
        return {name: value for name, (_, value) in timed.items()}


@contextmanager
def cluster_of_nodes() -> Iterator[tuple[str, Callable[[], object]]]:
    """A cluster of one node on this machine: its address, and what adds a node."""
    # The nodes import the program as this process does.
    paths = [str(ROOT), str(ROOT / "benchmarks"), os.environ.get("PYTHONPATH", "")]
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, paths))
    import ray
    from ray.cluster_utils import Cluster

    node = {"num_cpus": 1, "object_store_memory": OBJECTS}
    cluster = Cluster(initialize_head=True, head_node_args={**node, "include_dashboard": False})
    try:
        yield cluster.address, lambda: cluster.add_node(**node)
    finally:
        ray.shutdown()
        cluster.shutdown()


def divided(folder: Path, root: Path, shards: int, settings: Settings) -> Path:
    """A copy of a library, in so many shards."""
    if not root.exists():
        shutil.copytree(folder, root)
        split(root, shards, models_of(print), lambda _sentence: None)
    ray_connection.connect(settings.address)
    (root / "cluster.toml").write_text(
        f'name = "{settings.name}"\naddress = "{settings.address}"\nreplicas = {settings.replicas}\n', "utf-8"
    )
    return root


def end_actors() -> None:
    """End all actors, so that those of the next measurement have the machine to themselves."""
    import ray

    for actor in ray.util.list_named_actors(all_namespaces=True):
        ray.kill(ray.get_actor(actor["name"], namespace=actor["namespace"]))


@dataclass(frozen=True, slots=True)
class Asked:
    """What a question took.

    Attributes:
        seconds: Time until it was answered.
        work: Time of the processor in the process that asks.
        rounds: Its rounds.
    """

    seconds: float
    work: float
    rounds: Sequence[Round]

    @property
    def slowest(self) -> float:
        """Time of the slowest shard of each round together."""
        return sum(each.slowest for each in self.rounds)

    @property
    def fan_out(self) -> float:
        """What the rounds took longer than the slowest shards worked."""
        return sum(each.seconds for each in self.rounds) - self.slowest


def times(library: Library, questions: Sequence[str]) -> list[Asked]:
    """What each question took, after some that warm up the library."""
    took = []
    for question in questions:
        TimedFleet.rounds.clear()
        start, work = perf_counter(), process_time()
        library.ask(question, fast=True)
        took.append(Asked(perf_counter() - start, process_time() - work, tuple(TimedFleet.rounds)))
    return took[WARM:]


def milliseconds(seconds: Iterable[float], quantile: float = 0.5) -> str:
    """The median of some times, or another quantile."""
    return f"{1e3 * np.quantile(list(seconds), quantile):.1f}"


def latency(folder: Path, address: str, nodes: int, shards: int) -> list[str]:
    """A row of the first table."""
    name = f"ask-{shards}-{nodes}"
    root = divided(folder, folder.parent / f"shards-{shards}", shards, Settings(name, address))
    whole, library = Library(folder), open_cluster(root)
    questions = asked(QUESTIONS + WARM)
    alone = times(whole, questions)
    took = times(library, questions)
    end_actors()
    seconds = [each.seconds for each in took]
    return [
        str(nodes),
        str(shards),
        milliseconds(each.seconds for each in alone),
        milliseconds(seconds),
        milliseconds(seconds, 0.95),
        f"{np.mean([len(each.rounds) for each in took]):.1f}",
        f"{np.mean([sum(part.shards for part in each.rounds) for each in took]):.1f}",
        milliseconds(each.slowest for each in took),
        milliseconds(each.fan_out for each in took),
        milliseconds(each.work for each in took),
        milliseconds(sum(part.work for part in each.rounds) for each in took),
    ]


def pin(process: int, core: int) -> None:
    """Let a process run on one core alone, with all threads that it has and will have."""
    for thread in Path(f"/proc/{process}/task").iterdir():
        os.sched_setaffinity(int(thread.name), {core})


def ask_one_after_the_other(root: Path, core: int, ready: Barrier, done: Queue[float], *, fast: bool) -> None:
    """What an asking process of its own does: ask all questions, and tell how long that took."""
    pin(os.getpid(), core)
    library, questions = open_cluster(root), asked(QUESTIONS + WARM)
    for question in questions[:WARM]:
        library.ask(question, fast=fast)
    ready.wait()
    start = perf_counter()
    for question in questions[WARM:] * AGAIN:
        library.ask(question, fast=fast)
    done.put(perf_counter() - start)
    ready.wait()


def rate(folder: Path, address: str, workers: int, *, fast: bool) -> float:
    """Questions a second that so many workers answer.

    A worker is a replica of the only shard and an asking process, on a core that both have for themselves.
    """
    import ray

    cores = sorted(os.sched_getaffinity(0))
    settings = Settings(f"rate-{workers}-{fast}", address, workers)
    root = divided(folder, folder.parent / "shards-1", 1, settings)
    open_cluster(root).ask(asked(1)[0], fast=True)
    for number in range(workers):
        actor = ray.get_actor(f"{settings.name}/001/{number}", namespace=ray_connection.NAMESPACE)
        pin(ray.get(actor.__ray_call__.remote(lambda _shard: os.getpid())), cores[number])
    spawn = multiprocessing.get_context("spawn")
    ready, done = spawn.Barrier(workers), spawn.Queue()
    askers = [
        spawn.Process(
            target=ask_one_after_the_other, args=(root, cores[number], ready, done), kwargs={"fast": fast}
        )
        for number in range(workers)
    ]
    for asker in askers:
        asker.start()
    seconds: list[float] = [done.get() for _ in askers]
    for asker in askers:
        asker.join()
    end_actors()
    return sum(QUESTIONS * AGAIN / each for each in seconds)


def throughput(folder: Path, address: str, most: int) -> list[list[str]]:
    """The rows of the second table."""
    one = [rate(folder, address, 1, fast=fast) for fast in (True, False)]
    rows = []
    for workers in range(1, most + 1):
        rates = one if workers == 1 else [rate(folder, address, workers, fast=fast) for fast in (True, False)]
        row = [str(workers)]
        for many, alone in zip(rates, one, strict=True):
            row += [f"{many:.0f}", f"{many / alone:.2f}"]
        rows.append(row)
        print(row, file=sys.stderr, flush=True)
    return rows


def main() -> None:
    """Build the library, unless it is there, and print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--essays", type=int, default=400)
    parser.add_argument("--shards", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--nodes", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--workers", type=int, default=2, help="the most; each needs a core")
    parser.add_argument("--work", type=Path, metavar="DIR", help="a folder for the library, used again")
    options = parser.parse_args()
    plain = ray_fleet.ShardActor, ray_fleet.RayFleet
    ray_fleet.ShardActor, ray_fleet.RayFleet = TimedActor, TimedFleet  # type: ignore[misc]
    with tempfile.TemporaryDirectory(prefix="cluster-ask-") as name:
        folder = (options.work or Path(name)) / f"library-{options.essays}"
        if not folder.exists():
            build(folder, folder.parent / "texts", options.essays)
        print(f"{options.essays} essays. {Library(folder).diagnosis().index.get('windows', 0):,} windows.\n")
        with cluster_of_nodes() as (address, add_node):
            rows, started = [], 1
            for nodes in sorted(options.nodes):
                for _ in range(nodes - started):
                    add_node()
                started = max(started, nodes)
                for shards in options.shards:
                    rows.append(latency(folder, address, nodes, shards))
                    print(rows[-1], file=sys.stderr, flush=True)
            header = ["nodes", "shards", "folder, ms", "question, ms", "p95", "rounds", "calls"]
            header += ["slowest shards, ms", "fan-out, ms", "processor ms: asking", "shards"]
            print(table(header, rows), flush=True)
            ray_fleet.ShardActor, ray_fleet.RayFleet = plain  # type: ignore[misc]
            header = ["workers", "fast questions/s", "over one", "questions/s", "over one"]
            print(table(header, throughput(folder, address, options.workers)), flush=True)


if __name__ == "__main__":
    main()

"""An index in shards for benchmarks: each in this process or in one of its own, without a library's files."""

from __future__ import annotations

import multiprocessing
import pickle
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from time import perf_counter, process_time
from typing import Any

from assistant.cluster.search import ShardedSearch
from assistant.cluster.sent import FirstEssays, SentEssays
from assistant.cluster.shard_index import ShardIndex
from assistant.retrieval.models.encoder import Encoder


@dataclass(slots=True)
class Traffic:
    """What was sent to shards and back.

    Attributes:
        rounds: Number of times that some shards were asked at once.
        calls: Number of shards that were asked, in all rounds.
        bytes: Size of the arguments and results, pickled as Ray does.
        slowest: Seconds of the slowest shard of each round, together.
        work: Seconds of the processor of all shards together.
        by_method: The bytes of each method.
    """

    rounds: int = 0
    calls: int = 0
    bytes: int = 0
    slowest: float = 0.0
    work: float = 0.0
    by_method: dict[str, int] = field(default_factory=dict)

    def count(self, method: str, size: int) -> None:
        """Count what was sent for a method."""
        self.bytes += size
        self.by_method[method] = self.by_method.get(method, 0) + size

    def clear(self) -> None:
        """Begin again."""
        self.rounds = self.calls = self.bytes = 0
        self.slowest = self.work = 0.0
        self.by_method.clear()


class ShardsHere:
    """Shards in this process.

    Args:
        indexes: The index of each, by its name.
    """

    def __init__(self, indexes: Mapping[str, ShardIndex]) -> None:
        self._indexes = indexes
        self.facts = {name: index.facts for name, index in indexes.items()}

    def call(self, shard: str, method: str, *arguments: Any) -> Any:
        """What a method of one shard returns."""
        return self.call_each(method, {shard: arguments})[shard]

    def call_each(
        self, _method: str, arguments: Mapping[str, Sequence[Any]], *_openings: object
    ) -> dict[str, Any]:
        """What a method of several shards returns, by shard."""
        return {
            name: getattr(self._indexes[name], method)(*values)
            for name, (_key, method, *values) in arguments.items()
        }


class ShardsApart:
    """Shards in processes of their own, which tell how long they worked.

    Args:
        opened: What opens each shard in its process, by name; a function that can be pickled.
    """

    def __init__(self, opened: Mapping[str, Callable[[], ShardIndex]]) -> None:
        context = multiprocessing.get_context("spawn")
        self._ends: dict[str, Connection] = {}
        self._processes = []
        for name, open_shard in opened.items():
            here, there = context.Pipe()
            process = context.Process(target=_serve, args=(there, open_shard), daemon=True)
            process.start()
            self._processes.append(process)
            self._ends[name] = here
        self.facts = {name: pickle.loads(end.recv_bytes()) for name, end in self._ends.items()}  # noqa: S301
        self.traffic = Traffic()

    def call(self, shard: str, method: str, *arguments: Any) -> Any:
        """What a method of one shard returns."""
        return self.call_each(method, {shard: arguments})[shard]

    def call_each(
        self, _method: str, arguments: Mapping[str, Sequence[Any]], *_openings: object
    ) -> dict[str, Any]:
        """What a method of several shards returns, by shard."""
        traffic, results, slowest = self.traffic, {}, 0.0
        method = ""
        for name, (_key, method, *values) in arguments.items():
            sent = pickle.dumps((method, values), protocol=5)
            traffic.count(method, len(sent))
            self._ends[name].send_bytes(sent)
        for name in arguments:
            received = self._ends[name].recv_bytes()
            traffic.count(method, len(received))
            seconds, work, results[name] = pickle.loads(received)  # noqa: S301 - of this program
            slowest = max(slowest, seconds)
            traffic.work += work
        traffic.rounds += 1
        traffic.calls += len(arguments)
        traffic.slowest += slowest
        return results

    def end(self) -> None:
        """End the processes."""
        for end in self._ends.values():
            end.close()
        for process in self._processes:
            process.join()


def _serve(end: Connection, open_shard: Callable[[], ShardIndex]) -> None:
    index = open_shard()
    end.send_bytes(pickle.dumps(index.facts, protocol=5))
    while True:
        try:
            method, values = pickle.loads(end.recv_bytes())  # noqa: S301 - of this program
        except EOFError:
            return
        start, worked = perf_counter(), process_time()
        result = getattr(index, method)(*values)
        times = perf_counter() - start, process_time() - worked
        end.send_bytes(pickle.dumps((*times, result), protocol=5))


def sharded_search(
    fleet: ShardsHere | ShardsApart, encoder: Encoder, ignored: Collection[str] = ()
) -> ShardedSearch:
    """Searches some shards together."""
    shards: Any = fleet
    return ShardedSearch(shards, fleet.facts, encoder, {}, FirstEssays(SentEssays(), {}), ignored)

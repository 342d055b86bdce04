"""Real nodes of a Ray cluster on this machine, slow ones too, and shards whose disk is full or slow."""

from __future__ import annotations

import errno
import os
import signal
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from essay_library import ROOT
from fake_models import FakeEncoder

from assistant.core.disk import write_file
from assistant.library import files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from assistant.retrieval.models.encoder import Encoded


NODE = {"num_cpus": 1, "object_store_memory": 80_000_000}


@contextmanager
def started_nodes(count: int, **head: Any) -> Iterator[Any]:
    """A cluster of so many nodes, to which this process is connected; ``head`` has options of the head."""
    # The nodes import the fake model as this process does.
    paths = [str(ROOT), str(ROOT / "tests"), os.environ.get("PYTHONPATH", "")]
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, paths))
    import ray
    from ray.cluster_utils import Cluster

    from assistant.cluster.ray_connection import connect

    cluster = Cluster(initialize_head=True, head_node_args={**NODE, "include_dashboard": False, **head})
    try:
        for _ in range(count - 1):
            cluster.add_node(**NODE)
        connect(cluster.address)
        yield cluster
    finally:
        ray.shutdown()
        cluster.shutdown()


def workers_of(cluster: Any) -> dict[str, Any]:
    """The nodes of a cluster without the head, by id."""
    return {node.node_id: node for node in cluster.worker_nodes}


def kill_node(cluster: Any, node: Any) -> None:
    """End all processes of a node, as if its machine were gone."""
    (raylet,) = node.all_processes["raylet"]
    pid = raylet.process.pid
    workers = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()
    # Not ``remove_node``, which spares the node by which this process is connected.
    node.kill_all_processes(check_alive=False, allow_graceful=False)
    if node is cluster.head_node:
        cluster.head_node = None
    else:
        cluster.worker_nodes.remove(node)
    for process in map(int, workers):
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)


def wait_for_a_disk() -> None:
    """Do nothing, as long as a disk may not answer."""
    time.sleep(6.0)


def read_slowly() -> None:
    """Read for some seconds."""
    for _ in range(30):
        time.sleep(0.1)
        sum(range(10_000))


class NodeEncoder(FakeEncoder):
    """A fake model that a shard may not use for essays: what tasks have embedded must reach it.

    Args:
        is_shard: Whether it is that of a shard.
        seconds: What a text takes.
    """

    def __init__(self, *, is_shard: bool, seconds: float) -> None:
        super().__init__()
        self._is_shard, self._seconds = is_shard, seconds

    def encode(
        self, texts: Sequence[str], *, query: bool = False, progress: Callable[[int], None] | None = None
    ) -> list[Encoded]:
        """Encode texts, slowly."""
        assert query or not texts or not self._is_shard, "a shard embeds"
        time.sleep(0 if query else self._seconds * len(texts))
        return super().encode(texts, query=query, progress=progress)


@dataclass(frozen=True)
class Faults:
    """Loads the model of a node, and makes what it runs on faulty.

    Attributes:
        seconds: What a text takes to embed.
        full: The shard whose disk is full, as long as there is a file ``mark``.
        slow: The shards whose disks take a while, with a space between them.
        mark: That file.
    """

    seconds: float = 0.0
    full: str = ""
    slow: str = ""
    mark: Path = Path()

    def __call__(self, _name: str | None) -> FakeEncoder:
        """The model of a name."""
        import ray

        context = ray.get_runtime_context()
        actor = context.get_actor_name() if context.get_actor_id() else None
        if actor:
            self._make_faulty(actor.split("/")[1])
        return NodeEncoder(is_shard=bool(actor), seconds=self.seconds)

    def _make_faulty(self, shard: str) -> None:
        def faulty(path: Path, data: bytes) -> None:
            if shard == self.full and self.mark.is_file():
                raise OSError(errno.ENOSPC, "No space left on device", str(path))
            if shard in self.slow.split():
                time.sleep(0.2)
            write_file(path, data)

        vars(files)["write_file"] = faulty

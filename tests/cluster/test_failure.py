"""What becomes of a question when a node of the cluster is lost, is slow, or the head is: with real nodes."""

from __future__ import annotations

import json
import os
import signal
import socket
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any

import pytest
from essay_library import QUESTION
from node_faults import NODE, kill_node, read_slowly, started_nodes, wait_for_a_disk, workers_of
from sharded_library import folder_and_shards, load_fake

from assistant.cluster.manifest import ManifestFile, Settings, read_settings, write_settings
from assistant.cluster.opening import open_cluster
from assistant.cluster.serving import start_library
from assistant.core.errors import LibraryError
from assistant.rendering.answers import answer_object

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from assistant.library.library import Library

# Seconds in which a question must be answered although a node is lost; Ray itself takes some 15 to see it.
SOON = 10.0
# Seconds in which a lost actor must run again elsewhere.
PATIENCE = 30.0


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """A cluster of four nodes, of which tests kill some; the last one kills all."""
    pytest.importorskip("ray")
    with socket.socket() as probe:
        probe.bind(("", 0))
        port = probe.getsockname()[1]
    with started_nodes(4, gcs_server_port=port) as nodes:
        yield nodes


@pytest.fixture(scope="module")
def both(cluster: Any, tmp_path_factory: pytest.TempPathFactory) -> tuple[Library, Library]:
    """A library in its folder, and a copy of it in three shards with one actor each."""
    folder = tmp_path_factory.mktemp("ray")
    whole, shards = folder_and_shards(folder, Settings("single", cluster.address, 1, deadline=SOON))
    assert _json(shards) == _json(whole)
    return whole, shards


@pytest.fixture(scope="module")
def twice(cluster: Any, both: tuple[Library, Library]) -> tuple[Library, Library]:
    """The same with two actors for each shard."""
    whole, shards = both
    library = _opened(shards.root, Settings("double", cluster.address, 2, deadline=SOON))
    assert _json(library) == _json(whole)
    return whole, library


def _opened(root: Path, settings: Settings) -> Library:
    """The same shards, on the same cluster under another name."""
    kept = read_settings(root)
    write_settings(root, settings)
    try:
        return open_cluster(root, load_encoder=load_fake)
    finally:
        write_settings(root, kept)


def _json(library: Library) -> str:
    return json.dumps(answer_object(library.ask(QUESTION), explained=True))


def _owner(library: Library) -> str:
    """The shard that has the essay in which the question is answered."""
    return ManifestFile(library.root).read().owners["sample"]


def _process(name: str) -> int:
    """The process of an actor."""
    return int(_of_actor(name, lambda _actor: os.getpid()))


def _of_actor(name: str, function: Any) -> Any:
    """What a function returns in the process of an actor."""
    import ray

    actor = ray.get_actor(name, namespace="essay-assistant")
    return ray.get(actor.__ray_call__.remote(function))


def _node(name: str) -> str:
    """Id of the node on which an actor runs."""
    return str(_of_actor(name, lambda actor: actor.node()))


def _node_of_replaced(name: str, ask: Callable[[], object]) -> str:
    """Id of the node on which an actor runs again, which questions see to if it was lost."""
    from ray.exceptions import RayActorError

    end = monotonic() + PATIENCE
    while True:
        try:
            return _node(name)
        except RayActorError:
            assert monotonic() < end
            ask()
            sleep(0.2)


@contextmanager
def _stopped(*names: str) -> Iterator[None]:
    """Actors that do nothing meanwhile, as on a node whose disk does not answer."""
    processes = list(map(_process, names))
    for process in processes:
        os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        for process in processes:
            os.kill(process, signal.SIGCONT)


@contextmanager
def _reading(name: str, read: Callable[[], object]) -> Iterator[None]:
    """An actor that opens its index anew, and calls a function whenever it reads an index."""

    def patch(actor: Any) -> None:
        from assistant.library import indexing

        load = vars(indexing)["load_index"]
        actor._shard._open.clear()  # noqa: SLF001 - it has the index open

        def loaded(folder: Path) -> object:
            read()
            return load(folder)

        vars(indexing)["load_index"] = loaded
        actor.mended = lambda: vars(indexing).update(load_index=load)

    _of_actor(name, patch)
    try:
        yield
    finally:
        _of_actor(name, lambda actor: actor.mended())


def test_replicas_of_a_shard_are_on_different_nodes(twice: tuple[Library, Library]) -> None:
    for shard in {*ManifestFile(twice[1].root).read().owners.values()}:
        assert _node(f"double/{shard}/0") != _node(f"double/{shard}/1")


def test_another_replica_answers_for_one_that_is_slow(twice: tuple[Library, Library]) -> None:
    whole, shards = twice
    with _stopped(f"double/{_owner(shards)}/0"):
        for _ in range(3):
            start = monotonic()
            assert _json(shards) == _json(whole)
            assert monotonic() - start < SOON / 2


def test_essays_that_cannot_be_asked_in_time_are_named_and_there_is_no_answer(
    both: tuple[Library, Library], cluster: Any
) -> None:
    whole, shards = both
    library = _opened(shards.root, replace(Settings("single", cluster.address), deadline=1.5))
    assert _json(library) == _json(whole)
    owner = _owner(shards)
    essays = sorted(ManifestFile(shards.root).read().shards[owner])
    with _stopped(f"single/{owner}/0"):
        start = monotonic()
        with pytest.raises(LibraryError) as error:
            library.ask(QUESTION)
        assert 1.5 <= monotonic() - start < 4
    counted = "1 essay" if len(essays) == 1 else f"{len(essays)} essays"
    assert str(error.value).startswith(
        f"{counted} could not be asked within 1.5 seconds: {', '.join(essays)}; see that "
    )
    assert _json(library) == _json(whole)


@pytest.mark.usefixtures("twice")
def test_a_program_that_opens_the_library_does_not_wait_for_a_process_that_does_nothing(
    both: tuple[Library, Library], cluster: Any
) -> None:
    whole, shards = both
    owner = _owner(shards)
    for replicas, name in ((1, "single"), (2, "double")):
        library = _opened(shards.root, Settings(name, cluster.address, replicas, deadline=1.5))
        with _stopped(f"{name}/{owner}/0"):
            start = monotonic()
            if replicas == 1:
                with pytest.raises(LibraryError, match=r"could not be asked within 1\.5 seconds: .*sample"):
                    library.ask(QUESTION)
                assert monotonic() - start >= 1.5
            else:
                assert _json(library) == _json(whole)
            assert monotonic() - start < SOON
        assert _json(library) == _json(whole)


@pytest.mark.usefixtures("twice")
def test_an_index_that_is_opened_is_waited_for_only_as_long_as_that_advances(
    both: tuple[Library, Library], cluster: Any
) -> None:
    whole, shards = both
    owner = _owner(shards)
    single, double = (
        _opened(shards.root, Settings(name, cluster.address, replicas, deadline=1.5))
        for name, replicas in (("single", 1), ("double", 2))
    )
    start = monotonic()
    with _reading(f"single/{owner}/0", read_slowly):
        assert _json(single) == _json(whole)
    assert monotonic() - start >= 3
    single = _opened(shards.root, Settings("single", cluster.address, deadline=1.5))
    start = monotonic()
    with _reading(f"single/{owner}/0", wait_for_a_disk):
        with pytest.raises(LibraryError, match=r"could not be asked within 1\.5 seconds: .*sample"):
            single.ask(QUESTION)
        # It would wait longer for the disk.
        assert 1.5 <= monotonic() - start < 6
    with _reading(f"double/{owner}/0", wait_for_a_disk):
        start = monotonic()
        assert _json(double) == _json(whole)
        assert monotonic() - start < 6
    # When the disk answers, so does the shard.
    assert _json(shards) == _json(whole)


def test_a_node_that_is_killed_costs_no_answer(both: tuple[Library, Library], cluster: Any) -> None:
    whole, shards = both
    # An essay of a shard that is not on the head, with which this process would go too.
    owners = {*ManifestFile(shards.root).read().owners.values()}
    nodes = {f"single/{shard}/0": _node(f"single/{shard}/0") for shard in owners}
    name, node = next(each for each in nodes.items() if each[1] != cluster.head_node.node_id)
    kill_node(cluster, workers_of(cluster)[node])
    # Another program that has not asked before takes no longer.
    for library in (shards, open_cluster(shards.root, load_encoder=load_fake)):
        start = monotonic()
        assert _json(library) == _json(whole)
        assert monotonic() - start < SOON
    assert _node(name) != node


def test_another_replica_answers_for_one_whose_node_is_killed(
    twice: tuple[Library, Library], cluster: Any
) -> None:
    whole, shards = twice
    for _ in range(3):
        # An actor may have been on the node that is gone already.
        assert _json(shards) == _json(whole)
    owner = _owner(shards)
    ask = partial(_json, shards)
    nodes = {number: _node_of_replaced(f"double/{owner}/{number}", ask) for number in (0, 1)}
    lost = next(number for number, node in nodes.items() if node != cluster.head_node.node_id)
    kill_node(cluster, workers_of(cluster)[nodes[lost]])
    for _ in range(4):
        start = monotonic()
        assert _json(shards) == _json(whole)
        assert monotonic() - start < SOON / 2
    # What is lost is replaced, and not where the other is.
    assert _node_of_replaced(f"double/{owner}/{lost}", ask) not in nodes.values()


def test_the_head_is_lost_and_comes_back(both: tuple[Library, Library], cluster: Any) -> None:
    whole, shards = both
    port = cluster.address.rpartition(":")[2]
    for node in [*cluster.worker_nodes, cluster.head_node]:
        kill_node(cluster, node)
    start = monotonic()
    with pytest.raises(LibraryError, match=r"No Ray cluster answers at .*assistant cluster start"):
        shards.ask(QUESTION)
    assert monotonic() - start < SOON
    cluster.add_node(**NODE, include_dashboard=False, gcs_server_port=int(port))
    start_library(shards.root, None, None, load_fake)
    # The program that asked before asks on, and another finds the library by its name.
    assert _json(shards) == _json(whole)
    assert _json(open_cluster(Path("ray:auto/single"), load_encoder=load_fake)) == _json(whole)

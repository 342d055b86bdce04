"""A folder is added on real nodes; the program or a node is killed meanwhile, or a disk is full."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from essay_library import ROOT, Opened, one_sentence
from fake_models import FakeEncoder
from node_faults import NODE, Faults, kill_node, started_nodes, workers_of
from numbered_essays import NO_ESSAY, essays, outcomes
from sharded_library import load_fake, models_of

from assistant.cluster.manifest import ManifestFile, Settings
from assistant.cluster.opening import open_cluster
from assistant.cluster.splitting import split
from assistant.library import importing
from assistant.rendering.answers import answer_object

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assistant.library.library import Library

# Adds a folder, and kills itself: while shards write, or when they have written.
DRIVER = """
import os, signal, sys, threading
from pathlib import Path
from sharded_library import load_fake
from assistant.cluster.opening import open_cluster
from assistant.cluster.ray_fleet import RayFleet
from assistant.library import importing

point, root, folder = sys.argv[1:]
importing._FEWEST_TOGETHER = 20
write = RayFleet.write
def kill(*_):
    os.kill(os.getpid(), signal.SIGKILL)
def killed(*arguments):
    if point == "writing":
        threading.Timer(0.05, kill).start()
    found = write(*arguments)
    if point == "written":
        kill()
    return found
RayFleet.write = killed
library = open_cluster(Path(root), load_encoder=load_fake)
for outcome in library.add_files([Path(folder)]):
    pass
"""
QUESTIONS = [
    "Who counts the gulls twice a day?",
    "What does the essay argue?",
    "How many bells are in part 3?",
]


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """A cluster of two nodes, which sees soon that one is lost."""
    pytest.importorskip("ray")
    soon = {"health_check_initial_delay_ms": 0, "health_check_period_ms": 500}
    with started_nodes(2, _system_config=soon) as cluster:
        yield cluster


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files."""
    folder = tmp_path_factory.mktemp("building") / "texts"
    essays(folder)
    return folder


@pytest.fixture(scope="module")
def whole(folder: Path) -> Opened:
    """The library that they make in one folder."""
    opened = Opened(folder.parent / "whole")
    assert len(outcomes(opened.library, [folder])) == 12
    return opened


def empty_library(root: Path, cluster: Any) -> Path:
    """An empty library in three shards, named as its folder."""
    root.joinpath("data", "chunks").mkdir(parents=True)
    settings = Settings(root.name, cluster.address)
    split(root, 3, models_of(FakeEncoder()), print, settings=settings)
    return root


def contents(root: Path) -> dict[str, bytes]:
    """The files of the essays, without those that say when they were added."""
    return {
        path.name: path.read_bytes()
        for path in root.glob("**/data/chunks/*")
        if not path.name.endswith(".given.json")
    }


def answers(library: Library) -> list[str]:
    """Answers to all questions, as JSON."""
    return [json.dumps(answer_object(library.ask(each, top=9), explained=True)) for each in QUESTIONS]


def test_a_folder_is_added_on_nodes_as_in_one_place(
    cluster: Any, folder: Path, whole: Opened, tmp_path: Path
) -> None:
    root = empty_library(tmp_path / "added", cluster)
    stages: dict[str, list[str]] = {"whole": [], "shards": []}
    library = open_cluster(root, load_encoder=Faults())
    found = outcomes(library, [folder], progress=lambda stage, *_: stages["shards"].append(stage))
    again = Opened(tmp_path / "again").library
    wanted = outcomes(again, [folder], progress=lambda stage, *_: stages["whole"].append(stage))
    assert found == wanted
    assert set(stages["shards"]) == set(stages["whole"])
    assert contents(root) == contents(whole.root)
    assert answers(library) == answers(whole.library)
    assert {outcome for _, outcome, *_ in outcomes(library, [folder])} == {"unchanged", "failed"}


def test_a_program_that_is_killed_leaves_whole_essays_and_the_next_goes_on(
    cluster: Any, folder: Path, whole: Opened, tmp_path: Path
) -> None:
    root = empty_library(tmp_path / "killed", cluster)
    wanted = contents(whole.root)
    counts = []
    for point in ("writing", "written"):
        command = [sys.executable, "-c", DRIVER, point, str(root), str(folder)]
        environment = os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}"}
        process = subprocess.run(command, env=environment, check=False, capture_output=True, text=True)
        assert process.returncode == -9, process.stderr
        ids = open_cluster(root, load_encoder=load_fake).ids()
        assert {f"{essay_id}.jsonl" for essay_id in ids} <= wanted.keys()
        found = contents(root)
        assert all(found[name] == data for name, data in wanted.items() if name.split(".")[0] in ids)
        counts.append(len(ids))
    assert counts == sorted(counts)
    assert 0 < counts[-1] < 11
    library = open_cluster(root, load_encoder=load_fake)
    assert [each[1] for each in outcomes(library, [folder])].count("unchanged") == counts[-1]
    assert contents(root) == wanted
    assert answers(library) == answers(whole.library)
    assert not ManifestFile(root).is_pending()


def test_a_node_that_is_killed_while_it_embeds_costs_nothing(
    cluster: Any, folder: Path, whole: Opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "_FEWEST_TOGETHER", 20)
    monkeypatch.setattr("assistant.cluster.building._MOST_FILES", 1)
    root = empty_library(tmp_path / "lost", cluster)
    library = open_cluster(root, load_encoder=Faults(seconds=0.02))
    # The shards are on the other nodes already.
    library.engine()
    node = cluster.add_node(**NODE)
    found: list[tuple[str, str]] = []
    for outcome in library.add_files([folder]):
        if not found:
            cluster.remove_node(node, allow_graceful=False)
        found.append((outcome.path.name, outcome.outcome))
    assert [name for name, outcome in found if outcome != "added"] == [NO_ESSAY]
    assert len(found) == 12
    assert contents(root) == contents(whole.root)
    assert answers(library) == answers(whole.library)


def test_a_shard_whose_process_ends_while_it_writes_writes_again(
    cluster: Any, folder: Path, whole: Opened, tmp_path: Path
) -> None:
    import ray

    root = empty_library(tmp_path / "ended", cluster)
    library = open_cluster(root, load_encoder=Faults(slow="003"))
    library.engine()
    actor = ray.get_actor("ended/003/0", namespace="essay-assistant")
    killed: list[bool] = []

    def kill() -> None:
        # It has not written its essays: each of their files takes a while.
        killed.append(not ManifestFile(root).read().shards["003"])
        ray.kill(actor, no_restart=False)

    def report(stage: str, done: int, _total: int) -> None:
        if stage == "embedding" and not done and not killed:
            threading.Timer(0.5, kill).start()

    assert [each[1] for each in outcomes(library, [folder], progress=report)].count("added") == 11
    assert killed == [True]
    assert contents(root) == contents(whole.root)
    assert answers(library) == answers(whole.library)


def test_a_full_disk_and_a_slow_one(cluster: Any, folder: Path, whole: Opened, tmp_path: Path) -> None:
    root = empty_library(tmp_path / "full", cluster)
    mark = tmp_path / "full-disk"
    mark.touch()
    library = open_cluster(root, load_encoder=Faults(full="002", slow="003", mark=mark))
    results = {each.path.name: each for each in library.add_files([folder])}
    failed = {name for name, each in results.items() if each.outcome == "failed"} - {NO_ESSAY}
    assert 0 < len(failed) < 11
    for name in failed:
        error = results[name].error
        assert error is not None
        sentence = one_sentence(error)
        assert sentence.startswith(f"There is no room on the disk of {root / 'shards' / '002'};")
    assert ManifestFile(root).read().shards["002"] == {}
    assert len(library.ids()) == 11 - len(failed)
    assert library.ask(QUESTIONS[1]).hits
    mark.unlink()
    again = {name for name, outcome, *_ in outcomes(library, [folder]) if outcome == "added"}
    assert again == failed
    assert contents(root) == contents(whole.root)
    assert answers(library) == answers(whole.library)


def test_a_node_that_is_killed_while_its_shard_writes_costs_nothing(
    cluster: Any, folder: Path, whole: Opened, tmp_path: Path
) -> None:
    import ray

    def node_of(shard: str) -> str:
        actor = ray.get_actor(f"node/{shard}/0", namespace="essay-assistant")
        return str(ray.get(actor.node.remote()))

    cluster.add_node(**NODE)
    root = empty_library(tmp_path / "node", cluster)
    library = open_cluster(root, load_encoder=Faults(slow="001 002 003"))
    library.engine()
    nodes = {shard: node_of(shard) for shard in ManifestFile(root).read().shards}
    shard = next(shard for shard, node in nodes.items() if node != cluster.head_node.node_id)
    killed: list[bool] = []

    def kill() -> None:
        killed.append(not ManifestFile(root).read().shards[shard])
        kill_node(cluster, workers_of(cluster)[nodes[shard]])

    def report(stage: str, done: int, _total: int) -> None:
        if stage == "embedding" and not done and not killed:
            threading.Timer(0.5, kill).start()

    found = outcomes(library, [folder], progress=report)
    assert [each[1] for each in found].count("added") == 11
    assert killed == [True]
    assert node_of(shard) != nodes[shard]
    assert contents(root) == contents(whole.root)
    assert answers(library) == answers(whole.library)
    assert {outcome for _, outcome, *_ in outcomes(library, [folder])} == {"unchanged", "failed"}

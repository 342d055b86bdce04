"""A library in shards on real nodes of a Ray cluster: three nodes on this machine, started once."""

from __future__ import annotations

import json
import os
import signal
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from essay_library import QUESTION, ROOT
from fake_models import FakeEncoder, FakeReader
from node_faults import started_nodes
from sharded_library import folder_and_shards, load_fake, models_of

from assistant.cluster.manifest import ManifestFile, Settings, read_settings, write_settings
from assistant.cluster.opening import open_cluster
from assistant.cluster.serving import start_library
from assistant.cluster.splitting import rebalance
from assistant.core.errors import LibraryError
from assistant.rendering.answers import answer_object

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assistant.library.library import Library

QUESTIONS = [
    QUESTION,
    "Where is the phrase “cannot tell them apart” printed?",
    "What does the essay argue?",
    "What stands on page 12?",
    "Who printed the Plato whose page numbes we still cite?",
]
# Each actor has one like it.
READER = FakeReader()


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A cluster of three nodes."""
    pytest.importorskip("ray")
    with started_nodes(3) as cluster:
        yield cluster.address


@pytest.fixture(scope="module")
def both(address: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[Library, Library]:
    """A library in its folder, and a copy of it in three shards on the cluster."""
    return folder_and_shards(tmp_path_factory.mktemp("ray"), Settings("archive", address, 2), READER)


def _json(library: Library, question: str, **options: Any) -> str:
    return json.dumps(answer_object(library.ask(question, **options), explained=True))


def test_actors_give_the_answers_of_the_folder(both: tuple[Library, Library]) -> None:
    whole, shards = both
    for question in QUESTIONS:
        assert _json(shards, question, top=8) == _json(whole, question, top=8)
    assert _json(shards, "And why?", history=QUESTIONS[:1]) == _json(whole, "And why?", history=QUESTIONS[:1])
    assert shards.quote("The tool cannot tell them appart") == whole.quote("The tool cannot tell them appart")
    draft = "It is said that “the tool cannot tell them appart” (12), and that “of the page” is a “leaf”."
    assert shards.check_draft(draft) == whole.check_draft(draft)
    assert shards.index_of() == whole.index_of()


def test_the_first_passages_are_read_by_the_actors(both: tuple[Library, Library]) -> None:
    whole, shards = both
    wanted = whole.ask(QUESTION)
    READER.read_of.clear()
    assert shards.ask(QUESTION) == wanted
    assert READER.read_of == []
    assert wanted.confidence != whole.ask(QUESTION, fast=True).confidence


def test_each_shard_has_an_actor_of_its_own(both: tuple[Library, Library]) -> None:
    import ray

    both[1].ask(QUESTION)
    actors = {actor["name"] for actor in ray.util.list_named_actors(all_namespaces=True)}
    owners = ManifestFile(both[1].root).read().owners.values()
    assert {f"archive/{owner}/{replica}" for owner in owners for replica in (0, 1)} <= actors


def test_an_essay_is_added_changed_and_removed_through_its_shard(both: tuple[Library, Library]) -> None:
    shards = both[1]
    path = ROOT / "tests" / "layouts" / "footnotes.txt"
    essay_id = shards.add(path).essay_id
    again = open_cluster(shards.root, load_encoder=load_fake)
    assert essay_id in again.ids()
    assert shards.edit(essay_id, first_page="7").first_page == "7"
    assert again.essay(essay_id).report.first_page == "7"
    shards.remove(essay_id)
    assert [*again.removed()] == [essay_id]
    assert essay_id not in again.ids()
    again.restore(essay_id)
    assert essay_id in shards.ids()
    shards.remove(essay_id, for_good=True)
    assert again.removed() == {}


def test_errors_of_a_shard_are_those_of_the_folder(both: tuple[Library, Library]) -> None:
    shards = both[1]
    with pytest.raises(LibraryError, match="it has: "):
        shards.source_text("nobody")
    owner = ManifestFile(shards.root).read().owners["sample"]
    source = shards.root / "shards" / owner / "data" / "chunks" / "sample.source.txt"
    text = source.read_bytes()
    source.write_bytes(text + b"!")
    try:
        with pytest.raises(LibraryError, match="was changed after the essay was added"):
            shards.source_text("sample")
    finally:
        source.write_bytes(text)


def test_a_library_is_found_on_the_cluster_by_its_name(both: tuple[Library, Library], address: str) -> None:
    from assistant.cluster import served_library

    whole, shards = both
    served_library.publish(shards.root, read_settings(shards.root))
    for name in ("ray:auto", "ray:auto/archive"):
        found = open_cluster(Path(name), load_encoder=load_fake, reading_model=READER)
        assert found.ids() == whole.ids()
    assert _json(found, QUESTION) == _json(whole, QUESTION)
    with pytest.raises(LibraryError, match="it has: archive"):
        open_cluster(Path("ray:auto/nothing"))
    manifest, settings = served_library.find_library("ray:auto")
    assert (manifest.settings.address, settings.address) == (address, "auto")


def test_a_machine_without_the_folder_changes_the_library_too(
    both: tuple[Library, Library], monkeypatch: pytest.MonkeyPatch
) -> None:
    from assistant.cluster import served_library

    whole, shards = both
    served_library.publish(shards.root, read_settings(shards.root))
    monkeypatch.setattr("assistant.cluster.opening.is_sharded", lambda _root: False)
    library = open_cluster(Path("ray:auto/archive"), load_encoder=load_fake, reading_model=READER)
    assert _json(library, QUESTION) == _json(whole, QUESTION)
    essay_id = library.add(ROOT / "tests" / "layouts" / "footnotes.txt").essay_id
    assert essay_id in shards.ids()
    # The lock is that of the folder.
    with ManifestFile(shards.root).locked(lambda _sentence: None), pytest.raises(LibraryError):
        served_library.find_library("ray:auto")[0].locked(print, wait=False).__enter__()
    library.remove(essay_id, for_good=True)
    assert shards.ids() == whole.ids()


def test_an_actor_that_was_killed_answers_again(both: tuple[Library, Library]) -> None:
    import ray

    whole, shards = both
    owner = ManifestFile(shards.root).read().owners["sample"]
    actor = ray.get_actor(f"archive/{owner}/0", namespace="essay-assistant")
    ray.kill(actor, no_restart=False)
    assert _json(shards, QUESTION) == _json(whole, QUESTION)


def _processes() -> dict[str, int]:
    """The processes of the library's actors, by their names."""
    import ray

    names = [actor["name"] for actor in ray.util.list_named_actors(all_namespaces=True)]
    actors = {
        name: ray.get_actor(name, namespace="essay-assistant")
        for name in names
        if name.startswith("archive/")
    }
    calls = {name: actor.__ray_call__.remote(lambda _actor: os.getpid()) for name, actor in actors.items()}
    return {name: ray.get(call) for name, call in calls.items()}


def test_start_again_ends_actors_that_are_not_wanted_and_replaces_others(
    both: tuple[Library, Library], tmp_path: Path
) -> None:
    whole, shards = both
    root = shards.root
    kept = read_settings(root)

    def start(replicas: int, **settings: Any) -> dict[str, int]:
        write_settings(root, replace(kept, **settings))
        start_library(root, None, replicas, load_fake)
        return _processes()

    twice = start(2)
    # It asks both actors of each shard, and goes on when there is only one.
    assert [_json(shards, QUESTION) for _ in range(3)] == [_json(whole, QUESTION)] * 3
    assert start(2) == twice
    once = start(1)
    assert once == {name: process for name, process in twice.items() if name.endswith("/0")}
    assert [_json(shards, QUESTION) for _ in range(3)] == [_json(whole, QUESTION)] * 3
    assert _processes() == once
    local = start(1, local=str(tmp_path / "disk"))
    # A shard without essays has an actor only when it is asked something.
    assert local.keys() == {f"archive/{shard}/0" for shard in ManifestFile(root).read().owners.values()}
    assert not {*local.values()} & {*once.values()}
    assert (tmp_path / "disk" / "archive").is_dir()
    # One that does nothing is replaced.
    name = min(local)
    os.kill(local[name], signal.SIGSTOP)
    mended = start(1, local=str(tmp_path / "disk"), deadline=1.5)
    assert {each for each in local if mended[each] != local[each]} == {name}
    rebalance(root, 2, models_of(FakeEncoder()), print)
    owners = {*ManifestFile(root).read().owners.values()}
    assert owners <= {"001", "002"}
    assert start(1).keys() == {f"archive/{shard}/0" for shard in owners}
    assert _json(shards, QUESTION) == _json(whole, QUESTION)

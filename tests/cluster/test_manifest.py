"""Where essays belong, and the manifest by which an addition is seen whole or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from essay_library import SECOND, sample_library
from sharded_library import ShardedOpened, models_of

from assistant.cluster.leftovers import MANIFEST
from assistant.cluster.manifest import ManifestFile
from assistant.cluster.placement import by_shard, shard_for
from assistant.cluster.splitting import rebalance, split, status
from assistant.core.errors import LibraryError

if TYPE_CHECKING:
    from pathlib import Path

IDS = [f"essay-{number}" for number in range(2_000)]


def test_a_new_shard_takes_its_share_and_nothing_else_moves() -> None:
    before, after = (["001", "002", "003"], ["001", "002", "003", "004"])
    moved = [name for name in IDS if shard_for(name, before) != shard_for(name, after)]
    assert {shard_for(name, after) for name in moved} == {"004"}
    assert 400 < len(moved) < 600
    assert all(500 < len(own) < 850 for own in by_shard(IDS, before).values())


def test_a_change_whose_end_is_cut_off_is_adopted_by_the_next_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = ShardedOpened(sample_library(tmp_path / "library"))

    def killed(*_arguments: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(ManifestFile, "write", killed)
        with pytest.raises(KeyboardInterrupt):
            opened.library.add(SECOND)
    manifest = ManifestFile(opened.root)
    # The shard has the essay; no reader sees it yet.
    assert list(manifest.read().owners) == ["sample"]
    assert manifest.is_pending()
    again = ShardedOpened(opened.root)
    assert len(again.library.ids()) == 2
    assert not manifest.is_pending()


def test_a_lost_manifest_is_named_and_made_again(tmp_path: Path) -> None:
    opened = ShardedOpened(sample_library(tmp_path / "library"))
    (opened.root / MANIFEST).unlink()
    with pytest.raises(LibraryError, match="assistant cluster rebalance"):
        ShardedOpened(opened.root).library.ids()
    assert rebalance(opened.root, None, models_of(opened.encoder), opened.notices.append) == 0
    assert ShardedOpened(opened.root).library.ids() == ["sample"]


def test_status_tells_what_is_in_a_shard_but_not_in_the_library(tmp_path: Path) -> None:
    opened = ShardedOpened(sample_library(tmp_path / "library"))
    owner = ManifestFile(opened.root).read().owners["sample"]
    chunks = opened.root / "shards" / owner / "data" / "chunks"
    chunks.joinpath("stray.jsonl").write_bytes(chunks.joinpath("sample.jsonl").read_bytes())
    state = {shard.name: shard for shard in status(opened.root, models_of(opened.encoder))}[owner]
    assert (state.essays, state.unlisted) == (1, ("stray",))
    assert opened.library.ids() == ["sample"]


@pytest.mark.parametrize("count", [0, -1, 1_001])
def test_an_impossible_number_of_shards_changes_nothing(tmp_path: Path, count: int) -> None:
    root = sample_library(tmp_path / "library")
    with pytest.raises(LibraryError, match="1 to 1,000"):
        split(root, count, models_of(ShardedOpened(sample_library(tmp_path / "other")).encoder), print)
    assert not (root / "shards").exists()

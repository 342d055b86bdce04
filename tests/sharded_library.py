"""Libraries in shards with a fake model: opened in the test's own process, or on nodes of Ray."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from essay_library import ROOT, SAMPLE, SECOND, Opened, loader
from fake_models import FakeEncoder, FakeReader

from assistant.cluster.manifest import Settings, is_sharded
from assistant.cluster.opening import open_cluster
from assistant.cluster.splitting import split
from assistant.library.library import Library
from assistant.library.models import Models

if TYPE_CHECKING:
    from pathlib import Path


class ShardedOpened(Opened):
    """A library in shards, the model with which it was opened, and the notices that the user got.

    Args:
        root: The folder of a library, which is divided if it is not yet.
        encoder: Its model; a new fake one if none is given.
        shards: Number of shards.
    """

    def __init__(self, root: Path, encoder: FakeEncoder | None = None, *, shards: int = 3) -> None:
        super().__init__(root, encoder)
        if not is_sharded(root):
            split(root, shards, models_of(FakeEncoder()), self.notices.append)
        self.library = open_cluster(root, load_encoder=loader(self.encoder), notify=self.notices.append)


def reopened(root: Path, encoder: FakeEncoder | None = None) -> Opened:
    """A library that is opened again, in shards if it is in shards."""
    return ShardedOpened(root, encoder) if is_sharded(root) else Opened(root, encoder)


def load_fake(_name: str | None) -> FakeEncoder:
    """The fake model; a function that another process finds by its name."""
    return FakeEncoder()


def models_of(encoder: FakeEncoder) -> Models:
    """The models of a library that has no reading model."""
    return Models(loader(encoder), None)


def folder_and_shards(
    folder: Path, settings: Settings, reader: FakeReader | None = None
) -> tuple[Library, Library]:
    """A library in its folder, and a copy of it in three shards on a cluster."""
    whole = Library(folder / "folder", load_encoder=load_fake, reading_model=reader)
    for path in (SAMPLE, SECOND, ROOT / "tests" / "layouts" / "unwrapped.txt"):
        whole.add(path)
    shards = folder / "shards"
    shutil.copytree(folder / "folder", shards)
    split(shards, 3, models_of(FakeEncoder()), lambda _sentence: None, settings=settings)
    return whole, open_cluster(shards, load_encoder=load_fake, reading_model=reader)

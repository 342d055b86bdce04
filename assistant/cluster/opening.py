"""Open a library in shards by its folder or by its name on a Ray cluster."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, cast

from assistant.cluster.backend import ShardedBackend, local_fleet
from assistant.cluster.fleet import Fleet
from assistant.cluster.manifest import ManifestFile, is_sharded, read_settings
from assistant.library.library import Library
from assistant.library.models import Models
from assistant.retrieval.models.cross_encoder import ReadingModel
from assistant.retrieval.models.encoder import Encoder
from assistant.retrieval.models.loading import default_loader

if TYPE_CHECKING:
    from assistant.cluster.manifest import Settings


def open_cluster(
    name: Path,
    *,
    load_encoder: Callable[[str | None], Encoder] | None = None,
    reading_model: ReadingModel | None = None,
    notify: Callable[[str], None] = lambda _sentence: None,
    isolates: bool = False,
) -> Library:
    """Open a library in shards.

    Args:
        name: Its folder; or ``ray:auto``, ``ray:auto/NAME`` or ``ray://HOST/NAME``.
        load_encoder: As for ``Library``; also used by the shards.
        reading_model: As for ``Library``; also used by the shards.
        notify: Receives sentences for the user.
        isolates: As for ``Library``.

    Raises:
        LibraryError: If the settings cannot be read, or there is no such library on the cluster.
    """
    if str(name).startswith("ray:"):
        root, manifest, settings = _served(str(name))
    else:
        root, manifest, settings = name, ManifestFile(name), read_settings(name)

    def backend(models: Models) -> ShardedBackend:
        fleet: Fleet = local_fleet(root, settings, models, notify)
        if settings.address:
            from assistant.cluster.ray_fleet import RayFleet

            fleet = RayFleet(root, settings, manifest, load_encoder, models.reading_model)
        return ShardedBackend(manifest, fleet, models, notify)

    return Library(
        root,
        load_encoder=load_encoder,
        reading_model=reading_model,
        notify=notify,
        isolates=isolates,
        backend=backend,
    )


def models_of(notify: Callable[[str], None]) -> Models:
    """The embedding models that a library has by itself; none reads passages."""
    return Models(lambda name: default_loader(name, notify), None)


def _served(name: str) -> tuple[Path, ManifestFile, Settings]:
    """Folder, manifest and settings of a library that a cluster serves."""
    from assistant.cluster.served_library import find_library

    remote, settings = find_library(name)
    if is_sharded(remote.root):
        return remote.root, ManifestFile(remote.root), settings
    return remote.root, cast("ManifestFile", remote), settings

"""Start a library on a Ray cluster."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.cluster.manifest import ManifestFile, Settings, read_settings, write_settings
from assistant.cluster.splitting import require_sharded
from assistant.core.errors import LibraryError

if TYPE_CHECKING:
    from assistant.cluster.ray_fleet import LoadEncoder


def start_library(
    root: Path, address: str | None, replicas: int | None, load_encoder: LoadEncoder | None = None
) -> tuple[Settings, int]:
    """Start the actors of a library, and make them load what they need for a question.

    Those that are there stay, unless they are not wanted any more or were started with other settings.

    Args:
        root: The library's folder, which all nodes must see under the same path.
        address: The cluster from now on; that of the settings for ``None``.
        replicas: Number of actors for each shard from now on; that of the settings for ``None``.
        load_encoder: As for ``open_cluster``.

    Returns:
        The settings, and the number of shards.

    Raises:
        LibraryError: If the library is not in shards, or no cluster answers.
    """
    root = root.resolve()
    require_sharded(root)
    settings = read_settings(root)
    wanted = replace(
        settings,
        address=settings.address if address is None else address,
        replicas=settings.replicas if replicas is None else replicas,
    )
    if not wanted.address:
        raise LibraryError(f"{root} names no Ray cluster; give one with: --address auto")
    from assistant.cluster.opening import open_cluster
    from assistant.cluster.ray_fleet import end_unwanted
    from assistant.cluster.served_library import publish

    publish(root, wanted)
    if wanted != settings:
        write_settings(root, wanted)
    end_unwanted(root, wanted, ManifestFile(root).read().shards)
    library = open_cluster(root, load_encoder=load_encoder)
    if library.ids():
        library.finder()
    return wanted, len(ManifestFile(root).read().shards)

"""Start a library on a Ray cluster, and keep what the replicas of its page have in common."""

from __future__ import annotations

import secrets
import threading
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.cluster.manifest import ManifestFile, Settings, read_settings, write_settings
from assistant.cluster.splitting import require_sharded
from assistant.core.errors import LibraryError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from assistant.cluster.ray_fleet import LoadEncoder

# Of the secret that the replicas of a page share.
_KEY_BYTES = 32


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


class PageActor:
    """What the replicas of the page have in common: a secret, and who has logged out how often.

    It lives as long as the cluster, so that logins outlive all replicas.

    Args:
        key: The secret, should there be none yet.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._logouts: dict[str, int] = {}
        self._mutex = threading.Lock()

    def key(self) -> bytes:
        """The secret."""
        return self._key

    def exchange(self, logouts: Mapping[str, int]) -> dict[str, int]:
        """Note how often users have logged out, as a replica knows it, and tell what all know."""
        with self._mutex:
            for user, times in logouts.items():
                self._logouts[user] = max(times, self._logouts.get(user, 0))
            return dict(self._logouts)


def page_actor(address: str) -> Any:
    """The ``PageActor`` of a cluster."""
    from assistant.cluster.ray_connection import connect
    from assistant.cluster.ray_fleet import started
    from assistant.cluster.served_library import AT_HEAD

    return started(connect(address), PageActor, "page", AT_HEAD, secrets.token_bytes(_KEY_BYTES))

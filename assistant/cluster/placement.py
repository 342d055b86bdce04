"""Which shard an essay is in: rendezvous hashing of its id (Thaler and Ravishankar 1998).

Each shard draws a number for each essay, and the highest has it. When a shard is added, only the essays that
it draws highest move; when one goes, only its own do.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence


def shard_for(essay_id: str, shards: Sequence[str]) -> str:
    """The name of the shard, among some, that an essay belongs to."""
    return max(shards, key=lambda shard: (_drawn(shard, essay_id), shard))


def by_shard(essay_ids: Iterable[str], shards: Sequence[str]) -> dict[str, list[str]]:
    """The essays of each shard, by its name; all shards are in it."""
    placed: dict[str, list[str]] = {shard: [] for shard in shards}
    for essay_id in essay_ids:
        placed[shard_for(essay_id, shards)].append(essay_id)
    return placed


def _drawn(shard: str, essay_id: str) -> bytes:
    return hashlib.blake2b(f"{shard}\n{essay_id}".encode(), digest_size=8).digest()

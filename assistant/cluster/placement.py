"""Which shard an essay is in: rendezvous hashing of its id (Thaler and Ravishankar 1998).

Each shard draws a number for each essay, and the highest has it. When a shard is added, only the essays that
it draws highest move; when one goes, only its own do. The numbers are drawn for many essays at once: a
library of a million essays in a hundred shards needs a hundred million.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

SHARDS = "shards"
# Essays for which numbers are drawn at a time.
_AT_ONCE = 4_096


def shard_folder(root: Path, name: str) -> Path:
    """The folder of a shard of a library."""
    return root / SHARDS / name


def shard_for(essay_id: str, shards: Sequence[str]) -> str:
    """The name of the shard, among some, that an essay belongs to."""
    return shards_for([essay_id], shards)[0]


def shards_for(essay_ids: Iterable[str], shards: Sequence[str]) -> list[str]:
    """The name of the shard that each of some essays belongs to."""
    names = sorted(shards, reverse=True)
    of_shards = _numbers(names)
    ids, owners = list(essay_ids), []
    for first in range(0, len(ids), _AT_ONCE):
        drawn = _mixed(_numbers(ids[first : first + _AT_ONCE])[:, None] ^ of_shards[None, :])
        owners += [names[number] for number in drawn.argmax(axis=1).tolist()]
    return owners


def by_shard(essay_ids: Iterable[str], shards: Sequence[str]) -> dict[str, list[str]]:
    """The essays of each shard, by its name; all shards are in it."""
    ids = list(essay_ids)
    placed: dict[str, list[str]] = {shard: [] for shard in shards}
    for essay_id, shard in zip(ids, shards_for(ids, shards), strict=True):
        placed[shard].append(essay_id)
    return placed


def _numbers(names: Iterable[str]) -> NDArray[np.uint64]:
    """A number for each name."""
    digests = b"".join(hashlib.blake2b(name.encode(), digest_size=8).digest() for name in names)
    return np.frombuffer(digests, dtype="<u8").astype(np.uint64)


def _mixed(numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Numbers of which each bit depends on all bits of the given ones (the end of SplitMix64)."""
    numbers = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    numbers = (numbers ^ (numbers >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return numbers ^ (numbers >> np.uint64(31))

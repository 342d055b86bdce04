"""What the essays of a library leave when they are moved, from a folder to shards, between these, or back."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from assistant.cluster.placement import SHARDS, shard_folder, shard_for
from assistant.library.store import EssayStore

MANIFEST, LISTS, REMOVED = "shards.json", "shard-lists", "removed"


def tidy(root: Path, shards: Collection[str], owners: Mapping[str, str]) -> list[str]:
    """Delete what a move of essays has left, or will not finish: all that the manifest does not count.

    Nothing else has changed since the move was begun (``ManifestFile.begin_move``), so that a copy of an
    essay which the manifest has in another shard is older than that, or the same.

    Args:
        root: The library's folder, whose lock is held.
        shards: Names of the shards on the manifest.
        owners: The shard of each essay on the manifest.

    Returns:
        Names of the shards that had such copies.
    """
    delete_folder_library(root)
    folders = sorted(path for path in (root / SHARDS).iterdir() if path.is_dir())
    _move_trash(root, [root, *folders], sorted(shards))
    with_copies = []
    for folder in folders:
        store = EssayStore(folder)
        held = [*store.stamps(), *store.orphans()]
        copies = [each for each in held if owners.get(each, folder.name) != folder.name]
        if folder.name not in shards and len(copies) == len(held):
            shutil.rmtree(folder, ignore_errors=True)
            continue
        for essay_id in copies:
            store.remove(essay_id)
        if copies and folder.name in shards:
            with_copies.append(folder.name)
    return with_copies


def trash_of(folder: Path) -> list[Path]:
    """The removed essays that a library in a folder, or a shard, has saved."""
    return sorted((folder / REMOVED).glob("[0-9]*-*"))


def _move_trash(root: Path, sources: Iterable[Path], names: Sequence[str]) -> None:
    """Move removed essays to the shards to which they would be restored."""
    for source in sources:
        for path in trash_of(source):
            _, _, essay_id = path.name.partition("-")
            target = shard_folder(root, shard_for(essay_id, names)) / REMOVED
            if target != path.parent:
                rename_into(path, target)


def rename_into(path: Path, folder: Path) -> None:
    """Move a file or a folder into another folder."""
    folder.mkdir(parents=True, exist_ok=True)
    path.rename(folder / path.name)


def delete_folder_library(root: Path) -> None:
    """Delete the essays and the index that a library in a folder had, once they are in shards."""
    shutil.rmtree(root / "data" / "chunks", ignore_errors=True)
    for path in (root / "index").glob("*"):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        elif path.name != ".lock":
            path.unlink(missing_ok=True)


def delete_shards(root: Path) -> None:
    """Delete the shards of a library that is in one folder again."""
    # The trash deletes it if this is not finished. A folder on a disk of its own stays where it is.
    leaving = root / REMOVED / ".new-shards"
    with suppress(OSError):
        leaving.parent.mkdir(exist_ok=True)
        (root / SHARDS).rename(leaving)
    for folder in (leaving, root / SHARDS, root / LISTS):
        shutil.rmtree(folder, ignore_errors=True)
    (root / MANIFEST).unlink(missing_ok=True)

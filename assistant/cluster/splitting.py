"""Make a library in shards of one in a folder, and the other way round, and move essays between shards.

Nothing is embedded: the encodings go with the essays. What is there stays until the new is complete.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from assistant.cluster.backend import SHARDS, shard_folder
from assistant.cluster.manifest import (
    LISTS,
    MANIFEST,
    EssayList,
    Manifest,
    ManifestFile,
    Settings,
    is_sharded,
    write_settings,
)
from assistant.cluster.placement import by_shard, shard_for, shards_for
from assistant.cluster.shard import Shard
from assistant.core.disk import copy_durably, sync_folder
from assistant.core.errors import DamagedEssayError, LibraryError
from assistant.core.essay import Progress
from assistant.library.files import CLUSTER, writing
from assistant.library.models import Models, no_progress
from assistant.library.store import ChunkFile, EssayStore
from assistant.retrieval.index.index import build_index
from assistant.retrieval.index.manifest import FLAT, read_manifest
from assistant.retrieval.index.storage import CENTRES, load_index, save_index
from assistant.retrieval.index.vectors import SharedCentres, lists_of

MOST_SHARDS = 1_000
# Windows whose rows are copied at a time.
_AT_ONCE = 30_000
# What the folder of a library has that goes into its shards.
_CHUNKS, _INDEX, _REMOVED = "data/chunks", "index", "removed"


@dataclass(frozen=True, slots=True)
class ShardStatus:
    """The state of a shard.

    Attributes:
        name: Its name.
        essays: Number of its essays on the manifest.
        windows: Number of windows in its index.
        megabytes: Size of its folder.
        unlisted: Ids of essays in its folder that are not on the manifest, or were changed since.
        misplaced: Number of essays that belong to another shard.
    """

    name: str
    essays: int
    windows: int
    megabytes: float
    unlisted: tuple[str, ...]
    misplaced: int


def split(
    root: Path,
    count: int,
    models: Models,
    notify: Callable[[str], None],
    progress: Progress = no_progress,
    settings: Settings | None = None,
) -> Manifest:
    """Divide a library in a folder into shards, in its folder.

    Args:
        root: The library's folder.
        count: Number of shards.
        models: Its models.
        notify: Receives sentences for the user.
        progress: Called with ``moving``, the number of essays moved and the number there are.
        settings: The settings of the new library.

    Raises:
        LibraryError: If it is divided already, or cannot be divided; it is then as it was.
    """
    if is_sharded(root):
        raise LibraryError(
            f"{root} is in shards already; change their number with: assistant cluster rebalance {root} -n N"
        )
    if not 1 <= count <= MOST_SHARDS:
        raise LibraryError(f"A library cannot have {count} shards; give a number from 1 to {MOST_SHARDS:,}.")
    store = EssayStore(root)
    if not (root / _CHUNKS).is_dir():
        raise LibraryError(f"{root} is not a library; name the folder of one, or add an essay to it first.")
    names = _names(count)
    with writing(root, notify):
        if store.journal.exists():
            raise LibraryError(f"A change of {root} was interrupted; finish it with: assistant list")
        shutil.rmtree(root / SHARDS, ignore_errors=True)
        placed, done = by_shard(store.stamps(), names), 0
        _share(root / _INDEX, [shard_folder(root, name) / _INDEX for name in names])
        for name, essays in placed.items():
            _copy(
                root, shard_folder(root, name), essays, models, _stepped(progress, done, len(store.stamps()))
            )
            done += len(essays)
        _move_trash(root, [root], names)
        shards = {name: _shard(root, name, models).listing() for name in names}
        ManifestFile(root).write(shards)
        write_settings(root, settings or Settings(root.resolve().name))
        _delete_folder_library(root)
    return Manifest(shards)


def join(
    root: Path, models: Models, notify: Callable[[str], None], progress: Progress = no_progress
) -> list[str]:
    """Make a library in shards one in a folder again, in its folder.

    Returns:
        Ids of its essays.

    Raises:
        LibraryError: If it is not in shards, or cannot be joined; it is then as it was.
    """
    require_sharded(root)
    with writing(root, notify):
        manifest = _read_or_make(root, models)
        _delete_folder_library(root)
        done = 0
        _share(_newest(root, manifest.shards), [root / _INDEX])
        for name, essays in manifest.shards.items():
            steps = _stepped(progress, done, len(manifest.owners))
            _copy(shard_folder(root, name), root, list(essays), models, steps)
            done += len(essays)
        (root / _INDEX / CENTRES).unlink(missing_ok=True)
        (root / CLUSTER).unlink()
        sync_folder(root)
        for removed in sorted(path for name in manifest.shards for path in _trash(shard_folder(root, name))):
            _rename_into(removed, root / _REMOVED)
        _delete_shards(root)
    return list(manifest.owners)


def rebalance(
    root: Path,
    count: int | None,
    models: Models,
    notify: Callable[[str], None],
    progress: Progress = no_progress,
) -> int:
    """Put each essay into the shard that it belongs to, and make the manifest agree with the shards.

    Args:
        root: The library's folder.
        count: Number of shards from now on; as many as there are for ``None``.
        models: Its models.
        notify: Receives sentences for the user.
        progress: As for ``split``.

    Returns:
        Number of essays that were moved.
    """
    require_sharded(root)
    if count is not None and not 1 <= count <= MOST_SHARDS:
        raise LibraryError(f"A library cannot have {count} shards; give a number from 1 to {MOST_SHARDS:,}.")
    with writing(root, notify):
        _delete_folder_library(root)
        manifest = _read_or_make(root, models)
        names = list(manifest.shards) if count is None else _names(count)
        file = ManifestFile(root)
        moves: dict[tuple[str, str], list[str]] = {}
        owners = dict(zip(manifest.owners, shards_for(manifest.owners, names), strict=True))
        for essay_id, owner in manifest.owners.items():
            wanted = owners[essay_id]
            if wanted != owner:
                moves.setdefault((owner, wanted), []).append(essay_id)
        total, done = sum(map(len, moves.values())), 0
        for name in names:
            (shard_folder(root, name) / _CHUNKS).mkdir(parents=True, exist_ok=True)
        new = [name for name in names if name not in manifest.shards]
        _share(_newest(root, manifest.shards), [shard_folder(root, name) / _INDEX for name in new])
        for (source, target), essays in moves.items():
            steps = _stepped(progress, done, total)
            _copy(shard_folder(root, source), shard_folder(root, target), essays, models, steps)
            done += len(essays)
        listed = {name: _shard(root, name, models).listing() for name in names}
        file.write(
            {
                name: {key: value for key, value in essays.items() if owners.get(key) == name}
                for name, essays in listed.items()
            }
        )
        file.end()
        old = [shard_folder(root, name) for name in manifest.shards]
        _move_trash(root, old, names)
        for name, held in listed.items():
            # What was moved now, or by a call that was killed before it came here.
            if elsewhere := [essay_id for essay_id in held if owners.get(essay_id, name) != name]:
                _delete(shard_folder(root, name), elsewhere, models)
        for name in set(manifest.shards) - set(names):
            shutil.rmtree(shard_folder(root, name), ignore_errors=True)
    return total


def status(root: Path, models: Models) -> list[ShardStatus]:
    """The state of each shard; nothing is changed.

    Raises:
        LibraryError: If it is not in shards, or the manifest cannot be read.
    """
    require_sharded(root)
    manifest = ManifestFile(root).read()
    names = list(manifest.shards)
    states = []
    for name, essays in manifest.shards.items():
        folder = shard_folder(root, name)
        stamps = EssayStore(folder).stamps()
        known = {essay_id: essay.stamp for essay_id, essay in essays.items()}
        changed = sorted({essay_id for essay_id, _ in stamps.items() ^ known.items()})
        size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
        windows, _ = _shard(root, name, models).engine()
        misplaced = sum(wanted != name for wanted in shards_for(essays, names))
        states.append(ShardStatus(name, len(essays), windows, size / 1e6, tuple(changed), misplaced))
    return states


def _newest(root: Path, names: Iterable[str]) -> Path:
    """The index folder of the shard whose centres are the newest: they have the most lists."""
    folders = [shard_folder(root, name) / _INDEX for name in names]
    return max(folders, key=lambda folder: lists_of(str((read_manifest(folder) or {}).get("engine", FLAT))))


def _share(source: Path, targets: Iterable[Path]) -> None:
    """Give some indexes the centres of another, so that windows that are copied there keep their lists."""
    index = load_index(source)
    shared = SharedCentres("", None)
    if index is not None:
        shared = SharedCentres(index.model.digest, index.vectors.centres)
    for folder in targets:
        folder.mkdir(parents=True, exist_ok=True)
        shared.save(folder / CENTRES)


def _names(count: int) -> list[str]:
    return [f"{number:03}" for number in range(1, count + 1)]


def require_sharded(root: Path) -> None:
    """Raise a ``LibraryError`` unless a folder is a library in shards."""
    if not is_sharded(root):
        raise LibraryError(f"{root} is not in shards; divide it with: assistant cluster split {root} -n 4")


def _shard(root: Path, name: str, models: Models) -> Shard:
    return Shard(shard_folder(root, name), models, lambda _sentence: None)


def _stepped(progress: Progress, done: int, total: int) -> Callable[[int], None]:
    """Reports so many essays more."""

    def report(count: int) -> None:
        progress("moving", done + count, total)

    return report


def _read_or_make(root: Path, models: Models) -> Manifest:
    """The manifest, with the essays that are in the folders of the shards but not on it."""
    folders = sorted(path.name for path in (root / SHARDS).iterdir() if (path / _CHUNKS).is_dir())
    owners: Mapping[str, str] = {}
    with suppress(LibraryError):
        owners = ManifestFile(root).read().owners
    shards: dict[str, EssayList] = {}
    seen: set[str] = set()
    for name in folders:
        essays = _shard(root, name, models).listing()
        shards[name] = {
            essay_id: essay
            for essay_id, essay in essays.items()
            if essay_id not in seen and owners.get(essay_id, name) == name
        }
        seen |= shards[name].keys()
    return Manifest(shards)


def _copy(
    source: Path, target: Path, essay_ids: Sequence[str], models: Models, report: Callable[[int], None]
) -> None:
    """Copy essays with the rows of their index into another library folder."""
    here, there = EssayStore(source), EssayStore(target)
    (target / _CHUNKS).mkdir(parents=True, exist_ok=True)
    read: dict[str, ChunkFile] = {}
    windows = 0
    index = load_index(source / _INDEX)
    for done, essay_id in enumerate(essay_ids, 1):
        for path in (*here.paths(essay_id), *here.stored_files(essay_id)):
            if path.exists():
                copy_durably(path, target / _CHUNKS / path.name)
        # A damaged essay is moved as it is.
        with suppress(DamagedEssayError):
            read[essay_id] = there.load(essay_id)
        if index is not None and essay_id in index.essays:
            low, high = index.essays[essay_id].windows
            windows += high - low
        if windows >= _AT_ONCE:
            _copy_rows(source, target, read, models)
            read, windows = {}, 0
        report(done)
    _copy_rows(source, target, read, models)
    sync_folder(target / _CHUNKS)


def _copy_rows(source: Path, target: Path, read: Mapping[str, ChunkFile], models: Models) -> None:
    if not read:
        return
    index, onto = load_index(source / _INDEX), load_index(target / _INDEX)
    encoder = models.encoder(None if index is None else index.model.name)
    passages = [passage for chunk_file in read.values() for passage in chunk_file.essay.passages]
    digests = {essay_id: chunk_file.sha256 for essay_id, chunk_file in read.items()}
    rows = build_index(passages, digests, encoder, previous=index)
    if onto is not None and onto.model != rows.model:
        onto = None
    keep = [] if onto is None else [essay_id for essay_id in onto.essays if essay_id not in read]
    save_index(rows, target / _INDEX, onto, keep).make_current()


def _delete(folder: Path, essay_ids: Sequence[str], models: Models) -> None:
    """Delete essays that were copied elsewhere; the next question drops their rows."""
    store = EssayStore(folder)
    for essay_id in essay_ids:
        store.remove(essay_id)
    shard = Shard(folder, models, lambda _sentence: None)
    if read_manifest(folder / _INDEX) is not None:
        shard.rebuild(None)


def _trash(folder: Path) -> list[Path]:
    return sorted((folder / _REMOVED).glob("[0-9]*-*"))


def _move_trash(root: Path, sources: Iterable[Path], names: Sequence[str]) -> None:
    """Move removed essays to the shards to which they would be restored."""
    for source in sources:
        for path in _trash(source):
            _, _, essay_id = path.name.partition("-")
            target = shard_folder(root, shard_for(essay_id, names)) / _REMOVED
            if target != path.parent:
                _rename_into(path, target)


def _rename_into(path: Path, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    path.rename(folder / path.name)


def _delete_folder_library(root: Path) -> None:
    """Delete the essays and the index that a library in a folder had, once they are in shards."""
    shutil.rmtree(root / _CHUNKS, ignore_errors=True)
    for path in (root / _INDEX).glob("*") if (root / _INDEX).is_dir() else ():
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        elif path.name != ".lock":
            path.unlink(missing_ok=True)


def _delete_shards(root: Path) -> None:
    shutil.rmtree(root / SHARDS, ignore_errors=True)
    shutil.rmtree(root / LISTS, ignore_errors=True)
    (root / MANIFEST).unlink(missing_ok=True)
    ManifestFile(root).end()

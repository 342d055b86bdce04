"""Make a library in shards of one in a folder, and the other way round, and move essays between shards.

Nothing is embedded: the encodings go with the essays. What is there stays until the new is complete. If the
program is killed, the next command that changes or reads the library tidies up (``leftovers``).
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from assistant.cluster.leftovers import (
    MANIFEST,
    REMOVED,
    delete_folder_library,
    delete_shards,
    rename_into,
    trash_of,
)
from assistant.cluster.manifest import (
    Manifest,
    ManifestFile,
    Settings,
    adopted,
    is_sharded,
    write_settings,
)
from assistant.cluster.placement import SHARDS, by_shard, shard_folder, shards_for
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
_CHUNKS, _INDEX = "data/chunks", "index"


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
        shards = {name: _shard(root, name, models).listing() for name in names}
        file = ManifestFile(root)
        file.write(shards)
        file.begin_move()
        write_settings(root, settings or Settings(root.resolve().name))
        file.tidy()
        file.end()
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
    if not is_sharded(root) and (root / MANIFEST).is_file():
        # Only the shards were left to be deleted.
        with writing(root, notify):
            delete_shards(root)
            ManifestFile(root).end()
        return list(EssayStore(root).stamps())
    require_sharded(root)
    with writing(root, notify):
        manifest = _begin_move(root, models)
        done = 0
        _share(_newest(root, manifest.shards), [root / _INDEX])
        for name, essays in manifest.shards.items():
            steps = _stepped(progress, done, len(manifest.owners))
            _copy(shard_folder(root, name), root, list(essays), models, steps)
            done += len(essays)
        (root / _INDEX / CENTRES).unlink(missing_ok=True)
        for removed in sorted(
            path for name in manifest.shards for path in trash_of(shard_folder(root, name))
        ):
            rename_into(removed, root / REMOVED)
        (root / CLUSTER).unlink()
        sync_folder(root)
        delete_shards(root)
        ManifestFile(root).end()
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
        manifest = _begin_move(root, models)
        names = list(manifest.shards) if count is None else _names(count)
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
        file = ManifestFile(root)
        file.write(
            {
                name: {key: value for key, value in essays.items() if owners.get(key) == name}
                for name, essays in listed.items()
            }
        )
        for name in file.tidy():
            if read_manifest(shard_folder(root, name) / _INDEX) is not None:
                _shard(root, name, models).rebuild(None)
        file.end()
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


def _begin_move(root: Path, models: Models) -> Manifest:
    """Make a manifest that agrees with the shards, from which essays are going to be moved.

    A call that was killed has left copies; after this each essay is in one shard, and on the manifest.
    """
    file = ManifestFile(root)
    if file.is_moving():
        with suppress(LibraryError):
            file.tidy()
    file.begin_move()
    delete_folder_library(root)
    manifest = _read_or_make(root, models)
    file.write(manifest.shards)
    return manifest


def _read_or_make(root: Path, models: Models) -> Manifest:
    """The manifest, with the essays that are in the folders of the shards but not on it."""
    folders = sorted(path.name for path in (root / SHARDS).iterdir() if (path / _CHUNKS).is_dir())
    owners: Mapping[str, str] = {}
    with suppress(LibraryError):
        owners = ManifestFile(root).read().owners
    return Manifest(adopted(owners, {name: _shard(root, name, models).listing() for name in folders}))


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

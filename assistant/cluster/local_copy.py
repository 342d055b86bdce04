"""A copy of a shard on the disk of the node that searches it, where the shared storage is slow."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from assistant.core.disk import write_durably
from assistant.core.errors import LibraryError
from assistant.library.files import writing
from assistant.library.models import OutdatedError
from assistant.retrieval.index.manifest import MANIFEST, read_manifest
from assistant.retrieval.index.storage import sizes_of
from assistant.retrieval.models.encoder import ModelInfo

_CHUNKS, _INDEX = Path("data") / "chunks", Path("index")
# Size, time and digest of every file of the copy, by its name.
_COPIED = "copied.json"
_BLOCK = 1 << 20


class LocalCopy:
    """A shard's essays and index, copied from its folder.

    Files that were copied before are verified by their digests when a program begins with the copy; one that
    is damaged is copied again. What was appended to a file is appended to its copy.

    Args:
        source: The shard's folder.
        folder: The folder of the copy.
        notify: Receives a sentence for the user if another program copies.
    """

    def __init__(self, source: Path, folder: Path, notify: Callable[[str], None]) -> None:
        self.folder = folder
        self._source, self._notify = source, notify
        self._is_verified = False

    def refresh(self) -> None:
        """Make the copy agree with the shard as it is now.

        Raises:
            OutdatedError: If the shard was changed meanwhile.
            LibraryError: If the copy cannot be written, or differs from what was copied.
        """
        with writing(self.folder, self._notify):
            known = self._known()
            manifest = read_manifest(self._source / _INDEX)
            try:
                copied = {
                    name: self._copied(name, size, known.get(name)) for name, size in self._wanted(manifest)
                }
                # Last of all, as it makes the others current.
                name = str(_INDEX / MANIFEST)
                if manifest is not None:
                    copied[name] = self._copied(name, (self._source / name).stat().st_size, known.get(name))
            except FileNotFoundError as error:
                raise OutdatedError from error
            if read_manifest(self._source / _INDEX) != manifest:
                raise OutdatedError
            self._delete_others(copied)
            write_durably(self.folder / _COPIED, json.dumps(copied).encode())

    def _known(self) -> dict[str, list[Any]]:
        """What was copied before; without files that differ from it, the first time that a program asks."""
        try:
            known = json.loads((self.folder / _COPIED).read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        if not isinstance(known, dict):
            return {}
        if not self._is_verified:
            known = {name: entry for name, entry in known.items() if _digest(self.folder / name) == entry[2]}
            self._is_verified = True
        return known

    def _wanted(self, manifest: dict[str, Any] | None) -> list[tuple[str, int]]:
        """Name and size of each file to copy, but the index's manifest."""
        folders = [self._source / _CHUNKS]
        rows: list[tuple[str, int]] = []
        if manifest is not None:
            folders.append(self._source / _INDEX / str(manifest["build"]))
            model = manifest["model"]
            info = ModelInfo(model["name"], model["sha256"], model["dimension"], model["max_tokens"])
            # What is after the rows that count may still be written over.
            rows = [
                (str(_INDEX / str(manifest["rows"]) / name), size)
                for name, size in sizes_of(manifest["counts"], info).items()
            ]
        return rows + [
            (str(path.relative_to(self._source)), path.stat().st_size)
            for folder in folders
            for path in sorted(folder.iterdir())
            if path.is_file() and not path.name.startswith(".")
        ]

    def _copied(self, name: str, size: int, known: list[Any] | None) -> list[Any]:
        """Copy a file, if it is not as it was; its size, time and digest."""
        source, target = self._source / name, self.folder / name
        time = 0 if _is_appended(name) else source.stat().st_mtime_ns
        if known is not None and known[:2] == [size, time]:
            return known
        target.parent.mkdir(parents=True, exist_ok=True)
        start = known[0] if known is not None and _is_appended(name) and known[0] <= size else 0
        digest = hashlib.sha256()
        new = target
        if start:
            with target.open("rb") as file:
                _pass(file.read, start, digest.update)
        else:
            new = target.with_name(f".{target.name}.new")
        with source.open("rb") as file, new.open("r+b" if start else "wb") as copy:
            file.seek(start)
            copy.seek(start)

            def write(block: bytes) -> None:
                digest.update(block)
                copy.write(block)

            _pass(file.read, size - start, write)
            copy.truncate()
            copy.flush()
            os.fsync(copy.fileno())
        new.replace(target)
        if _digest(target) != digest.hexdigest():
            raise LibraryError(f"{target} differs from {source} after it was copied; check the disk.")
        return [size, time, digest.hexdigest()]

    def _delete_others(self, copied: dict[str, list[Any]]) -> None:
        for folder in (self.folder / _CHUNKS, self.folder / _INDEX):
            for path in folder.rglob("*") if folder.is_dir() else ():
                name = str(path.relative_to(self.folder))
                if path.is_file() and name not in copied and path.name not in {".lock", "catalogue.json"}:
                    path.unlink()
        for path in (self.folder / _INDEX).glob("*-*/"):
            if not any(path.iterdir()):
                path.rmdir()


def _is_appended(name: str) -> bool:
    """Whether a file is one of rows, to which essays are only appended."""
    return Path(name).parent.name.startswith("rows-")


def _pass(read: Callable[[int], bytes], count: int, take: Callable[[bytes], object]) -> None:
    """Read so many bytes in blocks."""
    while count > 0 and (block := read(min(count, _BLOCK))):
        take(block)
        count -= len(block)


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""

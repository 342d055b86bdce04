"""What makes a library in shards: its settings, and the manifest that names the version of each shard.

``cluster.toml`` has the settings. ``shards.json`` names the shards and, for each, a list of the essays that
count there, with stamp and digest of each chunk file. The lists are files of their own, named by their
digest, so that an addition writes one list and then replaces ``shards.json``, at once and as a whole. An
essay that is in the folder of a shard but not on its list is not in the library: a reader sees an essay whole
or not at all, and never in two shards.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from assistant.cluster.leftovers import LISTS, MANIFEST, tidy
from assistant.core.disk import sync_folder, write_durably
from assistant.core.errors import LibraryError
from assistant.library.files import CLUSTER as SETTINGS
from assistant.library.files import writing
from assistant.library.store import Stamp

_SCHEMA = 1
_PENDING = ".shards-unfinished.json"
# What is noted there while essays are moved between shards.
_MOVE = "essays are moved"
# Seconds in which the shards must have answered what a question asks of them.
DEADLINE = 10.0


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of a library in shards.

    Attributes:
        name: Its name on a cluster.
        address: The Ray cluster that serves it: ``auto``, ``HOST:PORT`` or ``ray://HOST:PORT``; empty if the
            program that asks opens its shards itself.
        replicas: Number of actors for each shard.
        local: Folder on each machine for copies of the shards that are searched there; empty to search them
            where they are.
        deadline: Seconds in which the shards must have answered what a question asks of them.
    """

    name: str
    address: str = ""
    replicas: int = 1
    local: str = ""
    deadline: float = DEADLINE

    def local_folder(self, shard: str) -> Path | None:
        """Where a shard is copied to; ``None`` if it is searched where it is."""
        return Path(self.local).expanduser() / self.name / shard if self.local else None


@dataclass(frozen=True, slots=True)
class ListedEssay:
    """An essay on the list of a shard.

    Attributes:
        stamp: Stamp of its files.
        sha256: Digest of its chunk file.
    """

    stamp: Stamp
    sha256: str


EssayList = Mapping[str, ListedEssay]


@dataclass(frozen=True)
class Manifest:
    """The shards that make a library, and what counts in each.

    Attributes:
        shards: The essays of each shard, by its name.
        previous: Owners in the manifest before this one, in alphabetical order of the essays' ids.
    """

    shards: Mapping[str, EssayList]
    previous: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def owners(self) -> dict[str, str]:
        """The shard of each essay, by id, in alphabetical order of the ids."""
        owners = {essay: shard for shard, essays in self.shards.items() for essay in essays}
        # Few essays are new; what is in order already is sorted in one pass.
        known = [essay for essay in self.previous if essay in owners]
        return {essay: owners[essay] for essay in sorted([*known, *(owners.keys() - self.previous.keys())])}

    @cached_property
    def stamps(self) -> dict[str, Stamp]:
        """Stamp of each essay, by id, in alphabetical order."""
        return {essay: self.shards[shard][essay].stamp for essay, shard in self.owners.items()}


def adopted(owners: Mapping[str, str], listed: Mapping[str, EssayList]) -> dict[str, EssayList]:
    """What counts in some shards of what is in their folders.

    Args:
        owners: The shard of each essay on the manifest. An essay counts there, and not where it is copied to.
        listed: What is in the folders, by the shard's name. If an essay that is not on the manifest is in
            several, the one that was changed last counts.
    """
    last: dict[str, tuple[int, str]] = {}
    for name, essays in listed.items():
        for essay_id, essay in essays.items():
            changed = max(essay.stamp[0], essay.stamp[2])
            if owners.get(essay_id, name) == name and changed > last.get(essay_id, (-1, ""))[0]:
                last[essay_id] = changed, name

    def counting(name: str) -> EssayList:
        return {key: essay for key, essay in listed[name].items() if key in last and last[key][1] == name}

    return {name: counting(name) for name in listed}


def is_sharded(root: Path) -> bool:
    """Whether a folder is a library in shards."""
    return (root / SETTINGS).is_file()


def read_settings(root: Path) -> Settings:
    """The settings of a library in shards.

    Raises:
        LibraryError: If they cannot be read.
    """
    path = root / SETTINGS
    try:
        fields = tomllib.loads(path.read_text("utf-8"))
        settings = Settings(
            str(fields.get("name") or root.resolve().name),
            str(fields.get("address", "")),
            int(fields.get("replicas", 1)),
            str(fields.get("local", "")),
            float(fields.get("deadline", DEADLINE)),
        )
    except (OSError, ValueError, TypeError) as error:
        raise LibraryError(f"{path} cannot be read ({error}); correct it.") from error
    if settings.replicas < 1:
        raise LibraryError(f"{path} asks for {settings.replicas} replicas; give 1 or more.")
    if not 0 < settings.deadline < math.inf:
        raise LibraryError(f"{path} has a deadline of {settings.deadline:g} seconds; give more than 0.")
    return settings


def write_settings(root: Path, settings: Settings) -> None:
    """Write the settings of a library in shards."""
    lines = [
        "# A library in shards; see docs/cluster.md.",
        f"name = {json.dumps(settings.name, ensure_ascii=False)}",
        "# The Ray cluster that serves it: auto, HOST:PORT or ray://HOST:PORT. If empty, the program that",
        "# asks opens the shards itself.",
        f"address = {json.dumps(settings.address)}",
        "# How many actors answer for each shard.",
        f"replicas = {settings.replicas}",
        "# A folder of each machine for copies of the shards that it searches; empty if none are made.",
        f"local = {json.dumps(settings.local, ensure_ascii=False)}",
        "# In how many seconds the shards must have answered; otherwise the question has no answer.",
        f"deadline = {settings.deadline:g}",
    ]
    _replace(root / SETTINGS, "\n".join([*lines, ""]).encode())


class ManifestFile:
    """The manifest of a library in shards on disk; only the holder of the library's lock may write it.

    Args:
        root: The library's folder.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._path, self._pending = root / MANIFEST, root / _PENDING
        self._read: tuple[object, Manifest] | None = None
        # Name of the file of each list, by the shard's name; it is a digest of the whole list.
        self._named: dict[str, tuple[str, EssayList]] = {}

    def current_settings(self) -> Settings:
        """The settings of the library as they are now; errors as for ``read_settings``."""
        return read_settings(self.root)

    def state(self) -> tuple[int, int, int] | None:
        """A value that changes with the manifest; ``None`` if there is none."""
        try:
            status = self._path.stat()
        except OSError:
            return None
        return status.st_ino, status.st_mtime_ns, status.st_size

    def read(self) -> Manifest:
        """The manifest; the same object as long as it does not change.

        Raises:
            LibraryError: If it cannot be read.
        """
        for _ in range(5):
            state = self.state()
            known = self._read
            if known is not None and known[0] == state:
                return known[1]
            try:
                manifest = self._load()
            except FileNotFoundError:
                # A list is deleted when a new manifest has taken its place.
                if state == self.state():
                    break
                continue
            except (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
                raise self._damaged() from error
            self._read = state, manifest
            return manifest
        raise self._damaged()

    def _damaged(self) -> LibraryError:
        return LibraryError(
            f"{self._path} is missing or damaged; make it again from the shards with: "
            f"assistant cluster rebalance {self.root}"
        )

    def _load(self) -> Manifest:
        fields = json.loads(self._path.read_text("utf-8"))
        if fields["schema"] != _SCHEMA:
            raise ValueError(fields["schema"])
        shards: dict[str, EssayList] = {}
        for name, entry in fields["shards"].items():
            known = self._named.get(name)
            if known is not None and known[0] == entry["list"]:
                shards[name] = known[1]
                continue
            data = (self.root / LISTS / Path(entry["list"]).name).read_bytes()
            essays = {
                essay_id: ListedEssay((stamp[0], stamp[1], stamp[2]), sha256)
                for essay_id, (stamp, sha256) in json.loads(data).items()
            }
            if _list_name(name, essays) != entry["list"]:
                raise ValueError(entry["list"])
            shards[name] = essays
            self._named[name] = entry["list"], essays
        previous = {} if self._read is None else self._read[1].owners
        return Manifest(shards, previous)

    def write(self, shards: Mapping[str, EssayList]) -> None:
        """Replace the manifest, at once and as a whole.

        Raises:
            OSError: If it cannot be written.
        """
        folder = self.root / LISTS
        folder.mkdir(parents=True, exist_ok=True)
        entries: dict[str, Any] = {}
        for name, essays in shards.items():
            known = self._named.get(name)
            if known is None or known[1] is not essays:
                self._named[name] = known = _list_name(name, essays), essays
            path = folder / known[0]
            if not path.exists():
                _replace(path, _dumped(essays))
            entries[name] = {"essays": len(essays), "list": path.name}
        manifest = {"schema": _SCHEMA, "shards": entries}
        _replace(self._path, json.dumps(manifest, indent=1).encode())
        current = {entry["list"] for entry in entries.values()}
        for path in folder.iterdir():
            if path.name not in current:
                path.unlink(missing_ok=True)

    @contextmanager
    def locked(self, notify: Callable[[str], None], *, wait: bool = True) -> Iterator[None]:
        """Keep other writers out of the library; arguments and errors as for ``files.writing``."""
        with writing(self.root, notify, wait=wait):
            yield

    # A change that was begun.

    def begin(self, shards: list[str]) -> None:
        """Note that some shards are being changed, so that the next command adopts what was done there."""
        _replace(self._pending, json.dumps(shards).encode())

    def begin_move(self) -> None:
        """Note that essays are being moved between shards, so that the next command tidies up after it."""
        _replace(self._pending, json.dumps(_MOVE).encode())

    def is_moving(self) -> bool:
        """Whether essays are being moved between shards, or were when the program was killed."""
        try:
            return bool(json.loads(self._pending.read_text("utf-8")) == _MOVE)
        except (OSError, ValueError):
            return False

    def tidy(self) -> list[str]:
        """Delete the copies that a move of essays has left; see ``leftovers.tidy``.

        Raises:
            LibraryError: If the manifest cannot be read.
        """
        manifest = self.read()
        return tidy(self.root, manifest.shards.keys(), manifest.owners)

    def begun(self) -> list[str] | None:
        """The shards whose change was begun and not ended, or none for all; ``None`` if there is none."""
        try:
            shards = json.loads(self._pending.read_text("utf-8"))
        except FileNotFoundError:
            return None
        except (OSError, ValueError):
            return []
        return [str(name) for name in shards] if isinstance(shards, list) else []

    def is_pending(self) -> bool:
        """Whether a change is being made, or was interrupted."""
        return self._pending.exists()

    def end(self) -> None:
        """Note that the manifest agrees with the shards again."""
        with suppress(FileNotFoundError):
            self._pending.unlink()
        sync_folder(self.root)


def _dumped(essays: EssayList) -> bytes:
    entries = {essay_id: [list(essay.stamp), essay.sha256] for essay_id, essay in sorted(essays.items())}
    return json.dumps(entries).encode()


def _list_name(shard: str, essays: EssayList) -> str:
    return f"{shard}-{hashlib.sha256(_dumped(essays)).hexdigest()[:24]}.json"


def _replace(path: Path, data: bytes) -> None:
    new = path.with_name(f".{path.name}.new")
    try:
        write_durably(new, data)
        os.replace(new, path)  # noqa: PTH105 - os.replace is the atomic one
    except BaseException:
        new.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)
